"""The faces of the chips: symbol, name, number, strength bar, pips; each drawn once and kept."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING

from viz import carto, lettering
from viz.boot import pygame
from viz.theme import Colour, Livery

if TYPE_CHECKING:
    from viz.lettering import Lettering

#: By tier (small, middle, large): height, size of the number, size of the name (0: none), symbol's width
#: and height.
TIERS = ((42, 27, 0, 46, 28), (66, 30, 21, 58, 38), (76, 35, 23, 64, 42))
SHADOW = 8
#: Width in virtual units from which a name is cut.
NAME = 232
_KEPT = 120


class ChipMaker:
    """Makes chip faces and keeps the last hundred."""

    def __init__(self, type_: Lettering) -> None:
        self.type = type_
        self._kept: OrderedDict[tuple[object, ...], pygame.Surface] = OrderedDict()
        self._sizes: dict[tuple[int, str, str, float], tuple[int, int]] = {}
        self._pins: dict[tuple[Livery, float], pygame.Surface] = {}

    def pin(self, livery: Livery, k: float) -> pygame.Surface:
        """The dot that marks the true position."""
        key = (livery, round(k, 3))
        found = self._pins.get(key)
        if found is None:
            r = math.ceil(8 * k) + 1
            found = self._pins[key] = pygame.Surface((2 * r + 1, 2 * r + 1), pygame.SRCALPHA)
            pygame.draw.aacircle(found, livery.outline, (r, r), 8 * k)
            pygame.draw.aacircle(found, livery.fill, (r, r), 5.6 * k)
        return found

    def size(self, tier: int, name: str, number: str, k: float) -> tuple[int, int]:
        """Width and height in pixels of a chip's body, without its shadow."""
        key = (tier, name, number, k)
        found = self._sizes.get(key)
        if found is not None:
            return found
        height, number_size, name_size, symbol, _ = TIERS[tier]
        text = self.type.width(lettering.BOLD, number_size * k, number)
        if name_size and name:
            text = max(text, self.type.width(lettering.SEMIBOLD, name_size * k, self._name(tier, name, k)))
        if len(self._sizes) > 16 * _KEPT:
            self._sizes.clear()
        found = self._sizes[key] = (round((symbol + 9 + 11 + 10) * k) + text, round(height * k))
        return found

    def _name(self, tier: int, name: str, k: float) -> str:
        return self.type.shorten(lettering.SEMIBOLD, TIERS[tier][2] * k, name, NAME * k)

    def face(
        self,
        livery: Livery,
        arm: str,
        tier: int,
        name: str,
        number: str,
        left: float,
        pips: int,
        k: float,
        hollow: bool = False,
        marked: Colour | None = None,
    ) -> pygame.Surface:
        """A chip with its shadow; ``left`` is the share of its first strength.

        ``hollow`` marks what is only reported.
        """
        width, height = self.size(tier, name, number, k)
        bar = round(left * 24)
        key = (livery, arm, tier, name, number, bar, min(pips, 8), round(k, 3), hollow, marked)
        found = self._kept.get(key)
        if found is None:
            found = self._draw(
                livery, arm, tier, name, number, bar / 24, min(pips, 8), k, hollow, marked, width, height
            )
            self._kept[key] = found
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found

    def _draw(
        self,
        livery: Livery,
        arm: str,
        tier: int,
        name: str,
        number: str,
        left: float,
        pips: int,
        k: float,
        hollow: bool,
        marked: Colour | None,
        width: int,
        height: int,
    ) -> pygame.Surface:
        _, number_size, name_size, symbol_w, symbol_h = TIERS[tier]
        edge = max(2, round(SHADOW * k))
        surface = pygame.Surface((width + 2 * edge, height + 2 * edge), pygame.SRCALPHA)
        body = pygame.Rect(edge, edge, width, height)
        radius = max(2, round(7 * k))
        line = max(1, round(2.4 * k))
        if not hollow:
            carto.soft_shadow(surface, body, radius, max(1, round(3 * k)))
        fill = (*livery.fill, 200) if hollow else livery.fill
        pygame.draw.rect(surface, fill, body, border_radius=radius)
        if livery.stripe:
            stripe = pygame.Rect(body.left + line, body.top + line, max(2, round(6 * k)), body.height - 2 * line)
            pygame.draw.rect(surface, livery.stripe, stripe, border_radius=max(1, round(3 * k)))
        bar_h = max(3, round(6 * k))
        inner = pygame.Rect(
            body.left + round(9 * k), body.bottom - bar_h - round(5 * k), body.width - round(18 * k), bar_h
        )
        pygame.draw.rect(surface, (*livery.outline, 150), inner, border_radius=bar_h // 2)
        full = inner.copy()
        full.width = max(bar_h, round(inner.width * min(1.0, left)))
        pygame.draw.rect(surface, livery.bar, full, border_radius=bar_h // 2)
        top = body.top + line
        room = inner.top - top
        symbol = pygame.Rect(0, 0, round(symbol_w * k), min(round(symbol_h * k), room - round(6 * k)))
        symbol.midleft = (body.left + round(10 * k) + (round(4 * k) if livery.stripe else 0), top + room // 2)
        draw_symbol(surface, symbol, arm, livery, max(2, round(2.6 * k)))
        text_left = symbol.right + round(9 * k)
        centre = (text_left + body.right - round(9 * k)) // 2
        digits = self.type.line(lettering.BOLD, number_size * k, number, livery.text)
        if name_size and name:
            label = self.type.line(lettering.SEMIBOLD, name_size * k, self._name(tier, name, k), livery.text)
            middle = top + room / 2
            surface.blit(label, label.get_rect(center=(centre, round(middle - room * 0.235))))
            surface.blit(digits, digits.get_rect(center=(centre, round(middle + room * 0.2))))
        else:
            surface.blit(digits, digits.get_rect(center=(centre, top + room // 2)))
        outline = marked or livery.outline
        if hollow:
            carto.dashed_box(surface, outline, body, line, 8 * k, 5 * k)
        else:
            pygame.draw.rect(surface, outline, body, line + (1 if marked else 0), border_radius=radius)
        r = max(2, round(4.4 * k))
        for n in range(pips if pips > 1 else 0):
            spot = (body.left + round(13 * k) + n * round(10.5 * k), body.top + 1)
            pygame.draw.aacircle(surface, livery.outline, spot, r)
            pygame.draw.aacircle(surface, livery.fill, spot, max(1, r - max(1, round(1.4 * k))))
        return surface


def draw_symbol(surface: pygame.Surface, box: pygame.Rect, arm: str, livery: Livery, line: int) -> None:
    """The symbol of an arm: one diagonal for cavalry, a cross for infantry, dot.

    Ellipse or dumb-bell for the rest.
    """
    ink = livery.text
    pygame.draw.rect(surface, ink, box, line)
    inside = box.inflate(-line, -line)
    if arm == "cavalry":
        pygame.draw.aaline(surface, ink, inside.bottomleft, (inside.right - 1, inside.top), line)
    elif arm == "infantry":
        pygame.draw.aaline(surface, ink, inside.bottomleft, (inside.right - 1, inside.top), line)
        pygame.draw.aaline(surface, ink, inside.topleft, (inside.right - 1, inside.bottom), line)
    elif arm == "artillery":
        pygame.draw.aacircle(surface, ink, box.center, box.height * 0.2)
    elif arm == "armour":
        pygame.draw.ellipse(surface, ink, box.inflate(-box.width * 0.28, -box.height * 0.4), line)
    elif arm == "air":
        r = box.height * 0.19
        x, y = box.center
        pygame.draw.aacircle(surface, ink, (x - r * 1.5, y), r, line)
        pygame.draw.aacircle(surface, ink, (x + r * 1.5, y), r, line)
        pygame.draw.line(surface, ink, (x - r * 0.5, y), (x + r * 0.5, y), line)
    elif arm == "hq":
        pygame.draw.line(surface, ink, (box.left, box.centery), (box.right, box.centery), line)
