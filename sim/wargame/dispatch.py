"""What is reported to a player since the game last stood still: his side's own events, and enemies who come near."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from sim.cast import Cast
from sim.history.columns import KM_LAT, KM_LON
from sim.phrases import say
from sim.runs import UnitInfo, unit_infos
from sim.scenario import Scenario
from sim.state import EVENTS, N_EVENTS, State
from sim.wargame.picture import Picture, place_row, rows_of

ALARM_KM = (40.0, 15.0)  # an enemy who is reported within the next of these distances of a unit is news
URGENT = (
    "battle",
    "won",
    "lost",
    "declines",
    "pushes",
    "surrenders",
    "disperses",
    "arrives",
    "gained",
    "fell",
    "mutiny",
    "killed",
    "taken",
    "flees",
)
"""Kinds at which a game stops."""
_OWN = {
    "declines": "declines",
    "surrenders": "surrenders",
    "disperses": "disperses",
    "arrives": "arrives",
    "hungry": "hungry",
    "guns-lost": "guns-lost",
    "rallies": "rallies",
    "enters": "enters",
}
"""Entries of the chronicle about a unit of one's own -> kind of news."""
_PEOPLE = {
    "commander-killed": "killed",
    "commander-wounded": "wounded",
    "commander-captured": "taken",
    "commander-flees": "flees",
}


@dataclass(frozen=True)
class News:
    """One piece of news. row: of the chronicle, -1 for an alarm; unit, place, command, person: ids, "" for none.

    hour, date: when it reached the player; kind: of the chronicle's entry, or `alarm`; urgent: it stops the game;
    names: what fills the phrase of `sim.phrases`.
    """

    hour: int
    date: datetime
    kind: str
    row: int
    unit: str
    place: str
    urgent: bool
    names: dict[str, Any]

    def told(self, lang: str = "en") -> str:
        """The news in a language (lang: en, ru or mn)."""
        near = "-here" if self.kind == "alarm" and not self.names["km"] else ""
        return say(f"news-{self.kind}{near}", lang, **self.names)


class NewsReader:
    """Reads the news of a side off a state."""

    def __init__(self, scenario: Scenario, state: State, side: int) -> None:
        self.scenario, self.state, self.side = scenario, state, side
        self.cast = Cast.of(scenario)
        self.units = unit_infos(scenario, state)

    def since(self, row: int, known: Picture, before: Picture) -> tuple[News, ...]:
        """News from a row of the chronicle on, and enemies who came near since the picture `before`, by time."""
        told = self.state.chronicle[: int(self.state.counts[N_EVENTS])]
        found = [news for k in range(row, len(told)) if (news := self._entry(k, told[k])) is not None]
        return tuple(sorted([*found, *self.alarms(known, before)], key=lambda one: one.hour))

    def _mine(self, unit: int) -> bool:
        return 0 <= unit < len(self.units) and self.units[unit].side == self.side

    def _entry(self, row: int, entry: Any) -> News | None:
        kind, who, whom, other = EVENTS[int(entry["kind"])], int(entry["who"]), int(entry["whom"]), int(entry["other"])
        if kind in ("battle", "battle-ends") and (self._mine(who) or self._mine(whom)):
            own = who if self._mine(who) else whom
            return self._news(row, entry, "battle" if kind == "battle" else "won" if own == who else "lost", own)
        if kind == "declines" and self._mine(whom):
            return self._news(row, entry, "pushes", whom)
        if kind == "holder" and self.side in (other, int(entry["n1"])):
            return self._news(row, entry, "gained" if other == self.side else "fell", -1)
        if kind in _PEOPLE and 0 <= other < len(self.cast.commanders):
            person = self.cast.commanders[other]
            if person.side == self.scenario.side_ids[self.side]:
                return self._news(row, entry, _PEOPLE[kind], -1, person=person)
            return None
        if kind == "mutiny" and self.cast.commands[other].side == self.scenario.side_ids[self.side]:
            return self._news(row, entry, "mutiny", who, command=self.cast.commands[other])
        if kind in _OWN and self._mine(who):
            return self._news(row, entry, _OWN[kind], who)
        return None

    def _news(self, row: int, entry: Any, kind: str, unit: int, **more: Any) -> News:
        place = self._place(int(entry["where"]))
        names: dict[str, Any] = {"place": self.cast.places[place], **more}
        if unit >= 0:
            names["unit"] = self.units[unit]
        return News(
            hour=int(entry["hour"]),
            date=self.scenario.date(int(entry["hour"])),
            kind=kind,
            row=row,
            unit=self.units[unit].id if unit >= 0 else "",
            place=self.cast.places[place].id,
            urgent=kind in URGENT,
            names=names,
        )

    def _place(self, site: int) -> int:
        """The place of a site; of a route its first end."""
        places = len(self.cast.places)
        return site if site < places else int(self.scenario.tables.routes["a"][site - places])

    def alarms(self, known: Picture, before: Picture) -> list[News]:
        """Enemies who are reported nearer to one's own units than they were known to be: one piece of news a place.

        Nearer means within the next of `ALARM_KM`; who only moves about at the same distance is no news.
        """
        rows = rows_of(self.state, self.side, aircraft=False)
        if not rows:
            return []
        at = np.array([place_row(self.scenario, self.state.units[row]) for row in rows])
        came: dict[int, list[tuple[int, int]]] = {}
        for enemy, (seen, place, men) in sorted(known.items()):
            if men > 0 and before.get(enemy) != known[enemy]:
                ring = sum(self._nearest(at, place)[1] <= km for km in ALARM_KM)
                if enemy not in before or ring > sum(self._nearest(at, before[enemy][1])[1] <= km for km in ALARM_KM):
                    came.setdefault(place, []).append((seen, men))
        found: list[News] = []
        for place, reports in came.items():
            nearest, km = self._nearest(at, place)
            if km <= ALARM_KM[0]:
                seen, men = max(one for one, _ in reports), sum(number for _, number in reports)
                found.append(self._alarm(seen, place, men, km, self.units[rows[nearest]]))
        return found

    def _nearest(self, at: np.ndarray, place: int) -> tuple[int, float]:
        """Which of some places (rows) is nearest to a place, and its distance as the crow flies, km."""
        places = self.scenario.tables.places
        x = (places["lon"][at] - places["lon"][place]) * KM_LON * np.cos(np.radians(places["lat"][place]))
        km = np.hypot(x, (places["lat"][at] - places["lat"][place]) * KM_LAT)
        nearest = int(np.argmin(km))
        return nearest, float(km[nearest])

    def _alarm(self, seen: int, place: int, men: int, km: float, unit: UnitInfo) -> News:
        entry = self.cast.places[place]
        return News(
            hour=seen,
            date=self.scenario.date(seen),
            kind="alarm",
            row=-1,
            unit=unit.id,
            place=entry.id,
            urgent=True,
            names={"unit": unit, "km": round(km), "men": round(men, -1), "place": entry},
        )
