"""Baselines: what ten seeds of every plan of the shipped campaign came to, as hashes, kept in `baselines/hashes.toml`.

    python tests/baseline_kit.py            plays the seeds and says what differs
    python tests/baseline_kit.py --write    the same, and writes the file anew

A hash covers the whole numbers of a run: its chronicle (hour, kind, who, where, whom, numbers), changes of hands and
books. Floating-point numbers are left out: the engine is compiled without fast mathematics, so that plus and times
give the same bits everywhere, but exp, log and powers come from the machine's own library and may differ in the last
one. Such a bit moves a whole number only when a draw falls within 1e-15 of a threshold: not once in a million runs;
the file therefore holds on every machine. `test_baselines.py` shows it on worlds nudged by a thousand times as much, on
code for the plainest processor of this kind, and on the rules as plain Python. The stamp says where it was written, for
whoever has to find out why it does not hold.

Results may change, but not unsaid: hashes that differ are written only when CHANGELOG.md, in its topmost part, has an
entry under "Results change" (or a line that begins with "Results change:") that is newer than the file.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import law_kit
import llvmlite
import llvmlite.binding
import numba
import numpy as np

import sim
from sim.runs import Run
from sim.scenario import Scenario

FILE = Path(__file__).resolve().parent / "baselines" / "hashes.toml"
CHANGELOG = law_kit.ROOT / "CHANGELOG.md"
SEEDS = range(10)
COMMAND = "python tests/baseline_kit.py --write"
WHOLE: list[str] = ["hour", "kind", "who", "where", "whom", "other", "n1", "n2", "n3"]
HEADING, PREFIX = "### Results change", "Results change:"

Hashes = dict[str, list[str]]
"""Plan -> hash of each seed, in the order of SEEDS."""


@dataclass(frozen=True)
class Ledger:
    """The file: hashes, the changes of results that the changelog had told by then, and where it was written."""

    hashes: Hashes
    told: tuple[str, ...]
    stamp: dict[str, str] = field(default_factory=dict[str, str])


def stamp() -> dict[str, str]:
    """What the numbers of this machine hang on."""
    return {
        "urga": sim.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
        "llvmlite": llvmlite.__version__,
        "machine": platform.machine(),
        "cpu": str(llvmlite.binding.get_host_cpu_name()),
        "libc": " ".join(platform.libc_ver()).strip() or platform.system(),
    }


def hash_of(run: Run) -> str:
    """Hash of the whole numbers of a run."""
    return law_kit.fingerprint(run.chronicle[WHOLE], run.holders, run.books)[:16]


def play(scenario: Scenario, seeds: Iterable[int] = SEEDS) -> list[str]:
    """Hash of each seed."""
    return [hash_of(sim.run(scenario, seed)) for seed in seeds]


def play_all() -> Hashes:
    """Every plan of the shipped scenario."""
    data = sim.load().data
    return {plan: play(sim.load(data, plan=plan)) for plan in sorted(data.plans)}


# ---------------------------------------------------------------------- changelog


def told_changes(changelog: str) -> tuple[str, ...]:
    """Changes of results that the topmost part of a changelog tells, one line each."""
    parts = changelog.split("\n## ")
    top = parts[1] if len(parts) > 1 else ""
    found: list[str] = []
    within = False
    for line in top.splitlines():
        if line.startswith("#"):
            within = line.strip() == HEADING
        elif line.lstrip("-* ").startswith(PREFIX) or (within and line.startswith(("- ", "* "))):
            found.append(line.lstrip("-* ").strip())
        elif within and found and line.strip():
            found[-1] += " " + line.strip()
    return tuple(found)


# ---------------------------------------------------------------------- the file


def read(path: Path = FILE) -> Ledger:
    """The file; an empty ledger when there is none."""
    if not path.is_file():
        return Ledger({}, ())
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return Ledger(document["hashes"], tuple(document["told"]), document["stamp"])


def text_of(ledger: Ledger) -> str:
    """The file's text."""

    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    lines = [
        f"# Hashes of seeds {SEEDS[0]}-{SEEDS[-1]} of every plan. Written by `{COMMAND}`, never by hand.",
        "",
        "# changes of results that the changelog told when this was written",
        "told = [",
        *(f"    {quoted(line)}," for line in ledger.told),
        "]",
        "",
        "[stamp]",
        *(f"{name} = {quoted(value)}" for name, value in ledger.stamp.items()),
        "",
        "[hashes]",
    ]
    for plan, hashes in ledger.hashes.items():
        lines += [f"{plan} = [", *(f"    {quoted(one)}," for one in hashes), "]"]
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------------- the verdict


def differences(now: Hashes, then: Hashes) -> list[str]:
    """What differs, a line a plan: seeds that came out otherwise, plans that came or went."""
    found: list[str] = []
    for plan in sorted(now.keys() | then.keys()):
        if plan not in then:
            found.append(f"{plan}: a new plan")
        elif plan not in now:
            found.append(f"{plan}: the plan is gone")
        elif changed := [s for s, (a, b) in enumerate(zip(now[plan], then[plan], strict=False)) if a != b]:
            found.append(
                f"{plan}: {len(changed)} of {len(now[plan])} runs differ (seeds {', '.join(map(str, changed))})"
            )
        elif len(now[plan]) != len(then[plan]):
            found.append(f"{plan}: {len(now[plan])} seeds instead of {len(then[plan])}")
    return found


def unsaid(now: Hashes, ledger: Ledger, changelog: str) -> list[str]:
    """What differs without a word in the changelog: runs of a plan that was there before, and no newer entry."""
    changed = [line for line in differences(now, ledger.hashes) if not line.endswith("a new plan")]
    newer = set(told_changes(changelog)) - set(ledger.told)
    return [] if newer else changed


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: nothing differs, or it was written; 1: differs; 2: may not be written."""
    parser = argparse.ArgumentParser(description="Baselines: hashes of ten seeds of every plan.")
    parser.add_argument("--write", action="store_true", help="write the file anew")
    wanted = parser.parse_args(arguments)
    now, ledger, changelog = play_all(), read(), CHANGELOG.read_text(encoding="utf-8")
    changed = differences(now, ledger.hashes)
    for line in changed:
        print(line)
    if not wanted.write:
        print(f"differs; written with {ledger.stamp}, here {stamp()}" if changed else "as in the file")
        return 1 if changed else 0
    if unsaid(now, ledger, changelog):
        print(f"not written: say what changed under {HEADING!r} in the topmost part of CHANGELOG.md", file=sys.stderr)
        return 2
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text_of(Ledger(now, told_changes(changelog), stamp())), encoding="utf-8")
    print(f"written: {FILE}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
