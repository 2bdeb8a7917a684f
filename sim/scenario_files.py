"""The files of a scenario folder: what each may hold, and how it is read.

A scenario is a folder of small tables that a historian can edit (`scenario.toml`, `places.csv`, `routes.csv`,
`units.csv`, `rules.toml`, `history.toml`, `sources.toml`, `plans/*.toml`, `counterfactuals/*.toml`). Each
table has one model here, whose attributes are the columns or keys; unknown keys and values of the wrong kind
are refused with the file, the row or key, and what was probably meant. `read_folder` reads a whole folder and
leaves out nothing. What holds *between* tables (ids that resolve, books that add up) is the business of
`sim.lint`.

Column names that are Python words carry an underscore as attributes: `from_`, `not_`.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.resources
import io
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from sim.errors import ScenarioError, suggest

DEFAULT_SCENARIO = "mongolia_1921"

Confidence = Literal["documented", "inferred", "assumed", "disputed"]
Accuracy = Literal["A", "B", "C", "D"]
RouteKind = Literal["railway", "road", "track", "steppe", "mountain trail", "steamer", "ferry"]
Terrain = Literal["valley", "open steppe", "semi-desert", "wooded mountain", "taiga"]
Telegraph = Literal["yes", "no", "unknown"]
Crossing = Literal["none", "ford", "ferry", "bridge"]
Arm = Literal["infantry", "cavalry", "artillery", "armour", "air"]
CountAs = Literal["bayonets", "sabres"]
Task = Literal[
    "march", "attack", "hold", "screen", "raid", "join", "attach", "detach", "pursue", "withdraw", "rest",
    "bridge", "entrain", "disperse",
]  # fmt: skip
Pace = Literal["slow", "normal", "forced"]
CourseKind = Literal[
    "order", "march", "camp", "raid", "battle", "crossing", "taken", "join", "retreat", "wounded", "mutiny",
    "captured", "air", "politics",
]  # fmt: skip
ConsequenceKind = Literal["shaken", "desert", "rising", "news"]

LEVERS = ("strength", "pace", "scouting", "quality", "supply", "desertion")

Count = Annotated[int, Field(ge=0)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$")]


def _plain_date(value: object) -> object:
    """Refuse a time of day where a date is wanted: pydantic would drop midnight silently."""
    if isinstance(value, datetime):
        raise ValueError(f"a date without a time of day is wanted, not {value.isoformat()}")
    return value


Day = Annotated[date, BeforeValidator(_plain_date)]


class Entry(BaseModel):
    """A row or table of a scenario file: read-only, and no key that is not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, str_strip_whitespace=True)


class Fact(Entry):
    """An entry that says where it comes from. `source` is one or more keys of sources.toml joined by ';'."""

    source: str = Field(min_length=1)
    confidence: Confidence

    @property
    def source_keys(self) -> tuple[str, ...]:
        """The keys of `source`, one by one."""
        return split_keys(self.source)


def split_keys(source: str) -> tuple[str, ...]:
    """Source keys of a cell: `"knyazev; ribo"` gives `("knyazev", "ribo")`."""
    return tuple(key.strip() for key in source.split(";") if key.strip())


# ---------------------------------------------------------------------- scenario.toml


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


# ---------------------------------------------------------------------- the three tables


class Place(Fact):
    """A row of places.csv. Degrees WGS84, height in metres, `grass` 0..1 is grazing in summer."""

    id: Id
    name: str
    name_ru: str = ""
    name_mn: str = ""
    alt_names: str = ""
    modern: str = ""
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    kind: str
    rank: Annotated[int, Field(ge=1, le=3)]
    country: str
    holder: str = ""
    elev_m: Number | None = None
    koppen: str = ""
    grass: Share
    accuracy: Accuracy
    note: str = ""


class Route(Fact):
    """A row of routes.csv: a way between two places, both directions. `id` is `a--b`."""

    id: str
    from_: str = Field(alias="from")
    to: str
    kind: RouteKind
    terrain: Terrain
    length_km: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    telegraph: Telegraph
    crossing: Crossing = "none"
    river: str = ""
    frontier: bool = False
    method: str = ""
    accuracy: str = ""
    note: str = ""


