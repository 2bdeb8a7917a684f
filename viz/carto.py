"""Drawing tools of the map maker: smooth thick lines, dashes, ties of a railway, dots of a trail."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from viz.boot import pygame
from viz.theme import Colour

Pixel = tuple[float, float]


def thick(surface: pygame.Surface, colour: Colour, points: Sequence[Pixel], width: float) -> None:
    """An antialiased line of any width with round joints."""
    w = max(1, round(width))
    # Not draw.aalines: its ends of very short lines came out differently from run to run.
    draw = pygame.draw.aaline
    for a, b in itertools.pairwise(points):
        if a != b:
            draw(surface, colour, a, b, w)
    if w >= 3:
        r = w / 2 - 0.4
        for p in points[1:-1]:
            pygame.draw.aacircle(surface, colour, p, r)


def pieces(points: Sequence[Pixel], most: int = 40) -> Iterator[list[Pixel]]:
    """A long line in pieces of so many points, each beginning two points before the last one's end."""
    for n in range(0, max(1, len(points) - 2), most):
        yield list(points[n : n + most + 2])


def dashes(points: Sequence[Pixel], on: float, off: float) -> Iterator[list[Pixel]]:
    """The pieces of a polyline cut into dashes, as short polylines."""
    piece: list[Pixel] = [points[0]]
    left, drawing = on, True
    for a, b in itertools.pairwise(points):
        length = math.hypot(b[0] - a[0], b[1] - a[1])
        gone = 0.0
        while length - gone > left:
            gone += left
            at = (a[0] + (b[0] - a[0]) * gone / length, a[1] + (b[1] - a[1]) * gone / length)
            if drawing:
                piece.append(at)
                yield piece
            piece = [at]
            drawing = not drawing
            left = on if drawing else off
        left -= length - gone
        if drawing:
            piece.append(b)
    if drawing and len(piece) > 1:
        yield piece


def marks(points: Sequence[Pixel], every: float, start: float = 0.0) -> Iterator[tuple[Pixel, Pixel]]:
    """Points at equal distances along a polyline, each with the unit vector across it."""
    left = every / 2 + start
    for a, b in itertools.pairwise(points):
        length = math.hypot(b[0] - a[0], b[1] - a[1])
        if length < 1e-6:
            continue
        ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
        gone = left
        while gone <= length:
            yield (a[0] + ux * gone, a[1] + uy * gone), (-uy, ux)
            gone += every
        left = gone - length


def soft_shadow(surface: pygame.Surface, rect: pygame.Rect, radius: int, depth: int) -> None:
    """A shadow of four translucent rounded rectangles, one inside the other: no blur."""
    for n in range(4, 0, -1):
        grown = rect.inflate(n * depth // 2, n * depth // 2).move(0, depth // 2)
        pygame.draw.rect(surface, (0, 0, 0, 22), grown, border_radius=radius + n)


def dashed_box(surface: pygame.Surface, colour: Colour, rect: pygame.Rect, width: int, on: float, off: float) -> None:
    """A rectangle with a dashed outline: what is history or last known, not what is."""
    corners = [rect.topleft, rect.topright, rect.bottomright, rect.bottomleft, rect.topleft]
    for piece in dashes([(float(x), float(y)) for x, y in corners], on, off):
        pygame.draw.lines(surface, colour, False, piece, width)
