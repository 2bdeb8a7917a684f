"""What `urga check` finds: everything that has to hold between the files of a scenario.

`check_folder` also reports what cannot be read at all; `check` takes a scenario that could be read. A finding
names the file, the row or key, and what was probably meant. Errors make a scenario unfit to run; warnings are
worth a look.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import BaseModel

from sim.errors import PatchError, ScenarioError, suggest
from sim.scenario_files import (
    LEVERS,
    READING_AFTER,
    READINGS,
    Condition,
    CourseEntry,
    Fact,
    HistoryEvent,
    Order,
    Patch,
    Place,
    Plan,
    Route,
    ScenarioData,
    split_keys,
    survey_folder,
)

Level = Literal["error", "warning"]
EARTH_KM = 6371.0088
GROUPS = ("factions", "commands", "commanders", "depots", "consequences", "havens", "sides")
HISTORY_GROUPS = ("events", "course", "background", "aftermath", "strengths")
ANYWHERE = ("hold", "rest", "disperse", "screen", "bridge", "detach")
"""Tasks whose objective may be left out: they are done where the units stand."""
OF_COMMANDS = ("join", "pursue", "attach")
"""Tasks whose objective is a command."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong (`error`) or looks odd (`warning`) in a scenario."""

    level: Level
    file: str
    where: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.where, self.message) if part)


def check_folder(path: str | Path) -> list[Finding]:
    """All findings on a scenario folder, errors first. Never raises for what stands in the files."""
    data, problems = survey_folder(path)
    if data is None:
        return [Finding("error", *problem) for problem in problems.found]
    return check(data)


def check(data: ScenarioData) -> list[Finding]:
    """All findings on a scenario that could be read, errors first, in the order of the files."""
    checks: tuple[Callable[[ScenarioData], Iterable[Finding]], ...] = (
        check_header, check_ids, check_sources, check_references, check_routes, check_dates, check_parameters,
        check_books, check_orders, check_readings, check_counterfactuals,
    )  # fmt: skip
    from sim.choice.lint import check_decisions

    found = [finding for one in (*checks, check_decisions) for finding in one(data)]
    return sorted(found, key=lambda finding: finding.level != "error")


def require_sound(data: ScenarioData) -> None:
    """Raise ScenarioError when a scenario has errors (warnings pass)."""
    errors = [str(finding) for finding in check(data) if finding.level == "error"]
    if errors:
        more = f" (and {len(errors) - 1} more: `urga check {data.path}` lists them)" if len(errors) > 1 else ""
        raise ScenarioError(errors[0] + more, errors)


# ---------------------------------------------------------------------- where things stand


def _line(data: ScenarioData, file: str, index: int, row: BaseModel) -> str:
    """`line 7 (urga)` of a csv file; the id alone for a row that a patch has added."""
    lines = data.lines.get(file, ())
    name = str(getattr(row, "id", ""))
    return f"line {lines[index]} ({name})" if index < len(lines) else name


def table_name(group: str, index: int, row: BaseModel) -> str:
    """`commands 2 (rezukhin)`: tables are counted from 1."""
    name = str(getattr(row, "id", ""))
    return f"{group} {index + 1} ({name})" if name else f"{group} {index + 1}"


def _rows(data: ScenarioData) -> Iterator[tuple[str, str, BaseModel]]:
    """Every row and table of the scenario with its file and where it stands in it."""
    for group in GROUPS:
        for index, row in enumerate(cast("Sequence[BaseModel]", getattr(data, group))):
            yield "scenario.toml", table_name(group, index, row), row
    for group in ("places", "routes", "units"):
        for index, row in enumerate(cast("Sequence[BaseModel]", getattr(data, group))):
            yield f"{group}.csv", _line(data, f"{group}.csv", index, row), row
    for name, parameter in data.rules.items():
        yield "rules.toml", f"[{name}]", parameter
    for group in HISTORY_GROUPS:
        for index, row in enumerate(cast("Sequence[BaseModel]", getattr(data.history, group))):
            yield "history.toml", table_name(group, index, row), row
    for plan in data.plans.values():
        for index, order in enumerate(plan.orders):
            yield f"plans/{plan.id}.toml", table_name("orders", index, order), order
    for name, patch in data.counterfactuals.items():
        for group in ("units", "orders"):
            for index, row in enumerate(cast("Sequence[BaseModel]", getattr(patch, group))):
                yield f"counterfactuals/{name}.toml", table_name(group, index, row), row


