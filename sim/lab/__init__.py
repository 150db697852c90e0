"""Futures, comparisons and sweeps: running them, keeping them, analysing them."""
