"""Patches: small changes to a scenario, and from which hour they hold.

A counterfactual file, an option `--set key=value`, a slider and a factor of a sweep are the same thing, a
`Patch`. It may touch only what the scenario declares:

- `rules.<section>.<name>`: the value of a parameter; with `from`, it changes at that hour.
- `sides.<id>.<lever>`: a lever of a side; with `from`, it changes at that hour. `strength` scales the men and
  horses of the first day and is only set at the start.
- `commanders.<id>.<field>`: with `from`, only `terror` and `caution`, which change at that hour.
- `orders.<id>.<field>`: a field of an order, or `date`, `until`, `shift_days` of its one date condition; with
  `from`, the old order is valid until that hour and the new one from it.
- `units.<id>.<field>`, and so `commands`, `factions`, `depots`, `consequences`: only at the start.

It may add units and orders; an order may have a `from` of its own, later than the patch's. `luck` throws other dice
from the effective hour on: a number in the place of the run's seed. Nothing before the effective hour is changed:
before it a patched scenario says what the scenario said.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import tempfile
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

from pydantic import BaseModel, ValidationError

from sim.errors import PatchError, ScenarioError, suggest
from sim.scenario_files import (
    ENGINE_KEYS,
    LEVERS,
    Condition,
    GameMark,
    Order,
    Patch,
    Problems,
    ScenarioData,
    Timed,
    Unit,
    canonical_json,
    explain,
    parse_table,
    read_toml,
)

__all__ = [
    "Patch",
    "Timed",
    "apply_patches",
    "canonical",
    "effective_hour",
    "known_keys",
    "patch_from_dict",
    "patch_from_settings",
    "patch_hash",
    "read_patch",
    "write_patch",
]

TIMED_COMMANDER_FIELDS = ("terror", "caution")
DATE_FIELDS = ("date", "until", "shift_days")
FIXED_FIELDS = {"id", "name", "name_ru", "name_mn", "source", "confidence", "note", "from_", *ENGINE_KEYS}
"""Fields that a patch does not set: they name a thing or say where it comes from."""

SECTIONS = (
    "rules",
    "sides",
    "units",
    "orders",
    "commanders",
    "commands",
    "factions",
    "depots",
    "consequences",
)
TABLES = ("commanders", "commands", "factions", "depots", "consequences")
"""Sections that are lists of the header."""

Value = bool | int | float | str | date | tuple[Any, ...]


# ---------------------------------------------------------------------- reading and writing


def read_patch(path: str | Path) -> Patch:
    """Read a patch file. Raises PatchError naming the file, the key and what was probably meant."""
    file = Path(path)
    try:
        raw = read_toml(file, file.name)
    except ScenarioError as error:
        raise PatchError(error.message) from None
    raw.setdefault("id", file.stem)
    return _parse(raw, file.name)


def patch_from_settings(settings: Iterable[str]) -> Patch:
    """The patch of settings `key=value`; the value is read as TOML, and as a bare text when it is none.

    `from=1921-07-10` sets the effective date of all of them. Raises PatchError.
    """
    changes: dict[str, Any] = {}
    since: date | datetime | None = None
    for setting in settings:
        key, equals, text = (part.strip() for part in setting.partition("="))
        if not equals or not key or not text:
            raise PatchError(f"--set {setting}: a setting reads key=value, for instance rules.battle.lethality=0.003")
        value = _read_value(text)
        if key == "from":
            if not isinstance(value, date):
                raise PatchError(f"--set {setting}: 'from' is a date such as 1921-07-10")
            since = value
        elif key in changes:
            raise PatchError(f"--set {setting}: {key!r} is set twice")
        else:
            changes[key] = value
    return _parse({"from": since, "set": changes}, "--set")


def _read_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def patch_from_dict(table: Mapping[str, Any]) -> Patch:
    """The patch of a table in canonical form, as a certificate holds it. Raises PatchError."""
    return _parse(table, "patch")


def _parse(raw: Mapping[str, Any], shown: str) -> Patch:
    problems = Problems()
    flat = dict(raw)
    changes = raw.get("set")
    if isinstance(changes, dict):
        flat["set"] = _flatten(cast("dict[str, Any]", changes))
    for order in cast("list[Any]", raw.get("orders") or []):
        for key in ENGINE_KEYS:
            if isinstance(order, dict) and key in order:
                raise PatchError(f"{shown}: orders: unknown key {key!r}: write 'from' for the whole patch")
    patch = parse_table(Patch, flat, shown, "", problems)
    if patch is None:
        lines = problems.lines()
        raise PatchError(lines[0] + (f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""))
    return patch


def _flatten(table: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Keys of nested tables joined by dots: `[set.rules.battle] pace` is `rules.battle.pace`."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{before}.{key}" if before else key
        if isinstance(value, dict):
            flat |= _flatten(cast("dict[str, Any]", value), name)
        else:
            flat[name] = value
    return flat


def canonical(patch: Patch) -> dict[str, Any]:
    """The patch as plain JSON values without what is empty: for certificates, read by `patch_from_dict`."""
    form = patch.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"game"})
    if patch.set:
        form["set"] = {key: _plain_value(patch.set[key]) for key in sorted(patch.set)}
    return {key: form[key] for key in sorted(form)}


def _plain_value(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain_value(item) for item in cast("Sequence[Any]", value)]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def patch_hash(patch: Patch) -> str:
    """sha256 of what the patch does, whatever its title, sources and remarks."""
    told = canonical(patch)
    effect = {key: told[key] for key in ("from", "luck", "set", "units", "orders") if key in told}
    return hashlib.sha256(canonical_json(effect).encode()).hexdigest()


def write_patch(patch: Patch, path: str | Path) -> None:
    """Write a patch as TOML, whole or not at all. Raises PatchError when the file cannot be written."""
    target = Path(path)
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(patch_toml(patch))
            out.flush()
            os.fsync(out.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except OSError as error:
        raise PatchError(f"{target}: cannot be written: {error.strerror or error}") from None
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink(missing_ok=True)


def patch_toml(patch: Patch) -> str:
    """A patch as the text of a TOML file."""
    form = patch.model_dump(by_alias=True, exclude_defaults=True)
    changes = cast("dict[str, Any]", form.pop("set", {}))
    game = cast("dict[str, Any]", form.pop("game", {}))
    tables = {name: cast("Sequence[dict[str, Any]]", form.pop(name, ())) for name in ("units", "orders")}
    lines = [f"{key} = {_toml(value)}" for key, value in form.items()]
    if changes:
        lines += ["", "[set]", *(f"{_toml(key)} = {_toml(value)}" for key, value in changes.items())]
    if game:
        lines += ["", "[game]", *(f"{key} = {_toml(value)}" for key, value in game.items())]
    for name, rows in tables.items():
        for row in rows:
            lines += ["", f"[[{name}]]", *(f"{key} = {_toml(value)}" for key, value in row.items())]
    return "\n".join(lines).lstrip("\n") + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        table = cast("Mapping[str, Any]", value)
        return "{" + ", ".join(f"{key} = {_toml(item)}" for key, item in table.items() if item is not None) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(item) for item in cast("Sequence[Any]", value)) + "]"
    return '"' + "".join(_ESCAPES.get(ch, ch if ord(ch) >= 32 else f"\\u{ord(ch):04x}") for ch in str(value)) + '"'


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\x7f": "\\u007f"}


# ---------------------------------------------------------------------- applying


def apply_patches(data: ScenarioData, patches: Iterable[Patch], plan: str | None = None) -> ScenarioData:
    """The scenario with patches applied, one after the other; what a later one sets holds from its hour on.

    `plan` names the plan whose orders are meant (default: that of the scenario). Patches already applied are
    kept: they come first. The result's `timed` holds the changes of numbers with an hour, sorted by hour and
    key; `warnings` the values that lie outside a parameter's range. Raises PatchError.
    """
    base = data.base or data
    everything = (*data.patches, *patches)
    name = plan or data.plan or base.header.default_plan
    if name not in base.plans:
        raise PatchError(f"no plan {name!r} in {base.id}{suggest(name, base.plans)}; known: {', '.join(base.plans)}")
    work = _Work(base, name)
    for patch in everything:
        work.apply(patch)
    patched = work.result(everything)
    if any(_moves_ids(patch) for patch in everything):
        _refuse_dangling(base, patched)
    return patched


def effective_hour(data: ScenarioData, patch: Patch, plan: str | None = None) -> int:
    """First hour at which a world with this patch may differ from the one without it, playing `plan` (0 is the start).

    The hour of `from` if it is given; else, for an order, the earlier of the hours at which the old and the
    new one can first be given (for a changed date, the earlier of the two dates); for added units the hour at
    which they enter; for anything else the start. Raises PatchError.
    """
    base = data.base or data
    name = plan or data.plan or base.header.default_plan
    if patch.from_ is not None:
        return _start_hour(base, patch)
    hours: list[int] = []
    patched = apply_patches(base, [patch], name)
    by_order: dict[str, set[str]] = {}
    for key in patch.set:
        section, _, rest = key.partition(".")
        order, _, attribute = rest.rpartition(".")
        if section == "orders":
            by_order.setdefault(order, set()).add(attribute)
        else:
            hours.append(0)
    for order, attributes in by_order.items():
        both = [one for plans in (base.plans, patched.plans) for one in plans[name].orders if one.id == order]
        chance = min(_first_chance(base, one) for one in both)
        if attributes <= set(DATE_FIELDS):
            chance = max(chance, min(base.header.hour(day) for one in both for day in one.dates()))
        hours.append(chance)
    hours += [base.header.hour(unit.enter) if unit.enter else 0 for unit in patch.units]
    hours += [_first_chance(base, order) for order in patch.orders]
    hours += [0] if patch.luck is not None else []
    return max(0, min(hours, default=base.header.hours))


def _first_chance(data: ScenarioData, order: Order) -> int:
    """Hour before which an order's dates keep it from being given."""
    own = data.header.hour(order.from_) if order.from_ else 0
    return max([own, *(data.header.hour(one.date) for one in order.when if one.date and not one.not_)])


