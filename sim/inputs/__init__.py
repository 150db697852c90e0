"""What goes in: scenario files, start networks, and the bounds of what can be asked for."""
