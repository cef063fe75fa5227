"""Whether there are fewer runs than numbers to learn from them."""

from collections.abc import Iterator

from bayescale.core.note import Note
from bayescale.core.text import counted
from bayescale.posterior.fit import Fit


def find(fit: Fit) -> Iterator[Note]:
    """Find a fit in which priors must decide part of the answer, however good the runs are."""
    free = [name for name in fit.model.law.parameters if name not in fit.model.fixed]
    if fit.assumed or len(fit.runs) > len(free):
        return
    yield Note(
        "few_runs",
        "warning",
        f"{counted(len(fit.runs), 'run')} cannot tell {counted(len(free), 'parameter')}: what "
        "they leave open the priors decide, and with it the width of every interval.",
        "State what you know of the floor and the exponents with care, and see how the answer "
        "moves when you state it otherwise; or add runs.",
    )
