"""No rule reaches outside its tables: compiled rules do not ask whether a row is negative, or too high."""

from __future__ import annotations

from pathlib import Path

import baseline_kit as kit
import law_kit
import tiny_kit

import sim

BOUNDED = """
import sys
from pathlib import Path

import baseline_kit, numpy, tiny_kit
from numba import njit

import sim
from sim.compiled import rule


@rule
def reach(rows, k):
    return rows[k]["men"]


@njit(error_model="numpy")
def ask(rows, k):
    return reach(rows, k)


rows = numpy.zeros(3, [("men", "i8")])
for k in (0, 2, -1, 3):
    try:
        ask(rows, k)
        print(k, "is there")
    except IndexError:
        print(k, "is outside")
print(baseline_kit.play(sim.load(tiny_kit.write(Path(sys.argv[1])))))
print(baseline_kit.play_all())
"""


def test_rules_stay_within_their_tables(tmp_path: Path) -> None:
    """With Numba's check of bounds, which stops at a row below 0 too, all baselines come out as they are without it."""
    for name in ("here", "there", "cache"):
        (tmp_path / name).mkdir()
    told = law_kit.in_a_process(
        BOUNDED, str(tmp_path / "there"), NUMBA_CACHE_DIR=str(tmp_path / "cache"), NUMBA_BOUNDSCHECK="1"
    )
    tiny = sim.load(tiny_kit.write(tmp_path / "here"))
    assert told.splitlines() == [
        "0 is there",
        "2 is there",
        "-1 is outside",
        "3 is outside",
        str(kit.play(tiny)),
        str(kit.play_all()),
    ]
