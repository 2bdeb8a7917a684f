"""Phase 5, battle: hostile units at one place, or within reach on one route, fight, decline or break off.

Losses per hour of contact follow a law between Lanchester's linear and logarithmic laws (docs/battle-kernel.md;
Helmbold, CDB90). Nobody breaks at a fixed share of losses: a side breaks off by an hourly hazard that grows with bad
odds and losses (McQuie 1987), and most losses follow the break (Collins 2010). Guns and train that cannot keep up are
lost.
Left out: artillery duels, single companies, ground within a place.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import rule
from sim.luck import (
    ACCEPT,
    BREAK_OFF,
    FORTUNE,
    HIT,
    LOSS,
    SHARE,
    SLIP,
    normal,
    uniform,
    whole,
)
from sim.muster import (
    HORSES,
    KILLED,
    MEN,
    WOUNDED,
    book,
)
from sim.plan import ATTACK, PURSUE, RAID
from sim.rules.common import chronicle, place_of, report
from sim.rules.contact import (
    contact_point,
    gather,
    ground_of,
    mean_cohesion,
    mobility,
    out_of_reach,
    side_power,
    within,
)
from sim.rules.retreat import (
    draw_apart,
    fall_back,
    finish,
    rout,
)
from sim.state import (
    E_BATTLE,
    E_DECLINES,
    E_JOINS_BATTLE,
    E_KILLED,
    E_WOUNDED,
    IN_COMMAND,
    KILLED_FATE,
    N_BATTLE_HOURS,
    N_BATTLES,
    N_TOUCHED,
    OVERFLOW,
    WOUNDED_FATE,
)
from sim.theatre import distance_km


@rule
def expected_loss(power, enemy_power, enemy_quality, posture, ground, lethality, enemy_exponent, own_exponent):
    """Men a side loses in an hour of contact, before luck.

    power, enemy_power: men able to fire, machine guns and guns counted in; posture: 1 in a meeting, more when prepared.
    """
    return lethality * enemy_quality * enemy_power**enemy_exponent * power**own_exponent * ground / posture


@rule
def break_hazard(r, lost, rules):
    """Chance that a side breaks off in an hour: r is the log of its advantage, lost its share of men lost so far."""
    return (
        rules["battle_break_rate"]
        * math.exp(-rules["battle_break_odds"] * r)
        * (1.0 + rules["battle_break_loss"] * lost)
    )


@rule
def accepts(t, s, lead, ratio, defends_town, hour):
    """Whether the commander on the spot accepts battle at these odds, as he sees them."""
    u = s.units[lead]
    rules = s.rules[0]
    needed = rules["command_accept_odds"]
    task = np.int64(u["task"])
    if u["order"] >= 0:
        order = t.orders[u["order"]]
        needed = order["accept"]
        if task == ATTACK and u["retreating"] == 0 and hour - s.orders[order["state"]]["go_h"] < 24:
            return True  # the commander has decided to go in
    k = np.int64(s.commands[u["command"]]["commander"])
    if k >= 0 and s.commanders[k]["fate"] <= WOUNDED_FATE:
        needed *= 1.0 + rules["command_caution_odds"] * (s.tempers[k, 1] - 0.5)
    if u["retreating"] == 1:
        needed = 3.0
    elif defends_town:
        needed *= 0.6
    seen = ratio * math.exp(
        rules["command_estimate_error"] * normal(s.seed[0], ACCEPT, u["id"], u["battles"] * 64 + u["declined"])
    )
    return seen >= needed


@rule
def surprised(s, side, site_place, lead, hour, t):
    """Whether a side had no report of the enemy's strongest unit within a day and 60 km."""
    entry = s.seen[side, lead, s.seen_at[side, lead]]
    if hour - entry["hour"] > 24 or entry["place"] < 0:
        return True
    return distance_km(t.places, np.int64(entry["place"]), site_place) > 60.0


