"""The web application: pages drawn from one dataset; nothing is computed that a build could do."""