class Unit(Fact):
    """A row of units.csv: a regiment, battalion or detachment as it stands when it enters."""

    id: Id
    name: str
    name_ru: str = ""
    name_mn: str = ""
    side: str
    faction: str
    command: str
    arm: Arm
    count_as: CountAs
    men: Count
    horses: Count
    guns: Count = 0
    pack_guns: Count = 0
    mg: Count = 0
    place: str
    enter: Day | None = None
    carts: bool = False
    quality: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    rounds: Amount
    shells: Amount = 0.0
    rations_days: Amount
    men_low: Count | None = None
    men_high: Count | None = None
    note: str = ""

    @model_validator(mode="after")
    def _sound(self) -> Unit:
        if self.pack_guns > self.guns:
            raise ValueError(f"pack_guns is {self.pack_guns} but guns is {self.guns}: pack guns are among the guns")
        return self


# ---------------------------------------------------------------------- rules and sources


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


# ---------------------------------------------------------------------- history.toml


class Reading(BaseModel):
    """How a documented event is read off a run: a kind and its arguments, which `sim.history` understands.

    The arguments are checked against `READINGS` by `sim.lint`; `arguments` gives them as a dict.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: str

    @property
    def arguments(self) -> dict[str, Any]:
        """All keys but `kind`."""
        return dict(self.__pydantic_extra__ or {})


class SourceWindow(Entry):
    """The dates that one source gives for a disputed event (inclusive)."""

    source: str = Field(min_length=1)
    from_: Day = Field(alias="from")
    to: Day
    note: str = ""


class HistoryEvent(Fact):
    """A documented event with its window, both dates inclusive. Group G is near given, E emergent."""

    id: Id
    group: Literal["G", "E"]
    title: str
    title_ru: str = ""
    title_mn: str = ""
    from_: Day = Field(alias="from")
    to: Day
    place: str = ""
    text: str = ""
    reading: Reading
    readings_of_sources: tuple[SourceWindow, ...] = ()
    note: str = ""


class CourseEntry(Fact):
    """A step of the documented course, for map and timeline. `who` are ids of units or of commands."""

    id: Id
    from_: Day = Field(alias="from")
    to: Day
    place: str = ""
    who: tuple[str, ...] = ()
    what: CourseKind
    text: str
    text_ru: str = ""
    text_mn: str = ""
    note: str = ""


class DatedText(Fact):
    """A dated fact outside the campaign: text only, never played."""

    id: Id
    from_: Day = Field(alias="from")
    to: Day
    text: str
    text_ru: str = ""
    text_mn: str = ""
    note: str = ""


class StrengthFigure(Fact):
    """A documented strength on a date, with the lowest and the highest figure of the sources."""

    id: Id
    date: Day
    side: str
    men: Count
    low: Count | None = None
    high: Count | None = None
    place: str = ""
    text: str = ""
    note: str = ""


class History(Entry):
    """history.toml: what is known of the course, never an input of the engine."""

    events: tuple[HistoryEvent, ...] = ()
    course: tuple[CourseEntry, ...] = ()
    background: tuple[DatedText, ...] = ()
    aftermath: tuple[DatedText, ...] = ()
    strengths: tuple[StrengthFigure, ...] = ()


READINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "beaten": (("loser",), ("loser_command", "winner_command", "min_men", "max_men", "near", "within_km")),
    "both_near": (("commands", "place", "within_km"), ()),
    "chronicle": (("event",), ("command", "commands", "commander", "side", "place")),
    "cohesion": (("side", "below"), ("commands",)),
    "concentration": (("side", "against", "places", "within_km", "over"), ("guns",)),
    "fight_away": (("side", "place", "within_km"), ("min_engaged", "left_share")),
    "heading": (("side", "goal", "share"), ("direction",)),
    "held": (("place", "side"), ()),
    "in_country": (("side", "country", "men"), ("faction", "without", "beyond", "anew_days", "not_before")),
    "near": (("command", "place", "within_km"), ("share",)),
    "outcome": (("place", "side", "broken_below"), ()),
    "turned_south": (("side", "countries", "men"), ("origin",)),
}
"""Kinds of reading: kind -> (keys it needs, keys it may have); any may have READING_AFTER."""

READING_AFTER = "after"
"""Key of a reading that counts only from another documented event on."""


# ---------------------------------------------------------------------- plans


CONDITIONS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "date": (("date",), {"until": None}),
    "issued": (("order",), {"hours": 0.0}),
    "done": (("order",), {"hours": 0.0}),
    "at": (("place",), {"within_km": 5.0}),
    "held": (("place", "side"), {}),
    "beaten": ((), {"hours": 48.0, "near": "", "within_km": 60.0}),
    "won": ((), {"hours": 48.0, "near": "", "within_km": 60.0}),
    "fought": ((), {"hours": 48.0, "near": "", "within_km": 60.0}),
    "enemy": (("men",), {"near": "", "country": "", "within_km": 80.0}),
    "odds": (("ratio",), {"within_km": 80.0}),
    "clear": ((), {"within_km": 40.0}),
    "rested": ((), {"fatigue": 0.3, "cohesion": 0.6}),
    "losses": (("share",), {}),
    "hungry": ((), {"days": 1.0}),
    "commander": (("commander",), {"fate": "any"}),
    "mutiny": (("command",), {}),
    "joined": (("command",), {"within_km": 10.0}),
    "elapsed": (("hours",), {}),
}
"""Kinds of condition: kind -> (keys it needs, keys it may have with what they are when left out)."""


class Condition(Entry):
    """A condition of an order, judged by what the commander knows. Keys of other kinds are None."""

    kind: Literal[
        "date", "issued", "done", "at", "held", "beaten", "won", "enemy", "odds", "clear", "rested", "losses",
        "hungry", "commander", "mutiny", "joined", "elapsed", "fought",
    ]  # fmt: skip
    not_: bool = Field(default=False, alias="not")
    date: Day | None = None
    until: Day | None = None
    order: str | None = None
    hours: Amount | None = None
    place: str | None = None
    side: str | None = None
    near: str | None = None
    country: str | None = None
    within_km: Amount | None = None
    men: Count | None = None
    ratio: Amount | None = None
    fatigue: Share | None = None
    cohesion: Share | None = None
    share: Share | None = None
    days: Amount | None = None
    commander: str | None = None
    command: str | None = None
    fate: Literal["any", "wounded", "killed", "captured", "fled"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, given: Any) -> Any:
        """Hold the keys to those of the kind, and write down what was left out."""
        if not isinstance(given, Mapping):
            return given
        table = dict(cast("Mapping[str, Any]", given))
        kind = table.get("kind")
        if not isinstance(kind, str) or kind not in CONDITIONS:
            return table
        needed, optional = CONDITIONS[kind]
        known = {"kind", "not", "not_", *needed, *optional}
        present = {key for key, value in table.items() if value is not None}
        for key in sorted(present - known):
            raise ValueError(f"a condition of kind {kind!r} has no key {key!r}{suggest(key, known)}")
        for key in needed:
            if key not in present:
                raise ValueError(f"a condition of kind {kind!r} needs {key!r}")
        for key, value in optional.items():
            table.setdefault(key, value)
        return table

    @model_validator(mode="after")
    def _sound(self) -> Condition:
        if self.date and self.until and self.until < self.date:
            raise ValueError(f"until {self.until} lies before date {self.date}")
        if self.near and self.country:
            raise ValueError("'near' and 'country' exclude each other")
        return self


class Order(Fact):
    """An order that a commander gives when its conditions hold as he knows them.

    `valid_from_hour` and `valid_until_hour` (exclusive, None for no end) are never written in a plan file: a
    patch with an effective hour leaves the old order valid until that hour and the new one from it, both
    under the same id. `from` stands only in patches too: the moment from which this one order can be given.
    """

    id: Id
    command: str
    units: tuple[str, ...] = ()
    task: Task
    objective: str = ""
    via: tuple[str, ...] = ()
    pace: Pace = "normal"
    accept: Amount | None = None
    retreat: str = ""
    rail: bool = False
    leave_wheels: bool = False
    persist: Count = 0
    hours: Amount = 0.0
    unwanted: Share = 0.0
    to_command: str = ""
    share: Share | None = None
    enabled: bool = True
    when: tuple[Condition, ...] = ()
    when_any: tuple[Condition, ...] = ()
    note: str = ""
    from_: Day | datetime | None = Field(default=None, alias="from", union_mode="left_to_right")
    valid_from_hour: int = 0
    valid_until_hour: int | None = None

    def dates(self) -> tuple[date, ...]:
        """The dates of its date conditions."""
        found = (condition.date for condition in (*self.when, *self.when_any))
        return tuple(day for day in found if day is not None)


class Plan(Entry):
    """A plan file: all orders of all commands. The order of the list is kept."""

    id: Id
    title: str = ""
    text: str = ""
    orders: tuple[Order, ...] = ()


ENGINE_KEYS = ("valid_from_hour", "valid_until_hour")
"""Keys of an order that only a patch sets."""
PATCH_KEYS = ("from",)
"""Keys of an order that stand in a patch and in no plan."""


# ---------------------------------------------------------------------- patches


class GameMark(Entry):
    """Where a saved game stands: what it was played on and how far. It changes nothing in the world.

    began, hour: hours of the campaign at which the game began and stands; before: patches of the world in which it
    began; hash: of the scenario's folder; engine: of the rules.
    """

    scenario: str
    hash: str
    plan: str
    version: str
    engine: str
    seed: Count
    side: str
    began: Count = 0
    hour: Count = 0
    before: tuple[dict[str, Any], ...] = ()


class Patch(Entry):
    """What a counterfactual, an option `--set`, a slider or a sweep's factor changes. See `sim.patch`."""

    id: str = ""
    title: str = ""
    title_ru: str = ""
    title_mn: str = ""
    question: str = ""
    historians: str = ""
    sources: str | tuple[str, ...] = ""
    note: str = ""
    from_: Day | datetime | None = Field(default=None, alias="from", union_mode="left_to_right")
    luck: Count | None = None
    set: dict[str, Any] = Field(default_factory=dict)
    units: tuple[Unit, ...] = ()
    orders: tuple[Order, ...] = ()
    game: GameMark | None = None

    @property
    def source_keys(self) -> tuple[str, ...]:
        """The keys of `sources`, one by one, however they were written."""
        given = (self.sources,) if isinstance(self.sources, str) else self.sources
        return tuple(key for item in given for key in split_keys(item))


