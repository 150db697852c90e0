"""What a link to the page of results asks for, and what is loaded for it."""

from hypothesis import given
from hypothesis import strategies as some

from sim.dashboard.folders.beside import MOST
from sim.dashboard.folders.loading import load
from sim.dashboard.folders.shelf import Shelf
from sim.dashboard.folders.wanted import Wanted, wanted_of
from sim.dashboard.links import from_query, to_query
from sim.dashboard.questions import Question
from sim.model.outcomes import STAGES_REACHED

NAMES = some.lists(some.text("abc-, .é/&=", min_size=1, max_size=9), unique=True, max_size=MOST)


@given(NAMES, some.sampled_from(STAGES_REACHED), some.text(max_size=20))
def test_a_link_reproduces_what_it_was_made_from(tmp_path_factory, names, stage, strategy):
    shelf = Shelf(tmp_path_factory.getbasetemp())
    # Folders with a comma in their name are told from two folders by whether they are there.
    kept = tuple(name for name in names if "," not in name)
    wanted = Wanted(kept, stage, strategy, (("members", "40"), ("a", "mass")))
    found = wanted_of(wanted.query, shelf)
    assert found.names == kept and found.rest == wanted.rest and found.stage == stage
    assert found.strategy == (strategy if kept else "")


def test_a_name_with_a_comma_is_one_folder_where_there_is_one(tmp_path):
    (tmp_path / "a,b").mkdir()
    shelf = Shelf(tmp_path)
    assert wanted_of("open=a,b", shelf).names == ("a,b",) and wanted_of("open=c,d", shelf).names == ("c", "d")
    wanted = Wanted(("a,b", "c"))
    assert wanted_of(wanted.query, shelf).names == ("a,b", "c")


def test_links_are_held_in_bounds(tmp_path):
    shelf = Shelf(tmp_path)
    many = wanted_of("open=" + ",".join(f"n{k}" for k in range(99)) + "&stage=rich&strategy=" + "x" * 999, shelf)
    assert len(many.names) == MOST and many.stage == "aligned" and len(many.strategy) <= 100
    assert wanted_of("open=a,a,,a", shelf).names == ("a",) and wanted_of(None, shelf).names == ()
    assert wanted_of("&&=;%%%open", shelf).names == ()


def test_the_question_of_other_pages_goes_along(tmp_path):
    question = Question(members=80, stage="producing")
    wanted = wanted_of(f"{to_query(question)}&open=a,b", Shelf(tmp_path))
    assert wanted.stage == "producing" and wanted.names == ("a", "b")
    assert from_query(wanted.query).question == question
    assert from_query(Wanted((), wanted.stage, "", wanted.rest).query).question == question


def test_whatever_is_asked_for_there_is_something_to_show_or_a_sentence(results):
    shelf = Shelf(results)
    assert load((), shelf).told["entries"]
    for names in (("first",), ("first", "shorter"), ("swept", "future")):
        assert load(names, shelf).state == "ready", names
    for names in (
        ("gone",),
        ("..",),
        ("first", "gone"),
        ("first", "torn"),
        ("half", "first"),
        ("away", "first"),
        ("damaged",),
    ):
        found = load(names, shelf)
        assert found.state == "fault" and found.text and "fault in the program" not in found.text, names
        assert str(results / names[0]) not in found.text
