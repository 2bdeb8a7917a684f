"""Phase 2, command: commanders look at the conditions of their orders, on what they know, and send orders.

A commander looks at dawn, in the evening, and when a report or a battle reaches him. What he knows of the enemy is
what scouts, people and airmen have reported, as far as a rider or the wire can have brought it by now.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import rule
from sim.luck import DATE as DATE_LUCK
from sim.luck import uniform
from sim.muster import FIELD, GONE, WAITING
from sim.plan import (
    AT,
    ATTACH,
    ATTACK,
    BEATEN,
    CLEAR,
    COMMANDER,
    DATE,
    DISPERSE,
    DONE,
    ELAPSED,
    ENEMY,
    FOUGHT,
    HELD,
    HUNGRY,
    ISSUED,
    JOIN,
    JOINED,
    LOSSES,
    MUTINY,
    ODDS,
    PURSUE,
    RESTED,
    WON,
)
from sim.rules.common import chronicle, courier_h, in_field, place_of
from sim.rules.dispatches import mark_arrived, objective_place, set_out
from sim.rules.ways import forget_tree
from sim.state import (
    E_ORDERED,
    IN_COMMAND,
    N_NEWCOMERS,
    N_UNITS,
    NEVER,
    NEWS_H,
    PICTURE,
    RING,
    WOUNDED_FATE,
)
from sim.theatre import NEAR_KM, distance_km

CLOSED_UP_KM = 20.0  # who is so near on the last route has come up


@rule
def refresh_staff(t, s, c):
    """Find with which unit a command's staff rides and which place it is nearest to."""
    command = s.commands[c]
    best, men = -1, 0
    i = s.roster[c]
    while i >= 0:
        u = s.units[i]
        if u["status"] == FIELD and u["men"] > men:
            best, men = i, u["men"]
        i = s.fellow[i]
    command["hq"] = best
    find_staff(t, s, c, best)
    s.posts[c, 0] = t.places[command["place"]]["lat"]
    s.posts[c, 1] = t.places[command["place"]]["lon"]
    s.posts[c, 2] = command["side"]


@rule
def find_staff(t, s, c, best):
    """With which unit a staff rides and where it is; `best` is the strongest unit of the command, -1: none."""
    command = s.commands[c]
    k = np.int64(command["commander"])
    if k >= 0 and s.commanders[k]["fate"] <= WOUNDED_FATE:
        rides = np.int64(s.commanders[k]["unit"])
        if rides >= 0 and s.units[rides]["status"] == FIELD and s.units[rides]["men"] > 0:
            if best >= 0:
                command["hq"] = rides
            command["place"] = place_of(s.units, t.routes, rides)
            s.commanders[k]["place"] = command["place"]
            return
        if rides < 0:
            command["place"] = s.commanders[k]["place"]
            return
    if best >= 0:
        command["place"] = place_of(s.units, t.routes, best)


@rule
def draw_picture(t, s, c, hour):
    """What the commander of `c` knows of each enemy unit now: the newest report that can have reached him.

    Fills s.picture [units]: hour seen (NEVER: not known), place, men.
    """
    side = np.int64(s.commands[c]["side"])
    at = np.int64(s.commands[c]["place"])
    rules = s.rules[0]
    oldest = hour - rules["scouting_memory_days"] * 24.0
    for j in range(s.counts[N_UNITS]):
        known = s.picture[j]
        known["hour"] = NEVER
        known["place"] = -1
        known["men"] = 0
        if s.units[j]["side"] == side or s.units[j]["status"] == WAITING:
            continue
        slot = np.int64(s.seen_at[side, j])
        for back in range(RING):
            entry = s.seen[side, j, (slot - back) % RING]
            if entry["hour"] < oldest:
                break
            delay = courier_h(t.places, s.places, side, np.int64(entry["place"]), at, rules)
            if entry["hour"] + delay <= hour:
                known["hour"] = entry["hour"]
                known["place"] = entry["place"]
                known["men"] = entry["men"]
                break


