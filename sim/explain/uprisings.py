"""Causes of mutiny, flight, capture and death, as `sim.explain.causes` tells those of battles, orders and places."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp

import numpy as np

from sim.explain.witness import Link, Witness, behind, km_between, under_orders
from sim.state import DAY

MEMORY_DAYS = 20  # how far back blows, defeats and reports are looked for


def mutiny(w: Witness, row: int) -> Iterator[Link]:
    """Why a command rose: the plot and its hazard, grievance against fear, and what made up the grievance."""
    e = w.told[row]
    hour, command = int(e["hour"]), int(e["other"])
    day = hour // DAY
    now = w.run.daily[day, command]
    plot, hazard = float(now["plot"]), float(now["hazard"])
    yield Link(
        "plot", hour, {"plot": round(100 * plot), "hazard": round(100 * (1 - exp(-hazard)))},
        (w.evening(day, command, "plot"), w.evening(day, command, "hazard")),
    )  # fmt: skip
    mean = w.weights.get("mutiny.threshold_mean")
    fields = {"g": f"{float(now['grievance']):.2f}", "f": f"{float(now['fear']):.2f}"}
    yield Link(
        "grievance", hour, {**fields, "mean": "?" if mean is None else f"{mean:g}"},
        (w.evening(day, command, "grievance"), w.evening(day, command, "fear")),
    )  # fmt: skip
    factors = [*_blows(w, row, command), *_burdens(w, row, command)]
    for _, link in sorted(factors, key=lambda one: -one[0]):
        yield link
        if link.key == "defeats":
            yield behind(w, int(link.refs[-1].row))
    yield from _example(w, row, command, sum(weight for weight, _ in factors))


def _example(w: Witness, row: int, command: int, weighed: float) -> Iterator[Link]:
    """The mutiny of another command, when the grievance is higher than all else by the weight of such news."""
    hour, side = int(w.told["hour"][row]), w.cast.commands[command].side
    if not w.weights:
        return
    news = w.weights["mutiny.grievance"] * w.weights["mutiny.news_boost"]
    if float(w.run.daily["grievance"][hour // DAY, command]) - weighed < 0.5 * news:
        return
    for k in w.before(row, ("mutiny",), hour):
        other = w.cast.commands[int(w.told["other"][k])]
        if other.side == side and other.id != w.cast.commands[command].id:
            fields = {"command": other, "date": w.date(int(w.told["hour"][k]))}
            yield Link("mutiny-before", int(w.told["hour"][k]), fields, (w.entry(k, "other"), w.entry(k, "hour")))


def _weight(w: Witness, name: str, value: float) -> tuple[float, str]:
    """What a part of the grievance weighed, as a number and in words."""
    if not w.weights:
        return value, "?"
    weight = w.weights["mutiny.grievance"] * w.weights[f"mutiny.w_{name}"] * value
    return weight, f"{weight:.2f}"


def _blows(w: Witness, row: int, command: int) -> Iterator[tuple[float, Link]]:
    """Executions and beatings that reached a command's officers."""
    hour, day = int(w.told["hour"][row]), int(w.told["hour"][row]) // DAY
    above = {one.id: k for k, one in enumerate(w.cast.commands)}
    superior = above.get(w.cast.commands[command].superior, -1)
    since = MEMORY_DAYS * DAY
    dead = [k for k in w.before(row, ("execution",), since) if int(w.told["other"][k]) in (command, superior)]
    beaten = [
        k
        for k in w.before(row, ("beating",), since)
        if int(w.told["other"][k]) == command
        or above.get(w.cast.commands[int(w.told["other"][k])].superior, -1) == command
    ]
    terror = w.evening(day, command, "terror")
    if (dead or beaten) and float(terror.value) > 0:
        weight, said = _weight(w, "terror", min(1.5, float(terror.value) / 5.0))
        fields = {"w": said, "dead": sum(int(w.told["n1"][k]) for k in dead), "beaten": len(beaten),
                  "days": MEMORY_DAYS}  # fmt: skip
        refs = (*(w.entry(k, "n1") for k in dead), *(w.entry(k, "other") for k in beaten), terror)
        yield weight, Link("terror", hour, fields, refs)


