"""Figures as SVG inside a page."""

import re
from io import StringIO

from markupsafe import Markup
from matplotlib.figure import Figure

from bayescale.plotting.style import ROLES, style

DPI = 150
"""Resolution of what is drawn as a picture inside the SVG: dense clouds of points."""


def inline_svg(figure: Figure, name: str, label: str) -> Markup:
    """Return a figure as an SVG element that can stand beside others in one page.

    Colours that have a role become variables of the page, which is light or dark.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.
    name : str
        A name that no other figure of the page has; it goes in front of every id.
    label : str
        What the figure shows, for people who do not see it.

    Returns
    -------
    Markup
    """
    written = StringIO()
    with style():
        figure.savefig(written, format="svg", dpi=DPI, metadata={"Date": None})
    text = written.getvalue()
    text = text[text.index("<svg") :]
    # Metadata and global styles do not belong inside a page; ids must not clash between figures.
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<style[^>]*>.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", text)
    text = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', text)
    for colour, role in ROLES.items():
        text = re.sub(rf"(?<=: ){colour}\b", f"var(--{role})", text, flags=re.IGNORECASE)
    text = re.sub(r"\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}", text)
    box = re.search(r'viewBox="[^"]+"', text)
    assert box is not None
    head = f'<svg {box[0]} xmlns:xlink="http://www.w3.org/1999/xlink" role="img" aria-label="'
    rest = text[text.index(">") + 1 :].strip()
    return Markup(head) + label + Markup('">' + rest)
