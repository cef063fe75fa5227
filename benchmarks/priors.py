"""Which priors foretell larger runs best? Learnt on some ladders, judged on the others.

Every setting of the priors of the chinchilla card is fitted below the cuts of extrapolation.py and
scored on the runs above. For each ladder the setting is chosen that is best on the ladders of all
other groups (of one paper, or of one table), and judged on this one. Reads the tables in the folder
BAYESCALE_DATA. Writes one row for each cut and setting to priors.csv as it goes, continues where it
stopped, and writes docs/priors.md:

    python benchmarks/priors.py [--summary]

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
from extrapolation import LADDERS, cuts

import bayescale as bs
from bayescale.evaluation.scores import scores_of

RESULTS = Path("priors.csv")
PAGE = Path(__file__).parent.parent / "docs" / "priors.md"
BACK = (1.0, 2.0)
"""Of the cuts, those so many decades below the largest run: to each the same question."""

FIT = {"random_seed": 1, "draws": 400, "chains": 2, "progressbar": False}


def floor(mu: float, sigma: float) -> dict[str, dict[str, object]]:
    prior = {"dist": "TruncatedNormal", "mu": mu, "sigma": sigma, "lower": 0.0, "unit": "loss"}
    return {"E": prior}


def exponents(median: float, sigma: float) -> dict[str, dict[str, object]]:
    prior = {"dist": "LogNormal", "median": median, "sigma": sigma}
    return dict.fromkeys(("alpha_N", "alpha_D"), prior)


def bend(median: float) -> dict[str, dict[str, object]]:
    return {"bend": {"dist": "LogNormal", "median": median, "sigma": 0.7}}


SETTINGS: dict[str, dict[str, dict[str, object]]] = {
    "as the card": {},
    "floor 0.4 ± 0.15": floor(0.4, 0.15),
    "floor 0.6 ± 0.15": floor(0.6, 0.15),
    "floor 0.75 ± 0.2": floor(0.75, 0.2),
    "exponents 0.3, twice as free": exponents(0.3, 0.5),
    "exponents 0.4": exponents(0.4, 0.25),
    "bend 1%": bend(0.01),
    "bend 4%": bend(0.04),
}


def group_of(ladder: str) -> str:
    """Return what ladders of one paper share."""
    return ladder.partition(",")[0]


def main(arguments: list[str]) -> None:
    warnings.simplefilter("ignore")
    if "--summary" not in arguments and "BAYESCALE_DATA" not in os.environ:
        print("left out: set BAYESCALE_DATA to the folder of the tables of published runs")
        return
    if "--summary" not in arguments:
        for ladder in LADDERS:
            asked = (cut for cut in cuts(ladder.load()) if cut[0] in BACK)
            for back, fitted, held_out in asked:
                for name, priors in SETTINGS.items():
                    about = {"ladder": ladder.name, "back": back, "setting": name}
                    if not is_done(RESULTS, **about):
                        scores = foretell(fitted, held_out, priors)
                        append(pd.DataFrame([about | scores]), RESULTS)
    summarize(pd.read_csv(RESULTS))


def foretell(
    fitted: pd.DataFrame, held_out: pd.DataFrame, priors: dict[str, dict[str, object]]
) -> dict[str, float]:
    """Return mean scores of the runs above a cut."""
    runs = bs.load_runs(fitted[["params", "tokens", "loss"]])
    card = bs.models()["chinchilla"]
    if "bend" in priors:
        given = card.discrepancy.model_copy(update={"bend": bs.Prior(**priors["bend"])})
        card = bs.Model(**{**fields_of(card), "discrepancy": given})
    own = {name: bs.Prior(**prior) for name, prior in priors.items() if name != "bend"}
    fit = bs.fit(runs, card, priors=own or None, **FIT)
    counts = {name: held_out[name].to_numpy() for name in ("params", "tokens")}
    draws = np.log(bs.predict(fit, **counts, new_run=True).to_numpy())
    scores = scores_of(draws.reshape(-1, len(held_out)), np.log(held_out["loss"].to_numpy()))
    return dict(scores.mean())


def fields_of(card: bs.Model) -> dict[str, object]:
    return {name: getattr(card, name) for name in type(card).model_fields}


def summarize(rows: pd.DataFrame) -> None:
    """Write the page and print it."""
    columns = ["inside_90", "width", "error", "crps", "interval_score"]
    by_ladder = rows.groupby(["setting", "ladder"])[columns].mean()
    means = (
        by_ladder.groupby("setting")
        .mean()
        .loc[[s for s in SETTINGS if s in rows["setting"].values]]
    )
    crps = by_ladder["crps"].unstack("ladder")
    chosen = {}
    for ladder in crps:
        others = [other for other in crps if group_of(other) != group_of(ladder)]
        # Ladders differ in how hard they are, so each counts relative to the card.
        relative = crps[others].div(crps.loc["as the card", others]).mean(axis=1)
        chosen[ladder] = str(relative.idxmin())
    left_out = pd.DataFrame(
        {
            "Best on the others": chosen,
            "Its CRPS here": {n: f"{100 * crps.loc[s, n]:.2f}" for n, s in chosen.items()},
            "CRPS of the card": {n: f"{100 * crps.loc['as the card', n]:.2f}" for n in chosen},
            "Best here": {n: str(crps[n].idxmin()) for n in chosen},
        }
    ).rename_axis("Ladder")
    table = pd.DataFrame(
        {
            "90%": means["inside_90"].map("{:.2f}".format),
            "Width": (100 * means["width"]).map("{:.1f}".format),
            "Error": (100 * means["error"]).map("{:.2f}".format),
            "CRPS": (100 * means["crps"]).map("{:.2f}".format),
            "Interval score": (100 * means["interval_score"]).map("{:.1f}".format),
        }
    ).rename_axis("Priors")
    parts = [introduction(rows["ladder"].nunique()), "## Settings\n", *as_markdown(table)]
    parts += ["", "## One group of ladders left out\n", *as_markdown(left_out), ""]
    PAGE.write_text("\n".join(parts), encoding="utf-8")
    print("\n".join(parts))


def introduction(ladders: int) -> str:
    return f"""# Where the priors come from

Written by `python benchmarks/priors.py`. The priors of the cards `chinchilla` and `outer_power` say
what is usual: a floor at half of the low end of the losses, exponents near 0.3, a bend of 2% a
decade. They were chosen because they foretell larger runs. Here each is changed in turn, fitted
one and two decades below the largest run of the {ladders} ladders of
[Whether intervals hold beyond the runs](extrapolation.md), and scored on the runs above; means over
runs, cuts and ladders, in percent of the loss.

The second table asks whether that choice carries over: for each ladder the setting is taken that is
best on all ladders of other papers, and judged on this one.

The floor is the strongest lever far out. `bs.predict(...).sources()` says by how much an answer
moves with it, and `priors={{"E": ...}}`, or `--prior`, states what you know.
"""


if __name__ == "__main__":
    main(sys.argv[1:])
