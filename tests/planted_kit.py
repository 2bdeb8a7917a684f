"""Planted errors: each is set into a copy of the rules, where the verification tests must find it.

    python tests/planted_kit.py [WORDS OF A NAME ...]

plants them one after another (half a minute each: the engine is compiled anew) and prints which tests failed. The
tests named beside an error are those that must fail at least. A test that no error makes fail proves nothing.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NEEDED = (
    "sim",
    "scenarios",
    "tests/verification",
    "tests/tiny_scenario",
    "tests/tiny_kit.py",
    "tests/planted_kit.py",
    "pyproject.toml",
)
FAILED = re.compile(r"^FAILED \S+::(\w+)", re.M)


@dataclass(frozen=True)
class Planted:
    """A text of a file of `sim/`, found once in it, what is put in its place, and the tests that must fail then."""

    name: str
    file: str
    old: str
    new: str
    found_by: tuple[str, ...]


PLANTED: tuple[Planted, ...] = (
    Planted(
        "exponents exchanged",
        "rules/battle.py",
        "enemy_power**enemy_exponent * power**own_exponent",
        "enemy_power**own_exponent * power**enemy_exponent",
        ("test_classical_laws_come_out_of_the_exponents",),
    ),
    Planted(
        "guns count up to twenty",
        "rules/contact.py",
        'power += rules["battle_gun_weight"] * u["guns"]',
        'power += rules["battle_gun_weight"] * min(20, u["guns"])',
        ("test_twice_the_strengths_at_a_lethality_that_undoes_the_degree_is_the_same_battle",),
    ),
    Planted(
        "lethality twice as high by day",
        "rules/battle.py",
        "    ground = 1.0\n",
        "    ground = 1.0 if clock < 6 else 2.0\n",
        ("test_classical_laws_come_out_of_the_exponents",),
    ),
    Planted(
        "power grows with the root of men",
        "rules/contact.py",
        'if power > rules["battle_frontage_men"]:',
        "if power > 2000.0:",
        (
            "test_an_hour_of_twice_the_strengths_costs_two_to_the_degree_of_the_law",
            "test_classical_laws_come_out_of_the_exponents",
        ),
    ),
    Planted(
        "odds of breaking hang on absolute numbers",
        "rules/battle.py",
        "math.log(max(power0, 1.0) / max(power1, 1.0))",
        "math.log((power0 + 5000.0) / (power1 + 5000.0))",
        ("test_with_luck_too_twice_the_strengths_is_the_same_battle",),
    ),
    Planted(
        "the rest of the hour is lost at each place",
        "rules/march.py",
        'if u["path_n"] == 0 or u["arrived"] == 1 or not start_leg(t, s, i, hour):',
        "if True:",
        ("test_march_is_length_over_pace_however_the_road_is_cut",),
    ),
    Planted(
        "a column goes as fast as its fastest",
        "rules/march.py",
        'slowest = min(slowest, own_pace(u, s.levers[u["side"]]["pace"], rules))',
        'slowest = max(slowest % 1e9, own_pace(u, s.levers[u["side"]]["pace"], rules))',
        ("test_column_goes_as_fast_as_its_slowest",),
    ),
    Planted(
        "delivery falls with the square of the distance",
        "rules/supply.py",
        "max(0.0, 1.0 - km / reach_km)",
        "max(0.0, 1.0 - (km / reach_km) ** 2)",
        ("test_one_depot_feeds_the_line_so_far_and_no_farther",),
    ),
    Planted(
        "a tenth of what is drawn is not charged to the depot",
        "rules/supply.py",
        'depot["rations"] -= got * u["men"]',
        'depot["rations"] -= 0.9 * got * u["men"]',
        ("test_what_the_line_draws_is_what_the_depot_gives",),
    ),
    Planted(
        "belief in the plot counts half",
        "rules/cohesion.py",
        "fear + belief * plot - mean",
        "fear + 0.5 * belief * plot - mean",
        ("test_plot_settles_at_the_lowest_fixed_point", "test_a_little_more_grievance_tips_the_plot_over"),
    ),
    Planted(
        "the plot never loses anybody",
        "rules/cohesion.py",
        'rules["mutiny_contagion"] * (target - command["plot"])',
        'rules["mutiny_contagion"] * target',
        ("test_plot_settles_at_the_lowest_fixed_point", "test_plot_goes_its_way_day_by_day"),
    ),
    Planted(
        "mutiny without a tipping point",
        "rules/cohesion.py",
        'max(0.0, command["plot"] - rules["mutiny_tipping"])',
        'max(0.0, command["plot"])',
        ("test_below_the_tipping_point_nobody_rises_and_above_it_somebody_does",),
    ),
    Planted(
        "people report to the other side",
        "rules/scouting.py",
        't.home[side, t.places[p]["country"]] == 1',
        't.home[side, t.places[p]["country"]] == 0',
        ("test_nothing_happens",),
    ),
    Planted(
        "everybody deserts a fifth faster",
        "rules/cohesion.py",
        '    if u["fugitive"] == 1:\n        rate',
        '    rate *= 1.2\n    if u["fugitive"] == 1:\n        rate',
        ("test_what_the_rates_take_is_taken_and_no_more",),
    ),
    Planted(
        "a man is lost a day",
        "rules/cohesion.py",
        'n = whole(min(0.5, rate) * u["men"]',
        'n = whole(1.0 + min(0.5, rate) * u["men"]',
        ("test_nothing_happens", "test_what_the_rates_take_is_taken_and_no_more"),
    ),
    Planted(
        "eastward is nearer",
        "theatre.py",
        '    y = (q["lat"]',
        '    if x > 0.0:\n        x *= 0.97\n    y = (q["lat"]',
        ("test_war_in_the_mirror_is_the_mirrored_war", "test_campaign_in_the_mirror_is_the_mirrored_campaign"),
    ),
    Planted(
        "the second side is two in a hundred stronger",
        "rules/contact.py",
        "            power += p\n",
        "            power += p * (1.0 + 0.02 * side)\n",
        (
            "test_sides_that_change_places_fight_the_same_war",
            "test_sides_that_change_places_fight_the_same_campaign_on_even_ground",
            "test_classical_laws_come_out_of_the_exponents",
        ),
    ),
    Planted(
        "the first side hoists its flag an hour sooner",
        "rules/control.py",
        'state["alone_h"] >= need:',
        'state["alone_h"] >= need - (1 if side == 0 else 0):',
        (
            "test_sides_that_change_places_fight_the_same_war",
            "test_sides_that_change_places_fight_the_same_campaign_on_even_ground",
        ),
    ),
)


def plant(error: Planted, room: Path) -> set[str]:
    """Copy what is needed into an empty folder, plant an error there, and give the names of the tests that fail.

    Raises ValueError when the text to be replaced is not found once: then the list above is behind the rules.
    """
    for name in NEEDED:
        source, goal = ROOT / name, room / name
        goal.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, goal, ignore=shutil.ignore_patterns("__pycache__", "map"))
        else:
            shutil.copy(source, goal)
    file = room / "sim" / error.file
    text = file.read_text(encoding="utf-8")
    if text.count(error.old) != 1:
        raise ValueError(f"{error.name}: {error.old!r} stands {text.count(error.old)} times in {error.file}")
    file.write_text(text.replace(error.old, error.new), encoding="utf-8")
    tests = [str(path) for path in sorted((room / "tests" / "verification").glob("test_*.py"))]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", *tests],
        cwd=room,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        env={**os.environ, "PYTHONPATH": str(room), "NUMBA_CACHE_DIR": str(room / "cache")},
    )
    if done.returncode not in (0, 1):
        raise ValueError(f"{error.name}: the tests did not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return set(FAILED.findall(done.stdout))


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant them all, or those whose name has one of the words; exit code 1 when one is not found."""
    parser = argparse.ArgumentParser(description="Plants errors into a copy of the rules and runs verification on it.")
    parser.add_argument("words", nargs="*", help="only errors whose name has one of these words")
    words = parser.parse_args(arguments).words
    missed = 0
    for error in PLANTED:
        if words and not any(word in error.name for word in words):
            continue
        with tempfile.TemporaryDirectory() as room:
            failed = plant(error, Path(room))
        unseen = set(error.found_by) - failed
        missed += bool(unseen)
        print(f"{error.name}: " + (f"NOT SEEN by {', '.join(sorted(unseen))}" if unseen else "found"))
        for name in sorted(failed):
            print(f"    {name}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
