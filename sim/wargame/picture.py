"""What a side knows at an hour: its own units as they report themselves, and of the enemy what reports have told.

`known_to` is the picture of one commander: of every enemy unit the newest report that a rider or the wire can have
brought him by now, as in `sim.rules.command.draw_picture`, which it equals (a test holds it to that). `known_to_side`
takes the newest that has reached any of its staffs. The truth is never looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from sim.cast import Cast
from sim.muster import AIR, ARMS, FIELD, WAITING
from sim.plan import TASKS
from sim.rules import common
from sim.runs import UnitInfo, unit_infos
from sim.scenario import Scenario
from sim.scenario_files import Place
from sim.state import N_UNITS, RING, WOUNDED_FATE, State
from sim.theatre import distance_km

Picture: TypeAlias = dict[int, tuple[int, int, int]]
"""What is known of the enemy: unit (row) -> hour when it was seen, place (row), men as reported."""


@dataclass(frozen=True)
class Sighting:
    """What was last heard of an enemy unit: where it was, men as reported, the hour when it was seen, age_h hours ago.

    unit, command, place: ids; name and place_name (_ru, _mn) in three languages; lon, lat: degrees.
    """

    unit: str
    name: str
    name_ru: str
    name_mn: str
    command: str
    place: str
    place_name: str
    place_name_ru: str
    place_name_mn: str
    lon: float
    lat: float
    men: int
    hour: int
    age_h: int


@dataclass(frozen=True)
class OwnUnit:
    """A unit of one's own as it reports itself; `place` is the place where it is, or the nearest on its route.

    unit, command, place, objective: ids; name and place_name (_ru, _mn) in three languages; lon, lat: degrees; arm:
    kind of troops; men, horses, guns, mg (machine guns): strength; task: of its order; marching, fighting, retreating,
    arrived: what it does.

    cohesion, fatigue and condition (of the horses) run from 0 to 1; rations are days, rounds are rounds a man. order:
    id of the order it carries out, pending: of the one on its way to it, "" for none.
    """

    unit: str
    name: str
    name_ru: str
    name_mn: str
    arm: str
    command: str
    place: str
    place_name: str
    place_name_ru: str
    place_name_mn: str
    lon: float
    lat: float
    marching: bool
    fighting: bool
    retreating: bool
    arrived: bool
    men: int
    horses: int
    guns: int
    mg: int
    cohesion: float
    fatigue: float
    condition: float
    rations: float
    rounds: float
    order: str
    task: str
    objective: str
    pending: str


def as_python(rule: Any) -> Any:
    """A rule as plain Python: not compiled a second time for callers outside the engine."""
    return getattr(rule, "py_func", rule)


def place_row(scenario: Scenario, unit: np.void) -> int:
    """Row of the place where a unit is, or to which it is nearest on its route."""
    return int(as_python(common.nearest)(unit, scenario.tables.routes["km"][unit["route"]]))


def position(scenario: Scenario, unit: np.void) -> tuple[float, float]:
    """Longitude and latitude of a unit, between the ends of its route when it marches."""
    places = scenario.tables.places
    if unit["place"] >= 0:
        here = places[unit["place"]]
        return float(here["lon"]), float(here["lat"])
    a, b = places[unit["behind"]], places[unit["ahead"]]
    share = float(unit["along_km"]) / max(0.1, float(scenario.tables.routes["km"][unit["route"]]))
    return float(a["lon"] + share * (b["lon"] - a["lon"])), float(a["lat"] + share * (b["lat"] - a["lat"]))


def km_between(scenario: Scenario, a: int, b: int) -> float:
    """Distance of two places by row as the crow flies, km."""
    return float(as_python(distance_km)(scenario.tables.places, a, b))


def courier_hours(scenario: Scenario, state: State, side: int, a: int, b: int) -> float:
    """Hours that news takes from one place to another: at once on the side's wire, else by rider."""
    if a == b:
        return 0.0
    wire = "wire_left" if side == 0 else "wire_right"
    rules = state.rules[0]
    if state.places[wire][a] >= 0 and state.places[wire][a] == state.places[wire][b]:
        return float(rules["dispatch_telegraph_h"])
    return km_between(scenario, a, b) * float(rules["dispatch_sinuosity"]) / float(rules["dispatch_rider_kmh"])


def staff(scenario: Scenario, state: State, command: int) -> tuple[int, int]:
    """Unit with which a staff rides (-1: none) and the row of its place, as the command phase finds them."""
    row, units = state.commands[command], state.units[: int(state.counts[N_UNITS])]
    mine = np.flatnonzero((units["command"] == command) & (units["status"] == FIELD) & (units["men"] > 0))
    best = int(mine[np.argmax(units["men"][mine])]) if len(mine) else -1
    leader = int(row["commander"])
    if leader >= 0 and state.commanders[leader]["fate"] <= WOUNDED_FATE:
        rides = int(state.commanders[leader]["unit"])
        if rides < 0:
            return best, int(state.commanders[leader]["place"])
        if units[rides]["status"] == FIELD and units[rides]["men"] > 0:
            return (rides if best >= 0 else -1), place_row(scenario, units[rides])
    return best, place_row(scenario, units[best]) if best >= 0 else int(row["place"])


