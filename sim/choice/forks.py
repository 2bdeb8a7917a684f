"""Forks: what if, from here? A world that goes on otherwise from an hour, with the hours before as they were.

    run = sim.run(scenario, 7, record=True)
    other = sim.fork(run, 1400, ["sides.White.pace=1.2"])         # other levers from hour 1400 on, the same dice
    again = sim.fork(run, 1400, luck=12)                          # the same world, other dice from then on

A fork is a patch with an hour, so it can be saved, compared and swept like any other. The past is played once and
copied (`Past`): the state of a run is a handful of arrays, in which only the rows of orders have to be renumbered
when a patch adds some. What comes out equals, byte for byte, the patched scenario played from its first hour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from sim.errors import OptionError, suggest
from sim.luck import check_seed, hash_id
from sim.patch import Patch, patch_from_dict, patch_from_settings, read_patch
from sim.plan import TASKS
from sim.runs import Run, check_room, finish, onward
from sim.scenario import Scenario, load
from sim.state import E_ARRIVES, E_ORDERED, HOUR, N_EVENTS, TRACE_H, State, Tables, new_state

Change: TypeAlias = "Patch | Mapping[str, Any] | str | Path | Sequence[str] | None"
"""A patch, a dict in its words, a file, the id of a counterfactual, or a list of `key=value`; None changes nothing."""


def fork(
    source: Scenario | Run,
    hour: int,
    patch: Change = None,
    luck: int | None = None,
    *,
    seed: int = 0,
    record: bool = True,
) -> Run:
    """A run that leaves another at `hour`: the hours before are untouched, byte for byte.

    source: a Scenario, played with `seed`, or a finished run, whose certificate makes its world again. patch: what
    changes; it holds from `hour`, whatever it says itself. luck: the seed of other dice from that hour on; the same
    dice when left out, so that an empty patch gives the run itself. record: keep what the map shows, hour by hour.
    Raises OptionError or PatchError.
    """
    scenario, key = (source, seed) if isinstance(source, Scenario) else (world_of(source.certificate), source.seed)
    past = Past.of(scenario, key, hour, record=record)
    return past.go_on(past.world(patch, luck))


def world_of(certificate: Mapping[str, Any]) -> Scenario:
    """The world of a run, made again from its birth certificate.

    Raises UrgaError when its scenario does not come with the program or has changed since.
    """
    paper = certificate
    try:
        world = load(paper["scenario"], plan=paper["plan"], patches=[dict(one) for one in paper["patches"]])
    except (KeyError, TypeError) as error:
        raise OptionError(f"the run's certificate is incomplete: {error} is missing") from None
    if world.hash != paper["hash"]:
        raise OptionError(
            f"the run was made with other files of {paper['scenario']} (world {paper['hash']}, now {world.hash}): "
            "run it again"
        )
    return world


def as_patch(scenario: Scenario, change: Change) -> Patch:
    """A patch out of what a caller may give for one. Raises PatchError."""
    if change is None:
        return Patch()
    if isinstance(change, Patch):
        return change
    if isinstance(change, Mapping):
        return patch_from_dict(change)
    if isinstance(change, (str, Path)):
        if str(change) in scenario.data.counterfactuals:
            return scenario.data.counterfactuals[str(change)]
        if isinstance(change, str) and "=" in change:
            return patch_from_settings([change])
        return read_patch(change)
    return patch_from_settings(change)


def at_hour(scenario: Scenario, patch: Patch, hour: int, luck: int | None = None) -> Patch:
    """The same patch, effective from `hour`; its orders are given no earlier."""
    moment = scenario.date(hour)
    orders = tuple(
        order.model_copy(update={"from_": None})
        if order.from_ is not None and scenario.data.header.hour(order.from_) <= hour
        else order
        for order in patch.orders
    )
    dice = patch.luck if luck is None else int(check_seed(luck))
    return patch.model_copy(update={"from_": moment, "luck": dice, "orders": orders, "game": None})


def unit_order(
    scenario: Scenario,
    units: str | Sequence[str],
    task: str,
    objective: str = "",
    *,
    hour: int = 0,
    past: Past | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """The patch, as a dict, in which units are ordered otherwise from an hour on.

    task, objective and `fields` (via, pace, accept ...): as in a plan file.

    The commander of the first unit gives the order when he next looks at his plan: whom it obeys in the `past` from
    which it forks, or at the start when that is not given. Raises OptionError.
    """
    named = [units] if isinstance(units, str) else list(units)
    of_command = {unit.id: unit.command for unit in scenario.data.units}
    if past is not None:
        hour = past.hour
        obeys = past.state.units["command"]
        of_command = {name: scenario.command_ids[int(obeys[row])] for row, name in enumerate(scenario.unit_ids)}
    for name in named:
        if name not in of_command:
            raise OptionError(f"no unit {name!r}{suggest(name, of_command)}")
    if not named:
        raise OptionError("an order needs at least one unit")
    if task not in TASKS:
        raise OptionError(f"no task {task!r}{suggest(task, TASKS)}; known: {', '.join(TASKS)}")
    order = {
        "id": f"fork-{named[0]}-{hour:04}",
        "command": of_command[named[0]],
        "units": named,
        "task": task,
        "objective": objective,
        "source": "assumption" if "assumption" in scenario.data.sources else next(iter(scenario.data.sources)),
        "confidence": "assumed",
        **fields,
    }
    return {"id": f"fork-{hour:04}", "orders": [order]}


# ---------------------------------------------------------------------- the past that worlds share


@dataclass(frozen=True)
class Past:
    """A campaign played up to `hour`, that hour not yet begun; any number of worlds go on from it.

    `state` is not to be written to: `branch` gives copies.
    """

    scenario: Scenario
    seed: int
    hour: int
    state: State
    _moved: dict[int, tuple[Scenario, State]] = field(default_factory=dict[int, "tuple[Scenario, State]"], repr=False)

    @classmethod
    def of(cls, scenario: Scenario, seed: int, hour: int, record: bool = False) -> Past:
        """Play a scenario up to an hour. Raises OptionError for an hour outside the campaign."""
        if not 0 <= hour < scenario.hours:
            raise OptionError(f"hour {hour!r} lies outside the campaign (0 to {scenario.hours - 1})")
        state = new_state(scenario.tables, seed, record)
        if hour:
            onward(scenario, state, seed, 0, int(hour))
        check_room(state, seed)
        return cls(scenario, int(seed), int(hour), state)

    def world(self, change: Change = None, luck: int | None = None) -> Scenario:
        """The scenario with what changes from this hour on; itself when nothing does."""
        patch = at_hour(self.scenario, as_patch(self.scenario, change), self.hour, luck)
        if not (patch.set or patch.units or patch.orders or patch.luck is not None):
            return self.scenario
        data = self.scenario.data
        return load(data.base or data, plan=self.scenario.plan, patches=[*data.patches, patch])

    def branch(self, world: Scenario) -> State:
        """A state at this hour for a world that differs from the scenario only from then on."""
        if world.unit_ids != self.scenario.unit_ids or self.hour == 0:  # rows of units have moved: play it again
            state = new_state(world.tables, self.seed, len(self.state.record) > 0)
            onward(world, state, self.seed, 0, self.hour)
            return state
        kept = self._moved.get(id(world))
        if kept is None:
            kept = self._moved[id(world)] = (world, moved(self.state, self.scenario, world))
        return copied(kept[1])

    def go_on(self, world: Scenario) -> Run:
        """Play a branch to its end."""
        state = self.branch(world)
        onward(world, state, self.seed, self.hour, world.hours)
        return finish(world, state, self.seed)

    def ended(self, world: Scenario, luck: int) -> State:
        """The state at the end of a branch on other dice, as if the world's patch had this luck."""
        state = self.branch(world)
        changes = tuple(change for change in world.data.luck if change[0] < self.hour)
        dice = replace(world, data=replace(world.data, luck=(*changes, (self.hour, luck))))
        onward(dice, state, self.seed, self.hour, world.hours)
        check_room(state, luck)
        return state


