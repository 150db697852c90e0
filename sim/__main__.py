"""`python -m sim` is `gennet`."""

from sim.cli.app import main

main()
