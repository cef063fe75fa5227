"""What would have been decided at earlier points of a sweep, in a notebook."""

import pandas as pd
from markupsafe import Markup

from bayescale.auditing.backtesting import Backtest
from bayescale.auditing.wording import decided, foretold
from bayescale.core.text import human
from bayescale.display import parts


def show(backtest: Backtest) -> Markup:
    """Return the sentence, the table in two parts and the notes."""
    shown = [parts.title(backtest.summary)]
    if backtest.plan is not None:
        shown.append(parts.line(f"Recommended for {human(backtest.flops)} FLOPs"))
        shown.append(_table(decided(backtest)))
    shown += [parts.line("What the later runs showed"), _table(foretold(backtest))]
    return Markup().join([*shown, parts.notes(backtest.notes)])


def _table(texts: pd.DataFrame) -> Markup:
    rows = [[*key, *values] for key, values in zip(texts.index, texts.to_numpy(), strict=True)]
    return parts.table([*texts.index.names, *map(str, texts)], rows, text=2)
