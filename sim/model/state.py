"""The state of a network: record arrays, with the meaning and unit of each field.

A rule reads `world.members[i].identity`, compiled or not.  Values without a unit are in [0, 1].  Quantities are
float64, and counts, weeks and numbers are integers, so that compiled and uncompiled runs agree bit for bit.  A member's row number identifies
it: rows are never reused, and random draws are keyed by them.
"""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Sequence
from typing import NamedTuple, TypeVar, cast

import numpy as np

from sim.model.jit import inlined
from sim.model.levers import LEVERS

KINDS = ("knowledge", "skills", "connections", "resources")
KNOWLEDGE, SKILLS, CONNECTIONS, RESOURCES = range(4)
KIND_NAMES = ("individual", "organisation")
INDIVIDUAL, ORGANISATION = range(2)
ORIGINS = ("start", "member", "coordinator", "directory", "icebreaker", "convening", "referral")
START, MEMBER_MADE, COORDINATOR_MADE, DIRECTORY_MADE, ICEBREAKER_MADE, CONVENING_MADE, REFERRAL_MADE = range(7)
PHASES = ("forming", "aligning", "pilot", "project")
FORMING, ALIGNING, PILOT, PROJECT = range(4)
OUTPUTS = ("innovation", "practice", "advocacy", "services", "purchasing", "investment")
INNOVATION, PRACTICE, ADVOCACY, SERVICES, PURCHASING, INVESTMENT = range(6)
LASTING = (PRACTICE, ADVOCACY, SERVICES, PURCHASING)
"""Kinds of output that stay in place and wear off.  The others use up what they are made from."""
FOCUSES = ("connect", "align", "produce")
CONNECT, ALIGN, PRODUCE = range(3)
CONNECTED, ALIGNED, PRODUCING, GENERATIVE = range(4)
BY_WEEK, BY_READINESS, NEVER = range(3)
SET, SCALE, LEAVE, NEWCOMERS, SHIFT, LOSE, LOSE_MEMBER, INTRODUCE = range(8)
GROUP_SLOTS = 2
GROUP_SIZE_LIMIT = 16
NOBODY = -1
LONG_AGO = -1000
"""Week of the last output, before there is any output."""
CACHE_LINE = 64
UNDEFINED_CONSTRAINT = 9.0
"""Constraint of a member without ties."""

Array = TypeVar("Array", bound=np.ndarray)
Kind = str | tuple[str, tuple[int, ...]]
Field = tuple[str, Kind, str] | tuple[str, Kind, str, str]


