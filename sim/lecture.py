"""The commands of the lecturer: `urga decide` and `urga why`."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import OptionError, suggest

if TYPE_CHECKING:
    from datetime import datetime

    from sim.choice.decisions import Briefing
    from sim.choice.verdict import Cell, Row, Verdict
    from sim.scenario import Scenario

Scene = Annotated[str, typer.Option(help="Scenario: an id or a folder.")]
PlanName = Annotated[str | None, typer.Option(help="Plan of the scenario (default: its own).")]
Patches = Annotated[
    list[str] | None,
    typer.Option("--patch", metavar="PATCH", help="A patch: a TOML file, or the id of a counterfactual; repeatable."),
]
Language = Annotated[str, typer.Option(help="en, ru or mn.")]
MOST_ENEMIES = 14


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(decide)
    app.command()(why)


def _program() -> Any:
    """The module of the command line, which imports this one: its console, its progress, its compiling."""
    from sim import cli

    return cli


def _language(lang: str) -> str:
    known = ("en", "ru", "mn")
    if lang not in known:
        raise OptionError(f"--language is {lang!r}{suggest(lang, known)}; known: {', '.join(known)}")
    return lang


# ---------------------------------------------------------------------- decide


def decide(
    decision: Annotated[str | None, typer.Argument(help="A decision's id; without one they are listed.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the past in which the decision falls.")] = 0,
    runs: Annotated[int, typer.Option(help="Runs that leave that past, for each option.")] = 200,
    option: Annotated[
        list[str] | None, typer.Option("--option", help="Only this option and history's; may be repeated.")
    ] = None,
    language: Language = "en",
    plan: PlanName = None,
    patch: Patches = None,
    scenario: Scene = "mongolia_1921",
    threads: Annotated[int | None, typer.Option(help="Runs at a time (default: one a core).")] = None,
) -> None:
    """Where the course could have turned: what the commander knew, what was open to him, and what comes of it."""
    from sim.choice.decisions import point
    from sim.choice.verdict import decide as work
    from sim.luck import check_seed
    from sim.scenario import load

    cli = _program()

    lang = _language(language)
    ready = load(scenario, plan=plan, patches=patch or ())
    check_seed(seed)
    if decision is None:
        cli._compile()
        _list(ready, seed, lang)
        return
    chosen = point(ready, decision)
    if runs < 2:
        raise OptionError(f"--runs is {runs}, but must be at least 2")
    if threads is not None and threads < 1:
        raise OptionError(f"--threads is {threads}, but must be at least 1")
    cli._compile()
    with cli._progress("Playing the options") as step:
        found = work(ready, chosen, seed, runs, threads, step, option)
    _show(ready, found, lang)


def _say(key: str, lang: str, **fields: Any) -> str:
    from sim.choice.words import WORDS
    from sim.phrases import say

    return say(key, lang, WORDS, **fields)


def _when(date: datetime, lang: str) -> str:
    from sim.phrases import date_of

    return _say("when", lang, day=date_of(date, lang), year=date.year, clock=f"{date:%H:%M}")


def _list(scenario: Scenario, seed: int, lang: str) -> None:
    from rich.table import Table
    from rich.text import Text

    from sim.cast import Cast
    from sim.choice.decisions import hours, point, told
    from sim.phrases import date_of

    sides = {side.id: side for side in Cast.of(scenario).sides}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in ("id", "hour", "side", "question"):
        table.add_column(_say(head, lang), overflow="fold", no_wrap=head in ("id", "hour"))
    for name, hour in hours(scenario, seed).items():
        one = point(scenario, name)
        side = one.side if lang == "en" else told(sides[one.side], "name", lang)
        date = scenario.date(hour)
        when = f"{date_of(date, lang)} {date:%H:%M}"
        table.add_row(Text(name), Text(when), Text(side), Text(told(one, "question", lang)))
    _program()._console().print(table)


def _show(scenario: Scenario, found: Verdict, lang: str) -> None:
    from rich.text import Text

    from sim.choice.decisions import told

    console = _program()._console()
    one = found.decision
    documented = scenario.plan == scenario.data.header.default_plan
    base = _say("history" if documented else "plan", lang)
    console.print(Text(f"{told(one, 'title', lang)}: {_when(found.date, lang)}", style="bold"))
    console.print(Text(told(one, "question", lang)))
    if not documented:
        console.print(Text(_say("other-plan", lang), style="dim"))
    console.print()
    _show_briefing(scenario, found.briefing, lang)
    console.print()
    for chosen in one.options:
        if chosen.id not in found.options:
            continue
        mark = f" ({base})" if chosen.history else ""
        console.print(Text(f"{chosen.id}{mark}: {told(chosen, 'title', lang)}", style="bold"))
        sources = ", ".join(chosen.source_keys)
        console.print(Text(f"    {told(chosen, 'reason', lang)} [{sources}; {_say(chosen.confidence, lang)}]"))
    console.print()
    against = _say("history-of" if documented else "plan-of", lang)
    console.print(Text(_say("runs", lang, n=found.runs, seed=found.seed, base=against)))
    _show_rows(found, base, lang)
    if found.failed:
        number, error = next(iter(found.failed.items()))
        console.print(Text(_say("failed", lang, n=len(found.failed), first=number, error=error)))


def _show_briefing(scenario: Scenario, known: Briefing, lang: str) -> None:
    from rich.table import Table
    from rich.text import Text

    from sim.cast import Cast
    from sim.phrases import in_language

    console = _program()._console()
    cast = Cast.of(scenario)
    command = next(one for one in cast.commands if one.id == known.command)
    leader = next((in_language(one, "name", lang) for one in cast.commanders if one.id == known.commander), "")
    who = f"{in_language(command, 'name', lang)}{f' ({leader})' if leader else ''}"
    place = in_language(known, "place_name", lang)
    console.print(Text(_say("knew", lang, who=who, place=place), style="bold"))
    own = _say(
        "own", lang, men=f"{known.men:,}", units=len(known.own), guns=known.guns, mg=known.mg,
        lost=_lost(known.losses, lang), fatigue=f"{known.fatigue:.0%}", cohesion=f"{known.cohesion:.0%}",
        days=f"{known.rations_days:.0f}", rounds=f"{known.rounds:.0f}",
    )  # fmt: skip
    console.print(Text(f"    {own}"))
    if not known.enemies:
        console.print(Text(f"    {_say('no-enemy', lang)}"))
        return
    console.print(Text(f"    {_say('enemy', lang, men=f'{known.enemy_men:,}', n=len(known.enemies))}"))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 4), header_style="bold")
    for head in ("age", "unit", "men", "seen"):
        table.add_column(_say(head, lang), justify="right" if head == "men" else "left", overflow="fold")
    for one in known.enemies[:MOST_ENEMIES]:
        table.add_row(
            Text(_age(one.age_h, lang)),
            Text(in_language(one, "name", lang)),
            Text(f"{one.men:,}"),
            Text(in_language(one, "place_name", lang)),
        )
    console.print(table)
    if len(known.enemies) > MOST_ENEMIES:
        console.print(Text(f"    {_say('older', lang, n=len(known.enemies) - MOST_ENEMIES)}"))


def _lost(share: float, lang: str) -> str:
    if abs(share) < 0.005:
        return _say("full", lang)
    return _say("lost" if share > 0 else "gained", lang, share=f"{abs(share):.0%}")


def _age(hours: int, lang: str) -> str:
    return _say("hours", lang, n=hours) if hours < 48 else _say("days", lang, n=hours // 24)


def _show_rows(found: Verdict, base: str, lang: str) -> None:
    from rich.table import Table
    from rich.text import Text

    history = next(one.id for one in found.decision.options if one.history)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("", overflow="fold", max_width=34)
    for name in found.options:
        table.add_column(name + (f" ({base})" if name == history else ""), justify="right", no_wrap=True)
    for row in found.rows:
        table.add_row(Text(row.told(lang)), *(Text(_value(row, cell, lang)) for cell in row.cells))
        table.add_row("", *(Text(_difference(row, cell, lang), style="dim") for cell in row.cells))
    _program()._console().print(table)


def _value(row: Row, cell: Cell, lang: str) -> str:
    if isnan(cell.mean):
        return "-"
    form = ".0%" if row.kind == "event" else ",.0f"
    value, low, high = (format(one, form) for one in (cell.mean, cell.low, cell.high))
    return _say("span", lang, value=value, low=low, high=high)


def _difference(row: Row, cell: Cell, lang: str) -> str:
    if isnan(cell.difference):
        return ""
    event = row.kind == "event"
    form, times = ("+.0f", 100) if event else ("+,.0f", 1)
    value, low, high = (format(times * one + 0.0, form) for one in (cell.difference, cell.diff_low, cell.diff_high))
    return _say("points" if event else "span", lang, value=value, low=low, high=high)


# ---------------------------------------------------------------------- why


def why(
    run: Annotated[str, typer.Argument(help="A run file, or a seed: then the campaign is played.")],
    event: Annotated[
        str, typer.Argument(help="Row of the chronicle, or mutiny, battle, capture, retreat, with a date if wanted.")
    ] = "",
    language: Language = "en",
    plan: PlanName = None,
    patch: Patches = None,
    scenario: Scene = "mongolia_1921",
) -> None:
    """Why it happened: the causes of a battle, a retreat, a mutiny or a capture, each from the record of the run."""
    from rich.text import Text

    from sim.explain.reasons import explainable
    from sim.explain.reasons import why as explain
    from sim.phrases import date_of
    from sim.runs import read_run
    from sim.runs import run as play
    from sim.scenario import load

    cli = _program()

    lang = _language(language)
    if run.isdigit() and not Path(run).exists():
        ready = load(scenario, plan=plan, patches=patch or ())
        cli._compile()
        told = play(ready, int(run), record=True)
    else:
        told = read_run(run)
    console = cli._console()
    if not event:
        events = told.events()
        for row in explainable(told):
            date = events[row].date
            if lang == "en":
                console.print(Text(f"{row:5}  {date.day:2} {date:%b %H:%M}  {events[row].text}"))
            else:
                when = f"{date_of(date, lang):>11} {date:%H:%M}"
                console.print(Text(f"{row:5}  {when}  {explain(told, row).head.told(lang)}"))
        return
    console.print(Text(explain(told, event).told(lang)))
