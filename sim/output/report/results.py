"""The report of a results folder: one HTML page on what was asked, what came out, how sure that is, and how to get it again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence, Set
from typing import Any

from sim.lab.experiment.factors import Factor
from sim.lab.experiment.reading import SweepResults
from sim.model.declarations import PARAMETERS
from sim.output.report import choices, odd, sections, worlds
from sim.output.report.findings import Findings, find, surroundings_of
from sim.output.report.page import Block, Bullets, Code, Fold, Html, Prose, Section, Table, render_page

STATUSES = {
    "published": "a published figure or range stands behind it",
    "fitted": "fitted to data",
    "assumed": "an assumption",
}
OF_THE_DEFAULT = re.compile(r"\s*\([^)]*(?:%|half-life)[^)]*\)|: overhead \.\d+ and indifference \.\d+")
DESIGNS = {
    "grid": "a grid",
    "points": "explicit points",
    "lhs": "a Latin hypercube",
    "sobol": "a Sobol design",
    "morris": "a Morris screening",
}


def report(results: SweepResults) -> str:
    """The page of a sweep or a comparison, as one text.  Errors: AnalysisError where no run is done."""
    found = find(results)
    made = [
        sections.answer(found),
        sections.stages(found),
        sections.differences(found),
        choices.money_section(found),
        choices.regrets(found),
        worlds.sensitivities(found),
        worlds.discoveries(found),
        assumptions(found),
        model(),
        again(found),
    ]
    experiment = results.experiment
    return render_page(
        experiment["title"],
        [section for section in made if section is not None],
        lede=experiment["question"],
        kicker="generative-networks: report of simulated futures",
        facts=facts(found),
        footer=footer(results),
    )


def facts(found: Findings) -> list[tuple[str, str]]:
    """What is worth knowing at a glance."""
    experiment = found.results.experiment
    told = [("Strategies", f"{len(found.strategies)}"), ("Simulated futures", f"{len(found.runs):,}")]
    if found.worlds > 1 or experiment["factors"]:
        told.append(("Worlds", f"{found.worlds:,} ({DESIGNS[experiment['design']['kind']]})"))
    told.append(
        (
            "Futures in each world" if found.worlds > 1 else "Futures a strategy",
            f"{found.runs['replicate'].nunique():,}",
        )
    )
    return [*told, ("Weeks", f"{found.horizon:,}"), ("Seed", f"{experiment['seed']}")]


def assumptions(found: Findings) -> Section:
    """What was varied, what was fixed, what strategies are, prices, and how well parameters are founded."""
    resolved = found.results.experiment.get("resolved") or {}
    prices = Prose(
        "Prices of levers in hours, of hours in dollars and of meetings are assumptions, and what they bring is too. Prices "
        "decide rankings: change them in the scenario file before relying on one.",
        "warning",
    )
    varied = {factor.key for factor in found.results.factors}
    values = resolved.get("parameters") or {}
    blocks = [*varied_table(found), strategies_table(found, resolved.get("strategies") or {}), prices]
    return Section("Assumptions", [*blocks, *parameter_blocks(values, varied)])


def varied_table(found: Findings) -> list[Block]:
    """What an experiment varied, if it did."""
    rows = [
        [f.key, without_figures(f.label), range_of(f), f.unit, "decided on" if f.role == "lever" else "uncertain"]
        for f in found.results.factors
    ]
    return [Table(["factor", "what it is", "range", "unit", "role"], rows, "What was varied", 5)] if rows else []


def strategies_table(found: Findings, declared: Mapping[str, Any]) -> Block:
    """What strategies are, with their hours and prices."""
    rows = [
        [
            name,
            label_of(declared.get(name)),
            varied_in(found.results.factors, declared.get(name), name, "hours") or hours_of(declared.get(name)),
            varied_in(found.results.factors, declared.get(name), name, "hour_cost") or price_of(declared.get(name)),
        ]
        for name in found.strategies
    ]
    return Table(["strategy", "what it is", "hours a week", "dollars an hour"], rows, "Strategies", 2, found.colours)


def parameter_blocks(values: Mapping[str, float], varied: Set[str]) -> list[Block]:
    """How many parameters rest on what, which were set otherwise, and all of them with their sources."""
    counts = {status: sum(one.basis == status for one in PARAMETERS) for status in STATUSES}
    blocks: list[Block] = [
        Bullets([f"{counts[status]} of {len(PARAMETERS)} parameters: {words}." for status, words in STATUSES.items()])
    ]
    other = [one for one in PARAMETERS if one.key not in varied and values.get(one.key, one.default) != one.default]
    if other:
        head = ["parameter", "value here", "default", "source of the default"]
        rows = [[one.key, f"{values[one.key]:g}", f"{one.default:g}", one.basis] for one in other]
        blocks.append(Table(head, rows, "Set otherwise than by default", 1))
    rows = []
    for one in PARAMETERS:
        here = values.get(one.key, one.default)
        value = "varied" if one.key in varied else f"{here:g}"
        label = one.label if one.key not in varied and here == one.default else without_figures(one.label)
        rows.append([one.key, value, one.unit, label, source(one)])
    table = Table(["parameter", "value", "unit", "what it is", "source"], rows, "", 5)
    return [*blocks, Fold("All parameters and their sources", [table], printed=False)]


def without_figures(label: str) -> str:
    """A label without what holds at the default only: "(37% a year)", "(half-life 13 weeks)", the parts of a sum."""
    return OF_THE_DEFAULT.sub("", label)


def varied_in(factors: Sequence[Factor], strategy: Any, name: str, field: str) -> str:
    """What a field of a strategy's coordinators was varied over; "" where it was not, or nobody coordinates."""
    keys = ("strategy", f"strategies.{name}")
    for factor in factors:
        if coordinators(strategy) and factor.key in [f"{key}.{field}" for key in keys]:
            return f"{range_of(factor).removesuffix(', evenly')} (varied)"
    return ""


