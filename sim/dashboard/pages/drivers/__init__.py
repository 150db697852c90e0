"""What drives the result of a question: one change at a time, what more money buys, where the leading strategy changes.

`driver_analysis` runs the simulated futures that are missing and puts the parts in order; `tornado` and `flips` compute
them; `driver_findings` holds them for the page and the CSV file.
"""
