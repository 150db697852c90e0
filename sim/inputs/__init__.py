"""Inputs: scenario files, start networks, network files, and the bounds of options."""
