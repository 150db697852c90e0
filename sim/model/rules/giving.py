"""Giving: when a member gives, what, and to whom.

GN: members give each other knowledge, skills, connections and resources; reciprocity makes giving pay, and belonging
extends it to strangers.  The number of occasions to give varies widely between members: one gift per week at most would
make giving far more equal than in real message data (in EIES the top 3 of 32 sent 46%).
"""

import math

from sim.model.jit import hot, rule
from sim.model.luck import of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.members import somebody
from sim.model.rules.spreading import has_given_to, log_gift, spread, take_in
from sim.model.rules.ties import slot_of
from sim.model.rules.trust import contact, make_tie
from sim.model.state import (
    CONNECTIONS,
    COORDINATOR_MADE,
    DIRECTORY_MADE,
    KNOWLEDGE,
    MEMBER_MADE,
    NOBODY,
    PURCHASING,
    RESOURCES,
    SKILLS,
)

PARAMETERS = declare(
    "giving",
    [
        Parameter("base", default=0.0, low=-10.0, high=10.0, plausible=(-0.6, 0.4), unit="logit", label="Intercept of the readiness to give"),
        Parameter("generosity", default=3.0, low=0.0, high=20.0, plausible=(1.0, 5.0), unit="logit", label="Effect of generosity on the readiness to give"),
        Parameter("expectation", default=4.0, low=0.0, high=20.0, plausible=(2.0, 8.0), unit="logit", label="Effect of the expected reward on the readiness to give"),
        Parameter("identity", default=1.5, low=0.0, high=20.0, plausible=(0.0, 3.0), unit="logit", label="Effect of identity on the readiness to give"),
        Parameter("value", default=1.25, low=0.01, high=100.0, plausible=(0.9, 1.6), unit="value", label="Value of a gift from a full endowment to a full need", source="sets the unit of value; calibrated so that networks on their own neither all survive nor all die"),
        Parameter("unasked", default=0.3, low=0.001, high=1.0, plausible=(0.2, 0.4), unit="initiative", label="Initiative at which giving unasked is no longer held back", source="without it, a coordinator who is the source of everything does only good"),
        Parameter("cost", default=0.12, low=0.0, high=5.0, plausible=(0.06, 0.2), unit="engagement", label="Cost of a gift to its giver"),
        Parameter("resources_cost", default=2.0, low=0.0, high=20.0, plausible=(1.5, 3.0), unit="factor", label="Cost of giving resources, relative to other gifts (they are used up)"),
        Parameter("own_weaving", default=0.01, low=0.0, high=1.0, plausible=(0.0, 0.03), unit="share of the gap to 1", label="Initiative gained by introducing others unasked"),
    ],
) + declare(
    "choice",
    [
        Parameter("owed", default=1.0, low=0.0, high=10.0, plausible=(0.5, 2.0), unit="weight", label="Direct reciprocity: give to those one owes"),
        Parameter("reputation", default=0.5, low=0.0, high=10.0, plausible=(0.2, 1.0), unit="weight", label="Indirect reciprocity: give to those who give", source="Nowak & Sigmund (2005)"),
        Parameter("trust", default=1.0, low=0.0, high=10.0, plausible=(0.5, 2.0), unit="weight", label="Give to those one trusts"),
        Parameter("generalized", default=0.5, low=0.0, high=10.0, plausible=(0.0, 1.0), unit="weight", label="Generalized giving: an equal weight for every contact, by identity", source="contested in experiments; off in one ablation"),
        Parameter("beyond", default=0.25, low=0.0, high=1.0, plausible=(0.0, 0.5), unit="chance", label="Chance to give to a contact's contact, at full identity"),
        Parameter("anyone", default=0.4, low=0.0, high=1.0, plausible=(0.1, 0.7), unit="share", label="Share of such gifts that go to anybody in the network instead", source="how newcomers who know nobody are found without a coordinator"),
        Parameter("directory", default=0.35, low=0.0, high=1.0, plausible=(0.1, 0.5), unit="chance", label="Chance to look up a receiver in a complete directory"),
        Parameter("directory_looks", default=6.0, low=1.0, high=50.0, plausible=(3.0, 10.0), whole=True, unit="entries", label="Directory entries considered per look-up"),
        Parameter("connections", default=0.2, low=0.0, high=10.0, plausible=(0.1, 0.5), unit="factor", label="Readiness to give introductions, relative to other gifts"),
        Parameter("bridging", default=2.0, low=0.0, high=20.0, plausible=(1.0, 4.0), unit="factor", label="Extra attraction of ties across clusters for a supported bridger"),
        Parameter("relay_looks", default=8.0, low=1.0, high=50.0, plausible=(4.0, 15.0), whole=True, unit="members", label="Members that a coordinator considers when it relays a gift"),
        Parameter("relay_initiative", default=0.965, low=0.0, high=1.0, plausible=(0.95, 0.99), unit="factor", label="Initiative left after a gift is routed through the coordinator"),
        Parameter("relay_hours", default=0.25, low=0.0, high=10.0, plausible=(0.1, 0.5), unit="hours per gift", label="Coordinator's time to relay a gift"),
    ],
)  # fmt: skip

