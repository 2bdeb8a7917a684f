"""Two thin widgets: a slider and a button.

They hold a rectangle and a value; the panel draws and moves them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from viz import lettering
from viz.boot import pygame
from viz.whatif import FACTOR, written

if TYPE_CHECKING:
    from viz.lettering import Lettering
    from viz.theme import Theme

STEPS = 35


@dataclass(slots=True)
class Slider:
    """A number between ``low`` and ``high``; ``home`` is history's value, marked by a tick."""

    name: str
    rect: pygame.Rect
    low: float
    high: float
    home: float
    value: float
    whole: bool = False
    unit: str = FACTOR
    by: float = 0.0

    def track(self, k: float) -> pygame.Rect:
        """The line along which the knob runs."""
        h = max(4, round(6 * k))
        pad = round(12 * k)
        return pygame.Rect(self.rect.left + pad, self.rect.bottom - round(12 * k), self.rect.width - 2 * pad, h)

    def at(self, px: float, k: float) -> float:
        """The value under a pixel, in steps, drawn to history's value when near it."""
        track = self.track(k)
        part = min(max((px - track.left) / max(track.width, 1), 0.0), 1.0)
        value = self.low + (self.high - self.low) * part
        value = float(round(value)) if self.whole else round(value / self.step) * self.step
        value = min(max(round(value, 9), self.low), self.high)
        return self.home if abs(value - self.home) < self.step * 0.6 else value

    @property
    def step(self) -> float:
        """What one press of an arrow key changes."""
        return self.by or (1.0 if self.whole else (self.high - self.low) / STEPS)

    def x(self, value: float, k: float) -> int:
        """Pixel across of a value."""
        track = self.track(k)
        return round(track.left + track.width * (value - self.low) / (self.high - self.low))

    def nudge(self, steps: int) -> float:
        """The value a few steps on, inside the range."""
        return min(max(round(self.value + steps * self.step, 9), self.low), self.high)

    def draw(
        self, surface: pygame.Surface, type_: Lettering, theme: Theme, k: float, label: str, days: str = "d"
    ) -> None:
        """Label left, value with its unit right, track below with a tick at history's value; accent when changed."""
        changed = abs(self.value - self.home) > 1e-9
        shown = written(self.value, self.unit, days)
        right = type_.line(lettering.SEMIBOLD, 21 * k, shown, theme.accent if changed else theme.text)
        room = self.rect.width - right.get_width() - 30 * k
        size = 21.0
        while type_.width(lettering.SANS, size * k, label) > room and size > 15:
            size -= 0.5
        left = type_.line(lettering.SANS, size * k, label, theme.text)
        track = self.track(k)
        y = self.rect.top  # above the knob, which is higher than its track
        surface.blit(left, (self.rect.left + round(12 * k), y))
        surface.blit(right, (self.rect.right - right.get_width() - round(12 * k), y))
        pygame.draw.rect(surface, theme.track, track, border_radius=3)
        home, now = self.x(self.home, k), self.x(self.value, k)
        span = pygame.Rect(min(home, now), track.top, abs(now - home), track.height)
        pygame.draw.rect(surface, theme.accent, span)
        pygame.draw.line(surface, theme.muted, (home, track.top - round(5 * k)), (home, track.bottom + round(5 * k)), 2)
        pygame.draw.aacircle(surface, theme.accent if changed else theme.text, (now, track.centery), 8.5 * k)


@dataclass(slots=True)
class Button:
    """A word on a plate; ``strong`` ones are in the accent colour, ``on`` marks a switch that is thrown."""

    name: str
    rect: pygame.Rect
    strong: bool = False
    on: bool = False

    def draw(self, surface: pygame.Surface, type_: Lettering, theme: Theme, k: float, label: str) -> None:
        """Draw plate and word."""
        radius = round(8 * k)
        if self.strong or self.on:
            pygame.draw.rect(surface, theme.accent, self.rect, border_radius=radius)
            ink = theme.panel
        else:
            pygame.draw.rect(surface, theme.raised, self.rect, border_radius=radius)
            pygame.draw.rect(surface, theme.muted, self.rect, max(1, round(2 * k)), border_radius=radius)
            ink = theme.text
        size = 24.0
        while type_.width(lettering.SEMIBOLD, size * k, label) > self.rect.width - 10 * k and size > 14:
            size -= 0.5
        line = type_.line(lettering.SEMIBOLD, size * k, label, ink)
        surface.blit(line, line.get_rect(center=self.rect.center))
