"""How strong a tie is: numbers, and words on a stated scale that the user can change."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from sim.inputs.reading.decoding import heading_key

SCALE = {
    0.0: """false, falsch, faux, falso, onwaar, none, never, no, not at all, no contact, unknown, dont know, do not know,
        nein, nie, nicht, gar nicht, überhaupt nicht, kein kontakt, unbekannt, weiß nicht, non, jamais, pas du tout,
        aucun contact, inconnu, nunca, nada, en absoluto, ningún contacto, desconocido, não, nenhum contato,
        desconhecido, mai, per niente, per nulla, nessun contatto, sconosciuto, nooit, nee, helemaal niet,
        geen contact, onbekend""",
    1.0: """true, wahr, vrai, verdadero, verdadeiro, vero, waar, less than once a year, weak, very weak, low, very low,
        slight, slightly, rarely, seldom, hardly, hardly ever, yearly, annually, once a year, every year,
        acquaintance, a little, a little bit, not well, not very well, yes, x, y, schwach, sehr schwach, gering,
        niedrig, wenig, ein wenig, kaum, selten, jährlich, einmal im jahr, ja, faible, très faible, peu, un peu,
        rarement, annuel, annuellement, une fois par an, oui, débil, débilmente, bajo, baja, poco, un poco, rara vez,
        anual, anualmente, una vez al año, sí, fraco, fraca, baixo, baixa, pouco, um pouco, raramente,
        uma vez por ano, sim, debole, basso, bassa, un po, annuale, annualmente, una volta all anno, sì, zwak, laag,
        weinig, een beetje, nauwelijks, zelden, jaarlijks, een keer per jaar, svag""",
    2.0: """medium, moderate, moderately, moderately well, fairly well, average, normal, sometimes, occasionally,
        quarterly, once a quarter, every quarter, a few times a year, several times a year, somewhat, mittel, mäßig,
        etwas, manchmal, gelegentlich, vierteljährlich, moyen, moyenne, modéré, modérée, assez, assez bien, parfois,
        occasionnellement, trimestriel, trimestriellement, medio, media, moderado, moderada, algo, a veces,
        ocasionalmente, trimestral, trimestralmente, médio, média, às vezes, moderato, moderata, abbastanza,
        abbastanza bene, a volte, qualche volta, occasionalmente, trimestrale, middel, matig, gemiddeld, redelijk,
        soms, af en toe, elk kwartaal""",
    3.0: """strong, high, close, often, frequently, regularly, monthly, once a month, every month, several times a month,
        a few times a month, well, good, a lot, friend, stark, hoch, eng, gut, oft, häufig, regelmäßig, monatlich,
        einmal im monat, fort, forte, élevé, élevée, bien, souvent, fréquemment, régulièrement, mensuel,
        mensuellement, une fois par mois, fuerte, alto, alta, a menudo, frecuentemente, regularmente, mensual,
        mensualmente, una vez al mes, bem, frequentemente, mensal, mensalmente, uma vez por mês, bene, spesso,
        regolarmente, mensile, mensilmente, una volta al mese, frequente, sterk, hoog, goed, vaak, regelmatig,
        maandelijks, een keer per maand""",
    4.0: """very strong, very high, very close, very often, very frequently, weekly, once a week, every week,
        several times a week, a few times a week, very well, very good, close friend, sehr stark, sehr hoch, sehr eng,
        sehr gut, sehr oft, sehr häufig, wöchentlich, woechentlich, einmal in der woche, einmal pro woche, très fort,
        très forte, très élevé, très bien, très souvent, hebdomadaire, une fois par semaine, muy fuerte, muy alto,
        muy alta, muy bien, muy a menudo, semanal, semanalmente, una vez a la semana, muito forte, muito alto,
        muito alta, muito bem, uma vez por semana, molto forte, molto alto, molto alta, molto bene, molto spesso,
        settimanale, settimanalmente, una volta alla settimana, heel sterk, zeer sterk, heel goed, zeer goed,
        heel vaak, zeer vaak, wekelijks, een keer per week""",
    5.0: """daily, constantly, always, every day, extremely, extremely well, extremely close, best friend, täglich, taeglich,
        jeden tag, ständig, immer, quotidien, quotidiennement, tous les jours, toujours, diario, diariamente, todos los días,
        constantemente, siempre, diário, todos os dias, sempre, giornaliero, quotidiano, ogni giorno, dagelijks, elke dag,
        altijd""",
}
"""The strength that words stand for, from none to daily.  Other words need `--scale word=number`."""
MARKS = frozenset("✓✔☑")
"""Signs for a tie of strength 1, as "x"."""
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
            if text in MARKS and text not in self.own:
                number = 1.0
            elif word in self.own or (word in self.words and not LEADING_NUMBER.match(text)):
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
