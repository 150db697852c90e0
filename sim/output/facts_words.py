"""What facts about a network did, in sentences: for the command line, the dashboard and briefs."""

from __future__ import annotations

from collections.abc import Mapping

from sim.lab.comparison_records import WorldDifference
from sim.lab.facts import ENOUGH, FactsReport
from sim.output.words import capital, number, percent


def worlds_words(report: FactsReport) -> str:
    """Return how many worlds were drawn, and how many equally weighted ones they are worth."""
    rough = f"; with fewer than {ENOUGH}, shares are rough" if report.few else ""
    worth = f"with weights for how well they fit, they are worth {report.effective:,.0f}{rough}"
    return f"{report.drawn:,} worlds were drawn; {worth}."


def last_year_words(strategy: str) -> str:
    """Return under which strategy the last year was simulated."""
    return f"Last year is simulated under {strategy}; if something else was done then, set worlds.last_year to that strategy."


def moved_words(report: FactsReport) -> str:
    """Return which uncertain numbers the facts moved; '' if none."""
    moved = "; ".join(f"{one.label} {number(one.before)} to {number(one.after)}" for one in report.moved)
    return f"Moved most by the facts (mean over worlds): {moved}." if moved else ""


def change_words(without: WorldDifference, known: WorldDifference, labels: Mapping[str, str]) -> str:
    """Return how the facts changed a comparison of two strategies in joint results over worlds."""
    return capital(
        f"{labels[known.strategy]} brings more joint results than {labels[known.baseline]} in {percent(without.better)} of "
        f"worlds without the facts, in {percent(known.better)} with them; mean difference {number(without.mean)} without, "
        f"{number(known.mean)} with."
    )
