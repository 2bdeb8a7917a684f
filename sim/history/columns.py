"""Units of a finished run as columns: where they stood every six hours, and how strong they were.

The trace is written moment after moment; readings follow unit after unit. What turns and measures it is compiled and
runs without the interpreter's lock, so that threads which play runs do not wait for one another's reading.
"""

from __future__ import annotations

from functools import cached_property
from math import cos, radians
from typing import TYPE_CHECKING
from weakref import proxy

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
    for k in range(len(units)):
        for row in range(lon.shape[1]):
            e = trace[row, units[k]]
            lon[k, row] = e["lon"]
            lat[k, row] = e["lat"]
            command[k, row] = e["command"]
            there = e["status"] == FIELD
            men[k, row] = e["men"] if there else 0
            guns[k, row] = e["guns"] if there else 0


@njit(cache=True, nogil=True)
def stand(first: np.ndarray, who: np.ndarray, rows: np.ndarray, into: np.ndarray, country: np.ndarray) -> None:
    """Country [units, rows] in which units stand: `first`, and from their moves on (in order of time) that moved to."""
    for k in range(country.shape[0]):
        country[k, :] = first[k]
    for k in range(len(who)):
        country[who[k], rows[k] :] = into[k]


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


@njit(cache=True, nogil=True)
def count(men: np.ndarray, who: np.ndarray, where: np.ndarray, sums: np.ndarray) -> None:
    """Men [units, rows] of some units by row: sums[0] all of them, sums[1] those at `where` [units, rows]."""
    sums[:] = 0.0
    for k in range(men.shape[0]):
        if who[k]:
            for row in range(men.shape[1]):
                sums[0, row] += men[k, row]
                sums[1, row] += men[k, row] if where[k, row] else np.float32(0.0)


@njit(cache=True, nogil=True)
def approach(squares: np.ndarray, men: np.ndarray, first_row: int, stray_km: np.float32, found: np.ndarray) -> None:
    """The last approach of each unit to a place, from the end back to where it strayed by more than `stray_km`.

    squares: of its distances, km2 [units, rows]; found [units, 4]: km at the end, least and most km of the approach,
    and the row, after `first_row`, at which it was furthest last.
    """
    last = squares.shape[1] - 1
    for k in range(squares.shape[0]):
        now = np.sqrt(squares[k, last])
        near, far, turned = now, now, last
        for row in range(last - 1, first_row - 1, -1):
            km = np.sqrt(squares[k, row]) if men[k, row] > 0 else np.float32(-np.inf)
            if far - km > stray_km:
                break
            near = min(near, km)
            if km > far:
                far, turned = km, row
        found[k, 0] = now
        found[k, 1] = near
        found[k, 2] = far
        found[k, 3] = turned - first_row


def bodies(reader: Reader, sides: tuple[np.ndarray, np.ndarray]) -> tuple[Body, Body]:
    """The units of both sides, in the order of their rows."""
    left, right = sides
    units = np.concatenate(sides)
    shape = (len(units), reader.rows)
    lon, lat, men, guns = (np.empty(shape, np.float32) for _ in range(4))
    command = np.empty(shape, np.int16)
    turn(reader.state.trace, units, lon, lat, men, guns, command)
    columns, middle = (lon, lat, men, guns, command), len(left)
    return (
        Body(reader, left, tuple(column[:middle] for column in columns)),
        Body(reader, right, tuple(column[middle:] for column in columns)),
    )


class Body:
    """Some units as the trace has them; arrays [units, rows], men only of those in the field.

    lon, lat  degrees, float32
    men       men of the units in the field, float32
    guns      guns of the units in the field, float32
    command   command that each unit obeys, int16
    """

    def __init__(self, reader: Reader, units: np.ndarray, columns: tuple[np.ndarray, ...]) -> None:
        self.reader = proxy(reader)  # who holds this: the run's arrays go when the reader goes, not with the garbage
        self.units = units
        self.lon, self.lat, self.men, self.guns, self.command = columns
        self._near: dict[tuple[int, float], np.ndarray] = {}

    def counted(self, men: np.ndarray, who: np.ndarray, where: np.ndarray) -> np.ndarray:
        """Men of the units `who`, all and those at `where` [units, rows]: float32 [2, rows]."""
        sums = np.empty((2, men.shape[1]), np.float32)
        count(men, who, where, sums)
        return sums

    @cached_property
    def all(self) -> np.ndarray:
        """Marks every unit, bool."""
        return np.ones(len(self.units), bool)

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
