"""Turns the run's chronicle into what the screen says.

Captions in three languages, icons, and how much each matters.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from viz import camps
from viz.lettering import rounded, thousands
from viz.tape import BATTLE, MOVEMENT, POLITICS, Command, Event, Leader, Names, Order, Place, Route, Unit
from viz.words import COUNTRIES, WORDS, say

#: Losses from which a battle is worth a caption, and an icon; men from which a crossing of the frontier is.
CAPTION_LOSS, ICON_LOSS, FRONTIER_MEN = 60, 150, 900
#: Kinds of event that neither map nor list mentions: there are hundreds, and the chips show them.
UNTOLD = (
    *("sighted", "crosses", "enters", "declines", "air-report"),
    *("joins-battle", "rallies", "arrives", "hungry", "deserts"),
)
_POLITICS = frozenset({"execution", "beating", "consequence", "haven", "hands-over"})
_RARE = {
    "bridge": "ev-bridge",
    "joins": "ev-attached",
    "disperses": "ev-disperses",
    "consequence": "ev-consequence",
    "haven": "ev-haven",
}


@lru_cache(maxsize=4096)
def short_place(name: str) -> str:
    """A place name as the map writes it: without what stands in brackets or after a comma."""
    return re.sub(r"\s*\([^)]*\)", "", name).split(",")[0].split(" / ")[0].strip()


@lru_cache(maxsize=1024)
def surname(name: str) -> str:
    """The last word of a person's name, without initials."""
    words = [w for w in name.replace("\u00a0", " ").split() if not re.fullmatch(r"(\w{1,2}\.)+", w)]
    if not words:
        return name
    if words[-1].lower() in ("гүн", "gun") and len(words) > 1:
        # a title behind the name is no surname
        return " ".join(words[-2:])
    first, _, rest = words[-1].partition("-")
    # Ungern for Ungern-Sternberg, but Bair-gun and Сухэ-Батор whole
    return first if rest[:1].isupper() and len(first) >= 5 else words[-1]


@lru_cache(maxsize=1024)
def short_unit(name: str, language: int) -> str:
    """A unit's name short enough for a chip: regiment to Rgt, brigade to Bde, and so on."""
    escort = re.match(r"(?:Escort of|Конвой:|Дагалдагч:)\s*(.+)", name)
    if escort:
        return surname(escort[1])
    name = re.sub(r"\s*\([^)]*\)", "", name)
    name = re.split(r"\s(?:and|и|ба|of the|5-й армии)\b", name)[0]
    for pattern, short in _SHORTER[language]:
        name = re.sub(pattern, short, name, flags=re.IGNORECASE)
    return name.split(",")[0].strip()


_BODY = re.compile(
    r"\b(group|army|division|brigade|regiment|battalion|cavalry|infantry|garrison|posts?|reserves?|corps|detachment|"
    r"column|troops|forces?|flotilla|squadron|command)\b",
    re.IGNORECASE,
)


def the(names: Names) -> Names:
    """A body's names as they stand in a sentence: in English with the article, unless it is called after somebody."""
    e, r, m = names
    return (f"the {e}" if _BODY.search(e) and "'s " not in e and not e.startswith("the ") else e), r, m


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
        (r"\bпограничные посты\b", "Погранпосты"),
        (r"кавалерийский полк", "кавполк"),
        (r"\bполк\b", "п."),
        (r"\bстрелковый\b\s*", "стр. "),
        (r"\bбатальон\b", "бн"),
        (r"\bотряд\b", "отр."),
        (r"\bпартизаны\b\s*", ""),
        (r"\bгарнизон\b", "гарн."),
    ),
    (
        (r"морин бригад", "мор. бр."),
        (r"буудлагын\s*", ""),
        (r"\bхороо\b", "хор."),
        (r"\bбатальон\b", "бат."),
        (r"\bгарнизон\b", "гарн."),
    ),
)


def told_rows(run: Any) -> list[tuple[dict[str, Any], Any]]:
    """The rows of a run's chronicle that the screen tells, by column and as numbers of Python, each with its entry."""
    entries: list[Any] = list(run.events())
    table = run.chronicle
    if len(entries) != len(table):
        raise ValueError(f"a chronicle of {len(table)} rows has {len(entries)} entries")
    codes: list[int] = table["kind"].tolist()
    firsts = {code: n for n, code in zip(range(len(codes) - 1, -1, -1), reversed(codes), strict=True)}
    told = {code for code, n in firsts.items() if str(entries[n].kind) not in UNTOLD}
    wanted = [n for n, code in enumerate(codes) if code in told]
    names: tuple[str, ...] = table.dtype.names
    part = table[wanted]
    columns = zip(*(part[name].tolist() for name in names), strict=True)
    return [(dict(zip(names, row, strict=True)), entries[n]) for n, row in zip(wanted, columns, strict=True)]


