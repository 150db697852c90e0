"""Sweeps: an experiment, its runs on threads or machines, and the table of their rows.

experiment.py  Experiment: worlds × strategies × replicates   checking.py   checks an experiment file, with explicit points
designs.py     factors, and the points of a design            targets.py    what a factor's key refers to
sweeping.py    runs an experiment into one folder             work.py       what a worker does
runner.py      many tasks in parallel, also on Dask           store.py      the dataset of rows, and its columns
reading.py     reads results for analysis                     status.py     progress of a folder
lock.py        one process at a time                          manifest_shape.py  what a manifest must look like
verifying.py   whether files and rows are as they were written, and making damaged ones again
"""
