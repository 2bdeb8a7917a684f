"""The generated tables of the model's description: parameters, records, phases, draws, functions of the rules."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from docs.tools import DOCS, SIM, source
from docs.tools.blocks import table
from sim.campaign import PHASES
from sim.parameters import FIELDS, NAMES
from sim.scenario import Scenario, load
from sim.scenario_files import CONDITIONS

SECTIONS = {
    "march": "March",
    "dispatch": "Dispatches",
    "scouting": "Scouting",
    "command": "Command",
    "battle": "Battle",
    "supply": "Supply",
    "cohesion": "Cohesion and desertion",
    "mutiny": "Plot and mutiny",
    "hunt": "Hunt for a fugitive",
    "control": "Control",
    "weather": "Weather",
}
RECORDS = {
    "UNIT": "muster.py",
    "COMMAND": "state.py",
    "COMMANDER": "state.py",
    "DEPOT": "state.py",
    "CONSEQUENCE": "state.py",
    "SIGHTING": "state.py",
    "BATTLE": "state.py",
    "DAILY": "state.py",
    "PLACE": "theatre.py",
    "ROUTE": "theatre.py",
    "PLACE_STATE": "theatre.py",
    "ORDER": "plan.py",
    "ORDER_STATE": "plan.py",
    "CONDITION": "plan.py",
}
"""Records of the model and the file that declares each. What only records a run stands in the API reference."""
KINDS = {"u8": "64-bit key", "f8": "number", "f4": "number"} | dict.fromkeys(("i8", "i4", "i2"), "whole number")
WORDS = {
    "arms": ("muster.py", "ARMS"),
    "movers": ("muster.py", "MOVERS"),
    "strengths": ("muster.py", "KINDS"),
    "causes": ("muster.py", "CAUSES"),
    "tasks": ("plan.py", "TASKS"),
    "paces": ("plan.py", "PACES"),
    "conditions": ("plan.py", "CONDITIONS"),
    "kinds of route": ("theatre.py", "ROUTE_KINDS"),
    "terrains": ("theatre.py", "TERRAINS"),
    "crossings": ("theatre.py", "CROSSINGS"),
    "fates of a commander": ("state.py", "FATES"),
    "kinds of consequence": ("state.py", "CONSEQUENCE_KINDS"),
}
RULES = sorted(path for path in (SIM / "rules").glob("*.py") if path.name != "__init__.py")


@cache
def shipped() -> Scenario:
    """The shipped scenario, read once."""
    return load()


@cache
def meanings() -> dict[str, dict[str, str]]:
    """What was written by hand about fields, draws and events."""
    return tomllib.loads((DOCS / "tools" / "meanings.toml").read_text(encoding="utf-8"))


def fields_of() -> dict[str, str]:
    """Name in the engine's record -> name in rules.toml."""
    return dict(zip(FIELDS, NAMES, strict=True))


@cache
def read_by() -> dict[str, list[str]]:
    """Parameter -> files of the rules that read it."""
    found: dict[str, list[str]] = {name: [] for name in NAMES}
    for path in RULES:
        for name in sorted(source.parameters_read(path, fields_of())):
            found[name].append(path.name)
    return found


def parameters(section: str) -> str:
    """The parameters of a section of rules.toml."""
    rows: list[tuple[object, ...]] = []
    for name, one in shipped().data.rules.items():
        if name.partition(".")[0] == section:
            keys = ", ".join(one.source_keys)
            readers = ", ".join(read_by()[name]) if name in read_by() else ""
            rows.append(
                (
                    f"`rules.{name}`",
                    f"{one.value:g}",
                    f"{one.low:g} to {one.high:g}",
                    one.unit,
                    keys,
                    one.confidence,
                    one.note,
                    readers or "no rule",
                )
            )
    return table(("parameter", "value", "range", "unit", "source", "confidence", "note", "read by"), rows)


def record(name: str) -> str:
    """The fields of a record with their meanings: the comment in the code, or what was written by hand."""
    said = meanings().get(name, {})
    columns = source.record(SIM / RECORDS[name], name)
    rows: list[tuple[object, ...]] = []
    for column in columns:
        text = column.comment or said.get(column.name, "")
        rows.append((f"`{column.name}`", KINDS.get(column.kind, column.kind), text))
    return table(("field", "type", "meaning"), rows)


def named_tuple(name: str) -> str:
    """The arrays of Tables or State."""
    said = meanings().get(name, {})
    return table(
        ("name", "what"),
        [
            (f"`{column.name}`", column.comment or said.get(column.name, ""))
            for column in source.attributes(SIM / "state.py", name)
        ],
    )


