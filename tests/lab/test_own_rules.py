"""Rules and measures of one's own, in single runs, comparisons and sweeps; the Mesa model's record is that of `simulate`."""

from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

from sim import Coordinator, GenerativeNetwork, Measure, Member, compare, simulate, sweep
from sim.cli.app import app
from sim.lab import own_rules
from sim.lab.experiment.reading import read_results
from sim.lab.own_rules import OwnRules
from sim.lab.results import ResultsError
from sim.model.world import state_hash
from tests.lab.experiment.worlds import small, sweep_a_few
from tests.model.scenarios_for_tests import EASY, scenario

WEAVER = {"hours": 12.0, "connect": {"close_triads": 0.5, "engage_unconnected": 0.5}}


class Idle(Member):
    """Gives nothing."""

    def give(self):
        pass


class Same(Member):
    """Overrides nothing."""


pytestmark = pytest.mark.usefixtures("outcomes_as_before")


def isolates(record):
    return sum(degree == 0 for _, degree in record.network.degree)


MEASURES = {"isolates": Measure(isolates, better="less", label="members without a tie", unit="members")}


def test_a_class_that_overrides_nothing_gives_the_same_run_and_record():
    one = scenario(10, 14, WEAVER)
    plain, stepped = (simulate(one, "it", 3, ledger=True, member_class=kind) for kind in (None, Same))
    assert state_hash(plain.world) == state_hash(stepped.world)
    assert {key: value for key, value in plain.outcomes.items() if value == value} == {
        key: value for key, value in stepped.outcomes.items() if value == value
    }
    pd.testing.assert_frame_equal(plain.events, stepped.events)
    pd.testing.assert_frame_equal(plain.ledger, stepped.ledger)
    assert list(plain.before.edges) == list(stepped.before.edges)


@pytest.mark.parametrize("weeks", [36, 26], ids=["before the horizon", "past the horizon"])
def test_a_stepped_network_has_the_outcomes_events_cost_and_renewal_of_a_record(monkeypatch, weeks):
    """With years of four weeks, in a network that becomes generative early."""
    one = scenario(weeks, 20, {"hours": 20.0, "align_week": 4, "produce_week": 8}, stages__hold=2.0, **EASY)
    for module in ("sim.lab.future", "sim.lab.generative_network"):
        monkeypatch.setattr(f"{module}.YEAR", 4)
    record = simulate(one, "it", 3)
    model = GenerativeNetwork(one, "it", rng=3, renewal=True)
    with pytest.raises(RuntimeError, match=f"complete after week {weeks}; this is week 0"):
        print(model.outcomes)
    while model.running:
        model.step()
    assert record.outcomes["renewed"] in (0, 1), "the network becomes generative"
    assert model.outcomes == pytest.approx(dict(record.outcomes), nan_ok=True)
    pd.testing.assert_frame_equal(model.events, record.events)
    assert model.outcomes["cost"] > 0


def test_a_comparison_takes_own_classes_and_measures():
    one = scenario(10, 14, WEAVER)
    model, idle = (
        compare(one, 2, 3, ["none", "it"], renewal=False, worlds=2, member_class=kind, measures=MEASURES)
        for kind in (None, Idle)
    )
    assert model.of("none")["gifts"].sum() > idle.of("none")["gifts"].sum() == 0
    for one in (model, idle):
        assert "isolates" in one.runs and "isolates" in one.tables["strategies"]
        (difference,) = [row for row in one.summary.differences if row.outcome == "isolates"]
        (over,) = [row for row in one.summary.worlds if row.outcome == "isolates"]
        assert difference.mean == pytest.approx(one.of("it")["isolates"].mean() - one.of("none")["isolates"].mean())
        assert over.better + over.worse + over.unclear == pytest.approx(1)
        assert one.summary.strategies[0].measures["isolates"] == one.of("none")["isolates"].mean()
    record = simulate(model.scenario, "it", 3, 1, measures={"isolates": isolates})
    assert record.outcomes["isolates"] == model.of("it")["isolates"].iloc[1]


def test_fewer_isolates_are_better_where_the_measure_says_so():
    from sim.lab.comparison import Comparison
    from sim.lab.own_rules import OwnRules

    own = OwnRules.of(measures=MEASURES)
    runs = pd.DataFrame(
        {"world": w, "strategy": name, "replicate": k, "isolates": 9.0 + w - 3 * (name == "it")}
        for w in range(8)
        for k in range(2)
        for name in ("none", "it")
    )
    made_up = Comparison(scenario(10, 12, WEAVER), 1, ("none", "it"), pd.DataFrame(), {}, worlds=runs, own=own)
    assert made_up.over_worlds("it", "none", "isolates").better == pytest.approx(1, abs=0.01)


def test_the_fingerprint_of_rules_is_computed_once(monkeypatch):
    """Source is parsed for it, which several threads cannot do at the same time."""
    rules = OwnRules.of(member_class=Idle, measures=MEASURES)
    read = []
    monkeypatch.setattr(own_rules.inspect, "getsource", lambda thing: read.append(thing) or "source")
    first = rules.fingerprint
    number = len(read)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: rules.fingerprint, range(64))) == {first}
    assert len(read) == number > 0


def test_a_sweep_with_own_classes_is_stored_resumed_and_reported(tmp_path):
    experiment = small(samples=2, replicates=2, weeks=6)
    whole = sweep(experiment, tmp_path / "whole", member_class=Idle, measures=MEASURES)
    assert (
        whole.complete
        and not whole.runs.query("strategy == 'none'")["gifts"].any()
        and whole.runs["isolates"].notna().all()
    )
    options = {"member_class": Idle, "measures": MEASURES}
    part = sweep_a_few(experiment, tmp_path / "part", **options)
    assert 0 < len(part.runs) < len(whole.runs)
    resumed = sweep(experiment, tmp_path / "part", **options)
    pd.testing.assert_frame_equal(resumed.runs, whole.runs)
    with pytest.raises(ResultsError):
        sweep(experiment, tmp_path / "part", measures=MEASURES)
    again = read_results(tmp_path / "whole")
    assert "isolates" in again.experiment["outcomes"] and again.experiment["own"]["measures"][0]["better"] == "less"
    with pytest.raises(SystemExit) as ended:
        app(["report", str(tmp_path / "whole")])
    assert not ended.value.code
    assert "members without a tie" in (tmp_path / "whole" / "report.html").read_text()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"member_class": Coordinator}, "a subclass of sim.Member is needed"),
        ({"measures": {"outputs": isolates}}, "no name of the model's own outcomes"),
        ({"measures": {"Big": isolates}}, "small letters"),
        ({"measures": {"three": 3}}, "a function of a record is needed"),
        ({"measures": {"words": lambda record: "many"}}, "returned 'many'; a number is needed"),
    ],
)
def test_wrong_rules_and_measures_are_refused(options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        simulate(scenario(2, 10), "none", **options)
    with pytest.raises(ValueError, match="allowed are 'more', 'less'"):
        Measure(isolates, better="most")
