"""What the numbers rest on: every parameter with its source, and what the model cannot tell, from where they are declared."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from sim.model.declarations import PARAMETERS
from sim.output.words import exact, span

BASES = {
    "published": "A published figure or range stands behind the order of magnitude, often from another setting.",
    "fitted": "A fit to data exists for it.",
    "assumed": "An assumption.",
}
SECTION = re.compile(r"^## 10 Limits\n(.*?)(?=^## )", re.S | re.M)
INLINE = re.compile(r"\*\*(.+?)\*\*|\*(.+?)\*|`(.+?)`|\[(.+?)\]\(.+?\)")


@lru_cache(maxsize=1)
def evidence() -> dict[str, Any]:
    """Everything that the page shows, fit for JSON."""
    counts: Counter[str] = Counter(parameter.basis for parameter in PARAMETERS)
    return {
        "total": len(PARAMETERS),
        "bases": [
            {"name": name, "count": counts[name], "words": words} for name, words in BASES.items() if counts[name]
        ],
        "groups": [
            {"name": group, "rows": [row(parameter) for parameter in some]}
            for group, some in groupby(PARAMETERS, lambda parameter: parameter.group)
        ],
        "limits": limits(),
    }


def row(parameter: Any) -> dict[str, str]:
    """One parameter's row."""
    return {
        "key": parameter.key,
        "label": parameter.label,
        "value": exact(parameter.default),
        "unit": parameter.unit,
        "range": span(*parameter.range),
        "basis": parameter.basis,
        "source": parameter.source,
    }


def limits() -> list[dict[str, Any]]:
    """The model's own words on its limits: paragraphs and points, each as runs of text with a style."""
    found = SECTION.search(files("sim.model").joinpath("MODEL.md").read_text("utf-8"))
    blocks = []
    for text in re.split(r"\n\n|\n(?=- )", found.group(1).strip() if found else ""):
        point = text.startswith("- ")
        words = " ".join(text.removeprefix("- ").split())
        if words:
            blocks.append({"point": point, "runs": runs(words)})
    return blocks


def runs(text: str) -> list[dict[str, str]]:
    """A text with marks as runs: plain, strong, soft (italics), code."""
    made, at = [], 0
    for mark in INLINE.finditer(text):
        made.append({"style": "", "text": text[at : mark.start()]})
        strong, soft, code, link = mark.groups()
        style = "strong" if strong else "soft" if soft else "code" if code else ""
        made.append({"style": style, "text": strong or soft or code or link})
        at = mark.end()
    made.append({"style": "", "text": text[at:]})
    return [run for run in made if run["text"]]
