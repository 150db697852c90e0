"""Identity: what the network gives makes members feel that they belong to it (GN, "shared identity")."""

from sim.model.jit import hot
from sim.model.luck import of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.ties import at
from sim.model.rules.trust import learn_of

PARAMETERS = declare(
    "identity",
    [
        Parameter("network", default=0.02, low=0.0, high=1.0, plausible=(0.01, 0.04), unit="share of the gap to 1, per unit of value", label="Identity gained from gifts by people one never gave to"),
        Parameter("news", default=0.01, low=0.0, high=1.0, plausible=(0.0, 0.03), unit="share of the gap to 1, per issue", label="Identity gained from reading a newsletter full of news", source="direction: repeated news of one's group doubled visits (Ren et al. 2012)"),
        Parameter("output", default=0.02, low=0.0, high=1.0, plausible=(0.01, 0.04), unit="share of the gap to 1, per unit of worth", label="Identity gained from hearing of the network's outputs"),
        Parameter("fade", default=0.01, low=0.0, high=1.0, plausible=(0.005, 0.02), unit="per week", label="Fading of identity"),
        Parameter("readers", default=0.25, low=0.0, high=1.0, plausible=(0.15, 0.4), unit="chance", label="Chance that a member reads an issue of the newsletter", basis="published", source="e-mails of associations: 18-29% are opened; 19% read thoroughly"),
    ],
)  # fmt: skip

# How much a gift and a newcomer a member have to report, relative to an output of size 1 in a network of 40.
NEWS_OF_GIFT, NEWS_OF_NEWCOMER = 0.1, 4.0


@hot
def reached(channel, p):
    """Return the share of what goes on in the network that reaches somebody through channels this complete."""
    return p.production_alone + (1.0 - p.production_alone) * channel


@hot
def belong(i, world, p, luck):
    """Identity rises with value received, events, news and outputs; otherwise it fades.

    Value counts if it comes from people one never gave to: from the network, not from an exchange.
    """
    me, network = world.members[i], world.network
    if me.active == 0:
        return
    heard = network.worth_last * reached(network.channel, p)
    gain = p.identity_network * me.network_now + p.identity_output * heard + me.news_now
    me.identity += min(1.0, gain) * (1.0 - me.identity) - p.identity_fade * me.identity


@hot
def read_news(i, world, p, luck):
    """Some members read the newsletter: as far as there is news, they identify more and know their contacts' work better."""
    me, issue = world.members[i], world.network.issue
    if issue == 0.0 or me.active == 0 or uniform(of(luck, i), 0) >= p.identity_readers:
        return
    me.news_now += p.identity_news * issue
    for s in range(me.degree):
        learn_of(world.ties[at(i, s, world)], p.meeting_learn * issue)


@hot
def gather_news(world):
    """Add what happened this week to what the next newsletter can report: gifts, newcomers and outputs a member."""
    network, tally = world.network, world.tally
    people = max(1.0, float(network.active))
    network.news += (NEWS_OF_GIFT * tally.gifts + NEWS_OF_NEWCOMER * tally.newcomers) / people + network.worth_now
