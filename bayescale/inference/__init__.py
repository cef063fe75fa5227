"""From a model and runs to posterior draws; the one part that imports PyMC."""
