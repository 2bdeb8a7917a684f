"""Phase 1, dispatches: orders sent earlier arrive; units enter the campaign.

Riders cover about 200 versts a day on relays, the telegraph brings an order at once where the wire runs (knyazev).
Left out: dispatches caught by the enemy.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import rule
from sim.muster import (
    AIR,
    DETACHED,
    FIELD,
    GONE,
    GUNS,
    HORSES,
    LEFT,
    MEN,
    MGS,
    RECEIVED,
    WAITING,
    book,
    mover_of,
)
from sim.plan import ATTACH, DETACH, HOLD, JOIN, PURSUE, REST, WITHDRAW
from sim.rules.common import bind, chronicle, enlist, in_field, strike_off, unsettle, welcome
from sim.rules.ways import set_path
from sim.state import E_ENTERS, E_JOINS, E_SPLIT, N_UNITS, NEVER, OVERFLOW


@rule
def objective_place(t, s, i):
    """The place unit `i` has to go to next: a way point, the objective, or where a command was last known to be.

    Returns -1 when there is nowhere to go.
    """
    u = s.units[i]
    if u["order"] < 0:
        return -1
    order = t.orders[u["order"]]
    if u["stage"] < order["via_n"]:
        return np.int64(t.vias[order["via_start"] + u["stage"]])
    task, objective = order["task"], np.int64(order["objective"])
    if objective < 0:
        return -1
    if task == JOIN or task == ATTACH:
        return np.int64(s.commands[objective]["place"])
    if task == PURSUE:
        return last_known(t, s, np.int64(u["side"]), objective)
    return objective


@rule
def last_known(t, s, side, command):
    """Where the strongest part of an enemy command was last reported to `side`, -1: not known."""
    best, men = -1, 0
    j = s.roster[command]
    while j >= 0:
        if s.units[j]["side"] != side and in_field(s.units[j]):
            entry = s.seen[side, j, s.seen_at[side, j]]
            if entry["hour"] > NEVER and entry["men"] > men:
                best, men = np.int64(entry["place"]), entry["men"]
        j = s.fellow[j]
    return best


@rule
def take_up(t, s, i, o, hour):
    """Unit `i` begins to carry out order `o`."""
    u = s.units[i]
    order = t.orders[o]
    u["pending"] = -1
    task = order["task"]
    if task == ATTACH:
        strike_off(s, i)
        enlist(s, i, order["objective"])
        adopted = np.int64(s.commands[u["command"]]["order"])
        chronicle(s.chronicle, s.counts, hour, E_JOINS, i, -1, -1, u["command"], u["men"], 0, 0, 0.0)
        if adopted < 0:
            return
        o = adopted
        order = t.orders[o]
        task = order["task"]
    elif task == DETACH:
        split(t, s, i, np.int64(order["to_command"]), order["share"], hour)
        return
    if order["leave_wheels"] == 1:
        if u["guns"] > u["pack_guns"]:
            book(s.units, s.books, i, GUNS, LEFT, u["guns"] - u["pack_guns"])
    u["mover"] = mover_of(u)
    unsettle(s, u["order"])
    bind(s, i, o)
    unsettle(s, o)
    u["task"] = task
    u["stage"] = 0
    u["arrived"] = 0
    u["path_n"] = 0
    u["path_at"] = 0
    if u["retreating"] == 0 or task == WITHDRAW:
        set_out(t, s, i, hour)


@rule
def set_out(t, s, i, hour):
    """Find the way for the next leg of unit `i`'s order; marks it arrived when it stands where it should."""
    u = s.units[i]
    if u["order"] < 0 or u["arm"] == AIR:
        return
    order = t.orders[u["order"]]
    while True:
        goal = objective_place(t, s, i)
        if goal < 0:
            if order["task"] == HOLD or order["task"] == REST or order["objective"] < 0:
                mark_arrived(s, u, hour)
            return
        if u["place"] != goal:
            break
        if u["stage"] >= order["via_n"]:
            if order["task"] != JOIN and order["task"] != PURSUE:
                mark_arrived(s, u, hour)
            return
        u["stage"] += 1
    fear = np.int64(u["men"])
    if not set_path(t, s, i, goal, order["rail"] == 1, fear):
        u["path_n"] = 0


@rule
def mark_arrived(s, u, hour):
    """The unit stands at its order's objective."""
    if u["arrived"] == 0:
        u["arrived"] = 1
        u["arrived_h"] = hour
    u["path_n"] = 0
    u["path_at"] = 0


@rule
def split(t, s, i, command, share, hour):
    """Part of a unit becomes a unit of its own in a reserve row; men, horses and guns are booked over. Returns its row.

    share: of men, horses and machine guns, 0 to 1; guns stay. -1 when no row is left or nobody would go.
    """
    n = s.counts[N_UNITS]
    units = s.units
    men = int(units[i]["men"] * share)
    if men < 1:
        return -1
    if n >= len(units):
        s.counts[OVERFLOW] = 2
        return -1
    key = units[n]["id"]
    units[n] = units[i]
    v = units[n]
    v["id"] = key
    v["order"] = -1
    bind(s, n, units[i]["order"])
    enlist(s, n, command)
    horses = min(np.int64(units[i]["horses"]), int(units[i]["horses"] * share))
    mgs = int(units[i]["mg"] * share)
    v["men"] = 0
    v["horses"] = 0
    v["guns"] = 0
    v["pack_guns"] = 0
    v["mg"] = 0
    v["initial_men"] = men
    v["leader"] = -1
    v["parent"] = i
    v["battle"] = -1
    v["battles"] = 0
    v["declined"] = 0
    v["sighted"] = 0
    v["pending"] = -1
    book(units, s.books, i, MEN, DETACHED, men)
    book(units, s.books, n, MEN, RECEIVED, men)
    book(units, s.books, i, HORSES, DETACHED, horses)
    book(units, s.books, n, HORSES, RECEIVED, horses)
    book(units, s.books, i, MGS, DETACHED, mgs)
    book(units, s.books, n, MGS, RECEIVED, mgs)
    v["mover"] = mover_of(v)
    for k in range(s.paths.shape[1]):
        s.paths[n, k] = s.paths[i, k]
    s.counts[N_UNITS] = n + 1
    welcome(s, n)
    chronicle(s.chronicle, s.counts, hour, E_SPLIT, n, v["place"], i, command, men, horses, 0, 0.0)
    adopted = np.int64(s.commands[command]["order"])
    if adopted >= 0:
        v["pending"] = adopted
        v["pending_h"] = hour + 1
    return n


@rule
def dispatches(t, s, hour):
    """Units whose hour has come enter; orders reach those they were sent to."""
    for i in range(s.counts[N_UNITS]):
        u = s.units[i]
        if u["status"] == GONE:
            continue
        if u["status"] == WAITING:
            if hour < u["enter_h"]:
                continue
            u["status"] = FIELD
            welcome(s, i)
            s.commands[u["command"]]["initial_men"] += u["men"]
            if hour > 0:
                chronicle(s.chronicle, s.counts, hour, E_ENTERS, i, u["place"], -1, u["command"], u["men"], 0, 0, 0.0)
        if u["pending"] >= 0 and hour >= u["pending_h"] and u["battle"] < 0:
            take_up(t, s, i, np.int64(u["pending"]), hour)
