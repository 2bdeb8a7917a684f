"""Phase 5, battle: hostile units at one place, or within reach on one route, fight, decline or break off.

Losses per hour of contact follow a law between Lanchester's linear and logarithmic laws (docs/battle-kernel.md;
Helmbold, CDB90). Nobody breaks at a fixed share of losses: a side breaks off by an hourly hazard that grows with bad
odds and losses (McQuie 1987), and most losses follow the break (Collins 2010). Guns and train that cannot keep up are
lost.
Left out: artillery duels, single companies, ground within a place.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import rule
from sim.luck import (
    ACCEPT,
    BREAK_OFF,
    FORTUNE,
    HIT,
    LOSS,
    PURSUIT,
    SHARE,
    SLIP,
    SURRENDER,
    exponential,
    normal,
    uniform,
    whole,
)
from sim.luck import (
    GUNS as GUN_LUCK,
)
from sim.muster import (
    AIR,
    ARMOUR,
    CAPTURED,
    CARS,
    FIELD,
    FOOT,
    GUNS,
    HORSE,
    HORSES,
    KILLED,
    LEFT,
    MEN,
    MGS,
    PACK,
    WHEELS,
    WOUNDED,
    book,
    mover_of,
)
from sim.plan import ATTACK, PURSUE, RAID
from sim.rules.common import chronicle, place_of, report
from sim.rules.ways import passable, set_path
from sim.state import (
    E_BATTLE,
    E_BATTLE_ENDS,
    E_DECLINES,
    E_GUNS_LOST,
    E_JOINS_BATTLE,
    E_KILLED,
    E_SURRENDERS,
    E_WOUNDED,
    IN_COMMAND,
    KILLED_FATE,
    N_BATTLE_HOURS,
    N_BATTLES,
    N_TOUCHED,
    N_UNITS,
    OVERFLOW,
    REPACE,
    WOUNDED_FATE,
)
from sim.theatre import distance_km


@rule
def expected_loss(power, enemy_power, enemy_quality, posture, ground, lethality, enemy_exponent, own_exponent):
    """Men a side loses in an hour of contact, before luck.

    power, enemy_power: men able to fire, machine guns and guns counted in; posture: 1 in a meeting, more when prepared.
    """
    return lethality * enemy_quality * enemy_power**enemy_exponent * power**own_exponent * ground / posture


@rule
def break_hazard(r, lost, rules):
    """Chance that a side breaks off in an hour: r is the log of its advantage, lost its share of men lost so far."""
    return (
        rules["battle_break_rate"]
        * math.exp(-rules["battle_break_odds"] * r)
        * (1.0 + rules["battle_break_loss"] * lost)
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
def accepts(t, s, lead, ratio, defends_town, hour):
    """Whether the commander on the spot accepts battle at these odds, as he sees them."""
    u = s.units[lead]
    rules = s.rules[0]
    needed = rules["command_accept_odds"]
    task = np.int64(u["task"])
    if u["order"] >= 0:
        order = t.orders[u["order"]]
        needed = order["accept"]
        if task == ATTACK and u["retreating"] == 0 and hour - s.orders[order["state"]]["go_h"] < 24:
            return True  # the commander has decided to go in
    k = np.int64(s.commands[u["command"]]["commander"])
    if k >= 0 and s.commanders[k]["fate"] <= WOUNDED_FATE:
        needed *= 1.0 + rules["command_caution_odds"] * (s.tempers[k, 1] - 0.5)
    if u["retreating"] == 1:
        needed = 3.0
    elif defends_town:
        needed *= 0.6
    seen = ratio * math.exp(
        rules["command_estimate_error"] * normal(s.seed[0], ACCEPT, u["id"], u["battles"] * 64 + u["declined"])
    )
    return seen >= needed


@rule
def rides(u):
    """True for units that can leave the road: riders and pack trains, on the steppe, with some cohesion left."""
    return (u["mover"] == HORSE or u["mover"] == PACK) and u["cohesion"] > 0.2


@rule
def way_round(t, s, place, enemy_side):
    """The way out past the fewest enemies for riders who are surrounded: next place and route, -1: none."""
    best, best_men, best_route = -1, 10**9, -1
    for k in range(t.adj_start[place], t.adj_start[place + 1]):
        q, r = np.int64(t.adj_place[k]), np.int64(t.adj_route[k])
        if not passable(t.routes[r]["kind"], HORSE, False):
            continue
        men = s.men_at[enemy_side, q] + s.men_at[enemy_side, len(t.places) + r]
        if men < best_men:
            best, best_men, best_route = q, men, r
    return best, best_route


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
def fall_back(t, s, i, hours, hour, enemy_side):
    """Unit `i` goes back along its line of retreat for some hours, deaf to orders; False when it is surrounded.

    It takes the neighbouring place nearest to its line of retreat that holds no enemy and does not lie on the enemy's
    way; wheels are left behind where only a trail is open.
    """
    u = s.units[i]
    command = s.commands[u["command"]]
    base = np.int64(command["base"])
    if u["order"] >= 0 and t.orders[u["order"]]["retreat"] >= 0:
        base = np.int64(t.orders[u["order"]]["retreat"])
    best, best_cost, trail = -1, 1e18, False
    best_route = -1
    if u["place"] >= 0:
        p = np.int64(u["place"])
        for k in range(t.adj_start[p], t.adj_start[p + 1]):
            q, r = np.int64(t.adj_place[k]), np.int64(t.adj_route[k])
            kind = t.routes[r]["kind"]
            mover = np.int64(u["mover"])
            by_trail = not passable(kind, mover, False)
            if by_trail and not passable(kind, HORSE if mover == WHEELS else FOOT, False):
                continue
            if s.men_at[enemy_side, q] > 0 or s.men_at[enemy_side, len(t.places) + r] > 0:
                continue
            cost = distance_km(t.places, q, base) + 0.5 * t.routes[r]["km"] + (120.0 if by_trail else 0.0)
            cost += 0.4 * min(300, s.danger[u["side"], q])
            j = np.int64(s.first[p])
            while j >= 0:
                if s.units[j]["side"] == enemy_side and s.units[j]["behind"] == q and s.units[j]["still_h"] < 12.0:
                    cost += 250.0
                    break
                j = np.int64(s.follow[j])
            if cost < best_cost:
                best, best_cost, trail, best_route = q, cost, by_trail, r
        if best < 0 and rides(u):
            best, best_route = way_round(t, s, p, enemy_side)
        if best < 0:
            return False
        if trail:
            abandon_wheels(t, s, i, hour)
        u["behind"] = p
        u["ahead"] = best
        u["route"] = best_route
        u["place"] = -1
        u["along_km"] = 0.0
        u["crossed"] = 0
    else:
        a, b = np.int64(u["ahead"]), np.int64(u["behind"])
        route = t.routes[u["route"]]
        here = position_km(u, route)
        nearest_gap, enemy_at = 1e9, here
        j = np.int64(s.first[len(t.places) + u["route"]])
        while j >= 0:
            if s.units[j]["side"] == enemy_side:
                gap = abs(position_km(s.units[j], route) - here)
                if gap < nearest_gap:
                    nearest_gap, enemy_at = gap, position_km(s.units[j], route)
            j = np.int64(s.follow[j])
        a_km = 0.0 if a == route["a"] else route["km"]
        b_km = route["km"] - a_km
        a_free = s.men_at[enemy_side, a] == 0 and abs(a_km - here) <= abs(a_km - enemy_at) + 0.01
        b_free = s.men_at[enemy_side, b] == 0 and abs(b_km - here) <= abs(b_km - enemy_at) + 0.01
        if not a_free and not b_free:
            if not rides(u):
                return False
            b_free = s.men_at[enemy_side, b] < s.men_at[enemy_side, a]
        elif a_free and b_free:
            b_free = distance_km(t.places, b, base) <= distance_km(t.places, a, base)
        if b_free:
            u["ahead"] = b
            u["behind"] = a
            u["along_km"] = route["km"] - u["along_km"]
        best = np.int64(u["ahead"])
    u["battle"] = -1
    u["retreating"] = 1
    u["clear_h"] = hour + int(s.rules[0]["battle_contact_lost_h"])
    u["broken_h"] = hours
    u["wait_h"] = 0.0
    u["arrived"] = 0
    u["mover"] = mover_of(u)
    u["pace_kmh"] = retreat_kmh(u, s.levers[u["side"]]["pace"], s.rules[0])
    s.counts[REPACE] = 1
    s.paths[i, 0] = best
    u["path_at"] = 0
    u["path_n"] = 1
    u["goal"] = best
    if best != base and base != u["behind"]:
        keep, keep_along = np.int64(u["behind"]), u["along_km"]
        if set_path(t, s, i, base, False, 0):
            if u["ahead"] == keep:  # the way to the base leads back through the enemy: only step aside
                u["ahead"] = best
                u["behind"] = keep
                u["along_km"] = keep_along
                s.paths[i, 0] = best
                u["path_at"] = 0
                u["path_n"] = 1
        else:
            s.paths[i, 0] = best
            u["path_at"] = 0
            u["path_n"] = 1
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
def abandon_wheels(t, s, i, hour):
    """Guns on wheels are left where only a trail is open."""
    u = s.units[i]
    n = u["guns"] - u["pack_guns"]
    if n > 0:
        n = book(s.units, s.books, i, GUNS, LEFT, n)
        chronicle(s.chronicle, s.counts, hour, E_GUNS_LOST, i, place_of(s.units, t.routes, i), -1, -1, n, 0, 0, 0.0)
    u["carts"] = 0
    u["mover"] = mover_of(u)


@rule
def surprised(s, side, site_place, lead, hour, t):
    """Whether a side had no report of the enemy's strongest unit within a day and 60 km."""
    entry = s.seen[side, lead, s.seen_at[side, lead]]
    if hour - entry["hour"] > 24 or entry["place"] < 0:
        return True
    return distance_km(t.places, np.int64(entry["place"]), site_place) > 60.0


