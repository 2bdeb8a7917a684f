"""Two worlds on the same dice: what if the corps had marched two weeks later? A table and a figure."""

from __future__ import annotations

import sys

import sim
from sim.experiment.compare import compare
from sim.experiment.figures import draw_comparison


def main(figure: str | None = None, pairs: int = 40) -> None:
    """Forty pairs tell a large effect; ask for 400 or more before printing a number."""
    base = sim.load("mongolia_1921")
    late = sim.load("mongolia_1921", patches=["late-corps"])
    found = compare(base, late, pairs)

    print(f"{len(found)} pairs of runs, seeds {found.seeds[0]} to {found.seeds[-1]}")
    for name in ("fall_h.urga", "event.mutiny", "event.capture", "men.White.end"):
        one = found.outcome(name)
        print(f"{name:16} {one.base:8.2f} -> {one.patched:8.2f}", end="   ")
        print(f"difference {one.difference:+8.2f} (95 %: {one.low:+.2f} to {one.high:+.2f})")
    first = found.parted()[0]
    print(f"The worlds part first on {base.date(first.hour):%d %B}: {first.what}")
    if figure:
        print(draw_comparison(found, figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
