"""What the heading of a column means, in the languages that spreadsheets come in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sim.inputs.reading.decoding import heading_key

ENDS_ALLOWED = "from and to (or source and target, or ego and alter)"


def phrases(text: str) -> tuple[str, ...]:
    """Return phrases, which commas separate, as `heading_key` gives them."""
    return tuple(dict.fromkeys(heading_key(one) for one in text.split(",")))


def two_words(text: str) -> list[tuple[str, str]]:
    """Return pairs of phrases: commas separate the pairs, a slash the two."""
    return [(heading_key(a), heading_key(b)) for a, b in (one.split("/") for one in text.split(","))]


LISTING_PAIRS = two_words(
    """from/to, source/target, sender/receiver, sender/recipient, from id/to id, source id/target id, from node/to node,
    source node/target node, fromnodeid/tonodeid, from name/to name, source name/target name,
    from person/to person, from member/to member,
    person 1/person 2, person a/person b, person1/person2, name 1/name 2, name1/name2, name a/name b, node 1/node 2,
    node1/node2, vertex 1/vertex 2, vertex1/vertex2, member 1/member 2, member a/member b, member1/member2, actor 1/actor 2,
    id 1/id 2, id1/id2, organisation 1/organisation 2, organization 1/organization 2, organisation a/organisation b,
    organization a/organization b, org 1/org 2, i/j, tail/head, first/second, v1/v2, person/knows,
    von/nach, von/zu, von/an, quelle/ziel, sender/empfänger, de/à, de/vers, source/cible, origine/destination, de/para,
    desde/hasta, desde/a, origen/destino, origem/destino, da/a, da/verso, origine/destinazione, van/naar, bron/doel,
    från/till, fra/til, od/do, źródło/cel, от/к, от кого/кому, откуда/куда, источник/цель, kimden/kime, kaynak/hedef,
    源/目标, 来源/目标, 从/到, 発信元/宛先, 起点/終点, 출발/도착, من/إلى"""
)
NAMING_PAIRS = two_words(
    """ego/alter, giver/receiver, giver/taker, nominator/nominee, who/whom, follower/followed, respondent/contact,
    respondent/alter, respondent/nominee, mentor/mentee, wer/wen, wer/mit wem, qui/avec qui, quien/con quien, quem/com quem,
    wie/met wie, кто/кому, кто/кого, кто/с кем"""
)
"""Pairs in which one person named the other, so that their order says something."""
END_PAIRS = {**dict.fromkeys(LISTING_PAIRS, False), **dict.fromkeys(NAMING_PAIRS, True)}
WORDS = {
    "id": phrases(
        """id, _id, identifier, member id, person id, node id, user id, key, code, kennung, identifiant, identificador,
        identificativo, codigo, codice, nr, nro, num, number, nummer, numero, идентификатор, 编号, 番号, vertex, node"""
    ),
    "name": phrases(
        """name, full name, fullname, label, member, members, person, people, participant, respondent, attendee, actor,
        element, names, participants, attendees,
        teilnehmende, partecipanti, deelnemers, your name, member name, person name, participant name, name of participant, nom,
        nom complet, nombre, nombre completo, nome, nome completo, naam, volledige naam, namn, navn, nazwa, imię,
        imię i nazwisko, osoba, personne, persona, persoon, pessoa, mitglied, teilnehmer, teilnehmerin, bezeichnung, membre,
        participante, miembro, membro, lid, deltagare, medlem, имя, фио, участник, isim, ad soyad, 姓名, 名字, 名前, 氏名, 이름,
        الاسم, اسم, title"""
    ),
    "kind": phrases("kind, member type, element type, type of member"),
    "sector": phrases(
        """sector, community, home community, sektor, bereich, gemeinschaft, secteur, communauté, settore, comunità, setor,
        comunidade, comunidad, gemeenschap, сектор, сообщество, 部门, 行业"""
    ),
    "viewpoint_x": ("viewpoint x",),
    "viewpoint_y": ("viewpoint y",),
    "strength": phrases(
        """strength, tie strength, strength of tie, weight, edge weight, value, stärke, staerke, gewicht, gewichtung, force,
        poids, intensité, pondération, fuerza, peso, intensidad, ponderación, forza, intensità, força, intensidade, sterkte,
        kracht, styrka, styrke, vikt, vekt, siła, waga, сила, вес, ağırlık, güç, 强度, 权重, 強さ, intensity, closeness,
        frequency, relationship strength, strength of relationship, link weight, tie weight, times, count, how often,
        how well, how close, how closely, how strong, wie oft, wie häufig, wie gut, wie eng, wie stark, häufigkeit, haeufigkeit,
        fréquence, frecuencia, frequenza, frequência, frequentie, frekvens,
        częstotliwość, частота"""
    ),
    "direction": phrases("direction, directed, richtung, dirección, direzione, direção, richting"),
    "event": phrases(
        """event, meeting, gathering, workshop, session, training, course, conference, seminar, activity, veranstaltung,
        treffen, sitzung, événement, réunion, atelier, activité, evento, reunión, taller, encuentro, actividad, riunione,
        incontro, attività, reunião, encontro, atividade, evenement, bijeenkomst, vergadering, möte, spotkanie,
        wydarzenie, событие, встреча, 活动, 会议"""
    ),
}
"""Words for each meaning, the most telling first: of two columns with one meaning, that of the earlier word has it."""
GROUP_WORDS = frozenset(
    phrases(
        """group, project, organisation, organization, company, team, committee, board, club, association, working group,
        gruppe, projekt, verein, ausschuss, arbeitsgruppe, groupe, projet, comité, équipe, grupo, proyecto, organización,
        equipo, gruppo, progetto, organizzazione, comitato, squadra, projeto, organização, groep, vereniging"""
    )
)
"""Words for what people belong to: a list of who belongs to what, if people are listed more than once."""
FIRST_NAMES = frozenset(
    phrases(
        "first name, firstname, given name, forename, vorname, prénom, nombre, nome, voornaam, förnamn, fornavn, imię, имя"
    )
)
LAST_NAMES = frozenset(
    phrases(
        """last name, lastname, surname, family name, nachname, familienname, nom, nom de famille, apellido, apellidos,
        cognome, sobrenome, apelido, achternaam, efternamn, etternavn, nazwisko, фамилия"""
    )
)
TOTALS = frozenset(
    phrases("total, totals, sum, sums, summe, gesamt, insgesamt, somme, suma, soma, somma, totale, totaal, som, degree")
)
"""What people call the sums of rows or columns."""
SEVERAL_PEOPLE = frozenset(
    phrases(
        """participants, attendees, members, people, names, teilnehmer, teilnehmende, mitglieder, noms, membres, nombres,
        miembros, participantes, nomes, membros, partecipanti, nomi, membri, deelnemers, namen, leden"""
    )
)
"""Headings of columns with several people in a cell."""
KNOWING = frozenset(
    phrases(
        """know, knows, known, contact, contacts, whom, whose, connect, connected, connection, connections, talk, talks,
        talked, collaborate, collaborates, collaborated, collaborators, trust, trusts, nominate, nominated, nominees, meet,
        friend, friends, relationship, relationships, interact, kennst, kennen, kennt, kontakt, kontakte, wen, wem,
        vertraust, connaissez, connais, collaborez, contactos, conoce, conoces, conocen, colabora, contatti, conosci,
        conosce, conoscete, collabori, contatos, conhece, contacten, ken, kent, känner, kjenner, kender, znasz, zna,
        kontakty, знаете, знаешь, контакты, 认识"""
    )
)
"""Words by which a question about contacts is known; also `WITH_OTHERS`."""
WITH_OTHERS = phrases("work with, works with, turn to, rely on, go to for, ask for, zusammenarbeite, travaillez avec")
ASKING_NAME = frozenset(
    phrases(
        """name, names, named, nom, nombre, nome, naam, namn, navn, imię, heißt, heissen, appelez, llama, llamas, chiami,
        chamas, имя, 姓名, 名前"""
    )
)
"""Words by which a question about the respondent's own name is known."""
KIND_WORDS = {
    **dict.fromkeys(phrases("individual, individuals, person, people, 0, einzelperson, personne, individu"), 0),
    **dict.fromkeys(phrases("persona, individuo, pessoa, persoon"), 0),
    **dict.fromkeys(phrases("organisation, organization, organisations, organizations, 1, organización"), 1),
    **dict.fromkeys(phrases("organizzazione, organização, organisatie"), 1),
}
YES_OR_NO = frozenset(phrases("yes, no, ja, nein, oui, non, sí, si, sim, não, nee, true, false, x"))
DIRECTIONS = {
    **dict.fromkeys(phrases("directed, one way, oneway, true, yes"), True),
    **dict.fromkeys(phrases("undirected, mutual, both, two way, bidirectional, both ways, false, no"), False),
}
_OF_PEOPLE = {
    *WORDS["id"],
    *WORDS["name"],
    *phrases("nr, no, num, organisation, organization, organización, organizzazione, organização, organisatie, verein"),
} - {""}
_STRENGTHS = frozenset(WORDS["strength"]) - frozenset(phrases("value, times, count, force, kracht"))
"""Words for strength that say so within a longer heading, too."""
_MEANING = {
    word: (meaning, order) for meaning, words in WORDS.items() for order, word in reversed(list(enumerate(words)))
}


