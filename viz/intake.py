"""Takes a run in: from the shape of ``sim.Run`` to the visualiser's own :class:`~viz.tape.Tape`.

It is handed a run by :mod:`viz.source` and knows its fields, but imports nothing of ``sim``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from viz.geo import sheet_y
from viz.tape import (
    Battle,
    Command,
    Documented,
    Leader,
    Lever,
    Order,
    Place,
    Route,
    Tape,
    Unit,
    Waypoint,
)
from viz.telling import Teller, short_place
from viz.theme import ALLIES, PEOPLES, RED, WHITE

if TYPE_CHECKING:
    import numpy as np

#: Factions drawn in a livery of their own; all others wear their side's.
FACTION_LIVERY = {"mpa": PEOPLES, "allies": ALLIES}
LEVERS = ("strength", "pace", "scouting", "quality", "supply", "desertion")
NO_LEVER = {(0, "desertion")}


def from_run(run: Any) -> Tape:
    """The tape of a run in the shape of ``sim.Run``; the run is only read."""
    import numpy as np

    scenario = _Rows(run.scenario)
    header = scenario.header
    start: date = header.start
    record = run.record
    hours = record.shape[0] - 1
    sides = [s.id for s in scenario.sides]
    places = _places(scenario, sides)
    number = {p.id: p.index for p in places}
    units = _units(run, scenario, sides)
    commands, leaders = _commands(scenario, sides, {u.id: u.index for u in units})
    orders = _orders(run, number, [c.id for c in commands])
    routes = [
        Route(
            number[r.from_],
            number[r.to],
            r.kind,
            _yes(r.telegraph),
            _text(r, "source"),
            _text(r, "confidence"),
        )
        for r in scenario.routes
    ]
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
    holders = [(int(r["hour"]), int(r["place"]), int(r["side"])) for r in run.holders]
    sightings: tuple[list[tuple[int, int, int, int]], list[tuple[int, int, int, int]]] = ([], [])
    for r in run.sightings:
        sightings[int(r["side"])].append((int(r["hour"]), int(r["unit"]), int(r["place"]), int(r["men"])))
    for reports in sightings:
        reports.sort()
    teller = Teller(units, places, routes, commands, leaders, orders, scenario.countries, scenario.homes)
    events = teller.events(run)
    battles = _battles(run, places, routes)
    certificate = {str(k): str(v) for k, v in dict(run.certificate).items()}
    return Tape(
        title=_text(header, "title") or "Mongolia 1921",
        start=start,
        hours=hours,
        side_names=_side_names(scenario),
        units=units,
        places=places,
        routes=routes,
        commands=commands,
        leaders=leaders,
        orders=orders,
        events=events,
        battles=battles,
        documented=_documented(run, scenario, places, start, hours),
        course=_course(scenario, places, units, commands),
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
        sightings=sightings,
    )


def _data(scenario: Any) -> Any:
    """The scenario's tables, whether the run carries them or an object around them."""
    return scenario if hasattr(scenario, "header") else getattr(scenario, "data", scenario)


class _Rows:
    """The scenario's tables in the order of the run's rows (the engine sorts them by id)."""

    def __init__(self, scenario: Any) -> None:
        data = _data(scenario)
        self.header = getattr(data, "header", data)
        self.history = getattr(data, "history", None)
        self.sides = tuple(data.sides)
        self.homes = tuple(tuple(getattr(side, "home", ())) for side in data.sides)
        self.places = _in_order(data.places, getattr(scenario, "place_ids", None))
        self.routes = _in_order(data.routes, getattr(scenario, "route_ids", None))
        self.units = tuple(data.units)
        self.commands = _in_order(data.commands, getattr(scenario, "command_ids", None))
        self.commanders = _in_order(data.commanders, getattr(scenario, "commander_ids", None))
        countries = getattr(scenario, "country_ids", None) or getattr(data, "countries", ())
        self.countries: tuple[str, ...] = tuple(countries)


def _in_order(things: Any, ids: Sequence[str] | None) -> tuple[Any, ...]:
    if ids is None:
        return tuple(things)
    by_id = {thing.id: thing for thing in things}
    return tuple(by_id[name] for name in ids)


def _mercator(lat: np.ndarray) -> np.ndarray:
    import numpy as np

    return (-np.degrees(np.log(np.tan(np.pi / 4 + np.radians(lat.astype(np.float64)) / 2)))).astype(np.float32)


def _text(thing: Any, name: str) -> str:
    value = getattr(thing, name, "")
    return "" if value is None else str(value)


def _yes(value: object) -> bool:
    return value is True or value == "yes"


def _names(thing: Any) -> tuple[str, str, str]:
    english = _text(thing, "name") or _text(thing, "id")
    return english, _text(thing, "name_ru") or english, _text(thing, "name_mn") or english


def _side_names(scenario: Any) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    one, other = scenario.sides
    return _names(one), _names(other)


def _places(scenario: Any, sides: list[str]) -> list[Place]:
    found: list[Place] = []
    for i, p in enumerate(scenario.places):
        names = tuple(short_place(n) for n in _names(p))
        found.append(
            Place(
                i,
                p.id,
                (names[0], names[1], names[2]),
                float(p.lon),
                sheet_y(float(p.lat)),
                int(p.rank),
                p.kind,
                p.country,
                sides.index(p.holder) if p.holder in sides else -1,
                _text(p, "accuracy"),
                _text(p, "source"),
                _text(p, "confidence"),
                _text(p, "note"),
            )
        )
    return found


