"""What a learning-rate schedule contributes to a loss curve."""

import numpy as np
from numpy.typing import ArrayLike

from bayescale.core.border import checked
from bayescale.core.quantities import FloatArray
from bayescale.errors import BayescaleError, RunsError


@checked(RunsError)
def annealing_areas(
    learning_rates: ArrayLike, momentum: float = 0.999
) -> tuple[FloatArray, FloatArray]:
    """Return the forward and the annealing area of a schedule after each step.

    Parameters
    ----------
    learning_rates : array_like, shape (steps,)
        The learning rate of every step, from the end of the warm-up on.
    momentum : float, default 0.999
        How much of the effect of a decay is left one step later, in [0, 1). Tissue et al. 2024
        use values from 0.99 to 0.999.

    Returns
    -------
    S1 : ndarray, shape (steps,)
        The forward area: the sum of the learning rates.
    S2 : ndarray, shape (steps,)
        The annealing area: the sum of a momentum that every decay of the rate pushes on.

    Raises
    ------
    BayescaleError
        If the learning rates are not a sequence of numbers from 0 on, or the momentum is not in
        [0, 1).

    Examples
    --------
    >>> from bayescale.runs.schedules import annealing_areas
    >>> S1, S2 = annealing_areas([1.0, 1.0, 0.5, 0.5], momentum=0.5)
    >>> S1.tolist(), S2.tolist()
    ([1.0, 2.0, 2.5, 3.0], [0.0, 0.0, 0.5, 0.75])
    """
    rates = np.asarray(learning_rates, float)
    if rates.ndim != 1 or not rates.size or not np.all(np.isfinite(rates) & (rates >= 0)):
        raise BayescaleError("learning rates must be one or more numbers, none of them negative")
    if not 0 <= momentum < 1:
        raise BayescaleError(f"momentum = {momentum:g} must be at least 0 and less than 1")
    decays = np.diff(-rates, prepend=-rates[0])
    # Each momentum is the decay of its step plus what is left of the one before.
    from scipy.signal import lfilter

    momenta = lfilter([1.0], [1.0, -momentum], decays)
    return np.cumsum(rates), np.cumsum(momenta)
