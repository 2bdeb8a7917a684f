"""The muster: one row a unit, and the only writer of strengths.

A unit is a regiment, battalion or detachment. Every field is documented with its unit here, where the dtype stands.
Strengths (men, horses, guns, machine guns) are whole numbers; whatever leaves a unit goes through `book`, so that the
books balance exactly at every hour (design, law 4).
"""

from __future__ import annotations

import numpy as np

from sim.compiled import rule

# arms
INFANTRY, CAVALRY, ARTILLERY, ARMOUR, AIR = 0, 1, 2, 3, 4
ARMS = ("infantry", "cavalry", "artillery", "armour", "air")
# kinds of mover: what a unit can pass and how fast it goes
FOOT, CARTS, HORSE, PACK, WHEELS, CARS = 0, 1, 2, 3, 4, 5
MOVERS = ("foot", "carts", "horse", "pack", "wheels", "cars")
# states
WAITING, FIELD, GONE = 0, 1, 2

LINE = 64  # bytes that a processor fetches at once


def in_lines(fields: list[tuple[str, str]]) -> np.dtype:
    """A row of these fields (name, kind), in their order, that takes whole lines of the processor's memory."""
    row = np.dtype(fields, align=True)
    assert row.fields is not None
    return np.dtype(
        {
            "names": [name for name, _ in fields],
            "formats": [kind for _, kind in fields],
            "offsets": [place[1] for place in row.fields.values()],
            "itemsize": -(-row.itemsize // LINE) * LINE,
        },
        align=True,
    )


UNIT = in_lines(
    [
        # The first line holds what every hour reads of every unit, the second what a marching unit needs, the rest
        # what is read when something happens to it and once a day: the rows of a large campaign should stay in the
        # processor's own memory.
        ("status", "i2"),  # WAITING, FIELD, GONE
        ("arm", "i2"),
        ("side", "i2"),  # 0 or 1
        ("retreating", "i2"),  # 1: beaten and going back, deaf to its order until rallied
        ("men", "i4"),
        ("place", "i4"),  # place it stands at, -1: on a route
        ("route", "i4"),  # route it is on, -1: at a place
        ("order", "i4"),  # order it carries out, -1: none
        ("pending", "i4"),  # order on its way to it, -1: none
        ("battle", "i4"),  # battle it is in, -1: none
        ("path_n", "i2"),  # how long its path is, in places, 0: none
        ("path_at", "i2"),  # where it is on its path
        ("arrived", "i2"),  # 1: stands at its order's objective
        ("task", "i2"),
        ("wait_h", "f8"),  # hours it still waits (crossing, loading, watching)
        ("still_h", "f8"),  # hours it has stood in one place
        ("fatigue", "f8"),  # 0 (fresh) to 1 (spent)
        ("hours_today", "f8"),  # hours under way today
        ("along_km", "f8"),  # km gone on this route from `behind`
        ("pace_kmh", "f8"),  # pace of its column today
        ("ahead", "i4"),  # place it marches to on this route
        ("behind", "i4"),  # place it came from (kept after arrival: its line of approach)
        ("mover", "i2"),  # kind of mover now
        ("crossed", "i2"),  # 1: the crossing of this route is behind it
        ("fugitive", "i2"),  # 1: a deposed commander with his escort
        ("km_today", "f8"),
        ("cohesion", "f8"),  # 0 (a crowd) to 1
        ("command", "i4"),  # row of the command it obeys
        ("arrived_h", "i4"),
        ("rations", "f8"),  # days of food with the unit
        ("condition", "f8"),  # of the horses, 0 to 1
        ("quality", "f8"),  # worth in battle, 1 = average of the campaign
        ("rounds", "f8"),  # rifle rounds a man
        ("shells", "f8"),  # shells a gun
        ("id", "u8"),  # hash of the unit's id: the key of its luck
        ("faction", "i4"),
        ("carts", "i4"),  # 1: infantry that rides and drives on requisitioned horses and carts
        ("horses", "i4"),
        ("guns", "i4"),
        ("pack_guns", "i4"),
        ("mg", "i4"),
        ("initial_men", "i4"),  # men at the start, or when the unit was born
        ("enter_h", "i4"),  # hour at which it enters
        ("leader", "i4"),  # commander who rides with it, -1: none
        ("pending_h", "i4"),  # hour at which that order arrives
        ("stage", "i4"),  # number of way points done
        ("goal", "i4"),  # place its present path leads to, -1: none
        ("broken_h", "f8"),  # hours until it is rallied
        ("hunger_days", "f8"),  # days in a row without a full ration
        ("battles", "i4"),  # how many battles it has been in (key of its luck)
        ("fight_h", "i4"),  # hours in the present battle
        ("declined", "i4"),  # how often it has tried to decline battle
        ("sighted", "i4"),  # how often it has been reported (key of its luck)
        ("clear_h", "i4"),  # hour until which it has broken contact: nobody catches it before
        ("lost_h", "i4"),  # hour of its last defeat, -1000: none
        ("won_h", "i4"),  # hour of its last victory, -1000: none
        ("crossings", "i4"),  # how many rivers it has crossed (key of its luck)
        ("country", "i4"),  # country it stood in last
        ("parent", "i4"),  # row it was split from, -1: none
    ]
)

# what strengths are kept of, and where they go
MEN, HORSES, GUNS, MGS = 0, 1, 2, 3
KINDS = ("men", "horses", "guns", "mg")
KILLED, WOUNDED, CAPTURED, DESERTED, EXECUTED, DISPERSED, DETACHED, RECEIVED, LEFT, SICK = range(10)
CAUSES = ("killed", "wounded", "captured", "deserted", "executed", "dispersed", "detached", "received", "left", "sick")


@rule
def book(units: np.ndarray, books: np.ndarray, row: int, kind: int, cause: int, n: int) -> int:
    """Take `n` men, horses, guns or machine guns from a unit and book where they went; the only writer of strengths.

    books: [units, kinds, causes] whole numbers. Returns what was really taken: never more than the unit has.
    RECEIVED adds to the unit instead. For every unit and kind: initial + received - all else = now.
    """
    u = units[row]
    if n <= 0:
        return 0
    if cause == RECEIVED:
        books[row, kind, cause] += n
        if kind == MEN:
            u["men"] += n
        elif kind == HORSES:
            u["horses"] += n
        elif kind == GUNS:
            u["guns"] += n
        else:
            u["mg"] += n
        return n
    if kind == MEN:
        n = min(n, u["men"])
        u["men"] -= n
    elif kind == HORSES:
        n = min(n, u["horses"])
        u["horses"] -= n
    elif kind == GUNS:
        n = min(n, u["guns"])
        u["guns"] -= n
        u["pack_guns"] = min(u["pack_guns"], u["guns"])
    else:
        n = min(n, u["mg"])
        u["mg"] -= n
    books[row, kind, cause] += n
    return n


@rule
def mover_of(u: np.void) -> int:
    """What a unit moves as: guns and wheels set the pace of those who keep them."""
    if u["arm"] == ARMOUR:
        return CARS
    if u["guns"] > u["pack_guns"]:
        return WHEELS
    if u["guns"] > 0:
        return PACK
    if u["arm"] == CAVALRY or u["arm"] == ARTILLERY:
        return HORSE if u["horses"] * 2 >= u["men"] else FOOT
    return CARTS if u["carts"] == 1 else FOOT
