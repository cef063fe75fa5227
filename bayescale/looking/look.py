"""Look at a table of runs before any fit: what is in it, what it can feed and what is odd."""

import warnings
from dataclasses import dataclass
from inspect import signature
from typing import Any

import pandas as pd

from bayescale.core.border import arguments_of, checked
from bayescale.core.note import Note
from bayescale.core.quantities import OUTCOMES
from bayescale.core.shown import Shown
from bayescale.core.text import unknown_name
from bayescale.errors import BayescaleWarning, RunsError
from bayescale.looking.columns import Column, describe_columns
from bayescale.looking.feeding import Need, needs_of
from bayescale.looking.wording import describe_look
from bayescale.runs.extent import decades, find_narrow
from bayescale.runs.gathering import Given, label_of_source
from bayescale.runs.preparing import Prepared, prepare
from bayescale.runs.reading import finish, load_runs, unusual
from bayescale.runs.repeats import describe_repeats
from bayescale.runs.table import Runs


@dataclass(frozen=True, repr=False)
class Look(Shown):
    """What bayescale sees in a table of runs.

    Attributes
    ----------
    source : str
        Where the table came from.
    rows : int
        How many rows it has.
    columns : tuple of Column
        What each of its columns is.
    taken : dict of str to str
        The column or the formula that each quantity is read from.
    runs : Runs or None
        The runs, as `bayescale.load_runs` returns them; None if something must be said first.
    problem : str
        What must be said first; empty if nothing.
    models : tuple of Need
        What every model needs; empty without runs.
    notes : tuple of Note
        How the table was read, which of its rows are no independent runs, and what is odd.
    """

    source: str
    rows: int
    columns: tuple[Column, ...]
    taken: dict[str, str]
    runs: Runs | None
    problem: str
    models: tuple[Need, ...]
    notes: tuple[Note, ...]

    @property
    def quantities(self) -> pd.DataFrame:
        """What is known of the runs: one row a quantity.

        Index: the quantity. Columns: ``source`` (what it is read from; empty if it is derived),
        ``low``, ``high``, ``decades`` and ``distinct``.
        """
        if self.runs is None:
            return pd.DataFrame(columns=["source", "low", "high", "decades", "distinct"])
        outcomes = [name for name in OUTCOMES if name in self.runs.table]
        rows = {
            name: {
                "source": self.taken.get(name, ""),
                "low": values.min(),
                "high": values.max(),
                "decades": decades(values) if values.min() > 0 else float("nan"),
                "distinct": values.nunique(),
            }
            for name in [*self.runs.quantities, *outcomes]
            for values in [self.runs.table[name]]
        }
        return pd.DataFrame.from_dict(rows, orient="index")

    @property
    def ready(self) -> list[str]:
        """The models that can be fitted."""
        return [need.model for need in self.models if need.ready]

    def __str__(self) -> str:
        """Write it as a page of text."""
        return describe_look(self)


@checked(RunsError)
def look(source: Given | Runs, **options: Any) -> Look:
    """Look at a table of training runs before any fit.

    Parameters
    ----------
    source : str, Path, DataFrame, sequence of paths or Runs
        What the runs are read from, or runs that were read.
    **options
        As in `bayescale.load_runs`.

    Returns
    -------
    Look
        Rows, quantities with their units and range, groups, repeats (seeds, sweeps, checkpoints),
        what each model would need, and what is odd.

    Raises
    ------
    RunsError
        If the source cannot be read as a table, or an option is unknown. What `load_runs` would
        refuse is told by `Look.problem` instead.

    Examples
    --------
    >>> import pandas as pd, bayescale as bs
    >>> table = pd.DataFrame({"n_params": [1e8, 1e9], "D": [2e9, 2e10], "val_loss": [3.4, 2.9]})
    >>> bs.look(table).taken
    {'params': 'n_params', 'tokens': 'D', 'loss': 'val_loss'}
    """
    if isinstance(source, Runs):
        return _of_runs(source, options)
    known = list(signature(load_runs).parameters)
    if unknown := [name for name in options if name not in known]:
        raise RunsError(unknown_name("argument of look", unknown[0], known))
    given = arguments_of(load_runs, source, **options)
    prepared = prepare(source, unusual(given), given.get("name") or label_of_source(source))
    runs, problem = _finished(prepared)
    table = prepared.source.table
    return Look(
        source=prepared.label,
        rows=len(table),
        columns=tuple(describe_columns(table, prepared.decimal)),
        taken=_taken(prepared, runs),
        runs=runs,
        problem=problem,
        models=() if runs is None else tuple(needs_of(runs)),
        notes=_notes_before(prepared) if runs is None else _notes(runs, prepared),
    )


def _of_runs(runs: Runs, options: dict[str, Any]) -> Look:
    if options:
        raise RunsError(
            f"{next(iter(options))}: the runs were read already; give the table to read it "
            "otherwise"
        )
    columns = tuple(describe_columns(runs.table, "."))
    asked = runs.provenance.asked
    held = [name for name in map(str, runs.table) if name not in (*runs.groups, *runs.derived)]
    taken = {name: str(asked.get(name, name)) for name in held}
    return Look(
        runs.source,
        len(runs) + runs.refused["row"].nunique(),
        columns,
        taken,
        runs,
        "",
        tuple(needs_of(runs)),
        _notes(runs, None),
    )


def _finished(prepared: Prepared) -> tuple[Runs | None, str]:
    """Return the runs of a table, or what stands in their way."""
    with warnings.catch_warnings():
        # What they say stands among the notes.
        warnings.simplefilter("ignore", BayescaleWarning)
        try:
            return finish(prepared), ""
        except RunsError as error:
            return None, str(error)


def _taken(prepared: Prepared, runs: Runs | None) -> dict[str, str]:
    known = {name: text for name, text in prepared.wanted.items() if text is not None}
    if runs is None:
        own = [name for name in prepared.wanted if name in prepared.source.table]
        return {name: name for name in own} | known
    outcomes = [name for name in OUTCOMES if name in runs.table]
    held = [name for name in [*runs.quantities, *outcomes] if name not in runs.derived]
    return {name: known.get(name, name) for name in held}


def _notes_before(prepared: Prepared) -> tuple[Note, ...]:
    said = [Note("reading", "info", remark) for remark in prepared.remarks]
    return (*(Note("doubtful_table", "warning", f"{d}.") for d in prepared.doubts), *said)


def _notes(runs: Runs, prepared: Prepared | None) -> tuple[Note, ...]:
    unsure = () if prepared is None else prepared.guessed.unsure
    notes = [Note("guessed", "warning", f"{text[0].upper()}{text[1:]}.") for text in unsure]
    notes += runs.notes
    repeats = [describe_repeats(each) for each in runs.provenance.repeats]
    notes += [note for note in repeats if note is not None]
    inputs = [name for name in ("params", "tokens") if name in runs.table]
    return (*notes, *find_narrow(runs.table, inputs or runs.quantities))
