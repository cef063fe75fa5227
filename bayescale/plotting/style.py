"""The one look of all figures: colours, sizes, ticks and labels."""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator
from numpy.typing import ArrayLike

from bayescale.core.quantities import BY_COLUMN
from bayescale.core.text import human

# Okabe and Ito's colours can be told apart with any kind of colour vision.
BLUE, ORANGE, GREEN, GREY, INK = "#0072B2", "#D55E00", "#007A5E", "#767676", "#1F2933"
SHADE = "#F4EDE4"
COLOUR_MAP = "viridis_r"

AXIS, GRID, PAPER = "#A0A7AE", "#E3E7EB", "#FFFFFF"

ROLES = {
    BLUE: "blue",
    ORANGE: "orange",
    GREEN: "green",
    GREY: "grey",
    INK: "ink",
    SHADE: "shade",
    AXIS: "axis",
    GRID: "grid",
    PAPER: "paper",
}
"""What each colour is for: a page that may be dark gives each role a colour of its own."""

_LINE_HEIGHT, _LEADER = 14.0, 8.0
"""Points from one label to the next, and from the axes to a label."""

_GROUND = {"facecolor": PAPER, "edgecolor": "none", "alpha": 0.75, "pad": 1.0}

WIDTH = 7.6
"""Width of a figure in inches; text is set for this width."""

_STYLE: dict[Any, Any] = {
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "axes.edgecolor": AXIS,
    "axes.labelcolor": INK,
    "axes.labelsize": 10.5,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "font.size": 10,
    "font.family": ["DejaVu Sans"],
    "text.color": INK,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "xtick.color": AXIS,
    "ytick.color": AXIS,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "lines.linewidth": 1.8,
    "svg.fonttype": "none",
    "svg.hashsalt": "bayescale",
    "axes.formatter.useoffset": False,
}

GREEK = {
    unicodedata.name(letter).rpartition(" ")[2].lower().replace("lamda", "lambda"): letter
    for letter in "αβγδζηκλνρστω"
}
"""Parameters named after Greek letters, and the letters."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@contextmanager
def style() -> Iterator[None]:
    """Draw in the style of the package, and leave the settings of the user as they were."""
    with mpl.rc_context(_STYLE):
        yield


class NotebookFigure(Figure):
    """A figure that a notebook shows without pyplot."""

    def _repr_png_(self) -> bytes:
        picture = BytesIO()
        with style():
            self.savefig(picture, format="png", dpi=144)
        return picture.getvalue()


def new_figure(height: float) -> NotebookFigure:
    """Return an empty figure of the usual width; the height is in inches."""
    return NotebookFigure(figsize=(WIDTH, height), layout="constrained")


def new_axes(ax: Axes | None, height: float = 4.2) -> Axes:
    """Return the axes that were given, or those of a new figure."""
    return new_figure(height).add_subplot() if ax is None else ax


def figure_of(part: Axes | SubFigure | Figure) -> Figure:
    """Return the whole figure that axes or a part of a figure belong to."""
    figure = part.get_figure(root=True)
    assert isinstance(figure, Figure)
    return figure


def label_of(column: str) -> str:
    """Return the words for a column on an axis."""
    quantity = BY_COLUMN.get(column)
    return f"{quantity.label} ({quantity.symbol})" if quantity else column.replace("_", " ")


def tick_text(value: float) -> str:
    """Write a tick: ``100M``, ``1.5T``, and ``10²¹`` beyond the suffixes."""
    if not 1e15 <= abs(value) < math.inf:
        return human(value)
    exponent = math.floor(math.log10(value) + 1e-9)
    power = "10" + str(exponent).translate(_SUPERSCRIPTS)
    mantissa = float(f"{value / 10.0**exponent:.3g}")
    return power if mantissa == 1 else f"{mantissa:g}×{power}"


def log_axis(ax: Axes, which: Literal["x", "y"], values: ArrayLike, label: str) -> None:
    """Make an axis logarithmic over some values, with few ticks that people can read.

    Parameters
    ----------
    ax : Axes
        The axes.
    which : {"x", "y"}
        The axis.
    values : array_like
        What it must show; a margin is added.
    label : str
        The label of the axis.
    """
    finite = np.asarray(values, float).ravel()
    low, high = float(finite.min()), float(finite.max())
    margin = max((high / low) ** 0.05, 1.02)
    decades = math.log10(high / low) + 2 * math.log10(margin)
    axis = ax.xaxis if which == "x" else ax.yaxis
    if which == "x":
        ax.set(xscale="log", xlim=(low / margin, high * margin), xlabel=label)
    else:
        ax.set(yscale="log", ylim=(low / margin, high * margin), ylabel=label)
    if decades < 0.8:
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    else:
        parts = (1, 2, 5) if decades < 2 else (1, 3) if decades < 3.2 else (1,)
        axis.set_major_locator(LogLocator(10, subs=parts, numticks=20))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: tick_text(value)))
    axis.set_minor_formatter(NullFormatter())


def finish(ax: Axes, grid: Literal["both", "x", "y"] = "both") -> None:
    """Draw the light grid and fix what matplotlib would otherwise look up when it draws."""
    ax.grid(True, axis=grid, color=_STYLE["grid.color"], linewidth=_STYLE["grid.linewidth"])
    ax.tick_params(
        length=3,
        labelsize=_STYLE["xtick.labelsize"],
        color=_STYLE["xtick.color"],
        labelcolor=INK,
    )


def stamp(ax: Axes, simulated: bool) -> None:
    """Say on the axes that the runs are simulated, if they are."""
    if simulated:
        ax.set_title("simulated runs", loc="right", fontsize=9.5, color=ORANGE, style="italic")


def direct_label(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    offset: tuple[float, float],
    colour: str,
    *,
    over: bool = False,
) -> None:
    """Write a label beside what it names; the offset is in points, over colours it has a ground."""
    ax.annotate(
        text,
        at,
        xytext=offset,
        textcoords="offset points",
        color=colour,
        fontsize=9.5,
        ha="left" if offset[0] >= 0 else "right",
        va="center",
        annotation_clip=False,
        bbox=_GROUND if over else None,
    )


def label_ends(ax: Axes, labels: Sequence[tuple[str, float, str]]) -> None:
    """Write labels right of the axes, as close to their heights as they fit one above another.

    Parameters
    ----------
    ax : Axes
        The axes, whose limits are set.
    labels : sequence of tuple
        The text, the height in the unit of the axis and the colour of each.
    """
    from scipy.optimize import isotonic_regression

    if not labels:
        return
    ordered = sorted(labels, key=lambda label: label[1])
    heights = ax.transData.transform([(1.0, height) for _, height, _ in ordered])
    wanted = ax.transAxes.inverted().transform(heights)[:, 1].clip(0, 1)
    points = ax.get_window_extent().height / figure_of(ax).dpi * 72
    steps = _LINE_HEIGHT / points * np.arange(len(ordered))
    # The nearest increasing heights (least squares) that are a line of text apart.
    found = isotonic_regression(wanted - steps).x + steps
    found -= max(0.0, found[-1] - 1.0)
    for (text, _, colour), at, height in zip(ordered, found, wanted, strict=True):
        ax.annotate(
            text,
            (1.0, height),
            xycoords="axes fraction",
            xytext=(1.0 + _LEADER / points, at),
            textcoords="axes fraction",
            color=colour,
            fontsize=9.5,
            va="center",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "lw": 0.7, "shrinkA": 1, "shrinkB": 1},
        )
