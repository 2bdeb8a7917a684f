"""What is on the picture: chips apart, names free, contrast, words that fit, goldens.

And a world left as it was.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from viz import knowledge, source
from viz.boot import pygame
from viz.groups import names as group_names
from viz.layout import make_layout
from viz.mapdata import read_map
from viz.scene import Scene
from viz.state import State
from viz.tape import Tape
from viz.theme import DARK, LIGHT, Theme, contrast, luminance
from viz.words import GEOGRAPHY, WORDS, say

HISTORY = Path(__file__).resolve().parents[2] / "scenarios" / "mongolia_1921" / "history.toml"


def _event_days() -> tuple[str, ...]:
    """The days of the sixteen documented events: the middle of the window of each, as the scenario gives it."""
    events = tomllib.loads(HISTORY.read_text(encoding="utf-8"))["events"]
    return tuple(f"{one['from'] + (one['to'] - one['from']) / 2:%m%d}" for one in events)


EVENT_DAYS = _event_days()


def test_there_are_sixteen_documented_events() -> None:
    assert len(EVENT_DAYS) == 16


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


@pytest.mark.parametrize("size", [(1920, 1080), (1024, 768)])
def test_no_large_town_is_hidden_by_a_card(scene: Scene, state: State, fake: ModuleType, size: tuple[int, int]) -> None:
    """A name of the first rank steps aside from cards and edges when its dot is seen and another side has room."""
    hidden = 0
    for day in EVENT_DAYS:
        state.hour = fake.hour_of(day) + 12
        settle(scene, state, size)
        assert scene.view is not None
        area, cards = scene.layout.map, scene.cards(state)
        for label in (one for one in scene.view.frame.labels if one.rank == 1):
            place = scene.view.tape.places[label.place]
            dot = scene.view.pixel(place.x, place.y)
            if not area.inflate(-250, -60).collidepoint(dot) or pygame.Rect(dot, (1, 1)).collidelist(cards) >= 0:
                continue
            near = [r for r in scene.view.first if r.inflate(30, 30).collidepoint(dot)]
            assert near, (day, place.id)
            hidden += min(near, key=lambda r: abs(r.centery - dot[1])).collidelist(cards) >= 0
    assert hidden == 0


def test_no_two_chips_have_one_name(scene: Scene, state: State, fake: ModuleType) -> None:
    for day in EVENT_DAYS:
        state.hour = fake.hour_of(day) + 12
        settle(scene, state, (1920, 1080))
        groups = [s.group for s in scene.sprites.values()]
        names = list(group_names(scene.view.tape, groups, 0, state.hour).values()) if scene.view else []
        assert len(names) == len(set(names)), day


def test_every_man_on_the_map_is_in_a_group(tape: Tape, fake: ModuleType) -> None:
    """Groups lose nobody: their men add up to the men in the field."""
    from viz import groups, moment

    for day in EVENT_DAYS:
        hour = fake.hour_of(day) + 12
        found = moment.bodies(tape, hour)
        gathered = groups.group(tape, found, 150.0, 1.0, {})
        assert sum(g.men for g in gathered) == sum(b.men for b in found) == tape.strength[hour].sum()


def test_drawing_changes_nothing(fake: ModuleType, state: State) -> None:
    """Every hour of the campaign drawn, with everything switched on: the run's arrays are the same bytes."""

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

    run = fake.make()
    tape = source.from_run(run)
    scene = Scene(read_map(source.default_map_folder()), tape)
    told = [repr(e) for e in tape.events]
    before = digest()
    surface = pygame.Surface((640, 400), 0, 32)
    state.compare = state.log = True
    state.selection = ("unit", 3)
    for hour in range(tape.hours + 1):
        state.hour = float(hour)
        state.fog = hour // 24 % 3 - 1
        scene.draw(surface, state, 1 / 60, 0.0)
    assert digest() == before
    assert tape.digest == hashlib.sha1(np.ascontiguousarray(run.record).tobytes()).hexdigest()
    assert [repr(e) for e in tape.events] == told


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


def test_an_hour_jumped_to_is_whole_at_once(scene: Scene, tape: Tape, state: State) -> None:
    """The first frame draws the ribbons straight onto the screen; the picture made after it shows the very same."""
    surface = pygame.Surface((1280, 800), 0, 32)
    state.director = False
    seen = 0
    for first in range(0, tape.hours - 120, 96):
        last = first + 100
        if knowledge.held(tape, first) != knowledge.held(tape, last):
            continue
        state.hour = float(first)
        scene.draw(surface, state, 0.0, float("inf"))
        state.hour = float(last)
        scene.draw(surface, state, 1 / 60, 0.004)
        at_once = pygame.image.tobytes(surface, "RGB")
        for _ in range(200):
            scene.draw(surface, state, 1 / 60, 0.004)
            if not scene.moving():
                break
        assert not scene.ribbons.working
        assert at_once == pygame.image.tobytes(surface, "RGB"), (first, last)
        seen += bool(scene.ribbons.ways)
    assert seen


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
    from viz.lettering import SANS, Lettering

    type_ = Lettering(Path(str(tmp_path)))
    assert type_.line(SANS, 20, "Urga", (0, 0, 0)).get_width() > 10
    assert type_.missing == [SANS]


