"""Do intervals hold beyond the runs? Fits below cuts of public ladders, asked about the runs above.

Reads the tables of published runs in the folder BAYESCALE_DATA. Writes one row for each held-out
run and card to extrapolation.csv as it goes, continues where it stopped, and writes
docs/extrapolation.md:

    python benchmarks/extrapolation.py [--summary]

With ``--summary`` it only writes the page, from the rows there are.
"""

import os
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import bayescale as bs

RESULTS = Path("extrapolation.csv")
PAGE = Path(__file__).parent.parent / "docs" / "extrapolation.md"
CARDS = ("chinchilla_bending", "outer_power_bending", "chinchilla", "outer_power")

STEP, LOWEST = 0.5, 3.5
"""Cuts lie this many decades of compute apart, and at most so many below the largest run."""

NEAREST, FURTHEST = 3.0, 240.0
"""Runs are asked about that take so many times the compute of the largest fitted one."""

FEWEST, MOST, MOST_HELD_OUT = 12, 150, 60
REACHES = {"3 to 10": (0.0, 10.0), "10 to 30": (10.0, 30.0), "30 to 240": (30.0, np.inf)}
SHARES = (0.5, 0.8, 0.9)


@dataclass(frozen=True)
class Ladder:
    """Runs of one recipe: a table, and which of its rows and columns to take."""

    name: str
    table: str
    keep: str = "loss > 0"
    loss: str = "loss"
    params: str = "params"

    def load(self) -> pd.DataFrame:
        """Return params, tokens, loss and flops of the runs."""
        given = pd.read_csv(Path(os.environ["BAYESCALE_DATA"]) / self.table).query(self.keep)
        columns = {
            "params": given[self.params],
            "tokens": given["tokens"],
            "loss": given[self.loss],
        }
        table = pd.DataFrame(columns).dropna()
        return table.assign(flops=6 * table["params"] * table["tokens"]).reset_index(drop=True)


PORIAN = "porian2024_isoflop.csv"  # losses above 7.5 are runs that had hardly begun
LADDERS = [
    Ladder("Chinchilla", "chinchilla_epoch.csv", "in_published_fit == 1"),
    Ladder("OLMo 2, C4", "olmo_ladder_final.csv", loss="loss_c4_en"),
    Ladder("OLMo 2, code", "olmo_ladder_final.csv", loss="loss_dolma_stack"),
    Ladder("Gadre, C4", "gadre2024_overtraining.csv", "family == 'c4_original'", "loss_c4_val"),
    Ladder(
        "Gadre, RefinedWeb",
        "gadre2024_overtraining.csv",
        "family == 'rw_original'",
        "loss_paloma_redpajama",
    ),
    Ladder(
        "Porian, RefinedWeb, tuned",
        PORIAN,
        "family == 'rw|tuned|short|const|standard|val' and loss < 7.5",
        params="params_counted",
    ),
    Ladder(
        "Porian, OpenWebText2, untuned",
        PORIAN,
        "family == 'owt2|base|short|chinchilla|standard|val' and loss < 7.5",
        params="params_counted",
    ),
    Ladder("Gemstones, cooled down", "gemstones2025.csv", "family == 'cool_end'"),
    Ladder(
        "Llama 3",
        "open_athena_isoflops.csv",
        "family == 'llama_3__exp_loss' and outlier == 0",
    ),
    Ladder(
        "MassiveText",
        "open_athena_isoflops.csv",
        "family == 'ml_scalefit__massivetext__chinchilla' and outlier == 0",
    ),
    Ladder(
        "Muennighoff, one epoch", "datablations_runs.csv", "variant == 'base' and epochs <= 1.001"
    ),
]


def main(arguments: list[str]) -> None:
    warnings.simplefilter("ignore")
    if "--summary" not in arguments and "BAYESCALE_DATA" not in os.environ:
        print("left out: set BAYESCALE_DATA to the folder of the tables of published runs")
        return
    if "--summary" not in arguments:
        for ladder in LADDERS:
            for back, fitted, held_out in cuts(ladder.load()):
                for card in CARDS:
                    if not is_done(ladder.name, back, card):
                        rows = foretell(fitted, held_out, card)
                        rows = rows.assign(ladder=ladder.name, back=back, card=card)
                        rows.to_csv(RESULTS, mode="a", header=not RESULTS.exists(), index=False)
    summarize(pd.read_csv(RESULTS))


def is_done(ladder: str, back: float, card: str) -> bool:
    if not RESULTS.exists():
        return False
    done = pd.read_csv(RESULTS, usecols=["ladder", "back", "card"])
    return bool((done == [ladder, back, card]).all(axis=1).any())


def cuts(table: pd.DataFrame) -> Iterator[tuple[float, pd.DataFrame, pd.DataFrame]]:
    """Yield how far below the top each cut lies, the runs to fit and those to foretell."""
    rng, log_flops, last = np.random.default_rng(0), np.log10(table["flops"]), 0
    for back in np.arange(STEP, LOWEST + STEP / 2, STEP):
        fitted = table[log_flops <= log_flops.max() - back + 0.03]
        if len(fitted) == last or len(fitted) < FEWEST:
            continue
        beyond = table["flops"] / fitted["flops"].max()
        held_out = table[(beyond >= 0.98 * NEAREST) & (beyond <= FURTHEST)]
        if len(held_out) < 2 or not varies(fitted):
            continue
        last = len(fitted)
        chosen = (thinned(fitted, MOST, rng), thinned(held_out, MOST_HELD_OUT, rng))
        yield float(back), *chosen


