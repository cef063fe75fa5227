"""Do fits recover what they are told to believe? Simulation-based calibration of the samplers.

Parameters are drawn from the priors of a card, runs from the parameters, and the model is fitted to
the runs: over many repetitions the truth has to rank uniformly among the draws (Talts et al. 2018,
arXiv:1804.06788). Appends the ranks of one simulation after the other to sbc.csv, continues where
it stopped, and writes docs/calibration.md:

    python benchmarks/sbc.py [CARD ...] [--simulations 1000] [--processes 2] [--summary]

With ``--summary`` it only writes the page, from the rows there are.
"""

import argparse
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path

import arviz_stats
import numpy as np
import pandas as pd
from _resuming import append
from arviz_stats.ecdf_utils import ecdf_pit

import bayescale as bs
from bayescale.core.quantities import quantity_of
from bayescale.inference.compiling import compile_density
from bayescale.inference.evaluating import evaluate, predictive
from bayescale.inference.modes import LEADING, whole_shape
from bayescale.inference.prior_draws import draw_prior
from bayescale.inference.sampling import sample
from bayescale.inference.simulating import LOW_LOSS
from bayescale.model.card import Model
from bayescale.model.discrepancy import BEND, SHAPE
from bayescale.model.problem import Problem
from bayescale.runs.table import Runs

RESULTS = Path("sbc.csv")
PAGE = Path(__file__).parent.parent / "docs" / "calibration.md"
RUNS, GROUPS, ITEMS = 60, 5, 1000
BEYOND = 100.0
SETTINGS = {"chains": 2, "draws": 500, "tune": 400, "cores": 1, "progress_bar": False}
KEPT = 100
MOST = 20_000  # truths that are drawn at once, so that each stays what it is however many are used
BAND = 0.95
COLUMNS = ["card", "number", "quantity", "rank", "ess", "diverging", "target_accept", "seconds"]
OWN_SCALE = "chinchilla, plain, own scale"
PLAIN = bs.models()["chinchilla"].with_discrepancy(False)


def cards() -> dict[str, Model]:
    """Return every card by name, those that bend also plain, and a few special ones."""
    found = dict(bs.models())
    bending = {name: card for name, card in found.items() if card.discrepancy is not None}
    found |= {f"{name}, plain": card.with_discrepancy(False) for name, card in bending.items()}
    every = bending["chinchilla"].model_copy(update={"discrepancy": bs.Discrepancy(modes=RUNS)})
    return found | {
        "chinchilla, all modes": every,
        "chinchilla, plain, pooled": PLAIN.with_pool({"E": "group", "A": "group"}),
        "chinchilla, plain, falling noise": PLAIN.with_noise("flops"),
        OWN_SCALE: PLAIN,
    }


