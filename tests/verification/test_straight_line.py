"""A straight road: a march takes its length over its pace however it is cut; one depot feeds a line only so far.

A plain march on one route, and a unit at one distance from a depot, day by day, stand in `tests/test_march_supply.py`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
import tiny_kit as kit

import sim
from sim.runs import play
from sim.scenario import Scenario
from sim.scenario_files import Condition, Order, Plan, Route, ScenarioData
from sim.state import E_ARRIVES, E_HUNGRY
from sim.theatre import distance_km

PLACES = ("harbour", "ferry", "crossroads", "mill", "fortress", "uplands")
GRASS, LAT, STEP = 0.5, 45.5, 0.375  # degrees of longitude from place to place: 29 km as the crow flies
SOURCE = {"source": "gazette", "confidence": "assumed"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> ScenarioData:
    return kit.read(tmp_path_factory.mktemp("line"))


def straight(data: ScenarioData, legs_km: Sequence[float]) -> ScenarioData:
    """All places in a row along a parallel, joined by so many roads of these lengths; no towns, rivers or telegraph."""
    rows = {place.id: place for place in data.places}
    places = tuple(
        rows[name].model_copy(
            update={"lat": LAT, "lon": 0.25 + STEP * k, "kind": "station", "grass": GRASS, "country": "Lowmark"}
        )
        for k, name in enumerate(PLACES)
    )
    ends = list(pairwise(PLACES))[: len(legs_km)]
    routes = tuple(
        Route.model_validate(
            {"id": f"{a}--{b}", "from": a, "to": b, "kind": "road", "terrain": "open steppe", "length_km": km,
             "telegraph": "no"} | SOURCE
        )
        for (a, b), km in zip(ends, legs_km, strict=True)
    )  # fmt: skip
    return dataclasses.replace(data, places=places, routes=routes)


# ---------------------------------------------------------------------- a straight march

KMH = 3.0
ROUND_THE_CLOCK = (
    "rules.march.normal_h=24",
    "rules.march.dawn_h=0",
    "rules.march.fatigue_pace=0",
    "rules.march.condition_pace=0",
    "rules.march.rain=1",
    "rules.march.ground_steppe=1",
    "rules.march.wheels_kmh=3",
    "rules.march.foot_kmh=3",
    "rules.march.horse_kmh=7",
)


def hours_under_way(data: ScenarioData, legs_km: Sequence[float], units: Sequence[str], seed: int) -> list[int]:
    """Hours from the order's arrival until each unit stands at the end of the road."""
    line = straight(data, legs_km)
    posted = [kit.row(data, name, place="harbour", enter=None) for name in units]
    order = Order(
        id="go",
        command="column",
        task="march",
        objective=PLACES[len(legs_km)],
        when=(Condition(kind="date", date=line.header.start),),
        source="gazette",
        confidence="assumed",
    )
    line = dataclasses.replace(kit.with_units(line, posted), plans={"go": Plan(id="go", orders=(order,))})
    run = sim.run(sim.load(line, plan="go", settings=ROUND_THE_CLOCK), seed, record=True)
    assert run.record is not None
    arrivals = run.chronicle[run.chronicle["kind"] == E_ARRIVES]
    assert sorted(arrivals["who"]) == list(range(len(units)))
    begun = [int(np.flatnonzero(run.record["place"][:, unit.index] < 0)[0]) - 1 for unit in run.units]
    return [int(arrivals["hour"][arrivals["who"] == k][0]) - begun[k] + 1 for k in range(len(units))]


@pytest.mark.parametrize(
    "legs_km",
    [(210.0,), (105.0, 105.0), (31.0, 100.0, 79.0), (60.5, 30.25, 89.25, 30.0), (42.0, 42.0, 42.0, 42.0, 42.0)],
)
def test_march_is_length_over_pace_however_the_road_is_cut(data: ScenarioData, legs_km: tuple[float, ...]) -> None:
    assert sum(legs_km) == 210.0
    for seed in range(3):
        assert hours_under_way(data, legs_km, ["port_foot"], seed) == [math.ceil(210.0 / KMH)] == [70]


