"""What must hold between the pages and the code. Every check gives lines; no line means in step."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from docs.tools import DOCS, ROOT, SIM, blocks, source, tables
from sim.campaign import PHASES
from sim.parameters import NAMES

STAMPS = DOCS / "odd" / "read.json"
PAGES: Mapping[str, str] = {
    "sim/campaign.py": "odd/index.md",
    "sim/luck.py": "odd/luck.md",
    "sim/muster.py": "odd/entities.md",
    "sim/theatre.py": "odd/entities.md",
    "sim/plan.py": "odd/command.md",
    "sim/scenario.py": "odd/initialisation.md",
    "sim/history/kinds.py": "odd/observation.md",
    "sim/history/reader.py": "odd/observation.md",
    "sim/history/columns.py": "odd/observation.md",
    "sim/rules/common.py": "odd/dispatches.md",
    "sim/rules/dispatches.py": "odd/dispatches.md",
    "sim/rules/command.py": "odd/command.md",
    "sim/rules/march.py": "odd/march.md",
    "sim/rules/ways.py": "odd/march.md",
    "sim/rules/weather.py": "odd/weather.md",
    "sim/rules/scouting.py": "odd/scouting.md",
    "sim/rules/contact.py": "odd/battle.md",
    "sim/rules/battle.py": "odd/battle.md",
    "sim/rules/retreat.py": "odd/battle.md",
    "sim/rules/supply.py": "odd/supply.md",
    "sim/rules/cohesion.py": "odd/cohesion.md",
    "sim/rules/control.py": "odd/control.md",
}
"""Which page describes which file of the engine."""


def page(name: str, docs: Path = DOCS) -> str:
    """Text of a page, empty when there is none."""
    path = docs / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def by_hand(text: str) -> str:
    """A page without its generated parts: what somebody wrote."""
    return blocks.BLOCK.sub("", text)


# ---------------------------------------------------------------------- checks


def stale_tables(docs: Path = DOCS) -> Iterator[str]:
    """Generated parts that differ from what is generated now, or that nobody generates."""
    makers = tables.makers()
    shown: set[str] = set()
    for path in blocks.pages(docs):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(docs)
        unknown = [part for part in blocks.names(text) if part not in makers]
        shown |= set(blocks.names(text))
        yield from (f"docs/{name}: nobody makes the generated part {part!r}" for part in unknown)
        if not unknown and blocks.fresh(text, makers) != text:
            yield f"docs/{name}: a generated table is out of date: run `python -m docs.tools write`"
    yield from (
        f"the generated part {part!r} stands on no page"
        for part in makers
        if part not in shown and not part.startswith("output")
    )


def undescribed_files() -> Iterator[str]:
    """Files of the rules that no page describes."""
    for path in tables.RULES:
        name = f"sim/rules/{path.name}"
        if name not in PAGES:
            yield f"{name}: no page describes it: add it to docs/tools/checks.py and write the page"


def digests(root: Path = ROOT) -> dict[str, str]:
    """Digest of each described file as it is now."""
    return {name: source.digest((root / name).read_text(encoding="utf-8")) for name in PAGES}


def stale_pages(root: Path = ROOT, stamps: Path = STAMPS) -> Iterator[str]:
    """Pages that describe another version of a file than the one that is there."""
    noted: dict[str, str] = json.loads(stamps.read_text(encoding="utf-8")) if stamps.exists() else {}
    for name, told in digests(root).items():
        if noted.get(name) != told:
            yield (
                f"docs/{PAGES[name]} describes an older version of {name}: read it again and run "
                "`python -m docs.tools stamp`"
            )


def stamp(stamps: Path = STAMPS) -> None:
    """Note that the pages describe the files as they are now."""
    stamps.write_text(json.dumps(digests(), indent=1) + "\n", encoding="utf-8")


def unnamed_parameters(docs: Path = DOCS, rules: tuple[Path, ...] | None = None) -> Iterator[str]:
    """Parameters that a file reads and its page does not name; names on a page that no rule reads."""
    known = {f"rules.{name}" for name in NAMES}
    for path in rules or tuple(tables.RULES):
        name = PAGES.get(f"sim/rules/{path.name}", "")
        text = by_hand(page(name, docs))
        for parameter in sorted(source.parameters_read(path, tables.fields_of())):
            if not re.search(rf"\brules\.{re.escape(parameter)}\b", text):
                yield f"docs/{name}: sim/rules/{path.name} reads rules.{parameter}, which the page does not name"
    for path in blocks.pages(docs):
        for found in re.findall(r"\brules\.[a-z]+\.[a-z_0-9]+\b", path.read_text(encoding="utf-8")):
            if found not in known | {"rules.section.name"}:
                yield f"docs/{path.relative_to(docs)}: there is no parameter {found}"


def unnamed_draws(docs: Path = DOCS, rules: tuple[Path, ...] | None = None) -> Iterator[str]:
    """Draws of a file that its page does not name with the purpose; purposes without a meaning, and the other way."""
    numbers, said = source.purposes(SIM / "luck.py"), tables.meanings()["draws"]
    used: set[str] = set()
    for path in rules or tuple(tables.RULES):
        name = PAGES.get(f"sim/rules/{path.name}", "")
        text = by_hand(page(name, docs))
        for purpose in sorted({draw.purpose for draw in source.draws(path)}):
            used.add(purpose)
            if purpose not in numbers:
                yield f"sim/rules/{path.name}: draws for {purpose!r}, which is no purpose of sim/luck.py"
            if not re.search(rf"\({purpose}; [^;]+; [^;]+\)", text):
                yield f"docs/{name}: sim/rules/{path.name} draws for {purpose}: the page does not give its key"
            if purpose not in said:
                yield f"docs/tools/meanings.toml: [draws] says nothing of {purpose}"
    if rules is None:
        yield from (f"docs/tools/meanings.toml: [draws] {name} is drawn nowhere" for name in said if name not in used)


def unnamed_functions() -> Iterator[str]:
    """Functions of the rules without a first line that says what they do."""
    for path in tables.RULES:
        for one in source.functions(path):
            if not one.what:
                yield f"sim/rules/{path.name}: {one.name} has no docstring"


def unnamed_phases(docs: Path = DOCS) -> Iterator[str]:
    """Phases without a page, or pages that are not in the navigation."""
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for phase in PHASES:
        if not page(f"odd/{phase.name}.md", docs):
            yield f"docs/odd/{phase.name}.md: the phase {phase.name} has no page"
    for path in blocks.pages(docs):
        if str(path.relative_to(docs)) not in menu:
            yield f"mkdocs.yml: docs/{path.relative_to(docs)} is not in the navigation"


def unnamed_fields() -> Iterator[str]:
    """Fields of records without a meaning, and meanings of fields that do not exist."""
    said = tables.meanings()
    for name, file in tables.RECORDS.items():
        columns = source.record(SIM / file, name)
        given = said.get(name, {})
        for column in columns:
            if not column.comment and column.name not in given:
                yield f"sim/{file}: {name}.{column.name} has no comment and nothing in docs/tools/meanings.toml"
            if column.comment and column.name in given:
                yield f"docs/tools/meanings.toml: [{name}] {column.name} has a comment in sim/{file} already"
        for key in given:
            if key not in {column.name for column in columns}:
                yield f"docs/tools/meanings.toml: [{name}] {key} is no field of it"
    for name in ("Tables", "State"):
        for column in source.attributes(SIM / "state.py", name):
            if not column.comment and column.name not in said.get(name, {}):
                yield f"sim/state.py: {name}.{column.name} has no comment"
    events = source.words(SIM / "state.py", "EVENTS")
    for word in {*events, *said["events"]}:
        if word not in events or word not in said["events"]:
            yield f"docs/tools/meanings.toml: [events] {word} is missing, or is no event"


def unnamed_keys() -> Iterator[str]:
    """Keys of scenario files without a meaning, and meanings of keys that do not exist."""
    from docs.tools import schema

    yield from (
        f"docs/tools/schema.py: the model {name} of sim/scenario_files has no table" for name in schema.unshown()
    )
    for name in schema.MODELS:
        keys = {
            info.alias or key: key
            for key, info in schema.model(name).model_fields.items()
            if not schema.common(key) and key not in schema.ENGINE_KEYS
        }
        said = tables.meanings().get(f"schema {name}", {})
        yield from (
            f"docs/tools/meanings.toml: [schema {name}] says nothing of {key}" for key in keys if key not in said
        )
        yield from (
            f"docs/tools/meanings.toml: [schema {name}] {key} is no key of it" for key in said if key not in keys
        )


def unnamed_words(docs: Path = DOCS) -> Iterator[str]:
    """Tasks and conditions that the page on command does not explain."""
    text = by_hand(page("odd/command.md", docs))
    for what, name in (("task", "TASKS"), ("condition", "CONDITIONS")):
        for word in source.words(SIM / "plan.py", name):
            if f"`{word}`" not in text:
                yield f"docs/odd/command.md: the {what} {word} is not explained"


def undocumented_events(docs: Path = DOCS) -> Iterator[str]:
    """Documented events without a part of their own in the dossier."""
    text = page("dossier.md", docs)
    for event in tables.shipped().data.history.events:
        if f"generated: event {event.id} " not in text:
            yield f"docs/dossier.md: the event {event.id} has no part of its own"


def unshown_names(docs: Path = DOCS) -> Iterator[str]:
    """Public names of `sim` that no API page shows."""
    import sim

    shown = "".join(path.read_text(encoding="utf-8") for path in (docs / "api").glob("*.md"))
    listed = set(re.findall(r"\w+", " ".join(re.findall(r"members: \[([^\]]*)\]", shown))))
    for name in sim.__all__:
        thing = getattr(sim, name)
        home = getattr(thing, "__module__", "")
        if name.startswith("_") or name in listed or home == "sim.errors":
            continue
        if not re.search(rf"^::: {re.escape(home)}\.{name}$", shown, re.MULTILINE):
            yield f"docs/api: sim.{name} is shown nowhere: add `::: {home}.{name}` to a page"


def all_checks() -> tuple[Callable[[], Iterator[str]], ...]:
    """Every check, in the order in which it is made."""
    from docs.tools import keys, links, measured, outputs

    return (
        stale_tables,
        undescribed_files,
        stale_pages,
        unnamed_parameters,
        unnamed_draws,
        unnamed_functions,
        unnamed_phases,
        unnamed_fields,
        unnamed_keys,
        unnamed_words,
        undocumented_events,
        unshown_names,
        links.broken,
        outputs.stale,
        measured.stale,
        measured.stale_readme,
        keys.unnamed_keys_of_the_window,
    )


def everything() -> list[str]:
    """All lines of all checks."""
    return [line for check in all_checks() for line in check()]
