"""How far the form of a law is trusted: by how much the truth may bend away from it."""

import math
from typing import Self

from pydantic import PositiveFloat, PositiveInt, model_validator

from bayescale.laws.law import Law
from bayescale.model.bending import bend_of_unit
from bayescale.model.prior import FIXED, Part, Prior

BEND = "bend"
"""The name of the typical bend among the numbers that are sampled."""

SHAPE = "bend_shape"
"""The name of the vector, one number a mode, that says which way a draw bends."""

ADDED, TAKEN = " with discrepancy", " without discrepancy"
"""What the name of a card ends in where its discrepancy was added or taken away."""

TAILS = Prior(dist="TruncatedNormal", args={"mu": 13.0, "sigma": 15.0, "lower": 3.0})
"""The prior of the degrees of freedom beside a discrepancy, unless a card has one. Below three, a
few heavy tails and a bend explain the same runs, and chains go back and forth between the two."""


class Discrepancy(Part):
    """A smooth factor between the law and the truth, learnt with the law.

    Attributes
    ----------
    bend : Prior, default LogNormal(median 0.02, sigma 0.7)
        The typical bend of log loss at the largest runs: the standard deviation of its second
        difference over one decade of an input.
    length : float, default 4
        Over how many decades of an input bends go together.
    slope : float, default 0.25
        How much less the law bends the more compute runs take: the amplitude falls by a factor of
        10 to this power with every decade of compute, or of the product of the inputs that it bends
        over where compute is none of them.
    modes : int, default 20
        How many directions of bending the runs are asked about, those that they can tell most of.

    Notes
    -----
    Log loss is log f + delta with delta a Gaussian process of Matern-5/2 covariance in the decimal
    logarithms of size and tokens (or of size and compute, where a law takes these), or of the one
    input of a law of one; further inputs, such as unique tokens, experts or bits, bend nothing.
    """

    bend: Prior = Prior(dist="LogNormal", args={"median": 0.02, "sigma": 0.7})
    length: PositiveFloat = 4.0
    slope: float = 0.25
    modes: PositiveInt = 20

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.bend.dist == FIXED or not self.bend.positive:
            raise ValueError(
                f"bend ~ {self.bend} must be a distribution of positive numbers, such as a "
                "LogNormal; leave the discrepancy out for a law that does not bend"
            )
        if not (math.isfinite(self.slope) and self.slope >= 0):
            raise ValueError(f"slope = {self.slope:g} must be zero or positive, for example 0.25")
        return self

    @property
    def unit(self) -> float:
        """The bend of a process of standard deviation one."""
        return bend_of_unit(self.length)

    @property
    def words(self) -> str:
        """What is assumed, in two sentences."""
        typical = self.bend.args.get("median")
        amount = "a little" if typical is None else f"by about {typical:.2g} in log loss"
        if typical is not None and typical < 1:
            amount = f"by about {100 * typical:.2g}%"
        return (
            f"The law's form is trusted to bend {amount} a decade; where the runs show more or "
            "less bending, that is learnt. Beyond the runs the interval widens with every decade "
            "for which no run speaks."
        )


def bends_over(law: Law) -> tuple[str, ...]:
    """Return the letters of what a law may bend over: size, tokens, compute, or its one input."""
    letters = tuple(letter for letter in ("N", "D", "C") if letter in law.inputs)
    return letters or (law.inputs if len(law.inputs) == 1 else ())


def require_may_bend(law: Law, of_logarithm: bool) -> None:
    """Raise if a law cannot have a discrepancy.

    Parameters
    ----------
    law : Law
        The law.
    of_logarithm : bool
        Whether the likelihood observes a logarithm.

    Raises
    ------
    ValueError
        If it has not the inputs, observes something else, or has a parameter of a name in use.
    """
    if not bends_over(law) or not of_logarithm:
        raise ValueError(
            f"discrepancy: law {law.name} takes {', '.join(law.inputs)} and predicts {law.target}; "
            "only the logarithm of a law in size or tokens, or in one input, may bend; leave the "
            "discrepancy out"
        )
    if taken := {BEND, SHAPE} & set(law.parameters):
        raise ValueError(
            f"discrepancy: it has a number {min(taken)} itself; rename the law's parameter"
        )
