"""What can go wrong for reasons the user can mend: always one plain line, never a traceback."""

from __future__ import annotations


class VizError(Exception):
    """A mistake or lack outside the program (file, display, codec, disk); the text is shown as it is."""