@lru_cache(maxsize=8192)
def _worded(key: str, *fields: tuple[str, Names | str | int]) -> Names:
    """A text in each language with its braces filled; runs of one campaign say much that is the same."""

    def one(language: int) -> str:
        filled = {
            name: value[language] if isinstance(value, tuple) else rounded(value) if isinstance(value, int) else value
            for name, value in fields
        }
        return say(key, language, **filled)

    return one(0), one(1), one(2)


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
        called: tuple[Names, Names],
        countries: tuple[str, ...] = (),
        homes: tuple[tuple[str, ...], ...] = ((), ()),
    ) -> None:
        self.units, self.places, self.routes = units, places, routes
        self.commands, self.leaders, self.orders, self.countries = commands, leaders, orders, countries
        self.homes, self.called = homes, called

    def events(self, run: Any) -> list[Event]:
        """All events of a run in order of time; those the screen need not mention are left out."""
        found: list[Event] = []
        crossings: list[Any] = []
        for row, prose in told_rows(run):
            if str(prose.kind) == "frontier":
                crossings.append(row)
                continue
            event = self._tell(row, prose)
            if event is not None:
                found.append(event)
        found += self._frontier(crossings)
        found.sort(key=lambda e: (e.hour, -e.weight))
        return found

    def _frontier(self, rows: list[Any]) -> list[Event]:
        """Crossings of the frontier: those of one side into one country within three days are one event.

        A unit that crosses the same way again within a week does not count anew.
        """
        last: dict[tuple[int, int], int] = {}
        waves: list[list[Any]] = []
        open_: dict[tuple[int, int], list[Any]] = {}
        for row in rows:
            who, hour, country = int(row["who"]), int(row["hour"]), int(row["other"])
            again = hour - last.get((who, country), -1000) < 7 * 24
            last[(who, country)] = hour
            if again or not 0 <= who < len(self.units):
                continue
            key = (self.units[who].side, country)
            wave = open_.get(key)
            if wave is None or hour - int(wave[0]["hour"]) > 72:
                wave = open_[key] = []
                waves.append(wave)
            wave.append(row)
        return [self._wave(wave) for wave in waves]

    def _wave(self, wave: list[Any]) -> Event:
        """One event for a wave of units over the frontier.

        At the place and hour at which most of it was over.
        """
        men = sum(int(r["n1"]) for r in wave)
        gone, middle = 0, wave[0]
        for row in wave:
            gone += int(row["n1"])
            if gone * 2 >= men:
                middle = row
                break
        share: dict[int, int] = {}
        for row in wave:
            command = self.units[int(row["who"])].command
            share[command] = share.get(command, 0) + int(row["n1"])
        main = max(share, key=lambda c: (share[c], -c))
        x, y, _ = self._where(int(middle["where"]))
        side = self.units[int(wave[0]["who"])].side
        body = self.commands[main].names if share[main] * 3 >= men * 2 and 0 <= main < len(self.commands) else None
        short = self._short(body) if body else self.called[side]
        country = int(middle["other"])
        into = COUNTRIES.get(self.countries[country]) if 0 <= country < len(self.countries) else None
        key = "ev-frontier-into" if into else "ev-frontier"
        text = self._words(key, who=short, n=men, country=into or ("", "", ""))
        home = 0 <= country < len(self.countries) and self.countries[country] in self.homes[side]
        weight = 1 if men < 400 else 3 if men >= FRONTIER_MEN and not home else 2
        units = tuple(int(r["who"]) for r in wave)
        return Event(int(middle["hour"]), "frontier", MOVEMENT, text, x, y, side, weight, units)

    @staticmethod
    def lost_leaders(run: Any) -> dict[int, int]:
        """Hour at which each commander was killed, taken, or fled."""
        found: dict[int, int] = {}
        for row, prose in told_rows(run):
            if str(prose.kind) in ("commander-killed", "commander-captured", "commander-flees"):
                found.setdefault(int(row["other"]), int(row["hour"]))
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
            return self._short(self.commands[command].names)
        return self._unit(number)

    @staticmethod
    def _short(names: Names) -> Names:
        return short_place(names[0]), short_place(names[1]), short_place(names[2])

    def _leader(self, number: int) -> Names:
        if not 0 <= number < len(self.leaders):
            return ("", "", "")
        e, r, m = self.leaders[number].names
        return surname(e), surname(r), surname(m)

    @staticmethod
    def _words(key: str, **fields: Names | str | int) -> Names:
        return _worded(key, *fields.items())

    def _rare(self, kind: str, row: Any, place: Names) -> Names:
        """The events that the list alone mentions, and those of kinds that are not known here."""
        who, other, n = int(row["who"]), int(row["other"]), int(row["n1"])
        if kind == "ordered" and 0 <= other < len(self.orders):
            order = self.orders[other]
            word = f"task-{order.task}"
            task = WORDS.get(word, (order.task, order.task, order.task))
            goal = self.places[order.place].names if 0 <= order.place < len(self.places) else ("", "", "")
            return self._words("ev-ordered", who=self._body(who, int(row["n2"])), task=task, place=goal)
        if kind == "hands-over":
            return self._words("ev-hands-over", who=self._leader(other))
        if kind in ("execution", "beating"):
            return self._words(f"ev-{kind}", who=self._chief(who, other), n=thousands(n), place=place)
        to = self._body(-1, other) if 0 <= other < len(self.commands) else ("", "", "")
        if kind == "split":
            return self._words("ev-split", who=self._unit(int(row["whom"])), other=to, n=thousands(n))
        body = self._unit(who) if kind in ("joins", "disperses") else self._body(who)
        return self._words(_RARE.get(kind, "ev-other"), who=body, other=to, n=n, place=place)

    def _chief(self, unit: int, command: int) -> Names:
        """Who leads a command, by name; the command itself when it has no leader of its own."""
        if 0 <= command < len(self.commands) and self.commands[command].leader >= 0:
            return self._leader(self.commands[command].leader)
        return self._body(unit, command)

    def _as_told(self, key: str, side: int, *, n1: int, n2: int, **fields: Names) -> tuple[Names, Names]:
        """A text with the men of ``side`` (n1) and the other's (n2) as each side tells it: the enemy's as a guess."""
        guess1, guess2 = (f"~{rounded(n)}" if n < 100 else f"~{thousands(round(n, -2))}" for n in (n1, n2))
        mine = self._words(key, n1=rounded(n1), n2=guess2, **fields)
        theirs = self._words(key, n1=guess1, n2=rounded(n2), **fields)
        return (mine, theirs) if side == 0 else (theirs, mine)

    def _tell(self, row: Any, prose: Any) -> Event | None:
        kind = str(prose.kind)
        hour, who, whom = int(row["hour"]), int(row["who"]), int(row["whom"])
        other, n1, n2 = int(row["other"]), int(row["n1"]), int(row["n2"])
        x, y, place = self._where(int(row["where"]))
        side = self.units[who].side if 0 <= who < len(self.units) else -1
        units = tuple(u for u in (who, whom) if 0 <= u < len(self.units))
        text: Names = ("", "", "")
        group, weight = MOVEMENT, 1
        told: tuple[Names, Names] | None = None
        if kind == "battle":
            one, two = (n1, n2) if side == 0 else (n2, n1)
            told = self._as_told(
                "ev-battle-sides", side, place=place, one=self._body(who), other=self._body(whom), n1=one, n2=two
            )
            text = self._words(
                "ev-battle-sides", place=place, one=self._body(who), other=self._body(whom), n1=one, n2=two
            )
            group, weight = BATTLE, 2 if min(n1, n2) >= 150 else 1
        elif kind == "battle-ends":
            lost = n2 + int(row["n3"])
            group = BATTLE
            weight = 3 if lost >= ICON_LOSS else 2 if lost >= CAPTION_LOSS else 1
            if whom >= 0 and who >= 0:
                one, other = the(self._body(who)), the(self._body(whom))
                text = self._words("ev-battle-won", place=place, one=one, other=other, n1=int(row["n3"]), n2=n2)
                won, beaten = (
                    self._words("ev-battle-won-own", place=place, one=one, other=other, n=n)
                    for n in (int(row["n3"]), n2)
                )
                told = (won, beaten) if side == 0 else (beaten, won)
        elif kind == "holder":
            new = other if other in (0, 1) else -1
            rank = self.places[int(row["where"])].rank if 0 <= int(row["where"]) < len(self.places) else 3
            if new >= 0:
                text = camps.taken(self.called, new, place)
            group, weight, side = POLITICS, 3 if rank == 1 else 1, new
        elif kind == "mutiny":
            group, weight = POLITICS, 3
            text = self._words("ev-mutiny", who=self._body(who, other), n=n1)
        elif kind.startswith("commander-"):
            key = {
                "killed": "ev-killed",
                "wounded": "ev-wounded",
                "captured": "ev-captured",
                "flees": "ev-flees",
            }
            word = key.get(kind.removeprefix("commander-"))
            if word == "ev-killed" and int(row["n3"]) == 1:
                word = "ev-murdered"
            if word and 0 <= other < len(self.leaders):
                text = self._words(word, who=self._leader(other))
                side = self.leaders[other].side
            group, weight = POLITICS, 3
        elif kind == "surrenders":
            group, weight = BATTLE, 2 if n1 >= 50 else 1
            text = self._words("ev-surrenders", who=self._unit(who), n=n1)
        elif kind == "guns-lost":
            group, weight = BATTLE, 2 if n1 >= 3 else 1
            text = self._words("ev-guns", who=self._body(who), n=thousands(n1))
        elif kind in UNTOLD:
            return None
        else:
            group = POLITICS if kind in _POLITICS else MOVEMENT
            text = self._rare(kind, row, place)
        number = int(row["where"]) if int(row["where"]) < len(self.places) else -1
        return Event(hour, kind, group, text, x, y, side, weight, units, number, told)
