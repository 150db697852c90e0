"""Stages reached: connected, aligned, producing, generative, each on its own terms, as first passage with a hold.

Theory.  A stage is reached in the week from which on its threshold was met for `hold` weeks in a row (first passage; the
hold keeps a lucky week from counting).  A run that did not get there by the horizon is censored, never given the horizon
as its time.  Thresholds scale with size, ties with the present one, outputs and groups with the one at the start: six ties
mean something else among 15 than among 300.
"""

from sim.model.jit import hot, rule
from sim.model.parameters import Parameter, declare

PARAMETERS = declare(
    "stages",
    [
        Parameter("hold", 4.0, 1.0, 52.0, "weeks", "Weeks in a row that a threshold has to be met", "assumed", "", (4.0, 8.0), whole=True),
        Parameter("connected_degree", 6.0, 0.0, 1000.0, "ties a member", "Connected: mean degree, in a network of 21 or more", "assumed", "", (5.0, 7.0)),
        Parameter("connected_density", 0.3, 0.0, 1.0, "density", "Connected: density that is enough in a smaller one", "assumed", "", (0.2, 0.4)),
        Parameter("connected_trust", 0.25, 0.0, 1.0, "trust", "Connected: mean trust of ties", "assumed", "", (0.2, 0.3)),
        Parameter("connected_unconnected", 0.10, 0.0, 1.0, "share", "Connected: at most so many members without a tie", "assumed", "", (0.05, 0.15)),
        Parameter("connected_component", 0.85, 0.0, 1.0, "share", "Connected: members in the largest component", "assumed", "", (0.75, 0.95)),
        Parameter("aligned_share", 0.4, 0.0, 1.0, "share", "Aligned: members in groups past aligning", "assumed", "network-wide agreement misleads: shrinking networks agree", (0.3, 0.5)),
        Parameter("aligned_starters", 0.5, 0.0, 1.0, "share", "Aligned: starters still active", "assumed", "", (0.4, 0.6)),
        Parameter("producing_outputs", 2.0, 0.0, 1000.0, "outputs", "Producing: outputs within the window, in a network that started with 40", "assumed", "", (1.0, 3.0)),
        Parameter("producing_window", 26.0, 1.0, 260.0, "weeks", "Producing: the window", "assumed", "", (26.0, 26.0), whole=True),
        Parameter("generative_kinds", 4.0, 1.0, 6.0, "kinds", "Generative: kinds of outputs within the window", "assumed", "", (3.0, 5.0), whole=True),
        Parameter("generative_groups", 3.0, 1.0, 1000.0, "groups", "Generative: groups with an output within the window, in a network that started with 40", "assumed", "", (2.0, 4.0)),
        Parameter("generative_window", 52.0, 1.0, 520.0, "weeks", "Generative: the window", "assumed", "", (52.0, 52.0), whole=True),
    ],
)  # fmt: skip

REFERENCE_SIZE = 40.0


@hot
def is_connected(world, p):
    """Whether the network meets the threshold for connected this week."""
    line = world.weekly[world.network.week]
    enough = min(p.stages_connected_degree, p.stages_connected_density * (line.members - 1.0))
    return (
        line.members >= 2.0
        and line.mean_degree >= enough
        and line.mean_trust >= p.stages_connected_trust
        and line.unconnected <= p.stages_connected_unconnected
        and line.largest_component >= p.stages_connected_component
    )


@hot
def is_aligned(world, p):
    """Whether the network meets the threshold for aligned this week."""
    line = world.weekly[world.network.week]
    return line.past_aligning >= p.stages_aligned_share and line.starters >= p.stages_aligned_starters


@rule
def is_producing(world, p):
    """Whether the network meets the threshold for producing this week."""
    week = int(world.network.week)
    outputs = 0.0
    for w in range(max(0, week + 1 - int(p.stages_producing_window)), week + 1):
        outputs += world.weekly[w].outputs
    return outputs >= max(1.0, p.stages_producing_outputs * world.network.starters / REFERENCE_SIZE)


@rule
def is_generative(world, p):
    """Whether several groups brought out several kinds of outputs within the window.

    A group that has dissolved counts until another one takes its row.
    """
    network = world.network
    since = int(network.week) - int(p.stages_generative_window)
    kinds, groups = 0, 0
    for kind in range(6):
        kinds += int(network.last_of_kind[kind] > since)
    if kinds < p.stages_generative_kinds:
        return False
    for g in range(network.group_rows):
        groups += int(world.groups[g].last_output > since)
    return groups >= max(2.0, p.stages_generative_groups * network.starters / REFERENCE_SIZE)


@hot
def hold_on(stage, met, world, p):
    """Count weeks in a row, and note first passage and first falling back."""
    network = world.network
    if met:
        network.hold[stage] += 1
        network.miss[stage] = 0
    else:
        network.hold[stage] = 0
        network.miss[stage] += 1
    hold = int(p.stages_hold)
    if network.hold[stage] == hold and network.reached[stage] < 0:
        network.reached[stage] = network.week - hold + 1
    if network.miss[stage] == hold and network.reached[stage] >= 0 and network.fallen[stage] < 0:
        network.fallen[stage] = network.week - hold + 1


@rule
def note_stages(world, p):
    """Note which stages the network has reached, each on its own terms."""
    hold_on(0, is_connected(world, p), world, p)
    hold_on(1, is_aligned(world, p), world, p)
    hold_on(2, is_producing(world, p), world, p)
    hold_on(3, is_generative(world, p), world, p)
