"""Work for a background thread that is done in order, none of it dropped; each answer goes to whoever asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from viz.errors import VizError
from viz.runner import Runner

Done = Callable[[Any], None]
Fail = Callable[[VizError], None]


class Errands:
    """One job at a time, the rest waits; answers are handed over by `step`, in the thread that calls it."""

    def __init__(self) -> None:
        self._runner: Runner[Any] = Runner()
        self._waiting: deque[tuple[Callable[[], Any], Done, Fail]] = deque()
        self._now: tuple[Done, Fail] | None = None

    @property
    def busy(self) -> bool:
        """Whether anything is still to come."""
        return self._now is not None or bool(self._waiting)

    def ask(self, job: Callable[[], Any], done: Done, fail: Fail) -> None:
        """Do a job; then `done` with its answer, or `fail` with the error."""
        self._waiting.append((job, done, fail))
        self._next()

    def step(self) -> bool:
        """Hand over an answer that has come; whether one has."""
        if self._now is None or self._runner.busy:
            return False
        answer = self._runner.answer()
        done, fail = self._now
        self._now = None
        if isinstance(answer, VizError):
            fail(answer)
        else:
            done(answer)
        self._next()
        return True

    def _next(self) -> None:
        if self._now is None and self._waiting:
            job, done, fail = self._waiting.popleft()
            self._now = (done, fail)
            self._runner.ask(job)