@pytest.mark.parametrize("language", [0, 1, 2])
def test_a_window_of_320_by_200_says_that_it_is_too_small(scene: Scene, state: State, language: int) -> None:
    """The message and the size that would do stand inside the window."""
    from viz.layout import LEAST_HEIGHT, LEAST_WIDTH

    said: list[tuple[str, int]] = []
    line = scene.type.line

    def listen(face: str, pixels: float, text: str, *rest: object) -> pygame.Surface:
        picture = line(face, pixels, text, *rest)  # type: ignore[arg-type]
        said.append((text, picture.get_width()))
        return picture

    scene.type.line = listen  # type: ignore[method-assign, assignment]
    state.language = language
    scene.draw(pygame.Surface((320, 200), 0, 32), state, 1 / 60)
    assert " ".join(text for text, _ in said[:-1]) == say("too-small", language)
    assert said[-1][0] == f"{LEAST_WIDTH} \u00d7 {LEAST_HEIGHT}"
    assert all(width <= 320 for _, width in said)


@pytest.mark.parametrize("size", [(1920, 1080), (1024, 768)])
@pytest.mark.parametrize("language", [0, 1, 2])
def test_labels_of_the_inspector_are_not_cut(
    scene: Scene, state: State, tape: Tape, size: tuple[int, int], language: int
) -> None:
    """Every unit, place and battle: label and value of each row stand beside each other, titles on two lines."""
    layout = make_layout(size, 1.0, False, True)
    k, type_ = layout.k, scene.type
    state.language, state.hour = language, 1500.0
    inner = layout.inspector.width - 40 * k
    things = [("unit", u.index) for u in tape.units] + [("place", p.index) for p in tape.places]
    for thing in things + [("battle", n) for n in range(len(tape.battles))]:
        state.selection = thing
        sheet = scene.inspector.sheet(state, tape)
        for label, value in sheet.rows:
            wide = type_.width("sans", 22 * k, label) + type_.width("sans_semibold", 22 * k, value)
            assert wide + 12 * k <= inner, (thing, label, value)
        for label, _ in sheet.bars:
            assert type_.width("sans", 22 * k, label) + 182 * k <= inner, label
        assert len(type_.wrap("sans_bold", 28 * k, sheet.title, layout.inspector.width - 102 * k)) <= 2, sheet.title


@pytest.mark.parametrize("size", [(1920, 1080), (1024, 768)])
@pytest.mark.parametrize("language", [0, 1, 2])
def test_messages_fit_the_window(scene: Scene, size: tuple[int, int], language: int) -> None:
    """Banners have four lines, none of them cut."""
    layout = make_layout(size, 1.0, False)
    k = layout.k
    fields = {"file": "urga-1921-07-06.png", "why": "no space left on the device", "n": "20", "date": "6-7"}
    for key in ("compiling", "loading", "reading", "saved", "not-saved", "fog-red", "fog-white", "model-note"):
        text = WORDS[key][language].format(**fields)
        lines = scene.type.wrap("sans_semibold", 30 * k, text, layout.map.width * 0.7)
        assert len(lines) <= 4, key
        assert all(scene.type.width("sans_semibold", 30 * k, row) <= layout.map.width for row in lines), key


@pytest.mark.parametrize("size", [(1920, 1080), (1024, 768)])
def test_names_of_countries_stand_clear(scene: Scene, state: State, size: tuple[int, int]) -> None:
    """Inside the map, under no card and no chip, over no name of the first two ranks; and there are some."""
    seen: set[int] = set()
    for day in EVENT_DAYS:
        state.hour = (int(day[:2]) * 31 + int(day[2:]) - 5 * 31 - 1) * 24.0
        settle(scene, state, size)
        assert scene.view is not None
        chips = [s.rect() for s in scene.sprites.values()]
        seen.add(len(scene.shown_countries))
        for picture, x, y in scene.shown_countries:
            px, py = scene.view.pixel(x, y)
            rect = picture.get_rect(center=(round(px), round(py))).inflate(-8, -round(picture.get_height() * 0.4))
            assert scene.layout.map.contains(rect), day
            assert rect.collidelist(chips) < 0, day
            assert rect.collidelist(scene.cards(state)) < 0, day
            assert rect.collidelist(scene.view.first + scene.view.second) < 0, day
    assert max(seen) >= 2


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
