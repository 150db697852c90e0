"""Giving: when a member gives, what, and to whom.

GN: members give each other knowledge, skills, connections and resources; reciprocity makes giving pay, and belonging
extends it to strangers.  The number of occasions to give varies widely between members: one gift per week at most would
make giving far more equal than in real message data (in EIES the top 3 of 32 sent 46%).  A gift calls for an answer soon
after: answers are gifts that would not have been given otherwise.
"""

import math

from sim.model.jit import hot, rule
from sim.model.luck import of, pair, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.chemistry import ceiling, ceilings
from sim.model.rules.meeting import meet
from sim.model.rules.members import somebody
from sim.model.rules.numbers import logistic, poisson, saturating
from sim.model.rules.order import sort_listed
from sim.model.rules.spreading import has_given_to, log_gift, spread, take_in
from sim.model.rules.ties import at, slot_of
from sim.model.rules.trust import learn_of, make_tie, mark_contact, raise_trust
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
        Parameter("base", default=0.0, low=-10.0, high=10.0, plausible=(-0.6, 0.4), unit="logit", label="Readiness to give without generosity, expected reward and identity"),
        Parameter("generosity", default=3.0, low=0.0, high=20.0, plausible=(1.0, 5.0), unit="logit", label="Effect of generosity on the readiness to give"),
        Parameter("expectation", default=4.0, low=0.0, high=20.0, plausible=(2.0, 8.0), unit="logit", label="Effect of the expected reward on the readiness to give"),
        Parameter("identity", default=1.5, low=0.0, high=20.0, plausible=(0.0, 3.0), unit="logit", label="Effect of identity on the readiness to give"),
        Parameter("value", default=1.25, low=0.01, high=100.0, plausible=(0.9, 1.6), unit="value", label="Value of a gift from a full endowment to a full need", source="sets the unit of value; calibrated so that networks on their own neither all survive nor all die"),
        Parameter("cost", default=0.12, low=0.0, high=5.0, plausible=(0.06, 0.2), unit="engagement", label="Cost of a gift to its giver"),
        Parameter("resources_cost", default=2.0, low=0.0, high=20.0, plausible=(1.5, 3.0), unit="factor", label="Cost of giving resources, relative to other gifts (they are used up)"),
    ],
) + declare(
    "choice",
    [
        Parameter("reputation", default=0.15, low=0.0, high=10.0, plausible=(0.0, 0.4), unit="weight", label="How much more attractive as receivers those are who give (indirect reciprocity)", source="Nowak & Sigmund (2005)"),
        Parameter("beyond", default=0.25, low=0.0, high=1.0, plausible=(0.0, 0.5), unit="chance", label="Chance to give to a contact's contact, at full identity"),
        Parameter("directory", default=0.35, low=0.0, high=1.0, plausible=(0.1, 0.5), unit="chance", label="Chance to look up a receiver in a complete directory"),
        Parameter("looks", default=8.0, low=1.0, high=1000.0, plausible=(4.0, 20.0), whole=True, unit="members", label="Members considered in a search for a match, in the directory or by a coordinator"),
        Parameter("success", default=0.5, low=0.0, high=1.0, plausible=(0.25, 0.8), unit="chance", label="Chance that two people who are introduced get together", basis="published", source="40% of matched pairs succeed (Terrilink); 55 of 73 agreed meetings took place (REBECA); 238 of 900 got mentoring (MicroMentor 2022)"),
        Parameter("connections", default=0.2, low=0.0, high=10.0, plausible=(0.1, 0.5), unit="factor", label="Readiness to give introductions, relative to other gifts"),
        Parameter("bridging", default=2.0, low=0.0, high=20.0, plausible=(1.0, 4.0), unit="factor", label="Extra attraction of ties across clusters for a supported bridger"),
        Parameter("relay_hours", default=0.5, low=0.0, high=10.0, plausible=(0.2, 1.0), unit="hours per gift", label="Coordinator's time to relay a gift"),
    ],
)  # fmt: skip

