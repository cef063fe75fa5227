from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from bayescale.core.annotations import RefusedError, reader_of

type Several = float | Sequence[float]


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (float, 3),
        (float, np.float32(3)),
        (float, np.int64(3)),
        (int, np.int64(3)),
        (Several, (1, 2.5)),
        (Sequence[str], ["a"]),
        (Mapping[str, Several], {"a": [1, 2]}),
        (tuple[str, float], ("cvar", 0.9)),
        (Literal["eti", "hdi"] | None, "hdi"),
        (str | None, None),
        (Callable[[float], float], abs),
    ],
)
def test_what_an_annotation_allows_is_returned(annotation, value):
    assert reader_of(annotation)(value) == value


@pytest.mark.parametrize("one", [np.array(3.0), xr.DataArray(3), np.float64(3)])
def test_an_array_of_one_number_is_a_number(one):
    assert reader_of(float)(one) == 3.0


@pytest.mark.parametrize("many", [np.arange(3), pd.Series([0, 1, 2]), xr.DataArray([0, 1, 2])])
def test_arrays_of_numbers_are_sequences_of_them(many):
    assert list(reader_of(Several)(many)) == [0, 1, 2]


def test_a_series_is_a_mapping():
    assert reader_of(Mapping[str, float])(pd.Series({"a": 0.5})) == {"a": 0.5}


def test_a_mapping_of_a_kind_of_its_own_stays_what_it_is():
    more = MappingProxyType({"a": "one"})
    assert reader_of(Mapping[str, str])(more) is more
    plain = {"a": "one"}
    assert reader_of(Mapping[str, str])(plain) is not plain


def test_a_whole_number_that_numpy_does_not_know_becomes_a_float():
    read = reader_of(float)(10**24)
    assert isinstance(read, float)
    assert read == 1e24


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (float, "1e24"),
        (float, True),
        (float, 1j),
        (float, 10**400),
        (float, Decimal(1)),
        (float, Fraction(1)),
        (float, np.timedelta64(1, "D")),
        (float, np.array([1.0])),
        (int, 1.5),
        (int, True),
        (bool, 1),
        (str, b"a"),
        (Sequence[str], "a"),
        (Sequence[float], np.ones((2, 2))),
        (Sequence[float], {"a": 1}),
        (Mapping[str, float], [1.0]),
        (Mapping[str, float], dict),
        (tuple[str, float], ("cvar",)),
        (Literal["eti", "hdi"], ["eti"]),
        (Callable[[float], float], "abs"),
        (xr.DataArray, xr.DataArray),
    ],
)
def test_what_an_annotation_does_not_allow_is_refused(annotation, value):
    with pytest.raises(RefusedError):
        reader_of(annotation)(value)


def test_a_refusal_says_which_part_is_wrong():
    with pytest.raises(RefusedError) as refused:
        reader_of(Mapping[str, Several])({"a": 1, "b": [1, 2, "x"]})
    assert (refused.value.where, refused.value.value) == ("['b'][2]", "x")


def test_an_annotation_of_an_unknown_kind_is_a_mistake_of_the_programmer():
    with pytest.raises(TypeError, match="no reader for the annotation"):
        reader_of(frozenset[str])
