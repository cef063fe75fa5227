"""pm.sample: posterior of 4000 draws, log A and log B as they are mostly written."""

import os
import sys
import time
from pathlib import Path

import arviz as az
import numpy as np
import pandas as pd
import pymc as pm


def main(folder: str, params: float, tokens: float, tables: list[str]) -> None:
    for table in tables:
        runs = pd.read_csv(table)
        N, D, loss = (runs[name].to_numpy(float) for name in ("params", "tokens", "loss"))
        with pm.Model():
            E = pm.TruncatedNormal("E", 1.5, 0.5, lower=0)
            log_A, log_B = pm.Normal("log_A", 6, 2), pm.Normal("log_B", 6, 2)
            alpha, beta = (pm.LogNormal(name, np.log(0.3), 0.25) for name in ("alpha", "beta"))
            sigma, nu = pm.HalfStudentT("sigma", 3, 0.01), pm.Gamma("nu", 2, 0.1)
            law = E + pm.math.exp(log_A - alpha * np.log(N)) + pm.math.exp(log_B - beta * np.log(D))
            pm.StudentT("log_loss", nu=nu, mu=pm.math.log(law), sigma=sigma, observed=np.log(loss))
            started = time.process_time()
            found = pm.sample(
                1000, tune=1000, chains=4, random_seed=1, nuts_sampler="nutpie", progressbar=False
            )
        took = time.process_time() - started
        least = min(float(size.min()) for size in az.ess(found).values())
        found.to_netcdf(Path(folder, "raw.nc"))
        at = {name: draws.to_numpy().ravel() for name, draws in found["posterior"].items()}
        size = np.exp(at["log_A"] - at["alpha"] * np.log(params))
        data = np.exp(at["log_B"] - at["beta"] * np.log(tokens))
        print(*np.quantile(np.log(at["E"] + size + data), [0.05, 0.95]), least / took)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
    sys.stdout.flush()
    os._exit(0)
