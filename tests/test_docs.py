"""The pages and the code say the same; every block of code runs; links lead somewhere; the site builds."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from docs.tools import DOCS, ROOT, SIM, checks, kernel, keys, links, measured, source, standing, tables
from docs.tools.reader import Reader, blocks, inline, options

TUTORIALS = ("tutorials/lecturer", "tutorials/researcher", "tutorials/student")
CHECKED = ("odd/luck", "odd/battle", "odd/march", "odd/cohesion")
RUN = ["README.md", *(f"docs/{name}.md" for name in ("index", "scenarios", "doctrine", *TUTORIALS, *CHECKED))]


@pytest.mark.parametrize(
    "check", checks.all_checks(), ids=lambda check: f"{check.__module__.rpartition('.')[2]}-{check.__name__}"
)
def test_pages_and_code_are_in_step(check: Callable[[], Iterable[str]]) -> None:
    assert list(check()) == []


# ---------------------------------------------------------------------- code in pages


@pytest.mark.usefixtures("campaign")
@pytest.mark.parametrize("name", RUN)
def test_every_block_runs(name: str, tmp_path: Path) -> None:
    assert Reader(tmp_path).follow(ROOT / name)


def test_every_page_with_blocks_is_run() -> None:
    pages = [ROOT / "README.md", *DOCS.rglob("*.md")]
    assert {str(path.relative_to(ROOT)) for path in pages if blocks(path)} == {
        name for name in RUN if blocks(ROOT / name)
    }


@pytest.mark.parametrize("path", [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))], ids=lambda path: path.name)
def test_commands_in_running_text_exist(path: Path) -> None:
    wrong = [
        (command, said)
        for command in inline(path)
        if (said := options(shlex.split(command.replace("[", "").replace("]", ""))))
    ]
    assert wrong == []


def test_a_block_that_fails_is_seen(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    for text in ("```\nurga replay --sedes 2\n```\n", "```python\nassert 1 == 2\n```\n", "```perl\nprint\n```\n"):
        page = tmp_path / "page.md"
        page.write_text(f"# A page\n\n{text}", encoding="utf-8")
        with pytest.raises(AssertionError, match=r"page\.md, line 3"):
            reader.follow(page)
    assert options(["urga", "replay", "--sedes"])
    assert options(["urga", "rerun"])


# ---------------------------------------------------------------------- each check has been seen to fail


def a_copy(tmp_path: Path) -> Path:
    """The pages in a folder of their own."""
    return Path(shutil.copytree(DOCS, tmp_path / "docs"))


def edit(path: Path, old: str, new: str) -> None:
    """Change a page; the text must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_changed_rule_asks_for_its_page(tmp_path: Path) -> None:
    for name in checks.PAGES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    rule = tmp_path / "sim/rules/supply.py"
    edit(rule, '"""A day\'s food and rounds for one unit."""', '"""Other words."""  # a remark')
    assert list(checks.stale_pages(tmp_path)) == []
    edit(rule, 'u["km_today"] > 40.0', 'u["km_today"] > 41.0')
    assert list(checks.stale_pages(tmp_path)) == [
        "docs/odd/supply.md describes an older version of sim/rules/supply.py: read it again and run "
        "`python -m docs.tools stamp`"
    ]


def test_digest_sees_the_code_and_nothing_else() -> None:
    code = 'def f(x: int) -> int:\n    """Says."""\n    return x + 1  # one\n'
    same = "def f(x):\n    return (x + 1)\n"
    other = "def f(x):\n    return x + 2\n"
    assert source.digest(code) == source.digest(same) != source.digest(other)


def test_a_parameter_or_draw_left_out_is_seen(tmp_path: Path) -> None:
    docs = a_copy(tmp_path)
    edit(docs / "odd/battle.md", "rules.battle.lethality", "lethality")
    edit(docs / "odd/battle.md", "(HIT; ", "(")
    assert any("reads rules.battle.lethality" in line for line in checks.unnamed_parameters(docs))
    assert any("draws for HIT" in line for line in checks.unnamed_draws(docs))
    edit(docs / "odd/battle.md", "rules.battle.rain", "rules.battle.snow")
    assert any("no parameter rules.battle.snow" in line for line in checks.unnamed_parameters(docs))


def test_a_new_parameter_in_a_rule_is_seen(tmp_path: Path) -> None:
    rule = tmp_path / "weather.py"
    shutil.copy(SIM / "rules/weather.py", rule)
    edit(rule, 'rules["weather_rain_may"]', 'rules["battle_town"] * rules["weather_rain_may"]')
    edit(rule, "uniform(s.seed[0], RAIN, cell, day // 2)", "uniform(s.seed[0], SNOW, cell, day // 2)")
    assert any("reads rules.battle.town" in line for line in checks.unnamed_parameters(rules=(rule,)))
    assert any("SNOW" in line for line in checks.unnamed_draws(rules=(rule,)))


def test_a_stale_table_is_seen(tmp_path: Path) -> None:
    docs = a_copy(tmp_path)
    edit(docs / "odd/parameters.md", "| 0.0024 |", "| 0.0025 |")
    edit(docs / "odd/supply.md", "generated: functions supply.py", "generated: functions baking.py")
    said = list(checks.stale_tables(docs))
    assert any("odd/parameters.md: a generated table is out of date" in line for line in said)
    assert any("nobody makes the generated part 'functions baking.py'" in line for line in said)
    assert any("'functions supply.py' stands on no page" in line for line in said)


