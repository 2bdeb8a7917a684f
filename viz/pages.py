"""The cards that ask for an answer: a decision, its comparison, an explanation, the menu, an order, a game's end.

A page says what stands on the card and what is done when something on it is chosen; it draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from viz import decide, explain, lettering
from viz.leaf_rows import Cell, Line
from viz.lettering import rounded, thousands
from viz.wargame import ON_THE_SPOT, TASKS
from viz.words import say

if TYPE_CHECKING:
    from datetime import date

    from sim.choice.verdict import Verdict
    from viz.council import Question, Reason
    from viz.tape import Names, Tape
    from viz.wargame import Ending

#: Places that a list shows at once.
MOST = 60


class Page(Protocol):
    """A card: ``wide`` ones stand in the middle, the others at the right edge; ``typed`` ones take letters."""

    wide: bool
    typed: bool

    def lines(self, lang: int) -> tuple[Line, ...]:
        """What stands on it."""
        ...

    def pick(self, name: str) -> None:
        """A choice was taken."""
        ...

    def leave(self) -> None:
        """It was closed without a choice."""
        ...


@dataclass
class Decision:
    """The room decides."""

    question: Question
    start: date
    choose: Callable[[str], None]
    skip: Callable[[], None]
    wide: bool = False
    typed: bool = False

    def lines(self, lang: int) -> tuple[Line, ...]:
        """The decision with its options."""
        return decide.decision_lines(self.question, self.start, lang)

    def pick(self, name: str) -> None:
        """An option, or history's."""
        history = next(one.id for one in self.question.decision.options if one.history)
        self.choose(history if name == decide.SHOW else name)

    def leave(self) -> None:
        """Play on without choosing."""
        self.skip()


@dataclass
class Comparison:
    """The options side by side."""

    question: Question
    verdict: Verdict
    chosen: str
    start: date
    go_on: Callable[[], None]
    again: Callable[[], None]
    wide: bool = True
    typed: bool = False

    def lines(self, lang: int) -> tuple[Line, ...]:
        """The table."""
        return decide.verdict_lines(self.question, self.verdict, self.chosen, self.start, lang)

    def pick(self, name: str) -> None:
        """Play on, or choose again."""
        (self.again if name == decide.AGAIN else self.go_on)()

    def leave(self) -> None:
        """Only close."""


@dataclass
class Why:
    """An explanation; a cause leads to its hour."""

    reason: Reason
    start: date
    seek: Callable[[int], None]
    wide: bool = False
    typed: bool = False

    def lines(self, lang: int) -> tuple[Line, ...]:
        """The chain of causes."""
        return explain.reason_lines(self.reason, self.start, lang)

    def pick(self, name: str) -> None:
        """To the hour of a cause."""
        self.seek(int(name.rpartition(":")[2]))

    def leave(self) -> None:
        """Only close."""


@dataclass
class Menu:
    """A few things to do, each with its word and what is done."""

    title: Names
    items: tuple[tuple[Names, Callable[[], None]], ...]
    notes: tuple[Names, ...] = ()
    wide: bool = False
    typed: bool = False

    def lines(self, lang: int) -> tuple[Line, ...]:
        """The items under their numbers."""
        found = [Line(self.title[lang], 32, lettering.BOLD, gap=12)]
        found += [Line(note[lang], 24, gap=10) for note in self.notes]
        for number, (texts, _) in enumerate(self.items, 1):
            key = str(number) if number < 10 else ""
            found.append(Line(texts[lang], 26, lettering.SEMIBOLD, name=f"item:{number}", key=key))
        return tuple(found)

    def pick(self, name: str) -> None:
        """Do it."""
        self.items[int(name.rpartition(":")[2]) - 1][1]()

    def leave(self) -> None:
        """Only close."""


@dataclass
class Tasks:
    """Which order: for a unit outside a game."""

    who: Names
    when: Names
    choose: Callable[[str], None]
    wide: bool = False
    typed: bool = False

    def lines(self, lang: int) -> tuple[Line, ...]:
        """The tasks under their numbers."""
        return (
            Line(say("fk-title", lang, date=self.when[lang]), 23, lettering.SEMIBOLD, "accent", gap=2),
            Line(self.who[lang], 30, lettering.BOLD, gap=4),
            Line(say("fk-past", lang), 23, tone="muted", gap=10),
            Line(say("od-what", lang), 24, lettering.SEMIBOLD, gap=8),
            *task_lines(lang),
        )

    def pick(self, name: str) -> None:
        """A task."""
        self.choose(name.rpartition(":")[2])

    def leave(self) -> None:
        """Only close."""


def task_lines(lang: int) -> list[Line]:
    """The tasks under their numbers, as choices."""
    return [
        Line(say(f"od-{task}", lang), 25, lettering.SEMIBOLD, name=f"task:{task}", key=str(number), gap=5)
        for number, task in enumerate(TASKS, 1)
    ]


