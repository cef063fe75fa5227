"""Fit many tables of runs: one compiled density, mapped by joblib over threads or a cluster."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bayescale.core.border import checked
from bayescale.core.files import make_folder
from bayescale.core.progress import following, listening, step
from bayescale.core.text import counted, first_line
from bayescale.core.warning import warn
from bayescale.core.whole import LARGEST_SEED, require_whole
from bayescale.errors import BayescaleError, FitError
from bayescale.inference.compiling import compile_density
from bayescale.inference.fitting import carry_out
from bayescale.inference.nuts import nutpie
from bayescale.inference.requesting import Request, ask
from bayescale.model.card import Model
from bayescale.posterior.fit import Fit
from bayescale.posterior.fits import Fits
from bayescale.posterior.length import USUAL
from bayescale.posterior.saving import load
from bayescale.runs.table import Runs

SHORT = {"draws": 500, "tune": 400, "chains": 2}
"""How long refits sample: less than a full fit, whose intervals are known a little better."""

type Entry = Fit | Path | BayescaleError
"""A fit, the file that holds it, or why there is none."""


@checked(FitError)
def fit_many(
    tables: Mapping[str, Runs] | Sequence[Runs],
    model: str | Path | Model = "chinchilla",
    *,
    priors: Mapping[str, Any] | None = None,
    pool: Mapping[str, Any] | None = None,
    noise_with: str | None = None,
    discrepancy: bool | None = None,
    random_seed: int | None = None,
    full: bool = False,
    folder: str | Path | None = None,
    jobs: int | None = None,
    progressbar: bool | None = None,
    sample_kwargs: Mapping[str, Any] | None = None,
) -> Fits:
    """Fit a model to many tables of runs.

    Parameters
    ----------
    tables : mapping of str to Runs, or sequence of Runs
        The runs of each fit, by name; without names they are called ``"0"``, ``"1"`` and so on.
    model, priors, pool, noise_with, discrepancy, progressbar, sample_kwargs : optional
        As in `bayescale.fit`, for every fit.
    random_seed : int, optional
        Each fit has a seed of its own, which follows from this one and its name. The draws are then
        the same wherever the fits are made and however many there are. If absent it is drawn, or 0
        where there is a folder, so that what it holds is found again.
    full : bool, default False
        Sample 4 chains of 1000 draws after 500 of adaptation, as `bayescale.fit` does. By default
        2 chains of 500 after 400, whose intervals are known a little less well.
    folder : str or Path, optional
        Where each fit is written when it is made. What it holds of these fits already, by the
        same seed, is not made again; a damaged file is. Without it all fits are kept in memory.
    jobs : int, optional
        How many fits at a time, -1 for one a core. By default what ``joblib.parallel_config`` says,
        or one a core.

    Returns
    -------
    Fits
        The fits by name, in the order of the tables. The entry of a fit that failed is its error.

    Raises
    ------
    FitError
        If there are no tables, or ``random_seed`` or ``jobs`` is no such whole number.
    ModelError
        If the model is not known, its card is wrong or does not suit what is said of it.
    FileError
        If the folder cannot be made.

    Warns
    -----
    BayescaleWarning
        A line for each fit that failed.

    Notes
    -----
    The density is compiled once and the fits are mapped by joblib: by threads unless
    ``joblib.parallel_config`` names another backend, such as ``"loky"`` for processes, or
    ``"dask"`` and ``"ray"`` for a cluster.

    Examples
    --------
    >>> fits = bs.fit_many({"a": runs_a, "b": runs_b}, folder="fits")  # doctest: +SKIP
    >>> {name: fit.posterior["alpha_N"].mean() for name, fit in fits.finished}  # doctest: +SKIP
    """
    named = tables if isinstance(tables, Mapping) else {str(i): t for i, t in enumerate(tables)}
    if not named:
        raise FitError("there is nothing to fit; give at least one table of runs")
    first, *_ = named.values()
    about = {"priors": priors, "pool": pool, "noise_with": noise_with, "discrepancy": discrepancy}
    length = USUAL if full else SHORT
    if random_seed is None and folder is not None:
        random_seed = 0
    request = ask(first, model, about, length, random_seed, False, sample_kwargs)
    requests = {
        name: replace(request, runs=runs, settings=_own_seed(request.settings, name))
        for name, runs in named.items()
    }
    words = f"fitting {request.model.name} to {counted(len(requests), 'table')}"
    with following(progressbar):
        entries = fit_all(requests, words, folder=folder, jobs=jobs)
    for name, entry in entries.items():
        if isinstance(entry, BayescaleError):
            warn(f"{name} was not fitted: {entry}")
    return Fits(entries, request.model.law)


def _own_seed(settings: Mapping[str, Any], name: str) -> dict[str, Any]:
    digest = hashlib.sha256(f"{settings['seed']} {name}".encode()).digest()
    return {**settings, "seed": int.from_bytes(digest[:8]) & LARGEST_SEED}


def shortened(length: Mapping[str, int]) -> dict[str, int]:
    """Return how long a refit samples where a fit samples so long."""
    return {name: min(length[name], SHORT[name]) for name in SHORT}


def require_fits(entries: Mapping[str, Entry]) -> dict[str, Fit]:
    """Return fits that were kept in memory, or raise what made one of them fail."""
    found = {}
    for name, entry in entries.items():
        if isinstance(entry, BayescaleError):
            raise entry
        assert isinstance(entry, Fit)
        found[name] = entry
    return found


def read_all(
    entries: Mapping[str, Entry], requests: Mapping[str, Request]
) -> dict[str, Fit | BayescaleError]:
    """Return fits that were kept in memory or in files, or why there are none."""
    return {
        name: load(entry, law=requests[name].model.law) if isinstance(entry, Path) else entry
        for name, entry in entries.items()
    }


def fit_all(
    requests: Mapping[str, Request],
    words: str,
    *,
    folder: str | Path | None = None,
    jobs: int | None = None,
) -> dict[str, Entry]:
    """Return the fits that are asked for, by name.

    Parameters
    ----------
    requests : mapping of str to Request
        What is asked for.
    words : str
        What is being done, for whoever watches.
    folder : str or Path, optional
        Where fits are written and looked for.
    jobs : int, optional
        How many at a time; as joblib is told, or one a core.

    Raises
    ------
    FitError
        If ``jobs`` is no such whole number.
    FileError
        If the folder cannot be made.
    """
    if jobs is not None and jobs != -1:
        require_whole("jobs", jobs, 1, 10**6, FitError)
    paths = _paths(requests, folder)
    with step(words) as all_of_them:
        found: dict[str, Entry] = {
            n: path for n, path in paths.items() if _is_made(path, requests[n])
        }
        left = {name: request for name, request in requests.items() if name not in found}
        all_of_them.advance(len(found), len(requests))
        for name, entry in _mapped(left, paths, jobs):
            found[name] = entry
            all_of_them.advance(len(found), len(requests))
    return {name: found[name] for name in requests}


def _paths(requests: Mapping[str, Request], folder: str | Path | None) -> dict[str, Path]:
    """Return the file of each fit: its name, for people, and what its draws depend on."""
    if folder is None:
        return {}
    place = make_folder(folder).resolve()
    readable = {name: re.sub(r"[^\w.-]+", "_", name)[:80] for name in requests}
    return {n: place / f"{readable[n]}-{r.key()[:16]}.nc" for n, r in requests.items()}


def _is_made(path: Path, request: Request) -> bool:
    if not path.exists():
        return False
    try:
        load(path, law=request.model.law)
    except FitError:  # damaged: it is made again
        return False
    return True


def _mapped(
    requests: Mapping[str, Request], paths: Mapping[str, Path], jobs: int | None
) -> Iterator[tuple[str, Entry]]:
    """Yield fits as they are made, wherever joblib makes them."""
    import joblib
    from joblib.parallel import get_active_backend

    backend, _ = get_active_backend(prefer="threads")
    _, configured = get_active_backend()  # with a preference it says one, whatever is configured
    workers = jobs or configured or -1
    _compile_once(requests)
    if len(requests) > 1 and workers != 1:  # a core has its fits to make
        requests = {
            name: replace(request, settings={"cores": 1, **request.settings})
            for name, request in requests.items()
        }
    as_made = getattr(backend, "supports_return_generator", False)
    pool = joblib.Parallel(
        n_jobs=workers, prefer="threads", return_as="generator_unordered" if as_made else "list"
    )
    yield from pool(joblib.delayed(_made)(n, r, paths.get(n)) for n, r in requests.items())


def _compile_once(requests: Mapping[str, Request]) -> None:
    """Compile what the fits need before there are threads or processes that all would."""
    nutpie()
    seen = set()
    for request in requests.values():
        # Groups are part of the code; without any, one table stands for all.
        if id(request.model) in seen and not request.model.pooled:
            continue
        try:
            compile_density(request.problem())
        except Exception:  # said by the fit itself
            continue
        seen.add(id(request.model))


def _made(name: str, request: Request, path: Path | None) -> tuple[str, Entry]:
    """Return a fit, or the file that it was written to, or why there is none."""
    try:
        with listening(None):  # the whole is one step, whoever takes it
            found = carry_out(request)
        if path is None:
            return name, found
        found.save(path)
    except BayescaleError as error:
        return name, error
    except Exception as error:  # one fit must not end the others
        reason = f"{type(error).__name__}: {first_line(error)}"
        return name, FitError(f"the fit stopped ({reason}); fit this table alone to see where")
    return name, path
