"""Two worlds on the same dice: what a patch changes, by how much, how surely, and where the worlds part.

Every seed is played in both worlds. Luck is keyed by what it is about, so a pair differs only by what the patch
touches and what follows from it; the spread of the paired differences is then far below that of independent seeds.
Intervals are 95 %: for numbers Student's on the paired differences, for events the adjusted interval for paired
proportions (Agresti & Min 2005, one half added to each cell). Many outcomes are looked at together, so `sure` asks
for an interval widened by Bonferroni's rule over all of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from math import nan, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from sim.cast import Cast
from sim.errors import OptionError, UrgaError
from sim.experiment.threads import unordered
from sim.history import score_of
from sim.history.reader import Reader
from sim.luck import check_seed, hash_id
from sim.muster import FIELD
from sim.runs import outcome_of, play, unit_infos
from sim.scenario import Scenario
from sim.state import E_ARRIVES, E_ORDERED, N_EVENTS, N_UNITS, TRACE_H, State
from sim.telling import Teller

if TYPE_CHECKING:
    import polars

    from sim.experiment.ensemble import Progress

LEVEL = 0.95
TRACED = ("men", "guns", "lon", "lat", "cohesion", "task", "command")
"""Fields of the trace in which two worlds are compared, in the order in which a difference is told."""
_MEN = re.compile(r" \([\d,]+ men[^)]*\)")
WORDS = {"lon": "position", "lat": "position"}


@dataclass(frozen=True)
class Parting:
    """The first hour at which two worlds of one seed differ, and what differed; hour -1: they never part.

    Chronicles are compared hour by hour, places and strengths of the units every six hours.
    """

    seed: int
    hour: int
    what: str


@dataclass(frozen=True)
class Outcome:
    """One outcome in both worlds.

    name: as in `sim.runs.outcome_of`, or `event.<id>` and `event_h.<id>` of a documented event. kind is `event`
    (means are probabilities), `number` or `hour` (means over the `n` pairs in which it occurred in
    both worlds). difference: patched minus base, with its 95 % interval low..high. changed: share of all pairs in
    which it changed at all. ratio: variance of a difference between independent seeds over that of paired ones, nan
    when either is 0. sure: the interval widened for all outcomes together leaves out 0.
    """

    name: str
    kind: str
    n: int
    base: float
    patched: float
    difference: float
    low: float
    high: float
    changed: float
    ratio: float
    sure: bool


@dataclass(frozen=True)
class Comparison:
    """Two worlds, pair by pair; arrays are float64 [pairs] in the order of `seeds`, nan: did not occur.

    base, patched: the scenarios; values: name -> (base, patched); kinds: name -> kind; strengths: int32
    [2 worlds, pairs, hours / 6 + 1, 2 sides] men in the field; partings: where each pair parts; failed: seeds of
    which a run failed, with the error.
    """

    base: Scenario
    patched: Scenario
    seeds: tuple[int, ...]
    values: dict[str, tuple[np.ndarray, np.ndarray]]
    kinds: dict[str, str]
    strengths: np.ndarray
    partings: tuple[Parting, ...]
    failed: dict[int, str]

    def __len__(self) -> int:
        return len(self.seeds)

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Every outcome that differs between runs or worlds, in a fixed order."""
        moving = [name for name, (a, b) in self.values.items() if _varies(a, b)]
        return tuple(_outcome(name, self.kinds[name], *self.values[name], len(moving)) for name in moving)

    def outcome(self, name: str) -> Outcome:
        """One outcome by name. Raises OptionError with what was probably meant."""
        from sim.errors import suggest

        if name not in self.values:
            raise OptionError(f"there is no outcome {name!r}{suggest(name, self.values)}")
        count = max(1, len(self.outcomes))
        return _outcome(name, self.kinds[name], *self.values[name], count)

    @property
    def table(self) -> polars.DataFrame:
        """Polars frame, a row an outcome: the fields of `Outcome`."""
        import polars

        return polars.DataFrame([outcome.__dict__ for outcome in self.outcomes]).fill_nan(None)

    @property
    def pairs(self) -> polars.DataFrame:
        """Polars frame, a row a pair and an outcome: seed, outcome, base, patched, difference (null: did not occur)."""
        import polars

        frames = [
            polars.DataFrame({"seed": self.seeds, "base": a, "patched": b}).select(
                polars.col("seed").cast(polars.UInt64), polars.lit(name).alias("outcome"), "base", "patched"
            )
            for name, (a, b) in self.values.items()
        ]
        frame = polars.concat(frames).fill_nan(None)
        return frame.with_columns((polars.col("patched") - polars.col("base")).alias("difference"))

    def parted(self) -> tuple[Parting, ...]:
        """The pairs whose worlds part, earliest first."""
        return tuple(sorted((one for one in self.partings if one.hour >= 0), key=lambda one: (one.hour, one.seed)))

    def first_differences(self, most: int = 3) -> list[tuple[str, int]]:
        """What most often differed first (without numbers of men), with the number of pairs."""
        return Counter(_MEN.sub("", one.what) for one in self.parted()).most_common(most)


