"""Identity: what the network gives makes members feel that they belong to it (GN, "shared identity")."""

from sim.model.jit import hot
from sim.model.parameters import Parameter, declare

PARAMETERS = declare(
    "identity",
    [
        Parameter("network", default=0.02, low=0.0, high=1.0, plausible=(0.01, 0.04), unit="share of the gap to 1, per unit of value", label="Identity gained from gifts by people one never gave to"),
        Parameter("direct", default=0.006, low=0.0, high=1.0, plausible=(0.0, 0.01), unit="share of the gap to 1, per unit of value", label="Identity gained from gifts by exchange partners"),
        Parameter("news", default=0.004, low=0.0, high=1.0, plausible=(0.0, 0.01), unit="share of the gap to 1, per issue", label="Identity gained from a newsletter"),
        Parameter("output", default=0.02, low=0.0, high=1.0, plausible=(0.01, 0.04), unit="share of the gap to 1, per unit of worth", label="Identity gained from hearing of the network's outputs"),
        Parameter("fade", default=0.01, low=0.0, high=1.0, plausible=(0.005, 0.02), unit="per week", label="Fading of identity"),
        Parameter("hearsay", default=0.2, low=0.0, high=1.0, plausible=(0.1, 0.4), unit="share", label="Share of the network's outputs heard of without channels"),
        Parameter("known_by_news", default=0.03, low=0.0, high=1.0, plausible=(0.01, 0.06), unit="share of the gap to 1, per issue", label="Knowledge of contacts' work gained from a newsletter"),
    ],
)  # fmt: skip


@hot
def belong(i, world, p, luck):
    """Identity rises with value received, news, meetings and outputs; otherwise it fades.

    Value from people one never gave to counts more than value from exchange partners: it comes from the network.
    """
    me, network = world.members[i], world.network
    if me.active == 0:
        return
    heard = network.worth_last * (p.identity_hearsay + (1.0 - p.identity_hearsay) * network.channel)
    gain = (
        p.identity_network * me.network_now
        + p.identity_direct * me.direct_now
        + p.identity_news * network.issue
        + p.identity_output * heard
        + me.meeting_now
    )
    me.identity += min(1.0, gain) * (1.0 - me.identity) - p.identity_fade * me.identity


@hot
def read_news(i, world, p, luck):
    """Readers of the newsletter get to know their contacts' work better."""
    if world.network.issue == 0 or world.members[i].active == 0:
        return
    for s in range(world.members[i].degree):
        world.ties[i, s].known += p.identity_known_by_news * (1.0 - world.ties[i, s].known)
