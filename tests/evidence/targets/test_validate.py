"""`gennet validate`: output format, determinism, messages, saved files, separate seeds."""

import inspect
import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.cli import app as cli
from sim.evidence import seeds
from sim.evidence.charts.target_chart import target_figure
from sim.evidence.targets import eies
from sim.evidence.targets.counting import Counted
from sim.evidence.targets.target_catalogue import BY_NAME, TARGETS
from sim.evidence.targets.validate import chosen, judge, run_experiments, score, validate
from sim.lab.results import json_text, read_manifest

KEYS = {"target", "source", "observed", "median", "interval90", "inside", "in_fit"}


def call(*arguments):
    return CliRunner().invoke(cli.app, ["validate", *arguments])


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """Return a working folder without the data."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.delenv("GENNET_EIES", raising=False)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture(scope="module")
def everything():
    """Return the results of all targets on a few futures."""
    return validate(replicates=3, seed=5)


def test_json_is_a_list_of_complete_objects():
    result = call("--json", "--replicates", "2")
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    assert len(rows) == len(TARGETS) >= 50
    for row in rows:
        assert set(row) >= KEYS
        assert isinstance(row["inside"], bool) and isinstance(row["in_fit"], bool)
        assert len(row["interval90"]) == 2
        assert row["start"] == ("data" if row["experiment"] in ("club", "alone") else "generated")
        assert {"interval_score", "crps", "skill"} <= set(row)
    assert "stand-in" in result.stderr


def test_results_depend_on_the_seed_only(everything):
    again = validate(replicates=3, seed=5, jobs=1)
    assert json_text([one.summary() for one in again]) == json_text([one.summary() for one in everything])
    other = validate(replicates=3, seed=6)
    assert [one.values for one in other] != [one.values for one in everything]


def test_a_result_does_not_depend_on_other_targets(everything):
    alone = validate(replicates=3, seed=5, only=["session", "eies_top_3"])
    assert [one.target.name for one in alone] == ["session", "eies_top_3"]
    whole = {one.target.name: one for one in everything}
    for one in alone:
        assert (one.median, one.low, one.high) == pytest.approx(
            (whole[one.target.name].median, whole[one.target.name].low, whole[one.target.name].high), nan_ok=True
        )


def test_an_experiment_selects_its_targets():
    assert {target.experiment for target in chosen(["club"])} == {"club"}
    assert chosen([]) == TARGETS
    with pytest.raises(ValueError, match="unheard"):
        chosen(["unheard"])


def test_a_result_is_the_median_of_futures_or_the_pooled_share():
    futures = [{"attrition": value} for value in (0.1, 0.2, 0.3)]
    assert judge(BY_NAME["attrition"], futures, 1, True).median == 0.2
    counts = [{"sustained": Counted(hit, 1.0)} for hit in (1.0, 0.0, 1.0, 0.0)]
    judged = judge(BY_NAME["coalitions"], counts, 1, True)
    assert judged.median == 0.5 and judged.values == (1.0, 0.0, 1.0, 0.0)


def test_results_outside_the_range_give_a_reason(everything):
    rows = [one.summary() for one in everything]
    for row in rows:
        if not row["inside"] and row["target"] != "people_talked_to":
            assert row["why"] or row["note"] or row["kind"] == "direction" or row["experiment"] == "eies", row["target"]
        if row["inside"]:
            assert row["why"] == ""


def test_the_score_counts_fitted_and_held_out_targets_separately(everything):
    counts = score(everything)
    assert counts["targets"] == counts["kept_out"] + counts["in_fit"] == len(TARGETS)
    assert counts["inside"] == counts["kept_out_inside"] + counts["in_fit_inside"]


def test_stopping_keeps_only_complete_sets():
    done = []
    judged = run_experiments(
        ["convening", "coalition"],
        eies.stand_in(),
        50,
        5,
        progress=lambda n, _: done.append(n),
        stopped=lambda: len(done) >= 9,
    )
    assert len(judged["convening"]) == len(judged["coalition"]) < 50
    assert validate(replicates=5, stopped=lambda: True) == []


def test_text_output_is_a_table_with_reasons():
    result = call("--replicates", "2", "--only", "coalitions,directors")
    assert result.exit_code == 0
    assert "NORC" in result.stdout and "outside" in result.stdout
    assert "Inside: " in result.stdout and "possible reasons" in result.stdout


def test_a_folder_gets_table_figure_and_manifest():
    result = call("--replicates", "2", "--only", "directors,people_talked_to", "--out", "kept")
    assert result.exit_code == 0, result.output
    table = pd.read_csv("kept/targets.csv")
    assert table["target"].tolist() == ["directors", "people_talked_to"]
    assert {"observed", "median", "low", "high", "inside", "in_fit", "source"} <= set(table)
    assert matplotlib.image.imread("kept/figures/evidence.png").std() > 0.05
    manifest = read_manifest(Path("kept"))
    assert manifest is not None and manifest["command"] == "validate" and manifest["stop_reason"] == "finished"
    refused = call("--replicates", "2", "--only", "directors", "--out", "kept")
    assert refused.exit_code == 2 and "--out" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--only", "directers"), "did you mean directors"),
        (("--only", ","), "--only names nothing"),
        (("--replicates", "1"), "allowed are 2 to"),
        (("--data", "nowhere"), "has no members.csv"),
    ],
)
def test_invalid_input_gives_one_message(arguments, words):
    result = call(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr and "Traceback" not in result.output


def test_overrides_reach_an_experiment():
    few = validate(3, 5, ["people_talked_to"], overrides={"convening": {"meeting.circle": 10.0}})
    assert few[0].median == pytest.approx(10.0, rel=0.2) and not few[0].inside


def test_the_figure_accepts_any_selection_of_targets(everything):
    for some in (everything, everything[:1], [one for one in everything if one.target.kind == "direction"]):
        assert len(target_figure(some, "title").axes) >= 1
    never = replace(everything[0], median=np.inf, low=np.nan, high=np.nan)
    assert target_figure([never], "title").axes
    with pytest.raises(ValueError, match="no targets"):
        target_figure([], "title")


def test_the_club_gets_a_figure_of_its_own():
    result = call("--replicates", "2", "--only", "club", "--out", "kept")
    assert result.exit_code == 0, result.output
    assert matplotlib.image.imread("kept/figures/club.png").std() > 0.05


def test_a_majority_reports_each_person(everything):
    judged = next(one for one in everything if one.target.name == "club")
    assert len(judged.people) == 34 and all(0.0 <= share <= 1.0 for share in judged.people)
    assert judged.median == np.mean([share > 0.5 for share in judged.people])


def test_purposes_have_separate_seeds():
    spans = {purpose: range(first, first + seeds.SPAN) for purpose, first in seeds.FIRST.items()}
    for one, other in combinations(spans.values(), 2):
        assert not set(one) & set(other)
    assert seeds.purpose_of(seeds.TUNING_SEED) == "tuning"
    assert seeds.purpose_of(seeds.VERDICTS_FROM + seeds.SPAN - 1) == "verdicts"
    assert seeds.purpose_of(1) is None


def test_the_default_seed_is_a_validation_seed():
    from sim.cli.commands import validate_command

    assert inspect.signature(validate_command.validate).parameters["seed"].default == seeds.VALIDATION_SEED
    assert inspect.signature(validate_command.validate).parameters["replicates"].default == 200


def test_ranges_below_zero_are_readable():
    from sim.cli.commands import validate_command

    text = validate_command.simulated_text(SimpleNamespace(median=-0.17, low=-0.35, high=-0.08))
    assert text == "\u22120.17 (\u22120.35 to \u22120.08)"
    assert validate_command.short(float("-inf")) == "\u2212never" and validate_command.short(1234.4) == "1,234"
