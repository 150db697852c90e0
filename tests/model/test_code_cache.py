"""Folders of machine code: nobody else can have put code into them, and old ones go."""

import os
import stat
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


def with_a_file_of_another(folder):
    """Make a private folder with another user's file deep in it."""
    (folder / "deeper").mkdir(parents=True, mode=0o700)
    folder.chmod(0o700)
    (folder / "deeper" / "code.nbc").touch()
    os.chown(folder / "deeper" / "code.nbc", 12345, 12345)


def with_a_file_open_to_others(folder):
    """Make a folder that others can read, with a file that they can write."""
    folder.mkdir(mode=0o755)
    (folder / "code.nbc").touch()
    (folder / "code.nbc").chmod(0o666)


def with_a_link(folder):
    """Make a private folder with a link to a file in it."""
    folder.mkdir(mode=0o700)
    (folder / "code.nbc").symlink_to(folder.parent / "elsewhere.nbc")


PLANTS = [
    opened_to_others,
    linked_elsewhere,
    given_away,
    with_a_file_of_another,
    with_a_file_open_to_others,
    with_a_link,
]


@POSIX
@pytest.mark.filterwarnings("ignore:NUMBA_CACHE_DIR")
@pytest.mark.parametrize("plant", PLANTS)
def test_a_folder_that_others_may_have_filled_is_not_used(place, plant):
    if plant in (given_away, with_a_file_of_another) and os.getuid() != 0:
        pytest.skip("only root can give a folder away")
    place.mkdir()
    plant(place / NAME)
    folder = code_cache.cache_folder(NAME)
    assert place not in folder.parents and code_cache.is_private(folder) and code_cache.is_private(folder.parent)


@POSIX
def test_a_private_folder_may_hold_files_made_with_an_open_umask(place):
    folder = code_cache.cache_folder(NAME)
    (folder / "code.nbc").touch()
    (folder / "code.nbc").chmod(0o666)  # nobody else can get to it
    assert code_cache.cache_folder(NAME) == folder


@POSIX
@pytest.mark.filterwarnings("ignore:NUMBA_CACHE_DIR")
@pytest.mark.parametrize(("mode", "safe"), [(0o755, True), (0o1777, True), (0o777, False)])
def test_a_place_where_others_can_rename_folders_is_not_used(place, mode, safe):
    place.mkdir()
    place.chmod(mode)
    assert (code_cache.cache_folder(NAME).parent == place) == safe


@POSIX
@pytest.mark.filterwarnings("ignore:NUMBA_CACHE_DIR")
@pytest.mark.parametrize(("mode", "safe"), [(0o755, True), (0o1777, True), (0o777, False), (0o775, None)])
def test_no_folder_on_the_way_may_be_renamed_by_others(tmp_path, monkeypatch, mode, safe):
    top = tmp_path / "top"
    (top / "middle").mkdir(parents=True)
    top.chmod(mode)
    place = top / "middle" / "place"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(place))
    if safe is None:  # a group may write: only that of this user alone
        for alone in (True, False):
            monkeypatch.setattr(code_cache, "is_own_group", lambda group, alone=alone: alone)
            assert (code_cache.cache_folder(NAME).parent == place) == alone
    else:
        assert (code_cache.cache_folder(NAME).parent == place) == safe


@POSIX
@pytest.mark.filterwarnings("ignore:NUMBA_CACHE_DIR")
@pytest.mark.parametrize("folder", ["/", "/home", "place"])
@pytest.mark.parametrize(
    ("owner", "contained", "safe"),
    [(0, False, True), (65534, True, True), (65534, False, False), (12345, True, False)],
)
def test_owners_of_folders_on_the_way(place, monkeypatch, folder, owner, contained, safe):
    """In a container, `/` may belong to a user whom it does not know; another user who is known could rename folders."""
    place.mkdir()
    above, original = Path(folder) if folder != "place" else place, os.stat

    def owned(path, follow_symlinks=True):
        status = original(path, follow_symlinks=follow_symlinks)
        fields = [owner if k == stat.ST_UID and Path(path) == above else value for k, value in enumerate(status)]
        return os.stat_result(fields)

    ids = {"/proc/self/uid_map": "0 1000 1" if contained else "0 0 4294967295", "/proc/sys/kernel/overflowuid": "65534"}
    monkeypatch.setattr(Path, "read_text", lambda path, encoding: ids[str(path)])
    monkeypatch.setattr(Path, "stat", lambda path, *, follow_symlinks=True: owned(path, follow_symlinks))
    monkeypatch.setattr(Path, "lstat", lambda path: owned(path, False))
    monkeypatch.setattr(code_cache, "on_the_way", lambda place: [place, Path("/home"), Path("/")])
    assert code_cache.is_safe_place(place) == safe


@POSIX
@pytest.mark.filterwarnings("ignore:NUMBA_CACHE_DIR")
def test_a_link_on_the_way_leads_through_safe_folders_only(tmp_path, monkeypatch):
    for name, mode in (("open", 0o777), ("closed", 0o755)):
        (tmp_path / name / "real").mkdir(parents=True)
        (tmp_path / name).chmod(mode)
        (tmp_path / f"to-{name}").symlink_to(tmp_path / name / "real")
        monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / f"to-{name}" / "place"))
        used = code_cache.cache_folder(NAME)
        assert (used.parent == tmp_path / f"to-{name}" / "place") == (name == "closed")


@POSIX
def test_a_chosen_folder_that_is_not_used_is_named(place):
    place.mkdir()
    place.chmod(0o777)
    with pytest.warns(UserWarning, match=f"{place}.*is not used"):
        code_cache.cache_folder(NAME)


@POSIX
def test_temporary_files_take_over_if_the_users_cache_cannot_be_written(tmp_path, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
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
