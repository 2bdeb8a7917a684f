"""Why did this happen? The chain of causes of a battle, a retreat, a mutiny or a capture, in plain words with numbers.

    print(sim.why(run, "mutiny").told("ru"))
    print(sim.why(run, "retreat 1921-08-03").told())

Every link names the rows of the run that bear it out (`sim.explain.causes`), so that it can be looked up and checked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import numpy as np

from sim.errors import OptionError, suggest
from sim.explain.causes import CAUSES, causes
from sim.explain.witness import Link, Ref, Witness
from sim.phrases import Phrase, date_of, say
from sim.runs import Run

__all__ = ["KINDS", "Explanation", "Link", "Ref", "explainable", "why"]

KINDS: dict[str, tuple[str, ...]] = {
    "battle": ("battle-ends", "battle"),
    "retreat": ("battle-ends", "declines", "ordered"),
    "mutiny": ("mutiny",),
    "capture": ("commander-captured", "surrenders", "holder"),
    "fall": ("holder",),
}
"""What can be asked for: word -> kinds of the chronicle; a kind itself will do as well."""


@dataclass(frozen=True)
class Explanation:
    """An entry of the chronicle and the links of its causes, a deeper one after what it explains.

    row, kind, hour, date: of the entry; head: the entry itself, as a link.
    """

    row: int
    kind: str
    hour: int
    date: datetime
    head: Phrase
    links: tuple[Link, ...]

    @cached_property
    def text(self) -> str:
        """What happened, in English."""
        return self.head.told("en")

    def told(self, lang: str = "en") -> str:
        """The whole chain in a language (lang: en, ru or mn), a line a link, causes of causes set in."""
        first = f"{date_of(self.date, lang, clock=True)}. {say('why', lang, event=self.head)}"
        return "\n".join([first, *(f"{'    ' * (link.depth + 1)}{link.told(lang)}" for link in self.links)])


def explainable(run: Run) -> tuple[int, ...]:
    """Rows of the chronicle of a run that can be explained; of orders only those to go back."""
    witness = Witness(run)
    return tuple(row for row in range(len(witness.told)) if _can(witness, row))


def _can(witness: Witness, row: int) -> bool:
    kind = str(witness.kinds[row])
    if kind == "ordered":
        return witness.cast.orders[int(witness.told["other"][row])].task == "withdraw"
    return kind in CAUSES and (kind != "holder" or int(witness.told["other"][row]) >= 0)


def why(run: Run, event: int | str) -> Explanation:
    """Explain an event of a run.

    event: row of the chronicle, or a word of `KINDS` with a date if wanted (`battle 1921-06-08`). Without a date the
    costliest battle, the first mutiny, the capture of a commander. Raises OptionError with what was probably meant,
    UrgaError for a run without a record.
    """
    witness = Witness(run)
    row = _row(witness, event)
    hour = int(witness.told["hour"][row])
    return Explanation(
        row=row,
        kind=str(witness.kinds[row]),
        hour=hour,
        date=witness.cast.date(hour),
        head=witness.head(row),
        links=tuple(causes(witness, row)),
    )


def _row(witness: Witness, event: int | str) -> int:
    event = str(event).strip()
    if event.isdigit():
        return _numbered(witness, int(event))
    words = event.split()
    kind = words[0] if words else ""
    known = {**{name: (name,) for name in CAUSES}, **KINDS}
    if kind not in known:
        raise OptionError(
            f"event {event!r}: {kind!r} cannot be explained{suggest(kind, known)}; known: {', '.join(KINDS)}, or a row"
        )
    rows = [row for name in known[kind] for row in np.flatnonzero(witness.kinds == name).tolist() if _can(witness, row)]
    if not rows:
        raise OptionError(f"event {event!r}: there is no {kind} in this run")
    if len(words) == 1:
        return _foremost(witness, rows)
    day = _day(event, words[1:])
    same = [row for row in rows if witness.cast.date(int(witness.told["hour"][row])).date() == day]
    if not same:
        dates = sorted({witness.cast.date(int(witness.told["hour"][row])).date() for row in rows})
        near = min(dates, key=lambda one: (abs((one - day).days), one))
        raise OptionError(f"event {event!r}: there is no {kind} on {day}; the nearest is on {near}")
    return _foremost(witness, same)


def _numbered(witness: Witness, row: int) -> int:
    if not 0 <= row < len(witness.told):
        raise OptionError(f"event {row}: the chronicle has rows 0 to {len(witness.told) - 1}")
    if not _can(witness, row):
        near = min(
            (one for one in range(len(witness.told)) if _can(witness, one)), key=lambda one: abs(one - row), default=-1
        )
        raise OptionError(
            f"event {row} is of kind {witness.kinds[row]!r}, which is not explained; the nearest that is: {near}"
        )
    return row


def _foremost(witness: Witness, rows: list[int]) -> int:
    """Of the first kind found the costliest battle, else the first entry."""
    kind = witness.kinds[rows[0]]
    same = [row for row in rows if witness.kinds[row] == kind]
    if kind == "battle-ends":
        return max(same, key=lambda row: (int(witness.told["n2"][row]) + int(witness.told["n3"][row]), -row))
    return same[0]


def _day(event: str, words: list[str]) -> date:
    text = " ".join(words)
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    found = re.fullmatch(r"(\d{1,2})\s+([A-Za-z]+)", text)
    months = {date_of(date(1921, month, 1)).split()[1][:3].lower(): month for month in range(1, 13)}
    if found and found[2][:3].lower() in months:
        return date(1921, months[found[2][:3].lower()], int(found[1]))
    raise OptionError(f"event {event!r}: {text!r} is no date; wanted is one such as 1921-06-08")
