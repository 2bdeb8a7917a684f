"""The scene: puts ground, ways, units, battles and cards together for a state; draws and remembers only pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from viz import carto, countries, groups, icons, lettering, moment, placing, trails
from viz.boot import pygame
from viz.chips import SHADOW, ChipMaker
from viz.control import Control
from viz.director import Director
from viz.ground import Frame, Ground, visible_labels
from viz.hud import Hud, current_caption
from viz.inspector import Inspector
from viz.layout import Layout, make_layout
from viz.lettering import Lettering, rounded
from viz.overlays import Overlays
from viz.panel import Panel
from viz.state import PLACE, UNIT, State
from viz.theme import DARK, LIGHT, THEMES, Theme
from viz.timeline import Timeline
from viz.words import say

if TYPE_CHECKING:
    from viz.mapdata import MapData
    from viz.tape import Event, Tape, Waypoint

#: Hours between two arrangements of the chips, and of the ribbons.
TICK, RIBBON_TICK = 3, trails.STEP
BATTLE_DAYS = 2


@dataclass(slots=True)
class Sprite:
    """A chip on the screen: its group, its picture, where it goes and where it is (relative to its pin)."""

    group: groups.Group
    face: pygame.Surface
    size: tuple[int, int]
    offset: tuple[float, float]
    now: tuple[float, float]
    pin: tuple[float, float] = (0.0, 0.0)

    def rect(self) -> pygame.Rect:
        """The chip's body on the screen, without its shadow."""
        rect = pygame.Rect(0, 0, *self.size)
        rect.center = (round(self.pin[0] + self.now[0]), round(self.pin[1] + self.now[1]))
        return rect


