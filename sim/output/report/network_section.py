"""The section of a report on the user's own network, read again from the files that the scenario names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import networkx as nx

from sim.inputs.profile.network_profile import profile_of
from sim.inputs.reading.reader import read_file, read_network
from sim.inputs.reading.resolving import UserNetwork
from sim.lab.experiment.reading import SweepResults
from sim.lab.waves.following import Following
from sim.model.start import NetworkError
from sim.output.figures.networks import network_map, network_waves
from sim.output.network_words import ProfilePart, profile_parts
from sim.output.report.html_page import Block, Picture, Prose, Section, Table, render_page
from sim.output.waves_words import latest, waves_parts

TITLE = "The network at the start"
CHANGED = (("keep_strongest", 1.0), ("keep_random", 1.0), ("newcomers", 0))


def network_section(results: SweepResults) -> Section | None:
    """Return the profile of the start network if it is the user's own, else None.

    Results folders hold no copy of the network.  Where its files have moved, the section says so.
    """
    network = (results.experiment.get("resolved") or {}).get("network") or {}
    if not isinstance(network, Mapping) or network.get("kind") != "csv":
        return None
    files = [place_of(results, str(network.get(part))) for part in ("members", "ties")]
    found = [path for path in files if path is not None]
    if len(found) < 2:
        return Section(TITLE, [Prose("The files of the network are no longer where the scenario names them.", "note")])
    try:
        profile = profile_of(read_network([read_file(path) for path in found]))
    except NetworkError:
        return Section(TITLE, [Prose("The files of the network can no longer be read as they were.", "note")])
    note = (
        f"{profile.members:,} members and {len(profile.lists.ties):,} ties, from {found[0].name} and {found[1].name}."
    )
    if any(network.get(key, value) != value for key, value in CHANGED):
        note += " This is before ties are thinned and newcomers join, as the scenario asks for."
    drawn = network_map(graph_of(profile.network), TITLE)
    picture = Picture(drawn, "network-map", f"The network at the start: {note}")
    return Section(
        TITLE, [Prose(note), picture, *(block for part in profile_parts(profile) for block in blocks_of(part))]
    )


def place_of(results: SweepResults, name: str) -> Path | None:
    """Return where a file of the scenario is now: its folder may be given from the one in which the command ran."""
    scenario = str(results.experiment.get("scenario") or "")
    folders = [Path(), Path(str(results.manifest.get("working_folder") or "."))]
    places = [folder / Path(scenario).parent / name for folder in folders]
    return next((path for path in places if path.is_file()), None)


def blocks_of(part: ProfilePart) -> list[Block]:
    """Return one part of a profile as blocks of a report."""
    text = " ".join(part.sentences)
    blocks: list[Block] = [Prose(f"{part.title}: {text}")] if text else []
    if part.head:
        words = (
            next((k for k, cell in enumerate(part.rows[0]) if cell[:1].isdigit()), len(part.head)) if part.rows else 1
        )
        last_is_words = bool(part.rows) and not part.rows[0][-1][:1].isdigit()
        blocks.append(
            Table(part.head, part.rows, "" if text else part.title, len(part.head) if last_is_words else words)
        )
    return blocks


def graph_of(network: UserNetwork) -> nx.Graph:
    """Return a network to be drawn: its members by name, their kinds, and how strong ties are."""
    start = network.start
    graph = nx.Graph()
    graph.add_nodes_from((name, {"kind": int(kind)}) for name, kind in zip(start.names, start.kind, strict=True))
    for (a, b), strength in zip(start.ties.tolist(), start.strength.tolist(), strict=True):
        graph.add_edge(start.names[a], start.names[b], trust=strength)
    return graph


def waves_page(found: Following) -> str:
    """Return several waves of a network as a page, with a picture of the first and the last."""
    short, *parts = waves_parts(found)
    ends = found.waves[0], found.waves[-1]
    names = ends[0].when.label, ends[1].when.label
    first, last = (graph_of(one.network) for one in ends)
    figure = network_waves(first, last, names, f"From {names[0]} to {names[1]}")
    words = f"Two maps of the network: {names[0]} with {len(first.edges)} ties, {names[1]} with {len(last.edges)} ties."
    drawn = Section("The first and the last wave", [Picture(figure, "waves-map", words)])
    sections = [Section(part.title, untitled_blocks(part)) for part in parts]
    return render_page(
        "A network over time", [Section(short.title, untitled_blocks(short)), drawn, *sections], latest(found)
    )


def untitled_blocks(part: ProfilePart) -> list[Block]:
    """Return a part as blocks below a heading of its own."""
    tables = [block for block in blocks_of(part) if isinstance(block, Table)]
    return [
        *(Prose(sentence) for sentence in part.sentences),
        *(replace(block, caption="", text=max(1, block.text)) for block in tables),
    ]
