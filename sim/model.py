"""The Mesa front: the same engine as an ordinary Mesa model, and the place where somebody writes a new commander.

    model = CampaignModel("mongolia_1921", seed=7)
    while model.running:
        model.step()                                        # one day
    print(model.agents_by_type[Cavalry].agg("men", sum))

Agents are live views on rows of the engine: their properties say what holds now and cannot be set. A model stepped
to the end equals `sim.run` byte for byte. A subclass of `Commander` may decide in plain Python, on what he knows:

    class Bold(Commander):
        def decide(self, situation):
            return {"task": "attack", "objective": "troitskosavsk"}

    model = CampaignModel(seed=7, commanders={"ungern": Bold})

His orders are kept as patches, so that the run can be made again without him (`CampaignModel.save_patch`).

Built on what Mesa 3.3 to 3.5 share. Luck comes from the engine alone: `model.random` plays no part in a campaign.
Left out: spaces (`pos` stays None; units have `lon` and `lat`), agents that are added or removed by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, TypeAlias, cast

import mesa
import numpy as np
from numba import njit

from sim import campaign
from sim.compiled import rule
from sim.errors import OptionError, PatchError, suggest
from sim.luck import check_seed
from sim.muster import AIR, ARMOUR, ARMS, ARTILLERY, CAVALRY, FIELD, GONE, INFANTRY
from sim.patch import Patch, patch_from_dict, write_patch
from sim.plan import TASKS
from sim.reference import by_reference
from sim.rules import command as command_rules
from sim.rules import common as common_rules
from sim.runs import Run, UnitInfo, check_room, finish, onward, unit_infos
from sim.scenario import Scenario, load
from sim.state import FATES, HOUR, N_UNITS, NEVER, PAUSED, WOUNDED_FATE, State, Tables, new_state
from sim.theatre import distance_km
from sim.wargame.picture import as_python, place_row

Order: TypeAlias = Mapping[str, Any]
"""An order in the words of a plan file: `task`, `objective`, `via`, `units`, `pace`, `accept`, `when` ..."""
Orders: TypeAlias = Order | Sequence[Order]

STATUS = ("waiting", "field", "gone")

# rules take the engine's records, of which the type checker knows nothing
RuleT: TypeAlias = Callable[..., Any]
position = cast("RuleT", campaign.position)
draw_picture = cast("RuleT", command_rules.draw_picture)
looks = cast("RuleT", command_rules.looks)
refresh_staff = cast("RuleT", command_rules.refresh_staff)
courier_h = cast("RuleT", common_rules.courier_h)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_commander(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Commander)


def _row(ids: Sequence[str], what: str, name: str) -> int:
    """Row of an id. Raises OptionError with the nearest known one."""
    if name not in ids:
        raise OptionError(f"no {what} {name!r}{suggest(name, ids)}")
    return ids.index(name)


# ---------------------------------------------------------------------- what a commander knows


@rule
def look_round(t: Any, s: Any, c: int, hour: int, holders: np.ndarray) -> bool:
    """Whether the commander of `c` decides this hour; fills his picture of the enemy and the `holders` he knows of.

    Writes to `s.commands` and `s.commanders` what the command phase of this hour is about to write there.
    """
    if hour % 6 == 4:
        refresh_staff(t, s, c)
    command = s.commands[c]
    k = np.int64(command["commander"])
    if not looks(t, s, c, hour) or (k >= 0 and s.commanders[k]["fate"] > WOUNDED_FATE):
        return False
    if command["hq"] < 0 and (k < 0 or s.commanders[k]["unit"] >= 0):
        return False
    draw_picture(t, s, c, hour)
    for p in range(len(s.places)):
        state = s.places[p]
        delay = courier_h(t.places, s.places, np.int64(command["side"]), p, np.int64(command["place"]), s.rules[0])
        holders[p] = state["holder"] if hour - state["since_h"] >= delay else state["before"]
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def brief(t: Tables, s: State, c: int, hour: int, holders: np.ndarray) -> bool:
    """`look_round` for callers outside the engine; `s` has copies of what it writes to."""
    return look_round(by_reference(t), by_reference(s), c, hour, holders)


@dataclass(frozen=True)
class Sighting:
    """What a commander last heard of an enemy unit (id and name).

    place: id of the place where it was; men: as reported; hour: when it was seen.
    """

    unit: str
    name: str
    place: str
    men: int
    hour: int


@dataclass(frozen=True)
class OwnUnit:
    """A unit under a commander as it reports itself: `place` is the id of the place it stands at or is nearest to.

    unit: its id, with name and arm; marching: whether it is on a route; men, horses, guns and machine guns (mg) with it
    now; order: id of what it carries out, with its task; arrived: whether it stands where that order sends it.
    cohesion, fatigue and condition (of the horses) run from 0 to 1; rations are days, rounds are rounds a man.
    """

    unit: str
    name: str
    arm: str
    place: str
    marching: bool
    men: int
    horses: int
    guns: int
    mg: int
    cohesion: float
    fatigue: float
    condition: float
    rations: float
    rounds: float
    order: str
    task: str
    arrived: bool


@dataclass(frozen=True)
class Situation:
    """What a commander knows at an hour: his own units, and of the enemy what reports have told him. Never the truth.

    hour, date   the moment; command, side: ids of what he leads and of his side
    place        id of the place where his staff is
    own          his units in the field
    enemies      newest report of each enemy unit that can have reached him, at most `scouting.memory_days` old
    holders      place id -> id of the side that holds it as far as he knows, "" for nobody
    men, losses  men in the field under him; share of the men of the first day that he has lost, below 0 when reinforced
    beaten, won  hour and place id of his last defeat and victory, or None
    """

    hour: int
    date: datetime
    command: str
    side: str
    place: str
    own: tuple[OwnUnit, ...]
    enemies: tuple[Sighting, ...]
    holders: Mapping[str, str]
    men: int
    losses: float
    beaten: tuple[int, str] | None
    won: tuple[int, str] | None
    _world: Scenario

    def km(self, a: str, b: str) -> float:
        """Distance between places `a` and `b` (ids) as the crow flies, km. Raises OptionError for an unknown place."""
        here, there = (_row(self._world.place_ids, "place", name) for name in (a, b))
        return float(as_python(distance_km)(self._world.tables.places, here, there))

    def enemy_men(self, near: str = "", within_km: float = 80.0) -> int:
        """Known enemy men within `within_km` of the place `near` (id; his staff's when left out)."""
        centre = near or self.place
        return sum(seen.men for seen in self.enemies if self.km(centre, seen.place) <= within_km)


# ---------------------------------------------------------------------- agents


class _View(mesa.Agent):
    """An agent that is a view on a row of the engine. Numbers are our own: Mesa counts differently in each release."""

    model: CampaignModel  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, model: CampaignModel, number: int) -> None:
        super().__init__(model)
        self.unique_id = number
        kept = getattr(mesa.Agent, "_ids", None)  # Mesa 3.3 keeps every model alive in it
        if kept is not None:
            kept.pop(model, None)


