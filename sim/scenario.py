"""A scenario ready to run: the checked folder, a plan and patches, frozen to the engine's tables.

Rows are sorted by id, so that the order of rows in a file changes nothing; luck is keyed by hashes of ids.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import ScenarioError
from sim.luck import hash_id
from sim.muster import ARMS, FIELD, UNIT, WAITING, mover_of
from sim.parameters import LEVERS, NAMES, TEMPERS
from sim.patch import apply_patches, canonical, patch_from_dict, patch_from_settings, read_patch
from sim.plan import CONDITION, CONDITIONS, FATES, ORDER, ORDER_STATE, PACES, TASKS
from sim.scenario_files import Condition, Order, Patch, ScenarioData, find_scenario, read_folder
from sim.state import COMMAND, COMMANDER, CONSEQUENCE, CONSEQUENCE_KINDS, DEPOT, NEVER, Tables
from sim.theatre import CROSSINGS, NEAR_KM, PLACE, ROUTE, ROUTE_KINDS, TERRAINS, adjacency, nearby, wire_nets

RESERVE = 12  # rows for units born in a run


@dataclass(frozen=True)
class Scenario:
    """A scenario with its plan and patches, frozen. Make one with `sim.load`.

    data: what the files say, patched; plan: id of the plan that is played; tables: the engine's arrays, whose rows have
    the ids listed in place_ids, route_ids, unit_ids, command_ids, commander_ids, faction_ids, side_ids, country_ids,
    order_ids and consequence_ids, in that order.
    """

    data: ScenarioData
    plan: str
    tables: Tables
    place_ids: tuple[str, ...]
    route_ids: tuple[str, ...]
    unit_ids: tuple[str, ...]
    command_ids: tuple[str, ...]
    commander_ids: tuple[str, ...]
    faction_ids: tuple[str, ...]
    side_ids: tuple[str, ...]
    country_ids: tuple[str, ...]
    order_ids: tuple[str, ...]  # one a row of tables.orders; a patched order may stand twice
    consequence_ids: tuple[str, ...]

    @property
    def title(self) -> str:
        """The scenario's title."""
        return self.data.header.title

    @property
    def hours(self) -> int:
        """Length of the campaign in hours."""
        return self.data.header.hours

    def date(self, hour: float) -> datetime:
        """Date and time of an hour of the campaign."""
        start = self.data.header.start
        return datetime(start.year, start.month, start.day) + timedelta(hours=float(hour))

    @cached_property
    def hash(self) -> str:
        """Hash of folder, plan and patches: equal hashes and seeds give equal runs of one version."""
        told = json.dumps(
            [self.data.content_hash, self.plan, [canonical(p) for p in self.data.patches]], sort_keys=True, default=str
        )
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def site_name(self, site: int) -> str:
        """Name of a site: a place, or the way between two places."""
        places = self.tables.places
        if site < 0:
            return "?"
        if site < len(places):
            return self.place_name(site)
        route = self.tables.routes[site - len(places)]
        return f"between {self.place_name(int(route['a']))} and {self.place_name(int(route['b']))}"

    def place_name(self, place: int) -> str:
        """Name of a place by its row."""
        return self._names["places"][place] if place >= 0 else "?"

    def name(self, table: str, row: int) -> str:
        """Name of a row of a table: `units`, `commands`, `commanders`, `places`, `factions` or `sides`."""
        names = self._names[table]
        return names[row] if 0 <= row < len(names) else "?"

    @cached_property
    def _names(self) -> dict[str, tuple[str, ...]]:
        def names(ids: Sequence[str], rows: Iterable[Any]) -> tuple[str, ...]:
            by_id = {row.id: row.name for row in rows}
            return tuple(by_id[i] for i in ids)

        data = self.data
        return {
            "places": names(self.place_ids, data.places),
            "units": names(self.unit_ids, data.units),
            "commands": names(self.command_ids, data.commands),
            "commanders": names(self.commander_ids, data.commanders),
            "factions": names(self.faction_ids, data.factions),
            "sides": names(self.side_ids, data.sides),
        }


