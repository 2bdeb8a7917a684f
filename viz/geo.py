"""Where things lie on the sheet: the Mercator projection and the camera.

A *sheet* coordinate is a pair ``(x, y)`` of degrees: ``x`` is the longitude, ``y`` the Mercator
latitude counted downward, so that both grow as screen pixels do.  One scale (pixels a degree)
serves both axes and shapes stay true.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

#: The box of the theatre in degrees: west, east, south, north (WGS84).
WEST, EAST, SOUTH, NORTH = 86.0, 122.0, 42.0, 56.0
KM_PER_DEGREE = 111.195


def sheet_y(lat: float) -> float:
    """Mercator latitude in degrees, counted downward, of a latitude in degrees."""
    return -math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))


def latitude(y: float) -> float:
    """Latitude in degrees of a sheet ``y``; the inverse of :func:`sheet_y`."""
    return math.degrees(2 * math.atan(math.exp(math.radians(-y))) - math.pi / 2)


TOP, BOTTOM = sheet_y(NORTH), sheet_y(SOUTH)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The box within which the camera stays, in sheet degrees."""

    west: float
    east: float
    top: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a sheet point lies in the box."""
        return self.west <= x <= self.east and self.top <= y <= self.bottom


#: The sheet that relief, waters and borders are made for.
THEATRE = Sheet(WEST, EAST, TOP, BOTTOM)


def sheet_of(points: Sequence[tuple[float, float]]) -> Sheet:
    """The sheet of a campaign with these places: the theatre's when most lie on it, else an empty one around them."""
    if 2 * sum(THEATRE.holds(x, y) for x, y in points) >= len(points):
        return THEATRE
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    margin = max(1.0, 0.5 * max(max(xs) - min(xs), max(ys) - min(ys)))
    return Sheet(min(xs) - margin, max(xs) + margin, min(ys) - margin, max(ys) + margin)


@dataclass(frozen=True, slots=True)
class Camera:
    """What part of the sheet is seen: the sheet point in the middle and the scale in pixels a degree."""

    x: float
    y: float
    scale: float
    within: Sheet = THEATRE

    def at(self, x: float, y: float, width: int, height: int) -> tuple[float, float]:
        """Pixel of a sheet point in a view of ``width`` x ``height`` pixels."""
        return (x - self.x) * self.scale + width / 2, (y - self.y) * self.scale + height / 2

    def sheet(self, px: float, py: float, width: int, height: int) -> tuple[float, float]:
        """Sheet point under a pixel."""
        return (px - width / 2) / self.scale + self.x, (py - height / 2) / self.scale + self.y

    def pan(self, dx: float, dy: float) -> Camera:
        """The camera after the picture was dragged by ``dx``, ``dy`` pixels."""
        return replace(self, x=self.x - dx / self.scale, y=self.y - dy / self.scale)

    def zoom(self, factor: float, px: float, py: float, width: int, height: int) -> Camera:
        """The camera scaled by ``factor`` with the sheet point under the pixel ``px``, ``py`` held still."""
        x, y = self.sheet(px, py, width, height)
        scale = self.scale * factor
        return Camera(x - (px - width / 2) / scale, y - (py - height / 2) / scale, scale, self.within)

    def km_per_pixel(self) -> float:
        """Kilometres a pixel at the middle of the view."""
        return KM_PER_DEGREE * math.cos(math.radians(latitude(self.y))) / self.scale


def least_scale(width: int, height: int, sheet: Sheet = THEATRE) -> float:
    """Smallest scale at which the sheet still covers a view of this size."""
    return max(width / (sheet.east - sheet.west), height / (sheet.bottom - sheet.top))


def clamp(camera: Camera, width: int, height: int, most: float = 900.0) -> Camera:
    """The camera kept on its sheet: no view shows what lies beyond."""
    sheet = camera.within
    scale = min(max(camera.scale, least_scale(width, height, sheet)), max(most, least_scale(width, height, sheet)))
    half_w, half_h = width / 2 / scale, height / 2 / scale
    middle_x, middle_y = (sheet.west + sheet.east) / 2, (sheet.top + sheet.bottom) / 2
    wide, tall = 2 * half_w < sheet.east - sheet.west, 2 * half_h < sheet.bottom - sheet.top
    x = min(max(camera.x, sheet.west + half_w), sheet.east - half_w) if wide else middle_x
    y = min(max(camera.y, sheet.top + half_h), sheet.bottom - half_h) if tall else middle_y
    return Camera(x, y, scale, sheet)


def fit(points: list[tuple[float, float]], width: int, height: int, most: float = 240.0) -> Camera:
    """A camera that shows all sheet points inside a view of this size (no margin of its own)."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    w, h = max(max(xs) - min(xs), 1e-6), max(max(ys) - min(ys), 1e-6)
    scale = min(width / w, height / h, most)
    return Camera((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, scale, sheet_of(points))


def kilometres(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Great-circle distance in km of two points in degrees (haversine, mean radius 6,371 km)."""
    p1, p2 = math.radians(lat1), math.radians(lat2)
    h = math.sin((p2 - p1) / 2) ** 2
    h += math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(h)))
