"""The way to the Vue templates: records become plain data, handlers become events."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

import ipyvue
import numpy as np
import solara

from sim.dashboard.shared.templates import Download, Template, packed

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Point:
    """A record."""

    x: float
    names: tuple[str, ...] = ()


def test_records_become_plain_data():
    assert json.loads(packed({"a": Point(1.5, ("b",)), 2: [Point(float("nan"))]})) == {
        "a": {"x": 1.5, "names": ["b"]},
        "2": [{"x": None, "names": []}],
    }
    assert json.loads(packed([Point(np.float64(2.0))])) == [{"x": 2.0, "names": []}] and packed(None) == ""


def test_a_template_shows_its_properties_and_calls_its_events(tmp_path):
    (tmp_path / "point.vue").write_text("<template><p>{{ x }}</p></template>")
    heard = []
    Shown = Template(tmp_path / "point.vue", "x names", "move")

    @solara.component
    def Page():
        return Shown(x=3.0, names=("a",), on_move=heard.append)

    _, rc = solara.render(Page(), handle_error=False)
    (widget,) = rc.find(ipyvue.VueTemplate).widgets
    assert (widget.x, widget.names) == (3.0, ["a"])
    widget._event_callbacks["move"]({"by": 1})
    assert heard == [{"by": 1}]
    rc.close()


def test_the_next_download_has_the_next_number_and_a_type():
    first = Download().then("a.csv", "x\n")
    assert (first.number, first.type) == (1, "text/csv")
    assert first.then("b.html", "").number == 2 and first.then("b.html", "").type == "text/html"


def test_templates_are_packaged():
    data = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]["sim"]
    packaged = {path for pattern in data for path in (ROOT / "sim").glob(pattern)}
    assert set((ROOT / "sim").rglob("*.vue")) <= packaged