def compare(
    base: Scenario,
    patched: Scenario,
    seeds: Iterable[int] | int = 400,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Play both worlds on each seed (a number means the seeds from 0 on) and compare them pair by pair.

    threads: pairs at a time, the number of cores when left out; progress: called with the pairs done and all.
    Raises OptionError when the worlds are not of one scenario or there are fewer than two whole pairs.
    """
    wanted = tuple(range(seeds)) if isinstance(seeds, int) else tuple(int(seed) for seed in seeds)
    for seed in wanted:
        check_seed(seed)
    if len(wanted) < 2:
        raise OptionError(f"{len(wanted)} pairs asked for: a comparison needs at least 2")
    if base.data.header.id != patched.data.header.id or base.hours != patched.hours:
        names = f"{base.data.header.id} and {patched.data.header.id}"
        raise OptionError(f"{names}: two worlds of one scenario are compared")
    found: dict[int, _Pair] = {}
    for done, pair in enumerate(unordered(lambda seed: _pair(base, patched, seed), dict.fromkeys(wanted), threads), 1):
        found[pair.seed] = pair
        if progress:
            progress(done, len(wanted))
    whole = [found[seed] for seed in dict.fromkeys(wanted) if not found[seed].error]
    failed = {seed: pair.error for seed, pair in sorted(found.items()) if pair.error}
    if len(whole) < 2:
        first = next(iter(failed.values()), "")
        raise UrgaError(f"{len(failed)} of {len(found)} pairs failed, the first: {first}")
    return _gathered(base, patched, whole, failed)


@dataclass
class _Pair:
    seed: int
    error: str = ""
    values: tuple[dict[str, float], dict[str, float]] = ({}, {})
    hours: tuple[dict[str, float], dict[str, float]] = ({}, {})
    strengths: tuple[np.ndarray, np.ndarray] | None = None
    parting: Parting | None = None


def _pair(base: Scenario, patched: Scenario, seed: int) -> _Pair:
    """One seed in both worlds; a failure is the pair's error and does not end the others."""
    try:
        states = play(base, seed), play(patched, seed)
        readers = Reader(base, states[0]), Reader(patched, states[1])
        return _Pair(
            seed,
            values=(outcome_of(readers[0]), outcome_of(readers[1])),
            hours=(score_of(readers[0]), score_of(readers[1])),
            strengths=(_strengths(readers[0]), _strengths(readers[1])),
            parting=_parting(base, patched, *states, seed),
        )
    except Exception as error:
        return _Pair(seed, error=f"{type(error).__name__}: {' '.join(str(error).split())}")


def _strengths(reader: Reader) -> np.ndarray:
    """Men of each side in the field, int32 [hours / 6 + 1, sides]."""
    return np.stack([reader.columns(side).total for side in (0, 1)], axis=1).astype(np.int32)


def _hour(event: str, pair: _Pair, world: int) -> float:
    return pair.hours[world].get(event, nan)


def _value(name: str, pair: _Pair, world: int) -> float:
    return pair.values[world].get(name, nan)


def _gathered(base: Scenario, patched: Scenario, whole: list[_Pair], failed: dict[int, str]) -> Comparison:
    values: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    kinds: dict[str, str] = {}

    def column(pick: Callable[[_Pair, int], float]) -> tuple[np.ndarray, np.ndarray]:
        both = [np.array([pick(pair, world) for pair in whole], np.float64) for world in (0, 1)]
        return both[0], both[1]

    for event in base.data.history.events:
        name = f"event.{event.id}"
        hours = column(partial(_hour, event.id))
        values[name] = (~np.isnan(hours[0])).astype(float), (~np.isnan(hours[1])).astype(float)
        kinds[name] = "event"
        values[f"event_h.{event.id}"], kinds[f"event_h.{event.id}"] = hours, "hour"
    for name in whole[0].values[0]:
        both = column(partial(_value, name))
        head, _, rest = name.partition(".")
        if head == "holder":
            for row, side in enumerate(base.side_ids):
                key = f"held.{side}.{rest}"
                values[key], kinds[key] = ((both[0] == row).astype(float), (both[1] == row).astype(float)), "event"
        elif head == "fate":
            key = f"lost.commander.{rest}"
            values[key], kinds[key] = ((both[0] >= 2).astype(float), (both[1] >= 2).astype(float)), "event"
        else:
            values[name], kinds[name] = both, "hour" if head.endswith("_h") else "number"
        if head == "fall_h":  # whether it ever changed hands
            key = f"fell.{rest}"
            values[key], kinds[key] = ((~np.isnan(both[0])).astype(float), (~np.isnan(both[1])).astype(float)), "event"
    strengths = np.stack([[pair.strengths[world] for pair in whole if pair.strengths] for world in (0, 1)])
    return Comparison(
        base=base,
        patched=patched,
        seeds=tuple(pair.seed for pair in whole),
        values=values,
        kinds=kinds,
        strengths=strengths,
        partings=tuple(pair.parting for pair in whole if pair.parting),
        failed=failed,
    )


# ---------------------------------------------------------------------- the numbers


def _varies(a: np.ndarray, b: np.ndarray) -> bool:
    both = np.concatenate([a, b])
    both = both[~np.isnan(both)]
    return len(both) > 0 and (bool(np.ptp(both) > 0) or len(both) < 2 * len(a))


def student(probability: float, freedom: int) -> float:
    """Quantile of Student's distribution (Fisher's expansion; error below 0.01 from 4 degrees of freedom on)."""
    z = NormalDist().inv_cdf(probability)
    f = max(1, freedom)
    return (
        z
        + (z**3 + z) / (4 * f)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * f**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * f**3)
    )


