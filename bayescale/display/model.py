"""A model card in a notebook."""

from collections.abc import Sequence

from markupsafe import Markup

from bayescale.display import parts
from bayescale.display.beliefs import density_of
from bayescale.display.pictures import curves
from bayescale.model.card import Model
from bayescale.model.prior import Prior
from bayescale.reporting.symbols import equation, label_of, symbol_html


def show(model: Model) -> Markup:
    """Return what a card says, with its priors drawn."""
    needs = ", ".join(map(label_of, model.needs))
    return Markup().join(
        [
            parts.title(model.name, soft=model.summary),
            equation(model),
            parts.line(f"Use it when: {model.use_when}" if model.use_when else "", "soft"),
            parts.table(["", "prior", ""], _rows(model), text=3),
            parts.line(
                "Inputs are divided by those of a reference run, at the low end of the runs. Low "
                "loss is the low end of the observed losses.",
                "soft",
            ),
            parts.line(model.discrepancy.words if model.discrepancy else "", "soft"),
            parts.line(f"Needs {needs}. {model.citation}", "soft"),
            _published(model),
        ]
    )


def _rows(model: Model) -> list[Sequence[object]]:
    priors = model.all_priors
    rows = [[symbol_html(n), _words(prior), _picture(n, prior)] for n, prior in priors.items()]
    fixed = [[symbol_html(n), f"fixed at {value:g}", ""] for n, value in model.fixed.items()]
    return [*rows, *fixed]


def _words(prior: Prior) -> str:
    return str(prior).replace(" x ", " × ")


def _picture(name: str, prior: Prior) -> Markup:
    found = density_of(prior)
    return Markup() if found is None else curves([("prior", *found)], f"prior of {name}")


def _published(model: Model) -> Markup:
    if not model.published:
        return Markup()
    names = model.law.parameters
    rows = [
        [key, *(f"{part.values[name]:.5g}" for name in names), part.source]
        for key, part in model.published.items()
    ]
    headings = ["published", *map(symbol_html, names), "source"]
    return parts.folded("published constants", parts.table(headings, rows, tail=1))
