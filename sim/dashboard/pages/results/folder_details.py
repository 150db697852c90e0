"""One results folder opened: the answer in words, tables and charts, facts, and the names of its figures.

All numbers come from the analysis that commands and reports use; here they are selected by kind of folder.  No scenario is
loaded: the manifest has what is needed of it, so results of older models can be opened too.
"""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from string import ascii_lowercase
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from sim.dashboard.answers import STAGE_TONES, Answer, Tone, strategy_row, toned, typical
from sim.dashboard.charts import DRAWN, EVERY, PlotLine, charts, rounded
from sim.dashboard.outcome_answers import outcome_answers
from sim.dashboard.pages.results.downloads import figure_files
from sim.dashboard.questions import NAME_LENGTH
from sim.dashboard.results_catalogue import (
    COMMANDS,
    Catalogue,
    CatalogueError,
    Manifest,
    complete,
    readable,
    results_of,
    rows_in,
)
from sim.dashboard.verdict import StageVerdict, dangers, dollars, many_leave, not_renewed, prices, stage_verdict, trust
from sim.evidence.claims_page import SOURCES
from sim.lab.analysis.effects import MONTHS
from sim.lab.comparison import BANDS, STAGE_WORDS, Comparison
from sim.lab.experiment.reading import SweepResults, part_files, read_dataset
from sim.lab.results import JsonObject, sound_bytes
from sim.model.outcomes import BY_NAME, STAGES_REACHED, SUMMARY
from sim.output.both_bands import both_bands
from sim.output.figures.palette import strategy_colours
from sim.output.figures.weekly_figures import MEASURES
from sim.output.words import counted, estimate, how_long, number


def declared(results: SweepResults) -> dict[str, JsonObject]:
    """Return the strategies as the scenario declares them."""
    return (results.experiment.get("resolved") or {}).get("strategies") or {}


