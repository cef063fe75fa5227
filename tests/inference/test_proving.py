import numpy as np
import pytest

import bayescale as bs
from bayescale.inference import compiling, fitting
from bayescale.inference.compiled import keeping

SHORT = {"random_seed": 1, "draws": 60, "tune": 200, "chains": 2}
CHANGED = {"extra": 0.0}


class _Hidden:
    """An object whose state no fingerprint can see: it has no values of its own."""

    __slots__ = ()

    @property
    def extra(self):
        return CHANGED["extra"]


hidden = _Hidden()


def law(N, D, *, E, A, B, alpha_N, alpha_D):
    return (E + A * N**-alpha_N + B * D**-alpha_D) * (1.0 + hidden.extra)


@pytest.mark.parametrize("discrepancy", [False, True])
def test_a_law_that_was_changed_behind_its_back_is_found_and_sampled_as_it_is(
    tmp_path, monkeypatch, simulated_runs, chinchilla, discrepancy
):
    monkeypatch.setenv(keeping.VARIABLE, str(tmp_path))
    monkeypatch.setattr(compiling, "_IN_MEMORY", {})
    model = bs.Model(
        law=bs.Law(law, terms=("E", "A", "B")), priors=chinchilla.priors
    ).with_discrepancy(discrepancy)
    before = bs.fit(simulated_runs, model, **SHORT)
    assert before.attrs["density"].startswith("LLVM")
    monkeypatch.setitem(CHANGED, "extra", 1e-4)
    with pytest.warns(bs.BayescaleWarning, match="does not compute what the law says now"):
        after = bs.fit(simulated_runs, model, **SHORT)
    assert after.attrs["density"].startswith("Numba")


def test_every_fit_proves_its_code(simulated_runs, monkeypatch):
    asked = []

    def refuse_once(*arguments):
        asked.append(arguments)
        return len(asked) > 1

    monkeypatch.setattr(fitting, "is_proved", refuse_once)
    monkeypatch.setattr(compiling, "_IN_MEMORY", {})
    monkeypatch.setenv(keeping.VARIABLE, "0")
    with pytest.warns(bs.BayescaleWarning, match="sampled again"):
        fit = bs.fit(simulated_runs, **SHORT)
    assert len(asked) == 2
    assert np.isfinite(fit.posterior["E"]).all()
