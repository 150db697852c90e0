"""Verdicts and published figures on the evidence page: what is published, said in words."""

import csv
import io
from dataclasses import replace
from types import SimpleNamespace

import pytest

from sim.dashboard.pages.evidence import state as page
from sim.dashboard.pages.evidence.state import (
    claims_page,
    claims_score,
    effect_words,
    marks_of,
    observed_words,
    off_words,
    targets_score,
)
from sim.dashboard.shared.templates import packed
from sim.evidence.claims.claim_rows import AblationRow, ClaimRow
from sim.evidence.published import published
from sim.inputs.safe_csv import csv_table


def test_every_claim_is_there_with_its_verdict_and_every_part():
    shown, rows = page.claims_page(), published()["claims"]["rows"]
    assert [(one.number, one.verdict) for one in shown.claims] == [(one["claim"], one["verdict"]) for one in rows]
    assert sum(kind.count for kind in shown.kinds) == len(rows)
    for one, claim in zip(shown.claims, rows, strict=True):
        assert bool(one.condition) == (claim["verdict"] in ("conditional", "mixed")) and one.text == claim["text"]
        assert [part.says for part in one.parts] == [part["says"] for part in claim["parts"]]
        assert bool(one.forms) == any(part["depends_on"] for part in claim["parts"])
    assert packed(shown) and shown.made.startswith(f"Published with model {published()['claims']['model_version']}")


def test_the_score_counts():
    kinds = ("holds", "holds", "does not hold", "conditional")
    claims = [SimpleNamespace(verdict=kind, parts=(SimpleNamespace(verdict=kind),) * 2) for kind in kinds]
    assert claims_score(claims) == (
        "Of the 4 claims that the sources make, 2 hold, 1 is conditional and 1 does not hold in this model. "
        "Of their 8 parts, 4 hold."
    )
    assert claims_score(claims[3:]).startswith(
        "Of the 1 claims that the sources make, none holds in all its parts and 1 is conditional in this model. "
    )
    targets = [
        {"inside": inside, "in_fit": fit} for inside, fit in ((1, True), (1, False), (0, False), (0, True), (1, False))
    ]
    assert "3 of 5 published figures: 2 of the 3 that were kept out" in targets_score(targets)
    assert "1 of the 2 that informed a parameter" in targets_score(targets)


def test_evidence_of_another_model_is_noted(monkeypatch):
    assert page.outdated([]) == ""
    assert page.outdated(["it was found with model x; this is y", "defaults were changed"]) == (
        "These numbers and verdicts may have changed: it was found with model x; this is y; defaults were changed. "
        "Run them again to know."
    )
    monkeypatch.setattr(page, "stale", lambda: ["experiments have changed"])
    page.claims_page.cache_clear()
    assert "experiments have changed" in page.claims_page().outdated
    monkeypatch.setattr(page, "stale", list)
    page.claims_page.cache_clear()
    assert page.claims_page().outdated == ""
    page.claims_page.cache_clear()


def test_a_part_by_definition_says_why():
    claim = ClaimRow.from_json(published()["claims"]["rows"][3])
    first = replace(claim.parts[0], verdict="by definition", given="it cannot vary")
    claim = replace(claim, parts=(first, *claim.parts[1:]))
    summary = page.shown_claim(claim).parts
    assert (summary[0].verdict, summary[0].given) == ("by definition", "It cannot vary.") and summary[1].given == ""
    (row, *_) = csv.DictReader(io.StringIO(csv_table(page.parts_table([claim]))))
    assert row["verdict"] == "by definition" and row["given"] == "it cannot vary"


def test_effects_and_ablations_in_words():
    assert (
        effect_words(SimpleNamespace(effect=-0.1234, ci95=(-0.2, 0.05), unit="weeks"))
        == "\u22120.123 (\u22120.2 to 0.05) weeks"
    )
    assert effect_words(SimpleNamespace(effect=None, ci95=None, unit="weeks")) == "too few futures"
    assert off_words(None, "weeks") == ""
    off = AblationRow("no trust", 1.0, (0.5, 1.5), False)
    assert off_words(off, "weeks") == "no trust. The effect stays: 1 (0.5 to 1.5) weeks"
    assert off_words(AblationRow("no trust", None, None, None), "weeks") == (
        "no trust. It is unclear whether the effect vanishes: too few futures have one"
    )


def target(kind, observed, around, median, interval, unit="times"):
    """A target as it is published."""
    return {
        "kind": kind,
        "observed": observed,
        "observed_range": around,
        "median": median,
        "interval90": interval,
        "unit": unit,
    }


def test_marks_of_a_target_lie_in_order_and_within_the_picture():
    found = marks_of(target("range", 5.0, [4.0, 6.0], 7.0, [6.5, 8.0]))
    assert 0 < found.start < found.dot < found.end < found.low < found.median < found.high < 100
    assert found.dot - found.start == pytest.approx(found.end - found.dot, abs=0.02)
    above = marks_of(target("direction", 2.0, [1.0, None], 3.0, [2.0, 4.0]))
    assert above.dot is None and above.end == 100 and 0 < above.start < above.low
    below = marks_of(target("direction", -1.0, [None, 0.0], -1.0, [-2.0, 0.5]))
    assert below.start == 0 and below.low < below.end < below.high
    alone = marks_of(target("figure", 0.0, None, 0.0, [0.0, 0.0]))
    assert alone.start is None and alone.dot == alone.median == 50
    for one in published()["validate"]["rows"]:
        assert all(x is None or 0 <= x <= 100 for x in vars(marks_of(one)).values())


def test_published_figures_in_words():
    assert observed_words(target("range", 0.68, [0.61, 0.75], 0.7, [0.6, 0.8], "share")) == "68% (61% to 75%)"
    assert observed_words(target("figure", 104.0, None, 52.0, [20, 61], "weeks")) == "104 weeks"
    assert observed_words(target("direction", 2.0, [1.0, None], 3.0, [2.0, 4.0])) == "above 1"
    assert observed_words(target("direction", 2.0, [None, 0.0], 3.0, [2.0, 4.0])) == "below 0"


def test_likeness_to_real_networks_in_words():
    rows = [{"data": "house", "distribution": name, "part": part, "p": p} for name, part, p in (
        ("triads", "003", 0.003), ("triads", "012", 0.003), ("distance", "1", 0.4))]  # fmt: skip
    (row,) = page.likeness_rows(rows)
    assert row.shares == {"triads": "under 1%", "distance": "40%"} and row.unlike == ["triads"]
    scores = {"model": 0.66, "common": 0.7, "closure": None, "random": 0.5}
    predicted = page.prediction_row({"data": "house", "what": "end", "pairs": 1200, "hits": 12, **scores})
    assert predicted.scores == {"model": "0.66", "common contacts": "0.70", "random": "0.50"}
    assert (predicted.best, predicted.what, predicted.pairs) == (
        "common contacts",
        "which ties end",
        "12 of 1,200 pairs",
    )


def test_downloads_hold_what_was_published():
    files, found = claims_page().files, published()
    parts = list(csv.DictReader(io.StringIO(files["claims.csv"])))
    assert [(row["part"], float(row["effect"])) for row in parts] == [
        (part["part"], part["effect"]) for claim in found["claims"]["rows"] for part in claim["parts"]
    ]
    targets = list(csv.DictReader(io.StringIO(files["targets.csv"])))
    assert [(row["target"], float(row["median"]), row["inside"]) for row in targets] == [
        (one["target"], one["median"], str(one["inside"])) for one in found["validate"]["rows"]
    ]
