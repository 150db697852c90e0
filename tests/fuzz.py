"""Fuzzing: whatever is put in, the answer is a result or a message of our own, never another error.

    python -m tests.fuzz [--seconds 3600] [--seed N] [--only NAME]

Inputs are those of the corpus and of the scenarios, damaged: bytes flipped, cut, repeated, joined, replaced by words that
have a meaning somewhere.  `tests/test_fuzz.py` runs a few hundred of each kind.  An input that once led to another error
belongs into `tests/fuzz_corpus/`, in a file whose name begins with the kind.
"""

from __future__ import annotations

import argparse
import atexit
import copy
import json
import random
import shutil
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
CORPUS = Path(__file__).with_name("fuzz_corpus")
WORDS = (
    *("nan", "inf", "-inf", "1e400", "-0.0", "9223372036854775808", "0x7f", "1_000", "true", "[]", "{}", '""', "'''"),
    *("network.kind", "csv", "extends", "../../etc/passwd", "strategies", "coordinators", "[[changes]]", "set = {}"),
    *("experiment", "sobol", "factors.levers", "values", "low", "high", "plausible", "weeks", "seed", "replicates"),
    *("\0", "\ufeff", "\u202e", "\ud7ff", "é", "\r", "\t", ";", ",", '"', "=HYPERLINK(1)", "<!ENTITY x 'y'>", "%00"),
)


class Kind(NamedTuple):
    """A kind of input: its corpus, what is done with it, and the errors that are messages of our own."""

    corpus: Callable[[], list[bytes]]
    act: Callable[[bytes, random.Random], None]
    allowed: tuple[type[Exception], ...]


def files_in(*patterns: str) -> list[bytes]:
    """Return the contents of files of the project."""
    return [path.read_bytes() for pattern in patterns for path in sorted(ROOT.glob(pattern))]


def network_files() -> list[bytes]:
    """Return a network in several formats."""
    import networkx as nx

    graph = nx.karate_club_graph().subgraph(range(9))
    named = nx.relabel_nodes(nx.Graph(graph.edges), {n: f"Name {n}" for n in graph})
    rows = ["from,to,strength", *(f"{a},{b},{n % 4}" for n, (a, b) in enumerate(named.edges))]
    dl = ["dl n=3", "format=edgelist1", "labels:", "a,b,c", "data:", "1 2 1.0", "2 3 2.0"]
    texts = [
        "\n".join(nx.generate_graphml(named)),
        "\n".join(nx.generate_gml(named)),
        "\n".join(nx.generate_gexf(named)),
        "\n".join(nx.generate_pajek(named)),
        json.dumps(nx.node_link_data(named, edges="links")),
        "\n".join(rows),
        "\n".join(dl),
        "a pp b\nb pp c d\n",
        ";Mia;Noor;Oki\nMia;0;3;1\nNoor;3;0;\nOki;;2;0\n",
    ]
    return [text.encode() for text in texts] + files_in("scenarios/networks/*")


def kept(kind: str) -> list[bytes]:
    """Return the inputs of a kind that once led to an error."""
    return [path.read_bytes() for path in sorted(CORPUS.glob(f"{kind}*"))]


