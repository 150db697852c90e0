"""The files that commands write into a results folder, and what each holds: the documentation's table follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from sim.lab.results import ResultsFolder, json_text

if TYPE_CHECKING:
    import pandas as pd

    from sim.inputs.scenario import Scenario

Results = TypeVar("Results", contravariant=True)


@dataclass(frozen=True)
class ResultFile(Generic[Results]):
    """A file of a results folder.

    `name`: in the folder; a pattern if there are several.  `content`: what it holds, in Markdown.  `write(folder, name,
    results)` writes it.  `option`: the command's option that asks for it; '' if it is always written.
    """

    name: str
    content: str
    write: Callable[[ResultsFolder, str, Results], None]
    option: str = ""


class RunsAndWeeks(Hashable, Protocol):
    """What a run and a comparison have in common: runs with their outcomes, weekly measures and a summary."""

    @property
    def scenario(self) -> Scenario: ...
    @property
    def runs(self) -> pd.DataFrame: ...
    @property
    def weekly(self) -> pd.DataFrame: ...
    @property
    def summary(self) -> object: ...


Rows = Callable[[Results], "pd.DataFrame | None"]
Writer = Callable[[ResultsFolder, str, Results], None]


def as_csv(rows: Rows[Results]) -> Writer[Results]:
    """Return a function that writes a table as CSV, if there is one."""

    def write(folder: ResultsFolder, name: str, results: Results) -> None:
        if (table := rows(results)) is not None:
            folder.csv(name, table)

    return write


def as_parquet(rows: Rows[Results]) -> Writer[Results]:
    """Return a function that writes a table as Parquet, if there is one; labels and units go by the first part of its name."""

    def write(folder: ResultsFolder, name: str, results: Results) -> None:
        from sim.cli.run_tables import COLUMNS

        if (table := rows(results)) is not None:
            folder.parquet(name, table, COLUMNS[re.split("[/.]", name)[0]])

    return write


def as_json(value: Callable[[Results], object]) -> Writer[Results]:
    """Return a function that writes a value as JSON."""
    return lambda folder, name, results: folder.text(name, json_text(value(results)))


@lru_cache(maxsize=1)
def rows_of_runs(results: RunsAndWeeks) -> pd.DataFrame:
    """Return one tidy row per run; made once for both formats."""
    from sim.cli.run_tables import runs_table

    return runs_table(results.scenario, results.runs)


RUN_FILES: tuple[ResultFile[RunsAndWeeks], ...] = (
    ResultFile(
        "runs/part-00000.parquet",
        'one tidy row for each run; `pandas.read_parquet("runs")` reads the folder',
        as_parquet(rows_of_runs),
    ),
    ResultFile("runs.csv", "the same rows", as_csv(rows_of_runs)),
    ResultFile(
        "weekly/part-00000.parquet",
        "a row for each run and week: of a run all measures, of a comparison those drawn as bands",
        as_parquet(lambda results: results.weekly),
    ),
    ResultFile("summary.json", "what `--json` prints", as_json(lambda results: results.summary)),
)
"""The files that both `gennet run` and `gennet compare` write."""


def write_files(
    folder: ResultsFolder, files: Sequence[ResultFile[Results]], results: Results, options: Collection[str] = ()
) -> None:
    """Write the files of a table, of those with an option only the ones that `options` has."""
    for file in files:
        if not file.option or file.option in options:
            file.write(folder, file.name, results)


def options_of(files: Sequence[ResultFile[Results]], written: Collection[str]) -> set[str]:
    """Return the options with which a command wrote the files of these names."""
    return {file.option for file in files if file.option and file.name in written}
