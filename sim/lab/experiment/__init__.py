"""Sweeps: an experiment, its runs on threads or machines, and the table of their rows.

experiment.py  Experiment: worlds × strategies × replicates   checking.py   checks an experiment file, with explicit points
factors.py     a factor and its distribution                  targets.py    what a factor's key refers to
designs.py     points: grid, lhs, sobol, morris               manifests.py  JSON of the manifest
sweeping.py    runs an experiment into one folder             work.py       what a worker does
runner.py      many tasks in parallel                         cluster.py    a Dask cluster as an executor
store.py       the dataset of rows                            columns.py    its columns and tables
reading.py     reads results for analysis                     status.py     progress of a folder
lock.py        one process at a time
"""
