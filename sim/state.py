"""What the engine reads (Tables) and writes (State): named tuples of arrays, one compiled signature for all.

Tables are frozen from a scenario, a plan and patches and are shared by all runs; a State belongs to one run.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.luck import check_seed
from sim.muster import CAUSES, KINDS, LINE
from sim.parameters import FIELDS, LEVERS, RULES, SIDE_LEVERS
from sim.theatre import PLACE_STATE

RING = 10  # reports kept of each unit by each side
NEWS_H = 96  # a report older than this reaches no commander any more as news
PATH = 48  # places on a path
DAY = 24
NEVER = -100000  # an hour before all others

COMMAND = np.dtype(
    [
        ("id", "u8"),
        ("side", "i8"),
        ("base", "i8"),
        ("commander", "i8"),
        ("superior", "i8"),
        ("initial_men", "i8"),
        ("hq", "i8"),  # unit with which its staff rides now, -1: none left
        ("place", "i8"),  # nearest place to its staff
        ("order", "i8"),  # last order given to the whole command
        ("order_h", "i8"),
        ("lost_h", "i8"),
        ("lost_place", "i8"),
        ("won_h", "i8"),
        ("won_place", "i8"),
        ("defeats", "f8"),  # recent defeats, fading
        ("terror", "f8"),  # recent executions and beatings, fading
        ("grievance", "f8"),
        ("fear", "f8"),
        ("plot", "f8"),  # 0..1 share of officers in the plot
        ("hazard", "f8"),  # of mutiny, per day
        ("mutiny_h", "i8"),  # hour of mutiny, -1: none
        ("executions", "i8"),
        ("draws", "i8"),
        ("look", "i8"),  # 1: its commander looks at his plan this hour
        ("python", "i8"),  # 1: decided by a Python subclass: the engine stops when he looks
    ],
    align=True,
)

COMMANDER = np.dtype(
    [
        ("id", "u8"),
        ("side", "i8"),
        ("command", "i8"),
        ("unit", "i8"),
        ("place", "i8"),
        ("fate", "i8"),  # 0 in command, 1 wounded, 2 killed, 3 captured, 4 fled
        ("fate_h", "i8"),
        ("fate_place", "i8"),
    ],
    align=True,
)
FATES = ("in command", "wounded", "killed", "captured", "fled")
IN_COMMAND, WOUNDED_FATE, KILLED_FATE, CAPTURED_FATE, FLED_FATE = range(5)

SIGHTING = np.dtype([("hour", "i4"), ("place", "i4"), ("men", "i4")], align=True)
REPORT = np.dtype([("hour", "i4"), ("side", "i1"), ("unit", "i2"), ("place", "i2"), ("men", "i4")], align=True)
HOLDING = np.dtype([("hour", "i4"), ("place", "i2"), ("side", "i1")], align=True)

DEPOT = np.dtype(
    [
        ("id", "u8"),
        ("side", "i8"),
        ("place", "i8"),
        ("rations", "f8"),
        ("rounds", "f8"),
        ("shells", "f8"),
        ("daily_rations", "f8"),
        ("daily_rounds", "f8"),
        ("daily_shells", "f8"),
    ],
    align=True,
)

CONSEQUENCE_KINDS = ("shaken", "desert", "rising", "news")
SHAKEN, DESERT, RISING, NEWS = range(4)
CONSEQUENCE = np.dtype(
    [
        ("id", "u8"),
        ("place", "i8"),
        ("to_side", "i8"),
        ("kind", "i8"),
        ("faction", "i8"),
        ("target", "i8"),
        ("value", "f8"),
        ("days", "f8"),
    ],
    align=True,
)

EVENTS = (
    "enters",
    "ordered",
    "arrives",
    "battle",
    "battle-ends",
    "declines",
    "surrenders",
    "guns-lost",
    "frontier",
    "crosses",
    "holder",
    "sighted",
    "execution",
    "beating",
    "mutiny",
    "commander-killed",
    "commander-wounded",
    "commander-captured",
    "commander-flees",
    "deserts",
    "hungry",
    "bridge",
    "joins",
    "disperses",
    "consequence",
    "split",
    "haven",
    "rallies",
    "air-report",
    "hands-over",
    "joins-battle",
)
(
    E_ENTERS,
    E_ORDERED,
    E_ARRIVES,
    E_BATTLE,
    E_BATTLE_ENDS,
    E_DECLINES,
    E_SURRENDERS,
    E_GUNS_LOST,
    E_FRONTIER,
    E_CROSSES,
    E_HOLDER,
    E_SIGHTED,
    E_EXECUTION,
    E_BEATING,
    E_MUTINY,
    E_KILLED,
    E_WOUNDED,
    E_CAPTURED,
    E_FLEES,
    E_DESERTS,
    E_HUNGRY,
    E_BRIDGE,
    E_JOINS,
    E_DISPERSES,
    E_CONSEQUENCE,
    E_SPLIT,
    E_HAVEN,
    E_RALLIES,
    E_AIR,
    E_HANDS_OVER,
    E_JOINS_BATTLE,
) = range(31)

EVENT = np.dtype(
    [
        ("hour", "i4"),
        ("kind", "i2"),
        ("who", "i2"),
        ("where", "i4"),
        ("whom", "i2"),
        ("other", "i2"),
        ("n1", "i4"),
        ("n2", "i4"),
        ("n3", "i4"),
        ("x", "f4"),
    ],
    align=True,
)

BATTLE = np.dtype(
    [
        ("site", "i8"),
        ("start_h", "i8"),
        ("end_h", "i8"),
        ("attacker", "i8"),
        ("lead_left", "i8"),
        ("lead_right", "i8"),
        ("men_left", "i8"),
        ("men_right", "i8"),
        ("lost_left", "i8"),
        ("lost_right", "i8"),
        ("winner", "i8"),
        ("surprise", "i8"),
        ("command_left", "i8"),
        ("command_right", "i8"),
    ],
    align=True,
)
BATTLE_HOUR = np.dtype(
    [
        ("hour", "i4"),
        ("battle", "i2"),
        ("site", "i4"),
        ("power_left", "f4"),
        ("power_right", "f4"),
        ("quality_left", "f4"),
        ("quality_right", "f4"),
        ("posture_left", "f4"),
        ("posture_right", "f4"),
        ("ground", "f4"),
        ("loss_left", "i4"),
        ("loss_right", "i4"),
        ("hazard_left", "f4"),
        ("hazard_right", "f4"),
    ],
    align=True,
)

TRACE = np.dtype(
    [
        ("lon", "f4"),
        ("lat", "f4"),
        ("men", "i4"),
        ("guns", "i2"),
        ("cohesion", "f4"),
        ("command", "i2"),
        ("order", "i2"),
        ("status", "i1"),
        ("task", "i1"),
    ],
    align=True,
)
TRACE_H = 6  # the trace is written every six hours
DAILY = np.dtype(
    [
        ("plot", "f4"),
        ("grievance", "f4"),
        ("fear", "f4"),
        ("hazard", "f4"),
        ("defeats", "f4"),
        ("terror", "f4"),
        ("goal", "f4"),
        ("hunger", "f4"),
        ("fatigue", "f4"),
        ("cohesion", "f4"),
        ("men", "i4"),
    ],
    align=True,
)

RECORD = np.dtype(
    [
        ("lon", "f4"),
        ("lat", "f4"),
        ("men", "i4"),
        ("horses", "i4"),
        ("guns", "i2"),
        ("mg", "i2"),
        ("place", "i2"),
        ("route", "i2"),
        ("along", "f4"),
        ("command", "i2"),
        ("order", "i2"),
        ("task", "i1"),
        ("fatigue", "f4"),
        ("cohesion", "f4"),
        ("condition", "f4"),
        ("rations", "f4"),
        ("rounds", "f4"),
        ("state", "i1"),
        ("fighting", "u1"),
    ],
    align=True,
)


class Tables(NamedTuple):
    """What all runs of a scenario share; never written by the engine."""

    places: np.ndarray  # PLACE [places]
    routes: np.ndarray  # ROUTE [routes]
    adj_start: np.ndarray  # int32 [places + 1]
    adj_place: np.ndarray  # int32
    adj_route: np.ndarray  # int32
    near_start: np.ndarray  # int32 [places + 1]
    near_place: np.ndarray  # int32
    near_km: np.ndarray  # float64, growing within a place
    depot_start: np.ndarray  # int64 [places + 1]
    depot_near: np.ndarray  # int64: depots that may reach a place, the nearest first
    wire_ring: np.ndarray  # int64 [places]: next place of the same telegraph net, -1: no wire
    orders: np.ndarray  # ORDER [orders + reserve], grouped by command
    order_start: np.ndarray  # int64 [commands + 1]: the orders of a command
    conditions: np.ndarray  # CONDITION
    vias: np.ndarray  # int64 places
    addressees: np.ndarray  # int64 units
    consequences: np.ndarray  # CONSEQUENCE
    loyalty: np.ndarray  # float64 [factions]
    home: np.ndarray  # int8 [sides, countries]: 1 = its people report to the side
    months: np.ndarray  # int64 [days]: calendar month of each day, 1 to 12
    timed: np.ndarray  # float64 [n, 3]: hour, flat index, value
    units0: np.ndarray  # UNIT [units + reserve]
    commands0: np.ndarray  # COMMAND [commands]
    commanders0: np.ndarray  # COMMANDER [commanders]
    depots0: np.ndarray  # DEPOT
    order_state0: np.ndarray  # ORDER_STATE
    settings0: np.ndarray  # float64 [rules + 2 * levers + 2 * commanders]
    n_units: int  # units of the scenario; rows behind them are the reserve
    hours: int


class State(NamedTuple):
    """One run's own arrays."""

    seed: np.ndarray  # uint64 [1]
    units: np.ndarray  # UNIT
    paths: np.ndarray  # int32 [units, PATH]
    books: np.ndarray  # int64 [units, kinds, causes]
    commands: np.ndarray  # COMMAND
    commanders: np.ndarray  # COMMANDER
    posts: np.ndarray  # float64 [commands, 3]: latitude and longitude of a command's staff, and its side
    news: np.ndarray  # uint8 [commands, NEWS_H]: a report arrives in this hour
    places: np.ndarray  # PLACE_STATE
    depots: np.ndarray  # DEPOT
    orders: np.ndarray  # ORDER_STATE
    settings: np.ndarray  # float64: rules, levers and tempers, with timed changes applied; the next three are views
    rules: np.ndarray  # RULES [1]
    levers: np.ndarray  # SIDE_LEVERS [2]
    tempers: np.ndarray  # float64 [commanders, 2]: terror, caution
    seen: np.ndarray  # SIGHTING [2, units, RING]
    seen_at: np.ndarray  # int32 [2, units]: newest entry of the ring
    told: np.ndarray  # int32 [2, places]: first report (unit x RING + entry) of an enemy there, -1
    heard_h: np.ndarray  # int32 [2, places]: hour in which news of an enemy there last went out to the commanders
    told_next: np.ndarray  # int32 [2, units x RING]: the reports of one place are a list
    told_last: np.ndarray  # int32 [2, units x RING]
    roster: np.ndarray  # int64 [commands]: first unit of a command, -1
    fellow: np.ndarray  # int32 [units]: next unit of the same command, by row
    bound: np.ndarray  # int64 [orders]: first unit that carries out an order, -1
    bound_next: np.ndarray  # int32 [units]: the units of one order are a list
    bound_last: np.ndarray  # int32 [units]
    newcomers: np.ndarray  # int32 [units]: who has entered or was born since the sites were last listed
    fired: np.ndarray  # int64 [consequences]: hour at which it was set off, -1: not yet, -2: it has taken effect
    battles: np.ndarray  # BATTLE
    site_battle: np.ndarray  # int32 [sites]: battle going on there, -1
    first: np.ndarray  # int32 [sites]: first unit there
    follow: np.ndarray  # int32 [units]: next unit on the same site
    men_at: np.ndarray  # int32 [2, sites]
    touched: np.ndarray  # int32 [sites]
    danger: np.ndarray  # int32 [2, places]: known enemy men
    picture: np.ndarray  # SIGHTING [units]: what the commander who decides now knows
    spots: np.ndarray  # int32 [units]: where a unit in the field is when patrols look round, -1: not in the field
    eye: np.ndarray  # float64 [places]: how far a side sees from there, km, scratch of scouting
    repace: np.ndarray  # int64 [orders]: 1: its column finds its pace anew this hour
    order_men: np.ndarray  # int64 [orders]: men under this order
    order_near: np.ndarray  # int64 [orders]: of these, men who have come up to the objective
    dist: np.ndarray  # float64 [places], scratch of the path finder
    prev: np.ndarray  # int32 [places]
    heap: np.ndarray  # int32 [entries]
    keys: np.ndarray  # float64 [entries]
    reached: np.ndarray  # int32 [places]: places in the last tree
    tree: np.ndarray  # float64 [6]: which tree `dist` and `prev` hold, see `tree_serves` in ways.py
    way_km: np.ndarray  # float64 [6, routes]: length in km of easy march by kind of mover (`tread` in ways.py)
    chronicle: np.ndarray  # EVENT
    reports: np.ndarray  # REPORT
    holdings: np.ndarray  # HOLDING
    battle_hours: np.ndarray  # BATTLE_HOUR
    trace: np.ndarray  # TRACE [hours / 6 + 1, units]
    daily: np.ndarray  # DAILY [days, commands]
    record: np.ndarray  # RECORD [hours + 1 or 0, units]
    counts: np.ndarray  # int64 [20]: see the indices below


