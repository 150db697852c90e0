"""Trust: it rises with direct contact and decays without.

Only direct contact builds trust or refreshes a tie: if passed-on gifts did so too, networks became almost complete and
structure no longer mattered.  Relations need maintenance (Dunbar 1992; Burt 2000, "Decay functions"): a tie decays more
slowly if its ends have common contacts (embeddedness), and faster if they have more ties than they can comfortably maintain.
"""

import math

from sim.model.jit import hot, rule
from sim.model.parameters import Parameter, declare
from sim.model.rules.ties import drop_tie, recount, slot_of
from sim.model.state import NOBODY, START

PARAMETERS = declare(
    "trust",
    [
        Parameter("start", default=0.30, low=0.0, high=1.0, plausible=(0.2, 0.4), unit="trust", label="Initial trust in a tie of average strength"),
        Parameter("start_known", default=0.3, low=0.0, high=1.0, plausible=(0.2, 0.5), label="Initial knowledge of contacts' work"),
        Parameter("gain", default=0.20, low=0.0, high=1.0, plausible=(0.1, 0.3), unit="share of the gap to 1, per gift", label="Trust gained from a direct gift", source="EIES (Freeman & Freeman 1979) suggests 0.25 (fitted by hand)"),
        Parameter("decay", default=0.04, low=0.0, high=1.0, plausible=(0.012, 0.05), unit="per week", label="Decay of trust without contact, before embeddedness and load", basis="published", source="Burt (2000), decay of bridges and embedded ties; EIES suggests 0.012 (fitted by hand)"),
        Parameter("floor", default=0.05, low=0.0, high=1.0, plausible=(0.03, 0.08), unit="trust", label="Trust below which a tie dissolves"),
        Parameter("new", default=0.10, low=0.0, high=1.0, plausible=(0.06, 0.15), unit="trust", label="Lowest trust in a tie made by a first gift or an introduction"),
        Parameter("embedded", default=0.5, low=0.0, high=5.0, plausible=(0.2, 1.0), unit="per common contact", label="How strongly common contacts slow the decay of a tie", basis="published", source="direction: Burt (2000)"),
        Parameter("unembedded_share", default=0.4, low=0.0, high=1.0, plausible=(0.2, 0.6), unit="share", label="Share of decay that common contacts can prevent"),
        Parameter("comfortable", default=7.0, low=1.0, high=1000.0, plausible=(5.0, 12.0), unit="ties", label="Ties that a person can comfortably maintain in one network of several", source="part of a sympathy group of 10-15: Dunbar & Spoors (1995)"),
        Parameter("load_share", default=0.75, low=0.0, high=1.0, plausible=(0.5, 0.85), unit="share", label="Share of decay that depends on the number of ties to maintain"),
        Parameter("acquaint", default=0.10, low=0.0, high=1.0, plausible=(0.05, 0.2), unit="share of the gap to 1, per contact", label="Knowledge of each other's work gained from a direct contact"),
        Parameter("forget", default=0.052, low=0.0, high=1.0, plausible=(0.026, 0.1), unit="per week", label="Forgetting of gift balances (half-life 13 weeks)"),
        Parameter("recount", default=4.0, low=1.0, high=52.0, plausible=(4.0, 4.0), whole=True, unit="weeks", label="Interval at which the decay rates of ties are updated", source="numerical setting"),
    ],
)  # fmt: skip


@rule
def make_tie(i, j, trust, known, origin, world, p):
    """Tie two members, unless they are tied or one of them has no free slot.

    Returns the slot in the row of `i`, new or existing, or -1 if the tie could not be made.
    """
    if i == j:
        return NOBODY
    found = slot_of(world, i, j)
    if found != NOBODY:
        return found
    limit = world.ties.shape[1]
    a, b = int(world.members[i].degree), int(world.members[j].degree)
    if a >= limit or b >= limit or (p.organisation_fixed > 0.0 and origin != START):
        return NOBODY
    common = recount(i, j, 1, world)
    week = world.network.week
    for end in range(2):
        tie = world.ties[i, a] if end == 0 else world.ties[j, b]
        tie.other = j if end == 0 else i
        tie.mirror = b if end == 0 else a
        tie.trust = trust
        tie.owed = 0.0
        tie.known = known
        tie.fading = p.trust_decay
        tie.last = week
        tie.common = common
        tie.origin = origin
        tie.gave = 0
    world.contacts[i, a] = j
    world.contacts[j, b] = i
    world.members[i].degree = a + 1
    world.members[j].degree = b + 1
    world.tally.new_ties[origin] += 1
    return a


@hot
def meet_again(i, s, gain, world):
    """Two tied members meet: at both ends, trust closes the share `gain` of its gap to 1 and the tie counts as refreshed."""
    tie = world.ties[i, s]
    back = world.ties[tie.other, tie.mirror]
    trust = tie.trust + gain * (1.0 - tie.trust)
    tie.trust = trust
    back.trust = trust
    week = world.network.week
    tie.last = week
    back.last = week


@hot
def contact(i, s, gain, world, p):
    """Two tied members are in direct contact: trust rises at both ends, and they get to know each other's work.

    Source: GN (exchange builds trust).  `gain` is the share of the gap between trust and 1 that the contact closes.
    """
    meet_again(i, s, gain, world)
    tie = world.ties[i, s]
    back = world.ties[tie.other, tie.mirror]
    tie.known += p.trust_acquaint * (1.0 - tie.known)
    back.known += p.trust_acquaint * (1.0 - back.known)


@hot
def reckon_upkeep(i, world, p, luck):
    """Update how fast a member's ties decay: faster with fewer common contacts and more ties to maintain.

    Done every few weeks.  Degrees and common contacts do not change within the phase, so both halves get the same rate.
    """
    if world.network.week % int(p.trust_recount) != 0:
        return
    mine = int(world.members[i].degree)
    for s in range(mine):
        tie = world.ties[i, s]
        load = 0.5 * (mine + int(world.members[tie.other].degree)) / p.trust_comfortable
        alone = math.exp(-p.trust_embedded * tie.common)
        strangeness = 1.0 - p.trust_unembedded_share + p.trust_unembedded_share * alone
        tie.fading = min(1.0, p.trust_decay * strangeness * (1.0 - p.trust_load_share + p.trust_load_share * load))


@hot
def fade(i, world, p, luck):
    """Ties without contact this week lose trust and dissolve below the floor; gift balances are slowly forgotten."""
    if p.organisation_fixed > 0.0:
        return
    week = world.network.week
    keep, floor = 1.0 - p.trust_forget, p.trust_floor
    s, degree = 0, int(world.members[i].degree)
    while s < degree:
        tie = world.ties[i, s]
        tie.owed *= keep
        s += 1
        if tie.last < week:
            trust = tie.trust * (1.0 - tie.fading)
            tie.trust = trust
            if trust < floor:
                # The last tie moved into this slot and comes next.
                s -= 1
                degree -= 1
                drop_tie(i, s, world)
