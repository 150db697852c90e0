"""Giving: when a member gives, what, and to whom.

GN: members give each other knowledge, skills, connections and resources; reciprocity makes giving pay, and belonging
widens it.  Occasions to give are many and very unequal between people (one gift a week at most would cap inequality far
below what is seen in real message data: in EIES the top 3 of 32 sent 46%).
"""

import math

from sim.model.jit import hot, rule
from sim.model.luck import of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.members import somebody
from sim.model.rules.spreading import has_given_to, log_gift, spread, take_in
from sim.model.rules.ties import make_tie, slot_of
from sim.model.rules.trust import contact
from sim.model.state import (
    CONNECTIONS,
    COORDINATOR_MADE,
    DIRECTORY_MADE,
    KNOWLEDGE,
    MEMBER_MADE,
    NOBODY,
    RESOURCES,
    SKILLS,
)

PARAMETERS = declare(
    "giving",
    [
        Parameter("base", 0.0, -10.0, 10.0, "logit", "Readiness to give, intercept", "assumed", "", (-0.6, 0.4)),
        Parameter("generosity", 3.0, 0.0, 20.0, "logit", "Effect of generosity", "assumed", "", (1.0, 5.0)),
        Parameter("expectation", 4.0, 0.0, 20.0, "logit", "Effect of expecting a reward", "assumed", "", (2.0, 8.0)),
        Parameter("identity", 1.5, 0.0, 20.0, "logit", "Effect of identity", "assumed", "", (0.0, 3.0)),
        Parameter("value", 1.25, 0.01, 100.0, "value", "Value of a gift from a full endowment to a full need", "assumed", "sets the unit of value; calibrated so that networks alone neither all live nor all die", (0.9, 1.6)),
        Parameter("unasked", 0.3, 0.001, 1.0, "initiative", "Initiative from which unasked giving is no longer held back", "assumed", "without this a coordinator who is the source of everything only helps", (0.2, 0.4)),
        Parameter("cost", 0.12, 0.0, 5.0, "engagement", "Cost of a gift to its giver", "assumed", "", (0.06, 0.2)),
        Parameter("resources_cost", 2.0, 0.0, 20.0, "times", "How much dearer resources are to give: they are gone", "assumed", "", (1.5, 3.0)),
        Parameter("own_weaving", 0.01, 0.0, 1.0, "share of what is missing", "Initiative gained by introducing others oneself", "assumed", "", (0.0, 0.03)),
    ],
) + declare(
    "choice",
    [
        Parameter("owed", 1.0, 0.0, 10.0, "weight", "Direct reciprocity: give to whom one owes", "assumed", "", (0.5, 2.0)),
        Parameter("reputation", 0.5, 0.0, 10.0, "weight", "Indirect reciprocity: give to who gives", "assumed", "Nowak & Sigmund (2005)", (0.2, 1.0)),
        Parameter("trust", 1.0, 0.0, 10.0, "weight", "Give to whom one trusts", "assumed", "", (0.5, 2.0)),
        Parameter("generalized", 0.5, 0.0, 10.0, "weight", "Generalized giving: an equal share to anyone, by identity", "assumed", "contested in experiments; off in one ablation", (0.0, 1.0)),
        Parameter("beyond", 0.25, 0.0, 1.0, "chance", "Chance to give to a contact's contact, at full identity", "assumed", "", (0.0, 0.5)),
        Parameter("anyone", 0.4, 0.0, 1.0, "share", "Share of such gifts that go to anybody in the network instead", "assumed", "how newcomers who know nobody are found without a coordinator", (0.1, 0.7)),
        Parameter("directory", 0.35, 0.0, 1.0, "chance", "Chance to look up a receiver in a complete directory", "assumed", "", (0.1, 0.5)),
        Parameter("directory_looks", 6.0, 1.0, 50.0, "entries", "Directory entries that somebody looks at", "assumed", "", (3.0, 10.0), whole=True),
        Parameter("connections", 0.2, 0.0, 10.0, "times", "How readily people give introductions, relative to other gifts", "assumed", "", (0.1, 0.5)),
        Parameter("bridging", 2.0, 0.0, 20.0, "times", "How much more a supported bridger gives across clusters", "assumed", "", (1.0, 4.0)),
        Parameter("relay_looks", 8.0, 1.0, 50.0, "members", "Members whom a coordinator thinks of when it relays a gift", "assumed", "", (4.0, 15.0), whole=True),
        Parameter("relay_initiative", 0.965, 0.0, 1.0, "times", "What is left of initiative after a gift routed through the coordinator", "assumed", "", (0.95, 0.99)),
        Parameter("relay_hours", 0.25, 0.0, 10.0, "hours a gift", "Coordinator's time to relay a gift", "assumed", "", (0.1, 0.5)),
    ],
)  # fmt: skip

