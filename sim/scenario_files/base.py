"""What every row and table of a scenario file has, and the kinds of value that stand in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Confidence = Literal["documented", "inferred", "assumed", "disputed"]
Accuracy = Literal["A", "B", "C", "D"]
RouteKind = Literal["railway", "road", "track", "steppe", "mountain trail", "steamer", "ferry"]
Terrain = Literal["valley", "open steppe", "semi-desert", "wooded mountain", "taiga"]
Telegraph = Literal["yes", "no", "unknown"]
Crossing = Literal["none", "ford", "ferry", "bridge"]
Arm = Literal["infantry", "cavalry", "artillery", "armour", "air"]
CountAs = Literal["bayonets", "sabres"]
Task = Literal[
    "march", "attack", "hold", "screen", "raid", "join", "attach", "detach", "pursue", "withdraw", "rest",
    "bridge", "entrain", "disperse",
]  # fmt: skip
Pace = Literal["slow", "normal", "forced"]
CourseKind = Literal[
    "order", "march", "camp", "raid", "battle", "crossing", "taken", "join", "retreat", "wounded", "mutiny",
    "captured", "air", "politics",
]  # fmt: skip
ConsequenceKind = Literal["shaken", "desert", "rising", "news"]

LEVERS = ("strength", "pace", "scouting", "quality", "supply", "desertion")

Count = Annotated[int, Field(ge=0)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$")]


def _plain_date(value: object) -> object:
    """Refuse a time of day where a date is wanted: pydantic would drop midnight silently."""
    if isinstance(value, datetime):
        raise ValueError(f"a date without a time of day is wanted, not {value.isoformat()}")
    return value


Day = Annotated[date, BeforeValidator(_plain_date)]


class Entry(BaseModel):
    """A row or table of a scenario file: read-only, and no key that is not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, str_strip_whitespace=True)


class Fact(Entry):
    """An entry that says where it comes from. `source` is one or more keys of sources.toml joined by ';'."""

    source: str = Field(min_length=1)
    confidence: Confidence

    @property
    def source_keys(self) -> tuple[str, ...]:
        """The keys of `source`, one by one."""
        return split_keys(self.source)


def split_keys(source: str) -> tuple[str, ...]:
    """Source keys of a cell: `"knyazev; ribo"` gives `("knyazev", "ribo")`."""
    return tuple(key.strip() for key in source.split(";") if key.strip())
