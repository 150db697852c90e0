"""Convening: an in-person meeting of all members or a share of them, paid per head (CAP)."""

from sim.model.jit import rule
from sim.model.luck import of, pair, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.alignment import move
from sim.model.rules.meeting import meet
from sim.model.rules.order import keyed_order
from sim.model.state import CONVENING_MADE
from sim.model.weaving.customized import touch

PARAMETERS = declare(
    "convening",
    [
        Parameter("head_cost", default=900.0, low=0.0, high=1e6, plausible=(250.0, 2500.0), unit="dollars per person", label="Travel, accommodation and catering for a participant", basis="published", source="$162-169 an attendee-day (2024-25); planners: $1,200-1,700 an attendee (2019)"),
        Parameter("head_hours", default=1.5, low=0.0, high=100.0, plausible=(0.5, 6.0), unit="hours per person", label="Coordinators' hours to prepare for a participant", basis="published", source="office reception: 23 hours; 83-person conference: about 600 hours by two, a ceiling"),
    ],
)  # fmt: skip

WEEKS_A_YEAR = 52.0


@rule
def is_due(c, world):
    """Return whether a coordinator's next convening is due this week."""
    chief, week = world.coordinators[c], world.network.week
    if chief.convenings <= 0.0 or week < chief.convening_first:
        return False
    return week >= chief.convening_first + world.coordinators[c].convened * WEEKS_A_YEAR / chief.convenings


@rule
def invite(c, world, p, luck):
    """Fill `scratch.order` with the participants, drawn by luck, as many as share and money allow.

    With `convening_core`, later convenings are for previous participants and those who joined since the first.  Returns the
    number of participants.
    """
    chief = world.coordinators[c]
    here = keyed_order(world, luck)
    affordable = chief.purse / p.convening_head_cost if p.convening_head_cost > 0.0 else float(here)
    wanted = int(min(affordable, chief.convening_share * here + 0.5))
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
    """Members meet in person: each has real conversations with a few others.

    All participants move towards their common mean (synthesis).  It costs money per head, and hours of the
    coordinator's next weeks.  A convening for which there is no money is postponed.
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
        me.cost_now += p.alignment_session_cost
        touch(c, i, p.meeting_gain, world)
        move(i, x / count, y / count, p.alignment_session * p.alignment_synthesis, world)
        for b in range(a + 1, count):
            run_into(i, int(world.scratch[b].order), count, world, p, meeting)
    spent = count * p.convening_head_cost
    chief.purse -= spent
    chief.owing += count * p.convening_head_hours
    tally.money += spent
    tally.convened += count
    tally.work_coordinators += 1.0


@rule
def run_into(i, j, count, world, p, luck):
    """Two participants may have a real conversation."""
    u = uniform(pair(of(luck, 0), i, j), 0) * (count - 1)
    if u < p.meeting_circle:
        meet(i, j, p.meeting_depth, CONVENING_MADE, world, p, of(luck, 1))
