"""The hour: eight phases in order, from one hour to another.

`PHASES` is the order as data; the process overview in the documentation is made from it. `advance` is the one compiled
entry of the engine: it releases the GIL, writes only to its own State and reads only Tables.
"""

from __future__ import annotations

from typing import NamedTuple

from numba import njit

from sim.compiled import rule
from sim.muster import GONE
from sim.reference import by_reference
from sim.rules import battle as battle_rules
from sim.rules import cohesion as cohesion_rules
from sim.rules import command as command_rules
from sim.rules import contact as contact_rules
from sim.rules import control as control_rules
from sim.rules import dispatches as dispatch_rules
from sim.rules import march as march_rules
from sim.rules import scouting as scouting_rules
from sim.rules import supply as supply_rules
from sim.rules import weather as weather_rules
from sim.rules.common import enlist
from sim.rules.ways import measure_routes
from sim.state import HOUR, N_TIMED, N_UNITS, PAUSED, TRACE_H, State, Tables

dispatches = dispatch_rules.dispatches
command = command_rules.command
march = march_rules.march
scouting = scouting_rules.scouting
battle = battle_rules.battle
supply = supply_rules.supply
cohesion = cohesion_rules.cohesion
control = control_rules.control
weather = weather_rules.weather
string_wires = control_rules.string_wires
first_of_net = control_rules.first_of_net
refresh_staff = command_rules.refresh_staff
looks = command_rules.looks
gather = contact_rules.gather


class Phase(NamedTuple):
    """One phase of the hour: its name, what happens, how often."""

    name: str
    what: str
    when: str


PHASES: tuple[Phase, ...] = (
    Phase("dispatches", "orders sent earlier arrive; units enter the campaign", "every hour"),
    Phase(
        "command",
        "commanders look at the conditions of their orders, on what they know, and send orders",
        "before dawn, in the afternoon, on reports and battles",
    ),
    Phase("march", "units move along routes, wait at crossings, rest, rally", "every hour"),
    Phase("scouting", "patrols, people and aircraft report enemies, with error and age", "every six hours"),
    Phase("battle", "hostile units within reach fight, decline, break off; pursuit, capture, surrender", "every hour"),
    Phase("supply", "rations, rounds and fodder from depots and the steppe; horses wear and recover", "at 20:00"),
    Phase("cohesion", "rest, desertion, terror, plot and mutiny (at 21:00); the hunt for a fugitive", "every hour"),
    Phase("control", "who holds each place; what the fall of a place sets off", "every hour"),
)


@rule
def position(t, s, i):
    """Longitude and latitude of unit `i`, between the ends of its route when it marches."""
    u = s.units[i]
    if u["place"] >= 0:
        return t.places[u["place"]]["lon"], t.places[u["place"]]["lat"]
    a, b = t.places[u["behind"]], t.places[u["ahead"]]
    f = u["along_km"] / max(0.1, t.routes[u["route"]]["km"])
    return a["lon"] + f * (b["lon"] - a["lon"]), a["lat"] + f * (b["lat"] - a["lat"])


@rule
def write_trace(t, s, row):
    """The trace of a moment: where each unit is and how strong."""
    for i in range(s.counts[N_UNITS]):
        u = s.units[i]
        e = s.trace[row, i]
        lon, lat = position(t, s, i)
        e["lon"] = lon
        e["lat"] = lat
        e["men"] = u["men"]
        e["guns"] = u["guns"]
        e["cohesion"] = u["cohesion"]
        e["command"] = u["command"]
        e["order"] = u["order"]
        e["status"] = GONE if u["men"] <= 0 else u["status"]
        e["task"] = u["task"]


@rule
def write_record(t, s, hour):
    """The record of an hour: all that the map shows of every unit."""
    for i in range(s.counts[N_UNITS]):
        u = s.units[i]
        e = s.record[hour, i]
        lon, lat = position(t, s, i)
        e["lon"] = lon
        e["lat"] = lat
        e["men"] = u["men"]
        e["horses"] = u["horses"]
        e["guns"] = u["guns"]
        e["mg"] = u["mg"]
        e["place"] = u["place"]
        e["route"] = u["route"]
        along = u["along_km"]
        if u["route"] >= 0 and u["behind"] != t.routes[u["route"]]["a"]:
            along = t.routes[u["route"]]["km"] - along
        e["along"] = along
        e["command"] = u["command"]
        e["order"] = u["order"]
        e["task"] = u["task"]
        e["fatigue"] = u["fatigue"]
        e["cohesion"] = u["cohesion"]
        e["condition"] = u["condition"]
        e["rations"] = u["rations"]
        e["rounds"] = u["rounds"]
        e["state"] = GONE if u["men"] <= 0 else u["status"]
        e["fighting"] = 1 if u["battle"] >= 0 else 0


@rule
def change_settings(t, s, hour):
    """Parameters that a patch changes at an hour take their new value."""
    k = s.counts[N_TIMED]
    while k < len(t.timed) and t.timed[k, 0] <= hour:
        s.settings[int(t.timed[k, 1])] = t.timed[k, 2]
        k += 1
    if hour == 0 or k > s.counts[N_TIMED]:
        measure_routes(t, s)
    s.counts[N_TIMED] = k


@rule
def open_campaign(t, s):
    """Hour 0: wires, staffs, who stands where."""
    for p in range(len(s.places)):
        if first_of_net(t, p):
            string_wires(t, s, p)
    for i in range(s.counts[N_UNITS] - 1, -1, -1):
        enlist(s, i, s.units[i]["command"])
    for c in range(len(s.commands)):
        refresh_staff(t, s, c)
    gather(t, s)


@rule
def open_hour(t, s, hour):
    """What comes before the phases: changed settings, the day's weather, trace and record of the moment."""
    if hour == 0:
        open_campaign(t, s)
    s.counts[HOUR] = hour
    change_settings(t, s, hour)
    if hour % 24 == 0:
        weather(t, s, hour // 24)
    if hour % TRACE_H == 0:
        write_trace(t, s, hour // TRACE_H)
    if len(s.record) > 0:
        write_record(t, s, hour)


@rule
def asks(t, s, hour):
    """Whether a commander who decides in Python looks this hour."""
    for c in range(len(s.commands)):
        if s.commands[c]["python"] == 1 and looks(t, s, c, hour):
            return True
    return False


@rule
def play_hours(t, s, from_hour, to_hour):
    """The hours themselves; `t` and `s` as in `advance`."""
    for hour in range(from_hour, to_hour):
        if s.counts[PAUSED] == 0:
            open_hour(t, s, hour)
            dispatches(t, s, hour)
            if asks(t, s, hour):
                s.counts[PAUSED] = 1
                return hour
        s.counts[PAUSED] = 0
        command(t, s, hour)
        march(t, s, hour)
        scouting(t, s, hour)
        battle(t, s, hour)
        supply(t, s, hour)
        cohesion(t, s, hour)
        control(t, s, hour)
    if to_hour == t.hours:
        write_trace(t, s, to_hour // TRACE_H)
        if len(s.record) > 0:
            write_record(t, s, to_hour)
    s.counts[HOUR] = to_hour
    return to_hour


@njit(cache=True, nogil=True, error_model="numpy")
def advance(t: Tables, s: State, from_hour: int, to_hour: int) -> int:
    """Play the hours from `from_hour` up to, not including, `to_hour`; returns the hour reached.

    Stops early, before the command phase of an hour, when a commander who decides in Python looks (see `sim.model`).
    """
    return play_hours(by_reference(t), by_reference(s), from_hour, to_hour)
