"""Patches: they touch only what the scenario declares, and nothing before the hour from which they hold."""

from __future__ import annotations

import errno
import json
from datetime import date, datetime
from pathlib import Path

import pytest
import scenario_kit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import PatchError
from sim.patch import (
    Patch,
    Timed,
    apply_patches,
    canonical,
    effective_hour,
    known_keys,
    patch_from_dict,
    patch_from_settings,
    patch_hash,
    patch_toml,
    read_patch,
    write_patch,
)
from sim.scenario_files import Order, ScenarioData, Unit, read_folder


@pytest.fixture
def data(tmp_path: Path) -> ScenarioData:
    return read_folder(scenario_kit.write(tmp_path))


def changed(data: ScenarioData, *settings_: str) -> ScenarioData:
    return apply_patches(data, [patch_from_settings(settings_)])


def unit(data: ScenarioData, name: str) -> Unit:
    return next(row for row in data.units if row.id == name)


def orders(data: ScenarioData, name: str) -> list[Order]:
    return [order for order in data.plans["first"].orders if order.id == name]


NEW_UNIT = """
[[units]]
id = "levy"
name = "Levy"
side = "Green"
faction = "herders"
command = "riders"
arm = "cavalry"
count_as = "sabres"
men = 80
horses = 90
place = "summit"
quality = 0.7
rounds = 20
rations_days = 4
source = "letters"
confidence = "assumed"
"""

NEW_ORDER = """
[[orders]]
id = "second-wave"
command = "north"
task = "march"
objective = "town"
when = [{kind = "issued", order = "advance", hours = 24}, {kind = "at", place = "mill", not = true}]
source = "almanac"
confidence = "assumed"
"""


# ---------------------------------------------------------------------- values


def test_settings_are_read_as_toml_or_text(data: ScenarioData) -> None:
    new = changed(data, "rules.battle.lethality=1.5", "units.foot1.place = town", "orders.advance.enabled=false")
    assert new.rules["battle.lethality"].value == 1.5
    assert unit(new, "foot1").place == "town"
    assert not orders(new, "advance")[0].enabled


def test_the_scenario_itself_stays_as_it_is(data: ScenarioData) -> None:
    changed(data, "rules.battle.lethality=1.5", "sides.Blue.strength=0.5", "orders.advance.pace=forced")
    assert data.rules["battle.lethality"].value == 1.0
    assert unit(data, "foot1").men == 500
    assert orders(data, "advance")[0].pace == "normal"


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ("rules.battle.lethalty=2", ["'rules.battle.lethalty'", "did you mean 'rules.battle.lethality'"]),
        ("rule.battle.lethality=2", ["'rule.battle.lethality'", "did you mean 'rules'"]),
        ("sides.Blu.pace=2", ["no side with the id 'Blu'", "did you mean 'Blue'"]),
        ("sides.Blue.speed=2", ["sides Blue has no field 'speed'"]),
        ("units.foot.men=2", ["no unit with the id 'foot'", "did you mean 'foot1'"]),
        ("units.foot1.mne=2", ["has no field 'mne'", "did you mean 'men'"]),
        ("units.foot1.name=Guards", ["'units.foot1.name'", "cannot be set"]),
        ("orders.advanc.enabled=false", ["no order with the id 'advanc'", "did you mean 'advance'"]),
        ("orders.sit.enabled=false", ["plan 'first' has no order 'sit'", "plan 'second' has"]),
        ("orders.storm.date=1900-06-09", ["orders.storm.date", "no date", "waits for at, done"]),
        ("orders.advance.shift_days=0.5", ["orders.advance.shift_days", "whole number of days"]),
        ("orders.advance.shift_days=99999999", ["orders.advance.shift_days", "calendar"]),
        ("orders.advance.date=soon", ["orders.advance.date = 'soon'", "a date such as"]),
        ("orders.advance.until=1900-06-06", ["orders.advance", "until 1900-06-06 lies before"]),
        ("orders.advance.objective=riders", ["orders 1 (advance)", "'riders' is no place"]),
        ("orders.advance.via=['towm']", ["via 'towm' is no place", "did you mean 'town'"]),
        ("orders.advance.valid_from_hour=5", ["cannot be set"]),
        ("commanders.birch.terror=2", ["commanders.birch", "'terror' is 2", "at most 1"]),
        ("commanders.birch.rides_with=rider1", ["'rider1' is no unit", "did you mean 'riders1'"]),
        ("units.foot1.men=2.5", ["units.foot1.men = 2.5", "a whole number is wanted"]),
        ("units.foot1.men='500'", ["units.foot1.men", "a whole number is wanted"]),
        ("units.foot1.men=true", ["units.foot1.men", "a whole number is wanted"]),
        ("units.foot1.men=-4", ["'men' is -4", "at least 0"]),
        ("units.foot1.pack_guns=9", ["pack_guns is 9 but guns is 2"]),
        ("units.foot1.command=riders", ["side is Blue, but command 'riders' is Green"]),
        ("rules.battle.lethality=much", ["rules.battle.lethality = 'much'", "a number is wanted"]),
        ("rules.battle.lethality=nan", ["a number is wanted"]),
        ("rules.battle.lethality=true", ["a number is wanted"]),
        ("sides.Blue.pace=-1", ["sides.Blue.pace", "negative"]),
        ("lethality", ["--set lethality", "key=value"]),
        ("=3", ["--set =3", "key=value"]),
        ("from=tomorrow", ["--set from=tomorrow", "is a date such as"]),
    ],
)
def test_what_is_wrong_is_named(data: ScenarioData, setting: str, named: list[str]) -> None:
    with pytest.raises(PatchError) as caught:
        changed(data, setting)
    for part in named:
        assert part in caught.value.message


