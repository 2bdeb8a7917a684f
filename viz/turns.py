"""Whose turn it is: threads that play and read runs share the interpreter and the cores with the thread that draws."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager

#: Longest a thread may hold the interpreter while the window waits, in seconds (Python's own is ten times that).
TURN = 0.0005
#: The same while a frame is drawn: whoever waits for it would otherwise take the interpreter from it ten times.
FRAME_TURN = 0.002
#: Steps by which a thread whose answer nobody waits for stands back behind the window (Linux).
NICE = 10


@contextmanager
def undisturbed() -> Generator[None]:
    """A frame is drawn in here; the interpreter is taken from it seldom."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(max(usual, FRAME_TURN))
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def stand_back() -> None:
    """Let the window and what it waits for go before this thread."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
