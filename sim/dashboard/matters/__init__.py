"""What a question's result hangs on: bars of one thing at a time, what more money buys, where the answer flips.

`looks`, `measure`, `variations`: what is looked at, and what can be otherwise.  `runs`, `inquiry`: single runs, shared and in
the background.  `tornado`, `budgets`, `flips`: what they come to; `inquire` puts them in order, `table` writes them down.
"""
