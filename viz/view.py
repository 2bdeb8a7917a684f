"""What one picture is made of: run, state, layout, theme and the ground's view.

Handed from layer to layer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from viz import moment
from viz.boot import pygame
from viz.labels import beside

if TYPE_CHECKING:
    from viz.layout import Layout
    from viz.lettering import Lettering
    from viz.mapmaker import Frame
    from viz.naming import Names
    from viz.state import State
    from viz.tape import Tape
    from viz.theme import Theme


@dataclass(slots=True)
class View:
    """One picture in the making."""

    tape: Tape
    state: State
    layout: Layout
    theme: Theme
    type: Lettering
    frame: Frame
    names: Names
    cards: list[pygame.Rect] = field(default_factory=list[pygame.Rect])
    #: whether chips are drawn: a map of many runs has none
    chips: bool = True
    #: the ring round the place that the caption speaks of
    beacon: pygame.Rect | None = None
    #: whether a plate under each chip of the enemy tells how old the news of it is
    aged: bool = False
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

    @property
    def first(self) -> list[pygame.Rect]:
        """Where the names of the first rank stand."""
        return self.names.rects(self, 1)

    @property
    def second(self) -> list[pygame.Rect]:
        """Where the names of the second rank stand."""
        return self.names.rects(self, 2)

    def all_names(self) -> list[pygame.Rect]:
        """Where the names of all ranks and of the waters stand."""
        return self.names.rects(self, 0, 1, 2, 3)

    def drawn_up(self) -> list[pygame.Rect]:
        """Where the view's picture would have the names of the first two ranks: they stay there, whatever passes."""
        labels = [label for label in self.frame.labels if label.rank in (1, 2)]
        if self.frame.camera.scale == self.state.camera.scale:
            dx, dy = self.offset()
            return [label.rect.move(dx, dy) for label in labels]
        return [beside(a.picture.get_size(), self.pixel(*a.at), a.gap, a.side) for a in labels]

    def whole(self) -> bool:
        """Whether the ground's view covers what the camera sees, at its scale."""
        if self.frame.camera.scale != self.state.camera.scale:
            return False
        dx, dy = self.offset()
        return pygame.Rect((dx, dy), self.frame.size).contains(self.layout.map)

    def offset(self) -> tuple[int, int]:
        """From the view's picture to the screen, in pixels."""
        area = self.layout.map
        x, y = self.frame.spot(self.state.camera.x, self.state.camera.y)
        return area.left - round(x - area.width / 2), area.top - round(y - area.height / 2)
