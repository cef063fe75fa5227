"""What a forecast on record is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from bayescale.core.files import require_writable, write_whole
from bayescale.core.shown import Shown
from bayescale.core.text import counted, format_table
from bayescale.errors import FileError, PlanError
from bayescale.forecasting.content import SCHEMA, Content, Fitted, FittedRuns
from bayescale.forecasting.keeping import decode, digest_of, encode
from bayescale.forecasting.quantiles import SHOWN, bounds_of
from bayescale.posterior.mixture import name_of

_CLOSE = 1e-9


def _no_runs() -> FittedRuns:
    return {"columns": [], "digests": []}


@dataclass(frozen=True, repr=False)
class Forecast(Shown):
    """What was said of runs before they were trained: quantiles of one new run each.

    `bayescale.forecast` makes one from a fit. One that was made otherwise can be put on record
    too: it has a ``question``, ``quantiles`` and an ``origin``, and nothing else.

    Attributes
    ----------
    question : DataFrame
        One row a run that is foretold; its columns, in counts, are what a result has to match.
    quantiles : DataFrame
        One row a run, one column a probability, symmetric around 0.5 and at least 0.05, 0.5 and
        0.95; in the unit of the target.
    target : str
        What is foretold: a column of runs.
    origin : str
        Where it comes from, if it was not made by `bayescale.forecast`.
    extrapolation : tuple of float
        How many decades each lies beyond the fitted runs; empty if not known.
    made_at : str or None
        When it was made by the clock of the machine, UTC.
    fits : tuple of dict
        Each fit that it was made from: ``name``, ``model``, ``weight``, ``runs``, ``count``,
        ``group``, ``random_seed``, ``bayescale_version``, and the SHA-256 of ``table``, ``card``
        and ``draws``.
    fitted_runs : dict
        The ``columns`` and ``digests`` by which fitted runs are recognised, which settle nothing.
    random_seed : int or None
        The seed of the noise.
    versions : dict of str to str
        The versions of the software.
    """

    question: pd.DataFrame
    quantiles: pd.DataFrame
    target: str = "loss"
    origin: str = ""
    extrapolation: tuple[float, ...] = ()
    made_at: str | None = None
    fits: tuple[Fitted, ...] = ()
    fitted_runs: FittedRuns = field(default_factory=_no_runs)
    random_seed: int | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what is no forecast."""
        if problem := _problem(self):
            raise PlanError(problem)

    @property
    def model(self) -> str:
        """The fits that it was made from, by name; its origin if it was made otherwise."""
        return name_of(fit["name"] for fit in self.fits) or self.origin

    @property
    def levels(self) -> list[float]:
        """The probabilities of the quantiles."""
        return [cast(float, level) for level in self.quantiles]

    @property
    def digest(self) -> str:
        """SHA-256 of everything that it says."""
        return self.to_content()["digest"]

    def summary(self, prob: float = SHOWN) -> pd.DataFrame:
        """Return the question with ``median``, ``lower`` and ``upper`` of each run.

        Parameters
        ----------
        prob : float, default 0.9
            Probability of the interval, whose ends must be among the quantiles.

        Raises
        ------
        PlanError
            If they are not.
        """
        ends = [_place(self.levels, level) for level in bounds_of(prob)]
        if None in ends:
            known = ", ".join(f"{level:g}" for level in self.levels)
            raise PlanError(
                f"prob = {prob:g}: this forecast has quantiles at {known}; ask for an interval "
                "between two of them"
            )
        values = self.quantiles.to_numpy(float)
        median, lower, upper = (values[:, place] for place in (_place(self.levels, 0.5), *ends))
        table = self.question.reset_index(drop=True).assign(median=median, lower=lower, upper=upper)
        if self.extrapolation:
            table["extrapolation"] = self.extrapolation
        return table

    def save(self, path: str | Path) -> None:
        """Write the forecast to a JSON file, with a digest of all that it says.

        The digest tells whether the file was edited. It does not tell when it was written:
        commit the file, or send it to someone, before the runs are trained.

        Parameters
        ----------
        path : str or Path
            Where to write. What is there already is not replaced.

        Raises
        ------
        FileError
            If the file is there already, or cannot be written.
        """
        require_new(path)
        write_whole(path, encode(self.to_content()))

    @classmethod
    def load(cls, path: str | Path) -> "Forecast":
        """Read a forecast that `save` wrote.

        Parameters
        ----------
        path : str or Path
            The file.

        Raises
        ------
        FileError
            If the file is missing, was altered after it was written, is no forecast, or is of a
            form that this version does not know.
        """
        content = decode(Path(path))
        try:
            return cls.from_content(content)
        except (PlanError, ValueError) as error:
            raise FileError(f"{path}: {error}") from None

    def to_content(self) -> Content:
        """Return what its file holds."""
        rows = cast("list[dict[str, float]]", self.question.astype(float).to_dict("records"))
        content: dict[str, Any] = {
            "schema": SCHEMA,
            "made_at": self.made_at,
            "origin": self.origin,
            "target": self.target,
            "question": rows,
            "extrapolation": [float(decades) for decades in self.extrapolation],
            "levels": [float(level) for level in self.levels],
            "quantiles": self.quantiles.astype(float).to_numpy().tolist(),
            "fits": list(self.fits),
            "fitted_runs": self.fitted_runs,
            "random_seed": self.random_seed,
            "versions": dict(self.versions),
        }
        return cast(Content, content | {"digest": digest_of(content)})

    @classmethod
    def from_content(cls, content: Content) -> "Forecast":
        """Return the forecast that a file holds."""
        return cls(
            question=pd.DataFrame(content["question"]),
            quantiles=pd.DataFrame(content["quantiles"], columns=content["levels"]),
            target=content["target"],
            origin=content["origin"],
            extrapolation=tuple(content["extrapolation"]),
            made_at=content["made_at"],
            fits=tuple(content["fits"]),
            fitted_runs=content["fitted_runs"],
            random_seed=content["random_seed"],
            versions=content["versions"],
        )

    def __str__(self) -> str:
        """Write a sentence and the table."""
        return f"{describe_forecast(self)}\n{format_table(self.summary())}"