@rule
def begin(t, s, site, attacker, point, unseen, hour):
    """A battle begins; both sides now know whom they face. Returns its row, -1 when the table is full."""
    b = s.counts[N_BATTLES]
    if b >= len(s.battles):
        s.counts[OVERFLOW] = 3
        return -1
    s.counts[N_BATTLES] = b + 1
    battle = s.battles[b]
    _, _, men0, lead0, _, _ = side_power(t, s, site, point, 0)
    _, _, men1, lead1, _, _ = side_power(t, s, site, point, 1)
    battle["site"] = site
    battle["start_h"] = hour
    battle["end_h"] = -1
    battle["attacker"] = attacker
    battle["lead_left"] = lead0
    battle["lead_right"] = lead1
    battle["command_left"] = s.units[lead0]["command"]
    battle["command_right"] = s.units[lead1]["command"]
    battle["winner"] = -1
    battle["surprise"] = unseen
    s.site_battle[site] = b
    for lead in (lead0, lead1):
        u = s.units[lead]
        if u["order"] >= 0 and u["task"] == ATTACK and u["side"] == attacker:
            s.orders[t.orders[u["order"]]["state"]]["attempts"] += 1
    chronicle(
        s.chronicle,
        s.counts,
        hour,
        E_BATTLE,
        lead0 if attacker == 0 else lead1,
        site,
        lead1 if attacker == 0 else lead0,
        b,
        men0,
        men1,
        battle["surprise"],
        0.0,
    )
    return b


