"""scenario.toml, rules.toml and sources.toml: sides, commands, commanders, depots, parameters, sources and the like."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pydantic import Field, model_validator

from sim.scenario_files.base import Amount, ConsequenceKind, Count, Day, Entry, Fact, Id, Number, Share


class Side(Fact):
    """One of the two sides. The levers scale a whole side in a what-if and are 1.0 in a scenario."""

    id: Id
    name: str
    name_ru: str = ""
    name_mn: str = ""
    home: tuple[str, ...] = ()
    totals: dict[str, Count] = Field(default_factory=dict)
    note: str = ""
    strength: Amount = 1.0
    pace: Amount = 1.0
    scouting: Amount = 1.0
    quality: Amount = 1.0
    supply: Amount = 1.0
    desertion: Amount = 1.0


class Faction(Fact):
    """Men with a cause of their own within a side; `loyalty` is 1 for their own cause, low for a levy."""

    id: Id
    name: str
    name_ru: str = ""
    name_mn: str = ""
    side: str
    loyalty: Share
    note: str = ""


class Command(Fact):
    """Units under one commander. `base` is the place of the depot and of the line of retreat."""

    id: Id
    name: str
    name_ru: str = ""
    name_mn: str = ""
    side: str
    base: str
    commander: str = ""
    superior: str = ""
    note: str = ""


class Commander(Fact):
    """A person. He rides with a unit, or stays at a place when he rides with nobody."""

    id: Id
    name: str
    name_ru: str = ""
    name_mn: str = ""
    side: str
    rides_with: str = ""
    place: str = ""
    terror: Share = 0.0
    caution: Share = 0.5
    note: str = ""


class Depot(Fact):
    """Stores of a side at a place: what lies there at the start, and what arrives each day."""

    id: Id
    side: str
    place: str
    rations: Amount = 0.0
    rounds: Amount = 0.0
    shells: Amount = 0.0
    daily_rations: Amount = 0.0
    daily_rounds: Amount = 0.0
    daily_shells: Amount = 0.0
    note: str = ""


class Consequence(Fact):
    """What the fall of a place to a side sets off."""

    id: Id
    place: str
    to_side: str
    kind: ConsequenceKind
    faction: str = ""
    target: str = ""
    value: Number = 0.0
    days: Amount = 0.0
    text: str = ""
    note: str = ""


class Haven(Fact):
    """A place in which the fugitives of a side are safe."""

    place: str
    side: str
    note: str = ""


class Header(Entry):
    """scenario.toml. `end` is inclusive; hour 0 is midnight at the beginning of `start`."""

    id: Id
    title: str
    title_ru: str = ""
    title_mn: str = ""
    text: str = ""
    start: Day
    end: Day
    default_plan: str
    sides: tuple[Side, ...]
    factions: tuple[Faction, ...] = ()
    commands: tuple[Command, ...] = ()
    commanders: tuple[Commander, ...] = ()
    depots: tuple[Depot, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    havens: tuple[Haven, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Header:
        if self.end < self.start:
            raise ValueError(f"end {self.end} lies before start {self.start}")
        if len(self.sides) != 2:
            raise ValueError(f"two [[sides]] are wanted, found {len(self.sides)}")
        return self

    @property
    def hours(self) -> int:
        """Length of the campaign in hours: `end` is played to its last hour."""
        return ((self.end - self.start).days + 1) * 24

    def hour(self, when: date | datetime) -> int:
        """Hours from the start to a date (its midnight) or date and time; negative before the campaign."""
        moment = when if isinstance(when, datetime) else datetime(when.year, when.month, when.day)
        zero = datetime(self.start.year, self.start.month, self.start.day)
        return int((moment.replace(tzinfo=None) - zero) // timedelta(hours=1))


class Parameter(Fact):
    """A number of the rules with the range that the sources leave. Addressed as `rules.section.name`."""

    value: Number
    low: Number
    high: Number
    unit: str
    note: str = ""


class Source(Entry):
    """An entry of sources.toml."""

    title: str
    author: str = ""
    year: int | str = ""
    kind: str = ""
    note: str = ""
