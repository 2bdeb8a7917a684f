"""The keys of the map window: its own list, what was written of games and cards, and whether any is missing."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from docs.tools import ROOT
from docs.tools.blocks import table
from docs.tools.tables import meanings

VIZ = ROOT / "viz"
HANDLERS: dict[str, tuple[tuple[str, str], ...]] = {
    "window": (
        ("keymap.py", "SWITCHES"),
        ("desk.py", "VIEWS"),
        ("desk.py", "_key"),
        ("desk.py", "_ctrl"),
        ("desk.py", "_time_key"),
        ("desk.py", "_view_key"),
        ("turning.py", "_key"),
    ),
    "game": (("wargame_desk.py", "_key"),),
    "card": (("turning.py", "_page_key"), ("turning.py", "_type")),
}
"""Where keys are told apart: files of the window, and functions or constants in them."""
NAMES = {
    "RETURN": "Enter",
    "KP_ENTER": "Enter",
    "ESCAPE": "Esc",
    "PAGEUP": "PgUp",
    "PAGEDOWN": "PgDn",
    "BACKSPACE": "Backspace",
    "LEFTBRACKET": "[",
    "RIGHTBRACKET": "]",
    "EQUALS": "Plus",
    "PLUS": "Plus",
    "KP_PLUS": "Plus",
    "MINUS": "Minus",
    "KP_MINUS": "Minus",
    "PERIOD": ".",
}
SIGNS = {"+": "Plus", "\u2013": "Minus", "0": "digits", "1": "digits"}
"""Signs in a list of keys, and the names that stand for them here."""


def handled(folder: Path, what: str) -> set[str]:
    """Names of the keys that the code asks for in a window, a game or a card."""
    found: set[str] = set()
    for file, place in HANDLERS[what]:
        for node in _parts(ast.parse((folder / file).read_text(encoding="utf-8")), place):
            for one in ast.walk(node):
                if isinstance(one, ast.Attribute) and (match := re.fullmatch(r"K(?:SCAN)?_(\w+)", one.attr)):
                    name = match[1]
                    digit = len(name) == 1 and name.isdigit()
                    found.add("digits" if digit else NAMES.get(name, name.title()))
                elif isinstance(one, ast.Name) and one.id == "DIGITS":
                    found.add("digits")
    return found


def _parts(tree: ast.Module, name: str) -> Iterator[ast.AST]:
    """Functions of a name, or the value of a constant."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            yield node
        elif isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in node.targets):
            yield node.value


def named(rows: Iterable[str]) -> set[str]:
    """Names of the keys in the first column of a list: `Shift+J, [ ]` names J, [ and ]."""
    words = {re.sub(r"^(?:Ctrl\+|Shift\+)+(?=.)", "", word) for row in rows for word in re.split(r",? +", row)}
    return {SIGNS.get(word, word) for word in words} - {"click", "drag", "wheel", "\u2026", "7", "9"}


def rows(what: str) -> list[tuple[str, str]]:
    """Keys and what they do: for the window its own list (F1) and what that leaves out."""
    from viz.wargame import TASKS

    tasks = ", ".join(TASKS)
    listed = [(keys, said.replace("TASKS", tasks)) for keys, said in meanings()[f"keys {what}"].items()]
    return [*_own(), *listed] if what == "window" else listed


def _own() -> list[tuple[str, str]]:
    """The list that the window shows, in English."""
    from viz.overlays import KEYS
    from viz.words import say

    return [(keys, say(word, 0)) for keys, word in KEYS]


def shown(what: str) -> str:
    """The table of keys."""
    cells: list[tuple[object, ...]] = [(keys, said) for keys, said in rows(what)]
    return table(("key", "what it does"), cells)


def unnamed_keys_of_the_window(folder: Path = VIZ) -> Iterator[str]:
    """Keys that the window answers to and no list names; keys of a list that nothing answers to."""
    for what in HANDLERS:
        asked, told = handled(folder, what), named(keys for keys, _ in rows(what))
        for key in sorted(asked - told):
            yield f"docs/tools/meanings.toml: [keys {what}] says nothing of {key}, which viz/ answers to"
        for key in sorted(told - asked):
            yield f"docs/tools/meanings.toml: [keys {what}] {key} is a key that viz/ does not answer to"


def makers() -> dict[str, Callable[[], str]]:
    """The generated parts of the page on the map window."""
    return {f"keys {what}": partial(shown, what) for what in HANDLERS}
