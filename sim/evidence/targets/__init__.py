"""Published figures, the experiments that measure them in the model, and whether both agree."""
