"""The room decides: the options of a decision side by side, over many runs that leave one past at one hour.

    verdict = sim.decide(sim.load(), "uryankhai", runs=400)

The past is that of one seed, played once. From the hour of the decision on every option is played with the same other
dice, so options are compared pair by pair; the differences are to the option that history took. Dates which the plan
leaves open for days are drawn anew with the other dice, history's own among them.
Intervals are 95 %: for probabilities Wilson's, for means Student's, for differences those of `sim.experiment.compare`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import nan, sqrt
from pathlib import Path
from typing import Any

import numpy as np

from sim.choice.decisions import (
    Briefing,
    Decision,
    brief,
    headlines,
    history_of,
    hour_of,
    option,
    option_patch,
    point,
    told,
)
from sim.choice.forks import Change, Past, luck_of
from sim.errors import OptionError, UrgaError
from sim.experiment.compare import paired_interval, student
from sim.experiment.threads import unordered
from sim.history.reader import Reader
from sim.luck import check_seed
from sim.runs import certificate, outcome_of
from sim.scenario import Scenario, load
from sim.scenario_files import Headline
from sim.state import FATES, N_HOLDINGS

Z = 1.959963984540054


@dataclass(frozen=True)
class Cell:
    """An outcome under one option: its probability or mean, the interval low..high, and the difference to history's.

    difference, diff_low, diff_high: this option minus history's, pair by pair; nan for history's own.
    """

    option: str
    mean: float
    low: float
    high: float
    difference: float
    diff_low: float
    diff_high: float


@dataclass(frozen=True)
class Row:
    """An outcome (headline) under all options. kind: `event` (cells are probabilities) or `number` (means)."""

    headline: Headline
    cells: tuple[Cell, ...]

    @property
    def outcome(self) -> str:
        """Id of the outcome."""
        return self.headline.id

    @property
    def kind(self) -> str:
        """`event` or `number`."""
        return self.headline.kind

    def told(self, lang: str = "en") -> str:
        """What it is, in a language (lang: en, ru or mn)."""
        return told(self.headline, "title", lang)


@dataclass(frozen=True)
class Verdict:
    """The options of a decision over the same dice.

    date: of the hour; seed: of the past; rows: an outcome each; briefing: what the commander knew then.
    values: float64 [options, outcomes, runs], 0 or 1 for events; luck: the dice of each run from the hour on; failed:
    runs that did not end, with what went wrong; certificate: that of the past, with the options' patches and the dice.
    """

    decision: Decision
    hour: int
    date: datetime
    seed: int
    luck: tuple[int, ...]
    options: tuple[str, ...]
    outcomes: tuple[Headline, ...]
    values: np.ndarray
    rows: tuple[Row, ...]
    briefing: Briefing
    failed: dict[int, str]
    certificate: dict[str, Any]

    @property
    def runs(self) -> int:
        """Runs of each option that are counted."""
        return self.values.shape[2]

    def cell(self, outcome: str, name: str) -> Cell:
        """An outcome under the option of a name, by their ids. Raises OptionError."""
        for row in self.rows:
            for cell in row.cells:
                if (row.outcome, cell.option) == (outcome, name):
                    return cell
        raise OptionError(f"decision {self.decision.id}: no outcome {outcome!r} of option {name!r}")


def decide(
    scenario: Scenario | str | Path = "mongolia_1921",
    decision: str | Decision = "",
    seed: int = 0,
    runs: int = 200,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    options: Iterable[str] | None = None,
) -> Verdict:
    """Play the options of a decision (all, or history's and those named) over `runs` dice, from its hour in one past.

    seed: the past; progress is called in the caller's thread with the number of plays done and of all. Results are the
    same on any number of threads. Raises OptionError for what cannot be asked.
    """
    ready = scenario if isinstance(scenario, Scenario) else load(scenario)
    chosen = point(ready, decision) if isinstance(decision, str) else decision
    check_seed(seed)
    if isinstance(runs, bool) or runs < 2:
        raise OptionError(f"{runs} runs asked for: a comparison needs at least 2")
    first = history_of(chosen).id
    wanted = [first, *(name for name in _names(chosen, options) if name != first)]
    hour = hour_of(ready, chosen, seed)
    past = Past.of(ready, seed, hour)
    worlds = [past.world(option_patch(ready, chosen, name, hour)) for name in wanted]
    looked_at = headlines(ready, chosen)
    dice = [luck_of(seed, number) for number in range(runs)]
    values, failed, whole = _played(past, dict(zip(wanted, worlds, strict=True)), looked_at, dice, threads, progress)
    order = [one.id for one in chosen.options if one.id in wanted]
    at = [wanted.index(name) for name in order]
    kept = values[at][:, :, whole]
    base = order.index(first)
    return Verdict(
        decision=chosen,
        hour=hour,
        date=ready.date(hour),
        seed=int(seed),
        luck=tuple(dice[number] for number in whole),
        options=tuple(order),
        outcomes=looked_at,
        values=kept,
        rows=tuple(_row(one, order, base, kept[:, k]) for k, one in enumerate(looked_at)),
        briefing=brief(ready, past.state, ready.command_ids.index(chosen.command), hour),
        failed=dict(sorted(failed.items())),
        certificate=_certificate(ready, seed, chosen, hour, order, runs),
    )


@dataclass(frozen=True)
class Beside:
    """What a change from an hour on makes of one past, beside history's own course, over the same dice.

    rows: each with two cells, `HISTORY` and `CHANGED`, the difference at the latter; runs: dice that are counted in
    both worlds; failed: dice of which a run did not end, with what went wrong.
    """

    hour: int
    runs: int
    rows: tuple[Row, ...]
    failed: dict[int, str]


HISTORY, CHANGED = "history", "changed"


def beside(
    scenario: Scenario,
    change: Change,
    seed: int = 0,
    hour: int = 0,
    runs: int = 200,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Beside:
    """Play a change (a game, a what-if) and history from an hour of one past on, over `runs` dice.

    All outcomes that the scenario declares are read. seed: of the past; threads: runs at a time; progress: called with
    the runs done and all. Raises OptionError for what cannot be asked, UrgaError when fewer than two runs end.
    """
    check_seed(seed)
    if isinstance(runs, bool) or runs < 2:
        raise OptionError(f"{runs} runs asked for: a comparison needs at least 2")
    past = Past.of(scenario, seed, hour)
    worlds = {HISTORY: past.scenario, CHANGED: past.world(change)}
    looked_at = tuple(scenario.data.decisions.outcomes)
    dice = [luck_of(seed, number) for number in range(runs)]
    values, failed, whole = _played(past, worlds, looked_at, dice, threads, progress)
    kept = values[:, :, whole]
    rows = tuple(_row(one, list(worlds), 0, kept[:, k]) for k, one in enumerate(looked_at))
    return Beside(int(hour), len(whole), rows, failed)


def _played(
    past: Past,
    worlds: Mapping[str, Scenario],
    looked_at: Sequence[Headline],
    dice: Sequence[int],
    threads: int | None,
    progress: Callable[[int, int], None] | None,
) -> tuple[np.ndarray, dict[int, str], list[int]]:
    """Outcomes [worlds, outcomes, dice] of all worlds over the dice; what failed, and the dice whole in all worlds.

    Raises UrgaError when fewer than two are.
    """
    names = list(worlds)
    reads = [_reader_of(past.scenario, one, past.hour) for one in looked_at]
    documented = [one.value.removeprefix("event.") for one in looked_at if one.value.startswith("event.")]
    values, failed = np.full((len(names), len(looked_at), len(dice)), nan), dict[int, str]()
    jobs = [(number, row) for number in range(len(dice)) for row in range(len(names))]

    def work(job: tuple[int, int]) -> tuple[int, int, list[float], str]:
        number, row = job
        try:
            world = worlds[names[row]]
            reader = Reader(world, past.ended(world, dice[number]))
            found = outcome_of(reader)
            found |= {f"event.{name}": reader.hour(name) for name in documented}
            return number, row, [read(reader, found) for read in reads], ""
        except Exception as error:
            return number, row, [], f"{type(error).__name__}: {' '.join(str(error).split())}"

    for done, (number, row, found, error) in enumerate(unordered(work, jobs, threads), 1):
        if error:
            failed[number] = f"{names[row]}: {error}"
        else:
            values[row, :, number] = found
        if progress:
            progress(done, len(jobs))
    whole = [number for number in range(len(dice)) if number not in failed]
    if len(whole) < 2:
        raise UrgaError(f"{len(failed)} of {len(dice)} runs failed, the first: {next(iter(failed.values()), '')}")
    return values, failed, whole


def _names(decision: Decision, options: Iterable[str] | None) -> list[str]:
    asked = [one.id for one in decision.options] if options is None else list(options)
    return list(dict.fromkeys(option(decision, name).id for name in asked))


def _certificate(
    scenario: Scenario, seed: int, decision: Decision, hour: int, order: list[str], runs: int
) -> dict[str, Any]:
    return {
        **certificate(scenario, seed),
        "decision": decision.id,
        "hour": hour,
        "options": order,
        "runs": runs,
        "dice": f"luck_of({seed}, 0..{runs - 1})",
    }


# ---------------------------------------------------------------------- reading outcomes


def _reader_of(scenario: Scenario, one: Headline, hour: int) -> Callable[[Reader, dict[str, float]], float]:
    """How an outcome is read off a finished run: 1 or 0 for an event, else its number."""
    head, _, rest = one.value.partition(".")
    if head == "taken":
        side, _, place = rest.partition(".")
        who, where = scenario.side_ids.index(side), scenario.place_ids.index(place)

        def taken(reader: Reader, _found: dict[str, float]) -> float:
            changes = reader.state.holdings[: int(reader.state.counts[N_HOLDINGS])]
            return float(((changes["place"] == where) & (changes["side"] == who) & (changes["hour"] >= hour)).any())

        return taken

    def plain(_reader: Reader, found: dict[str, float]) -> float:
        value = found.get(one.value, nan)
        if one.kind == "number":
            return value
        if not one.is_:
            return float(value == value)
        names = FATES if head == "fate" else scenario.side_ids
        return float(value == value and 0 <= value < len(names) and names[int(value)] == one.is_)

    return plain


# ---------------------------------------------------------------------- numbers


def wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of n trials (Wilson 1927)."""
    if n == 0:
        return nan, nan
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return 0.0 if share == 0 else max(0.0, middle - half), 1.0 if share == 1 else min(1.0, middle + half)


def _row(one: Headline, order: list[str], base: int, values: np.ndarray) -> Row:
    """values: float64 [options, runs]."""
    event = one.kind == "event"
    cells: list[Cell] = []
    for row, name in enumerate(order):
        own = values[row]
        known = own[~np.isnan(own)]
        mean = float(known.mean()) if len(known) else nan
        if event:
            low, high = wilson(mean, len(known))
        elif len(known) > 1:
            half = student(0.975, len(known) - 1) * float(known.std(ddof=1)) / sqrt(len(known))
            low, high = mean - half, mean + half
        else:
            low = high = nan
        cell = Cell(name, mean, low, high, nan, nan, nan)
        if row != base:
            both = ~(np.isnan(own) | np.isnan(values[base]))
            difference, diff_low, diff_high = paired_interval(values[base][both], own[both], event)
            cell = replace(cell, difference=difference, diff_low=diff_low, diff_high=diff_high)
        cells.append(cell)
    return Row(one, tuple(cells))
