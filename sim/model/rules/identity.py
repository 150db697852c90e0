"""Identity: what the network gives makes people feel they belong to the whole (GN, "shared identity")."""

from sim.model.jit import hot
from sim.model.parameters import Parameter, declare

PARAMETERS = declare(
    "identity",
    [
        Parameter("network", 0.02, 0.0, 1.0, "share of what is missing, a unit of value", "Gain from value given by people one never gave to", "assumed", "", (0.01, 0.04)),
        Parameter("direct", 0.006, 0.0, 1.0, "share of what is missing, a unit of value", "Gain from value given by exchange partners", "assumed", "", (0.0, 0.01)),
        Parameter("news", 0.004, 0.0, 1.0, "share of what is missing, an issue", "Gain from reading of others' gifts and outputs", "assumed", "", (0.0, 0.01)),
        Parameter("output", 0.02, 0.0, 1.0, "share of what is missing, a unit of worth", "Gain from the network's outputs that one hears of", "assumed", "", (0.01, 0.04)),
        Parameter("fade", 0.01, 0.0, 1.0, "a week", "Fading of identity", "assumed", "", (0.005, 0.02)),
        Parameter("hearsay", 0.2, 0.0, 1.0, "share", "Share of the network's outputs one hears of without channels", "assumed", "", (0.1, 0.4)),
        Parameter("known_by_news", 0.03, 0.0, 1.0, "share of what is missing, an issue", "How much of contacts' work a newsletter makes known", "assumed", "", (0.01, 0.06)),
    ],
)  # fmt: skip


@hot
def belong(i, world, p, luck):
    """Identity rises with what the network gave, with news, meetings and shared outputs; otherwise it fades.

    Value from people one never gave to counts for more than value from exchange partners: the network gave it.
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
    """A newsletter shows what others do: members know their contacts' work better."""
    if world.network.issue == 0 or world.members[i].active == 0:
        return
    for s in range(world.members[i].degree):
        world.ties[i, s].known += p.identity_known_by_news * (1.0 - world.ties[i, s].known)