def _burdens(w: Witness, row: int, command: int) -> Iterator[tuple[float, Link]]:
    """An unwanted goal, defeats, hunger, weariness."""
    e = w.told[row]
    hour, day, staff = int(e["hour"]), int(e["hour"]) // DAY, int(e["who"])
    now = w.run.daily[day, command]
    order = int(w.record["order"][hour, staff]) if staff >= 0 else -1
    if now["goal"] > 0.01 and order >= 0 and w.cast.orders[order].unwanted > 0:
        weight, said = _weight(w, "goal", float(now["goal"]))
        fields = {"w": said, "unit": w.run.units[staff], "task": w.task(order)}
        refs = (w.evening(day, command, "goal"), w.state(hour, staff, "order"), w.order(order, "unwanted"))
        yield weight, Link("goal", hour, fields, refs)
    lost = [k for k in w.before(row, ("battle-ends",), MEMORY_DAYS * DAY) if _loser(w, k) == command]
    if lost and now["defeats"] > 0.01:
        weight, said = _weight(w, "defeat", min(1.5, float(now["defeats"])))
        fields = {"w": said, "n": len(lost), "days": MEMORY_DAYS}
        yield (
            weight,
            Link("defeats", hour, fields, (w.evening(day, command, "defeats"), *(w.entry(k, "hour") for k in lost))),
        )
    for key, rule, field in (("hunger", "hunger", "hunger"), ("weariness", "fatigue", "fatigue")):
        if now[field] > 0.1:
            weight, said = _weight(w, rule, float(now[field]))
            fields = {"w": said, "value": round(100 * float(now[field]))}
            yield weight, Link(key, hour, fields, (w.evening(day, command, field),))


def _loser(w: Witness, row: int) -> int:
    """The command that lost a battle."""
    battle = w.run.engagements[int(w.told["other"][row])]
    return int(battle["command_left"] if battle["winner"] == 1 else battle["command_right"])


def captured(w: Witness, row: int) -> Iterator[Link]:
    """How a commander was taken: he had fled, his escort melted, a pursuer was near; behind it the mutiny."""
    e = w.told[row]
    hour, captor, escort, person = (int(e[name]) for name in ("hour", "who", "whom", "other"))
    flights = w.before(row, ("commander-flees",), hour, other=person)
    if flights:
        k = flights[-1]
        at, men = int(w.told["hour"][k]), int(w.told["n1"][k])
        fields = {"person": w.cast.commanders[person], "date": w.date(at), "men": men}
        yield Link("fled", at, fields, (w.entry(k, "other"), w.entry(k, "hour"), w.entry(k, "n1")))
        if int(e["n1"]) < men:
            refs = (w.entry(k, "n1"), w.entry(row, "n1"))
            yield Link("escort", hour, {"first": men, "now": int(e["n1"])}, refs)
    spots = [(w.state(hour, unit, "lon"), w.state(hour, unit, "lat")) for unit in (captor, escort)]
    km = km_between(*(float(ref.value) for spot in spots for ref in spot))
    fields = {"unit": w.run.units[captor], "km": round(km)}
    yield Link("captor-near", hour, fields, tuple(ref for spot in spots for ref in spot))
    yield from under_orders(w, hour, captor)
    if flights:
        yield from _mutiny_of(w, flights[-1], person)


def _mutiny_of(w: Witness, row: int, person: int) -> Iterator[Link]:
    """The mutiny of a commander's own command, at or before an entry."""
    led = [k for k, one in enumerate(w.cast.commands) if one.commander == w.cast.commanders[person].id]
    for k in reversed(w.before(row, ("mutiny",), DAY)):
        if int(w.told["other"][k]) in led:
            fields = {"command": w.cast.commands[int(w.told["other"][k])], "date": w.date(int(w.told["hour"][k]))}
            if w.kinds[row] == "commander-killed":
                refs = (w.entry(k, "other"), w.entry(k, "hour"), w.entry(row, "n3"))
                yield Link("by-mutineers", int(w.told["hour"][k]), fields, refs)
            yield behind(w, k)
            return


def killed(w: Witness, row: int) -> Iterator[Link]:
    e = w.told[row]
    if e["n3"]:
        yield from _mutiny_of(w, row, int(e["other"]))
        return
    hour, unit = int(e["hour"]), int(e["who"])
    fights = np.flatnonzero((w.run.battles["hour"] == hour) & (w.run.battles["site"] >= 0))
    for k in fights:
        begun = np.flatnonzero((w.kinds == "battle") & (w.told["other"] == w.run.battles["battle"][k]))
        if len(begun) and int(w.run.battles["site"][k]) == _site(w, hour, unit):
            refs = (w.entry(row, "who"), w.fight(int(k), "site"), w.fight(int(k), "hour"))
            yield Link("in-battle-of", hour, {"unit": w.run.units[unit]}, refs)
            yield behind(w, int(begun[0]))
            return


def _site(w: Witness, hour: int, unit: int) -> int:
    now = w.record[hour, unit]
    return int(now["place"]) if now["place"] >= 0 else len(w.cast.places) + int(now["route"])


def flees(w: Witness, row: int) -> Iterator[Link]:
    yield from _mutiny_of(w, row, int(w.told["other"][row]))


def surrenders(w: Witness, row: int) -> Iterator[Link]:
    """A unit lays down its arms in a rout from which there is no way out."""
    hour = int(w.told["hour"][row])
    side = w.run.units[int(w.told["who"][row])].side
    after = np.flatnonzero((w.kinds == "battle-ends") & (w.told["hour"] == hour))
    for k in after.tolist():
        if k > row and w.run.units[int(w.told["whom"][k])].side == side:
            yield Link("cut-off", hour, {"date": w.date(hour)}, (w.entry(k, "hour"), w.entry(k, "whom")))
            yield behind(w, k)
            return
