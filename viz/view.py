"""What one picture is made of: run, state, layout, theme and the ground's view.

Handed from layer to layer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from viz import moment
from viz.boot import pygame
from viz.labels import DOT, around

if TYPE_CHECKING:
    from viz.labels import Label
    from viz.layout import Layout
    from viz.lettering import Lettering
    from viz.mapmaker import Frame
    from viz.state import State
    from viz.tape import Tape
    from viz.theme import Theme


@dataclass(slots=True)
class View:
    """One picture in the making.  ``first`` and ``second`` are the rectangles of the names of rank 1 and.

    2.
    """

    tape: Tape
    state: State
    layout: Layout
    theme: Theme
    type: Lettering
    frame: Frame
    cards: list[pygame.Rect] = field(default_factory=list[pygame.Rect])
    first: list[pygame.Rect] = field(default_factory=list[pygame.Rect])
    second: list[pygame.Rect] = field(default_factory=list[pygame.Rect])
    capitals: list[tuple[pygame.Surface, pygame.Rect]] = field(default_factory=list[tuple[pygame.Surface, pygame.Rect]])
    #: marks of battles, worked out when first asked for
    marks: list[tuple[pygame.Surface, pygame.Rect, bool]] | None = None
    _bodies: list[moment.Body] | None = None

    @property
    def k(self) -> float:
        """Pixels a virtual unit."""
        return self.layout.k

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        """Pixel on the screen of a sheet point."""
        area = self.layout.map
        px, py = self.state.camera.at(x, y, area.width, area.height)
        return px + area.left, py + area.top

    def bodies(self) -> list[moment.Body]:
        """Who is where: in truth, or as the side in the fog knows it."""
        if self._bodies is None:
            fog = self.state.fog
            self._bodies = (
                moment.bodies(self.tape, self.state.hour)
                if fog < 0
                else moment.seen_by(self.tape, self.state.hour, fog)
            )
        return self._bodies

    def find_names(self) -> None:
        """Fill in where the names of the first two ranks stand on the screen."""
        area = self.layout.map
        same = self.frame.camera.scale == self.state.camera.scale
        dx, dy = self._offset() if same else (0, 0)
        if same:
            self.second = on_screen(self.frame.labels, 2, dx, dy, area)
        for label in self.frame.labels:
            if label.rank != 1:
                continue
            rect = label.rect.move(dx, dy)
            if not same:
                # while the scale changes a name keeps its side of the dot
                x, y = self.pixel(*self.frame.camera.sheet(*label.dot, *self.frame.size))
                rect = label.rect.move(round(x - label.dot[0]), round(y - label.dot[1]))
            place = self._clear(label, rect) if rect.colliderect(area) else None
            if place is not None:
                self.capitals.append((label.picture, place))
        self.first = [rect for _, rect in self.capitals]

    def _clear(self, label: Label, rect: pygame.Rect) -> pygame.Rect | None:
        """Where the name of a large town is read whole: where the view put it, or on another side of its dot.

        A card or the map's edge may lie over it, which the view did not know.  None for a name of which a part would
        peep out while its dot is covered or off the map.
        """
        area = self.layout.map
        dot = (label.dot[0] + rect.left - label.rect.left, label.dot[1] + rect.top - label.rect.top)
        if area.contains(rect) and rect.collidelist(self.cards) < 0:
            return rect
        if not area.collidepoint(dot) or any(card.collidepoint(dot) for card in self.cards):
            return None
        gap = DOT[1] * self.k + 3 * self.k
        taken = [*self.cards, *(other for _, other in self.capitals)]
        free = [r for r in around(rect.size, dot, gap) if area.contains(r) and r.collidelist(taken) < 0]
        if not free:
            return rect
        # the sides come best first; a side where no lesser name stands is better still
        return next((r for r in free if r.collidelist(self.second) < 0), free[0])

    def all_names(self) -> list[pygame.Rect]:
        """Rectangles of the names of all ranks and of the waters on the screen."""
        if self.frame.camera.scale != self.state.camera.scale:
            return self.first + self.second
        dx, dy = self._offset()
        others = (on_screen(self.frame.labels, rank, dx, dy, self.layout.map) for rank in (0, 2, 3))
        return [*self.first, *(rect for rects in others for rect in rects)]

    def _offset(self) -> tuple[int, int]:
        """From the view's picture to the screen, in pixels."""
        area = self.layout.map
        x, y = self.frame.spot(self.state.camera.x, self.state.camera.y)
        return area.left - round(x - area.width / 2), area.top - round(y - area.height / 2)


def on_screen(labels: list[Label], rank: int, dx: int, dy: int, area: pygame.Rect) -> list[pygame.Rect]:
    """Rectangles of the names of one rank, moved by ``dx``, ``dy``, that touch the area."""
    moved = (label.rect.move(dx, dy) for label in labels if label.rank == rank)
    return [rect for rect in moved if rect.colliderect(area)]
