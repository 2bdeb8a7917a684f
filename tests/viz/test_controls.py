"""Keys, mouse and remote by posted events: each does what the help says."""

from __future__ import annotations

from types import ModuleType

import pytest

from viz import desk as desks
from viz.boot import pygame
from viz.desk import Desk
from viz.state import FACTORS, NORMAL_SPEED, State


def press(desk: Desk, state: State, key: int, mod: int = 0) -> list[str]:
    """Post a key and let the desk handle what comes out of the queue."""
    pygame.event.clear()
    pygame.event.post(pygame.Event(pygame.KEYDOWN, key=key, mod=mod, unicode="", scancode=0))
    wishes: list[str] = []
    for event in pygame.event.get():
        wishes += desk.handle(event, state)
    return wishes


def click(desk: Desk, state: State, pos: tuple[int, int]) -> None:
    """Press and release the left button."""
    for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
        pygame.event.post(pygame.Event(kind, pos=pos, button=1))
        for event in pygame.event.get():
            desk.handle(event, state)


def redraw(desk: Desk, state: State) -> None:
    desk.scene.draw(pygame.Surface((1920, 1080), 0, 32), state, 0.0, float("inf"))


def test_space_and_k_play_and_pause(desk: Desk, state: State) -> None:
    press(desk, state, pygame.K_SPACE)
    assert state.playing
    press(desk, state, pygame.K_k)
    assert not state.playing


def test_arrows_move_days_hours_and_events(desk: Desk, state: State) -> None:
    press(desk, state, pygame.K_RIGHT)
    assert state.hour == 24
    press(desk, state, pygame.K_RIGHT, pygame.KMOD_SHIFT)
    assert state.hour == 25
    press(desk, state, pygame.K_LEFT)
    assert state.hour == 1
    assert desk.scene.tape is not None
    first = min(e.hour for e in desk.scene.tape.events if e.weight >= 3)
    press(desk, state, pygame.K_RIGHT, pygame.KMOD_CTRL)
    assert state.hour == first
    press(desk, state, pygame.K_PAGEUP)
    assert state.hour == 0
    press(desk, state, pygame.K_PAGEDOWN)
    assert state.hour == first


def test_home_end_and_digits_jump(desk: Desk, state: State) -> None:
    assert desk.scene.tape is not None
    hours = desk.scene.tape.hours
    press(desk, state, pygame.K_END)
    assert state.hour == hours
    press(desk, state, pygame.K_5)
    assert state.hour == hours / 2
    press(desk, state, pygame.K_HOME)
    assert state.hour == 0


def test_brackets_change_the_speed_and_backspace_resets_it(desk: Desk, state: State) -> None:
    press(desk, state, pygame.K_RIGHTBRACKET)
    assert state.speed == NORMAL_SPEED + 1
    press(desk, state, pygame.K_LEFTBRACKET)
    press(desk, state, pygame.K_LEFTBRACKET)
    assert state.speed == NORMAL_SPEED - 1
    press(desk, state, pygame.K_BACKSPACE)
    assert state.speed == NORMAL_SPEED


def test_letters_go_by_place_on_the_keyboard_under_a_russian_layout(desk: Desk, state: State) -> None:
    event = pygame.Event(pygame.KEYDOWN, key=0x435, mod=0, unicode="е", scancode=pygame.KSCAN_T)
    desk.handle(event, state)
    assert state.theme == "dark"


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (pygame.K_c, "captions"),
        (pygame.K_p, "panel"),
        (pygame.K_g, "compare"),
        (pygame.K_n, "names"),
        (pygame.K_d, "director"),
        (pygame.K_e, "log"),
        (pygame.K_r, "reduced_motion"),
        (pygame.K_a, "auto_pause"),
        (pygame.K_h, "help"),
        (pygame.K_F1, "help"),
    ],
)
def test_switches_toggle_and_toggle_back(desk: Desk, state: State, key: int, name: str) -> None:
    before = getattr(state, name)
    press(desk, state, key)
    assert getattr(state, name) is not before
    redraw(desk, state)
    press(desk, state, key)
    assert getattr(state, name) is before


