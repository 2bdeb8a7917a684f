"""The command `urga`. Every mistake of the user is one line on the error stream and exit code 2; Ctrl-C is 130."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import sim
from sim import lecture
from sim.errors import OptionError, UrgaError
from sim.experiment import commands as studies

if TYPE_CHECKING:
    from rich.console import Console

    from sim.experiment.ensemble import Progress
    from sim.scenario import Scenario

MISTAKE, INTERRUPTED = 2, 130
STOPPED = "stopped by Ctrl-C; nothing was written"
# Typer carries Click within it or beside it, by its version: its exceptions are reached through Typer alone.
ClickException: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
DEFAULT_SCENARIO = "mongolia_1921"

app = typer.Typer(
    name="urga",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Mongolia, May to August 1921, played hour by hour and set against history.",
)

Seed = Annotated[int, typer.Option(help="Seed of the run: a whole number from 0 to 2**64 - 1.")]
Plan = Annotated[str | None, typer.Option(help="Plan of the scenario (default: its own).")]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Change a number, e.g. rules.battle.lethality=0.003; may be repeated."
    ),
]
Patches = Annotated[
    list[str] | None,
    typer.Option(
        "--patch", metavar="PATCH", help="A patch: a TOML file, or the id of a counterfactual; may be repeated."
    ),
]
ScenarioName = Annotated[str, typer.Option(help="Scenario: an id or a folder.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"urga {sim.__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Mongolia, May to August 1921, played hour by hour and set against history."""


# ---------------------------------------------------------------------- commands


@app.command()
def replay(
    seed: Seed = 0,
    seeds: Annotated[int, typer.Option(help="How many runs are set against history (seeds 0, 1, ...).")] = 200,
    plan: Plan = None,
    settings: Sets = None,
    patch: Patches = None,
    scenario: ScenarioName = DEFAULT_SCENARIO,
    out: Annotated[Path | None, typer.Option(help="Keep the numbers: .json, .csv or .parquet by ending.")] = None,
    threads: Annotated[int | None, typer.Option(help="Runs at a time (default: one a core).")] = None,
    course: Annotated[bool, typer.Option("--course/--no-course", help="Tell the course by date.")] = True,
) -> None:
    """Play the campaign, tell its course, and set many runs against the documented one."""
    from sim import replay as work

    if out is not None:
        work.check_suffix(out)
        _room_for(out)
    if seeds < 1:
        raise OptionError(f"--seeds is {seeds}, but must be at least 1")
    if threads is not None and threads < 1:
        raise OptionError(f"--threads is {threads}, but must be at least 1")
    ready = _load(scenario, plan, settings, patch)
    _check_seed(seed)
    _compile()
    with _progress("Playing the campaign") as step:
        result = work.replay(ready, seed, seeds, threads, progress=step)
    work.show(result, _console(), told=course)
    if out is not None:
        work.write(result, out)
        typer.echo(f"Written: {out}", err=True)


@app.command()
def run(
    out: Annotated[Path, typer.Option(help="Run file to write (.urga).")] = Path("run.urga"),
    seed: Annotated[
        int | None, typer.Option(help="Seed of the run: 0, or that of a saved game given with --patch.")
    ] = None,
    plan: Plan = None,
    settings: Sets = None,
    patch: Patches = None,
    scenario: ScenarioName = DEFAULT_SCENARIO,
) -> None:
    """Play one run and keep it, with its record hour by hour, in a file."""
    from sim.runs import run as play

    _room_for(out)
    ready = _load(scenario, plan, settings, patch)
    if seed is None:
        seed = next((one.game.seed for one in ready.data.patches if one.game is not None), 0)
    _check_seed(seed)
    _compile()
    done = play(ready, seed, record=True)
    done.save(out)
    typer.echo(f"{out}: seed {seed}, {len(done.chronicle)} entries in the chronicle, {out.stat().st_size / 1e6:.1f} MB")


@app.command()
def check(scenario: Annotated[str, typer.Argument(help="Scenario: an id or a folder.")] = DEFAULT_SCENARIO) -> None:
    """Check a scenario folder: keys, ids, routes, dates, sources, parameters, books."""
    from rich.table import Table
    from rich.text import Text

    found = sim.check(scenario)
    errors = sum(finding.level == "error" for finding in found)
    if found:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for name in ("", "file", "where", "what"):
            table.add_column(name, overflow="fold")
        for finding in found:
            table.add_row(
                Text(finding.level, style="red" if finding.level == "error" else "yellow"),
                Text(finding.file),
                Text(finding.where),
                Text(finding.message),
            )
        _console().print(table)
    warnings = len(found) - errors
    typer.echo(
        f"{scenario}: {_count(errors, 'error')}, {_count(warnings, 'warning')}" if found else f"{scenario}: sound"
    )
    if errors:
        raise typer.Exit(MISTAKE)


