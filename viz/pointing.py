"""What lies under the pointer: a chip, a battle, a pin or a place.

And the line that the tooltip says about it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from viz import battles, lettering
from viz.state import BATTLE, PLACE, UNIT
from viz.words import say

if TYPE_CHECKING:
    from viz.arrangement import Arrangement
    from viz.view import View


def hit(view: View, chips: Arrangement, px: int, py: int) -> tuple[str, int] | None:
    """The thing under a pixel of the map: a chip's largest unit, a battle, a pin's, or a place."""
    sprites = sorted(chips.sprites.values(), key=lambda s: -s.group.men)
    for sprite in sprites:
        if sprite.rect().collidepoint(px, py):
            return UNIT, sprite.group.lead
    marked = [n for n, b in enumerate(view.tape.battles) if battles.is_shown(view, n, b)]
    for _, rect, _ in battles.marks(view):
        if rect.collidepoint(px, py):
            return BATTLE, min(marked, key=lambda n: _gap(view, view.tape.battles[n], px, py))
    reach = max(14.0, 22 * view.k)
    for sprite in sprites:
        if math.hypot(px - sprite.pin[0], py - sprite.pin[1]) < reach * 0.7:
            return UNIT, sprite.group.lead
    nearest = min(view.tape.places, key=lambda p: _gap(view, p, px, py), default=None)
    if nearest is not None and _gap(view, nearest, px, py) < reach:
        return PLACE, nearest.index
    return None


def _gap(view: View, thing: object, px: int, py: int) -> float:
    x, y = view.pixel(thing.x, thing.y)  # type: ignore[attr-defined]
    return math.hypot(px - x, py - y)


def tip(view: View, chips: Arrangement, px: int, py: int) -> str:
    """A line on what lies there: the exact strength of a chip, with source and confidence."""
    found = hit(view, chips, px, py)
    if found is None:
        return ""
    kind, number = found
    lang, tape = view.state.language, view.tape
    if kind == PLACE:
        return f"{tape.places[number].names[lang]} ({tape.places[number].country})"
    if kind == BATTLE:
        return say("battle-of", lang, place=tape.battles[number].names[lang])
    sprite = chips.sprites.get(number)
    if sprite is None:
        return ""
    rows = [f"{tape.units[b.unit].names[lang]}: {lettering.thousands(b.men)}" for b in sprite.group.members[:6]]
    unit = tape.units[number]
    if unit.source:
        rows.append(f"{say('source', lang)}: {unit.source} ({unit.confidence})")
    return "\n".join(rows)
