"""The tables of `MODEL.md`, from the declarations: state, schedule, settings, parameters, measures, outcomes.

    python -m sim.cli.document      rewrite the marked parts of MODEL.md in place

A marked part lies between `<!-- generated: NAME -->` and `<!-- end: NAME -->`, each on a line of its own.  What is
outside the marks is written by hand and never touched.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast, get_args

import numpy as np
from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.evidence.claims.added_mechanisms import ADDED_MECHANISMS, UNTRIED
from sim.evidence.published import made_with, published
from sim.inputs.networks.kinds import AnyKind, Shared
from sim.inputs.scenario.parts import Change, CoordinatorSettings
from sim.model.declarations import GROUPS, PARAMETERS
from sim.model.levers import LEVERS
from sim.model.outcomes import OUTCOMES
from sim.model.parameters import Parameter
from sim.model.schedule import SCHEDULE
from sim.model.state import LAYOUTS, MAP, WEEKLY, Layout
from sim.output.words import estimate, exact, percent, span, three_digits

MODEL = Path(__file__).parents[1] / "model" / "MODEL.md"
MEASURES = ("weekly", "maps")
ABOUT = {
    "members": "one record a member; the row number is the member's identity",
    "ties": "two records a tie, one in the row of each end",
    "groups": "one record a working group; the row of a group that ended may serve another one",
    "coordinators": "one record a coordinator: its settings, then what it keeps while at work",
    "bonds": "one record for each coordinator and member",
    "network": "one record: what belongs to the network as a whole",
    "tally": "one record: counts of the running week, cleared at its end",
    "changes": "one record for each scheduled change",
    "ledger": "one record a gift, kept on request only",
    "scratch": "working memory within a phase; means nothing afterwards",
}


class DocumentError(ValueError):
    """A document whose marks are not what they should be: one plain sentence that says where."""


def cell(text: object) -> str:
    """A text as the cell of a table: on one line, with no bar that would end it."""
    return " ".join(str(text).split()).replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [list(head), ["---"] * len(head), *([cell(item) for item in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def code(text: str) -> str:
    """A name as code."""
    return f"`{text}`"


def parameter_row(parameter: Parameter) -> tuple[str, ...]:
    """One parameter: key, default, unit, bounds, plausible range, label, basis, source."""
    plausible = span(*parameter.plausible) if parameter.plausible else ""
    bounds = span(parameter.low, parameter.high) + (", whole" if parameter.whole else "")
    default = exact(parameter.default)
    texts = (parameter.unit, bounds, plausible, parameter.label, parameter.basis, parameter.source)
    return (code(parameter.key), default, *texts)


def parameters() -> str:
    """Every parameter, a table a group."""
    head = ("key", "default", "unit", "bounds", "plausible", "what it is", "basis", "source")
    parts = []
    for group in GROUPS:
        rows = [parameter_row(parameter) for parameter in PARAMETERS if parameter.group == group]
        parts.append(f"#### Group `{group}`\n\n{table(head, rows)}")
    return "\n\n".join(parts)


def type_of(kind: np.dtype[Any]) -> str:
    """A field's type in plain words."""
    base = "whole" if kind.base.kind == "i" else "number"
    return base + "".join(f"[{length}]" for length in kind.shape)


def layout_rows(layout: Layout) -> list[tuple[str, str, str]]:
    """Name, type and meaning of every field of a record."""
    return [(code(name), type_of(layout.dtype[name]), meaning) for name, meaning in layout.meaning.items()]


def state() -> str:
    """Every field of every record that a week reads and changes, a table a record; measures apart."""
    parts = []
    for name, layout in LAYOUTS.items():
        if name not in MEASURES:
            head = f"#### Record `{name}`" + (f": {ABOUT[name]}" if name in ABOUT else "")
            parts.append(f"{head}\n\n{table(('field', 'type', 'meaning'), layout_rows(layout))}")
    return "\n\n".join(parts)


