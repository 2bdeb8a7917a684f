"""The levers, cards and headlines of the what-if panel: sound, quick to freeze, and true to what their texts say."""

from __future__ import annotations

from functools import cache
from math import nan
from pathlib import Path

import numpy as np
import pytest
from test_counterfactuals import IDS

import sim
from sim.errors import ScenarioError
from sim.experiment.compare import compare, paired_interval
from sim.experiment.levers import Lever, history_value, read_levers
from sim.experiment.refreeze import refreeze
from sim.experiment.shares import wilson
from sim.experiment.stream import Growth, Stream
from sim.history import score_of
from sim.history.reader import Reader
from sim.patch import patch_from_settings
from sim.runs import outcome_of, play
from sim.scenario import Scenario
from sim.scenario_files import Patch

KEYS = (
    "orders.advance-cavalry.shift_days", "sides.Red.strength", "sides.Red.pace", "sides.Red.scouting",
    "sides.White.strength", "sides.White.pace", "commanders.ungern.terror", "rules.mutiny.grievance",
    "factions.allies.loyalty", "units.urga_mongols.men", "rules.battle.lethality", "rules.supply.grass_gain",
)  # fmt: skip
#: What each counterfactual is about: an outcome and the way it goes. From its question and its note.
CARDS = {
    "bakich-joins": ("men.White.end", 1),  # 1,900 more march in
    "cossacks-rise": ("men.White.08-01", 1),
    "defend-urga": ("event_h.urga", 1),
    "japanese-arms": ("event.concentration", -1),  # the Reds no longer have more guns than the Whites altogether
    "late-corps": ("event_h.urga", 1),
    "manchuria-in-june": ("event_h.manchuria", -1),
    "mongols-rise": ("men.White.end", 1),
    "no-terror": ("lost.White.deserted", -1),
    "on-to-mysovaya": ("across.White.end", 1),  # they are beyond the frontier to the end
    "rains": ("event_h.urga", 1),
    "reds-stop-at-border": ("across.Red.peak", -1),
    "stay-south": ("event.second-raid", -1),
    "storm-troitskosavsk": ("fell.troitskosavsk", 1),
    "united-division": ("fell.troitskosavsk", 1),
    "zhang-intervenes": ("held.White.urga", 1),
}
PAIRS, STUDY = 16, 120


def change(lever: Lever, share: float) -> Patch:
    """The patch that sets a lever to a share of its range."""
    value = lever.low + (lever.high - lever.low) * share
    return patch_from_settings([f"{lever.key}={round(value) if lever.whole else round(value, 6)}"])


@cache
def lever_of(key: str) -> Lever:
    """A lever of the campaign."""
    return next(one for one in read_levers(sim.load().data).levers if one.key == key)


def read(scenario: Scenario, seed: int, outcome: str) -> float:
    """One outcome, under its name in `sim.experiment.compare`, of one run."""
    reader = Reader(scenario, play(scenario, seed))
    head, _, rest = outcome.partition(".")
    if head == "event_h":
        return score_of(reader)[rest]
    if head == "event":
        return float(score_of(reader)[rest] == score_of(reader)[rest])
    found = outcome_of(reader)
    if head == "fell":
        return float(found[f"fall_h.{rest}"] == found[f"fall_h.{rest}"])
    if head == "held":
        side, _, place = rest.partition(".")
        return float(found[f"holder.{place}"] == scenario.side_ids.index(side))
    return found[outcome]


def differences(one: Scenario, other: Scenario, outcome: str, runs: int) -> np.ndarray:
    """Outcome of the other minus that of the one, seed by seed, where both have it; float64."""
    pairs = np.array([(read(one, seed, outcome), read(other, seed, outcome)) for seed in range(runs)])
    found = pairs[:, 1] - pairs[:, 0]
    return found[~np.isnan(found)]


# ---------------------------------------------------------------------- the file