def keys_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return a letter for each strategy by its place, as on the Compare page."""
    return tuple(ascii_lowercase[k] if k < len(ascii_lowercase) else f"s{k + 1}" for k in range(len(names)))


def labels_of(results: SweepResults, names: tuple[str, ...]) -> dict[str, str]:
    """Return what strategies are called, by key: by their labels if all are short and distinct, else all by their names."""
    labels = [str((declared(results).get(name) or {}).get("label") or name) for name in names]
    usable = len(set(labels)) == len(labels) and all(len(label) <= NAME_LENGTH for label in labels)
    return dict(zip(keys_of(names), labels if usable else names, strict=True))


def comparison_of(results: SweepResults, weekly: pd.DataFrame | None) -> Comparison:
    """Return the comparison as it was in memory, with letters for strategies; `weekly` measures NaN where it is None.

    Futures that some strategies lack are left out.
    """
    names = results.strategies
    letters = dict(zip(names, keys_of(names), strict=True))
    runs = results.done.assign(strategy=results.done["strategy"].map(letters))
    strategies = runs.groupby("replicate")["strategy"].nunique()
    replicates = np.sort(strategies[strategies == len(names)].index.to_numpy())
    runs = runs[runs["replicate"].isin(replicates)].sort_values(["replicate", "strategy"], ignore_index=True)
    runs = runs.fillna({"coordinator_dependence": 0.0})
    weeks = int(results.experiment["weeks"])
    bands = {letter: np.full((len(replicates), weeks, len(BANDS)), np.nan, np.float32) for letter in letters.values()}
    if weekly is not None:
        rows = weekly["replicate"].map({replicate: row for row, replicate in enumerate(replicates)})
        for name, letter in letters.items():
            here = ((weekly["strategy"] == name) & rows.notna() & (weekly["week"] <= weeks)).to_numpy()
            at = rows.to_numpy()[here].astype(int), weekly["week"].to_numpy()[here] - 1
            for measure in DRAWN:
                bands[letter][(*at, BANDS.index(measure))] = weekly[measure].to_numpy()[here]
    # As much of a scenario as answers read: the scenario of an older model may not load.
    outline: Any = SimpleNamespace(weeks=weeks, changes_of=lambda name: ())
    return Comparison(outline, int(results.experiment["seed"]), tuple(letters.values()), runs, bands)


def comparison_answer(results: SweepResults, weekly: pd.DataFrame | None) -> Answer:
    """Return a comparison as the answer that the Compare page shows."""
    names, scenario = results.strategies, declared(results)
    comparison = comparison_of(results, weekly)
    labels = labels_of(results, names)
    letters = dict(zip(names, comparison.strategies, strict=True))
    idle = next((letters[name] for name in names if name in scenario and not scenario[name].get("coordinators")), None)
    tones = strategy_colours([*scenario, *names])
    several = len(names) > 1 and comparison.replicates > 1
    stage_answer = stage_verdict if several else shares
    drawn = charts(comparison)
    own_cautions = [
        caution
        for key in comparison.strategies
        for caution in (*dangers(comparison.of(key), labels[key]), *not_renewed(comparison.of(key), labels[key]))
    ]
    comparison = replace(comparison, worlds=worlds_of(results, letters))
    return Answer(
        futures=comparison.replicates,
        of=comparison.replicates,
        stages={stage: stage_answer(comparison, stage, labels) for stage in STAGES_REACHED},
        several=several,
        typical=typical(comparison),
        cost=spending_words(comparison, labels, idle),
        bands=both_bands(comparison, labels),
        trust=trust(),
        cautions=[*many_leave(comparison, labels), *own_cautions],
        strategies=[strategy_row(comparison, key, labels[key], idle) for key in comparison.strategies],
        charts=replace(drawn, weekly={}) if weekly is None else drawn,
        colours={letters[name]: toned(tones[name]) for name in names},
        stage_colours=STAGE_TONES,
        outcomes=outcome_answers(comparison, labels) if several else {},
    )


def worlds_of(results: SweepResults, letters: Mapping[str, str]) -> pd.DataFrame | None:
    """Return the runs of plausible worlds that a comparison has kept, with letters for strategies."""
    file = results.folder / "worlds.csv"
    if not file.is_file():
        return None
    runs = pd.read_csv(BytesIO(sound_bytes(file.parent, file.name)))
    return runs.assign(strategy=runs["strategy"].map(letters))


def shares(comparison: Comparison, stage: str, labels: Mapping[str, str]) -> StageVerdict:
    """Return the verdict on a stage where there is one strategy or one future, so nothing to compare."""
    sentences = []
    for key in comparison.strategies:
        reached = int((~np.isnan(comparison.weeks(key, stage))).sum())
        sentences.append(
            f"{labels[key]} reaches {STAGE_WORDS[stage]} in {reached} of {comparison.replicates} simulated futures"
        )
    return StageVerdict(f"{'; '.join(sentences)}.", (comparison.strategies[0], comparison.strategies[0]))


def spending_words(comparison: Comparison, labels: dict[str, str], idle: str | None) -> str:
    """Say what each strategy cost over the whole time, and what one more output costs."""
    cost = {key: float(comparison.of(key)["cost"].mean()) for key in comparison.strategies}
    each = ", ".join(f"{labels[key]} {dollars(cost[key])}" for key in comparison.strategies)
    paid = [key for key in comparison.strategies if cost[key] > 0]
    output_prices = prices(comparison, paid, idle, labels)
    return f"Spent in {comparison.scenario.weeks / 52:.3g} years: {each}. {output_prices}".strip()


MOST_WEEKS, MOST_JSON, MOST_EVENTS = 3_000_000, 8_000_000, 60
MOST_HTML = 12_000_000
TOO_LARGE = "<p>This part is too large to show here; the report that you can download below has it.</p>"


@dataclass(frozen=True)
class DetailTable:
    """A table of texts with a caption."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class ReportSections:
    """Sections of a report as HTML, the CSS of their colours on a dark page, and notes."""

    sections: list[dict[str, str]]
    dark: str
    notes: list[str]


