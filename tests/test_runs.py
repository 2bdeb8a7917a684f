"""A run and what it leaves: books, outcome, certificate, prose; and many runs in a table."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import OptionError, UrgaError
from sim.experiment import ensemble as ensemble_module
from sim.muster import CAUSES, DETACHED, FIELD, KINDS, MEN, RECEIVED
from sim.runs import certificate, check_room, fate, finish, play
from sim.state import EVENTS, N_EVENTS, N_HOLDINGS, OVERFLOW, TRACE_H
from sim.telling import SENTENCES, Teller, course, men, sentence, short, surname, tell_dates, the


def test_a_run_has_the_shape_that_its_readers_expect(campaign: sim.Scenario, told: sim.Run) -> None:
    n = len(told.units)
    assert told.record is not None
    assert told.record.shape == (campaign.hours + 1, n)
    assert told.trace.shape == (campaign.hours // TRACE_H + 1, n)
    assert told.daily.shape == (campaign.hours // 24, len(campaign.command_ids))
    assert told.books.shape == (n, len(KINDS), len(CAUSES))
    assert [unit.index for unit in told.units] == list(range(n))
    assert tuple(unit.id for unit in told.units[: len(campaign.unit_ids)]) == campaign.unit_ids
    assert len({unit.id for unit in told.units}) == n
    assert tuple(place.id for place in told.scenario.places) == campaign.place_ids
    assert tuple(route.id for route in told.scenario.routes) == campaign.route_ids
    assert tuple(command.id for command in told.scenario.commands) == campaign.command_ids
    assert tuple(man.id for man in told.scenario.commanders) == campaign.commander_ids
    assert tuple(order.id for order in told.orders) == campaign.order_ids
    assert told.scenario.countries == campaign.country_ids
    assert sim.run(campaign, 1).record is None
    with pytest.raises(ValueError, match="read-only"):
        told.trace["men"][0, 0] = 7


def test_record_and_trace_tell_the_same(told: sim.Run) -> None:
    assert told.record is not None
    every_six = told.record[::TRACE_H]
    for name in ("lon", "lat", "men", "guns", "cohesion", "command", "order"):
        np.testing.assert_array_equal(
            every_six[name][:, told.trace["status"][-1] > 0],
            told.trace[name][:, told.trace["status"][-1] > 0],
            err_msg=name,
        )


def test_the_outcome_agrees_with_the_arrays(campaign: sim.Scenario, told: sim.Run) -> None:
    for side, name in enumerate(campaign.side_ids):
        rows = [unit.index for unit in told.units if unit.side == side]
        assert told.outcome[f"men.{name}.05-01"] == sum(
            unit.men for unit in campaign.data.units if unit.side == name and unit.enter is None
        )
        assert told.outcome[f"men.{name}.end"] == told.strength(side)[-1]
        lost = told.books[rows, MEN].sum(axis=0)
        kept = sum(told.outcome[f"lost.{name}.{cause}"] for cause in CAUSES if cause not in ("received", "detached"))
        assert told.outcome[f"lost.{name}"] == kept == lost.sum() - lost[RECEIVED] - lost[DETACHED]
        first = sum(unit.men for unit in campaign.data.units if unit.side == name)
        assert told.outcome[f"men.{name}.end"] <= first - kept, "those who entered late count as well"
    falls = told.holders[told.holders["place"] == campaign.place_ids.index("urga")]
    assert told.outcome["fall_h.urga"] == falls["hour"][0]
    assert math.isnan(told.outcome["fall_h.troitskosavsk"]) or told.outcome["fall_h.troitskosavsk"] > 0
    assert fate(told.outcome, "matiyasevich") == "in command"
    assert told.outcome["battles"] == len(told.engagements) > 3
    assert told.outcome["won.Red"] + told.outcome["won.White"] <= told.outcome["battles"]
    assert 0 < told.outcome["across.White.peak"] <= 4000


def test_the_certificate_is_enough_to_make_the_run_again(campaign: sim.Scenario) -> None:
    changed = sim.load(campaign.data, settings=["rules.battle.lethality=0.004", "sides.Red.strength=0.5"])
    run = sim.run(changed, 9)
    told = run.certificate
    again = sim.run(sim.load(told["scenario"], plan=told["plan"], patches=told["patches"]), told["seed"])
    assert again.certificate == told
    assert np.array_equal(again.chronicle, run.chronicle)
    other = certificate(campaign, 9)
    assert told["rules"] != other["rules"]
    assert told["hash"] != other["hash"]
    assert told["scenario_hash"] == other["scenario_hash"]
    assert told["engine"] == other["engine"] == sim.engine_hash()


def test_a_full_list_of_the_engine_is_an_error(campaign: sim.Scenario) -> None:
    state = play(campaign, 0)
    state.counts[OVERFLOW] = 2
    with pytest.raises(UrgaError, match="the reserve of units of the engine is full"):
        finish(campaign, state, 0)
    state.counts[OVERFLOW] = 0
    state.counts[N_HOLDINGS] = len(state.holdings)
    with pytest.raises(UrgaError, match="seed 5: the changes of hands"):
        check_room(state, 5)


def test_books_that_do_not_balance_are_noticed(campaign: sim.Scenario) -> None:
    state = play(campaign, 0)
    state.units["men"][3] += 1
    with pytest.raises(RuntimeError, match="books of unit 3 do not balance: men"):
        finish(campaign, state, 0)


def test_units_born_in_a_run_have_names_of_their_own(campaign: sim.Scenario) -> None:
    for seed in range(1, 12):
        run = sim.run(campaign, seed)
        born = run.units[len(campaign.unit_ids) :]
        if born:
            assert all(unit.parent >= 0 and unit.id.startswith(run.units[unit.parent].id + ".") for unit in born)
            assert all(unit.initial_men > 0 for unit in born)
            return
    pytest.fail("nobody was detached in any run")


# ---------------------------------------------------------------------- prose


def test_every_entry_is_told(told: sim.Run) -> None:
    events = told.events()
    assert len(events) == len(told.chronicle)
    for event, row in zip(events, told.chronicle, strict=True):
        assert event.kind == EVENTS[row["kind"]]
        assert event.hour == row["hour"]
        assert event.date == told.scenario.date(event.hour)
        assert event.text.endswith(".")
        assert not event.text.endswith("..")
        assert "nobody" not in event.text
        assert "unknown" not in event.text
        assert " 1 men" not in event.text


@pytest.mark.parametrize("kind", EVENTS)
def test_there_is_a_sentence_for_every_kind(told: sim.Run, kind: str) -> None:
    row = np.zeros(1, told.chronicle.dtype)[0]
    row["kind"], row["hour"], row["n1"], row["n2"] = EVENTS.index(kind), 100, 120, 7
    text = Teller(told.scenario, told.units).event(row).text
    assert len(text) > 20
    assert not text[0].islower()
    assert kind in SENTENCES


def test_an_unknown_kind_and_rows_outside_are_told_all_the_same(told: sim.Run) -> None:
    row = np.zeros(1, told.chronicle.dtype)[0]
    for kind in (*range(len(EVENTS)), 999):
        row["kind"] = kind
        for name in ("who", "where", "whom", "other"):
            row[name] = -1
        assert Teller(told.scenario, told.units).event(row).text.endswith(".")


def test_the_course_names_who_where_how_many_and_what_it_cost(told: sim.Run) -> None:
    lines = course(told)
    assert 40 < len(lines) < len(told.chronicle)
    assert [line.hour for line in lines] == sorted(line.hour for line in lines)
    fights = [line.text for line in lines if " beat " in line.text]
    assert len(fights) >= 3
    assert all("it cost the beaten" in text and " men" in text for text in fights)
    dated = tell_dates(told.scenario, lines)
    assert dated[0][0]
    days = [day for day, _ in dated if day]
    assert len(set(days)) == len(days)


def test_who_commands_no_more_gives_no_orders(campaign: sim.Scenario) -> None:
    for seed in range(1, 20):
        run = sim.run(campaign, seed)
        told = [event for event in run.events() if event.kind in ("commander-flees", "ordered")]
        flight = next((k for k, event in enumerate(told) if event.kind == "commander-flees"), None)
        if flight is None:
            continue
        name = surname(run.scenario.commanders[told[flight].other].name)
        assert not any(event.text.startswith(f"{name} ordered") for event in told[flight:])
        return
    pytest.skip("nobody fled in nineteen runs")


def test_small_words() -> None:
    assert men(1) == "1 man"
    assert men(2100) == "2,100 men"
    assert the("4th Regiment") == "the 4th Regiment"
    assert the("Ungern's brigade") == "Ungern's brigade"
    assert short("35th Division (103rd Brigade), later the corps") == "35th Division"
    assert surname("R. F. Ungern-Sternberg") == "Ungern"
    assert sentence("the end") == "The end."


# ---------------------------------------------------------------------- many runs


def test_an_ensemble_is_the_runs_one_by_one(campaign: sim.Scenario) -> None:
    done: list[tuple[int, int]] = []
    many = sim.ensemble(campaign, [4, 0, 9], threads=2, progress=lambda one, all_: done.append((one, all_)))
    assert len(many) == 3
    assert done[-1] == (3, 3)
    for k, seed in enumerate((4, 0, 9)):
        run = sim.run(campaign, seed)
        for event, hour in run.documented_hours.items():
            assert many.hours[event][k] == hour or (hour is None and math.isnan(many.hours[event][k]))
        for name, value in run.outcome.items():
            assert many.outcome[name][k] == value or (math.isnan(value) and math.isnan(many.outcome[name][k]))


def test_an_ensemble_as_tables(campaign: sim.Scenario) -> None:
    many = sim.ensemble(campaign, 3, threads=1, keep=("strengths",))
    assert many.events["seed"].to_list() == [0, 1, 2]
    assert many.events.columns[1:-1] == [event.id for event in campaign.data.history.events]
    assert many.events["error"].null_count() == 3
    assert many.outcomes["men.White.end"].to_list() == many.outcome["men.White.end"].tolist()
    assert not many.outcomes["fall_h.urga"].is_nan().any(), "what did not occur is null"
    strengths = many.kept["strengths"][0]
    assert strengths is not None
    assert strengths.shape == (campaign.hours // 24 + 1, 2)
    assert strengths[-1].tolist() == [many.outcome["men.Red.end"][0], many.outcome["men.White.end"][0]]
    assert many.certificate["seeds"] == [0, 1, 2]


def test_a_failed_run_is_a_row_with_its_error(campaign: sim.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    real = ensemble_module.check_room

    def fails_for_one(state: Any, seed: int) -> None:
        if seed == 1:
            raise UrgaError("seed 1: the chronicle of the engine is full")
        real(state, seed)

    monkeypatch.setattr(ensemble_module, "check_room", fails_for_one)
    many = sim.ensemble(campaign, 3, threads=2)
    assert many.errors == (None, "UrgaError: seed 1: the chronicle of the engine is full", None)
    assert many.whole.tolist() == [True, False, True]
    assert math.isnan(many.hours["urga"][1])
    assert many.outcomes["men.White.end"].null_count() == 1
    whole = sim.ensemble(campaign, [0, 2], threads=1)
    assert [score.share_within for score in many.scores()] == [score.share_within for score in whole.scores()]


def test_what_cannot_be_asked_of_an_ensemble(campaign: sim.Scenario) -> None:
    with pytest.raises(OptionError, match="keep 'records' is unknown"):
        sim.ensemble(campaign, 1, keep=("records",))
    with pytest.raises(OptionError, match="threads is 0"):
        sim.ensemble(campaign, 1, threads=0)
    assert len(sim.ensemble(campaign, [])) == 0


def test_ctrl_c_ends_an_ensemble(campaign: sim.Scenario) -> None:
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sim.ensemble(campaign, 50, threads=2, progress=stop)


def test_the_trace_counts_only_those_in_the_field(told: sim.Run) -> None:
    assert (
        told.strength(1)[0]
        == np.where(told.trace["status"][0] == FIELD, told.trace["men"][0], 0)[
            [unit.side == 1 for unit in told.units]
        ].sum()
    )
    assert int(told.chronicle["hour"].max()) < told.hours
    assert N_EVENTS == 0
