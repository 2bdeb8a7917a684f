"""The window's side of a what-if: asks the lab for runs, lets the ensembles grow, and hands both to the scene.

All work is done in daemon threads: closing the window, or killing it, leaves nothing behind.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from viz.errors import VizError
from viz.runner import Runner, open_lab
from viz.turns import TURN
from viz.warm import guide_of, rest
from viz.words import say

if TYPE_CHECKING:
    from sim.experiment.stream import Stream
    from viz.director import Director
    from viz.lab import Lab
    from viz.layout import Layout
    from viz.scene import Scene
    from viz.state import State
    from viz.tape import Tape
    from viz.whatif import Answer, Choice

#: Least time between two new runs on the map while a slider is held, in seconds: the eye follows no more.
EVERY = 0.2
#: Least time between two runs begun while it is held: the last one before the hand lets go is mostly the right one.
BEGUN = 0.1
#: Objects made since garbage was last searched for at which it is searched for even if the window is never at rest.
#: While runs come and go it is not otherwise: they hold no cycles and go by themselves, and a search among the young
#: objects of one holds the interpreter for some 15 ms.
MANY = 5_000_000
#: As many are not worth a search at rest either.
FEW = 20_000


class Workshop:
    """Opens the lab when the panel is opened first; one run is at work at a time, the ensembles go on behind it."""

    def __init__(self, scene: Scene, state: State, scenario: str, plan: str | None, threads: int | None = None) -> None:
        self.scene, self.state = scene, state
        self.scenario, self.plan = scenario, plan
        self.lab: Lab | None = None
        self.stream: Stream | None = None
        self.runs: Runner[Answer | None] = Runner()
        self.asked: Choice | None = None
        #: the choice whose run is on the map
        self.shown: Choice | None = None
        #: real time of the last request and of the last answer put on the map: for benchmarks
        self.asked_at = self.shown_at = 0.0
        #: processor time of the last run put on the map, in seconds
        self.processor = 0.0
        self._threads = threads
        self._opening: Runner[Lab] = Runner()
        self._guides: Runner[tuple[Tape, Director]] = Runner()
        self._begun = False
        self._wanted = False
        self._waiting: Path | None = None
        self._settled = True
        self._postponed = False
        self._rested = False
        self._turn, self._collects = sys.getswitchinterval(), gc.isenabled()

    # -- what the window asks ------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        """Whether something is still to come: then the window goes on drawing."""
        pending = self.scene.strip.pending(self.scene.panel.crowd)
        return self.runs.busy or self._opening.busy or self._growing() or pending

    def _growing(self) -> bool:
        """Whether ensembles grow behind an open panel."""
        crowd = self.scene.panel.crowd
        return self.state.panel and crowd is not None and crowd.growing and self.stream is not None

    def step(self) -> bool:
        """Take in what has come since the last frame; whether anything has."""
        if not self._rested and self.scene.tape is not None:
            self._rested = True
            rest()
        if self.state.panel and self.scene.tape is not None:
            self._open()
        if self.stream is not None:
            # a run that is waited for has the cores to itself; one that is asked for on the way shares them
            waited = self.runs.busy and self._settled
            held = self.scene.panel.dragged is not None
            self.stream.ease(0 if waited else 1 if self.runs.busy or held else None)
            if gc.get_count()[0] > MANY:
                gc.collect()
        arrived = self._opened()
        if self._postponed and perf_counter() - self.asked_at >= BEGUN:
            self.rerun()
        arrived = self._answered() or arrived
        self._guided()
        return arrived

    def tidy(self) -> None:
        """Search for garbage, when the window is at rest and something has been made since the last time."""
        if self.lab is not None and gc.get_count()[0] > FEW:
            gc.collect()

    def rerun(self, settle: bool = False) -> None:
        """Ask for the run that the panel describes; ``settle``: the hand has let go and waits for it."""
        panel = self.scene.panel
        self._settled = panel.dragged is None
        if self.lab is None:
            self._wanted = True
            self._open()
            return
        self._settled = self._settled or settle
        self._postponed = not self._settled and perf_counter() - self.asked_at < BEGUN
        if self._postponed:
            return
        choice = panel.choice()
        if settle and choice == self.asked:
            self.runs.hurry()
            return
        lab, stale = self.lab, self.runs.stale
        self.asked, self.asked_at = choice, perf_counter()
        self.runs.ask(lambda: lab.answer(choice, stale, self._directed), hurry=settle or self._settled)

    def _directed(self) -> Layout | None:
        """The layout for which a director is to look a new run through: while a slider is held he has no time."""
        return self.scene.layout if self._settled and self.state.director else None

    def save(self, folder: Path) -> None:
        """Write the what-if as a patch file, and say where."""
        lang = self.state.language
        if self.lab is None:  # nothing can have been changed yet
            self.state.say(say("loading", lang), 3.0)
            return
        try:
            path = self.lab.save(self.scene.panel.choice(), folder)
            self.scene.panel.own = (*self.scene.panel.own, self.lab.read(path))
            self.state.say(say("saved-patch", lang, file=path.name), 6.0)
        except VizError as error:
            self.state.say(say("not-saved", lang, why=str(error)), 6.0)

    def load(self, path: Path) -> None:
        """Take up a patch file."""
        panel = self.scene.panel
        self.state.panel = True
        if self.lab is None:  # taken up as soon as the scenario is ready
            self._waiting = path
            return
        try:
            card = self.lab.read(path)
        except VizError as error:
            told = str(error)
            panel.problem = told if path.name in told else f"{path.name}: {told}"
            return
        panel.own = (*(one for one in panel.own if one.id != card.id), card)
        if panel.hand.card != card.id:
            panel.choose(card.id)
        self.rerun()

    def close(self) -> None:
        """Let the threads end."""
        if self.stream is not None:
            self.stream.close()
        sys.setswitchinterval(self._turn)
        if self._collects:
            gc.enable()
        gc.unfreeze()

    # -- what comes back -----------------------------------------------------------------------------

    def _open(self) -> None:
        """Make the scenario ready, once."""
        if self._begun:
            return
        self._begun = True
        tape, seed = self.scene.tape, self.scene.panel.seed
        fresh = tape is not None and tape.certificate.get("patches", "[]") == "[]"
        job = open_lab(self.scenario, self.plan)

        def work() -> Lab:
            lab = job()
            if fresh and tape is not None and lab.is_own(tape):
                lab.prime(tape, seed)
            self.scene.panel.own = lab.own(Path.cwd())
            return lab

        self._opening.ask(work)

    def _opened(self) -> bool:
        lab = self._opening.answer()
        if lab is None:
            return False
        panel = self.scene.panel
        if isinstance(lab, VizError):
            panel.problem = str(lab)
            return True
        sys.setswitchinterval(TURN)
        gc.disable()
        rest()
        self.lab, self.stream = lab, lab.stream(self._threads)
        panel.catalogue = lab.catalogue
        panel.crowd = lab.crowd(lab.base)
        self.scene.history = lab.history
        self._grow()
        if self._wanted:
            self._wanted = False
            self.rerun()
        if self._waiting is not None:
            self.load(self._waiting)
            self._waiting = None
        return True

    def _answered(self) -> bool:
        held = self.scene.panel.dragged is not None
        if held and perf_counter() - self.shown_at < EVERY:
            return False
        answer = self.runs.answer(late=True)
        if answer is None:
            return False
        panel, scene = self.scene.panel, self.scene
        if isinstance(answer, VizError):
            panel.problem = str(answer)
            return True
        self.show(answer.tape)
        if answer.tracks is not None:
            scene.ribbons.adopt(answer.tracks)
        if answer.guide is not None:
            scene.guide, scene.director = answer.tape, answer.guide
        panel.problem = ""
        panel.crowd, scene.history = answer.crowd, answer.history
        scene.timeline.parting = answer.parting
        if answer.warnings:
            self.state.say(answer.warnings[0], 4.0)
        self._grow()
        self.shown, self.shown_at, self.processor = answer.choice, perf_counter(), answer.processor
        return True

    def show(self, tape: Tape) -> None:
        """Put a run on the map; a thing chosen before stays chosen where the new run has it, too."""
        state, old = self.state, self.scene.tape
        self.scene.load(tape)
        state.hour = min(state.hour, float(tape.hours))
        if state.selection is not None:
            kind, row = state.selection
            if kind == "battle":
                state.selection = None
            elif kind == "unit" and old is not None:
                name = old.units[row].id if row < len(old.units) else ""
                like = next((unit.index for unit in tape.units if unit.id == name), -1)
                state.selection = (kind, like) if like >= 0 else None

    def _grow(self) -> None:
        crowd = self.scene.panel.crowd
        if self.stream is not None and crowd is not None:
            self.stream.ask([crowd.shown] if crowd.now is None else [crowd.shown, crowd.base])

    def _guided(self) -> None:
        """The director looks the new run through in the background, once the hand has let go and the ensembles are in.

        Mostly he has done so before it was shown (`Lab.answer`).
        """
        scene = self.scene
        found = self._guides.answer()
        if found is not None and not isinstance(found, VizError) and found[0] is scene.tape:
            scene.guide, scene.director = found
        if scene.tape is None or scene.panel.dragged is not None or self.runs.busy or self._guides.busy:
            return
        if scene.guide is None:
            scene.guide = scene.tape
        elif scene.guide is not scene.tape and self.state.director and not self._growing():
            self._guides.ask(_guide(scene.tape, scene.layout))


def _guide(tape: Tape, layout: Layout) -> Callable[[], tuple[Tape, Director]]:
    """A job that works out where a director will look in a run."""

    def job() -> tuple[Tape, Director]:
        return tape, guide_of(tape, layout)

    return job
