"""Decision points in the window: where they are, stopping at them, the fork that is chosen, and the comparison."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from viz.council import RUNS, Forked, Mark, Question, World
from viz.decide import Marks, in_language
from viz.errors import VizError
from viz.geo import Camera, clamp, fit, least_scale, sheet_y
from viz.pages import Comparison, Decision
from viz.runner import Runner
from viz.words import LANGUAGES, say

if TYPE_CHECKING:
    from sim.choice.verdict import Verdict
    from viz.tape import Tape
    from viz.turning import Turning

#: Reports older than so many hours do not widen the map that a commander is shown.
FRESH = 7 * 24


class Deciding:
    """The decisions of the run on the map; a fork of it keeps those that have been taken where they were."""

    def __init__(self, table: Turning, runs: int = RUNS) -> None:
        self.table, self.runs = table, runs
        self.marks = Marks(table.scene.type)
        self.verdict: tuple[Question, Verdict, str] | None = None
        #: the comparison has come while time stood still: it opens as soon as nothing else is on the way
        self._due = False
        self.progress = (0, 0)
        self._talk: Runner[tuple[Question, Verdict, str]] = Runner()
        self._token = 0
        self._marked = ""
        self._lineage: set[str] = set()
        self._fixed: dict[str, int] = {}
        self._wanted = 0
        #: the map as it was before a decision's: run, fog, director, camera
        self._kept: tuple[Tape, int, bool, Camera] | None = None

    @property
    def busy(self) -> bool:
        """Whether a comparison is being made."""
        return self._talk.busy

    @property
    def veiled(self) -> bool:
        """Whether the map shows what a commander knows, in place of the run."""
        return self._kept is not None

    def forget(self) -> None:
        """Give up what is being compared."""
        self._token += 1
        self.verdict, self._due = None, False

    def descends(self, old: Tape | None, new: Tape) -> None:
        """A run is a fork of another: what has been decided in it stays decided."""
        if old is not None:
            self._lineage |= {old.digest, new.digest}

    # -- where they are ------------------------------------------------------------------------------

    def stop(self, before: float, stride: float) -> None:
        """In a lecture: stop at a decision that has just been passed."""
        state = self.table.state
        if not 0 < state.hour - before <= stride:
            return
        mark = self.marks.between(before, state.hour)
        if mark is not None and mark.id not in self.marks.decided:
            state.hour, state.playing = float(mark.hour), False
            self.decide(mark)

    def look(self) -> None:
        """Find the decisions of the run on the map, when it is a new one and nobody waits for another."""
        table = self.table
        tape, work = table.scene.tape, table.work
        if tape is None or tape.digest == self._marked or self._kept is not None:
            return
        if work.runs.busy or table.errands.busy or table.scene.panel.dragged is not None:
            return
        self._marked = tape.digest
        if tape.digest not in self._lineage:
            self._lineage, self._fixed = {tape.digest}, {}
            self.marks.decided.clear()
        table.with_world(tape, table.council.marks, self._found, quiet=True)

    def _found(self, marks: tuple[Mark, ...]) -> None:
        fixed = self._fixed
        kept = [Mark(one.id, fixed.get(one.id, one.hour), one.side, one.titles) for one in marks]
        self.marks.marks = tuple(sorted(kept, key=lambda mark: mark.hour))
        wanted, self._wanted = self._wanted, 0
        if wanted:
            self.next(wanted)

    def next(self, step: int = 1) -> None:
        """Go to the next decision, or the last one, and open it."""
        table = self.table
        tape, state = table.scene.tape, table.state
        if tape is None:
            return
        if not self.marks.marks:
            if self._marked == tape.digest and not table.errands.busy:
                state.say(say("dc-no-points", state.language), 4.0)
            else:
                self._wanted = step
            return
        mark = self.marks.after(state.hour, step)
        if mark is None:
            state.say(say("dc-none" if step > 0 else "dc-none-before", state.language), 3.0)
            return
        self.decide(mark)

    # -- the decision --------------------------------------------------------------------------------

    def decide(self, mark: Mark) -> None:
        """Go to a decision's hour and open its card."""
        table = self.table
        tape, state = table.scene.tape, table.state
        if tape is None:
            return
        table.shut()
        tape = table.scene.tape or tape
        state.playing, state.hour, state.selection = False, float(mark.hour), None
        state.say(say("dc-loading", state.language), 1.5)
        fixed = self._fixed.get(mark.id)

        def ask(world: World) -> Question:
            return table.council.question(world, tape, mark.id, fixed)

        def done(question: Question) -> None:
            if table.scene.tape is not tape or table.page is not None:
                return
            self._kept = (tape, state.fog, state.director, state.camera)
            table.work.show(question.tape)
            state.hour, state.fog, state.director = float(question.hour), question.side, False
            state.help = state.log = state.legend_asked = False
            state.age = max(state.age, 9.0)
            self._look_at(question)
            table.open(Decision(question, tape.start, partial(self.choose, question), partial(self._skip, question)))

        table.with_world(tape, ask, done)

    def restore(self) -> None:
        """After a decision: the map as it was before."""
        if self._kept is None:
            return
        (tape, fog, director, camera), self._kept = self._kept, None
        state, hour = self.table.state, self.table.state.hour
        self.table.work.show(tape)
        state.hour, state.fog, state.director, state.camera = hour, fog, director, camera

    def _look_at(self, question: Question) -> None:
        """Turn the map to what the commander sees, left of the card."""
        layout = self.table.scene.layout
        known = [one for one in question.briefing.enemies if one.age_h <= FRESH and one.men > 0]
        own = [(one.lon, sheet_y(one.lat)) for one in question.briefing.own]
        points = own + [(one.lon, sheet_y(one.lat)) for one in known]
        if not points:
            return
        area = layout.map
        room = self.table.room(layout, wide=False)
        free = max(80, room.left - layout.map.left - layout.u(140))
        camera = fit(points, free, max(80, layout.map.height - layout.u(380)), 190.0 * max(0.5, layout.k))
        least = least_scale(area.width, area.height, camera.within)
        if camera.scale < least:  # not all of it can be shown: his own at least
            camera = fit(own or points, free, area.height, 190.0)
        scale = max(camera.scale, least)
        camera = Camera(camera.x + (area.right - room.left) / 2 / scale, camera.y, scale, camera.within)
        self.table.state.camera = clamp(camera, area.width, area.height)

    def _skip(self, question: Question) -> None:
        self.marks.decided.add(question.decision.id)
        self._fixed[question.decision.id] = question.hour
        self.table.state.playing = self.table.state.lecture

    def choose(self, question: Question, option: str) -> None:
        """Play on with an option, and begin to compare all of them."""
        table = self.table
        state, lang = table.state, table.state.language
        chosen = next(one for one in question.decision.options if one.id == option)
        table.shut()
        self.marks.decided.add(question.decision.id)
        self._fixed[question.decision.id] = question.hour
        title = [in_language(chosen, "title", number) for number in range(len(LANGUAGES))][lang]
        self._compare(question, option)
        tape = table.scene.tape
        if chosen.history and tape is not None and tape.certificate.get("hash") == question.world.scenario.hash:
            state.hour, state.playing = float(question.hour), True
            state.say(say("dc-he-did", lang, option=title), 5.0)
            return
        word = "dc-he-did" if chosen.history else "dc-playing"

        def done(forked: Forked) -> None:
            table.put(forked, say(word, lang, option=title), tape)

        table.errands.ask(lambda: table.council.choose(question, option), done, table.sorry)

    # -- the comparison ------------------------------------------------------------------------------

    def _compare(self, question: Question, option: str) -> None:
        self.forget()
        token, council = self._token, self.table.council
        self.progress = (0, self.runs * len(question.decision.options))

        def progress(done: int, whole: int) -> None:
            if token != self._token:
                raise VizError("given up")
            self.progress = (done, whole)

        def job() -> tuple[Question, Verdict, str]:
            return question, council.verdict(question, self.runs, progress), option

        self._talk.ask(job)

    def heard(self) -> bool:
        """Take in a comparison that has come; it opens by itself when time stands still."""
        table = self.table
        found = self._talk.answer()
        if isinstance(found, VizError):
            if str(found) != "given up":
                table.state.say(str(found), 6.0)
        elif found is not None:
            self.verdict, self._due = found, True
        if table.state.playing or table.page is not None or table.command.field is not None:
            self._due = False
        elif self._due and not table.errands.busy:
            self._due = False
            self.show_verdict()
        return found is not None

    def show_verdict(self) -> None:
        """Open the comparison."""
        table = self.table
        tape = table.scene.tape
        if self.verdict is None or tape is None:
            return
        question, verdict, option = self.verdict

        def again() -> None:
            table.shut()
            self._back_to(question)

        def go_on() -> None:
            table.shut()
            table.state.playing = True

        table.open(Comparison(question, verdict, option, tape.start, go_on, again))

    def _back_to(self, question: Question) -> None:
        """The run that was on the map when the decision fell, and its card again."""
        table = self.table
        mark = Mark(question.decision.id, question.hour, question.side, ("", "", ""))

        def done(forked: Forked) -> None:
            self.descends(table.scene.tape, forked.tape)
            table.work.show(forked.tape)
            self.decide(mark)

        table.errands.ask(lambda: table.council.fork(question.world, question.hour, None), done, table.sorry)
