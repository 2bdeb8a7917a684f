"""Decisions: where the course could have turned, when that is in a given run, and what the commander knew then.

The scenario declares them (decisions.toml) with their options, reasons and sources. In every run a decision falls
when history's order is about to be given; each other option is a patch that holds from that hour, so a choice is a
fork like any other. What the commander knew is his own picture (`sim.wargame.picture`), never the truth.
`sim.choice.verdict` plays the options against each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sim.cast import Cast
from sim.choice.forks import Past, world_of
from sim.errors import OptionError, suggest
from sim.history.kinds import prepare
from sim.history.reader import Reader
from sim.muster import ARMS
from sim.patch import Patch, patch_from_dict
from sim.phrases import in_language
from sim.runs import Run, play
from sim.scenario import Scenario
from sim.scenario_files import Decision, DecisionOption, Headline, HistoryEvent, Moment, Order
from sim.state import DAY, State
from sim.wargame.picture import OwnUnit, Sighting, known_to, own_units, rows_of, sightings, staff

__all__ = [
    "Briefing",
    "Decision",
    "DecisionOption",
    "Headline",
    "briefing",
    "headlines",
    "hour_of",
    "hours",
    "hours_in",
    "kept_orders",
    "option",
    "option_patch",
    "point",
    "points",
    "told",
]

LOOKS = (4, 16)  # hours of the day at which every commander looks at his plan, when dawn is at five
told = in_language


def points(scenario: Scenario) -> tuple[Decision, ...]:
    """The decisions of a scenario, by their date."""
    hour = scenario.data.header.hour
    return tuple(sorted(scenario.data.decisions.decisions, key=lambda one: hour(one.date)))


def point(scenario: Scenario, name: str) -> Decision:
    """One decision by its id (`name`). Raises OptionError with what was probably meant."""
    known = {one.id: one for one in scenario.data.decisions.decisions}
    if name not in known:
        if not known:
            raise OptionError(f"{scenario.data.id} declares no decisions (decisions.toml)")
        raise OptionError(f"no decision {name!r}{suggest(name, known)}; known: {', '.join(known)}")
    return known[name]


def option(decision: Decision, name: str) -> DecisionOption:
    """One option of a decision by its id. Raises OptionError with what was probably meant."""
    known = {one.id: one for one in decision.options}
    if name not in known:
        raise OptionError(
            f"decision {decision.id}: no option {name!r}{suggest(name, known)}; known: {', '.join(known)}"
        )
    return known[name]


def history_of(decision: Decision) -> DecisionOption:
    """The option that history took."""
    return next(one for one in decision.options if one.history)


def headlines(scenario: Scenario, decision: Decision) -> tuple[Headline, ...]:
    """The outcomes that the table of a decision shows: those it names, or all."""
    every = {one.id: one for one in scenario.data.decisions.outcomes}
    return tuple(every[name] for name in decision.outcomes) if decision.outcomes else tuple(every.values())


# ---------------------------------------------------------------------- when


def hours(scenario: Scenario, seed: int) -> dict[str, int]:
    """Hour of every decision in the run of a seed: id -> hour, in order of time. Raises OptionError for no seed."""
    state = play(scenario, seed)
    found = {one.id: _hour(scenario, state, one) for one in points(scenario)}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def hours_in(run: Run) -> dict[str, int]:
    """Hour of every decision in a finished run, whose world is made again. Raises OptionError when it cannot be."""
    return hours(world_of(run.certificate), run.seed)


def hour_of(scenario: Scenario, decision: Decision, seed: int) -> int:
    """Hour of a decision in the run of a seed."""
    return _hour(scenario, play(scenario, seed), decision)


def _hour(scenario: Scenario, state: State, decision: Decision) -> int:
    for moment in decision.moments:
        if moment.plan in ("", scenario.plan):
            hour = _moment(scenario, state, moment)
            if hour is not None and 0 <= hour < scenario.hours:
                return hour
    return scenario.data.header.hour(decision.date)


def _moment(scenario: Scenario, state: State, moment: Moment) -> int | None:
    if moment.order:
        if moment.order not in scenario.order_ids:
            return None
        row = state.orders[int(scenario.tables.orders["state"][scenario.order_ids.index(moment.order)])]
        hour = int(row["issued_h" if moment.state == "given" else "done_h"])
        return hour + ceil(moment.hours) if hour >= 0 else None
    assert moment.reading is not None
    event = HistoryEvent.model_construct(id=f"moment of {scenario.data.id}", reading=moment.reading)
    read, arguments, _ = prepare(scenario, event)
    found = read(Reader(scenario, state), arguments, 0.0)
    return None if found != found else next_look(int(found + ceil(moment.hours)))


def next_look(hour: int) -> int:
    """The first hour from `hour` on at which every commander looks at his plan."""
    return min(
        day + look for day in (hour // DAY * DAY, hour // DAY * DAY + DAY) for look in LOOKS if day + look >= hour
    )


# ---------------------------------------------------------------------- what an option changes


def kept_orders(scenario: Scenario, command: str) -> list[Order]:
    """The orders of a command that stay when its plan is silenced: what follows its mutiny, or its commander's fate."""
    leader = next((one.commander for one in scenario.data.commands if one.id == command), "")
    return [order for order in _plan(scenario) if order.command == command and _follows(order, command, leader)]


