"""The rows of a sweep on disk: an append-only dataset of atomically written files; and its columns.

Rows are gathered for about a second and then written as a small part (`part-BLOCK-NUMBER.parquet`): under a temporary
name, flushed to disk, and renamed.  A run counts as done once its part exists.  Places in the order of execution are
divided into blocks of `BLOCK`; when all runs of a block are done, its parts are merged into one file,
`part-BLOCK.parquet`, rows in order of their places.  So a finished sweep has the same files, byte for byte, however often
it was stopped, and memory holds no more than a block.

If a process ends between writing a block's file and removing its parts, both exist until the sweep is resumed; readers
take each run once.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.lab.checksums import PARTS, REMOVED, file_hash, record
from sim.lab.experiment.experiment import Experiment, Run
from sim.lab.experiment.reading import damaged, part_files, read_part
from sim.lab.experiment.work import RunRow
from sim.lab.results import checksums_in, written_aside
from sim.model.declarations import BY_KEY, NUMBER
from sim.model.outcomes import OUTCOMES
from sim.model.state import WEEKLY

TYPES = {"float": pa.float64(), "int": pa.int64(), "bool": pa.bool_(), "text": pa.string(), "choice": pa.string()}
TRUTH = "yes or no"
MAYBE = ("renewed",)
"""Outcomes that are yes, no, or missing where they were not tested."""


class Column(NamedTuple):
    """A column: name, type (a key of `TYPES`), role, label, unit."""

    name: str
    type: str
    role: str
    label: str
    unit: str = ""

    @property
    def field(self) -> pa.Field:
        """The column as a field of a schema."""
        return pa.field(
            self.name, TYPES[self.type], metadata={"label": self.label, "unit": self.unit, "role": self.role}
        )


RUN = Column("run", "text", "key", "id of the run: the same id, the same numbers")
POINT = Column("point", "int", "key", "number of the point of the design, from 0")
STRATEGY = Column("strategy", "text", "key", "strategy")
SEED = Column("seed", "int", "key", "seed")
REPLICATE = Column("replicate", "int", "key", "replicate: which simulated future of that seed")
STATUS = Column("status", "text", "key", "how the run ended: done or failed")
ERROR = Column("error", "text", "key", "what went wrong in a failed run")
WEEK = Column("week", "int", "key", "week, the first being 1", "weeks")


def run_columns(experiment: Experiment) -> list[Column]:
    """Return the columns of `runs`: keys and factors, outcomes, and the parameters that the base scenario sets."""
    factors = [Column(one.key, one.type, one.role, one.label, one.unit) for one in experiment.factors]
    outcomes = [
        Column(
            one.name, "bool" if one.unit == TRUTH and one.name not in MAYBE else "float", "outcome", one.label, one.unit
        )
        for one in (*OUTCOMES, *experiment.own.outcomes)
    ]
    fixed = [Column(key, "float", "fixed", BY_KEY[key].label, BY_KEY[key].unit) for key in fixed_parameters(experiment)]
    return [RUN, POINT, *factors, STRATEGY, SEED, REPLICATE, STATUS, ERROR, *outcomes, *fixed]


def weekly_columns(experiment: Experiment) -> list[Column]:
    """Return the columns of `weekly`, long: one row per run and week."""
    measures = [
        Column(name, "float", "measure", WEEKLY.meaning[name], WEEKLY.unit[name]) for name in experiment.head.weekly
    ]
    return [RUN, POINT, STRATEGY, REPLICATE, WEEK, *measures]


def fixed_parameters(experiment: Experiment) -> dict[str, float]:
    """Return the parameters that the base scenario sets to other than default values, and that are not varied."""
    varied = {factor.key for factor in experiment.factors}
    values = experiment.base.settings()
    found = {key: float(values[place]) for key, place in NUMBER.items() if key not in varied}
    return {key: value for key, value in found.items() if value != BY_KEY[key].default}


def schema_of(columns: Sequence[Column]) -> pa.Schema:
    """Return columns as a schema, without pandas' metadata."""
    return pa.schema([column.field for column in columns])


