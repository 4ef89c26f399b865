"""The simulated Connecticut of 2021-2024: made from published totals, written as FBI bundles."""