def meaning_of(heading: str) -> tuple[str, int]:
    """Return what a heading usually means and how telling it is (0 most); "" if nothing."""
    return _MEANING.get(heading_key(heading), ("", 0))


def ends_of(headings: Sequence[str]) -> list[tuple[int, int, bool]]:
    """Return the pairs of columns that say who is tied to whom: both positions, and whether the one named the other.

    Known pairs come first; else such with a word for names or ids ("Nr Von", "Nr Nach"), or with the same one and a number
    or letter ("Mitglied 1", "Mitglied 2").
    """
    where: dict[str, int] = {}
    for position, heading in enumerate(headings):
        where.setdefault(heading_key(heading), position)
    every = [(where[a], where[b], naming) for (a, b), naming in END_PAIRS.items() if a in where and b in where]
    series = {key[:-1].strip() for key in where if key[-1:] == "3"}
    respondent = min((k for k, heading in enumerate(headings) if is_own_name(heading)), default=len(headings))
    found: list[tuple[int, int, bool]] = []
    for a, b, naming in every:
        key = heading_key(headings[a])
        if key[-1:] == "1" and (key[:-1].strip() in series or respondent < a):
            continue  # "Name, Person 1, Person 2", or "Person 1, Person 2, Person 3": a column for each contact
        if a != b and not any(x == a and y == b for x, y, _ in found):
            found.append((a, b, naming))
    return found or qualified_ends(where)