# Positions read under the key of one occasion: the names say what for.
WHETHER, KIND, ROUTE, UNASKED, BEYOND, LISTED, PICK, PASS, LOOK, ROOM, WELCOME = range(11)
UNNAMED_NEED = 0.5


@hot
def logistic(x):
    """The logistic function; 0 where exp(-x) is beyond any number, which plain Python would refuse."""
    return 1.0 / (1.0 + math.exp(-x)) if x > -709.0 else 0.0


@hot
def saturating(x):
    """Half at 1, towards 1 far beyond: an amount as a share."""
    return x / (1.0 + x)


@hot
def occasions(i, world, luck):
    """How many occasions to give a member has this week: Poisson with the member's activity as mean."""
    threshold = uniform(luck, 0)
    mean = world.members[i].activity
    term = world.members[i].silence
    total, number = term, 0
    while threshold >= total and number < 200:
        number += 1
        term *= mean / number
        total += term
    return number


@hot
def chance_to_give(i, world, p):
    """The chance to give on one occasion: it rises with generosity, the reward expected, and identity (GN)."""
    me = world.members[i]
    return me.engagement * logistic(
        p.giving_base
        + p.giving_generosity * (me.generosity - 0.5)
        + p.giving_expectation * (me.expectation - 0.5)
        + p.giving_identity * (me.identity - 0.5)
    )


@hot
def choose_kind(i, world, p, luck):
    """What a member gives: drawn by what it has to give; introductions come less readily than other gifts."""
    endowment = world.members[i].endowment
    introductions = p.choice_connections * endowment[CONNECTIONS]
    left = uniform(luck, KIND) * (endowment[KNOWLEDGE] + endowment[SKILLS] + endowment[RESOURCES] + introductions)
    if left < endowment[KNOWLEDGE]:
        return KNOWLEDGE
    if left < endowment[KNOWLEDGE] + endowment[SKILLS]:
        return SKILLS
    if left < endowment[KNOWLEDGE] + endowment[SKILLS] + endowment[RESOURCES]:
        return RESOURCES
    return CONNECTIONS


@hot
def quality_of(i, kind, world, p):
    """What a first gift of a member is worth to somebody in full need of the kind."""
    return p.giving_value * world.members[i].endowment[kind]


@hot
def pull_of_tie(i, s, world, p):
    """What a tie itself draws a gift by: what is owed to the other, trust, and an equal share to anyone."""
    me, tie = world.members[i], world.ties[i, s]
    return (
        p.choice_owed * saturating(max(0.0, -tie.owed))
        + p.choice_trust * tie.trust
        + p.choice_generalized * me.identity
    )


@hot
def across(i, s, world, p):
    """How much more a tie across clusters (no contact in common) draws gifts from a bridger whom a coordinator supports."""
    return 1.0 + p.choice_bridging * world.members[i].bridging * int(world.ties[i, s].common == 0)


