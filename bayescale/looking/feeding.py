"""Which models a table of runs could feed, and what the others lack."""

from dataclasses import dataclass

from bayescale.model.card import Model
from bayescale.model.catalogue import models
from bayescale.runs.table import Runs


@dataclass(frozen=True)
class Need:
    """What a model needs of runs.

    Attributes
    ----------
    model : str
        The model.
    takes : tuple of str
        The columns that the law takes.
    lacks : tuple of str
        Those that the runs do not have.
    still : tuple of str
        Those that are the same in every run, so that nothing can be learnt of them.
    few : bool
        Whether there are no more runs than numbers to be learnt.
    """

    model: str
    takes: tuple[str, ...]
    lacks: tuple[str, ...] = ()
    still: tuple[str, ...] = ()
    few: bool = False

    @property
    def ready(self) -> bool:
        """Whether the model can be fitted."""
        return not (self.lacks or self.still or self.few)


def needs_of(runs: Runs) -> list[Need]:
    """Return what every model that ships needs of some runs, in the order of their names."""
    return [_need(model, runs) for model in models().values()]


def _need(model: Model, runs: Runs) -> Need:
    table = runs.table
    takes = tuple(dict.fromkeys(model.columns.values()))
    lacks = tuple(name for name in model.needs if name not in table)
    still = tuple(name for name in takes if name in table and table[name].nunique() == 1)
    free = len(model.law.parameters) - len(model.fixed)
    return Need(model.name, takes, lacks, () if lacks else still, len(runs) <= free)
