"""Safe text for spreadsheets and terminals: no cell runs as a formula, and no name controls a terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Signs with which a spreadsheet begins a formula, the wide ones of East Asian text included (OWASP, "CSV injection")."""
STARTS = (*FORMULA_STARTS, "\t")
HARMFUL = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Control characters that titles and names may hold: a terminal would obey them, or show text in another order."""


def safe_cell(value: object) -> object:
    """Return a cell without control characters, with an apostrophe before text that a spreadsheet would run.

    Numbers stay what they are.
    """
    if not isinstance(value, str):
        return value
    clean = value.translate(HARMFUL)
    if clean.startswith(STARTS):
        try:
            float(clean)
        except ValueError:
            return f"'{clean}"
    return value if clean == value else clean


def csv_rows(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def csv_table(frame: pd.DataFrame) -> str:
    """Return a table as CSV, its header included; a missing number is an empty cell."""
    import pandas as pd

    safe = frame.copy(deep=False)
    for position, (_, column) in enumerate(frame.items()):
        if not pd.api.types.is_numeric_dtype(column.dtype) and any(
            safe_cell(one) is not one for one in column.unique()
        ):
            safe.isetitem(position, column.astype(object).map(safe_cell).array)
    safe.columns = pd.Index([safe_cell(name) for name in frame.columns])
    return str(safe.to_csv(index=False, lineterminator="\n"))
