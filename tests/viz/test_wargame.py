"""Taking command in the window: a game by the keyboard alone, orders refused with their reason, and nothing lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

import sim
from sim.choice.verdict import beside
from sim.wargame.game import Game, OrderError
from viz import app, knowledge, wargame_map, words_decide
from viz.boot import pygame
from viz.council import Council
from viz.moment import seen_by
from viz.pages import End, Goals, Menu
from viz.wargame import TASKS, War
from viz.words import LANGUAGES, say

if TYPE_CHECKING:
    from viz.tape import Tape

ROOT = Path(__file__).resolve().parents[2]
MAY_21, JUNE_15 = 20 * 24, 45 * 24
SHIFT = pygame.KMOD_SHIFT


@pytest.fixture
def table(table: Any) -> Any:
    """The table of all tests here, on which the map does not glide."""
    table.state.reduced_motion = True
    return table


@pytest.fixture
def game(table: Any) -> Any:
    """A game of the Whites from 21 May, begun by keys."""
    table.state.hour = float(MAY_21)
    table.key(pygame.K_F2)
    assert isinstance(table.page, Menu)
    assert "Asiatic Division" in table.page.lines(0)[1].text
    table.key(pygame.K_1)
    assert table.table.command.field is not None
    return table


def field(table: Any) -> Any:
    """The game at the desk."""
    return table.table.command.field


def choose(table: Any, name: str) -> None:
    """Choose a unit by Tab."""
    for _ in range(60):
        table.key(pygame.K_TAB)
        if field(table).chosen == [name]:
            return
    raise AssertionError(f"{name} is not among those that Tab goes through")


def order(table: Any, name: str, task: str, place: str) -> None:
    """Order a unit by keys alone: Tab, the number of the task, letters of the place, Enter."""
    choose(table, name)
    table.key(pygame.K_1 + TASKS.index(task))
    assert isinstance(table.page, Goals), (task, field(table).note)
    table.type(place)
    table.key(pygame.K_RETURN)


def test_a_game_of_the_whites_by_keyboard_alone(game: Any, tmp_path: Path, played: Tape) -> None:
    """From 21 May to 15 June: orders, pauses, saved and loaded with the same bytes, compared with history."""
    stand = field(game).stand
    assert MAY_21 <= stand.hour < MAY_21 + 24
    path = tmp_path / "game-white-0.toml"
    assert stand.path == path
    assert path.exists()
    order(game, "tatar_1", "march", "iro cro")
    assert field(game).stand.given == 1
    assert [way.goal for way in field(game).stand.on_way] == ["iro_crossing"]
    assert "goes out" in field(game).note[0]
    game.key(pygame.K_TAB, pygame.KMOD_CTRL)
    assert len(field(game).chosen) == 2, "one more"
    game.key(pygame.K_c)
    assert len(field(game).chosen) > 3
    game.key(pygame.K_3)
    game.key(pygame.K_RETURN)  # hold where they stand
    assert field(game).stand.given == 2
    game.key(pygame.K_BACKSPACE)
    assert field(game).stand.given == 1
    hours, news = [field(game).stand.hour], 0
    while field(game).stand.hour < JUNE_15:
        game.key(pygame.K_SPACE)
        stand = field(game).stand
        assert stand.hour > hours[-1]
        assert stand.hour - hours[-1] <= 24, "it stops at dawn at the latest"
        assert stand.hour % 24 == 4 or any(urgent for _, urgent in stand.news)
        assert game.state.hour == stand.hour
        hours.append(stand.hour)
        news += len(stand.news)
        if stand.hour % 24 == 4 and len(hours) in (12, 13):
            order(game, "regiment_4_1", "attack" if len(hours) == 12 else "march", "altan")
    assert news > 0
    places = {place.id: place.index for place in game.tape.places}
    unit = next(one for one in game.tape.units if one.id == "tatar_1")
    assert places["iro_crossing"] in game.tape.detail["place"][MAY_21:JUNE_15, unit.index]
    now = field(game).stand.tape
    saved = path.read_bytes()
    again = Game.load(path)
    assert again.hour == hours[-1]
    again.save(tmp_path / "again.toml")
    assert (tmp_path / "again.toml").read_bytes() == saved
    loaded = sim.run(sim.load(patches=[path]), seed=0, record=True)
    until = hours[-1] + 1
    record = loaded.record
    assert record is not None
    n = min(record.shape[1], now.men.shape[1])
    assert np.array_equal(record["men"][:until, :n], now.men[:until, :n])
    assert np.array_equal(record["lon"][:until, :n], now.x[:until, :n])
    # compared with history, on the same dice
    game.key(pygame.K_F2)
    game.key(pygame.K_1)
    assert isinstance(game.page, End)
    text = " ".join(line.text for line in game.page.lines(0))
    assert f"urga compare {path.name}" in text
    assert words_decide.WORDS["wg-same-dice"][0] in text, "one run each: that is said"
    base = sim.run(sim.load(), seed=0)
    mine, theirs = loaded.outcome["lost.White"], base.outcome["lost.White"]
    row = next(one for one in game.page.ending.rows if one[0][0].startswith("White losses"))
    assert row[2:] == (mine, theirs)
    game.key(pygame.K_ESCAPE)
    # and gone on with by the menu of another window
    game.key(pygame.K_F2)
    game.key(pygame.K_2)
    assert field(game) is None
    assert game.state.fog == -1
    game.key(pygame.K_F2)
    item = next(line for line in game.page.lines(0) if line.text == "Go on with game-white-0.toml")
    game.key(pygame.K_0 + int(item.key))
    assert field(game).stand.hour == hours[-1]
    assert field(game).stand.tape.digest == now.digest
    assert played.digest != now.digest


def test_only_what_the_side_knows_is_on_the_map(game: Any, council: Council) -> None:
    for _ in range(14):
        game.key(pygame.K_SPACE)
    stand = field(game).stand
    tape = game.tape
    view = game.table.command.war.game.view()
    units = {unit.id: unit.index for unit in tape.units}
    seen = {body.unit: body.men for body in seen_by(tape, stand.hour, 1) if tape.units[body.unit].side == 0}
    assert seen == {units[one.unit]: one.men for one in view.enemies if one.age_h <= 14 * 24}
    held = knowledge.held(tape, stand.hour, 1)
    sides = council.base().side_ids
    for place in tape.places:
        assert held[place.index] == (sides.index(view.holders[place.id]) if view.holders[place.id] else -1)
    assert all(tape.state[stand.hour + 1 :].ravel() == 0), "nothing is known of what is to come"
    # keys that would show more say so and show nothing
    for key in (pygame.K_v, pygame.K_g, pygame.K_p, pygame.K_d, pygame.K_w, pygame.K_j, pygame.K_x, pygame.K_F5):
        game.key(key)
        assert (game.state.fog, game.state.compare, game.state.panel, game.state.director) == (1, False, False, False)
        assert game.page is None
        assert field(game).note == tuple(say("wg-only-known", lang) for lang in range(3))
    game.key(pygame.K_END)
    game.key(pygame.K_RIGHT)
    assert game.state.hour == stand.hour, "there is no way beyond the present"
    game.key(pygame.K_LEFT)
    assert game.state.hour == stand.hour - 24
    game.key(pygame.K_SPACE)
    assert game.state.hour == stand.hour, "from the past the first press leads back to the present"
    assert field(game).stand.hour == stand.hour


def test_orders_that_cannot_be_are_refused_with_the_reason(game: Any) -> None:
    stand = field(game).stand
    game.key(pygame.K_2)
    assert field(game).bad
    assert field(game).note[0].startswith("Tab or click"), "no unit is chosen"
    choose(game, "tatar_1")
    # by a click on a place that is not open to this order: an attack on one's own base
    game.key(pygame.K_2)
    assert isinstance(game.page, Goals)
    game.page.give("urga")
    game.until(lambda: not game.table.errands.busy)
    note, bad = field(game).note, field(game).bad
    assert bad
    war = game.table.command.war
    for lang, name in enumerate(LANGUAGES):
        with pytest.raises(OrderError) as refused:
            war.game.order("tatar_1", "attack", "urga")
        assert refused.value.told(name) == note[lang]
    assert len(set(note)) == 3
    assert field(game).stand is stand, "nothing has changed"
    game.key(pygame.K_BACKSPACE)
    assert field(game).bad, "there is nothing to take back"
    game.key(pygame.K_7)
    game.type("zzz")
    game.key(pygame.K_RETURN)
    assert isinstance(game.page, Goals), "no such command: the list stays open"
    game.key(pygame.K_ESCAPE)
    assert game.page is None
    # what was refused is drawn, in the line at the foot
    game.key(pygame.K_ESCAPE)
    assert field(game).note is None
    before = game.surface.copy()
    game.key(pygame.K_BACKSPACE)
    assert before.get_buffer().raw != game.surface.get_buffer().raw


def test_places_are_listed_nearest_first_and_typed_in_any_language(game: Any) -> None:
    choose(game, "tatar_1")
    game.key(pygame.K_1)
    page = game.page
    assert isinstance(page, Goals)
    assert [goal[0] for goal in page.goals] == game.table.command.war.game.places_for("tatar_1", "march")
    game.type("Троиц")
    assert page.matching()[0][0] == "troitskosavsk"
    game.key(pygame.K_BACKSPACE)
    assert page.text == "Трои"
    game.key(pygame.K_DOWN)
    assert game.table.leaf.chosen == "goal:troitskosavsk"
    game.key(pygame.K_ESCAPE)
    assert game.page is None


def test_a_game_by_mouse(game: Any) -> None:
    stand = field(game).stand
    game.draw(1.0, float("inf"))
    own = [s for s in game.scene.sprites.values() if game.tape.units[s.group.lead].side == 1]
    area = game.scene.layout.map
    cards = game.table.rects(game.scene.layout)
    sprite = next(s for s in own if area.contains(s.rect()) and s.rect().collidelist(cards) < 0)
    game.click(sprite.rect().center)
    game.turn()
    chosen = field(game).chosen
    assert set(chosen) == {game.tape.units[b.unit].id for b in sprite.group.members} & set(stand.units)
    spots = dict(field(game)._right.spots())  # pyright: ignore[reportPrivateUsage]
    assert all(rect.height >= 44 for rect in spots.values())
    game.click(spots["task:march"].center)
    assert isinstance(game.page, Goals)
    # a click on the map chooses the place under it
    view = game.scene.view
    room = game.table.leaf.rect
    bare = [
        place for place in game.tape.places
        if place.id in {goal[0] for goal in game.page.goals}
        and area.inflate(-80, -80).collidepoint(view.pixel(place.x, place.y))
        and not room.collidepoint(view.pixel(place.x, place.y))
        and pygame.Rect(0, 0, 1, 1).move(*map(round, view.pixel(place.x, place.y))).collidelist(cards) < 0
        and game.scene.hit(*map(round, view.pixel(place.x, place.y))) == ("place", place.index)
    ]  # fmt: skip
    assert bare
    game.click(tuple(map(round, view.pixel(bare[0].x, bare[0].y))))
    game.until(lambda: not game.table.errands.busy)
    assert game.page is None
    assert field(game).stand.given >= 1
    assert field(game).stand.on_way[0].goal == bare[0].id
    left = dict(field(game)._left.spots())  # pyright: ignore[reportPrivateUsage]
    assert set(left) == {"go", "back", "menu"}
    game.click(left["back"].center)
    assert field(game).stand.given == 0
    game.click(dict(field(game)._left.spots())["go"].center)  # pyright: ignore[reportPrivateUsage]
    assert field(game).stand.hour > stand.hour


def test_the_map_glides_to_the_next_pause(game: Any) -> None:
    game.state.reduced_motion = False
    before = field(game).stand.hour
    game.key(pygame.K_SPACE)
    game.key(pygame.K_SPACE)
    stand = field(game).stand.hour
    assert stand > before
    game.until(lambda: not game.state.playing)
    assert game.state.hour == field(game).stand.hour


def test_the_reds_can_be_played_too(table: Any, tmp_path: Path) -> None:
    table.state.hour = 0.0
    table.key(pygame.K_F2)
    table.key(pygame.K_2)
    assert field(table).stand.side == 0
    assert table.state.fog == 0
    assert (tmp_path / "game-red-0.toml").exists()
    table.key(pygame.K_SPACE)
    assert 4 < field(table).stand.hour <= 28


def test_a_second_game_does_not_overwrite_the_first(table: Any, tmp_path: Path) -> None:
    for _ in range(2):
        table.table.command.command(1, 100)
        table.until(lambda: not table.table.errands.busy)
        table.table.command.lay_down()
        table.until(lambda: not table.table.errands.busy)
    assert sorted(path.name for path in tmp_path.glob("*.toml")) == ["game-white-0-2.toml", "game-white-0.toml"]


def test_games_of_others_are_named(table: Any, tmp_path: Path, council: Council) -> None:
    path = tmp_path / "game-white-0.toml"
    Game.start(council.base(), "White", seed=0, save=path)
    text = path.read_text(encoding="utf-8")
    # other rules: said, and played all the same when asked to
    path.write_text(text.replace(sim.engine_hash(), "0" * len(sim.engine_hash())), encoding="utf-8")
    table.key(pygame.K_F2)
    item = next(line for line in table.page.lines(0) if path.name in line.text)
    table.key(pygame.K_0 + int(item.key))
    assert isinstance(table.page, Menu)
    assert "was played with urga" in table.page.lines(0)[1].text
    table.key(pygame.K_2)
    assert table.page is None
    assert field(table) is None
    table.table.command.load(path)
    table.until(lambda: not table.table.errands.busy)
    table.key(pygame.K_1)
    assert field(table).stand.hour == 4
    # what is no game
    table.table.command.lay_down()
    table.until(lambda: not table.table.errands.busy)
    other = tmp_path / "game-none.toml"
    other.write_text('title = "no game"\n', encoding="utf-8")
    table.table.command.load(other)
    table.until(lambda: not table.table.errands.busy)
    assert field(table) is None
    assert "no saved game" in table.state.message


def test_the_end_of_the_campaign_compares_by_itself(table: Any) -> None:
    table.table.command.command(1, table.tape.hours - 30)
    table.until(lambda: not table.table.errands.busy)
    for _ in range(6):
        if field(table).stand.over:
            break
        table.key(pygame.K_SPACE)
        table.until(lambda: not table.table.errands.busy)
    assert field(table).stand.over
    assert isinstance(table.page, End)
    table.key(pygame.K_1)
    assert table.page is None
    table.key(pygame.K_x)
    assert table.page is not None, "afterwards all may be asked"


def test_a_game_is_compared_over_many_dice(game: Any, tmp_path: Path, council: Council) -> None:
    """Behind the card both are played over other dice from the hour of taking command; leaving the card gives it up."""
    order(game, "tatar_1", "attack", "altan")
    for _ in range(3):
        game.key(pygame.K_SPACE)
    game.key(pygame.K_F2)
    game.key(pygame.K_1)
    page = game.page
    assert isinstance(page, End)
    game.until(lambda: page.ending.odds is not None)
    odds = page.ending.odds
    assert odds is not None
    war = game.table.command.war.game
    wanted = beside(council.base(), tmp_path / "game-white-0.toml", 0, war.began, kit_runs(game), threads=2)
    assert odds.runs == wanted.runs
    told = [[(c.option, c.mean, c.low, c.high) for c in row.cells] for row in odds.rows]
    assert told == [[(c.option, c.mean, c.low, c.high) for c in row.cells] for row in wanted.rows]
    lines = page.lines(0)
    heads = next(line for line in lines if line.head)
    assert [cell.text for cell in heads.cells][2:] == [
        f"{who}, {odds.runs} other dice" for who in ("Your orders", "History")
    ]
    rows = [line for line in lines if line.cells and not line.head]
    for line, row in zip(rows, odds.rows, strict=True):
        assert line.text == row.told("en")
        history, mine = row.cells
        assert (line.cells[2].low, line.cells[3].low) == (mine.low, history.low) or row.kind == "number"
    # and given up when the card is left
    game.key(pygame.K_ESCAPE)
    game.table.deciding.runs = 4000
    game.key(pygame.K_F2)
    game.key(pygame.K_1)
    page = game.page
    assert isinstance(page, End)
    assert game.table.active
    game.key(pygame.K_ESCAPE)
    game.until(lambda: not game.table.command.busy, 20)
    assert page.ending.odds is None
    assert "given up" not in game.state.message


def kit_runs(table: Any) -> int:
    """Dice of a comparison."""
    return table.table.deciding.runs


@pytest.mark.parametrize(("size", "factor"), [((1024, 768), 2), ((1024, 768), 5), ((1920, 1080), 5)])
def test_refusals_are_read_whole_at_every_size(
    game: Any, size: tuple[int, int], factor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line at the foot is never cut, lies on the map, and hides no card while there is room beside it."""
    game.surface = pygame.Surface(size, 0, 32)
    game.state.factor = factor
    choose(game, "tatar_1")
    game.key(pygame.K_2)
    game.page.give("urga")
    game.until(lambda: not game.table.errands.busy)
    assert field(game).bad
    said, line = list[str](), game.scene.type.line

    def spy(face: str, pixels: float, text: str, *more: Any) -> pygame.Surface:
        said.append(text)
        return line(face, pixels, text, *more)

    monkeypatch.setattr(game.scene.type, "line", spy)
    for game.state.language in range(3):
        said.clear()
        game.draw()
        whole = say("wg-refused", game.state.language, why=field(game).note[game.state.language])
        assert whole in " ".join(said)
        foot = field(game).rects(game.scene.layout)[-1]
        assert game.scene.layout.map.contains(foot)
        right = field(game)._right.rect  # pyright: ignore[reportPrivateUsage]
        left = field(game)._left.rect  # pyright: ignore[reportPrivateUsage]
        assert right.width
        free = game.scene.layout.map.width - right.width - left.width
        assert free > 0.24 * size[0], "cards leave some of the map"
        assert not foot.colliderect(right)
        assert not foot.colliderect(left)
    # another choice: the refusal is no longer of interest
    game.key(pygame.K_TAB)
    assert field(game).note is None


