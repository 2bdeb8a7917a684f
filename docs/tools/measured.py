"""Measured tables: numbers of a run of the program, kept beside the pages with what they were measured on."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from docs.tools import DOCS, ROOT
from docs.tools.blocks import table

SEEDS = 200
FOLDER = DOCS / "measured"
PLANS = ("historical", "doctrine")
BASELINES = ROOT / "tests" / "baselines" / "hashes.toml"
EVENT_HEAD = ("group", "event", "documented", "within", "occurred", "median", "10-90 %")


def results() -> str:
    """What the model's results are, as a mark: a hash of the baselines, which are written anew when results change.

    A measured table that bears another mark was measured on another model. The engine's own hash would change with
    every line of its code, whether anything comes out differently or not.
    """
    hashes = tomllib.loads(BASELINES.read_text(encoding="utf-8"))["hashes"]
    return hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()[:16]


def keep(name: str, told: dict[str, Any]) -> Path:
    """Keep a measurement with the mark of the results that it was made with."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.json"
    text = json.dumps({"results": results(), **told}, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def there(name: str) -> bool:
    """Whether it has been measured."""
    return (FOLDER / f"{name}.json").exists()


def stale(folder: Path | None = None) -> Iterator[str]:
    """Measurements that were made with other results than those of the model as it is."""
    now = results()
    for path in sorted((folder or FOLDER).glob("*.json")):
        if json.loads(path.read_text(encoding="utf-8")).get("results") != now:
            command = "figures" if path.stem == "figures" else "measure"
            yield f"docs/measured/{path.name}: measured before results changed: run `python -m docs.tools {command}`"


def stale_readme(readme: Path = ROOT / "README.md") -> Iterator[str]:
    """Numbers of the replay that README tells otherwise than they were measured."""
    told = kept("replay-historical")
    within = {group: [one["share_within"] for one in told["events"] if one["group"] == group] for group in "GE"}
    often = {group: sum(share > least for share in within[group]) for group, least in (("G", 0.9), ("E", 0.75))}
    few = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
    text = " ".join(readme.read_text(encoding="utf-8").split())
    for words in (
        f"all {few[often['G']]} that dated orders nearly imply" if often["G"] == len(within["G"]) else "",
        f"more than 90 % of {told['certificate']['seeds']} runs",
        f"{few[often['E']]} of the {few[len(within['E'])]} emergent ones in more than 75 %",
        f"in {percent(min(within['E']))}",
    ):
        if not words or words not in text:
            yield f"README.md: how well it replays history has changed: {words or 'not all near given events fit'}"


def measure(plan: str, seeds: int = SEEDS) -> Path:
    """Play the replay of a plan and keep what its table needs."""
    from sim.replay import replay, to_json
    from sim.scenario import load

    told = to_json(replay(load(plan=plan), seeds=seeds))
    del told["runs"], told["hazard_of_mutiny"]
    told["certificate"].pop("patches")
    return keep(f"replay-{plan}", told)


def kept(name: str) -> dict[str, Any]:
    """What was measured."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def replay_table(plan: str) -> str:
    """The replay against the documented course."""
    told = kept(f"replay-{plan}")
    rows = [(*event_cells(one), percent(one["share_within_no_battles"])) for one in told["events"]]
    return f"{certificate(told)}\n\n" + table((*EVENT_HEAD, "without battles"), rows)


def event_cells(one: dict[str, Any]) -> tuple[object, ...]:
    """The cells of an event under EVENT_HEAD."""
    first, last = (date.fromisoformat(day) for day in one["window"])
    return (
        one["group"],
        f"{one['title']} (`{one['id']}`)",
        _span(first, last),
        percent(one["share_within"]),
        percent(one["share_occurred"]),
        when(one["median"]),
        " - ".join(dict.fromkeys([when(one["p10"]), when(one["p90"])])),
    )


def certificate(told: dict[str, Any]) -> str:
    """What a replay was measured on, in words."""
    one = told["certificate"]
    return (
        f"`urga replay --plan {one['plan']} --seeds {one['seeds']}`, seeds 0 to {one['seeds'] - 1}, version "
        f"{one['version']}, engine `{one['engine']}`, scenario `{one['scenario_hash']}`."
    )


def disputed(plan: str) -> str:
    """For disputed dates, the share of runs that fits each source."""
    rows: list[tuple[object, ...]] = [
        (one["title"], source.replace(";", ", "), percent(share))
        for one in kept(f"replay-{plan}")["events"]
        for source, share in one["by_source"].items()
    ]
    return table(("event", "source", "of the runs in which it occurred, within its dates"), rows)


def typical(plan: str) -> str:
    """How typical the real campaign is, and how often the mutiny comes too early."""
    told = kept(f"replay-{plan}")
    return (
        f"In {percent(told['mutiny_before_last_month'])} of the runs somebody mutinies before the last month. "
        f"{percent(told['typicality'])} of the runs lie at least as far from the middle of the others as the real "
        "campaign does."
    )


def percent(share: float | None) -> str:
    """A share in whole percent."""
    return "none" if share is None else f"{100 * share:.0f} %"


def when(moment: str | None) -> str:
    """Day and month of a moment in ISO; `never` for none."""
    return "never" if moment is None else _day(datetime.fromisoformat(moment))


def _day(moment: date) -> str:
    return f"{moment.day}\u00a0{moment:%b}"  # a date is not broken over two lines


def _span(first: date, last: date) -> str:
    return f"{_day(first)} - {_day(last)}"


def makers() -> dict[str, Callable[[], str]]:
    """The generated parts that hold the replay of the historical plan."""
    if not there("replay-historical"):
        return {}
    made = {"replay": replay_table, "disputed": disputed, "typical": typical}
    return {f"{name} historical": partial(make, "historical") for name, make in made.items()}
