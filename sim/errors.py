"""What went wrong, said in one line to the person who can mend it.

Every mistake of a user (a scenario file, a patch, an option, a run file) is raised as an `UrgaError`. The
command line prints its text and exits with code 2; nothing else is caught, since any other exception is a
fault of the program.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UrgaError(Exception):
    """A user's mistake, in one line: what was written, where, and what was probably meant."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))

    @property
    def message(self) -> str:
        """The one line."""
        return str(self.args[0])


class ScenarioError(UrgaError):
    """A scenario folder cannot be read. `problems` holds every line found; the message has the first."""

    def __init__(self, message: str, problems: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.problems: tuple[str, ...] = tuple(problems) or (self.message,)


class PatchError(UrgaError):
    """A patch names what the scenario does not declare, or gives a value that cannot be."""


class RunFileError(UrgaError):
    """A run file is not one, is damaged, or cannot be written."""


class OptionError(UrgaError):
    """An option of a command or an argument of a function cannot be."""


def suggest(name: str, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)` for the nearest of the known names, or an empty string when none is near.

    >>> suggest("lethalty", ["lethality", "pace"])
    " (did you mean 'lethality'?)"
    """
    choices = sorted(set(known))
    near = difflib.get_close_matches(name, choices, n=1, cutoff=0.6)
    if not near:
        by_lower = {choice.lower(): choice for choice in choices}
        near = [by_lower[match] for match in difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)]
    return f" (did you mean {near[0]!r}?)" if near else ""
