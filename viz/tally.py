"""What the ensembles say of each headline outcome so far: shares, means and dates, now against history.

All from the runs that are in; intervals are 95 %: Wilson's for a share, Student's for a mean, and paired on the same
dice for the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from viz.whatif import Crowd

BINS = 24
FATES = 5


@dataclass(frozen=True, slots=True)
class World:
    """One world's side of an outcome: share (or mean of men) with its interval, median day, shares of the fates."""

    n: int
    value: float
    low: float
    high: float
    day: float = float("nan")
    bins: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """An outcome in both worlds; ``difference`` with its interval is now minus history, nan when there is but one."""

    kind: str
    n: int
    now: World
    before: World | None
    difference: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    most: float = 0.0

    @property
    def sure(self) -> bool:
        """Whether the interval of the difference leaves out 0."""
        return self.low > 0 or self.high < 0


def tally(crowd: Crowd, column: int) -> Tally | None:
    """One outcome by its column; None as long as no run is in."""
    import numpy as np

    from sim.experiment.shares import paired

    kind = crowd.catalogue.outcomes[column].kind
    now, base = crowd.shown, crowd.base
    done = now.done.copy()
    if not done.any():
        return None
    values = now.values[:, column]
    most = 0.0
    if kind == "men":
        first = base.strengths[base.done][:, 0, :]
        side = base.scenario.side_ids.index(crowd.catalogue.outcomes[column].about)
        most = float(max(np.nanmax(values[done]), first[:, side].max() if len(first) else 0.0, 1.0))
    world = _world(kind, values[done], most)
    if crowd.now is None:
        return Tally(kind, int(done.sum()), world, None, most=most)
    base_done = base.done.copy()
    before = _world(kind, base.values[base_done, column], most) if base_done.any() else None
    both = done & base_done
    old, new = base.values[both, column], values[both]
    if kind in ("event", "fell"):
        old, new = (~np.isnan(old)).astype(float), (~np.isnan(new)).astype(float)
    elif kind == "fate":
        old, new = (old >= 2).astype(float), (new >= 2).astype(float)
    difference = paired(old, new, kind != "men") if len(new) > 1 else (float("nan"),) * 3
    return Tally(kind, int(done.sum()), world, before, *difference, most=most)


def _world(kind: str, values: np.ndarray, most: float) -> World:
    import numpy as np

    from sim.experiment.shares import mean_interval, wilson

    n = len(values)
    if kind == "men":
        mean, low, high = mean_interval(values)
        rows = np.clip((values / most * BINS).astype(np.int64), 0, BINS - 1)
        counts = np.bincount(rows, minlength=BINS)
        shares = [float(count) / max(1, n) for count in counts.tolist()]
        return World(n, mean, low, high, bins=tuple(shares))
    if kind == "fate":
        parts = [int(np.count_nonzero(values == fate)) / n for fate in range(FATES)]
        hits = int(np.count_nonzero(values >= 2))
        return World(n, hits / n, *wilson(hits, n), bins=tuple(parts))
    came = values[~np.isnan(values)]
    day = float(np.median(came)) if len(came) else float("nan")
    return World(n, len(came) / n, *wilson(len(came), n), day=day)
