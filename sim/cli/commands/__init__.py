"""The commands of `gennet`, one module each; `sim.cli.app` lists them."""
