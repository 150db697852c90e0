"""Waves: a file for each date, or a column for the date; every fault is one message."""

import pytest

from sim.inputs.reading.plain import File, ReadOptions
from sim.inputs.reading.wave_dates import date_in_name, date_of, times_of
from sim.inputs.reading.wave_files import read_waves
from sim.model.start import NetworkError

PEOPLE = b"id,name\na,Anna\nb,Ben\nc,Cleo\nd,Dan\n"


def file(name, text):
    """Return a file."""
    return File(name, text.encode())


def shape(waves):
    """Return week, members and ties of each wave."""
    return [(one.when.week, one.network.start.members, len(one.network.start.ties)) for one in waves]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("2025-03-01", "2025-03-01"), ("2025-03-01T00:00:00", "2025-03-01"), ("1.3.2025", "2025-03-01")),
        *(
            ("2025-03", "2025-03-01"),
            ("March 2025", "2025-03-01"),
            ("2025", "2025-01-01"),
            ("25/03/2025", "2025-03-25"),
        ),
        *(("3/25/2025", "2025-03-25"), ("3/4/2025", "None"), ("soon", "None"), ("31/31/2025", "None")),
    ],
)
def test_dates_as_people_write_them(text, expected):
    assert str(date_of(text)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("ties-2025-03.csv", "2025-03"), ("survey_20250301.xlsx", "2025-03-01"), ("2024.csv", "2024"), ("ties.csv", "")],
)
def test_dates_in_names_of_files(name, expected):
    assert date_in_name(name) == expected


def test_waves_are_in_order_and_weeks_are_counted_from_the_first():
    found = times_of(["2025-03-01", "2024-03-02"])
    assert [(text, when.week) for text, when in found.items()] == [("2024-03-02", 0), ("2025-03-01", 52)]
    assert [when.week for when in times_of(["2", "1", "4"], 26).values()] == [0, 26, 78]


def test_a_column_for_the_date():
    text = "from,to,date\na,b,2024-01-01\nb,c,2024-01-01\na,b,2025-01-01\na,d,2025-01-01\nc,d,2025-01-01\n"
    assert shape(read_waves([file("ties.csv", text)])) == [(0, 3, 2), (52, 4, 3)]
    listed = read_waves([file("ties.csv", text)], members=[File("people.csv", PEOPLE)])
    assert shape(listed) == [(0, 4, 2), (52, 4, 3)]
    assert listed[0].network.start.names == ("Anna", "Ben", "Cleo", "Dan")


def test_the_column_can_be_chosen_and_others_are_kept():
    text = "from,to,asked,place\na,b,1,x\nb,c,2,y\n"
    waves = read_waves([file("ties.csv", text)], ReadOptions((("date", "asked"),)), every=13)
    assert shape(waves) == [(0, 2, 1), (13, 2, 1)]
    assert list(waves[1].network.tie_attributes.values()) == [{"place": "y"}]


def test_ties_listed_in_both_orders_on_one_date_go_one_way_on_all():
    text = "from,to,wave\na,b,1\nb,a,1\nb,c,1\na,b,2\nb,c,2\n"
    first, second = read_waves([file("ties.csv", text)], every=4)
    assert len(first.network.arcs) == 3 and len(second.network.arcs) == 2


def test_the_same_ties_on_two_dates_have_no_direction():
    text = "from,to,wave\na,b,1\nb,c,1\nb,a,2\nb,c,2\n"
    assert [len(one.network.arcs) for one in read_waves([file("ties.csv", text)], every=4)] == [4, 4]


def test_a_file_for_each_wave():
    files = [file("t-2025.csv", "from,to\na,b\nb,c\n"), file("t-2024.csv", "from,to\na,b\n")]
    assert shape(read_waves(files)) == [(0, 2, 1), (52, 3, 2)]
    dated = read_waves(files, dates=("2025-01-01", "2025-02-05"))
    year_met = [file("a.csv", "from,to,year\na,b,2001\n"), file("b.csv", "from,to,year\na,b,2001\n")]
    assert shape(read_waves(year_met, dates=("2024", "2025"))) == [(0, 2, 1), (52, 2, 1)]
    assert shape(dated) == [(0, 3, 2), (5, 2, 1)]


@pytest.mark.parametrize(
    ("files", "further", "expected"),
    [
        ([("t.csv", "from,to\na,b\n")], {}, "no column gives the date of a tie"),
        ([("t-2024.csv", "from,to\na,b\n")], {}, "1 wave found; 2 to 60 are needed"),
        ([("t-2024.csv", "from,to\na,b\n"), ("u-2024.csv", "from,to\na,b\n")], {}, "a second wave of '2024'"),
        ([("t.csv", "from,to,date\na,b,2024\nb,c,\n")], {}, "row 3: column 'date' is blank"),
        ([("t.csv", "from,to,date\na,b,2024\nb,c,soon\n")], {}, "'soon' is not a date of a wave"),
        ([("t.csv", "from,to,wave\na,b,1\nb,c,2\n")], {}, "say how many weeks lie between two (--every 26)"),
        ([("t.csv", "from,to,date\na,b,2024-01-01\nb,c,2024-01-02\n")], {}, "less than a week apart"),
        ([("t.csv", "from,to,date\na,b,2024\nb,c,2025\n")], {"dates": ("2024", "2025")}, "2 dates for 1 file"),
        ([("t.csv", "from,to,wave\na,b,²\nb,c,2\n")], {}, "'²' is not a date of a wave"),
        ([("t.csv", f"from,to,wave\na,b,{'9' * 5000}\nb,c,2\n")], {}, "is not a date of a wave"),
        (
            [("t.csv", "from,to,date\n" + "".join(f"a,b,{2000 + k // 12}-{k % 12 + 1:02d}\n" for k in range(70)))],
            {},
            "has 70 different dates; allowed are up to 60 waves",
        ),
    ],
)
def test_wrong_waves_are_one_message(files, further, expected):
    with pytest.raises(NetworkError) as fault:
        read_waves([file(*one) for one in files], **further)
    assert expected in str(fault.value)
