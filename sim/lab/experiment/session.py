"""One sitting of a sweep, as its manifest tells of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sim.lab.experiment.experiment import Experiment
from sim.lab.experiment.store import Store
from sim.lab.results import origin


class Session:
    """One sitting of a sweep, for the manifest; a sweep that was stopped has several."""

    def __init__(self, experiment: Experiment, before: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        self.experiment, self.said = experiment, dict(said)
        self.began, self.ticks = datetime.now(UTC), time.monotonic()
        self.earlier = list(before.get("sessions", []))
        self.first: int | None = None

    def manifest(self, store: Store, ended: str) -> dict[str, Any]:
        """What the manifest says beside what the results are of."""
        experiment, base = self.experiment, self.experiment.base
        done = int(store.done.sum())
        if self.first is None:
            self.first = done
        seconds = round(time.monotonic() - self.ticks, 3)
        sitting = {
            "started": self.began.isoformat(timespec="seconds"),
            "ended": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": seconds,
            "runs": done - self.first,
            "stop_reason": ended,
        }
        sessions = [*self.earlier, sitting]
        return {
            "experiment": experiment.to_json(),
            "stop_reason": ended,
            "done": done,
            "failed": store.failed,
            "scenario_file": base.path,
            "scenario_settings": list(experiment.settings),
            "started": sessions[0]["started"],
            "ended": sitting["ended"],
            "seconds": round(sum(one["seconds"] for one in sessions), 3),
            "sessions": sessions,
            **origin(),
            **self.said,
        }
