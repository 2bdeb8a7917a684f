"""The commands of the lecturer: `urga decide` and `urga why`."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import OptionError, suggest

if TYPE_CHECKING:
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


def _list(scenario: Scenario, seed: int, lang: str) -> None:
    from rich.table import Table
    from rich.text import Text

    from sim.choice.decisions import hours, point, told

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in ("id", "hour in this run", "side", "question"):
        table.add_column(head, overflow="fold", no_wrap=head != "question")
    for name, hour in hours(scenario, seed).items():
        one = point(scenario, name)
        date = scenario.date(hour)
        when = f"{date.day} {date:%B %H:%M}"
        table.add_row(Text(name), Text(when), Text(one.side), Text(told(one, "question", lang)))
    _program()._console().print(table)


def _show(scenario: Scenario, found: Verdict, lang: str) -> None:
    from rich.text import Text

    from sim.choice.decisions import told

    console = _program()._console()
    one = found.decision
    console.print(Text(f"{told(one, 'title', lang)}: {found.date.day} {found.date:%B %Y, %H:%M}", style="bold"))
    console.print(Text(told(one, "question", lang)))
    console.print()
    _show_briefing(scenario, found.briefing, lang)
    console.print()
    for chosen in one.options:
        if chosen.id not in found.options:
            continue
        documented = scenario.plan == scenario.data.header.default_plan
        mark = (" (history)" if documented else " (what the plan has)") if chosen.history else ""
        console.print(Text(f"{chosen.id}{mark}: {told(chosen, 'title', lang)}", style="bold"))
        sources = ", ".join(chosen.source_keys)
        console.print(Text(f"    {told(chosen, 'reason', lang)} [{sources}; {chosen.confidence}]"))
    console.print()
    told_runs = f"{found.runs} runs of each option leave the past of seed {found.seed} here, on the same dice"
    console.print(Text(f"{told_runs}; intervals 95 %, differences to history's option paired"))
    _show_rows(found, lang)
    if found.failed:
        number, error = next(iter(found.failed.items()))
        console.print(Text(f"{len(found.failed)} runs failed and are left out; the first, number {number}: {error}"))


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
    console.print(Text(f"What the commander knew: {who}, {in_language(known, 'place_name', lang)}", style="bold"))
    console.print(
        Text(
            f"    own: {known.men:,} men in {len(known.own)} units, {known.guns} guns, {known.mg} machine guns; "
            f"{_lost(known.losses)}; fatigue {known.fatigue:.0%}, cohesion {known.cohesion:.0%}; "
            f"rations for {known.rations_days:.0f} days, {known.rounds:.0f} rounds a man"
        )
    )
    if not known.enemies:
        console.print(Text("    of the enemy: nothing"))
        return
    console.print(Text(f"    of the enemy: {known.enemy_men:,} men in {len(known.enemies)} reports"))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 4), header_style="bold")
    for head in ("age of the news", "enemy", "men as reported", "seen at"):
        table.add_column(head, justify="right" if head == "men as reported" else "left", overflow="fold")
    for one in known.enemies[:MOST_ENEMIES]:
        table.add_row(
            Text(_age(one.age_h)),
            Text(in_language(one, "name", lang)),
            Text(f"{one.men:,}"),
            Text(in_language(one, "place_name", lang)),
        )
    console.print(table)
    if len(known.enemies) > MOST_ENEMIES:
        console.print(Text(f"    and {len(known.enemies) - MOST_ENEMIES} older reports"))


def _lost(share: float) -> str:
    return f"{share:.0%} of the first strength lost" if share >= 0.005 else "at full strength"


def _age(hours: int) -> str:
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def _show_rows(found: Verdict, lang: str) -> None:
    from rich.table import Table
    from rich.text import Text

    history = next(one.id for one in found.decision.options if one.history)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("", overflow="fold", max_width=34)
    for name in found.options:
        table.add_column(name + (" (history)" if name == history else ""), justify="right", no_wrap=True)
    for row in found.rows:
        table.add_row(Text(row.told(lang)), *(Text(_value(row, cell)) for cell in row.cells))
        table.add_row("", *(Text(_difference(row, cell), style="dim") for cell in row.cells))
    _program()._console().print(table)


def _value(row: Row, cell: Cell) -> str:
    if isnan(cell.mean):
        return "-"
    if row.kind == "event":
        return f"{cell.mean:.0%} ({cell.low:.0%} to {cell.high:.0%})"
    return f"{cell.mean:,.0f} ({cell.low:,.0f} to {cell.high:,.0f})"


def _difference(row: Row, cell: Cell) -> str:
    if isnan(cell.difference):
        return ""
    if row.kind == "event":
        low, high = 100 * cell.diff_low, 100 * cell.diff_high
        return f"{100 * cell.difference:+.0f} points ({low:+.0f} to {high:+.0f})"
    return f"{cell.difference:+,.0f} ({cell.diff_low:+,.0f} to {cell.diff_high:+,.0f})"


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
            console.print(Text(f"{row:5}  {date.day:2} {date:%b %H:%M}  {events[row].text}"))
        return
    console.print(Text(explain(told, event).told(lang)))
