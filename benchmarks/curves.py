"""Do intervals of one-variable laws hold beyond the start of a curve?

Learning curves of language models (Alabdulmohsin et al. 2022) are fitted on the part that the
benchmark gives to fit, and the rest is foretold. Reads the table of the curves in the folder
BAYESCALE_DATA. Writes one row for each curve and form to curves.csv as it goes, continues where it
stopped, and writes docs/curves.md:

    python benchmarks/curves.py [--summary]

With ``--summary`` it only writes the page, from the rows there are.
"""

import os
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from _resuming import append, is_done
from _scoring import as_markdown

import bayescale as bs
from bayescale.evaluation.scores import held, interval

RESULTS = Path("curves.csv")
PAGE = Path(__file__).parent.parent / "docs" / "curves.md"
TABLE = "alabdulmohsin2022_language.csv"
LAWS = ("power_law", "shifted_power_law", "broken_power_law")
SETTINGS = {"random_seed": 1, "draws": 500, "progressbar": False}
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
BEST_PUBLISHED = {"RMSE of log loss": "0.0194", "Log score": "2.77", "Calibration": "0.1145"}


def main(arguments: list[str]) -> None:
    warnings.simplefilter("ignore")
    if "--summary" not in arguments and "BAYESCALE_DATA" not in os.environ:
        print("left out: set BAYESCALE_DATA to the folder of the tables of published runs")
        return
    if "--summary" not in arguments:
        given = pd.read_csv(Path(os.environ["BAYESCALE_DATA"]) / TABLE)
        for curve, points in given[given["duplicate_row"] == 0].groupby("curve_id"):
            for law in LAWS:
                for bends in (True, False):
                    form = law if bends else f"{law}, plain"
                    if not is_done(RESULTS, curve=str(curve), form=form):
                        row = foretell(points, law, bends)
                        row = {
                            "curve": curve,
                            "domain": points["domain"].iloc[0],
                            "form": form,
                        } | row
                        append(pd.DataFrame([row]), RESULTS)
    summarize(pd.read_csv(RESULTS))


def foretell(points: pd.DataFrame, law: str, bends: bool) -> dict[str, float]:
    """Fit a law to the start of a curve, and return how far it was from the rest."""
    # The cards call their one input FLOPs or tokens; here it counts examples.
    card = bs.models()[law]
    (column,) = card.columns.values()
    counts = {column: points["examples_seen"], "loss": points["loss"]}
    table = pd.DataFrame(counts).assign(fitted=points["is_train"] == 1)
    start, rest = (
        part.drop(columns="fitted").drop_duplicates(column)
        for part in (table[table["fitted"]], table[~table["fitted"]])
    )
    runs, rest = bs.load_runs(start), bs.Runs(rest.reset_index(drop=True), source="the rest")
    fit = bs.fit(runs, card, discrepancy=bends, **SETTINGS)
    draws = bs.predict(fit, **{column: rest.table[column].to_numpy()}, new_run=True)
    logs, observed = np.log(draws.to_numpy().reshape(-1, len(rest))), np.log(rest.loss)
    low, high = interval(logs, 0.9)
    inside = {f"inside_{level:g}": held(logs, observed, level).mean() for level in LEVELS}
    off = np.median(logs, axis=0) - observed
    # The published scores are of the loss, not of its logarithm.
    density = bs.score(fit, rest).table["elpd"].to_numpy() - observed
    return {
        "points": len(runs),
        "rmse": float(np.sqrt(np.mean(off**2))),
        "log_score": float(density.mean()),
        "width": float((high - low).mean()),
        **inside,
    }


def summarize(rows: pd.DataFrame) -> None:
    """Write the page and print it."""
    columns = ["rmse", "log_score", "width", *(f"inside_{level:g}" for level in LEVELS)]
    forms = [name for law in LAWS for name in (law, f"{law}, plain")]
    parts = [introduction(rows["curve"].nunique()), "## All curves\n"]
    parts += as_markdown(in_words(rows.groupby("form")[columns].mean().loc[forms]))
    parts += ["", "## By kind of curve\n"]
    by_domain = rows.groupby(["domain", "form"])[columns].mean()
    parts += [*as_markdown(in_words(by_domain)), ""]
    text = "\n".join(parts)
    PAGE.write_text(text, encoding="utf-8")
    print(text)


def in_words(means: pd.DataFrame) -> pd.DataFrame:
    missed = [(means[f"inside_{level:g}"] - level) ** 2 for level in LEVELS]
    return pd.DataFrame(
        {
            "RMSE of log loss": means["rmse"].map("{:.4f}".format),
            "Log score": means["log_score"].map("{:.2f}".format),
            "Calibration": (sum(missed) / len(missed)).map("{:.4f}".format),
            "Inside 90%": means["inside_0.9"].map("{:.2f}".format),
            "Width of 90%": means["width"].map("{:.1%}".format),
        }
    ).rename_axis([str(name).capitalize() for name in means.index.names])


def introduction(curves: int) -> str:
    published = ", ".join(f"{name} {value}" for name, value in BEST_PUBLISHED.items())
    return f"""# Whether one-variable laws hold beyond the start of a curve

Written by `python benchmarks/curves.py`. {curves} learning curves of language models, translation
and question answering (Alabdulmohsin et al. 2022, arXiv:2209.06640), fitted on the part that the
benchmark gives to fit, twice as far foretold. *Plain* takes the law for the truth; the other rows
let it bend over its input (`discrepancy=True`).

RMSE is that of the logarithm of the loss, the log score the mean log density of the loss (larger is
better), calibration the mean squared distance of the share of points inside from the probability of
the interval, at {", ".join(f"{level:g}" for level in LEVELS)}. The best published method, a network
trained on simulated curves, has on these and 24 further curves: {published} (Lee et al. 2025,
arXiv:2505.23032).
"""


if __name__ == "__main__":
    main(sys.argv[1:])
