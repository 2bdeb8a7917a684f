"""The march, battle, supply and control rules as ordinary Mesa objects: the yardstick for the engine's speed.

Written as a good Mesa user would write it: units are agents with plain attributes, `step` is an hour, ways come from
networkx and are cached, battles are looked for only at sites where both sides stand. Formulas, parameters, units,
routes and depots are those of the scenario. As the engine writes its trace, a DataCollector keeps every six hours
where each unit is and how strong.

Reduced, so that it does less than the engine: no scouting (commanders see the truth, nobody is surprised), no courier
on his way (an order arrives after the staff's hours), and no decisions: it carries out the orders that the engine's
own run of the same seed gave, at the hours at which it gave them. Left out as well: cohesion by day, desertion, plot
and mutiny, consequences, commanders' fates, chronicle. Luck comes from `model.random`: single runs differ from the
engine's.

``python -m benchmarks.plain_mesa [--seed N]`` plays one campaign and says how it went.
"""

from __future__ import annotations

import argparse
import math
import time
from collections import defaultdict
from types import SimpleNamespace
from typing import Any, cast

import mesa
import networkx as nx

import sim
from sim.scenario import Scenario

CLOSED_UP_KM, APPROACH_KM, ASSAULT_H = 20.0, 12.0, 20
CLEAR_TASKS = frozenset({"withdraw", "join", "pursue", "attach"})
PACE_HOURS = {"slow": "march_slow_h", "normal": "march_normal_h", "forced": "march_forced_h"}
KMH = {
    "foot": "march_foot_kmh",
    "carts": "march_carts_kmh",
    "horse": "march_horse_kmh",
    "pack": "march_pack_kmh",
    "wheels": "march_wheels_kmh",
    "cars": "march_cars_kmh",
}
GROUND = {
    "semi-desert": "march_ground_semi_desert",
    "wooded mountain": "march_ground_wooded",
    "taiga": "march_ground_taiga",
}


class Place:
    """A place: who holds it, today's weather, the routes that leave it."""

    def __init__(self, row: Any, side: int) -> None:
        self.id, self.lat, self.lon, self.grass = row.id, row.lat, row.lon, row.grass
        self.town = "town" in row.kind
        self.country, self.holder = row.country, side
        self.cell = (math.floor(row.lon / 3.0), math.floor(row.lat / 1.5))
        self.ways: list[tuple[Place, Route]] = []
        self.wooded = self.rain = self.bridge = False
        self.wet = 0.0
        self.alone_side, self.alone_h = -1, 0
        self.battle: Battle | None = None


class Route:
    """A route between two places; `ground` is the share of the full pace that it allows."""

    def __init__(self, row: Any, a: Place, b: Place, p: SimpleNamespace) -> None:
        self.a, self.b, self.km, self.kind, self.crossing = a, b, row.length_km, row.kind, row.crossing
        self.rail = row.kind == "railway"
        self.ground = (
            p.march_ground_trail
            if row.kind == "mountain trail"
            else getattr(p, GROUND.get(row.terrain, "march_ground_steppe"))
        )
        self.cost = self.km / 6.0 if self.rail else self.km / self.ground + (8.0 if row.crossing != "none" else 0.0)
        self.battle: Battle | None = None

    def passable(self, mover: str, rail: bool) -> bool:
        """Whether a mover may use it."""
        if self.kind == "steamer":
            return False
        if self.rail:
            return rail
        if mover == "cars":
            return self.kind in ("road", "steppe")
        return not (self.kind == "mountain trail" and mover in ("wheels", "carts"))


class Task:
    """An order with its places looked up."""

    def __init__(self, row: Any, places: dict[str, Place], default_accept: float) -> None:
        self.id, self.command, self.task, self.pace = row.id, row.command, row.task, row.pace
        self.to_command = row.objective if row.task in ("join", "pursue", "attach") else ""
        self.objective = places.get(row.objective)
        self.via = [places[name] for name in row.via]
        self.units = frozenset(row.units)
        self.accept = default_accept if row.accept is None else row.accept
        self.retreat = places.get(row.retreat)
        self.rail, self.leave_wheels = row.rail, row.leave_wheels
        self.persist, self.hours = row.persist, row.hours
        self.attempts, self.go_h = 0, -1000
        self.men, self.pace_kmh = 0, 0.0


class Battle:
    """A battle going on at a site."""

    def __init__(self, attacker: int, leads: tuple[Unit, Unit], spread: float) -> None:
        self.attacker = attacker
        self.fortune = [math.exp(spread * unit.random.gauss(0.0, 1.0)) for unit in leads]
        self.men, self.lost = [0, 0], [0, 0]


