"""A second scenario, invented, goes through all that the campaign goes through: the engine holds nothing about either.

`tests/tiny_scenario/isthmus_1905` is also the example of the smallest whole scenario folder.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import law_kit
import pytest
import tiny_kit as kit

import sim
from sim import cli

START_VIEW = (
    "import sys; from viz.app import main; raise SystemExit(main(sys.argv[1], size=(640, 360), seconds=1.0, log=True))"
)


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are as wide as they want, whatever the terminal."""
    monkeypatch.setenv("COLUMNS", "160")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kit.write(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def urga(capsys: pytest.CaptureFixture[str]) -> Any:
    """Call the command; it must leave with 0. Gives its output."""

    def call(*arguments: str | Path) -> str:
        code = cli.call([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert code == 0, said.err
        return said.out

    return call


def test_it_is_tiny_and_elsewhere(folder: Path) -> None:
    data, campaign = sim.load(folder).data, sim.load().data
    assert len(data.places) <= 6
    assert len(data.units) <= 4
    assert not {place.id for place in data.places} & {place.id for place in campaign.places}
    assert not {place.country for place in data.places} & {place.country for place in campaign.places}
    assert not {side.id for side in data.sides} & {side.id for side in campaign.sides}


def test_check_finds_it_sound(urga: Any, folder: Path) -> None:
    findings = [finding for finding in sim.check(folder) if "gives no orders" not in finding.message]
    assert findings == [], "a plan in which nobody is ordered anything is meant"
    assert "0 errors" in urga("check", folder)


def test_replay_sets_it_against_its_own_history(urga: Any, folder: Path) -> None:
    out = urga("replay", "--scenario", folder, "--seeds", "8", "--seed", "3")
    for words in ("War on the isthmus", "The fortress falls", "The Port marches inland", "Linden ordered", "gazette"):
        assert words in out, words
    for words in ("Mongol", "Ungern", "Red Army", "Asiatic"):
        assert words not in out, words


def test_both_sides_win_it_sometimes(folder: Path) -> None:
    scenario = sim.load(folder)
    amber = scenario.side_ids.index("Amber")
    falls = [sim.run(scenario, seed).outcome["holder.fortress"] == amber for seed in range(40)]
    assert 4 <= sum(falls) <= 36


def test_compare_finds_what_a_later_march_changes(urga: Any, folder: Path) -> None:
    out = urga("compare", "late-march", "--scenario", folder, "--runs", "12")
    for words in ("What if the column had marched a week later?", "The fortress falls", "part in 12 of 12 pairs"):
        assert words in out, words
    assert "Mongol" not in out


def test_counterfactuals_are_its_own(urga: Any, folder: Path) -> None:
    out = urga("counterfactuals", "--scenario", folder)
    assert "late-march" in out
    assert "late-corps" not in out


def test_visualiser_starts_on_it_without_a_screen(urga: Any, folder: Path, tmp_path: Path) -> None:
    """It opens, plays and closes; its sheet is that of the campaign, so that it shows course and captions only."""
    file = tmp_path / "isthmus.urga"
    urga("run", "--scenario", folder, "--seed", "3", "--out", file)
    assert sim.read_run(file).certificate["scenario"] == kit.ID
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", START_VIEW, str(file)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": str(law_kit.ROOT),
            "SDL_VIDEODRIVER": "dummy",
            "SDL_AUDIODRIVER": "dummy",
        },
    )
    assert done.returncode == 0, done.stderr


# ---------------------------------------------------------------------- nothing of the campaign in the engine

WORDS_OF_THE_PROGRAM = {"urga", "mutiny", "outcome", "concentration"}
"""Ids of the campaign that are words of the program too: its name, and kinds of event and reading."""
ENGINE = ("rules", "campaign.py", "state.py", "theatre.py", "muster.py", "plan.py", "luck.py", "scenario.py",
          "scenario_files", "patch.py", "lint.py", "history", "runs.py", "replay.py", "telling.py", "cast.py",
          "run_file.py")  # fmt: skip


def engine_files() -> list[Path]:
    """The engine's modules: rules, reader, runs, history."""
    home = law_kit.ROOT / "sim"
    files = [file for name in ENGINE for file in (sorted((home / name).glob("*.py")) or [home / name])]
    assert all(file.is_file() for file in files)
    return files


def texts_of(code: str) -> list[str]:
    """All texts in a module that are no docstrings."""
    tree = ast.parse(code)
    told: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr):
                told.add(id(first.value))
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]


def ids_of_the_campaign() -> set[str]:
    """Ids of places, units, commands, commanders, sides, factions, countries, orders and events of the campaign."""
    data = sim.load().data
    groups: list[Any] = [data.places, data.units, data.commands, data.commanders, data.sides, data.factions]
    ids = {row.id for group in groups for row in group} | {place.country for place in data.places}
    ids |= {order.id for plan in data.plans.values() for order in plan.orders}
    ids |= {event.id for event in data.history.events} | set(data.counterfactuals)
    return ids - WORDS_OF_THE_PROGRAM


def test_engine_names_nothing_of_the_campaign() -> None:
    ids = ids_of_the_campaign()
    assert len(ids) > 200
    found = {str(file.name): sorted(ids & set(texts_of(file.read_text(encoding="utf-8")))) for file in engine_files()}
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_a_name_in_the_engine_would_be_found() -> None:
    """The must-fail twin of the test before."""
    code = '"""Ungern."""\n\ndef f(u):\n    """ungern"""\n    return u == "ungern"\n'
    assert ids_of_the_campaign() & set(texts_of(code)) == {"ungern"}
