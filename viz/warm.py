"""What can be worked out of a run before it is shown, so that the picture that shows it first is no slower."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from viz.ribbons import Ribbons
from viz.trails import Tracks

if TYPE_CHECKING:
    from viz.director import Director
    from viz.layout import Layout
    from viz.tape import Tape


def rest() -> None:
    """Leave all that lives now (map, scenario, run) out of every later search for garbage.

    To walk through it took some 40 ms, in the middle of a frame. `gc.unfreeze` takes it back.
    """
    gc.freeze()


def tracks_of(tape: Tape) -> Tracks:
    """The ways of all units of a run; takes some 10 ms, in whatever thread it is called."""
    tracks = Tracks()
    if tape.units:
        tracks.of(tape, 0, 0.0)
    return tracks


def guide_of(tape: Tape, layout: Layout) -> Director:
    """A director who knows where to look in a run; takes some 10 ms, in whatever thread it is called."""
    from viz.director import Director

    director = Director()
    director.camera(tape, layout, 0.0)
    return director


class WarmRibbons(Ribbons):
    """Ribbons that take over ways worked out elsewhere."""

    def adopt(self, tracks: Tracks) -> None:
        """Use these ways from now on; those of another run than the one shown are worked out anew as ever."""
        self._tracks = tracks