@rule
def enrol(t, s, b, site, point, hour):
    """Units that are near enough take part from now on; both sides see them."""
    i = np.int64(s.first[site])
    while i >= 0:
        u = s.units[i]
        if u["battle"] != b and within(t, s, i, site, point):
            u["battle"] = b
            u["battles"] += 1
            u["fight_h"] = 0
            if u["side"] == 0:
                s.battles[b]["men_left"] += u["men"]
            else:
                s.battles[b]["men_right"] += u["men"]
            if hour > s.battles[b]["start_h"]:
                chronicle(s.chronicle, s.counts, hour, E_JOINS_BATTLE, i, site, -1, b, u["men"], 0, 0, 0.0)
            report(t, s, 1 - np.int64(u["side"]), i, np.int64(u["men"]), hour)
            s.commands[u["command"]]["look"] = 1
        i = np.int64(s.follow[i])


@rule
def apportion(t, s, site, b, side, loss, u01, hour):
    """Share a side's loss of an hour among its units by men; whole numbers that add up; killed, wounded, horses.

    One number u01 serves all units: floor differences of the cumulative sum (no unit is overdrawn). Returns men lost.
    """
    rules = s.rules[0]
    men = 0
    i = np.int64(s.first[site])
    while i >= 0:
        if s.units[i]["battle"] == b and s.units[i]["side"] == side:
            men += s.units[i]["men"]
        i = np.int64(s.follow[i])
    if men == 0:
        return 0
    per_man = min(1.0, loss / men)
    total, run = 0, 0.0
    i = np.int64(s.first[site])
    while i >= 0:
        u = s.units[i]
        if u["battle"] == b and u["side"] == side:
            before = math.floor(run + u01)
            run += per_man * u["men"]
            n = int(math.floor(run + u01) - before)
            n = min(n, np.int64(u["men"]))
            if n > 0:
                share = n / u["men"]
                key = u["battles"] * 4096 + u["fight_h"]
                killed = whole(n * rules["battle_killed_share"], uniform(s.seed[0], SHARE, u["id"], key))
                killed = min(killed, n)
                horses = whole(0.8 * share * u["horses"], uniform(s.seed[0], SHARE, u["id"], key + 2048))
                book(s.units, s.books, i, MEN, KILLED, killed)
                book(s.units, s.books, i, MEN, WOUNDED, n - killed)
                book(s.units, s.books, i, HORSES, KILLED, horses)
                total += n
                hit(t, s, i, share, hour)
            u["rounds"] = max(0.0, u["rounds"] - rules["battle_rounds_h"])
            u["shells"] = max(0.0, u["shells"] - rules["battle_shells_h"])
            u["fatigue"] = min(1.0, u["fatigue"] + 0.015)
        i = np.int64(s.follow[i])
    return total


