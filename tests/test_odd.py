"""The model's description, written down once more in plain Python, against a run of the engine.

Nothing of the rules is used here: formulas, order and keys are those of docs/odd. Where the page and the engine part,
one of these fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from math import exp, floor
from typing import Any

import numpy as np
import odd_kit
import pytest
from odd_kit import NORMAL, distance, mix

import sim
from sim.campaign import advance
from sim.state import N_BATTLE_HOURS, new_state

SEED = 3
DATE, RAIN, FORTUNE, LOSS, SHARE = 1, 2, 12, 13, 14
LEVERS = {"supply": 0.25, "desertion": 1.5}
HUNGRY = [
    *(f"sides.{side}.{lever}={x}" for side in ("Red", "White") for lever, x in LEVERS.items()),
    "rules.supply.forage_horse=0.6",
    "rules.supply.forage_foot=0.3",
]
LOOK_DAYS = 6  # every so many days the evening is looked at


def uniform(purpose: int, who: int, count: int) -> float:
    """docs/odd/luck.md, for the seed of these tests."""
    return odd_kit.uniform(SEED, purpose, who, count)


@dataclass(frozen=True)
class Hour:
    """An hour of battle as the engine wrote it down, with the keys of its luck."""

    row: Any
    age: int
    ids: tuple[int, int]
    keys: tuple[int, int]
    surprise: bool
    attacker: int


@dataclass(frozen=True)
class Evening:
    """The world before and after an hour of supply (20:00) or of cohesion (21:00)."""

    hour: int
    before: np.ndarray  # UNIT [units]
    after: np.ndarray  # UNIT [units]
    commands: np.ndarray  # COMMAND [commands], before
    same: np.ndarray  # bool [commands]: nothing but the evening has touched it
    depots: np.ndarray  # DEPOT, before
    holders: np.ndarray  # int64 [places]
    fired: np.ndarray  # int64 [consequences], before
    gone: np.ndarray  # int64 [units, kinds, causes] booked in this hour

    def quiet(self) -> Iterator[int]:
        """Units in the field that stood still through the hour, out of battle."""
        for i, (u, v) in enumerate(zip(self.before, self.after, strict=True)):
            still = u["place"] >= 0 and u["place"] == v["place"] and u["km_today"] == v["km_today"]
            whole = u["status"] == 1 and v["men"] > 0 and u["arm"] != 4 and u["command"] == v["command"]
            if still and whole and u["battle"] == v["battle"] == -1 and u["order"] == v["order"]:
                yield i


@dataclass(frozen=True)
class Played:
    """A run stepped hour by hour: its hours of battle, the weather of every noon, the evenings of its commands."""

    scenario: sim.Scenario
    rules: dict[str, float]
    battles: list[Hour]
    rain: np.ndarray  # int64 [days, places]
    wet: np.ndarray  # float64 [days, places]
    daily: np.ndarray  # DAILY [days, commands]
    evenings: list[Evening]
    mutiny_h: np.ndarray  # int64 [commands]
    tempers: np.ndarray  # float64 [commanders, 2]
    issued_h: np.ndarray  # int64 [orders]


@pytest.fixture(scope="module")
def played() -> Played:
    """A hungry campaign, looked at after every hour."""
    campaign = sim.load(settings=HUNGRY)
    state = new_state(campaign.tables, SEED, record=True)
    battles: list[Hour] = []
    rain: list[np.ndarray] = []
    wet: list[np.ndarray] = []
    evenings: list[Evening] = []
    for hour in range(campaign.hours):
        seen = int(state.counts[N_BATTLE_HOURS])
        look = hour % 24 in (20, 21) and hour // 24 % LOOK_DAYS == 0
        past = [x.copy() for x in (state.units, state.commands, state.depots, state.fired, state.books)] if look else []
        advance(campaign.tables, state, hour, hour + 1)
        if look:
            evenings.append(one_evening(state, hour, *past))
        battles += [one_hour(state, row, hour) for row in state.battle_hours[seen : int(state.counts[N_BATTLE_HOURS])]]
        if hour % 24 == 12:
            rain.append(state.places["rain"].copy())
            wet.append(state.places["wet"].copy())
    return Played(
        scenario=campaign,
        rules={name: one.value for name, one in campaign.data.rules.items()},
        battles=battles,
        rain=np.array(rain),
        wet=np.array(wet),
        daily=state.daily.copy(),
        evenings=evenings,
        mutiny_h=state.commands["mutiny_h"].copy(),
        tempers=state.tempers.copy(),
        issued_h=state.orders["issued_h"].copy(),
    )


def one_hour(state: Any, row: Any, hour: int) -> Hour:
    """An hour of battle with the keys of the leads at its beginning."""
    battle = state.battles[row["battle"]]
    leads = [int(battle["lead_left"]), int(battle["lead_right"])]
    ids = tuple(int(state.units[lead]["id"]) for lead in leads)
    keys = tuple(4096 * int(state.units[lead]["battles"]) for lead in leads)
    return Hour(
        row=row.copy(),
        age=hour - int(battle["start_h"]),
        ids=(ids[0], ids[1]),
        keys=(keys[0], keys[1]),
        surprise=bool(battle["surprise"]),
        attacker=int(battle["attacker"]),
    )


def one_evening(
    state: Any, hour: int, units: np.ndarray, commands: np.ndarray, depots: np.ndarray, fired: np.ndarray, books: Any
) -> Evening:
    """What an evening needs, read-only."""
    touched = (commands["lost_h"] == state.commands["lost_h"]) & (commands["won_h"] == state.commands["won_h"])
    return Evening(
        hour=hour,
        before=units,
        after=state.units.copy(),
        commands=commands,
        same=touched & (commands["mutiny_h"] == state.commands["mutiny_h"]),
        depots=depots,
        holders=state.places["holder"].copy(),
        fired=fired,
        gone=state.books - books,
    )


def sides() -> Iterator[tuple[str, str, int]]:
    """Both sides: own side, enemy, number."""
    yield "left", "right", 0
    yield "right", "left", 1


def test_losses_of_every_hour_of_battle(played: Played) -> None:
    """docs/odd/battle.md, section 4: the law of losses with its luck, and the rounding."""
    rules = played.rules
    assert len(played.battles) > 30
    exact = 0
    for one in played.battles:
        for own, enemy, i in sides():
            loss = (
                rules["battle.lethality"]
                * one.row[f"quality_{enemy}"]
                * float(one.row[f"power_{enemy}"]) ** rules["battle.enemy_exponent"]
                * float(one.row[f"power_{own}"]) ** rules["battle.own_exponent"]
                * one.row["ground"]
                / one.row[f"posture_{own}"]
            )
            luck = NORMAL.inv_cdf(uniform(LOSS, one.ids[i], one.keys[i] + one.age))
            loss *= exp(rules["battle.noise"] * luck)
            lost = floor(loss + uniform(SHARE, one.ids[i], one.keys[i] + one.age + 1024))
            assert abs(lost - one.row[f"loss_{own}"]) <= 1  # terms are kept with seven digits
            exact += lost == one.row[f"loss_{own}"]
    assert exact >= 0.98 * 2 * len(played.battles)


def test_ground_and_posture_are_those_of_the_page(played: Played) -> None:
    """docs/odd/battle.md, section 4: what stands in the record is a product of the parameters that the page names."""
    rules = played.rules
    factors = [rules["battle.night"], rules["battle.wooded"], rules["battle.rain"]]
    grounds = [np.prod([f for k, f in enumerate(factors) if bits >> k & 1]) for bits in range(8)]
    base = [1.0, rules["battle.meeting"], rules["battle.hasty"], rules["battle.prepared"]]
    whole = [one * town for one in base for town in (1.0, rules["battle.town"])]
    postures = whole + [1.0 + rules["battle.flanked_posture"] * (one - 1.0) for one in whole]
    for one in played.battles:
        night = int(one.row["hour"]) % 24 < 4 or int(one.row["hour"]) % 24 >= 22
        assert np.isclose(grounds, one.row["ground"], rtol=1e-5).any()
        assert night == any(np.isclose(one.row["ground"], g, rtol=1e-5) for k, g in enumerate(grounds) if k & 1)
        for own, _, i in sides():
            assert np.isclose(postures, one.row[f"posture_{own}"], rtol=1e-5).any()
            if i == one.attacker:
                assert one.row[f"posture_{own}"] == 1.0


def test_fortune_lasts_for_the_whole_battle(played: Played) -> None:
    """docs/odd/battle.md, section 4: one draw of quality a battle and side, the edge of surprise for six hours."""
    for one in played.battles:
        for own, _, i in sides():
            luck = exp(
                played.rules["battle.quality_spread"] * NORMAL.inv_cdf(uniform(FORTUNE, one.ids[i], one.keys[i]))
            )
            edge = played.rules["battle.surprise"] if one.surprise and one.age < 6 and i == one.attacker else 1.0
            mean = float(one.row[f"quality_{own}"]) / luck / edge
            assert 0.4 <= mean <= 1.5  # quality of troops, less for fatigue: within what units.csv holds


def test_rain_of_every_day(played: Played) -> None:
    """docs/odd/weather.md: spells of two days by cell, and how wet places are."""
    rules = played.rules
    cells = {
        place.id: int.from_bytes(
            blake2b(f"cell {floor(place.lon / 3)} {floor(place.lat / 1.5)}".encode(), digest_size=8).digest(), "little"
        )
        for place in played.scenario.data.places
    }
    wet = np.zeros(len(played.scenario.place_ids))
    for day in range(len(played.rain)):
        month = f"{played.scenario.date(24 * day):%B}".lower()
        chance = rules[f"weather.rain_{month}"]
        rain = [
            uniform(RAIN, cells[name], day // 2) < chance and uniform(RAIN, mix(cells[name]), day) < 0.75
            for name in played.scenario.place_ids
        ]
        wet = 0.8 * wet + np.array(rain)
        assert (played.rain[day] == rain).all()
        assert played.wet[day] == pytest.approx(wet)


def test_plot_of_every_evening(played: Played) -> None:
    """docs/odd/cohesion.md: grievance, fear, Granovetter's step and the hazard, from the means of the evening."""
    rules, daily = played.rules, played.daily
    commands = played.scenario.tables.commands0
    for c in range(len(commands)):
        plot = 0.0
        for day in range(len(daily)):
            e = daily[day, c]
            g = rules["mutiny.w_terror"] * min(1.5, e["terror"] / 5) + rules["mutiny.w_goal"] * e["goal"]
            g += rules["mutiny.w_defeat"] * min(1.5, e["defeats"]) + rules["mutiny.w_hunger"] * e["hunger"]
            g += rules["mutiny.w_fatigue"] * e["fatigue"]
            told = [rules["mutiny.grievance"] * (g + boost) for boost in (0.0, rules["mutiny.news_boost"])]
            assert min(abs(e["grievance"] - one) for one in told) < 1e-4
            fear = rules["mutiny.fear_escort"] * e["cohesion"]
            man = int(commands["commander"][c])
            with_him = fear + (rules["mutiny.fear_present"] * played.tempers[man, 0] if man >= 0 else 0.0)
            assert min(abs(e["fear"] - fear), abs(e["fear"] - with_him)) < 1e-4
            push = e["grievance"] - e["fear"] + rules["mutiny.belief"] * plot - rules["mutiny.threshold_mean"]
            target = NORMAL.cdf(float(push) / rules["mutiny.threshold_sd"])
            plot += rules["mutiny.contagion"] * (target - plot)
            assert e["plot"] == pytest.approx(plot, abs=1e-4)
            over = max(0.0, plot - rules["mutiny.tipping"]) / (1 - rules["mutiny.tipping"])
            risen = 0 <= played.mutiny_h[c] < day * 24 + 21
            hazard = 0.0 if risen or e["men"] == 0 else rules["mutiny.hazard_day"] * over
            assert e["hazard"] == pytest.approx(hazard, abs=1e-4)


