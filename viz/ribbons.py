"""The picture under the pins: ground and ribbons.

Which pans with the ground and is mended when half a day has passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz import trails
from viz.boot import pygame

if TYPE_CHECKING:
    from viz.ground import Ground
    from viz.groups import Group
    from viz.mapmaker import Frame
    from viz.view import View


class Ribbons:
    """Keeps the picture and what the ribbons on it cover."""

    def __init__(self) -> None:
        self.ways: list[tuple[Group, trails.Path]] = []
        self._ways_key: tuple[object, ...] = ()
        self._tracks = trails.Tracks()
        self._picture: pygame.Surface | None = None
        self._key: tuple[object, ...] = ()
        self._covered: list[pygame.Rect] = []

    def forget(self) -> None:
        """Make the next picture from nothing."""
        self._key = self._ways_key = ()

    def draw(self, surface: pygame.Surface, view: View, ground: Ground, found: list[Group]) -> None:
        """Ground and ribbons of the groups, onto the screen."""
        area, camera, k, frame = view.layout.map, view.state.camera, view.k, view.frame
        ways_key = (int(view.state.hour) // trails.STEP, view.tape.digest, view.state.fog, camera.scale)
        if self._ways_key != ways_key:
            self.ways = trails.paths(view.tape, self._tracks, found, view.state.hour)
            self._ways_key = ways_key
        if not ground.fits(camera, area):
            ground.paste(surface, area, camera)
            s = camera.scale
            offset = (area.left + area.width / 2 - camera.x * s, area.top + area.height / 2 - camera.y * s)
            trails.draw(surface, area, self.ways, (s, *offset), view.theme, k)
            return
        key = (ways_key, id(frame), frame.serial, k)
        if self._key != key:
            self._lay(view, frame, fresh=self._key[1:] != key[1:])
            self._key = key
        ground.paste(surface, area, camera, self._picture)

    def _lay(self, view: View, frame: Frame, fresh: bool) -> None:
        """Ribbons and the more important names over a copy of the ground.

        Only what they covered is mended.
        """
        ground = frame.ground or frame.base
        if self._picture is None or self._picture.get_size() != frame.size:
            self._picture = pygame.Surface(frame.size, 0, 32)
            fresh = True
        picture = self._picture
        if fresh:
            picture.blit(ground, (0, 0))
        else:
            picture.blits([(ground, r, r) for r in self._covered], False)
        s = frame.camera.scale
        offset = (frame.size[0] / 2 - frame.camera.x * s, frame.size[1] / 2 - frame.camera.y * s)
        covered = trails.draw(picture, picture.get_rect(), self.ways, (s, *offset), view.theme, view.k)
        over = [a for a in frame.labels if a.rank in (1, 2) and a.rect.collidelist(covered) >= 0]
        picture.blits([(a.picture, a.rect) for a in over], False)
        self._covered = covered + [a.rect for a in over]
