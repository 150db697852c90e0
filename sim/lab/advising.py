"""Whom to introduce to whom: introductions judged on paired futures with and without, over luck and plausible worlds.

Each future is a plausible world of its own (`sim.lab.world_draws`) with luck of its own, the same for all candidates and for the
baseline in which nobody is introduced.  An introduction happens before the first week.  It is the model's own
(`sim.model.rules.giving.bring_together`) in two steps: the two meet for certain, and the gain is multiplied by the chance that
an introduction succeeds in that world (`choice.success`): the same mean as with a draw, with less noise.  In sets, each
introduction succeeds or fails at random.

Candidates are ranked with intervals corrected for their number (`sim.lab.analysis.ranking`).  The chosen ones, and the set of
them against as many random open triads, are judged again on fresh seeds, which were not used to choose them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.inputs import networks
from sim.inputs.bounds import MOST_JOBS, whole
from sim.inputs.networks.network_writing import user_network
from sim.inputs.profile.network_profile import NetworkProfile, profile_of
from sim.inputs.reading.resolving import UserNetwork
from sim.inputs.scenario import Scenario
from sim.inputs.scenario.records import row_of
from sim.lab.analysis.events import Estimate
from sim.lab.analysis.ranking import RankedGain, chosen, ranked_gains, simultaneous
from sim.lab.experiment.designs import world_seed
from sim.lab.experiment.runner import results_of
from sim.lab.introductions import (
    Introduction,
    candidates,
    message,
    named_introduction,
    open_triads,
    random_triads,
    reason,
)
from sim.lab.sizes import (
    DEFAULT_CANDIDATES,
    DEFAULT_CHOSEN,
    DEFAULT_FUTURES,
    DEFAULT_LOSSES,
    FEWEST_DRAWS,
    MOST_CANDIDATES,
    MOST_CHOSEN,
    MOST_FUTURES,
)
from sim.lab.world_draws import drawn
from sim.model.declarations import NUMBER
from sim.model.outcomes import LATE
from sim.model.start import StartNetwork
from sim.model.state import CHANGE, INTRODUCE, LOSE_MEMBER, World
from sim.model.world import build_world, run_to, without_maps

OUTCOMES = ("outputs", "ties", "members")
OUTCOME_WORDS = {"outputs": "joint results", "ties": "ties", "members": "members kept"}
MOST_MEMBERS = 5_000
FRESH = 1 << 40
"""Number of the first world of the second judgement; none of these worlds is used to choose."""


class TrialSize(NamedTuple):
    """Size of a trial: candidates, how many to choose, key members whose leaving is simulated, and futures of each."""

    candidates: int = DEFAULT_CANDIDATES
    choose: int = DEFAULT_CHOSEN
    losses: int = DEFAULT_LOSSES
    futures: int = DEFAULT_FUTURES

    def checked(self) -> TrialSize:
        """Return the size as plain integers.  Raises TypeError or ValueError for numbers out of bounds."""
        return TrialSize(
            whole(self.candidates, "candidates", 2, MOST_CANDIDATES),
            whole(self.choose, "choose", 1, MOST_CHOSEN),
            whole(self.losses, "losses", 0, MOST_CANDIDATES),
            whole(self.futures, "futures", FEWEST_DRAWS, MOST_FUTURES),
        )


DEFAULT_SIZE = TrialSize()


@dataclass(frozen=True)
class TrialArm:
    """What is done before the first week: pairs of rows who get together, and rows of members who leave."""

    pairs: tuple[tuple[int, int], ...] = ()
    leavers: tuple[int, ...] = ()


class FutureEnd(NamedTuple):
    """What one future ends with: outputs, ties (late mean), and which of the first members are still there, bool (n,)."""

    outputs: float
    ties: float
    kept: np.ndarray


Run = Callable[[int, Sequence[TrialArm]], tuple[float, list[FutureEnd]]]
"""`run(future, arms)`: the chance that an introduction succeeds in the world of that future, and what each arm ends with."""


class TrialNetwork(NamedTuple):
    """A scenario under one strategy from one start network."""

    scenario: Scenario
    strategy: str
    seed: int
    start: StartNetwork
    as_set: bool

    def run(self, future: int, arms: Sequence[TrialArm]) -> tuple[float, list[FutureEnd]]:
        """Run all arms of one future, in a world of its own.  `future`: its number."""
        seed = world_seed(self.seed, future)
        scenario = self.scenario if self.as_set else self.scenario.with_(drawn(self.scenario, self.seed, future))
        settings = scenario.settings()
        start = self.start_of(scenario, seed)
        coordinators, changes = (
            scenario.coordinator_records(self.strategy),
            scenario.change_records(self.strategy, start),
        )
        ends = []
        for arm in arms:
            done = with_arm(changes, arm)
            world = build_world(start, settings, coordinators, done, scenario.weeks, seed, 0)
            world = run_to(without_maps(world), scenario.weeks)
            ends.append(end_of(world, start.members, scenario.weeks))
        return float(settings[NUMBER["choice.success"]]), ends

    def start_of(self, scenario: Scenario, seed: int) -> StartNetwork:
        """Return the start network of one future: what the data do not say is redrawn, if members and ties are the same."""
        start = networks.build(scenario.network, seed, 0, scenario.folder)
        same = start.names == self.start.names and np.array_equal(start.ties, self.start.ties)
        return start if same else self.start


def with_arm(changes: np.recarray, arm: TrialArm) -> np.recarray:
    """Return scheduled changes with those of an arm before them."""
    extra = CHANGE.empty(len(arm.pairs) + len(arm.leavers))
    rows = [(INTRODUCE, a, b) for a, b in arm.pairs] + [(LOSE_MEMBER, row, 0) for row in arm.leavers]
    for record, (what, target, field) in zip(extra, rows, strict=True):
        record["week"], record["what"], record["target"], record["field"] = 0, what, target, field
    return np.concatenate((extra, changes)).view(np.recarray) if len(changes) else extra


def end_of(world: World, members: int, weeks: int) -> FutureEnd:
    """Return what a future ends with."""
    weekly = world.weekly[:weeks]
    return FutureEnd(
        float(weekly["outputs"].sum()), float(weekly["ties"][-LATE:].mean()), world.members.active[:members] == 1
    )


def differences(base: FutureEnd, end: FutureEnd, without: Sequence[int] = ()) -> list[float]:
    """Return by how much an arm exceeds the baseline: outputs, ties, members; those in `without` are not counted."""
    here = np.ones(len(base.kept), bool)
    here[list(without)] = False
    kept = int((end.kept & here).sum()) - int((base.kept & here).sum())
    return [end.outputs - base.outputs, end.ties - base.ties, float(kept)]


@dataclass(frozen=True)
class Advised:
    """One introduction, judged.

    `gains`: by outcome.  `fresh`: by outcome, on fresh seeds, None for those not chosen.
    """

    introduction: Introduction
    gains: dict[str, RankedGain]
    fresh: dict[str, Estimate] | None = None


@dataclass(frozen=True)
class Loss:
    """What the others lose if one member leaves: row, and the difference by outcome (below 0 for a loss)."""

    row: int
    losses: dict[str, Estimate]


@dataclass(frozen=True)
class SetGain:
    """A set of introductions together, by outcome, on fresh seeds, compared with as many random open triads.

    `ahead`: the set minus the random ones.  None where there are no open triads.
    """

    gains: dict[str, Estimate]
    by_chance: dict[str, Estimate] | None
    ahead: dict[str, Estimate] | None


@dataclass(frozen=True, eq=False)
class Advice:
    """Introductions in order of their expected gain in outputs, the chosen ones, and who would be missed most.

    `futures`: how many each candidate was judged on; as many fresh ones judged the chosen.  `named`: whether the user chose them.
    """

    scenario: Scenario
    strategy: str
    seed: int
    futures: int
    as_set: bool
    profile: NetworkProfile
    success: float
    advised: tuple[Advised, ...]
    together: SetGain | None
    losses: tuple[Loss, ...]
    named: bool = False

    @property
    def chosen(self) -> tuple[Advised, ...]:
        """The chosen introductions, the best first."""
        return tuple(one for one in self.advised if one.fresh is not None)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per introduction: names, kind, go-between, reason, sentence to send, gains with intervals."""
        names, rows = self.profile.names, []
        for one in self.advised:
            who = one.introduction
            row: dict[str, object] = {
                "rank": one.gains["outputs"].rank,
                "introduce": names[who.a],
                "to": names[who.b],
                "kind": who.kind,
                "go_between": "" if who.go_between is None else names[who.go_between],
                "chosen": one.fresh is not None,
                "reason": reason(self.profile, who),
                "message": message(self.profile, who),
            }
            for outcome in OUTCOMES:
                gain = one.gains[outcome]
                row |= {f"{outcome}_expected": gain.expected} | interval(outcome, gain.gain)
                row[f"{outcome}_better_than_others"] = gain.better
                if one.fresh is not None:
                    row |= interval(f"{outcome}_fresh", one.fresh[outcome])
            rows.append(row)
        return pd.DataFrame(rows)

    def payload(self) -> dict[str, object]:
        """Return the advice for `--json`."""
        together = self.together
        return {
            "scenario": self.scenario.title,
            "strategy": self.strategy,
            "seed": self.seed,
            "futures": self.futures,
            "worlds": not self.as_set,
            "success": self.success,
            "introductions": self.table.astype(object).where(self.table.notna(), None).to_dict("records"),
            "together": None if together is None else payload_of(together.gains),
            "random_triads": None if together is None or together.by_chance is None else payload_of(together.by_chance),
            "ahead_of_random": None if together is None or together.ahead is None else payload_of(together.ahead),
            "losses": [{"member": self.profile.names[one.row], **payload_of(one.losses)} for one in self.losses],
        }


