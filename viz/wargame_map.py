"""What a game adds to the map: rings round the chosen units, lines to where orders lead, the age of reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from viz import carto, lettering
from viz.boot import pygame
from viz.decide import ago
from viz.geo import Camera, clamp, fit, sheet_y

if TYPE_CHECKING:
    from sim.wargame.picture import OwnUnit
    from viz.layout import Layout
    from viz.scene import Scene
    from viz.view import View
    from viz.wargame import Standing

#: Share of the men whose commands a survey shows.
MOST = 0.8


def survey(own: Sequence[OwnUnit], layout: Layout, free: pygame.Rect) -> Camera | None:
    """A camera that shows the largest commands, with most of the men, in the part of the map that is free."""
    men: dict[str, int] = {}
    for one in own:
        men[one.command] = men.get(one.command, 0) + one.men
    if not men:
        return None
    kept: set[str] = set()
    for name in sorted(men, key=lambda one: (-men[one], one)):
        if sum(men[one] for one in kept) < MOST * sum(men.values()):
            kept.add(name)
    points = [(one.lon, sheet_y(one.lat)) for one in own if one.command in kept]
    area = layout.map
    camera = fit(points, max(60, free.width), max(60, free.height), 150.0 * max(0.5, layout.k))
    x, y = free.centerx - area.centerx, free.centery - area.centery
    camera = Camera(camera.x - x / camera.scale, camera.y - y / camera.scale, camera.scale, camera.within)
    return clamp(camera, area.width, area.height)


def spot(stand: Standing, name: str, hour: float) -> tuple[float, float] | None:
    """Where a unit of one's own is at an hour, on the sheet."""
    tape = stand.tape
    index = next((unit.index for unit in tape.units if unit.id == name), None)
    if index is None:
        return None
    at = min(int(hour), stand.hour)
    return float(tape.x[at, index]), float(tape.y[at, index])


def draw(surface: pygame.Surface, view: View, stand: Standing, chosen: Sequence[str]) -> None:
    """Dashed lines to where orders on their way lead, and rings round the chosen units."""
    k, theme, hour = view.k, view.theme, view.state.hour
    places = {place.id: place for place in stand.tape.places}
    for way in stand.on_way if int(hour) == stand.hour else ():
        goal, start = places.get(way.goal), spot(stand, way.units[0], hour)
        if goal is None or start is None:
            continue
        ends = [view.pixel(*start), view.pixel(goal.x, goal.y)]
        for colour, wide in ((theme.panel, 6 * k), (theme.accent, 3 * k)):
            for piece in carto.dashes(ends, 14 * k, 9 * k):
                carto.thick(surface, colour, piece, wide)
        pygame.draw.aacircle(surface, theme.accent, ends[1], 11 * k, max(2, round(3 * k)))
    for name in chosen:
        found = spot(stand, name, hour)
        if found is not None:
            centre = view.pixel(*found)
            pygame.draw.aacircle(surface, theme.panel, centre, 20 * k, max(3, round(7 * k)))
            pygame.draw.aacircle(surface, theme.accent, centre, 19 * k, max(2, round(4 * k)))


def ages(surface: pygame.Surface, view: View, scene: Scene) -> None:
    """Under each chip of the enemy how old the news of it is; above it, or beside it, where another chip lies below."""
    k, lang = view.k, view.state.language
    boxes = [sprite.rect() for sprite in scene.sprites.values()]
    plates: list[pygame.Rect] = []
    for sprite in scene.sprites.values():
        if sprite.group.age < 0:
            continue
        line = view.type.line(lettering.SEMIBOLD, 20 * k, ago(sprite.group.age, lang), view.theme.text)
        box = sprite.rect()
        plate = line.get_rect().inflate(round(14 * k), round(2 * k))
        gap, others = round(2 * k), [one for one in boxes if one != box] + plates
        spots = (
            plate.move_to(midtop=(box.centerx, box.bottom + gap)),
            plate.move_to(midbottom=(box.centerx, box.top - gap)),
            plate.move_to(midleft=(box.right + gap, box.centery)),
            plate.move_to(midright=(box.left - gap, box.centery)),
        )
        plate = next((one for one in spots if one.collidelist(others) < 0), spots[0])
        plates.append(plate)
        pygame.draw.rect(surface, view.theme.panel, plate, border_radius=round(5 * k))
        surface.blit(line, line.get_rect(center=plate.center))
