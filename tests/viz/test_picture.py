"""What is on the picture: chips apart, names free, contrast, words that fit, goldens.

And a world left as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import combinations
from types import ModuleType

import numpy as np
import pytest

from viz.boot import pygame
from viz.layout import make_layout
from viz.scene import Scene
from viz.state import State
from viz.tape import Tape
from viz.theme import DARK, LIGHT, Theme, contrast, luminance
from viz.words import GEOGRAPHY, WORDS, say

#: The days of the sixteen documented events (middle of their windows).
EVENT_DAYS = (
    "0530",
    "0606",
    "0611",
    "0625",
    "0627",
    "0706",
    "0708",
    "0719",
    "0724",
    "0729",
    "0804",
    "0812",
    "0818",
    "0820",
    "0825",
    "0831",
)


def settle(scene: Scene, state: State, size: tuple[int, int]) -> pygame.Surface:
    from viz.stills import render

    return render(scene, state, size)


@pytest.mark.parametrize("size", [(1920, 1080), (1024, 768)])
def test_no_two_chips_overlap_and_no_first_rank_name_is_covered(
    scene: Scene, state: State, fake: ModuleType, size: tuple[int, int]
) -> None:
    for day in EVENT_DAYS:
        state.hour = fake.hour_of(day) + 12
        settle(scene, state, size)
        rects = [s.rect() for s in scene.sprites.values()]
        assert rects
        for one, other in combinations(rects, 2):
            assert not one.colliderect(other), day
        assert scene.view is not None
        for name in scene.view.first:
            letters = name.inflate(-round(name.width * 0.04), -round(name.height * 0.3))
            assert letters.collidelist(rects) < 0, day
        for card in scene.cards(state):
            assert card.collidelist(rects) < 0, day


def test_every_man_on_the_map_is_in_a_group(tape: Tape, fake: ModuleType) -> None:
    """Groups lose nobody: their men add up to the men in the field."""
    from viz import groups, moment

    for day in EVENT_DAYS:
        hour = fake.hour_of(day) + 12
        found = moment.bodies(tape, hour)
        gathered = groups.group(tape, found, 150.0, 1.0, {})
        assert sum(g.men for g in gathered) == sum(b.men for b in found) == tape.strength[hour].sum()


def test_drawing_changes_nothing(scene: Scene, state: State, tape: Tape) -> None:
    """Every day of the campaign drawn, with everything switched on: the run's arrays are the same bytes."""

    def digest() -> str:
        whole = hashlib.sha1()
        for array in (
            tape.x,
            tape.y,
            tape.men,
            tape.state,
            tape.fighting,
            tape.strength,
            tape.losses,
            *tape.detail.values(),
        ):
            whole.update(np.ascontiguousarray(array).tobytes())
        return whole.hexdigest()

    before = digest()
    surface = pygame.Surface((1024, 768), 0, 32)
    state.compare = state.log = True
    state.selection = ("unit", 3)
    for hour in range(0, tape.hours + 1, 24):
        state.hour = float(hour)
        state.fog = hour // 24 % 3 - 1
        scene.draw(surface, state, 1 / 60)
    assert digest() == before


def test_the_same_state_gives_the_same_picture(tape: Tape, fake: ModuleType) -> None:
    from viz.mapdata import read_map
    from viz.source import default_map_folder

    pictures = []
    for detour in (False, True):
        scene, state = Scene(read_map(default_map_folder()), tape), State(age=60.0)
        if detour:
            state.hour = fake.hour_of("0801")
            settle(scene, state, (1280, 720))
        state.hour = fake.hour_of("0612") + 14
        pictures.append(pygame.image.tobytes(settle(scene, state, (1280, 720)), "RGB"))
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_contrast_of_what_is_read(theme: Theme) -> None:
    pairs = [
        (theme.ink, theme.halo),
        (theme.minor, theme.halo),
        (theme.country, theme.halo),
        (theme.water_text, theme.halo),
        (theme.text, theme.panel),
        (theme.muted, theme.panel),
        (theme.accent, theme.panel),
        (theme.text, theme.raised),
    ]
    pairs += [(livery.text, livery.fill) for livery in theme.liveries]
    for ink, ground in pairs:
        assert contrast(ink, ground) >= 4.5, (ink, ground)
    for livery in theme.liveries:
        assert contrast(livery.outline, livery.fill) >= 1.5 or contrast(livery.outline, theme.halo) >= 3
    assert contrast(theme.battle, theme.panel) >= 3
    assert contrast(theme.politics, theme.panel) >= 3


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_camps_are_told_apart_by_lightness(theme: Theme) -> None:
    red = max(luminance(theme.liveries[n].fill) for n in (0, 1))
    white = min(luminance(theme.liveries[n].fill) for n in (2, 3))
    assert white > red + 0.35


