"""The plan of standing orders: no date after the opening, one set of thresholds, the same table, a true page."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import sim
from sim import cli
from sim.scenario_files import Condition, Order, ScenarioData, find_scenario, read_folder
from sim.state import E_ORDERED

OPENING = {"ungern-march-north", "rezukhin-watch", "town-held", "mongols-hold"}
LAST_DATE = date(1921, 5, 21)
PAGE = Path(sim.__file__).resolve().parents[1] / "docs" / "doctrine.md"
GIVES_WAY = 1.2
ODDS_ROW = re.compile(r"^\| (\d\.\d)[a-z ]* \|" + r" (\d+) % \|" * 5 + "$", re.M)
ROW = re.compile(r"^\| [EG] \| .*\(`(?P<id>[a-z-]+)`\) \| [^|]+ \| (?P<within>\d+) % \| (?P<occurred>\d+) % \|", re.M)


@pytest.fixture(scope="module")
def data(campaign: sim.Scenario) -> ScenarioData:  # noqa: ARG001 (the engine is compiled)
    return read_folder(find_scenario("mongolia_1921"))


@pytest.fixture(scope="module")
def orders(data: ScenarioData) -> tuple[Order, ...]:
    return data.plans["doctrine"].orders


def conditions(order: Order) -> Iterator[Condition]:
    """All conditions of an order."""
    yield from order.when
    yield from order.when_any


def test_only_the_opening_has_dates(orders: tuple[Order, ...]) -> None:
    dated = {order.id for order in orders if any(one.kind == "date" for one in conditions(order))}
    assert dated == OPENING
    for order in orders:
        for one in conditions(order):
            assert one.date is None or max(one.date, one.until or one.date) <= LAST_DATE, order.id


def test_everything_else_waits_for_something_known(orders: tuple[Order, ...]) -> None:
    """An order that only follows another follows, in the end, one that looks at the war."""
    by_id = {order.id: order for order in orders}

    def looks(order: Order, seen: frozenset[str]) -> bool:
        if order.id in OPENING:
            return True
        if any(one.kind not in ("issued", "done", "date") for one in conditions(order)):
            return True
        heads = {one.order for one in conditions(order) if one.order} - seen
        return any(looks(by_id[head], seen | {order.id}) for head in heads)

    for order in orders:
        assert tuple(conditions(order)), f"{order.id} waits for nothing"
        assert looks(order, frozenset()), order.id


def test_thresholds_are_those_of_the_page(orders: tuple[Order, ...]) -> None:
    """One rule for both sides: the numbers that the page names, and no others."""
    found: dict[str, set[object]] = {}
    for order in orders:
        for one in conditions(order):
            value = {"odds": (one.ratio, one.within_km), "losses": one.share, "enemy": one.men, "clear": one.within_km}
            if one.kind in value:
                found.setdefault(one.kind, set()).add(value[one.kind])
    assert found == {
        "odds": {(GIVES_WAY, 60.0), (1.0, 150.0), (2.0, 60.0)},
        "losses": {0.2, 0.4},
        "enemy": {500, 1000},
        "clear": {40.0},
    }


def test_what_is_documented_is_the_opening_and_the_mutineers(orders: tuple[Order, ...]) -> None:
    documented = {order.id for order in orders if order.confidence == "documented"}
    assert documented == OPENING | {"colonels-to-hailar-1", "colonels-to-hailar-2", "mongols-let-go"}


def test_same_commanders_as_in_the_historical_plan(data: ScenarioData, orders: tuple[Order, ...]) -> None:
    assert {order.command for order in orders} == {order.command for order in data.plans["historical"].orders}


def test_most_orders_are_given_in_some_run(data: ScenarioData, orders: tuple[Order, ...]) -> None:
    """No standing order is an ornament: over twenty runs each is given at least once."""
    scenario = sim.load(data, plan="doctrine")
    given: set[str] = set()
    for seed in range(20):
        run = sim.run(scenario, seed)
        rows = run.chronicle["other"][run.chronicle["kind"] == E_ORDERED]
        given |= {scenario.order_ids[int(row)] for row in rows}
    assert {order.id for order in orders} - given <= {"ungern-attacks"}


def test_replay_prints_the_same_table(capsys: pytest.CaptureFixture[str], data: ScenarioData) -> None:
    outputs: list[str] = []
    for plan in ("historical", "doctrine"):
        assert cli.call(["replay", "--plan", plan, "--seeds", "3", "--no-course"]) == 0
        outputs.append(capsys.readouterr().out)
    for event in data.history.events:
        for out in outputs:
            assert event.title.split()[0] in out
    heads = [re.search(r"History against simulation: seed 0, and 3 runs *\n(.*)\n", out) for out in outputs]
    assert heads[0] is not None
    assert heads[1] is not None
    assert heads[0][1].split() == heads[1][1].split()


def test_page_has_a_row_for_every_event(data: ScenarioData) -> None:
    rows = [found["id"] for found in ROW.finditer(PAGE.read_text(encoding="utf-8"))]
    assert rows == [event.id for event in data.history.events]


@pytest.mark.study
def test_page_gives_the_measured_shares(data: ScenarioData) -> None:
    scores = {one.id: one for one in sim.ensemble(sim.load(data, plan="doctrine"), range(200)).scores()}
    for found in ROW.finditer(PAGE.read_text(encoding="utf-8")):
        score = scores[found["id"]]
        measured = np.round([100 * score.share_within, 100 * score.share_occurred])
        assert measured.tolist() == [float(found["within"]), float(found["occurred"])], found["id"]


def bolder(data: ScenarioData, ratio: float) -> ScenarioData:
    """The plan with other odds at which ground is given up."""

    def changed(conds: tuple[Condition, ...]) -> tuple[Condition, ...]:
        return tuple(
            one.model_copy(update={"ratio": ratio}) if one.kind == "odds" and one.ratio == GIVES_WAY else one
            for one in conds
        )

    plan = data.plans["doctrine"]
    orders = tuple(
        one.model_copy(update={"when": changed(one.when), "when_any": changed(one.when_any)}) for one in plan.orders
    )
    return dataclasses.replace(data, plans={**data.plans, "doctrine": plan.model_copy(update={"orders": orders})})


@pytest.mark.study
def test_page_tells_how_far_the_odds_matter(data: ScenarioData) -> None:
    rows = [found.groups() for found in ODDS_ROW.finditer(PAGE.read_text(encoding="utf-8"))]
    assert len(rows) == 6
    for ratio, *told in rows:
        runs = sim.ensemble(sim.load(bolder(data, float(ratio)), plan="doctrine"), range(100))
        shares = {one.id: round(100 * one.share_occurred) for one in runs.scores()}
        names = ("troitskosavsk", "second-raid", "urga", "mutiny", "outcome")
        assert [shares[name] for name in names] == [int(share) for share in told], ratio
