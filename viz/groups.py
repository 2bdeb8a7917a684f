"""Which units share a chip: same livery, close together on the screen; and what the chip is called."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from viz.moment import Body
from viz.telling import short_unit, surname
from viz.theme import ALLIES, PEOPLES

if TYPE_CHECKING:
    from viz.tape import Tape

#: Units of one livery nearer than this (virtual units) share a chip; a pair already together stays so a
#: little longer.
NEAR, STAY = 88, 112
LARGE, MIDDLE = 1500, 400


@dataclass(slots=True)
class Group:
    """Units under one chip; ``lead`` is the largest and stands for them, ``x``.

    ``y`` its place on the sheet.
    """

    lead: int
    members: list[Body]
    kind: int
    x: float
    y: float
    men: int
    first_men: int
    age: int = -1

    @property
    def tier(self) -> int:
        """2 for a large body, 1 for a middle one, 0 for a small one (number only)."""
        return 2 if self.men >= LARGE else 1 if self.men >= MIDDLE else 0


def rear(one: Group, others: list[Group]) -> tuple[float, float]:
    """The direction from a group away from its enemies, the near and strong ones most, as a unit vector of the sheet.

    (0, 0) when there are none, or when they stand all around.
    """
    x = y = 0.0
    for other in others:
        if other.kind // 2 != one.kind // 2:
            dx, dy = one.x - other.x, one.y - other.y
            weight = math.sqrt(other.men) / (dx * dx + dy * dy + 0.02) ** 1.5
            x, y = x + dx * weight, y + dy * weight
    length = math.hypot(x, y)
    return (x / length, y / length) if length > 1e-6 else (0.0, 0.0)


def group(tape: Tape, found: list[Body], scale: float, k: float, before: dict[int, int]) -> list[Group]:
    """Gather bodies into groups, largest first.

    ``before`` says under which lead each unit stood (for steadiness).
    """
    left = sorted(found, key=lambda b: (-b.men - (200 if before.get(b.unit) == b.unit else 0), b.unit))
    groups: list[Group] = []
    for body in left:
        home = None
        nearest = 1e9
        for one in groups:
            if one.kind != body.kind or (one.age >= 0) != (body.age >= 0):
                continue
            reach = (STAY if before.get(body.unit) == one.lead else NEAR) * k
            gap = max(abs(one.x - body.x), abs(one.y - body.y)) * scale
            if gap < reach and gap < nearest:
                home, nearest = one, gap
        first = tape.units[body.unit].men or body.men
        if home is None:
            groups.append(Group(body.unit, [body], body.kind, body.x, body.y, body.men, max(first, body.men), body.age))
        else:
            home.members.append(body)
            home.men += body.men
            home.first_men += max(first, body.men)
            home.age = min(home.age, body.age)
    return groups


def name(tape: Tape, one: Group, language: int, hour: float) -> str:
    """The commander who rides with the group, else the command most of them belong to, else the unit."""
    units = {b.unit for b in one.members}
    led = tape.led()
    best = None
    for number, leader in enumerate(tape.leaders):
        if leader.unit in units and hour < tape.lost_leaders.get(number, tape.hours + 1):
            command = led.get(number, tape.units[leader.unit].command)
            under = {n for n, c in enumerate(tape.commands) if n == command or c.superior == tape.commands[command].id}
            men = sum(b.men for b in one.members if tape.units[b.unit].command in under)
            # who commands the whole goes before those under him, and these before the colonels
            above = tape.commands[command].superior if number in led else None
            rank = (number in led, above == "", men)
            if best is None or rank > best[0]:
                best = (rank, men, leader)
    if best is not None and (best[1] * 2 >= one.men or len(units) == 1):
        return surname(best[2].names[language])
    if len(units) == 1 or one.kind in (PEOPLES, ALLIES):
        return short_unit(tape.units[one.lead].names[language], language)
    share: dict[int, int] = {}
    now = tape.detail["command"][min(int(hour), tape.hours)] if "command" in tape.detail else None
    for body in one.members:
        command = int(now[body.unit]) if now is not None else tape.units[body.unit].command
        share[command] = share.get(command, 0) + body.men
    command = max(share, key=lambda c: (share[c], -c))
    if 0 <= command < len(tape.commands):
        return short_unit(tape.commands[command].names[language], language)
    return short_unit(tape.units[one.lead].names[language], language)


def names(tape: Tape, shown: list[Group], language: int, hour: float) -> dict[int, str]:
    """What each chip is called, by its lead: of those with one name the largest keeps it.

    The others are called after their largest unit, or after the nearest place when that name is taken, too.
    """
    found: dict[int, str] = {}
    said: set[str] = set()
    for one in sorted(shown, key=lambda g: (-g.men, g.lead)):
        text = name(tape, one, language, hour)
        if text in said:
            text = short_unit(tape.units[one.lead].names[language], language)
            if text in said:
                x, y = one.x, one.y
                text = min(tape.places, key=lambda p: (p.x - x) ** 2 + (p.y - y) ** 2).names[language]
        said.add(text)
        found[one.lead] = text
    return found
