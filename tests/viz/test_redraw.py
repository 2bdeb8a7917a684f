"""What is not drawn anew in each frame: after any change the screen shows what a whole drawing would."""

from __future__ import annotations

import random

from viz.boot import pygame
from viz.lettering import BOLD, ITALIC, Lettering
from viz.scene import Scene
from viz.state import State
from viz.timeline import Timeline
from viz.whatif import Parting


def raw(surface: pygame.Surface) -> bytes:
    return pygame.image.tobytes(surface, "RGB")


def test_a_panel_of_which_sliders_alone_are_drawn_is_the_whole_panel(scene: Scene, state: State) -> None:
    """Sliders are dragged, the line below them changes, the list is scrolled: the screen has the whole panel."""
    surface, dice, tape = pygame.Surface((1920, 1080), 0, 32), random.Random(5), scene.tape
    assert tape is not None
    state.panel = True
    scene.draw(surface, state, 0.0, float("inf"))
    names = [name for name, _ in scene.panel.spots(scene.layout) if scene.panel.slider(name) is not None]
    assert len(names) > 3
    for number in range(60):
        name = dice.choice(names)
        slider = scene.panel.slider(name)
        assert slider is not None
        scene.panel.put(name, dice.uniform(slider.low, slider.high))
        scene.panel.busy = 1.0 if number % 7 == 3 else 0.0
        scene.panel.scroll(dice.choice((0, 0, 0, 40, -40)))
        scene.draw(surface, state, 1 / 60, 0.002)
        shown = raw(surface.subsurface(scene.layout.panel))
        again = pygame.Surface((1920, 1080), 0, 32)
        scene.panel.draw(again, scene.layout, state, tape, scene.theme)
        assert shown == raw(again.subsurface(scene.layout.panel)), number


def test_a_map_that_stands_under_a_held_lever_is_the_map_drawn_anew(scene: Scene, state: State) -> None:
    """While a lever is held the map is drawn every fourth frame; what changes on it is there in the next."""
    surface, ground = pygame.Surface((1920, 1080), 0, 32), scene.ground
    drawn, show = [0], ground.show

    def counted(*given: object) -> object:
        drawn[0] += 1
        return show(*given)  # type: ignore[arg-type]

    ground.show = counted  # type: ignore[method-assign,assignment]
    state.panel, state.director = True, False
    scene.draw(surface, state, 0.0, float("inf"))
    name = next(one for one, _ in scene.panel.spots(scene.layout) if scene.panel.slider(one) is not None)
    slider = scene.panel.slider(name)
    assert slider is not None
    scene.panel.dragged = name
    for _ in range(80):  # chips come to rest
        scene.draw(surface, state, 1 / 60, 0.002)
    assert not scene.moving()
    before = drawn[0]
    for number in range(40):
        scene.panel.put(name, slider.low + (slider.high - slider.low) * number / 40)
        scene.draw(surface, state, 1 / 60, 0.002)
    assert 9 <= drawn[0] - before <= 11
    again = pygame.Surface((1920, 1080), 0, 32)
    scene.draw(again, state, 1 / 60, 0.002)
    assert raw(surface) == raw(again)
    for change in ("hour", "language", "fog", "message"):
        before = drawn[0]
        if change == "hour":
            state.hour += 30.0
        elif change == "message":
            state.say("a word")
        else:
            setattr(state, change, 1)
        scene.draw(surface, state, 1 / 60, 0.002)
        assert drawn[0] == before + 1, change


def test_the_timeline_on_its_two_pictures_is_the_one_on_a_new_one(scene: Scene, state: State) -> None:
    """The strip is drawn on the picture before the last: nothing of what was there may shine through."""
    tape, layout = scene.tape, scene.layout
    assert tape is not None
    line, parting = Timeline(scene.type), Parting(700, ("a", "b", "c"))
    surface = pygame.Surface((1920, 1080), 0, 32)
    for number in range(12):
        state.compare, state.playing = number % 3 == 0, number % 4 == 1
        state.language, state.hour = number % 3, 200.0 * number
        line.parting = parting if number % 5 == 2 else None
        for _ in range(3):
            line.draw(surface, layout, state, tape, scene.theme, 0.001)
        fresh, whole = Timeline(scene.type), pygame.Surface((1920, 1080), 0, 32)
        fresh.parting = line.parting
        fresh.draw(whole, layout, state, tape, scene.theme)
        assert raw(surface.subsurface(layout.timeline)) == raw(whole.subsurface(layout.timeline)), number


def test_a_letter_outlined_once_is_outlined_alike_again() -> None:
    """Lettering keeps a font for each outline; what it draws is what one font switched to and fro draws."""
    type_ = Lettering()
    for face, size in ((BOLD, 32), (ITALIC, 23)):
        font = pygame.font.Font(str(type_.folder / f"{face}.ttf"), size)
        for text in ("Urga", "Troitskosavsk", "Хүрээ"):
            ink = font.render(text, True, (10, 20, 30))
            font.outline = 3
            edge = font.render(text, True, (240, 230, 220))
            font.outline = 0
            edge.blit(ink, (3, 3))
            line = type_.line(face, size, text, (10, 20, 30), (240, 230, 220), 3)
            assert pygame.image.tobytes(line, "RGBA") == pygame.image.tobytes(edge, "RGBA"), (face, text)
