"""Calibration: misfit, a reproducible search that never does worse than the current settings, tuning seeds."""

import json

import pytest

from sim.evidence import calibrate
from sim.evidence.seeds import TUNING_SEED, VALIDATION_SEED
from sim.evidence.targets import eies
from sim.evidence.targets.target_catalogue import BY_NAME

SMALL = calibrate.Problem(
    "eies", (calibrate.free("members.activity_sigma", 0.3, 1.6), calibrate.free("organiser_activity", 1.0, 20.0)),
    ("eies_top_3", "eies_organiser"), ("eies_met_density",),
)  # fmt: skip


def quiet(number, best):
    """Report no progress."""


def test_misfit_is_zero_at_the_figure_and_one_at_the_end_of_its_range():
    top, attrition = BY_NAME["eies_top_3"], BY_NAME["attrition"]
    assert calibrate.misfit(top, top.observed) == 0.0
    assert calibrate.misfit(top, 1.1 * top.observed) == pytest.approx(1.0)
    assert calibrate.misfit(attrition, 0.28) == pytest.approx(0.0)
    assert calibrate.misfit(attrition, 0.20) == pytest.approx(1.0)
    assert calibrate.misfit(attrition, float("inf")) == calibrate.MISSING


def test_the_search_is_reproducible_and_at_least_as_good_as_the_current_settings():
    data = eies.stand_in()
    once, again = (calibrate.search(SMALL, 6, TUNING_SEED, 3, data, quiet) for _ in range(2))
    assert once == again
    now = calibrate.present(SMALL)
    assert calibrate.loss(SMALL, once, data, 3, TUNING_SEED) <= calibrate.loss(SMALL, now, data, 3, TUNING_SEED)
    assert all(low <= once[key] <= high for key, low, high in SMALL.free)


def test_misfit_rises_with_distance_from_the_data():
    data = eies.stand_in()
    near, far = (
        calibrate.loss(SMALL, {**calibrate.present(SMALL), "members.activity_sigma": sigma}, data, 4, TUNING_SEED)
        for sigma in (1.5, 0.1)
    )
    assert far > near


def test_deviations_are_measured_from_the_current_settings():
    now = calibrate.present(calibrate.DEFAULTS)
    assert calibrate.departure(calibrate.DEFAULTS, now) == 0.0
    key = calibrate.DEFAULTS.free[0].key
    assert calibrate.departure(calibrate.DEFAULTS, {**now, key: now[key] + 0.1}) > 0.0


INFORMED_A_RULE = {"coalitions"}
"""Not fitted, but a rule was changed because of it."""


@pytest.mark.parametrize("problem", calibrate.PROBLEMS.values(), ids=lambda problem: problem.name)
def test_a_problem_excludes_held_out_targets(problem):
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
    report = json.loads(capsys.readouterr().out)
    assert report["start"] == "generated"
    assert report["tuning"]["now"]["seed"] == TUNING_SEED and report["validation"]["now"]["seed"] == VALIDATION_SEED
    assert set(report["proposed"]) == {one.key for one in SMALL.free}
    for part in ("tuning", "validation"):
        assert report[part]["proposed"]["loss"] >= 0.0
        assert set(report[part]["now"]["kept_out"]) == {"eies_met_density"}


def test_seeds_not_reserved_for_tuning_raise_errors(capsys):
    with pytest.raises(SystemExit) as end:
        calibrate.main(["--seed", str(VALIDATION_SEED)])
    assert end.value.code == 2
    assert "not a tuning seed" in capsys.readouterr().err
