"""What the runs are read from: a DataFrame, a file, several, a folder or a pattern of names."""

import glob
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from bayescale.core.text import counted, shorten
from bayescale.errors import RunsError
from bayescale.runs.exports.curves import run_folder
from bayescale.runs.formats import names_a_table, read_file
from bayescale.runs.recognising import known_exports, recognise_table
from bayescale.runs.source import Source
from bayescale.runs.widening import lengthen

type Given = str | Path | pd.DataFrame | Sequence[str | Path]

FILE = "file"
"""The column that names the file of a row, where several were read."""

_PROSE = {".md", ".txt"}
"""What ends so may be a table where it is named, but in a folder it mostly is about one."""

_MOST_FILES = 10_000


def read_source(source: Given, wide: str | None = None) -> Source:
    """Read what the runs are given as; see `bayescale.load_runs`.

    Raises
    ------
    RunsError
        If it cannot be read as a table, or two of its columns have one name.
    """
    if isinstance(source, pd.DataFrame):
        found, label = recognise_table(Source(_with_row_names(source)), None), "the DataFrame"
    else:
        found, label = _read_files(_files(source)), label_of_source(source)
    found = _named(found, label)
    if wide is None:
        return found
    try:
        return lengthen(found, wide)
    except RunsError as error:
        raise RunsError(f"{label}: {error}") from None


def label_of_source(source: Given) -> str:
    """Return what to call a source in sentences."""
    if isinstance(source, pd.DataFrame):
        return "a DataFrame"
    if isinstance(source, str | Path):
        return str(source)
    paths = [str(path) for path in source]
    if len(paths) < 2:
        return paths[0] if paths else "no file"
    return f"{counted(len(paths), 'file')} ({paths[0]}, ...)"


def _files(source: str | Path | Sequence[str | Path]) -> list[Path]:
    if not isinstance(source, str | Path):
        found = [path for part in source for path in _files(part)]
        if not found:
            raise RunsError("no files are given; give the path of a table of runs")
        return found
    if "://" in str(source):
        raise RunsError(
            f"{shorten(source)}: is an address; nothing is fetched, so download it and give the "
            "path of the file"
        )
    path = Path(source)
    try:
        there = path.exists()
    except (OSError, ValueError):
        there = False
    if there and path.is_dir():
        return _inside(path)
    if not there and glob.has_magic(str(source)):
        root = Path(path.anchor)
        matches = sorted(root.glob(str(path.relative_to(root))))
        return _limited([match for match in matches if match.is_file()], str(source), "pattern")
    return [path]


def _inside(folder: Path) -> list[Path]:
    """Return the files of a folder: exports of a known program wherever they are, or tables."""
    for export in known_exports():
        matches = {path for name in export.names for path in folder.rglob(name)}
        if found := sorted(path for path in matches if path.is_file()):
            return _limited(found, str(folder), "folder")
    inside = [path for path in folder.iterdir() if path.suffix.lower() not in _PROSE]
    tables = [path for path in inside if path.is_file() and names_a_table(path)]
    return _limited(sorted(tables), str(folder), "folder")


def _limited(found: list[Path], where: str, kind: str) -> list[Path]:
    if not found:
        none = "holds no table of runs" if kind == "folder" else "no file is called like that"
        raise RunsError(f"{where}: {none}; give the path of a file that holds a table of runs")
    if len(found) > _MOST_FILES:
        raise RunsError(f"{where}: {len(found)} files are more than {_MOST_FILES}; give fewer")
    return found


def _read_files(paths: list[Path]) -> Source:
    if len(paths) == 1:
        return read_file(paths[0])
    labels = _labels(paths)
    found = [_named(read_file(path), str(path)) for path in paths]
    return _joined(found, labels, [str(run_folder(path.absolute())) for path in paths])


def _labels(paths: list[Path]) -> list[str]:
    """Return what tells files apart: their names without endings, or the folders they are in."""
    stems = [path.name.partition(".")[0] for path in paths]
    if len(set(stems)) == len(paths):
        return stems
    parts = [path.absolute().parts for path in paths]
    common = next((i for i, part in enumerate(zip(*parts, strict=False)) if len(set(part)) > 1), 0)
    same_name = len({path.name for path in paths}) == 1
    ends = [part[common:-1] if same_name else part[common:] for part in parts]
    return ["/".join(end) or path.name for end, path in zip(ends, paths, strict=True)]


def _joined(found: list[Source], labels: list[str], folders: list[str]) -> Source:
    """Put the tables of several files below each other, with a column that names the file."""
    kinds = sorted({each.kind or "plain tables" for each in found})
    if len(kinds) > 1:
        raise RunsError(
            f"the files are of several kinds ({'; '.join(kinds)}), which have no columns in "
            "common; give those of one kind"
        )
    taken = any(FILE in each.table for each in found)
    name = "file_name" if taken else FILE
    curve, pieces = found[0].curve, []
    for each, label in zip(found, labels, strict=True):
        piece = each.table.assign(**{name: label})
        piece.index = pd.Index([f"{row} of {label}" for row in piece.index], name="line")
        pieces.append(piece)
    # A column that is empty in a file says nothing of its type.
    table = pd.concat([piece.dropna(axis=1, how="all") for piece in pieces])
    if curve:
        table = _one_curve_each(table, curve, name, dict(zip(labels, folders, strict=True)))
    remark = f"{len(found)} files were read; the column {name} names them."
    seen = dict.fromkeys(said for each in found for said in each.remarks)
    doubts = tuple(dict.fromkeys(doubt for each in found for doubt in each.doubts))
    usual = {key: value for each in reversed(found) for key, value in each.usual.items()}
    return replace(
        found[0],
        table=table,
        remarks=(remark, *seen),
        comma_likely=any(each.comma_likely for each in found),
        usual=usual,
        doubts=doubts,
        unread=next((each.unread for each in found if each.unread), ""),
    )


def _one_curve_each(
    table: pd.DataFrame, curve: str, name: str, folders: dict[str, str]
) -> pd.DataFrame:
    """Tell runs of one name in several folders apart, and count what several files hold once."""
    folder = table[name].map(folders)
    several = folder.groupby(table[curve]).transform("nunique") > 1
    runs = table[curve].where(~several, table[name])
    # Each checkpoint of a run holds all that was logged until then; FLOPs are rounded anew.
    same = [column for column in table if column not in {name, "flops"}]
    again = table.assign(**{curve: runs}).duplicated(subset=same)
    return table.assign(**{curve: runs})[~again]


def _named(found: Source, label: str) -> Source:
    """Give the columns names that are text, each of them one."""
    table = found.table.copy(deep=False)
    table.columns = pd.Index([_column_name(name) for name in table.columns], dtype=object)
    counts = Counter(table.columns)
    if repeated := [name for name, count in counts.items() if count > 1 and name]:
        raise RunsError(
            f"{label}: {counts[repeated[0]]} columns are called {repeated[0]!r}; give each a name "
            "of its own"
        )
    return replace(found, table=table)


def _column_name(name: object) -> str:
    text = ".".join(map(str, name)) if isinstance(name, tuple) else str(name)
    return unicodedata.normalize("NFC", text).strip()


def _with_row_names(given: pd.DataFrame) -> pd.DataFrame:
    simple = given.index.is_unique and given.index.nlevels == 1
    return given if simple else given.reset_index(drop=True)


def origin_of(source: Given) -> str | list[str]:
    """Return the path or paths of a source, as they were given; empty for a DataFrame."""
    if isinstance(source, pd.DataFrame):
        return ""
    if isinstance(source, str | Path):
        return str(source)
    return list(map(str, source))
