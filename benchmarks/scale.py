"""How the cost of a run grows with its units: synthetic campaigns of 50 to 5,000 units, places in proportion.

``python -m benchmarks.scale [--units 50 200 800 1800 5000] [--days 30] [--rounds 10]``, from the checkout

A generator writes a scenario folder: square districts of 11 x 11 places joined by roads as long as those of the
shipped campaign, in each of them two commands of 25 units, one of each side, 250 km apart, with a depot each. One
attacks, the other stands and strikes back; the beaten go home, rest, and attack again when what they know of the enemy
allows. So the ground and the enemies around a unit are the same in a small and in a large campaign; what grows is the
number of units, commands, orders, places and battles. The engine plays the same days of each; the figure is the
processor's time for one unit and one hour, the mean over seeds, and the bytes that a run takes. Sizes take turns.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

import sim
from sim.campaign import advance
from sim.scenario import Scenario
from sim.state import N_BATTLES, State, new_state

UNITS_A_COMMAND, DISTRICT, STEP_DEG = 25, 11, 0.75
FACT = 'source = "made"\nconfidence = "assumed"\n'
RULES = Path(sim.__file__).resolve().parents[1] / "scenarios" / "mongolia_1921" / "rules.toml"


def place(row: int, column: int) -> str:
    """Id of a place of the square."""
    return f"p{row:03}_{column:03}"


def plan_of(k: int, here: str, there: str) -> str:
    """The orders of one command: Blue attacks, Green stands and strikes back; the beaten go home, rest, come again."""

    def order(name: str, task: str, objective: str, *when: str) -> str:
        goal = f'objective = "{objective}"\n' if objective else ""
        conditions = ", ".join("{" + one + "}" for one in when)
        head = f'[[orders]]\nid = "{name}{k}"\ncommand = "c{k}"\ntask = "{task}"\naccept = 0.5\npersist = 3\n'
        return f"{head}{goal}when = [{conditions}]\n{FACT}"

    date = 'kind = "date", date = 1921-05-01'
    return "\n".join(
        (
            order("first", "attack", there, date) if k % 2 == 0 else order("first", "hold", here, date),
            order("strike", "attack", there, 'kind = "won", hours = 48'),
            order("back", "withdraw", here, 'kind = "beaten", hours = 48'),
            order(
                "halt", "hold", "", 'kind = "odds", ratio = 2.0, within_km = 80', f'kind = "issued", order = "back{k}"'
            ),
            order(
                "again",
                "attack",
                there,
                f'kind = "issued", order = "back{k}", hours = 48',
                'kind = "rested", fatigue = 0.4, cohesion = 0.4',
                f'kind = "enemy", men = 6000, near = "{there}", within_km = 60, not = true',
            ),
        )
    )


def write(folder: Path, units: int) -> Path:
    """Write a synthetic campaign of about so many units: districts in rows, four times as many across as down."""
    down = max(1, round((units / (8 * UNITS_A_COMMAND)) ** 0.5))
    across = max(1, round(units / (2 * UNITS_A_COMMAND * down)))
    rows_n, columns_n, commands = down * DISTRICT, across * DISTRICT, 2 * down * across
    names = ("Blue", "Green")

    def stand(k: int) -> str:
        """Blue stands in the west of its district, Green in the east."""
        row, column = divmod(k // 2, across)
        return place(row * DISTRICT + DISTRICT // 2, column * DISTRICT + (4 if k % 2 == 0 else 7))

    head = ['id = "square"', 'title = "A square"', "start = 1921-05-01", "end = 1921-08-31", 'default_plan = "only"']
    for k, name in enumerate(names):
        head.append(f'[[sides]]\nid = "{name}"\nname = "{name}"\nhome = ["Land{k}"]\n{FACT}')
        head.append(f'[[factions]]\nid = "f{k}"\nname = "{name}"\nside = "{name}"\nloyalty = 0.8\n{FACT}')
    orders = ['id = "only"']
    for k in range(commands):
        base = f'side = "{names[k % 2]}"\n'
        head.append(f'[[commands]]\nid = "c{k}"\nname = "Command {k}"\nbase = "{stand(k)}"\n{base}{FACT}')
        head.append(
            f'[[depots]]\nid = "d{k}"\nplace = "{stand(k)}"\nrations = 50000\nrounds = 500000\n'
            f"daily_rations = 5000\n{base}{FACT}"
        )
        orders.append(plan_of(k, stand(k), stand(k ^ 1)))
    places = ["id,name,lat,lon,kind,rank,country,holder,grass,accuracy,source,confidence"]
    routes = ["id,from,to,kind,terrain,length_km,telegraph,source,confidence"]
    for row in range(rows_n):
        for column in range(columns_n):
            half, name = int(column % DISTRICT >= DISTRICT / 2), place(row, column)
            lat, lon = (row - rows_n / 2) * STEP_DEG, -80 + column * STEP_DEG
            places.append(f"{name},{name},{lat:.3f},{lon:.3f},town,3,Land{half},{names[half]},0.6,C,made,assumed")
            for near_row, near_column in ((row + 1, column), (row, column + 1)):
                if near_row < rows_n and near_column < columns_n:
                    other = place(near_row, near_column)
                    routes.append(f"{name}--{other},{name},{other},road,open steppe,84,no,made,assumed")
    rows = [
        "id,name,side,faction,command,place,arm,count_as,men,horses,mg,quality,rounds,rations_days,source,confidence"
    ]
    for k in range(commands * UNITS_A_COMMAND):
        c = k // UNITS_A_COMMAND
        rows.append(
            f"u{k:05},Unit {k},{names[c % 2]},f{c % 2},c{c},{stand(c)},cavalry,sabres,200,260,1,1,90,10,made,assumed"
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


def play(scenario: Scenario, hours: int) -> tuple[float, State, float]:
    """Microseconds of the processor for a unit and an hour, the last state, and battles per 1,000 units.

    The mean over as many seeds as make some two thousand units: one quiet summer of a small campaign says little.
    """
    seeds = max(1, 2000 // scenario.tables.n_units)
    seconds, battles, state = 0.0, 0, new_state(scenario.tables, 0)
    for seed in range(seeds):
        state = new_state(scenario.tables, seed)
        began = time.process_time()
        advance(scenario.tables, state, 0, hours)
        seconds += time.process_time() - began
        battles += int(state.counts[N_BATTLES])
    played = seeds * scenario.tables.n_units
    return seconds / hours / played * 1e6, state, 1000 * battles / played


def main() -> None:
    """Print a row a size."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--units", type=int, nargs="+", default=[50, 200, 800, 1800, 5000])
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=10)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        scenarios = [sim.load(write(Path(passing) / str(units), units)) for units in asked.units]
    play(scenarios[0], 24)
    costs: list[list[float]] = [[] for _ in scenarios]
    told: list[tuple[float, float]] = []
    for _ in range(asked.rounds):  # turn by turn, so that what else the machine does meets all sizes
        told = []
        for scenario, found in zip(scenarios, costs, strict=True):
            cost, state, battles = play(scenario, asked.days * 24)
            found.append(cost)
            told.append((sum(getattr(part, "nbytes", 0) for part in state), battles))
    print(
        f"{'units':>6} {'places':>7} {'us a unit-hour: least':>22} {'median':>7} "
        f"{'against first: least':>21} {'median':>7} "
        f"{'MB a run':>9} {'KB a unit':>10} {'battles per 1,000 units':>24}"
    )
    for scenario, found, (size, battles) in zip(scenarios, costs, told, strict=True):
        many, ratios = scenario.tables.n_units, [one / first for one, first in zip(found, costs[0], strict=True)]
        print(
            f"{many:6} {len(scenario.place_ids):7} {min(found):22.3f} {median(found):7.3f} "
            f"{min(found) / min(costs[0]):21.2f} {median(ratios):7.2f} "
            f"{size / 1e6:9.1f} {size / 1e3 / many:10.1f} {battles:24.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
