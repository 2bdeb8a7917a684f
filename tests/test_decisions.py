"""Decisions: declared with sources, found in every run and plan, played without touching the past."""

from __future__ import annotations

import re
import shutil
import string
from functools import cache
from pathlib import Path

import law_kit
import numpy as np
import pytest
from test_fork import past_of

import sim
from sim import cli
from sim.choice.decisions import (
    brief,
    briefing,
    history_of,
    hour_of,
    hours,
    hours_in,
    kept_orders,
    next_look,
    option_patch,
    point,
    points,
    silenced,
    told,
)
from sim.choice.forks import Past
from sim.choice.verdict import CHANGED, HISTORY, beside, decide, wilson
from sim.choice.words import WORDS
from sim.errors import OptionError, ScenarioError
from sim.runs import Run, play
from sim.scenario import Scenario
from sim.scenario_files import read_folder
from sim.state import E_ORDERED

WANTED = {
    "rush-troitskosavsk",
    "selenga-or-urga",
    "north-again",
    "on-to-mysovaya",
    "uryankhai",
    "cross-the-border",
    "divide-the-corps",
    "recall-the-corps",
}


@pytest.fixture(scope="module", params=sorted(sim.load().data.plans))
def plan(request: pytest.FixtureRequest, campaign: Scenario) -> Scenario:
    """The campaign under each of its plans."""
    return sim.load(campaign.data, plan=request.param)


def test_the_decisions_are_declared(campaign: Scenario) -> None:
    found = {one.id: one for one in points(campaign)}
    assert set(found) >= WANTED
    assert {one.side for one in found.values()} == {"Red", "White"}
    for one in found.values():
        assert one.source_keys
        assert history_of(one).empty
        assert all(option.source_keys and not option.empty for option in one.options if not option.history)
        for lang in ("ru", "mn"):
            assert told(one, "title", lang) != one.title
            assert told(one, "question", lang) != one.question
            assert all(told(option, "reason", lang) != option.reason for option in one.options)


@cache
def played(name: str) -> tuple[Run, dict[str, int]]:
    """Seed 1 of a plan with its record, and the hours of its decisions."""
    scenario = sim.load(plan=name)
    return sim.run(scenario, 1, record=True), hours(scenario, 1)


def test_every_decision_falls_in_every_plan(plan: Scenario) -> None:
    found = played(plan.plan)[1]
    assert set(found) == {one.id for one in points(plan)}
    assert all(0 < hour < plan.hours for hour in found.values())
    assert list(found.values()) == sorted(found.values())


@pytest.mark.parametrize("name", sorted(one.id for one in sim.load().data.decisions.decisions))
def test_every_option_works_in_every_plan(plan: Scenario, name: str) -> None:
    decision = point(plan, name)
    unforked, fallen = played(plan.plan)
    hour = fallen[name]
    past = Past.of(plan, 1, hour, record=True)
    for option in decision.options:
        patch = option_patch(plan, decision, option.id, hour)
        run = past.go_on(past.world(patch))
        assert past_of(run, hour) == past_of(unforked, hour), option.id
        if option.history:
            assert patch is None
            assert law_kit.run_fingerprint(run) == law_kit.run_fingerprint(unforked)
        else:
            assert patch is not None
            assert law_kit.run_fingerprint(run) != law_kit.run_fingerprint(unforked)
            given = {run.orders[row["other"]].id for row in run.chronicle if row["kind"] == E_ORDERED}
            assert given & {order.id for order in option.orders}, f"{option.id}: none of its orders is given"


def test_the_hour_is_that_of_historys_order(campaign: Scenario) -> None:
    state = play(campaign, 3)
    for name, order in (("uryankhai", "ungern-to-uryankhai"), ("cross-the-border", "advance-cavalry")):
        issued = int(state.orders["issued_h"][campaign.order_ids.index(order)])
        assert hour_of(campaign, point(campaign, name), 3) == issued > 0


