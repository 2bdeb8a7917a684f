"""Figures for slides: big type, units on every axis, Okabe-Ito colours with line styles that differ as well.

matplotlib (an extra, `pip install urga[figures]`) is imported when a figure is drawn; no window is opened.
"""

from __future__ import annotations

import errno
import textwrap
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import OptionError
from sim.experiment.wording import dated, factor_title, is_hour, names_of, title_of, unit_of
from sim.state import TRACE_H

if TYPE_CHECKING:
    from sim.experiment.compare import Comparison

BLUE, VERMILION, GREEN, GREY, BLACK = "#0072B2", "#D55E00", "#009E73", "#777777", "#000000"
SUFFIXES = (".png", ".pdf", ".svg")
LINE = {"linewidth": 2.5}


def check_figure(path: str | Path) -> Path:
    """A path that a figure can be written to. Raises OptionError for an unknown ending or no such folder."""
    target = Path(path)
    if target.suffix.lower() not in SUFFIXES:
        raise OptionError(f"{target}: a figure ends in {', '.join(SUFFIXES)}")
    if not target.parent.is_dir():
        raise OptionError(f"{target}: there is no folder {target.parent}")
    _pyplot()
    return target


def _pyplot() -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise OptionError("figures need matplotlib: pip install 'urga[figures]'") from None
    return Figure


def _new(width: float = 16, height: float = 9) -> Any:
    figure = _pyplot()(figsize=(width, height), dpi=120, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.15, h_pad=0.15)
    return figure


def _save(figure: Any, path: Path, certificate: str) -> Path:
    """Write a figure whole or not at all; what made it stands in its lower corner."""
    figure.supxlabel(certificate, fontsize=10, color=GREY, x=0.995, ha="right")
    part = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        figure.savefig(part)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        what = "there is no space left" if error.errno == errno.ENOSPC else (error.strerror or str(error))
        raise OptionError(f"{path}: cannot be written: {what}") from None
    return path


def _dress(axes: Any, title: str, x: str, y: str) -> None:
    axes.set_title(title, fontsize=17, loc="left", fontweight="bold", pad=10)
    axes.set_xlabel(x, fontsize=15)
    axes.set_ylabel(y, fontsize=15)
    axes.tick_params(labelsize=13)
    axes.spines[["top", "right"]].set_visible(False)


# ---------------------------------------------------------------------- two worlds


def draw_comparison(compared: Comparison, path: str | Path, outcome: str | None = None, side: int = -1) -> Path:
    """Both distributions of an outcome, its paired difference, and the strength of a side over time as fans.

    outcome: default the men of `side` at the end (the last side). Raises OptionError when it cannot be written.
    """
    target = check_figure(path)
    name = compared.base.side_ids[side]
    key = outcome or f"men.{name}.end"
    told = compared.outcome(key)
    figure = _new()
    grid = figure.subplot_mosaic([["both", "fan"], ["difference", "fan"]], width_ratios=[1, 1.35])
    title = compared.patched.data.patches[-1].title if compared.patched.data.patches else "the same world"
    figure.suptitle(f"{title}: {len(compared)} pairs on the same dice", fontsize=22, fontweight="bold")
    _draw_both(grid["both"], compared, key)
    _draw_difference(grid["difference"], compared, key, told)
    _draw_fans(grid["fan"], compared, side % len(compared.base.side_ids))
    seeds = f"seeds {min(compared.seeds)}-{max(compared.seeds)}"
    return _save(figure, target, f"worlds {compared.base.hash} and {compared.patched.hash}, {seeds}")