def schedule() -> str:
    """The phases of a week in the order in which they come."""
    rows = [(phase.number, code(phase.name), phase.who, phase.what, code(phase.where)) for phase in SCHEDULE]
    return table(("number", "phase", "who acts", "rule", "module"), rows)


def bounds_of(field: FieldInfo) -> str:
    """The bounds of a setting, as far as it has some; the choices, where it has choices."""
    choices = [choice for choice in get_args(field.annotation) if isinstance(choice, str)]
    if choices:
        return ", ".join(choices)
    low, high = "", ""
    for item in field.metadata:
        if isinstance(item, Ge | Gt):
            low = exact(cast(float, item.ge)) if isinstance(item, Ge) else f"above {exact(cast(float, item.gt))}"
        elif isinstance(item, Le | Lt):
            high = exact(cast(float, item.le)) if isinstance(item, Le) else f"below {exact(cast(float, item.lt))}"
    if low and high:
        return f"{low} to {high}"
    return f"from {low}" if low else f"up to {high}" if high else ""


def default_of(field: FieldInfo) -> str:
    """The default of a setting in words."""
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {exact(share)}" for key, share in value.items())
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: ""}[value]
    return exact(value) if isinstance(value, int | float) else str(value)


def setting_rows(fields: Mapping[str, FieldInfo]) -> list[tuple[str, str, str, str]]:
    """Name, default, bounds and meaning of settings."""
    return [(code(name), default_of(f), bounds_of(f), f.description or "") for name, f in fields.items()]


def coordinators() -> str:
    """The settings of a coordinator."""
    return table(("setting", "default", "bounds", "meaning"), setting_rows(CoordinatorSettings.model_fields))


def levers() -> str:
    """The levers, and the parameters that say what an act costs."""
    rows = [
        (code(lever.name), lever.what, ", ".join(map(code, lever.price)) or "none: uses its hours continuously")
        for lever in LEVERS.values()
    ]
    return table(("lever", "what it does", "hours an act takes"), rows)


def changes() -> str:
    """What can be scheduled to happen."""
    rows = [(name, bounds, meaning) for name, _, bounds, meaning in setting_rows(Change.model_fields)]
    return table(("key", "bounds", "meaning"), rows)


def own_fields(kind: type[BaseModel]) -> dict[str, FieldInfo]:
    """The settings of a kind of start network beyond those that every kind has, or with another default."""
    shared = {name: field.default for name, field in Shared.model_fields.items()}
    own = {name: field for name, field in kind.model_fields.items() if name != "kind"}
    return {name: field for name, field in own.items() if name not in shared or field.default != shared[name]}


def networks() -> str:
    """Every kind of start network with its settings; first those that all kinds have."""
    rows: list[tuple[str, ...]] = [("any", "", *row) for row in setting_rows(Shared.model_fields)]
    for kind in get_args(AnyKind):
        field = kind.model_fields["kind"]
        own = setting_rows(own_fields(kind)) or [("", "", "", "")]
        for k, row in enumerate(own):
            rows.append((code(field.default) if k == 0 else "", field.description if k == 0 else "", *row))
    return table(("kind", "what it is", "setting", "default", "bounds", "meaning"), rows)


def measures(layout: Layout) -> str:
    """What is measured, with meaning and unit."""
    rows = [(code(name), meaning, layout.unit[name]) for name, meaning in layout.meaning.items()]
    return table(("measure", "meaning", "unit"), rows)


def weekly() -> str:
    """What is measured every week."""
    return measures(WEEKLY)


def maps() -> str:
    """What is measured when the structure is mapped."""
    return measures(MAP)


def outcomes() -> str:
    """What a finished run comes to."""
    rows = [(code(outcome.name), outcome.label, outcome.unit, outcome.better) for outcome in OUTCOMES]
    return table(("outcome", "meaning", "unit", "better"), rows)


def claims() -> str:
    """The published verdicts on the claims, a row a part."""
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
            rows.append(
                (
                    "",
                    says,
                    part["verdict"],
                    f"{effect}; counts from {counts}",
                    left,
                    percent(part["robust_share"]),
                )
            )
    head = ("", "what would have to be seen", "verdict", "effect (95% interval)", "left with this off", "other worlds")
    return f"{made_with()}\n\n{table(head, rows)}"


