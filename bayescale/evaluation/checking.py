"""Check whether a fit can be trusted: sampler, predictions, and what the runs can tell."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pandas as pd

from bayescale.core.border import checked
from bayescale.core.note import Note
from bayescale.core.shown import Shown
from bayescale.errors import FitError
from bayescale.evaluation import checks
from bayescale.posterior.fit import MIN_DRAWS, Fit


@dataclass(frozen=True, repr=False)
class Checks(Shown):
    """The findings about a fit.

    Attributes
    ----------
    notes : tuple of Note
        Errors first; among the rest, what moves an answer most.
    """

    notes: tuple[Note, ...]

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not self.errors

    @property
    def errors(self) -> tuple[Note, ...]:
        """The notes that mean the fit cannot be trusted."""
        return tuple(note for note in self.notes if note.severity == "error")

    def raise_if_bad(self) -> "Checks":
        """Return the checks if they hold.

        Raises
        ------
        FitError
            If there is an error among the notes.
        """
        if not self.ok:
            raise FitError("the fit failed its checks\n" + "\n".join(map(str, self.errors)))
        return self

    def to_frame(self) -> pd.DataFrame:
        """Return the notes as a table."""
        return pd.DataFrame(
            [(note.code, note.severity, note.sentence, note.remedy) for note in self.notes],
            columns=["code", "severity", "sentence", "remedy"],
        )

    def __str__(self) -> str:
        """Write one note on each line."""
        return "\n".join(map(str, self.notes))


@checked(FitError)
def check(fit: Fit) -> Checks:
    """Check convergence, predictions and what the runs can tell.

    Parameters
    ----------
    fit : Fit
        The fit.

    Returns
    -------
    Checks
        What each file of `bayescale.evaluation.checks` found, and the notes of the fit itself.
    """
    if fit.samples < MIN_DRAWS:
        sentence = f"The fit has {fit.samples} draws, an answer needs at least {MIN_DRAWS}."
        few = Note("draws", "error", sentence, "Fit again with more draws or chains.")
        return Checks((few, *fit.notes))
    found = [note for find in _checks() for note in find(fit)] + list(fit.notes)
    order = {"error": 0, "warning": 1, "info": 2}
    return Checks(tuple(sorted(found, key=lambda note: (order[note.severity], -note.shift))))


@cache
def _checks() -> list[Callable[[Fit], Iterator[Note]]]:
    """Return `find` of every module of `checks`."""
    names = (module.name for module in pkgutil.iter_modules(checks.__path__))
    return [importlib.import_module(f"{checks.__name__}.{name}").find for name in names]
