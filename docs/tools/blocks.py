"""Generated parts of a page: what stands between `<!-- generated: NAME -->` and `<!-- /generated -->`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

BLOCK = re.compile(r"(<!-- generated: (?P<name>[A-Za-z0-9 _.\-]+) -->\n)(?P<text>.*?)(<!-- /generated -->)", re.DOTALL)
Maker = Callable[[], str]


def names(text: str) -> list[str]:
    """The generated parts of a page, in order."""
    return [match["name"] for match in BLOCK.finditer(text)]


def fresh(text: str, makers: Mapping[str, Maker]) -> str:
    """The page with its generated parts made anew. Raises KeyError for a part that nobody makes."""
    return BLOCK.sub(lambda m: f"{m[1]}\n{makers[m['name']]().strip()}\n\n{m[4]}", text)


def pages(docs: Path) -> list[Path]:
    """All pages, sorted."""
    return sorted(path for path in docs.rglob("*.md") if "tools" not in path.relative_to(docs).parts)


def cell(text: object) -> str:
    """A text as it can stand in a cell of a table."""
    return re.sub(r"[ \t\r\n]+", " ", str(text)).strip(" ").replace("|", "\\|") or " "  # other spaces are meant


def table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *(tuple(cell(one) for one in row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
