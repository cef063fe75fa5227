"""From a model and runs to posterior draws; the one package that imports PyMC."""
