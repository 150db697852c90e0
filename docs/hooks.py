"""Pages of the documentation site that are made from other files of the project when the site is built.

MODEL.md, VERDICTS.md, the guide to results, CONTRIBUTING.md and CHANGELOG.md are included, not copied; notebooks are
shown with the outputs that they were committed with; the commands' page, and the table of the files that they write, come
from the commands themselves.
"""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
INCLUDED = {
    "model.md": "sim/model/MODEL.md",
    "verdicts.md": "sim/evidence/VERDICTS.md",
    "reference/results.md": "results/README.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
}
NOTEBOOKS = ("notebooks/own-rule", "notebooks/own-network")
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)#\s]*)(#[^)\s]*)?\)")
FILES = re.compile(r"<!-- files of a run and a comparison -->.*?<!-- end -->", re.DOTALL)
"""What stands for the table of files in the guide to results."""


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages that have no file of their own in docs/."""
    pages = {page: included(page, source) for page, source in INCLUDED.items()}
    pages |= {f"{name}.md": notebook(ROOT / "docs" / f"{name}.ipynb") for name in NOTEBOOKS}
    pages["reference/commands.md"] = commands()
    for page, text in pages.items():
        files.append(File.generated(config, page, content=text))
    return files


def included(page: str, source: str) -> str:
    """Return a project file as a page: its links lead to pages of the site where there is one, else become plain text."""
    pages = {path: name for name, path in INCLUDED.items()}
    here = PurePosixPath(source).parent

    def link(match: re.Match[str]) -> str:
        text, path, anchor = match[1], match[2], match[3] or ""
        if not path or "://" in path:
            return match[0]
        target = normpath(str(here / path))
        if target not in pages:
            return text
        return f"[{text}]({relpath(pages[target], str(PurePosixPath(page).parent))}{anchor})"

    text = LINK.sub(link, (ROOT / source).read_text("utf-8"))
    return FILES.sub(lambda _: result_files(), text)


def result_files() -> str:
    """Return the table of the files that `gennet run` and `gennet compare` write, from their declarations."""
    from sim.cli.commands import compare_command, run_command
    from sim.cli.document import code, table

    writers: dict[tuple[str, str], list[str]] = {}
    for command, files in (("run", run_command.FILES), ("compare", compare_command.FILES)):
        for file in files:
            writers.setdefault((file.name, file.content), []).append(code(f"{command} {file.option}".strip()))
    rows = [(code(name), content, ", ".join(commands)) for (name, content), commands in writers.items()]
    return table(("file", "content", "written by `gennet`"), rows)


def notebook(path: Path) -> str:
    """Return a notebook as Markdown, with its committed outputs."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    parts = [f"*This page is the notebook `{path.relative_to(ROOT)}`; the tests run it.*"]
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
        else:
            parts.append(f"```python\n{source}\n```")
            parts += [shown(output, cell["metadata"].get("alt", "figure")) for output in cell["outputs"]]
    title, rest = parts[1], [parts[0], *parts[2:]]
    return "\n\n".join([title, *rest]) + "\n"


def shown(output: dict[str, Any], alt: str) -> str:
    """Return one output of a cell as Markdown: an image, a table, or text."""
    data = output.get("data", {})
    if "image/png" in data:
        return f'<img alt="{alt}" src="data:image/png;base64,{"".join(data["image/png"]).strip()}">'
    if "text/html" in data:
        table = re.sub(r"<style.*?</style>", "", "".join(data["text/html"]), flags=re.S)
        return re.sub(r"\n\s*", "", re.sub(r'<table border="1" class="dataframe">', "<table>", table))
    text = "".join(output.get("text", data.get("text/plain", ""))).rstrip()
    return f"```text\n{text}\n```"


def commands() -> str:
    """Return the page of commands and their options, as `gennet --help` knows them."""
    import typer

    from sim.cli.app import COMMANDS, app, load

    group: Any = typer.main.get_command(app)
    parts = ["# Commands", plain(group.help), "`gennet COMMAND --help` prints the same in a terminal."]
    for name in COMMANDS:
        command = load(name)
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        options = [p for p in command.params if p.param_type_name == "option"]
        usage = " ".join([f"gennet {name}", *(placeholder(p) for p in arguments), "[OPTIONS]"])
        text, _, example = plain(command.help).partition("Example:")
        parts += [f"## `{name}`", text.strip(), f"```console\n$ {usage}\n```"]
        parts.append("\n".join(["| option | meaning |", "| --- | --- |", *(row(p) for p in arguments + options)]))
        if example:
            parts.append(f"For example:\n\n```console\n$ {' '.join(example.split())}\n```")
    return "\n\n".join(parts) + "\n"


def placeholder(option: Any) -> str:
    """Return what stands for a value in usage and tables."""
    return option.metavar or option.name.upper()


def row(option: Any) -> str:
    """Return an option's or argument's row of the table."""
    if option.param_type_name == "argument":
        names = f"`{placeholder(option)}`"
    else:
        value = "" if option.is_flag else f" {placeholder(option)}"
        names = f"`{option.opts[0]}{value}`"
    return f"| {names} | {plain(option.help)} |"


def plain(text: str | None) -> str:
    """Return a help text without markup for terminals, fit for a cell of a table."""
    return re.sub(r"\[/?[a-z ]*\]", "", text or "").replace("|", "\\|").replace("<", "&lt;").strip()
