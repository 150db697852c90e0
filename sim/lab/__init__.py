"""Futures, comparisons and sweeps: running, storing and analysing them."""