def known_to(scenario: Scenario, state: State, command: int, hour: int) -> Picture:
    """What the commander of a command (row) knows: enemy unit (row) -> hour seen, place (row), men."""
    side = int(state.commands[command]["side"])
    at = staff(scenario, state, command)[1] if hour % 6 == 4 else int(state.commands[command]["place"])
    oldest = hour - float(state.rules[0]["scouting_memory_days"]) * 24.0
    delays: dict[int, float] = {}
    found: Picture = {}
    units = state.units[: int(state.counts[N_UNITS])]
    for row in np.flatnonzero((units["side"] != side) & (units["status"] != WAITING)).tolist():
        slot = int(state.seen_at[side, row])
        for back in range(RING):
            seen, place, men = (int(x) for x in state.seen[side, row, (slot - back) % RING].tolist())
            if seen < oldest:
                break
            if place not in delays:
                delays[place] = courier_hours(scenario, state, side, place, at)
            if seen + delays[place] <= hour:
                found[row] = (seen, place, men)
                break
    return found


def known_to_side(scenario: Scenario, state: State, side: int, hour: int) -> Picture:
    """The newest that has reached any staff of a side, as `known_to`."""
    found: Picture = {}
    for command in np.flatnonzero(state.commands["side"] == side).tolist():
        if staff(scenario, state, command)[0] < 0:
            continue
        for row, report in known_to(scenario, state, command, hour).items():
            if row not in found or report[0] > found[row][0]:
                found[row] = report
    return found


def holders_known(scenario: Scenario, state: State, side: int, hour: int, at: Sequence[int]) -> dict[str, str]:
    """Place -> side (ids) that holds it, "" for nobody, as far as news has come to any of the places `at` (rows)."""
    told: dict[str, str] = {}
    for place, row in enumerate(state.places):
        fresh = any(hour - int(row["since_h"]) >= courier_hours(scenario, state, side, place, one) for one in at)
        holder = int(row["holder"] if fresh else row["before"])
        told[scenario.place_ids[place]] = scenario.side_ids[holder] if holder >= 0 else ""
    return told


def _place(scenario: Scenario, row: int) -> Place:
    return Cast.of(scenario).places[row]


def sightings(scenario: Scenario, state: State, known: Picture, hour: int) -> tuple[Sighting, ...]:
    """What is known of the enemy for people to read, the freshest news first."""
    units = unit_infos(scenario, state)
    found: list[Sighting] = []
    for row, (seen, at, men) in known.items():
        place, unit = _place(scenario, at), units[row]
        found.append(
            Sighting(
                unit=unit.id,
                name=unit.name,
                name_ru=unit.name_ru,
                name_mn=unit.name_mn,
                command=scenario.command_ids[unit.command],
                place=place.id,
                place_name=place.name,
                place_name_ru=place.name_ru or place.name,
                place_name_mn=place.name_mn or place.name,
                lon=place.lon,
                lat=place.lat,
                men=men,
                hour=seen,
                age_h=hour - seen,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.age_h, one.unit)))


def own_units(scenario: Scenario, state: State, rows: Iterable[int]) -> tuple[OwnUnit, ...]:
    """Units by row as they report themselves."""
    units = unit_infos(scenario, state)
    return tuple(_own_unit(scenario, state, row, units[row]) for row in rows)


def rows_of(state: State, side: int, command: int = -1, aircraft: bool = True) -> list[int]:
    """Rows of the units of a side (of one command) that are in the field with men in them."""
    units = state.units[: int(state.counts[N_UNITS])]
    here = (units["side"] == side) & (units["status"] == FIELD) & (units["men"] > 0)
    if command >= 0:
        here &= units["command"] == command
    if not aircraft:
        here &= units["arm"] != AIR
    return np.flatnonzero(here).tolist()


def _own_unit(scenario: Scenario, state: State, row: int, info: UnitInfo) -> OwnUnit:
    u = state.units[row]
    place = _place(scenario, place_row(scenario, u))
    lon, lat = position(scenario, u)
    order, pending = int(u["order"]), int(u["pending"])
    orders = Cast.of(scenario).orders
    return OwnUnit(
        unit=info.id,
        name=info.name,
        name_ru=info.name_ru or info.name,
        name_mn=info.name_mn or info.name,
        arm=ARMS[int(u["arm"])],
        command=scenario.command_ids[int(u["command"])],
        place=place.id,
        place_name=place.name,
        place_name_ru=place.name_ru or place.name,
        place_name_mn=place.name_mn or place.name,
        lon=lon,
        lat=lat,
        marching=bool(u["route"] >= 0),
        fighting=bool(u["battle"] >= 0),
        retreating=bool(u["retreating"] == 1),
        arrived=bool(u["arrived"] == 1),
        men=int(u["men"]),
        horses=int(u["horses"]),
        guns=int(u["guns"]),
        mg=int(u["mg"]),
        cohesion=float(u["cohesion"]),
        fatigue=float(u["fatigue"]),
        condition=float(u["condition"]),
        rations=float(u["rations"]),
        rounds=float(u["rounds"]),
        order=scenario.order_ids[order] if order >= 0 else "",
        task=TASKS[int(u["task"])] if order >= 0 else "",
        objective=orders[order].objective if order >= 0 else "",
        pending=scenario.order_ids[pending] if pending >= 0 else "",
    )
