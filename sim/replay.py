"""The replay: one run told, and many runs set against history.

`replay` plays the campaign, an ensemble of it and a baseline in which nobody fights; `show` prints the four parts
(course, table, strengths, closing lines); `write` keeps the numbers as JSON, CSV or Parquet.

How typical is the real campaign? `off_centre` asks of each documented event whether the other runs had it mostly
earlier or mostly later: |share before its dates - share after them|, 0 in the middle of the runs and 1 outside
them; an event that did not occur counts as later than all. The mean over the events is the course's distance from
the middle. The documented windows are taken as they are, and each run is measured against all other runs with
windows of the same width round its own dates, so that history and the runs are measured alike. The typicality is
the share of runs that lie at least as far from the middle as history: 0.5 is a typical run, below 0.05 history
stands outside what the model does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from sim.errors import OptionError
from sim.experiment.ensemble import Ensemble, Progress, ensemble
from sim.history import EventScore, windows
from sim.run_file import write_whole
from sim.runs import Run, run
from sim.scenario import Scenario, load
from sim.state import DAY, TRACE_H
from sim.telling import course, tell_dates

if TYPE_CHECKING:
    from rich.console import Console

BASELINE_SEEDS = 50
"""Runs of the baseline without battles: its dates hardly vary."""
NO_BATTLES = "rules.battle.active=0"
SUFFIXES = (".json", ".csv", ".parquet")
WELL, BARELY = 0.75, 0.40
"""Shares of runs within the window from which an event comes out well, and from which at all."""
CHART_ROWS, CHART_COLUMNS = 9, 62
MARKS = ("●", "○")
COLUMNS = ("", "event and source", "documented", "this run", "within", "occurred", "median", "10-90 %", "no battles")
NARROW = 106
"""Columns of a terminal below which the table leaves out the less important ones."""
BLOCKS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Replay:
    """One run, the ensemble round it, the baseline without battles (None when left out), and their scores."""

    scenario: Scenario
    run: Run
    runs: Ensemble
    scores: tuple[EventScore, ...]
    baseline: Ensemble | None
    baseline_scores: tuple[EventScore, ...]
    typicality: float


def replay(
    scenario: Scenario,
    seed: int = 0,
    seeds: int = 200,
    threads: int | None = None,
    baseline: bool = True,
    progress: Progress | None = None,
) -> Replay:
    """Play a run, `seeds` runs from seed 0 on, and a baseline without battles.

    progress: called with runs done and all runs. Raises OptionError when there are no runs to play.
    """
    if seeds < 1:
        raise OptionError(f"--seeds is {seeds}, but must be at least 1")
    bare = _without_battles(scenario) if baseline else None
    more = min(seeds, BASELINE_SEEDS) if bare is not None else 0
    told = run(scenario, seed)

    def first(done: int, _: int) -> None:
        if progress:
            progress(done, seeds + more)

    def second(done: int, _: int) -> None:
        if progress:
            progress(seeds + done, seeds + more)

    runs = ensemble(scenario, range(seeds), threads, first, keep=("daily",))
    others = ensemble(bare, range(more), threads, second) if bare is not None else None
    return Replay(
        scenario=scenario,
        run=told,
        runs=runs,
        scores=runs.scores(),
        baseline=others,
        baseline_scores=others.scores() if others is not None else (),
        typicality=typicality(runs),
    )


def _without_battles(scenario: Scenario) -> Scenario | None:
    """The same world with the battle rule switched off; None when the scenario cannot have it."""
    data = scenario.data
    return load(data.base or data, plan=scenario.plan, patches=data.patches, settings=[NO_BATTLES])


# ---------------------------------------------------------------------- how typical the real campaign is


def off_centre(hours: np.ndarray, from_h: float, to_h: float) -> float:
    """|share of runs earlier than from_h - share at or after to_h|; hours [runs], nan: never, later than all."""
    if not len(hours):
        return 0.0
    before = np.count_nonzero(hours < from_h)
    after = np.count_nonzero(~(hours < to_h))
    return abs(before - after) / len(hours)


def typicality(runs: Ensemble) -> float:
    """Share of runs at least as far from the middle of the others as history (see above); nan: fewer than two runs."""
    whole = runs.whole
    number = int(np.count_nonzero(whole))
    if number < 2:
        return nan
    own = np.zeros(number)
    real = 0.0
    known = windows(runs.scenario)
    for name, window in known.items():
        hours = runs.hours[name][whole]
        real += off_centre(hours, window.from_h, window.to_h)
        half = 0.5 * (window.to_h - window.from_h)
        for k in range(number):
            others = np.delete(hours, k)
            at = hours[k]
            own[k] += (
                off_centre(others, at - half, at + half)
                if isfinite(at)
                else np.count_nonzero(np.isfinite(others)) / len(others)
            )
    return float(np.count_nonzero(own >= real - 1e-12) / number)


# ---------------------------------------------------------------------- printing


def show(result: Replay, console: Console, told: bool = True) -> None:
    """Print course, table, strengths and closing lines. told: with the course."""
    if told:
        show_course(result.run, console)
    show_table(result, console)
    show_strengths(result.run, console)
    show_hazard(result, console)
    for line in closing(result):
        console.print(line, highlight=False, soft_wrap=False)


def show_course(told: Run, console: Console) -> None:
    """The course as prose lines by date."""
    from rich.table import Table
    from rich.text import Text

    scenario = told.scenario
    console.print(Text(f"{scenario.title}: the course of seed {told.seed}", style="bold"))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="cyan", min_width=9)
    grid.add_column(overflow="fold")
    for date, text in tell_dates(scenario, course(told)):
        grid.add_row(Text(date), Text(text))
    console.print(grid)
    console.print()


def show_table(result: Replay, console: Console) -> None:
    """History against simulation: a row an event."""
    from rich.table import Table
    from rich.text import Text

    date = result.scenario.date
    number = int(np.count_nonzero(result.runs.whole))
    plural = "run" if number == 1 else "runs"
    table = Table(
        title=f"History against simulation: seed {result.run.seed}, and {number} {plural}",
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
        padding=(0, 1),
        header_style="bold",
    )
    bare = {score.id: score for score in result.baseline_scores}
    narrow = console.width < NARROW
    left = ("", "event and source", "documented", "10-90 %")
    left_out = ("occurred", "no battles") if narrow else () if bare else ("no battles",)
    names = [name for name in COLUMNS if name not in left_out]
    for name in names:
        table.add_column(
            name, justify="left" if name in left else "right", no_wrap=name != "event and source",
            min_width=14 if name == "event and source" else None,
        )  # fmt: skip
    for score in result.scores:
        event = score.window.event
        hour = result.run.documented_hours[score.id]
        inside = hour is not None and bool(score.window.holds(hour))
        cells = {
            "": Text(event.group),
            "event and source": Text.assemble(event.title, "\n", (_keys(event.source), "dim")),
            "documented": Text(span(event.from_, event.to)),
            "this run": Text(
                day(date(hour)) + (" ✓" if inside else "  ") if hour is not None else "did not  ",
                style="green" if inside else "red",
            ),
            "within": Text(percent(score.share_within), style=_shade(score.share_within)),
            "occurred": Text(percent(score.share_occurred)),
            "median": Text(day(date(score.median)) if isfinite(score.median) else "-"),
            "10-90 %": Text(f"{day(date(score.p10))} - {day(date(score.p90))}" if isfinite(score.p10) else "-"),
            "no battles": Text(percent(bare[score.id].share_within) if bare else "-", style="dim"),
        }
        table.add_row(*(cells[name] for name in names))
    console.print(table)
    console.print(
        Text(
            "within: share of runs in which it came out within the documented dates (✓: in this run); G: near given by "
            "dated orders, E: emergent; no battles: the same when everyone marches as ordered and nobody fights.",
            style="dim",
        )
    )
    console.print()


def span(first: Any, last: Any) -> str:
    """`21 May - 7 Jun`, or one day."""
    return day(first) if first == last else f"{day(first)} - {day(last)}"


def day(date: Any) -> str:
    """`7 Jun`."""
    return f"{date.day} {date:%b}"


def percent(share: float) -> str:
    """`87 %`; `-` when there is nothing to share."""
    return f"{100.0 * share:.0f} %" if isfinite(share) else "-"


def _shade(share: float) -> str:
    return "green" if share >= WELL else "yellow" if share >= BARELY else "red"


def _keys(source: str) -> str:
    return ", ".join(part.strip() for part in source.split(";"))


def show_strengths(told: Run, console: Console) -> None:
    """Men of both sides in the field over time."""
    from rich.text import Text

    scenario = told.scenario
    names = [side.name for side in scenario.sides]
    console.print(
        Text(f"Men in the field, seed {told.seed}: {MARKS[0]} {names[0]}, {MARKS[1]} {names[1]}", style="bold")
    )
    for line in chart([told.strength(side) for side in (0, 1)], scenario):
        console.print(Text(line))
    console.print()


def chart(
    series: Sequence[np.ndarray], scenario: Any, rows: int = CHART_ROWS, columns: int = CHART_COLUMNS
) -> list[str]:
    """Lines of a chart of two series [hours / 6 + 1] with a common axis from 0; told apart by marks, not by colour."""
    top = _round_up(max(1.0, *(float(one.max()) for one in series)))
    cells = [[" "] * columns for _ in range(rows)]
    for mark, one in zip(MARKS, series, strict=True):
        at = np.linspace(0, len(one) - 1, columns).round().astype(int)
        for column, value in enumerate(one[at]):
            row = rows - 1 - min(rows - 1, int(float(value) / top * (rows - 1) + 0.5))
            cells[row][column] = mark
    lines: list[str] = []
    for row in range(rows):
        value = top * (rows - 1 - row) / (rows - 1)
        label = f"{value:7,.0f} ┤" if row % 4 == 0 else "        │"
        lines.append(label + "".join(cells[row]))
    hours = (len(series[0]) - 1) * TRACE_H
    axis, months = list("─" * columns), [" "] * columns
    for column in range(columns):
        before, now = (scenario.date(hours * k / (columns - 1)) for k in (max(0, column - 1), column))
        if column < columns - 3 and (column == 0 or before.month != now.month):
            axis[column] = "┬"
            for k, letter in enumerate(f"{now:%B}"):
                if column + k < columns:
                    months[column + k] = letter
    return [*lines, "        └" + "".join(axis), "         " + "".join(months)]


def _round_up(x: float) -> float:
    step = 10.0 ** np.floor(np.log10(x))
    return float(next(k * step for k in (1, 1.2, 1.5, 2, 3, 4, 5, 6, 8, 10) if k * step >= x))


def hazard(result: Replay) -> dict[str, np.ndarray]:
    """Mean daily hazard of mutiny over the runs, by command, float64 [days]; only runs in which it has not risen yet.

    Commands whose hazard is nought throughout are left out.
    """
    found: dict[str, np.ndarray] = {}
    daily = [one for one in result.runs.kept["daily"] if one is not None]
    if not daily:
        return found
    whole = result.runs.whole
    days = np.arange(len(daily[0])) * DAY + 21
    for row, command in enumerate(result.scenario.command_ids):
        values = np.stack([one["hazard"][:, row] for one in daily]).astype(np.float64)
        if not values.any():
            continue
        risen = result.runs.outcome[f"mutiny_h.{command}"][whole]
        still = ~(risen[:, None] < days[None, :])
        number = still.sum(axis=0)
        found[command] = np.where(number > 0, (values * still).sum(axis=0) / np.maximum(1, number), nan)
    return found


def show_hazard(result: Replay, console: Console) -> None:
    """The daily hazard of mutiny, small: a line a command, so that anyone can see that it is no timer."""
    from rich.text import Text

    lines = hazard(result)
    console.print(
        Text(
            "Hazard of mutiny a day, mean of the runs in which none has broken out yet (a column is two days)",
            style="bold",
        )
    )
    if not lines:
        console.print("  nought throughout: in no run had a plot come past its tipping point", highlight=False)
    names = {command.id: command.name.split(",")[0] for command in result.scenario.data.commands}
    for command, values in lines.items():
        pairs = [
            float(np.nanmax(two)) if np.isfinite(two).any() else nan
            for two in (values[k : k + 2] for k in range(0, len(values), 2))
        ]
        top = np.nanmax(values)
        bars = "".join(" " if x != x else BLOCKS[min(8, int(np.ceil(8.0 * x / top)))] for x in pairs)
        peak = result.scenario.date(int(np.nanargmax(values)) * DAY)
        console.print(Text(f"  {bars}│ {names[command]}: most on {day(peak)}, {100.0 * top:.1f} % a day"))
    console.print()


def closing(result: Replay) -> list[str]:
    """The closing lines: how many events came out, G and E apart; how typical history is; disputed dates; placebo."""
    told, scores = result.run, result.scores
    number = int(np.count_nonzero(result.runs.whole))
    here = {
        group: [
            bool(score.window.holds(_hour(told, score.id))) for score in scores if score.window.event.group == group
        ]
        for group in "GE"
    }
    lines = [
        f"Seed {told.seed}: {sum(map(sum, here.values()))} of {len(scores)} documented events came out within their "
        f"dates (near given {sum(here['G'])} of {len(here['G'])}, emergent {sum(here['E'])} of {len(here['E'])}). "
        f"Over {number} runs: {_over(scores, 'G')}; {_over(scores, 'E')}. {_typical(result)}"
    ]
    disputed = [
        f"{score.window.event.title}: "
        + ", ".join(f"{_keys(source)} {percent(share)}" for source, share in score.by_source.items())
        for score in scores
        if score.by_source
    ]
    if disputed:
        lines.append(
            "Disputed dates, share of the runs with the event that fit each source: " + "; ".join(disputed) + "."
        )
    early = early_mutiny(result.runs)
    if isfinite(early):
        lines.append(f"Placebo: mutiny before {day(_august(result.scenario))} in {percent(early)} of the runs.")
    short = [
        f"{score.window.event.title} ({percent(score.share_within)})"
        for score in scores
        if not score.share_within >= _wanted(score)
    ]
    if short:
        lines.append("What falls short (near given below 90 %, emergent below 75 %): " + "; ".join(short) + ".")
    failed = [error for error in result.runs.errors if error]
    if failed:
        lines.append(f"{len(failed)} runs failed and are left out; the first: {failed[0]}")
    lines.append("These events were used to tune the rules; agreement with them is no test of the model.")
    return lines


def _hour(told: Run, event: str) -> float:
    hour = told.documented_hours[event]
    return nan if hour is None else hour


def _wanted(score: EventScore) -> float:
    return 0.9 if score.window.event.group == "G" else WELL


def _over(scores: Iterable[EventScore], group: str) -> str:
    of_group = [score.share_within for score in scores if score.window.event.group == group]
    name, wanted = ("near given", 0.9) if group == "G" else ("emergent", WELL)
    well = sum(share >= wanted for share in of_group)
    mean = sum(of_group) / len(of_group) if of_group else nan
    return (
        f"{well} of {len(of_group)} {name} events within their dates in at least {percent(wanted)} of the runs "
        f"(mean {percent(mean)})"
    )


def _typical(result: Replay) -> str:
    if not isfinite(result.typicality):
        return "How typical the real campaign is, one run cannot tell."
    return (
        f"The real campaign lies no further from the middle of the runs than {percent(result.typicality)} of them do"
        + (": it would be an outsider among them." if result.typicality < 0.05 else ".")
    )


def _august(scenario: Scenario) -> datetime:
    """The first day of the campaign's last month: the placebo asks for a mutiny before it."""
    end = scenario.data.header.end
    return datetime(end.year, end.month, 1)


