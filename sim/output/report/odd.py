"""A short description of the model: the first paragraphs of each ODD section of `sim/model/MODEL.md`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files

from markdown_it import MarkdownIt
from markdown_it.token import Token

SECTIONS = (1, 2, 3, 4, 5, 6, 7)
LIMITS = 10
PARAGRAPHS = 2
KEPT = ("paragraph_open", "bullet_list_open", "ordered_list_open", "table_open")


def model_text() -> str:
    """Return the description of the model."""
    return files("sim.model").joinpath("MODEL.md").read_text("utf-8")


def section_of(text: str, number: int) -> tuple[str, str]:
    """Return heading and text of a numbered section.  Raises ValueError if there is none."""
    match = re.search(rf"^## {number} (.+?)$(.*?)(?=^## |\Z)", text, re.M | re.S)
    if not match:
        raise ValueError(f"MODEL.md has no section {number}")
    return match.group(1).strip(), match.group(2).strip()


def summary(text: str | None = None) -> list[tuple[str, str]]:
    """Return heading and HTML of each ODD section: its first paragraphs, and the names of submodels."""
    whole = model_text() if text is None else text
    sections = []
    for number in SECTIONS:
        heading, body = section_of(whole, number)
        parts = re.findall(r"^### (.+)$", body, re.M)
        html = as_html(body, PARAGRAPHS)
        if parts and number == SECTIONS[-1]:
            html += "<p>" + as_html("Submodels: " + ", ".join(_plain(part) for part in parts) + ".")[3:]
        sections.append((heading, html))
    return sections


def limits(text: str | None = None) -> tuple[str, str]:
    """Return heading and HTML of the section on limits, in full."""
    heading, body = section_of(model_text() if text is None else text, LIMITS)
    return heading, as_html(body)


def _plain(heading: str) -> str:
    return re.sub(r"^(Phase \d+): ", "", heading).replace("`", "").replace("_", " ").split(" (")[0]


def as_html(markdown: str, paragraphs: int | None = None) -> str:
    """Return Markdown as HTML without links, pictures and raw HTML, or only its first `paragraphs` blocks of text."""
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
    """Return the token without links and pictures."""
    inside: Sequence[Token] = token.children or ()
    token.children = [child for child in inside if child.type not in ("link_open", "link_close", "image")] or None
    if token.type == "inline" and token.children is None:
        token.children = []
    return token
