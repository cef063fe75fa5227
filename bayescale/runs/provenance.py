"""How runs came out of their table: what was asked, what was left out, what was doubtful."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from bayescale.core.note import Note
from bayescale.runs.repeats import Repeats


@dataclass(frozen=True)
class Choice:
    """A choice among the rows of a table.

    Attributes
    ----------
    asked : str
        The argument, such as ``last_of='run_id'``.
    left_out : int
        How many rows it left out.
    """

    asked: str
    left_out: int

    def __str__(self) -> str:
        """Say what was left out."""
        return f"{self.left_out} row{'' if self.left_out == 1 else 's'} left out by {self.asked}"


@dataclass(frozen=True)
class Provenance:
    """How runs came out of their table.

    Attributes
    ----------
    origin : str or list of str
        The path of the table or the paths of several, or the name of the data set; empty for a
        DataFrame.
    asked : dict
        The arguments of `bayescale.load_runs` or `bayescale.datasets.load` that were given.
    choices : tuple of Choice
        Which rows were asked for.
    remarks : tuple of str
        How the table was read, where that was not plain.
    doubts : tuple of str
        What is probably wrong with the table.
    repeats : tuple of Repeats
        Rows that are not independent runs, or share all inputs.
    """

    origin: str | list[str] = ""
    asked: dict[str, Any] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    remarks: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    repeats: tuple[Repeats, ...] = ()

    @property
    def notes(self) -> tuple[Note, ...]:
        """What anyone who rests an answer on the runs should know of their table."""
        return (
            *(Note("doubtful_table", "warning", f"{doubt}.") for doubt in self.doubts),
            *(Note("chosen_rows", "info", f"{choice}.") for choice in self.choices),
            *(Note("reading", "info", remark) for remark in self.remarks),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as what JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> "Provenance":
        """Read what `to_dict` returned."""
        return cls(
            given.get("origin", ""),
            dict(given.get("asked", {})),
            tuple(Choice(**choice) for choice in given.get("choices", ())),
            tuple(given.get("remarks", ())),
            tuple(given.get("doubts", ())),
            tuple(
                Repeats(**{**each, "keys": tuple(each["keys"])})
                for each in given.get("repeats", ())
            ),
        )
