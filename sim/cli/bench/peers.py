"""Peers of the compiled week: a plain Mesa model of giving and fading, Starsim if it is installed, and Mesa agent by agent.

The plain Mesa model is a yardstick of what such a week costs in ordinary Python, not a second statement of the rules.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import mesa

from sim.cli.bench.records import AgentByAgent, Range
from sim.cli.bench.week import SEED, STRATEGY, bench_scenario, opened, timed
from sim.lab.generative_network import GenerativeNetwork
from sim.model.world import run_to, state_hash

if TYPE_CHECKING:
    from collections.abc import Iterable

MESA_MEMBERS, MESA_WEEKS = 100, 26
MOST_PLAIN, PLAIN_MEMBER_WEEKS = 10_000, 20_000
FADING, GAIN, REPUTATION = 0.99, 0.1, 0.15


class PlainMember(mesa.Agent):
    """A member of the plain Mesa model: gives to contacts, by trust, reputation and need, and lets its ties fade."""

    def __init__(self, model: PlainNetwork) -> None:
        super().__init__(model)
        self.trust: dict[PlainMember, float] = {}
        self.need, self.given = self.random.random(), 0.0

    def give(self) -> None:
        """Give as many gifts as a member of the compiled model gives in a week, each to one contact."""
        if not self.trust or self.random.random() >= self.model.gifts_a_member:
            return
        contacts = list(self.trust)
        weights = [
            (trust + REPUTATION * one.given / (one.given + 1)) * (0.5 + 0.5 * one.need)
            for one, trust in self.trust.items()
        ]
        other = self.random.choices(contacts, weights)[0]
        self.given += other.need
        for one, contact in ((self, other), (other, self)):
            one.trust[contact] += GAIN * (1 - one.trust[contact])
        self.model.gifts += 1

    def fade(self) -> None:
        """Let the trust of all ties fade."""
        for contact in self.trust:
            self.trust[contact] *= FADING


class PlainNetwork(mesa.Model):
    """Members with random ties who give and whose ties fade, week by week."""

    def __init__(self, members: int, ties: int, gifts_a_member: float) -> None:
        super().__init__(seed=SEED)
        self.gifts_a_member, self.gifts = gifts_a_member, 0
        people = [PlainMember(self) for _ in range(members)]
        draw = random.Random(SEED)
        for _ in range(ties):
            a, b = draw.sample(people, 2)
            a.trust[b] = b.trust[a] = 0.5

    def step(self) -> None:
        """One week."""
        self.agents.shuffle_do("give")
        self.agents.do("fade")


def plain_mesa(members: int, ties: int, gifts_a_member: float, weeks: int) -> tuple[float, float] | tuple[None, None]:
    """Return microseconds a member-week and nanoseconds a gift of the plain Mesa model; None where it would take minutes."""
    if members > MOST_PLAIN:
        return None, None
    model = PlainNetwork(members, ties, min(gifts_a_member, 1.0))
    weeks = max(2, min(weeks, PLAIN_MEMBER_WEEKS // members))
    began = time.thread_time()
    for _ in range(weeks):
        model.step()
    seconds = time.thread_time() - began
    return seconds * 1e6 / (members * weeks), seconds * 1e9 / max(model.gifts, 1)


def starsim(members: int, contacts: int, weeks: int) -> tuple[float, float] | tuple[None, None]:
    """Return microseconds an agent-step and nanoseconds a contact of an SIS model on a random network.

    None where Starsim is not installed.
    """
    os.environ.setdefault("STARSIM_INSTALL_FONTS", "0")
    try:
        with redirect_stdout(sys.stderr):
            import starsim as ss
    except ImportError:
        return None, None
    seconds, steps, edges = [], 1, 1
    for _ in range(3):  # the first compiles
        network = ss.RandomNet(n_contacts=contacts)
        sim = ss.Sim(n_agents=members, start=0, dur=weeks, dt=1, diseases=ss.SIS(), networks=network, verbose=0)
        sim.init()
        began = time.thread_time()
        sim.run()
        seconds.append(time.thread_time() - began)
        steps, edges = len(sim.t.timevec), len(sim.networks[0].p1)
    return min(seconds) * 1e6 / (members * steps), min(seconds) * 1e9 / (edges * steps)


def agent_by_agent(sizes: Iterable[int], weeks: int, repeats: int) -> AgentByAgent:
    """Measure the same scenario, at most 100 members and 26 weeks, agent by agent and compiled; compare the states."""
    members, weeks = min(*sizes, MESA_MEMBERS), min(weeks, MESA_WEEKS)
    scenario = bench_scenario(members, weeks)

    def new_model() -> GenerativeNetwork:
        return GenerativeNetwork(scenario, strategy=STRATEGY, rng=SEED)

    def through_agents(model: GenerativeNetwork) -> GenerativeNetwork:
        model.run_model()
        return model

    new_model().step()  # compiles
    slow, model = timed(repeats, new_model, through_agents)
    fast, world = timed(repeats, lambda: opened(scenario), lambda start: run_to(start, weeks))
    member_weeks = float(world.weekly[:weeks]["members"].sum())
    return AgentByAgent(
        members=members,
        weeks=weeks,
        us_a_member_week=Range.of(slow, 1e6 / member_weeks),
        times_slower=statistics.median(slow) / statistics.median(fast),
        state_is_identical=state_hash(model.world) == state_hash(world),
    )
