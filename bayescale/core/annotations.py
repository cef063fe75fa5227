"""What an annotation allows: a reader for each, which returns a value or refuses it."""

import operator
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from inspect import isclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeAliasType, Union, get_args, get_origin

import numpy as np
from numpy.typing import ArrayLike

type Reader = Callable[[Any], Any]

_NUMERIC = "iuf"
_LARGEST_WHOLE = 2**63 - 1
"""NumPy knows no larger whole number, so that one is read as the nearest float."""

_COMES_FROM = {
    "Fit": "bayescale.fit",
    "Runs": "bayescale.load_runs",
    "Plan": "bayescale.allocate",
    "Checks": "bayescale.check",
    "Comparison": "bayescale.compare",
    "Score": "bayescale.score",
    "Forecast": "bayescale.forecast",
    "Record": "bayescale.settle",
    "Outlook": "bayescale.expect_end",
    "NextRuns": "bayescale.next_runs",
    "Backtest": "bayescale.backtest",
    "Fragility": "bayescale.fragility",
}


@dataclass
class RefusedError(Exception):
    """A value is not what an annotation says.

    Attributes
    ----------
    rule : str
        What it must be.
    value : object
        The value, or the part of it that is wrong.
    where : str
        Where that part stands in the whole, such as ``['experts'][2]``.
    """

    rule: str
    value: Any
    where: str = ""


def reader_of(annotation: Any) -> Reader:
    """Return the reader of values that an annotation allows.

    Numbers, whole numbers, text, paths, sequences, mappings, fixed tuples, literals, callables,
    classes and unions of these are known, and aliases of them.

    Raises
    ------
    TypeError
        If it is of another kind.
    """
    if annotation == ArrayLike:
        return _union([_number, _sequence(_number), _array])
    if isinstance(annotation, TypeAliasType):
        return reader_of(annotation.__value__)
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return _union([reader_of(part) for part in parts])
    if origin is Literal:
        return _one_of(parts)
    if origin is Sequence:
        return _sequence(reader_of(parts[0]))
    if origin is Mapping:
        return _mapping(*map(reader_of, parts))
    if origin is tuple:
        return _tuple([reader_of(part) for part in parts])
    if origin is Callable:
        return _function
    if isclass(annotation):
        return _instance(annotation)
    raise TypeError(f"no reader for the annotation {annotation!r}; write one in {__name__}")


def _as_it_is(value: Any) -> Any:
    return value


def _nothing(value: Any) -> None:
    if value is not None:
        raise RefusedError("", value)


def _number(value: Any) -> Any:
    """Read a real number: one of Python or NumPy, or an array that holds just one."""
    rule = "a number"
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) <= _LARGEST_WHOLE:
            return value
        try:
            return float(value)
        except OverflowError:
            raise RefusedError("a number below 1e308", value) from None
    if isinstance(value, float) or (isinstance(value, np.generic) and _is_numeric(value)):
        return value
    array = _array_of(value)
    if array is None or array.ndim or not _is_numeric(array):
        raise RefusedError(rule, value)
    return float(array)


def _is_numeric(value: Any) -> bool:
    return value.dtype.kind in _NUMERIC


def _array_of(value: Any) -> np.ndarray | None:
    """Return what looks like an array (of xarray, pandas or another library) as one of NumPy."""
    if isclass(value) or not hasattr(value, "__array__"):
        return None
    try:
        return np.asarray(value)
    except Exception:  # whatever another library raises, it is none
        return None


def _array(value: Any) -> Any:
    array = _array_of(value)
    if array is None or not _is_numeric(array):
        raise RefusedError("an array of numbers", value)
    return value


def _whole(value: Any) -> int:
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        return operator.index(value)
    except TypeError:
        raise RefusedError("a whole number", value) from None


def _truth(value: Any) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise RefusedError("True or False", value)
    return bool(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise RefusedError("a text", value)
    return value


def _path(value: Any) -> Any:
    if not isinstance(value, os.PathLike) or isclass(value):
        raise RefusedError("a path", value)
    return value


def _function(value: Any) -> Any:
    if isclass(value) or not callable(value):
        raise RefusedError("a function", value)
    return value


def _instance(kind: type) -> Reader:
    source = _COMES_FROM.get(kind.__name__) if kind.__module__.startswith("bayescale.") else None
    article = "an" if kind.__name__[0] in "AEIO" else "a"
    rule = f"{article} {kind.__name__}" + (f" (which {source} returns)" if source else "")

    def read(value: Any) -> Any:
        if isclass(value) or not isinstance(value, kind):
            raise RefusedError(rule, value)
        return value

    return read


def _one_of(choices: tuple[Any, ...]) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, str) or value not in choices:
            raise RefusedError(f"one of {', '.join(map(repr, choices))}", value)
        return value

    return read


def _at(reader: Reader, where: str, value: Any) -> Any:
    """Read a part of a value, and say where it stands if it is refused."""
    try:
        return reader(value)
    except RefusedError as refused:
        raise RefusedError(refused.rule, refused.value, where + refused.where) from None


def _sequence(item: Reader) -> Reader:
    rule = f"a list of {_SEVERAL.get(item, 'them')}"

    def read(value: Any) -> Any:
        listed = isinstance(value, Collection) and not isinstance(value, str | bytes | Mapping)
        array = _array_of(value)
        if isclass(value) or not listed or (array is not None and array.ndim != 1):
            raise RefusedError(rule, value)
        if array is not None and item is _number and _is_numeric(array):
            return value
        parts = [_at(item, f"[{place}]", part) for place, part in enumerate(value)]
        return tuple(parts) if isinstance(value, tuple) else parts

    return read


def _tuple(items: list[Reader]) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, tuple | list) or len(value) != len(items):
            raise RefusedError(f"a tuple of {len(items)}", value)
        pairs = enumerate(zip(items, value, strict=True))
        return tuple(_at(item, f"[{place}]", part) for place, (item, part) in pairs)

    return read


def _mapping(key: Reader, item: Reader) -> Reader:
    def read(value: Any) -> Mapping[Any, Any]:
        # A Series is no Mapping, and weights are given as one.
        if isclass(value) or not (hasattr(value, "keys") and hasattr(value, "__getitem__")):
            raise RefusedError("a mapping", value)
        names = [_at(key, "'s key", name) for name in value.keys()]  # noqa: SIM118
        found = {name: _at(item, f"[{name!r}]", value[name]) for name in names}
        # What is a mapping and more, such as fits with their weights, stays what it is.
        more = isinstance(value, Mapping) and not isinstance(value, dict)
        return value if more and all(found[name] is value[name] for name in value) else found

    return read


def _union(arms: list[Reader]) -> Reader:
    def read(value: Any) -> Any:
        refusals = []
        for arm in arms:
            try:
                return arm(value)
            except RefusedError as refused:
                refusals.append(refused)
        # The one that got as far as into the value is what was meant.
        deeper = [refused for refused in refusals if refused.where]
        if len(deeper) == 1:
            raise deeper[0]
        rules = dict.fromkeys(refused.rule for refused in refusals if refused.rule)
        raise RefusedError(" or ".join(rules), value)

    return read


_SEVERAL: dict[Reader, str] = {_number: "numbers", _text: "texts"}

_PLAIN: dict[Any, Reader] = {
    Any: _as_it_is,
    None: _nothing,
    NoneType: _nothing,
    float: _number,
    int: _whole,
    bool: _truth,
    str: _text,
    Path: _path,
    np.ndarray: _array,
}
