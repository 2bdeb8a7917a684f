"""Links, anchors and pictures of the Markdown files, checked without a browser and without network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from docs.tools import DOCS, ROOT, blocks

LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
FENCE = re.compile(r"^(?P<mark>`{3,}|~{3,}).*?^(?P=mark)\s*$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`[^`\n]+`")
HEADING = re.compile(r"^#{1,6}\s+(.*?)(?:\s*\{\s*#(?P<id>[\w\-]+)\s*\})?\s*#*\s*$", re.MULTILINE)


def slug(heading: str) -> str:
    """The anchor that Python-Markdown gives a heading."""
    text = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    text = re.sub(r"[^\w\s-]", "", text.encode("ascii", "ignore").decode()).strip().lower()
    return re.sub(r"[-\s]+", "-", text)


def anchors(text: str) -> set[str]:
    """All anchors of a page."""
    found: set[str] = set()
    for match in HEADING.finditer(FENCE.sub("", text)):
        base = match["id"] or slug(match[1])
        name, number = base, 1
        while name in found:
            name, number = f"{base}_{number}", number + 1
        found.add(name)
    return found | set(re.findall(r"<a id=\"([^\"]+)\"", text))


def files() -> list[Path]:
    """README, changelog, the scenarios' READMEs and every page."""
    return [
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        *sorted((ROOT / "scenarios").glob("*/README.md")),
        *blocks.pages(DOCS),
    ]


def broken(paths: list[Path] | None = None) -> Iterator[str]:
    """Links and pictures that lead nowhere, in every file."""
    for path in paths or files():
        text = path.read_text(encoding="utf-8")
        plain = INLINE.sub("", FENCE.sub("", text))
        for target in LINK.findall(plain):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            there = (path.parent / name).resolve() if name else path
            shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
            if not there.exists():
                yield f"{shown}: {target} leads nowhere"
            elif anchor and there.suffix == ".md" and anchor not in anchors(there.read_text(encoding="utf-8")):
                yield f"{shown}: {target}: there is no heading of this name"
