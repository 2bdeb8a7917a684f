"""Morris and Sobol: the published answers for the Ishigami function through the code that judges the campaign."""

from __future__ import annotations

from math import pi
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.errors import OptionError
from sim.experiment.sensitivity import campaign as of_campaign
from sim.experiment.sensitivity import indices, screen, table, uncertain

pytest.importorskip("SALib")
RANGES = [(f"x{k}", -pi, pi) for k in (1, 2, 3)]


def ishigami(points: np.ndarray) -> np.ndarray:
    """Ishigami & Homma 1990 with a = 7, b = 0.1: S1 = .314, .442, 0; ST = .558, .442, .244 (Saltelli et al. 2008)."""
    x1, x2, x3 = points.T
    return np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)


def test_sobol_indices_of_ishigami() -> None:
    found = {(one.measure, one.name): one for one in indices(ishigami, RANGES, base=2048)}
    published = {
        ("first order", "x1"): 0.3139, ("first order", "x2"): 0.4424, ("first order", "x3"): 0.0,
        ("total", "x1"): 0.5576, ("total", "x2"): 0.4424, ("total", "x3"): 0.2437,
    }  # fmt: skip
    for key, value in published.items():
        assert found[key].value == pytest.approx(value, abs=0.03)
        assert found[key].low - 0.01 <= value <= found[key].high + 0.01
    assert found["total", "x3"].rank == 3


def test_morris_ranks_ishigami() -> None:
    found = screen(ishigami, RANGES, trajectories=200)
    values = {one.name: one.value for one in found}
    assert values["x2"] == pytest.approx(7.875, abs=0.01)  # 7 sin(x)^2 between the levels of the design, exactly
    assert values["x3"] == pytest.approx(6.25, abs=1.0)
    assert all(one.low <= one.value <= one.high for one in found)
    assert found == screen(ishigami, RANGES, trajectories=200)


def test_what_overlaps_is_not_ranked() -> None:
    found = screen(lambda x: x[:, 0] + x[:, 1] + 9 * x[:, 2], [("a", 0, 1), ("b", 0, 1), ("c", 0, 1)], 10)
    assert {one.name: one.rank for one in found} == {"c": 1, "a": 2, "b": 2}
    assert table(found).columns == ["measure", "name", "value", "low", "high", "rank"]


def test_the_campaign_is_screened(campaign: sim.Scenario) -> None:
    names = ("rules.battle.lethality", "rules.battle.night")
    ranges = [one for one in uncertain(campaign, "battle") if one[0] in names]
    found = screen(of_campaign(campaign, ranges, "lost.White", range(3)), ranges, trajectories=3)
    assert {one.name for one in found} == set(names)
    assert max(one.value for one in found) > 0


def test_what_cannot_be_asked(campaign: sim.Scenario) -> None:
    with pytest.raises(OptionError, match="0 for no seed"):
        screen(ishigami, RANGES, seed=0)
    with pytest.raises(OptionError, match="power of 2"):
        indices(ishigami, RANGES, base=100)
    with pytest.raises(OptionError, match="no variance"):
        indices(lambda x: np.zeros(len(x)), RANGES, base=8)
    with pytest.raises(OptionError, match="did not occur"):
        screen(lambda x: np.full(len(x), np.nan), RANGES)
    with pytest.raises(OptionError, match="did you mean 'battle'"):
        uncertain(campaign, "batle")
    with pytest.raises(OptionError, match="did you mean"):
        of_campaign(campaign, [("rules.battle.nigt", 0.2, 0.7)], "lost.White")
    with pytest.raises(OptionError, match="did you mean"):
        of_campaign(campaign, [("rules.battle.night", 0.2, 0.7)], "lost.Whit")


def test_the_command_prints_and_keeps_the_indices(tmp_path: Path) -> None:
    kept = tmp_path / "indices.csv"
    wanted = ["sensitivity", "--section", "weather", "--size", "2", "--runs", "1", "--outcome", "lost.White"]
    said = CliRunner().invoke(app, [*wanted, "--table", str(kept)])
    assert said.exit_code == 0, said.output
    assert "rules.weather." in said.stdout
    assert len(kept.read_text().splitlines()) > 2
    assert CliRunner().invoke(app, ["sensitivity", "--method", "moris"]).exit_code != 0
