"""Parts of the what-if panel: its buttons, the plain levers of a run, and the frame that says what cannot be run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz import lettering
from viz.boot import pygame
from viz.whatif import LeverSpec
from viz.words import say

if TYPE_CHECKING:
    from viz.layout import Layout
    from viz.lettering import Lettering
    from viz.tape import Tape
    from viz.theme import Theme

#: Buttons in the rows at the foot, and the words on them.
FOOT = (("run", "reset"), ("live", "since", "save"), ("strip", "worlds", "swarm"))
WORDS = {
    "run": "run-again", "reset": "reset", "live": "live", "save": "save-patch", "strip": "view-strip",
    "worlds": "view-worlds", "swarm": "view-swarm",
}  # fmt: skip
GROUPS = {"group-world": "group-theworld"}
TIPS = ("live", "since", "save", "strip", "worlds", "swarm")


def refusal(
    type_: Lettering, surface: pygame.Surface, body: pygame.Rect, layout: Layout, head: str, problem: str, theme: Theme
) -> None:  # fmt: skip
    """What cannot be run, and why, in a frame below the list; ``head`` says that the last run stays."""
    k = layout.k
    box = pygame.Rect(body.left + layout.u(16), body.bottom + layout.u(4), 0, 0)
    box.size = (body.width - layout.u(32), layout.u(144))
    room = box.width - 28 * k
    heads = type_.wrap(lettering.SEMIBOLD, 19 * k, head, room, 3)
    rows = type_.wrap(lettering.SANS, 19 * k, problem, room, 6)
    tall = round((len(rows) + len(heads)) * 25 * k + 16 * k)
    frame = pygame.Rect(box.left, box.bottom - tall, box.width, tall)
    pygame.draw.rect(surface, theme.raised, frame, border_radius=layout.u(6))
    pygame.draw.rect(surface, theme.accent, frame, max(2, layout.u(3)), border_radius=layout.u(6))
    for n, row in enumerate([*heads, *rows]):
        face = lettering.SEMIBOLD if n < len(heads) else lettering.SANS
        line = type_.line(face, 19 * k, row, theme.text)
        surface.blit(line, (frame.left + round(14 * k), frame.top + round((8 + 25 * n) * k)))


def plain_levers(tape: Tape) -> tuple[LeverSpec, ...]:
    """The levers of both sides as the run names them: when the scenario declares none, or is not at hand."""
    return tuple(
        LeverSpec(
            lever.key,
            lever.group,
            (say(lever.label, 0), say(lever.label, 1), say(lever.label, 2)),
            (say(lever.note, 0), say(lever.note, 1), say(lever.note, 2)) if lever.note else ("", "", ""),
            lever.low,
            lever.high,
            (lever.high - lever.low) / 35,
            "factor",
            lever.value,
        )
        for lever in tape.levers
    )
