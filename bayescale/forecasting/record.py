"""What came of forecasts: the record of one, or of a folder of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import bayescale
from bayescale.core.note import Note
from bayescale.core.shown import Shown
from bayescale.core.text import counted, format_table
from bayescale.forecasting.quantiles import CENTRAL, SHOWN

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, repr=False)
class Record(Shown):
    """What came of forecasts that were on record before the runs were trained.

    Attributes
    ----------
    table : DataFrame
        One row for each forecast of each run: the name of the ``forecast``, its ``model``, the
        ``row`` of the run in its table, the counts that were asked, the ``loss`` (or what else was
        foretold) that came out, ``median``, ``lower`` and ``upper`` of the 90% interval,
        ``within``, the probability of the least of the intervals of 50%, 80%, 90% and 95% that
        holds it (one where none does, and only of those that the forecast has), the relative
        ``error`` (foretold / observed - 1), the weighted interval score ``wis`` in the unit of the
        loss, the probability ``pit`` that was foretold of a lower value, and ``extrapolation`` in
        decades.
    inside : DataFrame
        The same rows; whether each lies inside its interval of each probability, missing where the
        forecast has no such quantiles.
    target : str
        What was foretold.
    source : str
        Where the runs come from.
    notes : tuple of Note
        What to know before trusting the record.
    """

    table: pd.DataFrame
    inside: pd.DataFrame
    target: str
    source: str
    notes: tuple[Note, ...] = ()

    @property
    def error(self) -> float:
        """Mean absolute relative error of the medians."""
        return float(self.table["error"].abs().mean())

    @property
    def bias(self) -> float:
        """Mean relative error of the medians; positive where they are too high."""
        return float(self.table["error"].mean())

    @property
    def wis(self) -> float:
        """Mean weighted interval score, in the unit of what was foretold; less is better."""
        return float(self.table["wis"].mean())

    @property
    def coverage(self) -> pd.DataFrame:
        """How many came out inside, by the probability of the interval.

        ``runs`` that have such an interval, how many are ``inside`` and their ``share``, and
        between which shares, ``least`` and ``most``, nine of ten records would lie whose
        intervals mean what they say, if the runs had nothing in common.
        """
        from scipy.stats import binom

        counts = self.inside.notna().sum()
        held = self.inside.sum().astype(int)
        ends = [binom.ppf(end, counts, CENTRAL) / counts for end in (0.05, 0.95)]
        table = {"runs": counts, "inside": held, "share": held / counts}
        table |= {"least": ends[0], "most": ends[1]}
        found = pd.DataFrame(table).rename_axis("interval")
        return found[found["runs"] > 0]

    @property
    def forecasts(self) -> pd.DataFrame:
        """Each forecast: ``model``, ``runs``, ``inside`` (of 90%), ``error``, ``bias``, ``wis``."""
        groups = self.table.assign(inside=self.inside[SHOWN]).groupby("forecast", sort=False)
        parts = {
            "model": groups["model"].first(),
            "runs": groups.size(),
            "inside": groups["inside"].sum().astype(int),
            "error": groups["error"].agg(lambda errors: errors.abs().mean()),
            "bias": groups["error"].mean(),
            "wis": groups["wis"].mean(),
        }
        return pd.DataFrame(parts)

    def plot(self) -> "Figure":
        """Draw it; see `bayescale.plot_record`."""
        return bayescale.plot_record(self)

    def __str__(self) -> str:
        """Write a sentence, what was foretold of each run, the forecasts and the notes."""
        several = len(self.forecasts) > 1
        parts = [describe_record(self), format_table(shown_rows(self))]
        if several:
            parts.append(format_table(self.forecasts.reset_index()))
        parts.append(format_table(self.coverage.reset_index()) if len(self.table) > 1 else "")
        return "\n".join([*filter(None, parts), *map(str, self.notes)])


def shown_rows(record: Record) -> pd.DataFrame:
    """Return the table as people read it."""
    shown = record.table.drop(columns=["model", "row"])
    if len(record.forecasts) == 1:
        shown = shown.drop(columns="forecast")
    shown["within"] = [within_words(value) for value in record.table["within"]]
    shown = shown.dropna(axis="columns", how="all")
    return shown.astype(object).where(shown.notna(), "")


def within_words(within: float) -> str:
    """Say which interval holds what came out."""
    return f"{within:.0%}" if within < 1 else "none"


def describe_record(record: Record) -> str:
    """Say in a sentence what came of the forecasts."""
    rows, names = len(record.table), len(record.forecasts)
    aim = {1: "too high", -1: "too low"}.get(int(np.sign(round(record.bias, 4))))
    bias = f"{abs(record.bias):.2%} {aim}" if aim else "neither too high nor too low"
    if rows == 1:
        row = record.table.iloc[0]
        place = (
            f"inside its {within_words(row['within'])} interval"
            if row["within"] < 1
            else f"outside all of its intervals ({_chance(row['pit'])})"
        )
        return (
            f"the {record.target} came out at {row[record.target]:.4g}, {place}; the median that "
            f"{row['model']} foretold, {row['median']:.4g}, is {bias}"
        )
    held = int(record.inside[SHOWN].sum())
    by = f"{counted(names, 'forecast')} of {counted(record.table['row'].nunique(), 'run')}"
    pairs = "" if names == 1 else f" {rows} times"
    return (
        f"{by} settled{pairs}: {held} of {rows} came out inside their {SHOWN:.0%} interval; the "
        f"medians are {record.error:.2%} away on average, {bias}"
    )


def _chance(pit: float) -> str:
    tail = min(pit, 1 - pit)
    share = f"{tail:.1%}" if tail >= 0.001 else "less than 0.1%"
    return f"a probability of {share} was left for {'less' if pit < 0.5 else 'more'}"


def least_interval(inside: Mapping[float, bool | None]) -> float:
    """Return the probability of the least interval that holds a value, one if none does."""
    return min((prob for prob in CENTRAL if inside[prob]), default=1.0)
