"""Find a public table on this machine, or download it; its checksum is always verified."""

import hashlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import platformdirs

from bayescale.datasets.card import Download
from bayescale.errors import RunsError

DATA_VARIABLE = "BAYESCALE_DATA"
"""The environment variable that names a folder of tables downloaded by hand."""


def fetch(table: Download) -> Path:
    """Return the path of a public table whose content is the one the card promises.

    Looked for, in this order: anywhere in the folder that the environment variable
    ``BAYESCALE_DATA`` names, in the cache of the user, at its address. A download stays in the
    cache.

    Parameters
    ----------
    table : Download
        The address, name and SHA-256 sum of the table.

    Returns
    -------
    Path

    Raises
    ------
    RunsError
        If ``BAYESCALE_DATA`` is not a folder or holds another file of this name, or the download
        fails or gives other content.
    """
    # A folder for each content: tables of the same name, or of an older card, never meet.
    cached = cache_folder() / table.sha256[:12] / table.file
    return _in_data_folder(table) or _in_cache(cached, table) or _download(table, cached)


def cache_folder() -> Path:
    """Return the folder that keeps downloads.

    Returns
    -------
    Path
    """
    return Path(platformdirs.user_cache_dir("bayescale"))


def _in_data_folder(table: Download) -> Path | None:
    value = os.environ.get(DATA_VARIABLE)
    if not value:
        return None
    folder = Path(value).expanduser()
    if not folder.is_dir():
        raise RunsError(
            f"{DATA_VARIABLE}={value} is not a folder: name the folder that holds {table.file}, "
            "or unset it to have the file downloaded"
        )
    found = sorted(path for path in folder.rglob(table.file) if path.is_file())
    sums = {path: _sha256(path) for path in found}
    for path, seen in sums.items():
        if seen == table.sha256:
            return path
    for path, seen in sums.items():
        raise RunsError(
            f"{path} has SHA-256 {seen}, must have {table.sha256}: replace it by the file at "
            f"{table.url}, or unset {DATA_VARIABLE} to have it downloaded"
        )
    return None


def _in_cache(cached: Path, table: Download) -> Path | None:
    # A spoilt file in the cache is not the user's doing: it is downloaded anew.
    return cached if cached.is_file() and _sha256(cached) == table.sha256 else None


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RunsError(
            f"{path} cannot be read ({error.strerror}): make it readable, or remove it"
        ) from None


def _download(table: Download, cached: Path) -> Path:
    import pooch  # slow to import, and seldom needed

    def download_and_check(url: str, output: str, caller: Any) -> None:
        pooch.HTTPDownloader(progressbar=False)(url, output, caller)
        seen = _sha256(Path(output))
        if seen != table.sha256:
            raise RunsError(
                f"{url} gave a file with SHA-256 {seen}, must be {table.sha256}: nothing was "
                f"kept; {_by_hand(table)}"
            )

    try:
        with _quiet(pooch.get_logger()):
            pooch.retrieve(
                table.url,
                known_hash=f"sha256:{table.sha256}",
                fname=cached.name,
                path=cached.parent,
                downloader=download_and_check,
            )
    except OSError as error:
        raise RunsError(
            f"cannot download {table.url} to {cached.parent} ({_reason(error)}): {_by_hand(table)}"
        ) from None
    return cached


def _by_hand(table: Download) -> str:
    return (
        f"get {table.file} by hand, put it in a folder and name that folder in the environment "
        f"variable {DATA_VARIABLE}"
    )


def _reason(error: OSError) -> str:
    # Errors of the HTTP library are OSErrors too, without the text of the system.
    response = getattr(error, "response", None)
    if response is not None:
        return f"HTTP status {response.status_code}"
    return error.strerror or f"the connection failed: {type(error).__name__}"


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Keep a download silent, unless somebody watches."""
    level = logger.level
    if not sys.stderr.isatty():
        logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
