"""Takes a run in: from the shape of ``sim.Run`` to the visualiser's own :class:`~viz.tape.Tape`.

It is handed a run by :mod:`viz.source` and knows its fields, but imports nothing of ``sim``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast, overload

from viz import camps
from viz.standing import (
    Rows,
    commands_of,
    course_of,
    lexicon_of,
    orders_of,
    places_of,
    routes_of,
    side_names,
    text_of,
    units_of,
)
from viz.tape import Battle, Documented, Lever, Place, Route, Tape
from viz.telling import Teller

if TYPE_CHECKING:
    import numpy as np

LEVERS = ("strength", "pace", "scouting", "quality", "supply", "desertion")
NO_LEVER = {(0, "desertion")}


def from_run(run: Any) -> Tape:
    """The tape of a run in the shape of ``sim.Run``; the run is only read."""
    import numpy as np

    scenario = Rows(run.scenario)
    header = scenario.header
    start: date = header.start
    record = run.record
    hours = record.shape[0] - 1
    sides = [s.id for s in scenario.sides]
    places = places_of(scenario, sides)
    units = units_of(run, scenario, sides)
    commands, leaders = commands_of(scenario, sides, {u.id: u.index for u in units})
    orders = orders_of(run, places, commands, lexicon_of(run, scenario, sides, places, commands, leaders))
    routes = routes_of(scenario, places)
    x = np.ascontiguousarray(record["lon"])
    y = _mercator(np.ascontiguousarray(record["lat"]))
    men, state = np.ascontiguousarray(record["men"]), np.ascontiguousarray(record["state"])
    field = state == 1
    kinds = np.array([u.kind for u in units])
    present = np.where(field, men, 0)
    strength = np.stack([present[:, kinds == kind].sum(axis=1) for kind in range(4)], axis=1)
    fields = (
        "horses",
        "guns",
        "mg",
        "fatigue",
        "cohesion",
        "condition",
        "rations",
        "rounds",
        "place",
        "route",
        "command",
        "order",
        "task",
    )
    detail = {name: np.ascontiguousarray(record[name]) for name in fields}
    holders = list(_columns(run.holders, "hour", "place", "side"))
    reports = run.sightings
    first, second = (
        sorted(_columns(reports[reports["side"] == side], "hour", "unit", "place", "men")) for side in (0, 1)
    )
    called = camps.camps(sides, side_names(scenario))
    teller = Teller(units, places, routes, commands, leaders, orders, called, scenario.countries, scenario.homes)
    events = teller.events(run)
    battles = _battles(run, places, routes)
    certificate = {str(k): str(v) for k, v in dict(run.certificate).items()}
    return Tape(
        title=text_of(header, "title") or "Mongolia 1921",
        start=start,
        hours=hours,
        side_names=side_names(scenario),
        camps=called,
        units=units,
        places=places,
        routes=routes,
        commands=commands,
        leaders=leaders,
        orders=orders,
        events=events,
        battles=battles,
        documented=_documented(run, scenario, places, start, hours),
        course=course_of(scenario, places, units, commands),
        levers=_levers(sides),
        certificate=certificate,
        digest=hashlib.sha1(np.ascontiguousarray(record).tobytes()).hexdigest(),
        x=x,
        y=y,
        men=men,
        state=state,
        fighting=np.ascontiguousarray(record["fighting"]),
        detail=detail,
        strength=strength,
        losses=_losses(run, hours),
        holders=holders,
        lost_leaders=teller.lost_leaders(run),
        sightings=(first, second),
    )


def _columns(table: np.ndarray, *names: str) -> Iterator[Any]:
    """Rows of a table with these columns, as tuples of whole numbers."""
    return zip(*(table[name].tolist() for name in names), strict=True)


def _mercator(lat: np.ndarray) -> np.ndarray:
    import numpy as np

    return (-np.degrees(np.log(np.tan(np.pi / 4 + np.radians(lat.astype(np.float64)) / 2)))).astype(np.float32)


def _losses(run: Any, hours: int) -> np.ndarray:
    """Men lost in battle by half-day and side, from the battle hours; [half-days, 2]."""
    import numpy as np

    lost = np.zeros((hours // 12 + 1, 2), np.int64)
    table: Any = run.battles
    if table is not None and len(table) and "loss_left" in table.dtype.names:
        step = np.clip(table["hour"] // 12, 0, hours // 12)
        np.add.at(lost[:, 0], step, table["loss_left"])
        np.add.at(lost[:, 1], step, table["loss_right"])
    return lost


def _battles(run: Any, places: list[Place], routes: list[Route]) -> list[Battle]:
    table = run.battles
    if table is None or not len(table):
        return []
    found: list[Battle] = []
    order = table["battle"].argsort(kind="stable")
    rows = table[order]
    numbers = rows["battle"].tolist()
    starts = [n for n in range(len(numbers)) if n == 0 or numbers[n] != numbers[n - 1]]
    for first, end in zip(starts, [*starts[1:], len(numbers)], strict=True):
        part = rows[first:end]
        x, y, place, label = site(int(part["site"][0]), places, routes)
        hours, terms = part["hour"], Terms(part)
        lost = float(part["loss_left"].sum() + part["loss_right"].sum()) if "loss_left" in terms.names else -1.0
        found.append(Battle(x, y, place, int(hours[0]), int(hours[-1]) + 1, label, (0, 1), terms, lost))
    return found


class Terms(Sequence[dict[str, float]]):
    """The hours of a battle with the terms of the rule by name, put into words of Python when they are looked at."""

    def __init__(self, rows: np.ndarray) -> None:
        self._rows = rows
        self._made: tuple[dict[str, float], ...] | None = None
        self.names = [n for n in rows.dtype.names or () if n not in ("battle", "site")]

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> dict[str, float]: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[dict[str, float], ...]: ...
    def __getitem__(self, index: int | slice) -> dict[str, float] | tuple[dict[str, float], ...]:
        if self._made is None:
            columns = [self._rows[name].astype(float).tolist() for name in self.names]
            self._made = tuple(dict(zip(self.names, row, strict=True)) for row in zip(*columns, strict=True))
        return self._made[index]


def site(number: int, places: list[Place], routes: list[Route]) -> tuple[float, float, int, tuple[str, str, str]]:
    """Point, place (or -1) and names of a site: a place, or the middle of a route behind the places."""
    if 0 <= number < len(places):
        place = places[number]
        return place.x, place.y, number, place.names
    if len(places) <= number < len(places) + len(routes):
        route = routes[number - len(places)]
        a, b = places[route.a], places[route.b]
        e, r, m = (f"{p} \u2013 {q}" for p, q in zip(a.names, b.names, strict=True))
        return (a.x + b.x) / 2, (a.y + b.y) / 2, -1, (e, r, m)
    return places[0].x, places[0].y, -1, ("", "", "")


def _documented(run: Any, scenario: Any, places: list[Place], start: date, hours: int) -> list[Documented]:
    """History's events with this run's date for each, as far as the run offers one."""
    history = scenario.history
    at = {p.id: p for p in places}
    dates = _run_dates(run)
    found: list[Documented] = []
    for event in getattr(history, "events", ()) or ():
        place = at.get(text_of(event, "place"))
        group = text_of(event, "group")
        found.append(
            Documented(
                event.id,
                (
                    text_of(event, "title"),
                    text_of(event, "title_ru") or text_of(event, "title"),
                    text_of(event, "title_mn") or text_of(event, "title"),
                ),
                group,
                (event.from_ - start).days * 24,
                min((event.to - start).days * 24 + 24, hours),
                place.x if place else None,
                place.y if place else None,
                dates.get(event.id),
                text_of(event, "source"),
                text_of(event, "confidence"),
                bool(dates),
            )
        )
    found.sort(key=lambda e: e.start)
    return found


def _run_dates(run: Any) -> dict[str, int | None]:
    """When the run had each documented event (hour or None); empty when the run does not say."""
    for name in ("history", "score", "scores", "history_hours", "documented_hours", "readings"):
        reading = getattr(run, name, None)
        value = reading() if callable(reading) else reading
        if isinstance(value, dict):
            return {key: _hour(hour) for key, hour in cast("dict[str, Any]", value).items()}
    return {}


def _hour(value: Any) -> int | None:
    """An hour, or None for what did not happen (None or not a number)."""
    if value is None or value != value:
        return None
    return int(value)


def _levers(sides: list[str]) -> list[Lever]:
    found: list[Lever] = []
    for number, side in enumerate(sides):
        for lever in LEVERS:
            if (number, lever) in NO_LEVER:
                continue
            word = f"sl-{'red' if number == 0 else 'white'}-{lever}"
            group = "group-red" if number == 0 else "group-white"
            found.append(Lever(f"sides.{side}.{lever}", word, group, 0.25, 2.0, 1.0, "lever-note"))
    return found
