"""What one side knows of the run by an hour: events, battles, holders of places.

A side knows an event when one of its units takes part in it or stands within sight, or when a place of its own changes
hands; the holder of any other place when it has a unit within sight of it or a report of the enemy in it.  Delays of
couriers are left out (assumed: the side, not its commander, is shown).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from viz.geo import KM_PER_DEGREE, kilometres, latitude
from viz.tape import FIELD

if TYPE_CHECKING:
    from viz.tape import Battle, Event, Tape

#: Kilometres from which a body of men is seen; assumed, between the scouting radii of foot and of horse in the rules.
SIGHT_KM = 20.0
#: Hours between two looks round of a side's units at the places near them.
LOOK = 6


@dataclass(slots=True)
class Knowledge:
    """What a side learns in the course of a run."""

    side: int
    events: list[Event] = field(default_factory=list["Event"])
    #: holders as the side learns of them: (hour, place, side), by hour
    holders: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    #: battles in which its units fight, or which they see
    battles: set[int] = field(default_factory=set[int])


def of(tape: Tape, side: int) -> Knowledge:
    """What a side learns; worked out once for each run."""
    found = tape.knowledge.get(side)
    if found is None:
        found = tape.knowledge[side] = Knowledge(side)
        found.events = [_told(e, side) for e in tape.events if _knows(tape, side, e)]
        found.holders = _holders(tape, side)
        found.battles = {
            n for n, b in enumerate(tape.battles) if _fights(tape, side, b) or _sees(tape, side, b.start, b.x, b.y)
        }
    return found


def events(tape: Tape, fog: int) -> list[Event]:
    """All events of the run, or (in the fog of side ``fog``) those that this side comes to know."""
    return tape.events if fog < 0 else of(tape, fog).events


def knows_battle(tape: Tape, fog: int, number: int) -> bool:
    """Whether a battle is to be marked: always, or in the fog when the side fights in it or sees it."""
    return fog < 0 or number in of(tape, fog).battles


def holders(tape: Tape, fog: int) -> list[tuple[int, int, int]]:
    """Changes of holder (hour, place, side): in truth, or as a side learns of them."""
    return tape.holders if fog < 0 else of(tape, fog).holders


def held(tape: Tape, hour: float, fog: int = -1) -> list[int]:
    """Holder of every place at an hour, a side or -1: in truth, or as a side believes."""
    now = [p.holder for p in tape.places]
    for change, place, side in holders(tape, fog):
        if change > hour:
            break
        now[place] = side
    return now


def _told(event: Event, side: int) -> Event:
    """An event in the words of a side: without what only the enemy could count."""
    return replace(event, texts=event.told[side]) if event.told is not None else event


def _knows(tape: Tape, side: int, event: Event) -> bool:
    if event.side == side or any(tape.units[u].side == side for u in event.units):
        return True
    if event.kind == "holder" and event.place >= 0 and _holder_before(tape, event.place, event.hour) == side:
        return True
    return event.x is not None and event.y is not None and _sees(tape, side, event.hour, event.x, event.y)


def _holder_before(tape: Tape, place: int, hour: int) -> int:
    last = tape.places[place].holder
    for change, number, side in tape.holders:
        if change >= hour:
            break
        if number == place:
            last = side
    return last


def _fights(tape: Tape, side: int, battle: Battle) -> bool:
    """Whether units of a side fight in a battle; one on a route is drawn in the middle of it, so "near" is wide."""
    reach = 3 * SIGHT_KM / KM_PER_DEGREE
    h = min(battle.start + 1, tape.hours)
    xs, ys, fighting = tape.x[h].tolist(), tape.y[h].tolist(), tape.fighting[h].tolist()
    return any(
        u.side == side and fighting[u.index] and abs(xs[u.index] - battle.x) + abs(ys[u.index] - battle.y) < 2 * reach
        for u in tape.units
    )


def _sees(tape: Tape, side: int, hour: int, x: float, y: float) -> bool:
    """Whether a side has men within sight of a sheet point."""
    h = min(max(hour, 0), tape.hours)
    xs, ys, men, state = tape.x[h].tolist(), tape.y[h].tolist(), tape.men[h].tolist(), tape.state[h].tolist()
    reach = 3 * SIGHT_KM / KM_PER_DEGREE
    for unit in tape.units:
        i = unit.index
        if unit.side != side or state[i] != FIELD or men[i] <= 0:
            continue
        if abs(xs[i] - x) > reach or abs(ys[i] - y) > reach:
            continue
        if kilometres(xs[i], latitude(ys[i]), x, latitude(y)) <= SIGHT_KM:
            return True
    return False


def _holders(tape: Tape, side: int) -> list[tuple[int, int, int]]:
    """When a side learns of each change of holder: at once, by a later look at the place, by a report, or never."""
    reports: dict[int, list[int]] = {}
    for seen, _, place, _ in tape.sightings[side]:
        reports.setdefault(place, []).append(seen)
    found: list[tuple[int, int, int]] = []
    now = [p.holder for p in tape.places]
    for n, (hour, place, new) in enumerate(tape.holders):
        old, now[place] = now[place], new
        if side in (old, new):
            found.append((hour, place, new))
            continue
        until = next((h for h, p, _ in tape.holders[n + 1 :] if p == place), tape.hours + 1)
        spot = tape.places[place]
        told = [h for h in reports.get(place, []) if hour <= h < until] if new >= 0 else []
        last = min(told, default=until)
        seen = next((h for h in range(hour, last, LOOK) if _sees(tape, side, h, spot.x, spot.y)), last)
        if seen < until:
            found.append((seen, place, new))
    return sorted(found)
