"""Names on the map: read whole or not at all; steady while chips pass and the scale changes; faded, not blinking."""

from __future__ import annotations

from types import ModuleType

import pytest

from viz import groups, placing, trails
from viz.boot import pygame
from viz.geo import Camera
from viz.labels import letters
from viz.naming import FADE
from viz.scene import Scene
from viz.state import State
from viz.tape import Tape

DAYS = ("0501", "0606", "0612", "0706", "0720", "0731", "0805", "0818")


def sides(scene: Scene) -> dict[str, int]:
    """The side of its dot on which each name stands."""
    return {name: one.side for name, one in scene.names.standing.items()}


def drawn(scene: Scene, state: State, size: tuple[int, int] = (1280, 720), dt: float = 0.0) -> pygame.Surface:
    """One picture, finished."""
    surface = pygame.Surface(size, 0, 32)
    scene.draw(surface, state, dt, float("inf"))
    return surface


@pytest.mark.parametrize("size", [(1920, 1080), (1024, 768)])
@pytest.mark.parametrize("language", [0, 1, 2])
def test_no_name_is_half_covered(
    scene: Scene, state: State, fake: ModuleType, size: tuple[int, int], language: int
) -> None:
    """By chips, cards, other names or the edge of the map: a name is read whole or left out."""
    state.language = language
    for day in DAYS:
        state.hour = fake.hour_of(day) + 12
        scene.forget()
        drawn(scene, state, size)
        view = scene.view
        assert view is not None
        chips, cards = [s.rect() for s in scene.sprites.values()], scene.cards(state)
        lesser = view.names.rects(view, 0, 2, 3)
        assert len(lesser) > 12, day
        for n, rect in enumerate(lesser):
            assert scene.layout.map.contains(rect), day
            assert letters(rect).collidelist(chips) < 0, day
            assert rect.collidelist(cards) < 0, day
            assert letters(rect).collidelist([letters(r) for r in lesser[:n]]) < 0, day


def test_few_places_lose_their_name_to_a_chip(scene: Scene, state: State, fake: ModuleType) -> None:
    """Of the places of the second rank that the map can name and whose dot is seen nine in ten keep their name."""
    named = missed = 0
    for day in DAYS:
        state.hour = fake.hour_of(day) + 12
        scene.forget()
        drawn(scene, state, (1920, 1080))
        view = scene.view
        assert view is not None
        covers = [s.rect() for s in scene.sprites.values()] + scene.cards(state)
        for label in view.frame.labels:
            dot = pygame.Rect(view.pixel(*label.at), (1, 1))
            inside = scene.layout.map.inflate(-60, -60).contains(dot)
            if label.rank == 2 and inside and dot.collidelist(covers) < 0:
                named += label.name in sides(scene)
                missed += label.name not in sides(scene)
    assert named > 9 * missed


def test_a_name_keeps_its_side_while_the_scale_changes(scene: Scene, state: State, fake: ModuleType) -> None:
    """The wheel is turned in small steps: names that stand on the whole way do not hop about their dots."""
    state.hour, state.director = fake.hour_of("0706") + 12.0, False
    state.camera = Camera(106.0, -57.6, 100.0)
    drawn(scene, state)
    before, hops, kept = sides(scene), 0, 0
    for _ in range(30):
        state.camera = Camera(106.0, -57.6, state.camera.scale * 1.012)
        for _ in range(3):
            scene.draw(pygame.Surface((1280, 720), 0, 32), state, 1 / 60, 0.004)
        after = sides(scene)
        both = before.keys() & after.keys()
        hops += sum(before[name] != after[name] for name in both)
        kept += len(both)
        before = after
    assert kept > 300
    assert hops <= kept * 0.01


def test_names_do_not_flicker_in_play(scene: Scene, state: State) -> None:
    """Two days a second: next to no name is gone within half a second of having come."""
    surface = pygame.Surface((1280, 720), 0, 32)
    scene.draw(surface, state, 0.0, float("inf"))
    state.playing = True
    came: dict[str, int] = {}
    before, changes, short = set(sides(scene)), 0, 0
    for frame in range(900):
        state.hour = frame * 0.8
        scene.draw(surface, state, 1 / 60, 0.004)
        now = set(sides(scene))
        for name in now - before:
            came[name] = frame
        changes += len(now ^ before)
        short += sum(frame - came.get(name, -99) < 30 for name in before - now)
        before = now
    assert short <= 3
    assert changes < 150


