"""One future stepped agent by agent: which one a link asks for, that it ends, and that it gives the compiled loop's bits."""

import importlib
import json
import threading
import time
from dataclasses import replace

import ipyvuetify
import pytest
import solara

from sim.dashboard.pages.inspect.state import (
    CHARTS,
    MOST_MEMBERS,
    SLIDERS,
    InspectedNetwork,
    built,
    mesa_parameters,
    network_of,
    slider,
    weekly_of,
)
from sim.dashboard.questions import Question, held, to_query
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.services import close_services
from sim.dashboard.shared.one_future import run_choice
from sim.dashboard.shared.templates import packed
from sim.inputs.scenario.errors import ScenarioError
from sim.lab.future import simulate
from sim.model.declarations import BY_KEY

SMALL = held(replace(Question(), members=20, years=1, futures=20))
QUERY = to_query(SMALL)


@pytest.fixture(autouse=True, scope="module")
def services_end():
    """What runs in the background ends with this module."""
    yield
    close_services()


def test_a_link_names_a_run_within_bounds():
    found = run_choice(f"{QUERY}&future=3&strategy=b")
    assert (found.question, found.key, found.future, found.notes) == (SMALL, "b", 3, ())
    assert run_choice(found.query) == found
    assert found.other(key="c").key == "c" and found.other(key="z").key == "b"
    assert [found.other(future=text).future for text in (7, "12", 99, -4, "x", None, 1e999)] == [7, 12, 19, 0, 3, 3, 3]
    bad = run_choice(f"{QUERY}&future=999999&strategy=<b>")
    assert (bad.key, bad.future) == ("a", 19) and len(bad.notes) == 2
    assert run_choice(None).notes == () and run_choice(None).future == 0


def test_a_large_network_is_made_smaller_with_a_note():
    found = run_choice("members=450", MOST_MEMBERS)
    assert found.question.members == MOST_MEMBERS and found.linked.members == 450 and "450 members" in found.notes[0]
    assert "members=450" in found.query
    own = run_choice("members=450&own=0123456789ab")
    with pytest.raises(ScenarioError, match="has 450 members; at most 200 can be stepped"):
        built(own, None, threading.Event())


@pytest.fixture(scope="module")
def stepped():
    """A run that was stepped beyond its end."""
    model, _ = built(run_choice(f"{QUERY}&future=3&strategy=b"), None, threading.Event())
    for _ in range(SMALL.weeks + 10):
        model.step()
    return model


def test_it_ends_at_the_horizon_with_the_bits_of_the_compiled_loop(stepped):
    record = simulate(scenario_of(SMALL), "b", seed=1, replicate=3)
    assert stepped.week == SMALL.weeks and not stepped.running and stepped.same and stepped.changed == []
    assert stepped.weekly.equals(record.weekly)
    now = network_of(stepped)
    assert {frozenset(tie[:2]) for tie in now.ties} == {frozenset(map(int, tie)) for tie in stepped_ties(stepped)}
    assert len(now.members) == record.weekly.members.iloc[-1] and now.week == now.weeks == 52
    assert {m.row for m in now.members} == {m.row for m in stepped.members}
    assert len({tuple(m.at) for m in now.members}) == len(now.members)
    drawn = {name: one for chart in weekly_of(stepped).charts for name, one in chart.series.items()}
    assert set(drawn) == {name for _, _, names in CHARTS for name in names}
    assert drawn["gifts"].y == record.weekly.gifts.to_list() and drawn["made"].y[-1] == record.weekly.outputs.sum()
    assert packed(now) and packed(weekly_of(stepped))


def stepped_ties(model):
    """Ties by Mesa's agents."""
    return {(one.row, other.row) for one in model.members for other in one.contacts}


def test_what_differs_from_the_compiled_loop_is_seen(stepped):
    kept = stepped.world.weekly[5].gifts
    stepped.world.weekly[5].gifts = kept + 1
    assert not stepped.same and not network_of(stepped).same
    stepped.world.weekly[5].gifts = kept
    assert stepped.same


def test_it_ends_when_its_visitor_has_gone():
    dropped = threading.Event()
    model, _ = built(run_choice(QUERY), None, dropped)
    model.step()
    dropped.set()
    model.step()
    assert model.week == 1 and not model.running


def test_sliders_change_parameters_and_the_change_is_listed():
    wanted = run_choice(QUERY)
    _, words = built(wanted, None, threading.Event())
    values = {key: one["value"] if isinstance(one, dict) else one for key, one in words.items()}
    model = InspectedNetwork(**values | {"trust__decay": 0.05})
    assert model.changed == [
        f"{BY_KEY['trust.decay'].label} (trust.decay): 0.05 instead of {BY_KEY['trust.decay'].default:g}"
    ]
    model.step()
    assert model.same


def test_a_slider_s_present_value_lies_on_its_steps():
    scenario = scenario_of(SMALL)
    words = mesa_parameters(run_choice(QUERY), scenario, threading.Event())
    for key in SLIDERS:
        one = words[key.replace(".", "__")]
        assert one["value"] == BY_KEY[key].default and one["min"] <= one["value"] <= one["max"]
        steps = (one["value"] - one["min"]) / one["step"]
        assert abs(steps - round(steps)) < 1e-6 and (one["max"] - one["min"]) / one["step"] >= 10
    assert slider(BY_KEY["giving.base"], -5.0)["min"] == -5.0


@pytest.mark.filterwarnings("ignore")
def test_mesa_s_page_steps_and_resets_and_opens_no_drawer():
    page = importlib.import_module("sim.dashboard.pages.inspect.page")
    run = built(run_choice(f"{QUERY}&future=3"), None, threading.Event())
    model = run.model
    _, rc = solara.render(page.Mesa(run), handle_error=False)
    try:
        until(lambda: weeks_shown(rc) == [0, 0])
        for _ in range(2):
            button(rc, "Step").click()
        until(lambda: weeks_shown(rc) == [2, 2])
        assert model.week == 2 and rc.find(ipyvuetify.NavigationDrawer).widgets == []
        button(rc, "Reset").click()
        until(lambda: weeks_shown(rc) == [0, 0])
        assert model.week == 2
    finally:
        rc.close()


def button(rc, label):
    """The button of a rendered page with a label."""
    return next(one for one in rc.find(ipyvuetify.Btn).widgets if label in (one.children or []))


def weeks_shown(rc):
    """The week that the network and the charts show."""
    (grid,) = rc.find(solara.widgets.GridLayout).widgets
    return [json.loads(one.now)["week"] for one in grid.items]


def until(condition, seconds=240):
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "timed out"
        time.sleep(0.02)
