"""What runs when Sphinx writes a page."""