def test_set_twice() -> None:
    with pytest.raises(PatchError, match="set twice"):
        patch_from_settings(["rules.battle.noise=1", "rules.battle.noise=2"])


def test_outside_its_range_is_allowed_and_said(data: ScenarioData) -> None:
    new = changed(data, "rules.battle.lethality=9")
    assert new.rules["battle.lethality"].value == 9
    assert new.warnings == ("rules.battle.lethality = 9 lies outside its range 0.5 to 2 (-)",)
    assert changed(data, "rules.battle.lethality=2").warnings == ()


def test_known_keys_can_all_be_looked_up(data: ScenarioData) -> None:
    keys = known_keys(data)
    assert {
        "rules.battle.lethality",
        "sides.Blue.pace",
        "orders.advance.shift_days",
        "units.foot1.men",
    } <= set(keys)
    assert keys == sorted(keys)
    for key in keys:
        with pytest.raises(PatchError) as caught:
            apply_patches(data, [Patch(set={key: object()})])
        assert "unknown key" not in caught.value.message


# ---------------------------------------------------------------------- strength


def test_strength_scales_men_and_horses(data: ScenarioData) -> None:
    new = changed(data, "sides.Blue.strength=0.25")
    assert (unit(new, "foot1").men, unit(new, "horse1").men) == (125, 25)
    assert (unit(new, "foot1").horses, unit(new, "horse1").horses) == (10, 28)
    assert unit(new, "riders1") == unit(data, "riders1")
    assert new.sides[0].strength == 0.25


def test_strength_is_set_not_multiplied(data: ScenarioData) -> None:
    twice = apply_patches(changed(data, "sides.Blue.strength=0.5"), [patch_from_settings(["sides.Blue.strength=0.25"])])
    assert twice.units == changed(data, "sides.Blue.strength=0.25").units


@given(factor=st.floats(0, 5), swap=st.booleans())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_strength_is_exact_and_blind_to_row_order(data: ScenarioData, factor: float, swap: bool) -> None:
    patch = Patch(set={"sides.Green.strength": factor})
    new = apply_patches(data, [patch])
    total = sum(row.men for row in new.units if row.side == "Green")
    assert abs(total - 300 * factor) <= 0.5 + 1e-9
    assert all(abs(unit(new, row.id).men - row.men * factor) < 1 for row in data.units if row.side == "Green")
    if swap:
        from dataclasses import replace

        other = apply_patches(replace(data, units=data.units[::-1]), [patch])
        assert {row.id: row.men for row in other.units} == {row.id: row.men for row in new.units}


# ---------------------------------------------------------------------- from an hour on


def test_numbers_change_at_their_hour(data: ScenarioData) -> None:
    new = changed(
        data,
        "from=1900-06-05",
        "rules.battle.lethality=2",
        "sides.Blue.pace=0.5",
        "commanders.birch.terror=0",
    )
    assert new.timed == (
        Timed(96, "commanders.birch.terror", 0.0),
        Timed(96, "rules.battle.lethality", 2.0),
        Timed(96, "sides.Blue.pace", 0.5),
    )
    assert (new.rules, new.sides, new.commanders) == (data.rules, data.sides, data.commanders)


def test_from_may_name_an_hour(data: ScenarioData) -> None:
    new = changed(data, "from=1900-06-05T06:00:00", "rules.battle.lethality=2")
    assert new.timed == (Timed(102, "rules.battle.lethality", 2.0),)


def test_from_the_first_day_is_from_the_start(data: ScenarioData) -> None:
    new = changed(data, "from=1900-06-01", "rules.battle.lethality=2", "units.foot1.men=100")
    assert (new.timed, new.rules["battle.lethality"].value, unit(new, "foot1").men) == ((), 2.0, 100)