# Random counters of one occasion, by purpose.
WHETHER, KIND, ROUTE, BEYOND, LISTED, PICK, PASS, LOOK, TOGETHER, MEETING = range(10)
UNKNOWN_NEED = 0.5  # Need that a giver assumes where it does not know the other's work.
NEUTRAL = 0.5  # Value of a trait at which the readiness to give is its intercept.
SURE = 0.5  # Share of an introducer's judgement of a match that is not random.
LISTED_KNOWN = 0.5  # How well the two ends of a tie made through the directory know each other's work.
FORGOTTEN = 0.01  # Debt that no longer calls for an answer.
CARE = 0.5  # Share of answers that even a giver who is not trusted gets.
TRADED = (KNOWLEDGE, SKILLS, RESOURCES)
"""Kinds by which two members can complement each other."""


@hot
def occasions(i, world, luck):
    """Return a member's number of occasions to give this week: Poisson with its activity as mean."""
    return poisson(world.members[i].activity, world.members[i].silence, uniform(luck, 0))


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
def choose_kind(i, connections, world, luck):
    """Draw the kind of a gift in proportion to the giver's endowment; that of connections counts by a factor."""
    endowment = world.members[i].endowment
    introductions = connections * endowment[CONNECTIONS]
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
def across(i, s, world, p):
    """Return how much more a tie across clusters (no common contact) attracts gifts from a supported bridger."""
    return 1.0 + p.choice_bridging * world.members[i].bridging * int(world.ties[at(i, s, world)].common == 0)


@hot
def attraction(i, s, kind, world, p):
    """Return how strongly a tie attracts a gift: by trust and reputation, times need.

    Need counts as far as the giver knows the other's work.
    """
    tie = world.ties[at(i, s, world)]
    other = world.members[tie.other]
    weight = tie.trust + p.choice_reputation * saturating(other.given)
    return across(i, s, world, p) * weight * (tie.known * other.need[kind] + (1.0 - tie.known) * UNKNOWN_NEED)


@hot
def attraction_bound(i, s, world, p):
    """Return an upper bound of a tie's attraction, assuming the best reputation and the greatest need at the other end."""
    tie = world.ties[at(i, s, world)]
    return across(i, s, world, p) * (tie.trust + p.choice_reputation) * (tie.known + (1.0 - tie.known) * UNKNOWN_NEED)


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
    row, front, highest = int(world.first[i]), 0, -1.0
    for s in range(degree):
        u = uniform(luck, world.contacts[row + s])
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
    middle = int(world.ties[at(i, between, world)].other)
    draws = of(luck, 1)
    row, found, highest = int(world.first[middle]), NOBODY, -1.0
    for s in range(world.members[middle].degree):
        other = int(world.contacts[row + s])
        u = uniform(draws, other)
        if other != i and u > highest:
            found, highest = other, u
    return found


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
def book(i, s, world, p):
    """Book a direct gift on a tie: the receiver trusts the giver more, owes an answer, and both are in contact."""
    tie = world.ties[at(i, s, world)]
    j = int(tie.other)
    back = world.ties[at(j, tie.mirror, world)]
    raise_trust(back, ceiling(j, i, world, p), p.trust_gift)
    learn_of(tie, p.meeting_learn)
    learn_of(back, p.meeting_learn)
    mark_contact(tie, back, world)
    tie.owed = 0.0
    back.owed += 1.0
    tie.gave = 1


@hot
def hand_over(i, s, kind, world, p, luck):
    """A member gives to a tie: the gift is taken in, booked, and may be passed on."""
    tie = world.ties[at(i, s, world)]
    j = int(tie.other)
    returned = world.ties[at(j, tie.mirror, world)].gave == 1
    quality = quality_of(i, kind, world, p)
    value = take_in(j, i, i, kind, quality, returned, world, p)
    if value == 0.0:
        return
    account(i, kind, value, False, returned, world, p)
    book(i, s, world, p)
    log_gift(i, j, i, kind, 0, 0, value, world)
    spread(i, j, kind, quality, world, p, of(luck, PASS))


@rule
def bring_together(j, k, origin, world, p, luck):
    """Two members are introduced: with some chance they get together, have a real conversation, and follow it up.

    Returns 1 if they got together, else 0.
    """
    if uniform(pair(of(luck, TOGETHER), j, k), 0) >= p.choice_success:
        return 0
    return get_acquainted(j, k, origin, world, p, luck)


