"""Tables as people keep them: lists typed into a cell, marks, totals, headings and words in several languages."""

import pytest

from tests.inputs.reading.reading_helpers import arcs, notes, read, ties


def test_numbers_bullets_and_nobody_in_answers_are_not_names():
    text = 'Name,Whom do you trust?\nMia,"1. Noor\n2. Oki"\nNoor,"- Mia\n- Pia"\nOki,none\nPia,-\nRex,Nobody\n'
    assert set(arcs(read(("s.csv", text)))) == {("Mia", "Noor"), ("Mia", "Oki"), ("Noor", "Mia"), ("Noor", "Pia")}


def test_a_number_that_belongs_to_a_name_stays():
    assert ties(read(("t.csv", "from,to\n1. FC Lund,Mia\nMia,2. Try\n"))) == {
        ("1. FC Lund", "Mia"): 1.0,
        ("2. Try", "Mia"): 1.0,
    }


def test_marks_below_an_event_called_workshop_are_not_its_name():
    network = read(("a.csv", "Name,Kick-off,Workshop\nMia,x,x\nNoor,x,\nOki,,x\nPia,,\n"))
    assert ties(network) == {("Mia", "Noor"): 1.0, ("Mia", "Oki"): 1.0} and network.start.members == 4


@pytest.mark.parametrize(
    ("words", "strengths"),
    [
        (("gar nicht", "kaum", "vierteljährlich", "häufig", "sehr gut", "ständig"), (0, 1, 2, 3, 4, 5)),
        (("pas du tout", "un peu", "modéré", "bien", "très bien", "tous les jours"), (0, 1, 2, 3, 4, 5)),
        (("nada", "anual", "trimestral", "mensual", "muy bien", "todos los días"), (0, 1, 2, 3, 4, 5)),
        (("não", "pouco", "às vezes", "mensal", "muito bem", "todos os dias"), (0, 1, 2, 3, 4, 5)),
        (("per nulla", "annuale", "a volte", "bene", "molto bene", "ogni giorno"), (0, 1, 2, 3, 4, 5)),
        (("helemaal niet", "jaarlijks", "soms", "goed", "zeer goed", "elke dag"), (0, 1, 2, 3, 4, 5)),
    ],
)
def test_strengths_in_words_of_several_languages(words, strengths):
    rows = "".join(f"Mia;P{k};{word}\n" for k, word in enumerate(words))
    network = read(("t.csv", f"from;to;strength\n{rows}"))
    assert ties(network) == {("Mia", f"P{k}"): s for k, s in enumerate(strengths) if s}
    assert "--scale word=number changes this" in notes(network)
