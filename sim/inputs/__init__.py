"""What goes in: scenario files, start networks, files of networks, and the bounds of what can be asked for."""