class Unit(_View):
    """A regiment, battalion or detachment: a live view on its row of the muster. Properties cannot be set."""

    def __init__(self, model: CampaignModel, row: int) -> None:
        super().__init__(model, row + 1)
        self.row = row

    @property
    def _now(self) -> np.void:
        return self.model.state.units[self.row]

    @property
    def _info(self) -> UnitInfo:
        return self.model.infos[self.row]

    @property
    def id(self) -> str:
        """Id, as in units.csv; units born in the run are called after the unit they were split from."""
        return self._info.id

    @property
    def name(self) -> str:
        """Name in English."""
        return self._info.name

    @property
    def name_ru(self) -> str:
        """Name in Russian."""
        return self._info.name_ru

    @property
    def name_mn(self) -> str:
        """Name in Mongolian."""
        return self._info.name_mn

    @property
    def side(self) -> str:
        """Id of its side."""
        return self.model.world.side_ids[int(self._now["side"])]

    @property
    def faction(self) -> str:
        """Id of its faction."""
        return self._info.faction

    @property
    def command(self) -> str:
        """Id of the command that it obeys now."""
        return self.model.world.command_ids[int(self._now["command"])]

    @property
    def arm(self) -> str:
        """infantry, cavalry, artillery, armour or air."""
        return ARMS[int(self._now["arm"])]

    @property
    def men(self) -> int:
        """Men."""
        return int(self._now["men"])

    @property
    def horses(self) -> int:
        """Horses."""
        return int(self._now["horses"])

    @property
    def guns(self) -> int:
        """Guns."""
        return int(self._now["guns"])

    @property
    def mg(self) -> int:
        """Machine guns."""
        return int(self._now["mg"])

    @property
    def status(self) -> str:
        """waiting (not yet in the campaign), field, or gone."""
        return STATUS[GONE if self.men <= 0 else int(self._now["status"])]

    @property
    def in_field(self) -> bool:
        """Whether it is in the campaign now, with men in it."""
        return self.status == "field"

    @property
    def place(self) -> str:
        """Id of the place it stands at or is nearest to."""
        return self.model.world.place_ids[place_row(self.model.world, self._now)]

    @property
    def place_name(self) -> str:
        """Name of that place."""
        return self.model.world.place_name(place_row(self.model.world, self._now))

    @property
    def marching(self) -> bool:
        """Whether it is on a route, between places."""
        return bool(self._now["route"] >= 0)

    @property
    def lon(self) -> float:
        """Longitude, degrees east."""
        return float(as_python(position)(self.model.world.tables, self.model.state, self.row)[0])

    @property
    def lat(self) -> float:
        """Latitude, degrees north."""
        return float(as_python(position)(self.model.world.tables, self.model.state, self.row)[1])

    @property
    def cohesion(self) -> float:
        """0 (a crowd) to 1."""
        return float(self._now["cohesion"])

    @property
    def fatigue(self) -> float:
        """0 (fresh) to 1 (spent)."""
        return float(self._now["fatigue"])

    @property
    def condition(self) -> float:
        """Condition of the horses, 0 to 1."""
        return float(self._now["condition"])

    @property
    def rations(self) -> float:
        """Days of food with the unit."""
        return float(self._now["rations"])

    @property
    def rounds(self) -> float:
        """Rifle rounds a man."""
        return float(self._now["rounds"])

    @property
    def order(self) -> str:
        """Id of the order that it carries out, "" for none."""
        return self.model.order_id(int(self._now["order"]))

    @property
    def task(self) -> str:
        """Task of that order (`sim.plan.TASKS`), "" for none."""
        return TASKS[int(self._now["task"])] if self._now["order"] >= 0 else ""

    @property
    def fighting(self) -> bool:
        """Whether it is in a battle."""
        return bool(self._now["battle"] >= 0)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}: {self.men} men at {self.place}>"


