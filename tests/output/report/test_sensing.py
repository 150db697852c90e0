"""`gennet sensitivity`: tables, JSON, files, and refusals."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.cli.app import app
from sim.lab.analysis.sensitivity import sensitivity
from sim.lab.experiment.reading import read_results
from tests.output.report.sweeps import write_sweep


@pytest.fixture(scope="module")
def sobol(tmp_path_factory):
    return write_sweep(tmp_path_factory.mktemp("s") / "sobol", kind="sobol", samples=32)


def run(*arguments):
    return CliRunner().invoke(app, ["sensitivity", *map(str, arguments)])


def test_table_files_and_json_say_the_same(sobol, tmp_path):
    out = tmp_path / "out"
    result = run(sobol, "--strategy", "mass", "--against", "none", "--json", "--out", out)
    assert result.exit_code == 0, result.output
    analyses = json.loads(result.stdout)["analyses"]
    assert len(analyses) == 1 and (analyses[0]["strategy"], analyses[0]["against"]) == ("mass", "none")
    results = read_results(sobol)
    found = sensitivity(results.runs, results.experiment, "outputs", "mass", "none")
    assert [row["factor"] for row in analyses[0]["rows"]] == [row.factor for row in found.rows]
    assert analyses[0]["rows"][0]["total"]["mean"] == pytest.approx(found.rows[0].total.mean)
    table = pd.read_csv(out / "outputs-mass-minus-none.csv")
    assert table["total"].to_numpy() == pytest.approx(found.table["total"].to_numpy())
    assert (out / "outputs-mass-minus-none.svg").exists() and (out / "outputs-mass-minus-none.png").exists()


@pytest.mark.slow
def test_every_strategy_is_analysed_unless_one_is_named(sobol):
    result = run(sobol)
    assert result.exit_code == 0, result.output
    for name in ("none", "weave <b>", "mass"):
        assert f"Outputs, {name}" in result.output
    assert "luck:" in result.output and "trust.decay" in result.output
    assert (sobol / "sensitivity" / "outputs-mass.csv").exists()


def test_morris_has_mu_star_and_sigma(tmp_path):
    folder = write_sweep(tmp_path / "m", kind="morris", samples=8)
    result = run(folder, "--strategy", "mass")
    assert result.exit_code == 0 and "μ*" in result.output and "σ" in result.output


def test_any_random_sample_has_pawn_distances(tmp_path):
    folder = write_sweep(tmp_path / "l", samples=60)
    result = run(folder, "--strategy", "mass", "--json", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    payload = json.loads(result.stdout)
    assert payload["analyses"] == [] and len(payload["pawn"]) == 1
    rows = payload["pawn"][0]["rows"]
    assert (rows[0]["factor"], rows[0]["clear"]) == ("trust.decay", True)
    assert all(row["clear"] == (row["distance"] > payload["pawn"][0]["noise"]) for row in rows)
    table = pd.read_csv(tmp_path / "out" / "pawn-outputs-mass.csv")
    assert table["pawn"].to_numpy() == pytest.approx([row["distance"] for row in rows])
    assert (tmp_path / "out" / "pawn-outputs-mass.svg").exists()
    assert "above noise" in run(folder, "--strategy", "mass").output


def test_a_sobol_design_has_both_and_a_small_one_says_why_not(sobol, tmp_path):
    words = " ".join(run(sobol, "--strategy", "mass", "--out", tmp_path).output.split())
    assert "with others (total)" in words and "PAWN distance" in words
    small = write_sweep(tmp_path / "small", kind="sobol", samples=8)
    words = " ".join(run(small, "--strategy", "mass").output.split())
    assert "No PAWN distances: PAWN needs 60 worlds drawn at random or more; 16 are done." in words


def test_what_cannot_be_is_refused(sobol, tmp_path):
    lhs, grid = write_sweep(tmp_path / "l", samples=5), write_sweep(tmp_path / "g", kind="grid", samples=5)
    cases = [
        ((lhs,), "60 worlds drawn at random or more; 5 are done"),
        ((grid,), 'the design "grid" of this sweep'),
        ((sobol, "--outcome", "output"), "'output' is unknown"),
        ((sobol, "--outcome", "renewed"), "missing in"),
        ((sobol, "--strategy", "nobody"), "--strategy: 'nobody' is unknown"),
        ((sobol, "--strategy", "mass", "--against", "mass"), "the strategy itself"),
        ((tmp_path / "none",), "no such folder"),
        ((sobol, "--out", sobol / "manifest.json" / "x"), "cannot be written"),
    ]
    for arguments, said in cases:
        result = run(*arguments)
        assert (result.exit_code, said in " ".join(result.output.split())) == (2, True), result.output
