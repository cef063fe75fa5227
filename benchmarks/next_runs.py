"""Does `next_runs` choose better runs than grids and other rules do, for the same compute?

On simulated truths a fit of a small sweep is asked which runs to train next with 5% and 10% of what
a whole sweep takes; they are trained, and the plan for a hundred times its largest budget is
judged. On public ladders all but the smallest runs are hidden, and those that are asked for are
shown. Writes rows to next_runs.csv and next_runs_public.csv as it goes, continues where it stopped,
and writes docs/next_runs.md:

    python benchmarks/next_runs.py [SWEEPS] [--summary]

With ``--summary`` it only writes the page, from the rows there are.
"""

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import extrapolation
import numpy as np
import pandas as pd
import truths
from _resuming import append, is_done
from _rules import OURS, RULES, TWICE, Question
from _scoring import as_markdown, scores_of

import bayescale as bs

SIMULATED, PUBLIC = Path("next_runs.csv"), Path("next_runs_public.csv")
PAGE = Path(__file__).parent.parent / "docs" / "next_runs.md"
FORM, SHARES = "chinchilla", (0.05, 0.10)
SWEEPS, REPEATS, OFFERED = 12, 2, 0.8
"""Simulated sweeps a truth; how often a ladder is asked, and what part of its hidden runs each time
is on offer."""

KNOWN = 2
"""Of the five IsoFLOP budgets of a sweep so many are known before."""

TARGET = 100 * truths.BUDGETS[-1]

FURTHER, HELD_BACK = 10.0, 3.0
"""Public ladders are planned for so many times their largest run; runs of a third of it or more are
never offered, and foretold."""

BEFORE = "no further run"
ORDER = (BEFORE, TWICE, *RULES)

UNLIKE = "nine parameters"
ALL_BUT = f"all but {UNLIKE}"
"""No form here comes near that truth."""

type Train = Callable[[pd.DataFrame], pd.DataFrame]
"""From params and tokens of runs to their losses."""


def main(arguments: list[str]) -> None:
    warnings.simplefilter("ignore")
    sweeps = next((int(word) for word in arguments if word.isdigit()), SWEEPS)
    if "--summary" not in arguments:
        for number in range(sweeps):
            for name in truths.TRUTHS:
                if not is_done(SIMULATED, truth=name, sweep=number):
                    append(pd.DataFrame(simulated(name, number)), SIMULATED)
        if "BAYESCALE_DATA" in os.environ:
            for number in range(REPEATS):
                for ladder in extrapolation.LADDERS:
                    if not is_done(PUBLIC, ladder=ladder.name, number=number):
                        append(pd.DataFrame(public(ladder, number)), PUBLIC)
        else:
            print("public ladders are left out: set BAYESCALE_DATA to the folder of their tables")
    summarize()


def simulated(name: str, number: int) -> Iterator[dict[str, object]]:
    """Yield what each rule made of a simulated sweep."""
    truth, whole = truths.TRUTHS[name], truths.sweep(truths.TRUTHS[name], number)
    known = whole.iloc[: KNOWN * len(truths.FACTORS)]
    noise = truths.NOISES[number % 2]

    def train(runs: pd.DataFrame) -> pd.DataFrame:
        trained = runs[["params", "tokens"]].copy()
        # One run comes out the same, whoever asks for it.
        deviates = [
            np.random.default_rng([number, int(run.params), int(run.tokens)]).standard_normal()
            for run in trained.itertuples()
        ]
        loss = truth(trained["params"].to_numpy(), trained["tokens"].to_numpy())
        return trained.assign(loss=loss * np.exp(noise * np.array(deviates)))

    cost = 6 * (whole["params"] * whole["tokens"]).sum()
    for share, rule, fit, runs in answers(known, cost, TARGET, None, train, number):
        yield {
            "truth": name,
            "sweep": number,
            **counted(share, rule, runs),
            **judged(truth, bs.allocate(fit, flops=TARGET)),
        }


