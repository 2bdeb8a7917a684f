"""Work done in threads, with as many pieces under way as there are threads and no more: memory stays flat."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from sim.errors import OptionError

T = TypeVar("T")
R = TypeVar("R")


def thread_count(threads: int | None) -> int:
    """How many threads: the number asked for, or one a core. Raises OptionError below 1."""
    if threads is None:
        return os.cpu_count() or 1
    if threads < 1:
        raise OptionError(f"threads is {threads}, but must be at least 1")
    return threads


def unordered(work: Callable[[T], R], items: Iterable[T], threads: int | None = None) -> Iterator[R]:
    """Results as they come, in any order; at most two pieces a thread are under way at a time.

    When the caller stops early (an error, Ctrl-C, a closed generator), pieces not begun are dropped.
    """
    count = thread_count(threads)
    if count == 1:
        yield from map(work, items)
        return
    pool = ThreadPoolExecutor(count, thread_name_prefix="study")
    try:
        open_: set[Future[R]] = set()
        for item in items:
            open_.add(pool.submit(work, item))
            if len(open_) >= 2 * count:
                done, open_ = wait(open_, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        while open_:
            done, open_ = wait(open_, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
