"""Tables as people keep them: lists typed into a cell, marks, totals, headings and words in several languages."""

import pytest

from sim.inputs.reading.plain import NetworkFaults
from tests.inputs.reading.reading_helpers import arcs, notes, read, ties, workbook


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


@pytest.mark.parametrize(
    "ends", ["Nr Von;Nr Nach", "ID source;ID cible", "Mitglied 1;Mitglied 2", "Nome 1;Nome 2", "Nom de;Nom à"]
)
@pytest.mark.parametrize("strength", ["Häufigkeit der Treffen", "Strength (1 to 5)", "How often do they meet?"])
def test_headings_in_other_words_for_ends_and_strengths(ends, strength):
    text = f"{ends};{strength};Jahr\n1;2;4;2031\n2;3;1;2030\n"
    network = read(("m.csv", "Nr.;Name\n1;Mia\n2;Noor\n3;Oki\n"), ("t.csv", text))
    assert ties(network) == {("Mia", "Noor"): 4.0, ("Noor", "Oki"): 1.0}


def test_three_numbered_columns_are_contacts_and_not_ends():
    network = read(("s.csv", "Name,Person 1,Person 2,Person 3\nMia,Noor,Oki,Pia\nNoor,Mia,,\n"))
    assert set(arcs(network)) == {("Mia", "Noor"), ("Mia", "Oki"), ("Mia", "Pia"), ("Noor", "Mia")}


def test_sums_of_a_matrix_are_no_member_but_a_member_called_total_is():
    sums = read(("m.csv", ",Mia,Noor,Oki,Total\nMia,,2,,2\nNoor,2,,x,3\nOki,,x,,1\nTotal,2,3,1,6\n"))
    assert ties(sums) == {("Mia", "Noor"): 2.0, ("Noor", "Oki"): 1.0} and "sums left out" in notes(sums)
    member = read(("m.csv", ",Mia,Noor,Total\nMia,,1,3\nNoor,1,,\nTotal,3,,\n"))
    assert ties(member) == {("Mia", "Noor"): 1.0, ("Mia", "Total"): 3.0}


def test_a_matrix_with_names_in_its_header_only():
    network = read(("m.csv", "Mia,Noor,Oki\n0,1,0\n1,0,2\n0,2,0\n"))
    assert ties(network) == {("Mia", "Noor"): 1.0, ("Noor", "Oki"): 2.0}


@pytest.mark.parametrize("empty", ["", "0", "no", "–"])
def test_half_a_matrix_has_no_directions_unless_it_says_so(empty):
    text = "CORNER,Mia,Noor,Oki\nMia,EMPTY,1,EMPTY\nNoor,EMPTY,EMPTY,1\nOki,EMPTY,EMPTY,EMPTY\n".replace("EMPTY", empty)
    network = read(("m.csv", text.replace("CORNER", "")))
    assert len(arcs(network)) == 4 and "--directed" in notes(network)
    assert set(arcs(read(("m.csv", text.replace("CORNER", "From / To"))))) == {("Mia", "Noor"), ("Noor", "Oki")}


PLAIN_TIES = {
    "spaces": "Mia Noor\nNoor Oki\nOki Mia\n",
    "spaces and quotes": 'from to\n"Mia" Noor\nNoor "Oki"\nOki Mia\n',
    "R's rows' names": '"from" "to" "weight"\n"1" "Mia" "Noor" 1\n"2" "Noor" "Oki" 1\n"3" "Oki" "Mia" 1\n',
    "comments above": "# Directed graph\n# FromNodeId\tToNodeId\nMia\tNoor\nNoor\tOki\nOki\tMia\n",
    "comments of Konect": "% sym unweighted\n% 3 3 3\nMia Noor\nNoor Oki\nOki Mia\n",
    "single quotes": "'from','to'\n'Mia','Noor'\n'Noor','Oki'\n'Oki','Mia'\n",
}


