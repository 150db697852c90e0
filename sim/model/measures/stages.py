"""Stages that a network reaches: connected, aligned, producing, generative, each as a first passage with a hold.

A stage is reached in the first of `hold` consecutive weeks in which its threshold is met (the hold keeps a lucky week from
counting).  A run that has not reached it by the horizon is censored.  Thresholds scale with size: of ties with the present
number of members, of outputs and groups with the initial one.  Six ties mean something else among 15 than among 300.
"""

import math

from sim.model.jit import hot, rule
from sim.model.parameters import Parameter, declare
from sim.model.rules.production import OUTPUT_COUNT, REFERENCE_SIZE

HALF = 0.5  # "Most of the work".

PARAMETERS = declare(
    "stages",
    [
        Parameter("hold", default=4.0, low=1.0, high=52.0, plausible=(4.0, 8.0), whole=True, unit="weeks", label="Consecutive weeks that a threshold must be met"),
        Parameter("connected_degree", default=3.0, low=0.0, high=1000.0, plausible=(2.5, 4.0), unit="ties per member", label="Connected: strong ties per member, or all others if there are fewer"),
        Parameter("connected_trust", default=0.07, low=0.0, high=1.0, plausible=(0.05, 0.15), unit="trust", label="Connected: trust, mean of both directions, at which a tie is strong"),
        Parameter("connected_component", default=0.85, low=0.0, high=1.0, plausible=(0.75, 0.95), unit="share", label="Connected: share of members in the largest component"),
        Parameter("aligned_share", default=0.4, low=0.0, high=1.0, plausible=(0.3, 0.5), unit="share", label="Aligned: members in groups past aligning, as a share of those who started or of those now active, whichever are more"),
        Parameter("producing_outputs", default=3.0, low=0.0, high=1000.0, plausible=(2.0, 5.0), unit="outputs", label="Producing: outputs within the window, in a network that started with 40 members"),
        Parameter("generative_several", default=3.0, low=1.0, high=6.0, plausible=(2.0, 4.0), unit="kinds and groups", label="Generative: kinds of output, and groups with an output, within the window (groups: in a network that started with 40 members)"),
        Parameter("window", default=52.0, low=1.0, high=520.0, plausible=(52.0, 52.0), whole=True, unit="weeks", label="Producing and generative: length of the window; a group is young for two"),
    ],
)  # fmt: skip


@hot
def is_connected(world, p):
    """Return whether the network meets the threshold for connected this week.

    Only strong ties count, so that weak ones neither help nor harm.
    """
    line = world.weekly[world.network.week]
    return (
        line.members >= 2.0
        and line.strong_ties >= min(p.stages_connected_degree, line.members - 1.0)
        and line.largest_component >= p.stages_connected_component
    )


@hot
def is_aligned(world, p):
    """Return whether the network meets the threshold for aligned this week.

    The share is of the starters or of the active members, whichever are more: a network that shrinks does not align by
    shrinking, and one that renews its members does not lose the stage.
    """
    line = world.weekly[world.network.week]
    return line.past_aligning * line.members >= p.stages_aligned_share * max(
        line.members, float(world.network.starters)
    )


@rule
def is_producing(world, p):
    """Return whether the network meets the threshold for producing this week."""
    week = int(world.network.week)
    outputs = 0.0
    for w in range(max(0, week + 1 - int(p.stages_window)), week + 1):
        outputs += world.weekly[w].outputs
    return outputs >= max(1.0, p.stages_producing_outputs * world.network.starters / REFERENCE_SIZE)


@rule
def is_generative(world, p):
    """Return whether the network makes several kinds of output, from several groups, renews its groups, and does so by itself.

    GN: such a network keeps producing new activity out of its members.  Each condition excludes something that
    is not generative: several kinds, a network that repeats itself; several groups, one that is a single team; a
    young group among them, one that lives off its first groups; and most of the work by members, one that others run.  A
    group that has dissolved counts until another one takes its row.
    """
    network = world.network
    window = int(p.stages_window)
    since = int(network.week) - window
    kinds, groups, young = 0, 0, 0
    for kind in range(OUTPUT_COUNT):
        kinds += int(network.last_of_kind[kind] > since)
    if kinds < p.stages_generative_several:
        return False
    for g in range(network.group_rows):
        if world.groups[g].last_output > since:
            groups += 1
            young += int(world.groups[g].founded > since - window)
    if young == 0 or groups < max(2.0, p.stages_generative_several * network.starters / REFERENCE_SIZE):
        return False
    weeks, own = 0, 0.0
    for w in range(max(0, since + 1), int(network.week) + 1):
        share = world.weekly[w].work_by_members
        if not math.isnan(share):  # NaN in a week without any work.
            weeks += 1
            own += share
    return own > HALF * weeks


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
