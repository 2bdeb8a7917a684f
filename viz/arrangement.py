"""The chips on the screen: grouped, named and given room when a tick has passed or the view has changed.

Else moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

from viz import battles, carto, groups, lettering, placing, trails
from viz.boot import pygame
from viz.chips import SHADOW
from viz.labels import letters
from viz.lettering import rounded
from viz.state import UNIT
from viz.telling import short_unit
from viz.theme import DARK
from viz.words import short_date

if TYPE_CHECKING:
    from viz.chips import ChipMaker
    from viz.groups import Group
    from viz.tape import Tape, Waypoint
    from viz.view import View

#: Hours between two arrangements; pixels (virtual) that the map may pan before the next.
TICK, PAN = 3, 26
#: Size of the pin of a part that stands beside its group's.
APART = 0.7
#: Virtual units below a chip for the plate that tells the age of a report.
FOOT = 32
#: Seconds a frame that an arrangement in the making may take, and the change of scale that counts as a jump.
BUDGET, ZOOM = 0.0012, 1.08


@dataclass(slots=True)
class Sprite:
    """A chip on the screen: its group, its picture, where it goes and where it is (relative to its pin)."""

    group: Group
    face: pygame.Surface
    size: tuple[int, int]
    offset: tuple[float, float]
    now: tuple[float, float]
    pin: tuple[float, float] = (0.0, 0.0)
    #: pixels below it for a plate
    foot: int = 0

    def room(self) -> pygame.Rect:
        """The room it takes where it goes, its plate included."""
        rect = placing.box(self.pin, self.offset, self.size)
        return pygame.Rect(rect.left, rect.top, rect.width, rect.height + self.foot)

    def rect(self) -> pygame.Rect:
        """The chip's body on the screen, without its shadow."""
        return placing.box(self.pin, self.now, self.size)