@dataclass(frozen=True)
class FolderDetails:
    """What the page of a folder shows, except its figures; parts that its kind does not have are empty.

    `csv`, `reports`: whether the runs and a report can be downloaded; `shows`: whether the figures are open at first;
    `answer`: as the Compare page has it.
    """

    head: dict[str, object]
    facts: list[tuple[str, str]]
    strategies: list[tuple[str, str]]
    command: str
    figures: list[str]
    csv: bool
    reports: bool
    lead: Sequence[str] = ()
    tables: Sequence[DetailTable] = ()
    shows: bool = False
    report: ReportSections | None = None
    course: WeeklyCourse | None = None
    answer: Answer | None = None


def details_of(catalogue: Catalogue, name: str) -> FolderDetails:
    """Read a folder. Raises CatalogueError."""
    folder, manifest = complete(catalogue, name)
    command = manifest["command"]
    with readable(name):
        details = FolderDetails(
            head=catalogue.entry(name).for_page(),
            facts=facts(manifest),
            strategies=strategies_of(manifest),
            command=shlex.join(map(str, manifest.get("command_line") or ["gennet", command])),
            figures=[figure.label for figure in figure_files(catalogue, folder)],
            csv=command in COMMANDS,
            reports=command in ("sweep", "compare") or (folder / "claims.html").is_file(),
        )
        return BY_COMMAND.get(command, of_other)(details, folder, manifest)


def facts(manifest: Manifest) -> list[tuple[str, str]]:
    """Return what is needed to reproduce results, and where they are from."""
    where = manifest.get("surroundings") or {}
    commit = where.get("git_commit")
    seconds = manifest.get("seconds")
    values = {
        "Seed": manifest.get("seed"),
        "Model version": manifest.get("model_version"),
        "Package": manifest.get("package_version"),
        "Python": where.get("python"),
        "Commit": f"{str(commit)[:12]}{' with changes' if where.get('git_changed') else ''}" if commit else None,
        "Scenario file": manifest.get("scenario_file"),
        "Other settings": ", ".join(map(str, manifest.get("overrides") or manifest.get("scenario_settings") or [])),
        "Started": manifest.get("started"),
        "Ended": f"{manifest.get('ended')} ({manifest.get('stop_reason', '')})" if manifest.get("ended") else None,
        "Duration": how_long(float(seconds)) if isinstance(seconds, int | float) else None,
    }
    return [(label, str(value)) for label, value in values.items() if value not in (None, "")]


def strategies_of(manifest: Manifest) -> list[tuple[str, str]]:
    """Return the strategies with their labels in the scenario."""
    experiment = manifest.get("experiment") or {}
    scenario = experiment.get("resolved") or manifest.get("scenario") or {}
    names = experiment.get("strategies") or manifest.get("strategies") or []
    declared = scenario.get("strategies") or {}
    return [(str(name), str((declared.get(name) or {}).get("label") or "")) for name in names]


def of_comparison(details: FolderDetails, folder: Path, manifest: Manifest) -> FolderDetails:
    """Add a comparison as the Compare page shows one."""
    results = results_of(folder)
    weekly = read_dataset(folder / "weekly") if rows_in(folder / "weekly") <= MOST_WEEKS else None
    return replace(details, answer=comparison_answer(results, weekly))


def of_sweep(details: FolderDetails, folder: Path, manifest: Manifest) -> FolderDetails:
    """Add a sweep as its report shows it."""
    if not part_files(folder / "runs"):
        return replace(details, lead=["No run is finished yet."])
    return replace(details, report=report_sections(results_of(folder)))


