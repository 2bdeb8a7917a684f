"""Where everyone is at an hour, in truth or as one side knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from viz.tape import FIELD

if TYPE_CHECKING:
    from viz.tape import Tape


@dataclass(slots=True)
class Body:
    """A unit at a moment: sheet position, men, and (only in the fog) how many hours old the report is."""

    unit: int
    x: float
    y: float
    men: int
    kind: int
    fighting: bool
    age: int = -1


def bodies(tape: Tape, hour: float) -> list[Body]:
    """All units in the field, positions between two recorded hours drawn out straight."""
    h = min(int(hour), tape.hours)
    after = min(h + 1, tape.hours)
    t = hour - h
    x0, y0, x1, y1 = tape.x[h].tolist(), tape.y[h].tolist(), tape.x[after].tolist(), tape.y[after].tolist()
    men, state, fighting = tape.men[h].tolist(), tape.state[h].tolist(), tape.fighting[h].tolist()
    later = tape.state[after].tolist()
    found: list[Body] = []
    for unit in tape.units:
        i = unit.index
        if state[i] != FIELD or men[i] <= 0:
            continue
        if later[i] == FIELD:
            x, y = x0[i] + (x1[i] - x0[i]) * t, y0[i] + (y1[i] - y0[i]) * t
        else:
            x, y = x0[i], y0[i]
        found.append(Body(i, x, y, men[i], unit.kind, bool(fighting[i])))
    return found


def seen_by(tape: Tape, hour: float, side: int) -> list[Body]:
    """Own units as they are, the enemy's as last reported: where, how many, how long ago."""
    found = [b for b in bodies(tape, hour) if tape.units[b.unit].side == side]
    for unit, (seen, place, men) in tape.known(side, hour).items():
        if place < 0 or hour - seen > 24 * 14:
            continue
        spot = tape.places[place]
        found.append(Body(unit, spot.x, spot.y, men, tape.units[unit].kind, False, int(hour) - seen))
    return found
