"""Write files whole or not at all, and say before any work whether one can be written."""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from bayescale.errors import FileError

_KINDS = {
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a link that leads to itself",
}


def require_writable(path: str | Path) -> Path:
    """Raise if a file cannot be written, so that it is known before the work and not after.

    Parameters
    ----------
    path : str or Path
        The file that is to be written.

    Returns
    -------
    Path
        The file itself, where the path is a symbolic link to it.

    Raises
    ------
    FileError
        If the path means anything but a file, present or to come, or its folder is missing or
        cannot be written.
    """
    try:
        target = Path(os.path.realpath(path))
        folder, mode = _mode(target.parent), _mode(target)
    except (OSError, ValueError, TypeError) as error:
        raise _refusal(path, error) from None
    if folder is None:
        raise FileError(
            f"{path}: there is no folder {target.parent}; make the folder or choose another"
        )
    if mode is not None and not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "no file")
        raise FileError(f"{path}: is {kind}, must be a file; give the name of a file")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise FileError(
            f"{path}: the folder {target.parent} cannot be written; choose another, or make it "
            "writable"
        )
    if mode is not None and not os.access(target, os.W_OK):
        raise FileError(f"{path}: is write-protected; choose another name, or make it writable")
    return target


def make_folder(path: str | Path) -> Path:
    """Make a folder, and those it stands in, unless it is there.

    Raises
    ------
    FileError
        If that cannot be done.
    """
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{folder}: {error.strerror}; give a folder that can be written") from None
    return folder


def write_whole(path: str | Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so that no half of it is ever seen.

    Parameters
    ----------
    path : str or Path
        The file; an existing one is replaced and keeps its mode, the target of a symbolic link
        is written rather than the link.
    content : bytes
        All of it.

    Raises
    ------
    FileError
        If the file cannot be written; nothing is left behind and an existing file stays.
    """
    target = require_writable(path)
    # A name of its own, so that two who write the same file never meet.
    part = target.with_name(f".bayescale-{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if (mode := _mode(target)) is not None:
            part.chmod(stat.S_IMODE(mode))
        part.replace(target)
    except OSError as error:
        raise _refusal(path, error) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _mode(path: Path) -> int | None:
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return None


def _refusal(path: str | Path, error: Exception) -> FileError:
    reason = getattr(error, "strerror", None) or str(error)
    return FileError(f"{path}: cannot write: {reason}; give a path that can be written")
