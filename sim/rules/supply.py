"""Phase 6, supply: rations, rounds and fodder, once a day in the evening; horses wear and recover.

A unit draws from the nearest depot of its side within reach, the less the farther; the rest it finds on the steppe:
herds driven along feed horsemen better than foot (knyazev). Horse losses a day: 0.1 % at rest, 0.3-0.6 % on campaign,
1-2 % forced or starving (3rd Australian Light Horse 1917-18, Konarmia 1920).
Left out: wagons as units of their own, paper money.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import rule
from sim.luck import HORSES as HORSE_LUCK
from sim.luck import uniform, whole
from sim.muster import ARTILLERY, CAVALRY, HORSES, SICK, book
from sim.rules.common import chronicle, in_field, place_of
from sim.state import E_HUNGRY, N_UNITS
from sim.theatre import distance_km


@rule
def delivered(km, reach_km):
    """Share of a daily need that a depot at this distance delivers: 1 at hand, 0 at the end of its reach."""
    return max(0.0, 1.0 - km / reach_km)


@rule
def best_depot(t, s, side, place, reach_km):
    """The nearest depot in reach, which delivers most, -1: none. A depot lost to the enemy gives nothing."""
    for k in range(t.depot_start[place], t.depot_start[place + 1]):
        d = t.depot_near[k]
        depot = s.depots[d]
        if depot["side"] != side or s.places[depot["place"]]["holder"] != side or depot["rations"] < 1.0:
            continue
        return d if delivered(distance_km(t.places, np.int64(depot["place"]), place), reach_km) > 0.0 else -1
    return -1


@rule
def feed(t, s, i, rules, hour):
    """A day's food and rounds for one unit."""
    u = s.units[i]
    place = place_of(s.units, t.routes, i)
    side = np.int64(u["side"])
    lever = s.levers[side]["supply"]
    got = 0.0
    d = best_depot(t, s, side, place, rules["supply_depot_reach_km"])
    if d >= 0:
        depot = s.depots[d]
        share = (
            delivered(distance_km(t.places, np.int64(depot["place"]), place), rules["supply_depot_reach_km"]) * lever
        )
        want = min(2.0, 1.0 + rules["supply_carry_days"] - u["rations"]) * share
        got = min(want, depot["rations"] / max(1, u["men"]))
        depot["rations"] -= got * u["men"]
        need = min(rules["supply_rounds_day"] * share, max(0.0, rules["supply_rounds_full"] - u["rounds"]))
        rounds = min(need, depot["rounds"] / max(1, u["men"]))
        depot["rounds"] -= rounds * u["men"]
        u["rounds"] += rounds
        if u["guns"] > 0 and share > 0.2:
            shells = min(5.0 * share, max(0.0, rules["supply_shells_full"] - u["shells"]), depot["shells"] / u["guns"])
            depot["shells"] -= shells * u["guns"]
            u["shells"] += shells
    rides = u["arm"] == CAVALRY or u["arm"] == ARTILLERY
    forage = rules["supply_forage_horse"] if rides else rules["supply_forage_foot"]
    forage *= 0.5 + t.places[place]["grass"]
    if u["place"] >= 0 and t.places[place]["town"] == 1:
        forage *= rules["supply_town"]
    if u["km_today"] > 40.0 or u["battle"] >= 0:
        forage *= 0.6
    u["rations"] = min(rules["supply_carry_days"], u["rations"] + got + forage - 1.0)
    if u["rations"] < 0.0:
        u["rations"] = 0.0
        u["hunger_days"] += 1.0
        if u["hunger_days"] == 3.0:
            chronicle(s.chronicle, s.counts, hour, E_HUNGRY, i, place, -1, u["command"], u["men"], 0, 0, 0.0)
    else:
        u["hunger_days"] = max(0.0, u["hunger_days"] - 1.0)


@rule
def tend_horses(t, s, i, rules, hour):
    """A day's wear and grazing; horses that die or are left are booked."""
    u = s.units[i]
    if u["horses"] <= 0:
        return
    place = place_of(s.units, t.routes, i)
    grass = t.places[place]["grass"]
    km = u["km_today"]
    over = max(0.0, km - 40.0) / 30.0
    wear = rules["supply_march_wear"] * (km / 40.0) + 0.08 * over
    gain = rules["supply_grass_gain"] * grass * (1.0 - min(1.0, km / 80.0))
    if grass < 0.25:
        wear += rules["supply_hunger_wear"]
    u["condition"] = min(1.0, max(0.1, u["condition"] + gain - wear))
    rate = rules["supply_horse_loss_rest"]
    if km > 10.0:
        rate = rules["supply_horse_loss_march"]
    if u["condition"] < 0.35 or km > 65.0:
        rate = rules["supply_horse_loss_starving"]
    n = whole(rate * u["horses"], uniform(s.seed[0], HORSE_LUCK, u["id"], hour // 24))
    book(s.units, s.books, i, HORSES, SICK, n)


@rule
def supply(t, s, hour):
    """At eight in the evening depots are filled and units fed."""
    if hour % 24 != 20:
        return
    rules = s.rules[0]
    for d in range(len(s.depots)):
        depot = s.depots[d]
        if s.places[depot["place"]]["holder"] == depot["side"]:
            depot["rations"] += depot["daily_rations"]
            depot["rounds"] += depot["daily_rounds"]
            depot["shells"] += depot["daily_shells"]
    for i in range(s.counts[N_UNITS]):
        if in_field(s.units[i]):
            feed(t, s, i, rules, hour)
            tend_horses(t, s, i, rules, hour)
