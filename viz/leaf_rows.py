"""Lines of a card and rows of its tables: what they hold, how high they are, how cells are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from viz import lettering
from viz.boot import pygame

if TYPE_CHECKING:
    from viz.lettering import Lettering
    from viz.theme import Colour, Theme

#: Share of a table's width that its labels take.
LABEL = 0.3
#: Heights of a table's row with the smaller text beside the figure, and below it; least size of that text.
FLAT, TALL, SMALL = 56.0, 70.0, 18.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its text, a smaller one below, and a bar low..high with a mark at value, on 0 to 1.

    ``trend``: an arrow beside the text, 1 up or -1 down; what is told by colour is told by shape, too.
    """

    text: str
    below: str = ""
    value: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    tone: str = "text"
    tag: str = ""
    trend: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a card, a choice (then ``name`` says which), or the row of a table.

    ``size`` in virtual units; ``tone`` a colour of the theme; ``key`` what takes it; ``more`` a text below;
    ``right`` one at the right edge, ``tag`` one in a frame.
    """

    text: str
    size: float = 25.0
    face: str = lettering.SANS
    tone: str = "text"
    name: str = ""
    key: str = ""
    more: str = ""
    right: str = ""
    tag: str = ""
    indent: int = 0
    gap: float = 8.0
    cells: tuple[Cell, ...] = ()
    head: bool = False


class Rows:
    """Measures and draws the rows of a table."""

    def __init__(self, type_: Lettering) -> None:
        self.type = type_

    def _columns(self, line: Line, room: float) -> tuple[float, float]:
        label = room * LABEL
        return label, (room - label) / max(1, len(line.cells))

    def height(self, line: Line, room: float, k: float) -> int:
        label, wide = self._columns(line, room)
        rows = len(self.type.wrap(line.face, line.size * k, line.text, label - 14 * k)) if line.text else 0
        if line.head:
            most = max(len(self._head_rows(cell, wide, k)) for cell in line.cells)
            return round(max(rows * line.size * 1.3, most * 28 + (32 if any(c.tag for c in line.cells) else 0)) * k)
        beside = all(self._beside(cell, wide, k) for cell in line.cells)
        return round(max(rows * line.size * 1.25, FLAT if beside else TALL) * k)

    def _beside(self, cell: Cell, wide: float, k: float) -> bool:
        """Whether the smaller text of a cell stands beside the other one, and not below it."""
        return self.type.width(lettering.SANS, SMALL * k, cell.below) <= wide - 30 * k - self._taken(cell, k)

    def _taken(self, cell: Cell, k: float) -> float:
        arrow = 24 * k if cell.trend else 0.0
        return self.type.width(lettering.BOLD, 26 * k, cell.text) + arrow + 8 * k

    def _head_rows(self, cell: Cell, wide: float, k: float) -> list[str]:
        return self.type.wrap(lettering.SEMIBOLD, 22 * k, cell.text, wide - 18 * k, 4)

    def tag(
        self, sheet: pygame.Surface, text: str, right: tuple[int, int], theme: Theme, k: float, room: float = 1e9
    ) -> None:
        size = 20 * k
        while self.type.width(lettering.SEMIBOLD, size, text) > room - 16 * k and size > 9:
            size -= 0.5
        word = self.type.line(lettering.SEMIBOLD, size, text, theme.accent)
        frame = word.get_rect(midright=(right[0] - round(8 * k), right[1])).inflate(round(16 * k), round(4 * k))
        pygame.draw.rect(sheet, theme.accent, frame, max(1, round(2 * k)), border_radius=round(6 * k))
        sheet.blit(word, word.get_rect(center=frame.center))

    def draw(self, sheet: pygame.Surface, line: Line, rect: pygame.Rect, theme: Theme, k: float) -> None:
        label, wide = self._columns(line, rect.width)
        rule = rect.bottom + round(line.gap * k / 2)
        pygame.draw.line(sheet, theme.raised, (rect.left, rule), (rect.right, rule), max(1, round(2 * k)))
        rows = self.type.wrap(line.face, line.size * k, line.text, label - 14 * k) if line.text else []
        tall = line.size * 1.25 * k
        y = rect.centery - len(rows) * tall / 2
        for row in rows:
            sheet.blit(self.type.line(line.face, line.size * k, row, getattr(theme, line.tone)), (rect.left, round(y)))
            y += tall
        for number, cell in enumerate(line.cells):
            box = pygame.Rect(round(rect.left + label + number * wide), rect.top, round(wide), rect.height)
            if line.head:
                self._head(sheet, cell, box, theme, k)
            else:
                self._cell(sheet, cell, box, theme, k)

    def _head(self, sheet: pygame.Surface, cell: Cell, box: pygame.Rect, theme: Theme, k: float) -> None:
        y = box.top
        for row in self._head_rows(cell, box.width, k):
            sheet.blit(self.type.line(lettering.SEMIBOLD, 22 * k, row, getattr(theme, cell.tone)), (box.left, y))
            y += round(28 * k)
        if cell.tag:
            width = self.type.width(lettering.SEMIBOLD, 20 * k, cell.tag) + round(17 * k)
            room = box.width - 10 * k
            right = box.left + round(min(float(width), room)) + 1
            self.tag(sheet, cell.tag, (right, y + round(16 * k)), theme, k, room)

    def _cell(self, sheet: pygame.Surface, cell: Cell, box: pygame.Rect, theme: Theme, k: float) -> None:
        colour: Colour = getattr(theme, cell.tone)
        text = self.type.line(lettering.BOLD, 26 * k, cell.text, colour)
        if isnan(cell.value):
            sheet.blit(text, text.get_rect(midleft=box.midleft))
            return
        flat = box.height < TALL * k - 1
        top = box.centery - round((FLAT if flat else TALL) * k / 2)
        sheet.blit(text, (box.left, top))
        room = box.width - 30 * k
        if cell.trend:
            arrow(sheet, (box.left + text.get_width() + 14 * k, top + text.get_height() / 2), cell.trend, colour, k)
        if cell.below:
            size, beside = 20 * k, self._taken(cell, k)
            free = room - beside if flat else room
            while self.type.width(lettering.SANS, size, cell.below) > free and size > SMALL * k:
                size -= 0.5
            below = self.type.line(lettering.SANS, size, cell.below, theme.muted)
            place = (box.left + beside, top + round(7 * k)) if flat else (box.left, top + round(32 * k))
            sheet.blit(below, (round(place[0]), place[1]))
        track = pygame.Rect(box.left, top + round((44 if flat else 58) * k), round(room), max(3, round(6 * k)))
        pygame.draw.rect(sheet, theme.track, track, border_radius=3)
        low, high = (0.0 if isnan(x) else min(max(x, 0.0), 1.0) for x in (cell.low, cell.high))
        span = pygame.Rect(track.left + round(track.width * low), track.top, 0, track.height)
        span.width = max(3, round(track.width * (high - low)))
        pygame.draw.rect(sheet, colour, span, border_radius=3)
        x = track.left + round(track.width * min(max(cell.value, 0.0), 1.0))
        pygame.draw.aacircle(sheet, colour, (x, track.centery), 7 * k)


def arrow(sheet: pygame.Surface, middle: tuple[float, float], step: int, colour: Colour, k: float) -> None:
    """An arrow head that points up (1) or down (-1)."""
    (x, y), half = middle, 8 * k
    tip, foot = y - step * half, y + step * half * 0.8
    pygame.draw.polygon(sheet, colour, [(x, tip), (x - half, foot), (x + half, foot)])