@rule
def hit(t, s, i, share, hour):
    """The commander who rides with a unit shares its dangers."""
    u = s.units[i]
    k = np.int64(u["leader"])
    if k < 0:
        return
    c = s.commanders[k]
    if c["fate"] > WOUNDED_FATE:
        return
    rules = s.rules[0]
    key = u["battles"] * 4096 + u["fight_h"]
    x = uniform(s.seed[0], HIT, c["id"], key)
    chance = rules["battle_commander_hit"] * share
    if x < 0.2 * chance:
        c["fate"] = KILLED_FATE
        c["fate_h"] = hour
        c["fate_place"] = place_of(s.units, t.routes, i)
        chronicle(s.chronicle, s.counts, hour, E_KILLED, i, c["fate_place"], -1, k, 0, 0, 0, 0.0)
    elif x < chance and c["fate"] == IN_COMMAND:
        c["fate"] = WOUNDED_FATE
        c["fate_h"] = hour
        c["fate_place"] = place_of(s.units, t.routes, i)
        chronicle(s.chronicle, s.counts, hour, E_WOUNDED, i, c["fate_place"], -1, k, 0, 0, 0, 0.0)


@rule
def posture_of(t, s, site, side, attacker, rules, b, flanked):
    """How well a side is posted: 1 in a meeting, more after hours and days in position, more in a town."""
    if side == attacker:
        return 1.0
    still, men = 0.0, 0
    i = np.int64(s.first[site])
    while i >= 0:
        u = s.units[i]
        if u["battle"] == b and u["side"] == side:
            still += u["still_h"] * u["men"]
            men += u["men"]
        i = np.int64(s.follow[i])
    still = still / men if men > 0 else 0.0
    posture = rules["battle_meeting"]
    if still >= rules["battle_prepared_h"]:
        posture = rules["battle_prepared"]
    elif still >= rules["battle_hasty_h"]:
        posture = rules["battle_hasty"]
    if site < len(t.places) and t.places[site]["town"] == 1:
        posture *= rules["battle_town"]
    if flanked:
        posture = 1.0 + rules["battle_flanked_posture"] * (posture - 1.0)
    return posture


