"""Idioms of Python, which nobody who types a command should have to read."""

import re
from dataclasses import fields

from bayescale.compute.accounting import Transformer
from bayescale.compute.hardware import Hardware
from bayescale.planning.pools import Pool

# What is typed as NAME=VALUE within an option looks like a keyword and is none.
PARTS = "|".join(part.name for kind in (Hardware, Transformer, Pool) for part in fields(kind))
TYPED = re.compile(rf"--weights \S+|--[a-z-]+( '?\w+)?=|\b({PARTS})=")
IDIOMS = re.compile(
    r"\bbs\.|=bs\b|\b[a-z]+_[a-z_]+ ?=|\b[a-z]+=['\"\[(]|\{'|\['|\bNone\b|\bTrue\b|\bFalse\b"
    r"|\(command line|bayescale\.[a-z]"
)


def python_in(text):
    """The idioms of Python in what was printed."""
    return [
        (found.group(), line)
        for line in TYPED.sub("", text).splitlines()
        for found in IDIOMS.finditer(line)
    ]
