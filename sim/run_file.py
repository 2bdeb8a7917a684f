"""The run file `.urga`: a zip of NumPy arrays and JSON, no pickle.

`run.json` says what it is (format, certificate, outcome, who and where); `<array>.npy` are the arrays of
`sim.runs.Run`. Equal runs give equal bytes: entries stand in one order and carry no time. A file is written beside
its name and moved there when whole, so that a full disk or Ctrl-C leaves nothing half-written. Reading writes
nothing and runs no code.
"""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from sim.errors import RunFileError

FORMAT = 1
"""Version of the run file; a change of names, dtypes or meanings raises it."""
KIND = "urga run"
HEAD = "run.json"
LEVEL = 3  # of compression: 6 takes three times as long for a tenth less
LONGEST_ARRAY = 1 << 31  # bytes: nothing that a campaign could leave
LONGEST_HEAD = 1 << 26
FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))  # Windows has no quotas
temporary_file: Any = tempfile.NamedTemporaryFile


def write_whole(path: str | Path, write: Callable[[BinaryIO], None], what: str = "file") -> Path:
    """Write a file beside its name and move it there when it is whole and on the disk.

    Raises RunFileError in one line when it cannot be written; then nothing is left behind.
    """
    path = Path(path)
    if path.is_dir():
        raise RunFileError(f"{path}: is a folder; give the name of a {what}")
    folder = path.parent
    if not folder.is_dir():
        raise RunFileError(f"{path}: there is no folder {folder}")
    temporary = ""
    try:
        with temporary_file(dir=folder, prefix=f".{path.name}.", suffix=".part", delete=False) as file:
            temporary = file.name
            write(file)
            file.flush()
            os.fsync(file.fileno())
        _as_usual(temporary, path)
        Path(temporary).replace(path)
    except BaseException as error:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        if isinstance(error, OSError):
            raise RunFileError(f"{path}: cannot be written: {say_os_error(error)}; nothing was written") from None
        raise
    return path


def _as_usual(temporary: str, path: Path) -> None:
    """The rights of the file that is replaced, or those of any new file: temporary files are private."""
    try:
        mode = path.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    Path(temporary).chmod(mode)


def say_os_error(error: OSError) -> str:
    """What the system says of a file, in a few words."""
    if error.errno in FULL:
        return "the disk is full"
    return (error.strerror or str(error) or type(error).__name__).lower()


def write_run(path: str | Path, head: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Path:
    """Write a run file. head: JSON values; arrays: name -> array without Python objects."""

    def write(file: BinaryIO) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
            table = {"kind": KIND, "format": FORMAT, **head, "arrays": list(arrays)}
            text = json.dumps(table, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
            _add(archive, HEAD, text.encode())
            for name, array in arrays.items():
                buffer = io.BytesIO()
                np.lib.format.write_array(buffer, np.ascontiguousarray(array), version=(2, 0), allow_pickle=False)
                _add(archive, f"{name}.npy", buffer.getbuffer())

    return write_whole(path, write, "run file")


def _add(archive: zipfile.ZipFile, name: str, content: bytes | memoryview) -> None:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    entry.create_system = 3  # the same on every system
    archive.writestr(entry, content, compresslevel=LEVEL)


def read_run_file(path: str | Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Head and arrays of a run file. Raises RunFileError in one line for anything that is not a whole run file."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            start = file.read(4)
            if not start:
                raise RunFileError(f"{path}: is empty")
            if start != b"PK\x03\x04":
                raise RunFileError(f"{path}: is no run file (`urga run --out {path.stem}.urga` writes one)")
            file.seek(0)
            with zipfile.ZipFile(file) as archive:
                head = _read_head(path, archive)
                return head, {name: _read_array(path, archive, name) for name in head["arrays"]}
    except FileNotFoundError:
        raise RunFileError(f"{path}: there is no such file") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise RunFileError(f"{path}: is damaged or cut off; write it again with `urga run`") from None
    except OSError as error:
        raise RunFileError(f"{path}: cannot be read: {say_os_error(error)}") from None


def _read_head(path: Path, archive: zipfile.ZipFile) -> dict[str, Any]:
    if HEAD not in archive.namelist() or archive.getinfo(HEAD).file_size > LONGEST_HEAD:
        raise RunFileError(f"{path}: is a zip file, but no run file ({HEAD} is missing)")
    try:
        head: Any = json.loads(archive.read(HEAD))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise RunFileError(f"{path}: {HEAD} in it is not valid JSON") from None
    if not isinstance(head, dict) or head.get("kind") != KIND or not isinstance(head.get("format"), int):
        raise RunFileError(f"{path}: is a zip file, but no run file")
    if head["format"] > FORMAT:
        raise RunFileError(
            f"{path}: was written by a newer urga (run file {head['format']}, this one reads up to "
            f"{FORMAT}): upgrade with `pip install -U urga`"
        )
    if head["format"] < FORMAT:
        raise RunFileError(
            f"{path}: was written by an older urga (run file {head['format']}, this one reads {FORMAT}): run it again"
        )
    table = cast("dict[str, Any]", head)
    names: Any = table.get("arrays")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in cast("list[Any]", names)):
        raise RunFileError(f"{path}: {HEAD} in it does not list its arrays")
    return table


def _read_array(path: Path, archive: zipfile.ZipFile, name: str) -> np.ndarray:
    try:
        entry = archive.getinfo(f"{name}.npy")
    except KeyError:
        raise RunFileError(f"{path}: is damaged: {name}.npy is missing") from None
    if entry.file_size > LONGEST_ARRAY:
        raise RunFileError(f"{path}: is damaged: {name}.npy is too large")
    try:
        return np.lib.format.read_array(io.BytesIO(archive.read(entry)), allow_pickle=False)
    except (ValueError, SyntaxError, TypeError, MemoryError):
        raise RunFileError(f"{path}: is damaged: {name}.npy is no array of numbers") from None