def test_the_levers_are_there_in_three_languages(campaign: sim.Scenario) -> None:
    offers = read_levers(campaign.data)
    assert tuple(lever.key for lever in offers.levers) == KEYS
    assert {lever.group for lever in offers.levers} == {"Red", "White", "Mongols", "world"}
    for lever in offers.levers:
        for text in (lever.name, lever.name_ru, lever.name_mn, lever.says, lever.says_ru, lever.says_mn):
            assert text
        assert lever.low < history_value(campaign.data, lever.key) < lever.high
    assert {card.id for card in offers.cards} == set(campaign.data.counterfactuals)
    assert all(card.question_ru and card.question_mn for card in offers.cards)
    assert all(line.name_ru and line.name_mn for line in offers.headlines)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("sides.Red.pase", "sides.Red.pace"),
        ("rules.battle.letality", "rules.battle.lethality"),
    ],
)
def test_an_unknown_key_is_named_with_the_likely_one(
    campaign: sim.Scenario, tmp_path: Path, wrong: str, told: str
) -> None:
    import dataclasses

    text = (campaign.data.path / "levers.toml").read_text(encoding="utf-8")
    (tmp_path / "levers.toml").write_text(text.replace(f'key = "{told}"', f'key = "{wrong}"'), encoding="utf-8")
    data = dataclasses.replace(campaign.data, path=tmp_path)
    with pytest.raises(ScenarioError, match=r"levers\.toml") as caught:
        read_levers(data)
    assert wrong in str(caught.value)
    assert told in str(caught.value)


def test_more_than_twelve_levers_are_refused(campaign: sim.Scenario, tmp_path: Path) -> None:
    import dataclasses

    text = (campaign.data.path / "levers.toml").read_text(encoding="utf-8")
    first = "\n[[levers]]\n" + text.split("\n[[levers]]\n")[1]
    (tmp_path / "levers.toml").write_text(first * 13, encoding="utf-8")
    with pytest.raises(ScenarioError, match="12"):
        read_levers(dataclasses.replace(campaign.data, path=tmp_path))


# ---------------------------------------------------------------------- freezing


@pytest.mark.parametrize("key", KEYS)
def test_a_quickly_frozen_lever_equals_a_loaded_one(campaign: sim.Scenario, key: str) -> None:
    for share in (0.0, 0.3, 1.0):
        same_world(campaign, change(lever_of(key), share))


@pytest.mark.parametrize("name", IDS)
def test_a_quickly_frozen_card_equals_a_loaded_one(campaign: sim.Scenario, name: str) -> None:
    same_world(campaign, campaign.data.counterfactuals[name])


def test_a_quickly_frozen_timed_change_equals_a_loaded_one(campaign: sim.Scenario) -> None:
    settings = ["sides.White.pace=0.5", "commanders.ungern.terror=0.2", "rules.battle.lethality=0.003"]
    same_world(campaign, patch_from_settings([*settings, "from=1921-07-10"]))
    same_world(campaign, patch_from_settings(["rules.command.accept_odds=0.9"]))


def same_world(campaign: sim.Scenario, patch: Patch) -> None:
    quick, whole = refreeze(campaign, [patch]), sim.load(campaign.data, patches=[patch])
    assert quick.hash == whole.hash
    assert quick.order_ids == whole.order_ids
    for name in whole.tables._fields:
        assert np.array_equal(getattr(quick.tables, name), getattr(whole.tables, name)), name


# ---------------------------------------------------------------------- what the texts say


@pytest.mark.parametrize("key", KEYS)
def test_each_lever_moves_its_outcome_as_its_text_says(campaign: sim.Scenario, key: str) -> None:
    lever = lever_of(key)
    low, high = (refreeze(campaign, [change(lever, share)]) for share in (0.0, 1.0))
    found = differences(low, high, lever.expect.outcome, PAIRS)
    assert len(found) >= PAIRS // 2
    assert found.mean() * lever.expect.sign > 0, found


@pytest.mark.parametrize("name", IDS)
def test_each_card_moves_its_outcome_as_its_text_says(campaign: sim.Scenario, name: str) -> None:
    outcome, sign = CARDS[name]
    patched = sim.load(campaign.data, patches=[campaign.data.counterfactuals[name]])
    found = differences(campaign, patched, outcome, PAIRS)
    assert len(found) >= PAIRS // 2
    assert found.mean() * sign > 0, found


