"""Small pictures made of polygons: event icons, the burst of a battle, the play button's signs."""

from __future__ import annotations

import math

from viz.boot import pygame
from viz.tape import BATTLE, POLITICS
from viz.theme import Colour, Theme

INK: Colour = (20, 24, 29)


def event(
    surface: pygame.Surface,
    theme: Theme,
    group: str,
    centre: tuple[float, float],
    size: float,
    hollow: bool = False,
) -> None:
    """A yellow cross for a battle, a blue diamond for politics, a paper triangle for a movement.

    ``size`` in pixels.
    """
    x, y = centre
    r = size / 2
    if group == BATTLE:
        colour = theme.battle
        w = max(2, round(size * 0.2))
        for sign in (1, -1):
            pygame.draw.aaline(surface, colour, (x - r * 0.8, y - r * 0.8 * sign), (x + r * 0.8, y + r * 0.8 * sign), w)
        return
    if group == POLITICS:
        shape = [(x, y - r), (x + r, y), (x, y + r), (x - r, y)]
        colour = theme.politics
    else:
        shape = [(x - r * 0.7, y - r * 0.85), (x + r * 0.85, y), (x - r * 0.7, y + r * 0.85)]
        colour = theme.paper
    if not hollow:
        pygame.draw.polygon(surface, colour, shape)
    pygame.draw.aalines(surface, colour, True, shape)


def ring(
    surface: pygame.Surface, colour: Colour, centre: tuple[float, float], size: float, struck: bool = False
) -> None:
    """A hollow ring: history's event; struck through when it did not happen."""
    r = size / 2
    pygame.draw.aacircle(surface, colour, centre, r, max(2, round(size * 0.14)))
    if struck:
        x, y = centre
        pygame.draw.aaline(
            surface,
            colour,
            (x - r * 1.1, y + r * 1.1),
            (x + r * 1.1, y - r * 1.1),
            max(2, round(size * 0.14)),
        )


_BURSTS: dict[tuple[int, bool], pygame.Surface] = {}


def burst(size: int, now: bool, theme: Theme) -> pygame.Surface:
    """The mark of a battle: a yellow star of twelve rays with crossed strokes.

    And a ring while it is being fought.
    """
    key = (size, now)
    found = _BURSTS.get(key)
    if found is None:
        whole = pygame.Surface((size + 6, size + 6), pygame.SRCALPHA)
        c = (size + 6) / 2
        r = size / 2
        if now:
            pygame.draw.aacircle(whole, theme.battle, (c, c), r, max(2, round(size * 0.04)))
        shape: list[tuple[float, float]] = []
        for n in range(24):
            reach = r * (0.80 if n % 2 == 0 else 0.52)
            a = math.pi * n / 12
            shape.append((c + reach * math.sin(a), c - reach * math.cos(a)))
        pygame.draw.polygon(whole, theme.battle, shape)
        pygame.draw.aalines(whole, INK, True, shape)
        w = max(2, round(size * 0.07))
        d = r * 0.28
        for sign in (1, -1):
            pygame.draw.aaline(whole, INK, (c - d, c - d * sign), (c + d, c + d * sign), w)
        found = _BURSTS[key] = whole
    return found


def play(surface: pygame.Surface, theme: Theme, centre: tuple[int, int], radius: int, playing: bool) -> None:
    """The round button: a triangle when it would play, two bars when it would pause."""
    pygame.draw.aacircle(surface, theme.accent, centre, radius)
    x, y = centre
    r = radius * 0.42
    if playing:
        for side in (-1, 1):
            bar = pygame.Rect(0, 0, max(3, round(r * 0.55)), round(r * 1.9))
            bar.center = (round(x + side * r * 0.55), y)
            pygame.draw.rect(surface, INK, bar)
    else:
        shape = [(x - r * 0.7, y - r), (x + r * 1.05, y), (x - r * 0.7, y + r)]
        pygame.draw.polygon(surface, INK, shape)
        pygame.draw.aalines(surface, INK, True, shape)
