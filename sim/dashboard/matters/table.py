"""What the page of what matters draws, as one table: a row a point, with its interval and the futures it is from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

COLUMNS = (
    "part",
    "measure",
    "unit",
    "strategy",
    "what",
    "kind",
    "setting",
    "at",
    "mean",
    "low95",
    "high95",
    "change",
    "change_low95",
    "change_high95",
    "clear",
    "futures",
)


def rows_of(told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows of what has been found so far: bars, curves over budgets, leads along settings."""
    labels = told["labels"]
    if "tornado" in told:
        yield from bars_of(told, " minus ".join(labels[key] for key in told["whose"]))
    if "sweep" in told:
        swept = told["sweep"]
        for key, curve in swept["curves"].items():
            for place, budget in enumerate(swept["budgets"]):
                yield {
                    "part": "budgets",
                    "strategy": labels[key],
                    "what": "Budget",
                    "setting": budget,
                    **{name: curve[which][place] for name, which in INTERVAL.items()},
                    "futures": swept["futures"],
                }
    if "flips" in told:
        pair = " ahead of ".join(labels[key] for key in told["flips"]["pair"])
        for axis in told["flips"]["axes"]:
            for point in axis["points"]:
                yield {
                    "part": "lead",
                    "strategy": pair,
                    "what": axis["label"],
                    "setting": point["x"],
                    **{name: point[which] for name, which in INTERVAL.items()},
                    "futures": axis["futures"],
                }


INTERVAL = {"mean": "mean", "low95": "low", "high95": "high"}


def bars_of(told: Mapping[str, Any], strategy: str) -> Iterator[dict[str, Any]]:
    """The tornado: the present, then both ends of every bar."""
    drawn = told["tornado"]
    present = {name: drawn["present"][which] for name, which in INTERVAL.items()}
    yield {"part": "bars", "strategy": strategy, "what": "as at present", **present, "futures": told["each"]}
    for bar in drawn["rows"]:
        for which, end in bar["ends"].items():
            yield {
                "part": "bars",
                "strategy": strategy,
                "what": bar["label"],
                "kind": bar["kind"],
                "setting": end["words"] if end["value"] is None else end["value"],
                "at": which,
                **{name: end[key] for name, key in INTERVAL.items()},
                **dict(zip(("change", "change_low95", "change_high95"), end["change"], strict=True)),
                "clear": "yes" if end["clear"] else "no",
                "futures": bar["futures"],
            }


def csv_of(told: Mapping[str, Any]) -> str:
    """The table as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows_of(told):
        writer.writerow({"measure": told["outcome"], "unit": told["unit"], **row})
    return text.getvalue()
