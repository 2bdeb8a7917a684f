"""How a run comes in: with :mod:`viz.lab` the only module that knows ``sim``; all else knows :class:`~viz.tape.Tape`.

Uses the public interface alone (``sim.load``, ``sim.run``, ``sim.read_run`` and the fields of a Run);
reads, never writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from viz.errors import VizError
from viz.intake import from_run
from viz.tape import Tape

__all__ = ["default_map_folder", "engine_is_cached", "from_run", "map_folder", "read_file", "simulate"]


def default_map_folder() -> Path:
    """The folder of the prepared map that comes with the program, or VizError."""
    here = Path(__file__).resolve().parent
    for base in (here.parent / "scenarios", here.parent / "sim" / "scenarios", here / "scenarios"):
        folder = base / "mongolia_1921" / "map"
        if (folder / "map.json").exists():
            return folder
    raise VizError("the prepared map (scenarios/mongolia_1921/map/map.json) is missing: python -m viz.prepare_map")


def map_folder(tape: Tape | None) -> Path:
    """The map that belongs to a run's scenario; the one that comes with the program when that has none."""
    del tape
    return default_map_folder()


# -- asking sim ------------------------------------------------------------------------------------


def read_file(path: Path) -> Tape:
    """Read a run file; VizError says in one line what is wrong with it: missing, cut off, newer, no record."""
    if not path.exists():
        raise VizError(f"no such file: {path}")
    import sim

    try:
        run = sim.read_run(path)
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise VizError(f"{path} cannot be read as a run: {_one_line(error)}") from error
    except Exception as error:  # sim's own errors: one line each
        if type(error).__module__.split(".")[0] != "sim":
            raise
        raise VizError(_one_line(error)) from error
    if getattr(run, "record", None) is None:
        raise VizError(f"{path} holds no hour-by-hour record: make it again with `urga run --out {path.name}`")
    return from_run(run)


def engine_is_cached() -> bool:
    """Whether a run can start at once; if not, the engine is compiled first, which takes some 20 s."""
    import sim

    ready = getattr(sim, "engine_is_cached", None)
    return bool(ready()) if callable(ready) else True


def simulate(
    seed: int = 0,
    scenario: str = "mongolia_1921",
    plan: str | None = None,
    settings: Mapping[str, float] | None = None,
    patches: Sequence[Any] = (),
) -> Tape:
    """Run a campaign with its record and take it in.

    ``settings`` are ``--set`` keys and values, patches as ``sim`` makes them.
    """
    import sim

    try:
        wanted = [f"{key}={value:g}" for key, value in (settings or {}).items()]
        loaded = sim.load(scenario, plan=plan, patches=tuple(patches), settings=wanted)
        run = sim.run(loaded, seed=seed, record=True)
    except Exception as error:
        if type(error).__module__.split(".")[0] != "sim":
            raise
        raise VizError(_one_line(error)) from error
    return from_run(run)


def _one_line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return " ".join(text.split())
