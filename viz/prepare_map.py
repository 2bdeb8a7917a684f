"""The command that makes the shipped map: ``python -m viz.prepare_map [--from DIR] [--fonts DIR]``.

Reads the raw files of ``scenarios/mongolia_1921/map/source`` (or of ``--from``) and writes, beside
them, ``relief_light.jpg``, ``relief_dark.jpg`` (each also at half size) and ``map.json``: rivers,
lakes and borders, simplified twice, as whole ten-thousandths of a degree.  With ``--fonts`` it also
cuts the typefaces down to the letters of the three languages (source: Debian ``fonts-noto-extra``).
Needs Pillow and NumPy, and fontTools for the typefaces; the visualiser itself needs none of them.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viz.geo import BOTTOM, EAST, NORTH, SOUTH, TOP, WEST, latitude, sheet_y

if TYPE_CHECKING:
    import numpy as np

MAP_FOLDER = Path(__file__).resolve().parents[1] / "scenarios" / "mongolia_1921" / "map"
FONT_FOLDER = Path(__file__).resolve().parent / "fonts"
PIXELS_A_DEGREE = 60
UNIT = 10_000

#: Land by height in metres: light and dark ramp (the brief's palette).
RAMP = (
    (350, "#b9c2a8", "#2b3a36"),
    (750, "#d3d2b8", "#37433d"),
    (1200, "#d9d3b9", "#454b43"),
    (1800, "#cfc4b0", "#545349"),
    (2900, "#e4e0d8", "#6a665f"),
)
#: Ground cover by climate class: colour shift (red, green, blue); forest greener, desert yellower.
COVER = {8: (9, 1, -12), 7: (9, 1, -12), 6: (4, 1, -5), 20: (-9, 1, -7), 28: (-9, 1, -7), 27: (-4, 1, -3)}
#: Reservoirs younger than 1921 by box (west, east, south, north) and least area in km2.
YOUNGER_WATER = (
    (100.0, 106.0, 53.6, 56.0, 30),  # Bratsk, 1961
    (104.0, 104.95, 51.8, 52.6, 5),  # Irkutsk, 1956
    (90.5, 93.0, 53.8, 56.0, 30),  # Krasnoyarsk, 1967
    (91.0, 94.2, 51.2, 53.0, 5),  # Sayano-Shushenskoye, 1978
    (96.4, 97.4, 46.3, 47.2, 5),  # Taishir, 2008
)
#: The north of Uryankhai (Tuva) in 1921: the Shapshal and Sayan watershed, drawn by hand, good to about 20
#: km.
URYANKHAI_NORTH = [
    (89.66, 49.91), (89.55, 50.23), (89.48, 50.45), (88.98, 50.68), (88.86, 51.02), (88.74, 51.32),
    (88.93, 51.58), (89.30, 51.62), (89.70, 51.80), (90.05, 52.05), (90.42, 52.02), (90.80, 51.90),
    (91.35, 52.08), (91.75, 52.05), (92.20, 51.86), (92.75, 52.02), (93.20, 52.20), (93.60, 52.42),
    (94.15, 52.58), (94.65, 52.80), (95.10, 52.98), (95.60, 53.20), (96.05, 53.55), (96.60, 53.70),
    (97.05, 53.52), (97.60, 53.38), (98.05, 53.12), (98.55, 52.95), (98.92, 52.88), (98.72, 52.55),
    (98.85, 52.32), (98.93, 52.14),
]  # fmt: skip
LETTERS = (
    "U+0020-007E,U+00A0-00FF,U+0100-017F,U+02BC,U+0400-045F,U+0462-0463,U+0472-0475,U+04AE-04AF,U+04E8-04E9,"
    "U+2009,U+200A,U+202F,U+2010-2015,U+2018-201E,U+2020,U+2022,U+2026,U+2032,U+2033,U+2039,U+203A,U+2116,"
    "U+2190-2193,U+2212,U+2248,U+2260,U+2264,U+2265,U+00D7"
)
FACES = {
    "NotoSans-SemiCondensed.ttf": "sans.ttf",
    "NotoSans-SemiCondensedSemiBold.ttf": "sans_semibold.ttf",
    "NotoSans-SemiCondensedBold.ttf": "sans_bold.ttf",
    "NotoSerif-Italic.ttf": "serif_italic.ttf",
    "NotoSerif-Regular.ttf": "serif.ttf",
}


def main(argv: list[str] | None = None) -> int:
    """Make the map data; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m viz.prepare_map", description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, default=MAP_FOLDER / "source")
    parser.add_argument("--to", dest="target", type=Path, default=MAP_FOLDER)
    parser.add_argument("--fonts", type=Path, help="folder of the full Noto typefaces")
    options = parser.parse_args(argv)
    try:
        make_relief(options.source, options.target)
        make_vectors(options.source, options.target)
        if options.fonts:
            cut_fonts(options.fonts)
    except FileNotFoundError as error:
        print(
            f"prepare_map: no file {error.filename}: see map/README.md for where it comes from",
            file=sys.stderr,
        )
        return 2
    return 0


