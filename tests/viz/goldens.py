"""Golden pictures of eight moments of the made-up run: compare, or write new ones with ``--write``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

if TYPE_CHECKING:
    from viz.boot import pygame
    from viz.tape import Tape

FOLDER = Path(__file__).resolve().parent / "goldens"
MOMENTS = (
    ("0501", 12, "light"),
    ("0606", 18, "light"),
    ("0612", 14, "dark"),
    ("0706", 18, "light"),
    ("0720", 12, "dark"),
    ("0731", 14, "light"),
    ("0805", 12, "dark"),
    ("0818", 23, "light"),
)
SIZE, SMALL = (1280, 720), (320, 180)
#: Mean difference in levels of 255 that passes: other builds of the font library round an edge differently.
TOLERANCE = 0.6


def pictures(tape: Tape) -> Iterator[tuple[str, pygame.Surface]]:
    """Name and picture (at a quarter of its size) of each moment."""
    from datetime import date

    from viz.boot import pygame
    from viz.export import stage
    from viz.stills import render

    pygame.font.init()
    for theme in ("light", "dark"):
        scene, state = stage(tape, "en", theme)
        for day, hour, wanted in MOMENTS:
            if wanted != theme:
                continue
            state.hour = (date(1921, int(day[:2]), int(day[2:])) - tape.start).days * 24 + hour
            yield f"{day}-{theme}", pygame.transform.smoothscale(render(scene, state, SIZE), SMALL)


def compare(tape: Tape) -> Iterator[tuple[str, float]]:
    """Name and mean difference from the golden picture of each moment."""
    import numpy as np

    from viz.boot import pygame

    for name, picture in pictures(tape):
        golden = pygame.image.load(str(FOLDER / f"{name}.png"))
        one, other = (np.frombuffer(pygame.image.tobytes(s, "RGB"), np.uint8).astype(int) for s in (picture, golden))
        yield name, float(np.abs(one - other).mean())


def main() -> int:
    """Write the goldens."""
    sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]
    if "--write" not in sys.argv:
        print(__doc__)
        return 2
    import fake_run

    from viz import source
    from viz.boot import pygame

    FOLDER.mkdir(exist_ok=True)
    for name, picture in pictures(source.from_run(fake_run.make())):
        pygame.image.save(picture, str(FOLDER / f"{name}.png"))
        print(name)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
