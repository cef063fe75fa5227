"""Many fits: the same draws however they are mapped, nothing lost, nothing made twice."""

import os
import signal
from dataclasses import replace

import joblib
import pytest

import bayescale as bs
from bayescale.core.progress import Listener, listening
from bayescale.inference import bulk
from tests.fits import straight

FAST = {"random_seed": 1, "sample_kwargs": {"draws": 60, "tune": 150}}


@pytest.fixture(scope="module")
def tables(simulated_runs):
    size = simulated_runs.table["params"].to_numpy()
    cuts = {"all": size > 0, "small": size < 3e9, "large": size > 2e8}
    return {name: simulated_runs.subset(keep) for name, keep in cuts.items()}


@pytest.fixture(scope="module")
def card():
    return straight("chinchilla")


@pytest.fixture(scope="module")
def one_by_one(tables, card):
    return bs.fit_many(tables, card, jobs=1, **FAST)


def same(fits, others):
    assert list(fits) == list(others)
    for name, fit in fits.finished:
        assert fit.posterior.equals(others[name].posterior), name
    return True


def test_each_table_has_the_short_fit_that_it_would_have_alone(one_by_one, tables, card):
    part = one_by_one["small"]
    assert part.runs.table.equals(tables["small"].table)
    assert dict(part.posterior.sizes) == {"chain": 2, "draw": 60}
    again = bs.fit(
        tables["small"],
        card,
        chains=2,
        **FAST | {"random_seed": int(part.attrs["random_seed"])},
    )
    assert again.posterior.equals(part.posterior)
    seeds = {fit.attrs["random_seed"] for _, fit in one_by_one.finished}
    assert len(seeds) == len(tables)


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_threads_and_processes_draw_the_same(one_by_one, tables, card, backend):
    with joblib.parallel_config(backend=backend, n_jobs=2):
        assert same(bs.fit_many(tables, card, **FAST), one_by_one)


def test_one_that_fails_is_an_entry_and_a_line(tables, card):
    few = replace(tables["all"], table=tables["all"].table.head(3))
    with pytest.warns(bs.BayescaleWarning, match="few was not fitted: 3 runs cannot determine"):
        fits = bs.fit_many({"few": few, "all": tables["all"]}, card, **FAST)
    assert isinstance(fits["few"], bs.FitError)
    assert list(fits.failed) == ["few"]
    assert [name for name, _ in fits.finished] == ["all"]
    assert repr(fits).startswith("1 fit\nfew failed: 3 runs")


def test_what_stops_one_fit_does_not_end_the_others(tables, card, monkeypatch):
    carry_out = bulk.carry_out

    def fails_once(request):
        if len(request.runs) == len(tables["small"]):
            raise MemoryError
        return carry_out(request)

    monkeypatch.setattr(bulk, "carry_out", fails_once)
    with pytest.warns(bs.BayescaleWarning, match="the fit stopped .MemoryError"):
        fits = bs.fit_many(tables, card, **FAST)
    assert list(fits.failed) == ["small"]


def test_a_folder_is_gone_on_with(one_by_one, tables, card, tmp_path, monkeypatch):
    some = {name: tables[name] for name in ("all", "small")}
    bs.fit_many(some, card, folder=tmp_path, **FAST)
    (damaged,) = tmp_path.glob("small-*.nc")
    damaged.write_bytes(damaged.read_bytes()[:-2000])
    made, carry_out = [], bulk.carry_out
    monkeypatch.setattr(bulk, "carry_out", lambda r: made.append(r.runs) or carry_out(r))
    fits = bs.fit_many(tables, card, folder=tmp_path, jobs=1, **FAST)
    assert [*map(len, made)] == [len(tables["small"]), len(tables["large"])]
    assert same(fits, one_by_one)
    assert len(list(tmp_path.iterdir())) == 3


def test_other_settings_or_runs_are_other_files(tables, card, tmp_path):
    one = {"all": tables["all"]}
    bs.fit_many(one, card, folder=tmp_path, **FAST)
    bs.fit_many(one, card, folder=tmp_path, **FAST | {"random_seed": 2})
    bs.fit_many({"all": tables["small"]}, card, folder=tmp_path, **FAST)
    assert len(list(tmp_path.glob("all-*.nc"))) == 3


class Watching(Listener):
    def __init__(self):
        self.seen = []

    def began(self, step):
        self.seen.append(step.words)

    def advanced(self, step):
        self.seen.append((step.done, step.total))

    def ended(self, step):
        pass


def test_the_whole_is_one_step_that_counts(tables, card):
    watching = Watching()
    with listening(watching):
        bs.fit_many(list(tables.values()), card, jobs=1, **FAST)
    name = f"fitting {card.name} to 3 tables"
    assert watching.seen == [name, (0, 3), (1, 3), (2, 3), (3, 3)]


def test_nothing_to_fit_and_no_such_number_of_jobs(tables):
    with pytest.raises(bs.FitError, match="at least one table"):
        bs.fit_many({})
    with pytest.raises(bs.FitError, match="jobs = 0 must be a whole number"):
        bs.fit_many(tables, jobs=0)


def _dies_once(path, made):
    """Make a fit, but end the process that makes the first one, as a machine that is lost."""

    def make(name, request, place):
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            return made(name, request, place)
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    return make


@pytest.mark.filterwarnings("default")  # of a library, about workers that go
def test_a_cluster_that_loses_a_worker_loses_no_fit(
    one_by_one, tables, card, tmp_path, monkeypatch
):
    distributed = pytest.importorskip("distributed", reason="needs the package distributed")
    killed = tmp_path / "killed"
    monkeypatch.setattr(bulk, "_made", _dies_once(killed, bulk._made))
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            silence_logs=50,
        ) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        fits = bs.fit_many(tables, card, folder=tmp_path / "fits", **FAST)
    assert killed.exists()
    assert not fits.failed
    assert same(fits, one_by_one)


def test_a_fit_a_core_is_made_at_a_time_unless_joblib_is_told_otherwise(tables, card, monkeypatch):
    asked, pool = [], joblib.Parallel
    monkeypatch.setattr(
        joblib, "Parallel", lambda n_jobs, **how: asked.append(n_jobs) or pool(n_jobs, **how)
    )
    bs.fit_many(tables, card, **FAST)
    with joblib.parallel_config(n_jobs=2):
        bs.fit_many(tables, card, **FAST)
    assert asked == [-1, 2]
