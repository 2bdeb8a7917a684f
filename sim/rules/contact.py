"""Who stands where and against whom: sites, contact, power and pace of a side.

A site is a place or a route; units on one are listed once an hour. Nothing here changes a unit.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import rule
from sim.muster import (
    AIR,
    ARMOUR,
    CARS,
    FIELD,
    FOOT,
    HORSE,
    PACK,
)
from sim.state import (
    N_NEWCOMERS,
    N_TOUCHED,
    N_UNITS,
)


@rule
def unit_power(u, rules):
    """Fighting power of a unit: men able to fire by rounds and cohesion, machine guns, guns with shells, cars."""
    men = u["men"] * (0.55 + 0.45 * u["cohesion"])
    if u["retreating"] == 1:
        men *= 0.35
    men *= 0.35 + 0.65 * min(1.0, u["rounds"] / 20.0)
    power = men + rules["battle_mg_weight"] * u["mg"] * min(1.0, u["rounds"] / 20.0)
    if u["shells"] > 0.5:
        power += rules["battle_gun_weight"] * u["guns"]
    if u["arm"] == ARMOUR:
        power += rules["battle_car_weight"] * 2.0
    return power


@rule
def position_km(u, route):
    """Where a unit on a route stands, km from the route's `a` end."""
    return u["along_km"] if u["behind"] == route["a"] else route["km"] - u["along_km"]


@rule
def gather(t, s):
    """List the units by site (places, then routes) and count the men of each side there."""
    n_places = len(t.places)
    for k in range(s.counts[N_TOUCHED]):
        site = s.touched[k]
        s.first[site] = -1
        s.men_at[0, site] = 0
        s.men_at[1, site] = 0
    touched = 0
    for i in range(s.counts[N_UNITS] - 1, -1, -1):
        u = s.units[i]
        if u["status"] != FIELD or u["men"] <= 0 or u["arm"] == AIR:
            continue
        site = np.int64(u["place"])
        if site < 0:
            site = n_places + np.int64(u["route"])
        if s.first[site] < 0:
            s.touched[touched] = site
            touched += 1
        s.follow[i] = s.first[site]
        s.first[site] = i
        s.men_at[u["side"], site] += u["men"]
    s.counts[N_TOUCHED] = touched
    s.counts[N_NEWCOMERS] = 0


@rule
def contact_point(t, s, site):
    """Where on a route the nearest enemies face each other, km from its `a` end; -1 when out of reach."""
    route = t.routes[site - len(t.places)]
    best, point = s.rules[0]["battle_contact_km"], -1.0
    i = np.int64(s.first[site])
    while i >= 0:
        u = s.units[i]
        j = np.int64(s.follow[i])
        while j >= 0:
            v = s.units[j]
            if v["side"] != u["side"]:
                a, b = position_km(u, route), position_km(v, route)
                if abs(a - b) <= best:
                    best = abs(a - b)
                    point = 0.5 * (a + b)
            j = np.int64(s.follow[j])
        i = np.int64(s.follow[i])
    return point


@rule
def ground_of(t, site, point):
    """The place whose ground a battle is fought on: its place, or on a route the end nearer to the contact point."""
    if site < len(t.places):
        return site
    route = t.routes[site - len(t.places)]
    return np.int64(route["a"]) if point * 2.0 <= route["km"] else np.int64(route["b"])


@rule
def within(t, s, i, site, point):
    """Whether unit `i` on this site is near enough to the contact point to take part."""
    if site < len(t.places):
        return True
    return abs(position_km(s.units[i], t.routes[site - len(t.places)]) - point) <= 2.0 * s.rules[0]["battle_contact_km"]


@rule
def side_power(t, s, site, point, side):
    """Power, mean quality, men, strongest unit, mounted share and approach routes of a side on a site."""
    rules = s.rules[0]
    power, quality, weight, men, lead, lead_men, mounted, ways = 0.0, 0.0, 0.0, 0, -1, 0, 0, 0
    first_way = -2
    i = np.int64(s.first[site])
    while i >= 0:
        u = s.units[i]
        if u["side"] == side and within(t, s, i, site, point):
            p = unit_power(u, rules)
            power += p
            quality += p * u["quality"] * s.levers[side]["quality"] * (1.0 - 0.3 * u["fatigue"])
            weight += p
            men += u["men"]
            if u["men"] > lead_men:
                lead, lead_men = i, np.int64(u["men"])
            if u["mover"] == HORSE or u["mover"] == PACK:
                mounted += u["men"]
            if u["still_h"] < 24.0 and u["retreating"] == 0:
                if first_way == -2:
                    first_way = np.int64(u["behind"])
                    ways = 1
                elif first_way != u["behind"]:
                    ways = 2
        i = np.int64(s.follow[i])
    if power > rules["battle_frontage_men"]:
        power = rules["battle_frontage_men"] * math.sqrt(power / rules["battle_frontage_men"])
    return power, (quality / weight if weight > 0 else 1.0), men, lead, (mounted / men if men > 0 else 0.0), ways


@rule
def out_of_reach(s, t, site, point, side, hour):
    """Whether all of a side on a site have just broken contact."""
    i = np.int64(s.first[site])
    while i >= 0:
        if s.units[i]["side"] == side and within(t, s, i, site, point) and hour >= s.units[i]["clear_h"]:
            return False
        i = np.int64(s.follow[i])
    return True


@rule
def retreat_kmh(u, lever, rules):
    """Pace of a unit going back alone, km/h on easy ground; `lever` is its side's pace, for whoever has horses."""
    if u["mover"] == FOOT:
        return rules["march_foot_kmh"]
    if u["mover"] == CARS:
        return rules["march_cars_kmh"]
    if u["mover"] == HORSE or u["mover"] == PACK:
        pace = rules["march_horse_kmh"] if u["mover"] == HORSE else rules["march_pack_kmh"]
        return pace * (1.0 - rules["march_condition_pace"] * (1.0 - u["condition"])) * lever
    return rules["march_carts_kmh"] * lever


@rule
def mobility(t, s, site, point, side):
    """Mean pace of a side on a site, by men, km/h: who is faster gets away and catches."""
    total, men = 0.0, 0
    i = np.int64(s.first[site])
    while i >= 0:
        u = s.units[i]
        if u["side"] == side and within(t, s, i, site, point):
            total += retreat_kmh(u, s.levers[side]["pace"], s.rules[0]) * u["men"]
            men += u["men"]
        i = np.int64(s.follow[i])
    return total / men if men > 0 else 1.0


@rule
def mean_cohesion(s, site, b, side):
    """Mean cohesion of a side in a battle, by men."""
    total, men = 0.0, 0
    i = np.int64(s.first[site])
    while i >= 0:
        u = s.units[i]
        if u["battle"] == b and u["side"] == side:
            total += u["cohesion"] * u["men"]
            men += u["men"]
        i = np.int64(s.follow[i])
    return total / men if men > 0 else 0.5
