"""Lint and layout are part of the tests; so is what the project says of itself.  Types are checked by `.ci/run`."""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command):
    """Run a tool on the whole project."""
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", [("ruff", "check", "."), ("ruff", "format", "--check", ".")])
def test_tools_find_nothing(command):
    result = run(*command)
    assert result.returncode == 0, result.stdout + result.stderr


def project_files():
    """The project's own texts."""
    kinds = {".py", ".md", ".toml", ".cff", ".csv"}
    hidden = (".venv", "venv", "build", "results", ".python")
    return [
        path
        for path in ROOT.rglob("*")
        if path.suffix in kinds
        and not any(part.startswith(".") or part in hidden for part in path.parts[len(ROOT.parts) : -1])
    ]


def test_no_loose_ends():
    words = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    found = [
        f"{path}: {m}"
        for path in project_files()
        if path != Path(__file__)
        for m in words.findall(path.read_text("utf-8", errors="replace"))
    ]
    assert not found


def test_readme_commands_are_the_first_two_lines_of_bash():
    blocks = re.findall(r"```bash\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    first, second = blocks[0].strip(), blocks[1].strip()
    assert "\n" not in first and "gennet compare scenarios/weaving.toml" in first
    assert "\n" not in second and "pytest" in second
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "README.md" in ci and "n == 2" in ci
    assert "-m mypy" in ci


def test_the_tree_in_readme_is_there():
    tree = re.search(r"```text\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    assert tree, "README.md has no tree"
    named = [line.split()[0] for line in tree.group(1).splitlines() if line.strip()]
    missing = [name for name in named if not (ROOT / name).exists()]
    assert not missing


@cache
def definitions():
    """Return each class and function defined in sim/, with its file's path."""
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return [
        (path.relative_to(ROOT).as_posix(), node)
        for path in (ROOT / "sim").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, kinds)
    ]


def test_no_two_classes_share_a_name():
    places = defaultdict(list)
    for path, node in definitions():
        if isinstance(node, ast.ClassDef):
            places[node.name].append(path)
    assert not {name: paths for name, paths in places.items() if len(paths) > 1}


def lines_of_code(function):
    """Return a function's lines without its signature and docstring."""
    first = function.body[1:2] if ast.get_docstring(function) else function.body[:1]
    return function.end_lineno - first[0].lineno + 1 if first else 0


def test_functions_have_at_most_60_lines():
    functions = [(path, node) for path, node in definitions() if not isinstance(node, ast.ClassDef)]
    lines = {f"{path}: {node.name}": lines_of_code(node) for path, node in functions}
    assert not {name: count for name, count in lines.items() if count > 60}
