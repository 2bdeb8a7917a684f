"""What the blocks of the tutorials print, kept beside the pages: shown below the blocks, measured by one command."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from docs.tools import DOCS, measured
from docs.tools.reader import Reader, blocks

FILE = DOCS / "measured" / "tutorials.json"
PAGES = ("lecturer", "researcher", "student")
HEAD, TAIL = 14, 20  # lines of a long output that are shown


def listen() -> Path:
    """Follow every tutorial and keep what its blocks print."""
    import sim

    said: dict[str, Any] = {"version": sim.__version__, "engine": sim.engine_hash()}
    for name in PAGES:
        with tempfile.TemporaryDirectory() as folder:
            page = DOCS / "tutorials" / f"{name}.md"
            told = zip(typed(page), Reader(Path(folder)).follow(page), strict=True)
            said[name] = [{"typed": code, "printed": text} for code, text in told]
    return measured.keep(FILE.stem, said)


def typed(page: Path) -> list[str]:
    """A hash of each block of a page."""
    return [hashlib.sha256(block.text.encode()).hexdigest()[:12] for block in blocks(page)]


def kept() -> dict[str, Any]:
    """What was measured."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def stale() -> Iterator[str]:
    """Tutorials whose blocks are others than those whose output is shown."""
    for name in PAGES if FILE.exists() else ():
        if [one["typed"] for one in kept()[name]] != typed(DOCS / "tutorials" / f"{name}.md"):
            yield (
                f"docs/tutorials/{name}.md: a block has changed: run `python -m docs.tools measure` for what it "
                "prints now"
            )


def shown(page: str, block: int) -> str:
    """What a block of a tutorial (counted from 1) printed: all of it, or its beginning and its end."""
    lines = [line.rstrip() for line in kept()[page][block - 1]["printed"].strip("\n").splitlines()]
    if len(lines) > HEAD + TAIL + 3:
        lines = [*lines[:HEAD], f"... ({len(lines) - HEAD - TAIL} lines left out)", *lines[-TAIL:]]
    return "\n".join(["```text", *lines, "```"])


def measured_on() -> str:
    """What the outputs were measured on."""
    told = kept()
    return f"What blocks print here was printed by version {told['version']}, engine `{told['engine']}`."


def makers() -> dict[str, Callable[[], str]]:
    """The generated parts: `output PAGE BLOCK`. Those of blocks that no page shows are left out by the check."""
    if not FILE.exists():
        return {}
    told = kept()
    made: dict[str, Callable[[], str]] = {"outputs": measured_on}
    for page in PAGES:
        for number in range(1, len(told[page]) + 1):
            made[f"output {page} {number}"] = partial(shown, page, number)
    return made
