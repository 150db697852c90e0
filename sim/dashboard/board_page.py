"""A single-file interactive page to send by mail: the answer's figures, and an emulator of the model over a few sliders.

It needs no server and requests nothing.
"""

from __future__ import annotations

import json
from importlib.resources import files

from sim.dashboard.answers import Answer
from sim.dashboard.emulator import Emulator
from sim.dashboard.questions import Question
from sim.dashboard.settings import JOINT_RESULT
from sim.lab.results import json_ready
from sim.model.version import MODEL_VERSION, package_version


def board_page(question: Question, answer: Answer, stand_in: Emulator | None, link: str) -> str:
    """Return the page as HTML.  `stand_in`: the emulator, None if nothing can be moved; `link`: of the full answer."""
    shown = answer.outcomes["outputs"]
    content = {
        "brings": shown.brings,
        "ahead": f"{shown.ahead} {shown.overall}".strip(),
        "sure": f"{shown.sure} {shown.unknown}".strip(),
        "cost": answer.cost,
        "means": f"A joint result is {JOINT_RESULT}.",
        "trust": answer.trust,
        "made": f"From {answer.futures} simulated futures of each strategy. generative-networks {package_version()}, model "
        f"{MODEL_VERSION}. The full answer: {link}",
        "labels": question.labels,
        "colours": {key: tone.line for key, tone in answer.colours.items()},
        "emulator": stand_in,
    }
    # "<" could end the script element early.
    text = json.dumps(json_ready(content), separators=(",", ":")).replace("<", "\\u003c")
    return files("sim.dashboard").joinpath("board.html").read_text("utf-8").replace("/*data*/", text)
