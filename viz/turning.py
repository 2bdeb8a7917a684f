"""Where the course may turn: the table at which decisions are taken, games are played and questions are asked.

Owns the card that is open; takes events before the desk does. All work is done in background threads, and the old run
stays on the map until the new one is whole.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viz import camps, explain, lettering
from viz.asking import Asking
from viz.boot import pygame
from viz.commanding import Commanding
from viz.council import RUNS, Council, Forked, World
from viz.deciding import Deciding
from viz.errands import Errands
from viz.errors import VizError
from viz.hud import blank
from viz.keymap import DIGITS, scancode
from viz.leaf import TARGET, Leaf
from viz.pages import Goals, Menu, Page, Tasks
from viz.turns import TURN
from viz.wargame import RefusedError
from viz.wargame_map import ages
from viz.words import say

if TYPE_CHECKING:
    from viz.layout import Layout
    from viz.scene import Scene
    from viz.state import State
    from viz.tape import Names, Tape
    from viz.view import View
    from viz.workshop import Workshop

#: Keys that work as ever while a card is open that takes no letters.
FREE = frozenset(
    {
        *(pygame.KSCAN_T, pygame.KSCAN_Y, pygame.KSCAN_S, pygame.KSCAN_H, pygame.KSCAN_F, pygame.KSCAN_B),
        *(pygame.KSCAN_PERIOD, pygame.KSCAN_L, pygame.KSCAN_N, pygame.KSCAN_R),
    }
)
FREE_KEYS = frozenset({pygame.K_F1, pygame.K_F11})
#: Keys that work as ever with Ctrl: quitting and the size of the text.
FREE_CTRL = frozenset(
    {
        *(pygame.KSCAN_Q, pygame.KSCAN_EQUALS, pygame.KSCAN_MINUS, pygame.KSCAN_0),
        *(pygame.KSCAN_KP_PLUS, pygame.KSCAN_KP_MINUS),
    }
)


class Turning:
    """Decisions, forks, games and explanations of one window."""

    def __init__(
        self, scene: Scene, state: State, work: Workshop, council: Council, folder: Path | None = None, runs: int = RUNS
    ) -> None:
        self.scene, self.state, self.work, self.council = scene, state, work, council
        self.leaf = Leaf(scene.type)
        self.page: Page | None = None
        #: what went wrong while there was nothing on the map yet
        self.failed: VizError | None = None
        self.errands = Errands()
        self.deciding = Deciding(self, runs)
        self.asking = Asking(self)
        self.command = Commanding(self, folder)
        self._before = (0.0, False)
        self._read: tuple[Page | None, Names | None] = (None, None)
        self._interval, self._at_work = sys.getswitchinterval(), False
        self._buttons: list[tuple[str, pygame.Rect]] = []
        self._plates: dict[tuple[object, ...], pygame.Surface] = {}
        self._selected: tuple[str, int] | None = None
        self._forks = set[str]()
        self._plaque = pygame.Rect(0, 0, 0, 0)
        scene.over.append(self)

    # -- the loop ------------------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        """Whether something is still to come: then the window goes on drawing."""
        return self.errands.busy or self.deciding.busy or self.command.busy

    def step(self, dt: float) -> bool:
        """After the desk's step: stop at a decision that was passed, take in what has come."""
        at_work = self.active
        arrived = self.errands.step()
        arrived = self.deciding.heard() or arrived
        arrived = self.command.heard() or arrived
        if at_work != self._at_work and self.work.lab is None:
            # a thread at work may hold the interpreter for a short turn only, so that no frame waits for it
            sys.setswitchinterval(TURN if at_work else self._interval)
            self._at_work = at_work
        state, playing = self.state, self.command.field is not None
        tape = self.scene.tape
        self.scene.panel.forked = tape is not None and tape.digest in self._forks
        self.command.place_clicked()
        if playing:
            self.command.step()
        else:
            self.deciding.look()
            if state.lecture and self._before[1] and self.page is None:
                self.deciding.stop(self._before[0], dt * state.days_per_second * 24 + 1e-6)
        self.scene.timeline.marks = None if playing else self.deciding.marks
        self._before = (state.hour, state.playing)
        return arrived

    def close(self) -> None:
        """The window goes: let long work end."""
        self.deciding.forget()
        self.command.forget()

    def with_world(
        self, tape: Tape, job: Callable[[World], Any], done: Callable[[Any], None], quiet: bool = False
    ) -> None:
        """Do a job with the world of a run."""
        council, lab, shown = self.council, self.work.lab, self.work.shown
        choice = partial(lab.freeze, shown) if lab is not None and shown is not None else None

        def whole() -> Any:
            return job(council.world(tape, choice))

        self.errands.ask(whole, done, _nothing if quiet else self.sorry)

    def sorry(self, error: VizError) -> None:
        """Say what could not be done: in the line of the game, in a message, or when the window closes."""
        if self.scene.tape is None:
            self.failed = error
        elif not isinstance(error, RefusedError):
            self.state.say(str(error), 7.0)
        elif self.command.field is not None:
            self.command.field.say(error.texts, bad=True)
        else:
            lang = self.state.language
            self.state.say(say("wg-refused", lang, why=error.texts[lang]), 7.0)

    def put(self, forked: Forked, told: str, old: Tape | None) -> None:
        """Put a fork of the run on the map there, and play on from its hour."""
        self.deciding.descends(old, forked.tape)
        self._forks.add(forked.tape.digest)
        self.work.show(forked.tape)
        self.state.hour, self.state.playing = float(forked.hour), True
        self.state.say(told, 6.0)

    def unread(self) -> list[str]:
        """What a card, or the line of a game, has said since this was asked last: for the text log."""
        field, lang, found = self.command.field, self.state.language, list[str]()
        if self.page is not self._read[0] and self.page is not None:
            for line in self.page.lines(lang):
                parts = (line.key, line.text, line.right, line.more, *(cell.text for cell in line.cells))
                found.append("  ".join(part for part in parts if part))
        note = field.note if field is not None else None
        if note is not None and note is not self._read[1]:
            found.append(note[lang])
        self._read = (self.page, note)
        return found

    # -- cards ---------------------------------------------------------------------------------------

    def open(self, page: Page) -> None:
        """Open a card; time stands still before it."""
        self.page = page
        self.state.playing, self.state.message_left, self.state.pointer = False, 0.0, (-1, -1)
        if not page.wide:
            # what is selected from now on is the answer; and its card would lie under this one
            self._selected, self.state.selection = self.state.selection or self._selected, None
        self.leaf.say(page.lines(self.state.language), fresh=True)

    def shut(self) -> None:
        """Close the card that is open."""
        self.page = None
        if self.state.selection is None:
            self.state.selection = self._selected
        self._selected = None
        self.command.forget()
        self.deciding.restore()

    # -- events --------------------------------------------------------------------------------------

    def handle(self, event: pygame.Event) -> bool:
        """Whether the event was for a card, a mark, a game or one of the keys J, I, X, F2."""
        if self.state.black or self.state.help or self.scene.layout.too_small:
            return False
        if self.page is not None:
            return self._on_page(event, self.page)
        pressed = event.type == pygame.MOUSEBUTTONDOWN and event.button == 1
        if pressed:
            for name, rect in self._buttons:
                if rect.collidepoint(event.pos):
                    (self.asking.why if name == "why" else self.deciding.show_verdict)()
                    return True
        if self.command.field is not None:
            return self.command.field.handle(event)
        if event.type == pygame.KEYDOWN:
            return self._key(event)
        if pressed and self.scene.tape is not None:
            mark = self.deciding.marks.at(event.pos)
            if mark is not None:
                self.deciding.decide(mark)
                return True
            self.asking.clicked = self.scene.timeline.event_at(*event.pos)
        return False

    def _key(self, event: pygame.Event) -> bool:
        mod = getattr(event, "mod", 0)
        if mod & (pygame.KMOD_CTRL | pygame.KMOD_META):
            return False
        code, shift = getattr(event, "scancode", 0) or scancode(event.key), bool(mod & pygame.KMOD_SHIFT)
        entered = event.key in (pygame.K_RETURN, pygame.K_KP_ENTER) and self.state.focus < 0
        if code == pygame.KSCAN_J:
            self.deciding.next(-1 if shift else 1)
        elif code == pygame.KSCAN_I:
            self.asking.order_here()
        elif code == pygame.KSCAN_X:
            self.asking.why()
        elif event.key == pygame.K_F2:
            self.command.menu()
        elif entered and self.deciding.verdict is not None:
            self.deciding.show_verdict()
        else:
            return False
        return True

    def _on_page(self, event: pygame.Event, page: Page) -> bool:
        leaf = self.leaf
        if event.type == pygame.KEYDOWN:
            return self._page_key(event, page)
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            if leaf.rect.collidepoint(event.pos):
                leaf.turn(leaf.cue(event.pos) * leaf.rect.height * 0.8)
                name = leaf.hit(event.pos)
                if name:
                    leaf.focus(name)
                    page.pick(name)
                return True
            return page.wide or not self.scene.layout.map.collidepoint(event.pos)
        if event.type == pygame.MOUSEMOTION and leaf.rect.collidepoint(event.pos):
            self.state.pointer = (-1, -1)
            leaf.focus(leaf.hit(event.pos))
            return True
        if event.type == pygame.MOUSEWHEEL and (page.wide or not self._over_map()):
            leaf.turn(-event.y * 70)
            return True
        return False

    def _over_map(self) -> bool:
        pointer = self.state.pointer
        return pointer[0] >= 0 and not self.leaf.rect.collidepoint(pointer)

    def _page_key(self, event: pygame.Event, page: Page) -> bool:
        mod, key, leaf = getattr(event, "mod", 0), event.key, self.leaf
        code = getattr(event, "scancode", 0) or scancode(key)
        if mod & (pygame.KMOD_CTRL | pygame.KMOD_META):
            return code not in FREE_CTRL
        if key == pygame.K_ESCAPE:
            self.shut()
            page.leave()
        elif key in (pygame.K_UP, pygame.K_DOWN, pygame.K_TAB):
            back = key == pygame.K_UP or bool(key == pygame.K_TAB and mod & pygame.KMOD_SHIFT)
            leaf.move(-1 if back else 1)
        elif key in (pygame.K_PAGEUP, pygame.K_PAGEDOWN):
            leaf.turn((-1 if key == pygame.K_PAGEUP else 1) * leaf.rect.height * 0.8)
        elif key in (pygame.K_RETURN, pygame.K_KP_ENTER) or (key == pygame.K_SPACE and not page.typed):
            name = leaf.chosen or (leaf.choices[0] if page.typed and leaf.choices else "")
            if name:
                page.pick(name)
        elif isinstance(page, Goals):
            self._type(event, page)
        elif code in DIGITS and leaf.by_key(str(DIGITS[code])):
            page.pick(leaf.by_key(str(DIGITS[code])))
        else:
            return code not in FREE and key not in FREE_KEYS
        return True

    def _type(self, event: pygame.Event, page: Goals) -> None:
        if event.key == pygame.K_BACKSPACE:
            page.rub_out()
        else:
            letter = getattr(event, "unicode", "") or (chr(event.key) if 32 <= event.key < 0x10000 else "")
            if not letter or not letter.isprintable():
                return
            page.type(letter)
        self.leaf.say(page.lines(self.state.language), fresh=True)

    # -- drawing -------------------------------------------------------------------------------------

    @property
    def silent(self) -> bool:
        """Whether caption and fog's banner are left out: a card says what there is to say."""
        return self.page is not None or self.command.field is not None

    @property
    def aged(self) -> bool:
        """Whether the chips of the enemy have plates with the age of the news."""
        return self.deciding.veiled or self.command.field is not None

    def rects(self, layout: Layout) -> list[pygame.Rect]:
        """The room that cards take on the map."""
        found = [self.leaf.rect] if self.page is not None and not self.page.wide else []
        found += [self._plaque] if self.deciding.veiled else []
        if self.command.field is not None:
            found += self.command.field.rects(layout)
        return found

    @staticmethod
    def room(layout: Layout, wide: bool, slim: bool = False) -> pygame.Rect:
        """The room of a card: in the middle, or at the right edge with the map beside it.

        Where that would cut the date in two (large text on a small screen), it is the whole width; but a slim list
        leaves room for a click on the map, and stands below the date.
        """
        area, edge = layout.map, layout.u(20)
        if wide:
            width = min(layout.u(1560), area.width - 2 * edge)
            return pygame.Rect(area.centerx - width // 2, area.top + edge, width, area.height - 2 * edge)
        width, top = min(layout.u(800), round(area.width * 0.64)), area.top + edge
        if area.right - edge - width < layout.date.right + edge // 2:
            if slim:
                width, top = min(layout.u(620), area.width // 2), layout.date.bottom + edge // 2
            else:
                width = area.width - 2 * edge
        return pygame.Rect(area.right - edge - width, top, width, area.bottom - edge - top)

    def _room_of(self, page: Page, layout: Layout) -> pygame.Rect:
        return self.room(layout, page.wide, isinstance(page, (Goals, Menu, Tasks)))

    def draw(self, surface: pygame.Surface, view: View) -> None:
        """The marks, the game, the card that is open, and the buttons beside them."""
        layout, state, theme = view.layout, view.state, view.theme
        field, page = self.command.field, self.page
        self._buttons = []
        if field is not None:
            field.draw(surface, view, self._room_of(page, layout) if page is not None else None)
        else:
            self.deciding.marks.draw(surface, layout, view.tape, theme)
        if self.deciding.veiled:
            ages(surface, view, self.scene)
            text = camps.knows(view.tape, state.fog, state.language)
            plate = self._plate(view, text, layout.date.width)
            self._plaque = plate.get_rect(topleft=(layout.date.left, layout.date.bottom + layout.u(12)))
            surface.blit(plate, self._plaque)
        if page is None:
            if field is None:
                self._verdict_button(surface, view)
                self._why_button(surface, view)
            return
        self.leaf.say(page.lines(state.language))
        room = self._room_of(page, layout)
        if page.wide:
            surface.fill((64, 64, 64), layout.map, pygame.BLEND_RGB_MULT)  # the map steps back
            height = self.leaf.lay_out(room, layout.k)
            room = pygame.Rect(room.left, room.top + (room.height - height) // 2, room.width, height)
        self.leaf.draw(surface, room, theme, layout.k)

    def _verdict_button(self, surface: pygame.Surface, view: View) -> None:
        """How far the comparison is, or that it is there: between the cards at the top, or below them."""
        deciding, layout, lang = self.deciding, view.layout, view.state.language
        ready = deciding.verdict is not None
        if not ready and not deciding.busy:
            return
        done, whole = deciding.progress
        text = say("dc-ready", lang) if ready else say("dc-comparing", lang, n=done, all=whole)
        part = None if ready else done / max(1, whole)
        left, right = layout.date.right + layout.u(14), layout.balance.left - layout.u(14)
        fits = view.type.width(lettering.SEMIBOLD, 20 * view.k, text) + 32 * view.k <= right - left
        plate = self._plate(view, text, right - left if fits else round(layout.map.width * 0.6), ready, part)
        rect = plate.get_rect(midtop=((left + right) // 2, layout.u(24)))
        if not fits:
            rect.topleft = (layout.date.left, layout.date.bottom + layout.u(12))
        surface.blit(plate, rect)
        if ready:
            self._buttons.append(("verdict", rect))

    def _why_button(self, surface: pygame.Surface, view: View) -> None:
        """Under the card of what is selected, or above the caption."""
        layout, state, caption = view.layout, view.state, self.scene.caption
        if state.playing or not explain.can_ask(state, caption):
            return
        plate = self._plate(view, say("wy-why", state.language), layout.u(260))
        rect = plate.get_rect()
        if state.selection is not None:
            card = self.scene.inspector.rect(layout)
            rect.topright = (card.right, min(card.bottom + layout.u(8), layout.map.bottom - rect.height - 4))
        elif caption is not None:
            told = self.scene.hud.caption_rect(layout, state, caption, view.tape)
            rect.bottomright = (told.right, told.top - layout.u(8))
        surface.blit(plate, rect)
        self._buttons.append(("why", rect))

    def _plate(
        self, view: View, text: str, room: int, strong: bool = False, part: float | None = None
    ) -> pygame.Surface:
        """A small plate with a word; ``part`` draws how far something is."""
        key = (text, room, strong, part, view.k, view.theme.name)
        if key not in self._plates:
            if len(self._plates) > 12:
                self._plates.clear()
            self._plates[key] = self._make_plate(view, text, room, strong, part)
        return self._plates[key]

    @staticmethod
    def _make_plate(view: View, text: str, room: int, strong: bool, part: float | None) -> pygame.Surface:
        k, theme, size = view.k, view.theme, 24.0
        while view.type.width(lettering.SEMIBOLD, size * k, text) > room - 32 * k and size > 14:
            size -= 0.5
        line = view.type.line(lettering.SEMIBOLD, size * k, text, theme.panel if strong else theme.text)
        card = blank((min(room, line.get_width() + round(32 * k)), max(TARGET, round(52 * k))), theme, k)
        whole = card.get_rect()
        if strong:
            pygame.draw.rect(card, theme.accent, whole, border_radius=max(3, round(10 * k)))
        if part is not None:
            bar = pygame.Rect(whole.left + 8, whole.bottom - max(5, round(7 * k)), whole.width - 16, 4)
            pygame.draw.rect(card, theme.track, bar)
            pygame.draw.rect(card, theme.accent, (bar.left, bar.top, round(bar.width * part), bar.height))
        card.blit(line, line.get_rect(center=whole.center))
        return card


def _nothing(error: VizError) -> None:
    """An error that need not be told: a run without decisions is no misfortune."""
    del error