@rule
def begin(t, s, site, attacker, point, unseen, hour):
    """A battle begins; both sides now know whom they face. Returns its row, -1 when the table is full."""
    b = s.counts[N_BATTLES]
    if b >= len(s.battles):
        s.counts[OVERFLOW] = 3
        return -1
    s.counts[N_BATTLES] = b + 1
    battle = s.battles[b]
    _, _, men0, lead0, _, _ = side_power(t, s, site, point, 0)
    _, _, men1, lead1, _, _ = side_power(t, s, site, point, 1)
    battle["site"] = site
    battle["start_h"] = hour
    battle["end_h"] = -1
    battle["attacker"] = attacker
    battle["lead_left"] = lead0
    battle["lead_right"] = lead1
    battle["command_left"] = s.units[lead0]["command"]
    battle["command_right"] = s.units[lead1]["command"]
    battle["winner"] = -1
    battle["surprise"] = unseen
    s.site_battle[site] = b
    for lead in (lead0, lead1):
        u = s.units[lead]
        if u["order"] >= 0 and u["task"] == ATTACK and u["side"] == attacker:
            s.orders[t.orders[u["order"]]["state"]]["attempts"] += 1
    chronicle(
        s.chronicle,
        s.counts,
        hour,
        E_BATTLE,
        lead0 if attacker == 0 else lead1,
        site,
        lead1 if attacker == 0 else lead0,
        b,
        men0,
        men1,
        battle["surprise"],
        0.0,
    )
    return b


@rule
def enrol(t, s, b, site, point, hour):
    """Units that are near enough take part from now on; both sides see them."""
    i = np.int64(s.first[site])
    while i >= 0:
        u = s.units[i]
        if u["battle"] != b and within(t, s, i, site, point):
            u["battle"] = b
            u["battles"] += 1
            u["fight_h"] = 0
            if u["side"] == 0:
                s.battles[b]["men_left"] += u["men"]
            else:
                s.battles[b]["men_right"] += u["men"]
            if hour > s.battles[b]["start_h"]:
                chronicle(s.chronicle, s.counts, hour, E_JOINS_BATTLE, i, site, -1, b, u["men"], 0, 0, 0.0)
            report(t, s, 1 - np.int64(u["side"]), i, np.int64(u["men"]), hour)
            s.commands[u["command"]]["look"] = 1
        i = np.int64(s.follow[i])


@rule
def apportion(t, s, site, b, side, loss, u01, hour):
    """Share a side's loss of an hour among its units by men; whole numbers that add up; killed, wounded, horses.

    One number u01 serves all units: floor differences of the cumulative sum (no unit is overdrawn). Returns men lost.
    """
    rules = s.rules[0]
    men = 0
    i = np.int64(s.first[site])
    while i >= 0:
        if s.units[i]["battle"] == b and s.units[i]["side"] == side:
            men += s.units[i]["men"]
        i = np.int64(s.follow[i])
    if men == 0:
        return 0
    per_man = min(1.0, loss / men)
    total, run = 0, 0.0
    i = np.int64(s.first[site])
    while i >= 0:
        u = s.units[i]
        if u["battle"] == b and u["side"] == side:
            before = math.floor(run + u01)
            run += per_man * u["men"]
            n = int(math.floor(run + u01) - before)
            n = min(n, np.int64(u["men"]))
            if n > 0:
                share = n / u["men"]
                key = u["battles"] * 4096 + u["fight_h"]
                killed = whole(n * rules["battle_killed_share"], uniform(s.seed[0], SHARE, u["id"], key))
                killed = min(killed, n)
                horses = whole(0.8 * share * u["horses"], uniform(s.seed[0], SHARE, u["id"], key + 2048))
                book(s.units, s.books, i, MEN, KILLED, killed)
                book(s.units, s.books, i, MEN, WOUNDED, n - killed)
                book(s.units, s.books, i, HORSES, KILLED, horses)
                total += n
                hit(t, s, i, share, hour)
            u["rounds"] = max(0.0, u["rounds"] - rules["battle_rounds_h"])
            u["shells"] = max(0.0, u["shells"] - rules["battle_shells_h"])
            u["fatigue"] = min(1.0, u["fatigue"] + 0.015)
        i = np.int64(s.follow[i])
    return total