class Layout:
    """A record type with documented fields: `dtype` for arrays, and `meaning` and `unit` by field name.

    `lines`: whether records fill whole cache lines, so that fields side by side are fetched at once.
    """

    def __init__(self, *fields: Field, lines: bool = False) -> None:
        self.meaning = {field[0]: field[2] for field in fields}
        self.unit = {field[0]: field[3] if len(field) == 4 else "" for field in fields}
        parts = [(name, *(kind if isinstance(kind, tuple) else (kind,))) for name, kind, *_ in fields]
        # One dtype object: numba looks types up by it, and a view as recarray would make a new one each time.
        fitted = np.dtype(parts, align=True)
        size = -(-fitted.itemsize // CACHE_LINE) * CACHE_LINE if lines else fitted.itemsize
        kinds = {name: place[:2] for name, place in (fitted.fields or {}).items()}
        formats, offsets = [kind for kind, _ in kinds.values()], [offset for _, offset in kinds.values()]
        padded = {"names": list(kinds), "formats": formats, "offsets": offsets, "itemsize": size}
        self.dtype = np.dtype((np.record, np.dtype(padded, align=True) if lines else fitted))  # type: ignore[call-overload]

    def empty(self, *shape: int) -> np.recarray:
        """Return an array of zeros."""
        return table(shape, self.dtype, np.recarray)


def table(shape: Sequence[int], dtype: np.dtype, kind: type[Array], clear: bool = True) -> Array:
    """Return an array that begins with a cache line.  `kind`: its class.  `clear`: of zeros, otherwise of anything."""
    size = math.prod(shape) * dtype.itemsize
    memory = (np.zeros if clear else np.empty)(size + CACHE_LINE, np.uint8)
    start = -int(memory.__array_interface__["data"][0]) % CACHE_LINE
    # Not a view of a view, since these take long to make.
    return cast(Array, np.ndarray.__new__(kind, shape, dtype, memory, start))


MEMBER = Layout(
    # What others read and write in an exchange: two cache lines.
    ("need", ("f8", (4,)), "what the member lacks, by gift kind"),
    ("taken", "i4", "gifts received and encounters this week (limits attention)"),
    ("degree", "i4", "number of ties: slots 0 to degree-1 of the member's row"),
    ("active", "i1", "1 while the member belongs to the network"),
    ("kind", "i1", "0 individual, 1 organisation"),
    ("starter", "i1", "1 if here from the start"),
    ("core", "i1", "1 if the member has attended a convening"),
    ("sector", "i4", "sector"),
    ("outlook", ("f8", (2,)), "trait: a point that says who gets on with whom"),
    ("popularity", "f8", "trait: how readily others trust the member"),
    ("given", "f8", "value given per week, decayed average"),
    ("direct_now", "f8", "value received this week from members it has given to"),
    ("network_now", "f8", "value received this week from members it never gave to"),
    ("group_now", "f8", "value received this week inside its groups"),
    ("groups", ("i4", (2,)), "the member's working groups, -1 where none"),
    ("stock", "f8", "knowledge received that production draws on, decayed sum"),
    ("ability", "f8", "skill to do joint work"),
    # What passing a gift on takes: another one.
    ("endowment", ("f8", (4,)), "what the member has to give, by gift kind"),
    ("strength", "f8", "sum of the member's trust in its contacts, last week"),
    ("identity", "f8", "sense of belonging to the network as a whole"),
    ("engagement", "f8", "willingness to contribute"),
    ("activity", "f8", "trait: mean occasions to give per week"),
    # The rest.
    ("received", "f8", "value received per week, decayed average"),
    (
        "joined",
        "i4",
        "week of joining, the first being 0, also for starters; in tables the first is 1, and 0 means from the start",
    ),
    ("left", "i4", "week of leaving; in tables the first week is 1, and -1 means still a member"),
    ("generosity", "f8", "trait: readiness to give"),
    ("silence", "f8", "chance of a week without occasion, exp(-activity)"),
    ("expectation", "f8", "learned expectation that giving is rewarded"),
    ("initiative", "f8", "readiness to introduce others and found groups unasked"),
    ("viewpoint", ("f8", (2,)), "ideas and goals: a point in the unit square"),
    ("given_now", "f8", "value given this week"),
    ("news_now", "f8", "gain of identity from news this week"),
    ("cost_now", "f8", "engagement spent this week"),
    ("cost", "f8", "engagement spent per week, decayed average"),
    ("group_value", "f8", "value per week from inside its groups, decayed average"),
    ("network_value", "f8", "value per week from the rest of the network, decayed average"),
    ("bridging", "f8", "support for giving across clusters, fades"),
    ("constraint", "f8", "Burt's constraint when the network was last mapped; 9 where undefined"),
    ("practice", ("i8", (3,)), "practices held, by number; 0 where none"),
    ("seems", ("f8", (3,)), "how well each of them seems to work", "standard deviations"),
    ("tries", ("f8", (3,)), "pilots and projects behind that impression"),
    ("practice_worth", "f8", "true worth of the practices held, summed", "standard deviations"),
    ("influence", "f8", "decisions of its groups that its proposals won"),
    *(field for lever in LEVERS.values() for field in lever.remembers),
    lines=True,
)

TIE = Layout(
    ("other", "i4", "the member at the other end"),
    ("mirror", "i2", "slot of this tie in the other member's row"),
    ("origin", "i1", "how the tie was made"),
    ("gave", "i1", "1 once this member has given to the other"),
    ("trust", "f8", "this end's trust in the other; 0 where only the other end trusts"),
    ("owed", "f8", "recent gifts from the other that this end has not answered, decayed"),
    ("known", "f8", "how well this member knows the other's work"),
    ("made", "i2", "week in which the tie was made"),
    ("last", "i2", "week of last direct contact"),
    ("contacts", "i2", "weeks with direct contact"),
    ("common", "i2", "common contacts"),
)

GROUP = Layout(
    ("alive", "i1", "1 while the group exists"),
    ("in_network", "i1", "0 after it broke away"),
    ("phase", "i4", "forming, aligning, pilot, project"),
    ("serial", "i4", "number of the group in order of founding: its identity for random draws"),
    ("founded", "i4", "week of founding"),
    ("seated", "i4", "members"),
    ("members", ("i4", (GROUP_SIZE_LIMIT,)), "member numbers, in slots 0 to seated-1"),
    ("topic", ("f8", (2,)), "what the group works on: a point in viewpoint space"),
    ("cohesion", "f8", "mean trust over all pairs of members"),
    ("agreement", "f8", "1 minus mean distance of viewpoints from the topic, in units of the tolerated distance"),
    ("progress", "f8", "work done on the current pilot or project"),
    ("scale", "f8", "work that the current pilot or project needs"),
    ("kind", "i4", "kind of output aimed at"),
    ("experience", "f8", "lessons from pilots and projects"),
    ("resources", "f8", "resources that members received and contributed"),
    ("links", "i4", "ties of members to members of other groups"),
    ("linked", "i4", "other groups that members have ties to or sit in"),
    ("help", "f8", "how well a coordinator's support informs the group about the network, fades"),
    ("failures", "i4", "pilots and projects that failed"),
    ("outputs", ("i4", (6,)), "outputs so far, by kind"),
    ("last_output", "i4", "week of the last output; -1000 before the first"),
    ("surplus", "f8", "value inside the group minus value from the rest of the network, a member-week"),
    ("bar", "f8", "surplus above which the group may break away"),
    ("mark", "i8", "mark of having been visited"),
    ("ended", "i4", "week of dissolving or breaking away, -1 before"),
)

COORDINATOR = Layout(
    ("working", "f8", "1 while active"),
    ("hours", "f8", "hours a week"),
    ("hour_cost", "f8", "price of an hour, dollars"),
    ("money", "f8", "dollars a year for meetings"),
    ("hub_share", "f8", "share of introductions and gifts routed through itself"),
    ("in_person", "f8", "share of facilitated sessions held in person"),
    ("convenings", "f8", "convenings a year"),
    ("convening_first", "f8", "week of the first convening"),
    ("convening_share", "f8", "share of members invited"),
    ("convening_core", "f8", "1: later convenings invite the first one's participants and those recruited since"),
    ("sets_agenda", "f8", "1: decides what working groups work on, in place of their members"),
    ("policy", "f8", "when the focus moves on: 0 by week, 1 by readiness, 2 never"),
    ("align_week", "f8", "week from which effort goes to aligning"),
    ("produce_week", "f8", "week from which effort goes to producing"),
    ("ready_ties", "f8", "readiness to align: strong ties per member"),
    ("ready_connected", "f8", "readiness to align: share in the largest component"),
    ("ready_aligned", "f8", "readiness to produce: share of members in groups past aligning"),
    ("connect", ("f8", (len(LEVERS),)), "shares of hours by lever while connecting"),
    ("align", ("f8", (len(LEVERS),)), "shares of hours by lever while aligning"),
    ("produce", ("f8", (len(LEVERS),)), "shares of hours by lever while producing"),
    ("focus", "i4", "what the coordinator works on: connecting, aligning, producing"),
    ("bank", ("f8", (len(LEVERS),)), "hours set aside and not yet used, by lever"),
    ("spare", "f8", "unused hours, carried over to next week"),
    ("owing", "f8", "hours spent on relaying gifts, taken off next week's"),
    ("purse", "f8", "dollars left, including those unspent in earlier years"),
    ("convened", "i4", "convenings held"),
    ("introductions", "i4", "introductions made or requested so far"),
    ("relayed", "i4", "gifts relayed so far"),
)

BOND = Layout(
    ("trust", "f8", "trust between a coordinator and a member"),
    ("last", "i4", "week of last contact"),
)

NETWORK = Layout(
    ("week", "i4", "weeks simulated"),
    ("members", "i4", "members so far: rows 0 to members-1 are in use"),
    ("active", "i4", "active members"),
    ("starters", "i4", "members at the start"),
    ("groups", "i4", "groups founded so far"),
    ("group_rows", "i4", "group rows in use so far: 0 to group_rows-1"),
    ("problem", ("f8", (2,)), "position of the problem in viewpoint space"),
    (
        "agenda",
        ("f8", (2,)),
        "position of the problem as last seen by those who set agendas: coordinators, or an organisation's top",
    ),
    ("hub_share", "f8", "share of gifts offered to coordinators for relaying"),
    ("prompting", "f8", "how much coordinators prompt the founding of groups"),
    ("directory", "f8", "how complete and current the directory is"),
    ("channel", "f8", "how well groups and network are informed of each other by channels"),
    ("issue", "f8", "how much this week's newsletter has to report; 0 without one"),
    ("news", "f8", "what has happened since the last newsletter: gifts, newcomers and outputs a member"),
    ("sectors", "i4", "sectors at the start"),
    (
        "standing",
        ("f8", (6,)),
        "how much of what lasts is in place, by kind of output (practice, advocacy, services, purchasing)",
    ),
    ("practice_number", "i4", "practices invented so far"),
    ("documented", "i8", "number of the documented practice; 0: none"),
    ("documented_seems", "f8", "how well it seemed to those who documented it", "standard deviations"),
    ("documented_tries", "f8", "pilots and projects behind that impression"),
    ("imposed", "f8", "decisions on what groups work on that were taken above the group"),
    ("stamp", "i4", "a counter that marks members as seen without clearing the marks"),
    ("worth_now", "f8", "worth of this week's outputs"),
    ("worth_last", "f8", "worth of last week's outputs: what members hear of this week"),
    ("hold", ("i4", (4,)), "weeks in a row that the thresholds of connected, aligned, producing, generative were met"),
    ("miss", ("i4", (4,)), "consecutive weeks in which they were not"),
    ("last_of_kind", ("i4", (6,)), "week of the last output of each kind; -1000 before the first"),
    ("reached", ("i4", (4,)), "week of first passage of connected, aligned, producing, generative; -1 before"),
    ("fallen", ("i4", (4,)), "week in which a stage once reached was first lost again; -1 before"),
    ("readiness_ties", "f8", "strong ties per member at the end of last week"),
    ("readiness_connected", "f8", "share in the largest component at the end of last week"),
    ("readiness_aligned", "f8", "share in groups past aligning at the end of last week"),
    ("turned_away", "i4", "people who could not join because the table of members was full"),
    ("gifts_logged", "i4", "gifts in the ledger so far"),
    ("tie_places", "i8", "places in `ties` that rows of members have taken so far"),
    ("chemistry", "u8", "key of who gets on with whom"),
    ("seed", "i8", "seed"),
    ("replicate", "i8", "replicate"),
)

CHANGE = Layout(
    ("week", "i4", "week in which it happens"),
    (
        "what",
        "i4",
        "set a parameter, scale a coordinator's budget, leave, newcomers, shift, lose, lose one member, introduce",
    ),
    ("target", "i4", "parameter number, coordinator number (-1: all), or member number"),
    ("field", "i4", "0 hours and money, 1 hours, 2 money, 3 hub share; of introduce: the other member"),
    ("value", "f8", "new value, factor, number, distance or share"),
)

SCRATCH = Layout(
    ("slot", "i8", "member: slot in the row at hand"),
    ("key", "f8", "place in a list: the member's draw, which decides the order"),
    ("order", "i8", "place: the member in it"),
    ("draw", "f8", "place: that member's draw"),
    ("bucket", "i8", "auxiliary number for sorting"),
    ("carrier", "i4", "place in a queue: who passes a gift on"),
    ("hops", "i4", "place in a queue: times it was passed on before"),
    ("quality", "f8", "place in a queue: what the gift is worth to somebody in full need"),
)

GIFT = Layout(
    ("week", "i4", "week"),
    ("giver", "i4", "member who gave or passed it on; if negative, coordinator -1-giver"),
    ("receiver", "i4", "who received"),
    ("source", "i4", "member who gave it first"),
    ("kind", "i1", "gift kind"),
    ("hops", "i1", "0 given first, else times passed on"),
    ("relayed", "i1", "1 if a coordinator relayed it"),
    ("value", "f8", "value to the receiver"),
)


TALLY = Layout(
    ("gifts", "i4", "gifts first given"),
    ("passed_on", "i4", "gifts passed on"),
    ("gifts_of", ("i4", (4,)), "gifts first given, by kind"),
    ("gifts_relayed", "i4", "gifts first given that a coordinator relayed or asked for"),
    ("gifts_returned", "i4", "gifts first given to somebody who had given to the giver before"),
    ("refused", "i4", "gifts not received for lack of attention"),
    ("value_first", "f8", "value of gifts first given"),
    ("value_received", "f8", "value received, passed-on gifts included"),
    ("new_ties", ("i4", (7,)), "new ties, by origin"),
    ("lost_ties", "i4", "ties that faded away or went with a leaver"),
    ("newcomers", "i4", "members who joined"),
    ("dropped_out", "i4", "members who left individually"),
    ("removed", "i4", "members removed by a scheduled change"),
    ("broken_away", "i4", "members who left with a group"),
    ("break_aways", "i4", "groups that broke away"),
    ("groups_founded", "i4", "groups founded"),
    ("groups_dissolved", "i4", "groups dissolved"),
    ("pilots_done", "i4", "pilots that succeeded"),
    ("pilots_failed", "i4", "pilots that failed"),
    ("projects_failed", "i4", "projects that failed"),
    ("outputs", ("i4", (6,)), "outputs, by kind"),
    ("output_value", "f8", "worth of outputs"),
    ("adoptions", "i4", "practices adopted by members from others"),
    ("sessions", "i4", "facilitated sessions"),
    ("sessions_in_person", "i4", "facilitated sessions held in person"),
    ("meetings", "i4", "meetings that groups held by themselves"),
    ("work_members", "f8", "gifts, introductions, foundings and meetings that members did by themselves"),
    ("work_coordinators", "f8", "gifts, introductions and sessions that coordinators did or asked for"),
    ("hours", "f8", "coordinators' hours spent"),
    ("money", "f8", "dollars spent on meetings"),
    ("wages", "f8", "dollars for coordinators' hours"),
    ("convened", "i4", "members at convenings"),
)


WEEKLY = Layout(
    *((name, "f8", meaning, unit) for name, meaning, unit in (
        ("week", "week", "weeks"),
        ("members", "active members", "members"),
        ("starters", "share of the starters still active", "0 to 1"),
        ("newcomers", "members who joined this week", "members"),
        ("dropped_out", "members who left by themselves this week", "members"),
        ("removed", "members taken out by a scheduled change this week", "members"),
        ("broken_away", "members who left with a group this week", "members"),
        ("break_aways", "groups that broke away this week", "groups"),
        ("ties", "ties", "ties"),
        ("density", "ties per pair of members", "0 to 1"),
        ("mean_degree", "ties per member", "ties per member"),
        ("unconnected", "share of members without a tie", "0 to 1"),
        ("components", "components, members without a tie included", "components"),
        ("largest_component", "share of members in the largest component", "0 to 1"),
        ("transitivity", "share of pairs of contacts who know each other", "0 to 1"),
        ("mean_trust", "mean trust of ties", "0 to 1"),
        ("strength", "trust summed over a member's ties, mean", "trust"),
        ("one_sided_ties", "ties in which only one end trusts the other", "ties per member"),
        ("trust_returned", "share of relations of trust that are returned (reciprocity of ties)", "0 to 1"),
        ("strong_ties", "ties whose trust, mean of both directions, reaches the bar of the stage connected", "ties per member"),
        *((f"new_ties_{origin}", f"ties made this week by {origin}", "ties") for origin in ORIGINS),
        ("lost_ties", "ties lost this week", "ties"),
        ("gifts", "gifts first given this week", "gifts"),
        ("passed_on", "gifts passed on this week", "gifts"),
        *((f"gifts_{kind}", f"gifts of {kind} first given this week", "gifts") for kind in KINDS),
        ("gifts_relayed", "gifts first given this week that a coordinator relayed or asked for", "gifts"),
        ("reach", "receivers of a gift, those whom it was passed on to included", "members per gift"),
        ("refused", "gifts this week that met no attention", "gifts"),
        ("value_first", "value of gifts first given this week", "value"),
        ("value_received", "value received this week, passed-on gifts included", "value"),
        ("value_per_member", "value received a member this week", "value per member"),
        ("magnification", "value received per value first given", "times"),
        ("reciprocity", "share of first gifts that went to somebody who had given to the giver", "0 to 1"),
        ("mean_expectation", "mean expectation", "0 to 1"),
        ("mean_identity", "mean identity", "0 to 1"),
        ("mean_engagement", "mean engagement", "0 to 1"),
        ("mean_initiative", "mean initiative", "0 to 1"),
        ("agreement", "agreement in working groups, mean over members", "0 to 1"),
        ("in_groups", "share of members in working groups", "0 to 1"),
        ("past_aligning", "share of members in groups past aligning", "0 to 1"),
        *((f"groups_{phase}", f"groups in phase {phase}", "groups") for phase in PHASES),
        ("groups_founded", "groups founded this week", "groups"),
        ("groups_dissolved", "groups dissolved this week", "groups"),
        ("pilots_done", "pilots that succeeded this week", "pilots"),
        ("pilots_failed", "pilots that failed this week", "pilots"),
        ("projects_failed", "projects that failed this week", "projects"),
        *((f"outputs_{output}", f"outputs of kind {output} this week", "outputs") for output in OUTPUTS),
        ("outputs", "outputs this week", "outputs"),
        ("output_value", "worth of outputs this week", "worth"),
        ("adoptions", "practices taken over from others this week", "practices"),
        ("practices", "practices that members hold and have seen tested, mean", "practices per member"),
        ("practice_worth", "true worth of the practices that members hold, summed by member, mean", "standard deviations"),
        *((f"standing_{OUTPUTS[kind]}", f"how much of what lasts is in place: {OUTPUTS[kind]}", "0 to 1") for kind in LASTING),
        ("deciders", "effective number of those who decided what groups work on, so far", "members"),
        ("sessions", "facilitated sessions this week", "sessions"),
        ("sessions_in_person", "facilitated sessions held in person this week", "sessions"),
        ("meetings", "meetings that groups held by themselves this week", "meetings"),
        ("work_by_members", "share of this week's work done by members themselves", "0 to 1"),
        ("coordinator_dependence", "share of new ties and gifts that coordinators brokered, last 13 weeks", "0 to 1"),
        ("prompting", "how much coordinators prompt the founding of groups", "0 to 1"),
        ("hours", "coordinators' hours this week", "hours"),
        ("money", "dollars spent on meetings this week", "dollars"),
        ("cost", "dollars for coordinators' hours and meetings this week", "dollars"),
        ("convened", "members at a convening this week", "members"),
    ))
)  # fmt: skip

MAP = Layout(
    *((name, "f8", meaning, unit) for name, meaning, unit in (
        ("week", "week", "weeks"),
        ("path_length", "mean shortest path between members that a path connects, ties", "ties"),
        ("betweenness_centralisation", "how far shortest paths centre on one member", "0 to 1"),
        ("degree_centralisation", "how far ties centre on one member", "0 to 1"),
        ("communities", "communities found by greedy modularity, members without a tie included", "communities"),
        ("modularity", "modularity of these communities", "-0.5 to 1"),
        ("bridgers", "share of members who bridge communities", "0 to 1"),
        ("core_fit", "correlation with an ideal core and periphery", "-1 to 1"),
        ("core_share", "share of members in the core", "0 to 1"),
        ("highest_core", "highest k of a k-core", "ties"),
        ("hubs", "communities in which ties centre on one member", "communities"),
        ("hubs_linked", "of these, those with a tie to another one", "communities"),
        ("structure", "0 scattered fragments, 1 hub-and-spoke, 2 multi-hub, 3 core/periphery, 4 none of these", "0 to 4"),
    ))
)  # fmt: skip


class World(NamedTuple):
    """All tables that a week reads and changes, as record arrays.

    - `members` (rows), `ties` (places), `groups` (rows), `coordinators` (c), `bonds` (c, rows), `network` (1), `tally` (1),
      `changes` (any number).
    - `contacts` (places; int32): the other end of each tie, packed for fast loops over a row.
    - `first`, `room` (rows; int32): a member's row of ties begins at place `first`, with room for so many
      (`sim.model.tie_rows`).  Only `sim.model.rules.ties` and `sim.model.rules.trust` change these and `contacts`.
    - `parameters` (1), and `settings`: the same memory as plain numbers, in order of declaration.
    - `ledger`: gifts (no rows unless requested).
    - `weekly` (weeks) and `maps` (one every 13 weeks, or none if it has no rows): measures.
    - `marks` (rows; int32): marks of members as seen.  `scratch` (rows): orders and queues within a phase.  `draws` and `places` (as many as a member can have ties):
      the current choice.  `listed` (rows): the members over whom a phase loops.
    """

    members: np.recarray
    ties: np.recarray
    contacts: np.ndarray
    first: np.ndarray
    room: np.ndarray
    groups: np.recarray
    coordinators: np.recarray
    bonds: np.recarray
    network: np.recarray
    tally: np.recarray
    parameters: np.recarray
    settings: np.ndarray
    changes: np.recarray
    ledger: np.recarray
    weekly: np.recarray
    maps: np.recarray
    marks: np.ndarray
    scratch: np.recarray
    draws: np.ndarray
    places: np.ndarray
    listed: np.ndarray


View = namedtuple(
    "View",
    "members ties contacts first room groups coordinators bonds network tally settings changes ledger weekly maps marks scratch draws "
    "places listed",
)
"""A world as rules see it: the same memory, with `network` and `tally` as single records instead of arrays of one."""


@inlined
def opened(world: World) -> View:
    """Return a world as rules see it.  (Fewer and smaller arguments also halve compilation time.)"""
    return View(
        world.members, world.ties, world.contacts, world.first, world.room, world.groups, world.coordinators, world.bonds,
        world.network[0], world.tally[0], world.settings, world.changes, world.ledger, world.weekly, world.maps, world.marks,
        world.scratch, world.draws, world.places, world.listed,
    )  # fmt: skip


LAYOUTS = {
    "members": MEMBER,
    "ties": TIE,
    "groups": GROUP,
    "coordinators": COORDINATOR,
    "bonds": BOND,
    "network": NETWORK,
    "tally": TALLY,
    "changes": CHANGE,
    "ledger": GIFT,
    "weekly": WEEKLY,
    "maps": MAP,
    "scratch": SCRATCH,
}
