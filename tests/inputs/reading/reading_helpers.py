"""Files made up for tests, and networks in a form that is easy to compare."""

import io

import openpyxl

from sim.inputs.reading.plain import File, ReadOptions
from sim.inputs.reading.reader import read_network


def workbook(**sheets):
    """Return the bytes of a workbook; keys are titles of sheets, values their rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title.replace("_", " "))
        for row in rows:
            sheet.append(row)
    return saved(book)


def saved(book):
    """Return the bytes of an open workbook."""
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def read(*files, **options):
    """Return the network in some files, given as pairs of name and content."""
    made = [File(name, text if isinstance(text, bytes) else text.encode()) for name, text in files]
    return read_network(made, ReadOptions(**options))


def ties(network):
    """Return ties by name, each once, with the strength in the data."""
    start = network.start
    pairs = zip(start.ties.tolist(), start.strength_given.tolist(), strict=True)
    return {tuple(sorted((start.names[i], start.names[j]))): strength for (i, j), strength in pairs}


def arcs(network):
    """Return ties by name in both directions, with the strength of each."""
    names = network.start.names
    return {(names[i], names[j]): s for (i, j), s in zip(network.arcs.tolist(), network.trust.tolist(), strict=True)}


def notes(network):
    """Return all notes as one text."""
    return "\n".join(network.start.notes)