CARDS = cards()
HEADER = [
    "Card",
    "Quantity",
    "Simulations",
    "Mean rank",
    "± s.e.",
    "Standard errors off",
    "Furthest off",
    "Band",
]
INTRODUCTION = f"""# Whether the posteriors are right

Written by `python benchmarks/sbc.py`. Parameters and noise are drawn from the priors of a card, and
{RUNS} runs of a fixed space-filling design from them; the card is fitted to the runs with
{SETTINGS["chains"]} chains of {SETTINGS["draws"]} draws after {SETTINGS["tune"]}, of which {KEPT}
are kept. The truth has to rank uniformly among them (simulation-based calibration, Talts et al.
2018). Mean rank is the share of the draws below the truth and has to be 0.5 on average. Furthest
off is the largest difference between the distribution of the ranks and the uniform one. The
band holds all of it with {BAND:.0%} probability if the posteriors are right (Säilynoja et al.
2022). Rows outside of it come first.

*Plain* takes the law for the truth; the other cards bend, and so do the runs drawn from them. The
cards sample the 20 directions of bending that runs can tell most of, so what the truth bends in the
others counts as noise: that is most of what is off in `chinchilla`; compare
`chinchilla, all modes`.
`log loss beyond` is the surface {BEYOND:g} times beyond the largest run, `log N*` the best size
there by a law that does not bend, and `log likelihood` that of all runs. The pooled card pools E
and A over {GROUPS} groups; its group values and what lies beyond are those of the first.
`{OWN_SCALE}` draws the truth at a low loss of {LOW_LOSS:g} but, as `bs.fit` always does, takes the
scale of the priors of the fit from the runs. The two priors then differ, and what is off there is
the price of priors that follow the runs, not an error of the sampler. The cards share their truths,
so that chance puts the same quantity off in several of them.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cards", nargs="*", metavar="CARD", help="By default all.")
    parser.add_argument("--simulations", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--summary", action="store_true")
    given = parser.parse_args()
    if not given.summary:
        done = set()
        if RESULTS.exists():
            done = set(map(tuple, pd.read_csv(RESULTS)[["card", "number"]].to_numpy()))
        chosen, numbers = given.cards or list(CARDS), range(given.simulations)
        # Card after card, so that all have as many wherever it stops.
        tasks = [(c, n) for n in numbers for c in chosen if (c, n) not in done]
        with ProcessPoolExecutor(given.processes) as pool:
            for rows in pool.map(simulation, *zip(*tasks, strict=True)) if tasks else ():
                append(rows, RESULTS)
    summarize(pd.read_csv(RESULTS))


@cache
def prepared(card: str) -> tuple[Problem, dict[str, np.ndarray]]:
    """Return the problem before anything is observed, and the truths."""
    model, target = CARDS[card], CARDS[card].law.target
    low, high = quantity_of(target).span
    usual = LOW_LOSS if target == "loss" else (low * high) ** 0.5
    groups = [f"g{i % GROUPS}" for i in range(RUNS)]
    table = bs.design(model, RUNS).assign(**{target: usual}, group=groups, items=ITEMS)
    problem = Problem.of(model, Runs(table, groups=("group",)))
    return problem, draw_prior(problem, MOST, seed=1)


def simulation(card: str, number: int) -> pd.DataFrame:
    """Return the rank of each quantity of one truth among the draws fitted to its runs."""
    warnings.simplefilter("ignore")
    started = time.perf_counter()
    problem, truths = prepared(card)
    truth = {name: values[[number]] for name, values in truths.items()}
    runs = simulated(problem, truth, number)
    if runs is None:
        skipped = pd.DataFrame([{"card": card, "number": number, "quantity": "not finite"}])
        return skipped.reindex(columns=COLUMNS)
    # The priors are those that the truth came from, unless the fit is to find their scale itself.
    scales = None if card == OWN_SCALE else problem.scales
    observed = Problem.of(problem.model, runs, scales, problem.basis)
    density = compile_density(observed).put_to(observed)
    sampled = sample(density.compiled, {**SETTINGS, "seed": number})
    chains = sampled.points.shape[:2]
    draws = density.parameters(sampled.rows)
    if LEADING in draws:
        rng = np.random.default_rng([number, 2])
        draws[SHAPE] = whole_shape(observed, draws.pop(LEADING), rng)
    found, right = quantities(observed, draws), quantities(observed, truth)
    every = len(sampled.rows) // KEPT
    seconds = time.perf_counter() - started
    diverging = int(sampled.statistics["diverging"].sum())
    rows = [
        (
            *(card, number, name, int((values[::every] < right[name][0]).sum())),
            float(arviz_stats.ess(values.reshape(chains))),
            *(diverging, sampled.target_accept, seconds),
        )
        for name, values in found.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def simulated(problem: Problem, truth: dict[str, np.ndarray], number: int) -> Runs | None:
    """Return runs of a truth, or None where they are beyond the range of numbers."""
    table, model = problem.runs.table, problem.model
    observed = predictive(problem, truth, seed=number)[0]
    outcome = model.likelihood.on_target_scale(observed, table)
    if not (np.isfinite(outcome) & (outcome >= 0)).all():
        return None
    return replace(problem.runs, table=table.assign(**{model.law.target: outcome}))


def quantities(problem: Problem, draws: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return what is ranked, shape (draws,) each."""
    model = problem.model
    found = {name: draws[name] for name in model.all_priors}
    found |= {vector: draws[vector][:, 0] for vector in model.pooled}
    if {"params", "tokens"} == set(model.columns.values()) and model.law.target == "loss":
        found |= beyond(problem, draws)
    log_density = evaluate(problem, draws, seed=0)["log_likelihood"]
    return {**found, "log likelihood": log_density.sum(axis=1)}


