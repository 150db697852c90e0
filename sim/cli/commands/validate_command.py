"""`gennet validate`: compare the model with published figures of real networks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column

from sim.cli import terminal
from sim.cli.opening import Clock, claimed_if
from sim.cli.options import AsJson, Jobs, OutIfNamed, check_replicates, futures, whole
from sim.evidence.seeds import VALIDATION_SEED
from sim.evidence.study_sizes import TARGET_REPLICATES
from sim.inputs.bounds import FEWEST_REPLICATES, LARGEST_SEED
from sim.lab.results import ResultsFolder, json_text, open_folder
from sim.output.words import MINUS, number, three_digits

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence.targets.network_fit import DataFolders, NetworkFit
    from sim.evidence.targets.validate import TargetResult

LEAST_SKILL = -9.99
"""Skill below which the table shows no more."""


Seed = Annotated[int, whole("--seed", 0, LARGEST_SEED, "Random seed; the default was not used for tuning.")]


def validate(
    replicates: Annotated[int, futures("Simulated futures of each experiment.")] = TARGET_REPLICATES,
    seed: Seed = VALIDATION_SEED,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this target, or the targets of this experiment; repeatable, or a,b."),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Freeman's EIES data; without it a generated stand-in.  Folders amends and newcomb next to it are used too.",
        ),
    ] = None,
    jobs: Jobs = None,
    out: OutIfNamed = None,
    as_json: AsJson = False,
) -> int:
    """Compare the model with published figures of real networks.

    Shows which figures the model reproduces, which it does not, and why that may be.  Figures that informed a parameter
    are counted apart from those held out.  Where the data are found, whole distributions (degree, distance, triads) and the
    prediction of ties are compared too.

    Example: gennet validate --replicates 400 --out results/validate
    """
    from sim.evidence.targets.network_fit import NetworkFit, find_folders
    from sim.model.version import MODEL_VERSION

    clock = Clock()
    check_replicates(replicates, FEWEST_REPLICATES)
    names = chosen_names(only or ())
    folders = find_folders(data)
    note_missing_data(names, folders.eies)
    content = {
        "command": "validate",
        "model_version": MODEL_VERSION,
        "seed": seed,
        "replicates": replicates,
        "only": list(names),
        "start": "data" if folders.eies else "generated",
    }
    with claimed_if(None if out is None else open_folder(out, "validate", content)) as folder:
        findings = run_futures(replicates, seed, names, folders.eies, jobs)
        if not findings:
            if folder:
                folder.give_up()
            terminal.say("Stopped before one future of every experiment was complete: there are no results.")
            return terminal.INTERRUPTED
        done = len(findings[0].values)
        if done < replicates:
            terminal.say(f"Stopped: {done:,} of {replicates:,} futures of each experiment are complete and reported.")
        complete = not names and done == replicates
        fit = compare_structure(folders, done, seed, jobs) if complete else NetworkFit([], [])
        rows = [finding.summary() for finding in findings]
        terminal.show(lambda console: print_all(console, findings, fit), rows, as_json)
        if folder:
            save(folder, findings, fit, replicates, clock, as_json)
        return 0 if done == replicates else terminal.INTERRUPTED


def run_futures(
    replicates: int, seed: int, names: Sequence[str], data: Path | None, jobs: int | None
) -> list[TargetResult]:
    """Run the experiments and judge the targets; after Ctrl-C, by the futures that are complete."""
    from sim.evidence.targets.validate import validate as validate_targets

    compiling = terminal.announce_compiling()
    with terminal.stopped_by_ctrl_c() as stopped, terminal.progress("Validating", "futures", compiling) as tick:
        return validate_targets(replicates, seed, names, data, jobs, None, tick, stopped)


def note_missing_data(names: Sequence[str], eies_data: Path | None) -> None:
    """Say that an experiment on the EIES network starts from a generated network, as its data were not found."""
    from sim.evidence.targets import eies
    from sim.evidence.targets.validate import chosen

    if eies_data is None and any(target.experiment == "eies" for target in chosen(names)):
        terminal.say(
            f"Note: no EIES data (--data FOLDER, {eies.ENVIRONMENT}, or {eies.USUAL_FOLDER}): "
            "that network starts from a generated stand-in",
            "dim",
        )


def compare_structure(folders: DataFolders, futures: int, seed: int, jobs: int | None) -> NetworkFit:
    """Compare distributions and the prediction of ties with the data that were found."""
    from sim.evidence.targets.network_fit import MOST_FUTURES, fit_networks

    with terminal.waiting("Comparing structure"):
        return fit_networks(folders, min(futures, MOST_FUTURES), seed, None, jobs)


def save(
    folder: ResultsFolder,
    findings: Sequence[TargetResult],
    fit: NetworkFit,
    replicates: int,
    clock: Clock,
    as_json: bool,
) -> None:
    """Write the results, close the folder and say where it is."""
    from sim.evidence.targets.validate import score

    done = len(findings[0].values)
    stopped_early = f"stopped by the user after {done} of {replicates} futures"
    with terminal.waiting("Writing table and figure"):
        write(folder, findings, fit)
        folder.finish(
            {
                "futures": done,
                "stop_reason": "finished" if done == replicates else stopped_early,
                **clock.circumstances(),
                "score": score(findings),
            }
        )
    terminal.show_where(f"Table and figure: {folder.path}/ (see {folder.path / 'manifest.json'})", as_json)


def print_all(console: Console, findings: Sequence[TargetResult], fit: NetworkFit) -> None:
    """Print targets, structure and prediction."""
    print_findings(console, findings)
    print_structure(console, fit)


def chosen_names(only: Sequence[str]) -> tuple[str, ...]:
    """Return the names of targets or experiments given, separated by commas or not.  Raises InputError."""
    from sim.evidence.targets.target_catalogue import TARGETS
    from sim.inputs.scenario.errors import unknown

    names = tuple(name.strip() for text in only for name in text.split(",") if name.strip())
    known = [target.name for target in TARGETS] + list(dict.fromkeys(target.experiment for target in TARGETS))
    if only and not names:
        raise terminal.InputError("--only names nothing; allowed are names of targets or experiments")
    for name in names:
        if name not in known:
            raise terminal.InputError(f"--only: {name!r} {unknown(name, known)}")
    return names


def short(value: float) -> str:
    """Return a number with two or three digits; a dash where there is none."""
    import numpy as np

    if np.isinf(value):
        return "never" if value > 0 else f"{MINUS}never"
    return number(value, 0 if abs(value) >= 20 else 2 if abs(value) >= 0.05 or not value else 3)


def observed_text(finding: TargetResult) -> str:
    """Return the published figure with its range, or the side of a direction."""
    import numpy as np

    target = finding.target
    if target.kind == "direction":
        return target.side
    if target.kind == "range" and not np.isfinite([target.low, target.high]).all():
        return f"{three_digits(target.observed)} ({target.side})"
    span = f" ({short(target.low)} to {short(target.high)})" if target.kind == "range" else ""
    return f"{three_digits(target.observed)}{span}"


def simulated_text(finding: TargetResult) -> str:
    """Return the simulated median with its 90% interval."""
    return f"{short(finding.median)} ({short(finding.low)} to {short(finding.high)})"


def print_findings(console: Console, findings: Sequence[TargetResult]) -> None:
    """Print the table, the score, and for each target outside a reason."""
    from sim.evidence.targets.validate import score

    wide = console.width >= terminal.WIDE
    names = ["target", Column("source", style="dim")] if wide else ["target [dim](source)[/]"]
    numbers = (terminal.right(name, no_wrap=True) for name in ("published", "median (90%)", "skill"))
    table = terminal.plain_table(*names, *numbers, Column("", no_wrap=True), Column("", no_wrap=True, style="dim"))
    for one in findings:
        target = one.target
        label, source = escape(target.label), escape(target.source.short)
        cells = [label, source] if wide else [f"{label} [dim]({source})[/]"]
        verdict = "inside" if one.inside else "[bold]outside[/]"
        table.add_row(
            *cells,
            observed_text(one),
            simulated_text(one),
            number(max(one.score.skill, LEAST_SKILL), 2),
            verdict,
            "fit" if target.in_fit else "",
        )
    console.print(table)
    counts = score(findings)
    console.print(
        f"\nInside: {counts['inside']} of {counts['targets']} targets; {counts['kept_out_inside']} of {counts['kept_out']} "
        f"held out, {counts['in_fit_inside']} of {counts['in_fit']} that informed a parameter (fit)."
    )
    if counts["scored"]:
        console.print(
            f"Skill: median {short(counts['median_skill'])}; {counts['skilled']} of {counts['scored']} do better than a forecast "
            "that knows only the scale (0; perfect is 1)."
        )
    if any(one.start == "generated" and one.target.experiment == "eies" for one in findings):
        console.print("EIES started from a generated stand-in, not from its data.")
    outside = [one for one in findings if not one.inside and one.target.why]
    if outside:
        console.print("\nOutside, and possible reasons:")
    for one in outside:
        console.print(f"- {one.target.label}: {one.target.why}.", markup=False, soft_wrap=not console.is_terminal)


def print_structure(console: Console, fit: NetworkFit) -> None:
    """Print how unlike simulated networks the observed ones are, and how well new and lost ties are predicted."""

    if not fit.structure:
        return
    table = terminal.plain_table("data", "distribution", terminal.right("distance"), terminal.right("p", no_wrap=True))
    for one in fit.structure:
        table.add_row(one.data, one.statistic, three_digits(one.distance), number(one.p, 3))
    console.print("\nStructure: Mahalanobis distance of the observed network from simulated ones, and Monte Carlo p")
    console.print(table)
    names = ("pairs", "model", "common contacts", "closure", "random")
    table = terminal.plain_table("data", "which ties", *(terminal.right(name, no_wrap=True) for name in names))
    for pairs in fit.prediction:
        scores = (pairs.model, pairs.common, pairs.closure, pairs.random)
        table.add_row(
            pairs.data, pairs.what, f"{pairs.hits:,} of {pairs.pairs:,}", *(number(score, 2) for score in scores)
        )
    console.print("\nPrediction: AUC of which ties form or end, by the model and by simple rules")
    console.print(table)


def structure_tables(fit: NetworkFit) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a table with a row for each part of each distribution, and one with a row for each prediction."""
    import numpy as np
    import pandas as pd

    rows = [
        {
            "data": one.data,
            "distribution": one.statistic,
            "part": part,
            "observed": one.observed[place],
            "median": np.median(one.simulated[:, place]),
            "low": np.quantile(one.simulated[:, place], 0.05),
            "high": np.quantile(one.simulated[:, place], 0.95),
            "distance": one.distance,
            "p": one.p,
        }
        for one in fit.structure
        for place, part in enumerate(one.parts)
    ]
    structure = pd.DataFrame(rows).replace([np.inf, -np.inf], np.nan)
    return structure, pd.DataFrame([one._asdict() for one in fit.prediction])


