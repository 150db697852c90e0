"""The tables of `MODEL.md`, from the declarations, and of `VERDICTS.md`, from the published score.

    python -m sim.cli.document      rewrite the marked parts of both in place

A marked part lies between `<!-- generated: NAME -->` and `<!-- end: NAME -->`, each on its own line.  Text outside the
marks is written by hand and never changed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

import numpy as np
from pydantic.fields import FieldInfo

from sim.evidence.claims.added_mechanisms import ADDED_MECHANISMS, UNTRIED
from sim.evidence.published import made_with, published
from sim.inputs.networks.kinds import AnyKind, Shared
from sim.inputs.scenario.errors import limits_of
from sim.inputs.scenario.parts import Change, CoordinatorSettings
from sim.lab.results import WriteError, written_aside
from sim.model.declarations import GROUPS, PARAMETERS
from sim.model.levers import LEVERS
from sim.model.outcomes import OUTCOMES
from sim.model.parameters import Parameter
from sim.model.schedule import SCHEDULE
from sim.model.state import LAYOUTS, MAP, WEEKLY, Layout
from sim.output.words import estimate, exact, percent, span, three_digits

MARK = re.compile(r"^<!-- (?:generated|end):.*", re.MULTILINE)
MARKED = re.compile(r"^<!-- generated: (\w+) -->\n(.*?)^<!-- end: \1 -->\n", re.MULTILINE | re.DOTALL)
MODEL = Path(__file__).parents[1] / "model" / "MODEL.md"
VERDICTS = Path(__file__).parents[1] / "evidence" / "VERDICTS.md"
MEASURES = ("weekly", "maps")
ABOUT = {
    "members": "one record per member; the row number is the member's identity",
    "ties": "two records a tie, one in the row of each end",
    "groups": "one record a working group; the row of a group that ended may serve another one",
    "coordinators": "one record per coordinator: its settings, then what it keeps while at work",
    "bonds": "one record for each coordinator and member",
    "network": "one record: what belongs to the network as a whole",
    "tally": "one record: counts of the running week, cleared at its end",
    "changes": "one record for each scheduled change",
    "ledger": "one record per gift, kept on request only",
    "scratch": "working memory within a phase; means nothing afterwards",
}


class DocumentError(ValueError):
    """The marks of a document are wrong; the message says which."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; the text of a cell is put on one line, and its bars are escaped."""
    cells = ([" ".join(str(item).split()).replace("|", "\\|") for item in row] for row in rows)
    lines = [list(head), ["---"] * len(head), *cells]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def code(text: str) -> str:
    """Return a name as code."""
    return f"`{text}`"


def parameter_row(parameter: Parameter) -> tuple[str, ...]:
    """Return the cells of a parameter: key, default, unit, bounds, plausible range, label, basis, source."""
    plausible = span(*parameter.plausible) if parameter.plausible else ""
    bounds = span(parameter.low, parameter.high) + (", whole" if parameter.whole else "")
    default = exact(parameter.default)
    texts = (parameter.unit, bounds, plausible, parameter.label, parameter.basis, parameter.source)
    return (code(parameter.key), default, *texts)


def parameters() -> str:
    """Return the parameters, with a table for each group."""
    head = ("key", "default", "unit", "bounds", "plausible", "what it is", "basis", "source")
    parts = []
    for group in GROUPS:
        rows = [parameter_row(parameter) for parameter in PARAMETERS if parameter.group == group]
        parts.append(f"#### Group `{group}`\n\n{table(head, rows)}")
    return "\n\n".join(parts)


def type_of(kind: np.dtype[Any]) -> str:
    """Return the type of a field in plain words."""
    base = "whole" if kind.base.kind == "i" else "number"
    return base + "".join(f"[{length}]" for length in kind.shape)


def state() -> str:
    """Return the fields of all records that a week reads and changes, with a table for each record, without measures."""
    parts = []
    for name, layout in LAYOUTS.items():
        if name not in MEASURES:
            head = f"#### Record `{name}`" + (f": {ABOUT[name]}" if name in ABOUT else "")
            rows = [(code(field), type_of(layout.dtype[field]), meaning) for field, meaning in layout.meaning.items()]
            parts.append(f"{head}\n\n{table(('field', 'type', 'meaning'), rows)}")
    return "\n\n".join(parts)


