"""The outcome strip: for each headline outcome how likely it is now and was in history, on the same dice.

One cell is drawn anew a frame at most, so that the strip refines as runs come in and never holds up a frame.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from viz import icons, lettering
from viz.boot import pygame
from viz.lettering import thousands
from viz.tally import Tally, World, tally
from viz.theme import mix
from viz.words import MONGOLIAN, MONTHS, say

if TYPE_CHECKING:
    from viz.layout import Layout
    from viz.lettering import Lettering
    from viz.theme import Theme
    from viz.whatif import Crowd

#: Seconds between two refreshments of a cell while runs come in.
PATIENCE = 0.4
#: Height of a cell in virtual units above which it has its bar.
FULL = 130


class Strip:
    """Draws the cells and keeps them."""

    def __init__(self, type_: Lettering) -> None:
        self.type = type_
        self._cells: dict[int, tuple[tuple[object, ...], pygame.Surface, float]] = {}
        self._clock = 0.0
        self._whole: pygame.Surface | None = None
        self.tallies: dict[int, Tally | None] = {}

    def draw(
        self,
        surface: pygame.Surface,
        layout: Layout,
        language: int,
        theme: Theme,
        crowd: Crowd | None,
        dt: float,
        clean: bool = False,
    ) -> None:
        """The strip; ``dt`` 0 draws every cell that is out of date at once.

        ``clean``: it is on the surface as it was drawn last, and only changes are needed.
        """
        rect = layout.strip
        if not rect.height:
            return
        self._clock += dt
        if crowd is None:
            self._whole = None
            surface.fill(theme.panel, rect)
            text = self.type.line(lettering.SANS, 22 * layout.k, say("loading", language), theme.muted)
            surface.blit(text, text.get_rect(center=rect.center))
            return
        whole = self._whole
        if whole is None or whole.get_size() != rect.size:
            whole = self._whole = pygame.Surface(rect.size, 0, 32)
            whole.fill(theme.panel)
            self._cells.clear()
            clean = False
        drawn: list[pygame.Rect] = []
        for column, cell in enumerate(layout.cells(len(crowd.catalogue.outcomes))):
            look = (cell.size, language, theme.name, round(layout.k, 4), id(crowd.shown))
            key = (*look, crowd.version)
            kept = self._cells.get(column)
            stale = kept is None or kept[0] != key
            fresh = kept is None or kept[0][:-1] != look
            if stale and (dt <= 0 or (not drawn and (fresh or kept is None or self._clock - kept[2] >= PATIENCE))):
                self.tallies[column] = tally(crowd, column)
                kept = (key, self._cell(cell.size, layout, language, theme, crowd, column), self._clock)
                self._cells[column] = kept
                whole.blit(kept[1], cell.move(-rect.left, -rect.top))
                drawn.append(cell)
        changed = drawn if clean else [rect]
        if changed:
            surface.blits([(whole, part, part.move(-rect.left, -rect.top)) for part in changed], False)
            pygame.draw.line(surface, theme.raised, rect.topleft, rect.topright, max(1, layout.u(2)))

    def tip(self, layout: Layout, px: int, py: int, language: int, crowd: Crowd | None) -> str:
        """What the cell under a pixel says, in words."""
        if crowd is None:
            return ""
        for column, cell in enumerate(layout.cells(len(crowd.catalogue.outcomes))):
            found = self.tallies.get(column)
            if found is None or not cell.collidepoint(px, py):
                continue
            name = crowd.catalogue.outcomes[column].names[language]
            if found.kind != "fate":
                word = "strip-tip-men" if found.kind == "men" else "strip-tip-share"
                return say(word, language, name=name, n=found.n)
            before = _fates(found.before, language) if found.before is not None else say("no-change", language)
            return say("strip-tip-fate", language, name=name, n=found.n, now=_fates(found.now, language), before=before)
        return ""

    def pending(self, crowd: Crowd | None) -> bool:
        """Whether a cell is out of date: then another frame is wanted."""
        return crowd is not None and any(kept[0][-1] != crowd.version for kept in self._cells.values())

    # -- a cell ----------------------------------------------------------------------------------------

    def _cell(
        self, size: tuple[int, int], layout: Layout, language: int, theme: Theme, crowd: Crowd, column: int
    ) -> pygame.Surface:
        k = layout.k
        picture = pygame.Surface(size, 0, 32)
        picture.fill(theme.panel)
        pygame.draw.line(picture, theme.raised, (0, round(14 * k)), (0, size[1] - round(14 * k)), max(1, round(2 * k)))
        pad = round(14 * k)
        room = size[0] - 2 * pad
        outcome, found = crowd.catalogue.outcomes[column], self.tallies.get(column)
        title = self._fit(lettering.SEMIBOLD, 21, outcome.names[language], room, theme.text, k)
        picture.blit(title, (pad, round(7 * k)))
        if found is None:
            text = self._fit(lettering.SANS, 20, say("running", language), room, theme.muted, k)
            picture.blit(text, (pad, round(44 * k)))
            return picture
        if found.kind == "men":
            self._number(picture, pad, room, found, language, theme, k, crowd)
        else:
            self._share(picture, pad, room, found, language, theme, k, crowd)
        return picture

    def _fit(self, face: str, size: float, text: str, room: float, colour: tuple[int, int, int], k: float):
        """A line as large as there is room for, at least 15 units; then cut."""
        while self.type.width(face, size * k, text) > room and size > 15:
            size -= 1
        return self.type.line(face, size * k, self.type.shorten(face, size * k, text, room), colour)

    def _head(
        self, picture: pygame.Surface, pad: int, room: int, value: str, beside: str, theme: Theme, k: float
    ) -> None:
        """The large number and, beside it, its interval."""
        big = self.type.line(lettering.BOLD, 32 * k, value, theme.text)
        picture.blit(big, (pad, round(29 * k)))
        left = pad + big.get_width() + round(9 * k)
        if self.type.width(lettering.SANS, 15 * k, beside) > room - (left - pad):
            return  # half an interval would mislead; the tip of the cell and a wider window have it
        small = self._fit(lettering.SANS, 20, beside, room - (left - pad), theme.muted, k)
        picture.blit(small, small.get_rect(midleft=(left, round(29 * k) + big.get_height() * 0.56)))

    def _foot(
        self, picture: pygame.Surface, pad: int, room: int, lines: tuple[str, str], theme: Theme, k: float, sure: bool
    ) -> None:
        """The difference, and below it what history has; a sure change is told by a mark, not by colour alone."""
        whole = picture.get_height() > FULL * k
        y = picture.get_height() - round((44 if whole else 20) * k)
        mark = round(16 * k) if sure else 0
        if sure:
            shape = [(pad, y), (pad + 6 * k, y - 6 * k), (pad + 12 * k, y), (pad + 6 * k, y + 6 * k)]
            pygame.draw.polygon(picture, theme.accent, shape)
        face, colour = (lettering.SEMIBOLD, theme.accent) if sure else (lettering.SANS, theme.text)
        told = lines[0]
        if self.type.width(face, 15 * k, told) > room - mark:
            told = told.partition(" (")[0]  # the change without its interval
        line = self._fit(face, 20, told, room - mark, colour, k)
        picture.blit(line, line.get_rect(midleft=(pad + mark, y)))
        if not whole:
            return
        below = self._fit(lettering.SANS, 19, lines[1], room, theme.muted, k)
        picture.blit(below, below.get_rect(midleft=(pad, picture.get_height() - round(19 * k))))

    def _share(
        self, picture: pygame.Surface, pad: int, room: int, found: Tally, language: int, theme: Theme, k: float,
        crowd: Crowd,
    ) -> None:  # fmt: skip
        now, before = found.now, found.before
        beside = f"{percent(now.low)}\u2013{percent(now.high)} %"
        value = f"{percent(now.value)} %"
        if found.kind == "fate":
            fate = max(range(len(now.bins)), key=lambda n: now.bins[n])
            beside = say(f"fate-{fate}", language)
            value = f"{percent(now.bins[fate])} %"
        self._head(picture, pad, room, value, beside, theme, k)
        track = pygame.Rect(pad, round(74 * k), room, max(6, round(12 * k)))
        if picture.get_height() <= FULL * k:
            pass  # a compact cell has no room for bars
        elif found.kind == "fate":
            self._fates(picture, track, now, theme, k, 0)
            if before is not None:
                below = pygame.Rect(track.left, track.bottom + round(4 * k), track.width, max(5, round(9 * k)))
                self._fates(picture, below, before, theme, k, 1)
        else:
            self._bar(picture, track, now, before, theme, k)
        self._foot(picture, pad, room, self._change(found, language, crowd), theme, k, found.sure)

    @staticmethod
    def _bar(
        picture: pygame.Surface, track: pygame.Rect, now: World, before: World | None, theme: Theme, k: float
    ) -> None:
        """A share as a filled bar with its interval as a whisker; history's as a ring with a whisker below."""

        def x(share: float) -> int:
            return round(track.left + track.width * share)

        pygame.draw.rect(picture, theme.track, track, border_radius=3)
        full = pygame.Rect(track.left, track.top, max(2, x(now.value) - track.left), track.height)
        pygame.draw.rect(picture, theme.text, full, border_radius=3)
        line, y = max(2, round(3 * k)), track.centery
        pygame.draw.line(picture, theme.accent, (x(now.low), y), (x(now.high), y), line)
        for end in (now.low, now.high):
            pygame.draw.line(picture, theme.accent, (x(end), track.top - 2), (x(end), track.bottom + 1), line)
        if before is not None:
            y = track.bottom + round(9 * k)
            pygame.draw.line(picture, theme.muted, (x(before.low), y), (x(before.high), y), max(1, round(2 * k)))
            icons.ring(picture, theme.muted, (x(before.value), y), 12 * k)

    def _fates(
        self, picture: pygame.Surface, track: pygame.Rect, world: World, theme: Theme, k: float, row: int
    ) -> None:
        """Shares of the fates side by side: from light (in command) to dark (fled), with thin gaps; history hollow."""
        shades = [mix(theme.text, theme.panel, part) for part in (0.0, 0.25, 0.5, 0.68, 0.8)]
        left = track.left
        for fate, share in enumerate(world.bins):
            wide = round(track.width * share)
            if wide < 1:
                continue
            box = pygame.Rect(left, track.top, max(1, wide - max(1, round(2 * k))), track.height)
            if row:
                pygame.draw.rect(picture, mix(shades[fate], theme.panel, 0.45), box)
                pygame.draw.rect(picture, theme.muted, box, max(1, round(1.6 * k)))
            else:
                pygame.draw.rect(picture, shades[fate], box)
                if fate == 3:  # captured, history's fate, carries a bar of the accent at its foot
                    foot = pygame.Rect(box.left, box.bottom - max(2, round(3 * k)), box.width, max(2, round(3 * k)))
                    pygame.draw.rect(picture, theme.accent, foot)
            left += wide

    def _number(
        self, picture: pygame.Surface, pad: int, room: int, found: Tally, language: int, theme: Theme, k: float,
        crowd: Crowd,
    ) -> None:  # fmt: skip
        now, before = found.now, found.before
        beside = "" if now.low != now.low else f"{_men(now.low)}\u2013{_men(now.high)}"
        self._head(picture, pad, room, _men(now.value), beside, theme, k)
        if picture.get_height() <= FULL * k:
            self._foot(picture, pad, room, self._change(found, language, crowd), theme, k, found.sure)
            return
        tall, bottom = round(30 * k), round(98 * k)
        pygame.draw.line(picture, theme.track, (pad, bottom), (pad + room, bottom), max(1, round(2 * k)))
        most = max([*now.bins, *(before.bins if before else ()), 1e-9])
        step = room / len(now.bins)
        for n, share in enumerate(now.bins):
            h = round(tall * share / most)
            box = pygame.Rect(round(pad + n * step), bottom - h, max(1, round(step) - 1), h)
            pygame.draw.rect(picture, theme.text, box)
        if before is not None:  # history's distribution as an outline over it
            points = [(pad, bottom)]
            for n, share in enumerate(before.bins):
                y = bottom - round(tall * share / most)
                points += [(round(pad + n * step), y), (round(pad + (n + 1) * step), y)]
            points.append((pad + room, bottom))
            pygame.draw.lines(picture, theme.accent, False, points, max(1, round(2 * k)))
        self._foot(picture, pad, room, self._change(found, language, crowd), theme, k, found.sure)

    def _change(self, found: Tally, language: int, crowd: Crowd) -> tuple[str, str]:
        """The difference to history with its interval; and the day about which it comes, and what history has."""
        kind, before = found.kind, found.before
        days = [_day(world, language, crowd) for world in (found.now, before) if world is not None]
        if before is None:
            return (say("around-day", language, day=days[0]) if days[0] else ""), f"n = {found.n}"
        value = _men(before.value) if kind == "men" else f"{percent(before.value)} %"
        if kind == "fate":
            fate = max(range(len(before.bins)), key=lambda n: before.bins[n])
            value = f"{percent(before.bins[fate])} % {say(f'fate-{fate}', language)}"
        history = say("in-history", language, n=f"{value}, {days[1]}" if days[1] else value)
        below = f"{days[0]}; {history}" if days[0] else history
        if found.difference != found.difference:
            return say("running", language), below
        if found.difference == 0 and not found.sure:
            return say("no-change", language), below
        if kind == "men":
            return f"{_signed(found.difference)} ({_signed(found.low)} \u2026 {_signed(found.high)})", below
        low, high = _signed(found.low * 100, 1), _signed(found.high * 100, 1)
        return say("points", language, n=_signed(found.difference * 100, 1)) + f" ({low} \u2026 {high})", below


def _fates(world: World, language: int) -> str:
    """The shares of the fates in words, the likeliest first; those that never come are left out."""
    order = sorted(range(len(world.bins)), key=lambda fate: -world.bins[fate])
    return ", ".join(f"{say(f'fate-{n}', language)} {percent(world.bins[n])} %" for n in order if world.bins[n] > 0)


def _day(world: World, language: int, crowd: Crowd) -> str:
    """The median day of an event, in short; empty when it has none."""
    if world.day != world.day:
        return ""
    day = crowd.catalogue.start + timedelta(days=int(world.day) // 24)
    if language == MONGOLIAN:
        return f"{day.month}/{day.day}"
    return f"{day.day} {MONTHS[language][1][day.month - 1][:3]}"


def percent(share: float) -> str:
    """A share in per cent without decimals."""
    return f"{share * 100:.0f}"


def _men(value: float) -> str:
    return thousands(int(round(value, -1))) if value == value else "\u2013"


def _signed(value: float, step: int = 10) -> str:
    whole = round(value / step) * step
    return f"+{thousands(whole)}" if whole > 0 else thousands(whole)
