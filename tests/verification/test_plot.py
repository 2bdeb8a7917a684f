"""The plot: officers' thresholds are a population, and what joins day by day settles at Granovetter's fixed point.

A garrison of the tiny scenario stands in peace under an order it does not want: grievance is constant, nobody is
feared, so that the share in the plot follows p <- p + pace (F(p) - p), where F(p) is the share of officers whose
threshold lies below grievance + belief p. The roots of F(p) = p are found here by bisection. Only the evening state of
the commands, which every run leaves, is looked at.
"""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest
import tiny_kit as kit

import sim
from sim.scenario_files import Condition, Order, Plan, ScenarioData
from sim.state import E_MUTINY

MEAN, SD, PACE = 0.8, 0.25, 0.4


def joins(p: float, grievance: float, belief: float) -> float:
    """F(p): share of officers whose threshold lies below what pushes them."""
    return NormalDist(MEAN, SD).cdf(grievance + belief * p)


def fixed_points(grievance: float, belief: float) -> list[float]:
    """All p from 0 to 1 with F(p) = p, by bisection between the changes of sign on a fine grid."""
    grid = np.linspace(0.0, 1.0, 4001)
    gap = [joins(float(p), grievance, belief) - p for p in grid]
    roots: list[float] = []
    for (a, b), (left, right) in zip(pairwise(grid), pairwise(gap), strict=True):
        if left == 0.0 or left * right < 0.0:
            low, high = float(a), float(b)
            for _ in range(60):
                middle = 0.5 * (low + high)
                if (joins(middle, grievance, belief) - middle) * left > 0.0:
                    low = middle
                else:
                    high = middle
            roots.append(low)
    return roots


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> ScenarioData:
    return kit.read(tmp_path_factory.mktemp("plot"))


def evenings(data: ScenarioData, grievance: float, belief: float, hazard: float = 0.0, seed: int = 0) -> sim.Run:
    """A run in which the fortress's garrison broods over an order that it does not want at all."""
    order = Order(
        id="stay",
        command="garrison",
        task="hold",
        objective="fortress",
        unwanted=1.0,
        when=(Condition(kind="date", date=data.header.start),),
        source="gazette",
        confidence="assumed",
    )
    alone = kit.with_units(data, [kit.row(data, "garrison_foot", rations_days=60)])
    alone = dataclasses.replace(alone, plans={"stay": Plan(id="stay", orders=(order,))})
    settings = (
        f"rules.mutiny.w_goal={grievance}",
        "rules.mutiny.grievance=1",
        "rules.mutiny.w_fatigue=0",
        "rules.mutiny.w_hunger=0",
        "rules.mutiny.fear_present=0",
        "rules.mutiny.fear_escort=0",
        f"rules.mutiny.threshold_mean={MEAN}",
        f"rules.mutiny.threshold_sd={SD}",
        f"rules.mutiny.belief={belief}",
        f"rules.mutiny.contagion={PACE}",
        f"rules.mutiny.hazard_day={hazard}",
        "rules.supply.carry_days=60",
        "rules.cohesion.desert_day=0",
    )
    return sim.run(sim.load(alone, plan="stay", settings=settings), seed)


def plot_of(run: sim.Run) -> np.ndarray:
    """Share of the garrison's officers in the plot, evening by evening."""
    return run.daily["plot"][:, [command.id for command in run.scenario.commands].index("garrison")]


@pytest.mark.parametrize(
    ("grievance", "belief", "roots"),
    [
        (0.2, 0.0, 1),  # nobody looks at the others: the share whose own grievance suffices
        (0.2, 0.6, 1),  # content: hardly anybody, whatever the others do
        (0.55, 0.3, 1),  # a slope below one: partial, and no way beyond
        (0.3, 0.9, 3),  # few or nearly all: it stays with the few
        (0.75, 0.9, 1),  # the same belief, more grievance: the low point is gone, all join
    ],
)
def test_plot_settles_at_the_lowest_fixed_point(
    data: ScenarioData, grievance: float, belief: float, roots: int
) -> None:
    points = fixed_points(grievance, belief)
    assert len(points) == roots
    plot = plot_of(evenings(data, grievance, belief))
    assert plot[-1] == pytest.approx(points[0], abs=2e-4)
    assert (np.diff(plot) >= -1e-6).all(), "from nobody it only grows"
    assert plot.max() <= points[0] + 1e-5, "and never passes the fixed point"


def test_plot_goes_its_way_day_by_day(data: ScenarioData) -> None:
    grievance, belief = 0.5, 0.7
    p, by_hand = 0.0, list[float]()
    for _ in range(31):
        p += PACE * (joins(p, grievance, belief) - p)
        by_hand.append(p)
    assert plot_of(evenings(data, grievance, belief)) == pytest.approx(by_hand, abs=1e-6)


def test_a_little_more_grievance_tips_the_plot_over(data: ScenarioData) -> None:
    """Granovetter's point: between two nearly equal populations lies a riot. The jump is where two roots merge."""
    belief = 0.9
    steps = np.arange(0.20, 0.60, 0.005)
    merge = next(float(g) for g in steps if fixed_points(float(g), belief)[0] > 0.5)
    before, after = fixed_points(merge - 0.01, belief), fixed_points(merge + 0.01, belief)
    assert len(before) == 3
    assert after[0] - before[0] > 0.5
    assert plot_of(evenings(data, merge - 0.01, belief))[-1] == pytest.approx(before[0], abs=0.01)
    assert plot_of(evenings(data, merge + 0.03, belief))[-1] > 0.9


def test_below_the_tipping_point_nobody_rises_and_above_it_somebody_does(data: ScenarioData) -> None:
    for seed in range(10):
        quiet = evenings(data, 0.2, 0.6, hazard=2.0, seed=seed)
        assert not (quiet.chronicle["kind"] == E_MUTINY).any()
        assert not quiet.daily["hazard"].any()
        risen = evenings(data, 0.75, 0.9, hazard=2.0, seed=seed)
        assert (risen.chronicle["kind"] == E_MUTINY).sum() == 1
