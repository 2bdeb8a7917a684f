"""Where chips go: greedy over candidates round each pin, with a preference for where the chip already was.

No two chips overlap, none covers a card or the name of a place of the first rank; a chip without room is
made smaller,
and left out (its pin stays) when even that does not help.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from viz.boot import pygame

#: Directions tried, best first: right above, left above, right, left, below, above.
_ANGLES = (-50, -130, 0, 180, 50, 130, -90, 90)
_RINGS = (1.0, 1.7, 2.6, 3.7, 5.0)
_WAYS = tuple(
    (
        0.0 if abs(math.cos(math.radians(a))) < 0.3 else math.cos(math.radians(a)),
        math.sin(math.radians(a)),
        ring,
        n,
    )
    for ring in _RINGS
    for n, a in enumerate(_ANGLES)
)


#: What it is worth that a chip stays where it was, while time stands and while it runs: a name may be covered for a
#: moment sooner than that chips dance.
STAY, STAY_IN_PLAY = 26.0, 120.0


#: What it costs to lie on a name and on each square unit of it, and that the line to the pin runs through a name. A
#: unit of distance costs 0.5: names can step aside, so a chip had better be near its pin.
COVERING, SPREAD, CROSSING = 40.0, 0.01, 25.0
#: From where a unit of distance costs so much more: a long line is followed by nobody from the tenth row.
FAR, FARTHER = 110.0, 0.75
#: What it costs to hide a pin, and that the line to the pin runs under another chip.
PIN, UNDER = 80.0, 80.0
#: What each unit costs that a chip stands nearer to the enemy than its pin: beyond the line it would mislead.
FACING = 0.6


#: Where a chip goes that can nearly stay: cost and shift in virtual units, no shift first.
_NUDGES = tuple(
    (0.1 * reach, reach * x, reach * y)
    for reach in (0, 16, 32, 56)
    for x, y in (
        ((0, -1), (1, 0), (-1, 0), (0, 1), (0.7, -0.7), (-0.7, -0.7), (0.7, 0.7), (-0.7, 0.7)) if reach else ((0, 0),)
    )
)


#: The line of a chip from its pin to its middle.
Leader = tuple[tuple[float, float], tuple[int, int]]


@dataclass(slots=True)
class Request:
    """A chip that wants room: its pin in pixels, its sizes from wished to least, and its last offset."""

    key: int
    pin: tuple[float, float]
    sizes: list[tuple[int, int]]
    last: tuple[float, float] | None = None
    #: what it is worth that the chip stays where it was
    keep: float = STAY
    #: the direction away from the enemy, a unit vector, or (0, 0)
    rear: tuple[float, float] = (0.0, 0.0)
    #: pixels below the chip that belong to it, for a plate
    foot: int = 0


@dataclass(slots=True)
class Room:
    """Where a chip got room: centre relative to the pin, and which of the sizes."""

    offset: tuple[float, float]
    size: int


@dataclass(slots=True)
class Obstacles:
    """What chips must not touch (``hard``) and had better not (``soft``), in pixels.

    ``area`` holds them all.
    """

    area: pygame.Rect
    hard: list[pygame.Rect] = field(default_factory=list[pygame.Rect])
    soft: list[pygame.Rect] = field(default_factory=list[pygame.Rect])
    pins: list[pygame.Rect] = field(default_factory=list[pygame.Rect])
    #: names that the line from pin to chip had better not cross
    names: list[pygame.Rect] = field(default_factory=list[pygame.Rect])
    #: the lines of the chips that have found room
    leaders: list[Leader] = field(default_factory=list[Leader])


def place(requests: list[Request], obstacles: Obstacles, k: float) -> dict[int, Room]:
    """Room for each request in the order given; a key that is not in the answer found none."""
    found: dict[int, Room] = {}
    for _ in place_each(requests, obstacles, k, found):
        pass
    return found


def place_each(requests: list[Request], obstacles: Obstacles, k: float, found: dict[int, Room]) -> Iterator[None]:
    """The same in steps, one request each; the rooms are put into ``found``."""
    taken = list(obstacles.hard)
    gap = max(2, round(5 * k))
    for request in requests:
        room = _find(request, taken, obstacles, k, gap)
        if room is not None:
            found[request.key] = room
            rect = box(request.pin, room.offset, request.sizes[room.size])
            rect.height += request.foot
            taken.append(rect.inflate(2 * gap, 2 * gap))
            obstacles.leaders.append((request.pin, rect.center))
        yield


def box(pin: tuple[float, float], offset: tuple[float, float], size: tuple[int, int]) -> pygame.Rect:
    """A chip's rectangle from its pin, its offset and its size."""
    rect = pygame.Rect(0, 0, *size)
    rect.center = (round(pin[0] + offset[0]), round(pin[1] + offset[1]))
    return rect


