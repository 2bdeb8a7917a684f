"""Phase 8, control: who holds each place, and what the fall of a capital sets off.

A side holds a place when it has been there alone for some hours. Consequences are declared by the scenario. The
telegraph runs as far as a side holds both ends of a wire.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import rule
from sim.luck import RISING as RISING_LUCK
from sim.luck import uniform
from sim.rules.common import chronicle, in_field
from sim.state import (
    DESERT,
    E_CONSEQUENCE,
    E_HOLDER,
    N_HOLDINGS,
    N_TOUCHED,
    N_UNITS,
    OVERFLOW,
    RISING,
    SHAKEN,
)

NOT_YET, TAKEN_EFFECT = -1, -2  # in State.fired, else the hour at which a consequence was set off


@rule
def hoist(t, s, place, side, hour):
    """A place changes hands."""
    state = s.places[place]
    state["before"] = state["holder"]
    state["holder"] = side
    state["since_h"] = hour
    n = s.counts[N_HOLDINGS]
    if n < len(s.holdings):
        s.holdings[n]["hour"] = hour
        s.holdings[n]["place"] = place
        s.holdings[n]["side"] = side
        s.counts[N_HOLDINGS] = n + 1
    else:
        s.counts[OVERFLOW] = 4
    chronicle(s.chronicle, s.counts, hour, E_HOLDER, -1, place, -1, side, state["before"], 0, 0, 0.0)
    for c in range(len(t.consequences)):
        if t.consequences[c]["place"] == place and t.consequences[c]["to_side"] == side and s.fired[c] == NOT_YET:
            s.fired[c] = hour
    string_wires(t, s, place)


@rule
def label_place(s, place):
    """A place as a telegraph net of its own for the side that holds it."""
    s.places[place]["wire_left"] = place if s.places[place]["holder"] == 0 else -1
    s.places[place]["wire_right"] = place if s.places[place]["holder"] == 1 else -1


@rule
def join_wires(t, s, place):
    """Label the telegraph net of a place: places joined by wires whose two ends the same side holds are one net.

    The label is the first row of the joined places. Only the places on the wires of this net are looked at.
    """
    changed = True
    while changed:
        changed = False
        p = place
        while True:
            for k in range(t.adj_start[p], t.adj_start[p + 1]):
                if t.routes[t.adj_route[k]]["wire"] == 1:
                    a, b = s.places[p], s.places[t.adj_place[k]]
                    if 0 <= a["wire_left"] < b["wire_left"]:
                        b["wire_left"] = a["wire_left"]
                        changed = True
                    if 0 <= a["wire_right"] < b["wire_right"]:
                        b["wire_right"] = a["wire_right"]
                        changed = True
            p = t.wire_ring[p]
            if p == place:
                break


@rule
def first_of_net(t, place):
    """Whether a place has no wire or is the first of its telegraph net by row."""
    p = t.wire_ring[place]
    while p >= 0 and p != place:
        if p < place:
            return False
        p = t.wire_ring[p]
    return True


@rule
def string_wires(t, s, place):
    """A place has changed hands: its telegraph net is labelled anew for both sides."""
    p = place
    while True:
        label_place(s, p)
        p = t.wire_ring[p]
        if p < 0 or p == place:
            break
    if p >= 0:
        join_wires(t, s, place)


@rule
def set_off(t, s, c, hour):
    """A consequence takes effect once its days have passed."""
    e = t.consequences[c]
    delay = (
        e["days"] * 24.0 * (0.7 + 0.6 * uniform(s.seed[0], RISING_LUCK, e["id"], 0))
        if e["kind"] == RISING
        else (e["days"] * 24.0)
    )
    if hour - s.fired[c] < delay:
        return
    s.fired[c] = TAKEN_EFFECT
    chronicle(s.chronicle, s.counts, hour, E_CONSEQUENCE, -1, e["place"], -1, c, 0, 0, 0, e["value"])
    if e["kind"] == RISING:
        if s.places[e["target"]]["holder"] != e["to_side"]:
            hoist(t, s, np.int64(e["target"]), np.int64(e["to_side"]), hour)
    elif e["kind"] == SHAKEN:
        for i in range(s.counts[N_UNITS]):
            u = s.units[i]
            if u["faction"] == e["faction"] and in_field(u):
                u["cohesion"] = max(0.05, u["cohesion"] - e["value"])


@rule
def desertion_factor(t, s, faction):
    """By how much consequences that were set off multiply a faction's desertion."""
    factor = 1.0
    for c in range(len(t.consequences)):
        e = t.consequences[c]
        if e["kind"] == DESERT and e["faction"] == faction and s.fired[c] == TAKEN_EFFECT:
            factor *= e["value"]
    return factor


@rule
def control(t, s, hour):
    """Who is alone in a place for long enough holds it."""
    need = int(s.rules[0]["control_hold_h"])
    for k in range(s.counts[N_TOUCHED]):
        site = np.int64(s.touched[k])
        if site >= len(t.places):
            continue
        left, right = s.men_at[0, site], s.men_at[1, site]
        state = s.places[site]
        if left > 0 and right > 0:
            state["alone_h"] = 0
            continue
        side = 0 if left > 0 else 1
        if state["alone_side"] != side:
            state["alone_side"] = side
            state["alone_h"] = 0
        state["alone_h"] = min(1000, state["alone_h"] + 1)
        if state["holder"] != side and state["alone_h"] >= need:
            hoist(t, s, site, side, hour)
    if hour % 24 == 12:
        for c in range(len(t.consequences)):
            if s.fired[c] >= 0:
                set_off(t, s, c, hour)