def varies(table: pd.DataFrame) -> bool:
    """Whether runs have three sizes and numbers of tokens at least, over most of a decade."""
    sizes, tokens = (table[name].map(np.log).round(1).nunique() for name in ("params", "tokens"))
    return min(sizes, tokens) >= 3 and np.ptp(np.log10(table["flops"])) >= 0.8


def thinned(table: pd.DataFrame, most: int, rng: np.random.Generator) -> pd.DataFrame:
    return table if len(table) <= most else table.sample(most, random_state=rng).sort_index()


def foretell(fitted: pd.DataFrame, held_out: pd.DataFrame, card: str) -> pd.DataFrame:
    """Fit a card to some runs, and return how far it was from each of the others."""
    runs = bs.load_runs(fitted[["params", "tokens", "loss"]])
    found = bs.fit(runs, card, random_seed=1, draws=500, sample_kwargs={"cores": 1})
    counts = {name: held_out[name].to_numpy() for name in ("params", "tokens")}
    draws = np.log(bs.predict(found, **counts, new_run=True).to_numpy())
    draws = draws.reshape(-1, len(held_out))
    observed = np.log(held_out["loss"].to_numpy())
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    missed = np.maximum(low - observed, 0) + np.maximum(observed - high, 0)
    scores = {
        "reach": held_out["flops"].to_numpy() / fitted["flops"].max(),
        "width": high - low,
        "error": np.abs(np.median(draws, axis=0) - observed),
        "crps": crps(draws, observed),
        "interval_score": high - low + 20 * missed,
    }
    for share in SHARES:
        low, high = np.quantile(draws, [(1 - share) / 2, (1 + share) / 2], axis=0)
        scores[f"inside_{100 * share:.0f}"] = (observed >= low) & (observed <= high)
    return pd.DataFrame(scores).astype(float)


def crps(draws: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Return the continuous ranked probability score of draws, shape (samples, runs)."""
    ordered, samples = np.sort(draws, axis=0), len(draws)
    ranks = 2 * np.arange(1, samples + 1) - samples - 1
    spread = (ranks[:, None] * ordered).sum(axis=0) / samples**2
    return np.asarray(np.abs(draws - observed).mean(axis=0) - spread)


def summarize(rows: pd.DataFrame) -> None:
    """Write the page and print it."""
    ladders = rows["ladder"].nunique()
    worst = averages(rows, ["ladder", "card"])
    order = worst.index.get_level_values("card").map(CARDS.index)
    worst = worst.assign(order=order).sort_values(["order", "inside_90"])
    reaches = pd.cut(rows["reach"], [0, 10, 30, np.inf], labels=list(REACHES), right=False)
    by_reach = averages(rows.assign(times=reaches.astype(str)), ["times", "card"])
    by_reach = by_reach.loc[[(times, card) for times in REACHES for card in CARDS]]
    text = "\n".join(
        [
            introduction(ladders),
            "## Ladder by ladder, failures first\n",
            *as_table(worst),
            "\n## All of them\n",
            *as_table(averages(rows, ["card"]).loc[list(CARDS)]),
            "\n## By times the compute of the largest fitted run\n",
            *as_table(by_reach),
        ]
    )
    PAGE.write_text(text + "\n", encoding="utf-8")
    print(text)


def averages(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return means over runs, then over cuts, then over ladders, so that no table dominates."""
    within = list(dict.fromkeys([*keys, "ladder"]))
    scores = rows.columns.difference([*within, "back", "reach"])
    by_cut = rows.groupby([*within, "back"])[list(scores)].mean()
    return by_cut.groupby(within).mean().groupby(keys).mean()


def as_table(scores: pd.DataFrame) -> list[str]:
    held = [f"{100 * share:.0f}%" for share in SHARES]
    head = [*map(str.capitalize, scores.index.names), *held]
    head += ["Width", "Error", "CRPS", "Interval score"]
    lines = [head, ["---"] * len(head)]
    for key, row in scores.iterrows():
        names = key if isinstance(key, tuple) else (key,)
        shares = [f"{row[f'inside_{name[:-1]}']:.2f}" for name in held]
        sizes = [f"{100 * row[name]:.1f}" for name in ("width", "error", "crps", "interval_score")]
        lines.append([*map(str, names), *shares, *sizes])
    return [f"| {' | '.join(line)} |" for line in lines]


def introduction(ladders: int) -> str:
    return f"""# Whether intervals hold beyond the runs

Written by `make extrapolation`. {ladders} public ladders of training runs are cut every
{STEP:g} decades of compute; each card is fitted to the runs below a cut and asked about those that
take {NEAREST:g} to {FURTHEST:g} times the compute of the largest of them. The columns 50%, 80% and
90% say how many of these runs lie inside intervals of that probability. Width is that of the 90%
interval, error the distance of the median; CRPS and interval score reward both (smaller is better).
All four are percentages of the loss, means over runs, then cuts, then ladders.

The defaults of `[discrepancy]` and the priors of the two `_bending` cards were chosen by scores on
most of these ladders: what is said of them here is optimistic.
"""


if __name__ == "__main__":
    main(sys.argv[1:])
