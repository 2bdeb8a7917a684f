"""The store of a study: a folder of Parquet parts and a manifest, sound after a kill at any moment.

The manifest says what the study is (version, engine, scenario hash, factors, points, seeds). Its runs are numbered
point by point, seed by seed, and cut into parts of one length; what stands in a part follows from its number alone.
A part is written beside its name, flushed and moved there when whole, so it is there entirely or not at all, no run
can stand in two parts, and going on means playing the parts that are missing. A part that cannot be read or lacks
rows is put away and played again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sim.errors import OptionError
from sim.run_file import write_whole

if TYPE_CHECKING:
    import polars

MANIFEST = "manifest.json"
FORMAT = 1
SHARES = (("event.", "event_h."), ("fell.", "fall_h."))  # how often, and the column of hours that says it


def shares_of(names: Iterable[str]) -> dict[str, str]:
    """Outcomes that are shares of runs, `event.<id>` and `fell.<place>`, with the columns of hours that tell them."""
    return {name.replace(hour, share, 1): name for name in names for share, hour in SHARES if name.startswith(hour)}


class StoreError(OptionError):
    """A store that cannot be used: another study's, damaged, or not writable."""


@dataclass
class Store:
    """An open store in a folder.

    `study` is the manifest's content; repaired: names of parts that were damaged and put away.
    """

    folder: Path
    study: dict[str, Any]
    repaired: list[str]

    @property
    def runs(self) -> int:
        """Number of runs of the whole study."""
        return len(self.study["points"]) * len(self.study["seeds"])

    @property
    def parts(self) -> int:
        """Number of parts of the whole study."""
        return -(-self.runs // self.study["part"])

    def span(self, part: int) -> range:
        """Numbers of the runs of a part; run k is seed k % seeds of point k // seeds."""
        size = self.study["part"]
        return range(part * size, min(self.runs, (part + 1) * size))

    def path(self, part: int) -> Path:
        """File of a part."""
        return self.folder / f"part-{part:07d}.parquet"

    def missing(self) -> list[int]:
        """Parts not yet written, in order."""
        there = {path.name for path in self.folder.glob("part-*.parquet")}
        return [part for part in range(self.parts) if self.path(part).name not in there]

    def write(self, part: int, frame: polars.DataFrame) -> None:
        """Write a part, the frame of its runs, whole or not at all. Raises RunFileError, e.g. when the disk is full."""
        write_whole(self.path(part), lambda file: frame.write_parquet(file, statistics=False), "part")

    def scan(self) -> polars.LazyFrame:
        """All rows written so far, in order of their numbers, read when asked for. Raises StoreError: none yet."""
        import polars

        there = sorted(self.folder.glob("part-*.parquet"))
        if not there:
            raise StoreError(f"{self.folder}: holds no runs yet")
        return polars.scan_parquet(there)

    def table(self) -> polars.DataFrame:
        """All rows: run, point, seed, the factors, the outcomes (null: did not occur), error."""
        return self.scan().collect()

    def points(self, outcome: str) -> polars.DataFrame:
        """A row a point: the factors, n, mean, half-width of the 95 % interval; runs without the outcome left out.

        outcome: a column of the table, or `event.<id>` and `fell.<place>`: the share of runs in which it occurred,
        of all runs that did not fail. Raises OptionError for an outcome that is not in the store.
        """
        import polars as pl

        from sim.errors import suggest

        names = self.study["columns"]
        shares = shares_of(names)
        if outcome not in names and outcome not in shares:
            raise OptionError(f"there is no outcome {outcome!r}{suggest(outcome, [*names, *shares])}")
        value, rows = pl.col(outcome), self.scan()
        if outcome in shares:
            value = pl.col(shares[outcome]).is_not_null().cast(pl.Float64)
            rows = rows.filter(pl.col("error").is_null())
        factors = self.study["factors"]
        return (
            rows.group_by("point", *factors)
            .agg(
                value.count().alias("n"),
                value.mean().alias("mean"),
                (1.96 * value.std() / value.count().sqrt()).alias("half"),
            )
            .sort("point")
            .collect()
        )


def open_store(folder: str | Path, study: Mapping[str, Any]) -> Store:
    """Open a store for a study, or begin one; checks every part there. Raises StoreError for another study's store."""
    place = Path(folder)
    wanted = json.loads(json.dumps({"kind": "urga study", "format": FORMAT, **study}))
    try:
        place.mkdir(parents=True, exist_ok=True)
        for stray in place.glob(".*.part"):  # what a killed writer left behind
            stray.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{place}: cannot be written: {error.strerror or error}") from None
    manifest = place / MANIFEST
    if manifest.exists():
        _same_study(place, read_manifest(place), wanted)
    elif any(place.iterdir()):
        raise StoreError(f"{place}: is no store and not empty: give a new folder")
    else:
        text = json.dumps(wanted, ensure_ascii=False, indent=1)
        write_whole(manifest, partial(_put, text), "manifest")
    store = Store(place, wanted, [])
    _repair(store)
    return store


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """The manifest of a store. Raises StoreError for what is no store."""
    place = Path(folder)
    try:
        found = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        if found["kind"] != "urga study" or found["format"] != FORMAT:
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreError(f"{place}: is no store of a study of this version (no readable {MANIFEST})") from None
    return found


def read_store(folder: str | Path) -> Store:
    """Open a store to read it, whether or not its study is finished."""
    return Store(Path(folder), read_manifest(folder), [])


def _put(text: str, file: BinaryIO) -> None:
    file.write(text.encode())


def _same_study(place: Path, found: dict[str, Any], wanted: dict[str, Any]) -> None:
    unlike = [key for key in wanted if found.get(key) != wanted[key]]
    if unlike:
        raise StoreError(f"{place}: holds another study (it differs in {', '.join(unlike)}): give another folder")


def _repair(store: Store) -> None:
    """Put away parts that cannot be read or have not the rows that their number asks for."""
    import polars

    for path in sorted(store.folder.glob("part-*.parquet")):
        number = path.stem.removeprefix("part-")
        part = int(number) if number.isdigit() else -1
        try:
            rows = polars.read_parquet(path, columns=["run"])["run"].to_list()
            sound = 0 <= part < store.parts and rows == list(store.span(part))
        except Exception:
            sound = False
        if not sound:
            path.unlink()
            store.repaired.append(path.name)
