"""A scenario as written: files, the files they extend, and settings on top, merged into one document.

Precedence: settings > file > the file it extends > defaults.  Tables are merged key by key; lists and the shares of hours
for a focus are replaced.  A network of another `kind` starts from that kind's defaults.
"""

from __future__ import annotations

import copy
import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sim.inputs.scenario.errors import Path as Key
from sim.inputs.scenario.errors import ScenarioError, Table, key_of, listed, plain, shown, unknown
from sim.inputs.scenario.parts import ALIGN_SHARES, CONNECT_SHARES, PRODUCE_SHARES
from sim.model.state import FOCUSES

MOST_BYTES = 5_000_000
DEEPEST = 32
NESTED = (Mapping, list, tuple)
DEFAULT_SHARES = dict(zip(FOCUSES, (CONNECT_SHARES, ALIGN_SHARES, PRODUCE_SHARES), strict=True))
NOBODY_WEAVES = {"none": {"label": "Do nothing", "coordinators": []}}
T = TypeVar("T")


def given_or_read(value: object, kind: type[T], read: Callable[[str | Path], T], what: str, expected: str) -> T:
    """Return an object of a kind, given as itself or as the path of its file.

    `what`, `expected`: what messages call it, and its kind.  Raises what `read` raises, and TypeError for anything else.
    """
    if isinstance(value, kind):
        return value
    if isinstance(value, str | Path):
        return read(value)
    found = f"{type(value).__module__}.{type(value).__name__}"
    raise TypeError(f"{what} is a {found}; a {expected} or the path of a file is needed")


@dataclass(frozen=True)
class Source:
    """Where a key was set: its name in messages, its name in notes, and the folder that paths in it start from."""

    label: str
    name: str
    folder: Path


@dataclass
class Document:
    """A merged document: nested tables, the source of every key, and notes on what the merging did."""

    source: Source
    data: dict[str, object] = field(default_factory=dict)
    origins: dict[Key, Source] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def strategies(self) -> dict[str, dict[str, object]]:
        """The tables of strategies, not yet checked."""
        found = self.data.get("strategies")
        return found if isinstance(found, dict) else {}

    def origin(self, key: Key) -> Source:
        """Return where a key, or the nearest table above it, was set."""
        while key and key not in self.origins:
            key = key[:-1]
        return self.origins.get(key, self.source)

    def lay_over(self, layer: Table, source: Source) -> None:
        """Merge a file's tables over the document."""
        check_depth(layer, source.label)
        network = layer.get("network")
        if isinstance(network, Mapping) and "kind" in network:
            self.change_kind(network["kind"])
        self.merge(self.data, layer, (), source)
        self.source = source

    def merge(self, target: dict[str, object], layer: Table, above: Key, source: Source) -> None:
        """Merge one table into another, recursively; shares of hours and everything but tables are replaced.

        A strategy that is set to false is dropped.
        """
        for key, value in layer.items():
            path = (*above, key)
            if drops(path, value) and key in target:
                del target[key]
                continue
            self.origins[path] = source
            if isinstance(value, Mapping) and not is_shares(path):
                below = target.get(key)
                if not isinstance(below, dict):
                    target[key] = below = {}
                self.merge(below, value, path, source)
            else:
                target[key] = copy.deepcopy(value)

    def change_kind(self, kind: object) -> None:
        """Drop what was set for the previous kind of network, with a note."""
        before = self.data.get("network")
        if not isinstance(before, dict):
            return
        dropped = [key for key in before if key != "kind"]
        if dropped:
            name = self.origin(("network",)).name
            replaced = f"network.kind = {shown(kind)} replaced the network table of {name} by that kind's defaults"
            self.notes.append(f"{replaced} (no longer set: {listed(dropped)})")
        self.data["network"] = {}

    def assign(self, settings: Mapping[Key, object], source: Source) -> None:
        """Set single keys.  Raises ScenarioError."""
        if ("network", "kind") in settings:
            self.change_kind(settings["network", "kind"])
        for path, value in settings.items():
            if drops(path, value) and path[1] in self.strategies:
                del self.strategies[path[1]]
            else:
                self.put(path, value, source)
        self.source = source

    def put(self, path: Key, value: object, source: Source) -> None:
        """Set one key, creating missing tables above it; items of a list go by their place, from 0 on."""
        target: object = self.data
        for depth, part in enumerate(path):
            last = depth + 1 == len(path)
            if isinstance(target, list):
                place = place_in(target, path, depth, source)
                if last:
                    target[place] = copy.deepcopy(value)
                target = target[place]
            elif isinstance(target, dict):
                if last and (value != {} or is_shares(path) or part not in target):
                    target[part] = copy.deepcopy(value)
                elif part not in target:
                    target[part] = self.missing_table(path[: depth + 1])
                target = target[part]
            else:
                above = key_of(path[:depth])
                raise ScenarioError(f"{source.label}: {key_of(path)} is unknown: {above} is not a table")
            self.origins[path[: depth + 1]] = source

    def missing_table(self, path: Key) -> dict[str, object]:
        """Return what a missing table starts from: the shares in force for shares of hours, else nothing."""
        if not is_shares(path) and not (path[-1] in DEFAULT_SHARES and "coordinators" in path):
            return {}
        shares = self.strategies[path[1]].get(path[-1])
        return dict(shares if isinstance(shares, dict) else DEFAULT_SHARES[path[-1]])


