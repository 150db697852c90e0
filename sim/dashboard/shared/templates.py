"""The way from Python to the Vue templates: typed records become plain data here, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from inspect import Parameter, Signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import solara
from ipywidgets import Widget

from sim.lab.results import json_ready

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Element = solara.Element[Widget]
Event = Callable[[Any], None]
"""What a template calls, with JSON from the browser."""
Properties = TypeVar("Properties", bound="DataclassInstance")


def plain(value: Any) -> Any:
    """Return a record, or what holds records, as JSON can hold it."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else json_ready(value)


def packed(value: object) -> str:
    """Return something large as JSON text, '' for None.

    Solara walks through every number of a property at every rendering; a text it only compares.
    """
    return "" if value is None else json.dumps(plain(value), separators=(",", ":"))


class Template(Generic[Properties]):
    """A Vue template as a component: the fields of a record are its properties, keywords its event handlers.

    `events`: names of the events, separated by spaces; the template calls `event_NAME`.
    """

    def __init__(self, file: Path, record: type[Properties], events: str = "") -> None:
        def view(**properties: object) -> None:
            """Solara reads this function's signature."""

        names = [field.name for field in fields(record)] + [f"event_{name}" for name in events.split()]
        parameters = [Parameter(name, Parameter.KEYWORD_ONLY, default=None) for name in names]
        view.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        self._component = solara.component_vue(str(file.absolute()))(view)

    def __call__(self, shown: Properties, **handlers: Event) -> Element:
        """Return the element that shows a record."""
        properties = {field.name: plain(getattr(shown, field.name)) for field in fields(shown)}
        return self._component(**properties, **{f"event_{name}": handler for name, handler in handlers.items()})


@dataclass(frozen=True)
class Download:
    """A file for the browser, which saves it once its number changes; number 0: no file yet."""

    name: str = ""
    type: str = ""
    text: str = ""
    number: int = 0

    def then(self, name: str, text: str) -> Download:
        """Return the next file; its type follows from its ending."""
        kind = "text/html" if name.endswith(".html") else "text/csv"
        return Download(name, kind, text, self.number + 1)


def nothing(data: object) -> None:
    """Ignore an event."""
