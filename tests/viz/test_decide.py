"""Decision points in the window, by posted events: the stop, the card, the choice, the fork, the comparison."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import sim
from sim.choice.decisions import briefing, hours, points
from viz import words_decide
from viz.boot import pygame
from viz.council import Council, World
from viz.decide import decision_lines, offered, reports
from viz.errors import VizError
from viz.leaf import TARGET, Leaf
from viz.moment import seen_by
from viz.pages import Comparison, Decision, Goals, Tasks
from viz.state import UNIT
from viz.turning import Turning

if TYPE_CHECKING:
    from viz.tape import Tape


def card(table: Any) -> Any:
    """The card that is open."""
    return table.table.page


def key_of(question: Any, option: str) -> int:
    """The key that takes an option of a decision."""
    return pygame.K_1 + [one.id for one in offered(question.decision)].index(option)


def same_past(one: Tape, other: Tape, hour: int) -> bool:
    """Whether two runs are the same up to an hour, that hour's record included."""
    n = min(one.men.shape[1], other.men.shape[1])  # the rest came into being later
    return all(
        np.array_equal(getattr(one, name)[: hour + 1, :n], getattr(other, name)[: hour + 1, :n])
        for name in ("x", "y", "men", "state")
    )


@pytest.fixture
def standing(council: Council, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set it when time stands still: comparisons wait for it, on however fast a machine."""
    event, compare = threading.Event(), council.verdict

    def late(*given: Any) -> Any:
        assert event.wait(60)
        return compare(*given)

    monkeypatch.setattr(council, "verdict", late)
    return event


@pytest.mark.parametrize("runs_on", [False, True])
def test_a_comparison_that_comes_in_a_busy_moment_opens_after_it(
    table: Any, standing: threading.Event, runs_on: bool
) -> None:
    """Unless time runs by then: it is not to cover the map of somebody who has gone on."""
    table.state.hour = 2300.0
    table.key(pygame.K_j)
    deciding, busy, gate = table.table.deciding, table.table.errands, threading.Event()
    deciding.runs = 4
    table.key(key_of(card(table).question, "manchuria"))
    table.state.playing = False
    busy.ask(gate.wait, lambda _: None, table.table.sorry)
    standing.set()
    table.until(lambda: deciding.verdict is not None)
    table.turn()
    assert card(table) is None
    table.state.playing = runs_on
    table.turn()
    table.state.playing = False
    gate.set()
    table.until(lambda: not busy.busy)
    table.turn()
    assert isinstance(card(table), Comparison) != runs_on


def test_marks_stand_at_the_hours_of_this_run(table: Any, council: Council) -> None:
    marks = table.table.deciding.marks
    assert {one.id: one.hour for one in marks.marks} == hours(council.base(), 0)
    assert len(marks.marks) >= 8
    layout = table.scene.layout
    mark, box = marks.lay_out(layout, table.tape)[3]
    assert abs(box.centerx - table.scene.timeline.x(layout, table.tape, mark.hour)) <= 1
    tip = table.scene.timeline.tip(layout, table.state, table.tape, box.centerx, box.centery)
    assert mark.titles[0] in tip


def test_a_lecture_stops_at_the_hour_and_only_a_lecture_does(table: Any) -> None:
    mark = table.table.deciding.marks.marks[0]
    table.state.hour, table.state.playing = mark.hour - 5.0, True
    table.until(lambda: table.state.hour > mark.hour + 5)
    assert card(table) is None
    table.state.lecture, table.state.hour, table.state.playing = True, mark.hour - 5.0, True
    table.turn()
    table.until(lambda: card(table) is not None)
    assert isinstance(card(table), Decision)
    assert table.state.hour == mark.hour
    assert not table.state.playing
    # Esc: on without choosing, and not stopped here again
    before = table.tape.certificate
    table.key(pygame.K_ESCAPE)
    assert table.state.playing
    assert table.state.fog == -1
    assert table.tape.certificate == before
    table.until(lambda: table.state.hour > mark.hour + 5)
    assert card(table) is None


def test_a_jump_is_no_play(table: Any) -> None:
    """Who seeks over a decision is not stopped by it."""
    mark = table.table.deciding.marks.marks[2]
    table.state.lecture, table.state.hour, table.state.playing = True, mark.hour - 30.0, True
    table.turn()
    table.desk.seek(table.state, mark.hour + 30)
    table.turn()
    table.turn()
    assert card(table) is None


def test_the_card_and_the_map_show_what_the_commander_knew(table: Any, council: Council) -> None:
    table.state.hour = 1900.0
    table.key(pygame.K_j)
    page = card(table)
    assert isinstance(page, Decision)
    question = page.question
    assert question.decision.id == "north-again"
    known = briefing(council.base(), question.decision, 0)
    assert question.hour == known.hour == table.state.hour
    text = " ".join(line.text + line.more + line.right for line in page.lines(0))
    for option in question.decision.options:
        assert option.title in text
        assert option.reason in text
    spoken = table.table.unread()
    assert any(question.decision.question in line for line in spoken), "the text log says it, too"
    assert table.table.unread() == [], "once"
    listed = reports(known.enemies, 0)
    assert listed
    assert all(place in text and age in text for place, age in listed[:5])
    # on the map: the reports, each with its age, and nothing else of the enemy
    assert table.state.fog == 1
    units = {unit.id: unit.index for unit in table.tape.units}
    seen = {body.unit: body for body in seen_by(table.tape, known.hour, 1) if body.age >= 0}
    expected = {units[one.unit]: one for one in known.enemies if one.age_h <= 14 * 24}
    assert set(seen) == set(expected)
    assert all((seen[u].men, seen[u].age) == (one.men, one.age_h) for u, one in expected.items())
    truth = {u.index for u in table.tape.units if u.side == 0 and table.tape.state[known.hour, u.index] == 1}
    assert truth - set(seen), "he does not know of all of them"


def test_a_choice_forks_the_run_at_that_hour_and_is_compared(
    table: Any, council: Council, played: Tape, standing: threading.Event
) -> None:
    table.state.hour = 2300.0
    table.key(pygame.K_j)
    page = card(table)
    assert isinstance(page, Decision)
    question = page.question
    assert [option.id for option in question.decision.options] == ["uryankhai", "tibet", "manchuria"]
    table.table.deciding.runs, frames = 16, table.frames
    table.key(key_of(question, "manchuria"))
    hour = question.hour
    assert card(table) is None
    assert table.state.fog == -1
    assert hour <= table.state.hour < hour + 24
    assert table.state.playing
    assert "Model run" in table.state.message
    forked = table.tape
    assert forked.digest != played.digest
    assert same_past(forked, played, hour)
    assert not same_past(forked, played, played.hours)
    assert "uryankhai" in table.table.deciding.marks.decided
    # the comparison is made meanwhile, frame by frame
    table.state.playing = False
    standing.set()
    table.until(lambda: table.table.deciding.verdict is not None and not table.table.errands.busy)
    assert table.frames - frames > 5
    table.turn()
    assert isinstance(card(table), Comparison), "time stands still, so it opens by itself"
    told = sim.decide(council.base(), "uryankhai", seed=0, runs=16)
    found = card(table).verdict
    assert np.array_equal(found.values, told.values, equal_nan=True)
    lines = card(table).lines(0)
    heads = next(line for line in lines if line.head)
    assert [cell.tag for cell in heads.cells] == ["history", "", "your choice"]
    rows = [line for line in lines if line.cells and not line.head]
    assert [line.text for line in rows] == [row.told("en") for row in told.rows]
    for line, row in zip(rows, told.rows, strict=True):
        for cell, one in zip(line.cells, row.cells, strict=True):
            if row.kind == "event":
                assert cell.text == f"{round(100 * one.mean)} %"
            sure = one.diff_low > 0 or one.diff_high < 0
            assert cell.trend == (np.sign(one.difference) if sure else 0), "an arrow says what the colour says"
            assert (cell.tone == "accent") == bool(cell.trend)
            if row.kind == "event":
                assert (cell.low, cell.high) == (one.low, one.high)
    whole = " ".join(line.text for line in lines)
    assert "model runs" in whole
    assert "would have happened" not in whole
    # the decision stays where it fell in the fork
    table.key(pygame.K_ESCAPE)
    table.marked()
    mark = next(one for one in table.table.deciding.marks.marks if one.id == "uryankhai")
    assert mark.hour == hour
    table.key(pygame.K_RETURN)
    assert isinstance(card(table), Comparison)
    # choose again: the card of the same decision, over the run as it was
    table.key(pygame.K_2)
    table.until(lambda: isinstance(card(table), Decision))
    assert card(table).question.hour == hour
    table.key(pygame.K_ESCAPE)
    assert table.tape.digest == played.digest


def test_a_comparison_that_comes_in_play_waits_behind_its_button(table: Any, standing: threading.Event) -> None:
    table.state.hour = 2300.0
    table.key(pygame.K_j)
    table.table.deciding.runs = 2
    table.key(pygame.K_1)
    assert table.state.playing
    standing.set()
    table.until(lambda: table.table.deciding.verdict is not None)
    table.state.playing = False
    table.turn()
    assert card(table) is None, "who stops to speak is not interrupted"
    table.key(pygame.K_RETURN)
    assert isinstance(card(table), Comparison)


def test_the_order_of_the_options_does_not_give_history_away(council: Council) -> None:
    places = {
        next(n for n, option in enumerate(offered(one)) if option.history) / (len(one.options) - 1)
        for one in points(council.base())
    }
    assert len(places) >= 3, "first, in the middle, last"
    for one in points(council.base()):
        assert sorted(option.id for option in one.options) == [option.id for option in offered(one)]


def test_showing_how_he_decided_changes_nothing(table: Any, played: Tape) -> None:
    mark, box = table.table.deciding.marks.lay_out(table.scene.layout, table.tape)[1]
    table.click(box.center)
    assert isinstance(card(table), Decision), "a click on a mark opens it outside a lecture, too"
    assert card(table).question.decision.id == mark.id
    table.key(pygame.K_0)
    assert table.tape.digest == played.digest
    assert table.state.playing
    history = next(one for one in table.table.deciding.marks.marks if one.id == mark.id)
    assert history.hour == mark.hour
    table.table.close()


def test_an_option_can_be_clicked_or_reached_by_arrows(table: Any) -> None:
    table.state.hour = 0.0
    table.key(pygame.K_j)
    leaf = table.table.leaf
    names = [name for name, _ in leaf.spots()]
    assert names == ["join", "raid", "watch", "show"]
    assert all(rect.height >= TARGET for _, rect in leaf.spots())
    table.key(pygame.K_DOWN)
    table.key(pygame.K_TAB)
    assert leaf.chosen == "raid"
    table.key(pygame.K_UP)
    assert leaf.chosen == "join"
    table.click(dict(leaf.spots())["watch"].center)
    assert card(table) is None
    assert "Go on watching the frontier" in table.state.message
    table.table.close()


def test_keys_to_the_next_and_the_last_decision(table: Any) -> None:
    marks = table.table.deciding.marks.marks
    table.state.hour = float(marks[3].hour)
    table.key(pygame.K_j)
    assert card(table).question.decision.id == marks[4].id
    table.key(pygame.K_ESCAPE)
    table.key(pygame.K_j, pygame.KMOD_SHIFT)
    assert card(table).question.decision.id == marks[3].id
    table.key(pygame.K_ESCAPE)
    table.state.hour = float(marks[-1].hour)
    table.key(pygame.K_j)
    assert card(table) is None
    assert table.state.message


def test_a_fork_can_be_forked(table: Any, council: Council) -> None:
    """Two decisions in a row: the second is taken in the run that came of the first."""
    table.state.hour = 1900.0
    table.key(pygame.K_j)
    table.key(pygame.K_3)
    first = table.tape
    table.state.playing = False
    table.marked()
    table.key(pygame.K_j)
    question = card(table).question
    assert question.world.scenario.hash == first.certificate["hash"] != council.base().hash
    table.key(key_of(question, next(one.id for one in question.decision.options if not one.history)))
    assert same_past(table.tape, first, question.hour)
    assert table.tape.digest != first.digest
    table.table.close()


def test_a_unit_is_ordered_otherwise_from_the_hour_shown(table: Any, played: Tape) -> None:
    table.key(pygame.K_i)
    assert card(table) is None
    assert "Choose a unit" in table.state.message
    unit = next(one for one in played.units if one.id == "tatar_1")
    table.state.hour, table.state.selection = 600.0, (UNIT, unit.index)
    table.key(pygame.K_i)
    assert isinstance(card(table), Tasks)
    assert "stays" in " ".join(line.text for line in card(table).lines(0))
    table.key(pygame.K_1)
    assert isinstance(card(table), Goals)
    table.type("van-k")
    assert [goal[0] for goal in card(table).matching()] == ["van_khure"]
    table.key(pygame.K_RETURN)
    forked = table.tape
    assert card(table) is None
    assert same_past(forked, played, 600)
    assert "as they were" in table.state.message
    at = forked.detail["place"][:, unit.index]
    van = next(place.index for place in forked.places if place.id == "van_khure")
    assert van in at[600:1000]
    assert van not in played.detail["place"][600:1000, unit.index]


def test_an_impossible_order_from_here_is_refused(table: Any, played: Tape) -> None:
    unit = next(one for one in played.units if one.id == "tatar_1")
    table.state.hour, table.state.selection = float(played.hours - 30), (UNIT, unit.index)
    table.key(pygame.K_i)
    table.key(pygame.K_1)
    assert card(table) is None
    assert table.tape.digest == played.digest
    assert table.state.message


def test_levers_from_the_day_shown_say_that_the_past_stays(table: Any) -> None:
    table.state.hour = 900.0
    table.scene.panel.catalogue = SimpleNamespace(start=table.tape.start)
    table.desk._push("since", table.state)  # pyright: ignore[reportPrivateUsage]
    assert table.state.message == "The levers hold from 7 June on; the days before stay as they are"


def test_the_doctrine_plan_has_its_decisions(kit: ModuleType, table: Any) -> None:
    other = Council("mongolia_1921", "doctrine")
    world = World(other.base(), 0)
    marks = other.marks(world)
    assert len(marks) == len(table.table.deciding.marks.marks)
    tape = kit.from_run(sim.run(world.scenario, seed=0, record=True))
    question = other.question(world, tape, marks[0].id)
    assert not question.documented
    text = " ".join(line.text for line in decision_lines(question, tape.start, 0))
    assert "plan of this run" in text
    assert words_decide.WORDS["dc-other-plan"][0] in text, "its text tells history's situation: that is said"
    forked = other.choose(question, next(one.id for one in question.decision.options if not one.history))
    assert same_past(forked.tape, tape, question.hour)


def test_a_run_of_other_files_says_so(council: Council, played: Tape) -> None:
    from dataclasses import replace

    foreign = replace(played, certificate={**played.certificate, "hash": "0" * 16}, digest="other")
    with pytest.raises(VizError, match="other files"):
        council.world(foreign)


def test_a_run_file_keeps_its_world(tmp_path: Path, kit: ModuleType) -> None:
    """Decisions of a patched run that was read from a file fall in its own world."""
    from viz.source import read_file

    world = sim.load("mongolia_1921", settings=["sides.White.pace=1.2"])
    path = sim.run(world, seed=3, record=True).save(tmp_path / "run.urga")
    tape = read_file(path)
    ready = Council("mongolia_1921", None, path).world(tape)
    assert isinstance(ready, World)
    assert (ready.scenario.hash, ready.seed) == (world.hash, 3)
    del kit


@pytest.mark.parametrize("size", [(1024, 768), (1920, 1080)])
def test_cards_of_all_decisions_show_all_options(
    size: tuple[int, int], council: Council, played: Tape, table: Any
) -> None:
    """In every language, with no scrolling, and no text below 13 pixels."""
    from viz.layout import make_layout

    layout = make_layout(size, 1.0, False)
    room = Turning.room(layout, wide=False)
    world = World(council.base(), 0)
    for one in points(council.base()):
        question = council.question(world, played, one.id)
        for lang in range(3):
            leaf = Leaf(table.scene.type)
            leaf.say(decision_lines(question, played.start, lang), fresh=True)
            leaf.lay_out(room, layout.k)
            for name, rect in leaf.spots():
                assert room.top <= rect.top, (one.id, lang)
                assert rect.bottom <= room.bottom, (one.id, lang, name)
                assert rect.height >= TARGET


@pytest.mark.parametrize("size", [(1024, 768), (1280, 800), (1920, 1080), (2560, 1080)])
def test_cards_never_cut_the_date_in_two(size: tuple[int, int]) -> None:
    from viz.layout import make_layout
    from viz.state import FACTORS

    for factor in (*FACTORS, FACTORS[-1] * 1.12):
        layout = make_layout(size, factor, False)
        for slim in (False, True):
            room = Turning.room(layout, wide=False, slim=slim)
            assert room.contains(layout.date) or not room.colliderect(layout.date) or room.left <= layout.date.left
            assert layout.map.contains(room)
        assert Turning.room(layout, wide=False, slim=True).width <= layout.map.width * 0.64 + 1, (
            "the map can be clicked"
        )


def test_a_card_that_scrolls_says_which_choices_are_below(table: Any) -> None:
    """At the largest text on a small screen the keys of the hidden options stand on the edge, which can be clicked."""
    table.surface = pygame.Surface((1024, 768), 0, 32)
    table.state.factor, table.state.language, table.state.hour = 5, 1, 2300.0
    table.draw()
    table.key(pygame.K_j)
    leaf = table.table.leaf
    assert leaf.hidden(1)
    assert leaf.hidden(1)[-1] == "0"
    assert leaf.hidden(-1) == []
    edge = (leaf.rect.centerx, leaf.rect.bottom - 5)
    assert leaf.cue(edge) == 1
    assert leaf.hit(edge) == "", "what lies under the edge is not taken by mistake"
    before = table.surface.subsurface(leaf.rect).copy()
    for _ in range(4):
        table.click(edge)
    assert isinstance(card(table), Decision)
    assert leaf.hidden(1) == []
    assert leaf.cue(edge) == 0
    assert before.get_buffer().raw != table.surface.subsurface(leaf.rect).copy().get_buffer().raw
    table.key(pygame.K_UP)
    shown = dict(leaf.spots())[leaf.chosen]
    assert leaf.rect.contains(shown), "the arrows bring the chosen option into sight"
    table.key(pygame.K_3)
    assert card(table) is None, "a key takes an option that is not in sight"
    table.table.close()


def test_the_card_of_a_unit_makes_room_for_the_orders_and_comes_back(table: Any, played: Tape) -> None:
    unit = next(one for one in played.units if one.id == "tatar_1")
    chosen = (UNIT, unit.index)
    table.state.hour, table.state.selection = 600.0, chosen
    table.key(pygame.K_i)
    assert table.state.selection is None
    table.key(pygame.K_1)
    assert isinstance(card(table), Goals)
    distances = [float(km.replace("\u2009", "")) for _, _, km in card(table).goals]
    assert distances == sorted(distances), "nearest first, by the distance that is shown"
    table.key(pygame.K_ESCAPE)
    assert table.state.selection == chosen


def test_levers_say_that_they_leave_the_fork(table: Any, played: Tape) -> None:
    panel = table.scene.panel
    assert not panel.forked
    plain = panel._told(0)  # pyright: ignore[reportPrivateUsage]
    table.state.hour = 2300.0
    table.key(pygame.K_j)
    table.key(pygame.K_1)
    assert panel.forked
    assert panel._told(0) != plain  # pyright: ignore[reportPrivateUsage]
    table.work.show(played)
    table.turn()
    assert not panel.forked
    assert panel._told(0) == plain  # pyright: ignore[reportPrivateUsage]
    table.table.close()


def test_nothing_of_a_unit_is_cut(table: Any, played: Tape, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line of every unit's card is drawn, in every language, on a small and on a large screen."""
    from viz.layout import make_layout
    from viz.theme import LIGHT

    inspector, drawn = table.scene.inspector, list[str]()
    setting = inspector._set  # pyright: ignore[reportPrivateUsage]
    line = inspector.type.line

    def spy(face: str, pixels: float, text: str, *more: Any) -> pygame.Surface:
        drawn.append(text)
        return line(face, pixels, text, *more)

    monkeypatch.setattr(inspector.type, "line", spy)
    state = table.state
    for size in ((1024, 768), (1920, 1080)):
        layout = make_layout(size, 1.0, False, True)
        for state.language in range(3):
            for state.hour in (600.0, 1900.0):
                for unit in played.units:
                    state.selection = (UNIT, unit.index)
                    drawn.clear()
                    picture = setting(inspector.sheet(state, played), layout, LIGHT)
                    assert "\u2026" not in drawn, (size, state.language, unit.id)
                    assert picture.get_height() <= layout.inspector.height
    layout = make_layout((640, 480), 1.5, False, True)
    drawn.clear()
    setting(inspector.sheet(state, played), layout, LIGHT)
    assert "\u2026" in drawn, "what is left out for want of room is told"


def test_three_languages_are_complete() -> None:
    for key, texts in words_decide.WORDS.items():
        assert len(texts) == 3, key
        assert all(text.strip() for text in texts), key
        fields = [sorted(re.findall(r"\{(\w+)", text)) for text in texts]
        assert fields[0] == fields[1] == fields[2], key
        assert "would have happened" not in texts[0]
        if re.sub(r"\{\w+\}|[^a-zA-Z]", "", texts[0]):
            assert texts[0] != texts[1], key