def _units(run: Any, scenario: Any, sides: list[str]) -> list[Unit]:
    rows = {u.id: u for u in scenario.units}
    found: list[Unit] = []
    for info in run.units:
        row = rows.get(info.id)
        side = info.side if isinstance(info.side, int) else sides.index(info.side)
        faction = _text(row, "faction") if row is not None else str(getattr(info, "faction", ""))
        kind = FACTION_LIVERY.get(faction, RED if side == 0 else WHITE)
        names = _names(row) if row is not None else _names(info)
        men = int(getattr(info, "men", 0) or getattr(info, "initial_men", 0) or 0)
        low, high = (getattr(row, "men_low", None), getattr(row, "men_high", None)) if row is not None else (None, None)
        found.append(
            Unit(
                int(info.index),
                info.id,
                names,
                side,
                kind,
                _index(info.command),
                str(getattr(info, "arm", "") or _text(row, "arm")),
                men,
                int(low or 0),
                int(high or 0),
                _text(row, "source") if row is not None else "",
                _text(row, "confidence") if row is not None else "",
            )
        )
    return found


def _index(value: object) -> int:
    return value if isinstance(value, int) else -1


def _commands(scenario: Any, sides: list[str], units: dict[str, int]) -> tuple[list[Command], list[Leader]]:
    leaders = [
        Leader(c.id, _names(c), sides.index(c.side), units.get(_text(c, "rides_with"), -1)) for c in scenario.commanders
    ]
    at = {leader.id: i for i, leader in enumerate(leaders)}
    commands = [
        Command(c.id, _names(c), sides.index(c.side), at.get(_text(c, "commander"), -1), _text(c, "superior"))
        for c in scenario.commands
    ]
    return commands, leaders


def _orders(run: Any, places: dict[str, int], commands: list[str]) -> list[Order]:
    found: list[Order] = []
    for o in getattr(run, "orders", ()) or ():
        command = (
            o.command if isinstance(o.command, int) else commands.index(o.command) if o.command in commands else -1
        )
        objective = o.objective if isinstance(o.objective, int) else places.get(str(o.objective), -1)
        conditions = [*getattr(o, "when", ()), *getattr(o, "when_any", ())]
        when = "; ".join(_condition(c) for c in conditions)
        found.append(
            Order(
                o.id,
                command,
                str(o.task),
                objective,
                when,
                _text(o, "note"),
                _text(o, "source"),
                _text(o, "confidence"),
            )
        )
    return found


def _condition(condition: Any) -> str:
    """A condition in words: its kind and what it names."""
    parts: dict[str, Any]
    if isinstance(condition, dict):
        parts = dict(cast("dict[str, Any]", condition))
    elif hasattr(condition, "model_dump"):
        parts = condition.model_dump(exclude_defaults=True)
    else:
        parts = dict(cast("dict[str, Any]", vars(condition)))
    kind = str(parts.pop("kind", ""))
    negate = parts.pop("not", parts.pop("not_", False))
    rest = ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in parts.items() if v not in (None, "", False))
    return f"{'not ' if negate else ''}{kind}{' (' + rest + ')' if rest else ''}"


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
    names = [n for n in table.dtype.names if n not in ("hour", "battle", "site")]
    order = table["battle"]
    for number in sorted({int(b) for b in order}):
        rows = table[order == number]
        x, y, place, label = site(int(rows["site"][0]), places, routes)
        terms = tuple({"hour": float(r["hour"]), **{n: float(r[n]) for n in names}} for r in rows)
        found.append(Battle(x, y, place, int(rows["hour"][0]), int(rows["hour"][-1]) + 1, label, (0, 1), terms))
    return found


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
        place = at.get(_text(event, "place"))
        group = _text(event, "group")
        found.append(
            Documented(
                event.id,
                (
                    _text(event, "title"),
                    _text(event, "title_ru") or _text(event, "title"),
                    _text(event, "title_mn") or _text(event, "title"),
                ),
                group,
                (event.from_ - start).days * 24,
                min((event.to - start).days * 24 + 24, hours),
                place.x if place else None,
                place.y if place else None,
                dates.get(event.id),
                _text(event, "source"),
                _text(event, "confidence"),
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


def _course(rows: _Rows, places: list[Place], units: list[Unit], commands: list[Command]) -> list[Waypoint]:
    """The documented course as dated positions, one for each body that an entry names: the hollow chips."""
    at = {p.id: p for p in places}
    by_unit = {u.id: u for u in units}
    by_command = {c.id: (n, c) for n, c in enumerate(commands)}
    found: list[Waypoint] = []
    for step in getattr(rows.history, "course", ()) or ():
        place = at.get(_text(step, "place") or _text(step, "where"))
        who = getattr(step, "who", ())
        if place is None:
            continue
        text = _text(step, "text")
        words = (text, _text(step, "text_ru") or text, _text(step, "text_mn") or text)
        for name in (who,) if isinstance(who, str) else who:
            if name in by_unit:
                unit = by_unit[name]
                kind, names = unit.kind, unit.names
            elif name in by_command:
                number, command = by_command[name]
                kinds = [u.kind for u in units if u.command == number]
                kind = max(set(kinds), key=kinds.count) if kinds else (RED if command.side == 0 else WHITE)
                names = command.names
            else:
                continue
            start = (step.from_ - rows.header.start).days * 24
            end = (step.to - rows.header.start).days * 24
            found.append(Waypoint(start, end, name, names, words, kind, place.x, place.y, _text(step, "source")))
    found.sort(key=lambda w: w.hour)
    return found


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