@pytest.mark.parametrize(
    "setting",
    [
        "units.foot1.men=3",
        "sides.Blue.strength=0.5",
        "commanders.birch.place=pass",
        "commands.north.base=bridge",
    ],
)
def test_what_holds_from_the_start_refuses_from(data: ScenarioData, setting: str) -> None:
    with pytest.raises(PatchError, match="cannot be combined with 'from'"):
        changed(data, "from=1900-06-05", setting)


@pytest.mark.parametrize("day", ["1900-05-31", "1900-07-01"])
def test_from_outside_the_campaign(data: ScenarioData, day: str) -> None:
    with pytest.raises(PatchError, match="outside the campaign"):
        changed(data, f"from={day}", "rules.battle.lethality=2")


def test_an_order_changes_at_its_hour(data: ScenarioData) -> None:
    new = changed(data, "from=1900-06-05", "orders.advance.objective=town", "orders.advance.shift_days=2")
    old, late = orders(new, "advance")
    assert (old.valid_from_hour, old.valid_until_hour) == (0, 96)
    assert old.model_copy(update={"valid_until_hour": None}) == orders(data, "advance")[0]
    assert (late.valid_from_hour, late.valid_until_hour) == (96, None)
    assert (late.objective, late.when[0].date, late.when[0].until) == (
        "town",
        date(1900, 6, 9),
        date(1900, 6, 10),
    )


def test_a_later_patch_holds_from_its_hour_on(data: ScenarioData) -> None:
    late = patch_from_settings(["from=1900-06-10", "orders.advance.pace=forced", "rules.battle.noise=2"])
    early = patch_from_settings(["from=1900-06-05", "orders.advance.pace=slow", "rules.battle.noise=0.5"])
    both = apply_patches(data, [late, early])
    spans = [(order.valid_from_hour, order.valid_until_hour, order.pace) for order in orders(both, "advance")]
    assert spans == [(0, 96, "normal"), (96, 216, "slow"), (216, None, "slow")]
    assert both.timed == (Timed(96, "rules.battle.noise", 0.5),)
    other = apply_patches(data, [early, late])
    assert [(order.valid_from_hour, order.pace) for order in orders(other, "advance")] == [
        (0, "normal"), (96, "slow"), (216, "forced"),
    ]  # fmt: skip
    assert [(one.hour, one.value) for one in other.timed] == [(96, 0.5), (216, 2.0)]


def test_patches_add_up_over_calls(data: ScenarioData) -> None:
    first, second = patch_from_settings(["rules.battle.noise=2"]), patch_from_settings(["units.foot1.men=9"])
    assert apply_patches(apply_patches(data, [first]), [second]) == apply_patches(data, [first, second])


@pytest.mark.parametrize(
    ("settings_", "hour"),
    [
        (["orders.advance.date=1900-06-10"], 6 * 24),
        (["orders.advance.date=1900-06-03"], 2 * 24),
        (["orders.advance.shift_days=-2"], 4 * 24),
        (["orders.advance.pace=forced"], 6 * 24),
        (["orders.storm.enabled=false"], 0),
        (["rules.battle.noise=2"], 0),
        (["orders.advance.shift_days=3", "units.foot1.men=9"], 0),
        (["from=1900-06-20", "orders.advance.shift_days=3"], 19 * 24),
    ],
)
def test_effective_hour(data: ScenarioData, settings_: list[str], hour: int) -> None:
    assert effective_hour(data, patch_from_settings(settings_)) == hour


def test_a_date_outside_the_campaign_is_said(data: ScenarioData) -> None:
    assert "outside the campaign" in changed(data, "orders.advance.date=1900-07-10").warnings[0]


# ---------------------------------------------------------------------- additions


def test_units_and_orders_are_added(data: ScenarioData, tmp_path: Path) -> None:
    file = tmp_path / "more.toml"
    file.write_text("from = 1900-06-05T06:00:00\n" + NEW_UNIT + NEW_ORDER, encoding="utf-8")
    patch = read_patch(file)
    assert patch.id == "more"
    new = apply_patches(data, [patch])
    assert unit(new, "levy").enter == date(1900, 6, 6)
    assert orders(new, "second-wave")[0].valid_from_hour == 102
    assert effective_hour(data, patch) == 102


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('id = "levy"', 'id = "foot1"', "'foot1' stands in units.csv already"),
        ('place = "summit"', 'place = "sumit"', "did you mean 'summit'"),
        ("men = 80", "men = 80\nenter = 1900-06-02", "enters on 1900-06-02, before 'from'"),
        ("men = 80", "mne = 80", "unknown key 'mne' (did you mean 'men'?)"),
        ('id = "second-wave"', 'id = "storm"', "'storm' stands in the plan already"),
        ('order = "advance"', 'order = "advnce"', "did you mean 'advance'"),
        ('task = "march"', 'task = "march"\nvalid_until_hour = 3', "unknown key 'valid_until_hour'"),
    ],
)
def test_wrong_additions(data: ScenarioData, tmp_path: Path, old: str, new: str, named: str) -> None:
    text = "from = 1900-06-05\n" + NEW_UNIT + NEW_ORDER
    assert old in text
    file = tmp_path / "more.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(PatchError) as caught:
        apply_patches(data, [read_patch(file)])
    assert named in caught.value.message


