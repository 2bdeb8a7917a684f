"""Phase 3, march: units move along routes.

Pace by mover and ground, less for rain, fatigue and worn horses; a column goes as fast as its slowest part; crossings
take time. Hours under way a day come from the order's pace. Sources: docs/marches.md, table of documented marches.
Left out: marches at night before an attack (only the beaten march at night), bivouacs off the routes.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import rule
from sim.luck import CROSS, uniform
from sim.muster import (
    AIR,
    CARS,
    CARTS,
    FIELD,
    FOOT,
    HORSE,
    PACK,
    WHEELS,
    mover_of,
)
from sim.plan import ATTACH, ATTACK, BRIDGE, JOIN, PURSUE, WITHDRAW
from sim.rules.common import chronicle, in_field, unsettle
from sim.rules.dispatches import set_out
from sim.rules.ways import ground, route_between
from sim.state import E_ARRIVES, E_BRIDGE, E_CROSSES, E_FRONTIER, E_HAVEN, N_UNITS, REPACE
from sim.theatre import BRIDGED, FORD, NO_CROSSING, RAILWAY

APPROACH_KM = 12.0  # a column closes up so far from the enemy's place
ASSAULT_H = 20  # a decision to go in holds for so many hours


@rule
def mover_kmh(mover, rules):
    """Pace of a mover on easy ground, km/h under way."""
    if mover == FOOT:
        return rules["march_foot_kmh"]
    if mover == CARTS:
        return rules["march_carts_kmh"]
    if mover == HORSE:
        return rules["march_horse_kmh"]
    if mover == PACK:
        return rules["march_pack_kmh"]
    if mover == WHEELS:
        return rules["march_wheels_kmh"]
    return rules["march_cars_kmh"]


@rule
def own_pace(u, lever, rules):
    """Pace of one unit on easy ground today, km/h: less when men are tired or horses worn."""
    pace = mover_kmh(u["mover"], rules) * (1.0 - rules["march_fatigue_pace"] * u["fatigue"])
    if u["mover"] == HORSE or u["mover"] == PACK or u["mover"] == WHEELS:
        pace *= 1.0 - rules["march_condition_pace"] * (1.0 - u["condition"])
        pace *= lever
    elif u["mover"] == CARTS:
        pace *= lever
    return pace


@rule
def form_column(t, s, o):
    """All who carry out one order march as fast as the slowest of them; the beaten go back alone."""
    rules = s.rules[0]
    slowest, men = 1e9, 0
    i = s.bound[o]
    while i >= 0:
        u = s.units[i]
        if in_field(u) and u["retreating"] == 0:
            u["mover"] = mover_of(u)
            slowest = min(slowest, own_pace(u, s.levers[u["side"]]["pace"], rules))
            men += u["men"]
        i = s.bound_next[i]
    s.order_men[o] = men
    i = s.bound[o]
    while i >= 0:
        u = s.units[i]
        if in_field(u) and u["retreating"] == 0:
            u["pace_kmh"] = slowest
        i = s.bound_next[i]
    s.repace[o] = 0


@rule
def form_columns(t, s, dawn):
    """Columns are formed at dawn, and in between those to which somebody has come or from which somebody has gone."""
    if dawn:
        for i in range(s.counts[N_UNITS]):
            u = s.units[i]
            if in_field(u):
                u["mover"] = mover_of(u)
                u["pace_kmh"] = own_pace(u, s.levers[u["side"]]["pace"], s.rules[0])
    for o in range(len(s.repace)):
        if dawn or s.repace[o] == 1:
            form_column(t, s, o)
    s.counts[REPACE] = 0


@rule
def hours_a_day(u, pace, rules):
    """Hours under way a day: by the order's pace; the beaten go on for longer."""
    if u["retreating"] == 1:
        return rules["march_forced_h"] + 2.0
    if pace == 0:
        return rules["march_slow_h"]
    if pace == 1:
        return rules["march_normal_h"]
    return rules["march_forced_h"]


@rule
def crossing_h(crossing, men, bridged, wet, rules):
    """Hours that a crossing costs a column of so many men.

    A ford costs a brigade two hours, a flooded one or a ferry one to three days (rules.toml, march).
    """
    if crossing == NO_CROSSING:
        return 0.0
    scale = max(0.15, men / rules["march_crossing_men"])
    if crossing == BRIDGED or bridged:
        return 0.5 * scale
    if crossing == FORD:
        return (rules["march_flooded_h"] if wet >= rules["weather_flood_level"] else rules["march_ford_h"]) * scale
    return rules["march_ferry_h"] * scale


@rule
def rest(u, rules):
    """An hour's rest: men and horses recover."""
    u["fatigue"] = max(0.0, u["fatigue"] - rules["march_recovery_per_h"])


