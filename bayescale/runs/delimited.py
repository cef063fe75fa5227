"""Tables as delimited text: the separator is found, every line is held against the header."""

import csv
import io
import re

import pandas as pd

from bayescale.core.text import shorten
from bayescale.errors import RunsError

SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
"""Besides, blanks separate where nothing else does and every line has as many words."""
_SNIFFED_LINES = 50


def read_delimited(text: str, usual: str | None) -> tuple[pd.DataFrame, tuple[str, ...], bool]:
    """Read delimited text.

    Parameters
    ----------
    text : str
        The text, with a header. Lines that begin with ``#`` are comments, unless the last of them
        before the numbers is the header.
    usual : str, optional
        The separator to expect, by the name of the file.

    Returns
    -------
    table : DataFrame
        The index names the line of each row.
    remarks : tuple of str
        The separator, if it is not the usual one.
    comma_likely : bool
        Whether numbers are likely to have a decimal comma: columns are separated otherwise.

    Raises
    ------
    RunsError
        If two columns have one name, or a line has more fields than the header.
    ValueError
        If there is no header.
    """
    lines = _without_bars(_without_comments(text))
    separator = _separator(lines, usual)
    if separator == " ":
        lines = [" ".join(line.split()) + "\n" for line in lines]
    records, numbers = [], []
    reader = csv.reader(io.StringIO("".join(lines)), delimiter=separator, skipinitialspace=True)
    started = 1
    for record in reader:
        if any(field.strip() for field in record):
            records.append(record)
            numbers.append(started)
        started = reader.line_num + 1
    if not records:
        raise ValueError("it is empty")
    header = [name.strip() for name in records[0]]
    _check_names(header)
    for number, record in zip(numbers[1:], records[1:], strict=True):
        _check_width(record, header, number)
    width = len(header)
    clean = io.StringIO()
    csv.writer(clean).writerows([_fitted(record, width) for record in records])
    clean.seek(0)
    table = pd.read_csv(clean, index_col=False, skipinitialspace=True, low_memory=False)
    table = table.set_axis(header, axis=1).set_axis(pd.Index(numbers[1:], name="line"))
    plain = usual is None or separator == usual
    said = () if plain else (f"Columns are separated by {SEPARATORS.get(separator, 'blanks')}.",)
    return table, said, separator == ";"


def _fitted(record: list[str], width: int) -> list[str]:
    """Cut blanks, and make a record as wide as the header."""
    fields = [field.strip() for field in record[:width]]
    return fields + [""] * (width - len(fields))


def _without_comments(text: str) -> list[str]:
    """Return the lines, comments blank, so that lines keep their numbers."""
    lines = io.StringIO(text).readlines()
    first = next((i for i, line in enumerate(lines) if _is_content(line)), len(lines))
    if first and first < len(lines) and _begins_with_number(lines[first]):
        # numpy writes the header as a comment.
        header = (
            max(i for i in range(first) if lines[i].strip())
            if any(line.strip() for line in lines[:first])
            else None
        )
        if header is not None:
            lines[header] = lines[header].lstrip().lstrip("#").lstrip()
            first = header
    return [line if i == first or _is_content(line) else "\n" for i, line in enumerate(lines)]


def _without_bars(lines: list[str]) -> list[str]:
    """Take the bars around each line and the rule off a table of Markdown."""
    held = [line for line in lines if line.strip()]
    if not held or not all(re.fullmatch(r"\s*\|.*\|\s*", line) for line in held):
        return lines
    bare = [line.strip().strip("|") + "\n" if line.strip() else line for line in lines]
    return ["\n" if re.fullmatch(r"[\s|:-]+", line) else line for line in bare]


def _is_content(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _begins_with_number(line: str) -> bool:
    return re.match(r"\s*[\"']?[-+]?\.?\d", line) is not None


def _separator(lines: list[str], usual: str | None) -> str:
    """Return the separator that gives the header and the first lines the same number of fields."""
    sample = [line for line in lines if line.strip()][:_SNIFFED_LINES]
    if not sample:
        return usual or ","

    def widths(separator: str) -> list[int]:
        return [len(record) for record in csv.reader(sample, delimiter=separator)]

    found = {separator: widths(separator) for separator in SEPARATORS}
    splitting = [separator for separator in SEPARATORS if found[separator][0] > 1]
    if not splitting and _blanks_separate(sample):
        return " "
    if not splitting or (usual in splitting and len(set(found[usual or ","])) == 1):
        return usual or ","
    even = [separator for separator in splitting if len(set(found[separator])) == 1]
    if usual in splitting and not even:
        return str(usual)
    return max(even or splitting, key=lambda separator: found[separator][0])


def _blanks_separate(sample: list[str]) -> bool:
    """Return whether every line has as many words as the first, which has several."""
    words = [len(line.split()) for line in sample]
    return len(sample) > 1 and words[0] > 1 and len(set(words)) == 1


def _check_names(header: list[str]) -> None:
    for name in header:
        if name and header.count(name) > 1:
            raise RunsError(
                f"{header.count(name)} columns are called {name!r}; give each a name of its own"
            )


def _check_width(record: list[str], header: list[str], number: int) -> None:
    # Separators at the end of every line are empty fields, which hurt nobody.
    further = [field for field in record[len(header) :] if field.strip()]
    if further:
        raise RunsError(
            f"not a readable table: line {number} has {len(record)} fields, the header has "
            f"{len(header)} ({shorten(further[0])!r} is left over); put a number with a decimal "
            "comma, or a text with a separator, between quotes"
        )
