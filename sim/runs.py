"""One run: a pure function of scenario, plan, patches and seed, and what it leaves.

`run` plays a scenario and hands back a `Run`: chronicle, trace, outcome, the hours of the documented events, the
birth certificate and, if asked for, the record hour by hour. `balance` checks the books. `Run.save` and `read_run`
keep a run in a file (`sim.run_file`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np

import sim
from sim.campaign import advance
from sim.cast import Cast
from sim.errors import RunFileError, UrgaError
from sim.history import score_of
from sim.history.reader import Reader
from sim.luck import check_seed
from sim.muster import ARMS, CAPTURED, CAUSES, DETACHED, FIELD, GUNS, KINDS, LEFT, MEN, RECEIVED
from sim.parameters import NAMES
from sim.patch import canonical
from sim.run_file import read_run_file, write_run
from sim.scenario import Scenario, load
from sim.state import (
    BATTLE,
    BATTLE_HOUR,
    DAILY,
    EVENT,
    FATES,
    HOLDING,
    N_BATTLE_HOURS,
    N_BATTLES,
    N_EVENTS,
    N_HOLDINGS,
    N_REPORTS,
    N_UNITS,
    OVERFLOW,
    PAUSED,
    RECORD,
    REPORT,
    TRACE,
    TRACE_H,
    State,
    new_state,
)
from sim.telling import Event, Teller

OVERFLOWS = {
    1: "the chronicle",
    2: "the reserve of units",
    3: "the list of battles",
    4: "the changes of hands",
    5: "the reports",
    6: "the hours of battle",
}
"""What was full, by the mark that the engine leaves."""
STRENGTH_DAYS = (1, 16)  # days of the month on which the outcome gives strengths


def packed(dtype: np.dtype) -> np.dtype:
    """The same fields without gaps between them: arrays of it have no bytes that nobody wrote."""
    assert dtype.names is not None
    return np.dtype([(name, dtype[name]) for name in dtype.names])


ARRAYS: dict[str, np.dtype] = {
    "chronicle": packed(EVENT),
    "engagements": packed(BATTLE),
    "battles": packed(BATTLE_HOUR),
    "holders": packed(HOLDING),
    "sightings": packed(REPORT),
    "trace": packed(TRACE),
    "daily": packed(DAILY),
    "books": np.dtype("i8"),
    "record": packed(RECORD),
}
"""Arrays of a run and their dtypes; fields and units are documented in `sim.state`."""


@dataclass(frozen=True)
class UnitInfo:
    """A unit of a run: a row of the scenario, or one born in the run (`parent` is the row it was split from, else -1).

    index: its row; id, name, name_ru, name_mn: what it is called; side, command: rows (the command is the first one);
    faction: its id; arm: as in units.csv. initial_men, initial_horses, initial_guns, initial_mg (machine guns) are
    those at the start, or at birth.
    """

    index: int
    id: str
    name: str
    name_ru: str
    name_mn: str
    side: int
    faction: str
    command: int
    arm: str
    initial_men: int
    initial_horses: int
    initial_guns: int
    initial_mg: int
    parent: int = -1


@dataclass(frozen=True)
class Run:
    """A finished run. Arrays are read-only; their fields are documented in `sim.state`.

    chronicle     EVENT [events]
    engagements   BATTLE [battles]: every battle with its sides, men and losses
    battles       BATTLE_HOUR [hours of battle]: terms of the battle rule; empty without a record
    holders       HOLDING [changes of hands]
    sightings     REPORT [reports]; empty without a record
    trace         TRACE [hours / 6 + 1, units]
    daily         DAILY [days, commands]: state of each command in the evening
    books         int64 [units, kinds, causes]: where men, horses, guns and machine guns went
    record        RECORD [hours + 1, units], or None
    outcome       named scalars, nan: did not occur; see `outcome_of`
    documented_hours  id of each documented event -> its hour in this run, or None when it did not occur
    certificate   version, scenario, plan, patches, seed, hashes: enough to make the run again
    """

    scenario: Cast
    seed: int
    units: tuple[UnitInfo, ...]
    chronicle: np.ndarray
    engagements: np.ndarray
    battles: np.ndarray
    holders: np.ndarray
    sightings: np.ndarray
    trace: np.ndarray
    daily: np.ndarray
    books: np.ndarray
    record: np.ndarray | None
    outcome: dict[str, float]
    documented_hours: dict[str, float | None]
    certificate: dict[str, Any]

    @property
    def orders(self) -> tuple[Any, ...]:
        """The orders of the plan; fields `order` and entries of kind `ordered` are rows of it."""
        return self.scenario.orders

    @property
    def hours(self) -> int:
        """Length of the campaign in hours."""
        return self.scenario.hours

    def events(self) -> list[Event]:
        """The chronicle in plain English, one event an entry, in order of time."""
        return list(self._events)

    @cached_property
    def _events(self) -> tuple[Event, ...]:
        return tuple(Teller(self.scenario, self.units).events(self.chronicle))

    def strength(self, side: int) -> np.ndarray:
        """Men of a side in the field every six hours, int64 [hours / 6 + 1]."""
        units = [unit.index for unit in self.units if unit.side == side]
        men, status = self.trace["men"][:, units], self.trace["status"][:, units]
        return np.where(status == FIELD, men, 0).sum(axis=1, dtype=np.int64)

    def save(self, path: str | Path) -> Path:
        """Write the run to a file; equal runs give equal bytes. Raises RunFileError; then nothing is written."""
        return write_run(
            path,
            {
                "certificate": self.certificate,
                "seed": self.seed,
                "outcome": _json_numbers(self.outcome),
                "documented_hours": self.documented_hours,
                "units": [unit.__dict__ for unit in self.units],
                "cast": self.scenario.to_json(),
            },
            {name: array for name in ARRAYS if (array := getattr(self, name)) is not None},
        )


def read_run(path: str | Path) -> Run:
    """Read a run file; writes nothing. Raises RunFileError in one line for what is no whole run file."""
    head, arrays = read_run_file(path)
    try:
        for name, array in arrays.items():
            if name not in ARRAYS or array.dtype != ARRAYS[name]:
                raise RunFileError(f"{path}: array {name!r} is none of a run, or has other columns: run it again")
        for array in arrays.values():
            array.setflags(write=False)
        seen = Cast.from_json(head["cast"])
        units = tuple(UnitInfo(**unit) for unit in head["units"])
        for name in ("trace", "record"):
            if name in arrays and arrays[name].shape[1:] != (len(units),):
                raise RunFileError(f"{path}: is damaged: {name} has other units than its list")
        return Run(
            scenario=seen,
            seed=int(head["seed"]),
            units=units,
            record=arrays.pop("record", None),
            outcome={name: nan if x is None else float(x) for name, x in head["outcome"].items()},
            documented_hours=dict(head["documented_hours"]),
            certificate=dict(head["certificate"]),
            **arrays,
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        said = " ".join(str(error).split())[:120]
        raise RunFileError(f"{path}: is damaged: {type(error).__name__}: {said}") from None


def _json_numbers(values: Mapping[str, float]) -> dict[str, float | None]:
    """JSON has no nan: None."""
    return {name: x if isfinite(x) else None for name, x in values.items()}


# ---------------------------------------------------------------------- playing


def play(scenario: Scenario, seed: int, record: bool = False) -> State:
    """Play all hours with a seed; the state at the end. record: keep every hour.

    Raises OptionError for a seed that is none, UrgaError when a list of fixed length was too short.
    """
    state = new_state(scenario.tables, seed, record)
    onward(scenario, state, seed, 0, scenario.tables.hours)
    check_room(state, seed)
    return state


def onward(scenario: Scenario, state: State, seed: int, from_hour: int, to_hour: int) -> int:
    """Play from one hour to another with the dice that a patch may change on the way; the hour reached.

    As `sim.campaign.advance`, it stops early when a commander who decides in Python looks.
    """
    hour = from_hour
    changes = scenario.data.luck
    while True:
        state.seed[0] = check_seed(next((other for at, other in reversed(changes) if at <= hour), seed))
        end = min([to_hour, *(at for at, _ in changes if at > hour)])
        hour = advance(scenario.tables, state, hour, end)
        if hour >= to_hour or hour < end or state.counts[PAUSED]:
            return hour


def check_room(state: State, seed: int) -> None:
    """Raise UrgaError, naming the seed, when one of the engine's lists was full: then the run is not whole."""
    full = int(state.counts[OVERFLOW])
    for mark, count, rows in (
        (4, N_HOLDINGS, state.holdings),
        (5, N_REPORTS, state.reports),
        (6, N_BATTLE_HOURS, state.battle_hours),
    ):
        if not full and len(rows) and int(state.counts[count]) >= len(rows):
            full = mark
    if full:
        raise UrgaError(
            f"seed {seed}: {OVERFLOWS.get(full, f'a list (mark {full})')} of the engine is full and the run is "
            "not whole: fewer units or events, or a larger list in sim/state.py"
        )


