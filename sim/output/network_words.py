"""A network's profile in words, for the command line, the dashboard and reports."""

from __future__ import annotations

from dataclasses import dataclass

from sim.inputs.profile.circles import SMALLEST, ties_by_group
from sim.inputs.profile.network_profile import NetworkProfile
from sim.inputs.profile.progress import Progress
from sim.inputs.profile.structures import Condition
from sim.model.measures.core import (
    CORE_PERIPHERY,
    FRAGMENTS,
    HUB_AND_SPOKE,
    MULTI_HUB,
    NO_STRUCTURE,
    STRUCTURES,
)
from sim.output.words import capital, counted, number, percent

STAGE_WORDS = {
    FRAGMENTS: (
        "Scattered fragments: most members cannot reach each other over ties.",
        "Weavers start by getting to know people and introducing them to each other.",
    ),
    HUB_AND_SPOKE: (
        "Hub and spoke: ties centre on one member, on whom everything depends.",
        "The hub's task is to introduce the others to each other, and to find more people who weave.",
    ),
    MULTI_HUB: (
        "Multi-hub: several groups, each around a hub, are tied to each other.",
        "Ties across groups make it stronger; shared members and joint work bring the hubs together into a core.",
    ),
    CORE_PERIPHERY: (
        "Core and periphery: a core of members who know each other, and a periphery tied to it.",
        "Weavers now keep the core open, and look for new people and ideas in the periphery.",
    ),
    NO_STRUCTURE: (
        "No clear structure: neither one hub, nor hubs of groups, nor a core stands out.",
        "Ties look much like chance would make them.",
    ),
}
"""What each of Krebs & Holley's (2006) structures is, and what it asks of weavers."""
MOST_ROWS, MOST_NAMES = 8, 30


