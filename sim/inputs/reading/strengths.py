"""How strong a tie is: numbers, and words on a stated scale that the user can change."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from sim.inputs.reading.decoding import heading_key

SCALE = {
    0.0: """none, never, no, not at all, no contact, unknown, dont know, do not know, nein, nie, nicht, non, jamais, nunca, mai,
        nao, nooit""",
    1.0: """weak, low, slight, rarely, seldom, yearly, annually, once a year, acquaintance, a little, yes, x, y, true, schwach,
        selten, ja, faible, rarement, oui, debil, raramente, si, debole, fraca, sim, zwak, svag""",
    2.0: """medium, moderate, average, normal, sometimes, occasionally, quarterly, a few times a year, somewhat, mittel,
        manchmal, moyen, moyenne, parfois, medio, media, a veces, moderado, middel""",
    3.0: """strong, high, close, often, frequently, monthly, well, good, friend, stark, oft, monatlich, fort, forte, souvent,
        mensuel, fuerte, a menudo, mensual, spesso, mensile, frequente, sterk, vaak, maandelijks""",
    4.0: """very strong, very high, very close, very often, weekly, very well, very good, close friend, sehr stark, sehr oft,
        wöchentlich, woechentlich, très fort, très souvent, hebdomadaire, muy fuerte, semanal, molto forte, settimanale,
        muito forte, heel sterk, wekelijks""",
    5.0: """daily, constantly, always, every day, extremely, best friend, täglich, taeglich, immer, quotidien, toujours,
        diario, siempre, giornaliero, sempre, diariamente, dagelijks""",
}
"""The strength that words stand for, from none to daily.  Other words need `--scale word=number`."""
MISSING = frozenset(("", "na", "n/a", "?", "–", "—", ".", "null", "none given"))
ALLOWED = "numbers, 0 for no tie, blank for 1, or words such as weak, strong and weekly (others: --scale word=number)"
LEADING_NUMBER = re.compile(r"^\s*\(?([0-9]+(?:[.,][0-9]+)?)\)?\s*(?:[-–—:=.)]|\s)\s*[^\d\s].*$", re.DOTALL)
"""A number before words, as in "3 - well"."""
QUOTED_DECIMAL = re.compile(r"^-?\d+,\d{1,2}$")
"""A decimal comma in a cell that was in quotes, since commas separate cells; 1,500 may be a thousand, and is not read."""
THOUSANDS = re.compile(r"^\d{1,3}(?:[  ']\d{3})+$")


class Scale:
    """Words and the strengths that they stand for."""

    def __init__(self, own: Iterable[tuple[str, float]] = ()) -> None:
        self.words = {heading_key(word): value for value, words in SCALE.items() for word in words.split(",")}
        self.words |= {heading_key(word): float(value) for word, value in own}
        self.own = {heading_key(word): float(value) for word, value in own}
        self.used: dict[str, float] = {}

    def value(self, text: str, decimal_comma: bool = True) -> float | None:
        """Return the strength that a cell gives; None if it is missing.

        Raises ValueError with what was found for anything that is neither a number from 0 on nor a word of the scale.
        """
        if text.casefold() in MISSING and text.casefold() not in self.own:
            return None
        number = as_number(text, decimal_comma)
        if number is None:
            word = heading_key(text)
            if word in self.own or (word in self.words and not LEADING_NUMBER.match(text)):
                self.used[text] = self.words[word]
                number = self.words[word]
            elif leading := LEADING_NUMBER.match(text):
                number = float(leading[1].replace(",", "."))
            else:
                raise ValueError(repr(text))
        if not 0 <= number < math.inf:
            raise ValueError(text)
        return number

    def fits(self, text: str) -> bool:
        """Return whether a cell is a strength."""
        try:
            self.value(text)
        except ValueError:
            return False
        return True


def as_number(text: str, decimal_comma: bool) -> float | None:
    """Return the number in a cell; None if it is not one."""
    if "_" in text:  # Python reads 1_000 as a number; no spreadsheet does
        return None
    decimal = decimal_comma and text.count(",") == 1 and "." not in text
    plain = text.replace(",", ".") if decimal or QUOTED_DECIMAL.match(text) else text
    if THOUSANDS.match(plain):
        plain = re.sub(r"\D", "", plain)
    try:
        return float(plain.removesuffix("%"))
    except ValueError:
        return None
