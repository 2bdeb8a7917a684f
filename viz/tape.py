"""A recorded run as the visualiser holds it: plain tables and arrays, nothing of the engine.

Positions are sheet coordinates (see :mod:`viz.geo`); hours count from the campaign's first midnight.  A
tape is never
written to after :mod:`viz.source` has made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from viz.knowledge import Knowledge

Names = tuple[str, str, str]
WAITING, FIELD, GONE = 0, 1, 2
BATTLE, POLITICS, MOVEMENT = "battle", "politics", "movement"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as its row in the scenario has it; ``kind`` is one of the four liveries of :mod:`viz.theme`."""

    index: int
    id: str
    names: Names
    side: int
    kind: int
    command: int
    arm: str
    men: int
    men_low: int = 0
    men_high: int = 0
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A place; ``x``, ``y`` on the sheet, ``holder`` the side on the first day or -1."""

    index: int
    id: str
    names: Names
    x: float
    y: float
    rank: int
    kind: str
    country: str
    holder: int
    accuracy: str = ""
    source: str = ""
    confidence: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """A way between two places (indices)."""

    a: int
    b: int
    kind: str
    telegraph: bool
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A command, the commander who leads it (index or -1) and the command above it (id or empty)."""

    id: str
    names: Names
    side: int
    leader: int
    superior: str = ""


@dataclass(frozen=True, slots=True)
class Leader:
    """A commander; ``unit`` is the one he rides with, or -1."""

    id: str
    names: Names
    side: int
    unit: int


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the plan: what, where, on which condition, by which source."""

    id: str
    command: int
    task: str
    place: int
    when: Names
    text: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in the run.

    ``weight`` 3 is worth a caption and an icon, 2 a caption, 1 the list only.
    """

    hour: int
    kind: str
    group: str
    texts: Names
    x: float | None
    y: float | None
    side: int
    weight: int
    units: tuple[int, ...] = ()
    place: int = -1
    #: the text as each side could tell it, where that is less than the truth
    told: tuple[Names, Names] | None = None


@dataclass(frozen=True, slots=True)
class Battle:
    """A battle of the run: where, from when to when, and the terms of the battle rule hour by hour."""

    x: float
    y: float
    place: int
    start: int
    end: int
    names: Names
    sides: tuple[int, int]
    terms: Sequence[dict[str, float]]
    #: men lost on both sides; -1: only the terms say it
    lost: float = -1.0


@dataclass(frozen=True, slots=True)
class Documented:
    """An event of history: the window in hours, and when (or whether) the run had its like."""

    id: str
    names: Names
    group: str
    start: int
    end: int
    x: float | None
    y: float | None
    run_hour: int | None
    source: str
    confidence: str
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Waypoint:
    """Where history puts a body of men on a day: the hollow chips of the comparison."""

    hour: int
    end: int
    who: str
    names: Names
    texts: Names
    kind: int
    x: float
    y: float
    source: str


@dataclass(frozen=True, slots=True)
class Lever:
    """A number the panel can change: key of the patch, its range, history's value and a source line."""

    key: str
    label: str
    group: str
    low: float
    high: float
    value: float
    note: str = ""


@dataclass(slots=True)
class Tape:
    """One run, whole."""

    title: str
    start: date
    hours: int
    side_names: tuple[Names, Names]
    units: list[Unit]
    places: list[Place]
    routes: list[Route]
    commands: list[Command]
    leaders: list[Leader]
    orders: list[Order]
    events: list[Event]
    battles: list[Battle]
    documented: list[Documented]
    course: list[Waypoint]
    levers: list[Lever]
    certificate: dict[str, str]
    digest: str
    # arrays [hours + 1, units]
    x: np.ndarray
    y: np.ndarray
    men: np.ndarray
    state: np.ndarray
    fighting: np.ndarray
    detail: dict[str, np.ndarray]
    # arrays [hours + 1, 4]: men in the field by livery
    strength: np.ndarray
    #: men lost by side in each 12 hours: [half-days, 2]
    losses: np.ndarray
    #: changes of holder: (hour, place, side), by hour
    holders: list[tuple[int, int, int]]
    #: commanders killed, taken or fled: hour by commander
    lost_leaders: dict[int, int]
    #: by side: reports (hour seen, unit, place, men), by hour
    sightings: tuple[list[tuple[int, int, int, int]], list[tuple[int, int, int, int]]]
    #: what the two camps are called on cards and in captions
    camps: tuple[Names, Names] = (("", "", ""), ("", "", ""))
    #: what each side learns, as :mod:`viz.knowledge` works it out
    knowledge: dict[int, Knowledge] = field(default_factory=dict[int, "Knowledge"])
    _beaten: dict[int, list[int]] | None = None
    _led: dict[int, int] = field(default_factory=dict[int, int])

    def day(self, hour: float) -> date:
        """Calendar day of an hour."""
        return self.start + timedelta(days=int(hour) // 24)

    @property
    def days(self) -> int:
        """Number of days of the campaign."""
        return self.hours // 24

    def beaten(self, unit: int, hour: float) -> bool:
        """Whether a unit's command was beaten within the last two days: then a march is a retreat."""
        if self._beaten is None:
            self._beaten = {}
            for event in self.events:
                if event.kind == "battle-ends" and event.weight >= 2 and len(event.units) == 2:
                    loser = self.units[event.units[1]].command
                    self._beaten.setdefault(loser, []).append(event.hour)
        return any(h <= hour <= h + 48 for h in self._beaten.get(self.units[unit].command, ()))

    def led(self) -> dict[int, int]:
        """The command that each commander leads, by his index."""
        if not self._led:
            self._led = {c.leader: n for n, c in enumerate(self.commands) if c.leader >= 0}
        return self._led

    def known(self, side: int, hour: float) -> dict[int, tuple[int, int, int]]:
        """What a side knows of the enemy's units: unit -> (hour seen, place, men as estimated).

        Latest report wins.
        """
        found: dict[int, tuple[int, int, int]] = {}
        for seen, unit, place, men in self.sightings[side]:
            if seen > hour:
                break
            found[unit] = (seen, place, men)
        return found
