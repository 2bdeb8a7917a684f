"""Colours of the two themes, the four kinds of unit, and the contrast of any two colours.

Camps are told apart by lightness first (dark fill: Red camp, light fill: White camp), then by outline and
stripe, by hue last; the grey picture must still read.
"""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[int, int, int]

#: Kinds of unit as they are drawn: Red Army, Mongol People's Army, White, Mongol and other allies of Ungern.
RED, PEOPLES, WHITE, ALLIES = range(4)


@dataclass(frozen=True, slots=True)
class Livery:
    """How the chips of one kind of unit look."""

    fill: Colour
    outline: Colour
    text: Colour
    stripe: Colour | None
    bar: Colour


@dataclass(frozen=True, slots=True)
class Theme:
    """All colours of one theme."""

    name: str
    relief: str
    land: Colour
    lake: Colour
    shore: Colour
    river: Colour
    water_text: Colour
    road: Colour
    road_edge: Colour
    rail: Colour
    wire: Colour
    border: Colour
    country: Colour
    ink: Colour
    halo: Colour
    minor: Colour
    red: Colour
    liveries: tuple[Livery, Livery, Livery, Livery]
    # what the dark cards, the panel and the timeline are drawn with: the same in both themes
    panel: Colour = (20, 24, 29)
    raised: Colour = (36, 42, 50)
    track: Colour = (78, 86, 97)
    text: Colour = (242, 239, 230)
    muted: Colour = (176, 182, 190)
    accent: Colour = (240, 180, 24)
    battle: Colour = (255, 196, 46)
    politics: Colour = (150, 200, 245)
    paper: Colour = (242, 239, 230)
    tint_red: Colour = (190, 40, 30)
    tint_white: Colour = (25, 45, 95)
    front: Colour = (120, 20, 18)
    front_edge: Colour = (255, 253, 246)


def _liveries(red: Colour, red_edge: Colour) -> tuple[Livery, Livery, Livery, Livery]:
    return (
        Livery(red, red_edge, (255, 255, 255), None, (255, 214, 205)),
        Livery((122, 74, 0), (42, 29, 0), (255, 222, 120), (255, 200, 50), (255, 222, 120)),
        Livery((255, 253, 246), (27, 31, 36), (27, 31, 36), None, (27, 31, 36)),
        Livery((188, 215, 239), (12, 39, 70), (12, 39, 70), (40, 110, 190), (12, 39, 70)),
    )


LIGHT = Theme(
    name="light",
    relief="relief_light",
    land=(217, 211, 185),
    lake=(169, 195, 210),
    shore=(121, 158, 180),
    river=(91, 143, 176),
    water_text=(43, 92, 124),
    road=(138, 111, 78),
    road_edge=(239, 233, 214),
    rail=(52, 50, 52),
    wire=(96, 76, 50),
    border=(123, 63, 107),
    country=(110, 52, 95),
    ink=(32, 36, 42),
    halo=(239, 233, 214),
    minor=(66, 66, 62),
    red=(198, 47, 36),
    liveries=_liveries((198, 47, 36), (125, 23, 18)),
)

DARK = Theme(
    name="dark",
    relief="relief_dark",
    land=(69, 75, 67),
    lake=(35, 52, 68),
    shore=(74, 108, 132),
    river=(96, 150, 186),
    water_text=(150, 196, 224),
    road=(178, 148, 106),
    road_edge=(34, 38, 36),
    rail=(214, 210, 200),
    wire=(190, 160, 116),
    border=(206, 140, 188),
    country=(216, 158, 200),
    ink=(243, 238, 224),
    halo=(27, 33, 31),
    minor=(206, 202, 190),
    red=(216, 64, 47),
    liveries=_liveries((206, 56, 41), (58, 8, 6)),
    front=(240, 120, 100),
    front_edge=(27, 33, 31),
)

THEMES = {"light": LIGHT, "dark": DARK}


def luminance(colour: Colour) -> float:
    """Relative luminance, 0 (black) to 1 (white), as WCAG 2 defines it."""
    parts = [v / 255 / 12.92 if v / 255 <= 0.03928 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of two colours, 1 (none) to 21, as WCAG 2 defines it."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mix(one: Colour, other: Colour, part: float) -> Colour:
    """``one`` moved towards ``other`` by ``part`` (0 to 1)."""
    a, b, c = (round(x + (y - x) * part) for x, y in zip(one, other, strict=True))
    return a, b, c
