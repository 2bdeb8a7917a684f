"""`urga check`: each test breaks one thing in a valid scenario and asks for file, place and meaning."""

from __future__ import annotations

from pathlib import Path

import pytest
import scenario_kit

from sim.errors import ScenarioError
from sim.lint import Finding, check, check_folder, great_circle_km, require_sound
from sim.scenario_files import read_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return scenario_kit.write(tmp_path)


def test_the_valid_scenario_is_sound(folder: Path) -> None:
    assert check_folder(folder) == []
    require_sound(read_folder(folder))


ORDER = """
[[orders]]
id = "extra"
command = "north"
task = "{task}"
source = "almanac"
confidence = "assumed"
{more}
"""

ERRORS = [
    # file, what stands there, what is written instead, what one error has to name
    # -- ids that resolve to nothing
    ("units.csv", ",4,mill", ",4,mil", ["units.csv: line 2 (foot1)", "place 'mil'", "did you mean 'mill'"]),
    ("units.csv", "Blue,townsmen,north", "Blu,townsmen,north", ["line 2 (foot1)", "side 'Blu'", "'Blue'"]),
    ("units.csv", "townsmen,north", "townmen,north", ["line 2 (foot1)", "faction 'townmen'", "'townsmen'"]),
    ("units.csv", "townsmen,north", "townsmen,norht", ["line 2 (foot1)", "command 'norht'", "'north'"]),
    ("units.csv", ",4,mill", ",4,north", ["line 2 (foot1)", "place 'north'", "the id of a command"]),
    ("places.csv", "Lowland,Blue", "Lowland,Bleu", ["places.csv: line 2 (mill)", "holder 'Bleu'", "'Blue'"]),
    ("routes.csv", "town,pass,", "town,pss,", ["routes.csv: line 4", "to 'pss'", "'pass'"]),
    ("scenario.toml", 'base = "mill"', 'base = "mil"', ["scenario.toml: commands 1 (north)", "base 'mil'"]),
    (
        "scenario.toml",
        'commander = "alder"',
        'commander = "older"',
        ["commands 1 (north)", "did you mean 'alder'"],
    ),
    ("scenario.toml", '"foot1"', '"foot2"', ["commanders 1 (alder)", "rides_with 'foot2'", "'foot1'"]),
    ("scenario.toml", 'place = "mill"', 'place = "mil"', ["depots 1 (mill-store)", "place 'mil'"]),
    (
        "scenario.toml",
        'faction = "herders"',
        'faction = "herder"',
        ["consequences 1", "'herder'", "'herders'"],
    ),
    ("scenario.toml", 'faction = "herders"\n', "", ["consequences 1", "needs 'faction'"]),
    (
        "scenario.toml",
        '"shaken"\nfaction = "herders"',
        '"rising"\ntarget = "pas"',
        ["target 'pas'", "'pass'"],
    ),
    ("scenario.toml", '"shaken"\nfaction = "herders"', '"rising"', ["consequences 1", "needs 'target'"]),
    ("scenario.toml", '"shaken"\nfaction = "herders"', '"news"', ["consequences 1", "need 'text'"]),
    ("scenario.toml", '[[havens]]\nplace = "summit"', '[[havens]]\nplace = "sumit"', ["havens 1", "'sumit'"]),
    ("scenario.toml", '["Lowland"]', '["Lowlands"]', ["sides 1 (Blue)", "home 'Lowlands'", "'Lowland'"]),
    (
        "scenario.toml",
        'default_plan = "first"',
        'default_plan = "frist"',
        ["default_plan", "did you mean 'first'"],
    ),
    ("scenario.toml", 'place = "summit"\nterror', "terror", ["commanders 2 (birch)", "stays nowhere"]),
    (
        "scenario.toml",
        'commander = "birch"',
        'commander = "alder"',
        ["commands 2 (riders)", "'alder' is Blue"],
    ),
    ("scenario.toml", 'commander = "alder"', 'superior = "north"', ["commands 1 (north)", "leads back"]),
    ("scenario.toml", "totals = {bay", "pace = 2.0\ntotals = {bay", ["sides 1 (Blue)", "lever 'pace' is 2"]),
    (
        "units.csv",
        "herders,riders,cavalry,sabres,200",
        "townsmen,riders,cavalry,sabres,200",
        ["line 4", "is Blue"],
    ),
    # -- sources
    (
        "places.csv",
        "A,almanac",
        "A,almanach",
        ["places.csv: line 2 (mill)", "'almanach'", "did you mean 'almanac'"],
    ),
    (
        "scenario.toml",
        '"almanac;letters"',
        '"almanac;leters"',
        ["factions 2 (herders)", "'leters'", "'letters'"],
    ),
    ("scenario.toml", '"almanac;letters"', '";"', ["factions 2 (herders)", "a fact without a source"]),
    (
        "rules.toml",
        '"almanac"',
        '"a good guess"',
        ["rules.toml: [march.foot_kmh]", "'a good guess'", "'note'"],
    ),
    ("history.toml", '{source = "letters"', '{source = "lettres"', ["events 1 (town-falls)", "'lettres'"]),
    ("plans/first.toml", '"letters"', '"lettrs"', ["plans/first.toml: orders 3 (fall-back)", "'lettrs'"]),
    (
        "counterfactuals/late.toml",
        "; letters",
        "; lettrs",
        ["counterfactuals/late.toml: sources", "'lettrs'"],
    ),
    # -- parameters
    (
        "rules.toml",
        "value = 1.0",
        "value = 3.0",
        ["rules.toml: [march.foot_kmh]", "outside its own range 0.5 to 2"],
    ),
    (
        "rules.toml",
        "low = 0.5",
        "low = 5",
        ["rules.toml: [march.foot_kmh]", "low 5 is above high 2", "exchanged"],
    ),
    (
        "rules.toml",
        "[battle.lethality]",
        "[battle.lethalty]",
        ["[battle.lethalty]", "did you mean 'battle.lethality'"],
    ),
    ("rules.toml", "[battle.lethality]", "[battle.other]", ["[battle.lethality]", "is missing"]),
    # -- books
    (
        "units.csv",
        ",500,40,",
        ",501,40,",
        ["units.csv", "books of Blue", "501 bayonets", "says 500 (1 too many"],
    ),
    ("units.csv", "bayonets,500", "sabres,500", ["books of Blue", "0 bayonets", "500 too few"]),
    (
        "scenario.toml",
        "{sabres = 300}",
        "{sabre = 300}",
        ["sides 2 (Green)", "'sabre'", "did you mean 'sabres'"],
    ),
    ("scenario.toml", "{sabres = 300}", "{sabres = 300, guns = 2}", ["books of Green", "0 guns", "says 2"]),
    ("units.csv", ",450,600", ",550,600", ["units.csv: line 2 (foot1)", "men is 500", "550 to 600"]),
    ("units.csv", ",450,600", ",,600", ["units.csv: line 2 (foot1)", "men_low", "belong together"]),
    # -- ids that stand twice
    (
        "units.csv",
        "riders2,",
        "riders1,",
        ["units.csv: line 5 (riders1)", "stands twice", "line 4 (riders1)"],
    ),
    ("scenario.toml", 'id = "riders"', 'id = "north"', ["commands 2 (north)", "stands twice"]),
    ("plans/first.toml", 'id = "storm"', 'id = "advance"', ["orders 2 (advance)", "stands twice"]),
    # -- routes
    (
        "routes.csv",
        "town--pass,town,pass",
        "town--town,town,town",
        ["routes.csv: line 4", "begins and ends at"],
    ),
    ("routes.csv", "town--pass,", "pass--town,", ["routes.csv: line 4", "begin with 'town--pass'"]),
    (
        "routes.csv",
        "town--pass,town,pass,track",
        "town--bridge,town,bridge,road",
        ["line 4", "a second road"],
    ),
    (
        "routes.csv",
        ",36,",
        ",30,",
        ["routes.csv: line 3 (bridge--town)", "great circle of 33.4 km", "versts"],
    ),
    (
        "routes.csv",
        "pass--summit,pass,summit",
        "pass--town,pass,town",
        ["places.csv: line 6 (summit)", "no route"],
    ),
    ("routes.csv", "town--pass,town,pass", "mill--town,mill,town", ["places.csv: line 5 (pass)", "cut off"]),
    # -- dates
    ("units.csv", "1900-06-05", "1900-05-05", ["units.csv: line 3 (horse1)", "enter 1900-05-05", "outside"]),
    (
        "plans/first.toml",
        "1900-06-07, until = 1900-06-08",
        "1901-06-07",
        ["orders 1 (advance)", "1901-06-07"],
    ),
    (
        "history.toml",
        "from = 1900-06-08",
        "from = 1900-05-08",
        ["course 1 (river-crossed)", "[[background]]"],
    ),
    ("history.toml", "to = 1900-06-08", "to = 1900-07-08", ["course 1", "to 1900-07-08", "[[aftermath]]"]),
    ("history.toml", "to = 1900-06-08", "to = 1900-06-07", ["course 1", "to 1900-06-07 lies before"]),
    ("history.toml", "from = 1900-06-10", "from = 1900-05-10", ["events 1 (town-falls)", "from 1900-05-10"]),
    (
        "history.toml",
        "from = 1900-06-10",
        "from = 1900-06-14",
        ["events 1", "to 1900-06-12 lies before", "exchanged"],
    ),
    ("history.toml", "from = 1900-06-12", "from = 1900-06-13", ["events 1", "of letters", "exchanged"]),
    (
        "history.toml",
        "from = 1900-05-01\nto = 1900-05",
        "from = 1900-06-01\nto = 1900-06",
        ["background 1", "after the start"],
    ),
    (
        "history.toml",
        "from = 1900-09-01\nto = 1900-09",
        "from = 1900-06-20\nto = 1900-06",
        ["aftermath 1", "before the end"],
    ),
    (
        "history.toml",
        "date = 1900-06-01\nside",
        "date = 1901-06-01\nside",
        ["strengths 1", "outside the campaign"],
    ),
    # -- orders and their conditions
    ("plans/first.toml", 'command = "north"', 'command = "noth"', ["orders 1 (advance)", "command 'noth'"]),
    ("plans/first.toml", 'objective = "bridge"', 'objective = "brige"', ["orders 1 (advance)", "'bridge'"]),
    ("plans/first.toml", 'objective = "bridge"\n', "", ["orders 1 (advance)", "needs an objective"]),
    ("plans/first.toml", 'via = ["bridge"]', 'via = ["brige"]', ["orders 1 (advance)", "via 'brige'"]),
    ("plans/first.toml", 'via = ["bridge"]', 'units = ["foot"]', ["orders 1", "units 'foot'", "'foot1'"]),
    (
        "plans/first.toml",
        'via = ["bridge"]',
        'units = ["riders1"]',
        ["orders 1", "'riders1' is of the other side"],
    ),
    (
        "plans/first.toml",
        'order = "advance"',
        'order = "advence"',
        ["orders 2 (storm)", "when 1 (done)", "'advance'"],
    ),
    ("plans/first.toml", 'at", place = "bridge"', 'at", place = "brige"', ["when 2 (at)", "place 'brige'"]),
    (
        "plans/first.toml",
        '{kind = "beaten"}',
        '{kind = "beaten", near = "x"}',
        ["when_any 1 (beaten)", "near 'x'"],
    ),
    ("plans/first.toml", '{kind = "beaten"}', '{kind = "held", place = "town", side = "X"}', ["side 'X'"]),
    ("plans/first.toml", '{kind = "beaten"}', '{kind = "enemy", men = 5, country = "Lowlnd"}', ["'Lowland'"]),
    ("plans/first.toml", '{kind = "beaten"}', '{kind = "mutiny", command = "rider"}', ["command 'rider'"]),
    ("plans/first.toml", '{kind = "beaten"}', '{kind = "commander", commander = "b"}', ["commander 'b'"]),
    (
        "plans/first.toml",
        'order = "advance"',
        'order = "storm"',
        ["orders 2 (storm)", "itself", "storm -> storm"],
    ),
    (
        "plans/first.toml",
        '{kind = "date"',
        '{kind = "issued", order = "storm"}, {kind = "date"',
        ["advance -> storm"],
    ),
    # -- history and counterfactuals
    ("history.toml", 'kind = "held"', 'kind = "hled"', ["events 1 (town-falls)", "did you mean 'held'"]),
    (
        "history.toml",
        'place = "town", side',
        'place = "twon", side',
        ["events 1", "reading: place 'twon'", "'town'"],
    ),
    ("history.toml", 'who = ["foot1"', 'who = ["foot2"', ["course 1", "who 'foot2'", "did you mean 'foot1'"]),
    (
        "history.toml",
        'held", place = "town", side',
        'near", command = "north", place = "town", within_km',
        ["number"],
    ),
    ("history.toml", ', side = "Blue"}', ', side = "Blue", colour = "red"}', ["events 1", "no key 'colour'"]),
    ("history.toml", 'kind = "held", place = "town", ', 'kind = "held", ', ["events 1", "needs 'place'"]),
    (
        "counterfactuals/late.toml",
        "orders.advance",
        "orders.advnce",
        ["counterfactuals/late.toml", "'advance'"],
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "named"), ERRORS, ids=[f"{row[0]}: {row[2]}" for row in ERRORS])
def test_errors_name_file_place_and_meaning(folder: Path, file: str, old: str, new: str, named: list[str]) -> None:
    scenario_kit.change(folder, file, old, new)
    errors = [str(finding) for finding in check_folder(folder) if finding.level == "error"]
    assert any(all(part in error for part in named) for error in errors), errors
    with pytest.raises(ScenarioError):
        require_sound(read_folder(folder))


