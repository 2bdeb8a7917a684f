"""The battle rule alone: its law without luck, and battles without a campaign against those of 1861-1900.

The numbers and what they rest on are told in docs/battle-kernel.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import scenario_kit as kit

import sim
from sim.campaign import advance
from sim.rules.battle import expected_loss
from sim.scenario import Scenario
from sim.state import N_BATTLE_HOURS, N_BATTLES, State, new_state

OWN, ENEMY = 0.75, 0.45  # exponents of the law
BLUE, GREEN = 0, 1
ATTACKING, MEETING, HASTY, PREPARED = -1.0, -1.0, 24.0, 96.0  # hours in position


# ---------------------------------------------------------------------- a war of many duels


@dataclass(frozen=True)
class Force:
    """One side of a duel."""

    men: int
    arm: str = "infantry"
    mg: int = 0
    guns: int = 0
    quality: float = 1.0


def write_duels(parent: Path, duels: list[tuple[Force, Force]]) -> Path:
    """A war in which duel k is fought at `field<k>`, days from all others; rules are those of the shipped scenario."""
    folder = kit.write(parent)
    places = [kit.PLACES.splitlines()[0]]
    routes = [kit.ROUTES.splitlines()[0]]
    units = [kit.UNITS.replace("\\\n", "").splitlines()[0]]
    for k, duel in enumerate(duels):
        lat, lon = 40.0 + 1.5 * (k // 20), 60.0 + 3.0 * (k % 20)
        for n, name in enumerate((f"west{k}", f"field{k}", f"east{k}")):
            places.append(f"{name},{name},,,,,{lat},{lon + 0.5 * n},ford,3,Lowland,,600,Dwb,0.5,A,almanac,documented,")
        for a, b in ((f"west{k}", f"field{k}"), (f"field{k}", f"east{k}")):
            routes.append(f"{a}--{b},{a},{b},steppe,open steppe,50,no,none,,no,documented,A,almanac,documented,")
        for side, faction, command, force in (
            ("Blue", "townsmen", "north", duel[0]),
            ("Green", "herders", "riders", duel[1]),
        ):
            mounted = force.arm == "cavalry"
            units.append(
                f"{side.lower()}{k},{side} {k},,,{side},{faction},{command},{force.arm},"
                f"{'sabres' if mounted else 'bayonets'},{force.men},{int(1.4 * force.men) if mounted else 0},"
                f"{force.guns},0,{force.mg},field{k},,no,{force.quality},120,60,10,,,almanac,documented,"
            )
    for file, lines in (("places.csv", places), ("routes.csv", routes), ("units.csv", units)):
        (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    header = kit.SCENARIO.partition("[[commands]]")[0].replace("loyalty = 0.4", "loyalty = 1.0")
    for command, side, base in (("north", "Blue", "west0"), ("riders", "Green", "east0")):
        header += (
            f'[[commands]]\nid = "{command}"\nname = "{command}"\nside = "{side}"\nbase = "{base}"\n'
            'source = "almanac"\nconfidence = "documented"\n'
        )
    (folder / "scenario.toml").write_text(header, encoding="utf-8")
    shipped = Path(sim.load().data.path) / "rules.toml"
    (folder / "rules.toml").write_text(shipped.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "history.toml").write_text("", encoding="utf-8")
    (folder / "plans" / "first.toml").write_text('id = "first"\ntitle = "no orders"\norders = []\n', encoding="utf-8")
    (folder / "plans" / "second.toml").unlink()
    (folder / "counterfactuals" / "late.toml").unlink()
    return folder


# ---------------------------------------------------------------------- the law without luck


def exact_losses(
    men: tuple[float, float], quality: tuple[float, float], k: float, hours: float, steps: int = 20_000
) -> tuple[float, float]:
    """Losses by the law loss_i = k q_j P_j^0.45 P_i^0.75, integrated (Runge-Kutta, steps of seconds)."""

    def rate(p: np.ndarray) -> np.ndarray:
        return -k * np.array([quality[1] * p[1] ** ENEMY * p[0] ** OWN, quality[0] * p[0] ** ENEMY * p[1] ** OWN])

    p, h = np.array(men, float), hours / steps
    for _ in range(steps):
        a = rate(p)
        b = rate(p + 0.5 * h * a)
        c = rate(p + 0.5 * h * b)
        d = rate(p + h * c)
        p = p + h / 6.0 * (a + 2.0 * b + 2.0 * c + d)
    return men[0] - p[0], men[1] - p[1]


def test_integral_of_the_law_has_its_closed_forms() -> None:
    """Equal sides: P^-0.2 grows evenly. Any sides: q_0 P_0^0.7 - q_1 P_1^0.7 stays the same."""
    k, hours, men = 0.0021, 48.0, 2000.0
    lost, _ = exact_losses((men, men), (1.0, 1.0), k, hours)
    assert lost == pytest.approx(men - (men**-0.2 + 0.2 * k * hours) ** -5.0, rel=1e-9)
    men0, men1, quality = 3000.0, 1200.0, (0.8, 1.3)
    lost0, lost1 = exact_losses((men0, men1), quality, k, hours)
    c = 1.0 + ENEMY - OWN
    before = quality[0] * men0**c - quality[1] * men1**c
    assert quality[0] * (men0 - lost0) ** c - quality[1] * (men1 - lost1) ** c == pytest.approx(before, rel=1e-9)


@pytest.mark.parametrize(
    ("men", "quality"),
    [
        ((2000.0, 2000.0), (1.0, 1.0)),
        ((4000.0, 1000.0), (1.0, 1.0)),
        ((1500.0, 2500.0), (1.2, 0.9)),
        ((500.0, 400.0), (1.0, 1.4)),
    ],
)
@pytest.mark.parametrize("lethality", [0.0007, 0.0021, 0.0063])
def test_expected_loss_in_small_steps_is_the_law(
    men: tuple[float, float], quality: tuple[float, float], lethality: float
) -> None:
    hours, parts = 12, 20
    p0, p1 = men
    for _ in range(hours * parts):
        loss0 = expected_loss(p0, p1, quality[1], 1.0, 1.0, lethality, ENEMY, OWN) / parts
        loss1 = expected_loss(p1, p0, quality[0], 1.0, 1.0, lethality, ENEMY, OWN) / parts
        p0, p1 = p0 - loss0, p1 - loss1
    exact0, exact1 = exact_losses(men, quality, lethality, hours)
    assert men[0] - p0 == pytest.approx(exact0, rel=0.01)
    assert men[1] - p1 == pytest.approx(exact1, rel=0.01)


NO_LUCK = (
    "rules.battle.noise=0",
    "rules.battle.quality_spread=0",
    "rules.battle.break_rate=0",
    "rules.battle.meeting=1",
    "rules.battle.hasty=1",
    "rules.battle.prepared=1",
    "rules.battle.town=1",
    "rules.battle.night=1",
    "rules.battle.rain=1",
    "rules.battle.wooded=1",
    "rules.battle.surprise=1",
    "rules.battle.rounds_h=0",
    "rules.battle.frontage_men=1e9",
    "rules.battle.enemy_exponent=0.45",
    "rules.battle.own_exponent=0.75",
    "rules.command.accept_odds=0",
    "rules.cohesion.desert_day=0",
    "rules.battle.lethality=0.0007",
)


@pytest.mark.parametrize(
    ("men", "quality"),
    [
        ((20_000, 20_000), (1.0, 1.0)),
        ((30_000, 15_000), (1.0, 1.0)),
        ((18_000, 24_000), (1.3, 0.8)),
    ],
)
def test_fight_of_the_engine_without_luck_is_the_law(
    tmp_path: Path, men: tuple[int, int], quality: tuple[float, float]
) -> None:
    """Two units, the engine's own hours. Only fatigue and cohesion, which no parameter stops, are held by hand."""
    folder = write_duels(tmp_path, [(Force(men[0], quality=quality[0]), Force(men[1], quality=quality[1]))])
    scenario = sim.load(folder, settings=NO_LUCK)
    state = new_state(scenario.tables, 5, record=True)
    hours = 16  # hourly steps of the law differ from its integral by about half a step's change of rate: 0.5 % here
    for hour in range(hours):
        state.units["fatigue"], state.units["cohesion"] = 0.0, 1.0
        advance(scenario.tables, state, hour, hour + 1)
    assert state.counts[N_BATTLE_HOURS] == hours
    fought = state.battle_hours[:hours]
    assert (fought["ground"] == 1.0).all()
    assert (fought["posture_left"] == 1.0).all()
    assert (fought["posture_right"] == 1.0).all()
    assert (fought["hazard_left"] == 0.0).all()
    assert (fought["hazard_right"] == 0.0).all()
    assert fought["power_left"][0] == men[0]
    assert fought["power_right"][0] == men[1]
    lost = (int(state.battles[0]["lost_left"]), int(state.battles[0]["lost_right"]))
    left = {int(unit["side"]): int(unit["men"]) for unit in state.units[: scenario.tables.n_units]}
    assert (men[0] - left[BLUE], men[1] - left[GREEN]) == lost
    exact = exact_losses((float(men[0]), float(men[1])), quality, 0.0007, hours)
    for whole_men, expected in zip(lost, exact, strict=True):
        # whole men: each hour's loss is off by less than one man, without bias
        assert whole_men == pytest.approx(expected, rel=0.01, abs=2.0 * math.sqrt(hours / 6.0))


