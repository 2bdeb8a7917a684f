"""A reader who types in what a page says: runs its code blocks in order, in one folder, and listens to what they print.

Commands of the program run in this process, windows close by themselves, and nothing is installed: `pip` and `pytest`
lines are what CI itself does (`.ci/run`). Blocks in `text` show what was printed and are not run.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from docs.tools import ROOT

FENCE = re.compile(r"^(?P<mark>`{3,})(?P<info>[^\n]*)\n(?P<text>.*?)^(?P=mark)[ \t]*$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(urga [^`\n]+)`")
SHELL = ("", "sh", "bash", "console")
SHOWN = "text"
ELSEWHERE = ("pip", "pytest")
"""Programs that CI runs before and around the tests."""
FEW = {"replay": ("--seeds", "2")}
"""Numbers for commands that are written without any: their defaults are too large for a test."""
PLAIN = ("cp", "mkdir")
ENVIRONMENT = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "COLUMNS": "100", "NO_COLOR": "1"}


@dataclass(frozen=True)
class Block:
    """A fenced block: language, title (a file's name), text, and its line in the page."""

    language: str
    title: str
    text: str
    line: int


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a page that somebody may run, in order."""
    page = path.read_text(encoding="utf-8")
    found: list[Block] = []
    for match in FENCE.finditer(page):
        language, _, rest = match["info"].strip().partition(" ")
        title = re.search(r'title="([^"]+)"', rest)
        if language != SHOWN:
            line = page[: match.start()].count("\n") + 1
            found.append(Block(language, title[1] if title else "", match["text"], line))
    return found


def inline(path: Path) -> list[str]:
    """Commands of the program in running text and tables."""
    return INLINE.findall(FENCE.sub("", path.read_text(encoding="utf-8")))


class Reader:
    """Somebody in a folder of his own; files that blocks make lie there, and Python blocks share their names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, Any] = {"__name__": "page"}
        (folder / "scenarios").symlink_to(ROOT / "scenarios")

    def follow(self, path: Path) -> list[str]:
        """Do what every block says; returns what each has printed. Raises AssertionError naming page and line."""
        said: list[str] = []
        with contextlib.chdir(self.folder), mock.patch.dict(os.environ, ENVIRONMENT):
            for block in blocks(path):
                heard = io.StringIO()
                try:
                    with contextlib.redirect_stdout(heard):
                        self.do(block)
                except Exception as error:
                    where = f"{path.name}, line {block.line}"
                    raise AssertionError(f"{where}: {type(error).__name__}: {error}") from error
                said.append(heard.getvalue())
        return said

    def do(self, block: Block) -> None:
        """Run a block, or write the file that it shows."""
        if block.title:
            (self.folder / block.title).write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            exec(compile(block.text, "<block>", "exec"), self.names)
        elif block.language == "toml":
            self.compare(block.text)
        elif block.language in SHELL:
            for line in block.text.splitlines():
                for command in line.split("&&"):
                    if command.strip():
                        self.type(shlex.split(command, comments=True))
        else:
            raise AssertionError(f"nobody runs a block in {block.language!r}: give it a title or another language")

    def compare(self, text: str) -> None:
        """A piece of rules.toml that a page shows must stand there."""
        rules = tomllib.loads((ROOT / "scenarios/mongolia_1921/rules.toml").read_text(encoding="utf-8"))
        for section, entries in tomllib.loads(text).items():
            for name, keys in entries.items():
                for key, value in keys.items():
                    assert rules[section][name][key] == value, f"rules.toml: [{section}.{name}] {key} is not {value}"

    def type(self, words: list[str]) -> None:
        """Run one command."""
        program, *rest = words
        if program in ELSEWHERE:
            return
        if program in PLAIN:
            subprocess.run(words, cwd=self.folder, check=True)
        elif program == "urga":
            self.urga(rest)
        else:
            raise AssertionError(f"nobody runs {program!r}")

    def urga(self, words: list[str]) -> None:
        """Run a command of the program."""
        from sim import cli

        few = FEW.get(words[0], ())
        if few and few[0] not in words:
            words = [*words, *few]
        with short_windows() if words[0] == "view" else contextlib.nullcontext():
            assert cli.call(words) == 0, f"urga {shlex.join(words)} fails"


@contextlib.contextmanager
def short_windows() -> Generator[None]:
    """A window that closes by itself after half a second, with the run in it."""
    from viz import app

    real = app.main

    def brief(*given: Any, **named: Any) -> int:
        return real(*given, **{**named, "size": (640, 400), "seconds": 0.5})

    with mock.patch.object(app, "main", brief):
        yield


def options(command: list[str]) -> str:
    """What is wrong with a command in running text: an unknown command or option; empty when nothing is."""
    import typer

    from sim.cli import app

    program: Any = typer.main.get_command(app)
    if command[1] not in program.commands and not command[1].startswith("-"):
        return f"there is no command {command[1]!r}"
    params = program.commands[command[1]].params if command[1] in program.commands else program.params
    known = {name for one in params for name in (*one.opts, *one.secondary_opts)} | {"--help"}
    return next((f"{word}: no such option" for word in command if word.startswith("--") and word not in known), "")
