"""`gennet questions`: map the questions that the model's sources leave open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.cli.cluster import Dask, executing
from sim.cli.opening import Study, follow
from sim.cli.options import AsJson, Jobs, OutIfNamed, VerdictSeed, check_replicates, futures
from sim.cli.terminal import InputError, plain_table, right
from sim.evidence.seeds import VERDICT_SEED
from sim.evidence.study_sizes import QUESTION_KEYS, QUESTION_REPLICATES
from sim.lab.results import ResultsFolder, json_text

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence.questions.open_questions import MapAxis
    from sim.evidence.questions.question_maps import QuestionMap, ReadingMap


def questions(
    only: Annotated[
        str | None, typer.Option(metavar="NAMES", help=f"Some of {','.join(QUESTION_KEYS)}; by default all.")
    ] = None,
    replicates: Annotated[
        int | None, futures(f"Simulated futures of each arm in each cell; by default {QUESTION_REPLICATES}.")
    ] = None,
    seed: VerdictSeed = None,
    jobs: Jobs = None,
    dask: Dask = None,
    out: OutIfNamed = None,
    as_json: AsJson = False,
) -> int:
    """Map the questions that the model's sources leave open.

    Online only?  Mass or customized weaving?  When to stop connecting?  Each is mapped over two settings that it depends
    on.  Takes some minutes.  With --out: a table of all cells, and each map as a figure.

    Example: gennet questions --only online,mass --out results/questions
    """
    from sim.evidence.claims.verdict_rule import FEWEST
    from sim.evidence.questions.question_maps import try_questions

    count = check_replicates(QUESTION_REPLICATES if replicates is None else replicates, FEWEST, " per arm")
    chosen = chosen_questions(only)
    seed = VERDICT_SEED if seed is None else seed
    study: Study[QuestionMap] = Study(
        command="questions",
        content={"questions": chosen or list(QUESTION_KEYS), "replicates_an_arm": count},
        answers="answers",
        progress="Mapping",
        unit="rows of maps",
        work=lambda tick, stopped: try_questions(chosen, seed, count, jobs, tick, stopped),
        show=print_maps,
        write=write,
    )
    with executing(dask):
        return follow(study, seed, out, as_json)


def chosen_questions(text: str | None) -> list[str] | None:
    """Return the names of questions in a text such as "online,mass", or None for all.  Raises InputError."""
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    wrong = [part for part in parts if part not in QUESTION_KEYS]
    if wrong:
        allowed = f"allowed are {', '.join(QUESTION_KEYS)}, separated by commas"
        raise InputError(f"--only is {text!r}: {wrong[0]!r} is not a question; {allowed}")
    return [key for key in QUESTION_KEYS if key in parts]


def print_maps(console: Console, maps: Sequence[QuestionMap]) -> None:
    """Print each question, its answer, and a grid for each reading."""
    from sim.evidence.claims_page import SOURCES

    for question in maps:
        console.print(f"\n[bold]{escape(question.text)}[/] ({SOURCES.get(question.source, question.source)})")
        console.print(escape(question.how))
        for reading in question.readings:
            console.print(f"\n{escape(reading.answer)}\n")
            axes = f"by {question.y.label} (rows) and {question.x.label} (columns)"
            console.print(f"[italic]{escape(reading.title)} ({escape(reading.unit)}), {escape(axes)}[/]")
            console.print(grid_table(reading, question.x, question.y))
    stars = "  *: the best in its row." if any(r.best for question in maps for r in question.readings) else ""
    console.print(f"\n?: no clear effect; the 95% interval includes the reference value.{stars}")


def grid_table(reading: ReadingMap, x: MapAxis, y: MapAxis) -> Table:
    """Return a map as a table with y in rows and x in columns; ? marks an unclear effect, * the best of a row."""
    from sim.evidence.questions.question_maps import OPEN

    table = plain_table(right(""), *(right(x.shown.format(value)) for value in x.values))
    best = {row.y: row.x for row in reading.best}
    for value, cells in zip(y.values, reading.cells, strict=True):
        marks = [("*" if best.get(value) == cell.x else "", "?" if cell.clear == OPEN else " ") for cell in cells]
        shown = [f"{star}{cell.words}{unclear}" for cell, (star, unclear) in zip(cells, marks, strict=True)]
        table.add_row(y.shown.format(value), *shown)
    return table


def write(folder: ResultsFolder, maps: Sequence[QuestionMap]) -> None:
    """Write the JSON, a table of all cells, and a figure for each question."""
    from sim.evidence.charts.question_chart import question_map
    from sim.output.figures import save_in

    folder.begin()
    folder.text("questions.json", json_text([one.to_json() for one in maps]))
    folder.csv("cells.csv", cells_table(maps))
    for one in maps:
        save_in(folder, f"figures/question-{one.question}", question_map(one))


def cells_table(maps: Sequence[QuestionMap]) -> pd.DataFrame:
    """Return a table with a row for each cell of every reading."""
    import pandas as pd

    rows = []
    for question in maps:
        for reading in question.readings:
            among = {row.y: row.among for row in reading.best}
            for cell in (cell for row in reading.cells for cell in row):
                row: dict[str, object] = {"question": question.question, "reading": reading.reading}
                row |= {"x": question.x.key, "x_value": cell.x, "y": question.y.key, "y_value": cell.y}
                row |= {"effect": cell.effect, "unit": reading.unit, "against": reading.against}
                for name, pair in (("ci95", cell.ci95), ("ci_corrected", cell.ci_corrected)):
                    row[f"{name}_low"], row[f"{name}_high"] = pair or (None, None)
                row |= {name: getattr(cell, name) for name in ("clear", "clear_corrected", "futures")}
                rows.append(row | {"may_be_best": cell.x in among[cell.y] if among else None})
    return pd.DataFrame(rows)
