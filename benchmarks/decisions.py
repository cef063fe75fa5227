"""How good are decisions 100 and 1000 times beyond the runs? A simulation study of regret.

Sweeps are simulated from three truths. Each method sees a sweep and chooses a model size for two
budgets; its regret is the loss it gives away under the truth. Writes one row for each sweep, budget
and method to decisions.csv as it goes, continues where it stopped, and writes docs/decisions.md:

    python benchmarks/decisions.py [SWEEPS_PER_TRUTH] [--summary]

With ``--summary`` it only writes the page, from the rows there are.
"""

import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from _resuming import append
from scipy.optimize import minimize

import bayescale as bs

RESULTS = Path("decisions.csv")
BUDGETS = np.array([1e18, 3e18, 1e19, 3e19, 1e20, 3e20])
SIZES = np.geomspace(0.1, 10.0, 9)
BEYOND = (100.0, 1000.0)
NOISE, BOOTSTRAPS, UNIQUE = 0.005, 30, 1e11
# Truth, constants, the distinct tokens at hand when deciding.
TRUTHS = {
    "chinchilla": ("besiroglu2024", None),
    "outer_power": ("besiroglu2024_huber", None),
    "data_constrained": ("muennighoff2023", UNIQUE),
}
MAX_EPOCHS = 40.0
PAGE = Path(__file__).parent.parent / "docs" / "decisions.md"
HEADER = [
    "Truth",
    "Times beyond",
    "Sweeps",
    "Method",
    "Mean regret",
    "± s.e.",
    "Worst",
    "Size over best",
    "Coverage",
]
INTRODUCTION = f"""# How good the decisions are

Written by `python benchmarks/decisions.py`. Sweeps of {BUDGETS.size * SIZES.size} runs,
{BUDGETS.size} budgets of {BUDGETS[0]:g} to {BUDGETS[-1]:g} FLOPs and {SIZES.size} sizes around the
best one, are simulated from three laws whose constants are known, with Student-t residuals of log
loss of scale {NOISE:g}. Each method chooses a model size for a budget 100 and 1000 times the
largest.

Regret is the loss it gives away against the best size under the true law, in millionths of a nat.
Size is the median of chosen over best. Coverage is how often the 90% interval of the best size
holds it.

The truth `data_constrained` has {UNIQUE:g} unique tokens, up to {MAX_EPOCHS:g} epochs, and runs of
1 to 16 epochs. There every method but the law itself is wrong about the form of the law; where
the truth is `outer_power`, so are `chinchilla` and the methods built on it. The bootstrap refits
{BOOTSTRAPS} resampled sweeps.
"""


def main(arguments: list[str]) -> None:
    counts = [int(argument) for argument in arguments if argument.isdigit()]
    if "--summary" not in arguments:
        done = (
            set(map(tuple, pd.read_csv(RESULTS)[["truth", "seed"]].to_numpy()))
            if RESULTS.exists()
            else set()
        )
        tasks = [
            (t, s) for s in range(counts[0] if counts else 34) for t in TRUTHS if (t, s) not in done
        ]
        with ProcessPoolExecutor(2) as pool:
            for rows in pool.map(sweep, *zip(*tasks, strict=True)) if tasks else ():
                append(rows, RESULTS)
    summarize(pd.read_csv(RESULTS))


def summarize(table: pd.DataFrame) -> None:
    """Write the page and print it."""
    grouped = table.groupby(["truth", "beyond", "method"])
    summary = grouped.agg(
        sweeps=("seed", "nunique"),
        mean_regret=("regret", "mean"),
        standard_error=("regret", "sem"),
        worst_regret=("regret", "max"),
        size_ratio=("log_ratio", lambda values: float(np.exp(values.median()))),
        coverage=("covers", "mean"),
    )
    lines = [HEADER, ["---"] * len(HEADER)]
    for (truth, beyond, method), row in summary.iterrows():
        lines.append(
            [
                truth,
                f"{beyond:g}",
                f"{row['sweeps']:.0f}",
                method,
                *(f"{1e6 * row[k]:.0f}" for k in ("mean_regret", "standard_error", "worst_regret")),
                f"{row['size_ratio']:.2f}",
                "" if np.isnan(row["coverage"]) else f"{row['coverage']:.2f}",
            ]
        )
    text = INTRODUCTION + "\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
    PAGE.write_text(text, encoding="utf-8")
    print(text)


def sweep(truth: str, seed: int) -> pd.DataFrame:
    """Simulate one sweep, let every method decide, and score the decisions under the truth."""
    warnings.simplefilter("ignore")
    model = bs.models()[truth]
    constants, unique = TRUTHS[truth]
    values = model.published[constants].values
    runs = simulated(truth, values, seed)
    rows = []
    for times in BEYOND:
        flops = times * BUDGETS[-1]
        loss = true_loss(model, values, flops, unique)
        grid = np.geomspace(1e8, 1e14, 60_001)
        best = grid[np.argmin(loss(grid))]
        for method, size, covers in decisions(truth, runs, flops, unique, best, seed):
            regret = float(loss(np.array([size]))[0] - loss(np.array([best]))[0])
            rows.append((truth, seed, times, method, regret, np.log(size / best), covers))
    columns = ["truth", "seed", "beyond", "method", "regret", "log_ratio", "covers"]
    return pd.DataFrame(rows, columns=columns)


