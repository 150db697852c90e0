"""One results folder opened: the answer in words, tables and charts, facts, names of its figures.

Everything is worked out by the analysis that commands and reports use; here it is only chosen by kind of folder.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from sim.dashboard.folders.readable import RUNS_OF, results_of, said, whole
from sim.dashboard.folders.shelf import Shelf, ShelfError
from sim.dashboard.folders.takeaway import pictures
from sim.dashboard.folders.told import comparison_answer, sweep_page, weekly_course
from sim.lab.experiment.reading import read_dataset
from sim.model.outcomes import BY_NAME, STAGES_REACHED, SUMMARY
from sim.output.words import how_long, number

MOST_WEEKS, MOST_JSON = 3_000_000, 8_000_000
EVENTS = 60


def opened(shelf: Shelf, name: str) -> dict[str, Any]:
    """Everything that the page of a folder shows but for its figures, fit for JSON.  Errors: ShelfError."""
    folder, manifest = whole(shelf, name)
    told = said(
        name,
        lambda: {
            "head": shelf.entry(name).told(),
            "facts": facts(manifest),
            "strategies": strategies_of(manifest),
            "command": shlex.join(map(str, manifest.get("command_line") or ["gennet", manifest["command"]])),
            "figures": [picture["label"] for picture in pictures(shelf, folder)],
            "csv": manifest["command"] in RUNS_OF,
            "reports": manifest["command"] in ("sweep", "compare"),
            "page": "claims.html" if (folder / "claims.html").is_file() else "",
        },
    )
    return {**told, **said(name, lambda: BY_KIND.get(manifest["command"], other)(folder, manifest))}


def facts(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """What is needed to get the same again, and to know where it came from."""
    where = manifest.get("surroundings") or {}
    commit = where.get("git_commit")
    seconds = manifest.get("seconds")
    told = {
        "Seed": manifest.get("seed"),
        "Model version": manifest.get("model_version"),
        "Package": manifest.get("package_version"),
        "Python": where.get("python"),
        "Commit": f"{str(commit)[:12]}{' with changes' if where.get('git_changed') else ''}" if commit else None,
        "Scenario file": manifest.get("scenario_file"),
        "Settings over it": ", ".join(map(str, manifest.get("overrides") or manifest.get("scenario_settings") or [])),
        "Began": manifest.get("started"),
        "Ended": f"{manifest.get('ended')} ({manifest.get('stop_reason', '')})" if manifest.get("ended") else None,
        "Took": how_long(float(seconds)) if isinstance(seconds, int | float) else None,
    }
    return [(label, str(value)) for label, value in told.items() if value not in (None, "")]


def strategies_of(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """Names of strategies, and what the scenario says that each is."""
    told = ((manifest.get("experiment") or {}).get("resolved") or manifest.get("scenario") or {}).get(
        "strategies"
    ) or {}
    names = (manifest.get("experiment") or {}).get("strategies") or manifest.get("strategies") or []
    return [(str(name), str((told.get(name) or {}).get("label") or "")) for name in names]


def of_comparison(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """A comparison as the Compare page shows one."""
    import pyarrow.parquet as pq

    results = results_of(folder)
    parts = sorted((folder / "weekly").glob("part-*.parquet"))
    few = sum(pq.read_metadata(part).num_rows for part in parts) <= MOST_WEEKS
    weekly = read_dataset(folder / "weekly") if few else None
    return {"answer": comparison_answer(results, weekly)}


def of_sweep(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """A sweep as its report shows it."""
    if not any((folder / "runs").glob("part-*.parquet")):
        return {"lead": ["No run is there yet."]}
    return {"report": sweep_page(results_of(folder))}


def of_run(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """One simulated future: what it came to, week by week, and what happened when."""
    runs = results_of(folder).done
    if len(runs) != 1:
        raise ShelfError(f"{folder.name} is of one simulated future, but its table of runs has {len(runs)} rows")
    row = runs.iloc[0]
    strategy = str(row["strategy"])
    label = manifest["scenario"]["strategies"][strategy].get("label") or strategy
    weekly = read_dataset(folder / "weekly")
    events = pd.read_csv(folder / "events.csv", nrows=EVENTS + 1) if (folder / "events.csv").is_file() else None
    stages = [
        f"{stage} in week {row[f'{stage}_week']:.0f}"
        if row[f"{stage}_week"] == row[f"{stage}_week"]
        else f"{stage}: not"
        for stage in STAGES_REACHED
    ]
    weeks = manifest["scenario"]["weeks"]
    table = [[BY_NAME[name].label, number(float(row[name])), BY_NAME[name].unit] for name in SUMMARY if name in row]
    told: dict[str, Any] = {
        "lead": [
            f"One simulated future of {label}, {weeks} weeks: {', '.join(stages)}.",
            "One future is no forecast: gennet compare runs many.",
        ],
        "tables": [{"caption": "What it came to", "head": ["outcome", "value", "unit"], "rows": table}],
        "course": weekly_course(weekly, strategy) if weekly is not None else None,
    }
    if events is not None and len(events):
        rows = [[f"week {one['week']}", str(one["what"])] for one in events.head(EVENTS).to_dict("records")]
        more = " (the first of more: events.csv has all)" if len(events) > EVENTS else ""
        told["tables"].append({"caption": f"What happened{more}", "head": ["when", "what"], "rows": rows})
    return told


def json_of(path: Path) -> Any:
    """A JSON file of a results folder.  Errors: ShelfError for one that is too large."""
    if path.stat().st_size > MOST_JSON:
        raise ShelfError(f"{path.name} is too large to be read here")
    return json.loads(path.read_text(encoding="utf-8"))


def of_claims(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """Claims with their verdicts."""
    found = json_of(folder / "claims.json")
    counts = pd.Series([one["verdict"] for one in found]).value_counts()
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    rows = [
        [
            f"{one['claim']}. {one['text']}",
            one["verdict"],
            with_interval(one["effect"], one["ci95"], one["unit"]),
            "–" if one["robust_share"] is None else f"{one['robust_share']:.0%}",
        ]
        for one in found
    ]
    head = ["claim", "verdict", "effect of its first part (95% interval)", "which counts in other worlds"]
    lead = [
        f"{len(found)} {'claim' if len(found) == 1 else 'claims'} of the sources, tried as experiments on the model: {told}."
    ]
    return {"lead": lead, "tables": [{"caption": "Claims and verdicts", "head": head, "rows": rows}], "shows": True}


def with_interval(mean: float | None, interval: list[float] | None, unit: str) -> str:
    """A number with its interval and unit."""
    if mean is None or interval is None:
        return "–"
    return f"{number(mean)} ({number(interval[0])} to {number(interval[1])}) {unit}".strip()


def of_questions(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """Open questions with their answers."""
    found = json_of(folder / "questions.json")
    rows = [[one["text"], one["answer"], str(one["source"])] for one in found]
    head = ["question", "answer", "source"]
    return {
        "lead": [
            f"{len(found)} open {'question' if len(found) == 1 else 'questions'} of the sources, mapped over what the answer "
            "depends on."
        ],
        "tables": [{"caption": "Questions and answers", "head": head, "rows": rows}],
        "shows": True,
    }


def of_validation(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """The model against published figures."""
    table = pd.read_csv(folder / "targets.csv")
    score = manifest.get("score") or {}
    lead = []
    if score:
        lead = [
            f"Inside: {score['inside']} of {score['targets']} published figures; {score['kept_out_inside']} of "
            f"{score['kept_out']} kept out of the fit, {score['in_fit_inside']} of {score['in_fit']} that informed a parameter."
        ]
    rows = [
        [
            str(one["label"]),
            number(one["observed"]) if isinstance(one["observed"], float) else str(one["observed"]),
            with_interval(one["median"], [one["low"], one["high"]], ""),
            "inside" if one["inside"] else "outside",
        ]
        for one in table.to_dict("records")
    ]
    head = ["published figure", "published", "simulated (90% interval)", ""]
    return {"lead": lead, "tables": [{"caption": "Targets", "head": head, "rows": rows}], "shows": True}


def other(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """What there is to say of a kind of results that this page has no view for: its figures."""
    return {
        "lead": [f"Results of gennet {manifest['command']}: the figures below, and tables in {folder}."],
        "shows": True,
    }


BY_KIND: dict[str, Callable[[Path, dict[str, Any]], dict[str, Any]]] = {
    "compare": of_comparison,
    "sweep": of_sweep,
    "run": of_run,
    "claims": of_claims,
    "questions": of_questions,
    "validate": of_validation,
}
