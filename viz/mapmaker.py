"""The map maker: paints a view's picture from relief and vectors, in steps of a few milliseconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from viz import carto
from viz.boot import pygame
from viz.geo import TOP, WEST, Camera, sheet_y
from viz.labels import DOT, STYLES, Label, place_labels, water_labels
from viz.mapdata import Feature, MapData, Stroke, relief_part
from viz.theme import mix

if TYPE_CHECKING:
    from viz.lettering import Lettering
    from viz.tape import Tape
    from viz.theme import Theme

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
        self.control: list[int] | None = None
        self.serial = 0
        self.key: tuple[object, ...] = ()

    def spot(self, x: float, y: float) -> tuple[float, float]:
        """Pixel of a sheet point in this view's picture."""
        return self.camera.at(x, y, *self.size)


class MapMaker:
    """Paints views; keeps the relief pictures it has read."""

    def __init__(self, map_: MapData, theme: Theme, type_: Lettering) -> None:
        self.map = map_
        self.theme = theme
        self.type = type_
        self._reliefs: dict[str, pygame.Surface] = {}

    def relief(self) -> pygame.Surface:
        """The theme's relief picture, read once."""
        found = self._reliefs.get(self.theme.relief)
        if found is None:
            found = self._reliefs[self.theme.relief] = self.map.relief(self.theme.relief)
        return found

    def paint(self, frame: Frame, tape: Tape | None, style: tuple[float, int, bool]) -> Iterator[None]:
        """Paint a view's picture and find room for its names; ``style`` is (k, language, names shown)."""
        k, language, names = style
        yield from self._relief(frame)
        west, top = frame.camera.sheet(0, 0, *frame.size)
        east, bottom = frame.camera.sheet(*frame.size, *frame.size)
        box = (west, east, top, bottom)
        rivers: list[tuple[Feature, list[list[tuple[float, float]]]]] = []
        for number, lake in enumerate(self.map.lakes):
            if lake.size * frame.camera.scale**2 > 20:
                for stroke in lake.strokes(frame.camera.scale):
                    if stroke.near(*box):
                        frame.lakes.append(self._pixels(frame, stroke))
                        self.lake(frame.base, frame.lakes[-1])
                        yield
            if number % 40 == 39:
                yield
        for river in self.map.rivers:
            width = self._river_width(river.level, frame.camera.scale, k)
            if width <= 0:
                continue
            lines = [self._pixels(frame, s) for s in river.strokes(frame.camera.scale) if s.near(*box)]
            colour = self.theme.river if river.level < 3 else mix(self.theme.river, self.theme.land, 0.35)
            for line in lines:
                for piece in carto.pieces(line):
                    carto.thick(frame.base, colour, piece, width)
                    yield
            if river.name and lines:
                rivers.append((river, lines))
        for border in self.map.borders:
            for stroke in border.strokes(frame.camera.scale):
                if stroke.near(*box):
                    yield from self._border(frame.base, self._pixels(frame, stroke), border.approximate, k)
        if tape is not None:
            yield from self._ways(frame, tape, k)
        for stroke in self.map.railway:
            if stroke.near(*box):
                yield from self._rail(frame.base, self._pixels(frame, stroke), k)
        if tape is not None:
            yield from self._names(frame, tape, rivers, k, language, names)

    def _relief(self, frame: Frame) -> Iterator[None]:
        relief = self.relief()
        west, top = frame.camera.sheet(0, 0, *frame.size)
        east, bottom = frame.camera.sheet(*frame.size, *frame.size)
        part, across, down = relief_part(relief, west, top, east, bottom)
        inside = part.inflate(4, 4).clip(relief.get_rect())
        if inside.width < 2 or inside.height < 2:
            frame.base.fill(self.theme.land)
            return
        scale_x, scale_y = frame.camera.scale / across, frame.camera.scale / down
        left, up = frame.spot(WEST + inside.left / across, TOP + inside.top / down)
        there = pygame.Rect(round(left), round(up), round(inside.width * scale_x), round(inside.height * scale_y))
        if not there.contains(frame.base.get_rect()):
            for row in range(0, frame.size[1], 256):
                frame.base.fill(mix(self.theme.land, (0, 0, 0), 0.25), (0, row, frame.size[0], 256))
                yield None
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

    def lake(self, surface: pygame.Surface, points: list[tuple[float, float]]) -> None:
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
    ) -> Iterator[None]:
        on, off = (5 * k, 8 * k) if approximate else (16 * k, 8 * k)
        glow = mix(self.theme.border, self.theme.land, 0.72)
        for piece in carto.pieces(points):
            carto.thick(surface, glow, piece, 7 * k)
            yield
        yield from self._dashed(surface, self.theme.border, points, (on, off, 2.6 * k))

    def _rail(self, surface: pygame.Surface, points: list[tuple[float, float]], k: float) -> Iterator[None]:
        for piece in carto.pieces(points):
            carto.thick(surface, self.theme.rail, piece, 4.4 * k)
            yield
        yield from self._dashed(surface, self.theme.halo, points, (11 * k, 11 * k, 2.2 * k))

    @staticmethod
    def _dashed(
        surface: pygame.Surface,
        colour: tuple[int, int, int],
        points: list[tuple[float, float]],
        dash: tuple[float, float, float],
    ) -> Iterator[None]:
        """Dashes of a length, a gap and a width in pixels, where the picture is."""
        on, off, width = dash
        area = surface.get_rect().inflate(40, 40)
        for n, piece in enumerate(carto.dashes(points, on, off)):
            if area.collidepoint(piece[0]):
                carto.thick(surface, colour, piece, width)
            if n % 24 == 23:
                yield

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
            if n % 3 == 2:
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
        for number, (place, (x, y)) in enumerate(zip(tape.places, spots, strict=True)):
            if number % 30 == 29:
                yield None
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
            yield
        yield
        lakes = [(n, *frame.spot(lon, sheet_y(lat))) for n, lon, lat in LAKES if n != "Gusinoye" or scale / k > 260]
        taken = [label.rect for label in labels]
        wide = [r for r in rivers if scale / k > 45]
        waters: list[Label] = []
        for label in water_labels(wide, lakes, frame.size, k, self.type, self.theme, language, taken):
            if label is not None:
                label.at = frame.camera.sheet(*label.rect.center, *frame.size)
                waters.append(label)
            yield
        frame.labels = labels + waters
