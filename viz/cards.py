"""The counterfactuals as cards, each with its question: one click, and the war on the map changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz import lettering
from viz.boot import pygame
from viz.words import say

if TYPE_CHECKING:
    from viz.lettering import Lettering
    from viz.theme import Theme
    from viz.whatif import Card

Place = tuple["Card | None", str, pygame.Rect]


class Deck:
    """Lays the cards out and draws them; rectangles are relative to the top of the list."""

    def __init__(self, type_: Lettering) -> None:
        self.type = type_
        self._key: tuple[object, ...] = ()
        self._places: list[Place] = []
        self._faces: dict[tuple[object, ...], pygame.Surface] = {}
        self.height = 0

    def lay_out(self, cards: tuple[Card, ...], own: tuple[Card, ...], width: int, k: float, language: int) -> None:
        """Places of all cards and headings for a width in pixels."""
        key = (cards, own, width, round(k, 4), language)
        if key == self._key:
            return
        self._key, self._places = key, []
        self._faces.clear()
        pad, y = round(16 * k), 0
        intro = say("no-card", language)
        rows = self.type.wrap(lettering.SANS, 19 * k, intro, width - 2 * pad)
        self._places.append((None, intro, pygame.Rect(0, y, width, round((len(rows) * 25 + 10) * k))))
        y = self._places[-1][2].bottom
        for part in (cards, own):
            if part is own and own:
                self._places.append((None, say("own-files", language), pygame.Rect(0, y, width, round(40 * k))))
                y += round(40 * k)
            for card in part:
                lines = self._lines(card, width, k, language)
                tall = max(44, round((42 + 25 * len(lines)) * k))
                self._places.append((card, "", pygame.Rect(pad, y, width - 2 * pad, tall)))
                y += tall + round(8 * k)
        self.height = y

    def spots(self) -> list[tuple[str, pygame.Rect]]:
        """Names (`card:<id>`) and places of the cards, from the top of the list."""
        return [(f"card:{card.id}", rect) for card, _, rect in self._places if card is not None]

    def card(self, name: str) -> Card | None:
        """The card of a spot's name."""
        return next((card for card, _, _ in self._places if card is not None and f"card:{card.id}" == name), None)

    def draw(
        self, surface: pygame.Surface, body: pygame.Rect, scroll: int, chosen: str, language: int, theme: Theme,
        k: float,
    ) -> None:  # fmt: skip
        """The cards that the body shows, moved up by ``scroll`` pixels; the chosen one is marked by frame and bar."""
        for card, text, rect in self._places:
            place = rect.move(body.left, body.top - scroll)
            if place.bottom < body.top or place.top > body.bottom:
                continue
            if card is None:
                rows = self.type.wrap(lettering.SANS, 19 * k, text, rect.width - round(40 * k))
                for n, row in enumerate(rows):
                    line = self.type.line(lettering.SANS, 19 * k, row, theme.muted)
                    surface.blit(line, (place.left + round(24 * k), place.top + round((4 + 25 * n) * k)))
                continue
            on = card.id == chosen
            key = (card.id, on, theme.name, rect.size, language)
            if key not in self._faces:
                self._faces[key] = self._face(card, on, rect.size, language, theme, k)
            surface.blit(self._faces[key], place)

    def _lines(self, card: Card, width: int, k: float, language: int) -> list[str]:
        text = card.questions[language] or card.path.rpartition("/")[2]
        return self.type.wrap(lettering.SANS, 19 * k, text, width - 70 * k, 4)

    def _face(
        self, card: Card, on: bool, size: tuple[int, int], language: int, theme: Theme, k: float
    ) -> pygame.Surface:
        face = pygame.Surface(size, 0, 32)
        face.fill(theme.panel)
        box, radius = face.get_rect(), round(8 * k)
        pygame.draw.rect(face, theme.raised, box, border_radius=radius)
        line = max(2, round(3 * k)) if on else 1
        pygame.draw.rect(face, theme.accent if on else theme.track, box, line, border_radius=radius)
        if on:
            bar = pygame.Rect(0, 0, max(5, round(9 * k)), size[1])
            pygame.draw.rect(face, theme.accent, bar, border_top_left_radius=radius, border_bottom_left_radius=radius)
        left, room = round(20 * k), size[0] - round(32 * k)
        points = 22.0
        while self.type.width(lettering.SEMIBOLD, points * k, card.names[language]) > room and points > 17:
            points -= 0.5
        title = self.type.shorten(lettering.SEMIBOLD, points * k, card.names[language], room)
        face.blit(self.type.line(lettering.SEMIBOLD, points * k, title, theme.text), (left, round(7 * k)))
        for n, row in enumerate(self._lines(card, size[0] + round(32 * k), k, language)):
            text = self.type.line(lettering.SANS, 19 * k, row, theme.text if on else theme.muted)
            face.blit(text, (left, round((36 + 25 * n) * k)))
        return face