class Infantry(Unit):
    """A unit on foot or on carts."""


class Cavalry(Unit):
    """A unit of riders."""


class Artillery(Unit):
    """A battery."""


class Armour(Unit):
    """Armoured cars."""


class AirDetachment(Unit):
    """Aircraft: they look, they do not fight."""


ARM_CLASSES: dict[int, type[Unit]] = {
    INFANTRY: Infantry,
    CAVALRY: Cavalry,
    ARTILLERY: Artillery,
    ARMOUR: Armour,
    AIR: AirDetachment,
}


class Commander(_View):
    """A commander, or the staff of a command without a named one: a live view; its properties cannot be set.

    A subclass may override `decide`. `follow_plan = False` takes the plan's own orders from his command, except those
    that wait for a mutiny of it or for his own fate: they are decided by whoever comes after him.
    """

    follow_plan: ClassVar[bool] = True

    def __init__(self, model: CampaignModel, row: int, command_row: int) -> None:
        people, units = len(model.world.commander_ids), len(model.world.tables.units0)
        super().__init__(model, 1 + units + (row if row >= 0 else people + command_row))
        self.row = row  # of the commanders, -1: a staff without a named commander
        self.command_row = command_row  # -1: commands nobody

    def decide(self, situation: Situation) -> Orders | None:  # noqa: ARG002
        """What he orders now: an order, a list of orders, or None for nothing new.

        situation: what he knows at this hour. Called when he looks at his plan: before dawn, in the afternoon, when a
        report or a battle reaches him. An order
        is a dict in the words of a plan file; `command` is his and cannot be another, an `id` is made up when left out.
        Without `when` it is sent at once, with it when the conditions hold. An answer given twice running counts once.
        """
        return None

    @property
    def _now(self) -> np.void | None:
        return self.model.state.commanders[self.row] if self.row >= 0 else None

    @property
    def _command(self) -> np.void | None:
        return self.model.state.commands[self.command_row] if self.command_row >= 0 else None

    @property
    def id(self) -> str:
        """Id of the commander, or of the command that has no named one."""
        world = self.model.world
        return world.commander_ids[self.row] if self.row >= 0 else world.command_ids[self.command_row]

    @property
    def name(self) -> str:
        """Name in English."""
        table, row = ("commanders", self.row) if self.row >= 0 else ("commands", self.command_row)
        return self.model.world.name(table, row)

    @property
    def side(self) -> str:
        """Id of his side."""
        row = self._now if self._now is not None else self._command
        assert row is not None
        return self.model.world.side_ids[int(row["side"])]

    @property
    def command(self) -> str:
        """Id of his command, "" when he commands nobody."""
        return self.model.world.command_ids[self.command_row] if self.command_row >= 0 else ""

    @property
    def place(self) -> str:
        """Id of the place where he, or his staff, is; "" when not known."""
        return self.model.world.place_ids[row] if (row := self._place_row) >= 0 else ""

    @property
    def place_name(self) -> str:
        """Name of that place."""
        return self.model.world.place_name(self._place_row)

    @property
    def _place_row(self) -> int:
        units = self.model.state.units
        if self._now is None:
            assert self._command is not None
            return int(self._command["place"])
        rides = int(self._now["unit"])
        return place_row(self.model.world, units[rides]) if rides >= 0 else int(self._now["place"])

    @property
    def lon(self) -> float:
        """Longitude of that place, degrees east; nan when it is not known."""
        return float(self.model.world.tables.places[self._place_row]["lon"]) if self.place else float("nan")

    @property
    def lat(self) -> float:
        """Latitude of that place, degrees north; nan when it is not known."""
        return float(self.model.world.tables.places[self._place_row]["lat"]) if self.place else float("nan")

    @property
    def fate(self) -> str:
        """in command, wounded, killed, captured or fled."""
        return FATES[int(self._now["fate"])] if self._now is not None else FATES[0]

    @property
    def men(self) -> int:
        """Men in the field under him."""
        units = self.model.state.units
        mine = (units["command"] == self.command_row) & (units["status"] == FIELD) & (units["arm"] != AIR)
        return int(units["men"][mine].sum()) if self.command_row >= 0 else 0

    @property
    def order(self) -> str:
        """Id of the last order that he gave to his whole command, "" for none."""
        return self.model.order_id(int(self._command["order"])) if self._command is not None else ""

    @property
    def plot(self) -> float:
        """Share of his officers who are in a plot against him, 0 to 1."""
        return float(self._command["plot"]) if self._command is not None else 0.0

    @property
    def mutinied(self) -> bool:
        """Whether his command has mutinied."""
        return self._command is not None and bool(self._command["mutiny_h"] >= 0)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}: {self.fate}, {self.men} men>"