def test_language_theme_and_fog_go_round(desk: Desk, state: State) -> None:
    for expected in (1, 2, 0):
        press(desk, state, pygame.K_y)
        assert state.language == expected
        redraw(desk, state)
    for expected in (0, 1, -1):
        press(desk, state, pygame.K_v)
        assert state.fog == expected
        redraw(desk, state)


def test_lecture_mode_and_out_of_it(desk: Desk, state: State) -> None:
    state.panel = True
    press(desk, state, pygame.K_F5)
    assert (state.lecture, state.auto_pause, state.panel, state.playing) == (True, True, False, True)
    press(desk, state, pygame.K_ESCAPE)
    assert not state.lecture


def test_black_screen_by_remote_and_any_key_ends_it(desk: Desk, state: State) -> None:
    press(desk, state, pygame.K_PERIOD)
    assert state.black
    surface = pygame.Surface((640, 480), 0, 32)
    desk.scene.draw(surface, state)
    assert surface.get_at((320, 240))[:3] == (0, 0, 0)
    press(desk, state, pygame.K_PAGEDOWN)
    assert not state.black


def test_window_wishes(desk: Desk, state: State) -> None:
    assert press(desk, state, pygame.K_F11) == [desks.FULLSCREEN]
    assert press(desk, state, pygame.K_f) == [desks.FULLSCREEN]
    assert press(desk, state, pygame.K_s) == [desks.STILL]
    assert press(desk, state, pygame.K_q) == []
    assert press(desk, state, pygame.K_ESCAPE) == []
    assert press(desk, state, pygame.K_q, pygame.KMOD_CTRL) == [desks.QUIT]


def test_text_factor_stays_in_range(desk: Desk, state: State) -> None:
    for _ in range(10):
        press(desk, state, pygame.K_EQUALS, pygame.KMOD_CTRL)
    assert state.factor == len(FACTORS) - 1
    redraw(desk, state)
    for _ in range(10):
        press(desk, state, pygame.K_MINUS, pygame.KMOD_CTRL)
    assert state.factor == 0
    redraw(desk, state)


def test_zoom_pan_and_whole_theatre(desk: Desk, state: State) -> None:
    scale = state.camera.scale
    press(desk, state, pygame.K_EQUALS)
    assert state.camera.scale > scale
    assert not state.director
    press(desk, state, pygame.K_z)
    assert state.camera.scale < scale
    redraw(desk, state)
    state.pointer = (400, 400)
    desk.handle(pygame.Event(pygame.MOUSEWHEEL, y=3, x=0), state)
    x = state.camera.x
    desk.handle(pygame.Event(pygame.MOUSEBUTTONDOWN, pos=(900, 500), button=1), state)
    desk.handle(pygame.Event(pygame.MOUSEMOTION, pos=(700, 500), rel=(-200, 0), buttons=(1, 0, 0)), state)
    desk.handle(pygame.Event(pygame.MOUSEBUTTONUP, pos=(700, 500), button=1), state)
    assert state.camera.x > x
    assert state.selection is None


def test_zoom_holds_the_point_under_the_pointer(desk: Desk, state: State) -> None:
    area = desk.scene.layout.map
    before = state.camera.sheet(800, 450, area.width, area.height)
    desk.zoom(state, 1.5, 800, 450)
    after = state.camera.sheet(800, 450, area.width, area.height)
    assert after == pytest.approx(before, abs=1e-6)