def test_column_goes_as_fast_as_its_slowest(data: ScenarioData) -> None:
    """Guns on wheels and foot make 3 km in an hour, riders alone 7."""
    legs_km = (63.0, 63.0)
    assert hours_under_way(data, legs_km, ["port_horse"], 0) == [math.ceil(126.0 / 7.0)]
    assert hours_under_way(data, legs_km, ["port_foot", "port_horse"], 0) == [42, 42]


# ---------------------------------------------------------------------- a supply line with one depot

REACH_KM, CARRY, FORAGE = 140.0, 6.0, 0.4  # forage: share of a day's need that the steppe gives here
FED = (
    f"rules.supply.depot_reach_km={REACH_KM}",
    f"rules.supply.carry_days={CARRY}",
    f"rules.supply.forage_foot={FORAGE / (0.5 + GRASS)}",
    "rules.cohesion.desert_day=0",
    "rules.battle.active=0",
)


def supply_line(data: ScenarioData) -> Scenario:
    """Six battalions, one at each place of a straight line whose depot stands at its near end."""
    units = [
        kit.row(data, "port_foot", id=f"post_{name}", place=name, men=100, horses=0, guns=0, mg=0, rations_days=CARRY)
        for name in PLACES
    ]
    return sim.load(kit.with_units(straight(data, (40.0,) * 5), units), plan=kit.NO_ORDERS, settings=FED)


def test_one_depot_feeds_the_line_so_far_and_no_farther(data: ScenarioData) -> None:
    """A depot gives share = 1 - km / reach of a day's need, up to twice that to whoever has run short.

    The stock of a unit settles where what it draws makes up for what the steppe does not give: at
    1 + carry - (1 - forage) / share days, as long as (1 - forage) / share is below two. Farther off it runs down by
    1 - forage - 2 share a day.
    """
    scenario = supply_line(data)
    run = sim.run(scenario, 0, record=True)
    assert run.record is not None
    settled, hungry = 0, 0
    for unit in run.units:
        place = unit.id.removeprefix("post_")
        row = scenario.place_ids.index
        share = max(0.0, 1.0 - distance_km(scenario.tables.places, row("harbour"), row(place)) / REACH_KM)
        evenings = run.record["rations"][21::24, unit.index]
        told = run.chronicle[(run.chronicle["kind"] == E_HUNGRY) & (run.chronicle["who"] == unit.index)]
        if share > 0.0 and (1.0 - FORAGE) / share < 2.0:
            settled += 1
            expected = min(CARRY, 1.0 + CARRY - (1.0 - FORAGE) / share)
            assert evenings[-1] == pytest.approx(expected, abs=0.01), place
            assert not len(told), place
        else:
            hungry += 1
            days = _days_of_food(share)
            assert np.flatnonzero(evenings == 0.0)[0] == days - 1, place
            assert told["hour"].tolist() == [(days + 1) * 24 + 20], "told on the third evening without"
    assert (settled, hungry) == (4, 2)


def _days_of_food(share: float) -> int:
    """Evening, counted from 1, on which a unit that starts full has less than nothing left."""
    stock, day = CARRY, 0
    while stock >= 0.0:
        stock = min(CARRY, stock + min(2.0, 1.0 + CARRY - stock) * share + FORAGE - 1.0)
        day += 1
    return day


def test_what_the_line_draws_is_what_the_depot_gives(data: ScenarioData) -> None:
    """Rations are conserved: the depot's stock falls by what has come in at the units, eaten or still carried."""
    scenario = supply_line(data)
    state = play(scenario, 0)
    depots, days = sorted(scenario.data.depots, key=lambda one: one.id), scenario.hours // 24
    own = [one.id for one in depots].index("harbour_store")
    given = depots[own].rations + days * depots[own].daily_rations - float(state.depots["rations"][own])
    drawn = 0.0
    tables = scenario.tables.places
    harbour = scenario.place_ids.index("harbour")
    for unit in range(len(scenario.unit_ids)):
        share = max(0.0, 1.0 - distance_km(tables, harbour, int(state.units["place"][unit])) / REACH_KM)
        stock = CARRY
        for _ in range(days):
            got = min(2.0, 1.0 + CARRY - stock) * share
            drawn += 100.0 * got
            stock = max(0.0, min(CARRY, stock + got + FORAGE - 1.0))
        assert state.units["rations"][unit] == pytest.approx(stock)
    assert given == pytest.approx(drawn)
    assert drawn > 5000.0