def drops(path: Key, value: object) -> bool:
    """Return whether a setting drops a strategy: `strategies.blended = false`."""
    return len(path) == 2 and path[0] == "strategies" and value is False


def is_shares(path: Key) -> bool:
    """Return whether a key is a strategy's table of shares of hours for a focus."""
    return len(path) == 3 and path[0] == "strategies" and path[2] in DEFAULT_SHARES


def place_in(values: list[object], path: Key, depth: int, source: Source) -> int:
    """Return the place in a list that a part of a key names.  Raises ScenarioError."""
    part = path[depth]
    if part.isdecimal() and int(part) < len(values):
        return int(part)
    places = f"places 0 to {len(values) - 1}" if values else "none: it is empty"
    message = f"{key_of(path[:depth])} is a list without a place {part!r}; known are {places}"
    raise ScenarioError(f"{source.label}: {key_of(path)} is unknown; {message}")


def read_file(path: Path) -> dict[str, object]:
    """Return the tables of one TOML file.  Raises ScenarioError if it cannot be read or is not TOML."""
    try:
        if path.is_dir():
            raise ScenarioError(f"{path}: is a folder; a scenario file (TOML) is needed")
        if path.stat().st_size > MOST_BYTES:
            raise ScenarioError(f"{path}: has {path.stat().st_size:,} bytes; allowed are at most {MOST_BYTES:,}")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ScenarioError(f"{path}: there is no such file{near_file(path)}") from None
    except (OSError, ValueError) as fault:
        raise ScenarioError(f"{path}: cannot be read ({getattr(fault, 'strerror', None) or fault})") from None
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise ScenarioError(f"{path}, line {line}: byte 0x{raw[fault.start]:02x} is not UTF-8") from None
    except tomllib.TOMLDecodeError as fault:
        raise ScenarioError(not_toml(path, raw, str(fault))) from None
    except RecursionError:
        raise ScenarioError(f"{path}: is not TOML that can be read: nested too deeply") from None


def check_depth(value: object, label: str) -> None:
    """Raise ScenarioError if tables and lists are nested more deeply than any setting is."""
    level, depth = [value], 0
    while level:
        below = [item.values() if isinstance(item, Mapping) else item for item in level if isinstance(item, NESTED)]
        level, depth = [item for items in below for item in items], depth + 1
        if depth > DEEPEST:
            raise ScenarioError(f"{label}: tables and lists are nested more than {DEEPEST} deep; no setting is")


def near_file(path: Path) -> str:
    """Return a file of a similar name in the same folder, as a question; "" if there is none."""
    try:
        near = difflib.get_close_matches(path.stem, [other.stem for other in path.parent.glob("*.toml")], n=1)
    except (OSError, ValueError):
        return ""
    return f"; did you mean {near[0]}.toml?" if near else ""


def not_toml(path: Path, raw: bytes, message: str) -> str:
    """Return tomllib's message with the line first."""
    at = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    line = int(at[1]) if at else raw.rstrip().count(b"\n") + 1
    reason = re.sub(r" \(at .*\)$", "", message)
    column = f" (column {at[2]})" if at else " (end of the file)"
    return f"{path}, line {line}: is not TOML: {reason[:1].lower()}{reason[1:]}{column}"


