"""MODEL.md and VERDICTS.md: tables are what the code declares, the text leaves nothing out, and marks are whole."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from sim.cli import document
from sim.cli.document import BLOCKS, DOCUMENTS, MODEL, DocumentError, main, marks, parts, rewritten, update
from sim.lab.results import WriteError
from sim.model.declarations import BY_KEY, GROUPS, PARAMETERS
from sim.model.levers import LEVERS
from sim.model.outcomes import OUTCOMES
from sim.model.schedule import SCHEDULE
from sim.model.state import LAYOUTS, MAP, WEEKLY
from tests.examples import PARAMETER


def prose(path: Path, text: str) -> str:
    """Return what is written by hand: the document without its marked parts."""
    return "".join(piece for name, piece in parts(text, DOCUMENTS[path]) if not name)


ROOT = MODEL.parent
TEXTS = {path: path.read_bytes().decode() for path in DOCUMENTS}
TEXT = TEXTS[MODEL]
PROSE = prose(MODEL, TEXT)
EACH_PART = [(path, name) for path, names in DOCUMENTS.items() for name in names]
each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
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


@each_document
def test_tables_are_current(path):
    assert rewritten(TEXTS[path], DOCUMENTS[path]) == TEXTS[path], "run python -m sim.cli.document"


@each_document
def test_rewriting_is_idempotent_and_keeps_the_text_by_hand(path):
    text, names = TEXTS[path], DOCUMENTS[path]
    emptied = text
    for name, piece in parts(text, names):
        if name:
            opening, closing = marks(name)
            emptied = emptied.replace(f"{opening}\n{piece}{closing}", f"{opening}\nstale | rubbish\n{closing}")
    assert emptied != text and "stale | rubbish" in emptied
    assert rewritten(emptied, names) == text
    assert prose(path, emptied) == prose(path, text)


def test_a_changed_declaration_shows(monkeypatch):
    changed = tuple(replace(p, default=p.high) if p.key == PARAMETER else p for p in PARAMETERS)
    monkeypatch.setattr(document, "PARAMETERS", changed)
    assert rewritten(TEXT, DOCUMENTS[MODEL]) != TEXT


@pytest.mark.parametrize(("path", "name"), EACH_PART)
def test_broken_marks_raise_an_error(path, name):
    text = TEXTS[path]
    opening, closing = marks(name)
    broken = (
        text.replace(opening, "", 1),
        text.replace(closing, "", 1),
        text.replace(f"{opening}\n", f"{opening}\n{opening}\n", 1),
        text + f"\n{opening}\n{closing}\n",
        text.replace(opening, opening.replace(name, f"{name}_"), 1),
        text.replace(opening, "@").replace(closing, opening).replace("@", closing),
    )
    for wrong in broken:
        with pytest.raises(DocumentError):
            rewritten(wrong, DOCUMENTS[path])


def test_every_table_has_one_place():
    assert sorted(name for _, name in EACH_PART) == sorted(BLOCKS)


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


@each_document
def test_links_lead_somewhere(path):
    heads = re.findall(r"^#+ (.+)$", TEXTS[path], re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXTS[path])) <= slugs
    files = re.findall(r"\]\(([^)#:]+)\)", TEXTS[path])
    assert files and all((path.parent / name).exists() for name in files)


@each_document
def test_fences_are_closed(path):
    assert TEXTS[path].count("\n```") % 2 == 0


@each_document
def test_authors_cited_are_listed(path):
    body, listed = prose(path, TEXTS[path]).split("\n## References\n")
    cited = {(m[1], m[2]) for m in re.finditer(r"([A-Z]\w+)[^.;()]{0,60}? \(?(\d{4})\b", body)}
    known = {(m[1], m[2]) for m in re.finditer(r"^- ([A-Z]\w+).*?\((\d{4})\)", listed, re.MULTILINE)}
    absent = {year for author, year in cited} - {year for author, year in known} - {"1000"}
    assert not absent
    assert all(author in body for author, _ in known)


def test_command_rewrites_in_place_and_keeps_a_broken_file(tmp_path, capsys):
    path = tmp_path / "MODEL.md"
    opening, closing = marks("maps")
    path.write_bytes(re.sub(f"{opening}.*{closing}", f"{opening}\n{closing}", TEXT, flags=re.DOTALL).encode())
    names = DOCUMENTS[MODEL]
    assert main({path: names}) == 0 and "rewritten" in capsys.readouterr().out
    assert path.read_bytes().decode() == TEXT
    assert update(path, names) is False and main({path: names}) == 0 and "current" in capsys.readouterr().out
    path.write_bytes(TEXT.replace(opening, "").encode())
    before = path.read_bytes()
    assert main({path: names}) == 2 and closing in capsys.readouterr().err
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
        update(path, DOCUMENTS[MODEL])
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["MODEL.md"]
