"""Plans and patches: orders, the conditions that set them off, and small changes to a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast

from pydantic import Field, model_validator

from sim.errors import suggest
from sim.scenario_files.base import Amount, Count, Day, Entry, Fact, Id, Pace, Share, Task, split_keys
from sim.scenario_files.tables import Unit

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
