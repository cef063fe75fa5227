"""Everything about a fit and a plan as one HTML file: numbers from Python, words from templates."""

from bayescale.reporting.writing import report

__all__ = ["report"]