@rule
def fight_hour(t, s, site, b, point, hour):
    """One hour of a battle: losses on both sides, then the question who breaks off."""
    rules = s.rules[0]
    battle = s.battles[b]
    power0, quality0, men0, _, mounted0, ways0 = side_power(t, s, site, point, 0)
    power1, quality1, men1, _, mounted1, ways1 = side_power(t, s, site, point, 1)
    if men0 == 0 or men1 == 0:
        finish(t, s, site, b, 0 if men1 == 0 else 1, 1.0, hour)
        return
    attacker = np.int64(battle["attacker"])
    clock = hour % 24
    place = ground_of(t, site, point)
    ground = 1.0
    if clock < 4 or clock >= 22:
        ground *= rules["battle_night"]
    if t.places[place]["wooded"] == 1:
        ground *= rules["battle_wooded"]
    if s.places[place]["rain"] == 1:
        ground *= rules["battle_rain"]
    age = hour - battle["start_h"]
    key0 = np.int64(s.units[battle["lead_left"]]["battles"]) * 4096
    key1 = np.int64(s.units[battle["lead_right"]]["battles"]) * 4096
    id0, id1 = s.units[battle["lead_left"]]["id"], s.units[battle["lead_right"]]["id"]
    quality0 *= math.exp(rules["battle_quality_spread"] * normal(s.seed[0], FORTUNE, id0, key0))
    quality1 *= math.exp(rules["battle_quality_spread"] * normal(s.seed[0], FORTUNE, id1, key1))
    if battle["surprise"] == 1 and age < 6:
        if attacker == 0:
            quality0 *= rules["battle_surprise"]
        else:
            quality1 *= rules["battle_surprise"]
    flanked0 = outflanks(ways1, mounted1, power1, power0, rules)
    flanked1 = outflanks(ways0, mounted0, power0, power1, rules)
    posture0 = posture_of(t, s, site, 0, attacker, rules, b, flanked0)
    posture1 = posture_of(t, s, site, 1, attacker, rules, b, flanked1)
    loss0 = expected_loss(
        power0,
        power1,
        quality1,
        posture0,
        ground,
        rules["battle_lethality"],
        rules["battle_enemy_exponent"],
        rules["battle_own_exponent"],
    )
    loss1 = expected_loss(
        power1,
        power0,
        quality0,
        posture1,
        ground,
        rules["battle_lethality"],
        rules["battle_enemy_exponent"],
        rules["battle_own_exponent"],
    )
    loss0 *= math.exp(rules["battle_noise"] * normal(s.seed[0], LOSS, id0, key0 + age))
    loss1 *= math.exp(rules["battle_noise"] * normal(s.seed[0], LOSS, id1, key1 + age))
    lost0 = apportion(t, s, site, b, 0, loss0, uniform(s.seed[0], SHARE, id0, key0 + age + 1024), hour)
    lost1 = apportion(t, s, site, b, 1, loss1, uniform(s.seed[0], SHARE, id1, key1 + age + 1024), hour)
    battle["lost_left"] += lost0
    battle["lost_right"] += lost1
    i = np.int64(s.first[site])
    rounds0, rounds1 = 0.0, 0.0
    while i >= 0:
        if s.units[i]["battle"] == b:
            s.units[i]["fight_h"] += 1
            if s.units[i]["side"] == 0:
                rounds0 += s.units[i]["rounds"] * s.units[i]["men"]
            else:
                rounds1 += s.units[i]["rounds"] * s.units[i]["men"]
        i = np.int64(s.follow[i])
    r = 0.5 * math.log(max(power0, 1.0) / max(power1, 1.0)) + math.log(quality0 / quality1)
    r += math.log(posture0 / posture1)
    share0 = battle["lost_left"] / max(1, battle["men_left"])
    share1 = battle["lost_right"] / max(1, battle["men_right"])
    h0 = break_hazard(r, share0, rules)
    h1 = break_hazard(-r, share1, rules)
    if flanked0:
        h0 *= rules["battle_flanked"]
    if flanked1:
        h1 *= rules["battle_flanked"]
    if rounds0 < 6.0 * men0:
        h0 *= rules["battle_no_rounds"]
    if rounds1 < 6.0 * men1:
        h1 *= rules["battle_no_rounds"]
    h0 *= 1.6 - 0.8 * mean_cohesion(s, site, b, 0)
    h1 *= 1.6 - 0.8 * mean_cohesion(s, site, b, 1)
    if len(s.battle_hours) > 0:
        write_hour(
            s, hour, b, site, power0, power1, quality0, quality1, posture0, posture1, ground, lost0, lost1, h0, h1
        )
    breaks0 = uniform(s.seed[0], BREAK_OFF, id0, key0 + age) < h0
    breaks1 = uniform(s.seed[0], BREAK_OFF, id1, key1 + age) < h1
    if breaks0 and breaks1:
        breaks0 = h0 >= h1
        breaks1 = not breaks0
    if breaks0:
        rout(t, s, site, b, point, 0, mounted1, power1 / max(power0, 1.0), hour)
    elif breaks1:
        rout(t, s, site, b, point, 1, mounted0, power0 / max(power1, 1.0), hour)


@rule
def outflanks(ways, mounted, power, enemy_power, rules):
    """Whether a side comes at the enemy's flank: from two directions, or with many more riders than he has men."""
    return ways > 1 or (mounted > 0.5 and power > rules["battle_envelop_odds"] * enemy_power)


@rule
def write_hour(s, hour, b, site, p0, p1, q0, q1, posture0, posture1, ground, l0, l1, h0, h1):
    """Keep the terms of the battle rule for this hour, for whoever looks closer."""
    n = s.counts[N_BATTLE_HOURS]
    if n >= len(s.battle_hours):
        s.counts[OVERFLOW] = 6
        return
    e = s.battle_hours[n]
    e["hour"] = hour
    e["battle"] = b
    e["site"] = site
    e["power_left"] = p0
    e["power_right"] = p1
    e["quality_left"] = q0
    e["quality_right"] = q1
    e["posture_left"] = posture0
    e["posture_right"] = posture1
    e["ground"] = ground
    e["loss_left"] = l0
    e["loss_right"] = l1
    e["hazard_left"] = h0
    e["hazard_right"] = h1
    s.counts[N_BATTLE_HOURS] = n + 1


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