def test_a_decision_whose_moment_never_comes_falls_on_its_date(campaign: Scenario) -> None:
    world = sim.load(campaign.data, patches=["stay-south"])
    decision = point(world, "north-again")
    assert hour_of(world, decision, 1) == world.data.header.hour(decision.date)


def test_hours_of_a_finished_run(campaign: Scenario, told: Run) -> None:
    assert hours_in(told) == hours(campaign, told.seed)


def test_looks() -> None:
    assert [next_look(hour) for hour in (0, 4, 5, 16, 17, 23)] == [4, 4, 16, 16, 28, 28]


def test_a_silent_plan_keeps_what_follows_a_mutiny(campaign: Scenario) -> None:
    assert {order.id for order in kept_orders(campaign, "ungern")} == {"colonels-to-hailar-1", "mongols-let-go"}
    off = silenced(campaign, ["ungern"])
    assert "orders.ungern-to-uryankhai.enabled" in off
    assert "orders.colonels-to-hailar-1.enabled" not in off
    assert not any("rezukhin-" in key for key in off)


# ---------------------------------------------------------------------- what the commander knew


def test_the_briefing_is_his_picture_and_not_ours(campaign: Scenario) -> None:
    known = briefing(campaign, point(campaign, "north-again"), 1)
    state = Past.of(campaign, 1, known.hour).state
    rows = {name: row for row, name in enumerate(campaign.unit_ids)}
    assert known.own
    assert all(unit.command == "ungern" for unit in known.own)
    assert known.enemies
    assert any(one.men != int(state.units["men"][rows[one.unit]]) for one in known.enemies), "not the truth"
    reds = {name for row, name in enumerate(campaign.unit_ids) if state.units["side"][row] == 0}
    assert {one.unit for one in known.enemies} < reds, "some enemies nobody has reported"
    assert all(one.age_h >= 0 and one.hour + one.age_h == known.hour for one in known.enemies)
    ages = [one.age_h for one in known.enemies]
    assert ages == sorted(ages)


def test_the_picture_equals_that_of_the_engine(campaign: Scenario) -> None:
    from sim.model import CampaignModel, Commander, Situation

    seen: list[tuple[int, set[tuple[str, str, int, int]]]] = []

    class Reader(Commander):
        def decide(self, situation: Situation) -> None:
            enemies = {(one.unit, one.place, one.men, one.hour) for one in situation.enemies}
            seen.append((situation.hour, enemies))
            here = brief(campaign, model.state, campaign.command_ids.index("ungern"), situation.hour)
            assert {(one.unit, one.place, one.men, one.hour) for one in here.enemies} == enemies
            assert here.place == situation.place
            assert here.men == situation.men
            assert here.losses == pytest.approx(situation.losses)

    model = CampaignModel(campaign, 2, commanders={"ungern": Reader})
    for _ in range(60):
        model.step()
    assert len(seen) > 120
    assert max(len(enemies) for _, enemies in seen) > 5


# ---------------------------------------------------------------------- the table


def test_the_table_of_a_decision(campaign: Scenario) -> None:
    one = decide(campaign, "uryankhai", seed=1, runs=6, threads=2)
    two = decide(campaign, "uryankhai", seed=1, runs=6, threads=1)
    assert np.array_equal(one.values, two.values, equal_nan=True)
    assert one.options == ("uryankhai", "tibet", "manchuria")
    assert one.runs == 6
    assert not one.failed
    mutiny = next(row for row in one.rows if row.outcome == "mutiny")
    for column, cell in enumerate(mutiny.cells):
        values = one.values[column, [row.outcome for row in one.rows].index("mutiny")]
        assert set(values.tolist()) <= {0.0, 1.0}
        assert cell.mean == values.mean()
        assert cell.low <= cell.mean <= cell.high
    history = mutiny.cells[0]
    assert history.option == "uryankhai"
    assert history.difference != history.difference
    assert all(cell.difference == pytest.approx(cell.mean - history.mean) for cell in mutiny.cells[1:])
    assert one.cell("mutiny", "tibet") == mutiny.cells[1]