def _draw_both(axes: Any, compared: Comparison, key: str) -> None:
    a, b = (x[~np.isnan(x)] for x in compared.values[key])
    dates: Any = import_module("matplotlib.dates")
    first = float(dates.date2num(compared.base.date(0)))
    if is_hour(key):
        a, b = first + a / 24.0, first + b / 24.0
    both = np.concatenate([a, b])
    bins = np.histogram_bin_edges(both, bins=24) if len(both) else np.linspace(0, 1, 3)

    def day(at: float, _: int) -> str:
        return dated(dates.num2date(at), "%b")

    def said(values: np.ndarray) -> str:
        if not is_hour(key) or not len(values):
            return _short(values)
        return dated(dates.num2date(values.mean()), "%B")

    axes.hist(a, bins, histtype="stepfilled", color=BLUE, alpha=0.25)
    axes.hist(a, bins, histtype="step", color=BLUE, label=f"as documented, mean {said(a)}", **LINE)
    axes.hist(b, bins, histtype="step", color=VERMILION, linestyle="--", label=f"changed, mean {said(b)}", **LINE)
    axes.set_ylim(top=axes.get_ylim()[1] * 1.35)
    axes.legend(fontsize=13, frameon=False, loc="upper left")
    if is_hour(key):
        axes.xaxis.set_major_locator(dates.AutoDateLocator(maxticks=6))
        axes.xaxis.set_major_formatter(day)
    label = f"{'date' if is_hour(key) else unit_of(key)} ({key})"
    _dress(axes, title_of(key, names_of(compared.base.data)), label, "runs")


def _short(values: np.ndarray) -> str:
    if not len(values):
        return "-"
    return f"{values.mean():,.0f}" if abs(values.mean()) >= 10 else f"{values.mean():.2f}"


def _draw_difference(axes: Any, compared: Comparison, key: str, told: Any) -> None:
    a, b = compared.values[key]
    scale, unit = (24.0, "days") if is_hour(key) else (1.0, unit_of(key))
    d = (b - a)[~(np.isnan(a) | np.isnan(b))] / scale
    middle, low, high = told.difference / scale, told.low / scale, told.high / scale
    axes.hist(d, 24, color=GREY, alpha=0.45)
    axes.axvline(0, color=BLACK, linestyle=":", **LINE)
    axes.axvspan(low, high, color=GREEN, alpha=0.35)
    digits = 1 if is_hour(key) else 0 if abs(middle) >= 10 else 2
    text = f"mean {middle:+,.{digits}f}, 95 % {low:+,.{digits}f} to {high:+,.{digits}f}"
    axes.axvline(middle, color=GREEN, label=text, **LINE)
    axes.set_ylim(top=axes.get_ylim()[1] * 1.35)
    axes.legend(fontsize=13, loc="upper left", framealpha=0.95, edgecolor="white")
    _dress(axes, "Difference, pair by pair", f"changed minus documented, {unit}", "pairs")


def _draw_fans(axes: Any, compared: Comparison, side: int) -> None:
    dates: Any = import_module("matplotlib.dates")

    start = compared.base.date(0)
    hours = np.arange(compared.strengths.shape[2], dtype=np.float64) * TRACE_H
    days: np.ndarray = np.add(dates.date2num(start), hours / 24.0)
    for world, colour, style, label in ((0, BLUE, "-", "as documented"), (1, VERMILION, "--", "changed")):
        low, middle, high = np.quantile(compared.strengths[world, :, :, side], [0.05, 0.5, 0.95], axis=0)
        axes.fill_between(days, low, high, color=colour, alpha=0.2, linewidth=0)
        axes.plot(days, middle, color=colour, linestyle=style, label=f"{label}: median, 5-95 %", **LINE)
    top = float(compared.strengths[..., side].max()) * 1.25
    name = compared.base.side_ids[side]
    marks = [one for one in compared.base.data.history.strengths if one.side == name and not one.place]
    shown = [one for one in marks if 0 < one.men <= top]
    if shown:
        x = [float(dates.date2num(one.date)) for one in shown]
        axes.plot(x, [one.men for one in shown], "D", color=BLACK, markersize=11, label="documented strength")
    last: float = -1e9
    for event in sorted(compared.base.data.history.events, key=lambda one: (one.from_, one.id)):
        at = float(dates.date2num(event.from_) + dates.date2num(event.to)) / 2
        if event.group == "E" and (event.to - event.from_).days <= 10 and at - last >= 6:
            axes.axvline(at, color=GREY, linestyle=":", linewidth=1.5)
            text = textwrap.shorten(event.title, 44, placeholder=" …")
            axes.text(at, top * 0.02, f" {text}", rotation=90, fontsize=12, va="bottom", ha="right", color=GREY)
            last = at
    axes.set_ylim(0, top * 1.12)
    axes.xaxis.set_major_locator(dates.MonthLocator())
    axes.xaxis.set_major_formatter(dates.DateFormatter("1 %B"))
    axes.legend(fontsize=13, loc="upper right", framealpha=0.95, edgecolor="white")
    _dress(axes, f"{name} strength in the field; dotted: documented dates", str(start.year), "men")


