"""Every public name says what it is, in what shapes and units, and what it refuses."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from functools import cached_property
from typing import Any, cast

import numpy as np
import pytest

import sim
from docs.tools import SIM, source

MODULES = {
    "sim.model": ("CampaignModel", "Unit", "Commander", "Situation", "OwnUnit", "Sighting"),
    "sim.patch": (
        "read_patch", "patch_from_settings", "patch_from_dict", "apply_patches", "effective_hour", "known_keys",
        "canonical", "patch_hash", "write_patch", "patch_toml",
    ),
    "sim.runs": ("UnitInfo", "outcome_of", "play", "finish", "certificate", "fate", "check_room"),
    "sim.scenario": ("freeze",),
    "sim.experiment.compare": ("Outcome", "Parting"),
    "sim.experiment.store": ("Store", "open_store"),
    "sim.experiment.sweep": ("factor", "check_factors", "design", "read_study", "Study"),
    "sim.experiment.sensitivity": ("screen", "indices", "campaign", "uncertain", "table", "Index"),
    "sim.experiment.figures": ("draw_comparison", "draw_sweep", "check_figure"),
    "sim.choice.decisions": ("points", "point", "hours", "hours_in", "briefing", "Briefing"),
    "sim.choice.verdict": ("Verdict", "Row", "Cell", "beside", "Beside"),
    "sim.explain.reasons": ("explainable", "Explanation"),
    "sim.explain.witness": ("Link", "Ref"),
    "sim.wargame.game": ("Game", "View", "Receipt"),
    "sim.wargame.lawful": ("Wish", "OrderError", "check_order"),
    "sim.wargame.picture": ("OwnUnit", "Sighting"),
    "sim.wargame.dispatch": ("News",),
    "sim.choice.forks": ("unit_order",),
}  # fmt: skip
"""Public names beside those of `sim` itself: what the API pages show."""
SAFE = {"self", "cls", "args", "kwargs"}
OWN = (
    "Scenario",
    "ScenarioData",
    "Patch",
    "State",
    "Reader",
    "Comparison",
    "Path",
    "Order",
    "HistoryEvent",
    "UnitInfo",
)
"""Types that say what a parameter is."""


def names() -> Iterator[tuple[str, Any]]:
    """Every public function, class, and member of a public class, with its full name."""
    for name in sim.__all__:
        if not name.startswith("_"):
            yield from members(f"sim.{name}", getattr(sim, name))
    for module, listed in MODULES.items():
        for name in listed:
            yield from members(f"{module}.{name}", getattr(importlib.import_module(module), name))


def members(name: str, thing: Any) -> Iterator[tuple[str, Any]]:
    """A thing, and if it is a class of ours, what is public in it."""
    yield name, thing
    if inspect.isclass(thing):
        for key, value in vars(thing).items():
            if not key.startswith("_") and (
                inspect.isfunction(value) or isinstance(value, (property, cached_property, classmethod))
            ):
                yield f"{name}.{key}", value


PUBLIC = dict(names())


def text(thing: Any) -> str:
    """The docstring of a thing, empty when it has none of its own."""
    if isinstance(thing, property):
        thing = thing.fget
    elif isinstance(thing, cached_property):
        thing = thing.func
    elif isinstance(thing, classmethod):
        thing = cast("Any", thing).__func__
    said = inspect.getdoc(thing) or ""
    return "" if inspect.isclass(thing) and said.startswith(f"{thing.__name__}(") else said


def lacking(name: str, thing: Any) -> list[str]:
    """What the docstring of a public name does not say."""
    said = text(thing)
    if len(said) < 4:
        return ["a docstring"]
    found: list[str] = []
    if inspect.isfunction(thing):
        owner = PUBLIC.get(name.rpartition(".")[0])
        around = f"{said} {text(owner) if inspect.isclass(owner) else ''}"
        given = inspect.signature(thing).parameters
        kinds = {key: set(re.findall(r"\w+", str(one.annotation))) for key, one in given.items()}
        unsaid = [key for key in given if key not in SAFE and not kinds[key] & set(OWN)]
        found += [f"parameter {key}" for key in unsaid if not mentions(around, key)]
        if refuses(thing) and not re.search(r"\b[Rr]aises?\b|an error for", around):
            found.append("what it raises")
    if inspect.isclass(thing) and dataclasses.is_dataclass(thing):
        found += [
            f"field {one.name}"
            for one in dataclasses.fields(thing)
            if not one.name.startswith("_") and not mentions(said, one.name)
        ]
    if arrays(thing) and not re.search(r"\[[\w ,/+*()-]+\]", said):
        found.append("the shape of its arrays")
    return found


def refuses(function: Any) -> bool:
    """Whether a function raises by itself, or calls a public one that says that it raises."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    known = {
        name.rpartition(".")[2]
        for name, thing in PUBLIC.items()
        if inspect.isfunction(thing) and "Raises" in text(thing)
    }
    nodes = list(ast.walk(tree))
    called = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return bool(called & known) or any(isinstance(node, ast.Raise) for node in nodes)


def mentions(said: str, word: str) -> bool:
    """Whether a text names a parameter or field, in singular or plural; one in three languages is named once."""
    stem = word.strip("_").removesuffix("_ru").removesuffix("_mn").removesuffix("s")
    return re.search(rf"\b{re.escape(stem)}(?:s|es)?\b", said) is not None


def arrays(thing: Any) -> bool:
    """Whether a function gives arrays back, or a class holds some."""
    if isinstance(thing, property):
        thing = thing.fget
    if inspect.isfunction(thing):
        return "ndarray" in str(thing.__annotations__.get("return", ""))
    return inspect.isclass(thing) and any(
        "ndarray" in str(kind) for kind in getattr(thing, "__annotations__", {}).values()
    )


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_a_public_name_says_what_it_is(name: str) -> None:
    assert lacking(name, PUBLIC[name]) == []


@pytest.mark.parametrize("path", sorted((SIM / "rules").glob("*.py")), ids=lambda path: path.name)
def test_every_rule_says_what_it_does(path: Any) -> None:
    assert [one.name for one in source.functions(path) if not one.what.endswith(("?", ".", ":", ")"))] == []


def test_what_is_not_said_is_seen() -> None:
    def mute(seed: int) -> np.ndarray:
        """Play one run and more."""
        if seed < 0:
            raise ValueError("negative")
        return np.zeros(seed)

    assert lacking("mute", mute) == ["parameter seed", "what it raises", "the shape of its arrays"]
    mute.__doc__ = "seed: of the luck. Returns float64 [runs]. Raises OptionError for a seed that is none."
    assert lacking("mute", mute) == []
    mute.__doc__ = None
    assert lacking("mute", mute) == ["a docstring"]
