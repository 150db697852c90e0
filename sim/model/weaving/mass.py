"""Mass weaving: all members at once (CAP, "en masse"), by directory, newsletter and ice-breakers."""

from sim.model.jit import rule
from sim.model.parameters import Parameter, declare
from sim.model.rules.meeting import meet
from sim.model.rules.numbers import saturating
from sim.model.rules.order import keyed_order
from sim.model.state import ICEBREAKER_MADE
from sim.model.weaving.customized import touch

PARAMETERS = declare(
    "mass",
    [
        Parameter("directory_entry", default=0.75, low=0.01, high=100.0, plausible=(0.35, 1.5), unit="hours per member", label="Work on a complete directory for each member"),
        Parameter("directory_decay", default=0.006, low=0.0, high=1.0, plausible=(0.0035, 0.015), unit="per week", label="Share of a directory that goes out of date", basis="published", source="contact data lose 22-30% a year (calculated)"),
        Parameter("newsletter_hours", default=6.0, low=0.01, high=100.0, plausible=(2.0, 18.0), unit="hours", label="Hours per issue of the newsletter", basis="published", source="plain text 2-3 hours; surveys of marketing e-mails 16-20 hours"),
        Parameter("icebreaker_hours", default=16.0, low=0.01, high=1000.0, plausible=(6.0, 30.0), unit="hours", label="Hours per ice-breaker event", basis="published", source="an office reception, itemised: 23 hours"),
        Parameter("icebreaker_places", default=40.0, low=2.0, high=1e4, plausible=(20.0, 60.0), whole=True, unit="members", label="Places at an ice-breaker event"),
    ],
)  # fmt: skip

EVENT_CONTACT = 0.1  # Contact of a coordinator with each participant of an event, relative to a personal contact.


@rule
def keep_directory(hours, world, p):
    """Hours make the directory more complete: more slowly with more members, and the more complete it is."""
    network = world.network
    work = p.mass_directory_entry * max(1, int(network.active))
    network.directory += min(1.0, hours / work) * (1.0 - network.directory)


@rule
def issue_newsletter(c, world, p, luck):
    """An issue of the newsletter, which some members read later in the week.  Returns the hours it took.

    What it can do is in proportion to what there is to report: gifts, newcomers and outputs since the last issue.
    """
    world.network.issue = saturating(world.network.news)
    world.network.news = 0.0
    world.tally.work_coordinators += 1.0
    return p.mass_newsletter_hours


@rule
def break_ice(c, world, p, luck):
    """An ice-breaker event: members meet in small random circles.

    Members come in keyed order until the places are taken.  Returns the hours used, 0.0 if there are too few participants.
    """
    here = keyed_order(world, luck)
    if here < 2:
        return 0.0
    places = min(here, int(p.mass_icebreaker_places))
    circle = max(2, int(p.meeting_circle))
    for a in range(places):
        i = int(world.scratch[a].order)
        touch(c, i, EVENT_CONTACT * p.meeting_gain, world)
        for b in range(a + 1, min(places, (a // circle + 1) * circle)):
            meet(i, int(world.scratch[b].order), 1.0, ICEBREAKER_MADE, world, p, luck)
    world.tally.work_coordinators += 1.0
    return p.mass_icebreaker_hours
