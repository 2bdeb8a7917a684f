"""Standing orders, measured: the replay of the doctrine plan beside the historical one, and what hangs on its odds."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from docs.tools import measured
from docs.tools.blocks import table

if TYPE_CHECKING:
    from sim.scenario_files import Condition, ScenarioData

NAME, PLAN = "standing", "doctrine"
LEAVES = "ungern-leaves"
GIVES_WAY = 1.2
RATIOS = (0.8, 1.0, 1.2, 1.5, 2.0, 3.0)
SHOWN = (
    ("troitskosavsk", "defeat at Troitskosavsk"),
    ("second-raid", "second raid"),
    ("urga", "Urga falls"),
    ("mutiny", "mutiny"),
    ("outcome", "outcome"),
)
FEWER = 100
"""Runs of each ratio in the table of odds."""
NEEDED = {"G": 0.9, "E": 0.75}
"""Share of runs within the dates that the replay asks for."""


def measure() -> Path:
    """Play the plan with its own odds and with others, and keep what the page needs."""
    return measured.keep(NAME, {"west": _west(), "odds": {f"{ratio:g}": _occurred(ratio) for ratio in RATIOS}})


def _west() -> dict[str, Any]:
    """When the order to march west is given in runs without a second raid, and how long until the first mutiny."""
    import sim
    from sim.state import E_MUTINY, E_ORDERED

    scenario = sim.load(plan=PLAN)
    order = scenario.order_ids.index(LEAVES)
    given: list[int] = []
    after: list[float] = []
    for seed in range(measured.SEEDS):
        run = sim.run(scenario, seed)
        rows = run.chronicle
        west = rows["hour"][(rows["kind"] == E_ORDERED) & (rows["other"] == order)]
        if not len(west) or run.documented_hours["second-raid"] is not None:
            continue
        given.append(int(west[0]))
        mutinies = rows["hour"][(rows["kind"] == E_MUTINY) & (rows["hour"] >= west[0])]
        if len(mutinies):
            after.append((int(mutinies[0]) - int(west[0])) / 24)
    start = scenario.date(0)
    return {
        "runs": measured.SEEDS,
        "given": len(given),
        "dates": [_date(start, hour) for hour in np.quantile(given, (0.1, 0.5, 0.9))],
        "mutinies": len(after),
        "days": [round(float(one), 1) for one in np.quantile(after, (0.1, 0.5, 0.9))],
    }


def _date(start: datetime, hour: float) -> str:
    return (start + timedelta(hours=float(hour))).isoformat()


def _occurred(ratio: float) -> dict[str, float]:
    """Share of runs in which the shown events occur when ground is given up at other odds."""
    import sim
    from sim.scenario_files import find_scenario, read_folder

    data = read_folder(find_scenario("mongolia_1921"))
    runs = sim.ensemble(sim.load(_bolder(data, ratio), plan=PLAN), range(FEWER))
    found = {one.id: float(one.share_occurred) for one in runs.scores()}
    return {name: found[name] for name, _ in SHOWN}


def _bolder(data: ScenarioData, ratio: float) -> ScenarioData:
    """The plan with other odds at which ground is given up."""

    def changed(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        return tuple(
            one.model_copy(update={"ratio": ratio}) if one.kind == "odds" and one.ratio == GIVES_WAY else one
            for one in conditions
        )

    plan = data.plans[PLAN]
    orders = tuple(
        one.model_copy(update={"when": changed(one.when), "when_any": changed(one.when_any)}) for one in plan.orders
    )
    return dataclasses.replace(data, plans={**data.plans, PLAN: plan.model_copy(update={"orders": orders})})


# ---------------------------------------------------------------------- what the page shows


def events() -> str:
    """The replay of the plan, and in the last column the historical plan."""
    told, other = measured.kept(f"replay-{PLAN}"), measured.kept("replay-historical")
    beside = {one["id"]: one for one in other["events"]}
    rows: list[tuple[object, ...]] = []
    for one in told["events"]:
        also = beside[one["id"]]
        rows.append(
            (
                *measured.event_cells(one),
                f"{measured.percent(also['share_within'])}, {measured.percent(also['share_occurred'])}",
            )
        )
    head = (*measured.EVENT_HEAD, "historical plan: within, occurred")
    return f"{measured.certificate(told)}\n\n" + table(head, rows)


def shares() -> str:
    """How many events come out as often as the replay asks for, in words."""
    events_of = measured.kept(f"replay-{PLAN}")["events"]
    lines: list[str] = []
    means: list[str] = []
    for group, what in (("G", "near given"), ("E", "emergent")):
        of = [one["share_within"] for one in events_of if one["group"] == group]
        well = sum(share > NEEDED[group] for share in of)
        lines.append(f"{well} of the {len(of)} {what} events")
        means.append(f"{measured.percent(sum(of) / len(of))} for the {what} events")
    return (
        f"{lines[0]} and {lines[1]} come out within their dates as often as the replay asks for (in more than 90 and "
        f"75 % of the runs). The mean share within the dates is {means[0]} and {means[1]}."
    )


def west() -> str:
    """What the second raid put off, in words."""
    told = measured.kept(NAME)["west"]
    dates = [measured.when(one) for one in told["dates"]]
    days = [f"{one:.0f}" for one in told["days"]]
    return (
        f"In {told['given']} of {told['runs']} runs no second raid crosses the frontier and the order to march west is "
        f"given: in the middle run on {dates[1]} (10-90 %: {dates[0]} to {dates[2]}). In {told['mutinies']} of them a "
        f"mutiny follows, the first one after {days[1]} days (10-90 %: {days[0]} to {days[2]})."
    )


def odds() -> str:
    """How far the figures hang on the odds at which ground is given up."""
    rows: list[tuple[object, ...]] = []
    for row, (ratio, found) in enumerate(measured.kept(NAME)["odds"].items()):
        words = f"{float(ratio):.1f}" + (" enemies to one" if row == 0 else "")
        rows.append((words, *(measured.percent(found[name]) for name, _ in SHOWN)))
    return table(("gives way at", *(title for _, title in SHOWN)), rows)


def makers() -> dict[str, Callable[[], str]]:
    """The generated parts of the page on standing orders."""
    if not (measured.there(NAME) and measured.there(f"replay-{PLAN}")):
        return {}
    return {"standing events": events, "standing shares": shares, "standing west": west, "standing odds": odds}