def _find(request: Request, taken: list[pygame.Rect], obstacles: Obstacles, k: float, gap: int) -> Room | None:
    last = request.last
    for number, size in enumerate(request.sizes):
        best: Room | None = None
        least = 1e18
        rect = pygame.Rect(0, 0, size[0], size[1] + request.foot)
        if last is not None:
            base = max(0.0, math.hypot(*last) / k - 46) * 0.5 - request.keep
            for cost, dx, dy in _NUDGES:
                offset = (last[0] + dx * k, last[1] + dy * k)
                whole = _cost(request, offset, base + cost, rect, taken, obstacles, k, least)
                if whole < least:
                    best, least = Room(offset, number), whole
                if best is not None and best.offset == last:
                    break
        for cost, offset in _candidates(size, k, gap):
            if cost >= least:
                break  # they are in order of their cost
            whole = _cost(request, offset, cost, rect, taken, obstacles, k, least)
            if whole < least:
                best, least = Room(offset, number), whole
        if best is not None:
            return best
    return None


def _cost(
    request: Request,
    offset: tuple[float, float],
    cost: float,
    rect: pygame.Rect,
    taken: list[pygame.Rect],
    obstacles: Obstacles,
    k: float,
    least: float,
) -> float:
    """What a chip at this offset costs in all (``rect``, of its size, is put there); no room or dearer: 1e18."""
    px, py = request.pin
    rect.center = (round(px + offset[0]), round(py + offset[1] + request.foot / 2))
    if not obstacles.area.contains(rect) or rect.collidelist(taken) >= 0:
        return 1e18
    whole = cost + _soft_cost(rect, obstacles, k)
    whole += FACING * max(0.0, -(offset[0] * request.rear[0] + offset[1] * request.rear[1])) / k
    if whole < least:
        whole += _crossing_cost(request.pin, rect, obstacles, taken[len(obstacles.hard) :])
    return whole


@lru_cache(maxsize=512)
def _candidates(size: tuple[int, int], k: float, gap: int) -> tuple[tuple[float, tuple[float, float]], ...]:
    """Offsets of a chip's centre from its pin with the cost of each, cheapest first: near ones are cheap."""
    w, h = size
    found: list[tuple[float, int, tuple[float, float]]] = []
    for c, s, ring, n in _WAYS:
        reach = (26 * k + gap) * ring
        x, y = c * (w / 2 + reach), s * (h / 2 + reach)
        away = math.hypot(x, y) / k
        found.append((away * 0.5 + max(0.0, away - FAR) * FARTHER + n * 1.6, len(found), (x, y)))
    return tuple((cost, offset) for cost, _, offset in sorted(found))


def _crossing_cost(
    pin: tuple[float, float], rect: pygame.Rect, obstacles: Obstacles, chips: list[pygame.Rect]
) -> float:
    """What it costs that the line from pin to chip runs through names and under chips, and theirs under this one."""
    end, names = rect.center, obstacles.names
    x, y = min(pin[0], end[0]), min(pin[1], end[1])
    around = pygame.Rect(int(x) - 2, int(y) - 2, int(abs(pin[0] - end[0])) + 5, int(abs(pin[1] - end[1])) + 5)
    cost = 0.0
    for n in around.collidelistall(names):
        if names[n].clipline(pin, end) and not rect.contains(names[n]):
            cost += CROSSING
    for n in around.collidelistall(chips):
        if chips[n].clipline(pin, end):
            cost += UNDER
    for leader in obstacles.leaders:
        if rect.clipline(leader):
            cost += UNDER
    return cost


def _soft_cost(rect: pygame.Rect, obstacles: Obstacles, k: float) -> float:
    cost = 0.0
    for i in rect.collidelistall(obstacles.soft):
        clip = rect.clip(obstacles.soft[i])
        cost += COVERING + SPREAD * clip.width * clip.height / (k * k)
    cost += PIN * len(rect.collidelistall(obstacles.pins))
    return cost