@dataclass(frozen=True)
class ProfilePart:
    """One part of a profile: sentences, and a table if it has a head."""

    title: str
    sentences: tuple[str, ...]
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def names_in_words(names: list[str], most: int = MOST_NAMES) -> str:
    """Return names in a row, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def profile_parts(profile: NetworkProfile) -> list[ProfilePart]:
    """Return a profile in words."""
    parts = [
        stage(profile),
        connections(profile),
        without_ties(profile),
        key_people(profile),
        bridgers(profile),
        *directions(profile),
        *sectors(profile),
    ]
    if profile.sampled:
        parts.append(ProfilePart("How it was measured", profile.sampled))
    return parts


def condition_row(one: Condition) -> tuple[str, ...]:
    """Return a condition of the next stage as a row of a table."""
    return capital(one.what), number(one.value), f"{'at least' if one.more else 'at most'} {number(one.needed)}"


def stage(profile: NetworkProfile) -> ProfilePart:
    """Return which structure the network has, and how close the next one is."""
    structure = profile.structure
    sentences = [*STAGE_WORDS[structure.number]]
    if structure.next:
        one = structure.number == NO_STRUCTURE
        name = "hub and spoke" if structure.next == STRUCTURES[HUB_AND_SPOKE] else structure.next
        sentences.append(
            f"{'Closest to' if one else 'Next'}: {name}. It is {percent(structure.closeness)} of the way there, "
            "by the condition that is furthest from being met."
        )
    sentences.append(
        "Stages are Krebs and Holley's (2006). They drew them and gave no numbers; the thresholds are this model's."
    )
    head = ("What the next stage asks for", "now", "needed") if structure.conditions else ()
    return ProfilePart("Stage", tuple(sentences), head, tuple(map(condition_row, structure.conditions)))


def connections(profile: NetworkProfile) -> ProfilePart:
    """Return how well members are connected, as a table."""
    sizes, structure = profile.fragments, profile.structure
    others = "none"
    if len(sizes) > 1:
        others = f"{len(sizes) - 1:,}, of {names_in_words([str(size) for size in sizes[1:]], 6)} members"
    rows = [
        ("Density", percent(profile.density), "of all pairs of members know each other"),
        (
            "Contacts who know each other",
            percent(profile.transitivity),
            "of all pairs of a member's contacts; the rest are introductions to make",
        ),
        (
            "Steps between members",
            number(profile.paths.length, 1),
            f"on average, where there is a way; the longest is {profile.paths.longest}",
        ),
        (
            "Largest connected part",
            counted(int(profile.lists.component_sizes[0]), "member"),
            f"other parts with ties: {others}",
        ),
        (
            "Groups",
            str(profile.circles.count),
            f"of {SMALLEST} members or more, with more ties inside than by chance",
        ),
    ]
    if structure.fit > 0:
        rows.append(
            (
                "Core",
                counted(len(structure.core), "member"),
                f"{names_in_words(profile.named(structure.core), 10)} (fit {structure.fit:.2f} of 1)",
            )
        )
    if profile.directions.one_way:
        rows.append(
            (
                "Ties that are answered",
                percent(profile.directions.reciprocity),
                "of those who are named name the other back",
            )
        )
    return ProfilePart("Connections", (), ("Measure", "value", "meaning"), tuple(rows))


def without_ties(profile: NetworkProfile) -> ProfilePart:
    """Return who has no tie."""
    rows = profile.isolates
    if not len(rows):
        return ProfilePart("People without a tie", ("Everybody has a tie.",))
    share = percent(len(rows) / profile.members)
    return ProfilePart(
        "People without a tie",
        (f"{counted(len(rows), 'member')} ({share}): {names_in_words(profile.named(rows))}.",),
    )


def key_people(profile: NetworkProfile) -> ProfilePart:
    """Return whose leaving would do most damage, one by one and as a set of three."""
    leaves = profile.leaving
    order = leaves.order()[:MOST_ROWS].tolist()
    if not order:
        return ProfilePart("Whom it depends on", ("Nobody: whoever leaves, the others stay as close to each other.",))
    rows = tuple(
        (
            profile.names[row],
            percent(float(leaves.damage[row])),
            number(int(leaves.cut_off[row])),
            number(int(profile.lists.degree[row])),
        )
        for row in order
    )
    sentences = [
        "Damage: how much closeness (1 / steps between two members) the others lose among themselves if this member leaves. "
        "It is not a matter of how many ties somebody has."
    ]
    if leaves.key_set is not None:
        three = leaves.key_set
        cut = f", and cut off {counted(three.cut_off, 'other')}" if three.cut_off else ""
        sentences.append(
            f"The three whose leaving together would do most: {names_in_words(profile.named(three.rows))}. "
            f"It would cost the others {percent(three.damage)} of their closeness{cut}."
        )
    return ProfilePart(
        "Whom it depends on", tuple(sentences), ("If this member leaves", "damage", "cut off", "ties"), rows
    )


def bridgers(profile: NetworkProfile) -> ProfilePart:
    """Return who is between groups, and between which."""
    rows = []
    for row in profile.bridgers[:MOST_ROWS].tolist():
        ties = ties_by_group(profile.lists, profile.circles, row)
        words = "; ".join(f"{profile.group_name(group)} ({count})" for group, count in ties[:4])
        rows.append((profile.names[row], words + (f"; {len(ties) - 4} more" if len(ties) > 4 else "")))
    if not rows:
        return ProfilePart("Bridgers", ("Nobody is tied to two groups whose members do not know each other.",))
    sentence = (
        f"{counted(len(profile.bridgers), 'member')} with ties to several groups, whose contacts mostly do not know each other "
        "(Burt 2004). Those whose contacts know each other least come first. A group is named after its member with most ties "
        "inside."
    )
    return ProfilePart("Bridgers", (sentence,), ("Member", "ties to groups"), tuple(rows))


def directions(profile: NetworkProfile) -> list[ProfilePart]:
    """Return who is named and does not answer; nothing if all ties go both ways."""
    found = profile.directions
    if not found.one_way:
        return []
    sentences = []
    if len(found.silent):
        names = [f"{profile.names[row]} (by {found.named_by[row]})" for row in found.silent.tolist()]
        sentences.append(f"Named by others, and named nobody: {names_in_words(names)}.")
    if len(found.unreturned):
        names = [f"{profile.names[row]} ({found.names[row]})" for row in found.unreturned.tolist()]
        sentences.append(f"Name others, none of whom names them: {names_in_words(names)}.")
    if not sentences:
        sentences.append("Everybody who is named names somebody, and is named back at least once.")
    return [ProfilePart("Unanswered", tuple(sentences))]


def sectors(profile: NetworkProfile) -> list[ProfilePart]:
    """Return how sectors mix; nothing if sectors are unknown."""
    mixing = profile.mixing
    if mixing is None:
        return []
    present = [k for k, size in enumerate(mixing.sizes) if size]
    shown = sorted(present, key=lambda k: -mixing.sizes[k])[:MOST_ROWS]
    rows = tuple(
        (f"{mixing.names[k]} ({mixing.sizes[k]})", *(number(int(mixing.ties[k, other])) for other in shown))
        for k in shown
    )
    sentences = [
        f"{percent(mixing.across)} of ties are between sectors; with ties at random it would be {percent(mixing.by_chance)}. "
        f"Assortativity {number(mixing.assortativity, 2)} (1: all ties within sectors; 0: sectors do not matter)."
    ]
    if len(shown) < len(present):
        sentences.append(f"The {len(shown)} largest of {len(present)} sectors are shown.")
    return [ProfilePart("Sectors", tuple(sentences), ("Ties between", *(mixing.names[k] for k in shown)), rows)]


SHARES = (
    *("Density", "Contacts who know each other", "Share who can reach one another"),
    *("Ties across sectors", "Ties that are answered"),
)


def progress_parts(change: Progress) -> list[ProfilePart]:
    """Return what changed between two waves, in words."""
    kept, lost, new = len(change.kept), len(change.lost), len(change.new)
    sentences = [
        f"{counted(len(change.stayed), 'member')} stayed, {len(change.joined):,} joined and {len(change.left):,} left "
        f"(matched by {change.matched}).",
        f"{counted(kept, 'tie')} kept, {lost:,} lost ({change.lost_with_leavers:,} with those who left), {new:,} new "
        f"({change.new_with_joiners:,} with those who joined).",
    ]
    if change.jaccard == change.jaccard:
        sentences.append(
            f"Among those who stayed, {percent(change.jaccard)} of all ties of either time are in both (Jaccard; below 30% a "
            "network has changed so much that it is hardly the same)."
        )
    then, now = change.before.structure.name, change.after.structure.name
    sentences.append(f"Stage: {now}, as before." if then == now else f"Stage: {then} before, {now} now.")
    for label, names in (("Joined", change.joined), ("Left", change.left)):
        if names:
            sentences.append(f"{label}: {names_in_words(names)}.")
    for label, pairs in (("New ties", change.new), ("Lost ties", change.lost)):
        if pairs:
            sentences.append(f"{label}: {names_in_words([f'{a} and {b}' for a, b in pairs], 12)}.")
    rows = []
    for label, before, after in change.measures:
        if before == before and after == after:
            said = [percent(value) if label in SHARES else number(value) for value in (before, after)]
            rows.append((label, *said))
    return [ProfilePart("What changed", tuple(sentences), ("Measure", "before", "now"), tuple(rows))]
