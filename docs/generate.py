"""Pages of the documentation written from the laws, the model cards and the public API."""

import importlib
import inspect
import re
import sys
import tomllib
from pathlib import Path

import curves_of_laws

import bayescale
from bayescale.core.quantities import QUANTITIES
from bayescale.laws import laws
from bayescale.model.catalogue import models

DOCS = Path(__file__).parent


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
        "\n".join(
            f"* [{name}]({card.law.name}.md): {_plain(card.summary)} *Use it when* "
            f"{_plain(_lower(card.use_when))}"
            for name, card in models().items()
        ),
        _toctree(sorted(laws())),
    ]
    return pages | {"laws/index.md": _join(index)}


def api_page():
    """Return the page of the public API: a section for each package, from runs to reports."""
    topics = {}
    for name in bayescale.__all__:
        value = getattr(bayescale, name)
        if inspect.isroutine(value) or inspect.isclass(value):
            topics.setdefault(value.__module__.split(".")[1], []).append(name)
    parts = ["# Reference", "Everything here is an attribute of `bayescale`."]
    for package in sorted(topics, key=_from_the_ground):
        about = inspect.getdoc(importlib.import_module(f"bayescale.{package}")) or ""
        sentence = about.partition("\n")[0]
        parts += [f"## {package.title()}", _plain(sentence)]
        parts += [_autodoc(name, getattr(bayescale, name)) for name in sorted(topics[package])]
    return {"api/index.md": _join(parts)}


def _from_the_ground(package):
    """Where a package stands: the layers of the import contract, what rests on nothing first."""
    settings = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    ground = next(i for i, layer in enumerate(layers) if package in layer.split(" | "))
    return (package == "errors", -ground, package)


def evidence_page():
    """Return the index of what was measured: the pages that say which script wrote them."""
    pages = {path.stem: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}
    measured = {name: text for name, text in pages.items() if "\nWritten by `" in text}
    parts = [
        "# Evidence",
        "What bayescale claims of itself, measured. A script in `benchmarks/` writes each page.",
        "\n".join(
            f"* [{text.partition(chr(10))[0].lstrip('# ')}](../{name}.md)"
            for name, text in measured.items()
        ),
        "And [what a sweep of our own taught](../sweep.md), with forecasts that were "
        "committed before the runs were trained, failures first.",
        _toctree(["../sweep", *(f"../{name}" for name in measured)]),
    ]
    return {"evidence/index.md": _join(parts)}


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
        f"**Not when** {_not_when(card)}." if _not_when(card) else "",
        f"Here {', '.join(bound)}." if bound else "",
        f"Needs the columns {', '.join(f'`{column}`' for column in card.needs)}.",
        "Priors, stated at the reference run. *low loss* is the low end of the observed losses. "
        + noise.words,
        card.discrepancy.words if card.discrepancy else "",
        _table(["Parameter", "Prior"], rows),
        f"![What {name} expects before it has seen any run](../curves/{name}.png)",
        "What the priors expect over the usual range of each input, the others in the middle of "
        f"theirs: the median, half and 89% of the draws{_scale_words(card)}. Lines in colour are "
        "published constants, where their losses are in the same unit.",
    ]
    if card.published:
        parts += [
            "Published constants, in raw units:",
            _table(
                ["", *map(_math, card.law.parameters)],
                [
                    [f"`{key}`", *(f"{item.values[name]:.6g}" for name in card.law.parameters)]
                    for key, item in card.published.items()
                ],
            ),
            "\n".join(
                f"* `{key}`: {_plain(item.source)}; {'' if item.verified else 'not '}verified"
                for key, item in card.published.items()
            ),
        ]
    else:
        parts.append("No published constants come with it: none could be verified.")
    return [*parts, f"Source: {_plain(card.citation)}" if card.citation else ""]


def _scale_words(card):
    low = curves_of_laws.LOW_LOSS
    return f", for a low loss of {low}" if card.law.target == "loss" else ""


def _not_when(card):
    """Return what the columns of a card cannot say."""
    columns, found = set(card.columns.values()), []
    if "tokens" in columns and "unique_tokens" not in columns:
        found.append("data are repeated many times: every epoch counts as fresh data")
    if card.law.target == "loss" and len(columns & {"params", "tokens", "flops"}) < 2:
        found.append("a budget has to be split: it does not tell size and data apart")
    if card.law.target == "loss" and "E" not in card.law.parameters:
        found.append("the loss nears its floor: it has none of that name")
    return "; or ".join(found)


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


def _autodoc(name, value):
    if inspect.isroutine(value):
        directive, members = "autofunction", ""
    else:
        error = issubclass(value, Exception)
        directive, members = "autoexception" if error else "autoclass", "\n   :members:"
    return f"```{{eval-rst}}\n.. {directive}:: bayescale.{name}{members}\n```"


def _join(parts):
    return "\n\n".join(part for part in parts if part) + "\n"
