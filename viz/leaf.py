"""A card of text that is read and chosen from: lines, choices with their keys, rows of a table; it scrolls.

It knows nothing of what it says. Choices are walked through by arrows or Tab, taken by Enter, their key or a click.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from viz import lettering
from viz.boot import pygame
from viz.hud import blank

if TYPE_CHECKING:
    from viz.lettering import Lettering
    from viz.theme import Colour, Theme

#: Smallest height of a choice in pixels: what a finger or a shaking hand can hit.
TARGET = 44
#: Factors by which text is made smaller before a card scrolls; those below `LEAST` only where it stays large.
SCALES, LEAST, LARGE = (1.0, 0.95, 0.9, 0.86, 0.8, 0.75, 0.7, 0.65, 0.6), 0.86, 0.95
LABEL = 0.3


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its text, a smaller one below, and a bar low..high with a mark at value, on 0 to 1."""

    text: str
    below: str = ""
    value: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    tone: str = "text"
    tag: str = ""


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


@dataclass(frozen=True, slots=True)
class _Put:
    """A line with the room that it takes on the sheet, in pixels."""

    line: Line
    rect: pygame.Rect


class Leaf:
    """Sets lines into a rectangle; ``spots`` are the choices as they lie on the screen."""

    def __init__(self, type_: Lettering) -> None:
        self.type = type_
        self.lines: tuple[Line, ...] = ()
        self.at = -1
        self.scroll = 0
        self.rect = pygame.Rect(0, 0, 0, 0)
        self._key: tuple[object, ...] = ()
        self._puts: list[_Put] = []
        self._tall = 0
        self._scale = 1.0
        self._sheet: pygame.Surface | None = None
        self._painted: tuple[object, ...] = ()
        self._plate: tuple[tuple[object, ...], pygame.Surface] | None = None
        self._whole: tuple[tuple[object, ...], pygame.Surface] | None = None

    # -- what it says --------------------------------------------------------------------------------

    def say(self, lines: tuple[Line, ...], fresh: bool = False) -> None:
        """Set the text; ``fresh``: from the top, nothing chosen yet."""
        if fresh:
            self.at, self.scroll = -1, 0
        self.lines = lines

    @property
    def choices(self) -> list[str]:
        """Names of the choices, from the top."""
        return [line.name for line in self.lines if line.name]

    @property
    def chosen(self) -> str:
        """The choice that has the focus, or nothing."""
        names = self.choices
        return names[self.at] if 0 <= self.at < len(names) else ""

    def by_key(self, key: str) -> str:
        """The choice that a key takes, or nothing."""
        return next((line.name for line in self.lines if line.name and line.key == key), "")

    def focus(self, name: str) -> None:
        """Put the focus on a choice."""
        names = self.choices
        self.at = names.index(name) if name in names else self.at

    def move(self, step: int) -> None:
        """The next choice or the last one; without choices the text moves."""
        names = self.choices
        if not names:
            self.turn(step * 60)
            return
        self.at = (self.at + step) % len(names) if self.at >= 0 else (0 if step > 0 else len(names) - 1)
        self._show_chosen()

    def turn(self, pixels: float) -> None:
        """Scroll."""
        self.scroll = max(0, min(self.scroll + round(pixels), self._tall - self.rect.height))

    def hit(self, pos: tuple[int, int]) -> str:
        """The choice under a pixel, or nothing."""
        if not self.rect.collidepoint(pos):
            return ""
        return next((name for name, rect in self.spots() if rect.collidepoint(pos)), "")

    def spots(self) -> list[tuple[str, pygame.Rect]]:
        """Names and places on the screen of the choices."""
        found = [(put.line.name, put.rect) for put in self._puts if put.line.name]
        return [(name, rect.move(self.rect.left, self.rect.top - self.scroll)) for name, rect in found]

    def _show_chosen(self) -> None:
        places = [put.rect for put in self._puts if put.line.name]
        if 0 <= self.at < len(places):
            rect = places[self.at]
            if rect.top < self.scroll:
                self.scroll = max(0, rect.top - 12) if self.at else 0
            elif rect.bottom > self.scroll + self.rect.height:
                self.scroll = rect.bottom - self.rect.height + 12

    # -- setting it ----------------------------------------------------------------------------------

    def lay_out(self, rect: pygame.Rect, k: float) -> int:
        """Set the lines for a rectangle; the height that they take, at most the rectangle's."""
        key = (self.lines, rect.size, round(k, 4))
        if key != self._key:
            self._key = key
            for scale in SCALES:
                if scale < LEAST and k * scale < LARGE:
                    break
                self._set(rect.width, k * scale)
                self._scale = scale
                if self._tall <= rect.height:
                    break
        height = min(rect.height, self._tall)
        self.rect = pygame.Rect(rect.left, rect.top, rect.width, height)
        self.scroll = max(0, min(self.scroll, self._tall - height))
        return height

    def _set(self, width: int, k: float) -> None:
        self._puts = []
        pad, y = round(24 * k), round(18 * k)
        for line in self.lines:
            left = pad + round(30 * k) * line.indent
            room = width - left - pad - round(8 * k)
            tall = self._height(line, room, k)
            self._puts.append(_Put(line, pygame.Rect(left, y, room, tall)))
            y += tall + round(line.gap * k)
        self._tall = y + round(10 * k)

    def _rows(self, line: Line, room: float, k: float) -> list[str]:
        inset = self._inset(line, k)
        right = self.type.width(lettering.SEMIBOLD, line.size * k, line.right) + 14 * k if line.right else 0
        tag = self.type.width(lettering.SEMIBOLD, 20 * k, line.tag) + 34 * k if line.tag else 0
        return self.type.wrap(
            line.face, line.size * k, line.text, max(40.0, room - inset - right - tag - (14 * k if line.name else 0))
        )

    def _more(self, line: Line, room: float, k: float) -> list[str]:
        return self._broken(line, room, k) if line.more else []

    def _broken(self, line: Line, room: float, k: float) -> list[str]:
        return self.type.wrap(lettering.SANS, 23 * k, line.more, room - self._inset(line, k) - 14 * k)

    @staticmethod
    def _inset(line: Line, k: float) -> float:
        return (64 if line.key else 28) * k if line.name else 0.0

    def _height(self, line: Line, room: float, k: float) -> int:
        if line.cells:
            return self._row_height(line, room, k)
        text = len(self._rows(line, room, k)) * line.size * 1.3 * k + len(self._more(line, room, k)) * 29 * k
        return max(TARGET, round(text + 18 * k)) if line.name else round(text)

    def _columns(self, line: Line, room: float) -> tuple[float, float]:
        label = room * LABEL
        return label, (room - label) / max(1, len(line.cells))

    def _row_height(self, line: Line, room: float, k: float) -> int:
        label, wide = self._columns(line, room)
        rows = len(self.type.wrap(line.face, line.size * k, line.text, label - 14 * k)) if line.text else 0
        if line.head:
            most = max(len(self._head_rows(cell, wide, k)) for cell in line.cells)
            return round(max(rows * line.size * 1.3, most * 28 + (32 if any(c.tag for c in line.cells) else 0)) * k)
        return round(max(rows * line.size * 1.25, 70.0) * k)

    def _head_rows(self, cell: Cell, wide: float, k: float) -> list[str]:
        return self.type.wrap(lettering.SEMIBOLD, 22 * k, cell.text, wide - 18 * k, 4)

    # -- drawing -------------------------------------------------------------------------------------

    def draw(self, surface: pygame.Surface, rect: pygame.Rect, theme: Theme, k: float) -> pygame.Rect:
        """Draw the card into a rectangle; the part of it that it takes."""
        self.lay_out(rect, k)
        scaled = k * self._scale
        key = (*self._key, theme.name, self.at)
        if self._sheet is None or self._painted != key:
            self._painted = key
            size = (rect.width, max(1, self._tall))
            self._sheet = pygame.Surface(size, pygame.SRCALPHA)
            number = -1
            for put in self._puts:
                number += 1 if put.line.name else 0
                self._paint(self._sheet, put, theme, scaled, bool(put.line.name) and number == self.at)
        plate = (self.rect.size, theme.name, round(k, 4))
        if self._plate is None or self._plate[0] != plate:
            card = blank(self.rect.size, theme, k)
            inner = card.get_rect().inflate(-2, -2)
            pygame.draw.rect(card, theme.panel, inner, border_radius=max(3, round(10 * k)))
            pygame.draw.rect(card, theme.muted, card.get_rect(), 1, border_radius=max(3, round(10 * k)))
            self._plate = (plate, card)
        whole = (key, plate, self.scroll)
        if self._whole is None or self._whole[0] != whole:
            card = self._plate[1].copy()
            card.blit(self._sheet, (0, 0), (0, self.scroll, self.rect.width, self.rect.height))
            self._bar(card, theme, k)
            self._whole = (whole, card)
        surface.blit(self._whole[1], self.rect)
        return self.rect

    def _bar(self, surface: pygame.Surface, theme: Theme, k: float) -> None:
        """How far the text is scrolled, when it does not fit."""
        if self._tall <= self.rect.height:
            return
        part = self.rect.height / self._tall
        wide = max(4, round(7 * k))
        rail = pygame.Rect(self.rect.width - wide - 4, 6, wide, self.rect.height - 12)
        pygame.draw.rect(surface, theme.raised, rail, border_radius=3)
        knob = pygame.Rect(rail.left, rail.top + round(self.scroll * part), wide, round(rail.height * part))
        pygame.draw.rect(surface, theme.muted, knob, border_radius=3)

    def _paint(self, sheet: pygame.Surface, put: _Put, theme: Theme, k: float, focused: bool) -> None:
        line, rect = put.line, put.rect
        if line.cells:
            self._row(sheet, line, rect, theme, k)
            return
        y, left = float(rect.top), rect.left + self._inset(line, k)
        if line.name:
            radius = round(9 * k)
            pygame.draw.rect(sheet, theme.raised, rect, border_radius=radius)
            edge = theme.accent if focused else theme.track
            pygame.draw.rect(sheet, edge, rect, max(3, round(3 * k)) if focused else 1, border_radius=radius)
            if line.key:
                self._badge(sheet, line.key, rect, theme, k)
            text = len(self._rows(line, rect.width, k)) * line.size * 1.3 * k
            text += len(self._more(line, rect.width, k)) * 29 * k
            y += (rect.height - text) / 2
        colour: Colour = getattr(theme, line.tone)
        top = y
        for row in self._rows(line, rect.width, k):
            sheet.blit(self.type.line(line.face, line.size * k, row, colour), (round(left), round(y)))
            y += line.size * 1.3 * k
        for row in self._more(line, rect.width, k):
            sheet.blit(self.type.line(lettering.SANS, 23 * k, row, theme.muted), (round(left), round(y)))
            y += 29 * k
        edge_right = rect.right - round(12 * k if line.name else 0)
        if line.right:
            told = self.type.line(lettering.SEMIBOLD, line.size * k, line.right, colour)
            sheet.blit(told, (edge_right - told.get_width(), round(top)))
        if line.tag:
            self._tag(sheet, line.tag, (edge_right, round(top + line.size * 0.65 * k)), theme, k)

    def _badge(self, sheet: pygame.Surface, key: str, rect: pygame.Rect, theme: Theme, k: float) -> None:
        size = 24 * k
        while self.type.width(lettering.BOLD, size, key) > 44 * k and size > 9:
            size -= 1
        mark = self.type.line(lettering.BOLD, size, key, theme.accent)
        sheet.blit(mark, mark.get_rect(center=(rect.left + round(33 * k), rect.centery)))

    def _tag(
        self, sheet: pygame.Surface, text: str, right: tuple[int, int], theme: Theme, k: float, room: float = 1e9
    ) -> None:
        size = 20 * k
        while self.type.width(lettering.SEMIBOLD, size, text) > room - 16 * k and size > 9:
            size -= 0.5
        word = self.type.line(lettering.SEMIBOLD, size, text, theme.accent)
        frame = word.get_rect(midright=(right[0] - round(8 * k), right[1])).inflate(round(16 * k), round(4 * k))
        pygame.draw.rect(sheet, theme.accent, frame, max(1, round(2 * k)), border_radius=round(6 * k))
        sheet.blit(word, word.get_rect(center=frame.center))

    def _row(self, sheet: pygame.Surface, line: Line, rect: pygame.Rect, theme: Theme, k: float) -> None:
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
            self._tag(sheet, cell.tag, (right, y + round(16 * k)), theme, k, room)

    def _cell(self, sheet: pygame.Surface, cell: Cell, box: pygame.Rect, theme: Theme, k: float) -> None:
        colour: Colour = getattr(theme, cell.tone)
        text = self.type.line(lettering.BOLD, 26 * k, cell.text, colour)
        if isnan(cell.value):
            sheet.blit(text, text.get_rect(midleft=box.midleft))
            return
        sheet.blit(text, (box.left, box.top))
        size = 20 * k
        room = box.width - 30 * k
        if cell.below:
            beside = text.get_width() + round(8 * k)
            while self.type.width(lettering.SANS, size, cell.below) > room - beside and size > 17 * k:
                size -= 0.5
            fits = self.type.width(lettering.SANS, size, cell.below) <= room - beside
            below = self.type.line(lettering.SANS, size, cell.below, theme.muted)
            place = (box.left + beside, box.top + round(7 * k)) if fits else (box.left, box.top + round(32 * k))
            sheet.blit(below, place)
        track = pygame.Rect(box.left, box.top + round(58 * k), round(room), max(3, round(6 * k)))
        pygame.draw.rect(sheet, theme.track, track, border_radius=3)
        low, high = (0.0 if isnan(x) else min(max(x, 0.0), 1.0) for x in (cell.low, cell.high))
        span = pygame.Rect(track.left + round(track.width * low), track.top, 0, track.height)
        span.width = max(3, round(track.width * (high - low)))
        pygame.draw.rect(sheet, colour, span, border_radius=3)
        x = track.left + round(track.width * min(max(cell.value, 0.0), 1.0))
        pygame.draw.aacircle(sheet, colour, (x, track.centery), 7 * k)
