"""simple-scaling-laws: bootstrap of 1000 draws, its default."""

import sys

import numpy as np
import polars as pl
from simple_scaling_laws import fit

TARGET = "test_loss__cross_entropy"


def main(params: float, tokens: float, tables: list[str]) -> None:
    for name in tables:
        table = pl.read_csv(name)
        ids = pl.Series([f"run_{i}" for i in range(len(table))])
        frame = pl.DataFrame(
            {
                "training_run_id": ids,
                "train_set_id": ids,
                "test_set_id": ["test"] * len(table),
                "optimizer_seed": [0] * len(table),
                "model_size__n_params": table["params"],
                "dataset_size__n_tokens": table["tokens"],
                TARGET: table["loss"],
            }
        )
        found = fit(frame, seed=0)
        points = {"model_size__n_params": [params], "dataset_size__n_tokens": [tokens]}
        told = found.predict(pl.DataFrame(points), quantiles=[0.05, 0.95])
        print(*np.log([told[f"{TARGET}__q{end}"][0] for end in ("050", "950")]))


if __name__ == "__main__":
    main(float(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
