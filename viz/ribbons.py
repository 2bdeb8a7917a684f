"""The picture under the pins: ground and ribbons.

Which pans with the ground and is mended when half a day has passed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from viz import trails
from viz.boot import pygame

if TYPE_CHECKING:
    from viz.ground import Ground
    from viz.groups import Group
    from viz.mapmaker import Frame
    from viz.view import View

#: Shares of the screen that a view must cover to be stretched, and to be shown while the next is made.
ENOUGH, MOST = 0.6, 0.9
#: What ways depend on: half-day, grade of the scale, k, run, side in the fog.
WaysKey = tuple[int, float, float, str, int]


@dataclass(slots=True)
class Layer:
    """A view's ground with ribbons on it, and what these cover."""

    picture: pygame.Surface
    frame: Frame
    serial: int = -1
    ways: WaysKey = (-99, 0.0, 0.0, "", -1)
    covered: list[pygame.Rect] = field(default_factory=list[pygame.Rect])


class Ribbons:
    """Keeps the picture that is shown and a second one, in which the next is made."""

    def __init__(self) -> None:
        self.ways: list[tuple[Group, trails.Path]] = []
        self._ways_key: WaysKey | None = None
        self._tracks = trails.Tracks()
        self._shown: Layer | None = None
        self._spare: Layer | None = None
        self._work: Iterator[Layer | None] | None = None
        self._source: tuple[int, int] = (0, -1)
        #: what was jumped to last
        self._jump: WaysKey | None = None

    @property
    def working(self) -> bool:
        """Whether a picture is in the making."""
        return self._work is not None

    def forget(self) -> None:
        """Make the next picture from nothing."""
        self._ways_key = None
        self._work = self._shown = self._spare = None

    def draw(
        self,
        surface: pygame.Surface,
        view: View,
        ground: Ground,
        found: list[Group],
        budget: float = float("inf"),
        ready: bool = True,
    ) -> None:
        """Ground and ribbons of the groups, onto the screen; what changed is laid over a few frames.

        Not ``ready``: the groups are still those of another run, and so are the ribbons.
        """
        area, camera, frame = view.layout.map, view.state.camera, view.frame
        at_once = budget == float("inf")
        if ready or self._ways_key is None:
            self._find_ways(view, found, at_once)
        shown = self._shown
        kept = shown is not None and not self._jumped(shown) and ground.share(shown.frame, camera, area) > MOST
        stretched = not at_once and not ground.fits(camera, area)
        if stretched and (not kept or ground.share(frame, camera, area) < ENOUGH):
            ground.paste(surface, area, camera)
            s = camera.scale
            offset = (area.left + area.width / 2 - camera.x * s, area.top + area.height / 2 - camera.y * s)
            trails.draw(surface, area, self.ways, (s, *offset), view.theme, view.k)
            self._work = None
            return
        late = shown is None or shown.frame is not frame
        stale = late or (shown is not None and (shown.serial, shown.ways) != (frame.serial, self._ways_key))
        # before the new groups are there, what would be laid is laid again
        if stale and not kept and not at_once and ground.fits(camera, area) and ground.frame is frame:
            self._draw_over(surface, view, frame)
            if self._jump == self._ways_key:
                self._advance(view, frame, budget)
            else:  # the hour has just been jumped to: the picture is made from the next frame on
                self._jump, self._work = self._ways_key, None
            return
        if stale and (ready or late or not kept):
            self._advance(view, frame, budget if kept else float("inf"))
        shown = self._shown
        assert shown is not None
        ground.paste(surface, area, camera, shown.picture, shown.frame)

    def _draw_over(self, surface: pygame.Surface, view: View, frame: Frame) -> None:
        """Ground and ribbons straight onto the screen, pixel for pixel as the picture in the making will have them."""
        area, camera = view.layout.map, view.state.camera
        x, y = frame.spot(camera.x, camera.y)
        dx, dy = area.left - round(x - area.width / 2), area.top - round(y - area.height / 2)
        surface.blit(frame.ground or frame.base, area.topleft, (area.left - dx, area.top - dy, *area.size))
        s = frame.camera.scale
        offset = (frame.size[0] / 2 - frame.camera.x * s + dx, frame.size[1] / 2 - frame.camera.y * s + dy)
        trails.draw(surface, area, self.ways, (s, *offset), view.theme, view.k)

    def _find_ways(self, view: View, found: list[Group], at_once: bool) -> None:
        """Bring the ways up to date."""
        half_day, scale = int(view.state.hour) // trails.STEP, view.state.camera.scale
        grade = scale if at_once else round(math.log(scale) / math.log(1.08))
        key = (half_day, grade, view.k, view.tape.digest, view.state.fog)
        if self._ways_key != key:
            self.ways = trails.paths(view.tape, self._tracks, found, view.state.hour)
            self._ways_key = key

    def _jumped(self, shown: Layer) -> bool:
        """Whether size or knowledge have changed, or more than a day has passed, since a picture was made."""
        now, then = self._ways_key, shown.ways
        return now is None or (then[2], then[4]) != (now[2], now[4]) or not -1 <= now[0] - then[0] <= 2

    def _advance(self, view: View, frame: Frame, budget: float) -> None:
        """Make the picture of a view and its ways for ``budget`` seconds; show it when it is done."""
        end = perf_counter() + budget
        source = (id(frame), frame.serial)
        if self._work is None or budget == float("inf") or self._source != source:
            self._work, self._source = self._lay(view, frame), source
        for made in self._work:
            if made is not None:
                self._spare, self._shown = self._shown, made
            elif perf_counter() >= end:
                return
        self._work = None
        if budget == float("inf") and self._spare is None:
            # the picture to come must not wait for its memory
            self._spare = Layer(pygame.Surface(frame.size, 0, 32), frame)

    def _lay(self, view: View, frame: Frame) -> Iterator[Layer | None]:
        """Ribbons over a copy of the ground.

        Only what they covered is mended.
        """
        layer, ground, key = self._spare, frame.ground or frame.base, self._ways_key
        assert key is not None
        ways, serial = sorted(self.ways, key=lambda w: -w[0].men), frame.serial
        if layer is None or layer.picture.get_size() != frame.size:
            layer = self._spare = Layer(pygame.Surface(frame.size, 0, 32), frame)
        picture = layer.picture
        if layer.frame is frame and layer.serial == serial:
            layer.serial = -1
            picture.blits([(ground, r, r) for r in layer.covered], False)
        else:
            layer.serial, layer.frame = -1, frame
            for top in range(0, frame.size[1], 256):
                picture.blit(ground, (0, top), (0, top, frame.size[0], 256))
                yield None
        s = frame.camera.scale
        offset = (frame.size[0] / 2 - frame.camera.x * s, frame.size[1] / 2 - frame.camera.y * s)
        covered: list[pygame.Rect] = []
        for way in ways:
            covered += trails.draw(picture, picture.get_rect(), [way], (s, *offset), view.theme, view.k)
            yield None
        layer.serial, layer.ways, layer.covered = serial, key, covered
        yield layer
