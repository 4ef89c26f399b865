"""Pure functions from a view to a Plotly figure; one module a chart family, one theme."""
