"""Comparisons: paired futures, restricted weeks for censored stages, and the reported numbers."""

import numpy as np
import pytest

from sim.inputs.scenario import ScenarioError
from sim.lab.comparison import BANDS, DIFFERENCES, assembled, compare, run_task, tasks_of
from sim.lab.future import run_future
from sim.lab.results import json_ready
from sim.model.outcomes import OUTCOMES, STAGES_REACHED
from tests.model.scenarios_for_tests import scenario

WEAVER = {
    "hours": 12.0,
    "connect": {"close_triads": 0.5, "engage_unconnected": 0.5},
    "align_week": 60,
    "produce_week": 60,
}


@pytest.fixture(scope="module")
def comparison():
    """Compare no coordinator with a weaver on ten paired futures."""
    return compare(scenario(40, 24, WEAVER), replicates=10, seed=3, renewal=False)


def test_runs_match_single_futures(comparison):
    one = scenario(40, 24, WEAVER)
    for strategy, replicate in (("none", 0), ("it", 7)):
        alone = run_future(one, strategy, 3, replicate, renewal=False)
        row = comparison.of(strategy).iloc[replicate]
        assert (row.strategy, row.seed, row.replicate) == (strategy, 3, replicate)
        for outcome in OUTCOMES:
            assert row[outcome.name] == pytest.approx(alone.outcomes[outcome.name], nan_ok=True), outcome.name
        band = comparison.bands[strategy][replicate]
        expected = np.stack([alone.world.weekly[name] for name in BANDS], axis=-1)
        assert np.allclose(band, expected.astype(np.float32), equal_nan=True)


def test_the_first_strategy_is_the_baseline(comparison):
    assert comparison.strategies == ("none", "it") and comparison.baseline == "none" and comparison.replicates == 10
    turned = compare(comparison.scenario, 3, 3, ["it", "none"], renewal=False)
    assert turned.baseline == "it"


def test_differences_are_paired_by_future(comparison):
    rows = {row.outcome: row for row in comparison.differences("it")}
    assert set(rows) == {f"{stage}_weeks" for stage in STAGES_REACHED} | set(DIFFERENCES)
    a, b = (comparison.of(name)["mean_degree"].to_numpy() for name in ("it", "none"))
    row = rows["mean_degree"]
    assert row.mean == pytest.approx((a - b).mean()) and row.ci95[0] <= row.mean <= row.ci95[1]
    assert row.variance_ratio == pytest.approx((a.var(ddof=1) + b.var(ddof=1)) / (a - b).var(ddof=1))
    weeks = {name: np.nan_to_num(comparison.weeks(name, "connected"), nan=40.0) for name in ("it", "none")}
    assert rows["connected_weeks"].mean == pytest.approx((weeks["it"] - weeks["none"]).mean())


def test_unreached_stages_are_censored_not_excluded(comparison):
    stage = comparison.stage_summary("none", "generative")
    assert stage.reached == 0.0 and stage.rmst_weeks == pytest.approx(40.0) and stage.median_weeks is None


def test_the_summary_is_complete(comparison):
    summary = comparison.summary
    assert [s.name for s in summary.strategies] == ["none", "it"] and summary.replicates == 10
    woven = summary.strategies[1]
    assert woven.cost == pytest.approx(40 * 12 * 50) and summary.strategies[0].cost == 0
    assert woven.renewed is None and woven.renewal_tested == 0
    assert len(comparison.verdicts) == len(STAGES_REACHED) and all(
        isinstance(line, str) and line for line in comparison.verdicts
    )


def test_the_tables_match_the_summary(comparison):
    tables, summary = comparison.tables, json_ready(comparison.summary)
    assert list(tables) == ["strategies", "stages", "differences"]
    for row, one in zip(tables["strategies"].to_dict("records"), summary["strategies"], strict=True):
        assert row["strategy"] == one["name"] and row["cost"] == one["cost"]
        assert row["outputs_advocacy"] == one["outputs_by_kind"]["advocacy"]
    stage = tables["stages"].set_index(["strategy", "stage"]).loc[("it", "connected")]
    expected = summary["strategies"][1]["stages"]["connected"]
    assert [stage.reached_ci95_low, stage.reached_ci95_high] == expected["reached_ci95"]
    assert tables["differences"]["mean"].tolist() == [row["mean"] for row in summary["differences"]]
    assert not compare(comparison.scenario, 2, 3, ["it"], renewal=False).tables["differences"].size


def test_a_stopped_comparison_keeps_the_numbers_of_its_replicates(comparison):
    tasks = tasks_of(("none", "it"), 4)
    results = {k: run_task(comparison.scenario, 3, task, False) for k, task in enumerate(tasks) if task != ("it", 1)}
    part = assembled(comparison.scenario, 3, ("none", "it"), results)
    assert part.of("it")["replicate"].tolist() == [0, 2, 3] and sorted(set(part.weekly["replicate"])) == [0, 2, 3]


def test_the_long_table_has_every_week_of_every_run(comparison):
    table = comparison.weekly
    assert len(table) == 2 * 10 * 40 and table.week.min() == 1 and table.week.max() == 40
    row = table[(table.strategy == "it") & (table.replicate == 4) & (table.week == 17)].iloc[0]
    assert row.mean_degree == comparison.bands["it"][4, 16, BANDS.index("mean_degree")]


def test_results_do_not_depend_on_the_number_of_threads(comparison):
    alone = compare(comparison.scenario, replicates=10, seed=3, renewal=False, jobs=1)
    assert alone.runs.equals(comparison.runs)


def test_progress_is_reported_and_stopping_keeps_complete_futures():
    reports = []
    one = scenario(10, 12, WEAVER)
    part = compare(
        one,
        30,
        1,
        jobs=1,
        renewal=False,
        progress=lambda k, n: reports.append((k, n)),
        stopped=lambda: len(reports) >= 9,
    )
    assert reports[0] == (1, 60) and [k for k, _ in reports] == list(range(1, len(reports) + 1))
    assert 2 <= part.replicates < 30 and len(part.runs) == 2 * part.replicates
    whole = compare(one, part.replicates, 1, renewal=False)
    assert part.runs.equals(whole.runs)
    with pytest.raises(ValueError, match="stopped"):
        compare(one, 30, 1, jobs=1, stopped=lambda: True)


def test_invalid_arguments_raise_errors():
    one = scenario(10, 12)
    with pytest.raises(ScenarioError):
        compare(one, 2, strategies=["none", "nobody"])
    for wrong, words in (
        ({"replicates": 1}, "replicates is 1; allowed are whole numbers from 2 to 100,000"),
        ({"replicates": 10**9}, "replicates is 1000000000"),
        ({"seed": -1}, "seed is -1"),
        ({"jobs": 0}, "jobs is 0; allowed are whole numbers from 1"),
        ({"strategies": "none"}, "allowed is a list of names"),
        ({"strategies": []}, "one or more names"),
        ({"strategies": ["none", "none"]}, "each once"),
    ):
        with pytest.raises(ValueError, match=words):
            compare(one, **{"replicates": 2, **wrong})
    with pytest.raises(TypeError, match=r"replicates is a float \(2\.5\)"):
        compare(one, 2.5)


def test_what_notebooks_show_is_short(comparison):
    assert repr(comparison) == "<Comparison of none, it: 10 futures, seed 3>"
    html = comparison._repr_html_()
    assert html.startswith("<p>&lt;Comparison of none, it") and html.count("<tr") == 4 and len(html) < 2000
