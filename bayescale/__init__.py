"""Bayesian scaling laws: fit, check, compare, and plan compute with credible intervals."""

__version__ = "0.1.0"
