"""Text: five typefaces, rendered once and kept; haloes for the map, thin gaps for thousands."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from viz.boot import pygame
from viz.theme import Colour
from viz.words import THIN

FONT_FOLDER = Path(__file__).resolve().parent / "fonts"
SANS, SEMIBOLD, BOLD, ITALIC, SERIF = "sans", "sans_semibold", "sans_bold", "serif_italic", "serif"
#: Bytes of rendered lines that are kept; the letters themselves are kept by the fonts.
_KEPT = 8_000_000


class Lettering:
    """Renders text and keeps the surfaces.

    A missing typeface falls back to pygame's own and is reported once.
    """

    def __init__(self, folder: Path = FONT_FOLDER) -> None:
        self.folder = folder
        self.missing: list[str] = []
        self._fonts: dict[tuple[str, int, int], pygame.font.Font] = {}
        self._kept: OrderedDict[tuple[object, ...], pygame.Surface] = OrderedDict()
        self._bytes = 0
        if not pygame.font.get_init():
            pygame.font.init()

    def font(self, face: str, pixels: float, outline: int = 0) -> pygame.font.Font:
        """The face at a size in pixels (at least 7), its letters drawn or outlined so many pixels wide.

        Each outline has a font of its own: one that is given another forgets every letter it has drawn.
        """
        size = max(7, round(pixels))
        key = (face, size, outline)
        found = self._fonts.get(key)
        if found is None:
            path = self.folder / f"{face}.ttf"
            try:
                found = pygame.font.Font(str(path), size)
            except (OSError, pygame.error):
                if face not in self.missing:
                    self.missing.append(face)
                found = pygame.font.Font(None, round(size * 1.2))
            if outline:
                found.outline = outline
            self._fonts[key] = found
        return found

    def width(self, face: str, pixels: float, text: str) -> int:
        """Width in pixels of a line of text."""
        return self.font(face, pixels).size(text)[0]

    def line(
        self,
        face: str,
        pixels: float,
        text: str,
        colour: Colour,
        halo: Colour | None = None,
        halo_pixels: int = 0,
        spacing: float = 0.0,
    ) -> pygame.Surface:
        """One line of text as a surface; with a halo it is larger by ``halo_pixels`` on every side."""
        key = (face, round(pixels), text, colour, halo, halo_pixels, round(spacing))
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        found = self._spaced(face, pixels, text, colour, halo, halo_pixels, round(spacing))
        self._kept[key] = found
        self._bytes += _size(found)
        while self._bytes > _KEPT and len(self._kept) > 1:
            self._bytes -= _size(self._kept.popitem(last=False)[1])
        return found

    def _spaced(
        self,
        face: str,
        pixels: float,
        text: str,
        colour: Colour,
        halo: Colour | None,
        halo_pixels: int,
        spacing: int,
    ) -> pygame.Surface:
        if spacing <= 0:
            return self._render(face, pixels, text, colour, halo, halo_pixels)
        letters = [self._render(face, pixels, c, colour, halo, halo_pixels) for c in text]
        steps = [self.width(face, pixels, c) + spacing for c in text]
        whole = pygame.Surface((sum(steps) + 2 * halo_pixels, letters[0].get_height()), pygame.SRCALPHA)
        x = 0
        for letter, step in zip(letters, steps, strict=True):
            whole.blit(letter, (x, 0))
            x += step
        return whole

    def _render(
        self, face: str, pixels: float, text: str, colour: Colour, halo: Colour | None, halo_pixels: int
    ) -> pygame.Surface:
        ink = self.font(face, pixels).render(text, True, colour)
        if halo is None or halo_pixels <= 0:
            return ink
        edge = self.font(face, pixels, halo_pixels).render(text, True, halo)
        edge.blit(ink, (halo_pixels, halo_pixels))
        return edge

    def wrap(self, face: str, pixels: float, text: str, width: float, lines: int = 99) -> list[str]:
        """The text broken into at most ``lines`` lines of a width in pixels, at plain spaces.

        A number keeps its thin gaps, and its per cent sign. The last line ends in an ellipsis if cut.
        """
        rows: list[str] = []
        for paragraph in text.replace(" %", f"{THIN}%").split("\n"):
            row = ""
            for word in paragraph.split(" "):
                longer = f"{row} {word}" if row else word
                if row and self.width(face, pixels, longer) > width:
                    rows.append(row)
                    row = word
                else:
                    row = longer
            rows.append(row)
        if len(rows) > lines:
            rows = rows[:lines]
            rows[-1] = self.shorten(face, pixels, rows[-1] + " …", width)
        return rows

    def shorten(self, face: str, pixels: float, text: str, width: float) -> str:
        """The text, cut with an ellipsis when it is wider than ``width`` pixels."""
        if self.width(face, pixels, text) <= width:
            return text
        body = text.removesuffix(" …")
        while body and self.width(face, pixels, body + "…") > width:
            body = body[:-1]
        return body.rstrip() + "…"


def _size(picture: pygame.Surface) -> int:
    return picture.get_pitch() * picture.get_height()


def thousands(number: int) -> str:
    """A whole number with a thin gap between thousands: no comma, no point."""
    digits = f"{abs(number):,}".replace(",", THIN)
    return f"\u2013{digits}" if number < 0 else digits


def rounded(number: int) -> str:
    """A strength as the map shows it: rounded to tens, since nothing is known closer than that."""
    return thousands(round(number, -1)) if number >= 10 else thousands(number)
