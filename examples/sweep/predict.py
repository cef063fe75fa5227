"""Fit the runs of `fresh` and `limited`, and predict those of `holdout` before they are trained.

    python train.py holdout --list > holdout.txt
    python predict.py fresh.csv limited.csv holdout.txt predictions.csv

Needs bayescale. Commit the predictions, then train the runs: a forecast made afterwards is none.
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
INTERVAL = [0.05, 0.5, 0.95]


def main(fresh: str, limited: str, holdout: str, out: str) -> None:
    """Write the median and the 90% interval of every held-out run, by each form that can tell."""
    planned = read_plans(holdout)
    once = planned["tokens"] == planned["unique_tokens"]
    runs = pd.read_csv(fresh).query("flag.isna()")
    # One recipe only: the other weight decay would need a law of its own.
    more = pd.concat([runs, pd.read_csv(limited).query("flag.isna() and weight_decay == 0.1")])
    parts = [forecast(name, *form, runs, planned[once]) for name, form in FRESH.items()]
    parts += [forecast(name, name, "params", more, planned[~once]) for name in REPEATED]
    table = pd.concat(parts, ignore_index=True)
    table.to_csv(out, index=False, float_format="%.4f")
    print(table.to_string(index=False))


def read_plans(path: str) -> pd.DataFrame:
    """Read what `train.py --list` prints: one run a line, its columns as name=value."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return pd.DataFrame([dict(part.split("=") for part in line.split()) for line in lines])


def forecast(
    name: str, model: str, count: str, runs: pd.DataFrame, planned: pd.DataFrame
) -> pd.DataFrame:
    """Predict one new run at each plan, its seed noise included."""
    kept = [count, "tokens", "unique_tokens", "flops", "loss"]
    table = runs[kept].rename(columns={count: "params"}).reset_index(drop=True)
    fit = bs.fit(bs.load_runs(table, flops_rule="recorded"), model, random_seed=1)
    bs.check(fit).raise_if_bad()
    given = {"params": count, "tokens": "tokens", "unique_tokens": "unique_tokens"}
    given = {name: planned[given[name]].astype(float) for name in fit.model.columns.values()}
    drawn = bs.predict(fit, **given, new_run=True)
    low, middle, high = drawn.quantile(INTERVAL, ["chain", "draw"]).to_numpy()
    about = planned[["width", "layers", "tokens", "unique_tokens"]].assign(form=name)
    return about.assign(median=middle, lower_90=low, upper_90=high)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
