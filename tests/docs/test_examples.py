"""Examples in the documentation run, and the commands, files and keys that it names exist."""

import doctest
import re
import shlex
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
BLOCK = re.compile(r"^( *)```(\w+)[^\n]*\n(.*?)^\1```$", re.S | re.M)


def blocks(page, *languages):
    """The fenced blocks of a page in these languages."""
    return [text for _, language, text in BLOCK.findall(page.read_text("utf-8")) if language in languages]


def name(page):
    """A page's name in test reports."""
    return page.relative_to(ROOT).as_posix()


@pytest.mark.usefixtures("outcomes_as_before")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "pycon")], ids=name)
def test_examples_run(page, monkeypatch):
    monkeypatch.chdir(ROOT)
    text = "\n".join(blocks(page, "pycon"))
    test = doctest.DocTestParser().get_doctest(text, {}, name(page), str(page), 0)
    report = []
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
    results = doctest.DocTestRunner(optionflags=flags).run(test, out=report.append)
    assert results.attempted
    assert results.failed == 0, "".join(report)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python", "toml")], ids=name)
def test_python_and_toml_can_be_parsed(page):
    faults = []
    for language, parse in (("python", lambda text: compile(text, name(page), "exec")), ("toml", tomllib.loads)):
        for text in blocks(page, language):
            try:
                parse(text)
            except (SyntaxError, tomllib.TOMLDecodeError) as fault:
                faults.append(str(fault))
    assert faults == []


def lines_of_commands(page):
    """Every `gennet ...` in blocks for a terminal and in running text."""
    text = page.read_text("utf-8")
    found = [line.strip().removeprefix("$ ") for part in blocks(page, "console", "bash") for line in part.splitlines()]
    found += [" ".join(code.split()) for code in re.findall(r"`(gennet [^`]+)`", text)]
    pieces = [piece.strip() for line in found for piece in line.split("&&")]
    return [re.sub(r"^.*bin/gennet ", "gennet ", piece) for piece in pieces if re.match(r"(.*bin/)?gennet ", piece)]


@pytest.mark.parametrize("page", [page for page in PAGES if lines_of_commands(page)], ids=name)
def test_commands_and_their_options_exist(page):
    import typer

    from sim.cli.app import COMMANDS, app, load

    allowed = {option for p in typer.main.get_command(app).params for option in p.opts}
    for line in lines_of_commands(page):
        words = shlex.split(line, comments=True)[1:]
        if words[0] == "COMMAND" or words[0].startswith("--"):
            assert words[0] == "COMMAND" or words[0] in allowed, line
            continue
        assert words[0] in COMMANDS, line
        options = {option for p in load(words[0]).params for option in p.opts} | allowed | {"--help"}
        assert {word for word in words if word.startswith("--")} <= options, line
        files = [word for word in words if word.startswith("scenarios/") and "ours" not in word]
        assert [word for word in files if not (ROOT / word).exists()] == [], line


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_named_in_text_exist(page):
    named = re.findall(r"`((?:sim|tests|scenarios|docs)/[\w./-]+)`", page.read_text("utf-8"))
    assert [path for path in named if "NAME" not in path and not (ROOT / path).exists()] == []
