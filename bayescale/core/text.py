"""Numbers, names and tables as people write them."""

import difflib
import math
import re
import reprlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from bayescale.errors import BayescaleError

if TYPE_CHECKING:
    import pandas as pd

_COUNTS = {"params", "tokens", "flops", "unique_tokens"}


def format_table(table: "pd.DataFrame", digits: int = 4) -> str:
    """Write a table of numbers with significant digits, counts in the short form."""
    shown = table.copy().astype(object)
    for column in table.columns:
        shown[column] = [_cell(value, digits, counts=column in _COUNTS) for value in table[column]]
    return str(shown.to_string())


def _cell(value: Any, digits: int, counts: bool) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float):
        return value
    return human(value) if counts else f"{value:.{digits}g}"


def first_line(error: Exception) -> str:
    """Return what an error says, in a line: that of another library may have many, or none."""
    return str(error).strip().partition("\n")[0] or type(error).__name__


_SUFFIXES = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


def human(value: float, digits: int = 3) -> str:
    """Format a count for people: ``7e10`` as ``70B``, ``1.4e12`` as ``1.4T``.

    Parameters
    ----------
    value : float
        A count of parameters, tokens or FLOPs.
    digits : int, default 3
        Significant digits.
    """
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    rounded = float(f"{value:.{digits - 1}e}")
    if 1e3 <= abs(rounded) < 1e15:
        suffix, size = max(
            (item for item in _SUFFIXES.items() if item[1] <= abs(rounded)), key=lambda x: x[1]
        )
        return f"{rounded / size:.{max(digits, 3)}g}{suffix}"
    plain = f"{rounded:.{max(digits, 3) if abs(rounded) < 1e3 else digits}g}"
    return plain.replace("e+", "e")


def percent(share: float) -> str:
    """Write a share with two significant digits: ``31%``, ``1.2%``, ``0.042%``, ``0%``."""
    value = 100 * float(share)
    if value == 0 or not math.isfinite(value):
        return f"{abs(value):g}%"
    decimals = max(1 - math.floor(math.log10(abs(float(f"{value:.1e}")))), 0)
    return f"{value:.{min(decimals, 6)}f}%"


def probability(share: float) -> str:
    """Write a probability as draws can tell it: ``94%``, ``less than 1%``, ``more than 99%``."""
    if 0.01 <= share <= 0.99:
        return f"{share:.0%}"
    return "less than 1%" if share < 0.5 else "more than 99%"


def of_draws(share: float) -> str:
    """Write how often something holds: ``all draws``, ``32% of the draws``."""
    if share in (0, 1):
        return "all draws" if share else "no draw"
    return f"{probability(share)} of the draws"


def counted(count: int, noun: str) -> str:
    """Write a number of things: ``1 row``, ``3 rows``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


_UNITS = {
    **_SUFFIXES,
    "%": 1e-2,
    "THOUSAND": 1e3,
    "MILLION": 1e6,
    "BILLION": 1e9,
    "TRILLION": 1e12,
}
_POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_LONGEST_COUNT = 64
_COUNT = re.compile(
    r"(?P<number>[-+]?(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|[\d_]*)(?:\.[\d_]*)?(?:e[-+]?\d+)?)"
    r"(?P<power>(?:(?<=[\d.])\s*[x*×·]\s*|(?<![\d.]))10\s*(?:\^|\*\*)\s*(?P<exponent>[-+]?\d+))?"
    r"\s*(?P<suffix>[KMBT%]|thousand|million|billion|trillion)?",
    flags=re.IGNORECASE,
)


def parse_quantity(text: str, decimal: str = ".") -> float:
    """Read a number as people write it.

    ``70B``, ``19.0 M``, ``1e24``, ``8.66x10^16``, ``7_000_000``, ``8,192`` and ``31.6%`` are read.

    Parameters
    ----------
    text : str
        What was written.
    decimal : {".", ","}, default "."
        The decimal mark; the other one separates thousands.

    Raises
    ------
    BayescaleError
        If the text is not such a number.
    """
    plain = text.strip()[: _LONGEST_COUNT + 1].replace("\u2212", "-")
    plain = re.sub(r"(?<=10)(?=[⁰¹²³⁴⁵⁶⁷⁸⁹⁻])", "^", plain).translate(_POWERS)
    plain = re.sub(r"\s", " ", plain)
    if decimal == ",":
        plain = plain.translate(str.maketrans(",.", ".,"))
    match = _COUNT.fullmatch(plain) if len(plain) <= _LONGEST_COUNT else None
    try:
        if match is None:
            raise ValueError
        number = match["number"].replace(",", "").replace(" ", "")
        # 10^21 is one times a power.
        size = float(f"{number}1" if match["power"] and number in {"", "+", "-"} else number)
        unit = _UNITS[match["suffix"].upper()] if match["suffix"] else 1.0
        return size * 10.0 ** int(match["exponent"] or 0) * unit
    except (ValueError, OverflowError):
        raise BayescaleError(
            f"{shorten(text)!r} is not a count: write a number such as 1e24, or with a suffix "
            "K, M, B or T such as 70B"
        ) from None


def shorten(value: object, most: int = 60) -> str:
    """Write a value, cut to a length that fits into a sentence."""
    text = str(value)
    return text if len(text) <= most else f"{text[:most]}... ({len(text):,} characters)"


def show(value: object) -> str:
    """Write a value that was refused, in short and with its type."""
    kind = type(value).__name__
    if not isinstance(value, str | bytes | int | float | complex | list | tuple | dict | set):
        return "None" if value is None else f"something of type {kind}"
    try:
        text = reprlib.repr(value)
        return text if isinstance(value, int | float) else f"{text} ({kind})"
    except ValueError:  # a whole number of thousands of digits
        return f"something of type {kind}"


def unknown_name(kind: str, name: str, known: Iterable[str]) -> str:
    """Return an error message for an unknown name, with the nearest known one."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"unknown {kind} {name!r}: {hint}known are {', '.join(names)}"
