"""Saves a picture of the scene as PNG, with the run's birth certificate burnt into its foot.

Never half a file.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from viz import lettering
from viz.boot import pygame
from viz.errors import VizError

if TYPE_CHECKING:
    from viz.scene import Scene
    from viz.state import State
    from viz.tape import Tape


def certificate_line(tape: Tape) -> str:
    """Version, seed, scenario and patch of a run in one line."""
    c = tape.certificate
    version, seed = c.get("version", "?"), c.get("seed", "?")
    scenario = c.get("scenario_hash") or c.get("hash") or ""
    parts = [f"urga {version}", f"seed {seed}"]
    if scenario:
        parts.append(f"scenario {scenario[:8]}")
    patch = c.get("patch") or c.get("patches") or ""
    if patch and patch not in ("[]", "()", "None", "{}"):
        parts.append(f"patch {patch[:40]}")
    return ", ".join(parts)


def burn(surface: pygame.Surface, scene: Scene, tape: Tape) -> None:
    """Write the certificate into the timeline, below the speed."""
    layout, k = scene.layout, scene.layout.k
    button, track = scene.timeline.button(layout), scene.timeline.track(layout)
    left = button.right + layout.u(14)
    room = track.left - left - layout.u(10)
    rows = certificate_line(tape).split(", ")
    rows = [", ".join(rows[:2]), ", ".join(rows[2:])]
    for n, row in enumerate(rows):
        text = scene.type.shorten(lettering.SANS, 16 * k, row, room)
        line = scene.type.line(lettering.SANS, 16 * k, text, scene.theme.muted)
        surface.blit(line, (left, layout.timeline.top + round((76 + 19 * n) * k)))


def render(scene: Scene, state: State, size: tuple[int, int]) -> pygame.Surface:
    """The finished picture of a state: it depends on run, state and size alone."""
    surface = pygame.Surface(size, 0, 32)
    scene.forget()
    scene.draw(surface, state, 0.0, float("inf"))
    scene.draw(surface, state, 0.0, float("inf"))
    if scene.tape is not None and not scene.layout.too_small:
        burn(surface, scene, scene.tape)
    return surface


def save_png(surface: pygame.Surface, path: Path) -> None:
    """Write a PNG beside its name first and then move it there; VizError when that fails."""
    path = Path(path)
    handle, name = -1, ""
    try:
        handle, name = tempfile.mkstemp(suffix=".png", dir=path.parent or Path())
        os.close(handle)
        pygame.image.save(surface, name)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except (OSError, pygame.error) as error:
        if name and Path(name).exists():
            Path(name).unlink()
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise VizError(f"the picture {path} could not be written: {reason}") from error


def free_name(folder: Path, stem: str, suffix: str) -> Path:
    """A file name that is not taken yet."""
    path = folder / f"{stem}{suffix}"
    n = 2
    while path.exists():
        path = folder / f"{stem}-{n}{suffix}"
        n += 1
    return path
