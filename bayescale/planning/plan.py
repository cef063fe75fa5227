"""What a plan is: the posterior of the optimum, the plan to commit to, and what limits it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

import pandas as pd
import xarray as xr

import bayescale
from bayescale.compute.accounting import FlopsRule, SixND
from bayescale.core.note import Note
from bayescale.core.shown import Shown
from bayescale.planning.wording import describe_plan
from bayescale.posterior.intervals import IntervalKind, credible_interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_COUNTS = ("params", "tokens", "flops", "unique_tokens")
_ROWS = (
    "params",
    "tokens",
    "tokens_per_param",
    "epochs",
    "quality",
    "spent_share",
    "serving_share",
)


@dataclass(frozen=True, repr=False)
class Plan(Shown):
    """An allocation of compute budgets to parameters and tokens.

    There are two answers. ``optimum`` is where the best model lies, uncertain as the posterior is.
    ``committed`` is the one choice that minimises the expected loss; ``outcome`` is what to expect
    of it.

    Attributes
    ----------
    model : str
        The name of the fitted model.
    limits : dict
        What was asked, by the keywords of `bayescale.allocate`, None where nothing was given:
        ``bs.allocate(fit, **plan.limits)`` makes the plan again.
    optimum : Dataset
        Best ``params``, ``tokens`` (counts), ``tokens_per_param``, ``epochs`` (if unique tokens
        are given), the FLOPs that are ``spent`` and their ``spent_share`` of the budget for each
        draw; dimensions (chain, draw, budget). Where data or size are used up before the budget
        is, it is the cheapest split within the tolerance of the least ``loss`` on all of it.
    committed : Dataset
        The same counts for the plan to commit to; dimension (budget).
    outcome : Dataset
        ``loss`` of the committed plan, its ``regret``, the loss it gives away against the best
        that the same draw allows on the whole budget, in the unit of the loss, and
        ``wasted_compute``, the share of the compute spent without which the best split of the
        draw would have done as well (to first order); dimensions (chain, draw, budget).
    near_optimal : Dataset
        ``params_low`` to ``params_high``: sizes whose expected loss is within the tolerance of the
        committed plan's, and the tokens for them; dimension (budget).
    binding : Dataset
        Probability that each limit binds: ``compute``, ``tokens``, ``tokens_per_param``, ``size``
        and the ``bounds`` of the search; dimension (budget).
    marginal : Dataset
        What more compute and more unique tokens are worth; see `bayescale.planning.worth`.
    extrapolation : Dataset
        Decades by which the committed plan lies outside the runs, for each count; dimension
        (budget).
    notes : tuple of Note
        What to know before signing.
    accounting : FlopsRule
        What a token cost the runs of the fit: FLOPs mean this to the law, and to the budget if no
        other rule was asked for.
    by_model : dict of str to Plan
        The plan of each fit alone, where several are averaged.
    by_choice : dict of str to Plan
        The plan for each choice of further inputs, such as a number of experts, where there are
        several; ``committed`` and ``optimum`` then hold the inputs chosen.
    """

    model: str
    limits: dict[str, Any]
    optimum: xr.Dataset
    committed: xr.Dataset
    outcome: xr.Dataset
    near_optimal: xr.Dataset
    binding: xr.Dataset
    marginal: xr.Dataset
    extrapolation: xr.Dataset
    notes: tuple[Note, ...]
    accounting: FlopsRule = field(default_factory=SixND)
    by_model: "dict[str, Plan]" = field(default_factory=dict)
    by_choice: "dict[str, Plan]" = field(default_factory=dict)

    @property
    def unique_tokens(self) -> float | None:
        """The distinct tokens at hand, from pools or not; None if nothing limits them."""
        pools = self.limits["pools"]
        found: float | None = self.limits["unique_tokens"]
        return sum(pool.tokens for pool in pools) if pools else found

    @property
    def rule(self) -> FlopsRule:
        """What a token costs the budget: what was asked, or what it cost the runs."""
        asked: FlopsRule | None = self.limits["rule"]
        return self.accounting if asked is None else asked

    def compare_models(self) -> pd.DataFrame:
        """Return how the recommendation differs by law form, one row for each budget and fit.

        Returns
        -------
        DataFrame
            Index (flops, model); columns ``params``, ``tokens``, ``expected_loss``,
            ``params_low`` and ``params_high``, the sizes nearly as good. Empty for a single fit.
        """
        return _side_by_side(self.by_model, "model")

    def compare_choices(self) -> pd.DataFrame:
        """Return what each choice of further inputs yields, one row for each budget and choice.

        Returns
        -------
        DataFrame
            Index (flops, choice); the columns of `compare_models`, and ``probability_best``: how
            probable it is that no other choice has a lower loss. Empty if there was no choice.
        """
        table = _side_by_side(self.by_choice, "choice")
        shares = [
            float(self._is(plan.limits["inputs"]).isel(budget=budget).mean())
            for budget in range(self.optimum.sizes["budget"])
            for plan in self.by_choice.values()
        ]
        return table.assign(probability_best=shares) if shares else table

    def point(self, columns: Iterable[str]) -> dict[str, Any]:
        """Return the committed plan as `bayescale.predict` takes it, for the columns of a law.

        Raises
        ------
        KeyError
            If a column follows neither from the plan nor from its limits.
        """
        committed = {name: values.to_numpy() for name, values in self.committed.data_vars.items()}
        inputs = self.limits["inputs"] if not self.by_choice else {}
        known = {"unique_tokens": committed["tokens"], **(inputs or {}), **committed}
        known["flops"] = self.accounting.train(known["params"]) * known["tokens"]
        values = {name: known[name] for name in columns}
        counts = {name: values.pop(name) for name in _COUNTS if name in values}
        return {**counts, "inputs": values}

    def choice(self, budget: int) -> str:
        """Return which of ``by_choice`` is committed to at a budget, by its position."""
        committed = self.committed.isel(budget=budget)
        return next(
            label
            for label, plan in self.by_choice.items()
            if all(float(committed[n]) == value for n, value in plan.limits["inputs"].items())
        )

    def _is(self, choice: dict[str, float]) -> xr.DataArray:
        """Return in which draws a choice is the best."""
        found = [self.optimum[name] == value for name, value in choice.items()]
        return reduce(and_, found)

    def summary(
        self, ci_prob: float | None = None, ci_kind: IntervalKind | None = None
    ) -> pd.DataFrame:
        """Return both answers as a table, one row for each budget and quantity.

        Parameters
        ----------
        ci_prob, ci_kind : optional
            Probability and kind of the intervals; ArviZ's settings by default.

        Returns
        -------
        DataFrame
            Index (flops, quantity); columns ``committed`` and, for the posterior of the optimum,
            ``median``, ``lower``, ``upper``. The rows ``expected_loss`` and ``regret`` hold what
            the committed plan yields.
        """
        rows: list[tuple[str, xr.DataArray | None, xr.DataArray]] = []
        for name in _ROWS:
            if name in self.optimum:
                rows.append((name, self.committed[name], self.optimum[name]))
        rows.append(("optimal_loss", None, self.optimum["loss"]))
        rows.append(
            ("expected_loss", self.outcome["loss"].mean(["chain", "draw"]), self.outcome["loss"])
        )
        for name in ("regret", "wasted_compute"):
            draws = self.outcome[name]
            rows.append((name, draws.mean(["chain", "draw"]), draws))
        parts = []
        for name, committed, draws in rows:
            table = credible_interval(draws, ci_prob, ci_kind).to_dataframe()
            table = table.set_index("flops")[["median", "lower", "upper"]]
            table.insert(
                0, "committed", float("nan") if committed is None else committed.to_numpy()
            )
            parts.append(table.assign(quantity=name).set_index("quantity", append=True))
        order = [name for name, _, _ in rows]
        return pd.concat(parts).sort_index(level=0, sort_remaining=False).reindex(order, level=1)

    def plot(self) -> "Figure":
        """Draw the plan; see `bayescale.plot_plan`."""
        # Through the public name: figures stand above plans and import them.
        return bayescale.plot_plan(self)

    def __str__(self) -> str:
        """Write the plan in sentences, one paragraph for each budget."""
        return describe_plan(self)


def _side_by_side(plans: dict[str, Plan], what: str) -> pd.DataFrame:
    rows = {
        (float(plan.committed["flops"][budget]), name): {
            "params": float(plan.committed["params"][budget]),
            "tokens": float(plan.committed["tokens"][budget]),
            "expected_loss": float(plan.outcome["loss"].isel(budget=budget).mean()),
            "params_low": float(plan.near_optimal["params_low"][budget]),
            "params_high": float(plan.near_optimal["params_high"][budget]),
        }
        for budget in range(_budgets(plans))
        for name, plan in plans.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.rename_axis(["flops", what]) if rows else table


def _budgets(plans: dict[str, Plan]) -> int:
    return max((plan.committed.sizes["budget"] for plan in plans.values()), default=0)
