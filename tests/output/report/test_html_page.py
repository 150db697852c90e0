"""Pages that stand alone: valid HTML, figures inside with ids of their own, text escaped, light and dark."""

import re

import pytest
from matplotlib.figure import Figure

from sim.output.figures.palette import OKABE_ITO, contrast
from sim.output.report.html_page import (
    NEUTRALS,
    Bullets,
    Card,
    Cards,
    Code,
    Fold,
    Gallery,
    Html,
    Picture,
    Prose,
    Section,
    Table,
    dark_colours,
    inline_svg,
    on_dark,
    render_page,
)
from tests.output.report.pages import SVG, check_page, words_of

RUDE = '<script>alert("x")</script> & </style>'


def figure():
    """A figure with clipping, markers and text, all of which refer to ids."""
    drawn = Figure(figsize=(3, 2))
    axes = drawn.add_subplot()
    axes.plot([0, 1, 2], [3, 1, 2], marker="o", color="#0072b2")
    axes.set_title("A title")
    return drawn


def every_kind():
    """A section with each kind of block."""
    return Section(
        "All <kinds>",
        [
            Prose(RUDE, "lead"),
            Bullets(["one", RUDE], ["#0072b2", ""]),
            Table(["name", "number"], [["a", "1"], [RUDE, "2"]], "A caption", marks={"a": "#d55e00"}),
            Picture(figure(), "one", 'A "line" that < falls'),
            Gallery([Picture(figure(), "two", "two"), Picture(figure(), "three", "three")], "Two small ones"),
            Cards([Card("12", "outputs", "more", "#009e73")]),
            Code("gennet report results/x --out a&b"),
            Fold("More", [Prose("inside"), Picture(figure(), "four", "four")]),
            Html("<p>as <em>it</em> is</p>"),
        ],
    )


def test_a_page_of_every_kind_of_block_is_valid_and_stands_alone():
    page = render_page(RUDE, [every_kind(), Section("Other", [])], lede=RUDE, facts=[("Seed", "1")], footer="The end")
    tree = check_page(page)
    assert len(list(tree.iter(f"{SVG}svg"))) == 4
    assert words_of(tree).count('alert("x")') == 5
    assert tree.find(".//em").text == "it"
    assert [link.get("href") for link in tree.iter("a")] == ["#section-all-kinds", "#section-other"]


def test_the_same_page_gives_the_same_text():
    assert render_page("Title", [every_kind()]) == render_page("Title", [every_kind()])


def test_two_things_of_one_name_are_refused():
    twice = Section("A", [Picture(figure(), "one", "x"), Fold("more", [Picture(figure(), "one", "y")])])
    with pytest.raises(ValueError, match="used twice: one"):
        render_page("Title", [twice])
    with pytest.raises(ValueError, match="section-a"):
        render_page("Title", [Section("A", []), Section("a", [])])


@pytest.mark.parametrize(("name", "alt"), [("1st", "x"), ("a b", "x"), ("", "x"), ("fine", "  ")])
def test_a_figure_needs_a_name_and_words(name, alt):
    with pytest.raises(ValueError, match="figure"):
        inline_svg(figure(), name, alt)


def test_a_figure_keeps_its_letters_and_brings_no_style_of_its_own():
    svg = inline_svg(figure(), "plot", "What it shows")
    assert ">A title</text>" in svg and "What it shows" in svg
    assert not re.search(r"<style|<metadata|xlink|w3\.org/(?!2000/svg\")", svg)
    assert all(name.startswith("plot-") for name in re.findall(r'\bid="([^"]+)"', svg))
    assert "var(--c-0072b2, #0072b2)" in svg
    assert not re.search(r"[:\s]#[0-9a-f]{3,6}\s*[;\"]", svg), "a colour that a dark page cannot change"


def test_colours_can_be_read_on_a_dark_page_and_stay_apart():
    dark = [on_dark(colour) for colour in OKABE_ITO]
    assert min(contrast(colour, NEUTRALS["#ffffff"]) for colour in dark) >= 4.5
    assert len(set(dark)) == len(dark)
    assert contrast(on_dark("#222222"), NEUTRALS["#ffffff"]) > 10
    text = dark_colours(["fill: var(--c-0072b2, #0072b2)", "var(--c-0072b2, x) var(--c-ffffff, #ffffff)"])
    assert text == f"--c-0072b2: {on_dark('#0072b2')}; --c-ffffff: {NEUTRALS['#ffffff']};"
