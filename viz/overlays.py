"""What lies over everything for a while.

Help, list of events, tooltip, focus ring, and the note of a window too small.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz import knowledge, lettering, pointing
from viz.boot import pygame
from viz.hud import blank
from viz.layout import LEAST_HEIGHT, LEAST_WIDTH
from viz.words import say, short_date

if TYPE_CHECKING:
    from viz.layout import Layout
    from viz.lettering import Lettering
    from viz.scene import Scene
    from viz.state import State
    from viz.tape import Tape
    from viz.theme import Theme
    from viz.view import View

#: The help overlay: keys and the word that says what they do.
KEYS = (
    ("Space, K", "help-play"),
    ("Left, Right", "help-day"),
    ("Shift+Left, Right", "help-hour"),
    ("PgUp, PgDn", "help-event"),
    ("Home, End", "help-ends"),
    ("0 \u2026 9", "help-jump"),
    ("[ ], Backspace", "help-speed"),
    ("Shift+click, Esc", "help-loop"),
    ("+ \u2013", "help-zoom"),
    ("Z, F6", "help-whole"),
    ("D", "help-director"),
    ("F5, Esc", "help-lecture"),
    ("B, .", "help-black"),
    ("F11, F", "help-full"),
    ("Ctrl+Plus, Ctrl+Minus", "help-text"),
    ("T", "help-theme"),
    ("Y", "help-language"),
    ("L", "help-legend"),
    ("N", "help-names"),
    ("C", "help-captions"),
    ("G", "help-compare"),
    ("V", "help-fog"),
    ("P", "help-panel"),
    ("Tab, Left, Right", "help-focus"),
    ("U, Shift+U", "help-units"),
    ("E", "help-log"),
    ("R", "help-motion"),
    ("A", "help-pause"),
    ("S", "help-still"),
    ("Ctrl+Z", "help-undo"),
    ("Ctrl+Tab", "help-cards"),
    ("O", "help-strip"),
    ("W", "help-worlds"),
    ("M", "help-swarm"),
    ("Ctrl+S", "help-save"),
    ("J, Shift+J", "help-decide"),
    ("F2", "help-menu"),
    ("I", "help-order"),
    ("X", "help-why"),
    ("Tab, C", "help-game"),
    ("1 \u2026 7", "help-tasks"),
    ("H, F1", "help-help"),
    ("Ctrl+Q", "help-quit"),
)


class Overlays:
    """Draws them."""

    def __init__(self, type_: Lettering) -> None:
        self.type = type_
        self.help_card: tuple[tuple[object, ...], pygame.Surface] | None = None
        self._log: tuple[tuple[object, ...], pygame.Surface] | None = None
        self._said: tuple[tuple[object, ...], pygame.Surface] | None = None
        #: whether the last picture had something that may lie over panel and strip
        self.over = True

    def draw(self, surface: pygame.Surface, view: View, scene: Scene) -> None:
        """Whatever is asked for."""
        layout, state, tape, theme = view.layout, view.state, view.tape, view.theme
        self.over = state.help or state.focus >= 0
        if state.log:
            self._events(surface, layout, state, tape, theme)
        self._ring(surface, layout, state, theme, scene)
        if state.help:
            self._show_help(surface, layout, state, theme)
        elif state.pointer[0] >= 0:
            self._tip(surface, view, scene)

    def too_small(self, surface: pygame.Surface, state: State) -> None:
        """A window without room for the scene says so, and how large it should be."""
        surface.fill((20, 24, 29))
        width, height = surface.get_size()
        size = max(9.0, min(22.0, width / 17))
        lines = self.type.wrap(lettering.SEMIBOLD, size, say("too-small", state.language), width - 12)
        lines.append(f"{LEAST_WIDTH} \u00d7 {LEAST_HEIGHT}")
        for n, text in enumerate(lines):
            line = self.type.line(lettering.SEMIBOLD, size, text, (242, 239, 230))
            y = height / 2 + (n - (len(lines) - 1) / 2) * size * 1.4
            surface.blit(line, line.get_rect(center=(width // 2, round(y))))

    def _show_help(self, surface: pygame.Surface, layout: Layout, state: State, theme: Theme) -> None:
        key = (layout, state.language, theme.name)
        if self.help_card is None or self.help_card[0] != key:
            self.help_card = (key, self._make_help(layout, state, theme))
        card = self.help_card[1]
        surface.fill((64, 64, 64), layout.map, pygame.BLEND_RGB_MULT)  # the map steps back
        surface.blit(card, card.get_rect(center=layout.map.center))

    def _make_help(self, layout: Layout, state: State, theme: Theme) -> pygame.Surface:
        k = layout.k
        room = layout.map.inflate(-layout.u(40), -layout.u(24))
        half = (len(KEYS) + 1) // 2
        size = 24 * k
        while True:
            step = size * 1.62
            keys = max(self.type.width(lettering.SEMIBOLD, size, key) for key, _ in KEYS)
            words = max(self.type.width(lettering.SANS, size, say(word, state.language)) for _, word in KEYS)
            column = keys + words + size * 2.4
            width, height = round(2 * column + size), round(step * half + size * 3.4)
            if (width <= room.width and height <= room.height) or size <= 8:
                break
            size -= 0.5
        card = blank((min(width, room.width), min(height, room.height)), theme, k)
        title = self.type.line(lettering.BOLD, size * 1.3, say("help-title", state.language), theme.text)
        card.blit(title, (round(size), round(size * 0.6)))
        for n, (key, word) in enumerate(KEYS):
            x = size + (n // half) * column
            y = round(size * 2.9 + (n % half) * step)
            left = self.type.line(lettering.SEMIBOLD, size, key, theme.accent)
            right = self.type.line(lettering.SANS, size, say(word, state.language), theme.text)
            card.blit(left, (round(x), y))
            card.blit(right, (round(x + keys + size), y))
        return card

    @staticmethod
    def log_rect(layout: Layout) -> pygame.Rect:
        """The room the list of events takes."""
        top = layout.date.bottom + layout.u(14)
        width = min(layout.u(620), layout.map.width - layout.u(48))
        return pygame.Rect(layout.date.left, top, width, layout.map.bottom - top - layout.u(24))

    def _events(self, surface: pygame.Surface, layout: Layout, state: State, tape: Tape, theme: Theme) -> None:
        """The last events before now, newest at the bottom: the text log on the screen."""
        k = layout.k
        rect = self.log_rect(layout)
        size = 21 * k
        rows = [e for e in knowledge.events(tape, state.fog) if e.hour <= state.hour and e.weight >= 1][-40:]
        key = (layout, state.language, theme.name, len(rows), rows[-1].hour if rows else -1, tape.digest, state.fog)
        if self._log is None or self._log[0] != key:
            card = blank(rect.size, theme, k)
            y = rect.height - round(14 * k)
            for event in reversed(rows):
                text = f"{short_date(tape.day(event.hour), state.language)}  {event.texts[state.language]}"
                lines = self.type.wrap(lettering.SANS, size, text, rect.width - 32 * k, 3)
                y -= round(len(lines) * size * 1.32 + 4 * k)
                if y < 50 * k:
                    break
                for n, line in enumerate(lines):
                    card.blit(
                        self.type.line(lettering.SANS, size, line, theme.text if event.weight > 1 else theme.muted),
                        (round(16 * k), round(y + n * size * 1.32)),
                    )
            card.blit(
                self.type.line(lettering.BOLD, 26 * k, say("events", state.language), theme.text),
                (round(16 * k), round(10 * k)),
            )
            self._log = (key, card)
        surface.blit(self._log[1], rect)

    def _ring(self, surface: pygame.Surface, layout: Layout, state: State, theme: Theme, scene: Scene) -> None:
        if state.focus < 0:
            return
        spots = focusable(layout, scene)
        if spots:
            rect = spots[state.focus % len(spots)][1].inflate(layout.u(10), layout.u(10))
            pygame.draw.rect(surface, theme.accent, rect, max(3, layout.u(3)), border_radius=layout.u(8))

    def _tip(self, surface: pygame.Surface, view: View, scene: Scene) -> None:
        layout, state, tape, theme = view.layout, view.state, view.tape, view.theme
        px, py = state.pointer
        text, lines = "", 5
        if scene.panel.dragged is not None:
            return
        if scene.timeline.hit_track(layout, px, py):
            text = scene.timeline.tip(layout, state, tape, px, py)
        elif layout.panel.width and layout.panel.collidepoint(px, py):
            text, lines = scene.panel.tip(layout, state, tape, px, py), 9
        elif layout.strip.height and layout.strip.collidepoint(px, py):
            text, lines = scene.strip.tip(layout, px, py, state.language, scene.panel.crowd), 9
        elif layout.map.collidepoint(px, py):
            dot = scene.swarm.at(view, px, py) if scene.swarm_shown() else None
            if dot is not None:
                text = scene.swarm.tip(dot, scene.panel.crowd, state.language)
            else:
                text = pointing.tip(view, scene.arrangement, px, py)
        if not text:
            return
        k = layout.k
        key = (text, lines, round(k, 4), theme.name, layout.width)
        if self._said is None or self._said[0] != key:
            self._said = (key, self._plate(text, lines, layout, theme))
        card, self.over = self._said[1], True
        place = card.get_rect(midbottom=(px, py - round(18 * k)))
        surface.blit(card, place.clamp(surface.get_rect()))

    def _plate(self, text: str, most: int, layout: Layout, theme: Theme) -> pygame.Surface:
        """A card with a few lines of text."""
        k = layout.k
        size = 22 * k
        lines = self.type.wrap(lettering.SANS, size, text, min(560 * k, layout.width * 0.6), most)
        width = max(self.type.width(lettering.SANS, size, row) for row in lines) + round(28 * k)
        card = blank((width, round((14 + 29 * len(lines)) * k)), theme, k)
        for n, row in enumerate(lines):
            card.blit(
                self.type.line(lettering.SANS, size, row, theme.text),
                (round(14 * k), round((6 + 29 * n) * k)),
            )
        return card


def focusable(layout: Layout, scene: Scene) -> list[tuple[str, pygame.Rect]]:
    """What Tab walks through: play button, track, and the widgets of the open panel; names and rectangles."""
    track = scene.timeline.track(layout)
    found = [("play", scene.timeline.button(layout)), ("track", track.inflate(0, layout.u(30)))]
    if layout.panel.width:
        found += scene.panel.spots(layout)
    return found
