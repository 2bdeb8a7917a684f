"""The way: cheapest path by hours of march, for a kind of mover, round enemies that are known."""

from __future__ import annotations

import numpy as np

from sim.compiled import rule
from sim.muster import CARS, CARTS, WHEELS
from sim.state import N_REACHED, PATH
from sim.theatre import RAILWAY, ROAD, STEAMER, STEPPE, TRAIL

FAR = 1e18  # no way found (also the first content of State.dist)
BARRED = 2**40  # more men than any danger
GOAL, TREAD, SIDE, FEAR_FROM, FEAR_TO, SETTLED_KM = range(6)  # of State.tree


@rule
def passable(kind, mover, rail):
    """Whether a mover may use a kind of route: wheels and carts pass no mountain trail, cars need road or steppe.

    Steamers of 1921 are not confirmed by a source (map README): no unit uses them.
    """
    if kind == STEAMER:
        return False
    if kind == RAILWAY:
        return rail
    if mover == CARS:
        return kind == ROAD or kind == STEPPE
    return not (kind == TRAIL and (mover == WHEELS or mover == CARTS))


@rule
def ground(kind, terrain, rules):
    """Share of the full pace that the ground allows (assumed; rules.toml, march)."""
    if kind == TRAIL:
        return rules["march_ground_trail"]
    if terrain == 2:
        return rules["march_ground_semi_desert"]
    if terrain == 3:
        return rules["march_ground_wooded"]
    if terrain == 4:
        return rules["march_ground_taiga"]
    return rules["march_ground_steppe"]


@rule
def cost_km(route, rules):
    """Length of a route in km of easy march; rail counts a sixth of the way."""
    if route["kind"] == RAILWAY:
        return route["km"] / 6.0
    return route["km"] / ground(route["kind"], route["terrain"], rules) + (8.0 if route["crossing"] > 0 else 0.0)


@rule
def tread(mover, rail):
    """Row of `State.way_km`: what a mover can pass is one of three kinds, with or without the railway."""
    kind = 2 if mover == CARS else (1 if mover == WHEELS or mover == CARTS else 0)
    return 2 * kind + (1 if rail else 0)


@rule
def measure_routes(t, s):
    """Length of every route in km of easy march, FAR where a mover cannot pass; taken again when the rules change."""
    for mover in range(CARS + 1):
        for rail in range(2):
            row = tread(mover, rail == 1)
            for r in range(len(t.routes)):
                free = passable(t.routes[r]["kind"], mover, rail == 1)
                s.way_km[row, r] = cost_km(t.routes[r], s.rules[0]) if free else FAR
    forget_tree(s)


@rule
def forget_tree(s):
    """The last tree holds no longer: ways or known dangers have changed."""
    s.tree[GOAL] = -1.0


@rule
def tree_serves(s, goal, row, side, fear, stop_a, stop_b):
    """Whether the last tree is the one asked for: units that set out together from one place share it.

    fear: may be another one as long as it tells the same places from each other.
    """
    tree = s.tree
    if tree[GOAL] != goal or tree[TREAD] != row or tree[SIDE] != side:
        return False
    if fear < tree[FEAR_FROM] or fear >= tree[FEAR_TO]:
        return False
    return s.dist[stop_a] <= tree[SETTLED_KM] and s.dist[stop_b] <= tree[SETTLED_KM]


@rule
def push(heap, keys, size, node, key):
    """Add to the binary heap; returns its new size."""
    i = size
    while i > 0:
        up = (i - 1) >> 1
        if keys[up] < key or (keys[up] == key and heap[up] < node):
            break
        heap[i] = heap[up]
        keys[i] = keys[up]
        i = up
    heap[i] = node
    keys[i] = key
    return size + 1


@rule
def pop(heap, keys, size):
    """Take the least from the heap; returns node, key and the new size."""
    node, key = heap[0], keys[0]
    size -= 1
    last, last_key = heap[size], keys[size]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        if child + 1 < size and (
            keys[child + 1] < keys[child] or (keys[child + 1] == keys[child] and heap[child + 1] < heap[child])
        ):
            child += 1
        if last_key < keys[child] or (last_key == keys[child] and last < heap[child]):
            break
        heap[i] = heap[child]
        keys[i] = keys[child]
        i = child
    heap[i] = last
    keys[i] = last_key
    return node, key, size


