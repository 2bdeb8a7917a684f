"""How fast the visualiser is: first picture, frames in playback, any hour opened, views settled.

``python benchmarks/viz_bench.py [--run FILE | --fake] [--size 1920x1080] [--window]``

Prints medians and 99th percentiles in ms, of the clock and of the processor (the latter leaves out what
other programs
on the machine take).  ``--window`` measures the window as well, when a display is there.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from viz.tape import Tape


def report(name: str, wall: list[float], cpu: list[float]) -> None:
    """One line: median, 99th percentile and worst, of clock and processor."""
    wall, cpu = sorted(wall), sorted(cpu)
    n = len(wall)

    def at(rows: list[float], part: float) -> float:
        return rows[min(n - 1, int(n * part))] * 1000

    print(
        f"{name:34} clock {at(wall, 0.5):6.1f} {at(wall, 0.99):6.1f} {wall[-1] * 1000:6.1f}"
        f"   processor {at(cpu, 0.5):6.1f} {at(cpu, 0.99):6.1f} {cpu[-1] * 1000:6.1f}   ({n})"
    )


def get_tape(options: argparse.Namespace) -> Tape:
    """The run that is measured with."""
    from viz import source

    if options.fake:
        sys.path.insert(0, str(ROOT / "tests" / "viz"))
        import importlib

        return source.from_run(importlib.import_module("fake_run").make())
    if options.run:
        return source.read_file(options.run)
    return source.simulate(options.seed)


def playback(tape: Tape, size: tuple[int, int], seconds: float, passes: int) -> None:
    """Frames of the campaign played at two days a second, 60 frames a second, a window's budget each.

    Every pass draws the same frames; the last line takes the least of all passes for each frame, which leaves out
    most of what other programs on the machine take.
    """
    from viz.app import BUDGET
    from viz.boot import pygame
    from viz.export import stage

    least: list[float] = []
    for number in range(passes):
        scene, state = stage(tape, "en", "light")
        surface = pygame.display.set_mode(size)
        scene.draw(surface, state, 0.0, float("inf"))
        state.playing = True
        wall: list[float] = []
        cpu: list[float] = []
        gc.collect()
        gc.freeze()
        for _ in range(round(seconds * 60)):
            state.hour = (state.hour + 2 * 24 / 60) % tape.hours
            a, b = time.perf_counter(), time.thread_time()
            scene.draw(surface, state, 1 / 60, BUDGET)
            wall.append(time.perf_counter() - a)
            cpu.append(time.thread_time() - b)
        report(f"frame in playback {size[0]}x{size[1]}", wall, cpu)
        if number == 0:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"peak memory after a campaign played {peak:.0f} MB")
        gc.unfreeze()
        least = wall if number == 0 else [min(x, y) for x, y in zip(least, wall, strict=True)]
    if passes > 1:
        report(f"  least of {passes} passes, frame by frame", least, least)


def seeking(tape: Tape, size: tuple[int, int], passes: int = 1) -> None:
    """Hours opened at random, both ways: with the director, and with a camera that stands.

    Every pass opens the same hours in a scene of its own; the last line takes the least of all passes for each.
    """
    for director in (True, False):
        least: list[float] = []
        for number in range(passes):
            wall, cpu, settled = open_hours(tape, size, director)
            report(f"an hour opened, {'director' if director else 'camera still'}", wall, cpu)
            report("  until the view is whole", settled, settled)
            least = wall if number == 0 else [min(x, y) for x, y in zip(least, wall, strict=True)]
        if passes > 1:
            report(f"  least of {passes} passes, hour by hour", least, least)


def open_hours(tape: Tape, size: tuple[int, int], director: bool) -> tuple[list[float], list[float], list[float]]:
    """Seconds to the first picture of each of 300 hours (clock, processor), and until the view is whole."""
    import random

    from viz.app import STILL_BUDGET
    from viz.boot import pygame
    from viz.export import stage
    from viz.warm import rest

    dice = random.Random(1921)
    surface = pygame.display.set_mode(size)
    scene, state = stage(tape, "en", "light")
    scene.draw(surface, state, 0.0, float("inf"))
    rest()  # as the window does when the first run has come
    state.director = director
    wall: list[float] = []
    cpu: list[float] = []
    settled: list[float] = []
    for _ in range(300):
        state.hour = float(dice.randrange(tape.hours))
        a, b = time.perf_counter(), time.thread_time()
        scene.draw(surface, state, 1 / 60, STILL_BUDGET)
        wall.append(time.perf_counter() - a)
        cpu.append(time.thread_time() - b)
        for _ in range(40):
            scene.draw(surface, state, 1 / 60, STILL_BUDGET)
            if scene.ground.settled():
                break
        settled.append(time.perf_counter() - a)
    return wall, cpu, settled


def first_picture() -> None:
    """From the start of Python to the first picture, in a process of its own (dummy display)."""
    code = (
        "import time; t = time.perf_counter()\n"
        "from viz import app, source, errors\n"
        "def stop(*a, **k): raise errors.VizError('measured')\n"
        "timings = {}\n"
        "app.Session = stop\n"
        "app.main(size=(1920, 1080), timings=timings)\n"
        "print(timings['first'])"
    )
    wall: list[float] = []
    inside = 0.0
    for _ in range(7):
        env = {**os.environ}
        env.setdefault("SDL_VIDEODRIVER", "dummy")
        a = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=env, check=True
        )
        wall.append(time.perf_counter() - a)
        inside = float(done.stdout.split()[-1])
    report("process start to first picture", wall, wall)
    print(f"{'  window asked for to first picture':34} {inside * 1000:12.1f}")


def window(seconds: float) -> None:
    """The real window: frames with the flip."""
    from viz import app

    timings: dict[str, float] = {}
    code = app.main(size=(1920, 1080), play=True, seconds=seconds, timings=timings)
    print(f"window: exit {code}, " + ", ".join(f"{k} {v * 1000:.1f} ms" for k, v in timings.items()))


def main() -> int:
    """Measure everything that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--fake", action="store_true", help="the made-up run of the tests")
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--seconds", type=float, default=61.0)
    parser.add_argument("--passes", type=int, default=1, help="how often playback and hours are measured")
    parser.add_argument("--window", action="store_true")
    options = parser.parse_args()
    width, height = (int(v) for v in options.size.split("x"))
    print(f"{'ms':34} {'median':>12} {'p99':>6} {'worst':>6}")
    first_picture()
    if options.window:
        window(12.0)
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    from viz.boot import pygame

    pygame.display.init()
    tape = get_tape(options)
    playback(tape, (width, height), options.seconds, options.passes)
    seeking(tape, (width, height), options.passes)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
