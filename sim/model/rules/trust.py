"""Trust: each end of a tie has its own; direct contact moves it, and it fades without.

Only direct contact builds trust or keeps a tie alive: if passed-on gifts did so too, networks became almost complete and
structure no longer mattered.  A tie fades more slowly if its ends have common contacts (embeddedness: Burt 2002), faster if
its end has more to maintain than it comfortably can (Dunbar 1992), and much faster once the two have been silent for
several of their usual intervals (Navarro et al. 2017).
"""

from sim.model.jit import hot, rule
from sim.model.parameters import Parameter, declare
from sim.model.rules.ties import at, drop_tie, recount, slot_of, widen
from sim.model.state import NOBODY, START

PARAMETERS = declare(
    "trust",
    [
        Parameter("start", default=0.30, low=0.0, high=1.0, plausible=(0.2, 0.4), unit="trust", label="Initial trust in a tie of average strength"),
        Parameter("first", default=0.10, low=0.001, high=1.0, plausible=(0.06, 0.15), unit="trust", label="Trust with which an end of a tie starts"),
        Parameter("gift", default=0.35, low=0.0, high=1.0, plausible=(0.25, 0.5), unit="share of the gap to the ceiling", label="How far a gift raises the receiver's trust in the giver", basis="fitted", source="trial on Newcomb (1961), EIES and AMENDS"),
        Parameter("decay", default=0.015, low=0.0, high=1.0, plausible=(0.008, 0.025), unit="trust per week", label="Fading of trust without contact, without common contacts, at a comfortable load", basis="published", source="Burt (2002): nine in ten bridges are gone after a year, 0.043 a week; closest ties lose 1-4% a year"),
        Parameter("floor", default=0.03, low=0.0, high=1.0, plausible=(0.02, 0.05), unit="trust", label="Trust below which an end lets a tie go"),
        Parameter("embedded", default=1.1, low=0.0, high=10.0, plausible=(0.5, 1.5), unit="per common contact", label="How much common contacts slow the fading of a tie", basis="published", source="direction: Burt (2002)"),
        Parameter("comfortable", default=0.7, low=0.01, high=1000.0, plausible=(0.5, 1.5), unit="trust", label="Sum of trust that a person comfortably maintains in one network of several", basis="fitted", source="direction: Dunbar & Spoors (1995)"),
        Parameter("load", default=0.65, low=0.0, high=1.0, plausible=(0.4, 0.85), unit="share", label="Share of fading that depends on the trust to maintain", basis="fitted"),
        Parameter("silence", default=3.0, low=1.0, high=100.0, plausible=(2.0, 4.5), unit="factor", label="How much faster a silent tie fades", basis="fitted", source="direction: Navarro et al. (2017)"),
        Parameter("pace", default=4.0, low=0.0, high=1000.0, plausible=(2.0, 8.0), unit="weeks", label="Usual interval between contacts that a new tie is taken to have"),
        Parameter("patience", default=3.0, low=0.0, high=100.0, plausible=(2.0, 8.0), unit="usual intervals", label="Time without contact after which a tie counts as silent", basis="published", source="up to eight intervals: Navarro et al. (2017)"),
    ],
)  # fmt: skip

# Initial trust: above the floor, so that no tie is lost immediately, and below 1, so that it can rise.
START_TRUST_PER_FLOOR, START_TRUST_MOST = 1.2, 0.9


@hot
def initial_trust(strength, p):
    """Return the trust of one end of a tie at the start: by its strength relative to the mean, 0 without."""
    if strength == 0.0:
        return 0.0
    return min(START_TRUST_MOST, max(START_TRUST_PER_FLOOR * p.trust_floor, p.trust_start * strength))


@rule
def make_tie(i, j, mine, theirs, known, origin, world, p):
    """Tie two members, unless they are tied or one of them has no free slot.

    `mine`, `theirs`: trust of `i` in `j`, and of `j` in `i`.  Returns the slot in the row of `i`, new or existing, or -1 if
    the tie could not be made.
    """
    if i == j:
        return NOBODY
    found = slot_of(world, i, j)
    if found != NOBODY:
        return found
    if p.organisation_fixed > 0.0 and origin != START:
        return NOBODY
    if not widen(i, world) or not widen(j, world):
        return NOBODY
    a, b = int(world.members[i].degree), int(world.members[j].degree)
    common = recount(i, j, 1, world)
    week = world.network.week
    for end in range(2):
        tie = world.ties[at(i, a, world) if end == 0 else at(j, b, world)]
        tie.other = j if end == 0 else i
        tie.mirror = b if end == 0 else a
        tie.trust = mine if end == 0 else theirs
        tie.owed = 0.0
        tie.known = known
        tie.made = week
        tie.last = week
        tie.contacts = 1
        tie.common = common
        tie.origin = origin
        tie.gave = 0
    world.contacts[at(i, a, world)] = j
    world.contacts[at(j, b, world)] = i
    world.members[i].degree = a + 1
    world.members[j].degree = b + 1
    world.members[i].strength += mine
    world.members[j].strength += theirs
    world.tally.new_ties[origin] += 1
    return a


@hot
def move_trust(half, ceiling, share):
    """Move one end's trust the given share of the way towards its ceiling, up or down."""
    half.trust += share * (ceiling - half.trust)


@hot
def raise_trust(half, ceiling, share):
    """Raise one end's trust by the given share of the gap to its ceiling, if it is below."""
    half.trust += share * max(0.0, ceiling - half.trust)


@hot
def learn_of(half, share):
    """One end gets to know the other's work: by the given share of the gap to 1."""
    half.known += min(1.0, share) * (1.0 - half.known)


@hot
def mark_contact(tie, back, world):
    """Note that the two ends of a tie are in direct contact this week."""
    week = world.network.week
    count = int(tie.contacts) + int(tie.last < week)
    tie.contacts = count
    back.contacts = count
    tie.last = week
    back.last = week


@hot
def usual_interval(tie, p):
    """Return the mean number of weeks between a tie's contacts, from when it was made to the last one."""
    return (tie.last - tie.made + p.trust_pace) / tie.contacts


@hot
def faded(trust, load, silent, common, p):
    """Return trust after a week without contact.

    `load`: how much the one who trusts has to maintain, 1 if just comfortable.  `silent`: whether the two have been silent
    for several of their usual intervals.  `common`: their number of common contacts.
    """
    return trust - p.trust_decay * load * (p.trust_silence if silent else 1.0) / (1.0 + p.trust_embedded * common)


@hot
def fade(i, world, p, luck):
    """Ties without contact this week lose trust, and end when neither end trusts the other.

    Also sums up a member's trust, which decides how much it has to maintain.
    """
    me = world.members[i]
    if me.active == 0 or p.organisation_fixed > 0.0:
        return
    week = world.network.week
    floor = p.trust_floor
    load = 1.0 - p.trust_load + p.trust_load * me.strength / p.trust_comfortable
    strength = 0.0
    row, s, degree = int(world.first[i]), 0, int(me.degree)
    while s < degree:
        tie = world.ties[row + s]
        s += 1
        if tie.last < week:
            silent = week - tie.last > p.trust_patience * usual_interval(tie, p)
            tie.trust = faded(tie.trust, load, silent, tie.common, p)
        if tie.trust >= floor:
            strength += tie.trust
            continue
        tie.trust = 0.0
        if world.ties[at(tie.other, tie.mirror, world)].trust == 0.0:
            # The last tie moved into this slot and comes next.
            s -= 1
            degree -= 1
            drop_tie(i, s, world)
    me.strength = strength
