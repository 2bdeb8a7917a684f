"""A window's loop without a window, with decisions, games and explanations: for tests by posted events."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import sim
from viz.boot import pygame
from viz.council import Council
from viz.desk import Desk
from viz.mapdata import MapData, read_map
from viz.pages import Page
from viz.scene import Scene
from viz.source import default_map_folder, from_run
from viz.state import State
from viz.turning import Turning
from viz.workshop import Workshop

if TYPE_CHECKING:
    from viz.tape import Tape

RUNS = 6


class Table:
    """Controls, scene and the table, on the campaign of a seed."""

    def __init__(self, council: Council, tape: Tape | None, folder: Path, size: tuple[int, int] = (1024, 640)) -> None:
        pygame.display.init()
        self.scene, self.state = Scene(the_map()), State(age=60.0)
        self.surface = pygame.Surface(size, 0, 32)
        self.work = Workshop(self.scene, self.state, "mongolia_1921", None, threads=1)
        self.desk = Desk(self.scene)
        self.table = Turning(self.scene, self.state, self.work, council, folder, RUNS)
        self.frames = 0
        if tape is not None:
            self.work.show(tape)
        self.draw()

    @property
    def page(self) -> Page | None:
        """The card that is open."""
        return self.table.page

    @property
    def tape(self) -> Tape:
        """The run on the map."""
        assert self.scene.tape is not None
        return self.scene.tape

    def draw(self, dt: float = 1 / 60, budget: float = 0.004) -> None:
        """One frame."""
        self.scene.draw(self.surface, self.state, dt, budget)
        self.frames += 1

    def turn(self, dt: float = 1 / 60) -> None:
        """One turn of the loop."""
        self.desk.step(self.state, dt)
        self.desk.wishes.clear()
        self.work.step()
        self.table.step(dt)
        self.draw(dt)

    def post(self, event: pygame.Event) -> None:
        """An event, as the window hands it on, and a turn."""
        if not self.table.handle(event):
            self.desk.handle(event, self.state)
        self.turn()

    def key(self, key: int, mod: int = 0, text: str = "") -> None:
        """A key, and all that comes of it."""
        self.post(pygame.Event(pygame.KEYDOWN, key=key, mod=mod, unicode=text, scancode=0))
        self.until(lambda: not self.table.errands.busy)

    def type(self, text: str) -> None:
        """Letters."""
        for letter in text:
            self.key(ord(letter), text=letter)

    def click(self, pos: tuple[int, int]) -> None:
        """A click, and all that comes of it."""
        self.post(pygame.Event(pygame.MOUSEBUTTONDOWN, pos=pos, button=1))
        self.post(pygame.Event(pygame.MOUSEBUTTONUP, pos=pos, button=1))
        self.until(lambda: not self.table.errands.busy)

    def until(self, done: Callable[[], bool], seconds: float = 60.0) -> None:
        """Turns until something is so."""
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, "it takes too long"
            self.turn()
            time.sleep(0.012)  # leave the thread at work the room it needs

    def marked(self) -> None:
        """Until the decisions of the run on the map are known."""
        self.until(lambda: bool(self.table.deciding.marks.marks) and not self.table.errands.busy)


@cache
def the_map() -> MapData:
    """The map, read once."""
    return read_map(default_map_folder())


@cache
def the_council() -> Council:
    """The campaign, read once."""
    return Council("mongolia_1921", None)


@cache
def the_campaign() -> Tape:
    """The campaign of seed 0 as the window holds it."""
    return from_run(sim.run(the_council().base(), seed=0, record=True))
