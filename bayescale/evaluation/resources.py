"""In which terms of a law its inputs act, found from the law itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayescale.core.quantities import OUTCOMES, QUANTITIES, FloatArray
from bayescale.laws.law import Law, is_free

_POINTS, _STEP, _CLOSE, _LEAST = 24, 1e-4, 1e-4, 0.02


@dataclass(frozen=True)
class Resource:
    """An input, and the term in which it acts.

    Attributes
    ----------
    symbol : str
        The letter of the input.
    coefficient : str
        The parameter that the term is proportional to.
    exponent : str or None
        The parameter by whose power the term falls, or None if its slope is local.
    """

    symbol: str
    coefficient: str
    exponent: str | None


def resources_of(law: Law) -> tuple[Resource, ...]:
    """Return the resources of a law: those that it declares, or else those that it shows.

    An input acts as a power law where a change of it is a change of one parameter, by the same
    exponent everywhere. Each other term (of a law that declares none, each parameter that the
    loss is linear in) goes to the input in which it falls most.
    """
    if law.resources:
        return tuple(Resource(symbol, *pair) for symbol, pair in law.resources.items())
    rng = np.random.default_rng(3)
    values = {name: rng.uniform(0.2, 0.9) for name in law.parameters}
    # Near the reference run, and near a dense model, where slopes are those of the terms.
    inputs = {
        symbol: rng.uniform(1.01, 2.0 if _scale(symbol) else 1.02, _POINTS) for symbol in law.inputs
    }
    if {"D", "U"} <= inputs.keys():
        inputs["U"] = inputs["D"] / inputs["U"]
    found = [
        Resource(symbol, coefficient, exponent)
        for symbol in _counts(law)
        for coefficient in law.parameters
        if (exponent := _exponent(law, symbol, coefficient, inputs, values)) is not None
    ]
    paired = {resource.coefficient for resource in found}
    terms = law.terms or [n for n in law.parameters if _is_linear(law, n, inputs, values)]
    rest = [name for name in terms if name not in paired]
    return (*found, *(one for name in rest for one in _strongest(law, name, inputs, values)))


def _strongest(
    law: Law, coefficient: str, inputs: Mapping[str, FloatArray], values: Mapping[str, float]
) -> Iterator[Resource]:
    """Return the input in which the term of a coefficient falls most, if there is one."""
    slopes = {n: local_slope(law, n, coefficient, inputs, values) for n in _counts(law)}
    falling = {n: slope for n, slope in slopes.items() if np.mean(slope) > _LEAST}
    if falling:
        symbol = max(falling, key=lambda name: float(np.mean(falling[name])))
        yield Resource(symbol, coefficient, _named(falling[symbol], values))


def _named(power: FloatArray, values: Mapping[str, float]) -> str | None:
    """Return the parameter that a power is everywhere, if it is one."""
    near = [name for name, value in values.items() if np.max(np.abs(power - value)) < _CLOSE]
    return near[0] if near else None


def _is_linear(
    law: Law, name: str, inputs: Mapping[str, FloatArray], values: Mapping[str, float]
) -> bool:
    half, one, two = (
        np.asarray(law.loss(*inputs.values(), **{**values, name: values[name] * factor}))
        for factor in (0.5, 1.0, 2.0)
    )
    return bool(np.allclose(two - one, 2 * (one - half)) and not np.allclose(two, one))


def local_slope(
    law: Law,
    symbol: str,
    coefficient: str,
    inputs: Mapping[str, Any],
    values: Mapping[str, Any],
) -> Any:
    """Return by which power the term of a coefficient falls in an input, at some points.

    Inputs of one scale, such as tokens and unique tokens, move together.
    """
    scale = _scale(symbol)
    together = [name for name in law.inputs if _scale(name) == scale]

    def term(step: float) -> Any:
        moved = {n: v * (1 + step) if n in together else v for n, v in inputs.items()}
        up, down = (
            law.loss(*moved.values(), **{**values, coefficient: values[coefficient] * factor})
            for factor in (1.1, 0.9)
        )
        return np.abs(up - down)

    return -(np.log(term(_STEP)) - np.log(term(-_STEP))) / (2 * _STEP)


def _exponent(
    law: Law,
    symbol: str,
    coefficient: str,
    inputs: Mapping[str, FloatArray],
    values: Mapping[str, float],
) -> str | None:
    """Return the parameter that is the exponent of an input in the term of a coefficient."""

    def slope(name: str) -> FloatArray:
        def at(step: float) -> FloatArray:
            moved = {n: v * (1 + step * (n == name)) for n, v in inputs.items()}
            given = {n: v * (1 + step * (n == name)) for n, v in values.items()}
            return np.broadcast_to(law.loss(*moved.values(), **given), _POINTS)

        return (at(_STEP) - at(-_STEP)) / (2 * _STEP)

    by_input, by_coefficient = slope(symbol), slope(coefficient)
    if np.abs(by_coefficient).min() < 1e-9:
        return None
    return _named(-by_input / by_coefficient, values)


def _counts(law: Law) -> list[str]:
    """Return the inputs that one can spend more or less of; unique tokens go with tokens."""
    found = [
        name for name in law.inputs if _scale(name) and not (name == "U" and "D" in law.inputs)
    ]
    return [name for name in found if is_free(name) or QUANTITIES[name].column not in OUTCOMES]


def _scale(symbol: str) -> str:
    if is_free(symbol):
        return symbol if symbol == "x" else ""
    return QUANTITIES[symbol].scale
