"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer.models import OptionInfo

from sim.cli.terminal import InputError
from sim.inputs import bounds


def whole(option: str, low: int, high: int, text: str, check: bool = True) -> OptionInfo:
    """Return an option for a whole number; anything else raises InputError with the value and both bounds.

    With `check=False` the command itself checks the bounds, because they depend on more than the option.
    """

    def read(value: str | int) -> int:
        try:
            number = int(value)
        except ValueError:
            number = None
        if number is None or (check and not low <= number <= high):
            shown = repr(value) if number is None else number
            raise InputError(f"{option} is {shown}; allowed are whole numbers from {low:,} to {high:,}")
        return number

    made: OptionInfo = typer.Option(option, parser=read, metavar="INTEGER", help=text)
    return made


def futures(text: str) -> OptionInfo:
    """Return the option for the number of simulated futures, whose bounds the command checks."""
    return whole("--replicates", 1, bounds.MOST_REPLICATES, text, check=False)


def check_replicates(count: int, low: int, remark: str = "", where: str = "--replicates") -> int:
    """Return the number of simulated futures.  Raises InputError, which ends in `remark`, if it is out of bounds."""
    if low <= count <= bounds.MOST_REPLICATES:
        return count
    allowed = f"allowed are {low} to {bounds.MOST_REPLICATES:,} simulated futures{remark}"
    raise InputError(f"{where} is {count:,}; {allowed}")


ScenarioFile = Annotated[
    Path, typer.Argument(metavar="SCENARIO", help="Scenario file (TOML); see scenarios/ for examples.")
]
Results = Annotated[
    Path,
    typer.Argument(metavar="RESULTS", help="Results folder of gennet sweep or compare, such as results/quick-sweep."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a key of the file, such as weeks=52; repeatable."),
]
Facts = Annotated[
    list[str] | None,
    typer.Option(
        "--fact",
        metavar="FACT",
        help='What you know of your network, such as "outputs = 4 +- 1" of last year; repeatable.',
    ),
]
Seed = Annotated[int | None, whole("--seed", 0, bounds.LARGEST_SEED, "Random seed; default: the one in the file.")]
VerdictSeed = Annotated[
    int | None, whole("--seed", 0, bounds.LARGEST_SEED, "Random seed; by default one reserved for verdicts.")
]
Jobs = Annotated[
    int | None, whole("--jobs", 1, bounds.MOST_JOBS, "Threads; by default one per core.  Results do not depend on it.")
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FOLDER", help="Results folder; by default results/<file>-<command>.")
]
OutIfNamed = Annotated[
    Path | None, typer.Option("--out", metavar="FOLDER", help="Folder for tables and figures; by default none.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, and nothing else.")]
