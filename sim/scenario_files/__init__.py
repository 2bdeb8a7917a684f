"""The files of a scenario folder: what each may hold, and how it is read.

A scenario is a folder of small tables that a historian can edit (`scenario.toml`, `places.csv`, `routes.csv`,
`units.csv`, `rules.toml`, `history.toml`, `sources.toml`, `plans/*.toml`, `counterfactuals/*.toml`). Each
table has one model here, whose attributes are the columns or keys; unknown keys and values of the wrong kind
are refused with the file, the row or key, and what was probably meant. `read_folder` reads a whole folder and
leaves out nothing. What holds *between* tables (ids that resolve, books that add up) is the business of
`sim.lint`.

Column names that are Python words carry an underscore as attributes: `from_`, `not_`.
"""

from __future__ import annotations

from sim.scenario_files.base import LEVERS, Entry, Fact, Id, Number, Pace, split_keys
from sim.scenario_files.decisions import Decision, DecisionOption, Decisions, Headline, Moment
from sim.scenario_files.folder import (
    ScenarioData,
    canonical_json,
    find_scenario,
    read_folder,
    read_toml,
    scenario_ids,
    survey_folder,
)
from sim.scenario_files.header import (
    Command,
    Commander,
    Consequence,
    Depot,
    Faction,
    Haven,
    Header,
    Parameter,
    Side,
    Source,
)
from sim.scenario_files.history import (
    READING_AFTER,
    READINGS,
    CourseEntry,
    DatedText,
    History,
    HistoryEvent,
    Reading,
    SourceWindow,
    StrengthFigure,
)
from sim.scenario_files.plans import CONDITIONS, ENGINE_KEYS, Condition, GameMark, Order, Patch, Plan, Timed
from sim.scenario_files.tables import Place, Route, Unit
from sim.scenario_files.wording import Problems, explain, parse_table

__all__ = [
    "CONDITIONS",
    "ENGINE_KEYS",
    "LEVERS",
    "READINGS",
    "READING_AFTER",
    "Command",
    "Commander",
    "Condition",
    "Consequence",
    "CourseEntry",
    "DatedText",
    "Decision",
    "DecisionOption",
    "Decisions",
    "Depot",
    "Entry",
    "Fact",
    "Faction",
    "GameMark",
    "Haven",
    "Header",
    "Headline",
    "History",
    "HistoryEvent",
    "Id",
    "Moment",
    "Number",
    "Order",
    "Pace",
    "Parameter",
    "Patch",
    "Place",
    "Plan",
    "Problems",
    "Reading",
    "Route",
    "ScenarioData",
    "Side",
    "Source",
    "SourceWindow",
    "StrengthFigure",
    "Timed",
    "Unit",
    "canonical_json",
    "explain",
    "find_scenario",
    "parse_table",
    "read_folder",
    "read_toml",
    "scenario_ids",
    "split_keys",
    "survey_folder",
]