def test_only_some_options(campaign: Scenario) -> None:
    found = decide(campaign, "uryankhai", seed=1, runs=2, options=["tibet"])
    assert found.options == ("uryankhai", "tibet")


def test_a_failed_run_is_left_out(campaign: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Past.ended
    calls: list[int] = []

    def fails(past: Past, world: Scenario, luck: int) -> object:
        calls.append(luck)
        if luck == calls[0]:
            raise RuntimeError("the river has taken it")
        return real(past, world, luck)

    monkeypatch.setattr(Past, "ended", fails)
    found = decide(campaign, "uryankhai", runs=4, threads=1)
    assert found.runs == 3
    assert list(found.failed) == [0]
    assert "the river has taken it" in found.failed[0]


def test_wilson_is_known() -> None:
    low, high = wilson(0.5, 100)
    assert (low, high) == (pytest.approx(0.4038, abs=1e-4), pytest.approx(0.5962, abs=1e-4))
    assert wilson(0.0, 20)[0] == 0.0


def test_what_cannot_be_decided_is_refused(campaign: Scenario) -> None:
    with pytest.raises(OptionError, match="did you mean 'uryankhai'"):
        decide(campaign, "urianhai", runs=2)
    with pytest.raises(OptionError, match="needs at least 2"):
        decide(campaign, "uryankhai", runs=1)
    with pytest.raises(OptionError, match="no option 'tibett' \\(did you mean 'tibet'"):
        decide(campaign, "uryankhai", runs=2, options=["tibett"])


def test_a_change_beside_history_is_what_the_decision_says_of_it(campaign: Scenario) -> None:
    """The same past, the same dice, the same change: one number whichever way it is asked for."""
    name = "uryankhai"
    told_ = decide(campaign, name, runs=8, options=["manchuria"], threads=1)
    patch = option_patch(campaign, point(campaign, name), "manchuria", told_.hour)
    found = beside(campaign, patch, 0, told_.hour, 8, threads=2)
    assert found.runs == told_.runs == 8
    rows = {row.outcome: row for row in found.rows}
    for row in told_.rows:
        for option, world in (("uryankhai", HISTORY), ("manchuria", CHANGED)):
            cell = next(one for one in rows[row.outcome].cells if one.option == world)
            other = told_.cell(row.outcome, option)
            wanted = (other.mean, other.low, other.high, other.difference, other.diff_low, other.diff_high)
            assert np.array_equal((cell.mean, cell.low, cell.high, cell.difference, cell.diff_low, cell.diff_high),
                                  wanted, equal_nan=True), (row.outcome, world)  # fmt: skip
    same = beside(campaign, None, 0, told_.hour, 4, threads=1)
    assert all(row.cells[1].difference == 0 for row in same.rows), "what changes nothing differs in nothing"
    with pytest.raises(OptionError, match="at least 2"):
        beside(campaign, None, runs=1)


def test_the_words_of_the_command_are_complete() -> None:
    for key, texts in WORDS.items():
        assert len(texts) == 3
        assert all(texts), key
        fields = [sorted(name for _, name, _, _ in string.Formatter().parse(text) if name) for text in texts]
        assert fields[0] == fields[1] == fields[2], key


# ---------------------------------------------------------------------- the command and the file


def test_urga_decide(campaign: Scenario, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.call(["decide"]) == 0
    listed = capsys.readouterr().out
    assert all(one.id in listed for one in points(campaign))
    assert cli.call(["decide", "uryankhai", "--runs", "3"]) == 0
    said = capsys.readouterr().out
    for words in ("What the commander knew", "age of the news", "West to Uryankhai", "3 runs of each option", "points"):
        assert words in said, words
    assert max(len(line) for line in said.splitlines()) <= 120
    assert cli.call(["decide", "uryankhai", "--runs", "2", "--language", "ru"]) == 0
    russian = capsys.readouterr().out
    assert "На запад, в Урянхай" in russian
    kept = {
        "uryankhai",
        "tibet",
        "manchuria",
        *(key for o in point(campaign, "uryankhai").options for key in o.source_keys),
    }
    assert set(re.findall(r"[A-Za-z]{2,}", russian)) <= kept, "no English but ids"
    assert cli.call(["decide", "--language", "mn"]) == 0
    listed = capsys.readouterr().out
    assert not set(re.findall(r"[a-z]{2,}", listed)) - {
        part for one in points(campaign) for part in (*one.id.split("-"), "id")
    }
    assert cli.call(["decide", "uryankhai", "--runs", "2", "--plan", "doctrine"]) == 0
    said = capsys.readouterr().out
    assert "As history put the question" in said
    assert "(history)" not in said
    assert "uryankhai (the plan)" in said
    assert cli.call(["decide", "nowhere"]) == 2
    assert capsys.readouterr().err.startswith("urga: no decision 'nowhere'")


@pytest.fixture
def folder(tmp_path: Path, campaign: Scenario) -> Path:
    """A copy of the scenario's folder, without its map."""
    target = tmp_path / campaign.data.id
    shutil.copytree(campaign.data.path, target, ignore=shutil.ignore_patterns("map", "counterfactuals"))
    return target


MISTAKES = (
    ('command = "rezukhin"\ntitle', 'command = "rezukin"\ntitle', "is no command (did you mean 'rezukhin'?)"),
    ('order = "advance-cavalry" }', 'order = "advance-cavalri" }', "stands in no plan (did you mean"),
    ('silence = ["rezukhin"]', 'silence = ["rezuhin"]', "silence 'rezuhin' is no command"),
    (
        'stop = ["rezukhin-raid",',
        'stop = ["rezukhin-rids",',
        "order 'rezukhin-rids' stands in no plan (did you mean",
    ),
    ('outcomes = ["town-falls", "urga-red"', 'outcomes = ["town-fals", "urga-red"', "no [[outcomes]] 'town-fals'"),
    ('objective = "khara_mouth"', 'objective = "khara_mouht"', "did you mean 'khara_mouth'?"),
    ("date = 1921-06-27T04:00:00", "date = 1922-06-27T04:00:00", "lies outside the campaign"),
    ('source = "knyazev;volkov;tornovsky"', 'source = "knyazef"', "source 'knyazef' is not in sources.toml"),
    ('title_mn = "Баруун тийш Урианхай руу"\n', "", "title_mn is missing"),
    ('is = "captured"', 'is = "capture"', "did you mean 'captured'?"),
)
"""What is written in the file, what it becomes, what the check says of it."""


def test_mistakes_in_the_file_are_found(folder: Path) -> None:
    file = folder / "decisions.toml"
    assert not sim.check(folder)
    text = file.read_text(encoding="utf-8")
    for old, new, _ in MISTAKES:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    found = [str(finding) for finding in sim.check(folder)]
    for _, _, said in MISTAKES:
        assert any(said in line and line.startswith("decisions.toml") for line in found), (said, found)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("history = true\n", "", "one of them history's; found 0"),
        ("moments = [{", "momentts = [{", "unknown key 'momentts' (did you mean 'moments'?)"),
        ('state = "done"', 'state = "dun"', "'state' is 'dun'"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(folder: Path, old: str, new: str, said: str) -> None:
    file = folder / "decisions.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_folder(folder)
    assert said in str(caught.value)
    assert str(caught.value).startswith("decisions.toml: decisions")


def test_a_scenario_may_have_no_decisions(folder: Path) -> None:
    (folder / "decisions.toml").unlink()
    scenario = sim.load(folder)
    assert points(scenario) == ()
    assert hours(scenario, 0) == {}
    with pytest.raises(OptionError, match="declares no decisions"):
        point(scenario, "uryankhai")