def test_every_word_has_three_languages_and_the_same_fields() -> None:
    import re

    for table in (WORDS, GEOGRAPHY):
        for key, texts in table.items():
            assert len(texts) == 3, key
            assert all(t.strip() for t in texts), key
            fields = [sorted(re.findall(r"\{(\w+)", t)) for t in texts]
            assert fields[0] == fields[1] == fields[2], key


def test_every_letter_is_in_the_typefaces() -> None:
    from viz.lettering import FONT_FOLDER
    from viz.overlays import KEYS

    pytest.importorskip("fontTools")
    from fontTools.ttLib import TTFont

    texts = [t for row in (*WORDS.values(), *GEOGRAPHY.values()) for t in row] + [key for key, _ in KEYS]
    letters = {ord(c) for text in texts for c in text if c != "\n"}
    for path in sorted(FONT_FOLDER.glob("*.ttf")):
        missing = letters - set(TTFont(path).getBestCmap() or ())
        assert not missing, (path.name, [chr(c) for c in missing])


@pytest.mark.parametrize("size", [(1920, 1080), (1024, 768)])
@pytest.mark.parametrize("language", [0, 1, 2])
def test_words_fit_their_boxes(scene: Scene, size: tuple[int, int], language: int) -> None:
    """Cards, legend, panel and timeline: nothing is cut in any language."""
    layout = make_layout(size, 1.0, True)
    k, type_ = layout.k, scene.type
    room = layout.legend.width - 98 * k
    for key in WORDS:
        if key.startswith("legend-") and key not in ("legend-history", "legend-bar"):
            assert type_.width("sans", 23 * k, say(key, language)) <= room, key
        if key.startswith("sl-"):
            assert type_.width("sans", 15 * k, say(key, language)) <= layout.panel.width - 140 * k, key
    for key in ("reds", "whites"):
        assert type_.width("sans_semibold", 17 * k, say(key, language)) <= layout.balance.width - 140 * k, key
    for key in ("run-again", "reset", "live"):
        assert type_.width("sans_semibold", 14 * k, say(key, language)) <= (layout.panel.width - 72 * k) / 2 - 10 * k, (
            key
        )
    widest = say("per-day", language, n="0.5")
    button = scene.timeline.button(layout)
    assert type_.width("sans_semibold", 15 * k, widest) <= scene.timeline.track(layout).left - button.right - 20 * k


@pytest.mark.parametrize("language", [0, 1, 2])
def test_help_fits_a_small_projector(scene: Scene, state: State, language: int) -> None:
    state.language, state.help = language, True
    settle(scene, state, (1024, 768))
    card = scene.overlays.help_card
    assert card is not None
    assert card[1].get_width() <= scene.layout.map.width
    assert card[1].get_height() <= scene.layout.map.height


def test_captions_of_all_events_fit_in_two_lines(scene: Scene, tape: Tape) -> None:
    layout = make_layout((1024, 768), 1.0, False)
    for event in tape.events:
        if event.weight >= 2:
            for text in event.texts:
                lines = scene.type.wrap("sans_semibold", 36 * layout.k, text, layout.caption.width - 190 * layout.k, 9)
                assert len(lines) <= 2, text


def test_fog_shows_no_more_than_is_known(tape: Tape) -> None:
    from viz import moment

    for hour in range(0, tape.hours, 100):
        for side in (0, 1):
            known = tape.known(side, hour)
            for body in moment.seen_by(tape, hour, side):
                if tape.units[body.unit].side != side:
                    assert body.men == known[body.unit][2]
                    assert body.age >= 0


def test_a_missing_typeface_is_replaced_and_named(tmp_path: object) -> None:
    from pathlib import Path

    from viz.lettering import SANS, Lettering

    type_ = Lettering(Path(str(tmp_path)))
    assert type_.line(SANS, 20, "Urga", (0, 0, 0)).get_width() > 10
    assert type_.missing == [SANS]


@pytest.mark.parametrize("size", [(320, 200), (480, 320), (640, 400), (3840, 2160), (1000, 2000)])
def test_any_window_can_be_drawn(scene: Scene, state: State, size: tuple[int, int]) -> None:
    state.hour = 1000.0
    state.legend_asked = state.panel = True
    surface = pygame.Surface(size, 0, 32)
    scene.draw(surface, state, 1 / 60)
    assert len({tuple(surface.get_at((x, y))) for x in range(0, size[0], 5) for y in range(0, size[1], 3)}) > 1


def test_goldens(tape: Tape, helper: Callable[[str], ModuleType]) -> None:
    """Eight moments look as they did; ``python tests/viz/goldens.py --write`` makes new ones on purpose."""
    goldens = helper("goldens")
    for name, difference in goldens.compare(tape):
        assert difference < goldens.TOLERANCE, f"{name} differs by {difference:.2f} levels on average"
