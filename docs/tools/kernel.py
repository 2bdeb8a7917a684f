"""The battle rule by itself, measured: the engine's fight without luck, and battles without a campaign.

The fights are those of `tests/test_battle_rule.py`, which holds them to the law and to the reference class; here the
numbers of its page are taken, with the rules as they are shipped.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from docs.tools import ROOT, measured
from docs.tools.blocks import table

NAME = "kernel"
LAWFUL = (
    ((20_000, 20_000), (1.0, 1.0)),
    ((30_000, 15_000), (1.0, 1.0)),
    ((18_000, 24_000), (1.3, 0.8)),
)
"""Men and quality of the fights without luck."""
HOURS, SEED = 16, 5
VARIED = ("lethality", "break_odds", "pursuit_mean", "surprise")
OTHERS: tuple[dict[str, float], ...] = (
    {"lethality": 0.0016, "break_odds": 0.9, "pursuit_mean": 0.05},
    {"break_odds": 0.41},
)
"""Values beside the shipped ones: those with which the campaign was first tuned, and the exponent of the fit."""
RESAMPLED = 2000


def measure() -> Path:
    """Fight all battles and keep what the tables need."""
    duels = _duels()
    shipped = _shipped()
    return measured.keep(
        NAME,
        {
            "law": [_by_law(duels, men, quality) for men, quality in LAWFUL],
            "luck": [_with_luck(duels, {**shipped, **other}) for other in ({}, *OTHERS)],
            "duels": duels.DUELS,
            "seeds": duels.SEEDS,
            "reference": [duels.LOSER, duels.WINNER],
        },
    )


def _duels() -> Any:
    """The tests' battles."""
    folder = str(ROOT / "tests")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return import_module("test_battle_rule")


def _shipped() -> dict[str, float]:
    from docs.tools.tables import shipped

    return {name: shipped().data.rules[f"battle.{name}"].value for name in VARIED}