@pytest.mark.study
@pytest.mark.parametrize("key", KEYS)
def test_each_lever_moves_its_outcome_surely(campaign: sim.Scenario, key: str) -> None:
    lever = lever_of(key)
    low, high = (refreeze(campaign, [change(lever, share)]) for share in (0.0, 1.0))
    sure(compare(low, high, STUDY).outcome(lever.expect.outcome), lever.expect.sign)


@pytest.mark.study
@pytest.mark.parametrize("name", IDS)
def test_each_card_moves_its_outcome_surely(campaign: sim.Scenario, name: str) -> None:
    outcome, sign = CARDS[name]
    patched = sim.load(campaign.data, patches=[campaign.data.counterfactuals[name]])
    sure(compare(campaign, patched, STUDY).outcome(outcome), sign)


def sure(found: object, sign: int) -> None:
    """The interval of the difference lies on the side that the text names."""
    low, high = getattr(found, "low", nan), getattr(found, "high", nan)
    assert (low if sign > 0 else -high) > 0, (low, high)


# ---------------------------------------------------------------------- growing ensembles


def test_a_stream_gives_what_an_ensemble_gives(campaign: sim.Scenario) -> None:
    offers, seeds = read_levers(campaign.data), tuple(range(6))
    growth, stream = Growth(campaign, offers.headlines, seeds), Stream(2)
    stream.ask([growth])
    wait_for(lambda: growth.whole)
    stream.close()
    assert growth.done.all()
    assert not growth.failed
    whole = sim.ensemble(campaign, seeds, threads=1, keep=["strengths"])
    for column, line in enumerate(offers.headlines):
        values = growth.values[:, column]
        if line.kind == "event":
            expected = whole.hours[line.about]
        elif line.kind == "men":
            expected = whole.outcome[f"men.{line.about}.end"]
        elif line.kind == "fell":
            expected = whole.outcome[f"fall_h.{line.about}"]
        else:
            expected = whole.outcome[f"fate.{line.about}"]
        assert np.array_equal(values, expected, equal_nan=True), line.reading
    for row, strengths in enumerate(whole.kept["strengths"]):
        assert strengths is not None
        assert np.array_equal(growth.strengths[row], strengths)
    days = growth.strengths.sum(axis=2)
    assert np.array_equal(growth.men.sum(axis=2), days), "every man in the field stands under a command"
    assert np.isnan(growth.lon[growth.men == 0]).all()
    assert not np.isnan(growth.lon[growth.men > 0]).any()


def test_a_stream_drops_what_is_no_longer_asked_for(campaign: sim.Scenario) -> None:
    offers, stream = read_levers(campaign.data), Stream(1)
    old, new = (Growth(campaign, offers.headlines, tuple(range(n))) for n in (500, 3))
    stream.ask([old])
    wait_for(lambda: old.count > 0)
    stream.ask([new])
    wait_for(lambda: new.whole)
    assert old.began < 20
    assert not stream.busy
    stream.close()
    for thread in stream.threads:
        thread.join(5)
        assert not thread.is_alive()


def test_a_stream_can_be_held_back_and_goes_on(campaign: sim.Scenario) -> None:
    import time

    growth, stream = Growth(campaign, read_levers(campaign.data).headlines, tuple(range(4))), Stream(2)
    stream.ease(0)
    stream.ask([growth])
    time.sleep(0.2)
    assert growth.began == 0
    stream.ease()
    wait_for(lambda: growth.whole)
    stream.close()


def wait_for(done: object) -> None:
    """Until a call gives true, a minute at most."""
    import time
    from collections.abc import Callable
    from typing import cast

    ready = cast("Callable[[], bool]", done)
    end = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.01)


def test_wilson_is_that_of_the_books() -> None:
    """Newcombe (1998): 81 of 263 gives .2553 to .3662; 0 of 20 gives 0 to .1611."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_paired_interval_holds_its_mean() -> None:
    rng = np.random.default_rng(0)
    a = (rng.random(200) < 0.6).astype(float)
    b = (rng.random(200) < 0.8).astype(float)
    mean, low, high = paired_interval(a, b, True)
    assert low < mean < high
