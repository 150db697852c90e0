"""Weekly measures, and a map of the network's structure every quarter."""

import math

import numpy as np

from sim.model.jit import allocating, rule, unrolled
from sim.model.luck import of
from sim.model.measures.communities import bridgers, communities, hubs
from sim.model.measures.core import core_numbers, core_periphery, krebs_holley
from sim.model.measures.paths import path_and_betweenness
from sim.model.measures.stages import record_stages
from sim.model.measures.structure import components, degree_centralisation, map_constraint
from sim.model.parameters import Parameter, declare
from sim.model.rules.identity import gather_news
from sim.model.rules.practices import HELD
from sim.model.state import ALIGNING, FORMING, KINDS, LASTING, NOBODY, ORIGINS, OUTPUTS, PILOT, PROJECT, TALLY, WEEKLY
from sim.model.tie_rows import Contacts

PARAMETERS = declare(
    "measures",
    [
        Parameter("every", default=13.0, low=1.0, high=520.0, plausible=(13.0, 13.0), whole=True, unit="weeks", label="Interval at which the network's structure is mapped", source="numerical setting"),
    ],
)  # fmt: skip

MOST_SOURCES = 32  # Members from whom paths are followed, in a network of more than that.

COUNTERS = tuple(name for name in TALLY.meaning if TALLY.dtype[name].shape == ())
COUNTED = tuple(name for name in COUNTERS if name in WEEKLY.meaning)
NEW_TIES = tuple(f"new_ties_{origin}" for origin in ORIGINS)
GIFTS = tuple(f"gifts_{kind}" for kind in KINDS)
OUTPUTS_OF = tuple(f"outputs_{output}" for output in OUTPUTS)
STANDING = tuple(f"standing_{OUTPUTS[kind]}" for kind in LASTING)
DEPENDENCE_WINDOW = 13  # Weeks over which dependence on coordinators is measured.


@rule
def measure_people(world, line):
    """Measure means over active members, and the share of starters still active."""
    network = world.network
    number, starters, seated, past, agreement = 0, 0, 0, 0, 0.0
    expectation, identity, engagement, initiative = 0.0, 0.0, 0.0, 0.0
    practices, worth = 0, 0.0
    decided, squared = network.imposed, network.imposed * network.imposed
    for i in range(network.members):
        me = world.members[i]
        if me.active == 0:
            continue
        number += 1
        starters += int(me.starter)
        expectation += me.expectation
        identity += me.identity
        engagement += me.engagement
        initiative += me.initiative
        worth += me.practice_worth
        for a in range(HELD):
            practices += int(me.tries[a] > 0.0)
        decided += me.influence
        squared += me.influence * me.influence
        beyond, best = False, 0.0
        for a in range(2):
            g = me.groups[a]
            if g != NOBODY:
                beyond = beyond or world.groups[g].phase >= PILOT
                best = max(best, world.groups[g].agreement)
        if me.groups[0] != NOBODY or me.groups[1] != NOBODY:
            seated += 1
            agreement += best
            past += int(beyond)
    line.members = number
    line.starters = starters / network.starters if network.starters > 0 else 0.0
    line.mean_expectation = expectation / number if number > 0 else math.nan
    line.mean_identity = identity / number if number > 0 else math.nan
    line.mean_engagement = engagement / number if number > 0 else math.nan
    line.mean_initiative = initiative / number if number > 0 else math.nan
    line.practices = practices / number if number > 0 else math.nan
    line.practice_worth = worth / number if number > 0 else math.nan
    # The inverse Simpson index: 1 if one decides everything (Laakso & Taagepera 1979).
    line.deciders = decided * decided / squared if squared > 0.0 else math.nan
    line.agreement = agreement / seated if seated > 0 else math.nan
    line.in_groups = seated / number if number > 0 else 0.0
    line.past_aligning = past / number if number > 0 else 0.0


@rule
def measure_ties(world, p, line):
    """Measure ties of the members counted before, strong and mutual ones, density, isolates, components, transitivity and trust.

    Transitivity is the share of pairs of a member's contacts who know each other.
    """
    members, ties, first, number = world.members, world.ties, world.first, int(world.network.members)
    parts, largest = components(members, Contacts(first, world.contacts), number, world.marks, world.listed)
    active, halves, connected = int(line.members), 0, 0
    trust, closed, triplets, strong, trusting = 0.0, 0, 0, 0, 0
    enough = 2.0 * p.stages_connected_trust
    for i in range(number):
        row, degree = int(first[i]), int(members[i].degree)
        halves += degree
        connected += int(degree > 0)
        triplets += degree * (degree - 1)
        for s in range(degree):
            tie = ties[row + s]
            trust += tie.trust
            trusting += int(tie.trust > 0.0)
            closed += int(tie.common)
            if tie.other > i:
                # The other end is far away in memory, and often need not be looked at.
                strong += int(tie.trust >= enough or tie.trust + ties[first[tie.other] + tie.mirror].trust >= enough)
    count = halves // 2
    line.ties = count
    line.density = 2.0 * count / (active * (active - 1.0)) if active > 1 else 0.0
    line.mean_degree = 2.0 * count / active if active > 0 else 0.0
    line.unconnected = (active - connected) / active if active > 0 else 0.0
    line.components = parts
    line.largest_component = largest / active if active > 0 else 0.0
    line.transitivity = closed / triplets if triplets > 0 else 0.0
    line.mean_trust = trust / (2.0 * count) if count > 0 else 0.0
    line.strength = trust / active if active > 0 else 0.0
    line.strong_ties = 2.0 * strong / active if active > 0 else 0.0
    # A tie has one or two ends that trust; what is beyond one an end is mutual.
    line.one_sided_ties = 2.0 * (2 * count - trusting) / active if active > 0 else 0.0
    line.trust_returned = 2.0 * (trusting - count) / trusting if trusting > 0 else math.nan


