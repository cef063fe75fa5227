"""A fit in a notebook."""

import numpy as np
from markupsafe import Markup

from bayescale.display import parts
from bayescale.display.pictures import curves, density
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import interval_settings, parameter_table
from bayescale.reporting.digits import decimals, fixed
from bayescale.reporting.symbols import equation, symbol_html


def show(fit: Fit) -> Markup:
    """Return the law, what was learnt of each parameter, and how it was sampled."""
    prob, _ = interval_settings()
    known = [n for n in (*fit.model.all_priors, "a_opt") if n in fit.posterior]
    headings = ["", "mean", f"{prob:.0%} interval", "prior and posterior"]
    return Markup().join(
        [
            parts.title(f"Fit of {fit.model.name}", soft=str(fit.runs)),
            equation(fit.model),
            parts.table(headings, [_row(fit, name) for name in known], tail=1),
            *(
                parts.line(f"{name} is fixed at {value:g}.", "soft")
                for name, value in fit.model.fixed.items()
            ),
            parts.line(_sampling(fit), "soft"),
            parts.notes([note for note in fit.notes if note.severity != "info"]),
            parts.line(
                Markup("{} says whether to believe it; {} draws it; {}, {} and {} ask it.").format(
                    *map(
                        parts.code,
                        ("bs.check(fit)", "fit.plot", "bs.predict", "bs.allocate", "bs.report"),
                    )
                ),
                "soft",
            ),
        ]
    )


def _row(fit: Fit, name: str) -> list[object]:
    table = parameter_table(fit.posterior[[name]]).iloc[0]
    places = decimals(table["upper"] - table["lower"])
    low, high = (fixed(float(table[end]), places) for end in ("lower", "upper"))
    mean = fixed(float(table["mean"]), places)
    return [symbol_html(name), mean, f"{low} to {high}", _picture(fit, name)]


def _picture(fit: Fit, name: str) -> Markup:
    posterior = density(fit.posterior[name].to_numpy().ravel())
    drawn = [("posterior", *posterior)]
    prior = fit.tree["prior"].to_dataset() if "prior" in fit.tree else {}
    if name in prior:
        x, y = density(prior[name].to_numpy().ravel())
        # A prior may be far wider than what is left of it.
        middle, reach = np.median(posterior[0]), 4 * np.ptp(posterior[0])
        near = np.abs(x - middle) <= reach
        if near.sum() > 3:
            drawn.insert(0, ("prior", x[near], y[near]))
    return curves(drawn, f"prior and posterior of {name}")


def _sampling(fit: Fit) -> str:
    names = [name for name in fit.model.all_priors if name in fit.posterior]
    table = parameter_table(fit.posterior[names])
    sizes, seed = fit.posterior.sizes, fit.attrs["random_seed"]
    draws = f"{sizes['chain']} × {sizes['draw']} draws, seed {seed}"
    least = int(table[["ess_bulk", "ess_tail"]].min().min())
    return f"{draws}; R-hat at most {table['r_hat'].max():.3f}, effective draws at least {least}."