# ---------------------------------------------------------------------- sweeps


def draw_sweep(points: Any, outcome: str, factors: list[str], path: str | Path, certificate: str = "") -> Path:
    """A curve with 95 % intervals over one factor, or a heat map over two, from `Store.points`.

    outcome: its name, for the title; certificate: what stands small at the foot. Raises OptionError for more factors,
    an outcome that no run has, or an ending that no figure has.
    """
    target = check_figure(path)
    if len(factors) not in (1, 2):
        raise OptionError(f"{len(factors)} factors given: a figure shows one (curve) or two (heat map)")
    frame = points.drop_nulls(["mean"])
    if not len(frame):
        raise OptionError(f"outcome {outcome!r}: no run of the study has it")
    if is_hour(outcome):
        frame = frame.with_columns(frame["mean"] / 24.0, frame["half"] / 24.0)
    figure = _new(13, 9)
    axes = figure.subplots()
    draw = _draw_curve if len(factors) == 1 else _draw_heat
    draw(figure, axes, frame, outcome, factors)
    n = int(frame["n"].sum())
    axes.set_title(
        f"{title_of(outcome)}: mean over {len(frame)} points, {n:,} runs",
        fontsize=19,
        loc="left",
        fontweight="bold",
        pad=14,
    )
    return _save(figure, target, certificate)


def _draw_curve(_figure: Any, axes: Any, frame: Any, outcome: str, factors: list[str]) -> None:
    frame = frame.sort(factors[0])
    x, y, half = (frame[name].to_numpy() for name in (factors[0], "mean", "half"))
    axes.fill_between(x, y - half, y + half, color=BLUE, alpha=0.25, linewidth=0, label="95 % interval")
    axes.plot(x, y, "-o", color=BLUE, markersize=9, label="mean", **LINE)
    axes.legend(fontsize=15, frameon=False)
    _dress(axes, "", factor_title(factors[0]), f"{unit_of(outcome)} ({outcome})")


def _draw_heat(figure: Any, axes: Any, frame: Any, outcome: str, factors: list[str]) -> None:
    x, y, z = (frame[name].to_numpy() for name in (*factors, "mean"))
    columns, rows = np.unique(x), np.unique(y)
    if len(columns) * len(rows) == len(frame):  # a grid
        cells = np.full((len(rows), len(columns)), np.nan)
        cells[np.searchsorted(rows, y), np.searchsorted(columns, x)] = z
        image = axes.imshow(cells, origin="lower", aspect="auto", cmap="cividis")
        axes.set_xticks(range(len(columns)), [f"{value:.3g}" for value in columns])
        axes.set_yticks(range(len(rows)), [f"{value:.3g}" for value in rows])
        if cells.size <= 144:
            middle = (np.nanmin(cells) + np.nanmax(cells)) / 2
            for (row, column), value in np.ndenumerate(cells):
                colour = "black" if value > middle else "white"
                text = f"{value:,.1f}" if is_hour(outcome) else f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2f}"
                axes.text(column, row, text, ha="center", va="center", fontsize=15, color=colour)
    else:
        image = axes.scatter(x, y, c=z, s=420, cmap="cividis", edgecolors=BLACK)
    bar = figure.colorbar(image, ax=axes)
    bar.set_label(f"{outcome} ({unit_of(outcome)})", fontsize=15)
    bar.ax.tick_params(labelsize=13)
    _dress(axes, "", factor_title(factors[0]), factor_title(factors[1]))
