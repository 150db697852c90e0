"""Meeting: people meet where they spend time, and through contacts who bring them together.

Feld (1981, "The focused organization of social ties"): ties form among those who share a place.  Kossinets & Watts (2006):
and among those who share contacts.  A meeting may start to build trust at either end, keeps a tie alive, teaches people
about each other's work, and takes time, of which each has only so much.  Ice-breakers, convenings and sessions are
occasions to meet: they use the same rule.
"""

import math

from sim.model.jit import hot, rule
from sim.model.luck import of, pair, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.chemistry import ceiling, ceilings
from sim.model.rules.members import has_time, somebody, take_time
from sim.model.rules.numbers import events
from sim.model.rules.order import sort_listed
from sim.model.rules.ties import at, slot_of
from sim.model.rules.trust import learn_of, make_tie, mark_contact, move_trust
from sim.model.state import MEMBER_MADE, NOBODY

PARAMETERS = declare(
    "meeting",
    [
        Parameter("rate", default=1.0, low=0.0, high=100.0, plausible=(0.5, 2.0), unit="per week", label="Encounters of a member with others in the network, apart from events", source="0.5 to 1 in a scattered network, 2 and more under one roof"),
        Parameter("visits", default=2.5, low=0.01, high=1000.0, plausible=(1.5, 6.0), unit="trust", label="Sum of a member's trust at which half of the encounters it seeks are with contacts", basis="fitted", source="trial on Newcomb (1961), EIES and AMENDS"),
        Parameter("welcome", default=0.2, low=0.0, high=1.0, plausible=(0.05, 0.5), unit="chance", label="Chance that somebody without trust in a visitor makes time for it", basis="fitted"),
        Parameter("bring", default=0.25, low=0.0, high=1.0, plausible=(0.1, 0.5), unit="chance", label="Chance that a host brings along another contact", basis="fitted", source="direction: Kossinets & Watts (2006)"),
        Parameter("sector", default=0.8, low=0.0, high=1.0, plausible=(0.6, 0.95), unit="share", label="Share of other encounters that are within the sector"),
        Parameter("liking", default=0.7, low=0.0, high=10.0, plausible=(0.4, 1.5), unit="chance per unit of ceiling", label="Chance at each end that a meeting starts to build trust, where trust can rise to 1", basis="published", source="mixers: 11% of strangers became acquainted (Ingram & Morris 2007), a lower bound"),
        Parameter("gain", default=0.16, low=0.0, high=1.0, plausible=(0.08, 0.25), unit="share of the gap to the ceiling", label="How far a meeting moves trust towards the level that it can rise to, up or down", basis="fitted"),
        Parameter("learn", default=0.1, low=0.0, high=1.0, plausible=(0.05, 0.2), unit="share of the gap to 1", label="Knowledge of each other's work gained from a meeting or a gift"),
        Parameter("depth", default=3.0, low=0.0, high=10.0, plausible=(1.5, 5.0), unit="factor", label="Effect of a real conversation, relative to an ordinary encounter"),
        Parameter("circle", default=5.0, low=0.0, high=1000.0, plausible=(3.0, 8.0), unit="people", label="People with whom a participant of an event has a real conversation; size of a circle at an ice-breaker event", basis="published", source="4.8 for five minutes or more: Isella et al. (2011)"),
        Parameter("online", default=0.5, low=0.0, high=1.0, plausible=(0.3, 0.8), unit="factor", label="Effect of meeting online, relative to in person"),
    ],
)  # fmt: skip

# Random counters of one encounter, by purpose.
VISIT, WHOM, LET_IN, BRINGING, BROUGHT, WHERE, LOOK, MEET, MEET_TOO = range(9)
TRIES_IN_SECTOR = 24  # Members looked at to find one of the same sector: enough where it has one in eight of them.


@rule
def meet(i, j, weight, origin, world, p, luck):
    """Two members meet.  `weight`: how much the meeting counts, 1.0 for an ordinary encounter in person.

    At each end that does not trust the other yet, trust may start, the sooner the higher its ceiling; where it has started,
    it moves towards its ceiling, up or down.  Returns the slot of the tie in the row of `i`, or -1 if there is none.
    """
    liking = p.meeting_liking * weight
    draws = pair(luck, i, j)
    s = slot_of(world, i, j)
    if s == NOBODY:
        # A ceiling takes longer to compute than a draw, and is at most 1.
        at_most = uniform(draws, i) < liking, uniform(draws, j) < liking
        mine = p.trust_first if at_most[0] and uniform(draws, i) < liking * ceiling(i, j, world, p) else 0.0
        theirs = p.trust_first if at_most[1] and uniform(draws, j) < liking * ceiling(j, i, world, p) else 0.0
        if mine == 0.0 and theirs == 0.0:
            return NOBODY
        return make_tie(i, j, mine, theirs, p.meeting_learn, origin, world, p)
    share = min(1.0, p.meeting_gain * weight)
    tie = world.ties[at(i, s, world)]
    back = world.ties[at(j, tie.mirror, world)]
    highest_of = ceilings(i, j, world, p)
    for end in range(2):
        half, me, highest = (tie, i, highest_of[0]) if end == 0 else (back, j, highest_of[1])
        if half.trust > 0.0:
            move_trust(half, highest, share)
        elif uniform(draws, me) < liking * highest:
            half.trust = p.trust_first
        learn_of(half, p.meeting_learn * weight)
    mark_contact(tie, back, world)
    return s


