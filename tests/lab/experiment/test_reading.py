"""Reading results: labels and units in the schema, the data dictionary, pandas, polars, DuckDB."""

import json

import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from sim import sweep
from sim.cli.app import app
from sim.lab.experiment.designs import Factor
from sim.lab.experiment.reading import read_results
from sim.lab.experiment.status import status_of
from sim.lab.results import ResultsError
from sim.model.declarations import BY_KEY
from tests.lab.experiment.worlds import WEAVING, small


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return sweep(small(["giving.base=0.25"]), tmp_path_factory.mktemp("read") / "it")


def test_columns_have_label_unit_and_role_in_the_schema(results):
    schema = pq.read_schema(next((results.folder / "runs").glob("*.parquet")))
    assert schema.field("trust.decay").metadata == {
        b"label": BY_KEY["trust.decay"].label.encode(),
        b"unit": BY_KEY["trust.decay"].unit.encode(),
        b"role": b"uncertain",
    }
    assert schema.field("strategy.hours").metadata[b"role"] == b"lever"
    assert schema.field("cost").metadata[b"unit"] == b"dollars"
    assert all(part.metadata and part.metadata[b"label"] for part in schema)
    assert str(schema.field("alive").type) == "bool"


def test_the_data_dictionary_describes_every_column(results):
    dictionary = pd.read_csv(results.folder / "data-dictionary.csv", keep_default_na=False)
    assert dictionary["name"].tolist() == list(pq.read_schema(next((results.folder / "runs").glob("*.parquet"))).names)
    assert dictionary.columns[:5].tolist() == ["name", "label", "unit", "role", "type"]
    assert (dictionary["label"] != "").all()


def test_parameters_that_the_scenario_sets_are_columns(results):
    assert (results.runs["giving.base"] == 0.25).all()
    assert "giving.generosity" not in results.runs


def test_pandas_reads_the_folder(results):
    frame = pd.read_parquet(results.folder / "runs")
    keys = ["point", "replicate", "strategy"]
    left = frame.sort_values(keys).reset_index(drop=True)
    pd.testing.assert_frame_equal(left, results.runs.sort_values(keys).reset_index(drop=True), check_like=True)


def test_polars_reads_the_folder(results):
    polars = pytest.importorskip("polars")
    frame = polars.read_parquet(results.folder / "runs" / "*.parquet")
    assert frame.height == len(results.runs)
    assert frame["outputs"].sum() == results.runs["outputs"].sum()
    assert frame["producing_week"].null_count() == results.runs["producing_week"].isna().sum() > 0


def test_duckdb_reads_the_folder(results):
    duckdb = pytest.importorskip("duckdb")
    rows = duckdb.sql(f"select strategy, sum(outputs) from '{results.folder}/runs/*.parquet' group by all").fetchall()
    assert dict(rows) == results.runs.groupby("strategy")["outputs"].sum().to_dict()


def test_factors_are_restored_from_the_manifest(results):
    assert results.factors == small().factors
    assert all(isinstance(factor, Factor) for factor in results.factors)
    assert results.strategies == ("none", "mass")
    design = {"kind": "lhs", "samples": 4, "levels": None, "second_order": False, "seed": 1, "points": 4}
    assert results.experiment["design"] == design
    assert json.loads(json.dumps(results.experiment)) == results.experiment


def test_boolean_outcomes_are_read_as_booleans(results):
    assert results.done["alive"].dtype == bool and results.done["producing_censored"].dtype == bool


@pytest.mark.slow
def test_a_comparison_reads_as_an_experiment_of_one_point(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.cli.commands.compare_command.draw", lambda *_: lambda: None)

    arguments = ["compare", WEAVING, "--replicates", "2", "--set", "weeks=15", "--out", str(tmp_path / "c")]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    results = read_results(tmp_path / "c")
    assert results.factors == () and results.complete and len(results.runs) == 8
    assert set(results.runs["point"]) == {0} and results.experiment["weeks"] == 15
    assert status_of(tmp_path / "c")["state"] == "finished"


def test_other_folders_raise_errors(tmp_path):
    with pytest.raises(ResultsError, match="no such folder"):
        read_results(tmp_path / "none")
    with pytest.raises(ResultsError, match="is not a results folder"):
        read_results(tmp_path)
