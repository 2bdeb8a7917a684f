"""What the two sides are called on cards and in captions: this campaign's short words, any other's own names.

The shipped campaign's sides have ids of their own; in a scenario with other ids nobody is red or white.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz.words import WORDS, say

if TYPE_CHECKING:
    from viz.tape import Names, Tape

#: Ids of the campaign's sides, the words of their cards and of what each knows, and the liveries of their camps.
OWN = ("Red", "White")
CARDS, KNOWN = ("reds", "whites"), ("fog-red", "fog-white")
LIVERIES = ("legend-red", "legend-peoples", "legend-white", "legend-allies")


def camps(ids: list[str], names: tuple[Names, Names]) -> tuple[Names, Names]:
    """The two camps as balance and captions call them, by the ids and names of the sides."""
    return (WORDS[CARDS[0]], WORDS[CARDS[1]]) if tuple(ids) == OWN else names


def own(camps_: tuple[Names, Names]) -> bool:
    """Whether these are the camps of the campaign whose words the visualiser has."""
    return camps_[0] == WORDS[CARDS[0]]


def taken(camps_: tuple[Names, Names], side: int, place: Names) -> Names:
    """That a side takes a place, in the three languages."""

    def one(language: int) -> str:
        if own(camps_):
            return say(f"ev-taken-{side}", language, place=place[language])
        return say("ev-taken", language, who=camps_[side][language], place=place[language])

    return one(0), one(1), one(2)


def knows(tape: Tape, side: int, language: int) -> str:
    """The headline of the fog: what a side knows."""
    return say(KNOWN[side], language) if own(tape.camps) else say("fog-side", language, side=tape.camps[side][language])


def livery(camps_: tuple[Names, Names] | None, kind: int, language: int) -> str:
    """What a livery is called in the legend; empty for one that nobody wears."""
    if camps_ is None or own(camps_):
        return say(LIVERIES[kind], language)
    return camps_[kind // 2][language] if kind % 2 == 0 else ""
