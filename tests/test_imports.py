"""`import sim` is light, and the arrows point one way: viz -> experiments -> engine -> scenario data."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sim

ROOT = Path(sim.__file__).resolve().parent
ENGINE = ["campaign", "compiled", "luck", "muster", "parameters", "plan", "reference", "state", "theatre", "rules"]
ABOVE = {"sim.experiment", "sim.runs", "sim.replay", "sim.cli", "sim.history", "sim.telling", "sim.cast", "sim.model"}
HEAVY = {"mesa", "pandas", "pygame", "matplotlib", "dask"}


def imported(path: Path) -> set[str]:
    """All modules that a file imports at its top or anywhere within, but not for type checkers alone."""
    found: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for part in node.body
        for inner in ast.walk(part)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def files(*names: str) -> list[Path]:
    return [
        path
        for name in names
        for path in (sorted((ROOT / name).rglob("*.py")) if (ROOT / name).is_dir() else [ROOT / f"{name}.py"])
    ]


@pytest.mark.parametrize("path", files(*ENGINE), ids=lambda path: path.name)
def test_the_engine_knows_nothing_above_it(path: Path) -> None:
    above = {name for name in imported(path) if any(name == one or name.startswith(f"{one}.") for one in ABOVE)}
    assert not above
    assert not any(name.split(".")[0] in HEAVY | {"viz", "pydantic", "polars"} for name in imported(path))


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: path.name)
def test_only_the_command_line_opens_the_map(path: Path) -> None:
    if path.name != "cli.py":
        assert not any(name.split(".")[0] == "viz" for name in imported(path))


def test_import_sim_brings_in_nothing_heavy() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import sys, sim; print(*sorted(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT.parent)},
    ).stdout.split()
    assert not HEAVY & set(said)
    assert not {"polars", "networkx", "numba", "pydantic"} & set(said)


def test_a_run_brings_in_neither_mesa_pandas_pygame_nor_polars() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, sim, sim.scenario, sim.runs, sim.experiment.ensemble; print(*sorted(sys.modules))",
        ],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT.parent)},
    ).stdout.split()
    assert not (HEAVY | {"polars", "networkx"}) & set(said)


def test_names_are_found_and_others_are_not() -> None:
    for name in sim.__all__:
        assert getattr(sim, name) is not None
    assert "ensemble" in dir(sim)
    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        _ = sim.runn  # type: ignore[attr-defined]


def test_the_engine_has_a_cache_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert sim.engine_hash() in str(sim.cache_folder())
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert sim.cache_folder().parent == tmp_path
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(sim.cache_folder()))
    assert sim.cache_folder().parent == tmp_path, "a child process does not nest it"
    assert not sim.engine_is_cached()
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert sim.cache_folder().parent == tmp_path / "urga"
    monkeypatch.setenv("NUMBA_OPT", "1")
    other = sim.cache_folder()
    monkeypatch.setenv("NUMBA_OPT", "2")
    assert sim.cache_folder() != other


def test_the_version_is_that_of_the_project() -> None:
    project = ROOT.parent / "pyproject.toml"
    if project.exists():
        assert f'version = "{sim.__version__}"' in project.read_text(encoding="utf-8")
