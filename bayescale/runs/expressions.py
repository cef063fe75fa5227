"""Small formulas over the columns of a table, read by hand: nothing is ever executed."""

import ast
import operator
import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from bayescale.core.text import parse_quantity, shorten, unknown_name
from bayescale.errors import RunsError
from bayescale.runs.labels import label_of
from bayescale.runs.numbers import not_numbers, read_numbers

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "log": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "exp": np.exp,
    "sqrt": np.sqrt,
}
SIZE = "size"
"""The function of a column of names: the size that each states, such as 190M in 190M-1xC."""
_SIZE_IN_NAME = re.compile(
    r"(?<![A-Za-z0-9.])[A-Za-z]?(\d+(?:\.\d+)?)([KMBT])(?![A-Za-z0-9])", re.I
)

_ARITHMETIC: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_COMPARISONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_LONGEST, _DEEPEST = 1000, 60
_SHOWN_NAMES = 12
_ALLOWED = (
    f"columns, numbers, + - * / **, brackets, {', '.join(FUNCTIONS)}, {SIZE} (of a name such as "
    "pythia-160m); a name that is more than "
    "letters, digits and underscores stands in backticks"
)
_ALLOWED_CONDITION = (
    "comparisons (== != < <= > >=) of columns with numbers or 'text', joined by and, or, not"
)


def evaluate(text: str, given: pd.DataFrame, place: str, decimal: str = ".") -> pd.Series:
    """Return the column that a name or a formula stands for.

    Parameters
    ----------
    text : str
        The name of a column; or a formula such as ``log(perplexity)``, ``1 - acc / 100`` or
        ```val loss` * 0.693``; or the name of a column before ``* 1e9``. Text that is the name of
        a column always means that column.
    given : DataFrame
        The table.
    place : str
        Where the text was written, such as ``loss``, for errors.
    decimal : {".", ","}, default "."
        The decimal mark of numbers that are text.

    Returns
    -------
    Series, shape (rows,)
        The cells of a column, or numbers. Where a cell that a formula needs is no number, the cell
        itself.

    Raises
    ------
    RunsError
        If the formula cannot be read, or names no column.
    """
    if text in given:
        return given[text]
    place = f"{place}={shorten(text)!r}: "
    name, star, factor = (part.strip() for part in text.rpartition("*"))
    if star and name in given:
        # A name with blanks or slashes before a factor does without backticks.
        text = f"{quote_name(name)} * {_factor(name, factor, place)}"
    found = _Formula(text, given, place, decimal, _ALLOWED)
    value = found.value()
    if isinstance(value, pd.Series) and value.dtype == bool:
        raise RunsError(f"{place}is a comparison; give {_ALLOWED}")
    if not isinstance(value, pd.Series):
        if isinstance(value, str):
            raise RunsError(f"{place}is text; give {_ALLOWED}")
        value = pd.Series(float(value), index=given.index)
    return found.with_failures(value)


def condition(text: str, given: pd.DataFrame, place: str, decimal: str = ".") -> pd.Series:
    """Return where a condition such as ``arm == 'base' and lr < 0.01`` holds.

    Returns
    -------
    Series of bool, shape (rows,)

    Raises
    ------
    RunsError
        If the condition cannot be read, is none, or names no column.
    """
    place = f"{place}={shorten(text)!r}: "
    value = _Formula(text, given, place, decimal, _ALLOWED_CONDITION).value()
    if isinstance(value, pd.Series) and value.dtype == bool:
        return value
    raise RunsError(f"{place}is no condition; give {_ALLOWED_CONDITION}")


def unknown_column(place: str, name: str, columns: Iterable[object]) -> str:
    """Return an error message for a column that is not there, with the nearest one."""
    names = [str(column) for column in columns]
    message = unknown_name("column", name, names)
    head, known, _ = message.partition("known are ")
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"{place}{head}{known}{', '.join(sorted(names)[:_SHOWN_NAMES])}{more}"


def quote_name(name: str) -> str:
    """Write the name of a column as a formula takes it."""
    return name if name.isidentifier() and name not in FUNCTIONS else f"`{name}`"


def _factor(name: str, factor: str, place: str) -> str:
    if not re.fullmatch(r"[-+]?[\d._]+(e[-+]?\d+)?", factor, flags=re.IGNORECASE):
        raise RunsError(f"{place}{factor!r} is not a number; write for example '{name} * 1e9'")
    return factor


def sizes_in(names: pd.Series) -> pd.Series:
    """Return the one size that each name of a column states, shape (rows,); NaN without one."""

    def size(name: str) -> float:
        found = {match.upper() for match in map("".join, _SIZE_IN_NAME.findall(name))}
        return parse_quantity(found.pop()) if len(found) == 1 else np.nan

    texts = list(map(str, names))
    known = {text: size(text) for text in set(texts)}
    return pd.Series([known[text] for text in texts], index=names.index, dtype=float)