def schedule() -> str:
    """Return the phases of a week in order."""
    rows = [(phase.number, code(phase.name), phase.who, phase.what, code(phase.where)) for phase in SCHEDULE]
    return table(("number", "phase", "who acts", "rule", "module"), rows)


def bounds_of(field: FieldInfo) -> str:
    """Return the choices or bounds of a setting, or "" if it has none."""
    choices = [choice for choice in get_args(field.annotation) if isinstance(choice, str)]
    if choices:
        return ", ".join(choices)
    limits = {name: exact(limit) for name, limit in limits_of(field).items()}
    low = limits.get("ge") or (f"above {limits['gt']}" if "gt" in limits else "")
    high = limits.get("le") or (f"below {limits['lt']}" if "lt" in limits else "")
    if low and high:
        return f"{low} to {high}"
    return f"from {low}" if low else f"up to {high}" if high else ""


def default_of(field: FieldInfo) -> str:
    """Return the default of a setting in words."""
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {exact(share)}" for key, share in value.items())
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: ""}[value]
    return exact(value) if isinstance(value, int | float) else str(value)


def setting_rows(fields: Mapping[str, FieldInfo]) -> list[tuple[str, str, str, str]]:
    """Return name, default, bounds and meaning of settings."""
    return [(code(name), default_of(f), bounds_of(f), f.description or "") for name, f in fields.items()]


def levers() -> str:
    """Return the levers, and the parameters that set the hours an act takes."""
    rows = [
        (code(lever.name), lever.what, ", ".join(map(code, lever.price)) or "none: uses its hours continuously")
        for lever in LEVERS.values()
    ]
    return table(("lever", "what it does", "hours an act takes"), rows)


def changes() -> str:
    """Return the changes that can be scheduled."""
    rows = [(name, bounds, meaning) for name, _, bounds, meaning in setting_rows(Change.model_fields)]
    return table(("key", "bounds", "meaning"), rows)


def networks() -> str:
    """Return the kinds of start networks with their settings, first those that all kinds have with the same default."""
    shared = Shared.model_fields
    rows: list[tuple[str, ...]] = [("any", "", *row) for row in setting_rows(shared)]
    for kind in get_args(AnyKind):
        fields: dict[str, FieldInfo] = {**kind.model_fields}
        field = fields.pop("kind")
        own = {name: f for name, f in fields.items() if name not in shared or f.default != shared[name].default}
        for k, row in enumerate(setting_rows(own) or [("", "", "", "")]):
            rows.append((code(field.default) if k == 0 else "", (field.description or "") if k == 0 else "", *row))
    return table(("kind", "what it is", "setting", "default", "bounds", "meaning"), rows)


def measures(layout: Layout) -> str:
    """Return measures with meaning and unit."""
    rows = [(code(name), meaning, layout.unit[name]) for name, meaning in layout.meaning.items()]
    return table(("measure", "meaning", "unit"), rows)


def outcomes() -> str:
    """Return the outcomes of a run."""
    rows = [(code(outcome.name), outcome.label, outcome.unit, outcome.better) for outcome in OUTCOMES]
    return table(("outcome", "meaning", "unit", "better"), rows)


def claims() -> str:
    """Return the published verdicts on the claims, with a row for each part."""
    rows: list[tuple[str, ...]] = []
    for claim in published()["claims"]["rows"]:
        verdict = f"**{claim['verdict']}**" + "".join(f"; depends on {form}" for form in claim["depends_on"])
        rows.append((f"**{claim['claim']}**", f"**{claim['text']}**", verdict, "", "", ""))
        for part in claim["parts"]:
            off = part["ablation"]
            left = f"{off['off']}: {three_digits(off['effect'])}" if off else ""
            says = f"{part['says']} ({part['given']})" if part.get("given") else part["says"]
            effect = f"{estimate(part['effect'], part['ci95'])} {part['unit']}"
            counts = three_digits(part["margin"])
            share = percent(part["robust_share"])
            rows.append(("", says, part["verdict"], f"{effect}; counts from {counts}", left, share))
    head = ("", "what would have to be seen", "verdict", "effect (95% interval)", "left with this off", "other worlds")
    return f"{made_with()}\n\n{table(head, rows)}"


