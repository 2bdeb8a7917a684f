"""A run in plain English: every entry of the chronicle as a sentence, and the course of the campaign by date.

`Teller.event` tells one entry: who, where, how many, at what cost. `course` draws the entries of a day together
(the units of a command that reach a place, the fights, who holds what) for `urga replay`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sim.cast import Cast
from sim.state import DAY, EVENTS

if TYPE_CHECKING:
    import numpy as np

    from sim.runs import Run, UnitInfo

MOVE_MEN = 150  # fewer men reach a place or cross a frontier unmentioned in the course
RIVER_MEN = 500  # fewer men cross a river unmentioned
FIGHT_LOSS = 10  # a fight with fewer losses on both sides together is left out of the course
PLACE_RANK = 2  # places of this rank and better are named in the course when they change hands
AIR_DAYS = 5  # aircraft find the same command again: left out for so many days

TASKS = {
    "march": "to march to {place}",
    "attack": "to attack {place}",
    "hold": "to hold {place}",
    "screen": "to screen {place}",
    "raid": "to raid {place}",
    "join": "to join {command}",
    "attach": "to put itself under {command}",
    "detach": "to send part of it to {command}",
    "pursue": "to pursue {command}",
    "withdraw": "to withdraw to {place}",
    "rest": "to rest at {place}",
    "bridge": "to bridge the river at {place}",
    "entrain": "to go by rail to {place}",
    "disperse": "to go home",
}
"""What an order says, by its task."""


@dataclass(frozen=True)
class Event:
    """One entry of the chronicle, told. `hour` is an hour of the campaign, `date` the same as date and time.

    kind is a word of `sim.state.EVENTS`; who, whom are rows of units, where a site (a place, or behind them a route),
    other a row of what the kind says; -1: none. n1, n2, n3 and x are the numbers of the kind.
    """

    hour: int
    date: datetime
    kind: str
    text: str
    who: int
    where: int
    whom: int
    other: int
    n1: int
    n2: int
    n3: int
    x: float


def men(n: int) -> str:
    """`1 man`, `2,100 men`."""
    return "1 man" if n == 1 else f"{n:,} men"


def guns(n: int) -> str:
    """`1 gun`, `3 guns`."""
    return "1 gun" if n == 1 else f"{n} guns"


def the(name: str) -> str:
    """A unit or command within a sentence: `the 4th Regiment`, but `Ungern's brigade`."""
    return name if re.match(r"\S+['\u2019]s?\b", name) or name.startswith("the ") else f"the {name}"


def short(name: str) -> str:
    """A name without what stands in brackets at its end or after a comma: `35th Division`, `Altan-Bulak`."""
    return re.sub(r"\s*\([^)]*\)\s*$", "", name.split(",")[0]).strip() or name


def surname(name: str) -> str:
    """`Rokossovsky` for `K. Rokossovsky`."""
    words = [word for word in name.split() if not word.endswith(".")]
    return words[-1].split("-")[0] if words else name


def sentence(text: str) -> str:
    """The text with a capital at its beginning and a stop at its end."""
    text = text[0].upper() + text[1:]
    return text if text.endswith(".") else text + "."


class Teller:
    """Tells the entries of the chronicles of one cast."""

    def __init__(self, cast: Cast, units: Sequence[UnitInfo]) -> None:
        self.cast, self.units = cast, units
        self.places = [short(place.name) for place in cast.places]
        self.commands = [short(command.name) for command in cast.commands]
        self.commanders = [surname(commander.name) for commander in cast.commanders]
        self._of_command: dict[int, int] = {}
        self._fallen: set[int] = set()  # commanders who command no more, as the chronicle goes on
        names = {commander.id: row for row, commander in enumerate(cast.commanders)}
        for row, command in enumerate(cast.commands):
            if command.commander in names:
                self._of_command[row] = names[command.commander]

    # -------------------------------------------------------------- names

    def unit(self, row: int) -> str:
        """A unit within a sentence."""
        return the(self.units[row].name) if 0 <= row < len(self.units) else "nobody"

    def command(self, row: int) -> str:
        """A command within a sentence."""
        return the(self.commands[row]) if 0 <= row < len(self.commands) else "nobody"

    def commander(self, row: int) -> str:
        """A commander by his surname."""
        return self.commanders[row] if 0 <= row < len(self.commanders) else "nobody"

    def commander_of(self, command: int) -> str:
        """Who commands, or the command itself when it has no commander by name."""
        row = self._of_command.get(command, -1)
        return self.commander(row) if row >= 0 else self.command(command)

    def place(self, row: int) -> str:
        """A place by its short name."""
        return self.places[row] if 0 <= row < len(self.places) else "an unknown place"

    def site(self, row: int) -> str:
        """`at Kiran`, or `between Kiran and Altan-Bulak`."""
        if 0 <= row < len(self.places):
            return f"at {self.places[row]}"
        route = row - len(self.places)
        if 0 <= route < len(self.cast.routes):
            ends = self.cast.row_of_place
            a, b = self.cast.routes[route].from_, self.cast.routes[route].to
            return f"between {self.places[ends[a]]} and {self.places[ends[b]]}"
        return "somewhere"

    def side(self, row: int) -> str:
        """A side within a sentence."""
        return the(self.cast.sides[row].name) if 0 <= row < 2 else "nobody"

    def country(self, row: int) -> str:
        """A country within a sentence: a short form in capitals takes an article."""
        name = self.cast.countries[row] if 0 <= row < len(self.cast.countries) else "nowhere"
        return f"the {name}" if name.isupper() else name

    def body(self, row: int, number: int | None = None, note: str = "") -> str:
        """A unit with its command and its men: `the 4th Regiment (Ungern's brigade, 450 men)`."""
        if not 0 <= row < len(self.units):
            return "nobody"
        command = self.commands[self.units[row].command]
        told = [] if command in self.units[row].name else [command]
        told += [] if number is None else [men(number) + note]
        return self.unit(row) + (f" ({', '.join(told)})" if told else "")

    def _side_of(self, row: int) -> int:
        return self.units[row].side if 0 <= row < len(self.units) else -1

    # -------------------------------------------------------------- entries

    def events(self, chronicle: np.ndarray) -> list[Event]:
        """All entries of a chronicle, in order."""
        self._fallen.clear()
        return [self.event(row) for row in chronicle]

    def event(self, row: Any) -> Event:
        """One entry of a chronicle (a record of `sim.state.EVENT`)."""
        hour, kind = int(row["hour"]), EVENTS[int(row["kind"])] if row["kind"] < len(EVENTS) else "?"
        entry = Event(
            hour=hour,
            date=self.cast.date(hour),
            kind=kind,
            text="",
            who=int(row["who"]),
            where=int(row["where"]),
            whom=int(row["whom"]),
            other=int(row["other"]),
            n1=int(row["n1"]),
            n2=int(row["n2"]),
            n3=int(row["n3"]),
            x=float(row["x"]),
        )
        if kind in _FALLS:
            self._fallen.add(entry.other)
        tell = SENTENCES.get(kind)
        text = tell(self, entry) if tell else f"{self.unit(entry.who)}: {kind} {self.site(entry.where)}"
        return replace(entry, text=sentence(text))

    def order(self, row: int) -> str:
        """What an order says: `to march to Kiran`."""
        if not 0 <= row < len(self.cast.orders):
            return "to stand by"
        order = self.cast.orders[row]
        if not order.objective:
            return TASKS[order.task].split(" at ")[0].split(" {")[0] + (
                " where it stands" if order.task == "hold" else ""
            )
        place = self.place(self.cast.row_of_place.get(order.objective, -1))
        target = order.to_command or order.objective
        command = self.command(self.cast.row_of_command.get(target, -1))
        return TASKS[order.task].format(place=place, command=command)

    def ordered(self, entry: Event) -> str:
        """An order given: n1 men, n2 the command whose commander decides."""
        command = entry.n2
        named = self.cast.orders[entry.other].units if 0 <= entry.other < len(self.cast.orders) else ()
        whom = self._listed(named) if named else self.command(command)
        giver = self._of_command.get(command, -1)
        if giver in self._fallen:
            officers = f"the senior officers of {self.command(command)}"
            return f"{officers} ordered {whom} ({men(entry.n1)}) {self.order(entry.other)}"
        if giver >= 0:
            return f"{self.commander(giver)} ordered {whom} ({men(entry.n1)}) {self.order(entry.other)}"
        return f"{whom} ({men(entry.n1)}) received the order {self.order(entry.other)}"

    def _listed(self, ids: Sequence[str]) -> str:
        """Two units by name, the others by number."""
        by_id = {unit.id: unit.name for unit in self.units}
        names = [the(by_id.get(name, name)) for name in ids[:2]]
        if len(ids) > 2:
            names.append(f"{_number(len(ids) - 2)} more unit{'s' if len(ids) > 3 else ''}")
        return " and ".join(names) if len(names) < 3 else f"{names[0]}, {names[1]} and {names[2]}"

    def battle(self, entry: Event) -> str:
        """A battle begins; n1 and n2 are the men of side 0 and side 1."""
        ours, theirs = (entry.n1, entry.n2) if self._side_of(entry.who) == 0 else (entry.n2, entry.n1)
        surprise = "by surprise " if entry.n3 else ""
        return (
            f"{self.body(entry.who, ours, ' in all')} {surprise}attacked {self.body(entry.whom, theirs, ' in all')} "
            f"{self.site(entry.where)}"
        )

    def battle_ends(self, entry: Event) -> str:
        """A battle is won; n1 men of the loser, n2 lost by him, n3 by the winner, x hours."""
        return (
            f"{self.body(entry.who)} beat {self.body(entry.whom)} {self.site(entry.where)} after {_hours(entry.x)}: "
            f"the beaten lost {entry.n2:,} of {men(entry.n1)}, the victors {entry.n3:,}"
        )

    def declines(self, entry: Event) -> str:
        """A side gives way without a fight."""
        return (
            f"{self.body(entry.who, entry.n1, ' in all')} declined battle {self.site(entry.where)} and gave way before "
            f"{self.body(entry.whom, entry.n2, ' in all')}"
        )

    def guns_lost(self, entry: Event) -> str:
        """Guns lost: taken in a rout (n2 = 1), or left because only a trail was open."""
        how = "lost" if entry.n2 else "left behind"
        return f"{self.unit(entry.who)} {how} {guns(entry.n1)} {self.site(entry.where)}"

    def holder(self, entry: Event) -> str:
        """A place changes hands; other: the new holder, n1 the old one."""
        if entry.other < 0:
            return f"{self.place(entry.where)} fell to nobody"
        before = f" from {self.side(entry.n1)}" if entry.n1 >= 0 else ""
        return f"{self.place(entry.where)} passed{before} to {self.side(entry.other)}"

    def execution(self, entry: Event) -> str:
        """A commander has men of his own executed."""
        number = "a man" if entry.n1 == 1 else f"{entry.n1} men"
        return f"{self.commander_of(entry.other)} had {number} of his own executed {self.site(entry.where)}"

    def beating(self, entry: Event) -> str:
        """A commander beats his second."""
        above = {command.id: row for row, command in enumerate(self.cast.commands)}
        superior = (
            above.get(self.cast.commands[entry.other].superior, -1) if 0 <= entry.other < len(self.commands) else -1
        )
        who = self.commander_of(superior) if superior >= 0 else "a superior"
        return f"{who} had {self.commander_of(entry.other)} beaten before his men {self.site(entry.where)}"

    def killed(self, entry: Event) -> str:
        """A commander falls in battle, or is killed by his own men (n3 = 1)."""
        how = "by mutineers" if entry.n3 else f"in battle with {self.unit(entry.who)}"
        return f"{self.commander(entry.other)} was killed {how} {self.site(entry.where)}"

    def captured(self, entry: Event) -> str:
        """A commander is taken, by unit who, with n1 men of his escort."""
        return (
            f"{self.commander(entry.other)} was taken {self.site(entry.where)} by {self.unit(entry.who)}, "
            f"with {men(entry.n1)} of his escort"
        )

    def consequence(self, entry: Event) -> str:
        """What the fall of a place sets off, in the words of the scenario."""
        item = self.cast.consequences[entry.other] if 0 <= entry.other < len(self.cast.consequences) else None
        return item.text if item is not None and item.text else f"the fall of {self.place(entry.where)} was felt"

    def air_report(self, entry: Event) -> str:
        """Aircraft see a body of men."""
        hidden = ", camped in woods, taken for fewer than they were" if entry.n2 else ""
        return f"aircraft saw {self.body(entry.whom, entry.n1, hidden)} {self.site(entry.where)}"


def _hours(x: float) -> str:
    n = max(1, round(x))
    return "an hour" if n == 1 else f"{n} hours"


_FALLS = ("commander-killed", "commander-captured", "commander-flees")
SENTENCES: dict[str, Callable[[Teller, Event], str]] = {
    "enters": lambda t, e: f"{t.body(e.who, e.n1)} entered the campaign {t.site(e.where)}",
    "ordered": Teller.ordered,
    "arrives": lambda t, e: f"{t.body(e.who, e.n1)} reached {t.place(e.where)}",
    "battle": Teller.battle,
    "battle-ends": Teller.battle_ends,
    "declines": Teller.declines,
    "surrenders": lambda t, e: (
        f"{t.body(e.who)} laid down arms {t.site(e.where)}: {men(e.n1)}"
        + (f" and {guns(e.n2)}" if e.n2 else "")
        + " taken"
    ),
    "guns-lost": Teller.guns_lost,
    "frontier": lambda t, e: f"{t.body(e.who, e.n1)} crossed into {t.country(e.other)} {t.site(e.where)}",
    "crosses": lambda t, e: f"{t.body(e.who, e.n1)} crossed the river near {t.place(e.where)} in {_hours(e.n2)}",
    "holder": Teller.holder,
    "sighted": lambda t, e: f"{t.body(e.who)} sighted {t.body(e.whom)} {t.site(e.where)}",
    "execution": Teller.execution,
    "beating": Teller.beating,
    "mutiny": lambda t, e: (
        f"mutiny in {t.command(e.other)} {t.site(e.where)}: {men(e.n1)} followed the plot, {e.n2} in a hundred "
        f"officers were in it"
    ),
    "commander-killed": Teller.killed,
    "commander-wounded": lambda t, e: f"{t.commander(e.other)} was wounded {t.site(e.where)} with {t.unit(e.who)}",
    "commander-captured": Teller.captured,
    "commander-flees": lambda t, e: f"{t.commander(e.other)} fled {t.site(e.where)} with {men(e.n1)}",
    "deserts": lambda t, e: f"{men(e.n1)} of {t.body(e.who)} deserted {t.site(e.where)} within a day",
    "hungry": lambda t, e: f"{t.body(e.who, e.n1)} went three days without a full ration {t.site(e.where)}",
    "bridge": lambda t, e: f"{t.body(e.who, e.n1)} finished a bridge {t.site(e.where)}",
    "joins": lambda t, e: f"{t.unit(e.who)} ({men(e.n1)}) came under {t.command(e.other)}",
    "disperses": lambda t, e: (
        f"{t.body(e.who)} fell apart {t.site(e.where)}"
        + (f": the last {men(e.n1)} went their own ways" if e.n1 else "")
    ),
    "consequence": Teller.consequence,
    "split": lambda t, e: f"{men(e.n1)} parted from {t.unit(e.whom)} and went with {t.command(e.other)}",
    "haven": lambda t, e: f"{t.body(e.who, e.n1)} reached safety {t.site(e.where)}",
    "rallies": lambda t, e: f"{t.body(e.who, e.n1)} rallied {t.site(e.where)}",
    "air-report": Teller.air_report,
    "hands-over": lambda t, e: f"the escort handed {t.commander(e.other)} over {t.site(e.where)}",
    "joins-battle": lambda t, e: f"{t.body(e.who, e.n1)} joined the fight {t.site(e.where)}",
}
"""How each kind of entry is told."""


# ---------------------------------------------------------------------- the course by date


@dataclass
class Line:
    """A line of the course: the hour of its first entry and what happened."""

    hour: int
    text: str


@dataclass
class _Group:
    """Entries of one day that make one line."""

    hour: int
    kind: str
    entries: list[Event] = field(default_factory=list[Event])

    @property
    def men(self) -> int:
        return sum(entry.n1 for entry in self.entries)


_TOGETHER = (
    "arrives",
    "frontier",
    "crosses",
    "hungry",
    "haven",
    "joins",
    "deserts",
    "surrenders",
    "disperses",
    "execution",
    "enters",
)
"""Kinds of which the entries of a command on one day at one place make one line."""
_LEFT_OUT = ("sighted", "joins-battle", "split", "rallies", "guns-lost", "battle")
"""Kinds that the course leaves out: told with others, or too small."""


def course(run: Run) -> list[Line]:
    """The course of a run as lines in order of time, each naming who, where, how many and what it cost."""
    teller = Teller(run.scenario, run.units)
    groups: dict[tuple[Any, ...], _Group] = {}
    seen: dict[int, int] = {}
    for number, entry in enumerate(teller.events(run.chronicle)):
        if entry.kind in _LEFT_OUT:
            continue
        key: tuple[Any, ...] = (entry.hour // DAY, entry.kind)
        command = run.units[entry.who].command if entry.who >= 0 else -1
        if entry.kind == "execution":
            date = run.scenario.date(entry.hour)
            key = (date.month, date.day > 15, entry.kind, entry.other)
        elif entry.kind in _TOGETHER:
            key += (command, entry.where, entry.other if entry.kind == "frontier" else 0)
        elif entry.kind == "declines":
            key += (command, entry.where)
        elif entry.kind == "air-report":
            command = run.units[entry.whom].command if entry.whom >= 0 else -1
            if entry.hour - seen.get(command, -(10**6)) < AIR_DAYS * DAY:
                continue
            seen[command] = entry.hour
            key += (command,)
        else:
            key += (number,)
        groups.setdefault(key, _Group(entry.hour, entry.kind)).entries.append(entry)
    for key in [
        key
        for key in groups
        if key[1] == "arrives"
        and any((key[0], "frontier", *key[2:4], country) in groups for country in range(len(run.scenario.countries)))
    ]:
        del groups[key]  # told as the crossing of the frontier there
    taken = _guns_taken(run)
    lines = [
        Line(group.hour, sentence(text)) for group in groups.values() if (text := _tell(teller, run, group, taken))
    ]
    return sorted(lines, key=lambda line: line.hour)


def _guns_taken(run: Run) -> dict[int, int]:
    """Guns that the loser of each battle lost, by row of the battle."""
    rows = run.chronicle[run.chronicle["kind"] == EVENTS.index("guns-lost")]
    found: dict[int, int] = {}
    for row in rows[rows["n2"] == 1]:
        found[int(row["other"])] = found.get(int(row["other"]), 0) + int(row["n1"])
    return found


def _tell(teller: Teller, run: Run, group: _Group, taken: dict[int, int]) -> str:
    first = group.entries[0]
    if group.kind in _TOGETHER:
        return _tell_together(teller, run, group)
    if group.kind == "battle-ends":
        if first.n2 + first.n3 < FIGHT_LOSS:
            return ""
        winner, loser = (
            teller.command(run.units[row].command) if row >= 0 else "nobody" for row in (first.who, first.whom)
        )
        battle = run.engagements[first.other] if 0 <= first.other < len(run.engagements) else None
        strength = ""
        if battle is not None:
            winner, loser = (
                teller.command(int(battle[name]))
                for name in (
                    ("command_left", "command_right") if battle["winner"] == 0 else ("command_right", "command_left")
                )
            )
            strength = f" ({men(int(battle['men_left' if battle['winner'] == 0 else 'men_right']))})"
        cost = f", and {guns(taken[first.other])}" if first.other in taken else ""
        return (
            f"{winner}{strength} beat {loser} ({men(first.n1)}) {teller.site(first.where)} in {_hours(first.x)}; "
            f"it cost the beaten {men(first.n2)}{cost}, the victors {men(first.n3)}"
        )
    if group.kind == "holder" and teller.cast.places[first.where].rank > PLACE_RANK:
        return ""
    if group.kind == "declines":
        if first.n1 < MOVE_MEN:
            return ""
        shy, other = (teller.command(run.units[row].command) for row in (first.who, first.whom))
        return (
            f"{shy} ({men(first.n1)}) declined battle {teller.site(first.where)} and gave way before {other} "
            f"({men(first.n2)})"
        )
    return first.text


def _tell_together(teller: Teller, run: Run, group: _Group) -> str:
    first, number = group.entries[0], group.men
    where = teller.site(first.where)
    if group.kind == "execution":
        until = teller.cast.date(group.entries[-1].hour)
        when = "" if len(group.entries) == 1 else f" by {until.day} {until:%B}"
        place = where if len({entry.where for entry in group.entries}) == 1 else "on the way"
        dead = "a man" if number == 1 else f"{number} men"
        return f"{teller.commander_of(first.other)} had {dead} of his own executed {place}{when}"
    command = run.units[first.who].command if first.who >= 0 else -1
    one = len(group.entries) == 1
    who = teller.body(first.who, number) if one else f"{teller.command(command)} ({men(number)})"
    if number < {"arrives": MOVE_MEN, "frontier": MOVE_MEN, "crosses": RIVER_MEN}.get(group.kind, 0):
        return ""
    if group.kind == "frontier" and first.who >= 0:
        home = teller.cast.sides[run.units[first.who].side].home
        if all(
            0 <= row < len(teller.cast.countries) and teller.cast.countries[row] in home
            for row in (first.other, first.n2)
        ):
            return ""
    whole = teller.body(first.who) if one else teller.command(command)
    part = "" if one else f"{_number(len(group.entries))} units of "
    return {
        "arrives": f"{part}{who} reached {teller.place(first.where)}",
        "frontier": f"{part}{who} crossed into {teller.country(first.other)} {where}",
        "crosses": f"{part}{who} crossed the river near {teller.place(first.where)}",
        "hungry": f"{part}{who} went three days without a full ration {where}",
        "haven": f"{part}{who} reached safety {where}",
        "joins": f"{part}{who} came under {teller.command(first.other)}",
        "deserts": f"{men(number)} deserted from {teller.command(command)} {where}",
        "surrenders": f"{part}{whole} laid down arms {where}: {men(number)}"
        + (f" and {guns(sum(e.n2 for e in group.entries))}" if any(e.n2 for e in group.entries) else "")
        + " taken",
        "disperses": f"{part}{whole} fell apart {where}"
        + (f": the last {men(number)} went their own ways" if number else ""),
        "enters": f"{part}{who} entered the campaign {where}",
    }[group.kind]


def _number(n: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    return words[n] if n < len(words) else str(n)


def tell_dates(cast: Cast, lines: Iterable[Line]) -> list[tuple[str, str]]:
    """Lines with their date in front (`3 June`), once a day."""
    told: list[tuple[str, str]] = []
    last = ""
    for line in lines:
        date = cast.date(line.hour)
        day = f"{date.day} {date:%B}"
        told.append(("" if day == last else day, line.text))
        last = day
    return told
