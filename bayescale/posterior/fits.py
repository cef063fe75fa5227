"""Many fits by name: those that were made, and why others were not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bayescale.core.text import counted
from bayescale.errors import BayescaleError
from bayescale.laws.law import Law
from bayescale.posterior.fit import Fit
from bayescale.posterior.saving import load


@dataclass(frozen=True, repr=False)
class Fits(Mapping[str, Fit | BayescaleError]):
    """Many fits by name; the entry of a fit that failed is its error.

    Attributes
    ----------
    entries : dict of str to Fit, Path or BayescaleError
        By name: a fit, the file that holds one and is read when it is asked for, or why there is
        none.
    law : Law, optional
        The law of fits in files.
    """

    entries: dict[str, Fit | Path | BayescaleError]
    law: Law | None = None

    def __getitem__(self, name: str) -> Fit | BayescaleError:
        """Return a fit, or why there is none."""
        entry = self.entries[name]
        return load(entry, law=self.law) if isinstance(entry, Path) else entry

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(self.entries)

    def __len__(self) -> int:
        """Return how many fits were asked for."""
        return len(self.entries)

    @property
    def failed(self) -> dict[str, BayescaleError]:
        """Why fits failed, by name."""
        return {n: entry for n, entry in self.entries.items() if isinstance(entry, BayescaleError)}

    @property
    def finished(self) -> Iterator[tuple[str, Fit]]:
        """The names and the fits that were made, one after the other."""
        for name in self:
            if not isinstance(found := self[name], BayescaleError):
                yield name, found

    def __repr__(self) -> str:
        """Say how many there are, and why others are not."""
        made = counted(len(self) - len(self.failed), "fit")
        failed = (f"{name} failed: {error}" for name, error in self.failed.items())
        return "\n".join([made, *failed])
