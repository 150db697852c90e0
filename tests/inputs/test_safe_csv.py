"""No text in a CSV file runs as a formula, and numbers stay numbers."""

import io

import pandas as pd
import pytest

from sim.inputs.networks.network_writing import to_csv
from sim.inputs.safe_csv import csv_table, safe_cell
from tests.inputs.reading.reading_helpers import read


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(1)", "\t=1", "=cmd|'/c calc'!A1", "\uff1dSUM(1)"]
)
def test_a_formula_gets_an_apostrophe(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "clean"), [("\x1b[31mred", "[31mred"), ("b\x07ell\u202e", "bell"), ("\r=1+1", "'=1+1"), ("\x9b31m", "31m")]
)
def test_control_characters_are_left_out(text, clean):
    assert safe_cell(text) == clean
    assert csv_table(pd.DataFrame({"title": [text]})) == f"title\n{clean}\n"


@pytest.mark.parametrize("value", ["-2", "+1.5", -2, 1.5, None, "Mia", "a=b"])
def test_other_cells_stay(value):
    assert safe_cell(value) == value


def test_a_table_is_disarmed_and_its_numbers_are_not_changed():
    frame = pd.DataFrame(
        {"=name": ["=1+1", "Mia", None], "n": [-1.5, 0.1, None], "kind": pd.Categorical(["@x", "y", "@x"])}
    )
    again = pd.read_csv(io.StringIO(csv_table(frame)))
    assert list(again) == ["'=name", "n", "kind"] and again["n"].tolist()[:2] == [-1.5, 0.1]
    assert again["'=name"].tolist()[:2] == ["'=1+1", "Mia"] and again["kind"].tolist() == ["'@x", "y", "'@x"]
    plain = pd.DataFrame({"name": ["Mia"], "n": [-1.5]})
    assert csv_table(plain) == plain.to_csv(index=False, lineterminator="\n")


def test_names_that_are_formulas_are_written_disarmed_and_read_back():
    network = read(("t.csv", 'from,to\n"=HYPERLINK(""http://evil.example"",""x"")",Mia\n+1+1,Mia\n@SUM(1),Mia\n'))
    texts = to_csv(network)
    assert not any(
        cell.startswith(("=", "+", "@", '"='))
        for text in texts
        for line in text.splitlines()
        for cell in line.split(",")
    )
    again = read(("m.csv", texts[0]), ("t.csv", texts[1]))
    assert again.start.names == network.start.names and again.start.ties.tolist() == network.start.ties.tolist()
