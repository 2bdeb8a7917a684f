"""Bad files, no display, no codec, no space, layering: one clear line, nothing lost, no traceback."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from viz import app, export, stills
from viz.errors import VizError
from viz.tape import Tape

ROOT = Path(__file__).resolve().parents[2]


def test_viz_imports_nothing_of_the_engine() -> None:
    """Only these modules import ``sim`` (but for type checkers), and no rule of the engine."""
    allowed = {
        "source.py": {"sim", "sim.patch"},
        "lab.py": {
            "sim",
            "sim.patch",
            "sim.runs",
            "sim.state",
            "sim.experiment.levers",
            "sim.experiment.refreeze",
            "sim.experiment.stream",
        },
        "tally.py": {"sim.experiment.shares"},
        "council.py": {
            "sim",
            "sim.cast",
            "sim.choice.decisions",
            "sim.choice.forks",
            "sim.wargame.game",
            "sim.phrases",
            "sim.explain.reasons",
            "sim.state",
        },
        "wargame.py": {
            "sim",
            "sim.cast",
            "sim.choice.decisions",
            "sim.errors",
            "sim.wargame.game",
            "sim.phrases",
            "sim.state",
        },
    }
    for path in (ROOT / "viz").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        checks = [n for n in ast.walk(tree) if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]
        skipped = {id(inner) for check in checks for part in check.body for inner in ast.walk(part)}
        for node in ast.walk(tree):
            if id(node) in skipped:
                continue
            names = []
            if isinstance(node, ast.Import):
                names = [a.name for a in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                if name.split(".")[0] == "sim":
                    assert name in allowed.get(path.name, set()), (path, name)


def test_importing_viz_is_light() -> None:
    code = "import sys, viz, viz.app; assert not {'pygame', 'numpy', 'sim'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_without_a_display_one_line_names_the_other_commands() -> None:
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")}
    code = "from viz.app import main; raise SystemExit(main())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=env, check=False)
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    assert "urga replay" in lines[0]
    assert "urga film" in lines[0]


def test_a_run_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main("nowhere.urga") == 2
    assert "no such file: nowhere.urga" in capsys.readouterr().err


def _write(path: Path, kind: str) -> None:
    """A file that is no whole run of this version."""
    if kind == "text":
        path.write_text("hello")
        return
    head: dict[str, object] = {"kind": "urga run", "format": 99}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("run.json", json.dumps(head))
    if kind == "cut":
        path.write_bytes(path.read_bytes()[:-30])


@pytest.mark.parametrize(("kind", "word"), [("text", "no run file"), ("cut", "damaged"), ("newer", "newer")])
def test_a_run_file_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, word: str
) -> None:
    pytest.importorskip("sim.run_file")
    path = tmp_path / "run.urga"
    _write(path, kind)
    before = path.read_bytes()
    assert app.main(path, seconds=20) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert word in said[0]
    assert path.read_bytes() == before


@pytest.mark.parametrize(("option", "value"), [("language", "de"), ("theme", "green")])
def test_wrong_words_are_refused(capsys: pytest.CaptureFixture[str], option: str, value: str) -> None:
    assert app.main(**{option: value}) == 2  # type: ignore[arg-type]
    assert value in capsys.readouterr().err


def test_a_film_of_a_few_days(tape: Tape, tmp_path: Path) -> None:
    pytest.importorskip("imageio_ffmpeg")
    done: list[tuple[int, int]] = []
    for name in ("raid.mp4", "raid.gif"):
        out = export.film(
            tmp_path / name,
            tape=tape,
            start=date(1921, 7, 29),
            end=date(1921, 7, 30),
            size=(480, 320),
            fps=10,
            progress=lambda n, of: done.append((n, of)),
        )
        assert out.stat().st_size > 5000
    assert done[-1][0] == done[-1][1]
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["raid.gif", "raid.mp4"]


def test_a_film_without_codec(tape: Tape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(VizError, match=r"urga\[video\]"):
        export.film(tmp_path / "a.mp4", tape=tape)
    assert list(tmp_path.iterdir()) == []


def test_a_film_without_space(tape: Tape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("imageio_ffmpeg")

    def no_room(path: object) -> SimpleNamespace:
        del path
        return SimpleNamespace(free=1000)

    monkeypatch.setattr(shutil, "disk_usage", no_room)
    with pytest.raises(VizError, match="no space"):
        export.film(tmp_path / "a.mp4", tape=tape)


def test_a_film_that_ffmpeg_gives_up_leaves_nothing(
    tape: Tape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("imageio_ffmpeg")
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\necho 'No space left on device' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(export, "_ffmpeg", lambda: str(broken))
    folder = tmp_path / "films"
    folder.mkdir()
    with pytest.raises(VizError, match="No space left"):
        export.film(folder / "a.mp4", tape=tape, end=date(1921, 5, 3), size=(480, 320))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"out": "film.avi"}, "ending"),
        ({"out": "film.mp4", "start": date(1921, 8, 1), "end": date(1921, 7, 1)}, "before it begins"),
        ({"out": "film.mp4", "start": date(1920, 1, 1)}, "campaign runs from"),
        ({"out": "film.mp4", "language": "xx"}, "language"),
        ({"out": "no/such/folder/film.mp4"}, "no folder"),
    ],
)
def test_wrong_wishes_for_a_film(tape: Tape, tmp_path: Path, options: dict[str, object], words: str) -> None:
    pytest.importorskip("imageio_ffmpeg")
    out = tmp_path / str(options.pop("out"))
    with pytest.raises(VizError, match=words):
        export.film(out, tape=tape, **options)  # type: ignore[arg-type]


def test_a_still_carries_the_certificate(tape: Tape, tmp_path: Path) -> None:
    path = export.still(tmp_path / "still.png", date(1921, 7, 6), tape=tape, size=(960, 540))
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert "seed 0" in stills.certificate_line(tape)


def test_a_still_that_cannot_be_written(tape: Tape, tmp_path: Path) -> None:
    with pytest.raises(VizError, match="could not be written"):
        export.still(tmp_path / "no" / "folder.png", date(1921, 7, 6), tape=tape, size=(640, 400))


def test_a_damaged_map_names_the_command(tmp_path: Path) -> None:
    from viz.mapdata import read_map

    with pytest.raises(VizError, match=r"viz\.prepare_map"):
        read_map(tmp_path)
    (tmp_path / "map.json").write_text("{")
    with pytest.raises(VizError, match=r"viz\.prepare_map"):
        read_map(tmp_path)


def test_a_missing_typeface_is_named_in_one_line(
    tape: Tape, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The window opens all the same, with pygame's own letters, and says so once."""
    from viz import lettering, source

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "simulate", lambda *_, **__: tape)
        patch.setattr(lettering.Lettering.__init__, "__defaults__", (tmp_path,))
        assert app.main(size=(640, 400), seconds=1.5) == 0
    said = capsys.readouterr().err.strip().splitlines()
    assert said
    assert all(line.startswith("urga view: no typeface ") and "Traceback" not in line for line in said)
    assert str(tmp_path) in said[0]


