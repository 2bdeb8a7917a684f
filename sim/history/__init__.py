"""The documented course, and how far a finished run is from it.

Every documented event of history.toml has a `reading`: how it is recognised in a run. `score` reads all of them off the
trace (every six hours), the chronicle, the battles, the changes of hands and the daily table of the commands; it never
looks at the documented dates. `windows` gives those dates as hours. Nothing here drives a run.

`sim.history.kinds` says which kinds of reading there are, `sim.history.reader` what they look at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

from sim.history.reader import Reader
from sim.scenario import Scenario
from sim.scenario_files import HistoryEvent
from sim.state import DAY, State


@dataclass(frozen=True)
class Window:
    """The documented dates of an event as hours of the campaign: `from_h` <= hour < `to_h`.

    by_source: (source keys, from_h, to_h) for each source of a disputed date.
    """

    event: HistoryEvent
    from_h: int
    to_h: int
    by_source: tuple[tuple[str, int, int], ...] = ()

    def holds(self, hours: np.ndarray | float) -> np.ndarray:
        """Whether hours lie in the window; an event that did not occur (nan) does not."""
        hours = np.asarray(hours, np.float64)
        return (hours >= self.from_h) & (hours < self.to_h)

    @property
    def middle_h(self) -> float:
        """The middle of the window."""
        return 0.5 * (self.from_h + self.to_h)


def windows(scenario: Scenario) -> dict[str, Window]:
    """The documented window of every event, in the order of history.toml."""
    hour = scenario.data.header.hour
    return {
        event.id: Window(
            event,
            hour(event.from_),
            hour(event.to) + DAY,
            tuple((one.source, hour(one.from_), hour(one.to) + DAY) for one in event.readings_of_sources),
        )
        for event in scenario.data.history.events
    }


@dataclass(frozen=True)
class EventScore:
    """One documented event over many runs. Hours are hours of the campaign, nan when no run has the event."""

    id: str
    window: Window
    share_occurred: float
    share_within: float
    median: float
    p10: float
    p90: float
    by_source: dict[str, float]  # share of the runs in which it occurred whose date fits the source, for disputed dates


def summarise(scenario: Scenario, hours: Mapping[str, Sequence[float] | np.ndarray]) -> tuple[EventScore, ...]:
    """Shares, median and 10-90 % range of every event; `hours`: event id -> its hour in each run, nan: not occurred."""
    found: list[EventScore] = []
    for name, window in windows(scenario).items():
        column = np.asarray(hours[name], np.float64)
        seen = column[np.isfinite(column)]
        p10, median, p90 = np.quantile(seen, (0.1, 0.5, 0.9)) if len(seen) else (nan, nan, nan)
        by_source = {
            source: float(np.mean((seen >= a) & (seen < b))) if len(seen) else nan for source, a, b in window.by_source
        }
        found.append(
            EventScore(
                id=name,
                window=window,
                share_occurred=len(seen) / max(1, len(column)),
                share_within=float(np.mean(window.holds(column))) if len(column) else nan,
                median=float(median),
                p10=float(p10),
                p90=float(p90),
                by_source=by_source,
            )
        )
    return tuple(found)


def score(scenario: Scenario, state: State) -> dict[str, float]:
    """Hour of every documented event in a finished run, nan when it did not occur. One to two milliseconds.

    state: as `advance` leaves it at the end. Raises ScenarioError when a reading names what the scenario has not.
    """
    return score_of(Reader(scenario, state))


def score_of(reader: Reader) -> dict[str, float]:
    """`score` for a reader that is at hand."""
    return {event.id: reader.hour(event.id) for event in reader.scenario.data.history.events}
