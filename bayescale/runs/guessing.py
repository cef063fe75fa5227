"""Which columns probably hold what, by name, unit and plausibility; what is unclear is asked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from bayescale.compute.flops import train_flops
from bayescale.core.asking import setting
from bayescale.core.text import human
from bayescale.errors import RunsError
from bayescale.runs.expressions import evaluate, quote_name, sizes_in
from bayescale.runs.numbers import not_numbers, read_numbers
from bayescale.runs.rules import FLOPS_TOLERANCE
from bayescale.runs.synonyms import (
    LABELS,
    LIKELY,
    SYNONYMS,
    Names,
    score_of,
    unit_of,
    words_of,
)
from bayescale.runs.telling import NAMED, told

SURE = 0.8
"""From here on a guess is as good as told; less sure ones are doubted aloud."""

_MARGIN = 0.15
_ALIKE = 0.01
_MOST_CHOICES = 6
_INPUTS = tuple(name for name in NAMED if name != "loss")


@dataclass(frozen=True)
class Candidate:
    """What a quantity may be read from.

    Attributes
    ----------
    text : str
        A column or a formula, as `bayescale.load_runs` takes it.
    column : str
        The column.
    score : float
        How sure it is, from 0 to 1.
    values : Series
        Its numbers.
    """

    text: str
    column: str
    score: float
    values: pd.Series


@dataclass
class Guess:
    """What was guessed of a table.

    Attributes
    ----------
    taken : dict of str to Candidate
        By quantity.
    problems : list of str
        What only the user can tell, each with the choices.
    doubts : list of str
        What looks odd.
    """

    taken: dict[str, Candidate] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def columns(self) -> dict[str, str]:
        """What each guessed quantity is read from."""
        return {name: candidate.text for name, candidate in self.taken.items()}

    @property
    def unsure(self) -> list[str]:
        """What may well be wrong, with the way to say so."""
        return [
            f"guessed that {name} is {one.text}; if so, say it with {told(name, one.text)}"
            for name, one in self.taken.items()
            if one.score < SURE
        ]

    def __str__(self) -> str:
        """Say in a sentence what was taken for what."""
        return f"Taken by their names: {_listed(self.columns)}."


def guess(given: pd.DataFrame, known: Mapping[str, str], decimal: str, recorded: bool) -> Guess:
    """Guess the columns of the quantities that nobody named.

    Parameters
    ----------
    given : DataFrame
        The table.
    known : mapping of str to str
        The quantities that are known, and what they are read from.
    decimal : {".", ","}
        The decimal mark of text.
    recorded : bool
        Whether FLOPs are wanted as they were recorded, whatever 6ND says.
    """
    found = Guess()
    used = {column for text in known.values() for column in _columns_in(text, given)}
    for quantity in ("loss", *_INPUTS):
        if quantity not in known:
            fitting = candidates_for(quantity, given, decimal)
            _choose(found, quantity, [each for each in fitting if each.column not in used], known)
            used |= {found.taken[quantity].column} if quantity in found.taken else set()
    _sizes_in_names(found, given, {*known}, used, recorded)
    _weigh_flops(found, given, known, decimal, recorded)
    held = {*known, *found.taken}
    if "loss" in held and not found.problems and not held & {"params", "tokens", "flops", "steps"}:
        # Where nothing else went into the runs, it is their length that did.
        _choose(found, "steps", candidates_for("steps", given, decimal), known)
    return found


def likely_columns(given: pd.DataFrame, known: Mapping[str, str]) -> list[str]:
    """Return the column whose name is the surest for each quantity that nobody named."""
    found = []
    for quantity in ("loss", *_INPUTS):
        scores = {str(name): score_of(quantity, str(name))[0] for name in given}
        best = max(scores, key=lambda name: scores[name], default=None)
        if quantity not in known and best is not None and scores[best] >= LIKELY:
            found.append(best)
    return found


def candidates_for(quantity: str, given: pd.DataFrame, decimal: str) -> list[Candidate]:
    """Return what a quantity may be read from, the surest first."""
    names = SYNONYMS[quantity]
    found = [_candidate(quantity, names, column, given, decimal) for column in map(str, given)]
    kept = [candidate for candidate in found if candidate is not None]
    return sorted(kept, key=lambda candidate: -candidate.score)


def _candidate(
    quantity: str, names: Names, column: str, given: pd.DataFrame, decimal: str
) -> Candidate | None:
    score, head = score_of(quantity, column)
    if score < LIKELY:
        return None
    cells = given[column]
    numbers = read_numbers(cells, decimal)
    # Less than half of it numbers: a label, or something that few rows hold.
    if numbers.notna().mean() < 0.5 or not_numbers(cells, numbers).mean() > 0.5:
        return None
    form = names.form.get(head, "{}")
    text = column if form == "{}" else form.format(quote_name(column))
    values = numbers if form == "{}" else evaluate(text, given, quantity, decimal)
    values = pd.to_numeric(values, errors="coerce")
    factor = 1.0 if _states_units(cells) else unit_of(quantity, column)
    if factor != 1 and _fits(names, values * factor):
        return Candidate(f"{quote_name(column)} * {factor:g}", column, score, values * factor)
    if _fits(names, values):
        return Candidate(text, column, score, values)
    if quantity in _INPUTS and _too_small(names, values):
        return Candidate("", column, score, values)
    return None


def _states_units(cells: pd.Series) -> bool:
    """Return whether cells are text such as 19.0 M, which need no unit from the header."""
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return False
    texts = cells.dropna().astype(str)
    return bool(len(texts) and texts.str.strip().str[-1:].str.isalpha().mean() > 0.5)


def _fits(names: Names, values: pd.Series) -> bool:
    held = values[np.isfinite(values)]
    return bool(len(held) and held.median() > 0 and names.low <= held.median() <= names.high)


def _too_small(names: Names, values: pd.Series) -> bool:
    held = values[np.isfinite(values)]
    return bool(len(held) and held.min() > 0 and held.median() < names.low)


def _choose(
    found: Guess, quantity: str, candidates: list[Candidate], known: Mapping[str, str]
) -> None:
    """Take the surest candidate, or ask where another is about as sure."""
    if not candidates:
        return
    best = candidates[0]
    held = {*known, *found.taken}
    rivals = [
        other
        for other in candidates[1:]
        if other.score > best.score - _MARGIN and best.score < 1 and not _same(best, other)
    ]
    needed = quantity != "unique_tokens" and not (
        quantity == "flops" and {"params", "tokens"} <= held
    )
    if (rivals or not best.text) and not needed:
        return
    if rivals:
        found.problems.append(_ask_which(quantity, [best, *rivals]))
    elif not best.text:
        found.problems.append(_ask_unit(quantity, best))
    else:
        found.taken[quantity] = best


def _same(one: Candidate, other: Candidate) -> bool:
    """Return whether two candidates are the same numbers, where both have one."""
    if not one.text or not other.text:
        return False
    ratio = (one.values / other.values).dropna()
    return bool(len(ratio) and np.all(np.abs(ratio - 1) <= _ALIKE))


def _ask_which(quantity: str, candidates: list[Candidate]) -> str:
    texts = [candidate.text or candidate.column for candidate in candidates]
    more = f" or {len(texts) - _MOST_CHOICES} more" * (len(texts) > _MOST_CHOICES)
    choices = ", ".join(texts[: _MOST_CHOICES - 1]) if len(texts) > 2 else texts[0]
    last = "" if more else f" or {texts[min(len(texts), _MOST_CHOICES) - 1]}"
    return f"{quantity} may be {choices}{last}{more}: say which with {told(quantity, texts[0])}"


def _ask_unit(quantity: str, candidate: Candidate) -> str:
    low, high = candidate.values.min(), candidate.values.max()
    units = [f"{quote_name(candidate.column)} * {factor}" for factor in ("1e6", "1e9")]
    return (
        f"{candidate.column} lies between {human(low)} and {human(high)}, too few for {quantity}: "
        f"say its unit with {told(quantity, units[1])}, or {units[0]}"
    )


def _sizes_in_names(
    found: Guess, given: pd.DataFrame, known: set[str], used: set[str], recorded: bool
) -> None:
    """Take sizes from names such as pythia-160m, where no column holds them or gives them."""
    held = {*known, *found.taken}
    asked = any(problem.startswith(("params", "flops")) for problem in found.problems)
    by_flops = {"tokens", "flops"} <= held and not recorded
    if "params" in held or by_flops or asked:
        return
    for column in map(str, given):
        if column in used or not re.fullmatch(LABELS, words_of(column)):
            continue
        if pd.api.types.is_numeric_dtype(given[column].dtype):
            continue
        sizes = sizes_in(given[column])
        if sizes.notna().all() and sizes.nunique() > 1:
            text = f"size({quote_name(column)})"
            found.taken["params"] = Candidate(text, column, LIKELY, sizes)
            return


def _weigh_flops(
    found: Guess, given: pd.DataFrame, known: Mapping[str, str], decimal: str, recorded: bool
) -> None:
    """Leave out guessed FLOPs that differ from 6ND, unless they are wanted as recorded."""
    if "flops" not in found.taken or recorded:
        return
    params, tokens = (_values(n, found, given, known, decimal) for n in ("params", "tokens"))
    if params is None or tokens is None:
        return
    ratio = found.taken["flops"].values / train_flops(params, tokens)
    ratio = ratio[np.isfinite(ratio)]
    if len(ratio) and (ratio - 1).abs().max() > FLOPS_TOLERANCE:
        told_of = found.taken.pop("flops")
        found.doubts.append(
            f"{told_of.column} holds {ratio.min():.2g} to {ratio.max():.2g} times 6ND, so FLOPs "
            "are counted by 6ND instead; "
            f"{setting('flops_rule', 'recorded')} takes them as they are"
        )


def _values(
    name: str, found: Guess, given: pd.DataFrame, known: Mapping[str, str], decimal: str
) -> pd.Series | None:
    if name in found.taken:
        return found.taken[name].values
    if name not in known:
        return None
    try:
        return read_numbers(evaluate(known[name], given, name, decimal), decimal)
    except RunsError:
        return None


def _columns_in(text: str, given: pd.DataFrame) -> Iterator[str]:
    """Return the columns that a formula may name."""
    if text in given:
        yield text
        return
    for column in map(str, given):
        if column and re.search(rf"(?<![\w.]){re.escape(column)}(?![\w.])", text):
            yield column


def _listed(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} from {text}" for name, text in columns.items())
