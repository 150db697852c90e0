"""The report of a results folder as one HTML page; and the model in short, from `sim/model/MODEL.md`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence, Set
from importlib.resources import files

from markdown_it import MarkdownIt
from markdown_it.token import Token

from sim.lab.experiment.designs import Factor
from sim.lab.experiment.reading import SweepResults
from sim.model.declarations import PARAMETERS
from sim.output.report import sections
from sim.output.report.html_page import Block, Bullets, Code, Fold, Html, Prose, Section, Table, render_page
from sim.output.report.network_section import network_section
from sim.output.report.report_findings import Findings, find

SECTIONS = (1, 2, 3, 4, 5, 6, 7)
LIMITS = 10
PARAGRAPHS = 2
KEPT = ("paragraph_open", "bullet_list_open", "ordered_list_open", "table_open")


def model_text() -> str:
    """Return the description of the model."""
    return files("sim.model").joinpath("MODEL.md").read_text("utf-8")


def section_of(text: str, number: int) -> tuple[str, str]:
    """Return heading and text of a numbered section.  Raises ValueError if there is none."""
    match = re.search(rf"^## {number} (.+?)$(.*?)(?=^## |\Z)", text, re.M | re.S)
    if not match:
        raise ValueError(f"MODEL.md has no section {number}")
    return match.group(1).strip(), match.group(2).strip()


def summary(text: str | None = None) -> list[tuple[str, str]]:
    """Return heading and HTML of each ODD section: its first paragraphs, and the names of submodels."""
    whole = model_text() if text is None else text
    sections = []
    for number in SECTIONS:
        heading, body = section_of(whole, number)
        parts = re.findall(r"^### (.+)$", body, re.M)
        html = as_html(body, PARAGRAPHS)
        if parts and number == SECTIONS[-1]:
            html += "<p>" + as_html("Submodels: " + ", ".join(_plain(part) for part in parts) + ".")[3:]
        sections.append((heading, html))
    return sections


def limits(text: str | None = None) -> tuple[str, str]:
    """Return heading and HTML of the section on limits, in full."""
    heading, body = section_of(model_text() if text is None else text, LIMITS)
    return heading, as_html(body)


def _plain(heading: str) -> str:
    return re.sub(r"^(Phase \d+): ", "", heading).replace("`", "").replace("_", " ").split(" (")[0]


def as_html(markdown: str, paragraphs: int | None = None) -> str:
    """Return Markdown as HTML without links, pictures and raw HTML, or only its first `paragraphs` blocks of text."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    kept: list[Token] = []
    blocks = 0
    depth, keep = 0, True
    for token in parser.parse(re.sub(r"<!--.*?-->", "", markdown, flags=re.S)):
        if depth == 0 and token.nesting >= 0:
            keep = paragraphs is None or (token.type in KEPT and blocks < paragraphs)
            blocks += keep
        depth += token.nesting
        if keep:
            kept.append(_without_links(token))
    return str(parser.renderer.render(kept, parser.options, {}))


def _without_links(token: Token) -> Token:
    """Return the token without links and pictures."""
    inside: Sequence[Token] = token.children or ()
    token.children = [child for child in inside if child.type not in ("link_open", "link_close", "image")] or None
    if token.type == "inline" and token.children is None:
        token.children = []
    return token


