"""Is the end of a run in progress told from finished runs of its schedule?

Public learning curves, each run left out in turn and looked at after 15%, 30% and 60% of its
training. Reads the tables in the folder BAYESCALE_DATA and writes docs/progress.md:

    python benchmarks/progress.py
"""

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from _scoring import as_markdown

import bayescale as bs

PAGE = Path(__file__).parent.parent / "docs" / "progress.md"
LOOKS = (0.15, 0.3, 0.6)
PROB = 0.9
BELOW = 5
"""So many next smaller runs foretell a run, where size grows."""


def main() -> None:
    warnings.simplefilter("ignore")
    if "BAYESCALE_DATA" not in os.environ:
        print("left out: set BAYESCALE_DATA to the folder of the tables of published runs")
        return
    folder = Path(os.environ["BAYESCALE_DATA"])
    parts = []
    for kind, ladders in (("every other run", LADDERS), ("the next smaller runs", GROWING)):
        for name, read in ladders.items():
            print(f"{name}: {kind} ...", file=sys.stderr)
            parts += [foretell(table, kind).assign(curves=name, by=kind) for table in read(folder)]
    text = page(pd.concat(parts, ignore_index=True))
    PAGE.write_text(text, encoding="utf-8")
    print(text)


def shapes(family: str) -> Callable[[Path], Iterator[pd.DataFrame]]:
    def read(folder: Path) -> Iterator[pd.DataFrame]:
        table = pd.read_csv(folder / "gemstones2025.csv")
        table = table[table["family"] == family]
        names = table["width"].astype(str) + "x" + table["depth"].astype(str)
        yield table.assign(run_id=names)[["run_id", "params", "tokens", "loss"]]

    return read


def language_models(folder: Path) -> Iterator[pd.DataFrame]:
    table = examples(folder, "LM")
    ends = table.groupby("run_id")["tokens"].max()
    yield table[table["tokens"] <= 1.01 * ends.min()]


def translation(folder: Path) -> Iterator[pd.DataFrame]:
    yield examples(folder, "NMT").drop(columns="params")


def examples(folder: Path, domain: str) -> pd.DataFrame:
    table = pd.read_csv(folder / "alabdulmohsin2022_language.csv")
    table = table[(table["domain"] == domain) & (table["duplicate_row"] == 0)]
    names = {"model": "run_id", "examples_seen": "tokens"}
    return table.drop(columns="run_id").rename(columns=names)[
        ["run_id", "params", "tokens", "loss"]
    ]


def mixtures(folder: Path) -> Iterator[pd.DataFrame]:
    table = pd.read_csv(folder / "bimix2024_domain_mixing.csv")
    for _, part in table.groupby(["family", "domain"]):
        yield part.assign(run_id=part["mixture"], tokens=part["step"])[["run_id", "tokens", "loss"]]


HOT, COLD = "22 shapes, constant rate, 350B tokens", "20 shapes, another rate, 100B tokens"
SIZES = "five language models, 131B tokens or 8% more"
LADDERS = {
    HOT: shapes("hot"),
    COLD: shapes("lr_ablation_hot"),
    SIZES: language_models,
    "29 domains under six mixtures": mixtures,
    "five translation models": translation,
}
GROWING = {HOT: shapes("hot"), COLD: shapes("lr_ablation_hot")}


def foretell(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Foretell the end of each run of a ladder at each look."""
    totals = table.groupby("run_id")["tokens"].max()
    names = list(totals.index)
    if kind != "every other run":
        names = list(table.groupby("run_id")["params"].first().sort_values().index)
    rows = []
    for place, name in enumerate(names):
        others = [other for other in names if other != name]
        if kind != "every other run":
            others = names[place - BELOW : place]
            if place < BELOW:
                continue
        own = table["run_id"] == name
        for look in LOOKS:
            seen = own & (table["tokens"] <= look * totals[name] * 1.000001)
            row = one(table[seen | table["run_id"].isin(others)], name, table[own], look)
            rows += [] if row is None else [row]
    return pd.DataFrame(rows)


def one(table: pd.DataFrame, name: str, own: pd.DataFrame, look: float) -> dict | None:
    last = own.sort_values("tokens").iloc[-1]
    loss, total = float(last["loss"]), float(last["tokens"])
    runs = bs.load_runs(table.reset_index(drop=True), run="run_id")
    try:
        found = bs.expect_end(runs, name, at=look, total_tokens=total, ci_prob=PROB)
    except bs.BayescaleError:  # its checkpoints begin later
        return None
    end = found.latest
    falls = falls_of(found)
    return {
        "look": look,
        "error": abs(end["median"] / loss - 1),
        "inside": end["lower"] <= loss <= end["upper"],
        "width": (end["upper"] - end["lower"]) / loss,
        "mean_fall": abs(end["loss"] * np.exp(-falls.mean()) / loss - 1),
        "held": end["pace_lower"] <= 1 <= end["pace_upper"] if found.expected_by else np.nan,
    }


def falls_of(found: bs.Outlook) -> pd.Series:
    """By how much the log loss of each finished run fell from the look on."""
    progress, falls = found.latest["progress"], {}
    for name, curve in found.curves.groupby("run"):
        if name != found.run:
            levels = np.interp(
                np.log([progress, 1.0]), np.log(curve["progress"]), np.log(curve["loss"])
            )
            falls[name] = levels[0] - levels[1]
    return pd.Series(falls)


def page(rows: pd.DataFrame) -> str:
    groups = rows.groupby(["by", "curves", "look"], sort=False)
    table = pd.DataFrame(
        {
            "Runs": groups.size(),
            "Error": groups["error"].mean().map("{:.2%}".format),
            "Largest": groups["error"].max().map("{:.1%}".format),
            "Inside 90%": groups["inside"].mean().map("{:.2f}".format),
            "Width of 90%": groups["width"].mean().map("{:.1%}".format),
            "Error of the mean fall": groups["mean_fall"].mean().map("{:.2%}".format),
        }
    )
    table.index = table.index.set_levels([f"{look:.0%}" for look in sorted(LOOKS)], level="look")
    paced = rows.dropna(subset="held")
    parts = [INTRODUCTION]
    for kind, title in (("every other run", "every other"), ("the next smaller runs", "smaller")):
        parts += [TITLES[title], *as_markdown(table.loc[kind].rename_axis(["Curves", "After"])), ""]
    parts += [
        "Faster or slower than the others expected: 1, its own compute, lies in the 90% interval "
        f"of the pace at {paced['held'].astype(float).mean():.0%} of the looks.",
        "",
    ]
    return "\n".join(parts)


INTRODUCTION = """# Whether the end of a run in progress can be told

Written by `python benchmarks/progress.py`. Each run of a ladder is left out in turn, looked at
after 15%, 30% and 60% of its training, and `bayescale.expect_end` says from the other runs of its
schedule where it will end; no fit helps. Beside the error of its median stands that of letting the
run fall as much as the others did on average.

Shapes of 50 million to 2 billion parameters (McLeish et al. 2025), language models of 17 million to
1.1 billion and translation models of one size (Alabdulmohsin et al. 2022), losses on 22 domains of
the Pile and 7 of SlimPajama of one size under six mixtures (Ge et al. 2024). A look uses the last
checkpoint before it; where the curves begin later, there is none.
"""

TITLES = {
    "every other": "## From all the others\n",
    "smaller": f"## From the {BELOW} next smaller\n\nThe run is larger than all others.\n",
}


if __name__ == "__main__":
    main()
