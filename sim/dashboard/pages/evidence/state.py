"""What the numbers rest on: every parameter with its source, and the model's limits, from where they are declared."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import groupby

from sim.model.declarations import PARAMETERS
from sim.model.parameters import Parameter
from sim.output.words import exact, span

BASES = {
    "published": "A published figure or range supports the order of magnitude, often from another setting.",
    "fitted": "It was fitted to data.",
    "assumed": "An assumption.",
}
SECTION = re.compile(r"^## 10 Limits\n(.*?)(?=^## )", re.S | re.M)
INLINE = re.compile(r"\*\*(.+?)\*\*|\*(.+?)\*|`(.+?)`|\[(.+?)\]\(.+?\)")


@dataclass(frozen=True)
class NamedCount:
    """How many parameters have a basis, or claims a verdict, and what it means."""

    name: str
    count: int
    words: str


@dataclass(frozen=True)
class ParameterRow:
    """One parameter's row."""

    key: str
    label: str
    value: str
    unit: str
    range: str
    basis: str
    source: str


@dataclass(frozen=True)
class ParameterGroup:
    """The parameters of one group."""

    name: str
    rows: list[ParameterRow]


@dataclass(frozen=True)
class TextRun:
    """Words in one style: '' (plain), strong, soft (italics) or code."""

    style: str
    text: str


@dataclass(frozen=True)
class TextBlock:
    """A paragraph, or an item of a list (`point`)."""

    point: bool
    runs: list[TextRun]


@dataclass(frozen=True)
class EvidencePage:
    """All that the page shows of parameters and limits."""

    total: int
    bases: list[NamedCount]
    groups: list[ParameterGroup]
    limits: list[TextBlock]


@lru_cache(maxsize=1)
def evidence() -> EvidencePage:
    """Return all that the page shows."""
    counts = Counter(str(parameter.basis) for parameter in PARAMETERS)
    return EvidencePage(
        total=len(PARAMETERS),
        bases=[NamedCount(name, counts[name], words) for name, words in BASES.items() if counts[name]],
        groups=[
            ParameterGroup(group, [parameter_row(parameter) for parameter in some])
            for group, some in groupby(PARAMETERS, lambda parameter: parameter.group)
        ],
        limits=limits(),
    )


def parameter_row(parameter: Parameter) -> ParameterRow:
    """Return one parameter's row."""
    return ParameterRow(
        key=parameter.key,
        label=parameter.label,
        value=exact(parameter.default),
        unit=parameter.unit,
        range=span(*parameter.range),
        basis=parameter.basis,
        source=parameter.source,
    )


def limits() -> list[TextBlock]:
    """Return what MODEL.md says on the model's limits."""
    section = SECTION.search(files("sim.model").joinpath("MODEL.md").read_text("utf-8"))
    blocks = re.split(r"\n\n|\n(?=- )", section.group(1).strip() if section else "")
    return [
        TextBlock(text.startswith("- "), runs(" ".join(text.removeprefix("- ").split())))
        for text in blocks
        if text.removeprefix("- ").strip()
    ]


def runs(text: str) -> list[TextRun]:
    """Return Markdown of one line as runs in plain, strong, soft or code style."""
    made, at = [], 0
    for mark in INLINE.finditer(text):
        strong, soft, code, link = mark.groups()
        style = "strong" if strong else "soft" if soft else "code" if code else ""
        made += [TextRun("", text[at : mark.start()]), TextRun(style, strong or soft or code or link)]
        at = mark.end()
    made.append(TextRun("", text[at:]))
    return [run for run in made if run.text]
