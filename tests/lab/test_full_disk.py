"""A disk that is really full: a small file system in memory, where the system lets this process mount one."""

import os
import subprocess
import sys

import pytest

from sim import sweep
from sim.lab.checksums import file_hash
from sim.lab.experiment.reading import part_files, read_results
from sim.lab.experiment.sweeping import SweepError
from sim.lab.experiment.verifying import verify_files
from tests.lab.experiment.worlds import small


@pytest.fixture
def disk(tmp_path):
    """A file system of 220 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=220k", "tmpfs", str(place)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(options, capture_output=True).returncode:
        pytest.skip("this process may not mount a file system")
    yield place
    subprocess.run(["umount", str(place)], check=False)


def test_a_sweep_on_a_full_disk_keeps_what_is_written_and_goes_on_where_there_is_room(disk, tmp_path, monkeypatch):
    # A file for each run: together they are far more than there is room for, however quick the runs are.
    monkeypatch.setattr("sim.lab.experiment.store.EVERY", 0.0)
    monkeypatch.setattr("sim.lab.experiment.sweeping.MOST_IN_A_TASK", 1)
    experiment = small(samples=16, weekly=["members"])
    with pytest.raises(SweepError, match=r"cannot be written|no space left"):
        sweep(experiment, disk / "it", 1)
    kept = read_results(disk / "it")
    assert 0 < len(kept.runs) < experiment.size and not any(one.bad for one in verify_files(disk / "it"))
    subprocess.run(["mount", "-o", "remount,size=4m", str(disk)], check=True)
    sweep(experiment, disk / "it")
    whole = sweep(experiment, tmp_path / "whole")
    hashes = [[file_hash(file) for file in part_files(folder / "runs")] for folder in (disk / "it", whole.folder)]
    assert hashes[0] == hashes[1]