@pytest.mark.parametrize(
    ("task", "more", "named"),
    [
        ("detach", "", "a detach needs to_command"),
        ("join", "", "needs an objective, the id of a command"),
        ("join", 'objective = "mill"', "objective 'mill' is no command: it is the id of a place"),
        ("withdraw", "", "needs an objective, the id of a place"),
        ("raid", 'objective = "mill"\nretreat = "mil"', "retreat 'mil' is no place"),
    ],
)
def test_tasks_need_their_objective(folder: Path, task: str, more: str, named: str) -> None:
    scenario_kit.append(folder, "plans/first.toml", ORDER.format(task=task, more=more))
    errors = [finding.message for finding in check_folder(folder) if finding.level == "error"]
    assert any(named in error for error in errors), errors


@pytest.mark.parametrize(
    ("task", "more"),
    [
        ("hold", ""),
        ("rest", "hours = 24"),
        ("disperse", ""),
        ("withdraw", 'retreat = "mill"'),
        ("pursue", 'objective = "riders"'),
        ("attach", 'to_command = "north"'),
        ("detach", 'to_command = "north"\nshare = 0.5'),
    ],
)
def test_tasks_that_need_none(folder: Path, task: str, more: str) -> None:
    scenario_kit.append(folder, "plans/first.toml", ORDER.format(task=task, more=more))
    assert check_folder(folder) == []


