"""A finished run as the readings see it."""

from __future__ import annotations

from functools import cached_property
from math import nan

import numpy as np

from sim.history.columns import Body, bodies, stand
from sim.history.kinds import readings_of
from sim.scenario import Scenario
from sim.state import E_BATTLE_ENDS, E_FRONTIER, E_SPLIT, HOUR, N_EVENTS, N_UNITS, TRACE_H, State


class Reader:
    """A finished run as the readings see it; `hour(event)` reads one event."""

    def __init__(self, scenario: Scenario, state: State) -> None:
        self.scenario, self.state, self.tables = scenario, state, scenario.tables
        self.rows = int(state.counts[HOUR]) // TRACE_H + 1
        self.n = int(state.counts[N_UNITS])
        self.side_of = state.units["side"][: self.n]
        self.known: dict[str, float] = {}
        self.noted: dict[str, float] = {}  # men who got away from a fight, by event (see _fight_away)
        self.readings = readings_of(scenario)

    def hour(self, event: str) -> float:
        """The hour of a documented event, nan when it did not occur."""
        if event not in self.known:
            self.known[event] = nan  # an event that waits for itself never occurs
            read, arguments, after = self.readings[event]
            start = 0.0 if after is None else self.hour(after)
            self.known[event] = nan if start != start else float(read(self, arguments, start))
        return self.known[event]

    @cached_property
    def events(self) -> np.ndarray:
        """The chronicle, EVENT [events]."""
        return self.state.chronicle[: int(self.state.counts[N_EVENTS])]

    @cached_property
    def kinds(self) -> np.ndarray:
        """Kinds of the chronicle's entries, int16 [events]."""
        return np.ascontiguousarray(self.events["kind"])

    @cached_property
    def ends(self) -> np.ndarray:
        """The ends of battles, EVENT [battles that ended]."""
        return self.events[self.kinds == E_BATTLE_ENDS]

    @cached_property
    def ends_at(self) -> tuple[np.ndarray, np.ndarray]:
        """Where battles ended: longitude and latitude [battles that ended]."""
        return self.where(self.ends["hour"], self.ends["where"], self.ends["who"])

    def columns(self, side: int) -> Body:
        """The units of a side as they were every six hours."""
        return self._bodies[side]

    @cached_property
    def _bodies(self) -> tuple[Body, Body]:
        return bodies(self, (np.flatnonzero(self.side_of == 0), np.flatnonzero(self.side_of == 1)))

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
        row = moves["hour"].astype(np.int64) // TRACE_H + 1  # slices that begin behind the last row are empty
        country = np.empty((self.n, self.rows), np.int16)
        stand(first, who, row, into, country)
        return country

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
