"""The scene: puts ground, ways, units, battles and cards together for a state.

Draws, and remembers only pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz import battles, camps, countries, knowledge, pointing
from viz.arrangement import BUDGET, Arrangement, Sprite
from viz.boot import pygame
from viz.captions import Captions
from viz.chips import ChipMaker
from viz.control import Control
from viz.countries import Countries, Spot
from viz.director import Director
from viz.ground import Ground
from viz.hud import Hud
from viz.inspector import Inspector
from viz.layout import Layout, make_layout
from viz.lettering import Lettering
from viz.mapside import map_side
from viz.naming import Names
from viz.outcomes import Strip
from viz.overlays import Overlays
from viz.panel import Panel
from viz.swarm import Swarm
from viz.theme import LIGHT, THEMES, Theme
from viz.timeline import Timeline
from viz.view import View
from viz.warm import WarmRibbons
from viz.words import say
from viz.worlds import Worlds

if TYPE_CHECKING:
    from viz.geo import Camera
    from viz.mapdata import MapData
    from viz.state import State
    from viz.tape import Event, Tape
    from viz.turning import Turning


#: Hours between two pictures that count as a jump.
JUMP = 24.0


class Scene:
    """Everything drawn.  ``tape`` may be None: then the empty map and a message are shown."""

    def __init__(self, map_: MapData, tape: Tape | None = None) -> None:
        self.type = Lettering()
        self.map = map_
        self.tape = tape
        self.ground = Ground(map_, LIGHT, self.type)
        self.control = Control()
        self.names = Names()
        self.arrangement = Arrangement(ChipMaker(self.type))
        self.ribbons = WarmRibbons()
        self.hud = Hud(self.type)
        self.timeline = Timeline(self.type)
        self.director = Director()
        self.inspector = Inspector(self.type)
        self.overlays = Overlays(self.type)
        self.panel = Panel(self.type)
        self.strip = Strip(self.type)
        self.worlds = Worlds()
        self.swarm = Swarm()
        #: history's settings on the same dice as the run on the map (a what-if's other world)
        self.history: Tape | None = None
        #: the run by which the director sets the camera: the last one for which that was worked out
        self.guide: Tape | None = None
        self._sheet = map_side(tape) if tape is not None else None
        #: what draws over map and timeline and takes room there: decisions, games
        self.over: list[Turning] = []
        self.waiting = ""
        #: how far what is waited for has come, 0 to 1 (0: not known)
        self.waited = 0.0
        self.layout: Layout = make_layout((1920, 1080), 1.0, False)
        self.caption: Event | None = None
        self.captions = Captions()
        self.view: View | None = None
        self._hour = 0.0
        #: the surface, layout and theme with which panel and strip were drawn in the last picture
        self._clean: tuple[pygame.Surface, Layout, str] | None = None
        #: what the map looked like when it was drawn last while a lever was held, and for how many frames it has stood
        self._stood: tuple[tuple[object, ...], int] | None = None
        self.countries = Countries(map_.borders)
        self.shown_countries: list[Spot] = []

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
        """Show another run; the old one stays on the screen until this call.

        Over the same map the ground stays, and chips of the same units glide from where they were.
        """
        old, sheet, self.tape = self.tape, map_side(tape), tape
        same = old is not None and self._sheet is not None and self._sheet.digest == sheet.digest
        self._sheet = sheet
        alike = same and old is not None and (old.start, old.hours) == (tape.start, tape.hours)
        self.hud.forget(cards=not alike)
        if not same:
            self.guide = None
            self.forget()
        elif old is not None:
            self.arrangement.carry(old, tape)

    def forget(self) -> None:
        """Forget where chips stood and what view was made: the next picture depends on the state alone."""
        self.arrangement.forget()
        self.names.forget()
        self.ribbons.forget()
        self.countries.forget()
        self.ground.drop()

    def lay_out(self, size: tuple[int, int], state: State) -> Layout:
        """The layout for a surface of this size."""
        panel = state.panel and not state.lecture
        offers = self.panel.catalogue
        strip = panel and self.panel.views.strip and offers is not None and bool(offers.outcomes)
        self.layout = make_layout(size, state.text_factor, panel, state.selection is not None, strip)
        return self.layout

    def follow(self, state: State) -> Camera | None:
        """Let the director set the camera when he is on; returns where he will stop when he is about to zoom."""
        if state.director and self.tape is not None:
            guide = self.guide or self.tape
            state.camera = self.director.camera(guide, self.layout, state.hour)
            if state.playing:
                return self.director.coming(guide, self.layout, state.hour)
        return None

    # -- drawing -----------------------------------------------------------------------------------

    def draw(self, surface: pygame.Surface, state: State, dt: float = 0.0, budget: float = 0.004) -> None:
        """Draw the state.  ``dt`` seconds have passed (0: chips stand where they belong).

        With an infinite ``budget`` everything is finished and the picture depends on the state alone.
        """
        layout = self.lay_out(surface.get_size(), state)
        if state.black:
            surface.fill((0, 0, 0))
            self._clean = None
            return
        if layout.too_small:
            self._clean = None
            self.overlays.too_small(surface, state)
            return
        if budget != float("inf") and abs(state.hour - self._hour) > JUMP:
            # this frame arranges everything anew: the ground can wait for the next
            budget = 0.0
        self._hour = state.hour
        if self._stands(surface, state) and self.tape is not None:
            self._panel(surface, state, self.tape, dt, budget)
            return
        self._set_theme(state.theme)
        goal = self.follow(state)
        style = (layout.k, state.language, state.names)
        held = self._held(state)
        self.ground.patient = self.panel.dragged is not None
        if self.ground.patient and budget != float("inf") and self._arranging():
            budget = -1.0  # one thing after the other: the land is tinted when chips and ribbons are done
        frame = self.ground.show(layout.map, state.camera, self._sheet, self.control, held, style, budget, goal)
        if self.tape is None:
            self._empty(surface, state, layout)
            return
        tape = self.tape
        self.caption = None
        if state.captions and not any(one.silent for one in self.over):
            events = knowledge.events(tape, state.fog)
            self.caption = self.captions.at(events, state.hour, state.days_per_second, state.playing)
        view = View(tape, state, layout, self.theme, self.type, frame, self.names, self.cards(state))
        view.chips, view.aged = not self.swarm_shown(), any(one.aged for one in self.over)
        view.beacon = battles.beacon_rect(view, self.caption)
        self.view = view
        self.names.start(view)
        clip = surface.get_clip()
        surface.set_clip(layout.map)
        self._map(surface, view, dt, budget)
        surface.set_clip(clip)
        self._cards(surface, view, dt, budget)

    def _map(self, surface: pygame.Surface, view: View, dt: float, budget: float) -> None:
        """Everything above the timeline but the cards."""
        state, chips = view.state, self.arrangement
        if budget != float("inf"):
            # a view in the making has taken its part of the time already
            budget = BUDGET if self.ground.settled() else BUDGET / 2
        if chips.arrange(view, budget):
            self.shown_countries = []
            if state.names:
                reach = round(12 * view.k)
                pins = [pygame.Rect(0, 0, 2 * reach, 2 * reach).move_to(center=s.pin) for s in self.sprites.values()]
                boxes = [s.room() for s in self.sprites.values()] + pins
                self.shown_countries = self.countries.names(view, boxes, budget == float("inf") or not state.playing)
                self.names.veil(view, [countries.body_at(view, *spot) for spot in self.shown_countries])
        ready = chips.run == view.tape.digest
        self.ribbons.draw(surface, view, self.ground, chips.groups(), budget, ready)
        for picture, x, y in self.shown_countries:
            px, py = view.pixel(x, y)
            surface.blit(picture, picture.get_rect(center=(round(px), round(py))))
        swarm, crowd = self.swarm_shown(), self.panel.crowd
        plates: list[pygame.Rect] = []
        other = self.history if self.panel.views.worlds and self.history is not view.tape else None
        if swarm and crowd is not None:
            self.swarm.draw(surface, view, crowd)
            plates = self.swarm.plates
        else:
            chips.draw_leaders(surface, view)
            plates = self.worlds.arrange(view, chips, other) if other is not None else []
        if self.caption is not None:
            battles.beacon(surface, view, self.caption)
        self.names.draw(surface, view, dt, plates)
        if not swarm:
            chips.draw_pins(surface, view, self.ribbons.ways)
        for mark, rect, _ in battles.marks(view):
            surface.blit(mark, rect)
        if state.compare:
            chips.draw_ghosts(surface, view)
        if swarm:
            return
        if other is not None:
            self.worlds.draw(surface, view, chips, other)
        chips.draw_chips(surface, view, dt)

    def _held(self, state: State) -> list[int]:
        """Who holds each place, as far as it is shown."""
        return knowledge.held(self.tape, state.hour, state.fog) if self.tape is not None else []

    def _empty(self, surface: pygame.Surface, state: State, layout: Layout) -> None:
        """The map without a run, and why there is none yet."""
        self._clean = None
        self.ground.paste(surface, layout.map, state.camera)
        surface.fill(self.theme.panel, layout.timeline)
        if layout.panel.width:
            surface.fill(self.theme.panel, layout.panel)
        text = self.waiting or say("loading", state.language)
        card = self.hud.banner(surface, layout, self.theme, text, top=False)
        if self.waited > 0:
            self.hud.gauge(surface, layout, self.theme, card, self.waited)

    def _cards(self, surface: pygame.Surface, view: View, dt: float, budget: float) -> None:
        """Cards, timeline, panel and what lies over them."""
        state, layout, tape, theme = view.state, view.layout, view.tape, self.theme
        self.hud.camps = tape.camps
        self.hud.date(surface, layout, state, tape, theme)
        self.hud.balance(surface, layout, state, tape, theme, self._known(view))
        if self.legend_shown(state):
            self.hud.legend(surface, layout, state, theme)
        if self.caption is not None:
            self.hud.caption(surface, layout, state, tape, theme, self.caption)
        if state.selection is not None:
            self.inspector.draw(surface, layout, state, tape, theme)
        self.timeline.draw(surface, layout, state, tape, theme, budget if budget == float("inf") else BUDGET / 2)
        self._panel(surface, state, tape, dt, budget)
        if state.fog >= 0 and not any(one.silent for one in self.over):
            self.hud.banner(surface, layout, theme, camps.knows(tape, state.fog, state.language))
        for one in self.over:
            one.draw(surface, view)
        self.overlays.draw(surface, view, self)
        if self.waiting:
            self.hud.banner(surface, layout, theme, self.waiting)
        elif state.message and state.message_left > 0:
            self.hud.banner(surface, layout, theme, state.message)

    def _panel(self, surface: pygame.Surface, state: State, tape: Tape, dt: float, budget: float) -> None:
        """Panel and strip; of what the last frame left of them only what has changed."""
        layout, theme = self.layout, self.theme
        if layout.panel.width:
            looks = (surface, layout, theme.name)
            clean = self._clean == looks and budget != float("inf") and not self.overlays.over
            self.panel.draw(surface, layout, state, tape, theme, clean)
            self.strip.draw(surface, layout, state.language, theme, self.panel.crowd, dt, clean)
            self._clean = None if any(one.silent for one in self.over) else looks
        else:
            self._clean = None

    def _stands(self, surface: pygame.Surface, state: State) -> bool:
        """Whether a lever is held over a map that has not changed since it was drawn, three frames ago at most."""
        held = self.panel.dragged is not None and self._clean == (surface, self.layout, state.theme)
        if not held or state.playing or self.moving() or self.over or self.overlays.over or self.tape is None:
            self._stood = None
            return False
        views = self.panel.views
        looks = (
            self.tape.digest, self.timeline.parting, self.waiting, state.hour, state.camera, state.language,
            state.selection, state.fog, state.compare, state.names, state.captions, state.log,
            state.message if state.message_left > 0 else "", self.legend_shown(state), views.worlds, views.swarm,
        )  # fmt: skip
        stood = self._stood[1] + 1 if self._stood is not None and self._stood[0] == looks else 0
        self._stood = (looks, stood % 4)
        return stood % 4 != 0

    @staticmethod
    def _known(view: View) -> list[int] | None:
        """In the fog: men by livery as the side knows them; None when all is seen."""
        if view.state.fog < 0:
            return None
        men = [0, 0, 0, 0]
        for body in view.bodies():
            men[body.kind] += body.men
        return men

    def swarm_shown(self) -> bool:
        """Whether the map shows where forces are in many runs, in place of the one run's chips."""
        crowd = self.panel.crowd
        return self.panel.views.swarm and crowd is not None and crowd.shown.count > 0

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
        if state.fog >= 0 and not any(one.silent for one in self.over):
            text = camps.knows(self.tape, state.fog, state.language) if self.tape is not None else ""
            found.append(self.hud.banner_rect(layout, text)[0])
        return found + [rect for one in self.over for rect in one.rects(layout)]

    def _set_theme(self, name: str) -> None:
        theme = THEMES.get(name, LIGHT)
        if theme is not self.ground.theme:
            self.ground.theme = theme
            self.control = Control()
            self.arrangement.forget()
            self.ribbons.forget()

    def _arranging(self) -> bool:
        """Whether chips, ribbons or timeline are in the making for the run on the map."""
        late = self.tape is not None and self.arrangement.run != self.tape.digest
        return late or self.ribbons.working or self.timeline.working

    def moving(self) -> bool:
        """Whether chips are on their way or a view is in the making: then another frame is wanted."""
        making = self.ribbons.working or self.timeline.working
        return making or not self.ground.settled() or self.arrangement.moving() or self.names.fading

    # -- what lies under the pointer ---------------------------------------------------------------

    def hit(self, px: int, py: int) -> tuple[str, int] | None:
        """The thing under a pixel of the map: a chip's largest unit, a battle, or a place."""
        return pointing.hit(self.view, self.arrangement, px, py) if self.view is not None else None
