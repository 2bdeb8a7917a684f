"""Who holds the land: a faint tint made at an eighth of the size, and one crisp line between the camps.

The tint spreads from the places a side holds, to at most ``REACH`` km from them; the line is where both
camps' land
meets.  Land that nobody holds, and land far from any place, stays as it is.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from viz import carto
from viz.boot import pygame
from viz.geo import BOTTOM, EAST, TOP, WEST, Camera
from viz.theme import Theme

if TYPE_CHECKING:
    import numpy as np

    from viz.tape import Tape

CELLS_A_DEGREE = 6
REACH = 2.3
ALPHA = 34


class Control:
    """Works out the tint and the line for one state of ownership and keeps the last."""

    def __init__(self) -> None:
        self._weights: tuple[int, np.ndarray, np.ndarray] | None = None
        self._made: tuple[tuple[object, ...], pygame.Surface, list[list[tuple[float, float]]]] | None = None

    def paint(
        self,
        surface: pygame.Surface,
        camera: Camera,
        tape: Tape,
        hour: float,
        k: float,
        theme: Theme,
        part: str,
    ) -> Iterator[None]:
        """Lay the ``"tint"`` or the ``"line"`` over a view's picture, in steps."""
        key = (id(tape), tape.holder_version(hour), theme.name)
        if self._made is None or self._made[0] != key:
            field = near = None
            for step in self._field(tape, hour):
                if step is None:
                    yield None
                else:
                    field, near = step
            assert field is not None
            assert near is not None
            tint = self._colours(field, near, theme)
            yield None
            lines = contour(field, near)
            self._made = (key, tint, lines)
            yield None
        _, tint, lines = self._made
        width, height = surface.get_size()
        if part == "line":
            for line in lines:
                points = [camera.at(x, y, width, height) for x, y in line]
                carto.thick(surface, theme.front_edge, points, 7 * k)
                carto.thick(surface, theme.front, points, 3.4 * k)
                yield None
            return
        left, top = camera.at(WEST, TOP, width, height)
        step = camera.scale / CELLS_A_DEGREE
        rows = 3
        for row in range(0, tint.get_height() - 1, rows):
            low = top + row * step
            if low > height or low + rows * step < 0:
                continue
            first = max(0, int(-left / step) - 1)
            last = min(tint.get_width(), int((width - left) / step) + 2)
            if last <= first:
                continue
            # overlap of one row, so that strips join
            n = min(rows + 2, tint.get_height() - row)
            piece = tint.subsurface((first, row, last - first, n))
            wide, tall = round((last - first) * step), round(n * step)
            strip = pygame.transform.smoothscale(piece, (max(1, wide), max(1, tall)))
            half = round(step)
            surface.blit(
                strip,
                (round(left + first * step), round(low) + half),
                (0, half, wide, round(low + rows * step) - round(low)),
            )
            yield None

    def _grid(self, tape: Tape) -> tuple[Any, Any]:
        """By cell and place: closeness falling with the square of the distance.

        And the distance to the nearest place.
        """
        import numpy as np

        if self._weights is not None and self._weights[0] == id(tape.places):
            return self._weights[1], self._weights[2]
        xs = np.arange(WEST, EAST, 1 / CELLS_A_DEGREE) + 0.5 / CELLS_A_DEGREE
        ys = np.arange(TOP, BOTTOM, 1 / CELLS_A_DEGREE) + 0.5 / CELLS_A_DEGREE
        px = np.array([p.x for p in tape.places])
        py = np.array([p.y for p in tape.places])
        d2 = (xs[None, :, None] - px) ** 2 + (ys[:, None, None] - py) ** 2
        weight = (1.0 / (d2 + 0.09) ** 2).astype(np.float32)
        near = np.sqrt(d2).astype(np.float32)
        self._weights = (id(tape.places), weight, near)
        return weight, near

    def _field(self, tape: Tape, hour: float) -> Iterator[tuple[np.ndarray, np.ndarray] | None]:
        """Field from -1 (side 1) to +1 (side 0) by cell, and how far the nearest held place is.

        In steps, result last.
        """
        import numpy as np

        weight, near = self._grid(tape)
        held = np.array(tape.held(hour))
        sign = np.where(held == 0, 1.0, np.where(held == 1, -1.0, 0.0)).astype(np.float32)
        known = np.abs(sign)
        field = np.zeros(weight.shape[:2], np.float32)
        distance = np.full(weight.shape[:2], 99.0, np.float32)
        if known.any():
            far = np.where(known > 0, 0.0, 99.0).astype(np.float32)
            for row in range(0, field.shape[0], 24):
                part = slice(row, row + 24)
                field[part] = (weight[part] @ sign) / (weight[part] @ known + 1e-9)
                distance[part] = (near[part] + far).min(axis=2)
                yield None
        yield field, distance

    def _colours(self, field: np.ndarray, near: np.ndarray, theme: Theme) -> pygame.Surface:
        import numpy as np

        height, width = field.shape
        fade = np.clip((REACH - near) / 1.5, 0, 1)
        strength = np.clip(np.abs(field) * 3.0, 0, 1) * fade
        pixels = np.empty((height, width, 4), np.uint8)
        red, white = theme.tint_red, theme.tint_white
        side = field > 0
        for band, number in ((2, 0), (1, 1), (0, 2)):
            pixels[..., band] = np.where(side, red[number], white[number])
        pixels[..., 3] = (strength * ALPHA).astype(np.uint8)
        return pygame.image.frombuffer(pixels.tobytes(), (width, height), "BGRA").copy()