WARNINGS = [
    ("scenario.toml", 'id = "valley"', 'id = "vale"', ["scenario.toml: id", "the folder is called 'valley'"]),
    ("units.csv", ",450,600", ",,", ["units.csv: line 2 (foot1)", "no range"]),
    ("units.csv", ",90,0,3,,", ",90,5,3,,", ["units.csv: line 3 (horse1)", "shells but no guns"]),
    ("routes.csv", "ford,Long River", "ford,", ["routes.csv: line 3 (bridge--town)", "names no river"]),
    ("counterfactuals/late.toml", '" = 1.5', '" = 9', ["counterfactuals/late.toml", "outside its range"]),
    ("plans/first.toml", "via", "enabled = false\nvia", ["orders 2 (storm)", "waits for advance"]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "named"), WARNINGS, ids=[f"{row[0]}: {row[2]}" for row in WARNINGS])
def test_warnings(folder: Path, file: str, old: str, new: str, named: list[str]) -> None:
    scenario_kit.change(folder, file, old, new)
    found = check_folder(folder)
    assert [finding.level for finding in found] == ["warning"]
    assert all(part in str(found[0]) for part in named), found
    require_sound(read_folder(folder))


def test_alternatives_are_no_cycle(folder: Path) -> None:
    """An order that may also wait for something else is not stuck in a ring."""
    condition = 'when_any = [{kind = "done", order = "storm"}, {kind = "at", place = "mill"}]\nsource'
    scenario_kit.change(folder, "plans/first.toml", "source", condition)
    assert check_folder(folder) == []


