"""What a study costs: 10,000 runs in one command, its memory, and the same runs through `mesa.batch_run`.

``python -m benchmarks.study [--points 100] [--seeds 100] [--pairs 3] [--mesa 12] [--quick]``, from the checkout

First the whole study: a Latin hypercube over two factors times seeds, into a store, with the memory of the process at
every tenth of it. Then turn by turn a slice of that study (1,000 runs) and a few runs of `benchmarks/plain_mesa.py`
through `mesa.batch_run`, on one process and on one a core: the ratio is that of runs a second. Plain Mesa plays a part
of the rules only and is given the orders that the engine's run of seed 0 gave. --quick leaves the whole study out.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import sim
from benchmarks.plain_mesa import PlainCampaign, orders_of
from sim.experiment.sweep import sweep

FACTORS = {"sides.White.strength": (0.7, 1.3), "sides.White.pace": (0.8, 1.2)}


def resident_mb() -> float:
    """Memory of this process now, MB (Linux; elsewhere the largest so far)."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize() / 1e6
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def study(scenario: sim.Scenario, points: int, seeds: int, progress: Any = None) -> float:
    """Seconds that a study of points x seeds takes, its store included."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        done = sweep(scenario, FACTORS, seeds, Path(folder) / "store", method="lhs", points=points, progress=progress)
        seconds = time.perf_counter() - began
        assert done.table().height == points * seeds
        return seconds


def whole(scenario: sim.Scenario, points: int, seeds: int) -> float:
    """The study in one go, with what it keeps in memory; seconds a run."""
    memory: list[float] = []

    def look(done: int, total: int) -> None:
        if done * 10 >= total * len(memory):
            memory.append(resident_mb())

    seconds = study(scenario, points, seeds, look)
    runs = points * seeds
    print(f"{runs:,} runs ({points} points x {seeds} seeds): {seconds:.1f} s, {runs / seconds:.0f} a second")
    print(f"memory by tenths, MB: {', '.join(f'{one:.0f}' for one in memory)}", flush=True)
    return seconds / runs


def batch(scenario: sim.Scenario, orders: list[tuple[int, str]], runs: int, processes: int) -> float:
    """Seconds a run through mesa.batch_run."""
    from mesa.batchrunner import batch_run

    parameters = {"scenario": [scenario], "orders": [orders], "rng": list(range(runs))}
    began = time.perf_counter()
    batch_run(
        PlainCampaign,
        parameters,
        number_processes=processes,
        max_steps=scenario.hours - 1,
        data_collection_period=-1,
        display_progress=False,
    )
    return (time.perf_counter() - began) / runs


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--points", type=int, default=100)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--mesa", type=int, default=12, help="runs of plain Mesa a turn")
    parser.add_argument("--quick", action="store_true", help="leave out the whole study")
    asked = parser.parse_args()
    scenario = sim.load()
    sim.ensemble(scenario, 4)
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{os.cpu_count()} cores{load}", flush=True)
    of_all = None if asked.quick else whole(scenario, asked.points, asked.seeds)
    orders, cores = orders_of(scenario, 0), os.cpu_count() or 1
    rates: dict[int, list[float]] = {1: [], cores: []}
    ours: list[float] = []
    for _ in range(asked.pairs):
        a = study(scenario, 10, 100) / 1000
        for processes, found in rates.items():
            found.append(batch(scenario, orders, asked.mesa, processes))
        b = study(scenario, 10, 100) / 1000
        ours.append((a + b) / 2)
    print(f"a run of the study, {cores} threads: {median(ours) * 1e3:.1f} ms")
    for processes, found in rates.items():
        ratios = sorted(one / own for one, own in zip(found, ours, strict=True))
        print(
            f"a run through mesa.batch_run, processes: {processes}: {median(found) * 1e3:.0f} ms, "
            f"{median(ratios):.0f} times as long (turns {ratios[0]:.0f} to {ratios[-1]:.0f})"
            + (f"; as one of the whole study: {median(found) / of_all:.0f} times" if of_all else "")
        )


if __name__ == "__main__":
    main()
