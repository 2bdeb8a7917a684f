"""Which event has the caption: the weightiest of late when time stands; in play one at a time, long enough to read."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viz.tape import Event

#: Weight from which an event is captioned, and hours for which a caption stays when time stands.
CAPTIONED, STILL_HOURS = 2, 36.0
#: Seconds for a caption to be found, for each word of it, and at least and at most (assumed: 200 words a minute, read
#: beside a moving map).
FOUND, A_WORD, LEAST, MOST = 0.9, 0.3, 2.4, 4.5
#: Seconds by which a caption may come after its event, by weight, when another is still being read.
LATE = {2: 0.8, 3: 3.5}
#: Hours for which a caption stays in slow play when nothing follows.
SLOW_HOURS = 20.0


@dataclass(frozen=True, slots=True)
class Turn:
    """A caption's turn: from hour to hour, of which it wants ``need`` to be read."""

    start: float
    end: float
    need: float
    event: Event


def seconds(event: Event) -> float:
    """Seconds of real time that an event's caption takes to be read, in the longest of the languages."""
    words = max(len(text.split()) for text in event.texts)
    return min(max(FOUND + A_WORD * words, LEAST), MOST)


def turns(events: list[Event], days_per_second: float) -> list[Turn]:
    """The captions of a run played at a speed, in order of time, none shorter than it takes to be read.

    The weightier have the first choice; what would come too late after its event is left out.
    """
    pace = 24 * days_per_second
    found: list[Turn] = []
    wanted = [e for e in events if e.weight >= CAPTIONED and e.texts[0]]
    for event in sorted(wanted, key=lambda e: (-e.weight, e.hour)):
        need = seconds(event) * pace
        start = float(event.hour)
        for other in found:  # in order of time
            if other.start < start + need and other.end > start:
                start = other.end
        if start - event.hour <= LATE.get(event.weight, LATE[3]) * pace:
            found.append(Turn(start, start + need, need, event))
            found.sort(key=lambda turn: turn.start)
    ends = [b.start for _, b in pairwise(found)] + [1e18] if found else []
    return [
        Turn(t.start, min(max(t.end, t.start + SLOW_HOURS), end), t.need, t.event)
        for t, end in zip(found, ends, strict=True)
    ]


class Captions:
    """Keeps the turns of the run and speed that play."""

    def __init__(self) -> None:
        self._key: tuple[list[Event], float] | None = None
        self._turns: list[Turn] = []
        #: days a second by which turns are given, whatever the clock says (films slow down for captions)
        self.fixed: float | None = None

    def at(self, events: list[Event], hour: float, days_per_second: float, playing: bool) -> Event | None:
        """The event to caption at an hour, or None."""
        if not playing:
            return latest(events, hour)
        pace = self.fixed or days_per_second
        if self._key is None or self._key[0] is not events or self._key[1] != pace:
            self._key, self._turns = (events, pace), turns(events, pace)
        return next((t.event for t in self._turns if t.start <= hour < t.end), None)


def latest(events: list[Event], hour: float) -> Event | None:
    """The weightiest event of the last day and a half, the latest among equals; None when nothing much happened."""
    best: Event | None = None
    for event in events:
        if event.hour > hour:
            break
        recent = hour - event.hour <= STILL_HOURS
        if event.weight >= CAPTIONED and recent and (best is None or event.weight >= best.weight):
            best = event
    return best


#: Part of the pace at which a film goes on while a caption is read, and seconds in which it changes its pace.
READING, EASE = 0.3, 0.25


def film_hours(events: list[Event], first: float, last: float, days_per_second: float, fps: int) -> list[float]:
    """The hour of each frame of a film from ``first`` to ``last``: slower while a caption is read, eased."""
    reading = [(t.start, t.start + t.need) for t in turns(events, READING * days_per_second)]
    step, part = days_per_second * 24 / fps, 1.0
    hours, hour = [first], first
    while hour < last:
        slow = any(start <= hour < end for start, end in reading)
        part += ((READING if slow else 1.0) - part) * min(1.0, 1 / (fps * EASE))
        hour = min(hour + step * part, last)
        hours.append(hour)
    return hours
