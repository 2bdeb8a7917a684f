"""Symmetry: a map mirrored left to right, and sides that change places, give the mirrored and the swapped run.

The dice are keyed by ids, so nothing else changes and the twin must be the same run, hour by hour and byte for byte.
Longitudes lie on binary fractions of a degree and are mirrored about 0 or about the middle of a weather cell: no
difference of longitudes is rounded otherwise.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import tiny_kit as kit

import sim
from sim.runs import Run
from sim.scenario import Scenario
from sim.scenario_files import Condition, Order, Plan, ScenarioData, find_scenario, read_folder

SEEDS = range(20)
CAMPAIGN_SEEDS = (0, 2, 3, 7)
MIDDLE = 1.5  # longitude of the middle of the tiny scenario's weather cell, degrees
DRY = tuple(f"rules.weather.rain_{month}=0" for month in ("may", "june", "july", "august"))
"""The campaign's weather cells do not fall on each other in the mirror: it is played without rain."""
ALIKE = ("rules.battle.wooded=1", "rules.battle.rain=1")
"""Ground and weather make no difference to a battle."""
SIDED = ("_left", "_right")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> ScenarioData:
    return kit.read(tmp_path_factory.mktemp("symmetry"))


@pytest.fixture(scope="module")
def campaign() -> ScenarioData:
    return read_folder(find_scenario("mongolia_1921"))


def record_of(run: Run) -> np.ndarray:
    """The record of a run, which was asked for."""
    assert run.record is not None
    return run.record


def first_difference(one: Run, other: Run, leave: tuple[str, ...] = ()) -> str:
    """The first hour and unit in which the records of two runs differ, in words; empty when they are the same."""
    a, b = record_of(one), record_of(other)
    fields = [name for name in a.dtype.names or () if name not in leave]
    apart = np.zeros(a.shape, bool)
    for name in fields:
        apart |= a[name] != b[name]
    if not apart.any():
        return ""
    hour, unit = (int(x) for x in np.argwhere(apart)[0])
    names = [name for name in fields if a[name][hour, unit] != b[name][hour, unit]]
    values = ", ".join(f"{name} {a[name][hour, unit]} and {b[name][hour, unit]}" for name in names)
    return f"seed {one.seed}, hour {hour}, {one.units[unit].id}: {values}"


def swap(table: np.ndarray) -> np.ndarray:
    """A table with its columns `..._left` and `..._right` exchanged."""
    out = table.copy()
    for name in table.dtype.names or ():
        if name.endswith(SIDED[0]):
            twin = name.removesuffix(SIDED[0]) + SIDED[1]
            out[name], out[twin] = table[twin], table[name]
    return out


# ---------------------------------------------------------------------- the map in the mirror


def assert_mirrored(one: Scenario, other: Scenario, about: float, seeds: tuple[int, ...] | range) -> None:
    """Same record but for the longitudes, which are mirrored; same chronicle."""
    moved = 0.0
    for seed in seeds:
        a, b = sim.run(one, seed, record=True), sim.run(other, seed, record=True)
        assert first_difference(a, b, leave=("lon",)) == ""
        there = record_of(a)["men"] > 0  # rows of units that are split off later are empty before
        lon = record_of(a)["lon"] + record_of(b)["lon"]
        assert np.allclose(lon[there], 2.0 * about, rtol=0.0, atol=1e-4)
        assert np.array_equal(a.chronicle, b.chronicle)
        assert np.array_equal(a.books, b.books)
        moved = max(moved, float(np.ptp(record_of(a)["lon"], axis=0).max()))
    assert moved > 0.9, "somebody marched east or west"


def test_war_in_the_mirror_is_the_mirrored_war(tiny: ScenarioData) -> None:
    one, other = sim.load(tiny), sim.load(kit.mirrored(tiny, MIDDLE))
    west_to_east = {place.id: place.lon for place in one.data.places}
    assert west_to_east["harbour"] < MIDDLE < west_to_east["fortress"]
    assert_mirrored(one, other, MIDDLE, SEEDS)


