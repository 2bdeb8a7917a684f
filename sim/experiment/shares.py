"""Shares and means of a few runs with their intervals, alone and paired: for displays that refine as runs come in."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

import numpy as np

from sim.experiment.compare import LEVEL, paired_interval, student


def wilson(hits: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's interval of a share, 0..1; (0, 1) when nothing is known. Wilson (1927)."""
    if n <= 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(1 - (1 - level) / 2)
    share, whole = hits / n, 1 + z * z / n
    middle = (share + z * z / (2 * n)) / whole
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / whole
    return max(0.0, middle - half), min(1.0, middle + half)


def mean_interval(values: np.ndarray, level: float = LEVEL) -> tuple[float, float, float]:
    """Mean and Student's interval; nan where there are too few values."""
    n = len(values)
    mean = float(values.mean()) if n else float("nan")
    if n < 2:
        return mean, float("nan"), float("nan")
    half = student(1 - (1 - level) / 2, n - 1) * float(values.std(ddof=1)) / sqrt(n)
    return mean, mean - half, mean + half


def paired(before: np.ndarray, now: np.ndarray, event: bool) -> tuple[float, float, float]:
    """Mean of now - before on the same seeds, and its 95 % interval; pairs with a hole are left out."""
    both = ~(np.isnan(before) | np.isnan(now))
    return paired_interval(before[both], now[both], event)
