"""The marks of battles on the map.

A burst beside the place, ringed while it goes on, smaller for two days after.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from viz import icons
from viz.boot import pygame
from viz.knowledge import knows_battle
from viz.tape import BATTLE, POLITICS

if TYPE_CHECKING:
    from viz.tape import Battle, Event
    from viz.view import View

#: Days for which a battle that is over stays marked, and losses from which its mark is large, or shown at
#: all.
DAYS, LARGE, LEAST = 2, 80, 15
_SIDES = (
    *((-1, -1), (-1, 1), (1, -1), (1, 1), (0, -1.4), (0, 1.4)),
    *((-1.3, -1.6), (1.3, -1.6), (-1.3, 1.6), (1.3, 1.6)),
    *((-2.3, 0), (2.3, 0), (0, -2.4), (0, 2.4), (-2.2, -1.4), (2.2, -1.4), (-2.2, 1.4), (2.2, 1.4)),
)


def lost(battle: Battle) -> float:
    """Men lost on both sides."""
    if battle.lost >= 0:
        return battle.lost
    return sum(t.get("loss_left", 0) + t.get("loss_right", 0) for t in battle.terms)


def shown(battle: Battle, hour: float) -> bool:
    """Whether a battle has its mark at an hour."""
    since = hour - battle.end
    return battle.start <= hour and since <= DAYS * 24 and (since <= 6 or lost(battle) >= LEAST)


def is_shown(view: View, number: int, battle: Battle) -> bool:
    """Whether a battle has its mark in this view: its time, and in the fog whether the side knows of it."""
    return shown(battle, view.state.hour) and knows_battle(view.tape, view.state.fog, number)


def marks(view: View) -> list[tuple[pygame.Surface, pygame.Rect, bool]]:
    """Picture and rectangle of each mark, and whether the battle goes on."""
    if view.marks is None:
        view.marks = _marks(view)
    return view.marks


def _marks(view: View) -> list[tuple[pygame.Surface, pygame.Rect, bool]]:
    k, hour = view.k, view.state.hour
    found: list[tuple[pygame.Surface, pygame.Rect, bool]] = []
    for number, battle in enumerate(view.tape.battles):
        if not is_shown(view, number, battle):
            continue
        spot = view.pixel(battle.x, battle.y)
        if not view.layout.map.inflate(100, 100).collidepoint(spot):
            continue
        now = hour <= battle.end
        size = round((74 if lost(battle) >= LARGE else 52) * k * (1.0 if now else 0.74))
        mark = icons.burst(size // 2 * 2, now, view.theme)
        found.append((mark, _beside(view, mark, spot), now))
    return found


def _beside(view: View, mark: pygame.Surface, spot: tuple[float, float]) -> pygame.Rect:
    """Where a mark goes: on a side of its place where it hides no name of the first two ranks."""
    reach = mark.get_width() * 0.42 + 5 * view.k
    names = view.drawn_up()
    for dx, dy in _SIDES:
        rect = mark.get_rect(center=(round(spot[0] + dx * reach), round(spot[1] + dy * reach)))
        if rect.inflate(-rect.width // 4, -rect.height // 4).collidelist(names) < 0:
            return rect
    return mark.get_rect(center=(round(spot[0] - reach), round(spot[1] - reach)))


#: Radius of the ring round the place that a caption speaks of (virtual units), how far it swells in play, and hours
#: from one swelling to the next.
RING, SWELL, PERIOD = 27, 9, 30.0


def beacon_rect(view: View, event: Event | None) -> pygame.Rect | None:
    """Where the ring stands round the place that a caption speaks of; None when there is none."""
    if event is None or event.group == BATTLE or event.x is None or event.y is None:
        return None
    reach = round(RING * view.k)
    x, y = view.pixel(event.x, event.y)
    return pygame.Rect(round(x) - reach, round(y) - reach, 2 * reach, 2 * reach)


def beacon(surface: pygame.Surface, view: View, event: Event) -> None:
    """A ring round the place that the caption speaks of; battles have their burst instead."""
    if event.group == BATTLE or event.x is None or event.y is None:
        return
    x, y = view.pixel(event.x, event.y)
    if not view.layout.map.collidepoint(x, y):
        return
    k, theme, state = view.k, view.theme, view.state
    swell = 0.0
    if state.playing and not state.reduced_motion:
        swell = 0.5 - 0.5 * math.cos(2 * math.pi * (state.hour - event.hour) / PERIOD)
    radius = (RING + SWELL * swell) * k
    colour = theme.politics if event.group == POLITICS else theme.paper
    for wide, ink in ((9, icons.INK), (5, colour)):
        pygame.draw.aacircle(surface, ink, (x, y), radius + wide * k / 2, max(2, round(wide * k)))