def test_a_field_or_word_without_meaning_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {name: dict(entries) for name, entries in tables.meanings().items()}
    del said["UNIT"]["men"], said["schema Unit"]["guns"], said["events"]["mutiny"]
    monkeypatch.setattr(tables, "meanings", lambda: said)
    assert any("UNIT.men" in line for line in checks.unnamed_fields())
    assert any("events] mutiny" in line for line in checks.unnamed_fields())
    assert any("[schema Unit] says nothing of guns" in line for line in checks.unnamed_keys())
    docs = a_copy(tmp_path)
    edit(docs / "odd/command.md", "`disperse`", "disperse")
    assert any("task disperse" in line for line in checks.unnamed_words(docs))
    (docs / "odd/march.md").unlink()
    assert any("phase march" in line for line in checks.unnamed_phases(docs))


def test_broken_links_and_anchors_are_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One two\n\n[a](#one-two) [b](#three) ![c](nowhere.png) [d](page.md#one-two)\n\n```\n[e](f.md)\n```\n",
        encoding="utf-8",
    )
    assert list(links.broken([page])) == [
        "page.md: #three: there is no heading of this name",
        "page.md: nowhere.png leads nowhere",
    ]


def test_a_key_left_out_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    viz = Path(shutil.copytree(ROOT / "viz", tmp_path / "viz", ignore=shutil.ignore_patterns("fonts", "__pycache__")))
    assert list(keys.unnamed_keys_of_the_window(viz)) == []
    edit(viz / "wargame_desk.py", "elif code == pygame.KSCAN_C:", "elif code == pygame.KSCAN_Q:")
    edit(viz / "keymap.py", "pygame.KSCAN_L:", "pygame.KSCAN_F7:")
    said = {name: dict(entries) for name, entries in tables.meanings().items()}
    del said["keys card"]["PgUp, PgDn"]
    monkeypatch.setattr(keys, "meanings", lambda: said)
    head = "docs/tools/meanings.toml: "
    assert list(keys.unnamed_keys_of_the_window(viz)) == [
        f"{head}[keys window] says nothing of F7, which viz/ answers to",
        f"{head}[keys window] L is a key that viz/ does not answer to",
        f"{head}[keys game] says nothing of Q, which viz/ answers to",
        f"{head}[keys game] C is a key that viz/ does not answer to",
        f"{head}[keys card] says nothing of PgDn, which viz/ answers to",
        f"{head}[keys card] says nothing of PgUp, which viz/ answers to",
    ]


def test_a_measurement_of_another_model_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(shutil.copytree(measured.FOLDER, tmp_path / "measured"))
    assert list(measured.stale(folder)) == []
    hashes = tmp_path / "hashes.toml"
    shutil.copy(measured.BASELINES, hashes)
    first = re.search(r'"([0-9a-f]{16})"', hashes.read_text(encoding="utf-8"))
    assert first
    edit(hashes, first[1], "0" * 16)
    monkeypatch.setattr(measured, "BASELINES", hashes)
    assert [line.partition(":")[0] for line in measured.stale(folder)] == [
        f"docs/measured/{path.name}" for path in sorted(folder.glob("*.json"))
    ]


def test_another_fit_asks_for_the_readme(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    shutil.copy(ROOT / "README.md", readme)
    edit(readme, "eight of the eleven emergent", "nine of the eleven emergent")
    assert [line.rpartition(": ")[2] for line in measured.stale_readme(readme)] == [
        "eight of the eleven emergent ones in more than 75 %"
    ]


@pytest.mark.study
@pytest.mark.parametrize(
    ("name", "measure"), [(kernel.NAME, kernel.measure), (standing.NAME, standing.measure)], ids=["kernel", "standing"]
)
def test_what_was_measured_comes_out_again(
    name: str, measure: Callable[[], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = measured.kept(name)
    monkeypatch.setattr(measured, "FOLDER", tmp_path)
    assert measure() == tmp_path / f"{name}.json"
    assert measured.kept(name) == told


# ---------------------------------------------------------------------- the site


def test_the_site_builds_without_network(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs")
    pytest.importorskip("material")
    pytest.importorskip("mkdocstrings_handlers.python")
    built = subprocess.run(
        [sys.executable, "-m", "docs.tools", "site", "--out", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr[-2000:]
    pages = sorted(tmp_path.rglob("*.html"))
    assert len(pages) > 20
    fetched = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=[\"']?(?:https?:)?//[^>]*>")
    for path in pages:
        found = [tag for tag in fetched.findall(path.read_text(encoding="utf-8")) if 'rel="canonical"' not in tag]
        assert found == [], path.name
    for path in tmp_path.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//", path.read_text(encoding="utf-8")), path.name
    index = tmp_path / "search" / "search_index.js"
    assert "var __index" in index.read_text(encoding="utf-8")[:20], (
        "pages opened from a folder need the index as a script"
    )
    api = (tmp_path / "api/runs.html").read_text(encoding="utf-8")
    assert "sim.scenario.load" in api
    assert "Raises ScenarioError" in api
