import subprocess
import sys

import numpy as np
import pytest

import bayescale as bs
from bayescale.inference import compiling
from bayescale.inference.compiled import keeping
from bayescale.inference.compiling import key_of
from bayescale.model.problem import Problem


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder of kept code, and a process that has compiled nothing yet."""
    monkeypatch.setenv(keeping.VARIABLE, str(tmp_path / "compiled"))
    monkeypatch.setattr(compiling, "_IN_MEMORY", {})
    return tmp_path / "compiled"


SHORT = {"random_seed": 1, "draws": 50, "tune": 100, "chains": 2}


def my_model(law):
    prior = {"dist": "LogNormal", "median": 0.5, "sigma": 0.5}
    return bs.Model(law=law, priors=dict.fromkeys(("E", "A", "alpha_N"), prior))


def test_a_second_process_runs_the_code_of_the_first_and_draws_the_same(folder, simulated_runs):
    first = bs.fit(simulated_runs, **SHORT)
    (path,) = folder.iterdir()
    made = path.stat().st_ino
    compiling._IN_MEMORY.clear()
    again = bs.fit(simulated_runs, **SHORT)
    assert again.posterior.equals(first.posterior)
    assert [found.stat().st_ino for found in folder.iterdir()] == [made]


SECOND = """
import sys, bayescale as bs
fit = bs.fit(bs.load_runs("runs.csv"), random_seed=1, draws=50, tune=100, chains=2)
print(float(fit.posterior["E"][1, 7]), *(m for m in ("pymc", "pytensor") if m in sys.modules))
"""


@pytest.mark.usefixtures("folder")
def test_a_process_that_finds_code_needs_no_pymc_and_one_core_draws_as_two(
    simulated_runs, tmp_path
):
    simulated_runs.table.to_csv(tmp_path / "runs.csv", index=False)
    outputs = []
    for code in (
        SECOND,
        SECOND,
        SECOND.replace("chains=2", "chains=2, sample_kwargs={'cores': 1}"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        outputs.append(done.stdout.split())
    (value, *imported), second, one_core = outputs
    assert set(imported) == {"pymc", "pytensor"}
    assert second == one_core == [value]


def test_processes_that_compile_at_once_do_not_meet(folder, simulated_runs, tmp_path):
    simulated_runs.table.to_csv(tmp_path / "runs.csv", index=False)
    processes = [
        subprocess.Popen([sys.executable, "-c", SECOND], cwd=tmp_path, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    outputs = {process.communicate()[0].split()[0] for process in processes}
    assert [process.returncode for process in processes] == [0, 0]
    assert len(outputs) == 1
    assert len(list(folder.iterdir())) == 1


def test_the_key_knows_the_card_the_law_and_the_groups_and_not_the_runs(chinchilla, runs):
    def law(N, *, E, A, alpha_N):
        return E + A * N**-alpha_N

    def other(N, *, E, A, alpha_N):
        return E + A * N ** (-alpha_N) + 0.0 * A

    keys = [
        key_of(Problem.of(model, runs))
        for model in (
            chinchilla,
            chinchilla.with_noise("flops"),
            chinchilla.with_discrepancy(True),
            my_model(law),
            my_model(other),
        )
    ]
    assert len(set(keys)) == len(keys)
    assert key_of(Problem.of(chinchilla, runs.subset(np.arange(len(runs)) > 3))) == keys[0]


def test_code_of_another_machine_is_not_found(monkeypatch, chinchilla, runs):
    here = key_of(Problem.of(chinchilla, runs))
    compiling._surroundings.cache_clear()
    monkeypatch.setattr(compiling, "describe_machine", lambda: ["another machine"])
    assert key_of(Problem.of(chinchilla, runs)) != here
    compiling._surroundings.cache_clear()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("prior", ["Moyal", "VonMises"])
def test_a_prior_that_has_no_text_is_sampled_by_numba_and_the_fit_says_so(simulated_runs, prior):
    def law(N, *, E, A, alpha_N):
        return E + A * N**-alpha_N

    given = {"Moyal": {"mu": 0.4, "sigma": 0.1}, "VonMises": {"mu": 0.4, "kappa": 9.0}}[prior]
    model = my_model(law)
    model = bs.Model(law=law, priors={**model.priors, "alpha_N": {"dist": prior, **given}})
    fit = bs.fit(simulated_runs, model, **SHORT)
    route = fit.attrs["density"]
    assert route.startswith("LLVM") or "has no LLVM text" in route
    assert np.isfinite(fit.tree["log_prior"]["alpha_N"]).all()


@pytest.mark.usefixtures("folder")
def test_where_llvm_fails_numba_compiles_and_the_draws_agree(simulated_runs, monkeypatch):
    ours = bs.fit(simulated_runs, random_seed=1, draws=300)

    def fail(*_):
        raise RuntimeError("no such target")

    compiling._IN_MEMORY.clear()
    keeping.drop_code(key_of(Problem.of(ours.model, simulated_runs)))
    monkeypatch.setattr("bayescale.inference.compiled.building.assemble", fail)
    other = bs.fit(simulated_runs, random_seed=1, draws=300)
    assert other.attrs["density"] == "Numba, since LLVM cannot compile here (no such target)"
    assert ours.attrs["density"].startswith("LLVM")
    for name in ours.model.law.parameters:
        mine, its = ours.posterior[name], other.posterior[name]
        assert float(abs(mine.mean() - its.mean())) < 0.2 * float(its.std())
    for group in ("log_prior", "log_likelihood"):
        assert set(ours.tree[group].data_vars) == set(other.tree[group].data_vars)
