"""What the tests of the laws share; importable by the processes they spawn."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]


def in_a_process(code: str, *arguments: str, **environment: str) -> str:
    """What a fresh Python, with this folder on its path and such variables in its environment, prints."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=900,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests"))), **environment},
    ).stdout


def fingerprint(*arrays: np.ndarray | None) -> str:
    """Hash of the bytes of arrays, field by field: gaps between fields do not count."""
    told = hashlib.sha256()
    for array in arrays:
        if array is None:
            continue
        for name in array.dtype.names or (None,):
            column = array if name is None else array[name]
            told.update(f"{name} {column.dtype} {column.shape}".encode() + np.ascontiguousarray(column).tobytes())
    return told.hexdigest()


def run_fingerprint(run: Any) -> str:
    """Hash of everything that a run leaves."""
    arrays = [run.chronicle, run.engagements, run.battles, run.holders, run.sightings, run.trace, run.daily, run.books]
    if run.record is not None:
        arrays.append(run.record)
    numbers = np.array([*run.outcome.values(), *(x or -1.0 for x in run.documented_hours.values())])
    return fingerprint(*arrays, numbers)


def campaign_fingerprint(seed: int) -> str:
    """Hash of one run of the shipped campaign."""
    import sim

    return run_fingerprint(sim.run(sim.load(), seed, record=True))


if __name__ == "__main__":  # a process of its own: `python law_kit.py 7`
    print(campaign_fingerprint(int(sys.argv[1])))
