"""A game at the desk: its keys and clicks, the card of the side and that of the chosen units, and what is on the map.

Only what the player's side knows is shown; keys that would show more say so instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from viz import lettering, wargame_map
from viz.boot import pygame
from viz.decide import clock, in_language
from viz.explain import sentence
from viz.geo import clamp
from viz.hud import blank
from viz.keymap import DIGITS, scancode
from viz.leaf import Leaf
from viz.leaf_rows import Line
from viz.lettering import rounded
from viz.pages import task_lines, three
from viz.state import UNIT
from viz.wargame import TASKS
from viz.words import say

if TYPE_CHECKING:
    from sim.wargame.picture import OwnUnit
    from viz.layout import Layout
    from viz.scene import Scene
    from viz.state import State
    from viz.tape import Names
    from viz.view import View
    from viz.wargame import Standing

#: Keys that do in a game what they do elsewhere.
FREE = frozenset(
    {
        *(pygame.KSCAN_T, pygame.KSCAN_Y, pygame.KSCAN_L, pygame.KSCAN_N, pygame.KSCAN_S, pygame.KSCAN_H),
        *(pygame.KSCAN_F, pygame.KSCAN_B, pygame.KSCAN_PERIOD, pygame.KSCAN_Z, pygame.KSCAN_R, pygame.KSCAN_E),
        *(pygame.KSCAN_EQUALS, pygame.KSCAN_MINUS, pygame.KSCAN_KP_PLUS, pygame.KSCAN_KP_MINUS),
        *(pygame.KSCAN_LEFTBRACKET, pygame.KSCAN_RIGHTBRACKET),
    }
)
FREE_KEYS = frozenset({pygame.K_F1, pygame.K_F6, pygame.K_F11, pygame.K_UP, pygame.K_DOWN})
NEWS, WAYS, UNITS = 6, 5, 4
#: Least share of the map's width that the cards leave between them.
LEAST = 0.24
#: Least share of it in which a line at the foot is read between them.
NARROW = 0.16


class Field:
    """One game on the screen."""

    def __init__(self, scene: Scene, state: State, standing: Standing) -> None:
        self.scene, self.state, self.stand = scene, state, standing
        self.chosen: list[str] = []
        self.note: Names | None = None
        self.bad = False
        self.busy = False
        self.ended = False
        #: what the window does for the field
        self.go: Callable[[], None] = lambda: None
        self.task: Callable[[str], None] = lambda _: None
        self.recall: Callable[[bool], None] = lambda _: None
        self.menu: Callable[[], None] = lambda: None
        self.ask: Callable[[], None] = lambda: None
        self._left, self._right = Leaf(scene.type), Leaf(scene.type)
        self._foot_at = pygame.Rect(0, 0, 0, 0)

    # -- standings -----------------------------------------------------------------------------------

    def stands(self, standing: Standing) -> None:
        """The game stands elsewhere, or otherwise."""
        self.stand = standing
        self.chosen = [name for name in self.chosen if name in standing.units]
        if standing.told is not None:
            self.say(standing.told)

    def say(self, texts: Names, bad: bool = False) -> None:
        """Show a line at the foot of the map; a refusal is marked as such."""
        self.note, self.bad = texts, bad

    @property
    def gliding(self) -> bool:
        """Whether the map is still on its way to where the game stands."""
        return self.state.playing

    def step(self) -> None:
        """Hold the map where the game stands; take up what was clicked."""
        state = self.state
        if state.hour >= self.stand.hour:
            state.hour, state.playing = float(self.stand.hour), False
        state.fog, state.director, state.compare = self.stand.side, False, False
        state.lecture = state.auto_pause = state.panel = state.captions = False
        if state.selection is not None and state.selection[0] == UNIT:
            sprite = self.scene.sprites.get(state.selection[1])
            tape = self.stand.tape
            if sprite is not None and tape.units[state.selection[1]].side == self.stand.side:
                members = [tape.units[body.unit].id for body in sprite.group.members]
                own = [name for name in members if name in self.stand.units]
                shift = bool(pygame.key.get_mods() & pygame.KMOD_SHIFT)
                self.chosen = list(dict.fromkeys([*(self.chosen if shift else []), *own]))
                state.selection = None
        elif state.selection is not None:
            self.chosen = []

    # -- controls ------------------------------------------------------------------------------------

    def handle(self, event: pygame.Event) -> bool:
        """Whether the event was the game's."""
        if event.type == pygame.KEYDOWN:
            return self._key(event)
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            return self._press(event.pos)
        if event.type == pygame.MOUSEWHEEL:
            for leaf in (self._left, self._right):
                if leaf.rect.collidepoint(self.state.pointer):
                    leaf.turn(-event.y * 60)
                    return True
        return False

    def _key(self, event: pygame.Event) -> bool:
        mod = getattr(event, "mod", 0)
        code, key = getattr(event, "scancode", 0) or scancode(event.key), event.key
        shift = bool(mod & pygame.KMOD_SHIFT)
        if mod & (pygame.KMOD_CTRL | pygame.KMOD_META):
            if key == pygame.K_TAB:
                self.next_unit(-1 if shift else 1, add=True)
            return key == pygame.K_TAB or code in (pygame.KSCAN_S, pygame.KSCAN_Z)
        if key in (pygame.K_SPACE, pygame.K_RETURN, pygame.K_KP_ENTER):
            self._on()
        elif key == pygame.K_TAB:
            self.next_unit(-1 if shift else 1)
        elif code == pygame.KSCAN_C:
            self.whole_command()
        elif key in (pygame.K_BACKSPACE, pygame.K_DELETE):
            self.recall(shift)
        elif key == pygame.K_F2:
            self.menu()
        elif key == pygame.K_ESCAPE:
            return self._escape()
        elif key in (pygame.K_LEFT, pygame.K_RIGHT):
            step = (1 if shift else 24) * (1 if key == pygame.K_RIGHT else -1)
            self.seek(self.state.hour + step)
        elif key in (pygame.K_HOME, pygame.K_END):
            self.seek(0 if key == pygame.K_HOME else self.stand.hour)
        elif code in DIGITS and 1 <= DIGITS[code] <= len(TASKS):
            self._task(TASKS[DIGITS[code] - 1])
        elif code == pygame.KSCAN_X and self.stand.over:
            self.ask()
        elif code in FREE or key in FREE_KEYS:
            return False
        else:
            self.say(three("wg-only-known"))
        return True

    def _escape(self) -> bool:
        if self.state.help or self.state.log:
            return False
        if self.chosen or self.state.selection is not None:
            self.chosen, self.state.selection = [], None
        self.note = None
        return True

    def seek(self, hour: float) -> None:
        """Look back; not beyond the hour at which the game stands."""
        self.state.playing = False
        self.state.hour = min(max(0.0, float(hour)), float(self.stand.hour))

    def _on(self) -> None:
        if self.state.hour < self.stand.hour:
            self.seek(self.stand.hour)
        elif self.stand.over:
            self.say(three("wg-over"))
        elif not self.busy:
            self.note = None
            self.go()

    def _task(self, task: str) -> None:
        if self.state.hour < self.stand.hour:
            self.seek(self.stand.hour)
        if not self.chosen:
            self.say(three("wg-choose"), bad=True)
        else:
            self.task(task)

    def _press(self, pos: tuple[int, int]) -> bool:
        layout = self.scene.layout
        for leaf in (self._left, self._right):
            if leaf.rect.collidepoint(pos):
                self._take(leaf.hit(pos))
                return True
        if layout.timeline.collidepoint(pos):
            if self.scene.timeline.button(layout).collidepoint(pos):
                self._on()
            elif self.scene.timeline.hit_track(layout, *pos):
                self.seek(self.scene.timeline.hour(layout, self.stand.tape, pos[0]))
            return True
        return False

    def _take(self, name: str) -> None:
        if name.startswith("task:"):
            self._task(name.partition(":")[2])
        elif name == "go":
            self._on()
        elif name == "back":
            self.recall(False)
        elif name == "menu":
            self.menu()

    def next_unit(self, step: int, add: bool = False) -> None:
        """Choose the next unit, or one more, and bring it into the picture."""
        units = [name for name in (one.unit for one in self._by_command()) if name in self.stand.units]
        if not units:
            return
        now = self.chosen[-1] if self.chosen else None
        at = (units.index(now) + step) % len(units) if now in units else (0 if step > 0 else len(units) - 1)
        kept = [name for name in self.chosen if name != units[at]] if add else []
        self._choose([*kept, units[at]])
        self.state.selection = None
        self.seek(self.stand.hour)
        self._bring_in(units[at])

    def _by_command(self) -> list[OwnUnit]:
        """Own units, the largest command first, and in it the largest unit."""
        men: dict[str, int] = {}
        for one in self.stand.own:
            men[one.command] = men.get(one.command, 0) + one.men
        return sorted(self.stand.own, key=lambda one: (-men[one.command], one.command, -one.men, one.unit))

    def _choose(self, units: list[str]) -> None:
        """Choose units; what was refused to others is no longer of interest."""
        self.chosen = units
        if self.bad:
            self.note, self.bad = None, False

    def whole_command(self) -> None:
        """Choose all units under the commander of the last one chosen."""
        last = self.stand.unit(self.chosen[-1]) if self.chosen else None
        if last is None:
            self.say(three("wg-choose"), bad=True)
            return
        mates = [one.unit for one in self._by_command() if one.command == last.command and one.unit in self.stand.units]
        self._choose([*(name for name in mates if name != last.unit), last.unit])

    def _bring_in(self, name: str) -> None:
        """Move the map when a unit lies off it, or under a card."""
        spot = self._spot(name)
        view = self.scene.view
        if spot is None or view is None:
            return
        area = self.scene.layout.map
        px, py = view.pixel(*spot)
        free = self._free(self.scene.layout)
        if not free.collidepoint(px, py):
            camera = self.state.camera
            dx, dy = free.centerx - px, free.centery - py
            self.state.camera = clamp(camera.pan(dx, dy), area.width, area.height)

    def survey(self) -> None:
        """Turn the map to where most of one's own stands."""
        camera = wargame_map.survey(self.stand.own, self.scene.layout, self._free(self.scene.layout))
        if camera is not None:
            self.state.director, self.state.camera = False, camera

    def _spot(self, name: str) -> tuple[float, float] | None:
        return wargame_map.spot(self.stand, name, self.state.hour)

    # -- drawing -------------------------------------------------------------------------------------

    def rects(self, layout: Layout) -> list[pygame.Rect]:
        """The room that the game's cards take."""
        del layout
        return [rect for rect in (self._left.rect, self._right.rect, self._foot_at) if rect.width]

    @staticmethod
    def _left_room(layout: Layout) -> pygame.Rect:
        date = layout.date
        top = date.bottom + layout.u(14)
        return pygame.Rect(date.left, top, date.width, layout.map.bottom - top - layout.u(24))

    @staticmethod
    def _right_room(layout: Layout) -> pygame.Rect:
        room = layout.inspector
        wide = min(room.width, layout.u(440))
        return pygame.Rect(room.right - wide, room.top, wide, layout.map.bottom - room.top - layout.u(24))

    def _alone(self, layout: Layout) -> bool:
        """Whether the card of the chosen units stands alone: both would leave no map between them."""
        between = self._right_room(layout).left - self._left_room(layout).right
        return bool(self.chosen) and between < LEAST * layout.map.width

    def _free(self, layout: Layout) -> pygame.Rect:
        left, right = self._left_room(layout).right, self._right_room(layout).left
        if self._alone(layout):
            left = layout.map.left + layout.u(24)
        area = pygame.Rect(left, layout.date.bottom, max(40, right - left), layout.map.bottom - layout.date.bottom)
        return area.inflate(-layout.u(60), -layout.u(120))

    def draw(self, surface: pygame.Surface, view: View, cover: pygame.Rect | None = None) -> None:
        """The cards, and what the game adds to the map; ``cover``: the room of a card that lies over the right edge."""
        covered = cover is not None
        layout, theme, k = view.layout, view.theme, view.k
        clip = surface.get_clip()
        surface.set_clip(layout.map)
        wargame_map.draw(surface, view, self.stand, self.chosen)
        wargame_map.ages(surface, view, self.scene)
        surface.set_clip(clip)
        if self._alone(layout) or (cover is not None and cover.colliderect(self._left_room(layout))):
            self._left.rect = pygame.Rect(0, 0, 0, 0)
        else:
            self._left.say(self._side_lines(view.state.language))
            self._left.draw(surface, self._left_room(layout), theme, k)
        if self.chosen and not covered:
            self._right.say(self._unit_lines(view.state.language))
            self._right.draw(surface, self._right_room(layout), theme, k)
        else:
            self._right.rect = pygame.Rect(0, 0, 0, 0)
        self._foot_at = pygame.Rect(0, 0, 0, 0)
        if self.note is not None and not covered:
            self._foot_at = self._foot(surface, view)

    def _side_lines(self, lang: int) -> tuple[Line, ...]:
        stand, start = self.stand, self.stand.tape.start
        when = f"{clock(start, stand.hour, lang)}: {stand.reason[lang]}"
        found = [
            Line(say("wg-you", lang, side=stand.side_names[lang]), 28, lettering.BOLD, gap=2),
            Line(say("wg-working", lang) if self.busy else when, 23, tone="accent", gap=8),
            Line(say("wg-go", lang), 25, lettering.SEMIBOLD, name="go", key=say("key-space", lang), gap=5),
        ]
        if stand.given:
            found.append(Line(say("wg-back", lang), 24, lettering.SEMIBOLD, name="back", key="Bksp", gap=5))
        found.append(Line(say("wg-menu", lang), 24, lettering.SEMIBOLD, name="menu", key="F2", gap=8))
        found.append(Line(say("wg-news", lang), 23, lettering.SEMIBOLD, "accent", gap=2))
        news = [Line(f"\u2022 {sentence(texts[lang])}", 22, lettering.SEMIBOLD if urgent else lettering.SANS, gap=3)
                for texts, urgent in sorted(stand.news, key=lambda one: not one[1])]  # fmt: skip
        found += news[:NEWS] or [Line(say("wg-no-news", lang), 22, tone="muted", gap=3)]
        if len(news) > NEWS:
            found.append(Line(say("wg-more", lang, n=len(news) - NEWS), 21, tone="muted"))
        if stand.on_way:
            found.append(Line(say("wg-on-way", lang), 23, lettering.SEMIBOLD, "accent", gap=2))
            for way in stand.on_way[-WAYS:]:
                if way.hour >= 0:
                    date = clock(start, way.hour, lang)
                    text = say("wg-arrives", lang, who=way.who[lang], task=way.task[lang], date=date)
                else:
                    text = f"{way.who[lang]}: {way.task[lang]}"
                found.append(Line(f"\u2022 {text}", 22, gap=3))
        found.append(Line(say("wg-saved", lang, file=stand.path.name), 21, tone="muted", gap=0))
        return tuple(found)

    def _unit_lines(self, lang: int) -> tuple[Line, ...]:
        units = [one for one in (self.stand.unit(name) for name in reversed(self.chosen)) if one is not None]
        found: list[Line] = []
        if len(units) > 1:
            found.append(Line(say("wg-units", lang, n=len(units)), 28, lettering.BOLD, gap=4))
        for one in units[:UNITS] if len(units) > 1 else units:
            name = in_language(one, "name", lang)
            place = in_language(one, "place_name", lang).split("(")[0].strip()
            if len(units) > 1:
                found.append(Line(name, 22, right=rounded(one.men), gap=2))
                continue
            found.append(Line(name, 28, lettering.BOLD, gap=2))
            found.append(Line(place, 23, tone="muted", gap=2))
            men = say("wg-men", lang, men=rounded(one.men), horses=rounded(one.horses), guns=one.guns, mg=one.mg)
            found.append(Line(men, 22, gap=2))
            shape = say(
                "wg-shape", lang, days=f"{one.rations:.0f}", rounds=f"{one.rounds:.0f}",
                fatigue=round(100 * one.fatigue), cohesion=round(100 * one.cohesion),
            )  # fmt: skip
            found.append(Line(shape, 22, gap=2))
        if len(units) > UNITS:
            found.append(Line(say("wg-more", lang, n=len(units) - UNITS), 21, tone="muted", gap=2))
        found.append(Line(self._doing(units[0], lang), 22, tone="accent", gap=8) if units else Line(""))
        return (*found, *task_lines(lang))

    def _doing(self, one: OwnUnit, lang: int) -> str:
        doing = self.stand.doing.get(one.unit)
        text = say("wg-doing", lang, task=doing[lang]) if doing is not None else say("wg-idle", lang)
        if one.fighting:
            text = f"{say('wg-fights', lang)}; {text}"
        if one.pending or any(one.unit in way.units for way in self.stand.on_way):
            text = f"{text}; {say('wg-pending', lang)}"
        return sentence(text)

    def _foot(self, surface: pygame.Surface, view: View) -> pygame.Rect:
        """The line at the foot of the map: a receipt, or why an order was refused; where it stands."""
        assert self.note is not None
        layout, theme, k, lang = view.layout, view.theme, view.k, view.state.language
        text = say("wg-refused", lang, why=self.note[lang]) if self.bad else sentence(self.note[lang])
        left = layout.map.left + layout.u(6) if self._alone(layout) else self._left_room(layout).right
        room = layout.map.right - left - layout.u(48)
        if self.chosen:
            room = self._right_room(layout).left - left - layout.u(36)
        if room < NARROW * layout.map.width:  # too narrow between the cards: over them, along the whole foot
            left, room = layout.map.left, layout.map.width - layout.u(36)
        rows = view.type.wrap(lettering.SEMIBOLD, 27 * k, text, room - 60 * k, 8)
        wide = max(view.type.width(lettering.SEMIBOLD, 27 * k, row) for row in rows) + round(60 * k)
        card = blank((wide, round((26 + 36 * len(rows)) * k)), theme, k)
        colour = theme.battle if self.bad else theme.politics
        pygame.draw.rect(card, colour, (0, 0, max(4, round(10 * k)), card.get_height()), border_radius=3)
        for n, row in enumerate(rows):
            line = view.type.line(lettering.SEMIBOLD, 27 * k, row, theme.text)
            card.blit(line, (round(30 * k), round((13 + 36 * n) * k)))
        place = card.get_rect(midbottom=(left + layout.u(18) + room // 2, layout.map.bottom - layout.u(22)))
        surface.blit(card, place)
        return place