@rule
def hit(t, s, i, share, hour):
    """The commander who rides with a unit shares its dangers."""
    u = s.units[i]
    k = np.int64(u["leader"])
    if k < 0:
        return
    c = s.commanders[k]
    if c["fate"] > WOUNDED_FATE:
        return
    rules = s.rules[0]
    key = u["battles"] * 4096 + u["fight_h"]
    x = uniform(s.seed[0], HIT, c["id"], key)
    chance = rules["battle_commander_hit"] * share
    if x < 0.2 * chance:
        c["fate"] = KILLED_FATE
        c["fate_h"] = hour
        c["fate_place"] = place_of(s.units, t.routes, i)
        chronicle(s.chronicle, s.counts, hour, E_KILLED, i, c["fate_place"], -1, k, 0, 0, 0, 0.0)
    elif x < chance and c["fate"] == IN_COMMAND:
        c["fate"] = WOUNDED_FATE
        c["fate_h"] = hour
        c["fate_place"] = place_of(s.units, t.routes, i)
        chronicle(s.chronicle, s.counts, hour, E_WOUNDED, i, c["fate_place"], -1, k, 0, 0, 0, 0.0)


@rule
def posture_of(t, s, site, side, attacker, rules, b, flanked):
    """How well a side is posted: 1 in a meeting, more after hours and days in position, more in a town."""
    if side == attacker:
        return 1.0
    still, men = 0.0, 0
    i = np.int64(s.first[site])
    while i >= 0:
        u = s.units[i]
        if u["battle"] == b and u["side"] == side:
            still += u["still_h"] * u["men"]
            men += u["men"]
        i = np.int64(s.follow[i])
    still = still / men if men > 0 else 0.0
    posture = rules["battle_meeting"]
    if still >= rules["battle_prepared_h"]:
        posture = rules["battle_prepared"]
    elif still >= rules["battle_hasty_h"]:
        posture = rules["battle_hasty"]
    if site < len(t.places) and t.places[site]["town"] == 1:
        posture *= rules["battle_town"]
    if flanked:
        posture = 1.0 + rules["battle_flanked_posture"] * (posture - 1.0)
    return posture


@rule
def fight_hour(t, s, site, b, point, hour):
    """One hour of a battle: losses on both sides, then the question who breaks off."""
    rules = s.rules[0]
    battle = s.battles[b]
    power0, quality0, men0, _, mounted0, ways0 = side_power(t, s, site, point, 0)
    power1, quality1, men1, _, mounted1, ways1 = side_power(t, s, site, point, 1)
    if men0 == 0 or men1 == 0:
        finish(t, s, site, b, 0 if men1 == 0 else 1, 1.0, hour)
        return
    attacker = np.int64(battle["attacker"])
    clock = hour % 24
    place = ground_of(t, site, point)
    ground = 1.0
    if clock < 4 or clock >= 22:
        ground *= rules["battle_night"]
    if t.places[place]["wooded"] == 1:
        ground *= rules["battle_wooded"]
    if s.places[place]["rain"] == 1:
        ground *= rules["battle_rain"]
    age = hour - battle["start_h"]
    key0 = np.int64(s.units[battle["lead_left"]]["battles"]) * 4096
    key1 = np.int64(s.units[battle["lead_right"]]["battles"]) * 4096
    id0, id1 = s.units[battle["lead_left"]]["id"], s.units[battle["lead_right"]]["id"]
    quality0 *= math.exp(rules["battle_quality_spread"] * normal(s.seed[0], FORTUNE, id0, key0))
    quality1 *= math.exp(rules["battle_quality_spread"] * normal(s.seed[0], FORTUNE, id1, key1))
    if battle["surprise"] == 1 and age < 6:
        if attacker == 0:
            quality0 *= rules["battle_surprise"]
        else:
            quality1 *= rules["battle_surprise"]
    flanked0 = outflanks(ways1, mounted1, power1, power0, rules)
    flanked1 = outflanks(ways0, mounted0, power0, power1, rules)
    posture0 = posture_of(t, s, site, 0, attacker, rules, b, flanked0)
    posture1 = posture_of(t, s, site, 1, attacker, rules, b, flanked1)
    loss0 = expected_loss(
        power0,
        power1,
        quality1,
        posture0,
        ground,
        rules["battle_lethality"],
        rules["battle_enemy_exponent"],
        rules["battle_own_exponent"],
    )
    loss1 = expected_loss(
        power1,
        power0,
        quality0,
        posture1,
        ground,
        rules["battle_lethality"],
        rules["battle_enemy_exponent"],
        rules["battle_own_exponent"],
    )
    loss0 *= math.exp(rules["battle_noise"] * normal(s.seed[0], LOSS, id0, key0 + age))
    loss1 *= math.exp(rules["battle_noise"] * normal(s.seed[0], LOSS, id1, key1 + age))
    lost0 = apportion(t, s, site, b, 0, loss0, uniform(s.seed[0], SHARE, id0, key0 + age + 1024), hour)
    lost1 = apportion(t, s, site, b, 1, loss1, uniform(s.seed[0], SHARE, id1, key1 + age + 1024), hour)
    battle["lost_left"] += lost0
    battle["lost_right"] += lost1
    i = np.int64(s.first[site])
    rounds0, rounds1 = 0.0, 0.0
    while i >= 0:
        if s.units[i]["battle"] == b:
            s.units[i]["fight_h"] += 1
            if s.units[i]["side"] == 0:
                rounds0 += s.units[i]["rounds"] * s.units[i]["men"]
            else:
                rounds1 += s.units[i]["rounds"] * s.units[i]["men"]
        i = np.int64(s.follow[i])
    r = 0.5 * math.log(max(power0, 1.0) / max(power1, 1.0)) + math.log(quality0 / quality1)
    r += math.log(posture0 / posture1)
    share0 = battle["lost_left"] / max(1, battle["men_left"])
    share1 = battle["lost_right"] / max(1, battle["men_right"])
    h0 = break_hazard(r, share0, rules)
    h1 = break_hazard(-r, share1, rules)
    if flanked0:
        h0 *= rules["battle_flanked"]
    if flanked1:
        h1 *= rules["battle_flanked"]
    if rounds0 < 6.0 * men0:
        h0 *= rules["battle_no_rounds"]
    if rounds1 < 6.0 * men1:
        h1 *= rules["battle_no_rounds"]
    h0 *= 1.6 - 0.8 * mean_cohesion(s, site, b, 0)
    h1 *= 1.6 - 0.8 * mean_cohesion(s, site, b, 1)
    if len(s.battle_hours) > 0:
        write_hour(
            s, hour, b, site, power0, power1, quality0, quality1, posture0, posture1, ground, lost0, lost1, h0, h1
        )
    breaks0 = uniform(s.seed[0], BREAK_OFF, id0, key0 + age) < h0
    breaks1 = uniform(s.seed[0], BREAK_OFF, id1, key1 + age) < h1
    if breaks0 and breaks1:
        breaks0 = h0 >= h1
        breaks1 = not breaks0
    if breaks0:
        rout(t, s, site, b, point, 0, mounted1, power1 / max(power0, 1.0), hour)
    elif breaks1:
        rout(t, s, site, b, point, 1, mounted0, power0 / max(power1, 1.0), hour)


