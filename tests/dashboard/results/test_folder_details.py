"""One results folder opened: the numbers of the commands, in the words of the other pages; faults in a sentence."""

import base64
import io
import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.dashboard import results_catalogue
from sim.dashboard.pages.results import downloads, folder_details
from sim.dashboard.pages.results.folder_details import details_of
from sim.dashboard.results_catalogue import Catalogue, CatalogueError
from sim.dashboard.shared.templates import packed
from sim.lab.analysis.effects import paired_difference
from sim.lab.experiment.reading import read_dataset, read_results
from sim.model.outcomes import STAGES_REACHED
from tests.lab.resealed import relisted


def test_a_comparison_says_what_its_summary_says(catalogue, results):
    page = details_of(catalogue, "first")
    answer, summary = page.answer, json.loads((results / "first" / "summary.json").read_text("utf-8"))
    assert packed(page) and answer.futures == 12
    for mine, command in zip(answer.strategies, summary["strategies"], strict=True):
        assert mine.label == command["label"]
        assert mine.outputs[0] == pytest.approx(command["outputs"], abs=0.005)
        assert mine.members == pytest.approx(command["members_active"], abs=0.05)
        for stage in STAGES_REACHED:
            assert mine.stages[stage].reached == round(command["stages"][stage]["reached"] * 12)
    gap = next(one for one in summary["differences"] if one["outcome"] == "outputs")
    row = next(one for one in answer.stages["aligned"].differences if one.label == "joint results")
    sign = 1 if answer.stages["aligned"].pair[0] == "b" else -1
    assert row.mean == pytest.approx(sign * gap["mean"], abs=1e-4)
    assert sorted((row.low, row.high)) == pytest.approx(sorted(sign * end for end in gap["ci95"]), abs=1e-4)


def test_weekly_lines_are_medians_of_the_weekly_table(catalogue, results):
    drawn = details_of(catalogue, "first").answer.charts.weekly["members"]["b"]
    weekly = pd.read_parquet(results / "first" / "weekly")
    middle = weekly[weekly["strategy"] == "mass"].groupby("week")["members"].median()
    weeks = np.round(np.array(drawn.x) * 52 / 12).astype(int)
    np.testing.assert_allclose(drawn.y, middle.loc[weeks], atol=1e-3)


def test_rows_of_a_weekly_table_are_all_read(results):
    found = read_dataset(results / "first" / "weekly")
    assert len(found) == 2 * 12 * 40 and found.groupby(["strategy", "replicate"])["week"].nunique().eq(40).all()


def test_a_run_has_its_course_and_what_happened(catalogue, results):
    page = details_of(catalogue, "future")
    weekly = pd.read_parquet(results / "future" / "weekly")
    members = next(one for one in page.course.panels if one.title == "Active members")
    assert members.series["a"].y[-1] == weekly["members"].iloc[-1]
    table = page.tables[0].rows
    runs = pd.read_csv(results / "future" / "runs.csv")
    assert ["joint results", f"{runs['outputs'][0]:.0f}", "outputs"] in table
    assert "One simulated future of By newsletter, 40 weeks" in page.lead[0] and packed(page)


@pytest.mark.parametrize("name", ["swept", "stopped", "failures"])
def test_a_sweep_shows_its_report_s_sections(catalogue, name):
    page = details_of(catalogue, name)
    titles = [one["title"] for one in page.report.sections]
    assert titles[0] == "Answer" and "Choosing under uncertainty" in titles and "--c-" in page.report.dark
    html = "".join(one["html"] for one in page.report.sections)
    assert "<svg" in html and "<script" not in html
    assert ("is not finished" in html) == (name == "stopped")
    assert ("runs failed" in html) == (name == "failures")


def test_what_is_too_large_for_a_page_says_so(catalogue, monkeypatch):
    monkeypatch.setattr(folder_details, "MOST_HTML", 30_000)
    sections = details_of(catalogue, "swept").report.sections
    assert "<svg" not in sections[-1]["html"] and "too large to show here" in sections[-1]["html"]
    assert "too large" not in sections[0]["html"]


