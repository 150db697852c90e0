"""Evidence: every parameter, and the model's own words on its limits."""

import re
from html import unescape
from pathlib import Path

from sim.dashboard.pages.evidence.state import evidence
from sim.model.declarations import PARAMETERS


def test_every_parameter_is_there_with_its_basis():
    found = evidence()
    rows = {row.key: row for group in found.groups for row in group.rows}
    assert set(rows) == {parameter.key for parameter in PARAMETERS} and found.total == len(PARAMETERS)
    for parameter in PARAMETERS:
        assert rows[parameter.key].basis == parameter.basis and rows[parameter.key].source == parameter.source
    assert sum(one.count for one in found.bases) == len(PARAMETERS)


def test_limits_are_the_model_s_own_words():
    text = (Path(__file__).parents[2] / "sim" / "model" / "MODEL.md").read_text("utf-8")
    plain = " ".join(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text.replace("*", "").replace("`", "")).split())
    html = evidence().limits
    points = [unescape(re.sub(r"<[^>]+>", "", point)) for point in re.findall(r"<li>(.*?)</li>", html, re.S)]
    assert len(points) > 8 and "<script" not in html
    assert all(" ".join(point.split()) in plain for point in points)