def test_food_of_every_evening(played: Played) -> None:
    """docs/odd/supply.md: what a depot delivers and what the steppe gives, for units that stood still."""
    rules, tables = played.rules, played.scenario.tables
    looked_at = {"depot": 0, "steppe": 0}
    for evening in (one for one in played.evenings if one.hour % 24 == 20):
        for i in evening.quiet():
            u, v = evening.before[i], evening.after[i]
            place = tables.places[u["place"]]
            best = 0.0
            for depot in evening.depots:
                held = evening.holders[depot["place"]] == depot["side"] == u["side"]
                if held and depot["rations"] + depot["daily_rations"] >= 1:
                    km = distance(place, tables.places[depot["place"]])
                    best = max(best, 1 - km / rules["supply.depot_reach_km"])
            want = min(2.0, 1 + rules["supply.carry_days"] - u["rations"]) * best * LEVERS["supply"]
            forage = rules["supply.forage_horse"] if u["arm"] in (1, 2) else rules["supply.forage_foot"]
            forage *= 0.5 + place["grass"]
            forage *= rules["supply.town"] if place["town"] else 1.0
            forage *= 0.6 if u["km_today"] > 40 else 1.0
            rations = min(rules["supply.carry_days"], u["rations"] + want + forage - 1)
            assert v["rations"] == pytest.approx(max(0.0, rations), abs=1e-9)
            hunger = u["hunger_days"] + 1 if rations < 0 else max(0.0, u["hunger_days"] - 1)
            assert v["hunger_days"] == hunger
            looked_at["depot" if best > 0 else "steppe"] += 1
    assert min(looked_at.values()) > 50


