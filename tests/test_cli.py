"""The command `urga`: what it prints, what it writes, how it leaves."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars
import pytest
import scenario_kit

import sim
from sim import cli, replay, run_file
from sim.errors import OptionError

ROOT = Path(sim.__file__).resolve().parents[1]


@pytest.fixture
def urga(capsys: pytest.CaptureFixture[str], campaign: sim.Scenario) -> Any:  # noqa: ARG001 (the engine is compiled)
    """Call the command; gives exit code, output and what was said on the error stream."""

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        code = cli.call([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def refused(said: tuple[int, str, str]) -> str:
    """The one line of a refusal: exit code 2, nothing on standard output, no traceback."""
    code, out, error = said
    assert code == 2
    assert out == ""
    assert error.startswith("urga: ")
    assert error.endswith("\n")
    assert error.count("\n") == 1
    assert "Traceback" not in error
    return error


# ---------------------------------------------------------------------- replay


def test_replay_tells_and_compares(urga: Any) -> None:
    code, out, error = urga("replay", "--seeds", "3", "--seed", "1")
    assert code == 0
    assert error == ""
    assert "the course of seed 1" in out
    assert "Ungern ordered Ungern's brigade" in out
    assert "History against simulation: seed 1, and 3 runs" in out
    for words in (
        "Urga falls",
        "5 Jul - 8 Jul",
        "seed-wiki",
        "no battles",
        "Men in the field",
        "Hazard of mutiny",
        "near given",
        "emergent",
        "The real campaign lies",
        "Disputed dates",
        "Placebo",
    ):
        assert words in out, words
    assert max(len(line) for line in out.splitlines()) <= 120


def test_replay_of_one_run(urga: Any) -> None:
    code, out, _ = urga("replay", "--seeds", "1", "--no-course")
    assert code == 0
    assert "the course of" not in out
    assert "one run cannot tell" in out


def test_replay_as_json(urga: Any, tmp_path: Path, campaign: sim.Scenario) -> None:
    code, _, error = urga("replay", "--seeds", "4", "--no-course", "--out", tmp_path / "replay.json")
    assert code == 0
    assert "Written" in error
    table = json.loads((tmp_path / "replay.json").read_text(encoding="utf-8"))
    assert [event["id"] for event in table["events"]] == [event.id for event in campaign.data.history.events]
    for event in table["events"]:
        assert {"id", "window", "share_within", "share_occurred", "median", "p10", "p90", "runs"} <= set(event)
        assert 0.0 <= event["share_within"] <= event["share_occurred"] <= 1.0
        assert event["runs"] == 4
    assert table["events"][5]["window"] == ["1921-07-05", "1921-07-08"]
    assert table["events"][5]["median"].startswith("1921-07-")
    assert [run["seed"] for run in table["runs"]] == [0, 1, 2, 3]
    run = sim.run(campaign, 2)
    for name, hour in run.documented_hours.items():
        assert table["runs"][2]["events"][name] == (None if hour is None else campaign.date(hour).isoformat())
    assert table["certificate"]["scenario"] == "mongolia_1921"


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_replay_as_a_table(urga: Any, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"replay.{form}"
    assert urga("replay", "--seeds", "2", "--no-course", "--out", out)[0] == 0
    table = polars.read_csv(out) if form == "csv" else polars.read_parquet(out)
    assert table["seed"].to_list() == [0, 1]
    assert "urga" in table.columns
    assert "men.White.end" in table.columns


def test_replay_with_a_changed_world(urga: Any) -> None:
    code, out, _ = urga(
        "replay",
        "--seeds",
        "2",
        "--no-course",
        "--set",
        "rules.battle.lethality=0.004",
        "--set",
        "sides.Red.strength=0.5",
    )
    assert code == 0
    assert "Men in the field" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("replay", "--seeds", "0"), "--seeds is 0, but must be at least 1"),
        (("replay", "--seeds", "many"), "--seeds"),
        (("replay", "--threads", "0"), "--threads is 0"),
        (("replay", "--seed", "-1"), "a seed is a whole number"),
        (("replay", "--plan", "napoleon"), "no plan 'napoleon'"),
        (("replay", "--set", "rules.battle.lethalty=1"), "did you mean 'rules.battle.lethality'"),
        (("replay", "--set", "rules.battle.lethality"), "rules.battle.lethality"),
        (("replay", "--patch", "nowhere.toml"), "nowhere.toml"),
        (("replay", "--scenario", "narnia"), "no scenario 'narnia'"),
        (("replay", "--out", "table.xls"), "known: .json, .csv, .parquet"),
        (("replay", "--out", "no/such/folder/table.json"), "there is no folder"),
        (("replay", "--sed", "3"), "No such option"),
        (("replai",), "No such command 'replai'"),
        (("run", "--out", "no/such/folder/run.urga"), "there is no folder"),
        (("check", "no/such/scenario"), "no/such/scenario"),
        (("view", "--size", "big"), "--size is 'big'"),
        (("film", "--out", "film.mp4", "--from", "June"), "--from is 'June'; wanted is a date"),
        (("film", "--out", "film.mp4", "--set", "a=b"), "wanted is key=number"),
    ],
)
def test_mistakes_are_one_line(urga: Any, arguments: tuple[str, ...], words: str) -> None:
    assert words in refused(urga(*arguments))


def test_a_full_disk(urga: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(run_file.os, "fsync", full)
    code, _, error = urga("run", "--out", tmp_path / "run.urga")
    assert code == 2
    assert error == f"urga: {tmp_path / 'run.urga'}: cannot be written: the disk is full; nothing was written\n"
    assert list(tmp_path.iterdir()) == []
    for form in replay.SUFFIXES:
        code, _, error = urga("replay", "--seeds", "1", "--no-course", "--out", tmp_path / f"out{form}")
        assert code == 2
        assert "the disk is full; nothing was written" in error
        assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_standard_output(campaign: sim.Scenario) -> None:  # noqa: ARG001
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sim", "check"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == "urga: the disk is full\n"


# ---------------------------------------------------------------------- run, check, version


def test_run_writes_a_file_that_can_be_read(urga: Any, tmp_path: Path) -> None:
    code, out, error = urga("run", "--seed", "7", "--out", tmp_path / "run.urga")
    assert code == 0
    assert error == ""
    assert "seed 7" in out
    run = sim.read_run(tmp_path / "run.urga")
    assert run.seed == 7
    assert run.record is not None


def test_check(urga: Any, tmp_path: Path) -> None:
    code, out, _ = urga("check")
    assert code == 0
    assert "0 errors" in out or "sound" in out
    folder = scenario_kit.write(tmp_path)
    assert urga("check", folder)[0] == 0
    scenario_kit.change(folder, "units.csv", "mill,,yes", "mil,,yes")
    code, out, _ = urga("check", folder)
    assert code == 2
    assert "units.csv" in out
    assert "1 error" in out


def test_version_and_help(urga: Any) -> None:
    assert urga("--version")[:2] == (0, f"urga {sim.__version__}\n")
    for arguments in ((), ("--help",), ("replay", "--help")):
        code, out, _ = urga(*arguments)
        assert code == 0
        assert "Usage: urga" in out


def test_view_hands_over_to_the_map(urga: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import viz.app

    asked: list[Any] = []

    def opened(path: Path | None, **options: Any) -> int:
        asked.append((path, options))
        return 0

    monkeypatch.setattr(viz.app, "main", opened)
    assert urga("view", "run.urga", "--language", "mn", "--size", "1280x800")[0] == 0
    assert asked[0][0] == Path("run.urga")
    assert asked[0][1]["language"] == "mn"
    assert asked[0][1]["size"] == (1280, 800)


def test_film_hands_over_to_the_map(urga: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import viz.export

    asked: list[Any] = []

    def filmed(out: Path, run: Path | None, **options: Any) -> int:
        asked.append((out, run, options))
        return 2

    monkeypatch.setattr(viz.export, "film_main", filmed)
    words = ("--out", "out.mp4", "--seed", "3", "--from", "1921-06-01", "--set", "sides.Red.pace=0.5")
    assert urga("film", *words)[0] == 2
    assert asked[0][2]["seed"] == 3
    assert asked[0][2]["settings"] == {"sides.Red.pace": 0.5}
    assert str(asked[0][2]["start"]) == "1921-06-01"


# ---------------------------------------------------------------------- Ctrl-C, pipes, compiling


def test_ctrl_c_is_one_line(urga: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.replay.ensemble", stop)
    code, _, error = urga("replay", "--seeds", "5", "--out", tmp_path / "out.json")
    assert code == 130
    assert error.strip() == "urga: stopped by Ctrl-C; nothing was written"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_ctrl_c_on_a_real_process(campaign: sim.Scenario, tmp_path: Path) -> None:  # noqa: ARG001
    begun = "import runpy, sim; sim.run(); print('begun', flush=True); runpy.run_module('sim', run_name='__main__')"
    process = subprocess.Popen(
        [sys.executable, "-c", begun, "replay", "--seeds", "100000", "--out", str(tmp_path / "out.json")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"  # everything is imported, however slow the machine is
    time.sleep(3.0)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert error.strip() == "urga: stopped by Ctrl-C; nothing was written"
    assert list(tmp_path.iterdir()) == []


def test_a_reader_who_has_enough(campaign: sim.Scenario) -> None:  # noqa: ARG001
    with subprocess.Popen(
        [sys.executable, "-m", "sim", "replay", "--seeds", "1"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_it_says_when_it_compiles(urga: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sim, "engine_is_cached", lambda: False)
    code, _, error = urga("run", "--out", tmp_path / "run.urga")
    assert code == 0
    assert error.startswith("compiling the engine once")


def test_the_progress_of_long_work(campaign: sim.Scenario) -> None:
    steps: list[tuple[int, int]] = []
    result = replay.replay(campaign, seed=0, seeds=5, threads=2, progress=lambda one, all_: steps.append((one, all_)))
    assert steps[-1] == (10, 10)
    assert steps == sorted(steps)
    assert result.baseline is not None
    with pytest.raises(OptionError):
        replay.replay(campaign, seeds=0)


def test_nobody_fights_in_the_baseline(campaign: sim.Scenario) -> None:
    result = replay.replay(campaign, seed=0, seeds=2, threads=1)
    assert result.baseline is not None
    assert (result.baseline.outcome["battles"] == 0).all()
    assert (result.runs.outcome["battles"] > 0).all()


def test_the_chart(campaign: sim.Scenario, told: sim.Run) -> None:
    lines = replay.chart([told.strength(0), told.strength(1)], campaign)
    assert len({len(line) for line in lines}) == 1
    assert "●" in "".join(lines)
    assert "○" in "".join(lines)
    for month in ("May", "June", "July", "August"):
        assert month in lines[-1]