def load(
    scenario: str | Path | ScenarioData = "mongolia_1921",
    plan: str | None = None,
    patches: Iterable[Patch | dict[str, Any] | str | Path] = (),
    settings: Iterable[str] = (),
) -> Scenario:
    """Read, patch and freeze a scenario.

    scenario: id of a shipped scenario, a folder, or the `data` of a scenario, which stands for its folder and patches
    (what was replaced in it by hand does not count: change it by a patch); plan: name of one of its plans (default:
    the scenario's own);
    patches: Patch objects, dicts or TOML files, applied in order; settings: `key=value` as on the command line.
    Raises ScenarioError or PatchError, which name file, place and the likely meaning.
    """
    data = scenario if isinstance(scenario, ScenarioData) else read_folder(find_scenario(scenario))
    asked: list[Patch] = []
    for patch in patches:
        if isinstance(patch, Patch):
            asked.append(patch)
        elif isinstance(patch, dict):
            asked.append(patch_from_dict(patch))
        elif str(patch) in data.counterfactuals:
            asked.append(data.counterfactuals[str(patch)])
        else:
            asked.append(read_patch(patch))
    settings = list(settings)
    if settings:
        asked.append(patch_from_settings(settings))
    games = [patch.game for patch in asked if patch.game is not None]
    name = plan or data.plan or (games[0].plan if games else data.header.default_plan)
    return freeze(apply_patches(data, [one for patch in asked for one in with_past(patch)], name), name)


def with_past(patch: Patch) -> list[Patch]:
    """A patch, and before it those of the world in which it was played when it is a saved game."""
    if patch.game is None:
        return [patch]
    alone = patch.model_copy(update={"game": patch.game.model_copy(update={"before": ()})})
    return [*(patch_from_dict(one) for one in patch.game.before), alone]


def with_orders(scenario: Scenario, data: ScenarioData) -> Scenario:
    """The same world with the orders of `data`, which differs from the scenario's own in nothing else.

    A fiftieth of the work of `freeze`, which it equals row by row.
    """
    row_of = {
        "place": _rows(scenario.place_ids),
        "unit": _rows(scenario.unit_ids),
        "command": _rows(scenario.command_ids),
        "commander": _rows(scenario.commander_ids),
        "side": _rows(scenario.side_ids),
        "country": _rows(scenario.country_ids),
    }
    order_ids, orders = _freeze_orders(data, scenario.plan, row_of)
    return replace(scenario, data=data, tables=scenario.tables._replace(**orders), order_ids=order_ids)


def _rows(ids: Sequence[str]) -> dict[str, int]:
    return {name: row for row, name in enumerate(ids)}


