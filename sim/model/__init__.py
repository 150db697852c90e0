"""The model: state, luck, rules, levers, measures, and the loop over weeks."""