@dataclass(frozen=True)
class Timed:
    """A number that a patch changes at an hour: `key` as in the patch, e.g. `rules.battle.lethality`."""

    hour: int
    key: str
    value: float


# ---------------------------------------------------------------------- decisions.toml


class Moment(Entry):
    """When a decision falls in a run: an order of the plan is given, or found done; or a reading of the run holds.

    plan: of that plan alone (left out: of any that has the order); hours: so many hours later. A reading is one of
    history.toml; it is read every six hours and the decision falls when the commander next looks at his plan.
    """

    plan: str = ""
    order: str = ""
    state: Literal["given", "done"] = "given"
    reading: Reading | None = None
    hours: Amount = 0.0

    @model_validator(mode="after")
    def _sound(self) -> Moment:
        if bool(self.order) == (self.reading is not None):
            raise ValueError("a moment names an order or a reading, one of the two")
        return self


class DecisionOption(Fact):
    """One way open to a commander, and why he might take it. What it changes holds from the hour of the decision.

    stop: orders that are given no more (those of other plans are passed over); silence: commands whose plan gives no
    more orders, but for what follows a mutiny or the commander's fate; set, orders: as in a patch. History's own
    option changes nothing.
    """

    id: Id
    title: str
    title_ru: str = ""
    title_mn: str = ""
    reason: str
    reason_ru: str = ""
    reason_mn: str = ""
    history: bool = False
    stop: tuple[str, ...] = ()
    silence: tuple[str, ...] = ()
    set: dict[str, Any] = Field(default_factory=dict)
    orders: tuple[Order, ...] = ()
    note: str = ""

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.stop or self.silence or self.set or self.orders)


