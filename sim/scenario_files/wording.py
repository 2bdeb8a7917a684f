"""What is wrong with a file, said with file, place and the likely meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.errors import ScenarioError, suggest
from sim.scenario_files.plans import ENGINE_KEYS

EntryT = TypeVar("EntryT", bound=BaseModel)


@dataclass
class Problems:
    """Lines found while a folder is read: (file, where, message)."""

    found: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    read: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    """Lines of the files in which the rows stand that could be read."""

    def add(self, file: str, where: str, message: str) -> None:
        self.found.append((file, where, message))

    def lines(self) -> list[str]:
        return [f"{file}: {where}: {message}" if where else f"{file}: {message}" for file, where, message in self.found]

    def refuse(self, folder: Path) -> None:
        """Raise the first line, with the number of the others; do nothing when there is none."""
        lines = self.lines()
        if not lines:
            return
        more = f" (and {len(lines) - 1} more: `urga check {folder}` lists them)" if len(lines) > 1 else ""
        raise ScenarioError(lines[0] + more, lines)


def parse_table(
    model: type[EntryT], raw: Mapping[str, Any], file: str, where: str, problems: Problems
) -> EntryT | None:
    """One table as its model, or None with a line in `problems` for each thing that is wrong."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        seen: set[tuple[Any, ...]] = set()
        # an unknown key comes first: it is often the misspelt form of one that is missing
        listed = sorted(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
        for details in listed:
            location = tuple(part for part in details["loc"] if not _is_branch(part))
            if location in seen:  # a union complains once for each of its branches
                continue
            seen.add(location)
            place, message = explain(details, model, raw)
            problems.add(file, " ".join(part for part in (where, place) if part), message)
        return None


def explain(details: ErrorDetails, model: type[BaseModel], raw: Mapping[str, Any]) -> tuple[str, str]:
    """Where in a table an error lies ("orders 3 (march-north) when 1"), and what it means in plain words."""
    keys: list[str] = []
    holder: Any = raw
    inner: Any = model
    location = [part for part in details["loc"] if not _is_branch(part)]
    last = location[-1] if location and isinstance(location[-1], str) else ""
    for part in location[:-1] if last else location:
        inner = _model_of(inner, part)
        holder = _step(holder, part)
        if isinstance(part, int):
            group = keys.pop() if keys else "entry"
            keys.append(table_name(group, part, holder))
        else:
            keys.append(str(part))
    known = _known_keys(inner)
    return " ".join(keys), _say(details, last, known)


def _is_branch(part: int | str) -> bool:
    """Pydantic names the branch of a union in the location; the reader does not care."""
    return isinstance(part, str) and (part.startswith(("function-", "datetime", "tuple[")) or part in {"str", "int"})


def _step(holder: Any, part: int | str) -> Any:
    try:
        return holder[part]
    except (KeyError, IndexError, TypeError):
        return None


def table_name(group: str, index: int, table: Any) -> str:
    """`orders 3 (march-north)`: tables of a list are counted from 1."""
    named: Any = cast("Mapping[str, Any]", table).get("id") if isinstance(table, Mapping) else None
    return f"{group} {index + 1} ({named})" if named else f"{group} {index + 1}"


def _model_of(outer: Any, part: int | str) -> Any:
    """The model that stands at a key of a model, through tuples and optionals."""
    if isinstance(part, int):
        return outer
    for key, info in getattr(outer, "model_fields", {}).items():
        if part in (key, info.alias):
            return _inner_model(info.annotation)
    return None


def _inner_model(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _inner_model(part)) is not None), None)


def _known_keys(model: Any) -> list[str]:
    fields = getattr(model, "model_fields", {})
    return [info.alias or key for key, info in fields.items() if key not in ENGINE_KEYS]


def _say(details: ErrorDetails, key: str, known: Iterable[str]) -> str:
    kind, given, context = details["type"], details["input"], details.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key {key!r}{suggest(key, known)}"
    if kind == "missing":
        return f"{key!r} is missing or empty"
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return f"{key!r} is {given!r}{suggest(str(given), choices)}; known: {', '.join(choices)}"
    if kind == "value_error":
        text = str(context.get("error", details["msg"]))
        return f"{key!r}: {text}" if key else text
    if kind == "string_pattern_mismatch":
        return f"{key!r} is {given!r}: only letters a-z, digits, '_', '-' and '.' stand in it"
    if kind == "string_too_short":
        return f"{key!r} is empty"
    wanted = _WANTED.get(kind.split("_")[0])
    if kind.endswith(("_parsing", "_type", "_from_float")) and wanted:
        return f"{key!r} is {given!r}, which is not {wanted}"
    if kind == "finite_number":
        return f"{key!r} is {given!r}, which is not a finite number"
    limits = {
        "greater_than_equal": "at least", "greater_than": "more than", "less_than_equal": "at most",
        "less_than": "less than",
    }  # fmt: skip
    if kind in limits:
        limit = next(value for name, value in context.items() if name in ("ge", "gt", "le", "lt"))
        negative = " (a negative number?)" if limit == 0 and kind.startswith("greater") else ""
        return f"{key!r} is {given}, but must be {limits[kind]} {limit:g}{negative}"
    said = details["msg"][0].lower() + details["msg"][1:]
    return f"{key!r} is {given!r}: {said}" if key else said


_WANTED = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "bool": "yes or no (true or false in TOML)",
    "date": "a date such as 1921-06-27",
    "datetime": "a date such as 1921-06-27",
    "string": "a text in quotes",
    "tuple": "a list",
    "dict": "a table",
    "model": "a table",
}