def test_a_whole_run_file_cut_in_the_middle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that lost its second half: one line, the file as it was."""
    path = tmp_path / "run.urga"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("run.json", json.dumps({"kind": "urga run", "format": 1}))
        archive.writestr("record.npy", os.urandom(20000))
    path.write_bytes(path.read_bytes()[:10000])
    before = path.read_bytes()
    assert app.main(path, seconds=20) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert "run.urga" in said[0]
    assert path.read_bytes() == before


def test_stale_answers_are_dropped(tape: Tape) -> None:
    """Three requests in a row: the middle one is never begun, only the last answer is given."""
    import threading
    import time

    from viz.runner import Runner

    runner: Runner[Tape] = Runner()
    gate, begun = threading.Event(), list[str]()

    def job(name: str):
        def work() -> Tape:
            begun.append(name)
            gate.wait(5)
            return tape

        return work

    for name in ("one", "two", "three"):
        runner.ask(job(name))
    gate.set()
    answer = None
    for _ in range(200):
        answer = runner.answer()
        if answer is not None:
            break
        time.sleep(0.01)
    assert answer is tape
    assert begun == ["one", "three"]
    assert not runner.busy


def test_a_fault_in_a_run_is_told_not_raised() -> None:
    import time

    from viz.runner import Runner

    runner: Runner[float] = Runner()
    runner.ask(lambda: 1 / 0)
    for _ in range(200):
        answer = runner.answer()
        if answer is not None:
            assert isinstance(answer, VizError)
            assert "ZeroDivisionError" in str(answer)
            return
        time.sleep(0.01)
    raise AssertionError("no answer")
