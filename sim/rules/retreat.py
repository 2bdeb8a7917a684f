"""How a battle ends: the beaten go back, are pursued, surrender or ride round; what is won and lost is booked.

Pursuit is reckoned at once, by power and by the two sides' pace; for some hours the beaten are out of reach.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import rule
from sim.luck import (
    GUNS as GUN_LUCK,
)
from sim.luck import (
    PURSUIT,
    SURRENDER,
    exponential,
    uniform,
    whole,
)
from sim.muster import (
    CAPTURED,
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
    book,
    mover_of,
)
from sim.rules.common import chronicle, place_of, unsettle
from sim.rules.contact import mobility, position_km, retreat_kmh
from sim.rules.ways import passable, set_path
from sim.state import (
    E_BATTLE_ENDS,
    E_GUNS_LOST,
    E_SURRENDERS,
)
from sim.theatre import distance_km

OWN = 65536  # draws of a unit about its own men stand apart from those of a side that it leads


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
    unsettle(s, u["order"])
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
            n = whole(own_share * u["men"], uniform(s.seed[0], PURSUIT, u["id"], OWN + count * 2 + 1))
            killed = n // 4
            horses = whole(own_share * u["horses"], uniform(s.seed[0], PURSUIT, u["id"], OWN + count * 2))
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
