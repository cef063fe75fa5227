"""A note: one thing a user should know about a fit or a plan."""

from dataclasses import dataclass
from typing import Literal

type Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Note:
    """One finding.

    Attributes
    ----------
    code : str
        A stable name, such as ``"divergences"``.
    severity : {"error", "warning", "info"}
        An error means that the answer cannot be trusted.
    sentence : str
        What was found, with the value and the rule.
    remedy : str
        What to do about it; empty if nothing.
    shift : float
        By how many posterior standard deviations an answer moves with it; zero if not known.
    """

    code: str
    severity: Severity
    sentence: str
    remedy: str = ""
    shift: float = 0.0

    def __str__(self) -> str:
        """Write the note on one line."""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{self.severity}: {self.sentence}{remedy}"
