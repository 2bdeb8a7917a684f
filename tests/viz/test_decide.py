"""Decision points in the window, by posted events: the stop, the card, the choice, the fork, the comparison."""

from __future__ import annotations

import re
from collections.abc import Callable
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
from viz.decide import decision_lines, reports
from viz.errors import VizError
from viz.leaf import TARGET, Leaf
from viz.moment import seen_by
from viz.pages import Comparison, Decision, Goals, Tasks
from viz.state import UNIT
from viz.turning import Turning

if TYPE_CHECKING:
    from viz.tape import Tape


@pytest.fixture(scope="module")
def council(kit: ModuleType) -> Council:
    return kit.the_council()


@pytest.fixture(scope="module")
def kit(helper: Callable[[str], ModuleType]) -> ModuleType:
    return helper("turning_kit")


@pytest.fixture(scope="module")
def campaign(kit: ModuleType) -> Tape:
    return kit.the_campaign()


@pytest.fixture
def table(council: Council, kit: ModuleType, campaign: Tape, tmp_path: Path) -> Any:
    found = kit.Table(council, campaign, tmp_path)
    found.marked()
    return found


def card(table: Any) -> Any:
    """The card that is open."""
    return table.table.page


def same_past(one: Tape, other: Tape, hour: int) -> bool:
    """Whether two runs are the same up to an hour, that hour's record included."""
    n = min(one.men.shape[1], other.men.shape[1])  # the rest came into being later
    return all(
        np.array_equal(getattr(one, name)[: hour + 1, :n], getattr(other, name)[: hour + 1, :n])
        for name in ("x", "y", "men", "state")
    )


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


def test_a_choice_forks_the_run_at_that_hour_and_is_compared(table: Any, council: Council, campaign: Tape) -> None:
    table.state.hour = 2300.0
    table.key(pygame.K_j)
    page = card(table)
    assert isinstance(page, Decision)
    question = page.question
    assert [option.id for option in question.decision.options] == ["uryankhai", "tibet", "manchuria"]
    table.table.deciding.runs, frames = 16, table.frames
    table.key(pygame.K_3)
    hour = question.hour
    assert card(table) is None
    assert table.state.fog == -1
    assert hour <= table.state.hour < hour + 24
    assert table.state.playing
    assert "Model run" in table.state.message
    forked = table.tape
    assert forked.digest != campaign.digest
    assert same_past(forked, campaign, hour)
    assert not same_past(forked, campaign, campaign.hours)
    assert "uryankhai" in table.table.deciding.marks.decided
    # the comparison is made meanwhile, frame by frame
    table.state.playing = False
    table.until(lambda: table.table.deciding.verdict is not None)
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
    assert table.tape.digest == campaign.digest


def test_showing_how_he_decided_changes_nothing(table: Any, campaign: Tape) -> None:
    mark, box = table.table.deciding.marks.lay_out(table.scene.layout, table.tape)[1]
    table.click(box.center)
    assert isinstance(card(table), Decision), "a click on a mark opens it outside a lecture, too"
    assert card(table).question.decision.id == mark.id
    table.key(pygame.K_0)
    assert table.tape.digest == campaign.digest
    assert table.state.playing
    history = next(one for one in table.table.deciding.marks.marks if one.id == mark.id)
    assert history.hour == mark.hour
    table.table.close()


def test_an_option_can_be_clicked_or_reached_by_arrows(table: Any) -> None:
    table.state.hour = 0.0
    table.key(pygame.K_j)
    leaf = table.table.leaf
    names = [name for name, _ in leaf.spots()]
    assert names == ["raid", "join", "watch", "show"]
    assert all(rect.height >= TARGET for _, rect in leaf.spots())
    table.key(pygame.K_DOWN)
    table.key(pygame.K_TAB)
    assert leaf.chosen == "join"
    table.key(pygame.K_UP)
    assert leaf.chosen == "raid"
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
    other = next(n for n, one in enumerate(question.decision.options, 1) if not one.history)
    table.key(pygame.K_0 + other)
    assert same_past(table.tape, first, question.hour)
    assert table.tape.digest != first.digest
    table.table.close()


def test_a_unit_is_ordered_otherwise_from_the_hour_shown(table: Any, campaign: Tape) -> None:
    table.key(pygame.K_i)
    assert card(table) is None
    assert "Choose a unit" in table.state.message
    unit = next(one for one in campaign.units if one.id == "tatar_1")
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
    assert same_past(forked, campaign, 600)
    assert "as they were" in table.state.message
    at = forked.detail["place"][:, unit.index]
    van = next(place.index for place in forked.places if place.id == "van_khure")
    assert van in at[600:1000]
    assert van not in campaign.detail["place"][600:1000, unit.index]


def test_an_impossible_order_from_here_is_refused(table: Any, campaign: Tape) -> None:
    unit = next(one for one in campaign.units if one.id == "tatar_1")
    table.state.hour, table.state.selection = float(campaign.hours - 30), (UNIT, unit.index)
    table.key(pygame.K_i)
    table.key(pygame.K_1)
    assert card(table) is None
    assert table.tape.digest == campaign.digest
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
    assert "plan of this run" in " ".join(line.text for line in decision_lines(question, tape.start, 0))
    forked = other.choose(question, next(one.id for one in question.decision.options if not one.history))
    assert same_past(forked.tape, tape, question.hour)


def test_a_run_of_other_files_says_so(council: Council, campaign: Tape) -> None:
    from dataclasses import replace

    foreign = replace(campaign, certificate={**campaign.certificate, "hash": "0" * 16}, digest="other")
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
    size: tuple[int, int], council: Council, campaign: Tape, table: Any
) -> None:
    """In every language, with no scrolling, and no text below 13 pixels."""
    from viz.layout import make_layout

    layout = make_layout(size, 1.0, False)
    room = Turning.room(layout, wide=False)
    world = World(council.base(), 0)
    for one in points(council.base()):
        question = council.question(world, campaign, one.id)
        for lang in range(3):
            leaf = Leaf(table.scene.type)
            leaf.say(decision_lines(question, campaign.start, lang), fresh=True)
            leaf.lay_out(room, layout.k)
            for name, rect in leaf.spots():
                assert room.top <= rect.top, (one.id, lang)
                assert rect.bottom <= room.bottom, (one.id, lang, name)
                assert rect.height >= TARGET


def test_three_languages_are_complete() -> None:
    for key, texts in words_decide.WORDS.items():
        assert len(texts) == 3, key
        assert all(text.strip() for text in texts), key
        fields = [sorted(re.findall(r"\{(\w+)", text)) for text in texts]
        assert fields[0] == fields[1] == fields[2], key
        assert "would have happened" not in texts[0]
        if re.sub(r"\{\w+\}|[^a-zA-Z]", "", texts[0]):
            assert texts[0] != texts[1], key