def known_keys(data: ScenarioData, plan: str | None = None) -> list[str]:
    """Every key that a patch may set in this scenario, sorted; orders are those of `plan` (default: its own)."""
    base = data.base or data
    keys = [f"rules.{name}" for name in base.rules]
    keys += [f"sides.{side.id}.{lever}" for side in base.sides for lever in LEVERS]
    for section in ("units", *TABLES):
        rows = cast("Sequence[BaseModel]", getattr(base, section))
        keys += [f"{section}.{_id(row)}.{name}" for row in rows for name in _settable(type(row))]
    orders = base.plans[plan or base.header.default_plan].orders
    keys += [f"orders.{order.id}.{name}" for order in orders for name in (*_order_fields(), *DATE_FIELDS)]
    return sorted(keys)


def _settable(model: type[BaseModel]) -> list[str]:
    return [key for key in model.model_fields if key not in FIXED_FIELDS]


def _order_fields() -> list[str]:
    return [key for key in _settable(Order) if key not in ("when", "when_any", "command")]


def _id(row: BaseModel) -> str:
    return str(getattr(row, "id", ""))


def _start_hour(data: ScenarioData, patch: Patch) -> int:
    """Effective hour that a patch names; 0 when it names none."""
    if patch.from_ is None:
        return 0
    hour = data.header.hour(patch.from_)
    if not 0 <= hour < data.header.hours:
        span = f"{data.header.start} to {data.header.end}"
        raise PatchError(f"{_called(patch)}: from {patch.from_} lies outside the campaign ({span})")
    return hour


