"""How every model samples at default settings; writes docs/sampling.md.

Each model is fitted to 250 runs simulated from the medians of its own priors. Give names of models
to fit only those and replace their rows: ``python benchmarks/laws.py moe``.
"""

import sys
import warnings
from pathlib import Path

import arviz_stats
import numpy as np

import bayescale as bs

RUNS = 250
ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "sampling.md"
HEADER = [
    "Model",
    "Law",
    "R-hat",
    "least ESS",
    "divergences",
    "acceptance",
    "seconds",
    "Golden test",
]
INTRODUCTION = f"""# How the models sample

Written by `python benchmarks/laws.py`. Every model is fitted at default settings (4 chains of 1000
draws) to {RUNS} runs, simulated over the usual ranges of its inputs from the medians of its priors.
R-hat is the largest, ESS the smaller of bulk and tail of the worst parameter, of 4000 draws.
Seconds are those of sampling on two cores, without compilation. The golden test holds the numbers
that the law must reproduce.
"""


def main(names: list[str]) -> None:
    models = bs.models()
    rows = {name: line for name, line in read_page().items() if name in models}
    for name in names or models:
        rows[name] = row(name, models[name])
        print(" | ".join(rows[name]), flush=True)
    seconds = [float(line[6]) for line in rows.values()]
    lines = [HEADER, ["---"] * len(HEADER), *(rows[name] for name in models if name in rows)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    summary = f"Median {np.median(seconds):.1f} s, longest {max(seconds):.1f} s."
    PAGE.write_text(f"{INTRODUCTION}\n{table}\n\n{summary}\n", encoding="utf-8")


def read_page() -> dict[str, list[str]]:
    """Return the rows of the page as it is, by model."""
    lines = PAGE.read_text(encoding="utf-8").splitlines() if PAGE.exists() else []
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    return {line[0]: line for line in cells}


def row(name: str, model: bs.Model) -> list[str]:
    """Fit one model and say how it went."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = bs.fit(bs.simulate(model, RUNS, seed=1), model, random_seed=1, progressbar=False)
    draws = found.posterior[list(model.all_priors)]
    rhat = worst(arviz_stats.rhat(draws), max)
    ess = min(worst(arviz_stats.ess(draws, method=kind), min) for kind in ("bulk", "tail"))
    test = ROOT / "tests" / "laws" / f"test_{model.law.loss.__module__.rpartition('.')[2]}.py"
    return [
        name,
        model.law.name,
        f"{rhat:.3f}",
        f"{ess:.0f}",
        f"{int(found.tree['sample_stats']['diverging'].sum())}",
        f"{found.attrs['target_accept']:g}",
        f"{found.attrs['sampling_seconds']:.1f}",
        f"`{test.relative_to(ROOT)}`" if test.exists() else "`tests/laws/test_every_law.py`",
    ]


def worst(values, choose):
    return choose(float(value) for value in values.data_vars.values())


if __name__ == "__main__":
    main(sys.argv[1:])
