"""A scenario folder as a whole: found, read, hashed."""

from __future__ import annotations

import csv
import hashlib
import importlib.resources
import io
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel

from sim.errors import ScenarioError, suggest
from sim.scenario_files.decisions import Decisions
from sim.scenario_files.header import (
    Command,
    Commander,
    Consequence,
    Depot,
    Faction,
    Haven,
    Header,
    Parameter,
    Side,
    Source,
)
from sim.scenario_files.history import History
from sim.scenario_files.plans import ENGINE_KEYS, PATCH_KEYS, Patch, Plan, Timed
from sim.scenario_files.tables import Place, Route, Unit
from sim.scenario_files.wording import EntryT, Problems, parse_table, table_name

DEFAULT_SCENARIO = "mongolia_1921"


@dataclass(frozen=True)
class ScenarioData:
    """Everything that a scenario folder says, in the order of its files.

    `rules` is keyed by `section.name`. `timed`, `luck`, `patches`, `plan`, `warnings` and `base` are set by
    `sim.patch.apply_patches`: `base` is the scenario before any patch, `plan` the plan whose orders were
    patched, `luck` the hours from which other dice fall, each with their seed. `content_hash` is that of the unpatched
    folder. `lines["units.csv"][i]` is the line of the file in which row i stands.
    """

    path: Path
    header: Header
    places: tuple[Place, ...]
    routes: tuple[Route, ...]
    units: tuple[Unit, ...]
    rules: Mapping[str, Parameter]
    history: History
    sources: Mapping[str, Source]
    plans: Mapping[str, Plan]
    counterfactuals: Mapping[str, Patch]
    content_hash: str = ""
    lines: Mapping[str, Sequence[int]] = field(default_factory=dict[str, Sequence[int]], repr=False, compare=False)
    decisions: Decisions = field(default_factory=Decisions)
    timed: tuple[Timed, ...] = ()
    luck: tuple[tuple[int, int], ...] = ()
    patches: tuple[Patch, ...] = ()
    plan: str = ""
    warnings: tuple[str, ...] = ()
    base: ScenarioData | None = field(default=None, repr=False, compare=False)

    @property
    def id(self) -> str:
        return self.header.id

    @property
    def sides(self) -> tuple[Side, ...]:
        return self.header.sides

    @property
    def factions(self) -> tuple[Faction, ...]:
        return self.header.factions

    @property
    def commands(self) -> tuple[Command, ...]:
        return self.header.commands

    @property
    def commanders(self) -> tuple[Commander, ...]:
        return self.header.commanders

    @property
    def depots(self) -> tuple[Depot, ...]:
        return self.header.depots

    @property
    def consequences(self) -> tuple[Consequence, ...]:
        return self.header.consequences

    @property
    def havens(self) -> tuple[Haven, ...]:
        return self.header.havens


def scenario_ids() -> list[str]:
    """Ids of the scenarios that come with the program."""
    root = _scenarios_root()
    return sorted(entry.name for entry in root.iterdir() if (entry / "scenario.toml").is_file())


def find_scenario(name_or_path: str | Path = DEFAULT_SCENARIO) -> Path:
    """Folder of a scenario given by the id of one that comes with the program, or by a path.

    Raises ScenarioError when there is none.
    """
    text = str(name_or_path)
    if isinstance(name_or_path, str) and re.fullmatch(r"[A-Za-z0-9_\-]+", text):
        packaged = _scenarios_root() / text
        if (packaged / "scenario.toml").is_file():
            return packaged
    folder = Path(name_or_path).expanduser()
    if folder.name == "scenario.toml":
        folder = folder.parent
    if (folder / "scenario.toml").is_file():
        return folder
    if folder.is_dir():
        raise ScenarioError(f"{folder}: no scenario.toml in this folder, so it is not a scenario")
    known = scenario_ids()
    raise ScenarioError(
        f"no scenario {text!r}{suggest(text, known)}: give an id ({', '.join(known) or 'none installed'}) or a folder"
    )


def _scenarios_root() -> Path:
    """The package `scenarios`, which is a plain folder beside `sim` both in a checkout and in a wheel."""
    beside = Path(__file__).resolve().parent.parent / "scenarios"
    if beside.is_dir():
        return beside
    return Path(str(importlib.resources.files("scenarios")))