def _called(patch: Patch) -> str:
    return f"patch {patch.id!r}" if patch.id else "patch"


def _moves_ids(patch: Patch) -> bool:
    """Whether a patch can make an id resolve to nothing; most only set numbers and need no check."""
    return bool(patch.units or patch.orders) or any(
        isinstance(value, (str, list, tuple)) for value in patch.set.values()
    )


def _refuse_dangling(base: ScenarioData, patched: ScenarioData) -> None:
    """Raise for what no longer resolves in the patched scenario but did in the unpatched one."""
    from sim import lint  # the patches of a sweep need no lint: it is imported where it is used

    before = {(finding.where, finding.message) for finding in lint.check_references(base)}
    for finding in lint.check_references(patched):
        if finding.level == "error" and (finding.where, finding.message) not in before:
            raise PatchError(f"with this patch, {finding}")


RowT = TypeVar("RowT", bound=BaseModel)


@dataclass
class _Work:
    """A scenario under patches: the tables that patches touch, taken apart and put together again."""

    base: ScenarioData
    plan: str
    timed: dict[tuple[int, str], float] = field(default_factory=dict[tuple[int, str], float])
    luck: dict[int, int] = field(default_factory=dict[int, int])
    warnings: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.rules = dict(self.base.rules)
        self.sides = {side.id: side for side in self.base.sides}
        self.tables: dict[str, dict[str, BaseModel]] = {
            section: {_id(row): row for row in getattr(self.base, section)} for section in ("units", *TABLES)
        }
        self.orders: list[Order] = list(self.base.plans[self.plan].orders)

    def apply(self, patch: Patch) -> None:
        hour = _start_hour(self.base, patch)
        if patch.game is not None:
            self._look_at(patch, patch.game)
        for unit in patch.units:
            self._add_unit(patch, unit, hour)
        known_orders = {order.id for order in self.orders}
        for order in patch.orders:
            if order.id in known_orders:
                raise PatchError(f"{_called(patch)}: orders: {order.id!r} stands in the plan already: use another id")
            known_orders.add(order.id)
            self.orders.append(order.model_copy(update={"valid_from_hour": self._order_hour(patch, order, hour)}))
        if patch.luck is not None:
            self.luck = {at: seed for at, seed in self.luck.items() if at < hour} | {hour: patch.luck}
        by_order: dict[str, dict[str, Any]] = {}
        for key, value in patch.set.items():
            section, _, rest = key.partition(".")
            name, _, attribute = rest.rpartition(".")
            if section == "orders" and name and attribute:
                by_order.setdefault(name, {})[attribute] = value
            else:
                self._set(patch, key, value, hour)
        for name, changes in by_order.items():
            self._set_order(name, changes, hour)

    def result(self, patches: Sequence[Patch]) -> ScenarioData:
        """The patched scenario; strengths of sides are scaled last, from the men that the tables now name."""
        units = _scaled(cast("list[Unit]", list(self.tables["units"].values())), self.sides)
        header = self.base.header.model_copy(
            update={"sides": tuple(self.sides.values())}
            | {section: tuple(self.tables[section].values()) for section in TABLES}
        )
        plans = dict(self.base.plans)
        plans[self.plan] = plans[self.plan].model_copy(update={"orders": tuple(self.orders)})
        timed = tuple(Timed(hour, key, value) for (hour, key), value in sorted(self.timed.items()))
        return replace(
            self.base, header=header, units=tuple(units), rules=self.rules, plans=plans, timed=timed,
            luck=tuple(sorted(self.luck.items())), plan=self.plan, patches=tuple(patches),
            warnings=tuple(self.warnings), base=self.base,
        )  # fmt: skip

    def _look_at(self, patch: Patch, game: GameMark) -> None:
        """Refuse a saved game of another scenario or plan; say so when the folder has changed since."""
        if (game.scenario, game.plan) != (self.base.id, self.plan):
            raise PatchError(
                f"{_called(patch)}: is a game of {game.scenario!r}, plan {game.plan!r}, not of {self.base.id!r}, "
                f"plan {self.plan!r}"
            )
        if game.hash != self.base.content_hash[:16]:
            self.warnings.append(
                f"game: {self.base.id} has changed since it was played (files {game.hash}, now "
                f"{self.base.content_hash[:16]}): the course may be another"
            )

    def _order_hour(self, patch: Patch, order: Order, hour: int) -> int:
        """First hour at which an added order can be given: its own `from`, or that of the patch."""
        if order.from_ is None:
            return hour
        own = self.base.header.hour(order.from_)
        if not hour <= own < self.base.header.hours:
            where = f"{_called(patch)}: orders {order.id}: from {order.from_}"
            raise PatchError(f"{where} lies before 'from' of the patch or after {self.base.header.end}")
        return own

    def _add_unit(self, patch: Patch, unit: Unit, hour: int) -> None:
        if unit.id in self.tables["units"]:
            raise PatchError(f"{_called(patch)}: units: {unit.id!r} stands in units.csv already: use another id")
        if hour and unit.enter is None:
            day = self.base.header.start + timedelta(days=-(-hour // 24))
            unit = unit.model_copy(update={"enter": day})
        elif unit.enter and self.base.header.hour(unit.enter) < hour:
            raise PatchError(f"{_called(patch)}: units {unit.id}: enters on {unit.enter}, before 'from' {patch.from_}")
        self.tables["units"][unit.id] = unit

    def _set(self, patch: Patch, key: str, value: Any, hour: int) -> None:
        section, _, rest = key.partition(".")
        name, _, attribute = rest.rpartition(".")
        if section == "rules":
            self._set_rule(key, rest, value, hour)
        elif section == "sides":
            self._set_lever(key, name, attribute, value, hour)
        elif section in self.tables:
            self._set_field(patch, key, value, hour)
        else:
            raise self._unknown(key)

    def _set_rule(self, key: str, name: str, value: Any, hour: int) -> None:
        if name not in self.rules:
            raise self._unknown(key)
        parameter = self.rules[name]
        number = _number(key, value)
        if not parameter.low <= number <= parameter.high:
            self.warnings.append(
                f"{key} = {number:g} lies outside its range {parameter.low:g} to {parameter.high:g} ({parameter.unit})"
            )
        if not self._timed(hour, key, number):
            self.rules[name] = parameter.model_copy(update={"value": number})

    def _set_lever(self, key: str, name: str, lever: str, value: Any, hour: int) -> None:
        if name not in self.sides or lever not in LEVERS:
            raise self._unknown(key)
        number = _number(key, value)
        if number < 0:
            raise PatchError(f"{key} = {number:g}: a lever cannot be negative (1 is as it was, 0.5 half of it)")
        if hour and lever == "strength":
            raise PatchError(f"{key}: strength scales the men of the first day: it cannot be combined with 'from'")
        if not self._timed(hour, key, number):
            self.sides[name] = self.sides[name].model_copy(update={lever: number})

    def _set_field(self, patch: Patch, key: str, value: Any, hour: int) -> None:
        section, _, rest = key.partition(".")
        name, _, attribute = rest.rpartition(".")
        rows = self.tables[section]
        if name not in rows or attribute not in _settable(type(rows[name])):
            raise self._unknown(key)
        changed = _changed(rows[name], {attribute: value}, f"{section}.{name}")
        temper = section == "commanders" and attribute in TIMED_COMMANDER_FIELDS
        if hour and not temper:
            raise PatchError(f"{key}: holds from the start and cannot be combined with 'from' {patch.from_}")
        if not (temper and self._timed(hour, key, float(value))):
            rows[name] = changed

    def _timed(self, hour: int, key: str, number: float) -> bool:
        """Note a number that holds from an hour on, over what earlier patches said; False for the start."""
        self.timed = {(h, k): old for (h, k), old in self.timed.items() if k != key or h < hour}
        if hour:
            self.timed[hour, key] = number
        return hour > 0

    def _set_order(self, name: str, changes: Mapping[str, Any], hour: int) -> None:
        """Change an order; with an hour, the old one stays valid until it and the new one holds from it."""
        fields = (*_order_fields(), *DATE_FIELDS)
        unknown = next((attribute for attribute in changes if attribute not in fields), None)
        if unknown is not None or all(order.id != name for order in self.orders):
            raise self._unknown(f"orders.{name}.{unknown or next(iter(changes))}")
        orders: list[Order] = []
        for order in self.orders:
            ended = order.valid_until_hour is not None and order.valid_until_hour <= hour
            if order.id != name or ended:
                orders.append(order)
                continue
            if order.valid_from_hour < hour:
                orders.append(order.model_copy(update={"valid_until_hour": hour}))
                order = order.model_copy(update={"valid_from_hour": hour})
            orders.append(self._changed_order(order, changes))
        self.orders = orders

    def _changed_order(self, order: Order, changes: Mapping[str, Any]) -> Order:
        key = f"orders.{order.id}"
        fields = {name: value for name, value in changes.items() if name not in DATE_FIELDS}
        dates = {name: changes[name] for name in DATE_FIELDS if name in changes}
        changed = _changed(order, fields, key) if fields else order
        if not dates:
            return changed
        dated = [condition for condition in (*order.when, *order.when_any) if condition.kind == "date"]
        if len(dated) != 1:
            waits = ", ".join(sorted({one.kind for one in (*order.when, *order.when_any)})) or "nothing"
            why = "has several date conditions" if dated else f"has no date: it waits for {waits}"
            raise PatchError(f"{key}.{next(iter(dates))}: the order {why}, so there is no one date to change")
        new = _moved(dated[0], dates, key)
        for day in (new.date, new.until):
            if day is not None and not self.base.header.start <= day <= self.base.header.end:
                self.warnings.append(f"{key}: {day} lies outside the campaign, the order is never given")
        swap = {name: tuple(new if one is dated[0] else one for one in getattr(order, name)) for name in _WHENS}
        return changed.model_copy(update=swap)

    def _unknown(self, key: str) -> PatchError:
        section, _, rest = key.partition(".")
        name, _, attribute = rest.rpartition(".")
        if section not in SECTIONS:
            hint = suggest(section, SECTIONS)
            return PatchError(
                f"unknown key {key!r}{hint}: a key begins with {', '.join(SECTIONS[:-1])} or {SECTIONS[-1]}"
            )
        if section == "rules":
            return PatchError(f"unknown key {key!r}{suggest(key, [f'rules.{one}' for one in self.rules])}")
        if section == "orders":
            ids, fields = {order.id for order in self.orders}, [*_order_fields(), *DATE_FIELDS]
            others = [plan.id for plan in self.base.plans.values() if any(one.id == name for one in plan.orders)]
            if name not in ids and others:
                return PatchError(
                    f"unknown key {key!r}: plan {self.plan!r} has no order {name!r}, plan {others[0]!r} has"
                )
        elif section == "sides":
            ids, fields = set(self.sides), list(LEVERS)
        else:
            rows = self.tables[section]
            ids = set(rows)
            fields = _settable(type(next(iter(rows.values())))) if rows else []
        if name in ids:
            hint = "; it names the thing and cannot be set" if attribute in FIXED_FIELDS else suggest(attribute, fields)
            return PatchError(f"unknown key {key!r}: {section} {name} has no field {attribute!r} to set{hint}")
        guess = suggest(rest, ids) if rest in ids else suggest(name or rest, ids)
        return PatchError(f"unknown key {key!r}: no {section[:-1]} with the id {name or rest!r}{guess}")


_WHENS = ("when", "when_any")


def _number(key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise PatchError(f"{key} = {value!r}: a number is wanted")
    return float(value)


def _changed(row: RowT, changes: Mapping[str, Any], key: str) -> RowT:
    """A row with some fields changed, checked as if it stood so in the file; no text passes for a number."""
    model = type(row)
    for name, value in changes.items():
        wanted = _kinds(model.model_fields[name].annotation)
        given = cast("type[Any]", type(value))
        if given is list:
            given = tuple
        elif given is int and int not in wanted:
            given = float
        elif given is str and date in wanted:
            given = date
        if given not in wanted:
            names = " or ".join(sorted(_NAMES[kind] for kind in wanted))
            raise PatchError(f"{key}.{name} = {value!r}: {names} is wanted")
    try:
        return model.model_validate({**row.model_dump(by_alias=True, exclude_none=True), **changes})
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        where, message = explain(details, model, changes)
        raise PatchError(" ".join(part for part in (f"{key}:", where, message) if part)) from None


_NAMES: dict[type, str] = {
    int: "a whole number", float: "a number", str: "a text", bool: "true or false", date: "a date",
    tuple: "a list",
}  # fmt: skip


def _kinds(annotation: Any) -> set[type]:
    """The plain types of a field's annotation: `Literal` is text, `Annotated` and unions are looked into."""
    if isinstance(annotation, type) and annotation in _NAMES:
        return {annotation}
    if getattr(annotation, "__origin__", None) is tuple:
        return {tuple}
    kinds: set[type] = set()
    for part in get_args(annotation):
        kinds |= {str} if isinstance(part, str) else _kinds(part)
    return kinds


def _moved(condition: Condition, changes: Mapping[str, Any], key: str) -> Condition:
    """A date condition changed or shifted; a range keeps its width unless `until` is given too."""
    old = condition.date
    assert old is not None
    new = _day(f"{key}.date", changes["date"]) if "date" in changes else old
    if "shift_days" in changes:
        shift = changes["shift_days"]
        if isinstance(shift, bool) or not isinstance(shift, (int, float)) or float(shift) != int(shift):
            raise PatchError(f"{key}.shift_days = {shift!r}: a whole number of days is wanted")
        new = _shifted(f"{key}.shift_days", new, int(shift))
    until = condition.until + (new - old) if condition.until else None
    if "until" in changes:
        until = _day(f"{key}.until", changes["until"])
    if until is not None and until < new:
        raise PatchError(f"{key}: until {until} lies before date {new}")
    return condition.model_copy(update={"date": new, "until": until})


def _day(key: str, value: Any) -> date:
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise PatchError(f"{key} = {value!r}: a date such as 1921-06-27 is wanted")


def _shifted(key: str, day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise PatchError(f"{key} = {days}: so many days lead out of the calendar") from None


def _scaled(units: list[Unit], sides: Mapping[str, Any]) -> list[Unit]:
    """Units with the men and horses of each side scaled by its lever `strength`, in whole numbers.

    The scaled total of a side is rounded once; the units get their floors, and what is left goes one by one
    to the largest remainders, ties by id.
    """
    changes: dict[str, dict[str, int]] = {}
    for side, entry in sides.items():
        if entry.strength == 1:
            continue
        own = sorted((unit for unit in units if unit.side == side), key=lambda unit: unit.id)
        for name in ("men", "horses"):
            whole = _shares([getattr(unit, name) for unit in own], entry.strength)
            for unit, number in zip(own, whole, strict=True):
                changes.setdefault(unit.id, {})[name] = number
    return [unit.model_copy(update=changes[unit.id]) if unit.id in changes else unit for unit in units]


def _shares(numbers: Sequence[int], factor: float) -> list[int]:
    exact = [number * factor for number in numbers]
    whole = [math.floor(share) for share in exact]
    left = math.floor(math.fsum(exact) + 0.5) - sum(whole)
    by_remainder = sorted((floor - share, index) for index, (floor, share) in enumerate(zip(whole, exact, strict=True)))
    for _, index in by_remainder[:left]:
        whole[index] += 1
    return whole
