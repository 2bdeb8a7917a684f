"""Run files: whole or not at all, data only, and clear words for anything else."""

from __future__ import annotations

import dataclasses
import errno
import io
import json
import os
import pickle
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import law_kit
import numpy as np
import pytest

import sim
from sim import run_file
from sim.errors import RunFileError
from sim.runs import ARRAYS


@pytest.fixture(scope="module")
def saved(told: sim.Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return told.save(tmp_path_factory.mktemp("runs") / "one.urga")


def rewritten(saved: Path, to: Path, change: dict[str, bytes | None]) -> Path:
    """A copy of a run file with entries replaced, added, or left out (None)."""
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            if name not in change:
                new.writestr(name, old.read(name))
        for name, content in change.items():
            if content is not None:
                new.writestr(name, content)
    return to


def head_of(saved: Path, **changes: Any) -> bytes:
    with zipfile.ZipFile(saved) as archive:
        return json.dumps({**json.loads(archive.read("run.json")), **changes}).encode()


def refused(path: Path) -> str:
    """The one line with which a file is refused."""
    with pytest.raises(RunFileError) as caught:
        sim.read_run(path)
    assert "\n" not in caught.value.message
    assert str(path) in caught.value.message
    return caught.value.message


# ---------------------------------------------------------------------- there and back


def test_a_run_comes_back_as_it_was(told: sim.Run, saved: Path, tmp_path: Path) -> None:
    again = sim.read_run(saved)
    assert law_kit.run_fingerprint(again) == law_kit.run_fingerprint(told)
    assert again.certificate == told.certificate
    assert again.units == told.units
    assert again.scenario.to_json() == told.scenario.to_json()
    assert again.documented_hours == told.documented_hours
    assert [event.text for event in again.events()] == [event.text for event in told.events()]
    assert again.save(tmp_path / "again.urga").read_bytes() == saved.read_bytes()


def test_equal_runs_give_equal_files(campaign: sim.Scenario, saved: Path, tmp_path: Path) -> None:
    assert sim.run(campaign, 1, record=True).save(tmp_path / "b.urga").read_bytes() == saved.read_bytes()


def test_a_run_without_a_record(campaign: sim.Scenario, tmp_path: Path) -> None:
    again = sim.read_run(sim.run(campaign, 2).save(tmp_path / "small.urga"))
    assert again.record is None
    assert len(again.battles) == 0
    assert len(again.chronicle) > 100


def test_reading_writes_nothing(saved: Path) -> None:
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in saved.parent.iterdir()}
    sim.read_run(saved)
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in saved.parent.iterdir()} == before


def test_a_run_file_needs_no_scenario_folder(saved: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)

    def read(_: object) -> None:
        pytest.fail("the scenario folder was read")

    monkeypatch.setattr("sim.scenario_files.folder.survey_folder", read)
    assert sim.read_run(saved).scenario.places[0].name


# ---------------------------------------------------------------------- what is no run file


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "there is no such file" in refused(tmp_path / "none.urga")


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.urga").touch()
    assert "is empty" in refused(tmp_path / "empty.urga")


def test_a_folder(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path)


@pytest.mark.parametrize("content", [b"hello", b"\x80\x04\x95", b"\x89PNG\r\n\x1a\n" * 9])
def test_another_kind_of_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "letter.urga").write_bytes(content)
    assert "is no run file" in refused(tmp_path / "letter.urga")


