"""Where they came from: ribbons of the last nine days that taper to nothing, an arrow head at the pin."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from viz import carto
from viz.boot import pygame
from viz.groups import Group

if TYPE_CHECKING:
    import numpy as np

    from viz.tape import Tape
    from viz.theme import Theme

DAYS = 9
#: Hours between two mendings of the picture, and between two points of a ribbon (trains run far in twelve).
STEP, SAMPLE = 12, 3

Path = list[tuple[float, float]]


class Tracks:
    """The ways of all units of a run, worked out once: where each moved, in steps of ``SAMPLE`` hours.

    All units lie in one table, one behind the other; ``_moves`` [samples, units] counts the points up to each sample.
    """

    def __init__(self) -> None:
        self._digest = ""
        self._first: list[int] = []
        self._moves: np.ndarray | None = None
        self._points: np.ndarray | None = None
        self._cells: np.ndarray | None = None
        self._span: tuple[int, list[int], list[int]] = (-1, [], [])

    def of(self, tape: Tape, u: int, hour: float) -> tuple[Path, set[int]]:
        """A unit's way in the last days as sheet points, oldest first, and the quarter degrees it went through."""
        if self._digest != tape.digest:
            self._work_out(tape)
        last = int(hour) // STEP * STEP
        if self._span[0] != last:
            self._span = (last, *self._rows(last))
        start, end = self._span[1][u], self._span[2][u]
        points, cells = self._points, self._cells
        assert points is not None
        assert cells is not None
        rows: list[list[float]] = points[start:end].tolist()
        return [(x, y) for x, y in rows], set(cells[start:end].tolist())

    def _rows(self, last: int) -> tuple[list[int], list[int]]:
        """First row and end of every unit's way in the days before an hour; the point it set out from is in it."""
        import numpy as np

        moves = self._moves
        assert moves is not None
        first = np.array(self._first)
        ends = first + moves[min(last // SAMPLE, len(moves) - 1)]
        before = last - DAYS * 24
        left = moves[min(before // SAMPLE, len(moves) - 1)] if before >= 0 else 0
        return (first + np.maximum(left - 1, 0)).tolist(), ends.tolist()

    def _work_out(self, tape: Tape) -> None:
        import numpy as np

        self._digest, self._span = tape.digest, (-1, [], [])
        xs, ys, alive = tape.x[::SAMPLE], tape.y[::SAMPLE], tape.state[::SAMPLE] == 1
        moved = alive.copy()
        moved[1:] &= ~alive[:-1] | (abs(xs[1:] - xs[:-1]) + abs(ys[1:] - ys[:-1]) > 1e-3)
        units, rows = moved.T.nonzero()
        self._points = np.stack([xs[rows, units], ys[rows, units]], axis=1).astype(np.float64)
        cells = np.rint(self._points * 4).astype(np.int64)
        self._cells = cells[:, 0] * 100_000 + cells[:, 1]
        moves: np.ndarray = moved.cumsum(axis=0)
        self._moves, whole = moves, moved.sum(axis=0)
        self._first = (whole.cumsum() - whole).tolist()


def paths(tape: Tape, tracks: Tracks, groups: list[Group], hour: float) -> list[tuple[Group, Path]]:
    """The ways by which each group came, the lead's first, each with that part of the group which came by it.

    Units that marched together are drawn once, as wide as they are strong together.
    """
    found: list[tuple[Group, Path]] = []
    drawn: dict[int, list[set[int]]] = {}
    for one in sorted(groups, key=lambda g: -g.men):
        if one.age >= 0:
            continue
        parts: list[tuple[Group, set[int]]] = []
        for body in one.members:
            points, mine = tracks.of(tape, body.unit, hour)
            if len(points) < 2:
                continue
            # a unit that went where a larger one of its camp went is drawn with it
            same = next((part for part, cells in parts if _together(mine, cells)), None)
            if same is not None:
                same.men += body.men
                same.members.append(body)
                continue
            others = drawn.setdefault(one.kind // 2, [])
            if any(_together(mine, other) for other in others):
                continue
            others.append(mine)
            part = replace(one, lead=body.unit, members=[body], x=body.x, y=body.y, men=body.men)
            parts.append((part, mine))
            found.append((part, points))
    return found


def _together(mine: set[int], other: set[int]) -> bool:
    """Whether most of a way lies on another."""
    return len(mine & other) * 4 >= len(mine) * 3


def draw(
    surface: pygame.Surface,
    area: pygame.Rect,
    ways: list[tuple[Group, Path]],
    to_pixel: tuple[float, float, float],
    theme: Theme,
    k: float,
) -> list[pygame.Rect]:
    """Draw the ribbons; ``to_pixel`` is (scale, x offset, y offset) from sheet to screen.

    Returns what they cover.
    """
    covered: list[pygame.Rect] = []
    s, ox, oy = to_pixel
    near, whole = area.inflate(200, 200), surface.get_rect()
    # small bodies last, so that a patrol's thread is not lost under a corps
    for one, path in sorted(ways, key=lambda w: -w[0].men):
        points = _thin([(x * s + ox, y * s + oy) for x, y in path], 5 * k)
        if len(points) < 2 or not any(map(near.collidepoint, points)):
            continue
        livery = theme.liveries[one.kind]
        wide = ribbon_width(one.men, k)
        left, right = _edges(points, wide)
        shape = left + right[::-1]
        box = pygame.draw.polygon(surface, livery.fill, shape)
        pygame.draw.aalines(surface, livery.outline, True, shape)
        covered.append(box.inflate(6, 6).clip(whole))
    return covered


def ribbon_width(men: int, k: float) -> float:
    """Width at the head in pixels: 3 to 12 virtual units by strength."""
    return (3 + min(9.0, men / 260)) * k


def _thin(points: Path, least: float) -> Path:
    """Points at least so many pixels apart; the last is kept."""
    found = [points[0]]
    for p in points[1:-1]:
        if math.hypot(p[0] - found[-1][0], p[1] - found[-1][1]) >= least:
            found.append(p)
    if points[-1] != found[-1]:
        found.append(points[-1])
    return found


def _edges(points: Path, wide: float) -> tuple[Path, Path]:
    left: Path = []
    right: Path = []
    n = len(points)
    for i, (x, y) in enumerate(points):
        ax, ay = points[max(0, i - 1)]
        bx, by = points[min(n - 1, i + 1)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        half = 0.5 + (wide / 2 - 0.5) * (i / (n - 1))
        nx, ny = -(by - ay) / length * half, (bx - ax) / length * half
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    return left, right


def head(
    surface: pygame.Surface,
    theme: Theme,
    one: Group,
    tail: tuple[float, float],
    pin: tuple[float, float],
    k: float,
    retreat: bool = False,
) -> None:
    """The piece from the ribbon's end to the pin and the arrow head before it; hollow on a retreat."""
    dx, dy = pin[0] - tail[0], pin[1] - tail[1]
    length = math.hypot(dx, dy)
    if length < 0.5:
        return
    ux, uy = dx / length, dy / length
    livery = theme.liveries[one.kind]
    wide = ribbon_width(one.men, k)
    if length > 2:
        carto.thick(surface, livery.outline, [tail, pin], wide + 2)
        carto.thick(surface, livery.fill, [tail, pin], wide)
    size = max(9 * k, wide * 1.1)
    base = (pin[0] + ux * 4 * k, pin[1] + uy * 4 * k)
    tip = (base[0] + ux * size * 1.5, base[1] + uy * size * 1.5)
    shape = [tip, (base[0] - uy * size, base[1] + ux * size), (base[0] + uy * size, base[1] - ux * size)]
    pygame.draw.polygon(surface, theme.halo if retreat else livery.fill, shape)
    edge = livery.fill if retreat and one.kind < 2 else livery.outline
    for a, b in zip(shape, [*shape[1:], shape[0]], strict=True):
        pygame.draw.aaline(surface, edge, a, b, max(1, round(3 * k)) if retreat else 1)


def marching(tape: Tape, unit: int, hour: float) -> bool:
    """Whether a unit has moved in the last eight hours."""
    h = min(int(hour), tape.hours)
    b = max(0, h - 8)
    dx, dy = float(tape.x[h, unit] - tape.x[b, unit]), float(tape.y[h, unit] - tape.y[b, unit])
    return abs(dx) + abs(dy) > 0.02


def just_mended(hour: float) -> bool:
    """Whether the ribbons end but a little behind their units, since half a day has just passed."""
    return hour - max(0, int(hour) // STEP * STEP) < 1.5


def behind(tape: Tape, unit: int, hour: float, tail: tuple[float, float]) -> tuple[float, float]:
    """Where a unit's ribbon ends: its place at the last tick, a little earlier just after one."""
    h = max(0, int(hour) // STEP * STEP)
    if tape.state[h, unit] != 1:
        return tail
    if just_mended(hour):
        h = max(0, h - 3)
    return float(tape.x[h, unit]), float(tape.y[h, unit])
