"""Which orders a player may give: every refusal names its reason.

`check_order` takes an order as the player means it and the state of the campaign; it raises `OrderError` for what
cannot be, and looks at nothing that the player's side does not know. `ways` finds where a unit can go at all.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from sim.cast import Cast
from sim.errors import UrgaError, suggest
from sim.muster import AIR, CARTS, FIELD, GONE, HORSE, PACK, WAITING, WHEELS
from sim.phrases import Phrase, say
from sim.plan import PACES
from sim.rules.ways import passable  # pyright: ignore[reportUnknownVariableType]
from sim.runs import unit_infos
from sim.scenario import Scenario
from sim.state import E_DISPERSES, E_SURRENDERS, N_EVENTS, PATH, State
from sim.wargame.picture import Picture, as_python, km_between, place_row, staff

TASKS = ("march", "attack", "hold", "screen", "withdraw", "rest", "join")
"""What a player can order."""
NEEDS_PLACE = ("march", "attack", "withdraw")
NEAR_KM = 30.0  # an enemy known so near to a place can be attacked by attacking it
_passable = as_python(passable)


class OrderError(UrgaError):
    """An order that cannot be given: `reason` is a key of `sim.phrases`, `told` the text in a language."""

    def __init__(self, reason: str, **fields: Any) -> None:
        self.reason, self.fields = reason, fields
        super().__init__(self.told("en"))

    def told(self, lang: str = "en") -> str:
        """The reason in a language (lang: en, ru or mn)."""
        return say(self.reason, lang, **self.fields)


def _near(name: str, known: Iterable[str]) -> Phrase | str:
    """What was probably meant, nothing when no name is near."""
    found = re.search(r"'(.*)'", suggest(name, known))
    return Phrase("hint", {"name": found[1]}) if found else ""


@dataclass(frozen=True)
class Wish:
    """An order as a player means it, its ids not yet looked at.

    units: ids; task: one of `TASKS`; objective: place, or command to join; via: places to go by; pace: slow, normal or
    forced; accept: own power to the enemy's at which battle is accepted; retreat: place to fall back on; leave_wheels:
    guns on wheels and carts stay behind.
    """

    units: tuple[str, ...]
    task: str
    objective: str = ""
    via: tuple[str, ...] = ()
    pace: str = "normal"
    accept: float | None = None
    retreat: str = ""
    leave_wheels: bool = False


def check_order(
    scenario: Scenario, state: State, side: int, wish: Wish, enemies: Picture, holders: dict[str, str]
) -> list[int]:
    """Rows of the units to which an order (`wish`) of `side` goes. Raises OrderError with the reason when it cannot.

    enemies, holders: what the side knows (`sim.wargame.picture`).
    """
    if not wish.units:
        raise OrderError("no-units")
    if wish.task not in TASKS:
        raise OrderError("unknown-task", task=wish.task, hint=_near(wish.task, TASKS), known=", ".join(TASKS))
    if wish.pace not in PACES:
        raise OrderError("unknown-pace", pace=wish.pace)
    if wish.accept is not None and not (isfinite(wish.accept) and wish.accept >= 0):
        raise OrderError("odds", accept=wish.accept)
    rows = [unit_row(scenario, state, side, name) for name in wish.units]
    for name in wish.units:
        if wish.units.count(name) > 1:
            raise OrderError("twice", unit=_unit(scenario, state, rows[wish.units.index(name)]))
    for place in (*wish.via, wish.retreat):
        if place:
            _place_row(scenario, place)
    goal = _goal(scenario, state, side, wish)
    for row in rows:
        _check_unit(scenario, state, wish, row, goal)
    if goal >= 0 and wish.task != "join":
        _check_place(scenario, side, wish, goal, enemies, holders)
    return rows


def unit_row(scenario: Scenario, state: State, side: int, name: str) -> int:
    """Row of a unit that takes orders from this side now. Raises OrderError."""
    known = unit_infos(scenario, state)
    row = next((info.index for info in known if info.id == name), -1)
    if row < 0:
        own = [info.id for info in known if info.side == side]
        raise OrderError("unknown-unit", unit=repr(name), hint=_near(name, own))
    unit, info = state.units[row], known[row]
    if int(unit["side"]) != side:
        raise OrderError("not-yours", unit=info)
    if int(unit["status"]) == WAITING:
        raise OrderError("not-yet", unit=info, date=scenario.date(int(unit["enter_h"])))
    if int(unit["status"]) == GONE or int(unit["men"]) <= 0:
        raise _gone(scenario, state, row, info)
    if row >= scenario.tables.n_units:
        raise OrderError("born-here", unit=info)
    if int(unit["arm"]) == AIR:
        raise OrderError("aircraft", unit=info)
    command = int(unit["command"])
    if int(state.commands["mutiny_h"][command]) >= 0:
        raise OrderError("mutinied", unit=info, command=Cast.of(scenario).commands[command])
    if staff(scenario, state, command)[0] < 0:
        raise OrderError("no-staff", unit=info, command=Cast.of(scenario).commands[command])
    return row


def _gone(scenario: Scenario, state: State, row: int, info: Any) -> OrderError:
    told = state.chronicle[: int(state.counts[N_EVENTS])]
    for kind, reason in ((E_SURRENDERS, "captured"), (E_DISPERSES, "dispersed")):
        hits = told[(told["kind"] == kind) & (told["who"] == row)]
        if len(hits):
            return OrderError(reason, unit=info, date=scenario.date(int(hits["hour"][-1])))
    return OrderError("gone", unit=info)


def _unit(scenario: Scenario, state: State, row: int) -> Any:
    return unit_infos(scenario, state)[row]


def _place_row(scenario: Scenario, name: str) -> int:
    if name not in scenario.place_ids:
        raise OrderError("unknown-place", place=repr(name), hint=_near(name, scenario.place_ids))
    return scenario.place_ids.index(name)


def _goal(scenario: Scenario, state: State, side: int, wish: Wish) -> int:
    """Row of the place to which an order leads, -1: where the units stand."""
    if wish.task == "join":
        own = [name for row, name in enumerate(scenario.command_ids) if state.commands["side"][row] == side]
        if not wish.objective:
            raise OrderError("needs-place", task=Phrase("task-join", {"place": "…"}))
        if wish.objective not in own:
            raise OrderError("unknown-command", place=repr(wish.objective), hint=_near(wish.objective, own))
        return staff(scenario, state, scenario.command_ids.index(wish.objective))[1]
    if not wish.objective:
        if wish.task in NEEDS_PLACE:
            raise OrderError("needs-place", task=Phrase(f"task-{wish.task}", {"place": "…"}))
        return -1
    return _place_row(scenario, wish.objective)


def _check_unit(scenario: Scenario, state: State, wish: Wish, row: int, goal: int) -> None:
    unit, info = state.units[row], _unit(scenario, state, row)
    if int(unit["battle"]) >= 0 and wish.task == "rest":
        raise OrderError("in-battle", unit=info)
    if wish.task == "join" and scenario.command_ids[int(unit["command"])] == wish.objective:
        raise OrderError("own-command", unit=info, command=Cast.of(scenario).commands[int(unit["command"])])
    stages = [*(_place_row(scenario, name) for name in wish.via), *([goal] if goal >= 0 else [])]
    if wish.task in ("march", "withdraw") and int(unit["place"]) == goal and not wish.via:
        raise OrderError("already-there", unit=info)
    mover = int(unit["mover"])
    if wish.leave_wheels and mover in (WHEELS, CARTS):
        mover = PACK
    cast = Cast.of(scenario)
    km, steps = ways(scenario, state, row, mover)
    for before, stage in zip([-1, *stages], stages, strict=False):
        if before >= 0:
            km, steps = ways_from(scenario, state, {before: 0.0}, mover)
        if stage in km:
            if steps[stage] >= PATH:
                raise OrderError("too-far", unit=info, place=cast.places[stage])
            continue
        here = cast.places[before if before >= 0 else place_row(scenario, unit)]
        if mover in (WHEELS, CARTS):
            start = {before: 0.0} if before >= 0 else _ends(scenario, state, row)
            if stage in ways_from(scenario, state, start, HORSE)[0]:
                raise OrderError("no-way-wheels", unit=info, place=cast.places[stage])
        raise OrderError("no-way", unit=info, here=here, place=cast.places[stage])


def _check_place(
    scenario: Scenario, side: int, wish: Wish, goal: int, enemies: Picture,
    holders: dict[str, str],
) -> None:  # fmt: skip
    place = Cast.of(scenario).places[goal]
    there = any(at == goal and men > 0 for _, at, men in enemies.values())
    near = there or any(
        men > 0 and km_between(scenario, at, goal) <= NEAR_KM for _, at, men in enemies.values() if at >= 0
    )
    if wish.task == "attack" and holders[place.id] == scenario.side_ids[side] and not near:
        raise OrderError("no-enemy", place=place)
    if wish.task in ("withdraw", "rest") and (there and holders[place.id] == scenario.side_ids[1 - side]):
        raise OrderError("enemy-there", place=place)


def open_places(
    scenario: Scenario, state: State, side: int, row: int, task: str, enemies: Picture, holders: dict[str, str]
) -> dict[int, float]:
    """Rows of the places to which a unit can be ordered with a task, with km of easy march, the nearest first."""
    km, steps = ways(scenario, state, row)
    found: dict[int, float] = {}
    if task == "rest" and int(state.units[row]["battle"]) >= 0:
        return found
    for place in sorted(km, key=lambda one: (km[one], one)):
        stands = task in ("march", "withdraw") and int(state.units[row]["place"]) == place
        try:
            _check_place(scenario, side, Wish((), task, scenario.place_ids[place]), place, enemies, holders)
        except OrderError:
            continue
        if steps[place] < PATH and not stands:
            found[place] = km[place]
    return found


# ---------------------------------------------------------------------- ways


def ways(scenario: Scenario, state: State, row: int, mover: int = -1) -> tuple[dict[int, float], dict[int, int]]:
    """Where a unit can go: place (row) -> km of easy march, and the number of stages to it."""
    return ways_from(
        scenario, state, _ends(scenario, state, row), int(state.units[row]["mover"]) if mover < 0 else mover
    )


def _ends(scenario: Scenario, state: State, row: int) -> dict[int, float]:
    """The places that a unit reaches first, with km of easy march: its own, or both ends of its route."""
    unit = state.units[row]
    if int(unit["place"]) >= 0:
        return {int(unit["place"]): 0.0}
    route = int(unit["route"])
    km = float(scenario.tables.routes["km"][route])
    easy = float(state.way_km[1, route]) / max(km, 0.1)
    return {
        int(unit["ahead"]): (km - float(unit["along_km"])) * easy,
        int(unit["behind"]): float(unit["along_km"]) * easy,
    }


def ways_from(
    scenario: Scenario, state: State, start: dict[int, float], mover: int
) -> tuple[dict[int, float], dict[int, int]]:
    """Cheapest ways from some places for a kind of mover, as `sim.rules.ways.grow_tree` without known enemies."""
    t = scenario.tables
    km: dict[int, float] = {}
    steps: dict[int, int] = {}
    queue = [(cost, place, 1) for place, cost in sorted(start.items())]
    heapq.heapify(queue)
    while queue:
        cost, place, step = heapq.heappop(queue)
        if place in km:
            continue
        km[place], steps[place] = cost, step
        for k in range(int(t.adj_start[place]), int(t.adj_start[place + 1])):
            after, route = int(t.adj_place[k]), int(t.adj_route[k])
            if after not in km and _passable(int(t.routes["kind"][route]), mover, False):
                heapq.heappush(queue, (cost + float(state.way_km[1, route]), after, step + 1))
    return km, steps


def grouped(state: State, rows: Sequence[int]) -> dict[int, list[int]]:
    """Units by the command that they obey now."""
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(int(state.units[row]["command"]), []).append(row)
    return dict(sorted(found.items()))


def fit(state: State, side: int, n_units: int) -> list[int]:
    """Rows of the units of a side that can be ordered at all."""
    units = state.units[:n_units]
    here = (units["side"] == side) & (units["status"] == FIELD) & (units["men"] > 0) & (units["arm"] != AIR)
    return np.flatnonzero(here & (state.commands["mutiny_h"][units["command"]] < 0)).tolist()
