"""Files that hold a table, whatever their format, as a DataFrame whose index names the rows."""

import bz2
import csv
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from bayescale.core.text import shorten
from bayescale.errors import RunsError
from bayescale.runs.delimited import read_delimited
from bayescale.runs.documents import counted, read_documents
from bayescale.runs.recognising import export_of_file, read_export, recognise_table
from bayescale.runs.source import Source

SUFFIXES = (
    ".csv",
    ".tsv",
    ".txt",
    ".dat",
    ".md",
    ".parquet",
    ".jsonl",
    ".ndjson",
    ".json",
    ".xlsx",
)
"""The formats, by the end of the name of a file; text may be compressed besides."""


def _only_member(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        if len(names) != 1:
            raise ValueError(f"the archive holds {len(names)} files; give one table")
        return archive.read(names[0])


_UNREADABLE = dict.fromkeys((".pkl", ".pickle", ".pt", ".pth"), " (which could run code)")

COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".xz": lzma.decompress,
    ".bz2": bz2.decompress,
    ".zip": _only_member,
}


def names_a_table(path: Path) -> bool:
    """Return whether the name of a file is that of a table that can be read."""
    return _inner(path).suffix.lower() in SUFFIXES or export_of_file(path) is not None


def _inner(path: Path) -> Path:
    """Return the name of what a compressed file holds."""
    return path.with_suffix("") if path.suffix.lower() in COMPRESSIONS else path


def read_file(path: Path) -> Source:
    """Read a file as the export of a known program, or as a plain table.

    Raises
    ------
    RunsError
        If it is no file, or cannot be read as a table.
    """
    if (export := export_of_file(path)) is not None and not path.is_dir():
        return read_export(export, path)
    inner = _inner(path)
    suffix = inner.suffix.lower()
    if suffix not in SUFFIXES and not path.is_dir():
        raise RunsError(
            f"{path}: cannot read files ending in {inner.suffix!r}{_UNREADABLE.get(suffix, '')}; "
            f"give one of {', '.join(SUFFIXES)} (or one of them ending in "
            f"{', '.join(COMPRESSIONS)} besides)"
        )
    content = _content(path)
    try:
        if path != inner:
            content = COMPRESSIONS[path.suffix.lower()](content)
        return recognise_table(_of_content(content, suffix, path), path)
    except RunsError as error:
        raise RunsError(f"{path}: {error}") from None
    except UnicodeDecodeError:
        raise RunsError(f"{path}: not a readable table: it is no UTF-8; save it as UTF-8") from None
    except (
        ValueError,
        TypeError,
        KeyError,
        RecursionError,
        OSError,
        EOFError,
        csv.Error,
        zlib.error,
        lzma.LZMAError,
        zipfile.BadZipFile,
    ) as error:
        first = shorten(str(error).strip().partition("\n")[0], 200)
        raise RunsError(f"{path}: not a readable table: {first}") from None


def _content(path: Path) -> bytes:
    # A pipe would be waited for without end, a device may have no end.
    if path.exists() and not path.is_file():
        kind = "a folder" if path.is_dir() else "a pipe or a device"
        raise RunsError(f"{path}: is {kind}; give the path of a file that holds a table of runs")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise RunsError(
            f"{path}: No such file or directory; give the path of a table of runs"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RunsError(f"{path}: {reason}; give the path of a table of runs") from None


def _of_content(content: bytes, suffix: str, path: Path) -> Source:
    if suffix == ".parquet":
        return Source(counted(pd.read_parquet(io.BytesIO(content))))
    if suffix == ".xlsx":
        return _read_workbook(content)
    text = content.decode("utf-8-sig")
    if suffix in {".json", ".jsonl", ".ndjson"}:
        return read_documents(text, suffix != ".json", path)
    table, remarks, comma_likely = read_delimited(text, {".csv": ",", ".tsv": "\t"}.get(suffix))
    return Source(table, remarks, comma_likely)


def _read_workbook(content: bytes) -> Source:
    if find_spec("openpyxl") is None:
        raise RunsError(
            "reading .xlsx needs openpyxl, which is not installed; install it with pip install "
            "openpyxl, or save the table as .csv, .tsv, .parquet, .jsonl or .ndjson"
        )
    sheets = pd.read_excel(io.BytesIO(content), sheet_name=None)
    filled = [name for name, sheet in sheets.items() if len(sheet)]
    if len(filled) > 1:
        raise RunsError(
            f"the workbook has {len(filled)} sheets ({', '.join(map(shorten, filled[:8]))}); save "
            "the one that holds the runs as a file of its own, such as .csv"
        )
    return Source(counted(sheets[filled[0]] if filled else next(iter(sheets.values())), header=1))
