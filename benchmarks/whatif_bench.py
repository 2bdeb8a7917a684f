"""What-ifs at full size: frames while a lever is dragged with an ensemble behind it, and how soon the new run stands.

``python benchmarks/whatif_bench.py [--size 1920x1080] [--drags 8] [--lever KEY] [--threads N]``

Each drag moves a lever across its range in a second and a half at 60 frames a second, lets go, and waits. Printed
are frames of the drags (clock, and processor time of the drawing thread, which leaves out what other programs on the
machine take), the same of those frames alone before and after which a small piece of work that never changes took as
long as it mostly does (on a virtual machine processor time grows while the host is busy), milliseconds from letting go
until the run of the last setting is on the screen, and seconds until 200 runs of it are in. With ``--lever all`` every
lever is dragged.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["SDL_VIDEODRIVER"] = "dummy"

if TYPE_CHECKING:
    import pygame

    from viz.desk import Desk
    from viz.scene import Scene
    from viz.state import State
    from viz.workshop import Workshop

FRAME = 1 / 60
SECONDS = 1.5


class Bench:
    """A scene with its controls and its workshop, and the loop of the window around them."""

    def __init__(self, size: tuple[int, int], threads: int | None) -> None:
        from viz import source
        from viz.boot import pygame
        from viz.desk import Desk
        from viz.mapdata import read_map
        from viz.scene import Scene
        from viz.state import State
        from viz.workshop import Workshop

        pygame.display.init()
        self.surface: pygame.Surface = pygame.display.set_mode(size)
        self.scene: Scene = Scene(read_map(source.default_map_folder()))
        self.state: State = State(age=60.0, panel=True, hour=60 * 24.0)
        self.workshop: Workshop = Workshop(self.scene, self.state, "mongolia_1921", None, threads)
        self.scene.load(source.simulate(0))
        self.desk: Desk = Desk(self.scene)
        self.scene.draw(self.surface, self.state, 0.0, float("inf"))
        self.wall: list[float] = []
        self.own: list[float] = []
        self.runs: list[float] = []
        self.same: list[tuple[float, float]] = []
        self.held: list[bool] = []
        self.piece: pygame.Surface = pygame.Surface((900, 300), 0, 32)
        self.copy: pygame.Surface = self.piece.copy()

    def fixed(self) -> float:
        """Processor seconds of a piece of work that is always the same."""
        began = time.thread_time()
        self.copy.blit(self.piece, (0, 0))
        return time.thread_time() - began

    def frame(self, events: list[pygame.Event]) -> None:
        """One turn of the window's loop: events, answers, picture; then wait for the next."""
        from viz.app import BUDGET, GROWING, HELD_BUDGET
        from viz.boot import pygame
        from viz.desk import RERUN, SETTLE
        from viz.turns import undisturbed

        before = self.fixed()
        began, processor = time.perf_counter(), time.thread_time()
        for event in events:
            self.desk.wishes += self.desk.handle(event, self.state)
            self.grant(RERUN, SETTLE)
        self.desk.step(self.state, FRAME)
        self.grant(RERUN, SETTLE)
        self.workshop.step()
        held = self.scene.panel.dragged is not None
        with undisturbed():
            self.scene.draw(self.surface, self.state, FRAME, HELD_BUDGET if held else BUDGET)
        pygame.display.flip()
        took = time.perf_counter() - began
        self.wall.append(took)
        self.own.append(time.thread_time() - processor)
        self.same.append((before, self.fixed()))
        self.held.append(held)
        # as the window: slower while nothing moves but ensembles grow
        moving = bool(events) or self.workshop.runs.busy or self.scene.moving() or self.desk.rerun_in >= 0
        rest = (FRAME if moving else GROWING) - (time.perf_counter() - began)
        if rest > 0:
            time.sleep(rest)

    def grant(self, rerun: str, settle: str) -> None:
        """What the controls asked of the window."""
        for wish in self.desk.wishes:
            if wish in (rerun, settle):
                self.workshop.rerun(settle=wish == settle)
        self.desk.wishes.clear()

    def until_ready(self) -> float:
        """Frames until the lab is open and history's own runs are in; seconds."""
        began = time.perf_counter()
        while self.scene.panel.crowd is None or self.scene.panel.crowd.growing:
            self.frame([])
        return time.perf_counter() - began

    def drag(self, key: str, target: float) -> tuple[float, float, float]:
        """One drag to a value: ms until the run stands, seconds until 200 runs are in, processor seconds of these."""
        from viz.boot import pygame

        self.frame([])
        slider = self.scene.panel.slider(key)
        assert slider is not None, key
        k = self.scene.layout.k
        track, first, last = slider.track(k), slider.x(slider.value, k), slider.x(target, k)
        y, steps = track.centery, round(SECONDS / FRAME)
        press, release, move = pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP, pygame.MOUSEMOTION
        self.frame([pygame.Event(press, pos=(first, y), button=1)])
        for n in range(steps):
            x = round(first + (last - first) * (n + 1) / steps)
            self.frame([pygame.Event(move, pos=(x, y), rel=(1, 0), buttons=(1, 0, 0))])
        began, processor = time.perf_counter(), time.process_time()
        self.frame([pygame.Event(release, pos=(last, y), button=1)])
        wanted = self.scene.panel.choice()
        while self.workshop.shown != wanted:
            self.frame([])
        shown = (time.perf_counter() - began) * 1000
        self.runs.append(self.workshop.processor * 1000)
        crowd = self.scene.panel.crowd
        assert crowd is not None
        while crowd.shown.count < len(crowd.shown.seeds):
            self.frame([])
        return shown, time.perf_counter() - began, time.process_time() - processor