def read_folder(path: str | Path) -> ScenarioData:
    """Read a scenario folder. Raises ScenarioError, whose `problems` lists all that could not be read."""
    data, problems = survey_folder(path)
    problems.refuse(Path(path))
    assert data is not None
    return data


def survey_folder(path: str | Path) -> tuple[ScenarioData | None, Problems]:
    """Read a scenario folder and collect what is wrong with it; the data are None when something is."""
    folder = Path(path)
    problems = Problems()
    header = _read_model(folder, "scenario.toml", Header, problems)
    places = _read_csv(folder, "places.csv", Place, problems)
    routes = _read_csv(folder, "routes.csv", Route, problems)
    units = _read_csv(folder, "units.csv", Unit, problems)
    rules = _read_rules(folder, problems)
    history = _read_model(folder, "history.toml", History, problems)
    sources = _read_keyed(folder, "sources.toml", Source, problems)
    plans = _read_named(folder, "plans", Plan, problems)
    counterfactuals = _read_named(folder, "counterfactuals", Patch, problems)
    there = (folder / "decisions.toml").is_file()
    decisions = _read_model(folder, "decisions.toml", Decisions, problems) if there else Decisions()
    if problems.found or header is None or history is None or decisions is None:
        return None, problems
    data = ScenarioData(
        path=folder, header=header, places=places, routes=routes, units=units, rules=rules, history=history,
        sources=sources, plans=plans, counterfactuals=counterfactuals, decisions=decisions,
        content_hash=_hash(header, places, routes, units, rules, history, sources, plans),
        lines=problems.read,
    )  # fmt: skip
    return data, problems