def test_horses_of_every_evening(played: Played) -> None:
    """docs/odd/supply.md: wear, grazing and losses of horses."""
    rules, count = played.rules, 0
    for evening in (one for one in played.evenings if one.hour % 24 == 20):
        for i in evening.quiet():
            u, v = evening.before[i], evening.after[i]
            if u["horses"] == 0:
                continue
            km, grass = float(u["km_today"]), float(played.scenario.tables.places[u["place"]]["grass"])
            wear = rules["supply.march_wear"] * km / 40 + 0.08 * max(0.0, km - 40) / 30
            wear += rules["supply.hunger_wear"] if grass < 0.25 else 0.0
            gain = rules["supply.grass_gain"] * grass * (1 - min(1.0, km / 80))
            condition = min(1.0, max(0.1, u["condition"] + gain - wear))
            assert v["condition"] == pytest.approx(condition, abs=1e-9)
            rate = rules["supply.horse_loss_march"] if km > 10 else rules["supply.horse_loss_rest"]
            if condition < 0.35 or km > 65:
                rate = rules["supply.horse_loss_starving"]
            lost = floor(rate * int(u["horses"]) + uniform(30, int(u["id"]), evening.hour // 24))
            assert evening.gone[i, 1].sum() == evening.gone[i, 1, 9] == lost
            count += 1
    assert count > 300


def test_cohesion_and_deserters_of_every_evening(played: Played) -> None:
    """docs/odd/cohesion.md: a unit's evening."""
    rules, tables, count, deserters, hungry = played.rules, played.scenario.tables, 0, 0, 0
    for evening in (one for one in played.evenings if one.hour % 24 == 21):
        for i in evening.quiet():
            u, v = evening.before[i], evening.after[i]
            command = evening.commands[u["command"]]
            if not evening.same[u["command"]] or u["retreating"] or u["task"] == 13 or u["fugitive"]:
                continue
            loyal = command["mutiny_h"] < 0
            c = float(u["cohesion"])
            if u["hunger_days"] < 1 and u["km_today"] < 15:
                c += rules["cohesion.recovery_day"] * (0.95 - c)
            c -= rules["cohesion.hunger_day"] * min(1.0, u["hunger_days"] / 3)
            c -= rules["cohesion.fatigue_day"] * max(0.0, v["fatigue"] - 0.4)
            if u["task"] == 9 and v["arrived"] == 0 and loyal:
                c -= rules["cohesion.retreat_day"] * min(1.0, command["defeats"])
            if loyal:
                c -= rules["cohesion.terror_day"] * min(1.0, command["terror"] / 5)
                c -= rules["cohesion.unwanted_day"] * (tables.orders[u["order"]]["unwanted"] if u["order"] >= 0 else 0)
            c = min(1.0, max(0.1, c))
            assert v["cohesion"] == pytest.approx(c, abs=1e-9)
            rate = rules["cohesion.desert_day"] * (
                1 + rules["cohesion.desert_levy"] * (1 - tables.loyalty[u["faction"]])
            )
            rate *= 1 + rules["cohesion.desert_low"] * max(0.0, 0.6 - c)
            rate *= (1 + min(2.0, 0.5 * u["hunger_days"])) * LEVERS["desertion"]
            hungry += u["hunger_days"] > 0
            for k, one in enumerate(tables.consequences):
                if one["kind"] == 1 and one["faction"] == u["faction"] and evening.fired[k] == -2:
                    rate *= one["value"]
            rate += 0.004 if u["km_today"] > rules["cohesion.straggle_km"] else 0.0
            gone = floor(min(0.5, rate) * int(u["men"]) + uniform(31, int(u["id"]), evening.hour // 24))
            assert evening.gone[i, 0, 3] == gone
            count += 1
            deserters += gone
    assert count > 300
    assert deserters > 20
    assert hungry > 50


def test_dated_orders_go_out_at_the_hour_drawn(played: Played) -> None:
    """docs/odd/command.md: a date condition is drawn once between midnight and noon of its two days."""
    header, count = played.scenario.data.header, 0
    rows = {name: row for row, name in enumerate(played.scenario.order_ids)}
    for order in played.scenario.data.plans[played.scenario.plan].orders:
        dates = [one for one in order.when if one.kind == "date" and not one.not_]
        if len(order.when) != 1 or len(dates) != 1 or order.when_any or dates[0].date is None:
            continue
        first = header.hour(dates[0].date)
        last = header.hour(dates[0].until) + 12 if dates[0].until else first
        key = int.from_bytes(blake2b(order.id.encode(), digest_size=8).digest(), "little")
        drawn = first + (last - first) * uniform(DATE, key, 0)
        given = int(played.issued_h[rows[order.id]])
        assert drawn <= given <= drawn + 13  # he looks twice a day at least
        count += 1
    assert count > 8
