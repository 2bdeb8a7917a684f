"""Films and stills without a window: fixed steps, nothing left to chance, certificate burnt in.

``film`` needs ffmpeg, which comes in the wheel of imageio-ffmpeg (optional extra ``urga[video]``).  A film
is written
beside its name and moved there when whole: a full disk or Ctrl-C leaves nothing half-written.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viz.captions import READING, film_hours
from viz.errors import VizError

if TYPE_CHECKING:
    from viz.scene import Scene
    from viz.state import State
    from viz.tape import Tape

NO_CODEC = "films need ffmpeg, which this installation lacks: pip install 'urga[video]'"
#: Least free space in bytes before a film is begun.
LEAST_SPACE = 50_000_000
HOLD_SECONDS = 2.0
#: A GIF keeps whole pictures: smaller, fewer and with fewer colours, or twenty days of the campaign take 50 MB.
GIF_FPS, GIF_WIDTH, GIF_COLOURS = 8, 800, 64
#: Called with the number of frames done and of all.
Progress = Callable[[int, int], None]


def film(
    out: Path | str,
    run: Path | str | None = None,
    *,
    seed: int = 0,
    scenario: str = "mongolia_1921",
    plan: str | None = None,
    settings: Mapping[str, float] | None = None,
    start: date | None = None,
    end: date | None = None,
    size: tuple[int, int] = (1920, 1080),
    fps: int = 30,
    days_per_second: float = 2.0,
    language: str = "en",
    theme: str = "light",
    compare: bool = False,
    tape: Tape | None = None,
    progress: Progress | None = None,
) -> Path:
    """Make a film (.mp4 or .gif by ending) of a stretch of the campaign, both days inclusive.

    VizError on trouble.

    ``run`` is a run file; without one the campaign is simulated with ``seed``, ``plan`` and ``settings``.
    """
    out = Path(out)
    if out.suffix.lower() not in (".mp4", ".gif"):
        raise VizError(f"{out}: the ending decides the kind of film: .mp4 or .gif")
    if fps < 1 or days_per_second <= 0:
        raise VizError("a film needs at least one frame a second and a speed above 0")
    ffmpeg = _ffmpeg()
    _room(out)
    prepare()
    tape = tape or get_tape(run, seed, scenario, plan, settings)
    first, last = stretch(tape, start, end)
    if out.suffix.lower() == ".gif":
        fps = min(fps, GIF_FPS)
        size = (min(size[0], GIF_WIDTH), round(min(size[0], GIF_WIDTH) * size[1] / size[0]))
    size = (size[0] // 2 * 2, size[1] // 2 * 2)
    scene, state = stage(tape, language, theme)
    state.compare = compare
    state.speed = _nearest_speed(days_per_second)
    state.playing = True
    hours = film_hours(tape.events, first, last, days_per_second, fps)
    scene.captions.fixed = READING * days_per_second
    hold = round(HOLD_SECONDS * fps)
    _write(
        ffmpeg,
        out,
        size,
        fps,
        _frames(scene, state, hours, hold, size, fps),
        len(hours) + hold,
        progress,
    )
    return out


def film_main(out: Path | str, run: Path | str | None = None, **options: Any) -> int:
    """``film`` for the command line: prints one line on trouble and returns the exit code (0, 2.

    Or 130 on Ctrl-C).
    """
    try:
        path = film(out, run, **options)
    except VizError as error:
        print(f"urga film: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("urga film: stopped; nothing was written", file=sys.stderr)
        return 130
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    return 0


def still(
    out: Path | str,
    day: date,
    run: Path | str | None = None,
    *,
    hour: int = 12,
    seed: int = 0,
    scenario: str = "mongolia_1921",
    plan: str | None = None,
    settings: Mapping[str, float] | None = None,
    size: tuple[int, int] = (1920, 1080),
    language: str = "en",
    theme: str = "light",
    tape: Tape | None = None,
) -> Path:
    """Save the picture of a day and hour as PNG."""
    from viz.stills import render, save_png

    prepare()
    tape = tape or get_tape(run, seed, scenario, plan, settings)
    first, _ = stretch(tape, day, day)
    scene, state = stage(tape, language, theme)
    state.hour = min(first + hour, tape.hours)
    save_png(render(scene, state, size), Path(out))
    return Path(out)


# -- the pieces ------------------------------------------------------------------------------------


def prepare() -> None:
    """Get pygame ready to draw without a window."""
    from viz.boot import pygame

    pygame.font.init()


def stage(tape: Tape, language: str, theme: str) -> tuple[Scene, State]:
    """A scene and a state for pictures: no legend timer, director on."""
    from viz.mapdata import read_map
    from viz.scene import Scene
    from viz.source import map_folder
    from viz.state import State
    from viz.words import LANGUAGES

    if language not in LANGUAGES:
        raise VizError(f"no language {language!r}: choose one of {', '.join(LANGUAGES)}")
    if theme not in ("light", "dark"):
        raise VizError(f"no theme {theme!r}: choose light or dark")
    state = State(language=LANGUAGES.index(language), theme=theme, age=60.0)
    return Scene(read_map(map_folder(tape)), tape), state


def get_tape(
    run: Path | str | None, seed: int, scenario: str, plan: str | None, settings: Mapping[str, float] | None
) -> Tape:
    """The run of a file, or a new one."""
    from viz import source

    if run is not None:
        return source.read_file(Path(run))
    return source.simulate(seed, scenario, plan, settings)


def stretch(tape: Tape, start: date | None, end: date | None) -> tuple[float, float]:
    """First and last hour of a stretch of days (both inclusive).

    VizError when it lies outside the campaign.
    """
    last_day = tape.day(tape.hours - 1)
    first, last = start or tape.start, end or last_day
    if first > last:
        raise VizError(f"the film would end ({last}) before it begins ({first})")
    if first < tape.start or last > last_day:
        raise VizError(f"the campaign runs from {tape.start} to {last_day}; asked for {first} to {last}")
    return (first - tape.start).days * 24.0, min(((last - tape.start).days + 1) * 24.0, float(tape.hours))


def _nearest_speed(days_per_second: float) -> int:
    from viz.state import SPEEDS

    return min(range(len(SPEEDS)), key=lambda n: abs(SPEEDS[n] - days_per_second))


def _frames(
    scene: Scene,
    state: State,
    hours: list[float],
    hold: int,
    size: tuple[int, int],
    fps: int,
) -> Any:
    """The pictures of the film one after another, as surfaces (always the same one, drawn anew)."""
    from viz.boot import pygame
    from viz.stills import burn

    surface = pygame.Surface(size, 0, 32)
    for n, hour in enumerate(hours):
        state.hour = hour
        # the first frame is arranged from nothing: chips stand where they belong
        scene.draw(surface, state, 0.0 if n == 0 else 1 / fps, float("inf"))
        if n == 0:
            scene.draw(surface, state, 0.0, float("inf"))
        if scene.tape is not None:
            burn(surface, scene, scene.tape)
        yield surface
    for _ in range(hold):
        yield surface


def _ffmpeg() -> str:
    try:
        import imageio_ffmpeg
    except ImportError as error:
        raise VizError(NO_CODEC) from error
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise VizError(NO_CODEC) from error


def _room(out: Path) -> None:
    folder = out.parent if str(out.parent) else Path()
    if not folder.is_dir():
        raise VizError(f"no folder {folder} to write {out.name} to")
    if not os.access(folder, os.W_OK):
        raise VizError(f"{folder} cannot be written to")
    free = shutil.disk_usage(folder).free
    if free < LEAST_SPACE:
        raise VizError(
            f"no space for the film: {free / 1e6:.0f} MB free in {folder}, {LEAST_SPACE / 1e6:.0f} MB are the least"
        )


def _write(
    ffmpeg: str,
    out: Path,
    size: tuple[int, int],
    fps: int,
    pictures: Any,
    total: int,
    progress: Progress | None,
) -> None:
    """Feed the pictures to ffmpeg; the file gets its name only when it is whole."""
    import subprocess

    suffix = out.suffix.lower()
    handle, name = tempfile.mkstemp(suffix=suffix, prefix=".film-", dir=out.parent or Path())
    os.close(handle)
    command = [
        ffmpeg,
        "-y",
        "-loglevel",
        "error",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "bgr0",
        "-s",
        f"{size[0]}x{size[1]}",
        "-r",
        str(fps),
        "-i",
        "-",
    ]
    if suffix == ".mp4":
        command += [
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-crf",
            "20",
            "-pix_fmt",
            "yuv420p",
            "-movflags",
            "+faststart",
            name,
        ]
    else:
        command += [
            "-filter_complex",
            f"split[a][b];[a]palettegen=max_colors={GIF_COLOURS}[p];[b][p]paletteuse=dither=none:diff_mode=rectangle",
            name,
        ]
    done = False
    errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed below, after the process
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors)
    try:
        assert process.stdin is not None
        broken: OSError | None = None
        try:
            for n, surface in enumerate(pictures, start=1):
                process.stdin.write(surface.get_buffer().raw)
                if progress is not None:
                    progress(n, total)
            process.stdin.close()
        except OSError as error:
            broken = error
        code = process.wait()
        if code != 0 or broken is not None:
            errors.seek(0)
            lines = errors.read().decode(errors="replace").strip().splitlines()
            reason = next((line for line in lines if "space" in line.lower()), lines[-1] if lines else str(broken))
            raise VizError(f"the film {out} could not be written: {reason}")
        Path(name).chmod(0o644)
        Path(name).replace(out)
        done = True
    finally:
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        if process.poll() is None:
            process.kill()
            process.wait()
        errors.close()
        if not done and Path(name).exists():
            Path(name).unlink()
