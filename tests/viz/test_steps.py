"""Work in steps: pictures made over several frames end as those made at once, and no frame does it all."""

from __future__ import annotations

import random
from types import ModuleType

import numpy as np
import pytest

from viz.boot import pygame
from viz.control import Control
from viz.geo import Camera
from viz.mapdata import read_map
from viz.scene import Scene
from viz.source import default_map_folder
from viz.state import State
from viz.tape import Tape
from viz.theme import LIGHT


def pixels(surface: pygame.Surface) -> np.ndarray:
    return np.frombuffer(pygame.image.tobytes(surface, "RGB"), np.uint8).astype(int)


@pytest.mark.parametrize("director", [True, False])
def test_a_seek_ends_in_the_picture_of_that_hour(tape: Tape, director: bool) -> None:
    """Jump about with a window's budget, wait until nothing is in the making: ground and chips as if drawn at once."""
    scene, state = Scene(read_map(default_map_folder()), tape), State(age=60.0, director=director)
    surface = pygame.Surface((960, 540), 0, 32)
    dice = random.Random(7)
    scene.draw(surface, state, 0.0, float("inf"))
    for _ in range(6):
        state.hour = float(dice.randrange(tape.hours))
        for _ in range(400):
            scene.draw(surface, state, 1 / 60, 0.002)
            if not scene.moving():
                break
        assert not scene.moving()
        other, fresh = Scene(read_map(default_map_folder()), tape), State(age=60.0, director=director)
        fresh.hour, fresh.camera = state.hour, state.camera
        whole = pygame.Surface((960, 540), 0, 32)
        other.draw(whole, fresh, 0.0, float("inf"))
        units = [{b.unit: b.men for g in one.arrangement.groups() for b in g.members} for one in (scene, other)]
        assert units[0] == units[1]
        assert scene.ground.frame is not None
        assert other.ground.frame is not None
        assert scene.ground.frame.control == other.ground.frame.control
        # chips may keep the side of the pin they stood on; all else is the same
        assert np.abs(pixels(surface) - pixels(whole)).mean() < 12


def test_the_tint_does_not_depend_on_the_way_to_it(tape: Tape) -> None:
    """Places taken one by one, back and forth, give the same field to the last bit as all at once."""

    def field(control: Control, held: list[int]) -> np.ndarray:
        found = [step for step in control._field(tape, held) if step is not None]
        return np.stack(found[-1])

    dice = random.Random(3)
    control = Control()
    for _ in range(5):
        held = [dice.choice((-1, 0, 1)) for _ in tape.places]
        assert (field(control, held) == field(Control(), held)).all()


def test_two_paintings_at_the_same_time_do_not_mix(tape: Tape) -> None:
    """One view's tint half made, another's made in between for another hour: the first still ends right."""
    control, camera = Control(), Camera(105.0, -57.0, 60.0)
    one, other = [0] * len(tape.places), [n % 2 for n in range(len(tape.places))]
    first, second, alone = (pygame.Surface((400, 300), 0, 32) for _ in range(3))
    slow = control.paint(first, camera, tape, one, 1.0, LIGHT, "tint")
    for _ in range(10):
        next(slow)
    for _ in control.paint(second, camera, tape, other, 1.0, LIGHT, "tint"):
        pass
    for _ in slow:
        pass
    for _ in Control().paint(alone, camera, tape, one, 1.0, LIGHT, "tint"):
        pass
    assert (pixels(first) == pixels(alone)).all()
    assert (pixels(first) != pixels(second)).any()


def test_chips_follow_their_pins_while_a_new_arrangement_is_made(tape: Tape, fake: ModuleType) -> None:
    scene, state = Scene(read_map(default_map_folder()), tape), State(age=60.0, playing=True)
    surface = pygame.Surface((960, 540), 0, 32)
    state.hour = float(fake.hour_of("0612"))
    scene.draw(surface, state, 0.0, float("inf"))
    seen = 0
    for _ in range(40):
        state.hour += 0.8
        scene.draw(surface, state, 1 / 60, 0.0)
        assert scene.view is not None
        at = {b.unit: b for b in scene.view.bodies()}
        for one in scene.arrangement.groups():
            if one.lead in at:
                assert (one.x, one.y) == (at[one.lead].x, at[one.lead].y)
                seen += 1
    assert seen > 100