def mutated(content: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """Return a damaged input."""
    for _ in range(rng.choice((1, 1, 2, 4))):
        size = len(content)
        first = rng.randrange(size + 1)
        last = min(size, first + rng.choice((1, 1, 4, 20, 200)))
        how = rng.randrange(7)
        if how == 0:
            content = (
                content[:first] + bytes(byte ^ 1 << rng.randrange(8) for byte in content[first:last]) + content[last:]
            )
        elif how == 1:
            content = content[:first] + content[last:]
        elif how == 2:
            content = content[:last] + content[first:last] * rng.choice((1, 3, 50)) + content[last:]
        elif how == 3:
            content = content[:first] + rng.choice(WORDS).encode() + content[last:]
        elif how == 4:
            other = rng.choice(others)
            content = content[:first] + other[rng.randrange(len(other) + 1) :]
        elif how == 5:
            lines = content.split(b"\n")
            rng.shuffle(lines)
            content = b"\n".join(lines)
        else:
            content = with_another_value(content, rng)
    return content[:20_000]


def with_another_value(content: bytes, rng: random.Random) -> bytes:
    """Return the input with what follows one of its equals signs or colons replaced."""
    places = [n for n, byte in enumerate(content) if byte in b"=:"]
    if not places:
        return content
    first = rng.choice(places) + 1
    last = content.find(b"\n", first)
    return content[:first] + b" " + rng.choice(WORDS).encode() + content[last if last > 0 else len(content) :]


@cache
def top() -> Path:
    """Return a folder for files, removed at the end of the process."""
    folder = tempfile.mkdtemp(prefix="gennet-fuzz-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@cache
def scenarios() -> Path:
    """Return a copy of the folder of scenarios, so that relative paths of the corpus lead somewhere."""
    return Path(shutil.copytree(ROOT / "scenarios", top() / "scenarios"))


def load_scenario(content: bytes, rng: random.Random) -> None:
    """Load a scenario file, and write it again."""
    from sim.inputs.scenario import Scenario

    file = scenarios() / "fuzz.toml"
    file.write_bytes(content)
    try:
        scenario = Scenario.load(file)
        assert Scenario.load(file) == scenario
        scenario.to_toml()
        for name in scenario.strategies:
            scenario.fingerprint(name)
    finally:
        file.unlink()


def load_experiment(content: bytes, rng: random.Random) -> None:
    """Load an experiment file."""
    from sim.lab.experiment.experiment import Experiment

    file = scenarios() / "sweeps" / "fuzz.toml"
    file.write_bytes(content)
    try:
        experiment = Experiment.load(file, ["experiment.samples=2"] if rng.random() < 0.5 else [])
        if len(experiment.points) <= 64:
            json.dumps(experiment.to_json(), allow_nan=False)
    finally:
        file.unlink()


def read_network_file(content: bytes, rng: random.Random) -> None:
    """Read a network file, by any ending."""
    from sim.inputs.reading.plain import File
    from sim.inputs.reading.reader import READERS, read_network

    read_network([File(f"network{rng.choice(sorted(READERS))}", content)])


def follow_link(content: bytes, rng: random.Random) -> None:
    """Open a link of the dashboard."""
    from sim.dashboard.questions import from_query, to_query

    question = from_query(content.decode("utf-8", "replace")).question
    assert from_query(to_query(question)).question == question


def override(content: bytes, rng: random.Random) -> None:
    """Override a key with --set."""
    weaving().with_({})
    from sim.inputs.scenario.extending import parse_settings

    weaving().with_(dict(parse_settings(content.decode("utf-8", "replace").split("\n"))))


def state_fact(content: bytes, rng: random.Random) -> None:
    """State a fact with --fact."""
    weaving().with_facts(content.decode("utf-8", "replace").split("\n"))


@cache
def weaving():
    """Return the main example."""
    from sim.inputs.scenario import Scenario

    return Scenario.load(ROOT / "scenarios" / "weaving.toml")


@cache
def results() -> tuple[Path, list[dict]]:
    """Return a folder of results, and manifests that fit its table."""
    from sim import sweep
    from sim.lab.experiment.experiment import Experiment
    from sim.lab.results import read_manifest

    tables = {
        "experiment": {
            "scenario": str(ROOT / "scenarios" / "weaving.toml"),
            "design": "lhs",
            "samples": 4,
            "replicates": 3,
            "weeks": 20,
            "strategies": ["none", "mass"],
        },
        "factors": {"uncertain": {"trust": {"decay": "plausible"}}, "levers": {"strategy": {"hours": [5, 20]}}},
    }
    folder = sweep(Experiment.from_document(tables, name="fuzz"), top() / "results").folder
    return folder, [read_manifest(folder) or {}]


VALUES = (
    None,
    True,
    0,
    -1,
    1,
    2**70,
    1.5,
    -1e308,
    "",
    "none",
    "mass",
    "x" * 3000,
    [],
    {},
    [None],
    {"a": []},
    ["none", "none"],
)


def edited(value, rng: random.Random):
    """Return a JSON value with one of its parts replaced, removed or doubled."""
    value = copy.deepcopy(value)
    node, key = {"": value}, ""
    while isinstance(node[key], dict | list) and node[key] and (key == "" or rng.random() < 0.8):
        node = node[key]
        key = rng.choice(list(node)) if isinstance(node, dict) else rng.randrange(len(node))
    how = rng.randrange(4)
    if key == "" or how > 1:
        node[key] = rng.choice(VALUES)
    elif how == 0:
        del node[key]
    elif isinstance(node, list):
        node.append(node[key])
    else:
        node[f"{key}2"] = node[key]
    return node[""] if key == "" else value


def read_edited_results(content: bytes, rng: random.Random) -> None:
    """Use results whose manifest was edited by somebody who wrote the right checksum, too."""
    from sim.lab.experiment.reading import read_results
    from sim.lab.experiment.status import status_of
    from sim.lab.experiment.verifying import experiment_in, verify_files
    from sim.lab.results import MANIFEST, sealed
    from sim.output.report.report_page import report

    folder, _ = results()
    manifest = json.loads(content)
    for _ in range(rng.choice((1, 1, 2, 5))):
        manifest = edited(manifest, rng)
    (folder / MANIFEST).write_text(sealed(manifest) if isinstance(manifest, dict) else json.dumps(manifest), "utf-8")
    faults = []
    uses: list[Callable[[], object]] = [
        lambda: status_of(folder),
        lambda: verify_files(folder),
        lambda: read_results(folder),
    ]
    if rng.random() < 0.02:
        uses.append(lambda: report(read_results(folder)))
    if rng.random() < 0.2:
        uses.append(lambda: experiment_in(read_results(folder).manifest))
    for use in uses:
        try:
            use()
        except KINDS["results"].allowed as fault:
            faults.append(fault)
    if faults:
        raise faults[0]


def kinds() -> dict[str, Kind]:
    """Return the kinds of input."""
    from sim.inputs.scenario import ScenarioError
    from sim.lab.analysis.runs import AnalysisError
    from sim.lab.results import ResultsError
    from sim.model.start import NetworkError

    links = [b"years=3&members=60&budget=20000&a=none&b=mass,hours:10", b"seed=1&futures=200&stage=aligned&own=1234"]
    sets = [b"weeks=52\nnetwork.newcomers=20", b"strategies.mass.hours=5", b'network.kind="star"\nnetwork.members=9']
    facts = [b"outputs = 4 +- 1", b"members = 30 +- 5\ntrust.decay = 0.02"]
    return {
        "scenario": Kind(lambda: files_in("scenarios/*.toml") + kept("scenario"), load_scenario, (ScenarioError,)),
        "experiment": Kind(
            lambda: files_in("scenarios/sweeps/*.toml") + kept("experiment"), load_experiment, (ScenarioError,)
        ),
        "network": Kind(lambda: network_files() + kept("network"), read_network_file, (NetworkError,)),
        "link": Kind(lambda: links + kept("link"), follow_link, ()),
        "set": Kind(lambda: sets + kept("set"), override, (ScenarioError,)),
        "fact": Kind(lambda: facts + kept("fact"), state_fact, (ScenarioError,)),
        "results": Kind(
            lambda: [json.dumps(manifest).encode() for manifest in results()[1]],
            read_edited_results,
            (ResultsError, AnalysisError, ScenarioError),
        ),
    }


KINDS = kinds()


@cache
def corpus_of(name: str) -> list[bytes]:
    """Return the corpus of a kind."""
    return KINDS[name].corpus()


def one_input(name: str, rng: random.Random) -> str:
    """Try one input; return "accepted" or the name of the error.  Raises any error that is no message of our own."""
    corpus = corpus_of(name)
    content = rng.choice(corpus)
    if name != "results":
        content = mutated(content, corpus, rng)
    try:
        KINDS[name].act(content, rng)
    except KINDS[name].allowed as fault:
        assert str(fault), "a message without a word"
        return type(fault).__name__
    return "accepted"


def main() -> None:
    """Fuzz for some time, and print counts and every error with the input's number."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=sorted(KINDS))
    options = parser.parse_args()
    names = [options.only] if options.only else list(KINDS)
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    until, number, seen = time.monotonic() + options.seconds, 0, set()
    while time.monotonic() < until:
        for name in names:
            try:
                counts[name][one_input(name, random.Random(f"{options.seed}/{name}/{number}"))] += 1
            except Exception as fault:
                counts[name]["ERROR"] += 1
                where = traceback.extract_tb(fault.__traceback__)[-1]
                if (place := (name, type(fault), where.filename, where.lineno)) not in seen:
                    seen.add(place)
                    print(f"{name}, seed {options.seed}/{name}/{number}: {type(fault).__name__}: {fault}")
                    print(f"    {where.filename}:{where.lineno}: {where.line}")
        number += 1
    for name, count in counts.items():
        print(
            f"{name:<10} {sum(count.values()):>8,} inputs: "
            + ", ".join(f"{n:,} {what}" for what, n in count.most_common())
        )
    raise SystemExit(1 if seen else 0)


if __name__ == "__main__":
    main()
