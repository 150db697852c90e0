"""Analysis of a table of runs: when stages are reached, how strategies differ, what an output costs, what drives results.

events.py       time to event, one set of runs       effects.py    strategies on paired futures of one world
runs.py         a sweep's table as crossed blocks    pairs.py      paired differences over worlds and seeds
factor_groups.py  time to event by any factor        regret.py     probability of being best, regret
sensitivity.py  Sobol and Morris indices             economics.py  cost-effectiveness
discovery.py    in which worlds a strategy fails

Modules here read arrays and tables; none imports the engine or the state of a running network.
"""
