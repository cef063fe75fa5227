"""Do fits recover what they are told to believe? Simulation-based calibration of every card.

Parameters are drawn from the priors of a card, runs from the parameters, and the model is fitted to
the runs: over many repetitions the truth has to rank uniformly among the draws (Talts et al. 2018,
arXiv:1804.06788). Where the tables of published runs are at hand (BAYESCALE_DATA), the same is
done about four real sweeps: parameters are drawn from the posterior, runs are added to the real
ones, and both are fitted together (Säilynoja et al. 2025, arXiv:2502.03279). Appends the ranks of
one simulation after the other to calibration.csv, continues where it stopped, redoes a card that
has changed, and writes docs/calibration.md:

    python benchmarks/calibration.py [CARD ...] [--simulations 200] [--processes 2] [--summary]

With ``--summary`` it only writes the page, from the rows there are.
"""

import argparse
import hashlib
import os
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
from _ranks import page_of
from _resuming import append
from extrapolation import LADDERS

import bayescale as bs
from bayescale.core.code import fingerprint
from bayescale.core.quantities import quantity_of
from bayescale.inference.compiling import compile_density
from bayescale.inference.evaluating import evaluate, predictive
from bayescale.inference.modes import LEADING, whole_shape
from bayescale.inference.prior_draws import draw_prior
from bayescale.inference.sampling import Sampled, sample
from bayescale.inference.simulating import LOW_LOSS
from bayescale.model.card import Model
from bayescale.model.discrepancy import BEND, SHAPE
from bayescale.model.problem import Problem
from bayescale.posterior.diagnosing import ess_bulk
from bayescale.runs.table import Runs

RESULTS = Path("calibration.csv")
PAGE = Path(__file__).parent.parent / "docs" / "calibration.md"
RUNS, GROUPS, ITEMS, BEYOND = 60, 5, 1000, 100.0
SETTINGS = {"chains": 2, "draws": 500, "tune": 400, "cores": 1, "progress_bar": False}
KEPT = 100
COLUMNS = ["card", "number", "version", "quantity", "rank", "ess", "diverging", "seconds"]
MOST = 20_000  # truths that are drawn at once, so that each stays what it is however many are used
SWEEPS = ("Chinchilla", "OLMo 2, C4", "Porian, RefinedWeb, tuned", "Gemstones, cooled down")
BENT_MOST, MODES = "Porian, RefinedWeb, tuned", 40
OWN_SCALE = "chinchilla, plain, own scale"
PLAIN = bs.models()["chinchilla"].with_discrepancy(False)

INTRODUCTION = f"""# Whether the posteriors are right

Written by `python benchmarks/calibration.py`. Parameters and noise are drawn from the priors of a
card, and {RUNS} runs of a fixed space-filling design from them; the card is fitted to the runs with
{SETTINGS["chains"]} chains of {SETTINGS["draws"]} draws after {SETTINGS["tune"]}, of which {KEPT}
are kept. The truth has to rank uniformly among them (simulation-based calibration, Talts et al.
2018). Every card is here; those that bend are also here *plain*, the law taken for the truth. Cards
sample the 20 directions of bending that runs can tell most of, and what the truth bends in the
others counts as noise, or is drawn anew, which lowers the log likelihood of the draws: compare
`chinchilla, all modes` and `chinchilla, {MODES} modes, after {BENT_MOST}`.

Ranked are the parameters, those of the noise, the log likelihood of all runs and, of laws of size
and tokens, the loss {BEYOND:g} times beyond the largest run and the best size there. The pooled
card pools E and A over {GROUPS} groups, of which the first is ranked. `{OWN_SCALE}` draws the truth
at a low loss of {LOW_LOSS:g} but, as `bs.fit` always does, takes the scale of the priors from the
runs: what is off there is the price of priors that follow the runs, not an error of the sampler.

*After* a published sweep the truth is drawn from the posterior that its runs leave, and as many
runs are simulated beside them (Säilynoja et al. 2025): whether the posterior is right where it
will be used. When the law is not the truth, see [what plans lose then](truths.md).
"""


@dataclass(frozen=True)
class Case:
    """What is fitted again and again.

    Attributes
    ----------
    problem : Problem
        The card and the design of the runs, and the runs that are there already.
    truths : dict of str to ndarray, shape (truths, ...)
        What runs are simulated from.
    given : bool
        Whether the runs of the problem are real, and fitted beside the simulated ones.
    """

    problem: Problem
    truths: dict[str, np.ndarray]
    given: bool = False


def cases() -> dict[str, tuple[Model, Callable[[Model], Case]]]:
    """Return every card by name, those that bend also plain, and special ones."""
    found = dict(bs.models())
    bending = {name: card for name, card in found.items() if card.discrepancy is not None}
    found |= {f"{name}, plain": card.with_discrepancy(False) for name, card in bending.items()}
    every = bending["chinchilla"].model_copy(update={"discrepancy": bs.Discrepancy(modes=RUNS)})
    found |= {
        "chinchilla, all modes": every,
        "chinchilla, plain, pooled": PLAIN.with_pool({"E": "group", "A": "group"}),
        "chinchilla, plain, falling noise": PLAIN.with_noise("flops"),
        OWN_SCALE: PLAIN,
    }
    by_name = {name: (card, from_prior) for name, card in found.items()}
    if "BAYESCALE_DATA" in os.environ:
        by_name |= {
            f"chinchilla, after {ladder.name}": (
                bending["chinchilla"],
                partial(from_posterior, table=ladder.load()),
            )
            for ladder in LADDERS
            if ladder.name in SWEEPS
        }
        name = f"chinchilla, {MODES} modes, after {BENT_MOST}"
        many = bending["chinchilla"].model_copy(update={"discrepancy": bs.Discrepancy(modes=MODES)})
        (ladder,) = (ladder for ladder in LADDERS if ladder.name == BENT_MOST)
        by_name[name] = many, partial(from_posterior, table=ladder.load())
    return by_name


