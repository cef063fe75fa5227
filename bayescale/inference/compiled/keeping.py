"""The folder in which machine code is kept: whose it is, what is in it, and how much.

A file is a SHA-256 of everything that follows it, a line of JSON about the code, and the code. It
is never unpickled. Who can write the folder can have code run, as with any program of the user:
so the folder has to be the user's own, and nobody else may write it.
"""

import hashlib
import json
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs

from bayescale.core.files import write_whole
from bayescale.core.warning import warn
from bayescale.errors import FileError

VARIABLE = "BAYESCALE_CACHE"
"""The environment variable that names another folder, or is 0 to keep nothing."""

MOST_BYTES = 64_000_000
"""What is used longest ago goes when there is more: thousands of densities."""

_SUFFIX = ".code"


class Code(NamedTuple):
    """Machine code and what has to be known of it, as JSON can hold it."""

    about: dict[str, Any]
    code: bytes


def read_code(key: str) -> Code | None:
    """Return what is kept under a key, or None if nothing is that can be trusted.

    Warns
    -----
    BayescaleWarning
        If the folder is not the user's own alone.
    """
    folder = _folder()
    if folder is None or not folder.exists() or not _is_safe(folder):
        return None
    path = folder / f"{key}{_SUFFIX}"
    try:
        if not _is_own(path, stat.S_ISREG):
            return None
        digest, _, body = path.read_bytes().partition(b"\n")
        if digest != _digest(body):
            return None
        about, _, code = body.partition(b"\n")
        with suppress(OSError):
            os.utime(path)
        return Code(json.loads(about), code)
    except (OSError, ValueError):
        return None


def keep_code(key: str, code: Code) -> None:
    """Keep code under a key; what cannot be kept is compiled again the next time.

    Warns
    -----
    BayescaleWarning
        If it cannot be kept.
    """
    if (folder := _folder()) is None:
        return
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_safe(folder):
            return
        body = json.dumps(code.about).encode() + b"\n" + code.code
        write_whole(folder / f"{key}{_SUFFIX}", _digest(body) + b"\n" + body)
        _forget_the_oldest(folder)
    except (OSError, FileError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        warn(f"compiled code cannot be kept ({reason}), so every process compiles it; {_REMEDY}")


def drop_code(key: str) -> None:
    """Forget what is kept under a key."""
    if (folder := _folder()) is not None:
        with suppress(OSError):
            (folder / f"{key}{_SUFFIX}").unlink(missing_ok=True)


_REMEDY = f"name a folder of your own in {VARIABLE}, or set {VARIABLE}=0 to keep nothing"


def _folder() -> Path | None:
    given = os.environ.get(VARIABLE, "")
    if given == "0":
        return None
    return Path(given) if given else Path(platformdirs.user_cache_dir("bayescale")) / "compiled"


def _is_safe(folder: Path) -> bool:
    if _is_own(folder, stat.S_ISDIR):
        return True
    warn(
        f"{folder} is a link, or others than you can write it, so code kept there is not run and "
        f"every process compiles its own; make it yours with chmod 700, or {_REMEDY}"
    )
    return False


def _is_own(path: Path, is_kind: Any) -> bool:
    """Whether a path is itself of a kind, belongs to the user, and only the user may write it."""
    found = path.lstat()
    if not is_kind(found.st_mode):
        return False
    if os.name != "posix":
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def _forget_the_oldest(folder: Path) -> None:
    files = [(found.stat(), found) for found in folder.glob(f"*{_SUFFIX}")]
    files.sort(key=lambda entry: entry[0].st_mtime, reverse=True)
    total = 0
    for about, path in files:
        total += about.st_size
        if total > MOST_BYTES:
            path.unlink(missing_ok=True)