class Decision(Fact):
    """A moment at which the course could have turned. `date` is when, if none of the moments comes in a run."""

    id: Id
    side: str
    command: str
    title: str
    title_ru: str = ""
    title_mn: str = ""
    question: str
    question_ru: str = ""
    question_mn: str = ""
    date: Day | datetime = Field(union_mode="left_to_right")
    moments: tuple[Moment, ...] = ()
    outcomes: tuple[str, ...] = ()
    options: tuple[DecisionOption, ...]
    note: str = ""

    @model_validator(mode="after")
    def _sound(self) -> Decision:
        own = [option.id for option in self.options if option.history]
        if len(own) != 1 or len(self.options) < 2:
            raise ValueError(f"two or more options are wanted, one of them history's; found {len(own)} of history")
        if not next(option for option in self.options if option.history).empty:
            raise ValueError(
                f"option {own[0]!r} is history's and changes nothing: leave out stop, silence, set, orders"
            )
        twice = [option.id for option in self.options if sum(one.id == option.id for one in self.options) > 1]
        if twice:
            raise ValueError(f"option {twice[0]!r} stands twice")
        return self


class Headline(Entry):
    """An outcome that the table of a decision shows: `value` is a named scalar of a run (`event.<id>` as well).

    kind: `event` asks whether it came to pass (with `is`: whether the value is that side or fate), `number` for its
    mean.
    """

    id: Id
    title: str
    title_ru: str = ""
    title_mn: str = ""
    value: str
    kind: Literal["event", "number"] = "event"
    is_: str = Field(default="", alias="is")


