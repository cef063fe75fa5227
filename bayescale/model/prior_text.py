"""Priors as people state them: a value, an interval, or a distribution by name."""

import math
import re
from collections.abc import Mapping
from numbers import Real
from statistics import NormalDist
from typing import Any

from pydantic import ValidationError

from bayescale.core.text import parse_quantity, shorten, unknown_name
from bayescale.errors import BayescaleError, ModelError
from bayescale.model.distributions import DISTRIBUTIONS
from bayescale.model.prior import FIXED, Prior, explain

PROBABILITY = 0.89
"""How much of a prior lies in the interval that states it: as in the intervals of answers."""

FORMS = (
    "write a value such as 1.6, an interval such as 1.4 to 1.8, or LogNormal(median 1.6, sigma 0.1)"
)

_UNIT = " x low loss"
_INTERVAL = re.compile(r"(?P<low>.+?)\s+to\s+(?P<high>.+?)", flags=re.IGNORECASE)
_CALL = re.compile(r"(?P<dist>[A-Za-z]\w*)\s*\((?P<args>.*)\)", flags=re.DOTALL)
_ARGUMENT = re.compile(r"(?P<name>[A-Za-z]\w*)\s*[=\s]\s*(?P<value>.+)")


def read_prior(name: str, given: Any, usual: Prior) -> Prior:
    """Read the prior of a parameter as a person states it.

    Parameters
    ----------
    name : str
        The parameter, for errors.
    given : Prior, mapping, number, pair of numbers or str
        A number fixes the parameter. Two numbers, or ``"1.4 to 1.8"``, are an interval that holds
        89% of the prior. A text may be what a prior is printed as: ``"LogNormal(median 1.6, sigma
        0.1)"``. ``x low loss`` behind a number makes it a multiple of the low end of the losses.
    usual : Prior
        The prior of the card, which says what values the parameter may have.

    Raises
    ------
    ModelError
        If it is none of these, or allows what the parameter cannot be.
    """
    try:
        return _read(given, usual)
    except ValidationError as error:
        raise ModelError(f"prior of {name}: {explain(error, {})}") from None
    except BayescaleError as error:
        raise ModelError(f"prior of {name}: {error}") from None


def write_prior(prior: Prior) -> str:
    """Write a prior so that `read_prior` reads the same one, with all of its digits."""
    if prior.dist == FIXED:
        return repr(prior.args["value"])
    carries = prior.carries_unit
    parts = (
        f"{key} {value!r}{_UNIT if key in carries else ''}" for key, value in prior.args.items()
    )
    return f"{prior.dist}({', '.join(parts)})"


def as_typed(given: Any) -> str | float:
    """Return what was read as a prior as it can be typed: a number, or a text of the same."""
    match given:
        case Prior():
            return write_prior(given)
        case Mapping():
            return write_prior(Prior(**given))
        case (low, high):
            return f"{float(low)!r} to {float(high)!r}"
        case str():
            return given
    return float(given)


def _read(given: Any, usual: Prior) -> Prior:
    match given:
        case Prior():
            return given
        case Mapping():
            return Prior(**given)
        case bool():
            pass
        case Real():
            return _fixed(float(given), usual)
        case (Real() as low, Real() as high):
            return _interval(float(low), float(high), None, usual)
        case str():
            return _read_text(given.strip(), usual)
    raise ModelError(f"{shorten(given)} is no prior; {FORMS}")


def _read_text(text: str, usual: Prior) -> Prior:
    if call := _CALL.fullmatch(text):
        return _distribution(call["dist"], call["args"])
    if ends := _INTERVAL.fullmatch(text):
        low, high = _number(ends["low"]), _number(ends["high"])
        unit = "loss" if high[1] else None
        # "0.7 to 0.8 x low loss": what stands behind the second number is meant for both.
        return _interval(low[0], high[0], unit, usual)
    try:
        value, in_unit = _number(text.removeprefix("fixed at "))
    except BayescaleError:
        raise ModelError(f"{shorten(text)!r} is no prior; {FORMS}") from None
    if in_unit:
        raise ModelError(
            f"{shorten(text)!r}: a fixed value has the unit of the loss; write the loss itself"
        )
    return _fixed(value, usual)


def _distribution(dist: str, text: str) -> Prior:
    if dist not in DISTRIBUTIONS:
        raise ModelError(unknown_name("distribution", dist, DISTRIBUTIONS))
    args, with_unit = {}, False
    for part in filter(None, (part.strip() for part in text.split(","))):
        pair = _ARGUMENT.fullmatch(part)
        if pair is None:
            raise ModelError(f"{part!r} in {dist}({text}): write NAME VALUE, with commas between")
        args[pair["name"]], in_unit = _number(pair["value"])
        with_unit |= in_unit
    return Prior(dist=dist, args=args, unit="loss" if with_unit else None)


def _number(text: str) -> tuple[float, bool]:
    """Return a number and whether it is a multiple of the low loss."""
    plain = text.strip()
    in_unit = plain.endswith(_UNIT.strip())
    return parse_quantity(plain.removesuffix(_UNIT.strip())), in_unit


def _fixed(value: float, usual: Prior) -> Prior:
    _require_within(value, usual)
    return Prior(dist=FIXED, args={"value": value})


def _interval(low: float, high: float, unit: Any, usual: Prior) -> Prior:
    """Return the prior of an interval: log-normal, normal, or normal between bounds."""
    if not low < high:
        raise ModelError(
            f"{low:g} to {high:g}: the first number must be the smaller; exchange them"
        )
    deviations = 2 * NormalDist().inv_cdf((1 + PROBABILITY) / 2)
    bottom, top = usual.support
    if (bottom, top) == (0.0, math.inf):
        if low <= 0:
            raise ModelError(
                f"{low:g} to {high:g}: it is positive, so both ends must be above zero; write for "
                f"example {high / 4:g} to {high:g}, or HalfNormal(sigma {high / 2:g})"
            )
        args = {"median": math.sqrt(low * high), "sigma": math.log(high / low) / deviations}
        return Prior(dist="LogNormal", args=args, unit=unit)
    _require_within(low, usual)
    _require_within(high, usual)
    args = {"mu": (low + high) / 2, "sigma": (high - low) / deviations}
    bounds = {"lower": bottom, "upper": top}
    bounds = {key: value for key, value in bounds.items() if math.isfinite(value)}
    return Prior(dist="TruncatedNormal" if bounds else "Normal", args=args | bounds, unit=unit)


def _require_within(value: float, usual: Prior) -> None:
    bottom, top = usual.support
    if not bottom <= value <= top:
        rule = f"at least {bottom:g}" if math.isinf(top) else f"between {bottom:g} and {top:g}"
        rule = f"at most {top:g}" if math.isinf(bottom) and math.isfinite(top) else rule
        raise ModelError(f"{value:g} must be {rule}; give a value that may be")
