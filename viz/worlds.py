"""Two worlds on one map: history's settings as dashed chips beside the run's own, and where the two part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz import carto, groups, lettering, placing
from viz.boot import pygame
from viz.lettering import rounded
from viz.moment import bodies
from viz.tape import FIELD
from viz.theme import DARK
from viz.whatif import Parting
from viz.words import say

if TYPE_CHECKING:
    import numpy as np

    from viz.arrangement import Arrangement
    from viz.groups import Group
    from viz.moment import Body
    from viz.tape import Names, Tape
    from viz.view import View

#: A unit of the other world is shown when it stands so far from its like, in degrees of the sheet (some 10 km),
#: or when their strengths differ by this share.
APART, UNLIKE = 0.1, 0.15


class Worlds:
    """Draws the other world's groups where they differ from the run on the map."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self.ghosts: list[tuple[Group, pygame.Rect, str]] = []

    def draw(self, surface: pygame.Surface, view: View, chips: Arrangement, other: Tape) -> None:
        """Dashed chips of ``other`` at the view's hour, clear of the chips that stand there."""
        self.arrange(view, chips, other)
        self._paint(surface, view)

    def arrange(self, view: View, chips: Arrangement, other: Tape) -> list[pygame.Rect]:
        """Give them room where that is due; returns where they stand."""
        camera = view.state.camera
        key = (
            other.digest, view.tape.digest, int(view.state.hour) // 3, round(camera.scale, 3), view.layout,
            round(camera.x * camera.scale / 24), round(camera.y * camera.scale / 24), view.state.language,
            len(chips.sprites),
        )  # fmt: skip
        if key != self._key:
            self._key = key
            self.ghosts = self._place(view, chips, other)
        return [rect for _, rect, _ in self.ghosts]

    def _place(self, view: View, chips: Arrangement, other: Tape) -> list[tuple[Group, pygame.Rect, str]]:
        hour, k = view.state.hour, view.k
        mine = {view.tape.units[b.unit].id: b for b in bodies(view.tape, hour)}
        theirs: list[Body] = []
        for body in bodies(other, hour):
            like = mine.get(other.units[body.unit].id)
            far = like is None or abs(like.x - body.x) + abs(like.y - body.y) > APART
            if far or (like is not None and abs(like.men - body.men) > UNLIKE * max(like.men, body.men)):
                theirs.append(body)
        gathered = groups.group(other, theirs, view.state.camera.scale, k, {})
        seen = [g for g in gathered if view.layout.map.collidepoint(view.pixel(g.x, g.y)) and g.men >= 40]
        room = placing.Obstacles(view.layout.map.inflate(-view.layout.u(10), -view.layout.u(10)))
        room.hard = [r.inflate(8, 8) for r in view.cards]
        room.hard += [placing.box(s.pin, s.offset, s.size).inflate(8, 8) for s in chips.sprites.values()]
        room.hard += view.first
        room.soft = view.second
        texts = [f"{groups.name(other, g, view.state.language, hour)} {rounded(g.men)}" for g in seen]
        wanted = [
            placing.Request(
                n,
                view.pixel(g.x, g.y),
                [(view.type.width(lettering.SEMIBOLD, 21 * k, text) + round(22 * k), round(36 * k))],
            )
            for n, (g, text) in enumerate(zip(seen, texts, strict=True))
        ]
        placed = placing.place(wanted, room, k)
        return [
            (seen[n], placing.box(wanted[n].pin, spot.offset, wanted[n].sizes[0]), texts[n])
            for n, spot in placed.items()
        ]

    def _paint(self, surface: pygame.Surface, view: View) -> None:
        k = view.k
        for one, rect, text in self.ghosts:
            livery = view.theme.liveries[one.kind]
            ink = view.theme.ink if view.theme is DARK else livery.outline
            x, y = view.pixel(one.x, one.y)
            pygame.draw.aaline(surface, ink, (x, y), rect.center)
            pygame.draw.aacircle(surface, view.theme.halo, (x, y), 7 * k)
            pygame.draw.aacircle(surface, ink, (x, y), 7 * k, max(2, round(2 * k)))
            pygame.draw.rect(surface, view.theme.halo, rect, border_radius=4)
            if one.kind < 2:  # the Red camp has a dark edge inside, so that camps are told apart without hue
                inner = pygame.Rect(rect.left, rect.top, max(4, round(8 * k)), rect.height)
                pygame.draw.rect(surface, livery.fill, inner)
            carto.dashed_box(surface, ink, rect, max(2, round(2.4 * k)), 8 * k, 5 * k)
            line = view.type.line(lettering.SEMIBOLD, 21 * k, text, view.theme.ink)
            surface.blit(line, line.get_rect(center=(rect.centerx + round(3 * k), rect.centery)))