def report_sections(results: SweepResults) -> ReportSections:
    """Return the sections of a sweep's report."""
    from sim.output.report import sections
    from sim.output.report.html_page import Fold, Html, Section, dark_colours, render_section
    from sim.output.report.report_findings import find
    from sim.output.report.report_page import limits

    found = find(results)
    heading, text = limits()
    parts = [
        sections.answer(found),
        sections.stages(found),
        sections.differences(found),
        sections.regrets(found),
        sections.money_section(found),
        sections.sensitivities(found),
        sections.discoveries(found),
        Section("What the model cannot answer", [Fold(heading, [Html(text)])]),
    ]
    shown: list[dict[str, str]] = []
    size = 0
    for part in parts:
        if part is not None:
            html = render_section(part)
            size += len(html)
            shown.append({"title": part.title, "html": html if size <= MOST_HTML else TOO_LARGE})
    return ReportSections(shown, dark_colours([one["html"] for one in shown]), list(dict.fromkeys(found.notes)))


def of_run(details: FolderDetails, folder: Path, manifest: Manifest) -> FolderDetails:
    """Add one simulated future: its outcomes, its course by week, and its events."""
    runs = results_of(folder).done
    if len(runs) != 1:
        raise CatalogueError(f"{folder.name} should hold one simulated future, but its table has {len(runs)} rows")
    row = runs.iloc[0]
    strategy = str(row["strategy"])
    label = manifest["scenario"]["strategies"][strategy].get("label") or strategy
    weeks = {stage: row[f"{stage}_week"] for stage in STAGES_REACHED}
    stages = [
        f"{stage} in week {week:.0f}" if week == week else f"{stage}: not reached" for stage, week in weeks.items()
    ]
    outcomes = [[BY_NAME[name].label, number(float(row[name])), BY_NAME[name].unit] for name in SUMMARY if name in row]
    tables = [DetailTable("Outcomes", ["outcome", "value", "unit"], outcomes)]
    if (folder / "events.csv").is_file():
        events = pd.read_csv(BytesIO(sound_bytes(folder, "events.csv")), nrows=MOST_EVENTS + 1)
        rows = [[f"week {event['week']}", str(event["what"])] for event in events.head(MOST_EVENTS).to_dict("records")]
        more = f" (first {MOST_EVENTS}; events.csv has all)" if len(events) > MOST_EVENTS else ""
        tables += [DetailTable(f"Events{more}", ["when", "what"], rows)] if rows else []
    weekly = read_dataset(folder / "weekly")
    lead = [
        f"One simulated future of {label}, {manifest['scenario']['weeks']} weeks: {', '.join(stages)}.",
        "One future is not a forecast: gennet compare runs many.",
    ]
    course = None if weekly is None else weekly_course(weekly, strategy)
    return replace(details, lead=lead, tables=tables, course=course)


def json_of(path: Path) -> list[JsonObject]:
    """Read a JSON file of a results folder. Raises CatalogueError if it is too large."""
    if path.stat().st_size > MOST_JSON:
        raise CatalogueError(f"{path.name} is too large to show here")
    rows: list[JsonObject] = json.loads(sound_bytes(path.parent, path.name))
    return rows


def of_claims(details: FolderDetails, folder: Path, manifest: Manifest) -> FolderDetails:
    """Add claims with their verdicts."""
    claims = json_of(folder / "claims.json")
    counts = Counter(claim["verdict"] for claim in claims).most_common()
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in counts)
    rows = [
        [
            f"{claim['claim']}. {claim['text']}",
            claim["verdict"],
            f"{estimate(claim['effect'], claim['ci95'])} {claim['unit']}",
            "–" if claim["robust_share"] is None else f"{claim['robust_share']:.0%}",
        ]
        for claim in claims
    ]
    head = ["claim", "verdict", "effect of its first part (95% interval)", "confirmed in other worlds"]
    lead = f"{counted(len(claims), 'claim')} of the sources, tested as experiments on the model: {verdicts}."
    return with_table(details, lead, DetailTable("Claims and verdicts", head, rows))


