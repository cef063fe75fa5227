"""What a plan is judged by: how the losses it may bring, one a draw, become one number."""

from collections.abc import Callable

import numpy as np

from bayescale.core.quantities import FloatArray
from bayescale.core.text import unknown_name
from bayescale.errors import PlanError

type Risk = str | tuple[str, float] | Callable[[FloatArray], FloatArray]


def risk_of(risk: Risk) -> Callable[[FloatArray], FloatArray]:
    """Return the function that a plan minimises.

    Parameters
    ----------
    risk : str, tuple or callable
        ``"mean"``: the expected loss. ``("quantile", 0.9)``: the loss exceeded with probability
        0.1. ``("cvar", 0.9)``: the mean of the worst tenth. Or a function of losses with the draws
        on the last axis, which it removes.

    Returns
    -------
    callable

    Raises
    ------
    PlanError
        If there is no such risk, or its level is not between 0 and 1.
    """
    if callable(risk):
        return _of_own(risk)
    name, level = (risk, 0.9) if isinstance(risk, str) else risk
    if not 0 < level < 1:
        raise PlanError(f"risk {name!r}: the level {level:g} must lie between 0 and 1")
    known: dict[str, Callable[[FloatArray], FloatArray]] = {
        "mean": lambda losses: losses.mean(axis=-1),
        "quantile": lambda losses: np.quantile(losses, level, axis=-1),
        "cvar": lambda losses: _worst(losses, level),
    }
    if name not in known:
        raise PlanError(unknown_name("risk", name, known))
    return known[name]


def _of_own(risk: Callable[[FloatArray], FloatArray]) -> Callable[[FloatArray], FloatArray]:
    """Return a risk of the user's own that says so if it returns something else."""

    def judge(losses: FloatArray) -> FloatArray:
        found = np.asarray(risk(losses))
        if found.shape != losses.shape[:-1] or found.dtype.kind not in "iuf":
            raise PlanError(
                f"risk returned {found.dtype} of shape {found.shape} for losses of shape "
                f"{losses.shape}; return numbers of shape {losses.shape[:-1]}, one for all draws"
            )
        if np.isnan(found).any():
            raise PlanError(
                "risk returned nan for losses that are numbers; return what can be compared"
            )
        return found

    return judge


def _worst(losses: FloatArray, level: float) -> FloatArray:
    count = max(1, round((1 - level) * losses.shape[-1]))
    worst = np.partition(losses, -count, axis=-1)[..., -count:]
    return np.asarray(worst.mean(axis=-1))