def runs_table(experiment: Experiment, rows: Sequence[RunRow]) -> pa.Table:
    """Return rows as a table, in order of their places; NaN is null."""
    rows = sorted(rows, key=lambda row: row.place)
    runs = [experiment.run_at(row.place) for row in rows]
    number = len(rows)
    data: dict[str, Sequence[object]] = {
        "run": [row.run for row in rows],
        "point": [run.point for run in runs],
        **{
            factor.key: [experiment.points[run.point][k] for run in runs] for k, factor in enumerate(experiment.factors)
        },
        "strategy": [run.strategy for run in runs],
        "seed": [experiment.seed_at(run.point) for run in runs],
        "replicate": [run.replicate for run in runs],
        "status": ["failed" if row.outcomes is None else "done" for row in rows],
        "error": [row.error for row in rows],
        **{
            one.name: [None if row.outcomes is None else row.outcomes[one.name] for row in rows]
            for one in (*OUTCOMES, *experiment.own.outcomes)
        },
        **{key: [value] * number for key, value in fixed_parameters(experiment).items()},
    }
    schema = schema_of(run_columns(experiment))
    return pa.table([pa.array(data[part.name], part.type, from_pandas=True) for part in schema], schema=schema)


def weekly_table(experiment: Experiment, rows: Sequence[RunRow]) -> pa.Table:
    """Return the weekly measures of rows that have any, in order of their places and weeks."""
    rows = sorted((row for row in rows if row.weekly is not None), key=lambda row: row.place)
    runs = [experiment.run_at(row.place) for row in rows]
    weeks = experiment.weeks
    measures = np.concatenate([row.weekly for row in rows if row.weekly is not None]) if rows else np.empty((0, 99))
    data = {
        "run": np.repeat(np.array([row.run for row in rows], object), weeks),
        "point": np.repeat([run.point for run in runs], weeks),
        "strategy": np.repeat(np.array([run.strategy for run in runs], object), weeks),
        "replicate": np.repeat([run.replicate for run in runs], weeks),
        "week": np.tile(np.arange(1, weeks + 1), len(rows)),
        **{name: measures[:, k] for k, name in enumerate(experiment.head.weekly)},
    }
    schema = schema_of(weekly_columns(experiment))
    return pa.table([pa.array(data[part.name], part.type, from_pandas=True) for part in schema], schema=schema)


def data_dictionary(experiment: Experiment) -> pd.DataFrame:
    """Return the data dictionary: what each column is, and in which table."""
    tables = {"runs": run_columns(experiment)} | (
        {"weekly": weekly_columns(experiment)} if experiment.head.weekly else {}
    )
    rows = [
        (one.name, one.label, one.unit, one.role, one.type, table)
        for table, columns in tables.items()
        for one in columns
    ]
    return pd.DataFrame(rows, columns=["name", "label", "unit", "role", "type", "table"])


BLOCK = 1000
EVERY = 1.0
MOST_WAITING = 2000
KEYS = ["point", "strategy", "replicate"]
ASIDES, PART_ASIDES = (".*.json.[0-9]*", ".*.csv.[0-9]*"), (".part-*",)
"""Temporary files that a process killed while writing leaves behind."""


