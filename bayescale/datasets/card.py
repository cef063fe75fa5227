"""Data set cards: where the runs come from, who may use them, how their columns are read."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat

from bayescale.errors import RunsError


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Columns(_Part):
    """The columns of a table, as `bayescale.runs.reading.load_runs` takes them."""

    loss: str
    params: str | None = None
    tokens: str | None = None
    flops: str | None = None
    unique_tokens: str | None = None
    groups: tuple[str, ...] = ()


class Download(_Part):
    """A public table that is not passed on with bayescale.

    Attributes
    ----------
    url : str
        Where the file is.
    sha256 : str
        Its SHA-256 sum; no other content is ever used.
    file : str
        Its name.
    columns : Columns
        How its columns are read.
    """

    url: Annotated[str, Field(pattern=r"^https?://\S+$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    file: Annotated[str, Field(pattern=r"^\w[\w.-]*$")]
    columns: Columns


class Shipped(_Part):
    """Tables that are part of bayescale.

    Attributes
    ----------
    files : tuple of str
        Their names, in the folder of the cards; all have the same columns.
    columns : Columns
        How their columns are read.
    """

    files: Annotated[tuple[Annotated[str, Field(pattern=r"^\w[\w.-]*$")], ...], Field(min_length=1)]
    columns: Columns

    @property
    def paths(self) -> list[Path]:
        """Where the tables are."""
        return [Path(__file__).parent / file for file in self.files]


class Noise(_Part):
    """Student-t residuals of log loss: their scale and degrees of freedom."""

    scale: PositiveFloat
    nu: PositiveFloat


class Simulation(_Part):
    """Runs that are drawn from published constants instead of being trained.

    Attributes
    ----------
    model, published : str
        The model card and the set of its published constants.
    seed : int
        The seed of the noise.
    flops : tuple of float
        The compute budgets.
    sizes : tuple of float
        The model sizes at each budget, as multiples of the best one.
    noise : Noise
        The residuals.
    """

    model: str
    published: str
    seed: int
    flops: tuple[PositiveFloat, ...]
    sizes: tuple[PositiveFloat, ...]
    noise: Noise


class Flagged(_Part):
    """Rows that are set aside unless asked for.

    Attributes
    ----------
    rows : str
        The rule, an expression in the columns of `Runs.table` such as ``"loss > 3.44"``.
    column : str
        The column whose value the rule judges.
    reason : str
        Why they are set aside.
    """

    rows: str
    column: str
    reason: str


class DatasetCard(_Part):
    """What is known about a data set; the content of a TOML file beside this module.

    Attributes
    ----------
    name : str
        The name, that of the file.
    title, citation, licence : str
        Words for people.
    origin : Shipped, Download or Simulation
        Where the runs come from.
    about : str, optional
        How the runs were made, and what is wrong with them.
    flagged : Flagged, optional
        Rows that are set aside unless asked for.
    """

    name: str
    title: str
    citation: str
    licence: str
    origin: Shipped | Download | Simulation
    about: str = ""
    flagged: Flagged | None = None

    @property
    def simulated(self) -> bool:
        """Whether the runs are drawn from a formula rather than trained."""
        return isinstance(self.origin, Simulation)

    def __str__(self) -> str:
        """Write the card as a person would read it."""
        lines = [f"{self.name}: {self.title}", f"  source  {self.citation}"]
        lines.append(f"  licence {self.licence}")
        if self.flagged is not None:
            lines.append(f"  set aside where {self.flagged.rows}: {self.flagged.reason}")
        return "\n".join([*lines, *(f"  {line}" for line in self.about.strip().splitlines())])


def read_card(path: Path) -> DatasetCard:
    """Read a data set card.

    Parameters
    ----------
    path : Path
        A TOML file; its name is that of the data set.

    Returns
    -------
    DatasetCard

    Raises
    ------
    RunsError
        If the file is not a data set card.
    """
    try:
        return DatasetCard(name=path.stem, **tomllib.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise RunsError(f"{path}: not a data set card, mend it: {error}") from None