def early_mutiny(runs: Ensemble) -> float:
    """Share of the runs with a mutiny before the last month of the campaign; nan when no run is whole."""
    whole = runs.whole
    if not whole.any() or "mutiny_h" not in runs.outcome:
        return nan
    limit = runs.scenario.data.header.hour(_august(runs.scenario))
    return float(np.mean(runs.outcome["mutiny_h"][whole] < limit))


# ---------------------------------------------------------------------- writing


def check_suffix(path: Path) -> None:
    """Raise OptionError for an ending that `write` does not know."""
    if path.suffix.lower() not in SUFFIXES:
        raise OptionError(f"--out {path}: the ending says the form; known: {', '.join(SUFFIXES)}")


def write(result: Replay, path: str | Path) -> Path:
    """Write the numbers: .json whole, .csv and .parquet one row a run. Raises OptionError, RunFileError."""
    path = Path(path)
    check_suffix(path)

    def content(file: BinaryIO) -> None:
        if path.suffix.lower() == ".json":
            text = json.dumps(to_json(result), ensure_ascii=False, allow_nan=False, indent=1)
            file.write(text.encode() + b"\n")
        elif path.suffix.lower() == ".csv":
            table(result.runs).write_csv(file)
        else:
            table(result.runs).write_parquet(file)

    return write_whole(path, content, "file")


