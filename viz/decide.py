"""What a decision says: the card with what the commander knew and his options, the table of outcomes, the marks.

Texts only, and the marks on the timeline; the card is set by :mod:`viz.leaf`, the runs are made by :mod:`viz.council`.
"""

from __future__ import annotations

from datetime import timedelta
from math import isnan
from typing import TYPE_CHECKING, Any

from viz import lettering
from viz.boot import pygame
from viz.leaf import TARGET
from viz.leaf_rows import Cell, Line
from viz.lettering import rounded, thousands
from viz.words import LANGUAGES, say, short_date

if TYPE_CHECKING:
    from datetime import date

    from sim.choice.decisions import Briefing, Decision, DecisionOption
    from sim.choice.verdict import Cell as Found
    from sim.choice.verdict import Row, Verdict
    from viz.council import Mark, Question
    from viz.layout import Layout
    from viz.lettering import Lettering
    from viz.tape import Tape
    from viz.theme import Theme

#: Reports of the enemy that a card lists.
REPORTS = 5
#: Name of the choice that shows history's.
SHOW = "show"
GO_ON, AGAIN = "go-on", "again"


def clock(start: date, hour: float, lang: int) -> str:
    """Day and hour of an hour of the campaign."""
    return f"{short_date(start + timedelta(days=int(hour) // 24), lang)}, {int(hour) % 24}:00"


