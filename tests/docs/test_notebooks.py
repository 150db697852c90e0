"""Notebooks run from top to bottom, and print what they were committed with."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))


def printed(notebook):
    """The text that each cell printed."""
    return [
        "".join(output["text"] for output in cell.get("outputs", ()) if output.get("name") == "stdout")
        for cell in notebook.cells
    ]


@pytest.mark.no_cover
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_prints_what_it_was_committed_with(path, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    committed = nbformat.read(path, as_version=4)
    nbformat.validate(committed)
    ran = nbformat.from_dict(committed.copy())
    where = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(ran, timeout=1800, kernel_name="python3", resources=where)
    kernel = client.create_kernel_manager()
    client.execute()
    assert not kernel.has_kernel
    assert printed(ran) == printed(nbformat.read(path, as_version=4))