def from_prior(model: Model) -> Case:
    """Return a space-filling design, and truths that a card believes in."""
    target = model.law.target
    low, high = quantity_of(target).span
    usual = LOW_LOSS if target == "loss" else (low * high) ** 0.5
    groups = [f"g{i % GROUPS}" for i in range(RUNS)]
    table = bs.design(model, RUNS).assign(**{target: usual}, group=groups, items=ITEMS)
    problem = Problem.of(model, Runs(table, groups=("group",)))
    return Case(problem, draw_prior(problem, MOST, seed=1))


def from_posterior(model: Model, table: pd.DataFrame) -> Case:
    """Return real runs, and truths that they leave."""
    problem = Problem.of(model, bs.load_runs(table))
    sampled, truths = draws_of(problem, {**SETTINGS, "draws": 1000, "seed": 1})
    order = np.random.default_rng(0).permutation(len(sampled.rows))
    return Case(problem, {name: values[order] for name, values in truths.items()}, given=True)


CASES = cases()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cards", nargs="*", metavar="CARD", help="By default all.")
    parser.add_argument("--simulations", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--summary", action="store_true")
    asked = parser.parse_args()
    if not asked.summary:
        done = set(map(tuple, still_true()[["card", "number"]].to_numpy()))
        chosen, numbers = asked.cards or list(CASES), range(asked.simulations)
        # Card after card, so that all have as many wherever it stops.
        tasks = [(c, n) for n in numbers for c in chosen if (c, n) not in done]
        with ProcessPoolExecutor(asked.processes) as pool:
            for rows in pool.map(simulation, *zip(*tasks, strict=True)) if tasks else ():
                append(rows, RESULTS)
    text = f"{INTRODUCTION}\n{page_of(still_true(), list(CASES), KEPT)}"
    PAGE.write_text(text, encoding="utf-8")
    print(text)


def still_true() -> pd.DataFrame:
    """Return the rows of cards that have not changed since."""
    if not RESULTS.exists():
        return pd.DataFrame(columns=["card", "number", "version"])
    rows = pd.read_csv(RESULTS)
    now = {name: version_of(card) for name, (card, _) in CASES.items()}
    return rows[rows["card"].map(now) == rows["version"]]


def version_of(card: Model) -> str:
    """Return a hash of what a card says and of its law."""
    said = card.model_dump_json(include={"priors", "likelihood", "discrepancy", "fixed", "pool"})
    return hashlib.sha256((said + fingerprint(card.law.loss)).encode()).hexdigest()[:12]


@cache
def prepared(name: str) -> Case:
    """Return what is fitted again and again, made once a process."""
    card, prepare = CASES[name]
    return prepare(card)


def simulation(card: str, number: int) -> pd.DataFrame:
    """Return the rank of each quantity of one truth among the draws fitted to its runs."""
    warnings.simplefilter("ignore")
    started = time.perf_counter()
    case, about = prepared(card), {"card": card, "number": number}
    about["version"] = version_of(CASES[card][0])
    truth = {name: values[[number]] for name, values in case.truths.items()}
    runs = simulated(case, truth, number)
    if runs is None:
        return pd.DataFrame([about], columns=COLUMNS)
    # The priors are those that the truth came from, unless the fit is to find their scale itself.
    scales = None if card == OWN_SCALE else case.problem.scales
    observed = Problem.of(case.problem.model, runs, scales, case.problem.basis)
    sampled, draws = draws_of(observed, {**SETTINGS, "seed": number})
    found, right = quantities(observed, draws), quantities(observed, truth)
    chains, every = sampled.points.shape[:2], len(sampled.rows) // KEPT
    rows = pd.DataFrame(
        {
            "quantity": name,
            "rank": int((values[::every] < right[name][0]).sum()),
            "ess": ess_bulk(values.reshape(chains)),
        }
        for name, values in found.items()
    )
    diverging = int(sampled.statistics["diverging"].sum())
    rows = rows.assign(**about, diverging=diverging, seconds=time.perf_counter() - started)
    return rows[COLUMNS]


def draws_of(problem: Problem, settings: dict[str, object]) -> tuple[Sampled, dict]:
    """Return what was sampled, and the draws of the model as the card states it."""
    density = compile_density(problem).put_to(problem)
    sampled = sample(density.compiled, settings)
    draws = density.parameters(sampled.rows)
    if LEADING in draws:
        rng = np.random.default_rng([settings["seed"], 2])
        draws[SHAPE] = whole_shape(problem, draws.pop(LEADING), rng)
    return sampled, draws


def simulated(case: Case, truth: dict[str, np.ndarray], number: int) -> Runs | None:
    """Return runs of a truth, or None where they are beyond the range of numbers."""
    runs, model = case.problem.runs, case.problem.model
    observed = predictive(case.problem, truth, seed=number)[0]
    outcome = model.likelihood.on_target_scale(observed, runs.table)
    least = np.nextafter(0, 1) if model.likelihood.of_logarithm else 0.0
    if not (np.isfinite(outcome) & (outcome >= least)).all():
        return None
    table = runs.table.assign(**{model.law.target: outcome})
    both = pd.concat([runs.table, table], ignore_index=True) if case.given else table
    return replace(runs, table=both)


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


if __name__ == "__main__":
    main()
