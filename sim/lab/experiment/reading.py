"""The table of runs of a sweep (or a comparison) as analysis and reports read it, also while it is still being filled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sim.lab.experiment.factors import Factor
from sim.lab.results import MANIFEST, UNFINISHED, ResultsError, read_manifest

FIRST = ("run", "point")
ORDER = ("point", "replicate", "strategy")
ATTEMPTS = 5


@dataclass(frozen=True, eq=False)
class SweepResults:
    """What a results folder holds: `runs` has a row a run, sorted by point, replicate and order of strategies.

    `experiment`: the design, as `results/README.md` describes it.  Columns of `runs`: run, point, one a factor, strategy,
    seed, replicate, status, error, and the outcomes.  Rows whose status is "failed" have no outcomes: `done` leaves them out.
    """

    folder: Path
    manifest: dict[str, Any]
    experiment: dict[str, Any]
    runs: pd.DataFrame

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """What was varied; empty for a comparison."""
        return tuple(Factor.from_json(told) for told in self.experiment["factors"])

    @property
    def strategies(self) -> tuple[str, ...]:
        """The strategies, the first being the baseline."""
        return tuple(self.experiment["strategies"])

    @cached_property
    def done(self) -> pd.DataFrame:
        """The rows that have outcomes, truth values as bool."""
        found = self.runs[self.runs["status"] == "done"].reset_index(drop=True)
        return found.astype(
            {name: bool for name in found.columns if found[name].dtype == object and is_truth(found[name])}
        )

    @property
    def expected(self) -> int:
        """Runs that the whole design has."""
        return self.experiment["design"]["points"] * len(self.strategies) * self.experiment["replicates"]

    @property
    def complete(self) -> bool:
        """Whether every run of the design has a row."""
        return len(self.runs) >= self.expected


def is_truth(column: pd.Series) -> bool:
    """Whether a column holds nothing but true and false."""
    return len(column) > 0 and all(isinstance(value, bool) for value in column)


def read_results(folder: str | Path, commands: Sequence[str] = ("sweep", "compare")) -> SweepResults:
    """What a results folder of `gennet sweep` or `gennet compare` holds; of `gennet run` too, if `commands` has it.

    A sweep that has not come to its end gives the runs that are there.  Errors: ResultsError where there is no such folder,
    or it holds something else, is half written, or damaged.
    """
    folder = Path(folder)
    manifest = manifest_of(folder)
    command = manifest.get("command")
    if command not in commands:
        needed = " or ".join((", ".join(commands[:-1]), commands[-1]) if commands[:-1] else commands)
        raise ResultsError(f"{folder} holds results of gennet {command}; those of gennet {needed} are needed")
    if command != "sweep" and manifest.get("stop_reason") == UNFINISHED:
        raise ResultsError(
            f"{folder} is half written: a process is at it, or ended in the middle; the same command writes it whole"
        )
    runs = read_dataset(folder / "runs")
    if runs is None or runs.empty:
        raise ResultsError(f"{folder} holds no runs yet; run gennet {command} first")
    if command != "sweep":
        if "scenario" not in manifest:
            raise damaged_manifest(folder, "scenario")
        experiment = experiment_of_comparison(manifest)
        runs.insert(1, "point", 0)
        runs["error"] = None
    else:
        experiment = manifest["experiment"]
    check_columns(folder, runs, columns_first(experiment))
    return SweepResults(folder, manifest, experiment, in_order(runs, experiment))


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of a results folder.  Errors: ResultsError where there is none."""
    if not folder.is_dir():
        raise ResultsError(f"{folder}: there is no such folder; a results folder is needed, as results/quick-sweep")
    manifest = read_manifest(folder)
    if manifest is None:
        raise ResultsError(f"{folder} holds no {MANIFEST} of this model: it is no results folder")
    needed: list[tuple[dict[str, Any], Any]] = [(manifest, ("command", "model_version"))]
    if manifest.get("command") == "sweep" and "experiment" in manifest:
        needed.append((manifest["experiment"], ("strategies", "replicates", "design", "factors", "title")))
    for table, keys in needed:
        for key in keys:
            if not isinstance(table, dict) or key not in table:
                raise damaged_manifest(folder, key)
    return manifest


