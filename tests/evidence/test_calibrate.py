"""Calibration: misfit, a search that repeats and never does worse than the current settings, and tuning seeds only."""

import json

import pytest

from sim.evidence import calibrate
from sim.evidence.seeds import TUNING_SEED, VALIDATION_SEED
from sim.evidence.targets import eies
from sim.evidence.targets.target_catalogue import BY_NAME

SMALL = calibrate.Problem(
    "eies", (calibrate.free("members.activity_sigma", 0.3, 1.6), calibrate.free("hub_share", 0.05, 0.6)),
    ("eies_top_3", "eies_organiser"), ("eies_met_density",),
)  # fmt: skip


def quiet(number, best):
    """Report no progress."""


def test_misfit_is_zero_on_the_figure_and_one_at_the_end_of_a_range():
    top, attrition = BY_NAME["eies_top_3"], BY_NAME["attrition"]
    assert calibrate.misfit(top, top.observed) == 0.0
    assert calibrate.misfit(top, 1.1 * top.observed) == pytest.approx(1.0)
    assert calibrate.misfit(attrition, 0.28) == pytest.approx(0.0)
    assert calibrate.misfit(attrition, 0.20) == pytest.approx(1.0)
    assert calibrate.misfit(attrition, float("inf")) == calibrate.MISSING


def test_the_search_repeats_and_is_at_least_as_good_as_the_current_settings():
    data = eies.stand_in()
    once, again = (calibrate.search(SMALL, 6, TUNING_SEED, 3, data, quiet) for _ in range(2))
    assert once == again
    now = calibrate.present(SMALL)
    assert calibrate.loss(SMALL, once, data, 3, TUNING_SEED) <= calibrate.loss(SMALL, now, data, 3, TUNING_SEED)
    assert all(low <= once[key] <= high for key, low, high in SMALL.free)


def test_what_is_far_from_the_data_costs_more():
    data = eies.stand_in()
    near, far = (
        calibrate.loss(SMALL, {**calibrate.present(SMALL), "members.activity_sigma": sigma}, data, 4, TUNING_SEED)
        for sigma in (1.5, 0.1)
    )
    assert far > near


def test_departures_are_counted_from_the_current_settings():
    now = calibrate.present(calibrate.DEFAULTS)
    assert calibrate.departure(calibrate.DEFAULTS, now) == 0.0
    key = calibrate.DEFAULTS.free[0].key
    assert calibrate.departure(calibrate.DEFAULTS, {**now, key: now[key] + 0.1}) > 0.0


INFORMED_A_RULE = {"coalitions"}
"""Not fitted, but a rule was changed because of it."""


@pytest.mark.parametrize("problem", calibrate.PROBLEMS.values(), ids=lambda problem: problem.name)
def test_a_problem_keeps_out_what_it_does_not_fit(problem):
    assert not set(problem.fit) & set(problem.kept_out)
    assert all(BY_NAME[name].in_fit for name in problem.fit)
    assert not any(BY_NAME[name].in_fit for name in problem.kept_out if name not in INFORMED_A_RULE)
    now = calibrate.present(problem)
    assert all(one.low <= now[one.key] <= one.high for one in problem.free)


def test_the_command_reports_both_sets_of_seeds(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(eies.ENVIRONMENT, raising=False)
    monkeypatch.setitem(calibrate.PROBLEMS, "eies", SMALL)
    assert calibrate.main(["--problem", "eies", "--trials", "2", "--replicates", "2"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["start"] == "generated"
    assert told["tuning"]["now"]["seed"] == TUNING_SEED and told["validation"]["now"]["seed"] == VALIDATION_SEED
    assert set(told["proposed"]) == {one.key for one in SMALL.free}
    for part in ("tuning", "validation"):
        assert told[part]["proposed"]["loss"] >= 0.0
        assert set(told[part]["now"]["kept_out"]) == {"eies_met_density"}


def test_seeds_that_are_not_for_tuning_are_refused(capsys):
    with pytest.raises(SystemExit) as end:
        calibrate.main(["--seed", str(VALIDATION_SEED)])
    assert end.value.code == 2
    assert "not a tuning seed" in capsys.readouterr().err
