"""Many runs of one scenario, in threads: the engine lets go of the interpreter while it plays.

A result depends on the seed alone, so the tables come out the same on any number of threads and in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import OptionError
from sim.experiment.threads import thread_count, unordered
from sim.history import EventScore, score_of, summarise
from sim.history.reader import Reader
from sim.luck import check_seed
from sim.runs import balance, certificate, check_room, outcome_of, play
from sim.scenario import Scenario, load
from sim.state import DAY, HOUR, N_UNITS, TRACE_H, State

if TYPE_CHECKING:
    import polars

KEEP = ("trace", "daily", "strengths")
"""What an ensemble may keep of every run beside dates and outcomes."""
Progress = Callable[[int, int], None]
"""Called in the caller's thread with the number of runs done and of all."""


@dataclass(frozen=True)
class Ensemble:
    """The runs of one scenario, in the order of `seeds`; a failed run has an error and holes in the tables.

    hours      event id -> hours of the campaign, float64 [runs], nan: did not occur
    outcome    name -> float64 [runs] (see `sim.runs.outcome_of`)
    errors     what went wrong with each run, None: nothing
    kept       what was asked for: "trace" TRACE [hours / 6 + 1, units], "daily" DAILY [days, commands], "strengths"
               int32 [days + 1, 2] men in the field at midnight; one array a run, None for a failed run
    """

    scenario: Scenario
    seeds: tuple[int, ...]
    hours: dict[str, np.ndarray]
    outcome: dict[str, np.ndarray]
    errors: tuple[str | None, ...]
    kept: dict[str, tuple[np.ndarray | None, ...]] = field(default_factory=dict[str, tuple["np.ndarray | None", ...]])

    def __len__(self) -> int:
        return len(self.seeds)

    @property
    def whole(self) -> np.ndarray:
        """Which runs did not fail, bool [runs]."""
        return np.array([error is None for error in self.errors], bool)

    @property
    def certificate(self) -> dict[str, Any]:
        """The birth certificate of the runs: that of a run, with all seeds."""
        told = certificate(self.scenario, 0)
        del told["seed"]
        return {**told, "seeds": list(self.seeds)}

    def scores(self) -> tuple[EventScore, ...]:
        """Every documented event over the runs that did not fail."""
        whole = self.whole
        return summarise(self.scenario, {name: hours[whole] for name, hours in self.hours.items()})

    @property
    def events(self) -> polars.DataFrame:
        """Polars frame, a row a run: seed, hour of each documented event (null: did not occur), error."""
        return self._frame(self.hours)

    @property
    def outcomes(self) -> polars.DataFrame:
        """Polars frame, a row a run: seed, named scalars (null: does not apply), error."""
        return self._frame(self.outcome)

    def _frame(self, columns: dict[str, np.ndarray]) -> polars.DataFrame:
        import polars

        return polars.DataFrame(
            [
                polars.Series("seed", self.seeds, dtype=polars.UInt64),
                *(polars.Series(name, column, dtype=polars.Float64) for name, column in columns.items()),
                polars.Series("error", self.errors, dtype=polars.String),
            ]
        ).fill_nan(None)


@dataclass
class _Row:
    """What one run leaves."""

    hours: dict[str, float] = field(default_factory=dict[str, float])
    outcome: dict[str, float] = field(default_factory=dict[str, float])
    kept: dict[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])
    error: str | None = None


def ensemble(
    scenario: Scenario | str | Path = "mongolia_1921",
    seeds: Iterable[int] | int = 200,
    threads: int | None = None,
    progress: Progress | None = None,
    keep: Collection[str] = (),
) -> Ensemble:
    """Play a scenario once for each seed (a number of runs means the seeds from 0 on).

    threads: how many at a time, the number of cores when left out; progress: called with the runs done and all;
    keep: names of KEEP. Results are the same for any
    number of threads. A run that fails is a row with its error. Raises OptionError for what cannot be asked.
    """
    ready = scenario if isinstance(scenario, Scenario) else load(scenario)
    wanted = tuple(range(seeds)) if isinstance(seeds, int) else tuple(seeds)
    for seed in wanted:
        check_seed(seed)
    unknown = [name for name in keep if name not in KEEP]
    if unknown:
        raise OptionError(f"keep {unknown[0]!r} is unknown; known: {', '.join(KEEP)}")
    rows = _play_all(ready, wanted, thread_count(threads), progress, frozenset(keep))
    return _gather(ready, wanted, rows, keep)


def _play_all(
    scenario: Scenario, seeds: Sequence[int], threads: int, progress: Progress | None, keep: frozenset[str]
) -> list[_Row]:
    """A row for each seed, in their order.

    Few runs are under way at a time: Ctrl-C in a wait for thousands would leave their locks behind.
    """
    rows: dict[int, _Row] = {}

    def work(number: int) -> tuple[int, _Row]:
        return number, _play_one(scenario, seeds[number], keep)

    for number, row in unordered(work, range(len(seeds)), threads):
        rows[number] = row
        if progress:
            progress(len(rows), len(seeds))
    return [rows[number] for number in range(len(seeds))]


def _play_one(scenario: Scenario, seed: int, keep: frozenset[str]) -> _Row:
    """One run; any failure becomes the row's error, so that one bad run does not end the others."""
    try:
        state = play(scenario, seed)
        return _read_off(scenario, state, seed, keep)
    except Exception as error:
        return _Row(error=f"{type(error).__name__}: {' '.join(str(error).split())}")


def _read_off(scenario: Scenario, state: State, seed: int, keep: frozenset[str]) -> _Row:
    check_room(state, seed)
    if balance(state, scenario).any():
        raise RuntimeError(f"seed {seed}: the books do not balance")
    reader = Reader(scenario, state)
    row = _Row(hours=score_of(reader), outcome=outcome_of(reader))
    if "trace" in keep:
        row.kept["trace"] = state.trace[:, : int(state.counts[N_UNITS])].copy()
    if "daily" in keep:
        row.kept["daily"] = state.daily.copy()
    if "strengths" in keep:
        step = DAY // TRACE_H
        rows = int(state.counts[HOUR]) // TRACE_H + 1
        row.kept["strengths"] = np.stack([reader.columns(side).total[:rows:step] for side in (0, 1)], axis=1).astype(
            np.int32
        )
    return row


def _gather(scenario: Scenario, seeds: tuple[int, ...], rows: list[_Row], keep: Collection[str]) -> Ensemble:
    events = [event.id for event in scenario.data.history.events]
    names = next((list(row.outcome) for row in rows if row.error is None), list[str]())
    return Ensemble(
        scenario=scenario,
        seeds=tuple(int(seed) for seed in seeds),
        hours={name: np.array([row.hours.get(name, nan) for row in rows], np.float64) for name in events},
        outcome={name: np.array([row.outcome.get(name, nan) for row in rows], np.float64) for name in names},
        errors=tuple(row.error for row in rows),
        kept={name: tuple(row.kept.get(name) for row in rows) for name in keep},
    )
