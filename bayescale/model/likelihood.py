"""How runs scatter around a law: what is observed, and the priors of the noise."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from bayescale.model.prior import Part, Prior


class StudentT(Part):
    """Student-t residuals of the logarithm: seeds differ by 0.3-1%, and a few runs go wrong."""

    sigma: Prior = Prior(dist="HalfStudentT", args={"nu": 3.0, "sigma": 0.01})
    nu: Prior = Prior(dist="Gamma", args={"alpha": 2.0, "beta": 0.1})

    @property
    def priors(self) -> dict[str, Prior]:
        """The priors of the scale and the degrees of freedom."""
        return {"sigma": self.sigma, "nu": self.nu}

    def observed(self, target: str) -> str:
        """Return ``log_loss`` for the target ``loss``."""
        return f"log_{target}"


class BetaBinomial(Part):
    """Counts of right answers, with more scatter than the number of items alone causes."""

    concentration: Prior

    @property
    def priors(self) -> dict[str, Prior]:
        """The prior of the concentration."""
        return {"concentration": self.concentration}

    def observed(self, target: str) -> str:  # noqa: ARG002
        """Return ``correct``: what is observed is a count."""
        return "correct"


def read_likelihood(given: Any) -> Any:
    """Return the likelihood that a table of priors belongs to.

    Raises
    ------
    ValueError
        If the keys are those of no likelihood.
    """
    if not isinstance(given, Mapping):
        return given
    kinds = (StudentT, BetaBinomial)
    fields = [list(kind.model_fields) for kind in kinds]
    for kind, names in zip(kinds, fields, strict=True):
        if set(given) <= set(names):
            try:
                return kind(**given)
            except ValidationError as error:
                raise ValueError(error.errors(include_url=False)[0]["msg"]) from None
    choices = ", or ".join(" and ".join(names) for names in fields)
    unknown = [name for name in given if name not in {*fields[0], *fields[1]}] or list(given)
    raise ValueError(f"{unknown[0]}: unknown key; a likelihood has {choices}")
