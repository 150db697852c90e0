"""The sources' claims as experiments, and the rule for verdicts: everything in this folder can change a verdict."""
