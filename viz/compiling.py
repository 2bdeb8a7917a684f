"""Compiles the engine in a process of its own, so that the window goes on answering while it lasts.

The compiler would hold the interpreter for seconds at a time.  What it makes lands in the engine's cache; the window's
own process then reads it from there.  If the process fails, the run compiles for itself as before, and says what is
wrong.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viz.tape import Tape

CODE = "import sys, sim; sim.run(sim.load(sys.argv[1]), seed=0, record=True)"


class Compiling:
    """The process that compiles, while it runs."""

    def __init__(self, scenario: str) -> None:
        self.scenario = scenario
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def first(self, job: Callable[[], Tape]) -> Callable[[], Tape]:
        """A job that lets the engine be compiled before it begins."""

        def work() -> Tape:
            if not self._closed:
                root = str(Path(__file__).resolve().parents[1])
                path = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p)
                self._process = subprocess.Popen(
                    [sys.executable, "-c", CODE, self.scenario],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={**os.environ, "PYTHONPATH": path},
                )
                self._process.wait()
            return job()

        return work

    def close(self) -> None:
        """Stop the process if it still runs: the window is closing."""
        self._closed = True
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(10)
