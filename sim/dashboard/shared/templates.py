"""The way from Python to the Vue templates: typed records become plain data here, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter, Signature
from pathlib import Path
from typing import Any

import solara
from ipywidgets import Widget

from sim.lab.results import json_ready

Element = solara.Element[Widget]
Event = Callable[[Any], None]
"""What a template calls, with JSON from the browser."""


def packed(value: object) -> str:
    """Return something large as JSON text, '' for None.

    Solara walks through every number of a property at every rendering; a text it only compares.
    """
    return "" if value is None else json.dumps(json_ready(value), separators=(",", ":"))


PARTS = {
    name: (Path(__file__).parent / file).read_text(encoding="utf-8")
    for name, file in (("gn-rows", "table.vue"), ("gn-run", "run_choice.vue"))
}
"""Vue components that every template can use: `<gn-rows :head="..." :rows="...">` is a table, `<gn-run>` chooses a run."""


class Template:
    """A Vue template as a component: keywords are its properties, and those that begin with `on_` handle its events.

    `components`: further Vue components that it uses, by name.
    `properties`, `events`: their names, separated by spaces.  The template calls `event_NAME`.
    """

    def __init__(
        self, file: Path, properties: str, events: str = "", components: Mapping[str, str] | None = None
    ) -> None:
        def view(**properties: object) -> None:
            """Solara reads this function's signature."""

        self._parts = {**PARTS, **(components or {})}
        names = ["components", *properties.split(), *(f"event_{name}" for name in events.split())]
        parameters = [Parameter(name, Parameter.KEYWORD_ONLY, default=None) for name in names]
        view.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        self._component = solara.component_vue(str(file.absolute()))(view)

    def __call__(self, **values: Any) -> Element:
        """Return the element that shows these values."""
        events = {name: value for name, value in values.items() if name.startswith("on_")}
        properties = {name: json_ready(value) for name, value in values.items() if name not in events}
        return self._component(
            components=self._parts, **properties, **{f"event_{name[3:]}": handler for name, handler in events.items()}
        )


@dataclass(frozen=True)
class Download:
    """A file for the browser, which saves it once its number changes; number 0: no file yet."""

    name: str = ""
    type: str = ""
    text: str = ""
    number: int = 0

    def then(self, name: str, text: str) -> Download:
        """Return the next file; its type follows from its ending."""
        kinds = {".html": "text/html", ".json": "application/json"}
        kind = kinds.get(Path(name).suffix, "text/csv")
        return Download(name, kind, text, self.number + 1)
