"""The weights of forms at a cut, and what is told of fits that failed."""

import numpy as np
import pytest

import bayescale as bs
from bayescale.auditing.replaying import ALL_RUNS, Replay, replay
from bayescale.evaluation.stacking import stack
from bayescale.inference.requesting import ask
from tests.conftest import FEW
from tests.fits import straight


@pytest.fixture(scope="module")
def replayed(simulated_runs, below):
    cards = {name: straight(name) for name in ("chinchilla", "kaplan")}
    requests = {n: ask(simulated_runs, card, {}, FEW, 1, False) for n, card in cards.items()}
    named = dict(zip((1e20, 1e21), below, strict=True))
    return replay(simulated_runs, named, requests, list(cards), 1e22)


def test_a_cut_knows_only_the_runs_below_it(replayed, simulated_runs):
    first, second = replayed.below.values()
    between = simulated_runs.subset(second & ~first)
    scores = [bs.score(fit, between).table["elpd"] for fit in replayed.fits[1e20].values()]
    elpd = [score.mean() for score in scores]
    expected = stack(np.array(elpd)[:, None])
    assert list(replayed.weights(1e21).values()) == pytest.approx(expected.tolist())
    assert list(replayed.weights(1e20).values()) == [0.5, 0.5]


def test_all_runs_are_judged_by_all_cuts(replayed):
    assert replayed.weights(ALL_RUNS) != replayed.weights(1e21)
    assert len(next(iter(replayed.fits[ALL_RUNS].values())).runs) == len(replayed.runs)


def test_a_form_that_could_not_be_fitted_is_left_out_and_said(replayed):
    fits = {**replayed.fits, 1e20: {"chinchilla": replayed.fits[1e20]["chinchilla"]}}
    part = Replay(replayed.runs, replayed.below, fits, replayed.mixed, 1e22, {})
    rows = [(row["cut"], row["form"]) for row in part.rows(part.judge())]
    assert (1e20, "kaplan") not in rows
    assert (1e20, "mixture") not in rows
    assert (1e21, "mixture") in rows


@pytest.mark.usefixtures("swift")
def test_a_fit_that_failed_is_told_by_its_cut(simulated_runs, below, monkeypatch):
    from bayescale.inference import bulk

    make = bulk.carry_out

    def fails_on_few(request):
        if len(request.runs) < len(simulated_runs):
            raise bs.FitError("no such luck")
        return make(request)

    monkeypatch.setattr(bulk, "carry_out", fails_on_few)
    request = ask(simulated_runs, straight("chinchilla"), {}, FEW, 1, False)
    cuts = {1e20: below[0], 1e22: np.ones(len(simulated_runs), bool)}
    found = replay(simulated_runs, cuts, {"chinchilla": request}, ["chinchilla"], 1e22)
    assert {str(error) for error in found.failed.values()} == {"no such luck"}
    assert list(found.failed) == ["chinchilla up to 1e20 FLOPs: no fit"]


@pytest.mark.usefixtures("swift")
def test_where_nothing_could_be_fitted_the_first_reason_is_the_error(
    simulated_runs, below, monkeypatch
):
    from bayescale.inference import bulk

    def fails(_):
        raise bs.FitError("no such luck")

    monkeypatch.setattr(bulk, "carry_out", fails)
    request = ask(simulated_runs, straight("chinchilla"), {}, FEW, 1, False)
    with pytest.raises(bs.FitError, match=r"no form .*chinchilla up to 1e20 .*: no such luck"):
        replay(simulated_runs, {1e20: below[0]}, {"chinchilla": request}, ["chinchilla"], 1e22)