def parting(one: Tape, other: Tape) -> Parting | None:
    """The first hour at which two runs on the same dice differ and what differed; None: they never part.

    Compared hour by hour: where every unit stands, its men, its order, and who is in the field.
    """
    import numpy as np

    rows = {unit.id: unit.index for unit in one.units}
    like = [(rows[unit.id], unit.index) for unit in other.units if unit.id in rows]
    left, right = np.array([a for a, _ in like]), np.array([b for _, b in like])
    unlike: list[tuple[str, np.ndarray]] = []
    fields = {"part-men": "men", "part-place": "x", "part-place-y": "y"}
    here = one.state[:, left] == FIELD
    unlike.append(("part-field", one.state[:, left] != other.state[:, right]))
    for word, name in fields.items():
        unlike.append((word, (getattr(one, name)[:, left] != getattr(other, name)[:, right]) & here))
    if "task" in one.detail and "task" in other.detail:
        unlike.append(("part-order", (one.detail["task"][:, left] != other.detail["task"][:, right]) & here))
    found: list[tuple[int, int, str, int]] = []
    for rank, (word, table) in enumerate(unlike):
        hours = table.any(axis=1)
        if hours.any():
            hour = int(hours.argmax())
            men = np.where(table[hour], one.men[hour, left], -1)  # of several units the strongest is named
            found.append((hour, rank, word, int(left[int(men.argmax())])))
    best = min(found) if found else None
    alone = [_alone(tape, against) for tape, against in ((one, other), (other, one))]
    only = min((spot for spot in alone if spot is not None), default=None, key=lambda spot: spot[0])
    if only is not None and (best is None or only[0] < best[0]):
        return Parting(only[0], _words("part-field", only[1]))
    if best is None:
        return None
    hour, _, word, unit = best
    event = _event(one, other, hour)
    if event is not None:
        return Parting(hour, event)
    return Parting(hour, _words("part-place" if word == "part-place-y" else word, one.units[unit].names))


def _alone(tape: Tape, other: Tape) -> tuple[int, Names] | None:
    """Hour at which a unit that the other run has not first stands in the field, and its names."""
    known = {unit.id for unit in other.units}
    own = [unit for unit in tape.units if unit.id not in known and "." not in unit.id]
    best: tuple[int, Names] | None = None
    for unit in own:
        there = tape.state[:, unit.index] == FIELD
        if there.any() and (best is None or int(there.argmax()) < best[0]):
            best = int(there.argmax()), unit.names
    return best


def _event(one: Tape, other: Tape, hour: int) -> Names | None:
    """An event at that hour which only one of the runs has, in words."""
    sets = [{(e.hour, e.texts) for e in tape.events if e.hour == hour} for tape in (one, other)]
    for mine, word in ((sets[1] - sets[0], "part-only-now"), (sets[0] - sets[1], "part-only-history")):
        if mine:
            texts = min(mine)[1]
            english, russian, mongolian = (say(word, n, what=texts[n]) for n in range(3))
            return english, russian, mongolian
    return None


def _words(word: str, names: Names) -> Names:
    english, russian, mongolian = (say(word, n, who=names[n]) for n in range(3))
    return english, russian, mongolian