def table_of(findings: Sequence[TargetResult]) -> pd.DataFrame:
    """Return a table with a row for each target; intervals and ranges take two columns."""
    import numpy as np
    import pandas as pd

    rows = []
    for one in findings:
        row = {key: value for key, value in one.summary().items() if key not in ("interval90", "observed_range")}
        span = (np.nan, np.nan) if one.target.kind == "figure" else (one.target.low, one.target.high)
        rows.append({**row, "low": one.low, "high": one.high, "observed_low": span[0], "observed_high": span[1]})
    return pd.DataFrame(rows).replace([np.inf, -np.inf], np.nan)


def draw_club(folder: ResultsFolder, findings: Sequence[TargetResult]) -> None:
    """Write the figure of the club that split, if it was asked for."""
    import numpy as np

    from sim.evidence.charts.target_chart import club as club_figure
    from sim.evidence.targets import club_split
    from sim.inputs.networks.exchange import to_networkx
    from sim.output.figures import save_in

    club = next((one for one in findings if one.target.name == "club"), None)
    if club is None:
        return
    methods = {"pull": "by the\nleaders' pull", "ties": "by ties", "views": "by views"}
    start, cuts = club_split.club(), club_split.graph_cuts()
    figure = club_figure(
        to_networkx(start),
        np.asarray(start.faction).tolist(),
        club.people,
        start.leaders,
        {words: club.further[name] for name, words in methods.items()},
        {"chance": club_split.chance(), "cuts": min(cuts.values())},
        "The club that split: does the model predict the sides?",
    )
    save_in(folder, "figures/club", figure)


def write(folder: ResultsFolder, findings: Sequence[TargetResult], fit: NetworkFit) -> None:
    """Write tables, summary and figures."""
    from sim.evidence.charts.structure_chart import structure_figure
    from sim.evidence.charts.target_chart import target_figure
    from sim.output.figures import save_in

    folder.begin()
    folder.csv("targets.csv", table_of(findings))
    folder.text("summary.json", json_text([one.summary() for one in findings]))
    figure = target_figure(findings, f"The model against {len(findings)} published figures")
    save_in(folder, "figures/evidence", figure)
    draw_club(folder, findings)
    if fit.structure:
        structure, prediction = structure_tables(fit)
        folder.csv("structure.csv", structure)
        folder.csv("prediction.csv", prediction)
        save_in(folder, "figures/structure", structure_figure(fit, "Structure: the model against real networks"))
