"""The errors and the warning that bayescale raises.

Every message states the value that was seen, the rule that it breaks and the remedy.
"""


class BayescaleError(ValueError):
    """Base class of everything bayescale raises on purpose."""


class RunsError(BayescaleError):
    """A table of training runs cannot be used as it is."""


class ModelError(BayescaleError):
    """A law or a model card is unknown, malformed or does not suit the question."""


class FitError(BayescaleError):
    """A fit could not be made, read, written or trusted."""


class FileError(BayescaleError):
    """A file cannot be written, or is not what was written."""


class PlanError(BayescaleError):
    """A prediction or an allocation was asked for that cannot be answered."""


class BayescaleWarning(UserWarning):
    """Something was done that the user should know about."""
