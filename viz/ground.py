"""The ground under the units: relief, waters, borders, ways, who holds what, names.

Kept with a margin, made in steps.

Making a view takes some 30-60 ms, so it is done in steps of a few milliseconds while the last one is still
shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING

from viz import carto
from viz.boot import pygame
from viz.geo import TOP, WEST, Camera, sheet_y
from viz.labels import DOT, STYLES, Label, place_labels, water_labels
from viz.mapdata import Feature, MapData, Stroke, relief_part
from viz.theme import mix

if TYPE_CHECKING:
    from viz.control import Control
    from viz.lettering import Lettering
    from viz.tape import Tape
    from viz.theme import Theme

MARGIN = 0.11
#: Lakes that are named on the sheet: key, longitude, sheet latitude is worked out from the degree of
#: latitude.
LAKES = (
    ("Baikal", 106.6, 52.62),
    ("Khövsgöl", 100.45, 51.05),
    ("Gusinoye", 106.33, 51.2),
    ("Uvs", 92.75, 50.3),
    ("Khyargas", 93.3, 49.17),
    ("Khar-Us", 92.2, 48.05),
    ("Hulun", 117.4, 48.95),
    ("Buir", 117.7, 47.8),
)


class Frame:
    """One finished view: its camera, its pictures, its names."""

    def __init__(self, camera: Camera, size: tuple[int, int], base: pygame.Surface) -> None:
        self.camera = camera
        self.size = size
        self.base = base
        self.ground: pygame.Surface | None = None
        self.labels: list[Label] = []
        self.lakes: list[list[tuple[float, float]]] = []
        self.control = -1
        self.serial = 0
        self.key: tuple[object, ...] = ()

    def spot(self, x: float, y: float) -> tuple[float, float]:
        """Pixel of a sheet point in this view's picture."""
        return self.camera.at(x, y, *self.size)


