"""Reads the prepared map: relief pictures and the vectors of ``map.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from viz.boot import pygame
from viz.errors import VizError
from viz.geo import BOTTOM, EAST, TOP, WEST

Points = list[tuple[float, float]]


@dataclass(slots=True)
class Stroke:
    """A line on the sheet with its bounding box, ``points`` in sheet degrees."""

    points: Points
    west: float = 0.0
    east: float = 0.0
    top: float = 0.0
    bottom: float = 0.0

    def __post_init__(self) -> None:
        xs = [p[0] for p in self.points]
        ys = [p[1] for p in self.points]
        self.west, self.east, self.top, self.bottom = min(xs), max(xs), min(ys), max(ys)

    def near(self, west: float, east: float, top: float, bottom: float) -> bool:
        """Whether the bounding box touches the given one."""
        return self.east >= west and self.west <= east and self.bottom >= top and self.top <= bottom


@dataclass(slots=True)
class Feature:
    """A river, lake or border in two grades of detail."""

    fine: list[Stroke]
    coarse: list[Stroke]
    name: str = ""
    level: int = 1
    approximate: bool = False
    size: float = 0.0

    def strokes(self, scale: float) -> list[Stroke]:
        """The grade that suits a scale in pixels a degree."""
        return self.fine if scale > 90 else self.coarse


@dataclass(slots=True)
class MapData:
    """The sheet: vectors at once, relief pictures when asked for."""

    folder: Path
    rivers: list[Feature] = field(default_factory=list[Feature])
    lakes: list[Feature] = field(default_factory=list[Feature])
    borders: list[Feature] = field(default_factory=list[Feature])
    railway: list[Stroke] = field(default_factory=list[Stroke])

    def relief(self, name: str, half: bool = False) -> pygame.Surface:
        """The relief picture (``relief_light`` or ``relief_dark``) covering the whole box of the theatre."""
        path = self.folder / f"{name}{'_half' if half else ''}.jpg"
        try:
            # Not convert(): that needs a window; same masks as a display surface by hand.
            loaded = pygame.image.load(str(path))
        except (OSError, pygame.error) as error:
            raise VizError(
                f"the map picture {path} cannot be read ({error}); make it: python -m viz.prepare_map"
            ) from error
        native = pygame.Surface(loaded.get_size(), 0, 32)
        native.blit(loaded, (0, 0))
        return native


def read_map(folder: Path) -> MapData:
    """Read the vectors of a prepared map folder; VizError when it is missing or damaged."""
    path = folder / "map.json"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        unit = float(document["unit"])

        def strokes(packed: list[list[int]]) -> list[Stroke]:
            return [Stroke([(a / unit, b / unit) for a, b in zip(p[::2], p[1::2], strict=True)]) for p in packed]

        data = MapData(folder)
        for row in document["rivers"]:
            data.rivers.append(Feature(strokes(row["fine"]), strokes(row["coarse"]), row["name"], row["level"]))
        for row in document["lakes"]:
            data.lakes.append(Feature(strokes(row["fine"]), strokes(row["coarse"]), size=row["size"]))
        for row in document["borders"]:
            data.borders.append(
                Feature(strokes(row["fine"]), strokes(row["coarse"]), approximate=bool(row["approximate"]))
            )
        data.railway = strokes(document["railway"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VizError(f"the map {path} cannot be read ({error}); make it: python -m viz.prepare_map") from error
    return data


def relief_part(
    relief: pygame.Surface, west: float, top: float, east: float, bottom: float
) -> tuple[pygame.Rect, float, float]:
    """The part of a relief picture under a sheet rectangle.

    Its pixels, and pixels a degree across and down.
    """
    across = relief.get_width() / (EAST - WEST)
    down = relief.get_height() / (BOTTOM - TOP)
    rect = pygame.Rect(
        int((west - WEST) * across),
        int((top - TOP) * down),
        max(1, round((east - west) * across)),
        max(1, round((bottom - top) * down)),
    )
    return rect, across, down
