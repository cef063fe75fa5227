"""What makes a plan again: its limits as Python and as options of the command line."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any

from bayescale.core.asking import either
from bayescale.planning.limits import LIMITS, Limit
from bayescale.planning.spelling import changed, plain


def python_arguments(limits: Mapping[str, Any]) -> dict[str, str]:
    """Return the keywords of `bayescale.allocate` or `bayescale.report`, as Python with ``bs``.

    Parameters
    ----------
    limits : mapping of str to Any
        What was asked, as `Plan.limits` holds it.
    """
    return {limit.name: python for limit, value in _typed(limits) if (python := as_python(value))}


def shell_options(limits: Mapping[str, Any]) -> list[str]:
    """Return the options of ``bayescale allocate`` or ``bayescale report``, not yet quoted."""
    return [
        part
        for limit, value in _typed(limits)
        if None not in (texts := limit.texts(value))
        for text in texts
        for part in (limit.flag, str(text))
    ]


def left_out(limits: Mapping[str, Any]) -> list[str]:
    """Name what neither a line of Python nor an option can say, or only one of them can."""
    typed = {
        limit.name
        for limit, value in _typed(limits)
        if as_python(value) is not None and None not in limit.texts(value)
    }
    return [limit.name for limit, _ in _given(limits) if limit.name not in typed]


def typed(name: str, value: Any) -> str:
    """Write how a limit is given, as those who ask give it: a keyword, or an option."""
    limit = next(limit for limit in LIMITS if limit.name == name)
    options = (f"{limit.flag} {shlex.quote(str(text))}" for text in limit.texts(value))
    return either(f"{name}={as_python(value)}", " ".join(options))


def as_python(value: Any) -> str | None:
    """Write a value as Python, or None if it can only be written by those who made it."""
    match value:
        case bool():
            return repr(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case int() | float():
            return plain(value)
        case Mapping():
            return _joined("{{{}}}", "{}: {}", {json.dumps(key): v for key, v in value.items()})
        case list():
            return _joined("[{}]", "{1}", dict(enumerate(value)))
        case tuple():
            return _joined("({})", "{1}", dict(enumerate(value)))
    if is_dataclass(value) and type(value).__module__.startswith("bayescale."):
        return _joined(f"bs.{type(value).__name__}({{}})", "{}={}", changed(value))
    return None


def _joined(around: str, form: str, parts: Mapping[Any, Any]) -> str | None:
    written = {key: as_python(part) for key, part in parts.items()}
    if None in written.values():
        return None
    return around.format(", ".join(form.format(*item) for item in written.items()))


def _given(limits: Mapping[str, Any]) -> list[tuple[Limit, Any]]:
    pairs = [(limit, limits.get(limit.name)) for limit in LIMITS]
    return [(limit, value) for limit, value in pairs if not limit.is_usual(value)]


def _typed(limits: Mapping[str, Any]) -> list[tuple[Limit, Any]]:
    """Return what was given of what the command line takes of one fit."""
    return [(limit, value) for limit, value in _given(limits) if limit.help and not limit.of_fits]