def make_relief(source: Path, target: Path) -> None:
    """Colour the heights, shade them, and save the sheet in both themes and two sizes."""
    import numpy as np
    from PIL import Image

    with np.load(source / "relief_itu_5min.npz") as data:
        heights = data["elev"].astype(np.float32)
        lats, lons = data["lat"], data["lon"]
    heights = _window(heights, lats, lons)
    shade = _shade(source / "shaded_relief_1080x420.png")
    with np.load(source / "koppen_1800x1000.npz") as data:
        climate = data["kg"]
    width = round((EAST - WEST) * PIXELS_A_DEGREE)
    heights = _to_sheet(heights, width)
    shade = _to_sheet(shade, width)
    cover = np.stack([_to_sheet(band, width) for band in _cover_bands(climate)], axis=-1)
    for number, theme in enumerate(("light", "dark"), start=1):
        stops = [row[0] for row in RAMP]
        colours = np.array([_rgb(str(row[number])) for row in RAMP], np.float32)
        land = np.stack([np.interp(heights, stops, colours[:, band]) for band in range(3)], axis=-1)
        land += cover * (1.0 if theme == "light" else 0.7)
        strength = 0.07 if theme == "light" else 0.11
        land *= (1.0 + strength * shade)[..., None]
        picture = Image.fromarray(np.clip(land, 0, 255).astype(np.uint8))
        picture.save(target / f"relief_{theme}.jpg", quality=88, optimize=True)
        half = picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS)
        half.save(target / f"relief_{theme}_half.jpg", quality=82, optimize=True)


def _window(heights: np.ndarray, lats: np.ndarray, lons: np.ndarray) -> np.ndarray:
    """The elevation grid cut to the box, rows from north to south, one row and column a 5' cell."""
    rows = [i for i, v in enumerate(lats) if SOUTH <= v <= NORTH]
    cols = [i for i, v in enumerate(lons) if WEST <= v <= EAST]
    part = heights[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    return part if lats[0] > lats[-1] else part[::-1]


def _shade(path: Path) -> np.ndarray:
    """Hill shading from the luminance of the shaded relief.

    Its own large forms taken off, in standard deviations.
    """
    import numpy as np
    from PIL import Image, ImageFilter

    grey = Image.open(path).convert("L")
    values = np.asarray(grey, np.float32)
    broad = np.asarray(grey.filter(ImageFilter.GaussianBlur(11)), np.float32)
    detail = values - broad
    detail /= detail.std()
    return np.clip(detail, -2.6, 2.2)


def _cover_bands(climate: np.ndarray) -> list[np.ndarray]:
    """Three smooth colour-shift bands (red, green, blue) from the climate classes."""
    import numpy as np
    from PIL import Image, ImageFilter

    bands: list[np.ndarray] = []
    for band in range(3):
        table = np.zeros(256, np.float32)
        for code, shift in COVER.items():
            table[code] = shift[band]
        rough = Image.fromarray((table[climate] * 4 + 128).astype(np.uint8))
        rough = rough.resize((900, 350), Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(6))
        bands.append((np.asarray(rough, np.float32) - 128) / 4)
    return bands


def _to_sheet(grid: np.ndarray, width: int) -> np.ndarray:
    """A latitude-longitude grid of the box, enlarged and stretched to the Mercator sheet."""
    import numpy as np
    from PIL import Image

    height = round((BOTTOM - TOP) * PIXELS_A_DEGREE)
    tall = round((NORTH - SOUTH) * PIXELS_A_DEGREE * 2)
    wide = np.asarray(Image.fromarray(grid.astype(np.float32)).resize((width, tall), Image.Resampling.BICUBIC))
    rows = np.array([latitude(TOP + (r + 0.5) * (BOTTOM - TOP) / height) for r in range(height)])
    at = np.clip((NORTH - rows) / (NORTH - SOUTH) * tall - 0.5, 0, tall - 1.001)
    low = at.astype(int)
    part = (at - low)[:, None]
    return wide[low] * (1 - part) + wide[low + 1] * part


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def make_vectors(source: Path, target: Path) -> None:
    """Simplify rivers, lakes and borders and write ``map.json``."""
    rivers: list[dict[str, Any]] = []
    for feature in _features(source / "rivers_named.geojson"):
        name = feature["properties"]["name"]
        rivers.append({"name": name, "level": 1, "lines": _join(_lines(feature))})
    for feature in _features(source / "rivers_wdb2.geojson"):
        if feature["properties"]["lev"] <= 3:
            rivers.append({"name": "", "level": feature["properties"]["lev"] + 1, "lines": _lines(feature)})
    lakes = [ring for ring in map(_lake, _features(source / "water_osm.geojson")) if ring]
    borders: list[dict[str, Any]] = []
    for feature in _features(source / "borders_ne10m.geojson"):
        sides = {feature["properties"]["left"], feature["properties"]["right"]}
        if sides != {"Russia", "Kazakhstan"}:
            borders += [{"approximate": 0, "line": line} for line in _join(_lines(feature))]
    borders.append({"approximate": 1, "line": list(URYANKHAI_NORTH)})
    railway = [
        line
        for feature in _features(source / "railway_stations_line.geojson")
        if feature["geometry"]["type"] == "LineString"
        for line in _lines(feature)
    ]
    document = {
        "unit": UNIT,
        "box": [WEST, EAST, SOUTH, NORTH],
        "rivers": [
            {
                "name": r["name"],
                "level": r["level"],
                "fine": _pack(r["lines"], 0.002),
                "coarse": _pack(r["lines"], 0.012),
            }
            for r in rivers
        ],
        "lakes": [{"fine": _pack([k], 0.0015), "coarse": _pack([k], 0.01), "size": _area(k)} for k in lakes],
        "borders": [
            {
                "approximate": b["approximate"],
                "fine": _pack([b["line"]], 0.003),
                "coarse": _pack([b["line"]], 0.015),
            }
            for b in borders
        ],
        "railway": _pack(railway, 0.001),
    }
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    (target / "map.json").write_text(text, encoding="utf-8")


def _features(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))["features"]


