"""The strip along the bottom: play button, speed, track with months, losses, events.

History's own events beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from time import perf_counter
from typing import TYPE_CHECKING

from viz import icons, knowledge, lettering
from viz.boot import pygame
from viz.theme import mix
from viz.words import long_date, month_name, say

if TYPE_CHECKING:
    from viz.decide import Marks
    from viz.layout import Layout
    from viz.lettering import Lettering
    from viz.state import State
    from viz.tape import Documented, Event, Tape
    from viz.theme import Theme
    from viz.whatif import Parting


class Timeline:
    """Draws the strip and says what a point on it means."""

    def __init__(self, type_: Lettering) -> None:
        self.type = type_
        self._key: tuple[object, ...] = ()
        self._making: tuple[object, ...] = ()
        #: the strip with fork, button and speed on it, and what it was drawn for
        self._whole: tuple[tuple[object, ...], pygame.Surface] | None = None
        self._strip: pygame.Surface | None = None
        #: the strip before that one: the next is drawn on it, since fresh memory costs time
        self._spare: pygame.Surface | None = None
        self._work: Iterator[pygame.Surface | None] | None = None
        self._icons: list[tuple[pygame.Rect, Event]] = []
        self._rings: list[tuple[pygame.Rect, Documented]] = []
        #: where the worlds of a what-if part, and what differed; set by the window
        self.parting: Parting | None = None
        #: the decisions of the run, which lie on the track; set by the window
        self.marks: Marks | None = None

    # -- geometry ----------------------------------------------------------------------------------

    @staticmethod
    def button(layout: Layout) -> pygame.Rect:
        """The play button."""
        size = max(44 if layout.height >= 600 else 30, layout.u(72))
        rect = pygame.Rect(0, 0, size, size)
        rect.center = (layout.u(62), layout.timeline.centery)
        return rect

    @staticmethod
    def track(layout: Layout) -> pygame.Rect:
        """The track; hours run from its left to its right end."""
        strip = layout.timeline
        left = layout.u(250)
        return pygame.Rect(left, strip.top + layout.u(72), strip.width - left - layout.u(42), max(3, layout.u(7)))

    def x(self, layout: Layout, tape: Tape, hour: float) -> float:
        """Pixel across of an hour."""
        track = self.track(layout)
        return track.left + track.width * hour / tape.hours

    def hour(self, layout: Layout, tape: Tape, px: float) -> float:
        """Hour under a pixel, held inside the campaign."""
        track = self.track(layout)
        return min(max((px - track.left) / max(track.width, 1), 0.0), 1.0) * tape.hours

    def hit_track(self, layout: Layout, px: float, py: float) -> bool:
        """Whether a click there is meant for the track."""
        track = self.track(layout)
        return layout.timeline.collidepoint(px, py) and track.left - layout.u(20) <= px <= track.right + layout.u(20)

    def tip(self, layout: Layout, state: State, tape: Tape, px: int, py: int) -> str:
        """What the strip says about a point: where the worlds part, an event there, or the date."""
        said = self.marks.tip((px, py), tape, state.language) if self.marks is not None else ""
        if said:
            return said
        parting = self.parting
        if parting is not None and self.flag(layout, tape, parting).inflate(10, 10).collidepoint(px, py):
            day = long_date(tape.day(parting.hour), state.language)
            return f"{day}: {say('worlds-part', state.language)}. {parting.what[state.language]}"
        for rect, event in reversed(self._icons):
            if rect.collidepoint(px, py):
                return f"{long_date(tape.day(event.hour), state.language)}: {event.texts[state.language]}"
        for rect, one in reversed(self._rings):
            if rect.collidepoint(px, py):
                late = self.lateness(one)
                first, last = tape.day(one.start), tape.day(one.end - 1)
                when = f"{first.day}.{first.month}\u2013{last.day}.{last.month}"
                lang = state.language
                ending = f"{late:+d} {say('days-late', lang, n='').strip()}" if late is not None else ""
                ending = ending or say("did-not-happen", lang)
                return f"{one.names[lang]} ({say('history-says', lang, date=when)}): {ending}"
        return long_date(tape.day(min(self.hour(layout, tape, px), tape.hours - 1)), state.language)

    def flag(self, layout: Layout, tape: Tape, parting: Parting) -> pygame.Rect:
        """The flag that marks the hour at which the worlds part: below the track, its pole through it."""
        x = round(self.x(layout, tape, parting.hour))
        size = max(14, layout.u(20))
        return pygame.Rect(x, self.track(layout).bottom + layout.u(4), size, size)

    @staticmethod
    def lateness(one: Documented) -> int | None:
        """Days by which the run's event misses history's window (0 inside it).

        None when it did not happen.
        """
        if one.run_hour is None:
            return None
        if one.run_hour < one.start:
            return -((one.start - one.run_hour + 23) // 24)
        return max(0, (one.run_hour - one.end + 24) // 24)

    def event_at(self, px: int, py: int) -> Event | None:
        """The run's event whose icon lies under a pixel."""
        for rect, event in reversed(self._icons):
            if rect.collidepoint(px, py):
                return event
        return None

    # -- drawing -----------------------------------------------------------------------------------

    def draw(
        self,
        surface: pygame.Surface,
        layout: Layout,
        state: State,
        tape: Tape,
        theme: Theme,
        budget: float = float("inf"),
    ) -> None:
        """Draw the whole strip: what stands still from a kept picture, then play head, button and speed.

        For another run, or a later hour in the fog, that picture is made for ``budget`` seconds a frame.
        """
        looks = (layout, theme.name, state.language, state.compare, state.fog)
        key = (*looks, tape.digest, _known_until(state))
        if self._key == key:
            self._work = None
        else:
            if self._strip is None or self._key[: len(looks)] != looks:
                budget = float("inf")
            if self._work is None or budget == float("inf"):
                # what is in the making is finished first, or in haste it would never be
                self._work, self._making = self._still(layout, state, tape, theme), key
            self._advance(budget)
        track, k, strip = self.track(layout), layout.k, layout.timeline
        still = (self._strip, self.parting, tape.hours, state.playing, state.days_per_second, looks)
        if self._whole is not None and self._whole[0] == still:
            surface.blit(self._whole[1], strip)
        else:
            self._controls(surface, layout, state, tape, theme)
            kept = self._whole[1] if self._whole is not None else None
            if kept is None or kept.get_size() != strip.size:
                kept = pygame.Surface(strip.size, 0, 32)
            kept.blit(surface, (0, 0), strip)
            self._whole = (still, kept)
        x = round(self.x(layout, tape, state.hour))
        done = pygame.Rect(track.left, track.top, max(0, x - track.left), track.height)
        pygame.draw.rect(surface, theme.accent, done, border_radius=track.height // 2)
        if state.loop:
            a, b = (round(self.x(layout, tape, h)) for h in state.loop)
            box = pygame.Rect(a, track.top - layout.u(6), max(2, b - a), track.height + layout.u(12))
            pygame.draw.rect(surface, theme.politics, box, max(2, layout.u(3)), border_radius=4)
        pygame.draw.line(
            surface,
            theme.text,
            (x, strip.top + layout.u(8)),
            (x, track.bottom + layout.u(8)),
            max(2, layout.u(3)),
        )
        pygame.draw.aacircle(surface, theme.text, (x, track.centery), 12 * k)
        pygame.draw.aacircle(surface, theme.accent, (x, track.centery), 8.5 * k)

    def _controls(self, surface: pygame.Surface, layout: Layout, state: State, tape: Tape, theme: Theme) -> None:
        """What stands still, fork, button and speed."""
        assert self._strip is not None
        track, k, strip = self.track(layout), layout.k, layout.timeline
        surface.blit(self._strip, strip)
        self._fork(surface, layout, tape, theme)
        button = self.button(layout)
        icons.play(surface, theme, button.center, button.width // 2, state.playing)
        per_day = state.days_per_second
        if per_day >= 0.5:
            text = say("per-day", state.language, n=f"{per_day:g}")
        else:
            text = say("hours-per-second", state.language, n=f"{per_day * 24:g}")
        left = button.right + layout.u(14)
        size = 26.0
        while self.type.width(lettering.SEMIBOLD, size * k, text) > track.left - left - 12 * k and size > 15:
            size -= 1
        line = self.type.line(lettering.SEMIBOLD, size * k, text, theme.text if state.playing else theme.muted)
        surface.blit(line, line.get_rect(midleft=(left, strip.centery - layout.u(4))))

    def _fork(self, surface: pygame.Surface, layout: Layout, tape: Tape, theme: Theme) -> None:
        """A fork at the hour at which the worlds part: one pole, two arms, in outline and accent."""
        if self.parting is None:
            return
        flag, track = self.flag(layout, tape, self.parting), self.track(layout)
        x, wide = flag.left, max(2, layout.u(3))
        pygame.draw.line(surface, theme.panel, (x, track.top - layout.u(14)), (x, flag.bottom), wide + 4)
        pygame.draw.line(surface, theme.accent, (x, track.top - layout.u(14)), (x, flag.bottom), wide)
        joint, right = (x, flag.centery), flag.right
        for tip in ((right, flag.top), (right, flag.bottom)):
            pygame.draw.aaline(surface, theme.accent, joint, tip, wide)
            pygame.draw.aacircle(surface, theme.accent, tip, max(2.5, 4 * layout.k))

    @property
    def working(self) -> bool:
        """Whether the picture of what stands still is in the making."""
        return self._work is not None

    def _advance(self, budget: float) -> None:
        end = perf_counter() + budget
        for made in self._work or ():
            if made is not None:
                self._spare, self._strip, self._key = self._strip, made, self._making
            elif perf_counter() >= end:
                return
        self._work = None

    def _still(self, layout: Layout, state: State, tape: Tape, theme: Theme) -> Iterator[pygame.Surface | None]:
        """The picture of what stands still, in steps; last of all the picture."""
        strip, until, compare, fog, language = (
            layout.timeline,
            _known_until(state),
            state.compare,
            state.fog,
            state.language,
        )
        picture, self._spare = self._spare, None
        if picture is None or picture.get_size() != strip.size:
            picture = pygame.Surface(strip.size, 0, 32)
        picture.fill(theme.panel)
        k = layout.k
        track = self.track(layout).move(0, -strip.top)
        pygame.draw.rect(picture, theme.track, track, border_radius=track.height // 2)
        yield None
        yield from self._losses(picture, track, tape, theme, layout, (fog, until))
        day = tape.start
        free = 0
        while (day - tape.start).days < tape.days:
            if day.day == 1:
                x = round(track.left + track.width * (day - tape.start).days * 24 / tape.hours)
                pygame.draw.line(
                    picture,
                    theme.muted,
                    (x, track.top - layout.u(4)),
                    (x, track.bottom + layout.u(8)),
                    max(1, layout.u(2)),
                )
                line = self.type.line(lettering.SEMIBOLD, 24 * k, month_name(day.month, language), theme.text)
                picture.blit(line, (x + layout.u(6), track.bottom + layout.u(4)))
                free = x + layout.u(12) + line.get_width()
            elif day.day in (10, 20):
                x = round(track.left + track.width * (day - tape.start).days * 24 / tape.hours)
                pygame.draw.line(
                    picture,
                    theme.track,
                    (x, track.bottom),
                    (x, track.bottom + layout.u(7)),
                    max(1, layout.u(2)),
                )
                line = self.type.line(lettering.SANS, 20 * k, str(day.day), theme.muted)
                if x - line.get_width() // 2 > free:
                    picture.blit(line, line.get_rect(midtop=(x, track.bottom + layout.u(7))))
            day += timedelta(days=1)
        yield None
        rings: list[tuple[pygame.Rect, Documented]] = []
        marks: list[tuple[pygame.Rect, Event]] = []
        if compare and tape.documented:
            yield from self._history(picture, track, tape, theme, layout, rings)
        row = track.top - layout.u(48)
        last = -1e9
        for event in knowledge.events(tape, fog):
            if event.weight < 3 or event.hour >= until:
                continue
            x = track.left + track.width * event.hour / tape.hours
            x = max(x, last + 15 * k)
            last = x
            icons.event(picture, theme, event.group, (x, row), 25 * k)
            rect = pygame.Rect(0, 0, max(24, layout.u(30)), max(30, layout.u(44)))
            rect.center = (round(x), row + strip.top)
            marks.append((rect, event))
            if len(marks) % 8 == 0:
                yield None
        self._icons, self._rings = marks, rings
        yield picture

    def _losses(
        self,
        picture: pygame.Surface,
        track: pygame.Rect,
        tape: Tape,
        theme: Theme,
        layout: Layout,
        known: tuple[int, float],
    ) -> Iterator[None]:
        """Losses by half-day, both sides on top of one another, above the track.

        The scale is the square root.  In the fog of a side, its own losses alone; ``known``: fog, and until when.
        """
        fog, until = known
        rows = [
            [n if fog in (-1, side) and half_day * 12 < until else 0 for side, n in enumerate(row)]
            for half_day, row in enumerate(tape.losses.tolist())
        ]
        most = max((sum(r) for r in rows), default=0)
        if not most:
            return
        tall = layout.u(30)
        inks = mix(theme.red, theme.panel, 0.15), mix(theme.paper, theme.panel, 0.25)
        for n, (red, white) in enumerate(rows):
            if n % 40 == 39:
                yield None
            total = red + white
            if not total:
                continue
            left = track.left + track.width * n * 12 / tape.hours
            right = track.left + track.width * (n + 1) * 12 / tape.hours
            h = max(2, round(tall * (total / most) ** 0.5))
            share = round(h * red / total)
            wide = max(2, round(right) - round(left))
            red_box = pygame.Rect(round(left), track.top - share, wide, share)
            white_box = pygame.Rect(round(left), track.top - h, wide, h - share)
            picture.fill(inks[0], red_box)
            picture.fill(inks[1], white_box)

    def _history(
        self,
        picture: pygame.Surface,
        track: pygame.Rect,
        tape: Tape,
        theme: Theme,
        layout: Layout,
        rings: list[tuple[pygame.Rect, Documented]],
    ) -> Iterator[None]:
        """History's windows as grey bars with a ring, joined to the run's own event (a dot).

        The number says by how many days the run misses the window.
        """
        k = layout.k
        row = track.top - layout.u(20)
        grey = mix(theme.muted, theme.panel, 0.15)
        busy = -1e9
        for one in tape.documented:
            a = track.left + track.width * one.start / tape.hours
            b = track.left + track.width * one.end / tape.hours
            middle = (a + b) / 2
            pygame.draw.line(picture, mix(grey, theme.panel, 0.45), (a, row), (b, row), max(2, layout.u(4)))
            late = self.lateness(one)
            icons.ring(picture, grey, (middle, row), 17 * k, struck=late is None and one.judged)
            rect = pygame.Rect(0, 0, max(22, layout.u(26)), max(24, layout.u(28)))
            rect.center = (round(middle), row + layout.timeline.top)
            rings.append((rect, one))
            if len(rings) % 8 == 0:
                yield None
            if one.run_hour is None:
                continue
            x = track.left + track.width * one.run_hour / tape.hours
            pygame.draw.line(picture, theme.accent, (middle, row), (x, row), max(1, layout.u(2)))
            pygame.draw.aacircle(picture, theme.accent, (x, row), 4.5 * k)
            if late:
                line = self.type.line(lettering.SEMIBOLD, 20 * k, f"{late:+d}".replace("-", "\u2013"), theme.accent)
                place = line.get_rect(midbottom=(round(x), row - layout.u(4)))
                if place.left > busy:
                    picture.blit(line, place)
                    busy = place.right + 4


def _known_until(state: State) -> float:
    """The hour up to which the strip tells: the end, or in the fog of a side the half-day that has begun."""
    return float("inf") if state.fog < 0 else int(state.hour) // 12 * 12 + 12.0