class Arrangement:
    """Keeps the chips, the groups that found no room, and history's hollow chips."""

    def __init__(self, chips: ChipMaker) -> None:
        self.chips = chips
        self.sprites: dict[int, Sprite] = {}
        self.hidden: list[Group] = []
        self.ghosts: list[tuple[Waypoint, pygame.Rect]] = []
        self._key: tuple[object, ...] = ()
        self._tick = 0
        self._at = (0.0, 0.0, 0.0)
        self._before: dict[int, int] = {}
        #: the view by which an hour that was jumped to was arranged while its own was in the making (0: none)
        self._provisional = 0
        self._said: dict[int, tuple[str, str]] = {}
        self._names: dict[int, str] = {}
        self._work: Iterator[None] | None = None
        #: the run whose groups are on the screen, by its digest
        self.run = ""
        #: what the groups' places were taken from last: run, hour, side in the fog
        self._placed: tuple[object, ...] = ()
        #: by lead, where the arrow begins and whether it is a retreat (None: stands), and for what that was worked out
        self._marches: dict[int, tuple[tuple[float, float], bool] | None] = {}
        self._march_key: tuple[object, ...] = ()

    def forget(self) -> None:
        """Arrange the next picture from nothing."""
        self._key, self._before, self.sprites, self.hidden = (), {}, {}, []
        self._work, self.run, self._placed = None, "", ()

    def carry(self, old: Tape, new: Tape) -> None:
        """Take the chips over to another run of the same campaign, by the ids of their units.

        Units that it has not are left out, those that it has beside come with the next arrangement.
        """
        self._work, self._placed = None, ()
        rows = {unit.id: unit.index for unit in new.units}
        to = {unit.index: rows[unit.id] for unit in old.units if unit.id in rows}
        if all(a == b for a, b in to.items()) and len(to) == len(old.units):
            return
        groups_ = self.groups()
        for one in groups_:
            one.members = [replace(b, unit=to[b.unit]) for b in one.members if b.unit in to]
        kept = {id(one) for one in groups_ if one.lead in to and one.members}
        for one in groups_:
            one.lead = to.get(one.lead, -1)
        self.sprites = {s.group.lead: s for s in self.sprites.values() if id(s.group) in kept}
        self.hidden = [one for one in self.hidden if id(one) in kept]
        self._before = {to[u]: to[lead] for u, lead in self._before.items() if u in to and lead in to}

    def groups(self) -> list[Group]:
        """All groups on the screen."""
        return [s.group for s in self.sprites.values()] + self.hidden

    def arrange(self, view: View, budget: float = float("inf")) -> bool:
        """Arrange anew if that is due; returns whether a new arrangement is on the screen.

        While time runs an arrangement is made in steps over a few frames; what was jumped to is there at once.
        """
        state, camera = view.state, view.state.camera
        tick = int(state.hour) // TICK
        cards = tuple(tuple(r) for r in view.cards)
        fixed = (
            view.layout,
            state.fog,
            state.language,
            state.theme,
            state.compare,
            state.selection,
            view.chips,
            view.aged,
        )
        key = (fixed, tick, round(camera.scale, 3), cards, id(view.frame), view.tape.digest, state.playing)
        x, y = camera.x * camera.scale, camera.y * camera.scale
        moved = abs(x - self._at[0]) + abs(y - self._at[1]) > PAN * view.k
        zoomed = max(camera.scale, 1e-9) / max(self._at[2], 1e-9)
        anew = not self._key or abs(self._tick - tick) > 16 or not 1 / ZOOM < zoomed < ZOOM
        at_once = anew or budget == float("inf") or self._key[0] != fixed
        if at_once or self._work is None:
            if key == self._key and not moved and self._work is None:
                self._follow(view)
                return False
            leapt = not self._key or abs(self._tick - tick) > 16 or self._provisional not in (0, id(view.frame))
            anew = anew or leapt
            # names that were placed for a view on its way out are placed once more when the new one is there
            self._provisional = 0 if not leapt or view.whole() else id(view.frame)
            names = (leapt, leapt or self._key[0] != fixed)
            if leapt:
                self._before = {}
                view.names.forget()
                view.names.start(view)
            self._key, self._tick, self._at = key, tick, (x, y, camera.scale)
            still = replace(view, state=copy(state))
            self._work = self._steps(still, anew, names)
        end = perf_counter() + budget
        for _ in self._work:
            if not at_once and perf_counter() >= end:
                self._follow(view)
                return False
        self._work, self.run, self._placed = None, view.tape.digest, ()
        self._follow(view)
        return True

    def _follow(self, view: View) -> None:
        """New positions of the groups' leads between two arrangements."""
        placed = (view.tape.digest, view.state.hour, view.state.fog)
        if placed == self._placed:
            return
        self._placed = placed
        at = {b.unit: b for b in view.bodies()}
        for one in self.groups():
            body = at.get(one.lead)
            if body is not None:
                one.x, one.y = body.x, body.y

    # -- giving room -------------------------------------------------------------------------------

    def _steps(self, view: View, jumped: bool, names: tuple[bool, bool]) -> Iterator[None]:
        """Arrange chips and names; ``jumped``: chips afresh, ``names``: names afresh, and at once."""
        gathered = groups.group(view.tape, view.bodies(), view.state.camera.scale, view.k, self._before)
        self._before = {b.unit: g.lead for g in gathered for b in g.members}
        area = view.layout.map
        visible = [g for g in gathered if area.collidepoint(view.pixel(g.x, g.y))]
        yield
        k = view.k
        visible.sort(key=lambda g: (-g.men, g.lead))
        self._said = {}
        self._names = groups.names(view.tape, visible, view.state.language, view.state.hour)
        yield
        obstacles = self._obstacles(view, visible)
        yield
        requests: list[placing.Request] = []
        for one in visible:
            requests.append(self._request(view, one, jumped, visible))
            if len(requests) % 4 == 0:
                yield
        rooms: dict[int, placing.Room] = {}
        yield from placing.place_each(requests, obstacles, k, rooms)
        sprites: dict[int, Sprite] = {}
        for one, request in zip(visible, requests, strict=True):
            room = rooms.get(request.key)
            if room is None:
                continue
            old = self.sprites.get(one.lead)
            now = room.offset if jumped or old is None else old.now
            face = self._face(view, one, room.size)
            sprites[one.lead] = Sprite(one, face, request.sizes[room.size], room.offset, now, request.pin, request.foot)
            yield
        for lead, old in self.sprites.items():
            # a chip goes on its way while the next arrangement is made
            if lead in sprites and not jumped:
                sprites[lead].now = old.now
        boxes = [s.room() for s in sprites.values()] if view.chips else []
        ghosts: list[tuple[Waypoint, pygame.Rect]] = []
        if view.state.compare:
            obstacles.hard = obstacles.hard + [box.inflate(8, 8) for box in boxes]
            ghosts = self._place_ghosts(view, obstacles)
            boxes += [rect for _, rect in ghosts]
        yield
        yield from view.names.settle(view, boxes, obstacles.pins if view.chips else [], *names)
        self.sprites, self.ghosts = sprites, ghosts
        self.hidden = [g for g in visible if g.lead not in sprites]

    @staticmethod
    def _obstacles(view: View, visible: list[Group]) -> placing.Obstacles:
        layout, k = view.layout, view.k
        found = placing.Obstacles(layout.map.inflate(-layout.u(10), -layout.u(10)))
        found.hard = [r.inflate(layout.u(8), layout.u(8)) for r in view.cards]
        first = view.names.capitals(view)
        found.hard += [r.inflate(-round(r.width * 0.02), -round(r.height * 0.2)) for r in first]
        found.hard += [rect for _, rect, _ in battles.marks(view)]
        found.hard += [letters(rect) for rect in view.names.fought_for(view)]
        found.soft = view.second
        found.names = [r.inflate(-8, -10) for r in first + view.second]
        found.pins = [view.beacon] if view.beacon is not None else []
        for one in visible:
            x, y = view.pixel(one.x, one.y)
            found.pins.append(pygame.Rect(round(x - 9 * k), round(y - 9 * k), round(18 * k), round(18 * k)))
        return found

    def _words(self, one: Group) -> tuple[str, str]:
        found = self._said.get(one.lead)
        if found is not None:
            return found
        number = ("~" if one.age >= 0 else "") + rounded(one.men)
        name = self._names[one.lead]
        self._said[one.lead] = (name, number)
        return name, number

    @staticmethod
    def _tiers(one: Group) -> list[int]:
        return list(range(one.tier, -1, -1))

    def _request(self, view: View, one: Group, jumped: bool, others: list[Group]) -> placing.Request:
        name, number = self._words(one)
        old = self.sprites.get(one.lead)
        last = None if jumped or old is None else old.offset
        sizes = [self.chips.size(tier, name, number, view.k) for tier in self._tiers(one)]
        keep = placing.STAY_IN_PLAY if view.state.playing else placing.STAY
        rear, foot = groups.rear(one, others), round(FOOT * view.k) if view.aged and one.age >= 0 else 0
        return placing.Request(one.lead, view.pixel(one.x, one.y), sizes, last, keep, rear, foot)

    def _face(self, view: View, one: Group, size: int) -> pygame.Surface:
        name, number = self._words(one)
        chosen = view.state.selection
        marked = chosen is not None and chosen[0] == UNIT and any(b.unit == chosen[1] for b in one.members)
        return self.chips.face(
            view.theme.liveries[one.kind], arm(view.tape, one), self._tiers(one)[size], name, number,
            one.men / max(one.first_men, 1), len(one.members), view.k, one.age >= 0,
            view.theme.accent if marked else None,
        )  # fmt: skip

    @staticmethod
    def _place_ghosts(view: View, obstacles: placing.Obstacles) -> list[tuple[Waypoint, pygame.Rect]]:
        """History's own positions: the latest of each body within five days, where there is room."""
        latest: dict[str, Waypoint] = {}
        hour = view.state.hour
        for step in view.tape.course:
            if step.hour <= hour + 12 and hour <= step.end + 3 * 24:
                latest[step.who] = step
        k = view.k
        steps = [s for s in latest.values() if view.layout.map.collidepoint(view.pixel(s.x, s.y))]
        wanted: list[placing.Request] = []
        for n, step in enumerate(steps):
            width = view.type.width(lettering.SEMIBOLD, 21 * k, ghost_text(step, view)) + round(22 * k)
            wanted.append(placing.Request(n, view.pixel(step.x, step.y), [(width, round(36 * k))]))
        placed = placing.place(wanted, obstacles, k)
        return [(steps[n], placing.box(wanted[n].pin, room.offset, wanted[n].sizes[0])) for n, room in placed.items()]

    # -- drawing -----------------------------------------------------------------------------------

    def draw_leaders(self, surface: pygame.Surface, view: View) -> None:
        """Lines from the chips to their true places."""
        k = view.k
        for sprite in self.sprites.values():
            one = sprite.group
            sprite.pin = pin = view.pixel(one.x, one.y)
            livery = view.theme.liveries[one.kind]
            ends = (pin, (pin[0] + sprite.now[0], pin[1] + sprite.now[1]))
            carto.thick(surface, view.theme.halo, ends, 5 * k)
            carto.thick(surface, livery.fill if one.kind < 2 else livery.outline, ends, 3 * k)

    def draw_pins(self, surface: pygame.Surface, view: View, ways: list[tuple[Group, trails.Path]]) -> None:
        """Arrow heads of those on the march, and the pins."""
        k = view.k
        found = self.groups()
        pixels = {one.lead: view.pixel(one.x, one.y) for one in found}
        parts = {part.lead: part for part, _ in ways} if self.run == view.tape.digest else {}
        # parts of a group that came another way stand beside its pin: their ribbons reach them, too
        if any(lead not in pixels for lead in parts):
            beside = {b.unit: b for b in view.bodies() if b.unit in parts and b.unit not in pixels}
            pixels |= {unit: view.pixel(body.x, body.y) for unit, body in beside.items()}
        strong = {one.lead: one for one in found} | parts
        for lead, march in self._marching(view, ways).items():
            if march is not None and lead in pixels:
                tail = view.pixel(*march[0])
                trails.head(surface, view.theme, strong[lead], tail, pixels[lead], k, march[1])
        pins: list[tuple[pygame.Surface, tuple[int, int]]] = []
        leads = {one.lead for one in found}
        apart = [part for lead, part in parts.items() if lead in pixels and lead not in leads]
        for one, size in (*((part, APART) for part in apart), *((one, 1.0) for one in found)):
            x, y = pixels[one.lead]
            dot = self.chips.pin(view.theme.liveries[one.kind], size * k)
            wide = dot.get_width() // 2
            pins.append((dot, (round(x) - wide, round(y) - wide)))
        surface.fblits(pins)

    def _marching(
        self, view: View, ways: list[tuple[Group, trails.Path]]
    ) -> dict[int, tuple[tuple[float, float], bool] | None]:
        """Which groups, and parts of them, are on the march, by their leads; worked out once an hour."""
        tape, hour, found = view.tape, view.state.hour, self.groups()
        tails: dict[int, tuple[float, float]] = {}
        for one, path in ways:
            tails.setdefault(one.lead, path[-1])
        leads = tuple((one.lead, one.age < 0, tails.get(one.lead)) for one in found)
        if self.run == tape.digest:
            alone = tails.keys() - {one.lead for one in found}
            leads += tuple((lead, True, tails[lead]) for lead in sorted(alone))
        key = (tape.digest, int(hour), trails.just_mended(hour), leads)
        if key != self._march_key:
            self._march_key, self._marches = key, {}
            for lead, seen, tail in leads:
                goes = tail is not None and seen and trails.marching(tape, lead, hour)
                start = trails.behind(tape, lead, hour, tail) if goes and tail is not None else None
                self._marches[lead] = (start, tape.beaten(lead, int(hour))) if start is not None else None
        return self._marches

    def draw_chips(self, surface: pygame.Surface, view: View, dt: float) -> None:
        """The chips, each a part of the way nearer to where it belongs; large ones on top."""
        edge = max(2, round(SHADOW * view.k))
        part = 1.0 if dt <= 0 or view.state.reduced_motion else 1 - 0.75 ** (dt * 60)
        blits: list[tuple[pygame.Surface, tuple[int, int]]] = []
        for sprite in sorted(self.sprites.values(), key=lambda s: (s.group.men, s.group.lead)):
            (nx, ny), (tx, ty) = sprite.now, sprite.offset
            nx, ny = nx + (tx - nx) * part, ny + (ty - ny) * part
            sprite.now = (tx, ty) if abs(tx - nx) + abs(ty - ny) < 0.6 else (nx, ny)
            rect = sprite.rect()
            blits.append((sprite.face, (rect.left - edge, rect.top - edge)))
        surface.blits(blits, False)

    def draw_ghosts(self, surface: pygame.Surface, view: View) -> None:
        """History's hollow chips, dashed."""
        k = view.k
        for step, rect in self.ghosts:
            livery = view.theme.liveries[step.kind]
            ink = view.theme.ink if view.theme is DARK else livery.outline
            x, y = view.pixel(step.x, step.y)
            pygame.draw.aaline(surface, ink, (x, y), rect.center)
            pygame.draw.aacircle(surface, ink, (x, y), 6 * k, max(2, round(2 * k)))
            pygame.draw.rect(surface, view.theme.halo, rect, border_radius=4)
            carto.dashed_box(surface, ink, rect, max(2, round(2.4 * k)), 8 * k, 5 * k)
            line = view.type.line(lettering.SEMIBOLD, 21 * k, ghost_text(step, view), ink)
            surface.blit(line, line.get_rect(center=rect.center))

    def moving(self) -> bool:
        """Whether chips are still on their way, or an arrangement is in the making."""
        return self._work is not None or any(s.now != s.offset for s in self.sprites.values())


def arm(tape: Tape, one: Group) -> str:
    """The arm most of a group's men belong to."""
    share: dict[str, int] = {}
    for body in one.members:
        name = tape.units[body.unit].arm
        share[name] = share.get(name, 0) + body.men
    return max(share, key=lambda a: (share[a], a))


def ghost_text(step: Waypoint, view: View) -> str:
    """What a hollow chip says: who, and the day of the source."""
    lang = view.state.language
    return f"{short_unit(step.names[lang], lang)}, {short_date(view.tape.day(step.hour), lang)}"