@pytest.mark.parametrize("kind", PLAIN_TIES)
def test_plain_lists_of_ties(kind):
    network = read(("t.txt", PLAIN_TIES[kind]))
    assert ties(network) == {("Mia", "Noor"): 1.0, ("Noor", "Oki"): 1.0, ("Mia", "Oki"): 1.0}


def test_a_list_of_ids_without_a_header_belongs_to_a_list_of_members():
    members = "id,name\n1,Mia\n2,Noor\n3,Oki\n"
    for text in ("1,2,0.5\n2,3,2\n3,1,1\n1,3,1\n", "1 2 0.5\n2 3 2\n3 1 1\n1 3 1\n"):
        network = read(("m.csv", members), ("t.txt", text))
        assert ties(network) == {("Mia", "Noor"): 0.5, ("Noor", "Oki"): 2.0, ("Mia", "Oki"): 1.0}


def test_names_in_two_words_are_no_ties():
    with pytest.raises(NetworkFaults, match="no table of ties"):
        read(("names.txt", "Mia Lund\nNoor Aziz\nOki Berg\nMia Ferro\n"))


ATTENDANCE = {
    "an organisation": "Name,Organisation,Kick-off,Picnic\nMia,A,x,\nNoor,B,x,x\nOki,B,,x\n",
    "sums": "Name,Kick-off,Picnic,Total\nMia,1,0,1\nNoor,1,1,2\nOki,0,1,1\nTotal,2,2,4\n",
    "German truth": "Name;Auftakt;Picknick\nMia;WAHR;FALSCH\nNoor;WAHR;WAHR\nOki;FALSCH;WAHR\n",
    "a row an event": "Event,Mia,Noor,Oki\nKick-off,x,x,\nPicnic,,x,x\n",
    "people in one cell": 'Event,Participants\nKick-off,"Mia, Noor"\nPicnic,"Noor; Oki"\n',
}


@pytest.mark.parametrize("kind", ATTENDANCE)
def test_tables_of_who_came_to_what(kind):
    assert ties(read(("a.csv", ATTENDANCE[kind]))) == {("Mia", "Noor"): 1.0, ("Noor", "Oki"): 1.0}


def test_first_and_last_names_of_those_who_came():
    text = "First name,Last name,Kick-off,Picnic\nMia,Lund,x,x\nNoor,Aziz,x,\nMia,Berg,,x\n"
    assert ties(read(("a.csv", text))) == {("Mia Lund", "Noor Aziz"): 1.0, ("Mia Berg", "Mia Lund"): 1.0}


def test_a_list_of_members_with_marks_is_not_read_as_who_came():
    with pytest.raises(NetworkFaults, match="no table of ties"):
        read(("m.csv", "Name,Town,Volunteer,Board\nMia,Lund,x,\nNoor,Oslo,x,x\nOki,Bonn,,x\n"))


def test_people_between_round_brackets_are_a_grid_if_they_answered():
    network = read(("s.csv", "Name,Who do you know? (Mia),Who do you know? (Noor)\nMia,,Yes\nNoor,No,\n"))
    assert set(arcs(network)) == {("Mia", "Noor")} and network.start.members == 2


def test_ids_as_headings_of_a_matrix():
    network = read(("m.csv", "No,Name,1,2,3\n1,Mia,0,1,0\n2,Noor,1,0,1\n3,Oki,0,1,0\n".replace("No,", "Nr,")))
    assert ties(network) == {("Mia", "Noor"): 1.0, ("Noor", "Oki"): 1.0}


def test_a_column_that_says_whether_two_know_each_other():
    network = read(("t.csv", "from,to,Know each other?\nMia,Noor,yes\nMia,Oki,no\n"))
    assert ties(network) == {("Mia", "Noor"): 1.0} and network.start.members == 3


@pytest.mark.parametrize(("tie", "none"), [("TRUE", "FALSE"), ("WAHR", "FALSCH"), ("✓", ""), (True, False)])
def test_a_matrix_of_truth_or_marks_is_not_read_as_who_came_to_what(tie, none):
    rows = [["", "Mia", "Noor", "Oki"], ["Mia", none, tie, none], ["Noor", tie, none, tie], ["Oki", none, tie, none]]
    assert ties(read(("m.xlsx", workbook(M=rows)))) == {("Mia", "Noor"): 1.0, ("Noor", "Oki"): 1.0}


