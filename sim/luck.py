"""Keyed random numbers: every draw is a hash of what it is about.

A number depends on (seed, purpose, who, count) and on nothing else: not on the order in which draws are made, not on
threads, not on row numbers. Two worlds that differ in one decision therefore keep all luck that the decision does not
touch (design, law 3; idea of keyed numbers: Klein et al. 2024, arXiv 2409.02086).
The hash is three rounds of the SplitMix64 finaliser (Steele, Lea & Flood 2014).
"""

from __future__ import annotations

import hashlib
import math
from numbers import Integral

import numpy as np

from sim.compiled import rule
from sim.errors import OptionError

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 1.0 / 9007199254740992.0  # 2**-53

# purposes: one number each, never reused for another question
DATE, RAIN, SIGHT, ESTIMATE, AIR, INFORM = 1, 2, 3, 4, 5, 6
ACCEPT, SLIP, FORTUNE, LOSS, SHARE, BREAK_OFF, PURSUIT, GUNS, SURRENDER, HIT = 10, 11, 12, 13, 14, 15, 16, 17, 18, 19
HORSES, DESERT, STRAGGLE, TERROR, BEATING, MUTINY, DEATH, FLIGHT, HUNT, CROSS, RISING = (
    30,
    31,
    32,
    33,
    34,
    35,
    36,
    37,
    38,
    39,
    40,
)


def check_seed(seed: object) -> np.uint64:
    """The seed as an unsigned 64-bit number; an error for anything that is not a whole number from 0 to 2**64 - 1."""
    if isinstance(seed, bool) or not isinstance(seed, Integral) or not 0 <= int(seed) < 2**64:
        raise OptionError(f"seed {seed!r}: a seed is a whole number from 0 to 18446744073709551615")
    return np.uint64(int(seed))


def hash_id(text: str) -> np.uint64:
    """A stable 64-bit number for an id, the same on every machine and under any PYTHONHASHSEED."""
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))


@rule
def mix(z: np.uint64) -> np.uint64:
    """SplitMix64's finaliser: 64 bits in, 64 well-mixed bits out."""
    z = (z ^ (z >> _S30)) * _M1
    z = (z ^ (z >> _S27)) * _M2
    return z ^ (z >> _S31)


@rule
def uniform(seed: np.uint64, purpose: int, who: np.uint64, count: int) -> float:
    """A number strictly between 0 and 1 for this seed, purpose, subject and count."""
    z = mix(seed + GOLDEN * np.uint64(purpose))
    z = mix(z ^ who)
    z = mix(z + GOLDEN * np.uint64(count))
    return (np.float64(z >> _S11) + 0.5) * _UNIT


@rule
def inverse_normal(u: float) -> float:
    """Standard normal quantile (Acklam's rational approximation, relative error below 1.2e-9)."""
    if u < 0.02425:
        q = math.sqrt(-2.0 * math.log(u))
        return (
            (
                (((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q - 2.549732539343734)
                * q
                + 4.374664141464968
            )
            * q
            + 2.938163982698783
        ) / (
            (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q + 3.754408661907416) * q
            + 1.0
        )
    if u > 0.97575:
        return -inverse_normal_low(1.0 - u)
    q = u - 0.5
    r = q * q
    return (
        (
            (
                (
                    ((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r
                    + 1.383577518672690e02
                )
                * r
                - 3.066479806614716e01
            )
            * r
            + 2.506628277459239
        )
        * q
        / (
            (
                (
                    ((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r
                    + 6.680131188771972e01
                )
                * r
                - 1.328068155288572e01
            )
            * r
            + 1.0
        )
    )


@rule
def inverse_normal_low(u: float) -> float:
    """The lower tail of `inverse_normal` (u < 0.02425), kept apart so that nothing recurses."""
    q = math.sqrt(-2.0 * math.log(u))
    return (
        (
            (((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q - 2.549732539343734) * q
            + 4.374664141464968
        )
        * q
        + 2.938163982698783
    ) / (
        (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q + 3.754408661907416) * q
        + 1.0
    )


@rule
def normal(seed: np.uint64, purpose: int, who: np.uint64, count: int) -> float:
    """A standard normal number for this key."""
    return inverse_normal(uniform(seed, purpose, who, count))


@rule
def exponential(seed: np.uint64, purpose: int, who: np.uint64, count: int) -> float:
    """An exponential number of mean 1 for this key."""
    return -math.log(uniform(seed, purpose, who, count))


@rule
def whole(expected: float, u: float) -> int:
    """A whole number whose mean is `expected`: floor(expected + u)."""
    return int(math.floor(expected + u))
