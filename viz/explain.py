"""What an explanation says: the event and the chain of its causes, each leading to its hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz import lettering
from viz.council import Ask, events_near
from viz.decide import clock
from viz.leaf_rows import Line
from viz.state import BATTLE, PLACE, UNIT
from viz.words import say

if TYPE_CHECKING:
    from datetime import date

    from viz.council import Reason
    from viz.state import State
    from viz.tape import Event, Tape

#: Kinds of event that can be explained; a march is not.
EXPLAINED = frozenset(
    {
        *("battle", "battle-ends", "declines", "mutiny", "surrenders", "holder"),
        *("commander-captured", "commander-killed", "commander-flees"),
    }
)


def asked(tape: Tape, state: State, caption: Event | None) -> Ask:
    """What the user means: what is selected, else the event that is told now, else the last one."""
    hour = int(state.hour)
    if state.selection is not None:
        kind, number = state.selection
        if kind == BATTLE and number < len(tape.battles):
            return Ask(hour, battle=number)
        if kind == UNIT:
            return Ask(hour, units=(number,))
        if kind == PLACE:
            turns = [event for event in tape.events if event.place == number and event.hour <= hour]
            event = next((one for one in reversed(turns) if one.kind in EXPLAINED), None)
            if event is not None:
                return of_event(event)
    event = events_near([one for one in tape.events if one.kind in EXPLAINED], state.hour)
    if event is None and caption is not None and caption.kind in EXPLAINED:
        event = caption
    return of_event(event) if event is not None else Ask(hour)


def of_event(event: Event) -> Ask:
    """An event of the map as what is to be explained."""
    return Ask(event.hour, event.kind, event.units)


def can_ask(state: State, caption: Event | None) -> bool:
    """Whether there is something on the screen to which the button belongs."""
    chosen = state.selection is not None and state.selection[0] in (BATTLE, UNIT)
    return chosen or (caption is not None and caption.kind in EXPLAINED)


def reason_lines(reason: Reason, start: date, lang: int) -> tuple[Line, ...]:
    """The card: what happened, then the causes, deeper ones set in."""
    found = [
        Line(f"{say('wy-title', lang)} \u00b7 {reason.dates[lang]}", 23, lettering.SEMIBOLD, "accent", gap=2),
        Line(sentence(reason.head[lang]), 30, lettering.BOLD, gap=12),
    ]
    for number, cause in enumerate(reason.causes):
        name, when = f"hour:{number}:{cause.hour}", clock(start, cause.hour, lang)
        tone = "text" if cause.depth == 0 else "muted"
        found.append(Line(sentence(cause.texts[lang]), 25, name=name, more=when, indent=cause.depth, tone=tone))
    if not reason.causes:
        found.append(Line(say("wy-none", lang), 25))
    found.append(Line(say("wy-note", lang), 21, tone="muted", gap=0))
    return tuple(found)


def sentence(text: str) -> str:
    """The text with a capital."""
    return text[:1].upper() + text[1:]