def payload_of(estimates: dict[str, Estimate]) -> dict[str, object]:
    """Return estimates by outcome for `--json`."""
    return {outcome: vars(one) for outcome, one in estimates.items()}


def interval(name: str, estimate: Estimate) -> dict[str, float]:
    """Return an estimate as columns of a table."""
    return {name: estimate.mean, f"{name}_low": estimate.low, f"{name}_high": estimate.high}


class Judgement(NamedTuple):
    """Draws of a round: gains (futures, arms, outcomes), and the chance of success in each future."""

    gains: np.ndarray
    success: np.ndarray


def judge(
    run: Run,
    arms: Sequence[TrialArm],
    futures: Sequence[int],
    jobs: int | None = None,
    progress: Callable[[int], None] = lambda done: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Judgement:
    """Return what each arm gains in each future over the baseline, in which nothing is done.

    Gains of introductions are multiplied by the chance that one succeeds; those of members leaving are not.  Futures that
    were not run because `stopped` became true are left out.
    """

    def one(future: int) -> tuple[float, list[list[float]]]:
        success, (base, *ends) = run(future, [TrialArm(), *arms])
        return success, [differences(base, end, arm.leavers) for arm, end in zip(arms, ends, strict=True)]

    rows = list(results_of(one, futures, jobs, stopped, progress=progress).values())
    gains = np.array([gain for _, gain in rows], float).reshape(len(rows), len(arms), len(OUTCOMES))
    success = np.array([chance for chance, _ in rows])
    made = np.array([bool(arm.pairs) for arm in arms])
    gains[:, made] *= success[:, None, None]
    return Judgement(gains, success)


def rank(introductions: Sequence[Introduction], gains: np.ndarray, choose: int) -> tuple[list[Advised], list[int]]:
    """Return judged introductions in order of expected outputs, and the places of the chosen ones in that order."""
    by_outcome = {outcome: ranked_gains(gains[:, :, k]) for k, outcome in enumerate(OUTCOMES)}
    order = sorted(range(len(introductions)), key=lambda place: by_outcome["outputs"][place].rank)
    advised = [
        Advised(introductions[place], {outcome: ranked[place] for outcome, ranked in by_outcome.items()})
        for place in order
    ]
    main = [one.gains["outputs"] for one in advised]
    return advised, chosen(main, [one.introduction.pair for one in advised], choose)


def sets_drawn(
    run: Run,
    picked: Sequence[Introduction],
    triads: Sequence[Introduction],
    futures: Sequence[int],
    seed: int,
    jobs: int | None,
    progress: Callable[[int], None],
    stopped: Callable[[], bool],
) -> tuple[np.ndarray, np.ndarray]:
    """Return what the chosen ones gain one by one, (futures, chosen, outcomes), and sets of them, (futures, 2, outcomes).

    The second set are as many random open triads, other ones in each future.  Each introduction of a set succeeds with
    the chance of its world, drawn with the same luck for the first, second ... of both sets.
    """
    single = [TrialArm((one.pair,)) for one in picked]

    def one(future: int) -> tuple[list[list[float]], list[list[float]]]:
        rng = np.random.default_rng((seed, future))
        luck, others = rng.random(len(picked)), random_triads(triads, len(picked), rng) if triads else []
        chance = run(future, [])[0]
        both = [
            TrialArm(tuple(each.pair for each, u in zip(group, luck, strict=False) if u < chance))
            for group in (picked, others)
        ]
        _, (base, *ends) = run(future, [TrialArm(), *single, *both])
        gains = [differences(base, end) for end in ends]
        return [[chance * value for value in row] for row in gains[: len(single)]], gains[len(single) :]

    rows = results_of(one, futures, jobs, stopped, progress=progress).values()
    return np.array([row for row, _ in rows]), np.array([row for _, row in rows])


def estimates(gains: np.ndarray) -> list[dict[str, Estimate]]:
    """Return estimates by outcome of each arm, corrected for the number of arms: float (futures, arms, outcomes)."""
    columns = [simultaneous(gains[:, :, k]) for k in range(len(OUTCOMES))]
    return [dict(zip(OUTCOMES, row, strict=True)) for row in zip(*columns, strict=True)]


def set_gain(sets: np.ndarray, any_triads: bool) -> SetGain:
    """Return what the two sets of `sets_drawn` gain, and the difference."""
    gains = estimates(sets[:, :1])[0]
    if not any_triads:
        return SetGain(gains, None, None)
    return SetGain(gains, estimates(sets[:, 1:])[0], estimates(sets[:, :1] - sets[:, 1:])[0])


def advise(
    scenario: Scenario | str | Path,
    strategy: str | None = None,
    size: TrialSize = DEFAULT_SIZE,
    seed: int | None = None,
    jobs: int | None = None,
    worlds: bool = True,
    progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
    network: UserNetwork | None = None,
    together: Sequence[tuple[str, str]] = (),
) -> Advice:
    """Return whom to introduce to whom in a scenario's network, judged on simulated futures.

    `strategy`: what coordinators do meanwhile; by default the only one, or the first without coordinators, or the first.
    `size`: of the trial.  `worlds`: whether uncertain parameters are drawn.  `network`: what a user's files say beyond it.
    `together`: pairs of names or ids, a set to judge instead of the best ones.

    Raises ScenarioError, NetworkError, and ValueError for numbers out of bounds, a network in which nobody can be introduced, or
    if stopped before eight futures were judged twice.
    """
    scenario = Scenario.of(scenario)
    number = scenario.seed if seed is None else whole(seed, "seed")
    count, choose, losses, most = size.checked()
    if jobs is not None:
        whole(jobs, "jobs", 1, MOST_JOBS)
    name = default_strategy(scenario) if strategy is None else scenario.strategy(strategy)
    start, profile = start_and_profile(scenario, number, network)
    own = own_set(profile, together)
    introductions = to_try(profile, count, own)
    run = TrialNetwork(scenario, name, number, start, not worlds).run
    leavers = [int(row) for row in profile.leaving.order()[:losses]]
    arms = [TrialArm((one.pair,)) for one in introductions] + [TrialArm(leavers=(row,)) for row in leavers]
    tick = progress or (lambda done, total: None)
    first = judge(run, arms, range(most), jobs, lambda done: tick(done, 2 * most), stopped)
    check_enough(len(first.gains))
    advised, best = rank(introductions, first.gains[:, : len(introductions)], choose)
    best = [place for place, one in enumerate(advised) if one.introduction in own] or best
    picked, triads = [advised[place].introduction for place in best], list(open_triads(profile))
    fresh = range(FRESH, FRESH + most)
    single, sets = sets_drawn(
        run, picked, triads, fresh, number, jobs, lambda done: tick(most + done, 2 * most), stopped
    )
    check_enough(len(single))
    for place, estimate in zip(best, estimates(single), strict=True):
        advised[place] = replace(advised[place], fresh=estimate)
    return Advice(
        scenario,
        name,
        number,
        len(first.gains),
        not worlds,
        profile,
        float(first.success.mean()),
        tuple(advised),
        set_gain(sets, bool(triads)),
        losses_of(leavers, first.gains[:, len(introductions) :]),
        bool(own),
    )


def losses_of(leavers: Sequence[int], gains: np.ndarray) -> tuple[Loss, ...]:
    """Return what the others lose if each of some members leaves, most first.  `gains`: as `estimates` takes them."""
    found = (Loss(row, one) for row, one in zip(leavers, estimates(gains) if leavers else [], strict=True))
    return tuple(sorted(found, key=lambda one: one.losses["outputs"].mean))


def start_and_profile(
    scenario: Scenario, seed: int, network: UserNetwork | None
) -> tuple[StartNetwork, NetworkProfile]:
    """Return the start network and its profile.  Raises NetworkError, and ValueError for a network that is too large."""
    start = networks.build(scenario.network, seed, 0, scenario.folder)
    if start.members > MOST_MEMBERS:
        raise ValueError(f"the network has {start.members:,} members; advice is for up to {MOST_MEMBERS:,}")
    return start, profile_of(with_start(network, start))


def own_set(profile: NetworkProfile, pairs: Sequence[tuple[str, str]]) -> list[Introduction]:
    """Return the introductions that a user names.  Raises ScenarioError, and ValueError for pairs that cannot be introduced."""
    if len(pairs) > MOST_CHOSEN:
        raise ValueError(f"{len(pairs)} introductions are named; allowed are up to {MOST_CHOSEN}")
    rows = [tuple(row_of(name, profile.network.start, "--together") for name in pair) for pair in pairs]
    found = [named_introduction(profile, a, b) for a, b in rows]
    return list({one.pair: one for one in found}.values())


def to_try(profile: NetworkProfile, number: int, own: Sequence[Introduction] = ()) -> list[Introduction]:
    """Return introductions to try, a user's own first.  Raises ValueError if there are fewer than two."""
    pairs = {one.pair for one in own}
    found = [*own, *(one for one in candidates(profile, number) if one.pair not in pairs)]
    if len(found) < 2:
        raise ValueError("there is nobody to introduce: everybody knows everybody, or nobody knows anybody")
    return found


def check_enough(count: int) -> None:
    """Raise ValueError if too few futures were judged."""
    if count < FEWEST_DRAWS:
        raise ValueError(f"stopped before {FEWEST_DRAWS} futures were judged twice: there is no advice")


def default_strategy(scenario: Scenario) -> str:
    """Return the first strategy without coordinators, else the first."""
    idle = [name for name, one in scenario.strategies.items() if not one.coordinators]
    return idle[0] if idle else next(iter(scenario.strategies))


def with_start(network: UserNetwork | None, start: StartNetwork) -> UserNetwork:
    """Return a user's network with the start network of the scenario, or that start network alone."""
    made = user_network(start)
    return made if network is None or network.start.names != start.names else replace(network, start=start)