Line = list[tuple[float, float]]


def _lines(feature: dict[str, Any]) -> list[Line]:
    """All lines of a feature as (longitude, latitude) pairs."""
    geometry = feature["geometry"]
    found = geometry["coordinates"] if geometry["type"] == "MultiLineString" else [geometry["coordinates"]]
    return [[(p[0], p[1]) for p in line] for line in found if len(line) > 1]


def _lake(feature: dict[str, Any]) -> Line | None:
    """The outer ring of a lake that lay there in 1921 and is at least 6 km2 large."""
    geometry, area = feature["geometry"], feature["properties"]["area_km2"]
    ring = geometry["coordinates"][0]
    ring = ring[0] if geometry["type"] == "MultiPolygon" else ring
    x = sum(p[0] for p in ring) / len(ring)
    y = sum(p[1] for p in ring) / len(ring)
    younger = any(w <= x <= e and s <= y <= n and area >= least for w, e, s, n, least in YOUNGER_WATER)
    return None if younger or area < 6 else [(p[0], p[1]) for p in ring]


def _join(lines: list[Line]) -> list[Line]:
    """Chain lines whose ends meet, so that dashes and joints run on."""
    rest = [list(line) for line in lines]
    chains: list[Line] = []
    while rest:
        chain = rest.pop()
        grown = True
        while grown:
            grown = False
            for number, other in enumerate(rest):
                if chain[-1] == other[0]:
                    chain += other[1:]
                elif chain[-1] == other[-1]:
                    chain += other[-2::-1]
                elif chain[0] == other[-1]:
                    chain[:0] = other[:-1]
                elif chain[0] == other[0]:
                    chain[:0] = other[:0:-1]
                else:
                    continue
                rest.pop(number)
                grown = True
                break
        chains.append(chain)
    return chains


def _area(ring: Line) -> float:
    """Area of a ring in square degrees of the sheet, for leaving small lakes out when far away."""
    points = [(x, sheet_y(min(max(y, -80), 80))) for x, y in ring]
    pairs = zip(points, points[1:] + points[:1], strict=True)
    return round(abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2, 5)


def _pack(lines: list[Line], tolerance: float) -> list[list[int]]:
    """Lines as flat lists of whole sheet units ``x0, y0, x1, y1 ...``, simplified by Douglas and Peucker."""
    packed: list[list[int]] = []
    for line in lines:
        points = _simplify([(x, sheet_y(min(max(y, 30.0), 65.0))) for x, y in line], tolerance)
        if len(points) > 1:
            packed.append([round(v * UNIT) for point in points for v in point])
    return packed


def _simplify(points: Line, tolerance: float) -> Line:
    keep = {0, len(points) - 1}
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        (ax, ay), (bx, by) = points[first], points[last]
        length = math.hypot(bx - ax, by - ay)
        worst, at = 0.0, -1
        for i in range(first + 1, last):
            px, py = points[i]
            if length:
                gap = abs((bx - ax) * (ay - py) - (ax - px) * (by - ay)) / length
            else:
                gap = math.hypot(px - ax, py - ay)
            if gap > worst:
                worst, at = gap, i
        if worst > tolerance:
            keep.add(at)
            stack += [(first, at), (at, last)]
    return [points[i] for i in sorted(keep)]


def cut_fonts(folder: Path) -> None:
    """Cut the Noto faces down to the letters the three languages use."""
    from fontTools import subset

    for name, short in FACES.items():
        path = folder / name
        if not path.exists():
            raise FileNotFoundError(2, "no such font", str(path))
        subset.main(
            [str(path), f"--unicodes={LETTERS}", f"--output-file={FONT_FOLDER / short}",
                "--layout-features=kern,tnum",
             "--no-hinting", "--desubroutinize", "--name-IDs=*"]
        )  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
