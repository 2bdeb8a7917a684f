"""Compiled passes over a run's columns say the same as NumPy on whole arrays."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

import sim
from sim.history import score_of
from sim.history.columns import approach, count, stand
from sim.history.reader import Reader
from sim.runs import outcome_of, play

STRAY = np.float32(25.0)


@pytest.fixture(params=range(8))
def luck(request: pytest.FixtureRequest) -> np.random.Generator:
    return np.random.default_rng(request.param)


def test_count(luck: np.random.Generator) -> None:
    shape = int(luck.integers(1, 40)), int(luck.integers(1, 60))
    men = luck.integers(0, 3000, shape).astype(np.float32)
    who, where = luck.random(shape[0]) < 0.6, luck.random(shape) < 0.5
    sums = np.empty((2, shape[1]), np.float32)
    count(men, who, where, sums)
    assert np.array_equal(sums[0], men[who].sum(axis=0))
    assert np.array_equal(sums[1], (men * where)[who].sum(axis=0))


def test_stand(luck: np.random.Generator) -> None:
    n, rows, moves = 6, 30, int(luck.integers(0, 25))
    first = luck.integers(0, 5, n).astype(np.int16)
    who, at = luck.integers(0, n, moves), np.sort(luck.integers(0, rows + 3, moves))
    into, country = luck.integers(0, 5, moves).astype(np.int16), np.empty((n, rows), np.int16)
    stand(first, who, at, into, country)
    for unit in range(n):
        for row in range(rows):
            before = np.flatnonzero((who == unit) & (at <= row))
            assert country[unit, row] == (into[before[-1]] if len(before) else first[unit])


def test_approach(luck: np.random.Generator) -> None:
    """As of the whole course: furthest so far from the end back, and the first step back that is too long."""
    n, rows, first = 30, 50, int(luck.integers(0, 40))
    km = np.abs(np.cumsum(luck.normal(0, 12, (n, rows)), axis=1)).astype(np.float32)
    squares = km * km
    men = np.where(luck.random((n, rows)) < 0.98, 100, 0).astype(np.float32)
    men[:, -1] = 100
    found = np.empty((n, 4))
    approach(squares, men, first, STRAY, found)
    back = np.where(men > 0, np.sqrt(squares), np.float32(-np.inf))[:, first:][:, ::-1]
    for unit in range(n):
        furthest = np.maximum.accumulate(back[unit])
        strayed = np.flatnonzero(furthest - back[unit] > STRAY)
        length = strayed[0] if len(strayed) else back.shape[1]
        way = back[unit, :length]
        assert found[unit].tolist() == [way[0], way.min(), way.max(), back.shape[1] - 1 - way.argmax()]


def test_a_run_goes_with_its_reader(campaign: sim.Scenario) -> None:
    """No cycle keeps the arrays of a run that was read until garbage is searched for: studies would fill the memory."""
    gc.collect()
    gc.disable()
    try:
        state = play(campaign, 3)
        reader = Reader(campaign, state)
        assert score_of(reader)
        assert outcome_of(reader)
        held = weakref.ref(state.trace), weakref.ref(reader), weakref.ref(reader.columns(0).men)
        assert all(one() is not None for one in held)
        del state, reader
        assert all(one() is None for one in held)
    finally:
        gc.enable()