class Decisions(Entry):
    """decisions.toml: where the course could have turned; never an input of the engine."""

    decisions: tuple[Decision, ...] = ()
    outcomes: tuple[Headline, ...] = ()


# ---------------------------------------------------------------------- the whole folder


@dataclass(frozen=True)
class ScenarioData:
    """Everything that a scenario folder says, in the order of its files.

    `rules` is keyed by `section.name`. `timed`, `luck`, `patches`, `plan`, `warnings` and `base` are set by
    `sim.patch.apply_patches`: `base` is the scenario before any patch, `plan` the plan whose orders were
    patched, `luck` the hours from which other dice fall, each with their seed. `content_hash` is that of the unpatched
    folder. `lines["units.csv"][i]` is the line of the file in which row i stands.
    """

    path: Path
    header: Header
    places: tuple[Place, ...]
    routes: tuple[Route, ...]
    units: tuple[Unit, ...]
    rules: Mapping[str, Parameter]
    history: History
    sources: Mapping[str, Source]
    plans: Mapping[str, Plan]
    counterfactuals: Mapping[str, Patch]
    content_hash: str = ""
    lines: Mapping[str, Sequence[int]] = field(default_factory=dict[str, Sequence[int]], repr=False, compare=False)
    decisions: Decisions = field(default_factory=Decisions)
    timed: tuple[Timed, ...] = ()
    luck: tuple[tuple[int, int], ...] = ()
    patches: tuple[Patch, ...] = ()
    plan: str = ""
    warnings: tuple[str, ...] = ()
    base: ScenarioData | None = field(default=None, repr=False, compare=False)

    @property
    def id(self) -> str:
        return self.header.id

    @property
    def sides(self) -> tuple[Side, ...]:
        return self.header.sides

    @property
    def factions(self) -> tuple[Faction, ...]:
        return self.header.factions

    @property
    def commands(self) -> tuple[Command, ...]:
        return self.header.commands

    @property
    def commanders(self) -> tuple[Commander, ...]:
        return self.header.commanders

    @property
    def depots(self) -> tuple[Depot, ...]:
        return self.header.depots

    @property
    def consequences(self) -> tuple[Consequence, ...]:
        return self.header.consequences

    @property
    def havens(self) -> tuple[Haven, ...]:
        return self.header.havens


EntryT = TypeVar("EntryT", bound=BaseModel)


@dataclass
class Problems:
    """Lines found while a folder is read: (file, where, message)."""

    found: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    read: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    """Lines of the files in which the rows stand that could be read."""

    def add(self, file: str, where: str, message: str) -> None:
        self.found.append((file, where, message))

    def lines(self) -> list[str]:
        return [f"{file}: {where}: {message}" if where else f"{file}: {message}" for file, where, message in self.found]

    def refuse(self, folder: Path) -> None:
        """Raise the first line, with the number of the others; do nothing when there is none."""
        lines = self.lines()
        if not lines:
            return
        more = f" (and {len(lines) - 1} more: `urga check {folder}` lists them)" if len(lines) > 1 else ""
        raise ScenarioError(lines[0] + more, lines)


def scenario_ids() -> list[str]:
    """Ids of the scenarios that come with the program."""
    root = _scenarios_root()
    return sorted(entry.name for entry in root.iterdir() if (entry / "scenario.toml").is_file())


def find_scenario(name_or_path: str | Path = DEFAULT_SCENARIO) -> Path:
    """Folder of a scenario given by the id of one that comes with the program, or by a path.

    Raises ScenarioError when there is none.
    """
    text = str(name_or_path)
    if isinstance(name_or_path, str) and re.fullmatch(r"[A-Za-z0-9_\-]+", text):
        packaged = _scenarios_root() / text
        if (packaged / "scenario.toml").is_file():
            return packaged
    folder = Path(name_or_path).expanduser()
    if folder.name == "scenario.toml":
        folder = folder.parent
    if (folder / "scenario.toml").is_file():
        return folder
    if folder.is_dir():
        raise ScenarioError(f"{folder}: no scenario.toml in this folder, so it is not a scenario")
    known = scenario_ids()
    raise ScenarioError(
        f"no scenario {text!r}{suggest(text, known)}: give an id ({', '.join(known) or 'none installed'}) or a folder"
    )


def _scenarios_root() -> Path:
    """The package `scenarios`, which is a plain folder beside `sim` both in a checkout and in a wheel."""
    beside = Path(__file__).resolve().parent.parent / "scenarios"
    if beside.is_dir():
        return beside
    return Path(str(importlib.resources.files("scenarios")))


