"""Freezing a patched scenario quickly: only what the patches touch is frozen anew.

Most levers change numbers alone (rules, levers of a side, tempers): then all tables of the frozen base are shared
and only the record of settings and its timed changes are written, which takes a hundredth of a whole freeze. The
result is the same as that of `sim.load`, table by table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.parameters import LEVERS, NAMES, TEMPERS
from sim.patch import apply_patches, patch_from_dict
from sim.scenario import Scenario, freeze, load
from sim.scenario_files import Patch, ScenarioData

FROZEN = ("units", "factions", "commands", "depots", "consequences")
"""Tables of a scenario that a patch may change and that stand frozen in tables of their own."""


def refreeze(base: Scenario, patches: Iterable[Patch]) -> Scenario:
    """The unpatched world of `base` with patches, frozen. Raises PatchError or ScenarioError as `sim.load` does."""
    data = apply_patches(base.data.base or base.data, patches, base.plan)
    if base.data.patches or not _numbers_only(base.data, data, base.plan):
        return freeze(data, base.plan)
    settings = _settings(data, base)
    tables = base.tables._replace(settings0=settings, timed=_timed(data, base))
    return replace(base, data=data, tables=tables)


def patched(base: Scenario, values: Mapping[str, float]) -> Scenario:
    """The world of `base`, its patches included, with some numbers (key -> value) set. Raises as `refreeze`."""
    patch = {"set": {key: plain(value) for key, value in values.items()}}
    if base.data.patches:
        return load(base.data, plan=base.plan, patches=[patch])
    return refreeze(base, [patch_from_dict(patch)])


def plain(value: float) -> float | int:
    """A whole number as such: some keys take no other."""
    return int(value) if float(value).is_integer() else float(value)


def _numbers_only(old: ScenarioData, new: ScenarioData, plan: str) -> bool:
    """Whether nothing differs but rules, levers of sides other than strength, and tempers of commanders."""
    if not all(_same(getattr(old, name), getattr(new, name)) for name in FROZEN):
        return False
    if not _same(old.plans[plan].orders, new.plans[plan].orders):
        return False
    if old.rules["command.accept_odds"].value != new.rules["command.accept_odds"].value:
        return False  # orders that name no odds have it frozen into them
    return len(old.commanders) == len(new.commanders) and all(
        one is other or _but_tempers(one) == _but_tempers(other)
        for one, other in zip(old.commanders, new.commanders, strict=True)
    )


def _same(old: Sequence[Any], new: Sequence[Any]) -> bool:
    return len(old) == len(new) and all(one is other for one, other in zip(old, new, strict=True))


def _but_tempers(man: Any) -> dict[str, Any]:
    return man.model_dump(exclude=set(TEMPERS))


def _settings(data: ScenarioData, base: Scenario) -> np.ndarray:
    """The record of settings, float64: rules, levers of the sides, tempers of the commanders."""
    men = {man.id: man for man in data.commanders}
    rules = [data.rules[name].value for name in NAMES]
    levers = [getattr(side, lever) for side in data.sides for lever in LEVERS]
    tempers = [getattr(men[name], temper) for name in base.commander_ids for temper in TEMPERS]
    return np.array([*rules, *levers, *tempers], np.float64)


def _timed(data: ScenarioData, base: Scenario) -> np.ndarray:
    """Changes of settings with an hour, float64 [changes, (hour, index, value)], by hour."""
    rows: list[tuple[float, float, float]] = []
    for change in data.timed:
        section, _, rest = change.key.partition(".")
        owner, _, name = rest.rpartition(".")
        if section == "rules":
            index = NAMES.index(rest)
        elif section == "sides":
            index = len(NAMES) + base.side_ids.index(owner) * len(LEVERS) + LEVERS.index(name)
        else:
            first = len(NAMES) + len(base.side_ids) * len(LEVERS)
            index = first + base.commander_ids.index(owner) * len(TEMPERS) + TEMPERS.index(name)
        rows.append((float(change.hour), float(index), float(change.value)))
    return np.array(sorted(rows), np.float64).reshape(-1, 3)
