"""How the cost of a run grows with its units: synthetic campaigns of 50 to 5,000 units, places in proportion.

``python -m benchmarks.scale [--units 50 158 500 1581 5000] [--days 3] [--repeats 3]``, from the checkout

A generator writes a scenario folder: a square of places joined by roads, two sides, one command for every 25 units,
each ordered from its corner toward the other side's. The engine then plays the same days of each; the figure is the
processor's time for one unit and one hour, the least of the repeats, and the bytes that a run takes.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import sim
from sim.campaign import advance
from sim.scenario import Scenario
from sim.state import State, new_state

UNITS_A_COMMAND, UNITS_A_PLACE, STEP_DEG = 25, 0.4, 0.25
FACT = 'source = "made"\nconfidence = "assumed"\n'
RULES = Path(sim.__file__).resolve().parents[1] / "scenarios" / "mongolia_1921" / "rules.toml"


def write(folder: Path, units: int) -> Path:
    """Write a synthetic campaign of so many units."""
    side = max(4, round((units / UNITS_A_PLACE) ** 0.5))
    commands = max(2, units // UNITS_A_COMMAND)

    def place(row: int, column: int) -> str:
        return f"p{row:03}_{column:03}"

    def stand(k: int) -> tuple[int, int]:
        """Commands stand in two columns of places, a third of the square apart."""
        return (k // 2 * 7919) % side, (side // 3 if k % 2 == 0 else 2 * side // 3)

    head = ['id = "square"', 'title = "A square"', "start = 1921-05-01", "end = 1921-08-31", 'default_plan = "only"']
    names = ("Blue", "Green")
    for k, name in enumerate(names):
        head.append(f'[[sides]]\nid = "{name}"\nname = "{name}"\nhome = ["Land{k}"]\n{FACT}')
        head.append(f'[[factions]]\nid = "f{k}"\nname = "{name}"\nside = "{name}"\nloyalty = 0.8\n{FACT}')
    orders = ['id = "only"']
    for k in range(commands):
        here, there = place(*stand(k)), place(*stand(k ^ 1 if k ^ 1 < commands else k - 1))
        head.append(
            f'[[commands]]\nid = "c{k}"\nname = "Command {k}"\nside = "{names[k % 2]}"\nbase = "{here}"\n{FACT}'
        )
        orders.append(
            f'[[orders]]\nid = "o{k}"\ncommand = "c{k}"\ntask = "attack"\nobjective = "{there}"\n'
            f'when = [{{kind = "date", date = 1921-05-01}}]\n{FACT}'
        )
    places = ["id,name,lat,lon,kind,rank,country,holder,grass,accuracy,source,confidence"]
    routes = ["id,from,to,kind,terrain,length_km,telegraph,source,confidence"]
    for row in range(side):
        for column in range(side):
            half, name = int(column >= side / 2), place(row, column)
            lat, lon = 45 + row * STEP_DEG, 95 + column * STEP_DEG * 1.5
            places.append(f"{name},{name},{lat:.3f},{lon:.3f},town,3,Land{half},{names[half]},0.6,C,made,assumed")
            for other in (place(row + 1, column), place(row, column + 1)):
                if int(other[1:4]) < side and int(other[5:]) < side:
                    routes.append(f"{name}--{other},{name},{other},road,open steppe,28,no,made,assumed")
    rows = [
        "id,name,side,faction,command,place,arm,count_as,men,horses,mg,quality,rounds,rations_days,source,confidence"
    ]
    for k in range(units):
        c = k * commands // units
        rows.append(
            f"u{k:05},Unit {k},{names[c % 2]},f{c % 2},c{c},{place(*stand(c))},"
            "cavalry,sabres,200,260,1,1,90,10,made,assumed"
        )
    folder.mkdir(parents=True)
    (folder / "plans").mkdir()
    rules = "\n".join(
        'source = "made"' if line.startswith("source") else line for line in RULES.read_text("utf-8").splitlines()
    )
    for name, text in {
        "scenario.toml": "\n".join(head),
        "places.csv": "\n".join(places),
        "routes.csv": "\n".join(routes),
        "units.csv": "\n".join(rows),
        "rules.toml": rules,
        "history.toml": "",
        "sources.toml": '[made]\ntitle = "Made by a program"',
        "plans/only.toml": "\n".join(orders),
    }.items():
        (folder / name).write_text(text + "\n", encoding="utf-8")
    return folder


def measure(scenario: Scenario, hours: int, repeats: int) -> tuple[float, State]:
    """Microseconds of the processor for a unit and an hour, the least of the repeats; the last state."""
    best, state = float("inf"), new_state(scenario.tables, 0)
    for seed in range(repeats):
        state = new_state(scenario.tables, seed)
        began = time.process_time()
        advance(scenario.tables, state, 0, hours)
        best = min(best, time.process_time() - began)
    return best / hours / scenario.tables.n_units * 1e6, state


def main() -> None:
    """Print a row a size."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--units", type=int, nargs="+", default=[50, 158, 500, 1581, 5000])
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    first = sim.load()
    measure(first, 24, 1)
    print(f"{'units':>6} {'places':>7} {'us a unit-hour':>15} {'against first':>14} {'MB a run':>9} {'KB a unit':>10}")
    least = 0.0
    for units in asked.units:
        with tempfile.TemporaryDirectory() as passing:
            scenario = sim.load(write(Path(passing) / "square", units))
            cost, state = measure(scenario, asked.days * 24, asked.repeats)
        least = least or cost
        size = sum(getattr(part, "nbytes", 0) for part in state)
        print(
            f"{units:6} {len(scenario.place_ids):7} {cost:15.2f} {cost / least:14.2f} {size / 1e6:9.1f} "
            f"{size / 1e3 / units:10.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
