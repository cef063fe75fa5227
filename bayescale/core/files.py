"""Write files whole or not at all."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bayescale.errors import FitError


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its place and move it there, so that no half of it is ever seen.

    Parameters
    ----------
    path : Path
        The file; an existing one is replaced.
    write : callable
        Called with the path to write to.

    Raises
    ------
    FitError
        If the file cannot be written; nothing is left behind and an existing file stays.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        write(part)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise FitError(f"{path}: cannot write: {reason}; give a path that can be written") from None
