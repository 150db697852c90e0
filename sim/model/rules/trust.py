"""Trust: it rises in direct contact and fades without.

Only direct contact builds trust or refreshes a tie.  Where passed-on gifts did so too, networks became near-complete
and every structural claim washed out.  Relations need upkeep (Dunbar 1992; Burt 2000, "Decay functions"): a tie fades
more slowly where its two ends share contacts (embeddedness) and faster where they keep more ties than they comfortably
can.
"""

import math

from sim.model.jit import hot
from sim.model.parameters import Parameter, declare
from sim.model.rules.ties import drop_tie

PARAMETERS = declare(
    "trust",
    [
        Parameter("start", 0.30, 0.0, 1.0, "trust", "Trust in a tie of mean strength at the start", "assumed", "", (0.2, 0.4)),
        Parameter("start_known", 0.3, 0.0, 1.0, "", "How well tied members know each other's work at the start", "assumed", "", (0.2, 0.5)),
        Parameter("gain", 0.20, 0.0, 1.0, "share of what is missing, a gift", "Trust gained when a gift is exchanged directly", "assumed", "a hand fit to EIES (Freeman & Freeman 1979) takes .25", (0.1, 0.3)),
        Parameter("decay", 0.04, 0.0, 1.0, "a week", "Trust lost without contact, before embeddedness and load", "published", "Burt (2000), decay of bridges and embedded ties; a hand fit to EIES takes .012", (0.012, 0.05)),
        Parameter("floor", 0.05, 0.0, 1.0, "trust", "Trust below which a tie dissolves", "assumed", "", (0.03, 0.08)),
        Parameter("new", 0.10, 0.0, 1.0, "trust", "Trust in a tie that a first gift or an introduction makes, at least", "assumed", "", (0.06, 0.15)),
        Parameter("embedded", 0.5, 0.0, 5.0, "a contact in common", "How strongly contacts in common slow fading", "published", "direction: Burt (2000)", (0.2, 1.0)),
        Parameter("unembedded_share", 0.4, 0.0, 1.0, "share", "Share of fading that contacts in common can take away", "assumed", "", (0.2, 0.6)),
        Parameter("comfortable", 7.0, 1.0, 1000.0, "ties", "Ties that a person keeps up comfortably in one network of several", "assumed", "part of a sympathy group of 10-15: Dunbar & Spoors (1995)", (5.0, 12.0)),
        Parameter("load_share", 0.75, 0.0, 1.0, "share", "Share of fading that comes from load", "assumed", "", (0.5, 0.85)),
        Parameter("acquaint", 0.10, 0.0, 1.0, "share of what is missing, a contact", "How much of each other's work a direct contact makes known", "assumed", "", (0.05, 0.2)),
        Parameter("forget", 0.052, 0.0, 1.0, "a week", "Gift balances forgotten (half-life 13 weeks)", "assumed", "", (0.026, 0.1)),
        Parameter("recount", 4.0, 1.0, 52.0, "weeks", "How often the fading of a tie is worked out anew", "assumed", "numerical setting", (4.0, 4.0), whole=True),
    ],
)  # fmt: skip


@hot
def contact(i, s, gain, world, p):
    """Two tied members are in direct contact: trust rises towards 1 at both ends, and they get to know each other's work.

    Source: GN (exchange builds trust).  `gain` is the share of the missing trust that the contact closes.
    """
    tie = world.ties[i, s]
    back = world.ties[tie.other, tie.mirror]
    trust = tie.trust + gain * (1.0 - tie.trust)
    tie.trust = trust
    back.trust = trust
    tie.known += p.trust_acquaint * (1.0 - tie.known)
    back.known += p.trust_acquaint * (1.0 - back.known)
    week = world.network.week
    tie.last = week
    back.last = week


@hot
def reckon_upkeep(i, world, p, luck):
    """Work out how fast each of a member's ties will fade: fewer common contacts and more ties to keep, faster.

    Done every few weeks, from degrees and common contacts that stand still meanwhile, so both halves get the same rate.
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
    """A tie without contact this week loses trust; below the floor it dissolves.  Gift balances are slowly forgotten."""
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
                # The last tie moves into the slot: it is looked at next.
                s -= 1
                degree -= 1
                drop_tie(i, s, world)
