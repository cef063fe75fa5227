"""From training runs to a report on a budget, in one call."""

from collections.abc import Callable
from pathlib import Path

from bayescale.core.files import make_folder, require_writable
from bayescale.datasets import load as load_dataset
from bayescale.errors import FitError
from bayescale.evaluation.checking import check
from bayescale.evaluation.scoring import score
from bayescale.model.catalogue import get_model
from bayescale.planning.allocating import allocate
from bayescale.posterior.fit import Fit
from bayescale.posterior.saving import load
from bayescale.reporting import report
from bayescale.runs.table import Runs

RUNS, HELD_OUT = "sweep_all", "sweep_holdout"
MODEL = "overfitting_penalty_free"
FLOPS = 1e13
UNIQUE_TOKENS = 5.12e5
MAX_EPOCHS = 64.0
SEED = 1


def run_demo(folder: str | Path, say: Callable[[str], None]) -> Path:
    """Fit a sweep, foretell larger runs, plan a budget under a data limit, and write a report.

    Parameters
    ----------
    folder : str or Path
        Where ``fit.nc`` and ``report.html`` go. A fit of the same runs found there is used again.
    say : callable
        Called with a sentence about each step.

    Returns
    -------
    Path
        The report.

    Raises
    ------
    FileError
        If the folder cannot be written.
    """
    folder = make_folder(folder)
    for name in ("fit.nc", "report.html"):
        require_writable(folder / name)
    runs = load_dataset(RUNS)
    say(str(runs))
    found = _saved(folder / "fit.nc", runs)
    if found is None:
        say(f"\nFitting {MODEL} by NUTS; the first time this compiles for half a minute.")
        from bayescale.inference.fitting import fit

        found = fit(runs, MODEL, random_seed=SEED)
        found.save(folder / "fit.nc")
    else:
        say(f"\nUsing the fit in {folder / 'fit.nc'}.")
    checks = check(found)
    say(f"{checks}\n\nHow larger runs came out, which the fit has not seen:")
    held_out = score(found, load_dataset(HELD_OUT))
    say(f"{held_out}\n")
    plan = allocate(found, flops=FLOPS, unique_tokens=UNIQUE_TOKENS, max_epochs=MAX_EPOCHS)
    say(str(plan))
    return report(found, to=folder / "report.html", plan=plan, checks=checks, held_out=held_out)


def _saved(path: Path, runs: Runs) -> Fit | None:
    if not path.exists():
        return None
    try:
        found = load(path)
    except FitError:
        return None
    same_card = found.model == get_model(MODEL)
    return found if same_card and found.runs.table.equals(runs.table.rename_axis("run")) else None
