"""numpyro: posterior of 4000 draws, A and B at a reference run, dense mass, XLA's cache kept."""

import os
import sys
import time
from pathlib import Path

import jax
import numpy as np
import numpyro
import numpyro.distributions as dist
from numpyro.diagnostics import effective_sample_size

numpyro.enable_x64()
jax.config.update("jax_compilation_cache_dir", os.environ.get("XLA_CACHE", "xla"))
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)


def model(size, data, scale, observed):
    E = numpyro.sample("E", dist.TruncatedNormal(0.5 * scale, 0.15 * scale, low=0.0))
    A, B = (numpyro.sample(n, dist.LogNormal(np.log(0.3 * scale), 0.8)) for n in "AB")
    alpha, beta = (numpyro.sample(n, dist.LogNormal(np.log(0.3), 0.25)) for n in ("alpha", "beta"))
    sigma = numpyro.sample("sigma", dist.HalfNormal(0.01))
    nu = numpyro.sample("nu", dist.Gamma(2.0, 0.1))
    law = E + A * jax.numpy.exp(-alpha * size) + B * jax.numpy.exp(-beta * data)
    numpyro.sample("log_loss", dist.StudentT(nu, jax.numpy.log(law), sigma), obs=observed)


def main(params: float, tokens: float, tables: list[str]) -> None:
    for table in tables:
        runs = np.genfromtxt(table, delimiter=",", names=True)
        N, D = (10 ** np.quantile(np.log10(runs[name]), 0.1) for name in ("params", "tokens"))
        kernel = numpyro.infer.NUTS(model, dense_mass=True)
        mcmc = numpyro.infer.MCMC(
            kernel, num_warmup=500, num_samples=1000, num_chains=4, chain_method="vectorized",
            progress_bar=False,
        )  # fmt: skip
        logs = np.log(runs["params"] / N), np.log(runs["tokens"] / D), np.log(runs["loss"])
        scale = np.quantile(runs["loss"], 0.1)
        started = time.process_time()
        mcmc.run(jax.random.PRNGKey(1), logs[0], logs[1], scale, logs[2])
        sizes = map(effective_sample_size, mcmc.get_samples(group_by_chain=True).values())
        least = min(map(float, sizes)) / (time.process_time() - started)
        at = {name: np.asarray(draws) for name, draws in mcmc.get_samples().items()}
        np.savez(Path(sys.argv[1], "numpyro.npz"), **at)
        size, data = (params / N) ** -at["alpha"], (tokens / D) ** -at["beta"]
        loss = at["E"] + at["A"] * size + at["B"] * data
        print(*np.quantile(np.log(loss), [0.05, 0.95]), least)


if __name__ == "__main__":
    main(float(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