def forms() -> str:
    """Forms that were added because a claim failed without them, and what switches each off."""
    rows = []
    for form in (*ADDED_MECHANISMS.values(), *UNTRIED):
        off = "; ".join(f"{code(key)} at {exact(value)}" for key, value in form.without.items()) or "nothing"
        tried = "yes" if form.name in ADDED_MECHANISMS else "no"
        rows.append((form.name, form.what, form.plainly, off, form.support or "none", tried))
    head = ("form", "what it is", "without it", "switched off by", "support of its own", "claims tried without it")
    return table(head, rows)


def targets() -> str:
    """The published comparison with figures of real networks, a row a target."""
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
        "coordinators": coordinators,
        "levers": levers,
        "changes": changes,
        "parameters": parameters,
        "weekly": weekly,
        "maps": maps,
        "outcomes": outcomes,
        "forms": forms,
        "claims": claims,
        "targets": targets,
    }
)
"""The marked parts of MODEL.md: name -> what writes it."""


def marks(name: str) -> tuple[str, str]:
    """The lines that open and close a marked part."""
    return f"<!-- generated: {name} -->", f"<!-- end: {name} -->"


def parts(text: str) -> list[tuple[str, str]]:
    """A document as pieces in order: (name of the marked part, or '' outside; text without the marks).

    Errors: DocumentError where a mark is unknown, missing, comes twice or in the wrong place.
    """
    opening = {marks(name)[0]: name for name in BLOCKS}
    closing = {marks(name)[1]: name for name in BLOCKS}
    found: list[tuple[str, str]] = []
    inside = ""
    lines: list[str] = []
    for place, line in enumerate(text.splitlines(keepends=True), start=1):
        mark = line.strip()
        if mark in opening and not inside:
            found.append(("", "".join(lines)))
            inside, lines = opening[mark], []
        elif inside and closing.get(mark) == inside:
            found.append((inside, "".join(lines)))
            inside, lines = "", []
        elif mark in opening or mark in closing or mark.startswith(("<!-- generated:", "<!-- end:")):
            raise DocumentError(f"line {place}: {mark} is unknown, or in the wrong place")
        else:
            lines.append(line)
    if inside:
        raise DocumentError(f"{marks(inside)[0]} is not closed by {marks(inside)[1]}")
    found.append(("", "".join(lines)))
    names = [name for name, _ in found if name]
    for name in BLOCKS:
        if names.count(name) != 1:
            raise DocumentError(f"{marks(name)[0]} is there {names.count(name)} times; it has to be there once")
    return found


def prose(text: str) -> str:
    """What is written by hand: the document without its marked parts.  Errors: DocumentError."""
    return "".join(piece for name, piece in parts(text) if not name)


def rewritten(text: str) -> str:
    """The document with every marked part written anew.  Errors: DocumentError."""
    pieces = []
    for name, piece in parts(text):
        if name:
            opening, closing = marks(name)
            pieces.append(f"{opening}\n\n{BLOCKS[name]()}\n\n{closing}\n")
        else:
            pieces.append(piece)
    return "".join(pieces)


def replace_file(path: Path, text: str) -> None:
    """Write a file aside, then put it in the other's place, so that it is never half written."""
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        if path.exists():
            Path(aside).chmod(path.stat().st_mode & 0o777)
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def update(path: Path = MODEL) -> bool:
    """Rewrite the marked parts of a document in place; returns whether anything changed.  Errors: DocumentError."""
    before = path.read_bytes().decode()
    after = rewritten(before)
    if after != before:
        replace_file(path, after)
    return after != before


def main(path: Path = MODEL) -> int:
    """Rewrite the marked parts of MODEL.md and say so: 0 done, 2 its marks are wrong."""
    try:
        changed = update(path)
    except DocumentError as fault:
        print(f"{path.name}: {fault}", file=sys.stderr)
        return 2
    print(f"{path.name}: {'rewritten' if changed else 'current'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
