"""Whether the runs can tell the inputs of the law apart."""

from collections.abc import Iterator

from bayescale.core.note import Note
from bayescale.posterior.fit import Fit
from bayescale.runs.extent import find_narrow


def find(fit: Fit) -> Iterator[Note]:
    """Find inputs that vary together, or hardly at all."""
    yield from find_narrow(fit.runs.table, list(fit.model.columns.values()))
