"""Formulas as MathML, and what each symbol of a law does."""

import re
from dataclasses import dataclass

from markupsafe import Markup

from bayescale.core.quantities import BY_COLUMN
from bayescale.model.card import Model
from bayescale.model.discrepancy import BEND
from bayescale.plotting.style import GREEK

_RATIO = r"<mfrac>(<mi>[^<]+</mi>)(<msub><mi>[^<]+</mi><mi>0</mi></msub>)</mfrac>"


@dataclass(frozen=True)
class Symbol:
    """A parameter or derived quantity of a law.

    Attributes
    ----------
    name : str
        Its name in the posterior.
    html : Markup
        How it is written.
    role : str
        What it does, a key of the templates: ``floor``, ``term``, ``exponent``, ``sigma``, ``nu``,
        ``falloff``, ``bend``, ``classic``, ``best_exponent`` or ``other``.
    column : str
        The input it belongs to, if any.
    input : str
        The letter of that input.
    """

    name: str
    html: Markup
    role: str
    column: str = ""
    input: str = ""


def symbol_html(name: str) -> Markup:
    """Write the name of a parameter as a letter with an index."""
    base, _, index = name.partition("_")
    letter = Markup("<i>{}</i>").format(GREEK.get(base, base))
    return letter + Markup("<sub>{}</sub>").format(index.replace("_", " ")) if index else letter


def equation(model: Model) -> Markup:
    """Return the formula of a law as presentation MathML."""
    from sympy.printing.mathml import mathml

    inner = mathml(model.law.equation(), printer="presentation", order="none")
    # Ratios on one line: a fraction below a fraction is unreadable without a mathematical font.
    inner = re.sub(_RATIO, r"<mrow>\1<mo>/</mo>\2</mrow>", inner)
    return Markup(f'<math display="block">{inner}</math>')


def find_symbols(model: Model, names: list[str]) -> list[Symbol]:
    """Say of each name what it does in the law, from the formula itself."""
    formula = model.law.symbolic()
    by_name = {str(symbol): symbol for symbol in formula.free_symbols}
    return [_describe(model, name, formula, by_name) for name in names]


def _describe(model: Model, name: str, formula: object, by_name: dict[str, object]) -> Symbol:
    html, columns = symbol_html(name), model.columns
    base, _, index = name.partition("_")
    if name in {"sigma", "nu", "falloff", BEND}:
        return Symbol(name, html, name)
    if index == "classic":
        return Symbol(name, html, "classic", input=symbol_html(base))
    if name == "a_opt":
        return Symbol(name, html, "best_exponent")
    if base == "alpha" and index in columns:
        return Symbol(name, html, "exponent", columns[index], symbol_html(index))
    if name not in by_name:
        return Symbol(name, html, "other")
    slope = formula.diff(by_name[name])  # type: ignore[attr-defined]
    if slope == 1:
        return Symbol(name, html, "floor")
    free = {str(symbol) for symbol in slope.free_symbols}
    moves = [letter for letter in columns if letter in free]
    if name in model.law.terms and name not in free and len(moves) == 1:
        return Symbol(name, html, "term", columns[moves[0]], symbol_html(moves[0]))
    return Symbol(name, html, "other")


def label_of(column: str) -> str:
    """Return the words for a column."""
    return BY_COLUMN[column].label if column in BY_COLUMN else column.replace("_", " ")
