"""Fit the runs of `fresh` and `limited`, and foretell those of `holdout` before they are trained.

    python train.py holdout --list > holdout.txt
    python predict.py fresh.csv limited.csv holdout.txt my_forecasts

Needs bayescale. Commit the folder, then train the runs: a forecast made afterwards is none.
`bayescale settle my_forecasts holdout.csv` says what came of them.
"""

import sys
from pathlib import Path

import pandas as pd

import bayescale as bs

# The form of the law, and whether it counts the embedding and the head.
FRESH = {
    "chinchilla": ("chinchilla", "params"),
    "chinchilla, without embeddings": ("chinchilla", "params_nonembedding"),
    "outer_power": ("outer_power", "params"),
    "nonembedding": ("nonembedding", "params_nonembedding"),
    "bounded": ("bounded", "params"),
}
REPEATED = ["overfitting_penalty_free", "overfitting_penalty", "data_constrained", "bounded"]


def main(fresh: str, limited: str, holdout: str, out: str) -> None:
    """Put on record what each form says of every held-out run that it can tell of."""
    Path(out).mkdir(exist_ok=True)
    planned = read_plans(holdout)
    once = planned["tokens"] == planned["unique_tokens"]
    runs = pd.read_csv(fresh).query("flag.isna()")
    # One recipe only: the other weight decay would need a law of its own.
    more = pd.concat([runs, pd.read_csv(limited).query("flag.isna() and weight_decay == 0.1")])
    found = {name: foretell(*form, runs, planned[once]) for name, form in FRESH.items()}
    for name in REPEATED:
        found[f"{name}, repeated"] = foretell(name, "params", more, planned[~once])
    for name, forecast in found.items():
        forecast.save(Path(out) / f"{name.replace(', ', '_').replace(' ', '_')}.json")
        print(forecast, end="\n\n")


def read_plans(path: str) -> pd.DataFrame:
    """Read what `train.py --list` prints: one run a line, its columns as name=value."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return pd.DataFrame([dict(part.split("=") for part in line.split()) for line in lines])


def foretell(model: str, count: str, runs: pd.DataFrame, planned: pd.DataFrame) -> bs.Forecast:
    """Say what one new run at each plan will show, its seed noise included."""
    kept = [count, "tokens", "unique_tokens", "flops", "loss"]
    table = runs[kept].rename(columns={count: "params"}).reset_index(drop=True)
    fit = bs.fit(bs.load_runs(table, flops_rule="recorded"), model, random_seed=1)
    bs.check(fit).raise_if_bad()
    given = {"params": count, "tokens": "tokens", "unique_tokens": "unique_tokens"}
    given = {name: planned[given[name]].astype(float) for name in fit.model.columns.values()}
    return bs.forecast(fit, **given)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
