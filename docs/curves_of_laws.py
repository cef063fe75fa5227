"""Pictures for the page of a law: its curve under the priors of a card, before any run is seen."""

import hashlib
from pathlib import Path

import numpy as np

from bayescale.core.quantities import quantity_of
from bayescale.display.beliefs import density_of
from bayescale.model.catalogue import models
from bayescale.plotting.style import (
    BLUE,
    GREEN,
    ORANGE,
    finish,
    label_of,
    log_axis,
    new_figure,
    style,
)

LOW_LOSS = 2.5
"""The low end of the losses, which the scales of priors follow: that of a small language model."""

DRAWS, POINTS = 1000, 60
COLOURS = (ORANGE, GREEN)


def draw_curves(folder: Path):
    """Draw a picture for each card, where its text has changed since it was drawn."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, card in models().items():
        told = f"{Path(__file__).read_text(encoding='utf-8')}\n{card!r}"
        key, mark = hashlib.sha256(told.encode()).hexdigest(), folder / f"{name}.key"
        if not mark.exists() or mark.read_text(encoding="utf-8") != key:
            print(f"drawing {name} ...", flush=True)
            with style():
                curves(card).savefig(folder / f"{name}.png", dpi=110, metadata={"Software": None})
            mark.write_text(key, encoding="utf-8")


def curves(card):
    """Return a figure: what the card expects along each of its first two inputs."""
    columns = list(card.columns.values())[:2]
    scale = LOW_LOSS if card.law.target == "loss" else quantity_of(card.law.target).span[0]
    draws = {
        name: _draws(prior, scale, seed) for seed, (name, prior) in enumerate(card.priors.items())
    }
    with style():
        figure = new_figure(3.2)
        axes = figure.subplots(1, len(columns), squeeze=False)[0]
        for ax, column in zip(axes, columns, strict=True):
            _panel(ax, card, column, draws)
    return figure


def _panel(ax, card, column, draws):
    quantity = quantity_of(column)
    low, high = quantity.span
    values = np.geomspace(low, high, POINTS) if low > 0 else np.linspace(low, high, POINTS)
    rest = {name: _middle(name) for name in card.columns.values()}
    told = card.predict_at(rest | {column: values[:, None]}, _reference(card), draws)
    for share, strength in ((0.89, 0.18), (0.5, 0.3)):
        ends = np.quantile(told, [(1 - share) / 2, (1 + share) / 2], axis=1)
        ax.fill_between(values, *ends, color=BLUE, alpha=strength, linewidth=0)
    ax.plot(values, np.median(told, axis=1), color=BLUE)
    lines = _published(card, rest | {column: values}, ax.dataLim.intervaly)
    for (key, line), colour in zip(lines.items(), COLOURS, strict=False):
        ax.plot(values, np.broadcast_to(line, values.shape), color=colour, lw=1.5, label=key)
    if low > 0 and high / low > 10:
        log_axis(ax, "x", values, label_of(column))
    else:
        ax.set_xlabel(label_of(column))
    ax.set_ylabel(quantity_of(card.law.target).label)
    if lines:
        ax.legend(frameon=False, fontsize=9)
    finish(ax)


def _published(card, inputs, shown):
    """Return the verified published curves that lie in what is shown: some are in other units."""
    raw = dict.fromkeys(card.law.inputs, 1.0)
    lines = {
        key: card.predict_at(inputs, raw, item.values)
        for key, item in card.published.items()
        if item.verified
    }
    low, high = shown
    return {key: line for key, line in lines.items() if low < np.median(line) < high}


def _reference(card):
    """The reference run of a sweep over the usual ranges: one scale has one reference."""
    reference, scales = {}, {}
    for symbol, column in card.columns.items():
        quantity = quantity_of(column)
        given = card.reference.get(symbol, quantity.span[0] if quantity.scale else 1.0)
        reference[symbol] = scales.setdefault(quantity.scale or symbol, given)
    return reference


def _middle(column):
    low, high = quantity_of(column).span
    return float(np.sqrt(low * high)) if low > 0 else (low + high) / 2


def _draws(prior, scale, seed):
    """Return draws of a prior, on the grid of its density."""
    if "value" in prior.args:
        return np.full(DRAWS, prior.args["value"])
    found = density_of(prior)
    if found is None:
        raise ValueError(f"the picture of a law knows no density of {prior}")
    x, density = found
    uniform = np.random.default_rng(seed).uniform(size=DRAWS)
    share = np.cumsum(density)
    return (scale if prior.unit else 1.0) * np.interp(uniform, share / share[-1], x)
