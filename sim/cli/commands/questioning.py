"""`gennet questions`: the open questions as maps over what they depend on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from rich import box
from rich.markup import escape
from rich.table import Table

from sim.cli.commands.studying import Study, follow, futures_an_arm
from sim.cli.commands.talking import InputError, on_stdout
from sim.evidence.questions.open_questions import QUESTIONS
from sim.evidence.questions.question_maps import REPLICATES, Map, try_questions
from sim.evidence.questions.wording import OPEN
from sim.evidence.seeds import VERDICT_SEED
from sim.lab.results import ResultsFolder, json_text


@dataclass(frozen=True)
class Asked:
    """The options of `gennet questions`."""

    only: list[str] | None
    replicates: int
    seed: int
    jobs: int | None = None
    out: Path | None = None
    as_json: bool = False


def asked_for(
    only: str | None, replicates: int | None, seed: int | None, jobs: int | None, out: Path | None, as_json: bool
) -> Asked:
    """The options, with what was left out filled in and the rest checked.  Errors: InputError."""
    count = futures_an_arm(replicates, REPLICATES)
    return Asked(names(only), count, VERDICT_SEED if seed is None else seed, jobs, out, as_json)


def questions_command(asked: Asked) -> int:
    """Try, print and write; returns the exit code: 0, or 130 after Ctrl-C."""
    study: Study[Map] = Study(
        command="questions",
        content={
            "questions": asked.only or [question.key for question in QUESTIONS],
            "replicates_an_arm": asked.replicates,
        },
        verdicts="answers",
        verb="Mapping",
        unit="rows of maps",
        work=lambda tick, stopped: try_questions(asked.only, asked.seed, asked.replicates, asked.jobs, tick, stopped),
        tell=print_maps,
        write=write,
        where="Tables and figures: {}/",
    )
    return follow(study, asked.seed, asked.out, asked.as_json)


def names(text: str | None) -> list[str] | None:
    """Names of questions, as "online,mass" lists them, in the order of their declaration; None for all.

    Errors: InputError.
    """
    if text is None:
        return None
    known = [question.key for question in QUESTIONS]
    parts = [part.strip() for part in text.split(",")]
    wrong = [part for part in parts if part not in known]
    if wrong:
        allowed = f"allowed are {', '.join(known)}, with commas between them"
        raise InputError(f"--only is {text!r}: {wrong[0]!r} is no question; {allowed}")
    return [key for key in known if key in parts]


def print_maps(found: Sequence[dict[str, Any]]) -> None:
    """Answers for people: question, answer, and a grid for each reading."""
    console = on_stdout()
    for told in found:
        console.print(f"\n[bold]{escape(told['text'])}[/] ({told['source']})")
        console.print(escape(told["how"]))
        for reading in told["readings"]:
            console.print(f"\n{escape(reading['answer'])}\n")
            across = f"by {told['y']['label']} (down) and {told['x']['label']} (across)"
            console.print(f"[italic]{escape(reading['title'])} ({escape(reading['unit'])}), {escape(across)}[/]")
            console.print(grid_table(reading, told["x"], told["y"]))
    stars = "; *: the best in its row" if any(r["best"] for told in found for r in told["readings"]) else ""
    console.print(f"\n?: can't be told, the 95% interval takes in the value that the effect is held against{stars}.")


def grid_table(reading: dict[str, Any], x: dict[str, Any], y: dict[str, Any]) -> Table:
    """A map as a table: values of y down, of x across; a question mark where it can't be told, a star at the best."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("", justify="right")
    for value in x["values"]:
        table.add_column(x["shown"].format(value), justify="right")
    best = {row["y"]: row["x"] for row in reading["best"]}
    for value, cells in zip(y["values"], reading["cells"], strict=True):
        shown = [cell_words(cell, best.get(value) == cell["x"]) for cell in cells]
        table.add_row(y["shown"].format(value), *shown)
    return table


def cell_words(cell: dict[str, Any], best: bool) -> str:
    """A cell's mean effect for people, with its marks."""
    open_mark = "?" if cell["clear"] == OPEN else " "
    return f"{'*' if best else ''}{cell['words']}{open_mark}"


def write(folder: ResultsFolder, maps: Sequence[Map]) -> None:
    """The JSON, a table of all cells, and a figure a question."""
    from sim.output.figures import save_in
    from sim.output.figures.maps import question_map

    folder.begin()
    found = [one.to_json() for one in maps]
    folder.text("questions.json", json_text(found))
    folder.csv("cells.csv", cells_table(found))
    for told in found:
        save_in(folder, f"figures/question-{told['question']}", question_map(told))


def cells_table(found: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """A row a cell of every reading."""
    rows = []
    for told in found:
        for reading in told["readings"]:
            among = {row["y"]: row["among"] for row in reading["best"]}
            for cell in (cell for row in reading["cells"] for cell in row):
                row = {"question": told["question"], "reading": reading["reading"]}
                row |= {"x": told["x"]["key"], "x_value": cell["x"], "y": told["y"]["key"], "y_value": cell["y"]}
                row |= {"effect": cell["effect"], "unit": reading["unit"], "against": reading["against"]}
                for name in ("ci95", "ci_corrected"):
                    row[f"{name}_low"], row[f"{name}_high"] = cell[name] or (None, None)
                row |= {name: cell[name] for name in ("clear", "clear_corrected", "futures")}
                rows.append(row | {"may_be_best": cell["x"] in among[cell["y"]] if among else None})
    return pd.DataFrame(rows)