# Random counters of one occasion, by purpose.
WHETHER, KIND, ROUTE, UNASKED, BEYOND, LISTED, PICK, PASS, LOOK, ROOM, WELCOME = range(11)
UNKNOWN_NEED = 0.5  # Need that a giver assumes where it does not know the other's work.
NEUTRAL = 0.5  # Value of a trait at which the readiness to give is its intercept.
SURE = 0.5  # Share of an introducer's judgement of a match that is not random.
LOOKS_BEYOND = 2  # Members considered as receivers by a giver who gives to anybody.
LISTED_KNOWN = 0.5  # How well the two ends of a tie made through the directory know each other's work.
MOST_OCCASIONS = 200  # Bounds the loop for extreme activity.
TRADED = (KNOWLEDGE, SKILLS, RESOURCES)
"""Kinds by which two members can complement each other."""


@hot
def logistic(x):
    """Return the logistic function of x; 0 where exp(-x) would overflow."""
    return 1.0 / (1.0 + math.exp(-x)) if x > -709.0 else 0.0


@hot
def saturating(x):
    """Return an amount as a share: x / (1 + x)."""
    return x / (1.0 + x)


@hot
def occasions(i, world, luck):
    """Return a member's number of occasions to give this week: Poisson with its activity as mean."""
    threshold = uniform(luck, 0)
    mean = world.members[i].activity
    term = world.members[i].silence
    total, number = term, 0
    while threshold >= total and number < MOST_OCCASIONS:
        number += 1
        term *= mean / number
        total += term
    return number


@hot
def chance_to_give(i, world, p):
    """Return the chance to give on an occasion: it rises with generosity, expected reward and identity (GN)."""
    me = world.members[i]
    return me.engagement * logistic(
        p.giving_base
        + p.giving_generosity * (me.generosity - NEUTRAL)
        + p.giving_expectation * (me.expectation - NEUTRAL)
        + p.giving_identity * (me.identity - NEUTRAL)
    )


@hot
def choose_kind(i, world, p, luck):
    """Draw the kind of a gift in proportion to the giver's endowment; introductions are given less readily."""
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
    """Return the worth of a member's gift to a receiver in full need of its kind."""
    return p.giving_value * world.members[i].endowment[kind]


@hot
def pull_of_tie(i, s, world, p):
    """Return the part of attraction that depends on the tie: what is owed to the other, trust, and generalized giving."""
    me, tie = world.members[i], world.ties[i, s]
    return (
        p.choice_owed * saturating(max(0.0, -tie.owed))
        + p.choice_trust * tie.trust
        + p.choice_generalized * me.identity
    )


@hot
def across(i, s, world, p):
    """Return how much more a tie across clusters (no common contact) attracts gifts from a supported bridger."""
    return 1.0 + p.choice_bridging * world.members[i].bridging * int(world.ties[i, s].common == 0)


@hot
def attraction(i, s, kind, world, p):
    """Return how strongly a tie attracts a gift: by debt, reputation, trust and generalized giving, times need.

    Need counts as far as the giver knows the other's work.
    """
    tie = world.ties[i, s]
    other = world.members[tie.other]
    weight = pull_of_tie(i, s, world, p) + p.choice_reputation * saturating(other.given)
    return across(i, s, world, p) * weight * (tie.known * other.need[kind] + (1.0 - tie.known) * UNKNOWN_NEED)


@hot
def attraction_bound(i, s, world, p):
    """Return an upper bound of a tie's attraction, assuming the best reputation and the greatest need at the other end."""
    known = world.ties[i, s].known
    return (
        across(i, s, world, p)
        * (pull_of_tie(i, s, world, p) + p.choice_reputation)
        * (known + (1.0 - known) * UNKNOWN_NEED)
    )


