"""Stages that a network reaches: connected, aligned, producing, generative, each as a first passage with a hold.

A stage is reached in the first of `hold` consecutive weeks in which its threshold is met (the hold keeps a lucky week from
counting).  A run that has not reached it by the horizon is censored.  Thresholds scale with size: of ties with the present
number of members, of outputs and groups with the initial one.  Six ties mean something else among 15 than among 300.
"""

from sim.model.jit import hot, rule
from sim.model.parameters import Parameter, declare
from sim.model.rules.production import OUTPUT_COUNT, REFERENCE_SIZE

PARAMETERS = declare(
    "stages",
    [
        Parameter("hold", default=4.0, low=1.0, high=52.0, plausible=(4.0, 8.0), whole=True, unit="weeks", label="Consecutive weeks that a threshold must be met"),
        Parameter("connected_degree", default=6.0, low=0.0, high=1000.0, plausible=(5.0, 7.0), unit="ties per member", label="Connected: mean degree, in a network of 21 or more members"),
        Parameter("connected_density", default=0.3, low=0.0, high=1.0, plausible=(0.2, 0.4), unit="density", label="Connected: density that suffices in a smaller network"),
        Parameter("connected_trust", default=0.25, low=0.0, high=1.0, plausible=(0.2, 0.3), unit="trust", label="Connected: mean trust of ties"),
        Parameter("connected_unconnected", default=0.10, low=0.0, high=1.0, plausible=(0.05, 0.15), unit="share", label="Connected: highest share of members without a tie"),
        Parameter("connected_component", default=0.85, low=0.0, high=1.0, plausible=(0.75, 0.95), unit="share", label="Connected: share of members in the largest component"),
        Parameter("aligned_share", default=0.4, low=0.0, high=1.0, plausible=(0.3, 0.5), unit="share", label="Aligned: share of members in groups past aligning", source="network-wide agreement misleads: shrinking networks agree"),
        Parameter("aligned_starters", default=0.5, low=0.0, high=1.0, plausible=(0.4, 0.6), unit="share", label="Aligned: share of starters still active"),
        Parameter("producing_outputs", default=2.0, low=0.0, high=1000.0, plausible=(1.0, 3.0), unit="outputs", label="Producing: outputs within the window, in a network that started with 40 members"),
        Parameter("producing_window", default=26.0, low=1.0, high=260.0, plausible=(26.0, 26.0), whole=True, unit="weeks", label="Producing: length of the window"),
        Parameter("generative_kinds", default=4.0, low=1.0, high=6.0, plausible=(3.0, 5.0), whole=True, unit="kinds", label="Generative: kinds of output within the window"),
        Parameter("generative_groups", default=3.0, low=1.0, high=1000.0, plausible=(2.0, 4.0), unit="groups", label="Generative: groups with an output within the window, in a network that started with 40 members"),
        Parameter("generative_window", default=52.0, low=1.0, high=520.0, plausible=(52.0, 52.0), whole=True, unit="weeks", label="Generative: length of the window"),
    ],
)  # fmt: skip


@hot
def is_connected(world, p):
    """Return whether the network meets the threshold for connected this week."""
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
    """Return whether the network meets the threshold for aligned this week."""
    line = world.weekly[world.network.week]
    return line.past_aligning >= p.stages_aligned_share and line.starters >= p.stages_aligned_starters


@rule
def is_producing(world, p):
    """Return whether the network meets the threshold for producing this week."""
    week = int(world.network.week)
    outputs = 0.0
    for w in range(max(0, week + 1 - int(p.stages_producing_window)), week + 1):
        outputs += world.weekly[w].outputs
    return outputs >= max(1.0, p.stages_producing_outputs * world.network.starters / REFERENCE_SIZE)


@rule
def is_generative(world, p):
    """Return whether several groups completed outputs of several kinds within the window.

    A group that has dissolved counts until another one takes its row.
    """
    network = world.network
    since = int(network.week) - int(p.stages_generative_window)
    kinds, groups = 0, 0
    for kind in range(OUTPUT_COUNT):
        kinds += int(network.last_of_kind[kind] > since)
    if kinds < p.stages_generative_kinds:
        return False
    for g in range(network.group_rows):
        groups += int(world.groups[g].last_output > since)
    return groups >= max(2.0, p.stages_generative_groups * network.starters / REFERENCE_SIZE)


@hot
def record_stage(stage, met, world, p):
    """Count consecutive weeks, and record when a stage was first reached and first lost."""
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
def record_stages(world, p):
    """Record which stages the network has reached or lost."""
    record_stage(0, is_connected(world, p), world, p)
    record_stage(1, is_aligned(world, p), world, p)
    record_stage(2, is_producing(world, p), world, p)
    record_stage(3, is_generative(world, p), world, p)