def test_years_from_and_to_are_no_ends():
    members = "Name,From,To\nMia,2029,2031\nNoor,2030,\n"
    assert ties(read(("m.csv", members), ("t.csv", "source,target\nMia,Noor\n"))) == {("Mia", "Noor"): 1.0}
    assert ties(read(("t.csv", "source,target,from,to\nMia,Noor,2029,2031-04\n"))) == {("Mia", "Noor"): 1.0}


def test_numbered_columns_after_a_name_are_contacts():
    network = read(("s.csv", "Your name,Person 1,Person 2\nMia,Noor,Oki\nNoor,Mia,\nOki,,\n"))
    assert set(arcs(network)) == {("Mia", "Noor"), ("Mia", "Oki"), ("Noor", "Mia")}


def test_last_names_before_commas_of_those_who_came():
    network = read(("a.csv", 'Participants,Event\n"Lund, Mia",Picnic\n"Aziz, Noor",Picnic\n'))
    assert ties(network) == {("Aziz, Noor", "Lund, Mia"): 1.0}


@pytest.mark.parametrize(
    "text", ["from,to\nmia@lund.example,noor@oslo.example\n", "from,to\n1,2\n", "from,to\n01,02\n"]
)
def test_people_are_found_by_e_mail_and_by_numbers_without_their_zeros(text):
    network = read(("m.csv", "id,name,E-mail\n001,Mia,Mia@lund.example\n002,Noor,noor@oslo.example\n"), ("t.csv", text))
    assert ties(network) == {("Mia", "Noor"): 1.0} and "written in different ways" in notes(network)


def test_an_e_mail_address_of_two_people_names_nobody():
    members = "id,name,E-mail\na,Mia,us@lund.example\nb,Noor,us@lund.example\nc,Oki,\n"
    with pytest.raises(NetworkFaults, match="names 2 members; use one of the ids 'a', 'b'"):
        read(("m.csv", members), ("t.csv", "from,to\nus@lund.example,c\n"))


@pytest.mark.parametrize("name", ["t.txt", "t.csv"])
def test_a_weighted_list_without_a_header_is_not_a_survey(name):
    text = "Mia Noor 2\nMia Oki 1\nNoor Oki 1\nOki Pia 1\n"
    network = read((name, text if name == "t.txt" else text.replace(" ", ",")))
    expected = {("Mia", "Noor"): 2.0, ("Mia", "Oki"): 1.0, ("Noor", "Oki"): 1.0, ("Oki", "Pia"): 1.0}
    assert ties(network) == expected and len(arcs(network)) == 8


def test_lists_of_edges_of_networkx():
    text = "Mia Noor {'weight': 2}\nNoor Oki {'weight': 0.5}\nOki Mia {'weight': 1}\n"
    assert ties(read(("t.txt", text))) == {("Mia", "Noor"): 2.0, ("Noor", "Oki"): 0.5, ("Mia", "Oki"): 1.0}
    assert len(ties(read(("t.txt", "Mia Noor {}\nNoor Oki {}\nOki Mia {}\n")))) == 3


@pytest.mark.parametrize("between", [": - ", " - ", "? - ", "?.", "."])
def test_grids_of_survey_tools(between):
    ask = "How often do you talk to these people"
    network = read(("s.csv", f"ID,Name,{ask}{between}Mia,{ask}{between}Noor\n1,Mia,,Weekly\n2,Noor,Never,\n"))
    assert arcs(network) == {("Mia", "Noor"): 4.0} and set(network.start.names) == {"Mia", "Noor"}


def test_an_empty_column_of_names_gives_way_to_the_question_for_them():
    text = "ID,Email,Name,Your full name,Whom do you work with?\n1,anonymous,,Mia,Noor;\n2,anonymous,,Noor,\n"
    assert set(arcs(read(("s.csv", text)))) == {("Mia", "Noor")}