@dataclass
class Goals:
    """Where to: the places in reach, the nearest first, narrowed by what is typed; or a click on the map."""

    who: Names
    task: str
    goals: tuple[tuple[str, Names, str], ...]
    give: Callable[[str], None]
    wide: bool = False
    typed: bool = True
    text: str = ""
    known: frozenset[str] = field(default_factory=frozenset[str])

    def lines(self, lang: int) -> tuple[Line, ...]:
        """The list."""
        question = "od-which" if self.task == "join" else "od-where"
        head = f"{say(f'od-{self.task}', lang)}: {self.who[lang]}"
        found = [
            Line(head, 24, lettering.SEMIBOLD, "accent", gap=2),
            Line(say(question, lang), 32, lettering.BOLD, gap=4),
            Line(say("od-type", lang), 21, tone="muted", gap=6),
            Line(say("od-typed", lang, text=f"{self.text}_"), 26, lettering.SEMIBOLD, "accent", gap=8),
        ]
        if self.task in ON_THE_SPOT and not self.text:
            found.append(Line(say("od-here", lang), 25, lettering.SEMIBOLD, name="goal:", gap=4))
        for name, texts, km in self.matching():
            right = say("od-km", lang, n=km) if km else ""
            found.append(Line(texts[lang], 25, lettering.SEMIBOLD, name=f"goal:{name}", right=right, gap=4))
        if len(found) == 4:
            found.append(Line(say("od-nothing", lang), 24, tone="muted"))
        return tuple(found)

    def matching(self) -> list[tuple[str, Names, str]]:
        """The places of which a name begins with what was typed, then those in which it stands."""
        wanted = self.text.casefold()
        first: list[tuple[str, Names, str]] = []
        second: list[tuple[str, Names, str]] = []
        for goal in self.goals:
            words = [name.casefold() for name in goal[1]]
            if any(word.startswith(wanted) for word in words):
                first.append(goal)
            elif any(wanted in word for word in words):
                second.append(goal)
        return [*first, *second][:MOST]

    def type(self, letter: str) -> None:
        """A letter more."""
        self.text += letter

    def rub_out(self) -> None:
        """A letter less."""
        self.text = self.text[:-1]

    def pick(self, name: str) -> None:
        """A place of the list."""
        self.give(name.partition(":")[2])

    def leave(self) -> None:
        """Only close."""


def goals_of(tape: Tape, task: str, goals: dict[str, float]) -> tuple[tuple[str, Names, str], ...]:
    """Ids of places (or commands) with their names and how many km of easy march they are off."""
    rows = tape.commands if task == "join" else tape.places
    called = {row.id: row.names for row in rows}
    return tuple((name, called[name], "" if km != km else thousands(round(km))) for name, km in goals.items())


@dataclass
class End:
    """A game beside history, outcome by outcome."""

    ending: Ending
    close: Callable[[], None]
    #: plays done over other dice and of how many; (0, 0) when none are being made
    progress: Callable[[], tuple[int, int]] = lambda: (0, 0)
    wide: bool = True
    typed: bool = False

    def lines(self, lang: int) -> tuple[Line, ...]:
        """The table."""
        odds = self.ending.odds
        heads = [Cell(say("wg-yours", lang), tone="accent"), Cell(say("wg-theirs", lang))]
        if odds is not None:
            heads += [Cell(say("wg-your-odds", lang, n=odds.runs), tone="accent")]
            heads += [Cell(say("wg-their-odds", lang, n=odds.runs))]
        rows: list[Line] = []
        for number, (titles, kind, mine, theirs) in enumerate(self.ending.rows):
            cells = self._pair(kind, mine, theirs, lang)
            if odds is not None:
                history, changed = decide.found_cells(odds.rows[number])
                cells = (*cells, changed, history)
            rows.append(Line(titles[lang], 24, lettering.SEMIBOLD, gap=6, cells=cells))
        done, whole = self.progress()
        if odds is not None:
            over = say("wg-many-dice", lang, n=odds.runs)
            over += " " + say("dc-failed", lang, n=len(odds.failed)) if odds.failed else ""
        else:
            over = say("wg-throwing", lang, n=done // 10 * 10, all=whole) if whole else ""
        command = say("wg-shell", lang, command=f"urga compare {self.ending.path.name}")
        return (
            Line(say("wg-compare", lang), 34, lettering.BOLD, gap=10),
            Line("", 22, cells=tuple(heads), head=True, gap=14),
            *rows,
            Line(say("wg-same-dice", lang), 22, tone="muted", gap=4),
            *([Line(over, 22, tone="muted" if odds is not None else "accent", gap=4)] if over else []),
            Line(command, 22, tone="muted", gap=10),
            Line(say("mn-back", lang), 25, lettering.SEMIBOLD, name="back", key="1"),
        )

    @staticmethod
    def _pair(kind: str, mine: float, theirs: float, lang: int) -> tuple[Cell, ...]:
        """Both values as they are written; the game's is marked where they differ."""

        def text(value: float) -> str:
            if kind == "number":
                return rounded(round(value)) if value == value else "\u2013"
            return say("wg-yes" if value else "wg-no", lang)

        own, other = text(mine), text(theirs)
        return Cell(own, tone="accent" if own != other else "text"), Cell(other)

    def pick(self, name: str) -> None:
        """Back to the game."""
        del name
        self.close()

    def leave(self) -> None:
        """Only close."""


def three(key: str, **fields: Names | str | int) -> Names:
    """The text of a key in all languages; a field may be given in all of them, too."""

    def one(lang: int) -> str:
        return say(
            key, lang, **{name: value[lang] if isinstance(value, tuple) else value for name, value in fields.items()}
        )

    return one(0), one(1), one(2)
