"""Reading a results folder safely: whole, bounded, and every fault in it a plain sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sim.dashboard.folders.shelf import ODD, Shelf, ShelfError
from sim.lab.analysis.runs import AnalysisError
from sim.lab.experiment.reading import SweepResults, read_results
from sim.lab.files import ResultsError
from sim.lab.results import UNFINISHED

RUNS_OF = ("sweep", "compare", "run")
MOST_RUNS = 100_000
AGAIN = "The same command writes it whole."
T = TypeVar("T")


def whole(shelf: Shelf, name: str) -> tuple[Path, dict[str, Any]]:
    """A folder that is safe to read, and its manifest.  Errors: ShelfError, also for one that is half written."""
    folder, manifest = shelf.checked(name), shelf.manifest(name)
    if manifest.get("stop_reason") == UNFINISHED and manifest["command"] != "sweep":
        raise ShelfError(f"{name} is half written: a process is at it, or ended in the middle. {AGAIN}")
    return folder, manifest


def said(name: str, work: Callable[[], T]) -> T:
    """What some work on a folder comes to.  Errors: ShelfError where the folder is not as it should be."""
    import pyarrow as pa

    try:
        return work()
    except ShelfError:
        raise
    except (ResultsError, AnalysisError) as fault:
        raise ShelfError(str(fault)) from None
    except FileNotFoundError as fault:
        raise ShelfError(
            f"{name} lacks a file that such results have ({Path(str(fault.filename)).name}): it is half written, or damaged"
        ) from None
    except (*ODD, pa.ArrowException) as fault:
        why = " ".join(str(fault).split())[:160]
        raise ShelfError(
            f"{name} cannot be shown: a file in it is damaged, lacking, or of another form than this version writes "
            f"({type(fault).__name__}: {why})"
        ) from None


def results_of(folder: Path) -> SweepResults:
    """The table of runs of a folder.  Errors: ResultsError; ShelfError where there are too many to be read here."""
    import pyarrow.parquet as pq

    rows = sum(pq.read_metadata(part).num_rows for part in sorted((folder / "runs").glob("part-*.parquet")))
    if rows > MOST_RUNS:
        raise ShelfError(
            f"{folder.name} holds {rows:,} runs, more than the {MOST_RUNS:,} that are read here; "
            f"gennet report {folder} makes a page of it"
        )
    return read_results(folder, RUNS_OF)


def runs_of(shelf: Shelf, name: str) -> SweepResults:
    """The table of runs of a folder by its name.  Errors: ShelfError, ResultsError."""
    return results_of(whole(shelf, name)[0])
