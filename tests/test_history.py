"""Every kind of reading, on small made-up traces; windows, shares and disputed dates."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scenario_kit

import sim
from sim.errors import ScenarioError
from sim.history import summarise, windows
from sim.history.kinds import READERS
from sim.muster import FIELD, GONE
from sim.replay import off_centre, typicality
from sim.scenario import Scenario
from sim.scenario_files import READINGS, History, HistoryEvent, Reading, SourceWindow
from sim.state import (
    E_BATTLE_ENDS,
    E_CAPTURED,
    E_FRONTIER,
    E_MUTINY,
    E_SPLIT,
    HOUR,
    N_BATTLES,
    N_EVENTS,
    N_HOLDINGS,
    N_UNITS,
    TRACE_H,
    new_state,
)

FOOT, HORSE, RIDERS1, RIDERS2 = range(4)  # rows of the valley's units
BRIDGE, MILL, PASS, SUMMIT, TOWN = range(5)  # rows of its places
NORTH, RIDERS = range(2)
ALDER, BIRCH = range(2)
HIGHLAND, LOWLAND = range(2)
BLUE, GREEN = range(2)


@pytest.fixture(scope="module")
def valley(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return sim.load(scenario_kit.write(tmp_path_factory.mktemp("history")))


class Made:
    """A finished run of the valley, written by hand: everybody stands where he started until moved."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.state = new_state(scenario.tables, 0)
        self.state.counts[HOUR] = scenario.hours
        self.trace = self.state.trace
        for row in range(scenario.tables.n_units):
            unit = scenario.tables.units0[row]
            for field in ("men", "guns", "cohesion", "command"):
                self.trace[field][:, row] = unit[field]
            self.trace["status"][:, row] = FIELD
            self.move(row, int(unit["place"]))

    def move(self, unit: int, place: int, hour: int = 0, share: float = 1.0) -> Made:
        """From an hour on a unit stands at a place, or that share of the way from where it was to it."""
        row, here = hour // TRACE_H, self.scenario.tables.places[place]
        for field in ("lon", "lat"):
            old = float(self.trace[field][row, unit])
            self.trace[field][row:, unit] = old + share * (here[field] - old)
        return self

    def men(self, unit: int, men: int, hour: int = 0) -> Made:
        """From an hour on a unit has so many men; none: it is gone."""
        self.trace["men"][hour // TRACE_H :, unit] = men
        self.trace["status"][hour // TRACE_H :, unit] = FIELD if men else GONE
        self.state.units["men"][unit] = men
        return self

    def event(
        self,
        hour: int,
        kind: int,
        who: int = -1,
        where: int = -1,
        whom: int = -1,
        other: int = -1,
        n1: int = 0,
        n2: int = 0,
    ) -> Made:
        """An entry of the chronicle."""
        n = int(self.state.counts[N_EVENTS])
        self.state.chronicle[n] = (hour, kind, who, where, whom, other, n1, n2, 0, 0.0)
        self.state.counts[N_EVENTS] = n + 1
        return self

    def battle(self, hour: int, winner: int, loser: int, where: int, men: int, began: int | None = None) -> Made:
        """A battle that ends; the loser has so many men in it."""
        n = int(self.state.counts[N_BATTLES])
        row = self.state.battles[n]
        units = self.scenario.tables.units0
        left, right = (winner, loser) if units[winner]["side"] == BLUE else (loser, winner)
        row["site"], row["start_h"], row["end_h"] = where, hour - 3 if began is None else began, hour
        row["men_left"] = row["men_right"] = men
        row["lead_left"], row["lead_right"] = left, right
        row["command_left"], row["command_right"] = units[left]["command"], units[right]["command"]
        self.state.counts[N_BATTLES] = n + 1
        return self.event(hour, E_BATTLE_ENDS, winner, where, loser, n, n1=men)

    def hold(self, hour: int, place: int, side: int) -> Made:
        """A place changes hands."""
        n = int(self.state.counts[N_HOLDINGS])
        self.state.holdings[n] = (hour, place, side)
        self.state.counts[N_HOLDINGS] = n + 1
        self.state.places["holder"][place] = side
        return self

    def read(self, kind: str, **arguments: Any) -> float:
        """The hour that a reading gives."""
        return self.score({"it": reading(kind=kind, **arguments)})["it"]

    def score(self, readings: dict[str, Reading]) -> dict[str, float]:
        """The hours that readings give."""
        return sim.score(with_events(self.scenario, readings), self.state)


def reading(**arguments: Any) -> Reading:
    """A reading, as a table of history.toml gives it."""
    return Reading.model_validate(arguments)


def with_events(scenario: Scenario, readings: dict[str, Reading], **changes: Any) -> Scenario:
    events = tuple(
        HistoryEvent.model_validate(
            {
                "id": name,
                "group": "E",
                "title": name,
                "from": date(1900, 6, 10),
                "to": date(1900, 6, 12),
                "reading": one,
                "source": "almanac",
                "confidence": "documented",
                **changes,
            }
        )
        for name, one in readings.items()
    )
    return dataclasses.replace(scenario, data=dataclasses.replace(scenario.data, history=History(events=events)))


@pytest.fixture
def made(valley: Scenario) -> Made:
    return Made(valley)


@pytest.fixture
def another(valley: Scenario) -> Callable[[], Made]:
    return lambda: Made(valley)


def never(hour: float) -> bool:
    return math.isnan(hour)


def test_the_fixture_knows_its_rows(valley: Scenario) -> None:
    assert valley.unit_ids == ("foot1", "horse1", "riders1", "riders2")
    assert valley.place_ids == ("bridge", "mill", "pass", "summit", "town")
    assert valley.command_ids == ("north", "riders")
    assert valley.country_ids == ("Highland", "Lowland")


def test_there_is_a_reader_for_every_kind() -> None:
    assert set(READERS) == set(READINGS)


# ---------------------------------------------------------------------- kinds


def test_held(made: Made) -> None:
    assert never(made.read("held", place="town", side="Blue"))
    assert made.read("held", place="mill", side="Blue") == 0.0, "held from the first hour"
    made.hold(50, TOWN, BLUE).hold(80, TOWN, GREEN).hold(120, TOWN, BLUE)
    assert made.read("held", place="town", side="Blue") == 50.0
    assert made.read("held", place="town", side="Green") == 80.0


def test_near(made: Made) -> None:
    assert never(made.read("near", command="north", place="town", within_km=5, share=0.5))
    made.move(HORSE, TOWN, 60)
    assert never(made.read("near", command="north", place="town", within_km=5, share=0.5)), "101 of 601"
    assert made.read("near", command="north", place="town", within_km=5, share=0.1) == 60.0
    made.move(FOOT, TOWN, 120)
    assert made.read("near", command="north", place="town", within_km=5) == 120.0
    assert made.read("near", command="north", place="bridge", within_km=40) == 0.0


def test_near_counts_those_who_obey_now_and_are_there(made: Made) -> None:
    arguments: dict[str, Any] = {"command": "riders", "place": "town", "within_km": 5, "share": 0.7}
    assert never(made.read("near", **arguments)), "200 of 300"
    made.trace["command"][30:, RIDERS2] = NORTH
    assert made.read("near", **arguments) == 180.0, "the others obey somebody else"
    made.men(RIDERS2, 0, 120)
    assert made.read("near", **arguments) == 120.0, "the others are gone"


def test_both_near(made: Made) -> None:
    arguments: dict[str, Any] = {"commands": ["north", "riders"], "place": "town", "within_km": 5}
    assert never(made.read("both_near", **arguments))
    made.move(FOOT, TOWN, 240)
    assert made.read("both_near", **arguments) == 240.0, "two thirds of the riders are there from the first"
    made.trace["command"][60:, FOOT] = RIDERS
    assert made.read("both_near", **arguments) == 240.0, "a brigade stays one, whoever commands it"
    made.move(RIDERS1, SUMMIT, 120)
    assert never(made.read("both_near", **arguments)), "not at the same time"


def test_in_country(made: Made) -> None:
    arguments: dict[str, Any] = {"side": "Blue", "country": "Highland", "men": 500}
    assert never(made.read("in_country", **arguments))
    made.event(65, E_FRONTIER, HORSE, TOWN, other=HIGHLAND, n1=101, n2=LOWLAND)
    assert never(made.read("in_country", **arguments))
    made.event(100, E_FRONTIER, FOOT, TOWN, other=HIGHLAND, n1=500, n2=LOWLAND)
    assert made.read("in_country", **arguments) == 102.0, "the next row of the trace"
    assert made.read("in_country", faction="townsmen", **arguments) == 102.0
    assert never(made.read("in_country", without=["townsmen"], **arguments))
    made.move(FOOT, TOWN, 96)
    assert never(made.read("in_country", beyond=["town"], **arguments)), "they stand in the frontier place itself"
    made.move(FOOT, PASS, 150)
    assert made.read("in_country", beyond=["town"], **arguments) == 150.0


def test_a_part_stands_where_its_whole_stood(made: Made) -> None:
    made.event(100, E_FRONTIER, FOOT, TOWN, other=HIGHLAND, n1=500, n2=LOWLAND)
    made.event(200, E_SPLIT, 4, TOWN, FOOT, NORTH, n1=300)
    made.state.units[4]["side"], made.state.units[4]["parent"] = BLUE, FOOT
    made.state.counts[N_UNITS] = 5
    made.men(FOOT, 200, 200).men(4, 300, 200)
    assert made.read("in_country", side="Blue", country="Highland", men=500) == 102.0
    assert never(made.read("in_country", side="Blue", country="Lowland", men=500, not_before=date(1900, 6, 20)))


def test_in_country_anew(made: Made) -> None:
    for hour, country in ((30, HIGHLAND), (60, LOWLAND), (120, HIGHLAND), (150, LOWLAND), (480, HIGHLAND)):
        made.event(hour, E_FRONTIER, FOOT, TOWN, other=country, n1=500)
    arguments: dict[str, Any] = {"side": "Blue", "country": "Highland", "men": 500}
    assert made.read("in_country", **arguments) == 36.0
    assert made.read("in_country", anew_days=10, **arguments) == 486.0
    assert made.read("in_country", anew_days=1, **arguments) == 36.0
    assert made.read("in_country", not_before=date(1900, 6, 3), **arguments) == 48.0
    assert made.read("in_country", not_before=date(1900, 6, 4), **arguments) == 126.0
    assert made.read("in_country", anew_days=2, not_before=date(1900, 6, 3), **arguments) == 126.0


def test_concentration(made: Made) -> None:
    arguments: dict[str, Any] = {
        "side": "Blue",
        "against": "Green",
        "places": ["town", "pass"],
        "within_km": 10,
        "over": 1.5,
    }
    assert never(made.read("concentration", **arguments))
    made.move(FOOT, PASS, 300)
    assert made.read("concentration", **arguments) == 300.0, "500 against 300"
    assert made.read("concentration", guns=1.2, **arguments) == 300.0
    assert never(made.read("concentration", **{**arguments, "over": 1.7}))
    made.trace["guns"][:, RIDERS2] = 2
    assert never(made.read("concentration", guns=1.2, **arguments))


def test_beaten(made: Made) -> None:
    made.battle(30, HORSE, RIDERS2, BRIDGE, 40).battle(70, RIDERS1, FOOT, TOWN, 300).battle(
        90, FOOT, RIDERS1, PASS, 200
    )
    assert made.read("beaten", loser="Green") == 30.0
    assert made.read("beaten", loser="Green", min_men=100) == 90.0
    assert made.read("beaten", loser="Green", max_men=100) == 30.0
    assert made.read("beaten", loser="Blue") == 70.0
    assert made.read("beaten", loser="Green", near=["pass", "summit"], within_km=10) == 90.0
    assert never(made.read("beaten", loser="Blue", near=["mill"], within_km=10))
    assert made.read("beaten", loser="Blue", loser_command="north", winner_command="riders") == 70.0
    assert never(made.read("beaten", loser="Blue", loser_command="riders"))


def test_a_battle_on_a_route_is_where_its_winner_stood(made: Made) -> None:
    site = len(made.scenario.place_ids) + made.scenario.route_ids.index("bridge--town")
    made.move(RIDERS1, BRIDGE, 60, share=0.9).battle(66, RIDERS1, FOOT, site, 300)
    assert made.read("beaten", loser="Blue", near=["bridge"], within_km=5) == 66.0
    assert never(made.read("beaten", loser="Blue", near=["town"], within_km=5))


def test_fight_away(made: Made, another: Callable[[], Made]) -> None:
    arguments: dict[str, Any] = {
        "side": "Green",
        "place": "town",
        "within_km": 20,
        "min_engaged": 100,
        "left_share": 0.67,
    }
    made.battle(60, FOOT, RIDERS1, TOWN, 200)
    assert made.read("fight_away", **arguments) == 60.0
    assert never(made.read("fight_away", **{**arguments, "min_engaged": 300}))
    assert never(made.read("fight_away", **{**arguments, "place": "mill"}))
    made.men(RIDERS1, 150, 90)
    assert made.read("fight_away", **arguments) == 60.0, "three quarters got away"
    made.men(RIDERS1, 100, 120)
    assert never(made.read("fight_away", **arguments)), "half of them"
    late = another().battle(60, FOOT, RIDERS1, TOWN, 200).men(RIDERS1, 10, 60 + 96)
    assert late.read("fight_away", **arguments) == 60.0, "what happens later is another story"


def test_chronicle(made: Made) -> None:
    made.event(200, E_MUTINY, RIDERS1, PASS, other=RIDERS).event(300, E_MUTINY, FOOT, MILL, other=NORTH)
    made.event(400, E_CAPTURED, FOOT, PASS, RIDERS1, BIRCH)
    assert made.read("chronicle", event="mutiny") == 200.0
    assert made.read("chronicle", event="mutiny", command="north") == 300.0
    assert made.read("chronicle", event="mutiny", commands=["north", "riders"]) == 200.0
    assert made.read("chronicle", event="mutiny", side="Blue") == 300.0
    assert made.read("chronicle", event="mutiny", place="mill") == 300.0
    assert made.read("chronicle", event="captured", commander="birch") == 400.0
    assert made.read("chronicle", event="commander-captured", side="Green") == 400.0
    assert never(made.read("chronicle", event="captured", commander="alder"))


def test_cohesion(made: Made) -> None:
    daily = made.state.daily
    daily["men"], daily["cohesion"] = 300, 0.8
    daily["cohesion"][10:, RIDERS] = 0.3
    assert made.read("cohesion", side="Green", below=0.4) == 10 * 24 + 21
    assert never(made.read("cohesion", side="Blue", below=0.4))
    assert never(made.read("cohesion", side="Green", commands=["riders", "north"], below=0.4))
    daily["men"][15:, NORTH] = 20
    assert made.read("cohesion", side="Green", commands=["riders", "north"], below=0.4) == 15 * 24 + 21
    daily["men"][12:, :] = 0
    daily["cohesion"][10:12] = 0.8
    assert never(made.read("cohesion", side="Green", below=0.4)), "nobody is left who could fall apart"


def test_turned_south(made: Made, another: Callable[[], Made]) -> None:
    def raid(run: Made) -> Made:
        """The Greens come down from the summit to the mill, and go back."""
        for unit in (RIDERS1, RIDERS2):
            run.move(unit, MILL, 60).event(58, E_FRONTIER, unit, MILL, other=LOWLAND, n1=100, n2=HIGHLAND)
        return run

    arguments: dict[str, Any] = {"side": "Green", "countries": ["Lowland"], "men": 150}
    for unit in (FOOT, HORSE):
        made.move(unit, MILL).event(5, E_FRONTIER, unit, MILL, other=LOWLAND)
    assert never(made.read("turned_south", **arguments))
    there = raid(another())
    assert never(there.read("turned_south", **arguments)), "they stay"
    forth = another()
    for unit in (RIDERS1, RIDERS2):
        forth.move(unit, MILL)
        forth.event(20, E_FRONTIER, unit, TOWN, other=LOWLAND)
        forth.move(unit, TOWN, 120).move(unit, BRIDGE, 300)
    assert forth.read("turned_south", **arguments) == 294.0, "the last row at the northernmost place"
    assert forth.read("turned_south", origin="mill", **arguments) == 294.0
    for unit in (RIDERS1, RIDERS2):
        forth.move(unit, TOWN, 324).move(unit, MILL, 480)
    assert forth.read("turned_south", **arguments) == 474.0, "a step back of a day is no turn"
    assert never(forth.read("turned_south", **{**arguments, "men": 301}))


def test_heading(made: Made, another: Callable[[], Made]) -> None:
    arguments: dict[str, Any] = {"side": "Green", "goal": "summit", "share": 0.5}
    assert never(made.read("heading", **arguments)), "they stand where they stood"
    made.move(RIDERS1, SUMMIT, 480)
    assert made.read("heading", **arguments) == 474.0, "200 of 300 came nearer from then on"
    assert never(made.read("heading", **{**arguments, "share": 0.9}))
    assert made.read("heading", direction="east", **arguments) == 474.0
    assert never(made.read("heading", direction="west", **arguments))
    back = another().move(RIDERS1, SUMMIT, 240).move(RIDERS1, TOWN, 480)
    assert never(back.read("heading", **arguments)), "he went away again"
    dead = another().move(RIDERS1, SUMMIT, 240).men(RIDERS1, 0, 400)
    assert never(dead.read("heading", **arguments)), "the dead head nowhere"
    assert never(dead.men(RIDERS2, 0, 400).read("heading", **arguments))


def test_outcome(made: Made) -> None:
    end = made.scenario.hours - 1
    arguments: dict[str, Any] = {"place": "town", "side": "Blue", "broken_below": 0.4}
    made.state.units["men"][:4] = made.scenario.tables.units0["men"][:4]
    made.state.units["status"][:4] = FIELD
    assert never(made.read("outcome", **arguments))
    made.hold(50, TOWN, BLUE)
    assert never(made.read("outcome", **arguments)), "the Greens are not broken"
    made.men(RIDERS1, 0, 100)
    assert made.read("outcome", **arguments) == end, "100 of 300"
    made.hold(60, TOWN, GREEN)
    assert never(made.read("outcome", **arguments))


def test_after(made: Made) -> None:
    made.battle(30, FOOT, RIDERS1, TOWN, 200).hold(50, TOWN, BLUE).battle(90, FOOT, RIDERS1, TOWN, 200)
    falls, beaten = (
        reading(kind="held", place="town", side="Blue"),
        reading(kind="beaten", loser="Green", after="falls"),
    )
    assert made.score({"beaten": beaten, "falls": falls}) == {"beaten": 90.0, "falls": 50.0}
    lost = reading(kind="held", place="pass", side="Blue")
    assert never(made.score({"beaten": beaten, "falls": lost})["beaten"]), "what it waits for did not occur"
    loop = {
        "a": reading(kind="beaten", loser="Green", after="b"),
        "b": reading(kind="beaten", loser="Green", after="a"),
    }
    assert all(never(hour) for hour in made.score(loop).values())


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (reading(kind="omen"), "kind 'omen' is unknown"),
        (reading(kind="held", place="twon", side="Blue"), "place 'twon' is not in the scenario"),
        (reading(kind="chronicle", event="party"), "event 'party' is no kind"),
        (reading(kind="held", place="town", side="Blue", after="party"), "after 'party' is no documented event"),
    ],
)
def test_readings_that_cannot_be(made: Made, wrong: Reading, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        made.score({"it": wrong})


def test_lint_knows_the_arguments(tmp_path: Path) -> None:
    folder = scenario_kit.write(tmp_path)
    old = 'reading = {kind = "held", place = "town", side = "Blue"}'
    scenario_kit.change(
        folder, "history.toml", old, 'reading = {kind = "held", place = "town", side = "Blue", after = "town-fals"}'
    )
    assert any(
        "after 'town-fals' is no documented event (did you mean 'town-falls'?)" in str(line)
        for line in sim.check(folder)
    )
    scenario_kit.change(folder, "history.toml", 'after = "town-fals"', 'after = "town-falls"')
    assert any("after is the event itself" in str(line) for line in sim.check(folder))
    scenario_kit.change(
        folder,
        "history.toml",
        'kind = "held", place = "town", side = "Blue", after = "town-falls"',
        'kind = "in_country", side = "Blue", country = "Highland", men = 5, without = ["nobody"], not_before = 3',
    )
    found = [str(line) for line in sim.check(folder)]
    assert any("without" in line and "nobody" in line for line in found)
    assert any("not_before is 3, a date is wanted" in line for line in found)


# ---------------------------------------------------------------------- windows, shares, sources


def test_windows_hold_both_their_days(valley: Scenario) -> None:
    window = windows(valley)["town-falls"]
    assert (window.from_h, window.to_h) == (9 * 24, 12 * 24)
    assert window.holds(np.array([215.0, 216.0, 287.9, 288.0, np.nan])).tolist() == [False, True, True, False, False]
    assert window.by_source == (("letters", 11 * 24, 12 * 24),)
    assert window.middle_h == 252.0


def test_shares(valley: Scenario) -> None:
    hours = np.array([220.0, 230.0, 270.0, 300.0, np.nan])
    (score,) = summarise(valley, {"town-falls": hours})
    assert score.share_occurred == 0.8
    assert score.share_within == 0.6
    assert score.median == 250.0
    assert score.by_source == {"letters": 0.25}
    (nothing,) = summarise(valley, {"town-falls": np.array([np.nan, np.nan])})
    assert nothing.share_occurred == nothing.share_within == 0.0
    assert math.isnan(nothing.median)


def test_disputed_dates_may_be_many(valley: Scenario) -> None:
    sources = (
        SourceWindow.model_validate({"source": "a", "from": date(1900, 6, 1), "to": date(1900, 6, 2)}),
        SourceWindow.model_validate({"source": "b", "from": date(1900, 6, 2), "to": date(1900, 6, 2)}),
    )
    scenario = with_events(valley, {"it": reading(kind="held", place="town", side="Blue")}, readings_of_sources=sources)
    (score,) = summarise(scenario, {"it": np.array([10.0, 30.0, 500.0])})
    assert score.by_source == {"a": pytest.approx(2 / 3), "b": pytest.approx(1 / 3)}


# ---------------------------------------------------------------------- how typical history is


def test_off_centre() -> None:
    hours = np.array([10.0, 20.0, 30.0, 40.0, np.nan])
    assert off_centre(hours, 25.0, 25.0) == pytest.approx(0.2), "two before, three after"
    assert off_centre(hours, 0.0, 100.0) == pytest.approx(0.2), "never is later than all"
    assert off_centre(hours, 1000.0, 1001.0) == pytest.approx(0.6)
    assert off_centre(hours[:4], 0.0, 5.0) == 1.0
    assert off_centre(hours[:0], 0.0, 5.0) == 0.0


@dataclasses.dataclass
class Runs:
    """As much of an ensemble as the typicality looks at."""

    scenario: Scenario
    hours: dict[str, np.ndarray]

    @property
    def whole(self) -> np.ndarray:
        return np.ones(len(next(iter(self.hours.values()))), bool)


def test_typicality(valley: Scenario) -> None:
    dice = np.random.default_rng(1)
    middle, edge = dice.normal(252.0, 100.0, 200), dice.normal(1500.0, 100.0, 200)
    assert typicality(Runs(valley, {"town-falls": middle})) > 0.8  # type: ignore[arg-type]
    assert typicality(Runs(valley, {"town-falls": edge})) < 0.05  # type: ignore[arg-type]
    assert typicality(Runs(valley, {"town-falls": np.full(50, 250.0)})) == 1.0  # type: ignore[arg-type]
    assert math.isnan(typicality(Runs(valley, {"town-falls": np.array([1.0])})))  # type: ignore[arg-type]


# ---------------------------------------------------------------------- the campaign itself


def test_the_campaign_has_its_sixteen_events(campaign: Scenario) -> None:
    known = windows(campaign)
    assert [sum(window.event.group == group for window in known.values()) for group in "GE"] == [5, 11]
    assert known["urga"].event.from_ == date(1921, 7, 5)
    hours = sim.ensemble(campaign, 6, threads=1).hours
    assert np.isfinite(hours["urga"]).all()
    for name, column in hours.items():
        seen = column[np.isfinite(column)]
        assert ((seen >= 0) & (seen < campaign.hours)).all(), name
