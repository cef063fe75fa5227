"""What a section of a report is."""

from collections.abc import Callable
from dataclasses import dataclass

from bayescale.posterior.fit import Fit
from bayescale.reporting.question import Question


@dataclass(frozen=True)
class Section:
    """A part of the page: where it stands, what it is called and what it says.

    Attributes
    ----------
    id : str
        The name of its module, of its template and of its context in that template.
    title : str
        Its heading, and the words that lead to it in the navigation.
    after : str
        The id of the section that it follows; empty for the first one.
    show : callable
        From a fit and a question to the context of the template, a frozen dataclass of texts,
        rows and pictures; None if the section has nothing to say and is left off.
    above_navigation : bool
        Whether it stands above the navigation, which then does not lead to it.
    """

    id: str
    title: str
    after: str
    show: Callable[[Fit, Question], object | None]
    above_navigation: bool = False

    @property
    def template(self) -> str:
        """The name of its template, a file beside its module."""
        return f"{self.id}.html.j2"

    @property
    def anchor(self) -> str:
        """Its id in the page."""
        return self.id.replace("_", "-")