@rule
def choose_contact(i, world, luck):
    """Draw one of a member's contacts with chances in proportion to trust squared.  Returns its slot, or -1.

    An exponential race keyed by contact, as in `giving.choose_receiver`: contacts that are too late by the bound
    -log(u) >= 1 - u are skipped.
    """
    row, best, first = int(world.first[i]), NOBODY, math.inf
    for s in range(world.members[i].degree):
        trust = world.ties[row + s].trust
        u = uniform(luck, world.contacts[row + s])
        if trust > 0.0 and u > 0.0 and 1.0 - u < first * (trust * trust):
            time = -math.log(u) / (trust * trust)
            if time < first:
                best, first = s, time
    return best


@rule
def companion(i, host, world, luck):
    """Draw a contact of a host, all whom it trusts equally likely, to be brought along.  Returns its number or -1."""
    row, found, highest = int(world.first[host]), NOBODY, -1.0
    for s in range(world.members[host].degree):
        other = int(world.contacts[row + s])
        u = uniform(luck, other)
        if other != i and u > highest and world.ties[row + s].trust > 0.0:
            found, highest = other, u
    return found


@rule
def somebody_near(i, world, p, luck):
    """Draw somebody whom a member runs into: in its sector or anywhere.  Returns the number or -1."""
    if uniform(luck, WHERE) < p.meeting_sector:
        sector = world.members[i].sector
        draws = of(luck, LOOK)
        for look in range(TRIES_IN_SECTOR):
            j = somebody(draws, look, world)
            if j != NOBODY and j != i and world.members[j].sector == sector:
                return j
    j = somebody(luck, LOOK, world)
    return j if j != i else NOBODY


@rule
def encounter(i, world, p, luck):
    """A member seeks one encounter: it visits a contact, who may bring along another, or runs into somebody nearby.

    The more it trusts its contacts, the more it visits them.  A host may have no time for a visitor it does not trust.
    """
    me = world.members[i]
    if uniform(luck, VISIT) < me.strength / (me.strength + p.meeting_visits):
        s = choose_contact(i, world, of(luck, WHOM))
        if s == NOBODY:
            return
        tie = world.ties[at(i, s, world)]
        j = int(tie.other)
        trust = world.ties[at(j, tie.mirror, world)].trust
        welcome = p.meeting_welcome + (1.0 - p.meeting_welcome) * trust / (trust + p.trust_first)
        if uniform(luck, LET_IN) >= welcome or not has_time(j, world, p):
            return
        take_time(i, j, world)
        meet(i, j, 1.0, MEMBER_MADE, world, p, of(luck, MEET))
        if uniform(luck, BRINGING) < p.meeting_bring:
            k = companion(i, j, world, of(luck, BROUGHT))
            if k != NOBODY and has_time(k, world, p):
                world.members[k].taken += 1
                meet(i, k, 1.0, MEMBER_MADE, world, p, of(luck, MEET_TOO))
        return
    j = somebody_near(i, world, p, luck)
    if j != NOBODY and has_time(j, world, p):
        take_time(i, j, world)
        meet(i, j, 1.0, MEMBER_MADE, world, p, of(luck, MEET))


@hot
def encounters_sought(i, world, p, luck):
    """Return how many encounters a member seeks this week: half of its encounters are sought by others."""
    return events(0.5 * p.meeting_rate, uniform(of(luck, i), 0))


@rule
def sociable(world, p, luck):
    """Put the members who seek an encounter this week into `scratch.order`, in keyed order.  Returns their number."""
    count = 0
    if p.organisation_fixed == 0.0 and p.meeting_rate > 0.0:
        for i in range(world.network.members):
            world.listed[count] = i
            if world.members[i].active == 1:
                count += int(encounters_sought(i, world, p, luck) > 0)
    sort_listed(count, world, luck)
    return count


@rule
def go_out(i, world, p, luck):
    """A member seeks encounters with contacts and with people nearby, as long as it has time."""
    if world.members[i].active == 0 or p.organisation_fixed > 0.0:
        return
    number = encounters_sought(i, world, p, luck)
    mine = of(luck, i)
    for n in range(number):
        if has_time(i, world, p):
            encounter(i, world, p, of(mine, 1 + n))