@rule
def get_acquainted(j, k, origin, world, p, luck):
    """Two members who got together have a real conversation, and follow it up.  Returns 1, or 0 if neither has room for a tie."""
    s = make_tie(j, k, p.trust_first, p.trust_first, p.meeting_learn, origin, world, p)
    if s == NOBODY:
        return 0
    meet(j, k, p.meeting_depth, origin, world, p, of(luck, MEETING))
    # Both follow up, as after a gift.
    tie = world.ties[at(j, s, world)]
    tie.owed = 1.0
    world.ties[at(k, tie.mirror, world)].owed = 1.0
    return 1


@rule
def introduce(i, origin, world, p, luck):
    """A member introduces two of its contacts who do not know each other (CAP, "closing triangles").

    The receiver is drawn by attraction, need of connections included, and is introduced to the contact who fits best.
    Returns 1 if the two got together, else 0.
    """
    s = choose_receiver(i, CONNECTIONS, world, p, of(luck, PICK))
    if s == NOBODY:
        return 0
    j = int(world.ties[at(i, s, world)].other)
    draws = of(luck, LOOK)
    best, highest = NOBODY, 0.0
    for t in range(world.members[i].degree):
        k = int(world.contacts[at(i, t, world)])
        trust, chance = world.ties[at(i, t, world)].trust, SURE + (1.0 - SURE) * uniform(draws, k)
        # Two members fit at most as well as they complement each other, which takes less time to compute.
        if k == j or trust * complement(j, k, world) * chance <= highest or slot_of(world, j, k) != NOBODY:
            continue
        score = trust * fit(j, k, world, p) * chance
        if score > highest:
            best, highest = t, score
    if best == NOBODY or bring_together(j, int(world.contacts[at(i, best, world)]), origin, world, p, luck) == 0:
        return 0
    returned = has_given_to(j, i, world)
    value = take_in(j, i, i, CONNECTIONS, quality_of(i, CONNECTIONS, world, p), returned, world, p)
    if value > 0.0:
        account(i, CONNECTIONS, value, origin != MEMBER_MADE, returned, world, p)
        book(i, s, world, p)
        log_gift(i, j, i, CONNECTIONS, 0, 1 if origin != MEMBER_MADE else 0, value, world)
    return 1


@hot
def complement(j, k, world):
    """Return how well two members complement each other: endowment times the other's need, both ways, connections excluded."""
    a, b = world.members[j], world.members[k]
    total = 0.0
    for kind in TRADED:
        total += a.endowment[kind] * b.need[kind] + b.endowment[kind] * a.need[kind]
    return total


@rule
def fit(j, k, world, p):
    """Return how well two members fit: how well they complement each other, times how well they would get on."""
    mine, theirs = ceilings(j, k, world, p)
    return complement(j, k, world) * 0.5 * (mine + theirs)


@rule
def pass_contact(i, receiver, world, p, luck):
    """A coordinator introduces a receiver to one of the giver's contacts."""
    s = choose_receiver(i, CONNECTIONS, world, p, luck)
    if s != NOBODY and int(world.contacts[at(i, s, world)]) != receiver:
        bring_together(receiver, int(world.contacts[at(i, s, world)]), COORDINATOR_MADE, world, p, luck)


@rule
def relay(i, kind, world, p, luck):
    """A coordinator relays a gift to the member who needs it most among those it considers.

    It takes the coordinator's hours, and ties both ends to the coordinator, not to each other.  If the gift
    is an introduction, the receiver meets one of the giver's contacts.  Returns 1 if a coordinator accepted the gift, else 0.
    """
    for c in range(len(world.coordinators)):
        chief = world.coordinators[c]
        if chief.working == 0.0 or uniform(of(luck, LISTED), c) >= chief.hub_share / world.network.hub_share:
            continue
        if chief.owing >= chief.hours:
            continue
        receiver = look_up(i, kind, int(p.choice_looks), world, of(luck, LOOK))
        if receiver == NOBODY:
            return 0
        chief.owing += p.choice_relay_hours
        chief.relayed += 1
        world.members[i].initiative *= p.customized_crowding
        quality = quality_of(i, kind, world, p)
        partner = has_given_to(receiver, i, world)
        value = take_in(receiver, i, i, kind, quality, partner, world, p)
        if value == 0.0:
            return 1
        account(i, kind, value, True, partner, world, p)
        if kind == CONNECTIONS:
            pass_contact(i, receiver, world, p, of(luck, PICK))
        for end in (i, receiver):
            bond = world.bonds[c, end]
            bond.trust += p.meeting_gain * (1.0 - bond.trust)
            bond.last = world.network.week
        log_gift(i, receiver, i, kind, 0, 1, value, world)
        spread(i, receiver, kind, quality, world, p, of(luck, PASS))
        return 1
    return 0


