"""Do intervals of the best size and of its loss hold under a truth of another form?

Sweeps of five IsoFLOP budgets are simulated from four surfaces, two of which no form here knows,
and every form plans ten and a hundred times beyond. Writes one row for each sweep, form and budget
to truths.csv as it goes, continues where it stopped, and writes docs/truths.md:

    python benchmarks/truths.py [SWEEPS] [--summary]

With ``--summary`` it only writes the page, from the rows there are.
"""

import sys
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from _resuming import append, is_done
from _scoring import as_markdown

import bayescale as bs

RESULTS = Path("truths.csv")
PAGE = Path(__file__).parent.parent / "docs" / "truths.md"
SWEEPS = 40
BUDGETS, FACTORS = np.geomspace(1e18, 1e20, 5), np.geomspace(0.25, 4.0, 9)
DRIFT, NOISES, BEYOND = 3.0, (0.002, 0.01), (10, 100)
FORMS, MIXTURE = ("chinchilla", "outer_power"), "mixture of both"
SETTINGS = {"draws": 500, "progressbar": False}


def chinchilla(N: np.ndarray, D: np.ndarray) -> np.ndarray:
    """Besiroglu et al. 2024, arXiv:2404.10102, table 1."""
    return 1.8172 + 482.01 * N**-0.3478 + 2085.43 * D**-0.3658


def outer_power(N: np.ndarray, D: np.ndarray) -> np.ndarray:
    """The two terms act together, with an outer exponent of 0.6."""
    size, data = 401.0 * N**-0.3285, 1245.0 * D**-0.3333
    return 1.75 + (size ** (1 / 0.6) + data ** (1 / 0.6)) ** 0.6


def drifting(N: np.ndarray, D: np.ndarray) -> np.ndarray:
    """Exponents that fall by 6% with every decade beyond 1e8 parameters and 2e9 tokens."""

    def term(decades: np.ndarray) -> np.ndarray:
        return 0.85 * 10 ** (-0.36 * (decades - 0.03 * decades**2))

    return 1.6 + term(np.log10(N / 1e8)) + term(np.log10(D / 2e9))


def nine_parameters(N: np.ndarray, D: np.ndarray) -> np.ndarray:
    """Farseer (Li et al. 2025, arXiv:2506.10972): everything in D depends on N."""
    card = bs.models()["farseer"]
    constants = next(iter(card.published.values())).values
    return np.asarray(card.law.loss(N, D, **constants))


TRUTHS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "chinchilla": chinchilla,
    "outer power 0.6": outer_power,
    "drifting exponents": drifting,
    "nine parameters": nine_parameters,
}


def best(truth: Callable[..., np.ndarray], flops: float) -> tuple[float, float]:
    """Return the best size of a budget and its loss, under a truth."""
    sizes = np.geomspace(1e6, 1e13, 7001)
    losses = truth(sizes, flops / 6 / sizes)
    # Far from the sweeps the nine-parameter surface turns around.
    place = int(np.argmin(np.where(flops / 6 / sizes > 1e9, losses, np.inf)))
    return float(sizes[place]), float(losses[place])


def deadweight(truth: Callable[..., np.ndarray], size: float, flops: float) -> float:
    """Return the share of a budget without which the best size would have done as well."""
    curve, least = frontier(truth)
    reached = float(truth(np.array(size), np.array(flops / 6 / size)))
    return max(1 - float(np.exp(np.interp(-reached, -least, np.log(curve)))) / flops, 0.0)


