"""The law that was fitted, in mathematics and in words."""

from dataclasses import dataclass

from markupsafe import Markup

from bayescale.posterior.fit import Fit
from bayescale.reporting.digits import count
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section
from bayescale.reporting.symbols import Symbol, equation, find_symbols, label_of, symbol_html


@dataclass(frozen=True)
class Input:
    """An input of the law and its value at the reference run."""

    letter: Markup
    label: str
    reference: Markup
    value: str


@dataclass(frozen=True)
class LawContext:
    """What the section says of the law."""

    equation: Markup
    inputs: list[Input]
    symbols: list[Symbol]
    summary: str
    use_when: str
    citation: str
    terms: list[Markup]
    bends: str
    bends_over: str


def show_law(fit: Fit, _: Question) -> LawContext:
    """Return what to say of the law."""
    model = fit.model
    inputs = [
        Input(symbol_html(letter), label_of(column), symbol_html(f"{letter}_0"), count(value))
        for (letter, column), value in zip(
            model.columns.items(), fit.reference.values(), strict=True
        )
    ]
    return LawContext(
        equation=equation(model),
        inputs=inputs,
        symbols=find_symbols(model, list(model.all_priors)),
        summary=model.summary,
        use_when=model.use_when,
        citation=model.citation,
        terms=[symbol_html(name) for name in model.law.terms],
        bends=model.discrepancy.words if model.discrepancy else "",
        bends_over=" and ".join(map(label_of, model.bent_columns)),
    )


SECTION = Section("law", "Law", after="prediction", show=show_law)