(
    N_EVENTS,
    N_REPORTS,
    N_HOLDINGS,
    N_BATTLES,
    N_BATTLE_HOURS,
    N_UNITS,
    N_TOUCHED,
    HOUR,
    OVERFLOW,
    N_TIMED,
    REPACE,
    PAUSED,
    N_REACHED,
    PICTURE,
    FUGITIVES,
    N_NEWCOMERS,
) = range(16)


def lined_up(rows: np.ndarray) -> np.ndarray:
    """A copy of rows that begins where a line of the processor's memory begins (`sim.muster.in_lines`)."""
    room = np.empty(rows.nbytes + LINE, np.uint8)
    start = -room.ctypes.data % LINE
    copy = room[start : start + rows.nbytes].view(rows.dtype)
    copy[:] = rows
    return copy


def new_state(tables: Tables, seed: int, record: bool = False) -> State:
    """A fresh state at hour 0. Memory is in proportion to units, places and hours; `record` adds hour x unit arrays."""
    units = lined_up(tables.units0)
    n, p, r, c = len(units), len(tables.places), len(tables.routes), len(tables.commands0)
    sites, days = p + r, tables.hours // DAY
    places = np.zeros(p, PLACE_STATE)
    places["holder"] = tables.places["holder"]
    places["before"] = -1
    places["since_h"] = NEVER
    places["alone_side"] = -1
    settings = tables.settings0.copy()
    n_rules, n_levers = len(FIELDS), 2 * len(LEVERS)
    counts = np.zeros(20, np.int64)
    counts[N_UNITS] = tables.n_units
    seen = np.zeros((2, n, RING), SIGHTING)
    seen["hour"] = NEVER
    seen["place"] = -1
    return State(
        seed=np.array([check_seed(seed)], np.uint64),
        units=units,
        paths=np.full((n, PATH), -1, np.int32),
        books=np.zeros((n, len(KINDS), len(CAUSES)), np.int64),
        commands=tables.commands0.copy(),
        commanders=tables.commanders0.copy(),
        posts=np.zeros((c, 3)),
        news=np.zeros((c, NEWS_H), np.uint8),
        places=places,
        depots=tables.depots0.copy(),
        orders=tables.order_state0.copy(),
        settings=settings,
        rules=settings[:n_rules].view(RULES),
        levers=settings[n_rules : n_rules + n_levers].view(SIDE_LEVERS),
        tempers=settings[n_rules + n_levers :].reshape(-1, 2),
        seen=seen,
        seen_at=np.zeros((2, n), np.int32),
        told=np.full((2, p), -1, np.int32),
        heard_h=np.full((2, p), NEVER, np.int32),
        told_next=np.full((2, n * RING), -1, np.int32),
        told_last=np.full((2, n * RING), -1, np.int32),
        roster=np.full(c, -1, np.int64),
        fellow=np.full(n, -1, np.int32),
        bound=np.full(len(tables.orders), -1, np.int64),
        bound_next=np.full(n, -1, np.int32),
        bound_last=np.full(n, -1, np.int32),
        newcomers=np.zeros(n, np.int32),
        fired=np.full(len(tables.consequences), -1, np.int64),
        battles=np.zeros(32 + 8 * n, BATTLE),
        site_battle=np.full(sites, -1, np.int32),
        first=np.full(sites, -1, np.int32),
        follow=np.full(n, -1, np.int32),
        men_at=np.zeros((2, sites), np.int32),
        touched=np.zeros(sites, np.int32),
        danger=np.zeros((2, p), np.int32),
        picture=np.zeros(n, SIGHTING),
        spots=np.full(n, -1, np.int32),
        eye=np.zeros(p),
        repace=np.zeros(len(tables.orders), np.int64),
        order_men=np.zeros(len(tables.orders), np.int64),
        order_near=np.zeros(len(tables.orders), np.int64),
        reached=np.zeros(p + 1, np.int32),
        tree=np.full(6, -1.0),
        way_km=np.zeros((6, r)),
        dist=np.full(p, 1e18),
        prev=np.full(p, -1, np.int32),
        heap=np.zeros(4 * r + 8, np.int32),
        keys=np.zeros(4 * r + 8, np.float64),
        chronicle=np.zeros(512 + 64 * n, EVENT),
        reports=np.zeros(256 + 96 * n if record else 0, REPORT),
        holdings=np.zeros(4 * p + 64, HOLDING),
        battle_hours=np.zeros(64 + 64 * n if record else 0, BATTLE_HOUR),
        trace=np.zeros((tables.hours // TRACE_H + 1, n), TRACE),
        daily=np.zeros((days, c), DAILY),
        record=np.zeros((tables.hours + 1 if record else 0, n), RECORD),
        counts=counts,
    )
