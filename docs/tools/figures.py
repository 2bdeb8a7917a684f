"""The pictures of the figures page, by one command: moments on the map, and figures of the studies."""

from __future__ import annotations

from pathlib import Path

from docs.tools import DOCS, measured

FOLDER = DOCS / "pictures"
MOMENTS = ("eve", "before-troitskosavsk", "troitskosavsk", "urga", "selenga", "datsan", "turn-back", "mutiny")
PAIRS = 200


def draw(folder: Path = FOLDER, size: str = "1600x900") -> list[Path]:
    """Draw every picture of the page anew."""
    import matplotlib as mpl

    mpl.use("Agg")
    from viz.gallery import main as gallery

    gallery(["--out", str(folder), "--size", size, "--themes", "light", "--only", ",".join(MOMENTS)])
    maps = [folder / f"{name}-light.png" for name in MOMENTS]
    for path in maps:
        lighten(path)
    drawn = [*maps, *studies(folder)]
    if folder == FOLDER:
        measured.keep("figures", {"pictures": [path.name for path in drawn]})
    return drawn


def lighten(path: Path) -> None:
    """Save a picture with a palette of 256 colours: a third of the size, no difference to the eye; texts are kept."""
    from PIL import Image, PngImagePlugin

    with Image.open(path) as picture:
        texts = PngImagePlugin.PngInfo()
        for key, value in picture.info.items():
            if isinstance(value, str):
                texts.add_itxt(str(key), value)
        small = picture.convert("RGB").quantize(256, dither=Image.Dither.FLOYDSTEINBERG)
    small.save(path, optimize=True, pnginfo=texts)


def studies(folder: Path = FOLDER, pairs: int = PAIRS) -> list[Path]:
    """Figures of two comparisons and of a sweep."""
    import tempfile

    import sim
    from sim.experiment.compare import compare
    from sim.experiment.figures import draw_comparison, draw_sweep
    from sim.experiment.sweep import Factor, sweep

    base = sim.load()
    made: list[Path] = []
    for name, outcome in (("late-corps", "fall_h.urga"), ("no-terror", "mutiny_h")):
        found = compare(base, sim.load(patches=[name]), pairs)
        made.append(draw_comparison(found, folder / f"compare-{name}.png", outcome=outcome))
    factors = [Factor("sides.White.strength", 0.6, 1.5, 5), Factor("sides.White.pace", 0.8, 1.25, 5)]
    with tempfile.TemporaryDirectory() as store:
        kept = sweep(base, factors, 20, store)
        frame = kept.points("men.White.end")
        told = f"5 x 5 points x 20 seeds, scenario {base.hash}, engine {sim.engine_hash()}"
        made.append(
            draw_sweep(frame, "men.White.end", [one.key for one in factors], folder / "sweep-strength-pace.png", told)
        )
    return made
