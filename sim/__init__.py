"""Urga: the campaign in Mongolia, May to August 1921, played hour by hour.

    import sim
    scenario = sim.load("mongolia_1921", settings=["rules.battle.lethality=0.003"])
    run = sim.run(scenario, seed=7, record=True)
    many = sim.ensemble(scenario, range(200))

Names are loaded when they are first used, so that `import sim` is quick and brings in neither Mesa, pandas nor pygame.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.choice.forks import fork
    from sim.choice.verdict import decide
    from sim.errors import OptionError, PatchError, RunFileError, ScenarioError, UrgaError
    from sim.experiment.compare import Comparison, compare
    from sim.experiment.ensemble import Ensemble, ensemble
    from sim.experiment.store import read_store
    from sim.experiment.sweep import Factor, sweep
    from sim.explain.reasons import why
    from sim.history import score, windows
    from sim.lint import Finding
    from sim.runs import Run, balance, read_run, run
    from sim.scenario import Scenario, load

__version__ = "0.1.0"

_HOME = {
    "load": "sim.scenario",
    "Scenario": "sim.scenario",
    "run": "sim.runs",
    "Run": "sim.runs",
    "read_run": "sim.runs",
    "balance": "sim.runs",
    "ensemble": "sim.experiment.ensemble",
    "Ensemble": "sim.experiment.ensemble",
    "compare": "sim.experiment.compare",
    "Comparison": "sim.experiment.compare",
    "sweep": "sim.experiment.sweep",
    "Factor": "sim.experiment.sweep",
    "fork": "sim.choice.forks",
    "decide": "sim.choice.verdict",
    "why": "sim.explain.reasons",
    "read_store": "sim.experiment.store",
    "score": "sim.history",
    "windows": "sim.history",
    "UrgaError": "sim.errors",
    "ScenarioError": "sim.errors",
    "PatchError": "sim.errors",
    "RunFileError": "sim.errors",
    "OptionError": "sim.errors",
}
__all__ = [
    "Comparison",
    "Ensemble",
    "Factor",
    "OptionError",
    "PatchError",
    "Run",
    "RunFileError",
    "Scenario",
    "ScenarioError",
    "UrgaError",
    "__version__",
    "balance",
    "check",
    "compare",
    "decide",
    "engine_hash",
    "engine_is_cached",
    "ensemble",
    "fork",
    "load",
    "read_run",
    "read_store",
    "run",
    "score",
    "sweep",
    "why",
    "windows",
]

ENGINE_FILES = (
    "campaign.py",
    "compiled.py",
    "luck.py",
    "muster.py",
    "parameters.py",
    "plan.py",
    "reference.py",
    "state.py",
    "theatre.py",
    "rules/*.py",
)
"""What is compiled: a change in any of them makes another engine."""
_FLAGS = (
    "NUMBA_OPT",
    "NUMBA_LOOP_VECTORIZE",
    "NUMBA_SLP_VECTORIZE",
    "NUMBA_CPU_NAME",
    "NUMBA_CPU_FEATURES",
    "NUMBA_BOUNDSCHECK",
    "NUMBA_ENABLE_AVX",
)


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})


def check(scenario: str | Path = "mongolia_1921") -> list[Finding]:
    """What is wrong with a scenario (an id or a folder), errors first: the same as `urga check`."""
    from sim.lint import check_folder
    from sim.scenario_files import find_scenario

    return check_folder(find_scenario(scenario))


# ---------------------------------------------------------------------- the compiled engine on the disk


@cache
def engine_hash() -> str:
    """Hash of the engine's sources: runs of one engine hash follow the same rules."""
    told = hashlib.sha256()
    folder = Path(__file__).parent
    for pattern in ENGINE_FILES:
        for path in sorted(folder.glob(pattern)):
            told.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return told.hexdigest()[:16]


def _flags() -> str:
    """Settings under which other machine code comes out; Numba itself looks at processor and version."""
    return hashlib.sha256(repr([os.environ.get(name) for name in _FLAGS]).encode()).hexdigest()[:6]


def cache_folder() -> Path:
    """Where the compiled engine lies: a folder of its own for each engine, in NUMBA_CACHE_DIR or the user's cache.

    Numba looks only at the file of the entry to see whether its sources have changed, not at those of the rules.
    """
    name = f"{engine_hash()}-{_flags()}"
    given = os.environ.get("NUMBA_CACHE_DIR")
    if given:
        return Path(given) if Path(given).name == name else Path(given) / name
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "urga" / name


def engine_is_cached() -> bool:
    """Whether the compiled engine lies on the disk: if not, the first run compiles it once."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return True
    return any(cache_folder().rglob("campaign.advance-*.nbc"))


def _choose_cache() -> None:
    """Tell Numba where to keep the engine, before or after it is loaded; without a home folder it chooses itself."""
    try:
        folder = str(cache_folder())
    except (OSError, RuntimeError):
        return
    os.environ["NUMBA_CACHE_DIR"] = folder
    config = sys.modules.get("numba.core.config")
    if config is not None:
        config.CACHE_DIR = folder  # type: ignore[attr-defined]


_choose_cache()
