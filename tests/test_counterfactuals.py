"""The fifteen counterfactuals: each says what it asks and from whom, and each changes the course by the rules."""

from __future__ import annotations

import pytest

import sim
from sim.experiment.compare import compare
from sim.patch import effective_hour

IDS = (
    "bakich-joins", "cossacks-rise", "defend-urga", "japanese-arms", "late-corps", "manchuria-in-june", "mongols-rise",
    "no-terror", "on-to-mysovaya", "rains", "reds-stop-at-border", "stay-south", "storm-troitskosavsk",
    "united-division", "zhang-intervenes",
)  # fmt: skip


def test_the_fifteen_are_there(campaign: sim.Scenario) -> None:
    assert tuple(sorted(campaign.data.counterfactuals)) == IDS


@pytest.mark.parametrize("name", IDS)
def test_each_says_what_it_asks_and_what_historians_say(campaign: sim.Scenario, name: str) -> None:
    patch = campaign.data.counterfactuals[name]
    assert patch.title
    assert patch.title_ru
    assert patch.title_mn
    assert patch.question.startswith("What if")
    assert patch.historians
    assert patch.note
    assert patch.source_keys
    assert all(unit.confidence == "assumed" for unit in patch.units)
    assert all(order.confidence == "assumed" for order in patch.orders)


@pytest.mark.parametrize("name", IDS)
def test_each_parts_the_worlds_and_not_before_its_hour(campaign: sim.Scenario, name: str) -> None:
    patch = campaign.data.counterfactuals[name]
    found = compare(campaign, sim.load(campaign.data, patches=[patch]), range(3))
    assert not found.failed
    parted = found.parted()
    assert parted
    assert parted[0].hour >= effective_hour(campaign.data, patch) - 6  # the trace is looked at every six hours


@pytest.mark.parametrize("name", ["bakich-joins", "zhang-intervenes"])
def test_who_comes_from_afar_has_to_march(campaign: sim.Scenario, name: str) -> None:
    patched = sim.load(campaign.data, patches=[campaign.data.counterfactuals[name]])
    run = sim.run(patched, 0)
    added = {unit.id for unit in patched.data.patches[0].units}
    rows = [unit.index for unit in run.units if unit.id in added]
    arrived = [e for e in run.chronicle if e["kind"] == 2 and e["who"] in rows]  # arrives
    assert arrived
    assert min(int(entry["hour"]) for entry in arrived) > 20 * 24


@pytest.mark.study
@pytest.mark.parametrize("name", IDS)
def test_each_changes_an_outcome_beyond_its_widened_interval(campaign: sim.Scenario, name: str) -> None:
    patch = campaign.data.counterfactuals[name]
    found = compare(campaign, sim.load(campaign.data, patches=[patch]), 100)
    assert any(outcome.sure for outcome in found.outcomes)
