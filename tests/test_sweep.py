"""Sweeps and their store: designs, errors, kills, damage, equal rows on threads and on a cluster."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars
import pytest

import sim
from sim.errors import OptionError, PatchError, RunFileError
from sim.experiment import figures
from sim.experiment import sweep as module
from sim.experiment.store import StoreError, read_store
from sim.experiment.sweep import Factor, design, read_study, sweep

FACTORS = {"sides.White.strength": (0.7, 1.3), "rules.battle.lethality": [0.001, 0.002, 0.003]}
ROOT = Path(sim.__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def whole(campaign: sim.Scenario, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An undisturbed study of 4 points x 6 seeds."""
    folder = tmp_path_factory.mktemp("whole") / "store"
    return sweep(campaign, FACTORS, 6, folder, method="sobol", points=4)


def test_rows_are_the_runs(campaign: sim.Scenario, whole: Any) -> None:
    table = whole.table()
    assert table["run"].to_list() == list(range(24))
    assert table["error"].null_count() == 24
    row = table.row(13, named=True)
    settings = [f"{key}={row[key]}" for key in FACTORS]
    run = sim.run(sim.load(campaign.data, settings=settings), row["seed"])
    assert row["men.White.end"] == run.outcome["men.White.end"]
    assert row["event_h.urga"] == run.documented_hours["urga"]


def test_shares_of_runs_are_outcomes_too(whole: Any) -> None:
    table, points = whole.table(), whole.points("event.urga")
    for row in points.iter_rows(named=True):
        own = table.filter(polars.col("point") == row["point"])
        assert row["n"] == 6
        assert row["mean"] == pytest.approx(own["event_h.urga"].count() / 6)
    assert whole.points("fell.troitskosavsk")["mean"].max() <= 1
    with pytest.raises(OptionError, match=r"did you mean 'event\.urga'"):
        whole.points("event.urgaa")


def test_a_finished_study_plays_nothing(campaign: sim.Scenario, whole: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "play_part", lambda *_: pytest.fail("played again"))
    seen: list[tuple[int, int]] = []
    again = sweep(campaign, FACTORS, 6, whole.folder, method="sobol", points=4, progress=lambda *x: seen.append(x))
    assert again.table().equals(whole.table())
    assert seen == [(24, 24)]


def test_truncated_and_missing_parts_are_played_again(campaign: sim.Scenario, whole: Any) -> None:
    before = whole.table()
    path = whole.path(1)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    whole.path(0).unlink()
    (whole.folder / ".part-0000002.parquet.x.part").write_bytes(b"left behind")
    again = sweep(campaign, FACTORS, 6, whole.folder, method="sobol", points=4, threads=1)
    assert again.repaired == [path.name]
    assert again.table().equals(before)
    assert not list(whole.folder.glob(".*"))


def test_another_study_is_refused(campaign: sim.Scenario, whole: Any, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"another study.*seeds"):
        sweep(campaign, FACTORS, 7, whole.folder, method="sobol", points=4)
    other = sim.load(campaign.data, settings=["rules.battle.noise=0.5"])
    with pytest.raises(StoreError, match=r"another study.*hash"):
        sweep(other, FACTORS, 6, whole.folder, method="sobol", points=4)
    (tmp_path / "letter.txt").write_text("not a store")
    with pytest.raises(StoreError, match="not empty"):
        sweep(campaign, FACTORS, 1, tmp_path)
    with pytest.raises(StoreError, match="no store"):
        read_store(tmp_path)


