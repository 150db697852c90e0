"""Read the runs of a sweep or comparison for analysis and reports, also while a sweep is still running.

The manifest of a sweep is JSON; `results/README.md` describes it.
"""

from __future__ import annotations

import io
import shlex
from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NotRequired, TypedDict

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.inputs.scenario.writing import literal
from sim.lab.checksums import Checksums, bytes_hash, content_of
from sim.lab.experiment.designs import Factor
from sim.lab.experiment.manifest_shape import check_shape
from sim.lab.experiment.targets import EVERY
from sim.lab.own_rules import declare
from sim.lab.results import (
    MANIFEST,
    REPAIR,
    UNFINISHED,
    JsonMapping,
    JsonObject,
    ResultsError,
    checksums_in,
    damage_of,
    read_manifest,
)
from sim.model.outcomes import Outcome


class DesignJson(TypedDict):
    """The design: `samples` and `levels` as the experiment file has them, `points`: how many."""

    kind: str
    samples: int | None
    levels: int | None
    second_order: bool
    seed: int
    points: int


class ExperimentJson(TypedDict):
    """An `Experiment`.  `scenario`: path of its file, `resolved`: the scenario in full, `own`: rules of one's own, if any."""

    title: str
    question: str
    scenario: str
    strategies: list[str]
    replicates: int
    seed: int
    luck: str
    weeks: int
    renewal: bool
    outcomes: list[str]
    own: NotRequired[JsonObject]
    weekly: list[str]
    design: DesignJson
    factors: list[JsonObject]
    resolved: JsonObject


class SessionJson(TypedDict):
    """One session of a sweep: when it ran, for how long, how many runs it did and why it ended."""

    started: str
    ended: str
    seconds: float
    runs: int
    stop_reason: str


class Counts(TypedDict):
    """Runs expected, done, failed and left."""

    runs: int
    done: int
    failed: int
    left: int


class Totals(Counts):
    """Counts with a state: running, stopped or finished."""

    state: str


class StatusJson(Totals):
    """What `gennet status --json` prints.  Seconds are of ended sessions; `seconds_left` is an estimate."""

    folder: str
    command: str
    title: str
    strategies: dict[str, Counts]
    seconds: float | None
    seconds_a_run: float | None
    seconds_left: float | None
    model_version: str
    same_version: bool
    command_line: list[str] | None
    working_folder: str | None


FIRST = ("run", "point")
ORDER = ("point", "replicate", "strategy")
ATTEMPTS = 5


@dataclass(frozen=True, eq=False)
class SweepResults:
    """The contents of a results folder: `runs` has one row per run, sorted by point, replicate and order of strategies.

    `experiment`: the design, as `results/README.md` describes it.  Columns of `runs`: run, point, one per factor, strategy,
    seed, replicate, status, error, and the outcomes.  Rows whose status is "failed" have no outcomes; `done` omits them.
    """

    folder: Path
    manifest: JsonObject
    experiment: ExperimentJson
    runs: pd.DataFrame

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """What was varied; empty for a comparison."""
        return tuple(Factor.from_json(factor) for factor in self.experiment["factors"])

    @property
    def strategies(self) -> tuple[str, ...]:
        """The strategies, the first being the baseline."""
        return tuple(self.experiment["strategies"])

    @cached_property
    def done(self) -> pd.DataFrame:
        """The rows that have outcomes, truth values as bool."""
        done = self.runs[self.runs["status"] == "done"].reset_index(drop=True)
        mixed = done[[name for name in done if done[name].dtype == object]]
        truths = [name for name in mixed if len(done) and all(isinstance(value, bool) for value in mixed[name])]
        return done.astype(dict.fromkeys(truths, bool))

    @property
    def expected(self) -> int:
        """Number of runs of the whole design."""
        return self.experiment["design"]["points"] * len(self.strategies) * self.experiment["replicates"]

    @property
    def complete(self) -> bool:
        """Whether every run of the design has a row."""
        return len(self.runs) >= self.expected


