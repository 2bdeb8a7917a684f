"""The second scenario: an invented war of six places and four units (`tests/tiny_scenario/isthmus_1905`).

Its files are its own but for the values of the rules, which `write` takes over from the shipped scenario: who writes a
real one looks for his own. `mirrored` and `swapped` make twins of a scenario, `row` and `with_units` pick units out
and post them elsewhere.
"""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sim.scenario_files import Place, ScenarioData, Unit, find_scenario, read_folder

HERE = Path(__file__).resolve().parent / "tiny_scenario"
ID = "isthmus_1905"
NO_ORDERS = "wait"
"""The plan of this scenario in which nobody is ordered anything."""


def write(parent: Path) -> Path:
    """Write the scenario into `parent / "isthmus_1905"` and return that folder."""
    folder = parent / ID
    shutil.copytree(HERE / ID, folder)
    rules = (find_scenario("mongolia_1921") / "rules.toml").read_text(encoding="utf-8")
    rules = re.sub(r"(?m)^source = .*$", 'source = "borrowed"', rules)
    rules = re.sub(r"(?m)^confidence = .*$", 'confidence = "assumed"', rules)
    (folder / "rules.toml").write_text(rules, encoding="utf-8")
    return folder


def read(parent: Path) -> ScenarioData:
    """The scenario, written into `parent` and read."""
    return read_folder(write(parent))


def row(data: ScenarioData, unit: str, **changes: Any) -> Unit:
    """A unit of the scenario with some of its fields changed."""
    return next(one for one in data.units if one.id == unit).model_copy(update=changes)


def with_units(data: ScenarioData, units: Iterable[Unit]) -> ScenarioData:
    """The scenario with these units instead of its own; commanders whose unit is not among them are left out."""
    kept = tuple(units)
    ids = {unit.id for unit in kept}
    away = {man.id for man in data.commanders if man.rides_with and man.rides_with not in ids}
    header = data.header.model_copy(
        update={
            "commanders": tuple(man for man in data.commanders if man.id not in away),
            "commands": tuple(
                one.model_copy(update={"commander": ""}) if one.commander in away else one for one in data.commands
            ),
        }
    )
    return dataclasses.replace(data, header=header, units=kept)


def mirrored(data: ScenarioData, about: float) -> ScenarioData:
    """The scenario with its map mirrored left to right about a longitude, degrees."""
    return dataclasses.replace(
        data, places=tuple(one.model_copy(update={"lon": 2.0 * about - one.lon}) for one in data.places)
    )


def on_binary_fractions(data: ScenarioData) -> ScenarioData:
    """The scenario with longitudes on multiples of 1/1024 degree (60 m here), which mirroring does not round."""

    def near(place: Place) -> Place:
        return place.model_copy(update={"lon": round(place.lon * 1024.0) / 1024.0})

    return dataclasses.replace(data, places=tuple(near(place) for place in data.places))


def swapped(data: ScenarioData) -> ScenarioData:
    """The scenario with its second side first: for the engine side 0 and side 1 have changed places."""
    return dataclasses.replace(data, header=data.header.model_copy(update={"sides": data.header.sides[::-1]}))
