"""The file of a fit: its tree in NetCDF, followed by a checksum of every byte before."""

import hashlib
from pathlib import Path

import xarray as xr

from bayescale.core.files import require_writable, write_whole
from bayescale.core.text import first_line
from bayescale.errors import FileError, FitError
from bayescale.posterior.netcdf import decode_tree, encode_tree

_HDF5 = b"\x89HDF\r\n\x1a\n"
_MARK = b"\nbayescale sha256 "
_SEAL = len(_MARK) + 64
# Says inside the file that a seal has to follow, so that none can be lost unnoticed.
_SEALED = "sealed"


def save_tree(tree: xr.DataTree, path: str | Path) -> None:
    """Write a tree and its checksum, whole or not at all.

    The checksum stands behind the end of the NetCDF file, where readers of NetCDF do not look. It
    is one of bytes rather than of numbers: no damage reaches the library that reads them, and
    no later version of it can read an intact file as an altered one.

    Raises
    ------
    FitError
        If the file cannot be written; nothing is left behind and an existing file stays.
    """
    sealed = tree.copy()
    sealed.attrs = {**tree.attrs, _SEALED: "sha256"}
    try:
        require_writable(path)
        content = encode_tree(sealed)
        write_whole(path, content + _seal(content))
    except FileError as error:
        raise FitError(str(error)) from None


def load_tree(path: str | Path) -> tuple[xr.DataTree, bool]:
    """Read a tree, and whether a checksum vouches for it.

    Raises
    ------
    FitError
        If the file is missing, is no NetCDF file, or is not what was written.
    """
    content = _read(Path(path))
    body, seal = content, b""
    if content[-_SEAL:].startswith(_MARK):
        body, seal = content[:-_SEAL], content[-_SEAL:]
        if seal != _seal(body):
            raise _altered(path)
    try:
        tree = decode_tree(body)
    except Exception as error:  # what damaged bytes raise is not listed anywhere
        raise FitError(
            f"{path}: not a readable fit ({first_line(error)}); fit the runs again"
        ) from None
    if tree.attrs.pop(_SEALED, None) is not None and not seal:
        raise _altered(path)
    return tree, bool(seal)


def _seal(content: bytes) -> bytes:
    return _MARK + hashlib.sha256(content).hexdigest().encode()


def _altered(path: str | Path) -> FitError:
    return FitError(
        f"{path}: was altered or damaged after it was saved, its checksum does not fit; take a "
        "copy of it, or fit the runs again"
    )


def _read(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise FitError(f"{path}: is no file; give the file of a fit")
        with path.open("rb") as file:
            if file.read(len(_HDF5)) == _HDF5:
                return _HDF5 + file.read()
    except FileNotFoundError:
        raise FitError(f"{path}: no such file; write one with fit.save or bayescale fit") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise FitError(f"{path}: cannot be read: {reason}; make it readable") from None
    except MemoryError:
        raise FitError(f"{path}: is larger than the memory; give the file of a fit") from None
    raise FitError(f"{path}: not a readable fit (no NetCDF file); fit the runs again")
