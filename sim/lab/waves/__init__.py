"""Several waves of one network: what changed, the model fitted to it, and what comes next.

wave_steps.py        from one wave to the next: who can be judged, and statistics of what changed
wave_model.py        one step simulated from its first wave, in a plausible world
tie_fit.py           the tie parameters fitted to the steps (approximate Bayesian computation)
wave_checks.py       posterior predictive checks, forecasts, and scores against simple rules
following.py         all of it for a user's waves
"""
