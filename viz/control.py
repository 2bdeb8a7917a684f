"""Who holds the land: a faint tint made at an eighth of the size, and one crisp line between the camps.

The tint spreads from the places a side holds, to at most ``REACH`` km from them; the line is where both
camps' land
meets.  Land that nobody holds, and land far from any place, stays as it is.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from viz import carto
from viz.boot import pygame
from viz.geo import THEATRE, Camera, Sheet, sheet_of
from viz.theme import Theme

if TYPE_CHECKING:
    import numpy as np

    from viz.tape import Tape

CELLS_A_DEGREE = 6
REACH = 2.3
ALPHA = 34
#: Degrees at the open ends of the line between the camps that are dashed: there the land is hardly anyone's.
TAIL = 0.8
#: One in the whole numbers that the sums are kept in.
ONE = float(1 << 32)


def _sign(holder: int) -> int:
    return 1 if holder == 0 else -1 if holder == 1 else 0


class Control:
    """Works out the tint and the line for one state of ownership and keeps the last."""

    def __init__(self) -> None:
        self._held: list[int] = []
        self._sheet: Sheet = THEATRE
        self._sums: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
        self._made: tuple[tuple[object, ...], pygame.Surface, list[list[tuple[float, float]]]] | None = None

    def paint(
        self,
        surface: pygame.Surface,
        camera: Camera,
        tape: Tape,
        held: list[int],
        k: float,
        theme: Theme,
        part: str,
    ) -> Iterator[None]:
        """Lay the ``"tint"`` or the ``"line"`` over a view's picture, in steps; ``held`` is each place's holder."""
        key = (tape.digest, tuple(held), theme.name)
        if self._made is None or self._made[0] != key:
            sheet = sheet_of([(p.x, p.y) for p in tape.places])
            if sheet != self._sheet:
                self._sheet, self._sums = sheet, None
            field = near = None
            for step in self._field(tape, held):
                if step is None:
                    yield None
                else:
                    field, near = step
            assert field is not None
            assert near is not None
            tint = self._colours(field, near, theme)
            yield None
            lines: list[list[tuple[float, float]]] = []
            for found in contour(field, near, (self._sheet.west, self._sheet.top)):
                if found is None:
                    yield None
                else:
                    lines.append(found)
            self._made = (key, tint, lines)
            yield None
        _, tint, lines = self._made
        width, height = surface.get_size()
        if part == "line":
            for line in lines:
                points = [camera.at(x, y, width, height) for x, y in line]
                tail = round(TAIL * camera.scale)
                head, body, end = cut_ends(points, tail) if line[0] != line[-1] else ([], points, [])
                dashes = [d for part in (head, end) if len(part) > 1 for d in carto.dashes(part, 13 * k, 11 * k)]
                for colour, wide in ((theme.front_edge, 7 * k), (theme.front, 3.4 * k)):
                    for piece in [*carto.pieces(body), *dashes]:
                        carto.thick(surface, colour, piece, wide)
                        yield None
            return
        left, top = camera.at(self._sheet.west, self._sheet.top, width, height)
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

    def _field(self, tape: Tape, held: list[int]) -> Iterator[tuple[np.ndarray, np.ndarray] | None]:
        """Field from -1 (side 1) to +1 (side 0) by cell, and how far the nearest held place is.

        In steps, result last.  The sums over places are kept in whole numbers, so that they do not depend on the way
        to this state; only places that changed hands are taken out and put in.
        """
        import numpy as np

        box = self._sheet
        xs = np.arange(box.west, box.east, 1 / CELLS_A_DEGREE) + 0.5 / CELLS_A_DEGREE
        ys = np.arange(box.top, box.bottom, 1 / CELLS_A_DEGREE) + 0.5 / CELLS_A_DEGREE
        shape = (len(ys), len(xs))
        if self._sums is None or len(self._held) != len(held):
            self._sums = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.full(shape, 99.0, np.float32)
            self._held = [-1] * len(held)
        signed, known, near = self._sums
        # until nothing else has been put in between two steps
        while self._held != held:
            if any(old >= 0 and new < 0 for old, new in zip(self._held, held, strict=True)):
                # the nearest held place cannot be taken out again: measure anew
                signed[:], known[:], near[:] = 0, 0, 99.0
                self._held = [-1] * len(held)
            for n, (place, new) in enumerate(zip(tape.places, held, strict=True)):
                old = self._held[n]
                if new == old or (old >= 0 and new < 0):
                    continue
                d2 = (xs[None, :] - place.x) ** 2 + (ys[:, None] - place.y) ** 2
                weight = (ONE / (d2 + 0.09) ** 2).astype(np.int64)
                signed += weight * (_sign(new) - _sign(old))
                if old < 0:
                    known += weight
                    np.minimum(near, np.sqrt(d2).astype(np.float32), out=near)
                self._held[n] = new
                yield None
        yield (signed / np.maximum(known, 1)).astype(np.float32), near.copy()

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


def cut_ends(
    points: list[tuple[float, float]], tail: float
) -> tuple[list[tuple[float, float]], list[tuple[float, float]], list[tuple[float, float]]]:
    """A line cut in three: about ``tail`` of its length from either end (a third at most), and what lies between."""
    along = [0.0]
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        along.append(along[-1] + math.hypot(bx - ax, by - ay))
    reach = min(tail, along[-1] / 3)
    first = next(n for n, s in enumerate(along) if s >= reach)
    last = max(n for n, s in enumerate(along) if s <= along[-1] - reach)
    if last <= first:
        return [], points, []
    # both tails begin at their free end, so that a whole dash is what the eye meets last
    return points[: first + 1], points[first : last + 1], points[last:][::-1]


def contour(
    field: np.ndarray, near: np.ndarray, corner: tuple[float, float] = (THEATRE.west, THEATRE.top)
) -> Iterator[list[tuple[float, float]] | None]:
    """The lines where the field changes its sign, by marching squares, smoothed; sheet coordinates.

    ``corner`` is the sheet point of the field's first corner.
    Cells farther than ``REACH`` from any held place are left out, so that the line ends where knowledge does.
    Works in steps: None where a step yielded no line.
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

    for n, (j, i) in enumerate(np.argwhere(cut).tolist()):
        if n % 200 == 199:
            yield None
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
    for chain in _chains(ends):
        closed = chain[0] == chain[-1]
        if len(chain) < (22 if closed else 9):
            continue
        smooth = _smooth(_smooth(chain))
        west, top = corner
        yield [(west + (x + 0.5) / CELLS_A_DEGREE, top + (y + 0.5) / CELLS_A_DEGREE) for x, y in smooth]


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
