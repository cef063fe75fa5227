"""Tables of scores as the pages of results have them."""

import pandas as pd

from bayescale.evaluation.scores import SHARES, inside


def as_markdown(table: pd.DataFrame) -> list[str]:
    """Return the lines of a table whose cells are texts, index first."""
    cells = table.astype(str).reset_index()
    lines = [[str(name) for name in cells], ["---"] * cells.shape[1]]
    lines += [[str(value) for value in row] for row in cells.to_numpy()]
    return [f"| {' | '.join(line)} |" for line in lines]


def in_words(scores: pd.DataFrame) -> pd.DataFrame:
    """Return mean scores as texts under the names of the page; sizes in percent of the loss."""
    held = {f"{share:.0%}": inside(share) for share in SHARES}
    sizes = {"Width": "width", "Error": "error", "CRPS": "crps", "Interval score": "interval_score"}
    found = {name: scores[column].map("{:.2f}".format) for name, column in held.items()}
    found |= {name: (100 * scores[c]).map("{:.1f}".format) for name, c in sizes.items()}
    found["Log score"] = scores["log_score"].map("{:.2f}".format)
    table = pd.DataFrame(found)
    return table.rename_axis([str(name).capitalize() for name in scores.index.names])
