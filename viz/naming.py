"""Names on the map: each beside its dot, clear of cards, chips and other names; where it stood it stays while it can.

They lie over ground, ribbons and leaders and are drawn in each frame, so that they keep their size while the scale
changes. A name that would be half covered steps to another side of its dot, or is left out; what comes, goes or steps
aside is faded in and out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from viz import battles
from viz.boot import pygame
from viz.labels import ALL_SIDES, DOT, SIDES, STYLES, WATER, beside, letters

if TYPE_CHECKING:
    from viz.labels import Label
    from viz.mapmaker import Frame
    from viz.view import View

#: Seconds in which a name comes or goes.
FADE = 0.3
#: Seconds for which, while time runs, a chip may lie on a name before it goes, and for which its room must be free
#: before it comes: chips pass by, and names must not flicker.
PATIENCE = 0.7
#: Names that are given room in one step.
AT_ONCE = 10


@dataclass(slots=True)
class Standing:
    """A name on the map, the side of its dot on which it stands, and how much of it is seen (0 to 1).

    ``look`` is the style and scale of the view it was made for; ``covered`` the time since which a chip lies on it.
    """

    label: Label
    side: int
    look: tuple[object, ...] = ()
    seen: float = 1.0
    covered: float | None = None

    def rect(self, spot: tuple[float, float]) -> pygame.Rect:
        """Its rectangle when its dot lies there."""
        return beside(self.label.picture.get_size(), spot, self.label.gap, self.side)


@dataclass(slots=True)
class Crowd:
    """What names keep clear of: the map's edge, cards, other names, and chips and battles, which may pass by.

    Pins and dots of places when they step aside.
    """

    area: pygame.Rect
    cards: list[pygame.Rect]
    chips: list[pygame.Rect]
    pins: list[pygame.Rect]
    names: list[pygame.Rect] = field(default_factory=list[pygame.Rect])
    _dots: list[pygame.Rect] | None = None

    def open(self, rect: pygame.Rect) -> bool:
        """Whether a name there lies on the map and under no card."""
        return self.area.contains(rect) and rect.collidelist(self.cards) < 0

    def dots_of(self, view: View) -> list[pygame.Rect]:
        """The dots of the places that are shown at the view's scale, on the screen."""
        if self._dots is None:
            k, self._dots = view.k, []
            for place in view.tape.places:
                if view.frame.camera.scale / k >= STYLES[place.rank][2]:
                    x, y = view.pixel(place.x, place.y)
                    r = round(DOT[place.rank] * k) + 1
                    self._dots.append(pygame.Rect(round(x) - r, round(y) - r, 2 * r, 2 * r))
        return self._dots


