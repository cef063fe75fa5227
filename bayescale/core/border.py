"""The border of the public functions: arguments are what their annotations say, or refused."""

import ast
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, wraps
from inspect import Parameter
from typing import Any, cast, get_args, get_type_hints, is_typeddict

from bayescale.core.annotations import Reader, RefusedError, reader_of
from bayescale.core.asking import argument
from bayescale.core.text import show, unknown_name
from bayescale.errors import BayescaleError


def checked[F: Callable[..., Any]](
    error: type[BayescaleError], *, beside: Iterable[str] = ()
) -> Callable[[F], F]:
    """Return a decorator that checks the arguments of a function against its annotations.

    Annotations are read at the first call, so that an import costs nothing. What is annotated as a
    number may be one of NumPy, or an array of one; sequences may be arrays of one dimension.
    Ranges are not checked: what a number means is known to the function.

    Parameters
    ----------
    error : type
        What to raise where an argument is of a wrong type, missing or unknown.
    beside : iterable of str
        Keywords beside those of ``**limits: Unpack[...]`` that the function refuses itself, with a
        reason.
    """

    def decorate(function: F) -> F:
        border = _Border(function, error, frozenset(beside))

        @wraps(function)
        def call(*given: Any, **named: Any) -> Any:
            bound = border.read(given, named)
            return function(*bound.args, **bound.kwargs)

        call.__border__ = border  # type: ignore[attr-defined]
        return cast(F, call)

    return decorate


def arguments_of(function: Callable[..., Any], *given: Any, **named: Any) -> dict[str, Any]:
    """Return the arguments of a call of a checked function, as it would read them.

    Raises
    ------
    BayescaleError
        As the function itself, if it would refuse one.
    """
    border: _Border = function.__border__  # type: ignore[attr-defined]
    return dict(border.read(given, named).arguments)


class _Border:
    """What a function takes."""

    def __init__(
        self, function: Callable[..., Any], error: type[BayescaleError], beside: frozenset[str]
    ) -> None:
        self.function, self.error, self.beside = function, error, beside

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        return self.signature.parameters

    @cached_property
    def signature(self) -> inspect.Signature:
        return inspect.signature(self.function)

    @cached_property
    def readers(self) -> dict[str, Reader]:
        """The reader of every argument that can be given by name."""
        found: dict[str, Reader] = {}
        for part in self.parameters.values():
            if part.annotation is not Parameter.empty and part.kind is not Parameter.VAR_KEYWORD:
                found[part.name] = reader_of(part.annotation)
        keywords = self.further
        if keywords is not None and is_typeddict(_inside(keywords)):
            return found | {name: reader_of(kind) for name, kind in _keys(_inside(keywords))}
        return found

    @cached_property
    def further(self) -> Any:
        """The annotation of keywords that are not named, None if there are none."""
        kinds = {part.kind: part for part in self.parameters.values()}
        part = kinds.get(Parameter.VAR_KEYWORD)
        return None if part is None else part.annotation

    @cached_property
    def known(self) -> list[str]:
        named = [part.name for part in self.parameters.values() if part.name != "self"]
        return [name for name in dict.fromkeys([*named, *self.readers]) if name in self.readers]

    @cached_property
    def any_name(self) -> bool:
        """Whether keywords may have any name."""
        return self.further is not None and not is_typeddict(_inside(self.further))

    def read(self, given: tuple[Any, ...], named: dict[str, Any]) -> inspect.BoundArguments:
        """Return the arguments of a call, or raise."""
        strangers = [name for name in named if name not in self.readers]
        if not self.any_name and (unknown := [n for n in strangers if n not in self.beside]):
            raise self.error(unknown_name(f"argument of {self._name}", unknown[0], self.known))
        try:
            bound = self.signature.bind(*given, **named)
        except TypeError as wrong:
            takes = ", ".join(self.known) or "nothing"
            raise self.error(f"{self._name}: {wrong}; it takes {takes}") from None
        for name, value in bound.arguments.items():
            part = self.parameters[name]
            if part.kind is not Parameter.VAR_KEYWORD:
                bound.arguments[name] = self._read(name, value)
            else:
                bound.arguments[name] = {key: self._read(key, value[key]) for key in value}
        return bound

    def _read(self, name: str, value: Any) -> Any:
        reader = self.readers.get(name)
        if reader is None:
            return value
        try:
            return reader(value)
        except RefusedError as wrong:
            part = self.parameters.get(name)
            needed = part is not None and part.default is Parameter.empty
            remedy = "give one" if needed or wrong.where else "give one, or leave it out"
            raise self.error(
                f"{argument(name)}{wrong.where} = {show(wrong.value)} must be {wrong.rule}; "
                f"{remedy}"
            ) from None

    @property
    def _name(self) -> str:
        return self.function.__name__


def _inside(unpacked: Any) -> Any:
    """Return the TypedDict of ``Unpack[TypedDict]``, or what else the annotation is."""
    return next(iter(get_args(unpacked)), unpacked)


def _keys(kind: Any) -> Iterable[tuple[str, Any]]:
    """Return the keys of a TypedDict and their annotations."""
    names: dict[str, Any] = {}
    for base in (kind, *getattr(kind, "__orig_bases__", ())):
        if is_typeddict(base):
            names |= _imported_for_types(base.__module__)
    return get_type_hints(kind, localns=names).items()


def _imported_for_types(module: str) -> dict[str, Any]:
    """Return what a module imports for its annotations alone, under ``if TYPE_CHECKING``."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    blocks = [node for node in tree.body if isinstance(node, ast.If)]
    blocks = [node for node in blocks if getattr(node.test, "id", "") == "TYPE_CHECKING"]
    lines = [line for node in blocks for line in node.body if isinstance(line, ast.ImportFrom)]
    return {
        name.asname or name.name: getattr(importlib.import_module(str(line.module)), name.name)
        for line in lines
        for name in line.names
    }
