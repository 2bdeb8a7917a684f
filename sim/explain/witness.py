"""A run called as a witness: what the record says of a unit, a fight, an order at an hour, and where it says so.

A `Link` is one cause with the rows (`Ref`) that bear it out; `Witness` finds rows and words for `sim.explain.causes`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import cos, hypot, radians
from typing import Any

import numpy as np

from sim.choice.forks import world_of
from sim.errors import UrgaError
from sim.history.columns import KM_LAT, KM_LON
from sim.phrases import Phrase, say
from sim.runs import Run
from sim.state import EVENTS


@dataclass(frozen=True)
class Ref:
    """A number in a run that bears a link out: array of the run (or `orders`), row, column (-1: none), field, value."""

    array: str
    row: int
    column: int
    field: str
    value: float | int | str


@dataclass(frozen=True)
class Link:
    """One cause. key: of `sim.phrases`; depth: 0 for a direct cause, 1 for a cause of that; hour: when it held.

    fields: what fills the phrase, by name; refs: the rows of the run that bear it out.
    """

    key: str
    hour: int
    fields: dict[str, Any]
    refs: tuple[Ref, ...]
    depth: int = 0

    def told(self, lang: str = "en") -> str:
        """The cause in a language (lang: en, ru or mn)."""
        return say(self.key, lang, **self.fields)


class Witness:
    """A run with its record, asked for what bears on an event."""

    def __init__(self, run: Run) -> None:
        if run.record is None:
            raise UrgaError("the run has no record, so its causes cannot be told: play it with its record")
        self.run, self.record = run, run.record
        self.told, self.cast = run.chronicle, run.scenario
        self.kinds = np.array(EVENTS)[self.told["kind"]]

    # -------------------------------------------------------------- references

    def entry(self, row: int, field: str) -> Ref:
        """A field of the chronicle."""
        return Ref("chronicle", row, -1, field, self.told[field][row].item())

    def state(self, hour: int, unit: int, field: str) -> Ref:
        """A field of a unit in the record."""
        return Ref("record", hour, unit, field, self.record[field][hour, unit].item())

    def fight(self, row: int, field: str) -> Ref:
        """A term of the battle rule in an hour."""
        return Ref("battles", row, -1, field, self.run.battles[field][row].item())

    def engagement(self, row: int, field: str) -> Ref:
        """A field of a battle."""
        return Ref("engagements", row, -1, field, self.run.engagements[field][row].item())

    def evening(self, day: int, command: int, field: str) -> Ref:
        """The state of a command in the evening of a day."""
        return Ref("daily", day, command, field, self.run.daily[field][day, command].item())

    def order(self, row: int, field: str) -> Ref:
        """A field of an order."""
        return Ref("orders", row, -1, field, getattr(self.cast.orders[row], field))

    # -------------------------------------------------------------- words

    def site(self, row: int) -> Phrase:
        """A place, or the way between two."""
        if row < len(self.cast.places):
            return Phrase("at", {"place": self.cast.places[max(0, row)]})
        route = self.cast.routes[row - len(self.cast.places)]
        ends = (self.cast.places[self.cast.row_of_place[name]] for name in (route.from_, route.to))
        return Phrase("between", dict(zip("ab", ends, strict=True)))

    def task(self, row: int) -> Phrase:
        """What an order says."""
        order = self.cast.orders[row]
        rows = self.cast.commands if order.task in ("join", "pursue", "attach") else self.cast.places
        wanted = order.objective or order.to_command or order.retreat
        goal = next((one for one in (*rows, *self.cast.commands) if one.id == wanted), None)
        return Phrase(f"task-{order.task}", {"place": goal or Phrase("where-it-stands", {})})

    def date(self, hour: int) -> Any:
        """Date of an hour."""
        return self.cast.date(hour)

    def head(self, row: int) -> Phrase:
        """An entry of the chronicle in words."""
        e, kind = self.told[row], str(self.kinds[row])
        units, other = self.run.units, int(e["other"])
        fields: dict[str, Any] = {"site": self.site(int(e["where"])), "n1": int(e["n1"]), "n2": int(e["n2"])}
        if e["who"] >= 0:
            fields["a"] = units[int(e["who"])]
        if e["whom"] >= 0:
            fields["b"] = units[int(e["whom"])]
        if kind == "battle" and units[int(e["who"])].side == 1:
            fields |= {"n1": int(e["n2"]), "n2": int(e["n1"])}
        if kind == "battle-ends":
            fields |= {"lost": int(e["n2"]), "men": int(e["n1"]), "won": int(e["n3"])}
        if kind == "ordered":
            fields |= {"command": self.cast.commands[int(e["n2"])], "task": self.task(other)}
        if kind == "mutiny":
            fields["command"] = self.cast.commands[other]
        if kind.startswith("commander-"):
            fields["person"] = self.cast.commanders[other]
        if kind == "holder":
            fields |= {"place": self.cast.places[int(e["where"])], "side": self.cast.sides[other]}
        return Phrase(f"head-{kind}", fields)

    # -------------------------------------------------------------- finding rows

    def before(self, row: int, kinds: Sequence[str], hours: float, **fields: int) -> list[int]:
        """Rows before `row` of some kinds, at most so many hours back, whose fields have these values; newest last."""
        hits = np.isin(self.kinds[:row], kinds)
        hits &= self.told["hour"][:row] >= self.told["hour"][row] - hours
        for field, value in fields.items():
            hits &= self.told[field][:row] == value
        return np.flatnonzero(hits).tolist()

    def command_of(self, hour: int, unit: int) -> int:
        """The command that a unit obeys at an hour."""
        return int(self.record["command"][hour, unit])

    @cached_property
    def weights(self) -> dict[str, float]:
        """Rules of the run's world; empty when it cannot be made again."""
        return _rules(json.dumps(self.run.certificate, sort_keys=True))


@lru_cache(maxsize=8)
def _rules(certificate: str) -> dict[str, float]:
    try:
        return {name: one.value for name, one in world_of(json.loads(certificate)).data.rules.items()}
    except UrgaError:
        return {}


def behind(w: Witness, row: int) -> Link:
    """The link to another entry, whose own causes follow it."""
    return Link("battle-behind", int(w.told["hour"][row]), {"event": w.head(row)}, (w.entry(row, "kind"),))


def under_orders(w: Witness, hour: int, unit: int) -> Iterator[Link]:
    """The order that a unit carried out, and what odds it allowed."""
    order = int(w.record["order"][hour, unit])
    if order < 0:
        return
    given = np.flatnonzero((w.kinds == "ordered") & (w.told["other"] == order) & (w.told["hour"] <= hour))
    if len(given):
        row = int(given[-1])
        refs = (w.state(hour, unit, "order"), w.entry(row, "other"), w.entry(row, "hour"), w.order(order, "task"))
        fields = {"unit": w.run.units[unit], "date": w.date(int(w.told["hour"][row])), "task": w.task(order)}
        yield Link("under-orders", int(w.told["hour"][row]), fields, refs)


def km_between(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    return hypot((lon1 - lon2) * KM_LON * cos(radians(lat1)), (lat1 - lat2) * KM_LAT)