def freeze(data: ScenarioData, plan: str) -> Scenario:
    """Turn a (patched) scenario folder and one of its plans into the engine's tables.

    Raises ScenarioError when a parameter that the rules need is missing.
    """
    missing = [name for name in NAMES if name not in data.rules]
    if missing:
        raise ScenarioError(f"rules.toml: [{missing[0]}] is missing: the rules need it")
    places = sorted(data.places, key=lambda row: row.id)
    routes = sorted(data.routes, key=lambda row: row.id)
    units = sorted(data.units, key=lambda row: row.id)
    commands = sorted(data.commands, key=lambda row: row.id)
    commanders = sorted(data.commanders, key=lambda row: row.id)
    factions = sorted(data.factions, key=lambda row: row.id)
    depots = sorted(data.depots, key=lambda row: row.id)
    consequences = sorted(data.consequences, key=lambda row: row.id)
    sides = [side.id for side in data.sides]
    countries = sorted({place.country for place in places} | {c for side in data.sides for c in side.home})
    row_of = {
        "place": _rows([p.id for p in places]),
        "unit": _rows([u.id for u in units]),
        "command": _rows([c.id for c in commands]),
        "commander": _rows([c.id for c in commanders]),
        "faction": _rows([f.id for f in factions]),
        "side": _rows(sides),
        "country": _rows(countries),
    }
    place_rows = _freeze_places(data, places, routes, row_of)
    route_rows = np.zeros(len(routes), ROUTE)
    for row, route in zip(route_rows, routes, strict=True):
        row["id"], row["a"], row["b"] = hash_id(route.id), row_of["place"][route.from_], row_of["place"][route.to]
        row["km"], row["kind"] = route.length_km, ROUTE_KINDS.index(route.kind)
        row["terrain"], row["crossing"] = TERRAINS.index(route.terrain), CROSSINGS.index(route.crossing)
        row["wire"], row["frontier"] = route.telegraph == "yes", route.frontier
    unit_rows = _freeze_units(data, units, row_of, place_rows)
    command_rows = np.zeros(len(commands), COMMAND)
    for row, command in zip(command_rows, commands, strict=True):
        row["id"], row["side"] = hash_id(command.id), row_of["side"][command.side]
        row["base"] = row_of["place"][command.base]
        row["commander"] = row_of["commander"].get(command.commander, -1)
        row["superior"] = row_of["command"].get(command.superior, -1)
        row["initial_men"] = sum(
            u.men for u in units if u.command == command.id and (not u.enter or data.header.hour(u.enter) <= 0)
        )
        row["place"], row["hq"], row["order"] = row["base"], -1, -1
        for field in ("order_h", "lost_h", "won_h"):
            row[field] = NEVER
        row["mutiny_h"], row["lost_place"], row["won_place"] = -1, -1, -1
    commander_rows = np.zeros(len(commanders), COMMANDER)
    for k, (row, man) in enumerate(zip(commander_rows, commanders, strict=True)):
        row["id"], row["side"] = hash_id(man.id), row_of["side"][man.side]
        row["unit"] = row_of["unit"].get(man.rides_with, -1)
        row["command"] = next((i for i, c in enumerate(commands) if c.commander == man.id), -1)
        row["place"] = row_of["place"].get(man.place, -1)
        row["fate_h"], row["fate_place"] = -1, -1
        if row["unit"] >= 0:
            unit_rows[row["unit"]]["leader"] = k
            row["place"] = unit_rows[row["unit"]]["place"]
    depot_rows = np.zeros(len(depots), DEPOT)
    for row, depot in zip(depot_rows, depots, strict=True):
        row["id"], row["side"], row["place"] = (
            hash_id(depot.id),
            row_of["side"][depot.side],
            row_of["place"][depot.place],
        )
        for field in ("rations", "rounds", "shells", "daily_rations", "daily_rounds", "daily_shells"):
            row[field] = getattr(depot, field)
    consequence_rows = np.zeros(len(consequences), CONSEQUENCE)
    for row, item in zip(consequence_rows, consequences, strict=True):
        row["id"], row["place"], row["to_side"] = (
            hash_id(item.id),
            row_of["place"][item.place],
            row_of["side"][item.to_side],
        )
        row["kind"] = CONSEQUENCE_KINDS.index(item.kind)
        row["faction"] = row_of["faction"].get(item.faction, -1)
        row["target"] = row_of["place"].get(item.target, -1)
        row["value"], row["days"] = item.value, item.days
    adj_start, adj_place, adj_route = adjacency(place_rows, route_rows)
    near_start, near_place, near_km = nearby(place_rows, NEAR_KM, np.arange(len(place_rows)))
    reach = data.rules["supply.depot_reach_km"]
    depot_start, depot_near, _ = nearby(place_rows, max(reach.high, reach.value), depot_rows["place"])
    home = np.zeros((2, len(countries)), np.int64)
    for side in data.sides:
        for country in side.home:
            home[row_of["side"][side.id], row_of["country"][country]] = 1
    order_ids, orders = _freeze_orders(data, plan, row_of)
    tables = Tables(
        places=place_rows,
        routes=route_rows,
        adj_start=adj_start,
        adj_place=adj_place,
        adj_route=adj_route,
        near_start=near_start,
        near_place=near_place,
        near_km=near_km,
        depot_start=depot_start,
        depot_near=depot_near,
        wire_ring=wire_nets(place_rows, route_rows),
        **orders,
        consequences=consequence_rows,
        loyalty=np.array([f.loyalty for f in factions] or [1.0], np.float64),
        home=home,
        months=_months(data),
        timed=_freeze_timed(data, row_of),
        units0=unit_rows,
        commands0=command_rows,
        commanders0=commander_rows,
        depots0=depot_rows,
        settings0=_freeze_settings(data, commanders),
        n_units=len(units),
        hours=data.header.hours,
    )
    return Scenario(
        data=data,
        plan=plan,
        tables=tables,
        place_ids=tuple(p.id for p in places),
        route_ids=tuple(r.id for r in routes),
        unit_ids=tuple(u.id for u in units),
        command_ids=tuple(c.id for c in commands),
        commander_ids=tuple(c.id for c in commanders),
        faction_ids=tuple(f.id for f in factions),
        side_ids=tuple(sides),
        country_ids=tuple(countries),
        order_ids=order_ids,
        consequence_ids=tuple(c.id for c in consequences),
    )


