"""Take command: what a player may order and see, and that a game is a patch and a seed, kept safe at every order."""

from __future__ import annotations

import re
import string
import subprocess
import sys
from pathlib import Path
from typing import Any

import law_kit
import pytest
import scenario_kit

import sim
from sim import cli
from sim.errors import OptionError, PatchError
from sim.muster import FIELD, GONE
from sim.patch import read_patch
from sim.phrases import LANGUAGES, PHRASES
from sim.runs import Run
from sim.scenario import Scenario
from sim.state import E_ORDERED, State
from sim.wargame.dispatch import NewsReader
from sim.wargame.game import Game, OrderError
from sim.wargame.lawful import TASKS

RIDERS = ["tatar_1", "regiment_4_1", "bairgun_mongols"]


def same(one: Run, other: Run) -> bool:
    return law_kit.run_fingerprint(one) == law_kit.run_fingerprint(other) and one.certificate == other.certificate


def stands(state: State) -> str:
    """Hash of where a campaign stands; scratch that is filled before it is read does not count."""
    scratch = ("picture", "dist", "prev", "heap", "keys", "reached", "eye", "order_pace")
    return law_kit.fingerprint(*(a for name, a in zip(State._fields, state, strict=True) if name not in scratch))


def to_the_frontier(game: Game, days: int = 12) -> Game:
    """Some days of a game of the Whites: three units march north and attack what stands there."""
    game.order(RIDERS, "march", "iro_crossing")
    for _ in range(days):
        view = game.step()
        if any(news.kind == "arrives" for news in view.news):
            game.order("tatar_1", "attack", "altan_bulak", accept=0.2)
    return game


# ---------------------------------------------------------------------- a game is a patch and a seed


