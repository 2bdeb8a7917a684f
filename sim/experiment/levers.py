"""What a what-if panel offers: levers, the questions of the counterfactuals, headline outcomes (levers.toml).

A lever only writes a patch and is never an input of a run. History's value of a lever is not written down twice: it
is read from the scenario by the lever's key.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sim.errors import ScenarioError, suggest
from sim.patch import known_keys
from sim.scenario_files import Entry, Fact, Id, Number, Problems, ScenarioData, parse_table, read_toml

FILE = "levers.toml"
MOST_LEVERS = 12


class Expectation(Entry):
    """What a lever does in the model: as it rises, `outcome` (a name of `sim.experiment.compare`) grows or falls."""

    outcome: str
    sign: Literal[-1, 1]


class Lever(Fact):
    """A number of the scenario that the panel offers; `key` as in a patch."""

    key: str
    group: Literal["Red", "White", "Mongols", "world"]
    low: Number
    high: Number
    step: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    unit: Literal["factor", "share", "days", "men", "per hour", "per day"]
    name: str
    name_ru: str = ""
    name_mn: str = ""
    says: str
    says_ru: str = ""
    says_mn: str = ""
    expect: Expectation

    @model_validator(mode="after")
    def _sound(self) -> Lever:
        if self.high <= self.low:
            raise ValueError(f"high {self.high:g} does not lie above low {self.low:g}")
        return self

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are meant."""
        return self.unit in ("days", "men")


class CardText(Entry):
    """The question of a counterfactual in the languages that its own file has not."""

    id: Id
    question_ru: str = ""
    question_mn: str = ""


class Headline(Entry):
    """An outcome that the panel shows: `event.<id>`, `fell.<place>`, `men.<side>` or `fate.<commander>`."""

    reading: Annotated[str, Field(pattern=r"^(event|fell|men|fate)\.[A-Za-z0-9_\-]+$")]
    name: str
    name_ru: str = ""
    name_mn: str = ""

    @property
    def kind(self) -> str:
        """`event`, `fell`, `men` or `fate`."""
        return self.reading.partition(".")[0]

    @property
    def about(self) -> str:
        """Id of the event, place, side or commander."""
        return self.reading.partition(".")[2]


class Levers(Entry):
    """levers.toml, which a scenario may leave out."""

    levers: Annotated[tuple[Lever, ...], Field(max_length=MOST_LEVERS)] = ()
    cards: tuple[CardText, ...] = ()
    headlines: tuple[Headline, ...] = ()


def read_levers(data: ScenarioData) -> Levers:
    """What a scenario's levers.toml says; nothing when it has none.

    Raises ScenarioError naming file, place and the likely meaning for what is unknown in this scenario.
    """
    path = data.path / FILE
    if not path.is_file():
        return Levers()
    problems = Problems()
    found = parse_table(Levers, read_toml(path, FILE), FILE, "", problems)
    problems.refuse(data.path)
    assert found is not None
    _refuse_unknown(data, found)
    return found


def _refuse_unknown(data: ScenarioData, found: Levers) -> None:
    keys = set(known_keys(data))
    seen: set[str] = set()
    for number, lever in enumerate(found.levers, 1):
        if lever.key not in keys:
            raise ScenarioError(f"{FILE}: levers {number}: no key {lever.key!r} to set{suggest(lever.key, keys)}")
        if lever.key in seen:
            raise ScenarioError(f"{FILE}: levers {number}: {lever.key!r} stands twice")
        seen.add(lever.key)
        for source in lever.source_keys:
            if source not in data.sources:
                raise ScenarioError(f"{FILE}: levers {number}: no source {source!r}{suggest(source, data.sources)}")
        if not lever.low <= history_value(data, lever.key) <= lever.high:
            raise ScenarioError(f"{FILE}: levers {number}: history's value of {lever.key!r} lies outside low to high")
    for card in found.cards:
        if card.id not in data.counterfactuals:
            guess = suggest(card.id, data.counterfactuals)
            raise ScenarioError(f"{FILE}: cards: no counterfactual {card.id!r}{guess}")
    known = {
        "event": [event.id for event in data.history.events],
        "fell": [place.id for place in data.places],
        "men": [side.id for side in data.sides],
        "fate": [man.id for man in data.commanders],
    }
    for line in found.headlines:
        if line.about not in known[line.kind]:
            guess = suggest(line.about, known[line.kind])
            raise ScenarioError(f"{FILE}: headlines: {line.reading!r}: no {line.kind} of {line.about!r}{guess}")


def history_value(data: ScenarioData, key: str, plan: str | None = None) -> float:
    """The value that a key of a patch has in the unpatched scenario; a shift of days is 0.

    Raises ScenarioError when there is no such number.
    """
    base = data.base or data
    section, _, rest = key.partition(".")
    name, _, attribute = rest.rpartition(".")
    value: Any = None
    if section == "rules" and rest in base.rules:
        value = base.rules[rest].value
    elif section == "orders":
        orders = base.plans[plan or base.header.default_plan].orders
        row = next((order for order in orders if order.id == name), None)
        value = 0.0 if attribute == "shift_days" and row is not None else getattr(row, attribute, None)
    else:
        rows: tuple[Any, ...] = getattr(base, section, ())
        value = getattr(next((row for row in rows if row.id == name), None), attribute, None)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ScenarioError(f"{key!r} is no number of {base.id}")
    return float(value)
