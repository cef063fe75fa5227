"""The panels of the help, in their order."""

from enum import StrEnum


class Panel(StrEnum):
    """What a command is for."""

    START = "Start"
    FIT = "Fit and check"
    PLAN = "Plan"
    COMPARE = "Compare"
    LOOK_UP = "Look up"
