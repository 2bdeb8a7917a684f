"""One run: a pure function of scenario, patch and seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.campaign import advance
from sim.errors import UrgaError
from sim.scenario import Scenario
from sim.state import (
    N_BATTLE_HOURS, N_BATTLES, N_EVENTS, N_HOLDINGS, N_REPORTS, N_UNITS, OVERFLOW, State, new_state,
)


def play(scenario: Scenario, seed: int, record: bool = False) -> State:
    state = new_state(scenario.tables, seed, record)
    advance(scenario.tables, state, 0, scenario.tables.hours)
    if state.counts[OVERFLOW]:
        raise UrgaError(f"seed {seed}: overflow {state.counts[OVERFLOW]}")
    return state