@rule
def tire(u, km, rules):
    """Fatigue of so many km on foot or in the saddle."""
    per_km = rules["march_fatigue_per_km_horse"]
    if u["mover"] == FOOT or u["mover"] == CARTS:
        per_km = rules["march_fatigue_per_km_foot"]
    elif u["mover"] == CARS:
        per_km = 0.0
    u["fatigue"] = min(1.0, u["fatigue"] + per_km * km)


@rule
def enter_place(t, s, i, place, hour):
    """Unit `i` reaches a place; at the end of its path it looks for the next leg."""
    u = s.units[i]
    u["place"] = place
    u["crossed"] = 2 if t.routes[u["route"]]["kind"] == RAILWAY else 0  # 2: still on the train
    u["route"] = -1
    u["along_km"] = 0.0
    u["still_h"] = 0.0
    u["path_at"] += 1
    country = t.places[place]["country"]
    if country != u["country"]:
        chronicle(s.chronicle, s.counts, hour, E_FRONTIER, i, place, -1, country, u["men"], u["country"], 0, 0.0)
        u["country"] = country
    if u["path_at"] < u["path_n"]:
        return
    u["path_n"] = 0
    u["path_at"] = 0
    if u["retreating"] == 1:
        return
    before = u["arrived"]
    set_out(t, s, i, hour)
    if u["arrived"] == 1 and before == 0:
        chronicle(s.chronicle, s.counts, hour, E_ARRIVES, i, place, -1, u["order"], u["men"], 0, 0, 0.0)
        if t.places[place]["haven"] == u["side"]:
            chronicle(s.chronicle, s.counts, hour, E_HAVEN, i, place, -1, u["command"], u["men"], 0, 0, 0.0)


@rule
def stands_off(t, s, i, target, hour):
    """Whether a unit halts before the last step to its objective because enemies are known there.

    Who is to attack waits until his commander lets the column go in (`sim.rules.command.plan_assaults`), unless he is
    much stronger by himself or a fight is on. Who is only to go there or to hold waits until the odds suit him.
    """
    u = s.units[i]
    o = u["order"]
    if o < 0 or target != t.orders[o]["objective"] or s.site_battle[target] >= 0:
        return False
    order = t.orders[o]
    task = order["task"]
    danger = s.danger[u["side"], target]
    if danger == 0 or task == WITHDRAW or task == JOIN or task == PURSUE or task == ATTACH:
        return False
    if task == ATTACK:
        return hour - s.orders[order["state"]]["go_h"] >= ASSAULT_H and u["men"] < 2 * danger
    return danger * order["accept"] > s.order_men[o]


@rule
def start_leg(t, s, i, hour):
    """Take the route to the next place of the path. False when no route serves this mover any more."""
    u = s.units[i]
    rules = s.rules[0]
    target = np.int64(s.paths[i, u["path_at"]])
    rail = u["order"] >= 0 and t.orders[u["order"]]["rail"] == 1 and u["retreating"] == 0
    if u["retreating"] == 0 and stands_off(t, s, i, target, hour):
        return False
    r = route_between(t, s, np.int64(u["place"]), target, np.int64(u["mover"]), rail)
    if r < 0:
        u["path_n"] = 0
        return False
    if t.routes[r]["kind"] == RAILWAY and u["crossed"] != 2:
        u["wait_h"] = rules["march_entrain_h"]
        u["crossed"] = 2
        return False
    u["behind"] = u["place"]
    u["ahead"] = target
    u["route"] = r
    u["place"] = -1
    u["along_km"] = 0.0
    u["crossed"] = 0
    u["arrived"] = 0
    return True


@rule
def step(t, s, i, hour, hours):
    """Unit `i` marches for an hour or the part of it that is left of its day."""
    u = s.units[i]
    rules = s.rules[0]
    if u["place"] >= 0 and not start_leg(t, s, i, hour):
        return
    while hours > 1e-6:
        route = t.routes[u["route"]]
        if route["kind"] == RAILWAY:
            pace = rules["march_rail_kmh"]
        else:
            pace = u["pace_kmh"] * ground(route["kind"], route["terrain"], rules)
            near = u["ahead"] if u["along_km"] * 2.0 > route["km"] else u["behind"]
            if s.places[near]["rain"] == 1:
                pace *= rules["march_rain"]
        half = 0.5 * route["km"]
        if (
            abs(route["km"] - u["along_km"] - APPROACH_KM) <= pace
            and u["retreating"] == 0
            and stands_off(t, s, i, np.int64(u["ahead"]), hour)
        ):
            return
        if u["crossed"] == 0 and route["crossing"] > NO_CROSSING and u["along_km"] >= half - 1e-9:
            cross(t, s, i, route, hour)
            if u["wait_h"] >= 1.0:
                return
        left = route["km"] - u["along_km"]
        if u["crossed"] == 0 and route["crossing"] > NO_CROSSING:
            left = half - u["along_km"]
        km = min(pace * hours, left)
        u["along_km"] += km
        u["km_today"] += km
        if route["kind"] != RAILWAY:
            tire(u, km, rules)
        hours -= km / pace if pace > 1e-9 else hours
        if u["along_km"] >= route["km"] - 1e-6:
            enter_place(t, s, i, np.int64(u["ahead"]), hour)
            if s.men_at[1 - u["side"], u["place"]] > 0:
                return
            if u["path_n"] == 0 or u["arrived"] == 1 or not start_leg(t, s, i, hour):
                return