def _by_law(duels: Any, men: tuple[int, int], quality: tuple[float, float]) -> dict[str, Any]:
    """A fight of two units without luck, and the same by the integrated law."""
    import sim
    from sim.campaign import advance
    from sim.state import new_state

    pair: Any = tuple(duels.Force(one, quality=better) for one, better in zip(men, quality, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        scenario = sim.load(duels.write_duels(Path(folder), [pair]), settings=duels.NO_LUCK)
    state = new_state(scenario.tables, SEED)
    for hour in range(HOURS):
        state.units["fatigue"], state.units["cohesion"] = 0.0, 1.0
        advance(scenario.tables, state, hour, hour + 1)
    lost = [int(state.battles[0][name]) for name in ("lost_left", "lost_right")]
    exact = duels.exact_losses(tuple(map(float, men)), quality, 0.0007, float(HOURS))
    return {"men": men, "quality": quality, "engine": lost, "law": [round(one, 1) for one in exact]}


def _with_luck(duels: Any, values: dict[str, float]) -> dict[str, Any]:
    """Battles of all pairs and seeds: quartiles of the shares lost, and the slope of losses on numbers."""
    import sim

    settings = ["rules.command.accept_odds=0", *(f"rules.battle.{name}={value}" for name, value in values.items())]
    with tempfile.TemporaryDirectory() as folder:
        scenario = sim.load(duels.write_duels(Path(folder), duels.equalish(duels.DUELS)), settings=settings)
    fought = duels.fight(scenario, range(duels.SEEDS))
    x, y = np.log(fought.force_ratio), np.log(fought.loss_ratio)
    return {
        "values": values,
        "battles": len(fought.loser),
        "loser": np.quantile(fought.loser, (0.25, 0.5, 0.75)).round(4).tolist(),
        "winner": np.quantile(fought.winner, (0.25, 0.5, 0.75)).round(4).tolist(),
        "slope": [round(one, 3) for one in _slope(x, y)],
    }


def _slope(x: np.ndarray, y: np.ndarray) -> list[float]:
    """Slope of y on x and its 95 % interval: pairs of forces are drawn again (a pair is known by its ratio)."""
    _, pair = np.unique(x, return_inverse=True)
    sums = np.array([np.bincount(pair, weights) for weights in (np.ones_like(x), x, y, x * x, x * y)])

    def fit(columns: np.ndarray) -> float:
        n, sx, sy, sxx, sxy = (float(total) for total in columns.sum(axis=1))
        return (n * sxy - sx * sy) / (n * sxx - sx * sx)

    rng = np.random.default_rng(0)
    pairs = sums.shape[1]
    again = [fit(sums[:, rng.integers(0, pairs, pairs)]) for _ in range(RESAMPLED)]
    return [fit(sums), *(float(end) for end in np.quantile(again, (0.025, 0.975)))]


# ---------------------------------------------------------------------- tables


def law() -> str:
    """The fights without luck."""
    rows: list[tuple[object, ...]] = []
    for one in measured.kept(NAME)["law"]:
        off = [abs(a / b - 1) for a, b in zip(one["engine"], one["law"], strict=True)]
        rows.append(
            (
                " : ".join(f"{men:,}" for men in one["men"]),
                " : ".join(f"{quality:g}" for quality in one["quality"]),
                " : ".join(f"{lost:,}" for lost in one["engine"]),
                " : ".join(f"{lost:,.0f}" for lost in one["law"]),
                f"{100 * max(off):.1f} %",
            )
        )
    head = ("men", "quality", f"lost in {HOURS} h, engine", "by the law", "off by at most")
    return table(head, rows)


def luck() -> str:
    """The battles with luck beside their reference class."""
    told = measured.kept(NAME)
    loser, winner = told["reference"]
    rows: list[tuple[object, ...]] = [
        ("reference 1861-1900", f".07 / {_share(loser)} / .20", f".036 / {_share(winner)} / .10", "0.1 to 0.9"),
        ("allowed median (factor 1.4)", _allowed(loser), _allowed(winner), ""),
    ]
    for row, one in enumerate(told["luck"]):
        values = ", ".join(f"{name} {value:g}" for name, value in one["values"].items())
        slope, low, high = one["slope"]
        rows.append(
            (
                f"**as shipped**: {values}" if row == 0 else values,
                " / ".join(_share(share) for share in one["loser"]),
                " / ".join(_share(share) for share in one["winner"]),
                f"{slope:.2f} (95 %: {low:.2f} to {high:.2f})",
            )
        )
    return table(("", "loser p25 / p50 / p75", "winner p25 / p50 / p75", "slope"), rows)


def below() -> str:
    """How far the shipped medians lie from those of the reference class, in words."""
    told = measured.kept(NAME)
    shipped = told["luck"][0]
    off = [
        100 * (shipped[who][1] / middle - 1) for who, middle in zip(("loser", "winner"), told["reference"], strict=True)
    ]
    slopes = [one["slope"][0] for one in told["luck"]]
    return (
        f"With the shipped values the loser's median is {_off(off[0])} that of the reference class and the winner's "
        f"{_off(off[1])} it; the slope is {slopes[0]:.2f}, at the low end of its range. With the exponent of the fit, "
        f"break_odds {OTHERS[1]['break_odds']:g}, it would be {slopes[2]:.2f}; with the values of the first tuning it "
        f"was {slopes[1]:.2f}, and failed: numbers told too much."
    )


def _off(percent: float) -> str:
    return f"{abs(percent):.0f} % {'below' if percent < 0 else 'above'}"


def _share(share: float) -> str:
    return f"{share:.3f}".removeprefix("0")


def _allowed(median: float) -> str:
    return f"{_share(median / 1.4)} to {_share(median * 1.4)}"


def makers() -> dict[str, Callable[[], str]]:
    """The generated parts of the page on the battle rule."""
    return {"kernel law": law, "kernel luck": luck, "kernel medians": below} if measured.there(NAME) else {}
