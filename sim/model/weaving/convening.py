"""Convening: an in-person meeting of all members or of a share of them, at a price per head (CAP)."""

from sim.model.jit import rule
from sim.model.luck import of, pair, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.alignment import meet_again, move
from sim.model.rules.order import keyed_order
from sim.model.rules.ties import make_tie, slot_of
from sim.model.state import CONVENING_MADE, NOBODY
from sim.model.weaving.customized import touch

PARAMETERS = declare(
    "convening",
    [
        Parameter("head_cost", 450.0, 0.0, 1e6, "dollars a head", "Travel and keep of a participant", "assumed", "", (150.0, 1500.0)),
        Parameter("met", 39.0, 0.0, 1000.0, "people", "People whom a participant meets", "published", "113 people at a three-day meeting met 39 others each: Isella et al. (2011)", (20.0, 50.0)),
        Parameter("deep", 5.0, 0.0, 1000.0, "people", "People whom a participant really talks to", "published", "4.8 for five minutes or more: Isella et al. (2011)", (3.0, 8.0)),
        Parameter("shallow_trust", 0.06, 0.0, 1.0, "trust", "Trust in a tie made in passing", "assumed", "", (0.05, 0.08)),
        Parameter("deep_trust", 0.2, 0.0, 1.0, "trust", "Trust in a tie made in a real talk", "assumed", "", (0.1, 0.3)),
        Parameter("trust", 0.15, 0.0, 1.0, "share of what is missing", "Trust gained by two who are tied and talk face to face", "assumed", "", (0.05, 0.25)),
        Parameter("identity", 0.10, 0.0, 1.0, "share of what is missing", "Identity gained by a participant", "assumed", "", (0.05, 0.2)),
        Parameter("cost", 0.5, 0.0, 20.0, "engagement", "What a convening costs a participant", "assumed", "", (0.2, 1.0)),
        Parameter("most", 300.0, 2.0, 1e4, "members", "Most participants that a meeting can take", "assumed", "", (100.0, 500.0), whole=True),
    ],
)  # fmt: skip


@rule
def is_due(c, world):
    """Whether a coordinator's next convening is due this week."""
    chief, week = world.coordinators[c], world.network.week
    if chief.convenings <= 0.0 or week < chief.convening_first:
        return False
    return week >= chief.convening_first + world.coordinators[c].convened * 52.0 / chief.convenings


@rule
def invite(c, world, p, luck):
    """Fill `scratch.order` with the participants: a share of members, as many as money and places allow, by luck.

    With `convening_core`, a later meeting is for those who have been before and those who joined since the first.
    Returns how many come.
    """
    chief = world.coordinators[c]
    places = int(
        min(p.convening_most, chief.purse / p.convening_head_cost if p.convening_head_cost > 0.0 else p.convening_most)
    )
    here = keyed_order(world, luck)
    wanted = min(places, int(chief.convening_share * here + 0.5))
    count = 0
    for place in range(here):
        i = int(world.scratch[place].order)
        me = world.members[i]
        invited = (
            chief.convening_core == 0.0 or chief.convened == 0 or me.core == 1 or me.joined > chief.convening_first
        )
        if invited and count < wanted:
            world.scratch[count].order = i
            count += 1
    return count


@rule
def convene(c, world, p, luck):
    """Members meet in person: they meet some dozens, talk to a few, trust those they know more, and find common ground.

    Everybody there moves towards the common mean (synthesis), and feels more a part of the whole.  A convening that
    nobody can be paid for is put off.
    """
    count = invite(c, world, p, of(luck, 0))
    chief, tally = world.coordinators[c], world.tally
    if count < 2:
        return
    chief.convened += 1
    x, y = 0.0, 0.0
    for a in range(count):
        viewpoint = world.members[world.scratch[a].order].viewpoint
        x += viewpoint[0]
        y += viewpoint[1]
    meeting = of(luck, 1)
    for a in range(count):
        i = int(world.scratch[a].order)
        me = world.members[i]
        me.core = 1
        me.cost_now += p.convening_cost
        me.meeting_now += p.convening_identity
        touch(c, i, p.customized_bond, world)
        move(i, x / count, y / count, p.alignment_in_person * p.alignment_synthesis, world)
        for b in range(a + 1, count):
            run_into(i, int(world.scratch[b].order), count, world, p, meeting)
    spent = count * p.convening_head_cost
    chief.purse -= spent
    tally.money += spent
    tally.convened += count
    tally.work_coordinators += 1.0


@rule
def run_into(i, j, count, world, p, luck):
    """Two participants may meet, and if they meet may really talk."""
    u = uniform(pair(luck, i, j), 0) * (count - 1)
    if u >= p.convening_met:
        return
    deep = u < p.convening_deep
    s = slot_of(world, i, j)
    if s == NOBODY:
        trust = p.convening_deep_trust if deep else p.convening_shallow_trust
        make_tie(i, j, trust, 0.3 if deep else p.trust_acquaint, CONVENING_MADE, world, p)
    else:
        meet_again(i, s, p.convening_trust if deep else 0.2 * p.convening_trust, world)
