"""What is being done, on the screen: bars in a terminal, one line a step elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from bayescale.core.progress import Listener, Step, listening

if TYPE_CHECKING:
    from rich.progress import Progress

EXIT = 130
"""The status of a command that was stopped by Ctrl-C, as shells have it."""


class Record:
    """What a command is doing, and what it has kept."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.kept: list[str] = []

    def stopped(self) -> str:
        """Say where a command was stopped, and what is kept."""
        while_doing = f" while {self.steps[-1].words}" if self.steps else ""
        return f"stopped{while_doing}: {'; '.join(self.kept) or 'nothing was kept'}"


_RECORDS: list[Record] = []


def keep(words: str) -> None:
    """Note what would be kept if the command were stopped now."""
    for record in _RECORDS:
        record.kept.append(words)


@contextmanager
def shown() -> Iterator[None]:
    """Show every step of a command; if it is stopped, say what is kept.

    Raises
    ------
    Exit
        With status 130, if it is stopped.
    """
    record = Record()
    _RECORDS.append(record)
    listener = _Bars(record) if sys.stderr.isatty() else _Lines(record)
    try:
        with listening(listener):
            yield
    except KeyboardInterrupt:
        listener.close()
        typer.echo(record.stopped(), err=True)
        raise typer.Exit(EXIT) from None
    finally:
        listener.close()
        _RECORDS.remove(record)


class _Lines(Listener):
    """One line a step, when it begins."""

    def __init__(self, record: Record) -> None:
        self.record = record

    def began(self, step: Step) -> None:
        """Write what begins."""
        self.record.steps.append(step)
        typer.echo(f"{'  ' * step.depth}{step.words} ...", err=True)

    def advanced(self, step: Step) -> None:
        """Write nothing."""

    def ended(self, step: Step) -> None:
        """Write nothing."""
        if not _stopping():
            self.record.steps.remove(step)

    def close(self) -> None:
        """Write nothing."""


class _Bars(Listener):
    """A row for each step that is under way, with a bar where it is known how far it is."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.rows: dict[int, Any] = {}
        self.progress: Progress | None = None

    def began(self, step: Step) -> None:
        """Add a row."""
        self.record.steps.append(step)
        if self.progress is None:
            clear_line()
            self.progress = _new_progress()
            self.progress.start()
        words = f"{'  ' * step.depth}{step.words}"
        self.rows[id(step)] = self.progress.add_task(words, total=None)

    def advanced(self, step: Step) -> None:
        """Move the bar."""
        if self.progress is not None and id(step) in self.rows:
            self.progress.update(self.rows[id(step)], completed=step.done, total=step.total or None)

    def ended(self, step: Step) -> None:
        """Take the row away."""
        if not _stopping():
            self.record.steps.remove(step)
        if self.progress is not None:
            self.progress.remove_task(self.rows.pop(id(step)))
            if not self.rows:
                self.close()

    def close(self) -> None:
        """Leave the screen to the answer."""
        if self.progress is not None:
            self.progress.stop()
            self.progress = None
        clear_line()


def _stopping() -> bool:
    """Whether a step ends because the command is stopped, so that it is known which it was."""
    return isinstance(sys.exception(), KeyboardInterrupt)


def _new_progress() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def clear_line() -> None:
    """Take away what stands in the line of the cursor, in a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
