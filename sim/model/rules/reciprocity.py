"""Reciprocity: gifts call for answers, and members learn whether giving is rewarded (GN: reciprocity makes giving pay)."""

from sim.model.jit import hot
from sim.model.parameters import Parameter, declare

PARAMETERS = declare(
    "reciprocity",
    [
        Parameter("overhead", default=0.2, low=0.0, high=5.0, plausible=(0.1, 0.25), unit="value per week", label="Effort that membership itself takes"),
        Parameter("answer", default=1.5, low=0.0, high=10.0, plausible=(1.0, 2.2), unit="per week", label="Rate at which a gift from a fully trusted giver is answered in the week after it", basis="fitted", source="EIES: 75% of messages answered"),
        Parameter("forget", default=0.33, low=0.0, high=1.0, plausible=(0.2, 0.6), unit="per week", label="Speed at which gifts not yet answered are forgotten", basis="fitted"),
    ],
)  # fmt: skip

SMALLEST_EFFORT = 1e-9  # Avoids a division by zero.


@hot
def learn(i, world, p, luck):
    """Expectation moves towards the reward of giving: value received per value given plus overhead, at most 1.

    Initiative slowly returns to its initial level.
    """
    me = world.members[i]
    if me.active == 0:
        return
    me.given += p.members_memory * (me.given_now - me.given)
    me.received += p.members_memory * (me.direct_now + me.network_now - me.received)
    reward = min(1.0, me.received / max(SMALLEST_EFFORT, me.given + p.reciprocity_overhead))
    me.expectation += p.members_memory * (reward - me.expectation)
    me.initiative += p.members_memory * (p.members_initiative - me.initiative)
