"""Safe reading of a results folder: complete, of limited size, and every fault as a plain sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.dashboard.results_catalogue import MALFORMED, Catalogue, CatalogueError, Manifest
from sim.lab.analysis.runs import AnalysisError
from sim.lab.experiment.reading import SweepResults, part_files, read_results
from sim.lab.files import ResultsError
from sim.lab.results import UNFINISHED

COMMANDS = ("sweep", "compare", "run")
"""Commands whose results have a table of runs."""
MOST_RUNS = 100_000


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Raise CatalogueError, with a sentence, for whatever goes wrong while the folder `name` is read."""
    import pyarrow as pa

    try:
        yield
    except CatalogueError:
        raise
    except (ResultsError, AnalysisError) as fault:
        raise CatalogueError(str(fault)) from None
    except FileNotFoundError as fault:
        missing = Path(str(fault.filename)).name
        raise CatalogueError(f"{name} has no file {missing}: it is incomplete or damaged") from None
    except (*MALFORMED, pa.ArrowException) as fault:
        why = " ".join(str(fault).split())[:160]
        raise CatalogueError(
            f"{name} cannot be shown: a file in it is damaged, missing, or in another format than this version writes "
            f"({type(fault).__name__}: {why})"
        ) from None


def complete(catalogue: Catalogue, name: str) -> tuple[Path, Manifest]:
    """Return a folder that is safe to read, and its manifest. Raises CatalogueError, also if it is still being written."""
    folder, manifest = catalogue.checked(name), catalogue.manifest(name)
    if manifest.get("stop_reason") == UNFINISHED and manifest["command"] != "sweep":
        raise CatalogueError(
            f"{name} is incomplete: a command is still writing it, or was interrupted. The same command completes it."
        )
    return folder, manifest


def rows_in(dataset: Path) -> int:
    """Return how many rows the Parquet files of a dataset have, without reading them."""
    import pyarrow.parquet as pq

    return sum(int(pq.read_metadata(part).num_rows) for part in part_files(dataset))


def results_of(folder: Path) -> SweepResults:
    """Return the table of runs of a folder. Raises ResultsError, and CatalogueError if it is too large."""
    rows = rows_in(folder / "runs")
    if rows > MOST_RUNS:
        raise CatalogueError(
            f"{folder.name} holds {rows:,} runs, more than the {MOST_RUNS:,} that this page reads; "
            f"gennet report {folder} makes a report of it"
        )
    return read_results(folder, COMMANDS)
