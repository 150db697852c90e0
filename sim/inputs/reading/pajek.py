"""Pajek: `.net` and the first network of a `.paj`, with one-mode and two-mode data, partitions as attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sim.inputs.reading.affiliations import projected
from sim.inputs.reading.decoding import decoded
from sim.inputs.reading.graph_parts import Edge, Node, graph_tables
from sim.inputs.reading.plain import Fault, File, NetworkFaults, ReadOptions, Spot, Tables, counted

WORD = re.compile(r'"([^"]*)"|(\S+)')
MOST_VERTICES = 1_000_000


SECTIONS = ("vertices", "arcslist", "edgeslist", "arcs", "edges", "matrix", "network", "partition", "vector", "cluster")
VALUES = ("partition", "vector", "cluster")
"""Sections with a value for each vertex."""


class Line(NamedTuple):
    """A line that is not blank: its number and its words, without quotation marks."""

    number: int
    words: list[str]


class Network:
    """What a file holds: labels by number, edges, and what it says of vertices."""

    def __init__(self, file: File) -> None:
        self.spot = Spot(file.name, unit="line")
        self.size = self.actors = 0
        self.labels: dict[int, str] = {}
        self.values: dict[str, list[str]] = {}
        self.edges: list[Edge] = []
        self.matrix_rows = 0
        self.relation: dict[str, str] = {}

    def fault(self, line: Line, message: str) -> NetworkFaults:
        """Return an error about a line."""
        return NetworkFaults([Fault(self.spot, line.number, message)])

    def vertex(self, line: Line, word: str) -> str:
        """Return the number of a vertex that a word gives."""
        if not word.isdigit() or not 1 <= int(word) <= self.size:
            raise self.fault(line, f"vertex is {word!r}; allowed are whole numbers from 1 to {self.size}")
        return str(int(word))

    def begin(self, line: Line) -> None:
        """Read the line that says how many vertices there are."""
        if self.size:
            raise self.fault(line, "a second network begins here; allowed is one in a file")
        numbers = [int(word) for word in line.words[1:3] if word.isdigit()]
        self.size, self.actors = [*numbers, 0, 0][:2]
        if not 0 < self.size <= MOST_VERTICES or self.actors > self.size:
            raise self.fault(line, f"*Vertices needs their number, from 1 to {MOST_VERTICES:,}")

    def read(self, kind: str, line: Line) -> None:
        """Read a line below the heading `kind`."""
        words = line.words
        if kind == "vertices":
            self.labels[int(self.vertex(line, words[0]))] = words[1] if len(words) > 1 else words[0]
        elif kind in ("arcs", "edges"):
            if len(words) < 2:
                raise self.fault(line, f"has one word; {kind} need two vertices")
            ends = self.vertex(line, words[0]), self.vertex(line, words[1])
            more = {"strength": words[2]} if len(words) > 2 else {}
            self.edges.append(Edge(line.number, *ends, kind == "arcs", more | self.relation))
        elif kind in ("arcslist", "edgeslist"):
            source = self.vertex(line, words[0])
            for word in words[1:]:
                self.edges.append(Edge(line.number, source, self.vertex(line, word), kind == "arcslist", {}))
        elif kind == "matrix":
            self.matrix_row(line)

    def matrix_row(self, line: Line) -> None:
        """Read a row of a matrix."""
        self.matrix_rows += 1
        first = self.actors + 1 if self.actors else 1
        if len(line.words) != self.size + 1 - first:
            raise self.fault(line, f"has {len(line.words)} cells; a row of this matrix has {self.size + 1 - first:,}")
        for column, word in enumerate(line.words, first):
            if word not in ("0", "0.0"):
                ends = self.vertex(line, str(self.matrix_rows)), self.vertex(line, str(column))
                self.edges.append(Edge(line.number, *ends, True, {"strength": word}))


def lines_of(text: str) -> Iterator[Line]:
    """Yield the lines that are neither blank nor comments."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("%"):
            yield Line(number, [a or b for a, b in WORD.findall(line)])


def read_pajek(file: File, options: ReadOptions) -> Tables:
    """Return the people and ties of a Pajek file.  Raises NetworkFaults."""
    text, note = decoded(file, options.encoding)
    found = Network(file)
    section, values = "", ""
    for line in lines_of(text):
        first = line.words[0].lower() if line.words else ""
        if first.startswith("*"):
            section = next((name for name in SECTIONS if first[1:].startswith(name)), "")
            names = [word for word in line.words[1:] if not word.startswith(":")]
            found.relation = {"relation": " ".join(names)} if section in ("arcs", "edges") and names else {}
            if section in VALUES:
                values = " ".join(line.words[1:]) or f"{section} {len(found.values) + 1}"
                found.values[values] = []
            elif section == "vertices" and values:
                section = "values"
            elif section == "vertices":
                found.begin(line)
        elif section == "values":
            found.values[values].append(line.words[0])
        else:
            found.read(section, line)
    if not found.size:
        raise file.fault("cannot be read as Pajek (there is no line *Vertices with their number)")
    if found.matrix_rows not in (0, found.actors or found.size):
        raise file.fault(f"its matrix has {found.matrix_rows:,} rows; {found.actors or found.size:,} are expected")
    return tables_of(file, found, options, [note] if note else [])


def tables_of(file: File, found: Network, options: ReadOptions, notes: list[str]) -> Tables:
    """Return the people and ties; of two-mode data, the people tied by what they share."""
    label = {number: found.labels.get(number, str(number)) for number in range(1, found.size + 1)}
    if found.actors:
        attended: dict[str, list[str]] = {f"{label[n]} ({n})": [] for n in range(found.actors + 1, found.size + 1)}
        for edge in found.edges:
            low, high = sorted((int(edge.source), int(edge.target)))
            if low <= found.actors < high:
                attended[f"{label[high]} ({high})"].append(label[low])
        tables = projected(found.spot, attended)
        people = [Node(n, label[n], {}) for n in range(1, found.actors + 1)]
        tables.people = graph_tables(file, people, [], options).people
        tables.notes = [*notes, *tables.notes]
        return tables
    nodes = []
    for number, name in label.items():
        more = {title: values[number - 1] for title, values in found.values.items() if number <= len(values)}
        nodes.append(Node(number, str(number), {"name": name, **more}))
    if found.values:
        notes.append(f"{file.short}: {counted(len(found.values), 'partition')} kept with members")
    tables = graph_tables(file, nodes, found.edges, options, notes, ("vertex", "line"))
    return named_ids(tables)


def named_ids(tables: Tables) -> Tables:
    """Return tables whose ids are the labels of vertices, if these are all different."""
    (people,), (ties,) = tables.people, tables.ties
    names = {person.id: person.values.get("name", "") or person.id for person in people.people}
    if len(set(names.values())) < len(names):
        tables.notes.append("labels occur more than once, so numbers were read as ids")
        return tables
    people = type(people)(people.spot, [one._replace(id=names[one.id]) for one in people.people], exact=True)
    moved = [
        tie._replace(source=names.get(tie.source, tie.source), target=names.get(tie.target, tie.target))
        for tie in ties.ties
    ]
    tables.people, tables.ties = [people], [type(ties)(ties.spot, moved, ties.ends, ties.directed, several=False)]
    return tables
