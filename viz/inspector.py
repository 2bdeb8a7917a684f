"""The card of what was clicked: a unit with its orders and what its side knows, a place and its holders.

A battle hour by hour.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from viz import chips, knowledge, lettering
from viz.boot import pygame
from viz.geo import kilometres, latitude
from viz.hud import blank
from viz.lettering import rounded, thousands
from viz.state import BATTLE, PLACE, UNIT
from viz.theme import Colour
from viz.words import COUNTRY_NAMES, WORDS, say, short_date

if TYPE_CHECKING:
    from viz.layout import Layout
    from viz.lettering import Lettering
    from viz.state import State
    from viz.tape import Tape
    from viz.theme import Theme

ACCURACY = {"A": 2, "B": 5, "C": 15, "D": 30}
#: Factors by which text is made smaller before a line is left out, but not below so many pixels a unit.
SCALES, LEAST = (0.94, 0.88, 0.82, 0.76, 0.7, 0.65, 0.6), 0.62
Blits = list[tuple[pygame.Surface, tuple[int, int]]]
Bars = list[tuple[pygame.Rect, float]]


@dataclass(slots=True)
class Sheet:
    """What a card says, before it is set: title, rows of label and value, running text, bars."""

    title: str
    kind: int = -1
    arm: str = ""
    rows: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    bars: list[tuple[str, float]] = field(default_factory=list[tuple[str, float]])
    texts: list[tuple[str, Colour | None]] = field(default_factory=list[tuple[str, Colour | None]])
    table: list[list[str]] = field(default_factory=list[list[str]])


class Inspector:
    """Sets the card for a selection and keeps the last one."""

    def __init__(self, type_: Lettering) -> None:
        self.type = type_
        self._key: tuple[object, ...] = ()
        self._card: pygame.Surface | None = None
        self._height = 400

    def rect(self, layout: Layout) -> pygame.Rect:
        """The room the card took last."""
        rect = layout.inspector.copy()
        rect.height = min(rect.height, self._height)
        return rect

    def draw(self, surface: pygame.Surface, layout: Layout, state: State, tape: Tape, theme: Theme) -> None:
        """Draw the card of the selection."""
        key = (state.selection, int(state.hour), layout, state.language, theme.name, tape.digest, state.fog)
        if key != self._key or self._card is None:
            sheet = self.sheet(state, tape)
            self._card = self._set(sheet, layout, theme)
            self._height = self._card.get_height()
            self._key = key
        surface.blit(self._card, self.rect(layout))

    # -- what it says ------------------------------------------------------------------------------

    def sheet(self, state: State, tape: Tape) -> Sheet:
        """What there is to say about the selection at this hour."""
        assert state.selection is not None
        kind, number = state.selection
        hour = min(int(state.hour), tape.hours)
        if kind == UNIT and number < len(tape.units):
            if state.fog >= 0 and tape.units[number].side != state.fog:
                return self._reported(tape, number, hour, state.language, state.fog)
            return self._unit(tape, number, hour, state.language, truth=state.fog < 0)
        if kind == PLACE and number < len(tape.places):
            return self._place(tape, number, hour, state.language, state.fog)
        if kind == BATTLE and number < len(tape.battles):
            return self._battle(tape, number, state.language, state.fog)
        return Sheet("")

    def _reported(self, tape: Tape, u: int, hour: int, lang: int, side: int) -> Sheet:
        """An enemy's unit in the fog: the last report of it, and nothing else."""
        sheet = Sheet(tape.units[u].names[lang], tape.units[u].kind, tape.units[u].arm)
        report = tape.known(side, hour).get(u)
        if report is None or report[1] < 0:
            sheet.texts = [(f"\u2022 {say('nothing-known', lang)}", None)]
            return sheet
        seen, place, men = report
        ago = (hour - seen) // 24
        sheet.rows = [
            (say("strength", lang), f"~{rounded(men)}"),
            (tape.places[place].names[lang], say("seen-ago", lang, n=ago) if ago else say("seen-now", lang)),
        ]
        return sheet

    def _unit(self, tape: Tape, u: int, hour: int, lang: int, truth: bool = True) -> Sheet:
        unit = tape.units[u]
        d = {name: column[hour, u].item() for name, column in tape.detail.items()}
        men = int(tape.men[hour, u])
        sheet = Sheet(unit.names[lang], unit.kind, unit.arm)
        span = f" ({rounded(unit.men_low)}\u2013{rounded(unit.men_high)})" if unit.men_high else ""
        sheet.rows = [
            (say("strength", lang), f"{thousands(men)} / {thousands(unit.men)}{span}"),
            (say("horses", lang), thousands(int(d["horses"]))),
            (f"{say('guns', lang)}, {say('mg', lang).lower()}", f"{int(d['guns'])}, {int(d['mg'])}"),
            (say("rations", lang), f"{d['rations']:.1f}"),
            (say("rounds", lang), f"{d['rounds']:.0f}"),
        ]
        sheet.bars = [
            (say("fatigue", lang), float(d["fatigue"])),
            (say("cohesion", lang), float(d["cohesion"])),
            (say("condition", lang), float(d["condition"])),
        ]
        command = int(d["command"])
        if 0 <= command < len(tape.commands):
            sheet.rows.insert(0, (say("command", lang), tape.commands[command].names[lang]))
        order = int(d["order"])
        if 0 <= order < len(tape.orders):
            o = tape.orders[order]
            task = say(f"task-{o.task}", lang) if f"task-{o.task}" in WORDS else o.task
            goal = tape.places[o.place].names[lang] if 0 <= o.place < len(tape.places) else ""
            sheet.texts.append((f"{say('order', lang)}: {task} {goal}".strip(), None))
            if o.when[lang]:
                sheet.texts.append((f"{say('because', lang)}: {o.when[lang]}", None))
            if o.source:
                sheet.texts.append(
                    (
                        f"{say('source', lang)}: {_keys(o.source)} ({self._confidence(o.confidence, lang)})",
                        (176, 182, 190),
                    )
                )
        else:
            sheet.texts.append((f"{say('order', lang)}: {say('no-order', lang)}", None))
        sheet.texts.append((f"{say('knows', lang)}:", (240, 180, 24)))
        sheet.texts += [(row, None) for row in self._knowledge(tape, u, hour, lang, truth)]
        if unit.source:
            sheet.texts.append(
                (
                    f"{say('source', lang)}: {_keys(unit.source)} ({self._confidence(unit.confidence, lang)})",
                    (176, 182, 190),
                )
            )
        return sheet

    @staticmethod
    def _confidence(word: str, lang: int) -> str:
        return say(f"conf-{word}", lang) if f"conf-{word}" in WORDS else word

    def _knowledge(self, tape: Tape, u: int, hour: int, lang: int, truth: bool) -> list[str]:
        """The four nearest enemy units its side knows of: as reported, and (out of the fog) in truth."""
        x, y = float(tape.x[hour, u]), float(tape.y[hour, u])
        rows: list[tuple[float, int, int, int, int]] = []
        for enemy, (seen, place, men) in tape.known(tape.units[u].side, hour).items():
            if place < 0 or hour - seen > 14 * 24 or (truth and tape.state[hour, enemy] != 1):
                continue
            spot = tape.places[place]
            rows.append((kilometres(x, latitude(y), spot.x, latitude(spot.y)), enemy, seen, place, men))
        rows.sort()
        found: list[str] = []
        for km, enemy, seen, place, men in rows[:4]:
            ago = (hour - seen) // 24
            when = say("seen-ago", lang, n=ago) if ago else say("seen-now", lang)
            off = kilometres(
                tape.places[place].x,
                latitude(tape.places[place].y),
                float(tape.x[hour, enemy]),
                latitude(float(tape.y[hour, enemy])),
            )
            away = f", {off:.0f} {say('km', lang)}" if off >= 3 else ""
            line = f"\u2022 ~{rounded(men)}, {tape.places[place].names[lang]} ({km:.0f} {say('km', lang)}), {when}"
            if truth:
                line += f"; {say('truth', lang)} {thousands(int(tape.men[hour, enemy]))}{away}"
            found.append(line)
        return found or [f"\u2022 {say('nothing-known', lang)}"]

    def _place(self, tape: Tape, p: int, hour: int, lang: int, fog: int) -> Sheet:
        place = tape.places[p]
        sheet = Sheet(place.names[lang])
        names = (*tape.side_names, WORDS["nobody"])
        country = COUNTRY_NAMES.get(place.country)
        sheet.rows = [(say("country", lang), country[lang] if country else place.country)]
        if place.accuracy in ACCURACY:
            sheet.rows.append((say("position-accuracy", lang), f"{ACCURACY[place.accuracy]} {say('km', lang)}"))
        known = knowledge.holders(tape, fog)
        turns = [(0, place.holder)] + [(h, s) for h, q, s in known if q == p and (fog < 0 or h <= hour)]
        for n, (since, side) in enumerate(turns):
            day = short_date(tape.day(min(since, tape.hours - 1)), lang)
            text = f"{say('held-since', lang, date=day)}: {names[side][lang]}"
            later = turns[n + 1][0] if n + 1 < len(turns) else tape.hours + 1
            sheet.texts.append(
                (
                    f"{say('holder', lang)} {text}",
                    (240, 180, 24) if since <= hour < later else (176, 182, 190) if since > hour else None,
                )
            )
        here = [
            u
            for u in tape.units
            if fog in (-1, u.side) and tape.state[hour, u.index] == 1 and int(tape.detail["place"][hour, u.index]) == p
        ]
        for unit in here[:6]:
            sheet.texts.append((f"\u2022 {unit.names[lang]}: {rounded(int(tape.men[hour, unit.index]))}", None))
        if place.note:
            sheet.texts.append((place.note, (176, 182, 190)))
        if place.source:
            sheet.texts.append(
                (
                    f"{say('source', lang)}: {_keys(place.source)} ({self._confidence(place.confidence, lang)})",
                    (176, 182, 190),
                )
            )
        return sheet

    def _battle(self, tape: Tape, b: int, lang: int, fog: int) -> Sheet:
        battle = tape.battles[b]
        sheet = Sheet(say("battle-of", lang, place=battle.names[lang]))
        left, right = (tape.side_names[s][lang] for s in battle.sides)
        total = [round(sum(t.get(f"loss_{side}", 0.0) for t in battle.terms)) for side in ("left", "right")]
        sheet.rows = [
            (
                short_date(tape.day(battle.start), lang),
                f"{battle.start % 24}:00 \u2013 {battle.end % 24}:00",
            ),
            *(
                (f"{say('loss', lang).capitalize()}: {name}", thousands(total[n]))
                for n, name in enumerate((left, right))
                if fog in (-1, battle.sides[n])
            ),
        ]
        if fog >= 0:
            # a side knows its own losses; the terms of both are the model's
            return sheet
        columns = [
            c for c in ("power", "quality", "posture") if f"{c}_left" in (battle.terms[0] if battle.terms else {})
        ]
        head = [say("hour", lang)] + [say(c, lang) for c in columns] + [say("ground", lang), say("loss", lang)]
        sheet.table = [head]
        rows = list(battle.terms)
        step = max(1, len(rows) // 12)
        for term in rows[::step][:13]:
            row = [f"{int(term['hour']) % 24}"]
            row += [f"{_short(term[f'{c}_left'])} : {_short(term[f'{c}_right'])}" for c in columns]
            row.append(f"{term.get('ground', 1.0):.2f}")
            row.append(f"{term.get('loss_left', 0):.0f} : {term.get('loss_right', 0):.0f}")
            sheet.table.append(row)
        sheet.texts.append((f"{left} : {right}", (176, 182, 190)))
        return sheet

    # -- setting it --------------------------------------------------------------------------------

    def _set(self, sheet: Sheet, layout: Layout, theme: Theme) -> pygame.Surface:
        """The card; text is made smaller before a line is left out, and what is left out is told by an ellipsis."""
        width, room = layout.inspector.width, layout.inspector.height
        k = layout.k
        blits, bars, bottom = self._lines(sheet, width, k, theme)
        for scale in SCALES:
            if bottom + round(14 * k) <= room or (scale < 0.8 and layout.k * scale < LEAST):
                break
            k = layout.k * scale
            blits, bars, bottom = self._lines(sheet, width, k, theme)
        foot = bottom + round(14 * k)
        if foot > room:
            more = self.type.line(lettering.BOLD, 24 * k, "\u2026", theme.accent)
            last = room - round(8 * k) - more.get_height()
            blits = [b for b in blits if b[1][1] + b[0].get_height() <= last + round(4 * k)]
            blits.append((more, (round(20 * k), last)))
            bars = [bar for bar in bars if bar[0].bottom < last]
        card = blank((width, min(room, foot)), theme, layout.k)
        card.blits(blits, False)
        for box, value in bars:
            pygame.draw.rect(card, theme.track, box, border_radius=4)
            full = box.copy()
            full.width = max(2, round(box.width * min(1.0, max(0.0, value))))
            pygame.draw.rect(card, theme.accent, full, border_radius=4)
        if sheet.kind >= 0:
            livery = theme.liveries[sheet.kind]
            box = pygame.Rect(round(20 * k), round(20 * k), round(52 * k), round(33 * k))
            pygame.draw.rect(card, livery.fill, box.inflate(6, 6), border_radius=4)
            chips.draw_symbol(card, box, sheet.arm, livery, max(2, round(2.4 * k)))
        return card

    def _lines(self, sheet: Sheet, width: int, k: float, theme: Theme) -> tuple[Blits, Bars, int]:
        """Everything that stands on the card at a scale: lines with their places, bars, and where it ends."""
        inner, left, y = width - round(40 * k), round(20 * k), round(16 * k)
        blits: Blits = []
        title_left = left + (round(62 * k) if sheet.kind >= 0 else 0)
        for line in self.type.wrap(lettering.BOLD, 28 * k, sheet.title, width - title_left - round(20 * k), 2):
            blits.append((self.type.line(lettering.BOLD, 28 * k, line, theme.text), (title_left, y)))
            y += round(35 * k)
        y += round(6 * k)
        for label, value in sheet.rows:
            text = self.type.shorten(lettering.SANS, 22 * k, label, inner * 0.6)
            blits.append((self.type.line(lettering.SANS, 22 * k, text, theme.muted), (left, y)))
            free = inner - self.type.width(lettering.SANS, 22 * k, text) - 12 * k
            for row in self.type.wrap(lettering.SEMIBOLD, 22 * k, value, free):
                right = self.type.line(lettering.SEMIBOLD, 22 * k, row, theme.text)
                blits.append((right, (width - left - right.get_width(), y)))
                y += round(31 * k)
        bars: Bars = []
        for label, value in sheet.bars:
            blits.append((self.type.line(lettering.SANS, 22 * k, label, theme.muted), (left, y)))
            bar = pygame.Rect(width - left - round(170 * k), y + round(12 * k), round(170 * k), round(9 * k))
            bars.append((bar, value))
            y += round(31 * k)
        if sheet.table:
            y = self._table(sheet.table, blits, left, y + round(4 * k), inner, k, theme)
        y += round(8 * k)
        for text, colour in sheet.texts:
            for line in self.type.wrap(lettering.SANS, 21 * k, text, inner):
                blits.append((self.type.line(lettering.SANS, 21 * k, line, colour or theme.text), (left, y)))
                y += round(28 * k)
        return blits, bars, y

    def _table(
        self,
        rows: list[list[str]],
        blits: Blits,
        left: int,
        y: int,
        inner: int,
        k: float,
        theme: Theme,
    ) -> int:
        size = 20 * k
        columns = len(rows[0])
        while True:
            widths = [max(self.type.width(lettering.SEMIBOLD, size, row[c]) for row in rows) for c in range(columns)]
            if sum(widths) + 9 * k * (columns - 1) <= inner or size < 9:
                break
            size -= 0.5
        gap = max(4.0, (inner - sum(widths)) / max(1, columns - 1))
        for n, row in enumerate(rows):
            x = float(left)
            for c, cell in enumerate(row):
                face = lettering.SEMIBOLD if n == 0 else lettering.SANS
                line = self.type.line(face, size, cell, theme.muted if n == 0 else theme.text)
                blits.append((line, (round(x + widths[c] - line.get_width()), y)))
                x += widths[c] + gap
            y += round(26 * k)
        return y


def _short(value: float) -> str:
    """A term of the battle rule: whole when large, two digits after the point when small."""
    return thousands(round(value)) if abs(value) >= 20 else f"{value:.2f}"


def _keys(source: str) -> str:
    """Keys of sources as a list that is read."""
    return ", ".join(key.strip() for key in source.split(";"))
