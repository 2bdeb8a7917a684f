"""Fans of strength over time: the run on the map, the runs behind it, and the documented figures as marks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from viz import lettering
from viz.boot import pygame
from viz.lettering import thousands
from viz.theme import RED, WHITE, mix
from viz.words import month_name, say

if TYPE_CHECKING:
    import numpy as np

    from viz.layout import Layout
    from viz.lettering import Lettering
    from viz.tape import Tape
    from viz.theme import Colour, Theme
    from viz.whatif import Crowd, Figure

#: Seconds between two charts while runs come in.
PATIENCE = 0.5
LEVELS = (2.5, 25.0, 50.0, 75.0, 97.5)


class Fans:
    """Draws both sides' charts one below the other, and keeps the picture."""

    def __init__(self, type_: Lettering) -> None:
        self.type = type_
        self._kept: tuple[tuple[object, ...], pygame.Surface] | None = None
        self._at = -9.0
        self._boxes: list[tuple[pygame.Rect, float]] = []
        self._marks: list[tuple[pygame.Rect, Figure]] = []
        self._origin = (0, 0)

    def draw(
        self,
        surface: pygame.Surface,
        body: pygame.Rect,
        layout: Layout,
        language: int,
        tape: Tape,
        theme: Theme,
        crowd: Crowd | None,
        hour: float,
        now: float,
    ) -> None:
        """Both charts in ``body``; ``now`` is the real time in seconds, by which redrawing is paced."""
        self._origin = body.topleft
        if crowd is None:
            text = self.type.line(lettering.SANS, 22 * layout.k, say("loading", language), theme.muted)
            surface.blit(text, text.get_rect(center=body.center))
            return
        fixed = (body.size, language, theme.name, tape.digest, round(layout.k, 4), id(crowd.shown))
        key = (fixed, crowd.version)
        if self._kept is None or (self._kept[0] != key and (self._kept[0][0] != fixed or now - self._at > PATIENCE)):
            self._kept = (key, self._paint(body.size, layout, language, tape, theme, crowd))
            self._at = now
        surface.blit(self._kept[1], body)
        for box, most in self._boxes:  # the play head and the run's number under it
            x = round(body.left + box.left + box.width * min(hour / tape.hours, 1.0))
            top, bottom = body.top + box.top, body.top + box.bottom
            pygame.draw.line(surface, theme.accent, (x, top), (x, bottom), max(1, layout.u(2)))
            side = self._boxes.index((box, most))
            men = int(tape.strength[min(int(hour), tape.hours), 2 * side : 2 * side + 2].sum())
            y = bottom - box.height * min(1.0, men / most)
            pygame.draw.aacircle(surface, theme.accent, (x, y), 5.5 * layout.k)

    def tip(self, px: int, py: int, language: int) -> str:
        """What a documented figure under a pixel says."""
        x, y = px - self._origin[0], py - self._origin[1]
        for rect, figure in self._marks:
            if rect.collidepoint(x, y):
                return f"{figure.text} ({say('source', language)}: {figure.source})"
        return ""

    # -- the picture -----------------------------------------------------------------------------------

    def _paint(
        self, size: tuple[int, int], layout: Layout, language: int, tape: Tape, theme: Theme, crowd: Crowd
    ) -> pygame.Surface:
        k = layout.k
        picture = pygame.Surface(size, 0, 32)
        picture.fill(theme.panel)
        pad = round(24 * k)
        roomy = size[1] > 480 * k
        note = self.type.wrap(lettering.SANS, 19 * k, say("fan-note", language), size[0] - 2 * pad, 7) if roomy else []
        below = round((len(note) * 24 + 12) * k)
        head, axis = round(30 * k), round(28 * k)
        tall = (size[1] - below - 2 * (head + axis)) // 2
        self._boxes, self._marks = [], []
        left = pad + round(46 * k)
        for side in (1, 0):
            top = (1 - side) * (head + tall + axis)
            word = "fan-red" if side == 0 else "fan-white"
            picture.blit(self.type.line(lettering.SEMIBOLD, 21 * k, say(word, language), theme.text), (pad, top))
            box = pygame.Rect(left, top + head, size[0] - left - pad, max(40, tall))
            self._chart(picture, box, side, language, tape, theme, crowd, k)
        self._boxes.reverse()  # by side
        for n, row in enumerate(note):
            line = self.type.line(lettering.SANS, 19 * k, row, theme.muted)
            picture.blit(line, (pad, size[1] - below + round((8 + 24 * n) * k)))
        return picture

    def _chart(
        self, picture: pygame.Surface, box: pygame.Rect, side: int, language: int, tape: Tape, theme: Theme,
        crowd: Crowd, k: float,
    ) -> None:  # fmt: skip
        figures = [one for one in crowd.catalogue.figures if one.side == side and one.whole and one.men]
        own = tape.strength[::24, 2 * side : 2 * side + 2].sum(axis=1)
        now = _bands(crowd.shown.strengths[crowd.shown.done][:, :, side])
        before = None
        if crowd.now is not None and crowd.base.done.any():
            before = _bands(crowd.base.strengths[crowd.base.done][:, :, side])
        most = float(max([own.max(), *(one.low for one in figures)] + ([now[-1].max()] if now is not None else [])))
        most = max(1.0, most * 1.25)
        days = len(own) - 1

        def at(day: float, men: float) -> tuple[int, int]:
            share = min(men, most) / most
            return round(box.left + box.width * day / days), round(box.bottom - box.height * share)

        pygame.draw.rect(picture, ground(theme), box)
        self._axes(picture, box, most, days, language, theme, crowd, k)
        if now is not None:
            for low, high, colour in ((0, 4, band(theme, side, whole=True)), (1, 3, band(theme, side, whole=False))):
                below: list[float] = now[low].tolist()
                above: list[float] = now[high].tolist()
                edge = [at(d, m) for d, m in enumerate(below)]
                edge += [at(d, m) for d, m in reversed(list(enumerate(above)))]
                pygame.draw.polygon(picture, colour, edge)
        if before is not None:
            for row in (before[0], before[4]):
                for day in range(0, days, 2):
                    pygame.draw.aacircle(picture, theme.muted, at(day, float(row[day])), max(1.0, 1.4 * k))
        course: list[float] = own.tolist()
        line = [at(d, m) for d, m in enumerate(course)]
        pygame.draw.lines(picture, theme.panel, False, line, max(3, round(6 * k)))
        pygame.draw.lines(picture, theme.text, False, line, max(2, round(3 * k)))
        for one in figures:
            self._figure(picture, box, one, at(one.day, one.men), at(one.day, one.low), at(one.day, one.high), theme, k)
            if one.men > most:  # off the scale: its number stands beside it
                label = self.type.line(lettering.SEMIBOLD, 18 * k, thousands(one.men), theme.politics)
                picture.blit(label, (at(one.day, one.men)[0] + round(12 * k), box.top + round(2 * k)))
        self._boxes.append((box, most))

    def _figure(
        self, picture: pygame.Surface, box: pygame.Rect, one: Figure, spot: tuple[int, int], low: tuple[int, int],
        high: tuple[int, int], theme: Theme, k: float,
    ) -> None:  # fmt: skip
        x, y = max(spot[0], box.left + round(8 * k)), spot[1]
        if high[1] != low[1]:
            pygame.draw.line(picture, theme.politics, (x, low[1]), (x, high[1]), max(2, round(2.4 * k)))
        r = 7 * k
        shape = [(x, y - r), (x + r, y), (x, y + r), (x - r, y)]
        pygame.draw.polygon(picture, theme.politics, shape)
        pygame.draw.polygon(picture, theme.panel, shape, max(1, round(1.6 * k)))
        top, bottom = min(high[1], y), max(low[1], y)
        self._marks.append((pygame.Rect(x - 9, top - 9, 18, bottom - top + 18), one))

    def _axes(
        self, picture: pygame.Surface, box: pygame.Rect, most: float, days: int, language: int, theme: Theme,
        crowd: Crowd, k: float,
    ) -> None:  # fmt: skip
        step = next((s for s in (500, 1000, 2000, 5000, 10_000, 20_000) if most / s <= 5), 50_000)
        for men in range(0, int(most) + 1, step):
            y = round(box.bottom - box.height * men / most)
            pygame.draw.line(picture, theme.track, (box.left, y), (box.right, y))
            label = self.type.line(lettering.SANS, 18 * k, thousands(men), theme.muted)
            picture.blit(label, label.get_rect(midright=(box.left - round(6 * k), y)))
        for day in range(days + 1):
            date = crowd.catalogue.start + timedelta(days=day)
            if date.day == 1:
                x = round(box.left + box.width * day / days)
                pygame.draw.line(picture, theme.track, (x, box.top), (x, box.bottom + round(5 * k)))
                name = self.type.line(lettering.SANS, 19 * k, month_name(date.month, language), theme.muted)
                if x + name.get_width() < box.right + round(20 * k):
                    picture.blit(name, (x + round(4 * k), box.bottom + round(2 * k)))


def _bands(strengths: np.ndarray) -> np.ndarray | None:
    """Percentiles (LEVELS) of men by day over the runs, [5, days + 1]; None as long as no run is in."""
    import numpy as np

    return np.percentile(strengths, LEVELS, axis=0) if len(strengths) else None


def ground(theme: Theme) -> Colour:
    """What the fans are drawn on."""
    return mix(theme.panel, theme.raised, 0.6)


def band(theme: Theme, side: int, whole: bool) -> Colour:
    """Colour of a side's band: the whole range of the runs, or its middle half.

    Red is lightened more: it is dark to an eye that does not see it.
    """
    fill, lighter = (theme.liveries[RED].fill, 0.5) if side == 0 else (theme.liveries[WHITE].fill, 0.25)
    return mix(mix(fill, theme.text, lighter), theme.panel, 0.66 if whole else 0.36)