@hot
def attraction(i, s, kind, world, p):
    """How strongly a tie draws a gift: what is owed to them, their name as givers, trust, and an equal share to anyone.

    Times how well the kind meets their need, as far as the giver knows it.
    """
    tie = world.ties[i, s]
    other = world.members[tie.other]
    weight = pull_of_tie(i, s, world, p) + p.choice_reputation * saturating(other.given)
    return across(i, s, world, p) * weight * (tie.known * other.need[kind] + (1.0 - tie.known) * UNNAMED_NEED)


@hot
def attraction_bound(i, s, world, p):
    """What a tie's attraction cannot exceed, whoever is at the other end: the best of names and the greatest need."""
    known = world.ties[i, s].known
    return (
        across(i, s, world, p)
        * (pull_of_tie(i, s, world, p) + p.choice_reputation)
        * (known + (1.0 - known) * UNNAMED_NEED)
    )


@rule
def choose_receiver(i, kind, world, p, luck):
    """Draw one of a member's ties, with chances in proportion to attraction; returns its slot, or -1 without ties.

    A race: each contact's arrival is exponential with its attraction as rate, keyed by who it is, and the first wins (so
    that the same contact wins under two strategies even if the rows are ordered differently).  An arrival is at least
    (1 - u) / rate, since -log(u) >= 1 - u: whoever is too late even so is passed over before the logarithm is taken, and
    before the contact's own record is looked at.  The highest u runs first, so that most are too late.
    """
    me = world.members[i]
    degree = int(me.degree)
    front, highest = 0, -1.0
    for s in range(degree):
        u = uniform(luck, world.contacts[i, s])
        world.draws[s] = u
        if u > highest:
            front, highest = s, u
    if degree == 0:
        return NOBODY
    best, first = NOBODY, arrival(i, front, kind, math.inf, world, p)
    if first < math.inf:
        best = front
    for s in range(degree):
        if s == front or 1.0 - world.draws[s] >= first * attraction_bound(i, s, world, p):
            continue
        time = arrival(i, s, kind, first, world, p)
        if time < first:
            best, first = s, time
    return best


@hot
def arrival(i, s, kind, first, world, p):
    """When a contact arrives in the race to be chosen: exponential; infinite for who cannot be earlier than `first`."""
    weight = attraction(i, s, kind, world, p)
    u = world.draws[s]
    if weight <= 0.0 or u <= 0.0 or 1.0 - u >= first * weight:
        return math.inf
    return -math.log(u) / weight


@rule
def contact_of_contact(i, world, p, luck):
    """Somebody beyond one's ties: a contact of a contact; returns their number or -1."""
    between = choose_receiver(i, CONNECTIONS, world, p, of(luck, 0))
    if between == NOBODY:
        return NOBODY
    middle = int(world.ties[i, between].other)
    draws = of(luck, 1)
    found, highest = NOBODY, -1.0
    for s in range(world.members[middle].degree):
        other = int(world.contacts[middle, s])
        u = uniform(draws, other)
        if other != i and u > highest:
            found, highest = other, u
    return found


@rule
def somebody_beyond(i, kind, world, p, luck):
    """Somebody whom a member who identifies with the whole gives to: a contact's contact, or anybody; number or -1."""
    if uniform(luck, 2) < p.choice_anyone:
        return look_up(i, kind, 2, world, of(luck, 3))
    return contact_of_contact(i, world, p, luck)


@rule
def look_up(i, kind, looks, world, luck):
    """Look at some members by identity, and take the one who needs the kind most; returns their number or -1."""
    found, need = NOBODY, 0.0
    for look in range(looks):
        other = somebody(luck, look, world)
        if other != NOBODY and other != i and world.members[other].need[kind] > need:
            found, need = other, world.members[other].need[kind]
    return found


@hot
def account(i, kind, value, relayed, returned, world, p):
    """Book a first gift: what it was worth and what it cost its giver."""
    me, tally = world.members[i], world.tally
    me.given_now += value
    me.cost_now += p.giving_cost * (p.giving_resources_cost if kind == RESOURCES else 1.0)
    tally.gifts += 1
    tally.gifts_of[kind] += 1
    tally.value_first += value
    if returned:
        tally.gifts_returned += 1
    if relayed:
        tally.gifts_relayed += 1
        tally.work_coordinators += 1.0
    else:
        tally.work_members += 1.0


