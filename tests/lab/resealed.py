"""Changing results folders as their own commands would, so that they still count as sound."""

import json

from sim.lab.checksums import JOURNAL, file_hash
from sim.lab.results import FORMAT, MANIFEST, sealed


def edited(folder, **changes):
    """Change entries of a manifest; None removes one."""
    path = folder / MANIFEST
    manifest = json.loads(path.read_text("utf-8")) | changes
    manifest = {key: value for key, value in manifest.items() if key not in changes or value is not None}
    path.write_text(sealed(manifest) if manifest.get("format") == FORMAT else json.dumps(manifest), "utf-8")


def relisted(folder):
    """Enter the files of a folder in its manifest as they are now."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in (MANIFEST, JOURNAL)]
    edited(folder, hashes={path.relative_to(folder).as_posix(): file_hash(path) for path in files})
