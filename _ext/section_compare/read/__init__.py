"""What runs when Sphinx reads a page."""