def read_folder(path: str | Path) -> ScenarioData:
    """Read a scenario folder. Raises ScenarioError, whose `problems` lists all that could not be read."""
    data, problems = survey_folder(path)
    problems.refuse(Path(path))
    assert data is not None
    return data


def survey_folder(path: str | Path) -> tuple[ScenarioData | None, Problems]:
    """Read a scenario folder and collect what is wrong with it; the data are None when something is."""
    folder = Path(path)
    problems = Problems()
    header = _read_model(folder, "scenario.toml", Header, problems)
    places = _read_csv(folder, "places.csv", Place, problems)
    routes = _read_csv(folder, "routes.csv", Route, problems)
    units = _read_csv(folder, "units.csv", Unit, problems)
    rules = _read_rules(folder, problems)
    history = _read_model(folder, "history.toml", History, problems)
    sources = _read_keyed(folder, "sources.toml", Source, problems)
    plans = _read_named(folder, "plans", Plan, problems)
    counterfactuals = _read_named(folder, "counterfactuals", Patch, problems)
    there = (folder / "decisions.toml").is_file()
    decisions = _read_model(folder, "decisions.toml", Decisions, problems) if there else Decisions()
    if problems.found or header is None or history is None or decisions is None:
        return None, problems
    data = ScenarioData(
        path=folder, header=header, places=places, routes=routes, units=units, rules=rules, history=history,
        sources=sources, plans=plans, counterfactuals=counterfactuals, decisions=decisions,
        content_hash=_hash(header, places, routes, units, rules, history, sources, plans),
        lines=problems.read,
    )  # fmt: skip
    return data, problems


# ---------------------------------------------------------------------- reading files


