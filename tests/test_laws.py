"""The laws of the design: books balance, equal inputs give equal bytes, luck is keyed, the past does not change."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import law_kit
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from sim.campaign import advance
from sim.errors import OptionError
from sim.history.reader import Reader
from sim.luck import BREAK_OFF, LOSS, exponential, hash_id, normal, uniform
from sim.muster import DETACHED, KINDS, RECEIVED
from sim.runs import Run, balance, finish
from sim.scenario import Scenario
from sim.state import HOUR, N_EVENTS, N_UNITS, State, new_state

SEEDS = st.integers(0, 2**64 - 1)
CHANGES = st.lists(
    st.sampled_from(
        (
            "rules.battle.lethality=0.004",
            "sides.Red.strength=0.25",
            "sides.White.strength=2",
            "sides.White.pace=0.5",
            "sides.White.desertion=4",
            "rules.battle.pursuit_mean=0.4",
            "rules.battle.surrender=1",
            "rules.mutiny.grievance=3",
            "sides.White.supply=0.1",
            "rules.battle.active=0",
        )
    ),
    max_size=3,
    unique_by=lambda s: s.split("=")[0],
)


@pytest.fixture(scope="module")
def patched(campaign: Scenario) -> Callable[..., Scenario]:
    """A patched campaign; the unpatched one is read from disk only once."""

    def patched(*changes: str) -> Scenario:
        return sim.load(campaign.data, settings=changes) if changes else campaign

    return patched


# ---------------------------------------------------------------------- law 4: men are conserved


def assert_balanced(state: State, scenario: Scenario) -> None:
    assert not balance(state, scenario).any()
    for kind in KINDS:
        assert (state.units[kind] >= 0).all()
    assert (state.books >= 0).all()
    n = int(state.counts[N_UNITS])
    born = state.books[scenario.tables.n_units : n, :, RECEIVED].sum(axis=0)
    assert (state.books[:, :, RECEIVED].sum(axis=0) >= born).all()
    assert (state.books[:, :, DETACHED].sum(axis=0) >= born).all(), "a unit was born with men whom nobody gave away"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=SEEDS, changes=CHANGES, first_day=st.integers(0, 118))
def test_books_balance_every_hour(
    patched: Callable[..., Scenario], seed: int, changes: list[str], first_day: int
) -> None:
    scenario = patched(*changes)
    state = new_state(scenario.tables, seed)
    for day in range(0, scenario.hours, 24):
        if first_day * 24 <= day < first_day * 24 + 96:
            for hour in range(day, day + 24):
                advance(scenario.tables, state, hour, hour + 1)
                assert_balanced(state, scenario)
        else:
            advance(scenario.tables, state, day, day + 24)
            assert_balanced(state, scenario)


def test_books_balance_through_every_hour_of_a_whole_run(campaign: Scenario) -> None:
    state = new_state(campaign.tables, 3)
    for hour in range(campaign.hours):
        advance(campaign.tables, state, hour, hour + 1)
        if balance(state, campaign).any():
            pytest.fail(f"hour {hour}")


def test_hours_in_slices_are_the_hours_in_one_go(campaign: Scenario) -> None:
    state = new_state(campaign.tables, 5, record=True)
    cuts = sorted(random.Random(1).sample(range(1, campaign.hours), 40))
    for a, b in zip([0, *cuts], [*cuts, campaign.hours], strict=True):
        assert advance(campaign.tables, state, a, b) == b
    assert law_kit.run_fingerprint(finish(campaign, state, 5)) == law_kit.run_fingerprint(
        sim.run(campaign, 5, record=True)
    )


# ---------------------------------------------------------------------- law 2: same inputs, same bytes


def test_any_number_of_threads_gives_the_same_bytes(campaign: Scenario) -> None:
    seeds = [0, 1, 2, 3, 2**63, 2**64 - 1]
    results = [
        sim.ensemble(campaign, order, threads=threads, keep=("trace", "daily", "strengths"))
        for threads, order in ((1, seeds), (2, seeds), (4, seeds), (3, seeds[::-1]))
    ]

    def rows(result: sim.Ensemble) -> dict[int, tuple[object, ...]]:
        return {
            seed: (
                law_kit.fingerprint(*(result.kept[name][k] for name in result.kept)),
                result.errors[k],
                tuple(repr(column[k]) for table in (result.hours, result.outcome) for column in table.values()),
            )
            for k, seed in enumerate(result.seeds)
        }

    assert all(rows(result) == rows(results[0]) for result in results)
    assert [result.events.equals(results[0].events) for result in results] == [True, True, True, False]


def test_a_spawned_process_gives_the_same_bytes(campaign: Scenario) -> None:
    here = law_kit.run_fingerprint(sim.run(campaign, 7, record=True))
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(law_kit.campaign_fingerprint, 7).result(timeout=240) == here


def test_no_hash_seed_changes_anything(campaign: Scenario) -> None:
    here = law_kit.run_fingerprint(sim.run(campaign, 7, record=True))
    started = [
        subprocess.Popen(
            [sys.executable, str(Path(law_kit.__file__)), "7"],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(law_kit.ROOT)},
        )
        for seed in ("0", "1", "4321")
    ]
    assert [process.communicate(timeout=240)[0].strip() for process in started] == [here] * 3


def test_the_order_of_rows_in_the_files_changes_nothing(campaign: Scenario, told: Run, tmp_path: Path) -> None:
    folder = tmp_path / "mongolia_1921"
    shutil.copytree(campaign.data.path, folder, ignore=shutil.ignore_patterns("map"))
    dice = random.Random(1921)
    for name in ("places.csv", "routes.csv", "units.csv"):
        head, *rows = (folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
        dice.shuffle(rows)
        (folder / name).write_text(head + "".join(rows), encoding="utf-8")
    header = (folder / "scenario.toml").read_text(encoding="utf-8")
    (folder / "scenario.toml").write_text(_shuffled_tables(header, dice), encoding="utf-8")
    shuffled = sim.load(folder)
    assert [place.id for place in shuffled.data.places] != [place.id for place in campaign.data.places]
    assert [command.id for command in shuffled.data.commands] != [command.id for command in campaign.data.commands]
    assert shuffled.hash == campaign.hash
    again = sim.run(shuffled, told.seed, record=True)
    assert law_kit.run_fingerprint(again) == law_kit.run_fingerprint(told)
    assert again.certificate == told.certificate


def _shuffled_tables(text: str, dice: random.Random) -> str:
    """All [[tables]] but the sides, whose order counts, in another order."""
    lines = text.splitlines(keepends=True)
    starts = [k for k, line in enumerate(lines) if line.startswith("[[")]
    tables = ["".join(lines[a:b]) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    sides = [table for table in tables if table.startswith("[[sides]]")]
    others = [table for table in tables if not table.startswith("[[sides]]")]
    dice.shuffle(others)
    return "".join(lines[: starts[0]]) + "".join(sides) + "".join(others)


def test_a_run_says_the_same_twice_and_other_seeds_say_other_things(campaign: Scenario) -> None:
    prints = {seed: law_kit.run_fingerprint(sim.run(campaign, seed)) for seed in (0, 1, 2**63, 2**64 - 1)}
    assert len(set(prints.values())) == 4, "0 is a seed like any other"
    assert prints[0] == law_kit.run_fingerprint(sim.run(campaign, 0))
    for seed in (0, 1, 2**63):
        run = sim.run(campaign, np.uint64(seed))  # type: ignore[arg-type]
        assert run.seed == seed
        assert law_kit.run_fingerprint(run) == prints[seed]
        assert 0.5 * 4000 < run.outcome["men.White.06-16"] < 4000


@pytest.mark.parametrize("seed", [-1, 2**64, 1.0, True, "7", None])
def test_what_is_no_seed_is_refused(campaign: Scenario, seed: object) -> None:
    with pytest.raises(OptionError, match="a seed is a whole number"):
        sim.run(campaign, seed)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="a seed is a whole number"):
        sim.ensemble(campaign, [seed])  # type: ignore[list-item]


# ---------------------------------------------------------------------- law 3: same dice in every world


@settings(max_examples=50, deadline=None)
@given(seed=SEEDS, who=st.text(min_size=1, max_size=12), count=st.integers(0, 10**6))
def test_luck_drawn_twice_is_the_same(seed: int, who: str, count: int) -> None:
    key = np.uint64(seed), LOSS, hash_id(who), count
    first = uniform(*key)
    normal(*key)
    exponential(np.uint64(seed), BREAK_OFF, hash_id(who), count + 1)
    assert uniform(*key) == first
    assert 0.0 < first < 1.0
    assert hash_id(who) == hash_id(who)


@pytest.mark.parametrize(
    "change",
    [
        "rules.battle.lethality=0.01",
        "sides.Red.pace=0.5",
        "sides.White.scouting=0.2",
        "rules.mutiny.grievance=4",
        "commanders.ungern.terror=0",
        "orders.ungern-turns-back.enabled=false",
    ],
)
def test_a_patch_leaves_the_hours_before_it_alone(campaign: Scenario, told: Run, change: str) -> None:
    key, _, value = change.partition("=")
    day = "1921-06-05" if not key.startswith("orders") else "1921-07-10"
    number: object = {"false": False}.get(value) if value == "false" else float(value)
    changed = sim.load(campaign.data, patches=[{"id": "later", "title": "later", "from": day, "set": {key: number}}])
    run = sim.run(changed, told.seed, record=True)
    hour = campaign.data.header.hour(changed.data.patches[0].from_)  # type: ignore[arg-type]
    assert run.record is not None
    assert told.record is not None
    assert law_kit.fingerprint(run.record[: hour + 1, : len(campaign.unit_ids)]) == law_kit.fingerprint(
        told.record[: hour + 1, : len(campaign.unit_ids)]
    )
    for name in ("chronicle", "holders", "sightings", "battles"):
        ours, theirs = getattr(run, name), getattr(told, name)
        assert law_kit.fingerprint(ours[ours["hour"] < hour]) == law_kit.fingerprint(theirs[theirs["hour"] < hour]), (
            name
        )
    assert law_kit.fingerprint(run.daily[: hour // 24]) == law_kit.fingerprint(told.daily[: hour // 24])
    assert law_kit.run_fingerprint(run) != law_kit.run_fingerprint(told), "the patch does something"


def test_a_patch_from_the_first_hour_is_the_patch_without_a_date(campaign: Scenario) -> None:
    table = {"id": "x", "title": "x", "set": {"rules.battle.lethality": 0.004}}
    plain = sim.run(sim.load(campaign.data, patches=[table]), 2)
    dated = sim.run(sim.load(campaign.data, patches=[{**table, "from": "1921-05-01"}]), 2)
    assert law_kit.run_fingerprint(plain) == law_kit.run_fingerprint(dated)


STRANGER = {
    "id": "zzz_stranger",
    "name": "Strangers",
    "side": "Red",
    "faction": "fer",
    "command": "reserve",
    "arm": "infantry",
    "count_as": "bayonets",
    "men": 40,
    "horses": 0,
    "place": "kosh_agach",
    "quality": 1.0,
    "rounds": 60,
    "rations_days": 7,
    "source": "assumption",
    "confidence": "assumed",
}


def test_an_uninvolved_unit_changes_only_its_own_rows(campaign: Scenario, told: Run) -> None:
    """Forty men in the Altai, far from everything: until they meet somebody nobody else's hour may change."""
    changed = sim.load(campaign.data, patches=[{"id": "stranger", "title": "a stranger", "units": [STRANGER]}])
    assert changed.unit_ids[-1] == STRANGER["id"], "the last row: those of the others keep their numbers"
    run = sim.run(changed, told.seed, record=True)
    own = len(changed.unit_ids) - 1
    assert run.record is not None
    assert told.record is not None
    met = run.chronicle[
        ((run.chronicle["who"] == own) | (run.chronicle["whom"] == own)) & np.isin(run.chronicle["kind"], [3, 4, 5, 30])
    ]
    hour = int(met["hour"][0]) if len(met) else campaign.hours
    assert hour > 24 * 60
    others = np.arange(own)
    assert law_kit.fingerprint(run.record[:hour, others]) == law_kit.fingerprint(told.record[:hour, others])
    theirs = run.chronicle[(run.chronicle["who"] < own) & (run.chronicle["hour"] < hour)]
    before = told.chronicle[(told.chronicle["who"] < own) & (told.chronicle["hour"] < hour)]
    for field in ("hour", "kind", "who", "where", "n1", "n2"):
        assert np.array_equal(theirs[field], before[field]), field


def test_reading_a_run_does_not_change_it(campaign: Scenario) -> None:
    state = new_state(campaign.tables, 4)
    advance(campaign.tables, state, 0, campaign.hours)
    before = law_kit.fingerprint(state.trace, state.chronicle[: int(state.counts[N_EVENTS])], state.units, state.books)
    assert int(state.counts[HOUR]) == campaign.hours
    for event in campaign.data.history.events:
        Reader(campaign, state).hour(event.id)
    after = law_kit.fingerprint(state.trace, state.chronicle[: int(state.counts[N_EVENTS])], state.units, state.books)
    assert before == after
