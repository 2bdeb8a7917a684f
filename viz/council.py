"""Where decisions, orders from an hour and explanations are asked of ``sim``; runs in the window's background threads.

A *world* is the scenario with all patches of the run on the map, and its dice; forks of forks are worlds, too.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viz.errors import VizError
from viz.intake import from_run
from viz.lab import _told as told  # pyright: ignore[reportPrivateUsage]
from viz.tape import Names
from viz.words import LANGUAGES

if TYPE_CHECKING:
    from sim.choice.decisions import Briefing, Decision
    from sim.choice.verdict import Verdict
    from sim.runs import Run
    from sim.scenario import Scenario
    from sim.wargame.game import Game
    from viz.tape import Event, Tape

RUNS = 200
#: Kinds of the chronicle that an event of the map may stand for.
FIGHT = ("battle", "battle-ends")


def commands_of(game: Game, unit: str) -> dict[str, float]:
    """Ids of the commands that a unit can join; how far they are is not known."""
    return dict.fromkeys(game.commands_for(unit), float("nan"))


def names(tell: Callable[[str], str]) -> Names:
    """What is told in each of the three languages."""
    english, russian, mongolian = (tell(lang) for lang in LANGUAGES)
    return english, russian, mongolian


@dataclass(frozen=True)
class World:
    """A scenario ready to run and the dice of the run that is on the map."""

    scenario: Scenario
    seed: int


@dataclass(frozen=True)
class Mark:
    """A decision on the timeline: its hour in this run and what it is called."""

    id: str
    hour: int
    side: int
    titles: Names


@dataclass(frozen=True)
class Question:
    """A decision as it falls in a run, with what its commander knew. ``tape`` is the run as he could see it."""

    world: World
    decision: Decision
    hour: int
    side: int
    side_names: Names
    commander: Names
    briefing: Briefing
    documented: bool
    tape: Tape


@dataclass(frozen=True)
class Forked:
    """A run that leaves another at an hour."""

    world: World
    hour: int
    tape: Tape


@dataclass(frozen=True)
class Cause:
    """A link of an explanation: text, how deep it lies, the hour to which it leads."""

    texts: Names
    depth: int
    hour: int


@dataclass(frozen=True)
class Reason:
    """Why an event happened."""

    head: Names
    dates: Names
    hour: int
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class Ask:
    """What is to be explained: an event of the map, a battle or a unit, else what was last before the hour."""

    hour: int
    kind: str = ""
    units: tuple[int, ...] = ()
    battle: int = -1


@dataclass(frozen=True)
class Reach:
    """Where units can be ordered with a task: ids of places (or commands) with km of march, the nearest first."""

    units: tuple[str, ...]
    task: str
    goals: dict[str, float]


class Council:
    """Keeps the worlds of the runs that were on the map. Raises VizError, in one line, for what can be mended."""

    def __init__(self, scenario: str, plan: str | None, path: Path | None = None) -> None:
        self.name, self.plan, self.path = scenario, plan, path
        self._base: Scenario | None = None
        self._worlds: dict[str, World] = {}
        self._run: tuple[str, Run] | None = None
        self._scout: tuple[tuple[str, int, str], Game] | None = None

    # -- worlds --------------------------------------------------------------------------------------

    def base(self) -> Scenario:
        """The scenario without what-ifs."""
        import sim

        if self._base is None:
            with told():
                self._base = sim.load(self.name, plan=self.plan)
        return self._base

    def hour_of(self, day: str) -> int:
        """Hour of a day, as 1921-05-21."""
        from datetime import date

        header = self.base().data.header
        try:
            hour = header.hour(date.fromisoformat(day))
        except ValueError as error:
            raise VizError(f"{day!r} is no day: write it as 1921-05-21") from error
        if not 0 <= hour < self.base().hours:
            raise VizError(f"{day} lies outside the campaign, which begins on {header.start}")
        return hour

    def keep(self, tape: Tape, world: World) -> None:
        """Remember the world of a run."""
        self._worlds[tape.digest] = world
        while len(self._worlds) > 12:
            self._worlds.pop(next(iter(self._worlds)))

    def world(self, tape: Tape, choice: Callable[[], Scenario] | None = None) -> World:
        """The world of the run on the map: one kept, that of a what-if's choice, of the run file, or of the start."""
        known = self._worlds.get(tape.digest)
        if known is not None:
            return known
        seed = int(tape.certificate.get("seed", "0"))
        ready = self._from_file() if self.path is not None else self.base()
        if ready.hash != tape.certificate.get("hash") and choice is not None:
            ready = choice()
        if ready.hash != tape.certificate.get("hash"):
            raise VizError("the run on the map was made of other files: run it again")
        world = World(ready, seed)
        self.keep(tape, world)
        return world

    def _from_file(self) -> Scenario:
        import sim
        from sim.choice.forks import world_of

        assert self.path is not None
        with told():
            return world_of(sim.read_run(self.path).certificate)

    # -- decisions -----------------------------------------------------------------------------------

    def marks(self, world: World) -> tuple[Mark, ...]:
        """The decisions of a world at their hours, in order of time."""
        from sim.choice.decisions import hours, point
        from sim.choice.decisions import told as words

        scenario = world.scenario
        found: list[Mark] = []
        with told():
            for name, hour in hours(scenario, world.seed).items():
                one = point(scenario, name)
                texts = names(lambda lang, one=one: words(one, "title", lang))
                found.append(Mark(name, hour, scenario.side_ids.index(one.side), texts))
        return tuple(found)

    def question(self, world: World, tape: Tape, name: str, hour: int | None = None) -> Question:
        """A decision with what its commander knew; ``hour``: when it fell, if that is settled."""
        from sim.cast import Cast
        from sim.choice.decisions import briefing, hour_of, point
        from sim.choice.decisions import told as words

        scenario = world.scenario
        with told():
            one = point(scenario, name)
            hour = hour_of(scenario, one, world.seed) if hour is None else hour
            known = briefing(scenario, one, world.seed, hour)
        cast = Cast.of(scenario)
        side = scenario.side_ids.index(one.side)
        leader: Any = next((c for c in cast.commanders if c.id == known.commander), None)
        if leader is None:
            leader = next(c for c in cast.commands if c.id == one.command)
        return Question(
            world, one, hour, side, names(lambda lang: words(cast.sides[side], "name", lang)),
            names(lambda lang: words(leader, "name", lang)), known,
            scenario.plan == scenario.data.header.default_plan, as_known(tape, side, known.enemies, "brief"),
        )  # fmt: skip

    def choose(self, question: Question, option: str) -> Forked:
        """The run in which an option is taken at the decision's hour; the past is the same."""
        from sim.choice.decisions import option_patch

        world = question.world
        with told():
            patch = option_patch(world.scenario, question.decision, option, question.hour)
        return self.fork(world, question.hour, patch)

    def fork(self, world: World, hour: int, patch: Any) -> Forked:
        """The run that leaves a world's at an hour."""
        from sim.choice.forks import Past

        with told():
            past = Past.of(world.scenario, world.seed, hour, record=True)
            after = past.world(patch)
            run = past.go_on(after)
        tape = from_run(run)
        there = World(after, world.seed)
        self.keep(tape, there)
        self._run = (tape.digest, run)
        return Forked(there, hour, tape)

    def verdict(self, question: Question, runs: int, progress: Callable[[int, int], None]) -> Verdict:
        """All options of a decision over many dice; ``progress`` may raise to give up."""
        import sim

        threads = max(1, (os.cpu_count() or 2) - 1)
        with told():
            return sim.decide(question.world.scenario, question.decision, question.world.seed, runs, threads, progress)

    # -- orders from an hour -------------------------------------------------------------------------

    def reach(self, world: World, unit: str, hour: int, task: str) -> Reach:
        """Where a unit could be ordered at an hour."""
        game = self._game(world, unit, hour)
        with told():
            goals = commands_of(game, unit) if task == "join" else game.marches_for(unit, task)
        return Reach((unit,), task, goals)

    def order(self, world: World, unit: str, hour: int, task: str, goal: str) -> tuple[Forked, Names]:
        """The run in which a unit is ordered otherwise from an hour on, and the order in words."""
        from sim.choice.forks import unit_order
        from sim.phrases import say

        game = self._game(world, unit, hour)
        scenario = world.scenario
        with told():
            (receipt, *_) = game.order(unit, task, goal)
            game.recall()
            own = int(game.state.units["command"][scenario.unit_ids.index(unit)])
            patch = unit_order(
                scenario, unit, task, goal, hour=hour, command=scenario.command_ids[own],
                persist=3 if task == "attack" else 0,
            )  # fmt: skip
        del receipt

        def task_in(lang: str) -> str:
            from sim.cast import Cast

            rows: Any = Cast.of(scenario).commands if task == "join" else Cast.of(scenario).places
            place: Any = next((row for row in rows if row.id == goal), None) or say("where-it-stands", lang)
            return say(f"task-{task}", lang, place=place)

        return self.fork(world, hour, patch), names(task_in)

    def _game(self, world: World, unit: str, hour: int) -> Game:
        """A game that stands at the hour, to be asked what is possible; never played on."""
        from sim.wargame.game import Game

        scenario = world.scenario
        side = next((one.side for one in scenario.data.units if one.id == unit), None)
        if side is None:
            raise VizError(f"{unit} came into being in this run and takes no orders of its own")
        key = (scenario.hash, hour, side)
        if self._scout is None or self._scout[0] != key:
            with told():
                self._scout = (key, Game.start(scenario, side=side, seed=world.seed, hour=hour))
        return self._scout[1]

    # -- explanations --------------------------------------------------------------------------------

    def why(self, world: World, tape: Tape, ask: Ask) -> Reason | None:
        """The causes of an event; None when there is nothing to explain up to its hour."""
        from sim.explain.reasons import why
        from sim.phrases import date_of

        run = self._recorded(world, tape)
        with told():
            row = find_row(run, ask)
            if row is None:
                return None
            found = why(run, row)
        return Reason(
            names(found.head.told),
            names(lambda lang: date_of(found.date, lang, clock=True)),
            found.hour,
            tuple(Cause(names(link.told), link.depth, link.hour) for link in found.links),
        )

    def _recorded(self, world: World, tape: Tape) -> Run:
        import sim

        if self._run is None or self._run[0] != tape.digest:
            with told():
                self._run = (tape.digest, sim.run(world.scenario, seed=world.seed, record=True))
        return self._run[1]