@pytest.mark.parametrize("factor", [2, 5])
def test_a_menu_never_lies_half_over_the_card_of_the_side(game: Any, factor: int) -> None:
    game.surface = pygame.Surface((1024, 768), 0, 32)
    game.state.factor = factor
    game.draw()
    game.key(pygame.K_F2)
    game.draw()
    left = field(game)._left.rect  # pyright: ignore[reportPrivateUsage]
    assert bool(left.width) == (factor == 2)
    assert not left.colliderect(game.table.leaf.rect)
    game.key(pygame.K_ESCAPE)
    game.draw()
    assert field(game)._left.rect.width, "and it is back"  # pyright: ignore[reportPrivateUsage]


def test_the_age_of_a_report_lies_on_no_other_chip(game: Any) -> None:
    """It stands below its chip, or above it when another chip is there."""
    sprites = list(game.scene.sprites.values())
    old = next(one for one in sprites if one.group.age >= 0)
    other = next(one for one in sprites if one is not old)
    surface = pygame.Surface(game.surface.get_size(), 0, 32)

    def plate(*shown: Any) -> pygame.Rect:
        surface.fill((1, 2, 3))
        wargame_map.ages(surface, game.scene.view, cast("Any", SimpleNamespace(sprites=dict(enumerate(shown)))))
        mask = pygame.mask.from_threshold(surface, (1, 2, 3), (1, 1, 1))
        mask.invert()
        (found,) = mask.get_bounding_rects()
        return found

    other.group.age = -1
    old.pin = other.pin = (0.0, 0.0)
    old.now, other.now = (300.0, 250.0), (700.0, 500.0)
    assert plate(old).top >= old.rect().bottom
    assert plate(old, other) == plate(old)
    other.now = (300.0, 250.0 + (old.size[1] + other.size[1]) / 2 + 2)
    moved = plate(old, other)
    assert moved.bottom <= old.rect().top
    assert not moved.colliderect(other.rect())