def read_chain(path: Path) -> Document:
    """Return a file and those that it extends, merged.  Raises ScenarioError, also for a circular chain."""
    layers: list[tuple[dict[str, object], Source]] = []
    seen: list[Path] = []
    here, by = path, ""
    while True:
        if here.resolve() in seen:
            cycle = " -> ".join([*(layer[1].name for layer in reversed(layers)), here.name])
            raise ScenarioError(f"{by}: extends is {shown(here.name)}, which is circular: {cycle}")
        seen.append(here.resolve())
        try:
            data = read_file(here)
            if not data:  # more likely a wrong file, or half of one, than a wish for all defaults
                raise ScenarioError(f"{here}: is empty; at least one key is needed, such as weeks = 156")
        except ScenarioError as fault:
            raise ScenarioError(f"{by}: extends: {fault}" if by else str(fault)) from None
        layers.insert(0, (data, Source(str(here), here.name, here.parent)))
        base = data.pop("extends", None)
        if base is None:
            break
        if not isinstance(base, str) or not base:
            raise ScenarioError(f"{here}: extends is {shown(base)}; allowed is a path to a scenario file, in quotes")
        here, by = here.parent / base, str(here)
    document = Document(layers[-1][1])
    for data, source in layers:
        document.lay_over(data, source)
    return document


def parse_settings(sets: Sequence[str]) -> list[tuple[str, object]]:
    """Return keys and values of `key=value` texts: values as TOML, anything else as text.  Raises ScenarioError."""
    pairs: list[tuple[str, object]] = []
    for text in [sets] if isinstance(sets, str) else sets:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise ScenarioError(f"--set: is {shown(text)}; allowed is key=value, such as giving.base=-0.5")
        if key.count(".") > DEEPEST:
            raise ScenarioError(f"--set: {shown(key[:40])} ... has more than {DEEPEST} dots; no key has")
        pairs.append((key.strip(), parse_value(value.strip())))
        check_depth(pairs[-1][1], "--set")
    return pairs


def parse_value(text: str) -> Any:
    """Return a value as TOML reads it, or the text itself."""
    try:
        table: dict[str, object] = tomllib.loads(f"value = {text}")
    except (tomllib.TOMLDecodeError, RecursionError):
        return text
    return table["value"] if len(table) == 1 else text


def parts_of(key: str) -> Key:
    """Return the parts of a dotted key; after `set` in a change the rest is one part, the parameter's key."""
    parts = key.split(".")
    if "set" in parts and "changes" in parts[: parts.index("set")]:
        at = parts.index("set") + 1
        parts[at:] = [".".join(parts[at:])] if parts[at:] else []
    return tuple(part.strip() for part in parts)


def leaves(path: Key, value: object) -> Iterable[tuple[Key, object]]:
    """Yield a setting as settings of single keys: tables are split, except shares and changed parameters."""
    if isinstance(value, Mapping) and value and not is_shares(path) and path[-1] != "set":
        for key, item in value.items():
            yield from leaves((*path, str(key)), item)
    else:
        yield path, value


def single_settings(
    pairs: Iterable[tuple[str, object]], strategies: Iterable[str], source: Source
) -> dict[Key, object]:
    """Return settings by key, checked: no key twice, no key inside another, only known strategies.

    A table set as `strategies.NAME` may add a strategy.  Raises ScenarioError.
    """
    known = list(strategies)
    settings: dict[Key, object] = {}
    for key, value in pairs:
        path = parts_of(key)
        if not all(path):
            raise ScenarioError(f"{source.label}: {shown(key)} is not a key; allowed are names joined by single dots")
        if path[0] == "extends":
            raise ScenarioError(f"{source.label}: extends cannot be set here; allowed is in a scenario file only")
        if path[0] == "strategies" and len(path) > 2 and path[1] not in known:
            raise ScenarioError(f"{source.label}: {key_of(path[:2])} {unknown(path[1], known)}")
        for leaf, item in leaves(path, plain(value)):
            new_strategy = len(leaf) == 2 and leaf[0] == "strategies" and leaf[1] not in known
            if item == {} and not is_shares(leaf) and leaf[-1] != "set" and not new_strategy:
                raise ScenarioError(
                    f"{source.label}: {key_of(leaf)} is an empty table, which sets nothing; leave it out"
                )
            clash = [other for other in settings if other[: len(leaf)] == leaf or leaf[: len(other)] == other]
            if clash:
                both = "" if clash[0] == leaf else f", by {key_of(clash[0])} and {key_of(leaf)}"
                twice = min(clash[0], leaf, key=len)
                raise ScenarioError(f"{source.label}: {key_of(twice)} is set twice in one call{both}; allowed is once")
            settings[leaf] = item
    return settings
