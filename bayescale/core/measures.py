"""Amounts with their units, as people write them and as answers say them: ``80GB``, ``$1.2M``.

What an answer says can be typed again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bayescale.core.text import human, parse_quantity
from bayescale.errors import BayescaleError

_TIMES = re.compile(
    r"(?P<count>[^x×*]+?)\s*(?:gpus?|accelerators?|chips?)?\s*[x×*]\s*(?P<amount>.+)",
    flags=re.IGNORECASE,
)


@dataclass(frozen=True, eq=False)
class Measure:
    """What an amount is of.

    Attributes
    ----------
    forms : mapping of str to float
        How people see it, with ``{}`` for the number, and how much the number counts: the largest
        that leaves at least one is taken.
    units : mapping of str to float
        The units it may be written in, in lower case, and how much one of each is; a unit of the
        form ``"$"`` stands before the number. Without a unit a number is taken as it is.
    several : bool
        Whether it may be so much for each of several: ``512 x 30 days``.
    """

    forms: Mapping[str, float]
    units: Mapping[str, float] = field(default_factory=dict)
    several: bool = False

    def read(self, text: str) -> float:
        """Read an amount.

        Raises
        ------
        BayescaleError
            If the text is none.
        """
        plain = text.strip()
        for unit in sorted(self.units, key=len, reverse=True):
            number = _without(plain, unit)
            if _is_number(number):
                return parse_quantity(number) * self.units[unit]
        parts = _TIMES.fullmatch(plain) if self.several and not _is_number(plain) else None
        if parts and _is_number(parts["count"]):
            return parse_quantity(parts["count"]) * self.read(parts["amount"])
        try:
            return parse_quantity(plain)
        except BayescaleError as error:
            known = f"; units are {', '.join(self.units)}" if self.units else ""
            raise BayescaleError(f"{error}{known}") from None

    def say(self, value: float) -> str:
        """Write an amount for people, so that `read` takes it."""
        fitting = [form for form, size in self.forms.items() if size <= value]
        form = fitting[-1] if fitting else next(iter(self.forms))
        return form.format(human(value / self.forms[form]))


def _without(text: str, unit: str) -> str:
    """Return a text without its unit, or nothing if it has another."""
    if unit == "$":
        return text[1:] if text.startswith("$") else ""
    return text[: -len(unit)] if text.lower().endswith(unit) else ""


def _is_number(text: str) -> bool:
    try:
        parse_quantity(text)
    except BayescaleError:
        return False
    return True


_HOURS = {"h": 1.0, "hour": 1.0, "hours": 1.0, "day": 24.0, "days": 24.0, "week": 168.0}
_HOURS |= {"weeks": 168.0, "gpu hour": 1.0, "gpu hours": 1.0, "gpu-hours": 1.0, "gpu days": 24.0}
_BYTES = {
    f"{prefix}{suffix}": base**power
    for power, prefix in enumerate(("", "k", "m", "g", "t"))
    if prefix
    for base, suffix in ((1000.0, "b"), (1024.0, "ib"))
}

FLOPS = Measure(
    {"{} FLOPs": 1.0},
    {"flop": 1.0, "flops": 1.0, "pf-days": 8.64e19, "exaflops": 1e18, "zettaflops": 1e21},
)
PARAMS = Measure({"{} parameters": 1.0}, {"parameters": 1.0, "params": 1.0})
TOKENS = Measure({"{} tokens": 1.0}, {"tokens": 1.0})
DOLLARS = Measure({"${}": 1.0}, {"$": 1.0, "usd": 1.0, "dollars": 1.0})
HOURS = Measure({"{} GPU hours": 1.0}, _HOURS, several=True)
BYTES = Measure(
    {"{} bytes": 1.0, "{} kB": 1e3, "{} MB": 1e6, "{} GB": 1e9, "{} TB": 1e12},
    {"bytes": 1.0, **_BYTES},
)
NUMBER = Measure({"{}": 1.0})
