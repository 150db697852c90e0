"""Small results as commands save them: complete, interrupted, old, damaged and of other programs."""

import json
from pathlib import Path
from unittest.mock import patch

from matplotlib.figure import Figure

from sim import sweep
from sim.cli.commands import compare_command, run_command
from sim.output.figures import save_in
from tests.lab.experiment.worlds import small, sweep_a_few
from tests.lab.resealed import edited
from tests.output.report.sweeps import write_sweep

SCENARIO = """
title = "A small world"
question = "Who gets there?"
weeks = {weeks}
replicates = 12
[network]
kind = "karate"
newcomers = {newcomers}
[strategies.none]
label = "Nobody coordinates"
coordinators = []
[strategies.mass]
label = "By newsletter"
hours = {hours}
align_week = 5
produce_week = 10
"""


def one_figure(folder, *anything):
    """One small figure instead of nine: drawing is tested elsewhere."""
    figure = Figure(figsize=(2, 1))
    figure.add_subplot().plot([0, 1])
    save_in(folder, "figures/one_line", figure)
    return lambda: None


def compare(root, name, weeks=40, newcomers=3, hours=10, seed=1, replicates=12):
    """Save what `gennet compare` saves."""
    file = Path(root).parent / f"{name.replace('/', '-')}.toml"
    file.write_text(SCENARIO.format(weeks=weeks, newcomers=newcomers, hours=hours))
    with patch.object(compare_command, "draw", one_figure):
        code = compare_command.compare(file, replicates=replicates, seed=seed, out=root / name, as_json=True)
        assert code == 0


def run(root, name):
    """Save what `gennet run` saves."""
    file = Path(root).parent / f"{name}.toml"
    file.write_text(SCENARIO.format(weeks=40, newcomers=3, hours=10))
    with patch.object(run_command, "draw", one_figure):
        assert run_command.run(file, "mass", out=root / name, as_json=True) == 0


def saved_results(root):
    """Save all of them; names say what each is."""
    root.mkdir(parents=True)
    compare(root, "first")
    compare(root, "more-newcomers", newcomers=12)
    compare(root, "nested/other-seed", seed=2, replicates=8)
    compare(root, "shorter", weeks=26)
    compare(root, "old")
    edited(root / "old", model_version="0123456789ab")
    run(root, "future")
    sweep(small(), root / "swept")
    sweep_a_few(small(seed=5, samples=64, replicates=6), root / "stopped", least=60)
    write_sweep(root / "failures", samples=8, replicates=2, names=("none", "mass"), failed=(2, 3))
    compare(root, "half")
    edited(root / "half", stop_reason="being written")
    (root / "empty").mkdir()
    (root / "foreign").mkdir()
    (root / "foreign" / "notes.txt").write_text("mine")
    (root / "broken").mkdir()
    (root / "broken" / "manifest.json").write_text('{"format": "generative-netw')
    (root / "damaged").mkdir()
    (root / "damaged" / "manifest.json").write_text(
        json.dumps({"format": "generative-networks results 1", "command": "sweep", "experiment": [1]})
    )
    compare(root, "torn")
    (root / "torn" / "runs" / "part-00000.parquet").write_bytes(b"junk")
    outside = root.parent / "outside"
    compare(outside, "secret")
    (root / "away").symlink_to(outside / "secret")
    return root
