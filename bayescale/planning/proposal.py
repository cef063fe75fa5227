"""What to train next: a batch of runs, what it is expected to bring, and all candidates ranked."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

import bayescale
from bayescale.core.note import Note
from bayescale.core.shown import Shown
from bayescale.core.text import counted, human, percent
from bayescale.planning.choosing import By
from bayescale.planning.plan import Plan
from bayescale.runs.table import Runs

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHOWN = 12
"""More rows of a batch are counted and not shown."""

_TOLD = 1e-4
"""A smaller share of a budget is not told."""


@dataclass(frozen=True, repr=False)
class NextRuns(Shown):
    """Runs that are worth training before a plan is signed.

    Attributes
    ----------
    budget : float
        The FLOPs that the runs may take together.
    by : {"regret", "interval"}
        What they were chosen by.
    plan : Plan
        The plan for the target as it stands now, without these runs.
    batch : DataFrame
        The runs to train, in the order in which they were chosen: ``params``, ``tokens``, ``flops``
        (of one run), the further inputs of the law, ``trained`` (how many runs of the fit are of
        that size and number of tokens) and what is expected once the run and those above it are
        trained: ``regret`` and ``width``, see ``now``.
    ranking : DataFrame
        Every candidate that the budget pays for, what gains most per FLOP first: the same columns,
        as if it alone were trained, and ``gain_per_flop``, by how much it lowers what was asked
        for, in the unit of the loss.
    now : dict of str to float
        Without further runs: ``regret``, the loss that the size chosen is expected to give away
        against the best one, ``width``, that of the interval of its loss, both in the unit of the
        loss, and ``wasted_flops``, the compute that the regret is worth, all at the target.
    ci_prob : float
        The probability of that interval.
    runs : Runs
        The runs that the fit knows.
    notes : tuple of Note
        What to know before training.
    """

    budget: float
    by: By
    plan: Plan
    batch: pd.DataFrame
    ranking: pd.DataFrame
    now: dict[str, float]
    ci_prob: float
    runs: Runs
    notes: tuple[Note, ...] = ()

    @property
    def target(self) -> float:
        """The FLOPs of the plan."""
        return float(self.plan.committed["flops"][0])

    @property
    def flops(self) -> float:
        """The FLOPs that the batch takes."""
        return float(self.batch["flops"].sum())

    @property
    def then(self) -> dict[str, float]:
        """What is expected of ``now`` when the batch is trained."""
        if self.batch.empty:
            return dict(self.now)
        regret, width = (float(self.batch[name].iloc[-1]) for name in ("regret", "width"))
        left = regret / self.now["regret"] if self.now["regret"] else 1.0
        wasted = left * self.now["wasted_flops"]
        return {"regret": regret, "width": width, "wasted_flops": wasted}

    @property
    def saved_flops(self) -> float:
        """The compute at the target that the batch is expected to save, to first order."""
        return self.now["wasted_flops"] - self.then["wasted_flops"]

    def plot(self, **settings: Any) -> "Figure":
        """Draw the batch among the candidates; see `bayescale.plot_next`."""
        # Through the public name: figures stand above proposals and import them.
        return bayescale.plot_next(self, **settings)

    def __str__(self) -> str:
        """Say what to train and what it is expected to bring."""
        return "\n".join([*describe_next_runs(self), *map(str, self.notes)])


def describe_next_runs(found: NextRuns) -> list[str]:
    """Say what to train next and what it is expected to bring, line by line."""
    lines = [f"  {label:13} {text}" for label, text in facts_of(found)]
    table = [] if found.batch.empty else ["", *_table(found)]
    return [f"{title_of(found)}:", *lines, *table]


def title_of(found: NextRuns) -> str:
    """Say what was asked."""
    return (
        f"before {human(found.target)} FLOPs are spent, with {human(found.budget)} for further "
        f"runs, by {found.plan.model}"
    )


def facts_of(found: NextRuns) -> list[tuple[str, str]]:
    """Return what is known now, what to train, and what is expected then, each with its label."""
    size = float(found.plan.committed["params"][0])
    rows = [
        ("now", f"commit to {human(size)} parameters; {_standing(found, found.now)}"),
        ("train", _batch(found)),
    ]
    if found.batch.empty:
        return rows
    return [*rows, ("then", _standing(found, found.then)), ("saves", _saving(found))]


def _standing(found: NextRuns, state: dict[str, float]) -> str:
    share = state["wasted_flops"] / found.target
    wasted = percent(share) if share >= _TOLD else f"less than {_TOLD:.2%}"
    return (
        f"regret {state['regret']:.2g} expected, as if {wasted} were wasted; "
        f"{found.ci_prob:.0%} interval of the loss {state['width']:.2g} wide"
    )


def _batch(found: NextRuns) -> str:
    if found.batch.empty:
        return "nothing: no run within the budget helps"
    share = percent(found.flops / found.budget)
    return f"{counted(len(found.batch), 'run')}, {human(found.flops)} FLOPs, {share} of the budget"


def _saving(found: NextRuns) -> str:
    times = found.saved_flops / found.flops
    return (
        f"{human(found.saved_flops)} FLOPs at the target, {times:.2g} times what the runs take"
        if found.saved_flops > _TOLD * found.flops
        else "no compute at the target"
    )


def _table(found: NextRuns) -> list[str]:
    """Return the batch as lines: the counts of each run, and what is left after it."""
    shown = found.batch.head(_SHOWN)
    counts = [name for name in ("params", "tokens", "flops", "unique_tokens") if name in shown]
    columns = {name: [human(value) for value in shown[name]] for name in counts}
    columns["tokens/param"] = [f"{ratio:.3g}" for ratio in shown["tokens"] / shown["params"]]
    further = [str(name) for name in shown if name not in (*columns, "trained", "regret", "width")]
    columns |= {name: [f"{value:.3g}" for value in shown[name]] for name in further}
    columns |= {name: [f"{value:.2g}" for value in shown[name]] for name in ("regret", "width")}
    text = pd.DataFrame(columns, index=range(1, len(shown) + 1)).to_string()
    more = len(found.batch) - len(shown)
    return [*(f"  {line}" for line in text.splitlines()), *([f"  and {more} more"] if more else [])]