class Names:
    """Keeps the names that stand, and those that are fading out."""

    def __init__(self) -> None:
        self.standing: dict[str, Standing] = {}
        self._going: list[Standing] = []
        #: seconds for which names have been drawn, and since when a name that does not stand could
        self._clock = 0.0
        self._waiting: dict[str, float] = {}
        #: the side that chips were told to keep free for each name of the first rank
        self._next: dict[str, int] = {}
        #: the least names that make room for a country's
        self._veiled: set[str] = set()
        #: rectangles in a view's picture of those that stand, and for which view that was worked out
        self._rects: list[pygame.Rect] = []
        self._rects_of: tuple[int, float] = (0, 0.0)

    def forget(self) -> None:
        """Place the next names from nothing."""
        self.standing, self._going, self._waiting, self._next, self._rects_of = {}, [], {}, {}, (0, 0.0)

    @property
    def fading(self) -> bool:
        """Whether a name is coming or going."""
        return bool(self._going) or any(one.seen < 1 for one in self.standing.values())

    # -- where they stand ----------------------------------------------------------------------------

    def start(self, view: View) -> None:
        """Names for a view that has none yet, chips not regarded: so that chips know what to keep clear of."""
        if not self.standing and view.state.names:
            for _ in self.settle(view, [], [], True, True):
                pass

    def capitals(self, view: View) -> list[pygame.Rect]:
        """Where the names of the first rank will stand beside the cards of now: chips keep clear of them."""
        crowd, near = Crowd(view.layout.map, view.cards, [], []), view.layout.map.inflate(40, 40)
        self._next = {}
        for label in view.frame.labels if view.state.names else ():
            spot = view.pixel(*label.at)
            if label.rank != 1 or not near.collidepoint(spot):
                continue
            last = self.standing.get(label.name)
            one = _room(view, label, spot, last.side if last is not None else None, crowd)
            if one is not None:
                self._next[label.name] = one.side
                crowd.names.append(one.rect(spot))
        return crowd.names

    def settle(
        self,
        view: View,
        chips: list[pygame.Rect],
        pins: list[pygame.Rect],
        afresh: bool = False,
        at_once: bool = False,
    ) -> Iterator[None]:
        """Give the names of a view room beside these chips, in steps.

        ``afresh``: wherever they stood; ``at_once``: nothing is faded.
        """
        crowd = _crowd(view, chips, pins)
        patient = view.state.playing and not at_once
        found: dict[str, Standing] = {}
        waiting: dict[str, float] = {}
        near, look = view.layout.map.inflate(40, 40), _look(view.frame)
        for number, label in enumerate(view.frame.labels if view.state.names else ()):
            if number % AT_ONCE == AT_ONCE - 1:
                yield
            last = None if afresh else self.standing.get(label.name)
            if label.side == WATER and last is not None and last.look == look:
                label = last.label  # the same name of the view before: it need not flow on with each view
            spot = view.pixel(*label.at)
            if not near.collidepoint(spot):
                continue
            one = self._kept(label, spot, last, crowd) if patient and last is not None else None
            side = self._next.get(label.name, last.side if last is not None else None)
            one = one or _room(view, label, spot, side, crowd)
            if one is None:
                continue
            if patient and last is None:
                waiting[label.name] = since = self._waiting.get(label.name, self._clock)
                if self._clock - since < PATIENCE:
                    continue
            one.look = look
            found[label.name] = one
            crowd.names.append(one.rect(spot))
        self._waiting = waiting
        self._take(found, at_once)

    def _kept(self, label: Label, spot: tuple[float, float], last: Standing, crowd: Crowd) -> Standing | None:
        """A name where it stood, though a chip passes over it for a while."""
        rect = beside(label.picture.get_size(), spot, label.gap, last.side)
        if not crowd.open(rect) or not _clear(rect, crowd.names):
            return None
        if _clear(rect, crowd.chips):
            return Standing(label, last.side)
        covered = self._clock if last.covered is None else last.covered
        return Standing(label, last.side, covered=covered) if self._clock - covered < PATIENCE else None

    def _take(self, found: dict[str, Standing], at_once: bool) -> None:
        """Put the new names in place of the old: what stands as it stood is not faded."""
        for name, old in self.standing.items():
            new = found.get(name)
            if new is not None and new.side == old.side and (new.side != WATER or new.label.at == old.label.at):
                new.seen = old.seen
                continue
            self._going.append(old)
            if new is not None:
                new.seen = 0.0
        for name, new in found.items():
            if name not in self.standing:
                new.seen = 0.0
        self.standing, self._rects_of = found, (0, 0.0)
        if at_once:
            self._finish()

    def _finish(self) -> None:
        self._going = []
        for one in self.standing.values():
            one.seen = 1.0

    def rects(self, view: View, *ranks: int) -> list[pygame.Rect]:
        """Where the names of these ranks stand on the screen (0: waters)."""
        placed = zip(self.standing.values(), self._on_screen(view), strict=True)
        return [rect for one, rect in placed if one.label.rank in ranks]

    def veil(self, view: View, countries: list[pygame.Rect]) -> None:
        """Leave out the least names on which the names of countries stand."""
        placed = zip(self.standing.items(), self._on_screen(view), strict=True)
        self._veiled = {
            name
            for (name, one), rect in placed
            if one.label.rank in (0, 3) and letters(rect).collidelist(countries) >= 0
        }

    def fought_for(self, view: View) -> list[pygame.Rect]:
        """Where the names of the places stand at which there is a battle on the map."""
        spots = [(b.x, b.y) for n, b in enumerate(view.tape.battles) if battles.is_shown(view, n, b)]
        if not spots:
            return []
        placed = zip(self.standing.values(), self._on_screen(view), strict=True)
        return [rect for one, rect in placed if any(_near(one.label.at, spot) for spot in spots)]

    def _on_screen(self, view: View) -> list[pygame.Rect]:
        """Rectangles on the screen of those that stand; in step with the ground to the pixel."""
        frame = view.frame
        if frame.camera.scale != view.state.camera.scale:
            return [one.rect(view.pixel(*one.label.at)) for one in self.standing.values()]
        key = (id(frame), frame.camera.scale)
        if self._rects_of != key:
            self._rects = [one.rect(frame.spot(*one.label.at)) for one in self.standing.values()]
            self._rects_of = key
        dx, dy = view.offset()
        return [rect.move(dx, dy) for rect in self._rects]

    # -- drawing -------------------------------------------------------------------------------------

    def draw(self, surface: pygame.Surface, view: View, dt: float, plates: list[pygame.Rect]) -> None:
        """The names; ``dt`` seconds have passed (0: nothing is faded). Lesser ones are left out under ``plates``."""
        self._clock += dt
        if not view.state.names:
            self._finish()
            return
        if dt <= 0 or view.state.reduced_motion:
            self._finish()
        whole: list[tuple[pygame.Surface, pygame.Rect]] = []
        for one, rect in zip(self.standing.values(), self._on_screen(view), strict=True):
            one.seen = min(1.0, one.seen + dt / FADE)
            if one.label.name in self._veiled:
                continue
            if plates and one.label.rank != 1 and letters(rect).collidelist(plates) >= 0:
                continue
            if one.seen >= 1:
                whole.append((one.label.picture, rect))
            else:
                _faint(surface, one, rect)
        surface.blits(whole, False)
        for one in self._going:
            one.seen -= dt / FADE
            if one.seen > 0:
                _faint(surface, one, one.rect(view.pixel(*one.label.at)))
        self._going = [one for one in self._going if one.seen > 0]