def paired_interval(a: np.ndarray, b: np.ndarray, event: bool, level: float = LEVEL) -> tuple[float, float, float]:
    """Mean of b - a and its interval at `level`; for an event a and b are 0 or 1."""
    n, d = len(a), b - a
    if n < 2:
        return (float(d.mean()) if n else nan), nan, nan
    upper = 1 - (1 - level) / 2
    if event:
        up, down, whole = float((d > 0).sum()) + 0.5, float((d < 0).sum()) + 0.5, n + 2.0
        middle = (up - down) / whole
        half = NormalDist().inv_cdf(upper) * sqrt(max(0.0, up + down - (up - down) ** 2 / whole)) / whole
        return float(d.mean()), max(-1.0, middle - half), min(1.0, middle + half)
    half = student(upper, n - 1) * float(d.std(ddof=1)) / sqrt(n)
    return float(d.mean()), float(d.mean()) - half, float(d.mean()) + half


def _outcome(name: str, kind: str, a: np.ndarray, b: np.ndarray, looked_at: int) -> Outcome:
    both = ~(np.isnan(a) | np.isnan(b))
    same: np.ndarray = (a == b) | (np.isnan(a) & np.isnan(b))
    changed = 1.0 - float(same.mean())
    x, y = a[both], b[both]
    event = kind == "event"
    difference, low, high = paired_interval(x, y, event)
    _, wide_low, wide_high = paired_interval(x, y, event, 1 - (1 - LEVEL) / looked_at)
    paired = float((y - x).var(ddof=1)) if len(x) > 1 else nan
    apart = float(x.var(ddof=1) + y.var(ddof=1)) if len(x) > 1 else nan
    return Outcome(
        name=name,
        kind=kind,
        n=len(x),
        base=float(x.mean()) if len(x) else nan,
        patched=float(y.mean()) if len(x) else nan,
        difference=difference,
        low=low,
        high=high,
        changed=changed,
        ratio=apart / paired if paired > 0 and apart > 0 else nan,
        sure=changed > 0 and len(x) >= 10 and (wide_low > 0 or wide_high < 0),
    )


# ---------------------------------------------------------------------- where the worlds part


