"""Names of countries, widely spaced, inside what is seen and never under a card.

One that does not fit is left out.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from viz import lettering
from viz.boot import pygame
from viz.geo import sheet_y
from viz.words import geographic

if TYPE_CHECKING:
    from viz.mapdata import Feature
    from viz.view import View

#: Name and the boxes (west, east, south, north, degrees) inside the country in which the middle of its name may lie.
COUNTRIES = (
    (
        "OUTER MONGOLIA",
        ((99.0, 106.4, 44.6, 49.3), (107.0, 113.0, 45.0, 48.6), (98.4, 102.0, 49.5, 50.0), (93.0, 98.4, 45.6, 49.4)),
    ),
    ("FAR EASTERN REPUBLIC", ((108.0, 115.5, 50.6, 54.2), (109.8, 114.0, 50.0, 50.5))),
    ("RSFSR", ((102.5, 103.5, 51.0, 51.6), (97.5, 104.4, 51.9, 55.0))),
    ("URYANKHAI", ((93.6, 97.0, 51.0, 52.4),)),
    (
        "CHINA",
        ((104.5, 110.0, 42.4, 43.0), (113.6, 116.0, 43.0, 44.0), (89.0, 90.0, 45.5, 46.4), (118.2, 119.4, 45.4, 46.6)),
    ),
    ("BARGA", ((118.4, 119.8, 47.9, 49.0),)),
)
#: Steps of the search in degrees of longitude and latitude.
ACROSS, DOWN = 0.5, 0.35


#: Side of the squares, in degrees of the sheet, in which borders are looked for under a name.
SQUARE = 0.25
#: Sizes of the letters, the best first; and whether the least names must be kept clear of, too.
SIZES = ((38, True), (31, True), (26, True), (38, False), (31, False))

#: Share of a name that chips may cover while time runs before it looks for another place.
COVERED = 0.35

Spot = tuple[pygame.Surface, float, float]
#: The same with the size of the letters.
Kept = tuple[pygame.Surface, float, float, int]


def _spots(boxes: tuple[tuple[float, float, float, float], ...]) -> tuple[tuple[float, float], ...]:
    """Sheet points of the boxes, the middle of each first."""
    found: list[tuple[float, float]] = []
    for west, east, south, north in boxes:
        wide, tall = (east - west) / 2, (north - south) / 2
        grid = [
            (west + wide + i * ACROSS, south + tall + j * DOWN)
            for i in range(-int(wide / ACROSS), int(wide / ACROSS) + 1)
            for j in range(-int(tall / DOWN), int(tall / DOWN) + 1)
        ]
        grid.sort(key=lambda p: abs(p[0] - west - wide) + abs(p[1] - south - tall))
        found += [(lon, sheet_y(lat)) for lon, lat in grid]
    return tuple(found)


SPOTS = {name: _spots(boxes) for name, boxes in COUNTRIES}


class Countries:
    """Keeps where each name stood, so that it moves only when it must."""

    def __init__(self, borders: list[Feature] | None = None) -> None:
        self._borders = _squares(borders or [])
        #: sheet point and size of each name that stands
        self._last: dict[str, tuple[float, float, int]] = {}
        self._turn = 0

    def forget(self) -> None:
        """Place the next names from nothing."""
        self._last.clear()

    def names(self, view: View, chips: list[pygame.Rect], all_at_once: bool = True) -> list[Spot]:
        """The names that have room beside cards, labels and chips: picture and sheet point of its middle.

        Else than ``all_at_once`` only one name that lost its room is given a new one: the next time the next.
        """
        layout = view.layout
        cards = [layout.date, layout.balance, *view.cards, *chips]
        # better beside every name; where that cannot be, over the least ones
        strict, lenient = [*cards, *view.all_names()], [*cards, *view.first, *view.second]
        found: list[Spot] = []
        self._turn = (self._turn + 1) % len(SPOTS)
        for number, (name, spots) in enumerate(SPOTS.items()):
            last = self._last.pop(name, None)
            spot = self._stay(view, name, last, [layout.date, layout.balance, *view.cards], chips) if last else None
            if spot is None:
                wanted = (last[:2],) if last is not None else ()
                if all_at_once or number == self._turn:
                    wanted = (*wanted, *spots)
                spot = self._find(view, name, wanted, strict, lenient)
            if spot is not None:
                picture, x, y, size = spot
                self._last[name] = (x, y, size)
                found.append((picture, x, y))
                px, py = view.pixel(x, y)
                rect = picture.get_rect(center=(round(px), round(py))).inflate(layout.u(40), layout.u(40))
                strict.append(rect)
                lenient.append(rect)
        return found

    @staticmethod
    def _stay(
        view: View, name: str, last: tuple[float, float, int], cards: list[pygame.Rect], chips: list[pygame.Rect]
    ) -> Kept | None:
        """While time runs a name stays though chips pass over a part of it: it is ground, and must not hop about."""
        if not view.state.playing:
            return None
        x, y, size = last
        picture = _picture(view, name, size)
        px, py = view.pixel(x, y)
        rect = _body(picture)
        rect.center = (round(px), round(py))
        if not view.layout.map.inflate(-view.layout.u(60), -view.layout.u(40)).contains(rect):
            return None
        if rect.collidelist(cards) >= 0:
            return None
        hidden = [rect.clip(chip) for chip in chips]
        if sum(r.width * r.height for r in hidden) > COVERED * rect.width * rect.height:
            return None
        return picture, x, y, size

    def _find(
        self,
        view: View,
        name: str,
        wanted: tuple[tuple[float, float], ...],
        strict: list[pygame.Rect],
        lenient: list[pygame.Rect],
    ) -> Kept | None:
        layout = view.layout
        inside = layout.map.inflate(-layout.u(60), -layout.u(40))
        camera, area = view.state.camera, layout.map
        # as View.pixel, in one go: there are hundreds of spots
        s, cx, cy, w, h = camera.scale, camera.x, camera.y, area.width / 2, area.height / 2
        left, top = area.topleft
        pixels = [(((x - cx) * s + w + left, (y - cy) * s + h + top), x, y) for x, y in wanted]
        pixels = [spot for spot in pixels if inside.collidepoint(spot[0])]
        if not pixels:
            return None
        for size, clear in SIZES:
            picture = _picture(view, name, size)
            rect = _body(picture)
            taken, half = strict if clear else lenient, (rect.width / 2 / s, rect.height / 2 / s)
            for (px, py), x, y in pixels:
                rect.center = (round(px), round(py))
                if inside.contains(rect) and rect.collidelist(taken) < 0 and not self._bordered(x, y, *half):
                    return picture, x, y, size
        return None

    def _bordered(self, x: float, y: float, wide: float, tall: float) -> bool:
        """Whether a border runs through the box of a name: then half of it would lie in the next country."""
        return any(
            (i, j) in self._borders
            for i in range(math.floor((x - wide) / SQUARE), math.floor((x + wide) / SQUARE) + 1)
            for j in range(math.floor((y - tall) / SQUARE), math.floor((y + tall) / SQUARE) + 1)
        )


def _squares(borders: list[Feature]) -> set[tuple[int, int]]:
    """The squares of the sheet through which borders run."""
    found: set[tuple[int, int]] = set()
    for border in borders:
        for stroke in border.coarse:
            for (ax, ay), (bx, by) in itertools.pairwise(stroke.points):
                steps = 1 + int(2 * max(abs(bx - ax), abs(by - ay)) / SQUARE)
                for n in range(steps + 1):
                    x, y = ax + (bx - ax) * n / steps, ay + (by - ay) * n / steps
                    found.add((math.floor(x / SQUARE), math.floor(y / SQUARE)))
    return found


def _picture(view: View, name: str, size: int) -> pygame.Surface:
    """A country's name in letters of a size."""
    k, theme = view.k, view.theme
    text = geographic(name, view.state.language)
    return view.type.line(lettering.SERIF, size * k, text, theme.country, theme.halo, max(1, round(2 * k)), 7 * k)


def _body(picture: pygame.Surface) -> pygame.Rect:
    """The room that the letters of a name take, without the air above and below them."""
    return picture.get_rect().inflate(0, -round(picture.get_height() * 0.35))


def body_at(view: View, picture: pygame.Surface, x: float, y: float) -> pygame.Rect:
    """Where the letters of a name stand on the screen when its middle is at a sheet point."""
    rect = _body(picture)
    px, py = view.pixel(x, y)
    rect.center = (round(px), round(py))
    return rect
