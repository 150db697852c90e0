"""Mass weaving: everyone at once (CAP, "en masse").  Directory, newsletter, ice-breakers."""

from sim.model.jit import rule
from sim.model.luck import pair, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.order import keyed_order
from sim.model.rules.ties import make_tie, slot_of
from sim.model.state import ICEBREAKER_MADE, NOBODY
from sim.model.weaving.customized import touch

PARAMETERS = declare(
    "mass",
    [
        Parameter("directory_setup", 20.0, 0.1, 1e4, "hours", "Work in a directory, whatever the size", "assumed", "", (10.0, 40.0)),
        Parameter("directory_entry", 0.25, 0.0, 100.0, "hours a member", "Work in a directory for each member", "assumed", "", (0.1, 0.5)),
        Parameter("directory_decay", 0.015, 0.0, 1.0, "a week", "How fast a directory goes out of date", "assumed", "", (0.01, 0.03)),
        Parameter("newsletter_hours", 4.0, 0.01, 100.0, "hours", "Work in an issue of the newsletter", "assumed", "", (2.0, 8.0)),
        Parameter("icebreaker_hours", 8.0, 0.01, 1000.0, "hours", "Work in an ice-breaker event", "assumed", "", (4.0, 12.0)),
        Parameter("icebreaker_places", 40.0, 2.0, 1e4, "members", "Places at an ice-breaker event", "assumed", "", (20.0, 60.0), whole=True),
        Parameter("circle", 5.0, 2.0, 50.0, "members", "Size of a circle", "assumed", "", (4.0, 8.0), whole=True),
        Parameter("icebreaker_tie", 0.5, 0.0, 1.0, "chance", "Chance that two in a circle become acquainted", "published", "new acquaintances at mixers: Ingram & Morris (2007)", (0.2, 0.6)),
        Parameter("icebreaker_trust", 0.07, 0.0, 1.0, "trust", "Trust in such a tie", "assumed", "", (0.055, 0.1)),
        Parameter("icebreaker_known", 0.2, 0.0, 1.0, "share of what is missing", "How much two in a circle learn of each other's work", "assumed", "", (0.1, 0.3)),
        Parameter("icebreaker_profile", 0.25, 0.0, 1.0, "share of what is missing", "How much is learned about a participant's needs and likings", "assumed", "CAP: interests, personalities, preferences", (0.1, 0.4)),
        Parameter("icebreaker_cost", 0.1, 0.0, 20.0, "engagement", "What an ice-breaker costs a participant", "assumed", "", (0.0, 0.3)),
    ],
)  # fmt: skip


@rule
def keep_directory(hours, world, p):
    """Hours go into the directory: it becomes more complete, the more slowly the more members there are and the fewer are missing."""
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
    """An ice-breaker event: random small circles, in which acquaintances are made and people's work and likings get known.

    Members come in keyed order until the places are taken.  Returns the hours it took, 0.0 if there is nobody to meet.
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
        touch(c, i, 0.1 * p.customized_bond, world)
        for b in range(a + 1, min(places, (a // circle + 1) * circle)):
            mingle(i, int(world.scratch[b].order), world, p, luck)
    world.tally.work_coordinators += 1.0
    return p.mass_icebreaker_hours


@rule
def mingle(i, j, world, p, luck):
    """Two in a circle: maybe a new weak tie; if they are tied already, they learn of each other's work."""
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
