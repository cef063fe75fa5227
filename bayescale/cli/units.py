"""The units of what answers hold, by name, for those who read them as JSON."""

from collections.abc import Iterator, Mapping
from typing import Any

_LOSS = "that of the observed losses"
_SHARE = "share of one"

UNITS = {
    "params": "parameters",
    "params_low": "parameters",
    "params_high": "parameters",
    "tokens": "tokens",
    "tokens_low": "tokens",
    "tokens_high": "tokens",
    "unique_tokens": "tokens",
    "flops": "FLOPs of training",
    "budget": "FLOPs of training",
    "target": "FLOPs of training and serving",
    "wasted_flops": "FLOPs",
    "spent": "FLOPs",
    "cut": "FLOPs of training",
    "pays_until": "FLOPs of training and serving",
    "gpu_hours": "hours of one accelerator",
    "dollars": "dollars",
    "max_memory": "bytes",
    "tokens_per_param": "tokens per parameter",
    "epochs": "passes over the unique tokens",
    "loss": _LOSS,
    "target_loss": _LOSS,
    "wis": _LOSS,
    "expected_loss": _LOSS,
    "optimal_loss": _LOSS,
    "regret": _LOSS,
    "width": _LOSS,
    "gain": _LOSS,
    "gain_per_flop": f"{_LOSS}, a FLOP",
    "accuracy": _SHARE,
    "spent_share": _SHARE,
    "serving_share": _SHARE,
    "wasted_compute": "share of the compute spent",
    "unreachable": "probability",
    "confidence": "probability",
    "coverage": "share of the runs",
    "error": "share of the observed loss",
    "bias": "share of the observed loss",
    "elpd": "nats",
    "elpd_diff": "nats",
    "se": "nats",
    "dse": "nats",
    "extrapolation": "decades beyond the runs",
    "multiplier": "times the resource",
    "compute_multiple": "times the compute",
    "pace": "times the compute",
    "progress": "share of the training",
}
"""Of numbers that mean the same wherever they stand; ``quantity`` names some of them too."""


def units_of(content: Any) -> dict[str, str]:
    """Return the units of everything that an answer names, sorted by name."""
    named = set(_names(content))
    return {name: UNITS[name] for name in sorted(named & set(UNITS))}


def _names(content: Any) -> Iterator[str]:
    if isinstance(content, Mapping):
        for name, value in content.items():
            yield str(name)
            if name == "quantity":
                yield str(value)
            yield from _names(value)
    elif isinstance(content, list):
        for part in content:
            yield from _names(part)
