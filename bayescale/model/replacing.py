"""A model card with some of its priors replaced."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bayescale.core.text import unknown_name
from bayescale.errors import ModelError
from bayescale.model.discrepancy import BEND
from bayescale.model.prior import FIXED, Part, Prior, explain
from bayescale.model.prior_text import read_prior

if TYPE_CHECKING:
    from bayescale.model.card import Model


def replaced(model: "Model", given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a card in which priors are replaced.

    Parameters
    ----------
    model : Model
        The card.
    given : mapping of str to Any
        By the name of what is sampled (`Model.all_priors`) or fixed, what `read_prior` reads.

    Raises
    ------
    ModelError
        If the card has no such prior, or it cannot be what is given.
    """
    usual = {**model.all_priors, **model.priors}
    if unknown := [name for name in given if name not in usual]:
        raise ModelError(unknown_name(f"prior of {model.name}", unknown[0], usual))
    read = {name: read_prior(name, value, usual[name]) for name, value in given.items()}
    for name, prior in read.items():
        if prior.dist == FIXED and name not in model.priors:
            raise ModelError(
                f"prior of {name}: only a parameter of the law can be fixed; give an interval, "
                f"such as {0.9 * prior.args['value']:g} to {1.1 * prior.args['value']:g}"
            )
    own = {name: prior for name, prior in read.items() if name in model.priors}
    noise = {name: prior for name, prior in read.items() if name in model.likelihood.priors}
    pool = {
        name: _changed(pooling, f"{name}_spread", {"spread": read[f"{name}_spread"]})
        for name, pooling in model.pool.items()
        if f"{name}_spread" in read
    }
    fields: dict[str, Any] = {"priors": {**model.priors, **own}, "pool": {**model.pool, **pool}}
    if noise:
        fields["likelihood"] = _changed(model.likelihood, ", ".join(noise), noise)
    if BEND in read and model.discrepancy is not None:
        fields["discrepancy"] = _changed(model.discrepancy, BEND, {BEND: read[BEND]})
    return fields


def _changed[P: Part](part: P, name: str, priors: Mapping[str, Prior]) -> P:
    """Return a part of a card with other priors, checked as when a card is read."""
    fields = {key: getattr(part, key) for key in type(part).model_fields}
    try:
        return type(part)(**{**fields, **priors})
    except ValidationError as error:
        raise ModelError(f"prior of {name}: {explain(error, {})}") from None
