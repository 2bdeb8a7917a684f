"""places.csv, routes.csv and units.csv."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from sim.scenario_files.base import (
    Accuracy,
    Amount,
    Arm,
    Count,
    CountAs,
    Crossing,
    Day,
    Fact,
    Id,
    Number,
    RouteKind,
    Share,
    Telegraph,
    Terrain,
)


class Place(Fact):
    """A row of places.csv. Degrees WGS84, height in metres, `grass` 0..1 is grazing in summer."""

    id: Id
    name: str
    name_ru: str = ""
    name_mn: str = ""
    alt_names: str = ""
    modern: str = ""
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    kind: str
    rank: Annotated[int, Field(ge=1, le=3)]
    country: str
    holder: str = ""
    elev_m: Number | None = None
    koppen: str = ""
    grass: Share
    accuracy: Accuracy
    note: str = ""


class Route(Fact):
    """A row of routes.csv: a way between two places, both directions. `id` is `a--b`."""

    id: str
    from_: str = Field(alias="from")
    to: str
    kind: RouteKind
    terrain: Terrain
    length_km: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    telegraph: Telegraph
    crossing: Crossing = "none"
    river: str = ""
    frontier: bool = False
    method: str = ""
    accuracy: str = ""
    note: str = ""


class Unit(Fact):
    """A row of units.csv: a regiment, battalion or detachment as it stands when it enters."""

    id: Id
    name: str
    name_ru: str = ""
    name_mn: str = ""
    side: str
    faction: str
    command: str
    arm: Arm
    count_as: CountAs
    men: Count
    horses: Count
    guns: Count = 0
    pack_guns: Count = 0
    mg: Count = 0
    place: str
    enter: Day | None = None
    carts: bool = False
    quality: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    rounds: Amount
    shells: Amount = 0.0
    rations_days: Amount
    men_low: Count | None = None
    men_high: Count | None = None
    note: str = ""

    @model_validator(mode="after")
    def _sound(self) -> Unit:
        if self.pack_guns > self.guns:
            raise ValueError(f"pack_guns is {self.pack_guns} but guns is {self.guns}: pack guns are among the guns")
        return self