# ---------------------------------------------------------------------- battles without a campaign


DAWN = 7
DUELS, SEEDS = 200, 40
LOSER, WINNER = 0.133, 0.075  # medians of 29 battles 1861-1900, at most 15,000 a side (methods.md, CDB90)


@dataclass(frozen=True)
class Battles:
    """What many battles cost; ratios are those of the left side to the right."""

    loser: np.ndarray  # share of his men that the loser lost, pursuit included
    winner: np.ndarray
    force_ratio: np.ndarray
    loss_ratio: np.ndarray


def equalish(pairs: int) -> list[tuple[Force, Force]]:
    """Forces of 1,000-4,000 men, a machine gun to 250 men and a gun to 500, foot and horse mixed."""
    rng = np.random.default_rng(1)
    duels: list[tuple[Force, Force]] = []
    for _ in range(pairs):
        men = np.exp(rng.uniform(math.log(1000), math.log(4000), 2)).astype(int)
        arms = rng.choice(["infantry", "cavalry"], 2)
        duels.append(
            (
                Force(int(men[0]), str(arms[0]), int(men[0]) // 250, int(men[0]) // 500),
                Force(int(men[1]), str(arms[1]), int(men[1]) // 250, int(men[1]) // 500),
            )
        )
    return duels


def post(scenario: Scenario, state: State, seed: int) -> None:
    """Who attacks goes by lot; the other meets him (3 in 10), stands in a hasty (5) or a prepared position (2)."""
    rng = np.random.default_rng(seed)
    blue_attacks = rng.random(len(scenario.unit_ids) // 2) < 0.5
    stands = rng.choice([MEETING, HASTY, PREPARED], size=len(blue_attacks), p=[0.3, 0.5, 0.2])
    for row, unit in enumerate(scenario.unit_ids):
        k = int(unit.lstrip("bluegrn"))
        attacks = bool(blue_attacks[k]) == unit.startswith("blue")
        state.units["still_h"][row] = ATTACKING if attacks else stands[k]


def fight(scenario: Scenario, seeds: range) -> Battles:
    """First battle of every duel; all begin in the morning, nobody declines."""
    loser: list[float] = []
    winner: list[float] = []
    force_ratio: list[float] = []
    loss_ratio: list[float] = []
    for seed in seeds:
        state = new_state(scenario.tables, seed)
        state.rules["battle_active"] = 0.0
        advance(scenario.tables, state, 0, DAWN)
        state.rules["battle_active"] = 1.0
        post(scenario, state, seed)
        advance(scenario.tables, state, DAWN, scenario.hours)
        for battle in state.battles[: state.counts[N_BATTLES]]:
            if battle["start_h"] != DAWN or battle["end_h"] < 0:
                continue
            men = (int(battle["men_left"]), int(battle["men_right"]))
            lost = (int(battle["lost_left"]), int(battle["lost_right"]))
            won = int(battle["winner"])
            loser.append(lost[1 - won] / men[1 - won])
            winner.append(lost[won] / men[won])
            force_ratio.append(men[0] / men[1])
            loss_ratio.append(max(lost[0], 0.5) / max(lost[1], 0.5))
    return Battles(*(np.array(values) for values in (loser, winner, force_ratio, loss_ratio)))


@pytest.fixture(scope="module")
def battles(tmp_path_factory: pytest.TempPathFactory) -> Battles:
    folder = write_duels(tmp_path_factory.mktemp("duels"), equalish(DUELS))
    return fight(sim.load(folder, settings=["rules.command.accept_odds=0"]), range(SEEDS))


def test_every_duel_is_fought_to_an_end(battles: Battles) -> None:
    assert len(battles.loser) == DUELS * SEEDS


def test_losses_are_those_of_the_reference_class(battles: Battles) -> None:
    assert LOSER / 1.4 <= np.median(battles.loser) <= LOSER * 1.4
    assert WINNER / 1.4 <= np.median(battles.winner) <= WINNER * 1.4


def test_loser_loses_more_and_seldom_half(battles: Battles) -> None:
    """No battle is fought to the last man: in the whole data base 42 % of losers had lost under a fifth."""
    assert np.median(battles.loser) > np.median(battles.winner)
    assert (battles.loser > 0.5).mean() < 0.15
    assert (battles.loser < 0.2).mean() > 0.42


def test_losses_follow_numbers_weakly(battles: Battles) -> None:
    """The slope of ln(loss ratio) on ln(force ratio); Lanchester's square law would give -1."""
    slope, _ = np.polyfit(np.log(battles.force_ratio), np.log(battles.loss_ratio), 1)
    assert 0.1 <= slope <= 0.9