def test_click_on_the_track_seeks_and_drag_scrubs(desk: Desk, state: State) -> None:
    scene = desk.scene
    assert scene.tape is not None
    track = scene.timeline.track(scene.layout)
    click(desk, state, (track.left + track.width // 4, track.centery))
    assert state.hour == pytest.approx(scene.tape.hours / 4, abs=3)
    desk.handle(pygame.Event(pygame.MOUSEBUTTONDOWN, pos=(track.left, track.centery), button=1), state)
    desk.handle(
        pygame.Event(pygame.MOUSEMOTION, pos=(track.right, track.centery), rel=(1, 0), buttons=(1, 0, 0)),
        state,
    )
    assert state.hour == scene.tape.hours


def test_play_button_and_chip_and_place_can_be_clicked(desk: Desk, state: State) -> None:
    scene = desk.scene
    click(desk, state, scene.timeline.button(scene.layout).center)
    assert state.playing
    state.playing = False
    sprite = next(iter(scene.sprites.values()))
    click(desk, state, sprite.rect().center)
    assert state.selection == ("unit", sprite.group.lead)
    redraw(desk, state)
    press(desk, state, pygame.K_ESCAPE)
    assert state.selection is None


def test_units_can_be_walked_through_by_key(desk: Desk, state: State) -> None:
    seen: set[int] = set()
    for _ in desk.scene.sprites:
        press(desk, state, pygame.K_u)
        assert state.selection is not None
        seen.add(state.selection[1])
        redraw(desk, state)
    assert len(seen) >= min(4, len(desk.scene.sprites))


def test_sliders_by_mouse_and_key_with_undo(desk: Desk, state: State) -> None:
    state.panel = True
    redraw(desk, state)
    panel, k = desk.scene.panel, desk.scene.layout.k
    slider = panel.slider("sides.White.pace")
    assert slider is not None
    track = slider.track(k)
    click(desk, state, (track.right, track.centery))
    assert panel.settings() == {"sides.White.pace": slider.high}
    press(desk, state, pygame.K_z, pygame.KMOD_CTRL)
    assert panel.settings() == {}
    for _ in range(3):
        press(desk, state, pygame.K_TAB)
    press(desk, state, pygame.K_RIGHT)
    assert len(panel.settings()) == 1
    press(desk, state, pygame.K_DELETE)
    assert panel.settings() == {}


def test_run_again_and_live_ask_for_a_run(desk: Desk, state: State) -> None:
    state.panel = True
    redraw(desk, state)
    panel = desk.scene.panel
    spots = dict(panel.spots(desk.scene.layout))
    wishes = desk.handle(pygame.Event(pygame.MOUSEBUTTONDOWN, pos=spots["run"].center, button=1), state)
    assert wishes == [desks.RERUN]
    assert panel.live
    click(desk, state, spots["live"].center)
    assert not panel.live
    click(desk, state, spots["live"].center)
    slider = panel.slider("seed")
    assert slider is not None
    spot = slider.track(desk.scene.layout.k).center
    assert desk.handle(pygame.Event(pygame.MOUSEBUTTONDOWN, pos=spot, button=1), state) == []
    desk.step(state, 0.02)
    assert desk.wishes == [desks.RERUN]
    desk.wishes.clear()
    assert desk.handle(pygame.Event(pygame.MOUSEBUTTONUP, pos=spot, button=1), state) == [desks.SETTLE]


def test_play_stops_at_the_end_and_at_events_when_asked(desk: Desk, state: State) -> None:
    assert desk.scene.tape is not None
    state.hour, state.playing = desk.scene.tape.hours - 10.0, True
    desk.step(state, 1.0)
    assert state.hour == desk.scene.tape.hours
    assert not state.playing
    state.hour, state.playing, state.auto_pause = 0.0, True, True
    for _ in range(1000):
        desk.step(state, 0.05)
        if not state.playing:
            break
    assert state.hour == min(e.hour for e in desk.scene.tape.events if e.weight >= 3)


def test_a_loop_comes_round(desk: Desk, state: State) -> None:
    state.loop, state.hour, state.playing = (100.0, 200.0), 190.0, True
    desk.step(state, 0.1)
    desk.step(state, 0.2)
    assert 100 <= state.hour < 200


def test_every_key_of_the_help_is_known(desk: Desk, state: State, fake: ModuleType) -> None:
    """No key raises, whatever else is open."""
    del fake
    for key in [
        *range(pygame.K_a, pygame.K_z + 1),
        *range(pygame.K_0, pygame.K_9 + 1),
        pygame.K_F1,
        pygame.K_F5,
        pygame.K_F6,
        pygame.K_F11,
        pygame.K_TAB,
        pygame.K_ESCAPE,
        pygame.K_HOME,
        pygame.K_END,
        pygame.K_PAGEUP,
        pygame.K_PAGEDOWN,
        pygame.K_UP,
        pygame.K_DOWN,
        pygame.K_DELETE,
        pygame.K_RETURN,
    ]:
        press(desk, state, key)
        press(desk, state, key, pygame.KMOD_CTRL)
        press(desk, state, key, pygame.KMOD_SHIFT)
    redraw(desk, state)
