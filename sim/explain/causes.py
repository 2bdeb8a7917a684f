"""The causes of an event, read off the record and the chronicle of a run: each a link with the rows that bear it out.

One function a kind of event. A link is put in only when its rows say so; nothing is inferred from what usually
happens. Links of links (the battle behind a retreat, the mutiny behind a flight) come after, one step deeper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from sim.explain import uprisings
from sim.explain.uprisings import MEMORY_DAYS
from sim.explain.witness import Link, Ref, Witness, behind, km_between, under_orders
from sim.muster import FIELD
from sim.scenario_files import Condition
from sim.state import DAY

DEEPEST = 2
BEHIND_H = 120  # a fight so long ago may stand behind the loss of a place
ADVANTAGE = 1.1  # power or quality told as a cause when it was so many times the enemy's
FEW_ROUNDS = 6.0  # rounds a man below which a side breaks sooner (sim.rules.battle)

Causes = Callable[[Witness, int], Iterator[Link]]


def causes(witness: Witness, row: int, depth: int = 0) -> list[Link]:
    """The links of an entry of the chronicle, and behind them those of the entries that they rest on."""
    read = CAUSES.get(str(witness.kinds[row]))
    if read is None or depth > DEEPEST:
        return []
    found: list[Link] = []
    for link in read(witness, row):
        found.append(replace(link, depth=depth))
        if link.key == "battle-behind":
            found += causes(witness, int(link.refs[0].row), depth + 1)
    return found


# ---------------------------------------------------------------------- orders, battles


def _accepts(w: Witness, hour: int, unit: int) -> Iterator[Link]:
    order = int(w.record["order"][hour, unit])
    accept = w.cast.orders[order].accept if order >= 0 else None
    if accept is not None:
        fields = {"unit": w.run.units[unit], "accept": f"{accept:g}"}
        yield Link("accepts", hour, fields, (w.state(hour, unit, "order"), w.order(order, "accept")))


def _battle(w: Witness, row: int) -> Iterator[Link]:
    """Why there was a battle: who was sent there, who stood, at what odds, whether by surprise."""
    e = w.told[row]
    hour, attacker, defender = int(e["hour"]), int(e["who"]), int(e["whom"])
    yield from under_orders(w, hour, attacker)
    yield from under_orders(w, hour, defender)
    a, b = w.run.units[attacker], w.run.units[defender]
    n1, n2 = (int(e["n1"]), int(e["n2"])) if a.side == 0 else (int(e["n2"]), int(e["n1"]))
    yield Link("men-met", hour, {"a": a, "b": b, "n1": n1, "n2": n2}, (w.entry(row, "n1"), w.entry(row, "n2")))
    yield from _accepts(w, hour, defender)
    if e["n3"]:
        refs = (w.entry(row, "n3"), w.engagement(int(e["other"]), "surprise"))
        yield Link("surprise", hour, {"a": a, "b": b}, refs)


def _battle_ends(w: Witness, row: int) -> Iterator[Link]:
    """Why a side was beaten: power, quality, position, what it had lost, rounds, cohesion; then the battle itself."""
    e = w.told[row]
    hour, loser, battle = int(e["hour"]), int(e["whom"]), int(e["other"])
    fights = np.flatnonzero(w.run.battles["battle"] == battle)
    last = int(fights[-1]) if len(fights) else -1
    if last < 0 or int(w.run.battles["hour"][last]) != hour:
        yield Link("left-field", hour, {}, (w.engagement(battle, "end_h"),))
    else:
        yield from _last_hour(w, row, fights.tolist())
        yield from _worn(w, hour, loser)
    begun = np.flatnonzero((w.kinds == "battle") & (w.told["other"] == battle))
    if len(begun):
        yield behind(w, int(begun[0]))


def _last_hour(w: Witness, row: int, fights: list[int]) -> Iterator[Link]:
    """The terms of the battle rule in the hour in which the loser broke."""
    e, last, told = w.told[row], fights[-1], w.run.battles
    hour = int(e["hour"])
    win, lose = ("left", "right") if w.run.units[int(e["who"])].side == 0 else ("right", "left")
    both = {"a": w.run.units[int(e["who"])], "b": w.run.units[int(e["whom"])]}

    def pair(term: str) -> tuple[float, float, tuple[Ref, ...]]:
        names = (f"{term}_{win}", f"{term}_{lose}")
        return float(told[names[0]][last]), float(told[names[1]][last]), tuple(w.fight(last, name) for name in names)

    p1, p2, refs = pair("power")
    q1, q2, quality = pair("quality")
    x1, x2, posture = pair("posture")
    h1, h2, hazard = pair("hazard")
    stronger = p1 >= ADVANTAGE * p2
    if stronger:
        yield Link("power", hour, {**both, "p1": round(p1), "p2": round(p2)}, refs)
    if q1 >= ADVANTAGE * q2:
        yield Link("quality", hour, {**both, "q1": f"{q1:.2f}", "q2": f"{q2:.2f}"}, quality)
    if x1 > x2:
        yield Link("position", hour, {**both, "x1": f"{x1:.1f}", "x2": f"{x2:.1f}"}, posture)
    if p1 * q1 * q1 * x1 * x1 <= p2 * q2 * q2 * x2 * x2:  # the rule's log of the advantage is not above 0
        yield Link("against-odds", hour, {**both, "h2": _percent(h2)}, (*refs, *quality, *posture, hazard[1]))
    yield Link(
        "breaking", hour, {**both, "h1": _percent(h1), "h2": _percent(h2), "hours": round(float(e["x"]))},
        (*hazard, w.entry(row, "x")),
    )  # fmt: skip
    lost = sum(int(told[f"loss_{lose}"][k]) for k in fights)
    won = sum(int(told[f"loss_{win}"][k]) for k in fights)
    battle = int(e["other"])
    yield Link(
        "bled",
        hour,
        {**both, "lost": lost, "won": won, "men": int(w.run.engagements[f"men_{lose}"][battle])},
        (
            *(w.fight(k, f"loss_{side}") for k in fights for side in (lose, win)),
            w.engagement(battle, f"men_{lose}"),
        ),
    )


def _percent(chance: float) -> int:
    return round(100 * min(1.0, chance))


def _worn(w: Witness, hour: int, unit: int) -> Iterator[Link]:
    """Rounds, cohesion and fatigue of a unit, when they were bad."""
    now, info = w.record[hour, unit], w.run.units[unit]
    if now["rounds"] < FEW_ROUNDS:
        fields = {"unit": info, "rounds": f"{float(now['rounds']):.1f}"}
        yield Link("no-rounds", hour, fields, (w.state(hour, unit, "rounds"),))
    if now["cohesion"] < 0.5:
        fields = {"unit": info, "value": round(100 * float(now["cohesion"]))}
        yield Link("low-cohesion", hour, fields, (w.state(hour, unit, "cohesion"),))
    if now["fatigue"] > 0.5:
        fields = {"unit": info, "value": round(100 * float(now["fatigue"]))}
        yield Link("tired", hour, fields, (w.state(hour, unit, "fatigue"),))


def _declines(w: Witness, row: int) -> Iterator[Link]:
    """Why a side gave way: the odds, what its order allowed, what had happened to it, who came."""
    e = w.told[row]
    hour, shy, other = int(e["hour"]), int(e["who"]), int(e["whom"])
    both = {"a": w.run.units[shy], "b": w.run.units[other]}
    yield Link(
        "men-met", hour, {**both, "n1": int(e["n1"]), "n2": int(e["n2"])}, (w.entry(row, "n1"), w.entry(row, "n2"))
    )
    yield from _accepts(w, hour, shy)
    yield from _worn(w, hour, shy)
    yield from under_orders(w, hour, other)
    yield from _beaten_before(w, row, w.command_of(hour, shy), 72)


def _beaten_before(w: Witness, row: int, command: int, hours: float) -> Iterator[Link]:
    """The last defeat of a command, if it was not long ago."""
    for end in reversed(w.before(row, ("battle-ends",), hours)):
        battle = int(w.told["other"][end])
        lost = "left" if w.run.engagements["winner"][battle] == 1 else "right"
        if int(w.run.engagements[f"command_{lost}"][battle]) == command:
            at = int(w.told["hour"][end])
            fields = {
                "command": w.cast.commands[command],
                "date": w.date(at),
                "site": w.site(int(w.told["where"][end])),
            }
            refs = (w.engagement(battle, f"command_{lost}"), w.engagement(battle, "winner"), w.entry(end, "hour"))
            yield Link("beaten-before", at, fields, refs)
            yield behind(w, end)
            return


# ---------------------------------------------------------------------- orders to go back


def _ordered(w: Witness, row: int) -> Iterator[Link]:
    """Why an order was given: the conditions of its plan that the record bears out."""
    e = w.told[row]
    order, command = w.cast.orders[int(e["other"])], int(e["n2"])
    seen: set[str] = set()
    for condition in (*order.when, *order.when_any):
        if condition.not_:
            continue
        for link in _condition(w, row, command, condition):
            said = link.told()
            if said not in seen:
                seen.add(said)
                yield link


def _condition(w: Witness, row: int, command: int, one: Condition) -> Iterator[Link]:
    hour, entry = int(w.told["hour"][row]), w.cast.commands[command]
    if one.kind == "date":
        yield Link("date-come", hour, {}, (w.entry(row, "hour"), w.order(int(w.told["other"][row]), "id")))
    elif one.kind in ("issued", "done"):
        named = [k for k, other in enumerate(w.cast.orders) if other.id == one.order]
        given = [k for k in w.before(row, ("ordered",), hour) if int(w.told["other"][k]) in named]
        if given:
            at, k = int(w.told["hour"][given[-1]]), given[-1]
            fields = {
                "command": w.cast.commands[int(w.told["n2"][k])],
                "date": w.date(at),
                "task": w.task(int(w.told["other"][k])),
            }
            yield Link("order-before", at, fields, (w.entry(k, "other"), w.entry(k, "hour"), w.entry(k, "n2")))
    elif one.kind in ("beaten", "fought"):
        yield from _beaten_before(w, row, command, float(one.hours or 0.0))
    elif one.kind in ("odds", "enemy"):
        yield from _reported(w, row, command, one)
    elif one.kind == "losses":
        own = [(int(t), np.flatnonzero((w.record["command"][t] == command) & (w.record["state"][t] == FIELD)))
               for t in (0, hour)]  # fmt: skip
        first, now = (int(w.record["men"][t, units].sum()) for t, units in own)
        refs = tuple(w.state(t, int(unit), "men") for t, units in own for unit in units)
        yield Link("strength-left", hour, {"command": entry, "first": first, "now": now}, refs)
    elif one.kind == "held" and one.place:
        place = w.cast.row_of_place[one.place]
        side = next(k for k, side in enumerate(w.cast.sides) if side.id == one.side)
        for k in reversed(w.before(row, ("holder",), hour, where=place, other=side)):
            fields = {"place": w.cast.places[place], "side": w.cast.sides[side],
                      "date": w.date(int(w.told["hour"][k]))}  # fmt: skip
            refs = (w.entry(k, "where"), w.entry(k, "other"), w.entry(k, "hour"))
            yield Link("place-lost", int(w.told["hour"][k]), fields, refs)
            break
    elif one.kind == "mutiny" and one.command:
        other = w.cast.row_of_command[one.command]
        for k in w.before(row, ("mutiny",), hour, other=other):
            fields = {"command": w.cast.commands[other], "date": w.date(int(w.told["hour"][k]))}
            yield Link("mutiny-before", int(w.told["hour"][k]), fields, (w.entry(k, "other"), w.entry(k, "hour")))
            yield behind(w, k)
            break


def _reported(w: Witness, row: int, command: int, one: Condition) -> Iterator[Link]:
    """Enemies of whom the side had reports near the staff, or near the place that the condition names."""
    hour, told = int(w.told["hour"][row]), w.run.sightings
    side = next(k for k, own in enumerate(w.cast.sides) if own.id == w.cast.commands[command].side)
    at = w.cast.places[w.cast.row_of_place[one.near] if one.near else int(w.told["where"][row])]
    km, days = float(one.within_km or 80.0), MEMORY_DAYS // 4
    newest: dict[int, int] = {}
    for k in np.flatnonzero((told["side"] == side) & (told["hour"] < hour) & (told["hour"] >= hour - days * DAY)):
        newest[int(told["unit"][k])] = int(k)
    near: list[int] = []
    for k in newest.values():
        place = w.cast.places[int(told["place"][k])]
        inside = place.country == one.country if one.country else km_between(at.lon, at.lat, place.lon, place.lat) <= km
        if inside:
            near.append(k)
    men = sum(int(told["men"][k]) for k in near)
    if men and not one.country:
        refs = tuple(Ref("sightings", k, -1, field, told[field][k].item()) for k in near for field in ("men", "place"))
        fields = {"men": men, "km": round(km), "n": len(near), "days": days}
        yield Link("reported", max(int(told["hour"][k]) for k in near), fields, refs)


# ---------------------------------------------------------------------- places


def _holder(w: Witness, row: int) -> Iterator[Link]:
    """Why a place changed hands: who stood there alone, what fight or retreat came before, what it set off."""
    e = w.told[row]
    hour, place, side, old = int(e["hour"]), int(e["where"]), int(e["other"]), int(e["n1"])
    for k in w.before(row, ("consequence",), 0, hour=hour):
        item = w.cast.consequences[int(w.told["other"][k])]
        if item.kind == "rising" and item.target == w.cast.places[place].id:
            yield Link("rising", hour, {"text": item.text or item.id}, (w.entry(k, "other"), w.entry(k, "hour")))
            return
    # the record shows the beginning of an hour; who came within it stands there at the next
    at = min(hour + 1, len(w.record) - 1)
    here = [
        unit.index
        for unit in w.run.units
        if unit.side == side
        and w.record["place"][at, unit.index] == place
        and w.record["state"][at, unit.index] == FIELD
    ]
    if here:
        here.sort(key=lambda unit: -int(w.record["men"][at, unit]))
        fields = {
            "men": sum(int(w.record["men"][at, unit]) for unit in here),
            "side": w.cast.sides[side],
            "units": tuple(w.run.units[unit] for unit in here[:3]),
        }
        yield Link("alone", at, fields, tuple(w.state(at, unit, name) for unit in here for name in ("men", "place")))
        yield from under_orders(w, hour, here[0])
    for k in reversed(w.before(row, ("battle-ends", "declines"), BEHIND_H, where=place)):
        beaten = int(w.told["whom" if w.kinds[k] == "battle-ends" else "who"][k])
        if w.run.units[beaten].side == (old if old >= 0 else 1 - side):
            yield behind(w, k)
            return
    for k in reversed(w.before(row, ("ordered",), 2 * BEHIND_H, where=place)):
        other, command = int(w.told["other"][k]), w.cast.commands[int(w.told["n2"][k])]
        if w.cast.orders[other].task == "withdraw" and command.side == w.cast.sides[1 - side].id:
            fields = {"command": command, "date": w.date(int(w.told["hour"][k])), "task": w.task(other)}
            refs = (w.entry(k, "other"), w.entry(k, "hour"), w.entry(k, "n2"))
            yield Link("order-before", int(w.told["hour"][k]), fields, refs)
            return


CAUSES: dict[str, Causes] = {
    "battle": _battle,
    "battle-ends": _battle_ends,
    "declines": _declines,
    "ordered": _ordered,
    "mutiny": uprisings.mutiny,
    "commander-captured": uprisings.captured,
    "commander-killed": uprisings.killed,
    "commander-flees": uprisings.flees,
    "surrenders": uprisings.surrenders,
    "holder": _holder,
}
"""How the causes of each kind of entry are read."""