def simulated(truth: str, values: dict[str, float], seed: int) -> bs.Runs:
    best, _ = bs.models()["chinchilla"].law.best_split(
        BUDGETS / 6, bs.models()["chinchilla"].published["besiroglu2024"].values
    )
    params = np.outer(best, SIZES).ravel()
    flops = np.repeat(BUDGETS, len(SIZES))
    table = pd.DataFrame({"params": params, "tokens": flops / (6 * params), "flops": flops})
    if truth == "data_constrained":
        epochs = np.random.default_rng(seed).choice([1.0, 2.0, 4.0, 8.0, 16.0], len(table))
        table["unique_tokens"] = table["tokens"] / epochs
    return bs.simulate(truth, table, values=values, noise=NOISE, seed=seed)


def true_loss(
    model: bs.Model, values: dict[str, float], flops: float, unique: float | None
) -> Callable:
    def loss(params: np.ndarray) -> np.ndarray:
        tokens = flops / (6 * params)
        if unique is not None:
            tokens = np.minimum(tokens, unique * MAX_EPOCHS)
        columns = {
            "params": params,
            "tokens": tokens,
            "unique_tokens": np.minimum(tokens, unique or np.inf),
        }
        return model.law.loss(*(columns[c] for c in model.columns.values()), **values)

    return loss


def decisions(
    truth: str, runs: bs.Runs, flops: float, unique: float | None, best: float, seed: int
) -> Iterator[tuple[str, float, float]]:
    """Yield each method, the size it chooses and whether its 90% interval covers the best."""
    limits = {} if unique is None else {"unique_tokens": unique, "max_epochs": MAX_EPOCHS}
    for name in dict.fromkeys([truth, "chinchilla", "outer_power"]):
        fit = bs.fit(
            runs, name, random_seed=seed, draws=500, progressbar=False, sample_kwargs={"cores": 1}
        )
        plan = bs.allocate(fit, flops=flops, **limits)
        low, high = np.quantile(plan.optimum["params"], [0.05, 0.95])
        yield f"bayescale {name}", float(plan.committed["params"][0]), float(low <= best <= high)
    cap = np.inf if unique is None else unique * MAX_EPOCHS
    yield "approach 2 parabolas", max(parabolas(runs, flops), flops / (6 * cap)), np.nan
    table = runs.table[["params", "tokens", "loss"]].to_numpy()
    point = huber(table)
    yield "Huber + L-BFGS", max(best_size(point, flops), flops / (6 * cap)), np.nan
    rng = np.random.default_rng(seed)
    sizes = np.array(
        [
            best_size(huber(table[rng.integers(0, len(table), len(table))], point), flops)
            for _ in range(BOOTSTRAPS)
        ]
    )
    low, high = np.quantile(sizes, [0.05, 0.95])
    yield "its bootstrap", max(np.median(sizes), flops / (6 * cap)), float(low <= best <= high)


def parabolas(runs: bs.Runs, flops: float) -> float:
    """Approach 2: the vertex of a parabola for each budget, then a power law of the vertices."""
    vertices = []
    for _, part in runs.table.groupby("flops"):
        curvature, slope, _ = np.polyfit(np.log(part["params"]), part["loss"], 2)
        vertices.append(-slope / (2 * curvature))
    exponent, intercept = np.polyfit(np.log(np.unique(runs.table["flops"])), vertices, 1)
    return float(np.exp(intercept + exponent * np.log(flops)))


def huber(table: np.ndarray, start: np.ndarray | None = None, delta: float = 1e-3) -> np.ndarray:
    """Approach 3: log-sum-exp form, Huber loss of log loss, L-BFGS from a grid of starts."""
    centres = np.log(table).mean(axis=0) * [1, 1, 0]
    log_params, log_tokens, log_loss = (np.log(table) - centres).T

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray]:
        a, b, e, alpha, beta = theta
        terms = np.stack([a - alpha * log_params, b - beta * log_tokens, e + 0 * log_params])
        top = terms.max(axis=0)
        shares = np.exp(terms - top)
        total = shares.sum(axis=0)
        shares /= total
        residual = top + np.log(total) - log_loss
        slope = np.clip(residual, -delta, delta)
        value = np.where(
            np.abs(residual) <= delta, residual**2 / 2, delta * (np.abs(residual) - delta / 2)
        )
        pulls = shares * slope
        gradient = [
            pulls[0].sum(),
            pulls[1].sum(),
            pulls[2].sum(),
            -(pulls[0] * log_params).sum(),
            -(pulls[1] * log_tokens).sum(),
        ]
        # The sum, scaled up: the mean of Huber losses is below the tolerance of the optimiser.
        return 1e4 * value.sum(), 1e4 * np.array(gradient)

    # Centred, the problem is well conditioned: a few starts find what 4500 find otherwise.
    grid = [
        np.array([a, b, 0.5, exponent, exponent])
        for a in (-2.0, 0.0)
        for b in (-2.0, 0.0)
        for exponent in (0.2, 0.5)
    ]
    settings = {"maxiter": 500, "ftol": 1e-10}
    found = [
        minimize(objective, theta, jac=True, method="L-BFGS-B", options=settings)
        for theta in ([start - shift(start, centres)] if start is not None else grid)
    ]
    best = min(found, key=lambda result: result.fun).x
    return best + shift(best, centres)


def shift(theta: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return what centring the logarithms takes from the coefficients."""
    return np.array([theta[3] * centres[0], theta[4] * centres[1], 0.0, 0.0, 0.0])


def best_size(theta: np.ndarray, flops: float) -> float:
    a, b, _, alpha, beta = theta
    log_best = (np.log(alpha / beta) + a - b + beta * np.log(flops / 6)) / (alpha + beta)
    return float(np.exp(log_best))


if __name__ == "__main__":
    main(sys.argv[1:])
