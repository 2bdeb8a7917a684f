"""A campaign that is not this one: an empty sheet of its own, its own sides, and nothing of Mongolia."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from viz import camps
from viz.boot import pygame
from viz.geo import THEATRE, Camera, clamp, sheet_of

if TYPE_CHECKING:
    from viz.scene import Scene
    from viz.state import State
    from viz.tape import Tape


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Tape:
    """A run of the invented second scenario."""
    from viz import source

    here = str(Path(__file__).resolve().parents[1])
    if here not in sys.path:
        sys.path.insert(0, here)
    import tiny_kit

    return source.simulate(1, str(tiny_kit.write(tmp_path_factory.mktemp("tiny"))))


def test_the_campaign_keeps_its_sheet_and_its_words(tape: Tape) -> None:
    assert sheet_of([(p.x, p.y) for p in tape.places]) is THEATRE
    assert camps.own(tape.camps)
    assert tape.camps[0][0] == "Reds and allies"


def test_another_war_has_a_sheet_of_its_own(foreign: Tape, scene: Scene, state: State) -> None:
    sheet = sheet_of([(p.x, p.y) for p in foreign.places])
    assert sheet is not THEATRE
    assert all(sheet.holds(p.x, p.y) for p in foreign.places)
    scene.load(foreign)
    surface = pygame.Surface((1280, 720), 0, 32)
    state.hour = 12 * 24.0
    scene.draw(surface, state, 0.0, float("inf"))
    assert scene.view is not None
    assert not scene.shown_countries
    towns = [p for p in foreign.places if p.rank <= 2]
    seen = [p for p in towns if scene.layout.map.collidepoint(scene.view.pixel(p.x, p.y))]
    assert len(seen) == len(towns)
    assert scene.sprites
    # the whole sheet and back, by hand
    camera = clamp(Camera(state.camera.x + 50, state.camera.y, 1.0, state.camera.within), 1280, 640)
    assert sheet.west < camera.x < sheet.east


def test_nobody_there_is_red_or_white(foreign: Tape) -> None:
    names = [side[0] for side in foreign.side_names]
    assert [camp[0] for camp in foreign.camps] == names == ["Portmen", "Fortress men"]
    texts = [e.texts[0] for e in foreign.events] + [camps.knows(foreign, side, 0) for side in (0, 1)]
    texts += [camps.livery(foreign.camps, kind, 0) for kind in range(4)]
    assert camps.taken(foreign.camps, 0, ("Ferry", "", ""))[0] == "Ferry is taken: Portmen"
    for text in texts:
        for word in ("Red", "White", "Mongol", "Ungern", "Asiatic"):
            assert word not in text, text
    assert date(1905, 7, 1) == foreign.start