def test_campaign_in_the_mirror_is_the_mirrored_campaign(campaign: ScenarioData) -> None:
    even = kit.on_binary_fractions(campaign)
    one, other = sim.load(even, settings=DRY), sim.load(kit.mirrored(even, 0.0), settings=DRY)
    assert_mirrored(one, other, 0.0, CAMPAIGN_SEEDS)


# ---------------------------------------------------------------------- sides that change places


def assert_swapped(one: Scenario, other: Scenario, seeds: tuple[int, ...] | range) -> None:
    """Same record; what is told of left and right is exchanged."""
    fought: set[int] = set()
    for seed in seeds:
        a, b = sim.run(one, seed, record=True), sim.run(other, seed, record=True)
        assert first_difference(a, b) == ""
        theirs = swap(b.engagements)
        for name in ("attacker", "winner"):
            theirs[name] = np.where(theirs[name] < 0, -1, 1 - theirs[name])
        assert np.array_equal(a.engagements, theirs)
        hours = swap(b.battles)
        for name in a.battles.dtype.names or ():
            assert np.allclose(a.battles[name], hours[name], rtol=1e-5), name
        assert np.array_equal(a.chronicle[["hour", "kind", "where"]], b.chronicle[["hour", "kind", "where"]])
        assert np.array_equal(a.books, b.books)
        fought |= {int(x) for x in a.engagements["winner"]}
    assert {0, 1} <= fought, "both sides win fights somewhere"


def test_sides_that_change_places_fight_the_same_war(tiny: ScenarioData) -> None:
    other = sim.load(kit.swapped(tiny))
    assert other.side_ids == ("Slate", "Amber")
    assert_swapped(sim.load(tiny), other, SEEDS)


def test_sides_that_change_places_fight_the_same_campaign_on_even_ground(campaign: ScenarioData) -> None:
    assert_swapped(sim.load(campaign, settings=ALIKE), sim.load(kit.swapped(campaign), settings=ALIKE), CAMPAIGN_SEEDS)


def meeting(data: ScenarioData) -> Scenario:
    """Two battalions of one pace march at each other from the ends of a road: one end is open, the other wooded."""
    ends = {"port_foot": ("crossroads", "fortress"), "garrison_foot": ("fortress", "crossroads")}
    units = [kit.row(data, name, place=start, guns=0, pack_guns=0, horses=0) for name, (start, _) in ends.items()]
    orders = tuple(
        Order(
            id=unit.id.replace("_", "-"),
            command=unit.command,
            task="march",
            objective=ends[unit.id][1],
            accept=0.0,
            when=(Condition(kind="date", date=data.header.start),),
            source="gazette",
            confidence="assumed",
        )
        for unit in units
    )
    met = dataclasses.replace(kit.with_units(data, units), plans={"meet": Plan(id="meet", orders=orders)})
    return sim.load(met, plan="meet", settings=("rules.weather.rain_may=0",))


def test_a_meeting_on_a_road_begins_between_its_ends(tiny: ScenarioData) -> None:
    """What the next test rests on: they do meet there, whoever counts as first side, and at the same hour."""
    for data in (tiny, kit.swapped(tiny)):
        scenario = meeting(data)
        wooded = scenario.tables.places["wooded"]
        assert [wooded[scenario.place_ids.index(name)] for name in ("crossroads", "fortress")] == [0, 1]
        run = sim.run(scenario, 0, record=True)
        site = int(run.engagements["site"][0])
        assert scenario.route_ids[site - len(scenario.place_ids)] == "crossroads--fortress"


def test_sides_that_change_places_meet_on_the_same_ground(tiny: ScenarioData) -> None:
    """Forces in contact may stand nearest to different ends of their road: the ground must not hang on who is first."""
    one, other = (sim.run(meeting(data), 0, record=True) for data in (tiny, kit.swapped(tiny)))
    assert one.battles["ground"][0] == other.battles["ground"][0]