def _follows(order: Order, command: str, leader: str) -> bool:
    return any(
        not one.not_ and (one.command == command if one.kind == "mutiny" else bool(leader) and one.commander == leader)
        for one in order.when
        if one.kind in ("mutiny", "commander")
    )


def _plan(scenario: Scenario) -> tuple[Order, ...]:
    return tuple(order for order in scenario.data.plans[scenario.plan].orders if order.enabled)


def silenced(scenario: Scenario, commands: Iterable[str]) -> dict[str, bool]:
    """Settings that take the plan's orders from commands, but for those that `kept_orders` names."""
    off: dict[str, bool] = {}
    for command in commands:
        stay = {order.id for order in kept_orders(scenario, command)}
        off |= {
            f"orders.{order.id}.enabled": False
            for order in _plan(scenario)
            if order.command == command and order.id not in stay
        }
    return off


def option_patch(scenario: Scenario, decision: Decision, name: str, hour: int) -> Patch | None:
    """What an option changes from an hour on; None for history's own, which changes nothing."""
    chosen = option(decision, name)
    if chosen.history:
        return None
    known = {order.id for order in _plan(scenario)}
    off = {f"orders.{order}.enabled": False for order in chosen.stop if order in known}
    return patch_from_dict(
        {
            "id": f"{decision.id}.{chosen.id}",
            "title": f"{decision.title}: {chosen.title}",
            "title_ru": f"{told(decision, 'title', 'ru')}: {told(chosen, 'title', 'ru')}",
            "title_mn": f"{told(decision, 'title', 'mn')}: {told(chosen, 'title', 'mn')}",
            "question": decision.question,
            "historians": chosen.reason,
            "sources": chosen.source,
            "note": chosen.note,
            "from": scenario.date(hour),
            "set": {**silenced(scenario, chosen.silence), **off, **chosen.set},
            "orders": [order.model_dump(by_alias=True, exclude_defaults=True) for order in chosen.orders],
        }
    )


# ---------------------------------------------------------------------- what the commander knew


@dataclass(frozen=True)
class Briefing:
    """What a commander knew at an hour: his own command as it reported itself, the enemy as reports told him.

    date: of the hour; side, command, commander, place: ids, place_name (_ru, _mn) in three languages; men, horses,
    guns, mg (machine guns): of the units in `own`.

    losses: share of the men of the first day that he has lost, below 0 when reinforced; fatigue, cohesion: means by
    men, 0 to 1; rations_days, rounds (a man): means by men. enemies: the freshest news first, each with its age.
    """

    hour: int
    date: datetime
    side: str
    command: str
    commander: str
    place: str
    place_name: str
    place_name_ru: str
    place_name_mn: str
    men: int
    horses: int
    guns: int
    mg: int
    losses: float
    fatigue: float
    cohesion: float
    rations_days: float
    rounds: float
    own: tuple[OwnUnit, ...]
    enemies: tuple[Sighting, ...]

    @property
    def enemy_men(self) -> int:
        """Men of all enemies that he knew of."""
        return sum(one.men for one in self.enemies)


def briefing(scenario: Scenario, decision: Decision | str, seed: int, hour: int | None = None) -> Briefing:
    """What the commander of a decision (or of the command of that id) knew in the run of a seed.

    hour: of the campaign; left out, that of the decision in this run. Raises OptionError for what does not exist.
    """
    name = decision if isinstance(decision, str) else decision.command
    if name not in scenario.command_ids:
        raise OptionError(f"no command {name!r}{suggest(name, scenario.command_ids)}")
    if hour is None:
        if isinstance(decision, str):
            raise OptionError(f"briefing of {name!r}: an hour is wanted")
        hour = hour_of(scenario, decision, seed)
    return brief(scenario, Past.of(scenario, seed, hour).state, scenario.command_ids.index(name), hour)


def brief(scenario: Scenario, state: State, command: int, hour: int) -> Briefing:
    """What the commander of a command (row) knows in a state that stands before the command phase of `hour`."""
    side = int(state.commands[command]["side"])
    own = own_units(scenario, state, rows_of(state, side, command))
    count = [unit for unit in own if unit.arm != ARMS[-1]]
    men = sum(unit.men for unit in count)
    at = staff(scenario, state, command)[1] if hour % 6 == 4 else int(state.commands[command]["place"])
    place = Cast.of(scenario).places[at]
    entry = Cast.of(scenario).commands[command]

    def mean(field: str) -> float:
        return sum(float(getattr(unit, field)) * unit.men for unit in count) / max(1, men)

    return Briefing(
        hour=hour,
        date=scenario.date(hour),
        side=scenario.side_ids[side],
        command=entry.id,
        commander=entry.commander,
        place=place.id,
        place_name=place.name,
        place_name_ru=place.name_ru or place.name,
        place_name_mn=place.name_mn or place.name,
        men=men,
        horses=sum(unit.horses for unit in count),
        guns=sum(unit.guns for unit in count),
        mg=sum(unit.mg for unit in count),
        losses=1.0 - men / max(1, int(state.commands[command]["initial_men"])),
        fatigue=mean("fatigue"),
        cohesion=mean("cohesion"),
        rations_days=mean("rations"),
        rounds=mean("rounds"),
        own=own,
        enemies=sightings(scenario, state, known_to(scenario, state, command, hour), hour),
    )
