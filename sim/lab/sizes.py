"""Defaults and bounds of the amount of work, for options of commands.  Imports nothing, so that help is quick."""

from __future__ import annotations

DEFAULT_CANDIDATES, DEFAULT_CHOSEN, DEFAULT_LOSSES, DEFAULT_FUTURES = 30, 5, 5, 400
MOST_CANDIDATES, MOST_CHOSEN, MOST_FUTURES = 200, 20, 20_000
"""Of introductions: how many are tried and chosen, whose leaving is tried, and futures."""
FEWEST_DRAWS = 8
"""Fewest futures that introductions are ranked on."""
DEFAULT_WORLDS, MOST_WORLDS = 100, 100_000
"""Plausible worlds of a comparison."""
DEFAULT_TRIALS = 200
"""Candidates of a search for a plan."""
OUTPUT_WORTH = 5000.0
"""Dollars that an output is worth, where the user does not say."""
DEFAULT_WAVE_DRAWS, FEWEST_WAVE_DRAWS, MOST_WAVE_DRAWS = 4000, 40, 100_000
"""Plausible worlds that waves are fitted to."""
