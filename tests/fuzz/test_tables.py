"""Whatever a table holds, it is refused with a reason or every run of it is sound."""

import csv
import datetime
import io
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

import bayescale as bs
from bayescale.core.quantities import BY_COLUMN
from tests.fuzz.effort import QUIET, examples

pytestmark = QUIET

USUAL = st.sampled_from([1e8, 2e8, 3.5e9, 7e10, 2e9, 4e10, 10**9, 2.5, 3.1, 2.9])
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(),
    st.text(max_size=8),
    st.sampled_from(
        ["19.0 M", "8,192", "1,5", "1.234,5", "8.66x10^16", "1e400", "nan", "-", "70B", "7%", "=1"]
    ),
    st.sampled_from([10**400, 1 + 2j, b"1e9", (), [1.0], {"a": 1}, pd.NA, pd.NaT, np.float32(2)]),
    st.just(datetime.date(2026, 1, 1)),
    # A frame that holds a signalling NaN cannot even be printed.
    st.decimals().filter(lambda number: not number.is_snan()),
    st.fractions(),
)
CELL = st.one_of(USUAL, USUAL, USUAL, ODD)
HEADER = st.one_of(
    st.sampled_from(["params", "tokens", "loss", "flops", "unique_tokens", "seed", "run", "arm"]),
    st.sampled_from(["share_code", "experts", "Params", " loss ", "", "run_id", "chain", "step"]),
    st.text(max_size=5),
    st.sampled_from([0, None, 1.5, ("a", "b"), np.nan]),
)
INDEX = st.sampled_from(["default", "same", "text", "dates", "missing"])


@st.composite
def tables(draw):
    headers = ["params", "tokens", "loss", *draw(st.lists(HEADER, max_size=3))]
    headers = headers[draw(st.sampled_from([0, 0, 0, 1])) :]
    rows = draw(st.integers(0, 7))
    cells = st.lists(
        draw(st.sampled_from([USUAL, USUAL, USUAL, CELL])), min_size=rows, max_size=rows
    )
    columns = [pd.Series(draw(cells), dtype=object) for _ in headers]
    table = pd.concat(columns, axis=1) if draw(st.booleans()) else _inferred(columns)
    table.columns = pd.Index(headers, dtype=object)
    return _with_index(table, draw(INDEX))


def _inferred(columns):
    return pd.concat([column.infer_objects() for column in columns], axis=1)


def _with_index(table, kind):
    indices = {
        "same": [0] * len(table),
        "text": [f"row {number}" for number in range(len(table))],
        "dates": pd.date_range("2026-01-01", periods=len(table)),
        "missing": [np.nan] * len(table),
    }
    return table.set_axis(indices[kind], axis=0) if kind in indices else table


COLUMN = st.one_of(
    st.sampled_from(["params", "tokens", "loss", "flops", "params * 1e9", "log(loss)", "`a b`"]),
    st.sampled_from(["loss / 0", "exp(tokens)", "tokens ** tokens", "", "(", "-loss", "1e9"]),
    st.text(max_size=6),
)
LABELS = st.lists(st.one_of(st.sampled_from(["seed", "arm", "run", "loss"]), COLUMN), max_size=2)
HOW = st.fixed_dictionaries(
    {"bad_rows": st.sampled_from(["error", "refuse", "refuse"])},
    optional={
        "params": COLUMN,
        "tokens": COLUMN,
        "loss": COLUMN,
        "flops": COLUMN,
        "unique_tokens": COLUMN,
        "groups": LABELS,
        "columns": st.dictionaries(st.sampled_from(["experts", "share_code", "mine"]), COLUMN),
        "run": COLUMN,
        "flops_rule": st.sampled_from(["6ND", "recorded"]),
        "name": st.text(max_size=4),
    },
)
CHOICE = st.fixed_dictionaries(
    {},
    optional={
        "where": st.one_of(COLUMN, st.sampled_from(["loss < 3", "arm == 'a' and loss > 0", "1"])),
        "last_of": COLUMN,
        "best_of": st.lists(COLUMN, max_size=2),
    },
)


def read(source, **how):
    """Return the runs of a table, None if it is refused."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bs.BayescaleWarning)
        try:
            return bs.load_runs(source, **how)
        except bs.RunsError:
            return None


def assert_sound(runs):
    for name in runs.table.columns.intersection(list(BY_COLUMN)):
        values = runs.table[name].to_numpy(float)
        assert np.isfinite(values).all(), f"{name} = {values}"
        assert (values >= 0).all()
        assert values.all() or name not in ("params", "tokens", "loss")
    assert len(runs) > 0
    assert str(runs)
    assert all(map(str, runs.notes))
    for group in runs.groups:
        assert all(runs.levels(group))


@examples(80, 5000)
@given(tables(), HOW)
def test_no_row_of_a_table_is_lost_uncounted(table, how):
    if (runs := read(table, **how)) is not None:
        assert_sound(runs)
        assert len(runs) + runs.refused["row"].nunique() == len(table)


@examples(50, 2500)
@given(tables(), HOW, CHOICE)
def test_a_choice_of_rows_leaves_runs_that_are_sound(table, how, choice):
    if (runs := read(table, **how, **choice)) is not None:
        assert_sound(runs)
        assert len(runs) + runs.refused["row"].nunique() <= len(table)


MARK = st.sampled_from([",", ";", "\t", "|", " "])
PIECE = st.one_of(
    st.sampled_from(["1e9", "2e10", "3.1", "2,9", "", '"', "\x00", "\n", "\r", "#", "nan", "70B"]),
    st.text(max_size=4),
)


@st.composite
def texts(draw):
    """A delimited file: sound, but for something in it."""
    mark, rows = draw(MARK), draw(st.integers(0, 6))
    lines = [["params", "tokens", "loss"]]
    lines += [[f"{2**row}e8", f"{3**row}e9", f"{4 - 0.2 * row:.2f}"] for row in range(rows)]
    written = io.StringIO()
    csv.writer(written, delimiter=mark).writerows(lines)
    text = written.getvalue()
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(PIECE) + text[place + draw(st.integers(0, 3)) :]
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"])), "ignore")


@examples(70, 2500)
@given(texts(), st.sampled_from([".csv", ".tsv", ".txt", ".json", ".jsonl", ".parquet", ".xlsx"]))
def test_a_damaged_file_is_refused_or_its_runs_are_sound(content, suffix):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"runs{suffix}"
        path.write_bytes(content)
        if (runs := read(path, bad_rows="refuse")) is not None:
            assert_sound(runs)