def read_text(path: Path, shown: str) -> str:
    """Text of a UTF-8 file, line endings as `\\n`. Raises ScenarioError with the name to be shown."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ScenarioError(f"{shown}: this file is missing from {path.parent}") from None
    except OSError as error:
        raise ScenarioError(f"{shown}: cannot be read: {error.strerror}") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ScenarioError(f"{shown}: line {line}: not UTF-8 (saved by an office program? save it as UTF-8)") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_toml(path: Path, shown: str) -> dict[str, Any]:
    """A TOML file as a dict. Raises ScenarioError with the line where it stops being TOML."""
    text = read_text(path, shown)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{shown}: not valid TOML: {error}") from None


def _safely(problems: Problems, read: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    try:
        return read()
    except ScenarioError as error:
        file, _, rest = error.message.partition(": ")
        problems.add(file, "", rest)
        return None


def _read_model(folder: Path, name: str, model: type[EntryT], problems: Problems) -> EntryT | None:
    raw = _safely(problems, lambda: read_toml(folder / name, name))
    return None if raw is None else parse_table(model, raw, name, "", problems)


def _read_named(folder: Path, part: str, model: type[EntryT], problems: Problems) -> dict[str, EntryT]:
    """All TOML files of a sub-folder by their ids, which must be the names of the files."""
    entries: dict[str, EntryT] = {}
    for path in sorted((folder / part).glob("*.toml")):
        shown = f"{part}/{path.name}"
        raw = _safely(problems, lambda path=path, shown=shown: read_toml(path, shown))
        if raw is None:
            continue
        written = raw.setdefault("id", path.stem)
        if written != path.stem:
            problems.add(shown, "id", f"is {written!r} but the file is called {path.name}: rename one of them")
        _refuse_engine_keys(raw, shown, ENGINE_KEYS + (PATCH_KEYS if part == "plans" else ()), problems)
        entry = parse_table(model, raw, shown, "", problems)
        if entry is not None:
            entries[path.stem] = entry
    return entries


def _refuse_engine_keys(raw: Mapping[str, Any], shown: str, keys: Iterable[str], problems: Problems) -> None:
    orders = raw.get("orders")
    for index, order in enumerate(cast("list[Any]", orders) if isinstance(orders, list) else []):
        for key in keys:
            if isinstance(order, dict) and key in order:
                message = f"unknown key {key!r}: only a patch with 'from' sets it"
                problems.add(shown, _table_name("orders", index, cast("dict[str, Any]", order)), message)


def _read_keyed(folder: Path, name: str, model: type[EntryT], problems: Problems) -> dict[str, EntryT]:
    raw = _safely(problems, lambda: read_toml(folder / name, name)) or {}
    entries: dict[str, EntryT] = {}
    for key, table in raw.items():
        if not isinstance(table, dict):
            problems.add(name, key, f"a table [{key}] is wanted, not {table!r}")
            continue
        entry = parse_table(model, cast("dict[str, Any]", table), name, f"[{key}]", problems)
        if entry is not None:
            entries[key] = entry
    return entries


def _read_rules(folder: Path, problems: Problems) -> dict[str, Parameter]:
    name = "rules.toml"
    raw = _safely(problems, lambda: read_toml(folder / name, name)) or {}
    rules: dict[str, Parameter] = {}
    for section, entries in raw.items():
        if not isinstance(entries, dict):
            problems.add(name, section, "a parameter is a table [section.name] with value, low, high, unit, source")
            continue
        for key, table in cast("dict[str, Any]", entries).items():
            where = f"[{section}.{key}]"
            if not isinstance(table, dict):
                problems.add(
                    name,
                    where,
                    f"a parameter is a table [section.name]; {key!r} stands directly in [{section}]",
                )
                continue
            parameter = parse_table(Parameter, cast("dict[str, Any]", table), name, where, problems)
            if parameter is not None:
                rules[f"{section}.{key}"] = parameter
    return rules


def _read_csv(folder: Path, name: str, model: type[EntryT], problems: Problems) -> tuple[EntryT, ...]:
    """Rows of a table. An empty cell is a cell left out; a row is named by its line and its first cell."""
    try:
        text = read_text(folder / name, name)
    except ScenarioError as error:
        file, _, rest = error.message.partition(": ")
        problems.add(file, "", rest)
        return ()
    reader = csv.reader(io.StringIO(text), strict=True)
    rows: list[EntryT] = []
    try:
        header = [cell.strip() for cell in next(reader, list[str]())]
        if not _check_header(header, name, model, problems):
            return ()
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            where = f"line {reader.line_num} ({cells[0].strip()})"
            if len(cells) != len(header):
                message = f"{len(cells)} cells for {len(header)} columns: a comma or quotes missing, or too many?"
                problems.add(name, where, message)
                continue
            raw = {key: cell.strip() for key, cell in zip(header, cells, strict=True) if cell.strip()}
            row = parse_table(model, raw, name, where, problems)
            if row is not None:
                rows.append(row)
                problems.read.setdefault(name, []).append(reader.line_num)
    except csv.Error as error:
        problems.add(name, f"line {reader.line_num}", f"not a valid table: {error}")
    return tuple(rows)


def _check_header(header: Sequence[str], name: str, model: type[BaseModel], problems: Problems) -> bool:
    known = {info.alias or key: info for key, info in model.model_fields.items()}
    before = len(problems.found)
    if not header:
        problems.add(name, "line 1", "the table is empty: a first line with the column names is wanted")
        return False
    for column in header:
        if column not in known:
            problems.add(name, "line 1", f"unknown column {column!r}{suggest(column, set(known) - set(header))}")
        elif header.count(column) > 1:
            problems.add(name, "line 1", f"column {column!r} stands twice")
    for column, info in known.items():
        if info.is_required() and column not in header:
            problems.add(name, "line 1", f"column {column!r} is missing")
    return len(problems.found) == before


# ---------------------------------------------------------------------- saying what is wrong


def parse_table(
    model: type[EntryT], raw: Mapping[str, Any], file: str, where: str, problems: Problems
) -> EntryT | None:
    """One table as its model, or None with a line in `problems` for each thing that is wrong."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        seen: set[tuple[Any, ...]] = set()
        # an unknown key comes first: it is often the misspelt form of one that is missing
        listed = sorted(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
        for details in listed:
            location = tuple(part for part in details["loc"] if not _is_branch(part))
            if location in seen:  # a union complains once for each of its branches
                continue
            seen.add(location)
            place, message = explain(details, model, raw)
            problems.add(file, " ".join(part for part in (where, place) if part), message)
        return None


def explain(details: ErrorDetails, model: type[BaseModel], raw: Mapping[str, Any]) -> tuple[str, str]:
    """Where in a table an error lies ("orders 3 (march-north) when 1"), and what it means in plain words."""
    keys: list[str] = []
    holder: Any = raw
    inner: Any = model
    location = [part for part in details["loc"] if not _is_branch(part)]
    last = location[-1] if location and isinstance(location[-1], str) else ""
    for part in location[:-1] if last else location:
        inner = _model_of(inner, part)
        holder = _step(holder, part)
        if isinstance(part, int):
            group = keys.pop() if keys else "entry"
            keys.append(_table_name(group, part, holder))
        else:
            keys.append(str(part))
    known = _known_keys(inner)
    return " ".join(keys), _say(details, last, known)


def _is_branch(part: int | str) -> bool:
    """Pydantic names the branch of a union in the location; the reader does not care."""
    return isinstance(part, str) and (part.startswith(("function-", "datetime", "tuple[")) or part in {"str", "int"})


def _step(holder: Any, part: int | str) -> Any:
    try:
        return holder[part]
    except (KeyError, IndexError, TypeError):
        return None


def _table_name(group: str, index: int, table: Any) -> str:
    """`orders 3 (march-north)`: tables of a list are counted from 1."""
    named: Any = cast("Mapping[str, Any]", table).get("id") if isinstance(table, Mapping) else None
    return f"{group} {index + 1} ({named})" if named else f"{group} {index + 1}"


def _model_of(outer: Any, part: int | str) -> Any:
    """The model that stands at a key of a model, through tuples and optionals."""
    if isinstance(part, int):
        return outer
    for key, info in getattr(outer, "model_fields", {}).items():
        if part in (key, info.alias):
            return _inner_model(info.annotation)
    return None


def _inner_model(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _inner_model(part)) is not None), None)