class Unit(mesa.Agent):
    """A regiment, battalion or detachment."""

    model: PlainCampaign  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, model: PlainCampaign, row: Any, side: int, place: Place, enter_h: int, caution: float) -> None:
        super().__init__(model)
        self.id, self.side, self.command, self.arm, self.carts = row.id, side, row.command, row.arm, row.carts
        self.men, self.horses, self.guns, self.pack_guns, self.mg = (
            row.men,
            row.horses,
            row.guns,
            row.pack_guns,
            row.mg,
        )
        self.quality, self.rounds, self.shells, self.rations = (
            row.quality,
            row.rounds,
            row.shells,
            row.rations_days,
        )
        self.cohesion, self.fatigue, self.condition = 0.8, 0.1, 0.9
        self.caution, self.enter_h, self.waiting = caution, enter_h, enter_h > 0
        self.place: Place | None = place
        self.route: Route | None = None
        self.ahead = self.behind = place
        self.along_km = self.wait_h = self.km_today = self.hours_today = self.broken_h = 0.0
        self.still_h = 48.0
        self.path: list[Place] = []
        self.order: Task | None = None
        self.stage = self.declined = 0
        self.arrived = self.retreating = self.crossed = self.on_train = False
        self.arrived_h, self.clear_h, self.hunger_days = 0, 0, 0.0
        self.battle: Battle | None = None
        self.mover = self.mover_now()
        self.pace_kmh = 0.0

    # -- what it is

    @property
    def active(self) -> bool:
        """Whether it stands in the field with men in it."""
        return self.men > 0 and not self.waiting

    @property
    def near(self) -> Place:
        """The place where it is, or the nearer end of its route."""
        if self.place is not None:
            return self.place
        assert self.route is not None
        return self.ahead if self.along_km * 2.0 > self.route.km else self.behind

    @property
    def lon(self) -> float:
        """Longitude, degrees east."""
        return self._between(self.behind.lon, self.ahead.lon) if self.place is None else self.place.lon

    @property
    def lat(self) -> float:
        """Latitude, degrees north."""
        return self._between(self.behind.lat, self.ahead.lat) if self.place is None else self.place.lat

    def _between(self, a: float, b: float) -> float:
        assert self.route is not None
        return a + self.along_km / max(0.1, self.route.km) * (b - a)

    @property
    def task(self) -> str:
        """What it has been told to do."""
        return self.order.task if self.order is not None else ""

    def mover_now(self) -> str:
        """What it moves as: guns set the pace of those who keep them."""
        if self.arm == "armour":
            return "cars"
        if self.guns > self.pack_guns:
            return "wheels"
        if self.guns > 0:
            return "pack"
        if self.arm in ("cavalry", "artillery"):
            return "horse" if self.horses * 2 >= self.men else "foot"
        return "carts" if self.carts else "foot"

    def mounted(self) -> bool:
        """Whether it rides or packs."""
        return self.mover in ("horse", "pack")

    def own_pace(self) -> float:
        """Pace on easy ground today, km/h."""
        p = self.model.p
        pace = getattr(p, KMH[self.mover]) * (1.0 - p.march_fatigue_pace * self.fatigue)
        if self.mover in ("horse", "pack", "wheels"):
            pace *= 1.0 - p.march_condition_pace * (1.0 - self.condition)
        return pace

    def retreat_kmh(self) -> float:
        """Pace when it goes back alone, km/h."""
        p = self.model.p
        if self.mover == "foot":
            return p.march_foot_kmh
        if self.mover == "cars":
            return p.march_cars_kmh
        if self.mounted():
            return getattr(p, KMH[self.mover]) * (1.0 - p.march_condition_pace * (1.0 - self.condition))
        return p.march_carts_kmh

    def power(self) -> float:
        """Fighting power."""
        p = self.model.p
        armed = min(1.0, self.rounds / 20.0)
        power = self.men * (0.55 + 0.45 * self.cohesion)
        if self.retreating:
            power *= 0.35
        power = power * (0.35 + 0.65 * armed) + p.battle_mg_weight * self.mg * armed
        if self.shells > 0.5:
            power += p.battle_gun_weight * self.guns
        if self.arm == "armour":
            power += p.battle_car_weight * 2.0
        return power

    # -- march

    def take_up(self, order: Task) -> None:
        """Begin to carry out an order."""
        if order.task == "attach":
            self.command = order.to_command
            adopted = self.model.standing.get(self.command)
            if adopted is None:
                return
            order = adopted
        if order.leave_wheels and self.guns > self.pack_guns:
            self.guns = self.pack_guns
        self.mover = self.mover_now()
        self.order, self.stage, self.arrived, self.path = order, 0, False, []
        self.model.repace = True
        if not self.retreating or order.task == "withdraw":
            self.set_out()

    def goal(self) -> Place | None:
        """Where it has to go next."""
        order = self.order
        assert order is not None
        if self.stage < len(order.via):
            return order.via[self.stage]
        return self.model.place_of_command(order.to_command) if order.to_command else order.objective

    def set_out(self) -> None:
        """Find the way for the next leg."""
        order = self.order
        if order is None or self.arm == "air":
            return
        while True:
            goal = self.goal()
            if goal is None:
                if order.objective is None:
                    self.arrive()
                return
            if self.place is not goal:
                break
            if self.stage >= len(order.via):
                if order.task not in ("join", "pursue"):
                    self.arrive()
                return
            self.stage += 1
        self.path = self.find_path(goal, order.rail)

    def find_path(self, goal: Place, rail: bool) -> list[Place]:
        """Places still to be reached, the goal last; empty when there is no way. On a route it may turn about."""
        if self.place is not None:
            return list(self.model.way(self.place, goal, self.mover, rail)[1][1:])
        assert self.route is not None
        per_km = self.route.cost / max(self.route.km, 0.1)
        on, on_way = self.model.way(self.ahead, goal, self.mover, rail)
        back, back_way = self.model.way(self.behind, goal, self.mover, rail)
        if back + self.along_km * per_km < on + (self.route.km - self.along_km) * per_km:
            self.ahead, self.behind = self.behind, self.ahead
            self.along_km = self.route.km - self.along_km
            return list(back_way)
        return list(on_way)

    def arrive(self) -> None:
        """It stands at its objective."""
        if not self.arrived:
            self.arrived, self.arrived_h = True, self.model.hour
        self.path = []

    def march(self) -> None:
        """An hour: march, wait at a crossing, or rest."""
        if self.waiting or self.men <= 0 or self.arm == "air":
            return
        model, p = self.model, self.model.p
        clock = model.clock
        if clock == 0:
            self.km_today = self.hours_today = 0.0
        if self.battle is not None:
            return
        if self.retreating:
            self.rally()
        if self.wait_h > 0.0:
            self.wait_h -= 1.0
            self.fatigue = max(0.0, self.fatigue - p.march_recovery_per_h)
            return
        if not self.path:
            if self.place is not None:
                self.still_h += 1.0
            self.fatigue = max(0.0, self.fatigue - p.march_recovery_per_h)
            if self.arrived and self.place is not None and self.order is not None and self.order.task == "bridge":
                built_h = self.arrived_h + max(self.order.hours, p.march_bridge_build_h)
                self.place.bridge = self.place.bridge or model.hour >= built_h
            return
        hours = 1.0
        if self.route is None or not self.route.rail:
            if self.retreating:
                start, day = 3.0, p.march_forced_h + 2.0
            else:
                start, day = (
                    p.march_dawn_h,
                    getattr(p, PACE_HOURS[self.order.pace if self.order else "normal"]),
                )
            hours = min(1.0, day - self.hours_today)
            if clock < start or hours <= 0.0:
                self.fatigue = max(0.0, self.fatigue - p.march_recovery_per_h)
                return
            self.hours_today += hours
        self.still_h = 0.0
        self.move(hours)

    def rally(self) -> None:
        """A beaten unit recovers with time and takes up its order again."""
        self.broken_h -= 1.0
        if self.broken_h > 0.0:
            return
        self.retreating, self.path = False, []
        self.model.repace = True
        if self.order is not None and not (self.order.task == "attack" and self.order.attempts > self.order.persist):
            self.arrived = False
            self.set_out()

    def stands_off(self, target: Place) -> bool:
        """Whether it halts before the last step because of the enemies there."""
        order = self.order
        if order is None or target is not order.objective or target.battle is not None:
            return False
        danger = self.model.danger[1 - self.side].get(target, 0)
        if danger == 0 or order.task in CLEAR_TASKS:
            return False
        if order.task == "attack":
            return self.model.hour - order.go_h >= ASSAULT_H and self.men < 2 * danger
        return danger * order.accept > order.men

    def start_leg(self) -> bool:
        """Take the route to the next place of the path."""
        target = self.path[0]
        if not self.retreating and self.stands_off(target):
            return False
        assert self.place is not None
        rail = self.order is not None and self.order.rail and not self.retreating
        open_routes = [
            route for place, route in self.place.ways if place is target and route.passable(self.mover, rail)
        ]
        if not open_routes:
            self.path = []
            return False
        route = min(open_routes, key=lambda one: one.cost)
        if route.rail and not self.on_train:
            self.wait_h, self.on_train = self.model.p.march_entrain_h, True
            return False
        self.behind, self.ahead, self.route, self.place = self.place, target, route, None
        self.along_km, self.crossed, self.arrived = 0.0, False, False
        return True

    def move(self, hours: float) -> None:
        """March for an hour or what is left of the day."""
        model, p = self.model, self.model.p
        if self.place is not None and not self.start_leg():
            return
        while hours > 1e-6:
            route = self.route
            assert route is not None
            if route.rail:
                pace = p.march_rail_kmh
            else:
                pace = self.pace_kmh * route.ground
                if self.near.rain:
                    pace *= p.march_rain
            half = 0.5 * route.km
            if (
                not self.retreating
                and abs(route.km - self.along_km - APPROACH_KM) <= pace
                and self.stands_off(self.ahead)
            ):
                return
            to_cross = not self.crossed and route.crossing != "none"
            if to_cross and self.along_km >= half - 1e-9:
                self.cross(route)
                to_cross = False
                if self.wait_h >= 1.0:
                    return
            km = min(pace * hours, (half if to_cross else route.km) - self.along_km)
            self.along_km += km
            self.km_today += km
            if not route.rail:
                self.tire(km)
            hours -= km / pace if pace > 1e-9 else hours
            if self.along_km >= route.km - 1e-6:
                self.enter(self.ahead, route)
                if model.men_at[1 - self.side].get(self.ahead, 0) > 0:
                    return
                if not self.path or self.arrived or not self.start_leg():
                    return

    def tire(self, km: float) -> None:
        """Fatigue of so many km."""
        p = self.model.p
        if self.mover == "cars":
            return
        per_km = p.march_fatigue_per_km_foot if self.mover in ("foot", "carts") else p.march_fatigue_per_km_horse
        self.fatigue = min(1.0, self.fatigue + per_km * km)

    def cross(self, route: Route) -> None:
        """Come to the river and wait as long as the column takes."""
        p = self.model.p
        near = self.ahead
        men = self.men
        if self.order is not None and not self.retreating:
            men = max(men, self.order.men)
        scale = max(0.15, men / p.march_crossing_men)
        if route.crossing == "bridge" or near.bridge or self.behind.bridge:
            wait = 0.5 * scale
        elif route.crossing == "ford":
            wait = (p.march_flooded_h if near.wet >= p.weather_flood_level else p.march_ford_h) * scale
        else:
            wait = p.march_ferry_h * scale
        self.crossed = True
        self.wait_h = wait * (0.6 + 0.8 * self.random.random())

    def enter(self, place: Place, route: Route) -> None:
        """Reach a place; at the end of the path look for the next leg."""
        self.place, self.route = place, None
        self.on_train = route.rail
        self.along_km = self.still_h = 0.0
        if self.path:
            self.path.pop(0)
        if not self.path and not self.retreating:
            self.set_out()

    # -- supply

    def feed(self) -> None:
        """A day's food, rounds and fodder."""
        if not self.active or self.arm == "air":
            return
        model, p, place = self.model, self.model.p, self.near
        got = 0.0
        best, share = None, 0.0
        for depot in model.depots:
            if depot.side == self.side and depot.place.holder == depot.side and depot.rations >= 1.0:
                here = max(0.0, 1.0 - model.km(depot.place, place) / p.supply_depot_reach_km)
                if here > share:
                    best, share = depot, here
        if best is not None:
            got = min(min(2.0, 1.0 + p.supply_carry_days - self.rations) * share, best.rations / max(1, self.men))
            best.rations -= got * self.men
            rounds = min(
                p.supply_rounds_day * share,
                max(0.0, p.supply_rounds_full - self.rounds),
                best.rounds / max(1, self.men),
            )
            best.rounds -= rounds * self.men
            self.rounds += rounds
            if self.guns > 0 and share > 0.2:
                shells = min(5.0 * share, max(0.0, p.supply_shells_full - self.shells), best.shells / self.guns)
                best.shells -= shells * self.guns
                self.shells += shells
        rides = self.arm in ("cavalry", "artillery")
        forage = (p.supply_forage_horse if rides else p.supply_forage_foot) * (0.5 + place.grass)
        if self.place is not None and place.town:
            forage *= p.supply_town
        if self.km_today > 40.0 or self.battle is not None:
            forage *= 0.6
        self.rations = min(p.supply_carry_days, self.rations + got + forage - 1.0)
        if self.rations < 0.0:
            self.rations = 0.0
            self.hunger_days += 1.0
        else:
            self.hunger_days = max(0.0, self.hunger_days - 1.0)
        if self.horses > 0:
            self.tend_horses(place.grass)

    def tend_horses(self, grass: float) -> None:
        """A day's wear and grazing."""
        p, km = self.model.p, self.km_today
        wear = p.supply_march_wear * (km / 40.0) + 0.08 * max(0.0, km - 40.0) / 30.0
        gain = p.supply_grass_gain * grass * (1.0 - min(1.0, km / 80.0))
        if grass < 0.25:
            wear += p.supply_hunger_wear
        self.condition = min(1.0, max(0.1, self.condition + gain - wear))
        rate = p.supply_horse_loss_march if km > 10.0 else p.supply_horse_loss_rest
        if self.condition < 0.35 or km > 65.0:
            rate = p.supply_horse_loss_starving
        self.horses -= min(self.horses, math.floor(rate * self.horses + self.random.random()))

    # -- beaten

    def position_km(self) -> float:
        """Where it stands on its route, km from the `a` end."""
        assert self.route is not None
        return self.along_km if self.behind is self.route.a else self.route.km - self.along_km

    def fall_back(self, hours: float) -> bool:
        """Go back along the line of retreat, deaf to orders; False when it is surrounded."""
        model, enemy = self.model, 1 - self.side
        base = model.bases[self.command]
        if self.order is not None and self.order.retreat is not None:
            base = self.order.retreat
        if self.place is not None:
            if not self._leave(self.place, base, enemy):
                return False
        elif not self._turn(base, enemy):
            return False
        self.battle, self.retreating, self.arrived = None, True, False
        self.clear_h = model.hour + int(model.p.battle_contact_lost_h)
        self.broken_h, self.wait_h = hours, 0.0
        self.mover = self.mover_now()
        self.pace_kmh = self.retreat_kmh()
        model.repace = True
        best = self.ahead
        _, way = model.way(best, base, self.mover, False)
        self.path = list(way) if way and self.behind not in way[:2] else [best]
        return True

    def _leave(self, here: Place, base: Place, enemy: int) -> bool:
        """Choose the neighbouring place to which it goes back."""
        model, men_at = self.model, self.model.men_at[enemy]
        from_where = {unit.behind for unit in model.at.get(here, ()) if unit.side == enemy and unit.still_h < 12.0}
        best, best_cost, best_trail = None, 1e18, False
        for place, route in here.ways:
            trail = not route.passable(self.mover, False)
            if trail and not route.passable("horse" if self.mover == "wheels" else "foot", False):
                continue
            if men_at.get(place, 0) or men_at.get(route, 0):
                continue
            cost = model.km(place, base) + 0.5 * route.km + (120.0 if trail else 0.0)
            cost += 0.4 * min(300, model.danger[enemy].get(place, 0)) + (250.0 if place in from_where else 0.0)
            if cost < best_cost:
                best, best_cost, best_trail = (place, route), cost, trail
        if best is None and self.mounted() and self.cohesion > 0.2:
            ways = [way for way in here.ways if way[1].passable("horse", False)]
            best = min(ways, key=lambda way: men_at.get(way[0], 0) + men_at.get(way[1], 0), default=None)
        if best is None:
            return False
        if best_trail:
            self.guns, self.carts = self.pack_guns, False
        self.behind, (self.ahead, self.route), self.place = here, best, None
        self.along_km, self.crossed = 0.0, False
        return True

    def _turn(self, base: Place, enemy: int) -> bool:
        """On a route: go on or turn about, away from the nearest enemy."""
        model, route = self.model, self.route
        assert route is not None
        here = self.position_km()
        foes = [unit.position_km() for unit in model.at.get(route, ()) if unit.side == enemy]
        foe = min(foes, key=lambda km: abs(km - here), default=here)
        men_at = model.men_at[enemy]
        a_km = 0.0 if self.ahead is route.a else route.km
        b_km = route.km - a_km
        a_free = men_at.get(self.ahead, 0) == 0 and abs(a_km - here) <= abs(a_km - foe) + 0.01
        b_free = men_at.get(self.behind, 0) == 0 and abs(b_km - here) <= abs(b_km - foe) + 0.01
        if not a_free and not b_free:
            if not (self.mounted() and self.cohesion > 0.2):
                return False
            b_free = men_at.get(self.behind, 0) < men_at.get(self.ahead, 0)
        elif a_free and b_free:
            b_free = model.km(self.behind, base) <= model.km(self.ahead, base)
        if b_free:
            self.ahead, self.behind = self.behind, self.ahead
            self.along_km = route.km - self.along_km
        return True

    def surrender(self) -> int:
        """Lay down arms, or cut a way through at a price; men taken."""
        p = self.model.p
        if self.random.random() < p.battle_surrender:
            men = self.men
            self.men = self.horses = self.guns = self.mg = 0
            self.battle = None
            return men
        taken = min(self.men, math.floor(0.3 * self.men + self.random.random()))
        self.men -= taken
        self.guns = self.pack_guns = 0
        self.battle, self.retreating, self.arrived, self.broken_h = None, True, False, p.battle_rally_h
        self.mover = self.mover_now()
        self.pace_kmh = self.retreat_kmh()
        self.path = self.find_path(self.model.bases[self.command], False)
        return taken


