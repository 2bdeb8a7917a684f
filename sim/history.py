"""The documented course, and how far a finished run is from it.

Every documented event of history.toml has a `reading`: how it is recognised in a run. `score` reads all of them off the
trace (every six hours), the chronicle, the battles, the changes of hands and the daily table of the commands; it never
looks at the documented dates. `windows` gives those dates as hours. Nothing here drives a run.

Kinds of reading (READERS) and their arguments; any of them may have `after = "<event>"`: it counts only from that
event on.

==============  ======================================================================================================
beaten          a battle that `loser` loses with `min_men` to `max_men` men, within `within_km` of a place of `near`;
                `loser_command` and `winner_command` are those of the strongest unit when the battle began
both_near       of each of `commands` (as they were at the start) half the men stand within `within_km` of `place`
chronicle       the first entry of kind `event` about `command` or one of `commands`, `commander`, `side`, at `place`
cohesion        the men-weighted mean cohesion of `commands`, each evening, is below `below`
concentration   `side` has within `within_km` of any of `places` at least `over` times the men, and `guns` times the
                guns, that `against` has in the field altogether
fight_away      a battle within `within_km` of `place` with at least `min_engaged` men of `side`; of its men who stood
                within that distance when it began, `left_share` are still in the field three days after it
heading         by the end `share` of the men of `side` still in the field have been coming nearer to `goal`
                (`direction`: and moved that way), by 50 km at least; the hour is that at which their main body turned
held            `place` falls to `side`
in_country      `men` men of `side` stand in `country`; `faction`: only these; `without`: all but these factions;
                `beyond`: standing in these frontier places does not count; `anew_days`: after so many days with fewer;
                `not_before`: not before a date
near            `share` of the men of `command` stand within `within_km` of `place`
outcome         at the end `side` holds `place`, and of its enemy less than `broken_below` of the first strength is in
                the field under commands that have not risen against their commander
turned_south    the main body of a raid into `countries` goes back: the last moment at which it stood furthest from
                `origin` (without it: furthest north) before a move back of at least 30 km that lasts two days, with
                at least `men` men there
==============  ======================================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import cos, nan, radians
from typing import Any, cast

import numpy as np

from sim.errors import ScenarioError
from sim.muster import FIELD
from sim.scenario import Scenario
from sim.scenario_files import HistoryEvent
from sim.state import (
    DAY,
    E_BATTLE_ENDS,
    E_FRONTIER,
    E_SPLIT,
    EVENTS,
    HOUR,
    N_EVENTS,
    N_HOLDINGS,
    N_UNITS,
    TRACE_H,
    State,
)

KM_LON, KM_LAT = 111.32, 111.13  # km of a degree on the equator; of a degree of latitude
BEYOND_KM = 3.0  # a unit so near a frontier place stands in it
HEADING_KM = 50.0  # so much nearer to its goal: it is heading for it
STRAY_KM = 25.0  # a step back of more ends an approach
TURN_KM = 30.0  # a move back of so much is a turn
LASTING = 48 // TRACE_H  # rows for which it lasts
AWAY = 72 // TRACE_H  # rows after a battle at which those who got away are counted
AT_TOP_KM = 5.0  # so near its furthest point a main body still stands there

SHORT_NAMES = {
    "captured": "commander-captured",
    "killed": "commander-killed",
    "wounded": "commander-wounded",
    "flees": "commander-flees",
}
"""Short forms of kinds of chronicle entries that a reading may use."""
ABOUT_COMMAND = ("mutiny", "execution", "beating", "deserts", "disperses", "surrenders", "enters", "hungry", "haven")
"""Kinds whose field `other` is a command."""
ABOUT_COMMANDER = ("commander-killed", "commander-wounded", "commander-captured", "commander-flees")
"""Kinds whose field `other` is a commander."""


# ---------------------------------------------------------------------- the documented dates


@dataclass(frozen=True)
class Window:
    """The documented dates of an event as hours of the campaign: `from_h` <= hour < `to_h`.

    by_source: (source keys, from_h, to_h) for each source of a disputed date.
    """

    event: HistoryEvent
    from_h: int
    to_h: int
    by_source: tuple[tuple[str, int, int], ...] = ()

    def holds(self, hours: np.ndarray | float) -> np.ndarray:
        """Whether hours lie in the window; an event that did not occur (nan) does not."""
        hours = np.asarray(hours, np.float64)
        return (hours >= self.from_h) & (hours < self.to_h)

    @property
    def middle_h(self) -> float:
        """The middle of the window."""
        return 0.5 * (self.from_h + self.to_h)


def windows(scenario: Scenario) -> dict[str, Window]:
    """The documented window of every event, in the order of history.toml."""
    hour = scenario.data.header.hour
    return {
        event.id: Window(
            event,
            hour(event.from_),
            hour(event.to) + DAY,
            tuple((one.source, hour(one.from_), hour(one.to) + DAY) for one in event.readings_of_sources),
        )
        for event in scenario.data.history.events
    }


@dataclass(frozen=True)
class EventScore:
    """One documented event over many runs. Hours are hours of the campaign, nan when no run has the event."""

    id: str
    window: Window
    share_occurred: float
    share_within: float
    median: float
    p10: float
    p90: float
    by_source: dict[str, float]  # share of the runs in which it occurred whose date fits the source, for disputed dates


def summarise(scenario: Scenario, hours: Mapping[str, Sequence[float] | np.ndarray]) -> tuple[EventScore, ...]:
    """Shares, median and 10-90 % range of every event; `hours`: event id -> its hour in each run, nan: not occurred."""
    found: list[EventScore] = []
    for name, window in windows(scenario).items():
        column = np.asarray(hours[name], np.float64)
        seen = column[np.isfinite(column)]
        p10, median, p90 = np.quantile(seen, (0.1, 0.5, 0.9)) if len(seen) else (nan, nan, nan)
        by_source = {
            source: float(np.mean((seen >= a) & (seen < b))) if len(seen) else nan for source, a, b in window.by_source
        }
        found.append(
            EventScore(
                id=name,
                window=window,
                share_occurred=len(seen) / max(1, len(column)),
                share_within=float(np.mean(window.holds(column))) if len(column) else nan,
                median=float(median),
                p10=float(p10),
                p90=float(p90),
                by_source=by_source,
            )
        )
    return tuple(found)


# ---------------------------------------------------------------------- reading a run


def score(scenario: Scenario, state: State) -> dict[str, float]:
    """Hour of every documented event in a finished run, nan when it did not occur. One to two milliseconds.

    state: as `advance` leaves it at the end. Raises ScenarioError when a reading names what the scenario has not.
    """
    return score_of(Reader(scenario, state))


def score_of(reader: Reader) -> dict[str, float]:
    """`score` for a reader that is at hand."""
    return {event.id: reader.hour(event.id) for event in reader.scenario.data.history.events}


class Reader:
    """A finished run as the readings see it; `hour(event)` reads one event."""

    def __init__(self, scenario: Scenario, state: State) -> None:
        self.scenario, self.state, self.tables = scenario, state, scenario.tables
        self.rows = int(state.counts[HOUR]) // TRACE_H + 1
        self.n = int(state.counts[N_UNITS])
        self.side_of = state.units["side"][: self.n]
        self.known: dict[str, float] = {}
        self.noted: dict[str, float] = {}  # men who got away from a fight, by event (see _fight_away)
        self._columns: dict[str, np.ndarray] = {}
        self.prepared = _prepared(scenario)

    def hour(self, event: str) -> float:
        """The hour of a documented event, nan when it did not occur."""
        if event not in self.known:
            self.known[event] = nan  # an event that waits for itself never occurs
            read, arguments, after = self.prepared.readings[event]
            start = 0.0 if after is None else self.hour(after)
            self.known[event] = nan if start != start else float(read(self, arguments, start))
        return self.known[event]

    # -------------------------------------------------------------- what the readings look at

    @cached_property
    def events(self) -> np.ndarray:
        """The chronicle, EVENT [events]."""
        return self.state.chronicle[: int(self.state.counts[N_EVENTS])]

    @cached_property
    def kinds(self) -> np.ndarray:
        """Kinds of the chronicle's entries, int16 [events]."""
        return np.ascontiguousarray(self.events["kind"])

    def column(self, field: str) -> np.ndarray:
        """A field of the trace, [units, rows]: a row of memory for each unit."""
        if field not in self._columns:
            self._columns[field] = np.ascontiguousarray(self.state.trace[field][: self.rows, : self.n].T)
        return self._columns[field]

    def counted(self, field: str) -> np.ndarray:
        """`men` or `guns` of the units in the field, float32 [units, rows]."""
        key = f"{field} in the field"
        if key not in self._columns:
            number = self.column(field).astype(np.float32)
            number *= self.column("status") == FIELD
            self._columns[key] = number
        return self._columns[key]

    @cached_property
    def ends(self) -> np.ndarray:
        """The ends of battles, EVENT [battles that ended]."""
        return self.events[self.kinds == E_BATTLE_ENDS]

    def columns(self, side: int) -> Body:
        """The units of a side as they were every six hours."""
        return self._bodies[side]

    @cached_property
    def _bodies(self) -> tuple[Body, Body]:
        left, right = (np.flatnonzero(self.side_of == side) for side in (0, 1))
        return Body(self, left), Body(self, right)

    @cached_property
    def born_of(self) -> np.ndarray:
        """For every unit the unit of the scenario that it is, or was split from: int64 [units]."""
        origin = np.arange(self.n)
        for row in range(self.tables.n_units, self.n):
            parent = int(self.state.units["parent"][row])
            origin[row] = origin[parent] if 0 <= parent < row else row
        return origin

    @cached_property
    def country(self) -> np.ndarray:
        """Country in which each unit stood last, int16 [units, rows]; it crosses when it reaches a place beyond."""
        first = self.tables.units0["country"][self.born_of].astype(np.int16)
        moves = self.events[(self.kinds == E_FRONTIER) | (self.kinds == E_SPLIT)]
        who, into = moves["who"].astype(np.int64), moves["other"].astype(np.int16)
        for k in np.flatnonzero(moves["kind"] == E_SPLIT):  # a part stands where its whole stood last
            before = np.flatnonzero(who[:k] == moves["whom"][k])
            into[k] = into[before[-1]] if len(before) else first[moves["whom"][k]]
        row = moves["hour"] // TRACE_H + 1
        seen = row < self.rows
        # stretches of one country, unit after unit: where each begins, and which country it is
        starts = np.concatenate((np.arange(self.n) * self.rows, who[seen] * self.rows + row[seen]))
        order = np.argsort(starts, kind="stable")
        lengths = np.diff(starts[order], append=self.n * self.rows)
        return np.repeat(np.concatenate((first, into[seen]))[order], lengths).reshape(self.n, self.rows)

    def where(self, hours: np.ndarray, sites: np.ndarray, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Longitude and latitude of sites: of the place, or on a route that of a unit which fought there."""
        places = self.tables.places
        on_route = sites >= len(places)
        at = np.where(on_route, 0, sites)
        rows = np.minimum(hours // TRACE_H, self.rows - 1)
        lon, lat = self.state.trace["lon"][rows, units], self.state.trace["lat"][rows, units]
        return np.where(on_route, lon, places["lon"][at]), np.where(on_route, lat, places["lat"][at])

    def first_row(self, hits: np.ndarray, start: float) -> float:
        """Hour of the first row that hits, at or after `start`."""
        row = -int(-start // TRACE_H)
        if row >= len(hits):
            return nan
        found = int(hits[row:].argmax())
        return float((row + found) * TRACE_H) if hits[row + found] else nan


class Body:
    """Some units as the trace has them; arrays [units, rows], men only of those in the field."""

    def __init__(self, reader: Reader, units: np.ndarray) -> None:
        self.reader, self.units = reader, units
        self._near: dict[tuple[int, float], np.ndarray] = {}

    @cached_property
    def men(self) -> np.ndarray:
        """Men of the units in the field, float32."""
        return self.reader.counted("men")[self.units]

    @cached_property
    def total(self) -> np.ndarray:
        """Men in the field, float32 [rows]."""
        return self.men.sum(axis=0)

    @cached_property
    def guns(self) -> np.ndarray:
        """Guns of the units in the field, float32."""
        return self.reader.counted("guns")[self.units]

    @cached_property
    def lon(self) -> np.ndarray:
        """Degrees east, float32."""
        return self.reader.column("lon")[self.units]

    @cached_property
    def lat(self) -> np.ndarray:
        """Degrees north, float32."""
        return self.reader.column("lat")[self.units]

    @cached_property
    def command(self) -> np.ndarray:
        """Command that each unit obeys, int16."""
        return self.reader.column("command")[self.units]

    @cached_property
    def country(self) -> np.ndarray:
        """Country in which each unit stands, int16."""
        return self.reader.country[self.units]

    @cached_property
    def faction(self) -> np.ndarray:
        """Faction of each unit, int64 [units]."""
        return self.reader.state.units["faction"][self.units]

    @cached_property
    def first_command(self) -> np.ndarray:
        """Command of each unit at the start of the campaign, int64 [units]; of a part that of its whole."""
        return self.reader.tables.units0["command"][self.reader.born_of[self.units]]

    def squared_km(self, place: int) -> np.ndarray:
        """Square of the distance from a place, km2."""
        here = self.reader.tables.places[place]
        x = self.lon - np.float32(here["lon"])
        x *= np.float32(KM_LON * cos(radians(here["lat"])))
        y = self.lat - np.float32(here["lat"])
        y *= np.float32(KM_LAT)
        x *= x
        y *= y
        x += y
        return x

    def near(self, place: int, within_km: float) -> np.ndarray:
        """Whether units stand within a distance of a place."""
        key = (place, within_km)
        if key not in self._near:
            self._near[key] = self.squared_km(place) <= np.float32(within_km * within_km)
        return self._near[key]


# ------------------------------------------------------------------ kinds of reading: (reader, arguments, start hour)


def _sum(men: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Men of the marked units, float32 [rows]."""
    return (men * mask).sum(axis=0)


def _held(run: Reader, a: Mapping[str, Any], start: float) -> float:
    changes = run.state.holdings[: int(run.state.counts[N_HOLDINGS])]
    hits = np.flatnonzero(
        (changes["place"] == a["place"]) & (changes["side"] == a["side"]) & (changes["hour"] >= start)
    )
    if len(hits):
        return float(changes["hour"][hits[0]])
    return (
        start
        if run.tables.places["holder"][a["place"]] == a["side"] and not (changes["place"] == a["place"]).any()
        else nan
    )


def _near(run: Reader, a: Mapping[str, Any], start: float) -> float:
    body = run.columns(int(run.tables.commands0["side"][a["command"]]))
    men = body.men * (body.command == a["command"])
    total = men.sum(axis=0)
    there = _sum(men, body.near(a["place"], a["within_km"]))
    return run.first_row((total > 0) & (there >= a.get("share", 0.5) * total), start)


def _both_near(run: Reader, a: Mapping[str, Any], start: float) -> float:
    together: np.ndarray | None = None
    for command in a["commands"]:
        body = run.columns(int(run.tables.commands0["side"][command]))
        own = body.first_command == command
        men, near = body.men[own], body.near(a["place"], a["within_km"])[own]
        total = men.sum(axis=0)
        there = (total > 0) & (_sum(men, near) >= 0.5 * total)
        together = there if together is None else together & there
    return nan if together is None else run.first_row(together, start)


def _in_country(run: Reader, a: Mapping[str, Any], start: float) -> float:
    body = run.columns(a["side"])
    own = np.ones(len(body.units), bool)
    if "faction" in a:
        own &= body.faction == a["faction"]
    for faction in a.get("without", ()):
        own &= body.faction != faction
    inside = body.country[own] == a["country"]
    for place in a.get("beyond", ()):
        inside &= ~body.near(place, BEYOND_KM)[own]
    hits = _sum(body.men[own], inside) >= a["men"]
    rows = int(a.get("anew_days", 0) * DAY / TRACE_H)
    if rows:
        before = np.concatenate(([0], np.cumsum(hits)))
        at = np.arange(len(hits))
        hits = hits & (before[at] == before[np.maximum(0, at - rows)]) & (at >= rows)
    return run.first_row(hits, max(start, a.get("not_before", 0)))


def _concentration(run: Reader, a: Mapping[str, Any], start: float) -> float:
    body, enemy = run.columns(a["side"]), run.columns(a["against"])
    near = body.near(a["places"][0], a["within_km"])
    for place in a["places"][1:]:
        near = near | body.near(place, a["within_km"])
    hits = (_sum(body.men, near) >= a["over"] * enemy.total) & (enemy.total > 0)
    if "guns" in a:
        hits &= _sum(body.guns, near) >= a["guns"] * enemy.guns.sum(axis=0)
    return run.first_row(hits, start)


def _battles_near(run: Reader, places: Iterable[int], within_km: float, start: float) -> np.ndarray:
    """Ends of battles within a distance of any of the places, EVENT."""
    ends = run.ends
    ends = ends[ends["hour"] >= start]
    lon, lat = run.where(ends["hour"], ends["where"], ends["who"])
    near = np.zeros(len(ends), bool)
    for place in places:
        here = run.tables.places[place]
        x = (lon - here["lon"]) * (KM_LON * cos(radians(here["lat"])))
        y = (lat - here["lat"]) * KM_LAT
        near |= x * x + y * y <= within_km * within_km
    return ends[near]


def _beaten(run: Reader, a: Mapping[str, Any], start: float) -> float:
    ends = run.ends[run.ends["hour"] >= start]
    hits = run.side_of[ends["whom"]] == a["loser"]
    hits &= (ends["n1"] >= a.get("min_men", 0)) & (ends["n1"] <= a.get("max_men", 2**31 - 1))
    battles = run.state.battles[ends["other"]]
    left_lost = run.side_of[ends["whom"]] == 0
    for key, lost in (("loser_command", left_lost), ("winner_command", ~left_lost)):
        if key in a:
            hits &= np.where(lost, battles["command_left"], battles["command_right"]) == a[key]
    ends = ends[hits]
    if "near" in a and len(ends):
        lon, lat = run.where(ends["hour"], ends["where"], ends["who"])
        places = run.tables.places[a["near"]]
        x = (lon[:, None] - places["lon"]) * (KM_LON * np.cos(np.radians(places["lat"])))
        y = (lat[:, None] - places["lat"]) * KM_LAT
        ends = ends[(x * x + y * y <= a.get("within_km", 20.0) ** 2).any(axis=1)]
    return float(ends["hour"][0]) if len(ends) else nan


def _fight_away(run: Reader, a: Mapping[str, Any], start: float) -> float:
    body = run.columns(a["side"])
    for end in _battles_near(run, [a["place"]], a["within_km"], start):
        battle = run.state.battles[end["other"]]
        if battle["men_left" if a["side"] == 0 else "men_right"] < a.get("min_engaged", 1):
            continue
        began = int(battle["start_h"]) // TRACE_H
        there = body.men[:, began] * body.near(a["place"], a["within_km"])[:, began]
        later = min(run.rows - 1, int(end["hour"]) // TRACE_H + AWAY)
        theirs = np.isin(run.born_of[body.units], run.born_of[body.units[there > 0]])
        away = float(body.men[theirs, later].sum())
        run.noted.setdefault(a["id"], away)
        if there.sum() > 0 and away >= a.get("left_share", 0.0) * there.sum():
            return float(end["hour"])
    return nan


def _chronicle(run: Reader, a: Mapping[str, Any], start: float) -> float:
    found = run.events[run.kinds == a["event"]]
    hits = found["hour"] >= start
    if "commander" in a:
        hits &= found["other"] == a["commander"]
    if "commands" in a:
        hits &= np.isin(found["other"], a["commands"])
    if "side" in a:
        owner = run.tables.commanders0["side"] if a["by_commander"] else run.tables.commands0["side"]
        hits &= (found["other"] >= 0) & (owner[np.maximum(0, found["other"])] == a["side"])
    if "place" in a:
        hits &= found["where"] == a["place"]
    hours = found["hour"][hits]
    return float(hours[0]) if len(hours) else nan


def _cohesion(run: Reader, a: Mapping[str, Any], start: float) -> float:
    daily = run.state.daily[: int(run.state.counts[HOUR]) // DAY]
    commands = a.get("commands")
    if commands is None:
        commands = np.flatnonzero(run.tables.commands0["side"] == a["side"])
    men = daily["men"][:, commands].astype(np.float64)
    total = men.sum(axis=1)
    mean = np.einsum("ij,ij->i", daily["cohesion"][:, commands], men) / np.maximum(total, 1.0)
    evenings = np.arange(len(daily)) * DAY + 21
    hits = np.flatnonzero((total > 0) & (mean < a["below"]) & (evenings >= start))
    return float(evenings[hits[0]]) if len(hits) else nan


def _turned_south(run: Reader, a: Mapping[str, Any], start: float) -> float:
    body = run.columns(a["side"])
    inside = body.country == a["countries"][0]
    for country in a["countries"][1:]:
        inside |= body.country == country
    there = _sum(body.men, inside)
    first = run.first_row(there >= a["men"], start)
    if first != first:
        return nan
    row = int(first) // TRACE_H
    raiders = (inside[:, row:] & (body.men[:, row:] > 0)).any(axis=1)
    men = body.men[raiders, row:]
    total = men.sum(axis=0)
    if "origin" in a:
        km = np.sqrt(body.squared_km(a["origin"])[raiders, row:])
    else:
        km = body.lat[raiders, row:] * KM_LAT
    north = (km * men).sum(axis=0) / np.maximum(total, 1.0)
    north = np.where(total > 0, north, -np.inf)
    top = np.maximum.accumulate(north)
    back = top - north >= TURN_KM
    for turn in np.flatnonzero(back):
        held_back = north[turn : turn + LASTING] <= top[turn] - 0.5 * TURN_KM
        if not held_back.all():
            continue
        last = int(np.flatnonzero(north[:turn] >= top[turn] - AT_TOP_KM)[-1])
        return float((row + last) * TRACE_H) if there[row + last] >= a["men"] else nan
    return nan


def _heading(run: Reader, a: Mapping[str, Any], start: float) -> float:
    body = run.columns(a["side"])
    row = -int(-start // TRACE_H)
    alive = body.men[:, -1] > 0
    if not alive.any() or row >= run.rows:
        return nan
    men = body.men[alive, -1]
    km = np.sqrt(body.squared_km(a["goal"])[alive, row:])
    back = np.where(body.men[alive, row:] > 0, km, -np.inf)[:, ::-1]  # from the end back to its beginning
    rows = back.shape[1]
    furthest = np.maximum.accumulate(back, axis=1)
    strayed = furthest - back > STRAY_KM
    strays = np.logical_or.reduce(strayed, axis=1)
    ends = np.argmax(strayed, axis=1)
    length = np.where(strays, ends, rows)  # rows of the last approach
    units = np.arange(len(men))
    top = furthest[units, length - 1]
    turned = (rows - 1) - (back >= top[:, None]).argmax(axis=1)
    nearest = np.minimum.accumulate(back, axis=1)[units, length - 1]
    heading = (top - back[:, 0] >= HEADING_KM) & (back[:, 0] - nearest <= STRAY_KM)
    if a.get("direction") in ("east", "west"):
        lon = body.lon[alive, row:]
        heading &= (lon[:, -1] > lon[units, turned]) == (a["direction"] == "east")
    if men[heading].sum() < a["share"] * men.sum():
        return nan
    order = np.argsort(turned[heading], kind="stable")
    reached = np.cumsum(men[heading][order]) >= a["share"] * men.sum()
    return float((row + turned[heading][order][int(reached.argmax())]) * TRACE_H)


def _outcome(run: Reader, a: Mapping[str, Any], start: float) -> float:
    changes = run.state.holdings[: int(run.state.counts[N_HOLDINGS])]
    changes = changes[changes["place"] == a["place"]]
    holder = int(changes["side"][-1]) if len(changes) else int(run.tables.places["holder"][a["place"]])
    units = run.tables.units0[: run.tables.n_units]
    first = float(units["men"][units["side"] == 1 - a["side"]].sum())
    end = float(run.state.counts[HOUR]) - 1.0
    now = run.state.units[: int(run.state.counts[N_UNITS])]
    obeys = run.state.commands["mutiny_h"][now["command"]] < 0
    left = now["men"][(now["side"] == 1 - a["side"]) & (now["status"] == FIELD) & obeys].sum()
    broken = float(left) < a["broken_below"] * first
    return end if holder == a["side"] and broken and end >= start else nan


ReadT = Callable[[Reader, Mapping[str, Any], float], float]
READERS: dict[str, ReadT] = {
    "beaten": _beaten,
    "both_near": _both_near,
    "chronicle": _chronicle,
    "cohesion": _cohesion,
    "concentration": _concentration,
    "fight_away": _fight_away,
    "heading": _heading,
    "held": _held,
    "in_country": _in_country,
    "near": _near,
    "outcome": _outcome,
    "turned_south": _turned_south,
}
"""How each kind of reading is read."""


# ---------------------------------------------------------------------- once for a scenario


@dataclass(frozen=True)
class _Prepared:
    """The readings of a scenario with rows in place of ids: event -> (function, arguments, after)."""

    readings: dict[str, tuple[ReadT, dict[str, Any], str | None]]


def _prepared(scenario: Scenario) -> _Prepared:
    """The readings of a scenario, made once and kept with it."""
    kept = scenario.__dict__.get("_readings")
    if kept is None:
        kept = _Prepared({event.id: _prepare(scenario, event) for event in scenario.data.history.events})
        scenario.__dict__["_readings"] = kept
    return kept


def _prepare(scenario: Scenario, event: HistoryEvent) -> tuple[ReadT, dict[str, Any], str | None]:
    kind = event.reading.kind
    if kind not in READERS:
        raise ScenarioError(f"history.toml: {event.id}: a reading of kind {kind!r} is unknown")
    rows: dict[str, Sequence[str]] = {
        "place": scenario.place_ids,
        "places": scenario.place_ids,
        "near": scenario.place_ids,
        "beyond": scenario.place_ids,
        "goal": scenario.place_ids,
        "origin": scenario.place_ids,
        "command": scenario.command_ids,
        "commands": scenario.command_ids,
        "loser_command": scenario.command_ids,
        "winner_command": scenario.command_ids,
        "commander": scenario.commander_ids,
        "side": scenario.side_ids,
        "against": scenario.side_ids,
        "loser": scenario.side_ids,
        "faction": scenario.faction_ids,
        "without": scenario.faction_ids,
        "country": scenario.country_ids,
        "countries": scenario.country_ids,
    }
    arguments: dict[str, Any] = {"id": event.id}
    given = event.reading.arguments
    after = given.pop("after", None)
    for key, value in given.items():
        if key in rows and not (kind == "near" and key == "near"):
            names = cast("list[str]", value if isinstance(value, list) else [value])
            unknown = [name for name in names if name not in rows[key]]
            if unknown:
                raise ScenarioError(f"history.toml: {event.id}: reading: {key} {unknown[0]!r} is not in the scenario")
            found = [rows[key].index(name) for name in names]
            value = found if isinstance(value, list) else found[0]
        elif key == "not_before":
            value = scenario.data.header.hour(value)
        arguments[key] = value
    if kind == "chronicle":
        name = SHORT_NAMES.get(given["event"], given["event"])
        if name not in EVENTS:
            raise ScenarioError(f"history.toml: {event.id}: reading: event {name!r} is no kind of chronicle entry")
        arguments["event"], arguments["by_commander"] = EVENTS.index(name), name in ABOUT_COMMANDER
        if "command" in arguments:
            arguments["commands"] = [*arguments.get("commands", []), arguments["command"]]
    if after is not None and after not in {one.id for one in scenario.data.history.events}:
        raise ScenarioError(f"history.toml: {event.id}: reading: after {after!r} is no documented event")
    return READERS[kind], arguments, after
