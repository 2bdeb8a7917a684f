"""The pictures of README and docs by one command: ``python -m viz.gallery --out docs/pictures``."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from viz.errors import VizError

#: Eight moments of the campaign: name, day, hour.
MOMENTS = (
    ("eve", date(1921, 5, 1), 12),
    ("before-troitskosavsk", date(1921, 6, 6), 18),
    ("troitskosavsk", date(1921, 6, 12), 14),
    ("urga", date(1921, 7, 6), 18),
    ("selenga", date(1921, 7, 20), 8),
    ("datsan", date(1921, 7, 31), 14),
    ("turn-back", date(1921, 8, 5), 12),
    ("mutiny", date(1921, 8, 18), 23),
)


def main(argv: list[str] | None = None) -> int:
    """Draw the eight moments in both themes, and one each with the panel, big text, and the fog.

    Return the exit code.
    """
    parser = argparse.ArgumentParser(prog="python -m viz.gallery", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--run", type=Path, help="a run file; without one the campaign is simulated")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--themes", default="light,dark")
    parser.add_argument("--only", default="", help="names of the moments wanted, with commas")
    options = parser.parse_args(argv)
    try:
        width, height = (int(v) for v in options.size.split("x"))
    except ValueError:
        print(f"gallery: {options.size!r} is no size: write 1920x1080", file=sys.stderr)
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        draw(
            options.out,
            options.run,
            options.seed,
            (width, height),
            options.themes.split(","),
            options.only.split(","),
        )
    except VizError as error:
        print(f"gallery: {error}", file=sys.stderr)
        return 2
    return 0


def draw(out: Path, run: Path | None, seed: int, size: tuple[int, int], themes: list[str], only: list[str]) -> None:
    """Draw and save all pictures."""
    from viz.export import get_tape, prepare, stage, stretch
    from viz.stills import render, save_png

    prepare()
    tape = get_tape(run, seed, "mongolia_1921", None, None)
    for theme in themes:
        scene, state = stage(tape, "en", theme)
        for name, day, hour in MOMENTS:
            if only != [""] and name not in only:
                continue
            state.hour = stretch(tape, day, day)[0] + hour
            save_png(render(scene, state, size), out / f"{name}-{theme}.png")
    if only == [""]:
        scene, state = stage(tape, "en", "light")
        state.hour = stretch(tape, date(1921, 7, 20), date(1921, 7, 20))[0] + 12
        state.panel = state.compare = True
        save_png(render(scene, state, size), out / "what-if.png")
        state.panel = state.compare = False
        state.fog = 0
        save_png(render(scene, state, size), out / "fog-of-war.png")
        state.fog, state.factor, state.lecture = -1, 4, True
        save_png(render(scene, state, size), out / "lecture.png")


if __name__ == "__main__":
    raise SystemExit(main())