def test_an_inverted_wait_is_no_cycle(folder: Path) -> None:
    scenario_kit.change(
        folder, "plans/first.toml", "via", 'when_any = [{kind = "issued", order = "storm", not = true}]\nvia'
    )
    assert check_folder(folder) == []


def test_what_cannot_be_read_is_found_too(folder: Path) -> None:
    scenario_kit.change(folder, "units.csv", ",500,40,", ",half,40,")
    (folder / "rules.toml").unlink()
    found = check_folder(folder)
    assert [(finding.file, finding.where) for finding in found] == [
        ("units.csv", "line 2 (foot1)"), ("rules.toml", ""),
    ]  # fmt: skip
    assert str(found[1]).startswith("rules.toml: this file is missing")


def test_errors_come_first(folder: Path) -> None:
    scenario_kit.change(folder, "scenario.toml", 'id = "valley"', 'id = "vale"')
    scenario_kit.change(folder, "units.csv", ",500,40,", ",501,40,")
    assert [finding.level for finding in check(read_folder(folder))] == ["error", "warning"]


def test_finding_as_a_line() -> None:
    assert str(Finding("error", "units.csv", "line 2 (foot1)", "wrong")) == "units.csv: line 2 (foot1): wrong"


def test_great_circle(folder: Path) -> None:
    places = {place.id: place for place in read_folder(folder).places}
    assert great_circle_km(places["mill"], places["bridge"]) == pytest.approx(22.24, abs=0.01)
    assert great_circle_km(places["mill"], places["mill"]) == 0
