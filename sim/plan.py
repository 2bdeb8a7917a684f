"""Orders and their conditions as rows: a plan is data, what comes of it is not.

An order names who decides (a command), who carries it out, the task, the objective and the conditions on which it is
given. Conditions are looked at by the command's commander, on what he knows (see `sim.rules.command`).
"""

from __future__ import annotations

import numpy as np

TASKS = (
    "march",
    "attack",
    "hold",
    "screen",
    "raid",
    "join",
    "attach",
    "detach",
    "pursue",
    "withdraw",
    "rest",
    "bridge",
    "entrain",
    "disperse",
)
(MARCH, ATTACK, HOLD, SCREEN, RAID, JOIN, ATTACH, DETACH, PURSUE, WITHDRAW, REST, BRIDGE, ENTRAIN, DISPERSE) = range(14)
PACES = ("slow", "normal", "forced")
SLOW, NORMAL, FORCED = 0, 1, 2

ORDER = np.dtype(
    [
        ("id", "u8"),
        ("state", "i8"),  # row of its ORDER_STATE: versions of one order (patches) share it
        ("command", "i8"),  # whose commander decides
        ("task", "i8"),
        ("objective", "i8"),  # place; for join, pursue and attach a command; -1: where it stands
        ("via_start", "i8"),
        ("via_n", "i8"),  # slice of Tables.vias
        ("unit_start", "i8"),
        ("unit_n", "i8"),  # slice of Tables.addressees; none: all units then under the command
        ("when_start", "i8"),
        ("when_n", "i8"),  # slice of Tables.conditions, all must hold
        ("any_start", "i8"),
        ("any_n", "i8"),  # slice of Tables.conditions, at least one must hold
        ("pace", "i8"),
        ("accept", "f8"),  # own power / known enemy power at which battle is accepted
        ("retreat", "i8"),  # place on the line of retreat
        ("rail", "i8"),
        ("leave_wheels", "i8"),
        ("persist", "i8"),  # how often a beaten attack is renewed
        ("hours", "f8"),  # duration of a bridge, rest or hold
        ("unwanted", "f8"),  # 0..1: how little the men want this goal
        ("to_command", "i8"),
        ("share", "f8"),
        ("from_h", "i8"),
        ("until_h", "i8"),  # validity, for patches that take effect at an hour
    ],
    align=True,
)

CONDITIONS = (
    "date",
    "issued",
    "done",
    "at",
    "held",
    "beaten",
    "won",
    "enemy",
    "odds",
    "clear",
    "rested",
    "losses",
    "hungry",
    "commander",
    "mutiny",
    "joined",
    "elapsed",
    "fought",
)
(
    DATE,
    ISSUED,
    DONE,
    AT,
    HELD,
    BEATEN,
    WON,
    ENEMY,
    ODDS,
    CLEAR,
    RESTED,
    LOSSES,
    HUNGRY,
    COMMANDER,
    MUTINY,
    JOINED,
    ELAPSED,
    FOUGHT,
) = range(18)
FATES = ("any", "wounded", "killed", "captured", "fled")

CONDITION = np.dtype(
    [
        ("kind", "i8"),
        ("negate", "i8"),
        ("ref", "i8"),  # order, place, command, commander or -1
        ("ref2", "i8"),  # side, country or fate, -1: none
        ("x", "f8"),
        ("y", "f8"),  # first and second number of the condition (see the freeze step)
    ],
    align=True,
)

ORDER_STATE = np.dtype(
    [
        ("issued_h", "i8"),  # hour at which it was given, -1: not yet
        ("done_h", "i8"),  # hour at which it was found done, -1: not yet
        ("attempts", "i8"),  # attacks begun under it
        ("go_h", "i8"),  # hour of the last decision to go in, far in the past: none
    ],
    align=True,
)
