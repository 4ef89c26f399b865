"""Evaluation: back-tests from rolling origins, metrics, and what comes of them."""