STATUSES = {
    "published": "based on a published figure or range",
    "fitted": "fitted to data",
    "assumed": "assumed",
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
    """Return the page of a sweep or a comparison.  Raises AnalysisError if no run is done."""
    found = find(results)
    made = [
        sections.answer(found),
        sections.stages(found),
        sections.differences(found),
        sections.money_section(found),
        sections.regrets(found),
        sections.sensitivities(found),
        sections.worth(found),
        sections.discoveries(found),
        network_section(results),
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
        footer=(
            f"Made by generative-networks {results.manifest.get('package_version', '')} from {results.folder.name}/. "
            "This page is one file: it loads nothing and runs no script."
        ),
    )


def facts(found: Findings) -> list[tuple[str, str]]:
    """Return the key facts."""
    experiment = found.results.experiment
    rows = [("Strategies", f"{len(found.strategies)}"), ("Simulated futures", f"{len(found.runs):,}")]
    if found.worlds > 1 or experiment["factors"]:
        rows.append(("Worlds", f"{found.worlds:,} ({DESIGNS[experiment['design']['kind']]})"))
    label = "Futures per world and strategy" if found.worlds > 1 else "Futures per strategy"
    return [
        *rows,
        (label, f"{found.runs['replicate'].nunique():,}"),
        ("Weeks", f"{found.horizon:,}"),
        ("Seed", f"{experiment['seed']}"),
    ]


def assumptions(found: Findings) -> Section:
    """Return the section on what was varied and fixed, strategies, prices, and the basis of parameters."""
    resolved = found.results.experiment.get("resolved") or {}
    prices = Prose(
        "The hours that levers take, the price of an hour and of meetings, and the effects of levers are assumptions. Prices "
        "decide rankings: set your own in the scenario file before relying on one.",
        "warning",
    )
    varied = {factor.key for factor in found.results.factors}
    values = resolved.get("parameters") or {}
    blocks = [*varied_table(found), strategies_table(found), prices]
    return Section("Assumptions", [*blocks, *parameter_blocks(values, varied)])


def varied_table(found: Findings) -> list[Block]:
    """Return the table of varied factors, if there are any."""
    rows = [
        [f.key, without_figures(f.label), range_of(f), f.unit, "decision" if f.role == "lever" else "uncertain"]
        for f in found.results.factors
    ]
    return [Table(["factor", "meaning", "range", "unit", "role"], rows, "What was varied", 5)] if rows else []


def strategies_table(found: Findings) -> Block:
    """Return the table of strategies with their hours and prices."""
    declared = (found.results.experiment.get("resolved") or {}).get("strategies") or {}
    rows = []
    for name in found.strategies:
        strategy = declared.get(name) or {}
        coordinators = strategy.get("coordinators") or []
        hours, price = (
            varied_in(found.results.factors, name, field)
            or " + ".join(f"{one.get(field, 0):g}" for one in coordinators)
            for field in ("hours", "hour_cost")
        )
        cells = [hours, price] if coordinators else ["no coordinator", "–"]
        rows.append([name, str(strategy.get("label") or ""), *cells])
    return Table(["strategy", "description", "hours a week", "dollars an hour"], rows, "Strategies", 2, found.colours)


def parameter_blocks(values: Mapping[str, float], varied: Set[str]) -> list[Block]:
    """Return the basis of parameters, those that differ from their defaults, and all with their sources."""
    counts = {status: sum(one.basis == status for one in PARAMETERS) for status in STATUSES}
    items = [f"{counts[status]} of {len(PARAMETERS)} parameters are {words}." for status, words in STATUSES.items()]
    blocks: list[Block] = [Bullets(items)]
    other = [one for one in PARAMETERS if one.key not in varied and values.get(one.key, one.default) != one.default]
    if other:
        head = ["parameter", "value here", "default", "source of the default"]
        rows = [[one.key, f"{values[one.key]:g}", f"{one.default:g}", one.basis] for one in other]
        blocks.append(Table(head, rows, "Parameters that differ from their defaults", 1))
    rows = []
    for one in PARAMETERS:
        here = values.get(one.key, one.default)
        value = "varied" if one.key in varied else f"{here:g}"
        label = one.label if one.key not in varied and here == one.default else without_figures(one.label)
        origin = f"{one.basis}: {one.source}" if one.source else str(one.basis)
        rows.append([one.key, value, one.unit, label, origin])
    table = Table(["parameter", "value", "unit", "meaning", "source"], rows, "", 5)
    return [*blocks, Fold("All parameters and their sources", [table], printed=False)]


def without_figures(label: str) -> str:
    """Return a label without remarks that hold at the default only, such as "(37% a year)"."""
    return OF_THE_DEFAULT.sub("", label)


def varied_in(factors: Sequence[Factor], strategy: str, field: str) -> str:
    """Return the range over which a field of a strategy's coordinators was varied, or ""."""
    keys = (f"strategy.{field}", f"strategies.{strategy}.{field}")
    ranges = [range_of(factor) for factor in factors if factor.key in keys]
    return f"{ranges[0].removesuffix(', uniform')} (varied)" if ranges else ""


def range_of(factor: Factor) -> str:
    """Return a factor's range as text."""
    if factor.values is not None:
        return ", ".join(str(value) for value in factor.values)
    text = f"{factor.low:g} to {factor.high:g}"
    more = {
        "loguniform": ", log-uniform",
        "triangular": f", most likely {factor.mode}",
        "normal": f", normal around {factor.mean} (sd {factor.sd})",
    }
    return text + more.get(factor.distribution or "", ", uniform")


def model() -> Section:
    """Return the section on the model (ODD, in short) and its limits (in full)."""
    text = "A short description after the ODD protocol (Grimm et al. 2020); the full one is sim/model/MODEL.md."
    folds = [Fold(name, [Html(html)]) for name, html in [*summary(), limits()]]
    return Section("The model", [Prose(text, "note"), *folds])


def again(found: Findings) -> Section:
    """Return the section with the exact command, versions, and what the analysis left out."""
    results = found.results
    manifest = results.manifest
    where = manifest.get("surroundings") or {}
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
        Prose("With the same model version, this command gives the same table, bit for bit:"),
        Code(command),
        Prose(
            "One simulated future in full: gennet run with the scenario, settings, strategy, seed and replicate of its row."
        ),
        Fold("Versions", [Table(["component", "version"], rows, "", 2)]),
    ]
    left = max((table.left_out for table in found.blocks.values()), default=0)
    notes = list(dict.fromkeys(found.notes))
    if left:
        notes.insert(
            0,
            f"{left:,} pairs of world and seed were left out of comparisons, because not all strategies have run them.",
        )
    if notes:
        blocks.append(Prose("Not in this report:"))
        blocks.append(Bullets(notes))
    return Section("How to reproduce it", blocks)
