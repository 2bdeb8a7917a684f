"""Two worlds on the same dice: differences, intervals, the hour at which they part, the figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.errors import OptionError
from sim.experiment import figures
from sim.experiment.commands import verdict
from sim.experiment.compare import Comparison, compare, paired_interval, student
from sim.experiment.wording import names_of, title_of, unit_of


@pytest.fixture(scope="module")
def late(campaign: sim.Scenario) -> Comparison:
    patched = sim.load(campaign.data, settings=["orders.advance-cavalry.shift_days=14"])
    return compare(campaign, patched, 24, threads=2)


def test_a_world_compared_with_itself_never_parts(campaign: sim.Scenario) -> None:
    found = compare(campaign, sim.load(campaign.data), range(4))
    assert not found.parted()
    assert all(one.changed == 0 and one.difference == 0 and not one.sure for one in found.outcomes)
    assert verdict(found)[0].startswith("History was robust")


def test_worlds_part_at_the_changed_order(late: Comparison) -> None:
    assert len(late.parted()) == len(late)
    assert min(one.hour for one in late.parted()) >= (31 + 25) * 24
    assert "only in the base" in late.first_differences()[0][0]
    assert "to attack Urga" in late.first_differences()[0][0]


def test_the_difference_is_the_mean_of_the_pairs(campaign: sim.Scenario, late: Comparison) -> None:
    told = late.outcome("fall_h.urga")
    a, b = late.values["fall_h.urga"]
    assert told.difference == pytest.approx(float(np.mean(b - a)))
    assert told.low < told.difference < told.high
    assert told.difference == pytest.approx(14 * 24, abs=48)
    assert told.sure
    alone = sim.run(campaign, 3)
    assert a[3] == alone.outcome["fall_h.urga"]


def test_threads_change_nothing(campaign: sim.Scenario, late: Comparison) -> None:
    again = compare(campaign, late.patched, range(6), threads=1)
    for name, (a, b) in again.values.items():
        np.testing.assert_array_equal(a, late.values[name][0][:6])
        np.testing.assert_array_equal(b, late.values[name][1][:6])
    assert again.partings == late.partings[:6]


def test_every_outcome_is_told_in_words(campaign: sim.Scenario, late: Comparison) -> None:
    names = names_of(campaign.data)
    told = {key: title_of(key, names) for key in late.values}
    assert all(title != key and key not in title for key, title in told.items())
    assert len(set(told.values())) == len(told), "no two outcomes are told alike"
    assert told["men.White.08-01"] == "White men in the field on 1 August"
    assert told["lost.commander.rezukhin"] == "B. P. Rezukhin killed, taken or fled"
    assert unit_of("lost.commander.rezukhin") == "share of runs"
    assert unit_of("lost.White") == "men"
    assert title_of("held.White.egiin_ford") == "White hold Egiin ford at the end"
    assert title_of("something.else.altogether") == "something.else.altogether"


def test_tables_are_frames(late: Comparison) -> None:
    assert late.table.height == len(late.outcomes)
    assert {"name", "difference", "low", "high", "changed", "ratio"} <= set(late.table.columns)
    assert late.pairs.height == len(late) * len(late.values)


def test_a_run_that_fails_is_left_out_and_told(campaign: sim.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.experiment import compare as module

    play = module.play

    def breaks(scenario: sim.Scenario, seed: int) -> object:
        if seed == 1:
            raise RuntimeError("broken on purpose")
        return play(scenario, seed)

    monkeypatch.setattr(module, "play", breaks)
    found = compare(campaign, sim.load(campaign.data), range(4))
    assert found.seeds == (0, 2, 3)
    assert found.failed == {1: "RuntimeError: broken on purpose"}


def test_intervals_have_their_cover() -> None:
    luck = np.random.default_rng(1)
    inside = 0
    for _ in range(400):
        a = luck.normal(0, 1, 12)
        _, low, high = paired_interval(a, a + luck.normal(1, 2, 12), False)
        inside += low <= 1 <= high
    assert 0.92 < inside / 400 < 0.98
    assert student(0.975, 11) == pytest.approx(2.201, abs=0.002)
    zeros = np.zeros(50)
    difference, low, high = paired_interval(zeros, zeros, True)
    assert difference == 0
    assert low < 0 < high  # no change in 50 pairs does not prove that there is none


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda c: compare(c, c, [1]), "at least 2"),
        (lambda c: compare(c, c, [1, -1]), "seed"),
        (lambda c: compare(c, c, 2, threads=0), "threads"),
    ],
)
def test_what_cannot_be_compared(campaign: sim.Scenario, call: object, said: str) -> None:
    with pytest.raises(OptionError, match=said):
        call(campaign)  # type: ignore[operator]


def test_an_unknown_outcome_is_suggested(late: Comparison) -> None:
    with pytest.raises(OptionError, match=r"did you mean 'men\.White\.end'"):
        late.outcome("men.Whit.end")


def test_the_figure_is_written_whole_or_not_at_all(late: Comparison, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    path = figures.draw_comparison(late, tmp_path / "late.png")
    assert path.read_bytes()[:4] == b"\x89PNG"
    assert [one.name for one in tmp_path.iterdir()] == ["late.png"]
    with pytest.raises(OptionError, match="ends in"):
        figures.draw_comparison(late, tmp_path / "late.doc")
    with pytest.raises(OptionError, match="no folder"):
        figures.draw_comparison(late, tmp_path / "none" / "late.png")


@pytest.mark.study
def test_pairing_sharpens_a_small_change_fivefold(campaign: sim.Scenario) -> None:
    lethality = campaign.data.rules["battle.lethality"].value
    patched = sim.load(campaign.data, settings=[f"rules.battle.lethality={lethality * 1.03}"])
    assert compare(campaign, patched, 400).outcome("men.White.end").ratio >= 5
