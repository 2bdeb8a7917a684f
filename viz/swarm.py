"""Where a force is in two hundred runs on this day: dots on the map, their area the share of the runs.

No heat map: a dot stands for the runs in which the force's strongest body stands within one cell of the grid. Camps
are told apart by lightness (dark fill and light ring against light fill and dark ring) and forces by their names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from viz import lettering
from viz.boot import pygame
from viz.state import UNIT
from viz.telling import short_unit
from viz.words import say

if TYPE_CHECKING:
    import numpy as np

    from viz.view import View
    from viz.whatif import Crowd

#: Width of a cell and radius of a dot that stands for every run, in virtual units; the least share drawn.
CELL, RADIUS, LEAST = 30, 30, 0.02
#: Forces with fewer men on the day than this (on average) are left out unless they are chosen.
SMALL = 250


@dataclass(slots=True)
class Dot:
    """One dot: its force, place on the sheet, share of the runs and their number."""

    command: int
    x: float
    y: float
    share: float
    runs: int


class Swarm:
    """Works out the dots of a day and draws them."""

    def __init__(self) -> None:
        self.dots: list[Dot] = []
        #: where the names of the forces stood in the last picture
        self.plates: list[pygame.Rect] = []
        self._key: tuple[object, ...] = ()
        self._pictures: dict[tuple[object, ...], pygame.Surface] = {}
        self._version: tuple[object, ...] = ()

    def draw(self, surface: pygame.Surface, view: View, crowd: Crowd) -> None:
        """The dots of the view's day; of the chosen unit's force alone when one is chosen."""
        day = min(int(view.state.hour) // 24, crowd.shown.men.shape[1] - 1)
        chosen = self._chosen(view, crowd)
        cell = CELL * view.k / view.state.camera.scale
        # while runs come in the dots are worked out anew at every eighth run only
        version = (id(crowd.shown), crowd.shown.count // 8 if crowd.growing else -1)
        key = (version, day, chosen, round(view.state.camera.scale / view.k, 1))
        if key != self._key:
            self._key = key
            self.dots = gather(crowd, day, cell, chosen)
        blits: list[tuple[pygame.Surface, tuple[int, int]]] = []
        tops: dict[int, tuple[float, Dot]] = {}
        area = view.layout.map.inflate(80, 80)
        for dot in self.dots:
            x, y = view.pixel(dot.x, dot.y)
            if not area.collidepoint(x, y):
                continue
            face = self._face(view, crowd.catalogue.command_kinds[dot.command], dot.share)
            blits.append((face, (round(x - face.get_width() / 2), round(y - face.get_height() / 2))))
            best = tops.get(dot.command)
            if best is None or dot.share > best[0]:
                tops[dot.command] = (dot.share, dot)
        surface.fblits(blits)
        self._names(surface, view, crowd, [dot for _, dot in tops.values()])

    @staticmethod
    def _chosen(view: View, crowd: Crowd) -> int:
        """Row of the force of the chosen unit, -1: all."""
        selection = view.state.selection
        if selection is None or selection[0] != UNIT:
            return -1
        command = view.tape.units[selection[1]].command
        name = view.tape.commands[command].id if 0 <= command < len(view.tape.commands) else ""
        return crowd.catalogue.command_ids.index(name) if name in crowd.catalogue.command_ids else -1

    def _face(self, view: View, kind: int, share: float) -> pygame.Surface:
        radius = max(3.0, RADIUS * view.k * share**0.5)
        key = (view.theme.name, kind, round(radius))
        found = self._pictures.get(key)
        if found is None:
            r = round(radius)
            found = pygame.Surface((2 * r + 5, 2 * r + 5), pygame.SRCALPHA)
            livery, centre = view.theme.liveries[kind], (r + 2, r + 2)
            edge = (255, 253, 246) if kind < 2 else livery.outline
            pygame.draw.aacircle(found, (*edge, 235), centre, r + 1.6)
            pygame.draw.aacircle(found, (*livery.fill, 215), centre, max(1.5, r - 0.6))
            if livery.stripe and r > 5:
                pygame.draw.aacircle(found, livery.stripe, centre, r * 0.45)
            if len(self._pictures) > 400:
                self._pictures.clear()
            self._pictures[key] = found
        return found

    def _names(self, surface: pygame.Surface, view: View, crowd: Crowd, dots: list[Dot]) -> None:
        """A name with its share on a plate at each force's largest dot, where there is room."""
        self.plates = []
        taken: list[pygame.Rect] = [*view.cards, *view.first]
        pad = max(4, round(7 * view.k))
        for dot in sorted(dots, key=lambda one: -one.share):
            names = crowd.catalogue.command_names[dot.command]
            text = f"{short_unit(names[view.state.language], view.state.language)} {dot.share * 100:.0f} %"
            line = view.type.line(lettering.SEMIBOLD, 21 * view.k, text, view.theme.ink)
            plate = pygame.Rect(0, 0, line.get_width() + 2 * pad, line.get_height())
            livery = view.theme.liveries[crowd.catalogue.command_kinds[dot.command]]
            x, y = view.pixel(dot.x, dot.y)
            reach = RADIUS * view.k * dot.share**0.5 + 4 * view.k
            spots = [
                *(plate.move(round(x + reach), round(y - plate.height / 2 + dy * plate.height)) for dy in (0, -1, 1)),
                *(
                    plate.move(round(x - reach - plate.width), round(y - plate.height / 2 + dy * plate.height))
                    for dy in (0, -1, 1)
                ),
                plate.move(round(x - plate.width / 2), round(y - reach - plate.height)),
                plate.move(round(x - plate.width / 2), round(y + reach)),
            ]
            free = [r for r in spots if r.collidelist(taken) < 0 and view.layout.map.contains(r)]
            rect = next((r for r in free if r.collidelist(view.second) < 0), free[0] if free else None)
            if rect is None:
                continue
            pygame.draw.rect(surface, view.theme.halo, rect, border_radius=4)
            pygame.draw.rect(surface, livery.outline, rect, max(1, round(2 * view.k)), border_radius=4)
            edge = pygame.Rect(rect.left, rect.top, max(4, round(6 * view.k)), rect.height)
            pygame.draw.rect(surface, livery.fill if dot_dark(crowd, dot) else livery.outline, edge)
            surface.blit(line, line.get_rect(center=rect.center))
            taken.append(rect)
            self.plates.append(rect)

    def at(self, view: View, px: int, py: int) -> Dot | None:
        """The dot under a pixel."""
        for dot in reversed(self.dots):
            x, y = view.pixel(dot.x, dot.y)
            reach = max(6.0, RADIUS * view.k * dot.share**0.5)
            if (x - px) ** 2 + (y - py) ** 2 <= reach * reach:
                return dot
        return None

    @staticmethod
    def tip(dot: Dot, crowd: Crowd | None, language: int) -> str:
        """What a dot says: which force, in how many of the runs."""
        if crowd is None:
            return ""
        who = crowd.catalogue.command_names[dot.command][language]
        return say("swarm-tip", language, who=who, share=f"{dot.share * 100:.0f} %", n=dot.runs)


