"""What `urga check` finds in decisions.toml: ids, sources, texts, options that can be played in every plan."""

from __future__ import annotations

from collections.abc import Iterator

from sim.errors import UrgaError, suggest
from sim.lint import Finding, check_references, names_of, order_lines, reading_lines
from sim.lint import table_name as table
from sim.scenario_files import Decision, DecisionOption, Fact, Headline, HistoryEvent, ScenarioData
from sim.state import FATES

FILE = "decisions.toml"
TEXTS = ("title", "question", "reason")


def check_decisions(data: ScenarioData) -> Iterator[Finding]:
    """All findings on the decisions of a scenario."""
    for index, one in enumerate(data.decisions.outcomes):
        for line in _headline_lines(data, one):
            yield Finding("error", FILE, table("outcomes", index, one), line)
        yield from _untold(one, table("outcomes", index, one))
    seen: set[str] = set()
    for index, one in enumerate(data.decisions.decisions):
        where = table("decisions", index, one)
        if one.id in seen:
            yield Finding("error", FILE, where, f"the id {one.id!r} stands twice: rename one of them")
        seen.add(one.id)
        for line in _decision_lines(data, one):
            yield Finding("error", FILE, where, line)
        yield from _untold(one, where)
        for number, option in enumerate(one.options):
            place = f"{where} {table('options', number, option)}"
            for line in _option_lines(data, option):
                yield Finding("error", FILE, place, line)
            yield from _untold(option, place)
    if not any(check_references(data)):
        yield from _playable(data)


def _untold(entry: Decision | DecisionOption | Headline, where: str) -> Iterator[Finding]:
    for field in TEXTS:
        for lang in ("ru", "mn"):
            if hasattr(entry, field) and not getattr(entry, f"{field}_{lang}"):
                yield Finding("warning", FILE, where, f"{field}_{lang} is missing: the English text stands in for it")


def _source_lines(data: ScenarioData, fact: Fact) -> Iterator[str]:
    for key in fact.source_keys:
        if key not in data.sources:
            yield f"source {key!r} is not in sources.toml{suggest(key, data.sources)}"


def _headline_lines(data: ScenarioData, one: Headline) -> Iterator[str]:
    names = names_of(data)
    head, _, rest = one.value.partition(".")
    if head == "taken":
        side, _, place = rest.partition(".")
        yield from filter(None, (names.unknown("sides", side, "value"), names.unknown("places", place, "value")))
    elif head in ("holder", "fall_h"):
        yield from filter(None, (names.unknown("places", rest, "value"),))
    elif head == "event":
        known = [event.id for event in data.history.events]
        if rest not in known:
            yield f"value: {rest!r} is no documented event{suggest(rest, known)}"
    if one.is_:
        known = list(FATES) if head == "fate" else [side.id for side in data.sides]
        if one.is_ not in known:
            yield f"is {one.is_!r} is none of {', '.join(known)}{suggest(one.is_, known)}"
    elif head in ("holder", "fate") and one.kind == "event":
        yield f"value {one.value!r} needs 'is': which side or fate"


def _decision_lines(data: ScenarioData, one: Decision) -> Iterator[str]:
    names = names_of(data)
    yield from filter(
        None, (names.unknown("sides", one.side, "side"), names.unknown("commands", one.command, "command"))
    )
    if any(command.id == one.command and command.side != one.side for command in data.commands):
        yield f"command {one.command!r} is not of side {one.side!r}"
    yield from _source_lines(data, one)
    known = [headline.id for headline in data.decisions.outcomes]
    yield from (
        f"outcomes: no [[outcomes]] {name!r}{suggest(name, known)}" for name in one.outcomes if name not in known
    )
    if not 0 <= data.header.hour(one.date) < data.header.hours:
        yield f"date {one.date} lies outside the campaign"
    for number, moment in enumerate(one.moments, 1):
        plans = [plan for plan in data.plans.values() if moment.plan in ("", plan.id)]
        if not plans:
            yield f"moments {number}: no plan {moment.plan!r}{suggest(moment.plan, data.plans)}"
        orders = {order.id for plan in plans for order in plan.orders}
        if moment.order and moment.order not in orders:
            yield f"moments {number}: order {moment.order!r} stands in no plan{suggest(moment.order, orders)}"
        if moment.reading is not None:
            event = HistoryEvent.model_construct(id="", reading=moment.reading)
            yield from (f"moments {number}: {line}" for line in reading_lines(event, names))


def _option_lines(data: ScenarioData, option: DecisionOption) -> Iterator[str]:
    names = names_of(data)
    yield from _source_lines(data, option)
    yield from filter(None, (names.unknown("commands", command, "silence") for command in option.silence))
    orders = {order.id for plan in data.plans.values() for order in plan.orders}
    yield from (
        f"stop: order {name!r} stands in no plan{suggest(name, orders)}" for name in option.stop if name not in orders
    )
    own = {order.id for order in option.orders}
    for number, order in enumerate(option.orders, 1):
        where = f"orders {number} ({order.id})"
        yield from (f"{where}: {line}" for line in order_lines(order, names, own))
        yield from (f"{where}: {line}" for line in _source_lines(data, order))
        if order.command not in names.commands:
            yield f"{where}: {names.unknown('commands', order.command, 'command')}"


def _playable(data: ScenarioData) -> Iterator[Finding]:
    """Every option can be applied to every plan."""
    from sim.choice.decisions import option_patch
    from sim.patch import apply_patches
    from sim.scenario import freeze

    for plan in data.plans:
        try:
            scenario = freeze(apply_patches(data, [], plan), plan)
        except (UrgaError, KeyError, ValueError):
            continue  # found elsewhere
        for index, one in enumerate(data.decisions.decisions):
            for option in one.options:
                try:
                    patch = option_patch(scenario, one, option.id, max(0, data.header.hour(one.date)))
                    if patch is not None:
                        apply_patches(data, [patch], plan)
                except UrgaError as error:
                    where = f"{table('decisions', index, one)} option {option.id}"
                    yield Finding("error", FILE, where, f"plan {plan!r}: {error.message}")
