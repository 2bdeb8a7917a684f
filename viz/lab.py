"""Where what-ifs are run: a scenario loaded once, patches made of a choice, runs and ensembles of the patched world.

Beside :mod:`viz.source` the only module that knows how ``sim`` plays. It runs in the window's background threads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from time import thread_time
from typing import TYPE_CHECKING, Any

from viz import worlds
from viz.columns import Columns, Quick
from viz.errors import VizError
from viz.intake import from_run
from viz.theme import ALLIES, PEOPLES, RED, WHITE
from viz.warm import guide_of, tracks_of
from viz.whatif import Answer, Card, Catalogue, Choice, Crowd, Figure, LeverSpec, Outcome

if TYPE_CHECKING:
    from sim.experiment.stream import Growth, Stream
    from sim.scenario import Scenario
    from sim.scenario_files import Patch
    from viz.layout import Layout
    from viz.tape import Names, Tape

RUNS = 200
#: Names of patch files that the panel lists from the working folder.
OWN = "whatif-*.toml"
#: Frozen worlds kept, so that going back and forth costs nothing.
KEPT = 24


class Lab:
    """One scenario and plan. Raises VizError, in one line, for what the user can mend."""

    def __init__(self, scenario: str = "mongolia_1921", plan: str | None = None, runs: int = RUNS) -> None:
        import sim
        from sim.experiment.levers import read_levers

        with _told():
            self.base: Scenario = sim.load(scenario, plan=plan)
            self.offers = read_levers(self.base.data)
        self.runs = runs
        self.catalogue = _catalogue(self.base, self.offers)
        self._worlds: dict[tuple[object, ...], Scenario] = {}
        self._growths: dict[str, Growth] = {}
        self._history: Tape | None = None
        self._seed = -1

    @property
    def history(self) -> Tape | None:
        """History's run on the dice that were asked for last."""
        return self._history

    def is_own(self, tape: Tape) -> bool:
        """Whether a run is one of this lab's world without patches, by the hash in its certificate."""
        return tape.certificate.get("hash") == self.base.hash

    def prime(self, tape: Tape, seed: int) -> None:
        """Take a run of history's settings as made, so that it need not be made again."""
        self._history, self._seed = tape, seed

    # -- patches -------------------------------------------------------------------------------------

    def patch(self, choice: Choice) -> Patch | None:
        """The one patch that a choice means, as it is saved; None: history as it was."""
        from sim.patch import canonical, patch_from_dict, read_patch

        table: dict[str, Any] = {}
        with _told():
            if choice.card:
                known = self.base.data.counterfactuals
                card = known[choice.card] if choice.card in known else read_patch(choice.card)
                table = canonical(card)
            values = {key: self._number(key, value) for key, value in choice.values}
            if values:
                table["set"] = {**table.get("set", {}), **values}
            if choice.since is not None and table:
                table["from"] = max(choice.since.isoformat(), str(table.get("from", "")))
            return patch_from_dict(table) if table else None

    def _number(self, key: str, value: float) -> float:
        lever = self.catalogue.lever(key)
        return round(value) if lever is not None and lever.whole else round(value, 6)

    def freeze(self, choice: Choice) -> Scenario:
        """The patched world, ready to run."""
        from sim.experiment.refreeze import refreeze

        key = choice.world
        if key not in self._worlds:
            patch = self.patch(choice)
            with _told():
                world = self.base if patch is None else refreeze(self.base, [patch])
            if len(self._worlds) >= KEPT:
                self._worlds.pop(next(iter(self._worlds)))
            self._worlds[key] = world
        return self._worlds[key]

    def save(self, choice: Choice, folder: Path) -> Path:
        """Write the choice as a patch file with a free name; the same file goes to `urga compare` and `urga sweep`."""
        from sim.patch import patch_from_dict, write_patch

        patch = self.patch(choice) or patch_from_dict({})
        number = 1
        while (path := folder / f"whatif-{number}.toml").exists():
            number += 1
        told = ", ".join(f"{self._name(key)} {value:g}" for key, value in choice.values)
        title = "; ".join(part for part in (patch.title, told) if part) or "History as it was"
        with _told():
            write_patch(patch.model_copy(update={"id": path.stem, "title": title}), path)
        return path

    def _name(self, key: str) -> str:
        lever = self.catalogue.lever(key)
        return lever.names[0] if lever is not None else key

    def read(self, path: Path) -> Card:
        """A patch file as a card; it must fit this scenario."""
        from sim.patch import read_patch

        with _told():
            patch = read_patch(path)
        choice = Choice(card=str(path))
        self._worlds.pop(choice.world, None)  # the file may have changed since it was read last
        self.freeze(choice)
        return _card(patch, {}, str(path))

    def own(self, folder: Path) -> tuple[Card, ...]:
        """The what-ifs saved in a folder, the latest last; files that cannot be read are left out."""
        found: list[Card] = []
        for path in sorted(folder.glob(OWN), key=_number_in):
            try:
                found.append(self.read(path))
            except VizError:
                continue
        return tuple(found)

    # -- runs ----------------------------------------------------------------------------------------

    def answer(
        self,
        choice: Choice,
        stale: Callable[[], bool] = lambda: False,
        layout: Callable[[], Layout | None] = lambda: None,
    ) -> Answer | None:
        """The run of a choice with all that belongs to it; None when ``stale`` came to say that nobody waits.

        ``layout``: asked when the run is made; for a window of this layout a director looks it through.
        """
        began = thread_time()
        answer = self._answer(choice, stale)
        if answer is not None:
            window = layout()
            answer.guide = guide_of(answer.tape, window) if window is not None else None
            answer.processor = thread_time() - began
        return answer

    def _answer(self, choice: Choice, stale: Callable[[], bool]) -> Answer | None:
        world = self.freeze(choice)
        tape = self._tape(world, choice.seed, stale)
        if tape is None:
            return None
        tracks = tracks_of(tape)
        if world is self.base:
            self._history, self._seed = tape, choice.seed
            return Answer(choice, tape, tape, None, self.crowd(world), (), tracks)
        if self._seed != choice.seed or self._history is None:
            self._history, self._seed = self._tape(self.base, choice.seed), choice.seed
        history = self._history
        assert history is not None
        parting = worlds.parting(history, tape)
        return Answer(choice, tape, history, parting, self.crowd(world), world.data.warnings, tracks)

    def _tape(self, world: Scenario, seed: int, stale: Callable[[], bool] = lambda: False) -> Tape | None:
        from sim.runs import finish, play
        from sim.state import EVENTS

        if stale():
            return None
        with _told():
            state = play(world, seed, record=True)
            if stale():
                return None
            # the record is large: it is cut into columns where it lies, and not copied into the run first
            run = finish(world, state._replace(record=state.record[:0]), seed)
        if stale():
            return None
        rows: list[int] = run.chronicle["kind"].tolist()
        kinds = [EVENTS[row] for row in rows]
        tape = from_run(Quick(run, Columns(state.record[:, : len(run.units)], run.trace), kinds))
        if self._history is not None and len(self._history.places) == len(tape.places):
            tape.places, tape.routes = self._history.places, self._history.routes
        return tape

    def stream(self, threads: int | None = None) -> Stream:
        """Threads in which ensembles grow: one a core, standing back behind the window."""
        from sim.experiment.stream import Stream

        return Stream(threads)

    def crowd(self, world: Scenario) -> Crowd:
        """The ensembles of history's settings and of a world's, on the same seeds; old ones go on where they stood."""
        return Crowd(self._growth(self.base), None if world is self.base else self._growth(world), self.catalogue)

    def _growth(self, world: Scenario) -> Growth:
        from sim.experiment.stream import Growth

        key = world.hash
        if key not in self._growths:
            if len(self._growths) >= 4:
                keys = [name for name in self._growths if name != self.base.hash]
                del self._growths[keys[0]]
            self._growths[key] = Growth(world, self.offers.headlines, tuple(range(self.runs)))
        return self._growths[key]