@rule
def cross(t, s, i, route, hour):
    """Unit `i` comes to the river on its route and waits as long as its column takes to cross."""
    u = s.units[i]
    rules = s.rules[0]
    near = np.int64(u["ahead"])
    bridged = s.places[near]["bridge"] == 1 or s.places[u["behind"]]["bridge"] == 1
    men = np.int64(u["men"])
    if u["order"] >= 0 and u["retreating"] == 0:
        men = max(men, np.int64(s.order_men[u["order"]]))
    wait = crossing_h(route["crossing"], men, bridged, s.places[near]["wet"], rules)
    wait *= 0.6 + 0.8 * uniform(s.seed[0], CROSS, u["id"], u["crossings"])
    u["crossings"] += 1
    u["crossed"] = 1
    u["wait_h"] = wait
    if wait >= 12.0:
        chronicle(s.chronicle, s.counts, hour, E_CROSSES, i, near, -1, -1, u["men"], int(wait), 0, 0.0)


@rule
def work(t, s, i, hour):
    """A unit at its objective with a bridge to build works on it."""
    u = s.units[i]
    order = t.orders[u["order"]]
    if u["place"] >= 0 and s.places[u["place"]]["bridge"] == 0:
        if hour - u["arrived_h"] >= max(order["hours"], s.rules[0]["march_bridge_build_h"]):
            s.places[u["place"]]["bridge"] = 1
            chronicle(s.chronicle, s.counts, hour, E_BRIDGE, i, u["place"], -1, -1, u["men"], 0, 0, 0.0)


@rule
def rally(t, s, i, hour):
    """A beaten unit recovers with time; then it takes up its order again, or stands where it is."""
    u = s.units[i]
    u["broken_h"] -= 1.0
    if u["broken_h"] > 0.0:
        return
    u["retreating"] = 0
    u["path_n"] = 0
    unsettle(s, u["order"])
    if u["order"] >= 0:
        order = t.orders[u["order"]]
        if order["task"] == ATTACK and s.orders[order["state"]]["attempts"] > order["persist"]:
            return
        u["arrived"] = 0
        set_out(t, s, i, hour)


@rule
def march(t, s, hour):
    """Every unit that has a way marches, waits at a crossing, or rests."""
    rules = s.rules[0]
    clock = hour % 24
    dawn = rules["march_dawn_h"]
    if clock == int(dawn) or s.counts[REPACE] == 1:
        form_columns(t, s, clock == int(dawn))
    for i in range(s.counts[N_UNITS]):
        u = s.units[i]
        if u["status"] != FIELD or u["men"] <= 0 or u["arm"] == AIR:
            continue
        if clock == 0:
            u["km_today"] = 0.0
            u["hours_today"] = 0.0
        if u["battle"] >= 0:
            continue
        if u["retreating"] == 1:
            rally(t, s, i, hour)
        if u["wait_h"] > 0.0:
            u["wait_h"] -= 1.0
            rest(u, rules)
            continue
        if u["path_n"] == 0:
            if u["place"] >= 0:
                u["still_h"] += 1.0
            rest(u, rules)
            if u["task"] == BRIDGE and u["arrived"] == 1 and u["order"] >= 0:
                work(t, s, i, hour)
            continue
        pace = 1
        if u["order"] >= 0:
            pace = t.orders[u["order"]]["pace"]
        hours = 1.0
        on_rail = u["route"] >= 0 and t.routes[u["route"]]["kind"] == RAILWAY
        if not on_rail:
            start = dawn if u["retreating"] == 0 else 3.0
            hours = min(1.0, hours_a_day(u, pace, rules) - u["hours_today"])
            if clock < start or hours <= 0.0:
                rest(u, rules)
                continue
            u["hours_today"] += hours
        u["still_h"] = 0.0
        step(t, s, i, hour, hours)