def test_a_name_comes_and_goes_by_degrees(scene: Scene, state: State, fake: ModuleType) -> None:
    """A card opens over names: they fade; with reduced motion, and in a still, they are gone at once."""
    state.hour, state.director = fake.hour_of("0501") + 12.0, False
    state.camera = Camera(106.0, -57.6, 120.0)
    drawn(scene, state)
    names = scene.names
    assert not names.fading
    state.log = True
    surface = pygame.Surface((1280, 720), 0, 32)
    scene.draw(surface, state, 1 / 60, 0.004)
    for _ in range(20):
        scene.draw(surface, state, 1 / 60, 0.004)
        if names.fading:
            break
    assert names.fading
    assert scene.moving(), "the window goes on drawing"
    for _ in range(round(FADE * 60) + 20):
        scene.draw(surface, state, 1 / 60, 0.004)
    assert not names.fading
    state.log, state.reduced_motion = False, True
    for _ in range(20):
        scene.draw(surface, state, 1 / 60, 0.004)
        assert not names.fading


def test_a_chip_stands_behind_its_pin(scene: Scene, state: State, fake: ModuleType) -> None:
    """Seen from the enemy: seldom between its pin and him, where it would seem to have crossed the line."""
    ahead = chips = 0
    for day in DAYS:
        state.hour = fake.hour_of(day) + 12
        scene.forget()
        drawn(scene, state, (1920, 1080))
        all_ = [s.group for s in scene.sprites.values()]
        for sprite in scene.sprites.values():
            x, y = groups.rear(sprite.group, all_)
            length = (sprite.offset[0] ** 2 + sprite.offset[1] ** 2) ** 0.5
            chips += 1
            ahead += sprite.offset[0] * x + sprite.offset[1] * y < -0.5 * length
    assert ahead < 0.2 * chips


def test_a_chip_does_not_stand_on_the_line_of_another() -> None:
    """With room on either side it takes the one where no chip lies over its line."""
    area = pygame.Rect(0, 0, 1000, 600)
    first = placing.Request(1, (500.0, 300.0), [(120, 60)], (90.0, 0.0), 999.0)
    second = placing.Request(2, (500.0, 306.0), [(120, 60)])
    found = placing.place([first, second], placing.Obstacles(area), 1.0)
    box = placing.box(second.pin, found[2].offset, (120, 60))
    other = placing.box(first.pin, found[1].offset, (120, 60))
    assert not other.clipline(second.pin, box.center)
    assert not box.clipline(first.pin, other.center)


def test_a_part_that_came_another_way_has_a_ribbon_of_its_own_width(tape: Tape, fake: ModuleType) -> None:
    """The ways of a group are as wide as those who came by them, and no man is counted twice."""
    from viz import moment

    tracks, parts_seen = trails.Tracks(), 0
    for day in DAYS:
        hour = fake.hour_of(day) + 12.0
        gathered = groups.group(tape, moment.bodies(tape, hour), 120.0, 1.0, {})
        ways = trails.paths(tape, tracks, gathered, hour)
        for one in gathered:
            units = {b.unit for b in one.members}
            parts = [part for part, _ in ways if part.lead in units]
            parts_seen += len(parts) > 1
            assert sum(part.men for part in parts) <= one.men
            assert all(part.men == sum(b.men for b in part.members) for part in parts)
    assert parts_seen


def test_a_name_that_has_faded_is_drawn_as_ever(scene: Scene, state: State, fake: ModuleType) -> None:
    """Its picture is shared: what fading does to it must not show in the next frames."""
    state.hour, state.director = fake.hour_of("0501") + 12.0, False
    state.camera = Camera(106.0, -57.6, 120.0)
    before = drawn(scene, state)
    state.log = True
    for _ in range(40):
        scene.draw(pygame.Surface((1280, 720), 0, 32), state, 1 / 60, 0.004)
    state.log = False
    for _ in range(120):
        scene.draw(pygame.Surface((1280, 720), 0, 32), state, 1 / 60, 0.004)
    scene.forget()
    assert pygame.image.tobytes(before, "RGB") == pygame.image.tobytes(drawn(scene, state), "RGB")


def test_a_line_breaks_neither_in_a_number_nor_before_per_cent(scene: Scene) -> None:
    text = "lost so far 41 %; cohesion 39 % of 1\u2009980 men"
    for width in range(20, 400, 7):
        for row in scene.type.wrap("sans", 24, text, width):
            assert not row.startswith(("%", "980"))
            assert not row.endswith("1")


@pytest.mark.parametrize("day", DAYS)
def test_no_chip_lies_on_a_large_town_when_a_card_opens(scene: Scene, state: State, fake: ModuleType, day: str) -> None:
    """A name of the first rank that steps aside from a card is told to the chips before they are placed."""
    state.hour = fake.hour_of(day) + 12
    drawn(scene, state, (1024, 768))
    state.selection = ("unit", 3)
    for _ in range(40):
        scene.draw(pygame.Surface((1024, 768), 0, 32), state, 1 / 60, 0.004)
    assert scene.view is not None
    chips = [s.rect() for s in scene.sprites.values()]
    for rect in scene.view.first:
        assert letters(rect).collidelist(chips) < 0
