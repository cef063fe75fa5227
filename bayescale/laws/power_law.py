"""One power law above a floor: L = E + A x^-alpha_x, with x bound to a column by the card.

Hestness et al. 2017, "Deep Learning Scaling is Predictable, Empirically", arXiv:1712.00409;
Henighan et al. 2020, "Scaling Laws for Autoregressive Generative Modeling", arXiv:2010.14701.

Along one resource Hestness et al. see three phases. In the small-data region the model guesses and
the loss stays at chance; in the power-law region each factor of the resource removes a fixed share
of what is left above the floor; in the irreducible region the floor E is reached. The law covers
the last two: leave runs at chance out, or fit the law "rosenfeld", which has the plateau. What a
better architecture changes is mostly the intercept of the log-log line, which is A, not E.

What to expect of the exponent in data is an old question. Amari et al. 1992, "Four Types of
Learning Curves", derive 1 for a noiseless rule with one solution, 2 with many solutions, 1/2 with
noisy labels, and 1 above a floor for a stochastic machine. Deep networks fall more slowly.
"""

from typing import Any

from bayescale.laws.law import Law


def loss(x: Any, *, E: Any, A: Any, alpha_x: Any) -> Any:
    """Loss as a function of one resource (Henighan et al. 2020, eq. 1.1)."""
    return E + A * x**-alpha_x


def derived(x: Any, *, A: Any, alpha_x: Any) -> dict[str, Any]:
    """Coefficient as papers print it: at a reference of one."""
    return {"A_classic": A * x**alpha_x}


LAW = Law(loss, "power_law", derived=derived, terms=("E", "A"))
