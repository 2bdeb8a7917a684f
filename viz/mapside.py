"""A run as the ground sees it: runs of one map share their ground, which is painted anew only where holders differ."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viz.tape import Place, Route, Tape

#: The places and routes looked at last, and their identity: runs of one lab share the lists.
_last: list[tuple[list[Place], list[Route], str]] = []


def map_side(tape: Tape) -> Tape:
    """The tape under the identity of its map: equal for all runs over the same places and routes."""
    if not _last or _last[0][0] is not tape.places or _last[0][1] is not tape.routes:
        told = repr([(p.id, p.x, p.y) for p in tape.places]) + repr([(r.a, r.b, r.kind) for r in tape.routes])
        _last[:] = [(tape.places, tape.routes, f"map {hashlib.sha1(told.encode()).hexdigest()}")]
    return replace(tape, digest=_last[0][2])