@rule
def outflanks(ways, mounted, power, enemy_power, rules):
    """Whether a side comes at the enemy's flank: from two directions, or with many more riders than he has men."""
    return ways > 1 or (mounted > 0.5 and power > rules["battle_envelop_odds"] * enemy_power)


@rule
def write_hour(s, hour, b, site, p0, p1, q0, q1, posture0, posture1, ground, l0, l1, h0, h1):
    """Keep the terms of the battle rule for this hour, for whoever looks closer."""
    n = s.counts[N_BATTLE_HOURS]
    if n >= len(s.battle_hours):
        s.counts[OVERFLOW] = 6
        return
    e = s.battle_hours[n]
    e["hour"] = hour
    e["battle"] = b
    e["site"] = site
    e["power_left"] = p0
    e["power_right"] = p1
    e["quality_left"] = q0
    e["quality_right"] = q1
    e["posture_left"] = posture0
    e["posture_right"] = posture1
    e["ground"] = ground
    e["loss_left"] = l0
    e["loss_right"] = l1
    e["hazard_left"] = h0
    e["hazard_right"] = h1
    s.counts[N_BATTLE_HOURS] = n + 1


@rule
def slip_chance(mounted, enemy_mounted, rules):
    """Chance that a side gets away without a fight (riders from foot 0.8, from fresh horse 0.5: expert guess)."""
    if mounted > 0.6:
        return rules["battle_slip_mounted"] if enemy_mounted > 0.5 else rules["battle_slip_mounted_foot"]
    return rules["battle_slip_foot"] * (0.4 if enemy_mounted > 0.5 else 1.0)


@rule
def part(t, s, site, point, side, hours, hour):
    """A whole side on a site goes back without a fight; False when it cannot."""
    gone = False
    i = np.int64(s.first[site])
    while i >= 0:
        following = np.int64(s.follow[i])
        u = s.units[i]
        if u["side"] == side and within(t, s, i, site, point) and u["men"] > 0:
            u["declined"] += 1
            if fall_back(t, s, i, hours, hour, 1 - side):
                gone = True
        i = following
    return gone


