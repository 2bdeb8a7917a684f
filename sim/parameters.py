"""The names of the rule parameters; their values, ranges and sources stand in a scenario's rules.toml.

The record has one 64-bit float a parameter. `rules["battle_lethality"]` in a rule is `[battle.lethality]` in the file.
"""

from __future__ import annotations

import numpy as np

NAMES: tuple[str, ...] = (
    # paces in km/h by mover, hours under way a day by pace of the order
    "march.foot_kmh", "march.carts_kmh", "march.horse_kmh", "march.pack_kmh", "march.wheels_kmh", "march.cars_kmh",
    "march.rail_kmh", "march.entrain_h", "march.slow_h", "march.normal_h", "march.forced_h", "march.dawn_h",
    "march.ground_steppe", "march.ground_semi_desert", "march.ground_wooded", "march.ground_taiga",
    "march.ground_trail", "march.rain", "march.fatigue_per_km_foot", "march.fatigue_per_km_horse",
    "march.recovery_per_h", "march.fatigue_pace", "march.condition_pace",
    "march.ford_h", "march.flooded_h", "march.ferry_h", "march.bridge_build_h", "march.crossing_men",
    "command.close_up_share", "command.assault_km", "march.danger_km", "march.danger_days",
    # dispatches
    "dispatch.rider_kmh", "dispatch.sinuosity", "dispatch.telegraph_h", "dispatch.staff_h",
    # scouting
    "scouting.foot_km", "scouting.horse_km", "scouting.sight_6h", "scouting.error", "scouting.memory_days",
    "scouting.inform_day", "scouting.inform_km", "scouting.air_km", "scouting.air_sight", "scouting.woods_undercount",
    # command
    "command.accept_odds", "command.caution_odds", "command.estimate_error", "command.watch_h",
    # battle
    "battle.active", "battle.lethality", "battle.enemy_exponent", "battle.own_exponent", "battle.noise",
    "battle.quality_spread", "battle.mg_weight", "battle.gun_weight", "battle.car_weight", "battle.frontage_men",
    "battle.meeting", "battle.hasty", "battle.prepared", "battle.hasty_h", "battle.prepared_h", "battle.town",
    "battle.wooded", "battle.night", "battle.rain", "battle.surprise",
    "battle.break_rate", "battle.break_odds", "battle.break_loss", "battle.flanked", "battle.envelop_odds", "battle.no_rounds",
    "battle.pursuit_mean", "battle.pursuit_mounted", "battle.gun_loss", "battle.slip_mounted_foot",
    "battle.slip_mounted", "battle.slip_foot", "battle.rounds_h", "battle.shells_h", "battle.rally_h", "battle.contact_lost_h", "battle.regroup_h", "battle.flanked_posture",
    "battle.killed_share", "battle.spoils_rounds", "battle.surrender", "battle.commander_hit", "battle.contact_km",
    # supply
    "supply.depot_reach_km", "supply.carry_days", "supply.forage_horse", "supply.forage_foot", "supply.town", "supply.rounds_day",
    "supply.rounds_full", "supply.shells_full", "supply.grass_gain", "supply.march_wear", "supply.hunger_wear",
    "supply.horse_loss_rest", "supply.horse_loss_march", "supply.horse_loss_starving",
    # cohesion
    "cohesion.recovery_day", "cohesion.hunger_day", "cohesion.fatigue_day", "cohesion.defeat", "cohesion.victory",
    "cohesion.retreat_day", "cohesion.terror_day", "cohesion.unwanted_day", "cohesion.desert_day",
    "cohesion.desert_levy", "cohesion.desert_low", "cohesion.straggle_km",
    # plot and mutiny
    "mutiny.grievance", "mutiny.w_terror", "mutiny.w_goal", "mutiny.w_defeat", "mutiny.w_hunger", "mutiny.w_fatigue",
    "mutiny.fear_present", "mutiny.fear_escort", "mutiny.threshold_mean", "mutiny.threshold_sd", "mutiny.belief",
    "mutiny.contagion", "mutiny.tipping", "mutiny.hazard_day", "mutiny.news_boost", "mutiny.leader_killed",
    "mutiny.terror_rate", "mutiny.memory_days",
    # hunt for a fugitive
    "hunt.escort_men", "hunt.desert_day", "hunt.handover_day", "hunt.search_km", "hunt.capture_h",
    # control
    "control.hold_h",
    # weather, one chance of rain a day for each month of the campaign
    "weather.rain_may", "weather.rain_june", "weather.rain_july", "weather.rain_august", "weather.flood_level",
)

FIELDS = tuple(name.replace(".", "_") for name in NAMES)
RULES = np.dtype([(field, "f8") for field in FIELDS])
LEVERS: tuple[str, ...] = ("strength", "pace", "scouting", "quality", "supply", "desertion")
SIDE_LEVERS = np.dtype([(lever, "f8") for lever in LEVERS])
TEMPERS: tuple[str, ...] = ("terror", "caution")
