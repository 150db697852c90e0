"""Many runs: which, on how many threads or machines, and where their rows go.

experiment.py  Experiment: worlds × strategies × replicates   checking.py  an experiment file -> parts, faults reported
factors.py     what is varied, and its distribution           specs.py     what a file says of one factor
targets.py     what a factor's key refers to                  designs.py   points: grid, lhs, sobol, morris
points.py      explicit points                                sweeping.py  an experiment into one folder
session.py     one sitting of it, for the manifest            lock.py      one process at a time
work.py        what a worker does: runs in, rows out          runner.py    many tasks at once
cluster.py     a Dask cluster as an executor                  store.py     parts that appear whole; what is done
columns.py     types, labels and units of tables              reading.py   the table of runs, for analysis
status.py      how far a folder is                            rerun.py     any row again
"""