def read_results(folder: str | Path, commands: Sequence[str] = ("sweep", "compare")) -> SweepResults:
    """Read a results folder of one of these commands ("sweep", "compare", "run").

    An unfinished sweep gives the runs so far.  Raises ResultsError where there is no such folder, or it holds something
    else, is half written, or damaged.
    """
    folder = Path(folder)
    manifest = manifest_of(folder)
    command = manifest.get("command")
    if command not in commands:
        needed = " or ".join((", ".join(commands[:-1]), commands[-1]) if commands[:-1] else commands)
        raise ResultsError(f"{folder} holds results of gennet {command}; those of gennet {needed} are needed")
    if command != "sweep" and manifest.get("stop_reason") == UNFINISHED:
        raise ResultsError(
            f"{folder} is half written: a process is writing it, or ended while it did; run the same command again"
        )
    runs = read_dataset(folder / "runs")
    if runs is None or runs.empty:
        raise ResultsError(f"{folder} holds no runs yet; run gennet {command} first")
    if command == "sweep":
        check_key(folder, manifest, "experiment")
        experiment: ExperimentJson = manifest["experiment"]
        measures = experiment.get("own", {}).get("measures", ())
        declare(tuple(Outcome(one["name"], one["label"], one["unit"], one["better"]) for one in measures))
    else:
        for key in ("scenario", "strategies", "seed"):
            check_key(folder, manifest, key)
        for key in ("title", "question", "weeks"):
            check_key(folder, manifest["scenario"], key)
        experiment = experiment_of_comparison(manifest)
        runs.insert(1, "point", 0)
        runs["error"] = None
    check_columns(folder, runs, columns_first(experiment))
    return SweepResults(folder, manifest, experiment, in_order(runs, experiment))


def manifest_of(folder: Path) -> JsonObject:
    """Return the manifest of a results folder.  Raises ResultsError where there is none, or it is damaged."""
    if not folder.is_dir():
        raise ResultsError(f"{folder}: no such folder; a results folder is needed, such as results/quick-sweep")
    manifest = read_manifest(folder)
    if manifest is None and (damage := damage_of(folder)):
        raise ResultsError(f"{folder / MANIFEST} is damaged ({damage}); run the command again into another folder")
    if manifest is None:
        raise ResultsError(f"{folder} holds no {MANIFEST} of this model: it is not a results folder")
    for key in ("command", "model_version"):
        check_key(folder, manifest, key)
    if manifest["command"] == "sweep" and "experiment" in manifest:
        for key in ("strategies", "replicates", "design", "factors", "title"):
            check_key(folder, manifest["experiment"], key)
    check_shape(folder, manifest)
    return manifest


def check_key(folder: Path, table: object, key: str) -> None:
    """Raise ResultsError if a manifest, or a table in it, lacks a key."""
    if not isinstance(table, dict) or key not in table:
        raise ResultsError(f"{folder / MANIFEST} is damaged: it lacks {key!r}; the same command writes it again")


def check_columns(folder: Path, runs: pd.DataFrame, needed: Sequence[str]) -> None:
    """Raise ResultsError if a table of runs lacks one of these columns."""
    lacking = [name for name in needed if name not in runs.columns]
    if lacking:
        raise ResultsError(f"{folder / 'runs'} is damaged: its table of runs has no column {', '.join(lacking)}")


def part_files(folder: Path) -> list[Path]:
    """Return the Parquet files of a dataset, by name."""
    return sorted(folder.glob("part-*.parquet"))


def read_dataset(folder: Path, columns: list[str] | None = None) -> pd.DataFrame | None:
    """Read a dataset that another process may be adding to, merging small parts into larger ones; None if it is empty.

    Raises ResultsError for a damaged file.
    """
    for _ in range(ATTEMPTS):
        with suppress(FileNotFoundError):
            return read_parts(part_files(folder), columns)
    return read_parts(part_files(folder), columns)


def read_part(file: Path, columns: list[str] | None = None, checksums: Checksums | None = None) -> pa.Table:
    """Read one Parquet file of a results folder.  `checksums`: those of the folder; read again if left out.

    Raises ResultsError for a damaged file, FileNotFoundError if it is gone.
    """
    try:
        content = content_of(file)
    except FileNotFoundError:
        raise
    except OSError as fault:
        raise damaged(file, fault) from None
    known = checksums_in(file.parents[1]) if checksums is None else checksums
    if wrong := known.fault(f"{file.parent.name}/{file.name}", bytes_hash(content)):
        raise damaged(file, ValueError(wrong))
    try:
        return pq.read_table(io.BytesIO(content), columns=columns, page_checksum_verification=True)
    except (pa.ArrowException, OSError, KeyError, ValueError) as fault:
        raise damaged(file, fault) from None


