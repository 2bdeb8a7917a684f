"""Marches, scouting, mutineers and the hunt as the pages tell them, in plain Python against runs of the engine.

Like `test_odd.py`: nothing of the rules is used; formulas, order and keys are those of docs/odd. Marches and scouting
are looked at in a campaign without battles, in which what a unit did in an hour can be told from before and after.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import exp, floor
from typing import Any

import numpy as np
import pytest
from odd_kit import FIELD, NORMAL, distance, on_the_ground, place_of, uniform

import sim
from sim.campaign import advance
from sim.state import new_state

SEED = 4
SIGHT, ESTIMATE, AIR_LUCK, INFORM, CROSS, DEATH, HUNT = 3, 4, 5, 6, 39, 36, 38
FOOT, CARTS, HORSE, PACK, WHEELS, CARS = range(6)
MOVERS = ("foot", "carts", "horse", "pack", "wheels", "cars")
INFANTRY, CAVALRY, ARTILLERY, ARMOUR, AIR = range(5)
RAILWAY = "railway"
GROUNDS = {2: "semi_desert", 3: "wooded", 4: "taiga"}
NO_BATTLES = ["rules.battle.active=0"]
DAWN_H = 5


@dataclass(frozen=True)
class Hour:
    """The world before and after an hour without battles."""

    hour: int
    before: np.ndarray  # UNIT [units]
    after: np.ndarray  # UNIT [units]
    seen: np.ndarray  # int64 [sides, units, 3]: hour, place and men of the newest report, before
    told: np.ndarray  # the same, after
    rain: np.ndarray  # int64 [places]
    wet: np.ndarray  # float64 [places]
    bridge: np.ndarray  # int64 [places], before
    order_men: np.ndarray  # int64 [orders]: men of the column, after


@pytest.fixture(scope="module")
def marched() -> tuple[sim.Scenario, dict[str, float], list[Hour]]:
    """Every hour of June and July of a campaign without battles."""
    campaign = sim.load(settings=NO_BATTLES)
    state = new_state(campaign.tables, SEED)
    advance(campaign.tables, state, 0, 31 * 24)
    hours: list[Hour] = []
    for hour in range(31 * 24, 92 * 24):
        units, seen, bridge = state.units.copy(), newest(state), state.places["bridge"].copy()
        advance(campaign.tables, state, hour, hour + 1)
        rain, wet = state.places["rain"].copy(), state.places["wet"].copy()
        after, men = state.units.copy(), state.order_men.copy()
        hours.append(Hour(hour, units, after, seen, newest(state), rain, wet, bridge, men))
    return campaign, {name: one.value for name, one in campaign.data.rules.items()}, hours


def newest(state: Any) -> np.ndarray:
    """Hour, place and men of the newest report of each unit to each side."""
    found = np.zeros((2, len(state.units), 3), np.int64)
    for side in range(2):
        for i in range(len(state.units)):
            entry = state.seen[side, i, state.seen_at[side, i]]
            found[side, i] = entry["hour"], entry["place"], entry["men"]
    return found


# ---------------------------------------------------------------------- march


def mover(u: Any) -> int:
    """docs/odd/march.md, movers."""
    if u["arm"] == ARMOUR:
        return CARS
    if u["guns"] > 0:
        return WHEELS if u["guns"] > u["pack_guns"] else PACK
    if u["arm"] in (CAVALRY, ARTILLERY):
        return HORSE if 2 * u["horses"] >= u["men"] else FOOT
    return CARTS if u["carts"] else FOOT


def pace(u: Any, rules: dict[str, float]) -> float:
    """docs/odd/march.md, movers; all levers are 1."""
    kind = mover(u)
    kmh = rules[f"march.{MOVERS[kind]}_kmh"] * (1 - rules["march.fatigue_pace"] * u["fatigue"])
    if kind in (HORSE, PACK, WHEELS):
        kmh *= 1 - rules["march.condition_pace"] * (1 - u["condition"])
    return float(kmh)


def ground(route: Any, rules: dict[str, float]) -> float:
    """docs/odd/march.md, the hour."""
    if "trail" in sim_words("ROUTE_KINDS")[route["kind"]]:
        return rules["march.ground_trail"]
    return rules[f"march.ground_{GROUNDS.get(int(route['terrain']), 'steppe')}"]


def sim_words(name: str) -> tuple[str, ...]:
    """A list of words of the theatre, as docs/odd/entities.md prints it."""
    from sim import theatre

    return getattr(theatre, name)


def test_columns_march_as_fast_as_their_slowest(marched: tuple[sim.Scenario, dict[str, float], list[Hour]]) -> None:
    _, rules, hours = marched
    columns = 0
    for one in (one for one in hours if one.hour % 24 == DAWN_H):
        orders = {int(v["order"]) for v in one.after if on_the_ground(v) and v["order"] >= 0}
        for order in orders:
            rows = [i for i, v in enumerate(one.after) if on_the_ground(v) and v["order"] == order]
            slowest = min(pace(one.before[i], rules) for i in rows)
            assert one.after["pace_kmh"][rows] == pytest.approx(slowest)
            columns += len(rows) > 1
    assert columns > 300


def test_an_hour_on_the_road(marched: tuple[sim.Scenario, dict[str, float], list[Hour]]) -> None:
    """Km gone, hours of the day, fatigue: of whoever began and ended the hour on one route, not at its river."""
    campaign, rules, hours = marched
    routes, orders = campaign.tables.routes, campaign.tables.orders
    limits = [rules[f"march.{name}_h"] for name in ("slow", "normal", "forced")]
    met: Counter[str] = Counter()
    for one in hours:
        clock = one.hour % 24
        for u, v in zip(one.before, one.after, strict=True):
            if not on_the_ground(u) or u["route"] < 0 or u["wait_h"] > 0 or u["order"] != v["order"]:
                continue
            same = u["route"] == v["route"] and u["ahead"] == v["ahead"] and u["crossings"] == v["crossings"]
            if not same or v["path_n"] == 0 or v["order"] < 0:
                continue
            route, order = routes[u["route"]], orders[v["order"]]
            rail = sim_words("ROUTE_KINDS")[route["kind"]] == RAILWAY
            gone = float(v["along_km"] - u["along_km"])
            left = 1.0 if rail else min(1.0, limits[order["pace"]] - (float(u["hours_today"]) if clock else 0.0))
            if not rail and (clock < DAWN_H or left <= 0):
                assert gone == 0
                assert v["fatigue"] == pytest.approx(max(0.0, u["fatigue"] - rules["march.recovery_per_h"]))
                met["rest"] += 1
                continue
            if gone == 0:  # it stands off
                assert order["objective"] == v["ahead"]
                met["stands off"] += 1
                continue
            near = u["ahead"] if 2 * u["along_km"] > route["km"] else u["behind"]
            kmh = rules["march.rail_kmh"]
            if not rail:
                kmh = v["pace_kmh"] * ground(route, rules) * (rules["march.rain"] if one.rain[near] else 1.0)
            half = route["km"] / 2
            end = half if route["crossing"] > 0 and not u["crossed"] else route["km"]
            if u["along_km"] + kmh * left > end - 1e-6:
                continue
            assert gone == pytest.approx(kmh * left)
            per_km = rules["march.fatigue_per_km_foot" if v["mover"] in (FOOT, CARTS) else "march.fatigue_per_km_horse"]
            tired = 0.0 if rail or v["mover"] == CARS else per_km * gone
            assert v["fatigue"] == pytest.approx(min(1.0, u["fatigue"] + tired))
            met["rail" if rail else "rain" if one.rain[near] else "road"] += 1
    assert met["road"] > 2000, met
    assert met["rain"] > 200
    assert met["rest"] > 5000
    assert met["rail"] > 10, met


def test_crossings_take_their_hours(marched: tuple[sim.Scenario, dict[str, float], list[Hour]]) -> None:
    campaign, rules, hours = marched
    tables, met = campaign.tables, Counter[str]()
    for one in hours:
        for u, v in zip(one.before, one.after, strict=True):
            if not on_the_ground(v) or v["crossings"] != u["crossings"] + 1 or v["route"] < 0 or not v["crossed"]:
                continue
            route = tables.routes[v["route"]]
            kind = sim_words("CROSSINGS")[route["crossing"]]
            men = max(int(v["men"]), int(one.order_men[v["order"]])) if v["order"] >= 0 else int(v["men"])
            scale = max(0.15, men / rules["march.crossing_men"])
            if kind == "bridge" or one.bridge[v["ahead"]] or one.bridge[v["behind"]]:
                kind, took = "bridge", 0.5 * scale
            elif kind == "ford":
                kind = "flood" if one.wet[v["ahead"]] >= rules["weather.flood_level"] else "ford"
                took = rules["march.flooded_h" if kind == "flood" else "march.ford_h"] * scale
            else:
                took = rules["march.ferry_h"] * scale
            took *= 0.6 + 0.8 * uniform(SEED, CROSS, int(v["id"]), int(u["crossings"]))
            assert v["wait_h"] == pytest.approx(took)
            met[kind] += 1
    assert met["ford"] > 20
    assert met["ferry"] + met["flood"] > 5


# ---------------------------------------------------------------------- scouting


def test_who_is_seen_and_how_strong(marched: tuple[sim.Scenario, dict[str, float], list[Hour]]) -> None:
    """docs/odd/scouting.md: patrols, people, aircraft, of every watch but that of nine in the evening."""
    campaign, rules, hours = marched
    tables, met = campaign.tables, Counter[str]()
    for one in (one for one in hours if one.hour % 24 in (3, 9, 15)):
        watch = one.hour // 6
        ground_units = [i for i, v in enumerate(one.after) if on_the_ground(v)]
        at = {i: place_of(one.after[i], tables.routes) for i in ground_units}
        sighted = {i: int(one.before[i]["sighted"]) for i in ground_units}
        told: dict[int, int] = {}

        def tell(
            i: int, bias: float, how: str, one: Hour = one, at: Any = at, told: Any = told, n: Any = sighted
        ) -> None:
            u, side = one.after[i], 1 - int(one.after[i]["side"])
            luck = NORMAL.inv_cdf(uniform(SEED, ESTIMATE, int(u["id"]), n[i]))
            men = max(10, 10 * floor(u["men"] * bias * exp(rules["scouting.error"] * luck) / 10 + 0.5))
            n[i] += 1
            met[how] += 1
            last = told.get(i, tuple(one.seen[side, i]))
            if last[1] != at[i] or one.hour - last[0] >= 12:
                told[i] = (one.hour, at[i], men)

        for side in range(2):
            eyes: dict[int, float] = {}
            for i in ground_units:
                if one.after[i]["side"] == side:
                    horse = one.after[i]["mover"] in (HORSE, PACK)
                    km = rules["scouting.horse_km" if horse else "scouting.foot_km"]
                    eyes[at[i]] = max(eyes.get(at[i], 0.0), km)
            enemies = [i for i in ground_units if one.after[i]["side"] != side]
            for i in enemies:
                best = 0.0
                for place, reach in eyes.items():
                    km = distance(tables.places[place], tables.places[at[i]])
                    if km <= min(reach, 130.0):
                        best = max(best, 1.0 if km < 1 else 1 - 0.6 * km / reach)
                chance = rules["scouting.sight_6h"] * best * (0.7 if one.rain[at[i]] else 1.0)
                if uniform(SEED, SIGHT, int(one.after[i]["id"]), watch) < chance:
                    tell(i, 1.0, "patrol")
            chance = 1 - (1 - min(0.999, rules["scouting.inform_day"])) ** 0.25
            for i in enemies:
                home = tables.home[side, tables.places[at[i]]["country"]]
                heard = uniform(SEED, INFORM, int(one.after[i]["id"]), watch) < chance
                if home and one.after[i]["men"] >= 50 and heard:
                    tell(i, 1.0, "people")
        for flyer in one.after if one.hour % 24 in (9, 15) else ():
            up = flyer["status"] == FIELD and flyer["men"] > 0 and flyer["arm"] == AIR and flyer["place"] >= 0
            if not up or one.rain[flyer["place"]]:
                continue
            for i in ground_units:
                u, here = one.after[i], tables.places[at[i]]
                if u["side"] == flyer["side"] or u["men"] < 200 or one.rain[at[i]]:
                    continue
                if distance(tables.places[flyer["place"]], here) > rules["scouting.air_km"]:
                    continue
                if uniform(SEED, AIR_LUCK, int(u["id"]), watch) < rules["scouting.air_sight"]:
                    hidden = here["wooded"] and u["still_h"] > 6
                    tell(i, rules["scouting.woods_undercount"] if hidden else 1.0, "woods" if hidden else "air")
        for i in ground_units:
            assert one.after[i]["sighted"] == sighted[i]
            side = 1 - int(one.after[i]["side"])
            assert tuple(one.told[side, i]) == told.get(i, tuple(one.seen[side, i]))
    assert met["patrol"] > 200
    assert met["people"] > 200
    assert met["air"] > 10


# ---------------------------------------------------------------------- mutiny and hunt


def test_mutineers_let_their_commander_go_or_kill_him() -> None:
    """docs/odd/cohesion.md, mutiny, flight and hunt: of every rising of some runs."""
    campaign = sim.load()
    tables, rules = campaign.tables, {name: one.value for name, one in campaign.data.rules.items()}
    met: Counter[str] = Counter()
    for seed in range(6):
        risings = {int(e["hour"]) for e in sim.run(campaign, seed).chronicle if e["kind"] == kind_of("mutiny")}
        if not risings:
            continue
        state = new_state(tables, seed)
        advance(tables, state, 0, min(risings))
        for hour in range(min(risings), campaign.hours):
            before = tuple(x.copy() for x in (state.units, state.commands, state.commanders))
            advance(tables, state, hour, hour + 1)
            for c in np.flatnonzero((before[1]["mutiny_h"] < 0) & (state.commands["mutiny_h"] == hour)):
                met[rising(seed, int(c), before[2], state, rules)] += 1
            for i in np.flatnonzero((before[0]["fugitive"] == 1) & (before[0]["status"] == FIELD)):
                met[chase(seed, hour, int(i), before[0], state, tables, rules)] += 1
    assert met["killed"] > 0
    assert met["flees"] > 0
    assert met["taken"] > 0
    assert met["rides on"] > 50


def kind_of(name: str) -> int:
    """Number of an event, as docs/odd/entities.md prints it."""
    from sim.state import EVENTS

    return EVENTS.index(name)


def rising(seed: int, c: int, commanders: np.ndarray, state: Any, rules: dict[str, float]) -> str:
    """What became of the commander of a command that has just risen."""
    from sim.state import FATES

    command, k = state.commands[c], int(state.commands[c]["commander"])
    own = [u for u in state.units if on_the_ground(u) and u["command"] == c]
    assert min((float(u["cohesion"]) for u in own), default=1.0) >= 0.3
    if k < 0 or FATES[commanders[k]["fate"]] not in ("in command", "wounded"):
        return "led by nobody"
    died = (
        command["superior"] >= 0 and uniform(seed, DEATH, int(commanders[k]["id"]), 0) < rules["mutiny.leader_killed"]
    )
    assert FATES[state.commanders[k]["fate"]] == ("killed" if died else "fled")
    rides = int(commanders[k]["unit"])
    if rides >= 0:
        assert state.units[rides]["leader"] == -1
    if died or rides < 0:
        return "killed" if died else "alone"
    (row,) = [i for i, u in enumerate(state.units) if u["fugitive"] == 1 and u["leader"] == k]
    escort, left = state.units[row], state.units[rides]
    whole = {name: int(escort[name] + left[name]) for name in ("men", "horses", "mg")}
    share = min(1.0, rules["hunt.escort_men"] / whole["men"])
    assert {name: int(escort[name]) for name in whole} == {name: int(n * share) for name, n in whole.items()}
    assert (escort["guns"], escort["order"], escort["pending"]) == (0, -1, -1)
    assert escort["path_n"] == 0 or state.paths[row, escort["path_n"] - 1] == command["base"]
    assert state.commanders[k]["unit"] == row
    return "flees"


def chase(seed: int, hour: int, i: int, before: np.ndarray, state: Any, tables: Any, rules: dict[str, float]) -> str:
    """Whether an escort was taken in an hour as the page says; what comes after the hunt does not move anybody far."""
    u, v = before[i], state.units[i]
    here = place_of(v, tables.routes)
    enemies = [w for w in state.units if on_the_ground(w) and w["side"] != u["side"]]
    places = [tables.places[place_of(w, tables.routes)] for w in enemies]
    km = min(distance(tables.places[here], place) for place in places)
    loyalty = float(tables.loyalty[u["faction"]])
    rate = rules["hunt.handover_day"] * (1 - loyalty) / 24 + rules["hunt.capture_h"]
    rate *= exp(-km / rules["hunt.search_km"])
    if u["men"] < 10:
        rate *= 1.5
    taken = uniform(seed, HUNT, int(u["id"]), hour) < 1 - exp(-rate)
    if v["battle"] >= 0 or (v["men"] != u["men"] and not taken):
        return "in a fight or left by its men"
    assert (v["status"] != FIELD) == taken
    if taken:
        assert (v["men"], v["horses"], v["mg"]) == (0, 0, 0)
        assert state.commanders[u["leader"]]["fate_h"] == hour
    return "taken" if taken else "rides on"
