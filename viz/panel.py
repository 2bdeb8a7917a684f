"""The what-if panel: levers, questions and fans of strength, with undo; and the buttons below them.

It only collects, the lab runs.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from viz import lettering
from viz.boot import pygame
from viz.cards import Deck
from viz.fans import Fans
from viz.panel_parts import FOOT, GROUPS, TIPS, WORDS, plain_levers, refusal
from viz.whatif import Catalogue, Choice, Crowd, Hand, LeverSpec, Views, written
from viz.widgets import Button, Slider
from viz.words import say, short_date
from viz.words_cards import note_of

if TYPE_CHECKING:
    from viz.layout import Layout
    from viz.lettering import Lettering
    from viz.state import State
    from viz.tape import Tape
    from viz.theme import Theme
    from viz.whatif import Card

MOST_SEED = 99
LEVERS, CARDS, FANS = "tab-levers", "tab-cards", "tab-fans"
TABS = (LEVERS, CARDS, FANS)


class Panel:
    """Values of the levers, the chosen card, and where everything stands."""

    def __init__(self, type_: Lettering) -> None:
        self.type = type_
        self.hand = Hand()
        self.first_seed = 0
        self.live = True
        self.dragged: str | None = None
        self.undo: list[Hand] = []
        self.busy = 0.0
        self.tab = LEVERS
        self.views = Views()
        self.catalogue: Catalogue | None = None
        self.own: tuple[Card, ...] = ()
        self.crowd: Crowd | None = None
        self.problem = ""
        #: the run on the map is a fork: the levers know nothing of it
        self.forked = False
        self.clock = 0.0
        self.deck, self.fans = Deck(type_), Fans(type_)
        self._scroll: dict[str, int] = {LEVERS: 0, CARDS: 0, FANS: 0}
        self._tall = 0
        self._body = pygame.Rect(0, 0, 0, 0)
        self._specs: tuple[LeverSpec, ...] = ()
        self._sliders: list[tuple[Slider, LeverSpec | None]] = []
        self._buttons: list[Button] = []
        self._heads: list[tuple[str, tuple[int, int]]] = []
        self._key: tuple[object, ...] = ()
        self._focus = -1
        self._picture: pygame.Surface | None = None
        self._painted: tuple[object, ...] = ()
        self._drawn: dict[str, float] = {}
        self._set: tuple[object, ...] = ()
        self._line = ""

    # -- what is chosen ------------------------------------------------------------------------------

    @property
    def values(self) -> dict[str, float]:
        """The changed levers."""
        return self.hand.values

    @property
    def seed(self) -> int:
        """The throw of the dice on the map."""
        return self.hand.seed

    @seed.setter
    def seed(self, value: int) -> None:
        self.hand.seed = value

    def home(self, key: str) -> float:
        """Where a lever stands when it is not moved: history's value, or the chosen card's."""
        card = self.card()
        fixed = dict(card.values).get(key) if card is not None else None
        spec = next((one for one in self._specs if one.key == key), None)
        return fixed if fixed is not None else spec.home if spec is not None else 1.0

    def settings(self) -> dict[str, float]:
        """The changed levers as keys of a patch."""
        return {key: value for key, value in self.values.items() if abs(value - self.home(key)) > 1e-9}

    def card(self) -> Card | None:
        """The chosen card."""
        cards = (*(self.catalogue.cards if self.catalogue else ()), *self.own)
        return next((card for card in cards if card.id == self.hand.card), None)

    def choice(self) -> Choice:
        """What the panel asks for."""
        return Choice(self.hand.card, tuple(sorted(self.settings().items())), self.hand.since, self.seed)

    def choose(self, name: str) -> None:
        """Take a card up, or lay it down when it is up already; the levers go back to where it puts them."""
        self.remember()
        self.hand.card = "" if self.hand.card == name else name
        self.hand.values = {}

    def set_since(self, day: date) -> None:
        """Let the what-if hold from a day of the campaign, or from the start when it does not."""
        self.remember()
        start = self.catalogue.start if self.catalogue else day
        self.hand.since = None if self.hand.since is not None or day <= start else day

    # -- laying out ----------------------------------------------------------------------------------

    def lay_out(self, layout: Layout, tape: Tape, language: int = 0) -> None:
        """Rectangles of all widgets for a layout."""
        self._specs = self.catalogue.levers if self.catalogue and self.catalogue.levers else plain_levers(tape)
        cards = self.catalogue.cards if self.catalogue else ()
        key = (layout, self._specs, self.tab, self._scroll[self.tab], language, cards, self.own, bool(self.problem))
        if key == self._key:
            return
        self._key = key
        rect, k = layout.panel, layout.k
        self._buttons = []
        tall = max(36 if layout.height >= 700 else 30, layout.u(42))
        edge = layout.u(16)
        row = pygame.Rect(rect.left + edge, rect.top + layout.u(8), rect.width - 2 * edge, tall)
        self._row(TABS, row, layout)
        top = row.bottom + layout.u(8)
        y = rect.bottom - layout.u(10)
        for names in reversed(FOOT):
            y -= tall
            self._row(names, pygame.Rect(rect.left + edge, y, rect.width - 2 * edge, tall), layout)
            y -= layout.u(6)
        foot = layout.u(150 if self.problem else 34)
        self._body = pygame.Rect(rect.left, top, rect.width, max(40, y - top - foot))
        self._sliders, self._heads = [], []
        if self.tab == LEVERS:
            self._tall = self._lay_levers(layout)
        elif self.tab == CARDS:
            self.deck.lay_out(cards, self.own, rect.width - layout.u(8), k, language)
            self._tall = self.deck.height
        else:
            self._tall = self._body.height
        self._scroll[self.tab] = max(0, min(self._scroll[self.tab], self._tall - self._body.height))

    def _row(self, names: tuple[str, ...], row: pygame.Rect, layout: Layout) -> None:
        gap = layout.u(8)
        wide = (row.width - gap * (len(names) - 1)) // len(names)
        for n, name in enumerate(names):
            box = pygame.Rect(row.left + n * (wide + gap), row.top, wide, row.height)
            self._buttons.append(Button(name, box, strong=name == "run"))

    def _lay_levers(self, layout: Layout) -> int:
        k, body = layout.k, self._body
        specs: list[LeverSpec | None] = [*self._specs, None]
        groups = len({spec.group for spec in self._specs}) + 1
        head = 25 * k
        step = max(45 * k, min(60 * k, (body.height - groups * head) / len(specs)))
        y, group = float(body.top - self._scroll[LEVERS]), ""
        for spec in specs:
            name = spec.group if spec is not None else "group-dice"
            if name != group:
                self._heads.append((GROUPS.get(name, name), (body.left + layout.u(24), round(y))))
                y, group = y + head, name
            box = pygame.Rect(body.left + layout.u(12), round(y), body.width - layout.u(24), round(step))
            if spec is None:
                slider = Slider("seed", box, 0, MOST_SEED, self.first_seed, self.seed, True, "whole", 1.0)
            else:
                value = self.values.get(spec.key, self.home(spec.key))
                whole, by = spec.whole, spec.step
                slider = Slider(spec.key, box, spec.low, spec.high, spec.home, value, whole, spec.unit, by)
            self._sliders.append((slider, spec))
            y += step
        return round(y) - body.top + self._scroll[LEVERS]

    def scroll(self, pixels: int) -> None:
        """Move the list under the panel's body."""
        most = max(0, self._tall - self._body.height)
        self._scroll[self.tab] = max(0, min(self._scroll[self.tab] + pixels, most))

    # -- drawing -------------------------------------------------------------------------------------

    def draw(
        self, surface: pygame.Surface, layout: Layout, state: State, tape: Tape, theme: Theme, clean: bool = False
    ) -> None:
        """Draw the whole panel; ``clean``: it is on the surface as it was drawn last, and only changes are needed."""
        lang = state.language
        self.lay_out(layout, tape, lang)
        self._keep_in_sight(layout, state, tape)
        shown = [self._thrown(button.name) or button.name == self.tab for button in self._buttons]
        told = self._told(lang)
        key = (self._key, theme.name, self.hand.card, self.hand.since, self.problem, tuple(shown))
        if self._picture is None or self._painted != key:
            clean = False
            self._painted, self._drawn, self._line = key, {}, ""
            if self._picture is None or self._picture.get_size() != layout.panel.size:
                self._picture = pygame.Surface(layout.panel.size, 0, 32)
            self._paint(self._picture, layout, lang, theme, shown)
        changed: list[pygame.Rect] = []
        if told != self._line and not self.problem:
            self._line = told
            changed.append(self._tell(self._picture, layout, theme, told))
        if self.tab == LEVERS:
            changed += self._levers(self._picture, layout, lang, theme)
        if not clean or self.tab == FANS or self.problem:
            changed = [self._picture.get_rect()]
        surface.blits([(self._picture, part.move(layout.panel.topleft), part) for part in changed], False)
        if self.tab == FANS:
            self.fans.draw(surface, self._body, layout, lang, tape, theme, self.crowd, state.hour, self.clock)
        if self.problem:
            refusal(self.type, surface, self._body, layout, say("patch-refused", lang), self.problem, theme)

    def _paint(self, picture: pygame.Surface, layout: Layout, lang: int, theme: Theme, shown: list[bool]) -> None:
        """All that stands still on the panel, on a picture of its own."""
        k, left, top = layout.k, layout.panel.left, layout.panel.top
        picture.fill(theme.panel)
        body = self._body.move(-left, -top)
        picture.set_clip(body)
        for word, (x, y) in self._heads:
            line = self.type.line(lettering.SEMIBOLD, 20 * k, say(word, lang), theme.muted)
            picture.blit(line, (x - left, y - top))
        if self.tab == CARDS:
            self.deck.draw(picture, body, self._scroll[CARDS], self.hand.card, lang, theme, k)
        self._bar(picture, body, layout, theme)
        picture.set_clip(None)
        for button, on in zip(self._buttons, shown, strict=True):
            button.on = on
            moved = Button(button.name, button.rect.move(-left, -top), button.strong, on)
            moved.draw(picture, self.type, theme, k, self._word(button.name, lang))

    def _tell(self, picture: pygame.Surface, layout: Layout, theme: Theme, told: str) -> pygame.Rect:
        """The line below the list, on the panel's picture; returns what has been painted there."""
        k, left, bottom = layout.k, layout.u(24), self._body.bottom - layout.panel.top
        room = self._body.width - 2 * left
        painted = picture.fill(theme.panel, (0, bottom + layout.u(2), self._body.width, layout.u(30)))
        size = 19.0
        while self.type.width(lettering.SANS, size * k, told) > room and size > 14:
            size -= 0.5
        line = self.type.line(lettering.SANS, size * k, told, theme.muted)
        return picture.blit(line, line.get_rect(midleft=(left, bottom + layout.u(18)))).union(painted)

    def _levers(self, picture: pygame.Surface, layout: Layout, lang: int, theme: Theme) -> list[pygame.Rect]:
        """The sliders that have moved since they were drawn last; returns what has been painted on the picture."""
        values = (self.hand.card, tuple(self.values.items()), self.seed, self.own, self._painted)
        if values == self._set and self._drawn:
            return []
        self._set = values
        changed: list[pygame.Rect] = []
        k, left, top = layout.k, layout.panel.left, layout.panel.top
        days = say("days-late", lang, n="").strip()
        picture.set_clip(self._body.move(-left, -top))
        for slider, spec in self._sliders:
            slider.value = float(self.seed) if spec is None else self.values.get(slider.name, self.home(slider.name))
            seen = slider.rect.bottom >= self._body.top and slider.rect.top <= self._body.bottom
            if not seen or self._drawn.get(slider.name) == slider.value:
                continue
            self._drawn[slider.name] = slider.value
            place = slider.rect.move(-left, -top)
            picture.fill(theme.panel, place.inflate(-layout.u(2), 0))
            word = say("seed", lang) if spec is None else spec.names[lang]
            replace(slider, rect=place).draw(picture, self.type, theme, k, word, days)
            changed.append(place.inflate(layout.u(2), layout.u(8)).clip(picture.get_clip()))
        picture.set_clip(None)
        return changed

    def _bar(self, surface: pygame.Surface, body: pygame.Rect, layout: Layout, theme: Theme) -> None:
        """How far the list is scrolled, when it does not fit."""
        if self._tall <= body.height:
            return
        part = body.height / self._tall
        wide = max(3, layout.u(5))
        top = body.top + round(self._scroll[self.tab] * part)
        rail = pygame.Rect(body.right - wide - 2, body.top, wide, body.height)
        pygame.draw.rect(surface, theme.raised, rail)
        knob = pygame.Rect(rail.left, top, wide, round(body.height * part))
        pygame.draw.rect(surface, theme.muted, knob, border_radius=2)

    def _told(self, lang: int) -> str:
        """How many runs are in while they come; else that it is a model."""
        if self.busy > 0.3:  # a run takes less: only a wait is told
            return say("running", lang)
        if self.crowd is not None and self.crowd.growing:
            shown = self.crowd.shown
            return say("runs-in", lang, n=shown.count // 10 * 10, all=len(shown.seeds))
        return say("levers-leave-fork" if self.forked else "model-note", lang)

    def _thrown(self, name: str) -> bool:
        switches = {
            "live": self.live, "since": self.hand.since is not None, "strip": self.views.strip,
            "worlds": self.views.worlds, "swarm": self.views.swarm,
        }  # fmt: skip
        return switches.get(name, False)

    def _word(self, name: str, lang: int) -> str:
        if name == "since":
            since = self.hand.since
            return say("since-start", lang) if since is None else say("since-day", lang, day=short_date(since, lang))
        return say(WORDS.get(name, name), lang)

    def _keep_in_sight(self, layout: Layout, state: State, tape: Tape) -> None:
        """Scroll so that the widget that has just got the focus can be seen."""
        if state.focus == self._focus:
            return
        self._focus = state.focus
        spots = self.spots(layout)
        number = state.focus - 2  # the play button and the track come first
        if not 0 <= number < len(spots):
            return
        rect = spots[number][1]
        if not rect.colliderect(self._body) and any(b.rect == rect for b in self._buttons):
            return
        if rect.top < self._body.top and not any(b.rect == rect for b in self._buttons):
            self.scroll(rect.top - self._body.top)
        elif rect.bottom > self._body.bottom and not any(b.rect == rect for b in self._buttons):
            self.scroll(rect.bottom - self._body.bottom)
        self.lay_out(layout, tape, state.language)

    # -- changing ------------------------------------------------------------------------------------

    def spots(self, layout: Layout) -> list[tuple[str, pygame.Rect]]:
        """Names and rectangles of the widgets, in the order of Tab: sliders or cards first, then the buttons."""
        del layout
        inside = [(s.name, s.rect) for s, _ in self._sliders]
        if self.tab == CARDS:
            move = (self._body.left, self._body.top - self._scroll[CARDS])
            inside = [(name, rect.move(move)) for name, rect in self.deck.spots()]
        return inside + [(b.name, b.rect) for b in self._buttons]

    def slider(self, name: str) -> Slider | None:
        """The slider of a name."""
        return next((s for s, _ in self._sliders if s.name == name), None)

    def put(self, name: str, value: float) -> bool:
        """Set a slider; whether that changed it."""
        if name == "seed":
            changed = self.seed != int(value)
            self.seed = int(value)
            return changed
        old = self.values.get(name, self.home(name))
        self.values[name] = value
        return abs(old - value) > 1e-9

    def remember(self) -> None:
        """Keep the present choice for undo."""
        self.undo.append(self.hand.copy())

    def take_back(self) -> bool:
        """Undo the last change; whether there was one."""
        if not self.undo:
            return False
        self.hand = self.undo.pop()
        return True

    def reset(self) -> None:
        """Back to history."""
        self.remember()
        self.hand = Hand(seed=self.first_seed)

    def next_tab(self, step: int = 1) -> None:
        """Turn to the next page."""
        self.tab = TABS[(TABS.index(self.tab) + step) % len(TABS)]

    def hit(self, px: int, py: int) -> tuple[str, str] | None:
        """("slider", "card" or "button", name) under a pixel."""
        for button in self._buttons:
            if button.rect.collidepoint(px, py):
                return "button", button.name
        if not self._body.collidepoint(px, py):
            return None
        for slider, _ in self._sliders:
            if slider.rect.collidepoint(px, py):
                return "slider", slider.name
        if self.tab == CARDS:
            for name, rect in self.deck.spots():
                if rect.move(self._body.left, self._body.top - self._scroll[CARDS]).collidepoint(px, py):
                    return "card", name.partition(":")[2]
        return None

    def tip(self, layout: Layout, state: State, tape: Tape, px: int, py: int) -> str:
        """What a slider, card, figure or button means, and where that comes from."""
        del layout, tape
        lang = state.language
        found = self.hit(px, py)
        if found is None:
            return self.fans.tip(px, py, lang) if self.tab == FANS and self._body.collidepoint(px, py) else ""
        kind, name = found
        if kind == "button":
            return say(f"tip-{name}", lang) if name in TIPS else ""
        if kind == "card":
            card = self.deck.card(f"card:{name}")
            note = note_of(card.id, card.note, lang) if card else ""
            return f"{note} ({say('source', lang)}: {card.source})" if card and note else note
        spec = next((spec for slider, spec in self._sliders if slider.name == name), None)
        if spec is None:
            return say("dice-tip", lang)
        if not spec.source:
            return f"{spec.names[lang]}: {spec.says[lang]} ({spec.key})"
        home = written(spec.home, spec.unit, say("days-late", lang, n="").strip())
        return say("lever-source", lang, text=spec.says[lang], home=home, source=spec.source)
