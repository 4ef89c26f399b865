"""Places: Connecticut's towns and their boundaries, and which agency reports for which place."""
