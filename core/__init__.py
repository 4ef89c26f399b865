"""Data, models and evaluation of CT-Crimes: no Dash, no Flask, no global state."""

__all__ = ["__version__"]

__version__ = "0.1.0"
