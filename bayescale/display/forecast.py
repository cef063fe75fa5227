"""A forecast on record, in a notebook."""

from markupsafe import Markup

from bayescale.core.text import human
from bayescale.display import parts
from bayescale.forecasting.forecast import Forecast, describe_forecast
from bayescale.forecasting.quantiles import SHOWN


def show(forecast: Forecast) -> Markup:
    """Return what was foretold of each run, and what it rests on."""
    table = forecast.summary()
    counts = [str(name) for name in forecast.question]
    rows = [
        [
            *(human(row[name]) for name in counts),
            f"{row['median']:.4g}",
            f"{row['lower']:.4g} to {row['upper']:.4g}",
            f"{row['extrapolation']:.2f}" if "extrapolation" in row else "",
        ]
        for _, row in table.head(parts.SHOWN_ROWS).iterrows()
    ]
    headings = [*counts, "median", f"{SHOWN:.0%} interval", "decades beyond"]
    return Markup().join(
        [
            parts.title(f"Foretold: {describe_forecast(forecast)}"),
            parts.table(headings, rows, text=0),
            parts.line(parts.of_rows(len(table)), "soft"),
            parts.line(
                Markup("{} puts it on record; digest {}.").format(
                    parts.code(".save(path)"), parts.code(forecast.digest[:16])
                ),
                "soft",
            ),
        ]
    )