def source(parameter: Any) -> str:
    """How far a default is to be trusted."""
    return f"{parameter.basis}: {parameter.source}" if parameter.source else str(parameter.basis)


def range_of(factor: Factor) -> str:
    """A factor's range in words."""
    if factor.values is not None:
        return ", ".join(str(value) for value in factor.values)
    text = f"{factor.low:g} to {factor.high:g}"
    more = {
        "loguniform": ", evenly over magnitudes",
        "triangular": f", most likely {factor.mode}",
        "normal": f", normal around {factor.mean} (sd {factor.sd})",
    }
    return text + more.get(factor.distribution or "", ", evenly")


def coordinators(strategy: Any) -> list[dict[str, Any]]:
    """Coordinators of a strategy as the manifest has it."""
    return list((strategy or {}).get("coordinators") or [])


def label_of(strategy: Any) -> str:
    """A strategy's label."""
    return str((strategy or {}).get("label") or "")


def hours_of(strategy: Any) -> str:
    """Hours a week of its coordinators."""
    hours = [one.get("hours", 0) for one in coordinators(strategy)]
    return " + ".join(f"{value:g}" for value in hours) or "nobody coordinates"


def price_of(strategy: Any) -> str:
    """Price of their hours."""
    return " + ".join(f"{one.get('hour_cost', 0):g}" for one in coordinators(strategy)) or "–"


def model() -> Section:
    """The model in short (ODD), and its limits in full."""
    heading, limits = odd.limits()
    blocks: list[Block] = [
        Prose(
            "The model in the form of the ODD protocol (Grimm et al. 2020), in short; sim/model/MODEL.md has all of it.",
            "note",
        )
    ]
    blocks += [Fold(name, [Html(html)]) for name, html in odd.summary()]
    return Section("The model", [*blocks, Fold(heading, [Html(limits)])])


def again(found: Findings) -> Section:
    """The exact command, versions, and what the analysis left out."""
    results = found.results
    manifest, where = results.manifest, surroundings_of(results)
    command = " ".join(
        shlex.quote(str(part)) for part in manifest.get("command_line") or ["gennet", manifest.get("command", "")]
    )
    packages = where.get("packages") or {}
    rows = [
        ["generative-networks", str(manifest.get("package_version", "–"))],
        ["model version", str(manifest.get("model_version", "–"))],
        ["git commit", f"{where.get('git_commit') or '–'}{' (with changes)' if where.get('git_changed') else ''}"],
        ["Python", str(where.get("python", "–"))],
        *([name, str(version)] for name, version in sorted(packages.items())),
        ["made on", str(where.get("platform", "–"))],
        ["ended", f"{manifest.get('ended', '–')} ({manifest.get('stop_reason', '–')})"],
    ]
    blocks: list[Block] = [
        Prose("The same command gives the same table, bit for bit, with the same model version:"),
        Code(command),
        Prose(
            "Any single simulated future, in full: gennet run with the row's scenario, settings, strategy, seed and replicate."
        ),
        Fold("Versions", [Table(["what", "version"], rows, "", 2)]),
    ]
    left = max((table.left_out for table in found.blocks.values()), default=0)
    notes = list(dict.fromkeys(found.notes))
    if left:
        notes.insert(
            0,
            f"{left:,} pairs of world and seed were left out of comparisons, so that all strategies have run in what is left.",
        )
    if notes:
        blocks.append(Prose("What this report could not do, or left out:"))
        blocks.append(Bullets(notes))
    return Section("Getting it again", blocks)


def footer(results: SweepResults) -> str:
    """The last line."""
    version = results.manifest.get("package_version", "")
    return (
        f"Made by generative-networks {version} from {results.folder.name}/. This page is one file: it "
        "loads nothing and runs no script."
    )