@rule
def pushes(s, lead):
    """How hard a unit presses on: attackers and pursuers before marchers, marchers before those who stand."""
    u = s.units[lead]
    if u["retreating"] == 1:
        return 0.0
    task = u["task"]
    if task == ATTACK or task == PURSUE or task == RAID:
        return 3.0 if u["arrived"] == 0 else 2.0
    return 1.5 if u["still_h"] < 1.0 else 1.0


@rule
def meet(t, s, site, point, hour):
    """Enemies come within reach: each side accepts or declines; a battle begins or they part.

    Returns the battle, -1 when there is none.
    """
    rules = s.rules[0]
    power0, quality0, men0, lead0, mounted0, _ = side_power(t, s, site, point, 0)
    power1, quality1, men1, lead1, mounted1, _ = side_power(t, s, site, point, 1)
    if lead0 < 0 or lead1 < 0:
        return -1
    if out_of_reach(s, t, site, point, 0, hour) or out_of_reach(s, t, site, point, 1, hour):
        return -1
    ratio = (power0 * quality0) / max(1.0, power1 * quality1)
    push0, push1 = pushes(s, lead0), pushes(s, lead1)
    attacker = 0 if push0 > push1 or (push0 == push1 and ratio >= 1.0) else 1
    town = site < len(t.places) and t.places[site]["town"] == 1
    wants0 = accepts(t, s, lead0, ratio, attacker == 1 and town, hour)
    wants1 = accepts(t, s, lead1, 1.0 / max(ratio, 1e-6), attacker == 0 and town, hour)
    place = ground_of(t, site, point)
    unseen = 1 if surprised(s, 1 - attacker, place, lead1 if attacker == 1 else lead0, hour, t) else 0
    for k in range(2):
        seer, seen_unit = (lead0, lead1) if k == 0 else (lead1, lead0)
        report(t, s, np.int64(s.units[seer]["side"]), seen_unit, np.int64(s.units[seen_unit]["men"]), hour)
    if wants0 and wants1:
        return begin(t, s, site, attacker, point, unseen, hour)
    if not wants0 and not wants1:
        shy = attacker
    else:
        shy = 1 if wants0 else 0
    mounted, enemy_mounted = (mounted0, mounted1) if shy == 0 else (mounted1, mounted0)
    shy_lead = lead0 if shy == 0 else lead1
    chance = 1.0
    if shy != attacker:
        faster = mobility(t, s, site, point, shy) / max(0.1, mobility(t, s, site, point, 1 - shy))
        chance = slip_chance(mounted, enemy_mounted, rules) * min(1.1, max(0.3, faster))
    luck = uniform(s.seed[0], SLIP, s.units[shy_lead]["id"], s.units[shy_lead]["declined"])
    if luck < chance and part(t, s, site, point, shy, rules["command_watch_h"], hour):
        chronicle(
            s.chronicle,
            s.counts,
            hour,
            E_DECLINES,
            shy_lead,
            site,
            lead1 if shy == 0 else lead0,
            -1,
            men0 if shy == 0 else men1,
            men1 if shy == 0 else men0,
            0,
            0.0,
        )
        s.commands[s.units[shy_lead]["command"]]["look"] = 1
        return -1
    return begin(t, s, site, attacker, point, unseen, hour)


@rule
def battle(t, s, hour):
    """Hostile units that are within reach fight, decline or break off."""
    gather(t, s)
    if s.rules[0]["battle_active"] < 0.5:
        return
    for k in range(s.counts[N_TOUCHED]):
        site = np.int64(s.touched[k])
        b = np.int64(s.site_battle[site])
        if s.men_at[0, site] == 0 or s.men_at[1, site] == 0:
            if b >= 0:
                finish(t, s, site, b, 0 if s.men_at[0, site] > 0 else 1, 1.0, hour)
            continue
        point = 0.0
        if site >= len(t.places):
            point = contact_point(t, s, site)
            if point < 0.0:
                if b >= 0:
                    draw_apart(s, site, b, hour)
                continue
        if b < 0:
            b = meet(t, s, site, point, hour)
            if b < 0:
                continue
        enrol(t, s, b, site, point, hour)
        fight_hour(t, s, site, b, point, hour)
