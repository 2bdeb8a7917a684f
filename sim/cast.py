"""Who and where: the rows to which the numbers of a run refer.

A run speaks of places, routes, units, commands, commanders and orders by their row. `Cast` holds those rows, in the
order of the engine's tables (sorted by id), as the scenario files describe them after patches. It is small, goes
into a run file whole, and so makes a run file readable without the scenario folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from sim.scenario_files import (
    Command,
    Commander,
    Consequence,
    Depot,
    Faction,
    Header,
    History,
    Order,
    Place,
    Route,
    Side,
    Unit,
)

if TYPE_CHECKING:
    from sim.scenario import Scenario

RowT = TypeVar("RowT", bound=BaseModel)


@dataclass(frozen=True)
class Cast:
    """The rows of a run. `plan` is the id of the plan; `orders` are its orders, one a row of the engine's table."""

    header: Header
    plan: str
    places: tuple[Place, ...]
    routes: tuple[Route, ...]
    units: tuple[Unit, ...]
    commands: tuple[Command, ...]
    commanders: tuple[Commander, ...]
    factions: tuple[Faction, ...]
    consequences: tuple[Consequence, ...]
    depots: tuple[Depot, ...]
    orders: tuple[Order, ...]
    history: History

    @property
    def id(self) -> str:
        """Id of the scenario."""
        return self.header.id

    @property
    def title(self) -> str:
        """Title of the scenario."""
        return self.header.title

    @property
    def sides(self) -> tuple[Side, ...]:
        """The two sides; a side is called by its index."""
        return self.header.sides

    @cached_property
    def countries(self) -> tuple[str, ...]:
        """Countries by row, as in the engine's tables."""
        return tuple(sorted({place.country for place in self.places} | {c for side in self.sides for c in side.home}))

    @property
    def hours(self) -> int:
        """Length of the campaign in hours."""
        return self.header.hours

    def date(self, hour: float) -> datetime:
        """Date and time of an hour of the campaign."""
        start = self.header.start
        return datetime(start.year, start.month, start.day) + timedelta(hours=float(hour))

    @cached_property
    def row_of_command(self) -> dict[str, int]:
        """Rows of the commands by id."""
        return {command.id: row for row, command in enumerate(self.commands)}

    @cached_property
    def row_of_place(self) -> dict[str, int]:
        """Rows of the places by id."""
        return {place.id: row for row, place in enumerate(self.places)}

    def to_json(self) -> dict[str, Any]:
        """The rows as plain JSON values."""
        return {
            "header": _plain(self.header),
            "plan": self.plan,
            "places": [_plain(row) for row in self.places],
            "routes": [_plain(row) for row in self.routes],
            "units": [_plain(row) for row in self.units],
            "orders": [_plain(row) for row in self.orders],
            "history": _plain(self.history),
        }

    @classmethod
    def from_json(cls, table: Mapping[str, Any]) -> Cast:
        """The rows from what `to_json` gave. Raises ValueError (pydantic's is one), KeyError or TypeError."""
        header = Header.model_validate(table["header"])
        return cls._of(
            header,
            str(table["plan"]),
            _read(Place, table["places"]),
            _read(Route, table["routes"]),
            _read(Unit, table["units"]),
            _read(Order, table["orders"]),
            History.model_validate(table["history"]),
        )

    @classmethod
    def of(cls, scenario: Scenario) -> Cast:
        """The rows of a frozen scenario; made once and kept with it."""
        kept = scenario.__dict__.get("_cast")
        if kept is None:
            data = scenario.data
            rows = {name: row for row, name in enumerate(scenario.command_ids)}
            given = [order for order in data.plans[scenario.plan].orders if order.enabled]
            kept = cls._of(
                data.header,
                scenario.plan,
                _sorted(data.places),
                _sorted(data.routes),
                _sorted(data.units),
                tuple(sorted(given, key=lambda order: rows[order.command])),
                data.history,
            )
            scenario.__dict__["_cast"] = kept
        return kept

    @classmethod
    def _of(
        cls,
        header: Header,
        plan: str,
        places: tuple[Place, ...],
        routes: tuple[Route, ...],
        units: tuple[Unit, ...],
        orders: tuple[Order, ...],
        history: History,
    ) -> Cast:
        return cls(
            header=header,
            plan=plan,
            places=places,
            routes=routes,
            units=units,
            commands=_sorted(header.commands),
            commanders=_sorted(header.commanders),
            factions=_sorted(header.factions),
            consequences=_sorted(header.consequences),
            depots=_sorted(header.depots),
            orders=orders,
            history=history,
        )


def _plain(entry: BaseModel) -> dict[str, Any]:
    return entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _read(model: type[RowT], rows: Sequence[Any]) -> tuple[RowT, ...]:
    return tuple(model.model_validate(row) for row in rows)


def _sorted(rows: Sequence[RowT]) -> tuple[RowT, ...]:
    return tuple(sorted(rows, key=lambda row: str(getattr(row, "id", ""))))
