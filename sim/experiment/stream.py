"""Ensembles that grow in the background and may be dropped at any moment: for whoever looks on while they come in.

A `Stream` plays worlds on the same seeds with threads of low priority. Every run is reduced in its thread to a few
numbers and small arrays, which are written into the arrays of a `Growth`; a reader looks at `done` first and takes
only the rows that stand. The engine lets go of the interpreter while it plays, so a window goes on drawing.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.errors import UrgaError
from sim.experiment.levers import Headline
from sim.experiment.threads import thread_count
from sim.history.reader import Reader
from sim.luck import check_seed
from sim.muster import FIELD
from sim.runs import check_room, play
from sim.scenario import Scenario
from sim.state import DAY, N_HOLDINGS, N_UNITS, TRACE_H, State

NICE = 10
"""Steps by which the threads stand back behind a window that draws (Linux)."""


@dataclass
class Growth:
    """The runs of one world that are in; arrays have a row a seed and are nan or 0 until `done`.

    Raises OptionError for a seed that is none.

    values     float64 [seeds, headlines]: event: its hour, nan: did not occur; fell: hour at which the place changes
               hands, nan: never; men: in the field at the end; fate: row of `sim.state.FATES`
    strengths  int32 [seeds, days + 1, sides]: men in the field at midnight
    lon, lat   float32 [seeds, days + 1, commands]: where a command's strongest unit (over the run) stands, degrees
    men        int32 [seeds, days + 1, commands]: men of the command in the field
    """

    scenario: Scenario
    headlines: tuple[Headline, ...]
    seeds: tuple[int, ...]
    done: np.ndarray = field(init=False)
    values: np.ndarray = field(init=False)
    strengths: np.ndarray = field(init=False)
    lon: np.ndarray = field(init=False)
    lat: np.ndarray = field(init=False)
    men: np.ndarray = field(init=False)
    failed: dict[int, str] = field(default_factory=dict[int, str])
    began: int = 0
    count: int = 0

    def __post_init__(self) -> None:
        for seed in self.seeds:
            check_seed(seed)
        n, days = len(self.seeds), self.scenario.hours // DAY + 1
        commands = len(self.scenario.command_ids)
        self.done = np.zeros(n, bool)
        self.values = np.full((n, len(self.headlines)), np.nan)
        self.strengths = np.zeros((n, days, len(self.scenario.side_ids)), np.int32)
        self.lon = np.full((n, days, commands), np.nan, np.float32)
        self.lat = np.full((n, days, commands), np.nan, np.float32)
        self.men = np.zeros((n, days, commands), np.int32)

    @property
    def whole(self) -> bool:
        """Whether all runs are in (those that failed among them)."""
        return self.count + len(self.failed) >= len(self.seeds)


def reduce_run(growth: Growth, state: State, row: int) -> None:
    """Write what one finished run leaves into its row; `done` last. Takes some 0.5 ms."""
    scenario = growth.scenario
    reader = Reader(scenario, state)
    for column, line in enumerate(growth.headlines):
        growth.values[row, column] = _value(scenario, reader, state, line)
    n, step = int(state.counts[N_UNITS]), DAY // TRACE_H
    trace = state.trace[: scenario.hours // TRACE_H + 1 : step, :n]
    days = len(trace)
    men = np.where(trace["status"] == FIELD, trace["men"], 0)
    side = state.units["side"][:n]
    for k in range(growth.strengths.shape[2]):
        growth.strengths[row, :days, k] = men[:, side == k].sum(axis=1)
    commands = growth.men.shape[2]
    command = np.ascontiguousarray(trace["command"]).astype(np.int64)
    inside = (men > 0) & (command >= 0) & (command < commands)
    index = np.arange(days)[:, None] * commands + np.where(inside, command, 0)
    weight = np.where(inside, men, 0)
    whole = np.bincount(index.ravel(), weight.ravel(), days * commands)
    growth.men[row, :days] = whole.reshape(days, commands)
    order = np.argsort(weight.sum(axis=0), kind="stable")  # of the units of a command the strongest is written last
    there = inside[:, order]
    flat = index[:, order][there]
    for name, target in (("lon", growth.lon), ("lat", growth.lat)):
        cells = np.full(days * commands, np.nan, np.float32)
        cells[flat] = trace[name][:, order][there]
        target[row, :days] = cells.reshape(days, commands)


def _value(scenario: Scenario, reader: Reader, state: State, line: Headline) -> float:
    if line.kind == "event":
        return reader.hour(line.about)
    if line.kind == "men":
        return float(reader.columns(scenario.side_ids.index(line.about)).total[-1])
    if line.kind == "fate":
        return float(state.commanders["fate"][scenario.commander_ids.index(line.about)])
    changes = state.holdings[: int(state.counts[N_HOLDINGS])]
    hours = changes["hour"][changes["place"] == scenario.place_ids.index(line.about)]
    return float(hours[0]) if len(hours) else np.nan


class Stream:
    """Threads that play the worlds asked for, the one with the fewest runs first; asking anew drops the old ones."""

    def __init__(self, threads: int | None = None, nice: int = NICE) -> None:
        self._wanted: tuple[Growth, ...] = ()
        self._gate = threading.Condition()
        self._ended = False
        self._allowed, self._playing = thread_count(threads), 0
        self.threads = [
            threading.Thread(target=self._work, args=(nice,), daemon=True, name=f"stream {k}")
            for k in range(thread_count(threads))
        ]
        for thread in self.threads:
            thread.start()

    def ask(self, worlds: Sequence[Growth]) -> None:
        """Grow these from now on, and no others. Runs that are under way are finished, and kept where wanted."""
        with self._gate:
            self._wanted = tuple(worlds)
            self._gate.notify_all()

    def ease(self, threads: int | None = None) -> None:
        """Let only so many threads begin runs from now on (None: all), so that something urgent has the cores."""
        allowed = len(self.threads) if threads is None else threads
        if allowed != self._allowed:
            with self._gate:
                self._allowed = allowed
                self._gate.notify_all()

    @property
    def busy(self) -> bool:
        """Whether runs are still to come."""
        return any(not world.whole for world in self._wanted)

    def close(self) -> None:
        """End the threads after the run that each has under way; they would end with the process, too."""
        with self._gate:
            self._ended, self._wanted = True, ()
            self._gate.notify_all()

    # -- in the threads ------------------------------------------------------------------------------

    def _next(self) -> tuple[Growth, int] | None:
        with self._gate:
            while not self._ended:
                open_ = [world for world in self._wanted if world.began < len(world.seeds)]
                if open_ and self._playing < self._allowed:
                    self._playing += 1
                    world = min(open_, key=lambda one: one.began)
                    world.began += 1
                    return world, world.began - 1
                self._gate.wait()
        return None

    def _work(self, nice: int) -> None:
        if sys.platform == "linux" and nice:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nice)
        while (task := self._next()) is not None:
            world, row = task
            error = ""
            try:
                state = play(world.scenario, world.seeds[row])
                check_room(state, world.seeds[row])
                reduce_run(world, state, row)
            except (UrgaError, ArithmeticError, LookupError, ValueError) as problem:
                error = f"{type(problem).__name__}: {' '.join(str(problem).split())}"
            with self._gate:
                self._playing -= 1
                self._gate.notify()
                if error:
                    world.failed[world.seeds[row]] = error
                else:
                    world.done[row] = True
                    world.count += 1
