"""What each builder makes of the component."""