@hot
def give_once(i, world, p, luck):
    """Give once: through a coordinator, to a tie, to a member from the directory, or to a contact's contact.

    Giving beyond one's contacts is more likely with identity; a first gift makes a tie.
    """
    me, network = world.members[i], world.network
    kind = choose_kind(i, p.choice_connections, world, luck)
    if network.hub_share > 0.0 and uniform(luck, ROUTE) < network.hub_share and relay(i, kind, world, p, luck) == 1:
        return
    if kind == CONNECTIONS:
        if p.organisation_fixed == 0.0:
            introduce(i, MEMBER_MADE, world, p, luck)
        return
    stranger, origin, known = NOBODY, MEMBER_MADE, p.meeting_learn
    if uniform(luck, LISTED) < p.choice_directory * network.directory:
        stranger, origin, known = (
            look_up(i, kind, int(p.choice_looks), world, of(luck, LOOK)),
            DIRECTORY_MADE,
            LISTED_KNOWN,
        )
    elif uniform(luck, BEYOND) < p.choice_beyond * me.identity:
        stranger = contact_of_contact(i, world, p, of(luck, LOOK))
    s = NOBODY
    if stranger != NOBODY:
        s = make_tie(i, stranger, p.trust_first, 0.0, known, origin, world, p)
    if s == NOBODY:
        s = choose_receiver(i, kind, world, p, of(luck, PICK))
    if s != NOBODY:
        hand_over(i, s, kind, world, p, luck)


@hot
def answer(i, world, p, luck):
    """A member answers recent gifts, and forgets those it has not answered (Gouldner 1960, "The norm of reciprocity").

    One gift answers all that it owes a giver.  It comes at a rate in proportion to what is owed, to the member's engagement, and to
    its activity if that is below the mean; sooner towards those it trusts.
    """
    me = world.members[i]
    if me.active == 0:
        return
    draws = of(luck, i)
    keep = 1.0 - p.reciprocity_forget
    zeal = p.reciprocity_answer * me.engagement * min(1.0, me.activity / p.members_activity)
    row = int(world.first[i])
    for s in range(me.degree):
        tie = world.ties[row + s]
        if tie.owed == 0.0:
            continue
        mean = tie.owed * zeal * (CARE + (1.0 - CARE) * tie.trust)
        mine = of(draws, tie.other)
        u = uniform(mine, 0)
        # The chance 1 - exp(-mean) is at most the mean, which is quicker to compute.
        if u < mean and u < 1.0 - math.exp(-mean):
            turn = of(mine, 1)
            hand_over(i, s, choose_kind(i, 0.0, world, turn), world, p, turn)
        tie.owed = tie.owed * keep if tie.owed > FORGOTTEN else 0.0


@hot
def is_giver(i, world, p, luck):
    """Return whether a member gives on any of its occasions this week."""
    mine = of(luck, i)
    number = occasions(i, world, mine)
    if number == 0:
        return False
    chance = chance_to_give(i, world, p)
    for n in range(number):
        if uniform(of(mine, 1 + n), WHETHER) < chance:
            return True
    return False


@rule
def givers(world, p, luck):
    """Put the members who give this week into `scratch.order`, in keyed order.  Returns their number.

    Gifts do not change who gives.
    """
    count = 0
    for i in range(world.network.members):
        world.listed[count] = i
        if world.members[i].active == 1:
            count += int(is_giver(i, world, p, luck))
    sort_listed(count, world, luck)
    return count


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
