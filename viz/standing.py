"""What all runs of a scenario share: places, ways, commands, orders in words, the documented course.

Made once and handed to the next run that has the very same rows: of the hundred runs of a lever that is dragged none
need tell the plan's orders anew. The lists are shared and never written to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import is_
from typing import Any, TypeVar

from viz.conditions import Lexicon, in_words
from viz.geo import sheet_y
from viz.tape import Command, Leader, Names, Order, Place, Route, Unit, Waypoint
from viz.telling import short_place
from viz.theme import ALLIES, PEOPLES, RED, WHITE

MadeT = TypeVar("MadeT")

#: Factions drawn in a livery of their own; all others wear their side's.
FACTION_LIVERY = {"mpa": PEOPLES, "allies": ALLIES}

_kept: dict[str, tuple[tuple[Any, ...], object, Any]] = {}


def once(name: str, rows: Sequence[Any], also: object, make: Callable[[], MadeT]) -> MadeT:
    """What was made last time under a name, when the rows are the very same and ``also`` is equal; else made anew."""
    known = tuple(rows)
    found = _kept.get(name)
    if found is None or len(found[0]) != len(known) or not all(map(is_, found[0], known)) or found[1] != also:
        found = (known, also, make())
        _kept[name] = found
    return found[2]


def _data(scenario: Any) -> Any:
    """The scenario's tables, whether the run carries them or an object around them."""
    return scenario if hasattr(scenario, "header") else getattr(scenario, "data", scenario)


class Rows:
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


def text_of(thing: Any, name: str) -> str:
    """A field as text; empty when there is none."""
    value = getattr(thing, name, "")
    return "" if value is None else str(value)


def _yes(value: object) -> bool:
    return value is True or value == "yes"


def names_of(thing: Any) -> Names:
    """English, Russian and Mongolian name; what is missing is English, or the id."""
    english = text_of(thing, "name") or text_of(thing, "id")
    return english, text_of(thing, "name_ru") or english, text_of(thing, "name_mn") or english


def side_names(scenario: Any) -> tuple[Names, Names]:
    """Names of the two sides."""
    one, other = scenario.sides
    return names_of(one), names_of(other)


def places_of(scenario: Rows, sides: list[str]) -> list[Place]:
    """The places in the order of the run's rows."""
    return once("places", scenario.places, sides, lambda: _places(scenario, sides))


def routes_of(scenario: Rows, places: list[Place]) -> list[Route]:
    """The ways between them."""
    return once("routes", scenario.routes, [p.id for p in places], lambda: _routes(scenario, places))


def _routes(scenario: Rows, places: list[Place]) -> list[Route]:
    number = {p.id: p.index for p in places}
    return [
        Route(
            number[r.from_],
            number[r.to],
            r.kind,
            _yes(r.telegraph),
            text_of(r, "source"),
            text_of(r, "confidence"),
        )
        for r in scenario.routes
    ]


def _places(scenario: Rows, sides: list[str]) -> list[Place]:
    found: list[Place] = []
    for i, p in enumerate(scenario.places):
        names = tuple(short_place(n) for n in names_of(p))
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
                text_of(p, "accuracy"),
                text_of(p, "source"),
                text_of(p, "confidence"),
                text_of(p, "note"),
            )
        )
    return found


def units_of(run: Any, scenario: Rows, sides: list[str]) -> list[Unit]:
    """The units of a run, those born in it among them."""
    rows = {u.id: u for u in scenario.units}
    found: list[Unit] = []
    for info in run.units:
        row = rows.get(info.id)
        side = info.side if isinstance(info.side, int) else sides.index(info.side)
        faction = text_of(row, "faction") if row is not None else str(getattr(info, "faction", ""))
        kind = FACTION_LIVERY.get(faction, RED if side == 0 else WHITE)
        names = names_of(row) if row is not None else names_of(info)
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
                str(getattr(info, "arm", "") or text_of(row, "arm")),
                men,
                int(low or 0),
                int(high or 0),
                text_of(row, "source") if row is not None else "",
                text_of(row, "confidence") if row is not None else "",
            )
        )
    return found