def test_a_zip_of_something_else(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.urga", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "no run file" in refused(tmp_path / "other.urga")


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_off(saved: Path, tmp_path: Path, share: float) -> None:
    whole = saved.read_bytes()
    (tmp_path / "cut.urga").write_bytes(whole[: max(5, int(len(whole) * share))])
    assert "is damaged or cut off" in refused(tmp_path / "cut.urga")


def test_bits_that_turned(saved: Path, tmp_path: Path) -> None:
    whole = bytearray(saved.read_bytes())
    for at in range(len(whole) // 4, len(whole) // 4 + 40):
        whole[at] ^= 0x55
    (tmp_path / "rot.urga").write_bytes(whole)
    assert "damaged" in refused(tmp_path / "rot.urga")


def test_a_newer_and_an_older_form(saved: Path, tmp_path: Path) -> None:
    for form, words in (
        (run_file.FORMAT + 1, "written by a newer urga"),
        (run_file.FORMAT - 1, "written by an older urga"),
    ):
        path = rewritten(saved, tmp_path / "form.urga", {"run.json": head_of(saved, format=form)})
        assert words in refused(path)


def test_pickles_are_refused(saved: Path, tmp_path: Path) -> None:
    """An array of objects is a pickle, and a pickle is a program."""

    class Trap:
        def __reduce__(self) -> Any:
            return exec, ("open('trap', 'w')",)

    buffer = io.BytesIO()
    np.save(buffer, np.array([Trap()], object), allow_pickle=True)
    for content in (buffer.getvalue(), pickle.dumps(Trap())):
        path = rewritten(saved, tmp_path / "trap.urga", {"daily.npy": content})
        assert "daily.npy is no array of numbers" in refused(path)
    assert not Path("trap").exists()


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"run.json": b"{"}, "not valid JSON"),
        ({"run.json": b"[]"}, "no run file"),
        ({"run.json": None}, "no run file"),
        ({"trace.npy": None}, "trace.npy is missing"),
        ({"trace.npy": b""}, "trace.npy is no array of numbers"),
    ],
)
def test_entries_that_are_wrong(saved: Path, tmp_path: Path, entries: dict[str, bytes | None], words: str) -> None:
    assert words in refused(rewritten(saved, tmp_path / "wrong.urga", entries))


@pytest.mark.parametrize(
    "changes",
    [
        {"units": None},
        {"units": []},
        {"cast": {}},
        {"arrays": "all"},
        {"arrays": []},
        {"seed": "x"},
        {"outcome": 3},
        {"units": [{"index": 0}]},
    ],
)
def test_a_head_that_is_wrong(saved: Path, tmp_path: Path, changes: dict[str, Any]) -> None:
    refused(rewritten(saved, tmp_path / "head.urga", {"run.json": head_of(saved, **changes)}))


def test_arrays_with_other_columns(saved: Path, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros((5, 5)))
    assert "has other columns" in refused(rewritten(saved, tmp_path / "columns.urga", {"trace.npy": buffer.getvalue()}))


def test_no_array_holds_objects() -> None:
    assert not any(dtype.hasobject for dtype in ARRAYS.values())


# ---------------------------------------------------------------------- writing


class FullDisk:
    """A file on a disk that is full after 10 kB."""

    def __init__(self, **options: Any) -> None:
        self._file: Any = tempfile.NamedTemporaryFile(**options)  # noqa: SIM115
        self.name = self._file.name

    def __enter__(self) -> FullDisk:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, content: Any) -> int:
        if self._file.tell() + len(content) > 10_000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._file.write(content)


def test_a_full_disk_leaves_nothing_half_written(
    told: sim.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "run.urga"
    target.write_bytes(b"an older run")
    monkeypatch.setattr(run_file, "temporary_file", FullDisk)
    with pytest.raises(RunFileError, match="the disk is full; nothing was written"):
        told.save(target)
    assert target.read_bytes() == b"an older run"
    assert [path.name for path in tmp_path.iterdir()] == ["run.urga"]


def test_ctrl_c_leaves_nothing_half_written(told: sim.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run_file.os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        told.save(tmp_path / "run.urga")
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_written(told: sim.Run, tmp_path: Path) -> None:
    with pytest.raises(RunFileError, match="there is no folder"):
        told.save(tmp_path / "none" / "run.urga")
    with pytest.raises(RunFileError, match="is a folder"):
        told.save(tmp_path)


def test_numbers_that_json_has_not(told: sim.Run, tmp_path: Path) -> None:
    odd = dataclasses.replace(told, outcome={"never": float("nan"), "some": 2.0}, record=None)
    again = sim.read_run(odd.save(tmp_path / "odd.urga"))
    assert np.isnan(again.outcome["never"])
    assert again.outcome["some"] == 2.0
