"""Why did this happen, asked in the window: the event that is meant, its causes, the way to their hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import sim
from viz.boot import pygame
from viz.council import Ask, Council, World
from viz.explain import EXPLAINED
from viz.pages import Why
from viz.state import BATTLE, PLACE, UNIT

if TYPE_CHECKING:
    from viz.tape import Tape


@pytest.fixture(scope="module")
def run(council: Council) -> sim.Run:
    return sim.run(council.base(), seed=0, record=True)


def rows_of(run: sim.Run, kind: str) -> list[int]:
    """Rows of the chronicle of a kind, as prose names it."""
    return [row for row, event in enumerate(run.events()) if str(event.kind) == kind]


def test_a_selected_battle_is_explained(table: Any, run: sim.Run) -> None:
    ends = rows_of(run, "battle-ends")
    row = max(ends, key=lambda one: int(run.chronicle["n2"][one]))
    numbers = sorted({int(n) for n in run.battles["battle"]})
    table.state.selection = (BATTLE, numbers.index(int(run.chronicle["other"][row])))
    table.state.hour = float(run.chronicle["hour"][row])
    table.key(pygame.K_x)
    page = table.page
    assert isinstance(page, Why)
    told = sim.why(run, row)
    for lang, name in enumerate(("en", "ru", "mn")):
        lines = page.lines(lang)
        assert told.head.told(name).casefold() in lines[1].text.casefold()
        causes = [line for line in lines if line.name]
        assert [line.text.casefold() for line in causes] == [link.told(name).casefold() for link in told.links]
        assert [line.indent for line in causes] == [link.depth for link in told.links]
    assert any(character.isdigit() for line in page.lines(0) for character in line.text)


def test_a_cause_leads_to_its_hour_by_key_and_by_click(table: Any, run: sim.Run) -> None:
    (row, *_) = rows_of(run, "mutiny")
    table.state.hour = float(run.chronicle["hour"][row])
    table.draw()
    table.key(pygame.K_x)
    assert isinstance(table.page, Why)
    links = sim.why(run, row).links
    assert len(links) >= 2
    table.key(pygame.K_DOWN)
    table.key(pygame.K_RETURN)
    assert table.state.hour == links[0].hour
    assert isinstance(table.page, Why), "the card stays"
    spots = table.table.leaf.spots()
    table.click(spots[1][1].center)
    assert table.state.hour == links[1].hour
    table.key(pygame.K_ESCAPE)
    assert table.page is None


def test_an_icon_of_the_timeline_is_explained(table: Any, played: Tape, run: sim.Run) -> None:
    event = next(one for one in played.events if one.kind == "mutiny" and one.weight >= 3)
    layout = table.scene.layout
    x = table.scene.timeline.x(layout, played, event.hour)
    table.click((round(x), layout.timeline.top + layout.u(24)))
    shown = table.table.asking.clicked
    assert shown is not None
    assert shown.kind in EXPLAINED
    table.key(pygame.K_x)
    page = table.page
    assert isinstance(page, Why)
    assert page.reason.hour == shown.hour
    del run


def test_units_and_places_are_explained_up_to_the_hour(table: Any, played: Tape, council: Council) -> None:
    hour = 1000
    unit = next(one for one in played.units if one.id == "tatar_1")
    table.state.hour, table.state.selection = float(hour), (UNIT, unit.index)
    table.key(pygame.K_x)
    assert isinstance(table.page, Why)
    assert table.page.reason.hour <= hour
    table.key(pygame.K_ESCAPE)
    urga = next(place for place in played.places if place.id == "urga")
    table.state.hour, table.state.selection = float(played.hours), (PLACE, urga.index)
    table.key(pygame.K_x)
    assert isinstance(table.page, Why)
    assert "Urga" in table.page.reason.head[0]
    table.key(pygame.K_ESCAPE)
    # before anything has happened there is nothing to explain, and that is said
    table.state.hour, table.state.selection = 1.0, (UNIT, unit.index)
    table.key(pygame.K_x)
    assert table.page is None
    assert "No battle" in table.state.message
    assert council.why(World(council.base(), 0), played, Ask(1)) is None


def test_the_button_is_where_something_can_be_asked(table: Any, played: Tape) -> None:
    table.state.selection = (BATTLE, 3)
    table.state.hour = float(played.battles[3].start)
    table.draw()
    table.draw()
    buttons = dict(table.table._buttons)  # pyright: ignore[reportPrivateUsage]
    assert buttons["why"].height >= 44
    assert not buttons["why"].colliderect(table.scene.inspector.rect(table.scene.layout))
    table.click(buttons["why"].center)
    assert isinstance(table.page, Why)


def test_explaining_a_fork_reads_the_fork(table: Any, council: Council) -> None:
    """The causes are those of the run on the map, not of the campaign that it left."""
    table.state.hour = 2300.0
    table.key(pygame.K_j)
    table.key(pygame.K_1)
    forked = table.tape
    table.state.playing = False
    table.state.hour = float(forked.hours)
    event = next(one for one in reversed(forked.events) if one.kind in EXPLAINED)
    table.table.asking.clicked = event
    table.state.hour = float(event.hour)
    table.key(pygame.K_x)
    assert isinstance(table.page, Why)
    world = council.world(forked)
    again = sim.run(world.scenario, seed=world.seed, record=True)
    row = next(
        row for row in reversed(range(len(again.chronicle)))
        if int(again.chronicle["hour"][row]) == event.hour and str(again.events()[row].kind) == event.kind
    )  # fmt: skip
    assert table.page.reason.head[0] == sim.why(again, row).head.told("en")
    table.table.close()