@hot
def hand_over(i, s, kind, world, p, luck):
    """A member gives directly to a tie: value, trust, balance and memory change at both ends, and the gift may go on."""
    tie = world.ties[i, s]
    j = int(tie.other)
    back = world.ties[j, tie.mirror]
    quality = quality_of(i, kind, world, p)
    value = take_in(j, i, i, kind, quality, back.gave == 1, world, p)
    if value == 0.0:
        return
    account(i, kind, value, False, back.gave == 1, world, p)
    tie.owed += value
    back.owed -= value
    tie.gave = 1
    contact(i, s, p.trust_gain, world, p)
    log_gift(i, j, i, kind, 0, 0, value, world)
    spread(i, j, kind, quality, world, p, of(luck, PASS))


@rule
def introduce(i, origin, world, p, luck):
    """A member ties two of its contacts who do not know each other: closing a triad by itself (CAP, "closing triangles").

    The receiver is drawn by attraction, need of connections included, and is introduced to the contact who fits best among
    those with room for one more tie.  The new tie
    starts with the product of the introducer's trust in both, floor applied.  Returns 1 if somebody was introduced.
    """
    s = choose_receiver(i, CONNECTIONS, world, p, of(luck, PICK))
    if s == NOBODY:
        return 0
    j = int(world.ties[i, s].other)
    draws, room = of(luck, LOOK), of(luck, WELCOME)
    best, highest = NOBODY, 0.0
    for t in range(world.members[i].degree):
        k = int(world.contacts[i, t])
        if k == j or uniform(room, k) >= room_for_more(j, k, world, p) or slot_of(world, j, k) != NOBODY:
            continue
        score = world.ties[i, t].trust * complement(j, k, world) * (0.5 + 0.5 * uniform(draws, k))
        if score > highest:
            best, highest = t, score
    if best == NOBODY:
        return 0
    k = int(world.ties[i, best].other)
    value = take_in(j, i, i, CONNECTIONS, quality_of(i, CONNECTIONS, world, p), has_given_to(j, i, world), world, p)
    if value == 0.0:
        return 0
    trust = max(p.trust_new, world.ties[i, s].trust * world.ties[i, best].trust)
    make_tie(j, k, trust, p.trust_acquaint, origin, world, p)
    returned = world.ties[j, world.ties[i, s].mirror].gave == 1
    account(i, CONNECTIONS, value, origin != MEMBER_MADE, returned, world, p)
    for slot in (s, best):
        contact(i, slot, p.trust_gain, world, p)
    world.ties[i, s].owed += value
    world.ties[j, world.ties[i, s].mirror].owed -= value
    world.ties[i, s].gave = 1
    log_gift(i, j, i, CONNECTIONS, 0, 1 if origin != MEMBER_MADE else 0, value, world)
    return 1


@hot
def room_for_more(j, k, world, p):
    """The chance that two members have room for one more tie: it falls with the number that the busier one keeps."""
    return p.trust_comfortable / (p.trust_comfortable + max(world.members[j].degree, world.members[k].degree))


@hot
def complement(j, k, world):
    """How well two members complement each other: what one has and the other lacks, both ways, over the other kinds."""
    a, b = world.members[j], world.members[k]
    total = 0.0
    for kind in (0, 1, 3):
        total += a.endowment[kind] * b.need[kind] + b.endowment[kind] * a.need[kind]
    return total


@rule
def pass_contact(c, i, receiver, world, p, luck):
    """A coordinator ties somebody to one of a giver's contacts."""
    s = choose_receiver(i, CONNECTIONS, world, p, luck)
    if s != NOBODY:
        k = int(world.ties[i, s].other)
        trust = max(p.trust_new, world.bonds[c, receiver].trust * world.bonds[c, k].trust)
        make_tie(receiver, k, trust, p.trust_acquaint, COORDINATOR_MADE, world, p)


