"""Forks: the hours before are untouched, the same dice give the run itself, a fork can be made again from its patch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import law_kit
import numpy as np
import pytest

import sim
from sim.choice.forks import Past, as_patch, at_hour, copied, luck_of, moved, order_rows, renumbered, unit_order
from sim.errors import OptionError, PatchError
from sim.luck import hash_id
from sim.patch import patch_from_dict, read_patch, write_patch
from sim.runs import Run, onward
from sim.scenario import Scenario
from sim.state import E_ARRIVES, E_ORDERED, State, new_state

TURN: dict[str, Any] = {"task": "march", "objective": "urga"}


def same(one: Run, other: Run) -> bool:
    return law_kit.run_fingerprint(one) == law_kit.run_fingerprint(other)


def past_of(run: Run, hour: int) -> str:
    """Hash of all that a run leaves of the hours before `hour`; orders by hashes of their ids, not by their rows."""
    assert run.record is not None
    ids = np.array([*(hash_id(order.id) for order in run.orders), 0], np.uint64)

    def told(array: np.ndarray) -> np.ndarray:
        return array[array["hour"] < hour]

    chronicle = told(run.chronicle)
    about = np.isin(chronicle["kind"], (E_ORDERED, E_ARRIVES))
    named = np.where(about, ids[chronicle["other"]], chronicle["other"].astype(np.uint64))
    record = run.record[: hour + 1]
    units = sorted(range(len(run.units)), key=lambda row: run.units[row].id)
    units = [row for row in units if (record["state"][:, row] != 0).any() or row < len(run.scenario.units)]
    record = record[:, [row for row in units if row < len(run.scenario.units)]]
    plain = [name for name in record.dtype.names or () if name != "order"]
    columns = [np.ascontiguousarray(record[name]) for name in plain]
    rows = [np.ascontiguousarray(chronicle[name]) for name in chronicle.dtype.names or () if name != "other"]
    evenings = run.daily[: hour // 24]
    return law_kit.fingerprint(
        *columns,
        ids[record["order"]],
        *rows,
        named,
        told(run.holders),
        told(run.battles),
        told(run.sightings),
        evenings,
    )


def test_an_empty_fork_is_the_run_itself(campaign: Scenario, told: Run) -> None:
    for source in (campaign, told):
        again = sim.fork(source, 1400, seed=1)
        assert same(again, told)
        assert again.certificate == told.certificate


@pytest.mark.parametrize("hour", [0, 5, 1003, 2640])
def test_the_hours_before_a_fork_are_untouched(campaign: Scenario, told: Run, hour: int) -> None:
    changes = [
        ["sides.White.pace=0.4", "rules.battle.lethality=0.006"],
        unit_order(campaign, ["tatar_1", "regiment_2_1"], hour=hour, **TURN),
        None,
    ]
    for luck, change in zip((None, None, 99), changes, strict=True):
        other = sim.fork(told, hour, change, luck)
        assert past_of(other, hour) == past_of(told, hour)
        assert not same(other, told)


def test_a_past_that_is_not_the_same_is_noticed(told: Run) -> None:
    other = sim.fork(told, 500, ["sides.White.pace=0.4"])
    assert past_of(other, 500) == past_of(told, 500)
    assert past_of(other, 1500) != past_of(told, 1500)


@pytest.mark.parametrize(("hour", "change"), [(777, "stay-south"), (1000, {"set": {}}), (30, "united-division")])
def test_a_fork_is_its_patch_played_from_the_start(campaign: Scenario, told: Run, hour: int, change: object) -> None:
    forked = sim.fork(told, hour, change, luck=5)  # type: ignore[arg-type]
    patch = at_hour(campaign, as_patch(campaign, change), hour, 5)  # type: ignore[arg-type]
    again = sim.run(sim.load(campaign.data, patches=[patch]), 1, record=True)
    assert same(forked, again)
    assert forked.certificate == again.certificate
    assert forked.certificate["luck"] == [[hour, 5]]


def test_a_fork_of_a_fork(told: Run) -> None:
    once = sim.fork(told, 700, luck=3)
    twice = sim.fork(once, 1500, ["sides.Red.pace=0.5"], luck=4)
    assert past_of(twice, 1500) == past_of(once, 1500)
    assert twice.certificate["luck"] == [[700, 3], [1500, 4]]
    assert same(sim.fork(twice, 2000), twice)
    back = sim.fork(told, 700, luck=told.seed)
    assert same(back, told), "the seed itself is the same dice"


def test_a_saved_fork_can_be_made_again(told: Run, tmp_path: Path) -> None:
    forked = sim.fork(told, 900, ["sides.White.desertion=2"], luck=11)
    read = sim.read_run(forked.save(tmp_path / "fork.urga"))
    assert read.certificate == forked.certificate
    assert same(sim.fork(read, 1), forked)


def test_luck_in_a_patch_file(campaign: Scenario, tmp_path: Path) -> None:
    file = tmp_path / "dice.toml"
    write_patch(patch_from_dict({"from": "1921-07-01", "luck": 2**63 + 1}), file)
    assert read_patch(file).luck == 2**63 + 1
    scenario = sim.load(campaign.data, patches=[file])
    hour = scenario.data.header.hour(read_patch(file).from_)  # type: ignore[arg-type]
    run = sim.run(scenario, 1, record=True)
    assert past_of(run, hour) == past_of(sim.run(campaign, 1, record=True), hour)
    many = sim.ensemble(scenario, [1, 2], threads=2)
    assert {name: column[0] for name, column in many.outcome.items() if column[0] == column[0]} == {
        name: value for name, value in run.outcome.items() if value == value
    }, "ensembles throw the same dice"


def test_an_order_with_an_hour_of_its_own(campaign: Scenario) -> None:
    order = {"id": "late", "command": "ungern", "source": "assumption", "confidence": "assumed", **TURN}
    patch = {"orders": [{**order, "from": "1921-05-10T04:00:00"}]}
    run = sim.run(sim.load(campaign.data, patches=[patch]), 1)
    given = [row["hour"] for row in run.chronicle if row["kind"] == E_ORDERED and run.orders[row["other"]].id == "late"]
    assert given == [9 * 24 + 4]
    with pytest.raises(PatchError, match="late: from"):
        sim.load(campaign.data, patches=[{"from": "1921-06-01", **patch}])


def test_an_order_comes_from_whom_a_unit_obeys_now(campaign: Scenario) -> None:
    past = Past.of(campaign, 1, 1700)
    early, late = (unit_order(campaign, "tibetans", past=one, **TURN) for one in (Past.of(campaign, 1, 0), past))
    assert [one["orders"][0]["command"] for one in (early, late)] == ["ungern", "urga"]
    run = past.go_on(past.world(late))
    given = [row["hour"] for row in run.chronicle if row["kind"] == E_ORDERED and row["hour"] >= 1700]
    assert min(given) <= 1712
    assert any(run.orders[row["other"]].id == "fork-tibetans-1700" for row in run.chronicle if row["kind"] == E_ORDERED)


def test_branches_share_one_past(campaign: Scenario, told: Run) -> None:
    past = Past.of(campaign, 1, 1200, record=True)
    worlds = [past.world(), past.world(unit_order(campaign, "tatar_1", hour=1200, **TURN))]
    runs = [past.go_on(world) for world in worlds]
    assert same(runs[0], told)
    assert same(runs[1], sim.fork(told, 1200, unit_order(campaign, "tatar_1", hour=1200, **TURN)))
    assert same(past.go_on(worlds[0]), told), "branches write nothing into their past"


def test_dice_without_a_patch_equal_dice_in_a_patch(campaign: Scenario) -> None:
    past = Past.of(campaign, 1, 1200)
    luck = luck_of(1, 0)
    loose, written = past.ended(campaign, luck), past.ended(past.world(None, luck), luck)
    assert law_kit.fingerprint(loose.units, loose.chronicle) == law_kit.fingerprint(written.units, written.chronicle)
    assert len({luck_of(seed, number) for seed in range(20) for number in range(50)}) == 1000


def test_a_state_moved_there_and_back(campaign: Scenario) -> None:
    past = Past.of(campaign, 1, 1500, record=True)
    world = past.world(unit_order(campaign, "tatar_1", hour=1500, **TURN))
    assert order_rows(campaign, world).tolist() != list(range(len(campaign.order_ids) + 1))
    there = moved(past.state, campaign, world)
    assert law_kit.fingerprint(*there) != law_kit.fingerprint(*past.state)
    back = renumbered(copied(there), world, campaign)
    assert law_kit.fingerprint(*back) == law_kit.fingerprint(*past.state)


def test_a_game_stopped_and_resumed_is_one_run(campaign: Scenario) -> None:
    whole, parts = (new_state(campaign.tables, 4) for _ in range(2))
    onward(campaign, whole, 4, 0, 1000)
    for start in range(0, 1000, 125):
        onward(campaign, parts, 4, start, start + 125)
    assert law_kit.fingerprint(*_kept(whole)) == law_kit.fingerprint(*_kept(parts))


def _kept(state: State) -> list[np.ndarray]:
    return [array for name, array in zip(State._fields, state, strict=True) if name not in ("heap", "keys")]


def test_what_cannot_be_forked_is_refused(campaign: Scenario, told: Run) -> None:
    for hour in (-1, campaign.hours):
        with pytest.raises(OptionError, match="lies outside the campaign"):
            sim.fork(campaign, hour)
    with pytest.raises(PatchError, match="holds from the start"):
        sim.fork(told, 100, {"set": {"units.tatar_1.men": 900}})
    with pytest.raises(OptionError, match="seed -1"):
        sim.fork(told, 100, luck=-1)
    with pytest.raises(OptionError, match="did you mean 'tatar_1'"):
        unit_order(campaign, "tatar_11", "march", "urga")
    with pytest.raises(OptionError, match="no task 'marsh'"):
        unit_order(campaign, "tatar_1", "marsh", "urga")
    stale = replace(told, certificate={**told.certificate, "hash": "0" * 16})
    with pytest.raises(OptionError, match="other files of mongolia_1921"):
        sim.fork(stale, 100)