@rule
def measure_groups(world, line):
    """Count groups by phase."""
    forming, aligning, pilot, project = 0, 0, 0, 0
    for g in range(world.network.group_rows):
        if world.groups[g].alive == 1:
            phase = world.groups[g].phase
            forming += int(phase == FORMING)
            aligning += int(phase == ALIGNING)
            pilot += int(phase == PILOT)
            project += int(phase == PROJECT)
    line.groups_forming = forming
    line.groups_aligning = aligning
    line.groups_pilot = pilot
    line.groups_project = project


@rule
def measure_counts(world, line):
    """Record what was counted during the week, and ratios of it."""
    tally = world.tally
    for name in unrolled(COUNTED):
        line[name] = tally[name]
    n = 0
    for name in unrolled(NEW_TIES):
        line[name] = tally.new_ties[n]
        n += 1
    n = 0
    for name in unrolled(GIFTS):
        line[name] = tally.gifts_of[n]
        n += 1
    n, total = 0, 0
    for name in unrolled(OUTPUTS_OF):
        line[name] = tally.outputs[n]
        total += tally.outputs[n]
        n += 1
    line.outputs = total
    n = 0
    for name in unrolled(STANDING):
        line[name] = world.network.standing[LASTING[n]]
        n += 1
    line.value_per_member = tally.value_received / line.members if line.members > 0.0 else 0.0
    line.magnification = tally.value_received / tally.value_first if tally.value_first > 0.0 else math.nan
    line.reach = 1.0 + tally.passed_on / tally.gifts if tally.gifts > 0 else math.nan
    line.reciprocity = tally.gifts_returned / tally.gifts if tally.gifts > 0 else math.nan
    work = tally.work_members + tally.work_coordinators
    line.work_by_members = tally.work_members / work if work > 0.0 else math.nan
    line.cost = tally.wages + tally.money
    line.prompting = world.network.prompting


@rule
def coordinator_dependence(world):
    """Return the share of new ties and first gifts of the last 13 weeks that coordinators brokered, asked for or relayed."""
    week = int(world.network.week)
    theirs, everything = 0.0, 0.0
    for w in range(max(0, week + 1 - DEPENDENCE_WINDOW), week + 1):
        line = world.weekly[w]
        mass = line.new_ties_directory + line.new_ties_icebreaker + line.new_ties_convening
        theirs += line.new_ties_coordinator + mass + line.gifts_relayed
        everything += line.new_ties_coordinator + mass + line.new_ties_member + line.new_ties_referral + line.gifts
    return theirs / everything if everything > 0.0 else 0.0


@rule
def measure(world, p, luck):
    """Record the week's measures, stages reached, and what coordinators judge readiness by."""
    network = world.network
    line = world.weekly[network.week]
    line.week = network.week
    measure_people(world, line)
    measure_ties(world, p, line)
    measure_groups(world, line)
    measure_counts(world, line)
    line.coordinator_dependence = coordinator_dependence(world)
    record_stages(world, p)
    network.readiness_ties = line.strong_ties
    network.readiness_connected = line.largest_component
    network.readiness_aligned = line.past_aligning


@allocating
def survey(world, p, luck):
    """At intervals, map who stands between clusters (CAP, network mapping), for coordinators and the map of structure."""
    if world.network.week % int(p.measures_every) == 0:
        map_constraint(world.members, Contacts(world.first, world.contacts), int(world.network.members))


@allocating
def map_structure(world, p, luck):
    """At intervals, map the structure: paths, centralisation, communities, bridgers, core and periphery, Krebs & Holley's class."""
    network = world.network
    every = int(p.measures_every)
    if network.week % every != 0 or network.week // every >= len(world.maps):
        return
    members, contacts, number = world.members, Contacts(world.first, world.contacts), int(network.members)
    line = world.maps[network.week // every]
    between = np.zeros(number, np.float64)
    community = np.zeros(number, np.int64)
    line.week = network.week
    sources = int(min(network.active, MOST_SOURCES))
    length, centralised = path_and_betweenness(members, contacts, number, of(luck, 0), max(2, sources), between)
    found, modularity = communities(members, contacts, number, community)
    bridging = bridgers(members, contacts, number, community)
    centred, linked = hubs(members, contacts, number, community, found)
    fit, core_share, _ = core_periphery(members, contacts, number)
    highest = core_numbers(members, contacts, number, community)
    active = int(network.active)
    line.path_length, line.betweenness_centralisation = length, centralised
    star = degree_centralisation(members, number)
    line.degree_centralisation = star
    line.communities, line.modularity = found, modularity
    line.bridgers = bridging / active if active > 0 else 0.0
    line.core_fit, line.core_share, line.highest_core = fit, core_share, highest
    line.hubs, line.hubs_linked = centred, linked
    line.structure = krebs_holley(world.weekly[network.week].largest_component, star, linked, fit)


@rule
def close_week(world, p, luck):
    """Reset what belongs to the week, and advance the week counter."""
    for i in range(world.network.members):
        me = world.members[i]
        me.taken = 0
        me.given_now, me.direct_now, me.network_now, me.group_now = 0.0, 0.0, 0.0, 0.0
        me.news_now, me.cost_now = 0.0, 0.0
    gather_news(world)
    clear(world.tally)
    world.network.week += 1


@rule
def clear(tally):
    """Reset the counters."""
    for name in unrolled(COUNTERS):
        tally[name] = 0
    tally.gifts_of[:] = 0
    tally.new_ties[:] = 0
    tally.outputs[:] = 0