@app.command()
def view(
    run: Annotated[Path | None, typer.Argument(help="Run file; without one the campaign is played.")] = None,
    seed: Seed = 0,
    plan: Plan = None,
    scenario: ScenarioName = DEFAULT_SCENARIO,
    language: Annotated[str, typer.Option(help="en, ru or mn.")] = "en",
    theme: Annotated[str, typer.Option(help="light or dark.")] = "light",
    size: Annotated[str | None, typer.Option(help="Size of the window, e.g. 1280x800.")] = None,
    lecture: Annotated[bool, typer.Option(help="Stop at decisions.")] = False,
    fullscreen: Annotated[bool, typer.Option(help="Fill the screen.")] = False,
    reduced_motion: Annotated[bool, typer.Option(help="No gliding movements.")] = False,
    log: Annotated[bool, typer.Option(help="Print captions to standard output.")] = False,
    start: Annotated[bool, typer.Option("--start", help="Let time run at once.")] = False,
    play: Annotated[str | None, typer.Option(metavar="SIDE", help="Take command of a side: White or Red.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="With --play: from this day, e.g. 1921-05-21.")] = None,
    game: Annotated[Path | None, typer.Option(help="Go on with a saved game.")] = None,
) -> None:
    """Open the map on a run file, on the campaign with a seed, or on a game."""
    if game is not None and (play is not None or run is not None):
        raise OptionError("--game goes on with a saved game: leave out --play and the run file")
    if since is not None and play is None:
        raise OptionError("--from is the day from which a side is played: it needs --play White or --play Red")
    from viz.app import main as open_window

    raise typer.Exit(
        open_window(
            run,
            seed=seed,
            scenario=scenario,
            plan=plan,
            size=_size(size),
            language=language,
            theme=theme,
            lecture=lecture,
            fullscreen=fullscreen,
            reduced_motion=reduced_motion,
            log=log,
            play=start,
            command=play,
            since=since,
            game=game,
        )
    )


@app.command()
def film(
    out: Annotated[Path, typer.Option(help="Film to write: .mp4 or .gif by ending.")],
    run: Annotated[Path | None, typer.Argument(help="Run file; without one the campaign is played.")] = None,
    seed: Seed = 0,
    plan: Plan = None,
    scenario: ScenarioName = DEFAULT_SCENARIO,
    settings: Sets = None,
    start: Annotated[str | None, typer.Option("--from", help="First day, e.g. 1921-06-01.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day, inclusive.")] = None,
    size: Annotated[str | None, typer.Option(help="Size of the picture (default 1920x1080).")] = None,
    fps: Annotated[int, typer.Option(min=1, max=120, help="Pictures a second.")] = 30,
    days_per_second: Annotated[float, typer.Option(help="Pace of the film.")] = 2.0,
    language: Annotated[str, typer.Option(help="en, ru or mn.")] = "en",
    theme: Annotated[str, typer.Option(help="light or dark.")] = "light",
) -> None:
    """Make a film of a stretch of the campaign."""
    first, last = _day(start, "--from"), _day(end, "--to")
    values = _numbers(settings)
    _needs_compiler(run is None)
    from viz.export import film_main

    with _progress("Drawing the film") as step:
        code = film_main(
            out,
            run,
            seed=seed,
            scenario=scenario,
            plan=plan,
            settings=values,
            start=first,
            end=last,
            size=_size(size) or (1920, 1080),
            fps=fps,
            days_per_second=days_per_second,
            language=language,
            theme=theme,
            progress=step,
        )
    raise typer.Exit(code)


studies.register(app)
lecture.register(app)


# ---------------------------------------------------------------------- what the commands share


def _load(scenario: str, plan: str | None, settings: Sequence[str] | None, patches: Sequence[str] | None) -> Scenario:
    from sim.scenario import load

    return load(scenario, plan=plan, patches=patches or (), settings=settings or ())


def _check_seed(seed: int) -> None:
    from sim.luck import check_seed

    check_seed(seed)


def _room_for(out: Path) -> None:
    """Find out before the work whether the file can be written at all."""
    from sim.errors import RunFileError

    if out.is_dir():
        raise RunFileError(f"{out}: is a folder; give the name of a file")
    if not out.parent.is_dir():
        raise RunFileError(f"{out}: there is no folder {out.parent}")
    if not os.access(out.parent, os.W_OK):
        raise RunFileError(f"{out}: the folder {out.parent} cannot be written to")


def _needs_compiler(plays: bool) -> None:
    if plays:
        _compile()


def _compile() -> None:
    """Compile the engine, once after each installation or change of the rules, and say so while it does."""
    if sim.engine_is_cached():
        return
    console = _console(stderr=True)
    note = "compiling the engine once (a minute at most; later starts load it at once) …"
    if console.is_terminal:
        with console.status(note):
            _play_an_hour()
    else:
        typer.echo(note, err=True)
        _play_an_hour()


def _play_an_hour() -> None:
    from sim.campaign import advance
    from sim.scenario import load
    from sim.state import new_state

    tables = load().tables
    advance(tables, new_state(tables, 0), 0, 1)


def _console(stderr: bool = False) -> Console:
    """A console; into a file or a pipe it writes lines of 120 columns without colours."""
    from rich.console import Console

    class Plain(Console):
        """A console that leaves a closed pipe to `call`: Rich would end the program with an error."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    stream = sys.stderr if stderr else sys.stdout
    return Plain(stderr=stderr, width=None if stream.isatty() or os.environ.get("COLUMNS") else 120, emoji=False)


@contextlib.contextmanager
def _progress(what: str) -> Generator[Progress]:
    """A progress bar on the error stream, when that is a terminal; gone when the work is done."""
    console = _console(stderr=True)
    if not console.is_terminal:
        yield lambda _done, _total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()) or not (0 < int(width) <= 16384 and 0 < int(height) <= 16384):
        raise OptionError(f"--size is {text!r}; wanted is width x height, e.g. 1280x800")
    return int(width), int(height)


def _day(text: str | None, option: str) -> Any:
    from datetime import date

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise OptionError(f"{option} is {text!r}; wanted is a date such as 1921-06-27") from None


def _numbers(settings: Sequence[str] | None) -> dict[str, float]:
    """`key=value` with numbers only: what a film may change."""
    found: dict[str, float] = {}
    for one in settings or ():
        key, equals, value = one.partition("=")
        try:
            found[key.strip()] = float(value)
        except ValueError:
            equals = ""
        if not equals:
            raise OptionError(f"--set {one!r}: wanted is key=number, e.g. rules.battle.lethality=0.003")
    return found


def _count(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"


# ---------------------------------------------------------------------- the entry


def main(arguments: Sequence[str] | None = None) -> None:
    """The command `urga`: runs it and leaves with its exit code; no traceback for what the user or the system did."""
    sys.exit(call(sys.argv[1:] if arguments is None else arguments))


def call(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    try:
        code = typer.main.get_command(app).main(args=list(arguments), prog_name="urga", standalone_mode=False)
        sys.stdout.flush()
        return _leave(code) if isinstance(code, int) else 0
    except UrgaError as error:
        return _say(error.message, MISTAKE)
    except typer.Exit as leave:
        return _leave(leave.exit_code)
    except ClickException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(error.format_message())
            return 0
        return _say(_plain(error), MISTAKE)
    except (KeyboardInterrupt, typer.Abort):
        return _say(STOPPED, INTERRUPTED)
    except (BrokenPipeError, SystemExit):  # `urga replay | head`: whoever read has enough; Typer ends the program then
        _silence_stdout()
        return 0
    except OSError as error:
        from sim.run_file import FULL, say_os_error

        if error.errno in FULL:
            _silence_stdout()
        name = f"{error.filename}: " if error.filename else ""
        return _say(f"{name}{say_os_error(error)}", MISTAKE)


def _leave(code: int) -> int:
    """The exit code; Typer turns Ctrl-C into 130 and says nothing."""
    return _say(STOPPED, INTERRUPTED) if code == INTERRUPTED else code


def _plain(error: Any) -> str:
    """A usage error in one line, with what was probably meant."""
    text = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    return f"{text} (see `{context.command_path} --help`)" if context is not None else text


def _say(text: str, code: int) -> int:
    with contextlib.suppress(OSError):
        print(f"urga: {text}", file=sys.stderr)
    return code


def _silence_stdout() -> None:
    """What could not be written would be tried again, and complained of, when the interpreter ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
