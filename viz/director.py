"""The director's camera: follows the action, keeps it clear of the cards.

A pure function of run, layout and hour.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from viz.geo import THEATRE, Camera, Sheet, clamp, sheet_of

if TYPE_CHECKING:
    from viz.layout import Layout
    from viz.tape import Tape

STEP = 12
LEVELS = (104.0, 124.0, 148.0, 176.0)
#: Further scales for a war on another sheet, which may be a small one.
CLOSER = (220.0, 280.0, 360.0, 460.0)
#: Half-days over which the camera's path is smoothed, and for which a scale is kept at least.
SMOOTH, DWELL = 6, 18
EASE_HOURS = 14.0


class Director:
    """Keeps the camera's path for one run and layout."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._path: list[tuple[float, float, float]] = []
        self._sheet: Sheet = THEATRE

    def camera(self, tape: Tape, layout: Layout, hour: float) -> Camera:
        """The camera at an hour."""
        self._prepare(tape, layout)
        at = min(max(hour / STEP, 0.0), len(self._path) - 1.0)
        i = min(int(at), len(self._path) - 2)
        t = at - i
        (x0, y0, s0), (x1, y1, s1) = self._path[i], self._path[i + 1]
        if s0 == s1:
            scale = s0
        else:
            # the scale changes in one smooth step within the half-day, so that views stay sharp
            scale = s0 * (s1 / s0) ** (t * t * (3 - 2 * t))
        safe, area = layout.safe, layout.map
        dx, dy = safe.centerx - area.centerx, safe.centery - area.centery
        x, y = x0 + (x1 - x0) * t, y0 + (y1 - y0) * t
        return clamp(Camera(x - dx / scale, y - dy / scale, scale, self._sheet), area.width, area.height)

    def coming(self, tape: Tape, layout: Layout, hour: float) -> Camera | None:
        """The camera at the end of the change of scale that goes on or begins within half a day; else None."""
        self._prepare(tape, layout)
        first = int(hour / STEP)
        for i in range(max(first, 0), min(first + 2, len(self._path) - 1)):
            if self._path[i][2] != self._path[i + 1][2]:
                return self.camera(tape, layout, (i + 1.0) * STEP)
        return None

    def _prepare(self, tape: Tape, layout: Layout) -> None:
        key = (tape.digest, layout)
        if self._key != key:
            self._sheet = sheet_of([(p.x, p.y) for p in tape.places])
            self._path = _path(tape, layout, LEVELS if self._sheet is THEATRE else (*LEVELS, *CLOSER))
            self._key = key


def _path(tape: Tape, layout: Layout, levels: tuple[float, ...]) -> list[tuple[float, float, float]]:
    """Centre of the action and scale for every half-day, smoothed."""
    raw = [_look(tape, min(n * STEP, tape.hours)) for n in range(tape.hours // STEP + 2)]
    n = len(raw)
    middle: list[tuple[float, float]] = []
    for i in range(n):
        weights = [(j, math.exp(-(((j - i) / SMOOTH) ** 2))) for j in range(max(0, i - 12), min(n, i + 13))]
        total = sum(w for _, w in weights)
        middle.append((sum(raw[j][0] * w for j, w in weights) / total, sum(raw[j][1] * w for j, w in weights) / total))
    k = layout.k / 1.0
    safe = layout.safe
    wanted: list[float] = []
    for i in range(n):
        wide = max(raw[j][2] for j in range(max(0, i - 4), min(n, i + 5)))
        tall = max(raw[j][3] for j in range(max(0, i - 4), min(n, i + 5)))
        fits = min(safe.width / (wide + 1.6), safe.height / (tall + 1.4))
        level = LEVELS[0]
        for one in levels:
            if one * k <= fits:
                level = one
        wanted.append(level * k)
    scales: list[float] = []
    while len(scales) < n:
        # each stretch of DWELL half-days takes the scale that all of it fits; equal neighbours make one
        # stretch
        ahead = wanted[len(scales) : len(scales) + DWELL]
        scales += [sorted(ahead)[len(ahead) // 4]] * len(ahead)
    return [(x, y, s) for (x, y), s in zip(middle, scales, strict=True)]


def _look(tape: Tape, hour: int) -> tuple[float, float, float, float]:
    """Weighted centre of the action at an hour, and how far it spreads across and down, in sheet degrees."""
    before = max(0, hour - 24)
    x0, y0, x1, y1 = (a.tolist() for a in (tape.x[before], tape.y[before], tape.x[hour], tape.y[hour]))
    men, state, fighting = (a.tolist() for a in (tape.men[hour], tape.state[hour], tape.fighting[hour]))
    points: list[tuple[float, float, float]] = []
    for unit in tape.units:
        i = unit.index
        if state[i] != 1 or men[i] < 60:
            continue
        moved = abs(x1[i] - x0[i]) + abs(y1[i] - y0[i])
        weight = math.sqrt(men[i]) * (0.12 + (1.0 if moved > 0.04 else 0.0) + (2.5 if fighting[i] else 0.0))
        points.append((x1[i], y1[i], weight * (1.8 if unit.side == 1 else 1.0)))
    for event in tape.events:
        if event.hour > hour + 36:
            break
        if event.weight >= 2 and event.x is not None and event.y is not None and event.hour >= hour - 24:
            points.append((event.x, event.y, 60.0 if event.weight >= 3 else 25.0))
    if not points:
        return 105.6, -57.3, 8.0, 4.0
    total = sum(p[2] for p in points)
    x = sum(p[0] * p[2] for p in points) / total
    y = sum(p[1] * p[2] for p in points) / total
    return x, y, 2 * _reach(points, 0, x, total), 2 * _reach(points, 1, y, total)


def _reach(points: list[tuple[float, float, float]], axis: int, centre: float, total: float) -> float:
    """Distance from the centre within which four fifths of the weight lie."""
    ranked = sorted((abs(p[axis] - centre), p[2]) for p in points)
    gone = 0.0
    for distance, weight in ranked:
        gone += weight
        if gone >= 0.8 * total:
            return distance
    return ranked[-1][0]
