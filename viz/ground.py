"""The ground under the units: relief, waters, borders, ways, who holds what.

Kept with a margin, made in steps.

Making a view takes some 30-60 ms, so it is done in steps of a few milliseconds while the last one is still
shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING

from viz.boot import pygame
from viz.geo import Camera
from viz.mapdata import MapData, relief_part
from viz.mapmaker import Frame, MapMaker

if TYPE_CHECKING:
    from viz.control import Control
    from viz.lettering import Lettering
    from viz.tape import Tape
    from viz.theme import Theme

MARGIN = 0.11


class Ground:
    """Keeps the view that is shown and the one in the making."""

    def __init__(self, map_: MapData, theme: Theme, type_: Lettering) -> None:
        self.theme = theme
        self.maker = MapMaker(map_, theme, type_)
        self.frame: Frame | None = None
        self._work: Iterator[Frame | None] | None = None
        self._work_key: tuple[object, ...] = ()
        self._work_camera: Camera | None = None
        self._paint: Iterator[None] | None = None
        self._seen: tuple[Control, list[int]] | None = None
        self._last_scale = 0.0
        self._pool: list[pygame.Surface] = []
        self._making: Frame | None = None
        self._next: Frame | None = None
        #: while runs change quickly: a tint in the making is finished before the next is begun
        self.patient = False

    # -- what the scene asks -----------------------------------------------------------------------

    def show(
        self,
        area: pygame.Rect,
        camera: Camera,
        tape: Tape | None,
        control: Control | None,
        held: list[int],
        style: tuple[float, int, bool],
        budget: float,
        goal: Camera | None = None,
    ) -> Frame:
        """Draw the ground seen by a camera into ``area``.

        Spend at most about ``budget`` seconds on views in the making; below 0 the tint of the land waits, too.

        ``held`` is each place's holder; ``style`` is (k, language, names shown).  An infinite budget finishes
        everything, so that the picture depends on the arguments alone.  ``goal`` is where the camera will be after a
        change of scale: that view is made ahead.
        """
        k, language, names = style
        self._seen = (control, held) if control is not None else None
        key = (self.theme.name, round(k, 4), language, names, area.size, tape.digest if tape else "")
        frame = self.frame
        if frame is None or (frame.key != key and budget == float("inf")):
            self._work = None
            frame = self._finish(camera, area.size, key, tape, style)
        fits = self._fits(frame, camera, area) and frame.key == key
        ahead = self._next
        if ahead is not None and ahead.key != key:
            ahead = self._next = None
        if ahead is not None and not fits and self._fits(ahead, camera, area):
            self.frame = frame = ahead
            self._next, fits = None, True
        still = camera.scale == self._last_scale or budget == float("inf")
        self._last_scale = camera.scale
        if goal is not None and (fits or not still) and budget != float("inf"):
            if ahead is None or not self._fits(ahead, goal, area):
                self._start(goal, area.size, key, tape, style)
                still = True
        elif not fits or self._leaving(frame, camera, area):
            self._start(camera, area.size, key, tape, style)
        if self._work is not None and still:
            made = self._advance(frame, budget)
            if made is not frame and fits and not self._fits(made, camera, area):
                self._next = made
            else:
                frame = made
            if not (self._fits(frame, camera, area) and frame.key == key) and budget == float("inf"):
                frame = self._finish(camera, area.size, key, tape, style)
        self.frame = frame
        # a view in the making comes with its tint: the last one need not have it too
        coming = self._work is not None and frame.ground is not None
        if control is not None and tape is not None and not coming:
            self._tint(frame, tape, control, held, k, budget)
        return frame

    def _surface(self, size: tuple[int, int]) -> pygame.Surface:
        """A surface of this size that no view uses any more, or a new one.

        Fresh memory costs milliseconds.
        """
        kept = (self.frame, self._making, self._next)
        used = {id(f) for one in kept if one is not None for f in (one.base, one.ground)}
        self._pool = [s for s in self._pool if s.get_size() == size]
        for one in self._pool:
            if id(one) not in used:
                self._pool.remove(one)
                self._pool.append(one)
                return one
        self._pool.append(pygame.Surface(size, 0, 32))
        return self._pool[-1]

    def share(self, frame: Frame, camera: Camera, area: pygame.Rect) -> float:
        """The share of what the camera sees that a view covers, at whatever scale."""
        return self._part(frame, camera, area)[1]

    def _part(self, frame: Frame, camera: Camera, area: pygame.Rect) -> tuple[pygame.Rect, float]:
        """What the camera sees as a rectangle of a view's picture, and the share of it that is there."""
        ratio = frame.camera.scale / camera.scale
        x, y = frame.spot(camera.x, camera.y)
        wanted = pygame.Rect(0, 0, max(2, round(area.width * ratio)), max(2, round(area.height * ratio)))
        wanted.center = (round(x), round(y))
        there = wanted.clip(pygame.Rect((0, 0), frame.size))
        return wanted, there.width * there.height / (wanted.width * wanted.height)

    def fits(self, camera: Camera, area: pygame.Rect) -> bool:
        """Whether the view shown last covers what the camera sees, at its scale."""
        return self.frame is not None and self._fits(self.frame, camera, area)

    def paste(
        self,
        surface: pygame.Surface,
        area: pygame.Rect,
        camera: Camera,
        picture: pygame.Surface | None = None,
        frame: Frame | None = None,
    ) -> None:
        """Copy the ground (or a picture of the same size made from it, or from another view) to the screen."""
        assert self.frame is not None
        self._blit(surface, area, camera, frame or self.frame, picture)

    def settled(self) -> bool:
        """Whether nothing is in the making."""
        return self._work is None and self._paint is None

    def drop(self) -> None:
        """Forget everything (another run, theme or size)."""
        self.frame = None
        self._work = None
        self._paint = None
        self._next = None

    # -- views -------------------------------------------------------------------------------------

    def _fits(self, frame: Frame, camera: Camera, area: pygame.Rect) -> bool:
        if abs(frame.camera.scale - camera.scale) > 1e-6 * camera.scale:
            return False
        dx, dy = self._shift(frame, camera, area)
        return 0 <= dx <= frame.size[0] - area.width and 0 <= dy <= frame.size[1] - area.height

    def _leaving(self, frame: Frame, camera: Camera, area: pygame.Rect) -> bool:
        """Whether the camera has used up more than half of the margin."""
        dx, dy = self._shift(frame, camera, area)
        free_x, free_y = frame.size[0] - area.width, frame.size[1] - area.height
        return abs(dx - free_x / 2) > free_x * 0.3 or abs(dy - free_y / 2) > free_y * 0.3

    def _shift(self, frame: Frame, camera: Camera, area: pygame.Rect) -> tuple[float, float]:
        x, y = frame.spot(camera.x, camera.y)
        return x - area.width / 2, y - area.height / 2

    def _start(
        self,
        camera: Camera,
        size: tuple[int, int],
        key: tuple[object, ...],
        tape: Tape | None,
        style: tuple[float, int, bool],
    ) -> None:
        old = self._work_camera
        near = (
            old is not None
            and self._work is not None
            and old.scale == camera.scale
            and abs(old.x - camera.x) * camera.scale < size[0] * MARGIN * 0.7
            and abs(old.y - camera.y) * camera.scale < size[1] * MARGIN * 0.7
        )
        if near and self._work_key == key:
            return
        self._work_camera, self._work_key = camera, key
        self._work = self._make(camera, size, key, tape, style)

    def _advance(self, frame: Frame, budget: float) -> Frame:
        assert self._work is not None
        end = perf_counter() + budget
        while True:
            made = next(self._work, None)
            if made is not None:
                self._work = None
                self._paint = None
                return made
            if perf_counter() >= end:
                return frame

    def _finish(
        self,
        camera: Camera,
        size: tuple[int, int],
        key: tuple[object, ...],
        tape: Tape | None,
        style: tuple[float, int, bool],
    ) -> Frame:
        for made in self._make(camera, size, key, tape, style):
            if made is not None:
                self._work = self._paint = None
                many = len(self._pool)
                spare = self._surface(made.size)
                if len(self._pool) > many:
                    spare.fill((0, 0, 0))  # the first tint to come must not wait for its memory
                return made
        raise AssertionError("a view was not made")

    def _make(
        self,
        camera: Camera,
        size: tuple[int, int],
        key: tuple[object, ...],
        tape: Tape | None,
        style: tuple[float, int, bool],
    ) -> Iterator[Frame | None]:
        k = style[0]
        margin = (round(size[0] * MARGIN), round(size[1] * MARGIN))
        whole = (size[0] + 2 * margin[0], size[1] + 2 * margin[1])
        frame = Frame(camera, whole, self._surface(whole))
        yield None
        frame.key = key
        self._making = frame
        self.maker.theme = self.theme
        yield from self.maker.paint(frame, tape, style)
        if tape is not None and self._seen is not None:
            control, held = self._seen
            frame.control = held
            yield from self._tinted(frame, tape, control, held, k)
        yield frame

    # -- who holds what ----------------------------------------------------------------------------

    def _tint(self, frame: Frame, tape: Tape, control: Control, held: list[int], k: float, budget: float) -> None:
        if frame.control != held and not (self.patient and self._paint is not None):
            frame.control = held
            self._paint = self._tinted(frame, tape, control, held, k)
            if frame.ground is None:
                budget = float("inf")
        if self._paint is not None and budget >= 0:
            end = perf_counter() + budget
            for _ in self._paint:
                if perf_counter() >= end:
                    return
            self._paint = None

    def _tinted(self, frame: Frame, tape: Tape, control: Control, held: list[int], k: float) -> Iterator[None]:
        picture = self._surface(frame.size)
        for top in range(0, frame.size[1], 256):
            picture.blit(frame.base, (0, top), (0, top, frame.size[0], 256))
            yield None
        yield from control.paint(picture, frame.camera, tape, held, k, self.theme, "tint")
        for points in frame.lakes:
            self.maker.lake(picture, points)
            yield None
        yield from control.paint(picture, frame.camera, tape, held, k, self.theme, "line")
        frame.ground = picture
        frame.serial += 1

    def _blit(
        self,
        surface: pygame.Surface,
        area: pygame.Rect,
        camera: Camera,
        frame: Frame,
        picture: pygame.Surface | None = None,
    ) -> None:
        picture = picture or frame.ground or frame.base
        ratio = frame.camera.scale / camera.scale
        if abs(ratio - 1) < 1e-6 and self._fits(frame, camera, area):
            dx, dy = self._shift(frame, camera, area)
            surface.blit(picture, area.topleft, (round(dx), round(dy), area.width, area.height))
            return
        # Between two scales: the last view, stretched.
        wanted, share = self._part(frame, camera, area)
        part = wanted.clip(picture.get_rect())
        if part.width < 2 or part.height < 2 or share < 0.02:
            self._bare(surface, area, camera, area)
            return
        place = pygame.Rect(
            area.left + round((part.left - wanted.left) / ratio),
            area.top + round((part.top - wanted.top) / ratio),
            max(1, round(part.width / ratio)),
            max(1, round(part.height / ratio)),
        ).clip(area)
        if abs(ratio - 1) < 1e-6:
            surface.blit(picture, place.topleft, part)
        else:
            pygame.transform.scale(picture.subsurface(part), place.size, surface.subsurface(place))
        for strip in _around(place, area):
            self._bare(surface, area, camera, strip)

    def _bare(self, surface: pygame.Surface, area: pygame.Rect, camera: Camera, strip: pygame.Rect) -> None:
        """The relief alone, stretched: what is seen for a moment where no view has been made yet."""
        relief = self.maker.relief()
        west, top = camera.sheet(strip.left - area.left, strip.top - area.top, *area.size)
        east, bottom = camera.sheet(strip.right - area.left, strip.bottom - area.top, *area.size)
        part = relief_part(relief, west, top, east, bottom)[0].clip(relief.get_rect())
        if part.width > 1 and part.height > 1:
            pygame.transform.scale(relief.subsurface(part), strip.size, surface.subsurface(strip))
        else:
            surface.fill(self.theme.land, strip)


def _around(inner: pygame.Rect, area: pygame.Rect) -> list[pygame.Rect]:
    """What of an area lies outside a rectangle in it: up to four strips."""
    strips = [
        pygame.Rect(area.left, area.top, area.width, inner.top - area.top),
        pygame.Rect(area.left, inner.bottom, area.width, area.bottom - inner.bottom),
        pygame.Rect(area.left, inner.top, inner.left - area.left, inner.height),
        pygame.Rect(inner.right, inner.top, area.right - inner.right, inner.height),
    ]
    return [strip for strip in strips if strip.width > 0 and strip.height > 0]
