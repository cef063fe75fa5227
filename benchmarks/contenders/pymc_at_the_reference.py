"""pm.sample: posterior of 4000 draws of the same model, A and B at a reference run."""

import os
import sys
import time
from pathlib import Path

import arviz as az
import numpy as np
import pymc as pm

import bayescale as bs
from bayescale.model.problem import Problem


def main(folder: str, params: float, tokens: float, tables: list[str]) -> None:
    card = bs.models()["chinchilla"].with_discrepancy(False)
    for table in tables:
        runs = bs.load_runs(table)
        with bs.build_model(card, runs):
            started = time.process_time()
            found = pm.sample(
                1000, tune=1000, chains=4, random_seed=1, nuts_sampler="nutpie", progressbar=False
            )
        took = time.process_time() - started
        least = min(float(size.min()) for size in az.ess(found).values())
        found.to_netcdf(Path(folder, "reference.nc"))
        draws = {name: found["posterior"][name].to_numpy().ravel() for name in card.priors}
        inputs = {"params": params, "tokens": tokens}
        loss = card.predict_at(inputs, Problem.of(card, runs).reference, draws)
        print(*np.quantile(np.log(loss), [0.05, 0.95]), least / took)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
    sys.stdout.flush()
    os._exit(0)
