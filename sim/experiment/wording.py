"""Outcomes and factors in words: for tables, the heads of figures and the labels of their axes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario_files import ScenarioData

Names = dict[tuple[str, str], str]
"""(kind of thing, id) -> name."""
PLAIN: dict[str, tuple[str, str]] = {
    "event": ("event", "{}"),
    "event_h": ("event", "{}: date"),
    "fell": ("place", "{} changes hands"),
    "fall_h": ("place", "{} first changes hands"),
    "holder": ("place", "{}: holder at the end"),
    "fate": ("commander", "{}: fate"),
    "fate_h": ("commander", "{}: date of his fate"),
    "mutiny_h": ("command", "{}: date of the mutiny"),
    "executions": ("command", "{}: men executed"),
    "won": ("", "{} victories"),
    "guns_lost": ("", "{} guns lost"),
    "away": ("event", "{}: men who got away"),
}
"""What an outcome with one id is about, and how it is told."""
ALONE = {"mutiny_h": "The first mutiny", "battles": "Battles"}


def title_of(key: str, names: Names | None = None) -> str:
    """An outcome in words: men.White.end is `White men in the field at the end`.

    key: as in `sim.runs.outcome_of` or `sim.experiment.compare.Outcome`; names: see `names_of`, without them ids are
    told as words. What has no words is told by its key.
    """
    head, *rest = key.split(".")
    about, last = rest[0] if rest else "", rest[1] if len(rest) > 1 else ""
    if not rest:
        return ALONE.get(key, key)
    if head == "men":
        return f"{about} men in the field " + ("at the end" if last == "end" else f"on {_day(last)}")
    if head == "lost" and about == "commander":
        return f"{_name(names, 'commander', last)} killed, taken or fled"
    if head == "lost":
        return f"{about} men lost" + (f": {last}" if last else "")
    if head == "across":
        return f"{about} men across the frontier, {'at most' if last == 'peak' else 'at the end'}"
    if head == "held":
        return f"{about} hold {_name(names, 'place', last)} at the end"
    if head in PLAIN and not last:
        kind, told = PLAIN[head]
        return told.format(_name(names, kind, about) if kind else about)
    return key


def unit_of(key: str) -> str:
    """The unit in which an outcome is counted, for the label of an axis."""
    head = key.split(".")[0]
    if head in ("event", "held", "fell") or key.startswith("lost.commander."):
        return "share of runs"
    if head in ("men", "lost", "across", "away", "executions"):
        return "men"
    return "days from the start" if is_hour(key) else "number"


def is_hour(key: str) -> bool:
    """Whether an outcome is an hour of the campaign: figures show dates, or days."""
    return key.split(".")[0].endswith("_h")


def factor_title(key: str) -> str:
    """A factor in words, for the label of an axis: sides.White.strength is `White strength, 1 = as documented`."""
    head, *rest = key.split(".")
    if head == "sides" and len(rest) == 2:
        return f"{rest[0]} {rest[1]}, 1 = as documented ({key})"
    return f"{' '.join(rest).replace('_', ' ')} ({key})" if rest else key


def dated(day: datetime, month: str) -> str:
    """A day without a leading nought, on every system; month: %B or %b."""
    return f"{day.day} {day:{month}}"


def _day(month_day: str) -> str:
    """08-01 as 1 August."""
    try:
        return dated(datetime.strptime(f"2000-{month_day}", "%Y-%m-%d"), "%B")
    except ValueError:
        return month_day


def names_of(data: ScenarioData) -> Names:
    """What a scenario calls its events, places, commands and commanders."""
    found = {("event", event.id): event.title for event in data.history.events}
    for kind, things in (("place", data.places), ("command", data.commands), ("commander", data.commanders)):
        found.update({(kind, thing.id): thing.name for thing in things})
    return found


def _name(names: Names | None, kind: str, id_: str) -> str:
    words = id_.replace("_", " ").replace("-", " ")
    return (names or {}).get((kind, id_), f"{words[:1].upper()}{words[1:]}")
