"""What PyTensor does to single numbers, as LLVM instructions."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from pytensor.graph.basic import Constant

from bayescale.inference.compiled.text import Text, UnsupportedError, Value, number

TYPES = {"float64": "double", "float32": "double", "bool": "i1"}
TYPES |= dict.fromkeys(("int8", "int16", "int32", "int64", "uint8"), "i64")

_CALLED = {
    "Exp": "exp",
    "Log": "log",
    "Log1p": "log1p",
    "Expm1": "expm1",
    "Sqrt": "sqrt",
    "GammaLn": "lgamma",
    "Psi": "digamma",
    "Erf": "erf",
    "Erfc": "erfc",
    "Tanh": "tanh",
    "Abs": "fabs",
    "Floor": "floor",
    "Ceil": "ceil",
    "Sin": "sin",
    "Cos": "cos",
}
_COMPARED = {"GT": "ogt", "LT": "olt", "GE": "oge", "LE": "ole", "EQ": "oeq", "NEQ": "une"}
_FOLDED = {"Add": "fadd", "Mul": "fmul", "Sub": "fsub", "TrueDiv": "fdiv"}
_WHOLE = {"Add": "add", "Mul": "mul", "Sub": "sub"}
_LOGICAL = {"AND": "and", "OR": "or", "XOR": "xor"}

type _Rule = Callable[..., Value]
_RULES: dict[str, _Rule] = {}


def apply_scalar(text: Text, op: Any, values: Sequence[Value], kind: str) -> Value:
    """Add an operation on numbers and return its result.

    Parameters
    ----------
    text : Text
        The function being written.
    op : pytensor.scalar.ScalarOp
        The operation.
    values : sequence of Value
        Its operands.
    kind : str
        The type of the result.

    Raises
    ------
    UnsupportedError
        If it is not known here.
    """
    name = type(op).__name__
    if name == "Composite":
        return _apply_composite(text, op, values)
    if name == "Cast":
        return _cast(text, values[0], kind)
    if name == "Switch":
        return _switch(text, values, kind)
    if name in _LOGICAL and kind == "i1":
        return _fold(text, _LOGICAL[name], values)
    if name == "Mul" and kind == "i1":
        return _fold(text, "and", values)
    if name == "Invert" and kind == "i1":
        return text.binary("xor", values[0], Value("true", "i1"))
    if name in ("Identity", "Second"):
        return values[-1]
    if kind == "i64" and name in _WHOLE:
        return _fold(text, _WHOLE[name], [_cast(text, value, "i64") for value in values])
    if kind == "i64" and name == "Neg":
        return text.binary("sub", Value("0", "i64"), _cast(text, values[0], "i64"))
    if kind == "i64":
        raise UnsupportedError(f"{name} of whole numbers")
    doubles = [text.double(value) for value in values]
    if name in _COMPARED:
        return text.compare(_COMPARED[name], *doubles)
    if name in _FOLDED:
        return _fold(text, _FOLDED[name], doubles)
    if name in _CALLED:
        return text.call(_CALLED[name], *doubles)
    if name in _RULES:
        return _RULES[name](text, *doubles)
    raise UnsupportedError(f"the operation {op}")


def constant(data: Any, kind: str) -> Value:
    """Return a constant of a graph."""
    if kind == "double":
        return number(np.asarray(data).item())
    return Value(str(int(np.asarray(data).item())), kind)


def _fold(text: Text, instruction: str, values: Sequence[Value]) -> Value:
    result = values[0]
    for value in values[1:]:
        result = text.binary(instruction, result, value)
    return result


def _apply_composite(text: Text, op: Any, values: Sequence[Value]) -> Value:
    known: dict[Any, Value] = dict(zip(op.fgraph.inputs, values, strict=True))
    for node in op.fgraph.toposort():
        given = [
            constant(part.data, TYPES[part.type.dtype])
            if isinstance(part, Constant)
            else known[part]
            for part in node.inputs
        ]
        (output,) = node.outputs
        known[output] = apply_scalar(text, node.op, given, TYPES[output.type.dtype])
    (result,) = op.fgraph.outputs
    return known[result]


def _cast(text: Text, value: Value, kind: str) -> Value:
    if value.type == kind:
        return value
    if kind == "double":
        return text.double(value)
    if kind == "i64":
        how = "fptosi" if value.type == "double" else "zext"
        return text.op(f"{how} {value.type} {value.name} to i64", "i64")
    return text.compare("une", text.double(value), number(0.0))


def _switch(text: Text, values: Sequence[Value], kind: str) -> Value:
    condition, *branches = values
    if kind == "double":
        branches = [text.double(branch) for branch in branches]
    return text.select(_cast(text, condition, "i1"), *branches)


def _rule(name: str) -> Callable[[_Rule], _Rule]:
    def keep(rule: _Rule) -> _Rule:
        _RULES[name] = rule
        return rule

    return keep


@_rule("Neg")
def _negative(text: Text, x: Value) -> Value:
    return text.op(f"fneg double {x.name}")


@_rule("Sqr")
def _square(text: Text, x: Value) -> Value:
    return text.binary("fmul", x, x)


@_rule("Reciprocal")
def _reciprocal(text: Text, x: Value) -> Value:
    return text.binary("fdiv", number(1.0), x)


@_rule("Pow")
def _power(text: Text, x: Value, power: Value) -> Value:
    return text.call("sqrt", x) if power == number(0.5) else text.call("pow", x, power)


@_rule("IsNan")
def _is_nan(text: Text, x: Value) -> Value:
    return text.compare("uno", x, x)


@_rule("IsInf")
def _is_infinite(text: Text, x: Value) -> Value:
    return text.compare("oeq", text.call("fabs", x), number(math.inf))


@_rule("Maximum")
def _maximum(text: Text, x: Value, y: Value) -> Value:
    return _outer(text, "ogt", x, y)


@_rule("Minimum")
def _minimum(text: Text, x: Value, y: Value) -> Value:
    return _outer(text, "olt", x, y)


def _outer(text: Text, how: str, x: Value, y: Value) -> Value:
    """Return the greater or the lesser of two numbers, or the one that is none."""
    found = text.select(text.compare(how, x, y), x, y)
    return text.select(text.compare("uno", x, x), x, found)


@_rule("Clip")
def _clip(text: Text, x: Value, low: Value, high: Value) -> Value:
    above = text.select(text.compare("olt", x, low), low, x)
    return text.select(text.compare("ogt", above, high), high, above)


@_rule("Sign")
def _sign(text: Text, x: Value) -> Value:
    below = text.select(text.compare("olt", x, number(0.0)), number(-1.0), x)
    return text.select(text.compare("ogt", x, number(0.0)), number(1.0), below)


@_rule("Sigmoid")
def _sigmoid(text: Text, x: Value) -> Value:
    falling = text.call("exp", _negative(text, x))
    return _reciprocal(text, text.binary("fadd", number(1.0), falling))


@_rule("Softplus")
def _softplus(text: Text, x: Value) -> Value:
    """Return log(1 + e^x), by the terms that count: bounds of Maechler (2012), as PyTensor has."""
    small = text.call("exp", x)
    middle = text.call("log1p", small)
    large = text.binary("fadd", x, text.call("exp", _negative(text, x)))
    found = text.select(text.compare("olt", x, number(33.3)), large, x)
    found = text.select(text.compare("olt", x, number(18.0)), middle, found)
    return text.select(text.compare("olt", x, number(-37.0)), small, found)


@_rule("Log1mexp")
def _log1mexp(text: Text, x: Value) -> Value:
    """Return log(1 - e^x), by the way that is exact (Maechler 2012)."""
    near = text.call("log1p", _negative(text, text.call("exp", x)))
    far = text.call("log", _negative(text, text.call("expm1", x)))
    return text.select(text.compare("olt", x, number(-math.log(2.0))), near, far)
