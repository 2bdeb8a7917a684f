"""How a documented event is recognised in a run.

Kinds of reading (READERS) and their arguments; any of them may have `after = "<event>"`: it counts only from that
event on.

==============  ======================================================================================================
beaten          a battle that `loser` loses with `min_men` to `max_men` men, within `within_km` of a place of `near`;
                `loser_command` and `winner_command` are those of the strongest unit when the battle began
both_near       of each of `commands` (as they were at the start) half the men stand within `within_km` of `place`
chronicle       the first entry of kind `event` about `command` or one of `commands`, `commander`, `side`, at `place`
cohesion        the men-weighted mean cohesion of `commands`, each evening, is below `below`
concentration   `side` has within `within_km` of any of `places` at least `over` times the men, and `guns` times the
                guns, that `against` has in the field altogether
fight_away      a battle within `within_km` of `place` with at least `min_engaged` men of `side`; of its men who stood
                within that distance when it began, `left_share` are still in the field three days after it
heading         by the end `share` of the men of `side` still in the field have been coming nearer to `goal`
                (`direction`: and moved that way), by 50 km at least; the hour is that at which their main body turned
held            `place` falls to `side`
in_country      `men` men of `side` stand in `country`; `faction`: only these; `without`: all but these factions;
                `beyond`: standing in these frontier places does not count; `anew_days`: after so many days with fewer;
                `not_before`: not before a date
near            `share` of the men of `command` stand within `within_km` of `place`
outcome         at the end `side` holds `place`, and of its enemy less than `broken_below` of the first strength is in
                the field under commands that have not risen against their commander
turned_south    the main body of a raid into `countries` goes back: the last moment at which it stood furthest from
                `origin` (without it: furthest north) before a move back of at least 30 km that lasts two days, with
                at least `men` men there
==============  ======================================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import cos, nan, radians
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from sim.errors import ScenarioError
from sim.history.columns import KM_LAT, KM_LON, approach
from sim.muster import FIELD
from sim.scenario import Scenario
from sim.scenario_files import HistoryEvent
from sim.state import DAY, EVENTS, HOUR, N_HOLDINGS, N_UNITS, TRACE_H

if TYPE_CHECKING:
    from sim.history.reader import Reader

BEYOND_KM = 3.0  # a unit so near a frontier place stands in it
HEADING_KM = 50.0  # so much nearer to its goal: it is heading for it
STRAY_KM = 25.0  # a step back of more ends an approach
TURN_KM = 30.0  # a move back of so much is a turn
LASTING = 48 // TRACE_H  # rows for which it lasts
AWAY = 72 // TRACE_H  # rows after a battle at which those who got away are counted
AT_TOP_KM = 5.0  # so near its furthest point a main body still stands there

SHORT_NAMES = {
    "captured": "commander-captured",
    "killed": "commander-killed",
    "wounded": "commander-wounded",
    "flees": "commander-flees",
}
"""Short forms of kinds of chronicle entries that a reading may use."""
ABOUT_COMMAND = ("mutiny", "execution", "beating", "deserts", "disperses", "surrenders", "enters", "hungry", "haven")
"""Kinds whose field `other` is a command."""
ABOUT_COMMANDER = ("commander-killed", "commander-wounded", "commander-captured", "commander-flees")
"""Kinds whose field `other` is a commander."""


def _held(run: Reader, a: Mapping[str, Any], start: float) -> float:
    changes = run.state.holdings[: int(run.state.counts[N_HOLDINGS])]
    hits = np.flatnonzero(
        (changes["place"] == a["place"]) & (changes["side"] == a["side"]) & (changes["hour"] >= start)
    )
    if len(hits):
        return float(changes["hour"][hits[0]])
    return (
        start
        if run.tables.places["holder"][a["place"]] == a["side"] and not (changes["place"] == a["place"]).any()
        else nan
    )


def _near(run: Reader, a: Mapping[str, Any], start: float) -> float:
    body = run.columns(int(run.tables.commands0["side"][a["command"]]))
    total = body.counted(body.men, body.all, body.command == a["command"])[1]
    there = body.counted(body.men, body.all, (body.command == a["command"]) & body.near(a["place"], a["within_km"]))[1]
    return run.first_row((total > 0) & (there >= a.get("share", 0.5) * total), start)


def _both_near(run: Reader, a: Mapping[str, Any], start: float) -> float:
    together: np.ndarray | None = None
    for command in a["commands"]:
        body = run.columns(int(run.tables.commands0["side"][command]))
        near = body.near(a["place"], a["within_km"])
        total, inside = body.counted(body.men, body.first_command == command, near)
        there = (total > 0) & (inside >= 0.5 * total)
        together = there if together is None else together & there
    return nan if together is None else run.first_row(together, start)


def _in_country(run: Reader, a: Mapping[str, Any], start: float) -> float:
    body = run.columns(a["side"])
    own = body.all.copy()
    if "faction" in a:
        own &= body.faction == a["faction"]
    for faction in a.get("without", ()):
        own &= body.faction != faction
    inside = body.country == a["country"]
    for place in a.get("beyond", ()):
        inside &= ~body.near(place, BEYOND_KM)
    hits = body.counted(body.men, own, inside)[1] >= a["men"]
    rows = int(a.get("anew_days", 0) * DAY / TRACE_H)
    if rows:
        before = np.concatenate(([0], np.cumsum(hits)))
        at = np.arange(len(hits))
        hits = hits & (before[at] == before[np.maximum(0, at - rows)]) & (at >= rows)
    return run.first_row(hits, max(start, a.get("not_before", 0)))


def _concentration(run: Reader, a: Mapping[str, Any], start: float) -> float:
    body, enemy = run.columns(a["side"]), run.columns(a["against"])
    near = body.near(a["places"][0], a["within_km"])
    for place in a["places"][1:]:
        near = near | body.near(place, a["within_km"])
    hits = (body.counted(body.men, body.all, near)[1] >= a["over"] * enemy.total) & (enemy.total > 0)
    if "guns" in a:
        hits &= body.counted(body.guns, body.all, near)[1] >= a["guns"] * enemy.guns.sum(axis=0)
    return run.first_row(hits, start)


def _close(run: Reader, places: Iterable[int], within_km: float) -> np.ndarray:
    """Whether battles ended within a distance of any of the places, bool [battles that ended]."""
    lon, lat = run.ends_at
    close = np.zeros(len(lon), bool)
    for place in places:
        here = run.tables.places[place]
        x = (lon - here["lon"]) * (KM_LON * cos(radians(here["lat"])))
        y = (lat - here["lat"]) * KM_LAT
        close |= x * x + y * y <= within_km * within_km
    return close


def _beaten(run: Reader, a: Mapping[str, Any], start: float) -> float:
    ends = run.ends
    hits = (ends["hour"] >= start) & (run.side_of[ends["whom"]] == a["loser"])
    hits &= (ends["n1"] >= a.get("min_men", 0)) & (ends["n1"] <= a.get("max_men", 2**31 - 1))
    battles = run.state.battles[ends["other"]]
    left_lost = run.side_of[ends["whom"]] == 0
    for key, lost in (("loser_command", left_lost), ("winner_command", ~left_lost)):
        if key in a:
            hits &= np.where(lost, battles["command_left"], battles["command_right"]) == a[key]
    if "near" in a and hits.any():
        hits &= _close(run, a["near"], a.get("within_km", 20.0))
    return float(ends["hour"][hits.argmax()]) if hits.any() else nan


def _fight_away(run: Reader, a: Mapping[str, Any], start: float) -> float:
    body = run.columns(a["side"])
    for end in run.ends[_close(run, [a["place"]], a["within_km"]) & (run.ends["hour"] >= start)]:
        battle = run.state.battles[end["other"]]
        if battle["men_left" if a["side"] == 0 else "men_right"] < a.get("min_engaged", 1):
            continue
        began = int(battle["start_h"]) // TRACE_H
        there = body.men[:, began] * body.near(a["place"], a["within_km"])[:, began]
        later = min(run.rows - 1, int(end["hour"]) // TRACE_H + AWAY)
        theirs = np.isin(run.born_of[body.units], run.born_of[body.units[there > 0]])
        away = float(body.men[theirs, later].sum())
        run.noted.setdefault(a["id"], away)
        if there.sum() > 0 and away >= a.get("left_share", 0.0) * there.sum():
            return float(end["hour"])
    return nan


def _chronicle(run: Reader, a: Mapping[str, Any], start: float) -> float:
    found = run.events[run.kinds == a["event"]]
    hits = found["hour"] >= start
    if "commander" in a:
        hits &= found["other"] == a["commander"]
    if "commands" in a:
        hits &= np.isin(found["other"], a["commands"])
    if "side" in a:
        owner = run.tables.commanders0["side"] if a["by_commander"] else run.tables.commands0["side"]
        hits &= (found["other"] >= 0) & (owner[np.maximum(0, found["other"])] == a["side"])
    if "place" in a:
        hits &= found["where"] == a["place"]
    hours = found["hour"][hits]
    return float(hours[0]) if len(hours) else nan


def _cohesion(run: Reader, a: Mapping[str, Any], start: float) -> float:
    daily = run.state.daily[: int(run.state.counts[HOUR]) // DAY]
    commands = a.get("commands")
    if commands is None:
        commands = np.flatnonzero(run.tables.commands0["side"] == a["side"])
    men = daily["men"][:, commands].astype(np.float64)
    total = men.sum(axis=1)
    mean = np.einsum("ij,ij->i", daily["cohesion"][:, commands], men) / np.maximum(total, 1.0)
    evenings = np.arange(len(daily)) * DAY + 21
    hits = np.flatnonzero((total > 0) & (mean < a["below"]) & (evenings >= start))
    return float(evenings[hits[0]]) if len(hits) else nan


def _turned_south(run: Reader, a: Mapping[str, Any], start: float) -> float:
    body = run.columns(a["side"])
    inside = body.country == a["countries"][0]
    for country in a["countries"][1:]:
        inside |= body.country == country
    there = body.counted(body.men, body.all, inside)[1]
    first = run.first_row(there >= a["men"], start)
    if first != first:
        return nan
    row = int(first) // TRACE_H
    raiders = (inside[:, row:] & (body.men[:, row:] > 0)).any(axis=1)
    men = body.men[raiders, row:]
    total = men.sum(axis=0)
    if "origin" in a:
        km = np.sqrt(body.squared_km(a["origin"])[raiders, row:])
    else:
        km = body.lat[raiders, row:] * KM_LAT
    north = (km * men).sum(axis=0) / np.maximum(total, 1.0)
    north = np.where(total > 0, north, -np.inf)
    top = np.maximum.accumulate(north)
    back = top - north >= TURN_KM
    for turn in np.flatnonzero(back):
        held_back = north[turn : turn + LASTING] <= top[turn] - 0.5 * TURN_KM
        if not held_back.all():
            continue
        last = int(np.flatnonzero(north[:turn] >= top[turn] - AT_TOP_KM)[-1])
        return float((row + last) * TRACE_H) if there[row + last] >= a["men"] else nan
    return nan


def _heading(run: Reader, a: Mapping[str, Any], start: float) -> float:
    body = run.columns(a["side"])
    row = -int(-start // TRACE_H)
    alive = body.men[:, -1] > 0
    if not alive.any() or row >= run.rows:
        return nan
    men, units = body.men[alive, -1], np.arange(int(alive.sum()))
    found = np.empty((len(units), 4))
    approach(body.squared_km(a["goal"])[alive], body.men[alive], row, np.float32(STRAY_KM), found)
    now, near, far = found[:, :3].astype(np.float32).T
    turned = found[:, 3].astype(np.int64)
    heading = (far - now >= HEADING_KM) & (now - near <= STRAY_KM)
    if a.get("direction") in ("east", "west"):
        lon = body.lon[alive, row:]
        heading &= (lon[:, -1] > lon[units, turned]) == (a["direction"] == "east")
    if men[heading].sum() < a["share"] * men.sum():
        return nan
    order = np.argsort(turned[heading], kind="stable")
    reached = np.cumsum(men[heading][order]) >= a["share"] * men.sum()
    return float((row + turned[heading][order][int(reached.argmax())]) * TRACE_H)


def _outcome(run: Reader, a: Mapping[str, Any], start: float) -> float:
    changes = run.state.holdings[: int(run.state.counts[N_HOLDINGS])]
    changes = changes[changes["place"] == a["place"]]
    holder = int(changes["side"][-1]) if len(changes) else int(run.tables.places["holder"][a["place"]])
    units = run.tables.units0[: run.tables.n_units]
    first = float(units["men"][units["side"] == 1 - a["side"]].sum())
    end = float(run.state.counts[HOUR]) - 1.0
    now = run.state.units[: int(run.state.counts[N_UNITS])]
    obeys = run.state.commands["mutiny_h"][now["command"]] < 0
    left = now["men"][(now["side"] == 1 - a["side"]) & (now["status"] == FIELD) & obeys].sum()
    broken = float(left) < a["broken_below"] * first
    return end if holder == a["side"] and broken and end >= start else nan


ReadT = Callable[["Reader", Mapping[str, Any], float], float]
READERS: dict[str, ReadT] = {
    "beaten": _beaten,
    "both_near": _both_near,
    "chronicle": _chronicle,
    "cohesion": _cohesion,
    "concentration": _concentration,
    "fight_away": _fight_away,
    "heading": _heading,
    "held": _held,
    "in_country": _in_country,
    "near": _near,
    "outcome": _outcome,
    "turned_south": _turned_south,
}
"""How each kind of reading is read."""


Reading = tuple[ReadT, dict[str, Any], str | None]
"""How an event is read, with which arguments (rows in place of ids), and after which event."""


def readings_of(scenario: Scenario) -> dict[str, Reading]:
    """The reading of every documented event, made once and kept with the scenario. Raises ScenarioError."""
    kept: dict[str, Reading] | None = scenario.__dict__.get("_readings")
    if kept is None:
        kept = {event.id: prepare(scenario, event) for event in scenario.data.history.events}
        scenario.__dict__["_readings"] = kept
    return kept


def prepare(scenario: Scenario, event: HistoryEvent) -> Reading:
    """The reading of an event. Raises ScenarioError when it names what the scenario has not."""
    kind = event.reading.kind
    if kind not in READERS:
        raise ScenarioError(f"history.toml: {event.id}: a reading of kind {kind!r} is unknown")
    rows: dict[str, Sequence[str]] = {
        "place": scenario.place_ids,
        "places": scenario.place_ids,
        "near": scenario.place_ids,
        "beyond": scenario.place_ids,
        "goal": scenario.place_ids,
        "origin": scenario.place_ids,
        "command": scenario.command_ids,
        "commands": scenario.command_ids,
        "loser_command": scenario.command_ids,
        "winner_command": scenario.command_ids,
        "commander": scenario.commander_ids,
        "side": scenario.side_ids,
        "against": scenario.side_ids,
        "loser": scenario.side_ids,
        "faction": scenario.faction_ids,
        "without": scenario.faction_ids,
        "country": scenario.country_ids,
        "countries": scenario.country_ids,
    }
    arguments: dict[str, Any] = {"id": event.id}
    given = event.reading.arguments
    after = given.pop("after", None)
    for key, value in given.items():
        if key in rows and not (kind == "near" and key == "near"):
            names = cast("list[str]", value if isinstance(value, list) else [value])
            unknown = [name for name in names if name not in rows[key]]
            if unknown:
                raise ScenarioError(f"history.toml: {event.id}: reading: {key} {unknown[0]!r} is not in the scenario")
            found = [rows[key].index(name) for name in names]
            value = found if isinstance(value, list) else found[0]
        elif key == "not_before":
            value = scenario.data.header.hour(value)
        arguments[key] = value
    if kind == "chronicle":
        name = SHORT_NAMES.get(given["event"], given["event"])
        if name not in EVENTS:
            raise ScenarioError(f"history.toml: {event.id}: reading: event {name!r} is no kind of chronicle entry")
        arguments["event"], arguments["by_commander"] = EVENTS.index(name), name in ABOUT_COMMANDER
        if "command" in arguments:
            arguments["commands"] = [*arguments.get("commands", []), arguments["command"]]
    if after is not None and after not in {one.id for one in scenario.data.history.events}:
        raise ScenarioError(f"history.toml: {event.id}: reading: after {after!r} is no documented event")
    return READERS[kind], arguments, after
