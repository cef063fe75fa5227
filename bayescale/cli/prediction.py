"""What the command line says of a prediction: the surface, and what one run may show."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bayescale.cli.answer import notes_of, records_of
from bayescale.core.text import format_table
from bayescale.posterior.intervals import credible_interval, interval_settings
from bayescale.posterior.predicting import predict
from bayescale.posterior.sources import FLOOR_STEP, SOURCES

if TYPE_CHECKING:
    from pandas import DataFrame

    from bayescale.posterior.fit import Fit

SURFACE, RUN = "mean surface", "one new run"
"""The loss that the law says, and what a single training run would show, noise included."""


def predict_both(
    fit: "Fit | Mapping[str, Fit]",
    asked: Mapping[str, Any],
    new_run: bool,
    ci_prob: float | None,
    sources: bool,
) -> tuple[str, dict[str, Any]]:
    """Return words and JSON of a prediction, with the interval of each kind under its name.

    Parameters
    ----------
    fit : Fit or mapping of str to Fit
        The fit, or several.
    asked : mapping
        The other arguments of `bayescale.predict`.
    new_run : bool
        Whether ``predictions`` in the JSON are of one new run rather than of the surface.
    ci_prob : float, optional
        Probability of the intervals.
    sources : bool
        Whether the words also say where the width of one new run comes from.
    """
    prob, _ = interval_settings(ci_prob)
    found = {kind: predict(fit, **asked, new_run=kind == RUN) for kind in KINDS}
    tables = {kind: credible_interval(loss, prob).to_dataframe() for kind, loss in found.items()}
    target = str(found[RUN].name)
    shown = tables[SURFACE].rename(columns={"extrapolation": "decades beyond the runs"})
    shown = shown.drop(columns=["lower", "upper"])
    for kind, table in tables.items():
        shown[kind] = [f"{low:.4g} to {high:.4g}" for low, high in _bounds(table)]
    text = (
        f"{format_table(shown)}\n"
        f"{prob:.0%} intervals of the {target}: {SURFACE} is where the law lies, {RUN} is what a "
        "single training run may show, with its noise"
    )
    split = found[RUN].sources()
    if sources:
        text += f"\n\n{_describe_sources(split)}"
    text = "\n".join([text, *map(str, found[RUN].notes)])
    records = {kind: records_of(table) for kind, table in tables.items()}
    content = {
        "ci_prob": prob,
        "predictions": records[RUN if new_run else SURFACE],
        "mean_surface": records[SURFACE],
        "one_new_run": records[RUN],
        "sources": records_of(split.reset_index()),
        "notes": notes_of(found[RUN].notes),
    }
    return text, content


KINDS = (SURFACE, RUN)


def _bounds(table: Any) -> list[tuple[float, float]]:
    return list(zip(table["lower"], table["upper"], strict=True))


def _describe_sources(split: "DataFrame") -> str:
    shown = split.reset_index()
    for name in SOURCES:
        shown[name] = [f"{share:.0%}" for share in split[name]]
    shown["width"] = [f"{width:.1%}" for width in split["width"]]
    shown["floor_effect"] = [f"{effect:+.2%}" for effect in split["floor_effect"]]
    effect = f"floor + {FLOOR_STEP:g}"
    return (
        f"{format_table(shown.rename(columns={'floor_effect': effect}))}\n"
        "shares of the squared width of one new run: the floor of the law, its other parameters, "
        "its form, and noise; the width of the 90% interval, relative to the loss; and by how much "
        f"the loss moves if the floor is higher by {FLOOR_STEP:g}"
    )