@rule
def outdated(t, s, side, unit, slot, place, at, delay, hour):
    """Whether a newer report of a unit than entry `slot` of its ring has reached place `at` by now.

    delay: hours that news takes from `place`, where the entry saw it; units that stand are reported from there again.
    """
    k = s.seen_at[side, unit]
    while k != slot:
        entry = s.seen[side, unit, k]
        took = delay
        if entry["place"] != place:
            took = courier_h(t.places, s.places, side, np.int64(entry["place"]), at, s.rules[0])
        if entry["hour"] + took <= hour:
            return True
        k = (k - 1) % RING
    return False


@rule
def known_near(t, s, c, place, within_km, hour):
    """Enemy men near a place, as far as the commander of `c` knows: the newest reports that can have reached him."""
    side, at = np.int64(s.commands[c]["side"]), np.int64(s.commands[c]["place"])
    oldest = hour - s.rules[0]["scouting_memory_days"] * 24.0
    men = 0
    for k in range(t.near_start[place], t.near_start[place + 1]):
        if t.near_km[k] > within_km:
            break
        there = t.near_place[k]
        node = s.told[side, there]
        if node < 0:
            continue
        delay = courier_h(t.places, s.places, side, there, at, s.rules[0])
        while node >= 0:
            unit, slot = node // RING, node % RING
            entry = s.seen[side, unit, slot]
            if entry["hour"] >= oldest and entry["hour"] + delay <= hour and s.units[unit]["side"] != side:
                if not outdated(t, s, side, unit, slot, there, at, delay, hour):
                    men += entry["men"]
            node = s.told_next[side, node]
    return men


@rule
def known_enemy(t, s, c, place, country, within_km, hour):
    """Known enemy men near a place, or in a country (when `place` is -1), or anywhere (both -1)."""
    if place >= 0 and within_km <= NEAR_KM:
        return known_near(t, s, c, place, within_km, hour)
    if s.counts[PICTURE] != c:
        draw_picture(t, s, c, hour)
        s.counts[PICTURE] = c
    men = 0
    for j in range(s.counts[N_UNITS]):
        known = s.picture[j]
        if known["place"] < 0:
            continue
        if place >= 0:
            if distance_km(t.places, place, np.int64(known["place"])) > within_km:
                continue
        elif country >= 0 and t.places[known["place"]]["country"] != country:
            continue
        men += known["men"]
    return men


@rule
def own_men(s, c):
    """Men in the field under a command."""
    men = 0
    i = s.roster[c]
    while i >= 0:
        if in_field(s.units[i]):
            men += s.units[i]["men"]
        i = s.fellow[i]
    return men


@rule
def men_listed(t, s, i, side, place):
    """Men of a side at a place or nearest to it, of the units listed from `i` on."""
    men = 0
    while i >= 0:
        u = s.units[i]
        if u["side"] == side and in_field(u) and place_of(s.units, t.routes, i) == place:
            men += u["men"]
        i = np.int64(s.follow[i])
    return men


@rule
def men_about(t, s, side, place):
    """Men of a side in the field who are at a place, or nearest to it on one of its routes.

    Sites were last listed in the battle phase; whoever has gone back since is still nearest to the place he was
    listed at or on the route that he was listed on, and newcomers have a list of their own.
    """
    men = men_listed(t, s, np.int64(s.first[place]), side, place)
    for k in range(t.adj_start[place], t.adj_start[place + 1]):
        men += men_listed(t, s, np.int64(s.first[len(t.places) + t.adj_route[k]]), side, place)
    for k in range(s.counts[N_NEWCOMERS]):
        i = np.int64(s.newcomers[k])
        if s.units[i]["side"] == side and in_field(s.units[i]) and place_of(s.units, t.routes, i) == place:
            men += s.units[i]["men"]
    return men


@rule
def own_near(t, s, side, place, within_km):
    """Men of a side in the field within a distance of a place, all commands together."""
    men = 0
    if within_km <= NEAR_KM:
        for k in range(t.near_start[place], t.near_start[place + 1]):
            if t.near_km[k] > within_km:
                break
            men += men_about(t, s, side, t.near_place[k])
        return men
    for i in range(s.counts[N_UNITS]):
        u = s.units[i]
        if u["side"] == side and in_field(u):
            if distance_km(t.places, place_of(s.units, t.routes, i), place) <= within_km:
                men += u["men"]
    return men


