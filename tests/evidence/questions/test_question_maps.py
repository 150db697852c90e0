"""Maps of the open questions: separate worlds per cell, effects, best choices, correct answers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import Scenario, compare
from sim.evidence.claims import trial
from sim.evidence.claims.claim import Arm, Contrast
from sim.evidence.claims.future_measures import outcome, reached
from sim.evidence.claims.trial import WORLD, Trial
from sim.evidence.claims.verdict_rule import effect_of
from sim.evidence.questions.open_questions import QUESTIONS, MapAxis, OpenQuestion, Reading
from sim.evidence.questions.question_maps import (
    ABOVE,
    BELOW,
    OPEN,
    answer,
    best_words,
    cell_of,
    chance_words,
    clauses,
    not_ruled_out,
    side,
    stretches,
    try_questions,
    value_words,
)

READINGS = [(question, reading) for question in QUESTIONS for reading in question.readings]
NAMES = [f"{question.key}-{reading.key}" for question, reading in READINGS]


def weaver(hours):
    return {"hours": hours, "hour_cost": 50, "hub_share": 0.05}


SMALL = {"weeks": 30}
MEMBERS = MapAxis("network.members", "size", "members", (10, 14), "with {} members", "at every size tried")
HOURS = MapAxis("hours", "hours", "hours", (2, 8, 20), "on {} hours", "on every number of hours tried")
WOVEN = OpenQuestion(
    "woven",
    "Does weaving bring gifts?",
    "CAP",
    "Weaving against nobody.",
    HOURS,
    MEMBERS,
    (
        Reading(
            "gifts",
            "gifts more",
            Contrast("gifts", 0.0, outcome("gifts")),
            lambda hours, members: (
                Arm(weaver(hours), {"network.members": members}),
                Arm(settings={"network.members": members}),
            ),
            "weaving brings more",
            "weaving brings fewer",
            best=True,
            world=SMALL,
        ),
        Reading(
            "share",
            "connected",
            Contrast("share", 0.5, reached("connected")),
            lambda hours, members: (Arm(weaver(hours), {"network.members": members}),),
            "more than half",
            "fewer than half",
            world=SMALL,
        ),
    ),
)


@pytest.fixture(scope="module")
def woven():
    return try_questions(seed=5, replicates=12, questions=(WOVEN,))[0]


def prints(reading, x, y):
    part = reading.part(x, y)
    return tuple(Trial(part).scenario(arm).fingerprint("it") for arm in part.arms)


def test_each_question_has_a_source_and_words_for_both_sides():
    assert len({question.key for question in QUESTIONS}) == len(QUESTIONS)
    for question, reading in READINGS:
        assert question.source in ("GN", "CAP") and question.how and reading.above != reading.below
        for axis in (question.x, question.y):
            assert axis.said.count("{}") == 1 and list(axis.values) == sorted(set(axis.values))


@pytest.mark.parametrize(("question", "reading"), READINGS, ids=NAMES)
def test_every_cell_of_a_map_is_a_separate_world(question, reading):
    xs, ys = question.x.values, question.y.values
    ends = [(x, y) for x in (xs[0], xs[1], xs[-1]) for y in (ys[0], ys[1], ys[-1])]
    assert len({prints(reading, x, y) for x, y in ends}) == len(ends), "an axis that changes nothing"


@pytest.mark.parametrize(
    "axis", {axis.key: axis for q in QUESTIONS for axis in (q.x, q.y)}.values(), ids=lambda a: a.key
)
def test_parameter_axes_include_their_default_and_plausible_range(axis):
    if axis.plausible is None:
        assert axis.default is None and "." not in axis.key.removeprefix("network.")
    else:
        assert axis.default in axis.values
        assert axis.values[0] <= axis.plausible[0] and axis.values[-1] >= axis.plausible[1]


def test_arms_unaffected_by_an_axis_are_run_once_per_row(monkeypatch):
    ran = []
    run = trial.run_future
    monkeypatch.setattr(trial, "run_future", lambda *given, **named: (ran.append(given[3]), run(*given, **named))[1])
    try_questions(replicates=10, questions=(WOVEN,))
    assert len(ran) == 10 * len(MEMBERS.values) * (len(HOURS.values) + 1)


def test_a_cell_is_the_paired_difference_of_a_comparison(woven):
    cell = woven.readings[0].cells[1][2]
    assert (cell.x, cell.y) == (20, 14)
    document = {**WORLD, "weeks": 30, "strategies": {"a": weaver(20), "b": {"coordinators": []}}}
    runs = compare(Scenario.from_document(document).with_({"network.members": 14}), 12, 5, renewal=False).runs
    a, b = (runs[runs.strategy == name]["gifts"].to_numpy(float) for name in "ab")
    assert cell.effect == pytest.approx((a - b).mean())
    assert cell.ci95[1] - cell.effect == pytest.approx(2.200985 * (a - b).std(ddof=1) / 12**0.5, rel=1e-6)


def test_a_share_is_compared_with_its_midpoint(woven):
    for row in woven.readings[1].cells:
        for cell in row:
            low, high = cell.ci95
            assert 0 <= low <= cell.effect <= high <= 1
            assert cell.clear == (OPEN if low <= 0.5 <= high else ABOVE if cell.effect > 0.5 else BELOW)


@pytest.mark.parametrize(
    ("low", "high", "against", "found"),
    [(0.1, 0.4, 0.0, ABOVE), (0.1, 0.4, 0.5, BELOW), (0.1, 0.6, 0.5, OPEN), (-2, -1, -3, ABOVE), (0, 1, 0, OPEN)],
)
def test_an_interval_is_clear_if_it_excludes_the_reference(low, high, against, found):
    assert side(low, high, against) == found


def test_results_depend_on_seeds_but_not_on_threads_or_other_questions(woven):
    alone = try_questions(["woven"], 5, 12, jobs=1, questions=(WOVEN, *QUESTIONS))[0]
    other = try_questions(seed=6, replicates=12, questions=(WOVEN,))[0]
    assert alone.to_json() == woven.to_json() != other.to_json()


def test_effort_multiplies_futures_and_progress_counts_rows():
    ticks = []
    double = OpenQuestion("x", "X?", "GN", "how", HOURS, MEMBERS, WOVEN.readings, effort=2)
    found = try_questions(replicates=10, progress=lambda *tick: ticks.append(tick), questions=(double,))[0]
    assert found.replicates == found.readings[0].cells[0][0].futures == 20
    assert ticks == [(0, 2), (1, 2), (2, 2)]


def test_unknown_questions_and_stopping():
    with pytest.raises(ValueError, match="'mess' is unknown; allowed are online, mass"):
        try_questions(["mess"])
    with pytest.raises(KeyboardInterrupt):
        try_questions(replicates=10, stopped=lambda: True, questions=(WOVEN,))


@given(st.lists(st.floats(-5, 5), min_size=10, max_size=40), st.integers(2, 36), st.floats(-1, 1))
def test_a_clear_corrected_interval_is_clear_uncorrected(values, looks, against):
    reading = replace(WOVEN.readings[0], contrast=Contrast("gifts", against, outcome("gifts")))
    cell = cell_of(0, 0, effect_of(np.array(values), looks), reading)
    assert cell.clear_corrected in (cell.clear, OPEN)
    if cell.clear != OPEN:
        assert (cell.clear == ABOVE) == (cell.effect > against)


def test_too_few_futures_are_never_clear():
    cell = cell_of(1, 2, effect_of(np.full(20, np.nan), 36), WOVEN.readings[0])
    assert cell.clear == cell.clear_corrected == OPEN
    assert cell.effect is None and cell.futures == 0


def test_the_best_choice_is_kept_at_the_nominal_rate():
    """Of two equally good choices, either is kept in 95% of draws; of six, in at least as many."""
    luck = np.random.default_rng(2)
    for choices, low, high in ((2, 0.92, 0.98), (6, 0.93, 0.999)):
        kept = [0 in not_ruled_out(luck.normal(size=(choices, 30)))[1] for _ in range(600)]
        assert low <= np.mean(kept) <= high


def test_clearly_worse_choices_are_ruled_out():
    luck = np.random.default_rng(3)
    common = luck.normal(0, 50, 40)
    values = common + np.array([[0.0], [5.0], [5.2], [1.0]]) + luck.normal(0, 1, (4, 40))
    first, kept = not_ruled_out(values)
    assert first in (1, 2) and kept == [1, 2], "paired differences take out what futures have in common"
    assert not_ruled_out(np.ones((3, 10))) == (0, [0, 1, 2])


X = MapAxis("hours", "hours", "hours", (5, 10, 20), "on {} hours", "on all hours")
Y = MapAxis("members", "size", "members", (20, 60, 120), "with {} members", "at all sizes")
grids = st.lists(st.lists(st.sampled_from([ABOVE, BELOW, OPEN]), min_size=3, max_size=3), min_size=3, max_size=3)


def read(sides):
    """Return the answer of a map with these sides."""
    return f"{answer(sides, 'letters win', 'talks win', X, Y)} {chance_words(sides)}"


@given(grids)
def test_clauses_name_every_cell_of_a_side_once_and_no_other(sides):
    for kind in (ABOVE, BELOW, OPEN):
        named = [
            (row, column)
            for (top, bottom), across in clauses(sides, kind)
            for row in range(top, bottom + 1)
            for first, last in across
            for column in range(first, last + 1)
        ]
        there = [(r, c) for r, row in enumerate(sides) for c, one in enumerate(row) if one == kind]
        assert sorted(named) == there


@given(grids)
def test_answers_mention_only_sides_that_occur(sides):
    said = read(sides)
    kinds = {kind for row in sides for kind in row}
    assert ("Letters win" in said) == (ABOVE in kinds) and ("Talks win" in said) == (BELOW in kinds)
    assert ("lsewhere it is unclear" in said) == (OPEN in kinds and len(kinds) > 1)
    assert ("everywhere" in said) == (kinds == {OPEN})
    assert f"{sum(kind != OPEN for row in sides for kind in row)} of 9 cells are clear" in said


def test_answers_in_exact_words():
    luck = "of 9 cells are clear; without any effect about 0 would be by chance.)"
    sides = [[ABOVE, ABOVE, ABOVE], [ABOVE, ABOVE, ABOVE], [BELOW, OPEN, ABOVE]]
    assert read(sides) == (
        "Letters win with 20 to 60 members on all hours; with 120 members on 20 hours. Talks win with 120 members on 5 "
        f"hours. Elsewhere it is unclear. (8 {luck}"
    )
    across = [[ABOVE, OPEN, BELOW], [ABOVE, BELOW, BELOW], [ABOVE, ABOVE, BELOW]]
    assert read(across).startswith(
        "Letters win on 5 hours at all sizes; on 10 hours with 120 members. Talks win on 10 hours with 60 members; on 20 "
        "hours at all sizes. Elsewhere"
    )
    assert read([[ABOVE] * 3] * 3) == f"Letters win at all sizes on all hours. (9 {luck}"
    assert stretches(MapAxis("k", "", "", (1, 2, 3, 4, 5, 6), "", ""), [(0, 0), (2, 3), (5, 5)]) == "1, 3 to 4 and 6"


def test_the_best_choice_is_reported_with_those_not_ruled_out():
    rows = [(10, (10,)), (10, (5, 10, 20)), (10, (5, 10, 20))]
    assert best_words(rows, X, Y) == (
        "The best choice is with 20 members on 10 hours (the others ruled out); with 60 to 120 members on 10 hours (5 and 20 "
        "not ruled out)."
    )
    assert best_words([], X, Y) == ""


@pytest.mark.parametrize(
    ("shown", "value", "words"),
    [
        ("{:+.2f}", -0.001, "0.00"),
        ("{:+.0f}", 0.2, "0"),
        ("{:+.1f}", -2.34, "−2.3"),
        ("{:.2f}", 0.9, "0.90"),
        ("{:+.1f}", None, "–"),
    ],
)
def test_numbers_have_true_minus_signs_and_zeros_none(shown, value, words):
    assert value_words(shown, value) == words
