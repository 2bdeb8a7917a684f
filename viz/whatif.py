"""What a what-if is made of, as the panel holds it: levers, cards, a choice, and the crowd of runs behind it.

Plain values, nothing of the engine and nothing drawn; :mod:`viz.lab` fills them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.experiment.stream import Growth
    from viz.director import Director
    from viz.tape import Names, Tape
    from viz.trails import Tracks

#: Units of levers: how a value is written (see :func:`written`).
FACTOR, SHARE, DAYS, MEN = "factor", "share", "days", "men"


@dataclass(frozen=True, slots=True)
class LeverSpec:
    """A number that the panel offers: key of the patch, range, step, history's value, meaning and source."""

    key: str
    group: str
    names: Names
    says: Names
    low: float
    high: float
    step: float
    unit: str
    home: float
    source: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A counterfactual, or a patch file of the user's (then ``path`` says which)."""

    id: str
    names: Names
    questions: Names
    values: tuple[tuple[str, float], ...] = ()
    note: str = ""
    source: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A headline outcome of the strip: ``kind`` event, fell, men or fate."""

    names: Names
    kind: str
    about: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A documented strength: day of the campaign, side, men with the lowest and highest of the sources."""

    day: int
    side: int
    men: int
    low: int
    high: int
    text: str
    source: str
    whole: bool


@dataclass(frozen=True)
class Catalogue:
    """What a scenario offers to the panel."""

    scenario: str
    start: date
    levers: tuple[LeverSpec, ...]
    cards: tuple[Card, ...]
    outcomes: tuple[Outcome, ...]
    figures: tuple[Figure, ...]
    command_ids: tuple[str, ...] = ()
    command_names: tuple[Names, ...] = ()
    command_sides: tuple[int, ...] = ()
    command_kinds: tuple[int, ...] = ()

    def lever(self, key: str) -> LeverSpec | None:
        """The lever of a key."""
        return next((one for one in self.levers if one.key == key), None)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for: a card (id, or path of a patch file), changed levers, the day they hold from, the dice."""

    card: str = ""
    values: tuple[tuple[str, float], ...] = ()
    since: date | None = None
    seed: int = 0

    @property
    def world(self) -> tuple[object, ...]:
        """What tells worlds apart, whatever the dice."""
        return self.card, self.values, self.since if self.values or self.card else None


@dataclass(frozen=True, slots=True)
class Parting:
    """The first hour at which two worlds of the same dice differ, and what differed; by language."""

    hour: int
    what: Names


@dataclass(slots=True)
class Answer:
    """A new run for the map: its tape, history's on the same dice, where they part, and both worlds' ensembles."""

    choice: Choice
    tape: Tape
    history: Tape | None = None
    parting: Parting | None = None
    crowd: Crowd | None = None
    warnings: tuple[str, ...] = ()
    #: the ways of its units, worked out beforehand
    tracks: Tracks | None = None
    #: a director who has looked it through for the window as it is, where there is time for it
    guide: Director | None = None
    #: seconds of processor time that it took the thread that made it
    processor: float = 0.0


@dataclass(slots=True)
class Crowd:
    """The growing ensembles: ``base`` of history's settings, ``now`` of the user's (None: they are history's)."""

    base: Growth
    now: Growth | None
    catalogue: Catalogue

    @property
    def shown(self) -> Growth:
        """The world that is looked at."""
        return self.now if self.now is not None else self.base

    @property
    def version(self) -> tuple[int, int, int]:
        """Changes when runs have come in."""
        return id(self.shown), self.shown.count, self.base.count

    @property
    def growing(self) -> bool:
        """Whether runs are still to come."""
        return not (self.base.whole and self.shown.whole)


@dataclass(slots=True)
class Views:
    """Which of the views of a what-if are shown."""

    strip: bool = True
    worlds: bool = False
    swarm: bool = False


@dataclass(slots=True)
class Hand:
    """The levers as they stand, with undo."""

    card: str = ""
    values: dict[str, float] = field(default_factory=dict[str, float])
    since: date | None = None
    seed: int = 0

    def copy(self) -> Hand:
        """As it stands now."""
        return Hand(self.card, dict(self.values), self.since, self.seed)


def written(value: float, unit: str, days: str = "d") -> str:
    """A lever's value as the panel writes it: with its unit, and no more digits than it has steps."""
    if unit == FACTOR:
        text = f"\u00d7 {value:.2f}"
    elif unit == DAYS:
        text = f"{value:+.0f} {days}" if round(value) else f"0 {days}"
    elif unit in (MEN, "whole"):
        text = f"{value:.0f}"
    elif unit == SHARE:
        text = f"{value:.2f}"
    else:
        text = f"{value:.4f}" if abs(value) < 0.01 else f"{value:.3f}"
    return text.replace("-", "\u2013")
