"""Turns the run's chronicle into what the screen says.

Captions in three languages, icons, and how much each matters.
"""

from __future__ import annotations

import re
from typing import Any

from viz.lettering import rounded, thousands
from viz.tape import BATTLE, MOVEMENT, POLITICS, Command, Event, Leader, Names, Order, Place, Route, Unit
from viz.words import say

#: Losses from which a battle is worth a caption, and an icon; men from which a crossing of the frontier is.
CAPTION_LOSS, ICON_LOSS, FRONTIER_MEN = 60, 120, 150


def short_place(name: str) -> str:
    """A place name as the map writes it: without what stands in brackets or after a comma."""
    return re.sub(r"\s*\([^)]*\)", "", name).split(",")[0].split(" / ")[0].strip()


def surname(name: str) -> str:
    """The last word of a person's name, without initials."""
    words = [w for w in name.replace("\u00a0", " ").split() if not re.fullmatch(r"(\w{1,2}\.)+", w)]
    return words[-1].split("-")[0] if words else name


def short_unit(name: str, language: int) -> str:
    """A unit's name short enough for a chip: regiment to Rgt, brigade to Bde, and so on."""
    name = re.sub(r"\s*\([^)]*\)", "", name)
    for pattern, short in _SHORTER[language]:
        name = re.sub(pattern, short, name, flags=re.IGNORECASE)
    return name.split(",")[0].strip()


_SHORTER = (
    (
        (r"\bcavalry brigade\b", "Cav Bde"),
        (r"\bcavalry regiment\b", "Cav"),
        (r"\bregiment\b", "Rgt"),
        (r"\bbrigade\b", "Bde"),
        (r"\bbattalion\b", "Bn"),
        (r"\bcavalry\b", "Cav"),
        (r"\brifle\b\s*", ""),
        (r"\bdetachment\b", "Det."),
        (r"\bspecial-purpose\b", "Sp."),
        (r"\bgarrison\b", "garr."),
        (r"'s partisans", ""),
    ),
    (
        (r"кавбригада", "кавбр."),
        (r"кавалерийский полк", "кавполк"),
        (r"\bполк\b", "п."),
        (r"\bстрелковый\b\s*", "стр. "),
        (r"\bбатальон\b", "бн"),
        (r"\bотряд\b", "отр."),
        (r"\bпартизаны\b\s*", ""),
        (r"\bгарнизон\b", "гарн."),
    ),
    ((r"морин бригад", "мор. бр."), (r"буудлагын\s*", ""), (r"\bхороо\b", "хор."), (r"\bбатальон\b", "бат.")),
)


