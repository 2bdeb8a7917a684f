"""A sweep of White strength against White mobility, kept in a store; the means as a table and a heat map."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import sim
from sim.experiment.figures import draw_sweep
from sim.experiment.sweep import Factor, sweep


def main(folder: str | None = None) -> None:
    """With a folder the runs are kept there, and asking again plays nothing twice."""
    factors = [Factor("sides.White.strength", 0.6, 1.5, steps=4), Factor("sides.White.pace", 0.8, 1.2, steps=3)]
    with tempfile.TemporaryDirectory() as passing:
        store = sweep(sim.load("mongolia_1921"), factors, seeds=5, store=Path(folder or passing) / "store")
        points = store.points("men.White.end")
        print(points)
        if folder:
            print(draw_sweep(points, "men.White.end", [one.key for one in factors], Path(folder) / "heat.png"))


if __name__ == "__main__":
    main(*sys.argv[1:2])
