"""Practices: ways of working that differ in worth.  Groups try them, members compare notes, and what seems to work spreads.

CAP: members learn which practices work, adopt and spread them.  Worth is hidden and has mean 0, in standard deviations:
of ideas tested in controlled experiments about a third help, a third do nothing and a third harm (Kohavi et al. 2009).
"""

from sim.model.jit import hot, rule
from sim.model.luck import bell, normal, phase_key
from sim.model.parameters import Parameter, declare

PARAMETERS = declare(
    "practices",
    [
        Parameter("effect", default=0.06, low=0.0, high=1.0, plausible=(0.03, 0.12), unit="share per standard deviation", label="How much a practice changes its holder's work", basis="published", source="better management practices raised productivity by 17%: Bloom et al. (2013), here three practices"),
        Parameter("noise", default=1.0, low=0.0, high=20.0, plausible=(0.5, 2.0), unit="standard deviations", label="Error of what a group sees of a practice's worth in one pilot or project"),
    ],
)  # fmt: skip

WORTH = 91  # Phase number for keying the worth of practices; no phase of the week uses it.
INVENTED = 1 << 32  # Invented practices are numbered from here; a member's own habit has its row's number plus 1.
HELD = 3  # Most practices that a member holds: length of the fields.
NO_PRACTICE = 0


@rule
def worth_of(number, world):
    """Return the true worth of a practice: mean 0, variance 1, keyed by its number; 0.0 for none."""
    if number == NO_PRACTICE:
        return 0.0
    return bell(phase_key(world.network.seed, world.network.replicate, 0, WORTH), number)


@hot
def hold(i, a, number, seems, tries, world):
    """Put a practice in a member's slot, in place of the one there, and update the worth of all that it holds."""
    me = world.members[i]
    me.practice[a], me.seems[a], me.tries[a] = number, seems, tries
    total = 0.0
    for b in range(HELD):
        total += worth_of(me.practice[b], world)
    me.practice_worth = total


@rule
def start_with_habit(i, world):
    """Give a new member its own habit as its only practice, so far untested."""
    for a in range(1, HELD):
        hold(i, a, NO_PRACTICE, 0.0, 0.0, world)
    hold(i, 0, i + 1, 0.0, 0.0, world)


@hot
def slot_to_fill(i, world):
    """Return the slot in which a member would take up a practice: a free one, or that of the practice that seems worst."""
    me = world.members[i]
    worst = 0
    for a in range(HELD):
        if me.practice[a] == NO_PRACTICE:
            return a
        if me.seems[a] < me.seems[worst]:
            worst = a
    return worst


@rule
def hear(i, number, seems, tries, world):
    """A member hears of a tested practice: it adopts what seems better than its worst one, or than nothing, and drops what seems harmful.

    Of two views of the same practice, the one based on more trials prevails, so that no trial counts twice.  Returns 1 if
    the practice was adopted, else 0.
    """
    if number == NO_PRACTICE or tries == 0.0:
        return 0
    me = world.members[i]
    for a in range(HELD):
        if me.practice[a] == number:
            if tries > me.tries[a]:
                believe(i, a, seems, tries, world)
            return 0
    a = slot_to_fill(i, world)
    if seems <= me.seems[a]:  # An empty slot seems 0.
        return 0
    hold(i, a, number, seems, tries, world)
    world.tally.adoptions += 1
    return 1


@hot
def believe(i, a, seems, tries, world):
    """A member changes its view of a practice that it holds, and drops it if it seems harmful."""
    me = world.members[i]
    if seems < 0.0:
        hold(i, a, NO_PRACTICE, 0.0, 0.0, world)
    else:
        me.seems[a], me.tries[a] = seems, tries


@rule
def tell(i, j, world):
    """A member tells another of the practices that it has seen tested."""
    for a in range(HELD):
        me = world.members[i]
        hear(j, me.practice[a], me.seems[a], me.tries[a], world)


@hot
def best_tested(g, world):
    """Return (holder, slot) of the practice that seems best among those that a group has seen tested, or (-1, 0)."""
    group = world.groups[g]
    holder, slot, highest = -1, 0, 0.0
    for b in range(group.seated):
        me = world.members[group.members[b]]
        for a in range(HELD):
            if me.tries[a] > 0.0 and me.seems[a] > highest:
                holder, slot, highest = int(group.members[b]), a, me.seems[a]
    return holder, slot


@rule
def try_out(g, world, p, luck):
    """A pilot or project shows its group, with some error, how well the practices work that its members used.

    Members update their view as Bayes' rule has it, starting from the distribution of all practices; those who hold the
    same practice see the same.  All hear of the one that seems best.
    """
    group = world.groups[g]
    error = p.practices_noise
    for b in range(group.seated):
        i = int(group.members[b])
        me = world.members[i]
        for a in range(HELD):
            number = int(me.practice[a])
            if number != NO_PRACTICE:
                seen = worth_of(number, world) + error * normal(luck, number)
                tries = me.tries[a] + 1.0
                believe(i, a, me.seems[a] + (seen - me.seems[a]) / (tries + error * error), tries, world)
    holder, slot = best_tested(g, world)
    if holder >= 0:
        best = world.members[holder]
        number, seems, tries = int(best.practice[slot]), best.seems[slot], best.tries[slot]
        for b in range(group.seated):
            hear(int(group.members[b]), number, seems, tries, world)


@rule
def invent(g, world):
    """An innovation is a new practice, so far untested: makers with a free slot take it up, or else the first maker gives one up."""
    group, network = world.groups[g], world.network
    network.practice_number += 1
    number = INVENTED + int(network.practice_number)
    taken = 0
    for b in range(group.seated):
        i = int(group.members[b])
        a = slot_to_fill(i, world)
        if world.members[i].practice[a] == NO_PRACTICE:
            hold(i, a, number, 0.0, 0.0, world)
            taken += 1
    if taken == 0:
        i = int(group.members[0])
        hold(i, slot_to_fill(i, world), number, 0.0, 0.0, world)
