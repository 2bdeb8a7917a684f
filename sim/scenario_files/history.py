"""history.toml: the documented events, their dates and how they are read off a run; the course; strengths."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.scenario_files.base import Count, CourseKind, Day, Entry, Fact, Id


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
