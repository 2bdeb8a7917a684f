"""Sweeps: factors by grid, Latin hypercube or Sobol points, times seeds, into a store that can be gone on with.

A factor is a key that a patch may set (`sides.White.strength`, `rules.battle.lethality`); a point sets all of them.
Every point is played on the same seeds, so points are compared on the same dice. Work is cut into the store's parts:
they are played in threads here, or on a Dask cluster, and the rows are the same.
"""

from __future__ import annotations

import itertools
import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from math import nan
from pathlib import Path
from typing import Any, cast

import numpy as np

import sim
from sim.errors import OptionError, suggest
from sim.experiment.refreeze import patched, plain
from sim.experiment.store import Store, open_store
from sim.experiment.threads import thread_count, unordered
from sim.history import score_of
from sim.history.reader import Reader
from sim.luck import check_seed
from sim.patch import canonical, known_keys
from sim.runs import balance, outcome_of, play
from sim.scenario import Scenario, load

METHODS = ("grid", "lhs", "sobol")
PARTS_WANTED, PART_LEAST, PART_MOST = 200, 10, 1000  # a study has about so many parts, of so many runs
CLUSTER_WAIT_S = 10
WORLDS_KEPT = 8  # of the points that are being played
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Factor:
    """A key of a patch and what it may be: `values`, or low..high with `steps` values on a grid; whole: integers."""

    key: str
    low: float = nan
    high: float = nan
    steps: int = 5
    values: tuple[float, ...] = ()
    whole: bool = False

    def grid(self) -> tuple[float, ...]:
        """The values on a grid."""
        spread = self.values or tuple(float(x) for x in np.linspace(self.low, self.high, self.steps))
        return tuple(float(round(x)) for x in spread) if self.whole else spread

    def at(self, share: float) -> float:
        """The value at a share 0..1 of the range; of listed values the one that falls to it."""
        if self.values:
            return float(self.values[min(len(self.values) - 1, int(share * len(self.values)))])
        value = self.low + share * (self.high - self.low)
        return float(round(value)) if self.whole else float(value)