def test_names_in_a_report_are_escaped(tmp_path):
    from tests.output.report.sweeps import write_sweep

    write_sweep(tmp_path / "it", samples=6, replicates=2)
    html = "".join(one["html"] for one in details_of(Catalogue(tmp_path), "it").report.sections)
    assert "weave &lt;b&gt;" in html and "weave <b>" not in html


@pytest.mark.parametrize(
    ("name", "words"), [("torn", "cannot be shown"), ("half", "incomplete"), ("gone", "no such folder")]
)
def test_folders_that_are_not_as_they_should_be_say_so(catalogue, name, words):
    with pytest.raises(CatalogueError, match=words) as fault:
        details_of(catalogue, name)
    assert str(catalogue.root / name) not in str(fault.value)


@pytest.mark.parametrize("lacking", ["runs", "weekly", "figures", "events.csv", "runs.csv"])
def test_whatever_is_lacking_the_rest_is_shown_or_it_is_said(results, tmp_path, lacking):
    for name in ("first", "future"):
        shutil.copytree(results / name, tmp_path / name)
        gone = tmp_path / name / lacking
        if gone.is_dir():
            shutil.rmtree(gone)
        else:
            gone.unlink(missing_ok=True)
        if lacking == "runs":
            with pytest.raises(CatalogueError, match="holds no runs yet"):
                details_of(Catalogue(tmp_path), name)
        else:
            assert details_of(Catalogue(tmp_path), name).head["title"] == "A small world"


@pytest.mark.parametrize("column", ["outputs", "renewed", "aligned_week", "cost"])
def test_a_table_of_another_version_is_said_to_be_so(results, tmp_path, column):
    shutil.copytree(results / "first", tmp_path / "it")
    part = tmp_path / "it" / "runs" / "part-00000.parquet"
    pd.read_parquet(part).drop(columns=column).to_parquet(part)
    relisted(tmp_path / "it")
    with pytest.raises(CatalogueError, match="in another format"):
        details_of(Catalogue(tmp_path), "it")


def test_too_many_runs_are_not_read(catalogue, monkeypatch):
    monkeypatch.setattr(results_catalogue, "MOST_RUNS", 10)
    with pytest.raises(CatalogueError, match=r"24 runs, more than the 10 .* gennet report"):
        details_of(catalogue, "first")


def test_figures_are_data_and_bounded(catalogue, results, monkeypatch):
    (one,) = downloads.figures(catalogue, "first")
    kind, data = one["data"].split(";base64,")
    assert one["label"] == "One line" and kind == "data:image/svg+xml"
    assert base64.b64decode(data) == (results / "first" / "figures" / "one_line.svg").read_bytes()
    monkeypatch.setattr(downloads, "SMALL_SVG", 10)
    assert downloads.figures(catalogue, "first")[0]["data"].startswith("data:image/png;base64,iVBOR")
    monkeypatch.setattr(downloads, "MOST_FIGURES", 10)
    assert downloads.figures(catalogue, "first") == []


def test_runs_and_report_can_be_taken_along(catalogue, results, monkeypatch):
    text = downloads.runs_csv(catalogue, "first")
    assert text == (results / "first" / "runs.csv").read_text("utf-8")
    swept = pd.read_csv(io.StringIO(downloads.runs_csv(catalogue, "swept")))
    assert len(swept) == len(read_results(results / "swept").runs)
    page = downloads.report_html(catalogue, "first")
    assert page.startswith("<!DOCTYPE html>") and "A small world" in page
    monkeypatch.setattr(downloads, "MOST_TEXT", 100)
    with pytest.raises(CatalogueError, match="too large"):
        downloads.runs_csv(catalogue, "first")


def test_the_command_and_where_it_came_from_are_said(catalogue):
    page = details_of(catalogue, "first")
    told_of = dict(page.facts)
    assert told_of["Seed"] == "1" and told_of["Ended"].endswith("(finished)") and page.command.startswith("gennet")
    assert dict(page.strategies) == {"none": "Nobody coordinates", "mass": "By newsletter"}