def test_a_failed_run_is_a_row(campaign: sim.Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    play = module.play

    def breaks(scenario: sim.Scenario, seed: int) -> object:
        if seed == 2:
            raise RuntimeError("broken on purpose")
        return play(scenario, seed)

    monkeypatch.setattr(module, "play", breaks)
    table = sweep(campaign, {"sides.White.pace": (0.9, 1.1)}, 4, tmp_path / "s", method="lhs", points=2).table()
    assert table["error"].to_list() == [None, None, "RuntimeError: broken on purpose", None] * 2
    assert table["men.White.end"].null_count() == 2


def test_a_full_disk_is_told_and_leaves_a_sound_store(
    campaign: sim.Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.experiment.store import Store

    write = Store.write

    def full(self: Store, part: int, frame: Any) -> None:
        if part == 1:
            raise RunFileError("part: cannot be written: the disk is full; nothing was written")
        write(self, part, frame)

    factors = {"sides.White.pace": (0.9, 1.1)}
    with monkeypatch.context() as broken:
        broken.setattr(Store, "write", full)
        with pytest.raises(RunFileError, match="disk is full"):
            sweep(campaign, factors, 6, tmp_path / "s", method="lhs", points=4, threads=1)
    done = sweep(campaign, factors, 6, tmp_path / "s", method="lhs", points=4, threads=1)
    assert done.table()["run"].to_list() == list(range(24))


@pytest.mark.parametrize(
    ("factors", "said"),
    [
        ({"sides.White.strenght": (0.5, 1.5)}, "did you mean 'sides.White.strength'"),
        ({"rules.battle.lethality": (0.0001, 0.5)}, "leaves its bounds"),
        ({"commanders.ungern.terror": (0.5, 1.5)}, "terror"),
        ({"sides.White.pace": (1.5, 0.5)}, "not below"),
        ({"sides.White.pace": "much"}, "wanted are"),
        ({}, "at least one factor"),
    ],
)
def test_factors_that_cannot_be(campaign: sim.Scenario, tmp_path: Path, factors: Any, said: str) -> None:
    with pytest.raises((OptionError, PatchError), match=said):
        sweep(campaign, factors, 2, tmp_path / "s")
    assert not (tmp_path / "s").exists()


def test_designs() -> None:
    two = [Factor("a", 0, 1, steps=3), Factor("b", values=(1, 2), whole=True)]
    assert design(two, "grid", 0, 1) == [[0, 1], [0, 2], [0.5, 1], [0.5, 2], [1, 1], [1, 2]]
    strata = sorted(int(a * 8) for a, _ in design(two, "lhs", 8, 1))
    assert strata == list(range(8))
    assert design(two, "sobol", 8, 1) == design(two, "sobol", 8, 1) != design(two, "sobol", 8, 2)
    with pytest.raises(OptionError, match="power of 2"):
        design(two, "sobol", 6, 1)
    with pytest.raises(OptionError, match="did you mean 'sobol'"):
        design(two, "sobl", 8, 1)


def test_study_files(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text('seeds = 3\nmethod = "lhs"\npoints = 4\n[factors]\n"sides.White.pace" = [0.8, 1.2]\n')
    study = read_study(file)
    assert study.factors == (Factor("sides.White.pace", 0.8, 1.2),)
    assert study.seeds == (0, 1, 2)
    for text, said in (("seed = 3\n", "did you mean 'seeds'"), ("seeds = 3\n", "factors"), ("a b", "no TOML")):
        file.write_text(text)
        with pytest.raises(OptionError, match=said):
            read_study(file)


def test_figures_of_a_study(whole: Any, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    points = whole.points("men.White.end")
    assert points["n"].to_list() == [6] * 4
    figures.draw_sweep(points, "men.White.end", whole.study["factors"], tmp_path / "heat.png")
    figures.draw_sweep(points, "men.White.end", whole.study["factors"][:1], tmp_path / "curve.png")
    assert {one.name for one in tmp_path.iterdir()} == {"heat.png", "curve.png"}


def test_a_cluster_that_does_not_answer(
    campaign: sim.Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(module, "CLUSTER_WAIT_S", 0.5)
    with pytest.raises(OptionError, match="does not answer"):
        sweep(campaign, FACTORS, 1, tmp_path / "s", cluster="tcp://127.0.0.1:9")
    with pytest.raises(OptionError, match="local:N"):
        sweep(campaign, FACTORS, 1, tmp_path / "s", cluster="local:none")


CHILD = """
import sys, sim
from sim.experiment.sweep import sweep
if __name__ == "__main__":
    factors = {"sides.White.strength": (0.7, 1.3), "rules.battle.lethality": [0.001, 0.002, 0.003]}
    cluster = sys.argv[2] if len(sys.argv) > 2 else None
    sweep(sim.load(), factors, 40, sys.argv[1], method="sobol", points=16, cluster=cluster)
"""


def child(script: Path, *arguments: str) -> subprocess.Popen[bytes]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, str(script), *arguments], env=env, stderr=subprocess.DEVNULL)


def parts(folder: Path) -> int:
    return len(list(folder.glob("**/*.parquet")))


def wait_for_part(folder: Path, process: subprocess.Popen[bytes], more: int) -> None:
    """Until so many parts more than now are there, or the process has ended."""
    before = parts(folder)
    while process.poll() is None and parts(folder) < before + more:
        time.sleep(0.01)


@pytest.mark.study
def test_twenty_kills_leave_the_same_rows(tmp_path: Path) -> None:
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    assert child(script, str(tmp_path / "calm")).wait() == 0
    luck = random.Random(1)
    for _ in range(20):
        process = child(script, str(tmp_path / "killed"))
        # most of the twenty fall into the playing and writing, some into the start
        wait_for_part(tmp_path / "killed", process, luck.choice((0, 1, 1, 1)))
        time.sleep(luck.uniform(0.0, 0.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert child(script, str(tmp_path / "killed")).wait() == 0
    assert read_store(tmp_path / "killed").table().equals(read_store(tmp_path / "calm").table())


@pytest.mark.study
def test_a_cluster_gives_the_same_rows(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    assert child(script, str(tmp_path / "here")).wait() == 0
    assert child(script, str(tmp_path / "there"), "local:2").wait() == 0
    assert read_store(tmp_path / "there").table().equals(read_store(tmp_path / "here").table())


@pytest.mark.study
def test_a_cluster_that_loses_a_worker_gives_the_same_rows(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    assert child(script, str(tmp_path / "here")).wait() == 0
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        process = child(script, str(tmp_path / "there"), cluster.scheduler_address)
        wait_for_part(tmp_path / "there", process, 2)
        assert process.poll() is None, "the study is still going on"
        lost = next(iter(cluster.workers.values())).pid
        os.kill(lost, signal.SIGKILL)
        assert process.wait() == 0
        assert lost not in {worker.pid for worker in cluster.workers.values()}, "the nanny has begun another"
    assert read_store(tmp_path / "there").table().equals(read_store(tmp_path / "here").table())
