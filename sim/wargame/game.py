"""Take command: play one side, hour by hour; the other follows its plan, and you see what your side knows.

    game = Game.start(sim.load(), side="White", seed=7, save="mine.toml")
    game.order(["tatar_1", "regiment_4_1"], "march", "iro_crossing")
    view = game.step()                                  # to the next dawn, or to what happens before it

From the hour at which a game begins the plan of your side is silent, but for what follows a mutiny or the loss of a
commander. The game stands still whenever one of your staffs looks at its plan: before dawn, and on what has happened.
Your orders go out like any others: by the staff of the unit's command when it next looks, by rider or wire.

A game is a patch and a seed. The file is written anew, whole, after every order and every step, so that nothing is
lost when the program is killed; `sim.load(patches=[file])` and the seed give the same run, byte for byte.
Left out: news from your own units comes at once, only that of the enemy travels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import sim
from sim.cast import Cast
from sim.choice.decisions import silenced
from sim.choice.forks import copied, renumbered
from sim.errors import OptionError, PatchError, suggest
from sim.luck import check_seed
from sim.patch import Patch, apply_patches, canonical, patch_from_dict, read_patch, write_patch
from sim.phrases import date_of, in_language, say
from sim.runs import Run, check_room, finish, onward
from sim.scenario import Scenario, load, with_orders
from sim.scenario_files import GameMark, Order
from sim.state import DAY, HOUR, N_EVENTS, NEWS_H, new_state
from sim.wargame.dispatch import News, NewsReader
from sim.wargame.lawful import TASKS, OrderError, Wish, check_order, fit, grouped, open_places, unit_row
from sim.wargame.picture import (
    OwnUnit,
    Picture,
    Sighting,
    courier_hours,
    holders_known,
    known_to_side,
    own_units,
    place_row,
    rows_of,
    sightings,
    staff,
)

if TYPE_CHECKING:
    from sim.choice.verdict import Beside

__all__ = ["TASKS", "Game", "News", "OrderError", "Receipt", "View"]

PERSIST = 3  # how often an attack that a player ordered is renewed
EVENING = 16  # hour at which every commander looks a second time


@dataclass(frozen=True)
class View:
    """What the player's side knows at an hour (and its date): its own units, enemies as reported.

    holders: place -> side (ids) as far as known, "" for nobody; news: since the game last stood still; reason: why it
    stands (`start`, `dawn`, `news`, `over`).
    """

    hour: int
    date: datetime
    side: str
    own: tuple[OwnUnit, ...]
    enemies: tuple[Sighting, ...]
    holders: dict[str, str]
    news: tuple[News, ...]
    reason: str
    over: bool

    def told(self, lang: str = "en") -> str:
        """Why the game stands, in a language (lang: en, ru or mn)."""
        return say(f"reason-{self.reason}", lang)


@dataclass(frozen=True)
class Receipt:
    """An order as it was given: sent is the hour at which the staff sends it, arrives when it reaches each unit (ids).

    command: whose staff sends it; task, objective: what is ordered; world: the scenario in which it was given.

    Hours are those of the riders if nothing moves meanwhile. waits: units that are in battle and take the order up
    when the fight is over.
    """

    order: str
    command: str
    units: tuple[str, ...]
    task: str
    objective: str
    sent: int
    arrives: dict[str, int]
    waits: tuple[str, ...]
    world: Scenario

    def told(self, lang: str = "en") -> str:
        """The receipt in a language (lang: en, ru or mn)."""
        cast = Cast.of(self.world)
        named = {unit.id: unit for unit in cast.units}
        rows = cast.commands if self.task == "join" else cast.places
        goal = next((in_language(row, "name", lang) for row in rows if row.id == self.objective), "")
        said = say(
            "receipt",
            lang,
            units=tuple(named[name] for name in self.units),
            task=say(f"task-{self.task}", lang, place=goal or say("where-it-stands", lang)),
            sent=date_of(self.world.date(self.sent), lang, clock=True),
            arrives=date_of(self.world.date(max(self.arrives.values())), lang, clock=True),
        )
        waits = say("receipt-waits", lang, units=tuple(named[name] for name in self.waits)) if self.waits else ""
        return f"{said}; {waits}" if waits else said


class Game:
    """A campaign that somebody plays. Made by `Game.start` or `Game.load`."""

    def __init__(self, given: Scenario, side: str, seed: int, began: int, orders: Sequence[Order] = ()) -> None:
        if side not in given.side_ids:
            raise OptionError(f"no side {side!r}{suggest(side, given.side_ids)}; known: {', '.join(given.side_ids)}")
        if isinstance(began, bool) or not 0 <= began < given.hours:
            raise OptionError(f"hour {began!r} lies outside the campaign (0 to {given.hours - 1})")
        self.given, self.side, self.seed, self.began = given, side, int(check_seed(seed)), int(began)
        self.path: Path | None = None
        self.orders: tuple[Order, ...] = ()
        self._row = given.side_ids.index(side)
        self._commands = np.flatnonzero(given.tables.commands0["side"] == self._row).tolist()
        base = given.data.base or given.data
        quiet = self._quiet()
        self._silent = load(base, plan=given.plan, patches=[*given.data.patches, *([quiet] if quiet.set else [])])
        self.world = self._with(orders)
        self.orders = tuple(orders)
        self.state = new_state(self.world.tables, self.seed, record=True)
        self._reason, self._told = "start", 0
        self._before: Picture = {}
        hour = onward(self.world, self.state, self.seed, 0, self.began) if self.began else 0
        self.state.commands["python"][self._commands] = 1
        self._onward(hour)
        self._look_about()

    @classmethod
    def start(
        cls,
        scenario: Scenario | str | Path = "mongolia_1921",
        side: str = "White",
        seed: int = 0,
        hour: int = 0,
        save: str | Path | None = None,
        replace: bool = False,
    ) -> Game:
        """Begin a game at an hour of a campaign. save: the file that is kept up to date; it must not exist.

        replace: a file of that name may be lost. Raises OptionError, or PatchError when the file cannot be written.
        """
        if save is not None and not replace and Path(save).exists():
            raise OptionError(f"{save}: this file exists already; a saved game is gone on with by loading it")
        game = cls(scenario if isinstance(scenario, Scenario) else load(scenario), side, seed, hour)
        if save is not None:
            game.save(save)
        return game

    @classmethod
    def load(cls, path: str | Path, scenario: Scenario | None = None, anyway: bool = False) -> Game:
        """Go on with a saved game, where it stood. scenario: the scenario of one that does not come with the program.

        Raises PatchError for a file that is no saved game, of another scenario, or of other rules; `anyway` plays its
        orders under the rules as they are now.
        """
        patch = read_patch(path)
        mark = patch.game
        if mark is None:
            raise PatchError(f"{path}: is a patch, but no saved game (it has no [game])")
        if scenario is not None and scenario.data.id != mark.scenario:
            raise PatchError(f"{path}: is a game of {mark.scenario!r}, not of {scenario.data.id!r}")
        before = [patch_from_dict(one) for one in mark.before]
        data = None if scenario is None else scenario.data.base or scenario.data
        given = load(data or mark.scenario, plan=mark.plan, patches=before)
        _check_rules(path, mark, given, anyway)
        apply_patches(given.data, [patch])  # names what is wrong with orders that were written by hand
        game = cls(given, mark.side, mark.seed, mark.began, patch.orders)
        while game.hour < mark.hour and not game.over:
            game._onward(game.hour)
        game.path = Path(path)
        game._look_about()
        return game

    # -------------------------------------------------------------- where it stands

    @property
    def hour(self) -> int:
        """Hour of the campaign at which the game stands."""
        return int(self.state.counts[HOUR])

    @property
    def date(self) -> datetime:
        """Date and time."""
        return self.world.date(self.hour)

    @property
    def over(self) -> bool:
        """Whether the campaign is over."""
        return self.hour >= self.world.hours

    @property
    def patch(self) -> Patch:
        """The game as one patch: the silent plan, every order with its hour, and where the game stands."""
        mark = GameMark(
            scenario=self.given.data.id,
            hash=self.given.data.content_hash[:16],
            plan=self.given.plan,
            version=sim.__version__,
            engine=sim.engine_hash(),
            seed=self.seed,
            side=self.side,
            began=self.began,
            hour=self.hour,
            before=tuple(canonical(one) for one in self.given.data.patches),
        )
        return self._quiet().model_copy(update={"orders": self.orders, "game": mark})

    def view(self) -> View:
        """What the player's side knows now."""
        known = self._known()
        return View(
            hour=self.hour,
            date=self.date,
            side=self.side,
            own=own_units(self.world, self.state, rows_of(self.state, self._row)),
            enemies=sightings(self.world, self.state, known, self.hour),
            holders=self._holders(),
            news=self._news(),
            reason="over" if self.over else self._reason,
            over=self.over,
        )

    def _look_about(self) -> None:
        """From here on news is new."""
        self._told, self._before = int(self.state.counts[N_EVENTS]), self._known()

    def _known(self) -> Picture:
        return known_to_side(self.world, self.state, self._row, self.hour)

    def _holders(self) -> dict[str, str]:
        staffs = [staff(self.world, self.state, command) for command in self._commands]
        at = sorted({place for unit, place in staffs if unit >= 0})
        return holders_known(self.world, self.state, self._row, self.hour, at)

    def _news(self) -> tuple[News, ...]:
        return NewsReader(self.world, self.state, self._row).since(self._told, self._known(), self._before)

    # -------------------------------------------------------------- orders

    def order(
        self,
        units: str | Sequence[str],
        task: str,
        objective: str = "",
        *,
        via: Sequence[str] = (),
        pace: str = "normal",
        accept: float | None = None,
        retreat: str = "",
        leave_wheels: bool = False,
    ) -> tuple[Receipt, ...]:
        """Order units (ids) to do a task (`TASKS`); `objective` is a place, for `join` a command.

        Units of several commands get an order, and a receipt, from each.
        via: places to go by; pace: slow, normal or forced; retreat: place to fall back on; leave_wheels: guns on wheels
        and carts stay behind.
        accept: own power to the enemy's known power at which battle is accepted. Raises OrderError; a refused order
        changes nothing.
        """
        if self.over:
            raise OrderError("over")
        wish = Wish(
            (units,) if isinstance(units, str) else tuple(units), task, objective, tuple(via), pace, accept, retreat,
            leave_wheels,
        )  # fmt: skip
        rows = check_order(self.world, self.state, self._row, wish, self._known(), self._holders())
        new = [
            self._written(command, members, wish, number)
            for number, (command, members) in enumerate(
                grouped(self.state, rows).items(), 1 + len(self._of_this_hour())
            )
        ]
        self._take((*self.orders, *new))
        return tuple(self._receipt(order) for order in new)

    def recall(self, order: str | None = None) -> tuple[str, ...]:
        """Take back an order (id) of this hour, or all of them; their ids. Raises OrderError when there is none."""
        back = [one.id for one in self._of_this_hour() if order in (None, one.id)]
        if not back:
            raise OrderError("nothing-to-recall")
        self._take(tuple(one for one in self.orders if one.id not in back))
        return tuple(back)

    def places_for(self, unit: str, task: str) -> list[str]:
        """Ids of the places to which a unit can be ordered with a task, the nearest first. Raises OrderError."""
        return list(self.marches_for(unit, task))

    def marches_for(self, unit: str, task: str) -> dict[str, float]:
        """Places to which a unit (id) can be ordered with a task, with the km of easy march. Raises OrderError."""
        row = unit_row(self.world, self.state, self._row, unit)
        rows = open_places(self.world, self.state, self._row, row, task, self._known(), self._holders())
        return {self.world.place_ids[place]: km for place, km in rows.items()}

    def commands_for(self, unit: str) -> list[str]:
        """Ids of the commands that a unit can be ordered to join. Raises OrderError."""
        row = unit_row(self.world, self.state, self._row, unit)
        own = int(self.state.units[row]["command"])
        return [
            self.world.command_ids[command]
            for command in self._commands
            if command != own and staff(self.world, self.state, command)[0] >= 0
        ]

    def units(self) -> list[str]:
        """Ids of the units that take orders."""
        return [self.world.unit_ids[row] for row in fit(self.state, self._row, self.world.tables.n_units)]

    def odds(self) -> Callable[..., Beside]:
        """What plays the orders up to now and history, from the hour of taking command on, over many dice.

        It takes the arguments of `sim.choice.verdict.beside` from `runs` on; orders given later do not count.
        """
        from sim.choice.verdict import beside

        return partial(beside, self.given, self.patch, self.seed, self.began)

    def _of_this_hour(self) -> list[Order]:
        return [order for order in self.orders if self._hour_of(order) == self.hour]

    def _hour_of(self, order: Order) -> int:
        """Hour from which an order can be given."""
        return self.given.data.header.hour(order.from_) if order.from_ is not None else self.began

    def _written(self, command: int, rows: list[int], wish: Wish, number: int) -> Order:
        name, hour = self.world.command_ids[command], self.hour
        given: dict[str, Any] = {
            "id": f"{name}-{hour:04}-{number}",
            "command": name,
            "units": [self.world.unit_ids[row] for row in rows],
            "task": wish.task,
            "objective": wish.objective,
            "via": list(wish.via),
            "pace": wish.pace,
            "accept": wish.accept,
            "retreat": wish.retreat,
            "leave_wheels": wish.leave_wheels,
            "persist": PERSIST if wish.task == "attack" else 0,
            "from": self.world.date(hour),
            "source": self._source,
            "confidence": "assumed",
            "note": "Ordered by the player.",
        }
        return Order.model_validate(given)

    @cached_property
    def _source(self) -> str:
        sources = self.given.data.sources
        return "assumption" if "assumption" in sources else next(iter(sources), "assumption")

    def _take(self, orders: tuple[Order, ...]) -> None:
        """Put orders in the place of those given so far: only the plan is frozen anew."""
        world = self._with(orders)
        self.state = renumbered(self.state, self.world, world)
        self.world, self.orders = world, orders
        self._autosave()

    def _with(self, orders: Sequence[Order]) -> Scenario:
        data = self._silent.data
        plan = data.plans[self.given.plan]
        dated = (order.model_copy(update={"valid_from_hour": self._hour_of(order)}) for order in orders)
        plans = {**data.plans, plan.id: plan.model_copy(update={"orders": (*plan.orders, *dated)})}
        return with_orders(self._silent, replace(data, plans=plans))

    def _quiet(self) -> Patch:
        """The patch that takes the plan from the player's side, from the hour at which the game begins."""
        mine = [self.given.command_ids[command] for command in self._commands]
        since = {"from": self.given.date(self.began)} if self.began else {}
        return patch_from_dict(
            {
                "id": f"game-{self.side}-{self.seed}".lower().replace(" ", "-"),
                "title": f"{self.side} under the player's command",
                "set": silenced(self.given, mine),
                **since,
            }
        )

    def _receipt(self, order: Order) -> Receipt:
        command = self.world.command_ids.index(order.command)
        sent = self._next_look(command)
        at, rules = staff(self.world, self.state, command)[1], self.state.rules[0]
        units = {name: self.state.units[self.world.unit_ids.index(name)] for name in order.units}
        arrives: dict[str, int] = {}
        for name, unit in units.items():
            ride = courier_hours(self.world, self.state, self._row, at, place_row(self.world, unit))
            arrives[name] = sent + int(ride + float(rules["dispatch_staff_h"]))
        return Receipt(
            order=order.id,
            command=order.command,
            units=order.units,
            task=order.task,
            objective=order.objective,
            sent=sent,
            arrives=arrives,
            waits=tuple(name for name, unit in units.items() if unit["battle"] >= 0),
            world=self.world,
        )

    def _next_look(self, command: int) -> int:
        """Hour at which a commander next looks at his plan, if nothing happens before."""
        dawn = int(self.state.rules[0]["march_dawn_h"]) - 1
        for hour in range(self.hour, self.hour + DAY + 1):
            news = self.state.news[command, hour % NEWS_H] == 1
            if hour % DAY in (dawn, EVENING) or news or (hour == self.hour and self.state.commands[command]["look"]):
                return hour
        return self.hour + DAY

    # -------------------------------------------------------------- time

    def step(self, hours: float | None = None) -> View:
        """Play to the next dawn, or to news that matters; with `hours`, for at least so long whatever happens."""
        if self.over:
            return self.view()
        self._look_about()
        until = None if hours is None else self.hour + ceil(hours)
        dawn = int(self.state.rules[0]["march_dawn_h"]) - 1
        while True:
            hour = self._onward(self.hour)
            urgent = any(one.urgent for one in self._news())
            self._reason = "news" if urgent else "dawn"
            if self.over or (hour >= until if until is not None else urgent or hour % DAY == dawn):
                break
        self._autosave()
        return self.view()

    def play_to(self, hour: int) -> View:
        """Play to an hour without stopping: the game stands at the next hour after it at which a staff looks."""
        return self.step(max(0, hour - self.hour))

    def _onward(self, hour: int) -> int:
        """Go on to the next hour at which one of the player's staffs looks, or to the end."""
        reached = onward(self.world, self.state, self.seed, hour, self.world.hours)
        check_room(self.state, self.seed)
        return reached

    # -------------------------------------------------------------- runs and files

    def record(self) -> Run:
        """The run so far, with its record, for a map: what lies after this hour is empty. It shows both sides.

        Raises UrgaError when one of the engine's lists was full.
        """
        return finish(self._finished_world(), copied(self.state), self.seed)

    def run(self) -> Run:
        """The run played to its end without further orders; the game itself stays where it is. Raises UrgaError."""
        state, world = copied(self.state), self._finished_world()
        state.commands["python"][:] = 0
        if not self.over:
            onward(world, state, self.seed, self.hour, world.hours)
        return finish(world, state, self.seed)

    def _finished_world(self) -> Scenario:
        """The world with the game as its patch, as `sim.load` makes it of the saved file."""
        data = replace(self.world.data, patches=(*self.given.data.patches, self.patch))
        return replace(self.world, data=data)

    def save(self, path: str | Path | None = None) -> Path:
        """Write the game, whole or not at all, and keep the file up to date from now on. Raises PatchError."""
        target = Path(path) if path is not None else self.path
        if target is None:
            raise OptionError("the game has no file yet: give it a name")
        write_patch(self.patch, target)
        self.path = target
        return target

    def _autosave(self) -> None:
        if self.path is not None:
            write_patch(self.patch, self.path)


def _check_rules(path: str | Path, mark: GameMark, given: Scenario, anyway: bool) -> None:
    """Raise PatchError when a game was played under other rules or another state of the scenario."""
    if anyway:
        return
    if mark.engine != sim.engine_hash():
        raise PatchError(
            f"{path}: was played with urga {mark.version}, rules {mark.engine}; this is urga {sim.__version__}, rules "
            f"{sim.engine_hash()}: its course would be another"
        )
    if mark.hash != given.data.content_hash[:16]:
        raise PatchError(
            f"{path}: {mark.scenario} has changed since (files {mark.hash}, now {given.data.content_hash[:16]}): its "
            "course would be another"
        )
