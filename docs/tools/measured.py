"""Measured tables: numbers of a run of the program, kept beside the pages with what they were measured on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from docs.tools import DOCS
from docs.tools.blocks import table

SEEDS = 200
FOLDER = DOCS / "measured"


def measure(plan: str, seeds: int = SEEDS, folder: Path = FOLDER) -> Path:
    """Play the replay of a plan and keep what its table needs."""
    from sim.replay import replay, to_json
    from sim.scenario import load

    told = to_json(replay(load(plan=plan), seeds=seeds))
    del told["runs"], told["hazard_of_mutiny"]
    told["certificate"].pop("patches")
    folder.mkdir(exist_ok=True)
    path = folder / f"replay-{plan}.json"
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def plans() -> list[str]:
    """Plans whose replay was measured."""
    return sorted(path.stem.removeprefix("replay-") for path in FOLDER.glob("replay-*.json"))


def kept(plan: str) -> dict[str, Any]:
    """What was measured."""
    return json.loads((FOLDER / f"replay-{plan}.json").read_text(encoding="utf-8"))


def replay_table(plan: str) -> str:
    """The replay against the documented course."""
    told = kept(plan)
    rows: list[tuple[object, ...]] = []
    for one in told["events"]:
        first, last = (date.fromisoformat(day) for day in one["window"])
        rows.append(
            (
                one["group"],
                f"{one['title']} (`{one['id']}`)",
                _span(first, last),
                _percent(one["share_within"]),
                _percent(one["share_occurred"]),
                _when(one["median"]),
                " - ".join(dict.fromkeys([_when(one["p10"]), _when(one["p90"])])),
                _percent(one["share_within_no_battles"]),
            )
        )
    head = ("group", "event", "documented", "within", "occurred", "median", "10-90 %", "without battles")
    return f"{_certificate(told)}\n\n" + table(head, rows)


def _certificate(told: dict[str, Any]) -> str:
    one = told["certificate"]
    return (
        f"`urga replay --plan {one['plan']} --seeds {one['seeds']}`, seeds 0 to {one['seeds'] - 1}, version "
        f"{one['version']}, engine `{one['engine']}`, scenario `{one['scenario_hash']}`."
    )


def disputed(plan: str) -> str:
    """For disputed dates, the share of runs that fits each source."""
    rows: list[tuple[object, ...]] = [
        (one["title"], source.replace(";", ", "), _percent(share))
        for one in kept(plan)["events"]
        for source, share in one["by_source"].items()
    ]
    return table(("event", "source", "of the runs in which it occurred, within its dates"), rows)


def typical(plan: str) -> str:
    """How typical the real campaign is, and how often the mutiny comes too early."""
    told = kept(plan)
    return (
        f"In {_percent(told['mutiny_before_last_month'])} of the runs somebody mutinies before the last month. "
        f"{_percent(told['typicality'])} of the runs lie at least as far from the middle of the others as the real "
        "campaign does."
    )


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{100 * share:.0f} %"


def _when(moment: str | None) -> str:
    return "never" if moment is None else _day(datetime.fromisoformat(moment))


def _day(moment: date) -> str:
    return f"{moment.day} {moment:%b}"


def _span(first: date, last: date) -> str:
    return f"{_day(first)} - {_day(last)}"


def makers() -> dict[str, Callable[[], str]]:
    """The generated parts that hold measurements."""
    made: dict[str, Callable[[], str]] = {}
    for plan in plans():
        made[f"replay {plan}"] = partial(replay_table, plan)
        made[f"disputed {plan}"] = partial(disputed, plan)
        made[f"typical {plan}"] = partial(typical, plan)
    return made