@rule
def rout(t, s, site, b, point, loser, chasers_mounted, power_ratio, hour):
    """A side breaks: pursuit takes men, guns and train; the rest goes back, the surrounded surrender."""
    rules = s.rules[0]
    battle = s.battles[b]
    lead = np.int64(battle["lead_left"] if loser == 0 else battle["lead_right"])
    key = np.int64(s.units[lead]["battles"])
    mean = rules["battle_pursuit_mean"] * (1.0 + rules["battle_pursuit_mounted"] * (chasers_mounted - 0.5))
    mean *= min(2.0, math.sqrt(power_ratio))
    faster = mobility(t, s, site, point, 1 - loser) / max(0.1, mobility(t, s, site, point, loser))
    mean *= min(4.0, max(0.25, faster * faster))
    weight = min(1.0, math.sqrt(power_ratio))  # a strong body that breaks off before a weak one is repulsed, not routed
    share = min(0.6, mean * exponential(s.seed[0], PURSUIT, s.units[lead]["id"], key))
    taken, guns_taken, surrendered = 0, 0, 0
    i = np.int64(s.first[site])
    while i >= 0:
        following = np.int64(s.follow[i])
        u = s.units[i]
        if u["battle"] == b and u["side"] == loser:
            count = u["battles"]
            own_share = min(0.8, share * (0.8 if u["mover"] == HORSE or u["mover"] == PACK else 1.2))
            n = whole(own_share * u["men"], uniform(s.seed[0], PURSUIT, u["id"], count * 2 + 1))
            killed = n // 4
            horses = whole(own_share * u["horses"], uniform(s.seed[0], PURSUIT, u["id"], count * 2))
            book(s.units, s.books, i, MEN, KILLED, killed)
            book(s.units, s.books, i, MEN, CAPTURED, n - killed)
            book(s.units, s.books, i, HORSES, CAPTURED, horses)
            taken += n
            chance = min(0.9, rules["battle_gun_loss"] * (0.4 + 6.0 * share))
            guns = 0
            for g in range(u["guns"]):
                if uniform(s.seed[0], GUN_LUCK, u["id"], count * 32 + g) < chance:
                    guns += 1
            guns_taken += book(s.units, s.books, i, GUNS, CAPTURED, guns)
            mgs = whole(own_share * u["mg"], uniform(s.seed[0], GUN_LUCK, u["id"], count * 32 + 31))
            book(s.units, s.books, i, MGS, CAPTURED, mgs)
            u["rations"] *= 1.0 - 0.3 * weight
            u["rounds"] *= 1.0 - 0.15 * weight
            u["cohesion"] = max(0.1, u["cohesion"] - rules["cohesion_defeat"] * weight - 0.5 * share)
            u["lost_h"] = hour
            if not fall_back(t, s, i, max(6.0, rules["battle_rally_h"] * weight), hour, 1 - loser):
                surrendered += surrender(t, s, i, hour)
        i = following
    share_spoils(s, site, b, 1 - loser, (taken + surrendered) * rules["battle_spoils_rounds"])
    if loser == 0:
        battle["lost_left"] += taken + surrendered
    else:
        battle["lost_right"] += taken + surrendered
    if guns_taken > 0:
        chronicle(s.chronicle, s.counts, hour, E_GUNS_LOST, lead, site, -1, b, guns_taken, 1, 0, 0.0)
    finish(t, s, site, b, 1 - loser, weight, hour)


@rule
def share_spoils(s, site, b, winner, rounds):
    """The rounds of the fallen and captured go to the winners, up to what they can carry."""
    men = 0
    i = np.int64(s.first[site])
    while i >= 0:
        if s.units[i]["battle"] == b and s.units[i]["side"] == winner:
            men += s.units[i]["men"]
        i = np.int64(s.follow[i])
    if men == 0:
        return
    i = np.int64(s.first[site])
    while i >= 0:
        u = s.units[i]
        if u["battle"] == b and u["side"] == winner:
            u["rounds"] = max(u["rounds"], min(s.rules[0]["supply_rounds_full"], u["rounds"] + rounds / men))
        i = np.int64(s.follow[i])


