"""The what-if panel driven as a hand drives it: levers, cards, files, and the views of many runs."""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
import textwrap
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import sim
from viz import desk as desks
from viz import lettering, trails, words, words_cards, words_whatif, worlds
from viz.boot import pygame
from viz.desk import Desk
from viz.errors import VizError
from viz.fans import band, ground
from viz.lab import Lab
from viz.mapdata import read_map
from viz.panel import CARDS, FANS, LEVERS
from viz.scene import Scene
from viz.source import default_map_folder
from viz.state import State
from viz.swarm import gather
from viz.tally import tally
from viz.theme import THEMES, contrast
from viz.warm import WarmRibbons, tracks_of
from viz.whatif import Choice, Crowd, written
from viz.workshop import Workshop

ROOT = Path(__file__).resolve().parents[2]
PACE = "sides.White.pace"


class Window:
    """The window's loop without a window: controls, workshop and scene."""

    def __init__(self, lab: Lab, size: tuple[int, int] = (1280, 800)) -> None:
        pygame.display.init()
        self.scene, self.state = Scene(read_map(default_map_folder())), State(age=60.0, panel=True, hour=1700.0)
        self.surface = pygame.Surface(size, 0, 32)
        self.work = Workshop(self.scene, self.state, "mongolia_1921", None, threads=1)
        self.desk = Desk(self.scene)
        tape = lab.answer(Choice())
        assert tape is not None
        self.scene.load(tape.tape)
        self.draw()
        self.until(lambda: self.work.lab is not None)

    def draw(self, dt: float = 1 / 60) -> None:
        """One frame."""
        self.scene.draw(self.surface, self.state, dt, 0.004)

    def whole(self) -> None:
        """Frames until the run on the map is drawn whole: chips, ribbons, strip."""
        for _ in range(200):
            self.draw()
            if self.scene.arrangement.run == self.run_shown() and not self.scene.moving():
                return
        raise AssertionError("the picture is never whole")

    def run_shown(self) -> str:
        """The digest of the run on the map."""
        assert self.scene.tape is not None
        return self.scene.tape.digest

    def turn(self) -> None:
        """One turn of the loop."""
        self.desk.step(self.state, 1 / 60)
        self.grant()
        self.work.step()
        self.draw()

    def grant(self) -> None:
        """What the window does of what the controls ask."""
        for wish in self.desk.wishes:
            if wish in (desks.RERUN, desks.SETTLE):
                self.work.rerun(settle=wish == desks.SETTLE)
            elif wish == desks.SAVE:
                self.work.save(Path.cwd())
            elif wish.startswith(desks.LOAD):
                self.work.load(Path(wish.removeprefix(desks.LOAD)))
        self.desk.wishes.clear()

    def post(self, event: pygame.Event) -> None:
        """An event, and a turn."""
        self.desk.wishes += self.desk.handle(event, self.state)
        self.turn()

    def key(self, key: int, mod: int = 0) -> None:
        """A key."""
        self.post(pygame.Event(pygame.KEYDOWN, key=key, mod=mod, unicode="", scancode=0))

    def click(self, pos: tuple[int, int]) -> None:
        """A click."""
        self.post(pygame.Event(pygame.MOUSEBUTTONDOWN, pos=pos, button=1))
        self.post(pygame.Event(pygame.MOUSEBUTTONUP, pos=pos, button=1))

    def button(self, name: str) -> None:
        """A click on a widget of the panel."""
        self.click(dict(self.scene.panel.spots(self.scene.layout))[name].center)

    def until(self, done: Callable[[], bool], seconds: float = 60.0) -> None:
        """Turns until something is so."""
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, "it takes too long"
            self.turn()
            time.sleep(0.002)

    def settled(self) -> None:
        """Until the run that the panel describes is on the map, or refused."""
        self.until(lambda: not self.work.runs.busy)
        self.turn()


