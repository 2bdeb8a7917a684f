"""Causes are causes: change one thing, keep all luck that it does not touch, and see what comes of it.

Seeds are paired: run n of a changed war has the luck of run n of the war as it was. The replay itself comes last.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

import sim
from sim.campaign import advance
from sim.history import score, windows
from sim.muster import FIELD
from sim.scenario import Scenario
from sim.state import N_HOLDINGS, OVERFLOW, TRACE_H, State, new_state

PAIRS = 120
SEEDS = 200
WHITE = 1
DAY = 24
KM_LON, KM_LAT = 111.32, 111.13


@dataclass(frozen=True)
class War:
    """What many runs of one war came to; arrays have one entry a seed, nan: did not happen."""

    hours: dict[str, np.ndarray]  # of the documented events
    town_lost: np.ndarray  # whether Troitskosavsk fell to the Whites
    away: np.ndarray  # share of Ungern's and Rezukhin's men in the field far from the Selenga on 25 July
    mutiny: np.ndarray  # hour of the first mutiny


def town_lost(scenario: Scenario, state: State) -> bool:
    changes = state.holdings[: state.counts[N_HOLDINGS]]
    place = scenario.place_ids.index("troitskosavsk")
    return bool(((changes["place"] == place) & (changes["side"] == WHITE)).any())


def away(scenario: Scenario, state: State) -> float:
    """Of the men with whom the two brigades took the field, the share more than 60 km from Akhai-gun on 25 July."""
    units = scenario.tables.units0[: scenario.tables.n_units]
    brigades = [scenario.command_ids.index("ungern"), scenario.command_ids.index("rezukhin")]
    first = float(units["men"][np.isin(units["command"], brigades)].sum())
    day = (scenario.data.header.hour(scenario.data.header.start.replace(month=7, day=25))) // TRACE_H
    trace, here = state.trace[day], scenario.tables.places[scenario.place_ids.index("akhai_gun")]
    x = (trace["lon"] - here["lon"]) * KM_LON * np.cos(np.radians(here["lat"]))
    y = (trace["lat"] - here["lat"]) * KM_LAT
    far = np.hypot(x, y) > 60.0
    theirs = np.isin(trace["command"], brigades) & (state.units["side"] == WHITE) & (trace["status"] == FIELD)
    return float(trace["men"][far & theirs].sum()) / first


@cache
def war(*changes: str, runs: int = PAIRS) -> War:
    """Play a changed war with seeds 0, 1, 2, ..."""
    scenario = sim.load(settings=changes)

    def one(seed: int) -> tuple[dict[str, float], bool, float, float]:
        state = new_state(scenario.tables, seed)
        advance(scenario.tables, state, 0, scenario.hours)
        assert state.counts[OVERFLOW] == 0
        risen = state.commands["mutiny_h"][state.commands["mutiny_h"] >= 0]
        mutiny = float(risen.min()) if len(risen) else float("nan")
        return score(scenario, state), town_lost(scenario, state), away(scenario, state), mutiny

    one(0)  # compiled and prepared before threads begin
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(one, range(runs)))
    hours = {name: np.array([hours[name] for hours, *_ in found], float) for name in found[0][0]}
    return War(
        hours,
        np.array([one[1] for one in found]),
        np.array([one[2] for one in found]),
        np.array([one[3] for one in found]),
    )


def median_interval(differences: np.ndarray) -> tuple[float, float]:
    """95 % interval of the median by resampling, the same each time."""
    rng = np.random.default_rng(0)
    picks = differences[rng.integers(0, len(differences), (2000, len(differences)))]
    low, high = np.percentile(np.median(picks, axis=1), [2.5, 97.5])
    return float(low), float(high)


def mean_interval(differences: np.ndarray) -> tuple[float, float]:
    """95 % interval of the mean."""
    half = 1.96 * float(differences.std(ddof=1)) / len(differences) ** 0.5
    return float(differences.mean()) - half, float(differences.mean()) + half


def days_later(event: str, changed: War, base: War) -> np.ndarray:
    """Days by which an event comes later, in the pairs in which it comes in both."""
    both = ~np.isnan(changed.hours[event]) & ~np.isnan(base.hours[event])
    return (changed.hours[event] - base.hours[event])[both] / DAY


def test_weak_reds_lose_troitskosavsk() -> None:
    weak = war("sides.Red.strength=0.25")
    assert weak.town_lost.mean() > 0.5
    assert mean_interval(weak.town_lost.astype(float) - war().town_lost)[0] > 0.1


def test_later_advance_takes_urga_later() -> None:
    """An Urga that never falls counts as one that falls after the end."""
    late, base = war("orders.advance-cavalry.shift_days=14"), war()
    never = 1e9
    differences = (np.nan_to_num(late.hours["urga"], nan=never) - np.nan_to_num(base.hours["urga"], nan=never)) / DAY
    assert np.median(differences) >= 10.0


def test_without_grievance_no_mutiny() -> None:
    content, base = war("rules.mutiny.grievance=0"), war()
    assert np.isnan(content.mutiny).mean() >= 0.8
    assert np.isnan(base.mutiny).mean() < 0.2


def test_slow_horses_keep_whites_on_the_selenga() -> None:
    slow, base = war("sides.White.pace=0.5", "from=1921-07-10"), war()
    low, high = mean_interval(slow.away - base.away)
    assert high < 0.0, (low, high)
    assert slow.away.mean() < base.away.mean() - 0.1


def test_slow_horses_change_nothing_before_they_are_slow() -> None:
    slow, base = war("sides.White.pace=0.5", "from=1921-07-10"), war()
    assert np.array_equal(slow.hours["urga"], base.hours["urga"], equal_nan=True)
    assert np.array_equal(slow.town_lost, base.town_lost)


def test_blind_reds_turn_the_raid_back_later() -> None:
    """A raid that never turns back counts as one that turns back after the end."""
    blind, base = war("sides.Red.scouting=0"), war()
    differences = days_later("turn-back", blind, base)
    assert len(differences) >= 100
    assert np.median(differences) > 0.0
    assert median_interval(differences)[0] > 0.0, median_interval(differences)


def test_placebo_hardly_any_mutiny_before_august() -> None:
    scenario = sim.load()
    august = scenario.data.header.hour(scenario.data.header.start.replace(month=8, day=1))
    assert (war().mutiny < august).mean() <= 0.10


def test_replay_meets_its_measure() -> None:
    """Near-given events in 90 % of runs, eight emergent ones in 75 %, each in 40 %. These rows were tuned to."""
    replay = war(runs=SEEDS).hours
    shares: dict[str, dict[str, float]] = {"G": {}, "E": {}}
    for name, window in windows(sim.load()).items():
        within = (replay[name] >= window.from_h) & (replay[name] < window.to_h)
        shares[window.event.group][name] = float(within.mean())
    assert min(shares["G"].values()) >= 0.90, shares["G"]
    assert sum(share >= 0.75 for share in shares["E"].values()) >= 8, shares["E"]
    assert min(shares["E"].values()) >= 0.40, shares["E"]


@pytest.mark.parametrize("runs", [3])
def test_paired_seeds_share_their_luck(runs: int) -> None:
    """A change that changes nothing gives the same wars."""
    same, base = war("sides.White.pace=1.0", "from=1921-07-10", runs=runs), war(runs=runs)
    for name in base.hours:
        assert np.array_equal(same.hours[name], base.hours[name], equal_nan=True), name