# ---------------------------------------------------------------------- single files


def check_header(data: ScenarioData) -> Iterator[Finding]:
    """The default plan exists; the levers of a scenario are 1; homes are countries that places lie in."""
    file = "scenario.toml"
    if data.header.default_plan not in data.plans:
        known = ", ".join(data.plans) or "none"
        hint = suggest(data.header.default_plan, data.plans)
        yield Finding(
            "error",
            file,
            "default_plan",
            f"no plan {data.header.default_plan!r} in plans/{hint}; known: {known}",
        )
    if data.path.name and data.header.id != data.path.resolve().name:
        yield Finding(
            "warning",
            file,
            "id",
            f"is {data.header.id!r} but the folder is called {data.path.resolve().name!r}",
        )
    countries = {place.country for place in data.places}
    for index, side in enumerate(data.sides):
        where = table_name("sides", index, side)
        for lever in LEVERS:
            if getattr(side, lever) != 1:
                message = f"lever {lever!r} is {getattr(side, lever):g}: it is 1 in a scenario, a patch changes it"
                yield Finding("error", file, where, message)
        for country in side.home:
            if country not in countries:
                yield Finding(
                    "error",
                    file,
                    where,
                    f"home {country!r}: no place lies there{suggest(country, countries)}",
                )


def check_ids(data: ScenarioData) -> Iterator[Finding]:
    """No id stands twice among its kind."""
    seen: dict[tuple[str, str, str], str] = {}
    for file, where, row in _rows(data):
        name = str(getattr(row, "id", ""))
        if not name or file.startswith("counterfactuals"):
            continue
        key = (file, type(row).__name__, name)
        if key in seen:
            yield Finding(
                "error",
                file,
                where,
                f"the id {name!r} stands twice, first in {seen[key]}: rename one of them",
            )
        seen.setdefault(key, where)


def check_sources(data: ScenarioData) -> Iterator[Finding]:
    """Every source key stands in sources.toml."""
    cited: list[tuple[str, str, str]] = []
    for file, where, row in _rows(data):
        if isinstance(row, Fact):
            cited += [(file, where, key) for key in row.source_keys]
            if not row.source_keys:
                yield Finding(
                    "error",
                    file,
                    where,
                    "a fact without a source: 'source' names one or more keys of sources.toml",
                )
        if isinstance(row, HistoryEvent):
            cited += [(file, where, key) for one in row.readings_of_sources for key in split_keys(one.source)]
    for name, patch in data.counterfactuals.items():
        cited += [(f"counterfactuals/{name}.toml", "sources", key) for key in patch.source_keys]
    for file, where, key in cited:
        if key not in data.sources:
            hint = (
                suggest(key, data.sources) or ": add it to sources.toml, or is it free text that belongs into 'note'?"
            )
            yield Finding("error", file, where, f"source {key!r} is no key of sources.toml{hint}")


def check_parameters(data: ScenarioData) -> Iterator[Finding]:
    """A parameter lies in its own range, and the rules know it."""
    from sim.parameters import NAMES

    file = "rules.toml"
    for name, parameter in data.rules.items():
        if parameter.low > parameter.high:
            message = f"low {parameter.low:g} is above high {parameter.high:g}: the two are exchanged"
            yield Finding("error", file, f"[{name}]", message)
        elif not parameter.low <= parameter.value <= parameter.high:
            span = f"{parameter.low:g} to {parameter.high:g}"
            message = f"value {parameter.value:g} lies outside its own range {span}"
            yield Finding("error", file, f"[{name}]", message)
        if name not in NAMES:
            yield Finding("error", file, f"[{name}]", f"no rule uses this parameter{suggest(name, NAMES)}")
    for name in NAMES:
        if name not in data.rules:
            yield Finding("error", file, f"[{name}]", "is missing: a rule needs this parameter")


