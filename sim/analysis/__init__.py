"""What a table of runs says: when stages are reached, how strategies differ, what an output costs.

Modules here read arrays and tables; none imports the engine or the state of a running network.
"""