def judged(truth: Callable[..., np.ndarray], plan: bs.Plan) -> dict[str, float]:
    """Return what a plan gave away, and how its interval of the loss did."""
    size = float(plan.committed["params"][0])
    reached = float(truth(np.array(size), np.array(TARGET / 6 / size)))
    _, least = truths.best(truth, TARGET)
    drawn = np.log(plan.outcome["loss"].to_numpy())
    low, high = np.quantile(drawn, [0.05, 0.95])
    return {
        "deadweight": truths.deadweight(truth, size, TARGET),
        "regret": reached - least,
        "foreseen": float(plan.outcome["regret"].mean()),
        "width": high - low,
        "inside": float(low <= np.log(reached) <= high),
        "error": abs(float(np.median(drawn)) - np.log(reached)),
    }


def public(ladder: extrapolation.Ladder, number: int) -> Iterator[dict[str, object]]:
    """Yield what each rule made of a public ladder."""
    rng = np.random.default_rng(0)
    whole = extrapolation.thinned(ladder.load(), extrapolation.MOST, rng).sort_values("flops")
    largest = whole["flops"].max()
    above = whole["flops"] * HELD_BACK >= largest
    pool = whole[~above].reset_index(drop=True)
    smallest = next(n for n in range(extrapolation.FEWEST, len(pool)) if enough(pool.iloc[:n]))
    known, hidden = pool.iloc[:smallest], pool.iloc[smallest:]
    hidden = hidden.sample(frac=OFFERED, random_state=number).sort_index()

    def train(runs: pd.DataFrame) -> pd.DataFrame:
        return hidden.merge(runs[["params", "tokens"]].drop_duplicates())[COLUMNS]

    judge = fitted({"all": whole[COLUMNS]}, 0)["all"]
    target = FURTHER * largest
    cost = pool["flops"].sum()
    for share, rule, fit, runs in answers(known, cost, target, hidden, train, number):
        scores = foretold(fit, whole[above])
        plan = bs.allocate(fit, flops=target)
        later = given_away(judge, float(plan.committed["params"][0]), target)
        about = {"ladder": ladder.name, "number": number}
        yield {**about, **counted(share, rule, runs), **scores, **later}


COLUMNS = ["params", "tokens", "loss"]


def enough(table: pd.DataFrame) -> bool:
    sizes, tokens = (table[name].map(np.log).round(1).nunique() for name in ("params", "tokens"))
    return min(sizes, tokens) >= 3


def foretold(fit: bs.Fit, above: pd.DataFrame) -> dict[str, float]:
    """Return how the largest runs were foretold, on average."""
    counts = {name: above[name].to_numpy() for name in ("params", "tokens")}
    draws = np.log(bs.predict(fit, **counts, new_run=True).to_numpy()).reshape(-1, len(above))
    scores = scores_of(draws, np.log(above["loss"].to_numpy())).mean()
    return {name: float(scores[name]) for name in ("width", "error", "crps", "inside_90")}


def given_away(judge: bs.Fit, size: float, target: float) -> dict[str, float]:
    """Return what a size gives away by the surface of all runs."""
    plan = bs.allocate(judge, flops=target, candidates=[size])
    free = bs.allocate(judge, flops=target)
    regret = float((plan.outcome["loss"] - free.outcome["loss"]).mean())
    slope = -float(free.marginal["per_log_flops"].mean())
    return {"regret": max(regret, 0.0), "deadweight": float(-np.expm1(-max(regret, 0.0) / slope))}


def answers(
    known: pd.DataFrame,
    cost: float,
    target: float,
    hidden: pd.DataFrame | None,
    train: Train,
    seed: int,
) -> Iterator[tuple[float, str, bs.Fit, pd.DataFrame]]:
    """Yield share, rule, the fit to all runs that are then known, and those that were trained."""
    start = fitted({BEFORE: known[COLUMNS]}, seed)[BEFORE]
    for share in SHARES:
        budget = share * cost
        offered = hidden
        if offered is None:
            offered = bs.next_runs(start, budget=budget, target=target).ranking
        rng = np.random.default_rng(seed)
        asked = Question(start, budget, target, offered, hidden is None, rng)
        chosen = {name: rule(asked) for name, rule in RULES.items()}
        chosen[TWICE] = asked_twice(asked, known, train, seed)
        trained = {name: train(runs) for name, runs in chosen.items() if len(runs)}
        tables = {n: pd.concat([known[COLUMNS], t], ignore_index=True) for n, t in trained.items()}
        fits = {**dict.fromkeys((BEFORE, *chosen), start), **fitted(tables, seed)}
        for name, fit in fits.items():
            yield share, name, fit, chosen.get(name, known.iloc[:0])


