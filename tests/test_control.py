"""Who holds a place, and what its fall sets off."""

from __future__ import annotations

import numpy as np
from numba import njit

import sim
from sim.reference import by_reference
from sim.rules.control import desertion_factor, hoist, set_off
from sim.state import DESERT, E_CONSEQUENCE, N_EVENTS, State, Tables, new_state


@njit(error_model="numpy")
def change_hands(t: Tables, s: State, place: int, side: int, hour: int) -> None:
    """A place passes to a side, and at noon what was set off takes effect."""
    x, y = by_reference(t), by_reference(s)
    hoist(x, y, place, side, hour)
    for c in range(len(t.consequences)):
        if s.fired[c] >= 0:
            set_off(x, y, c, hour + 24 * 60)


@njit(error_model="numpy")
def factor(t: Tables, s: State, faction: int) -> float:
    """By how much desertion is multiplied."""
    return desertion_factor(by_reference(t), by_reference(s), faction)


def test_a_fall_sets_off_its_consequences_once(campaign: sim.Scenario) -> None:
    tables, place = campaign.tables, campaign.place_ids.index("urga")
    state = new_state(tables, 0)
    theirs = tables.consequences["place"] == place
    waiting = [row for row in np.flatnonzero(theirs) if tables.consequences[row]["kind"] == DESERT]
    assert waiting, "the fall of Urga scatters a faction"
    faction = int(tables.consequences[waiting[0]]["faction"])
    assert factor(tables, state, faction) == 1.0
    told: list[int] = []
    for hour, side in ((1000, 0), (1100, 1), (1200, 0)):
        change_hands(tables, state, place, side, hour)
        events = state.chronicle[: state.counts[N_EVENTS]]
        told.append(int((events["kind"] == E_CONSEQUENCE).sum()))
        assert factor(tables, state, faction) > 1.0, "nor does the factor rest when the place falls again"
    assert told == [int((theirs & (tables.consequences["to_side"] == 0)).sum())] * 3