def _index(value: object) -> int:
    return value if isinstance(value, int) else -1


def commands_of(scenario: Rows, sides: list[str], units: dict[str, int]) -> tuple[list[Command], list[Leader]]:
    """The commands and those who lead them; ``units``: rows by id."""
    leaders = [
        Leader(c.id, names_of(c), sides.index(c.side), units.get(text_of(c, "rides_with"), -1))
        for c in scenario.commanders
    ]
    at = {leader.id: i for i, leader in enumerate(leaders)}
    commands = [
        Command(c.id, names_of(c), sides.index(c.side), at.get(text_of(c, "commander"), -1), text_of(c, "superior"))
        for c in scenario.commands
    ]
    return commands, leaders


#: The names that orders were put into words with last, and these orders by id with the row each was told from.
_told: list[tuple[object, dict[str, tuple[Any, Order]]]] = []


def orders_of(run: Any, places: list[Place], commands: list[Command], names: Lexicon) -> list[Order]:
    """The orders of the plan; only those whose row has changed since the last run are put into words again."""
    number = {p.id: p.index for p in places}
    row = {c.id: n for n, c in enumerate(commands)}
    with_ = (names, number, row)
    known = _told[0][1] if _told and _told[0][0] == with_ else {}
    _told[:] = [(with_, known)]
    found: list[Order] = []
    for o in getattr(run, "orders", ()) or ():
        kept = known.get(o.id)
        if kept is None or kept[0] is not o:
            kept = known[o.id] = (o, _order(o, number, row, names))
        found.append(kept[1])
    return found


def _order(o: Any, number: dict[str, int], row: dict[str, int], names: Lexicon) -> Order:
    command = o.command if isinstance(o.command, int) else row.get(str(o.command), -1)
    objective = o.objective if isinstance(o.objective, int) else number.get(str(o.objective), -1)
    when = in_words(list(getattr(o, "when", ())), list(getattr(o, "when_any", ())), names)
    task, note = str(o.task), text_of(o, "note")
    return Order(o.id, command, task, objective, when, note, text_of(o, "source"), text_of(o, "confidence"))


def lexicon_of(
    run: Any, scenario: Rows, sides: list[str], places: list[Place], commands: list[Command], leaders: list[Leader]
) -> Lexicon:
    """The names that the conditions of orders speak of."""
    orders = {
        o.id: (str(o.task), str(getattr(o, "to_command", "") or o.objective)) for o in getattr(run, "orders", ()) or ()
    }
    return Lexicon(
        {p.id: p.names for p in places},
        {c.id: c.names for c in commands},
        {leader.id: leader.names for leader in leaders},
        dict(zip(sides, side_names(scenario), strict=True)),
        orders,
    )


def course_of(rows: Rows, places: list[Place], units: list[Unit], commands: list[Command]) -> list[Waypoint]:
    """The documented course as dated positions, one for each body that an entry names: the hollow chips."""
    steps = tuple(getattr(rows.history, "course", ()) or ())
    bodies = [(u.id, u.kind, u.command, u.names) for u in units]
    led = [(c.id, c.side, c.names) for c in commands]
    also = (bodies, led, [(p.id, p.x, p.y) for p in places], rows.header.start)
    return once("course", steps, also, lambda: _course(rows, places, units, commands))


def _course(rows: Rows, places: list[Place], units: list[Unit], commands: list[Command]) -> list[Waypoint]:
    at = {p.id: p for p in places}
    by_unit = {u.id: u for u in units}
    by_command = {c.id: (n, c) for n, c in enumerate(commands)}
    found: list[Waypoint] = []
    for step in getattr(rows.history, "course", ()) or ():
        place = at.get(text_of(step, "place") or text_of(step, "where"))
        who = getattr(step, "who", ())
        if place is None:
            continue
        text = text_of(step, "text")
        words = (text, text_of(step, "text_ru") or text, text_of(step, "text_mn") or text)
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
            found.append(Waypoint(start, end, name, names, words, kind, place.x, place.y, text_of(step, "source")))
    found.sort(key=lambda w: w.hour)
    return found
