"""Whether the best runs alone foretell another loss than the surface does."""

from collections.abc import Iterator

from bayescale.core.note import Note
from bayescale.evaluation.answers import FURTHER
from bayescale.posterior.fit import Fit
from bayescale.posterior.witnesses import notes_beyond


def find(fit: Fit) -> Iterator[Note]:
    """Find a surface whose least loss further out is not the one that the best runs foretell."""
    if "flops" in fit.runs.table:
        yield from notes_beyond(fit, FURTHER * fit.runs.table["flops"].to_numpy(float))
