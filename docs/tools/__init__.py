"""What keeps the pages in step with the code: generated tables, checks, digests of the rules, pictures, the site.

    python -m docs.tools write      write all generated tables into the pages
    python -m docs.tools check      say what is out of step; exit code 1 when anything is
    python -m docs.tools stamp      note that the pages describe the rules as they are now (after reading them again)
    python -m docs.tools measure    measure again what pages tell in numbers, and what tutorials print (minutes)
    python -m docs.tools figures    draw the pictures of the figures page again (minutes)
    python -m docs.tools site       build the site, warnings as errors

Nothing here is part of the program: `sim` and `viz` do not know of it.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SIM = ROOT / "sim"