class _Formula:
    """A formula while it is being worked out."""

    def __init__(
        self, text: str, given: pd.DataFrame, place: str, decimal: str, allowed: str
    ) -> None:
        self.text, self.given, self.place, self.decimal = text, given, place, decimal
        self.allowed = allowed
        self.names: dict[str, str] = {}
        self.failed: dict[str, pd.Series] = {}

    def value(self) -> Any:
        formula = self.parse()
        # Long before Python's own limit, which depends on who is asking.
        if _depth(formula) > _DEEPEST:
            raise self.refuse(f"is nested more than {_DEEPEST} deep")
        with np.errstate(all="ignore"):
            return self.walk(formula)

    def parse(self) -> ast.expr:
        if len(self.text) > _LONGEST:
            raise self.refuse(f"has more than {_LONGEST} characters")
        try:
            return ast.parse(self.named().strip(), mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            message = unknown_column(self.place, self.text, self.given.columns)
            raise RunsError(f"{message}; a formula may hold {_ALLOWED}") from None

    def named(self) -> str:
        """Put a plain name in place of each name in backticks."""

        def stand_in(match: re.Match[str]) -> str:
            plain = f"column_{len(self.names)}_of_the_table"
            self.names[plain] = match[1].strip()
            return plain

        return re.sub(r"`([^`]*)`", stand_in, self.text)

    def walk(self, node: ast.expr) -> Any:
        match node:
            case ast.Name(id=name):
                return self.numbers(self.names.get(name, name))
            case ast.Constant(value=bool() | complex()):
                raise self.refuse("holds a value that is no number")
            case ast.Constant(value=int() | float() as number):
                return np.float64(min(number, 2**1023) if isinstance(number, int) else number)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                return _ARITHMETIC[type(op)](self.number(left), self.number(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.number(operand)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.number(operand)
            case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if (
                name in FUNCTIONS
            ):
                return FUNCTIONS[name](self.number(argument))
            case ast.Call(func=ast.Name(id=name), args=[ast.Name(id=column)], keywords=[]) if (
                name == SIZE
            ):
                return sizes_in(self.column(self.names.get(column, column)))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return ~self.truth(operand)
            case ast.BoolOp(op=op, values=parts):
                joined = operator.and_ if isinstance(op, ast.And) else operator.or_
                found = [self.truth(part) for part in parts]
                for part in found[1:]:
                    found[0] = joined(found[0], part)
                return found[0]
            case ast.Compare(left=left, ops=ops, comparators=rights):
                return self.compare([left, *rights], ops)
        raise self.refuse(f"holds {shorten(ast.unparse(node))}, which is not allowed")

    def number(self, node: ast.expr) -> Any:
        value = self.walk(node)
        if isinstance(value, pd.Series) and value.dtype == bool:
            raise self.refuse("does sums with a comparison")
        return value

    def truth(self, node: ast.expr) -> Any:
        value = self.walk(node)
        if not (isinstance(value, pd.Series) and value.dtype == bool):
            raise RunsError(
                f"{self.place}{ast.unparse(node)} is no condition; give {_ALLOWED_CONDITION}"
            )
        return value

    def compare(self, nodes: list[ast.expr], ops: list[ast.cmpop]) -> Any:
        found = pd.Series(True, index=self.given.index)
        for left, op, right in zip(nodes, ops, nodes[1:], strict=False):
            if type(op) not in _COMPARISONS:
                raise self.refuse("holds a comparison that is not allowed")
            texts = [_text_of(left), _text_of(right)]
            if texts[0] is None and texts[1] is None:
                sides: list[Any] = [self.number(left), self.number(right)]
            else:
                sides = [
                    self.labels(node) if text is None else text
                    for node, text in zip((left, right), texts, strict=True)
                ]
            found &= _COMPARISONS[type(op)](sides[0], sides[1])
        return found

    def labels(self, node: ast.expr) -> pd.Series:
        if not isinstance(node, ast.Name):
            raise self.refuse("compares a text with something that is no column")
        column = self.column(self.names.get(node.id, node.id))
        return column.map(label_of, na_action="ignore").astype(object)

    def numbers(self, name: str) -> pd.Series:
        column = self.column(name)
        numbers = read_numbers(column, self.decimal)
        self.failed[name] = column.where(not_numbers(column, numbers))
        return numbers

    def column(self, name: str) -> pd.Series:
        if name in self.given:
            return self.given[name]
        message = unknown_column(self.place, name, self.given.columns)
        # `throughput/tokens` without backticks reads as a division.
        odd = [str(c) for c in self.given if not str(c).isidentifier() and str(c) in self.text]
        if odd:
            message += f"; put the name in backticks: `{max(odd, key=len)}`"
        raise RunsError(message)

    def with_failures(self, value: pd.Series) -> pd.Series:
        """Put in the cell that was no number, or say where the formula has no value."""
        undefined = value.isna()
        shown = value.astype(object) if undefined.any() else value
        for cells in self.failed.values():
            shown = shown.where(cells.isna(), cells)
            undefined &= cells.isna()
        missing = pd.Series(False, index=value.index)
        for name in self.failed:
            missing |= self.given[name].isna()
        undefined &= ~missing
        return shown.mask(undefined, "undefined") if undefined.any() else shown

    def refuse(self, problem: str) -> RunsError:
        return RunsError(f"{self.place}{problem}; give {self.allowed}")


def _text_of(node: ast.expr) -> str | None:
    return (
        label_of(node.value)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        else None
    )


def _depth(node: ast.AST) -> int:
    """Return how deep a formula is nested, without recursion."""
    level, depth = [node], 0
    while level:
        level, depth = [child for one in level for child in ast.iter_child_nodes(one)], depth + 1
    return depth