def test_wrong_words_at_the_start_are_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert app.main(command="Grey", seconds=20) == 2
    assert "no side 'Grey'" in capsys.readouterr().err
    assert app.main(game=tmp_path / "none.toml", seconds=20) == 2
    assert "none.toml" in capsys.readouterr().err
    assert app.main(command="White", since="21 May", seconds=20) == 2
    assert "write it as 1921-05-21" in capsys.readouterr().err


def test_a_window_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    """The process is killed in the middle of a game; every order and every step is in the file."""
    script = textwrap.dedent(
        f"""
        import os, sys
        os.environ["SDL_VIDEODRIVER"] = "dummy"
        sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests" / "viz")!r}]
        from pathlib import Path
        from viz.boot import pygame
        import turning_kit
        from viz.council import Council
        from viz.wargame import TASKS
        table = turning_kit.Table(Council("mongolia_1921", None), None, Path({str(tmp_path)!r}))
        table.state.reduced_motion = True
        table.table.command.begin("white", "1921-05-21", None)
        table.until(lambda: table.table.command.field is not None)
        field = table.table.command.field
        for _ in range(4):
            table.key(pygame.K_SPACE)
        while field.chosen != ["tatar_1"]:
            table.key(pygame.K_TAB)
        table.key(pygame.K_1)
        table.type("iro cro")
        table.key(pygame.K_RETURN)
        print(field.stand.hour, len(table.table.command.war.game.orders), flush=True)
        table.post(pygame.Event(pygame.KEYDOWN, key=pygame.K_SPACE, mod=0, unicode="", scancode=0))
        while True:
            table.turn()
        """
    )
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert child.stdout is not None
    with child.stdout:
        try:
            said = child.stdout.readline().split()
            time.sleep(0.05)
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
    hour, orders = int(said[0]), int(said[1])
    war = War.load(tmp_path / "game-white-0.toml")
    assert orders == 1
    assert [one.objective for one in war.game.orders] == ["iro_crossing"]
    assert war.game.hour >= hour
    assert war.standing().own


