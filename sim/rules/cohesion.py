"""Phase 7, cohesion: rest and rally, straggling, desertion, terror, plot and mutiny, the hunt for a fugitive.

Desertion is a daily hazard a man. Mutiny is not: it is a coordination game among officers (Granovetter 1978). Each has
a threshold; grievance (executions and beatings, a goal the men do not want, defeats, hunger, weariness) pushes, fear of
the commander holds back, and the belief that others join carries. The plot follows its fixed point day by day; once it
is past tipping, mutiny has a daily hazard, which every run writes down. Left out: single plotters by name.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import rule
from sim.luck import (
    BEATING,
    DEATH,
    DESERT,
    HUNT,
    TERROR,
    uniform,
    whole,
)
from sim.luck import (
    MUTINY as MUTINY_LUCK,
)
from sim.muster import (
    CAPTURED,
    CAVALRY,
    DESERTED,
    DISPERSED,
    EXECUTED,
    FIELD,
    GONE,
    GUNS,
    HORSES,
    LEFT,
    MEN,
    MGS,
    book,
)
from sim.plan import DISPERSE, WITHDRAW
from sim.rules.common import bind, chronicle, courier_h, in_field, place_of, unsettle
from sim.rules.control import desertion_factor
from sim.rules.dispatches import split
from sim.rules.ways import set_path
from sim.state import (
    CAPTURED_FATE,
    E_BEATING,
    E_CAPTURED,
    E_DESERTS,
    E_DISPERSES,
    E_EXECUTION,
    E_FLEES,
    E_KILLED,
    E_MUTINY,
    FLED_FATE,
    FUGITIVES,
    KILLED_FATE,
    N_UNITS,
    WOUNDED_FATE,
)
from sim.theatre import distance_km


@rule
def normal_share(x):
    """Share of a standard normal population below x."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


@rule
def plot_target(grievance, fear, plot, belief, mean, sd):
    """Granovetter's step: the share of officers whose threshold lies below grievance - fear + belief x plot."""
    return normal_share((grievance - fear + belief * plot - mean) / sd)


@rule
def unwanted_goal(t, u):
    """How little the men want where they are led, 0 to 1."""
    return t.orders[u["order"]]["unwanted"] if u["order"] >= 0 else 0.0


@rule
def steady(t, s, i, rules):
    """A day's change of one unit's cohesion."""
    u = s.units[i]
    c = u["cohesion"]
    command = s.commands[u["command"]]
    if u["hunger_days"] < 1.0 and u["km_today"] < 15.0 and u["retreating"] == 0:
        c += rules["cohesion_recovery_day"] * (0.95 - c)
    c -= rules["cohesion_hunger_day"] * min(1.0, u["hunger_days"] / 3.0)
    c -= rules["cohesion_fatigue_day"] * max(0.0, u["fatigue"] - 0.4)
    if u["retreating"] == 1:
        c -= rules["cohesion_retreat_day"]
    elif u["task"] == WITHDRAW and u["arrived"] == 0 and command["mutiny_h"] < 0:
        c -= rules["cohesion_retreat_day"] * min(1.0, command["defeats"])
    if command["mutiny_h"] < 0:
        c -= rules["cohesion_terror_day"] * min(1.0, command["terror"] / 5.0)
        c -= rules["cohesion_unwanted_day"] * unwanted_goal(t, u)
    u["cohesion"] = min(1.0, max(0.1, c))