def _known_keys(model: Any) -> list[str]:
    fields = getattr(model, "model_fields", {})
    return [info.alias or key for key, info in fields.items() if key not in ENGINE_KEYS]


def _say(details: ErrorDetails, key: str, known: Iterable[str]) -> str:
    kind, given, context = details["type"], details["input"], details.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key {key!r}{suggest(key, known)}"
    if kind == "missing":
        return f"{key!r} is missing or empty"
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return f"{key!r} is {given!r}{suggest(str(given), choices)}; known: {', '.join(choices)}"
    if kind == "value_error":
        text = str(context.get("error", details["msg"]))
        return f"{key!r}: {text}" if key else text
    if kind == "string_pattern_mismatch":
        return f"{key!r} is {given!r}: only letters a-z, digits, '_', '-' and '.' stand in it"
    if kind == "string_too_short":
        return f"{key!r} is empty"
    wanted = _WANTED.get(kind.split("_")[0])
    if kind.endswith(("_parsing", "_type", "_from_float")) and wanted:
        return f"{key!r} is {given!r}, which is not {wanted}"
    if kind == "finite_number":
        return f"{key!r} is {given!r}, which is not a finite number"
    limits = {
        "greater_than_equal": "at least", "greater_than": "more than", "less_than_equal": "at most",
        "less_than": "less than",
    }  # fmt: skip
    if kind in limits:
        limit = next(value for name, value in context.items() if name in ("ge", "gt", "le", "lt"))
        negative = " (a negative number?)" if limit == 0 and kind.startswith("greater") else ""
        return f"{key!r} is {given}, but must be {limits[kind]} {limit:g}{negative}"
    said = details["msg"][0].lower() + details["msg"][1:]
    return f"{key!r} is {given!r}: {said}" if key else said


_WANTED = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "bool": "yes or no (true or false in TOML)",
    "date": "a date such as 1921-06-27",
    "datetime": "a date such as 1921-06-27",
    "string": "a text in quotes",
    "tuple": "a list",
    "dict": "a table",
    "model": "a table",
}


# ---------------------------------------------------------------------- the hash


def _hash(
    header: Header,
    places: tuple[Place, ...],
    routes: tuple[Route, ...],
    units: tuple[Unit, ...],
    rules: Mapping[str, Parameter],
    history: History,
    sources: Mapping[str, Source],
    plans: Mapping[str, Plan],
) -> str:
    """sha256 of what the files say, whatever their row order, line endings, spacing and comments.

    The sides (their order is their index) and the orders of a plan keep their order. Counterfactuals are left
    out: a run that uses one carries it whole in its certificate.
    """
    head = _plain(header)
    for group in ("factions", "commands", "commanders", "depots", "consequences", "havens"):
        head[group] = _sorted(head.get(group, []))
    content: dict[str, Any] = {
        "scenario": head,
        "places": _sorted([_plain(row) for row in places]),
        "routes": _sorted([_plain(row) for row in routes]),
        "units": _sorted([_plain(row) for row in units]),
        "rules": {key: _plain(value) for key, value in rules.items()},
        "history": {key: _sorted(value) for key, value in _plain(history).items()},
        "sources": {key: _plain(value) for key, value in sources.items()},
        "plans": {key: _plain(value) for key, value in plans.items()},
    }
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal content gives equal text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _plain(entry: BaseModel) -> dict[str, Any]:
    return entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _sorted(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=canonical_json)
