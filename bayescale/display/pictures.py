"""Small pictures in SVG, whose colours follow the theme of the page."""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from bayescale.core.quantities import FloatArray

WIDTH, HEIGHT = 130, 24


def curves(parts: Sequence[tuple[str, FloatArray, FloatArray]], words: str) -> Markup:
    """Return densities over one axis, each scaled to its own height.

    Parameters
    ----------
    parts : sequence of (str, ndarray, ndarray)
        The class of each curve, values in order, and their densities.
    words : str
        What is drawn, for those who do not see it.
    """
    low = min(float(x[0]) for _, x, _ in parts)
    high = max(float(x[-1]) for _, x, _ in parts)
    span = (high - low) or 1.0
    paths = Markup().join(
        Markup('<path class="{}" d="{}"/>').format(kind, _path((x - low) / span, y / y.max()))
        for kind, x, y in parts
    )
    axis = Markup('<path class="axis" d="M0 {0}H{1}"/>').format(HEIGHT, WIDTH)
    return _svg(WIDTH, HEIGHT + 1, axis + paths, words)


def density(draws: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return values and densities of draws, without the outer percent of them."""
    inner = draws[np.isfinite(draws)]
    ends = np.quantile(inner, [0.005, 0.995])
    if ends[0] == ends[1]:
        ends = ends + np.array([-0.5, 0.5]) * max(abs(ends[0]) * 0.01, 1e-12)
    heights, edges = np.histogram(inner, bins=40, range=(float(ends[0]), float(ends[1])))
    kernel = np.exp(-0.5 * (np.arange(-4, 5) / 1.6) ** 2)
    smooth = np.convolve(heights, kernel, mode="same")
    return (edges[1:] + edges[:-1]) / 2, np.asarray(smooth, float)


def scatter(x: FloatArray, y: FloatArray, across: str, up: str) -> Markup:
    """Return points over a logarithmic horizontal axis."""
    width, height = 300, 110
    left = np.log10(x)
    at = (left - left.min()) / (np.ptp(left) or 1.0) * (width - 20) + 10
    level = height - 24 - (y - y.min()) / (np.ptp(y) or 1.0) * (height - 34)
    points = Markup().join(
        Markup('<circle cx="{:.1f}" cy="{:.1f}" r="2.6"/>').format(a, b)
        for a, b in zip(at, level, strict=True)
    )
    axis = Markup('<path class="axis" d="M0 {0}H{1}"/>').format(height - 16, width)
    words = Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(
        width, height - 4, across
    )
    names = words + Markup('<text x="0" y="9">{}</text>').format(up)
    return _svg(width, height, axis + points + names, f"{up} against {across}")


def _path(x: FloatArray, y: FloatArray) -> str:
    points = zip(x * WIDTH, HEIGHT - y * (HEIGHT - 2), strict=True)
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in points)


def _svg(width: int, height: int, content: Markup, words: str) -> Markup:
    return Markup(
        '<svg width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img" aria-label="{2}">{3}</svg>'
    ).format(width, height, words, content)
