"""The loop over weeks, compiled from the phases of `sim.model.schedule`."""

from collections.abc import Sequence

from sim.model import tie_rows
from sim.model.declarations import NUMBER
from sim.model.jit import Compiled, entry, fetch, hot, inlined, linked, rule
from sim.model.luck import phase_key
from sim.model.rules.order import keyed_order
from sim.model.rules.ties import most_ties
from sim.model.schedule import SCHEDULE, Phase
from sim.model.state import GENERATIVE, NEWCOMERS, SET, opened
from sim.model.tie_rows import RESERVE

ARRIVING, ATTRACTING, REFERRING, ATTENTION = (
    NUMBER[key] for key in ("arrival.base", "production.advocacy", "arrival.referral", "members.attention")
)

# Upper bound of unprompted newcomers per week: `membership` truncates its Poisson draws below it.
ARRIVALS_CAP, ARRIVALS_PER_MEAN = 20.0, 5.0
ARRIVAL_STARTERS = 30.0  # Initial number of members for which `arrival.base` is stated.
# Each member draws one referral: four times the mean, and at least 64, is practically never exceeded.
REFERRALS_PER_MEAN, REFERRALS_AT_LEAST = 4.0, 64.0

# Members in an order drawn at random lie scattered in memory: from so many acting members on, those who act so many places
# later are fetched into the cache, with so many lines (of 64 bytes) of their record and of their row of ties.
SCATTERED, AHEAD, MEMBER_LINES, TIE_LINES = 1000, 4, 5, 6


@inlined
def luck_of(number, world):
    """Return the random key of a phase this week, by the phase's number."""
    network = world.network
    return phase_key(network.seed, network.replicate, network.week, number)


@hot
def fetch_row(i, world):
    """Have the processor fetch what a member will need to act: its record, contacts and first ties."""
    for line in range(MEMBER_LINES):
        fetch(world.members, i, line)
    row = int(world.first[i])
    fetch(world.contacts, row, 0)
    for line in range(TIE_LINES):
        fetch(world.ties, row, line)


@rule
def everybody(world, p, luck):
    """Put all active members into keyed order and return their number."""
    return keyed_order(world, luck)


# Each factory returns a function that runs a phase for all its actors.  All of them are inlined into one function for the
# week: compiled separately, each would be optimised again together with everything it calls.


def once(rule: Compiled, number: int) -> Compiled:
    """Return a phase that runs once for the network as a whole."""

    @inlined
    def phase(world, p):
        rule(world, p, luck_of(number, world))

    return phase


def each_coordinator(rule: Compiled, number: int) -> Compiled:
    """Return a phase in which coordinators act."""

    @inlined
    def phase(world, p):
        luck = luck_of(number, world)
        for c in range(len(world.coordinators)):
            rule(c, world, p, luck)

    return phase


def each_member(rule: Compiled, number: int) -> Compiled:
    """Return a phase in which active members act, in order of rows."""

    @inlined
    def phase(world, p):
        luck = luck_of(number, world)
        for i in range(int(world.network.members)):  # Not those who join meanwhile.
            if world.members[i].active == 1:
                rule(i, world, p, luck)

    return phase


def each_in_keyed_order(rule: Compiled, number: int, candidates: Compiled) -> Compiled:
    """Return a phase in which members act in an order drawn for the week."""

    @inlined
    def phase(world, p):
        luck = luck_of(number, world)
        count = candidates(world, p, luck)
        for place in range(count):
            if count >= SCATTERED and place + AHEAD < count:
                fetch_row(int(world.scratch[place + AHEAD].order), world)
            rule(int(world.scratch[place].order), world, p, luck)

    return phase


def each_group(rule: Compiled, number: int) -> Compiled:
    """Return a phase in which working groups act."""

    @inlined
    def phase(world, p):
        luck = luck_of(number, world)
        for g in range(world.network.group_rows):
            rule(g, world, p, luck)

    return phase


def then(first: Compiled, rest: Compiled) -> Compiled:
    """Return a function that runs two steps in sequence."""

    @inlined
    def both(world, p):
        first(world, p)
        rest(world, p)

    return both


LOOPS = {"network": once, "coordinator": each_coordinator, "member": each_member, "group": each_group}


def loop_of(phase: Phase) -> Compiled:
    """Return a function `(world, p)` that runs a phase for all its actors."""
    if phase.who == "member in keyed order":
        return each_in_keyed_order(phase.rule, phase.number, phase.candidates or everybody)
    return LOOPS[phase.who](phase.rule, phase.number)


def in_order(phases: Sequence[Phase]) -> Compiled:
    """Return a function `(world, p)` that runs phases in order, nested by halves because inlining long chains is slow."""
    if len(phases) == 1:
        return loop_of(phases[0])
    middle = len(phases) // 2
    return then(in_order(phases[:middle]), in_order(phases[middle:]))


def compiled_in_order(phases: Sequence[Phase]) -> Compiled:
    """Return a compiled function `(world, p)` that runs phases in order."""
    steps = in_order(phases)

    @linked
    def part_of_week(world, p):
        steps(world, p)

    return part_of_week


run_week = compiled_in_order(SCHEDULE)


most_places = hot(tie_rows.most_places)


@rule
def at_most(number, world):
    """Return a parameter's value, or the highest value that a change sets this week if that is greater."""
    most = world.settings[number]
    for n in range(len(world.changes)):
        change = world.changes[n]
        if change.week == world.network.week and change.what == SET and change.target == number:
            most = max(most, change.value)
    return most


@rule
def has_room(world):
    """Return whether the tables have room for the most that the coming week can add.

    For groups that is two new groups per member; for gifts, as many as all members can take in; for rows of ties, three times
    the places that they have taken so far.
    """
    network = world.network
    mean = at_most(ARRIVING, world) * (1.0 + at_most(ATTRACTING, world)) * network.starters / ARRIVAL_STARTERS
    coming = ARRIVALS_CAP + ARRIVALS_PER_MEAN * mean
    coming += REFERRALS_AT_LEAST + min(1.0, REFERRALS_PER_MEAN * at_most(REFERRING, world)) * network.active
    for n in range(len(world.changes)):
        if world.changes[n].week == network.week and world.changes[n].what == NEWCOMERS:
            coming += world.changes[n].value
    if network.members + coming > len(world.members):
        return False
    people = network.active + coming
    if network.group_rows + people > len(world.groups) and 2.0 * people > len(world.groups):
        return False
    most = most_places(len(world.members), most_ties(world))
    if RESERVE * network.tie_places > len(world.ties) and len(world.ties) < most:
        return False
    gifts = people * (at_most(ATTENTION, world) + 1.0)
    return len(world.ledger) == 0 or network.gifts_logged + gifts <= len(world.ledger)


@entry
def run_weeks(world, until, pause):
    """Run weeks until week `until`, or until a table might become too small for the next week.

    With `pause`, also stop after the week in which the network first counts as generative.  Returns True if the run
    reached week `until` or paused, False if a table has to grow.
    """
    p = world.parameters[0]
    view = opened(world)
    network = view.network
    while network.week < until:
        if not has_room(view):
            return False
        run_week(view, p)
        hold = int(p.stages_hold)
        if pause and network.hold[GENERATIVE] == hold and network.reached[GENERATIVE] == network.week - hold:
            return True
    return True