class Store:
    """The rows of one experiment in a results folder that this process has locked.

    `done`: which places have a row, bool (runs,).  `failed`: how many of these failed.
    """

    def __init__(self, experiment: Experiment, folder: Path, retry_failed: bool = False) -> None:
        """Open a folder's rows.  `retry_failed`: drop those of failed runs, so that these count as not done."""
        self.experiment = experiment
        self.folder, self.runs, self.weekly = folder, folder / "runs", folder / "weekly"
        self.waiting: list[RunRow] = []
        self.done = np.zeros(experiment.size, bool)
        self.failed = 0
        self.written = time.monotonic()
        self.pieces: dict[int, list[Path]] = {}
        self.hashes: dict[str, str] = {}
        self.checksums = checksums_in(folder)
        if retry_failed and self.runs.is_dir():
            for file in part_files(self.runs):
                self._drop_failed(file)
        self._open()

    def _open(self) -> None:
        """Find what is done, and remove what a killed process left behind."""
        self.runs.mkdir(parents=True, exist_ok=True)
        if self.experiment.head.weekly:
            self.weekly.mkdir(exist_ok=True)
        for place, names in ((self.folder, ASIDES), (self.runs, PART_ASIDES), (self.weekly, PART_ASIDES)):
            for aside in [path for name in names for path in place.glob(name)]:
                aside.unlink()
        self.hashes = {
            self._name(file): file_hash(file) for table in (self.runs, self.weekly) for file in part_files(table)
        }
        for name in sorted(set(self.checksums.hashes) - self.checksums.removed - set(self.hashes)):
            if name.partition("/")[0] in PARTS:
                record(self.folder, name, REMOVED)  # it is gone, or was never there: its runs are done again
        # A block's own file comes before its parts, so that merged parts are recognised.
        for file in sorted(self.runs.glob("part-*.parquet"), key=lambda file: (file.name.count("-"), file.name)):
            places, failed = self._places_in(file)
            if len(places) and self.done[places].all():
                self._remove(file)  # merged into its block's file
                continue
            self.done[places] = True
            self.failed += failed
            block = int(file.name.split("-")[1].split(".")[0])
            if len(places) < self._block_size(block):
                self.pieces.setdefault(block, []).append(file)
        known = {file.name for file in self.runs.glob("part-*.parquet")}
        for orphan in self.weekly.glob("part-*.parquet"):
            if orphan.name not in known:
                self._remove(orphan)
        if self.experiment.head.weekly:
            self._check_weekly(known)
        for block in sorted(self.pieces):
            self._merge_if_complete(block)

    def _check_weekly(self, names: Iterable[str]) -> None:
        """Raise ResultsError if a part's weekly measures are damaged or missing."""
        for name in sorted(names):
            key = f"{self.weekly.name}/{name}"
            missing = "it is missing" if key not in self.hashes else ""
            if fault := missing or self.checksums.fault(key, self.hashes[key]):
                raise damaged(self.weekly / name, ValueError(fault))

    def _drop_failed(self, file: Path) -> None:
        """Rewrite a part without its failed runs.  Until the old part is gone, each run is read once, from the old one."""
        table = read_part(file, None, self.checksums)
        kept = table.filter(pc.equal(table.column("status"), "done"))
        if kept.num_rows == table.num_rows:
            return
        weekly = self.weekly / file.name
        if kept.num_rows:
            name = self._piece_name(int(file.name.split("-")[1].split(".")[0]))
            if weekly.exists():
                self._write(self.weekly / name, read_part(weekly, None, self.checksums))
            self._write(self.runs / name, kept)
        self._remove(file)
        self._remove(weekly)
        self.checksums = checksums_in(self.folder)

    def _piece_name(self, block: int) -> str:
        """Return the name of a block's next part."""
        number = 0
        while (self.runs / f"part-{block:05d}-{number:05d}.parquet").exists():
            number += 1
        return f"part-{block:05d}-{number:05d}.parquet"

    def _places_in(self, file: Path) -> tuple[np.ndarray, int]:
        """Return the places of a part's runs, and how many failed.  Raises ResultsError for a damaged file."""
        table = read_part(file, [*KEYS, "status"], self.checksums)
        try:
            places = self._places_of(table)
            failed = table.column("status").to_pylist().count("failed")
        except (KeyError, ValueError) as fault:
            raise damaged(file, fault) from None
        return places, failed

    def _places_of(self, table: pa.Table) -> np.ndarray:
        """Return the place of each row's run: int64 (rows,)."""
        columns = [table.column(name).to_pylist() for name in KEYS]
        return np.array([self.experiment.place_of(Run(*key)) for key in zip(*columns, strict=True)], np.int64)

    def _block_size(self, block: int) -> int:
        """Return the number of runs of a block: the last one may have fewer."""
        return min(BLOCK, self.experiment.size - block * BLOCK)

    def add(self, rows: Iterable[RunRow]) -> None:
        """Add finished runs; they are written from time to time.  Raises WriteError where the disk refuses."""
        self.waiting += rows
        if time.monotonic() - self.written >= EVERY or len(self.waiting) >= MOST_WAITING:
            self.flush()

    def flush(self) -> None:
        """Write waiting rows, and merge complete blocks.  Raises WriteError where the disk refuses."""
        blocks: dict[int, list[RunRow]] = {}
        for row in self.waiting:
            blocks.setdefault(row.place // BLOCK, []).append(row)
        for block, rows in sorted(blocks.items()):
            self._write_piece(block, rows)
            self.waiting = [row for row in self.waiting if row.place // BLOCK != block]
            self._merge_if_complete(block)
        self.written = time.monotonic()

    def _write_piece(self, block: int, rows: list[RunRow]) -> None:
        """Write rows of one block as a part.  Weekly measures come first: runs count as done once their own part exists."""
        name = self._piece_name(block)
        if self.experiment.head.weekly:
            self._write(self.weekly / name, weekly_table(self.experiment, rows))
        self._write(self.runs / name, runs_table(self.experiment, rows))
        self.pieces.setdefault(block, []).append(self.runs / name)
        self.done[[row.place for row in rows]] = True
        self.failed += sum(row.outcomes is None for row in rows)

    def _merge_if_complete(self, block: int) -> None:
        """Merge a block's parts into one file once all its runs are done."""
        first = block * BLOCK
        if block not in self.pieces or not self.done[first : first + self._block_size(block)].all():
            return
        pieces = self.pieces[block]
        name = f"part-{block:05d}.parquet"
        if self.experiment.head.weekly:
            parts = [self.weekly / piece.name for piece in pieces]
            self._write(self.weekly / name, self._sorted(parts, weekly=True))
        self._write(self.runs / name, self._sorted(pieces))
        for piece in pieces:
            if piece.name != name:
                self._remove(piece)
                self._remove(self.weekly / piece.name)
        del self.pieces[block]

    def _sorted(self, files: Iterable[Path], weekly: bool = False) -> pa.Table:
        """Return the rows of parts in order of their places, each once."""
        checksums = checksums_in(self.folder)
        table = pa.concat_tables(read_part(file, None, checksums) for file in files)
        places = self._places_of(table)
        weeks = table.column("week").to_numpy() if weekly else np.zeros(len(places), np.int64)
        _, order = np.unique(places * (self.experiment.weeks + 1) + weeks, return_index=True)
        columns_of = weekly_columns if weekly else run_columns
        return table.take(order).cast(schema_of(columns_of(self.experiment))).combine_chunks()

    def _name(self, file: Path) -> str:
        """Return a file's name relative to the results folder."""
        return f"{file.parent.name}/{file.name}"

    def _write(self, path: Path, table: pa.Table) -> None:
        """Write a table atomically; its checksum is in the journal before it appears."""

        def note(aside: Path) -> None:
            self.hashes[self._name(path)] = digest = file_hash(aside)
            record(self.folder, self._name(path), digest)

        with written_aside(path, note) as aside:
            pq.write_table(table, aside, write_page_checksum=True)

    def _remove(self, path: Path) -> None:
        """Remove a file, if it is there; the journal says so first."""
        if path.exists():
            record(self.folder, self._name(path), REMOVED)
            path.unlink()
            self.hashes.pop(self._name(path), None)