def copied(state: State) -> State:
    """A state of its own with the same content; of the record only the hours that have been."""
    hours = int(state.counts[HOUR]) + 1
    record = np.zeros(state.record.shape, state.record.dtype)
    record[:hours] = state.record[:hours]
    copy = State(*(record if array is state.record else array.copy() for array in state))
    n_rules, n_levers = state.rules.nbytes // 8, state.levers.nbytes // 8
    return copy._replace(
        rules=copy.settings[:n_rules].view(state.rules.dtype),
        levers=copy.settings[n_rules : n_rules + n_levers].view(state.levers.dtype),
        tempers=copy.settings[n_rules + n_levers :].reshape(state.tempers.shape),
    )


def moved(state: State, old: Scenario, new: Scenario) -> State:
    """A copy of a state for a world whose orders stand in other rows; everything else is as it was."""
    return renumbered(copied(state), old, new)


def renumbered(state: State, old: Scenario, new: Scenario) -> State:
    """The same state for a world whose orders stand in other rows: arrays are written to, the old state is spent."""
    if old.order_ids == new.order_ids:
        return state
    rows = order_rows(old, new)
    hours = int(state.counts[HOUR]) + 1
    for table, fields in ((state.units, ("order", "pending")), (state.commands, ("order",))):
        for field_ in fields:
            table[field_] = rows[table[field_]]
    for table in (state.trace[: (hours - 1) // TRACE_H + 1], state.record[:hours]):
        table["order"] = rows[table["order"]]
    told = state.chronicle[: int(state.counts[N_EVENTS])]
    about = np.isin(told["kind"], (E_ORDERED, E_ARRIVES))
    told["other"][about] = rows[told["other"][about]]
    fresh = new_state(new.tables, 0)
    _move_order_states(state.orders, fresh.orders, old, new)
    changed: dict[str, np.ndarray] = {"orders": fresh.orders}
    kept = rows[:-1] >= 0
    for name in per_order(new.tables):
        changed[name] = getattr(fresh, name)
        changed[name][rows[:-1][kept]] = getattr(state, name)[kept]
    return state._replace(**changed)


def per_order(tables: Tables) -> tuple[str, ...]:
    """The arrays of a state that have a row for each order: those that grow when a plan has one more."""
    if not _per_order:
        more = tables._replace(orders=np.resize(tables.orders, len(tables.orders) + 1))
        states = new_state(tables, 0), new_state(more, 0)
        _per_order.extend(name for name, one, two in zip(State._fields, *states, strict=True) if one.shape != two.shape)
    return tuple(_per_order)


_per_order: list[str] = []


def order_rows(old: Scenario, new: Scenario) -> np.ndarray:
    """Row in the new world of each order of the old one, int64 [orders + 1]; -1: none, and so for row -1.

    Versions of one order follow one another in both worlds in the order of their hours.
    """
    seen: dict[str, int] = {}
    rows: dict[tuple[str, int], int] = {}
    for row, name in enumerate(new.order_ids):
        rows[name, seen.setdefault(name, 0)] = row
        seen[name] += 1
    found = np.full(len(old.tables.orders) + 1, -1, np.int64)
    count: dict[str, int] = {}
    for row, name in enumerate(old.order_ids):
        found[row] = rows.get((name, count.setdefault(name, 0)), -1)
        count[name] += 1
    return found


def _move_order_states(source: np.ndarray, target: np.ndarray, old: Scenario, new: Scenario) -> None:
    first: dict[str, int] = {}
    for row, name in enumerate(new.order_ids):
        first.setdefault(name, row)
    seen: set[str] = set()
    for row, name in enumerate(old.order_ids):
        if name not in seen and name in first:
            target[first[name]] = source[row]
        seen.add(name)


def luck_of(seed: int, number: int) -> int:
    """The dice of the `number`-th fork of a run: the same for every option, other for every run. 0 to 2**63 - 1."""
    return int(hash_id(f"fork {int(check_seed(seed))} {number}")) >> 1
