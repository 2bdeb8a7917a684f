"""Taking command in the window: the menu, games begun, loaded, played, compared and laid down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viz.council import Reach, World
from viz.errors import VizError
from viz.pages import End, Goals, Menu, goals_of, three
from viz.runner import Runner
from viz.state import PLACE, UNIT
from viz.wargame import Ending, ForeignError, Standing, War, saved_games
from viz.wargame_desk import Field
from viz.words import say

if TYPE_CHECKING:
    from sim.choice.verdict import Beside
    from viz.tape import Names, Tape
    from viz.turning import Turning

#: Saved games that the menu names.
GAMES = 4
Items = list[tuple["Names", Callable[[], None]]]
Odds = Callable[[int, Callable[[int, int], None]], "Beside"]


class Commanding:
    """The game that is played, if any."""

    def __init__(self, table: Turning, folder: Path | None = None) -> None:
        self.table, self._folder = table, folder
        self.field: Field | None = None
        self.war: War | None = None
        self.progress = (0, 0)
        self._dice: Runner[Beside] = Runner()
        self._token = 0

    @property
    def busy(self) -> bool:
        """Whether dice are being thrown."""
        return self._dice.busy

    @property
    def folder(self) -> Path:
        """Where games are kept: the working folder."""
        return self._folder or Path.cwd()

    def step(self) -> None:
        """Hold the map where the game stands."""
        if self.field is not None:
            self.field.busy = self.table.errands.busy
            self.field.step()

    # -- the menu ------------------------------------------------------------------------------------

    def menu(self) -> None:
        """What can be played and asked."""
        table = self.table
        tape = table.scene.tape
        if self.field is not None:
            table.open(self._game_menu(self.field))
        elif tape is not None:
            table.open(self._open_menu(tape))

    def _open_menu(self, tape: Tape) -> Menu:
        table = self.table
        hour = max(0, int(min(table.state.hour, tape.hours - 25)))
        word = "mn-command" if hour > 0 else "mn-first"
        items: Items = [(three(word, side=tape.side_names[side]), partial(self.command, side, hour)) for side in (1, 0)]
        items += [
            (three("mn-next"), self._and(table.deciding.next)),
            (three("mn-order"), self._and(table.asking.order_here)),
            (three("mn-why"), self._and(table.asking.why)),
            *self._saved(),
        ]
        return Menu(three("mn-title"), tuple(items))

    def _game_menu(self, field: Field) -> Menu:
        items: Items = [
            (three("mn-history"), self._and(self.compare)),
            *self._saved(field.stand.path),
            (three("mn-leave"), self._and(self.lay_down)),
            (three("mn-back"), self.table.shut),
        ]
        return Menu(three("mn-title"), tuple(items), (three("mn-plan-file", file=field.stand.path.name),))

    def _saved(self, but: Path | None = None) -> Items:
        found = [path for path in saved_games(self.folder) if path != but][:GAMES]
        return [(three("mn-load", file=path.name), partial(self.load, path)) for path in found]

    def _and(self, act: Callable[[], None]) -> Callable[[], None]:
        def both() -> None:
            self.table.shut()
            act()

        return both

    # -- beginning -----------------------------------------------------------------------------------

    def begin(self, side: str | None, since: str | None, path: Path | None) -> None:
        """What the window was opened for: a game of a side from a day on (ISO), or a saved one."""
        if path is not None:
            self.load(path)
            return
        table, name = self.table, side or ""

        def start() -> int:
            return table.council.hour_of(since) if since else 0

        self._preparing()
        table.errands.ask(start, lambda hour: self.command(name, hour), table.sorry)

    def command(self, side: int | str, hour: int = 0) -> None:
        """Take command of a side (row or id) from an hour of the run on the map, or of the campaign."""
        table, folder = self.table, self.folder
        table.shut()
        tape = table.scene.tape
        self._preparing()

        def start(world: World) -> tuple[War, Standing]:
            sides = world.scenario.side_ids
            name = sides[side] if isinstance(side, int) else side
            name = next((one for one in sides if one.casefold() == name.casefold()), name)
            war = War.start(world, name, hour, folder)
            return war, war.standing()

        if tape is not None:
            table.with_world(tape, start, self._begin)
            return
        seed = table.scene.panel.seed
        table.errands.ask(lambda: start(World(table.council.base(), seed)), self._begin, table.sorry)

    def load(self, path: Path, anyway: bool = False) -> None:
        """Go on with a saved game."""
        self.table.shut()
        self._preparing()

        def job() -> tuple[War, Standing]:
            war = War.load(path, anyway)
            return war, war.standing()

        self.table.errands.ask(job, self._begin, self._not_loaded)

    def _not_loaded(self, error: VizError) -> None:
        """A game of other rules may be played on all the same; for anything else one line must do."""
        table = self.table
        if not isinstance(error, ForeignError) or table.scene.tape is None:
            table.sorry(error)
            return
        text = str(error)
        items: Items = [
            (three("wg-anyway"), partial(self.load, error.path, True)),
            (three("mn-back"), table.shut),
        ]
        table.open(Menu(three("wg-cannot-load"), tuple(items), ((text, text, text),)))

    def _preparing(self) -> None:
        table = self.table
        text = say("wg-preparing", table.state.language)
        if table.scene.tape is None:
            table.scene.waiting = text
        else:
            table.state.say(text, 3.0)

    def _begin(self, found: tuple[War, Standing]) -> None:
        war, standing = found
        table = self.table
        state, scene = table.state, table.scene
        table.deciding.forget()
        if scene.tape is None:
            state.age = 0.0
        self.war = war
        self.field = field = Field(scene, state, standing)
        field.go, field.menu, field.task, field.recall = self._go, self.menu, self._goals, self._recall
        field.ask = table.asking.why
        state.message_left, state.selection, state.focus = 0.0, None, -1
        state.legend, state.loop, state.log, state.fog = False, None, False, standing.side
        scene.waiting = ""
        table.work.show(standing.tape)
        state.hour, state.playing = float(standing.hour), False
        field.say(three("wg-choose"))
        field.step()
        field.survey()

    # -- playing -------------------------------------------------------------------------------------

    def _ask(self, job: Callable[[War], Any], done: Callable[[Any], None]) -> None:
        war, table = self.war, self.table
        if war is not None:
            table.errands.ask(lambda: job(war), done, table.sorry)

    def _stands(self, standing: Standing) -> None:
        field, table = self.field, self.table
        if field is None:
            return
        old = field.stand.tape
        field.stands(standing)
        if standing.tape is not old:
            table.work.show(standing.tape)
            if table.state.reduced_motion:
                table.state.hour = float(standing.hour)
            else:
                table.state.playing = table.state.hour < standing.hour
        if standing.over and not field.ended:
            field.ended = True
            field.say(three("wg-over"))
            self._ask(lambda war: war.whole(), lambda found: table.council.keep(standing.tape, found[1]))
            self.compare()

    def _go(self) -> None:
        if not self.table.errands.busy:
            self._ask(lambda war: war.step(), self._stands)

    def _recall(self, every: bool) -> None:
        before = self.field.stand.given if self.field is not None else 0

        def done(standing: Standing) -> None:
            self._stands(standing)
            if self.field is not None:
                self.field.say(three("wg-taken-back", n=before - standing.given))

        self._ask(lambda war: war.recall(last=not every), done)

    def _goals(self, task: str) -> None:
        """Ask where to, for the units that are chosen."""
        field, table = self.field, self.table
        if field is None or not field.chosen:
            return
        units = (field.chosen[-1], *field.chosen[:-1])
        stand = field.stand
        first = next(unit for unit in stand.tape.units if unit.id == units[0])
        more = f" +{len(units) - 1}" if len(units) > 1 else ""
        who: Names = (first.names[0] + more, first.names[1] + more, first.names[2] + more)

        def reached(reach: Reach) -> None:
            goals = goals_of(stand.tape, task, reach.goals)
            table.open(Goals(who, task, goals, give))

        def give(goal: str) -> None:
            table.shut()
            self._ask(lambda war: war.order(units, task, goal), self._stands)

        self._ask(lambda war: war.reach(units, task), reached)

    def place_clicked(self) -> None:
        """While a list of places is open, a click on the map chooses one."""
        table = self.table
        page, state, tape = table.page, table.state, table.scene.tape
        if not isinstance(page, Goals) or state.selection is None or tape is None:
            return
        (kind, number), state.selection = state.selection, None
        if page.task == "join":
            return
        if kind == PLACE:
            page.pick(f"goal:{tape.places[number].id}")
            return
        sprite = table.scene.sprites.get(number) if kind == UNIT else None
        if sprite is not None:
            x, y = sprite.group.x, sprite.group.y
            near = min(tape.places, key=lambda place: (place.x - x) ** 2 + (place.y - y) ** 2)
            page.pick(f"goal:{near.id}")

    # -- the end -------------------------------------------------------------------------------------

    def compare(self) -> None:
        """The game beside history, outcome by outcome."""
        table = self.table
        table.state.say(say("wg-working", table.state.language), 2.0)

        def done(found: tuple[Ending, Odds]) -> None:
            ending, play = found
            table.open(End(ending, table.shut, lambda: self.progress))
            self._throw(play)

        self._ask(lambda war: (war.ending(), war.odds()), done)

    def _throw(self, play: Odds) -> None:
        """Play the game's orders and history over many dice, behind the card."""
        self.forget()
        token, runs = self._token, self.table.deciding.runs
        self.progress = (0, 2 * runs)

        def progress(done: int, whole: int) -> None:
            if token != self._token:
                raise VizError("given up")
            self.progress = (done, whole)

        self._dice.ask(lambda: play(runs, progress))

    def heard(self) -> bool:
        """Take in what many dice have given, if the card still waits for it."""
        found, page = self._dice.answer(), self.table.page
        if found is None:
            return False
        self.progress = (0, 0)
        if isinstance(page, End) and page.ending.odds is None:
            if not isinstance(found, VizError):
                page.ending = replace(page.ending, odds=found)
            elif str(found) != "given up":
                self.table.state.say(str(found), 6.0)
        return True

    def forget(self) -> None:
        """Give up the dice that are being thrown."""
        self._token += 1
        self.progress = (0, 0)

    def lay_down(self) -> None:
        """Leave the game: its run, played to the end, is on the map with all that is to be known of it."""
        field, war, table = self.field, self.war, self.table
        if field is None or war is None:
            return
        self.field = self.war = None
        state, path = table.state, field.stand.path

        def done(found: tuple[Tape, World]) -> None:
            tape, world = found
            table.council.keep(tape, world)
            state.fog, state.captions, state.legend = -1, True, True
            table.work.show(tape)
            state.say(say("wg-left", state.language, file=path.name), 6.0)

        table.errands.ask(war.whole, done, table.sorry)
