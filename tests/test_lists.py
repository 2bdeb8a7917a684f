"""The lists that keep the hour's work in proportion to what happens: they say the same as looking through all units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

import sim
from sim.campaign import advance
from sim.muster import AIR, FIELD, HORSE, WHEELS
from sim.reference import by_reference
from sim.rules.command import draw_picture, known_near, own_near
from sim.rules.ways import FAR, forget_tree, grow_tree
from sim.state import N_UNITS, RING, State, Tables, new_state
from sim.theatre import distance_km

HOURS = (1, 700, 1013, 1500, 1900, 2300, 2950)


@njit(error_model="numpy")
def ask(t: Tables, s: State, c: int, side: int, place: int, within_km: float, hour: int) -> tuple[int, int]:
    """Enemies known near a place and friends there, by the lists."""
    a, b = by_reference(t), by_reference(s)
    return known_near(a, b, c, place, within_km, hour), own_near(a, b, side, place, within_km)


@njit(error_model="numpy")
def picture(t: Tables, s: State, c: int, hour: int) -> None:
    """The whole picture of the enemy, unit by unit, in s.picture."""
    draw_picture(by_reference(t), by_reference(s), c, hour)


@njit(error_model="numpy")
def way(t: Tables, s: State, goal: int, mover: int, side: int, fear: int, a: int, b: int, anew: bool) -> float:
    """Length of the cheapest ways from `a` and from `b` to a goal, of a tree grown anew or of any that serves."""
    x, y = by_reference(t), by_reference(s)
    if anew:
        forget_tree(y)
    grow_tree(x, y, goal, mover, False, side, fear, a, b)
    return s.dist[a] + s.dist[b]


def chain(first: int, following: np.ndarray) -> list[int]:
    """A linked list as a list."""
    rows: list[int] = []
    while first >= 0:
        rows.append(first)
        assert len(rows) <= len(following), "the list goes round"
        first = int(following[first])
    return rows


@pytest.fixture(scope="module", params=[0, 5])
def states(request: Any) -> tuple[sim.Scenario, list[tuple[int, State]]]:
    """Copies of a run's state at some hours."""
    scenario = sim.load()
    state, at = new_state(scenario.tables, request.param), 0
    kept: list[tuple[int, State]] = []
    for hour in HOURS:
        at = advance(scenario.tables, state, at, hour)
        kept.append((hour, State(*(part.copy() for part in state))))
    return scenario, kept


def test_rosters_and_orders(states: tuple[sim.Scenario, list[tuple[int, State]]]) -> None:
    scenario, kept = states
    for _, s in kept:
        units = s.units[: s.counts[N_UNITS]]
        for c in range(len(scenario.command_ids)):
            assert chain(int(s.roster[c]), s.fellow) == np.flatnonzero(units["command"] == c).tolist()
        for o in range(len(scenario.tables.orders)):
            assert sorted(chain(int(s.bound[o]), s.bound_next)) == np.flatnonzero(units["order"] == o).tolist()
    ordered = kept[3][1].units["order"]
    assert (ordered >= 0).sum() > 20, "the test looks at units under orders"


def test_reports_by_place(states: tuple[sim.Scenario, list[tuple[int, State]]]) -> None:
    scenario, kept = states
    for _, s in kept:
        for side in range(2):
            for p in range(len(scenario.place_ids)):
                listed = sorted(chain(int(s.told[side, p]), s.told_next[side]))
                assert listed == np.flatnonzero(s.seen[side]["place"].reshape(-1) == p).tolist()
    assert sum(len(chain(int(first), kept[-1][1].told_next[0])) for first in kept[-1][1].told[0]) > RING


def test_a_tree_serves_again(states: tuple[sim.Scenario, list[tuple[int, State]]]) -> None:
    """The last tree is taken only where a new one would lead the same way."""
    scenario, kept = states
    tables, luck = scenario.tables, np.random.default_rng(3)
    served, barred = 0, 0
    for _, s in kept[1:]:
        fresh = State(*(part.copy() for part in s))
        places, dangers = len(scenario.place_ids), np.append(np.unique(s.danger), 0)
        goal, mover, side, tree = 0, HORSE, 0, s.tree.copy()
        for _ in range(400):
            if luck.random() < 0.1:
                goal, mover, side = int(luck.integers(places)), int(luck.choice((HORSE, WHEELS))), int(luck.integers(2))
            fear = max(0, int(luck.choice(dangers)) + int(luck.integers(-1, 2)))
            a, b = (int(x) for x in luck.integers(places, size=2))
            assert way(tables, s, goal, mover, side, fear, a, b, False) == way(
                tables, fresh, goal, mover, side, fear, a, b, True
            )
            for p in (a, b):
                steps = [p]
                while s.dist[p] < FAR and steps[-1] != goal:
                    assert s.prev[steps[-1]] == fresh.prev[steps[-1]]
                    steps.append(int(s.prev[steps[-1]]))
            served += (s.tree == tree).all()
            tree = s.tree.copy()
            barred += fear < s.danger[side].max()
    assert served > 100, "the test looks at trees that serve again"
    assert barred > 100, "and at places that are gone round"


def test_what_is_near(states: tuple[sim.Scenario, list[tuple[int, State]]]) -> None:
    scenario, kept = states
    tables, found = scenario.tables, 0
    for hour, s in kept:
        units = s.units[: s.counts[N_UNITS]]
        fields = np.flatnonzero((units["status"] == FIELD) & (units["men"] > 0) & (units["arm"] != AIR))
        for c in range(len(scenario.command_ids)):
            side, place = int(s.commands[c]["side"]), int(s.commands[c]["place"])
            picture(tables, s, c, hour)
            for within_km in (20.0, 60.0, 125.0, 400.0):
                known, own = ask(tables, s, c, side, place, within_km, hour)
                mine = 0
                for i in fields[units["side"][fields] == side]:
                    u = units[i]
                    at = int(u["place"])
                    if at < 0:
                        at = int(u["ahead"] if u["along_km"] * 2 > tables.routes[u["route"]]["km"] else u["behind"])
                    mine += int(u["men"]) if distance_km(tables.places, at, place) <= within_km else 0
                assert own == mine
                if within_km <= 130.0:
                    seen = [e for e in s.picture if e["place"] >= 0]
                    there = [e for e in seen if distance_km(tables.places, place, int(e["place"])) <= within_km]
                    assert known == sum(int(e["men"]) for e in there)
                    found += len(there)
    assert found > 20, "the test looks at commanders who know of enemies"
