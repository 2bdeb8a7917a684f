"""The scene: puts ground, ways, units, battles and cards together for a state.

Draws, and remembers only pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz import battles, countries, pointing
from viz.arrangement import Arrangement, Sprite
from viz.boot import pygame
from viz.chips import ChipMaker
from viz.control import Control
from viz.director import Director
from viz.ground import Ground
from viz.hud import Hud, current_caption
from viz.inspector import Inspector
from viz.layout import Layout, make_layout
from viz.lettering import Lettering
from viz.overlays import Overlays
from viz.panel import Panel
from viz.ribbons import Ribbons
from viz.theme import LIGHT, THEMES, Theme
from viz.timeline import Timeline
from viz.view import View
from viz.words import say

if TYPE_CHECKING:
    from viz.mapdata import MapData
    from viz.state import State
    from viz.tape import Event, Tape


class Scene:
    """Everything drawn.  ``tape`` may be None: then the empty map and a message are shown."""

    def __init__(self, map_: MapData, tape: Tape | None = None) -> None:
        self.type = Lettering()
        self.map = map_
        self.tape = tape
        self.ground = Ground(map_, LIGHT, self.type)
        self.control = Control()
        self.arrangement = Arrangement(ChipMaker(self.type))
        self.ribbons = Ribbons()
        self.hud = Hud(self.type)
        self.timeline = Timeline(self.type)
        self.director = Director()
        self.inspector = Inspector(self.type)
        self.overlays = Overlays(self.type)
        self.panel = Panel(self.type)
        self.waiting = ""
        self.layout: Layout = make_layout((1920, 1080), 1.0, False)
        self.caption: Event | None = None
        self.view: View | None = None
        self._countries: list[countries.Spot] = []

    # -- what the desk asks ------------------------------------------------------------------------

    @property
    def theme(self) -> Theme:
        """The theme in use."""
        return self.ground.theme

    @property
    def sprites(self) -> dict[int, Sprite]:
        """The chips on the screen, by the unit that leads each."""
        return self.arrangement.sprites

    def load(self, tape: Tape) -> None:
        """Show another run; the old one stays on the screen until this call."""
        self.tape = tape
        self.hud.forget()
        self.forget()

    def forget(self) -> None:
        """Forget where chips stood and what view was made: the next picture depends on the state alone."""
        self.arrangement.forget()
        self.ribbons.forget()
        self.ground.drop()

    def lay_out(self, size: tuple[int, int], state: State) -> Layout:
        """The layout for a surface of this size."""
        panel = state.panel and not state.lecture
        self.layout = make_layout(size, state.text_factor, panel, state.selection is not None)
        return self.layout

    def follow(self, state: State) -> None:
        """Let the director set the camera when he is on."""
        if state.director and self.tape is not None:
            state.camera = self.director.camera(self.tape, self.layout, state.hour)

    # -- drawing -----------------------------------------------------------------------------------

    def draw(self, surface: pygame.Surface, state: State, dt: float = 0.0, budget: float = 0.004) -> None:
        """Draw the state.  ``dt`` seconds have passed (0: chips stand where they belong).

        With an infinite ``budget`` everything is finished and the picture depends on the state alone.
        """
        layout = self.lay_out(surface.get_size(), state)
        if state.black:
            surface.fill((0, 0, 0))
            return
        if layout.too_small:
            self.overlays.too_small(surface, state)
            return
        self._set_theme(state.theme)
        self.follow(state)
        style = (layout.k, state.language, state.names)
        frame = self.ground.show(layout.map, state.camera, self.tape, self.control, state.hour, style, budget)
        if self.tape is None:
            self._empty(surface, state, layout)
            return
        tape = self.tape
        self.caption = None
        if state.captions:
            self.caption = current_caption(tape, state.hour, state.days_per_second, state.playing)
        view = View(tape, state, layout, self.theme, self.type, frame, self.cards(state))
        view.find_names()
        self.view = view
        clip = surface.get_clip()
        surface.set_clip(layout.map)
        self._map(surface, view, dt)
        surface.set_clip(clip)
        self._cards(surface, view)

    def _map(self, surface: pygame.Surface, view: View, dt: float) -> None:
        """Everything above the timeline but the cards."""
        state, chips = view.state, self.arrangement
        if chips.arrange(view):
            self._countries = []
            if state.names:
                self._countries = countries.names(
                    view.layout, state.camera, self.type, self.theme, state.language, view.first + view.second
                )
        self.ribbons.draw(surface, view, self.ground, chips.groups())
        for picture, x, y in self._countries:
            px, py = view.pixel(x, y)
            surface.blit(picture, picture.get_rect(center=(round(px), round(py))))
        chips.draw_pins(surface, view, self.ribbons.ways)
        surface.blits(view.capitals, False)
        for mark, rect, _ in battles.marks(view):
            surface.blit(mark, rect)
        if state.compare:
            chips.draw_ghosts(surface, view)
        chips.draw_chips(surface, view, dt)

    def _empty(self, surface: pygame.Surface, state: State, layout: Layout) -> None:
        """The map without a run, and why there is none yet."""
        self.ground.paste(surface, layout.map, state.camera)
        surface.fill(self.theme.panel, layout.timeline)
        if layout.panel.width:
            surface.fill(self.theme.panel, layout.panel)
        text = self.waiting or say("loading", state.language)
        self.hud.banner(surface, layout, self.theme, text, top=False)

    def _cards(self, surface: pygame.Surface, view: View) -> None:
        """Cards, timeline, panel and what lies over them."""
        state, layout, tape, theme = view.state, view.layout, view.tape, self.theme
        self.hud.date(surface, layout, state, tape, theme)
        self.hud.balance(surface, layout, state, tape, theme, self._known(view))
        if self.legend_shown(state):
            self.hud.legend(surface, layout, state, theme)
        if self.caption is not None:
            self.hud.caption(surface, layout, state, tape, theme, self.caption)
        if state.selection is not None:
            self.inspector.draw(surface, layout, state, tape, theme)
        self.timeline.draw(surface, layout, state, tape, theme)
        if layout.panel.width:
            self.panel.draw(surface, layout, state, tape, theme)
        if state.fog >= 0:
            word = "fog-red" if state.fog == 0 else "fog-white"
            self.hud.banner(surface, layout, theme, say(word, state.language))
        self.overlays.draw(surface, view, self)
        if self.waiting:
            self.hud.banner(surface, layout, theme, self.waiting)
        elif state.message and state.message_left > 0:
            self.hud.banner(surface, layout, theme, state.message)

    @staticmethod
    def _known(view: View) -> list[int] | None:
        """In the fog: men by livery as the side knows them; None when all is seen."""
        if view.state.fog < 0:
            return None
        men = [0, 0, 0, 0]
        for body in view.bodies():
            men[body.kind] += body.men
        return men

    def legend_shown(self, state: State) -> bool:
        """For the first eight seconds, and when asked for."""
        return state.legend and (state.legend_asked or state.age < 8.0) and not state.help

    def cards(self, state: State) -> list[pygame.Rect]:
        """The rectangles that cards take now."""
        layout = self.layout
        found = [layout.date, layout.balance]
        if self.caption is not None:
            found.append(self.hud.caption_rect(layout, state, self.caption, self.tape))
        if self.legend_shown(state):
            found.append(self.hud.legend_rect(layout))
        if state.selection is not None:
            found.append(self.inspector.rect(layout))
        if state.log:
            found.append(self.overlays.log_rect(layout))
        return found

    def _set_theme(self, name: str) -> None:
        theme = THEMES.get(name, LIGHT)
        if theme is not self.ground.theme:
            self.ground.theme = theme
            self.control = Control()
            self.arrangement.forget()
            self.ribbons.forget()

    def moving(self) -> bool:
        """Whether chips are on their way or a view is in the making: then another frame is wanted."""
        return not self.ground.settled() or self.arrangement.moving()

    # -- what lies under the pointer ---------------------------------------------------------------

    def hit(self, px: int, py: int) -> tuple[str, int] | None:
        """The thing under a pixel of the map: a chip's largest unit, a battle, or a place."""
        return pointing.hit(self.view, self.arrangement, px, py) if self.view is not None else None
