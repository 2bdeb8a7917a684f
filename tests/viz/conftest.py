"""What the visualiser's tests share: no window, no sound, one made-up run."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

if TYPE_CHECKING:
    from viz.council import Council
    from viz.desk import Desk
    from viz.scene import Scene
    from viz.state import State
    from viz.tape import Tape

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


def load(name: str) -> ModuleType:
    """A helper module that lies beside the tests."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def fake() -> ModuleType:
    """The module that makes up runs."""
    return load("fake_run")


@pytest.fixture(scope="session")
def tape(fake: ModuleType) -> Tape:
    """The made-up run as the visualiser holds it."""
    from viz import source

    return source.from_run(fake.make())


@pytest.fixture
def scene(tape: Tape) -> Scene:
    """A scene with the made-up run, laid out for 1920 x 1080."""
    from viz.boot import pygame
    from viz.mapdata import read_map
    from viz.scene import Scene
    from viz.source import default_map_folder

    pygame.display.init()
    return Scene(read_map(default_map_folder()), tape)


@pytest.fixture
def state() -> State:
    """A state past the first seconds, so that the legend is out of the way."""
    from viz.state import State

    return State(age=60.0)


@pytest.fixture
def desk(scene: Scene, state: State) -> Desk:
    """The controls on that scene, after one picture."""
    from viz.boot import pygame
    from viz.desk import Desk

    scene.draw(pygame.Surface((1920, 1080), 0, 32), state, 0.0, float("inf"))
    return Desk(scene)


@pytest.fixture(scope="session")
def kit() -> ModuleType:
    """The window's loop without a window, with decisions, games and explanations."""
    return load("turning_kit")


@pytest.fixture(scope="session")
def council(kit: ModuleType) -> Council:
    """The campaign, read once."""
    return kit.the_council()


@pytest.fixture(scope="session")
def played(kit: ModuleType) -> Tape:
    """The campaign of seed 0 as the window holds it."""
    return kit.the_campaign()


@pytest.fixture
def table(council: Council, kit: ModuleType, played: Tape, tmp_path: Path) -> Any:
    """Controls, scene and table on that campaign, its decisions known; games go into an empty folder."""
    found = kit.Table(council, played, tmp_path)
    found.marked()
    return found


@pytest.fixture(scope="session")
def helper() -> Callable[[str], ModuleType]:
    """Loads a helper module that lies beside the tests."""
    return load