def _freeze_places(
    data: ScenarioData, places: Sequence[Any], routes: Sequence[Any], row_of: dict[str, dict[str, int]]
) -> np.ndarray:
    rows = np.zeros(len(places), PLACE)
    wooded = {place.id: [0, 0] for place in places}
    for route in routes:
        for end in (route.from_, route.to):
            wooded[end][0] += route.terrain in ("wooded mountain", "taiga")
            wooded[end][1] += 1
    havens = {haven.place: row_of["side"][haven.side] for haven in data.havens}
    for row, place in zip(rows, places, strict=True):
        row["id"], row["lat"], row["lon"] = hash_id(place.id), place.lat, place.lon
        row["cos_half"], row["sin_half"] = math.cos(math.radians(place.lat / 2)), math.sin(math.radians(place.lat / 2))
        row["country"], row["rank"], row["grass"] = row_of["country"][place.country], place.rank, place.grass
        row["town"] = "town" in place.kind
        row["wooded"] = wooded[place.id][0] * 2 > wooded[place.id][1]
        row["holder"] = row_of["side"].get(place.holder, -1)
        row["cell"] = hash_id(f"cell {math.floor(place.lon / 3.0)} {math.floor(place.lat / 1.5)}")
        row["haven"] = havens.get(place.id, -1)
    return rows


def _freeze_units(
    data: ScenarioData, units: Sequence[Any], row_of: dict[str, dict[str, int]], places: np.ndarray
) -> np.ndarray:
    rows = np.zeros(len(units) + RESERVE, UNIT)
    loyalty = {faction.id: faction.loyalty for faction in data.factions}
    for row in rows:
        for field in ("order", "pending", "goal", "battle", "leader", "route", "parent", "place", "behind", "ahead"):
            row[field] = -1
        row["lost_h"], row["won_h"] = NEVER, NEVER
    for row, unit in zip(rows, units, strict=False):
        row["id"] = hash_id(unit.id)
        for kind in ("side", "faction", "command", "place"):
            row[kind] = row_of[kind][getattr(unit, kind)]
        row["behind"] = row["ahead"] = row["place"]
        row["arm"], row["carts"] = ARMS.index(unit.arm), unit.carts
        for field in ("men", "horses", "guns", "pack_guns", "mg", "quality", "rounds", "shells"):
            row[field] = getattr(unit, field)
        row["initial_men"], row["rations"] = unit.men, unit.rations_days
        row["enter_h"] = data.header.hour(unit.enter) if unit.enter else 0
        row["status"] = WAITING if row["enter_h"] > 0 else FIELD
        row["cohesion"] = 0.55 + 0.35 * loyalty[unit.faction]
        row["fatigue"], row["condition"], row["still_h"] = 0.1, 0.9, 48.0
        row["country"] = places[row["place"]]["country"]
        row["mover"] = mover_of(row)
    for k in range(RESERVE):
        rows[len(units) + k]["id"] = hash_id(f"born {k}")
    return rows


def _freeze_settings(data: ScenarioData, commanders: Sequence[Any]) -> np.ndarray:
    rules = [data.rules[name].value for name in NAMES]
    levers = [getattr(side, lever) for side in data.sides for lever in LEVERS]
    tempers = [getattr(man, temper) for man in commanders for temper in TEMPERS]
    return np.array([*rules, *levers, *tempers], np.float64)