def run(scenario: Scenario | str | Path = "mongolia_1921", seed: int = 0, record: bool = False) -> Run:
    """Play one campaign. record: keep what the map shows, hour by hour (about 8 MB).

    Raises OptionError for a seed that is none, UrgaError when the engine's lists were too short.
    """
    ready = scenario if isinstance(scenario, Scenario) else load(scenario)
    return finish(ready, play(ready, seed, record), seed)


def finish(scenario: Scenario, state: State, seed: int) -> Run:
    """A Run from the state at the end of a campaign: for `run` and for whoever steps the engine himself.

    seed: the one that was played. Raises UrgaError when one of the engine's lists was full.
    """
    check_room(state, seed)
    wrong = np.argwhere(balance(state, scenario))
    if len(wrong):
        row, kind = (int(x) for x in wrong[0])
        raise RuntimeError(f"seed {seed}: the books of unit {row} do not balance: {KINDS[kind]}")
    n, counts = int(state.counts[N_UNITS]), state.counts
    reader = Reader(scenario, state)
    hours = score_of(reader)
    outcome = outcome_of(reader)
    recorded = len(state.record) > 0
    return Run(
        scenario=Cast.of(scenario),
        seed=int(seed),
        units=unit_infos(scenario, state),
        chronicle=_kept("chronicle", state.chronicle[: int(counts[N_EVENTS])]),
        engagements=_kept("engagements", state.battles[: int(counts[N_BATTLES])]),
        battles=_kept("battles", state.battle_hours[: int(counts[N_BATTLE_HOURS])]),
        holders=_kept("holders", state.holdings[: int(counts[N_HOLDINGS])]),
        sightings=_kept("sightings", state.reports[: int(counts[N_REPORTS])]),
        trace=_kept("trace", state.trace[:, :n]),
        daily=_kept("daily", state.daily),
        books=_kept("books", state.books[:n]),
        record=_kept("record", state.record[:, :n]) if recorded else None,
        outcome=outcome,
        documented_hours={name: None if x != x else x for name, x in hours.items()},
        certificate=certificate(scenario, seed),
    )


