"""The Mesa front: the same run as the engine's, agents as live views, commanders written in Python."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any

import law_kit
import mesa
import numpy as np
import pytest

import sim
from sim.errors import OptionError, PatchError
from sim.model import CampaignModel, Cavalry, Commander, Infantry, Situation, Unit
from sim.muster import ARMS, FIELD
from sim.runs import Run
from sim.scenario import Scenario
from sim.state import E_ORDERED, HOUR, N_UNITS


def played(model: CampaignModel) -> Run:
    """The run of a model stepped to its end."""
    while model.running:
        model.step()
    return model.result()


def assert_same(one: Run, other: Run) -> None:
    assert law_kit.run_fingerprint(one) == law_kit.run_fingerprint(other)
    assert one.certificate == other.certificate
    assert one.units == other.units
    assert one.scenario == other.scenario


class Silent(Commander):
    """Decides in Python to decide nothing, and remembers what he was told."""

    def __init__(self, model: CampaignModel, row: int, command_row: int) -> None:
        super().__init__(model, row, command_row)
        self.told: list[Situation] = []

    def decide(self, situation: Situation) -> None:
        self.told.append(situation)


class Rush(Commander):
    """Attacks Troitskosavsk at once; goes home when beaten."""

    follow_plan = False

    def decide(self, situation: Situation) -> dict[str, Any]:
        if situation.losses > 0.25:
            return {"task": "withdraw", "objective": "urga"}
        return {"task": "attack", "objective": "troitskosavsk", "accept": 0.4, "persist": 2}


class Wanderer(Commander):
    """Gives orders again and again, to single units and with conditions, on top of the plan."""

    def decide(self, situation: Situation) -> list[dict[str, Any]] | None:
        if situation.hour % 240 > 24 or situation.date.month > 6 or not situation.own:
            return None
        unit = max(situation.own, key=lambda unit: unit.men).unit
        objective = "zelter" if situation.hour % 480 < 240 else "akhai_gun"
        later = {"kind": "beaten", "hours": 24}
        return [{"task": "march", "objective": objective, "units": [unit], "pace": "slow"},
                {"task": "withdraw", "objective": "akhai_gun", "when": [later]}]  # fmt: skip


def agent_of(model: CampaignModel, name: str) -> Any:
    return next(agent for agent in model.agents if agent.id == name)


# ---------------------------------------------------------------------- the same run


@pytest.mark.parametrize(("seed", "hours"), [(0, 24), (1, 7), (2**64 - 1, 24 * 200)])
def test_a_model_stepped_to_the_end_is_the_run(campaign: Scenario, seed: int, hours: int) -> None:
    model = CampaignModel(campaign, seed, hours_per_step=hours, record=True)
    assert_same(played(model), sim.run(campaign, seed, record=True))
    assert not model.running
    model.step()
    assert model.hour == campaign.hours
    assert model.seed == seed


def test_a_step_is_a_day_and_time_is_told(campaign: Scenario) -> None:
    model = CampaignModel(campaign, 1)
    assert (model.hour, model.date) == (0, campaign.date(0))
    model.step()
    assert (model.hour, model.date) == (24, campaign.date(24))
    with pytest.raises(OptionError, match=r"2 May 1921.*step it to its end"):
        model.result()


def test_a_silent_commander_who_follows_the_plan_changes_nothing(campaign: Scenario) -> None:
    model = CampaignModel(campaign, 5, commanders={"ungern": Silent, "western": Silent}, record=True)
    assert_same(played(model), sim.run(campaign, 5, record=True))
    assert model.patches == ()
    with pytest.raises(OptionError, match="no Python commander has given an order"):
        model.save_patch("nothing.toml")
    assert len(agent_of(model, "ungern").told) > 150
    assert not Path("nothing.toml").exists()


def test_importing_sim_brings_in_no_mesa() -> None:
    code = "import sim, sys; sim.run, sim.load, sim.ensemble; assert not {'mesa', 'pandas', 'pygame'} & {*sys.modules}"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=law_kit.ROOT)


# ---------------------------------------------------------------------- agents are live views


def test_agents_say_what_the_engine_says(campaign: Scenario) -> None:
    model = CampaignModel(campaign, 3)
    for _ in range(50):
        model.step()
    state = model.state
    units = [agent for agent in model.agents if isinstance(agent, Unit)]
    assert len(units) == int(state.counts[N_UNITS])
    for unit in units:
        row = state.units[unit.row]
        assert (unit.men, unit.horses, unit.guns, unit.mg) == tuple(row[k] for k in ("men", "horses", "guns", "mg"))
        assert unit.arm == ARMS[row["arm"]]
        assert unit.arm == type(unit).__name__.lower() or unit.arm == "air"
        assert model.world.place_ids[row["place"]] == unit.place or unit.marching
        assert model.world.place_name(model.world.place_ids.index(unit.place)) == unit.place_name
        assert (unit.task == "") == (unit.order == "")
        assert 80 < unit.lon < 120
        assert 43 < unit.lat < 57
        assert unit.command in model.world.command_ids
        assert 0 <= unit.cohesion <= 1
        assert 0 <= unit.fatigue <= 1
    assert sum(unit.men for unit in units if unit.side == "White" and unit.in_field) == model.men("White")
    assert model.holder("urga") == "White"
    assert model.holder("irkutsk") == "Red"
    ungern = agent_of(model, "ungern")
    assert (ungern.command, ungern.side) == ("ungern", "White")
    assert ungern.fate in ("in command", "wounded")
    assert ungern.men == sum(unit.men for unit in units if unit.command == "ungern" and unit.in_field)
    assert ungern.place == agent_of(model, "ungern_staff").place


def test_agents_are_live_and_read_only(campaign: Scenario) -> None:
    model = CampaignModel(campaign, 3)
    cavalry = model.agents_by_type[Cavalry]
    before = cavalry.get("men")
    for _ in range(80):
        model.step()
    assert sum(cavalry.get("men")) < sum(before)
    with pytest.raises(AttributeError):
        cavalry.set("men", 10_000)
    for name in ("men", "place", "order", "cohesion", "side"):
        with pytest.raises(AttributeError):
            setattr(cavalry[0], name, 1)
    with pytest.raises(AttributeError):
        agent_of(model, "ungern").fate = "in command"


def test_numbers_of_agents_are_unique_and_the_same_every_time(campaign: Scenario) -> None:
    def numbers(model: CampaignModel) -> dict[int, str]:
        played(model)
        return {agent.unique_id: agent.id for agent in model.agents}

    first, second = (numbers(CampaignModel(campaign, 3)) for _ in range(2))
    assert first == second
    assert len(first) == len(CampaignModel(campaign, 3).agents) + 1, "Ungern's escort was born in this run"
    assert first[1] == campaign.unit_ids[0]


def test_agent_sets_and_data_collectors_work(campaign: Scenario) -> None:
    model = CampaignModel(campaign, 7)
    collector = mesa.DataCollector(
        model_reporters={"hour": "hour", "Reds": lambda m: m.men("Red")},
        agent_reporters={"id": "id"},
        agenttype_reporters={Infantry: {"men": "men", "place": "place"}},
    )
    for _ in range(10):
        model.step()
        collector.collect(model)
    frame = collector.get_model_vars_dataframe()
    assert frame["hour"].tolist() == [24 * day for day in range(1, 11)]
    assert frame["Reds"].is_monotonic_decreasing
    assert len(collector.get_agenttype_vars_dataframe(Infantry)) == 10 * len(model.agents_by_type[Infantry])
    assert len(collector.get_agent_vars_dataframe()) == 10 * len(model.agents)
    riders = model.agents_by_type[Cavalry]
    sides = dict(riders.groupby("side"))
    assert sum(group.agg("men", sum) for group in sides.values()) == riders.agg("men", sum)
    seen: list[str] = []
    riders.select(lambda unit: unit.side == "White").do(lambda unit: seen.append(unit.id))
    assert len(seen) == len(sides["White"])


def test_models_die(campaign: Scenario) -> None:
    models = []
    for seed in range(300):
        model = CampaignModel(campaign, seed)
        if seed % 50 == 0:
            model.step()
        models.append(weakref.ref(model))
    del model
    gc.collect()
    assert sum(model() is not None for model in models) == 0


# ---------------------------------------------------------------------- commanders in Python


@pytest.mark.parametrize(
    "commanders",
    [{"ungern": Rush}, {"rezukhin": Wanderer}, {"ungern": Rush, "rezukhin": Wanderer, "western": Silent}],
    ids=["rush", "wanderer", "three"],
)
def test_a_python_commander_is_his_patches(campaign: Scenario, commanders: dict[str, Any], tmp_path: Path) -> None:
    model = CampaignModel(campaign, 3, commanders=commanders, record=True)
    run = played(model)
    files = model.save_patch(tmp_path / "orders.toml")
    assert len(files) == len(model.patches) > 1
    for patches in (model.patches, files):
        again = sim.load(campaign.data, patches=patches)
        repeated = sim.run(again, 3, record=True)
        assert law_kit.run_fingerprint(repeated) == law_kit.run_fingerprint(run)
        assert repeated.certificate == run.certificate
    assert law_kit.run_fingerprint(run) != law_kit.run_fingerprint(sim.run(campaign, 3, record=True))


def test_what_was_before_a_decision_stays(campaign: Scenario) -> None:
    class Late(Commander):
        def decide(self, situation: Situation) -> dict[str, Any] | None:
            return {"task": "hold", "objective": "urga"} if situation.date.month > 5 else None

    run = played(CampaignModel(campaign, 2, commanders={"ungern": Late}, record=True))
    told = sim.run(campaign, 2, record=True)
    assert run.record is not None
    assert told.record is not None
    hour = 31 * 24
    units = len(campaign.unit_ids)  # units born later in one of the two worlds have no row in the other
    for field in ("lon", "lat", "men", "cohesion", "rations"):
        assert np.array_equal(run.record[field][:hour, :units], told.record[field][:hour, :units])
    given = run.chronicle[run.chronicle["kind"] == E_ORDERED]
    mine = [int(row["hour"]) for row in given if run.orders[row["other"]].id.startswith("ungern-0")]
    assert len(mine) == 1, "the same answer is given once"
    assert mine[0] >= hour


def test_orders_that_come_after_a_commander_hold_without_the_plan(campaign: Scenario) -> None:
    model = CampaignModel(campaign, 0, commanders={"ungern": Rush})
    kept = {order.id for order in model.world.data.plans[model.world.plan].orders
            if order.command == "ungern" and order.enabled}  # fmt: skip
    assert kept == {"colonels-to-hailar-1", "mongols-let-go"}


def test_a_commander_knows_only_what_was_reported(campaign: Scenario) -> None:
    model = CampaignModel(campaign, 3, commanders={"ungern": Silent})
    names = set(campaign.unit_ids)
    played(model)
    run = sim.run(campaign, 3, record=True)
    told = agent_of(model, "ungern").told
    assert not told[0].enemies
    assert told[0].place == "urga"
    assert {unit.unit for unit in told[0].own} == {u.id for u in campaign.data.units if u.command == "ungern"}
    assert told[0].losses == 0
    reports = {(int(r["hour"]), run.units[r["unit"]].id, campaign.place_ids[r["place"]], int(r["men"]))
               for r in run.sightings if r["side"] == 1}  # fmt: skip
    seen = {(s.hour, s.unit, s.place, s.men) for situation in told for s in situation.enemies}
    assert seen
    assert seen <= reports, "what he knows is what was reported, not the truth"
    assert all(s.hour <= situation.hour for situation in told for s in situation.enemies)
    assert all(s.unit in names for situation in told for s in situation.enemies)
    later = next(s for s in told if s.enemies)
    assert later.enemy_men(within_km=10_000) == sum(s.men for s in later.enemies)
    assert later.km("urga", "urga") == 0
    assert 150 < later.km("urga", "troitskosavsk") < 350
    with pytest.raises(OptionError, match="did you mean 'urga'"):
        later.km("urgaa", "urga")


def test_news_of_a_lost_place_travels(campaign: Scenario) -> None:
    run = sim.run(campaign, 3)
    row = campaign.place_ids.index("urga")
    fell = int(run.holders[run.holders["place"] == row]["hour"][0])
    model = CampaignModel(campaign, 3, commanders={"ungern": Silent, "neumann": Silent})
    played(model)
    for name, side in (("ungern", "White"), ("neumann", "Red")):
        told = agent_of(model, name).told
        assert all(s.holders["urga"] == "White" for s in told if s.hour < fell)
        knew = next(s.hour for s in told if s.holders["urga"] == "Red")
        assert fell <= knew < fell + 120, side


def test_a_commander_who_is_gone_decides_no_more(campaign: Scenario) -> None:
    model = CampaignModel(campaign, 3, commanders={"ungern": Silent})
    run = played(model)
    ungern = agent_of(model, "ungern")
    assert ungern.fate == "captured"
    assert ungern.mutinied
    assert ungern.told[-1].hour <= run.outcome["mutiny_h.ungern"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("attack", "Odd.decide on 01 May 1921 04:00 returned 'attack': an order is a dict"),
        (3, "returned 3"),
        ({"task": "atack", "objective": "urga"}, "did you mean 'attack'|atack"),
        ({"task": "attack", "objective": "atlantis"}, "atlantis"),
        ({"task": "attack", "objective": "urga", "paces": "slow"}, "paces"),
        ({"task": "hold", "command": "western"}, "'command' is 'western', but he commands 'ungern'"),
        ({"task": "hold", "id": "ungern-second-raid"}, "use another id"),
    ],
)
def test_orders_that_cannot_be_are_refused(campaign: Scenario, answer: Any, message: str) -> None:
    class Odd(Commander):
        def decide(self, situation: Situation) -> Any:  # noqa: ARG002
            return answer

    model = CampaignModel(campaign, 0, commanders={"ungern": Odd})
    with pytest.raises(PatchError, match=message):
        model.step()


def test_options_that_cannot_be_are_refused(campaign: Scenario) -> None:
    for commanders, message in (({"ungren": Rush}, "no commander 'ungren'.*'ungern'"),
                                ({"ungern": Rush.decide}, "a subclass of Commander is wanted"),
                                ({"khobotov": Rush}, "commands nobody")):  # fmt: skip
        with pytest.raises(OptionError, match=message):
            CampaignModel(campaign, 0, commanders=commanders)  # type: ignore[arg-type]
    for hours in (0, -1, 1.5, True):
        with pytest.raises(OptionError, match="hours_per_step"):
            CampaignModel(campaign, 0, hours_per_step=hours)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="a seed is a whole number"):
        CampaignModel(campaign, -1)
    with pytest.raises(OptionError, match=r"no side 'white'.*'White'"):
        CampaignModel(campaign, 0).men("white")


def test_no_python_is_asked_without_a_python_commander(campaign: Scenario) -> None:
    model = CampaignModel(campaign, 0)
    assert not model.state.commands["python"].any()
    model.step()
    assert int(model.state.counts[HOUR]) == 24
    assert (model.state.units["status"] == FIELD).any()