@rule
def grow_tree(t, s, goal, mover, rail, side, fear, stop_a, stop_b):
    """Cheapest ways from every place to `goal` (Dijkstra), until both `stop` places are settled.

    Fills s.dist (km of easy march, FAR when not settled) and s.prev (next place on the way to the goal). A place where
    more than `fear` enemy men are known costs `march.danger_km` extra, so that commanders go round what they know of.
    Equal ways are settled in order of place row; rows are sorted by id. The tree is kept until another is asked for.
    """
    row = tread(mover, rail)
    if tree_serves(s, goal, row, side, fear, stop_a, stop_b):
        return
    rules = s.rules[0]
    dist, prev, heap, keys = s.dist, s.prev, s.heap, s.keys
    danger, way_km = s.danger, s.way_km
    adj_start, adj_place, adj_route = t.adj_start, t.adj_place, t.adj_route
    for k in range(s.counts[N_REACHED]):  # clean up after the last tree: work in proportion to what was reached
        dist[s.reached[k]] = FAR
        prev[s.reached[k]] = -1
    dist[goal] = 0.0
    s.reached[0] = goal
    n_reached = 1
    size = push(heap, keys, 0, goal, 0.0)
    left = 2 if stop_a != stop_b else 1
    passed, barred, settled = 0, BARRED, 0.0
    while size > 0 and left > 0:
        p, key, size = pop(heap, keys, size)
        if key > dist[p]:
            continue
        if p == stop_a or p == stop_b:
            left -= 1
        settled, extra = key, 0.0
        if p != goal:
            men = np.int64(danger[side, p])
            if men > fear:
                extra = rules["march_danger_km"]
                barred = min(barred, men)
            else:
                passed = max(passed, men)
        for k in range(adj_start[p], adj_start[p + 1]):
            q, r = adj_place[k], adj_route[k]
            way = key + extra + way_km[row, r]
            if way < dist[q] - 1e-9:
                if dist[q] >= FAR:
                    s.reached[n_reached] = q
                    n_reached += 1
                dist[q] = way
                prev[q] = p
                if size < len(heap):
                    size = push(heap, keys, size, q, way)
    s.counts[N_REACHED] = n_reached
    tree = s.tree
    tree[GOAL], tree[TREAD], tree[SIDE] = goal, row, side
    tree[FEAR_FROM], tree[FEAR_TO] = passed, barred
    tree[SETTLED_KM] = settled if size > 0 else FAR


@rule
def route_between(t, s, a, b, mover, rail):
    """The cheapest route that joins two neighbouring places for this mover, -1: none."""
    best, best_cost, row = -1, FAR, tread(mover, rail)
    for k in range(t.adj_start[a], t.adj_start[a + 1]):
        if t.adj_place[k] == b:
            r = t.adj_route[k]
            if s.way_km[row, r] < best_cost:
                best, best_cost = int(r), s.way_km[row, r]
    return best


@rule
def set_path(t, s, i, goal, rail, fear):
    """Give unit `i` the cheapest way to `goal`; returns False when there is none.

    On a route the unit may turn about: both ends are tried. The path lists the places still to be reached.
    """
    u = s.units[i]
    mover = np.int64(u["mover"])
    side = np.int64(u["side"])
    u["goal"] = goal
    u["path_at"] = 0
    u["path_n"] = 0
    if u["place"] == goal:
        return True
    if u["place"] >= 0:
        a = np.int64(u["place"])
        b = a
    else:
        a, b = np.int64(u["ahead"]), np.int64(u["behind"])
    grow_tree(t, s, goal, mover, rail, side, fear, a, b)
    if u["place"] < 0:
        route = t.routes[u["route"]]
        per_km = cost_km(route, s.rules[0]) / max(route["km"], 0.1)
        on = s.dist[a] + (route["km"] - u["along_km"]) * per_km
        back = s.dist[b] + u["along_km"] * per_km
        if s.dist[a] >= FAR and s.dist[b] >= FAR:
            return False
        if back < on:
            u["ahead"] = b
            u["behind"] = a
            u["along_km"] = route["km"] - u["along_km"]
            a = b
        n = 0
    else:
        if s.dist[a] >= FAR:
            return False
        a = np.int64(s.prev[a])
        n = 0
    p = a
    while n < PATH:
        s.paths[i, n] = p
        n += 1
        if p == goal:
            break
        p = np.int64(s.prev[p])
        if p < 0:
            return False
    u["path_n"] = n
    return True
