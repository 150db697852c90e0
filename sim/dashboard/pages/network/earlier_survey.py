"""An earlier survey of the uploaded network: which ties held, ended and came since, and what the model expects next."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import solara

from sim.dashboard.shared.background import Progress, worked_out
from sim.dashboard.uploaded_network import MOST_UPLOADED, UploadedNetwork, stored
from sim.dashboard.workshop import Update
from sim.inputs.profile.codes import coded
from sim.inputs.profile.network_profile import NetworkProfile, profile_of
from sim.inputs.profile.progress import progress_of
from sim.inputs.reading.limited import Limits, read_limited
from sim.inputs.reading.plain import DEFAULT_OPTIONS, File, ReadOptions
from sim.inputs.reading.reader import checked_size
from sim.inputs.reading.wave_dates import When, date_in_name, date_of
from sim.inputs.reading.wave_files import DatedNetwork
from sim.lab.waves.following import MOST_HOURS, MOST_MEMBERS, follow
from sim.output.network_words import ProfilePart, progress_parts
from sim.output.waves_words import waves_parts

WORLDS = 1000
"""Plausible worlds for a forecast: some seconds."""
WEEKS_BETWEEN, MOST_WEEKS = 52, 520
NOW, THEN = "this survey", "the earlier survey"


@dataclass(frozen=True, eq=False)
class EarlierSurvey:
    """An earlier survey of a network: the network's fingerprint, what the survey's files were called, and its profile.

    `waves`: those of a table with dates, of which the last one is the network, and this survey the one before; () otherwise.
    """

    of: str
    files: tuple[str, ...]
    profile: NetworkProfile
    waves: tuple[DatedNetwork, ...] = ()

    @property
    def dates(self) -> tuple[str, ...]:
        """What the waves are called."""
        return tuple(wave.when.label for wave in self.waves)


_none: EarlierSurvey | None = None
earlier = solara.reactive(_none)
"""The session's earlier survey, or None.  It counts only for the network that it was uploaded for."""


@dataclass(frozen=True)
class ShownChange:
    """What changed since an earlier survey.

    `survey`: which one it is; `dates`: of all waves, if they came in one file.
    `held`, `came`, `ended`: ties as rows of the present network, for its map; those of people who left are not among them.
    `weeks`: between the surveys, as far as the names of files say.
    """

    survey: str
    dates: tuple[str, ...]
    part: ProfilePart
    held: list[tuple[int, int]]
    came: list[tuple[int, int]]
    ended: list[tuple[int, int]]
    weeks: int


@dataclass(frozen=True)
class ForecastRequest:
    """What a visitor says of the time between the surveys: its weeks, and the hours of coordination a week."""

    weeks: int
    hours: float


def read_earlier(
    network: UploadedNetwork, files: Sequence[File], options: ReadOptions = DEFAULT_OPTIONS
) -> EarlierSurvey:
    """Return an earlier survey of a network from its files, read with limits.  Raises NetworkError."""
    if files:
        checked_size(files[0], sum(len(file.content) for file in files), MOST_UPLOADED)
    read = read_limited(files, options, Limits(members=MOST_MEMBERS))
    return EarlierSurvey(network.fingerprint, tuple(file.name for file in files), profile_of(read))


def earlier_wave(network: UploadedNetwork, waves: tuple[DatedNetwork, ...]) -> EarlierSurvey | None:
    """Return the wave before the last one as the earlier survey; None if there is one wave."""
    if len(waves) < 2:
        return None
    return EarlierSurvey(network.fingerprint, network.files, profile_of(waves[-2].network), waves)


def with_codes(
    network: UploadedNetwork, survey: EarlierSurvey | None
) -> tuple[UploadedNetwork, EarlierSurvey | None, str]:
    """Return a network and its earlier survey with codes for names, and the key as CSV."""
    before = () if survey is None else tuple(wave.network for wave in survey.waves[:-1]) or (survey.profile.network,)
    networks, key, _ = coded([*before, network.read])
    named = stored(networks[-1], files_with_codes(network.files))
    if survey is None:
        return named, None, key
    # Of a network without waves, `zip` leaves none.
    waves = tuple(replace(wave, network=one) for wave, one in zip(survey.waves, networks, strict=False))
    return named, EarlierSurvey(named.fingerprint, files_with_codes(survey.files), profile_of(networks[-2]), waves), key


def files_with_codes(files: Sequence[str]) -> tuple[str, ...]:
    """Return the text in place of file names, which may identify people: only their date stays."""
    dates = [day.isoformat() for name in files if (day := date_of(date_in_name(name)))]
    return (", ".join(["a network with codes for names", *dates[:1]]),)


def changed_since(survey: EarlierSurvey, network: UploadedNetwork) -> ShownChange:
    """Return what changed from an earlier survey to the network."""
    change = progress_of(survey.profile, network.profile)
    rows = {name: row for row, name in enumerate(network.profile.names)}

    def on_map(pairs: Sequence[tuple[str, str]]) -> list[tuple[int, int]]:
        return [(rows[a], rows[b]) for a, b in pairs if a in rows and b in rows]

    (part,) = progress_parts(change)
    if survey.waves:
        weeks, named = survey.waves[-1].when.week - survey.waves[-2].when.week, survey.dates[-2]
    else:
        weeks, named = weeks_between(survey.files, network.files), " and ".join(survey.files)
    return ShownChange(named, survey.dates, part, on_map(change.kept), on_map(change.new), on_map(change.lost), weeks)


def weeks_between(before: Sequence[str], now: Sequence[str]) -> int:
    """Return the weeks between two surveys by the dates in the names of their files; a year where they do not say."""
    then, last = (
        next((day for name in names if (day := date_of(date_in_name(name)))), None) for names in (before, now)
    )
    weeks = WEEKS_BETWEEN if then is None or last is None else round((last - then).days / 7)
    return weeks if 1 <= weeks <= MOST_WEEKS else WEEKS_BETWEEN


def forecast_request(data: object) -> ForecastRequest:
    """Return what a visitor asks for, within bounds."""
    values = data if isinstance(data, dict) else {}

    def within(name: str, usual: float, low: float, high: float) -> float:
        value = values.get(name)
        return min(max(float(value), low), high) if isinstance(value, int | float) and value == value else usual

    return ForecastRequest(round(within("weeks", WEEKS_BETWEEN, 1, MOST_WEEKS)), within("hours", 0.0, 0.0, MOST_HOURS))


def forecast(
    survey: EarlierSurvey | None,
    network: UploadedNetwork | None,
    request: ForecastRequest | None,
    dropped: threading.Event,
    worlds: int = WORLDS,
) -> Iterator[Update[list[ProfilePart]]]:
    """Fit the model to what changed, and yield how far it is, then the answer; nothing without a request.

    Raises ScenarioError where the surveys cannot be followed.
    """
    if survey is None or network is None or request is None:
        yield Update(text="Nothing has been asked for yet.")
        return
    before = survey.waves[:-1] or (DatedNetwork(When(0, THEN), survey.profile.network),)
    now = survey.dates[-1] if survey.dates else NOW
    waves = (*before, DatedNetwork(When(before[-1].when.week + request.weeks, now), network.read))

    def compute(tick: Progress, jobs: int) -> list[ProfilePart]:
        found = follow(waves, (request.hours,), None, worlds, jobs=jobs, progress=tick, stopped=dropped.is_set)
        return [part for part in waves_parts(found) if part.title != "Waves" and f"to {now}" not in part.title]

    yield from worked_out(compute, worlds, "Fitting the model", "a few seconds", dropped)
