"""Tables as JSON: one object a run, an array, columns, or objects inside objects."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from bayescale.runs.recognising import recognise_document
from bayescale.runs.source import Source


def read_documents(text: str, lines: bool, path: Path) -> Source:
    """Read JSON.

    Parameters
    ----------
    text : str
        One document, or one a line.
    lines : bool
        Whether one a line is to be expected.
    path : Path
        The file, by which some exports name their run.

    Raises
    ------
    ValueError
        If it is no JSON, or no table.
    """
    # pandas.read_json refuses integers beyond 64 bits, which FLOPs are.
    if lines and not text.lstrip().startswith("["):
        return Source(_of_lines(text))
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        if len(text.strip().splitlines()) > 1:
            try:
                return Source(_of_lines(text))
            except ValueError:
                pass
        raise ValueError(f"line {error.lineno}: {error.msg}") from None
    known = recognise_document(document, path)
    if isinstance(known, Source):
        return replace(known, table=counted(known.table))
    try:
        return Source(counted(_of_document(document)), unread=known)
    except ValueError as error:
        raise ValueError(f"{error}; it looks like {known}" if known else str(error)) from None


def counted(table: pd.DataFrame, header: int = 0) -> pd.DataFrame:
    """Return a table with its rows numbered as lines, after those of a header."""
    return table.set_axis(pd.RangeIndex(1 + header, 1 + header + len(table), name="line"))


def _of_document(document: Any) -> pd.DataFrame:
    if not isinstance(document, Mapping):
        return _of_records(document)
    lists = [value for value in document.values() if isinstance(value, list)]
    if {"columns", "data"} <= set(document) and isinstance(document["columns"], list):
        return pd.DataFrame(document["data"], columns=document["columns"])
    if len(lists) == 1 and all(isinstance(record, dict) for record in lists[0]):
        return _of_records(lists[0])
    if lists and len(lists) == len(document):
        return pd.DataFrame(document)
    if document and all(isinstance(value, dict) for value in document.values()):
        return _of_objects(document)
    return _of_records(document)


def _of_objects(document: Mapping[str, Any]) -> pd.DataFrame:
    """Read an object of objects: columns by row number as pandas writes them, or runs by name."""
    keys = [list(value) for value in document.values()]
    numbered = all(key == keys[0] for key in keys) and all(map(str.isdecimal, keys[0]))
    if numbered and keys[0]:
        return pd.DataFrame({name: list(value.values()) for name, value in document.items()})
    return _of_records([{"name": name} | value for name, value in document.items()])


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