class Teller:
    """Knows the run's tables and tells its events."""

    def __init__(
        self,
        units: list[Unit],
        places: list[Place],
        routes: list[Route],
        commands: list[Command],
        leaders: list[Leader],
        orders: list[Order],
        sides: tuple[Names, Names],
    ) -> None:
        self.units, self.places, self.routes = units, places, routes
        self.commands, self.leaders, self.orders, self.sides = commands, leaders, orders, sides

    def events(self, run: Any) -> list[Event]:
        """All events of a run in order of time; those the screen need not mention are left out."""
        table = run.chronicle
        decoded = list(run.events())
        found = []
        for row, prose in zip(table, decoded, strict=True):
            event = self._tell(row, prose)
            if event is not None:
                found.append(event)
        return found

    # -- the pieces --------------------------------------------------------------------------------

    def _where(self, number: int) -> tuple[float | None, float | None, Names]:
        if 0 <= number < len(self.places):
            place = self.places[number]
            return place.x, place.y, place.names
        if len(self.places) <= number < len(self.places) + len(self.routes):
            route = self.routes[number - len(self.places)]
            a, b = self.places[route.a], self.places[route.b]
            e, r, m = (f"{p} \u2013 {q}" for p, q in zip(a.names, b.names, strict=True))
            return (a.x + b.x) / 2, (a.y + b.y) / 2, (e, r, m)
        return None, None, ("", "", "")

    def _unit(self, number: int) -> Names:
        """Whose men these are: their command's commander if he has a name, else the unit."""
        if not 0 <= number < len(self.units):
            return ("", "", "")
        unit = self.units[number]
        return (short_unit(unit.names[0], 0), short_unit(unit.names[1], 1), short_unit(unit.names[2], 2))

    def _body(self, number: int, command: int = -1) -> Names:
        """A body of men by its commander: "Ungern", "Neumann"."""
        if 0 <= number < len(self.units):
            command = self.units[number].command if command < 0 else command
        if 0 <= command < len(self.commands):
            return self.commands[command].names
        return self._unit(number)

    def _leader(self, number: int) -> Names:
        if not 0 <= number < len(self.leaders):
            return ("", "", "")
        e, r, m = self.leaders[number].names
        return surname(e), surname(r), surname(m)

    def _words(self, key: str, **fields: Names | str | int) -> Names:
        def one(language: int) -> str:
            filled = {
                name: value[language]
                if isinstance(value, tuple)
                else rounded(value)
                if isinstance(value, int)
                else value
                for name, value in fields.items()
            }
            return say(key, language, **filled)

        return one(0), one(1), one(2)

    def _tell(self, row: Any, prose: Any) -> Event | None:
        kind = str(prose.kind)
        hour, who, whom = int(row["hour"]), int(row["who"]), int(row["whom"])
        other, n1, n2 = int(row["other"]), int(row["n1"]), int(row["n2"])
        x, y, place = self._where(int(row["where"]))
        side = self.units[who].side if 0 <= who < len(self.units) else -1
        units = tuple(u for u in (who, whom) if 0 <= u < len(self.units))
        text: Names = (prose.text, prose.text, prose.text)
        group, weight = MOVEMENT, 1
        if kind == "battle":
            text = self._words(
                "ev-battle-sides", place=place, one=self._body(who), other=self._body(whom), n1=n1, n2=n2
            )
            group, weight = BATTLE, 2 if min(n1, n2) >= 150 else 1
        elif kind == "battle-ends":
            group = BATTLE
            weight = 3 if n1 + n2 >= ICON_LOSS else 2 if n1 + n2 >= CAPTION_LOSS else 1
            if whom >= 0 and who >= 0:
                text = self._words(
                    "ev-battle-won", place=place, one=self._body(who), other=self._body(whom), n1=n1, n2=n2
                )
        elif kind == "holder":
            new = other if other in (0, 1) else -1
            rank = self.places[int(row["where"])].rank if 0 <= int(row["where"]) < len(self.places) else 3
            if new >= 0:
                text = self._words("ev-holder", place=place, side=self.sides[new])
            group, weight, side = POLITICS, 3 if rank == 1 else 1, new
        elif kind == "mutiny":
            group, weight = POLITICS, 3
            text = self._words("ev-mutiny", who=self._body(who, other))
        elif kind.startswith("commander-"):
            key = {
                "killed": "ev-killed",
                "wounded": "ev-wounded",
                "captured": "ev-captured",
                "flees": "ev-flees",
            }
            word = key.get(kind.removeprefix("commander-"))
            if word and 0 <= other < len(self.leaders):
                text = self._words(word, who=self._leader(other))
                side = self.leaders[other].side
            group, weight = POLITICS, 3
        elif kind == "frontier":
            weight = 3 if n1 >= 1000 else 2 if n1 >= FRONTIER_MEN else 1
            if n1:
                text = self._words("ev-frontier", who=self._body(who), n=n1)
        elif kind == "surrenders":
            group, weight = BATTLE, 2 if n1 >= 50 else 1
            text = self._words("ev-surrenders", who=self._unit(who), n=n1)
        elif kind == "guns-lost":
            group, weight = BATTLE, 2
            text = self._words("ev-guns", who=self._body(who), n=thousands(n1))
        elif kind == "bridge":
            weight = 2
            text = self._words("ev-bridge", who=self._body(who))
        elif kind in ("consequence", "haven"):
            group, weight = POLITICS, 2
        elif kind in (
            "sighted",
            "crosses",
            "enters",
            "hungry",
            "deserts",
            "declines",
            "air-report",
            "joins-battle",
            "rallies",
            "arrives",
        ):
            weight = 0
        return Event(hour, kind, group, text, x, y, side, weight, units)