def word_lists() -> str:
    """The lists of words that numbers stand for."""
    rows: list[tuple[object, ...]] = [
        (what, ", ".join(f"{row} {word}" for row, word in enumerate(source.words(SIM / file, name))))
        for what, (file, name) in WORDS.items()
    ]
    return table(("list", "number and word"), rows)


def event_list() -> str:
    """The kinds of events of the chronicle."""
    said = meanings()["events"]
    rows: list[tuple[object, ...]] = [
        (row, f"`{word}`", said.get(word, "")) for row, word in enumerate(source.words(SIM / "state.py", "EVENTS"))
    ]
    return table(("number", "event", "what its fields hold"), rows)


def phases() -> str:
    """The phases of the hour, as `sim.campaign.PHASES` has them."""
    rows: list[tuple[object, ...]] = [
        (number, f"[{phase.name}]({phase.name}.md)", phase.what, phase.when) for number, phase in enumerate(PHASES, 1)
    ]
    return table(("order", "phase", "what happens", "when"), rows)


def draws() -> str:
    """Every draw of the rules with its key, read from the code."""
    numbers = source.purposes(SIM / "luck.py")
    rows: list[tuple[object, ...]] = []
    for draw in sorted((d for path in RULES for d in source.draws(path)), key=lambda d: (numbers[d.purpose], d.file)):
        rows.append(
            (
                f"`{draw.purpose}`",
                numbers[draw.purpose],
                f"`{draw.file}` {draw.function}",
                draw.kind,
                f"`{draw.who}`",
                f"`{draw.count}`",
            )
        )
    return table(("purpose", "number", "where", "distribution", "who", "count"), rows)


def draw_meanings() -> str:
    """What each purpose of luck decides; purposes without a draw are named as such."""
    used = {draw.purpose for path in RULES for draw in source.draws(path)}
    said = meanings()["draws"]
    rows: list[tuple[object, ...]] = [
        (f"`{name}`", number, said.get(name, "") if name in used else "declared, not drawn")
        for name, number in source.purposes(SIM / "luck.py").items()
    ]
    return table(("purpose", "number", "what it decides"), rows)


def functions(name: str) -> str:
    """The functions of a file of the rules."""
    rows: list[tuple[object, ...]] = [
        (f"`{one.name}`", f"`{', '.join(one.arguments)}`", one.what) for one in source.functions(SIM / "rules" / name)
    ]
    return table(("function", "arguments", "what it does"), rows)


def conditions() -> str:
    """The kinds of condition: keys that are needed and keys that may be left out."""
    rows: list[tuple[object, ...]] = []
    for kind, (needed, optional) in CONDITIONS.items():
        free = ", ".join(f"`{key}`" + ("" if value in (None, "") else f" = {value}") for key, value in optional.items())
        rows.append((f"`{kind}`", ", ".join(f"`{key}`" for key in needed), free))
    return table(("condition", "needs", "may have (value when left out)"), rows)


def scale() -> str:
    """How large the shipped scenario is."""
    told = shipped()
    data = told.data
    rows: list[tuple[object, ...]] = [
        ("places, routes", f"{len(data.places)}, {len(data.routes)}"),
        (
            "units at the start, rows in reserve",
            f"{told.tables.n_units}, {len(told.tables.units0) - told.tables.n_units}",
        ),
        ("commands, commanders, factions", f"{len(data.commands)}, {len(data.commanders)}, {len(data.factions)}"),
        ("depots, consequences, havens", f"{len(data.depots)}, {len(data.consequences)}, {len(data.havens)}"),
        ("orders of the historical plan", len(data.plans["historical"].orders)),
        ("parameters of the rules", len(NAMES)),
        ("first and last day, hours", f"{data.header.start}, {data.header.end}, {told.hours}"),
    ]
    return table(("what", "number"), rows)


def makers() -> Mapping[str, Callable[[], str]]:
    """All generated parts by name."""
    from docs.tools import dossier, kernel, keys, measured, outputs, schema, standing

    made: dict[str, Callable[..., Any]] = {
        "phases": phases,
        "draws": draws,
        "draw meanings": draw_meanings,
        "word lists": word_lists,
        "event list": event_list,
        "conditions": conditions,
        "scale": scale,
        "tables": partial(named_tuple, "Tables"),
        "state": partial(named_tuple, "State"),
    }
    made |= {f"parameters {name}": partial(parameters, name) for name in SECTIONS}
    made |= {f"record {name.lower()}": partial(record, name) for name in RECORDS}
    made |= {f"functions {path.name}": partial(functions, path.name) for path in RULES}
    for room in (dossier, schema, measured, outputs, standing, kernel, keys):
        made |= room.makers()
    return made