@pytest.mark.parametrize(("side", "began"), [("White", 0), ("White", 905), ("Red", 400)])
def test_a_game_is_its_file_and_its_seed(campaign: Scenario, tmp_path: Path, side: str, began: int) -> None:
    game = Game.start(campaign, side, seed=7, hour=began, save=tmp_path / "game.toml")
    own = game.units()
    for number in range(8):
        unit = own[number % len(own)]
        where = game.places_for(unit, "march")
        game.order(unit, "march", where[len(where) // 3], pace="forced" if number % 2 else "normal")
        game.step()
    played = game.run()
    assert same(sim.run(sim.load(campaign.data, patches=[tmp_path / "game.toml"]), 7, record=True), played)
    loaded = Game.load(tmp_path / "game.toml")
    assert (loaded.hour, loaded.side, loaded.seed, loaded.orders) == (game.hour, side, 7, game.orders)
    assert stands(loaded.state) == stands(game.state)
    for one in (game, loaded):
        one.order(own[0], "hold")
        one.step()
    assert stands(loaded.state) == stands(game.state)


def test_the_past_of_a_game_is_that_of_the_campaign(campaign: Scenario) -> None:
    game = Game.start(campaign, "White", seed=3, hour=1200)
    told = sim.run(campaign, 3, record=True)
    game.order("tatar_1", "march", "urga")
    game.play_to(2000)
    assert told.record is not None
    seen = game.record().record
    assert seen is not None
    units = len(campaign.unit_ids)
    for field in ("lon", "lat", "men", "rations"):
        assert (seen[field][:1200, :units] == told.record[field][:1200, :units]).all()
    assert (seen["men"][game.hour + 1 :] == 0).all()


def test_the_other_side_follows_its_plan(campaign: Scenario) -> None:
    run = Game.start(campaign, "White", seed=1).run()
    given = {run.orders[row["other"]].id for row in run.chronicle if row["kind"] == E_ORDERED}
    assert "advance-cavalry" in given
    assert "town-held" in given
    assert not any(name.startswith(("ungern-", "rezukhin-", "urga-", "kazagrandi-")) for name in given)


def test_a_game_on_a_patched_world(campaign: Scenario, tmp_path: Path) -> None:
    world = sim.load(campaign.data, patches=["no-terror"], settings=["sides.White.pace=1.2"])
    game = Game.start(world, "White", seed=2, hour=300, save=tmp_path / "game.toml")
    game.order("tatar_1", "march", "iro_crossing")
    game.step()
    run = sim.run(sim.load(campaign.data, patches=[tmp_path / "game.toml"]), 2, record=True)
    assert same(run, game.run())
    assert len(run.certificate["patches"]) == 3
    again = sim.load(campaign.data, patches=[tmp_path / "game.toml"])
    for source in (run, again):
        assert same(sim.fork(source, 1000, seed=2), run), "a game can be forked like any run"
    other = Game.start(again, "Red", seed=2, hour=1500, save=tmp_path / "both.toml")
    other.order("sukhbaatar_1", "hold")
    other.step()
    both = sim.run(sim.load(campaign.data, patches=[tmp_path / "both.toml"]), 2, record=True)
    assert same(both, other.run()), "both sides, one after the other"
    assert stands(Game.load(tmp_path / "game.toml").state) == stands(game.state)


def test_a_game_can_be_compared_and_swept(campaign: Scenario, tmp_path: Path) -> None:
    game = to_the_frontier(Game.start(campaign, "White", seed=7, save=tmp_path / "game.toml"), 3)
    world = sim.load(campaign.data, patches=[game.path or ""], settings=["rules.battle.lethality=0.004"])
    found = sim.compare(campaign, world, 2)
    assert len(found) == 2
    assert found.parted()


def test_urga_run_takes_the_seed_of_the_game(
    campaign: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    game = Game.start(campaign, "White", seed=5, save=tmp_path / "game.toml")
    game.order("tatar_1", "march", "iro_crossing")
    assert cli.call(["run", "--patch", str(tmp_path / "game.toml"), "--out", str(tmp_path / "game.urga")]) == 0
    assert "seed 5" in capsys.readouterr().out
    assert same(sim.read_run(tmp_path / "game.urga"), game.run())


# ---------------------------------------------------------------------- nothing is lost


def test_every_order_is_on_the_disk_at_once(campaign: Scenario, tmp_path: Path) -> None:
    file = tmp_path / "game.toml"
    game = Game.start(campaign, "White", seed=7, save=file)
    assert read_patch(file).orders == ()
    for number, unit in enumerate(RIDERS, 1):
        game.order(unit, "march", "iro_crossing")
        assert len(read_patch(file).orders) == number
    game.step()
    mark = read_patch(file).game
    assert mark is not None
    assert mark.hour == game.hour
    assert [path.name for path in tmp_path.iterdir()] == ["game.toml"]


def test_a_killed_game_goes_on_where_it_was(tmp_path: Path) -> None:
    file = tmp_path / "game.toml"
    code = (
        "import os, sim; from sim.wargame.game import Game; "
        f"g = Game.start(sim.load(), 'White', seed=7, save={str(file)!r}); "
        "g.step(); g.order('tatar_1', 'march', 'iro_crossing'); print(g.hour, flush=True); os.kill(os.getpid(), 9)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=Path(sim.__file__).parents[1]
    )
    assert said.returncode != 0
    game = Game.load(file)
    assert game.hour == int(said.stdout)
    assert [order.objective for order in game.orders] == ["iro_crossing"]


def test_a_file_that_cannot_be_written_is_said(campaign: Scenario, tmp_path: Path) -> None:
    with pytest.raises(PatchError, match="cannot be written"):
        Game.start(campaign, "White", save=tmp_path / "nowhere" / "game.toml")
    with pytest.raises(OptionError, match="no file yet"):
        Game.start(campaign, "White").save()


def test_games_of_others_are_named_as_such(campaign: Scenario, tmp_path: Path) -> None:
    file = tmp_path / "game.toml"
    Game.start(campaign, "White", seed=7, save=file)
    text = file.read_text(encoding="utf-8")
    valley = sim.load(scenario_kit.write(tmp_path / scenario_kit.FOLDER))
    with pytest.raises(PatchError, match="game of 'mongolia_1921', not of 'valley'"):
        Game.load(file, scenario=valley)
    with pytest.raises(PatchError, match="is a game of 'mongolia_1921', plan 'historical', not of 'valley'"):
        sim.load(valley.data, plan="first", patches=[file])
    for key, old, said in (
        ("engine", sim.engine_hash(), "was played with urga .* rules 0000"),
        ("hash", campaign.data.content_hash[:16], "mongolia_1921 has changed since"),
    ):
        file.write_text(text.replace(f'{key} = "{old}"', f'{key} = "0000"'), encoding="utf-8")
        with pytest.raises(PatchError, match=said):
            Game.load(file)
        assert Game.load(file, anyway=True).hour == 4
    file.write_text('title = "no game"\n[set]\n"rules.battle.lethality" = 0.004\n', encoding="utf-8")
    with pytest.raises(PatchError, match="is a patch, but no saved game"):
        Game.load(file)
    with pytest.raises(PatchError, match="missing"):
        Game.load(tmp_path / "none.toml")
    file.write_text(text.replace('side = "White"', 'side = "Grey"'), encoding="utf-8")
    with pytest.raises(OptionError, match="no side 'Grey'"):
        Game.load(file)
    with pytest.raises(OptionError, match="exists already"):
        Game.start(campaign, "White", seed=7, save=file)
    game = Game.start(campaign, "White", seed=7, save=file, replace=True)
    game.order("tatar_1", "march", "van_khure")
    written = file.read_text(encoding="utf-8")
    for old, new, said in (
        ('"tatar_1"', '"tatar_9"', "units 'tatar_9' is no unit"),
        ('"van_khure"', '"van_kure"', "did you mean 'van_khure'"),
        ("from = 1921-05-01T04", "from = 1921-09-02T04", "lies before 'from' of the patch or after"),
    ):
        file.write_text(written.replace(old, new), encoding="utf-8")
        with pytest.raises(PatchError, match=said):
            Game.load(file)
    file.write_text(text[: len(text) // 2] + "\n[[[", encoding="utf-8")
    with pytest.raises(PatchError, match="not valid TOML"):
        Game.load(file)


# ---------------------------------------------------------------------- orders


def test_orders_reach_units_and_are_carried_out(campaign: Scenario) -> None:
    game = Game.start(campaign, "White", seed=7)
    (receipt,) = game.order(RIDERS, "march", "iro_crossing")
    assert receipt.sent == game.hour == 4
    assert set(receipt.arrives) == set(RIDERS)
    assert "Iro" in receipt.told("en")
    assert "Иро" in receipt.told("ru")
    assert "Ерөө" in receipt.told("mn")
    game.step()
    own = {unit.unit: unit for unit in game.view().own}
    assert all(own[name].task == "march" and own[name].objective == "iro_crossing" for name in RIDERS)
    assert own["regiment_4_2"].task == ""
    view = game.play_to(10 * 24)
    own = {unit.unit: unit for unit in view.own}
    assert {own[name].place for name in RIDERS} == {"iro_crossing"}
    assert sum(news.kind == "arrives" for news in view.news) == 3


def test_units_of_two_commands_get_an_order_each(campaign: Scenario) -> None:
    game = Game.start(campaign, "White", seed=7)
    receipts = game.order(["tatar_1", "regiment_2_1"], "march", "van_khure")
    assert {receipt.command for receipt in receipts} == {"ungern", "rezukhin"}
    assert len({receipt.order for receipt in receipts}) == 2


@pytest.mark.parametrize("task", TASKS)
def test_every_task_can_be_ordered(campaign: Scenario, task: str) -> None:
    game = Game.start(campaign, "White", seed=7)
    goal = {"join": "rezukhin", "attack": "altan_bulak"}.get(task, "van_khure")
    (receipt,) = game.order("tatar_1", task, goal)
    game.step()
    own = {unit.unit: unit for unit in game.view().own}
    assert own["tatar_1"].order == receipt.order
    assert own["tatar_1"].task == task


def test_an_order_can_be_taken_back_in_its_hour(campaign: Scenario) -> None:
    game, other = (Game.start(campaign, "White", seed=7) for _ in range(2))
    (receipt,) = game.order("tatar_1", "march", "iro_crossing")
    game.order("regiment_4_1", "march", "iro_crossing")
    assert game.recall(receipt.order) == (receipt.order,)
    other.order("regiment_4_1", "march", "iro_crossing")
    game.step()
    other.step()
    assert law_kit.fingerprint(game.state.units) != law_kit.fingerprint(Game.start(campaign, "White").state.units)
    assert game.view().own == tuple(
        unit if unit.unit != "regiment_4_1" else mine
        for unit, mine in zip(other.view().own, game.view().own, strict=True)
    )
    with pytest.raises(OrderError, match="no order of this hour"):
        game.recall()


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"units": [], "task": "march", "objective": "urga"}, "no-units", "needs a unit"),
    ({"units": "tatar_2", "task": "march", "objective": "urga"}, "unknown-unit", "did you mean tatar_1?"),
    ({"units": ["tatar_1"] * 2, "task": "march", "objective": "van_khure"}, "twice", "named twice"),
    ({"units": "rifle_313", "task": "march", "objective": "urga"}, "not-yours", "is the enemy's"),
    ({"units": "tatar_1", "task": "marsh", "objective": "urga"}, "unknown-task", "did you mean march?"),
    ({"units": "tatar_1", "task": "march", "objective": "urgaa"}, "unknown-place", "did you mean urga?"),
    ({"units": "tatar_1", "task": "march", "objective": "urga", "via": ["nowhere"]}, "unknown-place", "'nowhere'"),
    ({"units": "tatar_1", "task": "hold", "retreat": "nowhere"}, "unknown-place", "'nowhere'"),
    ({"units": "tatar_1", "task": "march"}, "needs-place", "say where to"),
    ({"units": "tatar_1", "task": "join"}, "needs-place", "say where to"),
    ({"units": "tatar_1", "task": "join", "objective": "western"}, "unknown-command", "no command 'western' of yours"),
    ({"units": "tatar_1", "task": "join", "objective": "ungern"}, "own-command", "belongs to Ungern's brigade already"),
    ({"units": "tatar_1", "task": "march", "objective": "urga"}, "already-there", "stands there already"),
    ({"units": "ungern_field_battery", "task": "march", "objective": "novo_dmitrievka", "via": ["torei"]}, "", ""),
    ({"units": "tatar_1", "task": "attack", "objective": "urga"}, "no-enemy", "nobody to attack"),
    ({"units": "tatar_1", "task": "march", "objective": "van_khure", "pace": "fast"}, "unknown-pace", "no pace fast"),
    ({"units": "tatar_1", "task": "march", "objective": "van_khure", "accept": -1.0}, "odds", "not -1.0"),
]


@pytest.mark.parametrize(("order", "reason", "said"), [one for one in BAD if one[1]], ids=lambda one: str(one)[:40])
def test_illegal_orders_are_refused_with_the_reason(
    campaign: Scenario, tmp_path: Path, order: dict[str, Any], reason: str, said: str
) -> None:
    game = Game.start(campaign, "White", seed=7, save=tmp_path / "game.toml")
    before, file = stands(game.state), (tmp_path / "game.toml").read_bytes()
    with pytest.raises(OrderError) as caught:
        game.order(**order)
    assert caught.value.reason == reason
    assert said in caught.value.message
    assert len({caught.value.told(lang) for lang in LANGUAGES}) == 3
    assert stands(game.state) == before
    assert (tmp_path / "game.toml").read_bytes() == file


def refused(game: Game, *order: str) -> str:
    with pytest.raises(OrderError) as caught:
        game.order(*order)
    assert all(caught.value.told(lang) for lang in LANGUAGES)
    return caught.value.reason


def test_orders_that_the_course_forbids(campaign: Scenario) -> None:
    reds = Game.start(campaign, "Red", seed=7)
    assert refused(reds, "air_detachment", "march", "troitskosavsk") == "not-yet"
    assert refused(reds, "armoured_cars", "march", "troitskosavsk") == "not-yet"
    reds.play_to(45 * 24)
    assert refused(reds, "air_detachment", "march", "troitskosavsk") == "aircraft"
    game = Game.start(campaign, "White", seed=7)
    units = game.state.units
    row = campaign.unit_ids.index("tatar_1")
    units["battle"][row] = 0
    assert refused(game, "tatar_1", "rest") == "in-battle"
    assert game.places_for("tatar_1", "rest") == []
    (receipt,) = game.order("tatar_1", "withdraw", "van_khure")
    assert receipt.waits == ("tatar_1",)
    assert "when the fight is over" in receipt.told()
    units["battle"][row] = -1
    units["status"][row] = GONE
    assert refused(game, "tatar_1", "march", "van_khure") == "gone"
    units["status"][row] = FIELD
    game.state.commands["mutiny_h"][campaign.command_ids.index("ungern")] = 3
    assert refused(game, "tatar_1", "march", "van_khure") == "mutinied"
    assert "tatar_1" not in game.units()


def test_units_that_are_gone_say_how(campaign: Scenario) -> None:
    run = sim.run(campaign, 0)
    lost = [(int(row["hour"]), int(row["who"])) for row in run.chronicle if row["kind"] in (6, 23)]
    hour, row = next((hour, row) for hour, row in lost if row < len(campaign.unit_ids) and hour < 2900)
    side = campaign.side_ids[run.units[row].side]
    game = Game.start(campaign, side, seed=0, hour=hour + 2)
    assert refused(game, run.units[row].id, "hold") in ("captured", "dispersed")


def test_wheels_pass_no_trail(campaign: Scenario) -> None:
    game = Game.start(campaign, "White", seed=7)
    trails = set(game.places_for("tatar_1", "march")) - set(game.places_for("ungern_field_battery", "march"))
    assert trails, "riders go where guns on wheels cannot"
    goal = sorted(trails)[0]
    assert refused(game, "ungern_field_battery", "march", goal) == "no-way-wheels"
    assert game.order("ungern_field_battery", "march", goal, leave_wheels=True)


def test_every_place_that_is_offered_can_be_ordered(campaign: Scenario) -> None:
    game = Game.start(campaign, "White", seed=7, hour=900)
    for unit, task in (("tatar_1", "march"), ("tatar_1", "attack"), ("rezukhin_battery", "withdraw")):
        offered = game.places_for(unit, task)
        for place in offered[:: max(1, len(offered) // 12)]:
            game.order(unit, task, place)
            game.recall()
        others = [place for place in campaign.place_ids if place not in offered]
        for place in others[:: max(1, len(others) // 12)]:
            assert refused(game, unit, task, place)
    assert game.commands_for("tatar_1") == ["kazagrandi", "rezukhin", "urga"]


def test_after_the_end_nothing_is_ordered(campaign: Scenario) -> None:
    game = Game.start(campaign, "White", seed=7, hour=2900)
    while not game.over:
        game.step(24)
    view = game.view()
    assert view.over
    assert view.reason == "over"
    assert refused(game, "kazagrandi", "hold") == "over"
    assert same(game.run(), game.record())


def test_what_cannot_be_begun_is_refused(campaign: Scenario) -> None:
    with pytest.raises(OptionError, match="no side 'Whites' \\(did you mean 'White'"):
        Game.start(campaign, "Whites")
    with pytest.raises(OptionError, match="outside the campaign"):
        Game.start(campaign, "White", hour=99999)


# ---------------------------------------------------------------------- what you see


def test_you_see_what_your_side_knows(campaign: Scenario) -> None:
    game = Game.start(campaign, "White", seed=7)
    assert game.view().enemies == (), "nobody has reported anything on the first morning"
    view = game.play_to(40 * 24)
    side = {name: int(campaign.tables.units0["side"][row]) for row, name in enumerate(campaign.unit_ids)}
    assert all(side[unit.unit] == 1 for unit in view.own)
    assert view.enemies
    assert all(side[one.unit] == 0 for one in view.enemies)
    assert len(view.enemies) < sum(one == 0 for one in side.values())
    rows = {name: row for row, name in enumerate(campaign.unit_ids)}
    assert any(one.men != int(game.state.units["men"][rows[one.unit]]) for one in view.enemies)
    assert set(view.holders) == set(campaign.place_ids)
    assert set(view.holders.values()) <= {"Red", "White", ""}


def test_the_game_stops_for_what_matters(campaign: Scenario) -> None:
    game = to_the_frontier(Game.start(campaign, "White", seed=7), 20)
    kinds: set[str] = set()
    for _ in range(20):
        view = game.step()
        assert view.reason in ("dawn", "news")
        assert (view.reason == "news") == any(news.urgent for news in view.news)
        assert view.hour % 24 == 4 or view.reason == "news"
        kinds |= {news.kind for news in view.news}
        for news in view.news:
            assert len({news.told(lang) for lang in LANGUAGES}) == 3
    before = game.hour
    assert game.step(30).hour >= before + 30
    assert game.hour <= before + 42


def test_phrases_are_whole_in_three_languages() -> None:
    for key, texts in PHRASES.items():
        assert len(texts) == 3, key
        assert all(texts), key
        fields = [{field for _, field, _, _ in string.Formatter().parse(text) if field} for text in texts]
        assert fields[0] == fields[1] == fields[2], key


def test_news_of_an_enemy_on_the_spot_names_the_place_and_no_distance(campaign: Scenario) -> None:
    """An alarm at 0 km says that he stands where the unit stands; farther off it gives the distance."""
    game = Game.start(campaign, "White", seed=7)
    reader = NewsReader(campaign, game.state, 1)
    unit = reader.units[campaign.unit_ids.index("tatar_1")]
    place = campaign.place_ids.index("urga")
    near, far = (reader._alarm(10, place, 250, km, unit) for km in (0.3, 17.0))  # pyright: ignore[reportPrivateUsage]
    for lang in LANGUAGES:
        assert not re.search(r"\b0 (km|км)", near.told(lang))
        assert re.search(r"\b17 (km|км)", far.told(lang))
    assert near.told() == "enemy reported at Urga, where 1st (Tatar) Regiment stands: about 250 men"


def test_distances_of_orders_are_those_of_the_march(campaign: Scenario) -> None:
    game = Game.start(campaign, "White", seed=7)
    found = game.marches_for("tatar_1", "march")
    assert list(found) == game.places_for("tatar_1", "march")
    assert list(found.values()) == sorted(found.values())
    routes = campaign.data.routes
    first = next(iter(found))
    here = campaign.place_ids[int(game.state.units[campaign.unit_ids.index("tatar_1")]["place"])]
    (km,) = (route.length_km for route in routes if {route.from_, route.to} == {here, first})
    assert found[first] >= km * 0.99, "never shorter than the road itself"
