"""Where the names go: places by rank around their dots, waters along their banks, once for each view."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from viz import lettering
from viz.boot import pygame
from viz.words import geographic

if TYPE_CHECKING:
    from viz.lettering import Lettering
    from viz.mapdata import Feature
    from viz.tape import Place
    from viz.theme import Theme

#: Face and size (virtual units) of a place name by rank, and the scale in pixels a degree (times k) from
#: which it shows.
STYLES = {
    1: (lettering.BOLD, 32, 0.0),
    2: (lettering.SEMIBOLD, 26, 45.0),
    3: (lettering.SANS, 22, 128.0),
}
DOT = {1: 6.5, 2: 5.0, 3: 3.6}


#: The side of a name of a water: it stands on the point itself.
WATER = -1
#: Sides that a name may take; large towns have two more, farther off.
SIDES, ALL_SIDES = 8, 10


@dataclass(slots=True)
class Label:
    """A name that has found its room: what it is called by, picture, rectangle in the view's pixels, rank (0: water).

    ``side`` is that of its dot on which it stands, with a ``gap`` in pixels; ``at`` the sheet point of the dot, for
    waters of the middle of the name.
    """

    name: str
    picture: pygame.Surface
    rect: pygame.Rect
    rank: int
    place: int = -1
    side: int = WATER
    gap: float = 0.0
    at: tuple[float, float] = (0.0, 0.0)


def place_labels(
    places: list[Place],
    spots: list[tuple[float, float]],
    size: tuple[int, int],
    scale: float,
    k: float,
    type_: Lettering,
    theme: Theme,
    language: int,
) -> Iterator[Label]:
    """Names for the places whose dots (``spots``, in pixels) lie in a view of ``size``, in order of rank.

    Each tries eight positions round its dot; the first that touches no other name and no dot wins.
    """
    width, height = size
    order = sorted(range(len(places)), key=lambda i: (places[i].rank, places[i].id))
    inside = [i for i in order if -40 < spots[i][0] < width + 40 and -40 < spots[i][1] < height + 40]
    shown = [i for i in inside if scale / k >= STYLES[places[i].rank][2]]
    dots = [_dot_rect(spots[i], DOT[places[i].rank] * k + 1) for i in shown]
    taken: list[pygame.Rect] = []
    for i in shown:
        place = places[i]
        face, points, _ = STYLES[place.rank]
        colour = theme.ink if place.rank < 3 else theme.minor
        picture = type_.line(face, points * k, place.names[language], colour, theme.halo, max(2, round(3 * k)))
        gap = DOT[place.rank] * k + 3 * k
        side = _free_side(picture.get_size(), spots[i], gap, taken, dots, dots[shown.index(i)])
        if side is None:
            if place.rank > 1:
                continue
            side = 0
        best = beside(picture.get_size(), spots[i], gap, side)
        taken.append(best)
        yield Label(place.id, picture, best, place.rank, i, side, gap, (place.x, place.y))


def _dot_rect(spot: tuple[float, float], radius: float) -> pygame.Rect:
    r = math.ceil(radius)
    return pygame.Rect(round(spot[0]) - r, round(spot[1]) - r, 2 * r, 2 * r)


def beside(size: tuple[int, int], spot: tuple[float, float], gap: float, side: int) -> pygame.Rect:
    """The rectangle of a name on one of eight sides of a dot: right, left, below, above, and the corners between.

    Farther below and above for the sides 8 and 9; on the point itself for the side ``WATER``.
    """
    w, h = size
    x, y = spot
    tight, slant = h * 0.12, gap * 0.7
    if side == WATER:
        x, y = x - w / 2, y - h / 2
    elif side < 2:
        x, y = (x + gap, y - h / 2) if side == 0 else (x - gap - w, y - h / 2)
    elif side < 4:
        x, y = (x - w / 2, y + gap - tight) if side == 2 else (x - w / 2, y - gap - h + tight)
    elif side >= SIDES:
        x, y = (x - w / 2, y + gap + h * 0.55) if side == SIDES else (x - w / 2, y - gap - h * 1.55)
    else:
        x, y = x + slant if side < 6 else x - w - slant, y - h + tight if side % 2 == 0 else y - tight
    return pygame.Rect(round(x), round(y), w, h)


def letters(rect: pygame.Rect) -> pygame.Rect:
    """The room that the letters of a name take, without the air around them."""
    return rect.inflate(-4, -round(rect.height * 0.3))


def _free_side(
    size: tuple[int, int],
    spot: tuple[float, float],
    gap: float,
    taken: list[pygame.Rect],
    dots: list[pygame.Rect],
    own: pygame.Rect,
) -> int | None:
    others = [d for d in dots if d is not own]
    for side in range(SIDES):
        slim = letters(beside(size, spot, gap, side))
        if slim.collidelist(taken) < 0 and slim.collidelist(others) < 0:
            return side
    return None


def water_labels(
    rivers: list[tuple[Feature, list[list[tuple[float, float]]]]],
    lakes: list[tuple[str, float, float]],
    size: tuple[int, int],
    k: float,
    type_: Lettering,
    theme: Theme,
    language: int,
    taken: list[pygame.Rect],
) -> Iterator[Label | None]:
    """Names of rivers along their straightest stretch, and of lakes in their middle.

    A name without room is left out.

    Works in steps: None where a step yielded no name.
    """
    taken = list(taken)
    view = pygame.Rect(0, 0, *size)
    for name, x, y in lakes:
        picture = type_.line(
            lettering.ITALIC,
            25 * k,
            geographic(name, language),
            theme.water_text,
            theme.halo,
            max(1, round(2 * k)),
            2 * k,
        )
        rect = picture.get_rect(center=(round(x), round(y)))
        if view.contains(rect) and rect.collidelist(taken) < 0:
            taken.append(rect)
            yield Label(name, picture, rect, 0)
        else:
            yield None
    for feature, lines in rivers:
        flat = type_.line(
            lettering.ITALIC,
            23 * k,
            geographic(feature.name, language),
            theme.water_text,
            theme.halo,
            max(1, round(2 * k)),
            k,
        )
        yield None
        for x, y, angle in _stretches(lines, flat.get_width(), flat.get_height() * 0.62, view):
            picture = pygame.transform.rotozoom(flat, angle, 1.0)
            rect = picture.get_rect(center=(round(x), round(y)))
            slim = rect.inflate(-6, -6)
            if view.contains(rect) and slim.collidelist(taken) < 0:
                taken.append(rect)
                yield Label(feature.name, picture, rect, 0)
                break
            yield None
        yield None


def _stretches(
    lines: list[list[tuple[float, float]]], length: float, aside: float, view: pygame.Rect
) -> list[tuple[float, float, float]]:
    """Middle (moved off the bank) and angle of the straightest stretches as long as a name, best first."""
    ranked: list[tuple[float, float, float, float]] = []
    for line in lines:
        steps = [0.0]
        for a, b in itertools.pairwise(line):
            steps.append(steps[-1] + math.hypot(b[0] - a[0], b[1] - a[1]))
        if steps[-1] < length * 1.1:
            continue
        j = 0
        last = -length
        for i, start in enumerate(steps):
            if start - last < length * 0.35:
                continue
            while j < len(steps) - 1 and steps[j] - start < length * 1.08:
                j += 1
            if steps[j] - start < length:
                break
            last = start
            (ax, ay), (bx, by) = line[i], line[j]
            chord = math.hypot(bx - ax, by - ay)
            mx, my = (ax + bx) / 2, (ay + by) / 2
            if chord < 1 or not view.collidepoint(mx, my):
                continue
            straight = chord / (steps[j] - start)
            if straight < 0.8:
                continue
            if bx < ax:
                ax, ay, bx, by = bx, by, ax, ay
            angle = -math.degrees(math.atan2(by - ay, bx - ax))
            nx, ny = (by - ay) / chord, -(bx - ax) / chord
            steep = abs(angle) / 90
            score = straight - 0.25 * steep * steep
            ranked.append((-score, mx + nx * aside, my + ny * aside, angle))
    return [(x, y, angle) for _, x, y, angle in sorted(ranked)[:12]]