class Scene:
    """Everything drawn.  ``tape`` may be None: then the empty map and a message are shown."""

    def __init__(self, map_: MapData, tape: Tape | None = None) -> None:
        self.type = Lettering()
        self.map = map_
        self.tape = tape
        self.ground = Ground(map_, LIGHT, self.type)
        self.control = Control()
        self.chips = ChipMaker(self.type)
        self.hud = Hud(self.type)
        self.timeline = Timeline(self.type)
        self.director = Director()
        self.inspector = Inspector(self.type)
        self.overlays = Overlays(self.type)
        self.panel = Panel(self.type)
        self.sprites: dict[int, Sprite] = {}
        self.ghosts: list[tuple[Waypoint, pygame.Rect, tuple[float, float]]] = []
        self.hidden: list[groups.Group] = []
        self.waiting = ""
        self.layout: Layout = make_layout((1920, 1080), 1.0, False)
        self.caption: Event | None = None
        self._arranged: tuple[object, ...] = ()
        self._arranged_at: tuple[float, float] = (0.0, 0.0)
        self._static: pygame.Surface | None = None
        self._static_key: tuple[object, ...] = ()
        self._ways: list[tuple[groups.Group, trails.Path]] = []
        self._ways_key: tuple[object, ...] = ()
        self._tracks = trails.Tracks()
        self._countries: list[countries.Spot] = []
        self._ribbons: list[pygame.Rect] = []
        self._before: dict[int, int] = {}
        self._labels: list[pygame.Rect] = []

    # -- what the desk asks ----------------------------------------------------------------------------------------

    @property
    def theme(self) -> Theme:
        """The theme in use."""
        return self.ground.theme

    def load(self, tape: Tape) -> None:
        """Show another run; the old one stays on the screen until this call."""
        self.tape = tape
        self.hud.forget()
        self._arranged = self._static_key = self._ways_key = ()
        self._before = {}
        self.ground.drop()

    def forget(self) -> None:
        """Forget where chips stood and what view was made: the next picture depends on the state alone."""
        self._arranged = self._static_key = self._ways_key = ()
        self._before = {}
        self.sprites = {}
        self.ground.drop()

    def lay_out(self, size: tuple[int, int], state: State) -> Layout:
        """The layout for a surface of this size."""
        self.layout = make_layout(size, state.text_factor, state.panel and not state.lecture, state.selection is not None)
        return self.layout

    def follow(self, state: State) -> None:
        """Let the director set the camera when he is on."""
        if state.director and self.tape is not None:
            state.camera = self.director.camera(self.tape, self.layout, state.hour)

    # -- drawing ---------------------------------------------------------------------------------------------------

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
        area = layout.map
        frame = self.ground.show(
            surface, area, state.camera, self.tape, self.control, state.hour, (layout.k, state.language, state.names), budget
        )
        tape = self.tape
        if tape is None:
            self.ground.paste(surface, area, state.camera)
            surface.fill(self.theme.panel, layout.timeline)
            if layout.panel.width:
                surface.fill(self.theme.panel, layout.panel)
            self.hud.banner(surface, layout, self.theme, self.waiting or say("loading", state.language), top=False)
            return
        shift = self._shift(frame.spot(state.camera.x, state.camera.y), area)
        labels = visible_labels(frame.labels, *shift, area, 2) if frame.camera.scale == state.camera.scale else []
        self._labels = labels
        old_clip = surface.get_clip()
        surface.set_clip(area)
        self.caption = current_caption(tape, state.hour, state.days_per_second, state.playing) if state.captions else None
        self._arrange(state, layout, frame, shift, labels)
        self._statics(surface, state, layout)
        self._pins(surface, state, layout)
        self._battles(surface, state, layout)
        if state.compare:
            self._draw_ghosts(surface, layout)
        self._draw_chips(surface, state, layout, dt)
        surface.set_clip(old_clip)
        self._cards(surface, state, layout, tape)

    def _cards(self, surface: pygame.Surface, state: State, layout: Layout, tape: Tape) -> None:
        theme = self.theme
        self.hud.date(surface, layout, state, tape, theme)
        self.hud.balance(surface, layout, state, tape, theme)
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
            self.hud.banner(surface, layout, theme, say("fog-red" if state.fog == 0 else "fog-white", state.language))
        self.overlays.draw(surface, layout, state, tape, theme, self)
        if self.waiting:
            self.hud.banner(surface, layout, theme, self.waiting)
        elif state.message and state.message_left > 0:
            self.hud.banner(surface, layout, theme, state.message)

    def legend_shown(self, state: State) -> bool:
        """For the first eight seconds, and when asked for."""
        return state.legend and (state.legend_asked or state.age < 8.0) and not state.help

    def _set_theme(self, name: str) -> None:
        theme = THEMES.get(name, LIGHT)
        if theme is not self.ground.theme:
            self.ground.theme = theme
            self.control = Control()
            self._arranged = self._static_key = ()

    @staticmethod
    def _shift(spot: tuple[float, float], area: pygame.Rect) -> tuple[float, float]:
        return spot[0] - area.width / 2, spot[1] - area.height / 2

    def _pixel(self, state: State, x: float, y: float) -> tuple[float, float]:
        area = self.layout.map
        px, py = state.camera.at(x, y, area.width, area.height)
        return px + area.left, py + area.top

    # -- arranging the chips ---------------------------------------------------------------------------------------

    def _seen(self, state: State, hour: float) -> list[moment.Body]:
        assert self.tape is not None
        return moment.bodies(self.tape, hour) if state.fog < 0 else moment.seen_by(self.tape, hour, state.fog)

    def _arrange(
        self, state: State, layout: Layout, frame: object, shift: tuple[float, float], labels: list[pygame.Rect]
    ) -> None:
        """Group, name and place the chips anew when a tick has passed or the view has changed; else only move them."""
        tape = self.tape
        assert tape is not None
        tick = int(state.hour) // TICK
        key = (
            tick, round(state.camera.scale, 3), layout, state.fog, state.language, state.theme, tape.digest, state.compare,
            state.selection, self.caption is not None, self.legend_shown(state), id(frame), state.help,
        )  # fmt: skip
        x, y = state.camera.x * state.camera.scale, state.camera.y * state.camera.scale
        moved = abs(x - self._arranged_at[0]) + abs(y - self._arranged_at[1]) > 26 * layout.k
        if key == self._arranged and not moved:
            self._move(state)
            return
        jumped = not self._arranged or abs(self._arranged[0] - tick) > 16 or self._arranged[1] != key[1]  # type: ignore[operator]
        self._arranged, self._arranged_at = key, (x, y)
        found = self._seen(state, state.hour)
        near = layout.map.inflate(0, 0)
        gathered = groups.group(tape, found, state.camera.scale, layout.k, self._before)
        self._before = {b.unit: g.lead for g in gathered for b in g.members}
        visible = [g for g in gathered if near.collidepoint(self._pixel(state, g.x, g.y))]
        self._place(state, layout, tape, visible, jumped)
        self._countries = []
        if state.names:
            self._countries = countries.names(layout, state.camera, self.type, self.theme, state.language, labels)

    def _move(self, state: State) -> None:
        """New positions of the groups' leads between two arrangements."""
        at = {b.unit: b for b in self._seen(state, state.hour)}
        for sprite in self.sprites.values():
            body = at.get(sprite.group.lead)
            if body is not None:
                sprite.group.x, sprite.group.y = body.x, body.y
        for one in self.hidden:
            body = at.get(one.lead)
            if body is not None:
                one.x, one.y = body.x, body.y

    def _place(self, state: State, layout: Layout, tape: Tape, visible: list[groups.Group], jumped: bool) -> None:
        k = layout.k
        frame = self.ground.frame
        assert frame is not None
        obstacles = placing.Obstacles(layout.map.inflate(-layout.u(10), -layout.u(10)))
        obstacles.hard = [r.inflate(layout.u(8), layout.u(8)) for r in self.cards(state)]
        shift = self._shift(frame.spot(state.camera.x, state.camera.y), layout.map)
        if frame.camera.scale == state.camera.scale:
            first = visible_labels(frame.labels, *shift, layout.map, 1)
            obstacles.hard += [r.inflate(-round(r.width * 0.02), -round(r.height * 0.2)) for r in first]
            obstacles.soft = visible_labels(frame.labels, *shift, layout.map, 2)[len(first):] if first else visible_labels(
                frame.labels, *shift, layout.map, 2)
        obstacles.hard += [rect for _, rect, now in self._marks(state, layout) if now]
        requests = []
        looks: dict[int, tuple[str, str, list[int]]] = {}
        for one in sorted(visible, key=lambda g: (-g.men, g.lead)):
            pin = self._pixel(state, one.x, one.y)
            pin_box = pygame.Rect(round(pin[0] - 9 * k), round(pin[1] - 9 * k), round(18 * k), round(18 * k))
            obstacles.pins.append(pin_box)
            name = groups.name(tape, one, state.language, state.hour)
            number = ("~" if one.age >= 0 else "") + rounded(one.men)
            tiers = list(range(one.tier, -1, -1)) if one.tier else [0]
            looks[one.lead] = (name, number, tiers)
            old = self.sprites.get(one.lead)
            last = None if jumped or old is None else old.offset
            requests.append(placing.Request(one.lead, pin, [self.chips.size(t, name, number, k) for t in tiers], last))
        rooms = placing.place(requests, obstacles, k)
        by_lead = {g.lead: g for g in visible}
        sprites: dict[int, Sprite] = {}
        for request in requests:
            room = rooms.get(request.key)
            if room is None:
                continue
            one = by_lead[request.key]
            name, number, tiers = looks[request.key]
            tier = tiers[room.size]
            livery = self.theme.liveries[one.kind]
            chosen = state.selection is not None and state.selection[0] == UNIT and any(
                b.unit == state.selection[1] for b in one.members)
            arm = self._arm(tape, one)
            face = self.chips.face(
                livery, arm, tier, name, number, one.men / max(one.first_men, 1), len(one.members), k, one.age >= 0,
                self.theme.accent if chosen else None,
            )  # fmt: skip
            old = self.sprites.get(request.key)
            now = room.offset if jumped or old is None else old.now
            sprites[request.key] = Sprite(one, face, request.sizes[room.size], room.offset, now, request.pin)
        self.sprites = sprites
        self.hidden = [g for g in visible if g.lead not in sprites]
        self._place_ghosts(state, layout, tape, obstacles, rooms, requests)

    @staticmethod
    def _arm(tape: Tape, one: groups.Group) -> str:
        """The arm most of a group's men belong to; guns among others do not decide it."""
        share: dict[str, int] = {}
        for body in one.members:
            arm = tape.units[body.unit].arm
            share[arm] = share.get(arm, 0) + body.men
        return max(share, key=lambda a: (share[a], a))

    def cards(self, state: State) -> list[pygame.Rect]:
        """The rectangles that cards take now."""
        layout = self.layout
        found = [layout.date, layout.balance]
        if state.captions:
            found.append(layout.caption if self.caption is not None else pygame.Rect(0, 0, 0, 0))
        if self.legend_shown(state):
            k = layout.k
            legend = layout.legend.copy()
            legend.height = min(round(39 * k * 11 + 22 * k), layout.map.bottom - legend.top - layout.u(24))
            found.append(legend)
        if state.selection is not None:
            found.append(self.inspector.rect(layout))
        return [r for r in found if r.width]

    def _place_ghosts(
        self, state: State, layout: Layout, tape: Tape, obstacles: placing.Obstacles, rooms: dict[int, placing.Room],
        requests: list[placing.Request],
    ) -> None:  # fmt: skip
        """History's own positions: the latest of each body within five days, as hollow chips where there is room."""
        self.ghosts = []
        if not state.compare:
            return
        latest: dict[str, Waypoint] = {}
        for step in tape.course:
            if step.hour <= state.hour + 24 and state.hour - step.hour <= 5 * 24:
                latest[step.who] = step
        k = layout.k
        taken = [
            placing._rect(r.pin, rooms[r.key].offset, r.sizes[rooms[r.key].size]).inflate(8, 8)
            for r in requests if r.key in rooms
        ]  # fmt: skip
        obstacles.hard = obstacles.hard + taken
        wanted = []
        steps = list(latest.values())
        for n, step in enumerate(steps):
            pin = self._pixel(state, step.x, step.y)
            if layout.map.collidepoint(pin):
                width = self.type.width(lettering.SEMIBOLD, 21 * k, self._ghost_text(step, tape)) + round(22 * k)
                wanted.append(placing.Request(n, pin, [(width, round(36 * k))]))
        for n, room in placing.place(wanted, obstacles, k).items():
            pin = self._pixel(state, steps[n].x, steps[n].y)
            request = next(r for r in wanted if r.key == n)
            self.ghosts.append((steps[n], placing._rect(pin, room.offset, request.sizes[0]), (steps[n].x, steps[n].y)))

    @staticmethod
    def _ghost_text(step: Waypoint, tape: Tape) -> str:
        day = tape.day(step.hour)
        return f"{step.who} {day.day}.{day.month}"

    # -- layers ----------------------------------------------------------------------------------------------------

    def _statics(self, surface: pygame.Surface, state: State, layout: Layout) -> None:
        """Ground and ribbons as one picture that pans with the ground's; made anew when half a day has passed."""
        tape = self.tape
        frame = self.ground.frame
        assert tape is not None and frame is not None
        area, camera, k = layout.map, state.camera, layout.k
        found = [s.group for s in self.sprites.values()] + self.hidden
        leads = tuple(sorted((g.lead, len(g.members), g.men // 200) for g in found))
        ways_key = (int(state.hour) // RIBBON_TICK, tape.digest, state.fog, leads)
        if self._ways_key != ways_key:
            self._ways = trails.paths(tape, self._tracks, found, state.hour)
            self._ways_key = ways_key
        if self.ground.fits(camera, area):
            key = (ways_key, id(frame), frame.serial, k)
            if self._static is None or self._static_key != key:
                self._lay_ribbons(frame, k, fresh=self._static_key[1:] != key[1:])
                self._static_key = key
            self.ground.paste(surface, area, camera, self._static)
        else:
            self.ground.paste(surface, area, camera)
            s = camera.scale
            ox = area.left + area.width / 2 - camera.x * s
            oy = area.top + area.height / 2 - camera.y * s
            trails.draw(surface, area, self._ways, (s, ox, oy), self.theme, k)
        for picture, x, y in self._countries:
            px, py = self._pixel(state, x, y)
            surface.blit(picture, picture.get_rect(center=(round(px), round(py))))

    def _lay_ribbons(self, frame: Frame, k: float, fresh: bool) -> None:
        """Ribbons and the more important names over a copy of the ground; only what ribbons covered is made good again."""
        ground = frame.ground or frame.base
        if self._static is None or self._static.get_size() != frame.size:
            self._static = pygame.Surface(frame.size, 0, 32)
            fresh = True
        if fresh:
            self._static.blit(ground, (0, 0))
            self._ribbons = []
        else:
            self._static.blits([(ground, r, r) for r in self._ribbons], False)
        s = frame.camera.scale
        ox, oy = frame.size[0] / 2 - frame.camera.x * s, frame.size[1] / 2 - frame.camera.y * s
        whole = self._static.get_rect()
        self._ribbons = trails.draw(self._static, whole, self._ways, (s, ox, oy), self.theme, k)
        over = [label for label in frame.labels if label.rank in (1, 2) and label.rect.collidelist(self._ribbons) >= 0]
        self._static.blits([(label.picture, label.rect) for label in over], False)
        self._ribbons += [label.rect for label in over]

    def _pins(self, surface: pygame.Surface, state: State, layout: Layout) -> None:
        tape = self.tape
        assert tape is not None
        k = layout.k
        tails = {}
        for one, path in self._ways:
            tails.setdefault(one.lead, path[-1])
        everyone = [(s.group, s) for s in self.sprites.values()] + [(g, None) for g in self.hidden]
        for one, sprite in everyone:
            pin = self._pixel(state, one.x, one.y)
            livery = self.theme.liveries[one.kind]
            if sprite is not None:
                sprite.pin = pin
                end = (pin[0] + sprite.now[0], pin[1] + sprite.now[1])
                colour = livery.fill if one.kind < 2 else livery.outline
                carto.thick(surface, self.theme.halo, [pin, end], 5 * k)
                carto.thick(surface, colour, [pin, end], 3 * k)
            tail = tails.get(one.lead)
            if tail is not None and one.age < 0 and self._marching(tape, one.lead, state.hour):
                trails.head(surface, self.theme, one, self._pixel(state, *self._behind(tape, one.lead, state.hour, tail)), pin, k)
        for one, _ in everyone:
            pin = self._pixel(state, one.x, one.y)
            livery = self.theme.liveries[one.kind]
            dot = self.chips.pin(livery, k)
            surface.blit(dot, dot.get_rect(center=(round(pin[0]), round(pin[1]))))

    @staticmethod
    def _marching(tape: Tape, unit: int, hour: float) -> bool:
        h = min(int(hour), tape.hours)
        b = max(0, h - 8)
        return abs(float(tape.x[h, unit]) - float(tape.x[b, unit])) + abs(float(tape.y[h, unit]) - float(tape.y[b, unit])) > 0.02

    @staticmethod
    def _behind(tape: Tape, unit: int, hour: float, tail: tuple[float, float]) -> tuple[float, float]:
        h = max(0, int(hour) // RIBBON_TICK * RIBBON_TICK)
        if tape.state[h, unit] != 1:
            return tail
        x, y = float(tape.x[h, unit]), float(tape.y[h, unit])
        if hour - h < 1.5:
            h = max(0, h - 3)
            x, y = float(tape.x[h, unit]), float(tape.y[h, unit])
        return x, y

    def _marks(self, state: State, layout: Layout) -> list[tuple[pygame.Surface, pygame.Rect, bool]]:
        """The marks of battles fought now or in the last two days: picture, rectangle, whether it goes on."""
        tape = self.tape
        assert tape is not None
        k = layout.k
        found = []
        for battle in tape.battles:
            since = state.hour - battle.end
            if battle.start > state.hour or since > BATTLE_DAYS * 24:
                continue
            lost = sum(t.get("loss_left", 0) + t.get("loss_right", 0) for t in battle.terms)
            if lost < 15 and since > 6:
                continue
            now = since <= 0
            size = round((74 if lost >= 80 else 52) * k * (1.0 if now else 0.74))
            mark = icons.burst(size // 2 * 2, now, self.theme)
            spot = self._pixel(state, battle.x, battle.y)
            if layout.map.inflate(100, 100).collidepoint(spot):
                found.append((mark, self._beside(mark, spot, k), now))
        return found

    def _battles(self, surface: pygame.Surface, state: State, layout: Layout) -> None:
        for mark, rect, _ in self._marks(state, layout):
            surface.blit(mark, rect)

    def _beside(self, mark: pygame.Surface, spot: tuple[float, float], k: float) -> pygame.Rect:
        """Where a battle's mark goes: beside its place, on the side where it hides no name of the first two ranks."""
        reach = mark.get_width() * 0.42 + 5 * k
        best = mark.get_rect(center=(round(spot[0] - reach), round(spot[1] - reach)))
        for dx, dy in ((-1, -1), (-1, 1), (1, -1), (1, 1), (0, -1.4), (0, 1.4), (-1.3, -1.6), (1.3, -1.6), (-1.3, 1.6), (1.3, 1.6)):
            rect = mark.get_rect(center=(round(spot[0] + dx * reach), round(spot[1] + dy * reach)))
            if rect.inflate(-rect.width // 4, -rect.height // 4).collidelist(self._labels) < 0:
                return rect
        return best

    def _draw_ghosts(self, surface: pygame.Surface, layout: Layout) -> None:
        k = layout.k
        assert self.tape is not None
        for step, rect, _ in self.ghosts:
            livery = self.theme.liveries[step.kind]
            ink = livery.outline if self.theme is not DARK else self.theme.ink
            pygame.draw.rect(surface, self.theme.halo, rect, border_radius=4)
            carto.dashed_box(surface, ink, rect, max(2, round(2.4 * k)), 8 * k, 5 * k)
            line = self.type.line(lettering.SEMIBOLD, 21 * k, self._ghost_text(step, self.tape), ink)
            surface.blit(line, line.get_rect(center=rect.center))

    def _draw_chips(self, surface: pygame.Surface, state: State, layout: Layout, dt: float) -> None:
        edge = max(2, round(SHADOW * layout.k))
        part = 1.0 if dt <= 0 or state.reduced_motion else 1 - 0.75 ** (dt * 60)
        blits = []
        for sprite in sorted(self.sprites.values(), key=lambda s: (s.group.men, s.group.lead)):
            nx, ny = sprite.now
            tx, ty = sprite.offset
            nx, ny = nx + (tx - nx) * part, ny + (ty - ny) * part
            if abs(tx - nx) + abs(ty - ny) < 0.6:
                nx, ny = tx, ty
            sprite.now = (nx, ny)
            rect = sprite.rect()
            blits.append((sprite.face, (rect.left - edge, rect.top - edge)))
        surface.blits(blits, False)

    def moving(self) -> bool:
        """Whether chips are still on their way or a view is in the making: then another frame is wanted."""
        return not self.ground.settled() or any(s.now != s.offset for s in self.sprites.values())

    # -- what lies under the pointer -------------------------------------------------------------------------------

    def hit(self, state: State, px: int, py: int) -> tuple[str, int] | None:
        """The thing under a pixel of the map: a chip's largest unit, a battle, or a place."""
        tape = self.tape
        if tape is None:
            return None
        for sprite in sorted(self.sprites.values(), key=lambda s: -s.group.men):
            if sprite.rect().collidepoint(px, py):
                return UNIT, sprite.group.lead
        k = self.layout.k
        reach = max(14.0, 22 * k)
        for n, battle in enumerate(tape.battles):
            if battle.start <= state.hour <= battle.end + BATTLE_DAYS * 24:
                x, y = self._pixel(state, battle.x, battle.y)
                if math.hypot(px - x, py - y) < max(reach, 30 * k):
                    return "battle", n
        for sprite in self.sprites.values():
            if math.hypot(px - sprite.pin[0], py - sprite.pin[1]) < reach * 0.7:
                return UNIT, sprite.group.lead
        best: tuple[float, int] | None = None
        for place in tape.places:
            x, y = self._pixel(state, place.x, place.y)
            gap = math.hypot(px - x, py - y)
            if gap < reach and (best is None or gap < best[0]):
                best = (gap, place.index)
        return (PLACE, best[1]) if best else None

    def inspector_tip(self, state: State, px: int, py: int) -> str:
        """A line on what lies under the pointer: the exact strength of a chip, its source and confidence."""
        found = self.hit(state, px, py)
        tape = self.tape
        if found is None or tape is None:
            return ""
        kind, number = found
        lang = state.language
        if kind == UNIT:
            sprite = next((s for s in self.sprites.values() if s.group.lead == number), None)
            if sprite is None:
                return ""
            rows = [f"{tape.units[b.unit].names[lang]}: {lettering.thousands(b.men)}" for b in sprite.group.members[:6]]
            unit = tape.units[number]
            return "\n".join(rows) + (f"\n{say('source', lang)}: {unit.source} ({unit.confidence})" if unit.source else "")
        if kind == PLACE:
            place = tape.places[number]
            return f"{place.names[lang]} ({place.country})"
        return say("battle-of", lang, place=tape.battles[number].names[lang])
