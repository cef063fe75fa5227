"""Whether the residuals are of one population."""

from collections.abc import Iterator

from bayescale.core.asking import verb
from bayescale.core.note import Note
from bayescale.posterior.fit import Fit

LEAST_NU = 2.0


def find(fit: Fit) -> Iterator[Note]:
    """Find residuals with tails so heavy that they have no variance."""
    if "nu" not in fit.model.likelihood.priors:
        return
    nu = float(fit.posterior["nu"].median())
    if nu < LEAST_NU:
        yield Note(
            "heavy_tails",
            "warning",
            f"The degrees of freedom of the residuals are {nu:.2g}, below {LEAST_NU:g}: they have "
            "no variance, which says that several populations of runs are in one table, and the "
            "fit follows the densest.",
            f"Find what the runs off the surface share ({verb('plot_fit')}); fit them apart, "
            "or pool over a column that tells them apart.",
        )
