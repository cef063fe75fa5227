"""What is being done, said to whoever listens: nobody, unless a program shows it."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol


@dataclass
class Step:
    """Something that takes a while.

    Attributes
    ----------
    words : str
        What is being done.
    depth : int
        Of how many other steps it is a part.
    done, total : int
        How much of it is done; zero if that is not known.
    started : float
        When it began, in seconds of `time.monotonic`.
    """

    words: str
    depth: int = 0
    done: int = 0
    total: int = 0
    started: float = field(default_factory=time.monotonic)
    listener: "Listener | None" = None

    def advance(self, done: int, total: int) -> None:
        """Say how much is done."""
        self.done, self.total = done, total
        if self.listener is not None:
            self.listener.advanced(self)

    @property
    def follow(self) -> Callable[[Sequence[Any]], None] | None:
        """What a sampler calls with the progress of its chains; None if nobody listens."""
        if self.listener is None:
            return None
        return lambda chains: self.advance(
            sum(chain.finished_draws for chain in chains),
            sum(chain.total_draws for chain in chains),
        )


class Listener(Protocol):
    """Who shows what is being done."""

    def began(self, step: Step) -> None:
        """Show a step that begins."""

    def advanced(self, step: Step) -> None:
        """Show how far a step is."""

    def ended(self, step: Step) -> None:
        """Show that a step is done, or was given up."""


_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)
_DEPTH: ContextVar[int] = ContextVar("depth", default=0)


@contextmanager
def listening(listener: Listener | None) -> Iterator[None]:
    """Let a listener show every step that is taken within, or nobody."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


@contextmanager
def following(wanted: bool | None) -> Iterator[None]:
    """Show in a notebook what is being done, unless that is not wanted or shown already."""
    notebook = "ipykernel" in sys.modules and not os.environ.get("CI")
    if wanted is False or is_heard() or not notebook:
        yield
        return
    # What shows it stands above what takes the steps.
    with listening(import_module("bayescale.display.progress").Progress()):
        yield


def is_heard() -> bool:
    """Whether somebody shows what is being done."""
    return _LISTENER.get() is not None


@contextmanager
def step(words: str) -> Iterator[Step]:
    """Say what is being done within, and that it is over."""
    listener, depth = _LISTENER.get(), _DEPTH.get()
    found = Step(words, depth, listener=listener)
    if listener is None:
        yield found
        return
    token = _DEPTH.set(depth + 1)
    listener.began(found)
    try:
        yield found
    finally:
        _DEPTH.reset(token)
        listener.ended(found)
