"""What a limit of a plan may be: how its value is read, written and said.

Nothing heavy is imported before a value is read, so that the command line helps at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bayescale.core import measures
from bayescale.core.text import human, parse_quantity
from bayescale.planning.spelling import plain, read_object, read_pairs, write_object

if TYPE_CHECKING:
    from bayescale.compute.accounting import FlopsRule
    from bayescale.compute.hardware import Hardware
    from bayescale.planning.pools import Pool


def _as_it_is(value: Any) -> Any:
    return value


def _in_parts(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


@dataclass(frozen=True)
class Kind:
    """What the value of a limit is.

    Attributes
    ----------
    metavar : str
        The form of its text.
    read : callable
        From its text to the value; a BayescaleError says what is wrong with it.
    write : callable
        From the value to its text; None if no text says it all.
    say : callable
        From the value to words for people.
    tidy : callable
        From a value as given to a plain one: from a NumPy number to a float.
    split, gather : callable
        From a limit of several values to each of them, and back.
    """

    metavar: str
    read: Callable[[str], Any]
    write: Callable[[Any], str | None]
    say: Callable[[Any], str]
    tidy: Callable[[Any], Any] = _as_it_is
    split: Callable[[Any], list[Any]] = _in_parts
    gather: Callable[[list[Any]], Any] = list


def _amounts(metavar: str, measure: measures.Measure, say: Callable[[Any], str] = human) -> Kind:
    """Return the kind of amounts with a unit."""
    return Kind(metavar, measure.read, plain, say, float)


FLOPS = _amounts("FLOPS", measures.FLOPS)
HOURS = _amounts("HOURS", measures.HOURS)
DOLLARS = _amounts("DOLLARS", measures.DOLLARS, measures.DOLLARS.say)
TOKENS = _amounts("TOKENS", measures.TOKENS)
PARAMS = _amounts("PARAMS", measures.PARAMS)
BYTES = _amounts("BYTES", measures.BYTES, measures.BYTES.say)
NUMBER = _amounts("NUMBER", measures.NUMBER)


def _objects(metavar: str, known: Callable[[], dict[str, type[Any]]], say: Any) -> Kind:
    """Return the kind of dataclasses, which are imported when one is read or written."""

    def read(text: str) -> Any:
        return read_object(text, known())

    def write(value: Any) -> str | None:
        return write_object(value, known())

    return Kind(metavar, read, write, say)


def _hardware() -> dict[str, type[Any]]:
    from bayescale.compute.hardware import Hardware

    return {"Hardware": Hardware}


def _say_hardware(hardware: "Hardware") -> str:
    name = hardware.name or f"{human(hardware.flops_per_second)} FLOP/s"
    price = hardware.price_per_hour
    cost = f", {price:g} dollars an hour" if price else ""
    return f"{name} at {hardware.utilization:.0%}{cost}"


HARDWARE = _objects("NAME=VALUE,..", _hardware, _say_hardware)


def _pools() -> dict[str, type[Any]]:
    from bayescale.planning.pools import Pool

    return {"Pool": Pool}


def _say_pool(pool: "Pool") -> str:
    called = f" ({pool.name})" if pool.name else ""
    return f"{human(pool.tokens)} of quality {pool.quality:g}{called}"


POOL = _objects("NAME=VALUE,..", _pools, _say_pool)


def _rules() -> dict[str, type[Any]]:
    from bayescale.compute.accounting import PerBit, SixND, Transformer
    from bayescale.compute.recorded import Recorded

    return {"6ND": SixND, "PerBit": PerBit, "Transformer": Transformer, "Recorded": Recorded}


def _say_rule(rule: "FlopsRule") -> str:
    return rule.name if rule.name.startswith("FLOPs") else f"FLOPs by {rule.name}"


RULE = _objects("RULE", _rules, _say_rule)


def _read_risk(text: str) -> str | tuple[str, float]:
    name, colon, level = text.partition(":")
    return (name, parse_quantity(level)) if colon else name


def _write_risk(risk: Any) -> str | None:
    if callable(risk):
        return None
    return risk if isinstance(risk, str) else f"{risk[0]}:{plain(risk[1])}"


def _say_risk(risk: Any) -> str:
    if callable(risk):
        return str(getattr(risk, "__name__", risk))
    return risk if isinstance(risk, str) else " ".join(map(str, risk))


RISK = Kind("RISK", _read_risk, _write_risk, _say_risk)


def read_numbers(text: str) -> dict[str, float]:
    """Read numbers by name, such as ``experts=8``; several have commas between."""
    return {name: parse_quantity(value) for name, value in read_pairs(text).items()}


def _write_numbers(values: Mapping[str, float]) -> str:
    return ",".join(f"{name}={plain(value)}" for name, value in values.items())


def _plain_numbers(values: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in values.items()}


def _say_numbers(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {human(float(value))}" for name, value in values.items())


def _apart(inputs: Any) -> list[dict[str, float]]:
    """Return a choice of inputs one by one, or several choices each as a whole."""
    if isinstance(inputs, Mapping):
        return [{name: value} for name, value in inputs.items()]
    return list(inputs)


def _together(parts: list[dict[str, float]]) -> dict[str, list[float]] | list[dict[str, float]]:
    """Return inputs given one by one as choices of each, and those given together as they are."""
    if any(len(part) > 1 for part in parts):
        return parts
    found: dict[str, list[float]] = {}
    for part in parts:
        for name, value in part.items():
            found.setdefault(name, []).append(value)
    return found


NUMBERS = Kind(
    "NAME=VALUE", read_numbers, _write_numbers, _say_numbers, _plain_numbers, _apart, _together
)
