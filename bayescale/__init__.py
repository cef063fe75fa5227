"""Bayesian scaling laws: fit, check, compare, and plan compute with credible intervals."""

import lazy_loader

__version__ = "0.1.0"

# The public names stand in __init__.pyi; each is imported on first use, because PyMC takes seconds.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