@rule
def choose_receiver(i, kind, world, p, luck):
    """Draw one of a member's ties with chances in proportion to attraction.  Returns its slot, or -1 if there is none.

    This is an exponential race: each contact's arrival time has its attraction as rate and is keyed by the contact, and the
    first wins, so the same contact wins under two strategies even if slots are ordered differently.  An arrival is at least
    (1 - u) / rate, since -log(u) >= 1 - u; contacts that are too late by that bound are skipped before their record is read
    and the logarithm taken.  Starting with the highest u skips most of them.
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
    """Return a contact's exponential arrival time; infinite if it cannot be earlier than `first`."""
    weight = attraction(i, s, kind, world, p)
    u = world.draws[s]
    if weight <= 0.0 or u <= 0.0 or 1.0 - u >= first * weight:
        return math.inf
    return -math.log(u) / weight


@rule
def contact_of_contact(i, world, p, luck):
    """Draw a contact of a contact.  Returns its number or -1."""
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
    """Choose a stranger to give to: a contact's contact, or any member.  Returns its number or -1."""
    if uniform(luck, 2) < p.choice_anyone:
        return look_up(i, kind, LOOKS_BEYOND, world, of(luck, 3))
    return contact_of_contact(i, world, p, luck)


@rule
def look_up(i, kind, looks, world, luck):
    """Draw some members and choose the one who needs the kind most.  Returns its number or -1."""
    found, need = NOBODY, 0.0
    for look in range(looks):
        other = somebody(luck, look, world)
        if other != NOBODY and other != i and world.members[other].need[kind] > need:
            found, need = other, world.members[other].need[kind]
    return found


@hot
def account(i, kind, value, relayed, returned, world, p):
    """Count a gift: its value, and its cost to the giver."""
    me, tally = world.members[i], world.tally
    me.given_now += value
    # Joint purchasing saves members what giving resources costs beyond other gifts.
    beyond = (p.giving_resources_cost - 1.0) * (1.0 - world.network.standing[PURCHASING])
    me.cost_now += p.giving_cost * (1.0 + beyond if kind == RESOURCES else 1.0)
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
    """A member gives to a tie: value, trust and balance change at both ends, and the gift may be passed on."""
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
    """A member introduces two of its contacts who do not know each other (CAP, "closing triangles").

    The receiver is drawn by attraction, need of connections included, and meets the contact who fits best among those with
    room for one more tie.  The new tie starts with the product of the introducer's trust in both, at least `trust.new`.
    Returns 1 if an introduction was made, else 0.
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
        score = world.ties[i, t].trust * complement(j, k, world) * (SURE + (1.0 - SURE) * uniform(draws, k))
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
    """Return the chance that two members have room for one more tie: it falls with the higher of their degrees."""
    return p.trust_comfortable / (p.trust_comfortable + max(world.members[j].degree, world.members[k].degree))


@hot
def complement(j, k, world):
    """Return how well two members complement each other: endowment times the other's need, both ways, connections excluded."""
    a, b = world.members[j], world.members[k]
    total = 0.0
    for kind in TRADED:
        total += a.endowment[kind] * b.need[kind] + b.endowment[kind] * a.need[kind]
    return total


@rule
def pass_contact(c, i, receiver, world, p, luck):
    """A coordinator introduces a receiver to one of the giver's contacts."""
    s = choose_receiver(i, CONNECTIONS, world, p, luck)
    if s != NOBODY:
        k = int(world.ties[i, s].other)
        trust = max(p.trust_new, world.bonds[c, receiver].trust * world.bonds[c, k].trust)
        make_tie(receiver, k, trust, p.trust_acquaint, COORDINATOR_MADE, world, p)


@rule
def relay(i, kind, world, p, luck):
    """A coordinator relays a gift to the member who needs it most among those it considers.

    It takes the coordinator's attention and hours, and the giver's initiative falls.  If the gift is an introduction, the
    receiver meets one of the giver's contacts, with initial trust based on both members' trust in the coordinator.  Returns 1 if a
    coordinator accepted the gift, else 0.
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
    """Give once: through a coordinator, or unasked if the member's initiative suffices.

    An unasked gift goes to a tie; or, by chance, to a member from the directory or to a stranger (more often with
    identity), if both have room for one more tie, which this first gift makes.
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
            LISTED_KNOWN,
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
    """A member gives on some of its occasions this week."""
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
