"""The brief: one file that stands alone, with what the page says and how to get it again."""

import re
import tomllib
from dataclasses import replace
from html import unescape

from sim.dashboard.answers import answer
from sim.dashboard.brief import brief
from sim.dashboard.questions import Question, held, to_query
from sim.dashboard.scenarios import scenario_of
from sim.inputs.scenario import Scenario
from sim.lab.comparison import compare


def test_a_brief_says_what_the_page_says_and_reproduces_it():
    question = held(replace(Question(), members=20, years=1, futures=20, stage="connected"))
    comparison = compare(scenario_of(question))
    found = answer(question, comparison)
    text = brief(question, found, comparison.runs, f"http://localhost:8765/?{to_query(question)}")
    plain = unescape(re.sub(r"<[^>]+>", "", text))
    outputs = found.outcomes["outputs"]
    assert outputs.brings in plain and outputs.ahead in plain and outputs.sure in plain
    board = text[: text.index('id="section-appendix-for-analysts"')]
    assert "<pre" not in board and board.count("<svg") == 1, "one chart and no code for the board"
    assert found.stages["connected"].sentence in plain and found.cost in plain
    assert all(caution in plain for caution in found.cautions)
    assert f"?{to_query(question)}" in plain and "gennet compare brief.toml --replicates 20 --seed 1" in plain
    assert "Coordinator leaves after" in plain and "never" in plain and "40,000" in plain
    assert "Budget is then" not in plain, "of what never happens"
    assert not re.search(r"""(src|href)=["']https?:""", text) and "<script" not in text
    written = next(block for block in re.findall(r"<pre[^>]*>(.*?)</pre>", text, re.S) if "strategies" in block)
    toml = unescape(re.sub(r"<[^>]+>", "", written))
    again = Scenario.from_document(tomllib.loads(toml))
    assert [again.fingerprint(key) for key in question.keys] == [
        scenario_of(question).fingerprint(key) for key in question.keys
    ]
