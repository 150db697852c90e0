"""Colours of strategies and stages, safe for colour-blind readers.

Strategies take Okabe & Ito's palette (2008, "Color universal design"), stages four of Tol's muted colours (2021,
"Colour schemes", SRON/EPS/TN/09-002), so that stages are not mistaken for strategies.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.colors import LinearSegmentedColormap

INK = "#222222"
FAINT = "#767676"
GRID = "#e4e4e4"
BASELINE = "#7f7f7f"
BASELINE_NAMES = frozenset({"none", "nothing", "do nothing", "do-nothing", "baseline", "no coordinator", "no weaving"})
# Okabe & Ito's yellow is left out: no shade of it stays readable as text on white.
OKABE_ITO = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
OWN_COLOURS = dict(zip(("customized", "mass", "convening", "support"), OKABE_ITO, strict=False))
STAGES = ("connected", "aligned", "producing", "generative")
STAGE_COLOURS = dict(zip(STAGES, ("#44aa99", "#332288", "#999933", "#882255"), strict=True))
GROUP_COLOURS = (*OKABE_ITO, "#882255", "#44aa99", "#332288", "#999933", "#a6761d", "#6a3d9a", "#117733", "#e7298a")
NO_GROUP = "#c4c4c4"
MIDDLE = "#f5f5f5"
READABLE = 4.5
DARK_PAGE = "#20262e"


def strategy_colours(names: Iterable[str]) -> dict[str, str]:
    """Return a colour (hex) for each strategy name.

    "none" and similar names are grey, strategies of the model's own scenarios have fixed colours, and other names take the
    remaining colours in order, then darker shades.  Pass the result on to figures that show only some strategies.
    """
    order = list(dict.fromkeys(map(str, names)))
    chosen = {name: BASELINE for name in order if name.lower() in BASELINE_NAMES}
    chosen |= {name: OWN_COLOURS[name] for name in order if name in OWN_COLOURS}
    free = [colour for colour in OKABE_ITO if colour not in chosen.values()]
    others = [name for name in order if name not in chosen]
    for place, name in enumerate(others):
        shades, colour = divmod(place - len(free), len(OKABE_ITO))
        chosen[name] = free[place] if place < len(free) else shade(OKABE_ITO[colour], 0.6 ** (shades + 1))
    return {name: chosen[name] for name in order}


def shade(colour: str, brightness: float) -> str:
    """Return a colour with red, green and blue multiplied by `brightness` (below 1: darker)."""
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = to_rgb(colour)
    return to_hex((red * brightness, green * brightness, blue * brightness))


def ink(colour: str) -> str:
    """Return a colour, darkened until text in it has a contrast of 4.5 on white (WCAG 2.1, level AA)."""
    while contrast(colour) < READABLE:
        colour = shade(colour, 0.95)
    return colour


def glow(colour: str) -> str:
    """Return a colour, lightened until text in it has a contrast of 4.5 on the darkest grey of pages (#20262e)."""
    from matplotlib.colors import to_hex, to_rgb

    while contrast(colour, DARK_PAGE) < READABLE * 1.05:
        red, green, blue = to_rgb(colour)
        colour = to_hex((red + 0.05 * (1 - red), green + 0.05 * (1 - green), blue + 0.05 * (1 - blue)))
    return colour


def contrast(colour: str, ground: str = "#ffffff") -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.1)."""
    dark, light = sorted((luminance(colour), luminance(ground)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, 0 to 1 (WCAG 2.1)."""
    from matplotlib.colors import to_rgb

    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def diverging() -> LinearSegmentedColormap:
    """Return a diverging colour map, safe for colour-blind readers: vermilion, near-white, blue (Okabe & Ito)."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("below-above", [OKABE_ITO[1], MIDDLE, OKABE_ITO[0]])


def ink_on(colour: str) -> str:
    """Return ink or white, whichever has more contrast on a colour."""
    return max((INK, "#ffffff"), key=lambda text: contrast(text, colour))
