"""The phrases that reports share."""
