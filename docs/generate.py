"""Pages of the documentation written from the laws, the model cards and the public API."""

import inspect
import re
import sys

import bayescale
from bayescale.core.quantities import QUANTITIES
from bayescale.laws import laws
from bayescale.model.catalogue import models


def law_pages():
    """Return a page for each law, with the model cards that use it, and their index."""
    cards = {name: [] for name in laws()}
    for name, card in models().items():
        cards.setdefault(card.law.name, []).append((name, card))
    pages = {f"laws/{name}.md": _law_page(law, cards[name]) for name, law in sorted(laws().items())}
    index = [
        "# Laws and models",
        "A law is a formula. A model is a law with a prior for each parameter; the models below "
        "ship as cards, text files that `--model` takes too.",
        _table(
            ["Model", "What it says", "Use it when"],
            [
                [f"[{name}]({card.law.name}.md)", _plain(card.summary), _plain(card.use_when)]
                for name, card in models().items()
            ],
        ),
        _toctree(sorted(laws())),
    ]
    return pages | {"laws/index.md": _join(index)}


def api_page():
    """Return the page of the public API: functions, then classes."""
    public = {name: getattr(bayescale, name) for name in bayescale.__all__ if name[0] != "_"}
    functions = [name for name, value in public.items() if inspect.isroutine(value)]
    classes = [name for name, value in public.items() if inspect.isclass(value)]
    errors = [name for name in classes if issubclass(public[name], Exception)]
    parts = ["# Reference", "Everything here is an attribute of `bayescale`."]
    for title, names, directive in (
        ("Functions", functions, "autofunction"),
        ("Classes", [name for name in classes if name not in errors], "autoclass"),
        ("Errors", errors, "autoexception"),
    ):
        if names:
            parts += [f"## {title}", *(_autodoc(directive, name) for name in names)]
    return {"api/index.md": _join(parts)}


def examples_page(examples):
    """Return the index of the examples."""
    return {
        "examples/index.md": _join(
            [
                "# Examples",
                "Each is a script in `examples/` that runs as it stands."
                if examples
                else "There are none yet.",
                _toctree(path.stem for path in examples),
            ]
        )
    }


def _law_page(law, cards):
    import sympy

    about = inspect.getdoc(sys.modules[law.loss.__module__]) or ""
    parts = [
        f"# {law.name}",
        _plain(about),
        "```{math}\n" + sympy.latex(law.equation(), order="none") + "\n```",
        "Inputs: " + "; ".join(_input(symbol) for symbol in law.inputs) + ". Index 0 marks the "
        "reference run, the low end of the runs.",
    ]
    if not cards:
        parts.append("Parameters: " + ", ".join(map(_math, law.parameters)) + ".")
    for name, card in cards:
        parts += _card_section(name, card)
    return _join(parts)


def _card_section(name, card):
    bound = [f"{_math(symbol)} is `{column}`" for symbol, column in card.inputs.items()]
    rows = [[_math(parameter), f"`{card.priors[parameter]}`"] for parameter in card.law.parameters]
    noise = card.likelihood
    rows += [[noise.noise_words[name], f"`{prior}`"] for name, prior in noise.priors.items()]
    rows += [
        [f"{_math(name)} differs between levels of `{part.over}`", f"`{part.spread}`"]
        for name, part in card.pool.items()
    ]
    if card.discrepancy:
        rows.append(
            ["typical bend over a decade, at the largest runs", f"`{card.discrepancy.bend}`"]
        )
    parts = [
        f"## Model {name}",
        _plain(card.summary),
        f"**Use it when** {_plain(_lower(card.use_when))}" if card.use_when else "",
        f"Here {', '.join(bound)}." if bound else "",
        f"Needs the columns {', '.join(f'`{column}`' for column in card.needs)}.",
        "Priors, stated at the reference run. *low loss* is the low end of the observed losses. "
        + noise.words,
        card.discrepancy.words if card.discrepancy else "",
        _table(["Parameter", "Prior"], rows),
    ]
    if card.published:
        parts += [
            "Published constants, in raw units:",
            _table(
                ["", *map(_math, card.law.parameters), "Source", "Verified"],
                [
                    [
                        f"`{key}`",
                        *(f"{item.values[parameter]:.6g}" for parameter in card.law.parameters),
                        _plain(item.source),
                        "yes" if item.verified else "no",
                    ]
                    for key, item in card.published.items()
                ],
            ),
        ]
    else:
        parts.append("No published constants come with it: none could be verified.")
    return [*parts, f"Source: {_plain(card.citation)}" if card.citation else ""]


def _input(symbol):
    quantity = QUANTITIES.get(symbol)
    words = f"{quantity.label}, column `{quantity.column}`" if quantity else "bound by the model"
    return f"{_math(symbol)} ({words})"


def _math(symbol):
    import sympy

    return f"{{math}}`{sympy.latex(sympy.Symbol(symbol))}`"


def _plain(text):
    """Escape what Markdown would take for markup."""
    return re.sub(r"([\\`*_{}\[\]<>#|^$])", r"\\\1", text)


def _lower(text):
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _toctree(entries):
    return "\n".join(["```{toctree}", ":hidden:", "", *entries, "```"])


def _autodoc(directive, name):
    members = "" if directive == "autofunction" else "\n   :members:"
    return f"```{{eval-rst}}\n.. {directive}:: bayescale.{name}{members}\n```"


def _join(parts):
    return "\n\n".join(part for part in parts if part) + "\n"
