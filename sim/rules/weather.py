"""The day's weather: rain by cells of the map, rivers that rise after wet days.

Rain comes in spells of two days; chances by month are parameters. Left out: snow, wind, temperature.
"""

from __future__ import annotations

from sim.compiled import rule
from sim.luck import RAIN, mix, uniform


@rule
def rain_chance(month, rules):
    """Chance of rain on a day of a month (1 to 12): the scenario says it of May to August, as long as its campaign.

    Earlier months are taken as May, later ones as August.
    """
    if month <= 5:
        return rules["weather_rain_may"]
    if month == 6:
        return rules["weather_rain_june"]
    if month == 7:
        return rules["weather_rain_july"]
    return rules["weather_rain_august"]


@rule
def weather(t, s, day):
    """Draw the day's rain for every place; a place is wet in proportion to the rain of the last days."""
    chance = rain_chance(t.months[day], s.rules[0])
    for p in range(len(s.places)):
        cell = t.places[p]["cell"]
        wet_day = uniform(s.seed[0], RAIN, cell, day // 2) < chance
        own = uniform(s.seed[0], RAIN, mix(cell), day) < 0.75
        state = s.places[p]
        state["rain"] = 1 if wet_day and own else 0
        state["wet"] = 0.8 * state["wet"] + state["rain"]
