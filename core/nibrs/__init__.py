"""FBI NIBRS state bundles: what is in them, how to read them, where to get them."""
