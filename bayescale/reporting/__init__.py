"""One self-contained HTML file about a fit: numbers from Python, words from templates."""

from bayescale.reporting.writing import report

__all__ = ["report"]
