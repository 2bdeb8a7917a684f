"""What one picture is made of: run, state, layout, theme and the ground's view.

Handed from layer to layer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from viz import moment
from viz.boot import pygame

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
        if self.frame.camera.scale != self.state.camera.scale:
            return
        dx, dy = self._offset()
        moved = ((a.picture, a.rect.move(dx, dy)) for a in self.frame.labels if a.rank == 1)
        self.capitals = [(p, r) for p, r in moved if r.colliderect(area)]
        self.first = [rect for _, rect in self.capitals]
        self.second = on_screen(self.frame.labels, 2, dx, dy, area)

    def all_names(self) -> list[pygame.Rect]:
        """Rectangles of the names of all ranks and of the waters on the screen."""
        if self.frame.camera.scale != self.state.camera.scale:
            return self.first + self.second
        dx, dy = self._offset()
        return [rect for rank in range(4) for rect in on_screen(self.frame.labels, rank, dx, dy, self.layout.map)]

    def _offset(self) -> tuple[int, int]:
        """From the view's picture to the screen, in pixels."""
        area = self.layout.map
        x, y = self.frame.spot(self.state.camera.x, self.state.camera.y)
        return area.left - round(x - area.width / 2), area.top - round(y - area.height / 2)


def on_screen(labels: list[Label], rank: int, dx: int, dy: int, area: pygame.Rect) -> list[pygame.Rect]:
    """Rectangles of the names of one rank, moved by ``dx``, ``dy``, that touch the area."""
    moved = (label.rect.move(dx, dy) for label in labels if label.rank == rank)
    return [rect for rect in moved if rect.colliderect(area)]
