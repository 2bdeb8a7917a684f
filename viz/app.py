"""The window: opens at once with the map, gets the run in the background, then plays it.

``main`` is the entry point of ``urga view``; it returns an exit code and prints one line when something is
amiss.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from viz.errors import VizError
from viz.turns import undisturbed

if TYPE_CHECKING:
    import pygame

    from viz.state import State
    from viz.tape import Tape

NO_DISPLAY = (
    "no display here: `urga view` needs a window; `urga replay` tells the campaign in text, "
    "`urga film` makes a film of it"
)
FRAME = 1 / 60
#: Seconds in which the bar of the first compilation covers most of its way; the rest is ever slower.
COMPILING = 12.0
#: Seconds a frame while nothing moves but ensembles grow: the cores are theirs.
GROWING = 1 / 15
IDLE = 0.25
#: Seconds a frame for a view in the making: while time runs, while it stands, and while a slider is held.
BUDGET, STILL_BUDGET, HELD_BUDGET = 0.002, 0.006, 0.0005


def main(
    path: Path | str | None = None,
    *,
    seed: int = 0,
    scenario: str = "mongolia_1921",
    plan: str | None = None,
    size: tuple[int, int] | None = None,
    language: str = "en",
    theme: str = "light",
    lecture: bool = False,
    fullscreen: bool = False,
    reduced_motion: bool = False,
    log: bool = False,
    play: bool = False,
    command: str | None = None,
    since: str | None = None,
    game: Path | str | None = None,
    seconds: float | None = None,
    timings: dict[str, float] | None = None,
) -> int:
    """Open the window on a run file, or on the campaign with a seed.  Exit code 0.

    Or 2 for what the user can mend.

    ``log`` prints every caption to standard output (for screen readers); ``seconds`` closes the window
    after a time
    and ``timings`` receives the measured times (tests and benchmarks).
    """
    try:
        return _view(
            Path(path) if path is not None else None,
            seed,
            scenario,
            plan,
            size,
            language,
            theme,
            lecture,
            fullscreen,
            reduced_motion,
            log,
            play,
            (command, since, Path(game) if game is not None else None),
            seconds,
            timings if timings is not None else {},
        )
    except VizError as error:
        print(f"urga view: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _view(
    path: Path | None,
    seed: int,
    scenario: str,
    plan: str | None,
    size: tuple[int, int] | None,
    language: str,
    theme: str,
    lecture: bool,
    fullscreen: bool,
    reduced_motion: bool,
    log: bool,
    play: bool,
    game: tuple[str | None, str | None, Path | None],
    seconds: float | None,
    timings: dict[str, float],
) -> int:
    asked = perf_counter()
    from viz.words import LANGUAGES as LANGUAGE_NAMES

    if language not in LANGUAGE_NAMES:
        raise VizError(f"no language {language!r}: choose one of {', '.join(LANGUAGE_NAMES)}")
    if theme not in ("light", "dark"):
        raise VizError(f"no theme {theme!r}: choose light or dark")
    if path is not None and not path.exists():
        raise VizError(f"no such file: {path}")
    from viz.boot import has_display, pygame

    if not has_display():
        raise VizError(NO_DISPLAY)
    try:
        pygame.display.init()
        window = _window(size)
    except pygame.error as error:
        raise VizError(f"{NO_DISPLAY} ({error})") from error
    from viz.source import default_map_folder
    from viz.state import State
    from viz.words import say

    state = State(
        language=LANGUAGE_NAMES.index(language),
        theme=theme,
        lecture=lecture,
        auto_pause=lecture,
        reduced_motion=reduced_motion,
    )
    _first_picture(window, default_map_folder(), theme)
    timings["first"] = perf_counter() - asked
    session = Session(window, state, seed, scenario, plan, path, game)
    session.scene.waiting = (
        say("loading", state.language) if path is None else say("reading", state.language, file=path.name)
    )
    if fullscreen:
        session.toggle_fullscreen()
    session.log = log
    session.play_when_ready = play
    try:
        return session.run(seconds, timings)
    finally:
        session.turning.close()
        session.compiling.close()
        session.workshop.close()
        window.destroy()
        pygame.display.quit()


def _window(size: tuple[int, int] | None):
    from viz.boot import pygame

    if size is None:
        sizes = pygame.display.get_desktop_sizes()
        width, height = sizes[0] if sizes else (1280, 720)
        size = (max(640, min(1920, round(width * 0.94))), max(400, min(1080, round(height * 0.88))))
    window = pygame.Window("Urga: Mongolia 1921", size, resizable=True)
    window.get_surface()
    return window


def _first_picture(window: pygame.Window, folder: Path, theme: str) -> None:
    """The relief at half size, at once, so that the window never stands empty."""
    from viz.boot import pygame

    surface = window.get_surface()
    surface.fill((20, 24, 29))
    try:
        picture = pygame.image.load(str(folder / f"relief_{theme}_half.jpg"))
        width, height = surface.get_size()
        scale = max(width / picture.get_width(), height * 0.89 / picture.get_height())
        whole = pygame.transform.scale(
            picture, (round(picture.get_width() * scale), round(picture.get_height() * scale))
        )
        surface.blit(whole, ((width - whole.get_width()) // 2, 0), (0, 0, whole.get_width(), round(height * 0.89)))
    except (pygame.error, OSError):
        pass  # the map itself will say what is missing
    window.flip()


class Session:
    """A window with its scene, its controls and its runner."""

    def __init__(
        self,
        window: pygame.Window,
        state: State,
        seed: int,
        scenario: str,
        plan: str | None,
        path: Path | None,
        game: tuple[str | None, str | None, Path | None] = (None, None, None),
    ) -> None:
        from viz.compiling import Compiling
        from viz.council import Council
        from viz.desk import Desk
        from viz.mapdata import read_map
        from viz.runner import Runner, read, simulate
        from viz.scene import Scene
        from viz.source import default_map_folder, engine_is_cached
        from viz.turning import Turning
        from viz.workshop import Workshop

        self.window = window
        self.state = state
        self.scenario, self.plan = scenario, plan
        self.scene = Scene(read_map(default_map_folder()))
        self.scene.panel.seed = self.scene.panel.first_seed = seed
        self.desk = Desk(self.scene)
        self.runner: Runner[Tape] = Runner()
        self.workshop = Workshop(self.scene, state, scenario, plan)
        self.turning = Turning(self.scene, state, self.workshop, Council(scenario, plan, path))
        self.full = False
        self.log = False
        self.play_when_ready = False
        self._said: object = None
        self._named_missing = 0
        self._asked = perf_counter()
        self.compiling = Compiling(scenario)
        self._path = path
        self.exit_code = 0
        self._compiles = path is None and not engine_is_cached()
        if game != (None, None, None):
            self.turning.command.begin(*game)
        elif path is not None:
            self.runner.ask(read(path))
        else:
            job = simulate(seed, None, scenario, plan)
            self.runner.ask(self.compiling.first(job) if self._compiles else job)

    # -- the loop ----------------------------------------------------------------------------------

    def run(self, seconds: float | None = None, timings: dict[str, float] | None = None) -> int:
        """Draw and listen until the window is closed (or ``seconds`` have passed)."""
        from viz.boot import pygame

        began = last = perf_counter()
        frames: list[float] = []
        dirty = True
        while True:
            events = pygame.event.get()
            if not events and not dirty:
                event = pygame.event.wait(round(IDLE * 1000 if not self.runner.busy else 30))
                events = [event] if event.type != pygame.NOEVENT else []
                if not events:
                    self.workshop.tidy()
                last = perf_counter() if not self.state.playing else last
            now = perf_counter()
            dt, last = min(now - last, 0.1), now
            for event in events:
                if self.turning.handle(event):
                    continue
                for wish in self.desk.handle(event, self.state):
                    if not self._grant(wish):
                        return self.exit_code
            self.desk.step(self.state, dt)
            for wish in self.desk.wishes:
                self._grant(wish)
            self.desk.wishes.clear()
            arrived = self._receive(dt)
            arrived = self.workshop.step() or arrived
            arrived = self.turning.step(dt) or arrived
            if self.turning.failed is not None and self.scene.tape is None:
                print(f"urga view: {self.turning.failed}", file=sys.stderr)
                self.exit_code = 2
            if self.exit_code:
                return self.exit_code
            drawn = perf_counter()
            surface = self.window.get_surface()
            hurried = self.state.playing or self.workshop.active
            budget = HELD_BUDGET if self.scene.panel.dragged is not None else BUDGET if hurried else STILL_BUDGET
            with undisturbed():
                self.scene.draw(surface, self.state, dt, budget)
            self.window.flip()
            took = perf_counter() - drawn
            frames.append(took)
            if timings is not None and arrived:
                timings["run"] = perf_counter() - began
            self._speak()
            self._name_missing()
            moving = (
                bool(events)
                or arrived
                or self.state.playing
                or self.scene.moving()
                or self.state.message_left > 0
                or self.state.age < 8.3
                or self.desk.rerun_in >= 0
                or self.scene.panel.busy > 0
                or self.turning.active
            )
            dirty = moving or self.workshop.active
            if seconds is not None and perf_counter() - began > seconds:
                if timings is not None and frames:
                    frames.sort()
                    timings["median"], timings["p99"] = (
                        frames[len(frames) // 2],
                        frames[int(len(frames) * 0.99)],
                    )
                return 0
            rest = (FRAME if moving else GROWING) - (perf_counter() - now)
            if dirty and rest > 0:
                pygame.time.wait(int(rest * 1000))

    def _receive(self, dt: float) -> bool:
        """Take in a run that has come; while one is on its way, say so (and, when long.

        That the engine compiles).
        """
        from viz.words import say

        scene, state = self.scene, self.state
        answer = self.runner.answer()
        busy = self.runner.busy or self.workshop.runs.busy
        scene.panel.busy = scene.panel.busy + dt if busy and scene.tape is not None else 0.0
        if answer is None:
            if scene.tape is None and self._compiles and self._path is None:
                seconds = perf_counter() - self._asked
                scene.waiting = f"{say('compiling', state.language)} {seconds:.0f} s"
                # how long it will take depends on the machine: the bar slows down and never pretends to be done
                scene.waited = 0.95 * (1 - math.exp(-seconds / COMPILING))
            return False
        if isinstance(answer, VizError):
            if scene.tape is None:
                print(f"urga view: {answer}", file=sys.stderr)
                self.exit_code = 2
            else:
                state.say(str(answer), 6.0)
            return True
        first = scene.tape is None
        self._take(answer)
        scene.waiting, scene.waited = "", 0.0
        if first:
            state.age = 0.0
            state.playing = self.play_when_ready
        return True

    def _take(self, tape: Tape) -> None:
        from viz import camps

        panel = self.scene.panel
        self.workshop.show(tape)
        told = tape.certificate
        if not camps.own(tape.camps):
            self.window.title = f"Urga: {tape.title}"
        if self._path is not None and told.get("seed", "").isdigit():
            panel.seed = panel.first_seed = int(told["seed"])
            self.workshop.scenario, self.workshop.plan = told.get("scenario", self.scenario), told.get("plan")

    def _name_missing(self) -> None:
        """Say once, in one line, which typefaces are missing and what stands in for them."""
        missing = self.scene.type.missing
        if len(missing) > self._named_missing:
            self._named_missing = len(missing)
            folder = self.scene.type.folder
            print(f"urga view: no typeface {', '.join(missing)} in {folder}; pygame's own is used", file=sys.stderr)

    def _speak(self) -> None:
        """The text log: every caption once, on standard output, and what the cards of decisions and games say."""
        for text in self.turning.unread() if self.log else ():
            print(text, flush=True)
        caption = self.scene.caption
        if self.log and caption is not None and caption is not self._said and self.scene.tape is not None:
            self._said = caption
            day = self.scene.tape.day(caption.hour)
            print(f"{day.isoformat()}  {caption.texts[self.state.language]}", flush=True)

    # -- wishes ------------------------------------------------------------------------------------

    def _grant(self, wish: str) -> bool:
        """Do what the controls asked of the window; False ends the session."""
        from viz.desk import FULLSCREEN, LOAD, QUIT, RERUN, SAVE, SETTLE, STILL

        if wish == QUIT:
            return False
        if wish == FULLSCREEN:
            self.toggle_fullscreen()
        elif wish == STILL:
            self.save_still()
        elif wish in (RERUN, SETTLE):
            self.workshop.rerun(settle=wish == SETTLE)
        elif wish == SAVE:
            self.workshop.save(Path.cwd())
        elif wish.startswith(LOAD):
            self.workshop.load(Path(wish.removeprefix(LOAD)))
        return True

    def toggle_fullscreen(self) -> None:
        """Full screen on or off; the layout follows the surface that comes of it."""
        self.full = not self.full
        if self.full:
            self.window.set_fullscreen(True)
        else:
            self.window.set_windowed()

    def save_still(self) -> None:
        """Save the present picture as a PNG in the working folder and say where."""
        from viz.stills import burn, free_name, save_png
        from viz.words import say

        tape = self.scene.tape
        if tape is None:
            return
        picture = self.window.get_surface().copy()
        burn(picture, self.scene, tape)
        day = tape.day(min(self.state.hour, tape.hours - 1))
        path = free_name(Path.cwd(), f"urga-{day.isoformat()}", ".png")
        try:
            save_png(picture, path)
            self.state.say(say("saved", self.state.language, file=path.name), 4.0)
        except VizError as error:
            self.state.say(say("not-saved", self.state.language, why=str(error)), 6.0)