def damaged(file: Path, fault: BaseException) -> ResultsError:
    """Return the error for a file of a dataset that cannot be read."""
    why = " ".join(str(fault).split())[:200]
    return ResultsError(f"{file} is damaged ({why}); {REPAIR.format(file.parents[1])}")


def read_parts(files: Iterable[Path], columns: list[str] | None = None) -> pd.DataFrame | None:
    """Read Parquet files into one table, each run (and week) once; None if there are no files.

    Raises ResultsError for a damaged file, FileNotFoundError for one that is gone.
    """
    # Files first: each is in the list of checksums before it appears.
    files = list(files)
    checksums = checksums_in(files[0].parents[1]) if files else None
    tables = {file: read_part(file, columns, checksums) for file in files}
    if not tables:
        return None
    first = next(iter(tables))
    for file, table in tables.items():
        if not table.schema.equals(tables[first].schema):
            raise damaged(file, ValueError(f"its columns are not those of {first.name}"))
    frame: pd.DataFrame = pa.concat_tables(tables.values()).to_pandas()
    same = [name for name in (*ORDER, "week") if name in frame]
    return frame.drop_duplicates(same, ignore_index=True) if same else frame


def in_order(runs: pd.DataFrame, experiment: ExperimentJson) -> pd.DataFrame:
    """Sort rows by point, replicate and order of strategies; columns of the run and its factors come first."""
    places = {name: place for place, name in enumerate(experiment["strategies"])}
    ranked = runs.assign(_place=runs["strategy"].map(places))
    ranked = ranked.sort_values(["point", "replicate", "_place"], kind="stable")
    first = columns_first(experiment)
    rest = [name for name in runs.columns if name not in first]
    return ranked[[*first, *rest]].reset_index(drop=True)


def columns_first(experiment: ExperimentJson) -> list[str]:
    """Return the first columns of every table of runs."""
    keys = [factor["key"] for factor in experiment["factors"]]
    return [*FIRST, *keys, "strategy", "seed", "replicate", "status", "error"]


def experiment_of_comparison(manifest: JsonObject) -> ExperimentJson:
    """Return a comparison, or a run, as an experiment of one point in which nothing is varied."""
    scenario = manifest["scenario"]
    return {
        "title": scenario["title"],
        "question": scenario["question"],
        "scenario": manifest.get("scenario_file") or "",
        "strategies": list(manifest["strategies"]),
        "replicates": manifest.get("replicates", 1),
        "seed": manifest["seed"],
        "luck": "shared",
        "weeks": scenario["weeks"],
        "renewal": manifest.get("renewal", True),
        "outcomes": [],
        "weekly": [],
        "design": {
            "kind": "points",
            "samples": None,
            "levels": None,
            "second_order": False,
            "seed": manifest["seed"],
            "points": 1,
        },
        "factors": [],
        "resolved": scenario,
    }


def command_of(manifest: JsonMapping, row: Mapping[Hashable, object]) -> str:
    """Return the `gennet run` command that repeats a run of a sweep in full.

    `row`: a row of `runs` as a mapping (`results.runs.iloc[0]`), with pandas' or Python's values.
    """
    strategy = str(row["strategy"])
    settings = list(manifest["scenario_settings"])
    for factor in manifest["experiment"]["factors"]:
        key, value = factor["key"], row[factor["key"]]
        if key.startswith(f"{EVERY}."):
            if not manifest["experiment"]["resolved"]["strategies"][strategy]["coordinators"]:
                continue
            key = f"strategies.{strategy}.{key.partition('.')[2]}"
        settings.append(f"{key}={literal(value.item() if hasattr(value, 'item') else value)}")
    parts = ["gennet", "run", str(manifest["scenario_file"]), "--strategy", strategy]
    parts += ["--seed", str(row["seed"]), "--replicate", str(row["replicate"])]
    for setting in settings:
        parts += ["--set", setting]
    if "own" in manifest["experiment"]:
        parts.append("# without the experiment's own rules and measures: sim.simulate takes these")
        return f"{shlex.join(parts[:-1])} {parts[-1]}"
    return shlex.join(parts)
