"""How far a plan can be trusted: a traffic light in words, with its reasons."""

from dataclasses import dataclass
from typing import Literal

from bayescale.core.note import Note
from bayescale.core.text import counted
from bayescale.evaluation.scoring import Score
from bayescale.reporting.plain import Plain, in_plain_words
from bayescale.reporting.question import Question

MAX_REASONS = 3

type Light = Literal["red", "amber", "green"]

_VERDICTS: dict[Light, tuple[str, str]] = {
    "red": ("Do not decide by this", "A check of the calculation failed."),
    "amber": ("Use with care", "The checks passed, with reservations."),
    "green": ("Sound, as far as checks can tell", "Every check passed."),
}

_LEADING = "extrapolation"
_MISSED = 0.2
"""Held-out runs that miss their intervals this much more often than promised count against it."""


@dataclass(frozen=True)
class Reason:
    """Why the light has its colour.

    Attributes
    ----------
    plain : Plain
        The reason and its remedy in plain words.
    detail : str
        The finding as a statistician would have it.
    """

    plain: Plain
    detail: str


@dataclass(frozen=True)
class Trust:
    """A traffic light in words.

    Attributes
    ----------
    light : {"red", "amber", "green"}
        Its colour.
    words, because : str
        What it says, and why in a sentence.
    reasons : list of Reason
        The strongest, at most three.
    more : int
        How many reservations there are beside them.
    """

    light: Light
    words: str
    because: str
    reasons: list[Reason]
    more: int


def trust_in(question: Question) -> Trust:
    """Return how far what a report says can be trusted."""
    notes = reservations(question)
    serious = any(note.severity == "error" for note in notes)
    light: Light = "red" if serious else "amber" if notes else "green"
    words, because = _VERDICTS[light]
    chosen = notes[:MAX_REASONS] or _in_favour(question)
    reasons = [Reason(in_plain_words(note), str(note.sentence)) for note in chosen]
    return Trust(light, words, because, reasons, max(0, len(notes) - MAX_REASONS))


def reservations(question: Question) -> list[Note]:
    """Return the errors and warnings of checks, plan and held-out runs, the strongest first."""
    plan = question.plan.notes if question.plan is not None else ()
    missed = _missed(question.held_out)
    found: dict[str, Note] = {}
    for note in (*question.checks.notes, *plan, *missed):
        if note.severity != "info":
            found.setdefault(note.code, note)
    order = {"error": 0, "warning": 1}
    return sorted(found.values(), key=lambda n: (order[n.severity], n.code != _LEADING, -n.shift))


def _missed(score: Score | None) -> list[Note]:
    if score is None or score.coverage >= score.ci_prob - _MISSED:
        return []
    inside = int(score.table["inside"].sum())
    sentence = (
        f"{inside} of {counted(len(score.table), 'run')} that were held out came out inside their "
        f"{score.ci_prob:.0%} intervals."
    )
    return [Note("held_out", "warning", sentence, "Do not rely on intervals beyond the runs.")]


def _in_favour(question: Question) -> list[Note]:
    """Return what speaks for a fit without reservations."""
    found = [note for note in question.checks.notes if note.code == "sampler"]
    score = question.held_out
    if score is not None:
        inside = int(score.table["inside"].sum())
        sentence = (
            f"{inside} of {counted(len(score.table), 'run')} that the fit had not seen came out "
            f"inside their {score.ci_prob:.0%} intervals."
        )
        found.append(Note("foretold", "info", sentence))
    return found[:MAX_REASONS]
