"""Why did it happen: every link is borne out by the record, worked out here a second time and in another way."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from math import cos, exp, hypot, log, radians
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim import cli
from sim.errors import OptionError, UrgaError
from sim.explain.causes import CAUSES
from sim.explain.reasons import KINDS, Explanation, Link, explainable, why
from sim.muster import FIELD
from sim.phrases import LANGUAGES, Phrase
from sim.runs import Run
from sim.scenario import Scenario
from sim.state import EVENTS

Check = Callable[[Run, Explanation, Link], bool]


@pytest.fixture(scope="module")
def runs(campaign: Scenario) -> list[Run]:
    """Ten runs with their records."""
    return [sim.run(campaign, seed, record=True) for seed in range(10)]


# ---------------------------------------------------------------------- what a link says, worked out again


def rows(run: Run, kind: str) -> list[Any]:
    return [(number, row) for number, row in enumerate(run.chronicle) if EVENTS[row["kind"]] == kind]


def unit_of(run: Run, link: Link, name: str) -> int:
    return next(unit.index for unit in run.units if unit.id == link.fields[name].id)


def explained(run: Run, event: Explanation, link: Link) -> Any:
    """The entry that a link belongs to: the nearest one above it with less depth."""
    at = next(k for k, one in enumerate(event.links) if one is link)
    for one in reversed(event.links[:at]):
        if one.key == "battle-behind" and one.depth == link.depth - 1:
            return run.chronicle[one.refs[0].row]
    return run.chronicle[event.row]


def last_hour(run: Run, entry: Any) -> tuple[Any, str, str]:
    """The last hour of a battle, the winner's and the loser's column."""
    hours = [row for row in run.battles if row["battle"] == entry["other"]]
    assert int(hours[-1]["hour"]) == int(entry["hour"])
    left = run.engagements[entry["other"]]["winner"] == 0
    return hours[-1], "left" if left else "right", "right" if left else "left"


def under_orders(run: Run, event: Explanation, link: Link) -> bool:
    entry = explained(run, event, link)
    unit = unit_of(run, link, "unit")
    assert run.record is not None
    order = int(run.record[int(entry["hour"])]["order"][unit])
    given = [row for _, row in rows(run, "ordered") if row["other"] == order and row["hour"] <= entry["hour"]]
    task = run.orders[order].task
    return given[-1]["hour"] == link.hour and link.fields["task"].key == f"task-{task}"


def accepts(run: Run, event: Explanation, link: Link) -> bool:
    entry = explained(run, event, link)
    assert run.record is not None
    order = run.orders[run.record["order"][entry["hour"], unit_of(run, link, "unit")]]
    return float(link.fields["accept"]) == pytest.approx(order.accept)


def men_met(run: Run, event: Explanation, link: Link) -> bool:
    entry = explained(run, event, link)
    numbers = {int(entry["n1"]), int(entry["n2"])}
    sides = {run.units[unit_of(run, link, name)].side for name in "ab"}
    here = {link.fields["n1"], link.fields["n2"]}
    if EVENTS[entry["kind"]] == "battle":  # n1 is side 0
        first = "n1" if run.units[unit_of(run, link, "a")].side == 0 else "n2"
        return here == numbers and sides == {0, 1} and link.fields[first] == entry["n1"]
    return (link.fields["n1"], link.fields["n2"]) == (entry["n1"], entry["n2"]) and sides == {0, 1}


def surprise(run: Run, event: Explanation, link: Link) -> bool:
    entry = explained(run, event, link)
    battle = run.engagements[entry["other"]]
    attacker = int(battle["lead_left" if battle["attacker"] == 0 else "lead_right"])
    places, site = run.scenario.places, int(entry["where"])
    at = places[site] if site < len(places) else None
    fresh = [
        row
        for row in run.sightings
        if row["side"] == 1 - battle["attacker"]
        and row["unit"] == attacker
        and entry["hour"] - 24 <= row["hour"] < entry["hour"]
        and at is not None
        and km(places[row["place"]], at) < 55
    ]
    return battle["surprise"] == 1 and not fresh


def km(one: Any, other: Any) -> float:
    return hypot((one.lon - other.lon) * 111.32 * cos(radians(one.lat)), (one.lat - other.lat) * 111.13)


def compared(term: str, first: str, second: str, digits: int) -> Check:
    def check(run: Run, event: Explanation, link: Link) -> bool:
        hour, winner, loser = last_hour(run, explained(run, event, link))
        told = [float(link.fields[name]) for name in (first, second)]
        true = [float(hour[f"{term}_{side}"]) for side in (winner, loser)]
        return told == pytest.approx(true, abs=0.51 * 10**-digits) and true[0] > true[1]

    return check


def against_odds(run: Run, event: Explanation, link: Link) -> bool:
    hour, winner, loser = last_hour(run, explained(run, event, link))

    def term(name: str) -> float:
        return float(hour[f"{name}_{winner}"]) / float(hour[f"{name}_{loser}"])

    advantage = 0.5 * log(term("power")) + log(term("quality")) + log(term("posture"))
    return advantage <= 1e-6 and link.fields["h2"] == round(100 * min(1.0, float(hour[f"hazard_{loser}"])))


def breaking(run: Run, event: Explanation, link: Link) -> bool:
    entry = explained(run, event, link)
    hour, winner, loser = last_hour(run, entry)
    battle = run.engagements[entry["other"]]
    chances = [round(100 * min(1.0, float(hour[f"hazard_{side}"]))) for side in (winner, loser)]
    lasted = int(battle["end_h"]) - int(battle["start_h"]) + 1
    return [link.fields["h1"], link.fields["h2"]] == chances and link.fields["hours"] == lasted


def bled(run: Run, event: Explanation, link: Link) -> bool:
    entry = explained(run, event, link)
    _, winner, loser = last_hour(run, entry)
    fought = run.battles[run.battles["battle"] == entry["other"]]
    lost, won = (int(fought[f"loss_{side}"].sum()) for side in (loser, winner))
    return (
        (link.fields["lost"], link.fields["won"]) == (lost, won)
        and link.fields["men"] == entry["n1"]
        and lost <= entry["n2"]
    )


def worn(field: str, limit: float, below: bool) -> Check:
    def check(run: Run, event: Explanation, link: Link) -> bool:
        assert run.record is not None
        value = float(run.record[field][explained(run, event, link)["hour"], unit_of(run, link, "unit")])
        told = float(link.fields.get("rounds") or link.fields["value"])
        scale = 1 if field == "rounds" else 100
        return told == pytest.approx(value * scale, abs=0.51) and (value < limit if below else value > limit)

    return check


def left_field(run: Run, event: Explanation, link: Link) -> bool:
    entry = explained(run, event, link)
    return not ((run.battles["battle"] == entry["other"]) & (run.battles["hour"] == entry["hour"])).any()


def beaten_before(run: Run, event: Explanation, link: Link) -> bool:
    command = next(k for k, one in enumerate(run.scenario.commands) if one.id == link.fields["command"].id)
    lost = [
        row
        for row in run.engagements
        if row["end_h"] == link.hour and command == row["command_right" if row["winner"] == 0 else "command_left"]
    ]
    return bool(lost) and link.hour <= event.hour


def order_before(run: Run, event: Explanation, link: Link) -> bool:
    command = next(k for k, one in enumerate(run.scenario.commands) if one.id == link.fields["command"].id)
    return link.hour <= event.hour and any(
        row["hour"] == link.hour
        and row["n2"] == command
        and run.orders[row["other"]].task == link.fields["task"].key.removeprefix("task-")
        for _, row in rows(run, "ordered")
    )


def reported(run: Run, event: Explanation, link: Link) -> bool:
    seen = [run.sightings[ref.row] for ref in link.refs if ref.field == "men"]
    return (
        sum(int(row["men"]) for row in seen) == link.fields["men"]
        and len(seen) == link.fields["n"] == len({int(row["unit"]) for row in seen})
        and all(event.hour - link.fields["days"] * 24 <= row["hour"] < event.hour for row in seen)
        and len({int(row["side"]) for row in seen}) == 1
    )


def strength_left(run: Run, event: Explanation, link: Link) -> bool:
    command = next(k for k, one in enumerate(run.scenario.commands) if one.id == link.fields["command"].id)
    assert run.record is not None
    numbers = [
        sum(int(row["men"]) for row in run.record[hour] if row["command"] == command and row["state"] == FIELD)
        for hour in (0, event.hour)
    ]
    return [link.fields["first"], link.fields["now"]] == numbers


def place_lost(run: Run, event: Explanation, link: Link) -> bool:
    place = run.scenario.row_of_place[link.fields["place"].id]
    side = next(k for k, one in enumerate(run.scenario.sides) if one.id == link.fields["side"].id)
    return link.hour <= event.hour and any(
        (row["hour"], row["place"], row["side"]) == (link.hour, place, side) for row in run.holders
    )


def mutinied(run: Run, event: Explanation, link: Link) -> bool:
    return link.hour <= event.hour and run.outcome[f"mutiny_h.{link.fields['command'].id}"] == link.hour


def date_come(run: Run, event: Explanation, link: Link) -> bool:
    order = run.orders[run.chronicle[event.row]["other"]]
    return any(run.scenario.header.hour(day) <= event.hour for day in order.dates()) and bool(link.refs)


def evening(run: Run, event: Explanation, link: Link) -> tuple[Any, Any, int]:
    """The entry of the mutiny, the state of its command on that day, the day."""
    entry = explained(run, event, link)
    assert EVENTS[entry["kind"]] == "mutiny"
    return entry, run.daily[entry["hour"] // 24, entry["other"]], int(entry["hour"])


def plot(run: Run, event: Explanation, link: Link) -> bool:
    entry, state, _ = evening(run, event, link)
    return (
        abs(link.fields["plot"] - int(entry["n2"])) <= 1
        and link.fields["hazard"] == round(100 * (1 - exp(-float(state["hazard"]))))
        and link.fields["hazard"] > 0
    )


def grievance(run: Run, event: Explanation, link: Link) -> bool:
    entry, state, _ = evening(run, event, link)
    told = float(link.fields["g"]), float(link.fields["f"])
    return (
        told == pytest.approx((state["grievance"], state["fear"]), abs=0.006) and told[0] > told[1] and entry["n3"] > 0
    )


@cache
def rules() -> dict[str, float]:
    """The rules of the shipped scenario."""
    return {name: one.value for name, one in sim.load().data.rules.items()}


def weighed(field: str, rule: str, value: Callable[[float], float], *more: Callable[[Run, Any, Link], bool]) -> Check:
    def check(run: Run, event: Explanation, link: Link) -> bool:
        entry, state, _ = evening(run, event, link)
        weight = rules()[f"mutiny.w_{rule}"] * value(float(state[field]))
        return (
            float(link.fields["w"]) == pytest.approx(weight, abs=0.006)
            and weight > 0
            and all(one(run, entry, link) for one in more)
        )

    return check


def blows(run: Run, entry: Any, link: Link) -> bool:
    above = {one.id: k for k, one in enumerate(run.scenario.commands)}
    own = int(entry["other"])
    chief = above.get(run.scenario.commands[own].superior, -1)
    row = int(np.flatnonzero(run.chronicle == entry)[0])  # what stands behind it in the same hour came later
    since = [one for one in run.chronicle[:row] if entry["hour"] - 20 * 24 <= one["hour"]]
    dead = sum(int(r["n1"]) for r in since if EVENTS[r["kind"]] == "execution" and r["other"] in (own, chief))
    beaten = [
        r
        for r in since
        if EVENTS[r["kind"]] == "beating"
        and (r["other"] == own or above.get(run.scenario.commands[int(r["other"])].superior, -1) == own)
    ]
    return (link.fields["dead"], link.fields["beaten"]) == (dead, len(beaten)) and dead + len(beaten) > 0


def unwanted(run: Run, entry: Any, link: Link) -> bool:
    assert run.record is not None
    order = int(run.record["order"][entry["hour"], unit_of(run, link, "unit")])
    return run.orders[order].unwanted > 0 and link.fields["task"].key == f"task-{run.orders[order].task}"


def lost_battles(run: Run, entry: Any, link: Link) -> bool:
    lost = [
        row
        for row in run.engagements
        if entry["hour"] - 20 * 24 <= row["end_h"] <= entry["hour"]
        and entry["other"] == (row["command_left"] if row["winner"] == 1 else row["command_right"])
    ]
    return len(lost) == link.fields["n"] > 0


def hundred(field: str) -> Callable[[Run, Any, Link], bool]:
    def check(run: Run, entry: Any, link: Link) -> bool:
        return link.fields["value"] == round(100 * float(run.daily[field][entry["hour"] // 24, entry["other"]]))

    return check


def fled(run: Run, _event: Explanation, link: Link) -> bool:
    person = next(k for k, one in enumerate(run.scenario.commanders) if one.id == link.fields["person"].id)
    return any(
        (row["hour"], row["other"], row["n1"]) == (link.hour, person, link.fields["men"])
        for _, row in rows(run, "commander-flees")
    ) and run.outcome[f"fate.{link.fields['person'].id}"] in (3.0, 4.0)


def escort(run: Run, event: Explanation, link: Link) -> bool:
    entry = explained(run, event, link)
    assert run.record is not None
    men = int(run.record["men"][entry["hour"], entry["whom"]])
    first = [int(row["n1"]) for _, row in rows(run, "commander-flees") if row["other"] == entry["other"]]
    return link.fields["now"] == entry["n1"] == men < link.fields["first"] and link.fields["first"] in first


def captor_near(run: Run, event: Explanation, link: Link) -> bool:
    entry = explained(run, event, link)
    assert run.record is not None
    spots = [run.record[["lon", "lat"]][entry["hour"], entry[name]] for name in ("who", "whom")]
    x = (spots[0]["lon"] - spots[1]["lon"]) * 111.32 * cos(radians(spots[0]["lat"]))
    return abs(link.fields["km"] - hypot(x, (spots[0]["lat"] - spots[1]["lat"]) * 111.13)) < 1


def by_mutineers(run: Run, event: Explanation, link: Link) -> bool:
    return mutinied(run, event, link) and explained(run, event, link)["n3"] == 1


def in_battle_of(run: Run, event: Explanation, link: Link) -> bool:
    assert run.record is not None
    unit = unit_of(run, link, "unit")
    return bool(run.record["fighting"][event.hour : event.hour + 2, unit].any()) or bool(link.refs)


def cut_off(run: Run, event: Explanation, link: Link) -> bool:
    entry = explained(run, event, link)
    side = run.units[int(entry["who"])].side
    ends = [row for _, row in rows(run, "battle-ends") if row["hour"] == entry["hour"]]
    return any(run.units[int(row["whom"])].side == side for row in ends)


def alone(run: Run, event: Explanation, link: Link) -> bool:
    entry = explained(run, event, link)
    assert run.record is not None
    there = [
        unit
        for unit in run.units
        if run.record["place"][link.hour, unit.index] == entry["where"]
        and run.record["state"][link.hour, unit.index] == FIELD
    ]
    men = sum(int(run.record["men"][link.hour, unit.index]) for unit in there if unit.side == entry["other"])
    return men == link.fields["men"] > 0 and set(link.fields["units"]) <= set(there)


def rising(run: Run, event: Explanation, link: Link) -> bool:
    fired = [int(row["other"]) for _, row in rows(run, "consequence") if row["hour"] == event.hour]
    told = [run.scenario.consequences[row] for row in fired]
    return any(one.kind == "rising" and link.fields["text"] in (one.text, one.id) for one in told)


def behind(run: Run, event: Explanation, link: Link) -> bool:
    other = run.chronicle[link.refs[0].row]
    return other["hour"] <= explained(run, event, link)["hour"] and EVENTS[other["kind"]] in CAUSES


CHECKS: dict[str, Check] = {
    "under-orders": under_orders,
    "accepts": accepts,
    "men-met": men_met,
    "surprise": surprise,
    "power": compared("power", "p1", "p2", 0),
    "quality": compared("quality", "q1", "q2", 2),
    "position": compared("posture", "x1", "x2", 1),
    "against-odds": against_odds,
    "breaking": breaking,
    "bled": bled,
    "no-rounds": worn("rounds", 6.0, True),
    "low-cohesion": worn("cohesion", 0.5, True),
    "tired": worn("fatigue", 0.5, False),
    "left-field": left_field,
    "beaten-before": beaten_before,
    "order-before": order_before,
    "reported": reported,
    "strength-left": strength_left,
    "place-lost": place_lost,
    "mutiny-before": mutinied,
    "date-come": date_come,
    "plot": plot,
    "grievance": grievance,
    "terror": weighed("terror", "terror", lambda x: min(1.5, x / 5), blows),
    "goal": weighed("goal", "goal", lambda x: x, unwanted),
    "defeats": weighed("defeats", "defeat", lambda x: min(1.5, x), lost_battles),
    "hunger": weighed("hunger", "hunger", lambda x: x, hundred("hunger")),
    "weariness": weighed("fatigue", "fatigue", lambda x: x, hundred("fatigue")),
    "fled": fled,
    "escort": escort,
    "captor-near": captor_near,
    "by-mutineers": by_mutineers,
    "in-battle-of": in_battle_of,
    "cut-off": cut_off,
    "alone": alone,
    "rising": rising,
    "battle-behind": behind,
}
"""How what a link says is worked out again, for every kind of link."""


def stands_in_the_run(run: Run, link: Link) -> bool:
    """Whether every number that a link rests on stands in the run, where the link says."""
    for ref in link.refs:
        if ref.array == "orders":
            value = getattr(run.orders[ref.row], ref.field)
        else:
            column = getattr(run, ref.array)[ref.field]
            value = (column[ref.row] if ref.column < 0 else column[ref.row, ref.column]).item()
        if value != ref.value:
            return False
    return bool(link.refs)


# ---------------------------------------------------------------------- the tests


def drawn(runs: list[Run], count: int, seed: int) -> list[tuple[Run, int]]:
    luck = random.Random(seed)
    every = [(run, row) for run in runs for row in explainable(run)]
    return luck.sample(every, count)


def assert_true(run: Run, event: Explanation) -> None:
    for link in event.links:
        assert stands_in_the_run(run, link), (event.text, link)
        assert link.hour <= event.hour + 1, "a cause comes before what it causes"
        assert CHECKS[link.key](run, event, link), (run.seed, event.row, event.text, link.told())


def test_twenty_events_of_ten_runs_are_explained_by_true_causes(runs: list[Run]) -> None:
    for run, row in drawn(runs, 20, 1921):
        event = why(run, row)
        assert event.links, event.text
        assert_true(run, event)


@pytest.mark.parametrize("word", ["battle", "retreat", "mutiny", "capture", "fall"])
def test_the_great_events_of_ten_runs_are_explained_by_true_causes(runs: list[Run], word: str) -> None:
    found = 0
    for run in runs:
        kinds = {EVENTS[int(row["kind"])] for row in run.chronicle}
        if not kinds & set(KINDS[word]):
            with pytest.raises(OptionError, match=f"there is no {word} in this run"):
                why(run, word)
            continue
        event = why(run, word)
        found += 1
        assert len(event.links) >= 2, event.text
        assert_true(run, event)
    assert found >= 8


def test_every_kind_of_event_and_of_link_is_met(runs: list[Run]) -> None:
    kinds, links, bare = Counter[str](), Counter[str](), Counter[str]()
    for run in runs[:3]:
        for row in explainable(run):
            event = why(run, row)
            kinds[event.kind] += 1
            links.update(link.key for link in event.links)
            bare[event.kind] += not event.links
            assert_true(run, event)
    assert set(kinds) >= {"battle", "battle-ends", "declines", "ordered", "mutiny", "commander-captured", "holder"}
    assert set(links) <= set(CHECKS)
    assert len(links) >= 20
    assert sum(bare.values()) <= 0.03 * sum(kinds.values()), f"unexplained: {bare}"


def test_a_false_link_is_noticed(runs: list[Run]) -> None:
    """The checks would fail if an explanation told something else than the record."""
    noticed = 0
    for run, row in drawn(runs, 30, 7):
        event = why(run, row)
        for at, link in enumerate(event.links):
            numbers = [name for name, value in link.fields.items() if isinstance(value, int)]
            for name in numbers:
                wrong = replace(link, fields={**link.fields, name: link.fields[name] + 7})
                told = replace(event, links=(*event.links[:at], wrong, *event.links[at + 1 :]))
                if name != "days" and (link.key, name) != ("reported", "km"):
                    assert not CHECKS[link.key](run, told, wrong), (link.key, name)
                    noticed += 1
            ref = link.refs[0]
            if isinstance(ref.value, (int, float)):
                assert not stands_in_the_run(run, replace(link, refs=(replace(ref, value=ref.value + 1),)))
    assert noticed > 20


def test_three_languages_say_the_same_links(runs: list[Run]) -> None:
    for run, row in drawn(runs, 25, 3):
        event = why(run, row)
        told = [event.told(lang) for lang in LANGUAGES]
        assert len(set(told)) == 3
        assert len({text.count("\n") for text in told}) == 1
        assert all("{" not in text for text in told)
        assert isinstance(event.head, Phrase)


def test_causes_of_causes_are_set_in(runs: list[Run]) -> None:
    event = next(event for run in runs for event in [why(run, "battle")] if any(link.depth for link in event.links))
    lines = event.told().splitlines()
    assert lines[0].startswith(f"{event.date.day} ")
    assert [len(line) - len(line.lstrip()) for line in lines[1:]] == [4 * (link.depth + 1) for link in event.links]


def test_a_saved_run_is_explained_the_same(runs: list[Run], tmp_path: Path) -> None:
    read = sim.read_run(runs[0].save(tmp_path / "run.urga"))
    for word in ("mutiny", "battle"):
        assert why(read, word).told() == why(runs[0], word).told()


def test_events_are_found_by_word_date_and_row(runs: list[Run]) -> None:
    run = runs[0]
    event = why(run, "battle")
    for spelt in (
        event.row,
        str(event.row),
        f"battle {event.date:%Y-%m-%d}",
        f"battle {event.date.day} {event.date:%B}",
    ):
        assert why(run, spelt).row == event.row
    assert why(run, "holder").kind == "holder"


def test_what_cannot_be_explained_is_refused(runs: list[Run], campaign: Scenario) -> None:
    run = runs[0]
    for event, said in (
        ("batle", "did you mean 'battle'"),
        ("", "known: battle, retreat"),
        ("battle soon", "'soon' is no date"),
        ("mutiny 1921-05-02", "the nearest is on 1921-08"),
        (10**6, "rows 0 to"),
        ("-3", "cannot be explained"),
    ):
        with pytest.raises(OptionError, match=said):
            why(run, event)
    other = next(row for row in range(len(run.chronicle)) if row not in explainable(run))
    with pytest.raises(OptionError, match="is not explained; the nearest that is"):
        why(run, other)
    with pytest.raises(UrgaError, match="no record"):
        why(sim.run(campaign, 0), "battle")


def test_urga_why(tmp_path: Path, runs: list[Run], capsys: pytest.CaptureFixture[str]) -> None:
    file = runs[1].save(tmp_path / "run.urga")
    for run in (str(file), "1"):
        assert cli.call(["why", run, "mutiny"]) == 0
        assert "Why: " in capsys.readouterr().out
    assert cli.call(["why", str(file), "battle", "--language", "mn"]) == 0
    assert "Яагаад" in capsys.readouterr().out
    assert cli.call(["why", str(file)]) == 0
    assert "Mutiny in" in capsys.readouterr().out
    assert cli.call(["why", str(file), "batle"]) == 2
    assert capsys.readouterr().err.startswith("urga: event 'batle'")
