"""An experiment: the worlds of a design, each run under every strategy with common random numbers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Self

from sim.inputs.scenario import Scenario, ScenarioError
from sim.inputs.scenario.errors import number_text, plain_table, shown
from sim.inputs.scenario.extending import Document, Source, given_or_read, parse_settings, read_file, single_settings
from sim.lab.experiment import designs
from sim.lab.experiment.checking import MOST_RUNS, Head, check
from sim.lab.experiment.designs import Factor, Value
from sim.lab.experiment.reading import ExperimentJson
from sim.lab.experiment.targets import settings_for
from sim.lab.own_rules import NOTHING_OWN, OwnRules
from sim.lab.results import JsonMapping, JsonObject, json_ready

OWN_TABLES = ("experiment", "factors")
SHARED_KEYS = ("weeks", "seed", "replicates")
FAULTS_SHOWN = 5
NETWORK_FILES = ("network.members", "network.ties")
LAYOUT = 1


class Run(NamedTuple):
    """One run of an experiment."""

    point: int
    strategy: str
    replicate: int


@dataclass(frozen=True, eq=False)
class Experiment:
    """The worlds of a design, each run under every strategy on replicates 0 to R-1 of a seed (common random numbers).

    Made by `load` or `from_document`, which raise ScenarioError.  `base`: the scenario that is varied.  `points`: the
    design, a value for each factor and point.  A run's place is its number in the order of execution: the first replicate
    of all points under all strategies, then the second, and so on, points in a random order given by the seed.  So an
    unfinished sweep is balanced.
    """

    head: Head
    base: Scenario
    strategies: tuple[str, ...]
    factors: tuple[Factor, ...]
    points: tuple[tuple[Value, ...], ...]
    name: str
    settings: tuple[str, ...] = field(default=())
    """`--set` texts over the scenario's file that give the base scenario."""
    own: OwnRules = field(default=NOTHING_OWN)
    """Rules and measures of one's own."""

    @classmethod
    def load(cls, path: str | Path, sets: Sequence[str] = ()) -> Self:
        """Read an experiment file; `sets` are `key=value` texts that override it (`experiment.replicates=4`) or its scenario.

        Raises ScenarioError.
        """
        path = Path(path)
        document = Document(Source(str(path), path.name, path.parent))
        document.lay_over(read_file(path), document.source)
        return cls._settled(document, sets, path.stem)

    @classmethod
    def of(cls, given: object) -> Experiment:
        """Return an experiment from itself or the path of its file.  Raises ScenarioError; TypeError for anything else."""
        return given_or_read(given, Experiment, cls.load, "experiment", "sim.Experiment")

    @classmethod
    def from_document(
        cls, tables: JsonMapping, folder: str | Path = ".", sets: Sequence[str] = (), name: str = "experiment"
    ) -> Self:
        """Return an experiment from the tables of a file as Python objects.  Raises ScenarioError."""
        document = Document(Source(name, name, Path(folder)))
        document.lay_over(plain_table(tables), document.source)
        return cls._settled(document, sets, name)

    @classmethod
    def _settled(cls, document: Document, sets: Sequence[str], name: str) -> Self:
        """Return an experiment from its document with settings over it.

        Settings of `experiment`, `factors`, weeks, seed and replicates are the experiment's, others the scenario's.
        """
        sets = [f"experiment.{text}" if text.partition("=")[0].strip() in SHARED_KEYS else text for text in sets]
        own = [text for text in sets if text.partition("=")[0].strip().split(".")[0] in OWN_TABLES]
        file = document.source
        if own:
            given = Source("--set", "--set", Path())
            document.assign(single_settings(parse_settings(own), (), given), given)
            document.source = file
        rest = [text for text in sets if text not in own]
        head, base, strategies, factors, points = check(document, rest)
        if points is None:
            points = made_points(head, base, factors, file.label)
        weeks = () if head.weeks is None else (f"weeks={head.weeks}",)
        whole = cls(head, base, strategies, factors, points, name, (*rest, *weeks))
        if whole.size > MOST_RUNS:
            raise ScenarioError(f"{file.label}: has {whole.size:,} runs; allowed are at most {MOST_RUNS:,}")
        return whole

    @property
    def title(self) -> str:
        """Title."""
        return self.head.title or self.base.title

    @property
    def replicates(self) -> int:
        """Runs of each strategy at each point."""
        return self.head.replicates

    @property
    def seed(self) -> int:
        """Seed of all luck, and of the design."""
        return self.base.seed if self.head.seed is None else self.head.seed

    @property
    def own_luck(self) -> bool:
        """Whether each point has seeds of its own."""
        return self.head.luck == "own" if self.head.luck else self.head.design == "lhs"

    def seed_at(self, point: int) -> int:
        """Return the seed of a point's runs."""
        return designs.world_seed(self.seed, point) if self.own_luck else self.seed

    @property
    def weeks(self) -> int:
        """Weeks of a run."""
        return self.base.weeks

    @property
    def size(self) -> int:
        """Number of runs."""
        return len(self.points) * len(self.strategies) * self.replicates

    @cached_property
    def order(self) -> list[int]:
        """The points in the order of execution."""

        def drawn(point: int) -> bytes:
            return hashlib.blake2b(f"{self.seed}/{point}".encode(), digest_size=8).digest()

        return sorted(range(len(self.points)), key=drawn)

    @cached_property
    def position(self) -> dict[int, int]:
        """Position of each point in that order."""
        return {point: position for position, point in enumerate(self.order)}

    def run_at(self, place: int) -> Run:
        """Return the run at a place in the order of execution."""
        rest, strategy = divmod(place, len(self.strategies))
        replicate, position = divmod(rest, len(self.points))
        return Run(self.order[position], self.strategies[strategy], replicate)

    def place_of(self, run: Run) -> int:
        """Return the place of a run."""
        position = self.position[run.point]
        return (run.replicate * len(self.points) + position) * len(self.strategies) + self.strategies.index(
            run.strategy
        )

    def values_at(self, point: int) -> dict[str, Value]:
        """Return the factors' values at a point."""
        return {factor.key: value for factor, value in zip(self.factors, self.points[point], strict=True)}

    def settings_at(self, point: int) -> dict[str, Value]:
        """Return a point as settings over the base scenario, as `Scenario.with_` and `--set` take them."""
        return dict(settings_for(self.values_at(point), self.base, self.strategies))

    def scenario_at(self, point: int) -> Scenario:
        """Return the scenario of a point.  Raises ScenarioError for an impossible world."""
        return self.base.with_(self.settings_at(point))

    def check_worlds(self, progress: Callable[[int, int], None] | None = None) -> tuple[str, ...]:
        """Build every point's scenario and return their notes.  Raises ScenarioError that names impossible worlds."""
        faults: list[str] = []
        notes: dict[str, None] = {}
        for point in range(len(self.points)):
            try:
                notes |= dict.fromkeys(self.scenario_at(point).notes)
            except ScenarioError as fault:
                text = "; ".join(line.removeprefix("with_: ") for line in str(fault).splitlines())
                values = [
                    f"{key} = {shown(value) if isinstance(value, str | bool) else number_text(value)}"
                    for key, value in self.values_at(point).items()
                ]
                faults.append(f"point {point} ({', '.join(values)}): {text}")
            if progress:
                progress(point + 1, len(self.points))
        if faults:
            more = [f"and {len(faults) - FAULTS_SHOWN:,} more"] if len(faults) > FAULTS_SHOWN else []
            count = f"{len(faults):,} of {len(self.points):,} points"
            first = f"{self.name}: {count} are impossible worlds; nothing was run"
            raise ScenarioError("\n".join([first, *faults[:FAULTS_SHOWN], *more]))
        return tuple(notes)

    @cached_property
    def design_hash(self) -> str:
        """16 hex digits that identify the runs, apart from the number of replicates and the model's version."""
        content = {
            "layout": LAYOUT,
            "strategies": [(name, self.base.fingerprint(name)) for name in self.strategies],
            "factors": [factor.key for factor in self.factors],
            "points": self.points,
            "renewal": self.head.renewal,
            **({"luck": "own"} if self.own_luck else {}),
            **({"own": self.own.fingerprint} if self.own.fingerprint else {}),
            **self.networks,
        }
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]

    @property
    def networks(self) -> dict[str, str]:
        """Fingerprints, with contents, of the network files that points name.

        Raises ScenarioError if one cannot be read.
        """
        names = [place for place, factor in enumerate(self.factors) if factor.key in NETWORK_FILES]
        first: dict[tuple[Value, ...], int] = {}
        for point, values in enumerate(self.points):
            first.setdefault(tuple(values[place] for place in names if isinstance(values[place], str)), point)
        return {
            ", ".join(map(str, files)): self.scenario_at(point).fingerprint(self.strategies[0])
            for files, point in first.items()
            if files
        }

    def to_json(self) -> ExperimentJson:
        """Return the experiment as the manifest holds it."""
        head = self.head
        uses = designs.USES[head.design]
        table: ExperimentJson = json_ready(
            {
                "title": self.title,
                "question": head.question or self.base.question,
                "scenario": self.base.path,
                "strategies": self.strategies,
                "replicates": self.replicates,
                "seed": self.seed,
                "luck": "own" if self.own_luck else "shared",
                "weeks": self.weeks,
                "renewal": head.renewal,
                "outcomes": (*head.outcomes, *self.own.measures),
                **({"own": own_json(self.own)} if self.own.fingerprint else {}),
                "weekly": head.weekly,
                "design": {
                    "kind": head.design,
                    "samples": head.samples,
                    "levels": levels_of(head) if "levels" in uses else None,
                    "second_order": bool(head.second_order),
                    "seed": self.seed,
                    "points": len(self.points),
                },
                "factors": [factor.to_json() for factor in self.factors],
                "resolved": self.base.resolved(),
            }
        )
        return table


def own_json(own: OwnRules) -> JsonObject:
    """Return rules and measures of one's own as the manifest holds them."""
    return {
        "classes": [f"{kind.__module__}.{kind.__qualname__}" for kind in own.classes],
        "measures": [
            {"name": one.name, "label": one.label, "unit": one.unit, "better": one.better} for one in own.outcomes
        ],
        "fingerprint": own.fingerprint,
    }


def levels_of(head: Head) -> int:
    """Return the number of values of each factor that lists none."""
    return head.levels or (designs.MORRIS_LEVELS if head.design == "morris" else designs.GRID_LEVELS)


def made_points(head: Head, base: Scenario, factors: Sequence[Factor], label: str) -> tuple[tuple[Value, ...], ...]:
    """Return the points of a design.  Raises ScenarioError if there are too many."""
    seed = base.seed if head.seed is None else head.seed
    samples, levels, second = head.samples or 1, levels_of(head), bool(head.second_order)
    number = designs.number_of_points(head.design, factors, samples, levels, second)
    if number > designs.MOST_POINTS:
        raise ScenarioError(f"{label}: the design has {number:,} points; allowed are at most {designs.MOST_POINTS:,}")
    return tuple(designs.points_of(head.design, factors, samples, levels, second, seed))
