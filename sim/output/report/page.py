"""A self-contained HTML page from sections of blocks, with its style and without scripts.

    page = render_page("Title", [Section("Answer", [Prose("..."), Table(...)])], lede="What was asked")

Text is escaped, except in `Html`.  The page loads nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from sim.output.report.svg import colour_of, dark_colours, inline_svg

if TYPE_CHECKING:
    from jinja2 import Environment
    from matplotlib.figure import Figure


def slug(*parts: str) -> str:
    """Return an id made of the parts of a name."""
    return "-".join(re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") or "x" for part in parts)


@dataclass(frozen=True)
class Prose:
    """A paragraph.  `tone`: "" plain, "lead" larger, "note" small and faint, "warning" set off."""

    text: str
    tone: str = ""
    kind: str = field(default="prose", init=False)


@dataclass(frozen=True)
class Bullets:
    """A list of sentences, each with the colour (hex) of its strategy as mark, or ""."""

    items: Sequence[str]
    marks: Sequence[str] = ()
    kind: str = field(default="bullets", init=False)

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The items, each with the CSS colour of its mark."""
        marks = [colour_of(mark) if mark else "" for mark in self.marks] or [""] * len(self.items)
        return list(zip(self.items, marks, strict=True))


@dataclass(frozen=True)
class Table:
    """A table with a caption.

    The first `text` columns hold words; the others hold numbers and are aligned right.  `marks` maps the first cell of a
    row to the colour (hex) of the swatch before it.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    text: int = 1
    marks: Mapping[str, str] = field(default_factory=dict)
    kind: str = field(default="table", init=False)

    @property
    def swatches(self) -> dict[str, str]:
        """First cell -> CSS colour."""
        return {name: colour_of(colour) for name, colour in self.marks.items()}


@dataclass(frozen=True)
class Picture:
    """A figure with a title above and a caption below.  `name`: unique on the page.  `alt`: what it shows, in words."""

    figure: Figure
    name: str
    alt: str
    title: str = ""
    caption: str = ""
    kind: str = field(default="picture", init=False)

    @property
    def svg(self) -> str:
        """The figure as an SVG element."""
        return inline_svg(self.figure, self.name, self.alt)


@dataclass(frozen=True)
class Gallery:
    """Small pictures side by side, stacked on a narrow screen, with one caption."""

    pictures: Sequence[Picture]
    caption: str = ""
    kind: str = field(default="gallery", init=False)


@dataclass(frozen=True)
class Card:
    """A key figure: its value, its label, and a line below."""

    value: str
    label: str
    below: str = ""
    colour: str = ""

    @property
    def mark(self) -> str:
        """CSS colour of the card's edge."""
        return colour_of(self.colour) if self.colour else ""


@dataclass(frozen=True)
class Cards:
    """Cards side by side."""

    cards: Sequence[Card]
    kind: str = field(default="cards", init=False)


@dataclass(frozen=True)
class Code:
    """Text to copy."""

    text: str
    kind: str = field(default="code", init=False)


@dataclass(frozen=True)
class Fold:
    """Blocks that open on a click.  In print they are open, or left out if not `printed`."""

    summary: str
    blocks: Sequence[Block]
    printed: bool = True
    kind: str = field(default="fold", init=False)


@dataclass(frozen=True)
class Html:
    """HTML that is not escaped, so it must come from a trusted source."""

    html: str
    kind: str = field(default="html", init=False)


Block = Prose | Bullets | Table | Picture | Gallery | Cards | Code | Fold | Html


@dataclass(frozen=True)
class Section:
    """A section with a heading; `name` is its id, by default made from the heading."""

    title: str
    blocks: Sequence[Block]
    name: str = ""

    @property
    def anchor(self) -> str:
        """The id of the section."""
        return self.name or slug("section", self.title)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    def read(name: str) -> str:
        return files("sim.output.report").joinpath(name).read_text("utf-8")

    return Environment(
        loader=FunctionLoader(read), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def render_section(section: Section) -> str:
    """Return the blocks of a section as HTML for another page, which has its own style and heading."""
    show = _environment().get_template("blocks.html").module.show  # type: ignore[attr-defined]
    return "".join(show(block) for block in section.blocks)


def render_page(
    title: str,
    sections: Sequence[Section],
    lede: str = "",
    kicker: str = "generative-networks",
    facts: Sequence[tuple[str, str]] = (),
    footer: str = "",
) -> str:
    """Return the text of an HTML page.

    `kicker` is a small line above the title, `lede` one or two sentences below it, `facts` labels and values of key facts,
    `footer` the last line.  Raises ValueError if two sections or figures share an id.
    """
    names = [section.anchor for section in sections] + [picture.name for picture in _pictures(sections)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"ids are unique on a page; used twice: {', '.join(twice)}")
    style = files("sim.output.report").joinpath("style.css").read_text("utf-8")
    body = (
        _environment()
        .get_template("template.html")
        .render(title=title, sections=sections, lede=lede, kicker=kicker, facts=facts, footer=footer, style="/*style*/")
    )
    return body.replace("/*style*/", style.replace("/*dark-colours*/", dark_colours([body])))


def _pictures(sections: Sequence[Section]) -> list[Picture]:
    """Return all pictures of a page, in order."""
    found: list[Picture] = []

    def walk(blocks: Sequence[Block]) -> None:
        for block in blocks:
            if isinstance(block, Picture):
                found.append(block)
            elif isinstance(block, Gallery):
                found.extend(block.pictures)
            elif isinstance(block, Fold):
                walk(block.blocks)

    for section in sections:
        walk(section.blocks)
    return found
