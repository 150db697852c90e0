"""What every page has to be: whole, valid, with nothing loaded from outside, and figures that tell what they show."""

import re
from collections import Counter

import html5lib
from markupsafe import Markup, escape

REFERENCES = re.compile(
    r"""(?:src|href|action|data|poster|srcset)\s*=\s*["']?([^"'\s>]+)|url\(\s*["']?([^"')]+)|@import"""
)
SVG = "{http://www.w3.org/2000/svg}"


def check_page(page):
    """Assert that a page stands alone and is well made; returns its tree."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(page)
    assert not parser.errors, [(where, what) for where, what, _ in parser.errors][:5]
    references = [a or b for a, b in REFERENCES.findall(page)]
    outside = [where for where in references if not where.startswith(("#", "data:"))]
    assert not outside, outside[:5]
    assert "@import" not in page and "<script" not in page and "<link" not in page
    ids = Counter(element.get("id") for element in tree.iter() if element.get("id"))
    assert not [name for name, times in ids.items() if times > 1]
    inside = [where[1:] for where in references if where.startswith("#")]
    assert set(inside) <= set(ids), sorted(set(inside) - set(ids))[:5]
    for svg in tree.iter(f"{SVG}svg"):
        title = svg.find(f"{SVG}title")
        assert title is not None and (title.text or "").strip()
        assert svg.get("role") == "img" and svg.get("aria-labelledby") == title.get("id")
    assert len(list(tree.iter("h1"))) == 1
    return tree


def undrawn(figure, name, alt):
    """Stand in for `inline_svg` where a test reads words: drawing takes a third of the time of a report."""
    title = escape(" ".join(alt.split()))
    return Markup(
        f'<svg viewBox="0 0 1 1" role="img" aria-labelledby="{name}-title" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{name}-title">{title}</title></svg>'
    )


def words_of(tree):
    """All text of a page as one line."""
    return " ".join(" ".join(tree.find("body").itertext()).split())
