"""A prediction in a notebook."""

from markupsafe import Markup

from bayescale.core.text import human
from bayescale.display import parts
from bayescale.display.pictures import curves, density
from bayescale.posterior.intervals import interval_settings
from bayescale.posterior.prediction import Prediction


def show(prediction: Prediction) -> Markup:
    """Return each target with the interval of what is predicted."""
    prob, _ = interval_settings()
    what = "one new run" if prediction.attrs["new_run"] else "the mean surface"
    table = prediction.summary()
    counts = [str(name) for name in table.columns[: list(table).index("median")]]
    rows = [
        [
            *(_count(name, row[name]) for name in counts),
            f"{row['median']:.4g}",
            f"{row['lower']:.4g} to {row['upper']:.4g}",
            _picture(prediction, place),
        ]
        for place, (_, row) in enumerate(table.head(parts.SHOWN_ROWS).iterrows())
    ]
    names = ["decades beyond" if name == "extrapolation" else name for name in counts]
    headings = [*names, "median", f"{prob:.0%} interval", ""]
    return Markup().join(
        [
            parts.title(
                f"Predicted {prediction.name} of {what}", soft=f"by {prediction.attrs['model']}"
            ),
            parts.table(headings, rows, text=0, tail=1),
            parts.line(parts.of_rows(len(table)), "soft"),
            parts.notes(prediction.notes),
            parts.line(
                Markup("{}, {} and {} say more; it is a DataArray of draws.").format(
                    *map(parts.code, (".summary()", ".sources()", ".plot()"))
                ),
                "soft",
            ),
        ]
    )


def _count(name: str, value: float) -> str:
    return f"{value:.2f}" if name == "extrapolation" else human(value)


def _picture(prediction: Prediction, place: int) -> Markup:
    draws = prediction.isel(target=place).to_numpy().ravel()
    return curves([("posterior", *density(draws))], f"prediction {place}")