def test_the_plan_is_chosen(data: ScenarioData) -> None:
    new = apply_patches(data, [patch_from_settings(["orders.sit.enabled=false"])], plan="second")
    assert not new.plans["second"].orders[0].enabled
    assert new.plans["first"] == data.plans["first"]
    with pytest.raises(PatchError, match="did you mean 'first'"):
        apply_patches(data, [], plan="frist")


# ---------------------------------------------------------------------- files


def test_unreadable_patch(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("[set\n", encoding="utf-8")
    with pytest.raises(PatchError, match=r"bad\.toml: not valid TOML"):
        read_patch(file)
    with pytest.raises(PatchError, match="missing"):
        read_patch(tmp_path / "none.toml")


def test_nested_tables_are_the_same_keys(tmp_path: Path) -> None:
    file = tmp_path / "nested.toml"
    file.write_text("[set.rules.battle]\nnoise = 2\n", encoding="utf-8")
    assert read_patch(file).set == {"rules.battle.noise": 2}


def full_patch(tmp_path: Path) -> Patch:
    file = tmp_path / "full.toml"
    head = 'title = "A \\"quoted\\" line\\nand \\\\ another"\nsources = ["almanac", "letters"]\n'
    head += "from = 1900-06-05\n"
    body = '[set]\n"orders.advance.date" = 1900-06-09\n"orders.advance.via" = ["town"]\n'
    body += '"rules.battle.noise" = 2.0\n'
    file.write_text(head + body + NEW_UNIT + NEW_ORDER, encoding="utf-8")
    return read_patch(file)


def test_written_and_read_again(tmp_path: Path) -> None:
    patch = full_patch(tmp_path)
    copy = tmp_path / "copy.toml"
    write_patch(patch, copy)
    assert read_patch(copy) == patch
    assert list(tmp_path.glob(".copy*")) == []
    assert patch_toml(read_patch(copy)) == patch_toml(patch)


def test_canonical_form_goes_through_json(data: ScenarioData, tmp_path: Path) -> None:
    patch = full_patch(tmp_path)
    form = json.loads(json.dumps(canonical(patch)))
    again = patch_from_dict(form)
    assert canonical(again) == form
    assert patch_hash(again) == patch_hash(patch)
    result, expected = apply_patches(data, [again]), apply_patches(data, [patch])
    assert (result.units, result.plans, result.timed) == (expected.units, expected.plans, expected.timed)


def test_hash_is_of_the_effect() -> None:
    plain = Patch(set={"rules.battle.noise": 2})
    assert patch_hash(Patch(id="x", title="y", set={"rules.battle.noise": 2.0})) == patch_hash(plain)
    assert patch_hash(Patch(set={"rules.battle.noise": 2.5})) != patch_hash(plain)
    dated = patch_from_settings(["from=1900-06-02", "rules.battle.noise=2"])
    assert patch_hash(dated) != patch_hash(plain)
    assert patch_hash(patch_from_dict({"from": date(1900, 6, 2), "set": plain.set})) == patch_hash(dated)
    timed = patch_from_settings(["from=1900-06-02T05:00:00", "rules.battle.noise=2"])
    assert timed.from_ == datetime(1900, 6, 2, 5)
    assert patch_hash(timed) != patch_hash(dated)


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    patch = Patch(set={"rules.battle.noise": 2})
    with pytest.raises(PatchError, match="cannot be written"):
        write_patch(patch, tmp_path / "no" / "folder.toml")
    (tmp_path / "taken.toml").mkdir()
    with pytest.raises(PatchError, match="cannot be written"):
        write_patch(patch, tmp_path / "taken.toml")
    assert [path.name for path in tmp_path.iterdir()] == ["taken.toml"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = tmp_path / "patch.toml"
    write_patch(Patch(set={"rules.battle.noise": 2}), file)
    before = file.read_bytes()
    monkeypatch.setattr("os.fsync", no_space)
    with pytest.raises(PatchError, match="No space left"):
        write_patch(Patch(set={"rules.battle.noise": 3}), file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["patch.toml"]