def check_books(data: ScenarioData) -> Iterator[Finding]:
    """The units of a side add up to its totals, and undocumented strengths have a range that holds them."""
    for index, side in enumerate(data.sides):
        own = [unit for unit in data.units if unit.side == side.id]
        sums = {"bayonets": 0, "sabres": 0, "horses": 0, "guns": 0, "mg": 0}
        for unit in own:
            sums[unit.count_as] += unit.men
            for name in ("horses", "guns", "mg"):
                sums[name] += getattr(unit, name)
        wanted = {"bayonets": 0, "sabres": 0} | side.totals
        for name, total in wanted.items():
            where = table_name("sides", index, side)
            if name not in sums:
                message = f"totals has {name!r}, which no column of units.csv counts{suggest(name, sums)}"
                yield Finding("error", "scenario.toml", where, message)
            elif sums[name] != total:
                off = f"{abs(sums[name] - total)} too {'many' if sums[name] > total else 'few'}"
                message = (
                    f"the books of {side.id} do not add up: units.csv has {sums[name]} {name}, totals says"
                    f" {total} ({off}; is count_as right in every row?)"
                )
                yield Finding("error", "units.csv", where, message)
    for index, unit in enumerate(data.units):
        where = _line(data, "units.csv", index, unit)
        low, high = unit.men_low, unit.men_high
        if (low is None) != (high is None):
            yield Finding("error", "units.csv", where, "men_low and men_high belong together: one of them is empty")
        elif low is not None and high is not None and not low <= unit.men <= high:
            yield Finding("error", "units.csv", where, f"men is {unit.men}, outside its own range {low} to {high}")
        elif low is None and unit.confidence != "documented" and unit.men:
            message = f"the strength is {unit.confidence}, but men_low and men_high give no range"
            yield Finding("warning", "units.csv", where, message)
        if unit.shells and not unit.guns:
            yield Finding("warning", "units.csv", where, "has shells but no guns")


# ---------------------------------------------------------------------- ids that resolve


@dataclass(frozen=True)
class _Names:
    """The ids that others may name."""

    sides: Collection[str]
    factions: Collection[str]
    commands: Collection[str]
    commanders: Collection[str]
    places: Collection[str]
    units: Collection[str]
    countries: Collection[str]

    def unknown(self, kind: str, name: str, key: str) -> str:
        """A line when an id resolves to nothing, else an empty text; an empty id is no id."""
        known = cast("Collection[str]", getattr(self, kind))
        if not name or name in known:
            return ""
        other = next((one for one in _SINGULAR if one != kind and name in getattr(self, one)), None)
        hint = suggest(name, known) or (f": it is the id of a {_SINGULAR[other]}" if other else "")
        return f"{key} {name!r} is no {_SINGULAR[kind]}{hint}"


_SINGULAR = {
    "sides": "side", "factions": "faction", "commands": "command", "commanders": "commander",
    "places": "place", "units": "unit", "countries": "country",
}  # fmt: skip

_REFERENCES: dict[str, tuple[tuple[str, str], ...]] = {
    "Faction": (("side", "sides"),),
    "Command": (("side", "sides"), ("base", "places"), ("commander", "commanders"), ("superior", "commands")),
    "Commander": (("side", "sides"), ("rides_with", "units"), ("place", "places")),
    "Depot": (("side", "sides"), ("place", "places")),
    "Consequence": (("place", "places"), ("to_side", "sides"), ("faction", "factions")),
    "Haven": (("side", "sides"), ("place", "places")),
    "Place": (("holder", "sides"),),
    "Route": (("from_", "places"), ("to", "places")),
    "Unit": (("side", "sides"), ("faction", "factions"), ("command", "commands"), ("place", "places")),
    "Order": (("command", "commands"), ("retreat", "places"), ("to_command", "commands")),
    "HistoryEvent": (("place", "places"),),
    "CourseEntry": (("place", "places"),),
    "StrengthFigure": (("side", "sides"), ("place", "places")),
}
"""Columns that name something else: model -> (attribute, kind of id)."""

_CONDITION_REFERENCES = (
    ("place", "places"), ("near", "places"), ("side", "sides"), ("country", "countries"),
    ("commander", "commanders"), ("command", "commands"),
)  # fmt: skip


def names_of(data: ScenarioData) -> _Names:
    """The ids of a scenario that others may name."""
    ids: dict[str, set[str]] = {
        group: {str(getattr(row, "id", "")) for row in getattr(data, group)}
        for group in ("sides", "factions", "commands", "commanders", "places", "units")
    }
    return _Names(**ids, countries={place.country for place in data.places})