def contour(field: np.ndarray, near: np.ndarray) -> list[list[tuple[float, float]]]:
    """The line where the field changes its sign, by marching squares, smoothed; sheet coordinates.

    Cells farther than ``REACH`` from any held place are left out, so that the line ends where knowledge does.
    """
    import numpy as np

    values = field.tolist()
    above = (field > 0).astype(np.int8)
    corners = above[:-1, :-1] + above[:-1, 1:] + above[1:, 1:] + above[1:, :-1]
    cut = (corners > 0) & (corners < 4) & (near[:-1, :-1] < REACH * 0.6)
    ends: dict[tuple[float, float], list[tuple[float, float]]] = {}

    def link(a: tuple[float, float], b: tuple[float, float]) -> None:
        ends.setdefault(a, []).append(b)
        ends.setdefault(b, []).append(a)

    for j, i in np.argwhere(cut).tolist():
        row, below = values[j], values[j + 1]
        a, b, c, d = row[i], row[i + 1], below[i + 1], below[i]
        cuts: list[tuple[float, float]] = []
        for (p, q), (x1, y1), (x2, y2) in (
            ((a, b), (i, j), (i + 1, j)),
            ((b, c), (i + 1, j), (i + 1, j + 1)),
            ((d, c), (i, j + 1), (i + 1, j + 1)),
            ((a, d), (i, j), (i, j + 1)),
        ):
            if (p > 0) != (q > 0):
                t = p / (p - q)
                cuts.append((round(x1 + (x2 - x1) * t, 4), round(y1 + (y2 - y1) * t, 4)))
        if len(cuts) == 2:
            link(cuts[0], cuts[1])
        elif len(cuts) == 4:
            link(cuts[0], cuts[3])
            link(cuts[1], cuts[2])
    lines: list[list[tuple[float, float]]] = []
    for chain in _chains(ends):
        closed = chain[0] == chain[-1]
        if len(chain) < (22 if closed else 9):
            continue
        smooth = _smooth(_smooth(chain))
        lines.append([(WEST + (x + 0.5) / CELLS_A_DEGREE, TOP + (y + 0.5) / CELLS_A_DEGREE) for x, y in smooth])
    return lines


def _chains(ends: dict[tuple[float, float], list[tuple[float, float]]]) -> list[list[tuple[float, float]]]:
    """Chain the short pieces into lines: open ones from their ends first, then the closed."""
    chains: list[list[tuple[float, float]]] = []
    used: set[tuple[float, float]] = set()
    for start in [p for p, q in ends.items() if len(q) == 1] + list(ends):
        if start in used:
            continue
        chain = [start]
        used.add(start)
        grown = True
        while grown:
            grown = False
            for point in ends[chain[-1]]:
                if point not in used:
                    used.add(point)
                    chain.append(point)
                    grown = True
                    break
        if len(chain) > 2 and chain[0] in ends[chain[-1]]:
            chain.append(chain[0])
        chains.append(chain)
    return chains


def _smooth(chain: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Corner cutting (Chaikin), ends kept."""
    if len(chain) < 3:
        return chain
    found = [chain[0]]
    for (ax, ay), (bx, by) in itertools.pairwise(chain):
        found.append((ax * 0.75 + bx * 0.25, ay * 0.75 + by * 0.25))
        found.append((ax * 0.25 + bx * 0.75, ay * 0.25 + by * 0.75))
    found.append(chain[-1])
    return found