def _look(frame: Frame) -> tuple[object, ...]:
    """Theme, size of letters, language and scale of a view."""
    return (*frame.key[:3], frame.camera.scale)


def _faint(surface: pygame.Surface, one: Standing, rect: pygame.Rect) -> None:
    """A name of which a part is seen. Its picture is shared, so it is left as it was."""
    picture = one.label.picture
    picture.set_alpha(round(255 * max(0.0, one.seen)))
    surface.blit(picture, rect)
    picture.set_alpha(255)  # not None: then the air round the letters would be drawn, too


def _near(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two sheet points are one place."""
    return abs(one[0] - other[0]) + abs(one[1] - other[1]) < 0.02


def _crowd(view: View, chips: list[pygame.Rect], pins: list[pygame.Rect]) -> Crowd:
    marks = [rect.inflate(-rect.width // 4, -rect.height // 4) for _, rect, _ in battles.marks(view)]
    return Crowd(view.layout.map, view.cards, [*chips, *marks], pins)


def _room(view: View, label: Label, spot: tuple[float, float], last: int | None, crowd: Crowd) -> Standing | None:
    """The name on the side of its dot on which it is read whole; None when there is none.

    Where it stood last is best, then where the view had it. A large town whose dot is seen always has its name.
    """
    size, gap = label.picture.get_size(), label.gap
    dot = pygame.Rect(round(spot[0]), round(spot[1]), 1, 1)
    if label.side != WATER and (not crowd.area.contains(dot) or dot.collidelist(view.cards) >= 0):
        return None
    best = label.side if last is None else last
    covered: Standing | None = None
    for side in (best,) if best == label.side else (best, label.side):
        rect = beside(size, spot, gap, side)
        if _free(rect, crowd):
            if _unmarked(rect, crowd.pins, dot):
                return Standing(label, side)
            covered = covered or Standing(label, side)  # a pin on its letters is better than no name
    if label.side == WATER:
        return covered
    sides = [(side, beside(size, spot, gap, side)) for side in range(ALL_SIDES if label.rank == 1 else SIDES)]
    for side, rect in sides:
        if _free(rect, crowd) and _unmarked(rect, crowd.pins, dot) and _unmarked(rect, crowd.dots_of(view), dot):
            return Standing(label, side)
    if covered is not None or label.rank > 1:
        return covered
    open_ = [side for side, rect in sides if crowd.open(rect)]
    if open_:
        return Standing(label, best if best in open_ else open_[0])
    # better no name at the very edge than the half of one
    return Standing(label, best) if crowd.area.contains(sides[best][1]) else None


def _unmarked(rect: pygame.Rect, marks: list[pygame.Rect], dot: pygame.Rect) -> bool:
    """Whether no mark but that of the name's own place lies on its letters."""
    return all(marks[n].colliderect(dot) for n in letters(rect).collidelistall(marks))


def _free(rect: pygame.Rect, crowd: Crowd) -> bool:
    """Whether a name would be read whole there."""
    return crowd.open(rect) and _clear(rect, crowd.chips, crowd.names)


def _clear(rect: pygame.Rect, one: list[pygame.Rect], other: list[pygame.Rect] | tuple[()] = ()) -> bool:
    """Whether the letters of a name there touch none of these."""
    slim = letters(rect)
    return slim.collidelist(one) < 0 and (not other or slim.collidelist(other) < 0)
