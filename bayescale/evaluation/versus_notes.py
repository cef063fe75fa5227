"""What to know of a comparison with a baseline before it is quoted."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

import numpy as np
import xarray as xr

from bayescale.core.note import Note
from bayescale.core.text import counted, of_draws, percent
from bayescale.evaluation.multiplying import MOST, multiplied
from bayescale.posterior.fit import Fit
from bayescale.runs.repeats import seed_scatter
from bayescale.runs.support import FAR_DECADES, decades_beyond, describe_distance
from bayescale.runs.table import Runs

COUNTS = ("params", "tokens", "flops")
_SHOWN = 5


def found_in(multiplier: xr.DataArray) -> xr.DataArray:
    """Return where a multiplier was found within the bounds of the search."""
    return cast(xr.DataArray, np.isfinite(multiplier) & (multiplier > 0))


def notes_on(
    fit: Fit,
    new_runs: Runs,
    point: Mapping[str, xr.DataArray],
    powers: Mapping[str, float],
    multiplier: xr.DataArray,
    unreachable: xr.DataArray,
) -> list[Note]:
    """Return what to know of multipliers, shape (chain, draw, run), before they are quoted."""
    notes = []
    if (lost := unreachable.to_numpy() > 0).any():
        names = [*map(str, unreachable["run"].to_numpy()[lost][:_SHOWN]), "..."]
        sentence = (
            f"No multiplier from {1 / MOST:g} to {MOST:g} gives the loss of {lost.sum()} of "
            f"{counted(lost.size, 'run')} ({', '.join(names[: lost.sum()])}), in "
            f"{'up to ' if unreachable.max() < 1 else ''}{of_draws(float(unreachable.max()))}."
        )
        remedy = "Quote the probability with the multiplier, and look at these runs."
        notes.append(Note("unreachable", "warning", sentence, remedy))
    middle = xr.DataArray(np.median(multiplier.to_numpy(), axis=(0, 1)), dims="target")
    middle = middle.where(found_in(middle), 1.0)
    asked = {name: values for name, values in point.items() if name in {*COUNTS, *fit.model.needs}}
    # The surface is asked where the baseline has the loss of the run, not only where the run is.
    reached = [decades_beyond(fit.runs, asked)]
    reached.append(decades_beyond(fit.runs, multiplied(asked, powers, middle)))
    far = {str(name): max(float(part[name].max()) for part in reached) for name in reached[0]}
    if far := {name: decades for name, decades in far.items() if decades > FAR_DECADES}:
        reach = "; ".join(describe_distance(fit.runs, *item) for item in sorted(far.items()))
        sentence = f"The multiplier rests on an extrapolation of the baseline: {reach}."
        remedy = "Train a run of the baseline there and see whether it comes out at 1x."
        notes.append(Note("extrapolation", "warning", sentence, remedy))
    notes += _seed_noise(fit, new_runs)
    for whose, runs in (("Baseline", fit.runs), ("New runs", new_runs)):
        notes += [replace(note, sentence=f"{whose}: {note.sentence}") for note in runs.notes]
    return notes


def _seed_noise(fit: Fit, new_runs: Runs) -> Iterator[Note]:
    """Set the noise that a comparison takes beside what seeds scatter by, where that is known."""
    known = {"the baseline": seed_scatter(fit.runs), "the new runs": seed_scatter(new_runs)}
    seen = {whose: found for whose, found in known.items() if found is not None}
    if not seen or "sigma" not in fit.posterior:
        return
    taken = float(fit.posterior["sigma"].median())
    said = " and ".join(
        f"by {percent(spread)} in {whose} ({counted(repeats, 'repeat')})"
        for whose, (spread, repeats) in seen.items()
    )
    yield Note(
        "seed_noise",
        "info",
        f"Seeds scatter {said}; the interval takes a noise of {percent(taken)} for each run, which "
        "holds what the law misses too.",
    )
