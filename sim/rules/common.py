"""What several phases need: where a unit is, how long a rider takes, how an event is written down."""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import rule
from sim.muster import AIR, FIELD
from sim.state import (
    N_EVENTS,
    N_NEWCOMERS,
    N_REPORTS,
    NEWS_H,
    OVERFLOW,
    REPACE,
    RING,
)
from sim.theatre import distance_km


@rule
def chronicle(events, counts, hour, kind, who, where, whom, other, n1, n2, n3, x):
    """Write one event; when the chronicle is full the run is marked, never silently cut (see `sim.runs`)."""
    n = counts[N_EVENTS]
    if n >= len(events):
        counts[OVERFLOW] = 1
        return
    e = events[n]
    e["hour"] = hour
    e["kind"] = kind
    e["who"] = who
    e["where"] = where
    e["whom"] = whom
    e["other"] = other
    e["n1"] = n1
    e["n2"] = n2
    e["n3"] = n3
    e["x"] = x
    counts[N_EVENTS] = n + 1


@rule
def nearest(u, km):
    """The place a unit is at or nearest to on its route; `km` is the length of that route (0 at a place)."""
    if u["place"] >= 0:
        return u["place"]
    return u["ahead"] if u["along_km"] * 2.0 > km else u["behind"]


@rule
def place_of(units, routes, i):
    """The place unit `i` is at or nearest to."""
    u = units[i]
    if u["place"] >= 0:
        return np.int64(u["place"])
    return np.int64(nearest(u, routes[u["route"]]["km"]))


@rule
def in_field(u):
    """True for a unit that stands on the ground of the theatre with men in it."""
    return u["status"] == FIELD and u["men"] > 0 and u["arm"] != AIR


@rule
def enlist(s, i, c):
    """Unit `i` comes under command `c`: into its list, which is kept by row."""
    s.units[i]["command"] = c
    if s.roster[c] < 0 or s.roster[c] > i:
        s.fellow[i] = s.roster[c]
        s.roster[c] = i
        return
    j = s.roster[c]
    while s.fellow[j] >= 0 and s.fellow[j] < i:
        j = s.fellow[j]
    s.fellow[i] = s.fellow[j]
    s.fellow[j] = i


@rule
def strike_off(s, i):
    """Unit `i` leaves the list of its command."""
    c = s.units[i]["command"]
    if s.roster[c] == i:
        s.roster[c] = s.fellow[i]
        return
    j = s.roster[c]
    while s.fellow[j] != i:
        j = s.fellow[j]
    s.fellow[j] = s.fellow[i]


@rule
def bind(s, i, o):
    """Unit `i` carries out order `o` from now on (-1: none)."""
    old, after, last = s.units[i]["order"], s.bound_next[i], s.bound_last[i]
    if old >= 0:
        if last >= 0:
            s.bound_next[last] = after
        else:
            s.bound[old] = after
        if after >= 0:
            s.bound_last[after] = last
    s.units[i]["order"] = o
    s.bound_last[i] = -1
    s.bound_next[i] = -1
    if o >= 0:
        first = s.bound[o]
        s.bound_next[i] = first
        if first >= 0:
            s.bound_last[first] = i
        s.bound[o] = i


@rule
def welcome(s, i):
    """Unit `i` is new in the field: until the sites are listed again it stands in the list of newcomers."""
    s.newcomers[s.counts[N_NEWCOMERS]] = i
    s.counts[N_NEWCOMERS] += 1


@rule
def unsettle(s, o):
    """Somebody has come to the column of an order, or gone from it: it finds its pace anew this hour."""
    if o >= 0:
        s.repace[o] = 1
        s.counts[REPACE] = 1


@rule
def file_report(s, side, unit, slot, place):
    """Move an entry of the ring of reports to the list of the place that it names."""
    node = unit * RING + slot
    old, after, last = s.seen[side, unit, slot]["place"], s.told_next[side, node], s.told_last[side, node]
    if old >= 0:
        if last >= 0:
            s.told_next[side, last] = after
        else:
            s.told[side, old] = after
        if after >= 0:
            s.told_last[side, after] = last
    first = s.told[side, place]
    s.told_last[side, node] = -1
    s.told_next[side, node] = first
    if first >= 0:
        s.told_last[side, first] = node
    s.told[side, place] = node


@rule
def courier_h(places, states, side, a, b, rules):
    """Hours that news takes from place `a` to place `b`: the telegraph where the side's wire runs, else a rider.

    Riders cover `dispatch.rider_kmh` over the air distance times the mean winding of the ways (knyazev: courier on
    relays over 200 versts a day, knyazev).
    """
    if a == b:
        return 0.0
    if side == 0:
        left, right = states[a]["wire_left"], states[b]["wire_left"]
    else:
        left, right = states[a]["wire_right"], states[b]["wire_right"]
    if left >= 0 and left == right:
        return rules["dispatch_telegraph_h"]
    return distance_km(places, a, b) * rules["dispatch_sinuosity"] / rules["dispatch_rider_kmh"]


@rule
def report(t, s, side, unit, men, hour):
    """A side learns where enemy unit `unit` is and how many `men` it seems to have; news of it goes to its commanders.

    They hear of it when a rider or the wire brings it.
    A ring of the last reports is kept of each unit. A commander uses the newest that can have reached him; so an old
    report stays of use to a distant one while a nearer one has better. Repetitions within 12 hours are not kept.
    """
    place = place_of(s.units, t.routes, unit)
    at = s.seen_at[side, unit]
    last = s.seen[side, unit, at]
    age = hour - last["hour"]
    moved = last["place"] != place
    if not moved and age < 12:
        return
    at = (at + 1) % RING
    s.seen_at[side, unit] = at
    file_report(s, side, unit, at, place)
    entry = s.seen[side, unit, at]
    entry["hour"] = hour
    entry["place"] = place
    entry["men"] = men
    if len(s.reports) > 0:
        n = s.counts[N_REPORTS]
        if n < len(s.reports):
            r = s.reports[n]
            r["hour"] = hour
            r["side"] = side
            r["unit"] = unit
            r["place"] = place
            r["men"] = men
            s.counts[N_REPORTS] = n + 1
        else:
            s.counts[OVERFLOW] = 5
    if (moved or age >= 48) and s.heard_h[side, place] != hour:
        s.heard_h[side, place] = hour
        spread_news(t, s, side, place, hour)


@rule
def spread_news(t, s, side, place, hour):
    """The commanders of a side whom a rider or the wire reaches in time will look at their plans when news arrives.

    Staffs and wires stay as they are from the first report of an hour to the last: once an hour and place is enough.
    """
    rules, lat, lon = s.rules[0], t.places[place]["lat"], t.places[place]["lon"]
    north = NEWS_H * rules["dispatch_rider_kmh"] / rules["dispatch_sinuosity"] / 111.0  # degrees a rider gets
    east = north / max(0.01, math.cos(math.radians(min(90.0, abs(lat) + north))))
    if t.wire_ring[place] >= 0:
        north, east = 360.0, 360.0
    for c in range(len(s.commands)):
        post = s.posts[c]
        if post[2] != side or abs(post[0] - lat) > north or abs(post[1] - lon) > east:
            continue
        if s.commands[c]["hq"] >= 0:
            delay = courier_h(t.places, s.places, side, place, np.int64(s.commands[c]["place"]), rules)
            if delay < NEWS_H - 2:
                s.news[c, (hour + 1 + int(delay)) % NEWS_H] = 1
