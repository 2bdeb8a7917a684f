"""The fog of war: a side is shown what it knows by the hour, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from viz import battles, knowledge, pointing
from viz.boot import pygame
from viz.scene import Scene
from viz.state import State
from viz.tape import Battle, Event, Tape

FAR = (88.0, -49.0)  # a corner of the sheet where nobody stands


def event(**change: object) -> Event:
    """An event of the Whites far from everybody, changed as asked for."""
    blank = Event(1000, "battle-ends", "battle", ("a", "b", "c"), *FAR, 1, 3)
    return replace(blank, **change)  # type: ignore[arg-type]


def with_events(tape: Tape, *events: Event) -> Tape:
    return replace(tape, events=list(events), knowledge={}, digest="other")


def test_an_event_of_the_enemy_out_of_sight_is_not_known(tape: Tape) -> None:
    other = with_events(tape, event())
    assert knowledge.events(other, -1) == other.events
    assert knowledge.events(other, 0) == []
    assert knowledge.events(other, 1) == other.events


def test_an_event_is_known_by_taking_part_or_by_sight(tape: Tape) -> None:
    ours = next(u.index for u in tape.units if u.side == 0)
    part = event(units=(ours,))
    at = (float(tape.x[1000, ours]), float(tape.y[1000, ours]))
    seen = event(x=at[0] + 0.05, y=at[1])
    missed = event(x=at[0] + 3.0, y=at[1] + 3.0)
    nowhere = event(x=None, y=None)
    assert knowledge.events(with_events(tape, part, seen, missed, nowhere), 0) == [part, seen]


def test_what_only_the_enemy_could_count_is_not_told(tape: Tape) -> None:
    told = (("red", "red", "red"), ("white", "white", "white"))
    other = with_events(tape, event(side=-1, told=told, units=tuple(u.index for u in tape.units)))
    for side, word in enumerate(("red", "white")):
        assert [e.texts[0] for e in knowledge.events(other, side)] == [word]
    assert other.events[0].texts[0] == "a"


def test_a_battle_is_told_with_a_guess_at_the_enemy(tape: Tape) -> None:
    told = [e for e in tape.events if e.kind == "battle" and e.told is not None]
    assert told
    for one in told:
        assert one.told is not None
        for side in (0, 1):
            assert one.told[side][0].count("~") == 1
        assert "~" not in one.texts[0]
        assert one.told[0] != one.told[1]


def test_holders_are_known_when_own_or_seen_or_reported(tape: Tape) -> None:
    lonely = next(p.index for p in tape.places if p.x < 92 and p.holder != 0)
    own = next(p.index for p in tape.places if p.holder == 0)
    changes = [(100, lonely, 1), (200, own, 1), (300, lonely, -1)]
    blind = replace(tape, holders=changes, sightings=([], []), knowledge={}, digest="other")
    assert knowledge.holders(blind, -1) == changes
    assert knowledge.holders(blind, 0) == [(200, own, 1)]
    assert knowledge.held(blind, 150, 0)[lonely] == tape.places[lonely].holder
    assert knowledge.held(blind, 150)[lonely] == 1
    report = [(130, next(u.index for u in tape.units if u.side == 1), lonely, 300)]
    told = replace(blind, sightings=(report, []), knowledge={})
    assert knowledge.holders(told, 0) == [(130, lonely, 1), (200, own, 1)]


def test_battles_are_marked_for_those_who_fight_or_see(tape: Tape) -> None:
    far = Battle(*FAR, -1, 1000, 1010, ("x", "x", "x"), (0, 1), ({"loss_left": 50.0, "loss_right": 50.0},))
    other = replace(tape, battles=[*tape.battles, far], knowledge={}, digest="other")
    number = len(tape.battles)
    assert knowledge.knows_battle(other, -1, number)
    for side in (0, 1):
        assert not knowledge.knows_battle(other, side, number)
        # one of the made-up battles is fought by men who are a long way off
        assert sum(knowledge.knows_battle(other, side, n) for n in range(number)) >= number - 1


def test_the_scene_in_the_fog(scene: Scene, state: State, tape: Tape) -> None:
    """Captions, bursts, tint, list and jumps come from what the side knows, by every hour."""
    from viz.desk import Desk
    from viz.stills import render

    far = Battle(
        tape.battles[0].x - 8.0,
        -49.0,
        -1,
        1500,
        1520,
        ("x", "x", "x"),
        (0, 1),
        ({"loss_left": 99.0, "loss_right": 9.0},),
    )
    secret = event(hour=1500, x=far.x, y=far.y)
    other = replace(tape, battles=[far], events=[secret], holders=[], knowledge={}, digest="fog")
    place = next(p for p in tape.places if p.holder == -1 and p.x < 95)
    other = replace(other, sightings=([], []), holders=[(1400, place.index, 1)])
    scene.load(other)
    state.hour = 1505.0
    state.director = False
    state.camera = replace(state.camera, x=far.x, y=far.y, scale=110.0)
    found = {}
    for fog in (-1, 0):
        state.fog = fog
        scene.forget()
        render(scene, state, (1280, 720))
        assert scene.view is not None
        desk = Desk(scene)
        desk.handle(pygame.Event(pygame.KEYDOWN, key=pygame.K_PAGEUP, mod=0, unicode="", scancode=0), state)
        jumped, state.hour = state.hour, 1505.0
        found[fog] = (
            scene.caption,
            len(battles.marks(scene.view)),
            _shown_holders(scene)[place.index],
            jumped,
        )
    assert found[-1] == (secret, 1, 1, 1500.0)
    assert found[0] == (None, 0, -1, found[0][3])
    assert found[0][3] != 1500.0
    assert pointing.hit(scene.view, scene.arrangement, 640, 300) != ("battle", 0)


def _shown_holders(scene: Scene) -> list[int]:
    """The holders by which the ground on the screen was tinted."""
    assert scene.ground.frame is not None
    assert scene.ground.frame.control is not None
    return scene.ground.frame.control


@pytest.mark.parametrize("side", [0, 1])
def test_the_inspector_keeps_the_enemy_secret(scene: Scene, state: State, tape: Tape, side: int) -> None:
    enemy = next(u for u in tape.units if u.side != side and u.index in tape.known(side, 2000))
    state.hour, state.selection = 2000.0, ("unit", enemy.index)
    open_ = scene.inspector.sheet(state, tape)
    state.fog = side
    closed = scene.inspector.sheet(state, tape)
    assert open_.bars
    assert not closed.bars
    assert closed.rows[0][1] == f"~{closed.rows[0][1].removeprefix('~')}"
    men = int(tape.men[2000, enemy.index])
    assert all(str(men) not in value for _, value in closed.rows)
    own = next(u for u in tape.units if u.side == side and tape.men[2000, u.index] > 0)
    state.selection = ("unit", own.index)
    texts = " ".join(t for t, _ in scene.inspector.sheet(state, tape).texts)
    assert "in truth" not in texts
    state.selection = ("battle", 0)
    assert not scene.inspector.sheet(state, tape).table
    state.fog = -1
    assert scene.inspector.sheet(state, tape).table


def test_the_strip_tells_nothing_of_what_is_to_come(scene: Scene, state: State, tape: Tape) -> None:
    from viz.stills import render

    middle = sorted(e.hour for e in tape.events if e.weight >= 3)[3]
    state.hour = float(middle)
    counts = []
    for fog in (-1, 0):
        state.fog = fog
        render(scene, state, (1280, 720))
        counts.append([event.hour for _, event in scene.timeline._icons])
    assert max(counts[0]) > middle + 24
    assert counts[1]
    assert max(counts[1]) < middle + 12