def report(name: str, values: list[float], unit: str, digits: int = 1) -> None:
    """Median, 99th percentile and worst."""
    values = sorted(values)
    at = [values[min(len(values) - 1, int(len(values) * part))] for part in (0.5, 0.99)]
    print(f"{name:46} {at[0]:8.{digits}f} {at[1]:8.{digits}f} {values[-1]:8.{digits}f}  {unit} ({len(values)})")


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--drags", type=int, default=8)
    parser.add_argument("--lever", default="sides.White.pace")
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    width, height = (int(part) for part in options.size.split("x"))
    bench = Bench((width, height), options.threads)
    ready = bench.until_ready()
    assert bench.scene.panel.catalogue is not None
    specs = {spec.key: spec for spec in bench.scene.panel.catalogue.levers}
    keys = list(specs) if options.lever == "all" else [options.lever] * options.drags
    gc.collect()
    gc.freeze()
    bench.wall.clear()
    bench.own.clear()
    bench.same.clear()
    bench.held.clear()
    shown: list[float] = []
    runs: list[float] = []
    processor: list[float] = []
    for number, key in enumerate(keys):
        spec = specs[key]
        share = 0.15 if number % 2 else 0.85 - 0.02 * number
        ms, seconds, cpu = bench.drag(key, spec.low + (spec.high - spec.low) * share)
        shown.append(ms)
        runs.append(seconds)
        processor.append(cpu)
    print(f"{'':46} {'median':>8} {'p99':>8} {'worst':>8}")
    usual = 1.4 * sorted(first for first, _ in bench.same)[len(bench.same) // 2]
    for held, name in ((True, "frames while a lever is dragged"), (False, "frames while 200 runs grow after")):
        rows = [k for k, was in enumerate(bench.held) if was is held]
        report(f"{name}, clock", [bench.wall[k] * 1000 for k in rows], "ms")
        report("  the same, processor of the drawing thread", [bench.own[k] * 1000 for k in rows], "ms")
        quiet = [k for k in rows if max(bench.same[k]) < usual]
        report("  clock of the frames that the host let be", [bench.wall[k] * 1000 for k in quiet], "ms")
        report("  processor of the frames that it let be", [bench.own[k] * 1000 for k in quiet], "ms")
    report("the fixed piece of work beside them", [first * 1000 for first, _ in bench.same], "ms", 2)
    report("let go until the run is on the map", shown, "ms")
    report("  the run alone, processor of its thread", bench.runs, "ms")
    report("let go until 200 runs are in", runs, "s", 2)
    report("  the same, processor of the whole program", processor, "s", 2)
    print(f"{'panel opened until 200 runs of history are in':46} {ready:8.2f} s; cores {os.cpu_count()}")
    bench.workshop.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
