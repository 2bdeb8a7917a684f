"""Captions in play: one at a time, each long enough to be read, the weightier first; films slow down for them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from viz import captions
from viz.tape import POLITICS, Event

if TYPE_CHECKING:
    from viz.tape import Tape


def said(hour: int, weight: int, words: int = 5) -> Event:
    text = " ".join(["word"] * words)
    return Event(hour, "holder", POLITICS, (text, text, text), None, None, 0, weight)


@pytest.mark.parametrize("speed", [0.25, 1.0, 2.0, 8.0])
def test_captions_follow_one_another_and_can_be_read(tape: Tape, speed: float) -> None:
    found = captions.turns(tape.events, speed)
    assert found
    for turn in found:
        assert turn.end - turn.start >= captions.seconds(turn.event) * 24 * speed - 1e-6
        assert turn.start >= turn.event.hour
    for one, other in pairwise(found):
        assert one.end <= other.start + 1e-9


def test_what_would_flash_by_is_left_out_or_waits() -> None:
    light, heavy, echo = said(100, 2), said(104, 3), said(106, 3)
    found = captions.turns([light, heavy, echo], 2.0)
    assert [t.event.hour for t in found] == [104, 106]
    assert found[1].start == found[0].end > 106
    # an hour of play that lasts long has room for all
    assert [t.event.hour for t in captions.turns([light, heavy, echo], 1 / 24)] == [100, 104, 106]


def test_in_play_the_turn_counts_and_at_rest_the_latest() -> None:
    events = [said(100, 3), said(104, 3)]
    kept = captions.Captions()
    assert kept.at(events, 110.0, 2.0, True) is events[0]
    assert kept.at(events, 110.0, 2.0, False) is events[1]
    assert kept.at(events, 99.0, 2.0, True) is None


def test_a_film_slows_down_for_captions_and_ends_on_time(tape: Tape) -> None:
    hours = captions.film_hours(tape.events, 0.0, float(tape.hours), 2.0, 30)
    steps = [b - a for a, b in pairwise(hours)]
    assert hours[0] == 0.0
    assert hours[-1] == tape.hours
    assert min(steps[:-1]) > 0
    assert max(steps) <= 2.0 * 24 / 30 + 1e-9
    assert min(steps[:-1]) < 0.35 * max(steps)
    quiet = captions.film_hours([replace(e, weight=1) for e in tape.events], 0.0, float(tape.hours), 2.0, 30)
    assert len(quiet) == pytest.approx(tape.hours / (2.0 * 24 / 30) + 1, abs=1.5)
