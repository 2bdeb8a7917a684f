"""The conditions of orders in words: what a commander waits for, in every language of the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from viz.lettering import thousands
from viz.tape import Names
from viz.words import COUNTRY_NAMES, WORDS, say, short_date


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Names by id of what conditions speak of; ``orders`` has the task and the goal of each."""

    places: Mapping[str, Names]
    commands: Mapping[str, Names]
    leaders: Mapping[str, Names]
    sides: Mapping[str, Names]
    orders: Mapping[str, tuple[str, str]]


def in_words(every: list[Any], some: list[Any], names: Lexicon) -> Names:
    """Conditions that must all hold, and those of which one must, as one line in each language."""

    def line(language: int) -> str:
        parts = [one(c, names, language) for c in every]
        if some:
            parts.append(f" {say('cond-or', language)} ".join(one(c, names, language) for c in some))
        return "; ".join(parts)

    return line(0), line(1), line(2)


def one(condition: Any, names: Lexicon, language: int) -> str:
    """One condition; of an unknown kind its kind alone."""
    parts = _parts(condition)
    kind = str(parts.get("kind", ""))
    word = f"cond-{kind}"
    if kind == "date" and parts.get("until"):
        word = "cond-date-until"
    elif kind in ("issued", "done") and parts.get("hours"):
        word += "-since"
    elif kind in ("enemy", "beaten", "won", "fought") and parts.get("near"):
        word += "-near"
    elif kind == "enemy" and parts.get("country"):
        word += "-country"
    elif kind == "commander":
        word = f"cond-commander-{parts.get('fate') or 'any'}"
    if word not in WORDS:
        return kind
    text = say(word, language, **_fields(parts, names, language))
    return say("cond-not", language, what=text) if parts.get("not") or parts.get("not_") else text


def order_name(number: str, names: Lexicon, language: int) -> str:
    """An order by what it says: its task and its goal."""
    task, goal = names.orders.get(number, ("", ""))
    word = f"task-{task}"
    place = names.places.get(goal) or names.commands.get(goal)
    text = f"{say(word, language) if word in WORDS else task} {place[language] if place else ''}".strip()
    return text.rstrip(":") or number


def _parts(condition: Any) -> dict[str, Any]:
    if isinstance(condition, dict):
        return dict(cast("dict[str, Any]", condition))
    if hasattr(condition, "model_dump"):
        return cast("dict[str, Any]", condition.model_dump())
    return dict(cast("dict[str, Any]", vars(condition)))


def _fields(parts: dict[str, Any], names: Lexicon, language: int) -> dict[str, str]:
    """What the braces of a condition's text are filled with."""
    found: dict[str, str] = {}
    for key, table in (
        ("place", names.places),
        ("near", names.places),
        ("side", names.sides),
        ("command", names.commands),
        ("commander", names.leaders),
        ("country", COUNTRY_NAMES),
    ):
        value = str(parts.get(key) or "")
        found[key] = table[value][language] if value in table else value or say("nobody", language)
    for key in ("date", "until"):
        day = parts.get(key)
        day = date.fromisoformat(day) if isinstance(day, str) else day
        found[key] = short_date(day, language) if isinstance(day, date) else ""
    for key in ("hours", "within_km", "days", "men"):
        found[key] = thousands(round(float(parts.get(key) or 0)))
    for key in ("ratio",):
        found[key] = f"{float(parts.get(key) or 0):g}"
    for key in ("fatigue", "cohesion", "share"):
        found[key] = f"{float(parts.get(key) or 0) * 100:.0f}"
    found["order"] = order_name(str(parts.get("order") or ""), names, language)
    return found
