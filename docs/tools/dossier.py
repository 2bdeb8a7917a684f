"""The dossier of the campaign, out of history.toml, the plan and sources.toml: what is said, by whom, how read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import cast

from docs.tools.blocks import table
from docs.tools.tables import shipped
from sim.scenario_files import HistoryEvent, ScenarioData

GROUPS = {
    "G": "near given: dated decisions almost imply it",
    "E": "emergent: no order and no date in the plan says that it happens",
}
READINGS = {
    "beaten": "a battle ends with the defeat of such a body",
    "both_near": "half the men of each command stand within that distance of the place",
    "chronicle": "the chronicle of the run has such an entry",
    "cohesion": "mean cohesion of the commands, by men, falls below that value in the evening",
    "concentration": "men (and guns) near the places exceed all the enemy's",
    "fight_away": "a battle near the place ends, and the share of those engaged is in the field some days later",
    "heading": "that share of the survivors comes nearer and nearer to the goal until the end",
    "held": "the side holds the place",
    "in_country": "so many men of the side stand in the country",
    "near": "that share of the command stands within that distance of the place",
    "outcome": "at the end the side holds the place, and enemies who still obey are below that share of the first",
    "turned_south": "the main body of the raiders has gone back from the farthest point it reached",
}


def _data() -> ScenarioData:
    return shipped().data


def _span(first: date, last: date) -> str:
    return f"{first.day} {first:%B}" if first == last else f"{first.day} {first:%B} to {last.day} {last:%B}"


def _keys(source: str) -> str:
    return ", ".join(key.strip() for key in source.split(";"))


def event(name: str) -> str:
    """One documented event: window, sources, disputed dates, and how it is read off a run."""
    data = _data()
    one = next(item for item in data.history.events if item.id == name)
    places = {place.id: place.name for place in data.places}
    lines = [
        one.text,
        "",
        f"- **Window**: {_span(one.from_, one.to)} 1921, {one.confidence}; group {one.group} ({GROUPS[one.group]}).",
        f"- **Sources**: {_keys(one.source)}.",
    ]
    if one.readings_of_sources:
        told = "; ".join(f"{_keys(item.source)}: {_span(item.from_, item.to)}" for item in one.readings_of_sources)
        lines.append(
            f"- **The sources differ**: {told}. The window covers all of them; the replay prints "
            "the share of runs that fits each."
        )
    if one.place:
        lines.append(f"- **Place**: {places[one.place]} (`{one.place}`).")
    lines.append(f"- **How a run is read**: {_reading(one)}.")
    if one.note:
        lines.append(f"- **Note**: {one.note}")
    return "\n".join(lines)


def _reading(one: HistoryEvent) -> str:
    told = ", ".join(f"`{key}` = {_value(value)}" for key, value in one.reading.arguments.items())
    return f"{READINGS[one.reading.kind]} (`{one.reading.kind}`; {told})"


def _value(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in cast("tuple[object, ...]", value))
    return str(value)


def overview() -> str:
    """The documented events in a row."""
    return table(
        ("event", "group", "window", "confidence", "sources"),
        [
            (f"[{one.title}](#{one.id})", one.group, _span(one.from_, one.to), one.confidence, _keys(one.source))
            for one in _data().history.events
        ],
    )


def course() -> str:
    """The documented course, step by step."""
    return table(
        ("dates", "what", "step", "sources", "confidence"),
        [
            (_span(one.from_, one.to), one.what, one.text, _keys(one.source), one.confidence)
            for one in _data().history.course
        ],
    )


def dated(name: str) -> str:
    """Background or aftermath."""
    rows: Iterable[tuple[object, ...]] = [
        (f"{one.from_} to {one.to}" if one.from_ != one.to else one.from_, one.text, _keys(one.source))
        for one in getattr(_data().history, name)
    ]
    return table(("dates", "what", "sources"), list(rows))


def strengths() -> str:
    """Documented strengths."""
    rows: list[tuple[object, ...]] = []
    for one in _data().history.strengths:
        spread = f"{one.low or ''} to {one.high or ''}" if one.low or one.high else ""
        rows.append((one.date, one.side, one.men, spread, one.text, _keys(one.source), one.confidence))
    return table(("date", "side", "men", "range", "what", "sources", "confidence"), rows)


def decisions() -> str:
    """Every order of the historical plan: who, what, on what condition, by which source."""
    rows: list[tuple[object, ...]] = []
    for order in _data().plans["historical"].orders:
        conds = [_condition(one.model_dump(by_alias=True, exclude_none=True)) for one in order.when]
        either = [_condition(one.model_dump(by_alias=True, exclude_none=True)) for one in order.when_any]
        told = " and ".join(conds) + (f"{' and ' if conds else ''}one of: {'; '.join(either)}" if either else "")
        goal = f"{order.task} {order.objective}".strip()
        rows.append((f"`{order.id}`", order.command, goal, told, _keys(order.source), order.confidence, order.note))
    return table(("order", "command", "task", "given when", "sources", "confidence", "note"), rows)


def _condition(table_: dict[str, object]) -> str:
    kind, negate = table_.pop("kind"), table_.pop("not", False)
    told = ", ".join(f"{key} {value}" for key, value in table_.items() if value not in ("", 0.0))
    return f"{'not ' if negate else ''}{kind}" + (f" ({told})" if told else "")


def sources() -> str:
    """All sources with a word on how far each can be trusted."""
    rows: list[tuple[object, ...]] = [
        (f"`{key}`", one.author, one.title, one.kind, one.note) for key, one in _data().sources.items()
    ]
    return table(("key", "author", "title", "kind", "how far to trust it"), rows)


def confidence() -> str:
    """How many facts of each table are documented, inferred, assumed, disputed."""
    data = _data()
    groups = {
        "places": data.places,
        "routes": data.routes,
        "units": data.units,
        "parameters of the rules": tuple(data.rules.values()),
        "orders of the historical plan": data.plans["historical"].orders,
        "events": data.history.events,
        "steps of the course": data.history.course,
        "depots": data.depots,
        "commanders": data.commanders,
    }
    kinds = ("documented", "inferred", "assumed", "disputed")
    return table(
        ("table", "rows", *kinds),
        [
            (name, len(rows), *(sum(row.confidence == kind for row in rows) for kind in kinds))
            for name, rows in groups.items()
        ],
    )


def makers() -> dict[str, Callable[[], str]]:
    """The generated parts of the dossier."""
    made: dict[str, Callable[[], str]] = {
        "events": overview,
        "course": course,
        "background": partial(dated, "background"),
        "aftermath": partial(dated, "aftermath"),
        "strengths": strengths,
        "plan historical": decisions,
        "sources": sources,
        "confidence": confidence,
    }
    return made | {f"event {one.id}": partial(event, one.id) for one in _data().history.events}
