"""A self-contained HTML page from sections of blocks, with its style and without scripts.

    page = render_page("Title", [Section("Answer", [Prose("..."), Table(...)])], lede="What was asked")

Text is escaped, except in `Html`.  The page loads nothing.  Colours of figures become CSS variables,
`var(--c-0072b2, #0072b2)`: a page defines what is to change where the reader's screen is dark (`dark_colours`).  Text of
figures stays text, in the page's font, so that it can be searched, enlarged and read out.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sim.output.figures.palette import glow

NEUTRALS = {
    "#ffffff": "#17191d",
    "#222222": "#e8e6e1",
    "#767676": "#a3a29d",
    "#e4e4e4": "#34373d",
    "#000000": "#e8e6e1",
}
"""Paper, ink, faint ink and grid of the figures, and their counterparts on a dark page."""
SHORT_HEX = re.compile(r"#([0-9a-fA-F]{3})(?![0-9a-fA-F])")
HEX = re.compile(r"#[0-9a-f]{6}")
USED = re.compile(r"var\(--c-([0-9a-f]{6}),")


def inline_svg(figure: Figure, name: str, alt: str) -> Markup:
    """Return a figure as an `<svg>` element for an HTML page, without fonts, dates, scripts or addresses.

    `name` consists of letters, digits and hyphens and is unique on the page; every id in the figure starts with it.  `alt`
    says what the figure shows, for screen readers.  Raises ValueError for a name that cannot be an id or an empty text.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", name):
        raise ValueError(f"a figure's name is letters, digits and hyphens, and starts with a letter, not {name!r}")
    if not alt.strip():
        raise ValueError(f"figure {name} needs a text that says what it shows")
    buffer = io.StringIO()
    with rc_context({"svg.hashsalt": "generative-networks", "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    # A style element inside a figure would hold for the whole page: the page's own style sheet says the same.
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.S)
    text = own_ids(text.replace("xlink:href", "href"), name)
    body = text[text.index(">") + 1 :]
    box = re.search(r'viewBox="([^"]+)"', text)
    size = box.group(1) if box else "0 0 1 1"
    width = float(size.split()[2])
    opening = (
        f'<svg viewBox="{size}" role="img" aria-labelledby="{name}-title" style="max-width: {width * 4 / 3:.0f}px" '
        f'xmlns="http://www.w3.org/2000/svg"><title id="{name}-title">{escape(" ".join(alt.split()))}</title>'
    )
    return Markup(opening + themed(body).strip())


def own_ids(svg: str, name: str) -> str:
    """Return the SVG with the figure's name in front of each id and each reference to one."""
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r'\bhref="#([^"]+)"', rf'href="#{name}-\1"', svg)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)


def themed(svg: str) -> str:
    """Return the SVG with each colour of a style as a CSS variable that falls back on the colour."""

    def replaced(style: re.Match[str]) -> str:
        text = SHORT_HEX.sub(lambda short: "#" + "".join(2 * digit for digit in short.group(1)), style.group(0)).lower()
        # Fonts are the page's: a figure says size and weight.
        text = re.sub(r"(font:[^;\"]*?[0-9.]+px)[^;\"]*", r"\1 var(--figure-font, sans-serif)", text)
        return HEX.sub(lambda colour: f"var(--c-{colour.group(0)[1:]}, {colour.group(0)})", text)

    return re.sub(r'style="[^"]*"', replaced, svg)


def colour_of(colour: str) -> str:
    """Return a colour as a CSS variable that falls back on the colour."""
    plain = to_hex(colour)
    return f"var(--c-{plain[1:]}, {plain})"


def dark_colours(texts: Iterable[str]) -> str:
    """Return CSS declarations of the dark counterparts of all colours used in the texts (as `var(--c-...)`)."""
    used = sorted({name for text in texts for name in USED.findall(text)})
    return " ".join(f"--c-{name}: {on_dark('#' + name)};" for name in used)


def on_dark(colour: str) -> str:
    """Return the colour for a dark page: neutrals swap, others keep their hue and get lighter until readable."""
    return NEUTRALS.get(colour) or glow(colour)


def slug(*parts: str) -> str:
    """Return an id made of the parts of a name."""
    return "-".join(re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") or "x" for part in parts)


@dataclass(frozen=True)
class Prose:
    """A paragraph.  `tone`: "" plain, "lead" larger, "note" small and faint, "warning" set off."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list of sentences, each with the colour (hex) of its strategy as mark, or ""."""

    items: Sequence[str]
    marks: Sequence[str] = ()


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


@dataclass(frozen=True)
class Picture:
    """A figure with a title above and a caption below.  `name`: unique on the page.  `alt`: what it shows, in words."""

    figure: Figure
    name: str
    alt: str
    title: str = ""
    caption: str = ""

    @property
    def svg(self) -> str:
        """The figure as an SVG element."""
        return inline_svg(self.figure, self.name, self.alt)


@dataclass(frozen=True)
class Gallery:
    """Small pictures side by side, stacked on a narrow screen, with one caption."""

    pictures: Sequence[Picture]
    caption: str = ""


@dataclass(frozen=True)
class Card:
    """A key figure: its value, its label, a line below, and the colour (hex) of its edge."""

    value: str
    label: str
    below: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Cards:
    """Cards side by side."""

    cards: Sequence[Card]


@dataclass(frozen=True)
class Code:
    """Text to copy."""

    text: str


@dataclass(frozen=True)
class Fold:
    """Blocks that open on a click.  In print they are open, or left out if not `printed`."""

    summary: str
    blocks: Sequence[Block]
    printed: bool = True


@dataclass(frozen=True)
class Html:
    """HTML that is not escaped, so it must come from a trusted source."""

    html: str


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
    def read(name: str) -> str:
        return files("sim.output.report").joinpath(name).read_text("utf-8")

    environment = Environment(
        loader=FunctionLoader(read), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["css"] = colour_of
    return environment


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
    style = files("sim.output.report").joinpath("style.css").read_text("utf-8")
    body = (
        _environment()
        .get_template("template.html")
        .render(title=title, sections=sections, lede=lede, kicker=kicker, facts=facts, footer=footer, style="/*style*/")
    )
    twice = [name for name, count in Counter(re.findall(r'\bid="([^"]+)"', body)).items() if count > 1]
    if twice:
        raise ValueError(f"ids are unique on a page; used twice: {', '.join(twice)}")
    return body.replace("/*style*/", style.replace("/*dark-colours*/", dark_colours([body])))