def dot_dark(crowd: Crowd, dot: Dot) -> bool:
    """Whether a dot's force belongs to the Red camp, which is drawn dark."""
    return crowd.catalogue.command_kinds[dot.command] < 2


def gather(crowd: Crowd, day: int, cell: float, chosen: int = -1) -> list[Dot]:
    """The dots of a day on a grid of ``cell`` degrees, largest first; shares are of the runs that are in."""
    import numpy as np

    growth = crowd.shown
    done = np.flatnonzero(growth.done)
    if not len(done):
        return []
    lon, lat, men = growth.lon[done, day], growth.lat[done, day], growth.men[done, day]
    forces = [chosen] if chosen >= 0 else np.flatnonzero(men.mean(axis=0) >= SMALL).tolist()
    dots: list[Dot] = []
    for force in forces:
        there = ~np.isnan(lon[:, force]) & (men[:, force] >= 20)
        if not there.any():
            continue
        x, y = lon[there, force].astype(np.float64), _sheet(lat[there, force])
        cells = np.floor(x / cell).astype(np.int64) * 100_003 + np.floor(y / cell).astype(np.int64)
        _, where, counts = np.unique(cells, return_inverse=True, return_counts=True)
        middle_x = np.bincount(where, x) / counts
        middle_y = np.bincount(where, y) / counts
        for k, count in enumerate(counts.tolist()):
            share = count / len(done)
            if share >= LEAST or len(done) < 20:
                dots.append(Dot(force, float(middle_x[k]), float(middle_y[k]), share, count))
    dots.sort(key=lambda dot: -dot.share)
    return dots


def _sheet(lat: np.ndarray) -> np.ndarray:
    import numpy as np

    return -np.degrees(np.log(np.tan(np.pi / 4 + np.radians(lat.astype(np.float64)) / 2)))
