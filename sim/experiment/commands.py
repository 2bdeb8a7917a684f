"""The commands of the researcher: `urga counterfactuals`, `urga compare`, `urga sweep`, `urga sensitivity`."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import OptionError, PatchError, suggest

if TYPE_CHECKING:
    from sim.experiment.compare import Comparison, Outcome

Scene = Annotated[str, typer.Option(help="Scenario: an id or a folder.")]
PlanName = Annotated[str | None, typer.Option(help="Plan of the scenario (default: its own).")]
Threads = Annotated[int | None, typer.Option(help="Runs at a time (default: one a core).")]
EVENT_ROWS, NUMBER_ROWS, SENSITIVITY_ROWS = 12, 12, 25


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(counterfactuals)
    app.command()(compare)
    app.command()(sweep)
    app.command()(sensitivity)


def _program() -> Any:
    """The module of the command line, which imports this one: its console, its progress, its compiling."""
    from sim import cli

    return cli


def counterfactuals(
    name: Annotated[str | None, typer.Argument(help="Show one in full.")] = None,
    scenario: Scene = "mongolia_1921",
) -> None:
    """List the counterfactuals of a scenario, or tell one in full."""
    from rich.table import Table
    from rich.text import Text

    from sim.patch import effective_hour, patch_toml
    from sim.scenario import load

    cli = _program()

    data = load(scenario).data
    if name is not None:
        if name not in data.counterfactuals:
            raise PatchError(f"{data.header.id} has no counterfactual {name!r}{suggest(name, data.counterfactuals)}")
        typer.echo(patch_toml(data.counterfactuals[name]), nl=False)
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in ("id", "from", "question"):
        table.add_column(head, overflow="fold", no_wrap=head != "question")
    ready = load(scenario)
    for key in sorted(data.counterfactuals):
        patch = data.counterfactuals[key]
        since = ready.date(hour := effective_hour(data, patch))
        by_event = hour == 0 and patch.from_ is None and all(name.startswith("orders.") for name in patch.set)
        when = "by condition" if by_event and patch.orders else f"{since.day} {since:%B}"
        table.add_row(Text(key), Text(when), Text(patch.question))
    cli._console().print(table)


def compare(
    patch: Annotated[str, typer.Argument(help="A counterfactual's id, a patch file, or key=value.")],
    runs: Annotated[int, typer.Option(help="Pairs of runs: seeds 0, 1, ...")] = 400,
    out: Annotated[Path | None, typer.Option(help="Figure to write: .png, .pdf or .svg.")] = None,
    table: Annotated[Path | None, typer.Option(help="Table of all outcomes: .csv or .parquet.")] = None,
    outcome: Annotated[str | None, typer.Option(help="Outcome of the figure (default: men of the last side).")] = None,
    every: Annotated[bool, typer.Option("--all", help="Print every outcome that moves.")] = False,
    plan: PlanName = None,
    scenario: Scene = "mongolia_1921",
    threads: Threads = None,
) -> None:
    """Play a counterfactual and the documented plan on the same dice, and set one against the other."""
    from sim.experiment import figures
    from sim.experiment.compare import compare as work
    from sim.scenario import load

    cli = _program()

    if runs < 2:
        raise OptionError(f"--runs is {runs}, but must be at least 2")
    if out is not None:
        figures.check_figure(out)
    if table is not None:
        _check_table(table)
    base = load(scenario, plan=plan)
    if "=" in patch:
        changed = load(scenario, plan=plan, settings=[patch])
    else:
        known = base.data.counterfactuals
        if patch not in known and not Path(patch).exists():
            raise PatchError(f"no counterfactual and no file {patch!r}{suggest(patch, known)}")
        changed = load(scenario, plan=plan, patches=[patch])
    cli._compile()
    with cli._progress("Playing both worlds") as step:
        found = work(base, changed, runs, threads, step)
    if out is not None or outcome is not None:
        found.outcome(outcome or f"men.{base.side_ids[-1]}.end")
    _show(found, every)
    if out is not None:
        figures.draw_comparison(found, out, outcome)
        typer.echo(f"Written: {out}", err=True)
    if table is not None:
        _write_table(found.table, table)
        typer.echo(f"Written: {table}", err=True)


def _check_table(path: Path) -> None:
    if path.suffix not in (".csv", ".parquet"):
        raise OptionError(f"{path}: a table ends in .csv or .parquet")
    if not path.parent.is_dir():
        raise OptionError(f"{path}: there is no folder {path.parent}")


def _write_table(frame: Any, path: Path) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        (frame.write_csv if path.suffix == ".csv" else frame.write_parquet)(part)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OptionError(f"{path}: cannot be written: {error.strerror or error}") from None


def _show(found: Comparison, every: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    from sim.experiment.wording import names_of, title_of

    cli = _program()

    console = cli._console()
    patch = found.patched.data.patches[-1] if found.patched.data.patches else None
    if patch is not None and patch.title:
        console.print(Text(patch.title, style="bold"))
        console.print(Text(patch.question))
    told = f"{len(found)} pairs, seeds {min(found.seeds)}-{max(found.seeds)}; intervals 95 %, paired"
    console.print(Text(f"{told}; worlds {found.base.hash} and {found.patched.hash}"))
    names = names_of(found.base.data)
    for kind, rows in (("event", EVENT_ROWS), ("number", NUMBER_ROWS)):
        chosen = [one for one in found.outcomes if one.kind == kind]
        if not every:  # documented events and the largest changes
            chosen = sorted(chosen, key=lambda one: (-_weight(one), not one.name.startswith("event.")))[:rows]
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        head = "probability of" if kind == "event" else "mean of"
        for name in (head, "documented", "changed", "difference", "95 % interval", "runs changed", "pairing gains"):
            table.add_column(name, justify="left" if name == head else "right")
        for one in chosen:
            title = Text(title_of(one.name, names) + (" *" if one.sure else ""))
            if every:
                title.append(f"\n  {one.name}", style="dim")
            table.add_row(title, *_cells(one))
        console.print()
        console.print(table)
    console.print()
    if not every:
        console.print(
            Text("--all prints every outcome that moves, with its name for --outcome and studies.", style="dim")
        )
    for line in verdict(found):
        console.print(Text(line))


def _weight(one: Outcome) -> float:
    """How far an interval lies from 0, in half-widths: the order of the table."""
    half = (one.high - one.low) / 2
    return abs(one.difference) / half if half > 0 and one.changed > 0 else 0.0


def _cells(one: Outcome) -> tuple[str, ...]:
    if one.kind == "event":
        numbers = tuple(f"{x:.1%}" for x in (one.base, one.patched))
        numbers += (f"{one.difference:+.1%}", f"{one.low:+.1%} to {one.high:+.1%}")
    else:
        d = 0 if max(abs(one.base), abs(one.patched)) >= 20 else 2
        numbers = tuple(f"{x:,.{d}f}" for x in (one.base, one.patched))
        numbers += (f"{one.difference:+,.{d}f}", f"{one.low:+,.{d}f} to {one.high:+,.{d}f}")
    gains = "-" if isnan(one.ratio) else f"{one.ratio:.1f} x"
    return (*numbers, f"{one.changed:.0%}", gains)


def verdict(found: Comparison) -> list[str]:
    """What the comparison says, in sentences."""
    sure = [one for one in found.outcomes if one.sure]
    lines = [
        f"* {len(sure)} of {len(found.outcomes)} outcomes differ beyond an interval widened for all of them together."
        if sure
        else f"History was robust to it: none of {len(found.outcomes)} outcomes differs beyond its widened interval."
    ]
    parted = found.parted()
    if not parted:
        lines.append("The worlds never part.")
    else:
        hour = parted[0].hour
        middle = parted[len(parted) // 2].hour
        lines.append(
            f"The worlds part in {len(parted)} of {len(found)} pairs: first at {found.base.date(hour):%d %B %H:%M} "
            f"(hour {hour}), half of them by {found.base.date(middle):%d %B %H:%M}."
        )
        lines += [f"  {count} pairs: {what}" for what, count in found.first_differences()]
    if found.failed:
        seed, error = next(iter(found.failed.items()))
        lines.append(f"{len(found.failed)} pairs failed and are left out; seed {seed}: {error}")
    return lines


def sweep(
    study: Annotated[Path, typer.Argument(help="Study file (.toml).")],
    store: Annotated[Path, typer.Option(help="Folder that keeps the runs; a study that was stopped goes on there.")],
    out: Annotated[Path | None, typer.Option(help="Figure of the study's outcome: .png, .pdf or .svg.")] = None,
    table: Annotated[Path | None, typer.Option(help="Table of all runs: .csv or .parquet.")] = None,
    outcome: Annotated[str | None, typer.Option(help="Outcome of the figure (default: that of the study).")] = None,
    threads: Threads = None,
    cluster: Annotated[str | None, typer.Option(help="Dask: address of a scheduler, or local:N.")] = None,
) -> None:
    """Play a study: factors times seeds, into a store that survives being stopped at any moment."""
    from sim.experiment import figures
    from sim.experiment.sweep import read_study
    from sim.experiment.sweep import sweep as work

    cli = _program()

    if out is not None:
        figures.check_figure(out)
    if table is not None:
        _check_table(table)
    asked = read_study(study)
    key = outcome or asked.outcome or f"men.{asked.scenario.side_ids[-1]}.end"
    cli._compile()
    report = _Rate()
    done = work(
        asked.scenario,
        asked.factors,
        asked.seeds,
        store,
        asked.method,
        asked.points,
        asked.design_seed,
        threads,
        cluster,
        report,
    )
    for name in done.repaired:
        typer.echo(f"{store}: {name} was damaged and has been played again", err=True)
    failed = int(done.scan().select("error").collect()["error"].count())
    shape = f"{len(done.study['points']):,} points x {len(asked.seeds):,} seeds"
    typer.echo(f"{store}: {done.runs:,} runs, {shape}, {failed} failed{report.told()}")
    if out is not None:
        figures.draw_sweep(done.points(key), key, done.study["factors"], out, f"world {done.study['hash']}")
        typer.echo(f"Written: {out}", err=True)
    if table is not None:
        _write_table(done.table(), table)
        typer.echo(f"Written: {table}", err=True)


class _Rate:
    """Says now and then how far a study is, how fast it goes and how long it will take."""

    EVERY_S = 5.0

    def __init__(self) -> None:
        from time import monotonic

        self.clock = monotonic
        self.began = self.said = monotonic()
        self.first = -1
        self.done = 0

    def __call__(self, done: int, total: int) -> None:
        now = self.clock()
        if self.first < 0:
            self.first, self.began = done, now
        self.done = done
        if now - self.said >= self.EVERY_S and done > self.first:
            self.said = now
            rate = self.rate()
            left = int((total - done) / rate)
            time = f"{left // 60} min {left % 60} s left"
            typer.echo(f"{done:,} of {total:,} runs, {rate:.1f} a second, {time}", err=True)

    def rate(self) -> float:
        """Runs a second since the start of this command."""
        return (self.done - self.first) / max(1e-9, self.clock() - self.began)

    def told(self) -> str:
        """The rate of this command for its last line, empty when nothing was played."""
        return f"; {self.done - self.first:,} played now, {self.rate():.1f} a second" if self.done > self.first else ""


def sensitivity(
    outcome: Annotated[str, typer.Option(help="Outcome whose mean is looked at.")] = "men.White.end",
    section: Annotated[str, typer.Option(help="Section of rules.toml, e.g. battle (default: all).")] = "",
    method: Annotated[str, typer.Option(help="morris (screening) or sobol (shares of the variance).")] = "morris",
    size: Annotated[int, typer.Option(help="Trajectories of morris, base points (a power of 2) of sobol.")] = 8,
    runs: Annotated[int, typer.Option(help="Seeds at each point: 0, 1, ...")] = 10,
    table: Annotated[Path | None, typer.Option(help="Table of the indices: .csv or .parquet.")] = None,
    plan: PlanName = None,
    scenario: Scene = "mongolia_1921",
    threads: Threads = None,
) -> None:
    """Which uncertain parameters of rules.toml matter for an outcome, over their declared ranges."""
    from rich.table import Table
    from rich.text import Text

    from sim.experiment import sensitivity as work
    from sim.scenario import load

    cli = _program()

    if method not in ("morris", "sobol"):
        raise OptionError(f"--method {method!r} is unknown{suggest(method, ('morris', 'sobol'))}")
    if table is not None:
        _check_table(table)
    base = load(scenario, plan=plan)
    ranges = work.uncertain(base, section)
    cli._compile()
    with cli._progress("Playing the points") as step:
        function = work.campaign(base, ranges, outcome, range(runs), threads, step)
        found = work.screen(function, ranges, size) if method == "morris" else work.indices(function, ranges, size)
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("rank", "measure", "parameter", "value", "95 % interval"):
        shown.add_column(name, justify="left" if name in ("measure", "parameter") else "right")
    for one in found[: None if section else SENSITIVITY_ROWS]:
        cells = (str(one.rank), one.measure, one.name, f"{one.value:.3g}", f"{one.low:.3g} to {one.high:.3g}")
        shown.add_row(*(Text(cell) for cell in cells))
    cli._console().print(shown)
    points = (len(ranges) + (1 if method == "morris" else 2)) * size
    typer.echo(
        f"{outcome}: {len(ranges)} parameters, {points} points x {runs} seeds; equal ranks cannot be told apart."
    )
    if table is not None:
        _write_table(work.table(found), table)
        typer.echo(f"Written: {table}", err=True)