def of_questions(details: FolderDetails, folder: Path, manifest: Manifest) -> FolderDetails:
    """Add open questions with their answers."""
    questions = json_of(folder / "questions.json")
    rows = [[one["text"], one["answer"], SOURCES.get(one["source"], str(one["source"]))] for one in questions]
    lead = f"{counted(len(questions), 'open question')} of the sources, and what the answer depends on."
    return with_table(details, lead, DetailTable("Questions and answers", ["question", "answer", "source"], rows))


def of_validation(details: FolderDetails, folder: Path, manifest: Manifest) -> FolderDetails:
    """Add the model's results for published figures."""
    score, lead = manifest.get("score"), ""
    if score:
        lead = (
            f"Reproduced: {score['inside']} of {score['targets']} published figures; {score['kept_out_inside']} of "
            f"{score['kept_out']} held out of the fit, {score['in_fit_inside']} of {score['in_fit']} used to set a parameter."
        )
    rows = [
        [
            str(target["label"]),
            number(target["observed"]) if isinstance(target["observed"], float) else str(target["observed"]),
            estimate(target["median"], [target["low"], target["high"]]),
            "inside" if target["inside"] else "outside",
        ]
        for target in pd.read_csv(BytesIO(sound_bytes(folder, "targets.csv"))).to_dict("records")
    ]
    head = ["published figure", "published", "simulated (90% interval)", ""]
    return with_table(details, lead, DetailTable("Targets", head, rows))


def with_table(details: FolderDetails, lead: str, table: DetailTable) -> FolderDetails:
    """Add a sentence and a table, and open the figures."""
    return replace(details, lead=[lead] if lead else [], tables=[table], shows=True)


def of_other(details: FolderDetails, folder: Path, manifest: Manifest) -> FolderDetails:
    """Point to the figures of results that this page has no view for."""
    lead = [f"Results of gennet {manifest['command']}: its figures are below, its tables in {folder}."]
    return replace(details, lead=lead, shows=True)


BY_COMMAND: dict[str, Callable[[FolderDetails, Path, Manifest], FolderDetails]] = {
    "compare": of_comparison,
    "sweep": of_sweep,
    "run": of_run,
    "claims": of_claims,
    "questions": of_questions,
    "validate": of_validation,
}


SHOWN = (
    *("members", "mean_degree", "mean_trust", "mean_identity", "in_groups", "outputs_so_far"),
    *("value_per_member", "coordinator_dependence"),
)
SHARES = ("in_groups", "coordinator_dependence", "unconnected")


@dataclass(frozen=True)
class CoursePanel:
    """The chart of one measure. `percent`: whether it is a share."""

    title: str
    unit: str
    percent: bool
    series: dict[str, PlotLine]


@dataclass(frozen=True)
class WeeklyCourse:
    """Charts by month, with labels and colours by key of a series."""

    months: float
    panels: list[CoursePanel]
    labels: dict[str, str]
    colours: dict[str, Tone]


def weekly_course(weekly: pd.DataFrame, strategy: str) -> WeeklyCourse:
    """Return the charts of one run. `weekly`: its weekly table."""
    weekly = weekly.sort_values("week")
    weekly = weekly.assign(outputs_so_far=weekly["outputs"].cumsum())
    weeks = weekly["week"].to_numpy(float)
    rows = np.unique(np.append(np.arange(0, len(weeks), EVERY), len(weeks) - 1))
    panels: list[CoursePanel] = []
    for measure in SHOWN:
        if measure in weekly:
            title, unit = MEASURES[measure]
            unit = "" if unit.lower() in title.lower() else unit
            y = rounded(weekly[measure].to_numpy(float)[rows])
            line = PlotLine(rounded(weeks[rows] / MONTHS.weeks), y, y, y)
            panels.append(CoursePanel(title, unit, measure in SHARES, {"a": line}))
    colour = toned(strategy_colours([strategy])[strategy])
    return WeeklyCourse(round(float(weeks.max()) / MONTHS.weeks, 2), panels, {"a": strategy}, {"a": colour})
