"""Huber loss of logs: the best of 4500 starts by L-BFGS, and 4000 resamples from there."""

import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # arrays of five numbers gain nothing by more

import numpy as np
from scipy.optimize import minimize

DELTA = 1e-3
STARTS, RESAMPLES = (int(n) for n in os.environ.get("HUBER", "4500,4000").split(","))


def objective(at, logs, weights):
    """Return Huber's loss of log loss and its gradient, analytically."""
    log_E, log_A, log_B, alpha, beta = at
    size, data, observed = logs
    logs_of_terms = np.array([np.full_like(size, log_E), log_A - alpha * size, log_B - beta * data])
    most = logs_of_terms.max(axis=0)
    terms = np.exp(logs_of_terms - most)
    total = terms.sum(axis=0)
    residual = most + np.log(total) - observed
    slope = weights * np.clip(residual, -DELTA, DELTA)
    value = weights @ np.where(
        np.abs(residual) < DELTA, residual**2 / 2, DELTA * (np.abs(residual) - DELTA / 2)
    )
    by_term = (slope * terms / total).sum(axis=1)
    by_exponent = [-(slope * terms[1] / total) @ size, -(slope * terms[2] / total) @ data]
    return value / DELTA, np.array([*by_term, *by_exponent]) / DELTA


def best(start, logs, weights):
    return minimize(objective, start, (logs, weights), method="L-BFGS-B", jac=True)


def main(params: float, tokens: float, tables: list[str]) -> None:
    rng = np.random.default_rng(0)
    for table in tables:
        runs = np.genfromtxt(table, delimiter=",", names=True)
        logs = np.log([runs["params"], runs["tokens"], runs["loss"]])
        size = logs.shape[1]
        axes = np.linspace(-1, 1, 5), *[np.linspace(0, 25, 6)] * 2, *[np.linspace(0, 2, 5)] * 2
        grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 5)
        chosen = rng.permutation(len(grid))[:STARTS]
        found = min(
            (best(start, logs, np.ones(size)) for start in grid[chosen]), key=lambda f: f.fun
        )
        losses = []
        for _ in range(RESAMPLES):
            weights = np.bincount(rng.integers(0, size, size), minlength=size)
            E, A, B, alpha, beta = best(found.x, logs, weights).x
            parts = [E, A - alpha * np.log(params), B - beta * np.log(tokens)]
            losses.append(np.log(np.exp(parts).sum()))
        print(*np.quantile(losses, [0.05, 0.95]))


if __name__ == "__main__":
    main(float(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
