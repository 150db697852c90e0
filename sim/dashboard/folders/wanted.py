"""What a link to the page of results asks to see: the list, one folder, or several side by side."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from sim.dashboard.folders.beside import MOST
from sim.dashboard.folders.shelf import Shelf, ShelfError
from sim.dashboard.links import LONGEST
from sim.model.outcomes import STAGES_REACHED

OPEN, STAGE, STRATEGY = "open", "stage", "strategy"


@dataclass(frozen=True)
class Wanted:
    """What a link asks to see; `rest`: what it says for other pages, which it goes on saying."""

    names: tuple[str, ...] = ()
    stage: str = "aligned"
    strategy: str = ""
    rest: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> str:
        """The query of a link to it."""
        apart = any("," in name for name in self.names)
        names = self.names if apart else [",".join(self.names)] if self.names else []
        pairs = [*self.rest, *((OPEN, name) for name in names)]
        pairs += [(STAGE, self.stage)] if pairs else []
        pairs += [(STRATEGY, self.strategy)] if self.strategy and self.names else []
        return urlencode(pairs, safe=",/")


def wanted_of(search: str | None, shelf: Shelf) -> Wanted:
    """What a link asks to see, held in bounds: at most `MOST` folders, a stage that there is."""
    pairs = parse_qsl((search or "")[:LONGEST], keep_blank_values=True)
    names: list[str] = []
    for key, value in pairs:
        if key == OPEN:
            names += [value] if is_folder(shelf, value) else value.split(",")
    told = dict(pairs)
    stage = told.get(STAGE, "")
    return Wanted(
        tuple(dict.fromkeys(name for name in names if name))[:MOST],
        stage if stage in STAGES_REACHED else "aligned",
        told.get(STRATEGY, "")[:100],
        tuple(pair for pair in pairs if pair[0] not in (OPEN, STRATEGY, STAGE)),
    )


def is_folder(shelf: Shelf, name: str) -> bool:
    """Whether a whole text names a folder, commas and all."""
    try:
        return bool(shelf.folder(name))
    except ShelfError:
        return False
