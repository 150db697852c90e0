"""What a link to the page of results asks for, and what is loaded for it."""

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sim.dashboard.pages.results import state
from sim.dashboard.pages.results.side_by_side import MOST_FOLDERS
from sim.dashboard.pages.results.state import ResultsLink, link_of, load
from sim.dashboard.questions import Question, from_query, to_query
from sim.dashboard.results_catalogue import Catalogue, CatalogueError
from sim.model.outcomes import STAGES_REACHED
from tests.dashboard.results.saved_results import edited

NAMES = some.lists(some.text("abc-, .é/&=", min_size=1, max_size=9), unique=True, max_size=MOST_FOLDERS)


@given(NAMES, some.sampled_from(STAGES_REACHED), some.text(max_size=20))
def test_a_link_reproduces_what_it_was_made_from(tmp_path_factory, names, stage, strategy):
    catalogue = Catalogue(tmp_path_factory.getbasetemp())
    # A name with a comma is one folder if there is one of that name.
    kept = tuple(name for name in names if "," not in name)
    link = ResultsLink(kept, stage, strategy, (("members", "40"), ("a", "mass")))
    found = link_of(link.query, catalogue)
    assert found.names == kept and found.rest == link.rest and found.stage == stage
    assert found.strategy == (strategy if kept else "")


def test_a_name_with_a_comma_is_one_folder_where_there_is_one(tmp_path):
    (tmp_path / "a,b").mkdir()
    catalogue = Catalogue(tmp_path)
    assert link_of("open=a,b", catalogue).names == ("a,b",) and link_of("open=c,d", catalogue).names == ("c", "d")
    link = ResultsLink(("a,b", "c"))
    assert link_of(link.query, catalogue).names == ("a,b", "c")


def test_links_are_held_in_bounds(tmp_path):
    catalogue = Catalogue(tmp_path)
    many = link_of("open=" + ",".join(f"n{k}" for k in range(99)) + "&stage=rich&strategy=" + "x" * 999, catalogue)
    assert len(many.names) == MOST_FOLDERS and many.stage == "aligned" and len(many.strategy) <= 100
    assert link_of("open=a,a,,a", catalogue).names == ("a",) and link_of(None, catalogue).names == ()
    assert link_of("&&=;%%%open", catalogue).names == ()


def test_the_question_of_other_pages_goes_along(tmp_path):
    question = Question(members=80, stage="producing")
    link = link_of(f"{to_query(question)}&open=a,b", Catalogue(tmp_path))
    assert link.stage == "producing" and link.names == ("a", "b")
    assert from_query(link.query).question == question
    assert from_query(ResultsLink((), link.stage, "", link.rest).query).question == question


def test_whatever_is_asked_for_there_is_something_to_show_or_a_sentence(results):
    catalogue = Catalogue(results)
    assert load((), catalogue).list.entries
    for names in (("first",), ("first", "shorter"), ("swept", "future")):
        assert load(names, catalogue).state == "ready", names
    for names in (
        ("gone",),
        ("..",),
        ("first", "gone"),
        ("first", "torn"),
        ("half", "first"),
        ("away", "first"),
        ("damaged",),
    ):
        with pytest.raises(CatalogueError) as fault:
            load(names, catalogue)
        assert str(results / names[0]) not in str(fault.value)


def test_a_folder_is_read_again_only_if_it_has_changed(results, tmp_path, monkeypatch):
    for name in ("it", *(f"n{number}" for number in range(state.MOST_CACHED + 1))):
        shutil.copytree(results / "first", tmp_path / name)
    catalogue, read = Catalogue(tmp_path), []
    monkeypatch.setattr(state, "details_of", lambda catalogue, name: read.append(name))
    for _ in range(2):
        load(("it",), catalogue)
    assert read == ["it"]
    edited(tmp_path / "it", title="Another")
    load(("it",), catalogue)
    assert read == ["it", "it"]
    for number in range(state.MOST_CACHED + 1):
        load((f"n{number}",), catalogue)
    assert len(state._details) == state.MOST_CACHED