def table(runs: Ensemble) -> Any:
    """Polars frame, a row a run: seed, error, date and time of each documented event, and the outcome's scalars."""
    import polars

    dates = [
        polars.Series(
            name, [None if x != x else runs.scenario.date(x) for x in column.tolist()], dtype=polars.Datetime("ms")
        )
        for name, column in runs.hours.items()
    ]
    rest = runs.outcomes
    return polars.DataFrame(
        [rest["seed"], rest["error"], *dates, *(rest[name] for name in rest.columns if name not in ("seed", "error"))]
    )


def to_json(result: Replay) -> dict[str, Any]:
    """The replay as JSON values: `events`, `runs`, and what they belong to. Dates are ISO 8601, campaign time."""
    iso = result.scenario
    number = int(np.count_nonzero(result.runs.whole))
    bare = {score.id: score for score in result.baseline_scores}

    def when(hour: float | None) -> str | None:
        return None if hour is None or not isfinite(hour) else iso.date(hour).isoformat()

    def share(x: float) -> float | None:
        return x if isfinite(x) else None

    events = [
        {
            "id": score.id,
            "group": score.window.event.group,
            "title": score.window.event.title,
            "window": [score.window.event.from_.isoformat(), score.window.event.to.isoformat()],
            "source": score.window.event.source,
            "confidence": score.window.event.confidence,
            "this_run": when(result.run.documented_hours[score.id]),
            "share_within": share(score.share_within),
            "share_occurred": share(score.share_occurred),
            "median": when(score.median),
            "p10": when(score.p10),
            "p90": when(score.p90),
            "runs": number,
            "by_source": {source: share(x) for source, x in score.by_source.items()},
            "share_within_no_battles": share(bare[score.id].share_within) if score.id in bare else None,
        }
        for score in result.scores
    ]
    runs = [
        {
            "seed": seed,
            "error": result.runs.errors[k],
            "events": {name: when(float(hours[k])) for name, hours in result.runs.hours.items()},
            "outcome": {name: share(float(values[k])) for name, values in result.runs.outcome.items()},
        }
        for k, seed in enumerate(result.runs.seeds)
    ]
    return {
        "certificate": {**result.runs.certificate, "seeds": len(result.runs)},
        "seed": result.run.seed,
        "events": events,
        "typicality": share(result.typicality),
        "mutiny_before_last_month": share(early_mutiny(result.runs)),
        "hazard_of_mutiny": {name: [share(float(x)) for x in values] for name, values in hazard(result).items()},
        "runs": runs,
    }
