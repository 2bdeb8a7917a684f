"""Tables of the scenario files, out of the models that read them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docs.tools.blocks import table
from docs.tools.tables import meanings
from sim import scenario_files
from sim.scenario_files import ENGINE_KEYS, READINGS

MODELS = (
    "Header", "Side", "Faction", "Command", "Commander", "Depot", "Consequence", "Haven", "Place", "Route", "Unit",
    "Parameter", "Source", "HistoryEvent", "SourceWindow", "CourseEntry", "DatedText", "StrengthFigure", "Plan",
    "Order", "Patch", "Decisions", "Decision", "DecisionOption", "Moment", "Headline",
)  # fmt: skip
ELSEWHERE = ("Entry", "Fact", "History", "Condition", "GameMark")
"""Models without a table of their own: bases, lists of tables that are shown, conditions, what the program writes."""
COMMON = ("source", "confidence", "note")
"""Keys that mean the same in every table, with those in Russian and Mongolian: explained once."""
LIMITS = {Ge: "at least", Gt: "more than", Le: "at most", Lt: "less than"}
NAMES: dict[Any, str] = {int: "whole number", float: "number", str: "text", bool: "yes or no"}


def model(name: str) -> type[BaseModel]:
    """A model by its name."""
    return getattr(scenario_files, name)


def common(key: str) -> bool:
    """Whether a key means the same in every table."""
    return key in COMMON or key.endswith(("_ru", "_mn"))


def unshown() -> list[str]:
    """Models of the scenario's files that have no table."""
    known = {*MODELS, *ELSEWHERE}
    kinds = [thing for thing in vars(scenario_files).values() if isinstance(thing, type)]
    return [kind.__name__ for kind in kinds if issubclass(kind, scenario_files.Entry) and kind.__name__ not in known]


def schema(name: str) -> str:
    """The keys of a table: type, whether it may be left out, meaning."""
    said = meanings().get(f"schema {name}", {})
    rows: list[tuple[object, ...]] = []
    for attribute, info in model(name).model_fields.items():
        key = info.alias or attribute
        if common(attribute) or key in ENGINE_KEYS:
            continue
        rows.append((f"`{key}`", kind(info), _default(info), said.get(key, "")))
    doc = (inspect.getdoc(model(name)) or "").replace("\n", " ")
    shared = [f"`{info.alias or key}`" for key, info in model(name).model_fields.items() if common(key)]
    tail = f"\n\nAlso: {', '.join(shared)}." if shared else ""
    return f"{doc}\n\n" + table(("key", "type", "when left out", "meaning"), rows) + tail


def kind(info: FieldInfo) -> str:
    """The type of a key in plain words."""
    told = plain(info.annotation)
    limits = [
        f"{word} {next(iter(vars_of(rule))):g}"
        for rule in info.metadata
        for cls, word in LIMITS.items()
        if isinstance(rule, cls)
    ]
    return " ".join([told, *limits])


def vars_of(rule: Any) -> list[float]:
    """The number of a limit."""
    return [getattr(rule, slot) for slot in ("ge", "gt", "le", "lt") if hasattr(rule, slot)]


def plain(annotation: Any) -> str:
    """A type in plain words."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        limits = [
            f"{word} {vars_of(rule)[0]:g}"
            for part in inside[1:]
            for rule in getattr(part, "metadata", [part])
            for cls, word in LIMITS.items()
            if isinstance(rule, cls)
        ]
        if any(
            type(part).__name__ == "FieldInfo" and any(hasattr(m, "pattern") and m.pattern for m in part.metadata)
            for part in inside[1:]
        ):
            return "id"
        return " ".join([plain(inside[0]), *limits])
    if origin is Literal:
        return "one of " + ", ".join(str(one) for one in inside)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(plain(one) for one in inside if one is not type(None)))
    if origin is tuple:
        return f"list of {plain(inside[0])}"
    if origin is dict:
        return f"table of {plain(inside[1])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"table {annotation.__name__}"
    if annotation is Any:
        return "value"
    if not isinstance(annotation, type):
        return str(annotation)
    return NAMES.get(annotation, annotation.__name__)


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "needed"
    value = info.get_default(call_default_factory=True)
    if value in (None, "", (), {}) or isinstance(value, (tuple, dict)):
        return "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def readings() -> str:
    """The kinds of reading and their arguments."""
    from docs.tools.dossier import READINGS as MEANING

    rows: list[tuple[object, ...]] = [
        (f"`{name}`", MEANING[name], ", ".join(f"`{key}`" for key in needed), ", ".join(f"`{key}`" for key in free))
        for name, (needed, free) in READINGS.items()
    ]
    return table(("kind", "it happens when", "needs", "may have"), rows)


def makers() -> dict[str, Callable[[], str]]:
    """The generated parts of the page on scenarios."""
    made: dict[str, Callable[[], str]] = {f"schema {name}": partial(schema, name) for name in MODELS}
    return made | {"readings": readings}
