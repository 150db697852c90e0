"""MODEL.md: its tables are what the code declares, its text leaves nothing out, and its marks are whole."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from sim.cli import document
from sim.cli.document import BLOCKS, MODEL, DocumentError, main, marks, parts, rewritten, update
from sim.lab.results import WriteError
from sim.model.declarations import BY_KEY, GROUPS, PARAMETERS
from sim.model.levers import LEVERS
from sim.model.outcomes import OUTCOMES
from sim.model.schedule import SCHEDULE
from sim.model.state import LAYOUTS, MAP, WEEKLY
from tests.examples import PARAMETER


def prose(text: str) -> str:
    """Return what is written by hand: the document without its marked parts."""
    return "".join(piece for name, piece in parts(text) if not name)


ROOT = MODEL.parent
TEXT = MODEL.read_bytes().decode()
PROSE = prose(TEXT)
KEY = re.compile(rf"(?<![\w/.])(?:{'|'.join(GROUPS)})\.[a-z_]+")
ODD = (
    "## 1 Purpose and patterns",
    "## 2 Entities, state variables and scales",
    "## 3 Process overview and scheduling",
    "## 4 Design concepts",
    "## 5 Initialization",
    "## 6 Input data",
    "## 7 Submodels",
)
CONCEPTS = (
    "Basic principles",
    "Emergence",
    "Adaptation",
    "Objectives",
    "Learning",
    "Prediction",
    "Sensing",
    "Interaction",
    "Stochasticity",
    "Collectives",
    "Observation",
)


def section(title: str) -> str:
    """The text by hand under a heading of the second level."""
    return PROSE.split(f"\n{title}\n")[1].split("\n## ")[0]


def described(text: str) -> dict[tuple[int, str], str]:
    """What stands under each phase's heading, by its number and name."""
    heads = list(re.finditer(r"^### Phase (\d+): `(\w+)`$", text, re.MULTILINE))
    return {(int(h[1]), h[2]): text[h.end() :].split("\n### ")[0].strip() for h in heads}


def rows(block: str) -> list[list[str]]:
    """The cells of every line of the tables in a block."""
    lines = [line for line in block.splitlines() if line.startswith("|")]
    return [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]


def test_tables_are_current():
    assert rewritten(TEXT) == TEXT, "run python -m sim.cli.document"


def test_rewriting_is_idempotent_and_keeps_the_text_by_hand():
    emptied = TEXT
    for name, piece in parts(TEXT):
        if name:
            opening, closing = marks(name)
            emptied = emptied.replace(f"{opening}\n{piece}{closing}", f"{opening}\nstale | rubbish\n{closing}")
    assert emptied != TEXT and "stale | rubbish" in emptied
    assert rewritten(emptied) == TEXT
    assert prose(emptied) == PROSE


def test_a_changed_declaration_shows(monkeypatch):
    changed = tuple(replace(p, default=p.high) if p.key == PARAMETER else p for p in PARAMETERS)
    monkeypatch.setattr(document, "PARAMETERS", changed)
    assert rewritten(TEXT) != TEXT


@pytest.mark.parametrize("name", BLOCKS)
def test_broken_marks_raise_an_error(name):
    opening, closing = marks(name)
    broken = (
        TEXT.replace(opening, "", 1),
        TEXT.replace(closing, "", 1),
        TEXT.replace(f"{opening}\n", f"{opening}\n{opening}\n", 1),
        TEXT + f"\n{opening}\n{closing}\n",
        TEXT.replace(opening, opening.replace(name, f"{name}_"), 1),
        TEXT.replace(opening, "@").replace(closing, opening).replace("@", closing),
    )
    for text in broken:
        with pytest.raises(DocumentError):
            rewritten(text)


def test_every_block_comes_once_in_the_document():
    names = [name for name, _ in parts(TEXT) if name]
    assert sorted(names) == sorted(BLOCKS)


@pytest.mark.parametrize("name", BLOCKS)
def test_tables_are_whole(name):
    block = BLOCKS[name]()
    width = 0
    for line in block.splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        (cells,) = rows(line)
        width = width or len(cells)
        assert len(cells) == width > 1


