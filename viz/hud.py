"""The cards over the map: date, balance of strength, legend, caption, message.

Each drawn once for what it says.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from viz import camps, carto, chips, icons, lettering
from viz.boot import pygame
from viz.lettering import rounded
from viz.tape import BATTLE, POLITICS, Event
from viz.theme import ALLIES, PEOPLES, RED, WHITE, mix
from viz.words import long_date, say, short_date

if TYPE_CHECKING:
    from viz.layout import Layout
    from viz.lettering import Lettering
    from viz.state import State
    from viz.tape import Names, Tape
    from viz.theme import Theme

_KEPT = 40
CARD_ALPHA = 243
LEGEND_ROWS = 14
#: Rows that explain the symbols of arms.
ARMS = {4: "cavalry", 5: "infantry", 12: "artillery", 13: "air"}


class Hud:
    """Draws the cards and keeps their pictures."""

    def __init__(self, type_: Lettering) -> None:
        self.type = type_
        #: the camps of the run that is shown
        self.camps: tuple[Names, Names] | None = None
        self._kept: OrderedDict[tuple[object, ...], pygame.Surface] = OrderedDict()
        self._set: tuple[tuple[object, ...], tuple[pygame.Rect, list[str], int]] | None = None

    def card(
        self,
        key: tuple[object, ...],
        size: tuple[int, int],
        theme: Theme,
        k: float,
        paint: Callable[[pygame.Surface], None],
    ) -> pygame.Surface:
        """The picture kept under a key, painted on a blank card when there is none yet."""
        whole = (*key, size, theme.name, round(k, 4))
        found = self._kept.get(whole)
        if found is None:
            found = blank(size, theme, k)
            paint(found)
            self._kept[whole] = found
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(whole)
        return found

    # -- the date ----------------------------------------------------------------------------------

    def date(self, surface: pygame.Surface, layout: Layout, state: State, tape: Tape, theme: Theme) -> None:
        """The day, its number, the hour when time runs slowly, and that this is a model run."""
        rect = layout.date
        k = layout.k
        day = tape.day(min(state.hour, tape.hours - 1))
        number = min(int(state.hour) // 24 + 1, tape.days)
        slow = not state.playing or state.days_per_second < 0.5
        clock = say("at-hour", state.language, n=int(state.hour) % 24) if slow else ""
        seed = say("model-run", state.language, seed=tape.certificate.get("seed", "0"))
        key = ("date", day, clock, state.language, seed)

        def paint(card: pygame.Surface) -> None:
            room = rect.width - 44 * k
            text = long_date(day, state.language)
            size = 54 * k
            while self.type.width(lettering.BOLD, size, text) > room and size > 20 * k:
                size -= 2 * k
            line = self.type.line(lettering.BOLD, size, text, theme.text)
            card.blit(line, line.get_rect(midleft=(round(22 * k), round(44 * k))))
            below = say("day-of", state.language, n=number, all=tape.days) + (f", {clock}" if clock else "")
            small = self.type.line(lettering.SANS, 24 * k, below, theme.muted)
            card.blit(small, small.get_rect(midleft=(round(22 * k), round(92 * k))))
            right = self.type.line(lettering.SANS, 21 * k, seed, theme.muted)
            place = right.get_rect(midright=(rect.width - round(18 * k), round(93 * k)))
            if place.left > round(22 * k) + small.get_width() + 12 * k:
                card.blit(right, place)

        surface.blit(self.card(key, rect.size, theme, k, paint), rect)

    # -- the balance -------------------------------------------------------------------------------

    def balance(
        self,
        surface: pygame.Surface,
        layout: Layout,
        state: State,
        tape: Tape,
        theme: Theme,
        known: list[int] | None = None,
    ) -> None:
        """Men in the field of both camps, allies in a second colour; in the fog as ``known``."""
        rect = layout.balance
        k = layout.k
        men = known or tape.strength[min(int(state.hour), tape.hours)].tolist()
        guessed = -1 if known is None else 1 - state.fog
        most = int(tape.strength[:, :2].sum(axis=1).max()) if not hasattr(self, "_most") else self._most
        self._most = most
        rows = (
            (tape.camps[0], men[RED], men[PEOPLES], RED, PEOPLES),
            (tape.camps[1], men[WHITE], men[ALLIES], WHITE, ALLIES),
        )
        key = ("balance", tape.camps, state.language, guessed, *[round(m, -1) for m in men], most)

        def paint(card: pygame.Surface) -> None:
            for n, (names, own, allied, kind, other) in enumerate(rows):
                y = round((28 + 54 * n) * k)
                total = self.type.line(
                    lettering.BOLD, 26 * k, ("~" if n == guessed else "") + rounded(own + allied), theme.text
                )
                room = rect.width - 3 * 18 * k - total.get_width()
                label = names[state.language]
                size = 23.0
                while self.type.width(lettering.SEMIBOLD, size * k, label) > room and size > 17:
                    size -= 1
                label = self.type.shorten(lettering.SEMIBOLD, size * k, label, room)
                text = self.type.line(lettering.SEMIBOLD, size * k, label, theme.text)
                card.blit(text, text.get_rect(midleft=(round(18 * k), y)))
                card.blit(total, total.get_rect(midright=(rect.width - round(18 * k), y)))
                track = pygame.Rect(round(18 * k), y + round(17 * k), rect.width - round(36 * k), round(10 * k))
                pygame.draw.rect(card, theme.track, track, border_radius=2)
                first = track.copy()
                first.width = round(track.width * own / max(most, 1))
                second = track.copy()
                second.left, second.width = first.right, round(track.width * allied / max(most, 1))
                pygame.draw.rect(card, theme.liveries[kind].fill, first, border_radius=2)
                bar = theme.liveries[other].stripe or theme.liveries[other].fill
                pygame.draw.rect(card, bar, second, border_radius=2)

        surface.blit(self.card(key, rect.size, theme, k, paint), rect)

    def forget(self, cards: bool = True) -> None:
        """Drop what depends on the run; the cards, which are kept by what they say, only when they speak of another."""
        if cards:
            self._kept.clear()
        if hasattr(self, "_most"):
            del self._most

    # -- the legend --------------------------------------------------------------------------------

    @staticmethod
    def legend_rect(layout: Layout) -> pygame.Rect:
        """The room the legend takes: as many of its rows as fit."""
        step, k = 39 * layout.k, layout.k
        rect = layout.legend.copy()
        room = layout.map.bottom - rect.top - layout.u(24) - 22 * k
        rect.height = round(step * max(4, min(LEGEND_ROWS, int(room // step))) + 22 * k)
        return rect

    def legend(self, surface: pygame.Surface, layout: Layout, state: State, theme: Theme) -> pygame.Rect:
        """What the colours and signs mean; returns the rectangle it takes."""
        k = layout.k
        step = 39 * k
        rect = self.legend_rect(layout)
        rows = round((rect.height - 22 * k) / step)
        worn = [n for n in range(4) if camps.livery(self.camps, n, state.language)]

        def paint(card: pygame.Surface) -> None:
            for row, n in enumerate([*worn, 4, 5, 12, 13, *range(6, 12)][:rows]):
                y = round(11 * k + step * (row + 0.5))
                box = pygame.Rect(round(20 * k), y - round(13 * k), round(42 * k), round(26 * k))
                word = self._legend_row(card, n, box, theme, k)
                room = rect.width - 98 * k
                said = camps.livery(self.camps, n, state.language) if n < 4 else say(word, state.language)
                text = self.type.shorten(lettering.SANS, 23 * k, said, room)
                line = self.type.line(lettering.SANS, 23 * k, text, theme.text)
                card.blit(line, line.get_rect(midleft=(round(80 * k), y)))

        surface.blit(self.card(("legend", self.camps, state.language), rect.size, theme, k, paint), rect)
        return rect

    def _legend_row(self, card: pygame.Surface, n: int, box: pygame.Rect, theme: Theme, k: float) -> str:
        if n < 4:
            livery = theme.liveries[n]
            pygame.draw.rect(card, livery.fill, box, border_radius=4)
            if livery.stripe:
                pygame.draw.rect(card, livery.stripe, (box.left, box.top, round(6 * k), box.height), border_radius=2)
            pygame.draw.rect(
                card,
                livery.outline if n > 1 else mix(livery.outline, theme.text, 0.25),
                box,
                2,
                border_radius=4,
            )
            return ""
        mid = [(float(box.left), float(box.centery)), (float(box.right), float(box.centery))]
        if n in ARMS:
            slim = box.inflate(-round(6 * k), 0)
            chips.draw_symbol(card, slim, ARMS[n], theme.liveries[RED], max(2, round(2.4 * k)))
            return f"legend-{ARMS[n]}"
        if n == 6:
            mark = icons.burst(round(36 * k), True, theme)
            card.blit(mark, mark.get_rect(center=box.center))
            return "legend-battle"
        if n == 11:
            x, y, r = box.centerx, box.centery, 12 * k
            shape = [(x + r * 1.4, y), (x - r * 0.5, y - r), (x - r * 0.5, y + r)]
            pygame.draw.polygon(card, theme.halo, shape)
            for a, b in zip(shape, [*shape[1:], shape[0]], strict=True):
                pygame.draw.aaline(card, theme.red, a, b, max(1, round(3 * k)))
            return "legend-retreat"
        if n == 7:
            carto.thick(card, theme.front_edge, mid, 6 * k)
            carto.thick(card, theme.front, mid, 3 * k)
            return "legend-front"
        if n == 8:
            carto.thick(card, theme.road, mid, 3 * k)
            for (x, y), (nx, ny) in carto.marks(mid, 15 * k):
                a, b = (x - nx * 6 * k, y - ny * 6 * k), (x + nx * 6 * k, y + ny * 6 * k)
                pygame.draw.aaline(card, theme.road, a, b, max(1, round(1.6 * k)))
            return "legend-wire"
        if n == 9:
            carto.thick(card, theme.rail, mid, 5 * k)
            for piece in carto.dashes(mid, 8 * k, 8 * k):
                carto.thick(card, theme.paper, piece, 2.4 * k)
            return "legend-rail"
        for piece in carto.dashes(mid, 13 * k, 6 * k):
            carto.thick(card, mix(theme.border, (255, 255, 255), 0.35), piece, 3 * k)
        return "legend-border"

    # -- the caption -------------------------------------------------------------------------------

    def caption(
        self, surface: pygame.Surface, layout: Layout, state: State, tape: Tape, theme: Theme, event: Event
    ) -> pygame.Rect:
        """One event in words: who, where, how many; returns the rectangle it takes."""
        k = layout.k
        size = 36 * k
        day = short_date(tape.day(event.hour), state.language)
        rect, lines, prefix = self._caption_lines(layout, state, tape, event)
        height = rect.height
        text = event.texts[state.language]
        colour = theme.battle if event.group == BATTLE else theme.politics if event.group == POLITICS else theme.paper

        def paint(card: pygame.Surface) -> None:
            bar = pygame.Rect(0, 0, max(4, round(10 * k)), height)
            pygame.draw.rect(
                card, colour, bar, border_top_left_radius=round(8 * k), border_bottom_left_radius=round(8 * k)
            )
            when = self.type.line(lettering.SANS, 26 * k, day, theme.muted)
            card.blit(when, when.get_rect(midleft=(round(28 * k), height // 2)))
            for n, row in enumerate(lines):
                line = self.type.line(lettering.SEMIBOLD, size, row, theme.text)
                y = height / 2 + (n - (len(lines) - 1) / 2) * 46 * k
                card.blit(line, line.get_rect(midleft=(round(28 * k) + prefix, round(y))))

        surface.blit(self.card(("caption", event.hour, text), rect.size, theme, k, paint), rect)
        return rect

    def caption_rect(self, layout: Layout, state: State, event: Event, tape: Tape | None) -> pygame.Rect:
        """The room a caption takes."""
        return self._caption_lines(layout, state, tape, event)[0] if tape is not None else layout.caption

    def _caption_lines(
        self, layout: Layout, state: State, tape: Tape, event: Event
    ) -> tuple[pygame.Rect, list[str], int]:
        """Rectangle and lines of a caption, and the width of the date before them."""
        key = (layout, state.language, event.hour, event.texts)
        if self._set is not None and self._set[0] == key:
            return self._set[1]
        k, room, text, size = layout.k, layout.caption, event.texts[state.language], 36 * layout.k
        day = short_date(tape.day(event.hour), state.language)
        prefix = self.type.width(lettering.SANS, 26 * k, day) + round(22 * k)
        around = round(56 * k) + prefix
        lines = self.type.wrap(lettering.SEMIBOLD, size, text, room.width - around, 2)
        if len(lines) > 1:
            # two lines of about the same length read better than a long and a short one
            half = self.type.width(lettering.SEMIBOLD, size, text) * 0.56
            even = self.type.wrap(lettering.SEMIBOLD, size, text, min(half, room.width - around), 3)
            lines = even if len(even) == 2 else lines
        width = max(self.type.width(lettering.SEMIBOLD, size, line) for line in lines) + around
        rect = pygame.Rect(0, 0, width, round((68 if len(lines) == 1 else 112) * k))
        rect.midbottom = room.midbottom
        self._set = (key, (rect, lines, prefix))
        return self._set[1]

    def banner_rect(self, layout: Layout, text: str, top: bool = True) -> tuple[pygame.Rect, list[str]]:
        """The room a short message takes, and its lines."""
        k = layout.k
        lines = self.type.wrap(lettering.SEMIBOLD, 30 * k, text, layout.map.width * 0.7, 4)
        width = max(self.type.width(lettering.SEMIBOLD, 30 * k, row) for row in lines) + round(60 * k)
        rect = pygame.Rect(0, 0, width, round((26 + 40 * len(lines)) * k))
        if top:
            rect.midtop = (layout.map.centerx, layout.date.bottom + layout.u(16))
        else:
            rect.center = layout.map.center
        return rect, lines

    def banner(self, surface: pygame.Surface, layout: Layout, theme: Theme, text: str, top: bool = True) -> pygame.Rect:
        """A short message in a card: at the top of the map, or in its middle."""
        k = layout.k
        rect, lines = self.banner_rect(layout, text, top)
        width = rect.width

        def paint(card: pygame.Surface) -> None:
            for n, row in enumerate(lines):
                line = self.type.line(lettering.SEMIBOLD, 30 * k, row, theme.text)
                card.blit(line, line.get_rect(center=(width // 2, round((13 + 20 + 40 * n) * k))))

        surface.blit(self.card(("banner", text), rect.size, theme, k, paint), rect)
        return rect

    @staticmethod
    def gauge(surface: pygame.Surface, layout: Layout, theme: Theme, card: pygame.Rect, part: float) -> None:
        """How far something that takes long has come (0 to 1): a bar below a card."""
        height = max(4, layout.u(10))
        track = pygame.Rect(card.left, card.bottom + layout.u(10), card.width, height)
        pygame.draw.rect(surface, theme.panel, track.inflate(4, 4), border_radius=height)
        pygame.draw.rect(surface, theme.track, track, border_radius=height)
        done = track.copy()
        done.width = max(height, round(track.width * min(max(part, 0.0), 1.0)))
        pygame.draw.rect(surface, theme.accent, done, border_radius=height)


def blank(size: tuple[int, int], theme: Theme, k: float) -> pygame.Surface:
    """An empty card: dark, nearly opaque, rounded, with a hair of light round it."""
    card = pygame.Surface(size, pygame.SRCALPHA)
    whole = card.get_rect()
    radius = max(3, round(10 * k))
    pygame.draw.rect(card, (*theme.panel, CARD_ALPHA), whole, border_radius=radius)
    pygame.draw.rect(card, (255, 255, 255, 26), whole, 1, border_radius=radius)
    return card
