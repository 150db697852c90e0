"""What the command line does, a module a command; `sim.cli.app` holds the options and nothing else.

talking.py   notes, progress, Ctrl-C     opening.py   scenario, settings and results folder of a command
running.py   gennet run                  listing.py   gennet parameters, schedule, schema
comparing.py gennet compare              benching.py  gennet bench
sweeping.py  gennet sweep                status.py    gennet status
reporting.py gennet report               sensing.py   gennet sensitivity
claiming.py  gennet claims                validating.py gennet validate
questioning.py gennet questions           studying.py  the course of both claims and questions
tables.py    tables that results hold    sentences.py what compare prints for people
"""