@cache
def frontier(truth: Callable[..., np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return budgets, and the least loss of each."""
    curve = np.geomspace(BUDGETS[-1] / 10, BUDGETS[-1] * 1000, 121)
    return curve, np.array([best(truth, flops)[1] for flops in curve])


def sweep(truth: Callable[..., np.ndarray], number: int) -> pd.DataFrame:
    """Return one sweep; the grids of every other pair drift away from the best sizes."""
    rng, noise = np.random.default_rng(1000 + number), NOISES[number % 2]
    drift = DRIFT if (number // 2) % 2 else 1.0
    parts = []
    for step, flops in enumerate(BUDGETS):
        sizes = best(truth, flops)[0] * FACTORS * drift ** (step / (len(BUDGETS) - 1))
        parts.append(pd.DataFrame({"params": sizes, "tokens": flops / 6 / sizes}))
    runs = pd.concat(parts, ignore_index=True)
    loss = truth(runs["params"].to_numpy(), runs["tokens"].to_numpy())
    return runs.assign(loss=loss * np.exp(noise * rng.standard_normal(len(runs))))


def plans(table: pd.DataFrame, seed: int) -> Iterator[tuple[str, bs.Plan]]:
    runs = bs.load_runs(table, simulated=True)
    settings = SETTINGS | {"random_seed": seed}
    bent = {name: bs.fit(runs, name, **settings) for name in FORMS}
    plain = {f"{n}, plain": bs.fit(runs, n, discrepancy=False, **settings) for n in FORMS}
    budgets = [times * BUDGETS[-1] for times in BEYOND]
    for name, found in {**bent, MIXTURE: bent, **plain}.items():
        yield name, bs.allocate(found, flops=budgets)


def judge(truth: Callable[..., np.ndarray], plan: bs.Plan) -> Iterator[dict[str, float]]:
    """Yield for each budget what a plan gave away, and whether its intervals held."""
    for place, times in enumerate(BEYOND):
        flops = times * BUDGETS[-1]
        size, loss = best(truth, flops)
        drawn, losses = (
            np.log(plan.optimum[name].isel(budget=place).to_numpy()) for name in ("params", "loss")
        )
        chosen = float(plan.committed["params"][place])
        low, high = np.quantile(drawn, [0.05, 0.95])
        loss_low, loss_high = np.quantile(losses, [0.05, 0.95])
        yield {
            "times": times,
            "size_inside": float(low <= np.log(size) <= high),
            "size_width": (high - low) / np.log(10),
            "deadweight": deadweight(truth, chosen, flops),
            "loss_inside": float(loss_low <= np.log(loss) <= loss_high),
            "loss_width": loss_high - loss_low,
        }


def main(arguments: list[str]) -> None:
    warnings.simplefilter("ignore")
    sweeps = next((int(word) for word in arguments if word.isdigit()), SWEEPS)
    if "--summary" not in arguments:
        for number in range(sweeps):
            for name, truth in TRUTHS.items():
                if not is_done(RESULTS, truth=name, sweep=number):
                    rows = [
                        {"truth": name, "sweep": number, "form": form, **row}
                        for form, plan in plans(sweep(truth, number), number)
                        for row in judge(truth, plan)
                    ]
                    append(pd.DataFrame(rows), RESULTS)
    summarize(pd.read_csv(RESULTS))


def summarize(rows: pd.DataFrame) -> None:
    """Write the page and print it."""
    means = rows.groupby(["times", "truth", "form"]).mean(numeric_only=True)
    order = [
        (times, truth, form)
        for times in BEYOND
        for truth in TRUTHS
        for form in (*FORMS, MIXTURE, *(f"{name}, plain" for name in FORMS))
    ]
    means = means.loc[[key for key in order if key in means.index]]
    table = pd.DataFrame(
        {
            "Best size inside": means["size_inside"].map("{:.2f}".format),
            "Decades wide": means["size_width"].map("{:.2f}".format),
            "Compute given away": means["deadweight"].map("{:.1%}".format),
            "Loss inside": means["loss_inside"].map("{:.2f}".format),
            "Width": means["loss_width"].map("{:.1%}".format),
        }
    ).rename_axis(["Times", "Truth", "Form"])
    sweeps = rows.groupby("truth")["sweep"].nunique().min()
    text = "\n".join([introduction(int(sweeps)), *as_markdown(table), ""])
    PAGE.write_text(text, encoding="utf-8")
    print(text)


def introduction(sweeps: int) -> str:
    return f"""# Whether plans hold under a truth of another form

Written by `python benchmarks/truths.py`. {sweeps} sweeps a truth: IsoFLOP budgets of
{BUDGETS[0]:g} to {BUDGETS[-1]:g} FLOPs, {len(FACTORS)} sizes from a quarter to four times the best
one, noise of log loss of {NOISES[0]:.1%} in one half and {NOISES[1]:.0%} in the other, grids that
drift off by a factor of {DRIFT:g} in every other pair. Each form plans {BEYOND[0]} and {BEYOND[1]}
times beyond the largest budget. *Plain* takes the law for the truth; the mixture weighs both forms
alike.

The columns say how often the 90% interval of the best size held it, how wide that is, what share of
the budget the plan to commit to gave away (the compute without which the best size would have
reached the same loss), how often the 90% interval of the least loss held it, and how wide that is.

"""


if __name__ == "__main__":
    main(sys.argv[1:])
