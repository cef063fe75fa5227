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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from _resuming import append, is_done
from _scoring import as_markdown, in_words

import bayescale as bs
from bayescale.evaluation.scores import scores_of

RESULTS = Path("extrapolation.csv")
PAGE = Path(__file__).parent.parent / "docs" / "extrapolation.md"
FORMS, MIXTURE = ("chinchilla", "outer_power"), "mixture of both"
CARDS = (*FORMS, MIXTURE, *(f"{name}, plain" for name in FORMS))
SETTINGS = {"random_seed": 1, "draws": 500, "progressbar": False}

STEP, LOWEST = 0.5, 3.5
"""Cuts lie this many decades of compute apart, and at most so many below the largest run."""

NEAREST, FURTHEST = 3.0, 240.0
"""Runs are asked about that take so many times the compute of the largest fitted one."""

FEWEST, MOST, MOST_HELD_OUT = 12, 150, 60
REACHES = {"3 to 10": (0.0, 10.0), "10 to 30": (10.0, 30.0), "30 to 240": (30.0, np.inf)}
SIZES = {"12 to 20": 20, "21 to 40": 40, "41 to 80": 80, "81 to 150": 150}


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
                if not is_done(RESULTS, ladder=ladder.name, back=back):
                    about = {"ladder": ladder.name, "back": back, "fitted": len(fitted)}
                    parts = foretell(fitted, held_out)
                    rows = pd.concat([rows.assign(**about, card=card) for card, rows in parts])
                    append(rows, RESULTS)
    summarize(pd.read_csv(RESULTS))


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


def foretell(fitted: pd.DataFrame, held_out: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Fit every form to some runs, and yield how far each was from each of the others."""
    columns = ["params", "tokens", "loss"]
    runs, others = (bs.load_runs(table[columns]) for table in (fitted, held_out))
    counts = {name: others.table[name].to_numpy() for name in ("params", "tokens")}
    reach = others.table["flops"].to_numpy() / fitted["flops"].max()
    forms = bs.fit_forms(runs, FORMS, **SETTINGS)
    plain = {f"{n}, plain": bs.fit(runs, n, discrepancy=False, **SETTINGS) for n in FORMS}
    for name, found in {**forms, MIXTURE: forms, **plain}.items():
        draws = np.log(bs.predict(found, **counts, new_run=True).to_numpy())
        scores = scores_of(draws.reshape(-1, len(others)), np.log(others.loss))
        density = bs.score(found, others).table["elpd"].to_numpy()
        yield name, scores.assign(log_score=density, reach=reach)


def summarize(rows: pd.DataFrame) -> None:
    """Write the page and print it."""
    worst = averages(rows, ["card", "ladder"]).sort_values("inside_90")
    by_ladder = pd.concat([worst.loc[[card]] for card in CARDS])
    reaches = pd.cut(rows["reach"], [0, 10, 30, np.inf], labels=list(REACHES), right=False)
    by_reach = averages(rows.assign(times=reaches.astype(str)), ["times", "card"])
    sizes = pd.cut(rows["fitted"], [0, *SIZES.values()], labels=list(SIZES))
    by_size = averages(rows.assign(runs=sizes.astype(str)), ["runs", "card"])
    sections = {
        "All of them": averages(rows, ["card"]).loc[list(CARDS)],
        "Ladder by ladder, failures first": by_ladder,
        "By times the compute of the largest fitted run": in_order(by_reach, REACHES),
        "By the number of fitted runs": in_order(by_size, SIZES),
    }
    parts = [introduction(rows["ladder"].nunique(), lost_to_plain(rows))]
    for title, scores in sections.items():
        parts += [f"## {title}\n", *as_markdown(in_words(scores)), ""]
    text = "\n".join(parts)
    PAGE.write_text(text, encoding="utf-8")
    print(text)


def in_order(scores: pd.DataFrame, groups: Iterable[str]) -> pd.DataFrame:
    wanted = [(group, card) for group in groups for card in CARDS]
    return scores.loc[[key for key in wanted if key in scores.index]]


def lost_to_plain(rows: pd.DataFrame) -> str:
    """Say on how many ladders a form that bends does worse than the same that does not."""
    scores = averages(rows, ["card", "ladder"])
    names = {"crps": "CRPS", "interval_score": "interval score", "log_score": "log score"}
    lines = []
    for form in FORMS:
        bends, plain = scores.loc[form], scores.loc[f"{form}, plain"]
        better = {c: (bends[c] - plain[c]) * (-1 if c == "log_score" else 1) < 0 for c in names}
        counts = ", ".join(f"{names[c]} on {int(won.sum())}" for c, won in better.items())
        lines.append(f"Of {len(plain)} ladders {form} has with its bend the better {counts}.")
    return "\n".join(lines)


def averages(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return means over runs, then over cuts, then over ladders, so that no table dominates."""
    within = list(dict.fromkeys([*keys, "ladder"]))
    scores = rows.columns.difference([*within, "card", "back", "reach", "fitted"])
    by_cut = rows.groupby([*within, "back"])[list(scores)].mean()
    return by_cut.groupby(within).mean().groupby(keys).mean()


def introduction(ladders: int, lost: str) -> str:
    return f"""# Whether intervals hold beyond the runs

Written by `make extrapolation`. {ladders} public ladders of training runs are cut every
{STEP:g} decades of compute; each form is fitted to the runs below a cut and asked about those that
take {NEAREST:g} to {FURTHEST:g} times the compute of the largest of them. *Plain* takes the law for
the truth; the other rows let it bend, as the cards say; the mixture is that of `bs.fit_forms`.

The columns 50% to 95% say how many of the runs lie inside intervals of that probability. Width is
that of the 90% interval, error the distance of the median; CRPS and interval score reward both
(smaller is better). These four are percentages of the loss. The log score is the mean log density
of log loss (larger is better). All are means over runs, then cuts, then ladders.

{lost}

The defaults of `[discrepancy]` and the priors of the cards were chosen by scores on most of these
ladders: what is said of them here is optimistic.
"""


if __name__ == "__main__":
    main(sys.argv[1:])
