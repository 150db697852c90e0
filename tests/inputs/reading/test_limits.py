"""Files that somebody sends are read within limits on memory and time, and hostile ones end in one message."""

import io
import json
import re
import resource
import subprocess
import sys
import time
import zipfile
from typing import NamedTuple

import pytest

from sim.inputs.reading.limited import Limits, read_limited
from sim.inputs.reading.plain import File, NetworkFaults
from sim.model.start import NetworkError
from tests.inputs.reading.reading_helpers import arcs, read, workbook

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD30000"/><sheetData>{}'
SHEET += "</sheetData></worksheet>"


def with_sheet(xml):
    """Return a workbook whose only sheet is the given XML."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(Ties=[["from"]]))) as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            target.writestr(part.filename, xml if part.filename.endswith("sheet1.xml") else source.read(part))
    return made.getvalue()


def cells(column, rows):
    """Return rows of one cell each."""
    return "".join(
        f'<row r="{k}"><c r="{column}{k}" t="inlineStr"><is><t>n{k}</t></is></c></row>' for k in range(1, rows + 1)
    )


def test_a_network_comes_back_whole_from_the_other_process():
    files = (
        ("m.csv", "id,name,role,sector\na,Mia,lead,Food\nb,Noor,cook,\n"),
        ("t.csv", "from,to,strength,since\na,b,3,2030\nb,a,1,\n"),
    )
    here = read(*files)
    there = read_limited([File(name, text.encode()) for name, text in files])
    assert there.start.names == here.start.names and there.start.notes == here.start.notes
    assert arcs(there) == arcs(here) == {("Mia", "Noor"): 3.0, ("Noor", "Mia"): 1.0}
    assert there.attributes == here.attributes and there.tie_attributes == here.tie_attributes
    assert there.headings == here.headings and there.start.sector.tolist() == here.start.sector.tolist()


def test_faults_come_back_with_their_rows():
    with pytest.raises(NetworkFaults) as caught:
        read_limited([File("m.csv", b"name\nMia\nNoor\n"), File("t.csv", b"from,to\nMia,X\nMia,Y\n")])
    assert [(fault.row, fault.found) for fault in caught.value.faults] == [(2, "X"), (3, "Y")]
    assert "--add-missing" in str(caught.value)


HOSTILE = {
    "a dimension of half a billion cells": (
        File("t.xlsx", with_sheet(SHEET.format(cells("A", 30_000)))),
        "no table of ties",
    ),
    "cells at the far end": (File("t.xlsx", with_sheet(SHEET.format(cells("XFD", 30_000)))), "reach to column 16,384"),
    "a row that does not exist": (
        File("t.xlsx", with_sheet(SHEET.format('<row r="999999999"/>'))),
        "does not exist in Excel",
    ),
    "a million rows": (File("t.csv", b"from,to\n" + b"a,b\n" * 990_000), "more rows than can be read"),
    "100,000 columns": (
        File("t.csv", ",".join(f"c{k}" for k in range(100_000)).encode()),
        "100,000 cells; allowed are at most",
    ),
    "200,000 people": (
        File("t.csv", b"from,to\n" + b"".join(b"p%d,q%d\n" % (k, k) for k in range(150_000))),
        "more than 500 members",
    ),
    "one event for everybody": (
        File("t.csv", b"person,event\n" + b"".join(b"p%d,e\n" % k for k in range(100_000))),
        "allowed are",
    ),
    "nested lists": (File("t.json", b"[" * 2_000_000), "is not JSON"),
    "a million lists": (File("t.json", b'{"nodes":[' + b"[]," * 1_300_000 + b'[]],"links":[]}'), "t.json"),
    "many XML elements": (
        File("t.graphml", b"<graphml><graph>" + b"<node/>" * 500_000 + b"</graph></graphml>"),
        "t.graphml",
    ),
}


class Reading(NamedTuple):
    """What became of a file: the message, seconds of the processor and of the clock, and kB of memory of the other process."""

    message: str
    processor: float
    clock: float
    memory: int


def reading_of(case):
    """Read a hostile file; memory is the most that any child of this process has taken so far."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    try:
        read_limited([HOSTILE[case][0]], limits=Limits(seconds=240))  # of the clock, which goes on where others compute
    except NetworkError as fault:
        message = str(fault)
    else:
        message = "no fault"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Reading(message, processor, time.monotonic() - began, after.ru_maxrss)


@pytest.fixture(scope="module")
def readings():
    """Read all hostile files from a small process: a child is charged with what its parent had taken when it was started."""
    code = "import json; from tests.inputs.reading.test_limits import HOSTILE, reading_of; "
    code += "print(json.dumps({case: reading_of(case) for case in HOSTILE}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {case: Reading(*found) for case, found in json.loads(done.stdout).items()}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_ends_in_one_message_within_the_limits(case, readings):
    file, expected = HOSTILE[case]
    assert len(file.content) < 4_000_000
    found = readings[case]
    assert re.search(expected, found.message)
    assert found.processor < 20 and found.clock < 240 and found.memory < 500_000


def test_memory_and_time_are_limited_whatever_the_file():
    content = b"from,to\n" + b"".join(b"p%d,q%d\n" % (k, k) for k in range(150_000))
    with pytest.raises(NetworkError, match=r"more than 0\.01 seconds"):
        read_limited([File("t.csv", content)], limits=Limits(seconds=0.01))
    with pytest.raises(NetworkError, match="MB of memory"):
        read_limited([File("t.csv", content)], limits=Limits(memory=170_000_000, members=1_000_000))
