"""The distributions that a prior may have: their arguments, and what these may be.

Known without PyMC, so that a card is refused when it is read.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bayescale.core.text import unknown_name


@dataclass(frozen=True)
class Distribution:
    """What a distribution takes.

    Attributes
    ----------
    forms : tuple of str
        The arguments that state it, in one way or another: ``("alpha beta", "mu sigma")``.
    optional : str
        Further arguments, which have a default.
    signed : str
        Arguments that may be negative or zero; all others are positive.
    with_unit : str
        The arguments that carry the unit of the quantity, where it may be the loss.
    positive : bool
        Whether it allows positive values only.
    share : bool
        Whether it allows values between 0 and 1 only.
    """

    forms: tuple[str, ...]
    optional: str = ""
    signed: str = "mu lower upper c"
    with_unit: str = ""
    positive: bool = False
    share: bool = False


_SCALED = ("sigma", "tau")

DISTRIBUTIONS = {
    "AsymmetricLaplace": Distribution(("kappa mu b", "q mu b")),
    "Beta": Distribution(("alpha beta", "mu sigma", "mu nu"), signed="", share=True),
    "Cauchy": Distribution(("alpha beta",), signed="alpha"),
    "ExGaussian": Distribution(("nu sigma",), "mu"),
    "Exponential": Distribution(("lam", "scale"), positive=True),
    "Fixed": Distribution(("value",), signed="value"),
    "Gamma": Distribution(("alpha beta", "mu sigma"), signed="", positive=True),
    "Gumbel": Distribution(("mu beta",)),
    "HalfCauchy": Distribution(("beta",), positive=True),
    "HalfNormal": Distribution(_SCALED, with_unit="sigma", positive=True),
    "HalfStudentT": Distribution(("nu sigma", "nu lam"), with_unit="sigma", positive=True),
    "InverseGamma": Distribution(("alpha beta", "mu sigma"), signed="", positive=True),
    "Kumaraswamy": Distribution(("a b",), share=True),
    "Laplace": Distribution(("mu b",)),
    "LogNormal": Distribution(("median sigma",), with_unit="median", positive=True),
    "Logistic": Distribution(("s",), "mu"),
    "Moyal": Distribution(("sigma",), "mu"),
    "Normal": Distribution(_SCALED, "mu", with_unit="mu sigma"),
    "Pareto": Distribution(("alpha m",), positive=True),
    "Rice": Distribution(("nu sigma", "b sigma"), signed="nu b", positive=True),
    "SkewNormal": Distribution(_SCALED, "mu alpha", signed="mu alpha"),
    "SkewStudentT": Distribution(("a b sigma", "a b lam"), "mu"),
    "StudentT": Distribution(("nu sigma", "nu lam"), "mu"),
    "Triangular": Distribution(("lower upper c",)),
    "TruncatedNormal": Distribution(_SCALED, "mu lower upper", with_unit="mu sigma lower upper"),
    "Uniform": Distribution(("lower upper",), with_unit="lower upper"),
    "VonMises": Distribution(("kappa",), "mu"),
    "Wald": Distribution(
        ("mu lam", "mu phi", "lam phi", "mu"), "alpha", signed="alpha", positive=True
    ),
    "Weibull": Distribution(("alpha beta",), positive=True),
}
"""By the name that PyMC gives them; ``Fixed`` gives a parameter one value."""


def check_arguments(name: str, args: Mapping[str, float]) -> None:
    """Raise if there is no such distribution, or not with such arguments.

    Raises
    ------
    ValueError
        With the value, the rule and the remedy.
    """
    if name not in DISTRIBUTIONS:
        raise ValueError(unknown_name("distribution", name, DISTRIBUTIONS))
    known = DISTRIBUTIONS[name]
    optional = set(known.optional.split())
    forms = [set(form.split()) for form in known.forms]
    if not any(form <= set(args) <= form | optional for form in forms):
        ways = " or ".join(" and ".join(form.split()) for form in known.forms)
        more = f", and may be given {' and '.join(known.optional.split())}" if optional else ""
        raise ValueError(f"a {name} takes {ways}{more}; it has {', '.join(args) or 'nothing'}")
    for complaint in _complaints(name, known, args):
        raise ValueError(complaint)


def _complaints(name: str, known: Distribution, args: Mapping[str, float]) -> Iterator[str]:
    for key, value in args.items():
        endless = name == "TruncatedNormal" and key in {"lower", "upper"}
        if math.isnan(value) or (math.isinf(value) and not endless):
            yield f"{key} = {value}: must be a finite number; write one"
        elif key not in known.signed.split() and value <= 0:
            yield f"{key} = {value:g}: must be positive; write for example {key} = 0.5"
    lower, upper = args.get("lower", -math.inf), args.get("upper", math.inf)
    if not lower < upper:
        yield f"lower = {lower:g}, upper = {upper:g}: lower must be below upper; exchange them"
    if not lower <= args.get("c", lower) <= upper:
        yield f"c = {args['c']:g}: must lie between lower = {lower:g} and upper = {upper:g}"
    mean, share = args.get("mu", 0.5), 1 - args.get("mu", 0.5)
    if name == "Beta" and (share <= 0 or args.get("sigma", 0.0) ** 2 >= mean * share):
        yield f"mu = {mean:g}: a Beta has mu below 1, and sigma^2 below mu (1 - mu)"
    if args.get("q", 0.5) >= 1:
        yield f"q = {args['q']:g}: must be below 1"
