"""The model in short, for a reader of a report: what `sim/model/MODEL.md` itself says first under each heading of ODD."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

SECTIONS = (1, 2, 3, 4, 5, 6, 7)
LIMITS = 10
PARAGRAPHS = 2
KEPT = ("paragraph_open", "bullet_list_open", "ordered_list_open", "table_open")


def model_text() -> str:
    """The description of the model."""
    return files("sim.model").joinpath("MODEL.md").read_text("utf-8")


def section_of(text: str, number: int) -> tuple[str, str]:
    """Heading and text of a numbered section.  ValueError if there is none."""
    found = re.search(rf"^## {number} (.+?)$(.*?)(?=^## |\Z)", text, re.M | re.S)
    if not found:
        raise ValueError(f"MODEL.md has no section {number}")
    return found.group(1).strip(), found.group(2).strip()


def summary(text: str | None = None) -> list[tuple[str, str]]:
    """Heading and HTML of each part of ODD: its first paragraphs, and the names of its subsections."""
    whole = model_text() if text is None else text
    told = []
    for number in SECTIONS:
        heading, body = section_of(whole, number)
        parts = re.findall(r"^### (.+)$", body, re.M)
        html = as_html(body, PARAGRAPHS)
        if parts and number == SECTIONS[-1]:
            html += "<p>" + as_html("Submodels: " + ", ".join(_plain(part) for part in parts) + ".")[3:]
        told.append((heading, html))
    return told


def limits(text: str | None = None) -> tuple[str, str]:
    """Heading and HTML of what the model cannot tell, in full."""
    heading, body = section_of(model_text() if text is None else text, LIMITS)
    return heading, as_html(body)


def _plain(heading: str) -> str:
    return re.sub(r"^(Phase \d+): ", "", heading).replace("`", "").replace("_", " ").split(" (")[0]


def as_html(markdown: str, paragraphs: int | None = None) -> str:
    """Markdown as HTML without links, pictures and raw HTML; `paragraphs`: only so many of the first blocks of text."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    kept: list[Token] = []
    blocks = 0
    depth, keep = 0, True
    for token in parser.parse(re.sub(r"<!--.*?-->", "", markdown, flags=re.S)):
        if depth == 0 and token.nesting >= 0:
            keep = paragraphs is None or (token.type in KEPT and blocks < paragraphs)
            blocks += keep
        depth += token.nesting
        if keep:
            kept.append(_without_links(token))
    return str(parser.renderer.render(kept, parser.options, {}))


def _without_links(token: Token) -> Token:
    """The token, and within a line its words without what they linked to."""
    inside: Sequence[Token] = token.children or ()
    token.children = [child for child in inside if child.type not in ("link_open", "link_close", "image")] or None
    if token.type == "inline" and token.children is None:
        token.children = []
    return token
