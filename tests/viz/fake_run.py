"""A made-up run in the shape of ``sim.Run``: the real units on real routes along the documented course.

It stands in for the engine in the visualiser's tests, so that they need no compiler and never change when
a rule does.
Strengths and losses are invented.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import networkx as nx
import numpy as np

FOLDER = Path(__file__).resolve().parents[2] / "scenarios" / "mongolia_1921"
START, END = date(1921, 5, 1), date(1921, 8, 31)
HOURS = ((END - START).days + 1) * 24
KINDS = (
    "enters",
    "ordered",
    "arrives",
    "battle",
    "battle-ends",
    "declines",
    "surrenders",
    "guns-lost",
    "frontier",
    "crosses",
    "holder",
    "sighted",
    "execution",
    "beating",
    "mutiny",
    "commander-killed",
    "commander-wounded",
    "commander-captured",
    "commander-flees",
)
RECORD = np.dtype(
    [
        ("lon", "f4"),
        ("lat", "f4"),
        ("men", "i4"),
        ("horses", "i4"),
        ("guns", "i2"),
        ("mg", "i2"),
        ("place", "i2"),
        ("route", "i2"),
        ("along", "f4"),
        ("command", "i2"),
        ("order", "i2"),
        ("task", "i1"),
        ("fatigue", "f4"),
        ("cohesion", "f4"),
        ("condition", "f4"),
        ("rations", "f4"),
        ("rounds", "f4"),
        ("state", "i1"),
        ("fighting", "u1"),
    ]
)
EVENT = np.dtype(
    [
        ("hour", "i4"),
        ("kind", "i2"),
        ("who", "i2"),
        ("where", "i2"),
        ("whom", "i2"),
        ("other", "i2"),
        ("n1", "i4"),
        ("n2", "i4"),
        ("n3", "i4"),
        ("x", "f4"),
    ]
)
BATTLE_HOUR = np.dtype(
    [
        ("hour", "i4"),
        ("battle", "i2"),
        ("site", "i2"),
        ("power_left", "f4"),
        ("power_right", "f4"),
        ("quality_left", "f4"),
        ("quality_right", "f4"),
        ("posture_left", "f4"),
        ("posture_right", "f4"),
        ("ground", "f4"),
        ("loss_left", "i4"),
        ("loss_right", "i4"),
        ("hazard_left", "f4"),
        ("hazard_right", "f4"),
    ]
)
COMMANDS = {
    "border": ("Border cover", "Red", "kudara"),
    "troitskosavsk": ("Troitskosavsk", "Red", "troitskosavsk"),
    "sukhbaatar": ("Sükhbaatar", "Red", "altan_bulak"),
    "div35": ("35th Division", "Red", "ust_kyakhta"),
    "western": ("Western group", "Red", "zheltura"),
    "kuban": ("Kuban brigade", "Red", "irkutsk"),
    "reserve": ("Reserve", "Red", "irkutsk"),
    "ungern": ("Ungern's brigade", "White", "urga"),
    "rezukhin": ("Rezukhin's brigade", "White", "van_khure"),
    "urga": ("Urga garrison", "White", "urga"),
    "kazagrandi": ("Kazagrandi", "White", "khatkhyl"),
}
LEADERS = (
    ("ungern", "R. F. Ungern-Sternberg", "White", "ungern_staff"),
    ("rezukhin", "B. P. Rezukhin", "White", "regiment_2_1"),
    ("sukhbaatar", "D. Sükhbaatar", "Red", "sukhbaatar_1"),
    ("neumann", "K. Neumann", "Red", "rifle_307_1"),
    ("rokossovsky", "K. Rokossovsky", "Red", "cavalry_35"),
    ("shchetinkin", "P. Shchetinkin", "Red", "shchetinkin"),
    ("choibalsan", "Kh. Choibalsan", "Red", "choibalsan_detachment"),
    ("kazagrandi", "N. Kazagrandi", "White", "kazagrandi"),
)
UNGERN = (
    "0521 urga 0605 kiran 0608 kiran 0613 iro_crossing 0624 iro_crossing "
    "0703 amur_bayasgalan 0708 akhai_gun 0719 akhai_gun "
    "0724 tsezhey 0729 novo_dmitrievka 0731 datsan_gusinoye "
    "0803 novoselenginsk 0805 datsan_gusinoye 0812 tsezhey "
    "0817 egiin_ford 0820 khutag 0831 tsagan_tsegen"
)
COURSES = {
    "ungern": UNGERN,
    "rezukhin": "0530 zelter 0602 zheltura 0608 tsagan_usun 0612 budun 0625 akhai_gun "
    "0720 akhai_gun 0724 tsezhey "
    "0729 novo_dmitrievka 0731 datsan_gusinoye 0803 selenduma "
    "0806 datsan_gusinoye 0813 tsezhey 0818 egiin_ford 0831 van_khure",
    "sukhbaatar": "0605 altan_bulak 0627 altan_bulak 0706 urga 0715 urga 0725 van_khure 0831 van_khure",
    "troitskosavsk": "0601 troitskosavsk 0627 altan_bulak 0707 urga 0831 urga",
    "div35": "0606 ust_kyakhta 0610 troitskosavsk 0627 altan_bulak 0709 urga "
    "0726 urga 0810 troitskosavsk 0831 troitskosavsk",
    "western": "0603 zheltura 0627 zheltura 0716 akhai_gun 0724 akhai_gun "
    "0804 petropavlovka 0808 tsezhey 0818 egiin_ford",
    "kuban": "0605 irkutsk 0615 troitskosavsk 0627 altan_bulak 0706 urga "
    "0715 van_khure 0722 akhai_gun 0805 zheltura 0819 egiin_ford",
    "reserve": "0723 irkutsk 0730 mysovaya 0804 novo_dmitrievka 0831 datsan_gusinoye",
    "border": "0601 kudara 0831 kudara",
    "urga": "0706 urga 0720 tsetsen_khan",
    "kazagrandi": "0701 khatkhyl 0801 zain_shabi",
}
BATTLES = (
    ("0602", 9, "zheltura", "western", "rezukhin", 40, 70),
    ("0606", 14, "kiran", "border", "ungern", 120, 30),
    ("0611", 30, "troitskosavsk", "div35", "ungern", 260, 420),
    ("0706", 5, "urga", "kuban", "urga", 10, 60),
    ("0718", 20, "akhai_gun", "western", "rezukhin", 180, 150),
    ("0731", 8, "datsan_gusinoye", "reserve", "ungern", 380, 60),
    ("0805", 12, "novo_dmitrievka", "reserve", "rezukhin", 120, 200),
    ("0816", 10, "egiin_ford", "western", "rezukhin", 60, 160),
)
FALLS = (
    ("0705", "khara_crossing", "Red"),
    ("0706", "urga", "Red"),
    ("0628", "iro_crossing", "Red"),
    ("0716", "van_khure", "Red"),
    ("0724", "tsezhey", "White"),
    ("0729", "novo_dmitrievka", "White"),
    ("0731", "datsan_gusinoye", "White"),
    ("0806", "datsan_gusinoye", "Red"),
    ("0808", "tsezhey", "Red"),
    ("0719", "akhai_gun", "Red"),
    ("0607", "kiran", "White"),
    ("0612", "kiran", "Red"),
)


def hour_of(text: str) -> int:
    """Hour of a day written ``mmdd``."""
    return (date(1921, int(text[:2]), int(text[2:])) - START).days * 24


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _thing(row: dict[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(**{("from_" if k == "from" else k): v for k, v in row.items()})


@dataclass
class FakeEvent:
    """One decoded event."""

    hour: int
    date: date
    kind: str
    text: str


def make(seed: int = 0) -> SimpleNamespace:
    """The made-up run; another seed shifts the marches by up to a day."""
    places = _rows("places.csv")
    routes = _rows("routes.csv")
    units = _rows("units.csv")
    at = {p["id"]: i for i, p in enumerate(places)}
    lon = np.array([float(p["lon"]) for p in places])
    lat = np.array([float(p["lat"]) for p in places])
    graph: Any = nx.Graph()
    for i, r in enumerate(routes):
        graph.add_edge(r["from"], r["to"], length=float(r["length_km"]), route=i)
    names = list(COMMANDS)
    rng = np.random.default_rng(seed)
    record = np.zeros((HOURS + 1, len(units)), RECORD)
    command_of = []
    for u, row in enumerate(units):
        command = row["command"] if row["command"] in COMMANDS else "reserve"
        command_of.append(names.index(command))
        course = [(0, row["place"])]
        delay = int(rng.integers(0, 10)) + (u % 5) * 3
        for day, place in zip(COURSES[command].split()[::2], COURSES[command].split()[1::2], strict=True):
            course.append((hour_of(day) + delay, place))
        _walk(record, u, course, graph, at, lon, lat)
        men = np.full(HOURS + 1, float(row["men"]))
        men *= np.linspace(1, 0.93, HOURS + 1)
        record["men"][:, u] = men
        record["horses"][:, u] = (float(row["horses"]) * np.linspace(1, 0.8, HOURS + 1)).astype(int)
        record["guns"][:, u] = int(row["guns"])
        record["mg"][:, u] = int(row["mg"])
        record["command"][:, u] = command_of[-1]
        record["state"][:, u] = 1
        if row["enter"]:
            record["state"][: (date.fromisoformat(row["enter"]) - START).days * 24, u] = 0
    hours = np.arange(HOURS + 1)[:, None]
    record["fatigue"] = 0.3 + 0.2 * np.sin(hours / 40)
    record["cohesion"] = np.linspace(0.9, 0.5, HOURS + 1)[:, None]
    record["condition"] = np.linspace(0.9, 0.6, HOURS + 1)[:, None]
    record["rations"], record["rounds"], record["order"] = 6.0, 90.0, -1
    events: list[tuple[Any, ...]] = []
    terms = []
    for number, (day, length, place, left, right, lost_left, lost_right) in enumerate(BATTLES):
        first = hour_of(day) + 6
        sides = [[u for u, c in enumerate(command_of) if names[c] == name] for name in (left, right)]
        lead = [max(s, key=lambda u: record["men"][first, u]) for s in sides]
        total = [int(sum(record["men"][first, u] for u in s)) for s in sides]
        events.append((first, 3, lead[0], at[place], lead[1], number, total[0], total[1], 0, 0))
        for members, lost in zip(sides, (lost_left, lost_right), strict=True):
            for u in members:
                share = lost * record["men"][first, u] / max(1, sum(record["men"][first, v] for v in members))
                loss = np.clip(np.arange(HOURS + 1) - first, 0, length) / length * share
                record["men"][:, u] = np.maximum(record["men"][:, u] - loss, 1)
                record["fighting"][first : first + length, u] = 1
        for h in range(length):
            terms.append(
                (
                    first + h,
                    number,
                    at[place],
                    total[0] * 0.9,
                    total[1] * 0.8,
                    1.0,
                    1.1,
                    1.0,
                    1.3,
                    1.1,
                    lost_left // length,
                    lost_right // length,
                    0.01,
                    0.02,
                )
            )
        winner = 0 if lost_left < lost_right else 1
        events.append(
            (
                first + length,
                4,
                lead[winner],
                at[place],
                lead[1 - winner],
                winner,
                lost_left,
                lost_right,
                0,
                0,
            )
        )
    holders = []
    for day, place, side in FALLS:
        hour = hour_of(day) + 15
        holders.append((hour, at[place], 0 if side == "Red" else 1))
        events.append((hour, 10, -1, at[place], -1, 0 if side == "Red" else 1, 0, 0, 0, 0))
    ids = [row["id"] for row in units]
    events.append(
        (
            hour_of("0818") + 22,
            14,
            ids.index("regiment_2_1"),
            at["egiin_ford"],
            -1,
            names.index("rezukhin"),
            900,
            0,
            0,
            0,
        )
    )
    events.append((hour_of("0818") + 23, 15, ids.index("regiment_2_1"), at["egiin_ford"], -1, 1, 0, 0, 0, 0))
    events.append((hour_of("0820") + 9, 17, ids.index("shchetinkin"), at["egiin_ford"], -1, 0, 0, 0, 0, 0))
    events.append((hour_of("0602") + 12, 16, ids.index("cavalry_35"), at["zheltura"], -1, 4, 0, 0, 0, 0))
    events.append((hour_of("0627") + 8, 8, ids.index("rifle_307_1"), at["altan_bulak"], -1, -1, 1600, 0, 0, 0))
    events.append((hour_of("0723") + 20, 8, ids.index("tatar_1"), at["tsezhey"], -1, -1, 2100, 0, 0, 0))
    events.sort()
    sightings = [
        (h, s, u, int(record["place"][h, u]), int(record["men"][h, u] * 0.8))
        for h in range(12, HOURS, 60)
        for s in (0, 1)
        for u in range(len(units))
        if (units[u]["side"] == "White") == (s == 0) and record["place"][h, u] >= 0 and (h // 60 + u) % 4 == 0
    ]
    scenario = SimpleNamespace(
        id="mongolia_1921",
        path=FOLDER,
        header=SimpleNamespace(title="Mongolia 1921", start=START, end=END),
        places=tuple(
            _thing({**p, "rank": int(p["rank"]), "lat": float(p["lat"]), "lon": float(p["lon"])}) for p in places
        ),
        routes=tuple(_thing(r) for r in routes),
        units=tuple(_thing({**u, "men": int(u["men"])}) for u in units),
        sides=(
            SimpleNamespace(id="Red", name="Red", name_ru="Красные", name_mn="Улаан"),
            SimpleNamespace(id="White", name="White", name_ru="Белые", name_mn="Цагаан"),
        ),
        commands=tuple(
            SimpleNamespace(id=i, name=n, name_ru="", name_mn="", side=s, base=b, commander=i)
            for i, (n, s, b) in COMMANDS.items()
        ),
        commanders=tuple(
            SimpleNamespace(id=i, name=n, name_ru="", name_mn="", side=s, rides_with=u, place="")
            for i, n, s, u in LEADERS
        ),
        history=SimpleNamespace(events=(), course=()),
        rules={},
        sources={},
    )
    infos = tuple(
        SimpleNamespace(
            index=i,
            id=u["id"],
            name=u["name"],
            side=0 if u["side"] == "Red" else 1,
            faction=u["faction"],
            command=command_of[i],
            arm=u["arm"],
            men=int(u["men"]),
        )
        for i, u in enumerate(units)
    )
    chronicle = np.array(events, EVENT)
    return SimpleNamespace(
        scenario=scenario,
        units=infos,
        orders=(),
        record=record,
        chronicle=chronicle,
        holders=np.array(sorted(holders), [("hour", "i4"), ("place", "i2"), ("side", "i1")]),
        sightings=np.array(sightings, [("hour", "i4"), ("side", "i1"), ("unit", "i2"), ("place", "i2"), ("men", "i4")]),
        battles=np.array(terms, BATTLE_HOUR),
        outcome={},
        seed=seed,
        certificate={
            "version": "0.0",
            "seed": seed,
            "scenario": "mongolia_1921",
            "hash": hashlib.sha1(record.tobytes()).hexdigest(),
        },
        events=lambda: [
            FakeEvent(
                int(e["hour"]),
                START + timedelta(hours=int(e["hour"])),
                KINDS[e["kind"]],
                f"{KINDS[e['kind']]} at {places[e['where']]['name']}",
            )
            for e in chronicle
        ],
    )


def _walk(
    record: np.ndarray,
    u: int,
    course: list[tuple[int, str]],
    graph: Any,
    at: dict[str, int],
    lon: np.ndarray,
    lat: np.ndarray,
) -> None:
    """Write a unit's way: it leaves each place just in time to reach the next at 28 km a day."""
    record["place"][:, u] = at[course[0][1]]
    record["route"][:, u] = -1
    record["lon"][:, u], record["lat"][:, u] = lon[at[course[0][1]]], lat[at[course[0][1]]]
    for (before, a), (when, b) in itertools.pairwise(course):
        arrival = min(when, HOURS)
        path = nx.shortest_path(graph, a, b, weight="length")
        lengths = [graph[p][q]["length"] for p, q in itertools.pairwise(path)]
        total = sum(lengths)
        begin = max(before, round(arrival - total / 28 * 24)) if total else arrival
        for h in range(begin, arrival + 1):
            gone = total * (h - begin) / max(1, arrival - begin)
            for n, length in enumerate(lengths):
                if gone <= length or n == len(lengths) - 1:
                    t = min(1.0, gone / length)
                    p, q = at[path[n]], at[path[n + 1]]
                    record["lon"][h, u] = lon[p] + (lon[q] - lon[p]) * t
                    record["lat"][h, u] = lat[p] + (lat[q] - lat[p]) * t
                    record["place"][h, u] = q if t >= 1 else -1
                    record["route"][h, u] = -1 if t >= 1 else graph[path[n]][path[n + 1]]["route"]
                    break
                gone -= length
        record["lon"][arrival:, u], record["lat"][arrival:, u] = lon[at[b]], lat[at[b]]
        record["place"][arrival:, u], record["route"][arrival:, u] = at[b], -1