@rule
def mean_state(s, c, what):
    """Mean over a command's men of fatigue (0), cohesion (1), rations in days (2)."""
    total, men = 0.0, 0
    i = s.roster[c]
    while i >= 0:
        u = s.units[i]
        if in_field(u):
            value = u["fatigue"] if what == 0 else (u["cohesion"] if what == 1 else u["rations"])
            total += value * u["men"]
            men += u["men"]
        i = s.fellow[i]
    return total / men if men > 0 else 0.0


@rule
def share_near(t, s, c, place, within_km):
    """Share of a command's men within a distance of a place."""
    here, men = 0, 0
    i = s.roster[c]
    while i >= 0:
        u = s.units[i]
        if in_field(u):
            men += u["men"]
            if distance_km(t.places, place_of(s.units, t.routes, i), place) <= within_km:
                here += u["men"]
        i = s.fellow[i]
    return here / men if men > 0 else 0.0


@rule
def fought(t, when, where, near, hours, within_km, hour):
    """Whether a battle that ended at hour `when` at place `where` counts: recent enough, and near a place (-1: any)."""
    if when < 0 or hour - when > hours:
        return False
    return near < 0 or distance_km(t.places, where, near) <= within_km


@rule
def holds(t, s, o, k, c, hour):
    """Whether one condition holds for the commander of `c`, on what he knows (see `sim.plan.CONDITION`)."""
    cond = t.conditions[k]
    kind, ref, ref2, x, y = cond["kind"], np.int64(cond["ref"]), np.int64(cond["ref2"]), cond["x"], cond["y"]
    command = s.commands[c]
    here = np.int64(command["place"])
    rules = s.rules[0]
    if kind == DATE:
        # x: first hour, y: last hour; the hour is drawn once, keyed by the order
        return hour >= x + (y - x) * uniform(s.seed[0], DATE_LUCK, t.orders[o]["id"], 0)
    if kind == ISSUED:
        return s.orders[ref]["issued_h"] >= 0 and hour - s.orders[ref]["issued_h"] >= x
    if kind == DONE:
        return s.orders[ref]["done_h"] >= 0 and hour - s.orders[ref]["done_h"] >= x
    if kind == AT:
        return share_near(t, s, c, ref, x) >= 0.5
    if kind == HELD:
        state = s.places[ref]
        knows = hour - state["since_h"] >= courier_h(t.places, s.places, np.int64(command["side"]), ref, here, rules)
        holder = state["holder"] if knows else state["before"]
        return holder == ref2
    if kind == BEATEN:
        return fought(t, np.int64(command["lost_h"]), np.int64(command["lost_place"]), ref, x, y, hour)
    if kind == WON:
        return fought(t, np.int64(command["won_h"]), np.int64(command["won_place"]), ref, x, y, hour)
    if kind == FOUGHT:
        return fought(t, np.int64(command["lost_h"]), np.int64(command["lost_place"]), ref, x, y, hour) or fought(
            t, np.int64(command["won_h"]), np.int64(command["won_place"]), ref, x, y, hour
        )
    if kind == ENEMY:
        if ref < 0 and ref2 < 0:
            ref = here
        return known_enemy(t, s, c, ref, ref2, y, hour) >= x
    if kind == ODDS:
        men = own_near(t, s, np.int64(command["side"]), here, y)
        return men > 0 and known_enemy(t, s, c, here, -1, y, hour) >= x * men
    if kind == CLEAR:
        return known_enemy(t, s, c, here, -1, x, hour) == 0
    if kind == RESTED:
        return mean_state(s, c, 0) <= x and mean_state(s, c, 1) >= y
    if kind == LOSSES:
        return own_men(s, c) <= (1.0 - x) * command["initial_men"]
    if kind == HUNGRY:
        return mean_state(s, c, 2) <= x
    if kind == COMMANDER:
        fate = np.int64(s.commanders[ref]["fate"])
        return fate > IN_COMMAND and (ref2 <= 0 or fate == ref2)
    if kind == MUTINY:
        m = s.commands[ref]
        return m["mutiny_h"] >= 0 and hour - m["mutiny_h"] >= courier_h(
            t.places, s.places, np.int64(command["side"]), np.int64(m["place"]), here, rules
        )
    if kind == JOINED:
        return share_near(t, s, ref, here, x) >= 0.5
    if kind == ELAPSED:
        return hour - command["order_h"] >= x
    return False