# ---------------------------------------------------------------------- the model


class CampaignModel(mesa.Model):
    """The campaign as a Mesa model.

    scenario: a Scenario, or id or folder of one; seed: as for `sim.run`; commanders: id of a commander (or of a command
    without a named one) -> subclass of Commander that decides for it; record: keep the record of every hour.
    `world` is the scenario with the orders given so far, `state` what the engine writes: read them, change nothing, and
    keep neither over a step, since a new order replaces both. Raises ScenarioError, PatchError or OptionError.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path = "mongolia_1921",
        seed: int = 0,
        *,
        commanders: Mapping[str, type[Commander]] | None = None,
        hours_per_step: int = 24,
        record: bool = False,
    ) -> None:
        super().__init__(rng=int(check_seed(seed)))
        if not _is_whole(hours_per_step) or hours_per_step < 1:
            raise OptionError(f"hours_per_step is {hours_per_step!r}: a step is a whole number of hours, 24 is a day")
        self.world = self._given = scenario if isinstance(scenario, Scenario) else load(scenario)
        self.hours_per_step = hours_per_step
        self._key, self._record = int(seed), record
        self._patches: tuple[Patch, ...] = ()
        self._deciding: dict[int, Commander] = {}
        self._answers: dict[int, list[dict[str, Any]]] = {}
        self.state = new_state(self.world.tables, seed, record)
        self.infos: tuple[UnitInfo, ...] = ()
        self._enlisted = 0
        self._appoint(commanders or {})
        self._muster_new()

    # -- running

    @property
    def seed(self) -> int:
        """The seed of the campaign's luck."""
        return self._key

    @property
    def hour(self) -> int:
        """Hours since the start of the campaign."""
        return int(self.state.counts[HOUR])

    @property
    def date(self) -> datetime:
        """Date and time."""
        return self.world.date(self.hour)

    def step(self) -> None:
        """Play `hours_per_step` hours; at the end of the campaign `running` becomes False and a step does nothing."""
        if not self.running:
            return
        end = min(self.hour + self.hours_per_step, self.world.hours)
        hour = onward(self.world, self.state, self.seed, self.hour, end)
        while self.state.counts[PAUSED]:
            self._ask(hour)
            hour = onward(self.world, self.state, self.seed, hour, end)
        check_room(self.state, self.seed)
        self._muster_new()
        self.running = hour < self.world.hours

    def result(self) -> Run:
        """The finished run, as `sim.run` gives it. Raises OptionError before the campaign's end."""
        if self.hour < self.world.hours:
            raise OptionError(f"the campaign stands at {self.date:%d %B %Y %H:%M}: step it to its end for a run")
        return finish(self.world, self.state, self.seed)

    # -- reading

    def men(self, side: str) -> int:
        """Men of a side (id) in the field."""
        units = self.state.units
        here = (units["side"] == _row(self.world.side_ids, "side", side)) & (units["status"] == FIELD)
        return int(units["men"][here].sum())

    def holder(self, place: str) -> str:
        """Id of the side that holds a place (id), "" for nobody."""
        row = int(self.state.places[_row(self.world.place_ids, "place", place)]["holder"])
        return self.world.side_ids[row] if row >= 0 else ""

    def order_id(self, row: int) -> str:
        """Id of an order by its row, "" for -1."""
        return self.world.order_ids[row] if row >= 0 else ""

    # -- commanders who decide in Python

    @property
    def patches(self) -> tuple[Patch, ...]:
        """What the Python commanders ordered, as patches with an hour: `sim.load(scenario, patches=model.patches)`."""
        return self._patches

    def save_patch(self, path: str | Path) -> list[Path]:
        """Write `patches` as TOML and return the files: `path` for one patch, `path` with -1, -2 ... for several.

        A patch holds from one hour, so there is one for each hour at which orders were given; they are loaded in order.
        Raises OptionError when there is nothing to write, PatchError when a file cannot be written.
        """
        target = Path(path)
        if not self.patches:
            raise OptionError("no Python commander has given an order: there is no patch to write")
        width = len(str(len(self.patches)))
        files = (
            [target]
            if len(self.patches) == 1
            else [
                target.with_name(f"{target.stem}-{number:0{width}}{target.suffix}")
                for number in range(1, len(self.patches) + 1)
            ]
        )
        for file, patch in zip(files, self.patches, strict=True):
            write_patch(patch, file)
        return files

    def _appoint(self, chosen: Mapping[str, type[Commander]]) -> None:
        """Make the agents of all commanders; those who are chosen decide in Python."""
        world, commands = self.world, self.world.tables.commands0
        posts = {
            name: (row, int(world.tables.commanders0["command"][row])) for row, name in enumerate(world.commander_ids)
        }
        posts |= {world.command_ids[c]: (-1, c) for c in range(len(commands)) if commands["commander"][c] < 0}
        for name, kind in chosen.items():
            if name not in posts:
                raise OptionError(f"commanders: no commander {name!r}{suggest(name, posts)}")
            if not _is_commander(kind):
                raise OptionError(f"commanders: {name!r} is given {kind!r}: a subclass of Commander is wanted")
            if posts[name][1] < 0:
                raise OptionError(f"commanders: {name!r} commands nobody in this scenario")
        for name, (row, command) in posts.items():
            agent = chosen.get(name, Commander)(self, row, command)
            if name in chosen:
                self._deciding[command] = agent
        silent = [agent for agent in self._deciding.values() if not agent.follow_plan]
        if silent:
            self._replay((*self._patches, patch_from_dict(self._without_plan(silent))), 0)
        self._flag(self.state)

    def _without_plan(self, silent: Iterable[Commander]) -> dict[str, Any]:
        """The patch that takes the plan's orders from commanders who do not follow it."""
        by_command = {agent.command: agent for agent in silent}
        off = {}
        for order in self._given.data.plans[self._given.plan].orders:
            agent = by_command.get(order.command)
            if agent is None:
                continue
            successors = any(
                not one.not_ and (one.command == agent.command if one.kind == "mutiny" else one.commander == agent.id)
                for one in order.when
                if one.kind in ("mutiny", "commander")
            )
            if not successors:
                off[f"orders.{order.id}.enabled"] = False
        names = ", ".join(sorted(by_command))
        return {"id": "without-plan", "title": f"The plan's orders are taken from: {names}", "set": off}

    def _flag(self, state: State) -> None:
        for command in self._deciding:
            state.commands["python"][command] = 1

    def _ask(self, hour: int) -> None:
        """The engine has stopped before the command phase of `hour`: whoever looks decides; orders make a new world."""
        given: list[dict[str, Any]] = []
        names: list[str] = []
        for command in sorted(self._deciding):
            situation = self._situation(command, hour)
            if situation is None:
                continue
            agent = self._deciding[command]
            answer = self._read_answer(agent, situation, agent.decide(situation))
            if answer == self._answers.get(command):
                continue
            self._answers[command] = answer
            if answer:
                given += [self._written(agent, order, hour, number) for number, order in enumerate(answer, 1)]
                names.append(agent.name)
        if given:
            when = self.world.date(hour)
            patch = patch_from_dict(
                {
                    "id": f"decided-{when:%m-%d-%H}",
                    "title": f"Decided on {when:%d %B %Y, %H:%M}: {', '.join(names)}",
                    "from": when,
                    "orders": given,
                }
            )
            self._replay((*self._patches, patch), hour)

    def _read_answer(self, agent: Commander, situation: Situation, answer: Any) -> list[dict[str, Any]]:
        """The answer of `decide` as a list of dicts. Raises PatchError for anything else."""
        orders: list[Any] = list(cast("Sequence[Any]", answer)) if isinstance(answer, (list, tuple)) else [answer]
        if answer is None:
            orders = []
        who = f"{type(agent).__name__}.decide on {situation.date:%d %B %Y %H:%M}"
        if not all(isinstance(order, Mapping) for order in orders):
            raise PatchError(
                f"{who} returned {answer!r}: an order is a dict such as "
                "{'task': 'march', 'objective': 'urga'}; a list of orders or None will do as well"
            )
        for order in orders:
            if order.get("command", agent.command) != agent.command:
                raise PatchError(f"{who}: 'command' is {order['command']!r}, but he commands {agent.command!r}")
        return [dict(order) for order in orders]

    def _written(self, agent: Commander, order: Mapping[str, Any], hour: int, number: int) -> dict[str, Any]:
        """An order with what its author may leave out."""
        sources = self._given.data.sources
        kind = re.sub(r"[^A-Za-z0-9_]", "", type(agent).__name__)
        filled = {
            "id": f"{agent.command}-{hour:04}-{number}",
            "source": "assumption" if "assumption" in sources else next(iter(sources), "assumption"),
            "confidence": "assumed",
            "note": f"Decided by {kind}.",
        }
        return {**filled, **order, "command": agent.command}

    def _replay(self, patches: tuple[Patch, ...], hour: int) -> None:
        """Take patches over: freeze the world anew and play it to where it stands, at `hour` before the command phase.

        Nothing before that hour changes (a patch leaves the hours before its own alone), so the agents see no break.
        """
        world = load(self._given.data, plan=self._given.plan, patches=patches)
        state = new_state(world.tables, self.seed, self._record)
        self._flag(state)
        at = 0
        while hour and not (at == hour and state.counts[PAUSED]):
            at = onward(world, state, self.seed, at, hour + 1)
            if at > hour:
                raise RuntimeError(f"the campaign does not stop at hour {hour} again: a patch changed the past")
        self._patches, self.world, self.state = patches, world, state

    def _situation(self, command: int, hour: int) -> Situation | None:
        """What a commander knows before the command phase of `hour`; None when he does not decide this hour."""
        world, state = self.world, self.state
        scratch = state._replace(
            commands=state.commands.copy(), commanders=state.commanders.copy(), picture=state.picture.copy()
        )
        holders = np.full(len(world.place_ids), -1, np.int64)
        if not brief(world.tables, scratch, command, hour, holders):
            return None
        self._name_units()
        row, places = scratch.commands[command], world.place_ids
        count = int(state.counts[N_UNITS])
        own = tuple(
            self._own_unit(i)
            for i in range(count)
            if state.units[i]["command"] == command and state.units[i]["status"] == FIELD and state.units[i]["men"] > 0
        )
        enemies = tuple(
            Sighting(
                unit=self.infos[i].id,
                name=self.infos[i].name,
                place=places[int(seen["place"])],
                men=int(seen["men"]),
                hour=int(seen["hour"]),
            )
            for i, seen in enumerate(scratch.picture[:count])
            if seen["place"] >= 0
        )
        men = sum(unit.men for unit in own if unit.arm != ARMS[AIR])

        def last(name: str) -> tuple[int, str] | None:
            when = int(row[f"{name}_h"])
            return None if when <= NEVER else (when, places[int(row[f"{name}_place"])])

        return Situation(
            hour=hour,
            date=world.date(hour),
            command=world.command_ids[command],
            side=world.side_ids[int(row["side"])],
            place=places[int(row["place"])],
            own=own,
            enemies=enemies,
            holders={
                name: world.side_ids[side] if side >= 0 else ""
                for name, side in zip(places, holders.tolist(), strict=True)
            },
            men=men,
            losses=1.0 - men / max(1, int(row["initial_men"])),
            beaten=last("lost"),
            won=last("won"),
            _world=world,
        )

    def _own_unit(self, i: int) -> OwnUnit:
        u, info = self.state.units[i], self.infos[i]
        order = int(u["order"])
        return OwnUnit(
            unit=info.id,
            name=info.name,
            arm=ARMS[int(u["arm"])],
            marching=bool(u["route"] >= 0),
            place=self.world.place_ids[place_row(self.world, u)],
            men=int(u["men"]),
            horses=int(u["horses"]),
            guns=int(u["guns"]),
            mg=int(u["mg"]),
            cohesion=float(u["cohesion"]),
            fatigue=float(u["fatigue"]),
            condition=float(u["condition"]),
            rations=float(u["rations"]),
            rounds=float(u["rounds"]),
            order=self.order_id(order),
            task=TASKS[int(u["task"])] if order >= 0 else "",
            arrived=bool(u["arrived"]),
        )

    # -- agents

    def _name_units(self) -> None:
        """Names of all units, those born in the run included."""
        if len(self.infos) < int(self.state.counts[N_UNITS]):
            self.infos = unit_infos(self.world, self.state)

    def _muster_new(self) -> None:
        """An agent for every unit that has none yet."""
        self._name_units()
        for row in range(self._enlisted, len(self.infos)):
            ARM_CLASSES[int(self.state.units[row]["arm"])](self, row)
        self._enlisted = len(self.infos)
