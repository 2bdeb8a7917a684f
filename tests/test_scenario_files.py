"""Reading a scenario folder: what is right comes out whole, what is wrong is named with its place."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest
import scenario_kit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import OptionError, PatchError, RunFileError, ScenarioError, UrgaError, suggest
from sim.scenario_files import find_scenario, read_folder, scenario_ids, survey_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return scenario_kit.write(tmp_path)


def test_valid_folder_is_read_whole(folder: Path) -> None:
    data = read_folder(folder)
    assert data.id == "valley"
    assert (len(data.places), len(data.routes), len(data.units)) == (5, 4, 4)
    assert [side.id for side in data.sides] == ["Blue", "Green"]
    assert data.rules["battle.lethality"].value == 1.0
    assert set(data.plans) == {"first", "second"}
    assert set(data.counterfactuals) == {"late"}
    assert data.sources["letters"].title == "Letters of B. Birch"
    assert data.lines["units.csv"] == [2, 3, 4, 5]


def test_cells_and_defaults(folder: Path) -> None:
    data = read_folder(folder)
    foot, horse = data.units[:2]
    assert (foot.carts, horse.carts) == (True, False)
    assert (foot.enter, horse.enter) == (None, date(1900, 6, 5))
    assert (horse.men_low, foot.men_low) == (None, 450)
    assert data.routes[1].frontier
    assert (data.routes[1].from_, data.routes[1].to) == ("bridge", "town")
    assert data.places[2].note == "walls, two gates"
    assert data.factions[1].source_keys == ("almanac", "letters")


def test_hours_of_the_campaign(folder: Path) -> None:
    header = read_folder(folder).header
    assert header.hours == 30 * 24
    assert header.hour(date(1900, 6, 2)) == 24
    assert header.hour(datetime(1900, 6, 2, 5, 59)) == 29
    assert header.hour(date(1900, 5, 31)) == -24


def test_what_a_condition_leaves_out_is_filled_in(folder: Path) -> None:
    beaten, odds = read_folder(folder).plans["first"].orders[2].when_any
    assert (beaten.hours, beaten.within_km, beaten.near) == (48, 60, "")
    assert (odds.ratio, odds.within_km, odds.hours) == (2.0, 80, None)


BROKEN = [
    # file, what stands there, what is written instead, what the message has to name
    ("scenario.toml", 'title = "War', 'titel = "War', ["scenario.toml", "'titel'", "did you mean 'title'"]),
    ("scenario.toml", "start = 1900-06-01", 'start = "June"', ["scenario.toml", "'start'", "date such as"]),
    (
        "scenario.toml",
        "end = 1900-06-30",
        "end = 1900-05-30",
        ["scenario.toml", "end 1900-05-30", "before start"],
    ),
    ("scenario.toml", "end = 1900-06-30", "end = 1900-06-30T12:00:00", ["'end'", "without a time of day"]),
    (
        "scenario.toml",
        "loyalty = 0.4",
        "loyalty = 40",
        ["factions 2 (herders)", "'loyalty' is 40", "at most 1"],
    ),
    (
        "scenario.toml",
        'kind = "shaken"',
        'kind = "shakn"',
        ["consequences 1 (herders-hear)", "did you mean 'shaken'"],
    ),
    ("scenario.toml", "sabres = 101}", "sabres = -1}", ["sides 1 (Blue)", "negative"]),
    ("scenario.toml", "[[sides]]", "[[sides]", ["scenario.toml", "not valid TOML", "line 7"]),
    ("places.csv", ",lat,", ",latt,", ["places.csv: line 1", "'latt'", "did you mean 'lat'"]),
    ("places.csv", ",grass,", ",", ["places.csv: line 1", "'grass' is missing"]),
    ("places.csv", ",rank,", ",grass,", ["places.csv: line 1", "'grass' stands twice"]),
    (
        "places.csv",
        "50.2,100.0",
        "north,100.0",
        ["places.csv: line 3 (bridge)", "'lat' is 'north'", "not a number"],
    ),
    ("places.csv", "50.2,100.0", ",100.0", ["places.csv: line 3 (bridge)", "'lat' is missing or empty"]),
    ("places.csv", "50.2,100.0", "502,100.0", ["places.csv: line 3 (bridge)", "'lat' is 502", "at most 90"]),
    ("places.csv", "walls, two gates", 'walls" two', ["places.csv", "not a valid table"]),
    (
        "places.csv",
        '"walls, two gates"',
        "walls, two gates",
        ["places.csv: line 4 (town)", "20 cells for 19 columns"],
    ),
    ("places.csv", "summit,Summit", "sum mit,Summit", ["places.csv: line 6", "'id' is 'sum mit'", "letters"]),
    (
        "routes.csv",
        "track",
        "trak",
        ["routes.csv: line 4 (town--pass)", "'kind' is 'trak'", "did you mean 'track'"],
    ),
    ("routes.csv", "unknown", "maybe", ["routes.csv: line 3", "'telegraph' is 'maybe'", "yes, no, unknown"]),
    ("routes.csv", ",24,", ",0,", ["routes.csv: line 2 (mill--bridge)", "'length_km' is 0", "more than 0"]),
    ("routes.csv", ",24,", ",nan,", ["routes.csv: line 2", "'length_km'", "finite"]),
    ("units.csv", ",500,40,", ",half,40,", ["units.csv: line 2 (foot1)", "'men' is 'half'", "whole number"]),
    ("units.csv", ",500,40,", ",-500,40,", ["units.csv: line 2 (foot1)", "'men' is -500", "negative number"]),
    (
        "units.csv",
        ",2,1,4,mill",
        ",2,3,4,mill",
        ["units.csv: line 2 (foot1)", "pack_guns is 3 but guns is 2"],
    ),
    (
        "units.csv",
        "1900-06-05",
        "5 June",
        ["units.csv: line 3 (horse1)", "'enter' is '5 June'", "date such as"],
    ),
    ("units.csv", "bayonets", "bayonet", ["units.csv: line 2 (foot1)", "did you mean 'bayonets'"]),
    (
        "rules.toml",
        "low = 0.5",
        "lowest = 0.5",
        ["rules.toml: [march.foot_kmh]", "'lowest'", "did you mean 'low'"],
    ),
    ("rules.toml", "value = 1.0", 'value = "fast"', ["rules.toml: [march.foot_kmh]", "'value' is 'fast'"]),
    (
        "rules.toml",
        "[march.foot_kmh]",
        "[march]\nfast = 1\n[march.foot_kmh]",
        ["[march.fast]", "stands directly in"],
    ),
    ("history.toml", 'group = "E"', 'group = "X"', ["events 1 (town-falls)", "'group' is 'X'", "G, E"]),
    (
        "history.toml",
        "men = 601",
        "mne = 601",
        ["history.toml", "strengths 1 (blue-total)", "did you mean 'men'"],
    ),
    ("sources.toml", "author", "autor", ["sources.toml: [almanac]", "did you mean 'author'"]),
    (
        "plans/first.toml",
        'id = "first"',
        'id = "frist"',
        ["plans/first.toml", "'frist'", "called first.toml"],
    ),
    (
        "plans/first.toml",
        'task = "march"',
        'task = "walk"',
        ["plans/first.toml: orders 1 (advance)", "'task'"],
    ),
    (
        "plans/first.toml",
        'kind = "done"',
        'kind = "doen"',
        ["orders 2 (storm) when 1", "did you mean 'done'"],
    ),
    ("plans/first.toml", 'done", order', 'done", oder', ["orders 2 (storm) when 1", "did you mean 'order'"]),
    ("plans/first.toml", ", ratio = 2.0", "", ["orders 3 (fall-back) when_any 2", "'odds' needs 'ratio'"]),
    (
        "plans/first.toml",
        "until = 1900-06-08",
        "until = 1900-06-06",
        ["orders 1 (advance) when 1", "before date"],
    ),
    (
        "plans/first.toml",
        "accept = 1.2",
        "valid_from_hour = 2",
        ["orders 2 (storm)", "'valid_from_hour'", "patch"],
    ),
    (
        "counterfactuals/late.toml",
        "question",
        "qestion",
        ["counterfactuals/late.toml", "did you mean 'question'"],
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "named"), BROKEN, ids=[f"{row[0]}: {row[2]}" for row in BROKEN])
def test_what_is_wrong_is_named(folder: Path, file: str, old: str, new: str, named: list[str]) -> None:
    scenario_kit.change(folder, file, old, new)
    with pytest.raises(ScenarioError) as caught:
        read_folder(folder)
    for part in named:
        assert part in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("name", [name for name in scenario_kit.FILES if "/" not in name])
def test_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ScenarioError, match=f"{name}: this file is missing"):
        read_folder(folder)


def test_not_utf8(folder: Path) -> None:
    (folder / "units.csv").write_bytes(b"id,name\r\n1,\xcf\xf0\r\n")
    with pytest.raises(ScenarioError, match=r"units.csv: line 2: not UTF-8"):
        read_folder(folder)


def test_empty_table(folder: Path) -> None:
    (folder / "units.csv").write_text("", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"units.csv: line 1: the table is empty"):
        read_folder(folder)


def test_all_problems_are_kept(folder: Path) -> None:
    scenario_kit.change(folder, "units.csv", ",500,40,", ",half,40,")
    scenario_kit.change(folder, "places.csv", "50.2,100.0", ",100.0")
    data, problems = survey_folder(folder)
    assert data is None
    assert len(problems.lines()) == 2
    with pytest.raises(ScenarioError, match=r"and 1 more: `urga check") as caught:
        read_folder(folder)
    assert len(caught.value.problems) == 2


# ---------------------------------------------------------------------- the hash


def test_hash_ignores_how_it_is_written(folder: Path) -> None:
    before = read_folder(folder).content_hash
    lines = scenario_kit.UNITS.splitlines()
    shuffled = "\r\n".join([lines[0], *reversed(lines[1:])]) + "\r\n\r\n"
    (folder / "units.csv").write_bytes(("\ufeff" + shuffled).encode())
    (folder / "scenario.toml").write_bytes(("# a remark\n" + scenario_kit.SCENARIO).replace("\n", "\r\n").encode())
    scenario_kit.change(folder, "rules.toml", "value = 1.0", "value = 1")
    (folder / "counterfactuals" / "late.toml").unlink()
    assert read_folder(folder).content_hash == before


@given(order=st.permutations(range(4)))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hash_ignores_the_order_of_rows(folder: Path, order: list[int]) -> None:
    (folder / "routes.csv").write_text(scenario_kit.ROUTES, encoding="utf-8")
    before = read_folder(folder).content_hash
    head, *rows = scenario_kit.ROUTES.splitlines()
    (folder / "routes.csv").write_text("\n".join([head, *(rows[index] for index in order)]), encoding="utf-8")
    assert read_folder(folder).content_hash == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("units.csv", ",500,40,", ",501,40,"),
        ("rules.toml", "value = 1.0", "value = 1.1"),
        ("plans/first.toml", "accept = 1.2", "accept = 1.3"),
        ("places.csv", "walls, two gates", "walls, three gates"),
        ("scenario.toml", "loyalty = 0.4", "loyalty = 0.5"),
    ],
)
def test_hash_sees_every_change(folder: Path, file: str, old: str, new: str) -> None:
    before = read_folder(folder).content_hash
    scenario_kit.change(folder, file, old, new)
    assert read_folder(folder).content_hash != before


# ---------------------------------------------------------------------- finding a scenario


def test_find_by_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_scenario(folder) == folder
    assert find_scenario(str(folder / "scenario.toml")) == folder
    monkeypatch.chdir(folder.parent)
    assert find_scenario("valley").resolve() == folder


def test_find_packaged() -> None:
    assert "mongolia_1921" in scenario_ids()
    assert (find_scenario() / "scenario.toml").is_file()


def test_find_nothing(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"did you mean 'mongolia_1921'"):
        find_scenario("mongolia-1921")
    with pytest.raises(ScenarioError, match=r"no scenario\.toml in this folder"):
        find_scenario(tmp_path)


# ---------------------------------------------------------------------- errors and imports


def test_errors_are_one_line() -> None:
    for kind in (ScenarioError, PatchError, RunFileError, OptionError):
        assert issubclass(kind, UrgaError)
        assert str(kind("two\n  lines")) == "two lines"


def test_suggest() -> None:
    assert suggest("lethalty", ["lethality", "pace"]) == " (did you mean 'lethality'?)"
    assert suggest("URGA", ["urga", "uliastai"]) == " (did you mean 'urga'?)"
    assert suggest("xyz", ["urga"]) == ""


def test_reading_a_scenario_needs_no_heavy_library() -> None:
    heavy = ("mesa", "pandas", "pygame", "polars", "networkx", "matplotlib")
    code = (
        "import sys, sim.errors, sim.scenario_files, sim.lint, sim.patch;"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