class Force:
    """One side on a site: power, quality, men and the like."""

    def __init__(self, units: list[Unit], p: SimpleNamespace) -> None:
        self.units = units
        powers = [unit.power() for unit in units]
        total = sum(powers)
        weighed = sum(
            power * unit.quality * (1.0 - 0.3 * unit.fatigue) for power, unit in zip(powers, units, strict=True)
        )
        self.quality = weighed / total if total > 0 else 1.0
        self.men = sum(unit.men for unit in units)
        self.lead = max(units, key=lambda unit: unit.men) if units else None
        self.mounted = sum(unit.men for unit in units if unit.mounted()) / self.men if self.men else 0.0
        self.ways = len({unit.behind for unit in units if unit.still_h < 24.0 and not unit.retreating})
        limit = p.battle_frontage_men
        self.power = total if total <= limit else limit * math.sqrt(total / limit)

    def pace(self) -> float:
        """Mean pace by men, km/h."""
        return sum(unit.retreat_kmh() * unit.men for unit in self.units) / self.men if self.men else 1.0

    def mean(self, name: str) -> float:
        """Mean of an attribute by men."""
        return sum(getattr(unit, name) * unit.men for unit in self.units) / self.men if self.men else 0.0


class PlainCampaign(mesa.Model):
    """The campaign as ordinary Mesa objects; one step is one hour."""

    def __init__(self, scenario: Scenario, orders: list[tuple[int, str]], rng: int = 0) -> None:
        super().__init__(rng=rng)
        data = scenario.data
        self.hour = self.clock = 0
        self.hours = scenario.hours
        self.p = p = SimpleNamespace(**{name.replace(".", "_"): rule.value for name, rule in data.rules.items()})
        sides = {side.id: row for row, side in enumerate(data.sides)}
        places = {row.id: Place(row, sides.get(row.holder, -1)) for row in data.places}
        self.places = list(places.values())
        self._lay_routes(data.routes, places)
        self.bases = {command.id: places[command.base] for command in data.commands}
        caution = {man.id: man.caution for man in data.commanders}
        cautions = {command.id: caution.get(command.commander, 0.5) for command in data.commands}
        for row in sorted(data.units, key=lambda unit: unit.id):
            Unit(
                self,
                row,
                sides[row.side],
                places[row.place],
                data.header.hour(row.enter) if row.enter else 0,
                cautions[row.command],
            )
        self.units: Any = self.agents_by_type[Unit]
        self.depots = [
            SimpleNamespace(**{**row.model_dump(), "side": sides[row.side], "place": places[row.place]})
            for row in data.depots
        ]
        tasks = {row.id: Task(row, places, p.command_accept_odds) for row in data.plans[scenario.plan].orders}
        self.arrivals: dict[int, list[Task]] = defaultdict(list)
        for hour, name in orders:
            self.arrivals[hour + int(p.dispatch_staff_h)].append(tasks[name])
        self.standing: dict[str, Task] = {}
        self.repace = True
        self.at: dict[Place | Route, list[Unit]] = {}
        self.men_at: tuple[dict[Place | Route, int], ...] = ({}, {})
        self.danger: tuple[dict[Place, int], ...] = ({}, {})
        self.fights: dict[Place | Route, Battle] = {}
        self.battles = 0
        self.datacollector = mesa.DataCollector(
            agent_reporters={name: name for name in ("lon", "lat", "men", "guns", "cohesion", "command", "task")}
        )

    def _lay_routes(self, rows: Any, places: dict[str, Place]) -> None:
        self.graphs: dict[tuple[str, bool], Any] = {}
        self._ways: dict[tuple[Place, str, bool], tuple[dict[Place, float], dict[Place, list[Place]]]] = {}
        self._km: dict[tuple[Place, Place], float] = {}
        self.routes = [
            Route(row, places[row.from_], places[row.to], self.p) for row in sorted(rows, key=lambda route: route.id)
        ]
        wooded: dict[Place, list[bool]] = defaultdict(list)
        for row, route in zip(sorted(rows, key=lambda route: route.id), self.routes, strict=True):
            route.a.ways.append((route.b, route))
            route.b.ways.append((route.a, route))
            for end in (route.a, route.b):
                wooded[end].append(row.terrain in ("wooded mountain", "taiga"))
        for place, marks in wooded.items():
            place.wooded = sum(marks) * 2 > len(marks)

    # -- the map

    def km(self, a: Place, b: Place) -> float:
        """Distance as the crow flies, km, remembered."""
        found = self._km.get((a, b))
        if found is None:
            x = (b.lon - a.lon) * 111.32 * math.cos(math.radians(0.5 * (a.lat + b.lat)))
            found = self._km[a, b] = self._km[b, a] = math.hypot(x, (b.lat - a.lat) * 111.13)
        return found

    def way(self, start: Place, goal: Place, mover: str, rail: bool) -> tuple[float, list[Place]]:
        """Cost and places of the cheapest way, both ends included; one tree a goal and mover is kept."""
        key = (goal, mover, rail)
        if key not in self._ways:
            graph: Any = self.graphs.get((mover, rail))
            if graph is None:
                self.graphs[mover, rail] = graph = cast("Any", nx.Graph())
                graph.add_nodes_from(self.places)
                for route in self.routes:
                    if route.passable(mover, rail):
                        known = graph.get_edge_data(route.a, route.b)
                        if known is None or route.cost < known["cost"]:
                            graph.add_edge(route.a, route.b, cost=route.cost)
            found: Any = nx.single_source_dijkstra(graph, goal, weight="cost")
            self._ways[key] = found
        costs, ways = self._ways[key]
        return (costs[start], ways[start][::-1]) if start in costs else (math.inf, [])

    def place_of_command(self, command: str) -> Place | None:
        """Where the strongest unit of a command is."""
        units = [unit for unit in self.units if unit.command == command and unit.active]
        return max(units, key=lambda unit: unit.men).near if units else None

    def men(self, side: int) -> int:
        """Men of a side in the field."""
        return sum(unit.men for unit in self.units if unit.side == side and not unit.waiting)

    # -- the hour

    def step(self) -> None:
        """One hour: orders, march, battle, supply, control."""
        self.clock = self.hour % 24
        if self.clock == 0:
            self.weather()
        if self.clock % 6 == 0:
            self.datacollector.collect(self)
        self.dispatch()
        if self.clock == int(self.p.march_dawn_h) - 1:
            self.plan_assaults()
        if self.clock == int(self.p.march_dawn_h) or self.repace:
            self.form_columns()
        self.units.do("march")
        self.gather()
        self.fight()
        if self.clock == 20:
            self.fill_depots()
            self.units.do("feed")
        self.control()
        self.hour += 1

    def weather(self) -> None:
        """The day's rain by cells."""
        p, day = self.p, self.hour // 24
        chance = (
            p.weather_rain_may
            if day < 31
            else p.weather_rain_june
            if day < 61
            else p.weather_rain_july
            if day < 92
            else p.weather_rain_august
        )
        rain: dict[tuple[int, int], bool] = {}
        for place in self.places:
            if place.cell not in rain:
                rain[place.cell] = self.random.random() < 0.75 * chance
            place.rain = rain[place.cell]
            place.wet = 0.8 * place.wet + place.rain

    def dispatch(self) -> None:
        """Units enter; orders arrive."""
        for unit in self.units:
            if unit.waiting and self.hour >= unit.enter_h:
                unit.waiting = False
        for order in self.arrivals.pop(self.hour, ()):
            if not order.units:
                self.standing[order.command] = order
            for unit in self.units:
                if unit.men > 0 and (unit.id in order.units if order.units else unit.command == order.command):
                    unit.take_up(order)

    def plan_assaults(self) -> None:
        """At dawn each attack is weighed: it goes in when the column has closed up and the odds suit."""
        danger: tuple[dict[Place, int], ...] = (defaultdict(int), defaultdict(int))
        columns: dict[Task, list[Unit]] = defaultdict(list)
        for unit in self.units:
            if unit.active and unit.arm != "air":
                danger[unit.side][unit.near] += unit.men
                if unit.order is not None and unit.order.task == "attack" and unit.order.objective is not None:
                    columns[unit.order].append(unit)
        self.danger = danger
        for order, units in columns.items():
            objective = order.objective
            assert objective is not None
            near = sum(unit.men for unit in units if not unit.retreating and self.come_up(unit, objective))
            if near == 0 or near < self.p.command_close_up_share * sum(unit.men for unit in units):
                continue
            side = units[0].side
            here = sum(
                men for place, men in danger[side].items() if self.km(place, objective) <= self.p.command_assault_km
            )
            if here >= order.accept * danger[1 - side].get(objective, 0):
                order.go_h = self.hour

    @staticmethod
    def come_up(unit: Unit, objective: Place) -> bool:
        """Whether a unit stands before the last step to its objective."""
        if unit.place is not None:
            return unit.place is objective or (bool(unit.path) and unit.path[0] is objective)
        assert unit.route is not None
        return unit.ahead is objective and unit.route.km - unit.along_km <= CLOSED_UP_KM

    def form_columns(self) -> None:
        """All under one order march as fast as the slowest."""
        self.repace = False
        columns: dict[Task, list[Unit]] = defaultdict(list)
        for unit in self.units:
            if unit.active and unit.arm != "air":
                unit.mover = unit.mover_now()
                unit.pace_kmh = unit.own_pace()
                if unit.order is not None and not unit.retreating:
                    columns[unit.order].append(unit)
        for order, units in columns.items():
            order.men = sum(unit.men for unit in units)
            order.pace_kmh = min(unit.pace_kmh for unit in units)
            for unit in units:
                unit.pace_kmh = order.pace_kmh

    def gather(self) -> None:
        """List the units by site."""
        at: dict[Place | Route, list[Unit]] = defaultdict(list)
        men_at: tuple[dict[Place | Route, int], ...] = (defaultdict(int), defaultdict(int))
        self.at, self.men_at = at, men_at
        for unit in self.units:
            if unit.men > 0 and not unit.waiting and unit.arm != "air":
                site = unit.place or unit.route
                assert site is not None
                at[site].append(unit)
                men_at[unit.side][site] += unit.men

    def fill_depots(self) -> None:
        """A day's deliveries."""
        for depot in self.depots:
            if depot.place.holder == depot.side:
                depot.rations += depot.daily_rations
                depot.rounds += depot.daily_rounds
                depot.shells += depot.daily_shells

    def control(self) -> None:
        """Who is alone in a place for long enough holds it."""
        left, right = self.men_at
        for site in self.at:
            if not isinstance(site, Place):
                continue
            if left.get(site, 0) and right.get(site, 0):
                site.alone_h = 0
                continue
            side = 0 if left.get(site, 0) else 1
            if site.alone_side != side:
                site.alone_side, site.alone_h = side, 0
            site.alone_h += 1
            if site.alone_h >= self.p.control_hold_h:
                site.holder = side

    # -- battle

    def fight(self) -> None:
        """Hostile units within reach fight, decline or break off."""
        left, right = self.men_at
        for site in list(self.fights):
            if not (left.get(site, 0) and right.get(site, 0)):
                self.finish(site, 0 if left.get(site, 0) else 1)
        for site, units in self.at.items():
            if not (left.get(site, 0) and right.get(site, 0)):
                continue
            near = units
            if isinstance(site, Route):
                near = self.in_contact(units)
                if not near:
                    if site in self.fights:
                        self.finish(site, 0)
                    continue
            battle = self.fights.get(site) or self.meet(site, near)
            if battle is None:
                continue
            for unit in near:
                if unit.battle is not battle:
                    unit.battle = battle
                    battle.men[unit.side] += unit.men
            self.fight_hour(site, battle)

    def in_contact(self, units: list[Unit]) -> list[Unit]:
        """Units on a route near the point where the nearest enemies face each other; empty when out of reach."""
        reach = self.p.battle_contact_km
        spots = [(unit, unit.position_km()) for unit in units]
        pairs = [
            (abs(a - b), 0.5 * (a + b)) for one, a in spots if one.side == 0 for other, b in spots if other.side == 1
        ]
        gap, point = min(pairs)
        return [unit for unit, km in spots if abs(km - point) <= 2.0 * reach] if gap <= reach else []

    def accepts(self, unit: Unit, ratio: float, defends_town: bool) -> bool:
        """Whether the commander on the spot accepts battle at these odds, as he sees them."""
        p, order = self.p, unit.order
        needed = p.command_accept_odds
        if order is not None:
            needed = order.accept
            if order.task == "attack" and not unit.retreating and self.hour - order.go_h < 24:
                return True
        needed *= 1.0 + p.command_caution_odds * (unit.caution - 0.5)
        if unit.retreating:
            needed = 3.0
        elif defends_town:
            needed *= 0.6
        return ratio * math.exp(p.command_estimate_error * self.random.gauss(0.0, 1.0)) >= needed

    @staticmethod
    def pushes(unit: Unit) -> float:
        """How hard a unit presses on."""
        if unit.retreating:
            return 0.0
        if unit.order is not None and unit.order.task in ("attack", "pursue", "raid"):
            return 2.0 if unit.arrived else 3.0
        return 1.5 if unit.still_h < 1.0 else 1.0

    def meet(self, site: Place | Route, near: list[Unit]) -> Battle | None:
        """Enemies come within reach: a battle begins or they part."""
        p = self.p
        forces = [Force([unit for unit in near if unit.side == side], p) for side in (0, 1)]
        left, right = forces[0].lead, forces[1].lead
        if left is None or right is None:
            return None
        leads = left, right
        if any(all(self.hour < unit.clear_h for unit in force.units) for force in forces):
            return None
        ratio = forces[0].power * forces[0].quality / max(1.0, forces[1].power * forces[1].quality)
        push = self.pushes(leads[0]), self.pushes(leads[1])
        attacker = 0 if push[0] > push[1] or (push[0] == push[1] and ratio >= 1.0) else 1
        town = isinstance(site, Place) and site.town
        wants = (
            self.accepts(leads[0], ratio, attacker == 1 and town),
            self.accepts(leads[1], 1.0 / max(ratio, 1e-6), attacker == 0 and town),
        )
        if not all(wants):
            shy = attacker if not any(wants) else 1 if wants[0] else 0
            chance = 1.0
            if shy != attacker:
                chance = self.slip_chance(forces[shy].mounted, forces[1 - shy].mounted)
                chance *= min(1.1, max(0.3, forces[shy].pace() / max(0.1, forces[1 - shy].pace())))
            if self.random.random() < chance:
                gone = [unit.fall_back(p.command_watch_h) for unit in forces[shy].units]
                if any(gone):
                    return None
        self.battles += 1
        for unit in leads:
            if unit.side == attacker and unit.order is not None and unit.order.task == "attack":
                unit.order.attempts += 1
        battle = Battle(attacker, leads, p.battle_quality_spread)
        self.fights[site] = site.battle = battle
        return battle

    def slip_chance(self, mounted: float, enemy_mounted: float) -> float:
        """Chance that a side gets away without a fight."""
        p = self.p
        if mounted > 0.6:
            return p.battle_slip_mounted if enemy_mounted > 0.5 else p.battle_slip_mounted_foot
        return p.battle_slip_foot * (0.4 if enemy_mounted > 0.5 else 1.0)

    def posture(self, site: Place | Route, force: Force, attacks: bool, flanked: bool) -> float:
        """How well a side is posted."""
        if attacks:
            return 1.0
        p, still = self.p, force.mean("still_h")
        posture = (
            p.battle_prepared
            if still >= p.battle_prepared_h
            else p.battle_hasty
            if still >= p.battle_hasty_h
            else p.battle_meeting
        )
        if isinstance(site, Place) and site.town:
            posture *= p.battle_town
        return 1.0 + p.battle_flanked_posture * (posture - 1.0) if flanked else posture

    def fight_hour(self, site: Place | Route, battle: Battle) -> None:
        """One hour of a battle: losses, then who breaks off."""
        p, random = self.p, self.random
        forces = [
            Force(
                [unit for unit in self.at[site] if unit.side == side and unit.battle is battle and unit.men > 0],
                p,
            )
            for side in (0, 1)
        ]
        if not forces[0].men or not forces[1].men:
            self.finish(site, 0 if forces[0].men else 1)
            return
        lead = forces[0].lead
        assert lead is not None
        place = lead.near
        ground = (
            (p.battle_night if self.clock < 4 or self.clock >= 22 else 1.0)
            * (p.battle_wooded if place.wooded else 1.0)
            * (p.battle_rain if place.rain else 1.0)
        )
        quality = [force.quality * fortune for force, fortune in zip(forces, battle.fortune, strict=True)]
        flanked = [
            forces[1 - side].ways > 1
            or (forces[1 - side].mounted > 0.5 and forces[1 - side].power > p.battle_envelop_odds * forces[side].power)
            for side in (0, 1)
        ]
        posture = [self.posture(site, forces[side], side == battle.attacker, flanked[side]) for side in (0, 1)]
        for side in (0, 1):
            loss = p.battle_lethality * quality[1 - side] * forces[1 - side].power ** p.battle_enemy_exponent
            loss *= forces[side].power ** p.battle_own_exponent * ground / posture[side]
            loss *= math.exp(p.battle_noise * random.gauss(0.0, 1.0))
            battle.lost[side] += self.apportion(forces[side], loss)
        r = 0.5 * math.log(max(forces[0].power, 1.0) / max(forces[1].power, 1.0))
        r += math.log(quality[0] / quality[1]) + math.log(posture[0] / posture[1])
        hazards: list[float] = []
        for side, force in enumerate(forces):
            lost = battle.lost[side] / max(1, battle.men[side])
            hazard = (
                p.battle_break_rate
                * math.exp(-p.battle_break_odds * (r if side == 0 else -r))
                * (1.0 + p.battle_break_loss * lost)
            )
            if flanked[side]:
                hazard *= p.battle_flanked
            if force.mean("rounds") < 6.0:
                hazard *= p.battle_no_rounds
            hazards.append(hazard * (1.6 - 0.8 * force.mean("cohesion")))
        breaks = [random.random() < hazard for hazard in hazards]
        if any(breaks):
            loser = (0 if hazards[0] >= hazards[1] else 1) if all(breaks) else breaks.index(True)
            self.rout(site, battle, forces, loser)

    def apportion(self, force: Force, loss: float) -> int:
        """Share a side's loss among its units by men, in whole numbers that add up."""
        p, random = self.p, self.random
        per_man, run, u, total = min(1.0, loss / force.men), 0.0, random.random(), 0
        for unit in force.units:
            before = math.floor(run + u)
            run += per_man * unit.men
            n = min(math.floor(run + u) - before, unit.men)
            if n > 0:
                unit.horses -= min(unit.horses, math.floor(0.8 * n / unit.men * unit.horses + random.random()))
                unit.men -= n
                total += n
            unit.rounds = max(0.0, unit.rounds - p.battle_rounds_h)
            unit.shells = max(0.0, unit.shells - p.battle_shells_h)
            unit.fatigue = min(1.0, unit.fatigue + 0.015)
        return total

    def rout(self, site: Place | Route, battle: Battle, forces: list[Force], loser: int) -> None:
        """A side breaks: pursuit takes men, guns and train; the rest goes back or surrenders."""
        p, random = self.p, self.random
        beaten, winners = forces[loser], forces[1 - loser]
        odds = winners.power / max(beaten.power, 1.0)
        mean = p.battle_pursuit_mean * (1.0 + p.battle_pursuit_mounted * (winners.mounted - 0.5))
        mean *= min(2.0, math.sqrt(odds))
        mean *= min(4.0, max(0.25, (winners.pace() / max(0.1, beaten.pace())) ** 2))
        weight = min(1.0, math.sqrt(odds))
        share = min(0.6, mean * random.expovariate(1.0))
        taken = 0
        for unit in beaten.units:
            own = min(0.8, share * (0.8 if unit.mounted() else 1.2))
            n = min(unit.men, math.floor(own * unit.men + random.random()))
            unit.men -= n
            taken += n
            unit.horses -= min(unit.horses, math.floor(own * unit.horses + random.random()))
            chance = min(0.9, p.battle_gun_loss * (0.4 + 6.0 * share))
            unit.guns -= sum(random.random() < chance for _ in range(unit.guns))
            unit.pack_guns = min(unit.pack_guns, unit.guns)
            unit.mg -= min(unit.mg, math.floor(own * unit.mg + random.random()))
            unit.rations *= 1.0 - 0.3 * weight
            unit.rounds *= 1.0 - 0.15 * weight
            unit.cohesion = max(0.1, unit.cohesion - p.cohesion_defeat * weight - 0.5 * share)
            if not unit.fall_back(max(6.0, p.battle_rally_h * weight)):
                taken += unit.surrender()
        if winners.men:
            spoils = taken * p.battle_spoils_rounds / winners.men
            for unit in winners.units:
                unit.rounds = max(unit.rounds, min(p.supply_rounds_full, unit.rounds + spoils))
        battle.lost[loser] += taken
        self.finish(site, 1 - loser)

    def finish(self, site: Place | Route, winner: int) -> None:
        """A battle is over."""
        battle = self.fights.pop(site)
        site.battle = None
        for unit in self.units:
            if unit.battle is battle:
                unit.battle = None
                if unit.side == winner:
                    unit.cohesion = min(1.0, unit.cohesion + self.p.cohesion_victory)
                    unit.wait_h = max(unit.wait_h, self.p.battle_regroup_h)


def orders_of(scenario: Scenario, seed: int) -> list[tuple[int, str]]:
    """The orders that the engine's run of a seed gives: hour and id."""
    from sim.state import E_ORDERED

    chronicle = sim.run(scenario, seed).chronicle
    given = chronicle[chronicle["kind"] == E_ORDERED]
    return [(int(hour), scenario.order_ids[int(row)]) for hour, row in zip(given["hour"], given["other"], strict=True)]


def play(scenario: Scenario, orders: list[tuple[int, str]], seed: int) -> PlainCampaign:
    """One campaign, every hour of it."""
    model = PlainCampaign(scenario, orders, seed)
    for _ in range(model.hours):
        model.step()
    return model


def main() -> None:
    """Play one campaign and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seed", type=int, default=0)
    seed = parser.parse_args().seed
    scenario = sim.load()
    orders = orders_of(scenario, seed)
    begun = time.perf_counter()
    model = play(scenario, orders, seed)
    seconds = time.perf_counter() - begun
    print(
        f"{seconds:.2f} s, {model.hour} hours, {len(orders)} orders, {model.battles} battles, "
        f"men {model.men(0)} and {model.men(1)}"
    )


if __name__ == "__main__":
    main()