@pytest.fixture(scope="module")
def lab() -> Lab:
    """The lab, with few runs."""
    return Lab(runs=8)


@pytest.fixture
def window(lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Window]:
    """A window in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def ready(*_: object) -> Lab:
        return lab

    monkeypatch.setattr("viz.lab.Lab", ready)
    found = Window(lab)
    yield found
    found.work.close()


# -- levers ------------------------------------------------------------------------------------------


def test_a_dragged_lever_changes_the_run_on_the_map(window: Window) -> None:
    panel, before = window.scene.panel, window.scene.tape
    assert before is not None
    slider = panel.slider(PACE)
    assert slider is not None
    track = slider.track(window.scene.layout.k)
    first = slider.x(1.0, window.scene.layout.k)
    window.post(pygame.Event(pygame.MOUSEBUTTONDOWN, pos=(first, track.centery), button=1))
    for x in range(track.centerx, track.left, -12):
        window.post(pygame.Event(pygame.MOUSEMOTION, pos=(x, track.centery), rel=(-12, 0), buttons=(1, 0, 0)))
    assert panel.dragged == PACE
    window.post(pygame.Event(pygame.MOUSEBUTTONUP, pos=(track.left, track.centery), button=1))
    window.settled()
    assert panel.settings()[PACE] < 0.6
    assert window.work.shown == panel.choice()
    assert window.scene.tape is not None
    assert window.scene.tape.digest != before.digest
    parting = window.scene.timeline.parting
    assert parting is not None
    assert 0 < parting.hour < before.hours
    tip = window.scene.timeline.flag(window.scene.layout, before, parting).center
    assert parting.what[0] in window.scene.timeline.tip(window.scene.layout, window.state, before, *tip)


def test_runs_that_come_late_are_shown_while_the_hand_moves(window: Window) -> None:
    """Asked for again and again, the map does not wait for the last."""
    panel, seen = window.scene.panel, set[str]()
    panel.dragged = PACE
    steps = 0
    while len(seen) < 3:
        steps += 1
        assert steps < 3000
        panel.put(PACE, 0.5 + 0.01 * (steps % 90))
        window.work.rerun()
        window.turn()
        assert window.scene.tape is not None
        seen.add(window.scene.tape.digest)


def test_undo_delete_and_history_lead_back(window: Window) -> None:
    panel, before = window.scene.panel, window.scene.tape
    assert before is not None
    names = [name for name, _ in panel.spots(window.scene.layout)]
    window.state.focus = 2 + names.index(PACE)
    window.key(pygame.K_RIGHT)
    assert panel.settings() == {PACE: pytest.approx(1.05)}
    window.key(pygame.K_z, pygame.KMOD_CTRL)
    assert panel.settings() == {}
    window.key(pygame.K_LEFT, pygame.KMOD_SHIFT)
    assert panel.settings() == {PACE: pytest.approx(0.75)}
    window.key(pygame.K_DELETE)
    assert panel.settings() == {}
    panel.put(PACE, 0.6)
    window.button("reset")
    window.settled()
    assert panel.choice() == Choice()
    assert window.scene.tape is not None
    assert window.scene.tape.digest == before.digest
    assert window.scene.timeline.parting is None


def test_a_change_from_the_day_shown_leaves_what_was_before(window: Window) -> None:
    panel, before = window.scene.panel, window.scene.tape
    assert before is not None
    window.button("since")
    assert panel.hand.since == before.day(1700.0)
    panel.put(PACE, 0.5)
    window.work.rerun()
    window.settled()
    parting = window.scene.timeline.parting
    assert parting is not None
    assert parting.hour >= 1700 // 24 * 24
    now = window.scene.tape
    assert now is not None
    rows = parting.hour
    assert np.array_equal(now.men[:rows, : before.men.shape[1]], before.men[:rows, : now.men.shape[1]])


# -- cards -------------------------------------------------------------------------------------------


def test_every_card_is_one_click_and_one_click_back(window: Window) -> None:
    panel = window.scene.panel
    window.button(CARDS)
    assert panel.catalogue is not None
    assert len(panel.catalogue.cards) == 15
    history = window.scene.tape
    assert history is not None
    card = panel.catalogue.cards[0]
    window.button(f"card:{card.id}")
    window.settled()
    assert panel.hand.card == card.id
    assert window.scene.tape is not None
    assert window.scene.tape.digest != history.digest
    window.button(f"card:{card.id}")
    window.settled()
    assert panel.hand.card == ""
    assert window.scene.tape.digest == history.digest


def test_a_card_is_taken_up_by_key_and_scrolled_into_sight(window: Window) -> None:
    panel = window.scene.panel
    window.key(pygame.K_TAB, pygame.KMOD_CTRL)
    assert panel.tab == CARDS
    names = [name for name, _ in panel.spots(window.scene.layout)]
    for _ in range(2 + names.index("card:rains") + 1):
        window.key(pygame.K_TAB)
    rect = dict(panel.spots(window.scene.layout))["card:rains"]
    assert window.scene.layout.panel.contains(rect)
    assert panel.hit(*rect.center) == ("card", "rains")
    window.key(pygame.K_RETURN)
    assert panel.hand.card == "rains"
    window.settled()


def test_the_fifteen_cards_can_all_be_run(lab: Lab) -> None:
    """On some dice the moment that a card waits for never comes; on most it does."""
    for card in lab.catalogue.cards:
        answers = (lab.answer(Choice(card=card.id, seed=seed)) for seed in range(6))
        assert any(answer is not None and answer.parting is not None for answer in answers), card.id


def test_a_card_sets_the_lever_that_it_touches(window: Window) -> None:
    panel = window.scene.panel
    panel.choose("no-terror")
    assert panel.home("commanders.ungern.terror") == 0.1
    assert panel.settings() == {}


# -- what cannot be run ------------------------------------------------------------------------------


def test_an_impossible_patch_is_explained_and_the_last_run_stays(window: Window) -> None:
    panel = window.scene.panel
    panel.choose("rains")
    window.work.rerun()
    window.settled()
    good = window.scene.tape
    panel.put("sides.White.strength", 1.5)
    window.work.rerun()
    window.settled()
    assert "strength scales the men of the first day" in panel.problem
    assert window.scene.tape is good
    window.button("reset")
    window.settled()
    assert panel.problem == ""


def test_a_file_that_is_no_patch_is_explained(window: Window, tmp_path: Path) -> None:
    good = window.scene.tape
    path = tmp_path / "mine.toml"
    path.write_text('[set]\n"sides.Red.pase" = 0.5\n', encoding="utf-8")
    window.post(pygame.Event(pygame.DROPFILE, file=str(path)))
    assert "mine.toml" in window.scene.panel.problem
    assert "did you mean 'pace'?" in window.scene.panel.problem
    assert window.scene.tape is good


# -- files -------------------------------------------------------------------------------------------


def test_a_saved_what_if_is_a_patch_file_for_compare_and_sweep(
    window: Window, lab: Lab, tmp_path: Path, campaign: sim.Scenario
) -> None:
    from sim.experiment.sweep import read_study

    panel = window.scene.panel
    panel.choose("defend-urga")
    panel.put("orders.advance-cavalry.shift_days", 7.0)
    panel.put(PACE, 0.8)
    window.key(pygame.K_s, pygame.KMOD_CTRL)
    path = tmp_path / "whatif-1.toml"
    loaded = sim.load(campaign.data, patches=[path])
    wanted = lab.freeze(panel.choice())
    for name in wanted.tables._fields:
        assert np.array_equal(getattr(loaded.tables, name), getattr(wanted.tables, name)), name
    study = tmp_path / "study.toml"
    study.write_text(
        f'patches = ["{path}"]\nseeds = 2\nmethod = "grid"\n[factors]\n"sides.Red.pace" = {{ values = [0.9, 1.1] }}\n',
        encoding="utf-8",
    )
    assert read_study(study).scenario.data.patches[0].set[PACE] == 0.8
    chosen = panel.choice()
    window.button("reset")
    assert panel.own[0].path == str(path)
    window.post(pygame.Event(pygame.DROPFILE, file=str(path)))
    window.settled()
    assert panel.hand.card == str(path)
    assert panel.home(PACE) == 0.8
    shown = window.scene.tape
    first = lab.answer(chosen)
    assert first is not None
    assert shown is not None
    assert shown.digest == first.tape.digest


# -- many runs ---------------------------------------------------------------------------------------


def test_the_strip_says_what_the_runs_say(window: Window, lab: Lab) -> None:
    panel = window.scene.panel
    panel.put(PACE, 0.5)
    window.work.rerun()
    window.settled()
    crowd = panel.crowd
    assert crowd is not None
    assert crowd.now is not None
    window.until(lambda: not crowd.growing)
    for column, outcome in enumerate(lab.catalogue.outcomes):
        found = tally(crowd, column)
        assert found is not None
        assert found.before is not None
        now, old = crowd.now.values[:, column], crowd.base.values[:, column]
        if outcome.kind in ("event", "fell"):
            assert found.now.value == pytest.approx(np.mean(~np.isnan(now)))
            assert found.difference == pytest.approx(np.mean(~np.isnan(now)) - np.mean(~np.isnan(old)))
            assert found.now.low <= found.now.value <= found.now.high
        elif outcome.kind == "men":
            assert found.now.value == pytest.approx(now.mean())
            assert found.difference == pytest.approx((now - old).mean())
        else:
            assert sum(found.now.bins) == pytest.approx(1.0)
    window.draw(0.0)
    assert window.scene.layout.strip.height > 0
    assert len(window.scene.strip.tallies) == len(lab.catalogue.outcomes)
    for cell, outcome in zip(window.scene.layout.cells(6), lab.catalogue.outcomes, strict=True):
        window.state.pointer = cell.center
        tip = window.scene.strip.tip(window.scene.layout, *cell.center, 0, crowd)
        assert tip.startswith(outcome.names[0])
        window.draw()
    window.key(pygame.K_o)
    window.draw()
    assert window.scene.layout.strip.height == 0


def test_one_cell_a_frame_while_runs_come_in(window: Window) -> None:
    """The strip never draws more than one cell in a frame."""
    strip, drawn = window.scene.strip, list[int]()
    original = strip._cell  # pyright: ignore[reportPrivateUsage]

    def count(*arguments: object) -> pygame.Surface:
        drawn.append(1)
        return original(*arguments)  # type: ignore[arg-type]

    strip._cell = count  # type: ignore[method-assign]  # pyright: ignore[reportPrivateUsage]
    window.scene.panel.put(PACE, 0.9)
    window.work.rerun()
    for _ in range(200):
        drawn.clear()
        window.turn()
        assert len(drawn) <= 1


def test_two_worlds_show_what_differs_and_nothing_else(window: Window, lab: Lab) -> None:
    scene = window.scene
    scene.panel.choose("defend-urga")
    window.work.rerun()
    window.settled()
    window.key(pygame.K_w)
    assert scene.panel.views.worlds
    window.draw(0.0)
    assert scene.worlds.ghosts
    same = lab.answer(Choice())
    assert same is not None
    assert worlds.parting(same.tape, same.tape) is None
    scene.load(same.tape)
    scene.history = same.tape
    window.draw(0.0)


def test_the_swarm_counts_every_run_once(window: Window) -> None:
    scene, panel = window.scene, window.scene.panel
    crowd = panel.crowd
    assert crowd is not None
    window.until(lambda: not crowd.growing)
    window.key(pygame.K_m)
    window.draw(0.0)
    assert scene.swarm_shown()
    dots = gather(crowd, 60, 0.2)
    assert dots
    shares: dict[int, float] = {}
    for dot in dots:
        shares[dot.command] = shares.get(dot.command, 0.0) + dot.share
    assert all(share <= 1.0 + 1e-9 for share in shares.values())
    assert max(shares.values()) == pytest.approx(1.0)
    whole = gather(crowd, 60, 90.0)
    assert all(dot.share <= 1.0 for dot in whole)
    assert scene.view is not None
    dot = scene.swarm.dots[0]
    x, y = scene.view.pixel(dot.x, dot.y)
    assert scene.swarm.at(scene.view, round(x), round(y)) is not None
    assert "%" in scene.swarm.tip(dot, crowd, 0)


def test_fans_are_drawn_with_the_documented_figures(window: Window) -> None:
    window.button(FANS)
    window.until(lambda: window.scene.panel.crowd is not None and not window.scene.panel.crowd.growing)
    window.draw()
    fans = window.scene.panel.fans
    tips = [fans.tip(x, y, 0) for x in range(640, 1280, 6) for y in range(0, 640, 6)]
    assert any("10,550 horse" in tip for tip in tips)


def test_views_at_every_size_language_and_theme(window: Window) -> None:
    panel = window.scene.panel
    panel.choose("late-corps")
    window.work.rerun()
    window.settled()
    for size, factor in (((1920, 1080), 2), ((1024, 768), 2), ((1920, 1080), 5), ((640, 480), 2), ((480, 320), 0)):
        window.surface = pygame.Surface(size, 0, 32)
        window.state.factor = factor
        for number, tab in enumerate((LEVERS, CARDS, FANS)):
            window.state.language, window.state.theme = number, ("light", "dark")[number % 2]
            panel.tab, panel.views.swarm, panel.views.worlds = tab, number == 1, number == 0
            window.draw(0.0)
            layout = window.scene.layout
            assert layout.map.bottom == layout.strip.top
            assert layout.map.height > 0.25 * size[1]
            for name, rect in panel.spots(layout)[-8:]:
                assert layout.panel.contains(rect), (size, name)


def test_the_director_knows_a_run_when_it_is_shown(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread looks it through while frames are drawn and ensembles grow: that was done before."""
    window.until(lambda: not window.work.active)

    def never(*_: object) -> object:
        raise AssertionError("a thread of its own")

    monkeypatch.setattr("viz.workshop._guide", never)
    before = window.run_shown()
    window.state.director = True
    window.scene.panel.put(PACE, 0.8)
    window.work.rerun(settle=True)
    window.until(lambda: window.run_shown() != before)
    assert window.scene.guide is window.scene.tape
    window.state.director = False  # then nobody looks it through
    window.scene.panel.put(PACE, 0.85)
    window.work.rerun(settle=True)
    shown = window.run_shown()
    window.until(lambda: window.run_shown() != shown)
    assert window.scene.guide is not window.scene.tape