@rule
def slip_away(t, s, i, rules, hour):
    """A day's deserters and stragglers of one unit; a unit that has fallen apart disperses."""
    u = s.units[i]
    loyalty = t.loyalty[u["faction"]]
    rate = rules["cohesion_desert_day"] * (1.0 + rules["cohesion_desert_levy"] * (1.0 - loyalty))
    rate *= 1.0 + rules["cohesion_desert_low"] * max(0.0, 0.6 - u["cohesion"])
    rate *= (1.0 + min(2.0, 0.5 * u["hunger_days"])) * s.levers[u["side"]]["desertion"]
    rate *= desertion_factor(t, s, u["faction"])
    if u["fugitive"] == 1:
        rate = rules["hunt_desert_day"]
    if u["km_today"] > rules["cohesion_straggle_km"]:
        rate += 0.004
    day = hour // 24
    n = whole(min(0.5, rate) * u["men"], uniform(s.seed[0], DESERT, u["id"], day))
    n = book(s.units, s.books, i, MEN, DESERTED, n)
    if u["arm"] == CAVALRY and n > 0:
        book(s.units, s.books, i, HORSES, DESERTED, n)
    if n >= 25:
        chronicle(
            s.chronicle, s.counts, hour, E_DESERTS, i, place_of(s.units, t.routes, i), -1, u["command"], n, 0, 0, 0.0
        )
    leaves = u["task"] == DISPERSE and u["order"] >= 0
    if leaves:
        book(s.units, s.books, i, MEN, DISPERSED, max(10, int(0.35 * u["men"])))
    if u["men"] <= 0 or (u["men"] < 12 and u["initial_men"] > 60 and u["leader"] < 0):
        disband(t, s, i, hour)


@rule
def disband(t, s, i, hour):
    """A unit ceases to exist: what is left of it is booked as dispersed."""
    u = s.units[i]
    place = place_of(s.units, t.routes, i)
    men = book(s.units, s.books, i, MEN, DISPERSED, np.int64(u["men"]))
    book(s.units, s.books, i, HORSES, DISPERSED, np.int64(u["horses"]))
    book(s.units, s.books, i, GUNS, LEFT, np.int64(u["guns"]))
    book(s.units, s.books, i, MGS, LEFT, np.int64(u["mg"]))
    u["status"] = GONE
    chronicle(s.chronicle, s.counts, hour, E_DISPERSES, i, place, -1, u["command"], men, 0, 0, 0.0)


@rule
def weigh(t, s, c):
    """Means over a command's men: cohesion, hunger (0-1), fatigue, unwanted goal, and its men."""
    cohesion, hunger, fatigue, goal, men = 0.0, 0.0, 0.0, 0.0, 0
    i = s.roster[c]
    while i >= 0:
        u = s.units[i]
        if in_field(u) and u["fugitive"] == 0:
            cohesion += u["cohesion"] * u["men"]
            hunger += min(1.0, u["hunger_days"] / 4.0) * u["men"]
            fatigue += u["fatigue"] * u["men"]
            goal += unwanted_goal(t, u) * u["men"]
            men += u["men"]
        i = s.fellow[i]
    n = max(1, men)
    return cohesion / n, hunger / n, fatigue / n, goal / n, men


@rule
def punish(t, s, c, stress, rules, hour):
    """A hard commander takes defeat and hunger out on his officers: executions, beatings of his second."""
    command = s.commands[c]
    k = np.int64(command["commander"])
    if k < 0 or s.commanders[k]["fate"] > WOUNDED_FATE or command["mutiny_h"] >= 0:
        return
    day = hour // 24
    terror = s.tempers[k, 0]
    if terror < 0.5:
        return
    rate = rules["mutiny_terror_rate"] * terror * terror * (0.15 + stress)
    struck = uniform(s.seed[0], TERROR, command["id"], day) < 1.0 - math.exp(-rate) and command["hq"] >= 0
    if struck:
        n = 1 + int(2.0 * uniform(s.seed[0], TERROR, command["id"], 4096 + day))
        n = book(s.units, s.books, np.int64(command["hq"]), MEN, EXECUTED, n)
        command["executions"] += n
        command["terror"] += 1.0
        chronicle(s.chronicle, s.counts, hour, E_EXECUTION, command["hq"], command["place"], -1, c, n, 0, 0, 0.0)
    for d in range(len(s.commands)):
        second = s.commands[d]
        if second["superior"] != c or second["hq"] < 0 or second["mutiny_h"] >= 0:
            continue
        near = distance_km(t.places, np.int64(second["place"]), np.int64(command["place"])) < 45.0
        if near and struck:
            second["terror"] += 0.7
        if near and uniform(s.seed[0], BEATING, second["id"], day) < 1.0 - math.exp(-0.35 * rate):
            second["terror"] += 2.0
            command["terror"] += 1.0
            chronicle(s.chronicle, s.counts, hour, E_BEATING, second["hq"], second["place"], -1, d, 0, 0, 0, 0.0)


