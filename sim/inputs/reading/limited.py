"""Read uploaded files in a separate process with limits on memory and processor time.

Both sides exchange JSON and the bytes of the files, nothing that could run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, TypedDict

import numpy as np

from sim.inputs.reading import plain
from sim.inputs.reading.plain import DEFAULT_OPTIONS, Fault, File, NetworkFaults, ReadOptions, Spot
from sim.inputs.reading.reader import read_network
from sim.inputs.reading.resolving import UserNetwork
from sim.inputs.reading.wave_dates import When
from sim.inputs.reading.wave_files import DatedNetwork, waves_or_network
from sim.model.start import NetworkError, new_network

ROOT = Path(__file__).parents[3]
MOST_REPORT = 40_000_000
OUT_OF_MEMORY = 77
"""Exit code of a reading process that ran out of memory."""
AT_ONCE = threading.BoundedSemaphore(2)
"""How many files are read at once; others wait."""


@dataclass(frozen=True)
class Limits:
    """Limits on reading: bytes of memory, seconds of processor time, seconds in all, and sizes that are checked beforehand."""

    memory: int = 460_000_000
    processor: int = 14
    seconds: float = 20.0
    rows: int = 200_000
    columns: int = 2_000
    places: int = 2_000_000
    unpacked: int = 100_000_000
    members: int = 500


class Report(TypedDict):
    """What the reading process answers with."""

    faults: list[tuple[str, str, str, int, str, str, str]]
    total: int
    message: str
    headings: list[str]
    network: dict[str, object] | None
    waves: list[tuple[int, str, dict[str, object]]]


NOTHING: Report = {"faults": [], "total": 0, "message": "", "headings": [], "network": None, "waves": []}


def read_limited(
    files: Sequence[File], options: ReadOptions = DEFAULT_OPTIONS, limits: Limits | None = None
) -> UserNetwork:
    """Return the network in some files, as `read_network` does.  Raises NetworkError, also where a limit is reached."""
    found = read_apart(files, options, limits or Limits(), dated=False)["network"]
    assert found is not None
    return unpacked(found)


def read_waves_limited(
    files: Sequence[File], options: ReadOptions = DEFAULT_OPTIONS, limits: Limits | None = None
) -> tuple[DatedNetwork, ...]:
    """Return the waves in some files, or the one network, as `waves_or_network` does.  Raises NetworkError."""
    found = read_apart(files, options, limits or Limits(), dated=True)["waves"]
    return tuple(DatedNetwork(When(week, label), unpacked(network)) for week, label, network in found)


def read_apart(files: Sequence[File], options: ReadOptions, limits: Limits, dated: bool) -> Report:
    """Return what a reading process answers.  `dated`: whether it looks for waves.  Raises NetworkError."""
    names = " and ".join(file.name for file in files)
    head = {
        "files": [(file.name, len(file.content)) for file in files],
        "options": asdict(options),
        "limits": asdict(limits),
        "dated": dated,
    }
    sent = json.dumps(head).encode() + b"\n" + b"".join(file.content for file in files)
    single = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    env = {**os.environ, **single, "PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))}
    if not AT_ONCE.acquire(timeout=2 * limits.seconds):
        raise NetworkError(f"{names}: other files are being read; try again in a minute")
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=sent,
            capture_output=True,
            timeout=limits.seconds,
            env=env,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NetworkError(
            f"{names}: takes more than {limits.seconds:g} seconds to read; send a smaller file"
        ) from None
    finally:
        AT_ONCE.release()
    if done.returncode or not done.stdout:
        raise NetworkError(f"{names}: {reason(done.returncode, done.stderr, limits)}")
    return checked(json.loads(done.stdout))


def reason(code: int, stderr: bytes, limits: Limits) -> str:
    """Return why the reading process ended without an answer."""
    if code in (-24, -9):  # SIGXCPU, SIGKILL
        return f"takes more than {limits.processor} seconds of processor time to read; send a smaller file"
    last = stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"exit code {code}"]
    if code == OUT_OF_MEMORY or code < 0 or "MemoryError" in last[0] or "memory" in last[0].lower():
        return f"takes more than {limits.memory // 1_000_000} MB of memory to read; send a smaller file"
    return f"cannot be read: a fault of this program ({last[0][:200]})"


def checked(report: Report) -> Report:
    """Return an answer.  Raises NetworkError with the faults or the message in it."""
    if report["faults"]:
        faults = [
            Fault(Spot(a, b, c), row, text, column, found) for a, b, c, row, text, column, found in report["faults"]
        ]
        raised = NetworkFaults(faults, report["total"], report["message"])
        raised.headings = tuple(report["headings"])
        raise raised
    if report["network"] is None and not report["waves"]:
        raise NetworkError(report["message"])
    return report


def packed(network: UserNetwork) -> dict[str, object]:
    """Return a network as JSON values."""
    start = network.start
    return {
        "names": start.names,
        "ids": start.ids,
        "ties": start.ties.tolist(),
        "strength": start.strength.tolist(),
        "ends": None if start.ends is None else start.ends.tolist(),
        "sector": start.sector.tolist(),
        "kind": start.kind.tolist(),
        "viewpoint": [[None if v != v else v for v in point] for point in start.viewpoint.tolist()],
        "sector_names": start.sector_names,
        "source": start.source,
        "notes": start.notes,
        "scale": start.scale,
        "arcs": network.arcs.tolist(),
        "trust": network.trust.tolist(),
        "attributes": network.attributes,
        "tie_attributes": [(i, j, said) for (i, j), said in network.tie_attributes.items()],
        "headings": network.headings,
    }


def unpacked(found: dict) -> UserNetwork:  # type: ignore[type-arg]
    """Return the network of JSON values."""
    start = new_network(
        np.array(found["ties"], np.int32).reshape(-1, 2),
        names=tuple(found["names"]),
        source=found["source"],
        strength=np.array(found["strength"], np.float64),
        ends=None if found["ends"] is None else np.array(found["ends"], np.float64).reshape(-1, 2),
        sector=np.array(found["sector"], np.int32),
        kind=np.array(found["kind"], np.int8),
        viewpoint=np.array(found["viewpoint"], np.float64).reshape(-1, 2),
        notes=tuple(found["notes"]),
        ids=tuple(found["ids"]),
        sector_names=tuple(found["sector_names"]),
        scale=found["scale"],
    )
    return UserNetwork(
        start,
        np.array(found["arcs"], np.int32).reshape(-1, 2),
        np.array(found["trust"], np.float64),
        {heading: tuple(values) for heading, values in found["attributes"].items()},
        {(i, j): said for i, j, said in found["tie_attributes"]},
        tuple(found["headings"]),
    )


def limit(limits: Limits) -> None:
    """Apply limits to this process, where the system supports them."""
    plain.MOST_ROWS, plain.MOST_COLUMNS = limits.rows, limits.columns
    plain.MOST_PLACES, plain.MOST_UNPACKED, plain.MOST_MEMBERS = limits.places, limits.unpacked, limits.members
    try:
        import resource
    except ImportError:  # Windows: only the time is limited
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.processor, limits.processor + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(sent: BinaryIO) -> Report:
    """Return the answer to a request."""
    head = json.loads(sent.readline())
    limits = Limits(**head["limits"])
    files = [File(name, sent.read(size)) for name, size in head["files"]]
    limit(limits)
    said = head["options"]
    for key in ("columns", "scale"):
        said[key] = tuple((a, b) for a, b in said[key])
    said["sheets"] = tuple(said["sheets"])
    names = " and ".join(file.name for file in files)
    try:
        if head["dated"]:
            waves = waves_or_network(files, ReadOptions(**said))
            return {**NOTHING, "waves": [(*one.when, packed(one.network)) for one in waves]}
        network = read_network(files, ReadOptions(**said))
    except NetworkFaults as faults:
        rows = [(*fault.spot, fault.row, fault.message, fault.column, fault.found) for fault in faults.faults]
        return {
            **NOTHING,
            "faults": rows,
            "total": faults.total,
            "message": faults.hint,
            "headings": [*faults.headings],
        }
    except NetworkError as fault:
        return {**NOTHING, "message": str(fault)}
    except MemoryError:
        most = f"takes more than {limits.memory // 1_000_000} MB of memory to read; send a smaller file"
        return {**NOTHING, "message": f"{names}: {most}"}
    return {**NOTHING, "network": packed(network)}


def main() -> None:
    """Read a request from stdin and write the answer to stdout."""
    try:
        report = json.dumps(answer(sys.stdin.buffer))
    except MemoryError:
        # To print a traceback takes memory, too.
        os._exit(OUT_OF_MEMORY)
    if len(report) > MOST_REPORT:
        message = f"holds {len(report):,} characters of names and attributes; send a smaller file"
        report = json.dumps({**NOTHING, "message": message})
    sys.stdout.write(report)


if __name__ == "__main__":
    main()