@rule
def relay(i, kind, world, p, luck):
    """A gift goes through a coordinator, who passes it to whoever needs it most of those it thinks of.

    It takes the coordinator's attention and hours.  The giver gets used to being asked: initiative falls.  Through an
    introduction the receiver meets a contact of the giver's, on the trust that both have in the coordinator.  Returns 1
    if a coordinator took the gift on.
    """
    for c in range(len(world.coordinators)):
        chief = world.coordinators[c]
        if chief.working == 0.0 or uniform(of(luck, LISTED), c) >= chief.hub_share / world.network.hub_share:
            continue
        if chief.taken >= p.spreading_coordinator_attention or chief.owing >= chief.hours:
            continue
        receiver = look_up(i, kind, int(p.choice_relay_looks), world, of(luck, LOOK))
        if receiver == NOBODY:
            return 0
        chief.taken += 1
        chief.owing += p.choice_relay_hours
        chief.relayed += 1
        world.members[i].initiative *= p.choice_relay_initiative
        quality = quality_of(i, kind, world, p)
        partner = has_given_to(receiver, i, world)
        value = take_in(receiver, i, i, kind, quality, partner, world, p)
        if value == 0.0:
            return 1
        account(i, kind, value, True, partner, world, p)
        if kind == CONNECTIONS:
            pass_contact(c, i, receiver, world, p, of(luck, PICK))
        for end in (i, receiver):
            bond = world.bonds[c, end]
            bond.trust += p.trust_gain * (1.0 - bond.trust)
            bond.last = world.network.week
        log_gift(i, receiver, i, kind, 0, 1, value, world)
        spread(i, receiver, kind, quality, world, p, of(luck, PASS))
        return 1
    return 0


@hot
def give_once(i, world, p, luck):
    """One gift: through the coordinator where members are used to that, else unasked, by one's own initiative.

    Unasked, it goes to a tie, with some chance that grows with identity to a contact's contact, or to somebody found in
    the directory, as far as both have room for one more tie: a first gift to a stranger makes one.
    """
    me, network = world.members[i], world.network
    kind = choose_kind(i, world, p, luck)
    if network.hub_share > 0.0 and uniform(luck, ROUTE) < network.hub_share and relay(i, kind, world, p, luck) == 1:
        return
    if uniform(luck, UNASKED) * p.giving_unasked >= me.initiative and p.organisation_fixed == 0.0:
        return
    if kind == CONNECTIONS:
        if p.organisation_fixed == 0.0 and introduce(i, MEMBER_MADE, world, p, luck) == 1:
            me.initiative += p.giving_own_weaving * (1.0 - me.initiative)
        return
    stranger, origin, known = NOBODY, MEMBER_MADE, p.trust_acquaint
    if uniform(luck, LISTED) < p.choice_directory * network.directory:
        stranger, origin, known = (
            look_up(i, kind, int(p.choice_directory_looks), world, of(luck, LOOK)),
            DIRECTORY_MADE,
            0.5,
        )
    elif uniform(luck, BEYOND) < p.choice_beyond * me.identity:
        stranger = somebody_beyond(i, kind, world, p, of(luck, LOOK))
    s = NOBODY
    if stranger != NOBODY and uniform(luck, ROOM) < room_for_more(i, stranger, world, p):
        s = make_tie(i, stranger, p.trust_new, known, origin, world, p)
    if s == NOBODY:
        s = choose_receiver(i, kind, world, p, of(luck, PICK))
    if s != NOBODY:
        hand_over(i, s, kind, world, p, luck)


@hot
def give(i, world, p, luck):
    """A member gives on some of its occasions of the week."""
    if world.members[i].active == 0:
        return
    mine = of(luck, i)
    number = occasions(i, world, mine)
    if number == 0:
        return
    chance = chance_to_give(i, world, p)
    for n in range(number):
        turn = of(mine, 1 + n)
        if uniform(turn, WHETHER) < chance:
            give_once(i, world, p, turn)
