"""A run made ready to be taken in quickly: its record as columns, its chronicle without the prose.

The record is a table of rows of some 60 bytes; picking one field after the other out of the whole of it costs a
pass over all its memory each time, which is most of what taking a run in takes.  So it is cut in blocks, each read
from memory once.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from sim.runs import Run

BLOCK = 48


class Columns:
    """Stands for a record: `shape`, and a contiguous array [hours + 1, units] for each field.

    As an array it is ``mark``, by which two runs are told apart.
    """

    def __init__(self, record: np.ndarray, mark: np.ndarray) -> None:
        import numpy as np

        names = record.dtype.names or ()
        self.shape: tuple[int, ...] = record.shape
        self._mark = mark
        self._columns = {name: np.empty(record.shape, record.dtype[name]) for name in names}
        for top in range(0, record.shape[0], BLOCK):
            part = record[top : top + BLOCK]
            for name, column in self._columns.items():
                column[top : top + BLOCK] = part[name]

    def __getitem__(self, name: str) -> np.ndarray:
        return self._columns[name]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        del dtype, copy
        return self._mark


class Quick:
    """Stands for a run: as it is, but with a record in columns, and of its events only the kinds.

    The map tells events in its own words; the English ones would be made for nothing.
    """

    def __init__(self, run: Run, record: Columns, kinds: list[str]) -> None:
        self._run = run
        self._kinds = kinds
        self.record = record

    def events(self) -> list[Any]:
        """An entry with its ``kind`` for each of the chronicle."""
        entries = {kind: SimpleNamespace(kind=kind) for kind in set(self._kinds)}
        return [entries[kind] for kind in self._kinds]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._run, name)
