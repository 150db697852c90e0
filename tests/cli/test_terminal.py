"""The terminal: what names and titles hold does not steer it."""

import io

from rich.panel import Panel

from sim.cli.terminal import CleanConsole, plain_table, say

HARM = "\x1b[31mred\x1b]0;title\x07 \x9b2J \u202egnp.exe \x7fend"
CLEAN = "[31mred]0;title 2J gnp.exe end"


def printed(thing, **options):
    text = io.StringIO()
    CleanConsole(file=text, width=100, **options).print(thing, markup=False)
    return text.getvalue()


def test_control_characters_do_not_reach_the_terminal(capsys):
    table = plain_table("name")
    table.add_row(HARM)
    for thing in (HARM, table, Panel(HARM)):
        assert CLEAN in printed(thing)
        assert not set(printed(thing)) & set("\x1b\x07\x9b\x7f\u202e")
    say(HARM)
    assert CLEAN in capsys.readouterr().err


def test_colours_lines_and_other_scripts_stay():
    assert printed("a\nb \u05d0 \u65e5") == "a\nb \u05d0 \u65e5\n"
    text = io.StringIO()
    CleanConsole(file=text, force_terminal=True, color_system="standard").print("x", style="red")
    assert text.getvalue() == "\x1b[31mx\x1b[0m\n"
