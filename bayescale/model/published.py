"""Constants that others published for a law."""

from collections.abc import Mapping
from typing import Any

from pydantic import FiniteFloat

from bayescale.laws.law import Law
from bayescale.model.prior import Part


class Published(Part):
    """Constants that somebody published.

    Attributes
    ----------
    values : dict of str to float
        The parameters of the law in raw units (a reference of one).
    source : str
        Where they stand.
    verified : bool
        Whether the numbers were read in the paper or recomputed, rather than taken from others.
    """

    values: dict[str, FiniteFloat]
    source: str
    verified: bool = False


def require_same_names(where: str, given: Mapping[str, Any], law: Law) -> None:
    """Raise if something is given for other names than the parameters of a law.

    Raises
    ------
    ValueError
        If a parameter is missing, or a name is none; the message begins with where it stands.
    """
    parameters = ", ".join(law.parameters)
    if missing := [name for name in law.parameters if name not in given]:
        raise ValueError(f"{where}: {missing[0]} is missing; law {law.name} has {parameters}")
    if unknown := [name for name in given if name not in law.parameters]:
        raise ValueError(
            f"{where}: {unknown[0]} is not a parameter; law {law.name} has {parameters}"
        )
