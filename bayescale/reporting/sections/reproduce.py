"""What it takes to make the fit and the report again."""

import json
from dataclasses import dataclass

from bayescale.posterior.fit import Fit
from bayescale.reporting.lines import lines_of
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section


@dataclass(frozen=True)
class ReproduceContext:
    """How the fit was made, and the lines that make it and its report again."""

    versions: list[list[str]]
    seed: int
    created_at: str
    chains: int
    draws: int
    thin: str
    target_accept: str
    seconds: str
    formula: str
    card: str
    python: str
    shell: str
    left_out: str


def show_reproduce(fit: Fit, question: Question) -> ReproduceContext:
    """Return what it takes to make the fit and the report again."""
    attrs, lines = fit.attrs, lines_of(fit, question)
    return ReproduceContext(
        versions=_version_rows(fit),
        seed=int(attrs["random_seed"]),
        created_at=str(attrs.get("created_at", ""))[:16].replace("T", " "),
        chains=fit.posterior.sizes["chain"],
        draws=fit.posterior.sizes["draw"],
        thin=f" (every {thin}th of more)" if (thin := int(attrs.get("thin", 1))) > 1 else "",
        target_accept=f"{float(attrs.get('target_accept', float('nan'))):g}",
        seconds=f"{float(attrs.get('sampling_seconds', float('nan'))):.1f}",
        formula=str(attrs["formula"]),
        card=json.dumps(json.loads(attrs["card"]), indent=2, ensure_ascii=False),
        python="\n".join(lines.python),
        shell="\n".join(lines.shell),
        left_out="; ".join(lines.left_out),
    )


_ARGUMENTS = {"": "", "added": ", discrepancy=True", "taken": ", discrepancy=False"}
_OPTIONS = {"": "", "added": " --discrepancy", "taken": " --no-discrepancy"}

SECTION = Section("reproduce", "Reproduce", after="checks", show=show_reproduce)


def _version_rows(fit: Fit) -> list[list[str]]:
    """Return package and version of everything that made the fit."""
    return [
        [key.removesuffix("_version"), str(value)]
        for key, value in fit.attrs.items()
        if key.endswith("_version")
    ]
