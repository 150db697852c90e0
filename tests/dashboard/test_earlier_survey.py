"""An earlier survey of an uploaded network: what changed, and the model fitted to it."""

import csv
import io
import threading
from dataclasses import replace

import pytest

from sim.dashboard.pages.network.earlier_survey import (
    ForecastRequest,
    changed_since,
    earlier_wave,
    forecast,
    forecast_request,
    read_earlier,
    weeks_between,
    with_codes,
)
from sim.dashboard.uploaded_network import forget, upload, upload_waves
from sim.inputs.reading.plain import File
from sim.inputs.scenario.errors import ScenarioError
from sim.model.start import NetworkError

PEOPLE = [f"Member{k}" for k in range(12)]


def survey(name, ties):
    """A file of ties between people by number."""
    return File(name, "\n".join(["from,to", *(f"{PEOPLE[a]},{PEOPLE[b]}" for a, b in ties)]).encode())


RING = [(k, (k + 1) % 12) for k in range(12)]
BEFORE, NOW = (
    survey("ties-2024-03.csv", RING),
    survey("ties-2025-03.csv", [*RING[1:6], *RING[7:], (0, 5), (3, 9), (4, 8)]),
)


@pytest.fixture(scope="module")
def network():
    """The later survey, as uploaded."""
    made = upload([NOW])
    yield made
    forget(made)


def test_what_held_came_and_ended_is_counted_and_drawn(network):
    change = changed_since(read_earlier(network, [BEFORE]), network)
    assert [len(one) for one in (change.held, change.came, change.ended)] == [10, 3, 2]
    names = network.profile.names
    assert {frozenset((names[a], names[b])) for a, b in change.ended} == {
        frozenset((PEOPLE[0], PEOPLE[1])),
        frozenset((PEOPLE[6], PEOPLE[7])),
    }
    assert "10 ties kept, 2 lost" in " ".join(change.part.sentences) and change.weeks == 52
    with pytest.raises(NetworkError):
        read_earlier(network, [File("nothing.csv", b"a,b\n")])


def test_weeks_come_from_the_names_of_files_where_they_say():
    assert weeks_between(["a-2024-01-01.csv"], ["b-2024-07-01.csv"]) == 26
    assert weeks_between(["ties.csv"], ["b-2024-07.csv"]) == 52 == weeks_between(["2025.csv"], ["2024.csv"])


@pytest.mark.parametrize(
    ("sent", "weeks", "hours"),
    [({"weeks": 9_999, "hours": -4}, 520, 0), ({"weeks": "x", "hours": float("nan")}, 52, 0), (None, 52, 0)],
)
def test_requests_are_held_within_bounds(sent, weeks, hours):
    request = forecast_request(sent)
    assert (request.weeks, request.hours) == (weeks, hours)


def test_the_model_is_fitted_on_request(network):
    earlier, dropped = read_earlier(network, [BEFORE]), threading.Event()
    (nothing,) = forecast(earlier, network, None, dropped)
    assert nothing.result is None
    parts = [*forecast(earlier, network, ForecastRequest(26, 4.0), dropped, worlds=40)][-1].result
    assert parts[0].title == "In short" and "10 of 12 ties held" in parts[0].sentences[0]
    assert "26 weeks on" in " ".join(parts[0].sentences) and "The next wave" in [part.title for part in parts]


def test_surveys_with_nobody_in_common_cannot_be_followed(network):
    other = read_earlier(network, [File("t.csv", b"from,to\nX,Y\nY,Z\n")])
    with pytest.raises(ScenarioError):
        list(forecast(other, network, ForecastRequest(26, 0.0), threading.Event(), worlds=40))


def dated(*waves):
    """A table of ties with a column of dates."""
    rows = [f"{PEOPLE[a]},{PEOPLE[b]},{date}" for date, ties in waves for a, b in ties]
    return File("ties.csv", "\n".join(["from,to,date", *rows]).encode())


def test_the_latest_wave_of_a_dated_table_is_the_network_and_the_one_before_is_compared():
    latest = [*RING[1:6], *RING[7:], (0, 5), (3, 9), (4, 8)]
    made, waves = upload_waves([dated(("2024-03-01", RING), ("2025-03-01", latest), ("2023-09-01", RING[:8]))])
    try:
        assert len(made.start.ties) == len(latest) and [wave.when.week for wave in waves] == [0, 26, 78]
        survey = earlier_wave(made, waves)
        change = changed_since(survey, made)
        assert change.survey == "2024-03-01" and change.weeks == 52 and len(change.dates) == 3
        assert [len(one) for one in (change.held, change.came, change.ended)] == [10, 3, 2]
        *_, last = forecast(survey, made, ForecastRequest(52, 0.0), threading.Event(), worlds=40)
        titles = [part.title for part in last.result]
        assert "From 2023-09-01 to 2024-03-01 (26 weeks)" in titles and not any(
            "to 2025-03-01" in one for one in titles
        )
    finally:
        forget(made)


@pytest.mark.parametrize(
    "file",
    [
        NOW,
        dated(("2024-03-01", RING[:6]), ("2025-03-01", RING[6:])),
        dated(("2024-03-01", RING), ("", RING[:3])),
        dated(("soon", RING), ("later", RING)),
        dated(("2024-03-01", RING), ("2024-03-02", RING)),
    ],
    ids=["no dates", "since when", "some without", "words", "days"],
)
def test_other_dates_make_no_waves(file):
    made, waves = upload_waves([file])
    forget(made)
    assert len(waves) == 1 and len(made.start.ties) >= 12 and earlier_wave(made, waves) is None


@pytest.mark.parametrize("name", ["ours-2025-03.csv", "ours.csv"])
def test_codes_keep_an_earlier_survey(network, name):
    network = replace(network, files=(name,))
    before = read_earlier(network, [File("Mia-2023-09.csv", BEFORE.content)])
    change = changed_since(before, network)
    named, survey, key = with_codes(network, before)
    try:
        assert not any(person in str((named.summary(), survey)) for person in PEOPLE)
        after, code_of = (
            changed_since(survey, named),
            {row["name"]: row["code"] for row in csv.DictReader(io.StringIO(key))},
        )
        place = {code: row for row, code in enumerate(named.start.names)}
        row_of = {row: place[code_of[person]] for row, person in enumerate(network.start.names)}
        assert "Mia" not in str((named.files, survey.files, after.survey))
        assert after.weeks == change.weeks and after.dates == ()
        for then, now in ((change.held, after.held), (change.came, after.came), (change.ended, after.ended)):
            assert {frozenset((row_of[a], row_of[b])) for a, b in then} == {frozenset(pair) for pair in now} and then
    finally:
        forget(named)


def test_codes_keep_all_waves_of_a_dated_table():
    made, waves = upload_waves([dated(("2024-03-01", RING), ("2025-03-01", RING[1:]), ("2023-09-01", RING[:8]))])
    named, survey, _ = with_codes(made, earlier_wave(made, waves))
    try:
        assert survey.dates == ("2023-09-01", "2024-03-01", "2025-03-01")
        assert not any(person in str(survey) for person in PEOPLE)
        assert survey.waves[-1].network.arcs.tolist() == named.read.arcs.tolist()
        assert len(changed_since(survey, named).ended) == 1
    finally:
        forget(made)
        forget(named)


def test_codes_without_an_earlier_survey(network):
    named, survey, key = with_codes(network, None)
    forget(named)
    assert (
        survey is None
        and named.files == ("a network with codes for names, 2025-03-01",)
        and len(key.splitlines()) == 1 + len(PEOPLE)
    )