def read_text(path: Path, shown: str) -> str:
    """Text of a UTF-8 file, line endings as `\\n`. Raises ScenarioError with the name to be shown."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ScenarioError(f"{shown}: this file is missing from {path.parent}") from None
    except OSError as error:
        raise ScenarioError(f"{shown}: cannot be read: {error.strerror}") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ScenarioError(f"{shown}: line {line}: not UTF-8 (saved by an office program? save it as UTF-8)") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_toml(path: Path, shown: str) -> dict[str, Any]:
    """A TOML file as a dict. Raises ScenarioError with the line where it stops being TOML."""
    text = read_text(path, shown)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{shown}: not valid TOML: {error}") from None


def _safely(problems: Problems, read: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    try:
        return read()
    except ScenarioError as error:
        file, _, rest = error.message.partition(": ")
        problems.add(file, "", rest)
        return None


def _read_model(folder: Path, name: str, model: type[EntryT], problems: Problems) -> EntryT | None:
    raw = _safely(problems, lambda: read_toml(folder / name, name))
    return None if raw is None else parse_table(model, raw, name, "", problems)


def _read_named(folder: Path, part: str, model: type[EntryT], problems: Problems) -> dict[str, EntryT]:
    """All TOML files of a sub-folder by their ids, which must be the names of the files."""
    entries: dict[str, EntryT] = {}
    for path in sorted((folder / part).glob("*.toml")):
        shown = f"{part}/{path.name}"
        raw = _safely(problems, lambda path=path, shown=shown: read_toml(path, shown))
        if raw is None:
            continue
        written = raw.setdefault("id", path.stem)
        if written != path.stem:
            problems.add(shown, "id", f"is {written!r} but the file is called {path.name}: rename one of them")
        _refuse_engine_keys(raw, shown, ENGINE_KEYS + (PATCH_KEYS if part == "plans" else ()), problems)
        entry = parse_table(model, raw, shown, "", problems)
        if entry is not None:
            entries[path.stem] = entry
    return entries


def _refuse_engine_keys(raw: Mapping[str, Any], shown: str, keys: Iterable[str], problems: Problems) -> None:
    orders = raw.get("orders")
    for index, order in enumerate(cast("list[Any]", orders) if isinstance(orders, list) else []):
        for key in keys:
            if isinstance(order, dict) and key in order:
                message = f"unknown key {key!r}: only a patch with 'from' sets it"
                problems.add(shown, table_name("orders", index, cast("dict[str, Any]", order)), message)


def _read_keyed(folder: Path, name: str, model: type[EntryT], problems: Problems) -> dict[str, EntryT]:
    raw = _safely(problems, lambda: read_toml(folder / name, name)) or {}
    entries: dict[str, EntryT] = {}
    for key, table in raw.items():
        if not isinstance(table, dict):
            problems.add(name, key, f"a table [{key}] is wanted, not {table!r}")
            continue
        entry = parse_table(model, cast("dict[str, Any]", table), name, f"[{key}]", problems)
        if entry is not None:
            entries[key] = entry
    return entries


def _read_rules(folder: Path, problems: Problems) -> dict[str, Parameter]:
    name = "rules.toml"
    raw = _safely(problems, lambda: read_toml(folder / name, name)) or {}
    rules: dict[str, Parameter] = {}
    for section, entries in raw.items():
        if not isinstance(entries, dict):
            problems.add(name, section, "a parameter is a table [section.name] with value, low, high, unit, source")
            continue
        for key, table in cast("dict[str, Any]", entries).items():
            where = f"[{section}.{key}]"
            if not isinstance(table, dict):
                problems.add(
                    name,
                    where,
                    f"a parameter is a table [section.name]; {key!r} stands directly in [{section}]",
                )
                continue
            parameter = parse_table(Parameter, cast("dict[str, Any]", table), name, where, problems)
            if parameter is not None:
                rules[f"{section}.{key}"] = parameter
    return rules


def _read_csv(folder: Path, name: str, model: type[EntryT], problems: Problems) -> tuple[EntryT, ...]:
    """Rows of a table. An empty cell is a cell left out; a row is named by its line and its first cell."""
    try:
        text = read_text(folder / name, name)
    except ScenarioError as error:
        file, _, rest = error.message.partition(": ")
        problems.add(file, "", rest)
        return ()
    reader = csv.reader(io.StringIO(text), strict=True)
    rows: list[EntryT] = []
    try:
        header = [cell.strip() for cell in next(reader, list[str]())]
        if not _check_header(header, name, model, problems):
            return ()
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            where = f"line {reader.line_num} ({cells[0].strip()})"
            if len(cells) != len(header):
                message = f"{len(cells)} cells for {len(header)} columns: a comma or quotes missing, or too many?"
                problems.add(name, where, message)
                continue
            raw = {key: cell.strip() for key, cell in zip(header, cells, strict=True) if cell.strip()}
            row = parse_table(model, raw, name, where, problems)
            if row is not None:
                rows.append(row)
                problems.read.setdefault(name, []).append(reader.line_num)
    except csv.Error as error:
        problems.add(name, f"line {reader.line_num}", f"not a valid table: {error}")
    return tuple(rows)


def _check_header(header: Sequence[str], name: str, model: type[BaseModel], problems: Problems) -> bool:
    known = {info.alias or key: info for key, info in model.model_fields.items()}
    before = len(problems.found)
    if not header:
        problems.add(name, "line 1", "the table is empty: a first line with the column names is wanted")
        return False
    for column in header:
        if column not in known:
            problems.add(name, "line 1", f"unknown column {column!r}{suggest(column, set(known) - set(header))}")
        elif header.count(column) > 1:
            problems.add(name, "line 1", f"column {column!r} stands twice")
    for column, info in known.items():
        if info.is_required() and column not in header:
            problems.add(name, "line 1", f"column {column!r} is missing")
    return len(problems.found) == before


def _hash(
    header: Header,
    places: tuple[Place, ...],
    routes: tuple[Route, ...],
    units: tuple[Unit, ...],
    rules: Mapping[str, Parameter],
    history: History,
    sources: Mapping[str, Source],
    plans: Mapping[str, Plan],
) -> str:
    """sha256 of what the files say, whatever their row order, line endings, spacing and comments.

    The sides (their order is their index) and the orders of a plan keep their order. Counterfactuals are left
    out: a run that uses one carries it whole in its certificate.
    """
    head = _plain(header)
    for group in ("factions", "commands", "commanders", "depots", "consequences", "havens"):
        head[group] = _sorted(head.get(group, []))
    content: dict[str, Any] = {
        "scenario": head,
        "places": _sorted([_plain(row) for row in places]),
        "routes": _sorted([_plain(row) for row in routes]),
        "units": _sorted([_plain(row) for row in units]),
        "rules": {key: _plain(value) for key, value in rules.items()},
        "history": {key: _sorted(value) for key, value in _plain(history).items()},
        "sources": {key: _plain(value) for key, value in sources.items()},
        "plans": {key: _plain(value) for key, value in plans.items()},
    }
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal content gives equal text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _plain(entry: BaseModel) -> dict[str, Any]:
    return entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _sorted(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=canonical_json)
