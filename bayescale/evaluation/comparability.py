"""Whether losses can be set against each other at all."""

from collections.abc import Iterator

import numpy as np

from bayescale.core.note import Note
from bayescale.core.quantities import FloatArray
from bayescale.core.text import percent

FAR_OFF, ON_ONE_SIDE = 0.15, 0.9


def doubt_losses(observed: FloatArray, predicted: FloatArray, model: str) -> Iterator[Note]:
    """Find losses so far from those predicted that they may be of another kind.

    Parameters
    ----------
    observed, predicted : ndarray, shape (runs,)
        The losses of runs, and what a fit says of them.
    model : str
        The model that was fitted.
    """
    off = np.log(np.asarray(observed) / np.asarray(predicted))
    typical = float(np.median(off))
    one_side = float(np.mean(np.sign(off) == np.sign(typical)))
    if abs(typical) > np.log1p(FAR_OFF) and one_side >= ON_ONE_SIDE:
        yield Note(
            "comparable",
            "warning",
            f"The losses lie {percent(abs(np.expm1(typical)))} "
            f"{'above' if typical > 0 else 'below'} what {model} predicts, more than "
            f"{percent(FAR_OFF)} and to one side, so they may not be comparable: another "
            "tokenizer, test set or unit of the loss does as much as any recipe.",
            "See that both are losses per token of one tokenizer on one test set, in one unit.",
        )
