"""Benchmarks of `gennet bench`: the week and its phases at several sizes, the work around it, and peers."""
