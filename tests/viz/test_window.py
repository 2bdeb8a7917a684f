"""One real window under Xvfb: keys, click, resize, full screen; skipped where Xvfb or xdotool is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = textwrap.dedent(
    """
    import json, sys, threading, time
    sys.path[:0] = [{root!r}, {here!r}]
    import fake_run
    from viz import app, source
    tape = source.from_run(fake_run.make())
    source.simulate = lambda *a, **k: tape
    seen = {{}}
    def watch(session):
        run = session._receive
        def spy(dt):
            seen.update(hour=session.state.hour, theme=session.state.theme,
            size=session.window.get_surface().get_size(),
                        full=session.full, selection=session.state.selection, playing=session.state.playing)
            if session.scene.tape is not None:
                print(json.dumps(seen), flush=True)
            return run(dt)
        session._receive = spy
    old = app.Session.__init__
    def new(self, *a, **k):
        old(self, *a, **k)
        watch(self)
    app.Session.__init__ = new
    timings = {{}}
    code = app.main(size=(1280, 720), timings=timings, seconds=20)
    print(json.dumps(dict(code=code, first=timings["first"])), flush=True)
    """
)


@pytest.mark.skipif(not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool")
@pytest.mark.filterwarnings("ignore")
def test_a_real_window(tmp_path: Path) -> None:
    import json
    import time

    number = next(n for n in range(90, 200) if not Path(f"/tmp/.X{n}-lock").exists())
    server = subprocess.Popen(
        ["Xvfb", f":{number}", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"], stderr=subprocess.DEVNULL
    )
    env = {**os.environ, "DISPLAY": f":{number}"}
    env.pop("SDL_VIDEODRIVER", None)
    for _ in range(100):
        if subprocess.run(["xdotool", "getmouselocation"], env=env, capture_output=True, check=False).returncode == 0:
            break
        time.sleep(0.1)
    script = tmp_path / "view.py"
    script.write_text(SCRIPT.format(root=str(ROOT), here=str(Path(__file__).resolve().parent)))
    with (tmp_path / "out").open("w+", encoding="utf-8") as out:
        viewer = subprocess.Popen(
            [sys.executable, str(script)], env=env, stdout=out, stderr=subprocess.STDOUT, cwd=tmp_path
        )

        def last() -> dict[str, object]:
            for line in reversed((tmp_path / "out").read_text().splitlines()):
                if line.startswith("{"):
                    return json.loads(line)
            return {}

        def until(key: str, value: object, seconds: float = 8.0) -> None:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                if last().get(key) == value:
                    return
                time.sleep(0.05)
            raise AssertionError(
                f"{key} is {last().get(key)!r}, not {value!r}\n" + (tmp_path / "out").read_text()[-2000:]
            )

        def do(*words: str) -> None:
            subprocess.run(["xdotool", *words], env=env, check=True, stdout=subprocess.DEVNULL)

        def find() -> str:
            end = time.monotonic() + 8
            while time.monotonic() < end:
                words = ["xdotool", "mousemove", "400", "300", "getmouselocation", "--shell"]
                said = subprocess.run(words, env=env, capture_output=True, text=True, check=False).stdout
                found = [line[7:] for line in said.splitlines() if line.startswith("WINDOW=")]
                if found:
                    return found[0]
                time.sleep(0.1)
            raise AssertionError("no window\n" + (tmp_path / "out").read_text()[-300:])

        try:
            until("hour", 0.0, 15)
            window = find()
            do("windowfocus", window)
            do("key", "t")
            until("theme", "dark")
            do("key", "Right")
            until("hour", 24.0)
            do("mousemove", "--window", window, "41", "680", "click", "1")
            until("playing", True)
            do("key", "space")
            until("playing", False)
            do("windowsize", window, "1000", "700")
            until("size", [1000, 700])
            do("key", "F11")
            until("full", True)
            do("key", "F11")
            until("full", False)
            do("key", "ctrl+q")
            assert viewer.wait(10) == 0
            assert last()["code"] == 0
        finally:
            viewer.kill()
            viewer.wait()
            server.terminate()
            server.wait()
