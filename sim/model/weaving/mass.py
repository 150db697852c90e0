"""Mass weaving: all members at once (CAP, "en masse"), by directory, newsletter and ice-breakers."""

from sim.model.jit import rule
from sim.model.luck import pair, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.order import keyed_order
from sim.model.rules.ties import slot_of
from sim.model.rules.trust import make_tie
from sim.model.state import ICEBREAKER_MADE, NOBODY
from sim.model.weaving.customized import touch

PARAMETERS = declare(
    "mass",
    [
        Parameter("directory_setup", default=20.0, low=0.1, high=1e4, plausible=(10.0, 40.0), unit="hours", label="Work on a directory, whatever its size"),
        Parameter("directory_entry", default=0.25, low=0.0, high=100.0, plausible=(0.1, 0.5), unit="hours per member", label="Work on a directory for each member"),
        Parameter("directory_decay", default=0.015, low=0.0, high=1.0, plausible=(0.01, 0.03), unit="per week", label="Share of a directory that goes out of date"),
        Parameter("newsletter_hours", default=4.0, low=0.01, high=100.0, plausible=(2.0, 8.0), unit="hours", label="Hours per issue of the newsletter"),
        Parameter("icebreaker_hours", default=8.0, low=0.01, high=1000.0, plausible=(4.0, 12.0), unit="hours", label="Hours per ice-breaker event"),
        Parameter("icebreaker_places", default=40.0, low=2.0, high=1e4, plausible=(20.0, 60.0), whole=True, unit="members", label="Places at an ice-breaker event"),
        Parameter("circle", default=5.0, low=2.0, high=50.0, plausible=(4.0, 8.0), whole=True, unit="members", label="Size of a circle at an ice-breaker event"),
        Parameter("icebreaker_tie", default=0.5, low=0.0, high=1.0, plausible=(0.2, 0.6), unit="chance", label="Chance that two people in a circle become acquainted", basis="published", source="new acquaintances at mixers: Ingram & Morris (2007)"),
        Parameter("icebreaker_trust", default=0.07, low=0.0, high=1.0, plausible=(0.055, 0.1), unit="trust", label="Trust in a tie made at an ice-breaker event"),
        Parameter("icebreaker_known", default=0.2, low=0.0, high=1.0, plausible=(0.1, 0.3), unit="share of the gap to 1", label="Knowledge of each other's work gained in a circle"),
        Parameter("icebreaker_profile", default=0.25, low=0.0, high=1.0, plausible=(0.1, 0.4), unit="share of the gap to 1", label="How much coordinators learn about a participant's needs and preferences", source="CAP: interests, personalities, preferences"),
        Parameter("icebreaker_cost", default=0.1, low=0.0, high=20.0, plausible=(0.0, 0.3), unit="engagement", label="Cost of an ice-breaker event to a participant"),
    ],
)  # fmt: skip

EVENT_CONTACT = 0.1  # Contact of a coordinator with each participant of an event, relative to a personal contact.


@rule
def keep_directory(hours, world, p):
    """Hours make the directory more complete: more slowly with more members, and the more complete it is."""
    network = world.network
    work = p.mass_directory_setup + p.mass_directory_entry * network.active
    network.directory += min(1.0, hours / work) * (1.0 - network.directory)


@rule
def issue_newsletter(c, world, p, luck):
    """An issue of the newsletter, which members read later in the week.  Returns the hours it took."""
    world.network.issue = 1
    world.tally.work_coordinators += 1.0
    return p.mass_newsletter_hours


@rule
def break_ice(c, world, p, luck):
    """An ice-breaker event: members meet in small random circles, make acquaintances and learn of each other's work.

    Members come in keyed order until the places are taken.  Returns the hours used, 0.0 if there are too few participants.
    """
    here = keyed_order(world, luck)
    if here < 2:
        return 0.0
    places = min(here, int(p.mass_icebreaker_places))
    circle = int(p.mass_circle)
    for a in range(places):
        i = int(world.scratch[a].order)
        me = world.members[i]
        me.cost_now += p.mass_icebreaker_cost
        me.profile += p.mass_icebreaker_profile * (1.0 - me.profile)
        touch(c, i, EVENT_CONTACT * p.customized_bond, world)
        for b in range(a + 1, min(places, (a // circle + 1) * circle)):
            mingle(i, int(world.scratch[b].order), world, p, luck)
    world.tally.work_coordinators += 1.0
    return p.mass_icebreaker_hours


@rule
def mingle(i, j, world, p, luck):
    """Two members in a circle may form a weak tie; if they are tied already, they learn of each other's work."""
    s = slot_of(world, i, j)
    if s == NOBODY:
        if uniform(pair(luck, i, j), 0) >= p.mass_icebreaker_tie:
            return
        make_tie(i, j, p.mass_icebreaker_trust, p.mass_icebreaker_known, ICEBREAKER_MADE, world, p)
        return
    tie = world.ties[i, s]
    back = world.ties[j, tie.mirror]
    tie.known += p.mass_icebreaker_known * (1.0 - tie.known)
    back.known += p.mass_icebreaker_known * (1.0 - back.known)
    tie.last = world.network.week
    back.last = world.network.week
