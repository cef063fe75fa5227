"""What a back-test says beside its table."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from bayescale.auditing.replaying import MIXTURE
from bayescale.auditing.wording import name_of_lead
from bayescale.core.note import Note
from bayescale.core.text import human
from bayescale.errors import BayescaleError
from bayescale.evaluation.scores import WIDE
from bayescale.model.discrepancy import TAKEN
from bayescale.posterior.mixture import name_of

if TYPE_CHECKING:
    from bayescale.auditing.backtesting import Backtest

LEAST_INSIDE = 0.75
"""Below this share of the later runs inside 90% intervals, a form is called too sure of itself."""

LEAST_DRIFT, LEAST_STEPS = 1.5, 3
"""A size that moves one way over so many steps, by this factor, is called drifting."""


def backtest_notes(found: "Backtest", failed: Mapping[str, BayescaleError]) -> list[Note]:
    """Return what a back-test says, warnings first."""
    notes = [*_too_sure(found), *_drift(found), *_failures(failed)]
    return [*notes, *_best(found), *_room(found), *_hindsight(found)]


def _too_sure(found: "Backtest") -> Iterator[Note]:
    held = float(found.table.xs(found.lead, level="form")["inside_90"].mean())
    if held < LEAST_INSIDE:
        yield Note(
            "backtest_coverage",
            "warning",
            f"Only {held:.0%} of the later runs lie inside the {WIDE:.0%} intervals of "
            f"{name_of_lead(found)}: this far beyond the runs it was too sure of itself.",
            "Expect the same of the next step; fit without the cheapest runs, or train larger "
            "ones first.",
        )


def _drift(found: "Backtest") -> Iterator[Note]:
    sizes = found.table.xs(found.lead, level="form")["params"].dropna().to_list()
    if found.plan is None or not sizes:
        return
    sizes.append(float(found.plan.committed["params"][0]))
    steps, moved = np.diff(sizes), sizes[-1] / sizes[0]
    one_way = len(steps) >= LEAST_STEPS and ((steps > 0).all() or (steps < 0).all())
    if one_way and max(moved, 1 / moved) >= LEAST_DRIFT:
        more = "larger" if moved > 1 else "smaller"
        yield Note(
            "backtest_drift",
            "warning",
            f"With each cut the recommended size became {more}, from {human(sizes[0])} to "
            f"{human(sizes[-1])} parameters.",
            f"Expect that further runs will ask for a {more} one still, and lean that way.",
        )


def _failures(failed: Mapping[str, BayescaleError]) -> Iterator[Note]:
    by_reason: dict[str, list[str]] = {}
    for what, error in failed.items():
        by_reason.setdefault(str(error), []).append(what)
    for reason, which in by_reason.items():
        more = f" and {len(which) - 1} more like it" if len(which) > 1 else ""
        yield Note("backtest_failed", "warning", f"{which[0]}{more} ({reason}).")


def _best(found: "Backtest") -> Iterator[Note]:
    scores = found.table["log_score"].groupby(level="form").mean().sort_values(ascending=False)
    if len(scores) > 1:
        first, second = scores.index[:2]
        yield Note(
            "backtest_best",
            "info",
            f"By the log score of a run, on average over the cuts, {_called(first)} foretold best "
            f"({scores.iloc[0]:.3g}), before {_called(second)} ({scores.iloc[1]:.3g}). Cuts share "
            "the runs above them, so a small difference tells little.",
        )


def _called(form: str) -> str:
    return f"the {form}" if form == MIXTURE else form


def _room(found: "Backtest") -> Iterator[Note]:
    held = found.table["inside_90"].groupby(level="form").mean()
    pairs = [(form, f"{form}{TAKEN}") for form in found.forms if f"{form}{TAKEN}" in held]
    if pairs:
        parts = (f"{held[form]:.0%} and {held[plain]:.0%} by {form}" for form, plain in pairs)
        yield Note(
            "backtest_room",
            "info",
            f"{WIDE:.0%} intervals with room for what the law may miss, and without, held of the "
            f"later runs: {', '.join(parts)}.",
        )


def _hindsight(found: "Backtest") -> Iterator[Note]:
    if found.plan is not None:
        yield Note(
            "hindsight",
            "info",
            f"Plans are judged by {name_of(found.forms)}, fitted to all runs, for the compute of "
            f"{human(found.flops)} FLOPs; where these are wrong, so is the regret.",
        )
