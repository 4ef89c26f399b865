"""Scalars in, cached view-models out; the only room of the web application that reads a dataset."""

from webapp.queries.queries import Queries

__all__ = ["Queries"]
