"""bayescale: posterior of 4000 draws, the law taken for the truth, saved."""

import os
import sys
import time
from pathlib import Path

import numpy as np

import bayescale as bs
from bayescale.posterior.intervals import parameter_table


def main(folder: str, params: float, tokens: float, tables: list[str]) -> None:
    for table in tables:
        runs, started = bs.load_runs(table), time.process_time()
        fit = bs.fit(runs, discrepancy=False, random_seed=1, progressbar=False)
        took = time.process_time() - started
        fit.save(Path(folder, "fit.nc"))
        least = parameter_table(fit.posterior)["ess_bulk"].min()
        loss = bs.predict(fit, params=params, tokens=tokens).to_numpy()
        print(*np.quantile(np.log(loss), [0.05, 0.95]), least / took)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
    sys.stdout.flush()
    os._exit(0)
