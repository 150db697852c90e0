"""Reciprocity: members learn whether giving gets rewarded (GN: reciprocity makes giving pay)."""

from sim.model.jit import hot
from sim.model.parameters import Parameter, declare

PARAMETERS = declare(
    "reciprocity",
    [
        Parameter("rate", 0.06, 0.0, 1.0, "a week", "How fast expectation follows experience", "assumed", "", (0.03, 0.1)),
        Parameter("overhead", 0.2, 0.0, 5.0, "value a week", "What belonging at all asks of a member", "assumed", "", (0.1, 0.25)),
        Parameter("memory", 0.052, 0.0, 1.0, "a week", "How fast given and received value are forgotten (half-life 13 weeks)", "assumed", "", (0.026, 0.1)),
        Parameter("initiative_return", 0.01, 0.0, 1.0, "a week", "How fast initiative returns to what people bring along", "assumed", "", (0.005, 0.03)),
    ],
)  # fmt: skip


@hot
def learn(i, world, p, luck):
    """Expectation moves towards what giving brought: value received per value given, overhead included, at most 1.

    Initiative slowly returns to what people bring along.
    """
    me = world.members[i]
    if me.active == 0:
        return
    me.given += p.reciprocity_memory * (me.given_now - me.given)
    me.received += p.reciprocity_memory * (me.direct_now + me.network_now - me.received)
    reward = min(1.0, me.received / max(1e-9, me.given + p.reciprocity_overhead))
    me.expectation += p.reciprocity_rate * (reward - me.expectation)
    me.initiative += p.reciprocity_initiative_return * (p.members_initiative - me.initiative)
