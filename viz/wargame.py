"""A game as the window plays it: asks ``sim`` in the background and hands over plain standings, veiled to one side.

Every order and every step is in the game's file before it is on the screen (:mod:`sim.wargame.game` writes it whole),
so a window that is killed loses nothing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viz import knowledge
from viz.council import Reach, World, as_known, commands_of, names
from viz.errors import VizError
from viz.intake import from_run
from viz.lab import _told as told  # pyright: ignore[reportPrivateUsage]
from viz.tape import Names
from viz.words import LANGUAGES, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sim.choice.verdict import Beside
    from sim.runs import Run
    from sim.wargame.game import Game, Receipt, View
    from sim.wargame.picture import OwnUnit, Sighting
    from viz.tape import Tape

#: Tasks in the order of their keys.
TASKS = ("march", "attack", "hold", "screen", "withdraw", "rest", "join")
#: Tasks that need no place.
ON_THE_SPOT = ("hold", "screen", "rest")
SAVED = "game-*.toml"


class RefusedError(VizError):
    """An order that cannot be given, with the reason in three languages."""

    def __init__(self, texts: Names) -> None:
        self.texts = texts
        super().__init__(texts[0])


class ForeignError(VizError):
    """A saved game of other rules or files; ``path`` says which. It may be played on all the same."""

    def __init__(self, text: str, path: Path) -> None:
        self.path = path
        super().__init__(text)


@dataclass(frozen=True)
class OnWay:
    """An order that has not arrived: whose, what, the hour at which it comes (-1: not known), its place (id)."""

    units: tuple[str, ...]
    who: Names
    task: Names
    hour: int
    goal: str


@dataclass(frozen=True)
class Standing:
    """Where a game stands, as the player's side knows it. ``tape`` is new after each step."""

    hour: int
    began: int
    side: int
    side_names: Names
    reason: Names
    news: tuple[tuple[Names, bool], ...]
    own: tuple[OwnUnit, ...]
    doing: dict[str, Names]
    enemies: tuple[Sighting, ...]
    units: tuple[str, ...]
    on_way: tuple[OnWay, ...]
    given: int
    over: bool
    path: Path
    tape: Tape
    told: Names | None = None

    def unit(self, name: str) -> OwnUnit | None:
        """A unit of one's own."""
        return next((one for one in self.own if one.unit == name), None)


@dataclass(frozen=True)
class Ending:
    """The game played to its end beside history on the same dice, outcome by outcome; yes and no are 1 and 0.

    ``odds``: the same over many dice, once they have been played.
    """

    rows: tuple[tuple[Names, str, float, float], ...]
    path: Path
    hour: int
    odds: Beside | None = None


