"""Reading the code without running it: fields with their comments, parameters read, draws, functions, digests."""

from __future__ import annotations

import ast
import hashlib
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

DRAWS = ("uniform", "normal", "exponential")
PRIVATE = ("lineno", "col_offset", "end_lineno", "end_col_offset", "ctx", "kind", "type_ignores", "type_comment")


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


# ---------------------------------------------------------------------- digests


def digest(text: str) -> str:
    """Hash of what a file says to the computer: comments, docstrings, spacing and type hints change nothing."""
    module = ast.parse(text)
    for node in ast.walk(module):
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and node.body and _is_text(node.body[0]):
            del node.body[0]
    return hashlib.sha256(_canonical(module).encode()).hexdigest()[:16]


def _is_text(node: object) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _canonical(node: object) -> str:
    """A tree as text, the same under all versions of Python: empty fields and positions are left out."""
    if isinstance(node, ast.AST):
        fields = [(name, getattr(node, name, None)) for name in sorted(node._fields) if name not in PRIVATE]
        if isinstance(node, (ast.FunctionDef, ast.arg)):
            fields = [(name, value) for name, value in fields if name not in ("returns", "annotation")]
        told = ",".join(f"{name}={_canonical(value)}" for name, value in fields if value is not None and value != [])
        return f"{type(node).__name__}({told})"
    if isinstance(node, list):
        return "[" + ",".join(_canonical(item) for item in cast("list[object]", node)) + "]"
    return repr(node)


# ---------------------------------------------------------------------- fields of records


@dataclass(frozen=True)
class Column:
    """A field of a record or of a named tuple: its name, type as written, and the comment beside it."""

    name: str
    kind: str
    comment: str


def comments(text: str) -> dict[int, str]:
    """Comment of each line that has one."""
    return {
        token.start[0]: token.string.lstrip("# ").rstrip()
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    }


def record(path: Path, name: str) -> list[Column]:
    """The fields of `name = np.dtype([...])`."""
    said = comments(path.read_text(encoding="utf-8"))
    for node in tree(path).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name and isinstance(node.value, ast.Call):
            listed = node.value.args[0]
            assert isinstance(listed, ast.List)
            return [
                Column(
                    str(ast.literal_eval(pair.elts[0])), str(ast.literal_eval(pair.elts[1])), said.get(pair.lineno, "")
                )
                for pair in listed.elts
                if isinstance(pair, ast.Tuple)
            ]
    raise LookupError(f"{path.name}: no record {name}")


def attributes(path: Path, name: str) -> list[Column]:
    """The annotated attributes of a class, such as a named tuple."""
    said = comments(path.read_text(encoding="utf-8"))
    for node in tree(path).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return [
                Column(item.target.id, ast.unparse(item.annotation), said.get(item.lineno, ""))
                for item in node.body
                if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
            ]
    raise LookupError(f"{path.name}: no class {name}")


def words(path: Path, name: str) -> tuple[str, ...]:
    """A tuple of names such as ARMS or EVENTS."""
    for node in tree(path).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and target is not None and ast.unparse(target) == name:
            assert node.value is not None
            return tuple(ast.literal_eval(node.value))
    raise LookupError(f"{path.name}: no list {name}")


# ---------------------------------------------------------------------- rules


def parameters_read(path: Path, fields: dict[str, str]) -> set[str]:
    """Parameters that a file of rules reads: `rules["battle_lethality"]` is `battle.lethality`.

    fields: name in the record -> name in rules.toml.
    """
    return {
        fields[node.slice.value]
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
        and node.slice.value in fields
    }


@dataclass(frozen=True)
class Function:
    """A function of the rules: its name, arguments and the first line of its docstring."""

    name: str
    arguments: tuple[str, ...]
    what: str


def functions(path: Path) -> list[Function]:
    """All functions at the top of a file that do not begin with an underscore."""
    return [
        Function(
            node.name,
            tuple(one.arg for one in node.args.args),
            (ast.get_docstring(node) or "").partition("\n\n")[0].replace("\n", " "),
        )
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def purposes(path: Path) -> dict[str, int]:
    """The purposes of luck and their numbers, as `luck.py` declares them."""
    found: dict[str, int] = {}
    for node in tree(path).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            names = [ast.unparse(one) for one in node.targets[0].elts]
            if isinstance(node.value, ast.Tuple) and all(isinstance(one, ast.Constant) for one in node.value.elts):
                values = [one.value for one in node.value.elts if isinstance(one, ast.Constant)]
                if all(type(value) is int for value in values) and not names[0].startswith("_"):
                    found |= {name: value for name, value in zip(names, values, strict=True) if type(value) is int}
    return found


@dataclass(frozen=True)
class Draw:
    """One draw: purpose, in which file and function, from which distribution, and by what it is keyed."""

    purpose: str
    file: str
    function: str
    kind: str
    who: str
    count: str


def draws(path: Path) -> Iterator[Draw]:
    """Every call of `uniform`, `normal` and `exponential` in a file, in the order of the file."""
    aliases = {
        name.asname or name.name: name.name
        for node in tree(path).body
        if isinstance(node, ast.ImportFrom) and node.module == "sim.luck"
        for name in node.names
    }
    for function in tree(path).body:
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DRAWS:
                if aliases.get(node.func.id) != node.func.id:
                    continue
                _, purpose, who, count = node.args
                name = ast.unparse(purpose)
                yield Draw(
                    aliases.get(name, name),
                    path.name,
                    function.name,
                    node.func.id,
                    ast.unparse(who),
                    ast.unparse(count),
                )