@rule
def brood(t, s, c, rules, hour):
    """A day of the plot in one command: grievance, fear, the plot's step, and the hazard of mutiny."""
    command = s.commands[c]
    cohesion, hunger, fatigue, goal, men = weigh(t, s, c)
    fade = math.exp(-1.0 / rules["mutiny_memory_days"])
    command["terror"] *= fade
    command["defeats"] *= fade
    stress = min(2.0, command["defeats"] + hunger + max(0.0, 0.7 - cohesion))
    if men > 0:
        punish(t, s, c, stress, rules, hour)
    g = rules["mutiny_w_terror"] * min(1.5, command["terror"] / 5.0) + rules["mutiny_w_goal"] * goal
    g += rules["mutiny_w_defeat"] * min(1.5, command["defeats"]) + rules["mutiny_w_hunger"] * hunger
    g += rules["mutiny_w_fatigue"] * fatigue
    news = 0.0
    for d in range(len(s.commands)):
        other = s.commands[d]
        if d != c and other["side"] == command["side"] and other["mutiny_h"] >= 0:
            delay = courier_h(
                t.places,
                s.places,
                np.int64(command["side"]),
                np.int64(other["place"]),
                np.int64(command["place"]),
                rules,
            )
            if hour - other["mutiny_h"] >= delay:
                news = rules["mutiny_news_boost"]
    g = rules["mutiny_grievance"] * (g + news)
    k = np.int64(command["commander"])
    fear = rules["mutiny_fear_escort"] * cohesion
    if k >= 0 and s.commanders[k]["fate"] <= WOUNDED_FATE:
        fear += rules["mutiny_fear_present"] * s.tempers[k, 0]
    command["grievance"] = g
    command["fear"] = fear
    target = plot_target(
        g, fear, command["plot"], rules["mutiny_belief"], rules["mutiny_threshold_mean"], rules["mutiny_threshold_sd"]
    )
    command["plot"] += rules["mutiny_contagion"] * (target - command["plot"])
    over = max(0.0, command["plot"] - rules["mutiny_tipping"]) / (1.0 - rules["mutiny_tipping"])
    command["hazard"] = rules["mutiny_hazard_day"] * over if command["mutiny_h"] < 0 and men > 0 else 0.0
    e = s.daily[hour // 24, c]
    e["plot"] = command["plot"]
    e["grievance"] = g
    e["fear"] = fear
    e["hazard"] = command["hazard"]
    e["defeats"] = command["defeats"]
    e["terror"] = command["terror"]
    e["goal"] = goal
    e["hunger"] = hunger
    e["fatigue"] = fatigue
    e["cohesion"] = cohesion
    e["men"] = men
    if command["hazard"] > 0.0:
        command["draws"] += 1
        if uniform(s.seed[0], MUTINY_LUCK, command["id"], command["draws"]) < 1.0 - math.exp(-command["hazard"]):
            mutiny(t, s, c, men, hour)


@rule
def mutiny(t, s, c, men, hour):
    """A command rises: its commander is killed or flees with an escort; the colonels take over."""
    command = s.commands[c]
    command["mutiny_h"] = hour
    command["hazard"] = 0.0
    command["look"] = 1
    k = np.int64(command["commander"])
    chronicle(
        s.chronicle,
        s.counts,
        hour,
        E_MUTINY,
        command["hq"],
        command["place"],
        -1,
        c,
        men,
        int(100.0 * command["plot"]),
        int(100.0 * command["grievance"]),
        0.0,
    )
    i = s.roster[c]
    while i >= 0:
        if in_field(s.units[i]):
            s.units[i]["cohesion"] = max(s.units[i]["cohesion"], 0.3)
        i = s.fellow[i]
    if k < 0 or s.commanders[k]["fate"] > WOUNDED_FATE:
        return
    leader = s.commanders[k]
    leader["fate_place"] = command["place"]
    leader["fate_h"] = hour
    rides = np.int64(leader["unit"])
    if command["superior"] >= 0 and uniform(s.seed[0], DEATH, leader["id"], 0) < s.rules[0]["mutiny_leader_killed"]:
        leader["fate"] = KILLED_FATE
        chronicle(s.chronicle, s.counts, hour, E_KILLED, rides, command["place"], -1, k, 0, 0, 1, 0.0)
    else:
        leader["fate"] = FLED_FATE
        flee(t, s, c, k, rides, hour)
    if rides >= 0:
        s.units[rides]["leader"] = -1


@rule
def flee(t, s, c, k, rides, hour):
    """A deposed commander rides off with an escort toward his old base."""
    if rides < 0 or s.units[rides]["men"] <= 0:
        return
    share = min(1.0, s.rules[0]["hunt_escort_men"] / s.units[rides]["men"])
    row = split(t, s, rides, c, share, hour)
    if row < 0:
        return
    v = s.units[row]
    v["fugitive"] = 1
    s.counts[FUGITIVES] += 1
    bind(s, row, -1)
    v["task"] = 0
    v["pending"] = -1
    v["leader"] = k
    s.commanders[k]["unit"] = row
    unsettle(s, s.units[rides]["order"])
    if not set_path(t, s, row, np.int64(s.commands[c]["base"]), False, 0):
        v["path_n"] = 0
    chronicle(s.chronicle, s.counts, hour, E_FLEES, row, place_of(s.units, t.routes, row), -1, k, v["men"], 0, 0, 0.0)


@rule
def hunt(t, s, hour):
    """Hour by hour a fugitive may be handed over by his escort or found by enemies who are near."""
    if s.counts[FUGITIVES] == 0:
        return
    rules = s.rules[0]
    for i in range(s.counts[N_UNITS]):
        u = s.units[i]
        if u["fugitive"] == 0 or u["status"] != FIELD:
            continue
        here = place_of(s.units, t.routes, i)
        nearest, captor = 1e9, -1
        for j in range(s.counts[N_UNITS]):
            v = s.units[j]
            if v["side"] != u["side"] and in_field(v):
                km = distance_km(t.places, here, place_of(s.units, t.routes, j))
                if km < nearest:
                    nearest, captor = km, j
        if captor < 0:
            continue
        near = math.exp(-nearest / rules["hunt_search_km"])
        rate = near * (rules["hunt_handover_day"] * (1.0 - t.loyalty[u["faction"]]) / 24.0 + rules["hunt_capture_h"])
        if u["men"] < 10:
            rate *= 1.5
        if uniform(s.seed[0], HUNT, u["id"], hour) < 1.0 - math.exp(-rate):
            seize(s, i, captor, here, hour)


@rule
def seize(s, i, captor, here, hour):
    """The fugitive is taken, with what is left of his escort."""
    u = s.units[i]
    k = np.int64(u["leader"])
    men = book(s.units, s.books, i, MEN, CAPTURED, np.int64(u["men"]))
    book(s.units, s.books, i, HORSES, CAPTURED, np.int64(u["horses"]))
    book(s.units, s.books, i, MGS, CAPTURED, np.int64(u["mg"]))
    u["status"] = GONE
    if k >= 0:
        s.commanders[k]["fate"] = CAPTURED_FATE
        s.commanders[k]["fate_h"] = hour
        s.commanders[k]["fate_place"] = here
        chronicle(s.chronicle, s.counts, hour, E_CAPTURED, captor, here, i, k, men, 0, 0, 0.0)


@rule
def cohesion(t, s, hour):
    """At nine in the evening every unit and every plot goes on by a day; fugitives are hunted every hour."""
    hunt(t, s, hour)
    if hour % 24 != 21:
        return
    rules = s.rules[0]
    for i in range(s.counts[N_UNITS]):
        if in_field(s.units[i]):
            steady(t, s, i, rules)
            slip_away(t, s, i, rules, hour)
    for c in range(len(s.commands)):
        brood(t, s, c, rules, hour)
