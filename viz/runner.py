"""Asks ``sim`` for runs in the background; the window goes on drawing the old run until the new one is whole.

The engine lets go of the interpreter while it runs, so one thread is enough.  A message carries a number;
answers to
numbers that are no longer the last one are dropped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue
from typing import TYPE_CHECKING, Generic, TypeVar

from viz.errors import VizError

if TYPE_CHECKING:
    from viz.lab import Lab
    from viz.tape import Tape

AnswerT = TypeVar("AnswerT")


class Runner(Generic[AnswerT]):
    """One request at a time, the last one wins."""

    def __init__(self) -> None:
        self._done: Queue[tuple[int, AnswerT | VizError]] = Queue()
        self._number = 0
        self._working = 0
        self._next: tuple[int, Callable[[], AnswerT]] | None = None
        self._hurry = False
        self._lock = threading.Lock()

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        with self._lock:
            return self._working > 0 or self._next is not None

    def ask(self, job: Callable[[], AnswerT], hurry: bool = False) -> int:
        """Ask for a run; an earlier request that has not begun is forgotten.

        ``hurry``: a job that is at work had better give up (see ``stale``). Returns the request's number.
        """
        with self._lock:
            self._number += 1
            self._next = (self._number, job)
            self._hurry = hurry
            if self._working == 0:
                self._begin()
            return self._number

    def hurry(self) -> None:
        """What is asked for next, if anything, is wanted at once."""
        with self._lock:
            self._hurry = True

    def stale(self) -> bool:
        """Whether the job at work should give up: a later one waits and is in a hurry. Asked by the job itself."""
        with self._lock:
            return self._hurry and self._next is not None

    def _begin(self) -> None:
        assert self._next is not None
        number, job = self._next
        self._next = None
        self._hurry = False
        self._working = number
        threading.Thread(target=self._work, args=(number, job), daemon=True, name=f"run {number}").start()

    def _work(self, number: int, job: Callable[[], AnswerT]) -> None:
        try:
            answer: AnswerT | VizError = job()
        except VizError as error:
            answer = error
        except Exception as error:  # a fault of ours must not freeze the window: it is shown
            answer = VizError(f"{type(error).__name__}: {' '.join(str(error).split())}")
        with self._lock:
            self._done.put((number, answer))
            self._working = 0
            if self._next is not None:
                self._begin()

    def answer(self, late: bool = False) -> AnswerT | VizError | None:
        """The last request's answer when it has come; answers to older requests are dropped.

        ``late``: the newest answer there is, even when more has been asked for since.
        """
        found: AnswerT | VizError | None = None
        while True:
            try:
                number, answer = self._done.get_nowait()
            except Empty:
                return found
            if number == self._number or (late and answer is not None):
                found = answer


def simulate(
    seed: int,
    settings: dict[str, float] | None = None,
    scenario: str = "mongolia_1921",
    plan: str | None = None,
) -> Callable[[], Tape]:
    """A job that runs the campaign."""

    def job() -> Tape:
        from viz import source

        return source.simulate(seed, scenario, plan, settings)

    return job


def read(path: Path) -> Callable[[], Tape]:
    """A job that reads a run file."""

    def job() -> Tape:
        from viz import source

        return source.read_file(path)

    return job


def open_lab(scenario: str, plan: str | None) -> Callable[[], Lab]:
    """A job that makes a scenario ready for what-ifs."""

    def job() -> Lab:
        from viz.lab import Lab

        return Lab(scenario, plan)

    return job