def _parting(base: Scenario, patched: Scenario, one: State, two: State, seed: int) -> Parting:
    entry = _first_entry(base, patched, one, two)
    state = _first_state(base, patched, one, two)
    if entry and (not state or entry[0] <= state[0]):
        world, state_of, row = (base, one, entry[2]) if entry[1] == 0 else (patched, two, entry[2])
        teller = Teller(Cast.of(world), unit_infos(world, state_of))
        event = teller.events(state_of.chronicle[row : row + 1])[0]
        return Parting(seed, entry[0], f"only {('in the base', 'with the patch')[entry[1]]}: {event.text}")
    return Parting(seed, *state) if state else Parting(seed, -1, "the worlds never part")


def _first_entry(base: Scenario, patched: Scenario, one: State, two: State) -> tuple[int, int, int] | None:
    """Hour, world and row of the first entry of the chronicles that the other world lacks in that hour."""
    keys = _keys(base, one), _keys(patched, two)
    length = min(len(keys[0]), len(keys[1]))
    unlike = (keys[0][:length] != keys[1][:length]).any(axis=1)
    at = int(np.argmax(unlike)) if unlike.any() else length
    if at == len(keys[0]) == len(keys[1]):
        return None
    hour = min(int(key[at, 0]) for key in keys if at < len(key))
    same_hour = [[tuple(row) for row in key[key[:, 0] == hour].tolist()] for key in keys]
    for world in (1, 0):  # what the patch adds is told first
        others = Counter(same_hour[1 - world])
        for row, key in enumerate(same_hour[world]):
            others[key] -= 1
            if others[key] < 0:
                return hour, world, int(np.argmax(keys[world][:, 0] == hour)) + row
    world = 0 if at < len(keys[0]) and int(keys[0][at, 0]) == hour else 1  # the same entries in another order
    return hour, world, at


def _keys(scenario: Scenario, state: State) -> np.ndarray:
    """The chronicle with hashes of ids in place of rows, which patches may shift; int64 [entries, 10]."""
    told = state.chronicle[: int(state.counts[N_EVENTS])]
    ids = np.append(state.units["id"].view(np.int64), -1)  # row -1: nobody
    orders = np.array([*(hash_id(name) for name in scenario.order_ids), 0], np.uint64).view(np.int64)
    other = told["other"].astype(np.int64)
    ordered = np.isin(told["kind"], (E_ORDERED, E_ARRIVES)) & (other >= 0) & (other < len(orders))
    other[ordered] = orders[other[ordered]]
    columns = [told["hour"], told["kind"], ids[told["who"]], told["where"], ids[told["whom"]], other]
    columns += [told["n1"], told["n2"], told["n3"], told["x"].view(np.int32)]
    return np.stack([column.astype(np.int64) for column in columns], axis=1)


def _first_state(base: Scenario, patched: Scenario, one: State, two: State) -> tuple[int, str] | None:
    """The first row of the traces in which a unit of both worlds differs, or a unit of one stands in the field."""
    rows = [{int(state.units["id"][k]): k for k in range(int(state.counts[N_UNITS]))} for state in (one, two)]
    shared = [name for name in rows[0] if name in rows[1]]
    left, right = (state.trace[:, [rows[world][name] for name in shared]] for world, state in ((0, one), (1, two)))
    found: list[tuple[int, int, str]] = []
    differs = left["status"] != right["status"]
    fields = {name: left[name] != right[name] for name in TRACED}
    for unlike in fields.values():
        differs = differs | (unlike & (left["status"] == FIELD))
    if differs.any():
        row = int(np.argmax(differs.any(axis=1)))
        unit = int(np.argmax(differs[row]))
        name = next((name for name in TRACED if fields[name][row, unit]), "status")
        found.append((row, 0, f"{_unit_name(base, shared[unit])}: {WORDS.get(name, name)}"))
    for world, state, scenario in ((0, one, base), (1, two, patched)):
        own = [row for name, row in rows[world].items() if name not in rows[1 - world]]
        if own:
            there = state.trace["status"][:, own] == FIELD
            if there.any():
                row = int(np.argmax(there.any(axis=1)))
                unit = int(state.units["id"][own[int(np.argmax(there[row]))]])
                found.append((row, 1, f"{_unit_name(scenario, unit)} stands in the field in one world only"))
    if not found:
        return None
    row, _, what = min(found)
    return row * TRACE_H, what


def _unit_name(scenario: Scenario, hashed: int) -> str:
    known = {int(hash_id(name)): name for name in scenario.unit_ids}
    names = {unit.id: unit.name for unit in scenario.data.units}
    return names.get(known.get(hashed, ""), "a detachment born in the run")
