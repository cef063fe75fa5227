"""Read and validate a table of training runs."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

import bayescale
from bayescale.compute import accounting
from bayescale.compute.recorded import learn_rule
from bayescale.core.asking import setting
from bayescale.core.note import Note
from bayescale.core.quantities import OUTCOMES, quantity_of
from bayescale.core.shown import Shown
from bayescale.core.text import human, unknown_name
from bayescale.errors import RunsError
from bayescale.runs.frontier import frontier as best_runs
from bayescale.runs.labels import CONFIGURATION, configurations, labels_of
from bayescale.runs.provenance import Provenance
from bayescale.runs.rules import COUNTS, complete_flops, refusals

if TYPE_CHECKING:
    from matplotlib.figure import Figure

type FlopsRule = Literal["6ND", "recorded"]


@dataclass(frozen=True, repr=False)
class Runs(Shown):
    """Training runs that passed validation.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a run. The columns of `bayescale.core.quantities.QUANTITIES` that are known of the
        runs (counts, and ``loss``, positive in any unit), shares of domains, columns of the user's
        own, and the group columns. The index names the row of the source.
    refused : pandas.DataFrame
        One row for each refused row of the source: ``row``, ``column``, ``value``, ``reason``.
    source : str
        Where the runs came from, for people.
    groups : tuple of str
        The columns that group runs.
    flops_rule : {"6ND", "recorded"}
        Whether ``flops`` follows 6ND or is as it was recorded.
    simulated : bool
        Whether the runs were drawn from a formula; said wherever they are shown.
    run : str, optional
        The group column that names the training run, where rows are checkpoints of one.
    provenance : Provenance
        Which rows were asked for, how the table was read, and what is doubtful about it.
    derived : tuple of str
        Which of ``params``, ``tokens`` and ``flops`` the source did not hold: they follow from the
        other two.
    """

    table: pd.DataFrame
    refused: pd.DataFrame = field(default_factory=lambda: refusals([]))
    source: str = "a DataFrame"
    groups: tuple[str, ...] = ()
    flops_rule: FlopsRule = "6ND"
    simulated: bool = False
    run: str | None = None
    provenance: Provenance = field(default_factory=Provenance)
    derived: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self.table)

    @property
    def loss(self) -> np.ndarray:
        """The observed losses, shape (runs,)."""
        return self.table["loss"].to_numpy(float)

    @property
    def loss_scale(self) -> float:
        """The low end of the observed losses: their 10% quantile, in the unit of the loss."""
        return self.low_end("loss")

    def low_end(self, column: str) -> float:
        """Return the low end of a column: its 10% quantile, in the unit of the column."""
        return float(np.quantile(self.table[column].to_numpy(float), 0.1))

    @property
    def rule(self) -> accounting.FlopsRule:
        """What a token cost the runs: 6ND, or what their recorded FLOPs tell."""
        if self.flops_rule == "6ND" or not set(COUNTS) <= set(self.table):
            return accounting.SixND()
        return learn_rule(*(self.table[name] for name in COUNTS))

    def counted_by(self, rule: accounting.FlopsRule) -> "Runs":
        """Return the runs with what was derived by 6ND derived by another rule."""
        if not self.derived or isinstance(rule, accounting.SixND):
            return self
        given = self.table.drop(columns=list(self.derived))
        table = complete_flops(given, "recorded", rule)[0][list(self.table)]
        return replace(self, table=table, flops_rule="recorded")

    @property
    def quantities(self) -> list[str]:
        """The columns that say what went into the runs."""
        outside = {*OUTCOMES, *self.groups}
        return [str(column) for column in self.table if column not in outside]

    def levels(self, group: str) -> np.ndarray:
        """Return which level of a group column each run belongs to, shape (runs,).

        Besides the group columns there is ``configuration``: runs that share every input. Levels
        are values, so that those of one table are those of another.

        Raises
        ------
        RunsError
            If there is no such group column.
        """
        if group in self.groups:
            return labels_of(self.table[group]).to_numpy(str)
        if group == CONFIGURATION:
            # Without any, as for accuracies, runs are told apart by the loss that goes in.
            inputs = self.quantities or ["loss"]
            if self.flops_rule == "6ND" and {"params", "tokens", "flops"} <= set(inputs):
                inputs.remove("flops")
            return configurations(self.table[inputs])
        choices = [*self.groups, CONFIGURATION]
        raise RunsError(
            f"{unknown_name('group column', group, choices)}; keep columns with "
            f"{setting('groups', [...])} when loading the runs"
        )

    @property
    def notes(self) -> tuple[Note, ...]:
        """What anyone who rests an answer on these runs should know of their origin."""
        notes = [*self.provenance.notes]
        if self.simulated:
            notes.append(Note("simulated", "info", f"The runs are simulated ({self.source})."))
        if len(self.refused):
            rows = self.refused["row"].nunique()
            left = "1 row of the table was" if rows == 1 else f"{rows} rows of the table were"
            sentence = f"{left} left out, each for a stated reason."
            notes.append(Note("refused", "info", sentence))
        if self.worked_out:
            sentence = self.worked_out[0].upper() + self.worked_out[1:]
            notes.append(Note("derived", "info", f"{sentence}."))
        return tuple(notes)

    @property
    def worked_out(self) -> str:
        """Say which sizes or tokens were not recorded but derived from FLOPs, if any were."""
        names = [quantity_of(name).label for name in self.derived if name != "flops"]
        by_rule = isinstance(self.rule, accounting.SixND)
        how = "by 6ND" if by_rule else "as the fitted runs recorded them"
        return f"{names[0]} were derived from FLOPs {how}" if names else ""

    def plot(self) -> "Figure":
        """Draw the runs; see `bayescale.plot_runs`."""
        return bayescale.plot_runs(self)

    def frontier(self, budgets: Sequence[float] | None = None) -> "Runs":
        """Return the best runs at some budgets; see `bayescale.runs.frontier.frontier`."""
        return best_runs(self, budgets=budgets)

    def subset(self, keep: np.ndarray) -> "Runs":
        """Return the runs where ``keep``, shape (runs,), is true."""
        return replace(self, table=self.table[keep])

    def __str__(self) -> str:
        """Describe the runs in a sentence."""
        ranges = ", ".join(f"{column} {_range(self.table[column])}" for column in self.quantities)
        kind = "simulated runs" if self.simulated else "runs"
        rows = self.refused["row"].nunique()
        refused = f", {rows} row{'s' if rows > 1 else ''} refused" if rows else ""
        chosen = "".join(f", {choice}" for choice in self.provenance.choices)
        outcomes = "".join(
            f", {name} {self.table[name].min():.4g} to {self.table[name].max():.4g}"
            for name in OUTCOMES
            if name in self.table
        )
        worked_out = f"; {self.worked_out}" if self.worked_out else ""
        said = f"{ranges}{outcomes}{chosen}{refused}{worked_out}"
        return f"{len(self)} {kind} from {self.source}: {said}"


def _range(values: pd.Series) -> str:
    low, high = human(values.min()), human(values.max())
    return low if low == high else f"{low} to {high}"
