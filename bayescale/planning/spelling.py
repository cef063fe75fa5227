"""Values as text: numbers, pairs and frozen dataclasses, as people type them and read back."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from bayescale.core.text import parse_quantity, unknown_name
from bayescale.errors import BayescaleError, PlanError


def plain(value: float) -> str:
    """Write a number as people type it, with all of its digits: 1e24, 80000000000, 0.4."""
    short = f"{float(value):.12g}"
    return (short if float(short) == value else repr(float(value))).replace("e+", "e")


def read_pairs(text: str) -> dict[str, str]:
    """Read ``NAME=VALUE,NAME=VALUE``.

    Raises
    ------
    PlanError
        If a part has another form.
    """
    pairs = {}
    for part in text.split(","):
        name, equals, value = (word.strip() for word in part.partition("="))
        if not (name and equals and value):
            raise PlanError(f"{part!r} in {text!r}: write NAME=VALUE, several with commas between")
        pairs[name] = value
    return pairs


def changed(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass that differ from their defaults."""
    given = {part.name: getattr(value, part.name) for part in fields(value)}
    return {
        part.name: given[part.name] for part in fields(value) if given[part.name] != usual(part)
    }


def usual(part: "Field[Any]") -> Any:
    """Return the default of a field, or MISSING."""
    return part.default if part.default_factory is MISSING else part.default_factory()


def read_object(text: str, known: Mapping[str, type[Any]]) -> Any:
    """Read a dataclass: its name, what it holds within, and its fields, with commas between.

    Parameters
    ----------
    text : str
        Such as ``PerBit,Transformer,vocabulary=32000,context=2048``: one within the other. The
        name may be left out if only one is known.
    known : mapping of str to type
        The dataclasses by name.

    Raises
    ------
    PlanError
        If a name is not known, or a field is not known, missing or has no meaning.
    """
    words = [word for word in text.split(",") if word]
    names = [word.strip() for word in words if "=" not in word]
    rest = [word for word in words if "=" in word]
    pairs = read_pairs(",".join(rest)) if rest else {}
    if unknown := [name for name in names if name not in known]:
        raise PlanError(unknown_name("name", unknown[0], known))
    kinds = [known[name] for name in names] or [next(iter(known.values()))]
    parts = {part.name for kind in kinds for part in fields(kind)}
    if others := [name for name in pairs if name not in parts]:
        raise PlanError(unknown_name(f"part of {text!r}", others[0], parts))
    found: Any = None
    for kind in reversed(kinds):
        own = {part.name: part for part in fields(kind)}
        given = {name: _value(own[name], value) for name, value in pairs.items() if name in own}
        within = {} if found is None else {_holder(kind): found}
        _require_all(kind, given | within)
        found = kind(**given, **within)
    return found


def write_object(value: Any, known: Mapping[str, type[Any]]) -> str | None:
    """Write a dataclass so that `read_object` reads it; None if no text says it all."""
    text = _words(value, {kind: name for name, kind in known.items()})
    try:
        return text if read_object(text, known) == value else None
    except BayescaleError:
        return None


def _words(value: Any, names: Mapping[type[Any], str]) -> str:
    parts = [names.get(type(value), "")] if len(names) > 1 else []
    for name, part in changed(value).items() if is_dataclass(value) else ():
        parts.append(_words(part, names) if is_dataclass(part) else f"{name}={_text(part)}")
    return ",".join(parts)


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | bool) else plain(value)


def _value(part: "Field[Any]", text: str) -> Any:
    if part.type is bool:
        if text not in ("True", "False"):
            raise PlanError(f"{part.name} = {text!r} must be True or False")
        return text == "True"
    if part.type not in (int, float, float | None):
        return text
    number = parse_quantity(text)
    return int(number) if part.type is int and number.is_integer() else number


def _holder(kind: type[Any]) -> str:
    """Return the field of a dataclass that holds another."""
    names = [part.name for part in fields(kind) if is_dataclass(usual(part))]
    if not names:
        raise PlanError(f"{kind.__name__} has nothing within; write one name and its parts")
    return names[0]


def _require_all(kind: type[Any], given: Mapping[str, Any]) -> None:
    needed = [part.name for part in fields(kind) if usual(part) is MISSING]
    if missing := [name for name in needed if name not in given]:
        raise PlanError(f"{kind.__name__} has no {missing[0]}; write {missing[0]}=VALUE")
