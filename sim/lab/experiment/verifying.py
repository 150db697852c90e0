"""Verifying a results folder: is every file as it was written, and do its runs give the same bits again?

Everything that is needed to run a sweep again is in its manifest, and so a damaged part can be made again.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from sim.inputs.scenario import Scenario, ScenarioError
from sim.lab.checksums import JOURNAL, PARTS, file_hash, is_irregular, lines_in
from sim.lab.experiment.checking import OUTCOMES as OUTCOMES_SHOWN
from sim.lab.experiment.checking import Head
from sim.lab.experiment.designs import USES, Factor, Value
from sim.lab.experiment.experiment import Experiment, Run, made_points
from sim.lab.experiment.lock import held
from sim.lab.experiment.reading import manifest_of, part_files, read_dataset, read_part
from sim.lab.experiment.store import runs_table, weekly_table
from sim.lab.experiment.sweeping import job_of, task_of
from sim.lab.experiment.work import do_task
from sim.lab.future import run_future
from sim.lab.results import (
    FORMAT,
    LOCK,
    MANIFEST,
    JsonObject,
    ResultsError,
    checksums_in,
    damage_of,
    read_manifest,
)
from sim.model.declarations import BY_KEY
from sim.model.outcomes import OUTCOMES
from sim.model.version import MODEL_VERSION

SOUND, DAMAGED, MISSING, UNKNOWN = "sound", "damaged", "missing", "no checksum"


class FileVerdict(NamedTuple):
    """A file of a results folder: its name, whether it is as it was written, and what is wrong."""

    file: str
    verdict: str
    reason: str = ""

    @property
    def bad(self) -> bool:
        """Whether the file is lost."""
        return self.verdict in (DAMAGED, MISSING)


def verify_files(folder: Path) -> list[FileVerdict]:
    """Return a verdict on every file of a results folder, by name.  Raises ResultsError if it is not a results folder."""
    manifest = read_manifest(folder)
    damage = "" if manifest is not None else damage_of(folder) or "it is not a manifest of this model"
    if not (folder / MANIFEST).is_file():
        manifest_of(folder)  # raises the error that says what it is instead
    checksums = checksums_in(folder)
    verdicts = {MANIFEST: verdict_on_manifest(manifest, damage)}
    paths = [path for path in sorted(folder.rglob("*")) if not path.is_dir() or path.name == JOURNAL]
    names = [path.relative_to(folder).as_posix() for path in paths]
    for name in names:
        if name in (MANIFEST, LOCK) or Path(name).name.startswith("."):  # a file that is renamed once written
            continue
        if is_irregular(folder / name):
            verdicts[name] = FileVerdict(name, DAMAGED, "it is not a regular file")
        elif name == JOURNAL:
            sound = lines_in(folder)[1]
            verdicts[name] = FileVerdict(name, SOUND) if sound else FileVerdict(name, DAMAGED, "it has damaged lines")
        elif name not in checksums.hashes:
            lost = checksums.complete and name.partition("/")[0] in PARTS
            reason = "it is not in the list of checksums" if checksums.complete else fault_in_table(folder / name)
            verdicts[name] = FileVerdict(
                name, DAMAGED if lost or (reason and not checksums.complete) else UNKNOWN, reason
            )
        else:
            fault = checksums.fault(name, file_hash(folder / name)) or fault_in_table(folder / name)
            verdicts[name] = FileVerdict(name, DAMAGED if fault else SOUND, fault)
    verdicts |= {name: FileVerdict(name, MISSING, "the manifest lists it") for name in checksums.missing(verdicts)}
    return [verdicts[name] for name in sorted(verdicts)]


def verdict_on_manifest(manifest: JsonObject | None, damage: str) -> FileVerdict:
    """Return the verdict on a manifest."""
    if manifest is None:
        return FileVerdict(MANIFEST, DAMAGED, damage)
    if manifest.get("format") != FORMAT:
        return FileVerdict(MANIFEST, UNKNOWN, "it was written by an older version, which kept no checksums")
    return FileVerdict(MANIFEST, SOUND)


def fault_in_table(path: Path) -> str:
    """Return why a Parquet file of the dataset cannot be read, '' if it can, or is none."""
    if path.suffix != ".parquet" or path.parent.name not in PARTS:
        return ""
    try:
        read_part(path)
    except (ResultsError, OSError) as fault:
        return str(fault)
    return ""


CHANGED = f"cannot be made again from {MANIFEST}: a file that it names has changed, or the manifest itself"


def experiment_in(manifest: JsonObject) -> Experiment:
    """Return the experiment of a sweep from its manifest.  Raises ResultsError if it is not the one that was run."""
    try:
        experiment = experiment_from(manifest)
    except (ScenarioError, ValueError, KeyError, TypeError, AssertionError) as fault:
        raise ResultsError(f"the experiment {CHANGED} ({' '.join(str(fault).split())[:200]})") from None
    if experiment.design_hash != manifest.get("design_hash"):
        raise ResultsError(f"the experiment {CHANGED}")
    return experiment


def experiment_from(manifest: JsonObject) -> Experiment:
    """Return the experiment that a manifest describes.  Raises an error if it is none."""
    kept = manifest["experiment"]
    design = kept["design"]
    base = scenario_from(kept["resolved"], manifest)
    factors = tuple(Factor.from_json(factor) for factor in kept["factors"])
    points = tuple(tuple(point) for point in manifest.get("points", []))
    # Those that a design does not use have to be left out.
    optional: dict[str, Any] = {key: design[key] for key in USES[design["kind"]] if key in design and key != "points"}
    optional |= {"weekly": tuple(kept["weekly"])} if kept["weekly"] else {}
    head = Head(
        scenario=str(manifest.get("scenario_file") or "scenario.toml"),
        design=design["kind"],
        replicates=kept["replicates"],
        seed=kept["seed"],
        luck=kept["luck"],
        weeks=kept["weeks"],
        title=kept["title"],
        question=kept["question"],
        outcomes=tuple(kept["outcomes"]) or OUTCOMES_SHOWN,
        renewal=kept["renewal"],
        points=points or None,
        **optional,
    )
    typed = typed_points(points, factors) if points else made_points(head, base, factors, "the manifest")
    settings, name = tuple(manifest.get("scenario_settings", [])), Path(head.scenario).stem
    strategies = tuple(kept["strategies"])
    return Experiment(head, base, strategies, factors, typed, name, settings)


def typed_points(points: Sequence[Sequence[Value]], factors: Sequence[Factor]) -> tuple[tuple[Value, ...], ...]:
    """Return points as JSON holds them with the types of their factors."""
    floats = [factor.type == "float" for factor in factors]
    return tuple(
        tuple(float(value) if real else value for value, real in zip(point, floats, strict=True)) for point in points
    )


def scenario_from(table: JsonObject, manifest: JsonObject) -> Scenario:
    """Return a scenario from its table in a manifest.  Raises ScenarioError."""
    path = Path(str(manifest.get("scenario_file") or "scenario.toml"))
    folder = Path(str(manifest.get("working_folder") or "."), path).parent
    rest = {key: value for key, value in without_nulls(table).items() if key != "parameters"}
    values = table.get("parameters", {})
    settings = {key: value for key, value in values.items() if key in BY_KEY and value != BY_KEY[key].default}
    return Scenario.from_document(rest, folder, path.stem).with_(settings)


def without_nulls(table: JsonObject) -> JsonObject:
    """Return a table of a manifest without the entries that are null, as a scenario file would leave them out."""

    def cleaned(item: object) -> object:
        if isinstance(item, dict):
            return {key: cleaned(inner) for key, inner in item.items() if inner is not None}
        return [cleaned(inner) for inner in item] if isinstance(item, list) else item

    return {key: cleaned(value) for key, value in table.items() if value is not None}


class RerunVerdict(NamedTuple):
    """A row that was run again: its run, what it is, and the columns that differ."""

    run: str
    strategy: str
    point: int
    replicate: int
    differing: tuple[str, ...]


def rerun(folder: Path, number: int, seed: int | None = None) -> Iterator[RerunVerdict]:
    """Run random rows of a results folder again, and yield which columns differ from what is written, bit by bit.

    `seed`: which rows; random if left out.  Raises ResultsError where another version of the model made them.
    """
    manifest = manifest_of(folder)
    if manifest["command"] not in ("sweep", "compare", "run"):
        raise ResultsError(f"{folder} holds results of gennet {manifest['command']}, whose runs are not kept")
    if manifest["model_version"] != MODEL_VERSION:
        raise ResultsError(
            f"{folder} is from version {manifest['model_version']} of the model; this is {MODEL_VERSION}, which may give "
            "other numbers"
        )
    files = part_files(folder / "runs")
    if not files:
        raise ResultsError(f"{folder} holds no runs yet")
    checksums = checksums_in(folder)
    table = pa.concat_tables(read_part(file, None, checksums) for file in files)
    chosen = sorted(random.Random(seed).sample(range(table.num_rows), min(number, table.num_rows)))
    table = table.take(chosen)
    if manifest["command"] == "sweep":
        yield from rerun_sweep(folder, experiment_in(manifest), table)
    else:
        yield from rerun_comparison(manifest, table)


def rerun_sweep(folder: Path, experiment: Experiment, table: pa.Table) -> Iterator[RerunVerdict]:
    """Yield verdicts on rows of a sweep, with its weekly measures if there are any."""
    job = job_of(experiment)
    weekly = None
    if experiment.head.weekly:
        weekly = read_dataset(folder / "weekly")
    for place in range(table.num_rows):
        row = table.slice(place, 1)
        run = Run(*(row.column(name)[0].as_py() for name in Run._fields))
        rows, _ = do_task(job, task_of(experiment, np.array([experiment.place_of(run)])))
        differing = columns_that_differ(row, runs_table(experiment, rows))
        if weekly is not None and rows[0].weekly is not None:
            own = weekly[weekly["run"] == rows[0].run].sort_values("week")
            own = own[own["point"] == run.point]
            again = weekly_table(experiment, rows)
            kept = pa.Table.from_pandas(own, again.schema, preserve_index=False)
            differing += tuple(f"weekly {name}" for name in columns_that_differ(kept, again))
        yield RerunVerdict(rows[0].run, run.strategy, run.point, run.replicate, differing)


def rerun_comparison(manifest: JsonObject, table: pa.Table) -> Iterator[RerunVerdict]:
    """Yield verdicts on rows of a comparison or a run."""
    scenario = scenario_in(manifest)
    for row in table.to_pylist():
        outcomes = run_future(
            scenario, row["strategy"], row["seed"], row["replicate"], manifest.get("renewal", True)
        ).outcomes
        differing = tuple(one.name for one in OUTCOMES if bits_of(row[one.name]) != bits_of(outcomes[one.name]))
        yield RerunVerdict(row["run"], row["strategy"], 0, row["replicate"], differing)


def bits_of(value: object) -> bytes:
    """Return the bits of a number; a missing one is NaN."""
    return np.float64(np.nan if value is None or value != value else value).tobytes()  # type: ignore[arg-type]


def scenario_in(manifest: JsonObject) -> Scenario:
    """Return the scenario of a comparison or run from its manifest.  Raises ResultsError if it is not the one that was run."""
    try:
        scenario = scenario_from(manifest["scenario"], manifest)
        fingerprints = {name: scenario.fingerprint(name) for name in manifest["strategies"]}
    except (ScenarioError, ValueError, KeyError, TypeError) as fault:
        raise ResultsError(f"the scenario {CHANGED} ({' '.join(str(fault).split())[:200]})") from None
    if fingerprints != manifest.get("fingerprints"):
        raise ResultsError(f"the scenario {CHANGED}")
    return scenario


def columns_that_differ(kept: pa.Table, again: pa.Table) -> tuple[str, ...]:
    """Return the columns in which two tables of the same rows differ in a bit."""
    if kept.num_rows != again.num_rows:
        return ("rows",)
    return tuple(
        name
        for name in again.column_names
        if name not in kept.column_names or values_of(kept, name) != values_of(again, name)
    )


def values_of(table: pa.Table, name: str) -> list[object]:
    """Return the values of a column, numbers as their bits."""
    return [bits_of(value) if isinstance(value, float) else value for value in table.column(name).to_pylist()]


def drop_damaged(folder: Path, verdicts: Iterable[FileVerdict]) -> list[str]:
    """Delete damaged parts of a sweep, each with its other table, and return their names.  Raises ResultsError, OSError."""
    names = {Path(one.file).name for one in verdicts if one.bad and one.file.partition("/")[0] in PARTS}
    dropped: list[str] = []
    with held(folder, "repair it when that is done"):
        for table in PARTS:
            for name in sorted(names):
                with suppress(FileNotFoundError):
                    (folder / table / name).unlink()
                    dropped.append(f"{table}/{name}")
    return dropped
