"""Baselines: ten seeds of every plan are what they were, or the changelog says that results change.

What the hashes cover, and why they hold on any machine, is told in `baseline_kit.py`.
"""

from __future__ import annotations

from pathlib import Path

import baseline_kit as kit
import law_kit
import pytest
import tiny_kit

import sim

LOG = """\
# Changelog

## 0.2.0, not yet released

### Results change

{}
### Other

- Typing.

## 0.1.0

- Old.
"""


@pytest.fixture(scope="module")
def now(campaign: sim.Scenario) -> kit.Hashes:  # noqa: ARG001 (the engine is compiled)
    return kit.play_all()


def test_runs_are_those_of_the_file(now: kit.Hashes) -> None:
    ledger = kit.read()
    assert list(ledger.hashes) == sorted(sim.load().data.plans)
    assert all(len(hashes) == len(kit.SEEDS) == len(set(hashes)) for hashes in ledger.hashes.values())
    changed = kit.differences(now, ledger.hashes)
    silent = kit.unsaid(now, ledger, kit.CHANGELOG.read_text(encoding="utf-8"))
    assert not changed, (
        f"{'; '.join(changed)}. Written with {ledger.stamp}, here {kit.stamp()}. "
        + ("Say so in CHANGELOG.md (Results change), then: " if silent else "The changelog says so; now: ")
        + kit.COMMAND
    )


def test_file_is_as_the_command_writes_it() -> None:
    assert kit.text_of(kit.read()) == kit.FILE.read_text(encoding="utf-8"), "edited by hand?"


# ---------------------------------------------------------------------- must fail


@pytest.mark.parametrize(
    "change",
    [
        "rules.battle.lethality=0.00215",
        "rules.march.horse_kmh=5.7",
        "rules.mutiny.belief=0.65",
        "rules.scouting.sight_6h=0.61",
        "units.tatar_1.men=501",
    ],
)
def test_a_changed_number_changes_the_hashes_and_is_refused(now: kit.Hashes, change: str) -> None:
    """The must-fail twin: were this to pass unseen, the baseline would guard nothing."""
    plan = "historical"
    changed = {**now, plan: kit.play(sim.load(plan=plan, settings=[change]))}
    told = kit.told_changes(LOG.format("- First.\n"))
    ledger = kit.Ledger(now, told)
    assert kit.differences(now, ledger.hashes) == []
    (line,) = kit.differences(changed, ledger.hashes)
    assert line.startswith("historical: ")
    assert int(line.split()[1]) >= 3, "a small change of one number is seen in several runs"
    assert kit.unsaid(changed, ledger, LOG.format("- First.\n")) == [line]
    assert kit.unsaid(changed, ledger, LOG.format("- First.\n- Horses are quicker.\n")) == []


def test_old_words_and_words_of_another_kind_do_not_excuse(now: kit.Hashes) -> None:
    other = {**now, "doctrine": [*now["doctrine"][1:], "0" * 16]}
    ledger = kit.Ledger(now, kit.told_changes(LOG.format("- First.\n")))
    for log in (
        LOG.format("- First.\n"),
        LOG.format(""),
        LOG.format("- First.\n").replace("- Typing.", "- Typing.\n- Horses are quicker."),
        LOG.format("- First.\n").replace("- Old.", "### Results change\n\n- Older."),
        "",
    ):
        assert kit.unsaid(other, ledger, log), log
    assert not kit.unsaid(other, ledger, LOG.format("- First.\n").replace("- Typing.", "Results change: horses."))


def test_plans_that_come_or_go(now: kit.Hashes) -> None:
    """A new plan has no past to differ from; one that goes takes its baseline away and must be told."""
    less = {plan: hashes for plan, hashes in now.items() if plan != "doctrine"}
    assert kit.differences(now, less) == ["doctrine: a new plan"]
    assert kit.unsaid(now, kit.Ledger(less, ()), "") == []
    assert kit.unsaid(less, kit.Ledger(now, ()), "") == ["doctrine: the plan is gone"]


def test_command_refuses_to_write_what_is_unsaid(
    now: kit.Hashes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, log = tmp_path / "hashes.toml", tmp_path / "CHANGELOG.md"
    monkeypatch.setattr(kit, "FILE", file)
    monkeypatch.setattr(kit, "CHANGELOG", log)
    monkeypatch.setattr(kit, "play_all", lambda: now)
    monkeypatch.setattr(kit, "read", lambda: kit.Ledger({plan: ["0" * 16] * 10 for plan in now}, ("First.",)))
    log.write_text(LOG.format("- First.\n"), encoding="utf-8")
    assert kit.main(["--write"]) == 2
    assert not file.exists()
    assert "say what changed" in capsys.readouterr().err
    log.write_text(LOG.format("- First.\n- All is\n  otherwise.\n"), encoding="utf-8")
    assert kit.main(["--write"]) == 0
    assert '"All is otherwise.",' in file.read_text(encoding="utf-8")


# ---------------------------------------------------------------------- other machines

NUDGED = ("battle.lethality", "battle.break_rate", "battle.pursuit_mean", "march.horse_kmh", "mutiny.belief",
          "scouting.error", "cohesion.desert_day", "supply.forage_horse")  # fmt: skip


@pytest.mark.parametrize("nudge", [1e-12, -1e-12])
def test_last_bits_do_not_matter(now: kit.Hashes, nudge: float) -> None:
    """Rules off by 1e-12, thousands of times the error of any machine's exp, log or power, give the same hashes."""
    data = sim.load().data
    settings = [f"rules.{name}={data.rules[name].value * (1.0 + nudge)!r}" for name in NUDGED]
    for plan in now:
        assert kit.play(sim.load(data, plan=plan, settings=settings)) == now[plan], plan


@pytest.mark.study
def test_another_processor_gives_the_same_hashes(now: kit.Hashes, tmp_path: Path) -> None:
    """The engine compiled for the plainest processor of this kind, without any of its newer instructions."""
    told = law_kit.in_a_process(
        "import baseline_kit; print(baseline_kit.play_all())",
        NUMBA_CACHE_DIR=str(tmp_path),
        NUMBA_CPU_NAME="generic",
        NUMBA_CPU_FEATURES="",
    )
    assert told.strip() == str(now)


PLAIN = """
import sys, warnings
from pathlib import Path
import baseline_kit, tiny_kit
import sim
warnings.simplefilter("ignore")  # whole numbers of 64 bits go round, which NumPy remarks on
tiny = sim.load(tiny_kit.write(Path(sys.argv[1])))
print(baseline_kit.play(tiny))
print(baseline_kit.play(sim.load(), range(int(sys.argv[2]))))
"""


def plain_python(room: Path, runs: int) -> list[str]:
    """What the rules come to without the compiler: ten seeds of the tiny scenario, `runs` of the campaign."""
    return law_kit.in_a_process(PLAIN, str(room), str(runs), NUMBA_DISABLE_JIT="1").splitlines()


def test_rules_as_plain_python_give_the_same_hashes(tmp_path: Path) -> None:
    """Python's own arithmetic and library in place of compiled code: as far from this machine as one can get on it."""
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    tiny = sim.load(tiny_kit.write(tmp_path / "here"))
    assert plain_python(tmp_path / "there", 0) == [str(kit.play(tiny)), "[]"]


@pytest.mark.study
def test_campaign_as_plain_python_gives_the_same_hash(now: kit.Hashes, tmp_path: Path) -> None:
    assert plain_python(tmp_path, 1)[1] == str(now["historical"][:1])