def require_new(path: str | Path) -> None:
    """Raise if a forecast cannot be written there, or something is there already."""
    if require_writable(path).exists():
        raise FileError(
            f"{path}: is there already, and a forecast on record is not replaced; give another name"
        )


def describe_forecast(forecast: Forecast) -> str:
    """Say in a sentence what was foretold, by what and when."""
    what = f"the {forecast.target} of {counted(len(forecast.question), 'new run')}"
    when = f", made at {forecast.made_at}" if forecast.made_at else ""
    return f"{what} by {forecast.model}{when}: medians and {SHOWN:.0%} intervals"


def _place(levels: Sequence[float], level: float) -> int | None:
    """Return where a probability stands among others, None if it is not there."""
    near = [place for place, each in enumerate(levels) if abs(each - level) < _CLOSE]
    return near[0] if near else None


def _problem(forecast: Forecast) -> str:
    """Say why something is no forecast, or nothing."""
    question, quantiles = forecast.question, forecast.quantiles
    if question.empty or not len(question.columns) or len(question) != len(quantiles):
        return (
            f"question has {counted(len(question), 'row')} of {len(question.columns)} columns and "
            f"quantiles has {counted(len(quantiles), 'row')}; give one of each for every run"
        )
    if len(forecast.extrapolation) not in (0, len(question)):
        return f"extrapolation has {len(forecast.extrapolation)} numbers; give one for each run"
    try:
        counts = question.to_numpy(float)
        values = quantiles.to_numpy(float)
        levels = np.array(list(quantiles), float)
    except (TypeError, ValueError):
        return "question and quantiles must hold numbers, and the columns of quantiles be levels"
    if not (np.isfinite(counts).all() and np.isfinite(values).all()):
        return "question and quantiles hold what is no finite number; leave such runs out"
    needed = (bounds_of(SHOWN)[0], 0.5, bounds_of(SHOWN)[1])
    has = all(_place(levels.tolist(), level) is not None for level in needed)
    mirrored = np.allclose(levels, 1 - levels[::-1], rtol=0, atol=_CLOSE)
    if not (has and mirrored and levels[0] > 0 and (np.diff(levels) > 0).all()):
        return (
            f"quantiles has the levels {', '.join(f'{level:g}' for level in levels)}; give "
            "probabilities in increasing order, symmetric around 0.5, with 0.05, 0.5 and 0.95"
        )
    if (np.diff(values, axis=1) < 0).any():
        return "quantiles fall with their level; give them in increasing order"
    if not forecast.fits and not forecast.origin:
        return "origin is empty; say where a forecast comes from that no fit made"
    return ""
