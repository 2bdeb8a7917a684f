"""How fast the engine is: import, first compilation, start from the cache, one run, threads, against plain Mesa.

``python -m benchmarks.engine [--quick] [--runs 200] [--pairs 5]``, from the checkout

Every number is measured in this one invocation: starts in fresh processes, single runs warm, threads and plain Mesa
as interleaved pairs, so that what else the machine does meets both sides. `clock` is what somebody waits, `processor`
leaves out what other programs take. --quick leaves out the compilation (half a minute).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

STARTS: dict[str, str] = {
    "import sim": "import sim",
    "import sim.model (Mesa)": "import sim.model",
    "import sim, load": "import sim; sim.load()",
}
FIRST_RUN = """
import json, time, sim
scenario = sim.load()
def timed():
    clock, processor = time.perf_counter(), time.process_time()
    sim.run(scenario, 0)
    return time.perf_counter() - clock, time.process_time() - processor
first, again = timed(), timed()
print(json.dumps([first[0] - again[0], first[1] - again[1]]))
"""


def timed(what: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the clock and of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    what()
    return time.perf_counter() - clock, time.process_time() - processor


def in_a_process(code: str, **environment: str) -> str:
    """What a fresh Python prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
    return done.stdout


def line(name: str, values: Iterable[tuple[float, float]], note: str = "") -> None:
    """One line of the table: median and best by the clock, median of the processor, in ms."""
    rows = list(values)
    clock = [row[0] * 1000 for row in rows]
    print(
        f"{name:38}{median(clock):10.1f}{min(clock):10.1f}{median(row[1] * 1000 for row in rows):12.1f}"
        f"{len(rows):6}  {note}",
        flush=True,
    )


def starts(times: int) -> None:
    """Imports in fresh processes."""
    for name, code in STARTS.items():
        clocked = (
            f"import time; a, b = time.perf_counter(), time.process_time(); {code}; "
            "print([time.perf_counter() - a, time.process_time() - b])"
        )
        line(name, [json.loads(in_a_process(clocked)) for _ in range(times)])
    code = "import sim, sys; print([m for m in ('mesa', 'pandas', 'pygame') if m in sys.modules])"
    print(f"import sim brings in: {in_a_process(code).strip()} of mesa, pandas, pygame")


def compilation() -> None:
    """First run with an empty cache, then with a filled one, less a warm run."""
    with tempfile.TemporaryDirectory() as folder:
        line("first run: compiles", [json.loads(in_a_process(FIRST_RUN, NUMBA_CACHE_DIR=folder))])
        line(
            "first run: from the cache",
            [json.loads(in_a_process(FIRST_RUN, NUMBA_CACHE_DIR=folder)) for _ in range(3)],
        )


def single_runs(times: int) -> None:
    """One campaign, warm."""
    import sim
    from sim.runs import play

    scenario = sim.load()
    play(scenario, 0)
    sim.run(scenario, 0)
    line("one run: the hours alone", [timed(lambda: play(scenario, 0)) for _ in range(times)])
    line("one run: sim.run", [timed(lambda: sim.run(scenario, 0)) for _ in range(times)])
    line(
        "one run: sim.run with record",
        [timed(lambda: sim.run(scenario, 0, record=True)) for _ in range(times // 2)],
    )


def threads(runs: int, pairs: int) -> None:
    """The same runs on one thread and on two, turn by turn."""
    import sim

    scenario = sim.load()
    one: list[tuple[float, float]] = []
    two: list[tuple[float, float]] = []
    for _ in range(pairs):
        one.append(timed(lambda: sim.ensemble(scenario, runs, threads=1)))
        two.append(timed(lambda: sim.ensemble(scenario, runs, threads=2)))
    line(f"{runs} runs, 1 thread", one)
    line(f"{runs} runs, 2 threads", two)
    ratios = sorted(a[0] / b[0] for a, b in zip(one, two, strict=True))
    print(
        f"two threads against one: {median(ratios):.2f} times as fast (pairs {ratios[0]:.2f} to {ratios[-1]:.2f}); "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
        if hasattr(os, "getloadavg")
        else ""
    )


def against_plain_mesa(pairs: int) -> None:
    """The same campaign by plain Mesa and by the engine, turn by turn."""
    import sim
    from benchmarks.plain_mesa import orders_of
    from benchmarks.plain_mesa import play as play_plain
    from sim.runs import play

    scenario = sim.load()
    plain: list[tuple[float, float]] = []
    ours: list[tuple[float, float]] = []
    whole: list[tuple[float, float]] = []
    for seed in range(pairs):
        orders = orders_of(scenario, seed)
        few = [timed(lambda seed=seed: play(scenario, seed)) for _ in range(5)]
        plain.append(timed(lambda orders=orders, seed=seed: play_plain(scenario, orders, seed)))
        few += [timed(lambda seed=seed: play(scenario, seed)) for _ in range(5)]
        ours.append((median(row[0] for row in few), median(row[1] for row in few)))
        some = [timed(lambda seed=seed: sim.run(scenario, seed)) for _ in range(5)]
        whole.append((median(row[0] for row in some), median(row[1] for row in some)))
    line("plain Mesa: march, battle, supply", plain, "a campaign of 2,952 hours")
    for name, rows in (("the engine's hours", ours), ("sim.run", whole)):
        clock, processor = (sorted(a[k] / b[k] for a, b in zip(plain, rows, strict=True)) for k in (0, 1))
        print(
            f"plain Mesa against {name}: {median(clock):.0f} times by the clock ({clock[0]:.0f} to {clock[-1]:.0f}), "
            f"{median(processor):.0f} times of the processor ({processor[0]:.0f} to {processor[-1]:.0f})"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="leave out the compilation")
    parser.add_argument("--runs", type=int, default=200, help="runs of an ensemble")
    parser.add_argument("--pairs", type=int, default=5, help="interleaved pairs")
    parser.add_argument("--times", type=int, default=40, help="single runs")
    options = parser.parse_args()
    import mesa
    import numba

    print(
        f"Python {platform.python_version()}, numba {numba.__version__}, Mesa {mesa.__version__}, {platform.machine()}"
    )
    print(f"{'ms':38}{'clock':>10}{'best':>10}{'processor':>12}{'n':>6}")
    starts(5)
    if not options.quick:
        compilation()
    single_runs(options.times)
    threads(options.runs, options.pairs)
    against_plain_mesa(options.pairs)


if __name__ == "__main__":
    main()
