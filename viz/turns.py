"""Whose turn it is: threads that play and read runs share the interpreter and the cores with the thread that draws."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager

#: Longest a thread may hold the interpreter while the window waits, in seconds (Python's own is ten times that).
TURN = 0.0005
#: The same while a frame is drawn: whoever waits for it would otherwise take the interpreter from it ten times.
FRAME_TURN = 0.002


@contextmanager
def undisturbed() -> Generator[None]:
    """A frame is drawn in here; the interpreter is taken from it seldom."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(max(usual, FRAME_TURN))
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
