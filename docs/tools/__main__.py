"""`python -m docs.tools COMMAND`: see `docs.tools`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import docs.tools as about
from docs.tools import DOCS, ROOT, blocks, checks, tables


def write() -> int:
    """Write all generated tables into the pages."""
    makers = tables.makers()
    for path in blocks.pages(DOCS):
        text = path.read_text(encoding="utf-8")
        new = blocks.fresh(text, makers)
        if new != text:
            path.write_text(new, encoding="utf-8")
            print(path.relative_to(ROOT))
    return 0


def check() -> int:
    """Say what is out of step."""
    found = checks.everything()
    print(*found or ["pages and code are in step"], sep="\n")
    return 1 if found else 0


def stamp() -> int:
    """Note that the pages describe the rules as they are now."""
    checks.stamp()
    return write()


def measure() -> int:
    """Measure everything that the pages tell in numbers again, and write the tables."""
    from docs.tools import kernel, measured, outputs, standing

    for make in (*(partial(measured.measure, plan) for plan in measured.PLANS), standing.measure, kernel.measure):
        print(make().relative_to(ROOT), flush=True)
    print(outputs.listen().relative_to(ROOT))
    return write()


def figures() -> int:
    """Draw the pictures of the figures page."""
    from docs.tools import figures as drawing

    print(*(path.relative_to(ROOT) for path in drawing.draw()), sep="\n")
    return 0


def site(out: Path) -> int:
    """Build the site, warnings as errors."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(out.resolve())]
    return subprocess.call(command, cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})


def main() -> int:
    """Read the command and do it; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m docs.tools", description=about.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["write", "check", "stamp", "measure", "figures", "site"])
    parser.add_argument("--out", type=Path, default=ROOT / "site", help="folder of the site")
    asked = parser.parse_args()
    if asked.command == "site":
        return site(asked.out)
    return {"write": write, "check": check, "stamp": stamp, "measure": measure, "figures": figures}[asked.command]()


if __name__ == "__main__":
    raise SystemExit(main())