class _told:  # noqa: N801 - read as a word: `with _told():`
    """Turns the errors of ``sim``, which say in one line what is wrong, into VizError."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        del kind, trace
        if isinstance(error, Exception) and type(error).__module__.split(".")[0] == "sim":
            raise VizError(" ".join(str(error).split())) from error


def _number_in(path: Path) -> tuple[int, str]:
    found = re.search(r"(\d+)$", path.stem)
    return int(found.group(1)) if found else 0, path.stem


# -- what the scenario offers ------------------------------------------------------------------------


def _catalogue(base: Scenario, offers: Any) -> Catalogue:
    from sim.experiment.levers import history_value

    data = base.data
    texts = {card.id: card for card in offers.cards}
    units = {command.id: [unit for unit in data.units if unit.command == command.id] for command in data.commands}
    by_id = {command.id: command for command in data.commands}
    return Catalogue(
        scenario=data.id,
        start=data.header.start,
        levers=tuple(
            LeverSpec(
                lever.key, f"group-{lever.group.lower()}", _three(lever, "name"), _three(lever, "says"), lever.low,
                lever.high, lever.step, lever.unit, history_value(data, lever.key, base.plan),
                _sources(data, lever.source_keys), lever.whole,
            )
            for lever in offers.levers
        ),
        cards=tuple(
            _card(data.counterfactuals[name], texts, "", _sources(data, data.counterfactuals[name].source_keys))
            for name in sorted(data.counterfactuals)
        ),
        outcomes=tuple(Outcome(_three(line, "name"), line.kind, line.about) for line in offers.headlines),
        figures=tuple(
            Figure(
                (figure.date - data.header.start).days, base.side_ids.index(figure.side), figure.men,
                figure.low if figure.low is not None else figure.men,
                figure.high if figure.high is not None else figure.men,
                figure.text, _sources(data, figure.source_keys), not figure.place,
            )
            for figure in data.history.strengths
        ),
        command_ids=base.command_ids,
        command_names=tuple(_three(by_id[name], "name") for name in base.command_ids),
        command_sides=tuple(base.side_ids.index(by_id[name].side) for name in base.command_ids),
        command_kinds=tuple(_kind(units[name], base.side_ids.index(by_id[name].side)) for name in base.command_ids),
    )  # fmt: skip


def _kind(units: list[Any], side: int) -> int:
    """Livery of a command: that of most of its men."""
    liveries = {"mpa": PEOPLES, "allies": ALLIES}
    share: dict[int, int] = {}
    for unit in units:
        kind = liveries.get(unit.faction, RED if side == 0 else WHITE)
        share[kind] = share.get(kind, 0) + unit.men
    return max(share, key=lambda kind: share[kind]) if share else (RED if side == 0 else WHITE)


def _card(patch: Patch, texts: Mapping[str, Any], path: str, source: str = "") -> Card:
    text = texts.get(patch.id)
    title = patch.title or Path(path).stem
    questions = (patch.question, getattr(text, "question_ru", ""), getattr(text, "question_mn", ""))
    changes = patch.set.items()
    values = tuple((k, float(v)) for k, v in changes if isinstance(v, (int, float)) and not isinstance(v, bool))
    return Card(
        path or patch.id,
        (title, patch.title_ru or title, patch.title_mn or title),
        (questions[0], questions[1] or questions[0], questions[2] or questions[0]),
        values,
        patch.note,
        source,
        path,
    )


def _three(thing: Any, name: str) -> Names:
    english = str(getattr(thing, name))
    return english, str(getattr(thing, f"{name}_ru") or english), str(getattr(thing, f"{name}_mn") or english)


def _sources(data: Any, keys: tuple[str, ...]) -> str:
    """Short names of sources: the author, else the title."""
    names: list[str] = []
    for key in keys:
        source = data.sources.get(key)
        name = (source.author or source.title) if source is not None else key
        names.append(name)
    return "; ".join(dict.fromkeys(names))
