"""Files that hold a table, whatever their format, as a DataFrame whose index names the rows."""

import bz2
import csv
import gzip
import io
import json
import lzma
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from bayescale.core.text import shorten
from bayescale.errors import RunsError
from bayescale.runs.delimited import read_delimited

SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".jsonl", ".ndjson", ".json", ".xlsx")
"""The formats, by the end of the name of a file; text may be compressed besides."""


def _only_member(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        if len(names) != 1:
            raise ValueError(f"the archive holds {len(names)} files; give one table")
        return archive.read(names[0])


COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".xz": lzma.decompress,
    ".bz2": bz2.decompress,
    ".zip": _only_member,
}


@dataclass(frozen=True)
class Source:
    """A table as it was given.

    Attributes
    ----------
    table : DataFrame
        Its cells; the index names the row (the line of a file).
    remarks : tuple of str
        How it was read, where that was not plain.
    comma_likely : bool
        Whether its numbers are likely to have a decimal comma.
    """

    table: pd.DataFrame
    remarks: tuple[str, ...] = ()
    comma_likely: bool = False


def read_source(source: str | Path | pd.DataFrame) -> Source:
    """Read a file or take a DataFrame.

    Raises
    ------
    RunsError
        If it cannot be read as a table, or two of its columns have one name.
    """
    if isinstance(source, pd.DataFrame):
        found, label = Source(_with_row_names(source)), "the DataFrame"
    else:
        found, label = _read_file(Path(source)), str(source)
    table = found.table.copy(deep=False)
    table.columns = pd.Index([_column_name(name) for name in table.columns], dtype=object)
    if repeated := [name for name, count in Counter(table.columns).items() if count > 1 and name]:
        raise RunsError(
            f"{label}: {Counter(table.columns)[repeated[0]]} columns are called "
            f"{repeated[0]!r}; give each a name of its own"
        )
    return Source(table, found.remarks, found.comma_likely)


def names_a_table(path: Path) -> bool:
    """Return whether the name of a file is that of a table that can be read."""
    return _inner(path).suffix.lower() in SUFFIXES


def _inner(path: Path) -> Path:
    """Return the name of what a compressed file holds."""
    return path.with_suffix("") if path.suffix.lower() in COMPRESSIONS else path


def _column_name(name: object) -> str:
    text = ".".join(map(str, name)) if isinstance(name, tuple) else str(name)
    return unicodedata.normalize("NFC", text).strip()


def _with_row_names(given: pd.DataFrame) -> pd.DataFrame:
    simple = given.index.is_unique and given.index.nlevels == 1
    return given if simple else given.reset_index(drop=True)


def _read_file(path: Path) -> Source:
    inner = _inner(path)
    suffix = inner.suffix.lower()
    if suffix not in SUFFIXES and not path.is_dir():
        raise RunsError(
            f"{path}: cannot read files ending in {inner.suffix!r}; give one of "
            f"{', '.join(SUFFIXES)} (or one of them ending in {', '.join(COMPRESSIONS)} besides)"
        )
    content = _content(path)
    try:
        if path != inner:
            content = COMPRESSIONS[path.suffix.lower()](content)
        return _of_content(content, suffix)
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


def _of_content(content: bytes, suffix: str) -> Source:
    if suffix == ".parquet":
        return Source(_counted(pd.read_parquet(io.BytesIO(content))))
    if suffix == ".xlsx":
        return Source(_read_workbook(content))
    text = content.decode("utf-8-sig")
    if suffix in {".json", ".jsonl", ".ndjson"}:
        return Source(_read_json(text, lines=suffix != ".json"))
    table, remarks, comma_likely = read_delimited(text, {".csv": ",", ".tsv": "\t"}.get(suffix))
    return Source(table, remarks, comma_likely)


def _counted(table: pd.DataFrame, header: int = 0) -> pd.DataFrame:
    return table.set_axis(pd.RangeIndex(1 + header, 1 + header + len(table), name="line"))


def _read_workbook(content: bytes) -> pd.DataFrame:
    if find_spec("openpyxl") is None:
        raise RunsError(
            "reading .xlsx needs openpyxl, which is not installed; install it with pip install "
            "openpyxl, or save the table as .csv, .tsv, .parquet, .jsonl or .ndjson"
        )
    return _counted(pd.read_excel(io.BytesIO(content)), header=1)


def _read_json(text: str, lines: bool) -> pd.DataFrame:
    # pandas.read_json refuses integers beyond 64 bits, which FLOPs are.
    if lines and not text.lstrip().startswith("["):
        return _of_lines(text)
    try:
        records = json.loads(text)
    except json.JSONDecodeError as error:
        if len(text.strip().splitlines()) > 1:
            try:
                return _of_lines(text)
            except ValueError:
                pass
        raise ValueError(f"line {error.lineno}: {error.msg}") from None
    if isinstance(records, dict):
        lists = [value for value in records.values() if isinstance(value, list)]
        if len(lists) == 1 and all(isinstance(record, dict) for record in lists[0]):
            records = lists[0]
        elif lists and len(lists) == len(records):
            return _counted(pd.DataFrame(records))
    return _counted(_of_records(records))


def _of_lines(text: str) -> pd.DataFrame:
    records, rows = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            records.append(json.loads(line))
        except json.JSONDecodeError as error:
            raise ValueError(f"line {number}: {error.msg}") from None
        rows.append(number)
    return _of_records(records).set_axis(pd.Index(rows, name="line"))


def _of_records(records: Any) -> pd.DataFrame:
    """Make a table of JSON objects; an object inside one gives columns such as ``train.lr``."""
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise ValueError("it holds no list of objects; give one object for each run")
    return pd.json_normalize(records)
