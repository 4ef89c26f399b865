"""Small builders of page parts."""
