"""What the pages of the model's description say of luck and distances, written down once more in plain Python."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np

ALL = 2**64
NORMAL = NormalDist()
FIELD, AIR = 1, 4
"""Status of a unit in the field; arm of aircraft."""


def mix(z: int) -> int:
    """docs/odd/luck.md."""
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % ALL
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % ALL
    return z ^ (z >> 31)


def uniform(seed: int, purpose: int, who: int, count: int, golden: int = 0x9E3779B97F4A7C15) -> float:
    """docs/odd/luck.md."""
    z = mix((seed + golden * purpose) % ALL)
    z = mix((mix(z ^ who) + golden * count) % ALL)
    return ((z >> 11) + 0.5) / 2**53


def distance(one: Any, other: Any) -> float:
    """docs/odd/entities.md, distances; km between two rows of places."""
    x = (other["lon"] - one["lon"]) * 111.32 * np.cos(np.radians((one["lat"] + other["lat"]) / 2))
    return float(np.hypot(x, (other["lat"] - one["lat"]) * 111.13))


def place_of(unit: Any, routes: Any) -> int:
    """The place a unit is at or nearest to; beyond the half of its route the one ahead."""
    if unit["place"] >= 0:
        return int(unit["place"])
    return int(unit["ahead"] if 2 * unit["along_km"] > routes[unit["route"]]["km"] else unit["behind"])


def on_the_ground(unit: Any) -> bool:
    """In the field with men, and no aircraft."""
    return bool(unit["status"] == FIELD and unit["men"] > 0 and unit["arm"] != AIR)
