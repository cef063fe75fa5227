"""A back-test as text for people."""

from typing import TYPE_CHECKING

import pandas as pd

from bayescale.core.text import human, percent
from bayescale.evaluation.scores import SHARES, WIDE, inside
from bayescale.posterior.intervals import credible_interval
from bayescale.posterior.mixture import name_of

if TYPE_CHECKING:
    from bayescale.auditing.backtesting import Backtest
    from bayescale.planning.plan import Plan

BEST = f"{WIDE:.0%} of the best size"


def name_of_lead(found: "Backtest") -> str:
    """Return what the form that is asked first is called in a sentence."""
    return f"the mixture of {name_of(found.forms)}" if len(found.forms) > 1 else found.forms[0]


def summarize_backtest(found: "Backtest") -> str:
    """Say in a sentence what would have been decided, and what came of it."""
    rows = found.table.xs(found.lead, level="form")
    first, last = (f"{human(rows.index[place])}" for place in (0, -1))
    where = f"at {first} FLOPs" if len(rows) == 1 else f"{len(rows)} times up to {last} FLOPs"
    came_out = (
        f"{rows['inside_90'].mean():.0%} of the later runs came out inside its 90% intervals, its "
        f"medians {percent(rows['error'].mean())} off on average"
    )
    sizes = rows["params"].dropna()
    if found.plan is None or sizes.empty:
        return f"Asked {where}, {name_of_lead(found)}: {came_out}."
    best = float(found.plan.committed["params"][0])
    return (
        f"Asked {where}, {name_of_lead(found)} would have recommended {_extent(sizes)} parameters "
        f"for {human(found.flops)} FLOPs; by all {found.runs} runs {human(best)} is best, and "
        f"{_wasted(rows['wasted_compute'].dropna())}. {came_out[0].upper()}{came_out[1:]}."
    )


def _extent(sizes: pd.Series) -> str:
    low, high = human(sizes.min()), human(sizes.max())
    return low if low == high else f"{low} to {high}"


def _wasted(shares: pd.Series) -> str:
    which = "that plan" if len(shares) == 1 else "the worst of these plans"
    return f"{which} would have wasted {percent(shares.max())} of the compute"


def describe_backtest(found: "Backtest") -> str:
    """Write the sentence, the table in two parts and the notes."""
    parts = [found.summary]
    if found.plan is not None:
        title = f"What would have been recommended for {human(found.flops)} FLOPs"
        parts.append(f"{title}\n{decided(found).to_string()}")
    parts.append(f"What the later runs showed, on average\n{foretold(found).to_string()}")
    return "\n\n".join([*parts, "\n".join(map(str, found.notes))])


def decided(found: "Backtest") -> pd.DataFrame:
    """Return what would have been recommended, as texts; the last row is by all runs."""
    table = found.table
    ends = table[["params_low", "params_high"]].map(_human)
    texts = pd.DataFrame(
        {
            "fitted": table["fitted"].astype(str),
            "params": table["params"].map(_human),
            "tokens": table["tokens"].map(_human),
            BEST: ends["params_low"] + " to " + ends["params_high"],
            "regret": table["regret"].map(_digits),
            "wasted compute": table["wasted_compute"].map(_share),
        }
    )
    texts.loc[table["params"].isna().to_numpy(), BEST] = ""
    if found.plan is not None:
        whole = {"fitted": str(found.runs), **_by_all_runs(found.plan)}
        key = pd.MultiIndex.from_tuples([("all runs", found.lead)], names=table.index.names)
        return pd.concat([_named(texts), pd.DataFrame(whole, index=key)]).fillna("")
    return _named(texts)


def _by_all_runs(plan: "Plan") -> dict[str, str]:
    best = plan.committed.isel(budget=0)
    ends = credible_interval(plan.optimum["params"].isel(budget=0), WIDE)
    return {
        **{name: human(float(best[name])) for name in ("params", "tokens")},
        BEST: f"{human(float(ends['lower']))} to {human(float(ends['upper']))}",
    }


def foretold(found: "Backtest") -> pd.DataFrame:
    """Return how well the later runs were foretold, as texts."""
    table = found.table
    texts = {"runs": table["held_out"].astype(str)}
    texts |= {name: table[name].map(_share) for name in ("error", "bias", "crps")}
    texts["log score"] = table["log_score"].map(_digits)
    texts |= {f"in {share:.0%}": table[inside(share)].map("{:.0%}".format) for share in SHARES}
    texts["width of 90%"] = table["width"].map(_share)
    texts["weight"] = table["weight"].map(lambda share: "" if share != share else f"{share:.0%}")
    return _named(pd.DataFrame(texts))


def _named(texts: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table under cuts as people write them."""
    keys = [(human(cut), form) for cut, form in texts.index]
    return texts.set_index(pd.MultiIndex.from_tuples(keys, names=texts.index.names))


def _human(value: float) -> str:
    return "" if value != value else human(value)


def _digits(value: float) -> str:
    return "" if value != value else f"{value:.3g}"


def _share(value: float) -> str:
    return "" if value != value else f"{'-' if value < 0 else ''}{percent(abs(value))}"