def beyond(problem: Problem, draws: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the loss beyond the runs and, of a law that does not bend, the best size there."""
    model, table = problem.model, problem.runs.table
    law = {name: model.fixed.get(name, draws.get(name)) for name in model.law.parameters}
    law |= {name: draws[vector][:, 0] for vector, (name, _) in model.pooled.items()}
    further = table.loc[[table["flops"].idxmax()], ["params", "tokens"]] * BEYOND**0.5
    values = {name: np.reshape(draw, (-1, 1)) for name, draw in law.items()}
    loss = model.predict_at(model.inputs_of(further), problem.reference, values)
    found = {"log loss beyond": (np.log(loss) + bent_by(problem, draws, further))[:, 0]}
    if problem.basis is None and model.law.optimum is not None:
        scale = problem.reference["N"] * problem.reference["D"]
        best, _ = model.law.best_split(BEYOND * table["flops"].max() / 6 / scale, law)
        found["log N*"] = np.log(best)
    return found


def bent_by(
    problem: Problem, draws: dict[str, np.ndarray], table: pd.DataFrame
) -> np.ndarray | float:
    """Return by how much log loss differs from that of the law, shape (draws, runs)."""
    if problem.basis is None:
        return 0.0
    scale = draws[BEND] / problem.model.discrepancy.unit
    return scale[:, None] * draws[SHAPE] @ problem.basis.features(table).T


def summarize(table: pd.DataFrame) -> None:
    """Write the page, what is off first, and print it."""
    table = table.sort_values("card", key=by_place, kind="stable")
    ranked = table.dropna(subset=["rank"])
    rng = np.random.default_rng(0)
    lines = []
    for (card, quantity), rows in ranked.groupby(["card", "quantity"], sort=False):
        # The place of the truth among the draws, spread over the gap it fell into.
        place = (rows["rank"] + rng.random(len(rows))) / (KEPT + 1)
        mean, error = place.mean(), (12 * len(rows)) ** -0.5
        at, reached, low, high = ecdf_pit(place.to_numpy(), BAND, n_simulations=1000)
        difference = reached - at
        furthest = difference[np.argmax(np.abs(difference))]
        inside = bool(((reached >= low) & (reached <= high)).all())
        off = (mean - 0.5) / error
        cells = [card, quantity, str(len(rows)), f"{mean:.3f}", f"{error:.3f}", f"{off:+.1f}"]
        lines.append((inside, [*cells, f"{furthest:+.3f}", "inside" if inside else "**outside**"]))
    lines.sort(key=lambda line: line[0])
    cells = [HEADER, ["---"] * len(HEADER), *(line for _, line in lines)]
    written = "\n".join(f"| {' | '.join(map(str, line))} |" for line in cells)
    text = f"{INTRODUCTION}\n{verdict(lines)}\n\n{written}\n\n{how_it_went(table)}\n"
    PAGE.write_text(text, encoding="utf-8")
    print(text)


def by_place(cards: pd.Series) -> pd.Series:
    return cards.map(list(CARDS).index)


def verdict(lines: list[tuple[bool, list[str]]]) -> str:
    outside = [f"{cells[1]} of {cells[0]}" for inside, cells in lines if not inside]
    expected = f"{(1 - BAND) * len(lines):.1f} of {len(lines)} would be by chance"
    return f"Outside of the band: {', '.join(outside) or 'none'} ({expected})."


def how_it_went(table: pd.DataFrame) -> str:
    ranked = table.dropna(subset=["rank"])
    parts = []
    for card, rows in ranked.groupby("card", sort=False):
        each = rows.groupby("number").agg({"ess": "min", "diverging": "max", "seconds": "max"})
        skipped = table.loc[table["card"] == card, "rank"].isna().sum()
        parts.append(
            f"{card}: {len(each)} simulations of {each['seconds'].median():.1f} s each; fewer than "
            f"{KEPT} effective draws in {(each['ess'] < KEPT).sum()}, divergences in "
            f"{(each['diverging'] > 0).sum()}, losses beyond the range of numbers in {skipped}."
        )
    return "\n\n".join(parts)


if __name__ == "__main__":
    main()
