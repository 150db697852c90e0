"""`python -m sim` is `gennet`."""

from sim.cli import main

main()