def asked_twice(asked: Question, known: pd.DataFrame, train: Train, seed: int) -> pd.DataFrame:
    """Return what `next_runs` asks for with half of the budget, and then with the rest."""
    rule = RULES[OURS]
    first = rule(replace(asked, budget=asked.budget / 2))
    if first.empty:
        return first
    table = pd.concat([known[COLUMNS], train(first)], ignore_index=True)
    left = asked.offered if asked.free else asked.offered.drop(index=first.index)
    rest = asked.budget - first["flops"].sum()
    then = replace(asked, fit=fitted({TWICE: table}, seed)[TWICE], budget=rest, offered=left)
    affordable = asked.free or (left["flops"] <= rest).any()
    return pd.concat([first, rule(then)]) if affordable else first


def fitted(tables: Mapping[str, pd.DataFrame], seed: int) -> dict[str, bs.Fit]:
    runs = {name: bs.load_runs(table) for name, table in tables.items()}
    found = bs.fit_many(runs, FORM, random_seed=seed, jobs=1, progressbar=False)
    if found.failed:
        raise next(iter(found.failed.values()))
    return dict(found.finished)


def counted(share: float, rule: str, runs: pd.DataFrame) -> dict[str, object]:
    spent = float((6 * runs["params"] * runs["tokens"]).sum())
    return {"share": share, "rule": rule, "runs": len(runs), "spent": spent}


def summarize() -> None:
    """Write the page and print it."""
    rows = complete(pd.read_csv(SIMULATED))
    parts = [introduction(rows), *as_markdown(of_truths(rows, ["share", "rule"])), ""]
    parts += [about_grids(), *as_markdown(against(rows)), ""]
    parts += ["## Truth by truth\n", *as_markdown(of_truths(rows, ["truth", "share", "rule"])), ""]
    if PUBLIC.exists():
        rows = pd.read_csv(PUBLIC)
        parts += [about_ladders(rows), *as_markdown(of_ladders(rows)), ""]
    text = "\n".join(parts)
    PAGE.write_text(text, encoding="utf-8")
    print(text)