class War:
    """A game of one side, for the background thread."""

    def __init__(self, game: Game, path: Path) -> None:
        self.game, self.path, self.loaded = game, path, False
        self.world = World(game.given, game.seed)
        self.side = game.given.side_ids.index(game.side)
        self._receipts: dict[str, Receipt] = {}
        self._turns: list[tuple[int, int, int]] = []
        self._tape: Tape | None = None

    @classmethod
    def start(cls, world: World, side: str, hour: int, folder: Path) -> War:
        """Begin a game at an hour of a world; its file gets a free name in the folder."""
        from sim.wargame.game import Game

        name = f"game-{side.lower()}-{world.seed}"
        path, number = folder / f"{name}.toml", 1
        while path.exists():
            number += 1
            path = folder / f"{name}-{number}.toml"
        with told():
            return cls(Game.start(world.scenario, side=side, seed=world.seed, hour=hour, save=path), path)

    @classmethod
    def load(cls, path: Path, anyway: bool = False) -> War:
        """Go on with a saved game. Raises ForeignError for one of other rules, VizError for what is no game."""
        from sim.errors import PatchError
        from sim.wargame.game import Game

        try:
            with told():
                war = cls(Game.load(path, anyway=anyway), path)
        except VizError as error:
            if not anyway and isinstance(error.__cause__, PatchError) and "its course would be another" in str(error):
                raise ForeignError(str(error), path) from error
            raise
        war.loaded = True
        return war

    # -- what the player sees ------------------------------------------------------------------------

    def standing(self, fresh: bool = True, said: Names | None = None) -> Standing:
        """Where the game stands; ``fresh``: with a new picture of the map."""
        from sim.cast import Cast
        from sim.choice.decisions import told as words

        view = self.game.view()
        if fresh or self._tape is None:
            self._tape = self._veiled(view)
        sides = Cast.of(self.game.world).sides
        return Standing(
            view.hour, self.game.began, self.side, names(lambda lang: words(sides[self.side], "name", lang)),
            self._reason(view), tuple((names(one.told), one.urgent) for one in view.news), view.own,
            {one.unit: self._task(one.task, one.objective) for one in view.own if one.task}, view.enemies,
            tuple(self.game.units()), self._on_way(view), len(self._given()), view.over, self.path, self._tape, said,
        )  # fmt: skip

    def _reason(self, view: View) -> Names:
        """Why the game stands; one that was loaded does not begin."""
        if self.loaded and view.reason == "start":
            return names(lambda lang: say("wg-goes-on", LANGUAGES.index(lang)))
        return names(view.told)

    def _veiled(self, view: View) -> Tape:
        """The run so far on which the enemy, and who holds what, are as the player's side knows them."""
        tape = as_known(from_run(self.game.record()), self.side, view.enemies, f"game-{view.hour}")
        known = knowledge.of(tape, self.side)
        now = knowledge.held(tape, view.hour, self.side)
        for place in tape.places:
            now[place.index] = place.holder
        for _, place, side in self._turns:
            now[place] = side
        sides = list(self.game.world.side_ids)
        index = {place.id: place.index for place in tape.places}
        for name, holder in view.holders.items():
            side = sides.index(holder) if holder in sides else -1
            if now[index[name]] != side:
                self._turns.append((view.hour, index[name], side))
        known.holders = list(self._turns)
        return tape

    def _given(self) -> list[Any]:
        """The orders of this pause."""
        start, hour = self.game.given.data.header, self.game.hour
        return [one for one in self.game.orders if one.from_ is not None and start.hour(one.from_) == hour]

    def _task(self, task: str, goal: str) -> Names:
        from sim.cast import Cast
        from sim.phrases import PHRASES
        from sim.phrases import say as phrase

        cast = Cast.of(self.game.world)
        rows: Any = cast.commands if task in ("join", "pursue", "attach") else cast.places
        row: Any = next((one for one in rows if one.id == goal), None)
        if f"task-{task}" not in PHRASES:
            return task, task, task
        return names(lambda lang: phrase(f"task-{task}", lang, place=row or phrase("where-it-stands", lang)))

    def _on_way(self, view: View) -> tuple[OnWay, ...]:
        """Orders that have not arrived: those of receipts, and those of which riders are under way."""
        own = {one.unit: one for one in view.own}
        orders = {one.id: one for one in self.game.orders}
        found: list[OnWay] = []
        told_: set[str] = set()
        for name, receipt in self._receipts.items():
            units = tuple(u for u in receipt.units if u in own and receipt.arrives[u] > view.hour)
            if name in orders and units:
                told_ |= set(units)
                hour = max(receipt.arrives[u] for u in units)
                found.append(self._way(units, receipt.task, receipt.objective, hour, own))
        for name in dict.fromkeys(one.pending for one in view.own if one.pending):
            units = tuple(u.unit for u in view.own if u.pending == name and u.unit not in told_)
            if name in orders and units:
                found.append(self._way(units, orders[name].task, orders[name].objective, -1, own))
        return tuple(found)

    def _way(self, units: tuple[str, ...], task: str, goal: str, hour: int, own: dict[str, OwnUnit]) -> OnWay:
        from sim.choice.decisions import told as words

        def who(lang: str) -> str:
            first = words(own[units[0]], "name", lang)
            return first if len(units) == 1 else f"{first} +{len(units) - 1}"

        return OnWay(units, names(who), self._task(task, goal), hour, goal)

    # -- orders and time -----------------------------------------------------------------------------

    def order(self, units: Sequence[str], task: str, goal: str) -> Standing:
        """Give an order. Raises RefusedError; then nothing has changed."""
        from sim.choice.decisions import told as words
        from sim.phrases import date_of
        from sim.wargame.game import OrderError

        try:
            with told():
                receipts = self.game.order(list(units), task, goal)
        except VizError as error:
            cause = error.__cause__
            raise (RefusedError(names(cause.told)) if isinstance(cause, OrderError) else error) from error
        self._receipts |= {receipt.order: receipt for receipt in receipts}
        if len(units) <= 2:
            return self.standing(fresh=False, said=names(receipts[0].told))
        last = self.game.world.date(max(max(one.arrives.values()) for one in receipts))
        task_in, unit = self._task(task, goal), next(one for one in self.game.view().own if one.unit == units[0])

        def said(lang: str) -> str:
            number = LANGUAGES.index(lang)
            who = f"{words(unit, 'name', lang)} +{len(units) - 1}"
            return say("wg-arrives", number, who=who, task=task_in[number], date=date_of(last, lang, clock=True))

        return self.standing(fresh=False, said=names(said))

    def recall(self, last: bool = True) -> Standing:
        """Take back the last order of this pause, or all of them. Raises RefusedError when there is none."""
        from sim.wargame.game import OrderError

        given = self._given()
        try:
            with told():
                back = self.game.recall(given[-1].id if last and given else None)
        except VizError as error:
            cause = error.__cause__
            raise (RefusedError(names(cause.told)) if isinstance(cause, OrderError) else error) from error
        for name in back:
            self._receipts.pop(name, None)
        return self.standing(fresh=False)

    def step(self) -> Standing:
        """Play to the next pause."""
        with told():
            self.game.step()
        return self.standing()

    def reach(self, units: tuple[str, ...], task: str) -> Reach:
        """Where units can be ordered: the places (or commands) that the first can reach, the nearest first."""
        from sim.wargame.game import OrderError

        try:
            with told():
                first = units[0]
                goals = commands_of(self.game, first) if task == "join" else self.game.marches_for(first, task)
        except VizError as error:
            cause = error.__cause__
            raise (RefusedError(names(cause.told)) if isinstance(cause, OrderError) else error) from error
        return Reach(units, task, goals)

    # -- the end -------------------------------------------------------------------------------------

    def ending(self) -> Ending:
        """The outcomes of the game, played to its end, beside those of history's settings on the same dice."""
        import sim
        from sim.choice.decisions import told as words

        with told():
            mine = self.game.run()
            theirs = sim.run(self.game.given, seed=self.game.seed)
        rows: list[tuple[Names, str, float, float]] = []
        for one in self.game.given.data.decisions.outcomes:
            title = names(lambda lang, one=one: words(one, "title", lang))
            rows.append((title, one.kind, self._value(mine, one), self._value(theirs, one)))
        return Ending(tuple(rows), self.path, self.game.hour)

    def odds(self) -> Callable[[int, Callable[[int, int], None]], Beside]:
        """The player's orders and history from the hour of taking command on, to be played over so many dice.

        The orders are those given up to now, however the game goes on meanwhile.
        """
        job = self.game.odds()

        def play(runs: int, progress: Callable[[int, int], None]) -> Beside:
            with told():
                return job(runs, max(1, (os.cpu_count() or 2) - 1), progress)

        return play

    def whole(self) -> tuple[Tape, World]:
        """The game played to its end as an open run, and its world: as they come of its file."""
        import sim

        given = self.game.given
        with told():
            data = given.data.base or given.data
            world = World(
                sim.load(data, plan=given.plan, patches=[*given.data.patches, self.game.patch]), self.game.seed
            )
            run = sim.run(world.scenario, seed=world.seed, record=True)
        return from_run(run), world

    def _value(self, run: Run, one: Any) -> float:
        """A headline of the scenario as this run has it: a number, or 1 and 0 for yes and no."""
        from sim.state import FATES

        scenario = self.game.given
        head, _, rest = one.value.partition(".")
        if head == "taken":
            side, _, place = rest.partition(".")
            where, who = scenario.place_ids.index(place), scenario.side_ids.index(side)
            turns = run.holders
            return float(((turns["place"] == where) & (turns["side"] == who)).any())
        if head == "event":
            return float(run.documented_hours.get(rest) is not None)
        value = run.outcome.get(one.value, float("nan"))
        if one.kind == "number":
            return value
        if not one.is_:
            return float(not isnan(value))
        table = FATES if head == "fate" else scenario.side_ids
        return float(not isnan(value) and 0 <= value < len(table) and table[int(value)] == one.is_)


def saved_games(folder: Path) -> tuple[Path, ...]:
    """The games kept in a folder, the latest first."""
    found = [path for path in folder.glob(SAVED) if path.is_file()]
    return tuple(sorted(found, key=lambda path: (-path.stat().st_mtime, path.name)))