def forms() -> str:
    """Return the forms that were added because a claim failed without them, and what switches each off."""
    rows = []
    for form in (*ADDED_MECHANISMS.values(), *UNTRIED):
        off = "; ".join(f"{code(key)} at {exact(value)}" for key, value in form.without.items()) or "nothing"
        tried = "yes" if form.name in ADDED_MECHANISMS else "no"
        rows.append((form.name, form.what, form.plainly, off, form.support or "none", tried))
    head = ("form", "what it is", "without it", "switched off by", "support of its own", "claims tried without it")
    return table(head, rows)


def targets() -> str:
    """Return the published comparison with figures of real networks, with a row for each target."""
    rows = [
        (
            row["label"],
            row["source"],
            row["observed"] if isinstance(row["observed"], str) else three_digits(row["observed"]),
            f"{estimate(row['median'], row['interval90'])} {row['unit'] or ''}",
            "inside" if row["inside"] else "outside",
            "yes" if row["in_fit"] else "no",
        )
        for row in published()["validate"]["rows"]
    ]
    return table(("figure", "source", "published", "simulated median (90%)", "", "informed the model"), rows)


BLOCKS: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "state": state,
        "schedule": schedule,
        "networks": networks,
        "coordinators": lambda: table(
            ("setting", "default", "bounds", "meaning"), setting_rows(CoordinatorSettings.model_fields)
        ),
        "levers": levers,
        "changes": changes,
        "parameters": parameters,
        "weekly": lambda: measures(WEEKLY),
        "maps": lambda: measures(MAP),
        "outcomes": outcomes,
        "forms": forms,
        "claims": claims,
        "targets": targets,
    }
)
"""The marked parts: name -> function that generates its text."""
OF_VERDICTS = ("claims", "targets")
DOCUMENTS: Mapping[Path, Sequence[str]] = MappingProxyType(
    {MODEL: [name for name in BLOCKS if name not in OF_VERDICTS], VERDICTS: OF_VERDICTS}
)
"""Which marked parts each document has."""


def marks(name: str) -> tuple[str, str]:
    """Return the lines that open and close a marked part."""
    return f"<!-- generated: {name} -->", f"<!-- end: {name} -->"


def parts(text: str, names: Sequence[str]) -> list[tuple[str, str]]:
    """Return a document in pieces: (name of the marked part, or "" for text by hand; text without the marks).

    `names` are the marked parts it has to have.  Raises DocumentError if a mark is unknown, missing, repeated or in the
    wrong place.
    """
    first, *rest = MARKED.split(text)
    pieces = [("", first)]
    for name, piece, after in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        pieces += [(name, piece), ("", after)]
    found = [name for name, _ in pieces if name]
    stray = next((mark[0] for _, piece in pieces if (mark := MARK.search(piece))), None)
    if stray or set(found) - set(names):
        raise DocumentError(f"{stray or found} is unknown, or its other mark is missing or in the wrong place")
    for name in names:
        if found.count(name) != 1:
            raise DocumentError(f"{marks(name)[0]} is there {found.count(name)} times; it has to be there once")
    return pieces


def rewritten(text: str, names: Sequence[str]) -> str:
    """Return the document with every marked part generated again.  Raises DocumentError."""
    return "".join(
        f"{marks(name)[0]}\n\n{BLOCKS[name]()}\n\n{marks(name)[1]}\n" if name else piece
        for name, piece in parts(text, names)
    )


def update(path: Path, names: Sequence[str]) -> bool:
    """Rewrite the marked parts of a document, and return whether anything changed.

    Raises DocumentError, or WriteError if the file cannot be written.
    """
    before = path.read_bytes().decode()
    after = rewritten(before, names)
    if after != before:
        with written_aside(path) as aside:
            aside.write_bytes(after.encode())
    return after != before


def main(documents: Mapping[Path, Sequence[str]] = DOCUMENTS) -> int:
    """Rewrite the marked parts and print which documents changed; return 0, or 2 if the marks of one are wrong."""
    for path, names in documents.items():
        try:
            changed = update(path, names)
        except (DocumentError, WriteError) as fault:
            print(f"{path.name}: {fault}", file=sys.stderr)
            return 2
        print(f"{path.name}: {'rewritten' if changed else 'current'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
