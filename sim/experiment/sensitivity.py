"""Which uncertain parameters matter: Morris screening and Sobol indices by SALib, with intervals.

`screen` (Morris 1991; mu* of Campolongo et al. 2007) tells what can be left alone for few runs; `indices` (Sobol 1993,
estimators of Saltelli et al. 2010) divide the variance of an outcome among the parameters for many more. Both take any
function of a table of points, so that the published answer for the Ishigami function comes from the code that judges
the campaign; `campaign` makes such a function of a scenario. Parameters whose intervals overlap share a rank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from math import isnan, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import OptionError, suggest
from sim.experiment.refreeze import patched
from sim.experiment.store import shares_of
from sim.experiment.sweep import Factor, check_factors, results_of
from sim.experiment.threads import unordered
from sim.history.reader import Reader
from sim.runs import play
from sim.scenario import Scenario

if TYPE_CHECKING:
    import polars

    from sim.experiment.ensemble import Progress

Function = Callable[[np.ndarray], np.ndarray]
"""float64 [points, factors] -> float64 [points]."""
Range = tuple[str, float, float]
"""Name, low, high."""


@dataclass(frozen=True)
class Index:
    """A measure of one parameter (name) with its value and 95 % interval low..high, in the measure's own unit.

    rank: 1 for the largest; those that cannot be told apart from a larger one share its rank.
    """

    measure: str
    name: str
    value: float
    low: float
    high: float
    rank: int


def table(found: Iterable[Index]) -> polars.DataFrame:
    """Polars frame, a row an index that was found: measure, name, value, low, high, rank."""
    import polars

    return polars.DataFrame([one.__dict__ for one in found])


def screen(function: Function, ranges: Sequence[Range], trajectories: int = 20, seed: int = 1) -> tuple[Index, ...]:
    """Morris screening by (len(ranges) + 1) * trajectories points: mu*, the mean absolute effect over the range.

    function: float64 [points, parameters] -> float64 [points], for instance what `campaign` gives; seed: of the design,
    1 or more. Morris (1991), mu* after Campolongo et al. (2007), by SALib. Raises OptionError.
    """
    _check(ranges, seed)
    if trajectories < 2:
        raise OptionError(f"trajectories is {trajectories}, but must be at least 2")
    sampler, analyzer = _salib("morris")
    problem = _problem(ranges)
    points = sampler.sample(problem, trajectories, num_levels=4, seed=seed)
    values = _values(function, points)
    found: Any = analyzer.analyze(problem, points, values, num_levels=4, seed=seed)
    return _ranked("mu*", [name for name, _, _ in ranges], found["mu_star"], found["mu_star_conf"])


def indices(function: Function, ranges: Sequence[Range], base: int = 256, seed: int = 1) -> tuple[Index, ...]:
    """Sobol indices of first order and total by (len(ranges) + 2) * base points; base is a power of 2.

    function and seed as for `screen`. Sobol (2001), Saltelli et al. (2010), by SALib. Raises OptionError.
    """
    _check(ranges, seed)
    if base < 2 or base & (base - 1):
        raise OptionError(f"base is {base}, but must be a power of 2")
    sampler, analyzer = _salib("sobol")
    problem = _problem(ranges)
    points = sampler.sample(problem, base, calc_second_order=False, seed=seed)
    values = _values(function, points)
    if float(np.ptp(values)) == 0:
        raise OptionError("the outcome is the same at every point: there is no variance to divide")
    found: Any = analyzer.analyze(problem, values, calc_second_order=False, seed=seed)
    names = [name for name, _, _ in ranges]
    first = _ranked("first order", names, found["S1"], found["S1_conf"])
    return first + _ranked("total", names, found["ST"], found["ST_conf"])


def campaign(
    scenario: Scenario,
    ranges: Sequence[Range],
    outcome: str,
    seeds: Iterable[int] = range(10),
    threads: int | None = None,
    progress: Progress | None = None,
) -> Function:
    """The mean of an outcome over the same seeds at each point; the rest of the scenario stays as it is.

    outcome: as in `sim.experiment.sweep.results_of`, or `event.<id>` and `fell.<place>`: the share of runs in which it
    occurred.
    ranges: (key, low, high), one a column of the points; threads: runs at a time; progress: called with the points done
    and all. Runs without the outcome are left out of the mean. Raises OptionError for what the scenario does not
    declare.
    """
    check_factors(scenario, [Factor(name, low, high) for name, low, high in ranges])
    dice = tuple(seeds)
    if not dice:
        raise OptionError("seeds: at least one is needed")
    known = results_of(Reader(scenario, play(scenario, dice[0])))
    shares = shares_of(known)
    if outcome not in known and outcome not in shares:
        raise OptionError(f"there is no outcome {outcome!r}{suggest(outcome, [*known, *shares])}")
    told = shares.get(outcome, outcome)
    names = [name for name, _, _ in ranges]

    def mean(item: tuple[int, np.ndarray]) -> tuple[int, float]:
        row, point = item
        world = patched(scenario, dict(zip(names, point.tolist(), strict=True)))
        found = np.array([results_of(Reader(world, play(world, seed)))[told] for seed in dice])
        if outcome in shares:
            return row, float(np.mean(~np.isnan(found)))
        found = found[~np.isnan(found)]
        return row, float(found.mean()) if len(found) else nan

    def function(points: np.ndarray) -> np.ndarray:
        values = np.full(len(points), nan)
        for done, (row, value) in enumerate(unordered(mean, enumerate(points), threads), 1):
            values[row] = value
            if progress:
                progress(done, len(points))
        return values

    return function


def uncertain(scenario: Scenario, section: str = "") -> tuple[Range, ...]:
    """The scenario's declared uncertain parameters (low below high), or those of one section of rules.toml.

    Switches, which choose between rules, are none.
    Raises OptionError for a section that is not there.
    """
    rules = scenario.data.rules
    sections = sorted({name.partition(".")[0] for name in rules})
    if section and section not in sections:
        raise OptionError(f"rules.toml has no section {section!r}{suggest(section, sections)}")
    return tuple(
        (f"rules.{name}", rule.low, rule.high)
        for name, rule in rules.items()
        if rule.low < rule.high and rule.unit != "switch" and (not section or name.startswith(f"{section}."))
    )


def _check(ranges: Sequence[Range], seed: int) -> None:
    if seed < 1:
        raise OptionError(f"seed {seed}: SALib takes 0 for no seed, so a design's seed is 1 or more")
    if not ranges:
        raise OptionError("at least one range is needed")
    for name, low, high in ranges:
        if not low < high:
            raise OptionError(f"{name}: low {low:g} is not below high {high:g}")


def _salib(method: str) -> tuple[Any, Any]:
    """SALib's sampler and analyzer of a method."""
    try:
        return import_module(f"SALib.sample.{method}"), import_module(f"SALib.analyze.{method}")
    except ImportError:
        raise OptionError("sensitivity needs SALib: pip install 'urga[studies]'") from None


def _problem(ranges: Sequence[Range]) -> dict[str, Any]:
    return {
        "num_vars": len(ranges),
        "names": [name for name, _, _ in ranges],
        "bounds": [[low, high] for _, low, high in ranges],
    }


def _values(function: Function, points: np.ndarray) -> np.ndarray:
    values = np.asarray(function(points), np.float64)
    holes = int(np.isnan(values).sum())
    if holes:
        raise OptionError(f"the outcome did not occur at {holes} of {len(points)} points: choose one that always does")
    return values


def _ranked(measure: str, names: Sequence[str], values: Iterable[float], halves: Iterable[float]) -> tuple[Index, ...]:
    """In falling order; a rank is only given up when the interval lies below that of every larger index."""
    found = [(float(value), 0.0 if isnan(half) else float(half)) for value, half in zip(values, halves, strict=True)]
    order = sorted(range(len(names)), key=lambda k: (-found[k][0], names[k]))
    ranked: list[Index] = []
    rank, floor = 1, float("inf")
    for position, k in enumerate(order, 1):
        value, half = found[k]
        if value + half < floor:
            rank = position
        floor = min(floor, value - half)
        ranked.append(Index(measure, names[k], value, value - half, value + half, rank))
    return tuple(ranked)