def test_a_run_that_is_no_longer_shown_goes_at_once(lab: Lab) -> None:
    """While the panel is open nobody searches for garbage in the middle of a frame: runs must hold no cycles."""
    lab.answer(Choice(values=((PACE, 0.9),)))
    gc.collect()
    gc.disable()
    try:
        answer = lab.answer(Choice(values=((PACE, 0.91),)))
        assert answer is not None
        held = weakref.ref(answer.tape.x)
        del answer
        assert held() is None
        assert gc.collect() == 0, "nothing was left behind"
    finally:
        gc.enable()


def test_garbage_is_searched_for_at_rest(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda: searched.append(1))
    monkeypatch.setattr(gc, "get_count", lambda: (100, 0, 0))
    assert not gc.isenabled()
    window.work.tidy()
    window.work.step()
    assert not searched, "there is hardly any"
    monkeypatch.setattr(gc, "get_count", lambda: (100_000, 0, 0))
    window.work.step()
    assert not searched, "not in a frame"
    window.work.tidy()
    assert searched
    monkeypatch.setattr(gc, "get_count", lambda: (10_000_000, 0, 0))
    window.work.step()
    assert len(searched) == 2, "a window that never rests is not to fill the memory"
    window.work.close()
    assert gc.isenabled()


def test_ways_worked_out_beforehand_are_taken_over(window: Window, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The picture that shows a new run first need not work its ways out; without them it must."""
    answers = [lab.answer(Choice(values=((PACE, pace),))) for pace in (0.81, 0.83)]
    tracks = [tracks_of(answer.tape) for answer in answers if answer is not None]

    def stop(*_: object) -> None:
        raise AssertionError("worked out anew")

    monkeypatch.setattr("viz.trails.Tracks._work_out", stop)
    assert isinstance(window.scene.ribbons, WarmRibbons)
    for answer, ways in zip(answers, (tracks[0], None), strict=True):
        assert answer is not None
        window.scene.load(answer.tape)
        if ways is not None:
            window.scene.ribbons.adopt(ways)
            window.whole()
        else:
            with pytest.raises(AssertionError, match="anew"):
                window.whole()


def pixels(surface: pygame.Surface, part: pygame.Rect) -> bytes:
    """What a part of the screen shows."""
    return pygame.image.tobytes(surface.subsurface(part), "RGB")


def test_a_run_swapped_in_over_several_frames_comes_out_whole(window: Window, lab: Lab) -> None:
    """Strip, ribbons and who stands where are those of a picture made at once; the old chips do not outlive it."""
    scene, state = window.scene, window.state
    window.whole()
    answer = lab.answer(Choice(values=((PACE, 0.62),)))
    assert answer is not None
    old = scene.tape
    window.work.show(answer.tape)
    window.draw()
    assert scene.tape is answer.tape
    assert scene.arrangement.run != answer.tape.digest, "the first frame arranges everything"
    window.whole()
    fresh, other = Scene(scene.map, answer.tape), pygame.Surface(window.surface.get_size(), 0, 32)
    fresh.panel, fresh.strip = scene.panel, scene.strip
    state.director = False
    fresh.draw(other, state, 0.0, float("inf"))
    window.whole()
    strip = scene.layout.timeline
    assert pixels(window.surface, strip) == pixels(other, strip)
    found, whole = ({b.unit: b.men for g in each.arrangement.groups() for b in g.members} for each in (scene, fresh))
    assert found
    assert all(whole.get(unit, men) == men for unit, men in found.items())
    again = trails.paths(answer.tape, trails.Tracks(), scene.arrangement.groups(), state.hour)
    assert [path for _, path in scene.ribbons.ways] == [path for _, path in again]
    window.work.show(old or answer.tape)
    window.whole()


def test_chips_go_over_to_a_run_with_other_rows_by_the_ids_of_their_units(window: Window, lab: Lab) -> None:
    scene = window.scene
    window.whole()
    answer = lab.answer(Choice())
    assert answer is not None
    tape = answer.tape
    count = len(tape.units)
    order = list(reversed(range(count)))
    units = [replace(tape.units[old], index=new) for new, old in enumerate(order)]
    turned = replace(tape, units=units, digest="turned")
    before = {tape.units[lead].id: sprite.now for lead, sprite in scene.sprites.items()}
    assert before
    scene.arrangement.carry(tape, turned)
    assert {units[lead].id: sprite.now for lead, sprite in scene.sprites.items()} == before
    assert all(tape.units[order[b.unit]].id == units[b.unit].id for g in scene.arrangement.groups() for b in g.members)
    few = replace(tape, units=[u for u in units if u.id != next(iter(before))], digest="few")
    scene.arrangement.carry(turned, few)
    assert {u.id for u in few.units if u.index in scene.sprites} == set(before) - {next(iter(before))}
    scene.forget()


def test_a_panel_left_alone_looks_as_one_drawn_anew(window: Window) -> None:
    """Frames that skip what has not changed leave the same on the screen, also after a tip or a focus ring."""
    scene, state, panel = window.scene, window.state, window.scene.panel
    window.until(lambda: panel.crowd is not None and not panel.crowd.growing)
    spot = dict(panel.spots(scene.layout))[PACE].center
    for n, change in enumerate(("none", "put", "tip", "gone", "focus", "none", "theme")):
        if change == "put":
            panel.put(PACE, 0.7)
        state.pointer = spot if change == "tip" else (-1, -1)
        state.focus = 3 if change == "focus" else -1
        state.theme = "dark" if change == "theme" else "light"
        for _ in range(60):
            window.draw()
        kept = pixels(window.surface, scene.layout.panel), pixels(window.surface, scene.layout.strip)
        anew = pygame.Surface(window.surface.get_size(), 0, 32)
        scene.draw(anew, state, 1e-6, 0.004)
        assert kept == (pixels(anew, scene.layout.panel), pixels(anew, scene.layout.strip)), (n, change)


def test_what_runs_share_is_made_once(lab: Lab) -> None:
    one, two = (lab.answer(Choice(values=((PACE, pace),))) for pace in (0.77, 0.79))
    assert one is not None
    assert two is not None
    assert one.tape.places is two.tape.places
    assert all(a is b for a, b in zip(one.tape.orders, two.tape.orders, strict=True))
    assert one.tape.digest != two.tape.digest
    later = lab.answer(Choice(values=(("orders.advance-cavalry.shift_days", 7.0),)))
    assert later is not None
    told = [(a.id, a.when, b.when) for a, b in zip(one.tape.orders, later.tape.orders, strict=True) if a.when != b.when]
    assert [name for name, _, _ in told] == ["advance-cavalry"]


def test_no_figure_of_the_strip_is_cut(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interval that does not fit is left out whole; half of one would be another number."""
    panel = window.scene.panel
    panel.choose("late-corps")
    window.work.rerun()
    window.settled()
    window.until(lambda: panel.crowd is not None and not panel.crowd.growing)
    type_, said = window.scene.type, list[str]()
    line = type_.line

    def spy(face: str, pixels: float, text: str, *more: object) -> pygame.Surface:
        said.append(text)
        return line(face, pixels, text, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(type_, "line", spy)
    for size, factor in (((1024, 768), 2), ((1024, 768), 5), ((1920, 1080), 2), ((1920, 1080), 5)):
        window.surface, window.state.factor = pygame.Surface(size, 0, 32), factor
        for window.state.language in range(3):
            window.scene.forget()
            window.scene.strip._cells.clear()  # pyright: ignore[reportPrivateUsage]
            said.clear()
            window.draw(0.0)
            assert any(text.endswith("%") for text in said)
            cut = [text for text in said if text.endswith("\u2026") and any(c.isdigit() for c in text)]
            assert not cut, (size, factor, window.state.language)


def test_bands_of_the_fans_stand_off_from_their_ground_by_lightness() -> None:
    """Not by hue alone: the outer band from the ground, the inner one from the outer, for both sides."""
    for theme in THEMES.values():
        for side in (0, 1):
            outer, inner = band(theme, side, whole=True), band(theme, side, whole=False)
            assert contrast(outer, ground(theme)) > 1.6, (theme.name, side)
            assert contrast(inner, outer) > 1.5, (theme.name, side)


def test_knobs_do_not_lie_on_the_words(window: Window) -> None:
    """Label and value of a lever stand above its knob, wherever that is."""
    window.surface = pygame.Surface((1920, 1080), 0, 32)
    window.draw(0.0)
    k, type_ = window.scene.layout.k, window.scene.type
    for name, rect in window.scene.panel.spots(window.scene.layout)[:13]:
        slider = window.scene.panel.slider(name)
        assert slider is not None
        letters = type_.line(lettering.SEMIBOLD, 21 * k, "0123456789", (255, 255, 255)).get_bounding_rect()
        assert rect.top + letters.bottom <= slider.track(k).centery - round(8.5 * k), name


# -- words -------------------------------------------------------------------------------------------


def figures(text: str) -> list[str]:
    """The numbers of a text; Mongolian months are numbers, too, and left out."""
    text = re.sub(r"\d-р сарын", "", text).replace(",", ".")
    text = re.sub(r"(?<=\d)\.(?=\d{3}\b)", "", text)
    return sorted(re.findall(r"\d+(?:\.\d+)?", text))


def test_three_languages_are_complete(lab: Lab) -> None:
    for key, texts in words_whatif.WORDS.items():
        assert len(texts) == 3
        assert all(text.strip() for text in texts), key
        assert words.say(key, 1) == texts[1]
    catalogue = lab.catalogue
    for lever in catalogue.levers:
        assert len(set(lever.names)) == 3, lever.key
        assert len(set(lever.says)) == 3, lever.key
        assert lever.source
    for card in catalogue.cards:
        assert len(set(card.names)) == 3, card.id
        assert len(set(card.questions)) == 3, card.id
        assert card.note
        told = [words_cards.note_of(card.id, card.note, lang) for lang in range(3)]
        assert told[0] == card.note
        assert len(set(told)) == 3, card.id
        for text in told[1:]:  # the same figures in every language, or the note has been changed in one only
            assert figures(text) == figures(card.note), card.id
            assert not re.search("[A-Za-z]{3}", text), card.id
    assert all(len(set(outcome.names)) == 3 for outcome in catalogue.outcomes)


def test_values_are_written_with_their_units() -> None:
    assert written(1.25, "factor") == "\u00d7 1.25"
    assert written(-7, "days") == "\u20137 d"
    assert written(0, "days") == "0 d"
    assert written(110, "men") == "110"
    assert written(0.0024, "per hour") == "0.0024"


def test_an_unknown_scenario_is_told(tmp_path: Path) -> None:
    with pytest.raises(VizError, match="no scenario"):
        Lab("nowhere")
    with pytest.raises(VizError):
        Lab(str(tmp_path))


def test_crowds_of_one_world_are_kept(lab: Lab) -> None:
    one, two = (lab.crowd(lab.freeze(Choice(values=((PACE, 0.77),)))) for _ in range(2))
    assert isinstance(one, Crowd)
    assert one.now is two.now
    assert one.base is two.base


# -- the end -----------------------------------------------------------------------------------------

SCRIPT = textwrap.dedent(
    """
    import os, sys, threading
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    from viz import app
    old = app.Session.__init__
    def new(self, *a, **k):
        old(self, *a, **k)
        self.state.panel = True
        step = self.workshop.step
        def spy():
            done = step()
            crowd = self.scene.panel.crowd
            if crowd is not None and crowd.growing and crowd.shown.count > 2:
                print("GROWING", flush=True)
            return done
        self.workshop.step = spy
    app.Session.__init__ = new
    sys.exit(app.main(size=(1280, 720), seconds=60))
    """
)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("how", ["killed", "asked"])
def test_the_end_of_the_window_in_mid_ensemble_leaves_nothing_behind(tmp_path: Path, how: str) -> None:
    script = tmp_path / "view.py"
    script.write_text(SCRIPT)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    viewer = subprocess.Popen(
        [sys.executable, str(script)], cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True,
    )  # fmt: skip
    with viewer:
        assert viewer.stdout is not None
        assert "GROWING" in viewer.stdout.readline()
        if how == "killed":
            viewer.kill()
            assert viewer.wait(20) != 0
        else:  # the window is asked to close
            viewer.terminate()
            assert viewer.wait(20) == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(viewer.pid, 0)  # no process of its group is left