@rule
def surrender(t, s, i, hour):
    """A beaten unit with no way out lays down its arms, or cuts its way through at a price. Returns men taken."""
    u = s.units[i]
    chance = s.rules[0]["battle_surrender"]
    place = place_of(s.units, t.routes, i)
    if uniform(s.seed[0], SURRENDER, u["id"], u["battles"]) < chance:
        men = book(s.units, s.books, i, MEN, CAPTURED, np.int64(u["men"]))
        book(s.units, s.books, i, HORSES, CAPTURED, np.int64(u["horses"]))
        guns = book(s.units, s.books, i, GUNS, CAPTURED, np.int64(u["guns"]))
        book(s.units, s.books, i, MGS, CAPTURED, np.int64(u["mg"]))
        u["status"] = 2
        u["battle"] = -1
        chronicle(s.chronicle, s.counts, hour, E_SURRENDERS, i, place, -1, u["command"], men, guns, 0, 0.0)
        return men
    n = whole(0.3 * u["men"], uniform(s.seed[0], SURRENDER, u["id"], u["battles"] + 4096))
    n = book(s.units, s.books, i, MEN, CAPTURED, n)
    book(s.units, s.books, i, GUNS, CAPTURED, np.int64(u["guns"]))
    u["battle"] = -1
    u["retreating"] = 1
    u["broken_h"] = s.rules[0]["battle_rally_h"]
    u["arrived"] = 0
    u["mover"] = mover_of(u)
    u["pace_kmh"] = retreat_kmh(u, s.levers[u["side"]]["pace"], s.rules[0])
    if not set_path(t, s, i, np.int64(s.commands[u["command"]]["base"]), False, 100000):
        u["path_n"] = 0
    return n


@rule
def finish(t, s, site, b, winner, weight, hour):
    """A battle is over: who won, at what cost; both commands look at their plans.

    weight: 1 for a defeat by equals or stronger, less for a strong body that was only repulsed.
    """
    battle = s.battles[b]
    rules = s.rules[0]
    battle["end_h"] = hour
    battle["winner"] = winner
    s.site_battle[site] = -1
    i = np.int64(s.first[site])
    while i >= 0:
        u = s.units[i]
        if u["battle"] == b:
            u["battle"] = -1
            if u["side"] == winner:
                u["won_h"] = hour
                u["cohesion"] = min(1.0, u["cohesion"] + rules["cohesion_victory"])
                u["wait_h"] = max(u["wait_h"], rules["battle_regroup_h"])
        i = np.int64(s.follow[i])
    lead_w = np.int64(battle["lead_left"] if winner == 0 else battle["lead_right"])
    lead_l = np.int64(battle["lead_right"] if winner == 0 else battle["lead_left"])
    place = site if site < len(t.places) else np.int64(t.routes[site - len(t.places)]["a"])
    men_l = np.int64(battle["men_right"] if winner == 0 else battle["men_left"])
    cw = s.commands[s.units[lead_w]["command"]]
    cl = s.commands[s.units[lead_l]["command"]]
    if men_l >= 100:
        cl["lost_h"] = hour
        cl["lost_place"] = place
        cl["look"] = 1
        cl["defeats"] += weight * min(1.0, men_l / max(1.0, 0.5 * cl["initial_men"]))
        cw["won_h"] = hour
        cw["won_place"] = place
        cw["look"] = 1
        cw["defeats"] = max(0.0, cw["defeats"] - 0.25)
    lost_w = np.int64(battle["lost_left"] if winner == 0 else battle["lost_right"])
    lost_l = np.int64(battle["lost_right"] if winner == 0 else battle["lost_left"])
    chronicle(
        s.chronicle,
        s.counts,
        hour,
        E_BATTLE_ENDS,
        lead_w,
        site,
        lead_l,
        b,
        men_l,
        lost_l,
        lost_w,
        hour - battle["start_h"] + 1.0,
    )


@rule
def draw_apart(s, site, b, hour):
    """A battle ends because the sides have moved out of reach: nobody has won, and the chronicle names no winner."""
    battle = s.battles[b]
    battle["end_h"] = hour
    s.site_battle[site] = -1
    i = np.int64(s.first[site])
    while i >= 0:
        if s.units[i]["battle"] == b:
            s.units[i]["battle"] = -1
        i = np.int64(s.follow[i])


@rule
def slip_chance(mounted, enemy_mounted, rules):
    """Chance that a side gets away without a fight (riders from foot 0.8, from fresh horse 0.5: expert guess)."""
    if mounted > 0.6:
        return rules["battle_slip_mounted"] if enemy_mounted > 0.5 else rules["battle_slip_mounted_foot"]
    return rules["battle_slip_foot"] * (0.4 if enemy_mounted > 0.5 else 1.0)


