"""decisions.toml: where the course could have turned."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, model_validator

from sim.scenario_files.base import Amount, Day, Entry, Fact, Id
from sim.scenario_files.history import Reading
from sim.scenario_files.plans import Order


class Moment(Entry):
    """When a decision falls in a run: an order of the plan is given, or found done; or a reading of the run holds.

    plan: of that plan alone (left out: of any that has the order); hours: so many hours later. A reading is one of
    history.toml; it is read every six hours and the decision falls when the commander next looks at his plan.
    """

    plan: str = ""
    order: str = ""
    state: Literal["given", "done"] = "given"
    reading: Reading | None = None
    hours: Amount = 0.0

    @model_validator(mode="after")
    def _sound(self) -> Moment:
        if bool(self.order) == (self.reading is not None):
            raise ValueError("a moment names an order or a reading, one of the two")
        return self


class DecisionOption(Fact):
    """One way open to a commander, and why he might take it. What it changes holds from the hour of the decision.

    stop: orders that are given no more (those of other plans are passed over); silence: commands whose plan gives no
    more orders, but for what follows a mutiny or the commander's fate; set, orders: as in a patch. History's own
    option changes nothing.
    """

    id: Id
    title: str
    title_ru: str = ""
    title_mn: str = ""
    reason: str
    reason_ru: str = ""
    reason_mn: str = ""
    history: bool = False
    stop: tuple[str, ...] = ()
    silence: tuple[str, ...] = ()
    set: dict[str, Any] = Field(default_factory=dict)
    orders: tuple[Order, ...] = ()
    note: str = ""

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.stop or self.silence or self.set or self.orders)


class Decision(Fact):
    """A moment at which the course could have turned. `date` is when, if none of the moments comes in a run."""

    id: Id
    side: str
    command: str
    title: str
    title_ru: str = ""
    title_mn: str = ""
    question: str
    question_ru: str = ""
    question_mn: str = ""
    date: Day | datetime = Field(union_mode="left_to_right")
    moments: tuple[Moment, ...] = ()
    outcomes: tuple[str, ...] = ()
    options: tuple[DecisionOption, ...]
    note: str = ""

    @model_validator(mode="after")
    def _sound(self) -> Decision:
        own = [option.id for option in self.options if option.history]
        if len(own) != 1 or len(self.options) < 2:
            raise ValueError(f"two or more options are wanted, one of them history's; found {len(own)} of history")
        if not next(option for option in self.options if option.history).empty:
            raise ValueError(
                f"option {own[0]!r} is history's and changes nothing: leave out stop, silence, set, orders"
            )
        twice = [option.id for option in self.options if sum(one.id == option.id for one in self.options) > 1]
        if twice:
            raise ValueError(f"option {twice[0]!r} stands twice")
        return self


class Headline(Entry):
    """An outcome that the table of a decision shows: `value` is a named scalar of a run (`event.<id>` as well).

    kind: `event` asks whether it came to pass (with `is`: whether the value is that side or fate), `number` for its
    mean.
    """

    id: Id
    title: str
    title_ru: str = ""
    title_mn: str = ""
    value: str
    kind: Literal["event", "number"] = "event"
    is_: str = Field(default="", alias="is")


class Decisions(Entry):
    """decisions.toml: where the course could have turned; never an input of the engine."""

    decisions: tuple[Decision, ...] = ()
    outcomes: tuple[Headline, ...] = ()