def _kept(name: str, array: np.ndarray) -> np.ndarray:
    """A read-only copy without gaps between the fields."""
    dtype = ARRAYS[name]
    if dtype.names is None:
        copy = np.array(array, dtype)
    else:
        copy = np.empty(array.shape, dtype)
        for field in dtype.names:
            copy[field] = array[field]
    copy.setflags(write=False)
    return copy


def unit_infos(scenario: Scenario, state: State) -> tuple[UnitInfo, ...]:
    """All units of a state by row, those born in the run included."""
    cast, rows = Cast.of(scenario), {command.id: row for row, command in enumerate(Cast.of(scenario).commands)}
    sides = [side.id for side in cast.sides]
    found = [
        UnitInfo(
            index=row,
            id=unit.id,
            name=unit.name,
            name_ru=unit.name_ru,
            name_mn=unit.name_mn,
            side=sides.index(unit.side),
            faction=unit.faction,
            command=rows[unit.command],
            arm=unit.arm,
            initial_men=unit.men,
            initial_horses=unit.horses,
            initial_guns=unit.guns,
            initial_mg=unit.mg,
        )
        for row, unit in enumerate(cast.units)
    ]
    for row in range(len(found), int(state.counts[N_UNITS])):
        born, whole = state.units[row], found[int(state.units["parent"][row])]
        number = sum(unit.parent == whole.index for unit in found) + 1
        books = state.books[row, :, RECEIVED]
        if born["fugitive"] and born["leader"] >= 0:
            man = cast.commanders[int(born["leader"])]
            names = (
                f"Escort of {man.name}",
                f"Конвой: {man.name_ru or man.name}",
                f"Дагалдагч: {man.name_mn or man.name}",
            )
        else:
            names = (
                f"{whole.name}, part {number}",
                f"{whole.name_ru}, часть {number}",
                f"{whole.name_mn}, {number}-р хэсэг",
            )
        found.append(
            UnitInfo(
                index=row,
                id=f"{whole.id}.{number}",
                name=names[0],
                name_ru=names[1],
                name_mn=names[2],
                side=whole.side,
                faction=whole.faction,
                command=int(born["command"]),
                arm=ARMS[int(born["arm"])],
                initial_men=int(books[0]),
                initial_horses=int(books[1]),
                initial_guns=int(books[2]),
                initial_mg=int(books[3]),
                parent=whole.index,
            )
        )
    return tuple(found)


