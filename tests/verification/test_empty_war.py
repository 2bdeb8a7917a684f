"""A war in which nothing happens: armies without orders, out of sight of each other, fed, loyal, in peace.

Nothing may happen then, on any day, whatever the dice; and with the shipped daily rates of desertion and of losses of
horses, exactly as much as the rates say.
"""

from __future__ import annotations

import numpy as np
import pytest
import tiny_kit as kit

import sim
from sim.muster import DESERTED, HORSES, MEN, SICK
from sim.scenario_files import ScenarioData

SETTLED = (
    "rules.supply.carry_days=16",
    "rules.supply.forage_foot=1",
    "rules.supply.forage_horse=1",
    "commanders.rowan.terror=0",
)
NO_WEAR = ("rules.cohesion.desert_day=0", "rules.supply.horse_loss_rest=0")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> ScenarioData:
    """The Port's men at home, the fortress's men in the uplands, 170 km away: nobody sees an enemy."""
    data = kit.read(tmp_path_factory.mktemp("peace"))
    units = [
        kit.row(data, unit.id, place="harbour" if unit.side == "Amber" else "uplands", enter=None)
        for unit in data.units
    ]
    return kit.with_units(data, units)


def test_nothing_happens(data: ScenarioData) -> None:
    scenario = sim.load(data, plan=kit.NO_ORDERS, settings=(*SETTLED, *NO_WEAR))
    for seed in range(10):
        run = sim.run(scenario, seed, record=True)
        assert run.events() == []
        assert not run.books.any()
        for name in ("engagements", "battles", "sightings"):
            assert len(getattr(run, name)) == 0, name
        assert run.record is not None
        for name in ("lon", "lat", "men", "horses", "guns", "mg", "place", "route", "order", "state", "fighting"):
            column = run.record[name]
            assert (column == column[0]).all(), name
        assert not run.daily["hazard"].any()
        assert run.outcome["holder.harbour"] == scenario.side_ids.index("Amber")
        assert run.outcome["holder.fortress"] == scenario.side_ids.index("Slate")


def test_what_the_rates_take_is_taken_and_no_more(data: ScenarioData) -> None:
    """Mean over seeds of the deserters of a month: men x (1 - (1 - rate)^31); the same for horses at rest."""
    rules = {name: parameter.value for name, parameter in data.rules.items()}
    scenario = sim.load(data, plan=kit.NO_ORDERS, settings=SETTLED)
    seeds, days = 200, scenario.hours // 24
    taken = np.zeros((len(scenario.unit_ids), 2))
    for seed in range(seeds):
        run = sim.run(scenario, seed)
        assert not (run.engagements["start_h"] >= 0).any()
        taken += run.books[: len(scenario.unit_ids)][:, (MEN, HORSES), (DESERTED, SICK)] / seeds
    loyalty = {faction.id: faction.loyalty for faction in data.factions}
    for unit in data.units:
        row = scenario.unit_ids.index(unit.id)
        rate = rules["cohesion.desert_day"] * (1.0 + rules["cohesion.desert_levy"] * (1.0 - loyalty[unit.faction]))
        men = unit.men * (1.0 - (1.0 - rate) ** days)
        assert taken[row, 0] == pytest.approx(men, rel=0.03, abs=0.25), unit.id
        if unit.arm == "infantry":  # a rider who deserts takes his horse
            horses = unit.horses * (1.0 - (1.0 - rules["supply.horse_loss_rest"]) ** days)
            assert taken[row, 1] == pytest.approx(horses, rel=0.05, abs=0.25), unit.id
