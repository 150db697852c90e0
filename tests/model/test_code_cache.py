"""Folders of machine code: nobody else can have put code into them, and old ones go."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.model import code_cache

NAME = "0123456789abcdef-3.11"
ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(not hasattr(os, "getuid"), reason="on Windows, a user's folders are closed to others")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Return the only place where a cache may be."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "place"))
    return tmp_path / "place"


@POSIX
def test_a_new_folder_is_private(place):
    folder = code_cache.cache_folder(NAME)
    assert folder == place / NAME and folder.stat().st_mode & 0o777 == 0o700
    assert code_cache.cache_folder(NAME) == folder


def opened_to_others(folder):
    """Make a folder in which others can write."""
    folder.mkdir()
    folder.chmod(0o777)


def linked_elsewhere(folder):
    """Make a link to a private folder."""
    (folder.parent / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(folder.parent / "elsewhere")


def given_away(folder):
    """Make a folder of another user."""
    folder.mkdir(mode=0o755)
    os.chown(folder, 12345, 12345)


@POSIX
@pytest.mark.parametrize("plant", [opened_to_others, linked_elsewhere, given_away])
def test_a_folder_that_others_may_have_filled_is_not_used(place, plant):
    if plant is given_away and os.getuid() != 0:
        pytest.skip("only root can give a folder away")
    place.mkdir()
    plant(place / NAME)
    folder = code_cache.cache_folder(NAME)
    assert place not in folder.parents and code_cache.is_private(folder) and code_cache.is_private(folder.parent)


@POSIX
@pytest.mark.parametrize(("mode", "safe"), [(0o755, True), (0o1777, True), (0o777, False)])
def test_a_place_where_others_can_rename_folders_is_not_used(place, mode, safe):
    place.mkdir()
    place.chmod(mode)
    assert (code_cache.cache_folder(NAME).parent == place) == safe


@POSIX
def test_temporary_files_take_over_if_the_users_cache_cannot_be_written(tmp_path, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    (tmp_path / "file").touch()
    monkeypatch.setattr(code_cache, "user_cache_path", lambda name: tmp_path / "file" / name)
    monkeypatch.setattr(code_cache.tempfile, "gettempdir", lambda: str(tmp_path))
    assert code_cache.cache_folder(NAME) == tmp_path / f"gennet-{os.getuid()}" / NAME


@POSIX
def test_a_folder_for_one_process_goes_with_it(tmp_path):
    place = tmp_path / "place"
    place.mkdir()
    place.chmod(0o777)
    code = f"from sim.model.code_cache import cache_folder; print(cache_folder({NAME!r}))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "NUMBA_CACHE_DIR": str(place), "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    folder = Path(run.stdout.strip())
    assert folder.parent.parent == tmp_path and not folder.parent.exists()


def test_all_but_the_latest_caches_are_removed(tmp_path):
    folders = [tmp_path / f"{k:016x}-3.11" for k in range(8)]
    for k, folder in enumerate([*folders, tmp_path / "other"]):
        folder.mkdir()
        os.utime(folder, (k, k))
    code_cache.remove_old_caches(folders[7])
    assert set(tmp_path.iterdir()) == {*folders[3:], tmp_path / "other"}