# ---------------------------------------------------------------------- books, outcome, certificate


def balance(state: State, scenario: Scenario) -> np.ndarray:
    """What is missing from the books: int64 [units, kinds], all 0 when they balance.

    For every unit and kind (men, horses, guns, machine guns): initial + received - all else booked - what it has now.
    A unit born in the run has nothing at first and receives what its whole gives away.
    """
    n = int(state.counts[N_UNITS])
    first = np.zeros((n, len(KINDS)), np.int64)
    now = np.empty_like(first)
    for column, kind in enumerate(KINDS):
        first[: scenario.tables.n_units, column] = scenario.tables.units0[kind][: scenario.tables.n_units]
        now[:, column] = state.units[kind][:n]
    books = state.books[:n]
    return first + 2 * books[:, :, RECEIVED] - books.sum(axis=2) - now


def outcome_of(reader: Reader) -> dict[str, float]:
    """Named scalars of a finished run; an hour is nan when the thing did not happen.

    fall_h.<place>            hour at which a place of the first rank, or of a documented event, first changes hands
    holder.<place>            row of the side that holds it at the end, -1: nobody
    men.<side>.<month-day>    men in the field at midnight of the 1st and the 16th of each month; men.<side>.end
    lost.<side>.<cause>       men, by cause (`sim.muster.CAUSES`); lost.<side>: all causes
    guns_lost.<side>          guns captured or left behind
    across.<side>.peak, .end  men standing in a country that reports to the enemy: the most at any time, and at the end
    fate.<commander>          row of `sim.state.FATES`; fate_h.<commander>: its hour
    mutiny_h.<command>        hour of a command's mutiny; mutiny_h: of the first of all
    executions.<command>      men executed by order of its commander
    battles, won.<side>       number of battles, and of those that the side won
    away.<event>              men who got away from the first fight of such an event (readings of kind fight_away)
    """
    scenario, state = reader.scenario, reader.state
    found: dict[str, float] = {}
    _outcome_places(scenario, state, found)
    _outcome_strengths(reader, found)
    _outcome_people(scenario, state, found)
    engagements = state.battles[: int(state.counts[N_BATTLES])]
    found["battles"] = float(len(engagements))
    for row, side in enumerate(scenario.side_ids):
        found[f"won.{side}"] = float(np.count_nonzero(engagements["winner"] == row))
    for event, (_, arguments, _) in reader.readings.items():
        if "left_share" in arguments:
            found[f"away.{event}"] = reader.noted.get(event, nan)
    return found


def _outcome_places(scenario: Scenario, state: State, found: dict[str, float]) -> None:
    changes = state.holdings[: int(state.counts[N_HOLDINGS])]
    for row in _watched(scenario):
        hours = changes["hour"][changes["place"] == row]
        found[f"fall_h.{scenario.place_ids[row]}"] = float(hours[0]) if len(hours) else nan
        found[f"holder.{scenario.place_ids[row]}"] = float(state.places["holder"][row])


