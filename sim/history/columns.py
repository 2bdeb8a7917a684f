"""Units of a finished run as columns: where they stood every six hours, and how strong they were.

The trace is written moment after moment; readings follow unit after unit. What turns and measures it is compiled and
runs without the interpreter's lock, so that threads which play runs do not wait for one another's reading.
"""

from __future__ import annotations

from functools import cached_property
from math import cos, radians
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from sim.muster import FIELD

if TYPE_CHECKING:
    from sim.history.reader import Reader

KM_LON, KM_LAT = 111.32, 111.13  # km of a degree on the equator; of a degree of latitude


@njit(cache=True, nogil=True)
def turn(
    trace: np.ndarray,
    units: np.ndarray,
    lon: np.ndarray,
    lat: np.ndarray,
    men: np.ndarray,
    guns: np.ndarray,
    command: np.ndarray,
) -> None:
    """The trace [rows, all units] as columns [units, rows] of some units; men and guns of those in the field."""
    for row in range(lon.shape[1]):
        for k in range(len(units)):
            e = trace[row, units[k]]
            lon[k, row] = e["lon"]
            lat[k, row] = e["lat"]
            command[k, row] = e["command"]
            there = e["status"] == FIELD
            men[k, row] = e["men"] if there else 0
            guns[k, row] = e["guns"] if there else 0


@njit(cache=True, nogil=True)
def measure(
    lon: np.ndarray,
    lat: np.ndarray,
    here_lon: np.float32,
    here_lat: np.float32,
    km_lon: np.float32,
    km_lat: np.float32,
    squares: np.ndarray,
) -> None:
    """Squares of the distances from a place, km2; all of single precision."""
    for k in range(lon.shape[0]):
        for row in range(lon.shape[1]):
            x = (lon[k, row] - here_lon) * km_lon
            y = (lat[k, row] - here_lat) * km_lat
            squares[k, row] = x * x + y * y


class Body:
    """Some units as the trace has them; arrays [units, rows], men only of those in the field.

    lon, lat  degrees, float32
    men       men of the units in the field, float32
    guns      guns of the units in the field, float32
    command   command that each unit obeys, int16
    """

    def __init__(self, reader: Reader, units: np.ndarray) -> None:
        self.reader, self.units = reader, units
        shape = (len(units), reader.rows)
        self.lon, self.lat, self.men, self.guns = (np.empty(shape, np.float32) for _ in range(4))
        self.command = np.empty(shape, np.int16)
        turn(reader.state.trace, units, self.lon, self.lat, self.men, self.guns, self.command)
        self._near: dict[tuple[int, float], np.ndarray] = {}

    @cached_property
    def total(self) -> np.ndarray:
        """Men in the field, float32 [rows]."""
        return self.men.sum(axis=0)

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
        """Square of the distance from a place, km2, float32."""
        here = self.reader.tables.places[place]
        squares = np.empty_like(self.lon)
        km_lon = np.float32(KM_LON * cos(radians(here["lat"])))
        measure(
            self.lon, self.lat, np.float32(here["lon"]), np.float32(here["lat"]), km_lon, np.float32(KM_LAT), squares
        )
        return squares

    def near(self, place: int, within_km: float) -> np.ndarray:
        """Whether units stand within a distance of a place."""
        key = (place, within_km)
        if key not in self._near:
            self._near[key] = self.squared_km(place) <= np.float32(within_km * within_km)
        return self._near[key]
