"""What many tests share: the campaign, read once, and the engine, compiled once."""

from __future__ import annotations

import pytest

import sim


@pytest.fixture(scope="session")
def campaign() -> sim.Scenario:
    """The shipped scenario; the first run compiles the engine."""
    scenario = sim.load()
    sim.run(scenario, 0)
    return scenario


@pytest.fixture(scope="session")
def told(campaign: sim.Scenario) -> sim.Run:
    """One run of the campaign with its record, seed 1."""
    return sim.run(campaign, 1, record=True)