def _watched(scenario: Scenario) -> list[int]:
    """Rows of the places of the first rank and of the documented events."""
    kept = scenario.__dict__.get("_watched")
    if kept is None:
        named = {event.place for event in scenario.data.history.events}
        kept = [
            row
            for row, name in enumerate(scenario.place_ids)
            if name in named or scenario.tables.places["rank"][row] == 1
        ]
        scenario.__dict__["_watched"] = kept
    return kept


def _strength_rows(scenario: Scenario) -> dict[str, int]:
    """Rows of the trace at which the outcome gives strengths."""
    header = scenario.data.header
    days = (header.start + timedelta(days=k) for k in range((header.end - header.start).days + 1))
    return {f"{day:%m-%d}": header.hour(day) // TRACE_H for day in days if day.day in STRENGTH_DAYS}


def _outcome_strengths(reader: Reader, found: dict[str, float]) -> None:
    scenario, state = reader.scenario, reader.state
    rows = scenario.__dict__.get("_strength_rows")
    if rows is None:
        rows = scenario.__dict__["_strength_rows"] = _strength_rows(scenario)
    books = state.books[: reader.n]
    for side, name in enumerate(scenario.side_ids):
        body = reader.columns(side)
        for day, row in rows.items():
            if row < reader.rows:
                found[f"men.{name}.{day}"] = float(body.total[row])
        found[f"men.{name}.end"] = float(body.total[-1])
        men = books[body.units, MEN].sum(axis=0)
        lost = 0.0
        for cause, word in enumerate(CAUSES):
            if cause not in (RECEIVED, DETACHED):
                found[f"lost.{name}.{word}"] = float(men[cause])
                lost += float(men[cause])
        found[f"lost.{name}"] = lost
        guns = books[body.units, GUNS].sum(axis=0)
        found[f"guns_lost.{name}"] = float(guns[CAPTURED] + guns[LEFT])
        across = body.counted(body.men, body.all, scenario.tables.home[1 - side].astype(bool)[body.country])[1]
        found[f"across.{name}.peak"], found[f"across.{name}.end"] = float(across.max()), float(across[-1])


def _outcome_people(scenario: Scenario, state: State, found: dict[str, float]) -> None:
    for name, fate, hour in zip(
        scenario.commander_ids, state.commanders["fate"].tolist(), state.commanders["fate_h"].tolist(), strict=True
    ):
        found[f"fate.{name}"] = float(fate)
        found[f"fate_h.{name}"] = float(hour) if hour >= 0 else nan
    first = nan
    for name, hour, executions in zip(
        scenario.command_ids, state.commands["mutiny_h"].tolist(), state.commands["executions"].tolist(), strict=True
    ):
        found[f"mutiny_h.{name}"] = float(hour) if hour >= 0 else nan
        found[f"executions.{name}"] = float(executions)
        if hour >= 0 and not first <= hour:
            first = float(hour)
    found["mutiny_h"] = first


def fate(outcome: Mapping[str, float], commander: str) -> str:
    """A commander's (id) fate in an outcome, in words: `in command`, `wounded`, `killed`, `captured`, `fled`."""
    return FATES[int(outcome[f"fate.{commander}"])]


def certificate(scenario: Scenario, seed: int) -> dict[str, Any]:
    """The birth certificate of a run with a seed: enough to make it again, and to see that two runs are of one kind."""
    rules = {name: scenario.data.rules[name].value for name in NAMES}
    other_dice = {"luck": [list(change) for change in scenario.data.luck]} if scenario.data.luck else {}
    return {
        "program": "urga",
        "version": sim.__version__,
        "engine": sim.engine_hash(),
        "scenario": scenario.data.id,
        "scenario_hash": scenario.data.content_hash[:16],
        "hash": scenario.hash,
        "plan": scenario.plan,
        "patches": [canonical(patch) for patch in scenario.data.patches],
        "seed": int(seed),
        **other_dice,
        "rules": _hash(rules),
    }


def _hash(values: Mapping[str, float]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
