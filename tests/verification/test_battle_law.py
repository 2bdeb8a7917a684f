"""Battle: the classical laws out of the kernel's exponents, in closed form, and what doubling all strengths does.

The kernel's own law between them is held against its integral in `tests/test_battle_rule.py`. Here two units of the
tiny scenario fight at one place, through the public interface, from midnight to four in the afternoon: before
supply, desertion and the day's change of cohesion come in.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import tiny_kit as kit

import sim
from sim.scenario import Scenario
from sim.scenario_files import ScenarioData

HOURS = 16
FIRING = 0.55 + 0.45 * (0.55 + 0.35 * 0.8)  # share of men who fire, at the cohesion of a faction of loyalty 0.8
WORTH = sum(1.0 - 0.3 * (0.1 + 0.015 * hour) for hour in range(HOURS))
"""Hours in which troops who never tire do as much: fatigue is 0.1 at first and rises by 0.015 an hour."""
NO_LUCK = (
    *(f"rules.battle.{name}=0" for name in ("noise", "quality_spread", "break_rate", "rounds_h")),
    *(f"rules.battle.{name}=1" for name in ("meeting", "hasty", "prepared", "town", "surprise", "night", "wooded")),
    "rules.battle.rain=1",
    "rules.battle.frontage_men=1e9",
    "rules.command.accept_odds=0",
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> ScenarioData:
    return kit.read(tmp_path_factory.mktemp("law"))


def duel(
    data: ScenarioData,
    men: tuple[int, int],
    settings: tuple[str, ...],
    mg: tuple[int, int] = (0, 0),
    guns: tuple[int, int] = (0, 0),
) -> Scenario:
    """Two units of equal worth at the crossroads, without orders."""
    units = [
        kit.row(
            data,
            name,
            place="crossroads",
            enter=None,
            men=men[side],
            horses=0,
            mg=mg[side],
            guns=guns[side],
            pack_guns=0,
            quality=1.0,
            rounds=120.0,
            shells=80.0,
        )
        for side, name in enumerate(("port_foot", "garrison_foot"))
    ]
    return sim.load(kit.with_units(data, units), plan=kit.NO_ORDERS, settings=settings)


def men_by_hour(scenario: Scenario, seed: int = 0) -> np.ndarray:
    """Men of both sides after 0, 1, ... hours of battle, int64 [HOURS + 1, 2]."""
    run = sim.run(scenario, seed, record=True)
    assert run.record is not None
    sides = [next(unit.index for unit in run.units if unit.side == side) for side in (0, 1)]
    return run.record["men"][: HOURS + 1, sides].astype(np.int64)


# ---------------------------------------------------------------------- closed forms


Law = Callable[[tuple[int, int], float], tuple[float, float]]
"""Men left on both sides after HOURS, from men at the start and the rate of loss per hour."""


def square_law(men: tuple[int, int], k: float) -> tuple[float, float]:
    """Every man hits: dx = -k y, dy = -k x."""
    c, s = math.cosh(k * WORTH), math.sinh(k * WORTH)
    return men[0] * c - men[1] * s, men[1] * c - men[0] * s


def linear_law(men: tuple[int, int], k: float) -> tuple[float, float]:
    """Fire into the brown: dx = dy = -k x y, so that x - y stays the same."""
    x, y = men
    if x == y:
        left = 1.0 / (1.0 / x + k * WORTH)
        return left, left
    d = x - y
    e = (x / y) * math.exp(d * k * WORTH)
    return d * e / (e - 1.0), d / (e - 1.0)


def logarithmic_law(men: tuple[int, int], k: float) -> tuple[float, float]:
    """Losses in proportion to oneself alone: dx = -k x."""
    return men[0] * math.exp(-k * WORTH), men[1] * math.exp(-k * WORTH)


@pytest.mark.parametrize("men", [(40_000, 40_000), (60_000, 30_000), (24_000, 41_000)])
@pytest.mark.parametrize(
    ("law", "enemy_exponent", "own_exponent", "k"),
    [(square_law, 1.0, 0.0, 0.003), (linear_law, 1.0, 1.0, 7e-8), (logarithmic_law, 0.0, 1.0, 0.003)],
)
def test_classical_laws_come_out_of_the_exponents(
    data: ScenarioData, men: tuple[int, int], law: Law, enemy_exponent: float, own_exponent: float, k: float
) -> None:
    """To 1 % of the losses: hourly steps against the integral."""
    scenario = duel(
        data,
        men,
        (
            *NO_LUCK,
            f"rules.battle.enemy_exponent={enemy_exponent}",
            f"rules.battle.own_exponent={own_exponent}",
            f"rules.battle.lethality={k / FIRING ** (enemy_exponent + own_exponent)}",
        ),
    )
    left = men_by_hour(scenario)[HOURS]
    for side, expected in enumerate(law(men, k)):
        assert men[side] - left[side] == pytest.approx(men[side] - expected, rel=0.01, abs=4.0)
        assert 0.02 < 1.0 - left[side] / men[side] < 0.6, "enough is lost to tell the laws apart"


# ---------------------------------------------------------------------- twice the strengths

MEN, MG, GUNS = (24_000, 17_000), (60, 25), (30, 12)
DEGREE = 0.45 + 0.75  # of the law: both exponents together


def twice(data: ScenarioData, settings: tuple[str, ...], lethality: float) -> tuple[Scenario, Scenario]:
    """A battle, and the same with twice the men, machine guns and guns on both sides and its own lethality."""
    once = duel(data, MEN, (*settings, "rules.battle.lethality=0.0007"), MG, GUNS)
    double = duel(
        data,
        (2 * MEN[0], 2 * MEN[1]),
        (*settings, f"rules.battle.lethality={lethality}"),
        (2 * MG[0], 2 * MG[1]),
        (2 * GUNS[0], 2 * GUNS[1]),
    )
    return once, double


def test_an_hour_of_twice_the_strengths_costs_two_to_the_degree_of_the_law(data: ScenarioData) -> None:
    once, double = twice(data, NO_LUCK, 0.0007)
    lost = [-np.diff(men_by_hour(scenario)[:2], axis=0)[0] for scenario in (once, double)]
    assert lost[1] / lost[0] == pytest.approx(2.0**DEGREE, rel=0.02)


def test_twice_the_strengths_at_a_lethality_that_undoes_the_degree_is_the_same_battle(data: ScenarioData) -> None:
    """loss(2 P) = 2^1.2 loss(P): with lethality / 2^0.2 each share lost is that of the battle once, hour by hour."""
    once, double = twice(data, NO_LUCK, 0.0007 * 2.0 ** (1.0 - DEGREE))
    for one, two in zip(men_by_hour(once), men_by_hour(double), strict=True):
        assert two == pytest.approx(2 * one, abs=2.0 * HOURS)


def test_with_luck_too_twice_the_strengths_is_the_same_battle(data: ScenarioData) -> None:
    """The same dice, posture, odds and breaks: the same victor after the same hours, at twice the price."""
    settings = ("rules.battle.frontage_men=1e9", "rules.command.accept_odds=0", "rules.battle.noise=0.4")
    once, double = twice(data, settings, 0.0007 * 2.0 ** (1.0 - DEGREE))
    winners: set[int] = set()
    for seed in range(20):
        runs = [sim.run(scenario, seed, record=True) for scenario in (once, double)]
        one, two = (run.engagements[0] for run in runs)
        # whole men in the evenings' supply and desertion do not quite double: after two days they tell by a fiftieth
        first = [run.battles[run.battles["battle"] == 0] for run in runs]
        for name in ("hazard_left", "hazard_right"):
            assert first[1][name] == pytest.approx(first[0][name], rel=2e-2), (
                seed,
                name,
            )  # whole men: late hours drift
        assert first[1]["power_left"] == pytest.approx(2.0 * first[0]["power_left"], rel=2.5e-2), seed
        assert (two["start_h"], two["end_h"], two["winner"]) == (one["start_h"], one["end_h"], one["winner"]), seed
        for lost in ("lost_left", "lost_right"):
            assert two[lost] == pytest.approx(2 * one[lost], rel=0.02, abs=40), (seed, lost)
        winners.add(int(one["winner"]))
    assert winners == {0, 1}, "either side may win: the seeds test something"