def check_references(data: ScenarioData) -> Iterator[Finding]:
    """Every id names something, and what belongs together is of one side."""
    names = names_of(data)
    orders = {plan.id: {order.id for order in plan.orders} for plan in data.plans.values()}
    for file, where, row in _rows(data):
        if file.startswith("counterfactuals"):
            continue  # they are checked as a whole, with what they add
        for attribute, kind in _REFERENCES.get(type(row).__name__, ()):
            line = names.unknown(kind, str(getattr(row, attribute)), attribute.rstrip("_"))
            if line:
                yield Finding("error", file, where, line)
        if isinstance(row, CourseEntry):
            for name in row.who:
                if name not in names.units and name not in names.commands:
                    hint = suggest(name, (*names.units, *names.commands))
                    yield Finding("error", file, where, f"who {name!r} is no unit or command{hint}")
        if isinstance(row, Order):
            plan = file.removeprefix("plans/").removesuffix(".toml")
            for line in order_lines(row, names, orders[plan]):
                yield Finding("error", file, where, line)
    yield from _check_consequences(data, names)
    yield from _check_sides(data)


def order_lines(order: Order, names: _Names, orders: Collection[str]) -> Iterator[str]:
    """Lines on the ids that an order and its conditions name."""
    of_command = order.task in OF_COMMANDS
    lines = [names.unknown("commands" if of_command else "places", order.objective, "objective")]
    instead = {"attach": order.to_command, "withdraw": order.retreat}.get(order.task, "")
    if not order.objective and not instead and order.task not in ANYWHERE:
        wanted = "the id of a command" if of_command else "the id of a place"
        lines.append(f"a task {order.task!r} needs an objective, {wanted}")
    if order.task == "detach" and not order.to_command:
        lines.append("a detach needs to_command, the command that gets the units")
    lines += [names.unknown("places", place, "via") for place in order.via]
    lines += [names.unknown("units", unit, "units") for unit in order.units]
    for group in ("when", "when_any"):
        for index, condition in enumerate(cast("Sequence[Condition]", getattr(order, group))):
            where = f"{group} {index + 1} ({condition.kind}): "
            found = [
                names.unknown(kind, str(getattr(condition, key) or ""), key) for key, kind in _CONDITION_REFERENCES
            ]
            if condition.order and condition.order not in orders:
                found.append(f"order {condition.order!r} is no order of this plan{suggest(condition.order, orders)}")
            lines += [where + line for line in found if line]
    return (line for line in lines if line)


def _check_consequences(data: ScenarioData, names: _Names) -> Iterator[Finding]:
    for index, entry in enumerate(data.consequences):
        lines: list[str] = []
        if entry.kind in ("shaken", "desert") and not entry.faction:
            lines.append(f"a consequence of kind {entry.kind!r} needs 'faction': whom does the fall shake?")
        if entry.kind == "rising":
            lines.append(names.unknown("places", entry.target, "target"))
            if not entry.target:
                lines.append("a rising needs 'target', the place that changes hands")
        if entry.kind == "news" and not entry.text:
            lines.append("news need 'text'")
        for line in filter(None, lines):
            yield Finding("error", "scenario.toml", table_name("consequences", index, entry), line)


def _check_sides(data: ScenarioData) -> Iterator[Finding]:
    """A unit, its faction, its command and its commander are of one side; commanders are somewhere."""
    factions = {faction.id: faction.side for faction in data.factions}
    commands = {command.id: command.side for command in data.commands}
    commanders = {commander.id: commander.side for commander in data.commanders}
    units = {unit.id: unit.side for unit in data.units}
    for index, unit in enumerate(data.units):
        where = _line(data, "units.csv", index, unit)
        for key, name, sides in (("faction", unit.faction, factions), ("command", unit.command, commands)):
            if sides.get(name, unit.side) != unit.side:
                yield Finding("error", "units.csv", where, f"side is {unit.side}, but {key} {name!r} is {sides[name]}")
    for index, command in enumerate(data.commands):
        where = table_name("commands", index, command)
        for key, name, sides in (
            ("commander", command.commander, commanders),
            ("superior", command.superior, commands),
        ):
            if sides.get(name, command.side) != command.side:
                message = f"side is {command.side}, but {key} {name!r} is {sides[name]}"
                yield Finding("error", "scenario.toml", where, message)
        if _loops(command.id, {one.id: one.superior for one in data.commands}):
            yield Finding(
                "error", "scenario.toml", where, f"superior {command.superior!r} leads back to {command.id!r}"
            )
    for index, commander in enumerate(data.commanders):
        where = table_name("commanders", index, commander)
        if units.get(commander.rides_with, commander.side) != commander.side:
            message = f"side is {commander.side}, but rides_with {commander.rides_with!r} is of the other side"
            yield Finding("error", "scenario.toml", where, message)
        if not commander.rides_with and not commander.place:
            message = "rides with nobody and stays nowhere: give 'rides_with' (a unit) or 'place'"
            yield Finding("error", "scenario.toml", where, message)
    for plan in data.plans.values():
        for index, order in enumerate(plan.orders):
            for unit in order.units:
                if units.get(unit, "") not in ("", commands.get(order.command, "")) and order.command in commands:
                    message = f"units {unit!r} is of the other side than command {order.command!r}"
                    yield Finding("error", f"plans/{plan.id}.toml", table_name("orders", index, order), message)


