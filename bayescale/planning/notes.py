"""What anyone who signs a plan should know of it."""

from collections.abc import Mapping

import xarray as xr

from bayescale.core.asking import argument, either
from bayescale.core.note import Note, Severity
from bayescale.core.text import human, percent
from bayescale.planning.feasible import Limits
from bayescale.planning.plan import Plan
from bayescale.planning.wording import ALL
from bayescale.posterior.fit import Fit
from bayescale.runs.support import FAR_DECADES, describe_distance


def plan_notes(
    fit: Fit,
    limits: Limits,
    committed: xr.Dataset,
    beyond: xr.Dataset,
    binding: xr.Dataset,
    tolerance: float,
) -> list[Note]:
    """Return what to know of a plan: extrapolation, bounds, repetition, origin of the runs."""
    notes = _spending_notes(committed, tolerance)
    for budget, flops in enumerate(committed["flops"].to_numpy()):
        far = {
            str(name): float(values[budget])
            for name, values in beyond.data_vars.items()
            if values[budget] > FAR_DECADES
        }
        if far:
            reach = "; ".join(describe_distance(fit.runs, *item) for item in sorted(far.items()))
            sentence = f"The plan for {human(flops)} FLOPs is an extrapolation: {reach}."
            remedy = "Train a run in between and see whether it lands in its predictive interval."
            notes.append(Note("extrapolation", "warning", sentence, remedy))
        if binding["bounds"][budget] > 0:
            sentence = (
                f"At {human(flops)} FLOPs the search ended at its bounds in "
                f"{float(binding['bounds'][budget]):.0%} of draws: the law has no optimum there."
            )
            notes.append(Note("bounds", "warning", sentence, "Do not trust this split."))
    notes.append(_repetition_note(fit, limits, committed))
    notes.extend(fit.notes)
    return notes


def _spending_notes(committed: xr.Dataset, tolerance: float) -> list[Note]:
    """Say where a part of a budget is left unspent, because no more of it helps."""
    notes = []
    for flops, share in zip(committed["flops"].to_numpy(), committed["spent_share"], strict=True):
        if float(share) < ALL:
            sentence = (
                f"Spend {percent(float(share))} of {human(flops)} FLOPs: under these limits the "
                f"rest would lower the loss by less than {tolerance:.2%}, if at all."
            )
            remedy = "Keep the rest for something else, or loosen a limit that binds."
            notes.append(Note("unspent", "warning", sentence, remedy))
    return notes


def _repetition_note(fit: Fit, limits: Limits, committed: xr.Dataset) -> Note:
    epochs = float(committed.get("epochs", xr.DataArray(0.0)).max())
    if limits.unique_tokens is None:
        sentence = "The plan assumes that fresh tokens never run out."
        return Note(
            "fresh_data", "info", sentence, f"Give {argument('unique_tokens')} if they are limited."
        )
    repeats = epochs > 1 + 1e-9
    if repeats and "unique_tokens" in fit.model.columns.values():
        sentence = f"Repetition, up to {epochs:.3g} epochs, is priced by {fit.model.name}."
        return Note("repetition", "info", sentence)
    if repeats:
        sentence = (
            f"The law counts each of up to {epochs:.3g} epochs as fresh data; "
            "about 4 are nearly free on web text, many more are not (Muennighoff et al. 2023)."
        )
        remedy = f"{_priced()} prices repeats as published fits did."
        severity: Severity = "info" if epochs <= 4 else "warning"
        return Note("repetition", severity, sentence, remedy)
    if limits.max_epochs is None and not limits.repeats_priced:
        sentence = (
            f"One epoch is assumed: {fit.model.name} does not say what repeated tokens are worth, "
            f"and no {argument('max_epochs')} was given."
        )
        remedy = (
            f"Give {argument('max_epochs')} (about 4 are nearly free on web text), or price "
            f"repeats: {_priced()}."
        )
        return Note("one_epoch", "warning", sentence, remedy)
    return Note("no_repetition", "info", "No token is used more than once.")


def _priced() -> str:
    return either('bs.assume(fit, "data_constrained")', "--assume data_constrained")


def disagreement(plans: Mapping[str, Plan]) -> list[Note]:
    """Say where the forms of the law recommend different sizes.

    Parameters
    ----------
    plans : mapping of str to Plan
        The plan of each form.

    Returns
    -------
    list of Note
        One for each budget at which the ranges of two forms do not overlap.
    """
    notes = []
    ranges = {name: plan.near_optimal for name, plan in plans.items()}
    for budget, flops in enumerate(next(iter(ranges.values()))["flops"].to_numpy()):
        low = {name: float(span["params_low"][budget]) for name, span in ranges.items()}
        high = {name: float(span["params_high"][budget]) for name, span in ranges.items()}
        largest, smallest = max(low, key=low.__getitem__), min(high, key=high.__getitem__)
        if low[largest] <= high[smallest]:
            continue
        sizes = (
            human(float(plans[name].committed["params"][budget])) for name in (smallest, largest)
        )
        sentence = (
            f"At {human(float(flops))} FLOPs the recommendation depends on the form of the law: "
            f"{smallest} says {next(sizes)} parameters, {largest} {next(sizes)}."
        )
        remedy = "See which form extrapolates better, or train a run that tells them apart."
        notes.append(Note("forms_disagree", "warning", sentence, remedy))
    return notes