def test_one_strategy_has_no_verdict_but_its_curves(results):
    whole = read_results(results / "first")
    one = type(whole)(
        whole.folder,
        whole.manifest,
        whole.experiment | {"strategies": ["mass"]},
        whole.runs[whole.runs["strategy"] == "mass"].reset_index(drop=True),
    )
    answer = folder_details.comparison_answer(one, None)
    assert not answer.several and answer.charts.weekly == {} and answer.stages["aligned"].differences == ()
    assert "of 12 simulated futures" in answer.stages["aligned"].sentence


def test_futures_that_not_all_strategies_have_are_left_out(results):
    whole = read_results(results / "first")
    runs = whole.runs[~((whole.runs["strategy"] == "mass") & (whole.runs["replicate"] == 3))].reset_index(drop=True)
    part = type(whole)(whole.folder, whole.manifest, whole.experiment, runs)
    comparison = folder_details.comparison_of(part, None)
    assert comparison.replicates == 11 and 3 not in comparison.runs["replicate"].to_numpy()
    a, b = (comparison.of(key)["outputs"].to_numpy(float) for key in "ab")
    assert paired_difference(a, b).n == 11


CLAIM = {
    "claim": 4,
    "text": "Bigger is better",
    "verdict": "holds",
    "effect": 1.5,
    "ci95": [1.0, 2.0],
    "unit": "share",
    "robust_share": 0.75,
}


def folder_of(root, command, **files):
    """A results folder of another command."""
    (root / "it").mkdir()
    manifest = {"format": "generative-networks results 1", "command": command, "model_version": "x", "seed": 1}
    (root / "it" / "manifest.json").write_text(json.dumps(manifest | {"stop_reason": "finished"}))
    for name, text in files.items():
        (root / "it" / name.replace("_", ".")).write_text(text)
    return Catalogue(root)


def test_claims_questions_and_validations_are_told(tmp_path):
    for name in ("a", "b", "c", "d"):
        (tmp_path / name).mkdir()
    catalogue = folder_of(tmp_path / "a", "claims", claims_json=json.dumps([CLAIM]), claims_html="<p>page</p>")
    page = details_of(catalogue, "it")
    assert page.lead == ["1 claim of the sources, tested as experiments on the model: 1 holds."]
    assert page.tables[0].rows == [["4. Bigger is better", "holds", "1.5 (1 to 2) share", "75%"]]
    assert downloads.report_html(catalogue, "it") == "<p>page</p>"
    question = {"text": "Online only?", "answer": "It depends.", "source": "NS"}
    page = details_of(folder_of(tmp_path / "b", "questions", questions_json=json.dumps([question])), "it")
    assert page.tables[0].rows == [["Online only?", "It depends.", "NS"]]
    targets = "label,observed,median,low,high,inside\nties,3.0,2.5,2.0,3.5,True\nside,,1,0,2,False\n"
    page = details_of(folder_of(tmp_path / "c", "validate", targets_csv=targets), "it")
    assert [row[3] for row in page.tables[0].rows] == ["inside", "outside"]
    page = details_of(folder_of(tmp_path / "d", "dance"), "it")
    assert "gennet dance" in page.lead[0]


def test_strategies_are_called_all_by_their_labels_or_all_by_their_names(results):
    """One label that is too long, or that two have, and one sentence would tell of labels and names."""
    whole = read_results(results / "first")
    names = whole.strategies
    said = whole.experiment["resolved"]["strategies"]
    assert list(folder_details.labels_of(whole, names).values()) == [said[name]["label"] for name in names]
    for label in (
        "What is far too long to stand in a sentence beside another one, and then some",
        said[names[1]]["label"],
    ):
        changed = said | {names[0]: said[names[0]] | {"label": label}}
        other = replace(
            whole, experiment=whole.experiment | {"resolved": whole.experiment["resolved"] | {"strategies": changed}}
        )
        assert tuple(folder_details.labels_of(other, names).values()) == names