@rule
def ready(t, s, o, c, hour):
    """Whether all conditions of an order hold, and at least one of its alternatives."""
    order = t.orders[o]
    for k in range(order["when_start"], order["when_start"] + order["when_n"]):
        if holds(t, s, o, k, c, hour) == (t.conditions[k]["negate"] == 1):
            return False
    if order["any_n"] == 0:
        return True
    for k in range(order["any_start"], order["any_start"] + order["any_n"]):
        if holds(t, s, o, k, c, hour) != (t.conditions[k]["negate"] == 1):
            return True
    return False


@rule
def send(t, s, o, c, i, hour):
    """Send order `o` to unit `i` by rider or wire; the newest order on its way replaces an older one."""
    u = s.units[i]
    if u["status"] == GONE:
        return
    rules = s.rules[0]
    delay = courier_h(
        t.places, s.places, np.int64(u["side"]), np.int64(s.commands[c]["place"]), place_of(s.units, t.routes, i), rules
    )
    u["pending"] = o
    u["pending_h"] = hour + int(delay + rules["dispatch_staff_h"])


@rule
def issue(t, s, o, c, hour):
    """Give an order: write it down and send it to its addressees."""
    order = t.orders[o]
    s.orders[order["state"]]["issued_h"] = hour
    n = 0
    if order["unit_n"] == 0:
        s.commands[c]["order"] = o
        s.commands[c]["order_h"] = hour
        i = s.roster[c]
        while i >= 0:
            if s.units[i]["fugitive"] == 0:
                send(t, s, o, c, i, hour)
                n += s.units[i]["men"] if s.units[i]["status"] == FIELD else 0
            i = s.fellow[i]
    else:
        for k in range(order["unit_start"], order["unit_start"] + order["unit_n"]):
            i = np.int64(t.addressees[k])
            send(t, s, o, c, i, hour)
            n += s.units[i]["men"] if s.units[i]["status"] == FIELD else 0
    chronicle(s.chronicle, s.counts, hour, E_ORDERED, s.commands[c]["hq"], s.commands[c]["place"], -1, o, n, c, 0, 0.0)


@rule
def finished(t, s, o, c, hour):
    """Whether an order given earlier is done: four fifths of the men it still binds stand where they should."""
    order = t.orders[o]
    if order["task"] == ATTACH or order["task"] == DISPERSE:
        return hour - s.orders[order["state"]]["issued_h"] >= 24
    there, men = 0, 0
    i = s.bound[o]
    while i >= 0:
        u = s.units[i]
        if in_field(u):
            men += u["men"]
            if u["arrived"] == 1 and hour - u["arrived_h"] >= order["hours"]:
                there += u["men"]
        i = s.bound_next[i]
    return men > 0 and there * 5 >= men * 4


@rule
def decide(t, s, c, hour):
    """The commander of `c` looks at his plan: every order whose conditions hold is given, the last one counts."""
    command = s.commands[c]
    k = np.int64(command["commander"])
    if command["hq"] < 0 and (k < 0 or s.commanders[k]["unit"] >= 0 or s.commanders[k]["fate"] > WOUNDED_FATE):
        return
    s.counts[PICTURE] = -1
    for o in range(t.order_start[c], t.order_start[c + 1]):
        state = s.orders[t.orders[o]["state"]]
        if state["issued_h"] >= 0:
            if state["done_h"] < 0 and finished(t, s, o, c, hour):
                state["done_h"] = hour
            continue
        order = t.orders[o]
        if hour < order["from_h"] or hour >= order["until_h"]:
            continue
        if ready(t, s, o, c, hour):
            issue(t, s, o, c, hour)