def _months(data: ScenarioData) -> np.ndarray:
    days = range(-(-data.header.hours // 24))
    return np.array([(data.header.start + timedelta(days=day)).month for day in days], np.int64)


def _freeze_timed(data: ScenarioData, row_of: dict[str, dict[str, int]]) -> np.ndarray:
    rows: list[tuple[float, float, float]] = []
    for change in data.timed:
        section, _, rest = change.key.partition(".")
        if section == "rules":
            index = NAMES.index(rest)
        else:
            owner, _, field = rest.rpartition(".")
            if section == "sides":
                index = len(NAMES) + row_of["side"][owner] * len(LEVERS) + LEVERS.index(field)
            else:
                index = len(NAMES) + 2 * len(LEVERS) + row_of["commander"][owner] * len(TEMPERS) + TEMPERS.index(field)
        rows.append((float(change.hour), float(index), float(change.value)))
    return np.array(sorted(rows), np.float64).reshape(-1, 3)


def _freeze_condition(
    data: ScenarioData, cond: Condition, states: dict[str, int], row_of: dict[str, dict[str, int]]
) -> tuple[int, int, float, float]:
    """ref, ref2, x and y of a condition (see `sim.plan.CONDITION`)."""
    place, command = row_of["place"], row_of["command"]
    kind, hour = cond.kind, data.header.hour
    near = place.get(cond.near or "", -1)
    if kind == "date":
        assert cond.date is not None
        return -1, -1, hour(cond.date), hour(cond.until) + 12 if cond.until else hour(cond.date)
    if kind in ("issued", "done"):
        return states[cond.order or ""], -1, cond.hours or 0.0, 0.0
    if kind == "at":
        return place[cond.place or ""], -1, cond.within_km or 0.0, 0.0
    if kind == "held":
        return place[cond.place or ""], row_of["side"].get(cond.side or "", -1), 0.0, 0.0
    if kind in ("beaten", "won", "fought"):
        return near, -1, cond.hours or 0.0, cond.within_km or 0.0
    if kind == "enemy":
        return near, row_of["country"].get(cond.country or "", -1), float(cond.men or 0), cond.within_km or 0.0
    if kind == "commander":
        return row_of["commander"][cond.commander or ""], FATES.index(cond.fate or "any"), 0.0, 0.0
    if kind == "mutiny":
        return command[cond.command or ""], -1, 0.0, 0.0
    if kind == "joined":
        return command[cond.command or ""], -1, cond.within_km or 0.0, 0.0
    x, y = {
        "odds": (cond.ratio, cond.within_km),
        "clear": (cond.within_km, 0.0),
        "rested": (cond.fatigue, cond.cohesion),
        "losses": (cond.share, 0.0),
        "hungry": (cond.days, 0.0),
        "elapsed": (cond.hours, 0.0),
    }[kind]
    return -1, -1, float(x or 0.0), float(y or 0.0)


def _freeze_orders(
    data: ScenarioData, plan: str, row_of: dict[str, dict[str, int]]
) -> tuple[tuple[str, ...], dict[str, np.ndarray]]:
    given = [order for order in data.plans[plan].orders if order.enabled]
    kept = {order.id for order in given}
    grouped = sorted(given, key=lambda order: row_of["command"][order.command])  # stable: keeps the plan's order
    states: dict[str, int] = {}
    for row, order in enumerate(grouped):
        states.setdefault(order.id, row)
    rows = np.zeros(max(1, len(grouped)), ORDER)
    conditions: list[tuple[int, int, int, int, float, float]] = []
    vias: list[int] = []
    addressees: list[int] = []
    default_accept = data.rules["command.accept_odds"].value

    def add(conds: Sequence[Condition]) -> tuple[int, int]:
        start = len(conditions)
        for cond in conds:
            if cond.order and cond.order not in kept:  # waits for an order that a patch has taken out
                conditions.append((CONDITIONS.index("date"), int(cond.not_), -1, -1, 1e9, 1e9))
                continue
            ref, ref2, x, y = _freeze_condition(data, cond, states, row_of)
            conditions.append((CONDITIONS.index(cond.kind), int(cond.not_), ref, ref2, x, y))
        return start, len(conditions) - start

    for row, order in zip(rows, grouped, strict=False):
        row["id"], row["state"] = hash_id(order.id), states[order.id]
        row["command"], row["task"] = row_of["command"][order.command], TASKS.index(order.task)
        row["objective"] = _objective(order, row_of)
        row["via_start"], row["via_n"] = len(vias), len(order.via)
        vias.extend(row_of["place"][place] for place in order.via)
        row["unit_start"], row["unit_n"] = len(addressees), len(order.units)
        addressees.extend(row_of["unit"][unit] for unit in order.units)
        row["when_start"], row["when_n"] = add(order.when)
        row["any_start"], row["any_n"] = add(order.when_any)
        row["pace"] = PACES.index(order.pace)
        row["accept"] = default_accept if order.accept is None else order.accept
        row["retreat"] = row_of["place"].get(order.retreat, -1)
        for field in ("rail", "leave_wheels", "persist", "hours", "unwanted"):
            row[field] = getattr(order, field)
        row["to_command"] = row_of["command"].get(order.to_command, -1)
        row["share"] = 1.0 if order.share is None else order.share
        row["from_h"] = order.valid_from_hour
        row["until_h"] = 2**30 if order.valid_until_hour is None else order.valid_until_hour
    starts = np.zeros(len(row_of["command"]) + 1, np.int64)
    for order in grouped:
        starts[row_of["command"][order.command] + 1 :] += 1
    state_rows = np.zeros(len(rows), ORDER_STATE)
    state_rows["issued_h"], state_rows["done_h"], state_rows["go_h"] = -1, -1, NEVER
    return tuple(order.id for order in grouped), {
        "orders": rows,
        "order_start": starts,
        "conditions": np.array(conditions, CONDITION),
        "vias": np.array(vias, np.int64),
        "addressees": np.array(addressees, np.int64),
        "order_state0": state_rows,
    }


def _objective(order: Order, row_of: dict[str, dict[str, int]]) -> int:
    table = "command" if order.task in ("join", "pursue", "attach") else "place"
    return row_of[table].get(order.objective, -1)
