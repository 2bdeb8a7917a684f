"""Phase 4, scouting: a side learns who stands where, with error and age.

Every six hours patrols look round (cavalry further than foot), people report strangers to the side they hold with, and
aircraft look in clear weather; troops that camp in woods are under-counted from the air (yuzefovich).
Work is done by place, never by pairs of units. Left out: prisoners' statements, false news spread on purpose.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import rule
from sim.luck import AIR as AIR_LUCK
from sim.luck import ESTIMATE, INFORM, SIGHT, normal, uniform
from sim.muster import AIR, FIELD, HORSE, PACK
from sim.rules.common import chronicle, in_field, place_of, report
from sim.state import E_AIR, N_UNITS
from sim.theatre import distance_km


@rule
def estimate(seed, unit, error, bias):
    """Men as reported: the true number with a log-normal error, rounded to tens."""
    men = unit["men"] * bias * math.exp(error * normal(seed, ESTIMATE, unit["id"], unit["sighted"]))
    return max(10, 10 * int(men / 10.0 + 0.5))


@rule
def tell(t, s, side, i, hour, bias):
    """Side `side` learns of enemy unit `i` where it stands."""
    u = s.units[i]
    men = estimate(s.seed[0], u, s.rules[0]["scouting_error"], bias)
    u["sighted"] += 1
    report(t, s, side, i, men, hour)


@rule
def patrols(t, s, side, hour):
    """The patrols of a side look round their places."""
    rules = s.rules[0]
    eye = s.eye
    for p in range(len(eye)):
        eye[p] = 0.0
    for i in range(s.counts[N_UNITS]):
        u, p = s.units[i], s.spots[i]
        if p >= 0 and u["side"] == side:
            sight = (
                rules["scouting_horse_km"] if u["mover"] == HORSE or u["mover"] == PACK else rules["scouting_foot_km"]
            )
            eye[p] = max(eye[p], sight)
    lever = s.levers[side]["scouting"]
    furthest = max(rules["scouting_horse_km"], rules["scouting_foot_km"])
    for i in range(s.counts[N_UNITS]):
        u, p = s.units[i], s.spots[i]
        if p < 0 or u["side"] == side:
            continue
        best = 0.0
        for k in range(t.near_start[p], t.near_start[p + 1]):
            q, km = t.near_place[k], t.near_km[k]
            if km > furthest:
                break
            if eye[q] > 0.0 and km <= eye[q]:
                best = max(best, 1.0 if km < 1.0 else 1.0 - 0.6 * km / eye[q])
        chance = rules["scouting_sight_6h"] * best * lever
        if s.places[p]["rain"] == 1:
            chance *= 0.7
        if chance > 0.0 and uniform(s.seed[0], SIGHT, u["id"], hour // 6) < chance:
            tell(t, s, side, i, hour, 1.0)


@rule
def informants(t, s, side, hour):
    """People of a country that holds with a side report enemies to it."""
    rules = s.rules[0]
    chance = 1.0 - (1.0 - min(0.999, rules["scouting_inform_day"] * s.levers[side]["scouting"])) ** 0.25
    for i in range(s.counts[N_UNITS]):
        u, p = s.units[i], s.spots[i]
        if p < 0 or u["side"] == side or u["men"] < 50:
            continue
        if t.home[side, t.places[p]["country"]] == 1 and uniform(s.seed[0], INFORM, u["id"], hour // 6) < chance:
            tell(t, s, side, i, hour, 1.0)


@rule
def airmen(t, s, hour):
    """Aircraft look for bodies of men within their reach by day, when it does not rain at their base or below them."""
    rules = s.rules[0]
    for a in range(s.counts[N_UNITS]):
        flyers = s.units[a]
        if flyers["arm"] != AIR or flyers["status"] != FIELD or flyers["men"] <= 0:
            continue
        base = np.int64(flyers["place"])
        if base < 0 or s.places[base]["rain"] == 1:
            continue
        side = np.int64(flyers["side"])
        for i in range(s.counts[N_UNITS]):
            u, p = s.units[i], np.int64(s.spots[i])
            if p < 0 or u["side"] == side or u["men"] < 200:
                continue
            if s.places[p]["rain"] == 1 or distance_km(t.places, base, p) > rules["scouting_air_km"]:
                continue
            chance = rules["scouting_air_sight"] * s.levers[side]["scouting"]
            if uniform(s.seed[0], AIR_LUCK, u["id"], hour // 6) < chance:
                hidden = t.places[p]["wooded"] == 1 and u["still_h"] > 6.0
                tell(t, s, side, i, hour, rules["scouting_woods_undercount"] if hidden else 1.0)
                chronicle(s.chronicle, s.counts, hour, E_AIR, a, p, i, -1, u["men"], 1 if hidden else 0, 0, 0.0)


@rule
def scouting(t, s, hour):
    """Patrols and people every six hours, aircraft in the forenoon and the afternoon."""
    if hour % 6 != 3:
        return
    for i in range(s.counts[N_UNITS]):
        s.spots[i] = place_of(s.units, t.routes, i) if in_field(s.units[i]) else -1
    for side in range(2):
        patrols(t, s, side, hour)
        informants(t, s, side, hour)
    clock = hour % 24
    if clock == 9 or clock == 15:
        airmen(t, s, hour)
