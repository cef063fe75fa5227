"""Fit the runs of `fresh` and predict those of `holdout` before they are trained.

    python train.py holdout --list > holdout.txt
    python predict.py fresh.csv holdout.txt predictions.csv

Needs bayescale. Commit the predictions, then train the runs: a forecast made afterwards is none.
"""

import sys
from pathlib import Path

import pandas as pd

import bayescale as bs

# The form of the law, and whether it counts the embedding and the head.
FORMS = {
    "chinchilla": ("chinchilla", "params"),
    "chinchilla, without embeddings": ("chinchilla", "params_nonembedding"),
    "outer_power": ("outer_power", "params"),
    "nonembedding": ("nonembedding", "params_nonembedding"),
    "bounded": ("bounded", "params"),
}
INTERVAL = [0.05, 0.5, 0.95]


def main(fresh: str, holdout: str, out: str) -> None:
    """Write the median and the 90% interval of every held-out run, by each form."""
    planned = read_plans(holdout)
    parts = [forecast(name, *form, fresh, planned) for name, form in FORMS.items()]
    table = pd.concat(parts, ignore_index=True)
    table.to_csv(out, index=False, float_format="%.4f")
    print(table.to_string(index=False))


def read_plans(path: str) -> pd.DataFrame:
    """Read what `train.py --list` prints: one run a line, its columns as name=value."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return pd.DataFrame([dict(part.split("=") for part in line.split()) for line in lines])


def forecast(name: str, model: str, count: str, fresh: str, planned: pd.DataFrame) -> pd.DataFrame:
    """Predict one new run at each plan, its seed noise included."""
    kept = [count, "tokens", "unique_tokens", "flops", "loss"]
    table = pd.read_csv(fresh).query("flag.isna()")[kept].rename(columns={count: "params"})
    fit = bs.fit(bs.load_runs(table, flops_rule="recorded"), model, random_seed=1)
    bs.check(fit).raise_if_bad()
    params, tokens = (planned[column].astype(float) for column in (count, "tokens"))
    fresh_data = {"unique_tokens": tokens} if "unique_tokens" in fit.model.needs else {}
    drawn = bs.predict(fit, params=params, tokens=tokens, **fresh_data, new_run=True)
    low, middle, high = drawn.quantile(INTERVAL, ["chain", "draw"]).to_numpy()
    about = planned[["width", "layers", "tokens"]].assign(form=name)
    return about.assign(median=middle, lower_90=low, upper_90=high)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
