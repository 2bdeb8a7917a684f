"""Names of countries, widely spaced, inside what is seen and never under a card.

One that does not fit is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz import lettering
from viz.boot import pygame
from viz.geo import Camera, sheet_y
from viz.words import geographic

if TYPE_CHECKING:
    from viz.layout import Layout
    from viz.lettering import Lettering
    from viz.theme import Theme

#: Name and where it may stand, best first: longitude and latitude.
COUNTRIES = (
    (
        "OUTER MONGOLIA",
        (
            (104.4, 48.35),
            (102.2, 48.45),
            (103.0, 47.2),
            (101.0, 48.9),
            (109.5, 48.0),
            (105.0, 45.8),
            (98.0, 48.9),
        ),
    ),
    ("FAR EASTERN REPUBLIC", ((109.8, 50.9), (110.0, 51.6), (109.6, 52.2), (111.5, 51.0), (108.6, 52.4))),
    ("RSFSR", ((103.2, 51.2), (102.8, 51.9), (104.0, 52.8), (101.0, 53.6), (98.5, 54.2))),
    ("URYANKHAI", ((95.6, 51.6), (96.3, 52.2), (94.2, 51.2))),
    ("CHINA", ((107.5, 42.9), (114.6, 43.6), (89.5, 46.4), (118.9, 46.1))),
    ("BARGA", ((118.9, 48.6), (119.6, 48.1))),
)


Spot = tuple[pygame.Surface, float, float]


def names(
    layout: Layout, camera: Camera, type_: Lettering, theme: Theme, language: int, labels: list[pygame.Rect]
) -> list[Spot]:
    """The names that have room: picture and sheet point of its middle."""
    area = layout.map
    inside = area.inflate(-layout.u(60), -layout.u(40))
    cards = [layout.date, layout.balance, layout.caption]
    k = layout.k
    found: list[Spot] = []
    for name, spots in COUNTRIES:
        spot = None
        for size in (38, 31):
            text = geographic(name, language)
            picture = type_.line(
                lettering.SERIF, size * k, text, theme.country, theme.halo, max(1, round(2 * k)), 7 * k
            )
            for lon, lat in spots:
                y_sheet = sheet_y(lat)
                x, y = camera.at(lon, y_sheet, area.width, area.height)
                rect = picture.get_rect(center=(round(x), round(y)))
                slim = rect.inflate(0, -round(rect.height * 0.4))
                if inside.contains(rect) and rect.collidelist(cards) < 0 and slim.collidelist(labels) < 0:
                    spot = (picture, lon, y_sheet)
                    break
            if spot is not None:
                found.append(spot)
                break
    return found
