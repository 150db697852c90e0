"""What `gennet bench` measures: the week and its phases at several sizes, what is around it, and peers beside it."""