def damaged_manifest(folder: Path, key: str) -> ResultsError:
    """That the manifest lacks what every one has."""
    return ResultsError(f"{folder / MANIFEST} is damaged: it lacks {key!r}; the same command writes it whole")


def check_columns(folder: Path, runs: pd.DataFrame, needed: Sequence[str]) -> None:
    """See that a table of runs has the columns that are needed.  Errors: ResultsError."""
    lacking = [name for name in needed if name not in runs.columns]
    if lacking:
        raise ResultsError(f"{folder / 'runs'} is damaged: its table of runs has no column {', '.join(lacking)}")


def part_files(folder: Path) -> list[Path]:
    """The Parquet files of a dataset, by name."""
    return sorted(folder.glob("part-*.parquet"))


def read_dataset(folder: Path, columns: list[str] | None = None) -> pd.DataFrame | None:
    """The rows of a dataset that another process may be adding to, merging small parts into larger ones.

    Errors: ResultsError for a damaged file.
    """
    for _ in range(ATTEMPTS):
        try:
            return read_parts(part_files(folder), columns)
        except FileNotFoundError:
            continue
    return read_parts(part_files(folder), columns)


def read_part(file: Path, columns: list[str] | None = None) -> Any:
    """One Parquet file as Arrow's table.  Errors: ResultsError for a damaged one; FileNotFoundError if it has gone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(file, columns=columns, partitioning=None)
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError, KeyError, ValueError) as fault:
        raise damaged(file, fault) from None


def damaged(file: Path, fault: BaseException) -> ResultsError:
    """That a file of a dataset cannot be read, why, and what to do."""
    why = " ".join(str(fault).split())[:200]
    return ResultsError(f"{file} is damaged ({why}); delete it, and its runs are done again by the same command")


def read_parts(files: Iterable[Path], columns: list[str] | None = None) -> pd.DataFrame | None:
    """The rows of Parquet files in one table, each run (and week) once; None if there are no files.

    Errors: ResultsError for a damaged file; FileNotFoundError for one that has gone.
    """
    import pyarrow as pa

    tables: dict[Path, Any] = {}
    for file in files:
        table = tables[file] = read_part(file, columns)
        first = next(iter(tables.values()))
        if not table.schema.equals(first.schema):
            told = f"its columns are not those of {next(iter(tables)).name}"
            raise damaged(file, ValueError(told))
    if not tables:
        return None
    frame: pd.DataFrame = pa.concat_tables(tables.values()).to_pandas()
    same = [name for name in (*ORDER, "week") if name in frame]
    return frame.drop_duplicates(same, ignore_index=True) if same else frame


def in_order(runs: pd.DataFrame, experiment: dict[str, Any]) -> pd.DataFrame:
    """Rows by point, replicate and order of strategies; columns of the run and its factors first."""
    places = {name: place for place, name in enumerate(experiment["strategies"])}
    ranked = runs.assign(_place=runs["strategy"].map(places)).sort_values(
        ["point", "replicate", "_place"], kind="stable"
    )
    first = columns_first(experiment)
    rest = [name for name in runs.columns if name not in first]
    return ranked[[*first, *rest]].reset_index(drop=True)


def columns_first(experiment: dict[str, Any]) -> list[str]:
    """The columns that every table of runs has and begins with."""
    keys = [told["key"] for told in experiment["factors"]]
    return [*FIRST, *keys, "strategy", "seed", "replicate", "status", "error"]


def experiment_of_comparison(manifest: dict[str, Any]) -> dict[str, Any]:
    """A comparison, or a run, as an experiment of one point in which nothing is varied."""
    scenario = manifest["scenario"]
    design = {
        "kind": "points",
        "samples": None,
        "levels": None,
        "second_order": False,
        "seed": manifest["seed"],
        "points": 1,
    }
    return {
        "title": scenario["title"],
        "question": scenario["question"],
        "scenario": manifest.get("scenario_file") or "",
        "strategies": list(manifest["strategies"]),
        "replicates": manifest.get("replicates", 1),
        "seed": manifest["seed"],
        "weeks": scenario["weeks"],
        "outcomes": [],
        "design": design,
        "factors": [],
        "resolved": scenario,
    }
