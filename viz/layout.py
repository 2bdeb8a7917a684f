"""Where everything stands on the screen: one table of rectangles from the size of the surface.

The virtual picture is 1,080 units high; ``k`` is pixels a unit.  The width is free.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from viz.boot import pygame

#: Below this many pixels there is room for a message only.
LEAST_WIDTH, LEAST_HEIGHT = 480, 320
#: A cell of the outcome strip: its height and the least width at which six stand in a row, in virtual units.
CELL_HEIGHT, CELL_WIDTH = 160, 215
#: Height of a cell without its bar.
COMPACT_HEIGHT = 100


@dataclass(frozen=True)
class Layout:
    """Rectangles in pixels of the parts of one screen."""

    width: int
    height: int
    k: float
    panel_open: bool
    side_open: bool = False
    strip_open: bool = False

    def u(self, units: float) -> int:
        """Virtual units in whole pixels."""
        return round(units * self.k)

    @property
    def too_small(self) -> bool:
        """Whether the window has no room for the scene."""
        return self.width < LEAST_WIDTH or self.height < LEAST_HEIGHT

    @cached_property
    def timeline(self) -> pygame.Rect:
        """The strip along the bottom."""
        h = self.u(120)
        return pygame.Rect(0, self.height - h, self.width, h)

    @cached_property
    def panel(self) -> pygame.Rect:
        """The what-if panel on the right (no width when closed)."""
        w = min(self.u(440), self.width // 2) if self.panel_open else 0
        return pygame.Rect(self.width - w, 0, w, self.height - self.timeline.height)

    @cached_property
    def strip(self) -> pygame.Rect:
        """The outcome strip between map and timeline, left of the panel (no height when closed)."""
        width = self.width - self.panel.width
        cell = COMPACT_HEIGHT if self.compact else CELL_HEIGHT
        height = self.u(cell) * self._strip_rows if self.strip_open else 0
        return pygame.Rect(0, self.height - self.timeline.height - height, width, height)

    @property
    def compact(self) -> bool:
        """Whether the strip's cells leave out their bars: where two whole rows would take too much of the map."""
        return self.u(CELL_HEIGHT) * self._strip_rows > self.height * 0.28

    @property
    def _strip_rows(self) -> int:
        """One row of cells where they are wide enough to be read, else two."""
        return 1 if (self.width - self.panel.width) / 6 >= self.u(CELL_WIDTH) else 2

    def cells(self, count: int) -> list[pygame.Rect]:
        """The strip's cells, for so many outcomes."""
        rows = self._strip_rows
        a_row = -(-count // rows)
        height = self.strip.height // rows
        found: list[pygame.Rect] = []
        for n in range(count):
            row, column = divmod(n, a_row)
            left = self.strip.width * column // a_row
            right = self.strip.width * (column + 1) // a_row
            found.append(pygame.Rect(left, self.strip.top + row * height, right - left, height))
        return found

    @cached_property
    def map(self) -> pygame.Rect:
        """The map: everything above the timeline and the strip.

        It runs on under the panel's edge only when that is closed.
        """
        below = self.timeline.height + self.strip.height
        return pygame.Rect(0, 0, self.width - self.panel.width, self.height - below)

    @cached_property
    def date(self) -> pygame.Rect:
        """The card with the date, top left."""
        m = self.u(24)
        return pygame.Rect(m, m, min(self.u(470), self.map.width // 2 - m), self.u(118))

    @cached_property
    def balance(self) -> pygame.Rect:
        """The card with the two camps' strengths, top right."""
        m = self.u(24)
        w = min(self.u(390), self.map.width // 2 - 2 * m)
        return pygame.Rect(self.map.right - m - w, m, w, self.u(118))

    @cached_property
    def legend(self) -> pygame.Rect:
        """The legend under the date card."""
        date = self.date
        return pygame.Rect(date.left, date.bottom + self.u(14), min(self.u(400), date.width), self.u(430))

    @cached_property
    def caption(self) -> pygame.Rect:
        """The widest place a caption may take: bottom centre."""
        room = self.map.inflate(-2 * self.u(110), 0)
        h = self.u(112)
        return pygame.Rect(room.left, self.map.bottom - self.u(22) - h, room.width, h)

    @cached_property
    def inspector(self) -> pygame.Rect:
        """The card of a thing clicked at, under the balance card."""
        balance = self.balance
        w = min(self.u(540), self.map.width - 2 * self.u(24))
        top = balance.bottom + self.u(14)
        return pygame.Rect(self.map.right - self.u(24) - w, top, w, self.map.bottom - top - self.u(100))

    @cached_property
    def safe(self) -> pygame.Rect:
        """The part of the map that no card covers: where the director keeps the action."""
        m = self.map
        right = self.inspector.left if self.side_open else m.right - self.u(60)
        top, bottom = self.date.bottom + self.u(10), m.bottom - self.u(150)
        return pygame.Rect(m.left + self.u(60), top, max(right - m.left - self.u(60), 50), max(bottom - top, 50))


@lru_cache(maxsize=32)
def make_layout(
    size: tuple[int, int], factor: float, panel_open: bool, side_open: bool = False, strip_open: bool = False
) -> Layout:
    """The layout for a surface of this size in pixels and a text factor (1 = as designed)."""
    width, height = size
    k = min(height / 1080, width / 1440) * factor
    return Layout(width, height, k, panel_open, side_open, strip_open)