def is_own_name(heading: str) -> bool:
    """Return whether a heading stands above respondents' or members' own names, rather than a tie's label."""
    key = heading_key(heading)
    return meaning_of(heading)[0] == "name" and key not in ("label", "title", "element", "nombre", "bezeichnung")


def qualified_ends(where: Mapping[str, int]) -> list[tuple[int, int, bool]]:
    """Return the pairs of columns whose headings add the same words for names or ids to a known pair, or number them."""
    bare: dict[tuple[tuple[str, ...], str], int] = {}
    for key, position in where.items():
        words = key.split()
        added = tuple(word for word in words if word in _OF_PEOPLE)
        left = " ".join(word for word in words if word not in _OF_PEOPLE)
        if added and left:
            bare.setdefault((added, left), position)
    found = []
    for (added, word), position in bare.items():
        for (a, b), naming in END_PAIRS.items():
            if word == a and (a, b) != ("first", "second") and (added, b) in bare:
                found.append((position, bare[added, b], naming))
    if not found and not any(meaning_of(key)[0] == "name" for key in where):
        for key, position in where.items():
            base, sign = key[:-1].strip(), key[-1:]
            other = {"1": "2", "a": "b"}.get(sign)
            if other and base in _OF_PEOPLE and not {f"{base} 3", f"{base}3"} & where.keys():
                found += [(position, where[k], False) for k in (f"{base} {other}", f"{base}{other}") if k in where][:1]
    return found


def meanings(headings: Sequence[str], among: Iterable[str]) -> dict[str, int]:
    """Return the position of the column with each meaning."""
    best: dict[str, tuple[int, int]] = {}
    wanted = set(among)
    for position, heading in enumerate(headings):
        meaning, order = meaning_of(heading)
        if meaning in wanted and (meaning not in best or (order, position) < best[meaning]):
            best[meaning] = order, position
    return {meaning: position for meaning, (_, position) in best.items()}


def name_parts(headings: Sequence[str]) -> tuple[int, int] | None:
    """Return the positions of first and last names, if they stand in two columns."""
    keys = [heading_key(heading) for heading in headings]
    last = next((k for k, key in enumerate(keys) if key in LAST_NAMES), None)
    first = next((k for k, key in enumerate(keys) if key in FIRST_NAMES and k != last), None)
    return (first, last) if first is not None and last is not None else None


def asks_for_contacts(heading: str) -> bool:
    """Return whether a heading is a question about contacts, such as "Whom do you know?"."""
    key = heading_key(heading)
    return not KNOWING.isdisjoint(key.split()) or any(phrase in key for phrase in WITH_OTHERS)


def asks_how_strong(heading: str) -> bool:
    """Return whether a heading holds a word for strength, such as "How often do they meet?" or "Strength (1 to 5)"."""
    key = f" {heading_key(heading)} "
    return any(f" {word} " in key for word in _STRENGTHS)


def asks_for_name(heading: str) -> bool:
    """Return whether a heading asks respondents for their own name."""
    key = heading_key(heading)
    return meaning_of(heading)[0] == "name" or (
        not asks_for_contacts(heading) and not ASKING_NAME.isdisjoint(key.split())
    )