@pytest.mark.study
@pytest.mark.skipif(not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool")
@pytest.mark.filterwarnings("ignore")
def test_a_game_in_a_real_window(tmp_path: Path) -> None:
    """Keys of a real keyboard in a real window under Xvfb: 21 May to 15 June."""
    number = next(n for n in range(90, 200) if not Path(f"/tmp/.X{n}-lock").exists())
    server = subprocess.Popen(
        ["Xvfb", f":{number}", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"], stderr=subprocess.DEVNULL
    )
    env = {**os.environ, "DISPLAY": f":{number}", "PYTHONPATH": str(ROOT)}
    env.pop("SDL_VIDEODRIVER", None)

    def do(*words: str) -> None:
        subprocess.run(["xdotool", *words], env=env, check=True, stdout=subprocess.DEVNULL)

    def until(done: Callable[[], bool], seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, "it takes too long"
            time.sleep(0.05)

    def pointed() -> bool:
        words = ["xdotool", "mousemove", "500", "400", "getmouselocation"]
        return subprocess.run(words, env=env, capture_output=True, check=False).returncode == 0

    until(pointed, 15)
    command = [sys.executable, "-m", "sim", "view", "--play", "White", "--from", "1921-05-21", "--size", "1280x800"]
    viewer = subprocess.Popen([*command, "--reduced-motion"], env=env, cwd=tmp_path)
    path = tmp_path / "game-white-0.toml"
    try:
        until(path.exists)
        time.sleep(2.0)
        do("key", "Tab")
        do("key", "1")
        time.sleep(1.0)
        do("type", "--delay", "60", "iro cro")
        do("key", "Return")
        until(lambda: "iro_crossing" in path.read_text(encoding="utf-8"), 20)
        hour = Game.load(path).hour
        while hour < JUNE_15:
            do("key", "space")
            last = hour
            until(lambda last=last: (Game.load(path).hour) > last, 20)
            hour = Game.load(path).hour
        assert Game.load(path).hour >= JUNE_15
        do("key", "ctrl+q")
        assert viewer.wait(20) == 0
    finally:
        viewer.kill()
        viewer.wait()
        server.terminate()
        server.wait()