def find_row(run: Run, ask: Ask) -> int | None:
    """The row of the chronicle that is meant: the event or battle itself, else the last of the unit, else the last.

    None when nothing up to the hour can be explained.
    """
    from sim.explain.reasons import explainable
    from sim.state import EVENTS

    told_, best, found = run.chronicle, (-1, -1, -1), None
    numbers = sorted({int(n) for n in run.battles["battle"]})
    number = numbers[ask.battle] if 0 <= ask.battle < len(numbers) else -1
    for row in explainable(run):
        entry = told_[row]
        hour, kind = int(entry["hour"]), EVENTS[int(entry["kind"])]
        who = {int(entry["who"]), int(entry["whom"])}
        if number >= 0:
            if kind not in FIGHT or int(entry["other"]) != number:
                continue
            rank = (2 if kind == "battle-ends" else 1, hour, row)
        elif hour > ask.hour:
            continue
        elif ask.kind:
            exact = hour == ask.hour and kind == ask.kind and (not ask.units or ask.units[0] in who)
            rank = (int(exact), hour, row)
        elif ask.units and not who & set(ask.units):
            continue
        else:
            rank = (0, hour, row)
        if rank > best:
            best, found = rank, row
    return found


def as_known(tape: Tape, side: int, enemies: Any, mark: str) -> Tape:
    """The same run for a map on which the enemy stands where the reports put him, and nowhere else.

    enemies: sightings as `sim` tells them.
    """
    units = {unit.id: unit.index for unit in tape.units}
    places = {place.id: place.index for place in tape.places}
    none: list[tuple[int, int, int, int]] = []
    reports = sorted((one.hour, units[one.unit], places[one.place], one.men) for one in enemies if one.unit in units)
    sightings = (reports, none) if side == 0 else (none, reports)
    return replace(tape, sightings=sightings, knowledge={}, digest=f"{tape.digest}-{mark}-{side}")


def events_near(events: list[Event], hour: float) -> Event | None:
    """The weightiest event at an hour: what a click on an icon of the timeline went to."""
    same = [event for event in events if abs(event.hour - hour) < 0.5]
    return max(same, key=lambda event: event.weight, default=None)