@rule
def part(t, s, site, point, side, hours, hour):
    """A whole side on a site goes back without a fight; False when it cannot."""
    gone = False
    i = np.int64(s.first[site])
    while i >= 0:
        following = np.int64(s.follow[i])
        u = s.units[i]
        if u["side"] == side and within(t, s, i, site, point) and u["men"] > 0:
            u["declined"] += 1
            if fall_back(t, s, i, hours, hour, 1 - side):
                gone = True
        i = following
    return gone


@rule
def pushes(s, lead):
    """How hard a unit presses on: attackers and pursuers before marchers, marchers before those who stand."""
    u = s.units[lead]
    if u["retreating"] == 1:
        return 0.0
    task = u["task"]
    if task == ATTACK or task == PURSUE or task == RAID:
        return 3.0 if u["arrived"] == 0 else 2.0
    return 1.5 if u["still_h"] < 1.0 else 1.0


@rule
def meet(t, s, site, point, hour):
    """Enemies come within reach: each side accepts or declines; a battle begins or they part.

    Returns the battle, -1 when there is none.
    """
    rules = s.rules[0]
    power0, quality0, men0, lead0, mounted0, _ = side_power(t, s, site, point, 0)
    power1, quality1, men1, lead1, mounted1, _ = side_power(t, s, site, point, 1)
    if lead0 < 0 or lead1 < 0:
        return -1
    if out_of_reach(s, t, site, point, 0, hour) or out_of_reach(s, t, site, point, 1, hour):
        return -1
    ratio = (power0 * quality0) / max(1.0, power1 * quality1)
    push0, push1 = pushes(s, lead0), pushes(s, lead1)
    attacker = 0 if push0 > push1 or (push0 == push1 and ratio >= 1.0) else 1
    town = site < len(t.places) and t.places[site]["town"] == 1
    wants0 = accepts(t, s, lead0, ratio, attacker == 1 and town, hour)
    wants1 = accepts(t, s, lead1, 1.0 / max(ratio, 1e-6), attacker == 0 and town, hour)
    place = ground_of(t, site, point)
    unseen = 1 if surprised(s, 1 - attacker, place, lead1 if attacker == 1 else lead0, hour, t) else 0
    for k in range(2):
        seer, seen_unit = (lead0, lead1) if k == 0 else (lead1, lead0)
        report(t, s, np.int64(s.units[seer]["side"]), seen_unit, np.int64(s.units[seen_unit]["men"]), hour)
    if wants0 and wants1:
        return begin(t, s, site, attacker, point, unseen, hour)
    if not wants0 and not wants1:
        shy = attacker
    else:
        shy = 1 if wants0 else 0
    mounted, enemy_mounted = (mounted0, mounted1) if shy == 0 else (mounted1, mounted0)
    shy_lead = lead0 if shy == 0 else lead1
    chance = 1.0
    if shy != attacker:
        faster = mobility(t, s, site, point, shy) / max(0.1, mobility(t, s, site, point, 1 - shy))
        chance = slip_chance(mounted, enemy_mounted, rules) * min(1.1, max(0.3, faster))
    luck = uniform(s.seed[0], SLIP, s.units[shy_lead]["id"], s.units[shy_lead]["declined"])
    if luck < chance and part(t, s, site, point, shy, rules["command_watch_h"], hour):
        chronicle(
            s.chronicle,
            s.counts,
            hour,
            E_DECLINES,
            shy_lead,
            site,
            lead1 if shy == 0 else lead0,
            -1,
            men0 if shy == 0 else men1,
            men1 if shy == 0 else men0,
            0,
            0.0,
        )
        s.commands[s.units[shy_lead]["command"]]["look"] = 1
        return -1
    return begin(t, s, site, attacker, point, unseen, hour)


@rule
def battle(t, s, hour):
    """Hostile units that are within reach fight, decline or break off."""
    gather(t, s)
    if s.rules[0]["battle_active"] < 0.5:
        return
    for k in range(s.counts[N_TOUCHED]):
        site = np.int64(s.touched[k])
        b = np.int64(s.site_battle[site])
        if s.men_at[0, site] == 0 or s.men_at[1, site] == 0:
            if b >= 0:
                finish(t, s, site, b, 0 if s.men_at[0, site] > 0 else 1, 1.0, hour)
            continue
        point = 0.0
        if site >= len(t.places):
            point = contact_point(t, s, site)
            if point < 0.0:
                if b >= 0:
                    draw_apart(s, site, b, hour)
                continue
        if b < 0:
            b = meet(t, s, site, point, hour)
            if b < 0:
                continue
        enrol(t, s, b, site, point, hour)
        fight_hour(t, s, site, b, point, hour)