class Ground:
    """Keeps the view that is shown and the one in the making."""

    def __init__(self, map_: MapData, theme: Theme, type_: Lettering) -> None:
        self.map = map_
        self.type = type_
        self.theme = theme
        self.frame: Frame | None = None
        self._work: Iterator[Frame | None] | None = None
        self._work_key: tuple[object, ...] = ()
        self._work_camera: Camera | None = None
        self._paint: Iterator[None] | None = None
        self._reliefs: dict[str, pygame.Surface] = {}
        self._seen: tuple[Control, float] | None = None
        self._last_scale = 0.0
        self._pool: list[pygame.Surface] = []
        self._making: Frame | None = None

    # -- what the scene asks -----------------------------------------------------------------------

    def show(
        self,
        area: pygame.Rect,
        camera: Camera,
        tape: Tape | None,
        control: Control | None,
        hour: float,
        style: tuple[float, int, bool],
        budget: float,
    ) -> Frame:
        """Draw the ground seen by a camera into ``area``.

        Spend at most about ``budget`` seconds on views in the making.

        ``style`` is (k, language, names shown).  An infinite budget finishes everything, so the picture
        depends on the
        arguments alone.
        """
        k, language, names = style
        self._seen = (control, hour) if control is not None else None
        key = (self.theme.name, round(k, 4), language, names, area.size, tape.digest if tape else "")
        frame = self.frame
        if frame is None or (frame.key != key and budget == float("inf")):
            self._work = None
            frame = self._finish(camera, area.size, key, tape, style)
        fits = self._fits(frame, camera, area) and frame.key == key
        if not fits or self._leaving(frame, camera, area):
            self._start(camera, area.size, key, tape, style)
        still = camera.scale == self._last_scale or budget == float("inf")
        self._last_scale = camera.scale
        if self._work is not None and still:
            frame = self._advance(frame, budget)
            if not (self._fits(frame, camera, area) and frame.key == key) and budget == float("inf"):
                frame = self._finish(camera, area.size, key, tape, style)
        self.frame = frame
        if control is not None and tape is not None:
            self._tint(frame, tape, control, hour, k, 0.004 if budget == 0 else budget)
        return frame

    def _surface(self, size: tuple[int, int]) -> pygame.Surface:
        """A surface of this size that no view uses any more, or a new one.

        Fresh memory costs milliseconds.
        """
        used = {
            id(f) for one in (self.frame, self._making) if one is not None for f in (one.base, one.ground)
        }
        self._pool = [s for s in self._pool if s.get_size() == size]
        for one in self._pool:
            if id(one) not in used:
                self._pool.remove(one)
                self._pool.append(one)
                return one
        self._pool.append(pygame.Surface(size, 0, 32))
        return self._pool[-1]

    def fits(self, camera: Camera, area: pygame.Rect) -> bool:
        """Whether the view shown last covers what the camera sees, at its scale."""
        return self.frame is not None and self._fits(self.frame, camera, area)

    def paste(
        self,
        surface: pygame.Surface,
        area: pygame.Rect,
        camera: Camera,
        picture: pygame.Surface | None = None,
    ) -> None:
        """Copy the ground (or a picture of the same size made from it) to the screen."""
        assert self.frame is not None
        self._blit(surface, area, camera, self.frame, picture)

    def settled(self) -> bool:
        """Whether nothing is in the making."""
        return self._work is None and self._paint is None

    def drop(self) -> None:
        """Forget everything (another run, theme or size)."""
        self.frame = None
        self._work = None
        self._paint = None

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
        k, language, names = style
        margin = (round(size[0] * MARGIN), round(size[1] * MARGIN))
        whole = (size[0] + 2 * margin[0], size[1] + 2 * margin[1])
        frame = Frame(camera, whole, self._surface(whole))
        yield None
        frame.key = key
        self._making = frame
        yield from self._relief(frame)
        west, top = camera.sheet(0, 0, *whole)
        east, bottom = camera.sheet(*whole, *whole)
        box = (west, east, top, bottom)
        rivers: list[tuple[Feature, list[list[tuple[float, float]]]]] = []
        for number, lake in enumerate(self.map.lakes):
            if lake.size * camera.scale**2 > 20:
                for stroke in lake.strokes(camera.scale):
                    if stroke.near(*box):
                        frame.lakes.append(self._pixels(frame, stroke))
                        self._lake(frame.base, frame.lakes[-1])
            if number % 40 == 39:
                yield None
        for river in self.map.rivers:
            width = self._river_width(river.level, camera.scale, k)
            if width <= 0:
                continue
            lines = [self._pixels(frame, s) for s in river.strokes(camera.scale) if s.near(*box)]
            colour = self.theme.river if river.level < 3 else mix(self.theme.river, self.theme.land, 0.35)
            for line in lines:
                carto.thick(frame.base, colour, line, width)
            if river.name and lines:
                rivers.append((river, lines))
            if lines:
                yield None
        for border in self.map.borders:
            for stroke in border.strokes(camera.scale):
                if stroke.near(*box):
                    self._border(frame.base, self._pixels(frame, stroke), border.approximate, k)
            yield None
        if tape is not None:
            yield from self._ways(frame, tape, k)
        for stroke in self.map.railway:
            if stroke.near(*box):
                self._rail(frame.base, self._pixels(frame, stroke), k)
        yield None
        if tape is not None:
            yield from self._names(frame, tape, rivers, k, language, names)
            if self._seen is not None:
                control, hour = self._seen
                frame.control = tape.holder_version(hour)
                yield from self._tinted(frame, tape, control, hour, k)
        yield frame

    def _relief(self, frame: Frame) -> Iterator[None]:
        relief = self._reliefs.get(self.theme.relief)
        if relief is None:
            relief = self._reliefs[self.theme.relief] = self.map.relief(self.theme.relief)
        west, top = frame.camera.sheet(0, 0, *frame.size)
        east, bottom = frame.camera.sheet(*frame.size, *frame.size)
        part, across, down = relief_part(relief, west, top, east, bottom)
        inside = part.inflate(4, 4).clip(relief.get_rect())
        if inside.width < 2 or inside.height < 2:
            frame.base.fill(self.theme.land)
            return
        frame.base.fill(mix(self.theme.land, (0, 0, 0), 0.25))
        scale_x, scale_y = frame.camera.scale / across, frame.camera.scale / down
        left, up = frame.spot(WEST + inside.left / across, TOP + inside.top / down)
        rows = 32
        y = inside.top
        while y < inside.bottom:
            n = min(rows, inside.bottom - y)
            low, high = round(up + (y - inside.top) * scale_y), round(up + (y - inside.top + n) * scale_y)
            # one row more on either side, so that strips join without a seam
            first, last = max(y - 2, inside.top), min(y + n + 2, inside.bottom)
            source = relief.subsurface((inside.left, first, inside.width, last - first))
            tall = max(1, round((last - first) * scale_y))
            strip = pygame.transform.smoothscale(source, (max(1, round(inside.width * scale_x)), tall))
            offset = round((y - first) * scale_y)
            frame.base.blit(strip, (round(left), low), (0, offset, strip.get_width(), high - low))
            y += n
            yield None

    def _pixels(self, frame: Frame, stroke: Stroke) -> list[tuple[float, float]]:
        s = frame.camera.scale
        ox = frame.size[0] / 2 - frame.camera.x * s
        oy = frame.size[1] / 2 - frame.camera.y * s
        return [(x * s + ox, y * s + oy) for x, y in stroke.points]

    def _lake(self, surface: pygame.Surface, points: list[tuple[float, float]]) -> None:
        pygame.draw.polygon(surface, self.theme.lake, points)
        carto.thick(surface, self.theme.shore, [*points, points[0]], 1)

    @staticmethod
    def _river_width(level: int, scale: float, k: float) -> float:
        if level == 1:
            return 3.4 * k if scale / k > 90 else 2.4 * k
        if level == 2:
            return 2.0 * k if scale / k > 60 else 1.2
        if level == 3:
            return 1.2 * k if scale / k > 90 else 0
        return 1.0 if scale / k > 170 else 0

    def _border(
        self, surface: pygame.Surface, points: list[tuple[float, float]], approximate: bool, k: float
    ) -> None:
        on, off = (5 * k, 8 * k) if approximate else (16 * k, 8 * k)
        glow = mix(self.theme.border, self.theme.land, 0.72)
        carto.thick(surface, glow, points, 7 * k)
        for piece in carto.dashes(points, on, off):
            carto.thick(surface, self.theme.border, piece, 2.6 * k)

    def _rail(self, surface: pygame.Surface, points: list[tuple[float, float]], k: float) -> None:
        carto.thick(surface, self.theme.rail, points, 4.4 * k)
        for piece in carto.dashes(points, 11 * k, 11 * k):
            carto.thick(surface, self.theme.halo, piece, 2.2 * k)

    def _ways(self, frame: Frame, tape: Tape, k: float) -> Iterator[None]:
        spots = [frame.spot(p.x, p.y) for p in tape.places]
        area = pygame.Rect(0, 0, *frame.size).inflate(80, 80)
        order = {"mountain trail": 0, "steppe": 1, "track": 2, "road": 3}
        theme = self.theme
        shown = [r for r in tape.routes if r.kind in order and area.clipline(spots[r.a], spots[r.b])]
        shown.sort(key=lambda r: order[r.kind])
        for n, route in enumerate(shown):
            line = [spots[route.a], spots[route.b]]
            faint = mix(theme.road, theme.land, 0.38)
            if route.kind == "road":
                carto.thick(frame.base, theme.road_edge, line, 4.6 * k)
                carto.thick(frame.base, theme.road, line, 2.6 * k)
            elif route.kind == "mountain trail":
                for piece in carto.dashes(line, 3 * k, 6 * k):
                    carto.thick(frame.base, faint, piece, 1.6 * k)
            else:
                for piece in carto.dashes(line, 12 * k, 5 * k):
                    carto.thick(frame.base, faint, piece, 1.7 * k)
            if route.telegraph and route.kind == "road":
                for (x, y), (nx, ny) in carto.marks(line, 30 * k):
                    a, b = (x - nx * 5 * k, y - ny * 5 * k), (x + nx * 5 * k, y + ny * 5 * k)
                    pygame.draw.aaline(frame.base, theme.wire, a, b, max(1, round(1.6 * k)))
            if n % 12 == 11:
                yield None

    def _names(
        self,
        frame: Frame,
        tape: Tape,
        rivers: list[tuple[Feature, list[list[tuple[float, float]]]]],
        k: float,
        language: int,
        names: bool,
    ) -> Iterator[None]:
        spots = [frame.spot(p.x, p.y) for p in tape.places]
        scale = frame.camera.scale
        for place, (x, y) in zip(tape.places, spots, strict=True):
            if not (-20 < x < frame.size[0] + 20 and -20 < y < frame.size[1] + 20):
                continue
            if scale / k < STYLES[place.rank][2]:
                continue
            r = DOT[place.rank] * k
            pygame.draw.aacircle(frame.base, self.theme.halo, (x, y), r + 2 * k)
            pygame.draw.aacircle(frame.base, self.theme.ink, (x, y), r)
            if place.rank == 1:
                pygame.draw.aacircle(frame.base, self.theme.halo, (x, y), r * 0.42)
        if not names:
            return
        labels: list[Label] = []
        for label in place_labels(tape.places, spots, frame.size, scale, k, self.type, self.theme, language):
            labels.append(label)
            if len(labels) % 4 == 0:
                yield
        yield
        lakes = [
            (n, *frame.spot(lon, sheet_y(lat))) for n, lon, lat in LAKES if n != "Gusinoye" or scale / k > 260
        ]
        taken = [label.rect for label in labels]
        wide = [r for r in rivers if scale / k > 45]
        waters: list[Label] = []
        for label in water_labels(wide, lakes, frame.size, k, self.type, self.theme, language, taken):
            if label is not None:
                waters.append(label)
            yield
        frame.labels = waters + labels

    # -- who holds what ----------------------------------------------------------------------------

    def _tint(self, frame: Frame, tape: Tape, control: Control, hour: float, k: float, budget: float) -> None:
        version = tape.holder_version(hour)
        if frame.control != version:
            frame.control = version
            self._paint = self._tinted(frame, tape, control, hour, k)
            if frame.ground is None:
                budget = float("inf")
        if self._paint is not None:
            end = perf_counter() + budget
            for _ in self._paint:
                if perf_counter() >= end:
                    return
            self._paint = None

    def _tinted(self, frame: Frame, tape: Tape, control: Control, hour: float, k: float) -> Iterator[None]:
        picture = self._surface(frame.size)
        for top in range(0, frame.size[1], 256):
            picture.blit(frame.base, (0, top), (0, top, frame.size[0], 256))
            yield None
        yield from control.paint(picture, frame.camera, tape, hour, k, self.theme, "tint")
        for points in frame.lakes:
            self._lake(picture, points)
        yield from control.paint(picture, frame.camera, tape, hour, k, self.theme, "line")
        for n in range(0, len(frame.labels), 24):
            picture.blits([(label.picture, label.rect) for label in frame.labels[n : n + 24]], False)
            yield None
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
        x, y = frame.spot(camera.x, camera.y)
        wanted = pygame.Rect(0, 0, max(2, round(area.width * ratio)), max(2, round(area.height * ratio)))
        wanted.center = (round(x), round(y))
        part = wanted.clip(picture.get_rect())
        if part.width < 2 or part.height < 2:
            self._bare(surface, area, camera)
            return
        if part != wanted:
            self._bare(surface, area, camera)
        place = pygame.Rect(
            area.left + round((part.left - wanted.left) / ratio),
            area.top + round((part.top - wanted.top) / ratio),
            max(1, round(part.width / ratio)),
            max(1, round(part.height / ratio)),
        ).clip(area)
        pygame.transform.scale(picture.subsurface(part), place.size, surface.subsurface(place))

    def _bare(self, surface: pygame.Surface, area: pygame.Rect, camera: Camera) -> None:
        """The relief alone, stretched: what is seen for a moment where no view has been made yet."""
        relief = self._reliefs[self.theme.relief]
        west, top = camera.sheet(0, 0, *area.size)
        east, bottom = camera.sheet(*area.size, *area.size)
        part = relief_part(relief, west, top, east, bottom)[0].clip(relief.get_rect())
        if part.width > 1 and part.height > 1:
            pygame.transform.scale(relief.subsurface(part), area.size, surface.subsurface(area))
