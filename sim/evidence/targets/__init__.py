"""Published figures, the experiments that measure the same in the model, and whether they agree."""
