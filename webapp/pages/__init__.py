"""The pages: layout and thin callbacks."""