def _loops(start: str, above: dict[str, str]) -> bool:
    """Whether following superiors leads back to where one began."""
    name = above.get(start, "")
    for _ in above:
        if name == start:
            return True
        name = above.get(name, "")
    return False


# ---------------------------------------------------------------------- routes


def great_circle_km(one: Place, other: Place) -> float:
    """Distance of two places on a sphere (haversine)."""
    lat1, lat2 = math.radians(one.lat), math.radians(other.lat)
    dlat, dlon = lat2 - lat1, math.radians(other.lon - one.lon)
    h = math.sin(dlat / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(dlon / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def check_routes(data: ScenarioData) -> Iterator[Finding]:
    """Routes join two places and are no shorter than the great circle; every place can be reached."""
    file = "routes.csv"
    places = {place.id: place for place in data.places}
    pairs: dict[tuple[str, str, str], str] = {}
    for index, route in enumerate(data.routes):
        where = _line(data, file, index, route)
        one, other = sorted((route.from_, route.to))
        if route.from_ == route.to:
            yield Finding("error", file, where, f"begins and ends at {route.to!r}: a route joins two places")
            continue
        if not route.id.startswith(f"{route.from_}--{route.to}"):
            message = f"the id should begin with '{route.from_}--{route.to}', its two ends"
            yield Finding("error", file, where, message)
        if (one, other, route.kind) in pairs:
            message = f"a second {route.kind} between {one!r} and {other!r}, as in {pairs[one, other, route.kind]}"
            yield Finding("error", file, where, message)
        pairs.setdefault((one, other, route.kind), where)
        yield from _check_length(route, places, where)
        if route.crossing != "none" and not route.river:
            yield Finding("warning", file, where, f"has a {route.crossing} but names no river")
    yield from _check_reach(data)


def _check_length(route: Route, places: dict[str, Place], where: str) -> Iterator[Finding]:
    if route.from_ in places and route.to in places:
        least = great_circle_km(places[route.from_], places[route.to])
        if route.length_km < least - max(0.5, 0.005 * least):
            message = (
                f"length_km is {route.length_km:g}, shorter than the great circle of {least:.1f} km:"
                " versts for kilometres, or a wrong position of an end?"
            )
            yield Finding("error", "routes.csv", where, message)


def _check_reach(data: ScenarioData) -> Iterator[Finding]:
    """Places without a route, and groups of places cut off from the largest one."""
    neighbours: dict[str, set[str]] = {place.id: set() for place in data.places}
    for route in data.routes:
        if route.from_ in neighbours and route.to in neighbours and route.from_ != route.to:
            neighbours[route.from_].add(route.to)
            neighbours[route.to].add(route.from_)
    groups: list[set[str]] = []
    left = list(neighbours)
    while left:
        group: set[str] = set()
        edge = [left[0]]
        while edge:
            place = edge.pop()
            if place not in group:
                group.add(place)
                edge += neighbours[place]
        groups.append(group)
        left = [place for place in left if place not in group]
    largest = max(groups, key=len) if groups else set[str]()
    for index, place in enumerate(data.places):
        where = _line(data, "places.csv", index, place)
        if not neighbours[place.id]:
            message = "no route reaches this place: is an end misspelt in routes.csv?"
            yield Finding("error", "places.csv", where, message)
        elif place.id not in largest:
            group = next(group for group in groups if place.id in group)
            others = len(neighbours) - len(group)
            message = f"cut off: its routes lead to {len(group)} places, but to none of the other {others}"
            yield Finding("error", "places.csv", where, message)


# ---------------------------------------------------------------------- dates


def check_dates(data: ScenarioData) -> Iterator[Finding]:
    """What is played or scored lies in the campaign; what does not is marked as background or aftermath."""
    start, end = data.header.start, data.header.end
    for file, where, key, day in _dates(data):
        if not start <= day <= end:
            group = "background" if day < start else "aftermath"
            advice = f": text on it belongs into [[{group}]]" if file == "history.toml" else ""
            message = f"{key} {day} lies outside the campaign ({start} to {end}){advice}"
            yield Finding("error", file, where, message)
    for where, first, last, source in _spans(data):
        if last < first:
            of = f" of {source}" if source else ""
            yield Finding("error", "history.toml", where, f"to {last} lies before from {first}{of}: exchanged?")
    for index, entry in enumerate(data.history.background):
        if entry.from_ >= start:
            message = f"background of {entry.from_} lies after the start {start}: [[course]] or [[aftermath]]?"
            yield Finding("error", "history.toml", table_name("background", index, entry), message)
    for index, entry in enumerate(data.history.aftermath):
        if entry.to <= end:
            message = f"aftermath of {entry.to} lies before the end {end}: [[course]] or [[background]]?"
            yield Finding("error", "history.toml", table_name("aftermath", index, entry), message)


def _spans(data: ScenarioData) -> Iterator[tuple[str, date, date, str]]:
    """All spans of history.toml: (where, from, to, source if it is that of one source)."""
    for group in ("events", "course", "background", "aftermath"):
        for index, row in enumerate(getattr(data.history, group)):
            yield table_name(group, index, row), row.from_, row.to, ""
    for index, event in enumerate(data.history.events):
        for one in event.readings_of_sources:
            yield table_name("events", index, event), one.from_, one.to, one.source


def _dates(data: ScenarioData) -> Iterator[tuple[str, str, str, date]]:
    """All dates that have to lie in the campaign: (file, where, key, date)."""
    for index, unit in enumerate(data.units):
        if unit.enter:
            yield "units.csv", _line(data, "units.csv", index, unit), "enter", unit.enter
    for where, first, last, source in _spans(data):
        if where.startswith(("events", "course")):
            of = f" ({source})" if source else ""
            yield "history.toml", where, f"from{of}", first
            yield "history.toml", where, f"to{of}", last
    for index, figure in enumerate(data.history.strengths):
        yield "history.toml", table_name("strengths", index, figure), "date", figure.date
    for plan in data.plans.values():
        for index, order in enumerate(plan.orders):
            for condition in (*order.when, *order.when_any):
                for key, day in (("date", condition.date), ("until", condition.until)):
                    if day is not None:
                        yield f"plans/{plan.id}.toml", table_name("orders", index, order), key, day


# ---------------------------------------------------------------------- plans


def check_orders(data: ScenarioData) -> Iterator[Finding]:
    """Orders that can never be given: they wait for themselves, each other, or what is switched off."""
    for plan in data.plans.values():
        known = {order.id for order in plan.orders}
        stuck = {order.id: order for order in plan.orders if order.id in _stuck(plan)}
        for index, order in enumerate(plan.orders):
            if order.id not in stuck or not order.enabled:
                continue
            ring = _ring(order, stuck)
            message = f"waits for itself: {' -> '.join(ring)}" if ring else ""
            if not message:
                waits = sorted({name for name in _waits(order) if name in stuck or name not in known})
                message = f"can never be given, since it waits for {', '.join(waits)}, which never is"
            level: Level = "error" if ring else "warning"
            yield Finding(level, f"plans/{plan.id}.toml", table_name("orders", index, order), message)
        counts = Counter(order.command for order in plan.orders)
        if not counts:
            yield Finding("warning", f"plans/{plan.id}.toml", "orders", "the plan gives no orders")


def _waits(order: Order) -> list[str]:
    """Orders that must have been issued or done before this one."""
    return [one.order for one in (*order.when, *order.when_any) if one.order and not one.not_]


def _stuck(plan: Plan) -> set[str]:
    """Ids of the orders that nothing can bring about (a fixed point over `issued` and `done`)."""
    names = {order.id for order in plan.orders}
    open_: set[str] = set()

    def holds(condition: Condition) -> bool:
        return condition.not_ or not condition.order or condition.order in open_ or condition.order not in names

    while True:
        more = {
            order.id
            for order in plan.orders
            if order.enabled
            and all(holds(condition) for condition in order.when)
            and (not order.when_any or any(holds(condition) for condition in order.when_any))
        }
        if more <= open_:
            return names - open_
        open_ |= more


def _ring(order: Order, stuck: dict[str, Order]) -> list[str]:
    """The ring of stuck orders that leads from an order back to it, or an empty list."""
    paths = [[order.id]]
    seen: set[str] = set()
    while paths:
        path = paths.pop(0)
        for name in _waits(stuck[path[-1]]):
            if name == order.id:
                return [*path, name]
            if name in stuck and name not in seen:
                seen.add(name)
                paths.append([*path, name])
    return []


# ---------------------------------------------------------------------- history, counterfactuals


_READING_REFERENCES = {
    "side": "sides", "against": "sides", "loser": "sides", "place": "places", "places": "places",
    "near": "places", "goal": "places", "origin": "places", "command": "commands", "commands": "commands",
    "loser_command": "commands", "winner_command": "commands", "commander": "commanders",
    "faction": "factions", "without": "factions", "beyond": "places", "country": "countries",
    "countries": "countries",
}  # fmt: skip
_READING_WORDS = ("event", "direction", READING_AFTER, "not_before")
"""Keys of a reading that are neither ids of the scenario nor numbers."""


def check_readings(data: ScenarioData) -> Iterator[Finding]:
    """The reading of every event is of a known kind, with the keys of that kind; its ids resolve."""
    names = names_of(data)
    for index, event in enumerate(data.history.events):
        for line in (*reading_lines(event, names), *_after_lines(event, data)):
            yield Finding("error", "history.toml", table_name("events", index, event), line)


def _after_lines(event: HistoryEvent, data: ScenarioData) -> Iterator[str]:
    """What is wrong with the words of a reading: the event that it waits for, the date it does not look before."""
    arguments = event.reading.arguments
    after, known = arguments.get(READING_AFTER), {one.id for one in data.history.events}
    if after == event.id:
        yield "reading: after is the event itself"
    elif after is not None and after not in known:
        yield f"reading: after {after!r} is no documented event{suggest(str(after), known)}"
    not_before = arguments.get("not_before")
    if "not_before" in arguments and not isinstance(not_before, date):
        yield f"reading: not_before is {not_before!r}, a date is wanted"


def reading_lines(event: HistoryEvent, names: _Names) -> Iterator[str]:
    """Lines on the kind and the keys of a reading."""
    kind, arguments = event.reading.kind, event.reading.arguments
    if kind not in READINGS:
        yield f"reading of kind {kind!r} is unknown{suggest(kind, READINGS)}; known: {', '.join(READINGS)}"
        return
    needed, optional = READINGS[kind]
    for key in needed:
        if key not in arguments:
            yield f"a reading of kind {kind!r} needs {key!r}"
    for key, value in arguments.items():
        if key not in (*needed, *optional, READING_AFTER):
            yield f"a reading of kind {kind!r} has no key {key!r}{suggest(key, (*needed, *optional, READING_AFTER))}"
        elif key in _READING_REFERENCES:
            for name in cast("list[Any]", value if isinstance(value, list) else [value]):
                line = names.unknown(_READING_REFERENCES[key], str(name), f"reading: {key}")
                if line:
                    yield line
        elif key not in _READING_WORDS and (isinstance(value, bool) or not isinstance(value, (int, float))):
            yield f"reading: {key} is {value!r}, a number is wanted"


def check_counterfactuals(data: ScenarioData) -> Iterator[Finding]:
    """Every counterfactual can be applied to the default plan."""
    if data.header.default_plan not in data.plans:
        return
    for name, patch in data.counterfactuals.items():
        yield from _check_patch(data, patch, f"counterfactuals/{name}.toml")


def _check_patch(data: ScenarioData, patch: Patch, file: str) -> Iterator[Finding]:
    from sim.patch import apply_patches

    try:
        patched = apply_patches(data, [patch])
    except PatchError as error:
        yield Finding("error", file, "", error.message)
        return
    for line in patched.warnings:
        yield Finding("warning", file, "set", line)
    if not (patch.set or patch.units or patch.orders):
        yield Finding("warning", file, "", "changes nothing: no [set], [[units]] or [[orders]]")