def ago(hours: float, lang: int) -> str:
    """How old a report is: in hours up to two days, then in days."""
    old = int(hours)
    if old <= 0:
        return say("ago-now", lang)
    return say("ago-hours", lang, n=old) if old < 48 else say("ago-days", lang, n=old // 24)


def in_language(thing: Any, name: str, lang: int) -> str:
    """A text of a row of the scenario in a language; English where that is missing."""
    word = LANGUAGES[lang]
    return str(getattr(thing, name if lang == 0 else f"{name}_{word}", "") or getattr(thing, name))


# -- the card --------------------------------------------------------------------------------------------


def decision_lines(question: Question, start: date, lang: int) -> tuple[Line, ...]:
    """The decision as it fell: what was known, what was open, and why one might take it."""
    one = question.decision
    head = f"{say('dc-decision', lang)} \u00b7 {clock(start, question.hour, lang)}"
    who = f"{question.commander[lang]} ({question.side_names[lang]})"
    found = [
        Line(f"{head} \u00b7 {who}", 23, lettering.SEMIBOLD, "accent", gap=2),
        Line(in_language(one, "title", lang), 36, lettering.BOLD, gap=4),
        Line(in_language(one, "question", lang), 27, lettering.SEMIBOLD, gap=12),
        *([] if question.documented else [Line(say("dc-other-plan", lang), 22, tone="muted", gap=8)]),
        Line(say("dc-knew", lang), 23, lettering.SEMIBOLD, "accent", gap=2),
        *_known(question.briefing, lang),
        Line(say("dc-options", lang), 23, lettering.SEMIBOLD, "accent", gap=6),
    ]
    for number, option in enumerate(offered(one), 1):
        title, reason = in_language(option, "title", lang), in_language(option, "reason", lang)
        found.append(Line(title, 27, lettering.SEMIBOLD, name=option.id, key=str(number), more=reason))
    word = "dc-shown" if question.documented else "dc-shown-plan"
    found.append(Line(say(word, lang), 25, lettering.SEMIBOLD, "muted", name=SHOW, key="0"))
    found.append(Line(say("dc-hint", lang), 21, tone="muted", gap=0))
    return tuple(found)


def offered(decision: Decision) -> list[DecisionOption]:
    """The options as the room sees them: by their ids, so that the order does not tell which was history's."""
    return sorted(decision.options, key=lambda option: option.id)


def _known(known: Briefing, lang: int) -> list[Line]:
    place = _short(in_language(known, "place_name", lang))
    own = say(
        "dc-own", lang, men=rounded(known.men), horses=rounded(known.horses), guns=known.guns, mg=known.mg, place=place
    )
    state = say(
        "dc-state", lang, losses=round(100 * known.losses), days=f"{known.rations_days:.0f}",
        rounds=f"{known.rounds:.0f}", fatigue=round(100 * known.fatigue), cohesion=round(100 * known.cohesion),
    ).replace("-", "\u2013")  # fmt: skip
    enemies = reports(known.enemies, lang)
    rows = [Line(own, 24, gap=2), Line(state, 24, gap=4)]
    rows.append(Line(say("dc-enemy", lang) if enemies else say("dc-no-enemy", lang), 24, tone="muted", gap=2))
    rows += [Line(f"\u2022 {text}", 24, indent=1, right=age, gap=2) for text, age in enemies[:REPORTS]]
    if len(enemies) > REPORTS:
        rows.append(Line(say("dc-more", lang, n=len(enemies) - REPORTS), 22, tone="muted", indent=1, gap=4))
    return [*rows[:-1], _with_gap(rows[-1], 12)]


def _with_gap(line: Line, gap: float) -> Line:
    return Line(line.text, line.size, line.face, line.tone, right=line.right, indent=line.indent, gap=gap)


def reports(enemies: Any, lang: int) -> list[tuple[str, str]]:
    """What is known of the enemy, by place: about how many, and how old the newest report is; the freshest first."""
    by_place: dict[str, list[Any]] = {}
    for one in enemies:
        if one.men > 0:
            by_place.setdefault(one.place, []).append(one)
    found: list[tuple[float, int, str, str]] = []
    for here in by_place.values():
        men, age = sum(one.men for one in here), min(one.age_h for one in here)
        place = _short(in_language(here[0], "place_name", lang))
        found.append((age, -men, say("dc-report", lang, place=place, men=rounded(men)), ago(age, lang)))
    return [(text, age) for _, _, text, age in sorted(found)]


def _short(name: str) -> str:
    from viz.telling import short_place

    return short_place(name)


# -- the comparison --------------------------------------------------------------------------------------


def verdict_lines(question: Question, found: Verdict, chosen: str, start: date, lang: int) -> tuple[Line, ...]:
    """Outcomes under the options side by side; history's and the room's choice are named."""
    one = found.decision
    at = f"{in_language(one, 'title', lang)} \u00b7 {clock(start, found.hour, lang)}"
    options = [next(o for o in one.options if o.id == name) for name in found.options]
    history = say("dc-history" if question.documented else "dc-plan", lang)
    base = next(in_language(o, "title", lang) for o in options if o.history)
    heads: list[Cell] = []
    for option in options:
        tags = [history] if option.history else []
        tags += [say("dc-room", lang)] if option.id == chosen else []
        tone = "accent" if option.id == chosen else "text"
        heads.append(Cell(in_language(option, "title", lang), tone=tone, tag=" + ".join(tags)))
    rows = [_outcome(row, lang) for row in found.rows]
    note = say("dc-note", lang, n=found.runs)
    if found.failed:
        note += " " + say("dc-failed", lang, n=len(found.failed))
    return (
        Line(at, 23, lettering.SEMIBOLD, "accent", gap=2),
        Line(say("dc-compare", lang), 34, lettering.BOLD, gap=10),
        Line("", 22, cells=tuple(heads), head=True, gap=14),
        *rows,
        Line(f"{note} {say('dc-sure', lang, base=base)}", 21, tone="muted", gap=10),
        Line(say("dc-go-on", lang), 25, lettering.SEMIBOLD, name=GO_ON, key="1"),
        Line(say("dc-choose-again", lang), 25, lettering.SEMIBOLD, name=AGAIN, key="2"),
    )


def _outcome(row: Row, lang: int) -> Line:
    return Line(row.told(LANGUAGES[lang]), 23, lettering.SEMIBOLD, cells=found_cells(row), gap=16)


def found_cells(row: Row) -> tuple[Cell, ...]:
    """An outcome under each option: its figure, interval and bar; what differs by more than chance is marked."""
    most = max([1.0, *(cell.high for cell in row.cells if not isnan(cell.high))])
    return tuple(_cell(cell, row.kind == "event", most) for cell in row.cells)


def _cell(cell: Found, event: bool, most: float) -> Cell:
    if isnan(cell.mean):
        return Cell("\u2013")
    sure = not isnan(cell.difference) and (cell.diff_low > 0 or cell.diff_high < 0)
    tone, trend = ("accent", 1 if cell.difference > 0 else -1) if sure else ("text", 0)
    if event:
        low, high = round(100 * cell.low), round(100 * cell.high)
        share = f"{round(100 * cell.mean)} %"
        return Cell(share, f"{low}\u2013{high}", cell.mean, cell.low, cell.high, tone, trend=trend)
    span = f"{thousands(int(round(cell.low, -1)))}\u2013{thousands(int(round(cell.high, -1)))}"
    low, mean, high = cell.low / most, cell.mean / most, cell.high / most
    return Cell(rounded(round(cell.mean)), span, mean, low, high, tone, trend=trend)


# -- marks on the timeline -------------------------------------------------------------------------------


class Marks:
    """The decisions on the timeline: a signpost each, pointing at its hour; filled once it has been decided."""

    def __init__(self, type_: Lettering) -> None:
        self.type = type_
        self.marks: tuple[Mark, ...] = ()
        self.decided: set[str] = set()
        self._spots: list[tuple[Mark, pygame.Rect]] = []

    def lay_out(self, layout: Layout, tape: Tape) -> list[tuple[Mark, pygame.Rect]]:
        """Each mark with the room of its picture: above the track, its tip on it."""
        left, top = layout.u(250), layout.timeline.top + layout.u(72)
        wide = layout.timeline.width - left - layout.u(42)
        size = max(18, layout.u(26))
        self._spots = []
        for mark in self.marks:
            x = left + wide * mark.hour / tape.hours
            self._spots.append((mark, pygame.Rect(round(x - size / 2), top - size - layout.u(2), size, size)))
        return self._spots

    def draw(self, surface: pygame.Surface, layout: Layout, tape: Tape, theme: Theme) -> None:
        """Draw the signposts."""
        for mark, box in self.lay_out(layout, tape):
            x, neck = box.centerx, box.top + box.height * 0.62
            shape = [(box.left, box.top), (box.right, box.top), (box.right, neck), (x, box.bottom), (box.left, neck)]
            done = mark.id in self.decided
            wide = max(2, layout.u(3))
            pygame.draw.polygon(surface, theme.panel, [(px + (px - x) * 0.25, py + 2) for px, py in shape])
            pygame.draw.polygon(surface, theme.accent if done else theme.panel, shape)
            pygame.draw.lines(surface, theme.accent, True, shape, wide)
            ink = theme.panel if done else theme.accent
            sign = self.type.line(lettering.BOLD, box.height * 0.72, "?", ink)
            surface.blit(sign, sign.get_rect(center=(x, box.top + round(box.height * 0.36))))

    def at(self, pos: tuple[int, int]) -> Mark | None:
        """The mark meant by a click: the nearest within half a target of it."""
        reach = TARGET / 2
        near = [
            (abs(pos[0] - box.centerx), mark)
            for mark, box in self._spots
            if abs(pos[0] - box.centerx) <= reach and box.top - 8 <= pos[1] <= box.bottom + reach / 2
        ]
        return min(near, key=lambda one: one[0])[1] if near else None

    def tip(self, pos: tuple[int, int], tape: Tape, lang: int) -> str:
        """What a mark says under the pointer."""
        mark = self.at(pos)
        if mark is None:
            return ""
        return f"{clock(tape.start, mark.hour, lang)}. {say('dc-tip', lang, title=mark.titles[lang])}"

    def after(self, hour: float, step: int) -> Mark | None:
        """The next decision after an hour, or the last one before it."""
        if step > 0:
            return next((mark for mark in self.marks if mark.hour > hour + 0.5), None)
        return next((mark for mark in reversed(self.marks) if mark.hour < hour - 0.5), None)

    def between(self, before: float, after: float) -> Mark | None:
        """The first decision after ``before`` and not after ``after``."""
        return next((mark for mark in self.marks if before < mark.hour <= after), None)
