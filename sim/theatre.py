"""The theatre: places and routes, for people as a networkx graph, for the engine as arrays.

Ties between equal ways break by length, then by place id: rows are sorted by id when the scenario is read.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.compiled import rule

if TYPE_CHECKING:
    import networkx

    from sim.scenario import Scenario

NEAR_KM = 130.0  # further than patrols see and most conditions ask; beyond, all places are looked through

PLACE = np.dtype(
    [
        ("id", "u8"),
        ("lat", "f8"),
        ("lon", "f8"),
        ("country", "i4"),
        ("town", "i4"),
        ("wooded", "i4"),
        ("rank", "i4"),
        ("cos_half", "f8"),
        ("sin_half", "f8"),  # of half the latitude: distances need no cosine then
        ("grass", "f8"),  # grazing, 0 to 1
        ("holder", "i4"),  # side that holds it at the start, -1: nobody
        ("cell", "u8"),  # weather cell: key of its rain
        ("haven", "i4"),  # side that is safe here, -1: none
    ],
    align=True,
)

ROUTE_KINDS = ("railway", "road", "track", "steppe", "mountain trail", "steamer", "ferry")
RAILWAY, ROAD, TRACK, STEPPE, TRAIL, STEAMER, FERRY_ROUTE = range(7)
TERRAINS = ("open steppe", "valley", "semi-desert", "wooded mountain", "taiga")
OPEN, VALLEY, SEMI_DESERT, WOODED, TAIGA = range(5)
CROSSINGS = ("none", "ford", "ferry", "bridge")
NO_CROSSING, FORD, FERRY, BRIDGED = range(4)

ROUTE = np.dtype(
    [
        ("id", "u8"),
        ("a", "i4"),
        ("b", "i4"),
        ("km", "f8"),
        ("kind", "i4"),
        ("terrain", "i4"),
        ("crossing", "i4"),
        ("wire", "i4"),
        ("frontier", "i4"),
    ],
    align=True,
)

PLACE_STATE = np.dtype(
    [
        ("holder", "i4"),  # side that holds it, -1: nobody
        ("before", "i4"),  # who held it before
        ("since_h", "i4"),  # hour of the last change
        ("bridge", "i4"),  # 1: a bridge stands here
        ("alone_side", "i4"),  # side that has been here alone
        ("alone_h", "i4"),  # for how many hours
        ("wet", "f8"),  # how wet the last days were
        ("rain", "i4"),  # 1: it rains today
        ("wire_left", "i4"),
        ("wire_right", "i4"),  # label of the telegraph net for side 0 and side 1, -1: no wire
    ],
    align=True,
)


@rule
def distance_km(places: np.ndarray, a: int, b: int) -> float:
    """Distance between two places as the crow flies, km (equirectangular, error below 0.3 % within 1,000 km here)."""
    p, q = places[a], places[b]
    x = (q["lon"] - p["lon"]) * 111.32 * (p["cos_half"] * q["cos_half"] - p["sin_half"] * q["sin_half"])
    y = (q["lat"] - p["lat"]) * 111.13
    return math.sqrt(x * x + y * y)


def adjacency(places: np.ndarray, routes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Neighbours as compressed rows: start [places + 1], neighbour and route, sorted by neighbour within a place."""
    ends: list[list[tuple[int, int]]] = [[] for _ in range(len(places))]
    for index, route in enumerate(routes):
        ends[int(route["a"])].append((int(route["b"]), index))
        ends[int(route["b"])].append((int(route["a"]), index))
    start = np.zeros(len(places) + 1, np.int32)
    flat = [pair for pairs in ends for pair in sorted(pairs)]
    start[1:] = np.cumsum([len(pairs) for pairs in ends])
    return start, np.array([p for p, _ in flat], np.int32), np.array([r for _, r in flat], np.int32)


def nearby(places: np.ndarray, within_km: float, among: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What of `among` (rows of places) lies within a distance of each place, as compressed rows, the nearest first.

    Returns start [places + 1], position in `among` and km; a place is near itself.
    """
    start = np.zeros(len(places) + 1, np.int32)
    others: list[np.ndarray] = [np.zeros(0, np.int32)]
    kms: list[np.ndarray] = [np.zeros(0)]
    lat, lon = places["lat"][among], places["lon"][among]
    for a, place in enumerate(places):
        x = (lon - place["lon"]) * 111.32 * np.cos(np.radians(0.5 * (lat + place["lat"])))
        y = (lat - place["lat"]) * 111.13
        km = np.hypot(x, y)
        within = np.flatnonzero(km <= within_km)
        within = within[np.argsort(km[within], kind="stable")]
        others.append(within)
        kms.append(km[within])
        start[a + 1] = start[a] + len(within)
    return start, np.concatenate(others).astype(np.int32), np.concatenate(kms)


def wire_nets(places: np.ndarray, routes: np.ndarray) -> np.ndarray:
    """The next place on the same telegraph net, whoever holds it: a ring for every net, -1 without a wire."""
    wired = routes[routes["wire"] == 1]
    net, before = np.arange(len(places)), np.full(len(places), -1)
    while (net != before).any():
        before = net.copy()
        low = np.minimum(net[wired["a"]], net[wired["b"]])
        np.minimum.at(net, wired["a"], low)
        np.minimum.at(net, wired["b"], low)
    ring = np.full(len(places), -1, np.int64)
    ends = np.unique([wired["a"], wired["b"]])
    for label in np.unique(net[ends]):
        rows = np.flatnonzero(net == label)
        ring[rows] = np.roll(rows, -1)
    return ring


def graph(scenario: Scenario) -> networkx.Graph[str]:
    """The theatre as a networkx graph: nodes are place ids, edges carry km, kind, terrain, crossing and source."""
    import networkx

    theatre: networkx.Graph[str] = networkx.Graph(name=scenario.title)
    for place in scenario.data.places:
        theatre.add_node(
            place.id,
            name=place.name,
            lat=place.lat,
            lon=place.lon,
            kind=place.kind,
            country=place.country,
            source=place.source,
            confidence=place.confidence,
        )
    for route in scenario.data.routes:
        theatre.add_edge(
            route.from_,
            route.to,
            id=route.id,
            km=route.length_km,
            kind=route.kind,
            terrain=route.terrain,
            crossing=route.crossing,
            source=route.source,
            confidence=route.confidence,
        )
    return theatre