@rule
def watch_dangers(t, s, hour):
    """What each side as a whole knows of enemies near places (reports of the last days): commanders go round them."""
    rules = s.rules[0]
    oldest = hour - rules["march_danger_days"] * 24.0
    for side in range(2):
        for p in range(s.danger.shape[1]):
            s.danger[side, p] = 0
        for j in range(s.counts[N_UNITS]):
            if s.units[j]["side"] != side and s.units[j]["status"] == FIELD:
                entry = s.seen[side, j, s.seen_at[side, j]]
                if entry["hour"] >= oldest and entry["hour"] > NEVER:
                    s.danger[side, entry["place"]] += entry["men"]
    forget_tree(s)


@rule
def come_up(t, s, i, objective):
    """Whether unit `i` stands before the last step to its objective, or at it."""
    u = s.units[i]
    if u["place"] >= 0:
        if u["place"] == objective:
            return True
        return u["path_at"] < u["path_n"] and s.paths[i, u["path_at"]] == objective
    return u["ahead"] == objective and t.routes[u["route"]]["km"] - u["along_km"] <= CLOSED_UP_KM


@rule
def plan_assaults(t, s, hour):
    """At dawn each attack is weighed: it goes in when the column has closed up and the odds are those accepted.

    Friends under other orders who have come up as well are counted in: columns that converge strike together.
    """
    rules = s.rules[0]
    for o in range(len(s.order_near)):
        s.order_near[o] = 0
        if t.orders[o]["task"] == ATTACK:
            s.order_men[o] = 0
    for i in range(s.counts[N_UNITS]):
        u = s.units[i]
        o = u["order"]
        if o < 0 or not in_field(u) or t.orders[o]["task"] != ATTACK or t.orders[o]["objective"] < 0:
            continue
        s.order_men[o] += u["men"]
        if u["retreating"] == 0 and come_up(t, s, i, np.int64(t.orders[o]["objective"])):
            s.order_near[o] += u["men"]
    for o in range(len(s.order_near)):
        if s.order_near[o] == 0 or s.order_near[o] < rules["command_close_up_share"] * s.order_men[o]:
            continue
        objective = np.int64(t.orders[o]["objective"])
        side = np.int64(s.commands[t.orders[o]["command"]]["side"])
        here = own_near(t, s, side, objective, rules["command_assault_km"])
        if here >= t.orders[o]["accept"] * s.danger[side, objective]:
            s.orders[t.orders[o]["state"]]["go_h"] = hour


@rule
def steer(t, s, hour):
    """At dawn: followers find their quarry again, marchers go round enemies that are now known, the rallied resume."""
    for i in range(s.counts[N_UNITS]):
        u = s.units[i]
        if not in_field(u) or u["order"] < 0 or u["battle"] >= 0 or u["retreating"] == 1:
            continue
        order = t.orders[u["order"]]
        follows = order["task"] == JOIN or order["task"] == PURSUE
        if u["arrived"] == 1 and not follows:
            continue
        barred = False
        for k in range(u["path_at"], u["path_n"] - 1):
            if s.danger[u["side"], s.paths[i, k]] > u["men"]:
                barred = True
        if follows and not barred and u["path_n"] > 0 and u["goal"] == objective_place(t, s, i):
            continue
        if follows or barred or u["path_n"] == 0:
            set_out(t, s, i, hour)
            if order["task"] == JOIN and u["place"] >= 0 and u["place"] == s.commands[order["objective"]]["place"]:
                mark_arrived(s, u, hour)


@rule
def looks(t, s, c, hour):
    """Whether the commander of `c` looks at his plan: before dawn, in the afternoon, on news and battles."""
    clock = hour % 24
    if clock == int(s.rules[0]["march_dawn_h"]) - 1 or clock == 16:
        return True
    return s.news[c, hour % NEWS_H] == 1 or s.commands[c]["look"] == 1


@rule
def command(t, s, hour):
    """Staffs are found, pictures drawn, orders given."""
    clock = hour % 24
    for c in range(len(s.commands)):
        if clock % 6 == 4:
            refresh_staff(t, s, c)
        if looks(t, s, c, hour):
            s.commands[c]["look"] = 0
            s.news[c, hour % NEWS_H] = 0
            decide(t, s, c, hour)
    if clock == int(s.rules[0]["march_dawn_h"]) - 1:
        watch_dangers(t, s, hour)
        plan_assaults(t, s, hour)
    if clock % 6 == 4:
        steer(t, s, hour)
