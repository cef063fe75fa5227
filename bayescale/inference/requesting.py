"""A fit that is asked for: which runs, which model and how it is sampled, before any of it is."""

import hashlib
import json
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from bayescale.core.code import fingerprint
from bayescale.core.progress import is_heard
from bayescale.core.whole import require_seed
from bayescale.errors import FitError
from bayescale.inference.requiring import require_columns, require_counts, require_enough
from bayescale.model.card import Model
from bayescale.model.catalogue import get_model
from bayescale.model.prior_text import as_typed
from bayescale.model.problem import Problem
from bayescale.runs.table import Runs


@dataclass(frozen=True)
class Request:
    """A fit that is asked for; it can be sent to another process.

    Attributes
    ----------
    runs : Runs
        The runs.
    model : Model
        The card with everything that was said of it: priors, pooling, noise, discrepancy.
    settings : dict
        Arguments of ``nutpie.sample``, the ``seed`` among them.
    asked : dict
        What was asked for, as the fit is to say it.
    """

    runs: Runs
    model: Model
    settings: dict[str, Any]
    asked: dict[str, Any]

    def problem(self) -> Problem:
        """Return what the model takes from the runs.

        Raises
        ------
        FitError
            If the runs cannot identify the model, or their labels cannot be saved.
        """
        require_columns(self.runs, self.model)
        require_enough(self.runs, self.model, self.asked.get("priors", ()))
        return Problem.of(self.model, self.runs)

    def key(self) -> str:
        """Return a hash of everything that the draws depend on."""
        table = self.runs.table
        parts = [
            version("bayescale"),
            self.model.to_json(),
            fingerprint(self.model.law.loss),
            self.asked,
            self.settings["seed"],
            [*map(str, table.columns)],
            pd.util.hash_pandas_object(table).tolist(),
        ]
        return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def ask(
    runs: Runs,
    model: str | Path | Model,
    about: Mapping[str, Any],
    length: Mapping[str, int],
    random_seed: int | None = None,
    progressbar: bool | None = None,
    sample_kwargs: Mapping[str, Any] | None = None,
) -> Request:
    """Return the request of a fit, with a seed drawn where none is given.

    Parameters
    ----------
    runs : Runs
        The runs.
    model : str, Path or Model
        The card.
    about : mapping
        What is said of it: ``priors``, ``pool``, ``noise_with``, ``discrepancy``.
    length : mapping
        The numbers of ``draws``, ``tune`` and ``chains``.
    random_seed, progressbar, sample_kwargs : optional
        As in `bayescale.fit`.

    Raises
    ------
    FitError
        If one of the numbers is no such whole number.
    ModelError
        If the model is not known, its card is wrong or has no such prior, its noise cannot fall
        with ``noise_with``, or its law cannot have a discrepancy.
    """
    seed = secrets.randbits(31) if random_seed is None else require_seed(random_seed, FitError)
    given = dict(sample_kwargs or {})
    shown = _interactive() if progressbar is None else progressbar
    settings = {**length, "seed": seed, "progress_bar": shown, **given}
    require_counts(settings)
    asked = {"model": None if isinstance(model, Model) else str(model)}
    card, said = _as_said(get_model(model), **about)
    return Request(runs, card, settings, {**asked, **said, **length, "sample_kwargs": given})


def _as_said(
    card: Model,
    priors: Mapping[str, Any] | None = None,
    pool: Mapping[str, Any] | None = None,
    noise_with: str | None = None,
    discrepancy: bool | None = None,
) -> tuple[Model, dict[str, Any]]:
    """Return a card with what is said of it, and what was said, as a fit records it."""
    said: dict[str, Any] = {
        "pool": None if pool is None else dict(pool),
        "noise_with": noise_with,
        "discrepancy": discrepancy,
    }
    if pool is not None:
        card = card.with_pool(pool)
    if noise_with is not None:
        card = card.with_noise(noise_with)
    card = card.with_discrepancy(discrepancy)
    if priors:
        card = card.with_priors(priors)
        said["priors"] = {name: as_typed(prior) for name, prior in priors.items()}
    return card, said


def _interactive() -> bool:
    return sys.stderr.isatty() and not (os.environ.get("CI") or is_heard())
