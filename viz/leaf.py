"""A card of text that is read and chosen from: lines, choices with their keys, rows of a table; it scrolls.

It knows nothing of what it says. Choices are walked through by arrows or Tab, taken by Enter, their key or a click.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from viz import lettering
from viz.boot import pygame
from viz.hud import blank
from viz.leaf_rows import Line, Rows, arrow

if TYPE_CHECKING:
    from viz.lettering import Lettering
    from viz.theme import Colour, Theme

#: Smallest height of a choice in pixels: what a finger or a shaking hand can hit.
TARGET = 44
#: Factors by which text is made smaller before a card scrolls; those below `LEAST` only where it stays large.
SCALES, LEAST, LARGE = (1.0, 0.95, 0.9, 0.86, 0.8, 0.75, 0.7, 0.65, 0.6), 0.86, 0.85


@dataclass(frozen=True, slots=True)
class _Put:
    """A line with the room that it takes on the sheet, in pixels."""

    line: Line
    rect: pygame.Rect


class Leaf:
    """Sets lines into a rectangle; ``spots`` are the choices as they lie on the screen."""

    def __init__(self, type_: Lettering) -> None:
        self.type = type_
        self.table = Rows(type_)
        self.lines: tuple[Line, ...] = ()
        self.at = -1
        self.scroll = 0
        self.rect = pygame.Rect(0, 0, 0, 0)
        self._key: tuple[object, ...] = ()
        self._puts: list[_Put] = []
        self._tall = 0
        self._edge = 0
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
        if not self.rect.collidepoint(pos) or self.cue(pos):
            return ""
        return next((name for name, rect in self.spots() if rect.collidepoint(pos)), "")

    def spots(self) -> list[tuple[str, pygame.Rect]]:
        """Names and places on the screen of the choices."""
        found = [(put.line.name, put.rect) for put in self._puts if put.line.name]
        return [(name, rect.move(self.rect.left, self.rect.top - self.scroll)) for name, rect in found]

    def cue(self, pos: tuple[int, int]) -> int:
        """Whether a pixel is on the edge that says that the text goes on: 1 below, -1 above, else 0."""
        if not self.rect.collidepoint(pos):
            return 0
        above, below = self._edges()
        if pos[1] >= self.rect.bottom - below:
            return 1
        return -1 if pos[1] < self.rect.top + above else 0

    def hidden(self, step: int) -> list[str]:
        """Keys of the choices that cannot be seen whole, below (1) or above (-1) the part that is shown."""
        above, below = self._edges()
        top, bottom = self.scroll + above, self.scroll + self.rect.height - below
        return [put.line.key for put in self._puts if put.line.name and put.line.key
                and (put.rect.bottom > bottom if step > 0 else put.rect.top < top)]  # fmt: skip

    def _edges(self) -> tuple[int, int]:
        """Heights of the edges that say that the text goes on: above and below, 0 where it does not."""
        left = self._tall - self.rect.height
        return (self._edge if self.scroll > 0 else 0), (self._edge if self.scroll < left else 0)

    def _show_chosen(self) -> None:
        places = [put.rect for put in self._puts if put.line.name]
        if 0 <= self.at < len(places):
            rect, edge = places[self.at], self._edge
            if rect.top < self.scroll + edge:
                self.scroll = max(0, rect.top - 12 - edge) if self.at else 0
            elif rect.bottom > self.scroll + self.rect.height - edge:
                self.scroll = min(rect.bottom - self.rect.height + 12 + edge, self._tall - self.rect.height)

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
        self._edge = round(46 * k * self._scale)
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

    def _inset(self, line: Line, k: float) -> float:
        """Where the text of a line begins: behind its key, which may be a word."""
        if not line.name or not line.key:
            return 28 * k if line.name else 0.0
        return max(64 * k, self.type.width(lettering.BOLD, self._key_size(line.key) * k, line.key) + 32 * k)

    @staticmethod
    def _key_size(key: str) -> float:
        return 24.0 if len(key) < 3 else 20.0

    def _height(self, line: Line, room: float, k: float) -> int:
        if line.cells:
            return self.table.height(line, room, k)
        text = len(self._rows(line, room, k)) * line.size * 1.3 * k + len(self._more(line, room, k)) * 29 * k
        return max(TARGET, round(text + 18 * k)) if line.name else round(text)

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
            for step, height in zip((-1, 1), self._edges(), strict=True):
                self._goes_on(card, step, height, theme, scaled)
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
        pygame.draw.rect(surface, theme.accent, knob, border_radius=3)

    def _goes_on(self, card: pygame.Surface, step: int, height: int, theme: Theme, k: float) -> None:
        """An edge with an arrow, and the keys of the choices that lie behind it."""
        if not height:
            return
        wide = card.get_width() - max(4, round(7 * k)) - 8
        band = pygame.Rect(0, card.get_height() - height if step > 0 else 0, wide, height)
        corner = max(3, round(10 * k / self._scale))
        pygame.draw.rect(card, theme.panel, band, border_radius=corner)
        pygame.draw.rect(card, theme.muted, card.get_rect(), 1, border_radius=corner)
        rule = band.top if step > 0 else band.bottom - 1
        pygame.draw.line(card, theme.accent, (band.left + 6, rule), (band.right, rule), max(2, round(2 * k)))
        keys = self.type.line(lettering.BOLD, 24 * k, "   ".join(self.hidden(step)), theme.accent)
        gap = round(18 * k)
        x = band.centerx - (keys.get_width() + gap) / 2
        y = band.centery
        arrow(card, (x, y), -step, theme.accent, k)
        card.blit(keys, keys.get_rect(midleft=(round(x + gap), y)))

    def _paint(self, sheet: pygame.Surface, put: _Put, theme: Theme, k: float, focused: bool) -> None:
        line, rect = put.line, put.rect
        if line.cells:
            self.table.draw(sheet, line, rect, theme, k)
            return
        y, left = float(rect.top), rect.left + self._inset(line, k)
        if line.name:
            radius = round(9 * k)
            pygame.draw.rect(sheet, theme.raised, rect, border_radius=radius)
            edge = theme.accent if focused else theme.track
            pygame.draw.rect(sheet, edge, rect, max(3, round(3 * k)) if focused else 1, border_radius=radius)
            if line.key:
                self._badge(sheet, line, rect, theme, k)
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
            self.table.tag(sheet, line.tag, (edge_right, round(top + line.size * 0.65 * k)), theme, k)

    def _badge(self, sheet: pygame.Surface, line: Line, rect: pygame.Rect, theme: Theme, k: float) -> None:
        mark = self.type.line(lettering.BOLD, self._key_size(line.key) * k, line.key, theme.accent)
        sheet.blit(mark, mark.get_rect(center=(rect.left + round((self._inset(line, k) + 2 * k) / 2), rect.centery)))