def sweep(
    scenario: Scenario,
    factors: Sequence[Factor] | Mapping[str, Any],
    seeds: Iterable[int] | int,
    store: str | Path,
    method: str = "grid",
    points: int = 64,
    design_seed: int = 1,
    threads: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Store:
    """Play every point on every seed and keep the rows; what the store holds already is not played again.

    factors: Factor objects, or key -> (low, high), list of values, or table of Factor's fields. method: one of METHODS;
    points: of an lhs or sobol design (of sobol a power of 2), whose luck comes from design_seed. threads: runs at a
    time. cluster: address of a Dask
    scheduler, or `local:N` for N processes. progress: called with the runs done and all. A run that fails is a row
    with its error. Raises OptionError, PatchError, StoreError before anything is played.
    """
    wanted = tuple(range(seeds)) if isinstance(seeds, int) else tuple(int(seed) for seed in seeds)
    for seed in wanted:
        check_seed(seed)
    if not wanted or len(set(wanted)) < len(wanted):
        raise OptionError("seeds: at least one is needed, and none twice")
    thread_count(threads)
    known = [one if isinstance(one, Factor) else factor(*one) for one in _listed(factors)]
    check_factors(scenario, known)
    study = _study(scenario, known, wanted, design(known, method, points, design_seed), method)
    opened = open_store(store, study)
    missing = opened.missing()
    done = opened.runs - sum(len(opened.span(part)) for part in missing)
    if progress:
        progress(done, opened.runs)
    if missing:
        work = partial(play_part, json.dumps(opened.study))
        spans = [(part, opened.span(part).start, opened.span(part).stop) for part in missing]
        results = _on_cluster(cluster, work, spans) if cluster else unordered(work, spans, threads)
        for part, played in results:
            opened.write(part, _frame(opened.study, played))
            done += len(opened.span(part))
            if progress:
                progress(done, opened.runs)
    return opened


def _listed(factors: Sequence[Factor] | Mapping[str, Any]) -> list[Any]:
    return list(factors.items()) if isinstance(factors, Mapping) else list(factors)


def factor(key: str, given: Any) -> Factor:
    """A factor for a key from what is given: (low, high), a list of three values or more, or a table.

    Raises OptionError.
    """
    try:
        if isinstance(given, Mapping):
            table = dict(cast("Mapping[str, Any]", given))
            table["values"] = tuple(float(x) for x in table.get("values", ()))
            made = Factor(key, **table)
        elif isinstance(given, tuple) and len(cast("tuple[Any, ...]", given)) == 2:
            low, high = cast("tuple[Any, Any]", given)
            made = Factor(key, float(low), float(high))
        else:
            made = Factor(key, values=tuple(float(x) for x in cast("Iterable[Any]", given)))
    except (TypeError, ValueError):
        raise OptionError(
            f"factor {key!r} = {given!r}: wanted are low and high (and steps, whole), or values"
        ) from None
    if not made.values and not made.low < made.high:
        raise OptionError(f"factor {key!r}: low {made.low:g} is not below high {made.high:g}")
    if made.steps < 2:
        raise OptionError(f"factor {key!r}: steps is {made.steps}, but must be at least 2")
    return made


def check_factors(scenario: Scenario, factors: Sequence[Factor]) -> None:
    """Raise OptionError or PatchError for a factor that does not exist, stands twice or leaves its bounds."""
    if not factors:
        raise OptionError("a sweep needs at least one factor")
    keys = known_keys(scenario.data, scenario.plan)
    for one in factors:
        if one.key not in keys:
            raise OptionError(f"factor {one.key!r} does not exist{suggest(one.key, keys)}")
        if sum(other.key == one.key for other in factors) > 1:
            raise OptionError(f"factor {one.key!r} stands twice")
        spread = one.grid()
        if one.key.startswith("rules."):
            bounds = scenario.data.rules[one.key.removeprefix("rules.")]
            if min(spread) < bounds.low or max(spread) > bounds.high:
                raise OptionError(
                    f"factor {one.key!r}: {min(spread):g} to {max(spread):g} leaves its bounds "
                    f"{bounds.low:g} to {bounds.high:g} of rules.toml"
                )
        for value in (min(spread), max(spread)):
            load(scenario.data, plan=scenario.plan, patches=[{"set": {one.key: plain(value)}}])


def design(factors: Sequence[Factor], method: str, points: int, seed: int) -> list[list[float]]:
    """Points of a design, float [points, factors]; a grid has as many points as its steps give.

    method: one of METHODS; seed: of the luck of lhs and sobol. Raises OptionError.
    """
    if method not in METHODS:
        raise OptionError(f"method {method!r} is unknown{suggest(method, METHODS)}; known: {', '.join(METHODS)}")
    if method == "grid":
        return [list(point) for point in itertools.product(*(one.grid() for one in factors))]
    if points < 1 or (method == "sobol" and points & (points - 1)):
        raise OptionError(f"points is {points}, but must be {'a power of 2' if method == 'sobol' else 'at least 1'}")
    try:
        from scipy.stats import qmc
    except ImportError:
        raise OptionError("designs by lhs and sobol need scipy: pip install 'urga[studies]'") from None
    luck = np.random.default_rng(seed)
    if method == "lhs":
        shares = qmc.LatinHypercube(len(factors), rng=luck).random(points)
    else:
        shares = qmc.Sobol(len(factors), rng=luck).random_base2(points.bit_length() - 1)
    return [[one.at(float(share)) for one, share in zip(factors, row, strict=True)] for row in shares]


def _study(
    scenario: Scenario, factors: Sequence[Factor], seeds: Sequence[int], points: list[list[float]], method: str
) -> dict[str, Any]:
    """What makes a study: two studies with equal tables of this kind have equal rows."""
    columns = list(results_of(Reader(scenario, play(scenario, seeds[0]))))
    runs = len(points) * len(seeds)
    return {
        "version": sim.__version__,
        "engine": sim.engine_hash(),
        "scenario": str((scenario.data.base or scenario.data).path),
        "plan": scenario.plan,
        "patches": [canonical(patch) for patch in scenario.data.patches],
        "hash": scenario.hash,
        "method": method,
        "factors": [one.key for one in factors],
        "points": points,
        "seeds": list(seeds),
        "columns": columns,
        "part": max(PART_LEAST, min(PART_MOST, runs // PARTS_WANTED)),
    }


# ---------------------------------------------------------------------- playing


@dataclass(frozen=True)
class Part:
    """Runs of one part: their numbers, their outcomes float64 [runs, columns] (nan: did not occur), errors or None."""

    runs: range
    values: np.ndarray
    errors: list[str | None]


def play_part(study: str, span: tuple[int, int, int]) -> tuple[int, Part]:
    """Play the runs of one part: (part, what it holds). A function of plain values, so that any process can do it."""
    part, first, last = span
    told, _ = _ready(study)
    seeds, names = told["seeds"], told["columns"]
    values = np.full((last - first, len(names)), nan)
    errors: list[str | None] = []
    for row, number in enumerate(range(first, last)):
        found, error = _play(_world(study, number // len(seeds)), seeds[number % len(seeds)])
        errors.append(error)
        values[row] = [found.get(name, nan) for name in names]
    return part, Part(range(first, last), values, errors)


@lru_cache(maxsize=2)
def _ready(study: str) -> tuple[dict[str, Any], Scenario]:
    told = json.loads(study)
    base = load(told["scenario"], plan=told["plan"], patches=told["patches"])
    if base.hash != told["hash"] or sim.engine_hash() != told["engine"]:
        raise OptionError(f"{told['scenario']}: this is not the scenario or engine that the study was begun with")
    return told, base


@lru_cache(maxsize=WORLDS_KEPT)
def _world(study: str, point: int) -> Scenario | str:
    """The scenario at a point, or why it cannot be made; the parts of one point share it."""
    told, base = _ready(study)
    try:
        return patched(base, dict(zip(told["factors"], told["points"][point], strict=True)))
    except Exception as error:
        return _said(error)


def _play(world: Scenario | str, seed: int) -> tuple[dict[str, float], str | None]:
    if isinstance(world, str):
        return {}, world
    try:
        state = play(world, seed)
        if balance(state, world).any():
            raise RuntimeError("the books do not balance")
        return results_of(Reader(world, state)), None
    except Exception as error:
        return {}, _said(error)


def results_of(reader: Reader) -> dict[str, float]:
    """What a study keeps of a run: event_h.<id>, hours of the documented events, and `sim.runs.outcome_of`."""
    hours = {f"event_h.{name}": hour for name, hour in score_of(reader).items()}
    return {**hours, **outcome_of(reader)}


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _frame(study: dict[str, Any], part: Part) -> Any:
    import polars as pl

    seeds, points = study["seeds"], [number // len(study["seeds"]) for number in part.runs]
    factors = np.array([study["points"][point] for point in points], np.float64)
    numbers = np.hstack((factors, part.values)).T
    return pl.DataFrame(
        [
            pl.Series("run", part.runs, dtype=pl.Int64),
            pl.Series("point", points, dtype=pl.Int32),
            pl.Series("seed", [seeds[number % len(seeds)] for number in part.runs], dtype=pl.UInt64),
            *map(_numbers, (*study["factors"], *study["columns"]), numbers),
            pl.Series("error", part.errors, dtype=pl.String),
        ]
    )


def _numbers(name: str, values: np.ndarray) -> Any:
    import polars as pl

    return pl.Series(name, np.ascontiguousarray(values), nan_to_null=True)


def _on_cluster(address: str, work: Callable[[Any], Any], spans: Sequence[Any]) -> Iterator[Any]:
    """Results from a Dask cluster as they come; a part whose worker is lost is played again elsewhere."""
    try:
        from distributed import Client, LocalCluster, as_completed
    except ImportError:
        raise OptionError("a cluster needs Dask: pip install 'urga[cluster]'") from None
    local, _, count = address.partition(":")
    if local == "local":
        if not count.isdigit() or int(count) < 1:
            raise OptionError(f"cluster {address!r}: wanted is local:N with N processes, or an address host:port")
        there: Any = LocalCluster(n_workers=int(count), threads_per_worker=1, dashboard_address=None)  # pyright: ignore
    else:
        there = address
    try:
        client: Any = Client(there, timeout=CLUSTER_WAIT_S)
    except (OSError, TimeoutError, ValueError) as error:
        said = " ".join(str(error).split())[:120]
        raise OptionError(f"cluster {address!r} does not answer: {said}") from None
    try:
        waiting = iter(spans)
        room = max(4, 3 * sum(client.nthreads().values()))
        send = partial(client.submit, work, pure=False, retries=3)
        open_: Any = as_completed([send(span) for span in itertools.islice(waiting, room)])
        for future in open_:
            yield future.result()
            future.release()
            for span in itertools.islice(waiting, 1):
                open_.add(send(span))
    finally:
        client.close()
        if local == "local":
            there.close()


# ---------------------------------------------------------------------- the study file


@dataclass(frozen=True)
class Study:
    """A study file: what to sweep.

    scenario: with its plan and patches; factors, seeds, method, points and design_seed as for `sweep`; outcome: that of
    the figure, empty: none.
    """

    scenario: Scenario
    factors: tuple[Factor, ...]
    seeds: tuple[int, ...]
    method: str
    points: int
    design_seed: int
    outcome: str


STUDY_KEYS = ("title", "scenario", "plan", "patches", "set", "seeds", "method", "points", "design_seed", "outcome")


def read_study(path: str | Path) -> Study:
    """Read a study file. Raises OptionError naming the file and the key."""
    file = Path(path)
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise OptionError(f"{file}: cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"{file}: is no TOML: {error}") from None
    for key in raw:
        if key not in (*STUDY_KEYS, "factors"):
            raise OptionError(f"{file.name}: unknown key {key!r}{suggest(key, (*STUDY_KEYS, 'factors'))}")
    if not isinstance(raw.get("factors"), dict):
        raise OptionError(f"{file.name}: [factors] is missing: a key of a patch and its range on each line")
    seeds: Any = raw.get("seeds", 100)
    listed = cast("list[Any]", seeds) if isinstance(seeds, list) else [seeds]
    if not all(isinstance(seed, int) and not isinstance(seed, bool) for seed in listed):
        raise OptionError(f"{file.name}: seeds = {seeds!r}: wanted is a number of seeds or a list of them")
    patches: list[Any] = list(raw.get("patches", []))
    if raw.get("set"):
        patches.append({"set": raw["set"]})
    for key in ("points", "design_seed"):
        if key in raw and (isinstance(raw[key], bool) or not isinstance(raw[key], int)):
            raise OptionError(f"{file.name}: {key} = {raw[key]!r}: a whole number is wanted")
    ranges: list[Factor] = []
    for key, given in cast("dict[str, Any]", raw["factors"]).items():
        pair = isinstance(given, list) and len(cast("list[Any]", given)) == 2
        ranges.append(factor(key, tuple(cast("list[Any]", given)) if pair else given))
    return Study(
        scenario=load(raw.get("scenario", "mongolia_1921"), plan=raw.get("plan"), patches=patches),
        factors=tuple(ranges),
        seeds=tuple(range(seeds)) if isinstance(seeds, int) else tuple(listed),
        method=str(raw.get("method", "grid")),
        points=int(raw.get("points", 64)),
        design_seed=int(raw.get("design_seed", 1)),
        outcome=str(raw.get("outcome", "")),
    )
