"""Who asks, so that messages call what can be given by its name there: a keyword or an option."""

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_OPTIONS: ContextVar[Mapping[str, str] | None] = ContextVar("options", default=None)


@contextmanager
def on_the_command_line(options: Mapping[str, str]) -> Iterator[None]:
    """Let messages speak of options while the command line asks.

    Parameters
    ----------
    options : mapping of str to str
        The option of each keyword.
    """
    before = _OPTIONS.set(options)
    try:
        yield
    finally:
        _OPTIONS.reset(before)


def either(python: str, shell: str) -> str:
    """Return what is said to those who write Python, or what to those who type a command."""
    return python if _OPTIONS.get() is None else shell


def verb(name: str) -> str:
    """Return what a public function is called: ``bs.plot_fit`` or ``bayescale plot fit``."""
    return either(f"bs.{name}", f"bayescale {name.replace('plot_', 'plot ').replace('_', '-')}")


def argument(name: str) -> str:
    """Return what an argument is called: ``max_epochs`` or ``--max-epochs``.

    Names that no command has an option for stay as they are.
    """
    return (_OPTIONS.get() or {}).get(name, name)


def setting(name: str, value: Any) -> str:
    """Write how an argument is given: ``last_of='run'`` or ``--last-of run``.

    Parameters
    ----------
    name : str
        The keyword.
    value : Any
        Its value; ``...`` in it stands for what only the user knows.
    """
    flag = argument(name)
    shell = " ".join(f"{flag} {shlex.quote(text)}" for text in _texts(value))
    return either(f"{name}={_python(value)}", shell)


def _texts(value: Any) -> list[str]:
    """Return the texts of the options that give a value."""
    if isinstance(value, Mapping):
        return [f"{key}={_text(part)}" for key, part in value.items()]
    return [_text(part) for part in (value if isinstance(value, list | tuple) else [value])]


def _text(value: Any) -> str:
    return "..." if value is ... else str(value)


def _python(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key!r}: {_python(part)}' for key, part in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_python, value))}]"
    return "..." if value is ... else repr(value)
