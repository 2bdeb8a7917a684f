"""The what-if panel: levers of both sides and the seed as sliders, with undo.

It only collects, the runner runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz import lettering
from viz.boot import pygame
from viz.widgets import Button, Slider
from viz.words import say

if TYPE_CHECKING:
    from viz.layout import Layout
    from viz.lettering import Lettering
    from viz.state import State
    from viz.tape import Tape
    from viz.theme import Theme

MOST_SEED = 99


class Panel:
    """Values of the sliders, and where they stand."""

    def __init__(self, type_: Lettering) -> None:
        self.type = type_
        self.values: dict[str, float] = {}
        self.seed = 0
        self.first_seed = 0
        self.live = False
        self.dragged: str | None = None
        self.undo: list[tuple[dict[str, float], int]] = []
        self.busy = 0.0
        self._sliders: list[tuple[Slider, str, str]] = []
        self._buttons: list[Button] = []
        self._heads: list[tuple[str, tuple[int, int]]] = []
        self._key: tuple[object, ...] = ()

    def settings(self) -> dict[str, float]:
        """The changed levers as keys of a patch."""
        return {key: value for key, value in self.values.items() if abs(value - 1.0) > 1e-9}

    def lay_out(self, layout: Layout, tape: Tape) -> None:
        """Rectangles of all widgets for a layout."""
        key = (layout, len(tape.levers))
        if key == self._key:
            return
        self._key = key
        rect, k = layout.panel, layout.k
        self._sliders, self._buttons, self._heads = [], [], []
        rows = len(tape.levers) + 1
        groups = [*sorted({lever.group for lever in tape.levers}, key=lambda g: g), "group-world"]
        top = rect.top + round(70 * k)
        bottom = rect.bottom - round(150 * k)
        step = min(62 * k, (bottom - top - len(groups) * 34 * k) / rows)
        head = min(34 * k, 34 * k)
        y = float(top)
        group = ""
        for lever in [*tape.levers, None]:
            name = lever.group if lever else "group-world"
            if name != group:
                self._heads.append((name, (rect.left + round(24 * k), round(y))))
                y += head
                group = name
            box = pygame.Rect(rect.left + round(12 * k), round(y), rect.width - round(24 * k), round(step))
            if lever is None:
                self._sliders.append((Slider("seed", box, 0, MOST_SEED, self.first_seed, self.seed, True), "seed", ""))
            else:
                value = self.values.get(lever.key, lever.value)
                self._sliders.append(
                    (
                        Slider(lever.key, box, lever.low, lever.high, lever.value, value),
                        lever.label,
                        lever.note,
                    )
                )
            y += step
        tall = max(44 if layout.height >= 700 else 34, round(56 * k))
        wide = (rect.width - round(72 * k)) // 2
        y2 = rect.bottom - tall - round(76 * k)
        self._buttons.append(Button("run", pygame.Rect(rect.left + round(24 * k), y2, wide, tall), strong=True))
        self._buttons.append(Button("reset", pygame.Rect(rect.left + round(48 * k) + wide, y2, wide, tall)))
        live = pygame.Rect(rect.left + round(24 * k), rect.bottom - round(64 * k), wide, round(50 * k))
        self._buttons.append(Button("live", live))

    def draw(self, surface: pygame.Surface, layout: Layout, state: State, tape: Tape, theme: Theme) -> None:
        """Draw the whole panel."""
        self.lay_out(layout, tape)
        rect, k = layout.panel, layout.k
        surface.fill(theme.panel, rect)
        title = self.type.line(lettering.BOLD, 34 * k, say("what-if", state.language), theme.text)
        surface.blit(title, (rect.left + round(24 * k), rect.top + round(16 * k)))
        for word, spot in self._heads:
            surface.blit(self.type.line(lettering.SEMIBOLD, 21 * k, say(word, state.language), theme.muted), spot)
        for slider, word, _ in self._sliders:
            slider.value = self.seed if slider.name == "seed" else self.values.get(slider.name, slider.home)
            slider.draw(surface, self.type, theme, k, say(word, state.language))
        words = {"run": "run-again", "reset": "reset", "live": "live"}
        for button in self._buttons:
            button.on = button.name == "live" and self.live
            button.draw(surface, self.type, theme, k, say(words[button.name], state.language))
        if self.busy > 0:
            text = self.type.line(lettering.SANS, 22 * k, say("running", state.language), theme.accent)
            surface.blit(text, text.get_rect(midright=(rect.right - round(24 * k), rect.bottom - round(39 * k))))
        note = self.type.wrap(lettering.SANS, 17 * k, say("model-note", state.language), rect.width * 0.48 - 30 * k, 3)
        if self.busy <= 0:
            for n, row in enumerate(note):
                line = self.type.line(lettering.SANS, 17 * k, row, theme.muted)
                surface.blit(
                    line,
                    (
                        rect.left + rect.width // 2 + round(8 * k),
                        rect.bottom - round(66 * k) + round(n * 21 * k),
                    ),
                )

    # -- changing ----------------------------------------------------------------------------------

    def spots(self, layout: Layout) -> list[tuple[str, pygame.Rect]]:
        """Names and rectangles of the widgets, in the order of Tab."""
        del layout
        return [(s.name, s.rect) for s, _, _ in self._sliders] + [(b.name, b.rect) for b in self._buttons]

    def slider(self, name: str) -> Slider | None:
        """The slider of a name."""
        return next((s for s, _, _ in self._sliders if s.name == name), None)

    def put(self, name: str, value: float) -> bool:
        """Set a slider; whether that changed it."""
        if name == "seed":
            changed = self.seed != int(value)
            self.seed = int(value)
            return changed
        old = self.values.get(name, 1.0)
        self.values[name] = value
        return abs(old - value) > 1e-9

    def remember(self) -> None:
        """Keep the present values for undo."""
        self.undo.append((dict(self.values), self.seed))

    def take_back(self) -> bool:
        """Undo the last change; whether there was one."""
        if not self.undo:
            return False
        self.values, self.seed = self.undo.pop()
        return True

    def reset(self) -> None:
        """Back to history."""
        self.remember()
        self.values = {}
        self.seed = self.first_seed

    def hit(self, px: int, py: int) -> tuple[str, str] | None:
        """("slider" or "button", name) under a pixel."""
        for slider, _, _ in self._sliders:
            if slider.rect.collidepoint(px, py):
                return "slider", slider.name
        for button in self._buttons:
            if button.rect.collidepoint(px, py):
                return "button", button.name
        return None

    def tip(self, layout: Layout, state: State, tape: Tape, px: int, py: int) -> str:
        """What a slider means."""
        del layout, tape
        for slider, word, note in self._sliders:
            if slider.rect.collidepoint(px, py) and note:
                return f"{say(word, state.language)}: {say(note, state.language)} ({slider.name})"
        return ""