def test_tables_hold_all_that_is_declared():
    first = {name: {cells[0].strip().strip("`") for cells in rows(BLOCKS[name]())} for name in BLOCKS}
    assert first["parameters"] >= set(BY_KEY)
    assert first["levers"] >= set(LEVERS)
    assert first["outcomes"] >= {outcome.name for outcome in OUTCOMES}
    assert first["weekly"] >= set(WEEKLY.meaning)
    assert first["maps"] >= set(MAP.meaning)
    assert first["schedule"] >= {str(phase.number) for phase in SCHEDULE}
    for name, layout in LAYOUTS.items():
        if name not in document.MEASURES:
            assert f"#### Record `{name}`: " in BLOCKS["state"](), f"say in sim.cli.document.ABOUT what {name} is"
            assert first["state"] >= set(layout.meaning)


def test_odd_elements_come_in_order():
    places = [TEXT.index(f"\n{title}\n") for title in ODD]
    assert places == sorted(places)
    concepts = [section(ODD[3]).index(f"**{concept}.**") for concept in CONCEPTS]
    assert concepts == sorted(concepts)


@pytest.mark.parametrize("phase", SCHEDULE, ids=lambda phase: phase.name)
def test_every_phase_is_described(phase):
    text = described(section(ODD[6]))[phase.number, phase.name]
    assert phase.where.replace(".", "/") + ".py" in text, "its module is not named"
    assert len(text) > 80


def test_no_phase_is_described_that_is_not_there():
    assert set(described(PROSE)) == {(phase.number, phase.name) for phase in SCHEDULE}


@pytest.mark.parametrize("lever", LEVERS)
def test_every_lever_is_described(lever):
    text = described(section(ODD[6]))[5, "weave"]
    assert f"\n#### Lever `{lever}`" in text
    assert len(text.split(f"\n#### Lever `{lever}`")[1].split("\n#### ")[0]) > 80


@pytest.mark.parametrize("folder", ["rules", "weaving", "measures"])
def test_every_module_of_rules_is_named(folder):
    modules = [path for path in sorted((ROOT / folder).glob("*.py")) if path.stem != "__init__"]
    assert modules
    missing = [path.name for path in modules if f"`sim/model/{folder}/{path.name}`" not in PROSE]
    assert not missing


def test_every_parameter_is_explained_and_none_that_is_not_there():
    named = set(KEY.findall(PROSE))
    assert set(BY_KEY) - named == set(), "parameters that no rule in MODEL.md reads"
    assert named - set(BY_KEY) == set(), "parameters in MODEL.md that the code does not have"


def test_files_that_are_named_exist():
    named = set(re.findall(r"`(sim/[\w/]+(?:\.py|/))`", PROSE))
    assert named and all((ROOT.parents[1] / name).exists() for name in named)


def test_links_within_the_document_lead_somewhere():
    heads = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
    links = re.findall(r"\]\(#([^)]+)\)", TEXT)
    assert links and set(links) <= slugs


def test_fences_are_closed():
    assert TEXT.count("\n```") % 2 == 0


def test_authors_cited_are_listed():
    body, listed = PROSE.split("\n## References\n")
    cited = {(m[1], m[2]) for m in re.finditer(r"([A-Z]\w+)[^.;()]{0,60}? \(?(\d{4})\b", body)}
    known = {(m[1], m[2]) for m in re.finditer(r"^- ([A-Z]\w+).*?\((\d{4})\)", listed, re.MULTILINE)}
    absent = {year for author, year in cited} - {year for author, year in known} - {"1000"}
    assert not absent
    assert all(author in body for author, _ in known)


def test_command_rewrites_in_place_and_keeps_a_broken_file(tmp_path, capsys):
    path = tmp_path / "MODEL.md"
    opening, closing = marks("maps")
    path.write_bytes(re.sub(f"{opening}.*{closing}", f"{opening}\n{closing}", TEXT, flags=re.DOTALL).encode())
    assert main(path) == 0 and "rewritten" in capsys.readouterr().out
    assert path.read_bytes().decode() == TEXT
    assert update(path) is False and main(path) == 0 and "current" in capsys.readouterr().out
    path.write_bytes(TEXT.replace(opening, "").encode())
    before = path.read_bytes()
    assert main(path) == 2 and closing in capsys.readouterr().err
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["MODEL.md"], "something was left behind"


def test_a_file_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path, monkeypatch):
    path = tmp_path / "MODEL.md"
    path.write_bytes(TEXT.replace("| `week` |", "| week |", 1).encode())
    before = path.read_bytes()

    def refuse(self, target):
        raise OSError("no")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(WriteError, match="no"):
        update(path)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["MODEL.md"]
