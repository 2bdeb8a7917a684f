"""Two things that a run on the map can be asked at any hour: why did this happen, and what if this unit went there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from viz import explain
from viz.council import Ask, Forked, Reach, Reason
from viz.decide import clock
from viz.pages import Goals, Tasks, Why, goals_of, three
from viz.state import UNIT
from viz.words import say

if TYPE_CHECKING:
    from viz.tape import Event, Names, Tape
    from viz.turning import Turning


class Asking:
    """Explanations, and orders from an hour on."""

    def __init__(self, table: Turning) -> None:
        self.table = table
        #: the event whose icon on the timeline was clicked last
        self.clicked: Event | None = None

    # -- explanations --------------------------------------------------------------------------------

    def why(self) -> None:
        """Explain what is selected, or what has just happened."""
        table = self.table
        tape, state, field = table.scene.tape, table.state, table.command.field
        if tape is None:
            return
        if field is not None and not field.stand.over:
            field.say(three("wg-only-known"))
            return
        ask = self._asked(tape)
        state.playing = False
        state.say(say("wy-looking", state.language), 2.0)

        def done(reason: Reason | None) -> None:
            state.message_left = 0.0
            if reason is None:
                state.say(say("wy-nothing", state.language), 4.0)
            else:
                table.open(Why(reason, tape.start, self._seek))

        table.with_world(tape, lambda world: table.council.why(world, tape, ask), done)

    def _asked(self, tape: Tape) -> Ask:
        state, event = self.table.state, self.clicked
        self.clicked = None
        here = event is not None and state.selection is None and abs(event.hour - state.hour) < 0.5
        if event is not None and here and event.kind in explain.EXPLAINED:
            return explain.of_event(event)
        return explain.asked(tape, state, self.table.scene.caption)

    def _seek(self, hour: int) -> None:
        tape, state = self.table.scene.tape, self.table.state
        if tape is not None:
            state.hour, state.playing = float(min(max(0, hour), tape.hours)), False

    # -- orders from here ----------------------------------------------------------------------------

    def order_here(self) -> None:
        """An order for the selected unit that holds from the hour shown; the past stays."""
        table = self.table
        tape, state = table.scene.tape, table.state
        if tape is None:
            return
        if state.selection is None or state.selection[0] != UNIT:
            state.say(say("fk-pick", state.language), 4.0)
            return
        unit = tape.units[state.selection[1]]
        hour = int(min(state.hour, tape.hours - 1))
        when: Names = (clock(tape.start, hour, 0), clock(tape.start, hour, 1), clock(tape.start, hour, 2))

        def chosen(task: str) -> None:
            table.shut()

            def reached(reach: Reach) -> None:
                goals = goals_of(tape, task, reach.goals)
                table.open(Goals(unit.names, task, goals, partial(given, task)))

            table.with_world(tape, lambda world: table.council.reach(world, unit.id, hour, task), reached)

        def given(task: str, goal: str) -> None:
            table.shut()

            def done(found: tuple[Forked, Names]) -> None:
                forked, words = found
                lang = state.language
                table.put(forked, say("fk-done", lang, who=unit.names[lang], task=words[lang]), tape)

            table.with_world(tape, lambda world: table.council.order(world, unit.id, hour, task, goal), done)

        table.open(Tasks(unit.names, when, chosen))