def complete(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the sweeps that there are of every truth."""
    there = rows.groupby("sweep")["truth"].nunique()
    return rows[rows["sweep"].map(there) == len(truths.TRUTHS)]


def of_truths(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    means = in_order(rows.groupby(keys).mean(numeric_only=True))
    return in_words(
        means,
        {
            "Runs": means["runs"].map("{:.0f}".format),
            "Compute given away": means["deadweight"].map("{:.2%}".format),
            "Loss given away": means["regret"].map("{:.5f}".format),
            "Foreseen": means["foreseen"].map("{:.5f}".format),
            "Width": means["width"].map("{:.1%}".format),
            "Inside": means["inside"].map("{:.2f}".format),
            "Error": means["error"].map("{:.2%}".format),
        },
    )


def of_ladders(rows: pd.DataFrame) -> pd.DataFrame:
    within = rows.groupby(["ladder", "share", "rule"]).mean(numeric_only=True)
    means = in_order(within.groupby(["share", "rule"]).mean())
    return in_words(
        means,
        {
            "Runs": means["runs"].map("{:.0f}".format),
            "Compute given away": means["deadweight"].map("{:.1%}".format),
            "Loss given away": means["regret"].map("{:.4f}".format),
            "Width": means["width"].map("{:.1%}".format),
            "Inside": means["inside_90"].map("{:.2f}".format),
            "Error": means["error"].map("{:.2%}".format),
            "CRPS": means["crps"].map("{:.2%}".format),
        },
    )


def in_order(means: pd.DataFrame) -> pd.DataFrame:
    """Return rows by share and rule in the order of the page; without runs shares do not differ."""
    place = {rule: number for number, rule in enumerate(ORDER)}
    rules = means.index.get_level_values("rule")
    first = means.index.get_level_values("share") == SHARES[0]
    kept = means[first | (rules != BEFORE)]
    return kept.sort_index(key=lambda level: level.map(place) if level.name == "rule" else level)


def in_words(means: pd.DataFrame, columns: Mapping[str, pd.Series]) -> pd.DataFrame:
    table = pd.DataFrame(columns)
    table.index = pd.MultiIndex.from_tuples(
        [
            tuple(f"{part:.0%}" if isinstance(part, float) else part for part in key)
            for key in means.index
        ],
        names=[str(name).capitalize() for name in means.index.names],
    )
    return table


def against(rows: pd.DataFrame) -> pd.DataFrame:
    """Return how much less than grids ours give away, with intervals from sweeps drawn anew."""
    keys = ["share", "truth", "sweep"]
    wide = rows.pivot_table(index=keys, columns="rule", values="deadweight")
    found = {}
    for share in SHARES:
        each = wide.loc[share]
        truth = each.index.get_level_values("truth")
        groups = {name: each[truth == name] for name in truths.TRUTHS}
        groups |= {ALL_BUT: each[truth != UNLIKE], "all": each}
        for rule in (OURS, TWICE):
            for grid in (rule for rule in RULES if "IsoFLOP" in rule):
                less = {name: _less(part, rule, grid) for name, part in groups.items()}
                found[share, rule, grid] = less
    table = pd.DataFrame(found).T.rename_axis(["share", "rule", "against"])
    return in_words(table, {name: table[name] for name in table})


def _less(part: pd.DataFrame, rule: str, grid: str) -> str:
    rng = np.random.default_rng(0)
    drawn = [part.sample(len(part), replace=True, random_state=rng).mean() for _ in range(500)]
    low, high = np.quantile([1 - one[rule] / one[grid] for one in drawn], [0.05, 0.95])
    return f"{1 - part[rule].mean() / part[grid].mean():.0%} ({low:.0%} to {high:.0%})"


def introduction(rows: pd.DataFrame) -> str:
    sweeps = int(rows.groupby("truth")["sweep"].nunique().min())
    return f"""# How well next runs are chosen

Written by `make next-runs`.

## Simulated truths

{sweeps} sweeps from each of the {len(truths.TRUTHS)} truths of [plans under a truth of another
form](truths.md). The {KNOWN} smallest of its {len(truths.BUDGETS)} IsoFLOP budgets are known and
fitted with `{FORM}`, which bends. Each rule then trains runs for {SHARES[0]:.0%} and
{SHARES[1]:.0%} of what the whole sweep takes, the fit is made again, and the plan for {TARGET:g}
FLOPs is judged by the truth: what share of the budget it gave away, and what loss. *Foreseen* is
the loss that the fit itself expects to give away. *Width* is that of the 90% interval of the loss
of the plan, relative to the loss, *inside* how often it held it, *error* the distance of the
median.

* next_runs: the batch of `bs.next_runs` from its own grid; *half and half* asks again with a fit to
  the runs of the first half
* IsoFLOP: sizes from a quarter to four times the best one; five at one budget, or seven at each of
  three
* D-optimal: what tells most of the parameters of the law, per FLOP, from the grid of `bs.next_runs`
* largest first: one run of the best shape
* random: from the grid of `bs.next_runs`

"""


def about_grids() -> str:
    return """## Against IsoFLOP grids

How much less compute is given away than after an IsoFLOP grid, on average (90% intervals, sweeps
drawn anew); below zero it is more.

"""


def about_ladders(rows: pd.DataFrame) -> str:
    return f"""## Public ladders

{rows["ladder"].nunique()} ladders of training runs, {rows["number"].nunique()} times each. The
smallest runs are known, at least {extrapolation.FEWEST}; a part of {OFFERED:.0%} of the others is
offered, and the outcomes of those a rule asks for are shown. Runs that take a third of the compute
of the largest one or more are never offered: width, inside, error and CRPS are about them. The plan
is for {FURTHER:g} times the largest run and is judged by a fit to all runs, which is itself not
sure of the best size. Budgets are shares of what all runs below take. A grid takes what is nearest
to IsoFLOP among the runs on offer, and often cannot spend its budget.

"""


if __name__ == "__main__":
    main(sys.argv[1:])
