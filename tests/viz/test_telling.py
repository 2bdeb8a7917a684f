"""Orders and events in words: all of it from the table, in three languages, within its card."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from viz.conditions import Lexicon, in_words, one
from viz.layout import make_layout
from viz.scene import Scene
from viz.tape import Order, Tape
from viz.telling import UNTOLD, Teller
from viz.words import WORDS

PLANS = Path(__file__).resolve().parents[2] / "scenarios" / "mongolia_1921" / "plans"
CYRILLIC = re.compile("[а-яёөү]", re.IGNORECASE)
LATIN = re.compile("[a-z]{3,}", re.IGNORECASE)


def lexicon(tape: Tape, orders: list[dict[str, object]]) -> Lexicon:
    names = {c.id: (c.names[0], f"имя {n}", f"нэр {n}") for n, c in enumerate(tape.commands)}
    return Lexicon(
        {p.id: p.names for p in tape.places},
        names,
        {leader.id: ("leader", "вождь", "дарга") for leader in tape.leaders},
        {"Red": ("the Reds", "красные", "улаан"), "White": ("the Whites", "белые", "цагаан")},
        {str(o["id"]): (str(o["task"]), str(o.get("to_command") or o.get("objective") or "")) for o in orders},
    )


def plan_orders() -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for path in sorted(PLANS.glob("*.toml")):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        found += document.get("orders", document.get("order", []))
    return found


def test_every_condition_of_the_plans_is_told_in_three_languages(scene: Scene, tape: Tape) -> None:
    orders = plan_orders()
    assert len(orders) > 40
    names = lexicon(tape, orders)
    layout = make_layout((1024, 768), 1.0, False)
    inner = layout.inspector.width - 40 * layout.k
    for order in orders:
        told = in_words(list(order.get("when", [])), list(order.get("when_any", [])), names)  # type: ignore[call-overload]
        if not order.get("when") and not order.get("when_any"):
            continue
        for language, text in enumerate(told):
            assert text, order["id"]
            assert "{" not in text
            lines = scene.type.wrap("sans", 21 * layout.k, f"{WORDS['because'][language]}: {text}", inner)
            assert len(lines) <= 8, (order["id"], text)
            for line in lines:
                assert scene.type.width("sans", 21 * layout.k, line) <= inner, line
        for text in told[1:]:
            assert CYRILLIC.search(text), text


@pytest.mark.parametrize("kind", sorted({k.split("-")[1] for k in WORDS if k.startswith("cond-")} - {"or", "not"}))
def test_no_kind_of_condition_falls_back_on_its_name(tape: Tape, kind: str) -> None:
    condition = {"kind": kind, "fate": "killed", "hours": 5, "near": "urga", "place": "urga", "men": 500, "ratio": 1.5}
    for language in range(3):
        text = one(condition, lexicon(tape, []), language)
        assert text != kind
        assert one({**condition, "not": True}, lexicon(tape, []), language) != text


def test_the_engine_s_conditions_are_all_in_the_table() -> None:
    """Read from the text of the scenario's reader, so that nothing of the engine is imported here."""
    source = (PLANS.parents[2] / "sim" / "scenario_files" / "plans.py").read_text(encoding="utf-8")
    block = source.split("CONDITIONS: dict", 1)[1].split("}\n", 1)[0]
    kinds = re.findall(r'^    "(\w+)":', source.split("CONDITIONS: dict", 1)[1].split("\n}\n", 1)[0], re.MULTILINE)
    assert len(kinds) >= 15, block
    for kind in kinds:
        assert any(word == f"cond-{kind}" or word.startswith(f"cond-{kind}-") for word in WORDS), kind


def test_every_kind_of_event_is_told_without_english(tape: Tape) -> None:
    """The list shows no text that exists in English alone."""
    source = (PLANS.parents[2] / "sim" / "state.py").read_text(encoding="utf-8")
    kinds = re.findall(r'"([a-z-]+)"', source.split("EVENTS = (", 1)[1].split(")", 1)[0])
    assert len(kinds) >= 25
    names = [(f"A{n}", f"Б{n}", f"Ө{n}") for n in range(99)]
    units, places, commands, leaders = tape.units, tape.places, tape.commands, tape.leaders
    teller = Teller(
        [_named(u, names[n % 99]) for n, u in enumerate(units)],
        [_named(p, names[n % 99]) for n, p in enumerate(places)],
        [],
        [_named(c, names[n % 99]) for n, c in enumerate(commands)],
        [_named(leader, names[n % 99]) for n, leader in enumerate(leaders)],
        [Order("x", 0, "attack", 1, ("", "", ""), "", "", "")],
        tape.camps,
    )
    row = np.zeros(1, [(n, "i4") for n in ("hour", "kind", "who", "where", "whom", "other", "n1", "n2", "n3", "x")])[0]
    row["n1"], row["n2"], row["whom"] = 120, 80, 30
    for kind in kinds:
        told = teller._tell(row, SimpleNamespace(kind=kind, text="English prose."))
        if kind in UNTOLD or kind == "frontier":
            continue
        assert told is not None, kind
        assert told.texts[0] != "English prose."
        for text in told.texts[1:]:
            assert CYRILLIC.search(text), (kind, text)
            assert not LATIN.search(text), (kind, text)
        assert "event at" not in told.texts[0], f"{kind} has no words of its own"


def _named(thing: object, names: tuple[str, str, str]) -> object:
    from dataclasses import replace

    return replace(thing, names=names)  # type: ignore[type-var]
