"""How long and how carefully NUTS samples, and which draws are kept."""

from collections.abc import Mapping, Sequence
from typing import Any

import nutpie
import xarray as xr

from bayescale.inference.density import POINT

TARGET_ACCEPTS = (0.9, 0.98, 0.995)
"""Acceptance rates tried in turn until no transition diverges."""


SLOW, LONGER = 0.15, 4
"""Where fewer than this share of the draws are effective, so many times as many are taken."""


def sample(compiled: Any, settings: dict[str, Any]) -> tuple[xr.DataTree, dict[str, float]]:
    """Return draws, and the acceptance rate and thinning they took."""
    settings = {"adaptation": "low_rank", "save_warmup": False, **settings}
    tries = [settings.pop("target_accept")] if "target_accept" in settings else TARGET_ACCEPTS
    sampled, reached = _escalate(compiled, settings, tries)
    thin = LONGER if _effective_share(sampled) < SLOW else 1
    if thin > 1:
        settings["draws"] *= thin
        sampled, reached = _escalate(compiled, settings, [t for t in tries if t >= reached])
        sampled = thin_out(sampled)
    return sampled, {"target_accept": reached, "thin": thin}


def _escalate(
    compiled: Any, settings: Mapping[str, Any], tries: Sequence[float]
) -> tuple[xr.DataTree, float]:
    """Raise the acceptance rate until no transition diverges; return draws and the rate."""
    for target_accept in tries:
        sampled = _run(compiled, {**settings, "target_accept": target_accept})
        if not sampled["sample_stats"]["diverging"].any():
            break
    return sampled, target_accept


def _run(compiled: Any, settings: Mapping[str, Any]) -> xr.DataTree:
    """Return draws; if the user stops it there are none, rather than a few that look like all."""
    sampler = nutpie.sample(compiled, **settings, blocking=False)
    try:
        found: xr.DataTree = sampler.wait()
    except BaseException:
        sampler.cancel()
        raise
    return found


def _effective_share(sampled: xr.DataTree) -> float:
    """Return the least effective sample size of a coordinate, as a share of the draws."""
    import arviz_stats

    points = sampled["posterior"].to_dataset()[POINT]
    sizes = [float(arviz_stats.ess(points, method=kind).min()) for kind in ("bulk", "tail")]
    return min(sizes) / (points.sizes["chain"] * points.sizes["draw"])


def thin_out(sampled: xr.DataTree) -> xr.DataTree:
    """Keep the last of every few draws, which counts as divergent if one of them is."""
    groups = {name: sampled[name].to_dataset() for name in ("posterior", "sample_stats")}
    diverging = groups["sample_stats"]["diverging"].to_numpy()
    chains, draws = diverging.shape
    kept = {
        name: part.isel(draw=slice(LONGER - 1, None, LONGER)).assign_coords(
            draw=range(draws // LONGER)
        )
        for name, part in groups.items()
    }
    some = diverging.reshape(chains, -1, LONGER).any(axis=-1)
    kept["sample_stats"]["diverging"] = (("chain", "draw"), some)
    return xr.DataTree.from_dict(kept)
